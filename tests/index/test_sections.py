from __future__ import annotations

from collections.abc import Callable

from index.furniture import pieces
from index.prose import paragraphs
from index.records import Line
from index.sections import sections

ToLines = Callable[[str], list[Line]]
BODY = "公司不断完善内部管理制度，切实保障各项工作有序开展，为高质量发展奠定坚实基础。"


def paths(lines: list[Line]) -> dict[str, tuple[str, ...]]:
    """Text of each paragraph → the headings above it."""
    found = paragraphs(pieces(lines, frozenset()))
    above, _ = sections(found, frozenset())
    return {paragraph.text: path for paragraph, path in zip(found, above, strict=True)}


def test_numbered_headings_nest(to_lines: ToLines) -> None:
    text = f"一、经济运行\n（一）内需\n{BODY}\n（二）产业\n二、金融运行\n公司{BODY}"
    found = paths(to_lines(text))
    assert found[BODY] == ("一、经济运行", "（一）内需")
    assert found[f"公司{BODY}"] == ("二、金融运行",)


def test_a_short_line_before_text_is_a_heading_under_the_numbered_one(to_lines: ToLines) -> None:
    assert paths(to_lines(f"一、治理\n\n合规管理\n\n{BODY}"))[BODY] == ("一、治理", "合规管理")


def test_numbers_after_the_heading(to_lines: ToLines) -> None:
    assert paths(to_lines(f"以人為本 3.2\n\n合規雇傭 3.2.1\n\n{BODY}"))[BODY] == ("以人為本 3.2", "合規雇傭 3.2.1")


def test_a_list_is_no_stack_of_headings(to_lines: ToLines) -> None:
    names = [f"{word}绩效管理" for word in ("环境", "社会", "治理", "供应", "信息", "客户")]
    assert len(paths(to_lines("\n".join([*names, BODY])))[BODY]) <= 2


def test_a_sentence_is_no_heading(to_lines: ToLines) -> None:
    assert paths(to_lines(f"本行高度重视合规。\n{BODY}"))[BODY] == ()


def test_a_line_that_ends_with_a_count_is_no_heading(to_lines: ToLines) -> None:
    assert paths(to_lines(f"一、公益\n\n投入资金，扶持产业项目92个\n\n{BODY}"))[BODY] == ("一、公益",)
    assert paths(to_lines(f"一、公益\n\n5个重大工程项目\n\n{BODY}"))[BODY] == ("一、公益", "5个重大工程项目")
