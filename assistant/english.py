"""What an English question asks for: a share, a change, an amount, a count or a name; and in which unit."""

from __future__ import annotations

import re

from assistant.units import Unit

MONTHS = (
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

_SHARE_ASKED = re.compile(
    r"\b(?:what|which) (?:was the |is the )?(?:minimum |maximum )?"
    r"(?:percentage(?![ -]points?)|share|proportion|percent|per cent)\b|"
    r"\bhow (?:high|large|big) an? (?:percentage|share|proportion)\b|\bhow many per ?cent\b",
    re.IGNORECASE,
)
_ALONE = re.compile(r"(?:月|季度) ?(?:alone|by itself)\b|\bsingle (?:month|quarter) (?:of )?\d{4}年", re.IGNORECASE)
# Two figures are set against each other, or several made one.
# "How many times A was B", and not how often something happened.
TURNED_TIMES = re.compile(
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
    r"professor|academician)"
)
_WORDS_ASKED = (
    (re.compile(rf"{_OPENS}(?:who|whom|whose)\b", re.IGNORECASE), "谁"),
    (
        re.compile(
            rf"{_OPENS}(?:which|what) (?:(?!(?:did|does|do|is|was|were|the|has|had)\b)[\w'’-]+ ){{0,4}}?"
            rf"{_PERSON}\b(?! of\b)",
            re.IGNORECASE,
        ),
        "谁",
    ),
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
_HOW_MUCH = re.compile(
    r"(?<!by )\bhow much\b(?! (?:more|less|higher|lower))"
    r"(?![^?]*\b(?:number of|increased?|decreased?|rise|rose|grow|grew|fall|fell|drop|dropped|changed?)\b)",
    re.IGNORECASE,
)
_PORTION = re.compile(
    r"\bhow much of\b[^?]*\b(?:went|goes|go|was|were|is|are) (?:to\b|lent|spent|invested|used|paid)", re.I
)
_SHARE_NAMED = re.compile(r"\b(?:ratio|rate|per ?cent\w*|percent\w*|share|proportion)\b|%", re.IGNORECASE)
# "When including scope 3, what were total emissions?", "Which ratio did it report?"
_ASKS_LATER = re.compile(r", ?(?:what|how)\b|^which (?:ratio|rate|figure|value|amount)\b", re.IGNORECASE)
_SIZE = re.compile(
    r"\bhow (?:large|big) (?:in total |in all |altogether |overall )?(?:was|were|is|are|a|an|the|did|had|has)\b"
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
# The unit to answer in: "in CNY 100 million", "(in ten thousands)", "in units of CNY 10,000".
_CURRENCY = r"(?:CNY|RMB|USD|US\$|yuan)"
_SCALE = r"(?:[\d,]*\d|(?:ten |hundred )?(?:thousand|million|billion)s?|hundred)"
_SCALES = rf"(?:tens? of |hundreds? of |ten |hundred )?(?:thousands|millions|billions)(?: of {_CURRENCY})?"
ANSWER_UNIT = re.compile(
    rf"(?:,\s*|\s*\(|^)(?:expressed )?in (?:units of )?(?:{_CURRENCY}(?:\s*{_SCALE})*|{_SCALES})"
    rf"(?:\)|(?=[\s,?.]|$),?\s*)|"
    rf"\s*\({_CURRENCY}(?:\s*{_SCALE})*\)|"
    r"\s*\(in (?:units of )?(?:\d{1,3}(?:,\d{3})+|(?:\d+ |ten |hundred )?(?:thousand|million|billion)s?)\)|"
    rf"\s+in {_CURRENCY}(?=\s+of\b)|"
    rf"\s+in (?:units of )?(?:{_CURRENCY}(?:\s*{_SCALE})+|{_SCALES})(?=\s*[?.]|$)",
    re.IGNORECASE,
)
_POINTS_ASKED = re.compile(r"\bhow many percentage[ -]points?\b", re.IGNORECASE)
_TOGETHER = re.compile(r"\band\b.*\b(?:together|combined|altogether|in all|added up)\b", re.IGNORECASE)
_PER_HEAD = re.compile(r"\b(?:per|each) (?:employee|head|person|capita|staff member|worker)\b", re.IGNORECASE)
_IN_CURRENCIES = re.compile(r"\b(?:deposits?|loans?|lending|credit|balances?|currenc)", re.IGNORECASE)
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
_NO_NAME = re.compile(rf"(?:{'|'.join(MONTHS)}|{_CURRENCY}|ESG|Q[1-4]|H[12]|I|Chinese)", re.IGNORECASE)
_COUNTED = re.compile(r"\bhow many (?:more |fewer |less )?([a-z][a-z-]*(?: [a-z][a-z-]*){0,2})", re.IGNORECASE)
# "How many volunteer hours": the unit stands behind the word that says of what.
_SPAN_COUNTED = re.compile(r"\bhow many (?:[a-z-]+ ){0,2}?(hours|days|minutes|weeks|months)\b", re.IGNORECASE)
_SUMMED = re.compile(
    r"\b(?:combined(?! ratio)|in total|altogether|all told|in all(?=[,?.(]| \(|$)|in aggregate|added up|taken together)"
    r"(?!\w)|(?<!LPR )(?<!AA )(?<!Internet )\bplus\b(?! \d)",
    re.IGNORECASE,
)
_ADDS_UP = re.compile(
    r"\b(?:and|or)\b.*\b(?:combined|taken together|added up|added together)(?=[,?.)]| in\b|$)|"
    r"\w (?<!LPR )(?<!AA )(?<!Internet )plus (?!\d)",
    re.IGNORECASE,
)
_WITHIN = re.compile(r"\bduring (?:the course of )?(?:the year )?((?:19|20)\d\d)\b(?! ?[-–—]| to\b)", re.IGNORECASE)
# How it is to be worked out, in the question's own words.
_DIVIDED = re.compile(
    r"\bdividing (?P<a>[^,?()]+?) by (?P<b>[^,?()]+?)(?=[,?()]|$)|"
    r"(?P<c>[^,?()]+?) divided by (?P<d>[^,?()]+?)(?=[,?()]|$)",
    re.IGNORECASE,
)
_KINDS = re.compile(
    r"^(?:the )?(?:gender|sex|age|region|scope|department|type|category|categories|level|rank|education|grade|year|"
    r"business|segment|product|country|province|city)\b(?! (?:total|balance|number))",
    re.IGNORECASE,
)
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
_WHY = re.compile(
    r"^\W*why\b|\b(?:explain|tell (?:me|us)) why\b|\b(?:what (?:drove|led to)|how come)\b|"
    r"[,;] why (?:did|do|does|is|are|was|were|has|have)\b|"
    r"\b(?:for what reasons?|what (?:caused|explains|(?:is|was|are|were) the (?:main )?(?:reasons?|cause)))\b",
    re.IGNORECASE,
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


def asks_share(text: str) -> bool:
    """Whether a percentage is asked for ("what share of", "what percentage of")."""
    return bool(_SHARE_ASKED.search(text))


def asks_arithmetic(text: str) -> bool:
    """Whether figures are to be compared, added or divided ("how many more A than B", "what share of B was A")."""
    return bool(_ARITHMETIC.search(text))


def asks_times(text: str) -> bool:
    """Whether it is asked how many times one figure is another, and not how often something happened."""
    return bool(_TIMES.search(text) or TURNED_TIMES.search(text))


def asks_word(text: str) -> str:
    """The Chinese for the word by which a name, place or time is asked for; "" for none."""
    return next((chinese for pattern, chinese in _WORDS_ASKED if pattern.search(text)), "")


def asks_name(text: str) -> bool:
    """Whether a name, a place or a time is asked for, by which, who, where or when."""
    return asks_word(text) not in ("", "什么") and not _ASKS_LATER.search(text)


def asks_portion(text: str) -> bool:
    """Whether an amount is asked for that is part of another ("how much of A went to B"), and not which share it is."""
    return bool(_PORTION.search(text)) and not _SHARE_NAMED.search(text)


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


def asks_alone(text: str) -> bool:
    """Whether one month or quarter, in Chinese by now, is meant alone: reports count from the beginning of the year."""
    return bool(_ALONE.search(text))


def counted(text: str) -> str:
    """The words after "how many", of which the first may be a unit (lots, person-times, hours); "" for none."""
    match = _COUNTED.search(text)
    return match[1] if match else ""


def span_counted(text: str) -> str:
    """The measure of time in "how many volunteer hours"; "" for none."""
    match = _SPAN_COUNTED.search(text)
    return match[1].lower() if match else ""


def asks_sum(text: str) -> bool:
    """Whether figures are to be added up, of several years say ("in total", "combined")."""
    return bool(_SUMMED.search(text))


def adds_up(text: str) -> bool:
    """Whether two things are to be added up that the question names: "A plus B", "A or B, taken together"."""
    return bool(_ADDS_UP.search(text))


def year_within(text: str) -> str:
    """The year "during" which something came about, so that no running total is meant; "" for none."""
    match = _WITHIN.search(text)
    return match[1] if match else ""


def divided(text: str) -> tuple[str, str] | None:
    """What is to be divided by what, by the question's own words ("dividing loans by deposits"); None for neither."""
    match = _DIVIDED.search(text)
    if match is None or _KINDS.search(match["b"] or match["d"]):
        return None  # "divided by gender"
    return match["a"] or match["c"], match["b"] or match["d"]


def asks_points(text: str) -> bool:
    """Whether a difference in percentage points is asked for."""
    return bool(_POINTS_ASKED.search(text))


def asks_together(text: str) -> bool:
    """Whether several things are to be added up ("A and B together")."""
    return bool(_TOGETHER.search(text))


def asks_money(text: str) -> bool:
    """Whether the answer is to be in money or in a scale of it ("in CNY 100 million")."""
    unit = None if scope_of_money(text) else ANSWER_UNIT.search(text)
    named = unit is not None and re.search(_CURRENCY, unit[0], re.IGNORECASE)
    return bool(named) and not asks_share(text) and not re.search(r"\bper ?cent|%", text, re.IGNORECASE)


def scope_of_money(text: str) -> bool:
    """Whether a currency says which deposits or loans are meant, and not in which unit to answer."""
    unit = ANSWER_UNIT.search(text)
    bare = unit is not None and re.fullmatch(rf"\s*(?:\({_CURRENCY}\)|in {_CURRENCY})", unit[0], re.IGNORECASE)
    return bool(bare) and bool(_IN_CURRENCIES.search(text))


def asks_per_head(text: str) -> bool:
    """Whether so much a head is asked for."""
    return bool(_PER_HEAD.search(text))


def asks_why(text: str) -> bool:
    """Whether a reason is asked for."""
    return bool(_WHY.search(text))


def asks_figure(text: str) -> bool:
    """Whether a number is asked for, whatever the translation made of it."""
    return bool(_FIGURE.search(text)) or divided(text) is not None


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
