"""Percentages: a number with the sign or the words, alone or as a range."""

from __future__ import annotations

from decimal import Decimal

from pipeline.document import Passage, Taken
from pipeline.extract.numbers import Number, NumberReader, number_reader, spread, stated
from pipeline.facts import Figure, Refusal
from pipeline.rules import Rule, Rules

_DIMENSION = "percent"
# more percents than these are an English decimal point (12.345%), or a slip of the pen
_LARGEST = 10_000
# a whole is not exceeded by what a blank tore apart (9 8,5%)
_ALL = 100
_ENGLISH = "english_separators"


class PercentExtractor:
    """Finds percentages in a passage. Stateless."""

    def __init__(self, rules: Rules) -> None:
        percent = rules[_DIMENSION]
        self._reader: NumberReader = number_reader(rules)
        self._units = (percent.rule("percent.sign"), percent.rule("percent.words"))
        self._shared, self._ambiguous = percent.rule("percent.shared"), percent.rule("percent.ambiguous")
        self._ends = frozenset(words.rpartition(" ")[2] for words in percent.lexicon["percent_words"])
        # 8.5%: this passage has a point before its decimals
        self._point = percent.pattern(r"(?<![0-9.,])[0-9]{1,3}[.][0-9]{1,2}[ ]{0,2}%")
        self._rate = percent.pattern(r"[ ]?/[ ]?\p{L}")

    def __call__(self, passage: Passage, taken: Taken) -> list[Figure | Refusal]:
        """The percentages of the passage, in reading order."""
        key = passage.key
        if "%" not in key:
            low = key.lower()
            if not any(end in low for end in self._ends):
                return []

        def one(number: Number, following: Number | None) -> tuple[Figure | Refusal | None, int]:
            return self._one(passage, number, following, taken)

        return stated(self._reader.read(key), taken, one)

    def _unit(self, key: str, number: Number) -> tuple[Rule, int] | None:
        for rule in self._units:
            if match := rule.match(key, number.end):
                return rule, match.end()
        return None

    def _one(
        self, passage: Passage, number: Number, following: Number | None, taken: Taken
    ) -> tuple[Figure | Refusal | None, int]:
        key = passage.key
        unit = self._unit(key, number)
        end = unit[1] if unit else number.end
        if following is not None and (second := self._unit(key, following)):
            if self._reader.is_range(key, number.start, end, following.start):
                first, last = self._exact(key, number, second[1]), self._exact(key, following, second[1])
                if first is None or last is None:
                    return self._refusal(key, number.start, second[1]), 1
                if ends := spread(first, last):
                    start = self._reader.from_start(key, number.start)
                    return self._figure(passage, first, second, start, ends[0], ends[1]), 1
            joined = unit is None and self._shared.match(key, end) is not None
            if joined and self._reader.is_stroke(key, number, following) is None:
                return self._refusal(key, number.start, second[1]), 1
            if joined and (
                self._reader.is_change(key, end, following.start) or self._reader.is_stroke(key, number, following)
            ):
                unit = (self._shared, end)
        if unit is None:
            return None, 0
        exact = self._exact(key, number, unit[1])
        torn = self._reader.torn(key, number)
        if torn is not None and not taken.overlaps(torn, number.start) and self._is_torn(key, torn, number):
            return self._refusal(key, torn, unit[1]), 0
        if exact is None:
            return self._refusal(key, number.start, unit[1]), 0
        return self._figure(passage, exact, unit, number.start, exact.value, exact.value), 0

    @staticmethod
    def _is_torn(key: str, start: int, number: Number) -> bool:
        """Whether the digits from ``start`` on make a share of a whole."""
        digits = "".join(c for c in key[start : number.start] if c.isdigit())
        loose = digits and key[start : number.start].rstrip() == digits
        return not loose or int(digits + number.plain.split(",")[0].split(".")[0]) <= _ALL

    def _exact(self, key: str, number: Number, end: int) -> Number | None:
        """The number as a percentage; None where it cannot be told what it means.

        Behind a point three digits are thousands (1.200%) or decimals (8.125%): thousands where they end in two zeros
        and are no rate, decimals where the passage has other percentages with a decimal point.
        """
        if number.doubtful or number.plain.startswith("00"):
            return None
        if number.english is None:
            return number
        if "." not in number.plain:
            return None if number.plain.endswith(",000") else number  # 1,000%
        if number.plain.endswith("00"):
            return number if number.value < _LARGEST and not self._rate.match(key, end) else None
        if self._point.search(key) is None:
            return None
        return number._replace(value=number.english, english=None, flags=(*number.flags, _ENGLISH))

    def _refusal(self, key: str, start: int, end: int) -> Refusal:
        rule = self._ambiguous
        return Refusal(start=start, end=end, rule_id=rule.id, code=str(rule.refuse), detail=key[start:end])

    def _figure(
        self, passage: Passage, number: Number, unit: tuple[Rule, int], start: int, low: Decimal, high: Decimal
    ) -> Figure | Refusal:
        key = passage.key
        modifier, start = self._reader.modifier(key, start, low)
        sign, start = self._reader.sign(passage, start)
        after, end = self._reader.modifier_after(key, unit[1])
        if after is not None:
            # of two the one in front stands next to the figure: "trên 45% trở lên"
            modifier, start = after if modifier == "exact" else modifier, self._reader.from_start(key, start)
        if sign is None or (sign < 0 and number.vague):
            return self._refusal(key, start, end)
        if sign < 0:
            low, high = -high, -low
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
