"""The scorer, on tables and gold made by hand, with the exact figures that must come out."""

from __future__ import annotations

import argparse
import copy
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import score as scoring
from pipeline.errors import InputError, RuleError
from pipeline.score import Hits, Prf, Told, check_floors, facts, folding, format_scores, load_floors, score
from tests.conftest import ROOT

DAY = dt.date(2024, 3, 5)
TEXT = (
    "LĐLĐ tỉnh Sơn Khê trao 2 tỷ đồng, 11/22 CĐCS, trên 90%, 338 đoàn viên ngày 5/3, "
    "nhiệm kỳ 2023-2028. Bà Lê Thị Na dự."
)

GOLD: dict[str, Any] = {
    "id": "mot",
    "published": "2024-03-06",
    "province": "Sơn Khê",
    "event": {
        "type": ["support", "visit"], "date_start": "2024-03-05", "date_end": "2024-03-05", "precision": "day",
        "org": "LĐLĐ tỉnh Sơn Khê", "org_level": "province", "congress_no": None, "term": "2023-2028",
    },
    "officials": [
        {"name": "Lê Thị Na", "position": "Phó Chủ tịch | Phó Chủ tịch Thường trực", "org": "LĐLĐ tỉnh Sơn Khê",
         "roles": ["attended", "mentioned"]},
        {"name": "Trần Hoà", "position": "Giám đốc", "org": "Sở Y tế tỉnh Sơn Khê", "roles": ["spoke"]},
    ],
    "terms": [{"start": 2023, "end": 2028, "kind": "term"}],
    "dates": [
        {"text": "5/3", "start": "2024-03-05", "end": "2024-03-05", "at": TEXT.index("5/3")},
        {"text": "7/9", "start": None, "end": None, "at": 0},
    ],
    "money": [{"text": "2 tỷ đồng", "low": 2e9, "high": 2e9, "currency": "VND", "modifier": "exact", "each": False,
               "at": TEXT.index("2 tỷ")}],
    "ratios": [{"text": "11/22 CĐCS", "num": 11, "den": 22, "at": TEXT.index("11/22")}],
    "percents": [{"text": "trên 90%", "value": 90, "modifier": "over", "at": TEXT.index("trên 90%")}],
    "counts": [{"text": "338 đoàn viên", "value": 338, "unit": "đoàn viên", "at": TEXT.index("338")}],
}  # fmt: skip


def mention(text: str, **columns: Any) -> dict[str, Any]:
    at = TEXT.index(text)
    span = {"span_start": at, "span_end": at + len(text), "raw_start": at, "raw_end": at + len(text)}
    return {"article_id": "a1", "text": text, **span, **columns}


def figure(text: str, kind: str, **columns: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("low", "high", "numerator", "denominator", "currency", "unit", "each"))
    return mention(text, **{**empty, "kind": kind, "modifier": "exact", **columns})


def right_tables() -> dict[str, list[dict[str, Any]]]:
    """Tables that say all that the gold says."""
    return {
        "articles": [{"article_id": "a1", "source": "bao/mot.txt", "text": TEXT, "province": "Sơn Khê"}],
        "events": [
            {
                "article_id": "a1", "is_main": True, "event_type": "visit", "date_start": DAY, "date_end": DAY,
                "org": "Liên đoàn Lao động tỉnh Sơn Khê", "org_level": "province", "congress_no": None,
                "term_start": 2023, "term_end": 2028,
            },
        ],
        "officials": [
            mention("Bà Lê Thị Na", name="Lê Thị Na", position="Phó Chủ tịch Thường trực", org="LĐLĐ tỉnh Sơn Khê",
                    roles=["attended"]),
            mention("dự", name="Trần Hòa", position="Giám đốc", org="Sở Y tế tỉnh Sơn Khê", roles=["spoke"]),
        ],
        "figures": [
            figure("2 tỷ đồng", "money", low=2e9, high=2e9, currency="VND", each=False),
            figure("11/22 CĐCS", "ratio", numerator=11, denominator=22),
            figure("trên 90%", "percent", low=90.0, high=90.0, modifier="over"),
            figure("338 đoàn viên", "count", low=338.0, high=338.0, unit="đoàn viên"),
        ],
        "dates": [mention("5/3", date_start=DAY, date_end=DAY)],
        "terms": [mention("2023-2028", term_start=2023, term_end=2028, kind="term")],
    }  # fmt: skip


