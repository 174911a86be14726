"""Words of a canonical text as names are read by: one by one, from a list, or as the segmenter cut them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Self

import regex

from pipeline.patterns import compile_pattern
from pipeline.text import canonical, fold

# a minority language's prefix may be set off by a blank: "Nâm N' Đir"
TOKEN = regex.compile(
    r"[\p{L}\p{N}]+(?:(?:[&'/.+\-]|(?<=(?<!\p{L})[BHKLMNRTY])(?:'[ ]|[ ]')(?=\p{Lu}\p{Ll}))[\p{L}\p{N}]+){0,6}"
)
# words, the fast way; the head "C.ty" begins with a letter and a dot
WORD = re.compile(r"[^\W\d_](?:\.(?=[^\W\d_])|[^\W\d_])*")
GAP = regex.compile(r"[ ]{1,2}")
# the word before a place in the text
BEFORE = regex.compile(r"[\p{L}]+(?=[ ]{1,2}$)")

_JOINTS = re.compile(r"[ ,&-]+")


def spaced(word: str) -> str:
    """A pattern for a word list's entry: any spaces, and one sign for "and" as good as another."""
    text = regex.escape(canonical(word), special_only=True, literal_spaces=True).replace(r"\-", "-").replace(r"\&", "&")
    text = regex.sub(r" ?- ?", " - ", text)
    text = text.replace(" - ", "[ ]?[-,]?[ ]?")
    return str(text).replace("[ ]", "\0").replace(" ", "[ ]{1,2}").replace("\0", "[ ]")


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of some words, the longest first."""
    return "|".join(spaced(w) for w in longest_first(words))


def longest_first(words: Iterable[str]) -> list[str]:
    """The words in the order in which a pattern tries them."""
    return sorted(words, key=lambda w: (-len(w), w))


class Words:
    """A word list that is looked for at one place: the longest word of it, in any case."""

    def __init__(self, words: Mapping[str, str], joined: str | None = None) -> None:
        """``words`` with what each stands for; between words, ``joined`` ("và") is as good as a sign."""
        ordered = longest_first(words)
        patterns = [spaced(word) for word in ordered]
        if joined:
            link, any_link = f"[ ]{{1,2}}{joined}[ ]{{1,2}}", f"[ ]{{0,2}}(?:{joined}|&|-|,)[ ]{{0,2}}"
            patterns = [p.replace(link, any_link) for p in patterns]
        self._values = {self._key(word): words[word] for word in ordered}
        self._pattern = compile_pattern(rf"(?i:{'|'.join(patterns)})(?![\p{{L}}\p{{N}}])")
        self._list = [(compile_pattern(rf"(?i:{p})$"), words[w]) for p, w in zip(patterns, ordered, strict=True)]

    @classmethod
    def plain(cls, words: Iterable[str]) -> Self:
        """Words that stand for themselves."""
        return cls({w: w for w in words})

    @staticmethod
    def _key(word: str) -> str:
        return _JOINTS.sub(" ", fold(word))

    def at(self, text: str, start: int) -> tuple[int, str] | None:
        """End and value of the word at ``start``."""
        match = self._pattern.match(text, start)
        if match is None:
            return None
        value = self._values.get(self._key(match.group()))
        if value is None:
            value = next((v for p, v in self._list if p.match(match.group())), match.group())
        return match.end(), str(value)
