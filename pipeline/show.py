"""``union-events show``: a row of the tables beside the sentence it was read from, its event, its article and a link.

What a reader needs to check a figure: the words themselves, marked ``>>so<<`` between the sentences before and after,
where they stand in the source, an address that opens the page at these words, and what else the tables say of the row.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow.dataset as ds

from pipeline import schema
from pipeline.errors import InputError, UnionEventsError
from pipeline.write import refuse_mixed

# the tables whose rows have an id, which is their first column
KEYED = ("figures", "events", "officials", "dates", "terms", "articles", "bodies", "checks")
_KEYS = {table: schema.columns(schema.TABLES[table])[0].name for table in KEYED}
_SPANS = ("span_start", "span_end", "raw_start", "raw_end", "sentence_no")
_WIDTH = 110
_LONGEST = 300  # characters of a value; the text of an article has thousands
_WORDS_BEFORE = 3  # in an address: so many words before the row's own make its place on the page certain

Row = Mapping[str, Any]


class Tables:
    """The tables of one run, asked for single rows. Raises InputError where there are none, or of several runs."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise InputError(f"no folder of tables at {folder}: run `make extract` first, or name it with --tables")
        refuse_mixed(folder)
        self.folder = folder

    def rows(self, table: str, **wanted: object) -> list[Row]:
        """The rows whose columns have these values. Raises InputError where the table is missing."""
        path = self.folder / f"{table}.parquet"
        if not path.is_file():
            raise InputError(f"no table {path}: run `make extract` first, or name the folder with --tables")
        condition = None
        for column, value in wanted.items():
            one = ds.field(column) == value
            condition = one if condition is None else condition & one
        found: list[Row] = ds.dataset(path, format="parquet").to_table(filter=condition).to_pylist()
        return found

    def row(self, table: str, row_id: str | None) -> Row | None:
        """The row with this id."""
        return next(iter(self.rows(table, **{_KEYS[table]: row_id})), None) if row_id else None

    def find(self, row_id: str) -> tuple[str, Row]:
        """The table and the row with this id. Raises InputError where no table has it."""
        for table in KEYED:
            if (row := self.row(table, row_id)) is not None:
                return table, row
        raise InputError(f"no row {row_id} in {self.folder}: ids are in the first column of {', '.join(KEYED)}")

    def raw(self) -> str | None:
        """The folder that the articles were read from, as the run noted it."""
        try:
            told = json.loads((self.folder / "run.json").read_text(encoding="utf-8"))["raw"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return told if isinstance(told, str) else None


def shown(tables: Tables, row_id: str) -> str:
    """A row as a page of text. Raises InputError where there is no such row."""
    table, row = tables.find(row_id)
    lines = [f"{table}: {row_id}", *_values(row, leave_out=(_KEYS[table], "article_id", "event_id"))]
    article = row if table == "articles" else tables.row("articles", row.get("article_id"))
    if article is not None and row.get("span_start") is not None:
        lines += ["", *_sentences(tables, row, article)]
    event = None if table == "events" else tables.row("events", row.get("event_id"))
    if event is not None:
        told = (event["event_type"], _days(event), event["org"], event["province"])
        lines += ["", f"event: {event['event_id']}", _line(", ".join(str(v) for v in told if v), "  ")]
    if article is not None:
        lines += ["", f"article: {article['article_id']}", *_article(tables, row, article)]
    lines += _beside(tables, table, row_id, row)
    return "\n".join(lines)


def _values(row: Row, leave_out: tuple[str, ...]) -> Iterator[str]:
    """The columns that hold something, one a line."""
    told = {c: v for c, v in row.items() if v not in (None, [], "") and c not in leave_out and c not in _SPANS}
    width = max(map(len, told), default=0)
    for column, value in told.items():
        yield _line(_as_text(value), f"  {column:{width}}  ")


def _as_text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() else f"{value:,}"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} […]"


