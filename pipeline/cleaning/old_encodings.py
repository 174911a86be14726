"""Vietnamese of the time before Unicode: letters that fonts drew in the place of Latin-1's signs and accented letters.

Such text turns up as bytes, and as often as Unicode text in which every byte became the Latin-1 character of its number
("C«ng ®oµn" for "Công đoàn"). Both are taken here as such text. TCVN3 (ABC, the fonts .VnTime) is read: one character
stands for one letter. VNI and VISCII are recognised and nothing more.

TCVN3 has no capitals with a tone, and of the others only seven; a capital with a tone is written with the small letter
in a font whose name ends in H (.VnTimeH). Where a page names that font, its text is in capitals; where a word is
otherwise in capitals ("®¹I HéI"), its other letters are capitals too; else they stay small, as the text has them.
"""

from __future__ import annotations

import html
import itertools
import re
import unicodedata
from functools import lru_cache

from pipeline.text import nfc

TCVN3, VNI, VISCII = "TCVN3", "VNI", "VISCII"

# TCVN 5712:1993, table VN3
_TCVN3_SIGNS = "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\xadõøö÷ùúýûüþ"
_TCVN3_SMALL = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
_TCVN3_CAPITAL_SIGNS, _TCVN3_CAPITALS = "¡¢§£¤¥¦", "ĂÂĐÊÔƠƯ"
_TCVN3 = str.maketrans(_TCVN3_SIGNS + _TCVN3_CAPITAL_SIGNS, _TCVN3_SMALL + _TCVN3_CAPITALS)
_TCVN3_RUN = re.compile(f"[A-Za-z{re.escape(_TCVN3_SIGNS + _TCVN3_CAPITAL_SIGNS)}]+")
_CONSONANTS = re.compile("[bcdđfghjklmnpqrstvwxz]+", re.IGNORECASE)
_WITHOUT_CAPITAL = frozenset(_TCVN3_SMALL) - frozenset(_TCVN3_CAPITALS.lower())
# a word in capitals but for letters that have none; a word that a capital only begins is none
_CAPITALS = re.compile(
    r"(?<![^\W\d_])(?=(?:[^\W\d_]{0,20}[A-ZĂÂĐÊÔƠƯ]){2})[A-ZĂÂĐÊÔƠƯ" + _TCVN3_SMALL + r"]{2,40}(?![^\W\d_])"
)

# RFC 1456, from 0x80 on
_VISCII = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡư"
    "àáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
)
# how signs beyond Latin-1 got there: the bytes 0x80 to 0x9f read as Windows-1252
_CP1252 = {bytes([b]).decode("cp1252"): b for b in range(0x80, 0xA0) if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
_VISCII_MAP = str.maketrans({chr(0x80 + i): c for i, c in enumerate(_VISCII)})

# VNI: a letter and the sign of its marks behind it; ô and ö are ơ and ư; i and y have letters of their own
_GRAVE, _ACUTE, _HOOK, _TILDE, _DOT = "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"
_ROOF, _BOW = "\u0302", "\u0306"
_VNI_MARKS = {
    "ø": _GRAVE, "ù": _ACUTE, "û": _HOOK, "õ": _TILDE, "ï": _DOT,
    "â": _ROOF, "à": _ROOF + _GRAVE, "á": _ROOF + _ACUTE, "å": _ROOF + _HOOK, "ã": _ROOF + _TILDE, "ä": _ROOF + _DOT,
    "ê": _BOW, "è": _BOW + _GRAVE, "é": _BOW + _ACUTE, "ú": _BOW + _HOOK, "ü": _BOW + _TILDE, "ë": _BOW + _DOT,
}  # fmt: skip
_VNI_LETTERS = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "í": "í", "ì": "ì"}
_VNI = re.compile(f"([aeouyôö])([{''.join(_VNI_MARKS)}])|([{''.join(_VNI_LETTERS)}])")

