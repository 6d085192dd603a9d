import os
import subprocess
import sys

import pytest

from assistant.errors import UsageError
from assistant.settings import Settings, settings_file


@pytest.fixture
def write(home):
    def write(text):
        home.mkdir(parents=True, exist_ok=True)
        file = home / "settings.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def test_defaults(home):
    settings = Settings()
    assert (settings.embedder, settings.llm_kind, settings.threads) == ("esg-bilingual", "local", 2)
    assert (settings.host, settings.port) == ("127.0.0.1", 7860)
    assert settings.llm_path == settings.models_folder / "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
    assert settings.models_folder == home / "cache" / "models"


def test_nothing_of_the_user_lies_in_the_cache(home, monkeypatch):
    for settings in (Settings(), None):
        if settings is None:
            monkeypatch.delenv("ASSISTANT_HOME")
            settings = Settings()
        assert settings.cache_folder not in (settings.data_folder, *settings.data_folder.parents)
        made_by_user = settings.report_folders[1]
        assert settings.data_folder in made_by_user.parents


def test_arguments_outweigh_environment_outweighs_file(write, monkeypatch):
    write("threads = 3\ntop_k = 7\nport = 9000\n")
    monkeypatch.setenv("ASSISTANT_TOP_K", "8")
    monkeypatch.setenv("ASSISTANT_PORT", "9001")
    settings = Settings(port=9002)
    assert (settings.threads, settings.top_k, settings.port) == (3, 8, 9002)


def test_empty_variable_counts_as_unset(monkeypatch):
    monkeypatch.setenv("ASSISTANT_THREADS", "")
    assert Settings().threads == 2


def test_paths_in_the_file_count_from_its_folder(write, home):
    write('llm_path = "own/model.gguf"\n')
    assert Settings().llm_path == home / "own" / "model.gguf"


def test_named_file(tmp_path, monkeypatch):
    file = tmp_path / "mine.toml"
    file.write_text("threads = 5\n")
    monkeypatch.setenv("ASSISTANT_SETTINGS", str(file))
    assert settings_file() == file
    assert Settings().threads == 5


def test_named_file_that_is_not_there(tmp_path, monkeypatch):
    monkeypatch.setenv("ASSISTANT_SETTINGS", str(tmp_path / "gone.toml"))
    with pytest.raises(UsageError, match=r"gone\.toml: no such file, but ASSISTANT_SETTINGS names it"):
        Settings()


@pytest.mark.parametrize(
    ("variable", "near"), [("ASSISTANT_TREADS", "ASSISTANT_THREADS"), ("ASSISTANT_EMBEDER", "ASSISTANT_EMBEDDER")]
)
def test_unknown_variable_is_named_with_the_nearest_known_one(variable, near, monkeypatch):
    monkeypatch.setenv(variable, "x")
    with pytest.raises(UsageError, match=f"{variable}: no such setting; did you mean {near}\\?"):
        Settings()


def test_unknown_variable_that_resembles_nothing_lists_what_there_is(monkeypatch):
    monkeypatch.setenv("ASSISTANT_ZZZZ", "x")
    with pytest.raises(UsageError, match=r"ASSISTANT_ZZZZ: no such setting; known: ASSISTANT_HOME, "):
        Settings()


def test_unknown_key_is_named_with_its_file(write):
    file = write("thread = 3\n")
    with pytest.raises(UsageError) as caught:
        Settings()
    assert str(caught.value) == f"{file}: no such setting: thread; did you mean threads?"


def test_unknown_key_that_resembles_nothing_lists_what_there_is(write):
    write("zzzz = 3\n")
    with pytest.raises(UsageError, match=r"no such setting: zzzz; known: home, embedder,"):
        Settings()


def test_unknown_argument():
    with pytest.raises(UsageError, match=r"no such setting: prot; did you mean port\?"):
        Settings(prot=1)


