"""Mentions joined to officials over an article."""

from __future__ import annotations

import pytest

from pipeline import api, rules
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


HELD = "Ngày 5/6/2024, "


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "LĐLĐ huyện Kim Thành tổ chức lễ ra mắt Nghiệp đoàn Nghề cá xã Bến Lá. Ông Mai Văn Cá được chỉ định làm "
            "Chủ tịch.",
            [("Mai Văn Cá", "Nghiệp đoàn nghề cá xã Bến Lá", "event")],
        ),
        (
            "Bệnh viện Đa khoa Bến Lá tổ chức hội nghị viên chức, người lao động. Bà Ngô Thị Tấm, Trưởng phòng Tổ chức "
            "cán bộ và ông Cao Bá Gáo, Giám đốc dự.",
            [
                ("Ngô Thị Tấm", "Phòng Tổ chức cán bộ Bệnh viện Đa khoa Bến Lá", "event"),
                ("Cao Bá Gáo", "Bệnh viện Đa khoa Bến Lá", "event"),
            ],
        ),
        (
            "HĐND tỉnh Hà Nam tổ chức hội nghị tổng kết. Ông Cao Bá Gáo, Phó Giám đốc, phát biểu.",
            [("Cao Bá Gáo", None, "none")],
        ),
        (
            "LĐLĐ tỉnh Hà Nam tổ chức hội nghị tổng kết. Ông Lỗ Văn Trạch, Chủ tịch Công đoàn Công ty TNHH Lá Bàng, kể "
            "chuyện ngồi với Giám đốc Ngô Văn Me.",
            [
                ("Lỗ Văn Trạch", "Công đoàn Công ty TNHH Lá Bàng", "text"),
                ("Ngô Văn Me", "Công ty TNHH Lá Bàng", "text"),
            ],
        ),
        (
            "Công ty TNHH Lá Bàng tổ chức hội nghị người lao động. Ông Huỳnh Tấn Mão, Chủ tịch CĐCS và ông Lê Văn Tám, "
            "Bí thư Đảng ủy chủ trì.",
            [
                ("Huỳnh Tấn Mão", "Công đoàn Công ty TNHH Lá Bàng", "event"),
                ("Lê Văn Tám", "Đảng ủy Công ty TNHH Lá Bàng", "event"),
            ],
        ),
        (
            "LĐLĐ tỉnh Hà Nam tổ chức lễ trao quyết định. Ông Lê Tám được bầu làm Chủ tịch Công đoàn phường Lá Bàng; "
            "bà Ngô Thị Me được bầu làm Phó Chủ tịch.",
            [("Lê Tám", "Công đoàn phường Lá Bàng", "text"), ("Ngô Thị Me", "Công đoàn phường Lá Bàng", "text")],
        ),
    ],
)
def test_the_body_that_a_text_leaves_out(text: str, wanted: list[tuple[str, str | None, str]]) -> None:
    assert [(o.name, o.org, o.org_basis) for o in api.extract(HELD + text).officials] == wanted


