"""The Figures tab: pick metrics, institutions and years; a table and a chart, each figure linked to its line."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import gradio as gr
from markupsafe import Markup

from assistant import Citation
from assistant.ui import chart, evidence, export
from assistant.ui.desk import Desk
from assistant.ui.evidence import Library
from assistant.ui.figures import Choice, Figures, Line
from assistant.ui.markup import facts
from assistant.ui.page import Page
from assistant.ui.texts import Texts, label

_MOST_YEARS = 3  # chosen to begin with
_MOST_METRICS = 6
_MOST_NEAR = 3
_MOST_COMMON = 10  # metrics offered to begin with


def build(desk: Desk, page: Page) -> None:
    """Put the tab into the page and connect it."""
    with gr.Column(elem_id="figures"):
        with gr.Row(equal_height=True):
            words = gr.Textbox(
                label=label("figures.words"),
                placeholder=label("figures.words_hint"),
                max_lines=1,
                scale=3,
                min_width=300,
                interactive=False,  # until the pickers have their choices, which would overwrite what it picks
                elem_id="figures-words",
            )
            metrics = gr.Dropdown(
                [],
                multiselect=True,
                max_choices=_MOST_METRICS,
                label=label("figures.metrics"),
                scale=4,
                min_width=300,
                elem_id="figures-metrics",
            )
        said = gr.HTML(elem_id="figures-said", apply_default_css=False, js_on_load=None)
        with gr.Row():
            reports = gr.CheckboxGroup([], label=label("figures.institutions"), elem_id="figures-reports")
            years = gr.CheckboxGroup([], label=label("figures.years"), elem_id="figures-years")
        with gr.Row(equal_height=False):
            with gr.Column(scale=6, min_width=320):
                table = gr.HTML(
                    elem_id="figures-table",
                    apply_default_css=False,
                    js_on_load="esg.figures(element, trigger); /* 'source' 'also' */",
                )
                plot = gr.Plot(visible=False, show_label=False, container=False, elem_id="figures-chart")
            with gr.Column(scale=5, min_width=320, elem_id="figures-evidence"):
                source = gr.HTML(elem_id="figures-source", apply_default_css=False, js_on_load=None)
    drawn = gr.State(())  # what the table and the chart show now
    offered = gr.State(())  # the reports that the pickers have offered so far
    hidden: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}

    def choices(language: str, ids: list[str], before: tuple[str, ...]) -> tuple[Any, ...]:
        """The pickers' choices, once the index is loaded; what the user has ticked stays, a new report is ticked."""
        figures, library, texts = desk.engine.figures, desk.engine.library, Texts(language)
        if figures is None or library is None:
            return (gr.skip(),) * 5
        known = figures.years()
        named = [(_offer(metric.label(language), len(metric.reports), texts), metric.key) for metric in figures.metrics]
        names = [(report.institution[texts.language], report.id) for report in library.catalog.reports]
        new = {report for _, report in names} - set(before)
        changed = {report for _, report in names} != set(before)
        ticked = [report for _, report in names if report in new or report in (ids or ())]
        return (
            gr.Dropdown(choices=named),
            # No value where nothing has changed: it would be what was ticked when this was asked for.
            gr.CheckboxGroup(choices=names, value=ticked) if changed else gr.CheckboxGroup(choices=names),
            gr.CheckboxGroup(choices=known) if before else gr.CheckboxGroup(choices=known, value=known[:_MOST_YEARS]),
            gr.Textbox(interactive=True),
            tuple(report for _, report in names),
        )

    def compare(
        chosen: list[str], ids: list[str], years_: list[str], language: str, before: tuple[Any, ...]
    ) -> tuple[Any, Any, Any, Any]:
        texts, figures, library = Texts(language), desk.engine.figures, desk.engine.library
        choice = Choice(tuple(chosen or ()), tuple(ids or ()), tuple(years_ or ()))
        now = (choice, language, id(figures))
        if now == before:
            return gr.skip(), gr.skip(), gr.skip(), gr.skip()  # the source that is open stays open
        if figures is None or library is None or not chosen:
            return _empty(figures, texts), gr.Plot(visible=False), "", now
        lines, periods = figures.lines(choice)
        shown = _table(lines, periods, choice, figures, library, texts)
        if not any(line.series for line in lines):
            return shown, gr.Plot(visible=False), "", now
        hint = Markup('<section class="panel"><h2>{}</h2><p class="hint">{}</p></section>').format(
            texts("evidence.title"), texts("figures.source")
        )
        drawing = chart.draw(lines, periods, _Namer(lines, library, texts), _key)
        return shown, gr.Plot(drawing, visible=True), str(hint), now

    def ask(question: str, language: str) -> tuple[Any, ...]:
        figures = desk.engine.figures
        if figures is None or not question.strip():
            return gr.skip(), gr.skip(), gr.skip(), gr.skip()
        read = figures.read(question)
        if not read.metrics:
            notice = Markup('<p class="notice" role="alert">{}</p>').format(Texts(language)("figures.no_metric"))
            return gr.skip(), gr.skip(), gr.skip(), str(notice)
        everyone = figures.catalog.ids()
        return list(read.metrics), list(read.reports or everyone), list(read.years or figures.years()[:_MOST_YEARS]), ""

    def show(language: str, event: gr.EventData) -> str:
        library = desk.engine.library
        found = _citation(str(getattr(event, "id", "")), library) if library else None
        if library is None or found is None:
            return ""
        citation, period = found
        return str(evidence.found_card(citation, "figures-card", library, Texts(language), mark=True, period=period))

    def add(chosen: list[str], event: gr.EventData) -> list[str]:
        return list(dict.fromkeys([*(chosen or []), str(getattr(event, "id", ""))]))[:_MOST_METRICS]

    table.also(add, [metrics], [metrics], **hidden)
    # One listener for all, so that an earlier choice never overtakes a later one.
    picks = [picker.change for picker in (metrics, reports, years, page.ready)]
    inputs = [metrics, reports, years, page.language, drawn]
    gr.on(picks, compare, inputs, [table, plot, source, drawn], trigger_mode="always_last", **hidden)
    words.submit(ask, [words, page.language], [metrics, reports, years, said], **hidden)
    table.source(show, [page.language], [source], **hidden)
    offering = [page.language, reports, offered], [metrics, reports, years, words, offered]
    page.blocks.load(choices, *offering, js="(_, ...rest) => [esg.language(), ...rest]", **hidden)

    def begin(language: str) -> str:
        return _empty(desk.engine.figures, Texts(language))

    page.blocks.load(begin, [page.language], [table], js="() => [esg.language()]", **hidden)
    page.when_ready(choices, *offering)


