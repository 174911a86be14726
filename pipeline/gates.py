"""Where a pattern can begin at all, told from the pattern itself: the first words that its matches may have.

Most rules begin with a word (``{B}hội{sp}nghị``, ``{B}{committee}{E}``). To search a text for each of a hundred such
rules reads it a hundred times. `RuleIndex` reads its words once, asks a table which rules can begin with each, and
tries those at that place alone. It finds what searching with every rule finds.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from regex import Match, Pattern

from pipeline.rules import Rule

# more first words than these, and the gate is given up
_MOST = 20_000
# words whose rules are remembered
_KNOWN = 50_000
_WORD = re.compile(r"\w+")
_DIGIT = re.compile(r"\d")
_NOT_BEFORE = r"(?<![\p{L}\p{N}_])"
_NOT_AFTER = r"(?![\p{L}\p{N}_])"
_REPEATED = re.compile(r"[?*+]|\{(\d*)(?:,\d*)?\}")
_PIECE = re.compile(r"\\p\{\w+\}|\\.|.", re.DOTALL)
_LITERAL_ESCAPES = frozenset("./-()[]{}?+*|&,\"'%:;!#^$\\ ")


@dataclass(frozen=True, slots=True)
class FirstWords:
    """What a match can begin with, in small letters and with 0 for every digit.

    ``then``: first word -> what can follow it behind spaces, as whole words and as beginnings; None is anything at all.
    ``beginnings`` are those of longer first words.
    """

    then: Mapping[str, tuple[frozenset[str], tuple[str, ...]] | None]
    beginnings: tuple[str, ...]

    def begins(self, word: str) -> bool:
        """Whether a longer first word can be ``word`` (small letters, 0 for every digit)."""
        return word.startswith(self.beginnings)

    def admits(self, word: str, following: str) -> bool:
        """Whether a match can begin with ``word`` before ``following`` (small letters, 0 for every digit).

        ``following`` is empty where no word stands behind spaces.
        """
        if word.startswith(self.beginnings):
            return True
        if word not in self.then:
            return False
        then = self.then[word]
        return then is None or following in then[0] or following.startswith(then[1])


# how far a first word is read: its letters so far, whether a word's start was asked for, what is known of its end
_GOING, _OPEN, _CLOSED = range(3)
_State = tuple[str, bool, int]


# what is only looked at adds nothing to a word
_LOOKED: _State = ("-", True, _CLOSED)


class _UnknownError(Exception):
    """The pattern can begin with anything, or has something that is not understood here."""


@functools.cache
def first_words(pattern: str) -> FirstWords | None:
    """The first words of a verbose ``regex`` pattern's matches; None where they may begin with anything."""
    try:
        states = _Reading(pattern).all()
    except (_UnknownError, IndexError):
        return None
    if not all(bounded and word for word, bounded, _ in states):
        return None
    beginnings: set[str] = set()
    then: dict[str, tuple[set[str], set[str]] | None] = {}
    for text, _, end in states:
        word, space, following = text.partition(" ")
        if space and following:
            seconds = then.setdefault(word, (set(), set()))
            if seconds is not None:
                seconds[end != _CLOSED].add(following)
        elif space or end == _CLOSED:
            then[word] = None
        else:
            beginnings.add(word)
    sorted_then = {
        word: None if seconds is None else (frozenset(seconds[0]), tuple(sorted(seconds[1])))
        for word, seconds in then.items()
    }
    return FirstWords(sorted_then, tuple(sorted(beginnings)))


