"""All settings in one place: defaults, a TOML file, environment variables, in rising order of weight.

The file is `settings.toml` in the user's configuration folder, or in `ASSISTANT_HOME` when that is set; the variable
`ASSISTANT_SETTINGS` names another file. Every field below is a key of the file and, in capitals behind `ASSISTANT_`,
an environment variable. A key or variable that nothing knows is an error: a typo must not silently change nothing.
"""

from __future__ import annotations

import difflib
import logging
import os
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_cache_path, user_config_path, user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, InitSettingsSource, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from assistant.errors import UsageError

APP = "esg-report-assistant"
PREFIX = "ASSISTANT_"
FILE_VARIABLE = PREFIX + "SETTINGS"
FILE_NAME = "settings.toml"
PROJECT = Path(__file__).resolve().parent.parent

DEFAULT_EMBEDDER = "esg-bilingual"  # ships with the package: index/retriever
DEFAULT_LLM_FILE = "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"

Stage = Literal["rows", "dense", "lexical", "certain", "plans", "checks"]

_PATHS = ("home", "llm_path")  # a relative path in the file counts from the file's own folder


class Settings(BaseSettings):
    """What can be set. Raises UsageError (one line: which setting, where it was set, what is allowed)."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, env_ignore_empty=True)

    home: Path | None = Field(None, description="one folder for everything: cache, data and settings.toml")
    embedder: str = Field(
        DEFAULT_EMBEDDER,
        min_length=1,
        description="esg-bilingual, m3e-small, none, or any sentence-transformers name or folder",
    )
    llm: Literal["auto", "none"] = Field(
        "auto", description="auto: the server at llm_url when set, else the file llm_path; none: run without an LLM"
    )
    llm_path: Path = Field(
        default_factory=lambda known: _cache_folder(known.get("home")) / "models" / DEFAULT_LLM_FILE,
        description="the GGUF file of the local LLM; by default the one that `assistant models pull` fetches",
    )
    llm_url: str | None = Field(
        None, pattern=r"^https?://[^\s/]+", description="base address of an OpenAI-compatible server, used instead"
    )
    llm_key: SecretStr | None = Field(None, description="the key for llm_url, if it wants one")
    llm_model: str = Field("default", min_length=1, description="the model's name at llm_url")
    llm_timeout: float = Field(120, gt=0, le=3600, description="seconds to wait for llm_url")
    threads: int = Field(2, ge=1, le=512, description="CPU threads of the LLM and the encoder")
    context_size: int = Field(2048, ge=1024, le=131072, description="tokens that the LLM holds at once")
    top_k: int = Field(10, ge=1, le=200, description="passages shown as evidence")
    max_question_chars: int = Field(2000, ge=10, le=100_000, description="longest question accepted")
    without: Annotated[tuple[Stage, ...], NoDecode] = Field(
        (),
        description="stages left out, to measure what each brings, e.g. rows,dense: rows (tables are read as prose), "
        "dense or lexical search, certain (cells decided without the LLM), plans (arithmetic split by rule), checks "
        "(whether a figure fits the question)",
    )
    host: str = Field("127.0.0.1", min_length=1, description="address that the chat UI listens on")
    port: int = Field(7860, ge=0, le=65535, description="port of the chat UI; 0: any free one")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("WARNING", description="what is logged to stderr")

    def __init__(self, **values: Any) -> None:  # noqa: ANN401  (pydantic checks them)
        """Read file and environment; `values` outweigh both."""
        _check_environment()
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise UsageError(_one_line(error)) from error
        self._stay_offline()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then environment, then the file."""
        return init_settings, env_settings, InitSettingsSource(settings_cls, init_kwargs=_read_file())

    @field_validator("home", "llm_path")
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        return path.expanduser().absolute() if path else None

    @field_validator("without", mode="before")
    @classmethod
    def _listed(cls, stages: object) -> object:
        return tuple(filter(None, (name.strip() for name in stages.split(",")))) if isinstance(stages, str) else stages

    @field_validator("llm_url")
    @classmethod
    def _no_slash(cls, url: str | None) -> str | None:
        return url.rstrip("/") if url else None

    @property
    def cache_folder(self) -> Path:
        """What can be made again: models, index, prompt states. Deleting it loses nothing the user made."""
        return _cache_folder(self.home)

    @property
    def data_folder(self) -> Path:
        """What the user made: added reports, conversations, feedback."""
        return self.home / "data" if self.home else user_data_path(APP, appauthor=False)

    @property
    def models_folder(self) -> Path:
        """Where pulled models lie."""
        return self.cache_folder / "models"

    @property
    def index_folder(self) -> Path:
        """Where the index lies."""
        return self.cache_folder / "index"

    @property
    def report_folders(self) -> tuple[Path, ...]:
        """The project's own reports, then those the user added."""
        return PROJECT / "reports", self.data_folder / "reports"

    @property
    def prompts_folder(self) -> Path:
        """What the LLM is told, and the glossary."""
        return PROJECT / "prompts"

    @property
    def llm_kind(self) -> Literal["none", "server", "local"]:
        """Which LLM answers: none at all, the server at llm_url, or the file llm_path."""
        if self.llm == "none":
            return "none"
        return "server" if self.llm_url else "local"

    @property
    def uses_hub(self) -> bool:
        """Whether the embedder is only a name that must be looked up on a model hub."""
        if self.embedder in (DEFAULT_EMBEDDER, "m3e-small", "none"):
            return False
        return not (Path(self.embedder).expanduser().exists() or (self.models_folder / self.embedder).exists())

    def _stay_offline(self) -> None:
        # The libraries below call home unless told otherwise, and read these when they are first imported.
        os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        if not self.uses_hub:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
            os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")  # also silences the reading of weights
            os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")


