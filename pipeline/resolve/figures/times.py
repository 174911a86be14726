"""The times that a paragraph names: terms that are over, earlier years, times of report, times to come."""

from __future__ import annotations

import datetime as dt
import re

from pipeline.extract.numbers import Phrases
from pipeline.resolve.figures.lexicon import WORD
from pipeline.resolve.figures.reading import EDGE, TRAIL_REACH, Paragraph, Places, Reading
from pipeline.rules import RuleSet
from pipeline.text import fold

FOUR_DIGITS = re.compile(r"[12]\d{3}")
# a report of January to March still speaks of the year before as its own
_LAST_REPORT_MONTH = 3
# a time so long that opens a statement is one of report (days)
_REPORTED = 80
# of a time that is told as one to come no more than the so manieth part is over
_BEGUN = 6
# a year that has begun is none of these
_SHORT = dt.timedelta(days=200)
# so near behind the name of a season stands its year: Tháng Công nhân năm 2023 (characters)
_YEAR_BEHIND = 5
# days after an event in which it is reported
_WRITTEN_WITHIN = 31


class Times:
    """Finds the times that may govern figures; built once from the rules."""

    def __init__(self, context: RuleSet) -> None:
        lists = context.lexicon
        self._seasons = [(fold(w), month) for w, month in lists["seasons"].items()]
        self._reports = tuple(fold(w) for w in lists["reported_on"])
        self._until = frozenset(fold(w) for w in lists["until"])
        self._aside = tuple(f" {fold(w)}" for n in ("compared", "year_aside") for w in lists[n])
        self._up_to_now = tuple(fold(w) for w in lists["up_to_now"])
        self._document, self._leading = Phrases(lists["document"]), Phrases(lists["leads_time"])
        self._small = frozenset(fold(w) for w in lists["before_time"])
        rule = {r.id.split(".")[1]: r for r in context.rules}
        self._term, self._since, self._this_year, self._year, self._later, self._school_year = (
            rule[n] for n in ("closed_term", "since", "this_year", "earlier_year", "later_year", "school_year")
        )
        self._denied = context.pattern(r"[^.;:,!?]{0,50}?[ ]{denied}{E}")
        self._told_of = context.pattern(r"[ ]?,|[ ]{told_of_term}{E}")

    def find(self, reading: Reading, paragraph: Paragraph) -> None:
        """Fills in where times are named: terms that are over, earlier years, times to come, and others."""
        low, high = paragraph.start, paragraph.end
        times: list[tuple[int, str]] = []
        # a span of time speaks at its end: what stands inside it (năm 2019, đến nay) is no time of its own
        if self._spans_up(reading, low, high):
            for span in self._since.finditer(reading.key, low, high):
                opens = self._opens(reading, paragraph, span.start())
                recent = self._within_year(reading, *span.span())
                sums = not recent and self._denied.match(reading.key, span.end(), high) is None
                kinds = ("cumulative", "summed") if sums else ("report", "other") if recent else ("other", "other")
                times.append((span.end() - 1, kinds[0] if opens else kinds[1]))
        newest = self._newest(reading)
        seasons = []
        for season, month in self._seasons:
            at = reading.low.find(season, low, high) if reading.month >= month else -1
            if at >= 0 and self._opens(reading, paragraph, at):
                seasons.append((at, at + len(season) + _YEAR_BEHIND))
                times.append((at, "report"))
        future = self._years(reading, paragraph, times, newest)
        if reading.today is not None:
            # where only the event's day is known the article may be some weeks younger
            after = reading.today + dt.timedelta(days=0 if reading.document.published else _WRITTEN_WITHIN)
            for at, _, first, last in reading.calendar.inside(low, high):
                if first is None or last is None or any(start <= at <= end for start, end in seasons):
                    continue
                if first > after or self._is_ahead(reading.today, first, last):
                    future.append(at)
                    continue
                reported = (last - first).days >= _REPORTED and last <= reading.today and last.year >= newest
                if (gap := self._gap(reading, paragraph, at)) is not None:
                    until = self._until.intersection(gap)
                    times.append((at, "until" if until else "report" if reported else "other"))
                elif reported and self._is_reported_on(reading, paragraph, at):
                    times.append((at, "reviewed"))
        times += [(at, "coming") for at in future if self._opens(reading, paragraph, at)]
        paragraph.times = sorted(dict(reversed(times)).items())
        paragraph.future = Places(future)

    def _is_reported_on(self, reading: Reading, paragraph: Paragraph, at: int) -> bool:
        """Whether a time is that of the report that its clause names: báo cáo kết quả hoạt động 6 tháng đầu năm."""
        low = max(paragraph.mark_before(at, paragraph.sentence_of(at)[0]), at - 2 * TRAIL_REACH)
        return any(reading.low.find(word, low, at) >= 0 for word in self._reports)

    @staticmethod
    def _newest(reading: Reading) -> int:
        """The year that the article reports on; 0 where it is not known."""
        if reading.year is None:
            return 0
        return reading.year - (1 if 1 <= reading.month <= _LAST_REPORT_MONTH else 0)

    @staticmethod
    def _is_ahead(today: dt.date, first: dt.date, last: dt.date) -> bool:
        """Whether a time that has begun is still to come for the most part: quý IV, told in its first days."""
        return first <= today < last and (today - first) * _BEGUN <= last - first <= _SHORT

    def _years(self, reading: Reading, paragraph: Paragraph, times: list[tuple[int, str]], newest: int) -> list[int]:
        """Where years to come are named; adds closed and coming terms and earlier years to the times."""
        low, high, year = paragraph.start, paragraph.end, reading.year
        if not FOUR_DIGITS.search(reading.key, low, high):
            return []
        for match in self._term.finditer(reading.key, low, high):
            at, last = match.start(), int(match["last"])
            # where the term is told in a bracket it governs behind it: nhiệm kỳ XI (2018 - 2023)
            end = match.end() - (reading.key[match.end() : match.end() + 1] != ")")
            if year is None or last <= year or match["half"]:
                if self._opens(reading, paragraph, at):
                    times.append((end, "cumulative"))
                elif year is not None and self._told_of.match(reading.key, match.end(), high):
                    times.append((end, "summed"))
            elif int(match["first"]) >= year and self._opens(reading, paragraph, at, strong=True):
                times.append((end, "coming"))
        if year is None:
            return []
        times += [
            (match.end() - 1, "report")
            for match in self._school_year.finditer(reading.key, low, high)
            if newest <= int(match["last"]) <= year and self._opens(reading, paragraph, match.start())
        ]
        for match in self._year.finditer(reading.key, low, high):
            at = match.start()
            if int(match["year"]) < newest and not self._of_document(reading, paragraph, at):
                lead = " " + reading.low[max(low, at - TRAIL_REACH) : at].rstrip()
                opens = self._opens(reading, paragraph, at)
                if not lead.endswith(self._aside):
                    times.append((at, "earlier" if opens else "passing"))
        return [m.start() for m in self._later.finditer(reading.key, low, high) if int(m["year"]) > year]

    def _of_document(self, reading: Reading, paragraph: Paragraph, at: int) -> bool:
        """Whether a year is that of a decree: "nghị định số 157 năm 2018"."""
        low = max(paragraph.mark_before(at, paragraph.sentence_of(at)[0]), at - 2 * TRAIL_REACH)
        return any(True for _ in self._document.finditer(reading.key, low, at))

    def _opens(self, reading: Reading, paragraph: Paragraph, at: int, strong: bool = False) -> bool:
        """Whether a time opens its sentence or clause, small words aside: "Phấn đấu đến năm 2030"."""
        return self._gap(reading, paragraph, at, strong) is not None

    def _gap(self, reading: Reading, paragraph: Paragraph, at: int, strong: bool = False) -> list[str] | None:
        """The words before a time in its clause, None where they are not all small ones."""
        low = paragraph.mark_before(at, paragraph.sentence_of(at)[0], strong)
        low = max([low, at - 2 * TRAIL_REACH, *(c.end for c in paragraph.cues_in(low, at) if "speech_sure" in c.roles)])
        words = WORD.findall(reading.low, low, at)
        # the other end of a span may stand before it: từ ngày 25/4 đến 31/5
        words = [w for w in words if not w.isdigit()]
        if self._small.issuperset(words):
            return words
        while low < at and reading.key[low] in EDGE:
            low += 1
        leads = self._leading.end(reading.key, low) is not None and not reading.ends_between(low, at)
        return words if leads else None

    def _spans_up(self, reading: Reading, low: int, high: int) -> bool:
        """Whether any word stands there without which no span of years up to now is named."""
        return any(reading.low.find(word, low, high) >= 0 for word in self._up_to_now)

    def _within_year(self, reading: Reading, start: int, end: int) -> bool:
        """Whether a span up to now began in the year of the article: what is told of it is no sum of years."""
        if self._this_year.match(reading.key, start, end) is None:
            return False
        years = FOUR_DIGITS.findall(reading.key, start, end)
        return reading.year is None or all(int(year) >= reading.year for year in years)
