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
from pipeline.export import export
from pipeline.resolve.rows import RESOLVED
from pipeline.score import score
from pipeline.show import Tables
from pipeline.write import JOURNAL, PartRows, finish_switch, write_parts, written_run


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


def written(folder: Path, *parts: pa.Table, rules_hash: str = "h") -> str:
    """The tables of some parts in ``folder``; the run's id."""
    (folder / "parts").mkdir(parents=True, exist_ok=True)
    paths = [folder / "parts" / f"{number}.parquet" for number in range(len(parts))]
    for part, path in zip(parts, paths, strict=True):
        pq.write_table(part, path)
    identity = write_parts([PartRows(path) for path in paths], folder, rules_hash)
    (folder / "run.json").write_text("{}", encoding="utf-8")
    return identity


def test_rows_become_tables(tmp_path: Path) -> None:
    written(tmp_path, resolved("Một bài.", "Bài khác.", "Một  Bài."))
    tables = {name: pq.read_table(tmp_path / f"{name}.parquet") for name in schema.TABLES}
    assert tables["articles"]["article_id"].to_pylist() == ["a0", "a1", "a2"]
    assert tables["articles"]["duplicate_of"].to_pylist() == [None, None, "a0"]
    assert tables["figures"]["low"].to_pylist() == [5e9] * 3
    assert tables["bodies"].to_pylist() == [
        {**schema.as_dict(schema.BodyRow(org_id="b", name="Liên đoàn Lao động tỉnh Hà Nam")), "n_mentions": 6}
    ]
    assert tables["rejects"].to_pylist() == [{"source": "x.bin", "reason": "binary", "detail": "this is no text"}]
    assert tables["events"].num_rows == tables["checks"].num_rows == 0


def test_no_articles_make_empty_tables_of_the_same_shape(tmp_path: Path) -> None:
    written(tmp_path)
    for name in schema.TABLES:
        read = pq.read_table(tmp_path / f"{name}.parquet")
        assert read.num_rows == 0
        assert read.schema.equals(schema.arrow_schema(name))


def test_every_table_bears_run_and_descriptions(tmp_path: Path) -> None:
    identity = written(tmp_path, resolved("Bài."), rules_hash="rules9")
    for name in schema.TABLES:
        read = pq.read_schema(tmp_path / f"{name}.parquet")
        assert read.metadata[b"run_id"] == identity.encode()
        assert read.metadata[b"rules_hash"] == b"rules9"
        assert read.metadata[b"description"]
        assert all(read.field(c).metadata[b"description"] for c in read.names)
    assert written_run(tmp_path) == identity
    (tmp_path / "terms.parquet").unlink()
    assert written_run(tmp_path) is None


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_tables_are_the_same_bytes_whatever_parts_and_slices_they_come_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    texts = [f"Bài số {n % 7} về công đoàn." for n in range(20)]
    every = resolved(*texts)
    parts = [every.take([n for n in range(21) if n % 4 == k]) for k in (2, 0, 3, 1)]
    written(tmp_path / "one", every)
    written(tmp_path / "four", *parts)
    for name in schema.TABLES:
        file = f"{name}.parquet"
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "four" / file).read_bytes(), name
    monkeypatch.setattr("pipeline.write._SLICE", size)
    monkeypatch.setattr("pipeline.write._KEPT_PARTS", 1)
    written(tmp_path / "slices", *parts)
    for name in schema.TABLES:
        file = f"{name}.parquet"
        assert pq.read_table(tmp_path / "one" / file).equals(pq.read_table(tmp_path / "slices" / file)), name
    articles = pq.read_table(tmp_path / "slices" / "articles.parquet")
    assert articles["source"].to_pylist() == sorted(f"{n}.txt" for n in range(20))


