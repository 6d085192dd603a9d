"""Who may use a page that others can reach: names, hashed passwords, tokens for programs. One JSON file."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import secrets
import threading
import time
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError, UsageError

# RFC 7914; OWASP's advice for interactive logins (N=2^14 with r=8, p=5 costs about a tenth of a second).
_N, _R, _P = 2**14, 8, 5
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}")
SHORTEST_PASSWORD = 8
SESSION_SECONDS = 7 * 24 * 3600


class Accounts:
    """The users in `folder`/users.json. Read anew when the file changes, so that `assistant users` works meanwhile."""

    def __init__(self, folder: Path) -> None:
        """The file need not exist: then there are no users."""
        self._file = folder / "users.json"
        self._secret_file = folder / "session-secret"
        self._stamp = -1
        self._users: dict[str, dict[str, str]] = {}
        self._lock = threading.Lock()

    def names(self) -> list[str]:
        """All users."""
        return sorted(self._read())

    def add(self, name: str, password: str) -> None:
        """Add a user or change the password. Raises UsageError on a name or password that cannot be used."""
        if not _NAME.fullmatch(name):
            raise UsageError(f"{name!r} cannot be a user's name: use letters, digits, and _ . @ -, at most 64")
        if len(password) < SHORTEST_PASSWORD:
            raise UsageError(f"the password has {len(password)} characters; it needs at least {SHORTEST_PASSWORD}")
        users = self._read()
        users[name] = {**users.get(name, {}), "password": _hash(password, secrets.token_bytes(16))}
        self._write(users)

    def remove(self, name: str) -> None:
        """Remove a user; their conversations stay. Raises UsageError when there is none of this name."""
        users = self._read()
        if users.pop(name, None) is None:
            raise UsageError(f"no user {name!r}; there are: {', '.join(sorted(users)) or 'none'}")
        self._write(users)

    def new_token(self, name: str) -> str:
        """A new token for programs that ask as this user; the old one ends. It is kept as a hash and shown once."""
        users = self._read()
        if name not in users:
            raise UsageError(f"no user {name!r}; there are: {', '.join(sorted(users)) or 'none'}")
        token = "esg-" + secrets.token_urlsafe(32)
        users[name]["token"] = hashlib.sha256(token.encode()).hexdigest()
        self._write(users)
        return token

    def check(self, name: str, password: str) -> bool:
        """Whether the password is right; takes as long for a name that does not exist."""
        kept = self._read().get(name, {}).get("password") or _hash("", bytes(16))
        salt = base64.b64decode(kept.split("$")[1])
        return hmac.compare_digest(_hash(password, salt), kept) and name in self._read()

    def of_token(self, token: str) -> str | None:
        """Whose token this is."""
        digest = hashlib.sha256(token.encode()).hexdigest()
        for name, user in self._read().items():
            if hmac.compare_digest(user.get("token", ""), digest):
                return name
        return None

    def session(self, name: str) -> str:
        """What the browser keeps after a login."""
        text = f"{name}|{int(time.time()) + SESSION_SECONDS}"
        return base64.urlsafe_b64encode(f"{text}|{self._sign(name, text)}".encode()).decode()

    def of_session(self, cookie: str) -> str | None:
        """Whose session this is; None when it is forged, too old, or the user or password is gone."""
        try:
            name, until, signature = base64.urlsafe_b64decode(cookie.encode()).decode().split("|")
            late = int(until) < time.time()
        except ValueError:
            return None
        if late or name not in self._read() or not hmac.compare_digest(signature, self._sign(name, f"{name}|{until}")):
            return None
        return name

    def _sign(self, name: str, text: str) -> str:
        # The password's hash is part of the key: a new password ends the old sessions.
        key = self._secret() + self._read().get(name, {}).get("password", "").encode()
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def _secret(self) -> bytes:
        try:
            return self._secret_file.read_bytes()
        except FileNotFoundError:
            secret = secrets.token_bytes(32)
            _write_private(self._secret_file, secret)
            return secret

    def _read(self) -> dict[str, dict[str, str]]:
        with self._lock:
            try:
                stamp = self._file.stat().st_mtime_ns
                if stamp != self._stamp:
                    self._users = _users(json.loads(self._file.read_text(encoding="utf-8")))
                    self._stamp = stamp
            except FileNotFoundError:
                self._users, self._stamp = {}, -1
            except (OSError, ValueError) as error:
                raise AssistantError(f"{self._file} cannot be read: {error}") from error
            return {name: dict(user) for name, user in self._users.items()}

    def _write(self, users: dict[str, dict[str, str]]) -> None:
        _write_private(self._file, json.dumps(users, indent=1).encode())


def _users(data: Any) -> dict[str, dict[str, str]]:  # noqa: ANN401  (whatever JSON holds)
    if not isinstance(data, dict) or not all(isinstance(user, dict) for user in data.values()):
        raise ValueError("not a table of users")
    return data


def _hash(password: str, salt: bytes) -> str:
    digest = hashlib.scrypt(password.encode(), salt=salt, n=_N, r=_R, p=_P, maxmem=64 * 2**20)
    return f"scrypt${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def _write_private(file: Path, data: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f"{file.name}.{secrets.token_hex(4)}.part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(data)
        os.replace(part, file)
    except OSError as error:
        raise AssistantError(f"{file} cannot be written: {error.strerror}") from error
