"""The workbook and the CSV files, read back as a spreadsheet would read them."""

from __future__ import annotations

import csv
import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import export as exporting
from pipeline.cli import main
from pipeline.errors import InputError
from pipeline.export import CUT, MAX_CHARACTERS, export, fit, plain
from tests.conftest import SampleRun

FIGURES = pa.schema(
    [
        ("figure_id", pa.string()),
        ("text", pa.string()),
        ("low", pa.float64()),
        ("numerator", pa.int64()),
        ("span_start", pa.int32()),
        ("term_start", pa.int16()),
        ("each", pa.bool_()),
        ("period_start", pa.date32()),
        ("published", pa.timestamp("ms")),
        ("flags", pa.list_(pa.string())),
    ]
)


def row(**columns: Any) -> dict[str, Any]:
    return {**dict.fromkeys(FIGURES.names), **columns}


def put(folder: Path, table: str, rows: list[dict[str, Any]]) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{table}.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=FIGURES), path)
    return path


def sheet(out: Path, name: str = "figures") -> Any:
    return openpyxl.load_workbook(out / exporting.WORKBOOK)[name]


def cells(out: Path, column: str) -> list[Any]:
    rows = sheet(out).iter_rows()
    at = [cell.value for cell in next(rows)].index(column)
    return [line[at] for line in rows]


