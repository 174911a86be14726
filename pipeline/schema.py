"""The only place that names the columns of the tables: types, order, meaning.

One dataclass per table: a row of the table is an instance, the pyarrow schema and the data dictionary come from the
fields. Spans (`Spanned`) are offsets in Python characters: ``articles.text[span_start:span_end] == text``.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from pipeline import codes
from pipeline.codes import Code
from pipeline.errors import Issue, Reject

SCHEMA_VERSION = "1"

STRING, BOOL, DATE, DOUBLE = pa.string(), pa.bool_(), pa.date32(), pa.float64()
INT16, INT32, INT64, STAMP, STRINGS = pa.int16(), pa.int32(), pa.int64(), pa.timestamp("ms"), pa.list_(pa.string())


def col(kind: pa.DataType, about: str, default: Any = None, codes: type[Code] | None = None) -> Any:
    """A column: its Arrow type, what it means and, where it holds codes of a closed list, which."""
    metadata = {"type": kind, "about": about, "codes": codes}
    if default is list:
        return field(default_factory=list, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(slots=True, kw_only=True)
class Spanned:
    """Where the words of a row stand."""

    span_start: int | None = col(INT32, "first character of `text` in articles.text, counted from 0")
    span_end: int | None = col(INT32, "one past the last character of `text` in articles.text")
    raw_start: int | None = col(INT32, "the same character in the decoded source file; null where it is not plain text")
    raw_end: int | None = col(INT32, "one past the last character in the decoded source file")
    sentence_no: int | None = col(INT32, "number of the sentence in the article, from 0")


@dataclass(slots=True, kw_only=True)
class ArticleRow:
    """One row per accepted article."""

    article_id: str = col(STRING, "stable id: from the source's relative path and the record's bytes", "")
    source: str = col(STRING, "path below the raw folder, with #n for the n-th record of a file of many", "")
    url: str | None = col(STRING, "address that the page or record gives")
    site: str | None = col(STRING, "site that published it")
    credit: str | None = col(STRING, "paper that it is a reprint of")
    title: str | None = col(STRING, "title of the article")
    byline: str | None = col(STRING, "author as written")
    published: dt.datetime | None = col(STAMP, "the article's own date stamp, local time, no zone")
    published_basis: str = col(STRING, "where the stamp was read", "none", codes.StampBasis)
    crawled: dt.datetime | None = col(STAMP, "when a web archive fetched it, UTC; says nothing of its date")
    scope: str = col(STRING, "how far it reaches", "unknown", codes.Scope)
    province: str | None = col(STRING, "province it is about, as named at that time, without tỉnh/TP")
    province_now: str | None = col(STRING, "province that covers it since 1 July 2025")
    text: str = col(STRING, "clean text: title, lede, body, captions, byline; furniture removed", "")
    n_sentences: int | None = col(INT32, "sentences after segmentation")
    n_tokens: int | None = col(INT32, "words after segmentation")
    sha256: str = col(STRING, "hash of the raw record's bytes", "")
    encoding: str | None = col(STRING, "encoding that the source was read with")
    duplicate_of: str | None = col(STRING, "article_id of the article whose text it repeats, else null")


@dataclass(slots=True, kw_only=True)
class SegmentRow:
    """One row per sentence."""

    article_id: str = col(STRING, "key into articles", "")
    sentence_no: int = col(INT32, "number of the sentence in the article, from 0", 0)
    span_start: int = col(INT32, "first character in articles.text", 0)
    span_end: int = col(INT32, "one past the last character in articles.text", 0)
    kind: str = col(STRING, "what the line is that it stands in", "body", codes.SegmentKind)
    text: str = col(STRING, "the sentence", "")
    words: list[str] = col(STRINGS, "words as underthesea segments them, spaces inside a word written _", list)


@dataclass(slots=True, kw_only=True)
class EventRow(Spanned):
    """One row per event that an article reports."""

    event_id: str = col(STRING, "stable id", "")
    article_id: str = col(STRING, "key into articles", "")
    is_main: bool = col(BOOL, "the article's main event: exactly one per article that reports any", False)
    story_id: str = col(STRING, "the same for every report of one real-world event (so far one per row)", "")
    event_type: str = col(STRING, "kind of event", "other", codes.EventType)
    event_status: str | None = col(STRING, "whether it has taken place", None, codes.EventStatus)
    event_name: str | None = col(STRING, "name of the event as the text gives it")
    text: str = col(STRING, "the words that the spans cover", "")
    date_start: dt.date | None = col(DATE, "first day; null where nothing fixes it")
    date_end: dt.date | None = col(DATE, "last day, the same as date_start for one day")
    date_precision: str | None = col(STRING, "how long its span is", None, codes.DatePrecision)
    date_basis: str = col(STRING, "what fixes its year", "none", codes.DateBasis)
    date_text: str | None = col(STRING, "the date as written")
    part_of_day: str | None = col(STRING, "part of the day", None, codes.PartOfDay)
    org_id: str | None = col(STRING, "who holds it: key into bodies")
    org: str | None = col(STRING, "who holds it: canonical full name")
    org_text: str | None = col(STRING, "who holds it, as written")
    org_level: str | None = col(STRING, "where that body stands among the unions", None, codes.OrgLevel)
    place: str | None = col(STRING, "venue or place as written")
    province: str | None = col(
        STRING, "province of the event as named at that time; of a further event that of venue or host"
    )
    province_now: str | None = col(STRING, "province that covers it since 1 July 2025")
    congress_no: int | None = col(INT16, "6 for Đại hội lần thứ VI; congresses only")
    term_start: int | None = col(INT16, "first year of the term that the event opens or belongs to")
    term_end: int | None = col(INT16, "last year of that term")
    flags: list[str] = col(STRINGS, "what a checker should look at", list, codes.EventFlag)
    rule_id: str | None = col(STRING, "rule that found it")


@dataclass(slots=True, kw_only=True)
class OfficialRow(Spanned):
    """One row per event, person and position."""

    official_id: str = col(STRING, "stable id", "")
    event_id: str | None = col(
        STRING, "key into events: a further event whose sentences tell it, else the main one; null: no event"
    )
    article_id: str = col(STRING, "key into articles", "")
    person_id: str = col(STRING, "the same person across articles (so far one per article and name)", "")
    name: str = col(STRING, "name as written, without honorific or degree", "")
    honorific: str | None = col(STRING, "ông, bà, đồng chí … as written")
    position: str | None = col(STRING, "the title alone")
    org_id: str | None = col(STRING, "body that the position is held in: key into bodies")
    org: str | None = col(STRING, "that body's canonical full name")
    org_text: str | None = col(STRING, "that body as written")
    org_level: str | None = col(STRING, "where that body stands among the unions", None, codes.OrgLevel)
    org_basis: str = col(STRING, "what names the body", "none", codes.OrgBasis)
    tenure: str | None = col(STRING, "how the person stands to it; null where not decided", None, codes.Tenure)
    roles: list[str] = col(STRINGS, "what the person did, on each of his or her rows", list, codes.Role)
    term_start: int | None = col(INT16, "first year of the term, where elected to one")
    term_end: int | None = col(INT16, "last year of that term")
    text: str = col(STRING, "the words that the spans cover", "")
    rule_id: str | None = col(STRING, "rule that found it")


@dataclass(slots=True, kw_only=True)
class FigureRow(Spanned):
    """One row per stated figure."""

    figure_id: str = col(STRING, "stable id", "")
    event_id: str | None = col(
        STRING, "key into events: a further event whose sentences tell it, else the main one; null: no event"
    )
    article_id: str = col(STRING, "key into articles", "")
    kind: str = col(STRING, "kind of figure", "count", codes.FigureKind)
    text: str = col(STRING, "the words that the spans cover: modifier, number, unit", "")
    low: float | None = col(DOUBLE, "value in `currency`, percent points or pieces; null for a ratio")
    high: float | None = col(DOUBLE, "upper end; equal to low unless a range; null for a ratio or a vague amount")
    numerator: int | None = col(INT64, "ratios: a of a/b")
    denominator: int | None = col(INT64, "ratios: b of a/b")
    currency: str | None = col(STRING, "ISO 4217 code, money only")
    unit: str | None = col(STRING, "the counted noun; null for money")
    modifier: str = col(STRING, "how it is qualified", "exact", codes.Modifier)
    each: bool = col(BOOL, "a unit price or rate, not a total", False)
    status: str | None = col(STRING, "has it come about; null where the text does not say", None, codes.FigureStatus)
    about: str | None = col(STRING, "words of the text that say what it measures")
    topic: str | None = col(STRING, "what it is about", None, codes.Topic)
    period_start: dt.date | None = col(DATE, "first day of the time that the figure speaks of")
    period_end: dt.date | None = col(DATE, "last day of that time")
    said_by: str | None = col(STRING, "who says it; null where the article itself does")
    same_as: str | None = col(STRING, "figure_id of the first statement of the same fact in this article")
    flags: list[str] = col(STRINGS, "what a checker should look at", list, codes.FigureFlag)
    rule_id: str | None = col(STRING, "rule that found it")


@dataclass(slots=True, kw_only=True)
class DateRow(Spanned):
    """One row per expression that names calendar time."""

    date_id: str = col(STRING, "stable id", "")
    article_id: str = col(STRING, "key into articles", "")
    event_id: str | None = col(STRING, "the event that it dates, else null")
    text: str = col(STRING, "the words that the spans cover", "")
    date_start: dt.date | None = col(DATE, "first day; null where nothing fixes it")
    date_end: dt.date | None = col(DATE, "last day; null where nothing fixes it")
    date_precision: str | None = col(STRING, "how long its span is", None, codes.DatePrecision)
    date_basis: str = col(STRING, "what fixes its year", "none", codes.DateBasis)
    rule_id: str | None = col(STRING, "rule that found it")


@dataclass(slots=True, kw_only=True)
class TermRow(Spanned):
    """One row per term of office or period of years named."""

    term_id: str = col(STRING, "stable id", "")
    article_id: str = col(STRING, "key into articles", "")
    event_id: str | None = col(STRING, "the event that opens or belongs to it, else null")
    term_start: int | None = col(INT16, "first year")
    term_end: int | None = col(INT16, "last year")
    kind: str = col(STRING, "of office or not", "term", codes.TermKind)
    org: str | None = col(STRING, "body whose term it is, canonical; null where the text does not say")
    text: str = col(STRING, "the words that the spans cover", "")
    rule_id: str | None = col(STRING, "rule that found it")


@dataclass(slots=True, kw_only=True)
class BodyRow:
    """One row per organisation named in the run's articles."""

    org_id: str = col(STRING, "stable id: from canonical name, level and validity", "")
    name: str = col(STRING, "canonical name, abbreviations spelled out, province borne", "")
    level: str | None = col(STRING, "where that body stands among the unions", None, codes.OrgLevel)
    province: str | None = col(STRING, "province as named at that time")
    valid_from: dt.date | None = col(DATE, "first day of its existence where known; null = open")
    valid_to: dt.date | None = col(DATE, "last day of its existence where known; null = open")
    successor_of: list[str] = col(STRINGS, "names of the bodies that it succeeds", list)
    n_mentions: int = col(INT32, "mentions in the run's articles", 0)


