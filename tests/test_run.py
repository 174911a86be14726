"""Whole runs, as a user types them."""

from __future__ import annotations

import functools
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import rules, run, schema
from pipeline.errors import DamagedPartError, InputError
from pipeline.parts import write_part
from pipeline.stages import STAGES
from tests.conftest import ROOT, SAMPLES, SampleRun, union_events

ARTICLE = (
    "Ngày {day}/3/2021, Liên đoàn Lao động tỉnh Hà Nam tổ chức hội nghị tổng kết công tác công đoàn năm 2020.\n"
    "Dự hội nghị có ông Lê Văn Bình, Phó Chủ tịch LĐLĐ tỉnh. "
    "Công đoàn đã hỗ trợ {n} đoàn viên với số tiền 25 triệu đồng.\n"
)


# in this process, which has the models loaded; tests/test_engines.py has the others
extract = functools.partial(run.extract, engine_name="inline")


def article(day: int = 4, n: int = 31) -> str:
    return ARTICLE.format(day=day, n=n)


def rows(out: Path, table: str) -> list[dict[str, Any]]:
    return list(pq.read_table(out / f"{table}.parquet").to_pylist())


def tables(out: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(out.glob("*.parquet"))}


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    for day in (4, 5, 6):
        (folder / f"bai-{day}.txt").write_text(article(day), encoding="utf-8")
    return folder


def test_the_summary_says_what_a_person_asks(sample_run: SampleRun) -> None:
    articles = rows(sample_run.tables, "articles")
    assert f"{len(articles)} articles taken, 0 refused" in sample_run.stdout
    for table in schema.TABLES:
        assert f"\n  {table} " in sample_run.stdout
    assert "The first 10 of" in sample_run.stdout
    assert "Tables: data/processed (run " in sample_run.stdout


def test_every_span_holds_the_words_that_its_row_names(sample_run: SampleRun) -> None:
    texts = {a["article_id"]: a["text"] for a in rows(sample_run.tables, "articles")}
    checked = 0
    for table in ("events", "officials", "figures", "dates", "terms", "issues", "segments"):
        for row in rows(sample_run.tables, table):
            if row["span_start"] is not None:
                assert texts[row["article_id"]][row["span_start"] : row["span_end"]] == row["text"], (table, row)
                checked += 1
    assert checked > 1000


def test_raw_offsets_lead_to_the_same_words_in_the_source_file(sample_run: SampleRun) -> None:
    import unicodedata

    sources = {a["article_id"]: a["source"] for a in rows(sample_run.tables, "articles")}
    checked = 0
    for row in rows(sample_run.tables, "figures"):
        if row["raw_start"] is None:
            assert not sources[row["article_id"]].endswith(".txt")
            continue
        with (sample_run.raw / sources[row["article_id"]]).open(encoding="utf-8-sig", newline="") as file:
            raw_text = file.read()
        words = unicodedata.normalize("NFC", raw_text[row["raw_start"] : row["raw_end"]])
        assert words.split() == row["text"].split()
        checked += 1
    assert checked > 300


def test_keys_join_and_ids_are_unique(sample_run: SampleRun) -> None:
    ids = {"events": "event_id", "officials": "official_id", "figures": "figure_id", "dates": "date_id",
           "terms": "term_id", "bodies": "org_id", "articles": "article_id"}  # fmt: skip
    known = {table: [r[key] for r in rows(sample_run.tables, table)] for table, key in ids.items()}
    for table, values in known.items():
        assert len(values) == len(set(values)), table
    for table in ("events", "officials", "figures", "dates", "terms", "segments", "issues"):
        for row in rows(sample_run.tables, table):
            assert row["article_id"] in known["articles"]
            if row.get("event_id"):
                assert row["event_id"] in known["events"]
            if row.get("org_id"):
                assert row["org_id"] in known["bodies"]
    mains = [e["article_id"] for e in rows(sample_run.tables, "events") if e["is_main"]]
    assert len(mains) == len(set(mains))
    assert {e["article_id"] for e in rows(sample_run.tables, "events")} == set(mains)