def start_logging() -> None:
    """Log to stderr as the settings say; settings that cannot be read are left for the command to complain about."""
    try:
        level = Settings().log_level
    except UsageError:
        return
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    for package in ("assistant", "index", "eval"):
        logging.getLogger(package).setLevel(level)


def settings_file(environment: Mapping[str, str] = os.environ) -> Path:
    """The settings file that counts now, whether or not it exists."""
    if named := environment.get(FILE_VARIABLE):
        return Path(named).expanduser().absolute()
    if home := environment.get(PREFIX + "HOME"):
        return Path(home).expanduser().absolute() / FILE_NAME
    return user_config_path(APP, appauthor=False) / FILE_NAME


def _cache_folder(home: Path | None) -> Path:
    return home / "cache" if home else user_cache_path(APP, appauthor=False)


def _known() -> list[str]:
    return list(Settings.model_fields)


def _check_environment() -> None:
    known = [PREFIX + name.upper() for name in _known()] + [FILE_VARIABLE]
    for variable in os.environ:
        if variable.upper().startswith(PREFIX) and variable.upper() not in known:
            raise UsageError(
                f"environment variable {variable}: no such setting{_nearest(variable.upper(), known, PREFIX)}"
            )


def _read_file() -> dict[str, Any]:
    file = settings_file()
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        if os.environ.get(FILE_VARIABLE):
            raise UsageError(f"{file}: no such file, but {FILE_VARIABLE} names it") from error
        return {}
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise UsageError(f"{file}: not valid TOML: {error}") from error
    known = _known()
    for key in values:
        if key not in known:
            raise UsageError(f"{file}: no such setting: {key}{_nearest(key, known)}")
    for key in _PATHS:
        if isinstance(values.get(key), str):
            values[key] = str(file.parent / Path(values[key]).expanduser())
    return values


def _nearest(name: str, known: list[str], prefix: str = "") -> str:
    # Without what all of them share: it would make any two look alike.
    near = difflib.get_close_matches(name.removeprefix(prefix), [other.removeprefix(prefix) for other in known], n=1)
    return f"; did you mean {prefix}{near[0]}?" if near else f"; known: {', '.join(known)}"


def _one_line(error: ValidationError) -> str:
    first = error.errors()[0]
    key = str(first["loc"][0]) if first["loc"] else "settings"
    if first["type"] == "extra_forbidden":
        return f"no such setting: {key}{_nearest(key, _known())}"
    variable = PREFIX + key.upper()
    where = f"environment variable {variable}" if os.environ.get(variable) else f"setting {key} ({settings_file()})"
    shown = "" if "key" in key else f", not {first['input']!r}"
    return f"{where}: {first['msg'][0].lower()}{first['msg'][1:]}{shown}"
