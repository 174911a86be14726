import datetime as dt
import gzip
import io
import json
import os
import random
import tarfile
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import rules
from pipeline.clean import clean
from pipeline.ingest import batches, files, ingest, records, scan
from pipeline.run import extract

TEXT = "Sáng 9/10, Công đoàn ngành Y tế tỉnh tổ chức hội nghị."
PAGE = f"<html><head><meta charset='utf-8'></head><body><p>{TEXT}</p></body></html>"


def rows(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ingest([ref for batch in batches(folder) for ref in batch]).to_pylist()
    return found


def told(folder: Path) -> list[tuple[str, str | None]]:
    """Source and the raw text, or the code of the reject."""
    return [(r["source"], r["reject_reason"] or r["raw"]) for r in rows(folder)]


def lines(count: int, start: int = 1) -> bytes:
    return b"".join(
        json.dumps({"text": f"{TEXT} {i}"}, ensure_ascii=False).encode() + b"\n" for i in range(start, start + count)
    )


def zipped(path: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


# ---------------------------------------------------------------- gzip


@pytest.mark.parametrize(("name", "kind"), [("a.txt.gz", "text"), ("a.html.gz", "html")])
def test_a_packed_file_is_one_record_with_offsets(tmp_path: Path, name: str, kind: str) -> None:
    (tmp_path / name).write_bytes(gzip.compress(f"\ufeff{TEXT}\r\n".encode()))
    (row,) = rows(tmp_path)
    assert (row["source"], row["format"], row["whole_file"]) == (name, kind, True)
    assert (row["raw"], row["encoding"]) == (f"{TEXT}\r\n", "utf-8-sig")


def test_packed_records_and_members_in_a_row(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines(2)) + gzip.compress(lines(1, 3)) + b"\0\0")
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(f'text,url\n"{TEXT}",u\n'.encode("utf-16")))
    assert told(tmp_path) == [
        *((f"a.jsonl.gz#{i}", f"{TEXT} {i}") for i in (1, 2, 3)),
        ("b.csv.gz#1", "Sáng 9/10"),
    ] or [r["reject_reason"] for r in rows(tmp_path)]


def noisy(count: int) -> bytes:
    """Records that do not pack well, so that a cut loses some of them."""
    chance = random.Random(7)
    return b"".join(
        json.dumps({"text": f"{TEXT} {i} {chance.randbytes(600).hex()}"}).encode() + b"\n" for i in range(1, count + 1)
    )


def test_a_cut_costs_what_is_behind_it_and_is_one_reject(tmp_path: Path) -> None:
    packed = gzip.compress(noisy(400))
    (tmp_path / "a.jsonl.gz").write_bytes(packed[: len(packed) * 3 // 4])
    found = rows(tmp_path)
    good = [r for r in found if not r["reject_reason"]]
    assert 280 < len(good) < 310
    assert [r["source"] for r in found] == [f"a.jsonl.gz#{i}" for i in range(1, len(good) + 2)]
    assert found[-1]["reject_reason"] == "broken_record"
    assert "breaks off" in found[-1]["reject_detail"]


@pytest.mark.parametrize("name", ["a.txt.gz", "a.json.gz", "a.parquet.gz", "a.csv.gz", "a.warc.gz", "a.tar.gz"])
def test_a_cut_or_no_gzip_is_said(tmp_path: Path, name: str) -> None:
    packed = gzip.compress(b"[" * 9 + os.urandom(4000).hex().encode())
    (tmp_path / name).write_bytes(packed[:900])
    (tmp_path / f"b{name}").write_bytes(b"no gzip at all")
    found = rows(tmp_path)
    assert {r["reject_reason"] for r in found} == {"broken_record"}
    assert {r["source"].split("#")[0] for r in found} == {name, f"b{name}"}


def test_what_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "SMALL", 2**20)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(b"\n" * 2**24))
    zipped(tmp_path / "b.zip", {f"{i}.txt": b" " * 2**22 for i in range(4)})
    found = rows(tmp_path)
    assert len(found) == 5
    assert {r["reject_reason"] for r in found} == {"broken_record"}
    assert all("zip bomb" in r["reject_detail"] for r in found)


