from __future__ import annotations

import pytest

from assistant.bands import rates
from assistant.english import (
    adds_up,
    asks_alone,
    asks_amount,
    asks_arithmetic,
    asks_figure,
    asks_money,
    asks_name,
    asks_per_head,
    asks_per_thing,
    asks_points,
    asks_share,
    asks_size,
    asks_sum,
    asks_together,
    asks_why,
    asks_word,
    counted,
    divided,
    looks_english,
    looks_foreign,
    proper_names,
    says_measure,
)
from assistant.periods import find_periods
from assistant.rewriting import (
    chinese_bands,
    chinese_periods,
    owner_first,
    per_revenue,
    plain_terms,
    straight_times,
    straight_years,
    without_answer_unit,
    without_manner,
    without_negated,
    without_source,
    worked_back,
)
from assistant.units import parse_unit


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("at the end of June 2024", ["2024-06"]),
        ("at the end of 2024", ["2024"]),
        ("at end-2023", ["2023"]),
        ("as of the end of 2024", ["2024"]),
        ("in 2024", ["2024"]),
        ("in June 2024", ["2024-06"]),
        ("in Sept. 2024", ["2024-09"]),
        ("in May, 2024", ["2024-05"]),
        ("in the first half of 2024", ["2024-H1"]),
        ("in H2 2023", ["2023-H2"]),
        ("in the second half of 2023", ["2023-H2"]),
        ("in the first eight months of 2024", ["2024-08"]),
        ("in the first 11 months of 2024", ["2024-11"]),
        ("January-November 2024", ["2024-11"]),
        ("Jan to Aug 2024", ["2024-08"]),
        ("in the first three quarters of 2024", ["2024-09"]),
        ("from 2022 to 2024", ["2022", "2024"]),
        ("between 2023 and 2024", ["2023", "2024"]),
        ("in the first quarter of 2024", ["2024-Q1"]),
        ("in the last quarter of 2023", ["2023-Q4"]),
        ("since 2013", []),
        ("who may know", []),
        ("the march of progress", []),
        ("the first fifty months of 2024", ["2024"]),
    ],
)
def test_english_periods(text: str, periods: list[str]) -> None:
    assert [asked.period for asked in find_periods(chinese_periods(text))] == periods


def test_words_around_the_period_stay() -> None:
    assert chinese_periods("What was the NPL ratio at the end of June 2024?").startswith("What was the NPL ratio ")


@pytest.mark.parametrize(
    "text",
    [
        "What is the NPL ratio of Jinshang Bank?",
        "Jinshang Bank NPL ratio 2024",
        "How many café visits did La Poste have?",
    ],
)
def test_english_is_not_foreign(text: str) -> None:
    assert not looks_foreign(text)


@pytest.mark.parametrize(
    "text",
    [
        "Quel est le taux de prêts non performants ?",
        "¿Cuál es la tasa de morosidad?",
        "Wie hoch ist die Quote der notleidenden Kredite 2024?",
        "Qual è il tasso di crediti deteriorati?",
        "Tỷ lệ nợ xấu của ngân hàng",
    ],
)
def test_other_languages_in_latin_letters(text: str) -> None:
    assert looks_foreign(text)


def test_what_reads_as_english() -> None:
    assert looks_english("What is 恒生电子?")
    assert not looks_english("NPL 2024")
    assert not looks_english("")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Tier 1 ratio (not core tier 1) in 2024?", "Tier 1 ratio in 2024?"),
        ("The balance, not the growth, in 2024?", "The balance, in 2024?"),
        ("What did not grow?", "What did not grow?"),
        ("Deposits (in both currencies)?", "Deposits (in both currencies)?"),
    ],
)
def test_what_is_not_meant_is_left_out(text: str, left: str) -> None:
    assert without_negated(text) == left


@pytest.mark.parametrize(
    ("text", "share", "words"),
    [
        ("What share of staff were women?", True, ""),
        ("What was the percentage of women?", True, ""),
        ("How many lots were traded?", False, "lots were traded"),
        ("How many person-times attended?", False, "person-times attended"),
        ("How many A-shares?", False, "A-shares"),
        ("How many more hours than in 2023?", False, "hours than in"),
        ("What was the market share?", False, ""),
    ],
)
def test_unit_words(text: str, share: bool, words: str) -> None:
    assert (asks_share(text), counted(text)) == (share, words)


