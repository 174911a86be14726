"""``union-events show``: a row beside its sentence, event, article and link."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow.parquet as pq
import pytest

from pipeline.errors import InputError
from pipeline.run import extract
from pipeline.show import KEYED, Tables, link, shown
from tests.conftest import SampleRun, union_events

TEXT = (
    "Ngày 4/3/2021, Liên đoàn Lao động tỉnh Hà Nam tổ chức hội nghị tổng kết công tác công đoàn năm 2020.\n"
    "Dự hội nghị có ông Lê Văn Bình, Phó Chủ tịch LĐLĐ tỉnh. Công đoàn đã hỗ trợ gần 884 triệu đồng cho 338 đoàn viên. "
    "Các cấp công đoàn tiếp tục chăm lo đời sống người lao động."
)
TITLE = "Hà Nam: hỗ trợ gần 884 triệu đồng cho 338 đoàn viên"
UNDATED = "Sáng 4/3, Liên đoàn Lao động tỉnh Hà Nam tổ chức hội nghị cán bộ chủ chốt tại thành phố Phủ Lý."
URL = "https://congdoan.example.vn/tin/tong-ket?id=3#top"


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("show")
    (folder / "raw").mkdir()
    records = [{"title": TITLE, "text": TEXT, "url": URL, "published": "2021-03-05"}, {"text": UNDATED}]
    lines = "\n".join(json.dumps(record, ensure_ascii=False) for record in records)
    (folder / "raw" / "a.jsonl").write_text(lines, encoding="utf-8")
    extract(folder / "raw", folder / "out", engine_name="inline")
    return folder / "out"


def rows(tables: Path, name: str) -> list[dict[str, Any]]:
    return list(pq.read_table(tables / f"{name}.parquet").to_pylist())


def test_a_figure_stands_in_its_sentence_with_event_article_and_link(tables: Path) -> None:
    title, figure = (f for f in rows(tables, "figures") if f["kind"] == "money")
    lines = shown(Tables(tables), figure["figure_id"]).splitlines()
    assert lines[0] == f"figures: {figure['figure_id']}"
    assert "  low       884,000,000" in lines
    at = next(n for n, line in enumerate(lines) if line.startswith(">"))
    assert lines[at - 2 : at + 2] == [
        "sentence 3 (body):",
        "  Dự hội nghị có ông Lê Văn Bình, Phó Chủ tịch LĐLĐ tỉnh.",
        "> Công đoàn đã hỗ trợ >>gần 884 triệu đồng<< cho 338 đoàn viên.",
        "  Các cấp công đoàn tiếp tục chăm lo đời sống người lao động.",
    ]
    assert "  review_conference, 2021-03-04, Liên đoàn Lao động tỉnh Hà Nam, Hà Nam" in lines
    assert f"  {TITLE}, 2021-03-05 (record), congdoan.example.vn" in lines
    assert f"  {tables.parent / 'raw'}/a.jsonl#1" in lines
    address = next(line for line in lines if "https:" in line).strip()
    assert " " not in address
    assert unquote(address) == ("https://congdoan.example.vn/tin/tong-ket?id=3#:~:text=đã hỗ trợ-,gần 884 triệu đồng")
    assert f"the same fact: {title['figure_id']}, sentence 0: gần 884 triệu đồng" in lines
    lines = shown(Tables(tables), title["figure_id"]).splitlines()
    assert f"the same fact: {figure['figure_id']}, sentence 3: gần 884 triệu đồng" in lines


def test_what_a_person_should_look_at_stands_below(tables: Path) -> None:
    date = next(d for d in rows(tables, "dates") if d["date_start"] is None)
    page = shown(Tables(tables), date["date_id"])
    assert page.splitlines()[-1] == "issue: date_without_year: nothing fixes it"
    assert "> Sáng >>4/3<<, Liên đoàn" in page


def test_every_row_with_an_id_can_be_shown(sample_run: SampleRun) -> None:
    tables = Tables(sample_run.tables)
    for table in KEYED:
        for row in rows(sample_run.tables, table)[:2]:
            row_id = str(next(iter(row.values())))
            page = shown(tables, row_id)
            assert page.splitlines()[0] == f"{table}: {row_id}"
            if row.get("span_start") is not None:
                marked = " ".join(page.split()).partition(">>")[2].partition("<<")[0]
                assert marked == " ".join(row["text"].split()), (table, row)


def test_a_source_file_is_named_with_the_characters(sample_run: SampleRun) -> None:
    article = next(a for a in rows(sample_run.tables, "articles") if a["source"].endswith(".txt"))
    figure = next(f for f in rows(sample_run.tables, "figures") if f["article_id"] == article["article_id"])
    where = f"{article['source']}, characters {figure['raw_start']} to {figure['raw_end']}"
    assert where in shown(Tables(sample_run.tables), figure["figure_id"])


@pytest.mark.parametrize(
    ("url", "start", "wanted"),
    [
        ("https://a.vn/b", 0, "https://a.vn/b#:~:text=S%C3%A1u%20%2D%20b%E1%BA%A3y"),
        ("https://a.vn/b#c", 10, "https://a.vn/b#:~:text=S%C3%A1u%20%2D-,b%E1%BA%A3y"),
        ("ftp://a.vn/b", 0, "ftp://a.vn/b"),
    ],
)
def test_a_link_leads_to_the_words(url: str, start: int, wanted: str) -> None:
    text = "Sáu - bảy\nSáu - bảy"
    span = {"span_start": start + 6, "span_end": start + 9, "text": "bảy"} if start else {
        "span_start": 0, "span_end": 9, "text": "Sáu - bảy",
    }  # fmt: skip
    assert link({"url": url, "text": text}, span) == wanted


def test_the_command(tables: Path, tmp_path: Path) -> None:
    ids = [figure["figure_id"] for figure in rows(tables, "figures")][:2]
    done = union_events("show", *ids, "--tables", tables)
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith("figures: ")] == [
        f"figures: {figure_id}" for figure_id in ids
    ]
    done = union_events("show", "f0", "--tables", tables)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"no row f0 in {tables}" in done.stderr
    with pytest.raises(InputError, match="no folder of tables"):
        Tables(tmp_path / "none")
    with pytest.raises(InputError, match=r"no table .*figures\.parquet"):
        shown(Tables(tmp_path), "f0")
