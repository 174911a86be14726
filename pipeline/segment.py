"""Segment: sentences and words of the clean text, with offsets that lose nothing.

underthesea cuts both. Its sentence splitter ignores line ends and splits after ``TP.`` or ``ThS.``; so blocks are split
on their own and pieces that end in an abbreviation are joined again. Its words come back with spaces changed; they are
aligned to the text on all characters but white space.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pyarrow as pa

from pipeline.clean import CLEANED
from pipeline.document import Block, Sentence
from pipeline.parts import map_records
from pipeline.rules import Rules, RuleSet
from pipeline.stages import stage_main
from pipeline.text import nfc

VERSION = "1"

SENTENCES = pa.list_(
    pa.struct(
        [
            ("start", pa.int32()),
            ("end", pa.int32()),
            ("kind", pa.string()),
            ("word_starts", pa.list_(pa.int32())),
            ("word_ends", pa.list_(pa.int32())),
        ]
    )
)
SEGMENTED = pa.schema([*CLEANED, pa.field("sentences", SENTENCES)])

WordTokenizer = Callable[[str], list[str]]


@functools.cache
def underthesea_words() -> WordTokenizer:
    """underthesea's own word segmentation, without its rewriting of characters."""
    from underthesea import word_tokenize

    def words(text: str) -> list[str]:
        return list(word_tokenize(text, use_token_normalize=False))

    return words


def align(text: str, pieces: Iterable[str]) -> list[tuple[int, int]]:
    """Spans of consecutive pieces in ``text``, compared on all characters but white space.

    Raises ValueError where the pieces are not the text's own characters in order.
    """
    spans = []
    at = 0
    for piece in pieces:
        start = end = -1
        for char in piece:
            if char.isspace():
                continue
            while at < len(text) and text[at].isspace():
                at += 1
            if at >= len(text) or text[at] != char:
                raise ValueError(f"piece {piece!r} is not in the text at {at}")
            if start < 0:
                start = at
            at += 1
            end = at
        if start >= 0:
            spans.append((start, end))
    if text[at:].strip():
        raise ValueError(f"the pieces end at {at}, before {text[at : at + 20]!r}")
    return spans


class Segmenter:
    """Cuts blocks into sentences and words. ``words`` may be another tokenizer that gives what underthesea gives."""

    def __init__(self, rules: RuleSet, words: WordTokenizer | None = None) -> None:
        self._words = words or underthesea_words()
        initial = r"|(?<![\p{L}\p{N}])\p{Lu}\." if rules.settings.get("initials") else ""
        self._goes_on = rules.pattern(rf"(?:(?<![\p{{L}}\p{{N}}])(?:{{abbreviation}})\.{initial})\Z")

    def sentences(self, text: str, blocks: Sequence[Block]) -> tuple[Sentence, ...]:
        """The sentences of every block in order, each with its words; offsets into ``text``."""
        found = []
        for block in blocks:
            for start, end in self._split(text[block.start : block.end]):
                start, end = start + block.start, end + block.start
                found.append(Sentence(start, end, block.kind, tuple(self.words(text, start, end))))
        return tuple(found)

    def words(self, text: str, start: int, end: int) -> list[tuple[int, int]]:
        """Spans of the words of ``text[start:end]``; split at spaces where the segmenter's words are not the text's."""
        piece = text[start:end]
        try:
            spans = align(piece, map(nfc, self._words(piece)))
        except ValueError:
            spans = align(piece, piece.split())
        return [(a + start, b + start) for a, b in spans]

    def _split(self, text: str) -> list[tuple[int, int]]:
        from underthesea import sent_tokenize

        if not text.strip():
            return []
        try:
            spans = align(text, sent_tokenize(text))
        except ValueError:
            return align(text, [text])
        joined: list[tuple[int, int]] = []
        for start, end in spans:
            if joined and self._goes_on.search(text, joined[-1][0], joined[-1][1]):
                joined[-1] = (joined[-1][0], end)
            else:
                joined.append((start, end))
        return joined


def segment_part(batch: pa.Table, rules: Rules) -> pa.Table:
    """Cleaned records (`pipeline.clean.CLEANED`) with their sentences (`SEGMENTED`)."""
    segmenter = Segmenter(rules["segment"])

    def one(record: dict[str, Any]) -> dict[str, Any]:
        blocks = [Block(b["kind"], b["start"], b["end"]) for b in record["blocks"]]
        sentences = segmenter.sentences(record["text"], blocks)
        record["sentences"] = [
            {
                "start": s.start,
                "end": s.end,
                "kind": s.kind,
                "word_starts": [a for a, _ in s.words],
                "word_ends": [b for _, b in s.words],
            }
            for s in sentences
        ]
        return record

    return map_records(batch, one, SEGMENTED)


def main() -> None:
    """``python -m pipeline.segment IN OUT``."""
    stage_main("segment", __doc__ or "")


if __name__ == "__main__":
    main()
