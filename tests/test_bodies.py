"""Bodies: where names end, what they come to, and what no text may do to the reader."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import rules
from pipeline.document import Block, Document, Passage, Taken
from pipeline.extract.bodies import BodyExtractor, body_grammar
from pipeline.facts import BodyMention
from pipeline.resolve.bodies import BodyContext, BodyResolver, ResolvedBody
from pipeline.text import canonical, nfc

RULES = rules.load()
EXTRACT = BodyExtractor(RULES)
RESOLVER = BodyResolver(RULES)
BEFORE, SINCE = dt.date(2024, 3, 1), dt.date(2025, 11, 18)


def found(text: str) -> list[tuple[str, str]]:
    mentions = EXTRACT(Passage.of(nfc(text)), Taken())
    return [(text[m.start : m.end], m.level) for m in mentions if isinstance(m, BodyMention)]


def resolve(text: str, serves_in: str | None = None, **context: Any) -> ResolvedBody:
    return RESOLVER.resolve(text, BodyContext(**context), serves_in)


@pytest.mark.parametrize(
    ("text", "context", "name", "level"),
    [
        ("LĐLĐ tỉnh", {"province": "Sóc Trăng"}, "Liên đoàn Lao động tỉnh Sóc Trăng", "province"),
        ("Liên đoàn lao động tỉnh Bình Dương", {}, "Liên đoàn Lao động tỉnh Bình Dương", "province"),
        ("LĐLĐ TP.HCM", {}, "Liên đoàn Lao động Thành phố Hồ Chí Minh", "province"),
        ("LĐLĐ thành phố", {"province": "Hải Phòng"}, "Liên đoàn Lao động thành phố Hải Phòng", "province"),
        ("Công đoàn tỉnh Hà Nam", {}, "Liên đoàn Lao động tỉnh Hà Nam", "province"),
        ("LĐLĐ TP. Biên Hoà", {}, "Liên đoàn Lao động thành phố Biên Hòa", "district"),
        ("Tổng LĐLĐ VN", {}, "Tổng Liên đoàn Lao động Việt Nam", "national"),
        ("tổng liên đoàn", {}, "Tổng Liên đoàn Lao động Việt Nam", "national"),
        ("Công đoàn ngành y tế", {"province": "Thanh Hóa"}, "Công đoàn ngành Y tế tỉnh Thanh Hóa", "industry"),
        ("CĐN Y tế", {"province": "Thanh Hóa"}, "Công đoàn ngành Y tế tỉnh Thanh Hóa", "industry"),
        ("Công đoàn ngành Giáo dục Việt Nam", {}, "Công đoàn Giáo dục Việt Nam", "national_industry"),
        (
            "Công đoàn các KCN tỉnh",
            {"province": "Bắc Giang"},
            "Công đoàn các khu công nghiệp tỉnh Bắc Giang",
            "industry",
        ),
        ("CĐCS TTYT huyện Mỏ Cày Nam", {}, "Công đoàn cơ sở Trung tâm Y tế huyện Mỏ Cày Nam", "grassroots"),
        ("Công đoàn phường Ba Đình", {}, "Công đoàn phường Ba Đình", "district"),
        ("Sở GD&ĐT", {"province": "Hà Nam"}, "Sở Giáo dục và Đào tạo tỉnh Hà Nam", "other"),
        ("Sở Y tế Hà Nội", {}, "Sở Y tế thành phố Hà Nội", "other"),
        ("Tỉnh uỷ", {"province": "Bình Dương"}, "Tỉnh ủy Bình Dương", "other"),
        ("Ban Tổ chức Tỉnh ủy", {"province": "Sơn La"}, "Ban Tổ chức Tỉnh ủy Sơn La", "other"),
        ("Ban Thường vụ LĐLĐ tỉnh", {"province": "Hà Nam"}, "Liên đoàn Lao động tỉnh Hà Nam", "province"),
        ("Công đoàn Điện lực VN", {}, "Công đoàn Điện lực Việt Nam", "national_industry"),
        ("CĐCS Công ty Lọc - Hoá dầu Sông Trà", {}, "Công đoàn cơ sở Công ty Lọc - Hóa dầu Sông Trà", "grassroots"),
        ("VCCI", {}, "Phòng Thương mại và Công nghiệp Việt Nam", "other"),
    ],
)
def test_full_names(text: str, context: dict[str, Any], name: str, level: str) -> None:
    body = resolve(text, **context)
    assert (body.name, body.level, body.flags) == (name, level, body.flags)
    assert "org_unresolved" not in body.flags


@pytest.mark.parametrize(
    "text", ["LĐLĐ tỉnh", "Sở Y tế", "Công đoàn ngành", "Tỉnh ủy", "LĐLĐ huyện", "Đảng ủy", "công ty", "LĐLĐ các huyện"]
)
def test_no_guess_where_the_article_does_not_say(text: str) -> None:
    body = resolve(text)
    assert "org_unresolved" in body.flags
    assert body.province is None


def test_the_article_names_the_branch_and_the_enterprise() -> None:
    named = ("Công đoàn ngành Xây dựng", "Công ty TNHH Ngọc bích sáng ngời")
    assert resolve("Công đoàn ngành", province="Phú Thọ", named=named).name == "Công đoàn ngành Xây dựng tỉnh Phú Thọ"
    assert resolve("công ty", named=named).name == "Công ty TNHH Ngọc bích sáng ngời"
    assert resolve("Công ty Ngọc bích", named=named).name == "Công ty TNHH Ngọc bích sáng ngời"
    lawyers = ("Hội Luật gia Việt Nam", "Chi hội Luật gia Tổng LĐLĐ Việt Nam")
    assert resolve("Chi hội", named=lawyers).name == "Chi hội Luật gia Tổng Liên đoàn Lao động Việt Nam"
    assert resolve("CĐCS", named=("CĐCS Trung tâm Y tế huyện Ba Tri",)).level == "grassroots"
    wide = ("Công đoàn Viên chức Việt Nam",)
    assert resolve("Công đoàn Viên chức", province="Hà Nội", named=wide).level == "national_industry"
    federations = ("LĐLĐ huyện Sơn Hải", "Công đoàn ngành Xây dựng")
    assert resolve("Liên đoàn Lao động", named=federations).name == "Liên đoàn Lao động huyện Sơn Hải"
    several = resolve("Liên đoàn Lao động", named=(*federations, "LĐLĐ huyện Sơn Hà"))
    assert (several.name, several.flags) == ("Liên đoàn Lao động", ("org_unresolved",))
    assert resolve("Công đoàn Trường", named=("Công đoàn Trung tâm Tin học",)).name == "Công đoàn trường"
    assert resolve("Công đoàn công ty", named=named).name == "Công đoàn Công ty TNHH Ngọc bích sáng ngời"


def test_a_bare_enterprise_is_the_one_named_last_before_it() -> None:
    context = BodyContext(named=("Công ty TNHH Lam Hà", "Công ty TNHH Tây Sông"), starts=(10, 90))
    assert RESOLVER.resolve("công ty", context, at=60).name == "Công ty TNHH Lam Hà"
    assert RESOLVER.resolve("công ty", context, at=120).name == "Công ty TNHH Tây Sông"


def test_acronyms_that_the_text_defines() -> None:
    text = "Công ty Cổ phần Lọc hoá dầu Sông Trà (STR) và Công đoàn cơ sở STR tổ chức hội thi."
    document = Document("a", text, (Block("body", 0, len(text)),))
    mentions = [m for m in EXTRACT(Passage.of(text), Taken()) if isinstance(m, BodyMention)]
    context = RESOLVER.context(document, mentions, None)
    full = "Công ty Cổ phần Lọc hóa dầu Sông Trà"
    assert RESOLVER.resolve("STR", context).name == full
    assert RESOLVER.resolve("CĐCS STR", context).name == f"Công đoàn cơ sở {full}"
    assert RESOLVER.resolve("Đảng uỷ", context, serves_in="Công đoàn cơ sở STR").name == f"Đảng ủy {full}"


def test_a_party_committee_takes_the_office_but_never_a_union() -> None:
    assert resolve("Đảng bộ", "Sở Y tế", province="Hà Nam").name == "Đảng bộ Sở Y tế tỉnh Hà Nam"
    assert resolve("Đảng ủy", "UBND phường Phổ Thạnh").name == "Đảng ủy phường Phổ Thạnh"
    assert resolve("Đảng đoàn", "Tổng LĐLĐ VN").name == "Đảng đoàn Tổng Liên đoàn Lao động Việt Nam"
    several = ("Trung ương Đảng", "Tổng LĐLĐ VN")
    body = RESOLVER.resolve("Đảng đoàn", BodyContext(), serves_in=several)
    assert body.name == "Đảng đoàn Tổng Liên đoàn Lao động Việt Nam"
    assert "org_unresolved" in resolve("Đảng ủy", "LĐLĐ tỉnh", province="Hà Nam").flags


def test_same_name_before_and_since_july_2025_is_two_bodies() -> None:
    old = resolve("LĐLĐ tỉnh Lâm Đồng", date=BEFORE)
    new = resolve("LĐLĐ tỉnh Lâm Đồng", date=SINCE)
    assert old.name == new.name
    assert old.org_id != new.org_id
    assert (old.valid_from, old.valid_to) == (None, dt.date(2025, 6, 30))
    assert (new.valid_from, new.valid_to) == (dt.date(2025, 7, 1), None)
    assert sorted(new.successor_of) == [f"Liên đoàn Lao động tỉnh {p}" for p in ("Bình Thuận", "Lâm Đồng", "Đắk Nông")]
    assert "validity_unknown" in resolve("LĐLĐ tỉnh Lâm Đồng").flags


def test_an_unchanged_province_has_one_union() -> None:
    ids = {resolve("LĐLĐ tỉnh Thanh Hoá", date=day).org_id for day in (BEFORE, SINCE, None)}
    assert len(ids) == 1


def test_districts_ended_and_wards_began() -> None:
    assert resolve("LĐLĐ huyện Nga Sơn", date=BEFORE).valid_to == dt.date(2025, 6, 30)
    assert resolve("Công đoàn phường Hạc Thành", date=SINCE).valid_from == dt.date(2025, 7, 1)
    assert resolve("CĐCS Bệnh viện Đa khoa tỉnh", province="Hà Nam", date=BEFORE).valid_to is None
    ended = resolve("LĐLĐ tỉnh Sóc Trăng")
    assert (ended.province, ended.province_now, ended.valid_to) == ("Sóc Trăng", "Cần Thơ", dt.date(2025, 6, 30))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("LĐLĐ TP. Cần Thơ", "Liên đoàn lao động thành phố Cần Thơ"),
        ("Sở Y tế tỉnh Thanh Hoá", "SỞ Y TẾ THANH HÓA"),
        ("Công ty CP May Sông Mây", "Công ty cổ phần May Sông Mây"),
        ("CĐ Y tế VN", "Công đoàn Y tế Việt Nam"),
        ("UBND tỉnh Đắc Lắc", "Uỷ ban nhân dân tỉnh Đắk Lắk"),
    ],
)
def test_spellings_of_one_body_have_one_id(a: str, b: str) -> None:
    assert resolve(a, date=SINCE).org_id == resolve(b, date=SINCE).org_id


def test_a_person_right_after_the_body_is_left_out() -> None:
    assert found("Chủ tịch LĐLĐ huyện An Dương Nguyễn Văn Sở dự.") == [("LĐLĐ huyện An Dương", "district")]
    assert found("Giám đốc Bệnh viện Nguyễn Tri Phương nói.") == [("Bệnh viện Nguyễn Tri Phương", "other")]


def test_a_full_name_reads_back_to_itself() -> None:
    for text, context in (
        ("LĐLĐ tỉnh Bà Rịa – Vũng Tàu", {}),
        ("Công đoàn ngành Y tế", {"province": "Hồ Chí Minh"}),
        ("Đảng ủy Khối Cơ quan và Doanh nghiệp tỉnh", {"province": "An Giang"}),
        ("CĐCS BV Đa khoa khu vực Ngọc Lặc", {}),
    ):
        once = resolve(text, **context)
        assert resolve(once.name, **context).name == once.name


PIECES = st.sampled_from(
    [
        *(
            "Công đoàn",
            "LĐLĐ",
            "CĐCS",
            "Công ty",
            "TNHH",
            "tỉnh",
            "huyện",
            "TP.",
            "Hà Nam",
            "Nguyễn",
            "Văn",
            "và",
            "các",
        ),
        *("KCN", "ngành", "y tế", "-", "(", ")", ",", "Sở", "Đảng ủy", "1/2", "\u00a0", "A", "Ban Tổ chức", "cơ quan"),
    ]
)


@given(st.lists(PIECES, max_size=30).map(" ".join) | st.text(max_size=80))
def test_any_text_is_read_in_bounds_and_without_overlaps(text: str) -> None:
    text = nfc(text)
    end = 0
    for mention in EXTRACT(Passage.of(text), Taken()):
        assert end <= mention.start < mention.end <= len(text)
        end = mention.end
        body = RESOLVER.resolve(text[mention.start : mention.end], BodyContext(province="Hà Nam"))
        assert body.name
        assert body.name == canonical(body.name)


def test_taken_spans_are_left_alone() -> None:
    taken = Taken(((0, 4),))
    assert EXTRACT(Passage.of("LĐLĐ tỉnh họp."), taken) == []


@pytest.mark.parametrize("piece", ["7 ", "A ", "Công đoàn ", "Công ty TNHH A ", "huyện ", "((", "Đảng ủy Sở "])
def test_a_hostile_text_is_read_in_linear_time(piece: str) -> None:
    text = piece * (60_000 // len(piece))
    assert isinstance(EXTRACT(Passage.of(text), Taken()), list)


def test_every_head_is_found_by_each_of_its_forms() -> None:
    grammar = body_grammar(RULES)
    for head in grammar.heads.values():
        for form in head.forms:
            tail = {"proper": " Hoa Phượng Đỏ", "numbered": " số 3", "abroad": " Nhật Bản"}.get(
                head.style, " tỉnh Hà Nam"
            )
            parsed = grammar.parse(canonical(form + tail), 0) or grammar.parse(canonical(form), 0, whole=True)
            assert parsed is not None or head.style in ("sector", "zone", "office", "association", "union", "proper"), (
                form
            )


@pytest.mark.parametrize(
    ("text", "context", "name", "level"),
    [
        ("CĐGD Việt Nam", {}, "Công đoàn Giáo dục Việt Nam", "national_industry"),
        ("CĐGD tỉnh", {"province": "Hà Nam"}, "Công đoàn Giáo dục tỉnh Hà Nam", "industry"),
        (
            "CĐGD tỉnh",
            {"province": "Hà Nam", "named": ("Công đoàn ngành Giáo dục",)},
            "Công đoàn ngành Giáo dục tỉnh Hà Nam",
            "industry",
        ),
        ("Công đoàn ĐHQG-HCM", {}, "Công đoàn Đại học Quốc gia Thành phố Hồ Chí Minh", "grassroots"),
        ("Ban Ban Quản lý các KCN", {"province": "Hà Nam"}, "Ban Quản lý các khu công nghiệp tỉnh Hà Nam", "other"),
        (
            "hội đồng",
            {"named": ("Hội đồng trường Trường Đại học Sông Mây",)},
            "Hội đồng trường Trường Đại học Sông Mây",
            "other",
        ),
        ("Trung tâm Hội nghị Sông Mây năm 2031", {}, "Trung tâm Hội nghị Sông Mây", "other"),
        ("TRUNG TÂM HỘI NGHỊ SÔNG MÂY NĂM 2031", {}, "Trung tâm HỘI NGHỊ SÔNG MÂY", "other"),
        (
            "Đảng ủy Khối Cơ quan và Doanh nghiệp",
            {"province": "Hà Nam"},
            "Đảng ủy Khối Cơ quan và Doanh nghiệp tỉnh Hà Nam",
            "other",
        ),
    ],
)
def test_abbreviated_doubled_and_bare_names(text: str, context: dict[str, Any], name: str, level: str) -> None:
    body = resolve(text, **context)
    assert (body.name, body.level) == (name, level)


def test_a_place_in_the_text_says_more_than_the_words_of_a_title() -> None:
    text = "UBND tỉnh Hà Nam cử ông Ba, Giám đốc Sở Ngoại vụ. Nghiệp đoàn đan lát mây tre sông Trầu cảm ơn."
    document = Document("a", text, (Block("body", 0, len(text)),))
    mentions = [m for m in EXTRACT(Passage.of(text), Taken()) if isinstance(m, BodyMention)]
    context = RESOLVER.context(document, mentions, "Nam Định")
    context = dataclasses.replace(context, sentences=(0, text.index("Nghiệp")))
    # an office that names no province is of the one whose committee its sentence names
    assert RESOLVER.resolve("Sở Ngoại vụ", context, at=text.index("Sở")).province == "Hà Nam"
    assert RESOLVER.resolve("Sở Ngoại vụ", context).province == "Nam Định"
    at = text.index("Nghiệp")
    for written in ("Nghiệp đoàn đan", "Nghiệp đoàn đan lát mây tre sông Trầu cảm ơn"):
        assert RESOLVER.resolve(written, context, at=at).name == "Nghiệp đoàn đan lát mây tre sông Trầu"


def test_a_district_is_named_in_full_by_its_party_committee_and_never_by_initials() -> None:
    def union_of(text: str) -> str:
        document = Document("a", text, (Block("body", 0, len(text)),))
        mentions = [m for m in EXTRACT(Passage.of(text), Taken()) if isinstance(m, BodyMention)]
        return RESOLVER.resolve("LĐLĐ huyện", RESOLVER.context(document, mentions, "Cà Mau")).name

    assert union_of("LĐLĐ huyện họp. Lê Ba (Đài Truyền thanh huyện TB)") == "Liên đoàn Lao động huyện"
    party = "LĐLĐ huyện họp, Huyện ủy Thới Bình dự. Lê Ba (Đài Truyền thanh huyện TB)"
    assert union_of(party) == "Liên đoàn Lao động huyện Thới Bình"
    both = "LĐLĐ huyện họp, Huyện ủy Thới Bình và Huyện ủy Phú Tân dự."
    assert union_of(both) == "Liên đoàn Lao động huyện"


def test_a_number_after_a_district_word_counts_something() -> None:
    grammar = body_grammar(RULES)
    assert [p.text for p in grammar.unit_places("Công ty trao huyện 10 triệu đồng, ở quận 7")] == ["quận 7"]


def test_the_tail_of_a_document_number_names_no_body() -> None:
    text = "Thực hiện Kế hoạch số 37/KH-LĐLĐ ngày 05/9/2025, Công đoàn xã Ia Rương tổ chức Đại hội."
    assert found(text) == [("Công đoàn xã Ia Rương", "district")]


def test_a_ward_is_of_the_province_that_the_article_is_about() -> None:
    body = resolve("Công đoàn phường Tân Lộc", province="Hải Phòng", date=SINCE)
    assert (body.name, body.province) == ("Công đoàn phường Tân Lộc", "Hải Phòng")


def test_one_id_for_both_names_of_a_grassroots_union() -> None:
    short, long = resolve("CĐCS Công ty TNHH Lá Bàng"), resolve("Công đoàn Công ty TNHH Lá Bàng")
    assert (short.name, long.name) == ("Công đoàn cơ sở Công ty TNHH Lá Bàng", "Công đoàn Công ty TNHH Lá Bàng")
    assert short.org_id == long.org_id
    # of a commune the two are different unions
    assert resolve("CĐCS xã Bến Lá").org_id != resolve("Công đoàn xã Bến Lá").org_id


@pytest.mark.parametrize(
    ("text", "name", "level"),
    [
        ("Huyện ủy Kim Thành", "Huyện ủy Kim Thành", "other"),
        ("Công đoàn EVN", "Công đoàn Tập đoàn Điện lực Việt Nam", "national_industry"),
        ("ban BQL các KCN tỉnh Hà Nam", "Ban Quản lý các khu công nghiệp tỉnh Hà Nam", "other"),
        ("Phòng Tài chính - Kế toán Bệnh viện Phổi Bến Lá", "Phòng Tài chính - Kế toán Bệnh viện Phổi Bến Lá", "other"),
        ("Nghiệp đoàn xe ôm và xe ba gác Bến Lá", "Nghiệp đoàn xe ôm và xe ba gác Bến Lá", "grassroots"),
        ("Hiệp hội Bất động sản TP.HCM", "Hiệp hội Bất động sản Thành phố Hồ Chí Minh", "other"),
        ("Khu quản lý đường thủy TP. HCM", "Khu quản lý đường thủy Thành phố Hồ Chí Minh", "other"),
    ],
)
def test_names_that_go_on(text: str, name: str, level: str) -> None:
    body = resolve(text)
    assert (body.name, body.level) == (name, level)


def test_a_district_ends_however_it_is_named() -> None:
    assert resolve("Huyện ủy Kim Thành").valid_to == dt.date(2025, 6, 30)


@pytest.mark.parametrize(
    "text", ["báo Nhật Bản viết", "tập đoàn công nghệ Trung Quốc bán", "Công ty Mỹ và tập đoàn Nga"]
)
def test_a_country_names_no_body(text: str) -> None:
    assert found(text) == []


def test_a_seat_of_an_unknown_place_is_not_that_of_the_articles_own() -> None:
    assert resolve("Thành ủy Bắc Kinh", province="Hà Nội").name == "Thành ủy Bắc Kinh"
