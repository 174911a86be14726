"""Segment: sentences and words of the clean text, with offsets that lose nothing.

underthesea cuts both, or `pipeline.crf_words`, which does the same many times faster. The sentence splitter ignores
line ends and splits after ``TP.`` or ``ThS.``; so blocks are split on their own and pieces that end in an abbreviation
are joined again.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence

import pyarrow as pa

from pipeline.crf_words import SEGMENTER_VARIABLE, SentenceSplitter, Words, align, load_sentences, load_words
from pipeline.document import Block, Sentence
from pipeline.parts import attempt, stored, with_columns
from pipeline.records import blocks_of, sentences_array
from pipeline.rules import Rules, RuleSet
from pipeline.stages import stage_main

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


@functools.cache
def tools(prefer: str) -> tuple[Words, SentenceSplitter]:
    """The word and the sentence splitter of a name, ``fast`` or ``underthesea``; one set a process.

    The fast ones are checked against underthesea when they are loaded and step aside with a warning where they differ.
    """
    return load_words(prefer)[0], load_sentences(prefer)[0]


class Segmenter:
    """Cuts blocks into sentences and words.

    ``prefer`` names the splitters: ``fast`` gives what ``underthesea`` gives. By default the environment decides.
    """

    def __init__(self, rules: RuleSet, prefer: str | None = None) -> None:
        self._words, self._sentences = tools(prefer or os.environ.get(SEGMENTER_VARIABLE, "fast"))
        initial = r"|(?<![\p{L}\p{N}])\p{Lu}\." if rules.settings.get("initials") else ""
        # read backwards from the end of a sentence
        self._goes_on = rules.pattern(rf"(?r)(?:(?<![\p{{L}}\p{{N}}])(?:{{abbreviation}})\.{initial})")

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
        # underthesea rewrites the look-alike of Đ, which would part its words from the text
        piece = text[start:end].replace("\u00d0", "\u0110").replace("\u00f0", "\u0111")
        try:
            spans = self._words.spans(piece)
        except ValueError:
            spans = align(piece, piece.split())
        return [(a + start, b + start) for a, b in spans]

    def _split(self, text: str) -> list[tuple[int, int]]:
        if not text.strip():
            return []
        try:
            spans = self._sentences(text)
        except ValueError:
            return align(text, [text])
        joined: list[tuple[int, int]] = []
        for start, end in spans:
            if joined and self._goes_on.match(text, joined[-1][0], joined[-1][1]):
                joined[-1] = (joined[-1][0], end)
            else:
                joined.append((start, end))
        return joined


def segment_part(batch: pa.Table, rules: Rules) -> pa.Table:
    """The ``sentences`` (`SENTENCES`) of cleaned records (`pipeline.clean.CLEANED`)."""
    segmenter = Segmenter(rules["segment"])
    texts = batch["text"].to_pylist()
    accepted = batch["reject_reason"].is_null().to_pylist()
    articles = [
        (text, blocks) if known else None for known, text, blocks in zip(accepted, texts, blocks_of(batch), strict=True)
    ]
    found, refused = attempt(articles, lambda article: segmenter.sentences(*article))
    sentences, refused = stored(found, refused, lambda some: sentences_array(some, SENTENCES))
    return with_columns(batch, {"sentences": sentences}, refused)


def main() -> None:
    """``python -m pipeline.segment IN OUT``."""
    stage_main("segment", __doc__ or "")


if __name__ == "__main__":
    main()
