from __future__ import annotations

from assistant.citing import Citations
from assistant.figures import figures_of
from index.records import Line
from index.text import normalise
from tests.assistant.small_library import Library, prose_passage


def test_a_cell_with_all_that_proves_it(small: Library) -> None:
    citation = Citations(small.lines).figure(small.figure("alpha", 7, "2023"))
    assert (citation.line_start, citation.line_end, citation.value_text) == (7, 7, "450")
    assert citation.quote == "女性 人 500 450 400"
    roles = {line.line: line.role for line in citation.lines}
    assert roles == {2: "header", 3: "header", 5: "group", 7: "value"}


def test_the_quote_stands_in_the_lines(small: Library) -> None:
    citations = Citations(small.lines)
    for passage in small.passages:
        for figure in figures_of(passage, small.lines, 2024):
            citation = citations.figure(figure)
            text = "\n".join(line.raw for line in small.lines(figure.report, citation.line_start, citation.line_end))
            assert citation.quote in text
            assert citation.value_text == figure.value_text
            first = small.lines(figure.report, citation.line_start, citation.line_start)[0]
            assert figure.value_text.split(",")[0] in first.raw
            assert citation.line_start <= figure.line <= citation.line_end


def test_prose_is_cited_by_the_line_of_the_number(small: Library) -> None:
    balance, change = small.figures("alpha", 13)
    citations = Citations(small.lines)
    assert (citations.figure(balance).n, citations.figure(change).n) == (1, 2)
    assert citations.figure(balance).line_start == 13
    assert citations.figure(balance).lines[0].role == "value"


def test_a_unit_on_the_next_line_belongs_to_the_citation(small: Library) -> None:
    (figure,) = small.figures("alpha", 19)
    citation = Citations(small.lines).figure(figure)
    assert (figure.value, figure.unit_text) == (62.88, "亿元")
    assert (citation.line_start, citation.line_end) == (19, 20)
    assert citation.quote == "年末普惠型小微企业贷款余额达 62.88\n亿元。"


def test_a_number_broken_over_lines_is_cited_where_it_begins(small: Library) -> None:
    (figure,) = small.figures("alpha", 17)
    citation = Citations(small.lines).figure(figure)
    assert citation.line_start == 17
    assert [line.line for line in citation.lines] == [17, 18]


def test_blank_lines_between_number_and_unit(small: Library) -> None:
    made = [Line(n, raw, normalise(raw)) for n, raw in enumerate(["余额达 62.88", "", "亿元。"], start=1)]
    passage = prose_passage("alpha", 1, 3, "余额达62.88亿元。")
    lines = lambda _report, first, last: made[first - 1 : last]  # noqa: E731
    (figure,) = figures_of(passage, lines, 2024)
    citation = Citations(lines).figure(figure)
    assert (citation.line_start, citation.line_end) == (1, 3)
    assert citation.quote == "余额达 62.88\n亿元。"


def test_the_same_place_has_one_number(small: Library) -> None:
    citations = Citations(small.lines)
    first = citations.figure(small.figure("alpha", 8, "2024"))
    other = citations.figure(small.figure("alpha", 8, "2023"))
    again = citations.figure(small.figure("alpha", 8, "2024"))
    assert (first.n, other.n, again.n) == (1, 2, 1)
    assert [citation.n for citation in citations.all()] == [1, 2]


def test_a_passage_or_some_of_its_lines(small: Library) -> None:
    citations = Citations(small.lines)
    passage = next(p for p in small.passages if p.line_start == 17)
    whole, part = citations.passage(passage), citations.passage(passage, 18, 18)
    assert (whole.line_start, whole.line_end, whole.value_text) == (17, 18, None)
    assert part.quote == "250 场。"
    assert {line.role for line in whole.lines} == {"text"}
