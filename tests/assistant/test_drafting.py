from __future__ import annotations

import pytest

from assistant.answer import Language
from assistant.arithmetic import Computed
from assistant.citing import Citations
from assistant.drafting import Draft
from assistant.question import understand
from assistant.wording import Wording
from tests.assistant.small_library import PROMPTS, Library


def draft(small: Library, language: Language = "zh-Hans", text: str = "甲银行2024年员工流失率是多少？") -> Draft:
    question = understand(text, text, language, small.catalog)
    return Draft(question, Citations(small.lines), Wording(PROMPTS / "wording.toml", small.catalog, small.glossary))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-Hans", ("甲银行", "2024年", "员工流失率", "8.1%", "[1]")),
        ("zh-Hant", ("甲銀行", "2024年", "員工流失率", "8.1%", "[1]")),
        ("en", ("Alpha Bank", "2024", "8.1%", "[1]")),
    ],
)
def test_a_figure_in_three_scripts(small: Library, language: Language, words: tuple[str, ...]) -> None:
    made = draft(small, language)
    sentence = made.add_figure(small.figure("alpha", 8, "2024"), period="2024")
    assert all(word in sentence for word in words)
    (result,) = made.results
    assert (result.value, result.unit, result.period, result.verified, result.citations) == (
        8.1,
        "%",
        "2024",
        True,
        (1,),
    )
    assert not made.abstained


def test_prose_is_quoted(small: Library) -> None:
    sentence = draft(small, "zh-Hant").add_figure(small.figures("alpha", 13)[0], period="2024")
    assert "綠色貸款餘額112.08億元" in sentence
    assert "[1]" in sentence


def test_a_computed_figure_is_the_main_one_and_cites_both(small: Library) -> None:
    made = draft(small)
    figures = [small.figure("alpha", 8, year) for year in ("2023", "2024")]
    for figure in figures:
        assert made.add_figure(figure, period=figure.period, say=False) == ""
    computed = Computed(-0.9, "个百分点", "8.1 − 9.0 = −0.9 个百分点")
    sentence = made.add_computed(figures, computed, "员工流失率", "2024")
    assert "8.1 − 9.0 = −0.9 个百分点" in sentence
    assert sentence.count("[") == 2
    assert made.main is not None
    assert (made.main.value, made.main.unit, made.main.citations) == (-0.9, "个百分点", (1, 2))
    assert made.sentences == [sentence]


def test_a_computed_figure_in_english(small: Library) -> None:
    made = draft(small, "en")
    figures = [small.figure("alpha", 8, year) for year in ("2023", "2024")]
    sentence = made.add_computed(
        figures, Computed(-0.9, "个百分点", "8.1 − 9.0 = −0.9 个百分点"), "turnover rate", "2024"
    )
    assert "8.1 − 9.0 = −0.9 percentage points" in sentence


def test_a_refusal_names_who_and_what(small: Library) -> None:
    made = draft(small)
    sentence = made.refuse(("alpha",))
    assert made.abstained
    assert "甲银行" in sentence
    assert "未披露" in sentence
    assert draft(small, "en").refuse(()).startswith("The reports do not disclose")


def test_a_refusal_beside_a_figure_is_no_abstention(small: Library) -> None:
    made = draft(small)
    made.add_figure(small.figure("alpha", 8, "2024"), period="2024")
    made.refuse(("beta",))
    assert not made.abstained


def test_a_question_with_braces_is_told_as_it_was_asked(small: Library) -> None:
    assert "{institution}" in draft(small, text="甲银行2024年{institution}率是多少").refuse(("alpha",))


def test_a_printed_stroke_is_shown_as_the_proof(small: Library) -> None:
    made = draft(small)
    sentence = made.add_undisclosed(small.figure("alpha", 8, "2022"))
    assert made.abstained
    assert "/" in sentence
    assert made.citations.all()[0].line_start == 8
    assert made.results == []


def test_the_nearest_figure_is_no_result(small: Library) -> None:
    made = draft(small)
    made.refuse(("alpha",))
    made.add_nearest(small.figure("alpha", 8, "2023"), "period")
    (nearest,) = made.nearest
    assert (nearest.value, nearest.unit, nearest.period, nearest.citations) == (9.0, "%", "2023", (1,))
    assert nearest.why
    assert made.results == []
    assert made.abstained
    assert made.main is None


def test_a_conflict_shows_both_values_with_their_places(small: Library) -> None:
    made = draft(small)
    one, other = small.figure("alpha", 4, "2024"), small.figure("alpha", 4, "2023")
    made.add_figure(one, period="2024")
    sentence = made.add_conflict(one, [other])
    (conflict,) = made.conflicts
    assert conflict.values == (1200, 1100)
    assert conflict.citations == (1, 2)
    assert "1,100" in sentence
    assert "[2]" in sentence
