"""Who signed a letter: an office on one line and a name on the next."""

from __future__ import annotations

import pytest

from assistant.signatures import is_office, office_asked, signatures, with_offices
from index.records import Line
from index.text import normalise


def read(*printed: str) -> list[Line]:
    return [Line(number, text, normalise(text)) for number, text in enumerate(printed, start=1)]


def test_an_office_and_the_name_under_it() -> None:
    found = signatures(read("我們將繼續前行。", "某某銀行股份有限公司黨委書記、董事長", "", "郝　強 先生", "2025年4月"))
    assert [(signature.name, signature.first, signature.last) for signature in found] == [("郝強先生", 2, 4)]
    assert found[0].office.endswith("董事长")


@pytest.mark.parametrize(
    "printed",
    [
        ("董事長致辭", "郝強"),
        ("本报告经董事会审议通过，并由公司党委书记、董事长及全体独立董事共同签署确认，现由董事长", "郝强"),
        ("行长", "2024年"),
        ("董事长", "可持续发展委员会"),
        ("董事長", "致辭"),
        ("董事长", "行长"),
        ("董事长", "监事会"),
    ],
)
def test_what_is_no_signature(printed: tuple[str, ...]) -> None:
    assert signatures(read(*printed)) == []


@pytest.mark.parametrize(
    ("question", "office"),
    [
        ("甲银行的董事长是谁?", "董事长"),
        ("甲银行致辞的行长叫什么名字?", "行长"),
        ("谁是甲银行的总裁?", "总裁"),
        ("甲银行的董事长是谁,根据其2024年报告?", "董事长"),
        ("董事长致辞提到哪些目标?", ""),
        ("新任卫生部长是谁?", ""),
        ("甲银行的副行长是谁?", ""),
        ("太原分行行长是谁?", ""),
        ("审计委员会主席是谁?", ""),
        ("2024年董事长会见了谁?", ""),
        ("董事长由谁提名?", ""),
    ],
)
def test_the_office_that_is_asked_for(question: str, office: str) -> None:
    assert office_asked(question) == office


@pytest.mark.parametrize("reply", ["董事长", "公司总裁", "董事长、总经理"])
def test_an_office_is_no_name(reply: str) -> None:
    assert is_office(reply)
    assert not is_office(f"{reply}彭某某")


@pytest.mark.parametrize(
    ("office", "text", "whole"),
    [
        ("执行董事", "现任示例集团执行董事、首席执行官。", "执行董事、首席执行官"),
        ("行长", "现任行长、副董事长，兼任主任", "行长、副董事长"),
        ("执行董事", "由执行董事、李明签署", "执行董事"),
        ("副行长", "李四任副行长和王五任监事。", "副行长"),
        ("董事长", "董事长、行长出席。会议由董事长主持。", "董事长"),
        ("李明", "由李明、执行董事王强签署", "李明"),
    ],
)
def test_offices_held_together_are_told_together(office: str, text: str, whole: str) -> None:
    assert with_offices(office, text) == whole
