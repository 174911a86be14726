"""What a figure says: what it measures, topic, status, speaker, period, and whether it was stated before.

Pure functions of the text around the figure; every word list is in ``rules/figure_context``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from pipeline.document import Document
from pipeline.extract.numbers import Phrases
from pipeline.facts import Figure
from pipeline.rules import Rules
from pipeline.text import canonical, fold

_DIMENSION = "figure_context"
# a quotation longer than this is no longer "what it measures" (characters)
_LONGEST_ABOUT = 160
# from this size on two equal counts of one unit in an article are one fact; smaller numbers recur by chance
_TELLING = 20
# share of common words from which two figures are taken to measure the same
_ALIKE = 0.5
_ALIKE_HEADLINE = 0.2
# what a quotation neither begins nor ends with, and how far back a closing phrase is looked for
_EDGE = " ,;:.-(\"')"
_TRAIL_REACH = 30
_WORD = re.compile(r"\w+")
_LETTERS = re.compile(r"[^\W\d_]{3}|[^\W\d_]{1,2}\W+[^\W\d_]")
_HEADLINES = ("title", "lede", "caption")
_ACT = "act"
_STATUSES = ("cumulative", "planned", "previous", "achieved", _ACT)
_OTHER = "other"

# start, end in the article's text; first and last day, None where nothing fixes them
DateSpan = tuple[int, int, dt.date | None, dt.date | None]


class _Topic(BaseModel):
    model_config = ConfigDict(extra="forbid")
    topic: str
    weight: int
    words: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureContext:
    """What the text says of one figure. ``same_as`` is the index of the figure that stated the same fact first."""

    about: str | None = None
    topic: str = _OTHER
    status: str | None = None
    said_by: str | None = None
    period_start: dt.date | None = None
    period_end: dt.date | None = None
    same_as: int | None = None


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where a figure stands: its sentence, its clause, and the words that say what it measures."""

    sentence: tuple[int, int]
    clause: tuple[int, int]
    about: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class _Cues:
    """The cue words of one sentence, with where they begin."""

    topics: list[tuple[int, list[tuple[str, int]]]]
    statuses: list[tuple[int, str | None]]
    speaks: bool


