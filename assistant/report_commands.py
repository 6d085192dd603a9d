"""`assistant reports …`: the library of reports, the project's own and those added by the user."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.errors import AssistantError, UsageError
from assistant.index_commands import build_index, index_errors, show_progress

if TYPE_CHECKING:
    from assistant.settings import Settings
    from index.catalog import Catalog, Report
    from index.documents import Document
    from index.library import Description


@click.group()
def reports() -> None:
    """List, add and remove reports."""


@reports.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a report.")
def list_reports(as_json: bool) -> None:
    """Show every report with its lines and passages."""
    from assistant.settings import Settings
    from index import store
    from index.text import read_lines

    settings = Settings()
    with index_errors():
        catalog = _catalog(settings)
        try:
            manifest = store.read_manifest(store.current(settings.index_folder))
            indexed = {entry.id: entry for entry in manifest.reports}
        except store.StoreError:
            indexed = {}
    for report in catalog.reports:
        entry = indexed.get(report.id)
        lines = entry.lines if entry else len(read_lines(report.path)) if report.path.is_file() else 0
        facts = {
            "id": report.id,
            "institution": report.institution["zh-Hans"],
            "title": report.title,
            "year": report.year,
            "lines": lines,
            "rows": entry.rows if entry else None,
            "passages": entry.passages if entry else None,
            "added": _is_added(settings, report),
        }
        if as_json:
            click.echo(json.dumps(facts, ensure_ascii=False))
            continue
        counts = f"{entry.passages} passages, {entry.rows} rows" if entry else "not indexed"
        origin = ", added" if facts["added"] else ""
        click.echo(f"{report.id}: {facts['institution']} {report.year} {report.title}; {lines} lines, {counts}{origin}")


@reports.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--institution", help="Short Chinese name of the institution.")
@click.option("--english", help="Its English name.")
@click.option("--alias", "aliases", multiple=True, help="Another name it is asked by; may be repeated.")
@click.option("--ticker", "tickers", multiple=True, help="Its code at an exchange; may be repeated.")
@click.option("--year", type=click.IntRange(1990, 2100), help="The year reported on.")
@click.option("--title", help="Title of the report.")
@click.option("--id", "report_id", help="Id of the report; made from name and year otherwise.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask whether the guesses are right.")
@click.option("--no-index", is_flag=True, help="Do not bring the index up to date afterwards.")
def add(
    files: Sequence[Path], institution: str | None, english: str | None, aliases: Sequence[str],
    tickers: Sequence[str], year: int | None, title: str | None, report_id: str | None, yes: bool, no_index: bool,
) -> None:  # fmt: skip
    """Add reports: text, Markdown, HTML, DOCX, PDF."""
    from assistant.settings import Settings

    if report_id and len(files) > 1:
        raise UsageError("--id is for one file")
    settings = Settings()
    given: dict[str, object] = {"institution": institution, "english": english, "year": year, "title": title}
    added: list[Report] = []
    failed: list[str] = []
    for file in files:
        try:
            report = _add_one(settings, file, given, aliases, tickers, report_id, ask=not yes and sys.stdin.isatty())
        except AssistantError as error:
            if len(files) == 1:
                raise
            failed.append(str(error))
            click.echo(f"assistant: {error}", err=True)
            continue
        if report is not None:
            added.append(report)
            click.echo(f"Added {report.id}.")
    if added and not no_index:
        _build(settings)
        from assistant.label_translations import fill_in_background

        if fill_in_background(settings):
            click.echo("English names for its new labels are made in the background; the index is in use meanwhile.")
    if failed:
        raise AssistantError(f"{len(failed)} of {len(files)} files were not added")


@reports.command()
@click.argument("report_ids", nargs=-1, required=True, metavar="ID…")
@click.option("--no-index", is_flag=True, help="Do not bring the index up to date afterwards.")
def remove(report_ids: Sequence[str], no_index: bool) -> None:
    """Remove added reports; the project's own cannot be removed."""
    from assistant.settings import Settings
    from index import library

    settings = Settings()
    with index_errors():
        catalog = _catalog(settings)
        for report_id in report_ids:
            report = catalog.get(report_id)
            if not _is_added(settings, report):
                raise UsageError(f"{report_id} is one of the project's own reports and cannot be removed")
        for report_id in report_ids:
            library.remove(_folder(settings), report_id)
            click.echo(f"Removed {report_id}.")
    if not no_index:
        _build(settings)


