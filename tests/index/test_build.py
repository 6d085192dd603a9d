from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from index import build as building
from index import store
from index.build import ReportError, VectorCache, build, stale
from index.passages import dense_text
from index.store import Index, StoreError
from tests.index.conftest import LibraryMaker
from tests.index.fake_encoder import FakeEncoder

ROOT = Path(__file__).parents[2]
ALPHA = "绿色运营\n公司全年节约用电三千度，用水一千吨。\n员工培训\n公司全年举办培训四十六场。\n"
BETA = "合规管理\n本行全年开展合规检查十二次，未发生重大违规事件。\n"


def no_english(_: str) -> list[str]:
    return []


def test_first_build(tmp_path: Path, library: LibraryMaker) -> None:
    encoder = FakeEncoder()
    done = build(library(alpha=ALPHA, beta=BETA), tmp_path / "index", encoder, no_english)
    index = Index.load(tmp_path / "index", "fake")
    index.check()
    assert done.read == ("alpha", "beta")
    assert done.changed
    assert [entry.id for entry in index.manifest.reports] == ["alpha", "beta"]
    assert done.embedded == len(encoder.seen) == len({dense_text(passage) for passage in index.passages})
    vector = encoder.encode([dense_text(index.passages[0])])[0]
    assert index.dense(vector, 1)[0][0] == 0


def test_an_unchanged_library_is_not_touched(tmp_path: Path, library: LibraryMaker) -> None:
    catalog = library(alpha=ALPHA, beta=BETA)
    build(catalog, tmp_path / "index", FakeEncoder(), no_english)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "index").rglob("*") if path.is_file()}
    encoder = FakeEncoder()
    done = build(library(alpha=ALPHA, beta=BETA), tmp_path / "index", encoder, no_english)
    after = {path: path.stat().st_mtime_ns for path in (tmp_path / "index").rglob("*") if path.is_file()}
    assert not done.changed
    assert done.reused == ("alpha", "beta")
    assert encoder.seen == []
    assert after == before