@dataclass(slots=True, kw_only=True)
class CheckRow:
    """One row per comparison of figures, within and across reports; so far none is made."""

    check_id: str = col(STRING, "stable id", "")
    story_id: str | None = col(STRING, "the story whose reports are compared")
    kind: str = col(STRING, "how figures are compared", "", codes.CheckKind)
    verdict: str = col(STRING, "what came of it", "", codes.Verdict)
    about: str | None = col(STRING, "what is compared")
    detail: str | None = col(STRING, "one Vietnamese sentence that a reader understands")


@dataclass(slots=True, kw_only=True)
class CheckMemberRow:
    """One row per figure that takes part in a check; so far none."""

    check_id: str = col(STRING, "key into checks", "")
    table: str = col(STRING, "table of the row", "")
    row_id: str = col(STRING, "id of the row", "")
    part: str | None = col(STRING, "its part in the check")


@dataclass(slots=True, kw_only=True)
class IssueRow(Spanned):
    """One row per thing that the tool refused to guess or wants a person to see."""

    article_id: str = col(STRING, "key into articles", "")
    table: str | None = col(STRING, "table that it concerns")
    row_id: str | None = col(STRING, "id of the row that it concerns, null where it made none")
    code: str = col(STRING, "what is the matter", "", Issue)
    detail: str | None = col(STRING, "what a person should know")
    text: str | None = col(STRING, "the words that the spans cover")
    rule_id: str | None = col(STRING, "rule that saw it")


