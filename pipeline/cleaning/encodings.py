"""From bytes to text and from text to NFC, with a way back to every character of the source."""

from __future__ import annotations

import codecs
import difflib
import re
import unicodedata
from dataclasses import dataclass

import regex

from pipeline.cleaning.old_encodings import TCVN3, mended_page, mended_text, recognised, valid_share, visible
from pipeline.text import nfc

_BOMS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
)
# names that pages declare for what browsers read as another encoding (WHATWG)
_ALIASES = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "utf-8", "ascii": "utf-8"}
_DECLARED = re.compile(rb"""(?:charset|encoding)\s{0,3}=\s{0,3}["']?\s{0,3}([A-Za-z0-9_.:-]{2,40})""")
_MAGIC = (
    b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"{\\rtf",
)  # fmt: skip
# pages declare these whatever they are written in
_SAY_NOTHING = ("cp1252", "ascii", "utf-8")
# letters and tone marks of cp1258
_TOKEN = re.compile(r"[A-Za-zÀ-ỹ\u0300-\u0323]+")


class BinaryDataError(ValueError):
    """The bytes are no text."""


class UnknownEncodingError(ValueError):
    """The bytes are in no encoding that could be told with confidence."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with its newlines untouched and no byte order mark, and the encoding that it was read with."""

    text: str
    encoding: str


def declared_encoding(data: bytes) -> str | None:
    """The encoding that an HTML or XML page declares in its first 4 KiB; None where it names none that exists."""
    found = _DECLARED.search(data[:4096])
    if not found:
        return None
    return codec_named(found[1].decode("ascii"))


def codec_named(name: str) -> str | None:
    """The codec that a declared name means to a browser; None where there is none of that name."""
    name = name.lower()
    name = _ALIASES.get(name, name)
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """Bytes as text: byte order mark, then ``declared``, then UTF-8, then detection.

    Raises BinaryDataError for bytes that are no text, UnknownEncodingError where no encoding fits.
    """
    for bom, bom_codec, name in _BOMS:
        if data.startswith(bom):
            try:
                return Decoded(data[len(bom) :].decode(bom_codec), name)
            except UnicodeDecodeError:
                raise UnknownEncodingError(f"begins with a {name} mark but is not {name}") from None
    if b"\0" in data[:65536]:
        return _without_bom(data)
    if data.startswith(_MAGIC):
        raise BinaryDataError("its first bytes are those of a document or picture file, not of text")
    controls = len(data) - len(data.translate(None, bytes([*range(9), *range(14, 27), 28, 29, 30, 31])))
    if controls > 0.02 * len(data) + 2:
        raise BinaryDataError("it is full of control characters")
    for codec in ("utf-8", declared) if declared in _SAY_NOTHING else (declared, "utf-8"):
        if codec and (codec not in _SAY_NOTHING or codec == "utf-8" or _vietnamese(data) is None):
            try:
                return Decoded(data.decode(codec), codec)
            except (UnicodeDecodeError, LookupError):
                continue
    return _detected(data)


def _without_bom(data: bytes) -> Decoded:
    """UTF-16 that lost its mark: most of its zero bytes stand at odd (or even) places."""
    head = data[:4096]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    codec = "utf-16-le" if odd > 0.2 * len(head) / 2 and even * 20 < odd else None
    codec = "utf-16-be" if even > 0.2 * len(head) / 2 and odd * 20 < even else codec
    if codec and len(data) % 2 == 0:
        try:
            return Decoded(data.decode(codec), codec)
        except UnicodeDecodeError:
            pass
    raise BinaryDataError("it holds zero bytes, which text does not")


def _vietnamese(data: bytes) -> Decoded | None:
    """The text where its bytes are in an encoding of Vietnamese that has one byte for a letter.

    Raises UnknownEncodingError where it is one that is not read.
    """
    import ftfy.bad_codecs  # noqa: F401 - registers the sloppy codecs

    # told by a first part that many words stand in
    sample = data[:65536]
    words = [w for w in _TOKEN.findall(nfc(sample.decode("cp1258", errors="replace"))) if not w.isascii()]
    if len(words) >= 3 and valid_share(words) >= 0.8:
        try:
            return Decoded(data.decode("cp1258"), "cp1258")
        except UnicodeDecodeError:
            return None
    latin = sample.decode("sloppy-windows-1252")
    found = recognised(visible(latin))
    if found == TCVN3:
        whole = data.decode("sloppy-windows-1252")
        return Decoded(mended_page(whole) if "<" in latin and "</" in latin else mended_text(whole), TCVN3)
    if found:
        raise UnknownEncodingError(f"it is in {found}, an encoding of old fonts: convert it to Unicode first")
    return None


