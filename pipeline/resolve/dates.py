"""Gives dates their years: from the date stamp, else from what the article opens, reviews, plans or celebrates.

No ground, no year: a date that nothing fixes keeps null ends and the basis ``none``.
"""

from __future__ import annotations

import bisect
import calendar
import datetime as dt
import functools
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.document import Taken
from pipeline.facts import SPAN_FROM, SPAN_UNTIL, DateMention
from pipeline.text import canonical

if TYPE_CHECKING:
    from pipeline.document import Block, Document
    from pipeline.facts import TermMention
    from pipeline.rules import Rules, RuleSet

EXPLICIT, PUBLISHED, TERM, CONTEXT, RELATIVE, NONE = (
    "explicit",
    "year_from_published",
    "year_from_term",
    "year_from_context",
    "relative",
    "none",
)
# flags of a resolved date
YEAR_INFERRED, DATE_CONFLICT = "year_inferred", "date_conflict"

# blocks of running text in which the main event is told
_HEAD_BLOCKS = 4
_LEFT = 220
# characters of a sentence before a date in which its year may be named
_SENTENCE = 600
# characters at the start of a block within which it says what it reports
_OPENING = 500
# a day that stands this near to the start of its clause dates what the clause tells
_CLAUSE_START = 30
# a year stated that many years after the last day is news; one further off is a goal
_SOON = 3
# the sixty-year cycle: 1984 began one (stem 0, branch 0)
_CYCLE_START, _CYCLE = 1984, 60
# how far from a stated day or month the main event may lie
_JUST_BEFORE, _SOON_AFTER = 15, 92
# characters from a day to its anniversary beside it
_PAIR = 20
# words that stand twice before a date are the same words if they are longer than this
_REPEATED = 15
# the year reviewed or planned stands this near to the word that says so, a month, or the year in the name of
# an event or award, nearer
_CUE_FAR, _NAME_LONG, _MONTH_NAMED = 160, 110, 50
# days about an anniversary
_CELEBRATED = 30
# how long before a day that it announces, or from which something is in force
_AHEAD_OF, _IN_FORCE = 100, 200
# "since the start of the year" is said when some of it is over; in the first weeks it may be the year before
_YEAR_BEGUN = 59
# the unions' own congresses, from the workplace up, begin in the autumn before the year that their terms are named
# after (2023, 2018): a day at the end of the year may lie in either
_TERM_ROUND, _TERM_ROUND_YEAR, _ROUND_BEGINS = 5, 3, 11


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


@dataclass(frozen=True, slots=True)
class _Window:
    """Days between which the main event must lie, and why."""

    first: dt.date
    last: dt.date
    basis: str


def resolve_dates(
    document: Document, dates: Sequence[DateMention], terms: Sequence[TermMention], rules: Rules
) -> list[ResolvedDate]:
    """Resolve the dates of an article, one result per mention in the order given (offsets into ``document.text``)."""
    return _Resolver(document, dates, terms, rules["date_context"]).run() if dates else []


