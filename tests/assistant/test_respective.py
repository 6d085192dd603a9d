"""Names and figures paired by position."""

from __future__ import annotations

import pytest

from assistant.respective import respective


def paired(text: str) -> list[tuple[str, str]]:
    return [(pair.name, text[pair.start :].split("%")[0].split("亿")[0].split("家")[0]) for pair in respective(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("商品零售、餐饮收入同比分别增长2.3%、4.2%。", [("商品零售收入同比增长", "2.3"), ("餐饮收入同比增长", "4.2")]),
        ("截至年末,甲类贷款、乙类贷款和丙类贷款余额分别为34亿元、40亿元和405亿元",
         [("甲类贷款余额为", "34"), ("乙类贷款余额为", "40"), ("丙类贷款余额为", "405")]),
        ("设备制造业及仪器制造业、软件业同比分别增长25.7%、15.0%",
         [("设备制造业及仪器制造业同比增长", "25.7"), ("软件业同比增长", "15.0")]),
        ("三次产业增加值增速分别为4.0%、1.8%、2.4%,占生产总值比重分别为5.5%、43.2%、51.3%",
         [("第一产业增加值增速为", "4.0"), ("第二产业增加值增速为", "1.8"), ("第三产业增加值增速为", "2.4"),
          ("第一产业占生产总值比重为", "5.5"),
          ("第二产业占生产总值比重为", "43.2"), ("第三产业占生产总值比重为", "51.3")]),
    ],
)  # fmt: skip
def test_names_and_figures_by_position(text: str, expected: list[tuple[str, str]]) -> None:
    assert paired(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "甲、乙、丙同比分别增长2.3%、4.2%",  # three names, two figures
        "公司分别在北京、上海组织省外15家分支机构,共计42名人员",  # 分别 governs the places
        "城镇居民收入分别为3%、5%",  # one name
        "收入增长3%、5%",
        "",
    ],
)
def test_no_pairs_where_names_and_figures_do_not_match(text: str) -> None:
    assert respective(text) == []
