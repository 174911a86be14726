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
from pipeline.cleaning.encodings import UnknownEncodingError, decode
from pipeline.cleaning.old_encodings import is_syllable, mended_text, recognised, tcvn3, to_tcvn3
from pipeline.errors import Issue, Reject
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


def test_every_sample_is_recognised_in_every_old_encoding_and_in_unicode_in_none() -> None:
    texts = [unicodedata.normalize("NFC", p.read_text(encoding="utf-8-sig")) for p in sorted(SAMPLES.glob("*.txt"))]
    assert len(texts) > 10
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


def tables(folder: Path, out: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of all tables without what names or places them in the source."""
    extract(folder, out, workers=1)
    found = {}
    for name in TABLES:
        rows = pq.read_table(out / f"{name}.parquet").to_pylist()
        leave = [c for c in (rows[0] if rows else {}) if c.endswith("_id") and c not in ("org_id", "rule_id")]
        leave += ["sha256", "encoding", "raw_start", "raw_end", "same_as", "row_id"]
        kept = [{k: v for k, v in row.items() if k not in leave} for row in rows]
        found[name] = [row for row in kept if row.get("code") != Issue.ENCODING_GUESSED.value]
    return found


WRITTEN = {
    "nfd": lambda t: unicodedata.normalize("NFD", t).encode(),
    "crlf": lambda t: t.replace("\n", "\r\n").encode(),
    "bom": lambda t: t.encode("utf-8-sig"),
    "utf-16": lambda t: t.encode("utf-16"),
    "utf-16-be": lambda t: b"\xfe\xff" + t.encode("utf-16-be"),
    "utf-16 without its mark": lambda t: t.encode("utf-16-le"),
    "cp1258": to_cp1258,
    "read as cp1252": lambda t: t.encode().decode("sloppy-windows-1252").encode(),
    "read as latin-1": lambda t: t.encode().decode("latin-1").encode(),
}


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return {n: unicodedata.normalize("NFC", (SAMPLES / n).read_text(encoding="utf-8-sig")) for n in NAMES}


def write(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def plain(texts: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("plain")
    found = tables(write(folder / "raw", {n: t.encode() for n, t in texts.items()}), folder / "out")
    assert len(found["articles"]) == len(NAMES)
    assert len(found["figures"]) > 15
    return found


@pytest.mark.slow
@pytest.mark.parametrize("how", WRITTEN)
def test_an_article_gives_the_same_tables_in_every_encoding(
    how: str, texts: dict[str, str], plain: dict[str, list[dict[str, Any]]], tmp_path: Path
) -> None:
    raw = write(tmp_path / "raw", {n: WRITTEN[how](t) for n, t in texts.items()})
    assert tables(raw, tmp_path / "out") == plain


@pytest.mark.slow
@pytest.mark.parametrize("codec", ["cp1252", "utf-8"])
def test_tcvn3_gives_the_same_tables_but_for_capitals(codec: str, texts: dict[str, str], tmp_path: Path) -> None:
    written = {n: to_tcvn3(t) for n, t in texts.items()}
    folder = write(tmp_path / "raw", {n: t.encode(codec) for n, t in written.items()})
    small = write(tmp_path / "small", {n: tcvn3(t).encode() for n, t in written.items()})
    assert tables(folder, tmp_path / "out") == tables(small, tmp_path / "out_small")
