"""Foreign names: capitalised words that hold a syllable which Vietnamese has not. All words are data of
``rules/official``.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from pipeline.rules import Rules
from pipeline.text import toneless

# a name has at most this many words, small ones ("de", "bin") not counted
_MOST = 4
# words of which it is remembered whether they could be Vietnamese
_KNOWN = 8192


class ForeignNames:
    """Tells a foreigner's name by its spelling. Holds no state but its compiled pattern."""

    def __init__(self, rules: Rules) -> None:
        self._own = rules["official"]
        self._native = self._own.pattern("{onset}?{nucleus}{coda}?")
        # names come again and again
        self.is_native = functools.lru_cache(maxsize=_KNOWN)(self._is_native)

    def _is_native(self, word: str) -> bool:
        """Whether a word could be a Vietnamese syllable."""
        return self._native.fullmatch(toneless(word)) is not None

    def is_spelled_here(self, word: str) -> bool:
        """Whether a word bears marks that only Vietnamese has in names ("Hàn", "Thái"): no part of a foreign name."""
        return self.is_native(word) and not word.isascii()

    def is_name(self, parts: Sequence[str]) -> bool:
        """Whether capitalised words are a foreigner's name of two words or more, and no paper, firm or place."""
        if all(map(self.is_native, parts)):
            return False
        words = [p for p in parts if p != "-" and not self._own.has("particle", p)]
        if not 2 <= len(words) <= _MOST or any(p.isupper() and len(p) > 1 for p in words):
            return False
        if any(self._own.has(kind, p) for p in words for kind in ("not_foreign_name", "country", "not_name")):
            return False
        return not all(map(self.is_native, words))