def download(figures: Figures, library: Library, choice: Choice, kind: str, texts: Texts) -> bytes:
    """The comparison as "csv" or "xlsx": a line a figure, each with the place and words it comes from."""
    lines, periods = figures.lines(choice)
    name = _Namer(lines, library, texts)
    rows: list[list[str | float]] = []
    for line in lines:
        for period in periods if line.series else []:
            cell = line.series.cells.get(period) if line.series else None
            if cell is None or line.series is None:
                continue
            citation = _cite(line.report, cell.line, cell.value_text, library)
            rows.append(
                [
                    library.institution(line.report, texts.language),
                    name(line),
                    period,
                    cell.value if cell.value is not None else texts("evidence.not_given"),
                    line.series.unit,
                    texts("answer.verified"),
                    "",
                    f"{library.title(line.report)} {evidence.place(citation, texts)}",
                    " ".join(citation.quote.split()),
                    "",
                ]
            )
        if line.series is None:
            institution = library.institution(line.report, texts.language)
            rows.append([institution, line.metric.label(texts.language), "", texts("evidence.not_given")])
    head = export.heads(texts)
    return export.to_excel(head, rows) if kind == "xlsx" else export.to_csv(head, rows)


def _offer(name: str, institutions: int, texts: Texts) -> str:
    return f"{name} ({texts('figures.count', count=institutions)})" if institutions > 1 else name


def _empty(figures: Figures | None, texts: Texts) -> str:
    common = [metric for metric in figures.metrics if len(metric.reports) > 1][:_MOST_COMMON] if figures else []
    chips = Markup("").join(
        Markup('<button type="button" class="chip" data-do="also" data-id="{}">{}</button>').format(
            metric.key, _offer(metric.label(texts.language), len(metric.reports), texts)
        )
        for metric in common
    )
    picture = Markup('<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 20h18M6 16l4-5 4 3 5-8M6 16v4"/></svg>')
    return str(
        Markup('<div class="panel start">{}<p>{}</p><div class="chips">{}</div></div>').format(
            picture, texts("figures.empty"), chips
        )
    )


