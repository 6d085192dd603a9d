"""An English question put so that a small model translates it right: periods and bands in Chinese, one way to ask."""

from __future__ import annotations

import re

from assistant.english import ANSWER_UNIT, MONTHS, TURNED_TIMES, asks_money, scope_of_money

_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_MONTH = "(" + "|".join(name + "|" + name[:3] + r"\.?" for name in MONTHS) + r"|sept\.?)"
_YEAR = r"((?:19|20)\d\d)"
_END = r"(?:(?:at |by |as of |as at )?(?:the )?(?:end[- ]of |end[- ]|year[- ]end |close of ))"
_FIRST_MONTHS = re.compile(rf"(?:the )?first (\w+) months of {_YEAR}", re.IGNORECASE)
_MONTH_RANGE = re.compile(rf"\bJan(?:uary)?\s*(?:-|–|—|to|through)\s*{_MONTH},?\s*{_YEAR}", re.IGNORECASE)
_HALF = re.compile(rf"(?:the )?(first|second) half(?: of)? {_YEAR}|\bH([12]) {_YEAR}", re.IGNORECASE)
_QUARTERS = re.compile(rf"(?:the )?first three quarters of {_YEAR}", re.IGNORECASE)
_QUARTER = re.compile(
    rf"(?P<end>\b{_END})?(?:the )?(?P<which>first|second|third|fourth|last) quarter(?: of)?,? {_YEAR}", re.IGNORECASE
)
_OPENING = re.compile(rf"\b(?:at|as of|by) the (?:beginning|start|opening) of (?:the year )?{_YEAR}", re.IGNORECASE)
_OVER_THE_YEAR = re.compile(
    rf"\bfrom the (?:beginning|start|opening) of (?:the year )?{_YEAR} (?:to|until|through) (?:the |its )?"
    rf"(?:end of (?:the|that) year|year[- ]end|end(?! of)|end of \1)(?![- ]*(?:\d|(?-i:[A-Z])))",
    re.IGNORECASE,
)
_SINCE = re.compile(rf"\bsince (?:the (?:start|beginning) of )?{_YEAR}", re.IGNORECASE)
_END_MONTH_YEAR = re.compile(rf"\b{_END}?{_MONTH},? (?:of )?{_YEAR}", re.IGNORECASE)
_END_MONTH = re.compile(rf"\b{_END}{_MONTH}\b", re.IGNORECASE)
_END_YEAR = re.compile(rf"\b{_END}{_YEAR}", re.IGNORECASE)
_QUARTER_NUMBERS = {"first": "一", "second": "二", "third": "三", "fourth": "四", "last": "四"}
# What a question says it does not mean: "tier 1 (not core tier 1)".
_NOT_MEANT = re.compile(
    r"\s*\((?:not|rather than|as opposed to|excluding the)\b[^()]*\)|"
    r",\s*not (?!only|just|merely|least)[^,?()]+(?=[,?)]|$)",
    re.IGNORECASE,
)
# What a bracket only explains: "ad hoc (non-periodic)", "rank-and-file employees (below middle management)".
_EXPLAINED = re.compile(
    r"(?<=\bad hoc)\s*\([^()\d]*\)|"
    r"\s*\((?:below|above|beneath) (?:the )?(?:top|senior|middle|junior|executive)[- ]?"
    r"(?:management|managers?|levels?|ranks?)\)",
    re.IGNORECASE,
)
# "over 2022 to 2024", "across the three years 2022-2024"
_SPAN = re.compile(
    rf"\b(?:over|across|during|throughout|in|for|between|from) (?:the )?(?:(?:two|three|\d) years )?(?:from )?"
    rf"{_YEAR}(?: ?[-–—] ?| to | through | until | and ){_YEAR}"
    r"(?=,? (?:combined|in total|altogether|on average|in all)|[?,.]|$)",
    re.IGNORECASE,
)
_YEARLY = re.compile(
    r"^(?!.*\b(?:grow\w*|grew|rise|rose|fall|fell|changed?|increased?|decreased?|difference)\b).*"
    r"\b(?:on average|per year|a year|each year|annually|in total|combined|altogether|all told)\b",
    re.IGNORECASE,
)
_MORE_THAN_HOW_MANY = re.compile(r"\b(?:more|less|fewer) than how(?= (?:many|much)\b)", re.IGNORECASE)
# "How much electricity did A use per employee": one term, set apart.
_SET_APART = re.compile(
    r"\bhow (?:much|many) (?P<what>(?!more\b|less\b|fewer\b|of\b)[a-z-]+(?: [a-z-]+){0,4}?) "
    r"(?P<did>did|does|has|have) (?P<who>[^?]+?) "
    r"(?P<verb>use|used|consume|consumed|emit|emitted|generate|generated|produce|produced) "
    r"(?P<per>(?:on average )?(?:per|for each|for every) [a-z]+)",
    re.IGNORECASE,
)
_DEED = {"use": "use", "cons": "consumption", "emit": "emissions", "gene": "", "prod": ""}
# "fall in 2024 from 2023": the years the other way round than elsewhere.
_YEARS_TURNED = re.compile(
    r"\bin ((?:19|20)\d\d),? (?:from|compared (?:with|to)|versus|against|relative to) ((?:19|20)\d\d)\b", re.IGNORECASE
)
# Bands of rates over the LPR, in the words of assistant/bands.py.
_LPR = r"(?:the )?(?:LPR|loan prime rate)(?! ?[+-])"
_POINTS = r"(?:percentage[- ]points?|pp|%)"
_BASIS_POINTS = re.compile(r"(?<![\d.,])(\d{1,3})(?: ?bps?\b| basis points?\b)", re.IGNORECASE)
_BANDS = (
    (rf"\b(?:(?:exactly|precisely) at|at exactly|equal to|the same as) {_LPR}(?! ?[-+\d])", "等于LPR"),
    (
        rf"(?:between )?(\d+(?:\.\d+)?)(?: ?{_POINTS})? ?(?:to|and|-|–) ?(?:under |below |less than )?"
        rf"(\d+(?:\.\d+)?) ?{_POINTS} (?:above|over) {_LPR}",
        r"LPR加点\1到\2个百分点",
    ),
    (
        rf"(?:at least|no less than|not less than) (\d+(?:\.\d+)?) ?{_POINTS} (?:above|over) {_LPR}",
        r"LPR加点\1个百分点以上",
    ),
    (rf"(\d+(?:\.\d+)?) ?{_POINTS} or more (?:above|over) {_LPR}", r"LPR加点\1个百分点以上"),
    (
        rf"(?:above|over) {_LPR},? (?:but )?by (?:less than|under) (\d+(?:\.\d+)?) ?{_POINTS}",
        r"LPR加点不到\1个百分点",
    ),
    (
        rf"(?<!not )(?<!no )(?:less than|under) (\d+(?:\.\d+)?) ?{_POINTS} (?:above|over) {_LPR}",
        r"LPR加点不到\1个百分点",
    ),
    (r"[\[(]LPR ?\+ ?(\d+(?:\.\d+)?) ?%, ?LPR ?\+ ?(\d+(?:\.\d+)?) ?%[)\]]", r"LPR加点\1到\2个百分点"),
)
# "How did deposits change year on year" asks for the rate at which they did.
_CHANGED = re.compile(
    r"\bhow did "
    r"(?P<what>(?![^?]*\b(?:ratio|rate|margin|coverage|composition|structure|policy|share|approach)\b)[^?]+?) "
    r"change (?P<since>year[- ]on[- ]year|from a year (?:earlier|ago|before)|"
    r"compared (?:with|to) a year (?:earlier|ago|before))",
    re.IGNORECASE,
)
_BOTH_CURRENCIES = re.compile(
    r"\((?:RMB|yuan|renminbi|local[- ]currency|domestic[- ]currency)(?: and| plus| \+| &) ?foreign[- ]currenc(?:y|ies)"
    r"(?: combined| together)?\)",
    re.IGNORECASE,
)
_FOREIGN_TOO = re.compile(
    r"(?:^|(?<=, )|(?<=\())(?:counting|including|adding) (?:the )?foreign[- ]currenc(?:y|ies)"
    r"(?: (?:loans|deposits|ones))?(?: as well| too| included| also)?(?=,)",
    re.IGNORECASE,
)
# Set phrases of which the glossary would make a well and a course.
_AS_WELL = re.compile(r",? \bas well\b(?! as)", re.IGNORECASE)
_IN_THE_COURSE_OF = re.compile(r"\b(?:over|in|during|throughout) the course of\b", re.IGNORECASE)
_ATTENDANCE = re.compile(
    r"\bwhat (?:was|is) the (?:total |overall |cumulative )?attendance (?:at|of|in|for)\b"
    r"(?![^?]*\b(?:directors?|board|members?|meetings?)\b)",
    re.IGNORECASE,
)
# "What percentage of A's shares did its largest shareholder hold": one term, of which a translation makes two.
_SHARES_HELD = re.compile(
    r"\bwhat (?:percentage|per ?cent|proportion|share|stake) (?:of|in) (?P<whose>[^?,]+?)(?:['’]s?)? "
    r"(?:total |issued |outstanding )*(?:shares?|equity|share capital|stock) (?P<did>did|does|do|was|were|is|are) "
    r"(?:held by |owned by )?(?:its|the|their) (?P<holder>[^?,]*?shareholders?)(?: (?:hold|own|have))?"
    r"(?P<rest>[?, ])",
    re.IGNORECASE,
)
_SUBSIDIARY_OF = re.compile(
    r"(?P<name>(?:[A-Z][\w&-]*\s+){1,5})\((?:an? )?(?P<owner>[A-Z][^()]*?)['’]s? "
    r"(?P<kind>(?:[a-z-]+ ){0,3}subsidiary)\)"
)
# How the answer is to be given: no part of what is asked for.
_MANNER = re.compile(
    r"\s*\([^()]*\b(?:decimals?|per ?cent|percent|CNY|RMB|yuan)\b[^()]*\)|"
    r",?\s*\b(?:rounded )?(?:to|with) (?:one|two|three|\d) decimals?(?: places?)?|"
    r"\bby what (?:percentage|per ?cent)\b",
    re.IGNORECASE,
)
# "(from the cumulative figures, one decimal)": how to work it out need not be said.
_WORKED_OUT = re.compile(
    r"\((?:calculated |worked out |computed |derived )?from [^(),]*, ?(?=[^()]*\bdecimals?\b)", re.IGNORECASE
)
# What a question leaves out: "(excluding anti-bribery)", "other than kitchen waste".
_LEFT_OUT = re.compile(
    r",?\s*\(?\b(?:excluding|not including|leaving aside|other than|apart from|except(?: for)?|without counting)\b"
    r"[^,()?]*\)?",
    re.IGNORECASE,
)
_ABBREVIATION = re.compile(r"(?<=[a-z0-9]) \((?!CNY|RMB|USD|HKD)[A-Z][A-Z0-9&-]{1,6}\)")
_STAFF = r"(?:staff|employees?|workforce|workers?|personnel)"
_STAFF_TURNOVER = re.compile(
    rf"\bturnover(?: figures?| rates?| levels?| numbers?)? "
    rf"(?=(?:for|of|among|amongst|in) (?:the |its |their )?(?:[a-z-]+ ){{0,2}}{_STAFF}\b)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"""\s*\(\s*["“'‘][A-Za-z ]+["”'’]\s*\)""")
_TURNOVER = re.compile(
    r"(?<!inventory )(?<!asset )(?<!assets )(?<!receivables )(?<!manager )(?<!talent )(?<!customer )"
    r"\bturnover\b(?! (?:rate|cost|ratio))",
    re.IGNORECASE,
)
_OF_STAFF = re.compile(rf"\b{_STAFF}\b", re.IGNORECASE)
_INSTRUMENTS = r"(?:options?|futures|contracts?|stocks?|shares?|bonds?)"
_TRADING_TURNOVER = re.compile(r"\btrading turnover\b(?! (?:rate|ratio))", re.IGNORECASE)
_TRADED = re.compile(
    rf"\b{_INSTRUMENTS} turnover\b|"
    rf"\bturnover\b[^?]{{0,12}}? (?:of|in|for|from) (?:the )?(?:[\w'-]+ ){{0,3}}{_INSTRUMENTS}\b",
    re.IGNORECASE,
)


# "per CNY 1 million of revenue": an intensity's base, of which a translation makes another amount.
_PER_REVENUE = re.compile(
    r"\bper (?=[^,?]*\b(?:CNY|RMB|yuan|of)\b)(?:CNY|RMB|yuan)? ?(?:1 )?"
    r"(?P<scale>million|10,000|ten thousand|100 million|hundred million)(?: (?:CNY|RMB|yuan))?(?: of| in)? "
    r"(?:operating |annual )?(?:revenue|turnover|sales|income)\b(?! (?:tax|staff))",
    re.IGNORECASE,
)
_REVENUE_SCALES = {
    "million": "百万",
    "10,000": "万",
    "ten thousand": "万",
    "100 million": "亿",
    "hundred million": "亿",
}
# "carbon intensity (total emissions per CNY million of revenue)" says what an intensity is.
_DEFINED = re.compile(
    r"(?<=intensity)(?P<between>[^()?]*?)\s*\([^()]*\bper\b[^()]*\b(?:revenue|turnover|sales|income)\b[^()]*\)",
    re.IGNORECASE,
)
# "Working back from the 2024 amount and its year-on-year increase, …"
_WORKED_BACK = re.compile(
    r"^working back from (?:the )?20\d\d (?:figures?|data|numbers?), ?|"
    r"^(?:working back from|going by|judging by|based on|given|using) "
    r"[^,?]*\b(?:amount|figure|level|flow|balance|total|number)\b[^,?]* and [^,?]*"
    r"(?:year[- ]on[- ]year|a year (?:earlier|ago|before)|the (?:previous|prior) year|the year before)[^,?]*, ?",
    re.IGNORECASE,
)
# "According to its 2024 ESG report,": where it stands, and no part of what is asked for.
_SOURCE = re.compile(
    r"(?P<opens>^|,? \(?)(?:according to|going by|judging by|as per|per|"
    r"(?:based on|as of|in)(?=[^,?]*\b20\d\d (?:[A-Za-z]+ )*(?:report|data|disclosures?)\b)) "
    r"(?:the [a-z]+ page of )?(?:its|their|the|the (?:bank|company|firm|group|province)['’]s|"
    r"(?P<whose>(?-i:[A-Z][\w.&-]*(?: [A-Z][\w.&-]*){0,4}))['’]s?) (?:(?P<year>20\d\d) )?"
    r"(?:(?:annual|ESG|sustainability|CSR|social|corporate|responsibility|governance|environmental|financial|"
    r"operations?) )*(?:report|data|disclosures?)\b(?! (?:cent|assets|rooms?))\)?(?P<ends>, ?|(?=\?|\)|$)|(?= \())",
    re.IGNORECASE,
)


def _month_number(name: str) -> int:
    return next(place for place, month in enumerate(MONTHS, start=1) if month.startswith(name.lower().rstrip(".")[:3]))


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

    if _YEARLY.search(text):  # of all the years, not of the first and the last
        text = _SPAN.sub(lambda m: f"in {m[1]}年至{m[2]}年", text)
    text = _FIRST_MONTHS.sub(first_months, text)
    text = _MONTH_RANGE.sub(lambda m: f"{m[2]}年1-{_month_number(m[1])}月", text)
    text = _QUARTERS.sub(lambda m: f"{m[1]}年前三季度", text)
    text = _QUARTER.sub(
        lambda m: f"{m[3]}年第{_QUARTER_NUMBERS[m['which'].lower()]}季度{'末' if m['end'] else ''}", text
    )
    text = _OVER_THE_YEAR.sub(lambda m: f"from 年初 to {m[1]}年末", text)
    text = _OPENING.sub(lambda m: f"{m[1]}年年初", text)
    text = _SINCE.sub(lambda m: f"自{m[1]}年以来", text)
    text = _HALF.sub(half, text)
    text = _END_MONTH_YEAR.sub(month_year, text)
    text = _END_MONTH.sub(lambda m: f"{_month_number(m[1])}月末", text)
    return _END_YEAR.sub(lambda m: f"{m[1]}年末", text)


def without_negated(text: str) -> str:
    """The question without what it says it does not mean, which would be found otherwise."""
    return _EXPLAINED.sub("", _NOT_MEANT.sub("", text))


def straight_times(text: str) -> str:
    """ "How many times A was B" as "B was how many times A": a translation turns the one round, and not the other."""
    return TURNED_TIMES.sub(lambda m: f"{m['b'].strip()} {m['was']} how many times {m['a'].strip()}{m['rest']}", text)


def straight_years(text: str) -> str:
    """ "in 2024 from 2023" as "from 2023 to 2024"."""
    return _YEARS_TURNED.sub(r"from \2 to \1", text)


def chinese_bands(text: str) -> str:
    """The question with the band of loan rates that it names by its distance from the LPR in Chinese."""
    text = _BASIS_POINTS.sub(lambda m: f"{int(m[1]) / 100:g} percentage points", text)
    for pattern, chinese in _BANDS:
        text = re.sub(pattern, chinese, text, flags=re.IGNORECASE)
    return text


def per_revenue(text: str) -> str:
    """The question with the base of an intensity in Chinese ("per CNY million of revenue" → 每百万元营业收入)."""

    def base(match: re.Match[str]) -> str:
        scale = _REVENUE_SCALES.get(match["scale"].lower())
        return f"每{scale}元营业收入" if scale else match[0]

    return _PER_REVENUE.sub(base, _DEFINED.sub(r"\g<between>", text))


def worked_back(text: str) -> str | None:
    """The question after "working back from the 2024 amount and its year-on-year increase,"; else None."""
    match = _WORKED_BACK.match(text)
    return f"{text[match.end()].upper()}{text[match.end() + 1 :]}" if match and match.end() < len(text) else None


def without_source(text: str) -> str:
    """The question without "according to its 2024 ESG report", but for a year or an institution named nowhere else."""
    match = _SOURCE.search(text)
    if match is None:
        return text
    rest = f"{text[: match.start()]} {text[match.end() :]}"
    name, year = match["whose"] or "", match["year"] or ""
    kept = [f"at {name}"] if name and name.lower() not in rest.lower() else []
    kept += [f"in {year}"] if year and not re.search(r"\b20\d\d\b", rest) else []
    told = " ".join(kept)
    if match.start() or not told:
        plain = f"{text[: match.start()]} {told} {text[match.end() :]}"
    else:
        plain = f"{told[0].upper()}{told[1:]}, {text[match.end() :]}"
    plain = re.sub(r" +(?=[?,.)])", "", " ".join(plain.split()))
    return plain[:1].upper() + plain[1:]


def owner_first(text: str) -> str:
    """ "Alpha Bank's subsidiary Beta" for "Beta (Alpha Bank's subsidiary)", of which a translation makes a list."""
    return _SUBSIDIARY_OF.sub(lambda m: f"{m['owner']}'s {m['kind']} {m['name'].strip()}", text)


def without_manner(text: str) -> str:
    """The question without how to round, in which unit to answer, and that a change is wanted in per cent."""
    return _MANNER.sub("", text)


def without_answer_unit(text: str) -> str:
    """The question without its answer's unit, which a translation takes for an amount, or how to work it out."""
    text = _WORKED_OUT.sub("(", text)
    return text if scope_of_money(text) else ANSWER_UNIT.sub("", text)


def without_left_out(text: str) -> str:
    """The question without what it leaves out ("excluding anti-bribery")."""
    return _LEFT_OUT.sub("", text)


def plain_terms(text: str) -> str:
    """The question with its terms as the glossary knows them: "turnover among staff" as the set phrase, which has no
    second meaning, turnover in money and attendance as what they then are, and neither an abbreviation nor a quoted
    name within a term ("core tier-1 (CET1) capital adequacy ratio").
    """
    plain = _STAFF_TURNOVER.sub("staff turnover rate ", _QUOTED.sub("", _ABBREVIATION.sub("", text)))
    plain = _SET_APART.sub(_one_term, _MORE_THAN_HOW_MANY.sub("how", plain))
    plain = _SHARES_HELD.sub(r"what percentage was the shareholding ratio of \g<whose>'s \g<holder>\g<rest>", plain)
    plain = _ATTENDANCE.sub("How many person-times took part in", plain)
    plain = _CHANGED.sub(r"by what percentage did \g<what> change \g<since>", plain)
    plain = _BOTH_CURRENCIES.sub("(本外币)", _FOREIGN_TOO.sub("(本外币)", plain))
    plain = _IN_THE_COURSE_OF.sub("during", _AS_WELL.sub("", plain))
    plain = _TRADING_TURNOVER.sub("trading value", plain)
    if asks_money(text) and not _OF_STAFF.search(plain):
        plain = _TURNOVER.sub("trading value" if _TRADED.search(plain) else "operating revenue", plain)
    return plain


def _one_term(match: re.Match[str]) -> str:
    """ "How much was A's electricity use per employee" for "how much electricity did A use per employee"."""
    what = re.sub(
        r"^(?:items|pieces|units|tonnes|tons|kwh|mwh|cubic metres|kilograms|kg) of (?:the )?",
        "",
        match["what"],
        flags=re.IGNORECASE,
    )
    what = re.sub(r"\bgases$", "gas", what, flags=re.IGNORECASE)
    deed = next(noun for verb, noun in _DEED.items() if match["verb"].lower().startswith(verb))
    per = re.sub(r"^(?:on average )?(?:for each|for every|per)", "per", match["per"], flags=re.IGNORECASE)
    return " ".join(f"How much was {match['who']}'s {what} {deed} {per}".split())
