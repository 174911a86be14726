"""Passages, sentences and claimed spans."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Block, Document, Passage, Sentence, Spans, Taken

SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 25)).map(lambda p: (p[0], p[0] + p[1])), max_size=12)


@given(SPANS, st.tuples(st.integers(0, 70), st.integers(1, 20)))
def test_taken_tells_overlaps_as_looking_at_every_span_would(
    spans: list[tuple[int, int]], probe: tuple[int, int]
) -> None:
    start, end = probe[0], probe[0] + probe[1]
    assert Taken(spans).overlaps(start, end) == any(a < end and start < b for a, b in spans)


def test_a_passage_has_a_key_of_equal_length_and_its_own_words() -> None:
    text = "Tiêu đề\nThuý – “hoà”"
    document = Document(
        article_id="a",
        text=text,
        blocks=(Block("title", 0, 7), Block("body", 8, len(text))),
        sentences=(Sentence(0, 7, "title", ((0, 7),)), Sentence(8, len(text), "body", ((8, 12), (13, 14), (15, 20)))),
    )
    passages = list(document.passages())
    assert [start for start, _ in passages] == [0, 8]
    body = passages[1][1]
    assert (body.key, body.kind, list(body.words)) == ('Thúy - "hòa"', "body", [(0, 4), (5, 6), (7, 12)])
    assert len(body.key) == len(body.text)
    assert [document.sentence_no(o) for o in (0, 6, 8, len(text))] == [0, 0, 1, 1]
    assert document.sentence_span(9) == (8, len(text))
    held = [block and block.kind for block in map(document.block_at, (-1, 0, 6, 7, 8, len(text) - 1, len(text)))]
    assert held == [None, "title", "title", None, "body", "body", None]
    assert Passage.of("a\u00a0b").key == "a b"


def test_spans_within_a_block_count_from_its_start() -> None:
    words = Spans([0, 8, 13, 15, 22], [7, 12, 14, 20, 30]).within(8, 21)
    assert list(words) == [(0, 4), (5, 6), (7, 12)]
    assert (len(words), words[0], words[-1], list(words[1:])) == (3, (0, 4), (7, 12), [(5, 6), (7, 12)])
    assert not words.within(30, 40)
    with pytest.raises(IndexError):
        words[3]
