"""Writes the tables for people who work in Excel: one workbook with a sheet per table, and one CSV file per table.

In front stands a table that only these copies have, `FLAT`: each figure beside its sentence, its event and its article,
so that nobody has to join tables in Excel.

Excel takes what it reads for something else where it can: text that begins with ``=`` for a formula, a long number for
``3,25E+12``, UTF-8 for the local code page. Each of these is kept from happening here, and nothing else is changed:
the Parquet tables stay the product, these files are copies to look at.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import itertools
import math
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import InputError, UnionEventsError
from pipeline.write import refuse_mixed

WORKBOOK = "union-events.xlsx"
MAX_ROWS = 1_048_575  # of a sheet, below its header
_MAX_SHEET_NAME = 31
MAX_CHARACTERS = 32_767  # of a cell, in UTF-16 units
CUT = " […]"
EXACT_INTEGER = 10**15  # Excel keeps 15 digits; longer whole numbers are written as text
BATCH_ROWS = 2_000
LIST_SEPARATOR = "; "
FLAT = "figures_in_context"
# the columns of FLAT (f: figures, a: articles, e: events, s: segments)
FLAT_COLUMNS = {
    "published": "a.published", "title": "a.title", "url": "a.url", "site": "a.site",
    "event_type": "e.event_type", "event_date": "e.date_start", "event_date_end": "e.date_end", "host": "e.org",
    "event_province": "e.province", "sentence": "s.text", "text": "f.text", "kind": "f.kind", "low": "f.low",
    "high": "f.high", "numerator": "f.numerator", "denominator": "f.denominator", "currency": "f.currency",
    "unit": "f.unit", "modifier": "f.modifier", "each": "f.each", "status": "f.status", "about": "f.about",
    "topic": "f.topic", "period_start": "f.period_start", "period_end": "f.period_end", "said_by": "f.said_by",
    "repeats": "f.same_as is not null or a.duplicate_of is not null", "flags": "f.flags", "figure_id": "f.figure_id",
    "event_id": "f.event_id", "article_id": "f.article_id", "source": "a.source",
}  # fmt: skip
_FLAT_OF = ("figures", "articles", "events", "segments")
_MEMORY = "512MB"
# the sheets in the order in which a reader wants them; other tables follow by name
ORDER = (
    "events", "officials", "figures", "dates", "terms", "bodies", "articles", "segments", "checks", "check_members",
    "issues", "rejects",
)  # fmt: skip

# what a spreadsheet may take for the beginning of a formula, full-width forms included
_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
# what XML 1.0 cannot hold
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# what Excel reads as an escaped character
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

_GROUPED = "#,##0"
_FORMATS = {"date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm:ss", "group": _GROUPED, "decimal": f"{_GROUPED}.####"}

Value = str | int | float | bool | dt.date | dt.datetime | None


def clean_text(text: str) -> str:
    """The text without control characters, with one kind of line end."""
    return _ILLEGAL.sub("", text.replace("\r\n", "\n"))


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might take the text for a formula."""
    return _FORMULA.match(text) is not None


def fit(text: str) -> str:
    """The text as a cell can hold it: cut, with a visible mark, where it has more than 32,767 UTF-16 units."""
    if len(text) <= MAX_CHARACTERS // 2:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * MAX_CHARACTERS:
        return text
    # a surrogate pair cut in two loses its first half too
    return units[: 2 * (MAX_CHARACTERS - len(CUT))].decode("utf-16-le", "ignore") + CUT


def plain(value: object) -> Value:
    """A value of a table as one cell: lists joined, whole floats as integers, text cleaned; NaN is null."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, (list, tuple)):
        return clean_text(LIST_SEPARATOR.join("" if item is None else str(item) for item in value))
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() and abs(value) < EXACT_INTEGER else value
    if value is None or isinstance(value, (bool, int, dt.date, dt.datetime)):
        return value
    return clean_text(str(value))


def table_files(tables: Path) -> dict[str, Path]:
    """The Parquet files below ``tables`` by table name. InputError where there are none."""
    if not tables.is_dir():
        raise InputError(f"no folder of tables at {tables}: run `make extract` first, or name it with --tables")
    found = {path.stem: path for path in sorted(tables.glob("*.parquet")) if path.is_file()}
    if not found:
        raise InputError(f"no tables (*.parquet) in {tables}: run `make extract` first, or name it with --tables")
    return found


def _rows(path: Path) -> Iterator[list[Value]]:
    """The rows of a table, read batch by batch."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            columns = [[plain(value) for value in column.to_pylist()] for column in batch.columns]
            yield from map(list, zip(*columns, strict=True))


