"""Every swap of a figure for a neighbour must be caught: another year, group, label, institution, scope or measure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.figures import Figure, figures_of
from assistant.grounding import Fit
from assistant.question import understand
from assistant.units import parse_unit
from index.records import Line, Row
from index.text import normalise
from tests.assistant.small_library import Library, cell, fit, prose_passage, row_figure, row_passage


def rejected(result: Fit) -> bool:
    """Whether one of the things that decide against a figure shows."""
    return bool(
        result.clash or result.narrower or result.wider or result.period == 0 or result.unit < 0 or result.change
    )


def test_the_figure_asked_for_fits(small: Library) -> None:
    result = fit(small, "甲银行2024年的员工流失率是多少？", small.figure("alpha", 8, "2024"))
    assert not rejected(result)
    assert result.asked > 0.95
    assert result.named > 0.95
    assert (result.unit, result.period) == (1, 1.0)


def test_traditional_labels_fit_simplified_questions(small: Library) -> None:
    result = fit(small, "乙证券2024年的员工总数是多少人？", small.figure("beta", 4, "2024"))
    assert not rejected(result)
    assert result.asked > 0.95


def test_another_year(small: Library) -> None:
    text = "甲银行2024年的员工流失率是多少？"
    assert fit(small, text, small.figure("alpha", 8, "2023")).period == 0
    assert fit(small, "甲银行2021年的员工流失率是多少？", small.figure("alpha", 8, "2024")).period == 0


def test_the_other_group(small: Library) -> None:
    text = "甲银行2024年有多少名女性员工？"
    right, wrong = (fit(small, text, small.figure("alpha", line, "2024")) for line in (7, 6))
    assert not right.clash
    assert wrong.clash


def test_a_part_for_the_whole(small: Library) -> None:
    text = "甲银行2024年的员工总数是多少人？"
    assert fit(small, text, small.figure("alpha", 7, "2024")).narrower
    assert not fit(small, text, small.figure("alpha", 4, "2024")).narrower


def test_the_whole_for_a_part(small: Library) -> None:
    text = "甲银行2024年有多少名女性员工？"
    assert rejected(fit(small, text, small.figure("alpha", 4, "2024")))


@pytest.mark.parametrize(("asked", "right", "wrong"), [(15, 15, 16), (16, 16, 15)])
def test_look_alike_labels(small: Library, asked: int, right: int, wrong: int) -> None:
    label = {15: "核心一级资本充足率", 16: "资本充足率"}[asked]
    text = f"甲银行2024年末的{label}是多少？"
    assert not rejected(fit(small, text, small.figure("alpha", right, "2024")))
    assert fit(small, text, small.figure("alpha", wrong, "2024")).clash


def test_scope_one_and_two(small: Library) -> None:
    text = "甲银行2024年范围一温室气体排放量是多少吨？"
    assert not rejected(fit(small, text, small.figure("alpha", 10, "2024")))
    assert fit(small, text, small.figure("alpha", 11, "2024")).clash


@pytest.mark.parametrize(
    ("question", "label", "unit"),
    [
        ("2024年末普惠型小微企业贷款余额是多少？", "小微企业贷款余额", "亿元"),
        ("2024年末小微企业贷款余额是多少？", "普惠型小微企业贷款余额", "亿元"),
        ("2024年末绿色贷款余额是多少？", "绿色贷款新增", "亿元"),
        ("2024年新增绿色贷款是多少？", "绿色贷款余额", "亿元"),
        ("2024年产生了多少吨有害废弃物？", "无害废弃物", "吨"),
        ("2024年独立董事有多少人？", "执行董事人数", "人"),
        ("2024年反贪污培训有多少次？", "反贪污培训人次", "人次"),
        ("2024年用水总量是多少吨？", "人均用水量", "吨/人"),
        ("2024年末存款余额是多少？", "贷款余额", "亿元"),
        ("2024年境外员工有多少人？", "境内员工", "人"),
        ("2024年末绿色贷款的不良率是多少？", "不良贷款率", "%"),
        ("2024年末个人存款余额是多少？", "存款余额", "亿元"),
        ("2024年末煤炭行业贷款余额是多少？", "贷款余额", "亿元"),
        ("2024年末消费贷款余额是多少？", "个人住房按揭贷款余额", "亿元"),
        ("2024年末董事会中女性占多少？", "女性员工比例", "%"),
        ("2024年末普惠小微贷款余额是多少？", "普惠小微贷款支持工具激励资金", "亿元"),
        ("2024年末有多少户股东？", "股东大会召开次数", "次"),
        ("2024年末的股东数量是多少？", "股东大会召开次数", "次"),
        ("2024年走访了多少家供应商？", "供应商走访", "次"),
    ],
)
def test_contrasts_between_question_and_label(small: Library, question: str, label: str, unit: str) -> None:
    assert rejected(fit(small, question, row_figure(small, label, unit)))


def test_an_intensity_is_no_amount(small: Library) -> None:
    figure = row_figure(small, "电力使用强度", "千瓦时/平方米")
    assert fit(small, "甲银行2024年用了多少电力？", figure).clash
    assert not fit(small, "甲银行2024年每平方米用了多少电力？", figure).clash
    assert not fit(small, "甲银行2024年电力使用强度是多少？", figure).clash
    share = row_figure(small, "研发投入强度", "%")
    assert not fit(small, "甲银行2024年研发投入占营业收入的比例是多少？", share).clash


def test_how_much_is_no_number_of_things(small: Library) -> None:
    text = "甲银行2024年的融资是多少？"
    grounding = small.grounding()
    number, amount = row_figure(small, "融资", "笔"), row_figure(small, "融资", "亿元")
    for asked, fits in (("How much financing was arranged?", -1), ("What was the financing?", 0)):
        question = understand(asked, text, "en", small.catalog)
        assert grounding.fit(question, number, "2024", 2024).unit == fits
        assert grounding.fit(question, amount, "2024", 2024).unit >= 0


def test_a_share_that_is_asked_for_is_not_narrower(small: Library) -> None:
    figure = row_figure(small, "智能客服占客服业务总量的比例", "%")
    assert not fit(small, "甲银行2024年客服业务里，由智能客服处理的占百分之几？", figure).narrower


def test_all_years_are_not_what_stands_before_them(small: Library) -> None:
    text = "2024年基金完成1笔3,000万元投资，自设立以来投资总额达1.84亿元。"
    (small.catalog.get("alpha").path.parent / "alpha.txt").write_text(f"甲银行\n{text}\n", encoding="utf-8")
    one, all_years = [
        f for f in figures_of(prose_passage("alpha", 2, 2, text), small.lines, 2024) if "元" in f.unit_text
    ]
    question = "甲银行的基金自设立以来投了多少亿元？"
    assert fit(small, question, one).period == 0
    assert fit(small, question, all_years).period > 0


def test_another_unit(small: Library) -> None:
    text = "甲银行2024年的员工流失率是多少？"
    assert fit(small, text, row_figure(small, "员工流失人数", "人")).unit == -1
    assert fit(small, "提高了多少个百分点？", row_figure(small, "员工流失率", "%")).unit == -1


def test_a_change_is_no_level(small: Library) -> None:
    balance, change = small.figures("alpha", 13)
    text = "甲银行2024年末绿色贷款余额是多少亿元？"
    assert not fit(small, text, balance).change
    assert fit(small, text, change).change
    rise = "甲银行2024年绿色贷款较年初增加多少亿元？"
    assert not fit(small, rise, change).change
    assert fit(small, rise, balance).change, "a level is no rise"


def test_other_ages(small: Library) -> None:
    text = "甲银行2024年30岁以下员工有多少人？"
    assert fit(small, text, row_figure(small, "50岁以上", "人", group=("按年龄划分的员工人数",))).clash
    assert not fit(small, text, row_figure(small, "30岁以下", "人", group=("按年龄划分的员工人数",))).clash
    assert fit(small, text, row_figure(small, "31-50岁", "人", group=("按年龄划分的员工人数",))).clash


def test_a_period_that_is_not_named_means_the_report_s_own(small: Library) -> None:
    text = "甲银行的员工流失率是多少？"
    assert fit(small, text, small.figure("alpha", 8, "2024")).period == 1
    assert fit(small, text, small.figure("alpha", 8, "2023")).period == 0


def test_prose_of_the_report_is_of_its_year_not_of_another(small: Library) -> None:
    training = small.figures("alpha", 17)[0]
    assert training.period == ""
    assert fit(small, "甲银行2024年反洗钱培训多少场？", training).period == 0.5
    assert fit(small, "甲银行2023年反洗钱培训多少场？", training).period == 0
    assert fit(small, "甲银行2024年6月反洗钱培训多少场？", training).period == 0


def test_two_readings_of_a_question_count_both(small: Library) -> None:
    text = "甲银行2024年的人员变动率是多少？"
    question = understand("What was the turnover rate?", text, "en", small.catalog)
    figure = small.figure("alpha", 8, "2024")
    grounding = small.grounding()
    alone = grounding.fit(question, figure, "2024", 2024)
    both = grounding.fit(replace(question, gloss="员工流失率"), figure, "2024", 2024)
    assert both.asked == pytest.approx((alone.asked + 1) / 2)
    doubtful = grounding.fit(replace(question, gloss="女性 员工"), small.figure("alpha", 6, "2024"), "2024", 2024)
    assert doubtful.clash == 1


def test_one_member_of_a_breakdown_is_not_the_whole(small: Library) -> None:
    assistant = small.assistant()
    whole = assistant._understand_chinese("甲银行2024年员工总数是多少人？", ())
    part = assistant._understand_chinese("甲银行2024年女性员工有多少人？", ())
    figure = next(c.figure for c in assistant.ranked(part.chinese) if c.figure.label == "女性" and c.figure.row)
    grounding = assistant._lookup._grounding
    assert grounding.fit(whole, figure, "2024", 2024).clash > grounding.fit(part, figure, "2024", 2024).clash == 0


@pytest.mark.parametrize(
    ("text", "label", "unit"),
    [
        ("甲银行2024年合规培训（不含反贿赂培训）有多少场？", "反贿赂培训", "场"),
        ("甲银行2024年有多少位未满55岁的董事？", "55-60岁董事人数", "人"),
        ("甲银行2024年有多少位未满55岁的董事？", "董事会成员人数", "人"),
        ("甲银行2024年末小微企业贷款余额是多少？", "普惠型小微企业贷款余额", "亿元"),
        ("甲银行2024年末属于普惠口径的小微企业贷款余额是多少？", "小微企业贷款余额", "亿元"),
        ("甲银行2024年人均用水量是多少吨？", "用水总量", "吨"),
        ("甲银行2024年贷款里利率比LPR高5个百分点以上的占多少？", "[LPR+3%, LPR+5%)", "%"),
        ("甲银行2024年平均每人次服务多少小时？", "志愿服务时数", "小时"),
        ("2024年农民人均可支配收入是多少元？", "城镇居民人均可支配收入", "元"),
        ("甲银行2024年本科学历的员工有多少？", "本科以下", "人"),
        ("甲银行2024年太原以外的分支机构流失率是多少？", "太原市内分支机构员工流失率", "%"),
        ("甲银行2024年太原城内各分支机构的流失率是多少？", "太原市以外分支机构员工流失率", "%"),
        ("甲银行2024年有多少家山西省的供应商？", "山西省外供应商数量", "家"),
    ],
)
def test_a_look_alike_clashes(small: Library, text: str, label: str, unit: str) -> None:
    assert fit(small, text, row_figure(small, label, unit)).clash


@pytest.mark.parametrize(
    ("text", "label", "unit"),
    [
        ("甲银行2024年合规培训（不含反贿赂培训）有多少场？", "合规培训", "场"),
        ("甲银行2024年末企业（不含金融企业）的存款是多少亿元？", "非金融企业存款", "亿元"),
        ("甲银行2024年末属于普惠口径的小微企业贷款余额是多少？", "普惠型小微企业贷款余额", "亿元"),
        ("甲银行2024年人均用水量是多少吨？", "用水密度", "吨/人"),
        ("甲银行股份有限公司2024年境外（含港澳台）员工流失率是多少？", "境外（含港澳台）员工流失率", "%"),
        ("甲银行2024年的数智银行平台有多少项专利？", "专利", "项"),
        ("甲银行2024年累计的省市级立项有多少项？", "省市立项", "项"),
        ("甲银行2024年接受培训的人数占员工的百分之几？", "员工培训覆盖率", "%"),
        ("甲银行2024年有多少家外省（山西以外）的供应商？", "山西省外供应商数量", "家"),
        ("甲银行2024年没有本科学历的员工有多少？", "本科以下", "人"),
        ("甲银行2024年有多少员工是做客服的？", "客户服务", "人"),
        ("甲银行2024年从事证券经纪业务的员工有多少名？", "证券经纪业务", "人"),
    ],
)
def test_the_same_thing_in_other_words_does_not_clash(small: Library, text: str, label: str, unit: str) -> None:
    assert not fit(small, text, row_figure(small, label, unit)).clash


def test_a_technical_term_that_the_figure_lacks_is_missing(small: Library) -> None:
    text = "甲银行2024年末的流动性覆盖率是多少？"
    assert fit(small, text, row_figure(small, "拨备覆盖率", "%")).missing > 0.9
    assert fit(small, text, row_figure(small, "流动性覆盖率", "%")).missing == 0
    text = "乙证券2024年末的风险覆盖率是多少？"
    assert fit(small, text, row_figure(small, "社会保险覆盖率", "%")).missing > 0.9


def test_a_term_added_in_brackets_is_what_is_asked(small: Library) -> None:
    own = "甲银行2024年末计提的准备相当于坏账的百分之几"
    figure = row_figure(small, "拨备覆盖率", "%")
    plain, added = fit(small, f"{own}？", figure), fit(small, f"{own}（拨备覆盖率）？", figure)
    assert added.asked > plain.asked + 0.3
    assert fit(small, f"{own}（保留两位小数）？", figure).asked == plain.asked


def test_a_bare_scale_does_not_say_what_it_counts(small: Library) -> None:
    figure = small.figures("alpha", 8)[0]
    prose = replace(figure, row=None, unit=parse_unit("万"), label="收到评价数7万+")
    assert fit(small, "甲银行2024年有多少家客户打了分？", prose).unit == 0


def test_a_band_of_rates_may_be_named_by_its_group(small: Library) -> None:
    text = "甲银行2024年利率在LPR之上（加点）的贷款占多少？"
    assert fit(small, text, row_figure(small, "小计", "%", group=("LPR加点",))).asked > 0.7
    assert fit(small, text, row_figure(small, "小计", "%", group=("LPR减点",))).clash


def clause(small: Library, text: str, place: int = 0) -> Figure:
    line = Line(1, text, normalise(text))
    return figures_of(prose_passage("alpha", 1, 1, text), lambda *_: [line], 2024)[place]


def test_the_share_of_loans_in_a_band_is_no_rate_of_interest(small: Library) -> None:
    figure = row_figure(small, "(LPR, LPR+0.5%)", "%", group=("LPR加点",))
    assert fit(small, "甲银行2024年新发放贷款的加权平均利率是多少？", figure).clash
    assert not fit(small, "甲银行2024年利率比LPR高不到0.5个百分点的贷款占多少？", figure).clash


def test_so_much_a_day_is_not_the_year_s_total(small: Library) -> None:
    total, daily = (clause(small, "园区全年通行人次达734,826人次，日均2,013人次。", place) for place in (0, 1))
    assert not fit(small, "甲银行2024年园区有多少人次通行？", total).clash
    assert fit(small, "甲银行2024年园区有多少人次通行？", daily).clash
    assert not fit(small, "甲银行2024年园区日均有多少人次通行？", daily).clash


def test_the_best_score_there_could_be_is_no_score(small: Library) -> None:
    score, most = (clause(small, "客户满意度打分为4.72分(满分5分)。", place) for place in (0, 1))
    assert not fit(small, "甲银行客户满意度得分是多少？", score).clash
    assert fit(small, "甲银行客户满意度得分是多少？", most).clash
    assert not fit(small, "甲银行客户满意度的满分是多少？", most).clash


def test_a_rate_of_growth_is_no_level(small: Library) -> None:
    growth = row_figure(small, "第三产业（同比增长率）", "%")
    assert fit(small, "甲银行2024年第三产业增加值是多少？", growth).change
    assert not fit(small, "甲银行2024年第三产业增长有多快？", growth).change
    assert not fit(small, "甲银行2024年第三产业占地区生产总值多少？", growth).change


def test_what_was_gained_in_a_month_is_no_balance(small: Library) -> None:
    gained = row_figure(small, "中长期", "亿元", group=("各项贷款余额比上月增加",))
    assert fit(small, "甲银行2024年中长期贷款余额有多少亿元？", gained).change
    assert not fit(small, "甲银行2024年中长期贷款比上月增加了多少亿元？", gained).change
    level = row_figure(small, "中长期", "亿元", group=("各项贷款余额",))
    assert not fit(small, "甲银行2024年中长期贷款余额有多少亿元？", level).change


def test_how_large_assets_are_is_no_number_of_people(small: Library) -> None:
    staff = row_figure(small, "资产管理", "人")
    assert fit(small, "甲银行2024年末管理多大规模的资产？", staff).unit < 0
    assert fit(small, "甲银行2024年末资产管理的团队规模有多大？", staff).unit == 0


def test_leavers_are_not_the_staff(small: Library) -> None:
    leavers = row_figure(small, "30岁及以下", "人", group=("按年龄划分的员工流失人数",))
    assert fit(small, "甲银行2024年30岁及以下的员工有多少人？", leavers).narrower
    assert not fit(small, "甲银行2024年30岁及以下离职的员工有多少人？", leavers).narrower


def test_a_head_is_no_square_metre(small: Library) -> None:
    head, area = row_figure(small, "人均耗电量", "千瓦时/人"), row_figure(small, "电力使用强度", "千瓦时/平方米")
    for text, right, wrong in (
        ("甲银行2024年平均每名员工用了多少电？", head, area),
        ("甲银行2024年单位面积用电量是多少？", area, head),
    ):
        assert not fit(small, text, right).clash
        assert fit(small, text, wrong).clash


@pytest.mark.parametrize("text", ["甲银行2024年三只基金的规模有多大？", "甲银行2024年三只基金的余额是多少？"])
def test_a_size_is_no_number_of_things(small: Library, text: str) -> None:
    number, size = (clause(small, "设立股权基金等3只基金，基金实缴规模6.13亿元。", place) for place in (0, 1))
    assert fit(small, text, number).unit == -1
    assert fit(small, text, size).unit >= 0


def test_a_share_is_no_change(small: Library) -> None:
    share = clause(small, "涉农贷款余额占全部贷款余额的比例为18.86%。")
    assert not fit(small, "甲银行2024年涉农贷款占全部贷款的百分之几？", share).change
    assert fit(
        small, "甲银行2024年涉农贷款占全部贷款的百分之几？", clause(small, "涉农贷款余额比年初增长18.86%。")
    ).change


@pytest.mark.parametrize(
    ("text", "label"),
    [("甲银行2024年有多少件专利授权？", "累计商标授权"), ("甲银行2024年发行了多少张信用卡？", "累计发卡")],
)
def test_other_rights_and_cards(small: Library, text: str, label: str) -> None:
    assert rejected(fit(small, text, row_figure(small, label, "件")))


def test_one_group_s_rate_is_not_that_of_all(small: Library) -> None:
    man = row_figure(small, "男性员工流失率", "%", group=("按性别划分的员工流失率",))
    assert fit(small, "甲银行2024年的员工流失率是多少？", man).clash
    assert not fit(small, "甲银行2024年男性员工流失率是多少？", man).clash
    young = row_figure(small, "30岁以下员工流失率", "%", group=("按年龄组别划分的员工流失率",))
    assert fit(small, "甲银行2024年的员工流失率是多少？", young).clash
    assert not fit(small, "甲银行2024年未满30岁的员工流失率是多少？", young).clash


def test_the_glossary_s_reading_need_not_repeat_an_age_group(small: Library) -> None:
    figure = row_figure(small, "30 至 40 岁", "%", group=("按年龄组别划分的员工流失率",))
    text = "甲银行2024年30到40岁员工流失率是多少？"
    question = replace(understand(text, text, "zh-Hans", small.catalog), gloss="员工流失率 年龄")
    assert not small.grounding().fit(question, figure, "2024", 2024).clash


@pytest.mark.parametrize(
    ("question", "label", "clash"),
    [
        ("2024年末个人存款余额是多少？", "存款余额", True),
        ("2024年末消费贷款余额是多少？", "个人住房按揭贷款余额", True),
        ("2024年末董事会中女性占多少？", "女性员工比例", True),
        ("2024年末绿色贷款余额是多少？", "贷款余额", True),
        ("2024年有多少个人参加了培训？", "参加培训人数", False),
        ("2024年平均每个人培训多少小时？", "员工人均培训时长", False),
    ],
)
def test_what_a_contrast_rules_out_by_itself(small: Library, question: str, label: str, clash: bool) -> None:
    assert bool(fit(small, question, row_figure(small, label, "")).clash) is clash


def test_one_issue_is_not_all_that_was_issued(small: Library) -> None:
    issue = clause(small, "甲银行承销绿色债券，本期债券发行规模为10亿元。")
    assert fit(small, "甲银行一共承销了多少亿元绿色债券？", issue).clash
    assert not fit(small, "甲银行承销的绿色债券规模是多少亿元？", issue).clash


def test_so_much_a_head_is_not_the_whole_use(small: Library) -> None:
    assert fit(small, "甲银行2024年用电量是多少？", row_figure(small, "人均耗电量", "千瓦时/人")).clash
    assert not fit(small, "甲银行2024年人均用电量是多少？", row_figure(small, "人均耗电量", "千瓦时/人")).clash
    assert not fit(small, "甲银行2024年培训时长是多少小时？", row_figure(small, "人均培训时长", "小时")).clash


def test_those_who_may_exercise_are_not_those_granted(small: Library) -> None:
    question = "甲银行2024年授予股票期权的激励对象有多少名？"
    assert fit(small, question, row_figure(small, "获得股票期权行权资格的激励对象", "名")).clash
    assert not fit(small, question, row_figure(small, "获授股票期权的激励对象", "名")).clash


def test_the_part_tells_one_share_from_another(small: Library) -> None:
    text = "甲银行2024年的工会员工占员工总数的百分之几？"
    union, minority = (row_figure(small, label, "%") for label in ("员工工会入会率", "少数族裔占员工总数的比例"))
    assert fit(small, text, union).asked > fit(small, text, minority).asked


def test_an_example_of_a_kind_need_not_be_named(small: Library) -> None:
    figure = row_figure(small, "第二产业增加值同比增长", "%")
    assert not fit(small, "2024年采矿业等第二产业的增加值同比增长了多少？", figure).clash
    assert fit(small, "2024年采矿业增加值同比增长了多少？", figure).clash


def test_examples_of_a_kind_are_not_missing(small: Library) -> None:
    figure = row_figure(small, "新技术应用场景", "个")
    assert fit(small, "甲银行2024年RPA、大模型这些新技术应用了多少个场景？", figure).missing == 0.0
    assert fit(small, "甲银行2024年大模型应用了多少个场景？", figure).missing > 0.0


def test_a_number_of_people_is_of_those_its_label_is_short_for(small: Library) -> None:
    text = "甲银行2024年信息技术人员有多少人？"
    assert fit(small, text, row_figure(small, "信息技术", "人")).asked == 1.0
    assert fit(small, text, row_figure(small, "信息技术", "万元")).asked < 1.0


def test_a_non_executive_director_is_not_an_independent_one(small: Library) -> None:
    text = "甲银行2024年非执行董事有多少名？"
    assert not fit(small, text, row_figure(small, "非执行董事", "名")).clash
    assert fit(small, text, row_figure(small, "独立非执行董事", "名")).clash


def test_consumer_loans_are_not_all_loans_to_households(small: Library) -> None:
    assert fit(small, "2024年末住户贷款余额是多少？", row_figure(small, "个人消费贷款余额", "亿元")).narrower


def test_the_average_of_all_is_not_that_of_the_newly_appointed(small: Library) -> None:
    (passage,) = (small.printed("alpha", "新任用干部共11人；平均年龄43周岁。"),)
    answer = small.assistant(None, passage).ask("甲银行2024年全体员工的平均年龄是多少岁？")
    assert answer.abstained


def test_a_part_is_not_the_total_it_stands_under(small: Library) -> None:
    text = "甲银行2024年能源消耗总量是多少千瓦时？"
    row = Row("alpha", "能源", (), "直接能源消耗总量", "千瓦时", "", (cell("5", "2024", 8),), 8, 8, 2, (), "test")
    (part,) = figures_of(row_passage(row, "能源消耗总量"), small.lines, 2024)
    assert fit(small, text, part).narrower
    assert not fit(small, "甲银行2024年直接能源消耗总量是多少千瓦时？", part).narrower


def test_another_kind_of_company(small: Library) -> None:
    text = "2024年末总部设在当地的期货公司有几家？"
    assert fit(small, text, row_figure(small, "总部设在当地的保险公司", "家")).clash
    assert not fit(small, text, row_figure(small, "总部设在当地的期货公司", "家")).clash


@pytest.mark.parametrize(
    ("label", "unit", "fits"),
    [("女性员工", "人", False), ("女性员工受训时数", "小时/人", False), ("女性员工薪酬", "万元", True)],
)
def test_pay_is_no_number_of_people(small: Library, label: str, unit: str, fits: bool) -> None:
    result = fit(small, "甲银行2024年女性员工的薪酬有多高？", row_figure(small, label, unit))
    assert (result.unit >= 0) is fits