def test_a_body_is_as_the_first_article_names_it_and_bodies_are_in_order_of_name(tmp_path: Path) -> None:
    def part(source: str, *bodies: schema.BodyRow) -> pa.Table:
        article = schema.as_dict(schema.ArticleRow(article_id=f"a{source}", source=source))
        row = {"source": source, "article": article, "text_sha": source.encode() * 32, "signature": b""}
        row["bodies"] = [schema.as_dict(body) for body in bodies]
        return pa.Table.from_pylist([{name: row.get(name) for name in RESOLVED.names}], schema=RESOLVED)

    later = part("2", schema.BodyRow(org_id="o1", name="Ðn", level="other", n_mentions=2))
    first = part(
        "1",
        schema.BodyRow(org_id="o1", name="Đoàn", level="province", successor_of=["A", "B"], n_mentions=3),
        schema.BodyRow(org_id="o9", name="Ban", n_mentions=1),
    )
    written(tmp_path, later, first)
    rows = pq.read_table(tmp_path / "bodies.parquet").to_pylist()
    assert [(r["org_id"], r["name"], r["level"], r["n_mentions"], r["successor_of"]) for r in rows] == [
        ("o9", "Ban", None, 1, []),
        ("o1", "Đoàn", "province", 5, ["A", "B"]),
    ]


def test_rows_that_are_masked_are_left_out(tmp_path: Path) -> None:
    pq.write_table(resolved("Một.", "Hai.", "Ba."), tmp_path / "part.parquet")
    write_parts([PartRows(tmp_path / "part.parquet", pa.array([True, False, True, False]))], tmp_path / "out", "h")
    assert pq.read_table(tmp_path / "out" / "articles.parquet")["article_id"].to_pylist() == ["a0", "a2"]
    assert pq.read_metadata(tmp_path / "out" / "rejects.parquet").num_rows == 0


def test_what_is_no_resolved_part_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"0\.parquet: no part of the stage 'resolve'"):
        written(tmp_path, pa.table({"no": ["column"]}))


def test_a_part_that_is_given_twice_is_said(tmp_path: Path) -> None:
    part = resolved("Một.", "Hai.")
    with pytest.raises(InputError, match=r"the article 1\.txt stands twice in these parts"):
        written(tmp_path, part, part.slice(1))
    assert not (tmp_path / "articles.parquet").exists()


def test_a_write_that_fails_leaves_the_old_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = written(tmp_path, resolved("Cũ."))
    monkeypatch.setattr("pipeline.write._COPIED", ("segments", "no table"))
    with pytest.raises(KeyError):
        written(tmp_path, resolved("Mới."))
    assert {pq.read_schema(tmp_path / f"{n}.parquet").metadata[b"run_id"] for n in schema.TABLES} == {old.encode()}
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_a_switch_that_was_cut_off_is_finished(tmp_path: Path) -> None:
    written(tmp_path, resolved("Cũ."))
    new = written(tmp_path / "new", resolved("Mới."))
    pending = {}
    for name in list(schema.TABLES)[3:]:  # the first three had been renamed when the power went
        (tmp_path / "new" / f"{name}.parquet").rename(tmp_path / f".{name}.parquet.pending")
        pending[f".{name}.parquet.pending"] = f"{name}.parquet"
    for name in list(schema.TABLES)[:3]:
        (tmp_path / "new" / f"{name}.parquet").replace(tmp_path / f"{name}.parquet")
    (tmp_path / JOURNAL).write_text(json.dumps(pending), encoding="utf-8")
    reading = (lambda: score(tmp_path, []), lambda: export(tmp_path, tmp_path / "excel"), lambda: Tables(tmp_path))
    for read in reading:
        with pytest.raises(InputError, match=r"its tables are of several runs .*: run the command that wrote them"):
            read()
    finish_switch(tmp_path)
    assert {pq.read_schema(tmp_path / f"{n}.parquet").metadata[b"run_id"] for n in schema.TABLES} == {new.encode()}
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_the_run_id_is_of_the_records_in_any_order(tmp_path: Path) -> None:
    one, two = resolved("Một.", "Hai."), resolved("Một.", "Ba.")
    first = written(tmp_path / "1", one)
    assert first == written(tmp_path / "2", one.take([2, 0, 1]))
    others = [
        written(tmp_path / "3", one, rules_hash="g"),
        written(tmp_path / "4", one.slice(0, 1)),
        written(tmp_path / "5", two),
    ]
    assert len({first, *others}) == 4


def test_the_tables_of_the_same_run_are_left_as_they_are(tmp_path: Path) -> None:
    written(tmp_path, resolved("Bài."))
    before = (tmp_path / "articles.parquet").stat().st_mtime_ns
    written(tmp_path, resolved("Bài."))
    assert (tmp_path / "articles.parquet").stat().st_mtime_ns == before
