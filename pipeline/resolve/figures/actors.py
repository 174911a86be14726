"""Who acts where and when beside a figure: what tells two equal figures of an article apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

import regex

from pipeline.facts import Figure
from pipeline.resolve.figures.reading import Frame, Reading
from pipeline.rules import RuleSet
from pipeline.text import fold

_CAPITAL = regex.compile(r"\p{Lu}[\p{L}\p{N}]*")
_LAST_WORD = re.compile(r"\w+(?=\W{0,2}$)")
# how far behind a figure those are named whom it is for (characters)
_AHEAD = 120
# of two figures in these classes one is no statement of the other
_LEAST, _MOST = frozenset({"at_least", "over"}), frozenset({"under", "at_most", "nearly"})


@dataclass(frozen=True, slots=True)
class Around:
    """What is named before and behind a figure: names, each with the word that says what it names (huyện), and days."""

    before: tuple[tuple[str, str], ...]
    behind: tuple[tuple[str, str], ...]
    days: frozenset[tuple[int, int]]


class Actors:
    """Compares what stands around two figures. Built once from the rules, stateless."""

    def __init__(self, context: RuleSet) -> None:
        lists = context.lexicon
        self._general = frozenset(lists["name_general"])
        self._heads = frozenset(lists["name_head"])
        self._honorifics = frozenset(lists["name_person"])
        self._another = context.pattern(r"[ ](?:[\p{L}]+[ ]){0,2}{another}{E}")

    def around(self, reading: Reading, frame: Frame, index: int) -> Around:
        """What is named in the sentence of a figure, before and behind it."""
        figure, key = reading.figures[index], reading.key
        low, high = frame.sentence
        low = max(low, key.rfind(";", low, figure.start) + 1)
        before = self._names(reading, low, figure.start)
        # what stands behind the figure before it is said of this one
        earlier = reading.figures[index - 1].end if index else low
        if low < earlier < figure.start:
            nearer = [n for n in before if n[2] >= earlier]
            before = nearer or before
        stop = reading.figures[index + 1].start if index + 1 < len(reading.figures) else high
        if figure.end + _AHEAD < min(stop, high):
            stop = key.rfind(" ", figure.end, figure.end + _AHEAD)
        stop = max(min(stop, high), figure.end)
        mark = key.find(";", figure.end, stop)
        stop = stop if mark < 0 else mark
        behind = self._names(reading, figure.end, stop)
        comma = key.find(",", figure.end, stop)
        dates = reading.calendar.inside(low, stop if comma < 0 else comma)
        # the year may be a guess, and not the same everywhere
        days = frozenset((d[2].month, d[2].day) for d in dates if d[2] is not None and d[2] == d[3])
        return Around(tuple(n[:2] for n in before), tuple(n[:2] for n in behind), days)

    @staticmethod
    def differ(first: Around, second: Around, loosely: bool, alike: bool) -> bool:
        """Whether somebody else acts, elsewhere or on another day.

        ``loosely``: the one may well tell in other words what the other tells (a headline), so that only names of one
        kind (two districts) tell them apart; ``alike``: they measure the same, so that a name of both joins them.
        """
        if first.days and second.days and not first.days & second.days:
            return True
        others = not loosely and first.before and second.before and not _shared(first.before, second.before)
        if others and not (alike and _shared(first.before + first.behind, second.before + second.behind)):
            return True
        return _other_of_kind(first.before, second.before) or _other_of_kind(first.behind, second.behind)

    def is_another(self, reading: Reading, figure: Figure, earlier: Figure) -> bool:
        """Whether the words or the bounds of a figure say that it is not the earlier one: hai công nhân khác."""
        if self._another.match(reading.key, figure.end) and not self._another.match(reading.key, earlier.end):
            return True
        bounds = {figure.modifier, earlier.modifier}
        return bool(bounds & _LEAST) and bool(bounds & _MOST)

    def _names(self, reading: Reading, low: int, high: int) -> list[tuple[str, str, int]]:
        """The names in ``[low, high)``, persons aside, each with the word before it and its place."""
        key = reading.key
        runs: list[tuple[int, int]] = []
        for word in _CAPITAL.finditer(key, low, high):
            if runs and key[runs[-1][1] : word.start()] == " ":
                runs[-1] = (runs[-1][0], word.end())
            else:
                runs.append(word.span())
        found = []
        for start, end in runs:
            if reading.is_person(end - 1):
                continue
            words = fold(key[start:end]).split()
            begins = start == low or not key[low:start].strip(' -+*•"(')
            while words and (words[0] in self._general or (begins and len(words) == 1)):
                words, begins = words[1:], False
            while words and words[-1] in self._general:
                words = words[:-1]
            if words:
                head = _LAST_WORD.search(key, max(low, start - 12), start)
                kind = fold(head.group()) if head else ""
                if kind in self._honorifics:
                    continue
                found.append((" ".join(words), kind if kind in self._heads else "", start))
        return found


def _same(one: str, other: str) -> bool:
    return f" {one} " in f" {other} " or f" {other} " in f" {one} "


def _shared(first: tuple[tuple[str, str], ...], second: tuple[tuple[str, str], ...]) -> bool:
    return any(_same(a, b) for a, _ in first for b, _ in second)


def _other_of_kind(first: tuple[tuple[str, str], ...], second: tuple[tuple[str, str], ...]) -> bool:
    """Whether both name a thing of one kind (a district), and not the same."""
    kinds = {k for _, k in first if k} & {k for _, k in second if k}
    return any(not _shared(tuple(n for n in first if n[1] == k), tuple(n for n in second if n[1] == k)) for k in kinds)
