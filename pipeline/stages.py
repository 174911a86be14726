"""The stages between ingest and write: their order, versions and what each reads, and how one is run alone.

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
from pipeline.parts import part_files, read_part, write_part
from pipeline.rules import Rules

SUCCESS = "_SUCCESS"

StageFunction = Callable[[pa.Table, Rules], pa.Table]


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage: the function ``entry`` ("module:name") of a batch and the rules turns a part into a part.

    ``dimensions`` are the folders of rules that it reads, so that an edited rule redoes no stage before the one that
    reads it; ``reads`` is the newest column that it needs.
    """

    name: str
    entry: str
    dimensions: tuple[str, ...]
    reads: str

    def __call__(self, batch: pa.Table, rules: Rules) -> pa.Table:
        """The stage's part for the part of the stage before. It is given no rules but those that it declares."""
        module, name = self.entry.split(":")
        function: StageFunction = getattr(importlib.import_module(module), name)
        return function(batch, rules.only(self.dimensions))


STAGES = (
    Stage("clean", "pipeline.clean:clean", ("shared", "furniture", "sites", "language"), "raw"),
    Stage("segment", "pipeline.segment:segment_part", ("segment",), "blocks"),
    Stage(
        "extract",
        "pipeline.extract.mentions:extract_part",
        ("shared", "date", "term", "money", "percent", "ratio", "count", "body", "place", "official", "event"),
        "sentences",
    ),
    Stage(
        "resolve",
        "pipeline.resolve.rows:resolve_part",
        ("shared", "date_context", "figure_context", "official", "body", "place", "event"),
        "mentions",
    ),
)


def run_stage(name: str, source: Path, target: Path) -> int:
    """Run one stage over every part of a folder; the number of parts done. Raises InputError on a wrong input."""
    stage = next(s for s in STAGES if s.name == name)
    files = part_files(source)
    if not files:
        raise InputError(f"{source}: holds no parts (*.parquet) of the stage before '{name}'")
    rules = rules_module.load()
    for file in files:
        table = read_part(file)
        if stage.reads not in table.schema.names:
            raise InputError(f"{file}: no part for the stage '{name}': it has no column '{stage.reads}'")
        write_part(stage(table, rules), target / file.name)
    (target / SUCCESS).write_text("", encoding="utf-8")
    return len(files)


def stage_main(name: str, about: str, job: Callable[[Path, Path], str] | None = None) -> None:
    """The command line of one stage, ``python -m pipeline.<stage> IN OUT``; exits 2 where it cannot run.

    ``job`` does IN to OUT and says what it wrote; the default is the stage of that name over a folder of parts.
    """
    parser = argparse.ArgumentParser(prog=f"python -m pipeline.{name}", description=about.partition("\n")[0])
    parser.add_argument("source", metavar="IN", type=Path, help="what the stage before wrote; for ingest, the articles")
    parser.add_argument("target", metavar="OUT", type=Path, help="folder for what this stage writes")
    args = parser.parse_args()
    try:
        if job is None:
            done = parts_written(run_stage(name, args.source, args.target), args.target)
        else:
            done = job(args.source, args.target)
    except UnionEventsError as error:
        print(f"{name}: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    print(f"{name}: {done}")


def parts_written(count: int, target: Path) -> str:
    """What a stage says at its end."""
    return f"{count} part{'s' if count != 1 else ''} written to {target}"
