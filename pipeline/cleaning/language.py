"""Whether a text is Vietnamese, told by its letters and small words; why not, in words for a person."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import NamedTuple

from pipeline.cleaning.old_encodings import is_syllable, recognised
from pipeline.errors import Reject
from pipeline.rules import Rules
from pipeline.text import nfc

_WORD = re.compile(r"[^\W\d_]+")
_PLAIN = re.compile(r"[\x00-\x7f]+")
# what is looked at: more says the same and costs time
_SAMPLE = 6_000


def _marked() -> str:
    """Letters that Vietnamese writes and plain Latin does not, lower case."""
    vowels = "aeiouyăâêôơư"
    tones = "\u0300\u0301\u0309\u0303\u0323"
    return "đăâêôơư" + "".join(nfc(v + t) for v in vowels for t in tones)


_MARKED = frozenset(_marked())
# letters that no other language of Latin script writes: hook, dot below, horn, and marks upon marks
_OWN = frozenset(
    c for c in _MARKED if c in "đăơư" or any(m in unicodedata.normalize("NFD", c) for m in "\u0309\u0323\u031b")
)


class _Counts(NamedTuple):
    """What tells the language of a line.

    Letters: all, those that Vietnamese marks, those of no other language. Words: those with a letter beyond plain
    Latin, and those of these that can be Vietnamese syllables.
    """

    letters: int
    marked: int
    own: int
    words: int
    spelled: int


# an article is asked about before and after furniture is taken from it, and most of its lines stay
@functools.lru_cache(maxsize=1024)
def _counts(line: str) -> _Counts:
    words = _WORD.findall(line.lower())
    joined = "".join(words)
    signs = _PLAIN.sub("", joined)
    marked = _MARKED.intersection(signs)
    beyond = [word for word in words if not word.isascii()]
    return _Counts(
        len(joined),
        sum(map(signs.count, marked)),
        sum(map(signs.count, marked & _OWN)),
        len(beyond),
        sum(map(is_syllable, beyond)),
    )


class LanguageCheck:
    """Tells Vietnamese text by the settings of ``rules/language``."""

    def __init__(self, rules: Rules) -> None:
        language = rules["language"]
        settings = language.settings
        self._least_marked = float(settings["least_marked_share"])
        self._stripped_share = float(settings["stripped_share"])
        self._english_share = float(settings["english_share"])
        self._least_letters = int(settings["least_letters"])
        self._least_spelled = float(settings["least_spelled_share"])
        self._stripped = frozenset(language.lexicon["stripped_word"])
        self._english = frozenset(language.lexicon["english_word"])

    def __call__(self, text: str) -> tuple[Reject, str] | None:
        """None for a Vietnamese text, else the reason and what to say of it."""
        sample = _sample(text)
        of_lines = map(_counts, sample.split("\n"))
        letters, marked, own, words, spelled = map(sum, zip(*of_lines, strict=True))
        if letters < self._least_letters:
            return Reject.NO_TEXT, f"no article text: only {letters} letters are left of it"
        # share over letters, so that foreign names weigh little
        if marked >= self._least_marked * letters and own >= 0.02 * letters:
            if words and spelled / words >= self._least_spelled:
                return None
            return Reject.NOT_VIETNAMESE, "the text has letters of Vietnamese, but its words are of another language"
        if old := recognised(sample):
            detail = f"the text is in {old}, an encoding of old fonts: convert it to Unicode first"
            return Reject.ENCODING, detail
        return Reject.NOT_VIETNAMESE, self._what(_WORD.findall(sample.lower()))

    def _what(self, words: list[str]) -> str:
        # the stripped words are told before English: they share none
        if sum(w in self._stripped for w in words) > self._stripped_share * len(words):
            return "Vietnamese without its diacritics: names and words cannot be told apart, so nothing is read from it"
        if sum(w in self._english for w in words) > self._english_share * len(words):
            return "the text is English, not Vietnamese"
        return "the text is not Vietnamese"


def _sample(text: str) -> str:
    """Beginning, middle and end of a long text."""
    if len(text) <= _SAMPLE:
        return text
    third, middle = _SAMPLE // 3, len(text) // 2
    return text[:third] + "\n" + text[middle : middle + third] + "\n" + text[-third:]