class _Resolver:
    def __init__(
        self, document: Document, dates: Sequence[DateMention], terms: Sequence[TermMention], rules: RuleSet
    ) -> None:
        self.document = document
        self.dates = sorted(dates, key=lambda m: m.start)
        self.given = dates
        self.terms = terms
        self.rules = rules
        self.settings: Mapping[str, int] = rules.settings
        self.first_year = self.settings["first_year"]
        self.at = [m.start for m in self.dates]
        self.keys: dict[int, str] = {}
        self.bare: list[DateMention] = []  # kept alive: explicit is keyed by identity
        self.stamp = document.published.date() if document.published else None
        self.starts = [b.start for b in document.blocks]
        running = [b for b in document.blocks if b.kind in ("title", "lede", "body")]
        self.head_end = running[min(_HEAD_BLOCKS, len(running)) - 1].end if running else len(document.text)
        self.explicit = {id(m): span for m in self.dates if (span := _explicit(m)) is not None}
        self.periods: dict[tuple[str, int | None, int | None], set[int]] = {}
        for mention in self.dates:
            if mention.year is not None and mention.precision != "day" and not self._is_compared(mention):
                years = self.periods.setdefault((mention.precision, mention.month, mention.end_month), set())
                years.add(mention.year)

    def run(self) -> list[ResolvedDate]:
        anchor, basis = self._anchor()
        found = [self._resolve(m, anchor, basis) for m in self.given]
        for index, (first, last) in enumerate(itertools.pairwise(found)):
            if SPAN_FROM in first.mention.flags and SPAN_UNTIL in last.mention.flags and first.date_start is not None:
                # the second day of a span is the first such day after it began
                years = (first.date_start.year, first.date_start.year + 1)
                ends = [span for y in years if (span := _at_year(last.mention, y)) is not None]
                span = next((s for s in ends if s[0] >= first.date_start), None)
                found[index + 1] = self._result(last.mention, span, first.basis)
        return found

    # -- one mention

    def _resolve(self, mention: DateMention, anchor: dt.date | None, basis: str) -> ResolvedDate:
        span = self.explicit.get(id(mention))
        if span is not None:
            return self._result(mention, span, EXPLICIT)
        if mention.relative is not None:
            return self._relative(mention, anchor)
        if mention.month is None:
            return self._result(mention, None, NONE)
        same = self._sentence_year(mention) or self._stated_beside(mention) or self._stated_elsewhere(mention)
        if same is not None:
            return self._result(mention, _at_year(mention, same), CONTEXT)
        if anchor is None:
            return self._result(mention, None, NONE)
        span = self._by_stamp(mention, anchor)
        return self._result(mention, span, basis if span else NONE)

    def _result(self, mention: DateMention, span: tuple[dt.date, dt.date] | None, basis: str) -> ResolvedDate:
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
        named = self.rules.pattern("{weekday_before}").search(self._before(mention, 40))
        if named is not None and int(self.rules.value("weekday", named["weekday"])) != day.weekday():
            return True
        if basis == PUBLISHED:
            return self._is_of_another_term(mention, day)
        late = self.stamp is not None and (day - self.stamp).days > self.settings["stated_ahead_at_most"]
        return late and basis == EXPLICIT and not self._future(mention)

    def _is_of_another_term(self, mention: DateMention, day: dt.date) -> bool:
        """Whether the stamp gives a day of the report a year far from the term that the report opens."""
        if mention.start >= self.head_end or self._past(mention):
            return False
        off = [abs(day.year - window.first.year) for window in self._term_window(mention)]
        return bool(off) and min(off) > self.settings["term_years_off"]

    def _relative(self, mention: DateMention, anchor: dt.date | None) -> ResolvedDate:
        unit, _, offset = str(mention.relative).partition(":")
        if unit == "year":
            base = self._told_year(mention) or (self.stamp.year if self.stamp else anchor.year if anchor else None)
            if base is None:
                return self._result(mention, None, NONE)
            year = base + int(offset)
            span = _at_year(mention, year) if mention.month else (dt.date(year, 1, 1), dt.date(year, 12, 31))
            return self._result(mention, span, RELATIVE if self.stamp else CONTEXT)
        if self.stamp is None or (unit == "day" and self._spoken_another_day(mention)):
            return self._result(mention, None, NONE)
        words = self.document.text[mention.start : mention.end].lower()
        return self._result(mention, _period(_told_day(words, self.stamp, unit, int(offset)), unit), RELATIVE)

    def _told_year(self, mention: DateMention) -> int | None:
        """The year told of in the same clause, which "the year before" goes back from."""
        block = self._block(mention.start)
        if block is None:
            return None
        words = self._key(block)[mention.start - block.start : mention.end - block.start]
        if self.rules.pattern("{told_from}").search(words) is None:
            return None
        clause = mention.start - len(self._before(mention, _LEFT))
        for other in reversed(self.dates[: bisect.bisect_left(self.at, mention.start)]):
            if other.start < clause:
                break
            if (span := self.explicit.get(id(other))) is not None and other.precision != "day":
                return span[1].year
        return None

    def _spoken_another_day(self, mention: DateMention) -> bool:
        """Whether a speaker's "today" is quoted, and nothing shows that the speech was made on the day of the stamp."""
        block = self._block(mention.start)
        if block is None or self._key(block)[: mention.start - block.start].count('"') % 2 == 0:
            return False
        return not any(
            m is not mention
            and m.precision == "day"
            and (m.relative == "day:0" if m.relative else (m.day, m.month) == (self.stamp.day, self.stamp.month))
            for m in self.dates
            if self.stamp and m.start < mention.start
        )

    def _by_stamp(self, mention: DateMention, stamp: dt.date) -> tuple[dt.date, dt.date] | None:
        """The year that puts the mention nearest to the stamp, days ahead counting more unless they are announced."""
        future, settings = self._future(mention), self.settings
        weight = 1 if future else settings["ahead_weight"]

        def ahead(span: tuple[dt.date, dt.date]) -> int:
            return (span[0] - stamp).days

        def away(span: tuple[dt.date, dt.date]) -> int:
            if ahead(span) < 0:
                return max(0, (stamp - span[1]).days)
            return max(0, ahead(span) - settings["announced_within"]) * weight

        possible = _candidates(mention, stamp.year)
        possible = [span for span in possible if future or ahead(span) <= settings["ahead_at_most"]]
        return min(possible, key=away, default=None)

    def _sentence_year(self, mention: DateMention) -> int | None:
        """The year with which the sentence of a mention begins: "Năm 2017, … trước ngày 30/10"."""
        block = self._block(mention.start)
        if block is None:
            return None
        told = self._key(block)[: mention.start - block.start]
        told = told[told.rfind(". ") + 1 :]
        match = self.rules.pattern("{sentence_year}").match(told) if len(told) < _SENTENCE else None
        if match is None or self.rules.pattern("{compared}").search(told, match.end()) is not None:
            return None
        return int(match["y"])

    def _stated_beside(self, mention: DateMention) -> int | None:
        """The year of another part of the year, where the same sentence states it: both halves of one year."""
        if not _is_part(mention):
            return None
        block = self._block(mention.start)
        if block is None:
            return None
        key, at = self._key(block), bisect.bisect_left(self.at, mention.start)
        before = self.rules.pattern("{compared}").search(self._before(mention, 40)) is not None
        for other in [*self.dates[at + 1 : at + 3], *self.dates[max(0, at - 2) : at]]:
            if other.year is None or not _is_part(other) or self._block(other.start) != block:
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

    def _is_compared(self, mention: DateMention) -> bool:
        """Whether a time is only compared with."""
        return self.rules.pattern("{compared}").search(self._before(mention, 30)) is not None

    def _stated_elsewhere(self, mention: DateMention) -> int | None:
        """The year of the same quarter or part of a year, where the text states it in another place."""
        if mention.precision == "day" or (mention.month == mention.end_month):
            return None
        years = self.periods.get((mention.precision, mention.month, mention.end_month), set())
        return next(iter(years)) if len(years) == 1 else None

    # -- the day from which the others get their years

    def _anchor(self) -> tuple[dt.date | None, str]:
        if self.stamp is not None:
            return self.stamp, PUBLISHED
        opening = self._opening_day()
        if opening is not None:
            return opening, CONTEXT
        yearless = [m for m in self.dates if id(m) not in self.explicit and m.relative is None and m.month]
        yearless.sort(key=lambda m: (m.precision != "day", m.is_document, m.start))
        for mention in yearless[:1]:
            for window in self._windows(mention):
                for span in _around(mention, window):
                    return span[0], window.basis
        return self._event_year()

    def _opening_day(self) -> dt.date | None:
        """The day with its year that opens the report, where no day without a year stands before it."""
        latest = 0
        for mention in self.dates:
            if mention.start >= self.head_end:
                break
            if mention.precision != "day" or mention.relative is not None or not mention.month or mention.is_document:
                continue
            span = self.explicit.get(id(mention))
            if span is None:
                break
            if span[0].year < self.first_year or self._jubilee(mention) or self._again(mention):
                continue
            if self._from_then_on(mention, span):
                continue
            latest = latest or max(
                s[0].year
                for m in self.dates
                if (s := self.explicit.get(id(m))) and (m is mention or not self._future(m))
            )
            if span[0].year >= latest or len(self._before(mention, _LEFT)) < _CLAUSE_START:
                return span[0]
        return None

    def _event_year(self) -> tuple[dt.date | None, str]:
        """The year of an event that the title or lede names with its year: enough for "năm nay"."""
        years = {m.year for m, cue in self._cued() if cue == "event" and m.precision == "year" and m.year}
        if len(years) == 1:
            return dt.date(years.pop(), 7, 1), CONTEXT
        return None, NONE

    def _windows(self, main: DateMention) -> Iterator[_Window]:
        yield from self._twin_window(main)
        yield from self._term_window(main)
        yield from self._since_windows(main)
        yield from self._period_windows(main)
        yield from self._effective_window(main)
        yield from self._campaign_windows(main)
        yield from self._school_windows()
        yield from self._signed_windows(main)
        yield from self._year_end_windows()
        if main.precision == "day":
            yield from self._nearby_windows(main)
            yield from self._jubilee_windows()
            yield from self._feast_windows()

    def _twin_window(self, main: DateMention) -> Iterator[_Window]:
        """The same day with its year, in another place (a caption)."""
        for mention in reversed(self.dates):
            if (mention.day, mention.month) != (main.day, main.month) or mention.precision != "day":
                continue
            if self._of_anniversary(mention, main):
                continue
            span = self.explicit.get(id(mention))
            if (
                span is not None
                and span[0].year >= self.first_year
                and not mention.is_document
                and not self._past(mention)
            ):
                yield _Window(span[0], span[0], CONTEXT)

    def _term_window(self, main: DateMention) -> Iterator[_Window]:
        """The first year of the term that the congress opens, named with it or given to what it elects and plans."""
        own = self._block(main.start)
        told = own is not None and any(
            self._opens(self._key(block)[:_OPENING].split(". ")[0]) for block in (self.document.blocks[0], own)
        )
        for term in self.terms:
            block = self._block(term.start)
            if term.kind != "term" or block is None:
                continue
            end = term.start - block.start
            before = self._key(block)[max(0, end - 2 * _LEFT) : end]
            clause = before[max(before.rfind(". "), before.rfind("; ")) + 1 :]
            beside = term.start <= self.head_end and (block.kind == "title" or block == own)
            elects = told and self.rules.pattern("{term_opened}").search(clause) is not None
            either = term.first % _TERM_ROUND == _TERM_ROUND_YEAR and (main.month or 0) >= _ROUND_BEGINS
            if ((beside and self._opens(clause)) or elects) and not either:
                yield _Window(dt.date(term.first, 1, 1), dt.date(term.first, 12, 31), TERM)

    def _cued(self) -> Iterator[tuple[DateMention, str]]:
        """Periods with a year in the head of the article, and what the nearest words before say of them."""
        pattern = self.rules.pattern("{cues}")
        stated = [m for m in self.dates if m.year is not None and m.precision != "day"]
        for mention in [*stated, *self._bare_years()]:
            if mention.start > self.head_end or (mention.year or 0) < self.first_year or self._loose(mention):
                continue
            cue, before, breaks = None, self._before(mention, _LEFT), self.rules.pattern("{breaks_cue}")
            for match in pattern.finditer(before[-_CUE_FAR:]):
                at = len(before) - len(before[-_CUE_FAR:]) + match.end()
                cue = match.lastgroup if breaks.search(before, at) is None else None
                if cue in ("event", "award") and self._is_apart(before, at):
                    cue = None
                if mention.precision == "month" and not _is_part(mention) and len(before) - at > _MONTH_NAMED:
                    cue = None
                if cue == "plan" and self._spans(mention.start - len(before) + at, mention.start):
                    cue = None
            if cue is not None and not self._future(mention):
                yield mention, cue

    def _is_apart(self, before: str, end: int) -> bool:
        """Whether a year is not that of the name of an event or award that ends at ``end`` of the words before it."""
        return len(before) - end > _NAME_LONG or self.rules.pattern("{within_before}").search(before) is not None

    def _spans(self, start: int, end: int) -> bool:
        """Whether a term or period stands between two places: what is planned is then of its years."""
        return any(start <= t.start < end for t in self.terms)

    def _opens(self, clause: str) -> bool:
        """Whether the words before a term report the congress that opens it, and do not only talk about one."""
        words = list(self.rules.pattern("{congress_word}").finditer(clause))
        if not words:
            return False
        before = clause[: words[-1].start()]
        if self.rules.pattern("{congress_about}").search(before) is not None:
            return False
        return self.rules.pattern("{congress_opened}").search(before) is not None

    def _bare_years(self) -> Iterator[DateMention]:
        """Years in the head of the article without the word for year ("triển khai nhiệm vụ 2018")."""
        covered = Taken(tuple((m.start, m.end) for m in [*self.dates, *self.terms] if m.start <= self.head_end))
        for block in self.document.blocks:
            if block.start > self.head_end or len(self.bare) > _LEFT:
                return
            feasts = [m.span() for m in self.rules.pattern("{spring_year}").finditer(self._key(block))]
            for match in self.rules.pattern("{bare_year}").finditer(self._key(block)):
                if any(a <= match.start() < b for a, b in feasts):
                    continue  # the year of a Tết is no year that is reviewed or planned
                start, end, year = block.start + match.start(), block.start + match.end(), int(match.group())
                if not covered.overlaps(start, end):
                    mention = DateMention(
                        start=start, end=end, rule_id="", year=year, month=1, day=1, end_year=year, end_month=12,
                        end_day=0, precision="year",
                    )  # fmt: skip
                    self.explicit[id(mention)] = dt.date(year, 1, 1), dt.date(year, 12, 31)
                    self.bare.append(mention)
                    yield mention

    def _loose(self, mention: DateMention) -> bool:
        """Whether a year is a time of its own ("vào năm 2020"), not that of the work or event before it."""
        return self.rules.pattern("{not_of_before}").search(self._before(mention, 30)) is not None

    def _period_windows(self, main: DateMention) -> Iterator[_Window]:
        # the latest year that is planned or reviewed is the one at hand
        cued = sorted(self._cued(), key=lambda c: -(c[0].year or 0))
        for wanted in ("review", "plan", "event", "award", "turn"):
            for mention, cue in cued:
                if cue != wanted:
                    continue
                first, last = self.explicit[id(mention)]
                day, year = dt.timedelta(days=1), mention.precision == "year"
                if cue == "review":
                    yield _Window(last - (92 if year else 30) * day, last + (150 if year else 120) * day, CONTEXT)
                elif cue == "plan":
                    yield _Window(first - 92 * day, first + 272 * day if year else last, CONTEXT)
                elif cue == "award" and year:
                    yield _Window(first + 90 * day, last + 89 * day, CONTEXT)
                elif cue == "event" or (main.month or 0) < 11:
                    yield _Window(first, last, CONTEXT)

    def _effective_window(self, main: DateMention) -> Iterator[_Window]:
        for mention in self.dates:
            span = self.explicit.get(id(mention))
            if span is None or mention.precision != "day" or mention.start < main.start:
                continue
            before = self._before(mention, 60)
            if self.rules.pattern("{effective_from}").search(before) is None:
                continue
            # what stands apart from the day must lie ahead of it, or be all that the article says of such days
            beside = self._block(mention.start) == self._block(main.start)
            if beside or self.rules.pattern("{future_near}").search(before) or self._only_in_force(mention):
                days = 300 if beside else _IN_FORCE
                yield _Window(span[0] - dt.timedelta(days=days), span[0] - dt.timedelta(days=1), CONTEXT)

    def _only_in_force(self, mention: DateMention) -> bool:
        """Whether a day is the only one with its year, and no year after it is stated."""
        own = self.explicit[id(mention)][0]
        others = [self.explicit[id(m)][0] for m in self.dates if m is not mention and id(m) in self.explicit]
        days = [m for m in self.dates if m is not mention and m.precision == "day" and id(m) in self.explicit]
        return not days and all(o.year <= own.year + 1 for o in others)

    def _since_windows(self, main: DateMention) -> Iterator[_Window]:
        """The year since whose start something is told to the present day."""
        for mention in self.dates:
            if mention.precision != "year" or (mention.year or 0) < self.first_year or mention.start < main.start:
                continue
            block = self._block(mention.start)
            if block is None:
                continue
            to_now = self.rules.pattern("{to_now}").match(self._key(block), mention.end - block.start)
            if to_now and self.rules.pattern("{since_start}").search(self._before(mention, 30)):
                first, last = self.explicit[id(mention)]
                yield _Window(first + dt.timedelta(days=_YEAR_BEGUN), last, CONTEXT)

    def _campaign_windows(self, main: DateMention) -> Iterator[_Window]:
        own = self._block(main.start)
        for block in self.document.blocks:
            if block.start > self.head_end or not (block == own or block.kind in ("title", "lede")):
                continue
            key = self._key(block)
            lower = key.lower()
            for _, year in self._feasts(key):
                yield _Window(dt.date(year - 1, 11, 1), dt.date(year, 3, 31), CONTEXT)
            if any(w in lower for w in self.rules.lexicon["campaign_may"]):
                for match in self.rules.pattern("{may_year}").finditer(key):
                    yield _Window(dt.date(int(match["y"]), 3, 15), dt.date(int(match["y"]), 6, 30), CONTEXT)

    def _school_windows(self) -> Iterator[_Window]:
        """The months in which a school year that the head of the article reviews or plans ends or begins."""
        for term in self.terms:
            block = self._block(term.start)
            if term.kind != "period" or term.first < self.first_year or block is None or term.start > self.head_end:
                continue
            before = self._key(block)[max(0, term.start - block.start - _LEFT) : term.start - block.start]
            before = before[before.rfind(". ") + 1 :]
            if self.rules.pattern("{school_year}").search(before) is None:
                continue
            cues = [m.lastgroup for m in self.rules.pattern("{cues}").finditer(before)]
            if "review" in cues:
                yield _Window(dt.date(term.last, 4, 15), dt.date(term.last, 11, 15), CONTEXT)
            elif "plan" in cues:
                yield _Window(dt.date(term.first, 7, 15), dt.date(term.first, 12, 31), CONTEXT)

    def _feast_windows(self) -> Iterator[_Window]:
        """The months before a Tết, where the article names the Tết of one year only."""
        years, compared = set(), self.rules.pattern("{compared}")
        for block in self.document.blocks:
            key = self._key(block)
            years |= {year for at, year in self._feasts(key) if compared.search(key[max(0, at - 40) : at]) is None}
        for year in years if len(years) == 1 else ():
            yield _Window(dt.date(year - 1, 11, 15), dt.date(year, 3, 15), CONTEXT)

    def _feasts(self, key: str) -> Iterator[tuple[int, int]]:
        """Where a text names the Tết of a year, and the year."""
        lower = key.lower()
        if not any(w in lower for w in self.rules.lexicon["campaign_spring"]):
            return
        for match in self.rules.pattern("{spring_year}").finditer(key):
            year = int(match["y"]) if match["y"] else self._cycle_year(match["stem"], match["branch"])
            if year is not None and year >= self.first_year:
                yield match.start(), year

    def _signed_windows(self, main: DateMention) -> Iterator[_Window]:
        """The first year of the period for which the sentence of the day says that something is signed."""
        for term in self.terms:
            block = self._block(term.start)
            if (
                term.kind != "period"
                or term.first < self.first_year
                or block is None
                or block != self._block(main.start)
            ):
                continue
            before = self._key(block)[: term.start - block.start].rsplit(". ", 1)[-1]
            if self.rules.pattern("{signed}").search(before) is not None:
                # what is signed about the new year may be of either
                yield _Window(dt.date(term.first, 2, 1), dt.date(term.first, 11, 15), CONTEXT)

    def _year_end_windows(self) -> Iterator[_Window]:
        """The second half of the year to whose end something is still to be done."""
        for mention in self.dates:
            if mention.precision != "year" or (mention.year or 0) < self.first_year:
                continue
            before = self._before(mention, _LEFT)
            if self.rules.pattern("{year_end}").search(before[-12:]) and self.rules.pattern("{still_ahead}").search(
                before
            ):
                first, last = self.explicit[id(mention)]
                yield _Window(first.replace(month=7), last, CONTEXT)

    def _cycle_year(self, stem: str, branch: str) -> int | None:
        if self.rules.has("told_spring", f"{stem} {branch}"):
            return None
        first, second = int(self.rules.value("stem", stem)), int(self.rules.value("branch", branch))
        cycle = range(self.first_year, self.first_year + _CYCLE)
        named = ((year - _CYCLE_START) % 10 == first and (year - _CYCLE_START) % 12 == second for year in cycle)
        return next(itertools.compress(cycle, named), None)

    def _nearby_windows(self, main: DateMention) -> Iterator[_Window]:
        """Around the latest day or month that the text states with its year and as past."""
        stated = [
            (span, m)
            for m in self.dates
            if (span := self.explicit.get(id(m))) is not None
            and span[0].year >= self.first_year
            and not self._jubilee(m)
        ]
        yield from self._ordered_window(main, stated)
        ahead = [span[0] for span, m in stated if m.precision in ("day", "month") and self._future(m)]
        past = [(span, m) for span, m in stated if not self._future(m)]
        days = [(span, m) for span, m in past if m.precision in ("day", "month") and not self._lasting(m)]
        days = [(s, m) for s, m in days if m.precision == "day" or not (self._is_told_month(m) or self._closes(m))]
        days = [(span, m) for span, m in days if not self._again(m) and not self._of_anniversary(m, main)]
        if days:
            span, mention = max(days, key=lambda s: s[0])
            # a later time is told: the report may be of any day up to it, unless it is of the same year
            later = any(
                span[1] < other[0] and span[1].year < other[0].year <= span[1].year + _SOON and not self._loose(m)
                for other, m in past
            )
            if not later and (mention.is_document or not self._past(mention)) and self._is_borne_out(mention, days):
                before = 0 if mention.is_document else _JUST_BEFORE
                after = 2 * _SOON_AFTER if mention.is_document else _SOON_AFTER
                yield _Window(span[0] - dt.timedelta(days=before), span[1] + dt.timedelta(days=after), CONTEXT)
        elif ahead:
            yield _Window(min(ahead) - dt.timedelta(days=_AHEAD_OF), min(ahead), CONTEXT)

    def _is_borne_out(self, mention: DateMention, days: list[tuple[tuple[dt.date, dt.date], DateMention]]) -> bool:
        """Whether the latest day is the report's own time: it opens the report, the report counts up to it, or
        others of its year stand by it.

        A lone full date further down, or under a picture, is as often of a past event.
        """
        block = self._block(mention.start)
        if block is None or block.kind == "caption":
            return False
        if mention.start < self.head_end or mention.is_document:
            return True
        if self.rules.pattern("{counted_to}").search(self._before(mention, 30)):
            return True
        year = self.explicit[id(mention)][0].year
        # the same day said again, as under a picture that is printed twice, bears nothing out
        return len({span for span, _ in days if span[0].year == year}) >= 2

    def _closes(self, mention: DateMention) -> bool:
        """Whether a month only ends the span that another one begins right before it."""
        index = bisect.bisect_left(self.at, mention.start)
        first = self.dates[index - 1] if index else None
        return first is not None and first.year is not None and mention.start - first.end < _PAIR

    def _again(self, mention: DateMention) -> bool:
        """Whether the same words stand before another mention of the time: under a picture that is printed twice."""
        before = self._before(mention, 40).strip()
        span = self.explicit.get(id(mention))
        return len(before) > _REPEATED and any(
            m is not mention and self.explicit.get(id(m)) == span and self._before(m, 40).strip() == before
            for m in self.dates
        )

    def _of_anniversary(self, mention: DateMention, main: DateMention) -> bool:
        """Whether the day lies so many years before the main one as its sentence counts."""
        block = self._block(main.start)
        if block is None or (mention.day, mention.month) != (main.day, main.month):
            return False
        told = self._before(main, _LEFT) + self._key(block)[main.start - block.start : main.end - block.start + _LEFT]
        return self.rules.pattern("{years_passed}").search(told) is not None

    def _ordered_window(
        self, main: DateMention, stated: Sequence[tuple[tuple[dt.date, dt.date], DateMention]]
    ) -> Iterator[_Window]:
        """The months after the plan or decision that the sentence of the day says it carries out."""
        for span, mention in stated:
            near = 0 < main.start - mention.end < _LEFT and self._block(main.start) == self._block(mention.start)
            if not near or not mention.is_document or self._lasting(mention):
                continue
            if self.rules.pattern("{carries_out}").match(self._before(mention, _LEFT)) is not None:
                yield _Window(span[0], span[0] + dt.timedelta(days=2 * _SOON_AFTER), CONTEXT)

    def _jubilee_windows(self) -> Iterator[_Window]:
        """About the anniversary that a pair of days names: the weeks in which it is celebrated."""
        for mention in self.dates:
            span = self.explicit.get(id(mention))
            if span is not None and span[0].year >= self.first_year and self._jubilee(mention):
                month = dt.timedelta(days=_CELEBRATED)
                yield _Window(span[0] - 2 * month, span[0] + month, CONTEXT)

    # -- the text around a mention

    def _block(self, offset: int) -> Block | None:
        index = bisect.bisect_right(self.starts, offset) - 1
        return self.document.blocks[index] if index >= 0 else None

    def _key(self, block: Block) -> str:
        """The canonical text of a block."""
        key = self.keys.get(block.start)
        if key is None:
            key = self.keys[block.start] = canonical(self.document.text[block.start : block.end])
        return key

    def _before(self, mention: DateMention, length: int) -> str:
        """The clause before a mention, at most ``length`` characters of it."""
        block = self._block(mention.start)
        if block is None:
            return ""
        end = mention.start - block.start
        text = self._key(block)[max(0, end - length) : end]
        return text[max(text.rfind(". "), text.rfind("; ")) + 1 :]

    def _future(self, mention: DateMention) -> bool:
        block = self._block(mention.start)
        if block is None:
            return False
        if self.rules.pattern("{future_after}").match(self._key(block), mention.end - block.start) is not None:
            return True
        return self.rules.pattern("{future_near}").search(self._before(mention, 60)) is not None

    def _from_then_on(self, mention: DateMention, span: tuple[dt.date, dt.date]) -> bool:
        """Whether a single day is only the first of something that is in force from then on."""
        if span[0] != span[1]:
            return False
        before = self._before(mention, 60)
        return len(before.split()) > 2 and self.rules.pattern("{from_day}").search(before) is not None

    def _lasting(self, mention: DateMention) -> bool:
        """Whether the day is that of a law or decree, which is cited for years after it."""
        if not mention.is_document:
            return False
        return self.rules.pattern("{lasting_near}").search(self._before(mention, _LEFT)) is not None

    def _is_told_month(self, mention: DateMention) -> bool:
        """Whether a month is that of a story told ("vào tháng 4/2016"), which may be of any year before the report."""
        return self.rules.pattern("{told_month_before}").search(self._before(mention, 30)) is not None

    def _past(self, mention: DateMention) -> bool:
        return self.rules.pattern("{past_near}").search(self._before(mention, 100)) is not None

    def _jubilee(self, mention: DateMention) -> bool:
        """Whether the day is one of a pair of a day and its anniversary: it dates no event of the article."""
        if mention.precision != "day":
            return False
        index = bisect.bisect_left(self.at, mention.start)
        return any(
            m is not mention
            and m.year is not None
            and m.year != mention.year
            and (m.day, m.month) == (mention.day, mention.month)
            and abs(m.start - mention.start) < _PAIR
            for m in self.dates[max(0, index - 1) : index + 2]
        )