def _line(text: str, indent: str) -> str:
    """A text behind its name, wrapped below itself."""
    wrapped = textwrap.wrap(text, _WIDTH - len(indent), break_long_words=False, break_on_hyphens=False) or [""]
    return ("\n" + " " * len(indent)).join([indent + wrapped[0], *wrapped[1:]])


def _days(event: Row) -> str | None:
    start, end = event["date_start"], event["date_end"]
    return None if start is None else str(start) if start == end else f"{start} to {end}"


def _sentences(tables: Tables, row: Row, article: Row) -> Iterator[str]:
    """The sentence of a row with its words marked, between the one before and the one after."""
    start, end = row["span_start"], row["span_end"]
    segments = tables.rows("segments", article_id=article["article_id"])
    own = [s for s in segments if s["span_start"] < end and start < s["span_end"]]
    if not own:
        return
    yield f"sentence {own[0]['sentence_no']} ({own[0]['kind']}):"
    first, last = own[0]["sentence_no"], own[-1]["sentence_no"]
    for segment in segments[max(0, first - 1) : last + 2]:
        at = segment["span_start"]
        text = segment["text"]
        if segment in own:
            low, high = max(start - at, 0), min(end - at, len(text))
            text = f"{text[:low]}>>{text[low:high]}<<{text[high:]}"
        yield _line(text, "> " if segment in own else "  ")


def _article(tables: Tables, row: Row, article: Row) -> Iterator[str]:
    stamp = article["published"]
    told = (article["title"], stamp and f"{stamp:%Y-%m-%d} ({article['published_basis']})", article["site"])
    if any(told):
        yield _line(", ".join(str(v) for v in told if v), "  ")
    raw = tables.raw()
    where = f", characters {row['raw_start']} to {row['raw_end']}" if row.get("raw_start") is not None else ""
    yield f"  {f'{raw}/' if raw else ''}{article['source']}{where}"
    if article["url"]:
        yield f"  {link(article, row)}"
    if article["duplicate_of"]:
        yield f"  repeats the text of {article['duplicate_of']}"


def link(article: Row, row: Row) -> str:
    """The article's address; of a row with a span, as browsers go to its words (a text fragment)."""
    url = str(article["url"])
    start = row.get("span_start")
    if start is None or not url.startswith(("http://", "https://")):
        return url
    line = article["text"][: row["span_end"]].rpartition("\n")[2]
    before = line[: max(0, len(line) - (row["span_end"] - start))].split()[-_WORDS_BEFORE:]
    lead = f"{_escaped(' '.join(before))}-," if before else ""
    return f"{url.partition('#')[0]}#:~:text={lead}{_escaped(' '.join(row['text'].split()))}"


def _escaped(text: str) -> str:
    return quote(text, safe="").replace("-", "%2D")


def _beside(tables: Tables, table: str, row_id: str, row: Row) -> Iterator[str]:
    """Other statements of the same fact, and what a person should look at."""
    if table == "figures":
        first = row["same_as"] or row_id
        others = [*tables.rows("figures", figure_id=first), *tables.rows("figures", same_as=first)]
        for other in others:
            if other["figure_id"] != row_id:
                yield f"\nthe same fact: {other['figure_id']}, sentence {other['sentence_no']}: {other['text']}"
    for issue in tables.rows("issues", row_id=row_id):
        yield _line(f"{issue['code']}: {issue['detail'] or ''}".removesuffix(": "), "\nissue: ")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``union-events show``."""
    parser.add_argument("ids", nargs="+", metavar="ID", help="id of a figure, event, official, date, term or article")
    parser.add_argument("--tables", type=Path, default=Path("data/processed"), help="folder of the tables")


def run(args: argparse.Namespace) -> int:
    """Run ``union-events show``: 0 when done, 2 where there is no such row."""
    try:
        tables = Tables(args.tables)
        print("\n\n".join(shown(tables, row_id) for row_id in args.ids))
    except UnionEventsError as error:
        print(f"union-events show: {error}", file=sys.stderr)
        return 2
    return 0
