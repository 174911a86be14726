"""Clean text from raw records: furniture off, title, lede, body, captions and byline told, date stamp and credit read.

Clean text is one block per line, its characters as the source has them but for NFC, mended mojibake, and invisible
characters left out; blanks within a line stay as they are. For plain-text files ``offsets`` lead from every kept
character back to the decoded source. A record that holds no Vietnamese article is rejected with a reason.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa

from pipeline.cleaning.encodings import Line, lines, plain
from pipeline.cleaning.html import PageReader
from pipeline.cleaning.language import LanguageCheck
from pipeline.cleaning.lines import LineReader, Reading
from pipeline.cleaning.old_encodings import (
    TCVN3,
    has_lost_letters,
    may_be_tcvn3,
    mended_page,
    mended_text,
    recognised,
    visible,
)
from pipeline.cleaning.site_lines import LearntLines
from pipeline.document import Block
from pipeline.errors import Reject
from pipeline.offsets import OffsetMap
from pipeline.parts import Record, map_records, rejected
from pipeline.rules import Rules, built

BLOCK = pa.struct([("kind", pa.string()), ("start", pa.int32()), ("end", pa.int32())])
OFFSETS = pa.struct(
    [("start", pa.int32()), ("length", pa.int32()), ("raw_start", pa.int32()), ("raw_length", pa.int32())]
)
CLEANED = pa.schema(
    [
        pa.field("source", pa.string(), metadata={"description": "path below the raw folder, #n for the n-th record"}),
        pa.field("sha256", pa.string(), metadata={"description": "hash of the raw record's bytes"}),
        pa.field("article_id", pa.string(), metadata={"description": "stable id: from source and sha256"}),
        pa.field("url", pa.string(), metadata={"description": "address that page or record gives"}),
        pa.field("site", pa.string(), metadata={"description": "site that published it"}),
        pa.field("credit", pa.string(), metadata={"description": "paper that it is a reprint of"}),
        pa.field("title", pa.string(), metadata={"description": "title of the article"}),
        pa.field("byline", pa.string(), metadata={"description": "author as written"}),
        pa.field("published", pa.timestamp("ms"), metadata={"description": "the article's date stamp, local time"}),
        pa.field("published_basis", pa.string(), metadata={"description": "metadata, text, filename, record, none"}),
        pa.field("stamp_unread", pa.string(), metadata={"description": "stamp that is given and cannot be read"}),
        pa.field("crawled", pa.timestamp("ms"), metadata={"description": "when a web archive fetched it, UTC"}),
        pa.field("encoding", pa.string(), metadata={"description": "encoding that the source was read with"}),
        pa.field("text", pa.string(), metadata={"description": "clean text, NFC, one block per line"}),
        pa.field("blocks", pa.list_(BLOCK), metadata={"description": "pipeline.document.Block, in order"}),
        pa.field("offsets", pa.list_(OFFSETS), metadata={"description": "pipeline.offsets.Run; null: no plain text"}),
        pa.field("reject_reason", pa.string(), metadata={"description": "code of pipeline.errors.Reject, else null"}),
        pa.field("reject_detail", pa.string(), metadata={"description": "what a person should know, else null"}),
    ]
)  # fmt: skip

# a text of more characters is no article (the longest reports have some fifty thousand)
MAX_CHARS = 1_000_000
# characters that no parser of pages takes
_NOT_IN_PAGES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FILE_DATE = re.compile(r"(?<!\d)(20\d\d|199\d)([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")


@dataclass(frozen=True, slots=True)
class CleanArticle:
    """A cleaned record, without its identity."""

    text: str
    blocks: tuple[Block, ...]
    offsets: OffsetMap | None = None
    title: str | None = None
    byline: str | None = None
    url: str | None = None
    site: str | None = None
    credit: str | None = None
    published: dt.datetime | None = None
    published_basis: str = "none"
    stamp_unread: str | None = None
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a record is no article."""

    reason: Reject
    detail: str


@dataclass(frozen=True, slots=True)
class RawRecord:
    """What cleaning needs to know of a record; ``kind`` is text or html."""

    raw: str
    kind: str = "text"
    whole_file: bool = True
    source: str = ""
    url: str | None = None
    title: str | None = None
    site: str | None = None
    byline: str | None = None
    published: str | None = None
    encoding: str | None = None


