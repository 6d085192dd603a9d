"""The glossary and the translations of labels: what is found, what must stay apart, what a bad line says."""

import itertools
import json
import logging
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.glossary import Glossary, GlossaryError
from index.text import normalise, traditional
from index.translations import Translation, Translations, english_terms, key, label_in_english, plausible
from index.wordforms import compared, stem

PROMPTS = Path(__file__).parents[2] / "prompts"


@pytest.fixture(scope="module")
def glossary():
    return Glossary.load(PROMPTS / "glossary.tsv")


def small(tmp_path, *lines):
    file = tmp_path / "glossary.tsv"
    file.write_text("# comment\n\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return Glossary.load(file)


def found_zh(glossary, text):
    return [normalise(text)[match.start : match.end] for match in glossary.match_zh(text)]


# --- the file that comes with the project ---


def test_the_glossary_is_large_and_every_field_is_filled(glossary):
    assert len(glossary.entries) >= 700
    assert all(entry.domain and entry.chinese and entry.english for entry in glossary.entries)


def test_every_term_is_found_by_itself(glossary):
    for entry in glossary.entries:
        for term in entry.chinese:
            assert entry in [match.entry for match in glossary.match_zh(term)], (entry.line, term)
        for term in entry.english:
            assert entry in [match.entry for match in glossary.match_en(term)], (entry.line, term)


def test_every_chinese_term_is_found_in_traditional_script(glossary):
    lost = [
        (entry.line, term)
        for entry in glossary.entries
        for term in entry.chinese
        if entry not in [match.entry for match in glossary.match_zh(traditional(term))]
    ]
    assert not lost


@pytest.mark.parametrize(
    ("terms", "english"),
    [
        (
            ("资本充足率", "一级资本充足率", "核心一级资本充足率"),
            ("capital adequacy ratio", "tier 1 capital ratio", "core tier 1 capital adequacy ratio"),
        ),
        (
            ("小微企业贷款", "普惠型小微企业贷款", "涉农贷款"),
            ("small and micro enterprise loans", "inclusive small and micro enterprise loans", "agricultural loans"),
        ),
        (("余额", "新增", "增速"), ("balance", "newly added", "growth rate")),
        (("范围一", "范围二", "范围三"), ("Scope 1 emissions", "Scope 2 emissions", "Scope 3 emissions")),
        (("有害废弃物", "无害废弃物"), ("hazardous waste", "non-hazardous waste")),
        (("男性", "女性"), ("men", "women")),
        (("进口", "出口", "进出口"), ("imports", "exports", "imports and exports")),
        (("初级员工", "中级员工", "高级员工"), ("junior employees", "mid-level employees", "senior employees")),
        (("第一产业", "第二产业", "第三产业"), ("primary industry", "secondary industry", "tertiary industry")),
        (("次数", "人次", "人数"), ("number of times", "person-times", "number of people")),
        (("不良贷款率", "不良贷款"), ("NPL ratio", "non-performing loans")),
        (("存款", "贷款"), ("deposits", "loans")),
        (("执行董事", "非执行董事", "独立董事"), ("executive directors", "non-executive director", "INED")),
        (("培训人次", "培训时长", "培训覆盖率"), ("training attendances", "training hours", "training coverage rate")),
        (("董事会会议", "监事会会议", "股东大会"), ("board meetings", "supervisory board meetings", "general meeting")),
    ],
)
def test_look_alikes_stay_apart(glossary, terms, english):
    by_chinese = [glossary.exact(term) for term in terms]
    by_english = [tuple(match.entry for match in glossary.match_en(term)) for term in english]
    assert all(by_chinese)
    assert len(set(by_chinese)) == len(terms)
    assert by_english == [(entry,) for entry in by_chinese]


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("What was the turnover rate of dispatched workers?", ["员工流失率", "劳务派遣"]),
        ("the bank's nonperforming loans ratio", ["不良贷款率"]),
        ("NPL ratio and provision-coverage ratios", ["不良贷款率", "拨备覆盖率"]),
        ("Total retail sales of consumer goods in Taiyuan", ["社会消费品零售总额", "太原"]),
        ("tonnes of CO2 equivalent", ["吨二氧化碳当量"]),
        ("metric tons of carbon dioxide equivalent", ["吨二氧化碳当量"]),
        ("labor contract signing rate", ["劳动合同签订率"]),
        ("Employees aged under 30", ["30岁以下"]),
        ("employees' average training hours", ["人均培训时长"]),
        ("year-on-year growth of household deposits", ["同比", "住户存款"]),
    ],
)
def test_english_questions_become_chinese_terms(glossary, question, terms):
    chinese = glossary.chinese(question)
    assert [term for term in terms if term not in chinese] == []