@pytest.mark.parametrize(
    ("text", "arithmetic"),
    [
        ("By how much did costs exceed the plan?", True),
        ("By how much did costs fall from 2023 to 2024?", True),
        ("By how much did costs fall?", False),
        ("By what percentage were costs lower in 2024 than in 2023?", True),
        ("How fast did loans grow?", True),
        ("How many times the median is the top salary?", True),
        ("What was the average annual profit over 2021-2023?", True),
        ("How many doctors and nurses were there in total?", True),
        ("How many training sessions were held?", False),
        ("How many loans were overdue for longer than 90 days?", False),
        ("How many had less than a bachelor's degree?", False),
        ("Deposits of more than RMB 10 million?", False),
        ("What was the average salary in 2024?", False),
        ("How many times did the board meet?", False),
        ("What was the provision coverage ratio?", False),
    ],
)
def test_which_questions_need_arithmetic(text: str, arithmetic: bool) -> None:
    assert asks_arithmetic(text) is arithmetic


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("By what percentage did costs fall, to two decimal places?", " did costs fall?"),
        ("What share of staff were women (two decimals)?", "What share of staff were women?"),
        ("What was net profit (CNY 100 million, two decimals)?", "What was net profit?"),
        ("What was the capital adequacy ratio (core tier 1)?", "What was the capital adequacy ratio (core tier 1)?"),
    ],
)
def test_how_to_answer_is_no_part_of_what_is_asked(text: str, left: str) -> None:
    assert without_manner(text) == left


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("How much did A raise, in RMB ten thousand?", "How much did A raise?"),
        ("How much was spent, in CNY 100 million?", "How much was spent?"),
        ("How many deals were there (in ten thousands)?", "How many deals were there?"),
        ("In millions of CNY, what were the assets?", "what were the assets?"),
        ("What was the balance of deposits in RMB at the end?", "What was the balance of deposits in RMB at the end?"),
        ("How much gas was burnt, in cubic metres?", "How much gas was burnt, in cubic metres?"),
        ("What were all deposits (RMB) at the end?", "What were all deposits (RMB) at the end?"),
        ("How much was spent on training in 2023 (CNY 10,000)?", "How much was spent on training in 2023?"),
    ],
)
def test_the_unit_to_answer_in_is_left_out(text: str, plain: str) -> None:
    assert without_answer_unit(text) == plain


@pytest.mark.parametrize(
    ("text", "unit", "said"),
    [
        ("How many attendances did the training record?", "%", False),
        ("How many attendances did the training record?", "场", False),
        ("How many attendances did the training record?", "人次", True),
        ("How much interest do borrowers save each year?", "元", True),
        ("By how much had foreign-currency holdings shrunk?", "元", False),
        ("What was the staff turnover rate?", "%", True),
        ("How many women were there?", "人", True),
    ],
)
def test_the_question_bears_out_a_unit_or_not(text: str, unit: str, said: bool) -> None:
    found = parse_unit(unit)
    assert found is not None
    assert says_measure(text, found) is said


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("What was the turnover (CNY) of silicon options in 2024?", "the trading value"),
        ("What was A's turnover in CNY 100 million?", "A's operating revenue"),
        ("What was A's turnover (RMB) from fund services?", "A's operating revenue"),
        ("What was the inventory turnover in RMB million?", "inventory turnover"),
        ("What was the staff turnover in 2024?", "staff turnover in"),
        ('Credit to sophisticated ("zhuanjing texin") enterprises?', "sophisticated enterprises"),
    ],
)
def test_terms_as_the_glossary_knows_them(text: str, plain: str) -> None:
    assert plain in plain_terms(text)


def test_turnover_of_staff_is_the_set_phrase() -> None:
    assert "staff turnover rate" in plain_terms("What was A's turnover figure for staff abroad?")
    assert plain_terms("What was A's turnover in 2024?") == "What was A's turnover in 2024?"