@pytest.mark.parametrize(
    ("text", "name", "position", "org"),
    [
        (
            "Huyện Ba Tơ có mưa. Ông Trần Kim Vải - phó bí thư huyện ủy, chủ tịch UBND huyện Vân Canh đi cấy.",
            "Trần Kim Vải", "phó bí thư", "Huyện ủy Vân Canh",
        ),
        (
            "Ông Đặng Bá Quýt - bí thư chi bộ, hạt trưởng Hạt Kiểm lâm huyện Vân Canh, trồng bưởi.",
            "Đặng Bá Quýt", "bí thư", "Chi bộ Hạt Kiểm lâm huyện Vân Canh",
        ),
        (
            "Bác sĩ Phạm Thị Chanh - phó Khoa nội 4, Bệnh viện Đa khoa tỉnh Hải Dương - cứu 3 thợ của Công ty Mơ.",
            "Phạm Thị Chanh", "phó Khoa", "Khoa nội 4 Bệnh viện Đa khoa tỉnh Hải Dương",
        ),
        (
            "Dự có bà Lò Thị Hoan, Ủy viên Ban Thường vụ LĐLĐ tỉnh Lâm Đồng, Trưởng ban Công tác công đoàn.",
            "Lò Thị Hoan", "Trưởng ban", "Ban Công tác Công đoàn Liên đoàn Lao động tỉnh Lâm Đồng",
        ),
        (
            "Dự có bà Lò Thị Hoan, Ủy viên Ban Thường vụ LĐLĐ tỉnh Lâm Đồng, Chánh Văn phòng.",
            "Lò Thị Hoan", "Chánh Văn phòng", "Liên đoàn Lao động tỉnh Lâm Đồng",
        ),
        (
            "Cục báo cáo Bộ trưởng Đào Ngọc Dưa phương án đưa rau về chợ (Bộ LĐ-TB&XH).",
            "Đào Ngọc Dưa", "Bộ trưởng", "Bộ Lao động - Thương binh và Xã hội",
        ),
        (
            "Công đoàn Bệnh viện Lá Lốt tặng rau. Ông Hồ Văn Cá, Trưởng phòng Tổ chức cán bộ, cân rau.",
            "Hồ Văn Cá", "Trưởng phòng", "Phòng Tổ chức cán bộ Bệnh viện Lá Lốt",
        ),
        (
            "LĐLĐ huyện Kim Thành họp. Dự có ông Lê Văn Mận- PBT TT- CT UBND huyện.",
            "Lê Văn Mận", "Phó Bí thư Thường trực", "Huyện ủy Kim Thành",
        ),
        (
            "Dự có ông Lê Văn Mận, Phó Bí thư, Chủ tịch UBND xã Bến Lá.",
            "Lê Văn Mận", "Phó Bí thư", "Đảng ủy xã Bến Lá",
        ),
        (
            "Dự có bà Hồ Thị Na, UVBTVTU, Chủ tịch LĐLĐ tỉnh Hà Nam.",
            "Hồ Thị Na", "Ủy viên Ban Thường vụ", "Tỉnh ủy Hà Nam",
        ),
        (
            "Dự có bà Hồ Thị Na, P. Chủ tịch Hội đồng quản trị (HĐQT) Công ty TNHH Lá Bàng.",
            "Hồ Thị Na", "Phó Chủ tịch Hội đồng quản trị", "Công ty TNHH Lá Bàng",
        ),
        (
            "Công đoàn phường Lá Bàng tổ chức đại hội. Ông Lê Văn Mận, CT UBMTTQ, được bầu giữ chức Chủ tịch.",
            "Lê Văn Mận", "Chủ tịch", "Công đoàn phường Lá Bàng",
        ),
        (
            "Công đoàn Tổng công ty Lúa Việt Nam (LV RICE) họp. Về phía LV RICE có ông Lê Văn Mận, Bí thư Đảng ủy.",
            "Lê Văn Mận", "Bí thư", "Đảng ủy Tổng Công ty Lúa Việt Nam",
        ),
        (
            "Công đoàn Trung tâm Tin học Lá Bàng hát. Về phía Nhà trường có ông Lê Văn Mận, Chủ tịch Công đoàn Trường.",
            "Lê Văn Mận", "Chủ tịch", "Công đoàn trường",
        ),
        (
            "Công đoàn xã Phú Lá tổ chức đại hội. Dự có ông Lê Văn Mận, Phó Bí thư Thường trực Đảng ủy.",
            "Lê Văn Mận", "Phó Bí thư Thường trực", "Đảng ủy xã Phú Lá",
        ),
        (
            "LĐLĐ tỉnh Hà Nam tổ chức hội nghị. Bà Hồ Thị Na, Ủy viên Ban Thường vụ, Chủ nhiệm UBKT đọc báo cáo.",
            "Hồ Thị Na", "Ủy viên Ban Thường vụ", "Liên đoàn Lao động tỉnh Hà Nam",
        ),
        (
            "Bệnh viện Lá Lốt tổ chức hội nghị viên chức. Về phía Tổng công ty có ông Lê Văn Mận, Ủy viên BCH Công "
            "đoàn, Trưởng Phòng Kế toán.",
            "Lê Văn Mận", "Trưởng Phòng", "Phòng Kế toán tổng công ty",
        ),
        (
            "Giải bóng đá nam công nhân lao động lần thứ V khai mạc 5/6. Ông Lê Văn Mận, Trưởng Ban Tổ chức giải, dự.",
            "Lê Văn Mận", "Trưởng Ban Tổ chức", "Giải bóng đá nam công nhân lao động",
        ),
    ],
)  # fmt: skip
def test_a_body_that_the_text_leaves_out_is_that_of_the_seats_beside(
    text: str, name: str, position: str, org: str
) -> None:
    found = [(o.name, o.position, o.org) for o in api.extract(text).officials]
    assert (name, position, org) in found


def test_of_two_ministries_named_neither_is_the_ministers() -> None:
    found = api.extract("Bộ Nội vụ và Bộ Y tế họp. Bộ trưởng Đào Ngọc Dưa dự.").officials
    assert [(o.position, o.org) for o in found] == [("Bộ trưởng", None)]


