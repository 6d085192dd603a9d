"""Reports → a ready index. Incremental: an unchanged report is not read again, an unchanged text not embedded again."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from index import store
from index.catalog import Catalog, Report
from index.conflicts import Conflict, find_conflicts
from index.embedding import Encoder, Vectors
from index.passages import English, dense_text, make_passages
from index.records import Line, Passage, Row
from index.slips import find_slips
from index.text import read_lines

log = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]
"""Called with what is done (a report id, or "embedding"), how much of it, and of how much."""

Mark = str | Callable[[Report], str]
"""What the English of all reports depends on, or of each."""

_BATCH = 256
_ENCODERS = ("embedding.py", "retriever")


class ReportError(ValueError):
    """A report that cannot be read; the message names it and says why."""


@dataclass(frozen=True)
class BuildReport:
    """What a build did. `read`: the reports read anew; `embedded`: the texts embedded anew."""

    manifest: store.Manifest
    read: tuple[str, ...]
    reused: tuple[str, ...]
    removed: tuple[str, ...]
    embedded: int
    seconds: float
    changed: bool


def build(
    catalog: Catalog,
    folder: Path,
    encoder: Encoder | None,
    english: English,
    progress: Progress | None = None,
    *,
    fingerprint: Mark = "",
    force: bool = False,
) -> BuildReport:
    """Bring the index in `folder` up to date with the catalogue; raises StoreError, ReportError, EncoderError.

    fingerprint: identifies what `english` answers from (the glossary), so that a change of it is noticed; for all
    reports or for each.
    force: read every report anew, changed or not.
    """
    began = time.monotonic()
    progress = progress or (lambda what, done, total: None)
    name = encoder.name if encoder else "none"
    with store.lock(folder):
        old = None if force else _old(folder)
        wanted = {report.id: _fingerprint(report, fingerprint) for report in catalog.reports}
        known = {entry.id: entry for entry in old.reports} if old else {}
        reused = tuple(
            report for report, mark in wanted.items() if report in known and known[report].fingerprint == mark
        )
        read = tuple(report for report in wanted if report not in reused)
        removed = tuple(report for report in known if report not in wanted)
        if old and not read and not removed and old.encoder == name and tuple(known) == tuple(wanted):
            store.sweep(folder, store.current(folder))
            return BuildReport(old, (), reused, (), 0, time.monotonic() - began, changed=False)
        passages, conflicts, entries = _gather(catalog, folder, set(reused), known, wanted, english, progress)
        vectors, embedded = None, 0
        if encoder is not None:
            with closing(VectorCache(folder / "vectors.sqlite")) as cache:
                vectors, embedded = _embed(encoder, [dense_text(p) for p in passages], cache, progress)
        manifest = store.write(folder, passages, conflicts, vectors, name, entries)
    return BuildReport(manifest, read, reused, removed, embedded, time.monotonic() - began, changed=True)


def _old(folder: Path) -> store.Manifest | None:
    # A missing or damaged index is no reason not to build a new one; only what is sound is used again.
    try:
        home = store.current(folder)
        manifest = store.read_manifest(home)
        store.check_files(home, manifest)
    except store.StoreError as error:
        log.info("building from nothing: %s", error)
        return None
    return manifest


def _gather(
    catalog: Catalog,
    folder: Path,
    reused: set[str],
    known: dict[str, store.ReportEntry],
    wanted: dict[str, str],
    english: English,
    progress: Progress,
) -> tuple[list[Passage], list[Conflict], list[store.ReportEntry]]:
    kept: dict[str, list[Passage]] = {report: [] for report in reused}
    kept_conflicts: dict[str, list[Conflict]] = {report: [] for report in reused}
    if reused:
        home = store.current(folder)
        for passage in store.read_passages(home):
            if passage.report in reused:
                kept[passage.report].append(passage)
        for conflict in store.read_conflicts(home):
            if conflict.report in reused:
                kept_conflicts[conflict.report].append(conflict)
    passages: list[Passage] = []
    conflicts: list[Conflict] = []
    entries: list[store.ReportEntry] = []
    for number, report in enumerate(catalog.reports):
        progress(report.id, number, len(catalog.reports))
        if report.id in reused:
            passages += kept[report.id]
            conflicts += kept_conflicts[report.id]
            entries.append(known[report.id])
            continue
        lines, rows, own = read_report(report, english)
        found = [*find_conflicts(own, report.year, lines), *find_slips(own, lines)] if own else []
        passages += own
        conflicts += found
        entries.append(store.ReportEntry(report.id, wanted[report.id], len(lines), len(own), len(rows), len(found)))
    progress("reports", len(catalog.reports), len(catalog.reports))
    return passages, conflicts, entries


def stale(catalog: Catalog, manifest: store.Manifest, fingerprint: Mark = "") -> dict[str, str]:
    """Report id → "changed", "not indexed" or "no longer in the library"; reports that are up to date are left out."""
    known = {entry.id: entry.fingerprint for entry in manifest.reports}
    states: dict[str, str] = {}
    for report in catalog.reports:
        if report.id not in known:
            states[report.id] = "not indexed"
        elif known[report.id] != _fingerprint(report, fingerprint):
            states[report.id] = "changed"
    states.update((report, "no longer in the library") for report in known if report not in catalog.ids())
    return states


def read_report(report: Report, english: English) -> tuple[list[Line], list[Row], list[Passage]]:
    """Lines, rows and passages of one report; raises ReportError if its file cannot be read."""
    try:
        lines = read_lines(report.path)
    except UnicodeDecodeError as error:
        raise ReportError(f"report {report.id}: {report.path} is not UTF-8 text") from error
    except OSError as error:
        raise ReportError(f"report {report.id}: {report.path} cannot be read: {error.strerror}") from error
    rows = _read_rows(report.id, lines)
    return lines, rows, make_passages(report, lines, rows, english)


def _read_rows(report_id: str, lines: Sequence[Line]) -> list[Row]:
    try:
        from index.tables import read_rows
    except ImportError:
        return []
    return read_rows(report_id, lines)


def _fingerprint(report: Report, mark: Mark) -> str:
    extra = mark if isinstance(mark, str) else mark(report)
    entry = {key: value for key, value in asdict(report).items() if key != "path"}
    digest = hashlib.sha256(f"{entry!r}\x1f{extra}\x1f{reader_version()}".encode())
    try:
        digest.update(report.path.read_bytes())
    except OSError as error:
        raise ReportError(f"report {report.id}: {report.path} cannot be read: {error.strerror}") from error
    return digest.hexdigest()


def reader_version() -> str:
    """A hash of what reads reports, words included: passages of an older reader are made anew. Encoders read none."""
    home, digest = Path(__file__).parent, hashlib.sha256()
    for path in sorted(path for path in home.rglob("*") if path.suffix in {".py", ".toml"}):
        if path.relative_to(home).parts[0] not in _ENCODERS:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


class VectorCache:
    """Vectors by sha256(encoder name, text), kept between builds and through interrupted ones."""

    def __init__(self, path: Path) -> None:
        """Open or make the cache; a damaged one is thrown away."""
        try:
            self._open(path)
        except sqlite3.DatabaseError:
            log.warning("the vector cache %s is damaged: starting a new one", path)
            path.unlink(missing_ok=True)
            self._open(path)

    def _open(self, path: Path) -> None:
        self._base = sqlite3.connect(path)
        self._base.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        """The vectors there are for `keys`."""
        found: dict[bytes, Vectors] = {}
        for start in range(0, len(keys), 500):
            part = keys[start : start + 500]
            marks = ",".join("?" * len(part))
            for key, vector in self._base.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part):
                found[bytes(key)] = np.frombuffer(vector, dtype=np.float32)
        return found

    def put(self, items: Sequence[tuple[bytes, Vectors]]) -> None:
        """Keep vectors; on disk when this returns."""
        with self._base:
            self._base.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", [(k, v.tobytes()) for k, v in items])

    def keep_only(self, keys: Sequence[bytes]) -> None:
        """Forget every vector but these."""
        with self._base:
            self._base.execute("CREATE TEMP TABLE used (key BLOB PRIMARY KEY) WITHOUT ROWID")
            self._base.executemany("INSERT OR IGNORE INTO used VALUES (?)", [(key,) for key in keys])
            self._base.execute("DELETE FROM vectors WHERE key NOT IN (SELECT key FROM used)")

    def close(self) -> None:
        """Close the file."""
        self._base.close()


def _embed(encoder: Encoder, texts: Sequence[str], cache: VectorCache, progress: Progress) -> tuple[Vectors, int]:
    keys = [hashlib.sha256(f"{encoder.name}\x1f{text}".encode()).digest() for text in texts]
    known = cache.get(list(dict.fromkeys(keys)))
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    order = sorted(missing, key=lambda key: len(missing[key]))  # like lengths together: little padding
    for start in range(0, len(order), _BATCH):
        progress("embedding", start, len(order))
        part = order[start : start + _BATCH]
        vectors = encoder.encode([missing[key] for key in part])
        cache.put(list(zip(part, vectors, strict=True)))
        known.update(zip(part, vectors, strict=True))
    progress("embedding", len(order), len(order))
    cache.keep_only(keys)
    if not keys:
        return np.zeros((0, encoder.dimension), dtype=np.float32), 0
    return np.stack([known[key] for key in keys]), len(order)