def test_institutions_and_figures_asked_for() -> None:
    assert proper_names("What did ICBC lend in April 2024, in CNY?") == ["ICBC"]
    assert not proper_names("How many companies were supervised in 2024?")
    assert asks_figure("How much did it rise or fall?")
    assert not asks_figure("Which body awarded it?")
    assert not asks_figure("Explain how high-quality development is pursued")
    assert not asks_figure("What number should customers call?")


def test_money_and_so_much_a_head_are_heard() -> None:
    assert asks_money("By how much did total assets grow, in units of CNY 10,000? (two decimals)")
    assert not asks_money("By what percentage did deposits in RMB grow in 2024?")
    assert not asks_money("What share of deposits were in RMB?")
    assert asks_per_head("How many more hours of training per employee did A give than B?")
    assert not asks_per_head("How many employees were trained?")


def test_an_abbreviation_within_a_term_is_left_out() -> None:
    assert plain_terms("the core tier-1 (CET1) capital ratio") == "the core tier-1 capital ratio"
    assert plain_terms("What was raised (RMB) in 2024?") == "What was raised (RMB) in 2024?"


@pytest.mark.parametrize(
    ("text", "straight"),
    [
        ("How many times rural income was urban income in A in 2024?",
         "urban income in A was how many times rural income in 2024?"),
        ("In 2024, how many times its spend per junior was its spend per senior, to two decimal places?",
         "In 2024, its spend per senior was how many times its spend per junior, to two decimal places?"),
        ("How many times did the board meet in 2024?", "How many times did the board meet in 2024?"),
        ("How many times as large as A was B?", "How many times as large as A was B?"),
        ("B was how many times A in 2024?", "B was how many times A in 2024?"),
        ("How many times in 2024 did the board meet?", "How many times in 2024 did the board meet?"),
        ("How many times a year is it audited?", "How many times a year is it audited?"),
    ],
)  # fmt: skip
def test_how_many_times_one_was_the_other_is_put_straight(text: str, straight: str) -> None:
    assert straight_times(text) == straight


def test_years_that_stand_the_other_way_round_are_put_straight() -> None:
    assert straight_years("By what percentage did waste fall in 2024 from 2023?") == (
        "By what percentage did waste fall from 2023 to 2024?"
    )
    assert straight_years("How much fell in 2024?") == "How much fell in 2024?"


@pytest.mark.parametrize(
    ("text", "band"),
    [
        ("priced 0.5 to 1.5 percentage points above LPR", (0.5, 1.5)),
        ("priced between 3% and 5% over the loan prime rate", (3.0, 5.0)),
        ("rates at least 5 percentage points above the LPR", (5.0, float("inf"))),
        ("priced above LPR by less than 0.5 percentage points", (0.0, 0.5)),
        ("priced not less than 5 percentage points above the LPR", (5.0, float("inf"))),
    ],
)
def test_bands_over_the_lpr(text: str, band: tuple[float, float]) -> None:
    assert rates(chinese_bands(text).lower()) == {band}


def test_a_band_as_printed_is_the_same_in_words() -> None:
    assert chinese_bands("in the [LPR+3%, LPR+5%) band") == "in the LPR加点3到5个百分点 band"


def test_points_and_measures_that_are_asked_for() -> None:
    assert asks_points("By how many percentage points did it fall?")
    assert not asks_points("By what percentage did it fall?")
    assert asks_figure("What emission factor, in tCO2/MWh, does it use?")
    assert not asks_figure("What does it do in days of need?")


def test_amounts_numbers_and_sums_are_told_apart() -> None:
    assert asks_amount("How much financing was arranged?")
    assert not asks_amount("By how much did it rise?")
    assert not asks_amount("How many loans were arranged?")
    assert not asks_amount("How much did the number of employees increase?")
    assert asks_per_thing("How much in assets did the banks have per outlet?")
    assert not asks_per_thing("How many hours per employee, and what per cent?")
    assert asks_together("How many branches and offices are there together?")
    assert not asks_together("How do they work together?")


