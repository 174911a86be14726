"""Where a pattern can begin at all, told from the pattern itself: the first words that its matches may have.

Most rules begin with a word (``{B}hội{sp}nghị``, ``{B}{committee}{E}``). To search a text for each of a hundred such
rules reads it a hundred times. `RuleIndex` reads its words once, asks a table which rules can begin with each, and
tries those at that place alone. It finds what searching with every rule finds.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from regex import Match, Pattern

from pipeline.rules import UNTIMED, Rule
from pipeline.text import canonical

# what a thing is called that is looked for by its first words
K = TypeVar("K")

# more first words than these, and the gate is given up
_MOST = 20_000
# words whose rules are remembered
_KNOWN = 50_000
# passages whose words are remembered: those of an article, while its extractors take turns
_PASSAGES = 256
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

    @classmethod
    def of(cls, phrases: Iterable[str]) -> FirstWords:
        """The first words of some phrases."""
        then: dict[str, tuple[frozenset[str], tuple[str, ...]] | None] = {}
        for phrase in phrases:
            first, _, rest = canonical(phrase).partition(" ")
            word, second = _plain_word(word_at(first, 0)), _plain_word(word_at(rest, 0))
            known = then.get(word, (frozenset(), ()))
            # behind "th.s" no word stands behind spaces
            plain = second and word == _plain_word(first) and known is not None
            then[word] = (known[0] | {second}, ()) if plain and known is not None else None
        return cls(then, ())

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


class _Begins(dict[str, bool]):
    """Whether a match can begin with a word, as it stands in a text; remembered."""

    def __init__(self, first: FirstWords | None) -> None:
        super().__init__()
        self._first = first

    def __missing__(self, word: str) -> bool:
        if len(self) >= _KNOWN:
            self.clear()
        plain = _plain_word(word)
        first = self._first
        self[word] = found = first is None or plain in first.then or (plain != "" and first.begins(plain))
        return found


def word_at(key: str, at: int) -> str:
    """The letters and digits from ``at`` on; nothing where none stand there."""
    found = _WORD.match(key, at)
    return found.group() if found is not None else ""


def _following(chunks: Sequence[str], at: int) -> str:
    """The next chunk that is no mere space; nothing where none stands there."""
    for chunk in itertools.islice(chunks, at + 1, None):
        if chunk:
            return chunk
    return ""


class Guarded:
    """A pattern that is tried at a place only where one of its first words stands: for long lists tried often.

    ``begins`` tells of a word (`word_at`) whether a match can begin with it, for those who ask many at one place.
    """

    def __init__(self, pattern: Pattern[str]) -> None:
        self._match = pattern.match
        # a match begins where it is asked for, so that place is as good as a word's start
        self.begins = _Begins(first_words(f"{_NOT_BEFORE}(?:{pattern.pattern}\n)"))

    def match(self, key: str, at: int, end: int | None = None) -> Match[str] | None:
        """What the pattern's ``match`` gives at ``at`` of ``key`` (canonical)."""
        found = _WORD.match(key, at) if end is None else _WORD.match(key, at, end)
        if not self.begins[found.group() if found is not None else ""]:
            return None
        return self._match(key, at, end)


class _Word(Generic[K]):
    """A word of a chunk with which something can begin, and what, by the chunk that follows."""

    __slots__ = ("at", "by_next", "is_last", "known", "word")

    def __init__(self, at: int, word: str, is_last: bool, known: list[K]) -> None:
        self.at, self.word, self.is_last, self.known = at, word, is_last, known
        self.by_next: dict[str, tuple[K, ...]] = {}