class FigureDescriber:
    """Describes the figures of an article from the words around them; built once from the rules, stateless."""

    def __init__(self, rules: Rules) -> None:
        context = rules[_DIMENSION]
        self._context = context
        self._clause_end = context.pattern(r"{clause_end}")
        self._lead = Phrases(context.lexicon["lead_in"])
        self._trail_words = frozenset(fold(w).split()[-1] for w in context.lexicon["trail_out"])
        self._measured = Phrases(context.lexicon["measured_before"])
        self._trail = Phrases(context.lexicon["trail_out"])
        self._status_of_word: dict[str, str | None] = {}
        for status in (None, *_STATUSES):
            for word in context.lexicon[status or "not_planned"]:
                self._status_of_word.setdefault(fold(word), status)
        self._status = Phrases(self._status_of_word)
        self._speech = Phrases([*context.lexicon["speech_verb"], *context.lexicon["according"]])
        self._speakers = tuple(
            context.rule(f"{_DIMENSION}.{n}") for n in ("speaker_before", "speaker_according", "source_according")
        )
        self._speaker_after = context.rule(f"{_DIMENSION}.speaker_after")
        self._topics: dict[str, list[tuple[str, int]]] = {}
        for row in context.table("topics", _Topic):
            for word in row.words:
                self._topics.setdefault(fold(word), []).append((row.topic, row.weight))
        self._topic = Phrases(self._topics)
        self._weights = tuple(int(context.settings[n]) for n in ("in_about", "in_clause", "in_sentence"))
        self._least = int(context.settings["least"])

    def __call__(self, document: Document, figures: Sequence[Figure], dates: Sequence[DateSpan]) -> list[FigureContext]:
        """One context per figure. ``figures`` in reading order, offsets into ``document.text``.

        ``dates`` are the article's resolved dates as (start, end, first day, last day).
        """
        key = canonical(document.text)
        frames = [self._frame(document, key, figures, i) for i in range(len(figures))]
        cues = {s: self._cues(key, s) for s in {f.sentence for f in frames}}
        out: list[FigureContext] = []
        for index, (figure, frame) in enumerate(zip(figures, frames, strict=True)):
            about = document.text[frame.about[0] : frame.about[1]] if frame.about else None
            first, last = self._period(figure, frame, dates)
            described = FigureContext(
                about=about,
                topic=self._topic_of(cues[frame.sentence], frame),
                status=self._status_of(cues[frame.sentence], figure, frame),
                said_by=self._speaker(document, key, cues[frame.sentence], figure, frame),
                period_start=first,
                period_end=last,
            )
            out.append(described)
            earlier = self._same_as(document, figures, frames, out, index)
            if earlier is not None:
                out[index] = _with_same_as(described, earlier)
        return out

    def _frame(self, document: Document, key: str, figures: Sequence[Figure], index: int) -> _Frame:
        figure = figures[index]
        low, high = document.sentence_span(figure.start)
        block = document.block_at(figure.start)
        if block is not None:
            low, high = max(low, block.start), min(max(high, figure.end), block.end)
        else:
            low = max(low, key.rfind("\n", 0, figure.start) + 1)
            line_end = key.find("\n", figure.end)
            high = min(high, line_end) if line_end >= 0 else high
        left, right = low, high
        for match in self._clause_end.finditer(key, low, figure.start):
            left = match.end()
        if match := self._clause_end.search(key, figure.end, high):
            right = match.start()
        return _Frame((low, high), (left, right), self._about(key, figures, index, left, right))

    def _about(self, key: str, figures: Sequence[Figure], index: int, left: int, right: int) -> tuple[int, int] | None:
        """The words of the clause that say what the figure measures.

        Before an amount (with the things counted in it), behind a share, around a count.
        """
        figure = figures[index]
        near = [f for f in figures[max(0, index - 4) : index] if f.end > left]
        before = max([left, *(f.end for f in near)])
        after = min([right, *(f.start for f in figures[index + 1 : index + 2])])
        unit_start = figure.start
        if figure.unit and (at := key.find(canonical(figure.unit), figure.start, figure.end)) >= 0:
            unit_start = at
        # (start, end, whether its end is kept where it is too long), the best first
        ahead = [(before, figure.start, True), (left, figure.start, True)]
        if figure.kind == "money":
            # what was counted belongs to what was paid for it: "trao quà cho 338 đoàn viên"
            amounts = max([left, *(f.end for f in near if f.kind in ("money", "percent"))])
            return self._telling(key, [(amounts, figure.start, True), *ahead, (figure.end, after, False)])
        if figure.kind == "count":
            behind = self._trim(key, unit_start, after)
            if behind is not None and behind[1] > figure.end + 1:
                return behind
            return self._trim(key, before, max(figure.end, unit_start), keep_end=True) or behind
        follows = (unit_start if figure.kind == "ratio" else figure.end, after, False)
        if figure.kind == "percent" and self._ends_before(key, figure.start):
            return self._telling(key, [*ahead, follows])
        return self._telling(key, [follows, *ahead])

    def _telling(self, key: str, spans: Sequence[tuple[int, int, bool]]) -> tuple[int, int] | None:
        """The first of the spans that says something: of two words at least, else the first that has any."""
        first: tuple[int, int] | None = None
        for start, end, keep_end in spans:
            trimmed = self._trim(key, start, end, keep_end)
            if trimmed is not None and " " in key[trimmed[0] : trimmed[1]].strip():
                return trimmed
            first = first or trimmed
        return first

    def _ends_before(self, key: str, start: int) -> bool:
        """Whether the words before ``start`` say that what was measured stands before them (nữ chiếm 65%)."""
        end = start
        while end and key[end - 1] == " ":
            end -= 1
        words = [m.start() for m in _WORD.finditer(key, max(0, end - _TRAIL_REACH), end)]
        return any(self._measured.end(key, w) == end for w in words)

    def _trim(self, key: str, start: int, end: int, keep_end: bool = False) -> tuple[int, int] | None:
        """The span without the words that only lead in or out; cut to a quotation's length at a comma or space."""
        for _ in range(4):
            while start < end and key[start] in _EDGE:
                start += 1
            lead = self._lead.end(key, start)
            if lead is None or lead > end:
                break
            start = lead
        for _ in range(4):
            while end > start and key[end - 1] in _EDGE:
                end -= 1
            last = end
            while last > start and key[last - 1].isalnum():
                last -= 1
            if key[last:end].lower() not in self._trail_words:
                break
            # the earliest of the last few words that begins a phrase which ends here
            starts = [m.start() for m in _WORD.finditer(key, max(start, end - _TRAIL_REACH), end)]
            tail = next((w for w in starts if self._trail.end(key, w) == end), None)
            if tail is None:
                break
            end = tail
        while start < end and key[start] in _EDGE:
            start += 1
        if end - start > _LONGEST_ABOUT:
            if keep_end:
                cut = key.find(",", end - _LONGEST_ABOUT, end - 40)
                start = cut + 1 if cut > 0 else key.find(" ", end - _LONGEST_ABOUT, end) + 1
                while start < end and key[start] in _EDGE:
                    start += 1
            else:
                cut = key.rfind(",", start + 40, start + _LONGEST_ABOUT)
                end = cut if cut > 0 else key.rfind(" ", start, start + _LONGEST_ABOUT)
        return (start, end) if end > start and _LETTERS.search(key, start, end) else None

    def _cues(self, key: str, sentence: tuple[int, int]) -> _Cues:
        """Everything in a sentence that says something of its figures; read once for all of them."""
        return _Cues(
            topics=[(a, self._topics[fold(key[a:b])]) for a, b in self._topic.finditer(key, *sentence)],
            statuses=[(a, self._status_of_word[fold(key[a:b])]) for a, b in self._status.finditer(key, *sentence)],
            speaks=any(True for _ in self._speech.finditer(key, *sentence)),
        )

    def _topic_of(self, cues: _Cues, frame: _Frame) -> str:
        scores: dict[str, int] = {}
        for at, topics in cues.topics:
            if frame.about and frame.about[0] <= at < frame.about[1]:
                place = self._weights[0]
            elif frame.clause[0] <= at < frame.clause[1]:
                place = self._weights[1]
            else:
                place = self._weights[2]
            for topic, weight in topics:
                scores[topic] = max(scores.get(topic, 0), weight * place)
        best = max(scores, key=lambda t: scores[t], default=_OTHER)
        return best if scores.get(best, 0) >= self._least else _OTHER

    @staticmethod
    def _status_of(cues: _Cues, figure: Figure, frame: _Frame) -> str | None:
        """The status that the nearest cue of the clause gives, else that of the sentence before the figure."""
        before = [(at, status) for at, status in cues.statuses if at < figure.start and status is not None]
        inside = [status for at, status in before if at >= frame.clause[0]]
        # deeds say "achieved" only where no plan or comparison speaks of the figure ("sẽ tặng")
        said = [status for status in inside if status != _ACT]
        nearest = said[-1] if said else None
        if nearest is None or nearest == "achieved":
            whole = [status for at, status in before if at < frame.clause[0]]
            for governing in ("planned", "cumulative"):
                # a goal or a term named first governs the list behind it, unless the clause says what was done
                if governing in whole and (nearest is None or governing == "cumulative"):
                    return governing
            if nearest == "achieved" and "cumulative" in inside:
                return "cumulative"
        if nearest is not None:
            return nearest
        if _ACT in inside:
            return "achieved"
        after = [status for at, status in cues.statuses if figure.end <= at < frame.clause[1]]
        return "achieved" if after and after[0] in ("achieved", _ACT) else None

    def _speaker(self, document: Document, key: str, cues: _Cues, figure: Figure, frame: _Frame) -> str | None:
        """Who says it: named before the figure with a verb of speech or "theo", or behind the quotation."""
        if not cues.speaks:
            return None
        low, high = frame.sentence
        found: tuple[int, int] | None = None
        for rule in self._speakers:
            for match in rule.finditer(key, low, figure.start):
                if found is None or match.start("name") > found[0]:
                    found = match.span("name")
        if found is None:
            behind = self._speaker_after.search(key, figure.end, high)
            found = behind.span("name") if behind else None
        return document.text[found[0] : found[1]].strip() if found else None

    @staticmethod
    def _period(figure: Figure, frame: _Frame, dates: Sequence[DateSpan]) -> tuple[dt.date | None, dt.date | None]:
        """The date expression of the figure's clause, else of its sentence: the nearest before it, else after it."""
        for low, high in (frame.clause, frame.sentence):
            inside = [d for d in dates if low <= d[0] and d[1] <= high and d[2] is not None and d[3] is not None]
            if inside:
                before = [d for d in inside if d[1] <= figure.start]
                best = max(before, key=lambda d: d[0]) if before else min(inside, key=lambda d: d[0])
                return best[2], best[3]
        return None, None

    def _same_as(
        self,
        document: Document,
        figures: Sequence[Figure],
        frames: Sequence[_Frame],
        contexts: Sequence[FigureContext],
        index: int,
    ) -> int | None:
        """The first earlier figure of the article that states the same fact (value, unit, and what it measures)."""
        figure, here = figures[index], frames[index]
        value = _value(figure)
        for earlier in range(index):
            other = figures[earlier]
            if other.kind != figure.kind or _value(other) != value or frames[earlier].sentence == here.sentence:
                continue
            blocks = (document.block_at(other.start), document.block_at(figure.start))
            headline = any(b is not None and b.kind in _HEADLINES for b in blocks)
            alike = _likeness(contexts[earlier].about, contexts[index].about)
            telling = figure.kind in ("money", "count") and (figure.low or 0) >= _TELLING and not figure.each
            if alike >= (_ALIKE_HEADLINE if headline else _ALIKE) or (telling and (figure.kind == "count" or headline)):
                first = contexts[earlier].same_as
                return earlier if first is None else first
        return None


def _with_same_as(context: FigureContext, earlier: int) -> FigureContext:
    return FigureContext(
        about=context.about,
        topic=context.topic,
        status=context.status,
        said_by=context.said_by,
        period_start=context.period_start,
        period_end=context.period_end,
        same_as=earlier,
    )


def _value(figure: Figure) -> tuple[object, ...]:
    unit = fold(figure.unit).split(" ")[0] if figure.unit else None
    return (figure.kind, figure.low, figure.high, figure.numerator, figure.denominator, figure.currency, unit)


def _likeness(a: str | None, b: str | None) -> float:
    """The share of the shorter text's words that stand in the longer one too."""
    left, right = set(fold(a or "").split()), set(fold(b or "").split())
    return len(left & right) / min(len(left), len(right)) if left and right else 0.0
