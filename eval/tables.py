"""Results in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from eval.compare import Change, Comparison
from eval.plots import VERDICTS
from eval.report import describe_answer, headline, interval
from eval.results import Row


def _console() -> Console:
    """Wide enough for the tables where no terminal says how wide it is."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=120)


def print_summary(result: Mapping[str, Any]) -> None:
    """Headline, then right, wrong and refused by type and language."""
    console = _console()
    summary = result["summary"]
    top = Table(title=result["system"], show_header=False, box=None, padding=(0, 2, 0, 0))
    for name, value in headline(summary):
        top.add_row(name, value)
    console.print(top)
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("", no_wrap=True)
    for name in ("answers", *VERDICTS, "right %", "evidence", "seconds", "95 %"):
        table.add_column(name, justify="right", no_wrap=True)
    for group in ("type × language", "report"):
        for key, part in summary["by"][group].items():
            table.add_row(key, *_numbers(part))
        table.add_section()
    table.add_row("all", *_numbers(summary))
    console.print(table)
    if summary["reasons"]:
        reasons = ", ".join(f"{reason} {count}" for reason, count in list(summary["reasons"].items())[:10])
        console.print(f"wrong because of: {reasons}")


def _numbers(part: Mapping[str, Any]) -> list[str]:
    counts = [part["answerable"][v] + part["absent"][v] for v in VERDICTS]
    time = part["seconds"]["seconds"]
    evidence = part["evidence"]
    return [
        str(part["answers"]),
        *(str(count) for count in counts),
        f"{counts[0] / max(1, part['answers']):.0%}",
        f"{evidence['share']:.0%}" if evidence else "—",
        f"{time['median']:.2f}" if time else "—",
        f"{time['p95']:.2f}" if time else "—",
    ]


def print_retrieval(result: Mapping[str, Any]) -> None:
    """Recall, MRR and nDCG, all and by group."""
    console = _console()
    summary = result["summary"]
    cuts = list(summary["recall"])
    table = Table(title="Retrieval", box=None, padding=(0, 2, 0, 0))
    table.add_column("", no_wrap=True)
    for name in ("asked", *(f"recall@{cut}" for cut in cuts), "MRR", "nDCG", "seconds"):
        table.add_column(name, justify="right", no_wrap=True)

    def add(name: str, part: Mapping[str, Any]) -> None:
        shares = [part["recall"][cut]["share"] for cut in cuts] + [part["mrr"]["share"], part["ndcg"]["share"]]
        table.add_row(
            name, str(part["answers"]), *(f"{share:.3f}" for share in shares), f"{part['seconds']['median'] or 0:.3f}"
        )

    for group in summary["by"].values():
        for name, part in group.items():
            add(name, part)
        table.add_section()
    add("all", summary)
    console.print(table)
    deepest = summary["recall"][cuts[-1]]
    console.print(f"recall@{cuts[-1]} with 95 % interval: {interval(deepest)}")


def print_comparison(found: Comparison, most: int | None) -> None:
    """Changes with intervals and p-values, then the answers that changed (`most` each way, None for all)."""
    console = _console()
    if found.other_questions:
        console.print("the two runs were over different question sets; compared is what both answered")
    if found.left_out:
        console.print(f"{found.left_out} answers are in one result only: left out")
    table = Table(title=f"{found.pairs} answers compared", box=None, padding=(0, 2, 0, 0))
    for name in ("", "before", "after", "difference (95 %)", "gained", "lost", "questions", "p"):
        table.add_column(name, justify="left" if not name else "right")
    for change in found.changes:
        table.add_row(*_change(change))
    console.print(table)
    before, after = found.seconds
    if before and after:
        console.print(f"seconds, median: {before:.2f} → {after:.2f}")
    for title, pairs in (("worse", found.worse), ("better", found.better)):
        console.print(f"\n{title}: {len(pairs)}")
        for old, new in pairs[:most]:
            console.print(_line(old, new), markup=False, soft_wrap=True)
        if most is not None and len(pairs) > most:
            console.print(f"  … and {len(pairs) - most} more (--all)")


def _change(change: Change) -> list[str]:
    difference = f"{change.after - change.before:+.1%} ({change.low:+.1%} … {change.high:+.1%})"
    name = "right, right evidence" if change.name == "evidence" else change.name
    return [
        name, f"{change.before:.1%}", f"{change.after:.1%}", difference, str(change.gained), str(change.lost),
        f"+{change.up} −{change.down}", f"{change.p:.3f}",
    ]  # fmt: skip


def _line(old: Row, new: Row) -> str:
    verdicts = " → ".join(
        f"{r['score']['verdict']}{' (' + r['score']['reason'] + ')' if r['score']['reason'] else ''}"
        for r in (old, new)
    )
    text = f"  {new['id']} {new['language']} {new['type']}: {verdicts}"
    return text + (
        f"\n    Q: {new['question']}\n    A: {describe_answer(new.get('answer'))}" if "question" in new else ""
    )
