"""English questions: periods and names put into Chinese by rule, the rest by glossary and LLM."""

from __future__ import annotations

import re

from assistant.units import Unit

_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_MONTH = "(" + "|".join(name + "|" + name[:3] + r"\.?" for name in _MONTHS) + r"|sept\.?)"
_YEAR = r"((?:19|20)\d\d)"
_END = r"(?:(?:at |by |as of |as at )?(?:the )?(?:end[- ]of |end[- ]|year[- ]end |close of ))"

_FIRST_MONTHS = re.compile(rf"(?:the )?first (\w+) months of {_YEAR}", re.IGNORECASE)
_MONTH_RANGE = re.compile(rf"\bJan(?:uary)?\s*(?:-|–|—|to|through)\s*{_MONTH},?\s*{_YEAR}", re.IGNORECASE)
_HALF = re.compile(rf"(?:the )?(first|second) half(?: of)? {_YEAR}|\bH([12]) {_YEAR}", re.IGNORECASE)
_QUARTERS = re.compile(rf"(?:the )?first three quarters of {_YEAR}", re.IGNORECASE)
_QUARTER = re.compile(rf"(?:the )?(first|second|third|fourth|last) quarter(?: of)?,? {_YEAR}", re.IGNORECASE)
_SINCE = re.compile(rf"\bsince (?:the (?:start|beginning) of )?{_YEAR}", re.IGNORECASE)
_END_MONTH_YEAR = re.compile(rf"\b{_END}?{_MONTH},? (?:of )?{_YEAR}", re.IGNORECASE)
_END_MONTH = re.compile(rf"\b{_END}{_MONTH}\b", re.IGNORECASE)
_END_YEAR = re.compile(rf"\b{_END}{_YEAR}", re.IGNORECASE)
_QUARTER_NUMBERS = {"first": "一", "second": "二", "third": "三", "fourth": "四", "last": "四"}
# What a question says it does not mean: "tier 1 (not core tier 1)".
_NOT_MEANT = re.compile(
    r"\s*\((?:not|rather than|as opposed to|excluding the)\b[^()]*\)|,\s*not [^,?]+(?=[,?]|$)", re.IGNORECASE
)
_SHARE_ASKED = re.compile(
    r"\b(?:what|which) (?:was the |is the )?(?:minimum |maximum )?"
    r"(?:percentage(?![ -]points?)|share|proportion|percent|per cent)\b|"
    r"\bhow (?:high|large|big) an? (?:percentage|share|proportion)\b|\bhow many per ?cent\b",
    re.IGNORECASE,
)
_ALONE = re.compile(r"(?:月|季度) ?(?:alone|by itself)\b|\bsingle (?:month|quarter) (?:of )?\d{4}年", re.IGNORECASE)
# Two figures are set against each other, or several made one.
# "How many times A was B", and not how often something happened.
_TURNED_TIMES = re.compile(
    r"\bhow many times (?!(?:did|does|do|has|have|had|was|were|is|are|as|larger|greater|higher|more|can|could|should|"
    r"must|a|an|per|each|every|in|on|at|during|over|within|between|that)\b)"
    r"(?P<a>.+?) (?P<was>was|were|is|are) (?P<b>.+?)"
    r"(?P<rest>(?:,? (?:in|at|for|by|over) (?:the )?(?:end of |year )?\d{4}.*)?(?:,| \(|\?).*|$)",
    re.IGNORECASE,
)
_TIMES = re.compile(
    r"\b(?:was|were|is|are|be) how many times\b|"
    r"\bhow many times (?:as (?:large|much|many|high|big|great|long)|larger|greater|higher|more|that of|"
    r"the (?:size|level))\b",
    re.IGNORECASE,
)
_ARITHMETIC = re.compile(
    r"\bby how (?:much|many)\b.*\b(?:from (?!the (?:previous|prior|preceding|same))|than\b|exceed|compared\b|between\b|"
    r"versus\b|over (?!the (?:previous|prior|year))|above\b|below\b)|"
    r"\bby what (?:percentage|per ?cent|factor|multiple)\b|\bhow (?:fast|rapidly|quickly)\b|"
    r"\bhow many times (?!did\b|does\b|has\b|have\b|had\b|was\b|were\b)|\bratio of\b.* to\b|\bdifference\b|\bgap\b|"
    r"\bwhat (?:was the |is the )?(?:share|percentage|proportion|per ?cent) of\b|"
    r"\bhow (?:many|much) (?:more|fewer|less|higher|lower)\b|"
    r"\b(?:more|fewer|less|higher|lower|larger|smaller|longer|shorter|greater|above|below)\b.*"
    r"\bthan\b(?! (?:how|an?|one|two|three|RMB|CNY|USD|US\$)\b| ?\d)|"
    r"\band\b.*\b(?:combined|together|altogether|in all|in total)\b|\bsum of\b|"
    r"\b(?:on average|average annual)\b.*(?:\bover\b|\bbetween\b|\bfrom\b|\d ?[-–] ?\d)",
    re.IGNORECASE,
)
# At the beginning, or after "According to its report,": elsewhere they are no question words.
_OPENS = r"(?:^|, ?)(?:(?:in|at|to|by|for|of|with|on|from|under) )?"
_PERSON = (
    r"(?:chair(?:man|woman|person)?|president|director|ceo|chief executive|governor|minister|manager|secretary|"
    r"professor|academician|official|executive|person)"
)
_WORDS_ASKED = (
    (re.compile(rf"{_OPENS}(?:who|whom|whose)\b", re.IGNORECASE), "谁"),
    (re.compile(rf"{_OPENS}(?:which|what) (?:[\w'’-]+ ){{0,4}}?{_PERSON}\b(?! of\b)", re.IGNORECASE), "谁"),
    (re.compile(rf"{_OPENS}where\b", re.IGNORECASE), "哪里"),
    (re.compile(rf"{_OPENS}when\b", re.IGNORECASE), "何时"),
    (
        re.compile(
            rf"{_OPENS}which\b(?! (?:percentage|share|proportion|per ?cent|fraction|number|amount)\b)", re.IGNORECASE
        ),
        "哪一个",
    ),
    (re.compile(rf"{_OPENS}what\b", re.IGNORECASE), "什么"),
)
_CHANGE = re.compile(r"\bby how (?:much|many)\b", re.IGNORECASE)
# "fall in 2024 from 2023": the years the other way round than elsewhere.
_YEARS_TURNED = re.compile(
    r"\bin ((?:19|20)\d\d),? (?:from|compared (?:with|to)|versus|against|relative to) ((?:19|20)\d\d)\b", re.IGNORECASE
)
_HOW_MUCH = re.compile(
    r"(?<!by )\bhow much\b(?! (?:more|less|higher|lower))"
    r"(?![^?]*\b(?:number of|increased?|decreased?|rise|rose|grow|grew|fall|fell|drop|dropped|changed?)\b)",
    re.IGNORECASE,
)
_SIZE = re.compile(
    r"\bhow (?:large|big) (?:was|were|is|are|a|an|the|did|had|has)\b"
    r"(?![^?]*\b(?:team|staff|workforce|board|committee|network|audience|number)\b)|"
    r"\bwhat (?:was|is|were) the (?:\w+ )?(?:size|scale|volume|balance|amount|value)\b",
    re.IGNORECASE,
)
# So much a thing: "assets per outlet"; not per cent, a head (_PER_HEAD), a time, or what is printed so (每股).
_PER_THING = re.compile(
    r"\bper (?!cent|annum|year|month|week|day|quarter|hour|capita|head|person|employee|staff|worker|unit|share|square|"
    r"million|thousand|hundred|the\b)[a-z]{3,}",
    re.IGNORECASE,
)
# Bands of rates over the LPR, in the words of assistant/bands.py.
_LPR = r"(?:the )?(?:LPR|loan prime rate)(?! ?[+-])"
_POINTS = r"(?:percentage[- ]points?|pp|%)"
_BANDS = (
    (rf"\b(?:(?:exactly|precisely) at|at exactly|equal to|the same as) {_LPR}(?! ?[-+\d])", "等于LPR"),
    (
        rf"(?:between )?(\d+(?:\.\d+)?)(?: ?{_POINTS})? ?(?:to|and|-|–) ?(\d+(?:\.\d+)?) ?{_POINTS} "
        rf"(?:above|over) {_LPR}",
        r"LPR加点\1到\2个百分点",
    ),
    (
        rf"(?:at least|no less than|not less than) (\d+(?:\.\d+)?) ?{_POINTS} (?:above|over) {_LPR}",
        r"LPR加点\1个百分点以上",
    ),
    (rf"(\d+(?:\.\d+)?) ?{_POINTS} or more (?:above|over) {_LPR}", r"LPR加点\1个百分点以上"),
    (rf"(?:above|over) {_LPR} by (?:less than|under) (\d+(?:\.\d+)?) ?{_POINTS}", r"LPR加点不到\1个百分点"),
    (
        rf"(?<!not )(?<!no )(?:less than|under) (\d+(?:\.\d+)?) ?{_POINTS} (?:above|over) {_LPR}",
        r"LPR加点不到\1个百分点",
    ),
    (r"[\[(]LPR ?\+ ?(\d+(?:\.\d+)?) ?%, ?LPR ?\+ ?(\d+(?:\.\d+)?) ?%[)\]]", r"LPR加点\1到\2个百分点"),
)
_ATTENDANCE = re.compile(
    r"\bwhat (?:was|is) the (?:total |overall |cumulative )?attendance (?:at|of|in|for)\b"
    r"(?![^?]*\b(?:directors?|board|members?|meetings?)\b)",
    re.IGNORECASE,
)
# How the answer is to be given: no part of what is asked for.
_MANNER = re.compile(
    r"\s*\([^()]*\b(?:decimals?|per ?cent|percent|CNY|RMB|yuan)\b[^()]*\)|"
    r",?\s*\b(?:rounded )?(?:to|with) (?:one|two|three|\d) decimals?(?: places?)?|"
    r"\bby what (?:percentage|per ?cent)\b",
    re.IGNORECASE,
)
# The unit to answer in: "in CNY 100 million", "(in ten thousands)", "in units of CNY 10,000".
_CURRENCY = r"(?:CNY|RMB|USD|US\$|yuan)"
_SCALE = r"(?:[\d,]*\d|(?:ten |hundred )?(?:thousand|million|billion)s?|hundred)"
_SCALES = rf"(?:tens? of |hundreds? of |ten |hundred )?(?:thousands|millions|billions)(?: of {_CURRENCY})?"
_ANSWER_UNIT = re.compile(
    rf"(?:,\s*|\s*\(|^)(?:expressed )?in (?:units of )?(?:{_CURRENCY}(?:\s*{_SCALE})*|{_SCALES})"
    rf"(?:\)|(?=[\s,?.]|$),?\s*)|"
    rf"\s*\({_CURRENCY}(?:\s*{_SCALE})*\)|"
    rf"\s+in {_CURRENCY}(?=\s+of\b)|"
    rf"\s+in (?:units of )?(?:{_CURRENCY}(?:\s*{_SCALE})+|{_SCALES})(?=\s*[?.]|$)",
    re.IGNORECASE,
)
# "(from the cumulative figures, one decimal)": how to work it out need not be said.
_WORKED_OUT = re.compile(
    r"\((?:calculated |worked out |computed |derived )?from [^(),]*, ?(?=[^()]*\bdecimals?\b)", re.IGNORECASE
)
_POINTS_ASKED = re.compile(r"\bhow many percentage[ -]points?\b", re.IGNORECASE)
_TOGETHER = re.compile(r"\band\b.*\b(?:together|combined|altogether|in all|added up)\b", re.IGNORECASE)
# What a question leaves out: "(excluding anti-bribery)", "other than kitchen waste".
_LEFT_OUT = re.compile(
    r",?\s*\(?\b(?:excluding|not including|leaving aside|other than|apart from|except(?: for)?|without counting)\b"
    r"[^,()?]*\)?",
    re.IGNORECASE,
)
_PER_HEAD = re.compile(r"\b(?:per|each) (?:employee|head|person|capita|staff member|worker)\b", re.IGNORECASE)
_ABBREVIATION = re.compile(r"(?<=[a-z0-9]) \((?!CNY|RMB|USD|HKD)[A-Z][A-Z0-9&-]{1,6}\)")
_STAFF = r"(?:staff|employees?|workforce|workers?|personnel)"
_STAFF_TURNOVER = re.compile(
    rf"\bturnover(?: figures?| rates?| levels?| numbers?)? "
    rf"(?=(?:for|of|among|amongst|in) (?:the |its |their )?(?:[a-z-]+ ){{0,2}}{_STAFF}\b)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"""\s*\(\s*["“'‘][A-Za-z ]+["”'’]\s*\)""")
_IN_CURRENCIES = re.compile(r"\b(?:deposits?|loans?|lending|credit|balances?|currenc)", re.IGNORECASE)
_TURNOVER = re.compile(
    r"(?<!inventory )(?<!asset )(?<!assets )(?<!receivables )(?<!manager )(?<!talent )(?<!customer )"
    r"\bturnover\b(?! (?:rate|cost|ratio))",
    re.IGNORECASE,
)
_OF_STAFF = re.compile(rf"\b{_STAFF}\b", re.IGNORECASE)
_INSTRUMENTS = r"(?:options?|futures|contracts?|stocks?|shares?|bonds?)"
_TRADED = re.compile(
    rf"\b{_INSTRUMENTS} turnover\b|"
    rf"\bturnover\b[^,?]{{0,12}}? (?:of|in|for|from) (?:the )?(?:[\w'-]+ ){{0,3}}{_INSTRUMENTS}\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"^(?!\s*(?:explain|describe|summar|outline|tell me how))"
    r".*(?:\bhow (?:much|many|large|big|high|low|long|fast|old)\b(?!-| language)|"
    r"\b(?:what|which) (?:(?:percentage|share|proportion|per ?cent|fraction)\b|(?:number|amount) of\b)|"
    r"\bwhat\b.*[,(] ?in (?:t|kg|tonnes?|[kMG]?Wh|tCO2e?|per ?cent|hours?|days)\b)",
    re.IGNORECASE,
)
# Words by which a question itself says what is measured.
_MEASURES = {
    "percent": r"per ?cent(?:age)?|share|proportion|fraction|rates?|ratio|coverage|yield|margin|grow[nth]*|grew|"
    r"turnover|attrition|fast|satisf\w+|complet\w+|penetration|density|intensity|change[ds]?|ris[ei]\w*|rose|f[ae]ll\w*|"
    r"increase[ds]?|decrease[ds]?|drop\w*|cut|%",
    "money": r"(?<!by how )much|amount|values?|spen[dt]\w*|costs?|invest\w*|revenues?|incomes?|profits?|assets?|loans?|"
    r"deposits?|balances?|donat\w+|funds?|financ\w*|worth|pa(?:y|id)|price|expens\w*|expenditures?|fees?|rais\w+|RMB|"
    r"CNY|yuan|USD|HKD|dollars?|capital\w*|lend|lent|dividends?|salar\w+|wages?|interest",
    "span": r"hours?|years?|months?|days?|weeks?|minutes?|seconds?|long|duration|time|old|age|term|period",
    "person": r"people|persons?|employees?|staff|workers?|wom[ae]n|m[ae]n|males?|females?|directors?|members?|"
    r"customers?|users?|clients?|participants?|graduates?|headcount|workforce|personnel|managers?|executives?|supervisors?|"
    r"students?|households?|investors?|volunteers?|who|names?|trainees?|shareholders?|holders?|recruits?|hires?|"
    r"interns?|experts?|owners?|residents?|families",
}
_ATTENDING = re.compile(r"\b(?:attend\w*|person[- ]times|visits?|views?|participations?)\b", re.IGNORECASE)
_NAME = re.compile(r"(?<![.?!] )(?<!^)\b[A-Z][\w&-]+")
_NO_NAME = re.compile(rf"(?:{'|'.join(_MONTHS)}|{_CURRENCY}|ESG|Q[1-4]|H[12]|I|Chinese)", re.IGNORECASE)
_COUNTED = re.compile(r"\bhow many (?:more |fewer |less )?([a-z][a-z-]*(?: [a-z][a-z-]*){0,2})", re.IGNORECASE)
_STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "by",
        "did",
        "do",
        "does",
        "for",
        "from",
        "had",
        "has",
        "have",
        "how",
        "in",
        "is",
        "it",
        "its",
        "many",
        "much",
        "of",
        "on",
        "or",
        "than",
        "that",
        "the",
        "their",
        "there",
        "to",
        "was",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "whom",
        "why",
        "will",
        "with",
        "please",
        "tell",
        "show",
        "list",
        "compare",
        "between",
    ]
)
# Common words of other languages in Latin script that English does not have.
_FOREIGN_WORDS = frozenset(
    """
    le la les des du est sont quel quelle quels une dans pour sur avec combien
    el los las cuál cual qué que es del por para cuánto cuántos cómo
    der das und ist sind wie hoch für von dem den ein eine welche wieviel viele gibt
    il gli qual della dei delle quanto quanti è é dos os uma seu quantos
    het een van hoeveel wat berapa apa yang dan adalah của là bao nhiêu ngân hàng
    """.split()  # noqa: SIM905  (a list of words is read more easily in running text)
)


def looks_foreign(text: str) -> bool:
    """Whether a text in Latin letters reads as another language than English: more of its common words, or accents."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    english = sum(word in _STOP_WORDS for word in words)
    foreign = sum(word in _FOREIGN_WORDS for word in words)
    accented = sum(not word.isascii() for word in words)
    return foreign > english or (not english and accented > 1)


def looks_english(text: str) -> bool:
    """Whether a text reads as English (at least one of the commonest words of English)."""
    return any(word in _STOP_WORDS for word in re.findall(r"[a-z]+", text.lower()))


def _month_number(name: str) -> int:
    return next(place for place, month in enumerate(_MONTHS, start=1) if month.startswith(name.lower().rstrip(".")[:3]))


def chinese_periods(text: str) -> str:
    """The question with its English periods written in Chinese ("at the end of June 2024" → "2024年6月末")."""

    def first_months(match: re.Match[str]) -> str:
        word = match[1].lower()
        count = int(word) if word.isdigit() else _NUMBERS.index(word) + 1 if word in _NUMBERS else 0
        return f"{match[2]}年前{count}个月" if 1 <= count <= 12 else match[0]

    def half(match: re.Match[str]) -> str:
        if match[3]:
            return f"{match[4]}年{'上' if match[3] == '1' else '下'}半年"
        return f"{match[2]}年{'上' if match[1].lower() == 'first' else '下'}半年"

    def month_year(match: re.Match[str]) -> str:
        end = "末" if re.match(r"(?i)(?:at |by |as )?.*(?:end|close)", match[0]) else ""
        return f"{match[2]}年{_month_number(match[1])}月{end}"

    text = _FIRST_MONTHS.sub(first_months, text)
    text = _MONTH_RANGE.sub(lambda m: f"{m[2]}年1-{_month_number(m[1])}月", text)
    text = _QUARTERS.sub(lambda m: f"{m[1]}年前三季度", text)
    text = _QUARTER.sub(lambda m: f"{m[2]}年第{_QUARTER_NUMBERS[m[1].lower()]}季度", text)
    text = _SINCE.sub(lambda m: f"自{m[1]}年以来", text)
    text = _HALF.sub(half, text)
    text = _END_MONTH_YEAR.sub(month_year, text)
    text = _END_MONTH.sub(lambda m: f"{_month_number(m[1])}月末", text)
    return _END_YEAR.sub(lambda m: f"{m[1]}年末", text)


def without_negated(text: str) -> str:
    """The question without what it says it does not mean, which would be found otherwise."""
    return _NOT_MEANT.sub("", text)


def asks_share(text: str) -> bool:
    """Whether a percentage is asked for ("what share of", "what percentage of")."""
    return bool(_SHARE_ASKED.search(text))


def asks_arithmetic(text: str) -> bool:
    """Whether figures are to be compared, added or divided ("how many more A than B", "what share of B was A")."""
    return bool(_ARITHMETIC.search(text))


def asks_times(text: str) -> bool:
    """Whether it is asked how many times one figure is another, and not how often something happened."""
    return bool(_TIMES.search(text) or _TURNED_TIMES.search(text))


def straight_times(text: str) -> str:
    """ "How many times A was B" as "B was how many times A": a translation turns the one round, and not the other."""
    return _TURNED_TIMES.sub(lambda m: f"{m['b'].strip()} {m['was']} how many times {m['a'].strip()}{m['rest']}", text)


def asks_word(text: str) -> str:
    """The Chinese for the word by which a name, place or time is asked for; "" for none."""
    return next((chinese for pattern, chinese in _WORDS_ASKED if pattern.search(text)), "")


def straight_years(text: str) -> str:
    """ "in 2024 from 2023" as "from 2023 to 2024"."""
    return _YEARS_TURNED.sub(r"from \2 to \1", text)


def chinese_bands(text: str) -> str:
    """The question with the band of loan rates that it names by its distance from the LPR in Chinese."""
    for pattern, chinese in _BANDS:
        text = re.sub(pattern, chinese, text, flags=re.IGNORECASE)
    return text


def asks_amount(text: str) -> bool:
    """Whether "how much" is asked, which is no number of things."""
    return bool(_HOW_MUCH.search(text))


def asks_size(text: str) -> bool:
    """Whether a size or amount is asked for, in whatever unit, and no number of things."""
    return bool(_SIZE.search(text))


def asks_per_thing(text: str) -> bool:
    """Whether so much a thing is asked for ("assets per outlet")."""
    return bool(_PER_THING.search(text))


def asks_change(text: str) -> bool:
    """Whether it is asked by how much something changed or differs, and not how much it is."""
    return bool(_CHANGE.search(text))


def without_manner(text: str) -> str:
    """The question without how to round, in which unit to answer, and that a change is wanted in per cent."""
    return _MANNER.sub("", text)


def asks_alone(text: str) -> bool:
    """Whether one month or quarter, in Chinese by now, is meant alone: reports count from the beginning of the year."""
    return bool(_ALONE.search(text))


def counted(text: str) -> str:
    """The words after "how many", of which the first may be a unit (lots, person-times, hours); "" for none."""
    match = _COUNTED.search(text)
    return match[1] if match else ""


def without_answer_unit(text: str) -> str:
    """The question without its answer's unit, which a translation takes for an amount, or how to work it out."""
    text = _WORKED_OUT.sub("(", text)
    return text if _scope_of_money(text) else _ANSWER_UNIT.sub("", text)


def asks_points(text: str) -> bool:
    """Whether a difference in percentage points is asked for."""
    return bool(_POINTS_ASKED.search(text))


def asks_together(text: str) -> bool:
    """Whether several things are to be added up ("A and B together")."""
    return bool(_TOGETHER.search(text))


def asks_money(text: str) -> bool:
    """Whether the answer is to be in money or in a scale of it ("in CNY 100 million")."""
    unit = None if _scope_of_money(text) else _ANSWER_UNIT.search(text)
    named = unit is not None and re.search(_CURRENCY, unit[0], re.IGNORECASE)
    return bool(named) and not asks_share(text) and not re.search(r"\bper ?cent|%", text, re.IGNORECASE)


def _scope_of_money(text: str) -> bool:
    """Whether a currency says which deposits or loans are meant, and not in which unit to answer."""
    unit = _ANSWER_UNIT.search(text)
    bare = unit is not None and re.fullmatch(rf"\s*(?:\({_CURRENCY}\)|in {_CURRENCY})", unit[0], re.IGNORECASE)
    return bool(bare) and bool(_IN_CURRENCIES.search(text))


def asks_per_head(text: str) -> bool:
    """Whether so much a head is asked for."""
    return bool(_PER_HEAD.search(text))


def without_left_out(text: str) -> str:
    """The question without what it leaves out ("excluding anti-bribery")."""
    return _LEFT_OUT.sub("", text)


def plain_terms(text: str) -> str:
    """The question with its terms as the glossary knows them: "turnover among staff" as the set phrase, which has no
    second meaning, turnover in money and attendance as what they then are, and neither an abbreviation nor a quoted
    name within a term ("core tier-1 (CET1) capital adequacy ratio").
    """
    plain = _STAFF_TURNOVER.sub("staff turnover rate ", _QUOTED.sub("", _ABBREVIATION.sub("", text)))
    plain = _ATTENDANCE.sub("How many person-times took part in", plain)
    if asks_money(text) and not _OF_STAFF.search(plain):
        plain = _TURNOVER.sub("trading value" if _TRADED.search(plain) else "operating revenue", plain)
    return plain


def asks_figure(text: str) -> bool:
    """Whether a number is asked for, whatever the translation made of it."""
    return bool(_FIGURE.search(text))


def says_measure(text: str, unit: Unit) -> bool:
    """Whether the question itself says, if only roughly, that it wants something in `unit`."""
    kind = unit.dimension
    if kind in ("percent", "percentage point"):
        kind = "percent"
    elif kind in ("CNY", "USD", "HKD", "EUR"):
        kind = "money"
    elif kind in ("hour", "year", "month", "day", "age", "second"):
        kind = "span"
    elif kind in ("person-time", "person", "time") and _ATTENDING.search(text):
        return kind == "person-time"
    words = _MEASURES.get(kind)
    return words is None or bool(re.search(rf"(?:\b|(?=%))(?:{words})(?:\b|(?<=%))", text, re.IGNORECASE))


def proper_names(text: str) -> list[str]:
    """Words written as names are, other than at the beginning, months and currencies."""
    return [name for name in _NAME.findall(text) if not _NO_NAME.fullmatch(name)]