def test_a_term_inside_another_word_is_not_found(glossary):
    assert "人工智能" not in glossary.chinese("send an email to the chairman")
    assert found_zh(glossary, "范围1") == ["范围1"]
    assert found_zh(glossary, "范围10") == ["范围"]


def test_capitals_tell_terms_from_everyday_words(glossary):
    assert "信息技术" in glossary.chinese("How many IT people are there?")
    assert "信息技术" not in glossary.chinese("How many people does it have?")
    assert "5月" not in glossary.chinese("it may rise")


def test_no_sense_of_a_shared_term_is_lost(glossary):
    assert {"员工流失率", "营业收入"} <= set(glossary.chinese("What was the turnover?"))
    assert "营业收入" not in glossary.chinese("What was the staff turnover?")


# --- the rules, on small glossaries ---


def test_longest_first_wherever_it_begins(tmp_path):
    glossary = small(tmp_path, "a\t贷款余额\tloan balance", "a\t小微企业贷款\tsmall loans", "a\t余额\tbalance")
    assert found_zh(glossary, "小微企业贷款余额") == ["小微企业贷款", "余额"]
    assert glossary.english("小微企业贷款余额") == ["small loans", "balance"]


def test_offsets_refer_to_the_normalised_text(tmp_path):
    glossary = small(tmp_path, "a\t范围1\tScope 1")
    text = "溫室氣體：範圍 １ 排放"
    (match,) = glossary.match_zh(text)
    assert normalise(text)[match.start : match.end] == "范围 1"


def test_no_term_reaches_over_words_that_were_cut_out(tmp_path):
    glossary = small(tmp_path, "a\t客户机构\tclients", "a\t机构\tinstitutions", "a\t范围1\tScope 1")
    plain = "家客户 机构 打分 范围 1"
    assert [plain[match.start : match.end] for match in glossary.match_plain(plain)] == ["机构", "范围 1"]


def test_a_single_character_is_only_a_unit(tmp_path):
    glossary = small(tmp_path, "a\t次\ttimes")
    assert found_zh(glossary, "12 次") == ["次"]
    assert found_zh(glossary, "其次是") == []


def test_synonyms_leave_out_what_the_text_has(tmp_path):
    glossary = small(tmp_path, "a\t不良贷款率|不良率\tNPL ratio")
    assert glossary.synonyms("2024年末不良率") == ["不良贷款率"]
    assert glossary.synonyms("拨备") == []


def test_standard_terms_serve_questions_of_both_languages(tmp_path):
    glossary = small(tmp_path, "a\t不良贷款率|不良率\tnon-performing loan ratio|NPL ratio", "a\t员工\tstaff")
    assert glossary.standard("不良率是多少？") == ["不良贷款率", "non-performing loan ratio"]
    assert glossary.standard("the NPL ratio") == ["不良贷款率", "non-performing loan ratio"]


def test_inflection_is_not_guessed_where_two_entries_would_meet(tmp_path):
    glossary = small(tmp_path, "a\t评级\trated", "a\t费率\trate", "a\t捐赠\tdonate")
    assert glossary.chinese("the rate") == ["费率"]
    assert glossary.chinese("was rated") == ["评级"]
    assert glossary.chinese("donated, donating, donates") == ["捐赠"]


