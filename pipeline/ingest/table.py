"""Records as a table: their bytes decoded, their columns told by name, or the reason why they cannot be taken."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline import rules as rules_module
from pipeline.cleaning.encodings import BinaryDataError, Decoded, UnknownEncodingError, declared_encoding, decode
from pipeline.errors import Reject
from pipeline.ingest.containers import batches
from pipeline.ingest.files import MAX_RECORD_BYTES
from pipeline.ingest.records import HTML, TABLE, TEXT, WEB, RecordRef, too_large
from pipeline.ingest.web_archives import web_page
from pipeline.parts import write_part
from pipeline.rules import Rules
from pipeline.text import search_key
from pipeline.watchdog import alive

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
        pa.field("crawled", pa.string(), metadata={"description": "when a web archive fetched it, UTC"}),
        pa.field("reject_reason", pa.string(), metadata={"description": "code of pipeline.errors.Reject, else null"}),
        pa.field("reject_detail", pa.string(), metadata={"description": "what a person should know, else null"}),
    ]
)

FIELDS = ("text", "html", "url", "title", "published", "site", "byline")
# the dimension of the rules that says what columns of records are called
DIMENSION = "record"
_SURROGATE = re.compile("[\ud800-\udfff]")
# a text that closes elements is a page or a piece of one
_MARKUP = re.compile(r"</(?:p|div|span|td|li|h[1-6]|body|strong|article)\s{0,3}>|<br\s{0,3}/?>", re.IGNORECASE)


class Columns:
    """Which column of a record holds which field, by the names in ``rules/record``. Case, blanks, ``_`` and diacritics
    of a name do not count.
    """

    def __init__(self, rules: Rules, mapping: Mapping[str, str]) -> None:
        words = rules[DIMENSION].lexicon
        self.mapping = mapping
        self._names = {
            field: [_key(mapping[field])] if field in mapping else [_key(field), *map(_key, words[f"{field}_column"])]
            for field in FIELDS
        }

    def __call__(self, record: Mapping[str, Any]) -> dict[str, str | None]:
        """The fields of a record; of several columns for one field the first in the list that is not empty."""
        columns: dict[str, str] = {}
        for name in record:
            columns.setdefault(_key(str(name)), name)
        fields: dict[str, str | None] = {}
        for field, names in self._names.items():
            values = (_text_of(record[columns[name]]) for name in names if name in columns)
            fields[field] = next((v for v in values if v and v.strip()), None)
        return fields

    def missing(self, record: Mapping[str, Any]) -> _RefusedError:
        """Why a record without text is none: its column is empty, or no column is one."""
        wanted = {name for field in ("text", "html") for name in self._names[field]}
        present = next((str(name) for name in record if _key(str(name)) in wanted), None)
        if present is not None:
            return _RefusedError(Reject.EMPTY, f"the record's column '{present}' is empty")
        has = ", ".join(str(n) for n in list(record)[:30]) or "no column at all"
        lacks = " or ".join(f"'{self.mapping.get(field, field)}'" for field in ("text", "html"))
        return _RefusedError(
            Reject.MISSING_FIELD,
            f"the record lacks a column {lacks}; it has: {has}. Say which one holds the text with --map text=COLUMN",
        )


def _key(name: str) -> str:
    return "".join(c for c in search_key(name) if c.isalnum())


def ingest(refs: Sequence[RecordRef], mapping: Mapping[str, str] | None = None, rules: Rules | None = None) -> pa.Table:
    """The records of ``refs``, one row each, as a table of `INGESTED`.

    ``mapping`` says which column of a record holds which field ({"text": "noi_dung"}); fields that it does not name are
    found by the names in ``rules`` (default: `pipeline.rules.load`). A record that cannot be taken has
    ``reject_reason`` set and everything but ``source`` and ``sha256`` null.
    """
    columns = Columns(rules or rules_module.load(), mapping or {})
    rows = [_row(ref, columns) for ref in refs]
    return pa.Table.from_pylist([{name: row.get(name) for name in INGESTED.names} for row in rows], schema=INGESTED)


class _RefusedError(Exception):
    """A record that is no article, with its code."""

    def __init__(self, reason: Reject, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


def _row(ref: RecordRef, columns: Columns) -> dict[str, Any]:
    alive()
    digest: str | None = None
    try:
        if ref.problem:
            return {"source": ref.source, "reject_reason": ref.problem[0], "reject_detail": ref.problem[1]}
        data = _bytes_of(ref)
        digest = hashlib.sha256(data).hexdigest()
        if ref.kind in (TEXT, HTML):
            row = _file_row(ref, data)
        else:
            row = _web_row(data) if ref.kind == WEB else _record_row(ref, data, columns)
        return {"source": ref.source, "sha256": digest, **row}
    except _RefusedError as error:
        reason, detail = error.reason, error.detail
    except OSError as error:
        reason, detail = Reject.BROKEN_RECORD, f"the file cannot be read: {error.strerror}"
    return {"source": ref.source, "sha256": digest, "reject_reason": reason.value, "reject_detail": detail}


def _bytes_of(ref: RecordRef) -> bytes:
    if ref.data is not None:
        return ref.data
    with ref.file.open() as stream:
        data = stream.read(MAX_RECORD_BYTES + 1)
    if len(data) > MAX_RECORD_BYTES:  # it has grown since it was listed
        raise _RefusedError(Reject.TOO_LARGE, too_large(len(data)))
    return data


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


def _web_row(data: bytes) -> dict[str, Any]:
    page = web_page(data)
    if isinstance(page, tuple):
        raise _RefusedError(*page)
    # what the server said before what the page says of itself
    decoded = _decoded(page.data, page.charset or (declared_encoding(page.data) if page.kind == HTML else None))
    named = {"url": page.url, "crawled": page.crawled}
    return {"format": page.kind, "encoding": decoded.encoding, "whole_file": False, "raw": decoded.text, **named}


def _record_row(ref: RecordRef, data: bytes, columns: Columns) -> dict[str, Any]:
    record = _table_record(ref, data) if ref.kind == TABLE else _json_record(ref, data)
    fields = columns(record)
    raw = fields["text"] or fields["html"]
    if not raw:
        raise columns.missing(record)
    return {
        "format": HTML if not fields["text"] or _MARKUP.search(raw) else TEXT,
        "encoding": ref.encoding,
        "whole_file": False,
        "raw": raw,
        **{name: (fields[name] or "").strip() or None for name in FIELDS[2:]},
    }


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
    csv.field_size_limit(2 * MAX_RECORD_BYTES)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=shape.delimiter)
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
