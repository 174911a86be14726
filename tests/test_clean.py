import datetime as dt
import unicodedata
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from pipeline.clean import CLEANED, CleanArticle, RawRecord, Refused, article_id, clean, clean_record, cleaner_for
from pipeline.cleaning.encodings import BinaryDataError, decode, has_mojibake, lines
from pipeline.cleaning.looks import Looks
from pipeline.errors import Reject
from pipeline.ingest import batches, ingest
from pipeline.offsets import OffsetMap
from pipeline.rules import CorpusLine, load, load_corpus
from pipeline.text import canonical, nfc

RULES = load()
LOOKS: Looks = cleaner_for(RULES).reader.looks
MATCH, REJECT = load_corpus("furniture")

TITLE = "Công đoàn ngành Y tế tỉnh An Phước sơ kết quý III năm 2020"
LEDE = "Sáng 9/10, Công đoàn ngành Y tế tỉnh tổ chức hội nghị sơ kết quý III, triển khai nhiệm vụ quý IV năm 2020."
BODY = (
    "Báo cáo tại hội nghị cho thấy 105 tổ tiết kiệm với 1.724 người tham gia, số tiền huy động hằng tháng 576 triệu "
    "đồng; các công đoàn cơ sở giải quyết chế độ cho 110 trường hợp với số tiền gần 884 triệu đồng."
)
LAST = "Kết thúc hội nghị, 35 tập thể và cá nhân được khen thưởng vì có nhiều đóng góp trong phong trào thi đua."


def read(*parts: str, source: str = "a.txt") -> CleanArticle:
    result = clean_record(RawRecord("\n".join(parts), source=source), RULES)
    assert isinstance(result, CleanArticle), result
    return result


def kinds(article: CleanArticle) -> list[tuple[str, str]]:
    return [(b.kind, article.text[b.start : b.end]) for b in article.blocks]


# ---------------------------------------------------------------- the rules' own corpus


def takes(rule: str, text: str) -> dict[str, str | None] | None:
    """What a rule of the dimension reads of a line; None where it does not take it."""
    key = canonical(nfc(text))
    if rule == "heading":
        return {} if LOOKS.furniture.is_heading(text) else None
    if rule == "furniture.menu":
        return {} if LOOKS.furniture.is_menu(text) else None
    compiled = RULES["furniture"].rule(rule)
    if rule.startswith("furniture."):
        return {} if compiled.match(key) else None
    if rule.startswith("stamp."):
        stamp = LOOKS.stamps.of(text)
        return {"when": stamp.when.isoformat(" ", "minutes")} if stamp and compiled.search(key) else None
    if rule.startswith("byline."):
        author = LOOKS.authors.of(text)
        return {"name": author.name, "credit": author.credit} if author and compiled.match(key) else None
    if rule == "credit.line":
        match = compiled.match(key)
        return {"credit": match["credit"].rstrip(")")} if match else None
    if rule in ("caption.scene", "caption.shown"):
        told = RULES["furniture"].rule("caption.told").search(key)
        return {} if compiled.match(key) and not told else None
    match = compiled.search(key)
    return dict(match.groupdict()) if match else None


@pytest.mark.parametrize("line", MATCH, ids=lambda x: x.text[:50])
def test_corpus_match(line: CorpusLine) -> None:
    for fact in line.facts:
        got = takes(fact["rule"], line.text)
        assert got is not None, f"{fact['rule']} does not take it"
        assert {k: got[k] for k in fact if k != "rule"} == {k: v for k, v in fact.items() if k != "rule"}


@pytest.mark.parametrize("line", REJECT, ids=lambda x: x.text[:50])
def test_corpus_reject(line: CorpusLine) -> None:
    assert line.rule is not None
    assert takes(line.rule, line.text) is None


def test_every_rule_is_exercised() -> None:
    rules = {rule.id for rule in RULES["furniture"].rules}
    assert rules <= {fact["rule"] for line in MATCH for fact in line.facts}
    assert rules <= {line.rule for line in REJECT}


