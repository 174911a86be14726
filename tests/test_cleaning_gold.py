"""Floors of cleaning on written pages: a change that keeps less of an article, or more of its page, fails here."""

import pytest

from benchmarks.cleaning import PAGES, measure, ours, pages, real_pages, total
from pipeline.rules import load
from pipeline.score.kept_text import Cleaned, CleanTally, clean_gold, compare

FOUND = pages()
# just below what is reached; a page may lose some words to a new layout's rule, the set may not
FLOORS = {"all": 0.995, ".html": 0.993, ".txt": 0.993, "page": 0.95}
SHARES = {"title": 0.97, "stamp": 0.97, "byline": 0.97, "site": 0.97}


@pytest.fixture(scope="module")
def tallies() -> dict[str, CleanTally]:
    return measure(FOUND, ours(load(), PAGES))


def test_the_set_is_what_it_says() -> None:
    assert len(FOUND) >= 40
    assert {p.name for p in PAGES.iterdir()} == {page.file for page in FOUND}
    for page in FOUND:
        assert page.gold.keep
        assert page.gold.asked["title"] in ((), page.gold.keep[:1])


def test_text_kept(tallies: dict[str, CleanTally]) -> None:
    assert total(tallies).f1 >= FLOORS["all"]
    assert total(tallies, ".html").f1 >= FLOORS[".html"]
    assert total(tallies, ".txt").f1 >= FLOORS[".txt"]
    poor = {name: round(t.f1, 3) for name, t in tallies.items() if t.f1 < FLOORS["page"]}
    assert not poor


@pytest.mark.parametrize("name", SHARES)
def test_fields(tallies: dict[str, CleanTally], name: str) -> None:
    wrong = [file for file, tally in tallies.items() if not tally.right[name]]
    assert total(tallies).share(name) >= SHARES[name], wrong


@pytest.mark.gold
def test_real_articles(gold_articles: object) -> None:
    from pathlib import Path

    real = real_pages()
    if not real:
        pytest.skip("no gold of these articles marks furniture")
    measured = measure(real, ours(load(), Path(str(gold_articles))))
    assert total(measured).f1 >= 0.999


# ---------------------------------------------------------------- the measure itself

SAMPLE = clean_gold(
    {
        "file": "a.txt", "keep": ["Tin vui", "Sáng 9/10, 35 đoàn viên nhận quà"], "optional": ["Ảnh: Vân An"],
        "title": "Tin vui", "published": "2020-10-10", "byline": ["An"], "site": None,
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "precision", "recall"),
    [
        ("Tin vui\nSáng 9/10, 35 đoàn viên nhận quà", 1.0, 1.0),
        ("Tin vui Sáng 9/10,\n35 đoàn viên nhận quà Ảnh: Vân An", 1.0, 1.0),  # white space and credits do not count
        ("Tin vui", 1.0, 6 / 32),
        ("Tin vui\nSáng 9/10, 35 đoàn viên nhận quà\nQuảng cáo", 32 / 40, 1.0),
        ("", 0.0, 0.0),
    ],
)
def test_measure(text: str, precision: float, recall: float) -> None:
    tally = compare(SAMPLE, Cleaned(text))
    assert tally.precision == pytest.approx(precision)
    assert tally.recall == pytest.approx(recall)


def test_unknown_must_be_unknown() -> None:
    right = compare(SAMPLE, Cleaned("", "Tin  vui", "2020-10-10", "An", None)).right
    assert all(right.values())
    wrong = compare(SAMPLE, Cleaned("", None, None, None, "Báo")).right
    assert not any(wrong.values())


def test_furniture_by_its_spans() -> None:
    raw = "Trang chủ\nTin vui\nSáng 9/10, 35 đoàn viên nhận quà. Ảnh: Vân An\nTin vui\nĐăng nhập"
    gold = clean_gold({"id": "a", "furniture": [[0, 10], [len(raw) - 9, len(raw)]], "title": "Tin vui"}, raw)
    assert gold.keep == ("Tin vui", "Sáng 9/10, 35 đoàn viên nhận quà")
    assert gold.optional == (". Ảnh: Vân An", "Tin vui")
    assert gold.asked == {"title": ("Tin vui",)}
    tally = compare(gold, Cleaned(raw, "Tin vui"))
    assert (tally.hit, tally.wanted, tally.kept) == (32, 32, 32 + 16)
    with pytest.raises(ValueError, match="source"):
        clean_gold({"id": "a", "furniture": []})
