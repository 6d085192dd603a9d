"""A result as a page people read: one HTML file with everything in it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from eval.plots import VERDICTS, histogram, verdict_bars, wrong_against_refused
from eval.results import STAGES, Row

_STYLE = Path(__file__).with_name("report.css")
PLOTTED = ("type", "language", "report", "layout", "wording", "history")


def percent(share: float | None) -> str:
    """A share for reading; a dash for none."""
    return "—" if share is None else f"{share:.1%}"


def interval(share: Mapping[str, float] | None) -> str:
    """A share with its 95 % interval."""
    return "—" if not share else f"{share['share']:.1%} ({share['low']:.1%}–{share['high']:.1%})"


def seconds(stage: Mapping[str, float] | None) -> str:
    """Median and 95th percentile."""
    return "—" if not stage else f"{stage['median']:.2f} s, 95 %: {stage['p95']:.2f} s"


def headline(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The lines of the headline table: what, and how much."""
    answerable, absent = summary["answerable"], summary["absent"]
    given = answerable["right"] + answerable["wrong"]
    refusals = answerable["refused"] + absent["right"]
    lines = [
        ("Answers (questions)", f"{summary['answers']} ({summary['questions']})"),
        ("Right, all", interval(summary["right"])),
        ("Wrong, all", interval(summary["wrong"])),
        ("Answerable: right / wrong / refused / error", " / ".join(str(answerable[v]) for v in VERDICTS)),
        ("Not disclosed: said so / answered / error", " / ".join(str(absent[v]) for v in ("right", "wrong", "error"))),
        ("Right when it answers an answerable question", percent(answerable["right"] / given if given else None)),
        ("Refusals that were called for", percent(absent["right"] / refusals if refusals else None)),
        ("Right answers with right evidence", interval(summary["evidence"])),
        ("Answerable: right and with right evidence", interval(summary["right_with_evidence"])),
        (
            "Citation precision / recall",
            f"{percent(summary['citation_precision'])} / {percent(summary['citation_recall'])}",
        ),
        ("Answer in the question's language and script", percent(summary["language"])),
        ("Conflicts: both values shown", percent(summary["both_shown"])),
    ]
    lines += [(f"Seconds to {name}", seconds(summary["seconds"][stage])) for stage, name in _STAGE_NAMES.items()]
    tokens = summary["tokens"]
    if tokens["read"] is not None:
        lines.append(("Tokens read / written by the LLM, mean", f"{tokens['read']:.0f} / {tokens['written'] or 0:.0f}"))
    return lines


_STAGE_NAMES = dict(zip(STAGES, ("end of retrieval", "first evidence", "first sentence", "whole answer"), strict=True))


def describe_answer(answer: Mapping[str, Any] | None) -> str:
    """What an answer object says, in one text."""
    if answer is None:
        return "(no answer)"
    if answer.get("error"):
        return f"(error) {answer['error']}"
    fields = [
        f"{name}: {answer[name]}" for name in ("value", "unit", "period", "formula") if answer.get(name) is not None
    ]
    flag = "abstained" if answer.get("abstained") else ""
    return " · ".join(part for part in (str(answer.get("answer", "")), flag, ", ".join(fields)) if part)


def failures(rows: Sequence[Row]) -> list[Row]:
    """Rows that are not right, or right with wrong evidence, worst first: wrong, error, wrong evidence, refused."""
    order = {"wrong": 0, "error": 1, "right": 2, "refused": 3}
    failed = [r for r in rows if r["score"]["verdict"] != "right" or r["score"]["evidence_hit"] is False]
    return sorted(failed, key=lambda r: (order[r["score"]["verdict"]], r["type"], r["id"], r["language"]))


def html(result: Mapping[str, Any]) -> str:
    """The page of a result of answers. Everything that came from questions, answers or reports is escaped."""
    rows: list[Row] = result["rows"]
    summary = result["summary"]
    times = [r["timings"]["seconds"] for r in rows if r["timings"].get("seconds") is not None]
    title = f"Evaluation: {result['system']}"
    parts = [
        f"<h1>{escape(title)}</h1><p>{escape(_when(result))}</p>",
        "<h2>Headline</h2>" + _table(headline(summary)),
        _legend(),
    ]
    for name in PLOTTED:
        groups = summary["by"][name]
        if len(groups) > 1:
            parts.append(f"<h2>By {escape(name)}</h2>" + verdict_bars(groups, f"Verdicts by {name}"))
    parts += [
        "<h2>Abstention: wrong against refused</h2><p>A wrong answer costs more than a refusal. Each point is a "
        "type of answerable question; a system that refuses when unsure moves to the right and not up.</p>"
        + wrong_against_refused(
            {k: v for k, v in summary["by"]["type"].items() if k != "absent"}, "Wrong against refused"
        ),
        _calibration(summary),
        "<h2>Seconds for a whole answer</h2>" + (histogram(times, "Latency") or "<p>Not recorded.</p>"),
        "<h2>Why answers were wrong</h2>" + _table([(k, str(v)) for k, v in summary["reasons"].items()]),
        _failed(failures(rows)),
        "<h2>What made this run</h2><pre>"
        + escape(json.dumps(_origin(result), ensure_ascii=False, indent=1))
        + "</pre>",
    ]
    style = _STYLE.read_text(encoding="utf-8")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{style}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _when(result: Mapping[str, Any]) -> str:
    chosen = result["selection"]
    words = [f"{key}: {value}" for key, value in chosen.items() if value]
    return f"{result['finished']} · " + " · ".join(words)