def _is_part(mention: DateMention) -> bool:
    """Whether a mention is of some months or a quarter: neither a day, nor one month, nor a whole year."""
    return mention.precision in ("month", "quarter") and mention.relative is None and mention.month != mention.end_month


def _explicit(mention: DateMention) -> tuple[dt.date, dt.date] | None:
    if mention.year is None or mention.relative is not None or mention.month is None:
        return None
    return _at_year(mention, mention.year)


def _at_year(mention: DateMention, year: int) -> tuple[dt.date, dt.date] | None:
    """The days of a mention whose first day lies in ``year``; None where the calendar has no such day."""
    month = mention.month or 1
    last_month = mention.end_month or month
    last_year = mention.end_year if mention.year is not None and mention.end_year else year + (last_month < month)
    day = mention.day or 1
    last_day = mention.end_day or calendar.monthrange(last_year, last_month)[1]
    try:
        first, last = dt.date(year, month, day), dt.date(last_year, last_month, last_day)
    except ValueError:
        return None
    return (first, last) if first <= last else None


def _candidates(mention: DateMention, year: int) -> list[tuple[dt.date, dt.date]]:
    return [span for y in (year, year - 1, year + 1) if (span := _at_year(mention, y)) is not None]


def _around(mention: DateMention, window: _Window) -> Iterator[tuple[dt.date, dt.date]]:
    for year in range(window.first.year, window.last.year + 1):
        span = _at_year(mention, year)
        if span is not None and window.first <= span[0] <= window.last:
            yield span


