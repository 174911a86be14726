"""One reader of Vietnamese numbers for every dimension: digits, number words, scales, ranges, modifiers.

The words are data (``rules/shared/numbers.yaml``); this module is their grammar. All offsets are those of the
passage's key. A dot separates thousands and a comma decimals; what can only be the English way is read so and flagged,
what could be either is marked ``ambiguous`` with both readings, and the dimension refuses or decides.
"""

from __future__ import annotations

import bisect
import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import regex

from pipeline.document import Taken
from pipeline.facts import Figure, Refusal
from pipeline.rules import Rules, RuleSet
from pipeline.text import canonical, fold

_DIMENSION = "shared"
# round numbers behind a verb's own preposition are still "over": 12 is what was surveyed, 200 a rounded figure
_ROUND = 10
# a bare first number of a range is taken for thousands where "500 đến 1 triệu" can mean nothing else
_LATENT_THOUSANDS = (100, 1000)
_MEMO = 256
# a bracket that may repeat the number before it
_AGAIN = re.compile(r" ?\((?P<inside>[0-9]{1,3}|[^\W\d_]+(?: [^\W\d_]+){0,5})\)")
# what stands between the ends of a range is no longer than this (characters)
_WIDEST_GAP = 24


Stated = Figure | Refusal


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text. ``value`` is the least it can mean; ``vague`` ones have no upper end.

    ``scale`` is the worth of the last scale word (1 where there is none). ``english`` is the reading with the
    separators the English way where that is possible and different. ``plain`` are the digits as written.
    """

    start: int
    end: int
    value: Decimal
    scale: int = 1
    worded: bool = False
    vague: bool = False
    english: Decimal | None = None
    plain: str = ""
    glued: bool = False
    flags: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether the value is a whole number."""
        return self.value == self.value.to_integral_value()

    def times(self, scale: int) -> Number:
        """The number with a scale word that stands elsewhere (a range that shares its unit)."""
        return dataclasses.replace(self, value=self.value * scale, scale=scale, english=None)