# ---------------------------------------------------------------- archives


def test_members_of_a_zip_are_files_below_it(tmp_path: Path) -> None:
    table = io.BytesIO()
    pq.write_table(pa.table({"text": [TEXT]}), table)
    zipped(
        tmp_path / "a.zip",
        {
            "b/c.txt": TEXT.encode("utf-16"),
            "d.jsonl": lines(2),
            "e.jsonl.gz": gzip.compress(lines(1)),
            "f.parquet": table.getvalue(),
            "g.pdf": b"%PDF",
            "h.zip": b"PK",
            "empty.txt": b"",
            "README.md": b"x",
            ".hidden/x.txt": b"x",
            "__MACOSX/._c.txt": b"x",
        },
    )
    assert told(tmp_path) == [
        ("a.zip/b/c.txt", TEXT),
        ("a.zip/d.jsonl#1", f"{TEXT} 1"),
        ("a.zip/d.jsonl#2", f"{TEXT} 2"),
        ("a.zip/e.jsonl.gz#1", f"{TEXT} 1"),
        ("a.zip/f.parquet#1", TEXT),
        ("a.zip/g.pdf", "unsupported_format"),
        ("a.zip/h.zip", "unsupported_format"),
        ("a.zip/empty.txt", "empty"),
    ]
    nested = next(r for r in rows(tmp_path) if r["source"] == "a.zip/h.zip")
    assert "archive inside an archive" in nested["reject_detail"]


@pytest.mark.parametrize("name", ["../../x.txt", "/etc/x.txt", "a/../../x.txt", "C:\\x.txt", "..\\x.txt"])
def test_names_that_lead_out_of_the_archive_are_refused(tmp_path: Path, name: str) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    info = zipfile.ZipInfo("placeholder")
    info.filename = name
    with zipfile.ZipFile(raw / "a.zip", "w") as archive:
        archive.writestr(info, TEXT)
    with tarfile.open(raw / "b.tar", "w") as tar:
        member = tarfile.TarInfo(name)
        member.size = 3
        tar.addfile(member, io.BytesIO(b"abc"))
    found = rows(raw)
    assert [r["reject_reason"] for r in found] == ["unreadable_file"] * 2
    assert all("leads out" in r["reject_detail"] for r in found)
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["a.zip", "b.tar", "raw"]


def test_encrypted_damaged_and_repeated_members_cost_themselves(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("locked.txt", "bad.txt", "good.txt"):
            archive.writestr(name, f"{name} " + os.urandom(300).hex())
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("good.txt", TEXT)
        infos = {i.filename: i for i in archive.infolist()}
    data = bytearray(path.read_bytes())
    at = infos["bad.txt"].header_offset + 60
    data[at : at + 40] = b"\xff" * 40
    for sign, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(sign) + flags] |= 1
    path.write_bytes(data)
    found = {r["source"]: r for r in rows(tmp_path)}
    assert "encrypted" in found["a.zip/locked.txt"]["reject_detail"]
    assert found["a.zip/bad.txt"]["reject_reason"] == "broken_record"
    assert found["a.zip/good.txt"]["raw"] == TEXT
    assert found["a.zip/good.txt (1)"]["reject_reason"] == "replaced"
    assert len(rows(tmp_path)) == len(found) == 4


def test_a_cut_zip_is_one_reject(tmp_path: Path) -> None:
    zipped(tmp_path / "a.zip", {"a.txt": TEXT.encode()})
    (tmp_path / "a.zip").write_bytes((tmp_path / "a.zip").read_bytes()[:-30])
    assert told(tmp_path) == [("a.zip", "broken_record")]


