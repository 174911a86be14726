"""Writes docs/cleaning.md: how much of an article's text is kept, and of what is around it, beside other extractors.

    python -m benchmarks.cleaning [--out docs/cleaning.md] [--pages]

``tests/gold/pages`` holds pages with the furniture of real layouts and invented articles; ``tests/gold/pages.jsonl``
says of each which lines are the article's. Where UNION_EVENTS_GOLD_ARTICLES and UNION_EVENTS_GOLD_FILES are set,
articles whose gold has a key ``furniture`` (spans) are measured too. The other extractors are those that
requirements.lock installs (trafilatura needs jusText).
"""

from __future__ import annotations

import argparse
import html
import importlib
import importlib.metadata
import json
import os
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.clean import RawRecord, Refused, clean_record
from pipeline.ingest import batches, ingest
from pipeline.rules import Rules, load
from pipeline.score.kept_text import FIELDS, Cleaned, CleanGold, CleanTally, clean_gold, compare

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "tests" / "gold" / "pages"
GOLD = ROOT / "tests" / "gold" / "pages.jsonl"
HEAD = """\
# How well pages are cleaned

Written by `python -m benchmarks.cleaning`. {count} pages ({html} HTML, {text} plain-text scrapes) with the furniture of
real layouts and invented articles (`tests/gold/pages`): scripts, inline JSON, comment boxes, cookie bars, related
lists, tables, tickers, page clocks, counters, licence lines. Rules were mended on 42 of them after a first score (text
0.942, title 0.83, stamp 0.81, byline 0.88, site 0.93); the 14 whose names begin with u or v were written after that,
and before a rule was touched again the text of u scored 0.994 and of v 0.955 (a reader's comment kept as prose): that
is nearer to what to expect of pages not seen.

Text: F1 of kept non-space characters over all pages, in order; a repeated title and a photo credit neither count nor
cost. The other extractors get the bytes of an HTML page; a plain-text scrape, which they are not made for, they get
with every line as a `<p>`. Title, date stamp (day), byline and site: share of pages where they are right, unknown
where they must be unknown; `–` where an extractor has no such thing. An extractor that names the title beside its text
has it set before the text, so that it is not blamed for that.

"""
COST = """
## What it costs

CPU time an HTML page on one core, from decoded page to clean article with its metadata, beside `trafilatura.extract`
alone; medians of five rounds in one run.

"""


class Page(NamedTuple):
    """A page and what is right of it."""

    data: bytes
    gold: CleanGold

    @property
    def file(self) -> str:
        return self.gold.file

    @property
    def is_html(self) -> bool:
        return self.file.endswith((".html", ".htm"))


class Reader(NamedTuple):
    """An extractor, and the fields that it gives at all."""

    read: Callable[[Page], Cleaned]
    given: tuple[str, ...] = FIELDS


def pages(folder: Path = PAGES, gold: Path = GOLD) -> list[Page]:
    """The pages of the set, in the order of their gold."""
    told = map(clean_gold, map(json.loads, gold.read_text(encoding="utf-8").splitlines()))
    return [Page((folder / right.file).read_bytes(), right) for right in told]


def real_pages() -> list[Page]:
    """Articles of one's own whose gold marks their furniture: what lies outside is the article's."""
    articles, files = os.environ.get("UNION_EVENTS_GOLD_ARTICLES"), os.environ.get("UNION_EVENTS_GOLD_FILES")
    found: list[Page] = []
    for path in sorted(Path(files).glob("*.jsonl")) if articles and files else ():
        for told in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            if "furniture" in told:
                data = next(Path(articles or "").rglob(told["file"])).read_bytes()
                found.append(Page(data, clean_gold(told, data.decode("utf-8"))))
    return found


# ---------------------------------------------------------------- extractors


