"""The cue words of ``rules/figure_context`` in one table, and the search for them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from pipeline.extract.numbers import Phrases
from pipeline.text import fold

WORD = re.compile(r"\w+")
_SPACE = re.compile(" ")
_NO_ROLES: set[str] = set()


class TopicRow(BaseModel):
    """Words that speak for a topic, and how much."""

    model_config = ConfigDict(extra="forbid")
    topic: str
    weight: int
    words: list[str]
    # "unit": only where the word is the thing counted; "thing": the thing itself tells the topic where it is counted;
    # "ahead": of what follows only; "gathering": of all who are named behind it in the sentence; "number": of what is
    # counted or paid, but of no share (95% CĐCS ký quy chế)
    where: Literal["", "unit", "thing", "ahead", "gathering", "number"] = ""


class Says(NamedTuple):
    """A topic that a phrase speaks for, how much, and where (see `TopicRow`)."""

    topic: str
    weight: int
    where: str


_NO_TOPICS: list[Says] = []


@dataclass(slots=True)
class Entry:
    """What a phrase of the word lists stands for."""

    roles: set[str] = field(default_factory=set)
    topics: list[Says] = field(default_factory=list)
    # how much of the phrase bears the roles, and the topics, where it is not all
    reach: int = 0
    span: int = 0


class Cue(NamedTuple):
    """A phrase of the word lists, where it stands."""

    start: int
    end: int
    roles: set[str]
    topics: list[Says]


class Listed(Phrases):
    """A word list of its own, looked for in many stretches of a paragraph, some of them the same."""

    def places(self, key: str, low: str, start: int, end: int) -> list[tuple[int, int]]:
        """Where phrases begin at the words of ``key[start:end]``, and where the longest at each ends."""
        by_first = self._by_first
        words = (word.start() for word in WORD.finditer(low, start, end) if word.group() in by_first)
        return [(at, stop) for at in words if (stop := self.end(key, at)) is not None]


class Lexicon:
    """All cue words in one table, so that a sentence is searched once: leftmost, longest."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._by_first: dict[str, re.Pattern[str]] = {}

    def entry(self, phrase: str) -> Entry:
        """The entry of a phrase, made where there is none."""
        return self._entries.setdefault(fold(phrase), Entry())

    def close(self) -> None:
        """Sorts the phrases by their first words, the longest first; none is added from here on.

        A phrase that says nothing of the status says what its own beginning does ("thu" in "thu đoàn phí"), and one
        without a topic has that of its beginning.
        """
        for phrase, entry in self._entries.items():
            for cut in reversed([m.start() for m in _SPACE.finditer(phrase)]):
                shorter = self._entries.get(phrase[:cut])
                if shorter is not None:
                    if not entry.roles:
                        entry.roles, entry.reach = shorter.roles, cut
                    if not entry.topics:
                        entry.topics, entry.span = shorter.topics, cut
        firsts: dict[str, list[str]] = {}
        for phrase in self._entries:
            word = WORD.match(phrase)
            firsts.setdefault(word.group() if word else "", []).append(phrase)
        for first, phrases in firsts.items():
            listed = "|".join(re.escape(p) for p in sorted(phrases, key=len, reverse=True))
            self._by_first[first] = re.compile(rf"(?:{listed})(?![^\W_])")

    def scan(self, key: str, low: str, start: int, end: int) -> list[Cue]:
        """The cues of ``low[start:end]`` (lower case), in order."""
        found: list[Cue] = []
        # behind the last phrase with a role, and behind the last with a topic: the two may overlap (mỗi suất ăn)
        roles_from = topics_from = start
        by_first, entries = self._by_first, self._entries
        for word in WORD.finditer(low, start, end):
            pattern = by_first.get(word.group())
            begin = word.start()
            if pattern is None or (begin < roles_from and begin < topics_from):
                continue
            match = pattern.match(low, begin, end)
            if match is None:
                continue
            phrase, stop = match.group(), match.end()
            entry = entries[phrase]
            if (
                " " not in phrase
                and key[begin].isupper()
                and "no_name" not in entry.roles
                and _in_name(key, begin, stop)
            ):
                continue
            roles = entry.roles if begin >= roles_from else _NO_ROLES
            topics = entry.topics if begin >= topics_from else _NO_TOPICS
            if roles or topics:
                end_of_roles = begin + entry.reach if roles and entry.reach else stop
                found.append(Cue(begin, end_of_roles, roles, topics))
            if roles:
                roles_from = begin + (entry.reach or stop - begin)
            if topics:
                topics_from = begin + (entry.span or stop - begin)
        return found


def _in_name(key: str, begin: int, stop: int) -> bool:
    """Whether a capitalised syllable is one of a name: ông Lương Văn Đạt, bà Quách Thanh Nhiễm."""
    if key[stop + 1 : stop + 2].isupper():
        return True
    before = key.rfind(" ", 0, max(0, begin - 1)) + 1
    return (
        key[begin - 1 : begin] == " " and key[before].isupper() and key[begin - 2].islower() and key[stop - 1].islower()
    )
