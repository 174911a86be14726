"""Any file below the raw folder as records: one row per text, page or record of a file of many, or a reason why not.

`scan` lists the files, `batches` cuts them into bounded lists of `RecordRef` (a record of a file of many is named by
its bytes' offset, so that a part is read without the rest of the file), `ingest` reads such a list into a table of
`INGESTED`. Hidden files and ``README.md`` are no input.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pyarrow as pa

from pipeline.cleaning.encodings import BinaryDataError, Decoded, UnknownEncodingError, declared_encoding, decode
from pipeline.errors import InputError, Reject, UnionEventsError
from pipeline.parts import write_part

INGESTED = pa.schema(
    [
        pa.field("source", pa.string(), metadata={"description": "path below the raw folder, #n for the n-th record"}),
        pa.field("sha256", pa.string(), metadata={"description": "hash of the raw record's bytes"}),
        pa.field("format", pa.string(), metadata={"description": "text or html"}),
        pa.field("encoding", pa.string(), metadata={"description": "encoding that it was read with"}),
        pa.field("whole_file", pa.bool_(), metadata={"description": "raw is all of the file: offsets into it hold"}),
        pa.field("raw", pa.string(), metadata={"description": "decoded text, newlines untouched, no byte order mark"}),
        pa.field("url", pa.string(), metadata={"description": "as the record gives it"}),
        pa.field("title", pa.string(), metadata={"description": "as the record gives it"}),
        pa.field("site", pa.string(), metadata={"description": "as the record gives it"}),
        pa.field("byline", pa.string(), metadata={"description": "as the record gives it"}),
        pa.field("published", pa.string(), metadata={"description": "as the record gives it"}),
        pa.field("reject_reason", pa.string(), metadata={"description": "code of pipeline.errors.Reject, else null"}),
        pa.field("reject_detail", pa.string(), metadata={"description": "what a person should know, else null"}),
    ]
)

TEXT, HTML, LINES, OBJECTS, TABLE = "text", "html", "jsonl", "json", "csv"
_FORMATS = {
    ".txt": TEXT, ".text": TEXT, ".html": HTML, ".htm": HTML, ".xhtml": HTML,
    ".jsonl": LINES, ".ndjson": LINES, ".json": OBJECTS, ".csv": TABLE, ".tsv": TABLE,
}  # fmt: skip
SUFFIXES = tuple(_FORMATS)
# an article has some ten thousand characters, a page with pictures in it some megabytes; more is no article
MAX_RECORD_BYTES = 8 * 2**20
# .json is parsed whole: beyond this it should be JSON Lines
MAX_JSON_BYTES = 512 * 2**20
FIELDS = ("text", "html", "url", "title", "published", "site", "byline")
# what to do with kinds of file that people do drop in
_ADVICE = {
    ".pdf": "save its text as .txt", ".doc": "save it as .txt", ".docx": "save it as .txt", ".rtf": "save it as .txt",
    ".xls": "save it as .csv", ".xlsx": "save it as .csv", ".zip": "unpack it", ".gz": "unpack it",
    ".mhtml": "save the page as .html", ".mht": "save the page as .html",
}  # fmt: skip
# says what a folder holds, and is no article of it
_NO_ARTICLES = ("README.md", "README.txt", "README")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class RawInput:
    """A file below the raw folder; ``source`` is its path below it, with ``/``.

    A file whose size, times and inode are as they were is taken to hold what it held. A ``size`` of -1 is a file that
    cannot be reached.
    """

    path: Path
    source: str
    size: int
    mtime_ns: int
    ctime_ns: int = 0
    inode: int = 0


@dataclass(frozen=True, slots=True)
class TableShape:
    """How a CSV file is written: its dialect and its header."""

    delimiter: str
    quotechar: str
    header: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordRef:
    """One input record and how to read it. ``number`` counts from 1 in a file of many and is None for a whole file.

    ``offset`` and ``length`` are bytes (``length`` None: the whole file). ``problem`` is a reason and its detail where
    the record cannot be read at all.
    """

    file: RawInput
    kind: str
    number: int | None = None
    offset: int = 0
    length: int | None = None
    encoding: str | None = None
    shape: TableShape | None = None
    problem: tuple[str, str] | None = None

    @property
    def source(self) -> str:
        """The record's name in every table: the file's path, with ``#n`` for the n-th record of a file of many."""
        return self.file.source if self.number is None else f"{self.file.source}#{self.number}"

    @property
    def fingerprint(self) -> str:
        """Changes when the file does: what a second run compares to know that nothing is new."""
        return f"{self.source}|{self.offset}|{self.length}|{self.file.size}|{self.file.mtime_ns}"


