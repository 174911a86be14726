import re
import unicodedata
from pathlib import Path
from typing import Any

import ftfy.bad_codecs  # noqa: F401 - registers the sloppy codecs
import pyarrow.parquet as pq
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from pipeline import rules
from pipeline.clean import CleanArticle, RawRecord, Refused, clean_record
from pipeline.cleaning.encodings import UnknownEncodingError, decode, lines
from pipeline.cleaning.old_encodings import is_syllable, mended_text, recognised, tcvn3, to_tcvn3
from pipeline.errors import Issue, Reject
from pipeline.offsets import OffsetMap
from pipeline.run import extract
from pipeline.schema import TABLES

RULES = rules.load()
SAMPLES = Path("data/raw/samples")
NAMES = ("b01-doi-thoai-thuy-nguyen.txt", "b02-dai-hoi-mo-cay-nam.txt", "b04-tet-sum-vay-viet-yen.txt", "taphuan_cdcs_concuong.txt")  # fmt: skip  # noqa: E501
ARTICLE = unicodedata.normalize("NFC", (SAMPLES / NAMES[0]).read_text(encoding="utf-8"))
VOWELS = "aăâeêioôơuưy"
SMALL = {unicodedata.normalize("NFC", v + t) for v in VOWELS for t in ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")}  # fmt: skip  # noqa: E501
SMALL.add("đ")
ROOF = {"â": "a", "ê": "e", "ô": "o", "ă": "a"}
VNI = {"ơ": "ô", "ư": "ö", "đ": "ñ", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "í": "í", "ì": "ì", "ỵ": "î"}
MARKS = {"\u0300": "ø", "\u0301": "ù", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
MORE = {"\u0300": "àè", "\u0301": "áé", "\u0309": "åú", "\u0303": "ãü", "\u0323": "äë"}


def to_vni(text: str) -> str:
    """The small letters of a text as VNI writes them."""
    out = []
    for char in text.lower():
        apart = unicodedata.normalize("NFD", char)
        tone = next((c for c in apart if c in MARKS), "")
        base = unicodedata.normalize("NFC", apart.replace(tone, "") if tone else apart)
        if char in VNI:
            out.append(VNI[char])
        elif base in ROOF:
            sign = "âê"[base == "ă"] if not tone else MORE[tone][base == "ă"]
            out.append(ROOF[base] + sign)
        else:
            out.append(VNI.get(base, base) + (MARKS[tone] if tone else ""))
    return "".join(out)


def to_cp1258(text: str) -> bytes:
    out = b""
    for char in text:
        try:
            out += char.encode("cp1258")
        except UnicodeEncodeError:
            apart = unicodedata.normalize("NFD", char)
            tone = next(c for c in apart if c in MARKS)
            out += unicodedata.normalize("NFC", apart.replace(tone, "")).encode("cp1258") + tone.encode("cp1258")
    return out


def to_viscii(text: str) -> str:
    from pipeline.cleaning import old_encodings

    letters = {c: chr(0x80 + i) for i, c in enumerate(old_encodings._VISCII)}
    return "".join(letters.get(c, c) for c in text)


# ---------------------------------------------------------------- TCVN3


def test_every_small_letter_comes_back() -> None:
    text = "".join(sorted(SMALL)) + "ĂÂĐÊÔƠƯ"
    assert len(SMALL) == 12 * 6 + 1
    written = to_tcvn3(text)
    assert not re.search("[^\x00-\xff]", written)
    assert len(set(written)) == len(text)
    assert "".join(tcvn3(char) for char in written) == text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("C«ng ®oµn ngµnh Y tÕ", "Công đoàn ngành Y tế"),
        ("ng\xad\xeai l\xadu t\xa9m", "người lưu tâm"),
        ("§¹I HéI C¤NG §OµN", "ĐẠI HỘI CÔNG ĐOÀN"),
        ("Hµ Néi, ¸nh s¸ng", "Hà Nội, ánh sáng"),
        ("TØNH TH¸I B×NH", "TỈNH THÁI BÌNH"),
        ("B¸c SÜ", "Bác Sĩ"),
    ],
)
def test_tcvn3_is_read(written: str, read: str) -> None:
    assert tcvn3(written) == read


