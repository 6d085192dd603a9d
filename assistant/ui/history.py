"""Conversations on disk: one JSON file each, in a folder of their user's own."""

from __future__ import annotations

import json
import logging
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError
from assistant.ui.turn import Conversation, Turn
from index.text import normalise

logger = logging.getLogger(__name__)

LOCAL_USER = "local"  # who asks when no login is needed
_ID = re.compile(r"[0-9a-f]{12}")
_USER = re.compile(r"[A-Za-z0-9_.@-]{1,64}")


@dataclass(frozen=True)
class Entry:
    """One conversation in the list."""

    id: str
    title: str
    updated: float


class History:
    """The conversations of all users under `folder`; one user never reads another's."""

    def __init__(self, folder: Path) -> None:
        """The folder need not exist yet."""
        self._folder = folder

    def save(self, user: str, conversation: Conversation) -> None:
        """Write, or write again; a kill at any moment leaves the old file. Raises AssistantError if it cannot."""
        if not conversation.turns:
            return
        file = self._file(user, conversation.id)
        data = {
            "id": conversation.id,
            "created": conversation.created,
            "title": conversation.title,
            "turns": [turn.dump() for turn in conversation.turns],
        }
        part = file.with_suffix(".part")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
            os.replace(part, file)
        except OSError as error:
            raise AssistantError(f"the conversation could not be kept in {file.parent}: {error.strerror}") from error

    def load(self, user: str, conversation_id: str) -> Conversation | None:
        """The conversation, or None when this user has none with this id."""
        if not _ID.fullmatch(conversation_id):
            return None
        data = _read(self._file(user, conversation_id))
        if data is None:
            return None
        try:
            turns = [Turn.load(turn) for turn in data["turns"]]
            return Conversation(id=str(data["id"]), created=float(data["created"]), turns=turns)
        except (KeyError, TypeError, ValueError):
            logger.warning("conversation %s cannot be read", conversation_id)
            return None

    def delete(self, user: str, conversation_id: str) -> None:
        """Remove it; one that is not there is fine."""
        if _ID.fullmatch(conversation_id):
            self._file(user, conversation_id).unlink(missing_ok=True)

    def entries(self, user: str, query: str = "", limit: int = 60) -> list[Entry]:
        """The user's conversations that hold every word of `query` (any script), the latest first."""
        folder = self._user_folder(user)
        if not folder.is_dir():
            return []
        files = []
        for file in folder.glob("*.json"):
            try:
                files.append((file.stat().st_mtime, file))
            except OSError:
                continue  # deleted meanwhile
        words = normalise(query).split()
        entries: list[Entry] = []
        for updated, file in sorted(files, reverse=True):
            data = _read(file)
            if data is None or not _ID.fullmatch(file.stem):
                continue
            if words and not all(word in _words_of(data) for word in words):
                continue
            entries.append(Entry(file.stem, str(data.get("title", "")), updated))
            if len(entries) == limit:
                break
        return entries

    def _user_folder(self, user: str) -> Path:
        if not _USER.fullmatch(user) or user.startswith("."):
            raise AssistantError(f"{user!r} cannot be the name of a user")
        return self._folder / user

    def _file(self, user: str, conversation_id: str) -> Path:
        return self._user_folder(user) / f"{conversation_id}.json"


def _read(file: Path) -> dict[str, Any] | None:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return data if isinstance(data, dict) else None


def _words_of(data: dict[str, Any]) -> str:
    parts = []
    for turn in data.get("turns", []):
        answer = (turn.get("answer") or {}).get("answer", "")
        parts += [turn.get("question", ""), answer]
    return normalise(" ".join(str(part) for part in parts))
