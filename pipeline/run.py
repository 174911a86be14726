"""The runner: plans which parts are missing, does them, and writes the tables. The only module that knows of a pool.

New or changed records are put into parts of their own; a part that was done once is not done again unless its code, its
libraries or its rules changed. A part lies in a folder named after its stage and the hash of all that shapes it.
Records that are gone from the raw folder are left out when the tables are written, so these always mirror it.
"""

from __future__ import annotations

import concurrent.futures
import dataclasses
import functools
import hashlib
import json
import multiprocessing
import os
import platform
import shutil
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import __version__, rules, schema
from pipeline.crf_words import SEGMENTER_VARIABLE
from pipeline.errors import InputError, UnionEventsError
from pipeline.ingest import RawInput, RecordRef, ingest, records, scan
from pipeline.ingest.table import DIMENSION
from pipeline.parts import is_part, part_files, read_part, write_part
from pipeline.stages import STAGES, SUCCESS
from pipeline.versions import code_hash, library_versions
from pipeline.write import run_id, run_metadata, tables_of, write_tables, written_run

PART_SIZE = 200
# of records that are no files of their own so much is held in memory before a part is written
_HELD_BYTES = 64 * 2**20
INTERIM = "_interim"
# a hidden file that marks a folder of sample articles, left out as soon as there are others
SAMPLES_MARK = ".union-events-samples"
_FINGERPRINTS = b"fingerprints"

Progress = Callable[[str, int, int], None]


@dataclasses.dataclass(frozen=True, slots=True)
class Chain:
    """The folders of one setting of code, libraries, rules and field names: one per stage, in order."""

    ingested: Path
    stages: tuple[Path, ...]

    @property
    def resolved(self) -> Path:
        """The last stage's folder: what the tables are made of."""
        return self.stages[-1]


@dataclasses.dataclass(slots=True)
class Report:
    """What a run did, for the summary and ``run.json``."""

    raw: str
    out: str
    run_id: str
    rules_hash: str
    articles: int
    rejects: dict[str, int]
    rows: dict[str, int]
    new: int
    gone: int
    redone_parts: int
    samples_left_out: int
    rewritten: bool
    seconds: dict[str, float]

    def as_json(self) -> dict[str, Any]:
        """The content of ``run.json``."""
        return {
            "run_id": self.run_id,
            "tool_version": __version__,
            "schema_version": schema.SCHEMA_VERSION,
            "rules_hash": self.rules_hash,
            "python": platform.python_version(),
            "libraries": library_versions(),
            "raw": self.raw,
            "articles": self.articles,
            "rejects": self.rejects,
            "rows": self.rows,
            "new_records": self.new,
            "gone_records": self.gone,
            "parts_done": self.redone_parts,
            "samples_left_out": self.samples_left_out,
            "seconds": self.seconds,
        }