def ours(rules: Rules, folder: Path) -> Callable[[Page], Cleaned]:
    """The project's own way: bytes through ingest, records through clean."""
    rows = {}
    for batch in batches(folder):
        for row in ingest(batch).to_pylist():
            rows[row["source"].rsplit("/", 1)[-1]] = row

    def read(page: Page) -> Cleaned:
        row = rows[page.file]
        if row["raw"] is None:
            return Cleaned()
        result = clean_record(RawRecord(row["raw"], row["format"], row["whole_file"], row["source"]), rules)
        if isinstance(result, Refused):
            return Cleaned()
        stamp = result.published.date().isoformat() if result.published else None
        return Cleaned(result.text, result.title, stamp, result.byline, result.site)

    return read


def _as_html(page: Page) -> bytes:
    if page.is_html:
        return page.data
    lines = "".join(f"<p>{html.escape(line)}</p>\n" for line in page.data.decode("utf-8").splitlines())
    return f'<html><head><meta charset="utf-8"></head><body>\n{lines}</body></html>'.encode()


def _with_title(title: str | None, text: str) -> str:
    return text if not title or " ".join(title.split()) in " ".join(text.split()) else f"{title}\n{text}"


def trafilatura(page: Page) -> Cleaned:
    found = importlib.import_module("trafilatura").bare_extraction(_as_html(page), with_metadata=True)
    if found is None:
        return Cleaned()
    return Cleaned(_with_title(found.title, found.text or ""), found.title, found.date, found.author, found.sitename)


def justext(page: Page, **thresholds: float) -> Cleaned:
    module = importlib.import_module("justext")
    found = module.justext(_as_html(page), module.get_stoplist("Vietnamese"), **thresholds)
    return Cleaned("\n".join(p.text for p in found if not p.is_boilerplate))


def justext_tuned(page: Page) -> Cleaned:
    return justext(page, **JUSTEXT_BEST)


# the best of 72 settings on these very pages: short paragraphs are nothing to jusText's own
JUSTEXT_BEST = {"stopwords_low": 0.2, "stopwords_high": 0.2, "length_low": 70, "length_high": 100}
OTHERS = {
    "trafilatura": [("", Reader(trafilatura))],
    "jusText": [("", Reader(justext, ())), (", thresholds fitted to these pages", Reader(justext_tuned, ()))],
}


# ---------------------------------------------------------------- scoring


def measure(found: Sequence[Page], read: Callable[[Page], Cleaned]) -> dict[str, CleanTally]:
    """A tally per page."""
    return {page.file: compare(page.gold, read(page)) for page in found}


def total(tallies: dict[str, CleanTally], suffix: str | tuple[str, ...] = "") -> CleanTally:
    """All pages whose names end so, together."""
    whole = CleanTally()
    for name, tally in tallies.items():
        if name.endswith(suffix):
            whole.add(tally)
    return whole


def others() -> dict[str, Reader]:
    """The other extractors, with their versions."""
    return {
        f"{name} {importlib.metadata.version(name)}{how}": reader
        for name, ways in OTHERS.items()
        for how, reader in ways
    }


def table(found: Sequence[Page], real: Sequence[Page]) -> tuple[str, dict[str, dict[str, CleanTally]]]:
    """The Markdown table, and the tallies per extractor and page."""
    rules = load()
    readers = {"union-events": Reader(ours(rules, PAGES)), **others()}
    folder = Path(os.environ.get("UNION_EVENTS_GOLD_ARTICLES", "."))
    names = ("text", "precision", "recall", "HTML", "plain text", *FIELDS, *(("real articles",) if real else ()))
    rows = ["| extractor | " + " | ".join(names) + " |", "| --- |" + " --- |" * len(names)]
    details = {}
    for name, reader in readers.items():
        tallies = measure(found, reader.read)
        details[name] = tallies
        whole = total(tallies)
        cells = [whole.f1, whole.precision, whole.recall, total(tallies, ".html").f1, total(tallies, ".txt").f1]
        shown = [f"{c:.3f}" for c in cells]
        shown += [f"{whole.share(f):.2f}" if f in reader.given else "–" for f in FIELDS]
        if real:
            measured = measure(real, ours(rules, folder) if name == "union-events" else reader.read)
            details[name] |= measured
            shown.append(f"{total(measured).f1:.3f}")
        rows.append(f"| {name} | " + " | ".join(shown) + " |")
    return "\n".join(rows) + "\n", details