@given(st.text(st.sampled_from([*sorted(SMALL), *"ĂÂĐÊÔƠƯ", "a", "b", " ", "\n", ".", "5"]), max_size=60))
def test_tcvn3_comes_back_and_keeps_its_length(text: str) -> None:
    written = to_tcvn3(text)
    assert len(tcvn3(written)) == len(written) == len(text)
    assert tcvn3(written).lower() == text.lower()


@pytest.mark.parametrize("codec", ["bytes", "unicode"])
def test_an_article_in_tcvn3_is_read_and_says_so(codec: str) -> None:
    written = to_tcvn3(ARTICLE)
    decoded = decode(written.encode("cp1252") if codec == "bytes" else written.encode())
    article = clean_record(RawRecord(decoded.text, encoding=decoded.encoding), RULES)
    assert isinstance(article, CleanArticle)
    assert article.encoding == "TCVN3"
    plain = clean_record(RawRecord(tcvn3(written)), RULES)
    assert isinstance(plain, CleanArticle)
    assert (article.text, article.blocks, article.offsets) == (plain.text, plain.blocks, plain.offsets)


def test_a_page_in_tcvn3_with_entities_and_a_font_of_capitals() -> None:
    body = to_tcvn3(ARTICLE.replace("\n\n", "\n")).replace("®", "&reg;").replace("µ", "&#181;").replace("¸", "&cedil;")
    paragraphs = "".join(f"<p><font face='.VnTime'>{line}</font></p>" for line in body.split("\n") if line.strip())
    title = "<h1><font face='.VnTimeH'>®¹i héi c«ng ®oµn</font></h1>"
    page = f"<html><head><meta charset='windows-1252'></head><body><div>{title}{paragraphs}</div></body></html>"
    article = clean_record(RawRecord(page, "html"), RULES)
    assert isinstance(article, CleanArticle)
    assert article.encoding == "TCVN3"
    assert "ĐẠI HỘI CÔNG ĐOÀN" in article.text
    assert "đối thoại" in article.text
    assert not re.search("[®µ¸]", article.text)


def test_tcvn3_without_its_soft_hyphens_is_refused() -> None:
    for instead in ("", "-", " "):
        result = clean_record(RawRecord(to_tcvn3(ARTICLE * 2).replace("\xad", instead)), RULES)
        assert isinstance(result, Refused)
        assert (result.reason, "soft hyphen" in result.detail) == (Reject.ENCODING, True)


def test_lines_in_unicode_stay_in_a_text_in_tcvn3() -> None:
    text = "Trang chủ | Giới thiệu | Liên hệ\n" + to_tcvn3("Công đoàn huyện tổ chức hội nghị sơ kết ở cơ sở đó, đã có.")
    assert recognised(text) == "TCVN3"
    assert mended_text(text).split("\n")[0] == "Trang chủ | Giới thiệu | Liên hệ"


# ---------------------------------------------------------------- what it must not fire on

FRENCH = (
    "L'été dernier, la fédération a réuni ses délégués à Besançon. «Très bien», a déclaré la secrétaire générale, qui "
    "espère que les négociations, déjà engagées, mèneront à un accord équitable où chacun, même âgé, sera protégé. "
)
GERMAN = "Die Gewerkschaft fordert für März höhere Löhne; größere Betriebe müssen zusätzlich Zuschläge für Überstunden zahlen. "  # noqa: E501
SPANISH = "El año pasado, la organización celebró aquí su décimo congreso; ¿quién votó? «Todos», según España. "
TABLE = "± 5 °C | 12 m² | 3 m³ | ½ | ¼ | § 5 | © 2015 | ® | µm 15 | «A» 1¹ 2² | £5 | ¥7 | 5×3 | ¶ "


@pytest.mark.parametrize("text", [FRENCH, GERMAN, SPANISH, TABLE, ARTICLE, "The union's fee rose by £5. "])
def test_other_texts_are_no_old_vietnamese(text: str) -> None:
    assert recognised(text * 8) is None
    assert recognised(unicodedata.normalize("NFD", text) * 8) is None


@given(st.lists(st.sampled_from((FRENCH + GERMAN + SPANISH + TABLE + ARTICLE + "a b c d 5 6 7").split()), max_size=300))
@settings(max_examples=200, deadline=None)
def test_no_mixture_of_other_texts_is_old_vietnamese(words: list[str]) -> None:
    assert recognised(" ".join(words)) is None


