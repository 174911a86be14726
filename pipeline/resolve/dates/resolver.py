"""Gives every date of an article its days."""

from __future__ import annotations

import bisect
import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.codes import DateBasis
from pipeline.document import Document
from pipeline.facts import SPAN_FROM, SPAN_UNTIL, DateMention, TermMention
from pipeline.resolve.dates.days import Span, in_year, in_years_about, is_part, period_of, told_day
from pipeline.resolve.dates.grounds import Grounds
from pipeline.resolve.dates.surroundings import LEFT, Surroundings
from pipeline.resolve.dates.windows import Windows
from pipeline.rules import Rules, built

EXPLICIT, PUBLISHED, CONTEXT, RELATIVE, NONE = (
    b.value for b in (DateBasis.EXPLICIT, DateBasis.PUBLISHED, DateBasis.CONTEXT, DateBasis.RELATIVE, DateBasis.NONE)
)
# flags of a resolved date
YEAR_INFERRED, DATE_CONFLICT = "year_inferred", "date_conflict"
# characters of a sentence before a date in which its year may be named
_SENTENCE = 600


@dataclass(frozen=True, slots=True)
class ResolvedDate:
    """A mention with the days that it covers, both inclusive; None, with basis ``none``, where nothing fixes the year.

    ``precision``: day, month, quarter, year. ``basis``: explicit, year_from_published, year_from_term,
    year_from_context, relative, none. ``flags``: year_inferred, date_conflict.
    """

    mention: DateMention
    date_start: dt.date | None
    date_end: dt.date | None
    precision: str
    basis: str
    flags: tuple[str, ...] = ()


def resolve_dates(
    document: Document, dates: Sequence[DateMention], terms: Sequence[TermMention], rules: Rules
) -> list[ResolvedDate]:
    """Resolve the dates of an article, one result per mention in the order given (offsets into ``document.text``)."""
    if not dates:
        return []
    text = Surroundings(document, dates, rules["date_context"])
    return _Resolver(text, dates, Grounds(text, terms, built(Windows, rules))).run()