# letters that Windows-1252 has beyond Latin-1 count as the bytes that they were
_AS_BYTES = {ord(c): b for c, b in _CP1252.items()}
_TOKEN = re.compile("[A-Za-z\xa1-\xff]+")
_WIDE_TOKEN = re.compile("[A-Za-z\x80-\xff]+")
_HIGH = re.compile("[\x80-\xff]")
# signs that TCVN3 uses as letters and no other text puts beside one
_SIGN = "[\xa1-\xb0\xb5-\xbe]"
_SIGN_LETTER = re.compile(f"{_SIGN}(?:(?<=[A-Za-z\xc0-\xff].)|(?=[a-z\xc0-\xff]))")
_ENTITY = re.compile(r"&(?:#1[6-9]\d|#2[0-5]\d|#[xX][a-fA-F][\da-fA-F]|[A-Za-z]{2,6}\d?);")
_BEYOND_LATIN_1 = re.compile("[\u0100-\u024f\u0300-\u036f\u1e00-\u1eff]")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_CAPITAL_FONT = re.compile(r"""(<[^<>]{0,300}["':;\s]\.Vn[A-Za-z ]{1,30}H["';,>][^<>]{0,300}>)([^<]{1,5000})""")
# fewer words prove nothing
_LEAST_WORDS = 8
_LEAST_VALID = 0.8
_SAMPLE = 60_000

# What a Vietnamese syllable can be, without its tone: the spelling of the language, from which no word departs
_ONSET = "(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx])?"
_OPEN = (
    "a|ai|ao|au|ay|âu|ây|e|eo|ê|êu|i|ia|iu|iêu|o|oa|oai|oao|oay|oe|oeo|oi|ô|ôi|ơ|ơi|u|ua|uây|uê|ui|uôi|uơ|uy|uya|uyu|ư"
    "|ưa|ưi|ưu|ươi|ươu|y|yêu"
)
_NASAL = "(?:[aăâeiou]|oo|ô|iê|yê|oa|oă|oe|uâ|uô|ươ|ư|uy|y)(?:n|ng|m)|(?:ê|ơ|uyê)[nm]|(?:a|ê|i|oa|uê|uy)nh"
_STOPPED = "(?:[aăâeiou]|oo|ô|iê|oa|oă|uô|ươ|ư)[cpt]|(?:yê|ê|ơ|oe|uâ|uyê|uy)[pt]|(?:a|ê|i|oa|uê|uy)ch"
_SYLLABLE = re.compile(f"{_ONSET}(?:{_OPEN}|{_NASAL})|{_ONSET}(?:{_STOPPED})(?P<stopped>)")
_TONES = re.compile(f"[{_GRAVE}{_ACUTE}{_HOOK}{_TILDE}{_DOT}]")


@lru_cache(maxsize=1 << 15)
def is_syllable(word: str) -> bool:
    """Whether a word is spelled as a Vietnamese syllable can be, marks and all; in any case and normal form."""
    apart = unicodedata.normalize("NFD", word.lower())
    tones = _TONES.findall(apart)
    if len(tones) > 1:
        return False
    found = _SYLLABLE.fullmatch(nfc(_TONES.sub("", apart)))
    # a syllable that ends in c, ch, p or t has one of two tones
    return found is not None and (found["stopped"] is None or "".join(tones) in (_ACUTE, _DOT))


def valid_share(words: list[str]) -> float:
    """Share of the words that can be Vietnamese syllables; 0 for none."""
    return sum(map(is_syllable, words)) / len(words) if words else 0.0


def tcvn3(text: str) -> str:
    """TCVN3 as Unicode, character by character: the length stays, and so do offsets."""
    return _CAPITALS.sub(lambda m: m[0].upper(), text.translate(_TCVN3))


def to_tcvn3(text: str) -> str:
    """Unicode as TCVN3 in Latin-1 characters, capitals that it lacks as small letters; for tests and conversions."""
    small = "".join(c.lower() if c.lower() in _WITHOUT_CAPITAL else c for c in nfc(text))
    signs, letters = _TCVN3_SIGNS + _TCVN3_CAPITAL_SIGNS, _TCVN3_SMALL + _TCVN3_CAPITALS
    return small.translate(str.maketrans(letters, signs))


