from pathlib import Path

import pytest

from index.text import clean, close_up, normalise, read_lines, simplify, width


def test_lines_are_counted_by_line_feeds_alone(tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.write_bytes("\ufeff一\r\n二\f三\u2028四\n\n五".encode())
    lines = read_lines(file)
    assert [(line.number, line.raw) for line in lines] == [(1, "一"), (2, "二\f三\u2028四"), (3, ""), (4, "五")]


def test_normal_form() -> None:
    assert normalise("綠色貸款餘額　１１２．０８ 億元 ＥＳＧ") == "绿色贷款余额 112.08 亿元 esg"


@pytest.mark.parametrize(
    ("form", "standard"), [("爲", "为"), ("纍計", "累计"), ("裏", "里"), ("綫", "线"), ("中囯", "中国")]
)
def test_variant_forms_are_simplified_too(form: str, standard: str) -> None:
    assert simplify(form) == standard


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("本 報 告 是 年 度 報 告", "本報告是年度報告"),
        ("成 为 有 特 色、 有 品", "成为有特色、有品"),
        ("合 计 3,208", "合计 3,208"),
        ("\t2024\t年，公司", "2024年，公司"),
        ("截至 2024 年末，餘額 112.08 億元", "截至 2024年末，餘額 112.08億元"),
        ("优化治理结构 完善公司治理架构", "优化治理结构 完善公司治理架构"),
        ("  恒生  ", "恒生"),
    ],
)
def test_cleaned_lines(raw: str, shown: str) -> None:
    assert clean(raw) == shown


def test_a_sentence_is_closed_up() -> None:
    assert close_up("截至 2024年末，ESG 评级 A 级，新增 3 项。") == "截至2024年末，ESG评级A级，新增3项。"
    assert close_up("JINSHANG BANK CO., LTD.") == "JINSHANG BANK CO., LTD."


def test_width_counts_han_double() -> None:
    assert width("贷款A1") == 6
