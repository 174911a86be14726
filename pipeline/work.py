"""The work on one part, as any process of any engine does it: a function of files.

An article that ends or hangs its process is found in a second, careful go: every article of the part alone, in a child.
It is then refused, and remembered by the hash of its bytes in the folder of the stage that it ended, so that no later
run meets it again, until the code, the libraries or the rules of that stage change.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import json
import multiprocessing
import os
import signal
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline import rules as rules_module
from pipeline.catalogue import content_hash
from pipeline.errors import DamagedPartError, InputError, Reject, UnionEventsError
from pipeline.ingest import INGESTED, RecordRef, ingest
from pipeline.parts import is_part, read_part, write_part
from pipeline.reuse import Older, through
from pipeline.rules import Rules, built
from pipeline.stages import STAGES
from pipeline.storage import replacing
from pipeline.watchdog import alive, watching

ARTICLE_SECONDS = 120.0
# exit codes of a process that ran out of memory, or that the one that had started it left alone
OUT_OF_MEMORY, LEFT_ALONE = 71, 72
# so many new objects before the collector looks at them: articles leave few cycles behind
_NEW_OBJECTS = 20_000
_REFUSED = "_refused"
_HUNG = 1  # see `pipeline.watchdog`
_INGEST = "ingest"


@dataclass(frozen=True, slots=True)
class Setting:
    """What all parts of a run share: the folders of ingest and of the stages, rules, field names, time for an article,
    and what the run before left for each stage.

    ``rules`` None stands for the rules that the package brings along; ``rules_hash`` is that of their content, after
    which the folders are named.
    """

    ingested: Path
    stages: tuple[Path, ...]
    rules: Path | None
    rules_hash: str
    mapping: tuple[tuple[str, str], ...] = ()
    article_seconds: float = ARTICLE_SECONDS
    older: tuple[Older | None, ...] = (None,) * len(STAGES)


@dataclass(frozen=True, slots=True)
class Task:
    """A part to do, with its live records; ``refs`` are these where they are to be read from the raw folder first."""

    part: str
    articles: int
    refs: tuple[RecordRef, ...] | None = None
    careful: bool = False


def do_part(setting: Setting, task: Task) -> None:
    """A part through every stage that has not done it yet. Raises what stages raise, but for single articles.

    What a stage made and the disk damaged is made again of the part before. Raises DamagedPartError where that of
    ingest is damaged: its records are to be read from the raw folder again.
    """
    rules = _ready(setting)
    try:
        if task.careful:
            _find_refused(setting, task)
        with watching(setting.article_seconds):
            while not _is_done(setting, task, rules):
                pass
    except MemoryError:
        end_process(OUT_OF_MEMORY)


def _is_done(setting: Setting, task: Task, rules: Rules) -> bool:
    """Do a part as far as what there is of it can be read; False where a damaged part was removed on the way."""
    try:
        table = _ingested(setting, task, rules)
        for stage, folder, older in zip(STAGES, setting.stages, setting.older, strict=True):
            target = folder / task.part
            if is_part(target):
                table = target
            else:
                given = table if isinstance(table, pa.Table) else read_part(table)
                table = through(stage, _without_refused(folder, given), rules, older, task.part)
                write_part(table, target)
    except DamagedPartError as error:
        if error.path.parent == setting.ingested:
            raise
        error.path.unlink(missing_ok=True)
        return False
    return True


def do_part_as_worker(setting: Setting, task: Task) -> None:
    """`do_part` in a process that does nothing else: what the rules made is left out of the search for garbage."""
    _ready(setting)
    settle()
    do_part(setting, task)


@functools.cache
def settle() -> None:
    """Leave all that was made so far out of the search for garbage, and search less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)


def end_process(code: int) -> None:
    """End this process at once, whatever its other threads do."""
    os._exit(code)


def _ready(setting: Setting) -> Rules:
    """The rules, with all that stages load on their first use: no article is to blame for the time that this takes.

    Raises InputError where they are others than the run began with.
    """
    rules = rules_module.load(setting.rules)
    if rules.hash != setting.rules_hash:
        raise InputError(f"{rules.root}: the rules were edited while they were being used; run the command again")
    built(_warm, rules)
    return rules


def _warm(rules: Rules) -> None:
    table = INGESTED.empty_table()
    for stage in STAGES:
        table = stage(table, rules)


def _ingested(setting: Setting, task: Task, rules: Rules) -> Path | pa.Table:
    path = setting.ingested / task.part
    if is_part(path):
        return path
    table = _ingest(task.refs or (), setting, rules)
    write_part(table, path)
    return table


def _ingest(refs: Sequence[RecordRef], setting: Setting, rules: Rules) -> pa.Table:
    refused = _refused(setting.ingested)
    mapping = dict(setting.mapping)
    if not refused:
        return ingest(refs, mapping, rules)
    rows = []
    for ref in refs:
        sha = content_hash(ref)
        if sha in refused:
            rows.append(_table([{"source": ref.source, "sha256": sha, **refused[sha]}], INGESTED))
        else:
            rows.append(ingest([ref], mapping, rules))
    return pa.concat_tables(rows)


