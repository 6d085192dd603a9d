"""The pipeline: question → evidence → draft → grounded answer, as a stream of events."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from assistant.answer import Answer, Citation, Event, EvidenceFound, Finished, Language, Sentence, Timings
from assistant.citing import Citations
from assistant.contrasts import Contrasts
from assistant.decomposition import Decomposer
from assistant.drafting import Draft
from assistant.editions import Editions
from assistant.english import (
    asks_amount,
    asks_change,
    asks_figure,
    asks_money,
    asks_name,
    asks_size,
    counted,
    says_measure,
)
from assistant.errors import AssistantError, UsageError
from assistant.figure_answers import FigureAnswers
from assistant.figures import Figure, figures_of
from assistant.followups import FollowUps
from assistant.grounding import Grounding
from assistant.instructions import without_instructions
from assistant.llm import Cancelled, LanguageModel, LocalModel, ServerModel, Stopped, Usage
from assistant.lookup import Lookup, Without
from assistant.meaning import Meaning
from assistant.periods import fits
from assistant.pinyin import PinyinNames
from assistant.prompts import load_prompt, load_prompts
from assistant.question import Question, check_length, detect_language, understand, with_unit, without_unit
from assistant.retrieval import Hit, Retriever
from assistant.settings import Settings
from assistant.text_answers import TextAnswers
from assistant.translation import Translator
from assistant.units import CURRENCIES, Unit
from assistant.vocabulary import Vocabulary
from assistant.weighing import Candidate, Weighed
from assistant.wording import Wording
from index import retriever
from index.catalog import Catalog, CatalogError
from index.embedding import Encoder, EncoderError, encoder_name, load_encoder
from index.glossary import Glossary, GlossaryError
from index.records import Line
from index.store import Index, StoreError
from index.text import read_lines

logger = logging.getLogger(__name__)

PIPELINES = ("default", "naive")
DEPTH = 40  # passages handed from retrieval to the answer
History = Sequence[Mapping[str, str]]


class Assistant:
    """Answers questions over one library. Thread-safe: all threads share one LLM and its queue."""

    def __init__(
        self,
        settings: Settings,
        catalog: Catalog,
        index: Index,
        encoder: Encoder | None,
        llm: LanguageModel | None,
        glossary: Glossary,
    ) -> None:
        """Put ready parts together; `Assistant.open` makes them from settings."""
        self.settings = settings
        self.catalog = catalog
        self.index = index
        self.llm = llm
        self._read = lru_cache(maxsize=None)(lambda report: read_lines(catalog.get(report).path))
        prompts = settings.prompts_folder
        left_out = frozenset(settings.without)
        self._retriever = Retriever(
            index,
            None if "dense" in left_out else encoder,
            glossary,
            lexical="lexical" not in left_out,
            rows="rows" not in left_out,
        )
        self._wording = Wording(prompts / "wording.toml", catalog, glossary)
        contrasts = Contrasts.load(prompts / "contrasts.txt")
        grounding = Grounding(index.idf, glossary, contrasts)
        extract = load_prompt(prompts, "extract")
        self._lookup = Lookup(
            self._retriever,
            grounding,
            Meaning(_bilingual(encoder, settings)),
            self.lines,
            catalog,
            llm,
            extract,
            load_prompt(prompts, "verify"),
            certain="certain" not in left_out,
            checks="checks" not in left_out,
        )
        self._figures = FigureAnswers(
            self._lookup,
            self._understand_chinese,
            llm,
            load_prompt(prompts, "decompose"),
            self._conflicts,
            None if "plans" in left_out else Decomposer(lambda part: self._understand_chinese(part, ()), contrasts),
        )
        self._editions = Editions(index, catalog, self._lookup, self._figures, self.lines)
        self._texts = TextAnswers(
            llm, extract, load_prompt(prompts, "answer_english"), grounding, self.lines, catalog.mentions
        )
        self._translator = Translator(
            llm,
            catalog,
            glossary,
            load_prompt(prompts, "translate"),
            load_prompt(prompts, "translate_arithmetic"),
            PinyinNames(lambda: (passage.text for passage in index.passages), _known_words(catalog, glossary)),
            Vocabulary(index.passages),
        )
        self._followups = FollowUps(llm, catalog, glossary, contrasts, load_prompt(prompts, "rewrite"))

    @classmethod
    def open(cls, settings: Settings | None = None) -> Assistant:
        """Load index and models as the settings say; raises AssistantError with what to do when one is missing."""
        settings = settings or Settings()
        try:
            catalog = Catalog.load(settings.report_folders)
            index = Index.load(settings.index_folder)
            encoder = None
            if index.encoder != "none" and settings.embedder != "none":
                encoder = load_encoder(settings.embedder, settings.models_folder)
            if encoder is not None and encoder.name != index.encoder:
                raise AssistantError(
                    f"the index was built with {index.encoder}, not {encoder.name}; run: assistant index build"
                )
            glossary = Glossary.load(settings.prompts_folder / "glossary.tsv")
        except (CatalogError, StoreError, EncoderError, GlossaryError) as error:
            raise AssistantError(str(error)) from error
        for report in index.manifest.reports:
            if report.id not in catalog.ids() or not catalog.get(report.id).path.is_file():
                raise AssistantError(
                    f"the index holds {report.id}, which the library lacks; run: assistant index build"
                )
        return cls(settings, catalog, index, encoder, open_llm(settings), glossary)

    def ask(
        self,
        question: str,
        *,
        reports: Sequence[str] | None = None,
        language: str = "auto",
        history: History = (),
        pipeline: str = "default",
        id: str | None = None,
    ) -> Answer:
        """The whole answer. Raises UsageError for a question that cannot be read, AssistantError without an answer."""
        events = self.stream(question, reports=reports, language=language, history=history, pipeline=pipeline, id=id)
        for event in events:
            if isinstance(event, Finished):
                return event.answer
        raise AssistantError("the answer was stopped")

    def stream(
        self,
        question: str,
        *,
        reports: Sequence[str] | None = None,
        language: str = "auto",
        history: History = (),
        pipeline: str = "default",
        id: str | None = None,
        stop: threading.Event | None = None,
    ) -> Iterator[Event]:
        """EvidenceFound at once, then checked sentences, then Finished. Closing the iterator stops the LLM, and so does
        setting `stop`, from any thread and in the middle of its work.
        """
        started = time.perf_counter()
        reports = self._checked(question, reports, pipeline)
        detected = detect_language(question)
        wanted: Language = detected if language == "auto" else _language(language)
        usage, closed = Usage(), threading.Event()
        timings: dict[str, float] = {}

        def cancelled() -> bool:
            return closed.is_set() or (stop is not None and stop.is_set())

        def passed(name: str) -> None:
            timings.setdefault(name, round(time.perf_counter() - started, 3))

        try:
            understood = self._understand(question, detected, reports, history, usage, cancelled)
            understood = replace(understood, language=wanted)
            hits = self._retriever.search(understood, DEPTH)
            passed("retrieval")
            citations = Citations(self.lines)
            yield EvidenceFound(self._evidence(hits, understood, self.settings.top_k))
            passed("first_evidence")
            draft = Draft(understood, citations, self._wording)
            for sentence in self._sentences(draft, hits, pipeline, usage, cancelled):
                passed("first_sentence")
                yield Sentence(sentence, citations.all())
            yield Finished(self._finished(draft, id, question, timings, usage, time.perf_counter() - started))
        except Stopped:
            return
        finally:
            closed.set()

    def search(
        self, question: str, *, reports: Sequence[str] | None = None, top_k: int = 10, language: str = "auto"
    ) -> list[Citation]:
        """Evidence alone, best first; no LLM is involved."""
        reports = self._checked(question, reports, "default")
        detected = detect_language(question)
        plain = self._translator.by_glossary(question) if detected == "en" else question
        understood = understand(question, plain, detected, self.catalog, reports=reports)
        return list(self._evidence(self._retriever.search(understood, top_k), understood, top_k))

    def needs_llm_to_search(self, question: str, history: History = ()) -> bool:
        """Whether the LLM may be asked before there is evidence: to translate, or to complete a follow-up."""
        return self.llm is not None and (bool(history) or detect_language(question) == "en")

    def ranked(
        self, question: str, reports: Sequence[str] = (), depth: int = DEPTH, without: Without | None = None
    ) -> list[Candidate]:
        """The figures that can answer a question, best first, before any LLM reads them; for eval/fit_lookup.py, which
        also asks what would be answered `without` the right ones.
        """
        understood = self._understand(question, detect_language(question), reports, (), Usage(), lambda: False)
        if understood.kind != "figure":
            return []
        period = understood.periods[0].period if understood.periods else None
        return self._lookup.usable(understood, period, self._retriever.search(understood, depth), without)

    def weigh(
        self, question: str, reports: Sequence[str] = (), depth: int = DEPTH, without: Without | None = None
    ) -> list[Weighed]:
        """What the look-up of a question weighs where the LLM is needed, for eval/fit_lookup.py; as `ranked`."""
        understood = self._understand(question, detect_language(question), reports, (), Usage(), lambda: False)
        if understood.kind != "figure" or self.llm is None:
            return []
        period = understood.periods[0].period if understood.periods else None
        return self._lookup.weigh_all(understood, period, self._retriever.search(understood, depth), without)

    def lines(self, report: str, start: int, end: int) -> Sequence[Line]:
        """Lines start to end (inclusive, 1-based) of a report."""
        return self._read(report)[max(0, start - 1) : end]

    def warm(self) -> None:
        """Load what the first question would otherwise wait for."""
        if isinstance(self.llm, LocalModel):
            self.llm.warm(load_prompts(self.settings.prompts_folder))
        self._retriever.search(understand("预热", "预热", "zh-Hans", self.catalog), 1)

    def _checked(self, question: str, reports: Sequence[str] | None, pipeline: str) -> tuple[str, ...]:
        if pipeline not in PIPELINES:
            raise UsageError(f"no pipeline {pipeline!r}; there are: {', '.join(PIPELINES)}")
        check_length(question, self.settings.max_question_chars)
        try:
            return tuple(dict.fromkeys(self.catalog.get(report).id for report in reports or ()))
        except CatalogError as error:
            raise UsageError(str(error)) from error

    def _understand(
        self,
        question: str,
        language: Language,
        reports: Sequence[str],
        history: History,
        usage: Usage,
        cancelled: Cancelled,
    ) -> Question:
        question = without_instructions(question)

        def in_chinese(text: str, spoken: Language) -> str:
            return self._translator.chinese(text, spoken, usage, cancelled)

        chinese = self._followups.completed(question, language, history, in_chinese, usage, cancelled)
        understood = understand(question, chinese, language, self.catalog, reports=reports)
        if language != "en" or self.llm is None:
            return understood
        understood = self._as_in_english(understood, question)
        # A follow-up's own words are only half of what it asks for.
        return understood if history else replace(understood, gloss=self._translator.gloss(question))

    def _as_in_english(self, understood: Question, question: str) -> Question:
        """What the English question itself says outweighs its translation: the unit, that a figure is wanted, names."""
        unit = self._translator.unit(question)
        understood = with_unit(understood, unit)
        if not unit and understood.unit is not None and not _bears_out(question, understood.unit):
            understood = without_unit(understood)
        if asks_figure(question):
            understood = replace(understood, kind="figure")
        elif asks_name(question) and understood.kind == "figure" and not understood.operations:
            understood = replace(understood, kind="text")
        money = understood.unit is not None and understood.unit.dimension in CURRENCIES
        if (understood.unit is None or (money and not unit and not asks_money(question))) and counted(question):
            understood = replace(understood, unit=Unit("count", 1.0))  # how many: a number of whatever it be
        if asks_money(question):  # by how much in money, not by how many per cent
            operations = tuple("difference" if name == "growth" else name for name in understood.operations)
            understood = replace(with_unit(understood, "元"), operations=tuple(dict.fromkeys(operations)))
        understood = replace(understood, named=self._translator.quoted(question))
        return understood if self._translator.names_others(question) else replace(understood, entities=())

    def _understand_chinese(self, chinese: str, reports: Sequence[str]) -> Question:
        return understand(chinese, chinese, "zh-Hans", self.catalog, reports=reports)

    def _sentences(
        self, draft: Draft, hits: Sequence[Hit], pipeline: str, usage: Usage, cancelled: Cancelled
    ) -> Iterator[str]:
        if pipeline == "naive":
            from assistant.naive import answer_naively

            return answer_naively(draft, hits, self.llm, self.settings.prompts_folder, usage, cancelled)
        kind = draft.question.kind
        if self._editions.concern(draft.question):
            return self._editions.noted(draft, self._editions.answer(draft, usage, cancelled))
        if kind == "figure":
            return self._editions.noted(draft, self._figures.answer(draft, hits, usage, cancelled))
        if kind == "explain":
            return self._texts.explain(draft, hits, usage, cancelled)
        return self._texts.answer(draft, hits, usage, cancelled)

    def _evidence(self, hits: Sequence[Hit], question: Question, count: int) -> tuple[Citation, ...]:
        """The first hits as citations; a row is cited by its cell for the period asked, else by its latest."""
        citations = Citations(self.lines)
        periods = [asked.period for asked in question.periods]
        for hit in hits[:count]:
            if hit.passage.row is None:
                citations.passage(hit.passage)
                continue
            figures = figures_of(hit.passage, self.lines, self.catalog.get(hit.passage.report).year)
            asked = [figure for figure in figures if any(fits(period, figure.period) for period in periods)]
            for figure in asked or sorted(figures, key=lambda figure: figure.period)[-1:]:
                citations.figure(figure)
        return citations.all()

    def _conflicts(self, figure: Figure) -> list[Figure]:
        """The report's other values for what `figure` states."""
        found: list[Figure] = []
        for conflict in self.index.conflicts:
            if conflict.report != figure.report or figure.line not in {place.line for place in conflict.places}:
                continue
            if not any(place.value == figure.value and place.line == figure.line for place in conflict.places):
                continue
            for place in conflict.places:
                if place.value == figure.value:
                    continue
                found += self._at(figure.report, place.line, place.value)[:1]
        return found

    def _at(self, report: str, line: int, value: float) -> list[Figure]:
        year = self.catalog.get(report).year
        near = (self.index.passages[position] for position in self.index.near(report, line, line))
        return [
            figure
            for passage in near
            for figure in figures_of(passage, self.lines, year)
            if figure.line == line and figure.value == value
        ]

    def _finished(
        self, draft: Draft, id_: str | None, question: str, timings: Mapping[str, float], usage: Usage, seconds: float
    ) -> Answer:
        main = draft.main if not draft.abstained else None
        joint = " " if draft.language == "en" else ""
        return Answer(
            id=id_,
            question=question,
            language=draft.language,
            answer=joint.join(draft.sentences).strip(),
            abstained=draft.abstained,
            value=main.value if main else None,
            unit=main.unit if main else None,
            period=main.period if main else None,
            formula=main.formula if main else None,
            results=tuple(draft.results),
            citations=draft.citations.all(),
            nearest=tuple(draft.nearest),
            conflicts=tuple(draft.conflicts),
            seconds=round(seconds, 3),
            timings=Timings(**timings, tokens_read=usage.read, tokens_written=usage.written),
        )


