"""Finds expressions that name calendar time, with the parts that the text states; years are resolved elsewhere."""

from __future__ import annotations

import calendar
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.errors import Issue
from pipeline.facts import SPAN_FROM, SPAN_UNTIL, DateMention, Refusal

if TYPE_CHECKING:
    import regex

    from pipeline.document import Passage, Taken
    from pipeline.rules import Rule, Rules

# characters before a figure that can say what it is
_LEFT = 150
# ... those about a/b in which the rest of a list of days stands
_AROUND = 80
_LEAP_YEAR = 2000


@dataclass(frozen=True, slots=True)
class _Days:
    """Days as (day, month, year or None) with their spans.

    ``joined``: from the first to the last. ``apart``: joined by a word, each with its own month, and no year to share.
    """

    start: int
    end: int
    days: list[tuple[int, int, int | None]]
    spans: list[tuple[int, int]]
    separator: str | None
    joined: bool
    apart: bool = False


class DateExtractor:
    """Reads the rules of ``rules/date`` on one passage."""

    def __init__(self, rules: Rules) -> None:
        """Compile the rules and order them by the word that a passage must hold for them."""
        self._rules = rules["date"]
        compiled = self._rules.pattern
        gates: dict[str, list[str] | str] = self._rules.settings["gates"]
        by_gate: dict[str, list[Rule]] = {}
        for rule in self._rules.rules:
            by_gate.setdefault(str(rule.set["gate"]), []).append(rule)
        self._families: list[tuple[regex.Pattern[str] | tuple[str, ...], list[Rule]]] = []
        for name, members in by_gate.items():
            words = gates[name]
            gate: regex.Pattern[str] | tuple[str, ...]
            if not isinstance(words, str):
                gate = tuple(words)
            elif words in self._rules.lexicon:
                gate = tuple(self._rules.lexicon[words])
            else:
                gate = compiled("{" + words + "}")
            self._families.append((gate, members))
        self._of_document = compiled("{of_document}")
        self._of_feast = compiled("{of_feast}")
        self._told_year = compiled("{told_year}")
        self._figurative = compiled("{figurative_before}")
        self._of_habit = compiled("{of_habit}")
        self._of_habit_after = compiled("{of_habit_after}")
        self._of_name = compiled("{of_name}")
        self._part = compiled(
            r"{B} (?P<part>{part_of_day}) (?: {sp} \p{L}{2,4} ){0,2} {s} [,(]? {s} (?: \p{L}{4} {sp} )? $"
        )
        self._paired = compiled("{paired_before}")
        self._ends = compiled("{sentence_part}")
        self._goes_on = compiled("{goes_on_after}")
        self._quote = compiled(r'^ [ ]? "')

    def __call__(self, passage: Passage, taken: Taken) -> list[DateMention | Refusal]:
        """The dates of a passage in reading order, and the refused ones (lunar, impossible)."""
        key = passage.key
        found: list[DateMention | Refusal] = []
        lower = key.lower()
        claimed = bytearray(len(key))  # 1 where a mention stands: a list would make long texts slow
        for words, rules in self._families:
            where = self._stretch(key, lower, words)
            if where is None:
                continue
            for rule in rules:
                for match in self._matches(rule, key, where, found):
                    for mention in self._read(rule, match, key):
                        start, end = mention.start, mention.end
                        if 1 not in claimed[start:end] and not taken.overlaps(start, end):
                            claimed[start:end] = b"\1" * (end - start)
                            found.append(mention)
        return sorted(found, key=lambda m: m.start)

    def _stretch(self, key: str, lower: str, gate: regex.Pattern[str] | tuple[str, ...]) -> tuple[int, int] | None:
        """Where in the passage a family of rules may match: about its first to its last figures or words."""
        if not isinstance(gate, tuple):
            spans = [m.span() for m in gate.finditer(key)]
            if not spans:
                return None
            first, last = spans[0][0], spans[-1][1]
        else:
            found = [at for w in gate if (at := lower.find(w)) >= 0]
            if not found:
                return None
            if len(lower) != len(key):  # a capital letter may become two small ones
                return 0, len(key)
            first, last = min(found), max(lower.rfind(w) + len(w) for w in gate)
        return max(0, first - _AROUND), min(len(key), last + _AROUND)

    def _matches(
        self, rule: Rule, key: str, where: tuple[int, int], found: list[DateMention | Refusal]
    ) -> Iterator[regex.Match[str]]:
        """Where a rule matches; a rule for the second of two days is tried only after a day that was read."""
        if not rule.set.get("after_date"):
            yield from rule.finditer(key, *where)
            return
        # found grows while this runs: in "10/8, 12/8, 13/8" each day stands after the one before
        for mention in found:
            if isinstance(mention, DateMention) and mention.precision == "day":
                match = rule.match(key, mention.end)
                if match is not None:
                    yield match

    def _read(self, rule: Rule, match: regex.Match[str], key: str) -> Iterator[DateMention | Refusal]:
        if rule.refuse is not None:
            yield Refusal(start=match.start(), end=match.end(), rule_id=rule.id, code=rule.refuse, detail=match.group())
            return
        shape = rule.set["shape"]
        if shape == "day":
            yield from self._days(rule, match, key)
        elif shape in ("month", "months_each"):
            yield from self._months(rule, match, key, each=shape == "months_each")
        elif shape == "months":
            yield from self._part_year(rule, match)
        elif shape == "quarter":
            yield from self._quarter(rule, match)
        elif shape == "years":
            yield from self._years(rule, match, key)
        elif shape == "decade":
            first = int(match["y"])
            yield _span_mention(match.start(), match.end(), rule.id, (first, 1), (first + 9, 12), "year")
        else:
            yield from self._relative(rule, match, key)

    def _days(self, rule: Rule, match: regex.Match[str], key: str) -> Iterator[DateMention | Refusal]:
        stated = self._stated_days(match)
        if stated is None or self._refused_days(rule, stated, key):
            return
        start, end, days = stated.start, stated.end, stated.days
        if not all(_possible(*day) for day in days):
            if stated.separator != "." and 1 <= days[-1][1] <= 12:
                code, detail = Issue.IMPOSSIBLE_DATE.value, match.group()
                yield Refusal(start=start, end=end, rule_id=rule.id, code=code, detail=detail)
            return
        before = key[max(0, start - _LEFT) : start]
        if days[0][2] is None and self._names_no_day(before, key, end, days[-1]):
            return
        shared: dict[str, Any] = {
            "rule_id": rule.id,
            "part_of_day": self._part_of_day(before),
            "relative": self._value("year_word", match.groupdict().get("rel")),
            "is_document": self._of_document.search(before) is not None,
        }
        span = _is_span(days, joined=stated.joined)
        if len(days) == 1 or (span and not stated.apart):
            yield _day_mention(start, end, days[0], days[-1], shared)
            return
        ends = (SPAN_FROM, SPAN_UNTIL) if span and len(days) == 2 else ()
        for index, ((low, high), day) in enumerate(zip(stated.spans, days, strict=True)):
            yield _day_mention(low, high, day, day, shared | {"flags": ends[index : index + 1]})

    def _stated_days(self, match: regex.Match[str]) -> _Days | None:
        """The days of a match, month and year shared among those that leave them out."""
        group = match.groupdict()
        start = min(at for name in ("d", "m", "y") if name in group for at in match.starts(name))
        end = match.end()
        days = [int(d) for d in match.captures("d")]
        spans = match.spans("d")
        month, year = self._month(group.get("m")), _year(group.get("y"))
        if group.get("d2") is None:
            if month is None:
                return None
            return _Days(start, end, [(days[0], month, year)], spans, group.get("s"), joined=False)
        last_month, last_year = int(group["m2"]), _year(group.get("y2"))
        if month is None:
            month = last_month
        else:
            spans[0] = (start, match.start("join"))
        if year is None and last_year is not None:
            year = last_year - (month > last_month)
        elif last_year is None and year is not None:
            last_year = year + (month > last_month)
        joined = group.get("join") is not None
        last, last_span = (int(group["d2"]), last_month, last_year), (match.start("d2"), end)
        if joined and (month, year) == (last_month, last_year) and days[-1] >= last[0]:
            # no span of days runs backwards: what stands before the last day is something else
            return _Days(last_span[0], end, [last], [last_span], group.get("s"), joined=False)
        every = [*((d, month, year) for d in days), last]
        apart = group.get("m") is not None and last_year is None and any(c.isalpha() for c in group["join"] or "")
        return _Days(start, end, every, [*spans, last_span], group.get("s"), joined=joined, apart=apart)

    def _refused_days(self, rule: Rule, stated: _Days, key: str) -> bool:
        """Whether words after the figures, or the figures themselves, say that they are no day."""
        if self._told_year.match(key, stated.end) is not None:
            return True
        if rule.set.get("ascending") and len(stated.days) == 1:
            return True
        falls = any(day > month for day, month, _ in (stated.days[0], stated.days[-1]))
        day, month, _ = stated.days[-1]
        counts = key[stated.end : stated.end + 2].strip()[:1].isalnum() and (
            self._goes_on.match(key, stated.end) is None or self._rules.has("common_share", f"{day}/{month}")
        )
        if rule.set.get("weak") and not falls:  # a range rises, a share is less than a whole, a decimal is of something
            return counts if stated.separator == "/" else self._ends.match(key, stated.end) is None
        return bool(rule.set.get("after_date")) and stated.separator == "/" and not falls and counts

    def _names_no_day(self, before: str, key: str, end: int, last: tuple[int, int, int | None]) -> bool:
        """Whether a day without a year is a feast's name, or comes every year."""
        if self._habitual(before, key, end):
            return True
        return self._rules.has("feast_day", f"{last[0]}/{last[1]}") and self._of_feast.search(before) is not None

    def _months(self, rule: Rule, match: regex.Match[str], key: str, *, each: bool) -> Iterator[DateMention | Refusal]:
        group = match.groupdict()
        months = [self._month(m) for m in match.captures("m")]
        numbers = [m for m in months if m is not None]
        year = _year(group.get("y"))
        last = self._month(group.get("m2")) or numbers[-1]
        last_year = _year(group.get("y2")) or year
        if any(not 1 <= m <= 12 for m in [*numbers, last]):
            return
        if year is not None and group.get("y2") is not None and any(c.isalpha() for c in group["join"]):
            # months with a year each, joined by a word, are two
            cut, after = match.span("join")
            yield _span_mention(match.start(), cut, rule.id, (year, numbers[0]), (year, numbers[0]), "month")
            yield _span_mention(after, match.end(), rule.id, (last_year, last), (last_year, last), "month")
            return
        if year is None and last_year is not None:
            year = last_year - (numbers[0] > last)
        if self._told_year.match(key, match.end()) is not None:
            return
        if year is None and self._habitual(key[max(0, match.start() - _LEFT) : match.start()], key, match.end()):
            return
        neighbours = all(b - a == 1 for a, b in itertools.pairwise(numbers))
        if each and (group.get("each") is not None or not neighbours):
            spans = match.spans("m")
            for index, month in enumerate(numbers):
                yield _span_mention(
                    match.start() if index == 0 else spans[index][0],
                    match.end() if index == len(numbers) - 1 else spans[index][1],
                    rule.id, (year, month), (year, month), "month",
                )  # fmt: skip
            return
        yield _span_mention(
            match.start(), match.end(), rule.id, (year, numbers[0]), (last_year, last), "month",
            relative=self._value("year_word", group.get("rel")),
            is_document=self._of_document.search(key[max(0, match.start() - _LEFT) : match.start()]) is not None,
        )  # fmt: skip

    def _part_year(self, rule: Rule, match: regex.Match[str]) -> Iterator[DateMention | Refusal]:
        group = match.groupdict()
        count = 6
        if (stated := group.get("n")) is not None:
            count = int(stated) if stated.isdigit() else int(self._rules.value("number_word", stated))
        count *= int(rule.set.get("size", 1))
        if not 2 <= count <= 11:
            return
        side = group.get("side")
        which = "first" if side is None else self._value("months_side", side) or self._value("half", side)
        first, last = (1, count) if which == "first" else (13 - count, 12)
        year = _year(group.get("y"))
        yield _span_mention(
            match.start(), match.end(), rule.id, (year, first), (year, last), "month",
            relative=self._value("year_word", group.get("rel")),
        )  # fmt: skip

    def _quarter(self, rule: Rule, match: regex.Match[str]) -> Iterator[DateMention | Refusal]:
        group = match.groupdict()
        quarters = [
            int(q) if q.isdigit() else int(self._rules.value("roman", q) or self._rules.value("quarter_word", q))
            for q in match.captures("q")
        ]
        year = _year(group.get("y"))
        spans = match.spans("q")
        shared = group.get("each") is None and all(b - a == 1 for a, b in itertools.pairwise(quarters))
        if shared:
            # "quý I, II năm 2016" is one time, as "tháng 4, 5, 6" is
            quarters_at = (year, 3 * quarters[0] - 2), (year, 3 * quarters[-1])
            yield _span_mention(
                match.start(), match.end(), rule.id, *quarters_at, "quarter",
                relative=self._value("year_word", group.get("rel")),
            )  # fmt: skip
            return
        for index, quarter in enumerate(quarters):
            yield _span_mention(
                match.start() if index == 0 else spans[index][0],
                match.end() if index == len(quarters) - 1 else spans[index][1],
                rule.id, (year, 3 * quarter - 2), (year, 3 * quarter), "quarter",
                relative=self._value("year_word", group.get("rel")),
            )  # fmt: skip

    def _years(self, rule: Rule, match: regex.Match[str], key: str) -> Iterator[DateMention | Refusal]:
        spans = match.spans("y")
        if len(spans) == 1:
            before = key[max(0, match.start() - _LEFT) : match.start()]
            name = self._of_name.search(before)
            if name is not None and (name["hit"] is not None):
                quoted = name.group().startswith('"')
                if not quoted or self._quote.search(key[match.end() : match.end() + 3]):
                    return
        for index, (low_at, high_at) in enumerate(spans):
            year = int(key[low_at:high_at])
            yield _span_mention(
                match.start() if index == 0 else low_at, high_at, rule.id, (year, 1), (year, 12), "year"
            )

    def _relative(self, rule: Rule, match: regex.Match[str], key: str) -> Iterator[DateMention | Refusal]:
        words = match["rel"]
        relative = str(self._value("relative_word", words))
        unit = relative.partition(":")[0]
        before = key[max(0, match.start() - _LEFT) : match.start()]
        if unit == "year" and self._paired.search(before) is not None:
            return
        if self._rules.has("figurative_word", words) and self._figurative.search(before[-20:]) is not None:
            return
        precision = {"day": "day", "week": "day", "month": "month", "quarter": "quarter"}.get(unit, "year")
        yield DateMention(
            start=match.start(), end=match.end(), rule_id=rule.id, precision=precision, relative=relative,
            part_of_day=self._part_of_day(words) if unit == "day" else None,
        )  # fmt: skip

    def _value(self, lexicon: str, word: str | None) -> str | None:
        if word is None:
            return None
        value = self._rules.value(lexicon, word)
        return None if value is None else str(value)

    def _month(self, word: str | None) -> int | None:
        if word is None:
            return None
        return int(word) if word.isdigit() else int(self._rules.value("month_word", word))

    def _habitual(self, before: str, key: str, end: int) -> bool:
        return self._of_habit.search(before) is not None or self._of_habit_after.match(key, end) is not None

    def _part_of_day(self, before: str) -> str | None:
        match = self._part.search(before[-40:])
        return None if match is None else self._value("part_of_day", match["part"])


