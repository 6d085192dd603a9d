"""`assistant models …`: fetch the models, say what they are and what they may be used for, check them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from assistant.errors import AssistantError

if TYPE_CHECKING:
    from assistant.models import Model
    from assistant.stamps import Progress

_STATES = {
    "ready": "ready",
    "missing": "not here: `assistant models pull`",
    "incomplete": "fetched in part: `assistant models pull` goes on",
    "unverified": "here, but never checked: `assistant models verify`",
    "changed": "changed since it was fetched: `assistant models verify`",
}


@click.group()
def models() -> None:
    """Fetch, list and check the models."""


@models.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
def pull(names: tuple[str, ...]) -> None:
    """Fetch what the settings use and is not here yet; an interrupted pull goes on where it was."""
    from assistant.models import pull as pull_models
    from assistant.settings import Settings

    with _progress() as progress:
        pull_models(Settings(), progress, lambda line: click.echo(line, err=True), names)
    click.echo("Models ready.")


@models.command()
def warm() -> None:
    """Let the LLM read its fixed prompts now, so that no first question waits for it: a minute, once."""
    from assistant.answering import open_llm
    from assistant.llm import LocalModel
    from assistant.prompts import load_prompts
    from assistant.settings import Settings

    settings = Settings()
    llm = open_llm(settings)
    if not isinstance(llm, LocalModel):
        click.echo("No local LLM in use: nothing to read.")
        return
    prompts = load_prompts(settings.prompts_folder)
    for place, prompt in enumerate(prompts, start=1):
        if not llm.has_read(prompt):
            click.echo(f"the LLM reads its prompts: {place} of {len(prompts)}", err=True)
        llm.warm([prompt])
    click.echo("Prompts read.")


@models.command("list")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def list_models(as_json: bool) -> None:
    """Say what models there are: licence, size, origin, and whether they are here."""
    from assistant.models import models as known_models
    from assistant.settings import Settings

    known = known_models(Settings())
    if as_json:
        shown = [{**dataclasses.asdict(model), "path": str(model.path)} for model in known]
        click.echo(json.dumps(shown, ensure_ascii=False, indent=1))
        return
    click.echo("\n\n".join(_described(model) for model in known))


@models.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
def verify(names: tuple[str, ...]) -> None:
    """Read the models again and compare them with their SHA-256; exit code 1 if one is bad."""
    from assistant.models import verify as verify_models
    from assistant.settings import Settings

    with _progress() as progress:
        bad = verify_models(Settings(), progress, names)
    for _, wrong in bad[:-1]:
        click.echo(f"assistant: {wrong}", err=True)
    if bad:
        raise AssistantError(bad[-1][1])
    click.echo("Models are what they should be.")


def _described(model: Model) -> str:
    use = "in use" if model.used else "not in use"
    licence = f"{model.licence}: {model.restriction}" if model.restriction else model.licence
    rows = {
        "model": model.title,
        "licence": licence,
        "size": f"{model.bytes / 1e6:,.0f} MB",
        "origin": model.origin,
        "place": str(model.path),
        "state": _STATES[model.state],
    }
    lines = [f"{model.name} ({'LLM' if model.job == 'llm' else model.job}, {use})"]
    return "\n".join(lines + [f"  {key:8} {value}" for key, value in rows.items()])


@contextmanager
def _progress() -> Iterator[Progress]:
    """Show bytes and the time left: a bar in a terminal, elsewhere a line for every tenth."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    tenths: dict[str, int] = {}

    def say(what: str, done: int, total: int) -> None:
        tenth = done * 10 // max(total, 1)
        if tenth > tenths.get(what, 0):
            click.echo(f"{what}: {done / 1e6:,.0f} of {total / 1e6:,.0f} MB", err=True)
            tenths[what] = tenth

    if not console.is_terminal:
        yield say
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Bar(*columns, TimeRemainingColumn(), console=console) as bar:
        tasks: dict[str, Any] = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total, completed=done)
            bar.update(tasks[what], completed=max(done, bar.tasks[tasks[what]].completed), total=total)

        yield show
