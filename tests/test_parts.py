"""A part is done whole or not at all, and one bad record costs that record only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipeline.errors import InputError, Reject
from pipeline.parts import map_records, part_files, read_part, stored, write_part
from pipeline.storage import replacing

SCHEMA = pa.schema(
    [pa.field(name, pa.string()) for name in ("source", "sha256", "text", "reject_reason", "reject_detail")]
)


class PanicException(BaseException):
    """Stands for pyo3's: no Exception, and still no reason to stop."""


def batch(*texts: str | None) -> pa.Table:
    rows = [{"source": f"{n}.txt", "sha256": str(n), "text": t} for n, t in enumerate(texts)]
    rows[-1] |= {"reject_reason": "empty", "reject_detail": "the file is empty"}
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def test_a_record_that_raises_is_rejected_whole_and_the_others_go_on() -> None:
    def one(record: dict[str, Any]) -> dict[str, Any]:
        if record["text"] == "panic":
            raise PanicException("index out of bounds")
        if record["text"] == "slow":
            raise TimeoutError
        return {**record, "text": record["text"].upper()}

    done = map_records(batch("a", "panic", "slow", "b", None), one, SCHEMA).to_pylist()
    assert [(r["source"], r["text"], r["reject_reason"]) for r in done] == [
        ("0.txt", "A", None),
        ("1.txt", None, "failed"),
        ("2.txt", None, "failed"),
        ("3.txt", "B", None),
        ("4.txt", None, "empty"),
    ]
    assert done[1]["reject_detail"] == "PanicException: index out of bounds"
    assert done[4]["reject_detail"] == "the file is empty", "what an earlier stage refused stays as it was"


def test_a_record_that_no_column_can_hold_is_rejected_and_the_others_go_on() -> None:
    def one(record: dict[str, Any]) -> dict[str, Any]:
        return {**record, "text": {"half": "\ud800", "object": object()}.get(record["text"], record["text"])}

    done = map_records(batch("a", "half", "object", "b", None), one, SCHEMA).to_pylist()
    assert [(r["source"], r["text"], r["reject_reason"]) for r in done] == [
        ("0.txt", "a", None),
        ("1.txt", None, "failed"),
        ("2.txt", None, "failed"),
        ("3.txt", "b", None),
        ("4.txt", None, "empty"),
    ]
    assert done[1]["reject_detail"].startswith("UnicodeEncodeError: ")
    assert done[2]["reject_detail"].startswith("ArrowTypeError: ")


def test_what_was_made_of_a_record_and_fits_no_column_is_refused() -> None:
    kept, refused = stored([1, 10**30, None, 3], {2: (Reject.FAILED, "before")}, lambda n: pa.array(n, pa.int64()))
    assert kept.to_pylist() == [1, None, None, 3]
    assert {place: reason for place, (reason, _) in refused.items()} == {1: Reject.FAILED, 2: Reject.FAILED}
    assert refused[1][1].startswith("OverflowError: ")


def test_ctrl_c_is_no_bad_record() -> None:
    def one(_record: dict[str, Any]) -> dict[str, Any]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        map_records(batch("a", None), one, SCHEMA)


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "part-1.parquet"
    write_part(batch("old", None), path)

    def half() -> None:
        with replacing(path) as temporary:
            temporary.write_text("half", encoding="utf-8")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    assert [p.name for p in tmp_path.iterdir()] == ["part-1.parquet"]
    assert read_part(path)["text"].to_pylist() == ["old", None]


def test_what_is_no_part_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.parquet").write_text("no parquet", encoding="utf-8")
    with pytest.raises(InputError, match=r"x\.parquet: not a readable part"):
        read_part(tmp_path / "x.parquet")
    with pytest.raises(InputError, match="no such folder of parts"):
        part_files(tmp_path / "none")
