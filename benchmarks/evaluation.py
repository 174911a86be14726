"""Writes docs/evaluation.md: how right the tables are, beside general tools on the same articles.

    python -m benchmarks.evaluation [--out docs/evaluation.md]

Sets: the samples; the development and the test articles written for scoring; and, where the environment
names them (UNION_EVENTS_GOLD_ARTICLES, UNION_EVENTS_GOLD_FILES), real articles with gold of one's own.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import tempfile
import textwrap
from collections.abc import Sequence
from pathlib import Path

from benchmarks.baselines import write_baseline
from pipeline import __version__
from pipeline.run import extract
from pipeline.score import CONTEXT, Scores, score
from pipeline.score.columns import unscored

ROOT = Path(__file__).resolve().parent.parent
GOLD = ROOT / "tests" / "gold"
FACTS = ("money", "ratio", "percent", "count", "date", "term", "official_name", "official_full", "official_roles")
BASELINE = ("money", "ratio", "percent", "count", "date", "term", "official_name")
_LEAST_TOLD = 10
HEAD = """\
# How right the tables are

Written by `make evaluation`; scored by `make score`'s scorer. F1 of facts (value, not wording), accuracy of the fields
of the main event. The baseline is what general tools give on the same clean text: a naive regex (money, ratio, percent,
count, term), `dateparser.search_dates` (dates), underthesea's `ner` (names). They know no positions, bodies or events.

"""


def sets() -> list[tuple[str, str, Path, list[Path]]]:
    """Name, what it is, folder of articles, gold files; those that are here."""
    found = [
        ("samples", "the samples that ship with the project; rules were mended on them", ROOT / "data/raw/samples",
         sorted(GOLD.glob("samples_*.jsonl"))),
        ("dev", "written for scoring by others than the rules' authors; rules were mended on them after a first score",
         GOLD / "articles/dev", sorted(GOLD.glob("dev_*.jsonl"))),
        ("test", "written and annotated by others, frozen: scored, its errors never read",
         GOLD / "articles/test", sorted(GOLD.glob("test_*.jsonl"))),
    ]  # fmt: skip
    articles, files = os.environ.get("UNION_EVENTS_GOLD_ARTICLES"), os.environ.get("UNION_EVENTS_GOLD_FILES")
    if articles and files:
        about = "real articles of portals and newspapers, not part of the project; rules were mended on them"
        found.append(("real", about, Path(articles), sorted(Path(files).glob("*.jsonl"))))
    return [s for s in found if s[3] and s[2].is_dir()]


def measure(folder: Path, gold: Sequence[Path], work: Path) -> tuple[Scores, Scores]:
    """Our scores and the baseline's."""
    extract(folder, work / "ours")
    write_baseline(work / "ours", work / "baseline")
    return score(work / "ours", gold, folder), score(work / "baseline", gold, folder)


def table(names: Sequence[str], results: Sequence[tuple[Scores, Scores]]) -> list[str]:
    """A Markdown table: facts by set, ours and the baseline."""
    lines = ["| F1 | " + " | ".join(f"{n} | {n}, baseline" for n in names) + " |"]
    lines.append("| --- |" + " ---: | ---: |" * len(names))
    for fact in FACTS:
        cells = []
        for ours, baseline in results:
            cells.append(f"{ours.facts[fact].f1:.3f} ({ours.facts[fact].wanted})")
            cells.append(f"{baseline.facts[fact].f1:.3f}" if fact in BASELINE else "–")
        lines.append(f"| {fact} | " + " | ".join(cells) + " |")
    lines += ["", "| main event | " + " | ".join(names) + " |", "| --- |" + " ---: |" * len(names)]
    for field in results[0][0].event:
        cells = [f"{ours.event[field].right} of {ours.event[field].of}" for ours, _ in results]
        lines.append(f"| {field} | " + " | ".join(cells) + " |")
    lines += ["", "| attribute | " + " | ".join(names) + " |", "| --- |" + " ---: |" * len(names)]
    for field in results[0][0].attributes:
        cells = [f"{ours.attributes[field].right} of {ours.attributes[field].of}" for ours, _ in results]
        lines.append(f"| {field} | " + " | ".join(cells) + " |")
    return [*lines, "", *told(names, results)]


def told(names: Sequence[str], results: Sequence[tuple[Scores, Scores]]) -> list[str]:
    """A Markdown table of the columns that mostly hold one value, by set."""
    lines = [
        "| what a row says | set | right | always the commonest | other values | precision | recall |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for field, empty in CONTEXT.items():
        for name, (ours, _) in zip(names, results, strict=True):
            row = ours.context.get(field)
            # a set whose gold has hardly another value says nothing of them
            if row is not None and row.wanted >= _LEAST_TOLD:
                share = f"{row.right / row.of:.3f} ({row.of})"
                lines.append(
                    f"| {field}, not {'null' if empty is None else empty} | {name} | {share} | {row.commonest:.3f} | "
                    f"{row.wanted} | {_share(row.precision)} | {_share(row.recall)} |"
                )
    return lines


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def not_asked() -> str:
    """The columns that no gold asks for, in words."""
    tables = [f"{table} ({', '.join(columns)})" for table, columns in unscored().items()]
    return textwrap.fill(
        "**Not scored**, since no gold asks for it: every event but the main one, and the columns of "
        f"{'; '.join(tables)}. [tables.md](tables.md) names the measures of every other column.",
        120,
        break_on_hyphens=False,
    )


def main() -> None:
    """Write the report."""
    parser = argparse.ArgumentParser(description="How right the tables are, beside general tools.")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "evaluation.md")
    args = parser.parse_args()
    here = sets()
    results = []
    for name, _, folder, gold in here:
        with tempfile.TemporaryDirectory() as work:
            results.append(measure(folder, gold, Path(work)))
            print(f"{name}: done")
    versions = ", ".join(f"{n} {importlib.metadata.version(n)}" for n in ("underthesea", "dateparser", "spacy"))
    lines = [f"union-events {__version__}; {versions}.", ""]
    lines += [f"- **{name}** ({results[i][0].wanted} articles): {about}." for i, (name, about, _, _) in enumerate(here)]
    lines += ["", *table([name for name, *_ in here], results), ""]
    lines += [
        "In brackets how many facts the gold holds. `term` of the baseline is every pair of years. What a row says is",
        "mostly one value, so that accuracy flatters: beside it stands that of always answering with the commonest",
        "value of the set, and precision and recall of the values other than the column's empty one.",
        "",
        not_asked(),
    ]
    args.out.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
