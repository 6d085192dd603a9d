"""The index on disk: passages, BM25 arrays and FAISS vectors, versioned, checksummed, replaced in one step.

A build writes a new folder `<generation>/` and then replaces the file `current`, which names the generation in use;
whatever stops a build before that, the old generation stays as it was.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import os
import re
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import bm25s
import faiss
import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from index.conflicts import Conflict, Place
from index.embedding import Vectors
from index.records import Cell, Passage, Row
from index.tokens import query_tokens, tokenize

log = logging.getLogger(__name__)
logging.getLogger("bm25s").setLevel(logging.WARNING)  # it asks for DEBUG on import

FORMAT = 1
CURRENT, LOCK, MANIFEST = "current", "lock", "manifest.json"
_PASSAGES, _CONFLICTS, _VECTORS, _LEXICAL = "passages.jsonl", "conflicts.jsonl", "vectors.faiss", "bm25"
_GENERATION = re.compile(r"generation-[0-9a-f]{12}")
_K1, _B = 1.2, 0.9  # measured on the open questions: short passages deserve their lead


class StoreError(RuntimeError):
    """The index cannot be used or written; the message is one line that says why and what to do."""


@dataclass(frozen=True)
class ReportEntry:
    """What the index knows of a report it holds. fingerprint covers text, catalogue entry, reader and glossary."""

    id: str
    fingerprint: str
    lines: int
    passages: int
    rows: int
    conflicts: int = 0


@dataclass(frozen=True)
class Manifest:
    """What an index folder holds: one entry a report, the encoder's name ("none" without vectors), file checksums."""

    encoder: str
    dimension: int
    reports: tuple[ReportEntry, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT


class Index:
    """Passages with the two ways to search them. Positions refer to `passages`, which are grouped by report."""

    def __init__(
        self,
        passages: Sequence[Passage],
        lexical: bm25s.BM25 | None,
        vectors: faiss.Index | None,
        manifest: Manifest,
        conflicts: Sequence[Conflict] = (),
    ) -> None:
        """Use `Index.load`, or `make_index` for one in memory."""
        self.passages = tuple(passages)
        self.conflicts = tuple(conflicts)
        self.manifest = manifest
        self._lexical = lexical
        self._vectors = vectors
        self._ranges = _ranges(self.passages)

    @classmethod
    def load(cls, folder: Path, encoder: str | None = None) -> Index:
        """Read the current generation and check it; raises StoreError if it is missing, damaged or of another make.

        encoder: the name of the encoder that questions will be embedded with, "none" for none; None: do not check.
        """
        home = current(folder)
        try:
            return cls._load(home, encoder)
        except StoreError:
            if current(folder) == home:
                raise
            return cls.load(folder, encoder)  # a build swapped the index while it was being read

    @classmethod
    def _load(cls, home: Path, encoder: str | None) -> Index:
        manifest = read_manifest(home)
        if encoder not in (None, "none", manifest.encoder):
            raise StoreError(
                f"the index in {home.parent} was built with the encoder {manifest.encoder!r}, not {encoder!r}: "
                "run `assistant index build`"
            )
        check_files(home, manifest)
        try:
            passages = [_passage(json.loads(line)) for line in _read(home / _PASSAGES).splitlines()]
            conflicts = [_conflict(json.loads(line)) for line in _read(home / _CONFLICTS).splitlines()]
            lexical = bm25s.BM25.load(home / _LEXICAL, show_progress=False) if passages else None
            vectors = faiss.read_index(str(home / _VECTORS)) if manifest.dimension else None
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise _broken(home, str(error)) from error
        return cls(passages, lexical, vectors, manifest, conflicts)

    @property
    def encoder(self) -> str:
        """Name of the encoder whose vectors the index holds, or "none"."""
        return self.manifest.encoder

    def lexical(self, text: str, k: int, reports: Sequence[str] | None = None) -> list[tuple[int, float]]:
        """The k best passages by BM25 that share a token with `text`, best first, within `reports` if given."""
        tokens = query_tokens(text)
        if self._lexical is None or not tokens or k <= 0:
            return []
        scores = np.asarray(self._lexical.get_scores(tokens))
        if reports is not None:
            scores = np.where(self._mask(reports), scores, 0.0)
        k = min(k, len(scores))
        best = np.argpartition(-scores, k - 1)[:k]
        best = best[np.lexsort((best, -scores[best]))]
        return [(int(position), float(scores[position])) for position in best if scores[position] > 0]

    def dense(
        self, vector: NDArray[np.float32], k: int, reports: Sequence[str] | None = None
    ) -> list[tuple[int, float]]:
        """The k passages nearest to a unit vector of shape (d,) by cosine, best first; [] if there are no vectors."""
        if self._vectors is None or k <= 0:
            return []
        query = np.ascontiguousarray(vector, dtype=np.float32).reshape(1, -1)
        if query.shape[1] != self._vectors.d:
            raise StoreError(
                f"a vector of {query.shape[1]} numbers asked of an index of {self._vectors.d}: "
                f"it was not made by the encoder {self.encoder!r}"
            )
        parameters = None
        if reports is not None:
            positions = np.flatnonzero(self._mask(reports))
            if not len(positions):
                return []
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(positions))  # type: ignore[call-arg]
        scores, found = self._vectors.search(query, min(k, len(self.passages)), params=parameters)
        return [(int(p), float(s)) for p, s in zip(found[0], scores[0], strict=True) if p >= 0]

    def idf(self, token: str) -> float:
        """Inverse document frequency of a token, ln(1 + (N - n + 0.5) / (n + 0.5)) (Robertson); unseen: the most."""
        if self._lexical is None:
            return 1.0
        column = self._lexical.vocab_dict.get(token)
        starts = self._lexical.scores["indptr"]
        holding = int(starts[column + 1] - starts[column]) if column is not None else 0
        total = int(self._lexical.scores["num_docs"])
        return math.log(1 + (total - holding + 0.5) / (holding + 0.5))

    def check(self) -> None:
        """Raise StoreError if the parts do not fit each other: as many vectors and BM25 columns as passages."""
        counts = {"passages": len(self.passages)}
        if self._vectors is not None:
            counts["vectors"] = int(self._vectors.ntotal)
        if self._lexical is not None:
            counts["BM25 documents"] = int(self._lexical.scores["num_docs"])
        if len(set(counts.values())) > 1:
            raise StoreError(f"the index does not fit together ({counts}): run `assistant index build --force`")

    def near(self, report: str, start: int, end: int) -> list[int]:
        """Positions of the report's passages that touch the lines start to end."""
        first, last = self._ranges.get(report, (0, 0))
        return [
            p for p in range(first, last) if self.passages[p].line_start <= end and self.passages[p].line_end >= start
        ]

    def _mask(self, reports: Sequence[str]) -> NDArray[np.bool_]:
        mask = np.zeros(len(self.passages), dtype=bool)
        for report in reports:
            first, last = self._ranges.get(report, (0, 0))
            mask[first:last] = True
        return mask


