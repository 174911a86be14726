"""Runs from and to an object store: a server of moto on this machine's loopback stands for S3."""

from __future__ import annotations

import json
import logging
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import rules, run
from pipeline.errors import InputError
from pipeline.ingest import scan
from pipeline.parts import is_part, part_files, read_part, write_part
from pipeline.stages import Stage
from pipeline.storage import POINTER, location, replacing, tables_folder
from tests.conftest import SAMPLES, union_events

pytest.importorskip("moto.server")


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """The address of an empty bucket."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "of-no-account")
        patch.setenv("AWS_ENDPOINT_URL", endpoint)
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        import boto3  # type: ignore[import-untyped]

        boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket="kho")
        yield "s3://kho"
    server.stop()


def upload(folder: Path, to: Path) -> None:
    for path in folder.iterdir():
        with replacing(to / path.name) as temporary:
            temporary.write_bytes(path.read_bytes())


def test_an_address_of_this_machine_is_a_path(tmp_path: Path) -> None:
    assert location("data/raw") == Path("data/raw")
    assert location(f"file://{tmp_path}/a%20b") == tmp_path / "a b"


def test_a_place_in_a_store_behaves_like_a_path(bucket: str) -> None:
    folder = location(f"{bucket}/a b/raw/")
    assert (str(folder), folder.name, str(folder.parent)) == ("s3://kho/a b/raw", "raw", "s3://kho/a b")
    assert not folder.exists()
    (folder / "x.txt").write_text("xin chào", encoding="utf-8")
    assert (folder.is_dir(), (folder / "x.txt").is_file(), (folder / "x").exists()) == (True, True, False)
    with (folder / "x.txt").open("rb") as stream:
        assert (stream.read(3), stream.seek(0), stream.read()) == (b"xin", 0, "xin chào".encode())
    assert [p.name for p in folder.parent.glob("*/x.txt")] == ["x.txt"]
    (folder / "x.txt").unlink()
    (folder / "x.txt").unlink(missing_ok=True)
    with pytest.raises(FileNotFoundError):
        (folder / "x.txt").read_text()


def test_parts_lie_in_a_store_and_half_of_one_never_appears(bucket: str) -> None:
    folder = location(f"{bucket}/parts")
    write_part(pa.table({"a": [1, 2]}), folder / "part-1.parquet")
    (folder / "part-2.parquet").write_text("damaged", encoding="utf-8")

    def half() -> None:
        with replacing(folder / "part-3.parquet") as temporary:
            temporary.write_text("half", encoding="utf-8")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    assert [p.name for p in part_files(folder)] == ["part-1.parquet", "part-2.parquet"]
    assert [is_part(p) for p in part_files(folder)] == [True, False]
    assert read_part(folder / "part-1.parquet")["a"].to_pylist() == [1, 2]


def test_a_run_from_a_store_to_a_store_gives_the_same_tables(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw, out = location(f"{bucket}/raw"), location(f"{bucket}/out")
    upload(SAMPLES, raw)
    assert [f.source for f in scan(raw)] == [f.source for f in scan(SAMPLES)]
    done = union_events("extract", f"{bucket}/raw", f"{bucket}/out")
    assert done.returncode == 0, done.stderr
    first = tables_folder(out)
    assert f"\nTables: {first} (run " in done.stdout
    run.extract(SAMPLES, tmp_path / "here", engine_name="inline")
    names = sorted(p.name for p in (tmp_path / "here").glob("*.parquet"))
    assert sorted(p.name for p in first.glob("*.parquet")) == names
    for name in names:
        assert (first / name).read_bytes() == (tmp_path / "here" / name).read_bytes(), name
    articles = json.loads((out / "run.json").read_text(encoding="utf-8"))["articles"]
    assert articles == len(pq.read_table(first / "articles.parquet"))

    assert run.extract(raw, out, engine_name="inline").redone_parts == 0
    assert tables_folder(out) == first
    sample = next(SAMPLES.glob("b*.txt"))
    (raw / sample.name).unlink()
    second = run.extract(raw, out, engine_name="inline")
    assert (second.gone, second.redone_parts, second.articles) == (1, 0, articles - 1)
    assert tables_folder(out) != first
    assert sample.name not in pq.read_table(tables_folder(out) / "articles.parquet")["source"].to_pylist()
    assert (first / "articles.parquet").exists(), "whoever reads the tables of before can go on"
    assert json.loads((out / POINTER).read_text(encoding="utf-8")) == {"folder": tables_folder(out).name}

    shutil.copytree(rules.rules_root(), tmp_path / "rules")
    monkeypatch.setenv("UNION_EVENTS_RULES", str(tmp_path / "rules"))
    with (tmp_path / "rules" / "money" / "rules.yaml").open("a", encoding="utf-8") as file:
        file.write("# an edit\n")
    read: Counter[str] = Counter()
    real = Stage.__call__

    def call(stage: Stage, batch: pa.Table, given: rules.Rules) -> pa.Table:
        read[stage.name] += batch.num_rows
        return real(stage, batch, given)

    monkeypatch.setattr(Stage, "__call__", call)
    third = run.extract(raw, out, engine_name="inline")
    assert third.rows == second.rows
    assert set(+read) == {"figures"}, "rows of figures that are as they were are taken over"


def test_a_store_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be reached"):
        location("nowhere://bucket/x").exists()
