"""One reader of Vietnamese numbers for every dimension: digits, number words, scales, ranges, modifiers.

The words are data (``rules/shared/numbers.yaml``); this module is their grammar. All offsets are those of the
passage's key. A dot separates thousands and a comma decimals; what can only be the English way is read so and flagged,
what could be either is marked ``ambiguous`` with both readings, and the dimension refuses or decides.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

import regex

from pipeline.document import Passage, Taken
from pipeline.extract.compounds import Compounds, digits_value
from pipeline.facts import Figure, Refusal
from pipeline.rules import Rules, RuleSet, built
from pipeline.text import canonical, fold

_DIMENSION = "shared"
# round numbers behind a verb's own preposition are still "over": 12 is what was surveyed, 200 a rounded figure
_ROUND = 10
# a bare first number of a range is taken for thousands where "500 đến 1 triệu" can mean nothing else
_LATENT_THOUSANDS = (100, 1000)
# the ends of a range of which only the second has its thousands are not further apart
_LATENT_SPREAD = 3
_MEMO = 256
# ten times what the country makes in a year, in đồng: what is larger was garbled, and may fit no column of a table
_BEYOND = Decimal(10) ** 17
# a bracket that may repeat the number before it
_AGAIN = re.compile(r" ?\((?P<inside>[0-9]{1,3}|[^\W\d_]+(?: [^\W\d_]+){0,5})\)")
# a digit that was torn off its number has one of these before it
_LOOSE = (" ", ",", ".")
# the parts of a fraction are no larger than this
_FRACTION = 10
# labels such as "vùng 4" are smaller than this
_LABELS = 20
# digits between two separators
_GROUP = 3
# what stands between the ends of a range is no longer than this (characters)
_WIDEST_GAP = 24
# ... and the words for a decimal point than this
_WIDEST_POINT = 16


# thousands within digits with separators
_THOUSANDS = re.compile(r"[.,][0-9]{3}(?![0-9])")
_MIXED = re.compile(r"[.][0-9]{3},[0-9]{3}$|,[0-9]{3}[.][0-9]{3}$")
_NOTHING = Decimal(0)
_ENGLISH = "english_separators"

Stated = Figure | Refusal


class Number(NamedTuple):
    """A number in a text. ``value`` is the least it can mean; ``vague`` ones have no upper end.

    ``scale`` is the worth of its largest scale word (1 where there is none). ``english`` is the reading with the
    separators the English way where that is possible and different. ``plain`` are the digits as written. What a
    ``doubtful`` one is worth cannot be told: its characters are those of one number, and nothing else is read there.
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
    doubtful: bool = False

    @property
    def whole(self) -> bool:
        """Whether the value is a whole number."""
        return self.value == self.value.to_integral_value()

    @property
    def is_mixed(self) -> bool:
        """Whether both separators stand before three digits, one of them by mistake: 35.000,000."""
        return self.scale == 1 and _MIXED.search(self.plain) is not None

    @property
    def counted(self) -> Number | None:
        """The number as one of things, where 5,000 can only be the English way; None where it has decimals."""
        if self.scale == 1 and not self.vague:
            if self.is_mixed:
                return None
            if self.english is not None and "," in self.plain:
                return self._replace(value=self.english, english=None, flags=(*self.flags, _ENGLISH))
            if _ENGLISH in self.flags and "," not in self.plain:
                return None
        return self if self.whole else None

    def times(self, scale: int) -> Number:
        """The number with a scale word that stands elsewhere (a range that shares its unit)."""
        return self._replace(value=self.value * scale, scale=scale, english=None)


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


