"""Questions that need arithmetic, split by rule."""

from __future__ import annotations

import pytest

from assistant.contrasts import Contrasts
from assistant.decomposition import Decomposer, Plan, read_reply
from assistant.question import Question, understand
from tests.assistant.small_library import PROMPTS, Library


@pytest.fixture
def plan_of(small: Library):
    def ask(text: str) -> Question:
        return understand(text, text, "zh-Hans", small.catalog)

    decomposer = Decomposer(ask, Contrasts.load(PROMPTS / "contrasts.txt"))
    return lambda text: decomposer.plans(ask(text))


def parts(plan: Plan) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [(part.metric, part.reports, tuple(asked.period for asked in part.periods)) for part in plan.parts]


@pytest.mark.parametrize(
    ("text", "operation", "fall", "expected"),
    [
        ("甲银行2024年女员工比男员工多多少人？", "difference", False,
         [("男员工", ("alpha",), ("2024",)), ("女员工", ("alpha",), ("2024",))]),
        ("2024年甲银行男性员工流失率比女性低多少？", "difference", True,
         [("女性员工流失率", ("alpha",), ("2024",)), ("男性员工流失率", ("alpha",), ("2024",))]),
        ("2023年甲银行的用水总量比乙证券少几吨？", "difference", True,
         [("用水总量", ("beta",), ("2023",)), ("用水总量", ("alpha",), ("2023",))]),
        ("甲银行2024年女性董事占比比乙证券高几个百分点？", "difference", False,
         [("女性董事占比", ("beta",), ("2024",)), ("女性董事占比", ("alpha",), ("2024",))]),
        ("用贷款余额除以存款余额来算，甲银行2024年末的存贷比是百分之几？", "share", False,
         [("贷款余额", ("alpha",), ("2024",)), ("存款余额", ("alpha",), ("2024",))]),
        ("甲银行2024年的净息差（生息率减去付息率）是多少？", "difference", False,
         [("付息率", ("alpha",), ("2024",)), ("生息率", ("alpha",), ("2024",))]),
        ("2024年下半年甲银行完成了多少亿元房地产投资？", "difference", False,
         [("完成了 亿元房地产投资", ("alpha",), ("2024-06",)), ("完成了 亿元房地产投资", ("alpha",), ("2024-12",))]),
        ("2024年甲银行花在每名中级员工身上的培训支出，比每名初级员工多多少元？", "difference", False,
         [("花在每名初级员工身上的培训支出", ("alpha",), ("2024",)),
          ("花在每名中级员工身上的培训支出", ("alpha",), ("2024",))]),
        ("甲银行2024年12月末外币存款比1月末少了百分之几？", "growth", True,
         [("外币存款", ("alpha",), ("2024-01",)), ("外币存款", ("alpha",), ("2024-12",))]),
        ("甲银行2024年女性员工占员工总数的百分之几？", "share", False,
         [("女性员工", ("alpha",), ("2024",)), ("员工总数", ("alpha",), ("2024",))]),
        ("2024年甲银行员工里女性占多大比例？", "share", False,
         [("女性", ("alpha",), ("2024",)), ("员工总数", ("alpha",), ("2024",))]),
        ("甲银行2023年新进员工中女性的比例是多少？", "share", False,
         [("新进员工的女性", ("alpha",), ("2023",)), ("新进员工", ("alpha",), ("2023",))]),
        ("2024年甲银行绿色贷款占乙证券全部绿色贷款的比例是多少？", "share", False,
         [("绿色贷款", ("alpha",), ("2024",)), ("绿色贷款", ("beta",), ("2024",))]),
        ("2022年甲银行的员工人数是乙证券的几倍？", "ratio", False,
         [("员工人数", ("alpha",), ("2022",)), ("员工人数", ("beta",), ("2022",))]),
        ("2024年甲银行高级和班子成员的人均培训支出是中级员工的几倍？", "ratio", False,
         [("高级和班子成员的人均培训支出", ("alpha",), ("2024",)), ("中级员工的人均培训支出", ("alpha",), ("2024",))]),
        ("2024年甲银行城里人和农村居民的人均贷款相差多少元？", "difference", False,
         [("城里人的人均贷款", ("alpha",), ("2024",)), ("农村居民的人均贷款", ("alpha",), ("2024",))]),
        ("甲银行2024年末的资本充足率和核心一级资本充足率差多少个百分点？", "difference", False,
         [("资本充足率", ("alpha",), ("2024",)), ("核心一级资本充足率", ("alpha",), ("2024",))]),
        ("2024年甲银行碳酸锂期货和期权合计成交多少手？", "sum", False,
         [("碳酸锂期货成交 手", ("alpha",), ("2024",)), ("碳酸锂期权成交 手", ("alpha",), ("2024",))]),
        ("甲银行2024年末的存贷比（贷款余额除以存款余额）是多少？", "share", False,
         [("贷款余额", ("alpha",), ("2024",)), ("存款余额", ("alpha",), ("2024",))]),
        ("甲银行2024年末的存贷比是多少？", "share", False,
         [("各项贷款余额", ("alpha",), ("2024",)), ("各项存款余额", ("alpha",), ("2024",))]),
        ("2024年甲银行仅第四季度的产值是多少？", "difference", False,
         [("产值", ("alpha",), ("2024-09",)), ("产值", ("alpha",), ("2024-12",))]),
        ("甲银行2024年授予的股票期权，平均每位激励对象拿到多少万份？", "ratio", False,
         [("授予的股票期权 万份", ("alpha",), ("2024",)), ("授予的股票期权激励对象 位", ("alpha",), ("2024",))]),
        ("甲银行2024年男女员工流失合计多少人？", "sum", False,
         [("男性员工流失", ("alpha",), ("2024",)), ("女性员工流失", ("alpha",), ("2024",))]),
        ("2024年末甲银行平均一个网点摊到多少亿元资产？", "ratio", False,
         [("资产 亿元", ("alpha",), ("2024",)), ("网点 个", ("alpha",), ("2024",))]),
        ("2024年甲银行员工参与志愿活动，平均每人次服务多少小时？", "ratio", False,
         [("员工参与志愿活动服务 小时", ("alpha",), ("2024",)), ("员工参与志愿活动 人次", ("alpha",), ("2024",))]),
        ("2024年甲银行的股东大会和监事会一共审议通过了多少项议案？", "sum", False,
         [("股东大会审议通过了 项议案", ("alpha",), ("2024",)), ("监事会审议通过了 项议案", ("alpha",), ("2024",))]),
        ("甲银行2024年末平均每个网点的资产是多少亿元？", "ratio", False,
         [("资产 亿元", ("alpha",), ("2024",)), ("网点 个", ("alpha",), ("2024",))]),
        ("甲银行2024年科技贷款余额中高新技术企业的比例是多少？", "share", False,
         [("科技贷款余额的高新技术企业", ("alpha",), ("2024",)), ("科技贷款余额", ("alpha",), ("2024",))]),
        ("2024年第四季度单季甲银行营业收入是多少？", "difference", False,
         [("营业收入", ("alpha",), ("2024-09",)), ("营业收入", ("alpha",), ("2024-12",))]),
    ],
)  # fmt: skip
def test_plans(plan_of, text: str, operation: str, fall: bool, expected: list[tuple[str, ...]]) -> None:
    plan = plan_of(text)[0]
    assert (plan.operation, plan.fall) == (operation, fall)
    assert parts(plan) == expected
    assert all(part.operations == () for part in plan.parts)


