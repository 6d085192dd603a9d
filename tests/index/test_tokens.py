import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.text import traditional
from index.tokens import query_tokens, tokenize


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("余额3,763.06亿元", "3763.06"),
        ("余额３，７６３．０６亿元", "3763.06"),
        ("1,234,567人", "1234567"),
        ("12.84%", "12.84"),
        ("1410.88吨", "1410.88"),
        ("2024年", "2024"),
    ],
)
def test_a_number_is_one_token(text: str, number: str) -> None:
    assert number in tokenize(text)


def test_years_in_a_list_are_not_thousands() -> None:
    assert [token for token in tokenize("2022,2023,2024") if token.isdigit()] == ["2022", "2023", "2024"]


def test_han_text_gives_characters_and_pairs() -> None:
    assert tokenize("贷款额") == ["贷", "款", "额", "贷款", "款额"]


def test_pairs_do_not_reach_over_punctuation_or_numbers() -> None:
    tokens = tokenize("贷款，余额3元")
    assert "款余" not in tokens
    assert "额元" not in tokens


def test_latin_words_are_lower_case_and_singular() -> None:
    assert tokenize("GHG Emissions per Employee") == ["ghg", "emission", "employee"]


@pytest.mark.parametrize(
    ("word", "stem"), [("policies", "policy"), ("gas", "gas"), ("loss", "loss"), ("status", "status")]
)
def test_words_that_only_look_plural_stay(word: str, stem: str) -> None:
    assert tokenize(word) == [stem]


def test_asking_words_are_no_query_tokens() -> None:
    assert query_tokens("不良贷款率是多少？") == tokenize("不良贷款率")
    assert query_tokens("What is the NPL ratio?") == ["npl", "ratio"]


@pytest.mark.parametrize("text", ["", "，。！", "😀😀", "   "])
def test_text_without_words_has_no_tokens(text: str) -> None:
    assert tokenize(text) == []


@settings(deadline=None)  # the first conversion loads its dictionaries
@given(st.text(alphabet="绿色贷款余额员工流失率报告年度", max_size=30))
def test_script_makes_no_difference(text: str) -> None:
    assert tokenize(traditional(text)) == tokenize(text)


@given(st.integers(min_value=0, max_value=10**12), st.integers(min_value=0, max_value=99))
def test_separators_make_no_difference(whole: int, cents: int) -> None:
    assert tokenize(f"{whole:,}.{cents:02d}") == tokenize(f"{whole}.{cents:02d}") == [f"{whole}.{cents:02d}"]
