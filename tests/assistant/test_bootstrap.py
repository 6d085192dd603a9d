"""Set-up: its checks, its words, and the Makefile's; installing itself is what every run of the tests goes through."""

import io
import os
import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest

from assistant import bootstrap
from assistant.settings import PROJECT

make = pytest.mark.skipif(not shutil.which("make"), reason="there is no make here")


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("/usr/bin/python3: No module named pip", "pip is missing"),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "the disk is full"),
        (
            "WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by 'NewConnectionError('\n"
            "ERROR: No matching distribution found for torch==2.13.0",
            "the package index cannot be reached: check the network",
        ),
        ("ERROR: No matching distribution found for torch==9", "does not have it for Python 3."),
        (
            "  CMake Error at CMakeLists.txt:3\n  ERROR: Failed building wheel for llama-cpp-python\n"
            "ERROR: Failed to build installable wheels",
            "llama-cpp-python could not be compiled",
        ),
        ("Collecting a\nERROR: something else\nERROR: and more", "something else"),
        ("just this", "just this"),
        ("", "without saying why"),
    ],
)
def test_pip_is_put_into_one_line(output, said):
    explained = bootstrap.explain(output)
    assert said in explained
    assert "\n" not in explained


def test_compiler_that_the_user_names_counts(tmp_path):
    named = tmp_path / "my-c++"
    named.write_text("#!/bin/sh\n")
    named.chmod(0o755)
    assert bootstrap.compiler({"CXX": f"{named} -O2"}) == str(named)
    assert bootstrap.compiler({"CXX": str(tmp_path / "gone")}) is None


def test_missing_compiler_is_told_before_anything_is_done(tmp_path, monkeypatch):
    monkeypatch.setenv("CXX", "surely-no-compiler")
    with pytest.raises(bootstrap.SetupError, match=r"surely-no-compiler\) is not here, and the local LLM has to be"):
        bootstrap.check(tmp_path / ".venv")
    (tmp_path / ".venv" / "lib" / "python3.11" / "site-packages" / "llama_cpp").mkdir(parents=True)
    bootstrap.check(tmp_path / ".venv")


def test_missing_venv_module_names_the_package(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    with pytest.raises(bootstrap.SetupError, match=f"sudo apt install python{version}-venv"):
        bootstrap.check(tmp_path / ".venv")


def test_full_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap.shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000_000_000))
    monkeypatch.setattr(bootstrap, "compiler", lambda: "c++")
    with pytest.raises(bootstrap.SetupError, match=r"3 GB of disk are needed .*, 1\.0 GB are free: free some space"):
        bootstrap.check(tmp_path / ".venv")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project folder whose set-up is recorded, not done."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "p"\ndependencies = ["a"]\n[tool.setuptools]\n')
    monkeypatch.setattr(bootstrap, "PROJECT", tmp_path)
    for name, path in {"VENV": ".venv", "LOG": ".venv/setup.log", "DONE": ".venv/setup.json"}.items():
        monkeypatch.setattr(bootstrap, name, tmp_path / path)
    calls = []

    def call(command, shown, what):
        calls.append(what)
        (tmp_path / ".venv" / "bin").mkdir(parents=True, exist_ok=True)
        (tmp_path / ".venv" / "bin" / "python").touch()

    monkeypatch.setattr(bootstrap, "_call", call)
    monkeypatch.setattr(bootstrap, "check", lambda venv: None)
    return SimpleNamespace(folder=tmp_path, calls=calls)


def test_set_up_installs_torch_first_and_does_nothing_twice(project):
    bootstrap.run("torch==1", io.StringIO())
    assert project.calls == ["the virtual environment", "pip", "PyTorch", "the package"]
    project.calls.clear()
    bootstrap.run("torch==1", io.StringIO())
    assert project.calls == []


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [('["a"]', '["a", "b"]', True), ("[tool.setuptools]", "[tool.setuptools]\n[tool.x]", False)],
)
def test_set_up_runs_again_only_for_what_it_depends_on(old, new, again, project):
    bootstrap.run("torch==1", io.StringIO())
    project.calls.clear()
    file = project.folder / "pyproject.toml"
    file.write_text(file.read_text().replace(old, new))
    bootstrap.run("torch==1", io.StringIO())
    assert bool(project.calls) == again


def test_another_source_of_torch_is_followed(project):
    bootstrap.run("torch==1", io.StringIO())
    project.calls.clear()
    bootstrap.run("torch==2 --no-cache-dir", io.StringIO())
    assert "PyTorch" in project.calls


def test_set_up_that_failed_is_not_taken_for_done(project, monkeypatch):
    def fail(command, shown, what):
        if what == "the package":
            raise bootstrap.SetupError("no")

    done = bootstrap._call
    monkeypatch.setattr(bootstrap, "_call", fail)
    with pytest.raises(bootstrap.SetupError):
        bootstrap.run("torch==1", io.StringIO())
    monkeypatch.setattr(bootstrap, "_call", done)
    bootstrap.run("torch==1", io.StringIO())
    assert "the package" in project.calls


def test_failing_command_leaves_its_words_in_the_log_and_one_line_on_the_screen(tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setattr(bootstrap, "LOG", tmp_path / "setup.log")
    code = (
        "print('Collecting x'); print('Progress 1000000 of 2000000'); print('ERROR: the reason'); raise SystemExit(1)"
    )
    out = io.StringIO()
    with pytest.raises(bootstrap.SetupError, match=r"^x could not be installed: the reason \(log: .*setup\.log\)$"):
        bootstrap._call([sys.executable, "-c", code], bootstrap.Shown(out), "x")
    logged = (tmp_path / "setup.log").read_text()
    assert "ERROR: the reason" in logged
    assert "\nProgress" not in logged


def test_terminal_sees_one_line_that_is_written_over(monkeypatch):
    out = io.StringIO()
    monkeypatch.setattr(out, "isatty", lambda: True)
    shown = bootstrap.Shown(out)
    shown.step("Downloading torch")
    shown.alive("100 of 200 MB")
    shown.alive("200 of 200 MB")
    shown.say("done")
    assert "\n" not in out.getvalue().removesuffix("done\n")
    assert out.getvalue().split("\r\x1b[K")[1:] == [
        "  Downloading torch 100 of 200 MB",
        "  Downloading torch 200 of 200 MB",
        "done\n",
    ]


def run_make(*arguments, **environment):
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        env={**os.environ, "MAKEFLAGS": "", **environment},
    )


@make
def test_make_alone_helps():
    done = run_make()
    assert done.returncode == 0
    for word in ("make app", "make test", "make ask Q=", "TORCH=", "1.1 GB"):
        assert word in done.stdout


@make
@pytest.mark.parametrize("script", [None, "#!/bin/sh\nexit 1\n"])
def test_make_refuses_a_python_that_is_missing_or_old(script, tmp_path):
    python = tmp_path / "python"
    if script:
        python.write_text(script)
        python.chmod(0o755)
    done = run_make("venv", f"PYTHON={python}")
    assert done.returncode != 0
    assert done.stderr.splitlines()[0].startswith(f"set-up: {python} is not here or older than 3.11")


@make
def test_make_ask_passes_the_question_on_as_it_is():
    done = run_make("--dry-run", "ask", 'Q=it\'s "5 $$" `x` 晋商')
    assert '.venv/bin/assistant ask "$Q"' in done.stdout