def csv_rows(out: Path, name: str = "figures") -> list[dict[str, str]]:
    with (out / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    return tmp_path / "tables"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "for excel"


def test_one_sheet_and_one_file_per_table(tables: Path, out: Path) -> None:
    for name in ("zz_of_a_later_day", "articles", "events"):
        put(tables, name, [row(figure_id="a")])
    written = export(tables, out)
    assert [path.name for path in written] == [
        "union-events.xlsx", "events.csv", "articles.csv", "zz_of_a_later_day.csv",
    ]  # fmt: skip
    assert sorted(path.name for path in out.iterdir()) == sorted(path.name for path in written)
    assert openpyxl.load_workbook(out / exporting.WORKBOOK).sheetnames == ["events", "articles", "zz_of_a_later_day"]


def test_header_is_frozen_and_columns_are_wide_enough(tables: Path, out: Path) -> None:
    put(tables, "figures", [row(figure_id="a", text="x" * 500, low=1e12)] * 3)
    export(tables, out)
    found = sheet(out)
    assert found.freeze_panes == "A2"
    assert found.auto_filter.ref == "A1:J4"
    assert found["A1"].font.bold
    widths = {found.cell(1, n).value: found.column_dimensions[found.cell(1, n).column_letter].width for n in (1, 2, 3)}
    assert widths == {"figure_id": pytest.approx(11), "text": 60, "low": pytest.approx(13 * 4 / 3 + 2)}


def test_an_empty_table_has_its_header(tables: Path, out: Path) -> None:
    put(tables, "figures", [])
    export(tables, out)
    assert [cell.value for cell in sheet(out)[1]] == FIGURES.names
    assert csv_rows(out) == []


def test_long_numbers_stay_whole(tables: Path, out: Path) -> None:
    lows = [3_250_000_000_000.0, 884e6, 98.5, float("nan"), None, 1e22]
    put(
        tables, "figures", [row(low=low, numerator=n) for low, n in zip(lows, [1, 10**15, None, 0, -5, 2], strict=True)]
    )
    export(tables, out)
    low = cells(out, "low")
    assert [cell.value for cell in low] == [3_250_000_000_000, 884_000_000, 98.5, None, None, 1e22]
    assert [cell.number_format for cell in low[:3]] == ["#,##0", "#,##0", "#,##0.####"]
    numerator = cells(out, "numerator")
    assert [cell.value for cell in numerator] == [1, "1000000000000000", None, 0, -5, 2], "Excel keeps 15 digits"
    with zipfile.ZipFile(out / exporting.WORKBOOK) as archive:
        assert b"<v>3250000000000</v>" in archive.read("xl/worksheets/sheet1.xml")
    assert [line["low"] for line in csv_rows(out)] == ["3250000000000", "884000000", "98.5", "", "", "1e+22"]


def test_years_and_offsets_are_not_grouped(tables: Path, out: Path) -> None:
    put(tables, "figures", [row(term_start=2025, span_start=1234)])
    export(tables, out)
    for column, value in (("term_start", 2025), ("span_start", 1234)):
        (cell,) = cells(out, column)
        assert (cell.value, cell.number_format) == (value, "General")


def test_dates_are_dates(tables: Path, out: Path) -> None:
    stamp = dt.datetime(2024, 1, 12, 8, 30)
    put(tables, "figures", [row(period_start=dt.date(2020, 7, 1), published=stamp, each=True), row(each=False)])
    export(tables, out)
    day, nothing = cells(out, "period_start")
    assert (day.value, day.is_date, day.number_format) == (dt.datetime(2020, 7, 1), True, "yyyy-mm-dd")
    assert nothing.value is None
    assert cells(out, "published")[0].value == stamp
    assert [cell.value for cell in cells(out, "each")] == [True, False]
    first, second = csv_rows(out)
    assert (first["period_start"], first["published"], first["each"]) == ("2020-07-01", "2024-01-12 08:30:00", "TRUE")
    assert (second["period_start"], second["each"]) == ("", "FALSE")


FORMULAS = ["=1+1", "+84 901", "-5%", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_is_never_a_formula(tables: Path, out: Path, text: str) -> None:
    put(tables, "figures", [row(text=text, flags=[text])])
    export(tables, out)
    for column in ("text", "flags"):
        (cell,) = cells(out, column)
        assert cell.data_type != "f"
        assert cell.quotePrefix
        assert cell.value.replace("\r", "\n") == text.replace("\r", "\n")
        assert csv_rows(out)[0][column] == f"'{text}"


@pytest.mark.parametrize("text", ["#N/A", "#REF!", "TRUE", "0012", "1/2", "884 triệu đồng", "Hòa\nbình", 'a "b", c'])
def test_other_text_stays_as_it_is(tables: Path, out: Path, text: str) -> None:
    put(tables, "figures", [row(text=text)])
    export(tables, out)
    (cell,) = cells(out, "text")
    assert (cell.value, cell.data_type) == (text, "s")
    assert not cell.quotePrefix
    assert csv_rows(out)[0]["text"] == text


def test_negative_numbers_are_no_formulas(tables: Path, out: Path) -> None:
    put(tables, "figures", [row(low=-5.0)])
    export(tables, out)
    assert cells(out, "low")[0].value == -5
    assert csv_rows(out)[0]["low"] == "-5"


def test_lists_are_joined(tables: Path, out: Path) -> None:
    put(tables, "figures", [row(low=1, flags=["year_inferred", "date_conflict"]), row(low=2, flags=[]), row(low=3)])
    export(tables, out)
    assert [cell.value for cell in cells(out, "flags")] == ["year_inferred; date_conflict", None, None]
    assert [line["flags"] for line in csv_rows(out)] == ["year_inferred; date_conflict", "", ""]


def test_control_characters_are_removed(tables: Path, out: Path) -> None:
    put(tables, "figures", [row(text="a\x00b\x0bc\x1fd\uffffe\r\nf\tg")])
    export(tables, out)
    assert cells(out, "text")[0].value == "abcde\nf\tg"
    assert csv_rows(out)[0]["text"] == "abcde\nf\tg"


def test_a_cell_too_long_is_cut_with_a_mark(tables: Path, out: Path) -> None:
    text = "đ" * (MAX_CHARACTERS + 1)
    put(tables, "figures", [row(text=text), row(text=text[1:])])
    export(tables, out)
    cut, whole = (cell.value for cell in cells(out, "text"))
    assert len(cut) == MAX_CHARACTERS
    assert cut.endswith("đ" + CUT)
    assert whole == text[1:]
    assert csv_rows(out)[0]["text"] == text, "CSV has no such limit"


@given(st.lists(st.tuples(st.sampled_from("ađ😀"), st.integers(1, 20_000)), max_size=4))
def test_what_fits_is_counted_as_excel_counts(runs: list[tuple[str, int]]) -> None:
    text = "".join(letter * times for letter, times in runs)
    found = fit(text)
    assert len(found.encode("utf-16-le")) <= 2 * MAX_CHARACTERS
    assert found == text or (found.endswith(CUT) and text.startswith(found[: -len(CUT)]))


@given(st.text() | st.floats() | st.integers() | st.lists(st.text()) | st.none() | st.dates())
def test_any_value_becomes_a_cell(value: object) -> None:
    found = plain(value)
    assert found is None or isinstance(found, (str, int, float, bool, dt.date))
    assert "\x00" not in str(found)


@pytest.mark.parametrize(
    ("rows", "sheets"),
    [(0, {"figures": 0}), (2, {"figures": 2}), (5, {"figures": 2, "figures (2)": 2, "figures (3)": 1})],
)
def test_what_is_too_long_for_a_sheet_goes_on_in_the_next(
    tables: Path, out: Path, monkeypatch: pytest.MonkeyPatch, rows: int, sheets: dict[str, int]
) -> None:
    monkeypatch.setattr(exporting, "MAX_ROWS", 2)
    ids = [f"f{n}" for n in range(rows)]
    put(tables, "figures", [row(figure_id=name) for name in ids])
    export(tables, out)
    book = openpyxl.load_workbook(out / exporting.WORKBOOK)
    found = {sheet.title: [line[0] for line in sheet.iter_rows(min_row=2, values_only=True)] for sheet in book}
    assert {name: len(lines) for name, lines in found.items()} == sheets
    assert [name for lines in found.values() for name in lines] == ids
    for sheet in book:
        assert (sheet["A1"].value, sheet["A1"].font.bold, sheet.freeze_panes) == ("figure_id", True, "A2")
        assert sheet.auto_filter.ref == f"A1:J{sheets[sheet.title] + 1}"
    assert len(csv_rows(out)) == rows


def test_the_name_of_a_sheet_is_no_longer_than_excel_has_it() -> None:
    assert exporting.sheet_name("x" * 40, 1) == "x" * 31
    assert exporting.sheet_name("x" * 40, 12) == "x" * 26 + " (12)"


def test_chosen_tables_alone(tables: Path, out: Path) -> None:
    for name in ("events", "figures", "officials"):
        put(tables, name, [row(figure_id="a")])
    written = export(tables, out, ["figures", "events"])
    assert [path.name for path in written] == ["union-events.xlsx", "events.csv", "figures.csv"]
    assert openpyxl.load_workbook(out / exporting.WORKBOOK).sheetnames == ["events", "figures"]
    with pytest.raises(InputError, match="no table figure, zebra here; there are events, officials, figures"):
        export(tables, out, ["figure", "events", "zebra"])


def test_figures_stand_with_sentence_event_and_article(sample_run: SampleRun, out: Path) -> None:
    written = export(sample_run.tables, out, [exporting.FLAT])
    assert [path.name for path in written] == ["union-events.xlsx", "figures_in_context.csv"]
    tables = {
        name: pq.read_table(sample_run.tables / f"{name}.parquet").to_pylist()
        for name in ("figures", "events", "articles")
    }
    figures = tables["figures"]
    events = {event["event_id"]: event for event in tables["events"]}
    articles = {article["article_id"]: article for article in tables["articles"]}
    lines = csv_rows(out, exporting.FLAT)
    assert [line["figure_id"] for line in lines] == [figure["figure_id"] for figure in figures], "the table's order"
    assert list(lines[0]) == list(exporting.FLAT_COLUMNS)
    for figure, line in zip(figures, lines, strict=True):
        article, event = articles[figure["article_id"]], events.get(figure["event_id"], {})
        assert line["text"] in line["sentence"]
        assert line["sentence"] in article["text"]
        for column, value in (
            ("title", article["title"]), ("source", article["source"]), ("published", article["published"]),
            ("host", event.get("org")), ("event_date", event.get("date_start")), ("low", figure["low"]),
        ):  # fmt: skip
            assert line[column] == str(exporting._csv_cell(plain(value)) if value is not None else ""), column
        assert line["repeats"] == ("TRUE" if figure["same_as"] or article["duplicate_of"] else "FALSE")
    assert len({line["host"] for line in lines}) > 10
    header, *cells_below = sheet(out, exporting.FLAT).iter_rows()
    at = {cell.value: n for n, cell in enumerate(header)}
    assert {line[at["event_date"]].number_format for line in cells_below if line[at["event_date"]].value} == {
        "yyyy-mm-dd"
    }
    assert "#,##0" in {line[at["low"]].number_format for line in cells_below}


def test_batches_are_joined(tables: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "BATCH_ROWS", 100)
    ids = [f"f{n}" for n in range(450)]
    put(tables, "figures", [row(figure_id=name) for name in ids])
    export(tables, out)
    assert [cell.value for cell in cells(out, "figure_id")] == ids
    assert [line["figure_id"] for line in csv_rows(out)] == ids


def test_csv_begins_with_a_bom(tables: Path, out: Path) -> None:
    put(tables, "figures", [row(text="đồng chí")])
    export(tables, out)
    assert (out / "figures.csv").read_bytes().startswith(b"\xef\xbb\xbffigure_id,text,")


def run(*words: str) -> int:
    return main(["export", *words])


def test_the_command(tables: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--tables", str(tables)) == 2
    assert "no folder of tables" in capsys.readouterr().err
    tables.mkdir()
    assert run("--tables", str(tables)) == 2
    assert "no tables" in capsys.readouterr().err
    put(tables, "figures", [row(text="một")])
    assert run("--tables", str(tables)) == 0
    assert capsys.readouterr().out.splitlines() == [
        str(tables / "export" / name) for name in ("union-events.xlsx", "figures.csv")
    ]
    assert run("--tables", str(tables), "--only", "events") == 2
    assert "no table events here; there are figures" in capsys.readouterr().err
    (out).write_text("a file in the way", encoding="utf-8")
    assert run("--tables", str(tables), "--out", str(out)) == 2
    assert "cannot write" in capsys.readouterr().err
