"""Tells a person's name among capitalised words from what else they may be."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract.bodies.words import GAP, TOKEN
from pipeline.rules import Rules
from pipeline.text import fold

# a name of more words than this is no name
MAX_TOKENS = 16


class Persons:
    """The words of ``rules/body`` that persons' names begin with, and those that stand before them."""

    def __init__(self, rules: Rules) -> None:
        body = rules["body"]
        self.honorifics = frozenset(body.lexicon["honorifics"])
        self._families = frozenset(body.lexicon["family_names"])
        self._common = frozenset(fold(w) for w in body.settings["common_family_names"])
        self._middles = frozenset(body.lexicon["middle_names"])
        self._titles = tuple(body.lexicon["titles"])

    def is_family(self, word: str) -> bool:
        """Whether a word is a family name."""
        return fold(word) in self._families

    def is_titled(self, text: str, start: int) -> bool:
        """Whether a title stands right before ``start``."""
        return fold(text[max(0, start - 32) : start]).endswith(self._titles)

    def run(self, text: str, start: int) -> tuple[list[str], int]:
        """The capitalised words from ``start`` on, up to an honorific, and where they end."""
        words: list[str] = []
        end = position = start
        while len(words) < MAX_TOKENS and (token := TOKEN.match(text, position)) and token.group()[0].isupper():
            if words and token.group() in self.honorifics:
                break
            words.append(token.group())
            end = token.end()
            gap = GAP.match(text, end)
            if gap is None:
                break
            position = gap.end()
        return words, end

    def at(self, words: Sequence[str], titled: bool) -> int | None:
        """Where in capitalised words a person's name begins that runs to their end; None where there is none."""
        best: tuple[int, int] | None = None
        for index, word in enumerate(words):
            size = len(words) - index
            if (
                not 2 <= size <= 4
                or not self.is_family(word)
                or any(len(w) > 7 or w.isupper() != word.isupper() for w in words[index:])
            ):
                continue
            score = (
                2 * (fold(word) in self._common) + (size == 3) + (size > 2 and fold(words[index + 1]) in self._middles)
            )
            if score >= (1 if titled else 4) and (size > 2 or titled) and (best is None or score >= best[0]):
                best = (score, index)
        return best[1] if best else None