class _Namer:
    """Names of lines, as short as tells them apart: institution, then metric, then where in the report."""

    def __init__(self, lines: list[Line], library: Library, texts: Texts) -> None:
        self._lines, self._library, self._texts = lines, library, texts
        self._several = len({line.metric.key for line in lines}) > 1

    def __call__(self, line: Line, *, in_table: bool = False) -> str:
        parts = [self._library.institution(line.report, self._texts.language)]
        if self._several and not in_table:  # the table has the metric as a heading
            parts.append(line.metric.label(self._texts.language))
        twins = [other for other in self._lines if other.report == line.report and other.metric is line.metric]
        if len(twins) > 1 and line.series:
            parts.append(line.series.where)
        return " · ".join(parts)


def _key(line: Line, period: str) -> str:
    cell = line.series.cells.get(period) if line.series else None
    return f"{line.report}|{cell.line}|{period}|{cell.value_text}" if cell else ""


def _citation(key: str, library: Library) -> tuple[Citation, str] | None:
    parts = key.split("|", 3)
    if len(parts) != 4 or parts[0] not in library.catalog.ids() or not parts[1].isdecimal():
        return None
    return _cite(parts[0], int(parts[1]), parts[3], library), parts[2]


def _cite(report: str, number: int, value: str, library: Library) -> Citation:
    lines = library.lines(report, number, number)
    quote = lines[0].raw.strip() if lines else ""
    return Citation(n=1, report=report, line_start=number, line_end=number, quote=quote, value_text=value)


def _table(
    lines: list[Line], periods: list[str], choice: Choice, figures: Figures, library: Library, texts: Texts
) -> str:
    name = _Namer(lines, library, texts)
    width = len(periods) + 2
    body, last = [], ""
    for line in lines:
        if line.metric.key != last:
            title = line.metric.label(texts.language)
            body.append(Markup('<tr class="group"><th colspan="{}" scope="rowgroup">{}</th></tr>').format(width, title))
            last = line.metric.key
        if line.series is None:
            institution = library.institution(line.report, texts.language)
            body.append(
                Markup('<tr><th scope="row">{}</th><td class="none" colspan="{}">{}{}</td></tr>').format(
                    institution, width - 1, texts("evidence.not_given"), _near(line, figures, texts)
                )
            )
            continue
        cells = Markup("").join(_cell(line, period, texts) for period in periods)
        body.append(
            Markup('<tr><th scope="row" title="{}">{}</th><td class="unit">{}</td>{}</tr>').format(
                line.series.where, name(line, in_table=True), line.series.unit, cells
            )
        )
    heads = [
        (texts("answer.institution"), False),
        (texts("answer.unit"), False),
        *((period, True) for period in periods),
    ]
    return str(
        Markup(
            '<div class="panel">{}<div class="links">{}<button type="button" data-do="png">PNG</button></div></div>'
        ).format(facts(texts("tab.figures"), heads, Markup("").join(body)), _links(choice, texts))
    )


def _links(choice: Choice, texts: Texts) -> Markup:
    query = urlencode(
        {"metric": choice.metrics, "report": choice.reports, "year": choice.years, "language": texts.language},
        doseq=True,
    )
    return Markup("").join(
        Markup('<a href="/figures.{}?{}" download>{}</a>').format(kind, query, name)
        for kind, name in (("csv", "CSV"), ("xlsx", "Excel"))
    )


def _near(line: Line, figures: Figures, texts: Texts) -> Markup:
    near = figures.near(line.metric, line.report)[:_MOST_NEAR]
    buttons = Markup("").join(
        Markup('<button type="button" class="cell" data-do="also" data-id="{}">{}</button>').format(
            metric.key, metric.label(texts.language)
        )
        for metric in near
    )
    return Markup('<span class="near">{}{}</span>').format(texts("figures.near"), buttons) if near else Markup("")


def _cell(line: Line, period: str, texts: Texts) -> Markup:
    cell = line.series.cells.get(period) if line.series else None
    if cell is None or cell.value is None:
        return Markup('<td class="num none" title="{}">—</td>').format(texts("evidence.not_given"))
    return Markup(
        '<td class="num"><button type="button" class="cell" data-do="source" data-id="{}" title="{}">{}</button></td>'
    ).format(_key(line, period), texts("evidence.line", start=cell.line), cell.value_text)
