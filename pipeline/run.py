"""The runner: what is new, which parts are missing, who does them, and the tables.

New or changed records are put into parts of their own; a part that was done once is not done again unless its code, its
libraries or its rules changed. What is kept in memory grows with the number of parts, not with that of articles.
Records that are gone from the raw folder are left out when the tables are written, so these always mirror it.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import itertools
import json
import os
import platform
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import __version__, rules, schema
from pipeline.catalogue import Catalogue, Changes
from pipeline.chain import INGEST, Chain, chain_of
from pipeline.engines import Engine, engine
from pipeline.errors import DamagedPartError, InputError, UnionEventsError
from pipeline.ingest import RawInput, records, scan
from pipeline.parts import is_part, part_files
from pipeline.stages import STAGES
from pipeline.storage import at_hand, locked, making, remove_tree, replacing, tables_folder
from pipeline.versions import library_versions
from pipeline.work import ARTICLE_SECONDS, Setting, Task
from pipeline.write import PartRows, write_parts, written_run

INTERIM = "_interim"
# a hidden file that marks a folder of sample articles, left out as soon as there are others
SAMPLES_MARK = ".union-events-samples"
_CATALOGUE = "catalogue.parquet"
_WRITTEN = "written.json"
# how often a part may end its process in spite of care: another program ends them then, or the machine is too small
_CAREFUL_TRIES = 2
_SECONDS = ("list", "stages", "write")

# (what is being done, articles done, articles in all)
Progress = Callable[[str, int, int], None]


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


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """What a stage has to do: parts, the articles in them, and why, in words."""

    stage: str
    parts: int
    articles: int
    why: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do."""

    raw: str
    out: str
    records: int
    new: int
    gone: int
    samples_left_out: int
    steps: tuple[Step, ...]
    tables: bool  # whether they would be written anew


