"""The bench's own mechanics; what it measures is not tested here."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from benchmarks import corpus, scale, speed, speed_report
from benchmarks.corpus import LARGEST, SMALLEST, Folder, Generator, fresh_share, write_articles


@pytest.fixture(scope="module")
def made() -> Generator:
    return Generator()


def test_an_article_depends_on_its_number_and_the_seed_alone(made: Generator) -> None:
    again = Generator()
    assert [again(n) for n in (7, 3)] == [made(n) for n in (7, 3)]
    assert Generator(seed=2)(3) != made(3)


def test_made_articles_have_the_size_of_news_and_none_is_like_another(made: Generator) -> None:
    texts = [made(n) for n in range(400)]
    sizes = [len(text.encode()) for text in texts]
    assert len(set(texts)) == 400
    assert min(sizes) > 0.9 * SMALLEST
    # the last paragraph may go beyond the size that was drawn
    assert max(sizes) < 1.8 * LARGEST
    assert 2_200 < sum(sizes) / 400 < 2_800
    first = {text.split("\n\n", 1)[0] for text in texts}
    assert len(first) > 300


def test_made_articles_are_varied_but_still_hold_facts(made: Generator) -> None:
    assert fresh_share(made, count=50, before=200) > 0.4
    texts = "\n".join(made(n) for n in range(50))
    assert len(re.findall(r"\d triệu đồng", texts)) > 20
    assert len(set(re.findall(r"huyện ([A-ZĐ]\w+ [A-ZĐ]\w+)", texts))) > 5


def test_a_name_is_the_same_wherever_an_article_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus, "CHANGED_WORDS", 0.0)
    line = "Hôm nay ông Nguyễn Văn Minh, Chủ tịch Công đoàn tỉnh Kon Tum, nói về những việc làm được trong năm vừa qua."
    more = "Sau đó ông Minh đi Kon Tum cùng đoàn, rồi về trao quà cho rất nhiều người lao động đang còn khó khăn ở đó."
    (tmp_path / "a.txt").write_text(f"{line} {more}\n{line} {line} {more}\n", encoding="utf-8")
    generator = Generator([tmp_path])
    for number in range(5):
        text = generator(number)
        full, short = set(re.findall(r"ông ([^,]+), Chủ", text)), set(re.findall(r"ông (\S+) đi", text))
        assert len(full) == len(short) == 1
        assert full != {"Nguyễn Văn Minh"}
        assert full.pop().split()[-1] == short.pop()
        assert len(set(re.findall(r"tỉnh ([^,]+),", text)) | set(re.findall(r"đi (.+?) cùng", text))) == 1


@pytest.mark.parametrize(("how", "files"), [("files", 12), ("jsonl", 1)])
def test_articles_are_written_as_files_or_as_records(made: Generator, tmp_path: Path, how: str, files: int) -> None:
    write_articles(made, range(10), tmp_path, how)
    write_articles(made, range(10, 12), tmp_path, how)
    found = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(found) == files
    if how == "jsonl":
        texts = [json.loads(line)["text"] for line in found[0].read_text(encoding="utf-8").splitlines()]
    else:
        texts = [path.read_text(encoding="utf-8") for path in sorted(found)]
    assert texts == [made(n) for n in range(12)]


def test_a_folder_gives_each_of_its_articles_once(tmp_path: Path) -> None:
    for n in range(5):
        (tmp_path / f"{n}.txt").write_text(str(n), encoding="utf-8")
    articles = Folder(tmp_path)
    assert sorted(articles(n) for n in range(len(articles))) == ["0", "1", "2", "3", "4"]
    with pytest.raises(IndexError):
        articles(5)


def test_the_edited_rules_differ_in_one_word_of_money(tmp_path: Path) -> None:
    from pipeline.rules import load

    speed.edited_rules(tmp_path / "rules")
    before, after = load(), load(tmp_path / "rules")
    assert {name for name in before.hashes if before.hashes[name] != after.hashes[name]} == {"money"}
    assert len(after["money"].lexicon["currency"]) == len(before["money"].lexicon["currency"]) + 1


def test_functions_of_a_profile_are_named_without_the_machine() -> None:
    assert speed.function_name("~", "<method 'match' of '_regex.Pattern' objects>") == "regex.Pattern.match"
    assert speed.function_name("~", "<built-in method builtins.max>") == "builtins.max"
    own = str(speed.ROOT / "pipeline" / "extract" / "money.py")
    assert speed.function_name(own, "read") == "pipeline/extract/money.py: read"
    assert speed.function_name("/home/x/lib/python3.11/dataclasses.py", "replace") == (
        "python3.11/dataclasses.py: replace"
    )


def job(cpu: float, peak: int = 2**30) -> dict[str, Any]:
    return {"elapsed": cpu / 2, "cpu": cpu, "peak": peak, "articles": 1, "parts": 1,
            "seconds": {"list": 0.2, "stages": cpu, "write": 20.0}}  # fmt: skip


def results() -> dict[str, Any]:
    rows = {"figures": 15_000, "dates": 3_000, "terms": 500, "officials": 1_500}
    stages = dict.fromkeys(speed_report.STAGES, 1.0)
    storage = dict.fromkeys(["raw", "tables", "catalogue", *speed_report.STAGES[:-1]], 20 * 2**20)

    def size(first: float, peak: int) -> dict[str, Any]:
        return {
            "load": 0.5, "as": "files", "first": job(first, peak), "second": job(first * 0.01),
            "new": job(first * 0.05), "rule": job(first * 0.3), "facts": rows, "repeats": 3,
            "storage": storage,
        }  # fmt: skip

    ms = {"ner": 200.0, "search_dates": 30.0, "word_tokenize": 20.0, "underthesea": 30.0, "fast": 4.0}
    beside = {"ms": ms, "low": ms, "high": ms, "stages": stages, "counts": dict.fromkeys(ms, 10), "characters": 2000.0,
              "bytes": 2500.0, "fresh": 0.4, "rounds": 3, "load": 0.4}  # fmt: skip
    machine = {"date": "2026-11-22", "cores": 2, "memory_gb": 8, "system": "Linux", "python": "3.11", "libraries": {}}
    return {
        "machine": machine,
        "start": {"python": 0.01, "import pipeline": 0.02, "union-events --help": 0.5},
        "made": {
            "about": "made up",
            "beside": beside,
            "workers": {"articles": 100, "rate": {"1": 50.0, "2": 90.0}, "cpu": {"1": 2.0, "2": 2.1}, "same": True,
                        "rounds": 1, "load": 0.3},
            "sizes": {"1000": size(10.0, 2**30), "10000": size(110.0, 2**30 + 2**29 + 1)},
        },
    }  # fmt: skip


def test_targets_are_held_against_what_was_measured() -> None:
    found: dict[str, Any] = {
        t.what: (round(t.found, 3) if t.found is not None else None, t.met) for t in speed_report.targets(results())
    }
    assert found["clean → write beside bare `word_tokenize`"] == (0.2, True)
    assert found["`ner` beside clean → write"] == (50, True)
    assert found["`search_dates` beside clean → write"] == (7.5, False)
    assert found["2 workers beside 1, articles a second"] == (1.8, True)
    assert found["CPU time an article, 10,000 beside 1,000 articles"] == (1.1, True)
    assert found["peak memory, 10,000 beside 1,000 articles"] == (1.5, False)
    assert found["nothing new, 10,000 articles, CPU beside the first run"] == (1, True)
    assert found["1 % new articles, 10,000 articles, CPU beside the first run"] == (5, False)
    assert found["`union-events --help`, CPU beyond Python's start"] == (0.5, False)


def test_what_was_not_measured_is_said_to_be_so() -> None:
    known = results()
    del known["made"]["workers"], known["made"]["sizes"]["10000"]
    found: dict[str, Any] = {t.what: t.met for t in speed_report.targets(known)}
    assert found["2 workers beside 1, articles a second"] is None
    assert found["CPU time an article, ten times as many articles"] is None
    text = " ".join(speed_report.document(known, "c.svg").split())
    assert "| – | not measured |" in text
    assert "meant for 100,000 articles; this run went as far as 1,000." in text


def test_the_document_and_the_chart_are_the_same_each_time(tmp_path: Path) -> None:
    known = results()
    known["folder"] = {**known["made"], "about": "news"}
    written = []
    for name in ("a", "b"):
        path = tmp_path / name / "performance.md"
        speed_report.write_report(known, path)
        written.append((path.read_bytes(), path.with_suffix(".svg").read_bytes()))
    assert written[0] == written[1]
    text = written[0][0].decode()
    assert "| `underthesea.ner` | 200 | 200 to 200 | 50.00 × | 10 | 200 |" in text
    assert "| 10,000 | 1 % new articles | 2.75 | 5.50 | 0.550 | 5.0% | 5.0% | 1,024 |" in text
    assert "shared with other work" not in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert all(line.endswith(" |") for line in rows)


def test_one_name_stands_for_three_figures_and_the_document_says_what_each_is() -> None:
    text = speed_report.document(results(), "c.svg")
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| made articles | ")]
    told = {row[1]: row[3:] for row in rows if len(row) == 6}
    assert told == {
        "beside other tools": ["10", "4.00", "4.00 to 4.00 in 3 rounds |"],
        "workers": ["100", "20.0", "20.0 to 21.0 with 1 and 2 workers |"],
        "number of articles": ["10,000", "11.0", "10.0 to 11.0 by size, one run each |"],
    }
    known = results()
    del known["made"]["workers"], known["made"]["sizes"]
    assert "| made articles | workers |" not in speed_report.document(known, "c.svg")


def test_sizes_of_different_states_of_the_code_are_told_apart() -> None:
    known = results()
    sizes = known["made"]["sizes"]
    assert "one state of the code" not in speed_report.document(known, "c.svg")
    smallest, *others = sorted(sizes, key=int)
    sizes[smallest]["code"] = "a later one"
    text = " ".join(speed_report.document(known, "c.svg").split())
    rest = " and ".join(f"{int(size):,}" for size in others)
    assert f"Beside each other stand: {int(smallest):,}; {rest} articles." in text


def test_what_a_page_costs_is_read_where_it_was_measured(tmp_path: Path) -> None:
    path = tmp_path / "cleaning.md"
    path.write_text(
        "| as they are | 2 KB | 5.9 ms | 2.8 ms |\n| in a page of full size | 130 KB | 17.4 ms | 34.1 ms |\n"
    )
    assert scale.page_ms(path) == 17.4
    assert scale.Assumed().html_ms == scale.page_ms()
    path.write_text("nothing")
    with pytest.raises(SystemExit, match="does not say"):
        scale.page_ms(path)


def test_a_hundred_million_articles_follow_from_what_was_measured() -> None:
    """10,000 articles take 20 s of writing: 2 ms each, 55.6 hours for all of them."""
    assumed = scale.Assumed(html_ms=5.0, slack=1.0, nodes=1, cores=10, core_hour=2.0)
    text = " ".join(scale.document(results(), assumed).split())
    assert "| together | 6.0 | 10.0 |" in text
    assert "= **278 core-hours**" in text
    assert "**556** in the same currency" in text
    assert "**27.8 hours**" in text
    assert "are 56 hours on one machine" in text
    assert "| tables | 2,097 | 0.19 TiB |" in text
    known = results()
    del known["made"]["sizes"]
    assert scale.document(known) == ""


def test_markdown_is_broken_anew_but_for_tables_and_headings() -> None:
    text = "# A heading\n\n| a |\n| - |\n\n- one two\n  three four\n- five\n\nIt costs\n44. Not more.\n"
    assert scale.wrapped(text, 12) == (
        "# A heading\n\n| a |\n| - |\n\n- one two\n  three four\n- five\n\nIt costs 44.\nNot more.\n"
    )