def _vni(text: str) -> str:
    def letter(match: re.Match[str]) -> str:
        if match[3]:
            return _VNI_LETTERS[match[3]]
        return nfc(_VNI_LETTERS.get(match[1], match[1]) + _VNI_MARKS[match[2]])

    return _VNI.sub(letter, text.lower())


def recognised(text: str) -> str | None:
    """`TCVN3`, `VNI` or `VISCII` where the text is in that encoding, its bytes shown as Latin-1 or Windows-1252.

    None for any other: for Unicode Vietnamese, for other languages and for what has too few words to tell.
    """
    as_bytes = text[:_SAMPLE].translate(_AS_BYTES)
    sample = "\n".join(line for line in as_bytes.splitlines() if not _BEYOND_LATIN_1.search(line))
    words, wide = _marked(_TOKEN, sample), _marked(_WIDE_TOKEN, sample)
    if len(wide) < _LEAST_WORDS or valid_share(words) >= _LEAST_VALID:
        return None
    signs = sum(_SIGN_LETTER.search(word) is not None for word in words)
    readings = {
        TCVN3: [word.translate(_TCVN3) for word in words] if signs >= 0.2 * len(words) else [],
        VISCII: [word.translate(_VISCII_MAP) for word in wide],
        VNI: [_vni(word) for word in words],
    }
    best = max(readings, key=lambda name: valid_share(readings[name]))
    return best if valid_share(readings[best]) >= _LEAST_VALID else None


def _marked(token: re.Pattern[str], text: str) -> list[str]:
    return [word for word in token.findall(text) if _HIGH.search(word)]


def _is_tcvn3_line(line: str) -> bool:
    if _BEYOND_LATIN_1.search(line):
        return False
    words = _marked(_TCVN3_RUN, line)
    told = [read for word in words if not _CONSONANTS.fullmatch(read := word.translate(_TCVN3))]
    # "LĐLĐ" is a syllable in no reading: alone on its line it is told by a sign that stands among letters
    return valid_share(told) >= 0.6 if told else any(_SIGN_LETTER.search(word) for word in words)


def mended_text(text: str) -> str:
    """A text that `recognised` finds to be TCVN3 as Unicode, of the same length; lines in Unicode stay."""
    parts = re.split("([\r\n]+)", text)
    return "".join(tcvn3(part) if _is_tcvn3_line(part) else part for part in parts)


def visible(page: str) -> str:
    """What of a page's source may be text of an old font: without tags, the entities of its letters resolved."""
    return _TAG.sub(" ", _ENTITY.sub(lambda m: html.unescape(m[0]), page))


def mended_page(page: str) -> str:
    """The source of a page whose text is TCVN3, in Unicode; what stands in a font of capitals becomes capitals."""
    parts = re.split(r"(<[^<>]{0,2000}>|[\r\n]+)", _ENTITY.sub(lambda m: html.unescape(m[0]), page))
    fonts = "".join(part if part.startswith("<") or not _is_tcvn3_line(part) else tcvn3(part) for part in parts)
    return _CAPITAL_FONT.sub(lambda m: m[1] + m[2].upper(), fonts)


def may_be_tcvn3(text: str) -> bool:
    """A quick look: whether signs stand where letters do, or entities that would be such signs."""
    found = itertools.chain(_SIGN_LETTER.finditer(text), _ENTITY.finditer(text))
    return sum(1 for _ in itertools.islice(found, _LEAST_WORDS)) == _LEAST_WORDS


def has_lost_letters(text: str) -> bool:
    """Whether a text that was TCVN3 has lost its ``ư``, a soft hyphen that many programs leave out or show as a hyphen.

    In Vietnamese every sixtieth letter is one.
    """
    letters = sum(map(str.isalpha, text))
    return letters > 400 and text.lower().count("ư") * 600 < letters