def _from_tcvn3(record: RawRecord) -> RawRecord:
    """The record in Unicode; a text keeps its length, so that offsets into it still hold."""
    raw = mended_page(record.raw) if record.kind == "html" else mended_text(record.raw)
    title, byline = (text and mended_text(text) for text in (record.title, record.byline))
    return dataclasses.replace(record, raw=raw, title=title, byline=byline, encoding=TCVN3)


@dataclass(slots=True)
class _Page:
    """What a page or record says of itself, beside its lines."""

    lines: list[Line]
    title: str | None = None
    byline: str | None = None
    url: str | None = None
    site: str | None = None
    published: dt.datetime | None = None
    basis: str = "none"
    stamp_unread: str | None = None


class Cleaner:
    """Cleans one record at a time. Holds compiled rules and no state."""

    def __init__(self, rules: Rules) -> None:
        self.reader = LineReader(rules)
        self._language = LanguageCheck(rules)
        self._pages = PageReader(rules, self.reader.looks)
        self._learnt = LearntLines(rules["furniture"])

    def __call__(self, record: RawRecord) -> CleanArticle | Refused:
        """The clean article, or why there is none."""
        old = None
        if may_be_tcvn3(record.raw):
            old = recognised(visible(record.raw) if record.kind == "html" else record.raw)
        if old == TCVN3:
            record = _from_tcvn3(record)
        if record.encoding == TCVN3 and has_lost_letters(record.raw):
            return Refused(Reject.ENCODING, "the text is in TCVN3 (.VnTime), and its ư, a soft hyphen there, are lost")
        if record.kind == "html":
            page = self._html(record)
        else:
            if len(record.raw) > MAX_CHARS:
                size = f"{len(record.raw):,}".replace(",", " ")
                return Refused(Reject.TOO_LARGE, f"{size} characters for one article: it is no article, or many in one")
            page = self._text(record)
        if isinstance(page, Refused):
            return page
        refusal = self._language("\n".join(line.text for line in page.lines))
        if refusal:
            return Refused(*refusal)
        reading = self.reader.read(page.lines, page.title, self._learnt.of(record.source, record.url or page.url))
        kept = "\n".join(line.text for _, line in reading.blocks)
        refusal = self._language(kept)
        if refusal:
            return Refused(*refusal)
        return _article(record, page, reading)

    def lines_of(self, record: RawRecord) -> tuple[str | None, list[str]]:
        """A record's address and its lines before furniture is taken from them; no lines where it is no article."""
        page = self._html(record) if record.kind == "html" else self._text(record)
        if isinstance(page, Refused):
            return record.url, []
        return record.url or page.url, [line.text for line in page.lines]

    def _text(self, record: RawRecord) -> _Page:
        page = _Page(lines(record.raw), url=record.url, site=record.site, byline=record.byline)
        if record.title:
            page.title = plain(record.title)
        self._stamp(record, page)
        return page

    def _stamp(self, record: RawRecord, page: _Page) -> None:
        """Give a page without a stamp that of its record, or say that it cannot be read."""
        given = (record.published or "").strip()
        if not given or page.published is not None:
            return
        if (when := self.reader.looks.stamps.when(given)) is not None:
            page.published, page.basis, page.stamp_unread = when, "record", None
        else:
            page.stamp_unread = given

    def _html(self, record: RawRecord) -> _Page | Refused:
        found = self._pages.read(_NOT_IN_PAGES.sub(" ", record.raw), record.url, self._language)
        if isinstance(found, tuple):
            return Refused(*found)
        if found is None:
            return Refused(Reject.NO_TEXT, "the page holds no article text that can be told from its menus")
        page = _Page(
            found.lines, found.title, found.byline, record.url or found.url, record.site or found.site, found.published
        )
        page.basis = "metadata" if found.published else "none"
        page.stamp_unread = found.stamp_unread
        self._stamp(record, page)
        if record.title and not page.title:
            page.title = plain(record.title)
        return page


