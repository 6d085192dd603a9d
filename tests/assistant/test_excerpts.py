"""What the LLM reads of a passage: tests on invented lines."""

from __future__ import annotations

import pytest

from assistant.excerpts import Excerpts
from assistant.reading import MAX_CHARS
from index.records import Line
from index.text import normalise
from tests.assistant.small_library import Library, prose_passage

AWARDS = (
    "“数字营销类优秀方案”奖 某省合作促进会金融委员会 2024年5月",
    "出海服务机构50强 甲通讯社与某产业协会 2024年5月",
    "“金融科技30强” 某智库 2024年1月",
)
BRANDS = ("固定收益", "业务品牌", "甲证固收", "投资者", "教育品牌", "老西说投教", "合规品牌", "学规")


def excerpts(small: Library, *lines: str) -> Excerpts:
    read = [Line(number, text, text) for number, text in enumerate(lines, start=1)]
    return Excerpts(small.grounding().terms, lambda _, first, last: read[max(0, first - 1) : last])


def test_of_a_long_passage_the_sentence_with_the_question_s_words_is_read(small: Library) -> None:
    long = "其他事项照常进行。" * 30 + "公司联合晋中学院设立教学实习基地。" + "其他事项照常进行。" * 30
    excerpt = excerpts(small, long).of(prose_passage("alpha", 1, 1, long), "哪所高校设立教学实习基地")
    assert "晋中学院" in excerpt
    assert len(excerpt) <= MAX_CHARS


def test_of_lines_in_columns_the_one_asked_about_is_read(small: Library) -> None:
    passage = prose_passage("alpha", 1, 3, "".join(AWARDS))
    assert excerpts(small, *AWARDS).of(passage, "出海服务机构50强由谁颁发") == normalise(AWARDS[1])


def test_whose_award_it_is_is_read_along(small: Library) -> None:
    lines = ("2024年示例奖·最佳管理公司", "- 《示例周刊》", "第2届示例杯二十强", "- 《示例报》")
    passage = prose_passage("alpha", 1, 4, "\n".join(lines))
    assert (
        excerpts(small, *lines).of(passage, "最佳管理公司是哪家媒体颁的") == "2024年示例奖·最佳管理公司 - 《示例周刊》"
    )


def test_the_line_with_the_name_that_is_quoted_is_read(small: Library) -> None:
    lines = ("“数字员工”荣获2023年度科技发展奖三等奖", "“FICC平台”荣获科技发展奖二等奖")
    passage = prose_passage("alpha", 1, 2, "\n".join(lines))
    asked = "平台拿到了2023年度科技发展奖的几等奖"
    assert "二等奖" in excerpts(small, *lines).of(passage, asked, ("ficc平台",))
    assert "三等奖" in excerpts(small, *lines).of(passage, asked)


def test_a_label_over_two_lines_is_read_with_what_follows_it(small: Library) -> None:
    passage = prose_passage("alpha", 1, 8, "\n".join(BRANDS))
    assert excerpts(small, *BRANDS).of(passage, "投资者教育品牌叫什么名字") == "投资者 教育品牌 老西说投教"
    assert "甲证固收" in excerpts(small, *BRANDS).of(passage, "有哪些教育品牌", whole=True)


@pytest.mark.parametrize(
    ("heading", "shown"), [("宋某 独立董事", True), ("概览" * 20, False), ("特许金融分析师", False)]
)
def test_a_short_heading_is_read_before_what_stands_under_it(small: Library, heading: str, shown: bool) -> None:
    text = "特许金融分析师,具有丰富的从业经验。"
    excerpt = excerpts(small, "", text).of(prose_passage("alpha", 2, 2, text, ("管治", heading)), "谁是特许金融分析师")
    assert excerpt == (f"{normalise(heading)}:{text}" if shown else text)


def test_a_sentence_begun_in_its_heading_is_read_from_there(small: Library) -> None:
    lines = ("甲银行与示例大学共建联合实验室并", "开展气候风险研究。")
    passage = prose_passage("alpha", 2, 2, lines[1], (lines[0],))
    assert excerpts(small, *lines).of(passage, "与哪所大学共建实验室") == "".join(lines)


def test_a_short_name_is_read_with_what_it_stands_for(small: Library) -> None:
    lines = (
        "南方某保险集团（Example Mutual plc，以下简称“EM”）1845年创立。",
        "公司与EM于2022年开始合作，向EM提供“全能代理人”解决方案。",
    )
    passage = prose_passage("alpha", 2, 2, lines[1])
    asked = "采用全能代理人的是哪家保险集团"
    assert excerpts(small, *lines).of(passage, asked).startswith("em即南方某保险集团。公司与em")
    assert "即" not in excerpts(small, "南方某保险集团1845年创立。", lines[1]).of(passage, asked)


def test_of_several_sentences_the_one_with_the_quoted_name_is_read(small: Library) -> None:
    text = "支持“晋惠保”发展，承保146万人。“惠商保”累计赔付2.6亿元，入选“为民办实事”范例。"
    passage = prose_passage("alpha", 1, 1, text)
    asked = "哪个保险项目入选了为民办实事范例"
    assert "晋惠保" not in excerpts(small, text).of(passage, asked, ("为民办实事",))
    assert "晋惠保" in excerpts(small, text).of(passage, asked)
    back = "支持“晋惠保”发展，承保146万人。该项目入选“为民办实事”范例。"
    assert "晋惠保" in excerpts(small, back).of(prose_passage("alpha", 1, 1, back), asked, ("为民办实事",))
