"""What an edited rule does not change is taken over, and the tables are those of a run that took over nothing."""

from __future__ import annotations

import dataclasses
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import pipeline
from pipeline import catalogue, chain, rules, run, work
from pipeline.errors import InputError, Reject
from pipeline.parts import IDENTITY, Refusals, with_columns, write_part
from pipeline.reuse import Older, through
from pipeline.rules import Rules
from pipeline.stages import Stage

STAGE = Stage("loud", "loud", "tests.test_reuse:loud", ("money",), ("text",), ("loud",))
DONE: list[str | None] = []


def loud(batch: pa.Table, _rules: Rules) -> pa.Table:
    """Texts in capitals; one that is a number is refused."""
    texts = batch["text"].to_pylist()
    DONE.extend(texts)
    refused: Refusals = {n: (Reject.FAILED, "a number") for n, text in enumerate(texts) if text == "7"}
    found = [None if n in refused else text and text.upper() for n, text in enumerate(texts)]
    return with_columns(batch, {"loud": pa.array(found, pa.string())}, refused)


def batch(*texts: str | None, site: str = "x") -> pa.Table:
    kinds = [None if text else "empty" for text in texts]
    names = [f"{number}.txt" for number in range(len(texts))]
    columns = (names, names, kinds, kinds, texts, [text and site for text in texts])
    return pa.table(dict(zip((*IDENTITY, "text", "site"), (pa.array(c, pa.string()) for c in columns), strict=True)))


def older(folder: Path, given: pa.Table, stage: Stage = STAGE) -> Older:
    write_part(given, folder / "given" / "p")
    write_part(stage(given, rules.load()), folder / "made" / "p")
    DONE.clear()
    return Older(folder / "given", folder / "made")


BEFORE = ("a", "b", None, "7", "e")


@pytest.mark.parametrize(
    ("now", "done"),
    [
        pytest.param(("a", "b", None, "7", "e"), ["7"], id="nothing changed: what was refused is tried again"),
        pytest.param(("a", "c", None, "7", "e"), ["c", "7"], id="a text changed"),
        pytest.param(("a", None, "d", "7", "7"), [None, "d", "7", "7"], id="refused now, or not any more"),
        pytest.param(("v", "w", "x", "y", "z"), ["v", "w", "x", "y", "z"], id="all changed"),
        pytest.param(("a", "b", None), ["a", "b", None], id="other records"),
    ],
)
@pytest.mark.parametrize("site", ["x", "y"])
@pytest.mark.parametrize("adds", [("loud",), ()])
def test_only_records_that_changed_are_done(
    tmp_path: Path, now: tuple[str | None, ...], done: list[str | None], site: str, adds: tuple[str, ...]
) -> None:
    stage = dataclasses.replace(STAGE, adds=adds)
    left = older(tmp_path, batch(*BEFORE), stage)
    given = batch(*now, site=site)
    made = through(stage, given, rules.load(), left, "p")
    assert done == DONE
    assert made.equals(stage(given, rules.load())), "as if all had been done"


def test_nothing_is_taken_from_a_part_that_cannot_be_read(tmp_path: Path) -> None:
    given = batch("a", "b")
    left = older(tmp_path, given)
    expected = STAGE(given, rules.load())
    for path in (left.given / "p", left.made / "p"):
        whole = path.read_bytes()
        for damage in (lambda path: path.write_bytes(b"x"), Path.unlink):
            damage(path)
            DONE.clear()
            assert through(STAGE, given, rules.load(), left, "p").equals(expected)
            assert DONE == ["a", "b"]
        path.write_bytes(whole)


# ---------------------------------------------------------------- whole runs


PART, COUNT = 3, 10
ARTICLE = """\
Ngày {n}/3/2021, Liên đoàn Lao động tỉnh Hà Nam tổ chức hội nghị tổng kết công tác công đoàn.
{more}
"""
MORE = (
    "Công đoàn đã hỗ trợ {n} đoàn viên với số tiền 25 triệu đồng.",
    "BSCKII. Trần Văn Mạnh, Chủ tịch Công đoàn Viên chức tỉnh, phát biểu tại hội nghị.",
    "Đại diện đoàn viên, chị Lê Thị Hoa, Chủ tịch Công đoàn Công ty Vĩnh Phát, phát biểu.",
    "Trang nhất",
)


def rows(out: Path) -> list[Any]:
    names = ("articles", "segments", "officials", "figures", "dates")
    return [pq.read_table(out / f"{name}.parquet").replace_schema_metadata().to_pylist() for name in names]


def tables(out: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(out.glob("*.parquet"))}


Edit = Callable[[str, str, str], None]