def test_a_single_month_is_one_alone() -> None:
    assert asks_alone("imports in the single month of 2024年11月")
    assert not asks_alone("imports in 2024年11月")


def test_how_to_work_it_out_is_left_out() -> None:
    assert without_answer_unit("What were imports (from the cumulative figures, one decimal)?") == (
        "What were imports (one decimal)?"
    )
    scope = "What were emissions (Scope 1 and 2, two decimals)?"
    assert without_answer_unit(scope) == scope


def test_attendance_is_a_number_of_people_coming() -> None:
    assert plain_terms("What was the total attendance at ethics training in 2024?") == (
        "How many person-times took part in ethics training in 2024?"
    )
    board = "What was the attendance of directors at board meetings?"
    assert plain_terms(board) == board
    assert plain_terms("What was the attendance rate at meetings?") == "What was the attendance rate at meetings?"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Which minister led a delegation?", "谁"),
        ("Which Alpha Group chairman led the visit?", "谁"),
        ("Which university signed?", "哪一个"),
        ("What did the chairman emphasise?", "什么"),
        ("According to its report, who chairs the committee?", "谁"),
        ("In which year did it list?", "哪一个"),
        ("How many employees who received training were women?", ""),
        ("Does it help customers who are elderly?", ""),
        ("Which share of loans is green?", ""),
    ],
)
def test_the_word_by_which_a_name_is_asked_for(text: str, word: str) -> None:
    assert asks_word(text) == word


def test_a_size_is_asked_for() -> None:
    assert asks_size("How large was the bond issued in 2024?")
    assert asks_size("What was the outstanding balance of green loans?")
    assert not asks_size("How large was the research team in 2024?")
    assert chinese_bands("loans priced exactly at the LPR") == "loans priced 等于LPR"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("How did deposits change year on year in April 2024?", "by what percentage did deposits change year on year"),
        ("What were loans (RMB plus foreign currency) at end-2024?", "loans (本外币) at"),
        ("What were RMB and foreign-currency deposits at end-2024?", "RMB and foreign-currency deposits"),
        ("How did the NPL ratio change year on year?", "How did the NPL ratio change"),
        ("How did the bank change its policy?", "How did the bank change its policy"),
    ],
)
def test_terms_that_a_small_model_mistakes_are_said_plainly(text: str, said: str) -> None:
    assert said in plain_terms(text)


def test_the_beginning_of_a_year_is_said_in_chinese() -> None:
    assert chinese_periods("How many borrowers were there at the beginning of 2024?").endswith("2024年年初?")
    assert "年初" not in chinese_periods("Since the beginning of 2024, how many?")


@pytest.mark.parametrize("unit", ["(in 100 million)", "(in units of 10,000)", "(in millions)", "(CNY 100 million)"])
def test_the_unit_of_the_answer_is_left_out(unit: str) -> None:
    assert without_answer_unit(f"How large was the trading volume {unit}?") == "How large was the trading volume?"
    assert without_answer_unit("How many loans (in 2024) were there?") == "How many loans (in 2024) were there?"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How much power did A use per employee in 2024?", "How much was A's power use per employee in 2024?"),
        (
            "How many tonnes of greenhouse gases did A emit per CNY 1 million of revenue?",
            "How much was A's greenhouse gas emissions per CNY 1 million of revenue?",
        ),
        ("How much electricity did A use in 2024?", "How much electricity did A use in 2024?"),
    ],
)
def test_so_much_a_head_is_one_term(text: str, expected: str) -> None:
    assert plain_terms(text) == expected


def test_an_average_is_over_all_the_years() -> None:
    assert "2022年至2024年" in chinese_periods("On average, how many a year did A hold over 2022 to 2024?")
    assert "2022年至" not in chinese_periods("By how much did it rise from 2022 to 2024?")


def test_a_bracket_that_explains_is_dropped() -> None:
    assert without_negated("How many rank-and-file staff (below middle management) has A?") == (
        "How many rank-and-file staff has A?"
    )
    assert "(under 30)" in without_negated("How many young staff (under 30) has A?")