def make_lexical(passages: Sequence[Passage]) -> bm25s.BM25 | None:
    """BM25 over the passages' search text; None when there are none."""
    if not passages:
        return None
    lexical = bm25s.BM25(k1=_K1, b=_B)
    lexical.index([tokenize(passage.search_text) or ["\x00"] for passage in passages], show_progress=False)
    return lexical


def make_index(passages: Sequence[Passage], vectors: Vectors | None = None, encoder: str = "none") -> Index:
    """An index in memory, for tests and measurements. vectors: float32 (n, d), unit length."""
    flat = None
    if vectors is not None:
        flat = faiss.IndexFlatIP(vectors.shape[1])
        flat.add(vectors)
    dimension = 0 if vectors is None else vectors.shape[1]
    return Index(passages, make_lexical(passages), flat, Manifest(encoder, dimension, ()))


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Hold the folder for one build; raises StoreError if another build holds it or it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = FileLock(folder / LOCK, timeout=0)
        held.acquire()
    except Timeout as error:
        raise StoreError(f"another build is writing the index in {folder}: wait until it is done") from error
    except OSError as error:
        raise unwritable(folder, error) from error
    try:
        yield
    finally:
        held.release()


def write(
    folder: Path,
    passages: Sequence[Passage],
    conflicts: Sequence[Conflict],
    vectors: Vectors | None,
    encoder: str,
    reports: Sequence[ReportEntry],
) -> Manifest:
    """Write a new generation, make it the current one, and remove the others. The caller holds `lock(folder)`."""
    home = folder / f"generation-{uuid.uuid4().hex[:12]}"
    try:
        home.mkdir(parents=True)
        _write_lines(home / _PASSAGES, (asdict(passage) for passage in passages))
        _write_lines(home / _CONFLICTS, (asdict(conflict) for conflict in conflicts))
        lexical = make_lexical(passages)
        if lexical is not None:
            lexical.save(home / _LEXICAL, show_progress=False)
        if vectors is not None:
            flat = faiss.IndexFlatIP(vectors.shape[1])
            flat.add(np.ascontiguousarray(vectors))
            faiss.write_index(flat, str(home / _VECTORS))
        files = {
            path.relative_to(home).as_posix(): _checksum(path) for path in sorted(home.rglob("*")) if path.is_file()
        }
        manifest = Manifest(encoder, 0 if vectors is None else int(vectors.shape[1]), tuple(reports), files)
        (home / MANIFEST).write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=1), encoding="utf-8")
        for path in home.rglob("*"):
            _flush(path)
        replace_text(folder / CURRENT, home.name)
    except (OSError, RuntimeError) as error:
        shutil.rmtree(home, ignore_errors=True)
        raise unwritable(folder, error) from error
    sweep(folder, home)
    return manifest


