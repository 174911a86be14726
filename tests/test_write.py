"""The tables: typed as the schema says, switched as a set, equal bytes for equal input."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import schema
from pipeline.duplicates import article_key
from pipeline.errors import InputError
from pipeline.resolve.rows import RESOLVED
from pipeline.write import JOURNAL, LiveRows, finish_switch, run_id, run_metadata, write_tables, written_run


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


def write(out: Path, *parts: pa.Table | tuple[pa.Table, list[bool]], run: str = "r") -> dict[str, int]:
    """Parts, with the liveness of their rows where not all are live, as tables in ``out``."""
    with rows_of(out.parent / f"parts-{out.name}-{run}", *parts) as rows:
        return write_tables(rows, out, run_metadata(run, "h"))


def rows_of(folder: Path, *parts: pa.Table | tuple[pa.Table, list[bool]]) -> LiveRows:
    folder.mkdir(parents=True, exist_ok=True)
    live = []
    for number, part in enumerate(parts):
        table, alive = part if isinstance(part, tuple) else (part, None)
        pq.write_table(table, folder / f"o'{number}.parquet")
        live.append((folder / f"o'{number}.parquet", None if alive is None else pa.array(alive)))
    return LiveRows(live)


def read(out: Path, name: str) -> pa.Table:
    return pq.read_table(out / f"{name}.parquet")


def run_of(out: Path) -> set[bytes]:
    return {pq.read_schema(out / f"{n}.parquet").metadata[b"run_id"] for n in schema.TABLES}


def test_rows_become_tables(tmp_path: Path) -> None:
    counts = write(tmp_path / "t", resolved("Một bài.", "Bài khác.", "Một  Bài."))
    assert read(tmp_path / "t", "articles")["article_id"].to_pylist() == ["a0", "a1", "a2"]
    assert read(tmp_path / "t", "articles")["duplicate_of"].to_pylist() == [None, None, "a0"]
    assert read(tmp_path / "t", "figures")["low"].to_pylist() == [5e9] * 3
    assert [(b["name"], b["n_mentions"]) for b in read(tmp_path / "t", "bodies").to_pylist()] == [
        ("Liên đoàn Lao động tỉnh Hà Nam", 6)
    ]
    assert read(tmp_path / "t", "rejects").to_pylist() == [
        {"source": "x.bin", "reason": "binary", "detail": "this is no text"}
    ]
    assert (counts["articles"], counts["figures"], counts["events"], counts["checks"]) == (3, 3, 0, 0)


def test_rows_come_in_order_of_source_and_place_however_they_are_parted(tmp_path: Path) -> None:
    rows = resolved(*(f"Bài thứ {n}." for n in range(25)))
    write(tmp_path / "one", rows)
    write(tmp_path / "many", rows.slice(20).take([5, 0, 3, 1, 2, 4]), rows.slice(0, 7), rows.slice(7, 13))
    for name in schema.TABLES:
        path = f"{name}.parquet"
        assert (tmp_path / "one" / path).read_bytes() == (tmp_path / "many" / path).read_bytes(), name
    sources = read(tmp_path / "one", "articles")["source"].to_pylist()
    assert sources == sorted(sources)
    assert len(sources) == 25


def test_rows_that_are_gone_are_left_out(tmp_path: Path) -> None:
    rows = resolved("Một.", "Hai.", "Ba.")
    write(tmp_path / "t", (rows, [True, False, True, False]))
    assert read(tmp_path / "t", "articles")["source"].to_pylist() == ["0.txt", "2.txt"]
    assert read(tmp_path / "t", "rejects").num_rows == 0
    assert read(tmp_path / "t", "bodies")["n_mentions"].to_pylist() == [4]


def test_tables_of_more_rows_than_a_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.write._GROUP", 3)
    write(tmp_path / "t", resolved(*(f"Bài thứ {n}." for n in range(7))))
    file = pq.ParquetFile(tmp_path / "t" / "articles.parquet")
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == [3, 3, 1]


def test_no_articles_make_empty_tables_of_the_same_shape(tmp_path: Path) -> None:
    write(tmp_path / "none")
    write(tmp_path / "empty", RESOLVED.empty_table())
    for name in schema.TABLES:
        for out in ("none", "empty"):
            assert read(tmp_path / out, name).schema.equals(schema.arrow_schema(name))
            assert read(tmp_path / out, name).num_rows == 0


def test_every_table_bears_run_and_descriptions(tmp_path: Path) -> None:
    out = tmp_path / "t"
    write(out, resolved("Bài."), run="run7")
    for name in schema.TABLES:
        found = pq.read_schema(out / f"{name}.parquet")
        assert found.metadata[b"run_id"] == b"run7"
        assert found.metadata[b"rules_hash"] == b"h"
        assert found.metadata[b"description"]
        assert all(found.field(c).metadata[b"description"] for c in found.names)
    (out / "run.json").write_text("{}", encoding="utf-8")
    assert written_run(out) == "run7"
    (out / "terms.parquet").unlink()
    assert written_run(out) is None


def test_a_write_that_fails_leaves_the_old_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "t"
    write(out, resolved("Cũ."), run="old")

    def fails(rows: LiveRows, name: str) -> object:
        if name == "terms":
            raise OSError("the disk is full")
        return whole(rows, name)

    whole = LiveRows.table
    monkeypatch.setattr(LiveRows, "table", fails)
    with pytest.raises(OSError, match="full"):
        write(out, resolved("Mới."), run="new")
    assert run_of(out) == {b"old"}
    assert not [p for p in out.iterdir() if p.name.startswith(".")]


def test_what_is_no_resolved_part_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"0\.parquet: no part of the stage 'resolve'"):
        rows_of(tmp_path, pa.table({"no": ["column"]}))


def test_a_switch_that_was_cut_off_is_finished(tmp_path: Path) -> None:
    out = tmp_path / "t"
    write(out, resolved("Cũ."), run="old")
    write(tmp_path / "new", resolved("Mới."), run="new")
    pending = {}
    for name in list(schema.TABLES)[3:]:  # the first three had been renamed when the power went
        (tmp_path / "new" / f"{name}.parquet").rename(out / f".{name}.parquet.pending")
        pending[f".{name}.parquet.pending"] = f"{name}.parquet"
    for name in list(schema.TABLES)[:3]:
        (tmp_path / "new" / f"{name}.parquet").replace(out / f"{name}.parquet")
    (out / JOURNAL).write_text(json.dumps(pending), encoding="utf-8")
    finish_switch(out)
    assert run_of(out) == {b"new"}
    assert not (out / JOURNAL).exists()


def test_the_run_id_is_of_the_records_in_any_order(tmp_path: Path) -> None:
    one, two = resolved("Một.", "Hai."), resolved("Một.", "Ba.")

    def identity(rules_hash: str, *parts: pa.Table) -> str:
        with rows_of(tmp_path / "parts", *parts) as rows:
            return run_id(rows, rules_hash)

    assert identity("h", one) == identity("h", one.take([2, 0, 1])) == identity("h", one.slice(1), one.slice(0, 1))
    assert len({identity("h", one), identity("g", one), identity("h", one.slice(0, 1)), identity("h", two)}) == 4
