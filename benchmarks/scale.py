"""Writes docs/scale.md: what 10^8 pages of a web archive would cost, from the figures of `benchmarks.speed`."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.stages import STAGES

Results = dict[str, Any]
CLEANING = Path(__file__).resolve().parent.parent / "docs" / "cleaning.md"
KB, GB, TB = 1024, 2**30, 2**40
PARTED = ("ingest", *(stage.name for stage in STAGES))  # what is done in parts, beside each other


def page_ms(measured: Path = CLEANING) -> float:
    """Milliseconds of cleaning a page of full size, as docs/cleaning.md has them."""
    found = re.search(
        r"^\| in a page of full size \|[^|]*\| ([0-9.]+) ms \|", measured.read_text("utf-8"), re.MULTILINE
    )
    if found is None:
        raise SystemExit(f"{measured} does not say what a page of full size costs: python -m benchmarks.cleaning")
    return float(found[1])


@dataclass(frozen=True, slots=True)
class Assumed:
    """What no measurement of ours gives. Change these and write the document anew."""

    articles: int = 10**8
    crawl_pages: float = 2.65e9  # of one crawl: August 2018, as published with it
    crawl_tib: float = 67.8  # of its WARC files, packed; likewise
    vietnamese: float = 0.01  # share of pages whose language is told to be Vietnamese
    again: float = 0.5  # share of a crawl's pages that an earlier one holds too
    html_ms: float = field(default_factory=page_ms)  # cleaning of an HTML page of full size
    cores: int = 32  # of a node
    memory_gb: int = 64
    nodes: int = 10
    slack: float = 1.3  # nodes that wait, parts done twice, cores that are threads
    core_hour: float = 0.04
    gb_month: float = 0.023
    thousand_reads: float = 0.0004
    repeat_bytes: int = 300  # in memory an article: pipeline.duplicates
    part: int = 200
    shard: int = 10**6


def document(results: Results, assumed: Assumed | None = None) -> str:
    """The whole of docs/scale.md; empty where a figure that it needs was not measured."""
    given = assumed or Assumed()
    made: Results = results.get("made") or results.get("folder") or {}
    stages: dict[str, float] = made.get("beside", {}).get("stages", {})
    sizes: Results = made.get("sizes", {})
    if not stages or not sizes:
        return ""
    size = max(sizes, key=int)
    found, count = sizes[size], int(size)
    return wrapped(_text(given, stages, found, count, results["machine"]["date"]))


def wrapped(text: str, width: int = 120) -> str:
    """Markdown with paragraphs and items of lists broken anew; headings and tables stay as they are."""
    blocks = []
    for block in text.strip().split("\n\n"):
        if block.startswith(("|", "#")):
            blocks.append(block)
            continue
        lines = []
        listed = re.match(r"- |\d+\. ", block)
        for item in re.split(r"\n(?=- |\d+\. )", block) if listed else [block]:
            indent = " " * (listed.end() if listed else 0)
            lines += textwrap.wrap(
                " ".join(item.split()), width, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False
            )
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _text(a: Assumed, stages: dict[str, float], found: Results, count: int, date: str) -> str:
    n = a.articles
    text_ms = sum(stages[s] for s in PARTED)
    page_ms = text_ms - stages["clean"] + a.html_ms
    core_hours = n * page_ms / 3.6e6 * a.slack
    hours = core_hours / (a.nodes * a.cores)
    seconds: Results = found["first"]["seconds"]
    write_ms, list_ms = 1e3 * seconds["write"] / count, 1e3 * seconds["list"] / count
    write_hours = n * write_ms / 3.6e6
    kept = {name: amount / count for name, amount in found["storage"].items()}
    parts_bytes = sum(kept.get(s, 0.0) for s in PARTED)
    page_bytes = a.crawl_tib * TB / a.crawl_pages
    crawls = n / (a.crawl_pages * a.vietnamese * (1 - a.again))
    worker_gb = found["first"]["peak"] / GB / 2
    shards = n // a.shard
    stage_rows = "\n".join(
        f"| {s} | {stages[s]:.2f} |" + (f" {a.html_ms:.2f} |" if s == "clean" else f" {stages[s]:.2f} |")
        for s in PARTED
    )
    cost = core_hours * a.core_hour
    reads = n / 1000 * a.thousand_reads
    shard_hours = a.shard * write_ms / 3.6e6
    held_gb = n * a.repeat_bytes / GB
    return f"""\
# A hundred million articles, on paper

Nobody has run this. It follows from figures of [performance.md](performance.md) ({date}, {count:,} made articles) and
from assumptions, each marked **(A)**; `benchmarks/scale.py` holds the assumptions and does the sums, and `make bench`
writes this page anew.

## What is there

Common Crawl's crawl of August 2018 holds {a.crawl_pages / 1e9:.2f} thousand million pages in {a.crawl_tib:.1f} TiB of
packed WARC files (its announcement): {page_bytes / KB:.0f} KB a page. Its index names the languages of a page and where
it stands in which file. That {a.vietnamese:.0%} of the pages are Vietnamese **(A)** makes
{a.crawl_pages * a.vietnamese / 1e6:.0f} million of a crawl; that {a.again:.0%} of them stand in an earlier crawl too
**(A)** leaves {a.crawl_pages * a.vietnamese * (1 - a.again) / 1e6:.0f} million new ones. So {n:,} pages are
{crawls:.0f} crawls' worth. Most are no news, and few of the news are about unions: this is the price of looking at all
of them. With a list of hosts known to print such news it shrinks by as much as that list is shorter.