def _csv_cell(value: Value) -> Value:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, str) and is_formula(value):
        return f"'{value}"  # what a spreadsheet takes for text
    return value


def write_csv(table: Path, out: Path) -> None:
    """Write one table as CSV: comma, UTF-8 with BOM, nulls empty, an apostrophe before what might be a formula."""
    part = out.with_name(out.name + ".part")
    with part.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(pq.read_schema(table).names)
        for row in _rows(table):
            writer.writerow([_csv_cell(value) for value in row])
    part.replace(out)


def _format_of(value: Value, grouped: bool) -> str | None:
    """The number format of a value that is no text; ``grouped`` for amounts, whose thousands are parted."""
    if isinstance(value, dt.datetime):
        return _FORMATS["datetime"]
    if isinstance(value, dt.date):
        return _FORMATS["date"]
    if grouped and not isinstance(value, bool):
        if isinstance(value, int):
            return _FORMATS["group"]
        if isinstance(value, float):
            return _FORMATS["decimal"]
    return None


def _is_amount(kind: pa.DataType) -> bool:
    """Amounts are doubles and 64-bit integers; smaller integers are years, ordinals and offsets, written bare."""
    return bool(pa.types.is_floating(kind) or pa.types.is_int64(kind))


def _width(field: pa.Field, sample: list[Value]) -> float:
    """A column's width in characters: enough for its header and most of its first values, never the whole screen."""
    if pa.types.is_timestamp(field.type):
        return 20
    lengths = sorted(len(str(value).split("\n")[0]) * (4 / 3 if _is_amount(field.type) else 1) for value in sample)
    usual = lengths[int(0.9 * (len(lengths) - 1))] if lengths else 0
    return min(max(len(field.name), usual, 6) + 2, 60)


class _Sheets:
    """Writes the rows of one table into one sheet, and into further ones where it has more rows than a sheet holds."""

    def __init__(self, book: Any, name: str, table: Path) -> None:
        self.book, self.name, self.table = book, name, table
        self.schema = pq.read_schema(table)
        self.grouped = [_is_amount(field.type) for field in self.schema]
        self.sheet: Any = None

    def write(self) -> None:
        rows = _rows(self.table)
        sample = [row for _, row in zip(range(200), rows, strict=False)]
        widths = [
            _width(field, [row[number] for row in sample if row[number] is not None])
            for number, field in enumerate(self.schema)
        ]
        rows = itertools.chain(sample, rows)
        for part in range(1, sheets_of(self.table) + 1):
            self._write_sheet(sheet_name(self.name, part), widths, itertools.islice(rows, MAX_ROWS))

    def _write_sheet(self, name: str, widths: Sequence[float], rows: Iterator[list[Value]]) -> None:
        from openpyxl.styles import Font
        from openpyxl.utils import get_column_letter

        self.sheet = self.book.create_sheet(name)
        # a write-only sheet takes its frame before its first row
        self.sheet.freeze_panes = "A2"
        for number, width in enumerate(widths, 1):
            self.sheet.column_dimensions[get_column_letter(number)].width = width
        header = [self.cell(name) for name in self.schema.names]
        for cell in header:
            cell.font = Font(bold=True)
        self.sheet.append(header)
        count = 0
        for row in rows:
            self.sheet.append([self.value(v, g) for v, g in zip(row, self.grouped, strict=True)])
            count += 1
        self.sheet.auto_filter.ref = f"A1:{get_column_letter(max(len(header), 1))}{count + 1}"

    def cell(self, value: Any, number_format: str | None = None) -> Any:
        from openpyxl.cell import WriteOnlyCell

        cell = WriteOnlyCell(self.sheet, value=value)
        if isinstance(value, str):
            cell.data_type = "s"  # whatever it looks like
            if is_formula(value):
                cell.quotePrefix = True  # it stays text when it is edited, too
        if number_format:
            cell.number_format = number_format
        return cell

    def value(self, value: Value, grouped: bool) -> Any:
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= EXACT_INTEGER:
            value = str(value)
        if isinstance(value, str):
            if not value:
                return None
            text = fit(_ESCAPE.sub("_x005F_", value))
            # plain text needs no cell of its own; "#" begins the error values of a spreadsheet
            return self.cell(text) if is_formula(text) or text.startswith("#") else text
        number_format = _format_of(value, grouped)
        return self.cell(value, number_format) if number_format else value