def _bears_out(question: str, unit: Unit) -> bool:
    """Whether an English question itself wants the unit that its translation asks for."""
    if (asks_amount(question) or asks_size(question)) and (unit.is_count() or unit.dimension in ("year", "percent")):
        return False  # "how much interest do borrowers save each year"
    # "By how much did loans grow": in money or in per cent.
    either = asks_change(question) and unit.dimension in ("CNY", "hour") and not asks_money(question)
    return not either and says_measure(question, unit)


def _bilingual(encoder: Encoder | None, settings: Settings) -> Encoder | None:
    """The project's own retriever, whatever the index was built with."""
    if encoder is not None and encoder.name == encoder_name(retriever.NAME, settings.models_folder):
        return encoder
    try:
        return load_encoder(retriever.NAME, settings.models_folder)
    except EncoderError as error:
        raise AssistantError(str(error)) from error


def open_llm(settings: Settings) -> LanguageModel | None:
    """The LLM that the settings name; None for "none"."""
    if settings.llm == "none":
        return None
    if settings.llm_url:
        key = settings.llm_key.get_secret_value() if settings.llm_key else None
        return ServerModel(settings.llm_url, model=settings.llm_model, key=key, timeout=settings.llm_timeout)
    return LocalModel(
        Path(settings.llm_path),
        states_folder=settings.cache_folder / "states",
        threads=settings.threads,
        context=settings.context_size,
    )


def _known_words(catalog: Catalog, glossary: Glossary) -> Callable[[str], bool]:
    """Whether an English word is a term, or part of the name of an institution of the library: no name in pinyin."""
    names = " ".join(name for report in catalog.reports for name in report.names())
    own = {word.lower() for word in re.findall(r"[A-Za-z]+", names)}
    return lambda word: word.lower() in own or any(glossary.match_en(word))


def _language(name: str) -> Language:
    for known in ("zh-Hans", "zh-Hant", "en"):
        if name == known:
            return known
    raise UsageError(f"no language {name!r}; there are: auto, zh-Hans, zh-Hant, en")
