"""`assistant index adapt`: what it says, what it changes, and how it is undone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from assistant import adaptation, settings
from assistant.cli import main
from index import retriever
from index.retriever.encoder import STATIC, read_weights
from index.retriever.training import adapt, fit
from index.retriever.training.adapt import Change, Outcome
from index.retriever.training.holdout import Score

TOPICS = ("绿色信贷", "员工培训", "反洗钱", "用水管理", "社区公益", "董事会", "消费者保护", "气候风险")
DOINGS = ("全年继续完善制度", "向各分支机构下达目标", "由专门委员会负责监督", "在年末接受外部审计", "面向公众披露进展")


@pytest.fixture(autouse=True)
def library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """One report of the project's own; returns the file of a report to add."""
    own, new = tmp_path / "own", tmp_path / "new.txt"
    own.mkdir()
    (own / "catalog.toml").write_text(
        '[[report]]\nid = "own"\nlegal_name = "自家"\n'
        'institution = { zh-Hans = "自家", zh-Hant = "自家", en = "Own" }\n'
        'aliases = []\ntickers = []\ntitle = "报告"\nyear = 2024\nscript = "zh-Hans"\nfile = "own.txt"\n',
        encoding="utf-8",
    )
    for file, number in ((own / "own.txt", 2), (new, 12)):
        file.write_text("\n".join(_prose(f"第{k}项") for k in range(number)), encoding="utf-8")
    monkeypatch.setattr(settings.Settings, "report_folders", property(lambda self: (own, self.data_folder / "reports")))
    monkeypatch.setenv("ASSISTANT_LLM", "none")
    return new


def _prose(what: str) -> str:
    return "\n".join(
        f"{what}{topic}工作{doing}，并就{topic}征求了各方意见，形成书面记录。" for topic in TOPICS for doing in DOINGS
    )


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def add(file: Path) -> None:
    done = run("reports", "add", file, "--institution", "汾河银行", "--year", "2024", "--id", "new", "--yes")
    assert done.exit_code == 0, done.output


def _score(value: float) -> Score:
    return Score(np.full(30, value), np.full(30, value))


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let a training that needs no time give other weights and this mean reciprocal rank, which was 0.5 before."""

    def set_to(after: float) -> None:
        def fake(passages, added, wordings, model, folder, progress):
            from tokenizers import Tokenizer

            weights = read_weights(model / STATIC / "model.safetensors")
            fit.save(Tokenizer.from_file(str(model / STATIC / "tokenizer.json")), weights * after, folder)
            (folder / retriever.ORIGIN).write_text(f'{{"from": "{retriever.version(model)}"}}', encoding="utf-8")
            assert added == {"new"} and {passage.report for passage in passages} == {"own", "new"}
            return Outcome(Change(_score(0.5), _score(after)), None)

        monkeypatch.setattr(adapt, "adapt", fake)
        monkeypatch.setattr(adaptation, "_NEEDED", ())

    return set_to


def test_nothing_added_is_nothing_to_adapt_to() -> None:
    done = run("index", "adapt")
    assert (done.exit_code, done.stdout.count("\n")) == (0, 1) and "no report was added" in done.stdout
    assert "No adapted encoder" in run("index", "adapt", "--undo").stdout


@pytest.mark.parametrize("missing", [True, False])
def test_what_cannot_be_adapted_is_one_line(library: Path, monkeypatch: pytest.MonkeyPatch, missing: bool) -> None:
    add(library)
    if missing:
        monkeypatch.setattr(adaptation, "_NEEDED", ("no_such_package",))
    else:
        monkeypatch.setenv("ASSISTANT_EMBEDDER", "none")
    done = run("index", "adapt")
    assert done.exit_code == 1 and done.stderr.count("\n") == 1
    assert ("no_such_package" in done.stderr and "[train]" in done.stderr) == missing


@pytest.mark.parametrize(
    ("error", "said"), [(fit.TrainingError("NaN"), "training failed"), (OSError(28, "full"), "full")]
)
def test_what_fails_is_one_line_and_changes_nothing(library: Path, trained, monkeypatch, error, said) -> None:
    add(library)
    trained(0.7)

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(adapt, "adapt", fail)
    done = run("index", "adapt")
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1) and said in done.stderr
    assert not list(settings.Settings().models_folder.iterdir())


def test_a_better_encoder_is_used_until_undone(library: Path, trained) -> None:
    add(library)
    trained(0.7)
    done = run("index", "adapt")
    assert done.exit_code == 0, done.output
    assert "0.500" in done.stdout and "0.700" in done.stdout and "Kept" in done.stdout
    status = run("index", "status").stdout
    assert "adapted to your library" in status and retriever.version() not in status
    assert run("search", "绿色信贷").exit_code == 0

    trained(0.8)  # a second time puts another in its place
    assert run("index", "adapt").exit_code == 0
    assert (run("index", "status").stdout == status) is False
    models = settings.Settings().models_folder
    assert [file.name for file in models.iterdir()] == [retriever.ADAPTED]

    assert "shipped encoder is in use" in run("index", "adapt", "--undo").stdout
    status = run("index", "status").stdout
    assert retriever.version() in status and "adapted" not in status and "index build" not in status
    assert not list(models.iterdir())


def test_an_encoder_that_is_not_better_changes_nothing(library: Path, trained) -> None:
    add(library)
    before = run("index", "status").stdout
    trained(0.5)
    done = run("index", "adapt")
    assert done.exit_code == 0 and "nothing changed" in done.stdout
    assert run("index", "status").stdout == before


def test_an_adaptation_of_older_weights_is_not_used(library: Path, trained) -> None:
    add(library)
    trained(0.7)
    run("index", "adapt")
    origin = settings.Settings().models_folder / retriever.ADAPTED / retriever.ORIGIN
    origin.write_text('{"from": "esg-bilingual-older"}', encoding="utf-8")
    status = run("index", "status").stdout
    assert f"the setting is {retriever.version()}" in status and "adapted" not in status


def test_the_shipped_encoder_is_really_trained(library: Path) -> None:
    pytest.importorskip("datasets")
    pytest.importorskip("accelerate")
    add(library)
    done = run("index", "adapt")
    assert done.exit_code == 0, done.output
    assert "added reports, held out" in done.stdout and done.stdout.splitlines()[-1].endswith((".",))
    adapted = "adapted" in run("index", "status").stdout
    assert adapted == ("Kept" in done.stdout)
