"""Mentions joined to officials over an article."""

from __future__ import annotations

from pipeline import rules
from pipeline.document import Passage, Taken
from pipeline.errors import Issue
from pipeline.extract.people import PeopleExtractor
from pipeline.facts import PersonMention, Refusal
from pipeline.resolve.officials import Official, merge_officials
from pipeline.text import nfc

RULES = rules.load()
EXTRACT = PeopleExtractor(RULES)


def merged(text: str) -> tuple[list[Official], list[Refusal]]:
    found: list[PersonMention] = []
    at = 0
    for line in nfc(text).split("\n"):
        found += [m.shifted(at) for m in EXTRACT(Passage.of(line), Taken()) if isinstance(m, PersonMention)]
        at += len(line) + 1
    return merge_officials(found, RULES)


def rows(text: str) -> list[tuple[str, str, str | None, str, tuple[str, ...]]]:
    return [(o.name, o.position, o.org_text, o.tenure, o.roles) for o in merged(text)[0]]


def test_short_mentions_and_pronouns_are_the_person_named_before() -> None:
    text = (
        "Dự lễ có bà Trần Thị Nhạn - Phó Chủ tịch LĐLĐ tỉnh.\n"
        "Bà Nhạn đề nghị công đoàn chăm lo đoàn viên.\nBà trao quà cho 20 công nhân."
    )
    assert rows(text) == [("Trần Thị Nhạn", "Phó Chủ tịch", "LĐLĐ tỉnh", "current", ("attended", "spoke", "presented"))]


def test_a_title_alone_is_its_holder() -> None:
    text = (
        "Đồng chí Mai Gia Vinh, Chủ tịch Công đoàn ngành Y tế dự.\nĐồng chí Chủ tịch Công đoàn ngành nhấn mạnh ba việc."
    )
    assert rows(text) == [("Mai Gia Vinh", "Chủ tịch", "Công đoàn ngành Y tế", "current", ("attended", "spoke"))]


def test_two_who_fit_a_short_name_get_nothing_and_an_issue() -> None:
    text = (
        "Ông Lê Văn Hùng, Chủ tịch LĐLĐ tỉnh chủ trì.\nÔng Trần Mạnh Hùng, Phó Chủ tịch LĐLĐ tỉnh cùng dự.\n"
        "Bà Đỗ Thị Lan, Giám đốc Sở Y tế trao quà.\nÔng Hùng cho biết kết quả."
    )
    officials, refusals = merged(text)
    assert [r.code for r in refusals] == [Issue.NAME_AMBIGUOUS]
    assert "spoke" not in {role for o in officials for role in o.roles}


def test_who_acts_by_title_and_is_never_named_is_an_issue() -> None:
    officials, refusals = merged("Chủ tịch Công đoàn Bệnh viện Phổi tham luận tại hội nghị.")
    assert officials == []
    assert [(r.code, r.detail) for r in refusals] == [
        (Issue.POSITION_WITHOUT_NAME, "Chủ tịch Công đoàn Bệnh viện Phổi")
    ]


def test_an_election_is_of_its_seat_and_other_roles_are_of_the_person() -> None:
    text = (
        "Phát biểu khai mạc, Phó Chủ tịch Hội Luật gia tỉnh Ngô Duy Hải nêu mục đích.\n"
        "Đại hội bầu các đồng chí Ngô Duy Hải, Lê Đình Quang vào Ban Chấp hành Hội Luật gia tỉnh."
    )
    assert rows(text) == [
        ("Ngô Duy Hải", "Phó Chủ tịch", "Hội Luật gia tỉnh", "current", ("spoke",)),
        ("Ngô Duy Hải", "Ủy viên Ban Chấp hành", "Hội Luật gia tỉnh", "elected", ("spoke", "elected")),
        ("Lê Đình Quang", "Ủy viên Ban Chấp hành", "Hội Luật gia tỉnh", "elected", ("elected",)),
    ]


def test_a_left_out_body_is_that_of_the_equal_title() -> None:
    text = "Chủ tịch LĐLĐ tỉnh Phạm Thị Hà dự.\nẢnh: Đồng chí Phạm Thị Hà, Chủ tịch, trao quà."
    assert rows(text) == [("Phạm Thị Hà", "Chủ tịch", "LĐLĐ tỉnh", "current", ("attended", "presented"))]


def test_people_without_a_position_are_no_officials() -> None:
    assert rows("Chị Lê Thị Mận, công nhân Công ty May Hòa Bình, nhận quà. Chị Mận rất vui.") == []


def test_the_end_of_an_election_is_kept_for_its_term() -> None:
    text = nfc("Ông Nguyễn Bá Tín được bầu làm Chủ tịch CĐCS Trung tâm Y tế Mỹ Tú, nhiệm kỳ 2025-2030.")
    (official,) = merged(text)[0]
    assert official.term_at is not None
    assert text[official.term_at :].startswith(", nhiệm kỳ 2025-2030")
    assert text[official.span_start : official.span_end].endswith("Mỹ Tú")