# ---------------------------------------------------------------- plain text


def test_portal_page() -> None:
    article = read(
        "Trang chủ | Giới thiệu | Tin tức | Văn bản",
        "Bây giờ là 22:41, thứ Bảy, ngày 14/09/2024",
        "Hoạt động công đoàn",
        TITLE,
        "Cập nhật: 15:20, 10/10/2020 (GMT+7)",
        "Cỡ chữ: A- A A+   In trang",
        "",
        LEDE,
        "z2598801123_5fe0.jpg",
        "Quang cảnh hội nghị",
        BODY,
        LAST,
        "Trường An",
        "Tin liên quan",
        "LĐLĐ huyện Nga Hải: 26/26 chỉ tiêu hoàn thành",
        "Trao 85 suất quà, mỗi suất 300.000 đồng (09/10/2020)",
        "Lượt truy cập: 84688624",
        "Giấy phép số 01/GP-STTTT cấp ngày 22/9/2021. Điện thoại: 0299.3626252",
    )
    assert kinds(article) == [
        ("title", TITLE), ("lede", LEDE), ("caption", "Quang cảnh hội nghị"), ("body", BODY), ("body", LAST),
        ("byline", "Trường An"),
    ]  # fmt: skip
    assert (article.title, article.byline) == (TITLE, "Trường An")
    assert (article.published, article.published_basis) == (dt.datetime(2020, 10, 10, 15, 20), "text")


def test_headlines_between_the_signature_and_the_foot_go_without_a_heading() -> None:
    article = read(
        TITLE, LEDE, BODY, LAST, "Thanh Lam", "{name} - {time}", "-", "2024-11-24 18:11:00",
        "Phấn đấu tỷ lệ đô thị hóa toàn tỉnh đạt 39%", "Giải bóng đá quy tụ 16 đội",
    )  # fmt: skip
    assert article.text.endswith("\nThanh Lam")
    assert article.published is None


def test_captions_after_the_signature_stay() -> None:
    caption = "Lãnh đạo ngành tặng hoa cho các thí sinh."
    article = read(TITLE, LEDE, BODY, LAST, "Trúc Mai", caption, "Đội thi số 3. Ảnh: Trúc Mai")
    assert kinds(article)[-3:] == [
        ("byline", "Trúc Mai"), ("caption", caption), ("caption", "Đội thi số 3. Ảnh: Trúc Mai")
    ]  # fmt: skip


def test_the_site_behind_a_title_goes() -> None:
    article = read(f"{TITLE} - Cổng thông tin điện tử", "Trang chủ", TITLE, LEDE, BODY)
    assert article.title == TITLE
    assert "Cổng" not in article.text


def test_no_title_no_guess() -> None:
    article = read(LEDE, BODY, LAST)
    assert article.title is None
    assert [k for k, _ in kinds(article)] == ["lede", "body", "body"]


def test_a_repeated_title_stands_once() -> None:
    article = read("Skip to main content", TITLE, "Tin Y tế Tin hoạt động", TITLE, LEDE, BODY)
    assert article.text.count(TITLE) == 1
    assert kinds(article)[:2] == [("title", TITLE), ("lede", LEDE)]


def test_author_with_a_position_and_credit() -> None:
    signed = read(TITLE, LEDE, BODY, "Trịnh Vân Hà - Phó Chủ tịch CĐN Y tế")
    assert signed.byline == "Trịnh Vân Hà"
    assert kinds(signed)[-1] == ("byline", "Trịnh Vân Hà - Phó Chủ tịch CĐN Y tế")
    credited = read(TITLE, LEDE, BODY, "Phương Chi, nguồn: https://baocongnhan.example.vn")
    assert (credited.byline, credited.credit) == ("Phương Chi", "baocongnhan.example.vn")
    assert kinds(credited)[-1] == ("byline", "Phương Chi")


