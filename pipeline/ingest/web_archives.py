"""Web archives: the pages of WARC files and the texts of WET files, plain or compressed record by record.

The records of a file are told apart here, so that a broken one costs nothing but itself; what is in a record is read by
warcio. Records that hold no page by their kind (warcinfo, request, metadata) are no input and not counted.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from pipeline.cleaning.encodings import codec_named
from pipeline.errors import Reject
from pipeline.ingest.files import CHUNK, MAX_RECORD_BYTES, Chunks, damage_of
from pipeline.ingest.records import HTML, TEXT, WEB, Entry, RecordRef, too_large

_NO_PAGES = ("warcinfo", "request", "metadata")
_LENGTH = re.compile(rb"(?im)^content-length[ \t]{0,9}:[ \t]{0,9}(\d{1,15})[ \t]{0,9}\r?$")
_TYPE = re.compile(rb"(?im)^warc-type[ \t]{0,9}:[ \t]{0,9}([^\r\n]{1,99})")
_BEGINS = b"WARC/"
_WITH_PAGES = ("response", "resource", "conversion")
_PAGES = {"text/html": HTML, "application/xhtml+xml": HTML, "text/plain": TEXT}
_UNPACKED = ("", "identity", "gzip", "x-gzip", "deflate")
_CHARSET = re.compile(r"""charset\s{0,3}=\s{0,3}["']?([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
# of a record that is too large to hold a page so much is looked at to say what it is
_LOOKED_AT = 2**16
_MOST_HEADERS = 2**18


class _Lines:
    """A stream of which something can be put back."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._back = stream, b""

    def readline(self) -> bytes:
        if not self._back:
            return self._stream.readline(CHUNK)
        end = self._back.find(b"\n") + 1
        if not end:
            line, self._back = self._back, b""
            return line + self._stream.readline(CHUNK)
        line, self._back = self._back[:end], self._back[end:]
        return line

    def read(self, size: int) -> bytes:
        data, self._back = self._back[:size], self._back[size:]
        return data + self._stream.read(size - len(data)) if len(data) < size else data

    def skip(self, size: int) -> int:
        """Bytes that were there to be skipped, at most ``size``."""
        left = size
        while left and (data := self.read(min(left, CHUNK))):
            left -= len(data)
        return size - left

    def put_back(self, data: bytes) -> None:
        self._back = data + self._back


class _Framed:
    """A record as it stands in the file: its head, its block (the beginning of one that is too large), what ails it."""

    def __init__(self, lines: _Lines, first: bytes) -> None:
        self.cut_off = False
        self.problem: str | None = None
        self.length = 0
        self.block = b""
        head = [first]
        while (line := lines.readline()).strip():
            head.append(line)
            if sum(map(len, head)) > _MOST_HEADERS:
                self.problem = "its head has no end"
                break
        self.head = b"".join(head)
        found = _LENGTH.search(self.head)
        if not line:
            self.cut_off = True
        elif self.problem is None and found is None:
            self.problem = "its head does not say how long it is"
        elif found is not None:
            self._read(lines, int(found[1]))

    def _read(self, lines: _Lines, length: int) -> None:
        self.length = length
        self.block = lines.read(min(length, MAX_RECORD_BYTES + 1))
        got = len(self.block)
        if length > MAX_RECORD_BYTES:
            self.block = self.block[:_LOOKED_AT]
            got += lines.skip(length - got)
        ends = lines.readline()
        if ends.startswith(_BEGINS):
            lines.put_back(ends)
            ends = b""
        # a length that is too great reaches into the next record, one that is too small ends within the text
        inside = self.block.find(b"\r\n\r\nWARC/1.") if got < length or ends.strip() else -1
        if inside >= 0 and length <= MAX_RECORD_BYTES:
            lines.put_back(self.block[inside + 4 :] + ends)
            self.problem = "its length is not what it says"
        elif got < length:
            self.cut_off = True
        elif ends.strip():
            self.problem = "its length is not what it says"

    @property
    def kind(self) -> str:
        found = _TYPE.search(self.head)
        return found[1].decode("latin-1").strip().lower() if found else ""


def web_records(entry: Entry, resume: Callable[[bytes], bool] | None) -> Iterator[RecordRef]:
    """The records that may hold a page. ``resume`` finds the next compressed record behind a damaged one."""
    lines, number, said = _Lines(entry.stream), 0, False
    while True:
        line = lines.readline()
        if not line:
            damage = damage_of(entry.stream)
            if damage and not said:
                number += 1
                yield entry.broken_off(number, damage)
            if not (damage and resume and _resumed(entry.stream, resume)):
                break
            said = False
        elif line.startswith(_BEGINS):
            record = _Framed(lines, line)
            said = record.cut_off or record.problem is not None
            if record.kind in _NO_PAGES and not said:
                continue
            number += 1
            if record.cut_off:
                yield entry.broken_off(number, damage_of(entry.stream) or "it ends in the middle of a record")
            elif record.problem:
                yield entry.refused(Reject.BROKEN_RECORD, f"the record is broken: {record.problem}", number)
            elif record.length > MAX_RECORD_BYTES:
                page = what_it_holds(record.head + b"\r\n" + record.block)
                reason = (Reject.TOO_LARGE, too_large(record.length)) if page is None else page
                yield entry.refused(*reason, number)
            else:
                yield entry.ref(WEB, number, record.head + b"\r\n" + record.block)
        elif line.strip() and not said:
            said, number = True, number + 1
            yield entry.refused(Reject.BROKEN_RECORD, "what stands here is no record of a web archive", number)
    if not number:
        yield entry.refused(Reject.EMPTY, "the web archive holds no page")


def _resumed(stream: BinaryIO, resume: Callable[[bytes], bool]) -> bool:
    chunks = getattr(stream, "raw", None)
    if not isinstance(chunks, Chunks) or not resume(_BEGINS):
        return False
    chunks.mended()
    return True


# ---------------------------------------------------------------- what is in a record


@dataclass(frozen=True, slots=True)
class WebPage:
    """A page of a web archive: its bytes, how it is read and what the archive says of it.

    ``crawled`` is when it was fetched, which says nothing of when it was published.
    """

    data: bytes
    kind: str
    charset: str | None
    url: str | None
    crawled: str | None


Refusal = tuple[Reject, str]


def web_page(data: bytes) -> WebPage | Refusal:
    """The page in a record, or why there is none."""
    from warcio.bufferedreaders import BufferedReader

    record = _parsed(data)
    if isinstance(record, tuple):
        return record
    refusal = _refusal(record)
    if refusal:
        return refusal
    kind, charset = _content_type(record)
    # more than an article can have is not unpacked
    content = BufferedReader(record.content_stream()).read(MAX_RECORD_BYTES + 1)
    if len(content) > MAX_RECORD_BYTES:
        return Reject.TOO_LARGE, too_large(len(content))
    if not content.strip():
        return Reject.EMPTY, "the page is empty"
    if kind not in _PAGES:
        kind = "text/html" if content.lstrip()[:1] == b"<" else "text/plain"
    url = record.rec_headers.get_header("WARC-Target-URI")
    return WebPage(content, _PAGES[kind], charset, url, record.rec_headers.get_header("WARC-Date"))


def what_it_holds(data: bytes) -> Refusal | None:
    """Why the beginning of a record shows that it holds no page; None where it does."""
    record = _parsed(data)
    return record if isinstance(record, tuple) else _refusal(record)


def _parsed(data: bytes) -> Any:
    from warcio.bufferedreaders import BufferedReader
    from warcio.exceptions import ArchiveLoadFailed
    from warcio.recordloader import ArcWarcRecordLoader

    # what it says of an address it mends need not be read by who runs this
    logging.getLogger("warcio").setLevel(logging.ERROR)
    try:
        reader = BufferedReader(io.BytesIO(data))
        return ArcWarcRecordLoader(verify_http=False).parse_record_stream(reader, known_format="warc")
    except (ArchiveLoadFailed, EOFError, ValueError, AttributeError) as error:
        return Reject.BROKEN_RECORD, f"the record is broken: {error or type(error).__name__}"


def _refusal(record: Any) -> Refusal | None:
    kind = (record.rec_type or "").lower()
    if kind == "revisit":
        return Reject.NOT_A_PAGE, "the page had not changed since it was fetched before: it stands there"
    if kind not in _WITH_PAGES:
        return Reject.NOT_A_PAGE, f"a record of the kind '{kind[:40]}' holds no page"
    status = record.http_headers.get_statuscode() if record.http_headers else "200"
    if status != "200":
        return Reject.NOT_A_PAGE, f"the server answered {status[:20]} instead of a page"
    packed = record.http_headers.get_header("Content-Encoding", "") if record.http_headers else ""
    if packed.lower() not in _UNPACKED:
        return Reject.UNSUPPORTED, f"the page is packed as '{packed[:20]}', which cannot be unpacked"
    content, _ = _content_type(record)
    return None if not content or content in _PAGES else (Reject.NOT_A_PAGE, f"{content[:60]} is no page")


def _content_type(record: Any) -> tuple[str, str | None]:
    """Media type and charset that the server named; where it was no HTTP, the archive."""
    headers = record.http_headers or record.rec_headers
    value = headers.get_header("Content-Type") or ""
    kind, _, rest = value.partition(";")
    found = _CHARSET.search(rest)
    return kind.strip().lower(), codec_named(found[1]) if found else None