def sheets_of(table: Path) -> int:
    """How many sheets a table fills."""
    rows: int = pq.read_metadata(table).num_rows
    return max(1, math.ceil(rows / MAX_ROWS))


def sheet_name(table: str, part: int) -> str:
    """The name of a table's sheet number ``part``, from 1: ``segments``, ``segments (2)``."""
    more = f" ({part})" if part > 1 else ""
    return table[: _MAX_SHEET_NAME - len(more)] + more


def write_workbook(files: dict[str, Path], out: Path) -> None:
    """Write one workbook with one sheet per table, more where a table is too long for one."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for name, path in files.items():
        _Sheets(book, name, path).write()
    part = out.with_name(out.name + ".part")
    book.save(part)
    part.replace(out)


def write_flat(files: dict[str, Path], out: Path) -> None:
    """Write `FLAT` as Parquet: every figure, in the order of its table, with its sentence, event and article."""
    import duckdb
    import pyarrow.dataset as ds

    columns = ", ".join(f"{expression} as {name}" for name, expression in FLAT_COLUMNS.items())
    query = f"""
        select {columns} from figures f
        join articles a on a.article_id = f.article_id
        left join events e on e.event_id = f.event_id
        left join segments s on s.article_id = f.article_id and s.sentence_no = f.sentence_no
        order by a.source, f.span_start, f.span_end, f.figure_id
    """  # noqa: S608 (columns of our own)
    with (
        tempfile.TemporaryDirectory(prefix="union-events-", ignore_cleanup_errors=True) as spill,
        duckdb.connect(config={"memory_limit": _MEMORY, "temp_directory": spill}) as database,
    ):
        for name in _FLAT_OF:
            database.register(name, ds.dataset(files[name], format="parquet"))
        reader = database.sql(query).to_arrow_reader(BATCH_ROWS)
        with pq.ParquetWriter(out, reader.schema, compression="zstd") as writer:
            for batch in reader:
                writer.write_batch(batch)


def chosen_tables(found: dict[str, Path], only: Sequence[str] | None) -> list[str]:
    """The tables to write, in the order of the sheets. InputError where ``only`` names one that there is not."""
    known = [name for name in ORDER if name in found]
    if all(name in found for name in _FLAT_OF):
        known.insert(0, FLAT)
    known += [name for name in found if name not in known]
    if unknown := sorted(set(only or ()) - set(known)):
        raise InputError(f"no table {', '.join(unknown)} here; there are {', '.join(known)}")
    return [name for name in known if only is None or name in only]


def export(tables: Path, out: Path, only: Sequence[str] | None = None) -> list[Path]:
    """Write the Parquet tables in ``tables`` as CSV files and as one workbook into ``out``; returns what was written.

    ``only`` names the tables that are wanted, `FLAT` among them; None: all. Each file is written beside its place and
    then renamed. Raises InputError where there are no tables, or none of a name, where they are of several runs, or
    where ``out`` cannot be written.
    """
    found = table_files(tables)
    refuse_mixed(tables)
    names = chosen_tables(found, only)
    written = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="union-events-", ignore_cleanup_errors=True) as work:
            if FLAT in names:
                found[FLAT] = Path(work) / f"{FLAT}.parquet"
                write_flat(found, found[FLAT])
            files = {name: found[name] for name in names}
            for name, path in files.items():
                written.append(out / f"{name}.csv")
                write_csv(path, written[-1])
            write_workbook(files, out / WORKBOOK)
    except OSError as error:
        raise InputError(f"cannot write to {out}: {error}") from None
    return [out / WORKBOOK, *written]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``union-events export``."""
    parser.add_argument("--tables", type=Path, default=Path("data/processed"), help="folder of the tables")
    parser.add_argument("--out", type=Path, help="folder for the workbook and the CSV files (export, in the tables')")
    parser.add_argument(
        "--only",
        nargs="+",
        metavar="TABLE",
        help=f"write these tables alone, as events figures; {FLAT} is each figure with its sentence, event and article",
    )


def run(args: argparse.Namespace) -> int:
    """Run ``union-events export``: 0 when done, 2 when it cannot be done."""
    try:
        written = export(args.tables, args.out or args.tables / "export", args.only)
    except UnionEventsError as error:
        print(f"union-events export: {error}", file=sys.stderr)
        return 2
    for path in written:
        print(path)
    return 0


def main() -> int:
    """Run ``python -m pipeline.export``."""
    parser = argparse.ArgumentParser(prog="union-events export", description=__doc__)
    add_arguments(parser)
    return run(parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
