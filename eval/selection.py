"""Which questions a run takes: files, split, types, reports, a fixed sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, get_args

from assistant.errors import UsageError
from eval.runner import LANGUAGES, Job, jobs, sample
from eval.schema import EvalLanguage, Kind, Question, default_files, load

TYPES: tuple[str, ...] = get_args(Kind)


@dataclass(frozen=True)
class Selection:
    """What was chosen; `sets` empty means the sets that come with the project, `language` "both" or one."""

    sets: tuple[str, ...] = ()
    split: str | None = None
    language: str = "both"
    types: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    sample: int | None = None
    seed: int = 0
    limit: int | None = None

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Selection:
        """The selection that a result was made with."""
        known: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in data.items() if k in cls.__annotations__
        }
        return cls(**known)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for a result, the split as it was taken."""
        values = asdict(self) | {"split": self._split or "any"}
        return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}

    @property
    def _split(self) -> str | None:
        return self.split or (None if self.sets else "dev")

    @property
    def languages(self) -> tuple[EvalLanguage, ...]:
        """The languages asked in."""
        return tuple(language for language in LANGUAGES if self.language in ("both", language))

    def questions(self) -> list[Question]:
        """The chosen questions; raises SetError for bad files, UsageError when nothing is left.

        The project's own sets are taken in split dev unless another split is asked for; test is for reporting only.
        """
        split = self._split
        found = load([Path(name) for name in self.sets] or default_files(split))
        kept = [
            question
            for question in found
            if (not self.types or question.type in self.types)
            and (not self.reports or set(self.reports) & set(question.all_reports()))
            and (split is None or question.split == split)
        ]
        if not kept:
            known = sorted({report for question in found for report in question.all_reports()})
            raise UsageError(
                f"no question of split {split or 'any'} fits; there are types {_of(found)} "
                f"and reports {', '.join(known)}"
            )
        if self.sample is not None:
            kept = sample(kept, self.sample, self.seed)
        return kept[: self.limit]

    def jobs(self) -> list[Job]:
        """The chosen questions in the chosen languages."""
        return jobs(self.questions(), self.languages)


def _of(questions: Sequence[Question]) -> str:
    return ", ".join(sorted({question.type for question in questions}))