@given(st.text(st.characters(max_codepoint=0x17F), max_size=400))
@example("1 250,5 " * 50)
@settings(max_examples=200, deadline=None)
def test_no_numbers_and_signs_are_old_vietnamese(text: str) -> None:
    assume(sum(map(is_syllable, map(tcvn3, re.findall(r"[A-Za-z\xa1-\xff]+", text)))) < 8)
    assert recognised(text) != "TCVN3"


def test_every_article_is_recognised_in_every_old_encoding_and_in_unicode_in_none() -> None:
    paths = [*SAMPLES.glob("*.txt"), *(Path(__file__).parent / "gold" / "articles").rglob("*.txt")]
    texts = [unicodedata.normalize("NFC", p.read_text(encoding="utf-8-sig")) for p in sorted(paths)]
    assert len(texts) > 100
    for text in texts:
        assert recognised(text) is None
        assert recognised(to_tcvn3(text)) == "TCVN3"
        assert recognised(to_vni(text)) == "VNI"
        assert recognised(to_viscii(text)) == "VISCII"


@pytest.mark.parametrize("name", ["VNI", "VISCII"])
def test_vni_and_viscii_are_refused_by_name(name: str) -> None:
    written = to_vni(ARTICLE) if name == "VNI" else to_viscii(ARTICLE)
    result = clean_record(RawRecord(written), RULES)
    assert isinstance(result, Refused)
    assert (result.reason, name in result.detail) == (Reject.ENCODING, True)
    written = re.sub("[^\x00-\xff]", "-", written)
    with pytest.raises(UnknownEncodingError, match=name):
        decode(written.encode("latin-1"))


@pytest.mark.parametrize("declared", [None, "cp1252", "utf-8"])
def test_what_a_page_declares_by_habit_does_not_count(declared: str | None) -> None:
    assert decode(to_cp1258(ARTICLE), declared).encoding == "cp1258"
    assert decode(ARTICLE.encode(), declared).text == ARTICLE
    assert decode(to_tcvn3(ARTICLE).encode("cp1252"), declared).encoding == "TCVN3"
    assert decode(FRENCH.encode("cp1252"), "cp1252").text == FRENCH


# ---------------------------------------------------------------- one article, many encodings

WRITTEN = {
    "plain": lambda t: t.encode(),
    "nfd": lambda t: unicodedata.normalize("NFD", t).encode(),
    "crlf": lambda t: t.replace("\n", "\r\n").encode(),
    "bom": lambda t: t.encode("utf-8-sig"),
    "utf-16": lambda t: t.encode("utf-16"),
    "utf-16-be": lambda t: b"\xfe\xff" + t.encode("utf-16-be"),
    "utf-16 without its mark": lambda t: t.encode("utf-16-le"),
    "cp1258": to_cp1258,
    "read as cp1252": lambda t: t.encode().decode("sloppy-windows-1252").encode(),
    "read as latin-1": lambda t: t.encode().decode("latin-1").encode(),
    # what TCVN3 cannot hold: capitals with a tone
    "small": lambda t: tcvn3(to_tcvn3(t)).encode(),
    "tcvn3": lambda t: to_tcvn3(t).encode("cp1252"),
    "tcvn3 in utf-8": lambda t: to_tcvn3(t).encode(),
}
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Rows]]:
    """The rows of all tables in every encoding, without what names or places them in their source."""
    folder = tmp_path_factory.mktemp("encodings")
    for how, write in WRITTEN.items():
        (folder / "raw" / how).mkdir(parents=True)
        for name in NAMES:
            text = unicodedata.normalize("NFC", (SAMPLES / name).read_text(encoding="utf-8-sig"))
            (folder / "raw" / how / name).write_bytes(write(text))
    extract(folder / "raw", folder / "out", workers=1)
    articles = pq.read_table(folder / "out" / "articles.parquet").to_pylist()
    written = {row["article_id"]: row["source"].split("/")[0] for row in articles}
    found: dict[str, dict[str, Rows]] = {how: {} for how in WRITTEN}
    for table in set(TABLES) - {"bodies", "checks", "check_members", "rejects"}:
        for row in pq.read_table(folder / "out" / f"{table}.parquet").to_pylist():
            if row.get("code") != Issue.ENCODING_GUESSED.value:
                how = written[row["article_id"]]
                found[how].setdefault(table, []).append({k: v for k, v in row.items() if not _NAMES_IT.search(k)})
    return found