def scan(raw: Path, without: Sequence[Path] = ()) -> Iterator[RawInput]:
    """Every file below ``raw`` in the order of its path, links followed; hidden ones and ``README.md`` left out.

    ``without`` are folders below ``raw`` that hold no articles: the tables that earlier runs wrote there. Raises
    InputError where ``raw`` is no folder.
    """
    if not raw.exists():
        raise InputError(f"{raw}: no such folder; put articles there or name another with RAW=")
    if not raw.is_dir():
        raise InputError(f"{raw}: is a file; name the folder that holds it")
    left_out = {_identity(path) for path in without if path.exists()}
    yield from _walk(str(raw), "", left_out)


def _identity(folder: Path | str) -> tuple[int, int]:
    stat = os.stat(folder)  # noqa: PTH116 (some ten thousand times a second)
    return stat.st_dev, stat.st_ino


def _walk(folder: str, prefix: str, entered: set[tuple[int, int]]) -> Iterator[RawInput]:
    """Files of a folder in the order of their whole path, one folder's names in memory at a time."""
    entered.add(_identity(folder))
    with os.scandir(folder) as entries:
        # "a/" sorts among its neighbours as the paths below it do
        names = sorted(e.name + "/" * _is_folder(e) for e in entries if not e.name.startswith("."))
    for name in names:
        path = f"{folder}/{name}"
        if name.endswith("/"):
            # a link that leads back up is entered once
            if _identity(path) not in entered:
                yield from _walk(path[:-1], prefix + name, entered)
        elif name not in _NO_ARTICLES:
            try:
                name.encode()
                stat = os.stat(path)  # noqa: PTH116
                yield RawInput(Path(path), prefix + name, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)
            except OSError:  # a link to nothing: reading it says so
                yield RawInput(Path(path), prefix + name, -1, 0)
            except UnicodeEncodeError:  # a name in another encoding cannot stand in a table
                shown = (prefix + name).encode(errors="replace").decode()
                yield RawInput(Path(shown), shown, -1, 0)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def batches(raw: Path, size: int = 200, without: Sequence[Path] = ()) -> Iterator[list[RecordRef]]:
    """All records below ``raw`` in lists of at most ``size``, in the order of `scan`, which says what is left out."""
    batch: list[RecordRef] = []
    for file in scan(raw, without):
        for ref in records(file):
            batch.append(ref)
            if len(batch) == size:
                yield batch
                batch = []
    if batch:
        yield batch


def records(file: RawInput) -> Iterator[RecordRef]:
    """The records of a file: one for a text or page, many for JSON Lines, JSON and CSV; one with its problem else."""
    suffix = file.path.suffix.lower()
    kind = _FORMATS.get(suffix)
    if file.size < 0:
        yield _refused(
            file, Reject.UNREADABLE, "the file cannot be read: it is a link to nothing, or its name is no UTF-8"
        )
    elif kind is None:
        advice = _ADVICE.get(suffix, "this tool reads " + ", ".join(SUFFIXES))
        named = f"a {suffix} file" if suffix else "a file without a suffix"
        yield _refused(file, Reject.UNSUPPORTED, f"{named} is no article that can be read: {advice}")
    elif file.size == 0:
        yield _refused(file, Reject.EMPTY, "the file is empty")
    elif kind in (TEXT, HTML):
        if file.size > MAX_RECORD_BYTES:
            yield _refused(file, Reject.TOO_LARGE, _too_large(file.size))
        else:
            yield RecordRef(file, kind)
    else:
        try:
            yield from {LINES: _json_lines, OBJECTS: _json_objects, TABLE: _table_rows}[kind](file)
        except (BinaryDataError, UnknownEncodingError) as error:
            reason = Reject.BINARY if isinstance(error, BinaryDataError) else Reject.ENCODING
            yield _refused(file, reason, f"the file is not readable text: {error}")
        except OSError as error:
            yield _refused(file, Reject.BROKEN_RECORD, f"the file cannot be read: {error.strerror}")


def _refused(file: RawInput, reason: Reject, detail: str) -> RecordRef:
    return RecordRef(file, "none", problem=(reason.value, detail))


def _too_large(size: int) -> str:
    limit = MAX_RECORD_BYTES // 2**20
    return f"{size / 2**20:.1f} MiB for one article: more than {limit} MiB is no article"


