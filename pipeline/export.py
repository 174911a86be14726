"""Writes the tables for people who work in Excel: one workbook with a sheet per table, and one CSV file per table.

Excel takes what it reads for something else where it can: text that begins with ``=`` for a formula, a long number for
``3,25E+12``, UTF-8 for the local code page. Each of these is kept from happening here, and nothing else is changed:
the Parquet tables stay the product, these files are copies to look at.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import math
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import InputError, UnionEventsError

WORKBOOK = "union-events.xlsx"
MAX_ROWS = 1_048_575  # of a sheet, below its header
MAX_CHARACTERS = 32_767  # of a cell, in UTF-16 units
CUT = " […]"
EXACT_INTEGER = 10**15  # Excel keeps 15 digits; longer whole numbers are written as text
BATCH_ROWS = 2_000
LIST_SEPARATOR = "; "
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
    """The Parquet files below ``tables`` by table name, in the order of the sheets. InputError where there are none."""
    if not tables.is_dir():
        raise InputError(f"no folder of tables at {tables}: run `make extract` first, or name it with --tables")
    found = {path.stem: path for path in sorted(tables.glob("*.parquet")) if path.is_file()}
    if not found:
        raise InputError(f"no tables (*.parquet) in {tables}: run `make extract` first, or name it with --tables")
    first = {name: found[name] for name in ORDER if name in found}
    return first | found


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


class _Sheet:
    """Writes the rows of one table into one sheet."""

    def __init__(self, book: Any, name: str, table: Path) -> None:
        self.sheet, self.table = book.create_sheet(name[:31]), table
        self.schema = pq.read_schema(table)
        self.grouped = [_is_amount(field.type) for field in self.schema]

    def write(self) -> None:
        from openpyxl.styles import Font
        from openpyxl.utils import get_column_letter

        rows = _rows(self.table)
        sample = [row for _, row in zip(range(200), rows, strict=False)]
        # a write-only sheet takes its frame before its first row
        self.sheet.freeze_panes = "A2"
        for number, field in enumerate(self.schema, 1):
            values = [row[number - 1] for row in sample if row[number - 1] is not None]
            self.sheet.column_dimensions[get_column_letter(number)].width = _width(field, values)
        header = [self.cell(name) for name in self.schema.names]
        for cell in header:
            cell.font = Font(bold=True)
        self.sheet.append(header)
        count = 0
        for source in (sample, rows):
            for row in source:
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


def write_workbook(files: dict[str, Path], out: Path) -> None:
    """Write one workbook with one sheet per table.

    Raises InputError where a table has more rows than a sheet can hold; nothing is written then.
    """
    from openpyxl import Workbook

    for name, path in files.items():
        rows = pq.read_metadata(path).num_rows
        if rows > MAX_ROWS:
            raise InputError(
                f"table {name} has {rows:,} rows and an Excel sheet holds {MAX_ROWS:,}: {out.name} was not written; "
                f"{name}.csv has them all"
            )
    book = Workbook(write_only=True)
    for name, path in files.items():
        _Sheet(book, name, path).write()
    part = out.with_name(out.name + ".part")
    book.save(part)
    part.replace(out)


def export(tables: Path, out: Path) -> list[Path]:
    """Write the Parquet tables in ``tables`` as CSV files and as one workbook into ``out``; returns what was written.

    Each file is written beside its place and then renamed. Raises InputError where there are no tables, where ``out``
    cannot be written, or where a table is too long for Excel; the CSV files have then been written.
    """
    files = table_files(tables)
    written = []
    try:
        out.mkdir(parents=True, exist_ok=True)
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


def run(args: argparse.Namespace) -> int:
    """Run ``union-events export``: 0 when done, 2 when it cannot be done."""
    try:
        written = export(args.tables, args.out or args.tables / "export")
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