_NAMES_IT = re.compile("^(?!org_id|rule_id).*_id$|^(source|sha256|encoding|raw_start|raw_end|same_as|duplicate_of)$")


@pytest.mark.slow
@pytest.mark.parametrize("how", [how for how in WRITTEN if how not in ("plain", "small")])
def test_an_article_gives_the_same_tables_in_every_encoding(how: str, tables: dict[str, dict[str, Rows]]) -> None:
    expected = tables["small" if "tcvn3" in how else "plain"]
    assert len(expected["articles"]) == len(NAMES)
    assert len(expected["figures"]) > 15
    assert tables[how] == expected


# ---------------------------------------------------------------- the way back to the source

PIECES = st.lists(
    st.one_of(
        st.sampled_from(["Công đoàn", "hội nghị", "trường", "nghĩa", "Đ/c", "11/22", "“lời”", " ", "  ", "\t", "."]),
        st.sampled_from(["Công đoàn", "hội nghị", "Thuỷ"]).map(lambda t: unicodedata.normalize("NFD", t)),
        st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\u2028"]),
        st.sampled_from(["\u200b", "\u00ad", "\ufeff", "\u00a0", "\u200e"]),
    ),
    max_size=40,
)
SHOWN = {"\t": " "}


def kept(raw: str) -> list[tuple[str, str]]:
    """Every kept character beside the raw characters that its place names."""
    out = []
    for line in lines(raw):
        offsets = OffsetMap.of(line.runs)
        for at, char in enumerate(line.text):
            place = offsets.raw_span(at, at + 1)
            assert place is not None
            out.append((char, raw[slice(*place)]))
    return out


@settings(max_examples=300, deadline=None)
@given(PIECES)
def test_every_kept_character_leads_to_its_own_in_the_source(pieces: list[str]) -> None:
    raw = "".join(pieces)
    found = kept(raw)
    for char, there in found:
        assert SHOWN.get(char, char) == unicodedata.normalize("NFC", _HIDDEN.sub("", there)).replace("\t", " ")
    # and nothing is lost or told twice but blanks at the ends of lines
    assert "".join(c for c, _ in found if not c.isspace()) == unicodedata.normalize(
        "NFC", "".join(c for c in _HIDDEN.sub("", raw) if not c.isspace())
    )


_HIDDEN = re.compile("[\u200b\u00ad\ufeff\u200e]")


@settings(max_examples=200, deadline=None)
@given(PIECES, st.sampled_from(["sloppy-windows-1252", "latin-1"]), st.booleans())
def test_mended_mojibake_leads_to_the_characters_that_its_bytes_became(
    pieces: list[str], codec: str, bom: bool
) -> None:
    text = "Đại hội lần thứ nhất của đoàn viên\n" + "".join(p for p in pieces if not _HIDDEN.search(p))
    raw = text.encode().decode(codec)
    decoded = decode((b"\xef\xbb\xbf" if bom else b"") + raw.encode())
    assert decoded.text == raw
    for char, there in kept(raw):
        try:
            meant = there.encode(codec).decode()
        except (UnicodeDecodeError, UnicodeEncodeError):
            meant = there  # a line that needed no mending
        assert SHOWN.get(char, char) == unicodedata.normalize("NFC", meant).replace("\t", " ")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([*to_tcvn3(ARTICLE).split(), "\r\n", "\n"]), min_size=60, max_size=90))
@example([*["Trang"] * 52, *["chñ"] * 6, "V¨n", "\r\n", "L§L§"])
def test_tcvn3_leads_to_the_sign_that_stood_for_the_letter(words: list[str]) -> None:
    raw = " ".join(words)
    assume(recognised(raw) == "TCVN3")
    mended = mended_text(raw)
    assert len(mended) == len(raw)
    for line in lines(mended):
        offsets = OffsetMap.of(line.runs)
        for at, char in enumerate(line.text):
            place = offsets.raw_span(at, at + 1)
            assert place is not None
            assert tcvn3(raw[slice(*place)]).lower() == char.lower()