class _Reading:
    """A pattern read from left to right. All that is not a plain letter makes the answer wider, never narrower."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def all(self) -> set[_State]:
        states = self._alternatives({("", False, _GOING)})
        if self._at != len(self._pattern):
            raise _UnknownError
        return states

    def _alternatives(self, states: set[_State]) -> set[_State]:
        """Branches up to the end of the group."""
        out = self._sequence(states)
        while self._pattern[self._at : self._at + 1] == "|":
            self._at += 1
            out |= self._sequence(states)
        if len(out) > _MOST:
            raise _UnknownError
        return out

    def _sequence(self, states: set[_State]) -> set[_State]:
        pattern = self._pattern
        while self._at < len(pattern) and pattern[self._at] not in "|)":
            if pattern[self._at] in " \n\t\r":
                self._at += 1
            elif pattern[self._at] == "#":
                line_end = pattern.find("\n", self._at)
                self._at = len(pattern) if line_end < 0 else line_end
            else:
                spaces = pattern.startswith("[ ]", self._at)
                after = self._atom(states)
                least, several = self._count()
                if several and not spaces:
                    # what stands again may make the word longer
                    after = {_opened(s) for s in after}
                states = after if least else states | after
        return states

    def _count(self) -> tuple[int, bool]:
        """How often the atom stands at least, and whether it may stand more than once."""
        found = _REPEATED.match(self._pattern, self._at)
        if found is None:
            return 1, False
        self._at = found.end()
        if self._pattern[self._at : self._at + 1] in ("?", "+"):
            self._at += 1
        sign = found.group()
        if sign[0] == "{":
            return int(found[1] or 0), sign != "{1}"
        return int(sign == "+"), sign != "?"

    def _atom(self, states: set[_State]) -> set[_State]:
        pattern, at = self._pattern, self._at
        char = pattern[at]
        if char == "(":
            return self._group(states)
        if char == "[":
            return self._class(states)
        if char == "\\":
            return self._escape(states)
        self._at += 1
        if char == ".":
            return {_opened(s) for s in states}
        if char in "^$":
            return states
        return _added(states, char)

    def _escape(self, states: set[_State]) -> set[_State]:
        piece = _PIECE.match(self._pattern, self._at)
        if piece is None:
            raise _UnknownError
        self._at = piece.end()
        sign = piece.group()
        if sign in (r"\b", r"\Z", r"\A"):
            return states
        if sign == r"\d":
            return _added(states, "0")
        if sign == r"\s":
            return _added(states, "\n")
        if _plain(sign):
            return _added(states, sign[1])
        if sign in (r"\w", r"\S", r"\D", r"\W") or sign.startswith((r"\p", r"\P")):
            return {_opened(s) for s in states}
        raise _UnknownError  # a back reference, a set of the regex module's own

    def _group(self, states: set[_State]) -> set[_State]:
        pattern = self._pattern
        if pattern.startswith(_NOT_BEFORE, self._at):
            self._at += len(_NOT_BEFORE)
            return {(word, True, end) if not word else (word, bounded, end) for word, bounded, end in states}
        if pattern.startswith(_NOT_AFTER, self._at):
            self._at += len(_NOT_AFTER)
            return {_ended(s) for s in states}
        head = re.compile(r"\((?:\?(?:(?P<look>[=!]|<[=!])|P?<\w+>|>|[a-z]*:))?").match(pattern, self._at)
        if head is None or (pattern.startswith("(?", self._at) and head.end() == self._at + 1):
            raise _UnknownError
        self._at = head.end()
        out = self._alternatives({_LOOKED} if head["look"] else states)
        if pattern[self._at] != ")":
            raise _UnknownError
        self._at += 1
        return states if head["look"] else out

    def _class(self, states: set[_State]) -> set[_State]:
        pattern = self._pattern
        at = self._at + 1
        pieces: list[str] = []
        while pattern[at] != "]" or not pieces:
            piece = _PIECE.match(pattern, at)
            if piece is None or piece.group() == "[":
                raise _UnknownError
            pieces.append(piece.group())
            at = piece.end()
        self._at = at + 1
        plain = {p[-1] if len(p) == 1 or _plain(p) else p for p in pieces}
        if "".join(pieces) == "0-9":
            plain = {r"\d"}
        elif pieces[0] == "^" or "-" in pieces[1:-1]:
            return {_opened(s) for s in states}
        out: set[_State] = set()
        for one in plain:
            if len(one) == 1:
                out |= _added(states, one)
            elif one == r"\d":
                out |= _added(states, "0")
            elif one == r"\s":
                out |= _added(states, "\n")
            else:
                out |= {_opened(s) for s in states}
        return out


def _ended(state: _State) -> _State:
    word, bounded, end = state
    return (word, bounded, _CLOSED) if end == _GOING and word and word[-1] != " " else state


@functools.lru_cache(maxsize=_KNOWN)
def _plain_word(word: str) -> str:
    return _DIGIT.sub("0", word.lower())


def _plain(escape: str) -> bool:
    """Whether a backslash only says that the character behind it is meant."""
    return escape[1] in _LITERAL_ESCAPES or not escape[1].isascii()


def _opened(state: _State) -> _State:
    word, bounded, end = state
    return (word, bounded, _OPEN) if end == _GOING else state


def _added(states: set[_State], char: str) -> set[_State]:
    """The states after one more character."""
    out: set[_State] = set()
    for word, bounded, end in states:
        if end != _GOING:
            out.add((word, bounded, end))
        elif char.isalnum() or char == "_":
            low = "0" if char.isdecimal() else char.lower()
            # a letter that becomes two in lower case is none to go by
            out.add((word + low, bounded, _GOING) if len(low) == 1 else (word, bounded, _OPEN))
        elif word and char == " " and " " not in word:
            out.add((word + " ", bounded, _GOING))
        elif word and not word.endswith(" "):
            out.add((word, bounded, _CLOSED))
        elif word:
            # a sign behind a space: any sign, or another space
            out.add((word, bounded, _GOING if char == " " else _OPEN))
        else:
            raise _UnknownError  # a match may begin with what is no word
    return out


@functools.lru_cache(maxsize=256)
def chunks_of(key: str) -> tuple[list[str], list[int]]:
    """A passage cut at its spaces, and where each chunk begins. Every family of rules asks for them."""
    chunks = key.split(" ")
    return chunks, list(itertools.accumulate([len(chunk) + 1 for chunk in chunks], initial=0))


class Guarded:
    """A pattern that is tried at a place only where one of its first words stands: for long lists tried often."""

    def __init__(self, pattern: Pattern[str]) -> None:
        self._pattern = pattern
        # a match begins where it is asked for, so that place is as good as a word's start
        self._first = first_words(_NOT_BEFORE + pattern.pattern)

    def match(self, key: str, at: int, end: int | None = None) -> Match[str] | None:
        """What the pattern's ``match`` gives at ``at`` of ``key`` (canonical)."""
        stop = len(key) if end is None else end
        if self._first is not None:
            found = _WORD.match(key, at, stop)
            word = _plain_word(found.group()) if found else ""
            if word not in self._first.then and not (word and self._first.begins(word)):
                return None
        return self._pattern.match(key, at, stop)


