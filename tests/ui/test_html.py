"""What the screens make of citations and answers: escaping, marks, tables, prose."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from fake_assistant import FakeAssistant
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Answer, Citation, CitedLine, Conflict, Nearest, Result
from assistant.ui import evidence
from assistant.ui.conversation import marked, number, turn_html
from assistant.ui.engine import library_of
from assistant.ui.evidence import Library, find_span
from assistant.ui.panel import evidence_html
from assistant.ui.rows import RowFinder
from assistant.ui.texts import LANGUAGES, Texts, keys
from assistant.ui.turn import Turn
from index.catalog import Catalog, Report
from index.glossary import Glossary
from index.records import Cell, Line, Passage, Row

ZH = Texts("zh-Hans")
EVIL = "\"><img src=x onerror=hit()><script>hit()</script>{{hit}}${hit}'"


class _Tags(HTMLParser):
    """Which tags and attributes a piece of HTML really has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)


@pytest.fixture(scope="module")
def evil_library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A report whose every word is an attack."""
    path = tmp_path_factory.mktemp("evil") / "evil.txt"
    path.write_text(f"{EVIL}\n" * 40, encoding="utf-8")
    names = dict.fromkeys(LANGUAGES, EVIL)
    report = Report("evil", names, EVIL, (), (), EVIL, 2024, "zh-Hans", path)
    cells = (Cell(EVIL, 1.0, EVIL, 5, unit=EVIL), Cell("2023", None, EVIL, 5))
    row = Row("evil", EVIL, (EVIL,), EVIL, EVIL, EVIL, cells, 5)
    passages = [Passage("p", "evil", "row", (EVIL,), 5, 5, EVIL, EVIL, row)]

    def lines(_: str, first: int, last: int) -> list[Line]:
        return [Line(n, EVIL, EVIL) for n in range(first, last + 1)]

    return Library(Catalog((report,)), lines, RowFinder(passages), Glossary(()))


def _evil_turn() -> Turn:
    cited = [
        Citation(
            n=n, report="evil", line_start=line, line_end=line, section=EVIL, quote=EVIL, value_text=EVIL,
            lines=(CitedLine(role="header", line=2, text=EVIL),),
        )
        for n, line in ((1, 5), (2, 9))
    ]  # fmt: skip
    answer = Answer(
        question=EVIL, language="zh-Hans", answer=f"{EVIL}[1][2]", citations=tuple(cited),
        results=(Result(report="evil", metric=EVIL, period=EVIL, value=1, unit=EVIL, formula=EVIL, citations=(1,)),),
        nearest=(Nearest(report="evil", metric=EVIL, value=1, unit=EVIL, why=EVIL, citations=(2,)),),
        conflicts=(Conflict(report="evil", metric=EVIL, values=(1, 2), unit=EVIL, citations=(1, 2)),),
    )  # fmt: skip
    return Turn(
        EVIL,
        ("evil",),
        state="done",
        answer=answer,
        cited={c.n: c for c in cited},
        found=tuple(cited),
        followups=(EVIL,),
    )


def test_nothing_from_a_report_or_a_question_becomes_markup(evil_library: Library) -> None:
    turn = _evil_turn()
    failed = Turn(EVIL, state="failed", error=EVIL)
    pieces = [turn_html(turn, evil_library, ZH), turn_html(failed, evil_library, ZH)]
    pieces += [html for _, html in evidence_html(turn, evil_library, ZH)]
    for piece in pieces:
        found = _Tags(str(piece))
        assert not found.tags & {"img", "script"}
        assert not {name for name in found.attributes if name.startswith("on")}
    assert len(pieces) > 3


@given(st.text(max_size=200))
def test_any_words_survive_as_words(text: str) -> None:
    found = _Tags(str(marked(text, Turn("q"), ZH)))
    assert found.tags == set()


def test_marks_without_a_citation_are_left_out() -> None:
    turn = Turn("q", cited={1: Citation(n=1, report="r", line_start=1, line_end=1, quote="q")})
    html = str(marked("甲[1]，乙[7]。", turn, ZH))
    assert (
        html.count("<a ") == 1
        and f'href="#e-{turn.id}-1"' in html
        and "[7]" not in html
        and "7" not in html.split("</a>")[1]
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1.77, "1.77"), (2014.14, "2,014.14"), (0.1 + 0.2, "0.3"), (-0.0, "0"), (None, "—"), (1e12, "1,000,000,000,000")],
)
def test_numbers_as_people_read_them(value: float | None, shown: str) -> None:
    assert number(value) == shown


@pytest.mark.parametrize(
    ("text", "part", "found"),
    [
        ("不良貸款率 % 1.77 1.78", "1.77", "1.77"),
        ("本 公 司\n合 计", "本公司合计", "本 公 司\n合 计"),
        ("abc", "x", None),
        ("abc", "", None),
    ],
)
def test_spans_are_found_across_spaces_and_lines(text: str, part: str, found: str | None) -> None:
    span = find_span(text, part)
    assert (text[slice(*span)] if span else None) == found


def test_the_same_number_in_three_years_marks_the_one_that_is_meant() -> None:
    cells = tuple(Cell(year, 18.0, "18", 7, header_line=3) for year in ("2022", "2023", "2024"))
    row = Row("r", "表", (), "女性董事占比", "%", "", cells, 7, title_line=1)
    finder = RowFinder([Passage("p", "r", "row", (), 7, 7, "", "", row)])
    citation = Citation(n=1, report="r", line_start=7, line_end=7, quote="女性董事占比 % 18 18 18", value_text="18")
    shown = finder.find(citation, "2023")
    assert shown and [cell.period for cell in shown.cells] == ["2023"]


def test_citations_of_one_row_share_a_card(fake: FakeAssistant) -> None:
    turn = Turn("贷款余额增长多少")
    for event in fake.stream(turn.question):
        turn.take(event)
    cards = [str(html) for key, html in evidence_html(turn, library_of(fake), ZH) if key.startswith("e-")]  # type: ignore[arg-type]
    assert len(cards) == 1
    assert f'id="e-{turn.id}-1"' in cards[0] and f'id="e-{turn.id}-2"' in cards[0]
    assert "<mark>2,014.14" in cards[0] and "<mark>1,914.36" in cards[0]


def test_two_rows_on_one_line_are_not_guessed_between() -> None:
    rows = [Row("r", t, (), "甲", "人", "", (Cell("2024", 5.0, "5", 7),), 7, title_line=n) for n, t in enumerate("AB")]
    finder = RowFinder([Passage(row.table, "r", "row", (), 7, 7, "", "", row) for row in rows])
    assert finder.find(Citation(n=1, report="r", line_start=7, line_end=7, quote="甲 5", value_text="5")) is None


def test_a_report_that_was_removed_leaves_a_note_and_no_traceback(fake: FakeAssistant) -> None:
    citation = Citation(n=1, report="gone", line_start=3, line_end=3, quote="x")
    card = evidence.found_card(citation, "a", library_of(fake), ZH)  # type: ignore[arg-type]
    assert "原文已不在报告库中" in card


def test_every_row_of_the_real_reports_can_be_shown(fake: FakeAssistant) -> None:
    library = library_of(fake)  # type: ignore[arg-type]
    found = 0
    for passage in fake.index.passages:
        for cell in passage.row.cells:
            if cell.value is None:
                continue
            raw = fake.lines(passage.report, cell.line, cell.line)[0].raw.strip()
            citation = Citation(
                n=1,
                report=passage.report,
                line_start=cell.line,
                line_end=cell.line,
                quote=raw,
                value_text=cell.value_text,
            )
            shown = library.rows.find(citation, cell.period)
            if shown is None:
                continue
            found += 1
            assert any(place.line == cell.line and place.value_text == cell.value_text for place in shown.cells)
            assert "<mark>" in evidence.table(shown, ZH)
    total = sum(cell.value is not None for passage in fake.index.passages for cell in passage.row.cells)
    assert found > 0.9 * total, f"{found} of {total}"


def test_every_text_is_there_in_all_three_languages() -> None:
    for key in keys():
        for language in LANGUAGES:
            text = Texts(language)(key)
            assert text or key == "followup.metrics", (key, language)
    assert Texts("xx").language == "zh-Hans"
