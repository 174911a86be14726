"""A name under reading: what follows its head, part by part. How far it goes is for its style to say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from pipeline.document import NO_SPANS, Spans
from pipeline.extract.bodies.heads import Heads
from pipeline.extract.bodies.lists import Lists
from pipeline.extract.bodies.parsed import HeadRow, Parsed, Part
from pipeline.extract.bodies.persons import Persons
from pipeline.extract.bodies.places import Places
from pipeline.extract.bodies.words import GAP, TOKEN, Words

# a segmented word of two syllables is at least this long (characters)
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Where:
    """What one reading goes by.

    ``origin`` is where the name begins in ``text``, or the outermost one that it is nested in, ``depth`` deep;
    ``words`` are the segmenter's. With ``whole`` the text is a name and nothing else, small letters and persons' names
    in it as well.
    """

    text: str
    origin: int
    depth: int = 0
    words: Spans = NO_SPANS
    whole: bool = False

    def nested(self) -> Self:
        """The same for a body within the name."""
        return type(self)(self.text, self.origin, self.depth + 1, self.words, self.whole)


# the body whose name begins at a place, of one of some groups (None: of any); None where none does
Parse = Callable[[Where, int, Sequence[str] | None], Parsed | None]


@dataclass(frozen=True, slots=True)
class Tools:
    """With what tails are read; ``parse`` reads the bodies nested in them."""

    heads: Heads
    lists: Lists
    persons: Persons
    places: Places
    parse: Parse


class Tail:
    """What follows one head. Holds the state of one reading only: its ``parts``, up to ``end``.

    Where a person's name was left out at the end, ``is_cut`` is true.
    """

    def __init__(self, tools: Tools, where: Where, head: HeadRow, start: int) -> None:
        self.heads, self.lists, self.persons, self.places = tools.heads, tools.lists, tools.persons, tools.places
        self._parse = tools.parse
        self.where = where
        self.text = where.text
        self.head = head
        self.end = start
        self.parts: list[Part] = []
        self.is_cut = False

    def next(self) -> int | None:
        """Where the next word may begin."""
        gap = GAP.match(self.text, self.end)
        return gap.end() if gap and gap.end() < len(self.text) else None

    def add(self, part: Part) -> None:
        """Put a part to the name, which now ends with it."""
        self.parts.append(part)
        self.end = part.end

    # parts of one kind: each is taken where it stands, and False says that none does

    def word(self, words: Words, kind: str) -> bool:
        """A word of a list, as a part of that kind."""
        at = self.next()
        if at is not None and (found := words.at(self.text, at)) is not None:
            self.add(Part(kind, found[1], at, found[0]))
            return True
        return False

    def nation(self) -> bool:
        """The nation, or the centre."""
        return self.word(self.lists.nation, "nation") or self.word(self.lists.centre, "nation")

    def place(self, bare_name: bool = False) -> bool:
        """A place; a unit's bare name if asked for."""
        at = self.next()
        if at is not None and (part := self.places.at(self.text, at, bare_name, self.where.origin)) is not None:
            self.add(part)
            return True
        return False

    def body(self) -> bool:
        """A body of the groups that the head nests."""
        at = self.next()
        return at is not None and bool(self.head.nests) and self._body_at(at, self.head.nests)

    def _body_at(self, at: int, groups: Sequence[str] | None) -> bool:
        parsed = self._parse(self.where.nested(), at, groups)
        if parsed is None:
            return False
        self.add(Part("body", "", at, parsed.end, body=parsed))
        return True

    def owner(self) -> bool:
        """The body of the groups that the head nests whose part this one is, with or without a word for that."""
        end = self.end
        if (at := self.next()) is not None and (word := self.lists.owners.at(self.text, at)) is not None:
            self.end = word[0]
        if self.body():
            return True
        self.end = end
        return False

    def country(self) -> bool:
        """Another country, with or without a word that says that the body is its own."""
        at = self.next()
        if at is not None and (word := self.lists.owners.at(self.text, at)) is not None:
            gap = GAP.match(self.text, word[0])
            at = gap.end() if gap else None
        if at is None or (match := self.lists.country.match(self.text, at)) is None:
            return False
        self.add(Part("country", match.group(), *match.span()))
        return True

    def number(self) -> bool:
        """A number that is a part of the name, with or without the word for one."""
        at = self.next()
        if at is None or (match := self.lists.number.match(self.text, at)) is None:
            return False
        self.add(Part("name", match.group(), *match.span()))
        return True

    def begins_body(self, at: int) -> bool:
        """Whether a body that has nothing to do with this name begins at ``at``."""
        return self._parse(Where(self.text, at), at, None) is not None

    def closer(self) -> bool:
        """A kind's bare word ("công ty"); with the body itself after it ("cơ quan LĐLĐ tỉnh") a part of its name."""
        if not self.word(self.lists.closers, "closer"):
            return False
        at = self.next()
        if at and self._body_at(at, None):
            self.parts[-2] = replace(self.parts[-2], kind="name")
        return True

    def names(self, most: int) -> None:
        """Capitalised words in a row, as one part each way; a person's name at their end is left out."""
        lists = self.lists
        position = self.next()
        if position is None:
            return
        tokens: list[tuple[int, int]] = []
        nation = None
        while position is not None and len(tokens) < most:
            if tokens and (nation := lists.nation.at(self.text, position)):
                break
            if tokens and self.places.is_named_at(self.text, position):
                break
            token = TOKEN.match(self.text, position)
            if token is None or not (token.group()[0].isupper() or (tokens and token.group().isdigit())):
                break
            if token.group() in self.persons.honorifics and tokens:
                break
            if (tokens or self.parts) and token.group().isupper() and lists.stops.at(self.text, position) is not None:
                # a line in capitals
                break
            end = max(token.end(), self._word_end(token.start(), token.end()))
            if tokens and (centre := lists.centre.at(self.text, position)):
                end = centre[0]
            tokens.append((token.start(), end))
            gap = GAP.match(self.text, end)
            position = gap.end() if gap else None
        self._commit(tokens)
        if nation and position is not None:
            self.add(Part("nation", nation[1], position, nation[0]))

    def _word_end(self, start: int, end: int) -> int:
        """The end of the word that begins at ``start`` and goes on in small letters ("Dịch vụ")."""
        word_end = self.where.words.end_at(start)
        if word_end is None or word_end - start < _SHORTEST:
            return end
        rest = self.text[end:word_end]
        if rest != rest.lower() or rest[:1] != " " or self.lists.stops.at(self.text, end + 1) is not None:
            return end
        return word_end

    def _commit(self, tokens: list[tuple[int, int]]) -> None:
        """Adds capitalised words, but for a person's name at their end."""
        cut = None if self.where.whole else self._person_in([self.text[a:b] for a, b in tokens])
        for a, b in tokens[: len(tokens) if cut is None else cut]:
            self.add(Part("name", self.lists.expanded(self.text[a:b]), a, b))
        self.is_cut = cut is not None

    def _person_in(self, words: Sequence[str]) -> int | None:
        """Where in capitalised words a person's name begins that is none of the body."""
        cut = self.persons.at(words, self.persons.is_titled(self.text, self.where.origin))
        bare_union = not self.parts and self.head.style == "union"
        if cut is None and bare_union and len(words) in (3, 4) and self.persons.is_family(words[0]):
            return 0
        # an enterprise may bear a person's name, if it has no other
        nameless = not any(p.kind in ("name", "place", "sector", "body") for p in self.parts)
        if cut == 0 and nameless and self.head.group in ("firm", "health", "school"):
            return None
        return cut