def test_a_box_of_other_stories_inside_the_body_goes() -> None:
    article = read(TITLE, LEDE, "TIN LIÊN QUAN", "Công nhân được tặng 500 vé xe", BODY, LAST)
    assert "500 vé" not in article.text
    assert BODY in article.text


def test_lists_of_the_article_stay() -> None:
    items = ["- Giải nhất: 3 triệu đồng", "- Giải nhì: 2 triệu đồng"]
    article = read(TITLE, LEDE, BODY, "Cơ cấu giải thưởng của hội thi gồm có:", *items, LAST, "Hoài Niệm")
    assert all(item in article.text for item in items)


@pytest.mark.parametrize(
    ("above", "expected"),
    [
        ("Thứ năm, 12/11/2020 - 08:30", None),  # a clock that the text does not bear out
        ("Thứ bảy, 10/10/2020 - 08:30", dt.datetime(2020, 10, 10, 8, 30)),
        ("Thứ bảy, 10/10/2020 07:02 - 31°C", None),
        ("date 2020-10-10 Trang chủ Video Podcast", dt.datetime(2020, 10, 10)),
        ("date 2020-10 Trang chủ Video Podcast", None),
    ],
)
def test_a_date_above_the_title_must_fit_the_text(above: str, expected: dt.datetime | None) -> None:
    article = read(above, TITLE, LEDE, BODY)
    assert article.published == expected
    # a month fixes no day, but the year of those that have none
    assert article.stamp_unread == ("date 2020-10" if above.startswith("date 2020-10 ") else None)


def test_date_in_the_file_name() -> None:
    article = read(TITLE, LEDE, BODY, source="tin/2020-10-10-so-ket.txt")
    assert (article.published, article.published_basis) == (dt.datetime(2020, 10, 10), "filename")
    assert read(TITLE, LEDE, BODY, source="bao-cao-20201399.txt").published is None


def test_record_fields() -> None:
    record = RawRecord(
        LEDE + "\n" + BODY, whole_file=False, title=TITLE, url="https://www.congdoan.example/a", published="2020-10-10"
    )
    article = clean_record(record, RULES)
    assert isinstance(article, CleanArticle)
    assert kinds(article)[0] == ("title", TITLE)
    assert (article.site, article.offsets) == ("congdoan.example", None)
    assert (article.published, article.published_basis) == (dt.datetime(2020, 10, 10), "record")


# ---------------------------------------------------------------- pages

PAGE = f"""<!doctype html><html><head><meta charset="utf-8"><title>{TITLE} | Báo Người Thợ</title>
<meta property="og:title" content="{TITLE}"><meta property="og:site_name" content="Báo Người Thợ">
<script type="application/ld+json">{{"@type":"NewsArticle","headline":"{TITLE}","datePublished":
"2020-10-10T02:20:00Z","author":{{"@type":"Person","name":"Vân An"}}}}</script></head><body>
<header><div class="clock">Thứ hai, 14/09/2024 | 24°C</div><nav><a href="/">Trang chủ</a></nav></header>
<article><h1>{TITLE}</h1><div class="meta"><span class="author">Vân An</span> <span class="time">10/10/2020</span></div>
<div class="sapo">{LEDE}</div><div class="content"><p>{BODY}</p>
<div class="related"><h4>Tin liên quan</h4><ul><li>26/26 chỉ tiêu về đích</li></ul></div>
<figure><img src="a.jpg"><figcaption>Đoàn viên nhận quà. Ảnh: V.A</figcaption></figure>
<p>{LAST}</p></div></article>
<div class="comments">Bình luận (3)</div><footer>Giấy phép số 4/GP-BTTTT</footer></body></html>"""


