"""Writes docs/cleaning.md: how much of an article's text is kept, and of what is around it, beside other extractors.

    python -m benchmarks.cleaning [--out docs/cleaning.md] [--pages]

``tests/gold/pages`` holds pages with the furniture of real layouts and invented articles; ``tests/gold/pages.jsonl``
says of each which lines are the article's. Where UNION_EVENTS_GOLD_ARTICLES and UNION_EVENTS_GOLD_FILES are set,
articles whose gold has a key ``furniture`` (spans) are measured too. The other extractors are needed for the table
only; one that is not installed is left out.
"""

from __future__ import annotations

import argparse
import difflib
import html
import importlib
import importlib.metadata
import itertools
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import regex

from pipeline.clean import RawRecord, Refused, clean_record
from pipeline.ingest import batches, ingest
from pipeline.rules import Rules, load
from pipeline.text import nfc

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "tests" / "gold" / "pages"
GOLD = ROOT / "tests" / "gold" / "pages.jsonl"
FIELDS = ("title", "stamp", "byline", "site")
# words are cut where a scraper glues them: at a change of case, at figures, at marks; list marks and bars count nothing
_TOKEN = regex.compile(r"\p{Lu}+(?=\p{Lu}\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lu}+|\d+|[^\w\s|•»]")
_CREDIT = regex.compile(r"[ \xa0(.–-]{0,4}Ảnh:[^\n]{1,60}$")
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


class Page(NamedTuple):
    """A page and what is right of it; ``byline`` and ``site`` are what may be said, empty where nothing may be."""

    file: str
    data: bytes
    keep: list[str]
    optional: list[str]
    title: str | None
    published: str | None
    byline: list[str]
    site: list[str]

    @property
    def is_html(self) -> bool:
        return self.file.endswith((".html", ".htm"))


@dataclass(slots=True)
class Reading:
    """What an extractor makes of a page; ``given`` are the fields that it knows at all."""

    text: str = ""
    title: str | None = None
    stamp: str | None = None
    byline: str | None = None
    site: str | None = None
    given: tuple[str, ...] = FIELDS


@dataclass(slots=True)
class Tally:
    """Characters of the text, and pages whose fields are right."""

    hit: int = 0
    kept: int = 0
    wanted: int = 0
    pages: int = 0
    right: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FIELDS, 0))

    def add(self, other: Tally) -> None:
        self.hit += other.hit
        self.kept += other.kept
        self.wanted += other.wanted
        self.pages += other.pages
        for name, count in other.right.items():
            self.right[name] += count

    @property
    def precision(self) -> float:
        return self.hit / self.kept if self.kept else 0.0

    @property
    def recall(self) -> float:
        return self.hit / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        both = self.kept + self.wanted
        return 2 * self.hit / both if both else 1.0

    def share(self, name: str) -> float:
        return self.right[name] / self.pages if self.pages else 0.0


def _several(value: str | list[str] | None) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else value


def pages(folder: Path = PAGES, gold: Path = GOLD) -> list[Page]:
    """The pages of the set, in the order of their gold."""
    found = []
    for line in gold.read_text(encoding="utf-8").splitlines():
        told = json.loads(line)
        found.append(
            Page(
                told["file"], (folder / told["file"]).read_bytes(), told["keep"], told["optional"], told["title"],
                told["published"], _several(told["byline"]), _several(told["site"]),
            )
        )  # fmt: skip
    return found


def real_pages() -> list[Page]:
    """Articles of one's own whose gold marks their furniture: what lies outside is the article's."""
    articles, files = os.environ.get("UNION_EVENTS_GOLD_ARTICLES"), os.environ.get("UNION_EVENTS_GOLD_FILES")
    found: list[Page] = []
    for path in sorted(Path(files).glob("*.jsonl")) if articles and files else ():
        for told in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            if "furniture" not in told:
                continue
            at = next(Path(articles or "").rglob(told["file"]))
            text = at.read_bytes().decode("utf-8")
            spans = [(end_before, start) for (_, end_before), (start, _) in _gaps(told["furniture"], len(text))]
            keep = [line for start, end in spans for line in text[start:end].splitlines() if line.strip()]
            optional = []
            title = told["title"]
            copies = [i for i, line in enumerate(keep) if title and line.strip() == title]
            optional += [keep.pop(i) for i in reversed(copies[1:])]
            for i, line in enumerate(keep):
                if credit := _CREDIT.search(line):
                    optional.append(credit[0])
                    keep[i] = line[: credit.start()]
            byline = [told["byline"]] if told["byline"] else []
            found.append(Page(told["file"], text.encode(), keep, optional, title, None, byline, []))
    return found


def _gaps(spans: Sequence[Sequence[int]], size: int) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    marks = [(0, 0), *((s[0], s[1]) for s in sorted(spans)), (size, size)]
    yield from itertools.pairwise(marks)


# ---------------------------------------------------------------- extractors


def ours(rules: Rules, folder: Path) -> Callable[[Page], Reading]:
    """The project's own way: bytes through ingest, records through clean."""
    rows = {}
    for batch in batches(folder):
        for row in ingest(batch).to_pylist():
            rows[row["source"].rsplit("/", 1)[-1]] = row

    def read(page: Page) -> Reading:
        row = rows[page.file]
        if row["raw"] is None:
            return Reading()
        result = clean_record(RawRecord(row["raw"], row["format"], row["whole_file"], row["source"]), rules)
        if isinstance(result, Refused):
            return Reading()
        stamp = result.published.date().isoformat() if result.published else None
        return Reading(result.text, result.title, stamp, result.byline, result.site)

    return read


