"""Write: the rows of all parts as the tables, typed by the schema module, switched into place as a set.

Rows are sorted and grouped by DuckDB within a bound of memory, on disk beyond it, and streamed into the tables, so that
a million articles need no more memory than ten thousand. A run's tables are written whole under temporary names; only
when all are on the disk are they renamed, and a journal lets the next command finish a switch that was cut off. Equal
inputs, rules and versions give equal bytes, however the records are spread over parts.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import __version__, rules, schema
from pipeline.duplicates import find_duplicates
from pipeline.errors import InputError
from pipeline.parts import part_files
from pipeline.stages import stage_main
from pipeline.versions import code_hash, library_versions

JOURNAL = ".switch.json"
_PENDING = ".pending"
# what DuckDB may hold before it sorts on disk; a table is some kilobytes an article
_MEMORY = "400MB"
_THREADS = 2
# rows of one group of a table: groups are cut by number alone, so that equal rows are equal bytes
_GROUP = 20_000
_NESTED = ("segments", "events", "officials", "figures", "dates", "terms", "issues")
# a body of many articles has one row: of the first article that names it, its mentions added up
_BODIES = """
SELECT body.* EXCLUDE (n_mentions), n_mentions::INTEGER AS n_mentions FROM (
  SELECT min_by(body, (source, place)) AS body, sum(body.n_mentions) AS n_mentions
  FROM (SELECT source, generate_subscripts(bodies, 1) AS place, unnest(bodies) AS body FROM taken) GROUP BY body.org_id
) ORDER BY body.name, body.org_id
"""

# a part's file and which of its rows are live, None for all
LivePart = tuple[Path, pa.BooleanArray | None]


class LiveRows:
    """The live rows of resolved parts (`pipeline.resolve.rows.RESOLVED`), read anew for every question, never held.

    A context manager: DuckDB's scratch files vanish with it. Raises InputError where a part is no resolved part.
    """

    def __init__(self, parts: Iterable[LivePart]) -> None:
        import duckdb

        self._stack = contextlib.ExitStack()
        scratch = self._stack.enter_context(
            tempfile.TemporaryDirectory(prefix="union-events-", ignore_cleanup_errors=True)
        )
        config: dict[str, Any] = {"memory_limit": _MEMORY, "threads": _THREADS, "temp_directory": scratch}
        self._db = self._stack.enter_context(duckdb.connect(config=config))
        paths, gone = [], []
        for path, live in parts:
            paths.append(str(path))
            rows = [] if live is None else [n for n, alive in enumerate(live.to_pylist()) if not alive]
            gone.append(
                pa.table(
                    {
                        "filename": pa.array([str(path)] * len(rows), pa.string()),
                        "file_row_number": pa.array(rows, pa.int64()),
                    }
                )
            )
        try:
            self._view(paths, pa.concat_tables(gone) if gone else None)
        except (duckdb.IOException, duckdb.BinderException, duckdb.InvalidInputException) as error:
            self._stack.close()
            raise InputError(f"{paths[0]}: no part of the stage 'resolve': {str(error).splitlines()[0]}") from None

    def _view(self, paths: Sequence[str], gone: pa.Table | None) -> None:
        if gone is None:
            from pipeline.resolve.rows import RESOLVED

            self._db.register("live", RESOLVED.empty_table())
        else:
            self._db.read_parquet([*paths], filename=True, file_row_number=True).create_view("kept")
            self._db.register("gone", gone)
            # the join costs every question its time, and few runs need it
            without = "ANTI JOIN gone USING (filename, file_row_number)" if gone.num_rows else ""
            self._db.execute(f"CREATE TEMP VIEW live AS SELECT * FROM kept {without}")  # noqa: S608 (no value of others)
        self._db.execute("CREATE TEMP VIEW taken AS SELECT * FROM live WHERE reject_reason IS NULL")
        # what is no resolved part shows here
        self._db.execute("SELECT article, bodies, signature FROM taken LIMIT 0")

    def __enter__(self) -> LiveRows:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def ask(self, query: str) -> Iterator[pa.RecordBatch]:
        """The answer of a query over ``live`` and ``taken`` (those that were not refused), in batches."""
        reader: pa.RecordBatchReader = self._db.sql(query).to_arrow_reader(2_000)
        yield from reader

    def records(self, query: str) -> Iterator[tuple[Any, ...]]:
        """The answer of a query, row by row."""
        for batch in self.ask(query):
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)

    def table(self, name: str) -> Iterator[pa.RecordBatch]:
        """The rows of a table of the contract, in its order, without `duplicate_of`."""
        if name == "articles":
            return self.ask("SELECT article.* FROM taken ORDER BY source")
        if name == "bodies":
            return self.ask(_BODIES)
        if name == "rejects":
            return self.ask(
                "SELECT source, reject_reason AS reason, reject_detail AS detail FROM live "
                "WHERE reject_reason IS NOT NULL ORDER BY source"
            )
        if name in _NESTED:
            unnested = f"SELECT source, generate_subscripts({name}, 1) AS place, unnest({name}) AS one FROM taken"  # noqa: S608
            return self.ask(f"SELECT one.* FROM ({unnested}) ORDER BY source, place")  # noqa: S608 (one of our names)
        return iter(())

    def repeats(self) -> dict[str, str]:
        """Article id of every repeat -> that of what it repeats."""
        return find_duplicates(self.records("SELECT source, article.article_id, text_sha, signature FROM taken"))


def run_id(rows: LiveRows, rules_hash: str) -> str:
    """The run's id: equal for equal records as they were read (in any parts), rules, code and libraries."""
    shaped_by = [__version__, schema.SCHEMA_VERSION, rules_hash, code_hash(), *sorted(library_versions().items())]
    digest = hashlib.sha256(repr(shaped_by).encode())
    # the same bytes read under other field names are another record
    query = """
    SELECT source, sha256, reject_reason, article.url, article.title, article.published, article.text
    FROM live ORDER BY source
    """
    for record in rows.records(query):
        digest.update(repr(record).encode())
    return digest.hexdigest()[:16]


