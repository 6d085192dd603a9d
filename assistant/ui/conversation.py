"""A turn as HTML: the question, the figures, the checked sentences with their marks, refusals, conflicts, actions."""

from __future__ import annotations

import re

from markupsafe import Markup

from assistant.answer import Answer, Conflict, Nearest, Result
from assistant.ui.evidence import Library
from assistant.ui.markup import facts
from assistant.ui.texts import Texts
from assistant.ui.turn import Turn

_MARK = re.compile(r"\[(\d{1,3})\]")
_DASH = "—"
RATINGS = ("good", "bad")
_ICONS = {
    "edit": "M3 13h2l7.5-7.5-2-2L3 11zM9.5 4.5l2 2",
    "copy": "M6 6h7v7H6zM3 10V3h7",
    "retry": "M13 8a5 5 0 1 1-1.6-3.7M13 2.5V5h-2.5",
    "good": "M2.5 7.5H5v6H2.5zM5 8l2.5-5.5c1.2 0 1.6.9 1.4 1.9l-.4 2.1h4c.8 0 1.3.7 1.1 1.5l-1.1 4.4"
    "c-.2.7-.7 1.1-1.4 1.1H5",
    "bad": "M2.5 8.5H5v-6H2.5zM5 8l2.5 5.5c1.2 0 1.6-.9 1.4-1.9l-.4-2.1h4c.8 0 1.3-.7 1.1-1.5l-1.1-4.4"
    "c-.2-.7-.7-1.1-1.4-1.1H5",
}


def anchor(turn: Turn, number: int) -> str:
    """The id of the evidence card that [number] of this turn opens."""
    return f"e-{turn.id}-{number}"


def marked(text: str, turn: Turn, texts: Texts) -> Markup:
    """Text, escaped, whose [n] marks are links to their evidence; marks without a citation are left out."""
    parts, last = [], 0
    for match in _MARK.finditer(text):
        parts.append(Markup("{}").format(text[last : match.start()]))
        parts.append(_mark(int(match.group(1)), turn, texts))
        last = match.end()
    parts.append(Markup("{}").format(text[last:]))
    return Markup("").join(parts)


def _mark(number: int, turn: Turn, texts: Texts) -> Markup:
    if number not in turn.cited:
        return Markup("")
    return Markup('<a class="mark" href="#{}" aria-label="{}">{}</a>').format(
        anchor(turn, number), texts("answer.open_source", n=number), number
    )


def _marks(numbers: tuple[int, ...], turn: Turn, texts: Texts) -> Markup:
    return Markup("").join(_mark(number, turn, texts) for number in numbers)


def turn_html(turn: Turn, library: Library | None, texts: Texts) -> Markup:
    """The whole turn."""
    return Markup('<section class="turn {state}" id="t-{id}">{question}{body}{foot}</section>').format(
        state=turn.state,
        id=turn.id,
        question=_question(turn, library, texts),
        body=_body(turn, library, texts),
        foot=_foot(turn, texts),
    )


def _question(turn: Turn, library: Library | None, texts: Texts) -> Markup:
    names = [library.institution(report, texts.language) if library else report for report in turn.reports]
    scope = Markup('<span class="scope">{}</span>').format(" · ".join(names)) if names else Markup("")
    edit = "" if turn.running else _button("edit", turn.id, texts("ask.edit"))
    return Markup('<div class="q"><h2><span class="sr">{you}: </span>{question}</h2>{scope}{edit}</div>').format(
        you=texts("ask.you"), question=turn.question, scope=scope, edit=edit
    )


def _body(turn: Turn, library: Library | None, texts: Texts) -> Markup:
    answer = turn.answer
    if turn.state == "failed":
        return Markup('<div class="a error" role="alert"><b>{}</b><p>{}</p></div>').format(
            texts("state.failed"), turn.error
        )
    if answer is None:
        sentences = Markup("").join(Markup("<p>{}</p>").format(marked(text, turn, texts)) for text in turn.sentences)
        return Markup('<div class="a">{}{}</div>').format(sentences, _progress(turn, texts))
    name = _Namer(library, texts)
    words = Markup("").join(
        Markup("<p>{}</p>").format(marked(part, turn, texts)) for part in answer.answer.split("\n") if part.strip()
    )
    if answer.abstained:
        head = Markup('<div class="verdict">{}</div>').format(texts("answer.not_disclosed"))
        return Markup('<div class="a refusal">{}{}{}{}</div>').format(
            head, words, _nearest(answer.nearest, turn, name, texts), _conflicts(answer.conflicts, turn, name, texts)
        )
    return Markup('<div class="a">{}{}{}{}</div>').format(
        _figures(answer, turn, name, texts),
        words,
        _conflicts(answer.conflicts, turn, name, texts),
        _nearest(answer.nearest, turn, name, texts),
    )