def _head_encoding(file: RawInput) -> tuple[str, int]:
    """Codec and length of the byte order mark of a file of many, told by its first megabyte."""
    with file.path.open("rb") as stream:
        head = stream.read(2**20)
    if len(head) < file.size and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[: head.rfind(b"\n") + 1] or head
    name = decode(head).encoding
    if name == "utf-8-sig":
        return "utf-8", 3
    if name == "utf-16":
        return ("utf-16-le" if head.startswith(b"\xff\xfe") else "utf-16-be"), 2
    return name.split(" ")[0], 0


def _wide(file: RawInput, codec: str) -> bool:
    """Whether a file of many must be read whole: UTF-16 has no line ends that bytes alone show."""
    return codec.startswith("utf-16") and file.size <= MAX_JSON_BYTES


def _byte_lines(file: RawInput, codec: str, skip: int) -> Iterator[tuple[int, bytes]]:
    """Lines with their offsets."""
    with file.path.open("rb") as stream:
        stream.seek(skip)
        at = skip
        if _wide(file, codec):
            for line in stream.read().decode(codec, errors="replace").splitlines(keepends=True):
                data = line.encode(codec)
                yield at, data
                at += len(data)
            return
        # a "line" without an end in many megabytes is read in pieces, each refused as too large or broken
        while line_bytes := stream.readline(4 * MAX_RECORD_BYTES):
            yield at, line_bytes
            at += len(line_bytes)


def _json_lines(file: RawInput) -> Iterator[RecordRef]:
    codec, skip = _head_encoding(file)
    number = 0
    for at, data in _byte_lines(file, codec, skip):
        if data.strip(b"\r\n\t \0"):
            number += 1
            yield RecordRef(file, LINES, number, at, len(data), codec)
    if not number:
        yield _refused(file, Reject.EMPTY, "the file holds no record")


def _json_objects(file: RawInput) -> Iterator[RecordRef]:
    if file.size > MAX_JSON_BYTES:
        yield _refused(file, Reject.TOO_LARGE, "too large for one .json file: save it as .jsonl, one record per line")
        return
    codec, skip = _head_encoding(file)
    text = file.path.read_bytes()[skip:].decode(codec, errors="replace")
    start = len(text) - len(text.lstrip())
    if not text.strip():
        yield _refused(file, Reject.EMPTY, "the file holds no record")
        return
    if text[start] == "{":
        # JSON Lines saved as .json has an object per line; one object is one record, whatever lines it takes
        yield from _one_object(file, text, start, codec, skip)
        return
    if text[start] != "[":
        yield _refused(file, Reject.BROKEN_RECORD, "the file is no JSON list and no JSON object of articles")
        return
    decoder, at, number = json.JSONDecoder(), start + 1, 0
    offset, counted = skip, 0
    while True:
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        if at >= len(text) or text[at] == "]":
            break
        number += 1
        try:
            _, end = decoder.raw_decode(text, at)
        except (json.JSONDecodeError, RecursionError) as error:
            detail = f"JSON ends or breaks off in record {number}: {error}; the records after it cannot be found"
            yield RecordRef(file, OBJECTS, number, problem=(Reject.BROKEN_RECORD.value, detail))
            return
        offset += len(text[counted:at].encode(codec, errors="replace"))
        length = len(text[at:end].encode(codec, errors="replace"))
        yield RecordRef(file, OBJECTS, number, offset, length, codec)
        offset, counted, at = offset + length, end, end
    if not number:
        yield _refused(file, Reject.EMPTY, "the file holds an empty list")


def _one_object(file: RawInput, text: str, start: int, codec: str, skip: int) -> Iterator[RecordRef]:
    try:
        _, end = json.JSONDecoder().raw_decode(text, start)
    except (json.JSONDecodeError, RecursionError) as error:
        yield _refused(file, Reject.BROKEN_RECORD, f"the file is no valid JSON: {error}")
        return
    if text[end:].strip():
        yield from _json_lines(file)
        return
    offset = skip + len(text[:start].encode(codec, errors="replace"))
    yield RecordRef(file, OBJECTS, None, offset, len(text[start:end].encode(codec, errors="replace")), codec)


class _CountedLines:
    """Decoded lines for a CSV reader that remembers where in the file it is."""

    def __init__(self, lines: Iterator[tuple[int, bytes]], codec: str) -> None:
        self._lines, self._codec, self.position = lines, codec, 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        at, data = next(self._lines)
        self.position = at + len(data)
        return data.decode(self._codec, errors="replace").replace("\0", "")