def write_tables(rows: LiveRows, out: Path, metadata: Mapping[str, str]) -> dict[str, int]:
    """Write every table as ``out/<table>.parquet`` and switch them into place as a set; rows per table."""
    out.mkdir(parents=True, exist_ok=True)
    finish_switch(out)
    pending: dict[str, str] = {}
    counts = {}
    try:
        for name in schema.TABLES:
            temporary = f".{name}.parquet{_PENDING}"
            pending[temporary] = f"{name}.parquet"
            batches = _typed(rows.table(name), name, rows.repeats() if name == "articles" else {})
            counts[name] = _write_table(batches, name, out / temporary, metadata)
    except BaseException:
        for temporary in pending:
            (out / temporary).unlink(missing_ok=True)
        raise
    (out / JOURNAL).write_text(json.dumps(pending), encoding="utf-8")
    finish_switch(out)
    return counts


def _typed(batches: Iterable[pa.RecordBatch], name: str, repeats: Mapping[str, str]) -> Iterator[pa.Table]:
    """Batches with the columns and types of a table."""
    columns = schema.arrow_schema(name).remove_metadata()
    for batch in batches:
        table = pa.Table.from_batches([batch])
        if name == "articles":
            found = pa.array([repeats.get(i) for i in table["article_id"].to_pylist()], pa.string())
            table = table.set_column(table.schema.get_field_index("duplicate_of"), "duplicate_of", found)
        yield table.select(columns.names).cast(pa.schema([(f.name, f.type) for f in columns]))


def _write_table(batches: Iterable[pa.Table], name: str, path: Path, metadata: Mapping[str, str]) -> int:
    """A table in groups of `_GROUP` rows; how many rows."""
    described = schema.arrow_schema(name)
    described = described.with_metadata({**(described.metadata or {}), **metadata})
    held: list[pa.Table] = []
    count = 0
    with pq.ParquetWriter(path, described, compression="zstd") as writer:

        def flush(least: int) -> None:
            whole = pa.concat_tables(held)
            while whole.num_rows >= least and whole.num_rows:
                writer.write_table(whole.slice(0, _GROUP).combine_chunks().cast(described))
                whole = whole.slice(_GROUP)
            held[:] = [whole]

        for batch in batches:
            held.append(batch)
            count += batch.num_rows
            if sum(t.num_rows for t in held) >= _GROUP:
                flush(_GROUP)
        if held:
            flush(1)
    return count


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
    found = set()
    for name in schema.TABLES:
        try:
            metadata = pq.read_schema(out / f"{name}.parquet").metadata or {}
        except (OSError, pa.ArrowInvalid):
            return None
        found.add(metadata.get(b"run_id", b"").decode())
    return found.pop() if len(found) == 1 and (out / "run.json").exists() else None


def write_folder(parts: Path, out: Path, rules_hash: str) -> dict[str, int]:
    """Resolved parts of a folder as tables in ``out``; rows per table. Raises InputError where there are none."""
    files = part_files(parts)
    if not files:
        raise InputError(f"{parts}: holds no parts (*.parquet) of the stage 'resolve'")
    with LiveRows((path, None) for path in files) as rows:
        return write_tables(rows, out, run_metadata(run_id(rows, rules_hash), rules_hash))


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