def test_an_added_report_costs_only_itself(
    tmp_path: Path, library: LibraryMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(library(alpha=ALPHA), tmp_path / "index", FakeEncoder(), no_english)
    read: list[str] = []
    original = building.read_report
    monkeypatch.setattr(
        building, "read_report", lambda report, english: read.append(report.id) or original(report, english)
    )
    encoder = FakeEncoder()
    done = build(library(alpha=ALPHA, beta=BETA), tmp_path / "index", encoder, no_english)
    assert read == ["beta"]
    assert (done.read, done.reused) == (("beta",), ("alpha",))
    beta = [dense_text(passage) for passage in Index.load(tmp_path / "index").passages if passage.report == "beta"]
    assert sorted(encoder.seen) == sorted(set(beta))


def test_an_incremental_build_equals_one_from_nothing(tmp_path: Path, library: LibraryMaker) -> None:
    build(library(beta=BETA), tmp_path / "one", FakeEncoder(), no_english)
    catalog = library(alpha=ALPHA, beta=BETA)
    build(catalog, tmp_path / "one", FakeEncoder(), no_english)
    build(catalog, tmp_path / "two", FakeEncoder(), no_english)
    one, two = Index.load(tmp_path / "one"), Index.load(tmp_path / "two")
    assert one.passages == two.passages
    assert one.lexical("全年节约用电", 9) == two.lexical("全年节约用电", 9)
    query = FakeEncoder().encode(["问题"])[0]
    assert one.dense(query, 9) == two.dense(query, 9)


def test_a_changed_report_is_read_again_but_its_old_sentences_are_not_embedded_again(
    tmp_path: Path, library: LibraryMaker
) -> None:
    build(library(alpha=ALPHA, beta=BETA), tmp_path / "index", FakeEncoder(), no_english)
    encoder = FakeEncoder()
    done = build(
        library(alpha=ALPHA + "社区公益\n公司全年捐赠三十万元。\n", beta=BETA), tmp_path / "index", encoder, no_english
    )
    assert done.read == ("alpha",)
    assert len(encoder.seen) == 1
    assert "捐赠" in encoder.seen[0]


def test_a_removed_report_is_gone(tmp_path: Path, library: LibraryMaker) -> None:
    build(library(alpha=ALPHA, beta=BETA), tmp_path / "index", FakeEncoder(), no_english)
    done = build(library(beta=BETA), tmp_path / "index", FakeEncoder(), no_english)
    assert done.removed == ("alpha",)
    assert {passage.report for passage in Index.load(tmp_path / "index").passages} == {"beta"}


def test_another_glossary_or_encoder_or_catalogue_entry_is_noticed(tmp_path: Path, library: LibraryMaker) -> None:
    folder = tmp_path / "index"
    catalog = library(alpha=ALPHA)
    build(catalog, folder, FakeEncoder(), no_english, fingerprint="one")
    assert build(catalog, folder, FakeEncoder(), lambda _: ["electricity"], fingerprint="two").read == ("alpha",)
    assert "electricity" in Index.load(folder).passages[0].search_text
    assert build(catalog, folder, None, no_english, fingerprint="two").changed
    assert Index.load(folder).encoder == "none"
    file = catalog.reports[0].path.parent / "catalog.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('"alpha公司"', '"阿尔法"'), encoding="utf-8")
    changed = type(catalog).load([file.parent])
    assert stale(changed, Index.load(folder).manifest, "two") == {"alpha": "changed"}
    assert build(changed, folder, None, no_english, fingerprint="two").read == ("alpha",)


def test_stale_names_every_kind_of_change(tmp_path: Path, library: LibraryMaker) -> None:
    build(library(alpha=ALPHA, beta=BETA), tmp_path / "index", None, no_english)
    manifest = Index.load(tmp_path / "index").manifest
    assert stale(library(alpha=ALPHA, beta=BETA), manifest) == {}
    assert stale(library(alpha=BETA, gamma=BETA), manifest) == {
        "alpha": "changed",
        "gamma": "not indexed",
        "beta": "no longer in the library",
    }


def test_force_reads_everything_again(tmp_path: Path, library: LibraryMaker) -> None:
    catalog = library(alpha=ALPHA, beta=BETA)
    build(catalog, tmp_path / "index", FakeEncoder(), no_english)
    encoder = FakeEncoder()
    assert build(catalog, tmp_path / "index", encoder, no_english, force=True).read == ("alpha", "beta")
    assert encoder.seen == []  # the texts are the same


@pytest.mark.parametrize("harm", ["manifest", "passages", "pointer", "vectors"])
def test_a_damaged_index_is_built_anew(harm: str, tmp_path: Path, library: LibraryMaker) -> None:
    folder = tmp_path / "index"
    catalog = library(alpha=ALPHA)
    build(catalog, folder, FakeEncoder(), no_english)
    home = store.current(folder)
    files = {
        "manifest": home / store.MANIFEST,
        "passages": home / "passages.jsonl",
        "pointer": folder / store.CURRENT,
        "vectors": folder / "vectors.sqlite",
    }
    files[harm].write_bytes(b"rubbish" * 100)
    build(catalog, folder, FakeEncoder(), no_english, force=harm == "vectors")
    Index.load(folder).check()
    assert list(folder.glob("generation-*")) == [store.current(folder)]


def test_an_empty_library(tmp_path: Path, library: LibraryMaker) -> None:
    assert build(library(), tmp_path / "index", FakeEncoder(), no_english).manifest.reports == ()
    assert Index.load(tmp_path / "index").passages == ()


def test_a_report_without_text(tmp_path: Path, library: LibraryMaker) -> None:
    build(library(alpha="\n\n", beta=BETA), tmp_path / "index", FakeEncoder(), no_english)
    assert {passage.report for passage in Index.load(tmp_path / "index").passages} == {"beta"}


def test_a_report_that_cannot_be_read_is_named_and_the_old_index_stays(tmp_path: Path, library: LibraryMaker) -> None:
    catalog = library(alpha=ALPHA)
    build(catalog, tmp_path / "index", None, no_english)
    catalog.reports[0].path.write_bytes("绿色".encode("gb18030"))
    with pytest.raises(ReportError, match=r"alpha.*UTF-8"):
        build(catalog, tmp_path / "index", None, no_english)
    catalog.reports[0].path.unlink()
    with pytest.raises(ReportError, match="alpha"):
        build(catalog, tmp_path / "index", None, no_english)
    Index.load(tmp_path / "index").check()


def test_progress_is_told(tmp_path: Path, library: LibraryMaker) -> None:
    told: list[tuple[str, int, int]] = []
    build(
        library(alpha=ALPHA, beta=BETA), tmp_path / "index", FakeEncoder(), no_english, lambda *step: told.append(step)
    )
    assert ("alpha", 0, 2) in told
    assert ("reports", 2, 2) in told
    assert told[-1][0] == "embedding"
    assert told[-1][1] == told[-1][2]


def test_an_interrupted_embedding_goes_on_where_it_was(
    tmp_path: Path, library: LibraryMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "_BATCH", 50)

    class Failing(FakeEncoder):
        def encode(self, texts: list[str]) -> np.ndarray:
            if self.seen:
                raise KeyboardInterrupt
            return super().encode(texts)

    catalog = library(alpha="\n".join(f"公司开展第{n}号专项行动，取得良好成效。\n" for n in range(900)))
    with pytest.raises(KeyboardInterrupt):
        build(catalog, tmp_path / "index", Failing(), no_english)
    encoder = FakeEncoder()
    build(catalog, tmp_path / "index", encoder, no_english)
    assert 0 < len(encoder.seen) < len(Index.load(tmp_path / "index").passages)


def test_the_vector_cache_keeps_what_it_is_told(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "vectors.sqlite")
    vectors = FakeEncoder().encode(["甲", "乙"])
    cache.put([(b"1", vectors[0]), (b"2", vectors[1])])
    cache.keep_only([b"2", b"3"])
    cache.close()
    again = VectorCache(tmp_path / "vectors.sqlite")
    assert list(again.get([b"1", b"2", b"3"])) == [b"2"]
    assert np.array_equal(again.get([b"2"])[b"2"], vectors[1])


KILLED = """
import os, signal, sys
from pathlib import Path
from index import build as building, store
from index.catalog import Catalog

moment, folder, library = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
owner, name, call = {
    "while passages are written": (store, "_write_lines", 1),
    "before vectors are written": (store.faiss, "write_index", 1),
    "before the manifest": (store, "_checksum", 1),
    "while files are flushed": (store, "_flush", 3),
    "before the pointer is replaced": (store.os, "replace", 1),
    "before old generations are removed": (store.shutil, "rmtree", 1),
    "while vectors are kept": (building.VectorCache, "put", 1),
}[moment]
original, calls = getattr(owner, name), 0


def deadly(*args, **kwargs):
    global calls
    calls += 1
    if calls == call:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*args, **kwargs)


setattr(owner, name, deadly)
sys.path.insert(0, sys.argv[4])
from tests.index.fake_encoder import FakeEncoder
building.build(Catalog.load([library]), folder, FakeEncoder(), lambda text: [], force=True)
"""


@pytest.mark.parametrize(
    "moment",
    [
        "while passages are written",
        "before vectors are written",
        "before the manifest",
        "while files are flushed",
        "before the pointer is replaced",
        "before old generations are removed",
        "while vectors are kept",
    ],
)
def test_a_killed_build_leaves_a_usable_index(moment: str, tmp_path: Path, library: LibraryMaker) -> None:
    folder = tmp_path / "index"
    build(library(alpha=ALPHA), folder, FakeEncoder(), no_english)
    old = Index.load(folder).passages
    catalog = library(alpha=ALPHA, beta=BETA)
    script = [sys.executable, "-c", textwrap.dedent(KILLED), moment, str(folder), str(tmp_path / "library"), str(ROOT)]
    killed = subprocess.run(script, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    index = Index.load(folder)
    index.check()
    if moment == "before old generations are removed":
        assert len(index.passages) > len(old)
    else:
        assert index.passages == old
    build(catalog, folder, FakeEncoder(), no_english)  # neither the dead build's lock nor its leavings are in the way
    assert {passage.report for passage in Index.load(folder).passages} == {"alpha", "beta"}
    assert list(folder.glob("generation-*")) == [store.current(folder)]


def test_a_build_beside_another_is_refused(tmp_path: Path, library: LibraryMaker) -> None:
    with store.lock(tmp_path / "index"), pytest.raises(StoreError, match="another build"):
        build(library(alpha=ALPHA), tmp_path / "index", None, no_english)
