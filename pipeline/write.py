"""Write: the rows of all parts as the tables, typed by the schema module, switched into place as a set.

The parts are read in slices of the tables' order, some thousand articles at a time, so that memory does not grow with
the corpus; of an article only its name, the hash of its content and the keys of `pipeline.duplicates` are kept, in
arrays. A run's tables are written whole under temporary names; only when all are on the disk are they renamed, and a
journal lets the next writer finish a switch that was cut off. Equal inputs, rules and versions give equal bytes,
whatever parts they came in.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import __version__, rules, schema
from pipeline.arrow import whole
from pipeline.duplicates import Keyed, find_duplicates
from pipeline.errors import InputError
from pipeline.parts import part_files, read_part
from pipeline.stages import stage_main
from pipeline.storage import locked
from pipeline.versions import code_hash, library_versions

JOURNAL = ".switch.json"
_PENDING = ".pending"
# articles that are in memory at once (some 20 kB each with all their rows, in three copies)
_SLICE = 1000
# parts that are kept for the next slice: those of one run follow each other, later ones lie among them
_KEPT_PARTS = 2
# a row group ends with the slice in which it reaches so many rows (an article's row has its text)
_ROW_GROUP = {"articles": 4 * _SLICE}
_OTHER_ROW_GROUP = 25_000
# tables that are copied row by row from the parts, in the order of their articles
_COPIED = ("segments", "events", "officials", "figures", "dates", "terms", "issues")
# what tells a record from others as they were read: the same bytes read under other field names are another one
_READ_AS = ("source", "sha256", "reject_reason", "article.url", "article.title", "article.published", "article.text")
_OF_ARTICLE = "article."
_DUCKDB_MEMORY = "128MB"

Rows = npt.NDArray[np.int64]
_Read = Callable[[int], pa.Table]


class PartRows(NamedTuple):
    """A resolved part (`pipeline.resolve.rows.RESOLVED`) and which of its rows are still to be written (None: all)."""

    path: Path
    mask: pa.BooleanArray | None = None

    def read(self, columns: list[str] | None = None) -> pa.Table:
        """Its rows, or some columns of them. Raises InputError where it cannot be read."""
        table = read_part(self.path, columns)
        return table if self.mask is None else table.filter(self.mask)


class _Order(NamedTuple):
    """All records in order of their sources: the part of each and its row there."""

    part: Rows
    row: Rows
    run_id: str


def write_parts(parts: Sequence[PartRows], out: Path, rules_hash: str) -> str:
    """The tables of resolved parts in ``out``; the id of their run. Tables of that very run are left as they are."""
    order = _order(parts, rules_hash)
    if written_run(out) != order.run_id:
        out.mkdir(parents=True, exist_ok=True)
        with _switching(out) as pending:
            writers = _Writers(pending, run_metadata(order.run_id, rules_hash))
            with contextlib.closing(writers):
                _copy(parts, order, writers)
    return order.run_id


def _order(parts: Sequence[PartRows], rules_hash: str) -> _Order:
    sources, contents, part_numbers, rows = [pa.array([], pa.large_string())], [], [], []
    accepted = [np.zeros(0, np.bool_)]
    for number, part in enumerate(parts):
        table = part.read(list(_READ_AS))
        if "article" not in table.schema.names:
            raise InputError(f"{part.path}: no part of the stage 'resolve': it has no column 'article'")
        sources.append(whole(table["source"]).cast(pa.large_string()))
        accepted.append(table["reject_reason"].is_null().to_numpy())
        article = whole(table["article"])
        columns = [
            (article.field(name.removeprefix(_OF_ARTICLE)) if name.startswith(_OF_ARTICLE) else table[name]).to_pylist()
            for name in _READ_AS
        ]
        contents += [hashlib.sha256(repr(record).encode()).digest() for record in zip(*columns, strict=True)]
        part_numbers.append(np.full(table.num_rows, number, np.int64))
        rows.append(np.arange(table.num_rows, dtype=np.int64))
    named = pa.concat_arrays(sources)
    order = pc.sort_indices(named).to_numpy()
    _refuse_doubles(named.take(order), np.concatenate(accepted)[order])
    content = np.frombuffer(b"".join(contents), "V32")[order]
    shaped_by = [__version__, schema.SCHEMA_VERSION, rules_hash, code_hash(), *sorted(library_versions().items())]
    digest = hashlib.sha256(repr(shaped_by).encode() + content.tobytes())
    nothing: list[Rows] = [np.zeros(0, np.int64)]
    return _Order(
        np.concatenate(part_numbers or nothing)[order], np.concatenate(rows or nothing)[order], digest.hexdigest()[:16]
    )


def _refuse_doubles(sources: pa.Array, accepted: npt.NDArray[np.bool_]) -> None:
    """Raise InputError where two articles have one source, as parts that were copied have: their ids would be one, too.

    ``sources`` are in order.
    """
    mine = sources.filter(pa.array(accepted))
    same = pc.equal(mine.slice(1), mine.slice(0, max(0, len(mine) - 1)))
    if same.true_count:
        twice = mine[pc.index(same, True).as_py()]
        raise InputError(f"the article {twice} stands twice in these parts: give every part once")


def _copy(parts: Sequence[PartRows], order: _Order, writers: _Writers) -> None:
    """Every row of the parts into its table."""
    repeats = find_duplicates(_keys(parts))
    kept = functools.lru_cache(_KEPT_PARTS)(lambda number: parts[number].read())
    for start in range(0, len(order.part), _SLICE):
        some = slice(start, start + _SLICE)
        resolved = _rows_of(kept, order.part[some], order.row[some])
        taken = _where(pc.is_null, resolved)
        refused = _where(pc.is_valid, resolved)
        articles = _flat(taken["article"], "articles")
        at = articles.schema.get_field_index("duplicate_of")
        repeated = pa.array([repeats.get(i) for i in articles["article_id"].to_pylist()], pa.string())
        writers.add("articles", articles.set_column(at, articles.schema.field(at), repeated))
        for name in _COPIED:
            writers.add(name, _flat(pc.list_flatten(taken[name]), name))
        writers.note_bodies(_flat(pc.list_flatten(taken["bodies"]), "bodies"))
        columns = [refused["source"], refused["reject_reason"], refused["reject_detail"]]
        writers.add("rejects", pa.table(columns, schema=_plain("rejects")))


def _rows_of(read: _Read, part: Rows, row: Rows) -> pa.Table:
    """Rows of some parts, in the order asked for."""
    by_part = np.argsort(part, kind="stable")
    tables = [_taken(read(number), row[by_part][part[by_part] == number]) for number in np.unique(part).tolist()]
    return _taken(pa.concat_tables(tables), np.argsort(by_part, kind="stable"))


def _taken(table: pa.Table, rows: Rows) -> pa.Table:
    """Rows of a table. Those that follow one another, as in a part that nothing new has come into, are not copied."""
    if (np.diff(rows) == 1).all():
        return table.slice(rows[0], len(rows))
    return table.take(pa.array(rows))


def _where(holds: Callable[[pa.ChunkedArray], pa.ChunkedArray], resolved: pa.Table) -> pa.Table:
    """The rows whose reason for a refusal is (not) null."""
    mask = holds(resolved["reject_reason"])
    return resolved if pc.all(mask).as_py() else resolved.filter(mask)


def _keys(parts: Sequence[PartRows]) -> Iterator[Keyed]:
    """What the search for repeats needs of every article."""
    for part in parts:
        table = part.read(["source", "reject_reason", "article.article_id", "text_sha", "signature"])
        table = table.filter(pc.is_null(table["reject_reason"]))
        ids = whole(table["article"]).field("article_id")
        columns = (table["source"], ids, table["text_sha"], table["signature"])
        yield from zip(*(column.to_pylist() for column in columns), strict=True)


class _Writers:
    """A file for every table, and the bodies that are gathered for theirs."""

    def __init__(self, paths: Mapping[str, Path], metadata: Mapping[str, str]) -> None:
        self._files: dict[str, pq.ParquetWriter] = {}
        self._waiting: dict[str, list[pa.Table]] = {name: [] for name in schema.TABLES}
        self._described = {}
        self._noted = tempfile.TemporaryDirectory(prefix="union-events-", ignore_cleanup_errors=True)
        self._bodies = Path(self._noted.name)
        self._notes = 0
        for name, path in paths.items():
            described = schema.arrow_schema(name)
            self._described[name] = described.with_metadata({**(described.metadata or {}), **metadata})
            self._files[name] = pq.ParquetWriter(path, self._described[name], compression="zstd")

    def add(self, name: str, rows: pa.Table) -> None:
        """More rows of a table."""
        waiting = self._waiting[name]
        if rows.num_rows:
            waiting.append(rows)
        if sum(table.num_rows for table in waiting) >= _ROW_GROUP.get(name, _OTHER_ROW_GROUP):
            self._write(name)

    def note_bodies(self, named: pa.Table) -> None:
        """The bodies that some articles name; each becomes one row in the end."""
        if named.num_rows:
            self._notes += 1
            numbered = pa.array(range(named.num_rows), pa.int64())
            numbered = pc.add(numbered, self._notes << 32)
            pq.write_table(named.append_column("place", numbered), self._bodies / f"{self._notes}.parquet")

    def close(self) -> None:
        """Write what waits, and the bodies."""
        try:
            if self._notes:
                for rows in _bodies(self._bodies):
                    self.add("bodies", rows)
            for name in self._files:
                self._write(name)
        finally:
            for file in self._files.values():
                file.close()
            self._noted.cleanup()

    def _write(self, name: str) -> None:
        # one chunk per column: the pages of a file do not tell how its rows were read
        rows = pa.concat_tables([_plain(name).empty_table(), *self._waiting[name]]).combine_chunks()
        self._waiting[name] = []
        if rows.num_rows:
            self._files[name].write_table(rows.cast(self._described[name]), row_group_size=rows.num_rows)


def _bodies(folder: Path) -> Iterator[pa.Table]:
    """One row per body, as it is first named, its mentions over all articles added up; in order of name and id."""
    import duckdb

    fields = ", ".join("n_mentions" if n == "n_mentions" else f'first."{n}"' for n in _plain("bodies").names)
    query = f"""
        with bodies as (
            select org_id, sum(n_mentions)::integer as n_mentions, arg_min(named, place) as first
            from read_parquet('{folder}/*.parquet') as named group by org_id
        )
        select {fields} from bodies order by first.name, org_id
    """  # noqa: S608 (a folder and columns of our own)
    plain = _plain("bodies")
    with duckdb.connect(
        config={"memory_limit": _DUCKDB_MEMORY, "threads": 1, "temp_directory": str(folder / "spill")}
    ) as database:
        for batch in database.sql(query).to_arrow_reader(_OTHER_ROW_GROUP):
            yield pa.Table.from_batches([batch]).select(plain.names).cast(plain)


@contextlib.contextmanager
def _switching(out: Path) -> Iterator[dict[str, Path]]:
    """A path for every table to be written to; when the block ends well they become the tables of ``out`` as a set."""
    finish_switch(out)
    pending = {name: out / f".{name}.parquet{_PENDING}" for name in schema.TABLES}
    try:
        yield pending
    except BaseException:
        for path in pending.values():
            path.unlink(missing_ok=True)
        raise
    (out / JOURNAL).write_text(json.dumps({path.name: f"{n}.parquet" for n, path in pending.items()}), encoding="utf-8")
    finish_switch(out)


def finish_switch(out: Path) -> None:
    """Finish the switch that a journal in ``out`` tells of; without a journal remove what a cut-off write left."""
    journal = out / JOURNAL
    if journal.exists():
        for temporary, final in json.loads(journal.read_text(encoding="utf-8")).items():
            if (out / temporary).exists():
                (out / temporary).replace(out / final)
        journal.unlink()
    for left in out.glob(f".*{_PENDING}"):
        left.unlink()


def written_run(out: Path) -> str | None:
    """The run_id that all tables in ``out`` bear; None where one is missing, unreadable or of another run."""
    found = set(_run_ids(out))
    return found.pop() if len(found) == 1 else None


def refuse_mixed(tables: Path) -> None:
    """Raise InputError where the tables in a folder are of several runs; those that bear no run_id are passed over."""
    if len(set(filter(None, _run_ids(tables)))) > 1:
        raise InputError(
            f"{tables}: its tables are of several runs (a write was cut off, or files were copied there): run the "
            "command that wrote them again, which makes them one set"
        )


def _run_ids(folder: Path) -> Iterator[str | None]:
    """The run_id of every table; None for one that is missing or unreadable, empty for one that bears none."""
    for name in schema.TABLES:
        try:
            metadata = pq.read_schema(folder / f"{name}.parquet").metadata or {}
        except (OSError, pa.ArrowInvalid):
            yield None
        else:
            yield metadata.get(b"run_id", b"").decode()


def _plain(table: str) -> pa.Schema:
    return schema.arrow_schema(table).remove_metadata()


def _flat(structs: pa.ChunkedArray | pa.Array, table: str) -> pa.Table:
    """An array of structs as a table, column by column."""
    array = whole(structs)
    return pa.table(array.flatten(), schema=pa.schema([(f.name, f.type) for f in array.type])).cast(
        pa.schema([(f.name, f.type) for f in _plain(table)])
    )


def write_folder(parts: Path, out: Path, rules_hash: str) -> dict[str, int]:
    """Resolved parts of a folder as tables in ``out``; rows per table.

    Raises InputError where there are none, or where another command is writing to ``out``.
    """
    files = part_files(parts)
    if not files:
        raise InputError(f"{parts}: holds no parts (*.parquet) of the stage 'resolve'")
    with locked(out):
        write_parts([PartRows(file) for file in files], out, rules_hash)
    return {name: pq.read_metadata(out / f"{name}.parquet").num_rows for name in schema.TABLES}


def run_metadata(identity: str, rules_hash: str) -> dict[str, str]:
    """What every table of a run bears in its metadata."""
    return {
        "run_id": identity,
        "schema_version": schema.SCHEMA_VERSION,
        "tool_version": __version__,
        "rules_hash": rules_hash,
    }


def write_stage(parts: Path, out: Path) -> str:
    """`write_folder` with the rules of this run; says what it wrote."""
    rows = write_folder(parts, out, rules.load().hash)
    return f"{sum(rows.values())} rows in {len(rows)} tables written to {out}"


if __name__ == "__main__":
    stage_main("write", "Resolved parts as the tables.", write_stage)