def test_of_members_with_one_name_the_last_is_read(tmp_path: Path) -> None:
    members = [("b.txt", "một"), ("c.jsonl", '{"text": "x"}'), ("./b.txt", "hai"), ("c.jsonl", '{"text": "y"}'),
               ("d.txt", "bốn"), ("b.txt", "ba"), ("b.txt (9)", "")]  # fmt: skip
    for name in ("a.tar", "a.tgz"):
        with tarfile.open(tmp_path / name, "w:gz" if name == "a.tgz" else "w") as tar:
            for member, text in members:
                info = tarfile.TarInfo(member)
                info.size = len(text.encode())
                tar.addfile(info, io.BytesIO(text.encode()))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for member, text in members:
            archive.writestr(member, text)
    expected = [
        ("b.txt (1)", "replaced"), ("c.jsonl (1)", "replaced"), ("b.txt (2)", "replaced"), ("c.jsonl#1", "y"),
        ("d.txt", "bốn"), ("b.txt", "ba"), ("b.txt (9)", "unsupported_format"),
    ]  # fmt: skip
    assert told(tmp_path) == [
        (f"{name}/{source}", text) for name in ("a.tar", "a.tgz", "a.zip") for source, text in expected
    ]


def test_a_tar_to_which_its_files_were_added_again_gives_every_article_once(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    text = "Ngày 4/3/2021, LĐLĐ tỉnh Hà Nam tổ chức hội nghị. Công đoàn đã trao 31 suất quà cho đoàn viên nghèo.\n" * 2
    with tarfile.open(tmp_path / "raw" / "a.tar", "w") as tar:
        for edition in ("", "", "Tin thêm: có 40 đoàn viên dự hội nghị."):
            info = tarfile.TarInfo("b.txt")
            info.size = len((text + edition).encode())
            tar.addfile(info, io.BytesIO((text + edition).encode()))
    for _ in range(2):
        report = extract(tmp_path / "raw", tmp_path / "out", engine_name="inline")
        assert (report.articles, report.rejects) == (1, {"replaced": 2})
        figures = pq.read_table(tmp_path / "out" / "figures.parquet")
        assert figures["low"].to_pylist() == [31.0, 40.0]
        assert len(set(figures["figure_id"].to_pylist())) == 2
    assert (report.new, report.gone) == (0, 0)


@pytest.mark.parametrize("suffix", [".tar", ".tar.gz", ".tgz"])
def test_members_of_a_tar(tmp_path: Path, suffix: str) -> None:
    with tarfile.open(tmp_path / f"a{suffix}", "w:gz" if suffix.endswith("gz") else "w") as tar:
        for name, data in (("b/c.txt", TEXT.encode()), ("d.jsonl", lines(2)), ("e.zip", b"PK")):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    assert told(tmp_path) == [
        (f"a{suffix}/b/c.txt", TEXT),
        (f"a{suffix}/d.jsonl#1", f"{TEXT} 1"),
        (f"a{suffix}/d.jsonl#2", f"{TEXT} 2"),
        (f"a{suffix}/e.zip", "unsupported_format"),
        (f"a{suffix}/link.txt", "unreadable_file"),
    ]


def test_a_cut_tar_costs_what_is_behind_it(tmp_path: Path) -> None:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as tar:
        for name in ("a.txt", "b.txt"):
            info = tarfile.TarInfo(name)
            info.size = len(TEXT.encode()) * 100
            tar.addfile(info, io.BytesIO(TEXT.encode() * 100))
    (tmp_path / "a.tar").write_bytes(whole.getvalue()[:9000])
    found = told(tmp_path)
    assert found[0] == ("a.tar/a.txt", TEXT * 100)
    assert {reason for _, reason in found[1:]} == {"broken_record"}


# ---------------------------------------------------------------- Parquet


def test_parquet_rows_with_columns_by_other_names(tmp_path: Path) -> None:
    table = pa.table(
        {
            "Tiêu đề": ["T", "U", "V"],
            "noi_dung": [TEXT, None, f"<p>{TEXT}</p>"],
            "date_published": pa.array([1646360140000] * 3, pa.timestamp("ms")),
            "crawled_at": ["2024-01-01"] * 3,
            "vector": [[0.5, 1.0]] * 3,
            "tags": [["a", "b"]] * 3,
            "raw": [b"\xff\xfe\x00"] * 3,
        }
    )
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=2)
    first, empty, page = rows(tmp_path)
    assert (first["source"], first["raw"], first["title"]) == ("a.parquet#1", TEXT, "T")
    assert (first["published"], first["whole_file"]) == ("2022-03-04 02:15:40", False)
    assert (empty["source"], empty["reject_reason"]) == ("a.parquet#2", "empty")
    assert (page["source"], page["format"]) == ("a.parquet#3", "html")