@pytest.mark.parametrize(
    "text",
    [
        "甲银行2024年员工流失率是多少？",
        "甲银行2024年营业收入同比增长百分之几？",
        "甲银行2024年温室气体排放比上一年少了多少吨？",
        "甲银行2024年女性董事占比是多少？",
        "甲银行2024年的环比增速是多少？",
        "甲银行与哪所大学共建了实验室？",
        "甲银行2024年（含信用减值损失）营业支出是多少？",
        "甲银行2024年（全年减费让利）金额是多少？",
        "甲银行2024年下半年不良贷款率是多少？",
        "甲银行2024年下半年末贷款余额是多少亿元？",
        "甲银行2024年境内员工的比例是多少？",
        "甲银行2024年平均每个月发生多少次投诉？",
        "采用新方案后，甲银行称平均每人处理的审批量提高了多少？",
        "和上一年相比，甲银行2024年投诉处理周期缩短了百分之几？",
    ],
)
def test_no_plan_where_one_figure_or_a_series_answers(plan_of, text: str) -> None:
    assert plan_of(text) == []


def test_the_part_of_an_amount_that_one_group_has(plan_of) -> None:
    plan = plan_of("2024年甲银行网点的总资产中，城区网点所占的百分比是多少？")[-1]
    assert plan.operation == "share"
    assert [part.metric for part in plan.parts] == ["城区网点的总资产", "网点的总资产"]


def test_a_part_of_some_people_is_not_that_of_all(plan_of) -> None:
    plans = plan_of("甲银行2024年参加培训的员工中，女性占百分之几？")
    assert all(plan.parts[0].metric != "女性的员工" for plan in plans)


def test_a_part_named_with_the_particle(plan_of) -> None:
    plan = plan_of("2024年甲银行的供应商里，省内的占百分之几？")[0]
    assert [part.metric for part in plan.parts] == ["供应商的省内", "供应商"]


def test_reply_of_the_model(plan_of, small: Library) -> None:
    question = understand("甲与乙差多少？", "甲与乙差多少？", "zh-Hans", small.catalog)
    reply = "甲：2023年用水总量是多少？\n乙：2022年用水总量是多少？\n算式：甲-乙"
    assert read_reply(reply, question) == ("difference", ["2022年用水总量是多少？", "2023年用水总量是多少？"])
    assert read_reply("甲：用水总量\n算式：甲-乙", question) == (None, [])
    assert read_reply("不知道", question) == (None, [])


def test_no_plan_over_a_part_without_words(plan_of) -> None:
    assert plan_of("甲银行2024年平均每场培训会参加多少-次？") == []


@pytest.mark.parametrize(
    "text",
    [
        "甲银行2024年末存贷款比年初增长百分之几？",
        "甲银行2024年存贷比比上年下降多少个百分点？",
        "甲银行2024年监管要求的存贷比上限是多少？",
        "甲银行2024年存款和贷款利差是多少个百分点？",
    ],
)
def test_loans_to_deposits_are_no_change_and_no_limit(plan_of, text: str) -> None:
    assert not any(
        "各项贷款余额" in part.metric or part.metric.endswith("利") for p in plan_of(text) for part in p.parts
    )
