"""Which event an article reports, by whom, when and in which term; and when it reports none."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import pipeline
from pipeline.schema import EventRow
from tests.conftest import grows_linearly

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
        # who is visited receives whom another body sends
        (
            "Ngày 8/3, Công đoàn Bệnh viện Hoa Sen tiếp Đoàn kiểm tra công tác công đoàn của LĐLĐ huyện Bình Lục.",
            {"event_type": "visit", "org_text": "LĐLĐ huyện Bình Lục", "org_level": "district"},
        ),
        # who comes says less than what they do
        (
            "Ngày 8/3, Công đoàn ngành Y tế tỉnh Hà Nam tổ chức đoàn công tác đến trao kinh phí hỗ trợ Mái ấm.",
            {"event_type": "support", "org": "Công đoàn ngành Y tế tỉnh Hà Nam"},
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


@pytest.mark.parametrize(
    ("text", "status", "day"),
    [
        # behind the name, right before an act, or on the way to it
        ("Ngày 8/3, LĐLĐ tỉnh Hà Nam cho biết hội thi tay nghề sẽ diễn ra ngày 20/3.", "announced", date(2024, 3, 20)),
        ("Theo kế hoạch, ngày 20/3 LĐLĐ tỉnh Hà Nam sẽ trao 50 suất quà Tết.", "announced", date(2024, 3, 20)),
        ("Hội thảo về nhà ở sẽ do LĐLĐ tỉnh Hà Nam chủ trì, vào ngày 20/3.", "announced", date(2024, 3, 20)),
        ("Sáng 8/3, đoàn LĐLĐ tỉnh Hà Nam lên đường dự hội thảo an toàn lao động.", "announced", date(2024, 3, 8)),
        ("Chủ tịch LĐLĐ tỉnh Lê An sẽ ra Hà Nội và tham dự hội thảo ngày 20/3.", "announced", date(2024, 3, 20)),
        # ... and none of these
        ("Ngày 8/3, hội thi tay nghề đã diễn ra; vòng hai sẽ thi tiếp.", "held", date(2024, 3, 8)),
    ],
)
def test_a_word_of_the_future_belongs_to_its_own_gathering(text: str, status: str, day: date) -> None:
    event = main_event(text)
    assert (event.event_status, event.date_start) == (status, day)


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
    facts = pipeline.extract("Luật gia LÊ AN (Trung tâm Tư vấn pháp luật Công đoàn)\nLương tối thiểu là mức sàn.")
    assert facts.events == []


@pytest.mark.parametrize(
    ("text", "org"),
    [
        # the subject is the last body before the verb and those joined to it, not the first of the sentence
        (
            "Hướng tới Đại hội XIII Công đoàn Việt Nam, ngày 8/3, LĐLĐ huyện Bình Lục đã tổ chức giải bóng chuyền.",
            "Liên đoàn Lao động huyện Bình Lục",
        ),
        (
            "Sáng 8/3, tại trụ sở Sở Y tế, Công đoàn ngành Y tế tỉnh Hà Nam phối hợp với LĐLĐ huyện Bình Lục tổ chức "
            "khai mạc hội thao.",
            "Công đoàn ngành Y tế tỉnh Hà Nam",
        ),
        ("Hội thi tay nghề do LĐLĐ tỉnh Hà Nam vừa tổ chức ngày 8/3.", "Liên đoàn Lao động tỉnh Hà Nam"),
        # with whom it is held is no subject, and the one before it is
        (
            "Ngày 8/3, LĐLĐ tỉnh Hà Nam phối hợp với Công đoàn Giáo dục tỉnh Hà Nam, LĐLĐ huyện Bình Lục tổ chức hội "
            "thao.",
            "Liên đoàn Lao động tỉnh Hà Nam",
        ),
        (
            "Hội nghị đối thoại ngày 8/3 do UBND tỉnh Hà Nam phối hợp với LĐLĐ tỉnh Hà Nam tổ chức.",
            "Liên đoàn Lao động tỉnh Hà Nam",
        ),
        # what somebody tells has a subject of its own
        (
            "Ngày 8/3, ông Lê Văn Tâm, Giám đốc Sở Y tế tỉnh Hà Nam, cho biết UBND tỉnh Hà Nam đã trao quà cho thợ.",
            "Ủy ban nhân dân tỉnh Hà Nam",
        ),
        # who chairs one body and is a member of another acts for the first
        (
            "Ngày 8/3, ông Lê Văn Tâm, Ủy viên Ban Thường vụ Tỉnh ủy, Chủ tịch LĐLĐ tỉnh Hà Nam, đã đến thăm thợ.",
            "Liên đoàn Lao động tỉnh Hà Nam",
        ),
        # what a speaker tells of as done is his own house's
        (
            "Chiều 8/3, ông Lê Văn Tâm, Giám đốc Sở Y tế tỉnh Hà Nam, cho biết đã lập đoàn kiểm tra bếp ăn Công ty May "
            "Sông Hồng.",
            "Sở Y tế tỉnh Hà Nam",
        ),
        # a programme's name says nothing
        (
            'Tối 8/3, Sở Y tế tỉnh Hà Nam phối hợp tổ chức chương trình "Chia sẻ cùng thầy thuốc", vinh danh 40 y sĩ.',
            "Sở Y tế tỉnh Hà Nam",
        ),
        # what befalls people befalls a house; with whom one meets is not who acts
        (
            "Theo Công an tỉnh Hà Nam, ngày 8/3 đã xảy ra vụ cháy tại xưởng của Công ty TNHH Giày Minh Phát.",
            "Công ty TNHH Giày Minh Phát",
        ),
        (
            "Chiều 8/3, chủ thầu đã họp với UBND tỉnh Hà Nam về tiền công. Ông Lê Văn Tâm, Giám đốc Công ty Cầu Đường "
            "Sông Hồng, cho biết quỹ đã cạn.",
            "Công ty Cầu Đường Sông Hồng",
        ),
        # another country's organs are bodies, and none of this country's
        ("Hôm 8/3, Quốc hội Hàn Quốc thông qua luật giảm giờ làm.", "Quốc hội Hàn Quốc"),
        # the line of a picture tells what the text has begun without
        (
            "Hai bên đã ký quy chế phối hợp ngày 8/3.\nLĐLĐ tỉnh Hà Nam ký quy chế phối hợp với ngân hàng. Ảnh: An",
            "Liên đoàn Lao động tỉnh Hà Nam",
        ),
    ],
)
def test_the_host_is_the_subject_of_the_clause(text: str, org: str) -> None:
    assert main_event(text).org == org


def test_a_gathering_named_by_its_form_alone_is_what_it_was_for() -> None:
    event = main_event(
        'Tối 8/3, Sở Y tế tổ chức chương trình "Tấm lòng" năm 2024, vinh danh 48 thầy thuốc.', "Tôn vinh thầy thuốc"
    )
    assert event.event_type == "award"
    event = main_event("Ngày 8/3, LĐLĐ tỉnh Hà Nam tổ chức hội nghị bàn về cơ sở dữ liệu.")
    assert (event.event_type, event.rule_id) == ("other", "event.conference")


def test_the_prizes_of_a_contest_that_the_title_reports_are_given_at_the_contest() -> None:
    text = "Sáng 8/3, Công đoàn Đường sắt Việt Nam tổ chức lễ trao giải Giải bóng chuyền nữ lần thứ 2."
    assert main_event(text).event_type == "award"
    title = "Công đoàn Đường sắt Việt Nam tổ chức thành công giải bóng chuyền nữ lần thứ 2"
    assert main_event(text, title).event_type == "contest"


def test_the_report_of_a_text_without_its_beginning_is_what_was_done_at_the_gathering() -> None:
    event = main_event(
        "Bên cạnh đó, 282/592 DN đã xây dựng quy chế. Về việc thương lượng, có 294/592 DN đã ký kết thỏa ước.\n"
        "Tại hội nghị, LĐLĐ quận Bình Tân đã khen thưởng 21 đơn vị."
    )
    assert (event.event_type, event.org) == ("award", "Liên đoàn Lao động quận Bình Tân")


def test_the_work_looked_back_on_is_not_what_is_reported() -> None:
    event = main_event(
        "Theo báo cáo tổng kết, Ban Chấp hành đã tổ chức thăm hỏi, hỗ trợ 26 đoàn viên và trao quà cho thợ nghèo.\n"
        "Với nhiệm kỳ 2020-2022, Đại hội thống nhất đề ra 8 nhiệm vụ."
    )
    assert event.event_type == "congress"


def test_a_country_holds_nothing_because_its_minister_is_named() -> None:
    event = main_event(
        "Hội nghị thượng đỉnh về tăng trưởng xanh diễn ra ngày 8/3. Thủ tướng Hà Lan Mark Rutte đã dự hội nghị."
    )
    assert (event.event_type, event.org, "org_unresolved" in event.flags) == ("other", None, True)


def test_what_is_told_at_a_gathering_reports_it() -> None:
    event = main_event(
        "Dầu khí là ngành quan trọng.\nThông tin được đưa ra tại buổi làm việc của Chủ tịch LĐLĐ tỉnh Hà Nam Lê Văn "
        "Tâm với công ty.",
        published=None,
    )
    assert (event.event_type, event.org) == ("visit", "Liên đoàn Lao động tỉnh Hà Nam")


def test_a_course_named_with_its_year_is_held_in_it() -> None:
    event = main_event(
        "Ngày 7/4, Công đoàn ngành Y tế tỉnh Hà Nam khai giảng lớp huấn luyện nghiệp vụ công đoàn năm 2021.",
        published=None,
    )
    assert (event.event_type, event.date_start) == ("training", date(2021, 4, 7))


def test_what_befell_people_is_of_the_day_on_which_it_did() -> None:
    event = main_event(
        "Tối 8/3, ông Lê Văn Tâm, Chủ tịch UBND huyện Bình Lục, cho biết huyện đang điều tra vụ tai nạn lao động làm "
        "3 thợ tử nạn. Giấy phép do phòng cấp.\nKhoảng 7h20 ngày 21/2, tại đường Chợ đã xảy ra tai nạn lao động."
    )
    assert (event.event_type, event.date_start) == ("other", date(2024, 2, 21))


def test_what_lasts_for_months_is_no_day_of_an_event() -> None:
    event = main_event(
        "Trong cuộc họp với Công ty Hoàng Gia ngày 8/3, người mua nhà đòi tiền phạt từ ngày 1-12-2023 tới 31-3-2024."
    )
    assert (event.date_start, event.date_end) == (date(2024, 3, 8), date(2024, 3, 8))


def test_the_union_of_a_house_holds_its_own_congress() -> None:
    event = main_event(
        "Ngày 8/3, Bệnh viện Phước Vĩnh tổ chức Đại hội lần thứ III.", "Đại hội Công đoàn Bệnh viện Phước Vĩnh"
    )
    assert (event.org, event.org_level) == ("Công đoàn Bệnh viện Phước Vĩnh", "grassroots")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        (
            "Lớp bồi dưỡng do LĐLĐ tỉnh Hà Nam khai giảng ngày 4/3. Lớp học kéo dài đến ngày 8/3.",
            date(2024, 3, 4),
            date(2024, 3, 8),
        ),
        ("LĐLĐ tỉnh Hà Nam tổ chức giải bóng đá từ 26/2 đến 9/3.", date(2024, 2, 26), date(2024, 3, 9)),
        (
            "Sáng 6/3, LĐLĐ tỉnh Hà Nam khai mạc hội thao. Hội thao diễn ra trong 2 ngày 6 và 7/3.",
            date(2024, 3, 6),
            date(2024, 3, 7),
        ),
        # days that precede, order or follow what is told do not date it
        (
            "Thực hiện Kế hoạch số 6/KH-LĐLĐ ngày 5/2/2024, sáng 8/3, LĐLĐ huyện Bình Lục tổ chức hội thảo.",
            date(2024, 3, 8),
            date(2024, 3, 8),
        ),
        # a word that only ends like one that says so
        ("Đợt thăm công nhân, ngày 8/3, LĐLĐ huyện Bình Lục tổ chức hội thảo.", date(2024, 3, 8), date(2024, 3, 8)),
        ("LĐLĐ huyện Bình Lục tổ chức hội thi cho công nhân ngày 8/3.", date(2024, 3, 8), date(2024, 3, 8)),
        # nor do a day and its anniversary, or a day of years ago
        (
            "Mừng Ngày Gia đình Việt Nam (28/6/2001 - 28/6/2024), ngày 7/3, LĐLĐ huyện Bình Lục tổ chức hội thi.",
            date(2024, 3, 7),
            date(2024, 3, 7),
        ),
        ("LĐLĐ huyện Bình Lục (thành lập 4/10/1954) tổ chức hội thi nấu ăn.", None, None),
        ("Hội nghị LĐLĐ tỉnh Hà Nam bầu chủ tịch mới. Chủ tịch cũ nghỉ hưu từ ngày 1/3/2024.", None, None),
        ("Công đoàn ngành Y tế tỉnh Hà Nam vừa tổ chức hội nghị sơ kết quý IV/2023.", None, None),
    ],
)
def test_the_days_of_an_event(text: str, start: date | None, end: date | None) -> None:
    event = main_event(text)
    assert (event.date_start, event.date_end) == (start, end)


def test_figures_beside_a_today_that_nothing_fixes_date_the_event() -> None:
    event = main_event(
        "Hội nghị tổng kết năm 2018 của LĐLĐ huyện Bình Lục diễn ra trong hôm nay, 19-1.", published=None
    )
    assert (event.date_start, event.date_text) == (date(2019, 1, 19), "19-1")


def test_the_title_names_one_of_two_events_that_are_joined() -> None:
    text = "Tối 8/3, LĐLĐ tỉnh Hà Nam tổ chức lễ phát động Tháng Công nhân và tuyên dương công nhân tiêu biểu."
    assert main_event(text, "Tuyên dương 50 công nhân tiêu biểu").event_type == "award"
    assert main_event(text, "Hà Nam phát động Tháng Công nhân").event_type == "launch"


def test_what_is_told_at_a_gathering_was_held_though_no_day_is_named() -> None:
    event = main_event(
        "600 cán bộ công đoàn học tập Nghị quyết Đại hội Đảng.\nTại hội nghị, các đại biểu nghe báo cáo của LĐLĐ "
        "tỉnh Hà Nam.",
        published=None,
    )
    assert event.event_type == "study_conference"


def test_a_strike_is_told_before_the_talks_that_end_it() -> None:
    event = main_event(
        "Chiều 8/3, gần 900 công nhân Công ty TNHH Hải Phát đã trở lại chuyền sau ba cuộc thương lượng. Việc bắt đầu "
        "sáng 6/3, khi 800 công nhân ngừng việc. Lương tăng từ 1/4.",
        "Ba ngày ngừng việc ở Tràng Duệ",
    )
    assert (event.event_type, event.date_start, event.date_end) == ("strike", date(2024, 3, 6), date(2024, 3, 8))


def test_the_law_explained_reports_no_event() -> None:
    facts = pipeline.extract(
        "Công đoàn là tổ chức của người lao động. Doanh nghiệp muốn thành lập công đoàn cơ sở phải có ít nhất năm đoàn "
        "viên. Điều kiện để thành lập công đoàn cơ sở do Điều lệ quy định."
    )
    assert facts.events == []


def test_a_congress_explained_is_none_that_was_held() -> None:
    facts = pipeline.extract(
        "Đại hội công đoàn cơ sở được tổ chức 5 năm một lần. Đại hội bầu ban chấp hành theo Điều lệ.",
        title="Đại hội công đoàn cơ sở: Quy trình tổ chức như thế nào?",
    )
    assert facts.events == []


def test_a_number_belongs_to_the_congress_that_it_follows() -> None:
    event = main_event(
        "Theo kế hoạch về Đại hội Công đoàn các cấp tiến tới Đại hội Công đoàn tỉnh lần thứ XVII, ngày 8/3, Công đoàn "
        "Bệnh viện Phước Vĩnh tổ chức Đại hội, nhiệm kỳ 2023-2028."
    )
    assert (event.event_type, event.congress_no, event.term_start) == ("congress", None, 2023)


def test_a_place_is_a_place() -> None:
    event = main_event("Sáng 8/3, tại Nhà văn hóa huyện Bình Lục, LĐLĐ huyện Bình Lục tổ chức hội thi nấu ăn.")
    assert event.place == "Nhà văn hóa huyện Bình Lục"
    event = main_event("Phát biểu tại hội nghị ngày 8/3, LĐLĐ huyện Bình Lục tổ chức hội thi nấu ăn.")
    assert event.place is None


@pytest.mark.parametrize(
    ("title", "text", "name", "day", "org"),
    [
        (
            "Hàng chục công nhân xưởng gỗ phải vào viện",
            "Sáng 8/3, hơn 40 công nhân Công ty TNHH Gỗ Tân Phát nhập viện vì ngạt khói sơn.",
            "nhập viện vì ngạt khói sơn",
            date(2024, 3, 8),
            "Công ty TNHH Gỗ Tân Phát",
        ),
        (
            "Nhà máy giày ngừng đơn hàng",
            "Ngày 8/3, UBND huyện Bình Lục yêu cầu nhà máy trả đủ lương tháng Hai. Công nhân chờ ở cổng.",
            "yêu cầu nhà máy trả đủ lương tháng Hai",
            date(2024, 3, 8),
            "Ủy ban nhân dân huyện Bình Lục",
        ),
        (
            "Hơn 60 thợ may kiện chủ",
            "60 thợ may đã khởi kiện Công ty TNHH May Hải Vân vì chậm lương.",
            "khởi kiện Công ty TNHH",
            None,
            "Công ty TNHH May Hải Vân",
        ),
        (
            "Chủ xưởng bỏ đi, thợ bơ vơ",
            "Chiều 8/3, ông Trần Văn Hòa, Phó Chủ tịch LĐLĐ huyện Bình Lục, xác nhận xưởng đã khóa cửa.",
            "khóa cửa",
            date(2024, 3, 8),
            "Liên đoàn Lao động huyện Bình Lục",
        ),
    ],
    ids=["befalls", "decides", "sues", "confirms"],
)
def test_what_happened_is_an_event_though_no_words_name_one(
    title: str, text: str, name: str, day: date | None, org: str
) -> None:
    event = main_event(text, title=title)
    assert (event.event_type, event.rule_id) == ("other", "event.happening")
    assert "event_inferred" in event.flags
    assert (event.text[:12], event.date_start, event.org) == (name[:12], day, org)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Chuyện ở bến", "Hôm nay hàng tới theo yêu cầu của chủ xưởng và lời kêu gọi của thợ."),
        ("Bị sa thải trái luật, thợ được bồi thường thế nào?", "Ngày 8/3, một bạn đọc bị sa thải gửi thư."),
        ("Từ ngày 1/7 thêm một khoản phụ cấp", "Từ ngày 1/7, doanh nghiệp sẽ công bố mức phụ cấp theo quy định mới."),
        ("Cơm ca của thợ", "Hôm qua tôi gặp một chị thợ bị sa thải. Chúng ta đã quyết định thay chị."),
        ("Tổ thợ hàn ở xóm bến", "Tổ có chín người. Họ làm ca đêm từ nhiều năm nay, ở dãy trọ ven sông."),
        ("Cơ hội cho lao động trẻ", "Nghị định vừa được ban hành quy định mức đóng mới của người lao động."),
        ("Cần thêm nhà trẻ", "Hôm nay ngành vẫn thiếu. * Thưa bà, vì sao công ty từ chối xây nhà trẻ? - Vì thiếu đất."),
        ('"Tăng lương 6% là vừa"', "Chiều 8/3, ông Hòa khẳng định mức tăng 6% là vừa sức doanh nghiệp."),
    ],
    ids=["noun", "asks", "to-come", "author", "portrait", "law", "interview", "quoted"],
)
def test_comment_law_and_portraits_report_none(title: str, text: str) -> None:
    assert pipeline.extract(text, title=title, published=STAMP).events == []


def test_what_a_quotation_says_has_not_happened_here() -> None:
    facts = pipeline.extract('Thợ lò kể ở cổng mỏ.\n"Ngày 8/3 anh ấy bị sa thải." Mưa to.', published=STAMP)
    assert facts.events == []


def test_an_opinion_that_mentions_a_conference_does_not_report_it() -> None:
    facts = pipeline.extract(
        "Tôi nghĩ nhiều về bữa ăn ca. Hội nghị tổng kết của ngành có nhắc đến. Chúng ta cần làm khác đi.",
        title="Bữa ăn ca, chuyện không nhỏ",
        published=STAMP,
    )
    assert facts.events == []


@pytest.mark.parametrize(
    ("text", "org"),
    [
        (
            "Ngày 8/3, Tổ Công tác địa bàn số 2 thuộc LĐLĐ tỉnh Hà Nam cùng với Công ty Sao Mai tổ chức trao học bổng.",
            "Liên đoàn Lao động tỉnh Hà Nam",
        ),
        (
            "LĐLĐ tỉnh Hà Nam phối hợp với Hội Liên hiệp Phụ nữ tỉnh và Tỉnh Đoàn Hà Nam tổ chức hội nghị tổng kết.",
            "Liên đoàn Lao động tỉnh Hà Nam",
        ),
    ],
    ids=["sender", "joined"],
)
def test_the_host_is_who_sends_and_who_is_named_first(text: str, org: str) -> None:
    assert main_event(text).org == org


def test_what_is_told_as_done_needs_no_day() -> None:
    event = main_event("Công đoàn Tổng Công ty Sông Thao vừa ký thỏa thuận giá ưu đãi với khu nghỉ dưỡng Hồ Xanh.")
    assert (event.event_type, event.org) == ("agreement", "Công đoàn Tổng Công ty Sông Thao")


def test_what_explains_a_congress_reports_none() -> None:
    facts = pipeline.extract(
        "Đại hội công đoàn cơ sở là đợt sinh hoạt của đoàn viên. Đại hội đại biểu gồm có đại biểu được bầu.",
        title="Cẩm nang công đoàn",
        published=STAMP,
    )
    assert facts.events == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        (
            "Sau bốn ngày học đến chiều 8/3, LĐLĐ huyện Bình Lục tổ chức bế giảng lớp bồi dưỡng nghiệp vụ.",
            date(2024, 3, 8),
        ),
        ("Tính đến 8/3, LĐLĐ huyện Bình Lục tổ chức 4 lớp tập huấn và lớp bồi dưỡng nghiệp vụ.", None),
        ("Từ 4/3 học đến 8/3. Chiều 9/3, LĐLĐ huyện Bình Lục tổ chức bế giảng lớp bồi dưỡng.", date(2024, 3, 9)),
    ],
    ids=["went-on-to", "counted-to", "told"],
)
def test_a_course_ends_on_the_day_that_it_went_on_to(text: str, day: date | None) -> None:
    assert main_event(text).date_start == day


def test_a_letter_word_of_the_name_is_no_abbreviation_of_it() -> None:
    event = main_event("Ngày 8/3, Công đoàn Công ty Cơ khí PTK (PTK M&C) tổ chức trao quà cho thợ nghèo.")
    assert event.org == "Công đoàn Công ty Cơ khí PTK"


REVIEW = "Ngày 8/3, LĐLĐ tỉnh Hà Nam tổ chức hội nghị tổng kết hoạt động năm 2023 với 120 đại biểu tham dự."


@pytest.mark.parametrize(
    ("text", "further"),
    [
        # what the announcement says, and the sentences of its paragraph that go on about it
        (
            "Ngày 20/3, LĐLĐ tỉnh sẽ tổ chức chương trình Tết Sum vầy tại thành phố Đà Nẵng, trao 300 suất quà. "
            "Chương trình có 50 gian hàng. Năm 2023, toàn tỉnh kết nạp 450 đoàn viên.",
            ["300 suất quà", "50 gian hàng"],
        ),
        (
            "Ngày 20/3, LĐLĐ huyện Bình Lục sẽ tổ chức Hội thi cán bộ công đoàn giỏi. Dự kiến, có 60 thí sinh.\n"
            "Hội thi năm ngoái có 40 thí sinh.",
            ["60 thí sinh"],
        ),
        # a sentence that names another day or gathering too may be of either
        (
            "Ngày 20/3, LĐLĐ tỉnh sẽ tổ chức Hội thi cán bộ công đoàn giỏi với 60 thí sinh, ngày 25/3 trao 12 giải.",
            [],
        ),
        # what goes on about the main event
        (
            "Ngày 20/3, LĐLĐ tỉnh sẽ tổ chức Hội thi cán bộ công đoàn giỏi. Hội nghị khen thưởng 30 tập thể.",
            [],
        ),
    ],
)
def test_figures_belong_to_the_event_that_their_sentence_announces(text: str, further: list[str]) -> None:
    found = pipeline.extract(f"{REVIEW}\n{text}", published=STAMP)
    main, other = found.events
    assert (main.is_main, other.is_main, other.date_start) == (True, False, date(2024, 3, 20))
    assert [f.text for f in found.figures if f.event_id == other.event_id] == further
    rest = {f.event_id for f in found.figures if f.text not in further}
    assert rest == {main.event_id}


def test_officials_belong_to_the_event_that_alone_names_them() -> None:
    text = (
        f"{REVIEW} Ông Lê Văn Bình, Phó Chủ tịch LĐLĐ tỉnh phát biểu.\nNgày 20/3, LĐLĐ huyện Bình Lục sẽ tổ chức Hội "
        "thi cán bộ công đoàn giỏi. Hội thi do ông Trần Văn Hòa, Chủ tịch LĐLĐ huyện Bình Lục chủ trì. Hội thi mời "
        "ông Lê Văn Bình, Phó Chủ tịch LĐLĐ tỉnh."
    )
    found = pipeline.extract(text, published=STAMP)
    of = {o.name: o.event_id for o in found.officials}
    assert of == {"Lê Văn Bình": found.events[0].event_id, "Trần Văn Hòa": found.events[1].event_id}


@pytest.mark.parametrize(
    ("text", "provinces"),
    [
        ("LĐLĐ tỉnh sẽ tổ chức Tết Sum vầy tại thành phố Đà Nẵng.", ("Đà Nẵng", "Đà Nẵng")),
        ("LĐLĐ tỉnh sẽ tổ chức Tết Sum vầy tại thành phố Vinh.", ("Nghệ An", "Nghệ An")),
        ("LĐLĐ tỉnh Nam Định sẽ tổ chức Tết Sum vầy.", ("Nam Định", "Ninh Bình")),
        ("LĐLĐ tỉnh sẽ tổ chức Tết Sum vầy.", ("Hà Nam", "Ninh Bình")),
        # two provinces, a host whose province nothing tells
        ("Tổng LĐLĐ Việt Nam sẽ tổ chức Tết Sum vầy tại Nghệ An và Hà Tĩnh.", (None, None)),
        ("Công ty TNHH Giày Minh Phát sẽ tổ chức Tết Sum vầy.", (None, None)),
    ],
)
def test_a_further_event_lies_where_its_venue_or_host_does(text: str, provinces: tuple[str, str] | None) -> None:
    main, other = pipeline.extract(f"{REVIEW}\nNgày 20/3, {text}", published=STAMP).events
    assert (main.province, main.province_now) == ("Hà Nam", "Ninh Bình")
    assert (other.province, other.province_now) == provinces


def test_a_day_of_another_clause_dates_no_further_event() -> None:
    text = f"{REVIEW}\n52 CĐCS đã tổ chức hội nghị người lao động; 95% đoàn viên đi bầu cử ngay trong sáng 23/2."
    assert [e.is_main for e in pipeline.extract(text, published=STAMP).events] == [True]


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("Thứ hai, ngày 8/3/2024, LĐLĐ tỉnh Hà Nam tổ chức hội nghị tổng kết năm 2023.", "date_conflict"),
        ("Ngày 8/3, CĐCS Hoa Sen tổ chức Đại hội lần thứ II, nhiệm kỳ 2017-2022.", "date_conflict"),
        (
            "Ngày 8/3, LĐLĐ tỉnh Hà Nam và LĐLĐ tỉnh Nam Định tổ chức hội nghị tổng kết.",
            "province_conflict",
        ),
        ("Ngày 8/3, LĐLĐ huyện Bình Lục tổ chức hội nghị tổng kết năm 2023.", "province_inferred"),
    ],
)
def test_what_is_doubtful_stands_in_the_flags_of_the_event(text: str, flag: str) -> None:
    assert flag in main_event(text).flags


@pytest.mark.parametrize(
    ("text", "kind", "org"),
    [
        # who comes to a gathering, or only speaks there, does not hold it
        ("Sáng 8/3, Giám đốc Sở Y tế tỉnh Hà Nam Lê Văn An dự hội thảo về bữa ăn ca.", "other", None),
        ("Thứ trưởng Bộ Xây dựng Lê Văn An phát biểu tại hội thảo về nhà ở ngày 8/3.", "other", None),
        (
            "Chủ tịch LĐLĐ tỉnh Hà Nam Lê Văn An phát biểu tại hội thảo ngày 8/3.",
            "other",
            "Liên đoàn Lao động tỉnh Hà Nam",
        ),
        ("Tại họp báo ngày 8/3, Phó Giám đốc Sở Y tế tỉnh Hà Nam Lê Văn An nói vậy.", "other", None),
        # ... unless he chairs it
        ("Ngày 8/3, chủ trì hội nghị gỡ khó, Thứ trưởng Bộ Xây dựng Lê Văn An nêu ba việc.", "other", "Bộ Xây dựng"),
        # what is named as holding it is no other body's, read or not
        (
            "Thứ trưởng Bộ Xây dựng Lê An nói vậy tại giao lưu trực tuyến do kênh Phố Thợ tổ chức ngày 8/3.",
            "dialogue",
            None,
        ),
        (
            "Thứ trưởng Bộ Xây dựng Lê An nói vậy tại giao lưu trực tuyến do báo điện tử Phố Thợ tổ chức ngày 8/3.",
            "dialogue",
            "Báo điện tử Phố Thợ",
        ),
        # the first of partners, whatever stands between
        (
            "Ngày 8/3, Sở Y tế tỉnh Hà Nam phối hợp với nhóm Áo Xanh và Công ty CP Sông Mây tổ chức hội thảo.",
            "other",
            "Sở Y tế tỉnh Hà Nam",
        ),
        # of a visit the visitor
        (
            "Giám đốc Sở Y tế tỉnh Hà Nam Lê An nói về chuyến thăm ngày 8/3 của Bộ trưởng Bộ Xây dựng Trần Văn Bình.",
            "visit",
            "Bộ Xây dựng",
        ),
        ("Giám đốc Sở Y tế tỉnh Hà Nam Lê An nói về chuyến thăm ngày 8/3 của ông Bình.", "visit", None),
        # a paper only tells of it
        ("Theo báo Phố Thợ, sáng 8/3 ba thợ lò bị thương khi vào ca.", "other", None),
        # a building is no gathering, and what a committee is for is its name
        (
            "Ngày 8/3, tại Trung tâm Hội nghị Sông Mây, LĐLĐ tỉnh Hà Nam tổ chức hội thi tay nghề.",
            "contest",
            "Liên đoàn Lao động tỉnh Hà Nam",
        ),
    ],
)
def test_a_guest_or_a_speaker_is_no_host(text: str, kind: str, org: str | None) -> None:
    event = main_event(text)
    assert (event.event_type, event.org) == (kind, org)


def test_a_headline_leaves_it_to_the_report_whether_the_event_was_held() -> None:
    title = "LĐLĐ tỉnh Hà Nam tổ chức hội thi tay nghề"
    coming = main_event("Hội thi tay nghề sẽ diễn ra ngày 20/3 tại Phủ Lý. Có 40 thợ ghi tên.", title=title)
    assert (coming.event_status, coming.date_start) == ("announced", date(2024, 3, 20))
    held = main_event("Ngày 8/3, hội thi tay nghề đã diễn ra. Cuộc thi thợ giỏi sẽ diễn ra sau.", title=title)
    assert (held.event_status, held.date_start) == ("held", date(2024, 3, 8))


def test_whom_a_visit_is_paid_to_does_not_hold_it() -> None:
    event = main_event("Ngày 8/3, thợ mỏ kể với Chủ tịch Cuba Miguel Ancora về chuyến thăm Cuba.")
    assert (event.event_type, event.org) == ("visit", None)


def test_what_an_earlier_case_did_is_not_what_happened() -> None:
    event = main_event("Chủ tịch tỉnh ngày 8/3 gửi lời chia buồn sau vụ sạt lở ở Mường Sến, làm 6 người thiệt mạng.")
    assert event.text.startswith("gửi lời chia buồn")


@pytest.mark.parametrize(
    ("piece", "size"),
    [
        # in one sentence that never ends: gifts with a quarter each, gatherings, the bodies that come to them
        ("tặng 5 suất quà cho 30 đoàn viên trong quý 2 năm 2022 ", 16000),
        ("hội nghị dự đại hội hội thi thăm công nhân bị tai nạn, ", 60000),
    ],
)
def test_events_of_a_hostile_text_are_weighed_in_linear_time(piece: str, size: int) -> None:
    assert grows_linearly(lambda text: pipeline.extract(f"T\n{text}"), piece, size)
