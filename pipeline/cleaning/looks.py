"""What one line of a page looks like by itself: furniture, a heading, a stamp, a caption, an author, running text."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from pipeline.cleaning.authors import Author, Authors, tidy
from pipeline.cleaning.encodings import Line
from pipeline.cleaning.furniture import LONGEST_FURNITURE, Furniture, is_prose
from pipeline.cleaning.stamps import Stamp, Stamps
from pipeline.rules import Rules
from pipeline.text import canonical

LONGEST_CAPTION = 260
# a line with a clock of the page is no longer than this (characters)
_LONGEST_CLOCK = 120
_WORD = regex.compile(r"\w+")
_DIGIT = regex.compile(r"\d")


@dataclass(slots=True)
class Look:
    """What one line looks like by itself."""

    line: Line
    key: str
    drop: str | None = None  # rule or mechanism that calls it furniture
    heading: bool = False
    stamp: Stamp | None = None
    credit_caption: bool = False
    caption: bool = False
    prose: bool = False
    author: Author | None = None
    credit: str | None = None
    kind: str | None = None  # decided at last: a block kind or "furniture"
    length: int = 0
    _words: list[str] | None = None

    def __post_init__(self) -> None:
        self.length = len(self.key)

    @property
    def words(self) -> list[str]:
        """The words of the line in small letters."""
        if self._words is None:
            self._words = _WORD.findall(self.key.lower())
        return self._words


class Looks:
    """Looks at lines with the rules of ``rules/furniture``; built once from them."""

    def __init__(self, rules: Rules) -> None:
        own = rules["furniture"]
        self.furniture = Furniture(own)
        self.authors = Authors(own, self.furniture)
        self.stamps = Stamps(own, self.furniture, self.authors)
        self.told = own.rule("caption.told")
        self._caption_credit = own.rule("caption.credit")
        self._captions = (own.rule("caption.scene"), own.rule("caption.shown"))
        self._credit = own.rule("credit.line")
        self._glued, self._glued_stamp, self._leading_stamp = (
            own.rule(f"glued.{name}") for name in ("byline", "stamp", "leading_stamp")
        )

    def is_told(self, text: str) -> bool:
        """Whether a line by itself is told to be furniture, or a stamp, byline, credit or heading to be read."""
        look = self.of(Line(text))
        author = look.author is not None and look.author.sure
        return bool(look.drop or look.stamp or look.heading or look.credit or look.credit_caption or author)

    def of(self, line: Line) -> Look:
        """What a line is by itself."""
        look = Look(line, canonical(line.text))
        n = look.length
        look.prose = is_prose(look.key)
        if n > LONGEST_FURNITURE:
            return look
        look.heading = self.furniture.is_heading(line.text)
        look.stamp = self.stamps.of(line.text, look.key)
        if look.stamp is not None and self.stamps.is_clock(line.text) and not look.stamp.labelled:
            look.stamp, look.drop = None, "furniture.clock"
        if look.drop is None and look.stamp is None:
            look.drop = self.furniture.rule_of(line.text, look.key)
            brief = n <= _LONGEST_CLOCK and not look.prose
            if look.drop is None and brief and self.stamps.is_clock_line(look.key):
                look.drop = "furniture.clock"
        if look.drop or look.stamp or look.heading:
            look.prose = False
            return look
        if n <= LONGEST_CAPTION:
            look.credit_caption = bool(self._caption_credit.search(look.key))
            look.caption = look.credit_caption or (
                any(r.match(look.key) for r in self._captions) and not self.told.search(look.key)
            )
            look.author = None if look.credit_caption and n > 40 else self.authors.of(line.text, look.key)
            credit = self._credit.match(look.key)
            if credit:
                look.credit = tidy(line.text[credit.start("credit") : credit.end("credit")])
        return look

    def unglued(self, line: Line) -> tuple[Line, ...]:
        """A line, and the signature that a scraper set behind its last sentence as a line of its own."""
        # a stamp has figures
        start = line.text[:40]
        if _DIGIT.search(start) and (lead := self._leading_stamp.search(canonical(start))):
            return line.cut(0, lead.end()), line.cut(lead.end(), len(line.text))
        if 12 <= len(line.text) <= 300 and (found := self._glued_stamp.search(canonical(line.text))):
            return line.cut(0, found.start()), line.cut(found.start(), len(line.text))
        tail = line.text[-160:]
        if len(line.text) < 60 or not any(mark in tail for mark in (":", "/.")):
            return (line,)
        match = self._glued.search(canonical(tail))
        if match is None:
            return (line,)
        at = len(line.text) - len(tail) + match.start("sign")
        return line.cut(0, at), line.cut(at, len(line.text))