def _detected(data: bytes) -> Decoded:
    from charset_normalizer import from_bytes

    if (found := _vietnamese(data)) is not None:
        return found
    # long files are told by their first part; what does not fit later shows when they are decoded
    best = from_bytes(data[:262144]).best()
    if best is not None:
        try:
            return Decoded(data.decode(best.encoding), best.encoding)
        except (UnicodeDecodeError, LookupError):
            pass
    # a few broken bytes in a long UTF-8 file: a cut download, not another encoding
    text = data.decode("utf-8", errors="replace")
    if text.count("\ufffd") <= max(2, len(text) // 500):
        return Decoded(text, "utf-8 (damaged)")
    raise UnknownEncodingError("its bytes are neither UTF-8 nor any encoding that could be told")


# ---------------------------------------------------------------- characters

LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
# in mojibake U+0085 is a byte of a letter
_LINE_END_OF_MOJIBAKE = re.compile("\r\n|[\n\r\x0b\x0c\u2028\u2029]")
# format and control characters carry no text: zero-width, soft hyphen, direction marks, byte order marks
_INVISIBLE = regex.compile(r"[\p{Cf}\p{Cc}\p{Cs}\p{Co}--[\t]]", regex.VERSION1)
_HIDDEN = r"[\p{Cf}\p{Cc}\p{Cs}\p{Co}--[\t]]"
# plain runs; else a letter with its marks, which may stand apart by something invisible; conjoining jamo compose with
# one another
_CLUSTER = regex.compile(
    rf"(?P<plain>[\x20-\x7e]++(?<![\x20-\x7e](?={_HIDDEN}*+\p{{M}})))|(?P<plain>[\x20-\x7e]+(?=[\x20-\x7e]))"
    rf"|(?P<hidden>{_HIDDEN})|(?:[\u1100-\u11ff]+|.)(?:{_HIDDEN}*+\p{{M}})*+",
    regex.DOTALL | regex.VERSION1,
)
# UTF-8 read as cp1252 or Latin-1: pairs that no Vietnamese text holds
_MOJIBAKE = re.compile("á[º»\x90-\x9f]|Ä[‘\x91\x90]|Æ[°¡\xa0]|Ã[\x80-\xbf\u0192\u201a-\u2122]|â€|[ÃÂ]\xa0")
_ALIGNED_LINE = 4000

Runs = list[tuple[int, int, int, int]]


@dataclass(frozen=True, slots=True)
class Line:
    """A line as cleaning sees it: NFC, nothing invisible, no blanks at its ends.

    ``runs`` are ``(start, length, raw_start, raw_length)`` with ``start`` within ``text`` and ``raw_start`` within
    the decoded source; ``gap`` says that an empty line stands before it.
    """

    text: str
    runs: tuple[tuple[int, int, int, int], ...] = ()
    gap: bool = False
    hint: str | None = None

    def cut(self, start: int, end: int) -> Line:
        """The part ``[start, end)`` of the line, without blanks at its ends."""
        piece = self.text[start:end]
        lead = len(piece) - len(piece.lstrip())
        start, end = start + lead, start + len(piece.rstrip())
        runs = []
        for at, length, raw, raw_length in self.runs:
            low, high = max(at, start), min(at + length, end)
            if low >= high:
                continue
            if length == raw_length:
                runs.append((low - start, high - low, raw + low - at, high - low))
            else:
                runs.append((low - start, high - low, raw, raw_length))
        return Line(self.text[start:end], tuple(runs), self.gap, self.hint)


def has_mojibake(text: str) -> bool:
    """Whether the text holds UTF-8 that was read as a one-byte encoding."""
    return _MOJIBAKE.search(text) is not None


def lines(raw: str) -> list[Line]:
    """The non-empty lines of a decoded text, cleaned, each with its way back."""
    mend = has_mojibake(raw)
    out = []
    gap, at = False, 0
    ends = [(m.start(), m.end()) for m in (_LINE_END_OF_MOJIBAKE if mend else LINE_END).finditer(raw)]
    for stop, after in [*ends, (len(raw), len(raw))]:
        line = _line(raw[at:stop], at, mend, gap)
        at, gap = after, line is None
        if line is not None:
            out.append(line)
    return out


def plain(text: str) -> str:
    """A text without a way back (a title or a paragraph of a page) cleaned in the same manner, blanks made single."""
    if has_mojibake(text):
        text = _mended(text)
    return " ".join(nfc(_INVISIBLE.sub("", text.replace("\n", " ").replace("\r", " "))).split())


def _mended(text: str) -> str:
    import ftfy

    return ftfy.fix_encoding(
        text, ftfy.TextFixerConfig(uncurl_quotes=False, fix_latin_ligatures=False, fix_character_width=False)
    )


def _line(raw: str, base: int, mend: bool, gap: bool) -> Line | None:
    """The line that stands at ``base`` of the source; None where nothing visible does."""
    if not raw or raw.isspace():
        return None
    if not mend and raw.isprintable() and unicodedata.is_normalized("NFC", raw):
        # nothing in it is invisible: its characters are those of the source
        text = raw.strip()
        lead, length = len(raw) - len(raw.lstrip()), len(text)
        return Line(text, ((0, length, base + lead, length),), gap)
    pieces: Runs = [(0, len(raw), 0, len(raw))]
    text, text_is_raw = raw, True
    if mend and (fixed := _mended(raw)) != raw:
        pieces, text, text_is_raw = _pieces(raw, fixed), fixed, False
    if not _INVISIBLE.search(text) and unicodedata.is_normalized("NFC", text):
        text = text.replace("\t", " ")
    else:
        text, inner = _composed(text)
        pieces = inner if text_is_raw else _chained(inner, pieces)
    lead, end = len(text) - len(text.lstrip()), len(text.rstrip())
    runs = tuple((a, n, r + base, m) for a, n, r, m in pieces)
    return Line(text, runs, gap).cut(lead, end) if lead < end else None


def _composed(text: str) -> tuple[str, Runs]:
    """NFC without invisible characters, and runs back to ``text``."""
    out: list[str] = []
    runs: Runs = []
    length = 0
    for match in _CLUSTER.finditer(text):
        if match["hidden"]:
            continue
        piece = match[0]
        if not match["plain"]:
            piece = " " if piece == "\t" else nfc(_INVISIBLE.sub("", piece))
        out.append(piece)
        runs.append((length, len(piece), match.start(), len(match[0])))
        length += len(piece)
    joined = "".join(out)
    if not unicodedata.is_normalized("NFC", joined):
        # starters that compose across clusters (rare scripts): the line stands for its raw characters as a whole
        joined = nfc(_INVISIBLE.sub("", text).replace("\t", " "))
        runs = [(0, len(joined), 0, len(text))]
    return joined, runs


def _chained(inner: Runs, outer: Runs) -> Runs:
    """Runs of a text over a text that has runs itself; both without gaps in their targets."""
    place: dict[int, tuple[int, int]] = {}
    for at, length, raw, raw_length in outer:
        for i in range(length):
            place[at + i] = (raw + i, raw + i + 1) if length == raw_length else (raw, raw + raw_length)
    out: Runs = []
    for at, length, raw, raw_length in inner:
        if length == raw_length and all(place[raw + i][1] - place[raw + i][0] == 1 for i in range(length)):
            out += [(at + i, 1, place[raw + i][0], 1) for i in range(length)]
        else:
            first, last = place[raw][0], place[raw + raw_length - 1][1]
            out.append((at, length, first, last - first))
    return out


def _pieces(raw: str, fixed: str) -> Runs:
    """Runs of a mended line: each character over those that its bytes were read as."""
    import ftfy.bad_codecs  # noqa: F401 - registers the sloppy codecs

    runs: Runs = []
    for codec in ("sloppy-windows-1252", "latin-1"):
        try:
            same = fixed.encode("utf-8").decode(codec) == raw
        except (UnicodeDecodeError, LookupError):
            continue
        if same:
            at = 0
            for i, char in enumerate(fixed):
                width = len(char.encode("utf-8"))
                runs.append((i, 1, at, width))
                at += width
            return runs
    if len(raw) > _ALIGNED_LINE:
        return [(0, len(fixed), 0, len(raw))]
    for tag, a, b, c, d in difflib.SequenceMatcher(None, raw, fixed, autojunk=False).get_opcodes():
        if tag == "equal":
            runs += [(c + i, 1, a + i, 1) for i in range(d - c)]
        elif d > c:
            # what was put in where nothing stood shares the place of the character before it
            runs.append((c, d - c, a if b > a else max(0, a - 1), max(b - a, 1)))
    return runs
