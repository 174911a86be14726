"""The schema names every column once, and the data dictionary says what it says."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import codes, rules, run, schema
from pipeline.codes import Code
from pipeline.errors import Issue, Reject
from tests.conftest import ROOT, SampleRun
from tools.data_dictionary import TARGET, text


def test_the_data_dictionary_is_up_to_date() -> None:
    assert TARGET.read_text(encoding="utf-8") == text(), "run `make dictionary`"


def test_columns_keep_names_types_and_order() -> None:
    events = schema.arrow_schema("events")
    assert events.names[:5] == ["event_id", "article_id", "is_main", "story_id", "event_type"]
    assert events.names[-5:] == ["span_start", "span_end", "raw_start", "raw_end", "sentence_no"]
    assert str(events.field("date_start").type) == "date32[day]"
    assert str(events.field("congress_no").type) == "int16"
    assert str(schema.arrow_schema("articles").field("published").type) == "timestamp[ms]"
    assert str(schema.arrow_schema("officials").field("roles").type) == "list<item: string>"
    for table in schema.TABLES:
        fields = schema.arrow_schema(table)
        assert len(set(fields.names)) == len(fields.names)
        assert all(f.metadata[b"description"] for f in fields)


def test_a_row_is_a_dict_in_column_order() -> None:
    row = schema.DateRow(date_id="d", date_start=dt.date(2024, 1, 1), span_start=3)
    assert list(schema.as_dict(row)) == schema.arrow_schema("dates").names
    assert schema.as_dict(row)["span_start"] == 3
    assert schema.as_dict(schema.FigureRow())["modifier"] == "exact"


LISTS = sorted(
    {known for table in schema.TABLES for known in schema.codes_of(table).values()}, key=lambda c: c.__name__
)


def strange(tables: Path) -> list[tuple[str, str, str]]:
    """Table, column and value of everything that a closed list does not hold."""
    found = []
    for table in schema.TABLES:
        for column, known in schema.codes_of(table).items():
            values = pq.read_table(tables / f"{table}.parquet", columns=[column])[column].to_pylist()
            told = itertools.chain.from_iterable(v if isinstance(v, list) else [v] for v in values)
            found += [(table, column, v) for v in sorted(set(told) - {None, *known})]
    return found


@pytest.mark.slow
def test_nothing_outside_the_closed_lists_is_written(sample_run: SampleRun, tmp_path: Path) -> None:
    """On the samples, on the articles written for scoring, and on inputs that are refused."""
    run.extract(ROOT / "tests" / "gold", tmp_path / "out", engine_name="inline")
    assert pq.read_metadata(tmp_path / "out" / "rejects.parquet").num_rows > 0
    for tables in (sample_run.tables, tmp_path / "out"):
        assert strange(tables) == []


def test_a_code_that_is_in_no_list_is_seen(tmp_path: Path) -> None:
    for table in schema.TABLES:
        row = schema.as_dict(schema.TABLES[table]())
        row |= {"code": "no_event", "reason": "empty", "kind": row.get("kind") or None, "verdict": None}
        if table == "figures":
            row |= {"flags": ["scale_inferred", "made_up"], "topic": "tet"}
        names = schema.arrow_schema(table).names
        rows = pa.Table.from_pylist([{n: row[n] for n in names}], schema=schema.arrow_schema(table))
        pq.write_table(rows, tmp_path / f"{table}.parquet")
    assert strange(tmp_path) == [("figures", "topic", "tet"), ("figures", "flags", "made_up")]


def test_rules_set_no_flag_that_is_in_no_list() -> None:
    loaded = rules.load().dimensions.values()
    flags = {rule.set["flag"] for ruleset in loaded for rule in ruleset.rules if "flag" in rule.set}
    assert flags
    assert flags <= set(codes.FigureFlag)


@pytest.mark.parametrize("known", LISTS, ids=lambda known: known.__name__)
def test_every_code_has_a_meaning_and_something_writes_it(known: type[Code]) -> None:
    assert all(code.about and "\n" not in code.about and len(code.about) < 110 for code in known)
    assert len({code.about for code in known}) == len(known)
    if known in (codes.CheckKind, codes.Verdict):
        return  # nothing is checked so far, and the tables say so
    files = [*(ROOT / "pipeline").rglob("*.py"), *(ROOT / "rules").rglob("*.yaml")]
    written = "\n".join(p.read_text(encoding="utf-8") for p in files if p.name not in ("codes.py", "errors.py"))
    issues = known in (Issue, Reject)
    unused = [c for c in known if c.value not in written and not (issues and f"{known.__name__}.{c.name}" in written)]
    assert unused == []


def test_columns_of_codes_name_them_in_the_files_too() -> None:
    assert schema.codes_of("figures")["topic"] is codes.Topic
    described = schema.arrow_schema("dates").field("date_precision").metadata[b"description"].decode()
    assert described == "how long its span is: day, month, quarter, year"
    assert schema.codes_of("rejects") == {"reason": Reject}
    assert Reject._value2member_map_["empty"] is Reject.EMPTY
    assert f"{Reject.EMPTY}" == Reject.EMPTY.value == "empty"