def _progress(turn: Turn, texts: Texts) -> Markup:
    if turn.state == "stopped":
        return Markup('<p class="note">{}</p>').format(texts("state.stopped"))
    names = {"position": turn.position} if turn.state == "queued" else {}
    return Markup('<p class="progress" role="status"><i></i>{}</p>').format(texts(f"state.{turn.state}", **names))


def _figures(answer: Answer, turn: Turn, name: _Namer, texts: Texts) -> Markup:
    results = [result for result in answer.results if result.value is not None]
    computed = [result for result in results if result.formula]
    # One figure, or the one that was computed from the others, stands out; several stand in a table.
    main = results[0] if len(results) == 1 else computed[0] if len(computed) == 1 else None
    rest = [result for result in results if result is not main]
    return Markup("{}{}").format(
        _headline(main, turn, name, texts) if main else "", _results(rest, turn, name, texts) if rest else ""
    )


def _headline(result: Result, turn: Turn, name: _Namer, texts: Texts) -> Markup:
    return Markup(
        '<div class="figure"><div class="big"><span class="value">{value}</span> <span class="unit">{unit}</span>'
        '</div><div class="of"><b>{metric}</b><span>{institution}{period}</span><span>{check}{marks}</span></div>'
        "{formula}</div>"
    ).format(
        value=printed(result, turn),
        unit=result.unit or "",
        metric=result.metric,
        institution=name(result.report),
        period=f" · {result.period}" if result.period else "",
        check=_check(result, texts),
        marks=_marks(result.citations, turn, texts),
        formula=_formula(result.formula, texts),
    )


def _results(results: list[Result], turn: Turn, name: _Namer, texts: Texts) -> Markup:
    rows = Markup("").join(
        Markup('<tr><td>{}</td><td>{}{}</td><td>{}</td><td class="num">{}</td><td>{}</td><td>{}{}</td></tr>').format(
            name(result.report),
            result.metric,
            _formula(result.formula, texts),
            result.period or "",
            printed(result, turn),
            result.unit or "",
            _check(result, texts),
            _marks(result.citations, turn, texts),
        )
        for result in results
    )
    return _table("results", ("institution", "metric", "period", "value", "unit", "check"), rows, texts)


def _table(kind: str, heads: tuple[str, ...], rows: Markup, texts: Texts) -> Markup:
    names = [(texts(f"answer.{key}"), key == "value") for key in heads]
    return facts(texts("answer.metric"), names, rows, kind=kind)


def _check(result: Result, texts: Texts) -> Markup:
    if not result.verified:
        return Markup('<span class="check no">{}</span>').format(texts("answer.unverified"))
    computed = Markup('<span class="check sum">{}</span>').format(texts("answer.computed")) if result.formula else ""
    return Markup(
        '<span class="check ok" title="{}"><svg viewBox="0 0 16 16" aria-hidden="true">'
        '<path d="M3 8.5l3.2 3.2L13 5"/></svg>{}</span>{}'
    ).format(texts("answer.verified_more"), texts("answer.verified"), computed)


def _formula(formula: str | None, texts: Texts) -> Markup:
    if not formula:
        return Markup("")
    return Markup('<div class="formula"><span>{}</span> <code>{}</code></div>').format(texts("answer.formula"), formula)


def _nearest(nearest: tuple[Nearest, ...], turn: Turn, name: _Namer, texts: Texts) -> Markup:
    if not nearest:
        return Markup("")
    rows = Markup("").join(
        Markup('<tr><td>{}</td><td>{}</td><td>{}</td><td class="num">{}</td><td>{}</td><td>{}{}</td></tr>').format(
            name(item.report),
            item.metric,
            item.period or "",
            printed(item, turn),
            item.unit or "",
            item.why,
            _marks(item.citations, turn, texts),
        )
        for item in nearest
    )
    return Markup('<div class="nearest"><h3>{}</h3>{}</div>').format(
        texts("answer.nearest"),
        _table("near", ("institution", "metric", "period", "value", "unit", "why"), rows, texts),
    )