def add_report(
    settings: Settings, document: Document, description: Description, *, source: str, mark: str,
    report_id: str | None = None, aliases: Sequence[str] = (), tickers: Sequence[str] = (),
) -> Report:  # fmt: skip
    """Put a document that was read into the user's library; raises AssistantError. The index is not touched."""
    from index import library

    if not description.institution:
        raise UsageError(f"{source}: no institution found on the first pages: name it with --institution")
    if not description.year:
        raise UsageError(f"{source}: no year found: name it with --year")
    with index_errors():
        return library.add(
            _folder(settings), _catalog(settings), description, document.text,
            source=source, mark=mark, report_id=report_id, aliases=aliases, tickers=tickers,
        )  # fmt: skip


def _add_one(
    settings: Settings, file: Path, given: dict[str, object], aliases: Sequence[str], tickers: Sequence[str],
    report_id: str | None, *, ask: bool,
) -> Report | None:  # fmt: skip
    from dataclasses import replace

    from index import library
    from index.documents import read_document

    with index_errors(), show_progress() as progress:
        document = read_document(file, lambda done, total: progress(f"reading {file.name}", done, total))
    with index_errors():
        mark = library.digest(file.read_bytes())
        same = library.find_same(settings.report_folders, mark)
        if same:
            click.echo(f"{file}: already in the library as {same}.")
            return None
        found = library.describe(document.text, file.name)
    chosen = replace(found, **{key: value for key, value in given.items() if value is not None})  # type: ignore[arg-type]
    _show(file, document, chosen)
    if ask:
        chosen = _confirmed(chosen)
    return add_report(
        settings, document, chosen,
        source=file.name, mark=mark, report_id=report_id, aliases=aliases, tickers=tickers,
    )  # fmt: skip


def _show(file: Path, document: Document, chosen: Description) -> None:
    pages = f", {document.pages} pages" if document.pages else ""
    scanned = f" ({document.scanned} by character recognition)" if document.scanned else ""
    click.echo(f"{file}: {document.text.count(chr(10)) + 1} lines{pages}{scanned}")
    also = "; ".join(part for part in (chosen.legal_name, chosen.english) if part)
    click.echo(f"  institution  {chosen.institution or '?'}" + (f" ({also})" if also else ""))
    click.echo(f"  report       {chosen.title}, year {chosen.year or '?'}, {chosen.script}")


def _confirmed(chosen: Description) -> Description:
    from dataclasses import replace

    if chosen.institution and chosen.year and click.confirm("Is that right?", default=True):
        return chosen
    return replace(
        chosen,
        institution=click.prompt("Institution (short Chinese name)", default=chosen.institution or None),
        english=click.prompt("English name", default=chosen.english, show_default=bool(chosen.english)),
        title=click.prompt("Title", default=chosen.title),
        year=click.prompt("Year reported on", default=chosen.year or None, type=click.IntRange(1990, 2100)),
    )


def _build(settings: Settings) -> None:
    with show_progress() as progress:
        done = build_index(settings, progress)
    click.echo(f"Index ready in {done.seconds:.1f} s: {len(done.manifest.reports)} reports.")


def _catalog(settings: Settings) -> Catalog:
    from index.catalog import Catalog

    return Catalog.load(settings.report_folders)


def _folder(settings: Settings) -> Path:
    """Where added reports are kept."""
    return settings.report_folders[-1]


def _is_added(settings: Settings, report: Report) -> bool:
    return report.path.parent == _folder(settings)