class _Resolver:
    """One article under work."""

    def __init__(self, text: Surroundings, given: Sequence[DateMention], grounds: Grounds) -> None:
        self.text, self.given, self.grounds = text, given, grounds
        self.rules, self.settings = text.rules, grounds.settings
        self.periods: dict[tuple[str, int | None, int | None], set[int]] = {}
        for mention in text.dates:
            if mention.year is not None and mention.precision != "day" and not text.is_compared(mention):
                years = self.periods.setdefault((mention.precision, mention.month, mention.end_month), set())
                years.add(mention.year)

    def run(self) -> list[ResolvedDate]:
        anchor, basis = self.grounds.anchor()
        found = [self._resolve(m, anchor, basis) for m in self.given]
        for index, (first, last) in enumerate(itertools.pairwise(found)):
            if SPAN_FROM in first.mention.flags and SPAN_UNTIL in last.mention.flags and first.date_start is not None:
                # the second day of a span is the first such day after it began
                years = (first.date_start.year, first.date_start.year + 1)
                ends = [span for y in years if (span := in_year(last.mention, y)) is not None]
                span = next((s for s in ends if s[0] >= first.date_start), None)
                found[index + 1] = self._result(last.mention, span, first.basis)
        return found

    def _resolve(self, mention: DateMention, anchor: dt.date | None, basis: str) -> ResolvedDate:
        span = self.text.stated.get(id(mention))
        if span is not None:
            return self._result(mention, span, EXPLICIT)
        if mention.relative is not None:
            return self._relative(mention, anchor)
        if mention.month is None:
            return self._result(mention, None, NONE)
        same = self._sentence_year(mention) or self._stated_beside(mention) or self._stated_elsewhere(mention)
        if same is not None:
            return self._result(mention, in_year(mention, same), CONTEXT)
        if anchor is None:
            return self._result(mention, None, NONE)
        span = self._by_stamp(mention, anchor)
        return self._result(mention, span, basis if span else NONE)

    def _result(self, mention: DateMention, span: Span | None, basis: str) -> ResolvedDate:
        if span is None:
            return ResolvedDate(mention, None, None, mention.precision, NONE)
        flags = []
        if basis not in (EXPLICIT, RELATIVE):
            flags.append(YEAR_INFERRED)
        if self._conflicts(mention, span[0], basis):
            flags.append(DATE_CONFLICT)
        return ResolvedDate(mention, *span, mention.precision, basis, tuple(flags))

    def _conflicts(self, mention: DateMention, day: dt.date, basis: str) -> bool:
        if mention.precision != "day":
            return False
        named = self.rules.pattern("{weekday_before}").search(self.text.before(mention, 40))
        if named is not None and int(self.rules.value("weekday", named["weekday"])) != day.weekday():
            return True
        if basis == PUBLISHED:
            return self._is_of_another_term(mention, day)
        late = self.text.stamp is not None and (day - self.text.stamp).days > self.settings["stated_ahead_at_most"]
        return late and basis == EXPLICIT and not self.text.is_ahead(mention)

    def _is_of_another_term(self, mention: DateMention, day: dt.date) -> bool:
        """Whether the stamp gives a day of the report a year far from the term that the report opens."""
        if mention.start >= self.text.head_end or self.text.is_past(mention):
            return False
        off = [abs(day.year - window.first.year) for window in self.grounds.term_window(mention)]
        return bool(off) and min(off) > self.settings["term_years_off"]

    def _relative(self, mention: DateMention, anchor: dt.date | None) -> ResolvedDate:
        unit, _, offset = str(mention.relative).partition(":")
        if unit == "year":
            base = self._told_year(mention) or (
                self.text.stamp.year if self.text.stamp else anchor.year if anchor else None
            )
            if base is None:
                return self._result(mention, None, NONE)
            year = base + int(offset)
            span = in_year(mention, year) if mention.month else (dt.date(year, 1, 1), dt.date(year, 12, 31))
            return self._result(mention, span, RELATIVE if self.text.stamp else CONTEXT)
        if self.text.stamp is None or (unit == "day" and self._spoken_another_day(mention)):
            return self._result(mention, None, NONE)
        words = self.text.document.text[mention.start : mention.end].lower()
        return self._result(mention, period_of(told_day(words, self.text.stamp, unit, int(offset)), unit), RELATIVE)

    def _told_year(self, mention: DateMention) -> int | None:
        """The year told of in the same clause, which "the year before" goes back from."""
        block = self.text.block(mention.start)
        if block is None:
            return None
        words = self.text.key(block)[mention.start - block.start : mention.end - block.start]
        if self.rules.pattern("{told_from}").search(words) is None:
            return None
        clause = mention.start - len(self.text.before(mention, LEFT))
        for other in reversed(self.text.dates[: bisect.bisect_left(self.text.at, mention.start)]):
            if other.start < clause:
                break
            if (span := self.text.stated.get(id(other))) is not None and other.precision != "day":
                return span[1].year
        return None

    def _spoken_another_day(self, mention: DateMention) -> bool:
        """Whether a speaker's "today" is quoted, and nothing shows that the speech was made on the day of the stamp."""
        block = self.text.block(mention.start)
        if block is None or self.text.key(block)[: mention.start - block.start].count('"') % 2 == 0:
            return False
        return not any(
            m is not mention
            and m.precision == "day"
            and (
                m.relative == "day:0"
                if m.relative
                else (m.day, m.month) == (self.text.stamp.day, self.text.stamp.month)
            )
            for m in self.text.dates
            if self.text.stamp and m.start < mention.start
        )

    def _by_stamp(self, mention: DateMention, stamp: dt.date) -> Span | None:
        """The year that puts the mention nearest to the stamp, days ahead counting more unless they are announced."""
        future, settings = self.text.is_ahead(mention), self.settings
        weight = 1 if future else settings["ahead_weight"]

        def ahead(span: Span) -> int:
            return (span[0] - stamp).days

        def away(span: Span) -> int:
            if ahead(span) < 0:
                return max(0, (stamp - span[1]).days)
            return max(0, ahead(span) - settings["announced_within"]) * weight

        possible = in_years_about(mention, stamp.year)
        possible = [span for span in possible if future or ahead(span) <= settings["ahead_at_most"]]
        return min(possible, key=away, default=None)

    def _sentence_year(self, mention: DateMention) -> int | None:
        """The year with which the sentence of a mention begins: "Năm 2017, … trước ngày 30/10"."""
        block = self.text.block(mention.start)
        if block is None:
            return None
        told = self.text.key(block)[: mention.start - block.start]
        told = told[told.rfind(". ") + 1 :]
        match = self.rules.pattern("{sentence_year}").match(told) if len(told) < _SENTENCE else None
        if match is None or self.rules.pattern("{compared}").search(told, match.end()) is not None:
            return None
        return int(match["y"])

    def _stated_beside(self, mention: DateMention) -> int | None:
        """The year of another part of the year, where the same sentence states it: both halves of one year."""
        if not is_part(mention):
            return None
        block = self.text.block(mention.start)
        if block is None:
            return None
        key, at = self.text.key(block), bisect.bisect_left(self.text.at, mention.start)
        before = self.rules.pattern("{compared}").search(self.text.before(mention, 40)) is not None
        for other in [*self.text.dates[at + 1 : at + 3], *self.text.dates[max(0, at - 2) : at]]:
            if other.year is None or not is_part(other) or self.text.block(other.start) != block:
                continue
            low, high = sorted((mention, other), key=lambda m: m.start)
            between = key[low.end - block.start : high.start - block.start]
            if ". " in between or ";" in between:
                continue
            ahead = other.start > mention.start
            compared = self.rules.pattern("{compared}").search(between) is not None
            rises = (low.month or 1) < (high.month or 1)
            if (ahead and rises and not compared) or (not ahead and (rises or before)):
                return other.year
        return None

    def _stated_elsewhere(self, mention: DateMention) -> int | None:
        """The year of the same quarter or part of a year, where the text states it in another place."""
        if mention.precision == "day" or (mention.month == mention.end_month):
            return None
        years = self.periods.get((mention.precision, mention.month, mention.end_month), set())
        return next(iter(years)) if len(years) == 1 else None
