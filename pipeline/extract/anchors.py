"""The words by which names and events are found: one reading of a passage for all extractors of names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pipeline.gates import FirstWords, WordIndex, rule_words
from pipeline.rules import Rules, built

# what `anchors` calls the places where a title may begin, an honorific, or either
TITLE, CALL, EITHER = "title", "call", "either"

_TITLES = ("head", "whole", "deputy", "former", "acting", "unit_head")
_CALLS = ("honorific", "plural", "degree")
_Opening = tuple[str, ...]
_WORD = re.compile(r"[^\W_]+")


def anchors(rules: Rules) -> WordIndex[str]:
    """Where titles and honorifics (`TITLE`, `CALL`, `EITHER`) and the rules for events (by id) may begin."""
    return built(_anchors, rules, "official", "event")


def _anchors(rules: Rules) -> WordIndex[str]:
    lexicon = rules["official"].lexicon
    joined = (a + b for a in lexicon["letters_member"] for b in lexicon["party_letters"])
    titles = _by_opening([*(word for name in _TITLES for word in lexicon[name]), *joined])
    calls = _by_opening(word for name in _CALLS for word in lexicon[name])
    # "phó" of "Phó Giáo sư" is a title's word as well
    either = {opening for opening in calls if opening in titles or opening[:1] in titles}
    people = {
        TITLE: _first_words(titles, titles.keys() - calls.keys()),
        CALL: _first_words(calls, calls.keys() - either),
        EITHER: _first_words(calls, either),
    }
    return WordIndex(people | rule_words(rules["event"].rules))


def _by_opening(phrases: Iterable[str]) -> dict[_Opening, list[str]]:
    """Phrases by the first word, and the second where there is one, whatever signs stand between them."""
    found: dict[_Opening, list[str]] = {}
    for phrase in phrases:
        found.setdefault(tuple(_WORD.findall(phrase)[:2]), []).append(phrase)
    return found


def _first_words(phrases: Mapping[_Opening, list[str]], openings: Iterable[_Opening]) -> FirstWords:
    return FirstWords.of(phrase for opening in openings for phrase in phrases[opening])
