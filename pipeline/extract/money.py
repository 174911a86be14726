"""Amounts of money: currencies, ranges, unit prices, elided currency words."""

from __future__ import annotations

import dataclasses
import itertools
from decimal import Decimal

from pipeline.document import Passage, Taken
from pipeline.extract.numbers import Number, NumberReader, number_reader, spread, stated, whole_word
from pipeline.facts import Figure, Refusal
from pipeline.rules import Rule, Rules
from pipeline.text import fold

_DIMENSION = "money"
# how far back a sentence is searched for a word that makes an elided amount money, or a rate (characters)
_CUE_REACH = 160
_EACH_REACH = 160
# "bình quân" further away than this belongs to something else
_BESIDE = 14
# a bare number of this size beside a money word is an amount whose currency is missing
_UNMARKED_FROM = 100_000
# "một đồng" in words is a way of speaking
_LEAST_IN_WORDS = 2
# an amount does not become more than this many times as much: "vùng 4 tăng lên 2.920.000 đồng"
_FURTHEST = 100
# amounts of fewer đồng than this are not stated but as rates (50 đồng/tấn)
_LEAST_DONG = 50
# thousands of đồng, written with a point, before a word for money: 300.000 tiền mặt
_LEAST_GROUPED = 1000
_BILLION = 10**9
_SCALE_ELIDED = 1000
_THOUSANDS_FLAG = "english_separators"


# the rule that found it, where it ends, the currency, what it is flagged with
_Unit = tuple[Rule, int, str, tuple[str, ...]]


