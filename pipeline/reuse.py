"""What was made of a record is taken over where the record comes out of the stage before as it did.

An edited rule redoes the stages that read it. Those after them have new parts to make, too, but what they make of a
record depends on nothing but the columns and rules that they read (`pipeline.stages.Stage`): where these are equal, so
is what is made of them, and only other records are done again.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.arrow import whole
from pipeline.errors import InputError
from pipeline.parts import IDENTITY, read_part
from pipeline.rules import Rules
from pipeline.stages import Stage


@dataclass(frozen=True, slots=True)
class Older:
    """Folders of a run before: what a stage was given, and what the code and the rules of now made of it."""

    given: Path
    made: Path


def through(stage: Stage, batch: pa.Table, rules: Rules, older: Older | None = None, part: str = "") -> pa.Table:
    """``stage(batch, rules)``; what the ``older`` parts of that name hold of the same records is taken over."""
    made = None if older is None else _made(stage, older, part)
    same = _same(batch, *made) if made else pa.array([False] * batch.num_rows, pa.bool_())
    if made is None or not same.true_count:
        return stage(batch, rules)
    if same.true_count == batch.num_rows:
        return stage.beside(batch, made[1])
    taken = stage.beside(batch.filter(same), made[1].filter(same))
    anew = stage(batch.filter(pc.invert(same)), rules)
    rows = pa.concat_arrays([pc.indices_nonzero(same), pc.indices_nonzero(pc.invert(same))])
    return pa.concat_tables([taken, anew.cast(taken.schema)]).take(pc.array_sort_indices(rows))


def _made(stage: Stage, older: Older, part: str) -> tuple[pa.Table, pa.Table] | None:
    """What the stage read in an older part and what it made of it; None where one of these cannot be read."""
    try:
        given = read_part(older.given / part, [*IDENTITY, *stage.reads])
        return given, read_part(older.made / part, [*IDENTITY, *stage.adds] if stage.adds else None)
    except InputError:
        return None


def _same(batch: pa.Table, given: pa.Table, made: pa.Table) -> pa.BooleanArray:
    """Which records are as they were given before and were not refused then."""
    if not batch.num_rows == given.num_rows == made.num_rows:
        return pa.array([False] * batch.num_rows, pa.bool_())
    same = pc.equal(made["reject_reason"].is_null(), batch["reject_reason"].is_null()).to_pylist()
    for name in given.schema.names:
        before, now = whole(given[name]), whole(batch[name])
        if not before.equals(now):
            same = [is_so and before.slice(row, 1).equals(now.slice(row, 1)) for row, is_so in enumerate(same)]
    return pa.array(same, pa.bool_())