def _conflicts(conflicts: tuple[Conflict, ...], turn: Turn, name: _Namer, texts: Texts) -> Markup:
    if not conflicts:
        return Markup("")
    items = Markup("").join(
        Markup("<li>{} · {}{}: <b>{}</b> {}{}</li>").format(
            name(item.report),
            item.metric,
            f" · {item.period}" if item.period else "",
            " / ".join(number(value) for value in item.values),
            item.unit or "",
            _marks(item.citations, turn, texts),
        )
        for item in conflicts
    )
    return Markup('<div class="conflict"><h3>{}</h3><ul>{}</ul></div>').format(texts("answer.conflict"), items)


def _foot(turn: Turn, texts: Texts) -> Markup:
    if turn.running:
        return Markup("")
    answered = turn.answer is not None and not turn.error
    parts = [_button("copy", turn.id, texts("ask.copy"), done=texts("ask.copied"))] if answered else []
    parts.append(_button("retry", turn.id, texts("ask.retry")))
    if answered and turn.answer:
        parts += [_button(rating, turn.id, texts(f"ask.{rating}"), pressed=turn.rating == rating) for rating in RATINGS]
        if turn.rating:
            parts.append(Markup('<span class="thanks" role="status">{}</span>').format(texts("ask.thanks")))
        took = texts("state.seconds", seconds=f"{max(0.1, turn.answer.seconds):.1f}")
        parts.append(Markup('<span class="took">{}</span>').format(took))
    return Markup('<div class="acts" role="group">{}</div>{}{}').format(
        Markup("").join(parts), _why_form(turn, texts) if answered else "", _followups(turn, texts)
    )


def _why_form(turn: Turn, texts: Texts) -> Markup:
    reasons = Markup("").join(Markup("<option>{}</option>").format(text) for text in texts("ask.reasons").split("|"))
    return Markup(
        '<form class="why" data-turn="{id}" hidden><label for="why-{id}">{why}</label><select id="why-{id}">{reasons}'
        '</select><input aria-label="{note}" placeholder="{note}" maxlength="500"><button>{send}</button></form>'
    ).format(
        id=turn.id, why=texts("ask.why_bad"), reasons=reasons, note=texts("ask.note"), send=texts("ask.send_feedback")
    )


def _followups(turn: Turn, texts: Texts) -> Markup:
    if not turn.followups:
        return Markup("")
    return Markup('<div class="follow"><span>{}</span>{}</div>').format(
        texts("ask.followups"), Markup("").join(chip(text) for text in turn.followups)
    )


def chip(question: str) -> Markup:
    """A question that is asked when pressed."""
    return Markup('<button type="button" class="chip" data-do="suggest">{}</button>').format(question)


def _button(action: str, turn_id: str, words: str, *, pressed: bool | None = None, done: str = "") -> Markup:
    state = Markup("") if pressed is None else Markup(' aria-pressed="{}"').format("true" if pressed else "false")
    return Markup(
        '<button type="button" class="act" data-do="{}" data-turn="{}" title="{}" aria-label="{}" data-done="{}"{}>'
        '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="{}"/></svg></button>'
    ).format(action, turn_id, words, words, done, state, _ICONS[action])


def number(value: float | None) -> str:
    """A number as people read it: thousands separated, no more digits than it has."""
    if value is None:
        return _DASH
    text = f"{value:,.10f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "−")


def printed(figure: Result | Nearest, turn: Turn) -> str:
    """The number as its source prints it (0.30, not 0.3) when it comes straight from one place."""
    computed = figure.formula if isinstance(figure, Result) else None
    for n in figure.citations if not computed else ():
        text = turn.cited[n].value_text if n in turn.cited else None
        try:
            if text and figure.value is not None and float(text.replace(",", "").rstrip("%")) == figure.value:
                return text.rstrip("%")
        except ValueError:
            continue
    return number(figure.value)


class _Namer:
    """Report id → institution's name in the interface language."""

    def __init__(self, library: Library | None, texts: Texts) -> None:
        self._library, self._language = library, texts.language

    def __call__(self, report: str) -> str:
        return self._library.institution(report, self._language) if self._library else report