def _year(text: str | None) -> int | None:
    if text is None:
        return None
    year = int(text)
    return year + 2000 if year < 100 else year


def _possible(day: int, month: int, year: int | None) -> bool:
    if not (1 <= month <= 12 and day >= 1):
        return False
    return day <= calendar.monthrange(year or _LEAP_YEAR, month)[1]


def _is_span(days: list[tuple[int, int, int | None]], *, joined: bool) -> bool:
    """Whether the days are one span: joined by words of duration, or each the day after the one before."""
    low, high = days[0], days[-1]
    if joined and len(days) == 2:
        return low[:2] != high[:2] or low[2] == high[2]  # else a day and its anniversary
    return all(b[0] - a[0] == 1 and a[1] == b[1] for a, b in itertools.pairwise(days))


def _day_mention(
    start: int, end: int, low: tuple[int, int, int | None], high: tuple[int, int, int | None], shared: dict[str, Any]
) -> DateMention:
    return DateMention(
        start=start, end=end, day=low[0], month=low[1], year=low[2], end_day=high[0], end_month=high[1],
        end_year=high[2], **shared,
    )  # fmt: skip


def _span_mention(
    start: int, end: int, rule_id: str, low: tuple[int | None, int], high: tuple[int | None, int], precision: str,
    *, relative: str | None = None, is_document: bool = False,
) -> DateMention:  # fmt: skip
    return DateMention(
        start=start, end=end, rule_id=rule_id, year=low[0], month=low[1], day=1, end_year=high[0], end_month=high[1],
        end_day=0, precision=precision, relative=relative, is_document=is_document,
    )  # fmt: skip
