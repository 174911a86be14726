"""What fixes the year of an article's dates where it bears no stamp: the day from which all others get theirs."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
from collections.abc import Iterator, Sequence

from pipeline.codes import DateBasis
from pipeline.document import Block, Taken
from pipeline.facts import DateMention, TermMention
from pipeline.resolve.dates.days import Span, in_year, is_part, period_of
from pipeline.resolve.dates.surroundings import LEFT, Surroundings
from pipeline.resolve.dates.windows import Window, Windows

# characters at the start of a block within which it says what it reports
_OPENING = 500
# a day that stands this near to the start of its clause dates what the clause tells
_CLAUSE_START = 30
# the year reviewed or planned stands this near to the word that says so, a month, or the year in the name of
# an event or award, nearer
_CUE_FAR, _NAME_LONG, _MONTH_NAMED = 160, 110, 50
# of its sentence no more is read on either side of a day: some never end (characters)
_FAR = 2000
# the sixty-year cycle: 1984 began one (stem 0, branch 0)
_CYCLE_START, _CYCLE = 1984, 60


class Grounds:
    """The grounds of one article, in the order in which they count."""

    def __init__(self, text: Surroundings, terms: Sequence[TermMention], windows: Windows) -> None:
        self.text, self.terms, self.windows = text, terms, windows
        self.rules, self.settings = text.rules, windows.settings
        self.first_year = self.settings["first_year"]
        self._bare: list[DateMention] = []  # kept alive: what is stated is keyed by identity
        self._feasts_of: dict[int, list[tuple[int, int]]] = {}

    def anchor(self) -> tuple[dt.date | None, str]:
        """The day from which the other dates get their years, and on what ground; None where there is none."""
        if self.text.stamp is not None:
            return self.text.stamp, DateBasis.PUBLISHED.value
        opening = self._opening_day()
        if opening is not None:
            return opening, DateBasis.CONTEXT.value
        yearless = [m for m in self.text.dates if id(m) not in self.text.stated and m.relative is None and m.month]
        yearless.sort(key=lambda m: (m.precision != "day", m.is_document, m.start))
        for mention in yearless[:1]:
            for window in self._windows(mention):
                for span in in_window(mention, window):
                    return span[0], window.basis
        return self._event_year()

    def _opening_day(self) -> dt.date | None:
        """The day with its year that opens the report, where no day without a year stands before it."""
        latest = 0
        for mention in self.text.dates:
            if mention.start >= self.text.head_end:
                break
            if mention.precision != "day" or mention.relative is not None or not mention.month or mention.is_document:
                continue
            span = self.text.stated.get(id(mention))
            if span is None:
                break
            if span[0].year < self.first_year or self.text.is_jubilee(mention) or self.text.is_again(mention):
                continue
            if self.text.is_from_then_on(mention, span):
                continue
            latest = latest or max(
                s[0].year
                for m in self.text.dates
                if (s := self.text.stated.get(id(m))) and (m is mention or not self.text.is_ahead(m))
            )
            if span[0].year >= latest or len(self.text.before(mention, LEFT)) < _CLAUSE_START:
                return span[0]
        return None

    def _event_year(self) -> tuple[dt.date | None, str]:
        """The year of an event that the title or lede names with its year: enough for "năm nay"."""
        years = {m.year for m, cue in self._cued if cue == "event" and m.precision == "year" and m.year}
        if len(years) == 1:
            return dt.date(years.pop(), 7, 1), DateBasis.CONTEXT.value
        return None, DateBasis.NONE.value

    def _windows(self, main: DateMention) -> Iterator[Window]:
        yield from self._stamped_window()
        yield from self._twin_window(main)
        yield from self.term_window(main)
        yield from self._since_windows(main)
        yield from self._period_windows(main)
        yield from self._effective_window(main)
        yield from self._campaign_windows(main)
        yield from self._school_windows()
        yield from self._signed_windows(main)
        yield from self._meeting_windows()
        yield from self._wage_windows()
        yield from self._year_end_windows()
        if main.precision == "day":
            yield from self._named_windows(main)
            yield from self._pointed_windows(main)
            yield from self._nearby_windows(main)
            yield from self._jubilee_windows()
            yield from self._feast_windows()

    def _stamped_window(self) -> Iterator[Window]:
        """The month of a date stamp that has no day."""
        match = self.rules.pattern("{month_stamp}").match((self.text.document.stamp_unread or "").strip())
        if match is not None:
            yield self.windows.about("month_stamped", period_of(dt.date(int(match["y"]), int(match["m"]), 1), "month"))

    def _twin_window(self, main: DateMention) -> Iterator[Window]:
        """The same day with its year, in another place (a caption)."""
        for mention in reversed(self.text.dates):
            if (mention.day, mention.month) != (main.day, main.month) or mention.precision != "day":
                continue
            if self._of_anniversary(mention, main):
                continue
            span = self.text.stated.get(id(mention))
            if (
                span is not None
                and span[0].year >= self.first_year
                and not mention.is_document
                and not self.text.is_past(mention)
            ):
                yield self.windows.about("same_day", span)

    def term_window(self, main: DateMention) -> Iterator[Window]:
        """The first year of the term that the congress opens, named with it or given to what it elects and plans."""
        own = self.text.block(main.start)
        told = own is not None and any(
            self._opens(self.text.key(block)[:_OPENING].split(". ")[0]) for block in (self.text.document.blocks[0], own)
        )
        for term in self.terms:
            block = self.text.block(term.start)
            if term.kind != "term" or block is None:
                continue
            end = term.start - block.start
            before = self.text.key(block)[max(0, end - 2 * LEFT) : end]
            clause = before[max(before.rfind(". "), before.rfind("; ")) + 1 :]
            beside = term.start <= self.text.head_end and (block.kind == "title" or block == own)
            elects = told and self.rules.pattern("{term_opened}").search(clause) is not None
            either = self._is_of_round(term.first) and (main.month or 0) >= self.settings["round_month"]
            if ((beside and self._opens(clause)) or elects) and not either:
                yield self.windows.in_year("term_opened", term.first)

    def _is_of_round(self, year: int) -> bool:
        """Whether the unions' own congresses name their terms after the year."""
        return year % self.settings["round_years"] == self.settings["round_first"]

    @functools.cached_property
    def _cued(self) -> list[tuple[DateMention, str]]:
        """Periods with a year in the head of the article, and what the nearest words before say of them."""
        pattern, breaks = self.rules.pattern("{cues}"), self.rules.pattern("{breaks_cue}")
        found: list[tuple[DateMention, str]] = []
        stated = [m for m in self.text.dates if m.year is not None and m.precision != "day"]
        for mention in [*stated, *self._bare_years()]:
            if (
                mention.start > self.text.head_end
                or (mention.year or 0) < self.first_year
                or self.text.is_loose(mention)
            ):
                continue
            cue, before = None, self.text.before(mention, LEFT)
            near = before[-_CUE_FAR:]
            for match in pattern.finditer(near):
                at = len(before) - len(near) + match.end()
                cue = match.lastgroup if breaks.search(before, at) is None else None
                if cue in ("event", "award") and self._is_apart(before, at):
                    cue = None
                if mention.precision == "month" and not is_part(mention) and len(before) - at > _MONTH_NAMED:
                    cue = None
                if cue == "plan" and self._spans(mention.start - len(before) + at, mention.start):
                    cue = None
            if cue is not None and not self.text.is_ahead(mention):
                found.append((mention, cue))
        return found

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
        covered = Taken(
            tuple((m.start, m.end) for m in [*self.text.dates, *self.terms] if m.start <= self.text.head_end)
        )
        for block in self.text.document.blocks:
            if block.start > self.text.head_end or len(self._bare) > LEFT:
                return
            years = list(self.rules.pattern("{bare_year}").finditer(self.text.key(block)))
            spring = self.rules.pattern("{spring_year}").finditer(self.text.key(block)) if years else ()
            feasts = [m.span() for m in spring]
            for match in years:
                if any(a <= match.start() < b for a, b in feasts):
                    continue  # the year of a Tết is no year that is reviewed or planned
                start, end, year = block.start + match.start(), block.start + match.end(), int(match.group())
                if not covered.overlaps(start, end):
                    mention = DateMention(
                        start=start, end=end, rule_id="", year=year, month=1, day=1, end_year=year, end_month=12,
                        end_day=0, precision="year",
                    )  # fmt: skip
                    self.text.stated[id(mention)] = dt.date(year, 1, 1), dt.date(year, 12, 31)
                    self._bare.append(mention)
                    yield mention

    def _period_windows(self, main: DateMention) -> Iterator[Window]:
        # the latest year that is planned or reviewed is the one at hand
        cued = sorted(self._cued, key=lambda c: -(c[0].year or 0))
        for wanted in ("review", "plan", "event", "award", "turn"):
            for mention, cue in cued:
                if cue != wanted:
                    continue
                year = mention.precision == "year"
                ground = "year_of_turn"
                if cue == "review":
                    ground = "year_reviewed" if year else "months_reviewed"
                elif cue == "plan":
                    ground = "year_planned" if year else "months_planned"
                elif cue == "event" or (cue == "award" and year):
                    ground = f"year_of_{cue}"
                if ground != "year_of_turn" or (main.month or 0) <= self.settings["turn_month"]:
                    yield self.windows.about(ground, self.text.stated[id(mention)])

    def _effective_window(self, main: DateMention) -> Iterator[Window]:
        for mention in self.text.dates:
            span = self.text.stated.get(id(mention))
            if span is None or mention.precision != "day" or mention.start < main.start:
                continue
            before = self.text.before(mention, 60)
            if self.rules.pattern("{effective_from}").search(before) is None:
                continue
            # what stands apart from the day must lie ahead of it, or be all that the article says of such days
            beside = self.text.block(mention.start) == self.text.block(main.start)
            if beside or self.rules.pattern("{future_near}").search(before) or self._only_in_force(mention):
                yield self.windows.about("in_force_beside" if beside else "in_force", span)

    def _only_in_force(self, mention: DateMention) -> bool:
        """Whether a day is the only one with its year, and no year after it is stated."""
        own = self.text.stated[id(mention)][0]
        others = [self.text.stated[id(m)][0] for m in self.text.dates if m is not mention and id(m) in self.text.stated]
        days = [m for m in self.text.dates if m is not mention and m.precision == "day" and id(m) in self.text.stated]
        return not days and all(o.year <= own.year + 1 for o in others)

    def _since_windows(self, main: DateMention) -> Iterator[Window]:
        """The year since whose start something is told to the present day."""
        for mention in self.text.dates:
            if mention.precision != "year" or (mention.year or 0) < self.first_year or mention.start < main.start:
                continue
            block = self.text.block(mention.start)
            if block is None:
                continue
            to_now = self.rules.pattern("{to_now}").match(self.text.key(block), mention.end - block.start)
            if to_now and self.rules.pattern("{since_start}").search(self.text.before(mention, 30)):
                yield self.windows.about("year_so_far", self.text.stated[id(mention)])

    def _campaign_windows(self, main: DateMention) -> Iterator[Window]:
        own = self.text.block(main.start)
        for block in self.text.document.blocks:
            if block.start > self.text.head_end or not (block == own or block.kind in ("title", "lede")):
                continue
            key = self.text.key(block)
            lower = key.lower()
            for _, year in self._feasts(block):
                yield self.windows.in_year("spring_named", year)
            if any(w in lower for w in self.rules.lexicon["campaign_may"]):
                for match in self.rules.pattern("{may_year}").finditer(key):
                    yield self.windows.in_year("may_campaign", int(match["y"]))

    def _school_windows(self) -> Iterator[Window]:
        """The months in which a school year that the head of the article reviews or plans ends or begins."""
        for term in self.terms:
            block = self.text.block(term.start)
            if (
                term.kind != "period"
                or term.first < self.first_year
                or block is None
                or term.start > self.text.head_end
            ):
                continue
            before = self.text.key(block)[max(0, term.start - block.start - LEFT) : term.start - block.start]
            before = before[before.rfind(". ") + 1 :]
            if self.rules.pattern("{school_year}").search(before) is None:
                continue
            cues = [m.lastgroup for m in self.rules.pattern("{cues}").finditer(before)]
            if "review" in cues:
                yield self.windows.in_year("school_year_reviewed", term.last)
            elif "plan" in cues:
                yield self.windows.in_year("school_year_planned", term.first)

    def _named_windows(self, main: DateMention) -> Iterator[Window]:
        """The year in the name of what the sentence of the day says is held then."""
        block = self.text.block(main.start)
        if block is None:
            return
        begin, end = self.text.sentence(main)
        begin, end = max(begin, main.start - block.start - _FAR), min(end, main.end - block.start + _FAR)
        key, late = self.text.key(block), self.settings["round_month"]
        own = key[begin:end]
        any_year = self.rules.pattern("{any_year}")
        if any_year.search(key, max(0, begin - LEFT), end) is None or self.rules.pattern("{held_else}").search(own):
            return
        years = set()
        for match in self.rules.pattern("{event_name}").finditer(key, max(0, begin - LEFT), end):
            first, last = match.start() - begin, match.end() - begin
            if first < 0:  # named with its year before the sentence, and taken up in it
                if match["apart"] is not None or " " not in match["name"] or match["name"] not in own:
                    continue
                first = own.index(match["name"])
                last = first + len(match["name"])
            if self._is_held(own, main.start - block.start - begin, first, last, late=(main.month or 0) >= late):
                years.add(int(match["y"]))
        if years and (main.month or 0) >= late and self._is_of_feast(years):
            return
        others = {int(m.group()) for m in any_year.finditer(own)}
        if len(years) == 1 and others <= years and max(years) >= self.first_year:
            yield self.windows.in_year("year_of_name", years.pop())

    def _is_held(self, told: str, day: int, first: int, last: int, *, late: bool) -> bool:
        """Whether a sentence says that what it names from ``first`` to ``last`` is held on the day at ``day``.

        ``late``: the day lies so late in the year that those who set out then may do so for the next one's.
        """
        if self.rules.pattern("{honours}").search(told, 0, last) is not None:
            return False
        by = self.rules.pattern("{held_then}" if late else "{held_by}")
        if last > day:
            return bool(by.search(told, day, first) or self.rules.pattern("{held_next}").match(told, last))
        if self.rules.pattern("{other_event}").search(told, last, day) is not None:
            return False
        return bool(self.rules.pattern("{held_then}").search(told, last, day) or by.search(told, 0, first))

    def _is_of_feast(self, years: set[int]) -> bool:
        """Whether the article names the Tết of one of these years: what bears its year is made ready before it."""
        blocks = self.text.document.blocks
        return any(year in years for block in blocks for _, year in self._feasts(block))

    def _pointed_windows(self, main: DateMention) -> Iterator[Window]:
        """The only year of the sentence before, where that of the day begins with words that point back to it."""
        block = self.text.block(main.start)
        if block is None:
            return
        begin, _ = self.text.sentence(main)
        key = self.text.key(block)
        if not begin or self.rules.pattern("{pointed_at}").match(key, begin) is None:
            return
        start = key.rfind(". ", 0, begin - 2) + 1
        told = [m for m in self.text.dates if block.start + start <= m.start < block.start + begin]
        years = {m.year for m in told if m.year is not None}
        sure = all(m.precision == "year" and not self.text.is_compared(m) and not self.text.is_past(m) for m in told)
        if sure and len(years) == 1 and (year := years.pop()) >= self.first_year:
            yield self.windows.in_year("year_pointed_at", year)

    def _wage_windows(self) -> Iterator[Window]:
        """The months before the year whose minimum wage the head of the article says is talked over."""
        years = set()
        for block in self.text.document.blocks:
            if block.start > self.text.head_end:
                break
            for sentence in self.text.key(block).split(". "):
                if self.rules.pattern("{wage_talked}").search(sentence) is not None:
                    years |= {int(m["y"]) for m in self.rules.pattern("{wage_year}").finditer(sentence)}
        if years and max(years) > self.first_year:
            yield self.windows.in_year("wage_talked_over", max(years))

    def _feast_windows(self) -> Iterator[Window]:
        """The months before a Tết, where the article names the Tết of one year only."""
        years, compared = set(), self.rules.pattern("{compared}")
        for block in self.text.document.blocks:
            key = self.text.key(block)
            years |= {year for at, year in self._feasts(block) if compared.search(key[max(0, at - 40) : at]) is None}
        for year in years if len(years) == 1 else ():
            yield self.windows.in_year("spring_told", year)

    def _feasts(self, block: Block) -> list[tuple[int, int]]:
        """Where a block names the Tết of a year, and the year."""
        found = self._feasts_of.get(block.start)
        if found is None:
            found = self._feasts_of[block.start] = []
            key = self.text.key(block)
            lower = key.lower()
            if any(w in lower for w in self.rules.lexicon["campaign_spring"]):
                for match in self.rules.pattern("{spring_year}").finditer(key):
                    year = int(match["y"]) if match["y"] else self._cycle_year(match["stem"], match["branch"])
                    if year is not None and year >= self.first_year:
                        found.append((match.start(), year))
        return found

    def _signed_windows(self, main: DateMention) -> Iterator[Window]:
        """The first year of the period for which the sentence of the day says that something is signed."""
        for term in self.terms:
            block = self.text.block(term.start)
            if (
                term.kind != "period"
                or term.first < self.first_year
                or block is None
                or block != self.text.block(main.start)
            ):
                continue
            before = self.text.key(block)[: term.start - block.start].rsplit(". ", 1)[-1]
            if self.rules.pattern("{signed}").search(before) is not None:
                yield self.windows.in_year("period_signed", term.first)

    def _meeting_windows(self) -> Iterator[Window]:
        """The year in which one period that the head of the article names ends and another one begins."""
        early = [t for t in self.terms if t.kind == "period" and t.start <= self.text.head_end]
        years = {t.last for t in early} & {t.first for t in early}
        if len(years) == 1 and min(years) >= self.first_year:
            yield self.windows.in_year("periods_meet", years.pop())

    def _year_end_windows(self) -> Iterator[Window]:
        """The second half of the year to whose end something is still to be done."""
        for mention in self.text.dates:
            if mention.precision != "year" or (mention.year or 0) < self.first_year:
                continue
            before = self.text.before(mention, LEFT)
            if self.rules.pattern("{year_end}").search(before[-12:]) and self.rules.pattern("{still_ahead}").search(
                before
            ):
                yield self.windows.about("rest_of_year", self.text.stated[id(mention)])

    def _cycle_year(self, stem: str, branch: str) -> int | None:
        if self.rules.has("told_spring", f"{stem} {branch}"):
            return None
        first, second = int(self.rules.value("stem", stem)), int(self.rules.value("branch", branch))
        cycle = range(self.first_year, self.first_year + _CYCLE)
        named = ((year - _CYCLE_START) % 10 == first and (year - _CYCLE_START) % 12 == second for year in cycle)
        return next(itertools.compress(cycle, named), None)

    def _nearby_windows(self, main: DateMention) -> Iterator[Window]:
        """Around the latest day or month that the text states with its year and as past."""
        stated = [
            (span, m)
            for m in self.text.dates
            if (span := self.text.stated.get(id(m))) is not None
            and span[0].year >= self.first_year
            and not self.text.is_jubilee(m)
        ]
        yield from self._ordered_window(main, stated)
        ahead = [span for span, m in stated if m.precision in ("day", "month") and self.text.is_ahead(m)]
        past = [(span, m) for span, m in stated if not self.text.is_ahead(m)]
        days = [(span, m) for span, m in past if m.precision in ("day", "month") and not self.text.is_lasting(m)]
        days = [
            (s, m)
            for s, m in days
            if m.precision == "day" or not (self.text.is_told_month(m) or self.text.closes_span(m))
        ]
        days = [(span, m) for span, m in days if not self.text.is_again(m) and not self._of_anniversary(m, main)]
        if days:
            span, mention = max(days, key=lambda s: s[0])
            # a later time is told: the report may be of any day up to it, unless it is of the same year
            goal = self.settings["goal_after_years"]
            later = any(
                span[1] < other[0] and span[1].year < other[0].year <= span[1].year + goal and not self.text.is_loose(m)
                for other, m in past
            )
            if (
                not later
                and (mention.is_document or not self.text.is_past(mention))
                and self._is_borne_out(mention, days)
            ):
                yield self.windows.about("document_nearby" if mention.is_document else "day_nearby", span)
        elif ahead:
            yield self.windows.about("day_announced", min(ahead))

    def _is_borne_out(self, mention: DateMention, days: list[tuple[Span, DateMention]]) -> bool:
        """Whether the latest day is the report's own time: it opens the report, the report counts up to it, or
        others of its year stand by it.

        A lone full date further down, or under a picture, is as often of a past event.
        """
        block = self.text.block(mention.start)
        if block is None or block.kind == "caption":
            return False
        if mention.start < self.text.head_end or mention.is_document:
            return True
        if self.rules.pattern("{counted_to}").search(self.text.before(mention, 30)):
            return True
        year = self.text.stated[id(mention)][0].year
        # the same day said again, as under a picture that is printed twice, bears nothing out
        return len({span for span, _ in days if span[0].year == year}) >= 2

    def _of_anniversary(self, mention: DateMention, main: DateMention) -> bool:
        """Whether the day lies so many years before the main one as its sentence counts."""
        block = self.text.block(main.start)
        if block is None or (mention.day, mention.month) != (main.day, main.month):
            return False
        told = (
            self.text.before(main, LEFT)
            + self.text.key(block)[main.start - block.start : main.end - block.start + LEFT]
        )
        return self.rules.pattern("{years_passed}").search(told) is not None

    def _ordered_window(self, main: DateMention, stated: Sequence[tuple[Span, DateMention]]) -> Iterator[Window]:
        """The months after the plan or decision that the sentence of the day says it carries out."""
        for span, mention in stated:
            near = 0 < main.start - mention.end < LEFT and self.text.block(main.start) == self.text.block(mention.start)
            if not near or not mention.is_document or self.text.is_lasting(mention):
                continue
            if self.rules.pattern("{carries_out}").match(self.text.before(mention, LEFT)) is not None:
                yield self.windows.about("plan_carried_out", span)

    def _jubilee_windows(self) -> Iterator[Window]:
        """About the anniversary that a pair of days names: the weeks in which it is celebrated."""
        for mention in self.text.dates:
            span = self.text.stated.get(id(mention))
            if span is not None and span[0].year >= self.first_year and self.text.is_jubilee(mention):
                yield self.windows.about("anniversary", span)


def in_window(mention: DateMention, window: Window) -> Iterator[Span]:
    """The days of a mention in each year in which it begins within the window."""
    for year in range(window.first.year, window.last.year + 1):
        span = in_year(mention, year)
        if span is not None and window.first <= span[0] <= window.last:
            yield span
