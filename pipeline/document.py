"""An article as the stages hand it on: clean text, blocks, sentences and words, and what the page said of itself."""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import overload

from pipeline.text import canonical


class Spans(Sequence[tuple[int, int]]):
    """Spans in the order of the text, each made when it is asked for: of an article's words most never are."""

    __slots__ = ("_ends", "_high", "_low", "_origin", "_starts")

    def __init__(
        self, starts: Sequence[int], ends: Sequence[int], low: int = 0, high: int | None = None, origin: int = 0
    ) -> None:
        """The spans ``low`` to ``high`` (all) of those lists; offsets count from ``origin``."""
        self._starts, self._ends, self._origin = starts, ends, origin
        self._low, self._high = low, len(starts) if high is None else high

    def within(self, start: int, end: int) -> Spans:
        """The spans that begin in ``[start, end)`` of the lists' offsets, counted from ``start``."""
        low = bisect.bisect_left(self._starts, start, self._low, self._high)
        return Spans(self._starts, self._ends, low, bisect.bisect_left(self._starts, end, low, self._high), start)

    @classmethod
    def of(cls, spans: Sequence[tuple[int, int]]) -> Spans:
        """Spans as these."""
        return spans if isinstance(spans, Spans) else cls([start for start, _ in spans], [end for _, end in spans])

    def end_at(self, start: int) -> int | None:
        """The end of the span that begins at ``start``; None where none does."""
        place = start + self._origin
        at = bisect.bisect_left(self._starts, place, self._low, self._high)
        return self._ends[at] - self._origin if at < self._high and self._starts[at] == place else None

    def __len__(self) -> int:
        return self._high - self._low

    def __iter__(self) -> Iterator[tuple[int, int]]:
        origin = self._origin
        for at in range(self._low, self._high):
            yield self._starts[at] - origin, self._ends[at] - origin

    @overload
    def __getitem__(self, index: int) -> tuple[int, int]: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[tuple[int, int]]: ...

    def __getitem__(self, index: int | slice) -> tuple[int, int] | Sequence[tuple[int, int]]:
        if isinstance(index, slice):
            return tuple(self)[index]
        at = range(self._low, self._high)[index]
        return self._starts[at] - self._origin, self._ends[at] - self._origin


NO_SPANS = Spans((), ())


@dataclass(frozen=True, slots=True)
class Block:
    """A line or paragraph of the clean text, of kind title, lede, body, caption or byline; no line end in it."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, with the spans of its words as the segmenter cut them (offsets into the article's text)."""

    start: int
    end: int
    kind: str
    words: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A block of text as an extractor sees it.

    ``text`` is as written (NFC); ``key`` has the same length and offsets, with one spelling for tone marks, dashes,
    quotes and spaces, and is what patterns are matched on. ``words`` are spans within ``text``.
    """

    text: str
    key: str
    kind: str = "body"
    words: Sequence[tuple[int, int]] = ()

    @classmethod
    def of(cls, text: str, kind: str = "body", words: Sequence[tuple[int, int]] = ()) -> Passage:
        """A passage of an NFC text."""
        return cls(text, canonical(text), kind, words)


class Taken:
    """Spans that an earlier extractor has claimed, so that no character states two figures."""

    def __init__(self, spans: Iterable[tuple[int, int]] = ()) -> None:
        self._spans: list[tuple[int, int]] = []
        self._longest = self._end = 0
        for start, end in spans:
            self.add(start, end)

    def add(self, start: int, end: int) -> None:
        """Claim ``[start, end)``."""
        bisect.insort(self._spans, (start, end))
        self._longest = max(self._longest, end - start)
        self._end = max(self._end, end)

    def overlaps(self, start: int, end: int) -> bool:
        """Whether any claimed span shares a character with ``[start, end)``."""
        if start >= self._end:
            return False
        # no span that begins earlier than this reaches ``start``
        at = bisect.bisect_left(self._spans, (start - self._longest, 0))
        while at < len(self._spans) and self._spans[at][0] < end:
            if self._spans[at][1] > start:
                return True
            at += 1
        return False


@dataclass(frozen=True, slots=True)
class Document:
    """A clean article. ``published`` is local time without zone; ``published_basis`` says where it was read.

    ``stamp_unread`` is a date stamp that its record, page or file name gives and that cannot be read.

    ``words`` are the spans of all words; None where the sentences alone tell them.
    """

    article_id: str
    text: str
    blocks: tuple[Block, ...]
    sentences: tuple[Sentence, ...] = ()
    title: str | None = None
    byline: str | None = None
    url: str | None = None
    site: str | None = None
    credit: str | None = None
    source: str | None = None
    published: dt.datetime | None = None
    published_basis: str = "none"
    stamp_unread: str | None = None
    words: Spans | None = None
    _starts: list[int] = field(default_factory=list, compare=False, repr=False)
    _key: list[str] = field(default_factory=list, compare=False, repr=False)
    _running: list[Sentence] = field(default_factory=list, compare=False, repr=False)

    @property
    def key(self) -> str:
        """The canonical text (`pipeline.text.canonical`), made once: equal offsets, one spelling for each word."""
        if not self._key:
            self._key.append(canonical(self.text))
        return self._key[0]

    def passages(self) -> Iterator[tuple[int, Passage]]:
        """Each block as ``(start in the article, passage)``, with the words that lie in it."""
        words = self.words
        if words is None:
            told = [word for sentence in self.sentences for word in sentence.words]
            words = Spans([start for start, _ in told], [end for _, end in told])
        for block in self.blocks:
            inside = words.within(block.start, block.end)
            yield block.start, Passage.of(self.text[block.start : block.end], block.kind, inside)

    def running(self) -> Sequence[Sentence]:
        """The sentences of the running text: of lede and body, not of title, captions and byline."""
        if not self._running:
            self._running.extend(s for s in self.sentences if s.kind in ("lede", "body"))
        return self._running

    def sentence_no(self, offset: int) -> int:
        """The number of the sentence that holds the character at ``offset``; between two it is the one before."""
        starts = self._starts
        if not starts and self.sentences:
            starts.extend(s.start for s in self.sentences)
        return max(0, bisect.bisect_right(starts, offset) - 1)

    def sentence_span(self, offset: int) -> tuple[int, int]:
        """Start and end of the sentence that holds ``offset``; of the whole text where there are no sentences."""
        if not self.sentences:
            return 0, len(self.text)
        sentence = self.sentences[self.sentence_no(offset)]
        return sentence.start, sentence.end

    def block_at(self, offset: int) -> Block | None:
        """The block that holds the character at ``offset``."""
        at = bisect.bisect_right(self.blocks, offset, key=lambda block: block.start) - 1
        return self.blocks[at] if at >= 0 and offset < self.blocks[at].end else None
