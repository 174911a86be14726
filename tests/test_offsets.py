"""Clean characters back to raw ones."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from pipeline.offsets import OffsetMap, Run


def test_neighbouring_runs_are_joined() -> None:
    joined = OffsetMap.of([(0, 3, 10, 3), (3, 2, 13, 2), (5, 1, 15, 2), (6, 1, 17, 1)])
    assert joined.runs == (Run(0, 5, 10, 5), Run(5, 1, 15, 2), Run(6, 1, 17, 1))


def test_raw_spans() -> None:
    places = OffsetMap.of([(0, 5, 10, 5), (5, 1, 15, 2), (7, 3, 30, 3)])
    assert places.raw_span(0, 5) == (10, 15)
    assert places.raw_span(4, 6) == (14, 17)
    assert places.raw_span(5, 6) == (15, 17)
    assert places.raw_span(5, 7) is None, "the character between the runs is no character of the source"
    assert places.raw_span(5, 8) == (15, 31)
    assert places.raw_span(3, 3) is None


@given(st.text(alphabet="aệđ ộúy\u0301\u0323", max_size=30))
def test_every_character_of_an_nfd_text_points_at_its_own(text: str) -> None:
    raw = unicodedata.normalize("NFD", text)
    runs, clean, at = [], "", 0
    while at < len(raw):
        end = at + 1
        while end < len(raw) and unicodedata.combining(raw[end]):
            end += 1
        piece = unicodedata.normalize("NFC", raw[at:end])
        runs.append((len(clean), len(piece), at, end - at))
        clean += piece
        at = end
    places = OffsetMap.of(runs)
    for index in range(len(clean)):
        span = places.raw_span(index, index + 1)
        assert span is not None
        assert clean[index] in unicodedata.normalize("NFC", raw[span[0] : span[1]])