def _shape(sample: str) -> tuple[str, str]:
    """Delimiter and quote of a CSV sample."""
    first = sample.split("\n", 1)[0]
    try:
        dialect = csv.Sniffer().sniff(sample[:20000], delimiters=",;\t|")
        if dialect.delimiter in first:
            return dialect.delimiter, '"'
    except csv.Error:
        pass
    return max(",;\t|", key=first.count), '"'


def _table_rows(file: RawInput) -> Iterator[RecordRef]:
    codec, skip = _head_encoding(file)
    with file.path.open("rb") as stream:
        stream.seek(skip)
        sample = stream.read(65536).decode(codec, errors="ignore")
    delimiter, quote = _shape(sample)
    csv.field_size_limit(4 * MAX_RECORD_BYTES)
    source = _CountedLines(_byte_lines(file, codec, skip), codec)
    source.position = skip
    reader = csv.reader(source, delimiter=delimiter, quotechar=quote)
    shape: TableShape | None = None
    number, at = 0, skip
    try:
        for row in reader:
            start, at = at, source.position
            if not any(cell.strip() for cell in row):
                continue
            if shape is None:
                shape = TableShape(delimiter, quote, tuple(cell.strip() for cell in row))
                continue
            number += 1
            yield RecordRef(file, TABLE, number, start, at - start, codec, shape)
    except csv.Error as error:
        detail = f"the table breaks off after record {number}: {error}"
        yield RecordRef(file, TABLE, number + 1, problem=(Reject.BROKEN_RECORD.value, detail))
        return
    if not number:
        yield _refused(file, Reject.EMPTY, "the table has no row below its header")


# ---------------------------------------------------------------- reading


def ingest(refs: Sequence[RecordRef], mapping: Mapping[str, str] | None = None) -> pa.Table:
    """The records of ``refs``, one row each, as a table of `INGESTED`.

    ``mapping`` says which column of a record holds which field ({"text": "noi_dung"}). A record that cannot be taken
    has ``reject_reason`` set and everything but ``source`` and ``sha256`` null.
    """
    rows = [_row(ref, mapping or {}) for ref in refs]
    return pa.Table.from_pylist([{name: row.get(name) for name in INGESTED.names} for row in rows], schema=INGESTED)


class _RefusedError(Exception):
    """A record that is no article, with its code."""

    def __init__(self, reason: Reject, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


def _row(ref: RecordRef, mapping: Mapping[str, str]) -> dict[str, Any]:
    digest: str | None = None
    try:
        if ref.problem:
            return {"source": ref.source, "reject_reason": ref.problem[0], "reject_detail": ref.problem[1]}
        data = _bytes_of(ref)
        digest = hashlib.sha256(data).hexdigest()
        row = _file_row(ref, data) if ref.length is None else _record_row(ref, data, mapping)
        return {"source": ref.source, "sha256": digest, **row}
    except _RefusedError as error:
        reason, detail = error.reason, error.detail
    except OSError as error:
        reason, detail = Reject.BROKEN_RECORD, f"the file cannot be read: {error.strerror}"
    return {"source": ref.source, "sha256": digest, "reject_reason": reason.value, "reject_detail": detail}


def _bytes_of(ref: RecordRef) -> bytes:
    if ref.length is None:
        return ref.file.path.read_bytes()
    if ref.length > MAX_RECORD_BYTES:
        raise _RefusedError(Reject.TOO_LARGE, _too_large(ref.length))
    with ref.file.path.open("rb") as stream:
        stream.seek(ref.offset)
        return stream.read(ref.length)


def _decoded(data: bytes, declared: str | None) -> Decoded:
    try:
        return decode(data, declared)
    except BinaryDataError as error:
        raise _RefusedError(Reject.BINARY, f"this is no text: {error}") from None
    except UnknownEncodingError as error:
        raise _RefusedError(Reject.ENCODING, f"the text cannot be decoded: {error}") from None


def _file_row(ref: RecordRef, data: bytes) -> dict[str, Any]:
    decoded = _decoded(data, declared_encoding(data) if ref.kind == HTML else None)
    if not decoded.text.strip():
        raise _RefusedError(Reject.EMPTY, "the file holds nothing but blanks")
    return {"format": ref.kind, "encoding": decoded.encoding, "whole_file": True, "raw": decoded.text}


def _record_row(ref: RecordRef, data: bytes, mapping: Mapping[str, str]) -> dict[str, Any]:
    record = _table_record(ref, data) if ref.kind == TABLE else _json_record(ref, data)
    columns = {str(name).strip().lower(): name for name in record}
    fields: dict[str, str | None] = {}
    for field in FIELDS:
        wanted = mapping.get(field, field)
        name = columns.get(wanted.strip().lower())
        value = record.get(name) if name is not None else None
        fields[field] = _text_of(value)
    kind = TEXT if fields["text"] else HTML
    if not fields["text"] and not fields["html"]:
        raise _no_text(mapping, columns, list(record))
    return {
        "format": kind,
        "encoding": ref.encoding,
        "whole_file": False,
        "raw": fields[kind],
        **{name: (fields[name] or "").strip() or None for name in FIELDS[2:]},
    }


def _no_text(mapping: Mapping[str, str], columns: Mapping[str, str], names: list[str]) -> _RefusedError:
    wanted = [mapping.get(field, field) for field in ("text", "html")]
    has = ", ".join(str(n) for n in names[:30]) or "no column at all"
    if any(w.strip().lower() in columns for w in wanted):
        present = next(w for w in wanted if w.strip().lower() in columns)
        return _RefusedError(Reject.EMPTY, f"the record's column '{present}' is empty")
    lacks = " or ".join(f"'{w}'" for w in wanted)
    return _RefusedError(
        Reject.MISSING_FIELD,
        f"the record lacks a column {lacks}; it has: {has}. Say which one holds the text with --map text=COLUMN",
    )


def _text_of(value: Any) -> str | None:
    """A field as text; lists of paragraphs are joined, numbers written out."""
    if value is None:
        return None
    if isinstance(value, list):
        value = "\n".join(str(v) for v in value if v is not None)
    elif isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False)
    # half a surrogate pair is no character and cannot be stored
    return _SURROGATE.sub("\ufffd", str(value)) or None