def test_covers_and_exact(tmp_path):
    glossary = small(tmp_path, "a\t女性\tfemale", "a\t董事\tdirector")
    assert glossary.covers("女性的董事")
    assert not glossary.covers("女性高管")
    assert glossary.exact("一、董事").english == ("director",)
    assert glossary.exact("女性董事") is None


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["a\t员工"], "line 3: expected three fields"),
        (["a\t员工\temployee", "a 职工 staff"], "line 4: expected three fields"),
        (["a\t员工||职工\temployee"], "line 3: empty term"),
        (["a\temployee\t员工"], "line 3: no Chinese"),
        (["a\t员工\t员工 employee"], "line 3: Chinese in the English field"),
        (["a\t员工\temployee", "a\t员工\tstaff"], "line 4: '员工' is already in line 3"),
        (["a\t员工\temployee", "a\t职工\tEmployees"], "line 4: 'Employees' is already in line 3"),
        (["a\t员工\temployee?", "a\t职工\temployee"], "line 4: 'employee' is already in line 3"),
    ],
)
def test_a_bad_line_is_named(tmp_path, lines, says):
    with pytest.raises(GlossaryError) as caught:
        small(tmp_path, *lines)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_or_foreign_file_is_one_line(tmp_path):
    with pytest.raises(GlossaryError, match="cannot be read"):
        Glossary.load(tmp_path / "none.tsv")
    (tmp_path / "gbk.tsv").write_bytes("a\t员工\temployee".encode("gbk"))
    with pytest.raises(GlossaryError, match="UTF-8"):
        Glossary.load(tmp_path / "gbk.tsv")


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="员工流失率范围1 一二ai30岁以下（）%女性 \n贷款余额小微企业", max_size=40))
def test_matches_are_in_order_apart_and_within_the_text(glossary, text):
    plain = normalise(text)
    spans = [(match.start, match.end) for match in glossary.match_zh(text)]
    assert all(0 <= start < end <= len(plain) for start, end in spans)
    distinct = sorted(set(spans))
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(distinct))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="abceilnorstuvw'-% IT30", max_size=60))
def test_english_matching_never_fails(glossary, text):
    plain = normalise(text)
    assert all(0 <= match.start < match.end <= len(plain) for match in glossary.match_en(text))


def test_word_forms():
    assert [compared(word) for word in ("companies", "women's", "centres", "organisations", "business")] == [
        "company", "woman", "center", "organization", "business",
    ]  # fmt: skip
    assert stem("saving") == stem("saved") == stem("save")
    assert stem("applied") == stem("apply")
    assert stem("note") != stem("not")
    assert stem("rate") != stem("rating")


def test_fast_enough(glossary):
    question = "What percentage of employees aged under 30 left in 2024, and what was the NPL ratio at year-end?"
    passage = "截至2024年末，本行普惠型小微企业贷款余额115.54亿元，较年初净增17.22亿元，增速为17.52%，不良贷款率1.77%。"
    began = time.process_time()
    for _ in range(200):
        glossary.match_en(question)
    assert (time.process_time() - began) / 200 < 0.002
    began = time.process_time()
    for _ in range(600):
        glossary.match_zh(passage)
    assert time.process_time() - began < 0.4  # a tenth of 6,000 passages in a fifth of a second, and room to spare


# --- on the reports' own questions ---


def test_most_gold_labels_share_an_entry_with_the_english_question(glossary):
    """Of the open questions' evidence, nine in ten share an entry with the question in English."""
    shared = total = 0
    for file in sorted((PROMPTS.parent / "eval" / "questions").glob("*.jsonl")):
        if file.stem.endswith(("-test", "-dev")):
            continue
        for line in file.read_text(encoding="utf-8").splitlines():
            question = json.loads(line)
            if not question["evidence"]:
                continue
            asked = {match.entry.line for match in glossary.match_en(question["question_en"])}
            given_ = "\n".join(item["quote"] for item in question["evidence"])
            total += 1
            shared += bool(asked & {match.entry.line for match in glossary.match_zh(given_)})
    assert total > 100
    assert shared / total >= 0.9


# --- translations ---