class Bench:
    """A folder with tables and a gold file."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.gold_file = folder, folder / "gold.jsonl"
        self.tables, self.gold = right_tables(), [copy.deepcopy(GOLD)]

    def write(self) -> None:
        for name, rows in self.tables.items():
            pq.write_table(pa.Table.from_pylist(rows), self.folder / f"{name}.parquet")
        self.gold_file.write_text("".join(json.dumps(g, ensure_ascii=False) + "\n" for g in self.gold), "utf-8")

    def score(self) -> scoring.Scores:
        self.write()
        return score(self.folder, [self.gold_file])

    def figure(self, kind: str) -> dict[str, Any]:
        return next(f for f in self.tables["figures"] if f["kind"] == kind)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_tables_that_say_all_score_one(bench: Bench) -> None:
    found = bench.score()
    assert (found.wanted, found.absent, found.mentions, found.ungrounded) == (1, [], 8, 0)
    assert {kind: row.f1 for kind, row in found.facts.items()} == dict.fromkeys(facts.KINDS, 1.0)
    assert found.facts["official_name"] == Prf(1.0, 1.0, 1.0, wanted=2, found=2, right=2)
    assert found.facts["date"] == Prf(1.0, 1.0, 1.0, wanted=1, found=1, right=1), "a null date is not asked for"
    assert found.attributes["figure_at"] == Hits(1.0, 4, 4)
    assert found.attributes["org_province"] == Hits(1.0, 2, 2)
    assert {name: row.right for name, row in found.event.items()} == {
        **dict.fromkeys(facts.EVENT, 1), "no_event": 0,
    }  # fmt: skip
    assert found.event["no_event"] == Hits(None, 0, 0)
    assert not any(found.errors.values())


def test_a_missed_and_a_wrong_fact(bench: Bench) -> None:
    bench.figure("money")["low"] = 3e9
    bench.tables["figures"].append(figure("11/22 CĐCS", "ratio", numerator=26, denominator=26))
    bench.tables["terms"].append(mention("2023-2028", term_start=2020, term_end=2025, kind="term"))
    found = bench.score()
    assert found.facts["money"] == Prf(0.0, 0.0, 0.0, wanted=1, found=1, right=0)
    assert found.facts["ratio"] == Prf(0.5, 1.0, 0.6667, wanted=1, found=2, right=1)
    assert found.facts["term"] == Prf(0.5, 1.0, 0.6667, wanted=1, found=2, right=1)
    assert found.errors["money"] == [
        ("missed", "mot.txt", (2e9, 2e9, "VND")),
        ("wrong", "mot.txt", (3e9, 2e9, "VND")),
    ]
    # what was not found has no modifier to be right or wrong about
    assert found.attributes["money_modifier"] == Hits(None, 0, 0)


def test_nothing_found_and_nothing_wanted(bench: Bench) -> None:
    bench.gold[0]["ratios"] = []
    bench.tables["figures"] = [f for f in bench.tables["figures"] if f["kind"] not in ("ratio", "money")]
    found = bench.score()
    assert found.facts["ratio"] == Prf(1.0, 1.0, 1.0, 0, 0, 0)
    assert found.facts["money"] == Prf(0.0, 0.0, 0.0, wanted=1, found=0, right=0)


def test_the_same_fact_twice_is_two(bench: Bench) -> None:
    bench.gold[0]["percents"] *= 3
    bench.tables["figures"].append(copy.deepcopy(bench.figure("percent")))
    assert bench.score().facts["percent"] == Prf(1.0, 0.6667, 0.8, wanted=3, found=2, right=2)


def test_attributes(bench: Bench) -> None:
    bench.figure("money").update(each=True, modifier=None)
    bench.figure("percent")["modifier"] = "exact"
    bench.figure("count")["unit"] = "người"
    bench.figure("ratio").update(raw_start=0, raw_end=3)
    found = bench.score()
    assert found.attributes["money_each"] == Hits(0.0, 1, 0)
    assert found.attributes["money_modifier"] == Hits(1.0, 1, 1), "no modifier is exact"
    assert found.attributes["percent_modifier"] == Hits(0.0, 1, 0)
    assert found.attributes["count_unit"] == Hits(0.0, 1, 0)
    assert found.attributes["figure_at"] == Hits(0.75, 4, 3)
    assert found.errors["attribute count_unit"] == [("mot.txt", "338 đoàn viên", "wanted", "đoàn", "found", "người")]


def test_of_equal_figures_the_nearest_is_compared(bench: Bench) -> None:
    bench.tables["figures"].append({**bench.figure("percent"), "raw_start": 0, "raw_end": 4, "modifier": "under"})
    found = bench.score()
    assert found.attributes["percent_modifier"] == Hits(1.0, 1, 1)
    assert found.attributes["figure_at"] == Hits(1.0, 4, 4)


def test_sources_without_raw_offsets_are_not_asked_where(bench: Bench) -> None:
    for row in bench.tables["figures"][1:]:
        row.update(raw_start=None, raw_end=None)
    assert bench.score().attributes["figure_at"] == Hits(1.0, 1, 1)


def test_an_ungrounded_row(bench: Bench) -> None:
    bench.tables["terms"][0]["span_end"] += 1
    bench.tables["dates"][0]["span_start"] = None
    found = bench.score()
    assert (found.mentions, found.ungrounded) == (7, 1)


def test_a_guess_at_a_date_that_nothing_fixes_is_wrong(bench: Bench) -> None:
    guess = mention("5/3", date_start=dt.date(2024, 9, 7), date_end=dt.date(2024, 9, 7))
    bench.tables["dates"] += [guess, mention("5/3", date_start=None, date_end=None)]
    assert bench.score().facts["date"] == Prf(0.5, 1.0, 0.6667, wanted=1, found=2, right=1)


def test_officials(bench: Bench) -> None:
    first, second = bench.tables["officials"]
    first.update(org="LĐLĐ", roles=["attended", "spoke"])
    second["position"] = "Phó Giám đốc"
    found = bench.score()
    assert found.facts["official_name"].f1 == 1.0
    assert found.facts["official_position"] == Prf(0.5, 0.5, 0.5, 2, 2, 1)
    assert found.facts["official_full"] == Prf(0.5, 0.5, 0.5, 2, 2, 1), "the province is compared by itself"
    assert found.facts["official_roles"] == Prf(0.6667, 1.0, 0.8, wanted=2, found=3, right=2)
    assert found.attributes["org_province"] == Hits(0.0, 1, 0)


def test_a_row_without_position(bench: Bench) -> None:
    bench.tables["officials"][0].update(position=None, org=None, roles=None)
    found = bench.score()
    assert found.facts["official_position"].right == 1
    assert ("missed", "mot.txt", ("lê thị na", "phó chủ tịch", "liên đoàn lao động")) in found.errors["official_full"]


def test_the_event(bench: Bench) -> None:
    bench.tables["events"][0].update(event_type="congress", congress_no=4, date_end=None, org="CĐCS Sở Y tế")
    found = bench.score()
    wrong = {name for name, row in found.event.items() if row.of and not row.right}
    assert wrong == {"type", "congress_no", "date_end", "org"}


def test_no_main_event(bench: Bench) -> None:
    bench.tables["events"][0]["is_main"] = False
    found = bench.score()
    assert sum(row.right for row in found.event.values()) == 1, "only the province is right"
    assert found.errors["event term"] == [("mot.txt", "term", "wanted", "2023-2028", "found", "no main event")]


def test_an_article_without_event(bench: Bench) -> None:
    bench.gold[0]["event"] = None
    assert bench.score().event["no_event"] == Hits(0.0, 1, 0)
    bench.tables["events"][0]["is_main"] = False
    found = bench.score()
    assert found.event["no_event"] == Hits(1.0, 1, 1)
    assert found.event["type"] == Hits(None, 0, 0)


def test_an_absent_article(bench: Bench) -> None:
    bench.gold.append({**copy.deepcopy(GOLD), "id": "hai", "file": "nhieu.jsonl#2"})
    found = bench.score()
    assert found.absent == ["nhieu.jsonl#2"]
    assert found.facts["money"] == Prf(1.0, 0.5, 0.6667, wanted=2, found=1, right=1)
    assert found.event["type"] == Hits(0.5, 2, 1)


@pytest.mark.parametrize("file", ["nhieu.jsonl#1", "nhieu.jsonl"])
def test_a_record_of_a_file_of_many(bench: Bench, file: str) -> None:
    bench.tables["articles"][0]["source"] = "goi/nhieu.jsonl#1"
    bench.gold[0]["file"] = file
    assert bench.score().absent == []


def test_a_missing_table_counts_as_empty(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    del bench.tables["terms"]
    assert bench.score().facts["term"] == Prf(0.0, 0.0, 0.0, 1, 0, 0)
    assert "no table terms" in capsys.readouterr().err


def test_what_is_printed(bench: Bench) -> None:
    bench.figure("ratio")["numerator"] = 12
    lines = format_scores(bench.score(), errors=True).splitlines()
    assert lines[:2] == [
        "articles 1, absent none; mentions 8, ungrounded 0",
        "fact                 precision    recall        f1  wanted   found   right",
    ]
    assert lines[3] == "ratio                    0.000     0.000     0.000       1       1       0"
    assert "org_province         2 of 2" in lines
    assert lines[lines.index("== ratio") + 1 :][:2] == [
        "   missed mot.txt (11, 22)",
        "   wrong mot.txt (12, 22)",
    ]
    assert "== ratio" not in format_scores(bench.score())


def test_folding_examples() -> None:
    names = folding()
    for one, other in names.examples.same:
        assert names.fold(one) == names.fold(other)
    for one, other in names.examples.different:
        assert names.fold(one) != names.fold(other)


@pytest.mark.parametrize(
    ("text", "province", "key"),
    [
        ("LĐLĐ tỉnh Sơn Khê", "sơn khê", "liên đoàn lao động"),
        ("LĐLĐ tỉnh", "sơn khê", "liên đoàn lao động"),
        ("LĐLĐ TP. Cần Thơ", "cần thơ", "liên đoàn lao động"),
        ("LĐLĐ thành phố Vĩnh Châu", "sơn khê", "liên đoàn lao động thành phố vĩnh châu"),
        ("Sở Y tế", None, "sở y tế"),
        (None, "sơn khê", ""),
    ],
)
def test_a_body_is_compared_without_its_province(text: str | None, province: str | None, key: str) -> None:
    assert folding().org_key(text, province) == key


def test_wrong_folding_rules_are_named(tmp_path: Path) -> None:
    path = tmp_path / "fold.yaml"
    with pytest.raises(RuleError, match=r"fold\.yaml"):
        scoring.Folding.load(path)
    path.write_text("dimension: score\n", encoding="utf-8")
    with pytest.raises(RuleError, match="settings"):
        scoring.Folding.load(path)


def test_floors(bench: Bench) -> None:
    bench.figure("ratio")["numerator"] = 12
    found = bench.score()
    assert check_floors(found, {"money.f1": 1.0, "event.type.right": 1, "ungrounded": 0, "absent": 0}) == []
    assert [line.split() for line in check_floors(found, {"ratio.f1": 0.85, "event.no_event.accuracy": 0.5})] == [
        ["ratio.f1", "0.85", "0"],
        ["event.no_event.accuracy", "0.5", "nothing"],
    ]
    assert check_floors(found, {"mentions": 9}) != []
    with pytest.raises(InputError, match="monney"):
        check_floors(found, {"monney.f1": 1})


def test_less_is_better_of_what_is_ungrounded(bench: Bench) -> None:
    bench.tables["terms"][0]["span_end"] += 1
    assert [line.split() for line in check_floors(bench.score(), {"ungrounded": 0})] == [["ungrounded", "0", "1"]]


def test_floor_files(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    path.write_text('{"a": {"money.f1": 0.9}}', encoding="utf-8")
    assert load_floors(path) == load_floors(path, "a") == {"money.f1": 0.9}
    with pytest.raises(InputError, match="no floors for b"):
        load_floors(path, "b")
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(InputError, match="no floors"):
        load_floors(path)


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    scoring.add_arguments(parser)
    return scoring.run(parser.parse_args(words))


def test_the_command(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.figure("ratio")["numerator"] = 12
    bench.write()
    words = ("--tables", str(bench.folder), "--gold", str(bench.gold_file))
    assert run(*words, "--json") == 0
    assert json.loads(capsys.readouterr().out)["facts"]["money"]["f1"] == 1.0
    floors = bench.folder / "floors.json"
    floors.write_text('{"a": {"ratio.f1": 0.85}}', encoding="utf-8")
    assert run(*words, "--floors", str(floors)) == 1
    out = capsys.readouterr()
    assert out.out.startswith("articles 1")
    assert "ratio.f1" in out.err


@pytest.mark.parametrize(
    ("line", "says"),
    [("{", "gold.jsonl:2: not a JSON object"), ("[1]", "lacks"), ('{"id": "x"}', "lacks counts, dates, event")],
)
def test_wrong_gold_is_named_with_its_line(
    bench: Bench, capsys: pytest.CaptureFixture[str], line: str, says: str
) -> None:
    bench.write()
    bench.gold_file.write_text(f"\n{line}\n", encoding="utf-8")
    assert run("--tables", str(bench.folder), "--gold", str(bench.gold_file)) == 2
    assert says in capsys.readouterr().err


def test_what_is_missing_is_named(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--tables", str(bench.folder), "--gold", str(bench.folder / "no.jsonl")) == 2
    assert "no.jsonl" in capsys.readouterr().err
    assert run("--tables", str(bench.folder / "nowhere"), "--gold", str(bench.gold_file)) == 2
    assert "no folder of tables" in capsys.readouterr().err


def test_gold_beside_the_tests_is_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("--tables", str(tmp_path)) == 2
    assert "--gold" in capsys.readouterr().err
    (tmp_path / "tests/gold").mkdir(parents=True)
    (tmp_path / "tests/gold/samples_a.jsonl").write_text("", encoding="utf-8")
    assert run("--tables", str(tmp_path)) == 0


def test_context_is_asked_only_where_the_gold_has_it(tmp_path: Path) -> None:
    """Topic, status, speaker, repeats and tenure are scored for gold entries that annotate them, and for no others."""
    from pipeline import schema

    def write(table: str, rows: list[Any]) -> None:
        content = [schema.as_dict(r) for r in rows]
        pq.write_table(pa.Table.from_pylist(content, schema=schema.arrow_schema(table)), tmp_path / f"{table}.parquet")

    for name in schema.TABLES:
        write(name, [])
    write("articles", [schema.ArticleRow(article_id="a", source="x.txt", text="5 tỷ 5 tỷ 7 tỷ", province="Huế")])
    five: dict[str, Any] = {"article_id": "a", "kind": "money", "currency": "VND", "low": 5e9, "high": 5e9, "text": "5"}
    seven = {**five, "text": "7 tỷ", "low": 7e9, "high": 7e9}
    write(
        "figures",
        [
            schema.FigureRow(**five, figure_id="f1", raw_start=0, raw_end=4, topic="funds"),
            schema.FigureRow(
                **five,
                figure_id="f2",
                raw_start=5,
                raw_end=9,
                topic="loans",
                same_as="f1",
                status="planned",
                said_by="Lê An",
            ),
            schema.FigureRow(**seven, figure_id="f3", raw_start=10, raw_end=14),
        ],
    )
    write(
        "officials",
        [schema.OfficialRow(article_id="a", name="Lê An", position="Chủ tịch", org="LĐLĐ", tenure="acting")],
    )
    money = {"currency": "VND", "modifier": "exact", "each": False}
    gold = {
        "id": "x", "province": "Huế", "event": None, "terms": [], "dates": [],
        "ratios": [], "percents": [], "counts": [],
        "officials": [{"name": "Lê An", "position": "Chủ tịch", "org": "LĐLĐ", "roles": [], "tenure": "current"}],
        "money": [
            {**money, "text": "5 tỷ", "low": 5e9, "high": 5e9, "at": 0, "topic": "funds", "same_as": None},
            {**money, "text": "5 tỷ", "low": 5e9, "high": 5e9, "at": 5, "topic": "funds", "status": "planned",
             "said_by": "Chủ tịch Lê An | Lê An", "same_as": 0},
            {**money, "text": "7 tỷ", "low": 7e9, "high": 7e9, "at": 10, "said_by": "Lê An"},
        ],
    }  # fmt: skip
    (tmp_path / "gold.jsonl").write_text(json.dumps(gold, ensure_ascii=False), encoding="utf-8")
    context = score(tmp_path, [tmp_path / "gold.jsonl"]).context
    assert context["same_as"] == Told(
        accuracy=1.0, of=2, right=2, commonest=0.5, precision=1.0, recall=1.0, wanted=1, found=1
    )
    assert context["said_by"] == Told(
        accuracy=0.5, of=2, right=1, commonest=0.5, precision=1.0, recall=0.5, wanted=2, found=1
    )
    assert context["tenure"] == Told(
        accuracy=0.0, of=1, right=0, commonest=1.0, precision=0.0, recall=None, wanted=0, found=1
    )
    assert {name: (hits.right, hits.of) for name, hits in context.items()} == {
        "topic": (1, 2), "status": (1, 1), "said_by": (1, 2), "same_as": (2, 2), "tenure": (0, 1),
    }  # fmt: skip


# ---------------------------------------------------------------- cleaning


def test_kept_text_is_scored_where_the_gold_marks_it(bench: Bench, tmp_path: Path) -> None:
    raw = tmp_path / "raw" / "bao" / "mot.txt"
    raw.parent.mkdir(parents=True)
    raw.write_text(f"Trang chủ\n{TEXT}", encoding="utf-8")
    bench.gold[0] |= {"furniture": [[0, 10]], "title": None}
    bench.tables["articles"][0] |= {"title": "Quảng cáo", "byline": None}
    bench.write()
    found = score(bench.folder, [bench.gold_file], tmp_path / "raw")
    assert found.text is not None
    assert (found.text.f1, found.text.wanted, found.text.found) == (1.0, found.text.right, found.text.right)
    assert found.cleaning["title"] == Hits(0.0, 1, 0)
    assert "byline" not in found.cleaning
    assert "text                     1.000" in format_scores(found)
    assert (
        check_floors(found, {"text.f1": 1, "cleaning.title.accuracy": 0.5})[0].split()[0] == "cleaning.title.accuracy"
    )
    # without the folder of articles the spans say nothing
    assert score(bench.folder, [bench.gold_file]).text is None


def test_a_line_may_mark_its_text_alone(bench: Bench, tmp_path: Path) -> None:
    bench.write()
    pages = tmp_path / "pages.jsonl"
    line = {"file": "mot.txt", "keep": [TEXT[:40]], "title": None, "published": "2024-03-06"}
    pages.write_text(json.dumps(line), encoding="utf-8")
    found = score(bench.folder, [pages])
    assert found.text is not None
    assert (found.text.recall, found.text.precision < 1) == (1.0, True)
    assert found.cleaning == {"title": Hits(1.0, 1, 1), "stamp": Hits(0.0, 1, 0)}
    assert found.facts["money"].wanted == 0
    assert ("mot.txt", "stamp", "wanted", ("2024-03-06",), "found", None) in found.errors["cleaning"]


def test_a_speaker_is_right_in_one_of_his_spellings_and_in_no_part_of_one(bench: Bench) -> None:
    bench.gold[0]["counts"][0]["said_by"] = "CĐCS Công ty Dệt Sơn Trà | Công ty Dệt Sơn Trà"
    for said, right in (("Công ty Dệt Sơn Trà", 1), ("Sơn Trà", 0), ("bà Na, CĐCS Công ty Dệt Sơn Trà", 0), (None, 0)):
        for row in bench.tables["figures"]:
            row["said_by"] = said
        assert bench.score().context["said_by"].right == right, said


def test_what_accuracy_does_not_say_is_printed(bench: Bench) -> None:
    bench.gold[0]["counts"][0]["topic"] = "funds"
    bench.gold[0]["percents"][0]["topic"] = "other"
    for row in bench.tables["figures"]:
        row["topic"] = "other"
    (line,) = (line for line in format_scores(bench.score()).splitlines() if line.startswith("topic"))
    assert line == "topic                1 of 2 (0.500 by always the same; of 1 others precision –, recall 0.000)"


def wrong(value: Any, kind: pa.DataType) -> Any:
    """Another value of a column's type."""
    if pa.types.is_list(kind):
        return ["x"]
    if pa.types.is_boolean(kind):
        return not value
    if pa.types.is_date(kind):
        return (value or DAY) + dt.timedelta(days=400)
    if pa.types.is_timestamp(kind):
        return (value or dt.datetime(2024, 1, 1)) + dt.timedelta(days=400)
    if pa.types.is_string(kind):
        return f"{value or ''}x"
    return (value or 0) + 7


