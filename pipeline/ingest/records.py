"""Records of files of many: JSON Lines, JSON lists, CSV tables and Parquet, read from a stream with bounded memory."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Self

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.cleaning.encodings import BinaryDataError, UnknownEncodingError, decode
from pipeline.errors import Reject
from pipeline.ingest.files import CHUNK, MAX_RECORD_BYTES, RawInput, damage_of, stream_of, with_head

TEXT, HTML, LINES, OBJECTS, TABLE, COLUMNS, WEB = "text", "html", "jsonl", "json", "csv", "parquet", "warc"
_ROWS_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class TableShape:
    """How a CSV file is written: its dialect and its header."""

    delimiter: str
    header: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordRef:
    """One input record. ``name`` is its path below the raw folder (that of a member of an archive goes on behind the
    archive's), ``number`` counts from 1 in a file of many and is None for a whole file.

    ``data`` are its bytes, None where the whole ``file`` is the record. ``problem`` is a reason and its detail where
    the record cannot be read at all.
    """

    file: RawInput
    name: str
    kind: str
    number: int | None = None
    data: bytes | None = None
    encoding: str | None = None
    shape: TableShape | None = None
    problem: tuple[str, str] | None = None

    @property
    def source(self) -> str:
        """The record's name in every table: its path, with ``#n`` for the n-th record of a file of many."""
        return self.name if self.number is None else f"{self.name}#{self.number}"

    @property
    def fingerprint(self) -> str:
        """Changes when the record does: what a second run compares to know that it is not new.

        Whole files are known by size and time of change, so that they need not be read; records by their bytes and all
        else that says what these mean.
        """
        if self.data is None and self.problem is None:
            return f"{self.source}|{self.file.size}|{self.file.mtime_ns}"
        meaning = repr((self.kind, self.encoding, self.shape, self.problem))
        digest = hashlib.sha256(self.data or b"")
        digest.update(meaning.encode(errors="replace"))
        return f"{self.source}|{digest.hexdigest()[:32]}"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to read: a file of the raw folder, or what is packed in it. ``size`` is None where it is not known."""

    file: RawInput
    name: str
    stream: BinaryIO
    size: int | None = None

    def ref(self, kind: str, number: int | None = None, data: bytes | None = None, **more: Any) -> RecordRef:
        """A record of it."""
        return RecordRef(self.file, self.name, kind, number, data, **more)

    def refused(self, reason: Reject, detail: str, number: int | None = None) -> RecordRef:
        """What cannot be read at all."""
        return RecordRef(self.file, self.name, "none", number, problem=(reason.value, detail))

    def broken_off(self, number: int, damage: str) -> RecordRef:
        """What is lost behind the place where a packed file breaks."""
        detail = f"the file breaks off here: {damage}; what was packed behind it is lost"
        return self.refused(Reject.BROKEN_RECORD, detail, number)


def too_large(size: int) -> str:
    """Of a record that is no article."""
    return f"{size / 2**20:.1f} MiB for one article: more than {MAX_RECORD_BYTES // 2**20} MiB is no article"


# ---------------------------------------------------------------- text of many records


@dataclass(frozen=True, slots=True)
class _Text:
    """The stream of a file of many as bytes without a byte order mark in which a line end is ``\\n``.

    Files in UTF-16 come as UTF-8: `native` gives a record's own bytes back.
    """

    stream: BinaryIO
    head: bytes
    codec: str
    wide: bool

    def native(self, data: bytes) -> bytes:
        return data.decode("utf-8", errors="replace").encode(self.codec) if self.wide else data

    def decoded(self, data: bytes) -> str:
        return data.decode("utf-8" if self.wide else self.codec, errors="replace")


def _text(entry: Entry) -> _Text:
    """Raises BinaryDataError, UnknownEncodingError."""
    head, stream = with_head(entry.stream)
    known = head
    if len(head) == 2**20 and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        known = head[: head.rfind(b"\n") + 1] or head
    name = decode(known).encoding
    if name.startswith("utf-16"):
        little = head.startswith(codecs.BOM_UTF16_LE) or name == "utf-16-le"
        codec = "utf-16-le" if little else "utf-16-be"
        skip = 2 if name == "utf-16" else 0
        return _Text(stream_of(_utf8(stream, codec, skip), stream), _as_utf8(head[skip:], codec), codec, wide=True)
    if name == "utf-8-sig":
        stream.read(3)
        return _Text(stream, head[3:], "utf-8", wide=False)
    return _Text(stream, head, name.split(" ")[0], wide=False)


def _as_utf8(data: bytes, codec: str) -> bytes:
    return data.decode(codec, errors="ignore").encode("utf-8", errors="replace")


def _utf8(stream: BinaryIO, codec: str, skip: int) -> Iterator[bytes]:
    stream.read(skip)
    decoder = codecs.getincrementaldecoder(codec)("replace")
    while data := stream.read(CHUNK):
        yield decoder.decode(data).encode("utf-8", errors="replace")
    yield decoder.decode(b"", final=True).encode("utf-8")


def _lines(stream: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Lines with their size; one of more than `MAX_RECORD_BYTES` is cut there, and its size says so."""
    while line := stream.readline(MAX_RECORD_BYTES + 1):
        size = len(line)
        if size > MAX_RECORD_BYTES and not line.endswith(b"\n"):
            while rest := stream.readline(CHUNK):
                size += len(rest)
                if rest.endswith(b"\n"):
                    break
        yield line, size


def json_lines(entry: Entry) -> Iterator[RecordRef]:
    """A record per line that is not empty."""
    yield from _json_lines(entry, _text(entry))


def _json_lines(entry: Entry, text: _Text) -> Iterator[RecordRef]:
    number = 0
    for line, size in _lines(text.stream):
        if not line.strip(b"\r\n\t \0"):
            continue
        number += 1
        damage = None if line.endswith(b"\n") else damage_of(text.stream)
        if damage:
            yield entry.broken_off(number, damage)
            return
        if size > MAX_RECORD_BYTES:
            yield entry.refused(Reject.TOO_LARGE, too_large(size), number)
        else:
            yield entry.ref(LINES, number, text.native(line), encoding=text.codec)
    if damage := damage_of(text.stream):
        yield entry.broken_off(number + 1, damage)
    elif not number:
        yield entry.refused(Reject.EMPTY, "the file holds no record")


class _Json:
    """Values one after the other out of a stream of JSON."""

    def __init__(self, text: _Text) -> None:
        codec = "utf-8" if text.wide else text.codec
        self._chars = io.TextIOWrapper(text.stream, encoding=codec, errors="replace", newline="")
        self._left, self._at, self._ended = "", 0, False
        self._decoder = json.JSONDecoder()

    def skip(self, what: str) -> str:
        """The next character that is not one of ``what``; empty at the end."""
        while True:
            while self._at < len(self._left):
                if self._left[self._at] not in what:
                    return self._left[self._at]
                self._at += 1
            if not self._more():
                return ""

    def value(self) -> str:
        """The text of the next value. Raises ValueError where none can be read, RecursionError."""
        while True:
            try:
                _, end = self._decoder.raw_decode(self._left, self._at)
                # a number at the end of what was read may go on
                if end < len(self._left) or not self._more():
                    text, self._at = self._left[self._at : end], end
                    return text
            except json.JSONDecodeError:
                if len(self._left) - self._at > MAX_RECORD_BYTES or not self._more():
                    raise

    def _more(self) -> bool:
        """Read on: as much again as is held of the value, so that a long one is not begun anew too often."""
        if self._ended:
            return False
        held = self._left[self._at :]
        new = self._chars.read(max(CHUNK, len(held)))
        self._left, self._at, self._ended = held + new, 0, not new
        return not self._ended


def json_objects(entry: Entry) -> Iterator[RecordRef]:
    """The objects of a list; a single object is a whole file, objects one after the other are JSON Lines."""
    text = _text(entry)
    first = text.head.lstrip()[:1]
    if first == b"{":
        yield from _objects_alone(entry, text)
    elif first == b"[":
        yield from _list_items(entry, text)
    elif damage := damage_of(entry.stream):
        yield entry.broken_off(1, damage)
    elif not first:
        yield entry.refused(Reject.EMPTY, "the file holds no record")
    else:
        yield entry.refused(Reject.BROKEN_RECORD, "the file is no JSON list and no JSON object of articles")


def _list_items(entry: Entry, text: _Text) -> Iterator[RecordRef]:
    values, number = _Json(text), 0
    values.skip(" \t\r\n")
    values.skip("[")
    while (sign := values.skip(" \t\r\n,")) and sign != "]":
        number += 1
        try:
            value = values.value().encode(text.codec, errors="replace")
        except (ValueError, RecursionError) as error:
            damage = damage_of(text.stream)
            detail = f"JSON ends or breaks off in record {number}: {error}; the records after it cannot be found"
            yield entry.broken_off(number, damage) if damage else entry.refused(Reject.BROKEN_RECORD, detail, number)
            return
        if len(value) > MAX_RECORD_BYTES:
            yield entry.refused(Reject.TOO_LARGE, too_large(len(value)), number)
        else:
            yield entry.ref(OBJECTS, number, value, encoding=text.codec)
    if sign != "]":
        damage = damage_of(text.stream) or "its list has no end"
        yield entry.broken_off(number + 1, damage)
    elif not number:
        yield entry.refused(Reject.EMPTY, "the file holds an empty list")


def _objects_alone(entry: Entry, text: _Text) -> Iterator[RecordRef]:
    first, _, rest = text.head.partition(b"\n")
    if rest.strip() and _is_object(first):
        # JSON Lines saved as .json: an object per line
        yield from _json_lines(entry, text)
        return
    data = text.stream.read(MAX_RECORD_BYTES + 1)
    if len(data) > MAX_RECORD_BYTES:
        yield entry.refused(Reject.TOO_LARGE, too_large(len(data)))
        return
    try:
        json.loads(text.decoded(data))
        yield entry.ref(OBJECTS, None, text.native(data.strip()), encoding=text.codec)
    except (ValueError, RecursionError) as error:
        yield entry.refused(Reject.BROKEN_RECORD, f"the file is no valid JSON: {damage_of(text.stream) or error}")


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


# ---------------------------------------------------------------- tables


class _Rows:
    """The lines of a table for a CSV reader, which can be read again from the second line of a row on."""

    def __init__(self, text: _Text) -> None:
        self._lines, self._text = _lines(text.stream), text
        self._again: list[bytes] = []
        self.taken: list[bytes] = []  # the lines of this row
        self.size = 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        if self._again:
            line = self._again.pop()
        else:
            line, size = next(self._lines)
            self.size += size - len(line)
        self.taken.append(line)
        self.size += len(line)
        if self.size > MAX_RECORD_BYTES:
            raise csv.Error("a quote is not closed, or the row is far too long")
        return self._text.decoded(line).replace("\0", "")

    def begin(self) -> None:
        """A new row."""
        self.taken, self.size = [], 0

    def back(self) -> None:
        """Give the lines of this row back but for its first."""
        self._again += reversed(self.taken[1:])
        self.begin()


def _shape(sample: str) -> str:
    """Delimiter of a CSV sample."""
    first = sample.split("\n", 1)[0]
    try:
        dialect = csv.Sniffer().sniff(sample[:20000], delimiters=",;\t|")
        if dialect.delimiter in first:
            return dialect.delimiter
    except csv.Error:
        pass
    return max(",;\t|", key=first.count)


def table_rows(entry: Entry) -> Iterator[RecordRef]:
    """The rows of a CSV table below its header.

    A row that is no valid CSV (a quote is not closed) ends where the next line is a whole row again.
    """
    text = _text(entry)
    delimiter = _shape(text.decoded(text.head[:65536]))
    csv.field_size_limit(2 * MAX_RECORD_BYTES)
    source = _Rows(text)
    header: tuple[str, ...] = ()
    number, broken = 0, False
    while True:
        source.begin()
        try:
            # a reader of its own for each row: one that broke keeps what it read
            row = next(csv.reader(source, delimiter=delimiter, strict=True), None)
        except csv.Error as error:
            if damage := damage_of(text.stream):
                yield entry.broken_off(number + 1, damage)
                return
            if not broken:
                number += 1
                yield entry.refused(Reject.BROKEN_RECORD, f"the record is no valid CSV: {error}", number)
            broken = True
            source.back()
            continue
        if row is None:
            break
        if not any(cell.strip() for cell in row):
            continue
        if not header:
            header = tuple(cell.strip() for cell in row)
        elif not broken or len(row) == len(header):
            broken, number = False, number + 1
            shape = TableShape(delimiter, header)
            yield entry.ref(TABLE, number, text.native(b"".join(source.taken)), encoding=text.codec, shape=shape)
    if damage := damage_of(text.stream):
        yield entry.broken_off(number + 1, damage)
    elif not number:
        yield entry.refused(Reject.EMPTY, "the table has no row below its header")


# ---------------------------------------------------------------- Parquet


def parquet_rows(entry: Entry) -> Iterator[RecordRef]:
    """The rows of a Parquet file, each as a JSON object. A row group that cannot be read costs its rows only."""
    with tempfile.TemporaryFile() as spool:
        stream = entry.stream
        if not stream.seekable():
            while data := stream.read(CHUNK):
                spool.write(data)
            if damage := damage_of(stream):
                yield entry.refused(Reject.BROKEN_RECORD, f"the file cannot be unpacked: {damage}")
                return
            stream = spool
        try:
            table = pq.ParquetFile(stream, buffer_size=CHUNK, pre_buffer=False)
            columns = [f.name for f in table.schema_arrow if not _of_numbers(f.type)]
        except (pa.ArrowException, OSError, ValueError, KeyError) as error:
            yield entry.refused(Reject.BROKEN_RECORD, f"the file is no whole Parquet file: {_first_line(error)}")
            return
        done = 0
        for group in range(table.num_row_groups):
            number, done = done, done + max(0, table.metadata.row_group(group).num_rows)
            why = "they are not there"
            try:
                for batch in table.iter_batches(_ROWS_AT_ONCE, row_groups=[group], columns=columns):
                    for row in batch.to_pylist():
                        number += 1
                        data = json.dumps(row, ensure_ascii=False, default=_plain).encode("utf-8", errors="replace")
                        yield entry.ref(OBJECTS, number, data, encoding="utf-8")
            except (pa.ArrowException, OSError, ValueError, KeyError) as error:
                why = _first_line(error)
            if number < done:
                detail = f"the records {number + 1} to {done} cannot be read: {why}"
                yield entry.refused(Reject.BROKEN_RECORD, detail, number + 1)
        if not done:
            yield entry.refused(Reject.EMPTY, "the table has no row")


def _of_numbers(kind: pa.DataType) -> bool:
    """Vectors and the like: no text, and large."""
    nested = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    return bool(nested and (pa.types.is_floating(kind.value_type) or pa.types.is_integer(kind.value_type)))


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        try:
            return decode(value).text
        except (BinaryDataError, UnknownEncodingError):
            return ""
    return str(value)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