def _without_refused(folder: Path, table: pa.Table) -> pa.Table:
    """A part, those of its articles refused that ended the stage of this folder before."""
    refused = _refused(folder)
    if refused and not refused.keys().isdisjoint(table["sha256"].to_pylist()):
        rows = table.to_pylist()
        table = _table([_or_refused(row, refused) for row in rows], table.schema)
    return table


def _or_refused(row: dict[str, Any], refused: Mapping[str | None, dict[str, str]]) -> dict[str, Any]:
    known = refused.get(row["sha256"]) if row["reject_reason"] is None else None
    return {"source": row["source"], "sha256": row["sha256"], **known} if known else row


def _table(rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in rows], schema=schema)


def _refused(folder: Path) -> dict[str | None, dict[str, str]]:
    """By content hash: why articles were refused that ended the stage of this folder."""
    found: dict[str | None, dict[str, str]] = {}
    for file in (folder / _REFUSED).glob("*.json"):
        # one that cannot be read is found once more
        with contextlib.suppress(OSError, ValueError):
            found[file.stem] = json.loads(file.read_text(encoding="utf-8"))
    return found


def _refuse(folder: Path, sha: str | None, reason: Reject, detail: str) -> None:
    with replacing(folder / _REFUSED / f"{sha}.json") as temporary:
        temporary.write_text(json.dumps({"reject_reason": reason, "reject_detail": detail}), encoding="utf-8")


# ---------------------------------------------------------------- the careful go


def _find_refused(setting: Setting, task: Task) -> None:
    """Put every article of a part through all stages alone, in a child; refuse those that end it twice.

    Raises UnionEventsError where the child ends before any article.
    """
    context = multiprocessing.get_context("spawn")
    if is_part(setting.ingested / task.part):
        read_part(setting.ingested / task.part)  # what is damaged is said here, where it can be mended
    at, deaths = 0, 0
    while True:
        ours, theirs = context.Pipe(duplex=False)
        child = context.Process(target=_one_by_one, args=(theirs, setting, task, at), name="careful")
        child.start()
        theirs.close()
        step = None
        try:
            while message := ours.recv():
                if message[0] > at:
                    deaths = 0
                step = message
                at = step[0]
            return
        except EOFError:
            child.join()
        finally:
            ours.close()
        if step is None:
            raise UnionEventsError(f"the process that reads articles one by one ended at its start ({child.exitcode})")
        deaths += 1
        if deaths == 2:
            row, stage, sha = step
            folder = dict(zip([_INGEST, *(s.name for s in STAGES)], [setting.ingested, *setting.stages], strict=True))
            _refuse(folder[stage], sha, *_why(child.exitcode, stage, setting.article_seconds))
            at, deaths = row + 1, 0


def _why(code: int | None, stage: str, seconds: float) -> tuple[Reject, str]:
    again = "everything else was kept; it is tried again when the code or the rules change"
    if code == _HUNG:
        return Reject.TOO_SLOW, f"reading it took more than {seconds:g} s (stage {stage}); {again}"
    how = "ran out of memory" if code == OUT_OF_MEMORY else f"ended with exit code {code}"
    if code is not None and code < 0:
        how = f"was ended by {signal.Signals(-code).name}"
    return Reject.CRASHED, f"the process that read it {how}, twice (stage {stage}); {again}"


def _one_by_one(out: Connection, setting: Setting, task: Task, start: int) -> None:
    """Say (row, stage, content hash) before every step; None at the end."""
    end_with(multiprocessing.parent_process())
    rules = _ready(setting)
    folder = setting.ingested / task.part
    known = read_part(folder) if is_part(folder) else None
    try:
        with watching(setting.article_seconds):
            for row in range(start, known.num_rows if known else len(task.refs or ())):
                if known:
                    table = known.slice(row, 1)
                    sha = table["sha256"][0].as_py()
                else:
                    ref = (task.refs or ())[row]
                    sha = content_hash(ref)
                    out.send((row, _INGEST, sha))
                    table = _ingest([ref], setting, rules)
                for stage, folder in zip(STAGES, setting.stages, strict=True):
                    alive()
                    out.send((row, stage.name, sha))
                    table = stage(_without_refused(folder, table), rules)
    except MemoryError:
        end_process(OUT_OF_MEMORY)
    out.send(None)


def end_with(*others: Any) -> None:
    """End this process as soon as one of ``others`` is over, a process or the other end of a pipe; Ctrl-C is theirs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    watched = [getattr(other, "sentinel", other) for other in others if other is not None]

    def watch() -> None:
        wait(watched)
        end_process(LEFT_ALONE)

    threading.Thread(target=watch, name="end-with", daemon=True).start()
