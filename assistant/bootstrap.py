"""Set up the virtual environment: what `make` runs first, with nothing but Python's own library.

It checks what must be there before anything is downloaded, installs PyTorch first (so that a source of the user's own
choice counts), then the package, and does nothing when all of that was done before for the same pyproject.toml.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
LOG = VENV / "setup.log"
DONE = VENV / "setup.json"
EXTRAS = "ui,documents,dev"
DISK_BYTES = 3_000_000_000  # the environment with PyTorch's CPU build, and room to compile
PIP = "pip>=24.1"  # the first that tells its progress in a form for programs

_UNREACHABLE = re.compile(
    r"NameResolution|name resolution|Name or service not known|NewConnectionError|Max retries|timed out|Retrying"
    r"|Connection (?:refused|reset|aborted|broken)|Network is unreachable|ProxyError",
    re.IGNORECASE,
)
_WORTH_A_LINE = re.compile(r"Downloading .*\b\d{2,}(?:\.\d)? [MG]B|Building wheel for|Installing collected")
_NOT_COMPILED = re.compile(r"Failed (?:building wheel for|to build)\W+llama[-_]cpp", re.IGNORECASE)
_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")
_STEP = re.compile(r"^(Collecting|Downloading|Building|Installing|Using cached)\b")
_SLOW = "now the packages; llama-cpp-python is compiled for this machine: about 5 minutes on two cores, once"


class SetupError(Exception):
    """Set-up cannot go on; the message is one line that says what to do."""


def explain(output: str) -> str:
    """What pip's output comes down to for the user: one line with what to do."""
    if "No module named pip" in output:
        return "pip is missing in this environment: run `python -m ensurepip`"
    if "No space left" in output or "Errno 28" in output:
        return "the disk is full: free some space, or set ASSISTANT_HOME to a folder on another disk"
    if _UNREACHABLE.search(output):
        return "the package index cannot be reached: check the network, or name a mirror in pip's setting index-url"
    if "No matching distribution" in output:
        version = f"Python {sys.version_info.major}.{sys.version_info.minor}"
        return f"the package index that pip is set to does not have it for {version}: name another by pip's index-url"
    if _NOT_COMPILED.search(output):
        return "llama-cpp-python could not be compiled: the reason is in the log; a newer C++ compiler often helps"
    lines = [line for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")] or lines[-1:]
    return errors[0].removeprefix("ERROR: ") if errors else "pip ended without saying why"


def compiler(environment: dict[str, str] | None = None) -> str | None:
    """The C++ compiler that a build would use, or None."""
    named = shlex.split((os.environ if environment is None else environment).get("CXX", ""))
    for command in [named[0]] if named else ["c++", "g++", "clang++", "cl"]:
        if found := shutil.which(command):
            return found
    return None


def compiler_remedy() -> str:
    """How to get a compiler on this system."""
    if sys.platform == "darwin":
        return "run `xcode-select --install`"
    return "on Debian or Ubuntu run `sudo apt install build-essential`, elsewhere install g++ or clang++"


def check(venv: Path) -> None:
    """Raise SetupError for what would fail later: venv module, compiler, disk. The Makefile checks Python itself."""
    try:
        import ensurepip  # noqa: F401  (Debian keeps it in a package of its own)
        import venv as _  # noqa: F401
    except ImportError as error:
        name = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        raise SetupError(
            f"this Python has no venv module: on Debian or Ubuntu run `sudo apt install {name}`, "
            "or choose another one with make PYTHON=…"
        ) from error
    if not compiler() and not any(venv.glob("lib/python3*/site-packages/llama_cpp")):
        chosen = os.environ.get("CXX")
        what = f"the C++ compiler that CXX names ({chosen}) is not here" if chosen else "there is no C++ compiler"
        raise SetupError(f"{what}, and the local LLM has to be compiled: {compiler_remedy()}")
    free = shutil.disk_usage(venv.parent).free
    if not any(venv.glob("lib/python3*/site-packages/torch")) and free < DISK_BYTES:
        raise SetupError(
            f"{venv.parent}: {DISK_BYTES / 1e9:.0f} GB of disk are needed for the environment, "
            f"{free / 1e9:.1f} GB are free: free some space"
        )


def key(torch: str) -> str:
    """What the environment depends on: when it changes, set-up runs again."""
    data = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    parts = [data.get("project"), data.get("build-system"), data["tool"].get("setuptools"), torch, EXTRAS, str(PROJECT)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def run(torch: str, out: TextIO) -> None:
    """Bring the environment up to date; instant when it is."""
    wanted = key(torch)
    if _done() == wanted:
        return
    check(VENV)
    shown = Shown(out)
    with _one_at_a_time(shown):
        if _done() == wanted:  # by the one waited for
            return
        DONE.unlink(missing_ok=True)
        if not _usable():
            shown.say("creating the virtual environment .venv")
            _call([sys.executable, "-m", "venv", "--clear", str(VENV)], shown, "the virtual environment")
        pip = [str(_python()), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
        shown.say(
            "installing PyTorch first: about 200 MB where a CPU build is offered, else some GB (TORCH= names a source)"
        )
        pip.append("--retries=3")
        _call([*pip, PIP], shown, "pip")  # small: where it is to be fetched, it tells whether there is a network
        pip.append("--progress-bar=raw")
        _call([*pip, *shlex.split(torch)], shown, "PyTorch")
        if not any(VENV.glob("lib/python3*/site-packages/llama_cpp")):
            shown.say(_SLOW)
        _call([*pip, "-e", f".[{EXTRAS}]"], shown, "the package")
        DONE.write_text(json.dumps({"key": wanted}), encoding="utf-8")
        shown.say("environment ready")


class Shown:
    """Progress on a terminal: one line that is written over; elsewhere a line for each step, and a sign of life."""

    def __init__(self, out: TextIO) -> None:
        """Speak on `out`."""
        self._out = out
        self._terminal = out.isatty()
        self._step = ""
        self._began = time.monotonic()
        self._spoke = self._began

    def say(self, line: str) -> None:
        """A line that stays."""
        self.clear()
        print(line, file=self._out, flush=True)
        self._spoke = time.monotonic()

    def step(self, line: str) -> None:
        """What is being done now."""
        self._step, self._began = line[:90], time.monotonic()
        if not self._terminal and _WORTH_A_LINE.match(line):
            self.say(f"  {line[:110]}")

    def alive(self, part: str = "") -> None:
        """Show that work goes on; `part`: how much of the step is done."""
        seconds = time.monotonic() - self._began
        line = f"  {self._step} {part or (f'{seconds:.0f} s' if seconds >= 5 else '')}"
        if self._terminal:
            width = max(20, shutil.get_terminal_size().columns - 1)
            self.clear()
            self._out.write(line[:width])
            self._out.flush()
        elif time.monotonic() - self._spoke > 60:
            self.say(line)

    def clear(self) -> None:
        """Wipe the line that is written over."""
        if self._terminal:
            self._out.write("\r\x1b[K")


def _call(command: list[str], shown: Shown, what: str) -> None:
    shown.step(what)
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
    # Compiled for this machine's own processor: a build that runs everywhere is half as fast.
    environment.setdefault("CMAKE_ARGS", "-DGGML_NATIVE=ON")
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        process = subprocess.Popen(
            command, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, env=environment
        )
        position = 0
        try:
            while process.poll() is None:
                time.sleep(0.2)
                position = _show(said, position, shown)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
        said.seek(0)
        lines = [line for line in said.read().splitlines() if not _PROGRESS.match(line)]
    if VENV.is_dir():
        with LOG.open("a", encoding="utf-8") as log:
            log.write("\n".join([f"$ {shlex.join(command)}", *lines, ""]))
    if process.returncode:
        shown.clear()
        raise SetupError(f"{what} could not be installed: {explain(chr(10).join(lines))} (log: {LOG})")


def _show(said: TextIO, position: int, shown: Shown) -> int:
    # pread leaves the place alone at which the child writes: both share one descriptor.
    data = os.pread(said.fileno(), 1 << 20, position)
    whole = data[: data.rfind(b"\n") + 1]
    part = ""
    for line in whole.decode("utf-8", errors="replace").splitlines():
        if progress := _PROGRESS.match(line):
            done, total = (int(number) / 1e6 for number in progress.groups())
            part = f"{done:,.0f} of {total:,.0f} MB" if total >= 1 else ""
        elif _STEP.match(line.strip()):
            shown.step(line.strip())
            part = ""
    shown.alive(part)
    return position + len(whole)


def _python() -> Path:
    return VENV / "bin" / "python"


def _usable() -> bool:
    """Whether .venv has a Python that runs, is new enough and has pip; a half-made one is made anew."""
    test = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([_python(), "-c", test], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _done() -> str:
    try:
        return str(json.loads(DONE.read_text(encoding="utf-8"))["key"]) if _python().exists() else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


@contextmanager
def _one_at_a_time(shown: Shown) -> Iterator[None]:
    import fcntl  # not on every system that this module is imported on

    descriptor = os.open(PROJECT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            shown.say("another set-up is at work here: waiting for it")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def main() -> int:
    """Run as a script; exit code 1 with one line when it cannot be done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--torch", default="torch", help="what pip installs PyTorch from, options included")
    try:
        run(parser.parse_args().torch, sys.stderr)
    except SetupError as error:
        print(f"set-up: {error}", file=sys.stderr)  # noqa: T201
        return 1
    except OSError as error:
        print(f"set-up: {error}: free some space or mend the rights, then run it again", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        print("\nset-up: stopped; run it again to go on", file=sys.stderr)  # noqa: T201
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