def _told_day(words: str, stamp: dt.date, unit: str, offset: int) -> dt.date:
    """A day of the period that words name as seen from the stamp: as dateparser reads them, else by counting."""
    return _by_dateparser(words, stamp) or _counted(stamp, unit, offset)


def _counted(stamp: dt.date, unit: str, offset: int) -> dt.date:
    """A day of the day, week, month or quarter that lies ``offset`` from the one that holds the stamp."""
    if unit in ("day", "week"):
        return stamp + dt.timedelta(days=offset if unit == "day" else 7 * offset)
    months = stamp.year * 12 + stamp.month - 1 + offset * (1 if unit == "month" else 3)
    return dt.date(months // 12, months % 12 + 1, 1)


@functools.lru_cache(maxsize=256)
def _by_dateparser(words: str, stamp: dt.date) -> dt.date | None:
    """What dateparser makes of the words; None for most of the word list (parts of the day, quarters)."""
    import dateparser  # slow to load, and most articles need none of it

    base = dt.datetime.combine(stamp, dt.time())
    read = dateparser.parse(words, languages=["vi"], settings={"RELATIVE_BASE": base, "PARSERS": ["relative-time"]})
    return read.date() if read is not None else None


def _period(day: dt.date, unit: str) -> tuple[dt.date, dt.date]:
    """The day, week (from Monday), month or quarter that holds a day."""
    if unit == "day":
        return day, day
    if unit == "week":
        monday = day - dt.timedelta(days=day.weekday())
        return monday, monday + dt.timedelta(days=6)
    size = 1 if unit == "month" else 3
    month = (day.month - 1) // size * size + 1
    last = month + size - 1
    return day.replace(month=month, day=1), dt.date(day.year, last, calendar.monthrange(day.year, last)[1])
