"""Whether a text is Vietnamese, told by its letters and small words; why not, in words for a person."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from pipeline.cleaning.old_encodings import recognised, valid_share
from pipeline.errors import Reject
from pipeline.rules import Rules
from pipeline.text import nfc

_WORD = re.compile(r"[^\W\d_]+")
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
        words = _WORD.findall(sample.lower())
        letters = sum(map(len, words))
        if letters < self._least_letters:
            return Reject.NO_TEXT, f"no article text: only {letters} letters are left of it"
        # share over letters, so that foreign names weigh little
        counted = Counter("".join(words))
        marked = sum(n for letter, n in counted.items() if letter in _MARKED)
        own = sum(n for letter, n in counted.items() if letter in _OWN)
        if marked >= self._least_marked * letters and own >= 0.02 * letters:
            if valid_share([word for word in words if not word.isascii()]) >= self._least_spelled:
                return None
            return Reject.NOT_VIETNAMESE, "the text has letters of Vietnamese, but its words are of another language"
        if old := recognised(sample):
            detail = f"the text is in {old}, an encoding of old fonts: convert it to Unicode first"
            return Reject.ENCODING, detail
        return Reject.NOT_VIETNAMESE, self._what(words)

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