def test_a_damaged_row_group_costs_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    texts = [os.urandom(200).hex() for _ in range(30)]
    pq.write_table(pa.table({"text": texts}), path, row_group_size=10, compression="none", use_dictionary=False)
    column = pq.read_metadata(path).row_group(1).column(0)
    data = bytearray(path.read_bytes())
    data[column.data_page_offset : column.data_page_offset + 60] = b"\xff" * 60
    path.write_bytes(data)
    found = rows(tmp_path)
    assert [r["raw"] for r in found if r["raw"]] == texts[:10] + texts[20:]
    (bad,) = [r for r in found if r["reject_reason"]]
    assert (bad["source"], bad["reject_reason"]) == ("a.parquet#11", "broken_record")
    assert "11 to 20" in bad["reject_detail"]


@pytest.mark.parametrize("data", [b"PAR1", b"PAR1" + b"\0" * 50 + b"PAR1", b"no parquet"])
def test_no_parquet_is_said(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.parquet").write_bytes(data)
    assert told(tmp_path) == [("a.parquet", "broken_record")]


# ---------------------------------------------------------------- tables and lists


def test_a_row_that_is_broken_costs_itself(tmp_path: Path) -> None:
    table = (
        f'id,text,url\n1,"{TEXT}",u1\n2,"Một\nHai "ba" bốn\nNăm,u2\n3,"{TEXT}\nSáu",u3\n4,"không hết\n5,{TEXT[:4]},u5\n'
    )
    (tmp_path / "a.csv").write_text(table, encoding="utf-8")
    assert told(tmp_path) == [
        ("a.csv#1", TEXT),
        ("a.csv#2", "broken_record"),
        ("a.csv#3", f"{TEXT}\nSáu"),
        ("a.csv#4", "broken_record"),
        ("a.csv#5", "Sáng"),
    ]


def test_a_line_that_is_far_too_long_costs_itself(tmp_path: Path) -> None:
    long = b'{"text": "' + b"x" * (9 * 2**20) + b'"}\n'
    (tmp_path / "a.jsonl").write_bytes(lines(1) + long + lines(1, 2))
    (tmp_path / "b.csv").write_bytes(b"text,url\n" + long + f'"{TEXT}",u\n'.encode())
    assert [r["reject_reason"] for r in rows(tmp_path)] == [None, "too_large", None, "broken_record", None]
    assert "9.0 MiB" in rows(tmp_path)[1]["reject_detail"]


@pytest.mark.parametrize(
    "column", ["text", "Content", "noi_dung", "Nội dung", "noiDung", "article-body", "main text", "FULLTEXT"]
)
def test_columns_are_known_by_their_usual_names(tmp_path: Path, column: str) -> None:
    record = {column: TEXT, "Tác giả": "An", "link": "https://a.example/1", "ngay_dang": "5/3/2024", "crawl_date": "x"}
    (tmp_path / "a.jsonl").write_text(json.dumps(record), encoding="utf-8")
    (row,) = rows(tmp_path)
    assert (row["raw"], row["byline"], row["url"]) == (TEXT, "An", "https://a.example/1")
    assert row["published"] == "5/3/2024"


def test_a_time_of_crawling_is_no_publication(tmp_path: Path) -> None:
    record = {"text": TEXT, "crawled_at": "2024-01-01", "crawl_date": "2024-01-01", "timestamp": "2024-01-01"}
    (tmp_path / "a.jsonl").write_text(json.dumps(record), encoding="utf-8")
    assert rows(tmp_path)[0]["published"] is None


# ---------------------------------------------------------------- web archives


def web_record(kind: str, url: str, block: bytes, content_type: str) -> bytes:
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-05-06T07:08:09Z\r\n"
    head += f"WARC-Record-ID: <urn:x:{url}>\r\nContent-Type: {content_type}\r\nContent-Length: {len(block)}\r\n\r\n"
    return head.encode() + block + b"\r\n\r\n"


def web_archive(packed: bool, pages: list[tuple[str, str, bytes, str, dict[str, str]]]) -> bytes:
    out = [web_record("warcinfo", "x", b"software: x", "application/warc-fields")]
    for kind, url, data, status, headers in pages:
        if kind == "request":
            out.append(web_record(kind, url, b"GET / HTTP/1.1\r\n\r\n", "application/http"))
        elif kind == "conversion":
            out.append(web_record(kind, url, data, headers.get("Content-Type", "text/plain")))
        else:
            http = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            block = f"HTTP/1.1 {status}\r\n{http}\r\n".encode() + data
            out.append(web_record(kind, url, block, "application/http; msgtype=response"))
    return b"".join(gzip.compress(record) if packed else record for record in out)


HTML = {"Content-Type": "text/html; charset=utf-8"}
PAGES: list[tuple[str, str, bytes, str, dict[str, str]]] = [
    ("request", "https://a.example/1", b"", "", {}),
    ("response", "https://a.example/1", PAGE.encode(), "200 OK", HTML),
    ("response", "https://a.example/2", b"\x89PNG", "200 OK", {"Content-Type": "image/png"}),
    ("response", "https://a.example/3", PAGE.encode(), "404 Not Found", HTML),
    ("response", "https://a.example/4", gzip.compress(PAGE.encode()), "200 OK", {**HTML, "Content-Encoding": "gzip"}),
    ("response", "https://a.example/5", b"5\r\n<p>ab\r\n4\r\n</p>\r\n0\r\n\r\n", "200 OK",
     {"Content-Type": "text/html", "Transfer-Encoding": "chunked"}),
    ("revisit", "https://a.example/6", b"", "200 OK", HTML),
    ("conversion", "https://a.example/7", TEXT.encode(), "", {"Content-Type": "text/plain"}),
    ("response", "https://a.example/8", b"xx", "200 OK", {**HTML, "Content-Encoding": "br"}),
]  # fmt: skip


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz", "a.warc.wet.gz"])
def test_pages_of_a_web_archive(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(web_archive(name.endswith("gz"), PAGES))
    found = rows(tmp_path)
    assert [(r["source"], r["reject_reason"] or r["raw"]) for r in found] == [
        (f"{name}#1", PAGE),
        (f"{name}#2", "not_a_page"),
        (f"{name}#3", "not_a_page"),
        (f"{name}#4", PAGE),
        (f"{name}#5", "<p>ab</p>"),
        (f"{name}#6", "not_a_page"),
        (f"{name}#7", TEXT),
        (f"{name}#8", "unsupported_format"),
    ]
    page, text = found[0], found[6]
    assert (page["format"], page["url"], page["encoding"]) == ("html", "https://a.example/1", "utf-8")
    assert (text["format"], text["url"], text["whole_file"]) == ("text", "https://a.example/7", False)
    assert page["crawled"] == "2024-05-06T07:08:09Z"
    assert page["published"] is None
    assert "404" in found[2]["reject_detail"]
    assert "image/png" in found[1]["reject_detail"]


def test_the_time_of_fetching_is_kept_apart_from_the_date(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()
    (raw / "a.warc.gz").write_bytes(web_archive(True, PAGES[-2:-1]))
    extract(raw, out, workers=1)
    (article,) = pq.read_table(out / "articles.parquet").to_pylist()
    assert (article["crawled"], article["published"]) == (dt.datetime(2024, 5, 6, 7, 8, 9), None)
    assert article["url"] == "https://a.example/7"


def test_the_charset_of_the_server_counts(tmp_path: Path) -> None:
    page = "<p>Đa\u0323i hô\u0323i công đoa\u0300n</p>"
    headers = {"Content-Type": "text/html; charset=windows-1258"}
    (tmp_path / "a.warc").write_bytes(
        web_archive(False, [("response", "https://a.example", page.encode("cp1258"), "200 OK", headers)])
    )
    (row,) = rows(tmp_path)
    assert (row["encoding"], row["raw"]) == ("cp1258", page)


def many_pages(count: int, packed: bool) -> bytes:
    chance = random.Random(5)
    return web_archive(
        packed,
        [
            ("response", f"https://a.example/{i}", PAGE.encode() + chance.randbytes(500).hex().encode(), "200 OK", HTML)
            for i in range(count)
        ],
    )


@pytest.mark.parametrize("packed", [False, True])
def test_a_cut_web_archive_costs_what_is_behind_it(tmp_path: Path, packed: bool) -> None:
    whole = many_pages(20, packed)
    (tmp_path / ("a.warc.gz" if packed else "a.warc")).write_bytes(whole[: len(whole) // 2])
    found = rows(tmp_path)
    assert [r["reject_reason"] for r in found] == [None] * (len(found) - 1) + ["broken_record"]
    assert 8 <= len(found) <= 11


@pytest.mark.parametrize("packed", [False, True])
def test_a_broken_page_costs_itself(tmp_path: Path, packed: bool) -> None:
    whole = many_pages(9, packed)
    if packed:
        starts = [i for i in range(len(whole)) if whole.startswith(b"\x1f\x8b\x08", i)]
        at = starts[4] + 200
        whole = whole[:at] + b"\xff" * 50 + whole[at + 50 :]
        name = "a.warc.gz"
    else:
        at = whole.index(b"Content-Length", whole.index(b"https://a.example/3")) + 16
        whole = whole[:at] + b"9" + whole[at + 1 :]
        name = "a.warc"
    (tmp_path / name).write_bytes(whole)
    found = rows(tmp_path)
    assert [r["reject_reason"] for r in found] == [None] * 3 + ["broken_record"] + [None] * 5
    assert [r["url"] for r in found[4:]] == [f"https://a.example/{i}" for i in range(4, 9)]


def test_a_length_that_is_too_small_costs_its_record(tmp_path: Path) -> None:
    whole = many_pages(3, packed=False)
    at = whole.index(b"Content-Length", whole.index(b"https://a.example/1")) + 16
    (tmp_path / "a.warc").write_bytes(whole[:at] + b"0" + whole[at + 1 :])
    assert [r["reject_reason"] for r in rows(tmp_path)] == [None, "broken_record", None]


def test_a_record_too_large_for_an_article_is_passed_over(tmp_path: Path) -> None:
    big = b"x" * (9 * 2**20)
    pages = [
        ("response", "https://a.example/1", big, "200 OK", {"Content-Type": "video/mp4"}),
        ("response", "https://a.example/2", big, "200 OK", HTML),
        PAGES[1],
    ]
    (tmp_path / "a.warc.gz").write_bytes(web_archive(True, pages))
    assert [r["reject_reason"] for r in rows(tmp_path)] == ["not_a_page", "too_large", None]


@pytest.mark.parametrize("data", [b"hello\nworld\n", b"WARC/1.0\r\n\r\n", b"WARC/1.0\r\nContent-Length: x\r\n\r\nab"])
def test_no_web_archive_is_said(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.warc").write_bytes(data)
    assert [r["reject_reason"] for r in rows(tmp_path)] == ["broken_record"]


# ---------------------------------------------------------------- what is new


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".csv", ".json", ".parquet", ".warc.gz", ".zip"])
def test_an_appended_record_makes_no_other_new(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"

    def write(count: int) -> None:
        texts = [f"{TEXT} {i}" for i in range(count)]
        if suffix == ".csv":
            path.write_text("text,url\n" + "".join(f'"{t}",u\n' for t in texts), encoding="utf-8")
        elif suffix == ".json":
            path.write_text(json.dumps([{"text": t} for t in texts]), encoding="utf-8")
        elif suffix == ".parquet":
            pq.write_table(pa.table({"text": texts}), path)
        elif suffix == ".warc.gz":
            path.write_bytes(
                web_archive(True, [("conversion", f"u:{i}", t.encode(), "", {}) for i, t in enumerate(texts)])
            )
        elif suffix == ".zip":
            zipped(path, {f"{i}.txt": t.encode() for i, t in enumerate(texts)})
        else:
            path.write_bytes(gzip.compress(lines(count)) if suffix.endswith("gz") else lines(count))

    def prints() -> set[str]:
        return {ref.fingerprint for file in scan(tmp_path) for ref in records(file)}

    write(30)
    before = prints()
    write(31)
    assert len(before) == 30
    assert len(prints() - before) == 1
    assert len(prints()) == 31


# ---------------------------------------------------------------- anything at all

NAMES = [
    "a.txt", "a.html", "a.jsonl", "a.json", "a.csv", "a.tsv", "a.parquet", "a.zip", "a.tar", "a.tgz", "a.warc", "a.gz",
    "a.txt.gz", "a.html.gz", "a.jsonl.gz", "a.json.gz", "a.csv.gz", "a.parquet.gz", "a.warc.gz", "a.warc.wet.gz",
]  # fmt: skip


def whole_files() -> dict[str, bytes]:
    """A sound file of every kind."""
    table = io.BytesIO()
    pq.write_table(pa.table({"text": [TEXT] * 9}), table)
    csv = "text,url\n" + "".join(f'"{TEXT}\n{i}",u{i}\n' for i in range(9))
    sound = {
        "a.txt": (TEXT * 9).encode("utf-16"), "a.html": PAGE.encode(), "a.jsonl": lines(9),
        "a.json": json.dumps([{"text": TEXT}] * 9).encode(), "a.csv": csv.encode(), "a.parquet": table.getvalue(),
        "a.warc": many_pages(5, False), "a.warc.gz": many_pages(5, True),
    }  # fmt: skip
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sound.items():
            archive.writestr(name, data)
    tarred = io.BytesIO()
    with tarfile.open(fileobj=tarred, mode="w:gz") as tar:
        for name, data in sound.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return {**sound, "a.zip": packed.getvalue(), "a.tgz": tarred.getvalue(), "a.csv.gz": gzip.compress(csv.encode())}


WHOLE = whole_files()


def survives(folder: Path, name: str, data: bytes) -> list[dict[str, Any]]:
    for old in folder.iterdir():
        old.unlink()
    (folder / name).write_bytes(data)
    table = clean(ingest([ref for batch in batches(folder) for ref in batch]), rules.load())
    found: list[dict[str, Any]] = table.to_pylist()
    assert found, "neither an article nor a reject"
    assert all(r["text"] or (r["reject_reason"] and r["reject_detail"]) for r in found)
    assert "failed" not in {r["reject_reason"] for r in found}
    assert len({r["source"] for r in found}) == len(found)
    return found


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(NAMES), data=st.binary(max_size=400))
def test_any_bytes_give_articles_or_rejects(tmp_path: Path, name: str, data: bytes) -> None:
    survives(tmp_path, name, data)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(WHOLE)), data=st.data())
def test_any_damage_gives_articles_or_rejects(tmp_path: Path, name: str, data: st.DataObject) -> None:
    whole = bytearray(WHOLE[name])
    for at in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=3)):
        whole[at] = data.draw(st.integers(0, 255))
    end = data.draw(st.one_of(st.just(len(whole)), st.integers(1, len(whole))))
    survives(tmp_path, name, bytes(whole[:end]))


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    deep = tmp_path / "/".join(["thư mục"] * 60)
    deep.mkdir(parents=True)
    (deep / "a.txt").write_text(TEXT, encoding="utf-8")
    for name in ("một hai\n#3.txt", "a'b\"c;$(x).txt", "-rf.txt", "日本.txt", " .txt"):
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
    (tmp_path / os.fsdecode(b"h\xe9.txt")).write_text(TEXT, encoding="utf-8")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
    return tmp_path


def test_odd_names_and_loops(odd: Path) -> None:
    found = rows(odd)
    assert sum(r["raw"] == TEXT for r in found) == 7
    (bad,) = [r for r in found if r["reject_reason"]]
    assert (bad["source"], bad["reject_reason"]) == ("self.txt", "unreadable_file")
    assert "h\\xe9.txt" in {r["source"] for r in found}


def test_a_million_empty_lines(tmp_path: Path) -> None:
    assert survives(tmp_path, "a.txt", b"\n" * 1_000_000)[0]["reject_reason"] == "empty"
    assert survives(tmp_path, "a.jsonl", b"\n" * 1_000_000)[0]["reject_reason"] == "empty"
    assert survives(tmp_path, "a.csv", b"\n" * 1_000_000)[0]["reject_reason"] == "empty"
