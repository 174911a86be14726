"""The time that a figure speaks of."""

from __future__ import annotations

import datetime as dt

from pipeline.extract.numbers import Phrases
from pipeline.facts import Figure
from pipeline.resolve.figures.lexicon import WORD, Listed
from pipeline.resolve.figures.reading import (
    BESIDE,
    EDGE,
    REACH,
    TRAIL_REACH,
    DateSpan,
    Frame,
    Paragraph,
    Reading,
)
from pipeline.rules import RuleSet


class Periods:
    """Says which date governs a figure; built once from the rules, stateless."""

    def __init__(self, context: RuleSet) -> None:
        lists = context.lexicon
        self._fillers, self._compares, self._bounds = (
            Phrases(lists[n]) for n in ("period_filler", "period_compared", "period_bound")
        )
        self._anniversary, self._document, self._period_names = (
            Phrases(lists[n]) for n in ("anniversary", "document", "period_names")
        )
        self._other_time = Listed(lists["other_time"])
        self._belonging = Phrases(lists["belongs_to"])

    def __call__(
        self, reading: Reading, paragraph: Paragraph, frame: Frame, figure: Figure
    ) -> tuple[dt.date | None, dt.date | None]:
        """First and last day of what a figure is told for; (None, None) unless a date plainly governs it.

        A date governs from before the figure: in its own words, at the head of its clause, or at the head of the
        sentence and of the list that follows. A single day speaks for the deed told of it, not for what stands there
        in brackets. A date that only bounds or compares (since, until, than in) gives none.
        """
        none = (None, None)
        low = frame.sentence[0]
        left, right = frame.segment
        if reading.low[left - 1 : left] == "(" or self._another_time(reading, paragraph, frame, figure):
            return none
        behind = reading.calendar.first(figure.end, right)
        if behind is not None and self._use_of_date(reading, paragraph, behind, left) == "bounds":
            return none
        for date in reading.calendar.before(max(low, figure.start - 2 * REACH), figure.start):
            leads = self._leads(reading, paragraph, date, low)
            # "sơ kết 6 tháng đầu năm 2021: …" heads what stands behind the colon
            heads = reading.key[date[1] : date[1] + 1] == ":" or leads == "sentence"
            if not heads and date[0] < frame.clause[0]:
                continue
            use = self._use_of_date(reading, paragraph, date, low)
            if use == "bounds":
                return none
            if use == "other" or (use == "names" and reading.key[date[1] : date[1] + 1] != ":"):
                continue
            if date[2] == date[3] and (date[0] < frame.clause[0] or self._belongs(reading, frame, figure)):
                continue
            if leads or heads or date[0] >= paragraph.mark_before(figure.start, low):
                return none if self._told_between(reading, paragraph, date[1], figure.start) else (date[2], date[3])
        return none

    def _belongs(self, reading: Reading, frame: Frame, figure: Figure) -> bool:
        """Whether a figure only says whose the one before it is: 120 đại biểu của 28 tổ."""
        left = frame.segment[0]
        if reading.within_figure(left - 1) is None:
            return False
        words = [m.start() for m in WORD.finditer(reading.key, max(left, figure.start - TRAIL_REACH), figure.start)]
        return any(self._belonging.end(reading.key, w) == figure.start - 1 for w in words)

    def _told_between(self, reading: Reading, paragraph: Paragraph, low: int, high: int) -> bool:
        """Whether another time is spoken of between a date and its figure."""
        return paragraph.names_any(self._other_time, reading, max(low, high - 2 * REACH), high)

    def _another_time(self, reading: Reading, paragraph: Paragraph, frame: Frame, figure: Figure) -> bool:
        """Whether the figure's clause speaks of no date but of a habit or a longer time: each year, since the start."""
        low, high = (
            max(frame.clause[0], figure.start - TRAIL_REACH * 2),
            min(frame.clause[1], figure.end + TRAIL_REACH),
        )
        return paragraph.names_any(self._other_time, reading, low, min(high, frame.segment[1]))

    def _leads(self, reading: Reading, paragraph: Paragraph, date: DateSpan, low: int) -> str | None:
        """Whether a date opens its "sentence" or its "clause" (behind a comma, or behind a verb of speech)."""
        start = self._before_fillers(reading, max(low, date[0] - TRAIL_REACH), date[0])
        if start - low < TRAIL_REACH and not reading.key[low:start].strip(EDGE):
            return "sentence"
        mark = paragraph.mark_before(start, low)
        if start - mark <= BESIDE:
            return "clause"
        said = [c for c in paragraph.cues_in(max(low, start - TRAIL_REACH), start) if c.end >= start - BESIDE]
        return "clause" if any("speech" in c.roles for c in said) else None

    def _before_fillers(self, reading: Reading, low: int, at: int) -> int:
        """Where the small words begin that belong to a date: "trong", "chiều", "ngày"."""
        for word in reversed([m.start() for m in WORD.finditer(reading.key, low, at)]):
            end = self._fillers.end(reading.key, word)
            if end is None or not at - BESIDE <= end <= at:
                break
            at = word
        return at

    def _use_of_date(self, reading: Reading, paragraph: Paragraph, date: DateSpan, low: int) -> str:
        """What a date does where it stands: it "governs", "bounds" a time, "names" a thing, or is "other"."""
        key = reading.key
        opened, closed = key.rfind("(", max(low, date[0] - 2 * TRAIL_REACH), date[0]), -1
        if opened >= 0:
            closed = key.find(")", opened, date[0])
        if opened > closed:
            return "other"
        segment = max(paragraph.mark_before(date[0], low), date[0] - 2 * TRAIL_REACH)
        at = self._before_fillers(reading, segment, date[0])
        # the small words may hide the telling one: "từ đầu năm", "tính đến hết ngày"
        words = [m.start() for m in WORD.finditer(key, max(segment, at - TRAIL_REACH), date[0])]
        for use, phrases in (("other", self._compares), ("bounds", self._bounds)):
            if any((end := phrases.end(key, w)) is not None and at - BESIDE <= end <= date[0] for w in words):
                return use
        inside = self._bounds.end(key, date[0])
        if inside is not None and inside < date[1]:
            return "bounds"
        if any(True for _ in self._anniversary.finditer(key, segment, date[0])):
            return "other"
        if any(True for _ in self._document.finditer(key, segment, date[0])):
            return "other"
        return "names" if any(True for _ in self._period_names.finditer(key, segment, date[0])) else "governs"
