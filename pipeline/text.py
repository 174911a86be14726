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
# only an open syllable has two spellings ("hoàn" has one), and "qu" is a consonant ("quý")
_OPEN_SYLLABLE = re.compile(rf"(?<![qQ])(?:{'|'.join(_PAIRS)})(?!\w)")
_LIKE = str.maketrans(
    {
        "\u00a0": " ", "\u2002": " ", "\u2003": " ", "\u2009": " ", "\u202f": " ", "\t": " ", "\u3000": " ",
        "–": "-", "—": "-", "‐": "-", "‑": "-", "‒": "-", "−": "-", "―": "-",
        "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "`": "'", "´": "'",
        "Ð": "Đ", "\u0189": "Đ", "ð": "đ", "…": ".", "\uff0c": ",", "\uff1a": ":", "∕": "/", "⁄": "/", "％": "%",
    }
)  # fmt: skip


def nfc(text: str) -> str:
    """The text in normal form C."""
    return unicodedata.normalize("NFC", text)


def canonical(text: str) -> str:
    """A key of the same length: one tone-mark place (``hoà`` -> ``hòa``), one dash, quote, space and ``Đ``.

    ``text`` must be NFC. Case is kept.
    """
    return _OPEN_SYLLABLE.sub(lambda m: _PAIRS[m.group()], text.translate(_LIKE))


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """A key for comparing words and names: canonical, lower case, single spaces. Diacritics stay (Hoa is not Hòa)."""
    return " ".join(canonical(nfc(text)).lower().split())


def search_key(text: str) -> str:
    """A key for search boxes: no diacritics and ``đ`` as ``d``. Never for identity."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d").replace("ð", "d"))
    return "".join(c for c in plain if not unicodedata.combining(c))