@pytest.fixture
def edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Edit:
    """Replaces words in rules of its own: dimension, what stands there once, what shall stand there."""
    own = tmp_path / "rules"
    shutil.copytree(rules.rules_root(), own)
    monkeypatch.setenv("UNION_EVENTS_RULES", str(own))
    monkeypatch.setattr(catalogue, "PART_SIZE", PART)

    def change(dimension: str, before: str, after: str) -> None:
        files = [f for f in (own / dimension).glob("*.yaml") if f.name != "corpus.yaml" and before in f.read_text()]
        assert len(files) == 1, before
        text = files[0].read_text(encoding="utf-8")
        assert text.count(before) == 1, before
        files[0].write_text(text.replace(before, after), encoding="utf-8")

    return change


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    for number in range(1, COUNT + 1):
        text = ARTICLE.format(n=number, more=MORE[number % len(MORE)].format(n=number))
        (folder / f"bai-{number}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Articles that went through every stage."""
    found: Counter[str] = Counter()
    real = Stage.__call__

    def call(stage: Stage, batch: pa.Table, rules: Rules) -> pa.Table:
        found[stage.name] += batch.num_rows
        return real(stage, batch, rules)

    monkeypatch.setattr(Stage, "__call__", call)
    return found


def extract(raw: Path, out: Path) -> None:
    run.extract(raw, out, engine_name="inline")


@pytest.mark.parametrize(
    ("dimension", "before", "after", "whole", "some"),
    [
        pytest.param("money", "    đồng: VND\n", "    đồng: USD\n", {"figures"}, {"resolve"}, id="money"),
        pytest.param("shared", "    triệu: 1000000\n", "    triệu: 1000\n", {"figures"}, {"resolve"}, id="shared"),
        pytest.param("official", "    chị: f\n", "", {"names", "resolve"}, set(), id="official"),
        pytest.param("figure_context", "  done:\n    - đã\n", "  done:\n", {"resolve"}, set(), id="figure_context"),
        pytest.param("segment", "    - BSCKII\n", "", {"segment"}, {"names", "figures", "resolve"}, id="segment"),
        pytest.param(
            "furniture", "    - trang nhất\n", "", {"clean"}, {"segment", "names", "figures", "resolve"}, id="furniture"
        ),
    ],
)
def test_an_edited_rule_gives_the_tables_of_a_fresh_run(
    raw: Path, tmp_path: Path, edit: Edit, counted: Counter[str],
    dimension: str, before: str, after: str, whole: set[str], some: set[str],
) -> None:  # fmt: skip
    out = tmp_path / "out"
    extract(raw, out)
    old = rows(out)
    counted.clear()
    edit(dimension, before, after)
    extract(raw, out)
    done = +counted
    assert rows(out) != old, "the edit changes what is found"
    assert {stage for stage, count in done.items() if count == COUNT} == whole
    assert {stage for stage, count in done.items() if count < COUNT} == some
    extract(raw, tmp_path / "fresh")
    assert tables(out) == tables(tmp_path / "fresh")


def test_a_run_that_was_stopped_after_an_edit_goes_on(
    raw: Path, tmp_path: Path, edit: Edit, counted: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    extract(raw, out)
    edit("money", "    đồng: VND\n", "    đồng: USD\n")
    with monkeypatch.context() as context:
        written: list[Path] = []

        def stop(table: pa.Table, path: Path) -> None:
            written.append(path)
            if len(written) == 4:
                raise KeyboardInterrupt
            write_part(table, path)

        context.setattr(work, "write_part", stop)
        with pytest.raises(KeyboardInterrupt):
            extract(raw, out)
    # figures and rows of the first part, figures of the second
    assert [path.parent.name.partition("-")[0] for path in written] == ["figures", "resolve"] * 2
    counted.clear()
    extract(raw, out)
    assert counted["figures"] == COUNT - 2 * PART
    assert 0 < counted["resolve"] < COUNT - PART
    extract(raw, tmp_path / "fresh")
    assert tables(out) == tables(tmp_path / "fresh")

    counted.clear()
    edit("money", "    đồng: USD\n", "    đồng: VND\n")
    (raw / "bai-0.txt").write_text(ARTICLE.format(n=30, more=MORE[0]), encoding="utf-8")
    (raw / "bai-1.txt").unlink()
    extract(raw, out)
    assert counted["figures"] == COUNT + 1
    assert 0 < counted["resolve"] < COUNT
    extract(raw, tmp_path / "again")
    assert tables(out) == tables(tmp_path / "again")
    assert len([p for p in (out / "_interim").iterdir() if p.is_dir()]) == 6, "older parts are gone"


def test_nothing_is_taken_over_from_other_code(
    raw: Path, tmp_path: Path, edit: Edit, counted: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    extract(raw, tmp_path / "out")
    edit("money", "    đồng: VND\n", "    đồng: USD\n")
    monkeypatch.setattr(chain, "code_hash", lambda: "other")
    counted.clear()
    extract(raw, tmp_path / "out")
    assert set((+counted).values()) == {COUNT}


def currencies(out: Path) -> set[str | None]:
    return set(pq.read_table(out / "figures.parquet")["currency"].to_pylist())


def test_rules_edited_during_a_run_end_it_and_the_next_one_takes_them(raw: Path, tmp_path: Path, edit: Edit) -> None:
    def progress(_what: str, done: int, _of: int) -> None:
        if not done:
            edit("money", "    đồng: VND\n", "    đồng: USD\n")

    with pytest.raises(InputError, match="rules: the rules were edited while they were being used; run the command"):
        run.extract(raw, tmp_path / "out", engine_name="inline", progress=progress)
    assert not list((tmp_path / "out" / "_interim").glob("*/part-*")), "nothing of the new ones by the old name"
    extract(raw, tmp_path / "out")
    assert "USD" in currencies(tmp_path / "out")
    assert "VND" not in currencies(tmp_path / "out")


def test_a_notebook_takes_edited_rules(edit: Edit) -> None:
    text = "Công đoàn đã hỗ trợ 25 triệu đồng."
    before, language = pipeline.extract(text), pipeline.load()
    assert pipeline.load() is language
    edit("money", "    đồng: VND\n", "    đồng: USD\n")
    after = pipeline.extract(text)
    assert [(f.low, f.currency) for f in before.figures + after.figures] == [(25e6, "VND"), (25e6, "USD")]
    now, then = pipeline.load()(text), language(text)
    assert [span._.fact.currency for span in now.spans["figures"]] == ["USD"]
    assert [span._.fact.currency for span in then.spans["figures"]] == ["VND"], "made of the old ones"
