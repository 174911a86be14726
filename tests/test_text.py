"""Spelling keys: one key for one word, never one key for two."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text import canonical, fold, nfc, search_key

SYLLABLES = st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạèéẻẽẹòóỏõọùúủũụỳýỷỹỵ ỦÝÒÁ–—“”\u00a0Ð", max_size=40)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("hoà thuý uỷ Uỷ HOÀ thoả", "hòa thúy ủy Ủy HÒA thỏa"),
        ("quý hoàn thuyền loà xoà", "quý hoàn thuyền lòa xòa"),
        ("2020 – 2025 — “a” \u00a0Ðoàn", '2020 - 2025 - "a"  Đoàn'),
    ],
)
def test_canonical(written: str, key: str) -> None:
    assert canonical(written) == key


def test_different_words_keep_different_keys() -> None:
    assert fold("Hoa") != fold("Hòa")
    assert fold("Hoà  Bình") == fold("Hòa Bình") == "hòa bình"


def test_search_key_folds_d_and_tones() -> None:
    assert search_key("Đồng Tháp ĐẮK LẮK") == "dong thap dak lak"


@given(SYLLABLES)
def test_canonical_keeps_length_and_is_idempotent(text: str) -> None:
    text = nfc(text)
    key = canonical(text)
    assert len(key) == len(text)
    assert canonical(key) == key


@given(SYLLABLES)
def test_fold_is_the_same_for_both_normal_forms(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
