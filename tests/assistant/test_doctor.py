import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from assistant import doctor
from assistant.cli import main
from assistant.settings import Settings


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Loading torch in a process of its own takes seconds; the one test that means it undoes this."""
    load = doctor._load
    monkeypatch.setattr(doctor, "_load", lambda module: "")
    return load


@pytest.fixture
def server():
    """An OpenAI-compatible server that wants the key "right"."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            allowed = self.headers.get("Authorization") == "Bearer right"
            self.send_response(404 if self.path != "/v1/models" else 200 if allowed else 401)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def states(checks):
    return [(check.what, check.state) for check in checks]


def test_empty_machine_lacks_models_and_index_and_says_how_to_get_them():
    result = CliRunner().invoke(main, ["doctor"])
    assert result.exit_code == 1
    problems = [line for line in result.stdout.splitlines() if line.startswith("problem")]
    assert [line.split()[1] for line in problems] == ["model", "index"]
    assert all("assistant models pull" in line for line in problems[:1])
    assert "assistant index build" in problems[1]
    assert result.stderr == "assistant: 2 things to mend, see above\n"


def test_bad_settings_are_one_line_and_the_rest_is_still_looked_at(monkeypatch):
    monkeypatch.setenv("ASSISTANT_THREDS", "2")
    result = CliRunner().invoke(main, ["doctor"])
    assert result.exit_code == 1
    assert "problem  settings   environment variable ASSISTANT_THREDS: no such setting" in result.stdout
    assert "ok       python" in result.stdout


@pytest.mark.parametrize(("installed", "state"), [(True, "note"), (False, "problem")])
def test_compiler_is_needed_only_until_the_llm_is_built(installed, state, monkeypatch):
    monkeypatch.setattr(doctor, "compiler", lambda: None)
    monkeypatch.setattr(doctor.importlib.util, "find_spec", lambda name: object() if installed else None)
    check = doctor.check_compiler()
    assert check.state == state
    assert ("build-essential" in check.remedy or "xcode-select" in check.remedy) == (not installed)


def test_folder_that_cannot_be_made(home):
    home.mkdir()
    for name in ("cache", "data"):
        (home / name).write_text("a file where a folder should be")
    assert states(doctor.check_folders(Settings())) == [("cache", "problem"), ("data", "problem")]


def test_full_disk(monkeypatch):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    [cache, data] = doctor.check_folders(Settings())
    assert (cache.state, data.state) == ("problem", "problem")
    assert "only 1 MB free" in cache.found


def test_more_threads_than_cores_is_noted():
    assert doctor.check_threads(Settings(threads=512)).state == "note"
    assert doctor.check_threads(Settings(threads=1)).state == "ok"


def test_package_is_loaded_in_a_process_of_its_own(quick):
    assert quick("json") == ""
    assert "No module named 'surely_not_here'" in quick("surely_not_here")


def test_build_for_another_processor_is_told(quick, tmp_path, monkeypatch):
    (tmp_path / "wrong_build.py").write_text("import os, signal; os.kill(os.getpid(), signal.SIGILL)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert quick("wrong_build") == "ends with signal 4: it was built for another processor"


def test_only_what_the_settings_use_is_loaded(monkeypatch):
    loaded = []
    monkeypatch.setattr(doctor, "_load", lambda module: loaded.append(module) or "")
    list(doctor.check_packages(Settings(llm="none", embedder="none")))
    assert loaded == ["faiss"]
    loaded.clear()
    list(doctor.check_packages(Settings()))
    assert loaded == ["faiss", "llama_cpp"]
    loaded.clear()
    list(doctor.check_packages(Settings(embedder="m3e-small")))
    assert loaded == ["faiss", "llama_cpp", "torch"]


def test_models_that_are_not_used_are_not_missed():
    assert states(doctor.check_models(Settings(llm="none", embedder="none"))) == [("model", "note")]


def test_own_llm_file_that_is_not_there(tmp_path):
    [check] = doctor.check_models(Settings(llm_path=tmp_path / "gone.gguf", embedder="none"))
    assert check.state == "problem"
    assert "gone.gguf is not here" in check.found and "llm_path" in check.remedy


@pytest.mark.parametrize(
    ("key", "path", "state", "remedy"),
    [
        ("right", "/v1", "ok", ""),
        ("wrong", "/v1", "problem", "correct llm_key"),
        ("right", "", "problem", "llm_url usually ends in /v1"),
    ],
)
def test_server(key, path, state, remedy, server):
    check = doctor.check_server(Settings(llm_url=server + path, llm_key=key))
    assert (check.state, check.remedy) == (state, remedy)


def test_server_that_is_not_there():
    check = doctor.check_server(Settings(llm_url="http://127.0.0.1:9/v1"))
    assert (check.state, check.remedy) == ("problem", "start the server, or correct llm_url")


def test_report_that_is_listed_but_gone(home):
    from assistant.settings import PROJECT

    folder = home / "data" / "reports"
    folder.mkdir(parents=True)
    entry = (PROJECT / "reports" / "catalog.toml").read_text(encoding="utf-8").split("[[report]]")[1]
    own_entry = "[[report]]" + entry.replace('id = "', 'id = "own-')
    (folder / "catalog.toml").write_text(own_entry, encoding="utf-8")
    check = next(doctor.check_index(Settings()))
    assert (check.what, check.state) == ("reports", "problem")
    assert str(folder) in check.found


def test_chromium_is_never_a_problem():
    assert doctor.check_chromium(lambda name: None).state == "note"
    assert doctor.check_chromium(lambda name: f"/bin/{name}").found == "/bin/chromium"


def test_real_machine_has_the_models(real_settings):
    assert states(doctor.check_models(real_settings)) == [("model", "ok"), ("model", "ok")]
