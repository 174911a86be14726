"""What was found of one passage so far: its sentences, its titles in chains, its people in the order of the text."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Self

from pipeline.document import Passage
from pipeline.extract.positions import Chain, Reader, Seat
from pipeline.facts import Position

# within a sentence nothing further away than this is looked at (characters)
_SENTENCE = 700
# who stands at a place is looked for this far behind it (characters): an honorific may be before the name
_CLOSE = 40
# titles further back than this many govern nothing
_CHAINS = 12


@dataclass(slots=True)
class Person:
    """A person under work: ``start``/``end`` cover the name, ``lead`` to ``tail`` honorific, name and positions."""

    start: int
    end: int
    lead: int
    tail: int
    rule_id: str
    honorific: str | None = None
    kind: str = "full"  # full, short (one syllable), title (title alone), pronoun
    plural: bool = False
    # the positions are the words of the mention itself, not beside it
    positions: list[Position] = field(default_factory=list)
    roles: set[str] = field(default_factory=set)
    # what stands before the first of a list and is said of all ("Có mặt từ sớm, ông A; bà B")
    led: set[str] = field(default_factory=set)

    @classmethod
    def bare(cls, span: tuple[int, int], honorific: str | None = None, plural: bool = False) -> Self:
        """A person whose name stands there without an honorific of its own."""
        return cls(*span, *span, "official.bare", honorific, plural=plural)

    def hold(self, seats: Iterable[Seat], text: str, tenure: str | None = None) -> None:
        """Give the person these seats; ``tenure`` is what the sentence says of them, None where it says nothing."""
        self.positions.extend(x.position(text, tenure) for x in seats)
        if tenure == "elected":
            self.roles.add("elected")


class Findings:
    """One passage under work. All offsets are those of ``text`` and ``key``."""

    def __init__(
        self, passage: Passage, reader: Reader, sentences: Sequence[int], chains: Sequence[Chain], calls: Sequence[int]
    ) -> None:
        """``sentences`` are where each begins, ``calls`` where an honorific may; both and ``chains`` in order."""
        self.text, self.key, self.reader = passage.text, passage.key, reader
        self.chains, self.calls = chains, calls
        self.people: list[Person] = []
        # people and the end of the title to which they were elected: what they do stands behind it
        self.reached: list[tuple[Person, int]] = []
        self.sentences = sentences
        self._chain_starts = [c.start for c in chains]

    # people

    def add(self, person: Person) -> None:
        """Put a person where it belongs in the order of the text."""
        bisect.insort(self.people, person, key=lambda p: p.start)

    def index(self, start: int) -> int:
        """The index of the first person whose name begins at ``start`` or later."""
        return bisect.bisect_left(self.people, start, key=lambda p: p.start)

    def among(self, low: int, high: int) -> list[Person]:
        """The people whose names begin in ``[low, high)``."""
        return self.people[self.index(low) : self.index(high)]

    def at(self, start: int) -> Person | None:
        """The person whose name, or what belongs to it, begins at ``start``."""
        return next((p for p in self.among(start, start + _CLOSE) if start in (p.lead, p.start)), None)

    def before(self, at: int) -> Person | None:
        """The last person of whom all stands before ``at``."""
        i = self.index(at)
        return next((p for p in reversed(self.people[max(0, i - 4) : i]) if p.tail <= at), None)

    # chains of titles

    def chain_over(self, at: int) -> Chain | None:
        """The chain that covers ``at``."""
        i = bisect.bisect_right(self._chain_starts, at) - 1
        return self.chains[i] if i >= 0 and at < self.chains[i].end else None

    def chains_before(self, start: int) -> Sequence[Chain]:
        """The last chains that begin before ``start``."""
        i = bisect.bisect_left(self._chain_starts, start)
        return self.chains[max(0, i - _CHAINS) : i]

    def chain_from(self, at: int) -> Chain | None:
        """The first chain that begins at ``at`` or later."""
        i = bisect.bisect_left(self._chain_starts, at)
        return self.chains[i] if i < len(self.chains) else None

    # sentences

    def sentence(self, at: int) -> tuple[int, int]:
        """The sentence that holds ``at``."""
        i = bisect.bisect_right(self.sentences, at) - 1
        end = self.sentences[i + 1] if i + 1 < len(self.sentences) else len(self.key)
        return self.sentences[i], end

    def near(self, at: int) -> tuple[int, int]:
        """The sentence that holds ``at``, as far as it is looked at."""
        start, end = self.sentence(at)
        return max(start, at - _SENTENCE), min(end, at + _SENTENCE)