class Phrases:
    """A long word list looked up at a place in a text: by the first word, then the longest phrase that stands there.

    For lists of hundreds of words this is many times faster than an alternation, and means the same.
    """

    _first = re.compile(r"\w+")

    def __init__(self, phrases: Iterable[str]) -> None:
        self._by_first: dict[str, list[str]] = {}
        self._longest = 1
        for phrase in phrases:
            low = canonical(phrase).lower()
            match = self._first.match(low)
            self._by_first.setdefault(match.group() if match else "", []).append(low)
            self._longest = max(self._longest, len(low))
        for bucket in self._by_first.values():
            bucket.sort(key=len, reverse=True)

    def end(self, key: str, start: int) -> int | None:
        """Where the longest phrase that begins at ``start`` ends (at a word's end); None where there is none."""
        low = key[start : start + self._longest + 1].lower()
        first = self._first.match(low)
        if first is None:
            return None
        for phrase in self._by_first.get(first.group(), ()):
            if low.startswith(phrase) and not low[len(phrase) : len(phrase) + 1].isalnum():
                return start + len(phrase)
        return None

    def finditer(self, key: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
        """All phrases in ``key[start:end]``, leftmost longest, as spans."""
        stop = len(key) if end is None else end
        at = start
        for word in self._first.finditer(key, start, stop):
            if word.start() >= at and word.group().lower() in self._by_first:
                found = self.end(key, word.start())
                if found is not None and found <= stop:
                    yield word.start(), found
                    at = found


def whole_word(key: str, end: int, words: Sequence[tuple[int, int]]) -> int:
    """``end``, moved on to the end of the segmenter's word that it would split ("bình" of "bình luận")."""
    if end and key[end - 1].isupper():
        return end  # an abbreviation is a word of its own, whatever the segmenter glued to it
    at = bisect.bisect_left(words, (end, end)) - 1
    if at >= 0 and words[at][0] < end < words[at][1]:
        rest = key[end : words[at][1]]
        if not any(c.isdigit() or c in ",.;:/" for c in rest):
            return words[at][1]
    return end


@dataclass(frozen=True, slots=True)
class _Words:
    """A number in words: how many tokens it takes, its value, the last scale."""

    used: int
    value: Decimal
    scale: int


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


class NumberReader:
    """Reads the numbers of a passage; made once from the rules, used by every extractor of figures."""

    def __init__(self, rules: Rules) -> None:
        words = rules[_DIMENSION]
        self._words = words
        self._lexicon: dict[str, tuple[str, int]] = {}
        for name in (
            "digit_word", "last_digit_word", "teen_word", "tens_word", "dozen_word", "hundred_word", "scale_word",
        ):  # fmt: skip
            for word, value in words.lexicon[name].items():
                self._lexicon[word] = (name.removesuffix("_word"), int(value))
        for word in words.lexicon["filler_word"]:
            self._lexicon[word] = ("filler", 0)
        for word in words.lexicon["zero_word"]:
            self._lexicon[word] = ("zero", 0)
        for word in words.lexicon["half_after"]:
            self._lexicon[word] = ("half", 0)
        self._plain = words.pattern(r"(?:(?<![\p{L}\p{N}_]|[0-9][.,]|\p{L}-)|(?<={B}{glued_code})){plain_number}")
        self._find = words.pattern(
            r"{B}(?:(?<few>{few_word})(?:{sp}(?<fewpower>(?:{power_token})(?:{sp}(?:{power_token})){0,3}))?{E}"
            r"|(?<vague>{vague_before}){sp}(?<power>(?:{power_token})(?:{sp}(?:{power_token})){0,3}){E}"
            r"|{half_before}{sp}(?<halfpower>{scale_word}){E}{no_scale_after}"
            r"|(?<words>(?:{digit_word}|{teen_word})(?:{sp}(?:{number_token})){0,12}){E})"
        )
        first = [*words.lexicon["digit_word"], *words.lexicon["teen_word"]]
        first += [w.split()[0] for n in ("few_word", "vague_before", "half_before") for w in words.lexicon[n]]
        listed = "|".join(sorted(map(re.escape, map(canonical, set(first))), key=len, reverse=True))
        self._candidate = re.compile(rf"[0-9]+|(?<!\w)(?:{listed})(?!\w)")
        self._scales = words.pattern(
            r"(?:[ ]{0,2}(?<scale>(?:{scale_word}|{hundred_word}|{dozen_word})(?:{sp}(?:{scale_word})){0,2}){E}"
            r"|[ ]?(?<short>{scale_short})(?![\p{L}]))(?<half>{sp}{half_after}{E})?{no_scale_after}"
        )
        self._glued_rest = words.pattern(r"(?<rest>[0-9]{1,3})(?![\p{L}\p{N}]|[.,][0-9])")
        self._spaced = words.pattern(r"(?:[ ][0-9]{3}){1,4}+(?![.,]?[0-9])(?![ ]?%)")
        self._next = words.pattern(
            r"[ ]{1,2}(?<digits>{plain_number})(?<scale>{sp}(?:{scale_word}){E}{no_scale_after})?"
        )
        self._before = words.pattern(r"(?r){B}(?<word>{modifier}){sp}")
        self._after = words.pattern(r"{sp}(?<word>{modifier_after}){E}")
        self._comparative = words.pattern(r"(?r){B}{comparative}{sp}")
        self._verb = words.pattern(r"(?r){B}{verb_with_on}{sp}")
        self._named = words.pattern(r"(?r){B}{named_minimum}{sp}")
        self._from = words.pattern(r"(?r){B}{from_word}{sp}")
        self._range = words.pattern(r"{range_gap}(?:{modifier}{sp})?")
        self._between = words.pattern(r"(?r){B}{between_word}{sp}")
        self._and = words.pattern(r"[ ]{between_and}[ ]")
        self._decimal = words.pattern(r"{sp}{decimal_word}{sp}")
        self._change = words.pattern(r"{change_gap}(?:{modifier}{sp})?")
        self._label = words.pattern(r"(?r){B}{label}{sp}")
        self._weak_label = words.pattern(r"(?r){B}{weak_label}{sp}")
        self._weak_not = words.pattern(r"(?r){B}{weak_label_not}{sp}")
        self._year = words.pattern(r"{year_word}{E}|{father_word}{E}")
        self._label_not = words.pattern(r"(?r){B}{label_not}{sp}")
        # the last words of what is looked for in front of a number: most numbers need no pattern at all
        self._ends = {
            name: frozenset(w.split()[-1] for n in names for w in words.lexicon[n])
            for name, names in {
                "modifier": ("modifier",),
                "label": ("label",),
                "weak_label": ("weak_label",),
                "from": ("from_word", "between_word"),
            }.items()
        }
        self._memo: dict[str, tuple[Number, ...]] = {}

    @property
    def words(self) -> RuleSet:
        """The shared word lists."""
        return self._words

    def read(self, key: str) -> tuple[Number, ...]:
        """The numbers of a passage's key, in order. Remembers the last few passages: four extractors ask for each."""
        found = self._memo.get(key)
        if found is None:
            found = tuple(self._spoken(key, self._scan(key)))
            if len(self._memo) >= _MEMO:
                del self._memo[next(iter(self._memo))]
            self._memo[key] = found
        return found

    def _spoken(self, key: str, numbers: Iterator[Number]) -> Iterator[Number]:
        """The numbers, those with a decimal point in words (ba phẩy năm) put together."""
        last: Number | None = None
        for number in numbers:
            if last is not None and self._decimal.fullmatch(key, last.end, number.start) and last.scale == 1:
                part = number.value / number.scale
                if last.whole and part.as_tuple().exponent == 0 and not number.vague:
                    value = (last.value + part.scaleb(-len(str(part)))) * number.scale
                    last = dataclasses.replace(number, start=last.start, value=value, english=None, worded=True)
                    continue
            if last is not None:
                yield last
            last = number
        if last is not None:
            yield last

    def _scan(self, key: str) -> Iterator[Number]:
        position = 0
        low = key.lower()
        # where a capital has another length in lower case the offsets would be off: such a text has no number words
        for candidate in self._candidate.finditer(low if len(low) == len(key) else key):
            if candidate.start() < position:
                continue
            in_digits = candidate.group()[0].isdigit()
            match = (self._plain if in_digits else self._find).match(key, candidate.start())
            if match is None:
                continue
            position = match.end()
            number = self._digits(key, match.start(), match.end()) if in_digits else self._worded(key, match)
            if number is not None:
                yield number
                position = number.end

    def _digits(self, key: str, start: int, end: int) -> Number | None:
        plain = key[start:end]
        if (
            len(plain) <= 3
            and plain.isdigit()
            and (spaced := self._spaced.match(key, end))
            and not self.labelled(key, start)
        ):
            value: Decimal | None = Decimal(plain + spaced.group().replace(" ", ""))
            if not plain.startswith("0") and value is not None:
                return self._scaled(key, Number(start, spaced.end(), value, plain=plain, flags=("spaced_thousands",)))
        value, english = digits_value(plain)
        flags: tuple[str, ...] = ()
        if value is None and english is None:
            return None
        if value is None:
            value, english, flags = english, None, ("english_separators",)
        assert value is not None
        end = self._said_again(key, end, value)
        return self._scaled(key, Number(start, end, value, english=english, plain=plain, flags=flags))

    def _said_again(self, key: str, end: int, value: Decimal) -> int:
        """The end of a number that a bracket repeats in the other way, as official papers do: 03 (ba), ba (03)."""
        again = _AGAIN.match(key, end)
        if again is None:
            return end
        tokens = [self._lexicon.get(fold(t)) for t in again["inside"].split()]
        if again["inside"].isdigit():
            same = Decimal(again["inside"]) == value
        else:
            known = [t for t in tokens if t is not None]
            parsed = _parse(known) if len(known) == len(tokens) else None
            same = parsed is not None and parsed.used == len(tokens) and parsed.value == value
        return again.end() if same else end

    def _scaled(self, key: str, number: Number) -> Number:
        """The number with the scale words, the half and the smaller parts that follow it."""
        match = self._scales.match(key, number.end)
        if match is None or self._is_name(key, match.start(), match.end()):
            glued = number.end < len(key) and key[number.end].isalpha()
            return dataclasses.replace(number, glued=glued)
        names = (match["scale"] or match["short"]).split()
        scale = 1
        for name in names:
            scale *= self._power(name)
        value, end, flags = number.value * scale, match.end(), number.flags
        if match["half"]:
            value += Decimal(scale) / 2
        elif match["short"] and (rest := self._glued_rest.match(key, end)):
            # 7tr5 is 7,5 million, 1tr250 is 1,25
            value += Decimal(rest["rest"]) * scale / (10 ** len(rest["rest"]))
            end = rest.end()
        last = scale
        while part := self._next.match(key, end):
            more, _ = digits_value(part["digits"])
            if more is None:
                break
            if part["scale"]:
                unit = self._power(part["scale"].strip())
                if unit >= last and not (unit > last and value < unit):
                    break
                if unit > last:
                    # 2 nghìn 500 tỷ: the larger scale covers both
                    if more >= last or number.value * scale != value:
                        break
                    value, last, end = (value + more) * unit, unit, part.end()
                    continue
                if more * unit >= last:
                    break
                value, last, end = value + more * unit, unit, part.end()
                continue
            if "." in part["digits"] and more < last and more >= 1000 and not part["digits"].startswith("0"):
                # 2 triệu 500.000 đồng
                value, end = value + more, part.end()
            break
        return dataclasses.replace(
            number, value=value, end=end, scale=last, flags=flags, english=None if scale > 1000 else number.english
        )

    def _power(self, word: str) -> int:
        word = fold(word)
        kind = self._lexicon.get(word)
        return kind[1] if kind else int(self._words.lexicon["scale_short"][word])

    @staticmethod
    def _is_name(key: str, start: int, end: int) -> bool:
        """Whether a scale word begins a proper name: a capital, then a word with a capital, in mixed case."""
        word = key[start:end].strip()
        rest = key[end : end + 3].lstrip()
        return word[:1].isupper() and word[1:].islower() and rest[:1].isupper()

    def _worded(self, key: str, match: regex.Match[str]) -> Number | None:
        start, end = match.start(), match.end()
        if match["vague"] or match["few"]:
            word, powers = match["vague"] or match["few"], match["power"] or match["fewpower"] or ""
            least = int(self._words.lexicon["vague_before" if match["vague"] else "few_word"][fold(word)])
            scale = 1
            for power in powers.split():
                scale *= self._power(power)
            return Number(start, end, Decimal(least * scale), scale=scale, worded=True, vague=True)
        if match["halfpower"]:
            scale = self._power(match["halfpower"])
            return Number(start, end, Decimal(scale) / 2, scale=scale, worded=True)
        tokens = match["words"].split()
        if self._is_word_name(key, start, tokens):
            return None
        parsed = _parse([self._lexicon[fold(t)] for t in tokens])
        if parsed is None:
            return None
        if parsed.used < len(tokens):
            position = start
            for token in tokens[: parsed.used]:
                position = key.index(token, position) + len(token)
            end = position
        again = self._said_again(key, end, parsed.value)
        if again > end:
            return Number(start, again, parsed.value, scale=parsed.scale, plain=str(parsed.value))
        if parsed.used == 1 and self._year.match(key, start):
            return None
        return Number(start, end, parsed.value, scale=parsed.scale, worded=True)

    @staticmethod
    def _is_word_name(key: str, start: int, tokens: list[str]) -> bool:
        """Whether a number word is part of a proper name: capitals in it, or before and after it, in mixed case."""
        if not tokens[0][0].isupper():
            return False
        if len(tokens) > 1 and tokens[1][0].isupper() and tokens[1][1:].islower():
            return True
        before = key[:start].rstrip()[-1:]
        begins = not before or before in '.!?:;"-(/'
        end = start + len(tokens[0])
        after = key[end : end + 3].lstrip()
        capital_after = after[:1].isupper() and tokens[0][1:].islower()
        return capital_after or (not begins and tokens[0][1:].islower())

    def _may_follow(self, name: str, key: str, start: int) -> bool:
        """Whether the word before ``start`` ends an entry of the lists called ``name``: a cheap first question."""
        end = start
        while end and key[end - 1] == " ":
            end -= 1
        if end == start:
            return False
        begin = end
        while begin and key[begin - 1].isalnum():
            begin -= 1
        return key[begin:end].lower() in self._ends[name]

    def labelled(self, key: str, start: int) -> bool:
        """Whether the number at ``start`` is the label of the word before it (Điều 5, quận 1)."""
        if not self._may_follow("label", key, start):
            return False
        return self._label.match(key, 0, start) is not None and self._label_not.match(key, 0, start) is None

    def weakly_labelled(self, key: str, start: int) -> bool:
        """The same for words that are labels and much else (cấp 3, but also "cung cấp 3")."""
        if not self._may_follow("weak_label", key, start):
            return False
        return self._weak_label.match(key, 0, start) is not None and self._weak_not.match(key, 0, start) is None

    def modifier(self, key: str, start: int, value: Decimal) -> tuple[str, int]:
        """The modifier in front of a number or a range that begins at ``start``, and where the words with it begin."""
        match = self._before.match(key, 0, start) if self._may_follow("modifier", key, start) else None
        if match is None:
            return "exact", start
        code = str(self._words.value("modifier", match["word"]))
        begin = match.start()
        if " " not in match["word"].strip():
            if self._comparative.match(key, 0, begin):
                return "exact", start
            if code == "over" and value % _ROUND and self._verb.match(key, 0, begin):
                return "exact", start
        if self._named.match(key, 0, begin) and code in ("at_least", "at_most"):
            return "exact", start
        further = self._before.match(key, 0, begin)
        return code, further.start() if further else begin

    def modifier_after(self, key: str, end: int) -> tuple[str | None, int]:
        """The modifier behind a figure that ends at ``end`` (trở lên), and where it ends."""
        match = self._after.match(key, end)
        return (str(self._words.value("modifier_after", match["word"])), match.end()) if match else (None, end)

    def from_start(self, key: str, start: int) -> int:
        """Where a range that begins at ``start`` begins with its "from"."""
        if not self._may_follow("from", key, start):
            return start
        match = self._from.match(key, 0, start) or self._between.match(key, 0, start)
        return match.start() if match else start

    def is_range(self, key: str, begin: int, end: int, start: int) -> bool:
        """Whether a figure (``begin`` to ``end``) and the one at ``start`` are the ends of a range."""
        if start - end > _WIDEST_GAP:
            return False
        if self._range.fullmatch(key, end, start) is not None:
            return True
        return self._and.fullmatch(key, end, start) is not None and self._between.match(key, 0, begin) is not None

    def is_change(self, key: str, end: int, start: int) -> bool:
        """Whether what lies between two figures says that one became the other (từ 3 lên 5)."""
        return start - end <= 30 and self._change.fullmatch(key, end, start) is not None


def stated(
    numbers: Sequence[Number], taken: Taken, one: Callable[[Number, Number | None], tuple[Stated | None, int]]
) -> list[Stated]:
    """What ``one`` makes of the numbers, in reading order, but for those on claimed characters.

    ``one`` is given a number and the number after it (None where there is none, or it is claimed) and returns what
    they state (None for nothing) and how many numbers after the first it used.
    """
    found: list[Stated] = []
    skip = -1
    for index, number in enumerate(numbers):
        if index <= skip or taken.overlaps(number.start, number.end):
            continue
        following = numbers[index + 1] if index + 1 < len(numbers) else None
        if following is not None and taken.overlaps(following.start, following.end):
            following = None
        stating, used = one(number, following)
        if stating is not None and not taken.overlaps(stating.start, stating.end):
            found.append(stating)
            skip = index + used
    return found


def spread(first: Number, second: Number) -> tuple[Decimal, Decimal, tuple[str, ...]] | None:
    """The ends of a range whose second number may bear the scale of both; None where they make no range."""
    if first.scale == 1 and second.scale > 1:
        shared = first.value * second.scale
        if shared < second.value:
            return shared, second.value, ()
        if first.value < second.value:
            if _LATENT_THOUSANDS[0] <= first.value < _LATENT_THOUSANDS[1] and second.scale == 1_000_000:
                return first.value * 1000, second.value, ("scale_inferred",)
            if first.value >= _LATENT_THOUSANDS[1]:
                return first.value, second.value, ()
        return None
    return (first.value, second.value, ()) if first.value < second.value else None


_READERS: dict[str, NumberReader] = {}


def number_reader(rules: Rules) -> NumberReader:
    """The reader of these rules; one for all extractors of a process, so that a passage is read once."""
    reader = _READERS.get(rules.hash)
    if reader is None:
        reader = _READERS[rules.hash] = NumberReader(rules)
    return reader


def _parse(tokens: list[tuple[str, int]]) -> _Words | None:
    """The longest number at the beginning of the tokens (kind, worth), as Vietnamese counts."""
    total, used, last = Decimal(0), 0, 0
    scale_of_last = 1
    position = 0
    while position < len(tokens):
        part, after = _below_thousand(tokens, position)
        if part is None:
            break
        scale = 1
        while after < len(tokens) and tokens[after][0] == "scale":
            scale *= tokens[after][1]
            after += 1
        if last and scale >= last:
            break
        total += part * scale
        used, last, scale_of_last, position = after, scale, scale, after
        if after < len(tokens) and tokens[after][0] == "half":
            total += Decimal(scale if scale > 1 else _hundred(tokens, after)) / 2
            return _Words(after + 1, total, scale_of_last)
        if scale == 1:
            break
    return _Words(used, total, scale_of_last) if used else None


def _hundred(tokens: list[tuple[str, int]], after: int) -> int:
    return tokens[after - 1][1] if tokens[after - 1][0] == "hundred" else 0


def _below_thousand(tokens: list[tuple[str, int]], i: int) -> tuple[int | None, int]:
    kinds = [k for k, _ in tokens[i : i + 6]] + [""] * 6
    worth = [w for _, w in tokens[i : i + 6]] + [0] * 6
    if kinds[0] in ("digit", "zero") and kinds[1] == "hundred":
        value, at = worth[0] * 100, 2
        if kinds[2] == "filler" and kinds[3] in ("digit", "last_digit"):
            return value + worth[3], i + 4
        rest, after = _tens(tokens, i + 2)
        return (value + rest, after) if rest is not None else (value, i + at)
    tens, after = _tens(tokens, i)
    if tens is not None:
        return tens, after
    return (worth[0], i + 1) if kinds[0] == "digit" else (None, i)


def _tens(tokens: list[tuple[str, int]], i: int) -> tuple[int | None, int]:
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


def _starts_scale(tokens: list[tuple[str, int]], i: int) -> bool:
    return i + 1 < len(tokens) and tokens[i + 1][0] in ("hundred", "tens")