def test_a_second_run_does_nothing_and_says_so(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert union_events("extract", raw, out).returncode == 0
    before = tables(out)
    again = union_events("extract", raw, out)
    assert again.returncode == 0
    assert again.stdout.startswith("Nothing new: 3 articles taken, 0 refused before; the tables stand as they were.")
    assert tables(out) == before
    assert union_events("extract", raw, tmp_path / "other").returncode == 0
    assert tables(tmp_path / "other") == before, "another folder, the same bytes"


def test_only_what_is_new_is_done_and_the_tables_mirror_the_folder(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = extract(raw, out)
    assert (first.new, first.gone, first.redone_parts) == (3, 0, 1)
    ids = {a["source"]: a["article_id"] for a in rows(out, "articles")}
    (raw / "bai-3.txt").write_text(article(3), encoding="utf-8")
    (raw / "bai-5.txt").unlink()
    (raw / "bai-6.txt").write_text(article(6, n=77), encoding="utf-8")
    second = extract(raw, out)
    assert (second.new, second.gone, second.redone_parts) == (2, 2, 1)
    after = {a["source"]: a["article_id"] for a in rows(out, "articles")}
    assert sorted(after) == ["bai-3.txt", "bai-4.txt", "bai-6.txt"]
    assert after["bai-4.txt"] == ids["bai-4.txt"], "an article added elsewhere changes no id"
    assert after["bai-6.txt"] != ids["bai-6.txt"]
    assert sorted(f["low"] for f in rows(out, "figures") if f["kind"] == "count") == [31.0, 31.0, 77.0]
    fresh = tmp_path / "fresh"
    extract(raw, fresh)
    assert tables(fresh) == tables(out), "step by step or at once: the same bytes"


def test_an_edited_money_rule_redoes_figures_and_what_follows_and_nothing_else(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "rules"
    shutil.copytree(rules.rules_root(), own)
    monkeypatch.setenv("UNION_EVENTS_RULES", str(own))
    out = tmp_path / "out"
    extract(raw, out)
    kept = {p.name for p in (out / "_interim").iterdir() if p.name.startswith(("ingest", "clean", "segment", "names"))}
    path = own / "money" / "rules.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# an edit\n", encoding="utf-8")
    report = extract(raw, out)
    assert (report.new, report.redone_parts) == (0, 1)
    folders = {p.name for p in (out / "_interim").iterdir() if p.is_dir()}
    assert kept <= folders
    assert len(folders) == 6, "parts of the old rules are gone"


def test_the_same_record_read_under_another_name_makes_other_tables(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()
    text = article()
    record = {"thuong": text, "hoa": text.replace("hội nghị", "Hội nghị")}
    (raw / "x.jsonl").write_text(json.dumps(record, ensure_ascii=False) + "\n", encoding="utf-8")
    for name in ("thuong", "hoa"):
        extract(raw, out, mapping={"text": name})
        assert ("Hội nghị" in rows(out, "articles")[0]["text"]) is (name == "hoa")


def test_bad_inputs_get_a_clear_answer_and_the_others_are_written(raw: Path, tmp_path: Path) -> None:
    (raw / "empty.txt").write_bytes(b"")
    (raw / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (raw / "english.txt").write_text(
        "The union held its annual conference on Monday. More than 300 members took part in it.\n" * 5, encoding="utf-8"
    )
    (raw / "digits.txt").write_text("1234567890" * 1_000_000, encoding="utf-8")
    (raw / "picture.png").write_bytes(b"\x89PNG\r\n")
    (raw / "records.jsonl").write_text(
        json.dumps({"cot_7": article(9)}, ensure_ascii=False) + "\n{broken\n", encoding="utf-8"
    )
    out = tmp_path / "out"
    done = union_events("extract", raw, out)
    assert done.returncode == 0, done.stderr
    reasons = {r["source"]: r["reason"] for r in rows(out, "rejects")}
    assert reasons == {
        "empty.txt": "empty",
        "binary.txt": "binary",
        "english.txt": "not_vietnamese",
        "digits.txt": "too_large",
        "picture.png": "unsupported_format",
        "records.jsonl#1": "missing_field",
        "records.jsonl#2": "broken_record",
    }
    details = {r["source"]: r["detail"] for r in rows(out, "rejects")}
    assert "cot_7" in details["records.jsonl#1"]
    assert len(rows(out, "articles")) == 3
    assert "3 articles taken, 7 refused" in done.stdout
    assert "english.txt: not_vietnamese: " in done.stdout
    assert union_events("extract", raw, out, "--strict").returncode == 1
    mapped = union_events("extract", raw, out, "--map", "text=cot_7")
    assert mapped.returncode == 0
    assert "records.jsonl#1" in {a["source"] for a in rows(out, "articles")}


def test_a_garbled_figure_costs_itself_alone(raw: Path, tmp_path: Path) -> None:
    garbled = "Có 999999999999999 tỷ/999999999999999 tỷ đoàn viên tham gia."
    (raw / "bai-7.txt").write_text(article(7) + garbled, encoding="utf-8")
    assert extract(raw, tmp_path / "out").articles == 4
    (own,) = (a["article_id"] for a in rows(tmp_path / "out", "articles") if a["source"] == "bai-7.txt")
    assert [f["low"] for f in rows(tmp_path / "out", "figures") if f["article_id"] == own] == [31.0, 25e6]
    assert [i["text"] for i in rows(tmp_path / "out", "issues") if i["code"] == "number_ambiguous"] == [
        "999999999999999 tỷ", "999999999999999 tỷ đoàn viên",
    ]  # fmt: skip


def test_what_cannot_run_exits_with_2_and_says_why(raw: Path, tmp_path: Path) -> None:
    missing = union_events("extract", tmp_path / "none", tmp_path / "out")
    assert (missing.returncode, missing.stdout) == (2, "")
    assert "none: no such folder" in missing.stderr
    file = union_events("extract", raw / "bai-4.txt", tmp_path / "out")
    assert file.returncode == 2
    assert "is a file" in file.stderr
    bad_map = union_events("extract", raw, tmp_path / "out", "--map", "noi_dung")
    assert bad_map.returncode == 2
    assert "write FIELD=COLUMN" in bad_map.stderr
    assert union_events("extract", raw).returncode == 2


def test_an_empty_folder_gives_empty_tables(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    done = union_events("extract", tmp_path / "raw", tmp_path / "out")
    assert done.returncode == 0
    assert "0 articles taken, 0 refused" in done.stdout
    assert rows(tmp_path / "out", "articles") == []


def test_samples_are_left_out_as_soon_as_there_is_another_article(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    (raw / "samples").mkdir(parents=True)
    for path in [next(SAMPLES.glob("*.txt")), SAMPLES / run.SAMPLES_MARK]:
        shutil.copy(path, raw / "samples")
    assert extract(raw, tmp_path / "out").articles == 1
    (raw / "own.txt").write_text(article(), encoding="utf-8")
    done = union_events("extract", raw, tmp_path / "out")
    assert [a["source"] for a in rows(tmp_path / "out", "articles")] == ["own.txt"]
    assert "1 sample article was left out" in done.stdout


def test_a_file_that_is_no_article_replaces_no_samples(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    (raw / "samples").mkdir(parents=True)
    for path in [next(SAMPLES.glob("*.txt")), SAMPLES / run.SAMPLES_MARK]:
        shutil.copy(path, raw / "samples")
    (raw / "notes.docx").write_bytes(b"PK")
    report = extract(raw, tmp_path / "out")
    assert (report.articles, report.samples_left_out) == (1, 0)


def test_tables_inside_the_raw_folder_are_no_articles(raw: Path) -> None:
    out = raw / "tables"
    assert extract(raw, out).articles == 3
    assert union_events("export", "--tables", out).returncode == 0
    second = extract(raw, out)
    assert (second.articles, second.rejects, second.new) == (3, {}, 0)
    with pytest.raises(InputError, match="cannot be in one folder"):
        extract(raw, raw)


def test_a_reprint_points_at_the_first(raw: Path, tmp_path: Path) -> None:
    text = (SAMPLES / "taphuan_cdcs_concuong.txt").read_text(encoding="utf-8")
    (raw / "a-bao.txt").write_text(text, encoding="utf-8")
    (raw / "z-lai.txt").write_text("Báo Lao động đưa tin.\n" + text, encoding="utf-8")
    extract(raw, tmp_path / "out")
    articles = {a["source"]: a for a in rows(tmp_path / "out", "articles")}
    assert articles["z-lai.txt"]["duplicate_of"] == articles["a-bao.txt"]["article_id"]
    assert articles["a-bao.txt"]["duplicate_of"] is None
    assert articles["bai-4.txt"]["duplicate_of"] is None


def test_links_are_followed_and_a_broken_one_is_said(raw: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "Readme dai hoi.txt").write_text(article(9), encoding="utf-8")
    (elsewhere / "README.md").write_text("what this is", encoding="utf-8")
    (raw / "linked").symlink_to(elsewhere)
    (elsewhere / "back").symlink_to(raw)
    (raw / "gone.txt").symlink_to(tmp_path / "nothing.txt")
    report = extract(raw, tmp_path / "out")
    assert sorted(a["source"] for a in rows(tmp_path / "out", "articles")) == [
        "bai-4.txt", "bai-5.txt", "bai-6.txt", "linked/Readme dai hoi.txt",
    ]  # fmt: skip
    assert report.rejects == {"unreadable_file": 1}


def test_a_damaged_part_is_done_again(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    extract(raw, out)
    before = tables(out)
    for stage in ("resolve", "ingest"):
        (part,) = (out / "_interim").glob(f"{stage}-*/part-*.parquet")
        part.write_bytes(b"x")
        (out / "articles.parquet").unlink()
        extract(raw, out)
        assert tables(out) == before


def flip(path: Path) -> None:
    """Turn the last bytes of every column's data round; the file's footer stays as it is."""
    data, group = bytearray(path.read_bytes()), pq.read_metadata(path).row_group(0)
    for column in map(group.column, range(group.num_columns)):
        start = column.dictionary_page_offset or column.data_page_offset
        end = start + column.total_compressed_size
        data[end - 8 : end] = bytes(byte ^ 0xFF for byte in data[end - 8 : end])
    path.write_bytes(data)


@pytest.mark.parametrize("engine", ["inline", "pool"])
def test_a_part_with_bytes_that_fell_over_is_done_again(raw: Path, tmp_path: Path, engine: str) -> None:
    out = tmp_path / "out"
    extract(raw, out)
    before = tables(out)
    stages = ["ingest", *(stage.name for stage in STAGES)]
    for damaged in (["resolve"], ["figures", "resolve"], stages[1:], stages, ["ingest", "resolve"]):
        for stage in damaged:
            (part,) = (out / "_interim").glob(f"{stage}-*/part-*.parquet")
            flip(part)
        (out / "articles.parquet").unlink()
        report = extract(raw, out, engine_name=engine)
        assert tables(out) == before
        assert (report.articles, report.new, report.gone, report.rewritten) == (3, 0, 0, True)
        assert len(list((out / "_interim").glob("*/part-*.parquet"))) == len(stages), damaged


def test_a_damaged_catalogue_is_made_anew(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    extract(raw, out)
    before = tables(out)
    flip(out / "_interim" / "catalogue.parquet")
    with pytest.raises(InputError, match=r"catalogue\.parquet: not a readable part"):
        run.plan(raw, out)
    assert extract(raw, out).new == 3
    assert tables(out) == before
    assert extract(raw, out).new == 0


def test_a_disk_on_which_nothing_stays_ends_the_run(raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def written(table: pa.Table, path: Path) -> None:
        write_part(table, path)
        if path.parent.name.startswith("resolve-"):
            flip(path)

    monkeypatch.setattr("pipeline.work.write_part", written)
    with pytest.raises(DamagedPartError, match="not a readable part"):
        extract(raw, tmp_path / "out")


def test_a_touched_file_whose_part_is_damaged_is_read_anew(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    extract(raw, out)
    before = tables(out)
    (part,) = (out / "_interim").glob("ingest-*/part-*.parquet")
    flip(part)
    (raw / "bai-4.txt").touch()
    report = extract(raw, out)
    assert (report.new, tables(out)) == (1, before)


def python_m(stage: str, source: Path, target: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", f"pipeline.{stage}", str(source), str(target)]
    return subprocess.run(words, cwd=ROOT, capture_output=True, encoding="utf-8")


def test_stages_one_by_one_give_the_tables_of_a_whole_run(raw: Path, tmp_path: Path) -> None:
    folder = raw
    for stage in ("ingest", "clean", "segment", "extract", "resolve", "write"):
        target = tmp_path / stage
        done = python_m(stage, folder, target)
        assert done.returncode == 0, done.stderr
        what = r"\d+ rows in 12 tables" if stage == "write" else "1 part"
        assert re.fullmatch(f"{stage}: {what} written to {re.escape(str(target))}\n", done.stdout)
        if stage != "write":
            assert [path.name for path in target.iterdir()] == ["part-000001.parquet"], "nothing but parts"
        wrong = python_m(stage, tmp_path / "none", tmp_path / "x")
        assert (wrong.returncode, wrong.stdout) == (2, "")
        assert wrong.stderr.startswith(f"{stage}: {tmp_path / 'none'}: no such folder")
        folder = target
    extract(raw, tmp_path / "out")
    assert tables(folder) == tables(tmp_path / "out")


def test_stages_are_commands_too(raw: Path, tmp_path: Path) -> None:
    for number, (stage, folder) in enumerate((("ingest", raw), ("clean", tmp_path / "0"))):
        done = union_events(stage, folder, tmp_path / str(number))
        assert (done.returncode, done.stdout) == (0, f"{stage}: 1 part written to {tmp_path / str(number)}\n")
    wrong = union_events("mentions", tmp_path / "1", tmp_path / "x")
    assert wrong.returncode == 2
    assert "no part for the stage 'extract'" in wrong.stderr


def test_out_must_be_a_folder(raw: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="is a file"):
        extract(raw, tmp_path / "file")


def test_a_stamp_that_cannot_be_read_is_an_issue(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    texts = [{"text": article(day), "published": when} for day, when in ((4, "11 tháng 3 năm 2021"), (5, "hôm kia"))]
    lines = "\n".join(json.dumps(t, ensure_ascii=False) for t in texts)
    (raw / "bai.jsonl").write_text(lines, encoding="utf-8")
    extract(raw, tmp_path / "out")
    read, unread = rows(tmp_path / "out", "articles")
    assert (str(read["published"]), unread["published"]) == ("2021-03-11 00:00:00", None)
    (issue,) = [i for i in rows(tmp_path / "out", "issues") if i["code"] == "stamp_unread"]
    own = unread["article_id"]
    assert (issue["article_id"], issue["table"], issue["row_id"]) == (own, "articles", own)
    assert issue["detail"] == "given as 'hôm kia'"