The pages are read one by one at their offsets, {n * page_bytes / TB:.1f} TiB in all; whole crawls would be
{crawls * a.crawl_tib:,.0f} TiB. Put beside each other as WARC files of a gigabyte they are
{n * page_bytes / GB:,.0f} files.

## Time and money

| stage | plain text, ms of one core | HTML page, ms of one core |
| --- | ---: | ---: |
{stage_rows}
| together | {text_ms:.1f} | {page_ms:.1f} |

Plain text as measured, each stage writing its part; of an HTML page only the cleaning differs (a page of 130 KB:
{a.html_ms} ms, [cleaning.md](cleaning.md)), and its text is taken to be as long as that of the made articles **(A)**,
which are as dense in figures as union news; other news are cheaper.

- {n:,} × {page_ms:.1f} ms = {n * page_ms / 3.6e6:,.0f} core-hours; × {a.slack} for waiting, repeated parts and cores
  that are only threads **(A)** = **{core_hours:,.0f} core-hours**.
- At {a.core_hour} a core-hour **(A)**: **{cost:,.0f}** in the same currency. A price of p costs {core_hours:,.0f} × p.
- {a.nodes} nodes of {a.cores} cores **(A)**: **{hours:.1f} hours**. A worker peaks at some {worker_gb:.2f} GB (half of
  the measured peak of two workers and the process that leads them), so {a.cores} of them need {a.cores * worker_gb:.0f}
  GB; {a.memory_gb} GB a node {"are enough" if a.cores * worker_gb < 0.9 * a.memory_gb else "are too few"}.
- Reading {n:,} records at their offsets, at {a.thousand_reads} a thousand requests **(A)**: {reads:,.0f}.

## Storage

| what | bytes an article | {n:,} articles |
| --- | ---: | ---: |
| pages, packed | {page_bytes:,.0f} | {n * page_bytes / TB:.2f} TiB |
| parts of all stages | {parts_bytes:,.0f} | {n * parts_bytes / TB:.2f} TiB |
| catalogue | {kept["catalogue"]:,.0f} | {n * kept["catalogue"] / GB:.1f} GiB |
| tables | {kept["tables"]:,.0f} | {n * kept["tables"] / TB:.2f} TiB |

Measured on the run's own files (zstd), pages excepted. A month of parts and tables at {a.gb_month} a gigabyte **(A)**:
{n * (parts_bytes + kept["tables"]) / 1e9 * a.gb_month:,.0f}. Parts of a stage may go once the next one has them, at the
price of doing that stage again when a rule before it changes.

## What breaks first

1. **One process writes the tables.** {write_ms:.2f} ms an article as measured ({seconds["write"]:.1f} s for {count:,},
   finding repeats included) are {write_hours:,.0f} hours on one machine for {n:,}, beside {hours:.1f} hours for all
   else. Hence shards: {shards} runs of {a.shard:,} articles, by host or by month, are {shard_hours:.1f} hours of
   writing each and run beside each other. Their tables are read as one by DuckDB or Polars (`shard=*/figures.parquet`).
   What is then lost: repeats and bodies are known within a shard only. By host, a site's own repeats stay
   together, while what papers copy from each other does not.
2. **Memory of the search for repeats.** Some {a.repeat_bytes} bytes an article are {held_gb:.0f} GiB for all and
   {a.shard * a.repeat_bytes / GB:.2f} GiB for a shard. Over all shards, signatures would be exchanged by band: the join
   of (band, hash) pairs that a distributed engine does; the parts hold all that it needs.
3. **The number of files.** Parts of {a.part} articles are {n // a.part:,} files a stage. Each run lists and opens them:
   for a shard {a.shard // a.part:,} a stage, which is well; for all in one run they would want to be ten times larger.
4. **The process that leads.** It lists and hands out: {list_ms:.3f} ms an article of listing, with its fixed start, as
   measured. It hands a worker a part of {a.part} articles, {a.part * page_ms / 1e3:.0f} s of work; {a.nodes * a.cores}
   workers ask {a.nodes * a.cores / (a.part * page_ms / 1e3):.0f} times a second, which one process can answer.
5. **Where the parts lie.** All nodes see them under one name, on a network file system or in an object store;
   {a.nodes * a.cores} workers write {parts_bytes * a.nodes * a.cores / (page_ms / 1e3) / 2**20:.0f} MiB a second
   together, in {len(PARTED) * a.nodes * a.cores / (a.part * page_ms / 1e3):.0f} files a second.
6. **Pages that nobody wrote for us.** One page in a thousand that takes a hundred times as long costs a tenth more; the
   limit per article (`--article-seconds`) bounds the worst of them, and a worker that dies costs its part once more.
"""


def write_scale(results: Results, path: Path) -> bool:
    """Write the document where all that it needs was measured; whether it was."""
    text = document(results)
    if text:
        path.write_text(text, encoding="utf-8", newline="\n")
    return bool(text)