def test_a_seat_shared_with_the_next_name_is_hers_only_if_she_has_no_other() -> None:
    text = "Bà Lê Thị Me, Giám đốc Sở Y tế, đến.\nBà Lê Thị Me và ông Hồ Văn Cá, Phó Chủ tịch LĐLĐ tỉnh, cùng dự."
    assert [(name, position) for name, position, *_ in rows(text)] == [
        ("Lê Thị Me", "Giám đốc"),
        ("Hồ Văn Cá", "Phó Chủ tịch"),
    ]


def test_the_head_of_another_countrys_party_holds_nothing_here() -> None:
    text = "Lãnh đạo Trung Quốc Trần Kiến Mai đi cấy. Tổng bí thư Trần Kiến Mai cho biết lúa tốt."
    assert [(o.name, o.position, o.org) for o in api.extract(text).officials] == [
        ("Trần Kiến Mai", "Tổng bí thư", None)
    ]


def test_a_department_of_an_authority_is_of_no_house_that_the_article_names() -> None:
    text = "Bệnh viện Lá Lốt họp. Ông Ngô Văn Hai, phó trưởng phòng 3 Cục Cảnh sát, cũng thông tin."
    assert [(o.position, o.org) for o in api.extract(text).officials] == [("phó trưởng phòng", "phòng 3 Cục Cảnh sát")]


def test_the_name_behind_an_aides_title_is_that_of_the_one_served() -> None:
    assert rows("Người phát ngôn của Tổng thống Hàn Quốc Moon Jae - in cho biết trời đẹp.") == []


def test_who_is_elected_by_another_countrys_parliament_holds_nothing_here() -> None:
    found = api.extract("Quốc hội Trung Quốc thông qua đề cử bà Lê Xuân Lan làm Phó Thủ tướng.").officials
    assert [(o.name, o.position, o.org) for o in found] == [("Lê Xuân Lan", "Phó Thủ tướng", None)]


def test_a_foreigners_seat_is_of_the_one_country_that_the_article_names() -> None:
    text = "Thợ mỏ ở Chile nghỉ trưa. Tổng thống Goran Petrelli khen bữa cơm. Chủ tịch Quốc hội Marta Kowalsky nói."
    found = api.extract(text).officials
    assert [(o.name, o.org) for o in found] == [("Goran Petrelli", "Chile"), ("Marta Kowalsky", "Quốc hội Chile")]


def test_a_foreigners_seat_is_nobodys_where_the_article_names_two_countries() -> None:
    text = "Thợ mỏ ở Chile và thợ dệt ở Peru nghỉ trưa. Tổng thống Goran Petrelli khen bữa cơm."
    assert [(o.name, o.org) for o in api.extract(text).officials] == [("Goran Petrelli", None)]


def test_a_foreigner_of_whose_seat_the_article_speaks_with_its_country() -> None:
    text = "Thợ mỏ ở Chile và thợ dệt ở Peru nghỉ trưa. Tổng thống Goran Petrelli đi câu. Tổng thống Peru hứa mua lưới."
    assert [(o.name, o.org) for o in api.extract(text).officials] == [("Goran Petrelli", "Peru")]


def test_a_foreign_head_of_government_does_not_serve_in_this_one() -> None:
    found = api.extract("Ông Marta Petrelli, Phó Thủ tướng, dự tiệc trà.").officials
    assert [(o.position, o.org) for o in found] == [("Phó Thủ tướng", None)]


def test_a_name_written_the_other_way_round_is_one_person() -> None:
    text = "Ông Hanako Fukuzawa, Giám đốc Công ty Lá Bàng, nói.\nGiám đốc Công ty Lá Bàng Fukuzawa Hanako. Ảnh: T.L."
    text = "Ông Hanako Fukuzawa, Giám đốc Công ty Lá Bàng, nói.\nÔng Fukuzawa Hanako, Giám đốc Công ty Lá Bàng."
    assert [(name, position) for name, position, *_ in rows(text)] == [("Hanako Fukuzawa", "Giám đốc")]


def test_a_seat_that_is_only_called_by_its_first_word_is_no_second_one() -> None:
    text = "Chủ tịch nước Ngô Xuân Mộc thăm xưởng.\nChủ tịch Ngô Xuân Mộc hỏi chuyện thợ."
    assert [(position, org) for _, position, org, *_ in rows(text)] == [("Chủ tịch nước", "Nhà nước")]


def test_who_acts_below_a_picture_without_a_title() -> None:
    text = "Dự có ông Ngô Văn Hai, Chủ tịch LĐLĐ tỉnh.\nNgô Văn Hai trao quà cho đội chèo."
    assert rows(text) == [("Ngô Văn Hai", "Chủ tịch", "LĐLĐ tỉnh", "current", ("attended", "presented"))]
    text = "Dự có ông Ngô Văn Hai, Chủ tịch LĐLĐ tỉnh. Ngô Văn Hai phát biểu."
    assert rows(text) == [("Ngô Văn Hai", "Chủ tịch", "LĐLĐ tỉnh", "current", ("attended", "spoke"))]


