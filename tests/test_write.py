"""The tables: typed as the schema says, switched as a set, equal bytes for equal input."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import schema
from pipeline.duplicates import article_key
from pipeline.resolve.rows import RESOLVED
from pipeline.write import JOURNAL, finish_switch, run_id, run_metadata, tables_of, write_tables, written_run


def resolved(*texts: str) -> pa.Table:
    rows = []
    for number, text in enumerate(texts):
        article = schema.ArticleRow(article_id=f"a{number}", source=f"{number}.txt", text=text)
        body = schema.BodyRow(org_id="b", name="Liên đoàn Lao động tỉnh Hà Nam", n_mentions=2)
        figures = [
            schema.FigureRow(
                figure_id=f"f{number}", article_id=f"a{number}", kind="money", text="5 tỷ", low=5e9, high=5e9
            )
        ]
        rows.append(
            {
                "source": f"{number}.txt",
                "article": schema.as_dict(article),
                **article_key(text)._asdict(),
                "bodies": [schema.as_dict(body)],
                "figures": [schema.as_dict(f) for f in figures],
            }
        )
    rows.append({"source": "x.bin", "reject_reason": "binary", "reject_detail": "this is no text"})
    return pa.Table.from_pylist([{name: r.get(name) for name in RESOLVED.names} for r in rows], schema=RESOLVED)


def test_rows_become_tables() -> None:
    tables = tables_of(resolved("Một bài.", "Bài khác.", "Một  Bài."))
    assert tables["articles"]["article_id"].to_pylist() == ["a0", "a1", "a2"]
    assert tables["articles"]["duplicate_of"].to_pylist() == [None, None, "a0"]
    assert tables["figures"]["low"].to_pylist() == [5e9] * 3
    assert tables["bodies"].to_pylist()[0]["n_mentions"] == 6
    assert tables["rejects"].to_pylist() == [{"source": "x.bin", "reason": "binary", "detail": "this is no text"}]
    assert tables["events"].num_rows == tables["checks"].num_rows == 0


def test_no_articles_make_empty_tables_of_the_same_shape(tmp_path: Path) -> None:
    write_tables(tables_of(RESOLVED.empty_table()), tmp_path, run_metadata("r", "h"))
    for name in schema.TABLES:
        assert pq.read_table(tmp_path / f"{name}.parquet").schema.equals(schema.arrow_schema(name))


def test_every_table_bears_run_and_descriptions(tmp_path: Path) -> None:
    write_tables(tables_of(resolved("Bài.")), tmp_path, run_metadata("run7", "rules9"))
    for name in schema.TABLES:
        read = pq.read_schema(tmp_path / f"{name}.parquet")
        assert read.metadata[b"run_id"] == b"run7"
        assert read.metadata[b"rules_hash"] == b"rules9"
        assert read.metadata[b"description"]
        assert all(read.field(c).metadata[b"description"] for c in read.names)
    (tmp_path / "run.json").write_text("{}", encoding="utf-8")
    assert written_run(tmp_path) == "run7"
    (tmp_path / "terms.parquet").unlink()
    assert written_run(tmp_path) is None


def test_a_write_that_fails_leaves_the_old_set(tmp_path: Path) -> None:
    write_tables(tables_of(resolved("Cũ.")), tmp_path, run_metadata("old", "h"))
    bad = tables_of(resolved("Mới."))
    bad["terms"] = pa.table({"no": ["column"]})
    with pytest.raises((pa.ArrowInvalid, ValueError)):
        write_tables(bad, tmp_path, run_metadata("new", "h"))
    assert {pq.read_schema(tmp_path / f"{n}.parquet").metadata[b"run_id"] for n in schema.TABLES} == {b"old"}
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_a_switch_that_was_cut_off_is_finished(tmp_path: Path) -> None:
    write_tables(tables_of(resolved("Cũ.")), tmp_path, run_metadata("old", "h"))
    (tmp_path / "new").mkdir()
    write_tables(tables_of(resolved("Mới.")), tmp_path / "new", run_metadata("new", "h"))
    pending = {}
    for name in list(schema.TABLES)[3:]:  # the first three had been renamed when the power went
        (tmp_path / "new" / f"{name}.parquet").rename(tmp_path / f".{name}.parquet.pending")
        pending[f".{name}.parquet.pending"] = f"{name}.parquet"
    for name in list(schema.TABLES)[:3]:
        (tmp_path / "new" / f"{name}.parquet").replace(tmp_path / f"{name}.parquet")
    (tmp_path / JOURNAL).write_text(json.dumps(pending), encoding="utf-8")
    finish_switch(tmp_path)
    assert {pq.read_schema(tmp_path / f"{n}.parquet").metadata[b"run_id"] for n in schema.TABLES} == {b"new"}
    assert not (tmp_path / JOURNAL).exists()


def test_the_run_id_is_of_the_records_in_any_order() -> None:
    one, two = resolved("Một.", "Hai."), resolved("Một.", "Ba.")
    assert run_id(one, "h") == run_id(one.take([2, 0, 1]), "h")
    assert len({run_id(one, "h"), run_id(one, "g"), run_id(one.slice(0, 1), "h"), run_id(two, "h")}) == 4