class _Run:
    """A raw folder and an output folder, and what stands between them."""

    def __init__(self, raw: Path, out: Path, interim: Path | None, mapping: Mapping[str, str]) -> None:
        # workers elsewhere stand in another folder
        self.raw, self.out, self.mapping = raw.absolute(), out, mapping
        self.rules = rules.load()
        if out.exists() and not out.is_dir():
            raise InputError(f"{out}: is a file; name a folder for the tables")
        if raw.resolve() == out.resolve():
            raise InputError(f"{raw}: the articles and the tables cannot be in one folder; name another with OUT=")
        self.interim = (interim or out / INTERIM).absolute()
        self.chain: Chain = chain_of(self.interim, self.rules, mapping)
        self.catalogue = Catalogue(self.interim / _CATALOGUE, self.chain.ingested)
        self.samples_left_out = 0

    def files(self) -> Iterator[RawInput]:
        """The files below the raw folder, without those of a marked samples folder where there are any others."""
        marked = tuple(m.parent.name + "/" for m in self.raw.glob(f"*/{SAMPLES_MARK}"))
        found = scan(self.raw, without=(self.out, self.interim))
        if not marked:
            return found
        ours, theirs = itertools.tee(found)
        # a file that cannot be an article replaces no samples
        others = (f for f in ours if not f.source.startswith(marked))
        if not any(ref.problem is None for file in others for ref in records(file)):
            return theirs
        samples = (f for f in scan(self.raw) if f.source.startswith(marked))
        self.samples_left_out = sum(1 for file in samples for _ in records(file))
        return (f for f in theirs if not f.source.startswith(marked))

    def missing(self, changes: Changes) -> list[str]:
        """The parts that did not go through all stages."""
        return [name for name in changes.parts if not is_part(self.chain.resolved / name)]

    def written(self) -> str | None:
        """The id of the tables where they are those that the parts were last made into."""
        try:
            written = json.loads((self.interim / _WRITTEN).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        tables = written_run(tables_folder(self.out))
        stands = written["parts"] == self.chain.resolved.name and written["run_id"] == tables
        return str(written["run_id"]) if stands else None


def plan(raw: Path, out: Path, *, mapping: Mapping[str, str] | None = None, interim: Path | None = None) -> Plan:
    """What `extract` would do; nothing is written. Raises InputError, RuleError."""
    run = _Run(raw, out, interim, mapping or {})
    changes = run.catalogue.update(run.raw, run.files(), keep=False)
    missing = run.missing(changes)
    changed = run.chain.changed(run.interim)
    names, olders = (INGEST, *(s.name for s in STAGES)), (None, *run.chain.older(run.interim))
    steps, because = [], []
    for name, folder, older in zip(names, run.chain.folders, olders, strict=True):
        parts = [p for p in missing if not is_part(folder / p)]
        because += [words for words in changed.get(name, []) if words not in because]
        why = [f"{changes.new} new or changed"] if changes.new else []
        if sum(changes.parts[p].articles for p in parts) > changes.new:
            # what an older part was made of may be as it was
            why += [f"{words}, where that changes an article" if older else words for words in because]
            why += [] if because else ["not done yet"]
        if parts:
            steps.append(Step(name, len(parts), sum(changes.parts[p].articles for p in parts), tuple(why)))
    stand = not (missing or changes.new or changes.gone) and run.written() is not None
    return Plan(
        str(raw), str(out), changes.records, changes.new, changes.gone, run.samples_left_out, tuple(steps), not stand
    )


def extract(
    raw: Path,
    out: Path,
    *,
    mapping: Mapping[str, str] | None = None,
    interim: Path | None = None,
    workers: int | None = None,
    engine_name: str = "pool",
    address: str | None = None,
    article_seconds: float = ARTICLE_SECONDS,
    progress: Progress = lambda what, done, of: None,
) -> Report:
    """Every article below ``raw`` to the tables in ``out``; only what is new or changed is done.

    ``mapping`` names the columns of records ({"text": "noi_dung"}); ``interim`` is where parts are kept (default
    ``out/_interim``); ``engine_name`` is one of `pipeline.engines.ENGINES`, ``address`` that of its cluster; an article
    that takes more than ``article_seconds`` is refused (0: none is). Raises InputError, RuleError.
    """
    told = _Told()
    with told.clock("list"):
        run = _Run(raw, out, interim, mapping or {})

    def work(changes: Changes, missing: list[str]) -> None:
        setting = Setting(
            run.chain.ingested,
            run.chain.stages,
            rules.rules_root(),
            run.rules.hash,
            tuple(sorted(run.mapping.items())),
            article_seconds,
            run.chain.older(run.interim),
        )
        hands = engine(engine_name, setting, workers, len(missing), address)
        _work(_tasks(run, changes, missing), hands, sum(changes.parts[p].articles for p in missing), progress)

    # two runs into one folder would take each other's parts or tables away
    with locked(out), locked(run.interim):
        damaged: set[Path] = set()
        while not told.run_id:
            try:
                _bring_up_to_date(run, work, told)
            except DamagedPartError as error:
                if error.path in damaged:
                    raise  # nothing stays on this disk as it was written
                damaged.add(error.path)
                error.path.unlink(missing_ok=True)
    tables = tables_folder(out)
    reasons = pc.value_counts(pq.read_table(tables / "rejects.parquet", columns=["reason"])["reason"]).to_pylist()
    report = Report(
        raw=os.fspath(raw),
        out=os.fspath(out),
        run_id=told.run_id,
        rules_hash=run.rules.hash,
        articles=pq.read_metadata(tables / "articles.parquet").num_rows,
        rejects={r["values"]: r["counts"] for r in sorted(reasons, key=lambda r: str(r["values"]))},
        rows={name: pq.read_metadata(tables / f"{name}.parquet").num_rows for name in schema.TABLES},
        new=told.new,
        gone=told.gone,
        redone_parts=told.parts,
        samples_left_out=run.samples_left_out,
        rewritten=told.rewritten,
        seconds={name: round(seconds, 3) for name, seconds in told.seconds.items()},
    )
    (out / "run.json").write_text(json.dumps(report.as_json(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return report


@dataclasses.dataclass(slots=True)
class _Told:
    """What there was to do, added up over the goes that it took: one, where no part is damaged."""

    run_id: str = ""
    new: int = 0
    gone: int = 0
    parts: int = 0
    rewritten: bool = False
    seconds: dict[str, float] = dataclasses.field(default_factory=lambda: dict.fromkeys(_SECONDS, 0.0))

    @contextlib.contextmanager
    def clock(self, what: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[what] += time.perf_counter() - started


def _bring_up_to_date(run: _Run, work: Callable[[Changes, list[str]], None], told: _Told) -> None:
    """What is new or missing, done by ``work``, and the tables. Raises DamagedPartError where a part is damaged."""
    with told.clock("list"):
        changes = run.catalogue.update(run.raw, run.files())
        missing = run.missing(changes)
    told.new, told.gone, told.parts = told.new + changes.new, told.gone + changes.gone, told.parts + len(missing)
    with told.clock("stages"):
        if missing:
            work(changes, missing)
    with told.clock("write"):
        unchanged = not (missing or changes.new or changes.gone)
        standing = run.written() if unchanged else None
        told.rewritten = standing is None
        identity = standing or _write(run, changes)
        run.chain.remember(run.interim)
        _forget(run, changes)
    told.run_id = identity


def _tasks(run: _Run, changes: Changes, missing: list[str]) -> Iterator[Task]:
    fresh = [name for name in missing if changes.parts[name].fresh]
    for name in missing:
        if not changes.parts[name].fresh:
            yield Task(name, changes.parts[name].articles)
    for name, refs in run.catalogue.fresh(run.raw, fresh):
        yield Task(name, len(refs), refs)


def _work(tasks: Iterator[Task], hands: Engine, articles: int, progress: Progress) -> None:
    """Have all tasks done. One that ends its process is given again, and then done carefully."""
    deaths: collections.Counter[str] = collections.Counter()
    again: collections.deque[Task] = collections.deque()
    begun = done = 0
    progress("extract", 0, articles)
    with hands:
        while True:
            while not hands.full and (task := again.popleft() if again else next(tasks, None)):
                hands.submit(task)
                begun += 1
            if not begun:
                return
            for task, well in hands.wait():
                begun -= 1
                if well:
                    done += task.articles
                    progress("extract", done, articles)
                    continue
                deaths[task.part] += 1
                if deaths[task.part] > hands.tries + _CAREFUL_TRIES:
                    raise UnionEventsError(
                        f"the processes that read the articles were killed again and again (out of memory?); {done} of "
                        f"{articles} articles are done and kept: run the command again, with --workers 1"
                    )
                again.append(dataclasses.replace(task, careful=deaths[task.part] >= hands.tries))


def _write(run: _Run, changes: Changes) -> str:
    """The tables of all live rows; the run's id."""
    (run.interim / _WRITTEN).unlink(missing_ok=True)
    with at_hand(run.chain.resolved, changes.parts) as resolved, making(run.out) as out:
        try:
            identity = write_parts(list(_live_parts(resolved, changes)), out, run.rules.hash)
        except DamagedPartError as error:
            raise DamagedPartError(run.chain.resolved / error.path.name, error.args[1]) from None
    with replacing(run.interim / _WRITTEN) as temporary:
        temporary.write_text(json.dumps({"parts": run.chain.resolved.name, "run_id": identity}), encoding="utf-8")
    return identity


def _live_parts(resolved: Path, changes: Changes) -> Iterator[PartRows]:
    """The resolved parts, and which of their rows have their record still in the raw folder."""
    for name, part in changes.parts.items():
        path = resolved / name
        yield PartRows(path, part.mask(pq.read_metadata(path).num_rows))


def _forget(run: _Run, changes: Changes) -> None:
    """Remove the parts of older code, rules and field names, and those that hold no record any more."""
    for folder in run.chain.others(run.interim):
        remove_tree(folder)
    for folder in run.chain.folders:
        if folder.is_dir():
            for path in part_files(folder):
                if path.name not in changes.parts:
                    path.unlink()