def extract(
    raw: Path,
    out: Path,
    *,
    mapping: Mapping[str, str] | None = None,
    interim: Path | None = None,
    workers: int | None = None,
    progress: Progress = lambda stage, done, of: None,
) -> Report:
    """Every article below ``raw`` to the tables in ``out``; only what is new or changed is done.

    ``mapping`` names the columns of records ({"text": "noi_dung"}); ``interim`` is where parts are kept (default
    ``out/_interim``); ``progress`` is called with a stage, parts done and parts in all. Raises InputError, RuleError.
    """
    started = time.perf_counter()
    all_rules = rules.load()
    if out.exists() and not out.is_dir():
        raise InputError(f"{out}: is a file; name a folder for the tables")
    interim = interim or out / INTERIM
    chain = _chain(interim, all_rules, mapping or {})
    try:
        out.mkdir(parents=True, exist_ok=True)
        interim.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{out}: cannot be written to: {error.strerror}") from None
    if raw.resolve() == out.resolve():
        raise InputError(f"{raw}: the articles and the tables cannot be in one folder; name another with OUT=")
    files, left_out = _without_samples(raw, list(scan(raw, without=(out, interim))))
    current, new, gone = _ingest_new(files, chain, mapping or {}, all_rules, progress)
    ingested = time.perf_counter()
    parts = [p.name for p in part_files(chain.ingested)] if chain.ingested.is_dir() else []
    missing = [p for p in parts if not is_part(chain.resolved / p)]
    _run_parts(missing, chain, workers, progress)
    for folder in (chain.ingested, *chain.stages):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / SUCCESS).write_text("", encoding="utf-8")
    done = time.perf_counter()
    resolved = _live_rows(chain, parts, current)
    identity = run_id(resolved, all_rules.hash)
    rewritten = written_run(out) != identity
    if rewritten:
        tables = tables_of(resolved)
        write_tables(tables, out, run_metadata(identity, all_rules.hash))
    _forget(interim, chain)
    written = time.perf_counter()
    rejects = pq.read_table(out / "rejects.parquet", columns=["reason"])["reason"].to_pylist()
    report = Report(
        raw=str(raw),
        out=str(out),
        run_id=identity,
        rules_hash=all_rules.hash,
        articles=pq.read_metadata(out / "articles.parquet").num_rows,
        rejects={reason: rejects.count(reason) for reason in sorted(set(rejects))},
        rows={name: pq.read_metadata(out / f"{name}.parquet").num_rows for name in schema.TABLES},
        new=new,
        gone=gone,
        redone_parts=len(missing),
        samples_left_out=left_out,
        rewritten=rewritten,
        seconds={
            "ingest": round(ingested - started, 3),
            "stages": round(done - ingested, 3),
            "write": round(written - done, 3),
        },
    )
    (out / "run.json").write_text(json.dumps(report.as_json(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return report


def _without_samples(raw: Path, files: list[RawInput]) -> tuple[list[RawInput], int]:
    """The files without those of a marked samples folder, where there are any others; and records left out so."""
    marked = tuple(m.parent.relative_to(raw).as_posix() + "/" for m in raw.glob(f"*/{SAMPLES_MARK}"))
    samples = [f for f in files if marked and f.source.startswith(marked)]
    if not samples:
        return files, 0
    others = [f for f in files if not f.source.startswith(marked)]
    # a file that cannot be an article replaces no samples
    if any(ref.problem is None for file in others for ref in records(file)):
        return others, sum(1 for file in samples for _ in records(file))
    return files, 0


def _chain(interim: Path, all_rules: rules.Rules, mapping: Mapping[str, str]) -> Chain:
    shaped_by = [
        code_hash(),
        library_versions(),
        sorted(mapping.items()),
        all_rules.hashes.get(DIMENSION, ""),
        os.environ.get(SEGMENTER_VARIABLE, "fast"),
    ]
    key = hashlib.sha256(json.dumps(shaped_by).encode()).hexdigest()
    ingested = interim / f"ingest-{key[:12]}"
    folders = []
    for stage in STAGES:
        shaped = [key, stage.name, [all_rules.hashes.get(d, "") for d in stage.dimensions]]
        key = hashlib.sha256(json.dumps(shaped).encode()).hexdigest()
        folders.append(interim / f"{stage.name}-{key[:12]}")
    return Chain(ingested, tuple(folders))


def _part_fingerprints(path: Path) -> list[str]:
    metadata = pq.read_schema(path).metadata or {}
    return list(json.loads(metadata.get(_FINGERPRINTS, b"[]")))


def _ingest_new(
    files: Sequence[RawInput], chain: Chain, mapping: Mapping[str, str], all_rules: rules.Rules, progress: Progress
) -> tuple[set[str], int, int]:
    """Put records that no part holds into new parts; drop parts whose records are all gone.

    The fingerprints of all records that are there; how many are new, how many gone. Files are read one after the other
    and the records that are known passed over, so that no more than a part of them is held.
    """
    known = set()
    for path in part_files(chain.ingested) if chain.ingested.is_dir() else []:
        if is_part(path):
            known.update(_part_fingerprints(path))
        else:  # damaged: its records are new again
            _drop_part(chain, path.name)
    current: set[str] = set()
    fresh: list[RecordRef] = []
    new = written = 0

    def write() -> None:
        nonlocal written
        fingerprints = [ref.fingerprint for ref in fresh]
        name = hashlib.sha256("\n".join(fingerprints).encode()).hexdigest()[:16]
        table = ingest(fresh, mapping, all_rules)
        table = table.replace_schema_metadata({_FINGERPRINTS: json.dumps(fingerprints)})
        write_part(table, chain.ingested / f"part-{name}.parquet")
        fresh.clear()
        written += 1
        progress("ingest", written, written + 1)

    held = 0
    for ref in (ref for file in files for ref in records(file)):
        fingerprint = ref.fingerprint
        current.add(fingerprint)
        if fingerprint in known:
            continue
        new, held = new + 1, held + len(ref.data or b"")
        fresh.append(ref)
        if len(fresh) == PART_SIZE or held > _HELD_BYTES:
            write()
            held = 0
    if fresh:
        write()
    progress("ingest", written, written)
    gone = 0
    for path in part_files(chain.ingested) if chain.ingested.is_dir() else []:
        inside = _part_fingerprints(path)
        dead = sum(f not in current for f in inside)
        gone += dead
        if dead == len(inside):
            _drop_part(chain, path.name)
    return current, new, gone


def _drop_part(chain: Chain, name: str) -> None:
    for folder in (chain.ingested, *chain.stages):
        (folder / name).unlink(missing_ok=True)


def do_part(name: str, ingested: str, folders: Sequence[str], rules_root: str) -> str:
    """One part through every stage that has not done it yet; its name. A function of files: any process may run it."""
    all_rules = rules.load(Path(rules_root))
    path = Path(ingested) / name
    table: pa.Table | None = None
    for stage, folder in zip(STAGES, folders, strict=True):
        target = Path(folder) / name
        if not is_part(target):
            table = stage(read_part(path) if table is None else table, all_rules)
            write_part(table, target)
        else:
            table = None
        path = target
    return name


def _run_parts(missing: Sequence[str], chain: Chain, workers: int | None, progress: Progress) -> None:
    job = functools.partial(
        do_part,
        ingested=str(chain.ingested),
        folders=[str(f) for f in chain.stages],
        rules_root=str(rules.rules_root()),
    )
    progress("extract", 0, len(missing))
    count = min(workers or os.cpu_count() or 1, len(missing))
    if count <= 1:
        for number, name in enumerate(missing):
            job(name)
            progress("extract", number + 1, len(missing))
        return
    left = list(missing)
    # a worker that is killed breaks its pool: what it had not finished is done again in a new one
    for _ in range(3):
        try:
            with concurrent.futures.ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn")) as pool:
                for future in concurrent.futures.as_completed([pool.submit(job, name) for name in left]):
                    left.remove(future.result())
                    progress("extract", len(missing) - len(left), len(missing))
            return
        except BrokenProcessPool:
            left = [name for name in left if not is_part(chain.resolved / name)]
    raise UnionEventsError(
        f"the worker processes were killed three times (out of memory?); {len(missing) - len(left)} of {len(missing)} "
        "parts are done and kept: run the command again, with --workers 1"
    )


def _live_rows(chain: Chain, parts: Iterable[str], current: set[str]) -> pa.Table:
    """The resolved rows whose record is still in the raw folder."""
    tables = []
    for name in parts:
        path = chain.resolved / name
        if is_part(path):
            alive = [f in current for f in _part_fingerprints(chain.ingested / name)]
            tables.append(read_part(path).filter(pa.array(alive)))
    if not tables:
        from pipeline.resolve.rows import RESOLVED

        return RESOLVED.empty_table()
    merged = pa.concat_tables(tables)
    return merged.take(pc.sort_indices(merged, sort_keys=[("source", "ascending")]))


def _forget(interim: Path, chain: Chain) -> None:
    """Remove the parts of older code, rules and field names."""
    keep = {chain.ingested, *chain.stages}
    for folder in interim.iterdir():
        if folder.is_dir() and folder not in keep and (folder / SUCCESS).exists():
            shutil.rmtree(folder)
