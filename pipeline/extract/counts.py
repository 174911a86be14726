"""Counted things: a number and its noun, and the many numbers that count nothing."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from decimal import Decimal

from pipeline.document import Passage, Taken
from pipeline.extract.numbers import Number, NumberReader, Phrases, number_reader, spread, stated, whole_word
from pipeline.facts import Figure, Refusal
from pipeline.rules import Rule, Rules

_DIMENSION = "count"
# a noun phrase of more syllables than this was cut in the wrong place
_LONGEST = 3
_EXTRA = 2
# plain four-digit numbers in this span are more likely years
_YEARS = (1900, 2100)
# a number behind a capitalised word may be part of a name (May 10, Sông Đà 9) up to this size
_NAME_NUMBER = 100
# labels such as "cấp 3", "phương án 2" are smaller than this
_LABELS = 20
# characters right before a number that is the tail of a date, a document or a post (50+460)
_NO_COUNT_BEHIND = ("/", "-", ".", "+", "#")
_QUOTE_REACH = 70
# "100 đoàn viên đến " stands between the ends of a range, and no more (characters)
_WIDEST = 45
# a number with a scale that no one could read is of use to a reader, whatever it is about
_SCALED = 1000


class NounCutter:
    """Cuts the noun phrase behind a number where a reader would cut it. Shared by counts and ratios."""

    def __init__(self, rules: Rules) -> None:
        count = rules[_DIMENSION]
        self._rules = count
        self._noun, self._head, self._not, self._anyway, self._stop = (
            Phrases(count.lexicon[n]) for n in ("noun", "head_noun", "not_counted", "counted_anyway", "stop_word")
        )
        self._word = count.pattern(r"[\p{L}][\p{L}\p{M}\p{N}]*")
        self._space = count.pattern(r"[ ]{1,2}(?=[\p{L}])")

    def known(self, key: str, start: int) -> int | None:
        """Where a noun of the list that begins at ``start`` ends; None where there is none."""
        return self._noun.end(key, start) or self._head.end(key, start)

    def excluded(self, key: str, start: int) -> bool:
        """Whether what begins at ``start`` is a time, a measure or another thing that is not counted."""
        return self._not.end(key, start) is not None and self._anyway.end(key, start) is None

    def cut(self, key: str, start: int, words: Sequence[tuple[int, int]] = ()) -> tuple[int, bool] | None:
        """The end of the noun phrase at ``start`` and whether its noun is a listed one; None where there is no noun."""
        anyway, known = self._anyway.end(key, start), self._noun.end(key, start)
        if anyway is not None and (known is None or anyway >= known):
            return anyway, True
        excluded = self._not.end(key, start)
        if excluded is not None and (known is None or known <= excluded):
            return None
        head = self._head.end(key, start)
        stop = self._stop.end(key, start)
        if stop is not None and stop > max(known or 0, head or 0):
            return None  # "tổ chức" is a verb, though "tổ" is counted
        if known is not None or head is not None:
            end = max(known or 0, head or 0)
            if head == end:
                end = self._extend(key, end, _EXTRA, words)
            return whole_word(key, end, words), True
        if self._stops(key, start, words):
            return None
        first = self._word.match(key, start)
        if first is None:
            return None
        word = first.group()
        if word[0].isupper() and not (len(word) > 1 and word.isupper()):
            return None  # a name: an address, a person, a place
        end = self._extend(key, first.end(), _LONGEST - 2, words)
        return whole_word(key, end, words), False

    def _stops(self, key: str, at: int, words: Sequence[tuple[int, int]]) -> bool:
        """Whether a word that ends noun phrases stands at ``at``, and not only the first half of a longer word."""
        end = self._stop.end(key, at)
        if end is None:
            return False
        index = bisect.bisect_right(words, (at, len(key))) - 1
        return not (index >= 0 and words[index][0] == at and words[index][1] > end)

    def _extend(self, key: str, end: int, syllables: int, words: Sequence[tuple[int, int]]) -> int:
        for _ in range(syllables):
            gap = self._space.match(key, end)
            if gap is None:
                break
            at = gap.end()
            word = self._word.match(key, at)
            if word is None or self._stops(key, at, words):
                break
            text = word.group()
            if text[0].isupper() and not (len(text) > 1 and text.isupper()):
                break
            noun = self._noun.end(key, at)
            if noun is not None and noun > word.end():
                return noun
            end = word.end()
        return end


class CountExtractor:
    """Finds counts in a passage. Stateless."""

    def __init__(self, rules: Rules) -> None:
        count = rules[_DIMENSION]
        self._reader: NumberReader = number_reader(rules)
        self._cutter = NounCutter(rules)
        self._noun, self._word, self._vague = (count.rule(f"count.{n}") for n in ("noun", "word", "vague"))
        self._elided, self._listed, self._part = (count.rule(f"count.{n}") for n in ("elided", "listed", "part"))
        self._quoted, self._doubt = count.rule("count.quoted"), count.rule("count.doubtful")
        self._end = count.pattern(r"{end_of_phrase}")
        self._colon = count.pattern(r"(?r):[ ]?")
        self._heads_next = count.pattern(r"[ ]?:[ ]?[0-9]")
        self._name_head = count.pattern(r"(?r){B}{name_head}[ ]{open_quote}")
        self._quote_head = count.pattern(r"(?r){B}{name_head}(?:[ ][\p{L}]+){0,3}[ ]?")
        self._place = count.pattern(r"(?r){B}{place_point}[ ]")
        self._capital = count.pattern(r"(?r)[ ](?<word>[\p{Lu}][\p{Ll}]*|[\p{Lu}]{2,})[ ]")
        self._idiom = count.pattern(r"{idiom}{E}")
        self._short = count.pattern(r"(?r){B}\p{Lu}{1,2}[.][ ]?")
        self._verb_like = Phrases(count.lexicon["verb_like"])
        # quận 1, 3, 4: numbers that follow a number share its label
        self._listed_before = count.pattern(r"(?r)[0-9][ ]?(?:,|{and_word})[ ]")
        self._point = count.pattern(r"{point_word}(?=[ ]?[:;,.(]|$)")

    def __call__(self, passage: Passage, taken: Taken) -> list[Figure | Refusal]:
        """The counts of the passage, in reading order."""
        numbers = self._reader.read(passage.key)
        return stated(numbers, taken, lambda number, following: self._one(passage, number, following))

    def _one(self, passage: Passage, number: Number, following: Number | None) -> tuple[Figure | Refusal | None, int]:
        key = passage.key
        if number.doubtful:
            return self._doubtful(passage, number), 0
        if following is not None and (spanned := self._range(passage, number, following)) is not None:
            return spanned, 1
        exact = None if number.glued else number.counted
        if exact is None or exact.value < 1:
            broken = number.whole and number.scale == 1 and not number.glued and number.value >= 1
            return (self._doubtful(passage, number) if broken else None), 0
        unit = self._unit(passage, exact, number.start)
        if unit is None:
            unit = self._before(key, exact)
            if unit is None:
                return None, 0
        return self._figure(passage, exact, unit, number.start, exact.value, exact.value), 0

    def _range(self, passage: Passage, number: Number, following: Number) -> Figure | None:
        """A range of two numbers of things: 100-200 người, từ 100 người đến 200 người; None where they are none."""
        key = passage.key
        if following.start - number.end > _WIDEST or following.doubtful:
            return None
        alone = following.scale == 1 and not (number.vague or following.vague)
        first, last = (number.counted, following.counted) if alone else (number, following)
        if first is None or last is None:
            return None
        ends = spread(first, last)
        if ends is None or not ends[0].is_finite():
            return None
        unit = self._unit(passage, last, number.start)
        if unit is None:
            return None
        start = self._reader.from_start(key, number.start)
        if not self._reader.is_range(key, number.start, number.end, following.start):
            own = self._unit(passage, first, number.start) if start < number.start else None
            same = own is not None and key[own[1] : own[2]] == key[unit[1] : unit[2]]
            if own is None or not same or not self._reader.is_range(key, number.start, own[2], following.start):
                return None
        return self._figure(passage, first, unit, start, ends[0], ends[1])

    def _doubtful(self, passage: Passage, number: Number) -> Refusal | None:
        """The refusal of a number that cannot be told, where it counts something or is large enough to matter."""
        unit = self._unit(passage, number, number.start)
        if unit is None and number.scale < _SCALED:
            return None
        end, rule = max(unit[2], number.end) if unit else number.end, self._doubt
        text = passage.key[number.start : end]
        return Refusal(start=number.start, end=end, rule_id=rule.id, code=str(rule.refuse), detail=text)

    def _behind(self, key: str, number: Number) -> tuple[Rule, int | None]:
        """The rule, and where what stands behind a number begins; a quoted thing must be one of the lists."""
        rule = self._vague if number.vague else self._word if number.worded else self._noun
        gap = rule.match(key, number.end)
        if gap is None and (gap := self._quoted.match(key, number.end)) is not None:
            rule = self._quoted
            gap = gap if self._cutter.known(key, gap.end()) is not None else None
        return rule, gap.end() if gap is not None else None

    def _unit(self, passage: Passage, number: Number, start: int) -> tuple[Rule, int, int] | None:
        """The rule and span of the noun behind a number, None where the number counts nothing."""
        key = passage.key
        rule, at = self._behind(key, number)
        if at is None:
            return None
        if number.worded and ((not number.vague and number.value < 2) or self._idiom.match(key, number.start)):
            return None
        cut = self._cutter.cut(key, at, passage.words)
        if cut is None:
            point = self._point.match(key, at)
            if point is None or not self._place.match(key, 0, start):
                return None
            cut = point.end(), True
        end, known = cut
        if self._colon.match(key, 0, start) and self._heads_next.match(key, end):
            return None  # Nam: 120 Nữ: 230
        if number.worded and not number.vague and not known:
            return None
        modifier, begin = self._reader.modifier(key, start, number.value)
        if modifier == "exact" and not number.vague and self._is_label(key, number, start, at, known):
            return None
        if self._in_name(key, begin):
            return None
        return rule, at, end

    def _is_label(self, key: str, number: Number, start: int, at: int, known: bool) -> bool:
        """Whether a bare number before the noun at ``at`` is a label, a year or a part of a name: it counts nothing."""
        if self._reader.labelled(key, start):
            return True
        # "đoàn viên/102.310 CNVCLĐ" are two counts, "26/7/2022" is none
        beside = known and key[max(0, start - 2) : start - 1].isalpha() and key[start - 1] == "/"
        if key[max(0, start - 1) : start] in _NO_COUNT_BEHIND and not beside:
            return True
        sure = known and (number.value >= _LABELS or number.plain.startswith("0"))
        if not sure and (self._reader.weakly_labelled(key, start) or self._short.match(key, 0, start)):
            return True
        year = not number.worded and number.plain.isdigit() and _YEARS[0] <= number.value < _YEARS[1]
        acts = not known or self._verb_like.end(key, at) is not None
        if year and acts:
            return True  # "Luật Công đoàn 2024 quy định"
        if not known and self._listed_before.match(key, 0, start):
            return True
        return acts and number.value < _NAME_NUMBER and self._capital.match(key, 0, start) is not None

    def _in_name(self, key: str, start: int) -> bool:
        """Whether the number is part of the name of a programme, movement or fund."""
        if self._name_head.match(key, 0, start):
            return True
        low = max(0, start - _QUOTE_REACH)
        quote = key.rfind('"', low, start)
        opening = (
            quote >= 0 and not key[quote + 1 : quote + 2].isspace() and key[max(0, quote - 1) : quote] in ("", " ", "(")
        )
        if not opening:
            return False
        return self._quote_head.match(key, 0, quote) is not None

    def _before(self, key: str, number: Number) -> tuple[Rule, int, int] | None:
        """The noun in front of a number that ends its phrase."""
        if number.vague or number.worded or not self._end.match(key, number.end):
            return None
        _, start = self._reader.modifier(key, number.start, number.value)
        for rule in (self._listed, self._elided, self._part):
            match = rule.match(key, 0, start)
            if match is not None:
                at = match.start("unit")
                return rule, at, self._cutter.known(key, at) or match.end("unit")
        return None

    def _figure(
        self, passage: Passage, number: Number, unit: tuple[Rule, int, int], start: int, low: Decimal, high: Decimal
    ) -> Figure:
        key = passage.key
        rule, noun_start, noun_end = unit
        modifier, start = self._reader.modifier(key, start, low)
        end = max(noun_end, number.end)
        after, after_end = self._reader.modifier_after(key, end)
        if after is not None:
            modifier = after if modifier == "exact" else modifier
            end, start = after_end, self._reader.from_start(key, start)
        return Figure(
            start=start,
            end=end,
            rule_id=rule.id,
            kind="count",
            low=float(low),
            high=None if number.vague else float(high),
            unit=passage.text[noun_start:noun_end],
            modifier="vague" if number.vague else modifier,
            flags=number.flags,
        )
