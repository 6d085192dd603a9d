"""`assistant index …`: build the index, say what is in it, check that it is sound."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.errors import AssistantError

if TYPE_CHECKING:
    from assistant.settings import Settings
    from index.build import BuildReport, Progress
    from index.catalog import Catalog, Report


_STAGES = ("embedding", "translating labels", "training")
TRANSLATIONS = "label-translations.jsonl"
"""The file of machine-made label translations: one committed beside the glossary, one in the cache folder."""


@click.group()
def index() -> None:
    """Build and check the index."""


@index.command()
@click.option("--force", is_flag=True, help="Read every report anew, changed or not.")
def build(force: bool) -> None:
    """Bring the index up to date with the reports."""
    from assistant.settings import Settings

    with show_progress() as progress:
        report = build_index(Settings(), progress, force=force)
    if not report.changed:
        click.echo(f"Index up to date: {_totals(report)}.")
        return
    did = [
        f"read {_list(report.read)}" if report.read else "",
        f"unchanged {_list(report.reused)}" if report.reused else "",
    ]
    did.append(f"removed {_list(report.removed)}" if report.removed else "")
    click.echo("; ".join(part for part in did if part))
    click.echo(f"Index ready in {report.seconds:.1f} s: {_totals(report)}; {report.embedded} texts embedded anew.")


@index.command()
def status() -> None:
    """Say what the index holds and whether it is up to date."""
    from assistant.adaptation import is_adapted
    from assistant.settings import Settings
    from index import store
    from index.build import stale
    from index.embedding import encoder_name

    settings = Settings()
    name = encoder_name(settings.embedder, settings.models_folder)
    with index_errors():
        home = store.current(settings.index_folder)
        manifest = store.read_manifest(home)
        changed = stale(_catalog(settings), manifest, english_of(settings)[1])
    click.echo(f"folder   {settings.index_folder}")
    click.echo(
        f"encoder  {manifest.encoder}"
        + (", adapted to your library" if is_adapted(settings) and manifest.encoder == name else "")
        + ("" if manifest.encoder == name else f", but the setting is {name}: run `assistant index build`")
    )
    size = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
    click.echo(f"size     {size / 1e6:.1f} MB, format {manifest.format}")
    for entry in manifest.reports:
        state = changed.pop(entry.id, "up to date")
        counts = f"{entry.lines} lines, {entry.rows} rows, {entry.passages} passages, {entry.conflicts} conflicts"
        click.echo(f"{entry.id}: {counts}, {state}")
    for report, state in changed.items():
        click.echo(f"{report}: {state}")


@index.command()
def verify() -> None:
    """Check every file of the index against its checksum; exit code 1 if one is damaged."""
    from assistant.settings import Settings
    from index.store import Index

    folder = Settings().index_folder
    with index_errors():
        loaded = Index.load(folder)
        loaded.check()
    click.echo(f"Sound: {len(loaded.passages)} passages of {len(loaded.manifest.reports)} reports in {folder}.")


@index.command()
@click.option("--step-back", is_flag=True, hidden=True, help="Let every other process go first.")
def translate(step_back: bool) -> None:
    """Put labels of added reports that the glossary lacks into English, by the LLM. `reports add` starts it itself."""
    from assistant.label_translations import fill_and_index
    from assistant.settings import Settings

    if step_back:
        os.nice(19)
    with show_progress() as progress:
        usable = fill_and_index(Settings(), progress)
    click.echo("Another process is translating." if usable is None else f"{usable} labels translated.")


@index.command()
@click.option("--undo", is_flag=True, help="Go back to the encoder that ships.")
def adapt(undo: bool) -> None:
    """Train the encoder further on your library, for minutes; kept only when it finds added reports better."""
    from assistant import adaptation
    from assistant.settings import Settings

    settings = Settings()
    if undo:
        with show_progress() as progress:
            removed = adaptation.undo(settings, progress)
        click.echo("The shipped encoder is in use again." if removed else "No adapted encoder is here.")
        return
    if not adaptation.added_reports(settings):
        click.echo("Nothing to adapt to: no report was added to the library.")
        return
    with show_progress() as progress:
        result = adaptation.adapt(settings, progress)
    if result.outcome is None:
        click.echo("Nothing changed: the added reports are too short to judge an adaptation by.")
        return
    scores = result.outcome
    click.echo(f"added reports, held out: {scores.added.before} → {scores.added.after}")
    if scores.others is not None:
        click.echo(f"the other reports: {scores.others.before} → {scores.others.after}")
    click.echo("Kept; the index is ready." if result.kept else "Not clearly better, so nothing changed.")


def build_index(settings: Settings, progress: Progress | None = None, *, force: bool = False) -> BuildReport:
    """Build the index that `settings` describe; raises AssistantError. Also what the UI and `reports add` call."""
    with index_errors():
        from index.build import build
        from index.embedding import load_encoder

        encoder = load_encoder(settings.embedder, settings.models_folder)
        english, mark = english_of(settings)
        return build(
            _catalog(settings), settings.index_folder, encoder, english, progress, fingerprint=mark, force=force
        )


def _catalog(settings: Settings) -> Catalog:
    from index.catalog import Catalog

    return Catalog.load(settings.report_folders)


def english_of(settings: Settings) -> tuple[Callable[[str], Sequence[str]], Callable[[Report], str]]:
    """Chinese text → English terms, by the glossary and the label translations; and what a report's depend on.

    The translations in the cache are of added reports: the project's own need not be read again when they grow.
    """
    from index.glossary import Glossary
    from index.translations import Translations, english_terms

    glossary_file = settings.prompts_folder / "glossary.tsv"
    committed, cached = settings.prompts_folder / TRANSLATIONS, settings.cache_folder / TRANSLATIONS
    glossary, translations = Glossary.load(glossary_file), Translations.load(committed, cached)
    shipped, own = _digest(glossary_file, committed), _digest(glossary_file, committed, cached)

    def mark(report: Report) -> str:
        return own if report.path.parent == settings.report_folders[-1] else shipped

    return (lambda text: english_terms(text, glossary, translations)), mark


def _digest(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes() if file.is_file() else b"")
    return digest.hexdigest()


@contextmanager
def index_errors() -> Iterator[None]:
    """Every error of the index as the one line that users see."""
    from index.build import ReportError
    from index.catalog import CatalogError
    from index.documents import DocumentError
    from index.embedding import EncoderError
    from index.glossary import GlossaryError
    from index.library import LibraryError
    from index.store import StoreError

    try:
        yield
    except (StoreError, ReportError, CatalogError, EncoderError, GlossaryError, DocumentError, LibraryError) as error:
        raise AssistantError(str(error)) from error


@contextmanager
def show_progress() -> Iterator[Progress]:
    """A progress bar on stderr, from the first step that is told until the end."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Bar(*columns, console=Console(stderr=True), transient=True)
    tasks: dict[str, Any] = {}

    def show(what: str, done: int, total: int) -> None:
        stage = what if what in _STAGES or what.startswith("reading ") else "reading"
        if stage not in tasks:
            bar.start()  # not before there is something to show: an error must stand alone
            tasks[stage] = bar.add_task(stage, total=total)
        shown = stage if what in ("reports", stage) else f"reading {what}"
        bar.update(tasks[stage], completed=done, total=total, description=shown)

    try:
        yield show
    finally:
        if tasks:
            bar.stop()


def _list(reports: Sequence[str]) -> str:
    return ", ".join(reports)


def _totals(report: BuildReport) -> str:
    entries = report.manifest.reports
    rows, passages = sum(entry.rows for entry in entries), sum(entry.passages for entry in entries)
    return f"{len(entries)} reports, {rows} rows, {passages} passages"