class MoneyExtractor:
    """Finds amounts of money in a passage. Stateless."""

    def __init__(self, rules: Rules) -> None:
        money = rules[_DIMENSION]
        self._rules = money
        self._reader: NumberReader = number_reader(rules)
        self._amount, self._letter = money.rule("money.amount"), money.rule("money.letter")
        self._before, self._typo = money.rule("money.before"), money.rule("money.typo")
        self._rate, self._cash, self._elided = (money.rule(f"money.{n}") for n in ("rate", "cash", "elided"))
        self._in_billions = frozenset(money.lexicon["in_billions"])
        self._people = money.rule("money.people_rate")
        self._shared, self._unmarked = money.rule("money.shared"), money.rule("money.unmarked")
        self._goods = money.rule("money.goods")
        self._ambiguous = money.rule("money.ambiguous")
        self._first = frozenset(w[0] for n in ("currency", "symbol") for w in money.lexicon[n])
        self._last = frozenset(w[-1] for w in money.lexicon["before_symbol"])
        self._dong = money.pattern(r"[ ]{0,2}{dong}{E}")
        self._cue = money.pattern(r"(?r){B}(?:(?<money>{money_cue})|(?<other>{other_cue})){E}")
        self._each = money.pattern(r"(?r){B}(?<word>{each_word})(?:{sp}(?<time>{each_time}))?{E}")
        self._stop = money.pattern(r"{B}{each_stop}{E}|[;!?%]|[.][ ]|[.]$")
        # what has a price a piece, and how it stands before its price: bữa ăn ca mới chỉ 15.000 đồng, suất ăn lên …
        self._priced = money.pattern(r"(?r){B}{each_thing}{E}[^,.;:()\d]{0,50}")
        self._by = money.pattern(r"(?r){B}{each_change}[ ]")
        # the same price elsewhere, or before: có nơi chỉ 17.000 đồng
        self._times = money.pattern(r"(?r)[\p{L})][ ]?{each_times}[ ]?")
        self._again = money.pattern(r"[ ]?[,;(]?[ ](?:[^,.;:()\d]{0,30}[ ])?{each_again}(?:[ ]{each_part_small})?[ ]")
        self._carry = money.pattern(r"{B}{each_carry}{E}")
        self._per = money.pattern(r"{per}")
        self._per_word = money.pattern(r"{per_next}")
        self._per_bracket = money.pattern(r"{per_bracket}")
        self._for_each = money.pattern(r"{sp}{for_each}{E}")
        self._part = money.pattern(
            r"[ ]?[(]|[ ]?(?:[(,][ ]?|[ ]){each_part_of}[ ](?:{each_part_small}[ ])?|[ ]{each_part}[^.;:(\d]{0,40}"
        )
        self._in_words = money.pattern(r"[ ]?[(][ ]?(?:{in_words}[ ]?:?[ ]?)?")
        self._sentence = money.pattern(r"[.!?][ ]")

    def __call__(self, passage: Passage, taken: Taken) -> list[Figure | Refusal]:
        """The amounts of the passage, in reading order."""
        previous: Figure | None = None

        def one(number: Number, following: Number | None) -> tuple[Figure | Refusal | None, int]:
            nonlocal previous
            amount, used = self._one(passage, number, following, previous)
            if isinstance(amount, Figure):
                if number.worded and self._is_said_again(passage.key, amount, previous):
                    return None, 0
                if not taken.overlaps(amount.start, amount.end):
                    previous = amount
            return amount, used

        return self._with_shared_unit(passage.key, stated(self._reader.read(passage.key), taken, one))

    def _with_shared_unit(self, key: str, found: list[Figure | Refusal]) -> list[Figure | Refusal]:
        """The amounts, the first of a change being a unit price where the second is: từ 15.000 lên 20.000 đồng/suất."""
        for index, (first, second) in enumerate(itertools.pairwise(found)):
            if not (isinstance(first, Figure) and isinstance(second, Figure)):
                continue
            if second.each and not first.each and self._reader.is_change(key, first.end, second.start):
                found[index] = dataclasses.replace(first, each=True)
        return found

    def _is_said_again(self, key: str, figure: Figure, previous: Figure | None) -> bool:
        """Whether a bracket repeats in words the amount before it: 5.000.000 đồng (năm triệu đồng)."""
        if previous is None or (figure.low, figure.high, figure.currency) != (
            previous.low,
            previous.high,
            previous.currency,
        ):
            return False
        return self._in_words.fullmatch(key, previous.end, figure.start) is not None

    def _one(
        self, passage: Passage, number: Number, following: Number | None, previous: Figure | None
    ) -> tuple[Figure | Refusal | None, int]:
        key = passage.key
        unit = self._unit(key, number)
        if unit is not None and self._is_medal(key, number, unit[1]):
            return None, 0
        if unit is not None and number.worded and number.value < _LEAST_IN_WORDS:
            return None, 0  # "không thu một đồng nào" states no amount
        if following is not None:
            if (ends := self._range(passage, number, following, unit, previous)) is not None:
                return ends, 1
            if unit is None and (first := self._changed(passage, number, following, previous)) is not None:
                return first, 0
            second = self._unit(key, following) if unit is None else None
            if second is not None and self._reader.is_stroke(key, number, following) is None:
                return self._refusal(key, self._ambiguous, number.start, second[1]), 1
        if unit is None and (unit := self._elided_unit(key, number, number.start)) is not None:
            unit = (*unit[:2], self._currency_before(key, number, previous) or unit[2], unit[3])
        if unit is None:
            return self._refused(key, number), 0
        torn = self._reader.torn(key, number)
        if torn is not None or number.doubtful or self._has_parts_of_dong(number, unit[2]):
            return self._refusal(key, self._ambiguous, number.start if torn is None else torn, unit[1]), 0
        exact = self._exact(number, unit[2])
        if exact.english is not None and unit[2] != "VND":
            where = self._ambiguous.match(key, number.end)
            if where is not None or unit[0] is self._before:
                return self._refusal(key, self._ambiguous, number.start, unit[1]), 0
        return self._figure(passage, exact, number.start, unit, exact.value, exact.value, (), previous), 0

    def _range(
        self, passage: Passage, number: Number, following: Number, unit: _Unit | None, previous: Figure | None
    ) -> Figure | Refusal | None:
        """A range of two numbers, of which the first may leave its unit to the second; None where they are none."""
        key = passage.key
        if not self._reader.is_range(key, number.start, unit[1] if unit else number.end, following.start):
            return None
        second = self._unit(key, following)
        if second is None and unit is None:
            second = self._elided_unit(key, following, number.start)
        if second is None or (unit is not None and unit[2] != second[2]):
            return None
        torn = self._reader.torn(key, number)
        first = self._exact(number, second[2]) if following.scale == 1 else number
        last = self._exact(following, second[2])
        either = second[2] != "VND" and (first.english or last.english) is not None
        if torn is not None or either or any(n.doubtful or n.is_mixed for n in (number, following)):
            return self._refusal(key, self._ambiguous, number.start if torn is None else torn, second[1])
        ends = spread(first, last)
        if unit is not None and unit[0] is not self._before and ends is not None and number.scale < following.scale:
            ends = (number.value, following.value, ())
        if ends is None:
            return None
        low, high, flags = ends
        start = self._reader.from_start(key, number.start)
        return self._figure(passage, first, start, second, low, high, flags, previous)

    def _changed(
        self, passage: Passage, number: Number, following: Number, previous: Figure | None
    ) -> Figure | Refusal | None:
        """The first of two amounts that share a currency word (từ 3 lên 5 triệu đồng); None where it is none."""
        key = passage.key
        if self._shared.match(key, number.end) is None or number.doubtful or following.doubtful:
            return None
        second = self._unit(key, following)
        if second is None:
            return None
        stroke = self._reader.is_stroke(key, number, following)
        if not (stroke or self._reader.is_change(key, number.end, following.start)):
            return None
        shares = number.scale == 1 and following.scale > 1
        scaled = number.times(following.scale) if shares else self._exact(number, second[2])
        near = scaled.value * _FURTHEST > following.value and following.value * _FURTHEST > scaled.value
        if not near or self._labelled(key, number.start):
            return None
        shared = (self._shared, number.end, second[2], ())
        first = self._figure(passage, scaled, number.start, shared, scaled.value, scaled.value, (), previous)
        if isinstance(first, Figure) and (self._per.match(key, second[1]) or self._per_word.match(key, second[1])):
            return dataclasses.replace(first, each=True)
        return first

    def _is_medal(self, key: str, number: Number, end: int) -> bool:
        """Whether so few đồng are no money but bronze (3 bạc, 5 đồng): nothing costs less but a rate."""
        few = (
            number.scale == 1
            and not number.doubtful
            and not number.vague
            and number.whole
            and number.value < _LEAST_DONG
        )
        return few and self._dong.match(key, number.end) is not None and self._per.match(key, end) is None

    @staticmethod
    def _has_parts_of_dong(number: Number, currency: str) -> bool:
        """Whether a decimal point makes it no amount of đồng (500.0000 đồng, 35.000,000 đồng)."""
        if number.is_mixed:
            return True
        return currency == "VND" and number.scale == 1 and _THOUSANDS_FLAG in number.flags and "," not in number.plain

    def _labelled(self, key: str, start: int) -> bool:
        return self._reader.labelled(key, start) or self._reader.weakly_labelled(key, start)

    @staticmethod
    def _exact(number: Number, currency: str) -> Number:
        """The number as an amount: đồng have no thousandths, so 150,000 đồng can only be the English way."""
        if number.english is not None and currency == "VND" and number.scale == 1 and not number.whole | number.vague:
            return number._replace(value=number.english, english=None, flags=(*number.flags, _THOUSANDS_FLAG))
        if number.english is not None and "." in number.plain:
            return number._replace(english=None)  # 1.250 is thousands everywhere here
        if (
            number.english is not None
            and number.english == int(number.english)
            and number.value >= 1
            and currency == "VND"
        ):
            return number._replace(value=number.english, english=None, flags=(*number.flags, _THOUSANDS_FLAG))
        return number

    def _unit(self, key: str, number: Number) -> _Unit | None:
        """The rule, end, currency and flags of a currency word or sign beside the number."""
        after, before = key[number.end : number.end + 3].lstrip(" ")[:1], key[max(0, number.start - 2) : number.start]
        currency = after.lower() in self._first
        if currency and (match := self._amount.match(key, number.end)):
            word = match["currency"]
            code = self._rules.value("currency", word) or self._rules.value("symbol", word)
            return self._amount, match.end(), str(code), ()
        if currency and (match := self._letter.match(key, number.end)):
            return self._letter, match.end(), "VND", ()
        if before.rstrip(" ")[-1:].lower() in self._last and (match := self._before.match(key, 0, number.start)):
            code = self._rules.value("before_symbol", match["currency"])
            return self._before, number.end, str(code), ()
        if number.scale >= _SCALE_ELIDED and (match := self._typo.match(key, number.end)):
            return self._typo, match.end(), "VND", (str(self._typo.set["flag"]),)
        return None

    def _elided_unit(self, key: str, number: Number, start: int) -> _Unit | None:
        """The same for an amount that has a scale but no currency word, where the sentence makes it money."""
        flags = (str(self._elided.set["flag"]),)
        if number.value >= _UNMARKED_FROM and not number.worded and self._people.match(key, number.end):
            # thu nhập bình quân 3.700.000 người/tháng
            return (self._people, number.end, "VND", flags) if self._speaks_of_money(key, start) else None
        if number.vague:
            return None
        grouped = "." in number.plain and number.value >= _LEAST_GROUPED
        if (number.scale >= _SCALE_ELIDED or grouped) and self._cash.match(key, number.end):
            return self._cash, number.end, "VND", flags
        if number.scale < _SCALE_ELIDED:
            return None
        if self._rate.match(key, number.end):
            return self._rate, number.end, "VND", flags
        ends = self._elided.match(key, number.end) is not None
        if number.scale >= _BILLION:
            # nothing else in the news of unions is counted in billions: only one of the two grounds is needed
            if self._speaks_of_money(key, start) or (ends and not self._counts_billions(key, start)):
                return self._elided, number.end, "VND", flags
        elif ends and self._speaks_of_money(key, start):
            return self._elided, number.end, "VND", flags
        return None

    def _currency_before(self, key: str, number: Number, previous: Figure | None) -> str | None:
        """The currency of the amount before it, of the same size, in its sentence: từ 16 tỷ USD lên 20 tỷ."""
        if previous is None or previous.low is None or self._sentence.search(key, previous.end, number.start):
            return None
        last = Decimal(previous.low)
        near = number.value * _FURTHEST > last and last * _FURTHEST > number.value
        return previous.currency if near else None

    def _counts_billions(self, key: str, start: int) -> bool:
        """Whether the nearest cue names what is counted in billions (people, views)."""
        cue = self._cue.search(key, max(0, start - _CUE_REACH), start)
        return cue is not None and fold(cue.group()) in self._in_billions

    def _speaks_of_money(self, key: str, start: int) -> bool:
        begin = max(0, start - _CUE_REACH)
        for match in self._sentence.finditer(key, begin, start):
            begin = match.end()
        cue = self._cue.search(key, begin, start)
        return cue is not None and cue["money"] is not None

    def _refused(self, key: str, number: Number) -> Refusal | None:
        if number.worded or number.value < _UNMARKED_FROM or (number.scale == 1 and "." not in number.plain):
            return None
        goods = number.value % _SCALE_ELIDED == 0 and self._goods.match(key, number.end)
        unmarked = number.scale == 1 and self._unmarked.match(key, number.end)
        if (goods or unmarked) and self._speaks_of_money(key, number.start):
            return self._refusal(key, self._goods if goods else self._unmarked, number.start, number.end)
        return None

    @staticmethod
    def _refusal(key: str, rule: Rule, start: int, end: int) -> Refusal:
        return Refusal(start=start, end=end, rule_id=rule.id, code=str(rule.refuse), detail=key[start:end])

    def _figure(
        self,
        passage: Passage,
        number: Number,
        start: int,
        unit: _Unit,
        low: Decimal,
        high: Decimal,
        flags: tuple[str, ...],
        previous: Figure | None,
    ) -> Figure | Refusal:
        key = passage.key
        rule, end, currency, more = unit
        if rule is self._before:
            before = self._before.match(key, 0, number.start)
            start = min(start, before.start()) if before else start
        modifier, start = self._reader.modifier(key, start, low)
        sign, start = self._reader.sign(passage, start)
        if sign is None or (sign < 0 and number.vague):
            return self._refusal(key, self._ambiguous, start, end)
        if sign < 0:
            low, high = -high, -low
        each = False
        if (per := self._per.match(key, end)) or (per := self._per_word.match(key, end)):
            end, each = whole_word(key, per.end(), passage.words), True
        after, after_end = self._reader.modifier_after(key, end)
        if after is not None:
            modifier = after if modifier == "exact" else modifier
            end, start = after_end, self._reader.from_start(key, start)
        if number.vague:
            modifier = "vague"
        return Figure(
            start=start,
            end=end,
            rule_id=rule.id,
            kind="money",
            low=float(low),
            high=None if number.vague else float(high),
            currency=currency,
            modifier=modifier,
            each=each
            or self._per_bracket.match(key, end) is not None
            or self._for_each.match(key, end) is not None
            or self._is_rate(key, start, previous)
            or self._is_part(key, start, previous),
            flags=tuple(dict.fromkeys((*number.flags, *more, *flags))),
        )

    def _is_part(self, key: str, start: int, previous: Figure | None) -> bool:
        """Whether an amount is a part of the unit price before it: 1 triệu đồng/suất (800.000 đồng tiền mặt …)."""
        if previous is None or not previous.each or start - previous.end > _EACH_REACH:
            return False
        return self._part.fullmatch(key, previous.end, start) is not None

    def _is_rate(self, key: str, start: int, previous: Figure | None) -> bool:
        """Whether a word in front of the amount, in its clause, makes it a unit price."""
        begin = max(0, start - _EACH_REACH)
        if self._times.match(key, begin, start):
            return True
        if previous is not None and previous.each and previous.end <= start:
            if self._reader.is_change(key, previous.end, start) or self._again.fullmatch(key, previous.end, start):
                return True
        elif self._priced.match(key, begin, start) and not self._by.match(key, begin, start):
            return True
        word = self._each.search(key, begin, start)
        if word is None:
            return False
        if word["time"] and start - word.end() > _BESIDE:
            return False
        if self._stop.search(key, word.end(), start):
            return False
        if previous is not None and previous.start >= word.start():
            # the second amount behind one "mỗi": a part of the same price, or another matter
            return previous.each and self._carry.search(key, previous.end, start) is not None
        return True