def _origin(result: Mapping[str, Any]) -> dict[str, Any]:
    return {key: result[key] for key in ("system", "pipeline", "started", "finished", "selection", "provenance")}


def _table(lines: Sequence[tuple[str, ...]], head: Sequence[str] = ()) -> str:
    top = f"<tr>{''.join(f'<th>{escape(cell)}</th>' for cell in head)}</tr>" if head else ""
    body = "".join(
        "<tr>"
        + "".join(
            f"<{'th' if n == 0 else 'td'}>{escape(cell)}</{'th' if n == 0 else 'td'}>" for n, cell in enumerate(line)
        )
        + "</tr>"
        for line in lines
    )
    return f"<table>{top}{body}</table>"


def _legend() -> str:
    meaning = {
        "right": "right (of a figure that is not disclosed: said so)",
        "wrong": "wrong, or answered what is not disclosed",
        "refused": "refused although disclosed",
        "error": "no answer",
    }
    return "<p class='legend'>" + " ".join(f"<span class='{v}'></span>{escape(meaning[v])}" for v in VERDICTS) + "</p>"


def _calibration(summary: Mapping[str, Any]) -> str:
    lines = []
    for name, part in summary["by"]["type"].items():
        counts = part["absent" if name == "absent" else "answerable"]
        total = sum(counts.values())
        given = counts["right"] + counts["wrong"] if name != "absent" else counts["wrong"]
        precise = percent(counts["right"] / given if given else None) if name != "absent" else "—"
        refused = counts["refused"] if name != "absent" else counts["right"]
        lines.append(
            (
                name,
                str(total),
                percent(given / total),
                precise,
                percent(refused / total),
                percent(counts["wrong"] / total),
            )
        )
    return _table(lines, ("type", "answers", "answered", "right of these", "refused", "wrong"))


def _failed(rows: Sequence[Row]) -> str:
    items = []
    for row in rows:
        result = row["score"]
        verdict = "wrong-evidence" if result["verdict"] == "right" else result["verdict"]
        reason = result["reason"] or ("right figure, wrong evidence" if verdict == "wrong-evidence" else verdict)
        gold = (
            "; ".join(f"{e['report']}:{e['line']} “{e['quote']}”" for e in row["evidence"])
            or "nothing: it is not disclosed"
        )
        cited = "; ".join(_quotes(row)) or ", ".join(result["cited"]) or "nothing"
        cells = [
            ("Question", row["question"]),
            ("Answer", describe_answer(row["answer"])),
            ("Gold", row["gold"] + (f" [{row['value']:,.10g} {row['unit']}]" if row["value"] is not None else "")),
            ("Evidence found", cited),
            ("Evidence missed", ", ".join(result["missed"]) or "none"),
            ("Gold evidence", gold),
        ]
        if row["note"]:
            cells.append(("Note", row["note"]))
        items.append(
            f"<details class='{verdict}'><summary><b>{escape(row['id'])}</b> {row['language']} · "
            f"{escape(row['type'])} · {escape(reason)}</summary>{_table(cells)}</details>"
        )
    return f"<h2>Failed questions ({len(rows)})</h2>" + "".join(items)


def _quotes(row: Row) -> list[str]:
    citations = (row["answer"] or {}).get("citations") or []
    used = row["score"]["cited"]
    found = []
    for item in citations:
        if not isinstance(item, Mapping):
            continue
        place = f"{item.get('report')}:{item.get('line_start')}"
        if any(name.split("–")[0] == place for name in used):
            found.append(f"{place} “{str(item.get('quote') or '')[:160]}”")
    return found


def markdown(result: Mapping[str, Any]) -> str:
    """The same in Markdown, without plots."""
    summary = result["summary"]
    parts = [f"# Evaluation: {result['system']}", _when(result), "", "| | |", "|---|---|"]
    parts += [f"| {name} | {value} |" for name, value in headline(summary)]
    for name in PLOTTED:
        groups = summary["by"][name]
        if len(groups) < 2:
            continue
        parts += [
            "",
            f"## By {name}",
            "",
            f"| {name} | answers | right | wrong | refused | error | seconds, median |",
            "|---|---|---|---|---|---|---|",
        ]
        for key, part in groups.items():
            counts = {v: part["answerable"][v] + part["absent"][v] for v in VERDICTS}
            total = part["answers"] or 1
            time = part["seconds"]["seconds"]
            shares = " | ".join(f"{counts[v]} ({counts[v] / total:.0%})" for v in VERDICTS)
            parts.append(f"| {_cell(key)} | {total} | {shares} | {time['median'] if time else 0:.2f} |")
    parts += ["", "## Why answers were wrong", "", "| reason | answers |", "|---|---|"]
    parts += [f"| {_cell(reason)} | {count} |" for reason, count in summary["reasons"].items()]
    failed = failures(result["rows"])
    parts += ["", f"## Failed questions ({len(failed)})", ""]
    for row in failed:
        score = row["score"]
        parts.append(f"- **{row['id']}** {row['language']} {row['type']}: {score['reason'] or score['verdict']}")
        parts.append(f"  - Q: {_line(row['question'])}")
        parts.append(f"  - A: {_line(describe_answer(row['answer']))}")
        parts.append(
            f"  - Gold: {_line(row['gold'])}; cited {', '.join(score['cited']) or 'nothing'}; "
            f"missed {', '.join(score['missed']) or 'nothing'}"
        )
    return "\n".join(parts) + "\n"


def _line(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return _line(text).replace("|", "\\|")