@pytest.mark.slow
def test_the_columns_said_to_be_scored_are_those_that_are(tmp_path: Path) -> None:
    """A wrong value shows in some measure where `measures` names one, and nothing where it names none."""
    from pipeline import schema
    from pipeline.run import extract
    from pipeline.score.columns import SCORED, measures, unscored

    gold = tmp_path / "gold.jsonl"
    lines = (ROOT / "tests/gold/dev_a.jsonl").read_text(encoding="utf-8").splitlines()[:4]
    gold.write_text("\n".join(lines), encoding="utf-8")
    raw, tables = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()
    for line in lines:
        name = f"{json.loads(line)['id']}.txt"
        (raw / name).write_bytes((ROOT / "tests/gold/articles/dev" / name).read_bytes())
    extract(raw, tables, engine_name="inline")
    right = score(tables, [gold], raw).as_dict()
    names = set(scoring.command._measures(score(tables, [gold], raw)))
    joined = {"article_id", "source", "figure_id"}
    for table in SCORED:
        path = tables / f"{table}.parquet"
        whole = pq.read_table(path)
        for column in whole.column_names:
            if column in joined:
                continue
            field = whole.schema.field(column)
            values = [wrong(value, field.type) for value in whole[column].to_pylist()]
            if column == "raw_end":  # a longer span still stands where the shorter did
                values = [-1] * len(values)
            at = whole.schema.get_field_index(column)
            pq.write_table(whole.set_column(at, field, pa.array(values, field.type)), path)
            told = measures(table, column)
            if told == ("cleaning.site",):
                continue  # asked by the gold of pages alone
            assert (score(tables, [gold], raw).as_dict() != right) == bool(told), (table, column)
            assert all(any(name == told_ or name.startswith(f"{told_}.") for name in names) for told_ in told), told
        pq.write_table(whole, path)
    assert score(tables, [gold], raw).as_dict() == right
    assert unscored()["figures"] == ["about", "period_start", "period_end", "flags"]
    assert set(SCORED) <= set(schema.TABLES)
