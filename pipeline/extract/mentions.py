"""All extractors over all blocks of an article, in the order in which they may claim characters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa

from pipeline.arrow import array_of, struct_of
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
    Mention,
    Mentions,
    PersonMention,
    Refusal,
    TermMention,
)
from pipeline.parts import attempt, with_column
from pipeline.records import documents_of
from pipeline.rules import Rules, built
from pipeline.segment import SEGMENTED

EXTRACTED = pa.schema([*SEGMENTED, pa.field("mentions", struct_of(Mentions))])


Extractor = Callable[[Passage, Taken], Sequence[Mention]]


class MentionFinder:
    """Finds all mentions in a document; built once from the rules, holds no state between articles."""

    def __init__(self, rules: Rules) -> None:
        # figures and dates share what they claim: no character states two of them
        self.figures: tuple[Extractor, ...] = (
            DateExtractor(rules),
            TermExtractor(rules),
            MoneyExtractor(rules),
            PercentExtractor(rules),
            RatioExtractor(rules),
            CountExtractor(rules),
        )
        self._bodies, self._people, self._events = BodyExtractor(rules), PeopleExtractor(rules), EventExtractor(rules)

    def in_passages(self, passages: Sequence[Passage]) -> list[list[Mention]]:
        """The mentions of some blocks, for each its own, offsets within it, in no particular order."""
        found: list[list[Mention]] = [[] for _ in passages]
        taken = [Taken() for _ in passages]
        # one extractor after the other: what it looks things up in stays at hand
        for extractor in self.figures:
            for passage, claimed, own in zip(passages, taken, found, strict=True):
                mentions = extractor(passage, claimed)
                for mention in mentions:
                    claimed.add(mention.start, mention.end)
                own += mentions
        people = [self._people(passage, Taken()) for passage in passages]
        for passage, who, own in zip(passages, people, found, strict=True):
            holders = [m for m in who if isinstance(m, PersonMention) and m.positions and not m.is_short]
            own += self._bodies.without(self._bodies(passage, Taken()), holders, passage.key)
            own += who
        for passage, own in zip(passages, found, strict=True):
            own += self._events(passage, Taken())
        return found

    def in_passage(self, passage: Passage) -> list[Mention]:
        """The mentions of one block, offsets within it, in no particular order."""
        return self.in_passages([passage])[0]

    def __call__(self, document: Document) -> Mentions:
        """The mentions of an article, offsets into its text."""
        placed = list(document.passages())
        found = self.in_passages([passage for _, passage in placed])
        return group([m.shifted(start) for (start, _), own in zip(placed, found, strict=True) for m in own])


def group(found: Sequence[Mention]) -> Mentions:
    """Mentions by kind, each kind in reading order."""
    ordered = sorted(found, key=lambda m: (m.start, m.end))

    def of(kind: type) -> tuple[Any, ...]:
        return tuple(m for m in ordered if type(m) is kind)

    return Mentions(
        figures=of(Figure),
        dates=of(DateMention),
        terms=of(TermMention),
        people=of(PersonMention),
        bodies=of(BodyMention),
        events=of(EventMention),
        refusals=of(Refusal),
    )


def extract_part(batch: pa.Table, rules: Rules) -> pa.Table:
    """Segmented records (`pipeline.segment.SEGMENTED`) with their mentions (`EXTRACTED`)."""
    found, refused = attempt(documents_of(batch), built(MentionFinder, rules))
    return with_column(batch, array_of(Mentions, found), refused, EXTRACTED)
