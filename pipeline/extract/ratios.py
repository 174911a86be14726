"""Ratios: a of b of the same kind of thing, and the many strokes between numbers that are none."""

from __future__ import annotations

import itertools
from decimal import Decimal

from pipeline.document import Passage, Taken
from pipeline.extract.counts import NounCutter
from pipeline.extract.numbers import Number, NumberReader, number_reader
from pipeline.facts import Figure, Refusal
from pipeline.rules import Rule, Rules

_DIMENSION = "ratio"
_LAST_DAY, _LAST_MONTH = 31, 12
# a plan may be outdone, but not by more than this
_MOST_OVER = 3
# denominators of fractions of a number (2/3 số đại biểu)
_LARGEST_PART = 10
# 1/500, 1/2000: the scale of a map
_MAP_SCALE = 100
# what stands between the two numbers is no longer than " đơn vị … trên tổng số " (characters)
_WIDEST = 45


class RatioExtractor:
    """Finds ratios in a passage. Stateless."""

    def __init__(self, rules: Rules) -> None:
        ratio = rules[_DIMENSION]
        self._reader: NumberReader = number_reader(rules)
        self._cutter = NounCutter(rules)
        self._slash, self._share = ratio.rule("ratio.slash"), ratio.rule("ratio.share")
        self._percent, self._total = ratio.rule("ratio.percent"), ratio.rule("ratio.of_total")
        self._bare = ratio.rule("ratio.bare")
        self._before = ratio.pattern(r"(?r){B}{not_ratio_before}[ ]{1,2}")
        self._before_not = ratio.pattern(r"(?r){B}{not_ratio_before_not}[ ]{1,2}")
        self._plain = ratio.pattern(r"{B}{plain_of}[ ]{1,2}(?=[0-9])")
        self._after = ratio.pattern(r"[ ]?{not_ratio_after}{E}")
        self._of = ratio.pattern(r"{of_number}[ ]{1,2}")
        self._gap = ratio.pattern(r"[ ]{1,2}")

    def __call__(self, passage: Passage, taken: Taken) -> list[Figure | Refusal]:
        """The ratios of the passage, in reading order."""
        key = passage.key
        numbers = self._reader.read(key)
        found: list[Figure | Refusal] = []
        skip = -1
        for index, (number, following) in enumerate(itertools.pairwise(numbers)):
            if index <= skip or taken.overlaps(number.start, following.end):
                continue
            if following.start - number.end > _WIDEST:
                continue
            if number.worded or following.worded or number.vague:
                continue
            if number.doubtful or following.doubtful:
                slash = self._slash.match(passage.key, number.end)
                if slash is not None and slash.end() == following.start:
                    found.append(self._refusal(passage.key, number.start, following.end))
                    skip = index + 1
                continue
            part, total = number.counted, following.counted
            if part is None or total is None:
                continue
            one = self._one(passage, part, total)
            if one is not None and not taken.overlaps(one.start, one.end):
                found.append(one)
                skip = index + 1
        return found

    def _one(self, passage: Passage, number: Number, following: Number) -> Figure | Refusal | None:
        key, end = passage.key, following.end
        if not number.value or not following.value or following.glued or number.value > following.value * _MOST_OVER:
            return None
        if (slash := self._slash.match(key, number.end)) and slash.end() == following.start:
            return self._stroke(passage, number, following)
        if self._reader.labelled(key, number.start):
            return None
        total = self._total.match(key, number.end)
        if total is None or total.end() != following.start or number.value > following.value:
            return None
        if total["unit"]:
            named = key.index(total["unit"], number.end)
            cut = self._cutter.cut(key, named)
            cut_span = (named, cut[0] if cut else named)
            if cut is None or not cut[1] or cut[0] < named + len(total["unit"]):
                return None
            behind = self._noun(key, end)
            plain = self._plain.search(key, cut[0], end) is not None
            if (plain and behind is None) or (behind is not None and not _same_thing(key, behind, cut_span)):
                return None  # three boxes on five shelves, members of all workers
            return self._figure(passage, number, following, self._total, (named, cut[0]), behind[1] if behind else end)
        noun = self._noun(key, end)
        return None if noun is None else self._figure(passage, number, following, self._total, noun, noun[1])

    def _noun(self, key: str, end: int) -> tuple[int, int] | None:
        gap = self._gap.match(key, end)
        if gap is None or self._after.match(key, end):
            return None
        cut = self._cutter.cut(key, gap.end())
        return None if cut is None else (gap.end(), cut[0])

    def _stroke(self, passage: Passage, number: Number, following: Number) -> Figure | Refusal | None:
        key, start, end = passage.key, number.start, following.end
        if key[end : end + 1] in ("/", "-") or key[max(0, start - 1) : start] in ("/", "-"):
            return None
        if self._after.match(key, end):
            return None
        if self._before.match(key, 0, start) and not self._before_not.match(key, 0, start):
            return None
        a, b = int(number.value), int(following.value)
        leads = self._share.match(key, end)
        share = self._of.match(key, leads.end()) if leads else None
        if leads and share and a < b:
            cut = self._cutter.cut(key, share.end())
            if cut is None:
                return None
            # "một phần ba (1/3) tổng số ủy viên"
            until = end if key[end] == ")" else cut[0]
            return self._figure(passage, number, following, self._share, (share.end(), cut[0]), until)
        noun = self._noun(key, end)
        like_date = a <= _LAST_DAY and b <= _LAST_MONTH and a > b
        if a == 1 and b >= _MAP_SCALE:
            return None
        doubtful = like_date or b <= _LARGEST_PART
        if noun is not None and (not doubtful or self._cutter.known(key, noun[0])):
            return self._figure(passage, number, following, self._slash, noun, noun[1])
        if a <= b and self._percent.match(key, end):
            return self._figure(passage, number, following, self._percent, None, end)
        if self._bare.match(key, end) and b > _LAST_MONTH and a <= b:
            return self._refusal(key, start, end)
        return None

    def _refusal(self, key: str, start: int, end: int) -> Refusal:
        rule = self._bare
        return Refusal(start=start, end=end, rule_id=rule.id, code=str(rule.refuse), detail=key[start:end])

    def _figure(
        self, passage: Passage, number: Number, following: Number, rule: Rule, unit: tuple[int, int] | None, end: int
    ) -> Figure:
        modifier, start = self._reader.modifier(passage.key, number.start, Decimal(number.value))
        return Figure(
            start=start,
            end=end,
            rule_id=rule.id,
            kind="ratio",
            numerator=int(number.value),
            denominator=int(following.value),
            unit=passage.text[unit[0] : unit[1]] if unit else None,
            modifier=modifier,
            flags=tuple(dict.fromkeys((*number.flags, *following.flags))),
        )


def _same_thing(key: str, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two nouns begin with the same word, or one is the other's initials ("CĐCS")."""
    first, second = (key[a:b].lower().split(" ") for a, b in (one, other))
    if first[0] == second[0]:
        return True
    return any(a[0] == "".join(w[0] for w in b[: len(a[0])] if w) for a, b in ((first, second), (second, first)))
