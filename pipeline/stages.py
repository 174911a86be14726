"""The stages between ingest and write: their order and what each reads, and how one is run alone.

Stages are named by module, so that this table needs none of them loaded.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from pipeline import rules as rules_module
from pipeline.errors import InputError, UnionEventsError
from pipeline.parts import IDENTITY, part_files, read_part, write_part
from pipeline.rules import Rules

StageFunction = Callable[[pa.Table, Rules], pa.Table]


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage: the function ``entry`` ("module:name") of a batch and the rules makes columns of records.

    ``dimensions`` are the folders of rules that it reads and ``reads`` the columns, beside `IDENTITY`; it is given no
    others. What is made of equal records with equal rules is therefore equal, whatever else changed. The columns that
    it ``adds`` stand beside those of the part before; a stage that adds none makes all that its part holds. ``step`` is
    the name under which it is run alone.
    """

    name: str
    step: str
    entry: str
    dimensions: tuple[str, ...]
    reads: tuple[str, ...]
    adds: tuple[str, ...] = ()

    def __call__(self, batch: pa.Table, rules: Rules) -> pa.Table:
        """The stage's part for the part of the stage before; a record that it refuses keeps its identity alone."""
        module, name = self.entry.split(":")
        function: StageFunction = getattr(importlib.import_module(module), name)
        made = function(batch.select([*IDENTITY, *self.reads]), rules.only(self.dimensions))
        return self.beside(batch, made)

    def beside(self, batch: pa.Table, made: pa.Table) -> pa.Table:
        """What was made of the records of a part, with what the stage hands on of them."""
        if not self.adds:
            return made
        handed = batch
        if made["reject_reason"].null_count != batch["reject_reason"].null_count:
            refused = made["reject_reason"].is_valid().to_pylist()
            handed = batch.take(pa.array([None if gone else row for row, gone in enumerate(refused)], pa.int64()))
        return pa.table({**_columns(handed), **_columns(made)})


def _columns(table: pa.Table) -> dict[str, pa.ChunkedArray]:
    return dict(zip(table.schema.names, table.columns, strict=True))


_RAW = ("format", "encoding", "whole_file", "raw", "url", "title", "site", "byline", "published", "crawled")
_SEGMENTED = ("text", "blocks", "sentences")
_ARTICLE = ("article_id", *_RAW[4:], "encoding", "credit", "published_basis", "stamp_unread", "offsets")
STAGES = (
    Stage(
        name="clean",
        step="clean",
        entry="pipeline.clean:clean",
        dimensions=("furniture", "sites", "language"),
        reads=_RAW,
    ),
    Stage(
        name="segment",
        step="segment",
        entry="pipeline.segment:segment_part",
        dimensions=("segment",),
        reads=("text", "blocks"),
        adds=("sentences",),
    ),
    Stage(
        name="names",
        step="extract",
        entry="pipeline.extract.mentions:names_part",
        dimensions=("official", "body", "place", "event"),
        reads=_SEGMENTED,
        adds=("names",),
    ),
    Stage(
        name="figures",
        step="extract",
        entry="pipeline.extract.mentions:figures_part",
        dimensions=("shared", "date", "term", "money", "percent", "ratio", "count"),
        reads=_SEGMENTED,
        adds=("figures",),
    ),
    Stage(
        name="resolve",
        step="resolve",
        entry="pipeline.resolve.rows:resolve_part",
        dimensions=("official", "body", "place", "event", "date_context", "figure_context"),
        reads=(*_ARTICLE, *_SEGMENTED, "names", "figures"),
    ),
)


def run_step(step: str, source: Path, target: Path) -> int:
    """Run the stages of a step over every part of a folder; the number of parts done.

    Raises InputError on a wrong input.
    """
    stages = [s for s in STAGES if s.step == step]
    files = part_files(source)
    if not files:
        raise InputError(f"{source}: holds no parts (*.parquet) of the stage before '{step}'")
    rules = rules_module.load()
    for file in files:
        table = read_part(file)
        for stage in stages:
            if missing := [name for name in (*IDENTITY, *stage.reads) if name not in table.schema.names]:
                raise InputError(f"{file}: no part for the stage '{step}': it has no column '{missing[-1]}'")
            table = stage(table, rules)
        write_part(table, target / file.name)
    return len(files)


def stage_main(name: str, about: str, job: Callable[[Path, Path], str] | None = None) -> None:
    """The command line of one step, ``python -m pipeline.<stage> IN OUT``; exits 2 where it cannot run.

    ``job`` does IN to OUT and says what it wrote; the default is the step of that name over a folder of parts.
    """
    parser = argparse.ArgumentParser(prog=f"python -m pipeline.{name}", description=about.partition("\n")[0])
    parser.add_argument("source", metavar="IN", type=Path, help="what the stage before wrote; for ingest, the articles")
    parser.add_argument("target", metavar="OUT", type=Path, help="folder for what this stage writes")
    args = parser.parse_args()
    try:
        if job is None:
            done = parts_written(run_step(name, args.source, args.target), args.target)
        else:
            done = job(args.source, args.target)
    except UnionEventsError as error:
        print(f"{name}: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    print(f"{name}: {done}")


def parts_written(count: int, target: Path) -> str:
    """What a stage says at its end."""
    return f"{count} part{'s' if count != 1 else ''} written to {target}"
