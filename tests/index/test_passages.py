from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from index.build import read_report
from index.catalog import Catalog, Report
from index.furniture import furniture
from index.passages import LONGEST, TARGET, dense_text, make_passages
from index.records import Cell, Line, Passage, Row
from index.text import traditional

ToLines = Callable[[str], list[Line]]
REPORTS = Path(__file__).parents[2] / "reports"
SENTENCE = "公司持续推进绿色运营与节能改造，全年用电量同比下降百分之三，节约用水一千吨。"


def no_english(_: str) -> list[str]:
    return []


@pytest.fixture(scope="module")
def real() -> dict[str, tuple[list[Line], list[Row], list[Passage]]]:
    catalog = Catalog.load([REPORTS])
    return {report.id: read_report(report, no_english) for report in catalog.reports}


def row() -> Row:
    cells = (Cell("2023", 147.0, "147", 12, 9), Cell("2024", None, "/", 13, 9))
    return Row("alpha", "绩效表", ("按性别划分",), "男性", "人", "", cells, 11, title_line=8, group_lines=(10,))


def test_a_row_is_one_passage_with_all_its_meaning(a_report: Report, to_lines: ToLines) -> None:
    made = make_passages(a_report, to_lines("\n" * 13), [row()], lambda text: ["employee turnover", "male"])
    assert len(made) == 1
    assert made[0].text == "绩效表 > 按性别划分 > 男性（人）: 2023 147; 2024 /"
    assert (made[0].line_start, made[0].line_end, made[0].kind, made[0].row) == (11, 13, "row", row())
    for word in ("甲公司", "alpha", "绩效表", "按性别划分", "男性", "2024年", "employee turnover"):
        assert word in made[0].search_text


def test_lines_of_a_row_are_not_repeated_as_prose(a_report: Report, to_lines: ToLines) -> None:
    lines = to_lines("\n".join(f"第{number}行的文字内容" for number in range(1, 16)))
    made = make_passages(a_report, lines, [row()], no_english)
    prose = [passage for passage in made if passage.kind == "prose"]
    used = {8, 9, 10, 11, 12, 13}
    assert prose
    assert not any(f"第{number}行" in passage.text for passage in prose for number in used)


def test_the_encoder_reads_what_a_row_is_about(a_report: Report, to_lines: ToLines) -> None:
    made = make_passages(a_report, to_lines("\n" * 13), [row()], lambda text: ["male", "Male"])
    assert dense_text(made[0]) == "按性别划分男性人 male"
    untranslated = make_passages(a_report, to_lines("\n" * 13), [row()], no_english)
    assert dense_text(untranslated[0]) == "按性别划分男性人"


def test_prose_is_cut_between_sentences(a_report: Report, to_lines: ToLines) -> None:
    text = "".join(f"第{number}，{SENTENCE}" for number in range(20))
    made = make_passages(a_report, to_lines(text), [], no_english)
    assert len(made) > 3
    assert all(passage.text.endswith("。") and len(passage.text) <= TARGET for passage in made)
    assert sorted(text.split("。")) == sorted("".join(passage.text for passage in made).split("。"))


def test_a_closing_quotation_mark_stays_with_its_sentence(a_report: Report, to_lines: ToLines) -> None:
    made = make_passages(a_report, to_lines("董事长说：“我们将坚持绿色发展。”" * 12), [], no_english)
    assert all(passage.text.startswith("董事长") and passage.text.endswith("”") for passage in made)


def test_a_long_sentence_is_cut_at_semicolons_only(a_report: Report, to_lines: ToLines) -> None:
    clause = "科技型企业贷款余额一百三十四亿元，其中支持高新技术企业、专精特新企业分别为一百零五亿元、三十九亿元"
    made = make_passages(a_report, to_lines("；".join([clause] * 9) + "。"), [], no_english)
    assert len(made) > 1
    assert all(passage.text[-1] in "；。" for passage in made)
    whole = "，".join([clause] * 9) + "。"
    assert [passage.text for passage in make_passages(a_report, to_lines(whole), [], no_english)] == [whole]


def test_a_list_is_packed_into_few_passages(a_report: Report, to_lines: ToLines) -> None:
    items = [f"公益慈善项目{name}" for name in "甲乙丙丁戊己庚辛壬癸"]
    made = make_passages(a_report, to_lines("\n".join(items)), [], no_english)
    assert len(made) < 4
    assert all(any(item in passage.text for passage in made) for item in items)


def test_spans_are_narrow(a_report: Report, to_lines: ToLines) -> None:
    text = "\n".join(f"{number}、{SENTENCE}" for number in "一二三四五")
    made = make_passages(a_report, to_lines(text), [], no_english)
    assert all(passage.line_end - passage.line_start <= 1 for passage in made)


def test_ids_are_stable_and_unique(a_report: Report, to_lines: ToLines) -> None:
    lines = to_lines(SENTENCE * 20)
    first, second = (make_passages(a_report, lines, [row()], no_english) for _ in range(2))
    assert first == second
    assert len({passage.id for passage in first}) == len(first)


def test_script_makes_no_difference_to_the_cut(a_report: Report, to_lines: ToLines) -> None:
    text = f"绿色运营\n\n{SENTENCE * 5}\n\n员工培训\n\n46次\n\n培训次数"
    simplified = make_passages(a_report, to_lines(text), [], no_english)
    other = make_passages(a_report, to_lines(traditional(text)), [], no_english)
    shape = [(passage.kind, passage.line_start, passage.line_end) for passage in simplified]
    assert [(passage.kind, passage.line_start, passage.line_end) for passage in other] == shape


def test_every_line_of_the_reports_is_in_some_passage(
    real: dict[str, tuple[list[Line], list[Row], list[Passage]]],
) -> None:
    """Nothing that a reader could ask about is lost: text is in a passage, a row, or a section heading."""
    for lines, rows, passages in real.values():
        covered = {number for passage in passages for number in range(passage.line_start, passage.line_end + 1)}
        covered |= furniture(lines)
        for item in rows:
            covered |= {item.label_line, item.unit_line or 0, item.title_line or 0, *item.group_lines}
            covered |= {line for cell in item.cells for line in (cell.line, cell.header_line or 0)}
        headings = {re.sub(r"\s", "", part) for passage in passages for part in passage.section}
        everything = "".join(headings)
        lost = [
            line.number
            for line in lines
            if line.number not in covered and len(line.text) > 1 and re.sub(r"\s", "", line.raw) not in everything
        ]
        assert len(lost) <= 0.01 * len(lines), lost


def test_passages_of_the_reports_are_small(real: dict[str, tuple[list[Line], list[Row], list[Passage]]]) -> None:
    for _, _, passages in real.values():
        prose = [passage for passage in passages if passage.kind == "prose"]
        lengths = sorted(len(passage.text) for passage in prose)
        assert 50 <= lengths[len(lengths) // 2] <= TARGET
        assert sum(length > LONGEST for length in lengths) <= 0.02 * len(lengths)


@pytest.mark.parametrize(
    ("report", "words"),
    [
        ("shanxi-securities", "成功发行3年期1.7368亿美元绿色债券"),
        ("shanxi-securities", "融资62.88亿元"),
        ("shanxi-securities", "期末基金存量投资合计9.78亿元"),
        ("jinshang-bank", "重點支持節能環保、清潔能源等領域項目建設"),
        ("oneconnect", "在全球範圍內擁有1,899名員工"),
    ],
)
def test_broken_words_of_the_reports_are_mended(
    report: str, words: str, real: dict[str, tuple[list[Line], list[Row], list[Passage]]]
) -> None:
    assert any(words in passage.text for passage in real[report][2])
