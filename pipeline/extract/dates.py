"""Finds expressions that name calendar time, with the parts that the text states; years are resolved elsewhere."""

from __future__ import annotations

import calendar
import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pipeline.errors import Issue
from pipeline.facts import DateMention, Refusal

if TYPE_CHECKING:
    import regex

    from pipeline.document import Passage, Taken
    from pipeline.rules import Rule, Rules

# characters before a figure that can say what it is
_LEFT = 150
_LEAP_YEAR = 2000


class DateExtractor:
    """Reads the rules of ``rules/date`` on one passage."""

    def __init__(self, rules: Rules) -> None:
        """Compile the rules and order them by the word that a passage must hold for them."""
        self._rules = rules["date"]
        compiled = self._rules.pattern
        self._gates: list[tuple[regex.Pattern[str], list[Rule]]] = []
        by_gate: dict[str, list[Rule]] = {}
        for rule in self._rules.rules:
            by_gate.setdefault(str(rule.set["gate"]), []).append(rule)
        self._gates = [(compiled(f"{{gate_{name}}}"), members) for name, members in by_gate.items()]
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
        self._quote = compiled(r'^ [ ]? "')

    def __call__(self, passage: Passage, taken: Taken) -> list[DateMention | Refusal]:
        """The dates of a passage in reading order, and the refused ones (lunar, impossible)."""
        key = passage.key
        found: list[DateMention | Refusal] = []
        for gate, rules in self._gates:
            if gate.search(key) is None:
                continue
            for rule in rules:
                for match in rule.finditer(key):
                    for mention in self._read(rule, match, key, found):
                        inside = any(m.start < mention.end and mention.start < m.end for m in found)
                        if not inside and not taken.overlaps(mention.start, mention.end):
                            found.append(mention)
        return sorted(found, key=lambda m: m.start)

    def _read(
        self, rule: Rule, match: regex.Match[str], key: str, found: list[DateMention | Refusal]
    ) -> Iterator[DateMention | Refusal]:
        if rule.refuse is not None:
            yield Refusal(
                start=match.start(), end=match.end(), rule_id=rule.id, code=rule.refuse, detail=match.group()
            )
            return
        shape = rule.set["shape"]
        if shape == "day":
            yield from self._days(rule, match, key, found)
        elif shape in ("month", "months_each"):
            yield from self._months(rule, match, key, each=shape == "months_each")
        elif shape == "months":
            yield from self._part_year(rule, match)
        elif shape == "quarter":
            yield from self._quarter(rule, match)
        elif shape == "years":
            yield from self._years(rule, match, key)
        else:
            yield from self._relative(rule, match, key)

    def _days(
        self, rule: Rule, match: regex.Match[str], key: str, found: list[DateMention | Refusal]
    ) -> Iterator[DateMention | Refusal]:
        group = match.groupdict()
        start = min(at for name in ("d", "m", "y") if name in group for at in match.starts(name))
        end = match.end()
        first_days = [int(d) for d in match.captures("d")]
        month, year = self._month(group.get("m")), _year(group.get("y"))
        if group.get("d2") is None:
            last_day, last_month, last_year = first_days[0], month, year
        else:
            last_day, last_month, last_year = int(group["d2"]), int(group["m2"]), _year(group.get("y2"))
        if month is None:
            month = last_month
        if month is None or last_month is None:
            return
        if year is None and last_year is not None:
            year = last_year - (month > last_month)
        elif last_year is None and year is not None:
            last_year = year + (month > last_month)
        before = key[max(0, start - _LEFT) : start]
        if self._told_year.match(key, end) is not None:
            return
        if rule.set.get("after_date"):
            if not _follows(found, key, match.start()):
                return
            if group.get("s") == "/" and not _surely_no_ratio(key, first_days[0], month, end):
                return
        if rule.set.get("weak"):
            if group["s"] == "-" and first_days[0] <= month:
                return  # a range rises
            if not _surely_no_ratio(key, first_days[0], month, end):
                return
        if group.get("join") and month == last_month and year == last_year and first_days[-1] >= last_day:
            start, first_days = match.start("d2"), [last_day]  # no span of days runs backwards
            group["d2"] = None
        whole = [(d, month, year) for d in first_days]
        if group.get("d2") is not None:
            whole.append((last_day, last_month, last_year))
        if not all(_possible(*day) for day in whole):
            if group.get("s") == "." or not 1 <= last_month <= 12:
                return
            yield Refusal(
                start=start, end=end, rule_id=rule.id, code=Issue.IMPOSSIBLE_DATE.value, detail=match.group()
            )
            return
        if year is None and self._habitual(before, key, end):
            return
        if year is None and self._rules.has("feast_day", f"{last_day}/{last_month}") and self._of_feast.search(before):
            return
        shared: dict[str, Any] = {
            "rule_id": rule.id,
            "part_of_day": self._part_of_day(before),
            "relative": self._value("year_word", group.get("rel")),
            "is_document": self._of_document.search(before) is not None,
        }
        if group.get("d2") is None or _is_span(whole, group.get("join")):
            yield _day_mention(start, end, whole[0], whole[-1], shared)
            return
        spans = [*match.spans("d"), (match.start("d2"), end)]
        if group.get("m") is not None:
            spans[0] = (start, match.start("join"))
        for (low_at, high_at), day in zip(spans, whole, strict=True):
            yield _day_mention(low_at, high_at, day, day, shared)

    def _months(
        self, rule: Rule, match: regex.Match[str], key: str, *, each: bool
    ) -> Iterator[DateMention | Refusal]:
        group = match.groupdict()
        months = [self._month(m) for m in match.captures("m")]
        numbers = [m for m in months if m is not None]
        year = _year(group.get("y"))
        last = self._month(group.get("m2")) or numbers[-1]
        last_year = _year(group.get("y2")) or year
        if any(not 1 <= m <= 12 for m in [*numbers, last]):
            return
        if year is None and last_year is not None:
            year = last_year - (numbers[0] > last)
        if self._told_year.match(key, match.end()) is not None:
            return
        if year is None and self._habitual(key[max(0, match.start() - _LEFT) : match.start()], key, match.end()):
            return
        if each:
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
        before = key[: match.start()]
        if unit == "day" and (before.count('"') % 2 or self._figurative.search(before[-20:]) is not None):
            return  # a speaker's today is not the stamp's
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


def _is_span(days: list[tuple[int, int, int | None]], join: str | None) -> bool:
    """Whether the days are one span: joined by words of duration, or each the day after the one before."""
    low, high = days[0], days[-1]
    if join is not None and len(days) == 2:
        return low[:2] != high[:2] or low[2] == high[2]  # else a day and its anniversary
    return all(b[0] - a[0] == 1 for a, b in itertools.pairwise(days))


def _follows(found: list[DateMention | Refusal], key: str, at: int) -> bool:
    """Whether a day that was read ends right before ``at``."""
    return any(
        isinstance(m, DateMention) and m.end <= at and m.precision == "day" and not key[m.end : at].strip()
        for m in found
    )


def _surely_no_ratio(key: str, day: int, month: int, end: int) -> bool:
    """Whether a/b after a weak cue can only be a day: more than a whole, or nothing counted after it."""
    after = key[end : end + 2].strip()
    return day > month or not after or not after[0].isalnum()


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