def _article(record: RawRecord, page: _Page, reading: Reading) -> CleanArticle:
    blocks_in = list(reading.blocks)
    if page.title and not any(kind == "title" for kind, _ in blocks_in):
        # the record names its title beside the text: the text begins with it
        blocks_in.insert(0, ("title", Line(page.title)))
    parts: list[str] = []
    blocks: list[Block] = []
    runs: list[tuple[int, int, int, int]] = []
    at = 0
    for kind, line in blocks_in:
        blocks.append(Block(kind, at, at + len(line.text)))
        runs += [(start + at, length, raw, raw_length) for start, length, raw, raw_length in line.runs]
        parts.append(line.text)
        at += len(line.text) + 1
    published, basis, unread = _published(record, page, reading)
    url = record.url or page.url
    site = page.site or reading.site or (_host(url) if url else None)
    plain_file = record.kind == "text" and record.whole_file
    return CleanArticle(
        text="\n".join(parts),
        blocks=tuple(blocks),
        offsets=OffsetMap.of(runs) if plain_file else None,
        title=reading.title or page.title,
        byline=reading.byline or page.byline,
        url=url,
        site=site,
        credit=reading.credit,
        published=published,
        published_basis=basis,
        stamp_unread=unread,
        encoding=record.encoding,
    )


def _published(record: RawRecord, page: _Page, reading: Reading) -> tuple[dt.datetime | None, str, str | None]:
    """The article's own date stamp, where it was read (page metadata, record, text, file name), and one not read."""
    if page.published:
        return page.published, page.basis, None
    if reading.published:
        return reading.published, "text", page.stamp_unread
    name = record.source.rsplit("/", 1)[-1]
    if record.whole_file and (found := _FILE_DATE.search(name)):
        try:
            return dt.datetime(int(found[1]), int(found[3]), int(found[4])), "filename", page.stamp_unread
        except ValueError:
            # no such day: the name says something else, or is wrong
            return None, "none", page.stamp_unread or name
    return None, "none", page.stamp_unread or reading.stamp_unread


def _host(url: str) -> str | None:
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def article_id(source: str, sha256: str) -> str:
    """The stable id of a record: ``a`` and 16 hex digits of its path and its bytes' hash."""
    return "a" + hashlib.sha256(f"{source}\0{sha256}".encode()).hexdigest()[:16]


def cleaner_for(rules: Rules) -> Cleaner:
    """The cleaner of these rules, made once."""
    return built(Cleaner, rules)


def clean_record(record: RawRecord, rules: Rules) -> CleanArticle | Refused:
    """Clean one record."""
    return cleaner_for(rules)(record)


def clean(batch: pa.Table, rules: Rules) -> pa.Table:
    """A table of `pipeline.ingest.INGESTED` as one of `CLEANED`, row by row; rejected rows are handed through."""
    cleaner = cleaner_for(rules)

    def one(row: Record) -> Record:
        result = cleaner(
            RawRecord(
                row["raw"], row["format"], row["whole_file"], row["source"],
                row["url"], row["title"], row["site"], row["byline"], row["published"], row["encoding"],
            )
        )  # fmt: skip
        if isinstance(result, Refused):
            return rejected(row, result.reason, result.detail)
        return _as_row(row, result)

    return map_records(batch, one, CLEANED)


def _as_row(row: Mapping[str, Any], article: CleanArticle) -> Record:
    blocks: Sequence[Block] = article.blocks
    runs = None if article.offsets is None else [run._asdict() for run in article.offsets.runs]
    return {
        "source": row["source"],
        "sha256": row["sha256"],
        "article_id": article_id(row["source"], row["sha256"]),
        "url": article.url,
        "site": article.site,
        "credit": article.credit,
        "title": article.title,
        "byline": article.byline,
        "published": article.published,
        "published_basis": article.published_basis,
        "stamp_unread": article.stamp_unread,
        "crawled": _crawled(row["crawled"]),
        "encoding": article.encoding,
        "text": article.text,
        "blocks": [{"kind": b.kind, "start": b.start, "end": b.end} for b in blocks],
        "offsets": runs,
        "reject_reason": None,
        "reject_detail": None,
    }


def _crawled(when: str | None) -> dt.datetime | None:
    """A WARC-Date, in UTC without its zone and below its milliseconds."""
    try:
        found = dt.datetime.fromisoformat(when) if when else None
    except ValueError:
        return None
    if found is None:
        return None
    found = found if found.tzinfo is None else found.astimezone(dt.UTC).replace(tzinfo=None)
    return found.replace(microsecond=found.microsecond // 1000 * 1000)


if __name__ == "__main__":
    from pipeline.stages import stage_main

    stage_main("clean", __doc__ or "")