class NumberReader:
    """Reads the numbers of a passage; made once from the rules, used by every extractor of figures."""

    def __init__(self, rules: Rules) -> None:
        words = rules[_DIMENSION]
        self._words = words
        self._compounds = Compounds(words)
        # behind a word and a dash stands a name's number (Covid-19), but for the second of a range (5 triệu-7 triệu)
        self._plain = words.pattern(
            r"(?:(?<![\p{L}\p{N}_]|[0-9][.,]|\p{L}-)|(?<={B}{glued_code})"
            # 10 suất-1.000.000đ
            r"|(?<=\p{L}-)(?=[0-9]{1,3}[.][0-9]{3}(?![0-9]))"
            r"|(?<=(?:[0-9][ ]?(?:{scale_short}|{unit_short})|{B}(?:{scale_word}|{unit_of_range}))-)){plain_number}"
        )
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
        self._spaced = words.pattern(r"(?:[ ][0-9]{3}){1,4}+(?![.,]?[0-9])(?![ ]?%)")
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
        self._stroke = words.pattern(r"{stroke_gap}")
        self._label = words.pattern(r"(?r){B}{label}{sp}")
        self._weak_label = words.pattern(r"(?r){B}{weak_label}{sp}")
        self._weak_not = words.pattern(r"(?r){B}{weak_label_not}{sp}")
        self._minus = words.pattern(
            r"(?r)(?:(?<start>^[ ]*)|(?<sure>[(])|(?<cue>{B}{minus_cue}[ ])|(?<mark>[.:;•+][ ]?)|(?<loose>[ ]))-"
        )
        self._apart = words.pattern(r"(?r){B}{minus_cue}[ ]-[ ]")
        self._below_zero = words.pattern(r"(?r){B}(?:(?<not>{minus_not}[ ])|(?<cue>{minus_cue}[ ]))?{minus_word}{sp}")
        self._torn = words.pattern(
            r"(?r)(?<![\p{L}\p{N}.,/%-]|[.,/-][ ])(?<left>[0-9]{1,3})(?<gap>[ ]?,[ ]|[ ][.,]|[.][ ]|[ ])"
        )
        self._measure = words.pattern(r"(?r){B}{measure_label}{sp}")
        self._label_not = words.pattern(r"(?r){B}{label_not}{sp}")
        # the last words of what is looked for in front of a number: most numbers need no pattern at all
        self._ends = {
            name: frozenset(w.split()[-1] for n in names for w in words.lexicon[n])
            for name, names in {
                "modifier": ("modifier",),
                "label": ("label",),
                "weak_label": ("weak_label",),
                "from": ("from_word", "between_word"),
                "minus": ("minus_word",),
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
            found = tuple(map(_bounded, self._spoken(key, self._scan(key))))
            if len(self._memo) >= _MEMO:
                del self._memo[next(iter(self._memo))]
            self._memo[key] = found
        return found

    def _spoken(self, key: str, numbers: Iterator[Number]) -> Iterator[Number]:
        """The numbers, those with a decimal point in words (ba phẩy năm) put together."""
        last: Number | None = None
        for number in numbers:
            near = last is not None and last.scale == 1 and number.start - last.end <= _WIDEST_POINT
            if last is not None and near and self._decimal.fullmatch(key, last.end, number.start):
                part = number.value / number.scale
                if last.whole and part.as_tuple().exponent == 0 and not number.vague:
                    value = (last.value + part.scaleb(-len(str(part)))) * number.scale
                    last = number._replace(start=last.start, value=value, english=None, worded=True)
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
            # a word that is no number (a year, a name) says nothing of the words behind it
            position = match.end() if in_digits else candidate.end()
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
            and not self.weakly_labelled(key, start)
            and not plain.startswith("0")
        ):
            together = Decimal(plain + spaced.group().replace(" ", ""))
            number = Number(start, spaced.end(), together, plain=plain, flags=("spaced_thousands",))
            scaled = self._scaled(key, number)
            # 10 500 triệu: nobody counts thousands of millions in such a way
            return scaled._replace(doubtful=scaled.doubtful or scaled.scale > 1)
        value, english = digits_value(plain)
        flags: tuple[str, ...] = ()
        if value is None and english is None:
            # 50.00.000: a number with a digit missing, where it has thousands at all
            if plain.startswith("0") or not _THOUSANDS.search(plain):
                return None
            return self._scaled(key, Number(start, end, _NOTHING, plain=plain))._replace(doubtful=True)
        if value is None:
            value, english, flags = english, None, (_ENGLISH,)
        assert value is not None
        end, contradicts = self._said_again(key, end, value)
        number = self._scaled(key, Number(start, end, value, english=english, plain=plain, flags=flags))
        return number._replace(doubtful=True) if contradicts else number

    def _said_again(self, key: str, end: int, value: Decimal, worded: bool = False) -> tuple[int, bool]:
        """The end of a number that a bracket repeats in the other way, as official papers do: 03 (ba), ba (03).

        And whether the bracket says another number: 20 (hai mươi mốt).
        """
        again = _AGAIN.match(key, end) if "(" in key[end : end + 2] else None
        if again is None:
            return end, False
        inside = again["inside"]
        if inside.isdigit():
            same = Decimal(inside) == value
            return (again.end(), not same) if same or worded else (end, False)
        told = self._compounds.said(key, *again.span("inside"))
        if told is None:
            return end, False
        return again.end(), told != value

    def _scaled(self, key: str, number: Number) -> Number:
        """The number with the scale words, the half and the smaller parts that follow it."""
        amount = self._compounds.behind_digits(key, number.value, number.end)
        if amount is None:
            glued = number.end < len(key) and key[number.end].isalpha()
            return number._replace(glued=True) if glued else number
        return number._replace(
            value=amount.value,
            end=amount.end,
            scale=amount.scale,
            flags=(*number.flags, *amount.flags),
            english=None if amount.scale > 1000 else number.english,
            doubtful=amount.doubtful,
        )

    def _worded(self, key: str, match: regex.Match[str]) -> Number | None:
        start, end = match.start(), match.end()
        power = self._compounds.power
        if match["vague"] or match["few"]:
            word, powers = match["vague"] or match["few"], match["power"] or match["fewpower"] or ""
            least = int(self._words.lexicon["vague_before" if match["vague"] else "few_word"][fold(word)])
            scale = power(powers)
            guessed = None if powers else self._compounds.guessed(key, end)
            number = Number(start, end, Decimal(least * scale), scale=scale, worded=True, vague=True)
            return number if guessed is None else number._replace(end=guessed, doubtful=True)
        if match["halfpower"]:
            scale = power(match["halfpower"])
            return Number(start, end, Decimal(scale) / 2, scale=scale, worded=True)
        tokens = match["words"].split()
        if self._is_word_name(key, start, tokens):
            return None
        if (said := self._said_year(key, start, start + len(tokens[0]))) is not None:
            return said
        amount = self._compounds.of_words(key, start, self.labelled(key, start))
        if amount is None:
            return None
        again, contradicts = self._said_again(key, amount.end, amount.value, worded=True)
        return Number(
            start,
            again,
            amount.value,
            scale=amount.scale,
            worded=again == amount.end,
            plain=str(amount.value) if again > amount.end else "",
            flags=amount.flags,
            doubtful=amount.doubtful or contradicts,
        )

    def _said_year(self, key: str, start: int, end: int) -> Number | None:
        """The number in one word that a bracket repeats, though it may be a year elsewhere: năm (05) cá nhân."""
        value = self._compounds.said(key, start, end) if key.startswith(" (", end) else None
        again, contradicts = (end, False) if value is None else self._said_again(key, end, value, worded=True)
        return None if value is None or again == end or contradicts else Number(start, again, value, plain=str(value))

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

    def sign(self, passage: Passage, start: int) -> tuple[int | None, int]:
        """The sign of a figure whose words begin at ``start``, and where they begin with it; None where it is doubtful.

        A dash that opens a line or an item of a list is no sign, and none where it joins two words or numbers.
        """
        key = passage.key
        last = key[max(0, start - 2) : start]
        if last[-1:] == "-":
            if passage.text[start - 1] == "\u2212":
                return -1, start - 1
            match = self._minus.match(key, 0, start)
            if match is None or match["start"] is not None or match["mark"]:
                return 1, start
            return (None if match["loose"] else -1), start - 1
        if last == "- ":
            return (None if self._apart.match(key, 0, start) else 1), start
        if self._may_follow("minus", key, start) and (match := self._below_zero.match(key, 0, start)):
            if match["not"]:
                return 1, start
            begin = start - len(match.group()) if not match["cue"] else match.end("cue")
            return (-1 if match["cue"] else None), begin
        return 1, start

    def torn(self, key: str, number: Number) -> int | None:
        """Where a number begins of which ``number`` may be the end, torn off by a blank (98, 5%; 1 5 triệu); else None.

        Digits that are the label of the word before them are none of it, nor those of a row (5, 3, 2 triệu).
        """
        if number.worded or key[max(0, number.start - 1) : number.start] not in _LOOSE:
            return None
        match = self._torn.match(key, 0, number.start)
        if match is None:
            # ,5%: the digits before the comma are lost
            headless = (
                key[max(0, number.start - 2) : number.start].strip() in (",", ".") and key[number.start - 1] != " "
            )
            return number.start - 1 if headless and "." not in number.plain else None
        start = match.start("left")
        label = self.labelled(key, start) or (int(match["left"]) < _LABELS and self.weakly_labelled(key, start))
        if label and not self._measure.match(key, 0, start):
            return None
        first = re.split("[.,]", number.plain, maxsplit=1)[0]
        if match["gap"] == " ":
            fits = len(match["left"]) + len(first) <= _GROUP and "spaced_thousands" not in number.flags
            return start if fits else None
        if "." in match["gap"] and (not start or not key[:start].strip()):
            return None  # the number of a line
        return start if "." not in number.plain and len(first) <= _GROUP else None

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

    def is_stroke(self, key: str, first: Number, second: Number) -> bool | None:
        """Whether two numbers with a stroke between them are two (what was reached, what was planned: 45/60 tỷ).

        None where they may be a fraction: 1/2 tỷ.
        """
        if first.scale > 1 or self._stroke.fullmatch(key, first.end, second.start) is None:
            return False
        parts = (first.value, second.value / second.scale)
        return None if all(p <= _FRACTION and p == p.to_integral_value() for p in parts) else True


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
    # "6-7.000 công nhân": the first leaves its thousands to the second
    shared, bare = first.value * 1000, first.scale == 1 and "." not in first.plain
    if bare and "." in second.plain and shared < second.value <= shared * _LATENT_SPREAD:
        return shared, second.value, ("scale_inferred",)
    return (first.value, second.value, ()) if first.value < second.value else None


def _bounded(number: Number) -> Number:
    """The number, doubtful where it is larger than anything that is counted or paid."""
    if max(number.value, number.english or _NOTHING) < _BEYOND:
        return number
    return number._replace(value=min(number.value, _BEYOND), english=None, doubtful=True)


def number_reader(rules: Rules) -> NumberReader:
    """The reader of these rules; one for all extractors of a process, so that a passage is read once."""
    return built(NumberReader, rules, _DIMENSION)
