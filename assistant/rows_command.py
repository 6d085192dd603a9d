"""`assistant index rows`: every table cell the index reads, one JSON object a line."""

from __future__ import annotations

import json
from pathlib import Path

import click

from assistant.errors import AssistantError, UsageError


@click.command()
@click.option("--report", "reports", multiple=True, metavar="ID", help="Only this report (may be repeated).")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
def rows(reports: tuple[str, ...], out: Path) -> None:
    """Write every table cell with its meaning and its lines as JSON lines."""
    from assistant.settings import Settings
    from index.catalog import Catalog, CatalogError
    from index.tables import export_rows, read_rows
    from index.text import read_lines

    try:
        catalog = Catalog.load(Settings().report_folders)
        chosen = [catalog.get(report_id) for report_id in dict.fromkeys(reports)] or list(catalog.reports)
    except CatalogError as error:
        raise UsageError(str(error)) from error
    cells = 0
    try:
        with out.open("w", encoding="utf-8") as file:
            for report in chosen:
                for cell in export_rows(read_rows(report.id, read_lines(report.path))):
                    file.write(json.dumps(cell, ensure_ascii=False) + "\n")
                    cells += 1
    except OSError as error:
        raise AssistantError(f"{error.filename or out}: {error.strerror}") from error
    click.echo(f"{cells} cells of {len(chosen)} reports written to {out}")
