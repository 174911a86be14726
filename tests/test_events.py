"""Which event an article reports, by whom, when and in which term; and when it reports none."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import pipeline
from pipeline.schema import EventRow

STAMP = date(2024, 3, 12)


def main_event(text: str, title: str | None = None, published: date | None = STAMP) -> EventRow:
    events: list[EventRow] = pipeline.extract(text, published=published, title=title).events
    (found,) = [e for e in events if e.is_main]
    return found


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "Ngày 8/3, CĐCS Bệnh viện Đa khoa Phước Vĩnh tổ chức Đại hội lần thứ V, nhiệm kỳ 2023-2028.",
            {
                "event_type": "congress",
                "congress_no": 5,
                "term_start": 2023,
                "term_end": 2028,
                "org_level": "grassroots",
            },
        ),
        (
            "Sáng 8/3, LĐLĐ huyện Bình Lục tổ chức hội nghị tổng kết năm 2023 và khen thưởng 12 tập thể.",
            {"event_type": "review_conference", "congress_no": None, "part_of_day": "morning", "org_level": "district"},
        ),
        (
            "Chiều 8/3, Ban Chấp hành LĐLĐ tỉnh Hà Nam tổ chức hội nghị lần thứ 9. Hội nghị quán triệt Nghị quyết "
            "Đại hội XIII Công đoàn Việt Nam.",
            {"event_type": "committee_meeting", "org": "Liên đoàn Lao động tỉnh Hà Nam", "org_level": "province"},
        ),
        (
            "Hơn 400 công nhân Công ty TNHH Giày Minh Phát ngừng việc tập thể từ ngày 6/3 đến ngày 8/3 vì nợ lương.",
            {
                "event_type": "strike",
                "date_start": date(2024, 3, 6),
                "date_end": date(2024, 3, 8),
                "org_level": "other",
            },
        ),
        (
            "Ngày 8/3, UBND tỉnh phối hợp với LĐLĐ tỉnh Hà Nam tổ chức hội nghị đối thoại với công nhân.",
            {"event_type": "dialogue", "org": "Liên đoàn Lao động tỉnh Hà Nam"},
        ),
        (
            "Chủ tịch LĐLĐ huyện Bình Lục Trần Văn Hòa ngày 8/3 đã trao 30 suất quà cho công nhân khó khăn.",
            {"event_type": "support", "org_text": "LĐLĐ huyện Bình Lục"},
        ),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_type_host_and_fields(text: str, wanted: dict[str, Any]) -> None:
    event = main_event(text)
    assert {name: getattr(event, name) for name in wanted} == wanted


def test_a_congress_that_is_only_talked_about_is_not_the_event() -> None:
    event = main_event(
        "Ngày 8/3, Công đoàn ngành Y tế tỉnh Hà Nam tổ chức hội nghị học tập, quán triệt Nghị quyết Đại hội XIII "
        "Công đoàn Việt Nam, nhiệm kỳ 2023-2028. Đại hội XIII đề ra 9 chỉ tiêu. Nghị quyết Đại hội nêu ba khâu đột phá."
    )
    assert (event.event_type, event.congress_no, event.term_start) == ("study_conference", None, None)


def test_what_is_still_to_come_is_announced() -> None:
    event = main_event("Dự kiến ngày 20/3, LĐLĐ tỉnh Hà Nam sẽ tổ chức Đại hội lần thứ XVI, nhiệm kỳ 2023-2028.")
    assert (event.event_status, event.date_start) == ("announced", date(2024, 3, 20))


def test_a_further_event_has_a_day_of_its_own() -> None:
    facts = pipeline.extract(
        "Ngày 8/3, LĐLĐ huyện Bình Lục tổ chức Đại hội lần thứ XI, nhiệm kỳ 2023-2028.\n"
        "Trước đó, ngày 1/3, LĐLĐ huyện Bình Lục tổ chức hội thi cán bộ công đoàn giỏi.",
        published=STAMP,
    )
    assert [(e.is_main, e.event_type, e.date_start) for e in facts.events] == [
        (True, "congress", date(2024, 3, 8)),
        (False, "contest", date(2024, 3, 1)),
    ]


def test_an_anniversary_is_no_founding() -> None:
    facts = pipeline.extract(
        "Ngày 8/3, LĐLĐ tỉnh Hà Nam tổ chức tọa đàm kỷ niệm Ngày thành lập Công đoàn Việt Nam (28/7/1929).",
        published=STAMP,
    )
    assert [(e.event_type, e.date_start) for e in facts.events] == [("other", date(2024, 3, 8))]


def test_an_inferred_year_is_flagged_and_a_stated_one_is_not() -> None:
    assert "year_inferred" in main_event("Ngày 8/3, LĐLĐ tỉnh Hà Nam tổ chức hội thi tay nghề.").flags
    stated = main_event("Ngày 8/3/2024, LĐLĐ tỉnh Hà Nam tổ chức hội thi tay nghề.")
    assert (stated.flags, stated.date_basis) == ([], "explicit")


def test_no_ground_no_date() -> None:
    event = main_event("Ngày 8/3, LĐLĐ tỉnh Hà Nam tổ chức hội thi tay nghề.", published=None)
    assert (event.date_start, event.date_end, event.date_basis, event.date_text) == (None, None, "none", "8/3")
    assert "year_missing" in event.flags


def test_an_opinion_reports_no_event() -> None:
    facts = pipeline.extract(
        "Tiền lương phải bảo đảm mức sống tối thiểu của người lao động. Theo quy định, chủ doanh nghiệp trả thêm ít "
        "nhất 30% cho giờ làm ban đêm. Công đoàn cần giám sát việc này tốt hơn.",
        published=STAMP,
    )
    assert facts.events == []
    assert "no_event" in [i.code for i in facts.issues]
    assert [f.event_id for f in facts.figures] == [None]
