"""Vietnamese spelling: one key for the many ways in which the same word is written. No word lists here.

`canonical` keeps the length of its argument, so that a match on the key has the offsets of the text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_TONES = "\u0300\u0301\u0309\u0303\u0323"  # grave, acute, hook, tilde, dot below


def _tone_pairs() -> dict[str, str]:
    """Old to new spellings of the tone mark on ``oa``, ``oe``, ``uy``: ``oà`` (new) -> ``òa`` (old, the key)."""
    pairs = {}
    for first, second in ("oa", "oe", "uy"):
        for tone in _TONES:
            for a, b in ((first, second), (first.upper(), second), (first.upper(), second.upper())):
                new = a + unicodedata.normalize("NFC", b + tone)
                pairs[new] = unicodedata.normalize("NFC", a + tone) + b
    return pairs


_PAIRS = _tone_pairs()


def _open_syllable() -> re.Pattern[str]:
    """A pair at the end of a syllable: "hoàn" has one spelling, and "qu" is a consonant ("quý")."""
    second: dict[str, str] = {}
    for pair in _PAIRS:
        second[pair[0]] = second.get(pair[0], "") + pair[1]
    # the look-behind stands last, so that the search runs from one known first letter to the next
    return re.compile("|".join(rf"{first}[{vowels}](?!\w)(?<![qQ]..)" for first, vowels in second.items()))


_OPEN_SYLLABLE = _open_syllable()
_LIKE: dict[int, str] = str.maketrans(
    {
        "\u00a0": " ", "\u2002": " ", "\u2003": " ", "\u2009": " ", "\u202f": " ", "\t": " ", "\u3000": " ",
        "–": "-", "—": "-", "‐": "-", "‑": "-", "‒": "-", "−": "-", "―": "-",
        "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "`": "'", "´": "'",
        "\u010c": "C", "\u010d": "c",  # the Ede name of a place written with its own letter: Čư M'gar
        "Ð": "Đ", "\u0189": "Đ", "ð": "đ", "…": ".", "\uff0c": ",", "\uff1a": ":", "∕": "/", "⁄": "/", "％": "%",
    }
)  # fmt: skip


_ALIKE = re.compile("[" + "".join(re.escape(chr(code)) for code in _LIKE) + "]")


def nfc(text: str) -> str:
    """The text in normal form C."""
    return unicodedata.normalize("NFC", text)


def canonical(text: str) -> str:
    """A key of the same length: one tone-mark place (``hoà`` -> ``hòa``), one dash, quote, space and ``Đ``.

    ``text`` must be NFC. Case is kept.
    """
    text = _ALIKE.sub(lambda m: _LIKE[ord(m.group())], text)
    return _OPEN_SYLLABLE.sub(lambda m: _PAIRS[m.group()], text)


def lower(text: str) -> str:
    """Small letters at the same offsets."""
    small = text.lower()
    return small if len(small) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """A key for comparing words and names: canonical, lower case, single spaces. Diacritics stay (Hoa is not Hòa)."""
    return " ".join(canonical(nfc(text)).lower().split())


def toneless(text: str) -> str:
    """Small letters without tone marks; the letters themselves stay (``tuyết`` -> ``tuyêt``)."""
    marks = unicodedata.normalize("NFD", text.lower())
    return unicodedata.normalize("NFC", "".join(c for c in marks if c not in _TONES))


def search_key(text: str) -> str:
    """A key for search boxes: no diacritics and ``đ`` as ``d``. Never for identity."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d").replace("ð", "d"))
    return "".join(c for c in plain if not unicodedata.combining(c))
