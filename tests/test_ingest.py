import csv
import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.ingest import INGESTED, RecordRef, batches, ingest, records, scan
from pipeline.ingest.files import path_of

TEXT = "Sáng 9/10, Công đoàn ngành Y tế tỉnh tổ chức hội nghị."


def rows(folder: Path, **mapping: str) -> list[dict[str, object]]:
    refs = [ref for batch in batches(folder) for ref in batch]
    table = ingest(refs, mapping)
    assert table.schema == INGESTED
    found: list[dict[str, object]] = table.to_pylist()
    return found


def test_scan_is_sorted_and_leaves_out_hidden_files_and_readme_md(tmp_path: Path) -> None:
    for name in ("b/2.txt", "a.txt", ".hidden/x.txt", "b/.x.txt", "README.md", "b/README.txt", "README", "B.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(TEXT, encoding="utf-8")
    assert [f.source for f in scan(tmp_path)] == ["B.txt", "README", "a.txt", "b/2.txt", "b/README.txt"]
    told = {row["source"]: row["reject_reason"] for row in rows(tmp_path)}
    assert told["README"] == "unsupported_format"
    assert told["b/README.txt"] is None


def test_files_come_in_the_order_of_their_whole_path(tmp_path: Path) -> None:
    names = ["a/z.txt", "a-b.txt", "a.txt", "a/b/c.txt", "a/b-c.txt", "a0.txt", "ă/x.txt", "Z/z.txt"]
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TEXT, encoding="utf-8")
    assert [f.source for f in scan(tmp_path)] == sorted(names)


def test_a_name_that_is_no_utf_8_is_shown_by_its_bytes(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"b\xe0i.txt")).write_text(TEXT, encoding="utf-8")
    (row,) = rows(tmp_path)
    assert (row["source"], row["raw"]) == ("b\\xe0i.txt", TEXT)
    assert path_of(tmp_path, str(row["source"])).read_text(encoding="utf-8") == TEXT
    # a file that is called so is another one, and so is one that is called as that one is shown
    (tmp_path / "b\\xe0i.txt").write_text("as it is called", encoding="utf-8")
    (tmp_path / "b\\x5cxe0i.txt").write_text("as that is shown", encoding="utf-8")
    found = [(f.source, path_of(tmp_path, f.source).read_text(encoding="utf-8")) for f in scan(tmp_path)]
    assert found == [
        ("b\\x5cx5cxe0i.txt", "as that is shown"), ("b\\x5cxe0i.txt", "as it is called"), ("b\\xe0i.txt", TEXT),
    ]  # fmt: skip


def test_folders_of_any_depth_are_walked(tmp_path: Path) -> None:
    here = Path.cwd()
    try:
        os.chdir(tmp_path)
        for _ in range(1200):
            Path("d").mkdir()
            os.chdir("d")
        Path("a.txt").write_text(TEXT, encoding="utf-8")
    finally:
        os.chdir(here)
    (row,) = rows(tmp_path)
    subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)  # too deep for Python's own way
    assert row["raw"] == TEXT


def test_a_missing_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        list(scan(tmp_path / "none"))
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="is a file"):
        list(scan(tmp_path / "file"))