def test_page() -> None:
    article = clean_record(RawRecord(PAGE, "html"), RULES)
    assert isinstance(article, CleanArticle)
    assert kinds(article) == [
        ("title", TITLE), ("byline", "Vân An"), ("lede", LEDE), ("body", BODY),
        ("caption", "Đoàn viên nhận quà. Ảnh: V.A"), ("body", LAST),
    ]  # fmt: skip
    assert (article.site, article.byline, article.offsets) == ("Báo Người Thợ", "Vân An", None)
    assert (article.published, article.published_basis) == (dt.datetime(2020, 10, 10, 9, 20), "metadata")


def test_tables_of_figures_keep_their_rows() -> None:
    table = "<table><tr><th>Năm</th><th>Số tiền</th></tr><tr><td>2019</td><td>1,2 tỉ đồng</td></tr></table>"
    article = clean_record(RawRecord(PAGE.replace(f"<p>{LAST}</p>", f"{table}<p>{LAST}</p>"), "html"), RULES)
    assert isinstance(article, CleanArticle)
    assert ("body", "2019 | 1,2 tỉ đồng") in kinds(article)


def test_selectors_of_a_paper() -> None:
    page = (
        f"<html><body><h1 class='title'>{TITLE}</h1><div class='chappeau'>{LEDE}</div>"
        f"<div class='art-body'><p>{BODY}</p>"
        f"<div class='art-relate'>Thưởng Tết 300 triệu đồng</div><p>{LAST}</p></div><p>{BODY[::-1]}</p></body></html>"
    )
    article = clean_record(RawRecord(page, "html", url="https://laodong.vn/cong-doan/a.ldo"), RULES)
    assert isinstance(article, CleanArticle)
    assert kinds(article) == [("title", TITLE), ("lede", LEDE), ("body", BODY), ("body", LAST)]
    assert article.site == "Lao Động"


def test_a_page_without_an_article_is_refused() -> None:
    result = clean_record(RawRecord("<html><body><nav>Trang chủ</nav></body></html>", "html"), RULES)
    assert isinstance(result, Refused)
    assert result.reason is Reject.NO_TEXT


# ---------------------------------------------------------------- language

ENGLISH = "The union of the province held its annual conference on Friday, and this was the first of its kind. " * 5
STRIPPED = "".join(c for c in unicodedata.normalize("NFD", (LEDE + BODY).replace("đ", "d").replace("Đ", "D")) if not unicodedata.combining(c))  # fmt: skip  # noqa: E501


@pytest.mark.parametrize(
    ("text", "reason", "words"),
    [
        (ENGLISH, Reject.NOT_VIETNAMESE, "English"),
        (STRIPPED, Reject.NOT_VIETNAMESE, "without its diacritics"),
        ("Đại hội", Reject.NO_TEXT, "letters"),
        ("1234567890 " * 50_000, Reject.NO_TEXT, "letters"),
        ("1234567890" * 200_000, Reject.TOO_LARGE, "characters"),
    ],
    ids=["english", "stripped", "short", "digits", "huge"],
)  # fmt: skip
def test_refusals_say_why(text: str, reason: Reject, words: str) -> None:
    result = clean_record(RawRecord(text), RULES)
    assert isinstance(result, Refused)
    assert result.reason is reason
    assert words in result.detail


# ---------------------------------------------------------------- offsets and encodings

ALPHABET = st.one_of(
    st.sampled_from("aeoăâêôơưđĐ ạảãáàệộợự\u0301\u0323\u031b\u0302"),
    st.sampled_from("\u200b\ufeff\u00ad\u00a0\t\r\n\x07\u2028."),
    st.characters(exclude_categories=["Cs"]),
)


