"""People with positions in one block: the parts that the corpora cannot show."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import rules
from pipeline.document import Passage, Taken
from pipeline.extract.people import PeopleExtractor
from pipeline.facts import PersonMention
from pipeline.text import nfc
from tests.conftest import grows_linearly

EXTRACT = PeopleExtractor(rules.load())


def people(text: str, kind: str = "body") -> list[PersonMention]:
    return [m for m in EXTRACT(Passage.of(nfc(text), kind), Taken()) if isinstance(m, PersonMention)]


def seats(mention: PersonMention) -> list[tuple[str, str | None]]:
    return [(p.title, p.org_text) for p in mention.positions]


def test_offsets_are_those_of_the_text() -> None:
    text = nfc("Sáng nay, đồng chí Vũ Thị Hòa, Phó Chủ tịch LĐLĐ tỉnh Hưng Yên dự lễ.")
    (mention,) = people(text)
    (position,) = mention.positions
    assert text[mention.start : mention.end] == "Vũ Thị Hòa"
    assert text[position.start : position.end] == "Phó Chủ tịch"
    assert text[position.org_start : position.org_end] == "LĐLĐ tỉnh Hưng Yên"
    moved = mention.shifted(7)
    assert (moved.start, moved.positions[0].org_end) == (mention.start + 7, (position.org_end or 0) + 7)


def test_old_and_new_tone_marks_are_one() -> None:
    old, new = (
        people("Ông Lê Hoà, Uỷ viên Ban Chấp hành LĐLĐ tỉnh."),
        people("Ông Lê Hòa, Ủy viên Ban Chấp hành LĐLĐ tỉnh."),
    )
    assert seats(old[0]) == [("Uỷ viên Ban Chấp hành", "LĐLĐ tỉnh")]
    assert seats(new[0]) == [("Ủy viên Ban Chấp hành", "LĐLĐ tỉnh")]


def test_abbreviation_in_brackets_is_left_out_of_the_body() -> None:
    (mention,) = people("Ông Phạm Bá Lộc, Phó Chủ tịch Liên đoàn Lao động (LĐLĐ) tỉnh, phát biểu.")
    assert seats(mention) == [("Phó Chủ tịch", "Liên đoàn Lao động tỉnh")]


def test_a_department_bears_the_first_word_of_its_name() -> None:
    (mention,) = people("Bà Hồ Thị Xoan, Phó Trưởng Ban Nữ công Tổng LĐLĐ Việt Nam chia sẻ.")
    (position,) = mention.positions
    assert (position.title, position.org_text) == ("Phó Trưởng Ban", "Ban Nữ công Tổng LĐLĐ Việt Nam")
    assert position.org_start is not None
    assert position.org_start < position.end


@pytest.mark.parametrize(
    ("text", "name", "body"),
    [
        ("Chủ tịch LĐLĐ huyện Kim Bảng Đỗ Văn Lượng dự.", "Đỗ Văn Lượng", "LĐLĐ huyện Kim Bảng"),
        ("Giám đốc Sở Y tế Hà Nội Trần Thị Nhị Hà dự.", "Trần Thị Nhị Hà", "Sở Y tế Hà Nội"),
        ("Chủ tịch UBND TP Hồ Chí Minh Phan Văn Mạnh dự.", "Phan Văn Mạnh", "UBND TP Hồ Chí Minh"),
        ("Bí thư Tỉnh ủy Vũ Đại Thành dự.", "Vũ Đại Thành", "Tỉnh ủy"),
        ("Hiệu trưởng Trường THPT Nguyễn Huệ dự.", None, None),
    ],
)
def test_name_is_told_from_the_body_before_it(text: str, name: str | None, body: str | None) -> None:
    found = [(m.name, m.positions[0].org_text) for m in people(text) if not m.is_short]
    assert found == ([] if name is None else [(name, body)])


@given(st.text(alphabet='ôngbà chủtịchNguyễnVăn,:;-.()"đồngLĐ 1', max_size=200))
@settings(max_examples=150, deadline=None)
def test_every_span_lies_in_the_text(text: str) -> None:
    text = nfc(text)
    for mention in people(text):
        assert 0 <= mention.start < mention.end <= len(text)
        assert mention.name == " ".join(text[mention.start : mention.end].split())
        for position in mention.positions:
            assert 0 <= position.start < position.end <= len(text)


@pytest.mark.parametrize(
    "unit",
    [
        "1", "Chủ tịch ", "Nguyễn ", "ông ", "ông Nguyễn Văn A, ", "Chủ tịch LĐLĐ tỉnh, ", "được bầu làm Chủ tịch ",
        "đồng chí Nguyễn Văn A - Chủ tịch LĐLĐ tỉnh phát biểu, ", "(a", "dự ", "Về phía ",
        "Ban Chấp hành, ông Nguyễn Văn A là Phó Chủ tịch, ",
    ],
)  # fmt: skip
def test_hostile_text_takes_linear_time(unit: str) -> None:
    assert grows_linearly(people, unit)