@dataclass(slots=True, kw_only=True)
class RejectRow:
    """One row per input that gave no article."""

    source: str = col(STRING, "path below the raw folder, with #n for the n-th record of a file of many", "")
    reason: str = col(STRING, "why it gave none", "", Reject)
    detail: str | None = col(STRING, "what a person should know")


TABLES: dict[str, type] = {
    "articles": ArticleRow,
    "segments": SegmentRow,
    "events": EventRow,
    "officials": OfficialRow,
    "figures": FigureRow,
    "dates": DateRow,
    "terms": TermRow,
    "bodies": BodyRow,
    "checks": CheckRow,
    "check_members": CheckMemberRow,
    "issues": IssueRow,
    "rejects": RejectRow,
}


def columns(row: type) -> list[dataclasses.Field[Any]]:
    """The fields of a row class in column order: its own, then those of `Spanned`."""
    spans = {f.name for f in dataclasses.fields(Spanned)} if issubclass(row, Spanned) else set()
    fields = dataclasses.fields(row)
    return [f for f in fields if f.name not in spans] + [f for f in fields if f.name in spans]


def codes_of(table: str) -> dict[str, type[Code]]:
    """The columns of a table that hold codes of a closed list, alone or in lists, and which."""
    return {f.name: f.metadata["codes"] for f in columns(TABLES[table]) if f.metadata["codes"] is not None}


def described(column: dataclasses.Field[Any]) -> str:
    """What a column means, with the codes that it may hold."""
    known = column.metadata["codes"]
    return str(column.metadata["about"]) + (f": {', '.join(known)}" if known else "")


def arrow_schema(table: str) -> pa.Schema:
    """The pyarrow schema of a table, with descriptions of table and columns in the metadata."""
    row = TABLES[table]
    fields = [pa.field(f.name, f.metadata["type"], metadata={"description": described(f)}) for f in columns(row)]
    return pa.schema(fields, metadata={"description": (row.__doc__ or "").strip(), "schema_version": SCHEMA_VERSION})


def struct_type(table: str) -> pa.StructType:
    """The rows of a table as an Arrow struct: how a part carries them before they are written."""
    return pa.struct([pa.field(f.name, f.metadata["type"]) for f in columns(TABLES[table])])


def as_dict(row: Any) -> dict[str, Any]:
    """A row as a dict in column order."""
    return {f.name: getattr(row, f.name) for f in columns(type(row))}