@settings(max_examples=300, deadline=None)
@given(st.text(ALPHABET, max_size=80))
@example("\t\x1b\u0d81")
def test_lines_lead_back_to_the_source(raw: str) -> None:
    assume(not has_mojibake(raw))  # mending replaces characters; see below
    for line in lines(raw):
        assert unicodedata.is_normalized("NFC", line.text)
        assert line.text == line.text.strip()
        at = 0
        for start, length, raw_start, raw_length in line.runs:
            assert start == at
            at += length
            source = raw[raw_start : raw_start + raw_length].replace("\t", " ")
            bare = "".join(c for c in source if unicodedata.category(c) not in ("Cf", "Cc", "Co"))
            # the blank that a mark without a letter stands on is trimmed where it begins the line
            piece = nfc(bare).lstrip() if start == 0 else nfc(bare)
            assert piece == line.text[start : start + length]
        assert at == len(line.text)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_one_article_in_many_spellings(form: str, end: str) -> None:
    plain = "\n".join((TITLE, LEDE, BODY, "Trúc Mai"))
    raw = unicodedata.normalize(form, plain).replace("\n", end).replace("tiết kiệm", "tiết\u200b kiệm")  # type: ignore[arg-type]
    article = clean_record(RawRecord(raw), RULES)
    assert isinstance(article, CleanArticle)
    assert article.text == plain
    assert article.offsets is not None
    at = article.text.index("576 triệu đồng")
    span = article.offsets.raw_span(at, at + len("576 triệu đồng"))
    assert span is not None
    assert nfc(raw[span[0] : span[1]]) == "576 triệu đồng"


def test_mojibake_is_mended_with_its_offsets() -> None:
    plain = "\n".join((TITLE, LEDE, BODY, "Trúc Mai"))
    raw = _sloppy(plain)
    article = clean_record(RawRecord(raw), RULES)
    assert isinstance(article, CleanArticle)
    assert article.text == plain
    assert article.offsets is not None
    for word in ("884 triệu đồng", "1.724 người", "Trúc Mai"):
        at = article.text.index(word)
        span = article.offsets.raw_span(at, at + len(word))
        assert span is not None
        assert raw[span[0] : span[1]] == _sloppy(word)


def _sloppy(text: str) -> str:
    import ftfy.bad_codecs  # noqa: F401 - registers the codec

    return text.encode().decode("sloppy-windows-1252")


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1258"])
def test_encodings(codec: str) -> None:
    plain = "\n".join((TITLE, LEDE, BODY))
    if codec == "cp1258":
        # base letters as the code page has them, tones as characters of their own
        spelled = "".join(c if c in "âêôăđĐÂÊÔĂơưƠƯ" else _loose(c) for c in plain)
        data = spelled.encode("cp1258")
    else:
        data = plain.encode(codec)
    decoded = decode(data)
    assert decoded.encoding == codec
    assert nfc(decoded.text) == plain


def _loose(char: str) -> str:
    """A letter as base (with its hat or horn) and tone."""
    parts = unicodedata.normalize("NFD", char)
    tones = [c for c in parts if c in "\u0300\u0301\u0309\u0303\u0323"]
    base = nfc("".join(c for c in parts if c not in tones))
    return base + "".join(tones)


