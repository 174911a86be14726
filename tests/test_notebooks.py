"""The code cells of every notebook run, in order, on the samples' tables; and `pipeline` keeps what they promise."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import pipeline
from pipeline.run import extract as run
from tests.conftest import ROOT, SampleRun

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TEXT = (
    "Sáng 11/1, Công đoàn ngành Y tế tỉnh Hà Nam tổ chức hội nghị tổng kết công tác năm 2023.\n"
    "Ông Lê Văn Bình, Phó Chủ tịch LĐLĐ tỉnh dự.  Có 11/22 CĐCS khối doanh nghiệp, hỗ trợ gần 884 triệu đồng cho 338 "
    "đoàn viên, nhiệm kỳ 2023-2028."
)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_every_cell_runs(path: Path, sample_run: SampleRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sample_run.folder)
    names: dict[str, object] = {}
    cells = [c for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
    assert cells
    for cell in cells:
        assert cell["outputs"] == [], "notebooks are kept without outputs"
        exec(compile("".join(cell["source"]), path.name, "exec"), names)


def test_spans_cover_words_and_facts_the_exact_characters() -> None:
    doc = pipeline.load()(TEXT)
    assert doc.text == TEXT
    facts = {group: [s._.fact for s in doc.spans[group]] for group in doc.spans}
    assert [f.text for f in facts["dates"]] == ["11/1", "năm 2023"]
    assert [f.text for f in facts["terms"]] == ["2023-2028"]
    assert [f.text for f in facts["figures"]] == ["11/22 CĐCS", "gần 884 triệu đồng", "338 đoàn viên"]
    assert [f.text for f in facts["officials"]] == ["Lê Văn Bình"]
    ratio, money, count = facts["figures"]
    assert (ratio.numerator, ratio.denominator, money.low, money.modifier, count.low) == (11, 22, 884e6, "nearly", 338)
    for group in doc.spans:
        for span in doc.spans[group]:
            assert span._.fact.text in span.text
            assert TEXT[span._.fact.start : span._.fact.end] == span._.fact.text
    assert [s.text.strip()[:12] for s in doc.sents] == ["Sáng 11/1, C", "Ông Lê Văn B", "Có 11/22 CĐC"]


def test_extract_resolves_one_text_without_any_file() -> None:
    facts = pipeline.extract(TEXT, published=date(2024, 1, 12))
    event = facts.events[0]
    assert (event.event_type, event.date_start, event.date_basis) == (
        "review_conference", date(2024, 1, 11), "year_from_published",
    )  # fmt: skip
    assert (event.org, event.org_level, event.province) == ("Công đoàn ngành Y tế tỉnh Hà Nam", "industry", "Hà Nam")
    official = facts.officials[0]
    assert (official.name, official.position, official.org) == (
        "Lê Văn Bình", "Phó Chủ tịch", "Liên đoàn Lao động tỉnh Hà Nam",
    )  # fmt: skip
    assert official.roles == ["attended"]
    assert [(t.term_start, t.term_end, t.kind) for t in facts.terms] == [(2023, 2028, "term")]
    for row in [*facts.figures, *facts.dates, *facts.terms, *facts.officials]:
        assert facts.text[row.span_start : row.span_end] == row.text


ARTICLE = (
    "Công đoàn ngành Y tế tổng kết công tác năm 2023\n"
    "Sáng 11/1, Công đoàn ngành Y tế tỉnh Hà Nam tổ chức hội nghị tổng kết công tác năm 2023.\n"
    "Ông Lê Văn Bình, Phó Chủ tịch LĐLĐ tỉnh dự và phát biểu chỉ đạo hội nghị.\n"
    "Năm qua, công đoàn ngành đã hỗ trợ gần 884 triệu đồng cho 338 đoàn viên có hoàn cảnh khó khăn.\n"
    "Toàn cảnh hội nghị. Ảnh: Minh Anh\n"
    "Minh Anh"
)
KINDS = ["title", "lede", "body", "body", "caption", "byline"]


def test_the_lines_of_a_text_are_told_apart_as_a_run_does(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text(ARTICLE, encoding="utf-8")
    run(tmp_path / "raw", tmp_path / "out", engine_name="inline")
    (article,), segments = (
        pq.read_table(tmp_path / "out" / f"{name}.parquet").to_pylist() for name in ("articles", "segments")
    )
    facts = pipeline.extract(ARTICLE)
    assert [s.kind for s in facts.segments] == [s["kind"] for s in segments]
    assert list(dict.fromkeys(s.kind for s in facts.segments)) == list(dict.fromkeys(KINDS))
    assert [s.words for s in facts.segments] == [s["words"] for s in segments]
    for column in ("text", "title", "byline", "scope", "province", "province_now", "n_sentences", "n_tokens"):
        assert getattr(facts.article, column) == article[column], column
    assert (facts.article.province, facts.article.scope) == ("Hà Nam", "province")


def test_a_title_stands_before_the_text_once() -> None:
    title, rest = ARTICLE.split("\n", 1)
    for text in (rest, ARTICLE):
        facts = pipeline.extract(text, title=title)
        assert facts.text == facts.article.text == ARTICLE
        assert facts.article.title == title
        assert [s.kind for s in facts.segments][:2] == ["title", "lede"]
    for row in [*facts.segments, *facts.figures, *facts.events]:
        assert facts.text[row.span_start : row.span_end] == row.text


def test_nothing_of_a_text_is_taken_for_furniture() -> None:
    text = f"Trang chủ\nTin tức\n{ARTICLE}\nTin liên quan\n© 2024 Bản quyền thuộc về Công đoàn tỉnh"
    facts = pipeline.extract(text)
    assert facts.text == text
    assert "".join(s.text for s in facts.segments).replace(" ", "") == text.replace("\n", "").replace(" ", "")


def test_the_ground_of_a_body_is_said() -> None:
    text = (
        "Ngày 8/3, {} tổ chức hội nghị người lao động. Dự hội nghị có bà Trần Thị Hà, Tổng Giám đốc; ông Hồ Văn Tú, "
        "Phó Chủ tịch; ông Lê Văn Bình, Phó Chủ tịch LĐLĐ huyện Bình Lục."
    )
    for host, manager, chair in (
        ("LĐLĐ tỉnh Hà Nam", (None, "none"), ("Liên đoàn Lao động tỉnh Hà Nam", "event")),
        ("Công ty TNHH Giày Minh Phát", ("Công ty TNHH Giày Minh Phát", "event"), (None, "none")),
    ):
        facts = pipeline.extract(text.format(host), published=date(2024, 3, 12))
        found = {o.name: (o.org, o.org_basis) for o in facts.officials}
        assert (found["Trần Thị Hà"], found["Hồ Văn Tú"]) == (manager, chair)
        assert found["Lê Văn Bình"][1] == "text"


def test_without_a_stamp_the_year_comes_from_the_year_reviewed_or_not_at_all() -> None:
    assert pipeline.extract(TEXT).dates[0].date_start == date(2024, 1, 11)
    bare = pipeline.extract("Sáng 11/1, LĐLĐ tỉnh Hà Nam tổ chức hội nghị cán bộ chủ chốt tại thành phố Phủ Lý.")
    assert [(d.date_start, d.date_basis) for d in bare.dates] == [(None, "none")]
    assert "date_without_year" in [i.code for i in bare.issues]


def test_import_is_cheap_and_the_package_stays_a_package() -> None:
    code = (
        "import sys, pipeline; assert not {'pyarrow', 'spacy', 'underthesea', 'pandas'} & set(sys.modules);"
        "import pipeline.extract.money; assert callable(pipeline.extract)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