def test_a_pronoun_behind_a_short_name_that_nobody_bears_means_nobody_named() -> None:
    text = "Ông Lê Văn Cót, Giám đốc Sở Y tế, đến.\nÔng Lúa phát biểu. Ông được bầu làm Trưởng thôn Đồi Sim."
    assert [(name, position) for name, position, *_ in rows(text)] == [("Lê Văn Cót", "Giám đốc")]


def test_those_whom_a_sentence_elects_do_not_attend_by_it() -> None:
    text = "Đại biểu cũng bầu Ban Thanh tra nhân dân gồm 7 người, bà Đinh Thị Ổi, Giám đốc Bệnh viện Lá Lốt, vắng mặt."
    assert rows(text) == [("Đinh Thị Ổi", "Giám đốc", "Bệnh viện Lá Lốt", "current", ("mentioned",))]


def test_a_head_of_government_in_news_that_never_speaks_of_this_country_is_not_of_it() -> None:
    text = "Thợ mỏ ở Chile và thợ dệt ở Peru nghỉ trưa. Thủ tướng Lý Khắc Gừng tặng mỗi người một quả chuối."
    assert [(o.name, o.org) for o in api.extract(text).officials] == [("Lý Khắc Gừng", None)]
    text = "Thợ mỏ ở Chile và thợ dệt ở Peru đến Việt Nam. Thủ tướng Lý Khắc Gừng tặng mỗi người một quả chuối."
    assert [(o.name, o.org) for o in api.extract(text).officials] == [("Lý Khắc Gừng", "Chính phủ")]


def test_a_foreign_name_that_goes_on_behind_its_particle() -> None:
    found = api.extract("Ngoại trưởng Adel bin Omar Al - Foxeir đi câu.").officials
    assert [o.name for o in found] == ["Adel bin Omar Al - Foxeir"]


def test_a_list_set_in_lines_does_what_the_line_above_it_says() -> None:
    text = (
        "Công đoàn Trường THPT Lá Bàng tổ chức đại hội.\n"
        "Về dự và chỉ đạo đại hội có các đồng chí:\n"
        "- Ông Lê Văn Mận, Phó Chủ tịch LĐLĐ tỉnh Hà Nam\n"
        "Về phía Trường THPT Lá Bàng\n"
        "+ Bà Hồ Thị Na - Bí thư Chi bộ Hiệu trưởng nhà trường;\n"
        "Đại hội đã bầu Ban Chấp hành khóa mới gồm các đồng chí:\n"
        "1. Trần Văn Ba - Chủ tịch\n"
        "2. Đ/c Phạm Thị Bảy - Tổ trưởng Tổ Toán\n"
        "Cuối buổi, ông Lê Văn Tám, Giám đốc Sở Y tế, ra về."
    )
    found = [(o.name, o.position, o.org, o.tenure, o.roles) for o in api.extract(text).officials]
    came = ["attended", "directed"]
    assert found == [
        ("Lê Văn Mận", "Phó Chủ tịch", "Liên đoàn Lao động tỉnh Hà Nam", "current", came),
        ("Hồ Thị Na", "Bí thư", "Chi bộ Trường THPT Lá Bàng", "current", came),
        ("Hồ Thị Na", "Hiệu trưởng", "Trường THPT Lá Bàng", "current", came),
        ("Trần Văn Ba", "Chủ tịch", "Công đoàn Trường THPT Lá Bàng", "elected", ["elected"]),
        ("Phạm Thị Bảy", "Tổ trưởng", "Tổ Toán Trường THPT Lá Bàng", "current", ["elected"]),
        ("Lê Văn Tám", "Giám đốc", "Sở Y tế tỉnh Hà Nam", "current", ["mentioned"]),
    ]


def test_a_seat_told_twice_in_other_words_is_one_row() -> None:
    text = (
        "Ngày 5/6/2024, LĐLĐ TP Cần Thơ họp. Bà Lê Thị Me làm Chủ tịch Liên đoàn Lao động TP.\n"
        "Bà Lê Thị Me, Chủ tịch LĐLĐ TP Cần Thơ, trao quà."
    )
    found = [(o.position, o.org, o.tenure, o.roles) for o in api.extract(text).officials]
    assert found == [("Chủ tịch", "Liên đoàn Lao động thành phố Cần Thơ", "elected", ["elected", "presented"])]
