"""Questions that want words: a name, a date, a list, a reason; or a topic in a few cited sentences."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence

from assistant.answer import Result
from assistant.drafting import Draft
from assistant.excerpts import SENTENCE, Excerpts
from assistant.figures import Lines, figures_of
from assistant.grounding import Grounding
from assistant.llm import Cancelled, LanguageModel, Usage
from assistant.pinyin import spelled
from assistant.printed import bare, printed
from assistant.prompts import Prompt
from assistant.question import Question, asks_ordinal, without_left_out
from assistant.reading import Evidence, cell_line, read
from assistant.retrieval import Hit
from assistant.signatures import is_office, office_asked, signatures, with_offices
from assistant.units import NUMBER_PATTERN, plain_ordinals
from assistant.wording import marks
from index.catalog import Mention
from index.records import Passage, passage_id
from index.text import normalise, simplify

EVIDENCE_LINES = 3  # what answers the dev questions is the first line for 71 of 75, and never further down
EVIDENCE_CHARS = 270
READ_ALONE = 0.6  # share of the question's words that the best passage has, from which on it is read by itself
OUTDONE = 0.08  # by which share more of the question's words the best passage is read again, by itself
REPEATED = 0.9  # of the pairs of characters of a reply of at least
SHORTEST_REPEAT = 6  # characters that the question has too: it only says the question again
SUMMARY_SENTENCES = 5
REASONS = 2  # sentences, where the question asks why, that have at least
REASON_NAMED = 0.3  # of its words
LEAST_SPOKEN = 0.25  # of the question's words, in a sentence of a summary
RANK_COSTS = 0.02  # of the words of a question, for each place further down in retrieval
MOST_MISSING = 0.4  # share of the question that is technical terms of which the passage says nothing
REACH = 6  # lines above a passage in which its sentence may begin
_KINDS_OF_PLACE = {"区": "District", "县": "County", "镇": "Town", "乡": "Township", "村": "Village"}
_PLACE = re.compile(rf"([\u3400-\u9fff]{{2,3}}(?<![社园景地小校厂专片山城辖特范政新]))({'|'.join(_KINDS_OF_PLACE)})")

_WHEN_OR_WHO = re.compile(
    r"^(?!.*(?:最[高低多少大小]|超过|达到|突破)).*(?:何时|哪一?[天日]|日期|什么时候|谁|哪一?位|哪里|何地|几[月号])"
)
_ORDINAL = re.compile(r"第[一二三四五六七八九十\d]+([\u3400-\u9fff])")
_WHY = re.compile(r"为什么|为何|原因|怎么会")
_BECAUSE = re.compile(
    r"(?<!基)因(?!此|素|地|应|子)|由于|缘于|源于|得益于|受[^,。;]{1,20}(?:影响|拖累|推动|带动)|主要系因?|导致|(?<!事)故而?不|使得|由[^,。;]{1,12}引起|带动下|^为(?:了|提升|加强|完善|进一步|推动|确保|保障|更好)"
)
_CHANGED = re.compile(r"[增减升降涨跌]|变[化动少多]|[多少高低快慢](?:了|于)|[加放][快缓]|扩大|收窄|回落")
_WITH_WHOM = re.compile(r"(?<![合共])[与和同跟](?:哪|什么|谁|何(?!时))")
_LEFT_IN_ENGLISH = re.compile(r"[a-z]{2,}(?: [a-z]{2,}){2,}")
Grounded = tuple[Passage, str, int, int]  # the passage, the answer as it is printed there, its first and last line


class TextAnswers:
    """Answers text questions into a Draft; every statement is found again in the line it cites."""

    def __init__(
        self,
        llm: LanguageModel | None,
        extract: Prompt,
        english: Prompt,
        grounding: Grounding,
        lines: Lines,
        mentions: Callable[[str], Sequence[Mention]],
    ) -> None:
        """llm None: only summaries of the report's own sentences. mentions: the library's institutions in a text."""
        self._mentions = mentions
        self._llm = llm
        self._extract = extract
        self._english = english
        self._grounding = grounding
        self._excerpts = Excerpts(grounding.terms, lines)
        self._lines = lines

    def answer(self, draft: Draft, hits: Sequence[Hit], usage: Usage, cancelled: Cancelled | None) -> Iterator[str]:
        """A short answer, read by the LLM and checked against its line."""
        question = draft.question
        found = self._signed(question) or self._read(question, hits, usage, cancelled)
        if found is None:
            yield draft.refuse(question.reports)
            return
        passage, wording, first, last = found
        citation = draft.citations.passage(passage, first, last)
        place = re.fullmatch(r"第(\d+)(.+)", wording) if asks_ordinal(question.chinese) else None
        draft.results.append(
            Result(
                report=passage.report,
                metric=question.metric,
                value=float(place[1]) if place else None,
                unit=place[2] if place else None,
                verified=True,
                citations=(citation.n,),
            )
        )
        yield draft.add_sentence(self._worded(draft, wording, usage, cancelled) + marks([citation]))

    def _read(
        self, question: Question, hits: Sequence[Hit], usage: Usage, cancelled: Cancelled | None
    ) -> Grounded | None:
        evidence = self._evidence(question, hits)
        if not evidence or self._llm is None:
            return None
        found, marked = self._found(question, evidence, usage, cancelled)
        first = evidence[0].passage
        overlooked = not marked and self._alone(question, first)
        if len(evidence) > 1 and (overlooked or (found is not None and self._outdone(question, found[0], first))):
            # Beside others the LLM overlooks the line that says it, or marks one and says what stands in another.
            again = self._found(question, evidence[:1], usage, cancelled)[0]
            found = again if again or not overlooked else found
        if found is not None and "谁" in question.chinese and is_office(normalise(found[1])):
            # Who holds the office may be named elsewhere.
            others = [item for item in evidence if item.passage is not found[0]]
            named = self._found(question, others, usage, cancelled)[0] if others else None
            found = named if named is not None and not is_office(normalise(named[1])) else found
        return found

    def _found(
        self, question: Question, evidence: Sequence[Evidence], usage: Usage, cancelled: Cancelled | None
    ) -> tuple[Grounded | None, bool]:
        """What the LLM reads out of the evidence, found again there; and whether in the line it marked, if any."""
        assert self._llm is not None
        asked = without_left_out(question.chinese)
        reply = read(self._llm, self._extract, asked, evidence, max_tokens=80, usage=usage, cancelled=cancelled)
        if reply.refused or _repeats(reply.text, question.chinese) or self._is_the_asker(question, reply.text):
            return None, False
        order = [*reply.marks, *(place for place in range(len(evidence)) if place not in reply.marks)]
        ground = self._place_in_row if asks_ordinal(question.chinese) else self._ground
        found = ground(reply.text, [evidence[place].passage for place in order])
        if found is None or not self._speaks_of(question, found[0]):
            return None, False
        return found, not reply.marks or any(evidence[place].passage is found[0] for place in reply.marks)

    def _is_the_asker(self, question: Question, reply: str) -> bool:
        """Whether the reply to "with which foundation" names the institution itself that the question is about."""
        if not _WITH_WHOM.search(question.chinese):
            return False
        # "With which subsidiary" may well be answered by a name that holds the parent's.
        if re.search(r"子公司|附属|旗下|[分支]行", question.chinese):
            return False
        return any(m.start == 0 and set(m.reports) & set(question.reports) for m in self._mentions(reply))

    def _alone(self, question: Question, passage: Passage) -> bool:
        """Whether a passage has enough of the question's words to be read by itself."""
        return self._covered(question.metric or question.chinese, passage) >= READ_ALONE

    def _outdone(self, question: Question, passage: Passage, first: Passage) -> bool:
        """Whether the best passage has clearly more of the question's words than the one the LLM read from."""
        wanted = question.metric or question.chinese
        return self._covered(wanted, first) - self._covered(wanted, passage) >= OUTDONE

    def explain(self, draft: Draft, hits: Sequence[Hit], usage: Usage, cancelled: Cancelled | None) -> Iterator[str]:
        """A topic in the report's own sentences, the best few in the order of the report, each cited."""
        question = draft.question
        wanted = question.metric or question.chinese
        why = _WHY.search(question.chinese) is not None
        scored: list[tuple[float, Passage, str]] = []
        for rank, hit in enumerate(hits):
            if hit.passage.row is not None:
                continue
            for match in SENTENCE.finditer(hit.passage.text):
                sentence = match[0].strip()
                if len(sentence) < 14 or (why and not self._gives_reason(question, normalise(sentence))):
                    continue
                cover = self._covered(wanted, hit.passage, sentence)
                scored.append((cover if why else cover - RANK_COSTS * rank, hit.passage, sentence))
        scored = [item for item in sorted(scored, key=lambda item: -item[0]) if item[0] > LEAST_SPOKEN]
        scored = scored[: REASONS if why else SUMMARY_SENTENCES]
        if not scored:
            yield draft.refuse(question.reports)
            return
        scored.sort(key=lambda item: (item[1].report, item[1].line_start))
        for _, passage, sentence in scored:
            citation = draft.citations.passage(passage)
            text = draft.wording.script(sentence.rstrip("。；;"), draft.language)
            if draft.language == "en":
                text = self._in_english(question, sentence, usage, cancelled, max_tokens=90)
            stop = ". " if draft.language == "en" else "。"
            yield draft.add_sentence(text.rstrip(".") + marks([citation]) + stop)

    def _gives_reason(self, question: Question, sentence: str) -> bool:
        """Whether a sentence says why something is so, and names it."""
        wanted = question.metric or question.chinese
        if _CHANGED.search(question.chinese) and not _CHANGED.search(sentence):
            return False
        if not _BECAUSE.search(sentence) or self._grounding.terms.coverage(wanted, sentence) < REASON_NAMED:
            return False
        return self._grounding.terms.missing(wanted, sentence) <= MOST_MISSING

    def _evidence(self, question: Question, hits: Sequence[Hit]) -> list[Evidence]:
        chosen: list[Evidence] = []
        size = 0
        wanted = question.metric or question.chinese
        in_prose = _WHEN_OR_WHO.search(question.chinese) is not None
        for passage in self._by_words(question, wanted, hits):
            if passage.row is not None and in_prose:
                continue  # the year of a column says when nothing happened
            text = (
                row_line(passage)
                if passage.row is not None
                else self._excerpts.of(passage, wanted, question.named, whole=question.list_wanted)
            )
            if any(item.text == text for item in chosen):
                continue
            if chosen and size + len(text) > EVIDENCE_CHARS:
                break
            chosen.append(Evidence(text, passage))
            size += len(text)
            if len(chosen) == EVIDENCE_LINES:
                break
        return chosen

    def _signed(self, question: Question) -> Grounded | None:
        """Who signed for the office whose holder is asked for, where the question is about one report."""
        office = office_asked(question.chinese)
        if not office or len(question.reports) != 1 or question.entities or question.subsidiaries:
            return None
        report = question.reports[0]
        signed = [
            signature
            for signature in signatures(self._lines(report, 1, sys.maxsize))
            if signature.office.endswith(office) and not signature.office.endswith(f"副{office}")
        ]
        if len({signature.name for signature in signed}) != 1:
            return None
        first, last = signed[0].first, signed[0].last
        text = "".join(line.raw for line in self._lines(report, first, last))
        passage = Passage(
            passage_id(report, "prose", first, last, text), report, "prose", (), first, last, text, normalise(text)
        )
        return passage, signed[0].name, first, last

    def _by_words(self, question: Question, wanted: str, hits: Sequence[Hit]) -> list[Passage]:
        """The passages with most of the question's words first, before them those that have the names it quotes: of
        two, the LLM believes the first.
        """
        scored = [(self._covered(wanted, hit.passage) - RANK_COSTS * rank, hit) for rank, hit in enumerate(hits)]

        def names_all(passage: Passage) -> bool:
            return all(bare(name) in bare(passage.text) for name in question.named)

        ordered = sorted(scored, key=lambda item: (not names_all(item[1].passage), -item[0]))
        return [hit.passage for _, hit in ordered]

    def _speaks_of(self, question: Question, passage: Passage) -> bool:
        """Whether the passage names the question's technical terms, by one of its readings, and whom it is about."""
        given = normalise(" ".join((passage.text, *passage.section)))
        if self._grounding.entities.lacks_institution(question.metric, given):
            return False
        if any(name not in given for name in _LEFT_IN_ENGLISH.findall(question.chinese)):
            return False  # an award, say, whose name the translation could not give
        readings = [reading for reading in (question.metric, question.gloss) if reading]
        return min((self._grounding.terms.missing(reading, given) for reading in readings), default=0.0) <= MOST_MISSING

    def _covered(self, wanted: str, passage: Passage, text: str = "") -> float:
        return self._grounding.terms.coverage(wanted, normalise(" ".join((text or passage.text, *passage.section))))

    def _place_in_row(self, text: str, passages: Sequence[Passage]) -> Grounded | None:
        """The ordinal of the reply, 第六份 for "6份" too, in the passage that has it."""
        told = plain_ordinals(normalise(text))
        number = re.search(r"(?<=第)\d+", told) or re.search(r"\d+", told)
        if number is None:
            return None
        for passage in passages:
            for match in _ORDINAL.finditer(normalise(passage.text)):
                if plain_ordinals(match[0]).startswith(f"第{number[0]}{match[1]}"):
                    return passage, plain_ordinals(match[0]), *self._span(bare(match[0]), passage, 0)
        return None

    def _ground(self, text: str, passages: Sequence[Passage]) -> Grounded | None:
        """The passage whose text holds the reply (or each item of a list), the printed form, and its lines."""
        items = [item for item in re.split(r"[、,，;；]|和(?=[^平])", text) if bare(item)]
        for passage in passages:
            body = normalise(passage.text)
            found = printed(text, passage.text)
            if found is not None:
                found = with_offices(found, passage.text)
                first, last = self._span(bare(found), passage, 0)
                return passage, found, first, last
            # The sentence may begin above the passage, in what was taken for its heading.
            first, last = self._span(bare(text), passage, REACH)
            if first < passage.line_start:
                raw = " ".join(line.raw for line in self._lines(passage.report, first, last))
                return passage, printed(text, raw) or text, first, last
            if len(items) > 1 and all(bare(item) in bare(body) for item in items):
                return passage, text, passage.line_start, passage.line_end
            numbers = re.findall(NUMBER_PATTERN, normalise(text))
            if len(text) >= 8 and all(number in body for number in numbers) and _overlap(text, body) >= 0.8:
                return passage, text, passage.line_start, passage.line_end
        return None

    def _span(self, wanted: str, passage: Passage, reach: int) -> tuple[int, int]:
        """The line or lines of the passage, or of the `reach` lines above it, on which the wanted text stands."""
        joined, owners = "", []
        for line in self._lines(passage.report, max(1, passage.line_start - reach), passage.line_end):
            part = bare(line.text)
            joined += part
            owners += [line.number] * len(part)
        place = joined.find(wanted)
        if place < 0 or not wanted:
            return passage.line_start, passage.line_end
        return owners[place], owners[place + len(wanted) - 1]

    def _worded(self, draft: Draft, wording: str, usage: Usage, cancelled: Cancelled | None) -> str:
        if draft.language != "en":
            return draft.wording.script(wording, draft.language)
        english = _place_in_english(wording) or self._in_english(
            draft.question, wording, usage, cancelled, max_tokens=48
        )
        return wording if bare(english) == bare(wording) or not english else f"{english} ({wording})"

    def _in_english(
        self, question: Question, text: str, usage: Usage, cancelled: Cancelled | None, max_tokens: int
    ) -> str:
        if self._llm is None or not re.search(r"[\u3400-\u9fff]", text):
            return text
        reply = (
            self._llm.complete(
                self._english,
                {"question": question.text, "answer": text},
                max_tokens=max_tokens,
                usage=usage,
                cancelled=cancelled,
            )
            .strip()
            .splitlines()
        )
        english = reply[0] if reply else ""
        if re.search(r"[\u3400-\u9fff]", english):
            return text  # half a translation says less than the report's own words
        # A translation may not change a figure: then the report's own words stand.
        kept = sorted(re.findall(r"\d+(?:\.\d+)?", english.replace(",", "")))
        had = sorted(re.findall(r"\d+(?:\.\d+)?", text.replace(",", "")))
        return english if kept == had or not had or len(text) <= 12 else text


def _place_in_english(text: str) -> str:
    """A district, county, town or village in pinyin, as such names are written; the LLM makes others of them."""
    match = _PLACE.fullmatch(simplify(text.strip()))
    name = spelled(match[1]) if match else ""
    return f"{name} {_KINDS_OF_PLACE[match[2]]}" if match and name else ""


def row_line(passage: Passage) -> str:
    """A whole row for the LLM."""
    return cell_line(figures_of(passage, lambda *_: (), 0))


def _overlap(text: str, body: str) -> float:
    plain = bare(text)
    pairs = [plain[place : place + 2] for place in range(len(plain) - 1)]
    return sum(pair in body for pair in pairs) / len(pairs) if pairs else 0.0


def _repeats(text: str, question: str) -> bool:
    """Whether the reply only gives words of the question back."""
    plain = bare(text)
    if text.startswith("《"):
        return False  # a title may well say what it is about
    return plain in bare(question) or (len(plain) >= SHORTEST_REPEAT and _overlap(text, bare(question)) >= REPEATED)