def _json_record(ref: RecordRef, data: bytes) -> dict[str, Any]:
    try:
        record = json.loads(data.decode(ref.encoding or "utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _RefusedError(Reject.BROKEN_RECORD, f"the record is no valid JSON: {error}") from None
    if not isinstance(record, dict):
        raise _RefusedError(Reject.BROKEN_RECORD, "the record is no JSON object with named fields")
    return record


def _table_record(ref: RecordRef, data: bytes) -> dict[str, Any]:
    shape = ref.shape
    if shape is None:
        raise _RefusedError(Reject.BROKEN_RECORD, "the table has no header")
    text = data.decode(ref.encoding or "utf-8", errors="replace").replace("\0", "")
    csv.field_size_limit(4 * MAX_RECORD_BYTES)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=shape.delimiter, quotechar=shape.quotechar)
        row = next((r for r in rows if any(cell.strip() for cell in r)), [])
    except csv.Error as error:
        raise _RefusedError(Reject.BROKEN_RECORD, f"the record is no valid CSV: {error}") from None
    if len(row) > len(shape.header):
        detail = f"the record has {len(row)} columns, the header {len(shape.header)}: a quote is missing"
        raise _RefusedError(Reject.BROKEN_RECORD, detail)
    return dict(zip(shape.header, row, strict=False))


def ingest_folder(raw: Path, target: Path, mapping: Mapping[str, str] | None = None, size: int = 200) -> int:
    """Every record below ``raw`` as parts in ``target``, ``size`` records each; the number of parts."""
    count = 0
    for count, batch in enumerate(batches(raw, size), 1):
        write_part(ingest(batch, mapping), target / f"part-{count:06}.parquet")
    return count


def main() -> None:
    """``python -m pipeline.ingest RAW OUT``."""
    import argparse
    import sys

    parser = argparse.ArgumentParser(prog="python -m pipeline.ingest", description="Files as records.")
    parser.add_argument("source", metavar="RAW", type=Path, help="folder of articles, searched through")
    parser.add_argument("target", metavar="OUT", type=Path, help="folder for this stage's parts")
    args = parser.parse_args()
    try:
        done = ingest_folder(args.source, args.target)
    except UnionEventsError as error:
        sys.stderr.write(f"ingest: {error}\n")
        raise SystemExit(2) from None
    sys.stdout.write(f"ingest: {done} part{'s' if done != 1 else ''} written to {args.target}\n")


if __name__ == "__main__":
    main()
