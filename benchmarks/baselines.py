"""What general tools give on the same articles: `dateparser.search_dates`, underthesea's `ner`, a naive regex.

Each is used as its documentation shows, on the clean text that our own cleaning gives all of them: the comparison is of
reading, not of cleaning. Their answers are written as tables, so that the same scorer scores them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import schema

SCALES = {"nghìn": 1e3, "ngàn": 1e3, "triệu": 1e6, "tỷ": 1e9, "tỉ": 1e9, "": 1.0}
CURRENCIES = {"đồng": "VND", "vnđ": "VND", "vnd": "VND", "usd": "USD", "euro": "EUR"}
NUMBER = r"\d+(?:[.,]\d+)*"
MONEY = re.compile(rf"({NUMBER})\s*(nghìn|ngàn|triệu|tỷ|tỉ)?\s*(đồng|vnđ|vnd|usd|euro)\b", re.IGNORECASE)
RATIO = re.compile(r"\b(\d+)/(\d+)\b")
PERCENT = re.compile(rf"({NUMBER})\s*%")
COUNT = re.compile(rf"\b({NUMBER})\s+([^\W\d_]+)")
TERM = re.compile(r"\b(20\d\d)\s*[-–]\s*(20\d\d)\b")


def value(text: str, scaled: bool = False) -> float:
    """A Vietnamese number: a dot parts thousands, a comma decimals."""
    if scaled and text.count(".") == 1 and "," not in text and len(text.split(".")[1]) != 3:
        text = text.replace(".", ",")
    return float(text.replace(".", "").replace(",", ".") or 0)


def regex_figures(text: str) -> Iterator[dict[str, Any]]:
    """Figures by one pattern a kind, the first that matches a character wins."""
    taken: list[tuple[int, int]] = []

    def free(match: re.Match[str]) -> bool:
        if any(a < match.end() and match.start() < b for a, b in taken):
            return False
        taken.append(match.span())
        return True

    for m in filter(free, MONEY.finditer(text)):
        amount = value(m[1], True) * SCALES[(m[2] or "").lower()]
        yield {"kind": "money", "low": amount, "high": amount, "currency": CURRENCIES[m[3].lower()], "at": m.span()}
    for m in filter(free, PERCENT.finditer(text)):
        yield {"kind": "percent", "low": value(m[1], True), "high": value(m[1], True), "at": m.span()}
    for m in filter(free, TERM.finditer(text)):
        yield {"kind": "term", "term": (int(m[1]), int(m[2])), "at": m.span()}
    for m in filter(free, RATIO.finditer(text)):
        yield {"kind": "ratio", "numerator": int(m[1]), "denominator": int(m[2]), "at": m.span()}
    for m in filter(free, COUNT.finditer(text)):
        yield {"kind": "count", "low": value(m[1]), "high": value(m[1]), "unit": m[2], "at": m.span()}


def names(text: str) -> Iterator[str]:
    """Names of persons by underthesea's CRF model."""
    from underthesea import ner

    for line in text.split("\n"):
        name: list[str] = []
        for word, _, _, tag in ner(line) if line.strip() else []:
            if tag == "I-PER" and name:
                name.append(word)
                continue
            if name:
                yield " ".join(name)
            name = [word] if tag == "B-PER" else []
        if name:
            yield " ".join(name)


def days(text: str) -> Iterator[Any]:
    """Dates by dateparser's search in Vietnamese, a line at a time."""
    from dateparser.search import search_dates

    for line in text.split("\n"):
        for _, found in search_dates(line, languages=["vi"]) or []:
            yield found.date()


def write_baseline(ours: Path, out: Path) -> None:
    """Tables of the baselines in ``out`` for the articles that our tables in ``ours`` hold."""
    out.mkdir(parents=True, exist_ok=True)
    rows: dict[str, list[Any]] = {name: [] for name in schema.TABLES}
    for article in pq.read_table(ours / "articles.parquet").to_pylist():
        own, text = article["article_id"], article["text"]
        for found in regex_figures(text):
            start, end = found.pop("at")
            spans = {"span_start": start, "span_end": end, "text": text[start:end], "article_id": own}
            if found["kind"] == "term":
                first, last = found["term"]
                rows["terms"].append(schema.TermRow(term_start=first, term_end=last, kind="term", **spans))
            else:
                rows["figures"].append(schema.FigureRow(**found, **spans))
        for day in days(text):
            rows["dates"].append(schema.DateRow(article_id=own, date_start=day, date_end=day))
        for name in names(text):
            rows["officials"].append(schema.OfficialRow(article_id=own, name=name))
    for name, table in rows.items():
        content = [schema.as_dict(r) for r in table]
        pq.write_table(pa.Table.from_pylist(content, schema=schema.arrow_schema(name)), out / f"{name}.parquet")
    pq.write_table(pq.read_table(ours / "articles.parquet"), out / "articles.parquet")