@pytest.mark.parametrize(
    "text",
    [
        "What were A's Scope 2 emissions (under the market-based method)?",
        "How many employees (below bachelor's degree) has A?",
    ],
)
def test_a_bracket_that_says_which_stays(text: str) -> None:
    assert without_negated(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "By how much did total assets grow from 2022 to 2024?",
        "What was the average pay change between 2022 and 2024?",
    ],
)
def test_a_change_is_from_the_first_to_the_last_year(text: str) -> None:
    assert "2022年至" not in chinese_periods(text)


def test_a_difference_is_not_taken_apart() -> None:
    text = "How much more electricity did A use per employee in 2024 than in 2023?"
    assert plain_terms(text) == text


@pytest.mark.parametrize(
    ("text", "summed"),
    [
        ("How much tax did A pay over 2022-2024 combined?", True),
        ("What was A's combined ratio in 2023 and 2024?", False),
        ("How many branches did A have in all provinces?", False),
        ("How many meetings were there in all?", True),
    ],
)
def test_whether_figures_are_added_up(text: str, summed: bool) -> None:
    assert asks_sum(text) is summed


@pytest.mark.parametrize(
    "text",
    [
        "Dividing loan balance by deposit balance, what was the bank's ratio at the end of 2024?",
        "What was the bank's ratio (loan balance divided by deposit balance) in 2024?",
    ],
)
def test_what_is_to_be_divided_by_what(text: str) -> None:
    assert divided(text) == ("loan balance", "deposit balance")
    assert asks_figure(text)
    assert divided("What was the loan balance?") is None


@pytest.mark.parametrize(
    "text", ["How many employees does the bank have divided by gender in 2024?", "Emissions divided by scope in 2024?"]
)
def test_a_breakdown_is_no_division(text: str) -> None:
    assert divided(text) is None


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("How many tonnes in all (Scope 1 plus Scope 2)?", True),
        ("How many held a master's or doctoral degree, taken together, in 2024?", True),
        ("How many loans were priced at LPR plus 50 basis points?", False),
        ("How many Internet Plus projects were there?", False),
        ("How many members and directors attended the combined meeting?", False),
    ],
)
def test_whether_two_named_things_are_added_up(text: str, added: bool) -> None:
    assert adds_up(text) is added


def test_the_end_of_a_quarter_is_said_in_chinese() -> None:
    assert chinese_periods("deposits at the end of the third quarter of 2024") == "deposits 2024年第三季度末"
    assert chinese_periods("growth in the third quarter of 2024") == "growth in 2024年第三季度"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("According to its 2024 report, how many tracks does A offer?", "In 2024, how many tracks does A offer?"),
        (
            "According to Alpha Bank's 2024 ESG report, who is the chairman?",
            "At Alpha Bank in 2024, who is the chairman?",
        ),
        ("Who chairs Alpha Bank, according to its 2024 ESG report?", "Who chairs Alpha Bank in 2024?"),
        ("How much was disbursed in 2023, per the 2024 report (CNY 100 million)?", None),
        ("What share of shares, according to the governance data, is needed in 2024?", None),
        ("How many reports did A publish in 2024?", "How many reports did A publish in 2024?"),
        ("Which number in the series of reports is Alpha Bank's 2024 report?", None),
        ("How many issues of the daily report were submitted in 2024?", None),
    ],
)
def test_where_it_stands_is_no_part_of_what_is_asked(text: str, plain: str | None) -> None:
    expected = {
        "How much was disbursed in 2023, per the 2024 report (CNY 100 million)?": "How much was disbursed in 2023 "
        "(CNY 100 million)?",
        "What share of shares, according to the governance data, is needed in 2024?": "What share of shares is needed "
        "in 2024?",
    }
    assert without_source(text) == (plain or expected.get(text, text))


def test_the_base_of_an_intensity_is_kept() -> None:
    assert per_revenue("intensity per CNY 1 million of revenue in 2024") == "intensity 每百万元营业收入 in 2024"
    assert per_revenue("carbon intensity in 2022 (total emissions per CNY million of revenue)?") == (
        "carbon intensity in 2022?"
    )
    for other in ("income per employee", "one per 10,000 sales staff", "energy intensity (kWh per square metre)"):
        assert per_revenue(other) == other