@pytest.mark.parametrize(("codec", "encoding"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16")])
def test_text_keeps_newlines_and_counts_no_mark(tmp_path: Path, codec: str, encoding: str) -> None:
    raw = f"{TEXT}\r\n\r\nHai.\n"
    (tmp_path / "a.txt").write_bytes(raw.encode(codec))
    (row,) = rows(tmp_path)
    assert (row["raw"], row["encoding"], row["whole_file"], row["format"]) == (raw, encoding, True, "text")
    assert row["sha256"] == hashlib.sha256(raw.encode(codec)).hexdigest()


def test_html_is_read_as_it_declares(tmp_path: Path) -> None:
    declared = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1258">'
    page = declared + "<p>Đa\u0323i hô\u0323i công đoa\u0300n"
    (tmp_path / "a.htm").write_bytes(page.encode("cp1258"))
    (row,) = rows(tmp_path)
    assert (row["format"], row["encoding"], row["raw"]) == ("html", "cp1258", page)


@pytest.mark.parametrize(
    ("name", "data", "reason", "words"),
    [
        ("a.txt", b"", "empty", "empty"),
        ("a.txt", b" \n \n", "empty", "blanks"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\0\0\0", "binary", "no text"),
        ("a.txt", b"%PDF-1.7 \xe2\xe3", "binary", "no text"),
        ("a.pdf", b"%PDF-1.7", "unsupported_format", ".txt"),
        ("a.xyz", b"abc", "unsupported_format", ".jsonl"),
        ("a", b"abc", "unsupported_format", "without a suffix"),
        ("a.txt", b"1234567890" * 1_000_000, "too_large", "MiB"),
        ("a.jsonl", b"\n\n", "empty", "no record"),
        ("a.json", b"[]", "empty", "empty list"),
        ("a.json", b"12", "broken_record", "no JSON list"),
        ("a.json", b'{"text": ', "broken_record", "no valid JSON"),
        ("a.csv", b"text,url\n", "empty", "no row"),
    ],
)
def test_what_is_no_article_is_a_row_with_a_reason(
    tmp_path: Path, name: str, data: bytes, reason: str, words: str
) -> None:
    (tmp_path / name).write_bytes(data)
    (row,) = rows(tmp_path)
    assert row["reject_reason"] == reason
    assert words in str(row["reject_detail"])
    assert row["raw"] is None


def test_json_lines(tmp_path: Path) -> None:
    good = json.dumps({"text": TEXT, "url": "https://a.example/1", "title": " T ", "published": 1646360140})
    (tmp_path / "a.jsonl").write_text(f'{good}\n\n{{"text": \n["x"]\n{good}', encoding="utf-8")
    first, broken, no_object, last = rows(tmp_path)
    assert (first["source"], first["raw"], first["title"]) == ("a.jsonl#1", TEXT, "T")
    assert (first["published"], first["whole_file"]) == ("1646360140", False)
    assert first["sha256"] == hashlib.sha256(f"{good}\n".encode()).hexdigest()
    assert (broken["source"], broken["reject_reason"]) == ("a.jsonl#2", "broken_record")
    assert no_object["reject_reason"] == "broken_record"
    assert (last["source"], last["raw"]) == ("a.jsonl#4", TEXT)


def test_a_record_without_text_names_its_columns(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"id": 1, "cot_7": TEXT}), encoding="utf-8")
    (refused,) = rows(tmp_path)
    assert refused["reject_reason"] == "missing_field"
    assert "'text' or 'html'" in str(refused["reject_detail"])
    assert "id, cot_7" in str(refused["reject_detail"])
    (taken,) = rows(tmp_path, text="cot_7")
    assert taken["raw"] == TEXT


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_json_list_and_object(tmp_path: Path, codec: str) -> None:
    both = [{"text": TEXT}, {"html": "<p>Công đoàn"}]
    (tmp_path / "a.json").write_text(json.dumps(both, ensure_ascii=False, indent=1), encoding=codec)
    (tmp_path / "b.json").write_text(json.dumps(both[0], ensure_ascii=False), encoding=codec)
    one, two, alone = rows(tmp_path)
    assert [one["source"], two["source"], alone["source"]] == ["a.json#1", "a.json#2", "b.json"]
    assert [one["format"], two["format"], alone["raw"]] == ["text", "html", TEXT]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_tables(tmp_path: Path, delimiter: str) -> None:
    with (tmp_path / "a.csv").open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter)
        writer.writerows([["Text", "url"], [f"{TEXT}\nHai, ba; bốn.", "u1"], ["", "u2"], ["Năm", "u3"]])
    first, blank, last = rows(tmp_path)
    assert (first["source"], first["raw"], first["url"]) == ("a.csv#1", f"{TEXT}\nHai, ba; bốn.", "u1")
    assert (blank["reject_reason"], blank["source"]) == ("empty", "a.csv#2")
    assert (last["raw"], last["url"]) == ("Năm", "u3")


def test_half_a_surrogate_pair_does_not_end_the_run(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "a\\ud800b"}', encoding="utf-8")
    (row,) = rows(tmp_path)
    assert row["raw"] == "a\ufffdb"


def test_batches_are_bounded_and_in_order(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps({"text": f"{TEXT} {i}"}) for i in range(25))
    (tmp_path / "a.jsonl").write_text(lines, encoding="utf-8")
    (tmp_path / "b.txt").write_text(TEXT, encoding="utf-8")
    cut = list(batches(tmp_path, size=10))
    assert [len(b) for b in cut] == [10, 10, 6]
    # a list is read without those before it
    assert ingest(cut[1]).column("raw").to_pylist()[0] == f"{TEXT} 10"
    assert len({ref.fingerprint for batch in cut for ref in batch}) == 26


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30), min_size=1, max_size=6))  # fmt: skip  # noqa: E501
def test_every_json_record_is_found(tmp_path: Path, cells: list[str]) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"text": c} for c in cells], ensure_ascii=False), encoding="utf-8")
    refs: list[RecordRef] = [r for f in scan(tmp_path) for r in records(f)]
    got = ingest(refs).to_pylist()
    assert [g["raw"] for g in got] == [cell if cell.strip() else None for cell in cells]
