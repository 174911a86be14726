"""Percentages: a number with the sign or the words, alone or as a range."""

from __future__ import annotations

from decimal import Decimal

from pipeline.document import Passage, Taken
from pipeline.extract.numbers import Number, NumberReader, number_reader, spread, stated
from pipeline.facts import Figure, Refusal
from pipeline.rules import Rule, Rules

_DIMENSION = "percent"
# above this a "thousand" of percent is more likely an English decimal point (12.345%)
_LARGEST = 10_000


class PercentExtractor:
    """Finds percentages in a passage. Stateless."""

    def __init__(self, rules: Rules) -> None:
        percent = rules[_DIMENSION]
        self._reader: NumberReader = number_reader(rules)
        self._units = (percent.rule("percent.sign"), percent.rule("percent.words"))
        self._shared, self._ambiguous = percent.rule("percent.shared"), percent.rule("percent.ambiguous")
        self._gate = percent.pattern(r"%|{percent_words}")

    def __call__(self, passage: Passage, taken: Taken) -> list[Figure | Refusal]:
        """The percentages of the passage, in reading order."""
        key = passage.key
        if not self._gate.search(key):
            return []
        return stated(self._reader.read(key), taken, lambda number, following: self._one(key, number, following))

    def _unit(self, key: str, number: Number) -> tuple[Rule, int] | None:
        for rule in self._units:
            if match := rule.match(key, number.end):
                return rule, match.end()
        return None

    def _one(self, key: str, number: Number, following: Number | None) -> tuple[Figure | Refusal | None, int]:
        unit = self._unit(key, number)
        end = unit[1] if unit else number.end
        if following is not None and (second := self._unit(key, following)):
            if self._reader.is_range(key, number.start, end, following.start) and (ends := spread(number, following)):
                start = self._reader.from_start(key, number.start)
                return self._figure(key, number, second, start, ends[0], ends[1]), 1
            if unit is None and self._shared.match(key, end) and self._reader.is_change(key, end, following.start):
                return self._figure(key, number, (self._shared, end), number.start, number.value, number.value), 0
        if unit is None:
            return None, 0
        if number.english is not None and "." in number.plain and number.value >= _LARGEST:
            refused = self._ambiguous
            text = key[number.start : unit[1]]
            return Refusal(
                start=number.start, end=unit[1], rule_id=refused.id, code=str(refused.refuse), detail=text
            ), 0
        return self._figure(key, number, unit, number.start, number.value, number.value), 0

    def _figure(
        self, key: str, number: Number, unit: tuple[Rule, int], start: int, low: Decimal, high: Decimal
    ) -> Figure:
        modifier, start = self._reader.modifier(key, start, low)
        after, end = self._reader.modifier_after(key, unit[1])
        if after is not None:
            modifier, start = after, self._reader.from_start(key, start)
        return Figure(
            start=start,
            end=end,
            rule_id=unit[0].id,
            kind="percent",
            low=float(low),
            high=None if number.vague else float(high),
            modifier="vague" if number.vague else modifier,
            flags=number.flags,
        )
