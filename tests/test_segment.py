"""Sentences and words: nothing lost, nothing moved."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import rules
from pipeline.crf_words import align
from pipeline.document import Block
from pipeline.segment import Segmenter
from pipeline.text import nfc


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter(rules.load()["segment"])


def cut(segmenter: Segmenter, text: str) -> list[str]:
    return [text[s.start : s.end] for s in segmenter.sentences(text, [Block("body", 0, len(text))])]


def test_abbreviations_and_initials_end_no_sentence(segmenter: Segmenter) -> None:
    text = "Bà Trần Tú Lan, PCT. LĐLĐ TP. Cần Thơ dự. ThS. Lê Văn An, Đ. Bình và BS.CKII. Hồ Thu nói. Ảnh: T. Hà"
    assert cut(segmenter, text) == [
        "Bà Trần Tú Lan, PCT. LĐLĐ TP. Cần Thơ dự.",
        "ThS. Lê Văn An, Đ. Bình và BS.CKII. Hồ Thu nói.",
        "Ảnh: T. Hà",
    ]


def test_blocks_part_sentences_and_keep_their_kind(segmenter: Segmenter) -> None:
    text = "Tiêu đề không chấm\nCâu một. Câu hai"
    found = segmenter.sentences(text, [Block("title", 0, 18), Block("body", 19, len(text))])
    assert [(s.kind, text[s.start : s.end]) for s in found] == [
        ("title", "Tiêu đề không chấm"),
        ("body", "Câu một."),
        ("body", "Câu hai"),
    ]


def test_words_are_underthesea_words_at_their_characters(segmenter: Segmenter) -> None:
    text = "Công đoàn cơ sở  hỗ trợ 5,7inch và 1.724 người"
    words = [text[a:b] for a, b in segmenter.words(text, 0, len(text))]
    assert "".join(words).replace(" ", "") == text.replace(" ", "")
    assert {"Công đoàn", "hỗ trợ", "1.724", "người"} <= set(words)


def test_both_segmenters_cut_alike(segmenter: Segmenter) -> None:
    plain = Segmenter(rules.load()["segment"], "underthesea")
    text = "Ðồng chí Trần Tú Lan, PCT. LĐLĐ TP. Cần Thơ dự. Có 11/22 CĐCS khối doanh nghiệp ký thỏa ước…"
    blocks = [Block("body", 0, len(text))]
    assert plain.sentences(text, blocks) == segmenter.sentences(text, blocks)
    assert text[slice(*segmenter.words(text, 0, len(text))[0])] == "Ðồng chí"


def test_align_ignores_white_space_only() -> None:
    assert align("a  b\tcd e", ["ab", "c d", "e"]) == [(0, 4), (5, 7), (8, 9)]
    with pytest.raises(ValueError, match="is not in the text at 1"):
        align("abc", ["ax"])
    with pytest.raises(ValueError, match="the pieces end at 1, before 'bc'"):
        align("abc", ["a"])


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="aáàbcđeêộTPShS.?!,;:() \t\u00a0\u200b12%/–“”\n☺", max_size=80))
def test_no_character_is_lost_whatever_the_text(segmenter: Segmenter, text: str) -> None:
    text = nfc(text)
    blocks, at = [], 0
    for line in text.split("\n"):
        blocks.append(Block("body", at, at + len(line)))
        at += len(line) + 1
    sentences = segmenter.sentences(text, blocks)
    spans = [w for s in sentences for w in s.words]
    assert spans == sorted(spans)
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())
    assert all(s.start <= a < b <= s.end for s in sentences for a, b in s.words)
