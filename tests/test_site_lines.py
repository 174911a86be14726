"""Furniture learnt from a site's own articles."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import rules
from pipeline.clean import CleanArticle, RawRecord, clean_record
from pipeline.cleaning.site_lines import MAX_PAGES, Learner, line_key, site_of
from pipeline.errors import InputError
from pipeline.learn import learn, save

# lines that no rule knows: a slogan, a hotline with a number that differs, a box of the site's own
SLOGAN = "Chung tay dựng xây quê hương Mường Sáng ngày càng đổi mới"
BOX = "Mời bạn đọc ghé gian hàng số {} của nông trường Hòa Lộc để nhận sách miễn phí"
WHO = ("đoàn viên nghèo", "công nhân vệ sinh", "giáo viên cắm bản", "thợ xây", "lái xe", "y tá thôn bản", "bảo vệ")
WHAT = ("suất quà", "tủ thuốc", "bộ bàn ghế", "chăn ấm", "thẻ bảo hiểm", "phần gạo", "xe đạp")


def article(number: int) -> str:
    who, what, day = WHO[number % 7], WHAT[number // 7 % 7], 1 + number % 28
    season = ("mùa xuân", "mùa hè", "mùa thu", "mùa đông", "mùa mưa", "mùa khô")[number // 49]
    return (
        f"{SLOGAN}\nLĐLĐ huyện Mường Sáng trao {what} cho {who} {season}\n"
        f"Thứ Ba, {day:02d}/03/2021 - 08:{number % 60:02d}\n"
        f"Ngày {day}/3, LĐLĐ huyện Mường Sáng trao {100 + number} {what} cho {who}, mở đầu chuỗi việc của {season}.\n"
        f"{BOX.format(number)}\n"
        f"Nhận {what}, nhiều {who} cho biết sẽ dành cho {season} này, mỗi suất trị giá 500.000 đồng.\n"
        f"Tin, ảnh: Thanh Mây\n"
    )


def learner_of(count: int, **options: float) -> Learner:
    learner = Learner(**options)  # type: ignore[arg-type]
    for number in range(count):
        learner.add("a.vn", f"{number:064x}", article(number).splitlines())
    return learner


def test_lines_in_most_pages_are_the_sites() -> None:
    (site,) = learner_of(30).learnt()
    assert (site.site, site.pages) == ("a.vn", 30)
    assert SLOGAN in site.lines
    assert any(line_key(line) == line_key(BOX.format(1)) for line in site.lines)
    assert not any("cho biết" in line for line in site.lines)


def test_few_pages_teach_nothing() -> None:
    assert learner_of(19).learnt() == []


def test_copies_of_one_article_teach_nothing() -> None:
    learner = Learner()
    for number in range(60):
        learner.add("a.vn", f"{number:064x}", article(number % 5).splitlines())
    assert learner.learnt() == []


def test_order_and_lateness_change_nothing() -> None:
    numbers = list(range(MAX_PAGES + 60))
    found = []
    for order in (numbers, numbers[::-1]):
        learner = Learner()
        for number in order:
            learner.add("a.vn", f"{number * 2**240:064x}", article(number).splitlines())
        found.append(learner.learnt())
    assert found[0] == found[1]
    assert found[0][0].pages == MAX_PAGES


def test_what_is_spared_is_not_learnt() -> None:
    learner = Learner(spared=lambda text: text == SLOGAN)
    for number in range(25):
        learner.add("a.vn", f"{number:064x}", article(number).splitlines())
    (site,) = learner.learnt()
    assert SLOGAN not in site.lines


@pytest.mark.parametrize(
    ("source", "url", "site"),
    [
        ("x/a.txt", "https://www.congdoan.example/tin/1", "congdoan.example"),
        ("x/y/a.txt", None, "x/y"),
        ("a.txt", None, "."),
        ("x/all.jsonl#7", None, "x/all.jsonl"),
        ("x/a.txt", "http://[bad", "x"),
    ],
)
def test_site_of_a_record(source: str, url: str | None, site: str) -> None:
    assert site_of(source, url) == site


def folder_of(tmp_path: Path, count: int) -> Path:
    raw = tmp_path / "raw" / "muongsang"
    raw.mkdir(parents=True)
    for number in range(count):
        (raw / f"{number:03}.txt").write_text(article(number), encoding="utf-8")
    return raw.parent


@pytest.fixture
def own_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "rules"
    shutil.copytree(rules.rules_root(), root)
    monkeypatch.setenv(rules.RULES_VARIABLE, str(root))
    return root


def test_learnt_lines_leave_the_text_and_only_on_their_site(tmp_path: Path, own_rules: Path) -> None:
    raw = folder_of(tmp_path, 24)

    def text(source: str) -> CleanArticle:
        found = clean_record(RawRecord(article(3), source=source), rules.load(own_rules))
        assert isinstance(found, CleanArticle)
        return found

    assert "gian hàng" in text("muongsang/003.txt").text
    save(learn(raw), own_rules / "furniture" / "learnt.yaml")
    after = text("muongsang/003.txt")
    assert "gian hàng" not in after.text
    assert SLOGAN not in after.text
    # stamp and byline stand in most pages too and are read all the same
    assert after.published is not None
    assert after.published.isoformat() == "2021-03-04T08:03:00"
    assert after.byline == "Thanh Mây"
    assert "mỗi suất trị giá 500.000 đồng" in after.text
    assert "gian hàng" in text("another/003.txt").text


def test_sites_of_an_earlier_file_stay(tmp_path: Path) -> None:
    path = tmp_path / "learnt.yaml"
    save(learner_of(25).learnt(), path)
    other = Learner()
    for number in range(25):
        other.add("b.vn", f"{number:064x}", article(number).splitlines())
    save(other.learnt(), path)
    assert path.read_text(encoding="utf-8").count("- site: ") == 2
    path.write_text("tables: 5", encoding="utf-8")
    with pytest.raises(InputError, match=r"learnt\.yaml"):
        save(other.learnt(), path)


def test_the_command(tmp_path: Path, own_rules: Path) -> None:
    raw = folder_of(tmp_path, 22)
    command = [sys.executable, "-m", "pipeline.cli", "learn", str(raw)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "muongsang: 2 lines stand in most of 22 articles" in done.stdout
    assert (own_rules / "furniture" / "learnt.yaml").is_file()
    shutil.rmtree(raw / "muongsang")
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "nothing learnt" in done.stdout
