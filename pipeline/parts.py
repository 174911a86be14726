"""Parts: the unit of work. One Parquet file of a few hundred records, read, done, written and renamed as one.

Every stage is a function from a part to a part. A part holds one row per input record; a record that a stage could not
take carries ``reject_reason`` and ``reject_detail`` from then on and is handed through untouched, so nothing is lost on
the way. No stage knows whether it runs alone, in a pool or elsewhere.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import DamagedPartError, InputError, Reject
from pipeline.storage import remote, replacing
from pipeline.watchdog import alive

Record = dict[str, Any]
# the columns that every part has: what the record is, and why it was refused, if it was
IDENTITY = ("source", "sha256", "reject_reason", "reject_detail")

# how files of parts are written: a bit that falls over on the disk is noticed
WRITTEN: dict[str, Any] = {"compression": "zstd", "write_page_checksum": True}

Refusals = dict[int, tuple[Reject, str]]
T = TypeVar("T")
U = TypeVar("U")
Column = TypeVar("Column")


def attempt(items: Sequence[T | None], one: Callable[[T], U]) -> tuple[list[U | None], Refusals]:
    """``one`` of every item that is not None, and why it failed where it raised, by the item's place.

    An item on which ``one`` raises costs itself alone, even with underthesea's Rust panics, which are no `Exception`.
    """
    done: list[U | None] = []
    refused: Refusals = {}
    for place, item in enumerate(items):
        result: U | None = None
        if item is not None:
            alive()
            try:
                result = one(item)
            except (KeyboardInterrupt, SystemExit, MemoryError):
                raise
            except TimeoutError:
                refused[place] = Reject.FAILED, "the text keeps a pattern busy for too long to be read safely"
            except BaseException as error:  # noqa: BLE001 (a Rust panic is no Exception)
                refused[place] = Reject.FAILED, f"{type(error).__name__}: {error}"
        done.append(result)
    return done, refused


def stored(
    done: Sequence[U | None], refused: Refusals, column: Callable[[Sequence[U | None]], Column]
) -> tuple[Column, Refusals]:
    """What was made of records as the ``column`` that keeps it, and all that are refused.

    One that the column cannot hold costs itself alone: it is refused, with what Arrow says of it.
    """
    try:
        return column(done), refused
    except (pa.ArrowException, ArithmeticError, TypeError, ValueError):
        _, unfit = attempt(done, lambda one: column([one]))
        if not unfit:
            raise
    return column([None if place in unfit else one for place, one in enumerate(done)]), {**refused, **unfit}


def map_records(batch: pa.Table, one: Callable[[Record], Record], schema: pa.Schema) -> pa.Table:
    """``one`` applied to every record that is not rejected, as a table of ``schema``.

    A record on which ``one`` raises is rejected whole with the error's words, and the others go on.
    """
    records = batch.to_pylist()
    done, refused = attempt([r if r["reject_reason"] is None else None for r in records], one)

    def table(rows: Sequence[Record | None]) -> pa.Table:
        return pa.Table.from_pylist([{name: (row or {}).get(name) for name in schema.names} for row in rows], schema)

    def outcome(place: int, why: Refusals) -> Record:
        return rejected(records[place], *why[place]) if place in why else done[place] or records[place]

    made, unfit = stored([outcome(place, refused) for place in range(len(records))], {}, table)
    return table([outcome(place, {**refused, **unfit}) for place in range(len(records))]) if unfit else made


def with_columns(batch: pa.Table, columns: Mapping[str, pa.Array], refused: Refusals) -> pa.Table:
    """The records of a part, those refused now marked, with the ``columns`` that a stage made of them."""
    return pa.table({"source": batch["source"], "sha256": batch["sha256"], **rejections(batch, refused), **columns})


def rejections(batch: pa.Table, refused: Refusals) -> dict[str, pa.Array]:
    """The columns ``reject_reason`` and ``reject_detail`` of a part with what is refused now."""
    reasons, details = batch["reject_reason"].to_pylist(), batch["reject_detail"].to_pylist()
    for place, (reason, detail) in refused.items():
        reasons[place], details[place] = reason.value, detail
    return {"reject_reason": pa.array(reasons, pa.string()), "reject_detail": pa.array(details, pa.string())}


def rejected(record: Record, reason: Reject, detail: str) -> Record:
    """The record with nothing left but its identity and why it was refused."""
    return {
        "source": record["source"],
        "sha256": record.get("sha256"),
        "reject_reason": reason.value,
        "reject_detail": detail,
    }


def write_part(table: pa.Table, path: Path) -> None:
    """Write a part whole, with checksums of its pages: under a temporary name, then renamed."""
    with replacing(path) as temporary:
        pq.write_table(table, temporary, **WRITTEN)


def read_part(path: Path, columns: list[str] | None = None) -> pa.Table:
    """A part, or some of its columns. Raises DamagedPartError where it does not hold what was written."""
    with _reading(path) as file:
        return file.read(columns=columns)


def part_batches(path: Path, size: int) -> Iterator[pa.RecordBatch]:
    """The rows of a part, ``size`` at a time. Raises DamagedPartError as soon as they are not what was written."""
    with _reading(path) as file:
        yield from file.iter_batches(size)


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[Any]:
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            yield file
    except MemoryError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        if remote(path):
            # an object store keeps what was put there: it was not reached
            raise InputError(f"{path}: cannot be read: {error}") from None
        raise DamagedPartError(path, str(error)) from None


def is_part(path: Path) -> bool:
    """Whether a part is there whole. Its pages are not looked at: who reads them meets the damage."""
    try:
        return path.exists() and pq.read_metadata(path).num_rows >= 0
    except (pa.ArrowException, OSError, ValueError):
        return False


def part_files(folder: Path) -> list[Path]:
    """The parts of a folder in order; a single Parquet file is its own only part."""
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder of parts")
    return sorted((p for p in folder.glob("*.parquet") if not p.name.startswith(".")), key=lambda path: path.name)