def test_translations_are_cached_marked_and_kept(tmp_path):
    cache = tmp_path / "cache" / "labels.jsonl"
    asked = []

    def translate(label):
        asked.append(label)
        return "Green canteens"

    translations = Translations.load(tmp_path / "none.jsonl", cache)
    assert translations.fill(["綠色食堂數"], translate, "model-x") == 1
    again = Translations.load(tmp_path / "none.jsonl", cache)
    assert again.get("绿色 食堂数") == "Green canteens"  # any script and spacing
    assert json.loads(cache.read_text(encoding="utf-8"))["made_by"] == "model-x"
    assert again.missing(["绿色食堂数"], Glossary(())) == []
    assert asked == ["綠色食堂數"]


@pytest.mark.parametrize("answer", ["", "绿色食堂", "Green canteens in 2030", "word " * 30, "Translation: canteens"])
def test_an_implausible_answer_is_kept_empty_and_not_asked_again(tmp_path, answer):
    translations = Translations((), tmp_path / "labels.jsonl")
    assert translations.fill(["绿色食堂数"], lambda label: answer, "model-x") == 0
    assert translations.get("绿色食堂数") is None
    assert translations.missing(["绿色食堂数"], Glossary(())) == []


def test_a_failing_model_leaves_the_label_for_next_time(tmp_path, caplog):
    def fails(label):
        raise RuntimeError("no model")

    translations = Translations((), tmp_path / "labels.jsonl")
    with caplog.at_level(logging.WARNING):
        assert translations.fill(["绿色食堂数"], fails, "model-x") == 0
    assert translations.missing(["绿色食堂数"], Glossary(())) == ["绿色食堂数"]
    assert "no model" in caplog.text


def test_filling_stops_when_told(tmp_path):
    translations = Translations((), tmp_path / "labels.jsonl")
    assert translations.fill(["甲项", "乙项"], lambda label: "Item", "m", stop=lambda: len(translations) == 1) == 1


def test_a_damaged_line_costs_only_itself(tmp_path, caplog):
    file = tmp_path / "labels.jsonl"
    file.write_text('{"zh": "甲"\n{"zh": "乙项", "en": "Item B", "made_by": "m"}\n', encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        translations = Translations.load(file)
    assert translations.get("乙项") == "Item B"
    assert "line 1" in caplog.text


def test_the_committed_file_outweighs_the_cache(tmp_path):
    for name, english in (("committed", "Right"), ("cache", "Wrong")):
        line = json.dumps({"zh": "乙项", "en": english, "made_by": "m"}, ensure_ascii=False)
        (tmp_path / name).write_text(line + "\n", encoding="utf-8")
    assert Translations.load(tmp_path / "committed", tmp_path / "cache").get("乙项") == "Right"


def test_english_terms_join_glossary_and_translations(tmp_path):
    glossary = small(tmp_path, "a\t员工\temployee|staff|personnel|worker", "a\t培训\ttraining")
    translations = Translations([Translation("绿色食堂数", "green canteens", "m")])
    terms = english_terms("员工培训\n綠色食堂數\n个", glossary, translations)
    assert terms == ["employee", "staff", "personnel", "training", "green canteens"]
    assert english_terms("", glossary, translations) == []


def test_label_in_english_prefers_the_glossary(tmp_path):
    glossary = small(tmp_path, "a\t员工\temployee")
    translations = Translations([Translation("员工", "clerk", "m"), Translation("员工食堂", "canteen", "m")])
    assert label_in_english("員工", glossary, translations) == "employee"
    assert label_in_english("员工食堂", glossary, translations) == "canteen"
    assert label_in_english("员工宿舍", glossary, translations) is None


def test_plausible():
    assert plausible("55岁以下董事人数", "Number of directors under 55")
    assert not plausible("55岁以下董事人数", "Number of directors under 50")
    assert plausible("范围一排放（每平方米）", "Scope 1 emissions per square metre")
    assert not plausible("范围一排放（每平方米）", "Scope 2 emissions per square metre")


def test_committed_translations_are_whole():
    lines = (PROMPTS / "label-translations.jsonl").read_text(encoding="utf-8").splitlines()
    items = [json.loads(line) for line in lines]
    assert len({key(item["zh"]) for item in items}) == len(items)
    for item in items:
        assert set(item) == {"zh", "en", "made_by"}
        assert item["made_by"]
        assert not item["en"] or plausible(item["zh"], item["en"]), item
