"""All that is read of positions in one text."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract.positions.bodies import BodyReader
from pipeline.extract.positions.chains import ChainReader
from pipeline.extract.positions.endings import EndingReader
from pipeline.extract.positions.names import NameReader
from pipeline.extract.positions.seats import Chain
from pipeline.extract.positions.titles import TitleReader
from pipeline.extract.positions.words import Words
from pipeline.rules import Rules


class Reader:
    """The readers of ``names``, ``bodies`` and ``titles``, set up to work together; they hold no other state."""

    def __init__(self, rules: Rules) -> None:
        words = self._words = Words(rules)
        self.names = NameReader(rules, words)
        self._endings = EndingReader(rules, words, self.names)
        self.bodies = BodyReader(rules, words, self.names, self._endings)
        self.titles = TitleReader(rules, words, self.names, self.bodies)
        self._chains = ChainReader(rules, words, self.titles)

    def on(self, words: Sequence[tuple[int, int]]) -> Reader:
        """The same readers for one text, whose segmented words (spans) tell where a word goes on in small letters."""
        one = object.__new__(Reader)
        own = one._words = self._words.on(words)
        one.names = self.names.on(own)
        one._endings = self._endings.on(own, one.names)
        one.bodies = self.bodies.on(own, one.names, one._endings)
        one.titles = self.titles.on(own, one.names, one.bodies)
        one._chains = self._chains.on(own, one.titles)
        return one

    def chains(self, key: str, starts: Sequence[int]) -> list[Chain]:
        """All chains of titles in the text, in order, none inside another; ``starts`` are where one may begin."""
        return self._chains.read(key, starts)
