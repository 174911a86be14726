"""What counts as new, whatever happened to the raw folder; and that a plan says so beforehand."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline import catalogue, rules, run
from pipeline.summary import planned
from tests.conftest import union_events

ARTICLE = (
    "Ngày {day}/3/2021, Liên đoàn Lao động tỉnh Hà Nam tổ chức hội nghị tổng kết công tác công đoàn năm 2020.\n"
    "Công đoàn đã hỗ trợ {day} đoàn viên với số tiền 25 triệu đồng.\n"
)


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(catalogue, "PART_SIZE", 3)
    folder = tmp_path / "raw"
    folder.mkdir()
    for day in range(1, 6):
        (folder / f"bai-{day}.txt").write_text(ARTICLE.format(day=day), encoding="utf-8")
    lines(folder / "records.jsonl", 11, 15)
    return folder


def lines(path: Path, first: int, last: int) -> None:
    records = [json.dumps({"text": ARTICLE.format(day=day)}) for day in range(first, last + 1)]
    path.write_text("\n".join(records) + "\n", encoding="utf-8")


def extract(raw: Path, out: Path, **options: Any) -> tuple[int, int, int]:
    report = run.extract(raw, out, engine_name="inline", **options)
    sources = pq.read_table(out / "articles.parquet")["source"].to_pylist()
    assert sources == sorted(sources)
    assert report.articles == len(sources)
    return report.new, report.gone, report.redone_parts


def test_what_was_touched_copied_or_stands_before_what_was_added_is_not_new(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert extract(raw, out) == (10, 0, 4)
    assert extract(raw, out) == (0, 0, 0)
    os.utime(raw / "bai-2.txt", (1, 1))
    assert extract(raw, out) == (0, 0, 0)
    lines(raw / "records.jsonl", 11, 16)
    assert extract(raw, out) == (1, 0, 1), "one record appended"
    copy = tmp_path / "copy"
    shutil.copytree(raw, copy)
    assert extract(copy, out) == (0, 0, 0), "another folder with the same files"
    lines(copy / "records.jsonl", 12, 16)
    assert extract(copy, out) == (5, 6, 2), "each record stands one place before"


def test_a_changed_heading_makes_records_new(raw: Path, tmp_path: Path) -> None:
    table = raw / "t.csv"
    table.write_text('text,title\n"' + ARTICLE.format(day=20) + '",x\n', encoding="utf-8")
    assert extract(raw, tmp_path / "out")[0] == 11
    table.write_text('text,byline\n"' + ARTICLE.format(day=20) + '",x\n', encoding="utf-8")
    assert extract(raw, tmp_path / "out") == (1, 1, 1)


def pack(path: Path, days: list[int]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for day in days:
            archive.writestr(f"{day}.txt", ARTICLE.format(day=day))


def test_members_of_an_archive_packed_anew_are_known(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    pack(raw / "a.zip", [21, 22, 23])
    assert extract(raw, out)[0] == 13
    pack(raw / "a.zip", [24, 23, 21])
    assert extract(raw, out) == (1, 1, 1)
    sources = pq.read_table(out / "articles.parquet")["source"].to_pylist()
    assert [s for s in sources if s.startswith("a.zip")] == ["a.zip/21.txt", "a.zip/23.txt", "a.zip/24.txt"]


def test_a_file_that_could_not_be_read_is_tried_again(raw: Path, tmp_path: Path) -> None:
    path = raw / "bai-9.txt"
    path.symlink_to(tmp_path / "elsewhere.txt")
    extract(raw, tmp_path / "out")
    (tmp_path / "elsewhere.txt").write_text(ARTICLE.format(day=9), encoding="utf-8")
    assert extract(raw, tmp_path / "out") == (1, 1, 1)


def test_step_by_step_or_at_once_the_bytes_are_the_same(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    extract(raw, out)
    (raw / "bai-1.txt").unlink()
    (raw / "bai-0.txt").write_text(ARTICLE.format(day=9), encoding="utf-8")
    lines(raw / "records.jsonl", 11, 18)
    extract(raw, out)
    fresh = tmp_path / "fresh"
    extract(raw, fresh)
    for path in fresh.glob("*.parquet"):
        assert path.read_bytes() == (out / path.name).read_bytes(), path.name


def snapshot(folder: Path) -> dict[str, int]:
    return {str(p): p.stat().st_mtime_ns for p in sorted(folder.rglob("*"))}


def test_a_plan_says_what_would_be_done_and_writes_nothing(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "rules"
    shutil.copytree(rules.rules_root(), own)
    monkeypatch.setenv("UNION_EVENTS_RULES", str(own))
    out = tmp_path / "out"
    first = run.plan(raw, out)
    assert not out.exists()
    assert (first.records, first.new, first.gone, first.tables) == (10, 10, 0, True)
    assert [(s.stage, s.parts, s.articles, s.why) for s in first.steps] == [
        (stage, 4, 10, ("10 new or changed",))
        for stage in ("ingest", "clean", "segment", "names", "figures", "resolve")
    ]
    extract(raw, out)
    before = snapshot(out)
    assert run.plan(raw, out).steps == ()
    assert "Nothing to do: the tables stand as they are." in planned(run.plan(raw, out))

    (raw / "bai-3.txt").unlink()
    (raw / "bai-4.txt").write_text(ARTICLE.format(day=14), encoding="utf-8")
    edited = own / "money" / "rules.yaml"
    edited.write_text(edited.read_text(encoding="utf-8") + "# an edit\n", encoding="utf-8")
    second = run.plan(raw, out)
    assert (second.records, second.new, second.gone) == (9, 1, 2)
    assert [(s.stage, s.parts, s.articles, s.why) for s in second.steps] == [
        ("ingest", 1, 1, ("1 new or changed",)),
        ("clean", 1, 1, ("1 new or changed",)),
        ("segment", 1, 1, ("1 new or changed",)),
        ("names", 1, 1, ("1 new or changed",)),
        ("figures", 5, 9, ("1 new or changed", "rules changed: money")),
        ("resolve", 5, 9, ("1 new or changed", "rules changed: money, where that changes an article")),
    ]
    renamed = run.plan(raw, out, mapping={"text": "noi_dung"})
    assert (renamed.steps[0].articles, renamed.steps[0].why) == (
        9, ("1 new or changed", "the names of fields (--map) changed"),
    )  # fmt: skip
    said = union_events("extract", raw, out, "--dry-run")
    assert said.returncode == 0
    assert "9 articles (1 new or changed, 2 gone). Nothing is written." in said.stdout
    assert (
        "\n  resolve  9 articles in 5 parts: 1 new or changed; rules changed: money, where that changes an article\n"
        in said.stdout
    )
    assert said.stdout.endswith("The tables would be written anew.\n")
    assert snapshot(out) == before
