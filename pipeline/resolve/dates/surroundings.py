"""The words around the dates of an article, and what they say of each."""

from __future__ import annotations

import bisect
from collections.abc import Sequence

from pipeline.document import Block, Document
from pipeline.facts import DateMention
from pipeline.resolve.dates.days import Span, stated_span
from pipeline.rules import RuleSet

# blocks of running text in which the main event is told
_HEAD_BLOCKS = 4
# characters before a date that may say something of it
LEFT = 220
# characters from a day to its anniversary beside it
PAIR = 20
# words that stand twice before a date are the same words if they are longer than this
_REPEATED = 15


class Surroundings:
    """The dates of one article in their text. ``stated`` has the days of those that state their year, by identity."""

    def __init__(self, document: Document, dates: Sequence[DateMention], rules: RuleSet) -> None:
        self.document = document
        self.rules = rules
        self.dates = sorted(dates, key=lambda m: m.start)
        self.at = [m.start for m in self.dates]
        self.stated: dict[int, Span] = {id(m): span for m in self.dates if (span := stated_span(m)) is not None}
        self.stamp = document.published.date() if document.published else None
        running = [b for b in document.blocks if b.kind in ("title", "lede", "body")]
        self.head_end = running[min(_HEAD_BLOCKS, len(running)) - 1].end if running else len(document.text)
        self._keys: dict[int, str] = {}
        self._starts = [b.start for b in document.blocks]

    def block(self, offset: int) -> Block | None:
        """The block that holds ``offset``."""
        index = bisect.bisect_right(self._starts, offset) - 1
        return self.document.blocks[index] if index >= 0 else None

    def key(self, block: Block) -> str:
        """The canonical text of a block."""
        key = self._keys.get(block.start)
        if key is None:
            key = self._keys[block.start] = self.document.key[block.start : block.end]
        return key

    def before(self, mention: DateMention, length: int) -> str:
        """The clause before a mention, at most ``length`` characters of it."""
        block = self.block(mention.start)
        if block is None:
            return ""
        end = mention.start - block.start
        text = self.key(block)[max(0, end - length) : end]
        return text[max(text.rfind(". "), text.rfind("; ")) + 1 :]

    def sentence(self, mention: DateMention) -> tuple[int, int]:
        """Where the sentence of a mention begins and ends in the key of its block."""
        block = self.block(mention.start)
        if block is None:
            return 0, 0
        key, at = self.key(block), mention.start - block.start
        begin, end = key.rfind(". ", 0, at), key.find(". ", mention.end - block.start)
        return (begin + 2 if begin >= 0 else 0), (end if end >= 0 else len(key))

    def is_ahead(self, mention: DateMention) -> bool:
        """Whether words of the future stand beside a date."""
        block = self.block(mention.start)
        if block is None:
            return False
        if self.rules.pattern("{future_after}").match(self.key(block), mention.end - block.start) is not None:
            return True
        return self.rules.pattern("{future_near}").search(self.before(mention, 60)) is not None

    def is_from_then_on(self, mention: DateMention, span: Span) -> bool:
        """Whether a single day is only the first of something that is in force from then on."""
        if span[0] != span[1]:
            return False
        before = self.before(mention, 60)
        return len(before.split()) > 2 and self.rules.pattern("{from_day}").search(before) is not None

    def is_lasting(self, mention: DateMention) -> bool:
        """Whether the day is that of a law or decree, which is cited for years after it."""
        if not mention.is_document:
            return False
        return self.rules.pattern("{lasting_near}").search(self.before(mention, LEFT)) is not None

    def is_told_month(self, mention: DateMention) -> bool:
        """Whether a month is that of a story told ("vào tháng 4/2016"), which may be of any year before the report."""
        return self.rules.pattern("{told_month_before}").search(self.before(mention, 30)) is not None

    def is_past(self, mention: DateMention) -> bool:
        """Whether words before a date tell of the past, not of the days of the report."""
        return self.rules.pattern("{past_near}").search(self.before(mention, 100)) is not None

    def is_jubilee(self, mention: DateMention) -> bool:
        """Whether the day is one of a pair of a day and its anniversary: it dates no event of the article."""
        if mention.precision != "day":
            return False
        index = bisect.bisect_left(self.at, mention.start)
        return any(
            m is not mention
            and m.year is not None
            and m.year != mention.year
            and (m.day, m.month) == (mention.day, mention.month)
            and abs(m.start - mention.start) < PAIR
            for m in self.dates[max(0, index - 1) : index + 2]
        )

    def is_compared(self, mention: DateMention) -> bool:
        """Whether a time is only compared with."""
        return self.rules.pattern("{compared}").search(self.before(mention, 30)) is not None

    def closes_span(self, mention: DateMention) -> bool:
        """Whether a month only ends the span that another one begins right before it."""
        index = bisect.bisect_left(self.at, mention.start)
        first = self.dates[index - 1] if index else None
        return first is not None and first.year is not None and mention.start - first.end < PAIR

    def is_again(self, mention: DateMention) -> bool:
        """Whether the same words stand before another mention of the time: under a picture that is printed twice."""
        before = self.before(mention, 40).strip()
        span = self.stated.get(id(mention))
        return len(before) > _REPEATED and any(
            m is not mention and self.stated.get(id(m)) == span and self.before(m, 40).strip() == before
            for m in self.dates
        )

    def is_loose(self, mention: DateMention) -> bool:
        """Whether a year is a time of its own ("vào năm 2020"), not that of the work or event before it."""
        return self.rules.pattern("{not_of_before}").search(self.before(mention, 30)) is not None
