"""Write: the rows of all parts as the tables, typed by the schema module, switched into place as a set.

A run's tables are written whole under temporary names; only when all are on the disk are they renamed, and a journal
lets the next command finish a switch that was cut off. Equal inputs, rules and versions give equal bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import __version__, rules, schema
from pipeline.duplicates import find_duplicates
from pipeline.errors import InputError
from pipeline.parts import part_files, read_part
from pipeline.stages import stage_main
from pipeline.versions import code_hash, library_versions

JOURNAL = ".switch.json"
_PENDING = ".pending"


def tables_of(parts: Iterable[pa.Table]) -> dict[str, pa.Table]:
    """The tables of resolved parts (`pipeline.resolve.rows.RESOLVED`), in the contract's order, not yet on disk."""
    resolved = pa.concat_tables(parts) if not isinstance(parts, pa.Table) else parts
    resolved = resolved.take(pc.sort_indices(resolved, sort_keys=[("source", "ascending")]))
    taken = resolved.filter(pc.is_null(resolved["reject_reason"]))
    refused = resolved.filter(pc.is_valid(resolved["reject_reason"]))
    tables = {"articles": _with_duplicates(_flat(taken["article"], "articles"), taken)}
    for name in ("segments", "events", "officials", "figures", "dates", "terms", "issues"):
        tables[name] = _flat(pc.list_flatten(taken[name]), name)
    tables["bodies"] = _bodies(_flat(pc.list_flatten(taken["bodies"]), "bodies"))
    tables["rejects"] = pa.table(
        [refused["source"], refused["reject_reason"], refused["reject_detail"]], schema=_plain("rejects")
    )
    for name in ("checks", "check_members"):
        tables[name] = _plain(name).empty_table()
    return tables


def run_id(resolved: pa.Table, rules_hash: str) -> str:
    """The run's id: equal for equal records as they were read (in any order), rules, code and libraries."""
    shaped_by = [__version__, schema.SCHEMA_VERSION, rules_hash, code_hash(), *sorted(library_versions().items())]
    # the same bytes read under other field names are another record
    columns = [resolved[name].to_pylist() for name in ("source", "sha256", "reject_reason")]
    columns += [
        pc.struct_field(resolved["article"], name).to_pylist() for name in ("url", "title", "published", "text")
    ]
    digest = hashlib.sha256(repr(shaped_by).encode())
    for record in sorted(zip(*columns, strict=True), key=lambda r: str(r[0])):
        digest.update(repr(record).encode())
    return digest.hexdigest()[:16]


def write_tables(tables: Mapping[str, pa.Table], out: Path, metadata: Mapping[str, str]) -> None:
    """Write every table as ``out/<table>.parquet`` and switch them into place as a set."""
    out.mkdir(parents=True, exist_ok=True)
    finish_switch(out)
    pending = {}
    try:
        for name in schema.TABLES:
            described = schema.arrow_schema(name)
            described = described.with_metadata({**(described.metadata or {}), **metadata})
            path = out / f"{name}.parquet"
            temporary = out / f".{name}.parquet{_PENDING}"
            pq.write_table(tables[name].cast(described), temporary, compression="zstd")
            pending[temporary.name] = path.name
    except BaseException:
        for name in pending:
            (out / name).unlink(missing_ok=True)
        raise
    (out / JOURNAL).write_text(json.dumps(pending), encoding="utf-8")
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
    found = set()
    for name in schema.TABLES:
        try:
            metadata = pq.read_schema(out / f"{name}.parquet").metadata or {}
        except (OSError, pa.ArrowInvalid):
            return None
        found.add(metadata.get(b"run_id", b"").decode())
    return found.pop() if len(found) == 1 and (out / "run.json").exists() else None


def _plain(table: str) -> pa.Schema:
    return schema.arrow_schema(table).remove_metadata()


def _flat(structs: pa.ChunkedArray | pa.Array, table: str) -> pa.Table:
    """An array of structs as a table, column by column."""
    array = structs.combine_chunks() if isinstance(structs, pa.ChunkedArray) else structs
    if isinstance(array, pa.ChunkedArray):  # an empty chunked array combines to itself
        return _plain(table).empty_table()
    return pa.table(array.flatten(), schema=pa.schema([(f.name, f.type) for f in array.type])).cast(
        pa.schema([(f.name, f.type) for f in _plain(table)])
    )


def _with_duplicates(articles: pa.Table, keyed: pa.Table) -> pa.Table:
    """Articles whose text an earlier source has already, the same or nearly so, point at it."""
    columns = [articles["source"], articles["article_id"], keyed["text_sha"], keyed["signature"]]
    repeats = find_duplicates(zip(*(column.to_pylist() for column in columns), strict=True))
    at = articles.schema.get_field_index("duplicate_of")
    found = [repeats.get(article_id) for article_id in articles["article_id"].to_pylist()]
    return articles.set_column(at, articles.schema.field(at), pa.array(found, pa.string()))


def _bodies(named: pa.Table) -> pa.Table:
    """One row per body, its mentions over all articles added up."""
    rows: dict[str, dict[str, object]] = {}
    for row in named.to_pylist():
        known = rows.setdefault(row["org_id"], {**row, "n_mentions": 0})
        known["n_mentions"] = int(str(known["n_mentions"])) + row["n_mentions"]
    ordered = sorted(rows.values(), key=lambda r: (str(r["name"]), str(r["org_id"])))
    return pa.Table.from_pylist(ordered, schema=_plain("bodies"))


def write_folder(parts: Path, out: Path, rules_hash: str) -> dict[str, int]:
    """Resolved parts of a folder as tables in ``out``; rows per table. Raises InputError where there are none."""
    files = part_files(parts)
    if not files:
        raise InputError(f"{parts}: holds no parts (*.parquet) of the stage 'resolve'")
    tables: Sequence[pa.Table] = [read_part(f) for f in files]
    if "article" not in tables[0].schema.names:
        raise InputError(f"{files[0]}: no part of the stage 'resolve': it has no column 'article'")
    merged = pa.concat_tables(tables)
    identity = run_id(merged, rules_hash)
    made = tables_of(merged)
    write_tables(made, out, run_metadata(identity, rules_hash))
    return {name: table.num_rows for name, table in made.items()}


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