class _Word:
    """A word of a chunk with which rules can begin, and which ones, by the chunk that follows."""

    __slots__ = ("at", "by_next", "is_last", "rules", "word")

    def __init__(self, at: int, word: str, is_last: bool, rules: list[int]) -> None:
        self.at, self.word, self.is_last, self.rules = at, word, is_last, rules
        self.by_next: dict[str, tuple[int, ...]] = {}


class RuleIndex:
    """A family of rules that are all searched for in one text."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = tuple(rules)
        self._first = tuple(first_words(rule.regex.pattern) for rule in self._rules)
        self._anywhere = tuple(i for i, first in enumerate(self._first) if first is None)
        known = [(i, first) for i, first in enumerate(self._first) if first is not None]
        self._whole: dict[str, list[int]] = {}
        for i, first in known:
            for word in first.then:
                self._whole.setdefault(word, []).append(i)
        self._begun = [i for i, first in known if first.beginnings]
        # chunks seen, those without a rule's first word apart: they are most
        self._quiet: set[str] = set()
        self._words: dict[str, list[_Word]] = {}
        self._known = 0

    def _of(self, rule: int) -> FirstWords:
        first = self._first[rule]
        assert first is not None
        return first

    def _read(self, chunk: str) -> list[_Word]:
        """The words of a chunk with which rules begin, remembered."""
        if self._known >= _KNOWN:
            self._quiet, self._words, self._known = set(), {}, 0
        self._known += 1
        found = []
        for match in _WORD.finditer(chunk):
            word = _plain_word(match.group())
            rules = [*self._whole.get(word, ()), *(i for i in self._begun if self._of(i).begins(word))]
            if rules:
                found.append(_Word(match.start(), word, match.end() == len(chunk), sorted(set(rules))))
        if found:
            self._words[chunk] = found
        else:
            self._quiet.add(chunk)
        return found

    def _admitted(self, word: _Word, following: str) -> tuple[int, ...]:
        """The rules that can begin with a word before a chunk, remembered."""
        self._known += 1
        begin = _WORD.match(following)
        after = _plain_word(begin.group()) if begin else ""
        found = tuple(i for i in word.rules if self._of(i).admits(word.word, after))
        word.by_next[following] = found
        return found

    def finditer(self, key: str) -> Iterator[tuple[Rule, Match[str]]]:
        """What every rule's ``finditer`` gives on ``key`` (canonical): rule by rule, in their order."""
        places: dict[int, list[int]] = {i: [] for i in self._anywhere}
        chunks, starts = chunks_of(key)
        quiet, words = self._quiet, self._words
        for at in [i for i, chunk in enumerate(chunks) if chunk not in quiet]:
            chunk = chunks[at]
            for word in words.get(chunk) or self._read(chunk):
                following = next(filter(None, itertools.islice(chunks, at + 1, None)), "") if word.is_last else ""
                admitted = word.by_next.get(following)
                if admitted is None:
                    admitted = self._admitted(word, following)
                for i in admitted:
                    places.setdefault(i, []).append(starts[at] + word.at)
        for i in sorted(places):
            rule = self._rules[i]
            if self._first[i] is None:
                yield from ((rule, match) for match in rule.finditer(key))
                continue
            behind = 0
            for start in places[i]:
                if start >= behind and (match := rule.match(key, start)) is not None:
                    yield rule, match
                    behind = match.end()
