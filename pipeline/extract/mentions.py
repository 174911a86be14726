"""All extractors over all blocks of an article: those of figures in the order in which they may claim characters.

Two stages: names and figures know nothing of each other, so a rule of one kind leaves what was found of the other.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

import pyarrow as pa

from pipeline.arrow import array_of
from pipeline.document import Document, Passage, Taken
from pipeline.extract.bodies import BodyExtractor
from pipeline.extract.counts import CountExtractor
from pipeline.extract.dates import DateExtractor
from pipeline.extract.events import EventExtractor
from pipeline.extract.money import MoneyExtractor
from pipeline.extract.people import PeopleExtractor
from pipeline.extract.percents import PercentExtractor
from pipeline.extract.ratios import RatioExtractor
from pipeline.extract.terms import TermExtractor
from pipeline.facts import (
    BodyMention,
    DateMention,
    EventMention,
    Figure,
    FigureMentions,
    Mention,
    Mentions,
    NameMentions,
    PersonMention,
    Refusal,
    TermMention,
)
from pipeline.parts import attempt, stored, with_columns
from pipeline.records import texts_of
from pipeline.rules import Rules, built

Extractor = Callable[[Passage, Taken], Sequence[Mention]]
Found = TypeVar("Found")

_KINDS: dict[str, type[Mention]] = {
    "figures": Figure,
    "dates": DateMention,
    "terms": TermMention,
    "people": PersonMention,
    "bodies": BodyMention,
    "events": EventMention,
    "refusals": Refusal,
}


class Finder(Protocol):
    """Finds mentions; built once from the rules, holds no state between articles."""

    def in_passages(self, passages: Sequence[Passage]) -> list[list[Mention]]:
        """The mentions of some blocks, for each its own, offsets within it, in no particular order."""


class FigureFinder:
    """Finds figures, dates and terms. They share what they claim: no character states two of them."""

    def __init__(self, rules: Rules) -> None:
        self._extractors: tuple[Extractor, ...] = (
            DateExtractor(rules),
            TermExtractor(rules),
            MoneyExtractor(rules),
            PercentExtractor(rules),
            RatioExtractor(rules),
            CountExtractor(rules),
        )

    def in_passages(self, passages: Sequence[Passage]) -> list[list[Mention]]:
        """See `Finder`."""
        found: list[list[Mention]] = [[] for _ in passages]
        taken = [Taken() for _ in passages]
        # one extractor after the other: what it looks things up in stays at hand
        for extractor in self._extractors:
            for passage, claimed, own in zip(passages, taken, found, strict=True):
                mentions = extractor(passage, claimed)
                for mention in mentions:
                    claimed.add(mention.start, mention.end)
                own += mentions
        return found


class NameFinder:
    """Finds people, bodies and the words for events."""

    def __init__(self, rules: Rules) -> None:
        self._bodies, self._people, self._events = BodyExtractor(rules), PeopleExtractor(rules), EventExtractor(rules)

    def in_passages(self, passages: Sequence[Passage]) -> list[list[Mention]]:
        """See `Finder`."""
        found: list[list[Mention]] = [[] for _ in passages]
        people = self._people.in_passages(passages)
        for passage, who, own in zip(passages, people, found, strict=True):
            holders = [m for m in who if isinstance(m, PersonMention) and m.positions and not m.is_short]
            own += self._bodies.without(self._bodies(passage, Taken()), holders, passage.key)
            own += who
        for passage, own in zip(passages, found, strict=True):
            own += self._events(passage, Taken())
        return found


class MentionFinder:
    """Finds all mentions in a document, as both stages do together."""

    def __init__(self, rules: Rules) -> None:
        self._figures, self._names = FigureFinder(rules), NameFinder(rules)

    def in_passage(self, passage: Passage) -> list[Mention]:
        """The mentions of one block, offsets within it, in no particular order."""
        return self._figures.in_passages([passage])[0] + self._names.in_passages([passage])[0]

    def __call__(self, document: Document) -> Mentions:
        """The mentions of an article, offsets into its text."""
        names = mentions_of(NameMentions, self._names, document)
        return Mentions.of(names, mentions_of(FigureMentions, self._figures, document))


def mentions_of(kind: type[Found], finder: Finder, document: Document) -> Found:
    """What a finder finds in an article, by the fields of ``kind``; each in reading order, offsets into its text."""
    placed = list(document.passages())
    found = finder.in_passages([passage for _, passage in placed])
    shifted = [m.shifted(start) for (start, _), own in zip(placed, found, strict=True) for m in own]
    ordered = sorted(shifted, key=lambda m: (m.start, m.end))
    fields: dict[str, Any] = {
        field.name: tuple(m for m in ordered if type(m) is _KINDS[field.name])
        for field in dataclasses.fields(kind)  # type: ignore[arg-type]
    }
    return kind(**fields)


def _found(batch: pa.Table, kind: type[Found], finder: Finder, column: str) -> pa.Table:
    found, refused = attempt(texts_of(batch), lambda document: mentions_of(kind, finder, document))
    array, refused = stored(found, refused, lambda some: array_of(kind, some))
    return with_columns(batch, {column: array}, refused)


def names_part(batch: pa.Table, rules: Rules) -> pa.Table:
    """The ``names`` (`NameMentions`) of segmented records."""
    return _found(batch, NameMentions, built(NameFinder, rules), "names")


def figures_part(batch: pa.Table, rules: Rules) -> pa.Table:
    """The ``figures`` (`FigureMentions`) of segmented records."""
    return _found(batch, FigureMentions, built(FigureFinder, rules), "figures")