def test_binary_is_no_text() -> None:
    with pytest.raises(BinaryDataError):
        decode(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-03-04T02:15:40+00:00", dt.datetime(2022, 3, 4, 9, 15)),
        ("2022-03-04T09:15:40+07:00", dt.datetime(2022, 3, 4, 9, 15)),
        ("2022-03-04", dt.datetime(2022, 3, 4)),
        ("04/03/2022 09:15", dt.datetime(2022, 3, 4, 9, 15)),
        ("1646360140", dt.datetime(2022, 3, 4, 9, 15)),
        ("31/02/2022", None),
        ("hôm qua", None),
        # without signs between, in UTC, half of the day
        ("20220304", dt.datetime(2022, 3, 4)),
        ("20220304T021540Z", dt.datetime(2022, 3, 4, 9, 15)),
        ("202203040915", dt.datetime(2022, 3, 4, 9, 15)),
        ("20221304", None),
        ("04/03/2022 09:15 PM", dt.datetime(2022, 3, 4, 21, 15)),
        ("2022-03-04 12:05 AM", dt.datetime(2022, 3, 4, 0, 5)),
        ("8:30 CH 04/03/2022", dt.datetime(2022, 3, 4, 20, 30)),
        ("04/03/2022 2:30 chiều", dt.datetime(2022, 3, 4, 14, 30)),
        # RFC 2822, JavaScript, what content management systems write
        ("Fri, 04 Mar 2022 09:15:40 +0700", dt.datetime(2022, 3, 4, 9, 15)),
        ("Fri, 04 Mar 2022 20:15:40 GMT", dt.datetime(2022, 3, 5, 3, 15)),
        ("Fri Mar 04 2022 09:15:40 GMT+0700 (Indochina Time)", dt.datetime(2022, 3, 4, 9, 15)),
        ("March 4, 2022 9:15 PM", dt.datetime(2022, 3, 4, 21, 15)),
        ("February 30, 2022", None),
        ("March 2022", None),
        # in Vietnamese words
        ("11 tháng 1 năm 2024", dt.datetime(2024, 1, 11)),
        ("Thứ năm, ngày 11 tháng 1 năm 2024, 08:30", dt.datetime(2024, 1, 11, 8, 30)),
        ("11 Tháng Một, 2024", dt.datetime(2024, 1, 11)),
        ("tháng 1 năm 2024", None),
    ],
)
def test_a_stamp_of_a_record(text: str, expected: dt.datetime | None) -> None:
    assert LOOKS.stamps.when(text) == expected
    loose = unicodedata.normalize("NFD", text)
    assert LOOKS.stamps.when(loose) == expected


TEXT = "\n".join((TITLE, LEDE, BODY))


@pytest.mark.parametrize(
    ("record", "published", "basis", "unread"),
    [
        (RawRecord(TEXT, published="11 tháng 1 năm 2024"), dt.datetime(2024, 1, 11), "record", None),
        (RawRecord(TEXT, published=" "), None, "none", None),
        (RawRecord(TEXT, published="hôm kia"), None, "none", "hôm kia"),
        (
            RawRecord(TEXT.replace("\n", "\n15/01/2024 08:30\n", 1), published="?"),
            dt.datetime(2024, 1, 15, 8, 30),
            "text",
            "?",
        ),
        (RawRecord(TEXT, source="x/20240229_a.txt"), dt.datetime(2024, 2, 29), "filename", None),
        # no such day
        (RawRecord(TEXT, source="x/20240231_a.txt"), None, "none", "20240231_a.txt"),
        (RawRecord(TEXT, source="x/2023-02-29.txt"), None, "none", "2023-02-29.txt"),
    ],
)
def test_a_stamp_that_is_given_is_read_or_kept_for_an_issue(
    record: RawRecord, published: dt.datetime | None, basis: str, unread: str | None
) -> None:
    article = clean_record(record, RULES)
    assert isinstance(article, CleanArticle)
    assert (article.published, article.published_basis, article.stamp_unread) == (published, basis, unread)


# ---------------------------------------------------------------- the stage


def test_stage(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\n".join((TITLE, LEDE, BODY)), encoding="utf-8")
    (tmp_path / "b.txt").write_bytes(b"")
    (tmp_path / "c.txt").write_text(ENGLISH, encoding="utf-8")
    (batch,) = batches(tmp_path)
    table = clean(ingest(batch), RULES)
    assert table.schema == CLEANED
    good, empty, english = table.to_pylist()
    assert good["article_id"] == article_id("a.txt", good["sha256"])
    assert good["text"] == "\n".join((TITLE, LEDE, BODY))
    assert {b["kind"] for b in good["blocks"]} <= {"title", "lede", "body", "caption", "byline"}
    offsets = OffsetMap.of((o["start"], o["length"], o["raw_start"], o["raw_length"]) for o in good["offsets"])
    assert offsets.raw_span(0, len(TITLE)) == (0, len(TITLE))
    assert (empty["reject_reason"], english["reject_reason"]) == ("empty", "not_vietnamese")
    assert empty["text"] is None
