"""Whether a figure states a fact that an earlier one of the article stated."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.facts import Figure
from pipeline.resolve.figures.actors import Actors, Around
from pipeline.resolve.figures.reading import TRIES, FigureContext, Frame, Reading, value_of
from pipeline.text import canonical

# from this size on two equal counts of one unit in an article are one fact; smaller numbers recur by chance
_TELLING = 20
# share of common words from which two figures are taken to measure the same
_ALIKE = 0.5
_ALIKE_HEADLINE = 0.2
# how far a rounded figure lies from its exact one at most
_ROUNDED = 0.06


class Repeats:
    """The earlier figures of an article by value and by size, so that a repeat is looked up, not searched for."""

    def __init__(self) -> None:
        self._equal: dict[tuple[object, ...], list[int]] = {}
        # all, and those of the headlines, by size
        self._sized: dict[tuple[object, ...], list[int]] = {}
        self._headlined: dict[tuple[object, ...], list[int]] = {}
        # what the figures measure, that of the last one noted ahead of it
        self.words: list[set[str]] = []
        # those that state one fact, by the first of them, and what stands around each
        self.members: dict[int, list[int]] = {}
        self.around: dict[int, Around] = {}

    def add(self, index: int, reading: Reading) -> None:
        """Notes a figure; of one value or size the first few only."""
        tables = [(self._equal, reading.values[index])]
        if (size := reading.sizes[index]) is not None:
            tables.append((self._sized, size))
            if reading.headline(index):
                tables.append((self._headlined, size))
        for table, place in tables:
            noted = table.setdefault(place, [])
            if len(noted) < TRIES:
                noted.append(index)

    def candidates(self, index: int, reading: Reading) -> list[int]:
        """The figures that may state the same, in reading order: those of its value, and rounded ones of headlines."""
        found = self._equal.get(reading.values[index], [])
        size = reading.sizes[index]
        if size is None or not self._sized:
            return found
        table = self._sized if reading.headline(index) else self._headlined
        *rest, step = size
        near = [i for s in (-1, 0, 1) for i in table.get((*rest, int(str(step)) + s), ())]
        return sorted({*found, *near}) if near else found


def same_as(
    reading: Reading,
    frames: Sequence[Frame],
    contexts: Sequence[FigureContext],
    index: int,
    index_of: Repeats,
    actors: Actors,
) -> int | None:
    """The first earlier figure of the article that states the same fact (value, unit, and what it measures).

    What another does, elsewhere or on another day, is another fact, whatever it measures.
    """
    candidates = index_of.candidates(index, reading)
    if not candidates:
        return None

    def around(of: int) -> Around:
        found = index_of.around.get(of)
        if found is None:
            found = index_of.around[of] = actors.around(reading, frames[of], of)
        return found

    figures, values = reading.figures, reading.values
    figure, here = figures[index], frames[index]
    words = index_of.words[index]
    telling = figure.kind in ("money", "count") and (figure.low or 0) >= _TELLING and not figure.each
    for earlier in candidates:
        other = figures[earlier]
        if frames[earlier].sentence == here.sentence:
            continue
        equal = values[earlier] == values[index]
        headline = reading.headline(index) or reading.headline(earlier)
        if not equal and not (headline and _is_rounded(other, figure)):
            continue
        alike = _likeness(index_of.words[earlier], words)
        if alike < (_ALIKE_HEADLINE if headline else _ALIKE) and not (telling and (figure.kind == "count" or headline)):
            continue
        if actors.is_another(reading, figure, other):
            continue
        first = contexts[earlier].same_as
        root = earlier if first is None else first
        members = index_of.members.setdefault(root, [root])
        # a share or a rate is anybody's who speaks of it
        rate = figure.each or figure.kind in ("percent", "ratio")
        if any(
            actors.differ(around(m), around(index), rate or _announces(reading, m, index), alike >= _ALIKE)
            for m in members[:TRIES]
        ):
            continue
        members.append(index)
        return root
    return None


def _announces(reading: Reading, one: int, other: int) -> bool:
    """Whether one of two figures stands in a headline that may tell in its own words what the text tells."""
    if not (reading.headline(one) or reading.headline(other)):
        return False
    return reading.block_at(reading.figures[one].start) is not reading.block_at(reading.figures[other].start)


def _is_rounded(rough: Figure, exact: Figure) -> bool:
    """Whether one figure is the other, rounded (gần 12.000 / 11.864)."""
    if exact.modifier != "exact":
        rough, exact = exact, rough
    if exact.modifier != "exact" or rough.modifier not in ("nearly", "over", "about") or not rough.low or not exact.low:
        return False
    if rough.kind not in ("money", "count") or rough.currency != exact.currency or exact.low < _TELLING:
        return False
    if value_of(rough)[-1] != value_of(exact)[-1] or exact.low != exact.high:
        return False
    by = (exact.low - rough.low) / rough.low
    return abs(by) <= _ROUNDED and by != 0 and (rough.modifier == "about" or (by < 0) == (rough.modifier == "nearly"))


def words_of(about: str | None) -> set[str]:
    """The words that say what a figure measures, in one spelling and case."""
    return set(canonical(about).lower().split()) if about else set()


def _likeness(left: set[str], right: set[str]) -> float:
    """The share of the shorter text's words that stand in the longer one too."""
    return len(left & right) / min(len(left), len(right)) if left and right else 0.0