def test_what_is_asked_behind_how_to_work_it_out() -> None:
    asked = "Working back from the 2024 amount and its year-on-year increase, how much was lent in 2023?"
    assert worked_back(asked) == "How much was lent in 2023?"
    assert worked_back("Based on the 2024 data, how much was lent?") is None
    assert worked_back("Given the previous year, how many employees left?") is None


def test_from_the_beginning_of_a_year_to_its_end() -> None:
    assert chinese_periods("from the start of 2024 to the end of the year") == "from 年初 to 2024年末"
    assert "2024年末" not in chinese_periods("from the beginning of 2024 to end-June 2024")
    assert chinese_periods("from the start of 2023 to year-end 2024").endswith("2024年末")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Which firm put A on its list?", True),
        ("Who chairs the board?", True),
        ("In which year was it founded?", True),
        ("What is the NPL ratio?", False),
        ("Which share of staff are women?", False),
        ("When including scope 3, what were total emissions in 2024?", False),
        ("Which ratio did it report?", False),
    ],
)
def test_whether_a_name_is_asked_for(text: str, named: bool) -> None:
    assert asks_name(text) is named


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Counting foreign currency as well, by how much did loans grow?", "(本外币), by how much did loans grow?"),
        ("How much did loans grow over the course of 2024?", "How much did loans grow during 2024?"),
        ("Not counting foreign currency, what was it?", "Not counting foreign currency, what was it?"),
        ("Was it A as well as B in 2024?", "Was it A as well as B in 2024?"),
    ],
)
def test_set_phrases_of_which_the_glossary_would_make_terms(text: str, plain: str) -> None:
    assert plain_terms(text) == plain


def test_what_a_term_is_not_or_is_called_too_explains_it() -> None:
    assert without_negated("How many ad hoc (non-periodic) notices did A publish?") == (
        "How many ad hoc notices did A publish?"
    )
    assert "(non-performing 90 days)" in without_negated("What loans (non-performing 90 days) had A?")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (
            "What percentage of Alpha Bank's shares did its largest shareholder hold in 2024?",
            "what percentage was the shareholding ratio of Alpha Bank's largest shareholder in 2024?",
        ),
        (
            "What share of Alpha Bank's total equity was held by the top ten shareholders in 2024?",
            "what percentage was the shareholding ratio of Alpha Bank's top ten shareholders in 2024?",
        ),
        ("What percentage of A's employees did its training reach?",) * 2,
    ],
)
def test_shares_held_are_one_term(text: str, plain: str) -> None:
    assert plain_terms(text) == plain


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Why did A's use of electricity go up?", True),
        ("What was the reason for the fall in A's deposits?", True),
        ("In 2024, why was A fined?", True),
        ("How many staff did A employ, and when?", False),
        ("What caused the fire?", True),
    ],
)
def test_whether_a_reason_is_asked_for(text: str, why: bool) -> None:
    assert asks_why(text) is why


def test_what_is_worked_back_from_a_year_s_figures_is_what_is_asked() -> None:
    assert worked_back("Working back from the 2024 figures, what was the increase in loans in 2023?") == (
        "What was the increase in loans in 2023?"
    )


def test_the_turnover_of_trading_is_its_value() -> None:
    assert plain_terms("What was A's securities trading turnover?") == "What was A's securities trading value?"
    assert "turnover rate" in plain_terms("What was A's trading turnover rate?")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (
            "What did Beta Futures (Alpha Bank's subsidiary) trade in 2024?",
            "What did Alpha Bank's subsidiary Beta Futures trade in 2024?",
        ),
        ("What did Beta Futures (Zhejiang) trade in 2024?",) * 2,
    ],
)
def test_whose_subsidiary_it_is_is_said_first(text: str, plain: str) -> None:
    assert owner_first(text) == plain


def test_what_is_not_meant_ends_with_its_bracket() -> None:
    text = "What were A's loans to small firms (all of them, not only inclusive ones) at the end of 2023?"
    assert without_negated(text) == text
    assert without_negated("What was A's ratio (tier 1, not core tier 1) in 2023?").endswith("in 2023?")