def sweep(folder: Path, keep: Path) -> None:
    """Remove every generation but one: what builds that were killed left behind. The caller holds `lock(folder)`."""
    for old in folder.glob("generation-*"):
        if old != keep:
            shutil.rmtree(old, ignore_errors=True)


def replace_text(path: Path, text: str) -> None:
    """Replace a small file in one step: it holds the old text or the new, never a part."""
    new = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}.new")
    try:
        new.write_text(text, encoding="utf-8")
        _flush(new)
        os.replace(new, path)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def current(folder: Path) -> Path:
    """The folder of the generation in use; raises StoreError when there is none."""
    pointer = folder / CURRENT
    if not pointer.is_file():
        raise StoreError(f"no index in {folder}: run `assistant index build`")
    name = pointer.read_text(encoding="utf-8", errors="replace").strip()
    if not _GENERATION.fullmatch(name):
        raise _broken(folder / "none", f"{CURRENT} names no generation")
    if not (folder / name / MANIFEST).is_file():
        raise _broken(folder / name, f"{MANIFEST} is missing")
    return folder / name


def read_manifest(home: Path) -> Manifest:
    """The manifest of a generation; raises StoreError on a damaged one or one of another format."""
    try:
        data = json.loads(_read(home / MANIFEST))
        if data["format"] != FORMAT:
            raise StoreError(
                f"the index in {home.parent} has format {data['format']}, this program reads {FORMAT}: "
                "run `assistant index build`"
            )
        data["reports"] = tuple(ReportEntry(**entry) for entry in data["reports"])
        return Manifest(**data)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _broken(home, f"{MANIFEST} cannot be read") from error


def check_files(home: Path, manifest: Manifest) -> None:
    """Compare every file with its checksum; raises StoreError that names the first that differs."""
    for name, checksum in manifest.files.items():
        path = home / name
        if not path.is_file():
            raise _broken(home, f"{name} is missing")
        if _checksum(path) != checksum:
            raise _broken(home, f"{name} is not as it was written")


def read_passages(home: Path) -> Iterator[Passage]:
    """The passages of a generation, in order."""
    for line in _read(home / _PASSAGES).splitlines():
        yield _passage(json.loads(line))


def read_conflicts(home: Path) -> Iterator[Conflict]:
    """The conflicts of a generation."""
    for line in _read(home / _CONFLICTS).splitlines():
        yield _conflict(json.loads(line))


def unwritable(folder: Path, error: Exception) -> StoreError:
    """The error for a folder that cannot be written."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return StoreError(
        f"the index cannot be written to {folder}: {reason}; choose another folder with ASSISTANT_HOME or make room"
    )


def _broken(home: Path, why: str) -> StoreError:
    return StoreError(f"the index in {home.parent} is damaged ({why}): run `assistant index build`")


def _ranges(passages: Sequence[Passage]) -> dict[str, tuple[int, int]]:
    ranges: dict[str, tuple[int, int]] = {}
    for position, passage in enumerate(passages):
        first, last = ranges.get(passage.report, (position, position))
        if last != position:
            raise StoreError(f"the passages of {passage.report} are not together")
        ranges[passage.report] = (first, position + 1)
    return ranges


def _passage(data: dict[str, Any]) -> Passage:
    row = data.get("row")
    if row is not None:
        row["group"] = tuple(row["group"])
        row["group_lines"] = tuple(row["group_lines"])
        row["cells"] = tuple(Cell(**cell) for cell in row["cells"])
        data["row"] = Row(**row)
    data["section"] = tuple(data["section"])
    return Passage(**data)


def _conflict(data: dict[str, Any]) -> Conflict:
    data["places"] = tuple(Place(**place) for place in data["places"])
    return Conflict(**data)


def _write_lines(path: Path, items: Iterator[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for item in items:
            file.write(json.dumps(item, ensure_ascii=False) + "\n")


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(path: Path) -> None:
    # Without this a power cut could leave the pointer on disk and the files it points to not.
    if path.is_file():
        with path.open("rb") as file:
            os.fsync(file.fileno())
