"""Terms of office and periods of years."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import rules
from pipeline.document import Passage, Taken
from pipeline.extract.terms import TermExtractor
from pipeline.facts import Refusal, TermMention
from pipeline.text import nfc
from tests.conftest import grows_linearly

TERMS = TermExtractor(rules.load())


def read(text: str) -> list[TermMention | Refusal]:
    return TERMS(Passage.of(nfc(text)), Taken())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Đại hội lần thứ VI, nhiệm kỳ 2025-2030.", [(2025, 2030, "term")]),
        ("Ban Chấp hành khoá III (2013 – 2018).", [(2013, 2018, "term")]),
        ("Nhiệm kỳ 2018-23.", [(2018, 2023, "term")]),
        ("Nhiệm kỳ 1998-03.", [(1998, 2003, "term")]),
        ("Đại hội bàn về nhà ở giai đoạn 2025-2030.", [(2025, 2030, "period")]),
        ("Nhiệm kỳ 2015-2020 và 2020-2025; năm học 2021-2022.",
         [(2015, 2020, "term"), (2020, 2025, "term"), (2021, 2022, "period")]),
        ("Từ năm 2015 đến năm 2020.", [(2015, 2020, "period")]),
        ("Giá 2000-2020 đồng; lễ kỷ niệm ngày thành lập (2004-2024).", []),
        ("Gọi 0299.2010-2020.", []),
    ],
)  # fmt: skip
def test_terms_and_their_kind(text: str, wanted: list[tuple[int, int, str]]) -> None:
    assert [(m.first, m.last, m.kind) for m in read(text) if isinstance(m, TermMention)] == wanted


@pytest.mark.parametrize("text", ["Nhiệm kỳ 2018-2013.", "Giai đoạn 1945-2025."])
def test_impossible_terms_are_refused(text: str) -> None:
    (found,) = read(text)
    assert isinstance(found, Refusal)
    assert found.code == "impossible_term"


@given(st.integers(1900, 2099), st.integers(1, 30), st.sampled_from(["-", " - ", "–", " đến ", " đến năm ", "/"]))
def test_every_possible_term_is_read(first: int, length: int, joint: str) -> None:
    last = first + length
    if last > 2099:
        return
    stated = f"{first}{joint}{last}"
    text = nfc(f"Đại hội nhiệm kỳ {stated}.")
    (found,) = read(text)
    assert isinstance(found, TermMention)
    assert (found.first, found.last, found.kind, text[found.start : found.end]) == (first, last, "term", nfc(stated))


@pytest.mark.parametrize("piece", ["2020-", "2020 - ", "nhiệm kỳ ", "đại hội, ", "2019"])
def test_hostile_text_is_read_in_linear_time(piece: str) -> None:
    assert grows_linearly(read, piece, 40_000)