@pytest.mark.parametrize("text", ["threads = \n", "threads = 3 4", "[a\n", "\x00"])
def test_file_that_is_no_toml(text, write):
    file = write(text)
    with pytest.raises(UsageError, match="not valid TOML") as caught:
        Settings()
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_file_that_is_no_text(write, home):
    write("").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="not valid TOML"):
        Settings()


@pytest.mark.parametrize(
    ("key", "value"),
    [("threads", "0"), ("threads", "many"), ("port", "70000"), ("context_size", "10"), ("top_k", "-1"),
     ("max_question_chars", "0"), ("llm", "maybe"), ("llm_url", "localhost:8000"), ("log_level", "LOUD")],
)  # fmt: skip
def test_value_out_of_bounds_names_where_it_was_set(key, value, write, monkeypatch):
    monkeypatch.setenv(f"ASSISTANT_{key.upper()}", value)
    with pytest.raises(UsageError, match=f"^environment variable ASSISTANT_{key.upper()}: .*not '{value}'$"):
        Settings()
    monkeypatch.delenv(f"ASSISTANT_{key.upper()}")
    file = write(f'{key} = "{value}"\n')
    with pytest.raises(UsageError, match=f"^setting {key} ") as caught:
        Settings()
    assert str(file) in str(caught.value)


def test_key_is_never_shown(write, monkeypatch):
    monkeypatch.setenv("ASSISTANT_LLM_KEY", "sk-secret")
    assert "sk-secret" not in repr(Settings())
    monkeypatch.delenv("ASSISTANT_LLM_KEY")
    write("llm_key = 5151\n")
    with pytest.raises(UsageError) as caught:
        Settings()
    assert "5151" not in str(caught.value)


def test_which_llm_answers(monkeypatch):
    assert Settings(llm_url="http://127.0.0.1:8000/v1/").llm_url == "http://127.0.0.1:8000/v1"
    assert Settings(llm_url="http://127.0.0.1:8000/v1").llm_kind == "server"
    assert Settings(llm="none", llm_url="http://127.0.0.1:8000/v1").llm_kind == "none"


def test_hub_is_used_only_for_a_name_that_is_nowhere_here(home, tmp_path):
    assert not Settings().uses_hub
    assert not Settings(embedder="none").uses_hub
    assert not Settings(embedder="m3e-small").uses_hub
    assert not Settings(embedder=str(tmp_path)).uses_hub
    assert Settings(embedder="org/model").uses_hub
    (home / "cache" / "models" / "org" / "model").mkdir(parents=True)
    assert not Settings(embedder="org/model").uses_hub


@pytest.mark.parametrize(("embedder", "offline"), [("esg-bilingual", "1"), ("m3e-small", "1"), ("org/model", None)])
def test_libraries_are_kept_off_the_network_unless_a_hub_is_wanted(embedder, offline):
    code = "import os; from assistant.settings import Settings; Settings(); print(os.environ.get('HF_HUB_OFFLINE'))"
    environment = {key: value for key, value in os.environ.items() if key not in ("HF_HUB_OFFLINE",)}
    environment["ASSISTANT_EMBEDDER"] = embedder
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.strip() == str(offline)


def test_every_setting_is_described():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


@pytest.mark.parametrize(("level", "seen"), [("INFO", True), ("WARNING", False)])
def test_log_level_is_followed(level, seen, monkeypatch):
    code = (
        "import logging; from assistant.settings import start_logging; start_logging(); "
        "logging.getLogger('index.build').info('one'); logging.getLogger('some.library').info('other')"
    )
    environment = {**os.environ, "ASSISTANT_LOG_LEVEL": level}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stderr == ("INFO index.build: one\n" if seen else "")


def test_stages_left_out_are_a_list_of_known_names(home, monkeypatch):
    monkeypatch.setenv("ASSISTANT_WITHOUT", "rows, dense")
    assert Settings().without == ("rows", "dense")
    monkeypatch.setenv("ASSISTANT_WITHOUT", "rows,magic")
    with pytest.raises(UsageError, match="ASSISTANT_WITHOUT"):
        Settings()
