"""What a figure says: what it measures, topic, status, speaker, period, and whether it was stated before.

Pure functions of the text around the figure; every word list is in ``rules/figure_context``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from pipeline.document import Document
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
_HEADLINES = ("title", "lede", "caption")
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


class FigureDescriber:
    """Describes the figures of an article from the words around them; built once from the rules, stateless."""

    def __init__(self, rules: Rules) -> None:
        context = rules[_DIMENSION]
        self._context = context
        self._clause_end = context.pattern(r"{clause_end}")
        self._lead = context.pattern(r"[ ,;:.\-(\"')]*(?:{lead_in}{E}[ ,:]{0,3})?")
        self._trail = context.pattern(r"(?r)(?:[ ,:]{0,3}{B}{trail_out})?[ ,;:.\-(\"']*")
        self._status = context.pattern(
            r"{B}(?:(?<none>{not_planned})|(?<cumulative>{cumulative})|(?<planned>{planned})"
            r"|(?<previous>{previous})|(?<achieved>{achieved})){E}"
        )
        self._speakers = tuple(
            context.rule(f"{_DIMENSION}.{n}") for n in ("speaker_before", "speaker_according", "source_according")
        )
        self._speaker_after = context.rule(f"{_DIMENSION}.speaker_after")
        self._topics: dict[str, list[tuple[str, int]]] = {}
        for row in context.table("topics", _Topic):
            for word in row.words:
                self._topics.setdefault(fold(word), []).append((row.topic, row.weight))
        words = sorted((canonical(w) for w in self._topics), key=lambda w: (-len(w), w))
        self._topic = context.pattern(r"{B}(?i:" + "|".join(w.replace(" ", r"[ ]{1,2}") for w in words) + r"){E}")
        self._weights = tuple(int(context.settings[n]) for n in ("in_about", "in_clause", "in_sentence"))
        self._least = int(context.settings["least"])

    def __call__(self, document: Document, figures: Sequence[Figure], dates: Sequence[DateSpan]) -> list[FigureContext]:
        """One context per figure. ``figures`` in reading order, offsets into ``document.text``.

        ``dates`` are the article's resolved dates as (start, end, first day, last day).
        """
        key = canonical(document.text)
        frames = [self._frame(document, key, figures, i) for i in range(len(figures))]
        out: list[FigureContext] = []
        for index, (figure, frame) in enumerate(zip(figures, frames, strict=True)):
            about = document.text[frame.about[0] : frame.about[1]] if frame.about else None
            first, last = self._period(figure, frame, dates)
            described = FigureContext(
                about=about,
                topic=self._topic_of(key, frame),
                status=self._status_of(key, figure, frame),
                said_by=self._speaker(document, key, figure, frame),
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
        """The words of the clause that say what the figure measures: before an amount, behind a share, around a count."""
        figure = figures[index]
        before = max([left, *(f.end for f in figures[max(0, index - 1) : index] if f.end > left)])
        after = min([right, *(f.start for f in figures[index + 1 : index + 2])])
        unit_start = figure.start
        if figure.unit and (at := key.find(canonical(figure.unit), figure.start, figure.end)) >= 0:
            unit_start = at
        spans: list[tuple[int, int]]
        if figure.kind == "money":
            spans = [(before, figure.start), (left, figure.start), (figure.end, after)]
        elif figure.kind == "count":
            spans = [(unit_start, after), (before, max(figure.end, unit_start))]
            if after - figure.end < 6:
                spans.reverse()
        else:
            spans = [
                (unit_start if figure.kind == "ratio" else figure.end, after),
                (before, figure.start),
                (left, figure.start),
            ]
        for span in spans:
            trimmed = self._trim(key, *span)
            if trimmed is not None:
                return trimmed
        return None

    def _trim(self, key: str, start: int, end: int) -> tuple[int, int] | None:
        for _ in range(3):
            match = self._lead.match(key, start, end)
            if match is None or match.end() == start:
                break
            start = match.end()
        for _ in range(3):
            match = self._trail.match(key, start, end)
            if match is None or match.start() == end:
                break
            end = match.start()
        if end - start > _LONGEST_ABOUT:
            cut = key.rfind(",", start + 40, start + _LONGEST_ABOUT)
            cut = cut if cut > 0 else key.rfind(" ", start, start + _LONGEST_ABOUT)
            end = cut if cut > start else start + _LONGEST_ABOUT
        text = key[start:end].strip()
        return (start, end) if sum(c.isalpha() for c in text) >= 3 else None

    def _topic_of(self, key: str, frame: _Frame) -> str:
        scores: dict[str, int] = {}
        for match in self._topic.finditer(key, *frame.sentence):
            if frame.about and frame.about[0] <= match.start() < frame.about[1]:
                place = self._weights[0]
            elif frame.clause[0] <= match.start() < frame.clause[1]:
                place = self._weights[1]
            else:
                place = self._weights[2]
            for topic, weight in self._topics[fold(match.group())]:
                scores[topic] = max(scores.get(topic, 0), weight * place)
        best = max(scores, key=lambda t: scores[t], default=_OTHER)
        return best if scores.get(best, 0) >= self._least else _OTHER

    def _status_of(self, key: str, figure: Figure, frame: _Frame) -> str | None:
        """The status that the nearest cue of the clause gives, else that of the sentence before the figure."""
        nearest: str | None = None
        for match in self._status.finditer(key, frame.clause[0], figure.start):
            if match.lastgroup != "none":
                nearest = match.lastgroup
        whole = {
            m.lastgroup for m in self._status.finditer(key, frame.sentence[0], figure.start) if m.lastgroup != "none"
        }
        if nearest == "planned":
            return nearest
        for strong in ("planned", "cumulative"):
            if strong in whole and nearest in (None, "achieved", strong):
                # a goal or a term named first governs the list behind it, unless the clause says what was done
                if strong == "planned" and nearest == "achieved" and frame.clause[0] == frame.sentence[0]:
                    continue
                return strong
        if nearest:
            return nearest
        after = self._status.search(key, figure.end, frame.clause[1])
        return "achieved" if after is not None and after.lastgroup == "achieved" else None

    def _speaker(self, document: Document, key: str, figure: Figure, frame: _Frame) -> str | None:
        low, high = frame.sentence
        found: tuple[int, int] | None = None
        for rule in self._speakers:
            for match in rule.finditer(key, low, figure.start):
                if found is None or match.start("name") > found[0]:
                    found = match.span("name")
        if found is None:
            for match in self._speaker_after.finditer(key, figure.end, high):
                found = match.span("name")
                break
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
        figure, here = figures[index], frames[index]
        for earlier in range(index):
            other = figures[earlier]
            if _value(other) != _value(figure) or frames[earlier].sentence == here.sentence:
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