def _as_html(page: Page) -> bytes:
    if page.is_html:
        return page.data
    lines = "".join(f"<p>{html.escape(line)}</p>\n" for line in page.data.decode("utf-8").splitlines())
    return f'<html><head><meta charset="utf-8"></head><body>\n{lines}</body></html>'.encode()


def _with_title(title: str | None, text: str) -> str:
    return text if not title or " ".join(title.split()) in " ".join(text.split()) else f"{title}\n{text}"


def trafilatura(page: Page) -> Reading:
    found = importlib.import_module("trafilatura").bare_extraction(_as_html(page), with_metadata=True)
    if found is None:
        return Reading()
    return Reading(_with_title(found.title, found.text or ""), found.title, found.date, found.author, found.sitename)


def readability(page: Page) -> Reading:
    document = importlib.import_module("readability").Document(_as_html(page))
    title = document.short_title() or None
    title = None if title == "[no-title]" else title
    tree = importlib.import_module("lxml.html").fromstring(document.summary() or "<p></p>")
    return Reading(_with_title(title, "\n".join(tree.itertext())), title, given=("title",))


def justext(page: Page, **thresholds: float) -> Reading:
    module = importlib.import_module("justext")
    found = module.justext(_as_html(page), module.get_stoplist("Vietnamese"), **thresholds)
    return Reading("\n".join(p.text for p in found if not p.is_boilerplate), given=())


def justext_tuned(page: Page) -> Reading:
    return justext(page, **JUSTEXT_BEST)


# the best of 72 settings on these very pages: short paragraphs are nothing to jusText's own
JUSTEXT_BEST = {"stopwords_low": 0.2, "stopwords_high": 0.2, "length_low": 70, "length_high": 100}
OTHERS = {
    "trafilatura": [("", trafilatura)],
    "readability-lxml": [("", readability)],
    "jusText": [("", justext), (", thresholds fitted to these pages", justext_tuned)],
}


# ---------------------------------------------------------------- scoring


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(nfc(text))


def _matched(wanted: Sequence[str], got: Sequence[str]) -> tuple[int, list[str]]:
    """Characters that both have, in order, and what else ``got`` has."""
    hit, at, rest = 0, 0, []
    for block in difflib.SequenceMatcher(None, wanted, got, autojunk=False).get_matching_blocks():
        rest += got[at : block.b]
        hit += sum(map(len, got[block.b : block.b + block.size]))
        at = block.b + block.size
    return hit, rest


def compare(page: Page, reading: Reading) -> Tally:
    """One page as a tally."""
    wanted, got = _tokens("\n".join(page.keep)), _tokens(reading.text)
    hit, rest = _matched(wanted, got)
    excused, _ = _matched(_tokens("\n".join(page.optional)), rest)
    tally = Tally(hit, sum(map(len, got)) - excused, sum(map(len, wanted)), 1)
    tally.right["title"] = _same(reading.title, [page.title] if page.title else [])
    tally.right["stamp"] = _same(reading.stamp, [page.published] if page.published else [])
    tally.right["byline"] = _same(reading.byline, page.byline)
    tally.right["site"] = _same(reading.site, page.site)
    return tally


def _same(got: str | None, allowed: list[str]) -> bool:
    if not got or not allowed:
        return not got and not allowed
    return " ".join(nfc(got).split()) in {" ".join(nfc(a).split()) for a in allowed}


def measure(found: Sequence[Page], read: Callable[[Page], Reading]) -> tuple[dict[str, Tally], tuple[str, ...]]:
    """A tally per page, and the fields that the extractor gives."""
    readings = {page.file: read(page) for page in found}
    given = next((r.given for r in readings.values()), FIELDS)
    return {page.file: compare(page, readings[page.file]) for page in found}, given


def total(tallies: dict[str, Tally], suffix: str | tuple[str, ...] = "") -> Tally:
    """All pages whose names end so, together."""
    whole = Tally()
    for name, tally in tallies.items():
        if name.endswith(suffix):
            whole.add(tally)
    return whole


def available() -> dict[str, Callable[[Page], Reading]]:
    """The other extractors that are installed, with their versions."""
    found: dict[str, Callable[[Page], Reading]] = {}
    for name, ways in OTHERS.items():
        try:
            found |= {f"{name} {importlib.metadata.version(name)}{how}": read for how, read in ways}
        except importlib.metadata.PackageNotFoundError:
            sys.stderr.write(f"cleaning: {name} is not installed and left out\n")
    return found


def table(found: Sequence[Page], real: Sequence[Page]) -> tuple[str, dict[str, dict[str, Tally]]]:
    """The Markdown table, and the tallies per extractor and page."""
    rules = load()
    readers: dict[str, Any] = {"union-events": ours(rules, PAGES), **available()}
    folder = Path(os.environ.get("UNION_EVENTS_GOLD_ARTICLES", "."))
    names = ("text", "precision", "recall", "HTML", "plain text", *FIELDS, *(("real articles",) if real else ()))
    rows = ["| extractor | " + " | ".join(names) + " |", "| --- |" + " --- |" * len(names)]
    details = {}
    for name, read in readers.items():
        tallies, given = measure(found, read)
        details[name] = tallies
        whole = total(tallies)
        cells = [whole.f1, whole.precision, whole.recall, total(tallies, ".html").f1, total(tallies, ".txt").f1]
        shown = [f"{c:.3f}" for c in cells]
        shown += [f"{whole.share(f):.2f}" if f in given else "–" for f in FIELDS]
        if real:
            own = ours(rules, folder) if name == "union-events" else read
            measured, _ = measure(real, own)
            details[name] |= measured
            shown.append(f"{total(measured).f1:.3f}")
        rows.append(f"| {name} | " + " | ".join(shown) + " |")
    return "\n".join(rows) + "\n", details


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
    args.out.write_text(head + text + tail, encoding="utf-8")


if __name__ == "__main__":
    main()