class WordIndex(Generic[K]):
    """Where a text has the first words of some things, each by its name: all of them looked for in one reading."""

    def __init__(self, first: Mapping[K, FirstWords]) -> None:
        self._first = dict(first)
        self._whole: dict[str, list[K]] = {}
        for name, words in self._first.items():
            for word in words.then:
                self._whole.setdefault(word, []).append(name)
        self._begun = [name for name, words in self._first.items() if words.beginnings]
        # chunks seen, those without a first word apart: they are most
        self._quiet: set[str] = set()
        self._words: dict[str, list[_Word[K]]] = {}
        self._known = 0
        # several extractors ask for the words of a passage, one extractor after the other
        self.places = functools.lru_cache(maxsize=_PASSAGES)(self._places)

    def _read(self, chunk: str) -> list[_Word[K]]:
        """The words of a chunk with which something begins, remembered."""
        if self._known >= _KNOWN:
            self._quiet, self._words, self._known = set(), {}, 0
        self._known += 1
        found = []
        for match in _WORD.finditer(chunk):
            word = _plain_word(match.group())
            known = self._whole.get(word, [])
            known = [*known, *(n for n in self._begun if n not in known and self._first[n].begins(word))]
            entry = _Word(match.start(), word, match.end() == len(chunk), known)
            # what follows a word that is not the last of its chunk is no word behind spaces
            if known and (entry.is_last or self._admitted(entry, "")):
                found.append(entry)
        if found:
            self._words[chunk] = found
        else:
            self._quiet.add(chunk)
        return found

    def _admitted(self, word: _Word[K], following: str) -> tuple[K, ...]:
        """What can begin with a word before a chunk, remembered."""
        self._known += 1
        after = _plain_word(word_at(following, 0))
        found = tuple(name for name in word.known if self._first[name].admits(word.word, after))
        word.by_next[following] = found
        return found

    def _places(self, key: str) -> Mapping[K, Sequence[int]]:
        """Where each may begin in ``key`` (canonical), in the order of the text, without those that may nowhere."""
        places: dict[K, list[int]] = {}
        chunks = key.split(" ")
        before = list(itertools.accumulate(map(len, chunks), initial=0))
        quiet, words = self._quiet, self._words
        last = len(chunks) - 1
        for at in [i for i, chunk in enumerate(chunks) if chunk not in quiet]:
            chunk = chunks[at]
            for word in words.get(chunk) or self._read(chunk):
                following = ""
                if word.is_last and at < last:
                    following = chunks[at + 1] or _following(chunks, at)
                admitted = word.by_next.get(following)
                if admitted is None:
                    admitted = self._admitted(word, following)
                for name in admitted:
                    # a space stands behind each chunk
                    places.setdefault(name, []).append(before[at] + at + word.at)
        return places


class RuleIndex:
    """A family of rules that are all searched for in one text."""

    def __init__(self, rules: Sequence[Rule], index: WordIndex[str] | None = None) -> None:
        """``index`` is one that has the first words of these rules, by their ids, beside those of others."""
        first = rule_words(rules)
        self._rules = tuple(rules)
        self._number = {rule.id: i for i, rule in enumerate(rules) if rule.id in first}
        self._anywhere = [i for i, rule in enumerate(rules) if rule.id not in first]
        self._index = WordIndex(first) if index is None else index

    def finditer(self, key: str) -> Iterator[tuple[Rule, Match[str]]]:
        """What every rule's ``finditer`` gives on ``key`` (canonical): rule by rule, in their order."""
        places = self._index.places(key)
        number = self._number
        for i in sorted([*(number[name] for name in places if name in number), *self._anywhere]):
            rule = self._rules[i]
            starts = places.get(rule.id)
            for match in rule.finditer(key) if starts is None else matches_at(rule, key, starts):
                yield rule, match


def rule_words(rules: Iterable[Rule]) -> dict[str, FirstWords]:
    """The first words of rules by their ids, without those that may begin with anything."""
    first = {rule.id: first_words(rule.regex.pattern) for rule in rules}
    return {name: words for name, words in first.items() if words is not None}


def matches_at(rule: Rule, key: str, starts: Iterable[int], end: int | None = None) -> Iterator[Match[str]]:
    """What a rule's ``finditer`` gives on ``key[:end]`` (canonical) where no match begins but at ``starts``."""
    match_at = rule.regex.match if len(key) <= UNTIMED else rule.match
    behind = 0
    for start in starts:
        if start >= behind and (match := match_at(key, start, end)) is not None:
            yield match
            behind = match.end()