# ---------------------------------------------------------------- cost


def in_full(page: Page) -> bytes:
    """A page with as much around it as a paper's page of today: menus, script, headlines beside and below (90 KB)."""
    links = "".join(f'<li class="nav-{i}"><a href="/muc/{i}">Chuyên mục số {i}</a></li>' for i in range(150))
    script = (
        "<script>var store=[" + ",".join(f'{{"id":{i},"name":"slot-{i}","w":300}}' for i in range(1200)) + "];</script>"
    )
    beside = "".join(
        f'<div class="item"><a class="thumb" href="/tin/{i}.html"><img src="/anh/{i}.jpg" alt=""></a>'
        f'<h3 class="name"><a href="/tin/{i}.html">Công đoàn cơ sở thứ {i} trao quà cho đoàn viên</a></h3></div>'
        for i in range(120)
    )
    text = page.data.decode("utf-8", errors="replace")
    head = f'<nav class="menu"><ul>{links}</ul></nav>{script}'
    tail = f'<aside class="sidebar">{beside}</aside><footer class="footer"><ul>{links}</ul></footer>{script}'
    opened = re.sub(r"(<body[^>]*>)", lambda m: m[1] + head, text, count=1, flags=re.IGNORECASE)
    whole = re.sub(r"(</body>)", lambda m: tail + m[1], opened, count=1, flags=re.IGNORECASE)
    return (whole if whole != text else text + tail).encode()


def cost(found: Sequence[Page], rounds: int = 5) -> str:
    """The Markdown table of CPU time an HTML page beside trafilatura, medians of ``rounds`` of all pages in turn."""
    module = importlib.import_module("trafilatura")
    rules = load()
    html_pages = [page for page in found if page.is_html]
    rows = ["| pages | size | union-events | trafilatura | ratio |", "| --- | --- | --- | --- | --- |"]
    for name, texts in (
        ("as they are", [p.data.decode("utf-8", errors="replace") for p in html_pages]),
        ("in a page of full size", [in_full(p).decode() for p in html_pages]),
    ):
        ways: tuple[Callable[[str], object], ...] = (
            lambda text: clean_record(RawRecord(text, "html"), rules),
            module.extract,
        )
        times: list[list[float]] = [[], []]
        for _ in range(rounds):
            for way, taken in zip(ways, times, strict=True):
                started = time.process_time()
                for text in texts:
                    way(text)
                taken.append((time.process_time() - started) / len(texts) * 1000)
        own, other = (statistics.median(taken) for taken in times)
        size = statistics.mean(map(len, texts)) / 1024
        rows.append(f"| {name} | {size:.0f} KB | {own:.1f} ms | {other:.1f} ms | {own / other:.2f} |")
    return "\n".join(rows) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cleaning", description="Score the cleaning of pages.")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "cleaning.md")
    parser.add_argument("--pages", action="store_true", help="also show every page")
    args = parser.parse_args()
    found, real = pages(), real_pages()
    text, details = table(found, real)
    sys.stdout.write(text)
    if args.pages:
        for file in next(iter(details.values())):
            f1 = "  ".join(f"{tallies[file].f1:.3f}" for tallies in details.values())
            own = next(iter(details.values()))[file]
            wrong = [name for name in FIELDS if not own.right[name]]
            sys.stdout.write(f"{file:28} {f1}  P {own.precision:.3f} R {own.recall:.3f} {' '.join(wrong)}\n")
    count = sum(page.is_html for page in found)
    head = HEAD.format(count=len(found), html=count, text=len(found) - count)
    about = "scrapes of portals as plain text, not part of the project."
    tail = f"\nReal articles: {len(real)} {about}\n" if real else ""
    spent = cost(found)
    sys.stdout.write(spent)
    args.out.write_text(head + text + tail + COST + spent, encoding="utf-8")


if __name__ == "__main__":
    main()
