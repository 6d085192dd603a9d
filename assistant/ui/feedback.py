"""What users say of the answers: one JSON object a line, for the evaluation to read."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

from assistant.errors import AssistantError
from assistant.ui.turn import Turn

_lock = threading.Lock()


def note(file: Path, user: str, turn: Turn, rating: str, reason: str = "", words: str = "") -> None:
    """Append a rating ("good", "bad", or "" when it is taken back). Raises AssistantError if it cannot be written."""
    entry = {
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "user": user,
        "turn": turn.id,
        "rating": rating,
        "reason": reason,
        "note": words[:2000],
        "question": turn.question,
        "reports": list(turn.reports),
        "answer": turn.answer.model_dump(mode="json") if turn.answer else None,
    }
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with _lock, file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(entry, ensure_ascii=False) + "\n")
    except OSError as error:
        raise AssistantError(f"the feedback could not be kept in {file}: {error.strerror}") from error
