"""The grammar of Vietnamese numbers that have parts: 3 triệu 5 trăm nghìn, hai triệu 500 nghìn, 12 tỷ 345 triệu.

A number is a row of groups. A group is digits or words below a thousand, and the scale words behind them; both kinds
may stand in one number. What the groups cannot mean, or can mean in two ways (hai triệu năm trăm: 2.5 million, or
2,000,500), is one doubtful number from its first group to its last: whoever would state it refuses it, and no tail is
read alone.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from decimal import Decimal

from pipeline.rules import RuleSet
from pipeline.text import fold

# a million and more: what stands behind it without a scale of its own is said for short (2 triệu 5), or skips a class
_MILLION = 1_000_000
_THOUSAND = 1000
_HUNDRED = 100
# a scale that one behind it may cover is no larger: 2 nghìn 500 tỷ, but no "3 triệu 5 tỷ"
_LARGEST_COVERED = 1000
# how a part said for short is marked: 2 tỷ 3
_INFERRED = "scale_inferred"

_WORD = re.compile(r"\w+")

_Token = tuple[str, int]
_NO_TOKEN: _Token = ("", 0)
_FILLER: _Token = ("filler", 0)


def digits_value(text: str) -> tuple[Decimal | None, Decimal | None]:
    """The Vietnamese and the English reading of digits with separators, None where there is no such reading."""
    if "." not in text and "," not in text:
        if len(text) > 2 and text[0] == "0":
            return None, None  # a telephone number, a code
        return Decimal(text), None
    return _read(text, ".", ","), _read(text, ",", ".")


def _read(text: str, thousands: str, decimals: str) -> Decimal | None:
    whole, sep, fraction = text.partition(decimals)
    if decimals in fraction or thousands in fraction or not whole:
        return None
    groups = whole.split(thousands)
    if len(groups) > 1 and (groups[0].startswith("0") or len(groups[0]) > 3 or any(len(g) != 3 for g in groups[1:])):
        return None
    if len(groups) == 1 and len(whole) > 1 and whole[0] == "0":
        return None
    return Decimal("".join(groups) + (f".{fraction}" if sep else ""))


@dataclass(frozen=True, slots=True)
class Amount:
    """What a row of groups means. ``scale`` is the largest of its scales; a doubtful one has a value of no meaning."""

    end: int
    value: Decimal
    scale: int
    flags: tuple[str, ...] = ()
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class _Scale:
    worth: int
    end: int
    half: bool = False
    # as written beside digits only: 7tr5
    short: bool = False
    names: str = ""

    @property
    def is_open(self) -> bool:
        """Whether nothing says what the half is of: hai nghìn tỷ rưỡi."""
        return self.half and " " in self.names


@dataclass(frozen=True, slots=True)
class _Group:
    """A group: its value without the scale, the digits as written ("" for words), the tokens of its words."""

    end: int
    value: Decimal
    scale: int = 1
    half: bool = False
    plain: str = ""
    tokens: tuple[_Token, ...] = ()
    is_open: bool = False

    @property
    def worth(self) -> Decimal:
        return self.value * self.scale + (Decimal(self.scale) / 2 if self.half else 0)

    @property
    def is_whole(self) -> bool:
        return self.value == self.value.to_integral_value()

    @property
    def is_digit(self) -> bool:
        """Whether it is one digit from 1 to 9, written or said."""
        return 1 <= self.value <= 9 and (len(self.plain) == 1 or len(self.tokens) == 1) and self.is_whole

    def fills(self, scale: int) -> bool:
        """Whether, without a scale of its own, it is what is left below ``scale``: 12 nghìn 500, 2 trăm 50."""
        if self.tokens and self.tokens[0][0] == "filler":
            return True
        if "." in self.plain:
            return self.is_whole and _THOUSAND <= self.value < scale
        if scale == _HUNDRED:
            return self.is_whole and 10 <= self.value < _HUNDRED
        if scale != _THOUSAND or self.value >= _THOUSAND:
            return False
        return len(self.plain) == 3 if self.plain else len(self.tokens) > 1 and self.tokens[1][0] == "hundred"


class Compounds:
    """Reads numbers of groups at a place of a text's key. Made once from the shared word lists; stateless."""

    def __init__(self, words: RuleSet) -> None:
        self._kinds: dict[str, _Token] = {}
        for name in (
            "digit_word", "last_digit_word", "teen_word", "tens_word", "dozen_word", "hundred_word", "scale_word",
        ):  # fmt: skip
            for word, value in words.lexicon[name].items():
                self._kinds[word] = (name.removesuffix("_word"), int(value))
        for kind, name in (("filler", "filler_word"), ("zero", "zero_word"), ("half", "half_after")):
            for word in words.lexicon[name]:
                self._kinds[word] = (kind, 0)
        self._short = {word: int(worth) for word, worth in words.lexicon["scale_short"].items()}
        # most numbers have no scale: their first letter says so without a pattern
        named = [w for n in ("scale_word", "hundred_word", "dozen_word", "scale_short") for w in words.lexicon[n]]
        self._scale_first = frozenset(word[0] for word in named)
        self._scales = words.pattern(
            r"(?:[ ]{0,2}(?<scale>(?:{scale_word}|{hundred_word}|{dozen_word})(?:{sp}(?:{scale_word})){0,2}){E}"
            r"|[ ]?(?<short>{scale_short})(?![\p{L}]))(?<half>{sp}{half_after}{E})?{no_scale_after}"
        )
        self._run = words.pattern(
            r"(?:{filler_word}{sp})?"
            r"(?:{digit_word}|{last_digit_word}|{teen_word}|{zero_word}(?={sp}{hundred_word}{E}))"
            r"(?:{sp}(?:{number_token})){0,6}{E}"
        )
        self._digits = words.pattern(
            r"[ ]{1,2}(?<filler>{filler_word}{sp})?(?<digits>{plain_number})(?![ ]?%|[ ]?/[ ]?[0-9])"
        )
        self._space = words.pattern(r"{sp}")
        self._rest = words.pattern(r"(?<rest>[0-9]{1,3})(?![\p{L}\p{N}]|[.,][0-9])")
        self._said = words.pattern(
            r"[ ]?(?:[.,;:)!?\"]|$)|{sp}{after_tail}{E}|/(?![0-9])"
            r"|(?:{range_gap}|{change_gap}){plain_number}{sp}{scale_word}{E}"
        )
        self._year = words.pattern(r"{year_word}{E}|{father_word}{E}")

    def power(self, words: str) -> int:
        """The worth of scale words: nghìn tỷ."""
        worth = 1
        for word in map(fold, words.split()):
            worth *= self._kinds[word][1] if word in self._kinds else self._short[word]
        return worth

    def said(self, key: str, start: int, end: int) -> Decimal | None:
        """What the words from ``start`` to ``end`` say, all of them; None where they are no number."""
        head = self._words(key, start)
        if head is None:
            return None
        amount = self._with_parts(key, head) if head.scale > 1 else Amount(head.end, head.value, 1)
        return amount.value if amount.end == end and not amount.doubtful else None

    def behind_digits(self, key: str, value: Decimal, end: int) -> Amount | None:
        """The number whose first digits are worth ``value`` and end at ``end``; None where no scale stands there."""
        scale = self._scale(key, end)
        if scale is None:
            return None
        head = _Group(scale.end, value, scale.worth, scale.half, is_open=scale.is_open)
        if scale.short and not scale.half and (rest := self._rest.match(key, scale.end)):
            # 7tr5 is 7,5 million, 1tr250 is 1,25
            more = Decimal(rest["rest"]) * scale.worth / (10 ** len(rest["rest"]))
            return Amount(rest.end(), value * scale.worth + more, scale.worth)
        return self._with_parts(key, head)

    def of_words(self, key: str, start: int, labels: bool = False) -> Amount | None:
        """The number in words that begins at ``start``; None where none does, or its word is a year or a father.

        One that ``labels`` the word before it ends where it can.
        """
        head = self._words(key, start)
        if head is None or head.tokens[0][0] in ("filler", "last_digit"):
            return None
        if head.scale > 1:
            return self._with_parts(key, head)
        if len(head.tokens) == 1 and self._is_year(key, start):
            return None
        if not labels and self._follows(key, head.end):
            # hai ba trăm nghìn: two numbers that are a guess at one
            return self._doubtful(key, head, head)
        return Amount(head.end, head.value, 1)

    def guessed(self, key: str, end: int) -> int | None:
        """Where the numbers in words right behind ``end`` end; None where there are none (dăm bảy triệu)."""
        return self._to_the_end(key, end)[0] if self._follows(key, end) else None

    def _follows(self, key: str, end: int) -> bool:
        """Whether a number in words stands behind another one, ``một`` and years aside."""
        space = self._space.match(key, end)
        word = _WORD.match(key, space.end()) if space else None
        if word is None or self._kinds.get(fold(word.group()), _NO_TOKEN)[0] not in ("digit", "teen"):
            return False
        group = self._words(key, word.start())
        if group is None:
            return False
        alone = len(group.tokens) == 1 and group.scale == 1
        return not (alone and (group.value == 1 or self._is_year(key, word.start())))

    def _scale(self, key: str, end: int) -> _Scale | None:
        first = key[end : end + 3].lstrip(" ")[:1].lower()
        match = self._scales.match(key, end) if first in self._scale_first else None
        if match is None or _is_name(key, match.start(), match.end()):
            return None
        names = match["scale"] or match["short"]
        return _Scale(self.power(names), match.end(), match["half"] is not None, match["short"] is not None, names)

    def _words(self, key: str, start: int) -> _Group | None:
        """A group in words at ``start``."""
        run = self._run.match(key, start)
        if run is None:
            return None
        words = [(m.start(), m.end()) for m in _WORD.finditer(key, start, run.end())]
        tokens = [self._kinds[fold(key[a:b])] for a, b in words]
        value, used = _below_thousand(tokens)
        if value is None:
            return None
        end, own = words[used - 1][1], tuple(tokens[:used])
        scale = self._scale(key, end) if own[0][0] != "last_digit" else None
        if scale is None:
            if used < len(tokens) and tokens[used][0] == "half" and tokens[used - 1][0] == "hundred":
                return _Group(words[used][1], Decimal(value + _HUNDRED // 2), tokens=own)
            return _Group(end, Decimal(value), tokens=own)
        return _Group(scale.end, Decimal(value), scale.worth, scale.half, tokens=own, is_open=scale.is_open)

    def _next(self, key: str, end: int) -> _Group | None:
        """The group behind a scale word."""
        match = self._digits.match(key, end)
        if match is None:
            space = self._space.match(key, end)
            return self._words(key, space.end()) if space else None
        plain, after = match["digits"], match.end()
        value = Decimal(plain) if plain.isdigit() and len(plain) <= 3 else digits_value(plain)[0]
        if value is None:
            return None
        scale = self._scale(key, after)
        if scale is not None:
            return _Group(scale.end, value, scale.worth, scale.half, plain, is_open=scale.is_open)
        if key[after : after + 1].isalpha():
            return None
        # 2 trăm lẻ 5
        tokens = (_FILLER,) if match["filler"] and plain.isdigit() and len(plain) < 3 else ()
        return _Group(after, value, plain=plain, tokens=tokens)

    def _to_the_end(self, key: str, end: int) -> tuple[int, int]:
        """Where the last of the groups from ``end`` on ends, and the largest of their scales."""
        scale = 1
        while group := self._next(key, end):
            end, scale = group.end, max(scale, group.scale)
        return end, scale

    def _with_parts(self, key: str, head: _Group) -> Amount:
        """A group with a scale, and the smaller groups behind it."""
        terms: list[tuple[Decimal, int]] = [(head.worth, head.scale)]
        whole, last = head.is_whole, head
        flags: tuple[str, ...] = ()
        while not last.half and (group := self._next(key, last.end)):
            if group.scale == 1:
                if self._is_other(key, last.end, group):
                    if group.value != 1 and self._is_short(key, group):
                        return self._doubtful(key, head, group)  # hai triệu năm.
                    break
                scale = terms[-1][1]
                if whole and group.fills(scale):
                    terms.append((group.value, 1 if "." not in group.plain else _THOUSAND))
                elif whole and scale >= _THOUSAND and group.is_digit and self._is_short(key, group):
                    terms.append((group.value * scale / 10, _THOUSAND))
                    flags = (_INFERRED,)
                else:
                    return self._doubtful(key, head, group)
                last = group
                break
            if not whole or not _add(terms, group):
                return self._doubtful(key, head, group)
            whole, last = group.is_whole, group
        skips = (a >= _MILLION and b < _THOUSAND and worth for (_, a), (worth, b) in itertools.pairwise(terms))
        if last.is_open or any(skips):
            return self._doubtful(key, head, last)
        value = sum((worth for worth, _ in terms), Decimal(0))
        return Amount(last.end, value, max(scale for _, scale in terms), flags)

    def _doubtful(self, key: str, head: _Group, last: _Group) -> Amount:
        end, scale = self._to_the_end(key, last.end)
        return Amount(end, head.worth, max(head.scale, last.scale, scale), doubtful=True)

    def _is_other(self, key: str, end: int, group: _Group) -> bool:
        """Whether a word behind a scale belongs to what follows: 5 triệu một tháng, 17 triệu năm 2017."""
        if len(group.tokens) != 1:
            return False
        if group.tokens[0][0] == "last_digit":
            return not self._is_short(key, group)  # tư nhân
        return group.value == 1 or self._is_year(key, group.end - len(key[end : group.end].lstrip()))

    def _is_year(self, key: str, start: int) -> bool:
        """Whether the one word at ``start`` is a year or a father, and no number."""
        return self._year.match(key, start) is not None

    def _is_short(self, key: str, group: _Group) -> bool:
        """Whether a digit behind a scale is the next smaller digit (2 tỷ 3), and counts nothing."""
        return self._said.match(key, group.end) is not None


def _add(terms: list[tuple[Decimal, int]], group: _Group) -> bool:
    """Adds a group with a scale to those before it; False where it does not fit."""
    worth = group.worth
    if group.scale > terms[-1][1]:
        # 2 nghìn 500 tỷ, 1 triệu 2 trăm 50 nghìn: the larger scale covers both
        covered = Decimal(0)
        least = terms[-1][1]
        while terms and terms[-1][1] < group.scale:
            part, scale = terms.pop()
            if scale > _LARGEST_COVERED:
                return False
            covered += part
        if group.value >= least or group.half:
            return False
        worth = (covered + group.value) * group.scale
    if terms and (worth >= terms[-1][1] or group.scale >= terms[-1][1]):
        return False
    terms.append((worth, group.scale))
    return True


def _below_thousand(tokens: list[_Token]) -> tuple[int | None, int]:
    """The longest number below a thousand at the beginning of the tokens, and how many of them it takes."""
    kinds = [k for k, _ in tokens[:4]] + [""] * 4
    worth = [w for _, w in tokens[:4]] + [0] * 4
    if kinds[0] == "filler":
        return (worth[1], 2) if kinds[1] in ("digit", "last_digit") else (None, 0)
    if kinds[0] in ("digit", "zero") and kinds[1] == "hundred":
        value = worth[0] * _HUNDRED
        if kinds[2] == "filler" and kinds[3] in ("digit", "last_digit"):
            return value + worth[3], 4
        rest, after = _tens(tokens, 2)
        return (value, 2) if rest is None else (value + rest, after)
    tens, after = _tens(tokens, 0)
    if tens is not None:
        return tens, after
    return (worth[0], 1) if kinds[0] in ("digit", "last_digit") else (None, 0)


def _tens(tokens: list[_Token], i: int) -> tuple[int | None, int]:
    kinds = [k for k, _ in tokens[i : i + 3]] + [""] * 3
    worth = [w for _, w in tokens[i : i + 3]] + [0] * 3

    # "năm" behind a ten is a year (twenty years), five is "lăm" there
    def unit(j: int) -> bool:
        return kinds[j] == "last_digit" or (kinds[j] == "digit" and worth[j] != 5)

    if kinds[0] == "teen":
        return (10 + worth[1], i + 2) if unit(1) and not _starts_scale(tokens, i + 1) else (10, i + 1)
    if kinds[0] == "digit" and kinds[1] == "tens":
        return (worth[0] * 10 + worth[2], i + 3) if unit(2) else (worth[0] * 10, i + 2)
    if kinds[0] == "digit" and kinds[1] == "dozen":
        return worth[0] * 10, i + 2
    if kinds[0] == "digit" and kinds[1] == "last_digit":
        return worth[0] * 10 + worth[1], i + 2
    return None, i


def _starts_scale(tokens: list[_Token], i: int) -> bool:
    return i + 1 < len(tokens) and tokens[i + 1][0] in ("hundred", "tens")


def _is_name(key: str, start: int, end: int) -> bool:
    """Whether a scale word begins a proper name: a capital, then a word with a capital, in mixed case."""
    word = key[start:end].strip()
    rest = key[end : end + 3].lstrip()
    return word[:1].isupper() and word[1:].islower() and rest[:1].isupper()
