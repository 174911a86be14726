"""Floors of cleaning on written pages: a change that keeps less of an article, or more of its page, fails here."""

import pytest

from benchmarks.cleaning import PAGES, Page, Reading, Tally, compare, measure, ours, pages, real_pages, total
from pipeline.rules import load

FOUND = pages()
# just below what is reached; a page may lose some words to a new layout's rule, the set may not
FLOORS = {"all": 0.995, ".html": 0.993, ".txt": 0.993, "page": 0.95}
SHARES = {"title": 0.97, "stamp": 0.97, "byline": 0.97, "site": 0.97}


@pytest.fixture(scope="module")
def tallies() -> dict[str, Tally]:
    return measure(FOUND, ours(load(), PAGES))[0]


def test_the_set_is_what_it_says() -> None:
    assert len(FOUND) >= 40
    assert {p.name for p in PAGES.iterdir()} == {page.file for page in FOUND}
    for page in FOUND:
        assert page.keep
        assert page.title in (None, page.keep[0])


def test_text_kept(tallies: dict[str, Tally]) -> None:
    assert total(tallies).f1 >= FLOORS["all"]
    assert total(tallies, ".html").f1 >= FLOORS[".html"]
    assert total(tallies, ".txt").f1 >= FLOORS[".txt"]
    poor = {name: round(t.f1, 3) for name, t in tallies.items() if t.f1 < FLOORS["page"]}
    assert not poor


@pytest.mark.parametrize("name", SHARES)
def test_fields(tallies: dict[str, Tally], name: str) -> None:
    wrong = [file for file, tally in tallies.items() if not tally.right[name]]
    assert total(tallies).share(name) >= SHARES[name], wrong


@pytest.mark.gold
def test_real_articles(gold_articles: object) -> None:
    from pathlib import Path

    real = real_pages()
    if not real:
        pytest.skip("no gold of these articles marks furniture")
    measured, _ = measure(real, ours(load(), Path(str(gold_articles))))
    assert total(measured).f1 >= 0.999


# ---------------------------------------------------------------- the measure itself

SAMPLE = Page(
    "a.txt", b"", ["Tin vui", "Sáng 9/10, 35 đoàn viên nhận quà"], ["Ảnh: Vân An"], "Tin vui", "2020-10-10", ["An"], []
)


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
    tally = compare(SAMPLE, Reading(text))
    assert tally.precision == pytest.approx(precision)
    assert tally.recall == pytest.approx(recall)


def test_unknown_must_be_unknown() -> None:
    right = compare(SAMPLE, Reading("", "Tin  vui", "2020-10-10", "An", None)).right
    assert all(right.values())
    wrong = compare(SAMPLE, Reading("", None, None, None, "Báo")).right
    assert not any(wrong.values())
