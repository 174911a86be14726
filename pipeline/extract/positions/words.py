"""The words that titles, bodies and names are told apart by, and where a word of the text ends."""

from __future__ import annotations

import copy
from collections.abc import Sequence

from pipeline.document import NO_SPANS, Spans
from pipeline.gates import Guarded
from pipeline.rules import Rules

# a segmented word of two syllables is longer than this (characters)
_SHORTEST = 4


class Words:
    """Compiled patterns of ``rules/official`` that several of the readers ask about."""

    def __init__(self, rules: Rules) -> None:
        own = rules["official"]
        self._segmented = NO_SPANS
        self.title = Guarded(own.rule("official.title").regex)
        self.gap = own.pattern("[ ]{1,3}")
        self.start = Guarded(own.pattern("{org_start}{E}"))
        self.word = Guarded(own.pattern("{org_word}{E}"))
        self.function = Guarded(
            own.pattern("(?:{function_word}|(?!(?:{not_cue}){E})(?:{cue})|{link}|{filler}|{elected_verb}){E}")
        )
        self.place = Guarded(own.pattern("(?:{place}){E}"))
        self.country = Guarded(own.pattern("(?:{country}){E}"))

    def on(self, words: Sequence[tuple[int, int]]) -> Words:
        """The same for one text, whose segmented words (spans) tell where a word goes on in small letters."""
        one = copy.copy(self)
        one._segmented = Spans.of(words)
        return one

    def word_end(self, key: str, start: int, end: int) -> int:
        """The end of the segmenter's word that begins with the capitals ``start`` … ``end`` ("Lâm sản")."""
        if end - start > 1 and key[start:end].isupper():
            return end
        stop = self._segmented.end_at(start)
        if stop is None or stop - start <= _SHORTEST:
            return end
        rest = key[end:stop]
        if rest[:1] != " " or not rest.islower() or self.function.match(key, end + 1) is not None:
            return end
        return stop
