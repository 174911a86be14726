"""Places: names of provinces in texts, and the province that an article is about."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipeline
from pipeline import rules
from pipeline.document import Block, Document, Passage, Taken
from pipeline.extract.bodies import BodyExtractor
from pipeline.facts import BodyMention
from pipeline.gazetteer import gazetteer, words_pattern
from pipeline.resolve.places import Place, article_place
from pipeline.text import canonical, nfc

RULES = rules.load()
PLACES = gazetteer(RULES)
EXTRACT = BodyExtractor(RULES)


def provinces_in(text: str) -> list[tuple[int, int, str]]:
    """The provinces that a text names, as (start, end, name)."""
    return list(PLACES.find(canonical(nfc(text))))


@pytest.mark.parametrize("text", ["Gặp mặt tại thành phố Đà Nẵng", "thành phố Đà Nẵng", "công nhân TP Đà Nẵng"])
def test_a_city_is_no_street(text: str) -> None:
    assert [name for _, _, name in provinces_in(text)] == ["Đà Nẵng"]
    assert provinces_in(text.replace("thành phố", "khu phố").replace("TP", "ở phố")) == []


def place(*lines: str, site: str | None = None, url: str | None = None, published: str | None = None) -> Place:
    """The place of an article whose first line is the title."""
    text = "\n".join(lines)
    blocks, start = [], 0
    for number, line in enumerate(lines):
        blocks.append(Block("title" if number == 0 else "body", start, start + len(line)))
        start += len(line) + 1
    stamp = dt.datetime.fromisoformat(published) if published else None
    document = Document("a", text, tuple(blocks), site=site, url=url, published=stamp)
    mentions = [
        m.shifted(at)
        for at, passage in document.passages()
        for m in EXTRACT(passage, Taken())
        if isinstance(m, BodyMention)
    ]
    return article_place(document, mentions, RULES)


def test_the_63_provinces_of_2024_are_covered_by_34() -> None:
    day = dt.date(2024, 6, 1)
    then = {PLACES.at(p, day) for p in PLACES.provinces}
    assert len(then) == 63
    assert len({PLACES.at(p, dt.date(2025, 7, 1)) for p in then}) == 34
    assert {PLACES.now(p) for p in then} == {PLACES.at(p, dt.date(2026, 1, 1)) for p in then}


@pytest.mark.parametrize(
    ("province", "day", "then"),
    [
        ("Hà Tây", "2010-01-01", "Hà Nội"),
        ("Huế", "2019-05-01", "Thừa Thiên Huế"),
        ("Thừa Thiên Huế", "2025-02-01", "Huế"),
        ("Sóc Trăng", "2025-06-30", "Sóc Trăng"),
        ("Sóc Trăng", "2025-07-01", "Cần Thơ"),
        ("Thanh Hóa", "2025-07-01", "Thanh Hóa"),
    ],
)
def test_a_province_is_named_as_at_that_time(province: str, day: str, then: str) -> None:
    assert PLACES.at(province, dt.date.fromisoformat(day)) == then


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("LĐLĐ TP. Cần Thơ, TP.HCM và tỉnh Bà Rịa–Vũng Tàu", ["Cần Thơ", "Hồ Chí Minh", "Bà Rịa - Vũng Tàu"]),
        ("thợ quê Đắc Lắc, Đăk Nông, BR-VT, TT-Huế", ["Đắk Lắk", "Đắk Nông", "Bà Rịa - Vũng Tàu", "Thừa Thiên Huế"]),
        ("VÌ QUÊ HƯƠNG THANH HÓA GIÀU ĐẸP", ["Thanh Hóa"]),
        ("Tại Hoà Bình, tỉnh Hòa Bình", ["Hòa Bình", "Hòa Bình"]),
        ("anh Nguyễn Thái Bình và chị Trần Thị Huế", []),
        ("ở 12 đường Hà Nội; vùng biển Thái Bình Dương", []),
        ("khát vọng hòa bình; Hòa Bình là điều quý", []),
    ],
)
def test_provinces_in_a_text(text: str, names: list[str]) -> None:
    hits = provinces_in(text)
    assert [name for _, _, name in hits] == names


def test_units_know_their_provinces() -> None:
    unit = PLACES.unit("huyện", "Thủy Nguyên")  # a city since 2025, a district before
    assert unit is not None
    assert unit.provinces == ("Hải Phòng",)
    many = PLACES.unit("huyện", "Châu Thành")
    assert many is not None
    assert len(many.provinces) > 5
    assert PLACES.unit("huyện", "Nguyễn Văn Sở") is None


@pytest.mark.parametrize(
    ("lines", "site", "published", "province", "now"),
    [
        (("LĐLĐ tỉnh Sóc Trăng họp", "Sáng 9/10, LĐLĐ tỉnh họp."), None, None, "Sóc Trăng", "Cần Thơ"),
        (("Tập huấn cán bộ", "Bốn lớp mở ở huyện Quan Hóa và huyện Hoằng Hóa."), None, None, "Thanh Hóa", "Thanh Hóa"),
        (("Tổng kết công tác", "Sáng nay, công đoàn ngành họp."), "soctrang.gov.vn", None, "Sóc Trăng", "Cần Thơ"),
        (("Thăm thợ", "Đoàn thăm thợ ở Cà Mau."), "Báo Cà Mau", None, "Cà Mau", "Cà Mau"),
        (
            ("Đại hội", "CĐCS Trung tâm Y tế khu vực Sóc Trăng họp.", "Phó Chủ tịch LĐLĐ TP Cần Thơ Lê An dự."),
            None, None, "Cần Thơ", "Cần Thơ",
        ),
        (("LĐLĐ TP Huế họp", "Sáng nay, thợ dệt ở TP Huế ký thỏa ước."), None, "2018-05-01", "Thừa Thiên Huế", "Huế"),
    ],
)  # fmt: skip
def test_the_province_that_an_article_is_about(
    lines: tuple[str, ...], site: str | None, published: str | None, province: str, now: str
) -> None:
    found = place(*lines, site=site, published=published)
    assert (found.scope, found.province, found.province_now) == ("province", province, now)


def test_a_national_body_over_several_provinces_is_nation_wide() -> None:
    found = place(
        "Nợ bảo hiểm tăng",
        "Chiều 8/4, Tổng LĐLĐ Việt Nam họp báo.",
        "Đoàn đi 3 tỉnh Bắc Giang, Hưng Yên và Tiền Giang.",
    )
    assert (found.scope, found.province) == ("nation", None)


def test_a_central_body_that_meets_in_the_capital_is_nation_wide() -> None:
    central = place("Họp báo", "Chiều 8/4, tại Hà Nội, Tổng LĐLĐ Việt Nam họp báo.")
    local = place("Họp báo", "Chiều 8/4, tại Hà Nội, LĐLĐ thành phố họp báo.")
    guest = place("Trao quà", "Chiều 8/4, tại Nghệ An, Tổng LĐLĐ Việt Nam trao quà.")
    assert [p.province for p in (central, local, guest)] == [None, "Hà Nội", "Nghệ An"]
    owned = place("Bảy thợ giỏi của Hà Nội được vinh danh", "Giải thưởng do Tổng LĐLĐ Việt Nam trao tại Hà Nội.")
    meets = place("Bảy thợ giỏi tại Hà Nội được vinh danh", "Giải thưởng do Tổng LĐLĐ Việt Nam trao tại Hà Nội.")
    assert [p.province for p in (owned, meets)] == ["Hà Nội", None]


@pytest.mark.parametrize(
    ("text", "province"),
    [
        ("Ngày 3/7, tại TP. Quảng Ngãi, Công đoàn Dệt May Việt Nam tổ chức hội nghị sơ kết phong trào.", None),
        ("Công đoàn Dệt May Việt Nam tổ chức Hội thao năm 2024 tại Nhà thi đấu quận Cầu Giấy, Hà Nội.", None),
        ("Tổng Công ty Gió biển Việt Nam tổ chức lễ trao giải bóng chuyền tại Sầm Sơn (Thanh Hóa).", None),
        # a house that bears the name of its province, a visit, a local union
        ("Công đoàn Dệt May Việt Nam tổ chức hội nghị sơ kết phong trào tại Viễn thông Bắc Ninh.", "Bắc Ninh"),
        ("Ngày 3/7, tại TP. Quảng Ngãi, Công đoàn Dệt May Việt Nam trao 20 suất quà cho thợ.", "Quảng Ngãi"),
        ("Ngày 3/7, tại TP. Quảng Ngãi, Công đoàn ngành Y tế tổ chức hội nghị sơ kết.", "Quảng Ngãi"),
        # a hamlet, commune or ward of a province's name
        ("LĐLĐ huyện Dương Minh Châu trao nhà cho thợ ở ấp Bình Phong, xã Thái Bình, Tây Ninh.", "Tây Ninh"),
    ],
)
def test_where_a_nation_wide_body_gathers_is_not_what_it_is_about(text: str, province: str | None) -> None:
    assert pipeline.extract(text).article.province == province


def test_where_someone_comes_from_is_not_what_it_is_about() -> None:
    found = place("Tổng LĐLĐ Việt Nam có phó chủ tịch mới", "Ông An quê Hải Dương, 51 tuổi.")
    assert found.province is None


def test_the_clock_of_a_city_is_not_where_it_happened() -> None:
    assert place("Nổ xưởng sơn", "Vụ nổ xảy ra lúc 9h45 giờ địa phương (7h45 giờ Hà Nội).").province is None


def test_a_well_known_house_says_where() -> None:
    found = place("Hội nghị viên chức Trường Đại học Tôn Đức Thắng", "Trường tổ chức hội nghị viên chức.")
    assert (found.province, found.flags) == ("Hồ Chí Minh", ("province_inferred",))


def test_an_enterprise_named_after_a_district_is_no_well_known_place_elsewhere() -> None:
    lines = "Đoàn thăm Công ty May Vĩnh Lộc", "Công ty May Vĩnh Lộc ở {} có 900 công nhân."
    assert place(lines[0], lines[1].format("huyện Vĩnh Lộc")).province == "Thanh Hóa"
    assert place(lines[0], lines[1].format("khu công nghiệp Vĩnh Lộc")).province == "Hồ Chí Minh"


def test_the_letters_of_a_highland_language_name_the_same_district() -> None:
    assert place("LĐLĐ huyện Čư M'gar tổng kết").province == place("LĐLĐ huyện Cư M'gar tổng kết").province == "Đắk Lắk"


def test_nothing_said_is_unknown() -> None:
    assert place("Góc nhìn", "Tiền lương nên tăng theo giá.").scope == "unknown"


def test_the_url_of_a_provincial_paper_counts() -> None:
    assert place("Hội nghị", "Sáng nay họp.", url="https://baothanhhoa.vn/a.htm").province == "Thanh Hóa"
    assert place("Hội nghị", "Sáng nay họp.", url="https://laodong.vn/a.htm").province is None


@given(st.text(max_size=120))
def test_any_text_gives_spans_within_it(text: str) -> None:
    text = nfc(text)
    for start, end, name in provinces_in(text):
        assert 0 <= start < end <= len(text)
        assert name in PLACES.provinces


def test_passages_and_articles_agree_on_offsets() -> None:
    text = "Đoàn thăm LĐLĐ tỉnh Cà Mau."
    (mention,) = EXTRACT(Passage.of(text), Taken())
    assert text[mention.start : mention.end] == "LĐLĐ tỉnh Cà Mau"


def test_the_youth_union_s_own_name_is_no_place() -> None:
    assert place("Trung ương Đoàn Thanh niên Cộng sản Hồ Chí Minh tuyên dương thợ trẻ").province is None


def test_a_street_with_its_number_is_no_person() -> None:
    assert [p for _, _, p in provinces_in("Họp tại số 15 Lê Hoài Mây Hà Nam.")] == ["Hà Nam"]
    assert provinces_in("Cảm ơn bà Lê Hoài Mây Hà Nam.") == []


def test_words_of_a_list_are_found_whole_and_the_longest_first() -> None:
    pattern = words_pattern(["hội", "hội đồng", "t.p", "mía - đường"])
    text = "thội hội  đồng, hội; t.p mía đường mía-đường hộiđồng"
    assert [m.group() for m in pattern.finditer(text)] == ["hội  đồng", "hội", "t.p", "mía đường", "mía-đường"]


@pytest.mark.parametrize(
    ("lines", "province"),
    [
        # a provincial paper signs its first line
        (("Hội thi nấu ăn", "(GLO)- Chiều 7-2, công đoàn tỉnh tổ chức hội thi."), "Gia Lai"),
        (("Hội thi nấu ăn", "LSOSáng nay, công đoàn tỉnh tổ chức hội thi."), "Lạng Sơn"),
        (("Hội thi nấu ăn", "(Baohatinh.vn) - Sáng 7/2, công đoàn tỉnh tổ chức hội thi."), "Hà Tĩnh"),
        (("Hội thi nấu ăn", "(ĐN)- Chiều 7-2, công đoàn tỉnh tổ chức hội thi."), "Đồng Nai"),
        (("Hội thi nấu ăn", "Chiều 7-2, công đoàn tỉnh (ĐN)- tổ chức hội thi."), None),
        (("Hội thi nấu ăn", "(ABC) - Sáng 7/2, công đoàn tỉnh tổ chức hội thi."), None),
        # a person, not the city
        (("Đại hội công đoàn ngành", "Đoàn viên học tập theo phong cách Hồ Chí Minh."), None),
        (("Đại hội công đoàn ngành", "Đoàn viên đến từ TP Hồ Chí Minh."), "Hồ Chí Minh"),
        # whoever asks names a home
        (("Công đoàn là gì?", "Công đoàn là gì? Câu hỏi của chị Ngân (Đồng Tháp)."), None),
        # a district is no ward of the same name
        (("LĐLĐ huyện Ngọc Lâm tổng kết", "Ông Lê An, Phó Chủ tịch LĐLĐ tỉnh Thanh Hóa, dự."), "Thanh Hóa"),
        # the capital as a venue of what the nation does
        (("Phát động Tháng Công nhân", "Lễ diễn ra tại Hà Nội.", "Tổng LĐLĐ Việt Nam mở nhiều hoạt động."), None),
    ],
)
def test_signs_of_papers_and_names_that_say_nothing(lines: tuple[str, ...], province: str | None) -> None:
    assert place(*lines).province == province


@pytest.mark.parametrize(
    ("line", "province"),
    [
        # a ship, another country's province, the ends of a stretch, a name in passing
        ("Nhóm tàu khảo sát Hải Dương 8 và tàu Hải Dương 4 đã rời đi.", None),
        ("Tàu cá Bình Định cập cảng sớm, chủ tàu ở Bình Định mừng.", "Bình Định"),
        ("Nhà máy ở tỉnh Hà Nam, Trung Quốc ngừng chạy; công nhân Hà Nam nghỉ việc.", None),
        ("Nhà máy ở tỉnh Hà Nam ngừng chạy; công nhân Hà Nam nghỉ việc.", "Hà Nam"),
        ("Mưa từ Nghệ An đến Phú Yên đã giảm, mưa từ Nghệ An tới Phú Yên còn kéo dài.", None),
        ("Đoàn đi từ Nghệ An, thợ Nghệ An đón ở ga.", "Nghệ An"),
        ("Cuộc gặp năm ngoái ở Nghệ An không có kết quả.", None),
    ],
)
def test_a_name_that_says_nothing_of_where(line: str, province: str | None) -> None:
    assert place("Tin trong ngày", "Sáng nay trời nắng.", "Mọi việc vẫn như cũ.", line).province == province


def test_a_union_of_the_place_makes_a_single_name_count() -> None:
    lines = ("LĐLĐ huyện trao quà", "Sáng nay LĐLĐ huyện trao quà.", "Có 10 suất.", "Thợ Nghệ An được ba suất.")
    assert place(*lines).province == "Nghệ An"
