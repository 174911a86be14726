"""How well articles were cleaned: the text that was kept, and title, date stamp, byline and site.

The text is compared as words in order, each weighing its letters, so that blanks and line ends cost nothing. What a
gold marks as optional (a repeated title, a photo credit) neither counts nor costs.
"""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import regex

from pipeline.text import nfc

FIELDS = ("title", "stamp", "byline", "site")
# words are cut where a scraper glues them: at a change of case, at figures, at marks; list marks and bars count nothing
_TOKEN = regex.compile(r"\p{Lu}+(?=\p{Lu}\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lu}+|\d+|[^\w\s|•»]")
_CREDIT = regex.compile(r"[ \xa0(.–-]{0,4}Ảnh:[^\n]{1,60}$")


@dataclass(frozen=True, slots=True)
class CleanGold:
    """What is right of an article's cleaning.

    ``keep`` are the lines of its text, in order, ``optional`` those that may stand in it or not. ``asked`` holds, for
    each of `FIELDS` that the gold speaks of, the values of which any is right, none where it must be unknown.
    """

    file: str
    keep: tuple[str, ...]
    optional: tuple[str, ...]
    asked: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What was made of an article; the date stamp as a day in ISO form."""

    text: str = ""
    title: str | None = None
    stamp: str | None = None
    byline: str | None = None
    site: str | None = None


@dataclass(slots=True)
class CleanTally:
    """Characters of the text that were hit, kept and wanted, and articles whose fields were asked and right."""

    hit: int = 0
    kept: int = 0
    wanted: int = 0
    articles: int = 0
    of: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FIELDS, 0))
    right: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FIELDS, 0))

    def add(self, other: CleanTally) -> None:
        """Count another tally in."""
        self.hit += other.hit
        self.kept += other.kept
        self.wanted += other.wanted
        self.articles += other.articles
        for name in FIELDS:
            self.of[name] += other.of[name]
            self.right[name] += other.right[name]

    @property
    def precision(self) -> float:
        """The share of the kept letters that were wanted."""
        return self.hit / self.kept if self.kept else 0.0

    @property
    def recall(self) -> float:
        """The share of the wanted letters that were kept."""
        return self.hit / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        """Their harmonic mean; 1 where nothing was kept or wanted."""
        both = self.kept + self.wanted
        return 2 * self.hit / both if both else 1.0

    def share(self, name: str) -> float:
        """The share of articles whose field is right, of those that were asked; 0 where none was."""
        return self.right[name] / self.of[name] if self.of[name] else 0.0


def marks_text(gold: Mapping[str, Any]) -> bool:
    """Whether a gold line says which text is the article's: by its lines, or by the spans of the furniture."""
    return "keep" in gold or "furniture" in gold


def clean_gold(gold: Mapping[str, Any], raw: str | None = None) -> CleanGold:
    """A gold line as what is right of the cleaning.

    A line with ``keep`` (and ``optional``) lists the text. One with ``furniture`` (spans in the decoded source) needs
    that source as ``raw``: what lies outside the spans is the article's. ``title``, ``published`` (its day), ``byline``
    and ``site`` are asked where the line has the key; null says that it must be unknown, a list gives several.

    Raises ValueError where ``raw`` is wanted and missing.
    """
    asked = {name: _several(gold[key]) for name, key in _KEYS.items() if key in gold}
    if "keep" in gold:
        keep, optional = [*gold["keep"]], [*gold.get("optional", ())]
    elif raw is None:
        raise ValueError("a gold line with the spans of furniture needs the source that they count in")
    else:
        keep, optional = _outside(gold["furniture"], raw, gold.get("title"))
    return CleanGold(str(gold.get("file") or f"{gold['id']}.txt"), tuple(keep), tuple(optional), asked)


_KEYS = {"title": "title", "stamp": "published", "byline": "byline", "site": "site"}


def _several(value: str | list[str] | None) -> tuple[str, ...]:
    return () if value is None else (value,) if isinstance(value, str) else tuple(value)


def _outside(furniture: Sequence[Sequence[int]], raw: str, title: str | None) -> tuple[list[str], list[str]]:
    """The lines outside the spans: the article's, and in their order those that repeat its title or credit a photo."""
    keep: list[str] = []
    optional: list[str] = []
    for start, end in _gaps(furniture, len(raw)):
        for line in filter(str.strip, raw[start:end].splitlines()):
            if title and line.strip() == title and any(k.strip() == title for k in keep):
                optional.append(line)
            elif credit := _CREDIT.search(line):
                keep.append(line[: credit.start()])
                optional.append(credit[0])
            else:
                keep.append(line)
    return keep, optional


def _gaps(spans: Sequence[Sequence[int]], size: int) -> Iterator[tuple[int, int]]:
    marks = [(0, 0), *sorted((s[0], s[1]) for s in spans), (size, size)]
    for (_, start), (end, _) in itertools.pairwise(marks):
        yield start, end


def compare(gold: CleanGold, found: Cleaned) -> CleanTally:
    """One article as a tally."""
    wanted, got = _tokens("\n".join(gold.keep)), _tokens(found.text)
    hit, rest = _matched(wanted, got)
    excused, _ = _matched(_tokens("\n".join(gold.optional)), rest)
    tally = CleanTally(hit, sum(map(len, got)) - excused, sum(map(len, wanted)), 1)
    for name, allowed in gold.asked.items():
        tally.of[name] = 1
        tally.right[name] = _same(getattr(found, name), allowed)
    return tally


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(nfc(text))


def _matched(wanted: Sequence[str], got: Sequence[str]) -> tuple[int, list[str]]:
    """Characters that both have, in order, and what else ``got`` has."""
    hit, at = 0, 0
    rest: list[str] = []
    for block in difflib.SequenceMatcher(None, wanted, got, autojunk=False).get_matching_blocks():
        rest += got[at : block.b]
        hit += sum(map(len, got[block.b : block.b + block.size]))
        at = block.b + block.size
    return hit, rest


def _same(got: str | None, allowed: Sequence[str]) -> bool:
    if not got or not allowed:
        return not got and not allowed
    return " ".join(nfc(got).split()) in {" ".join(nfc(a).split()) for a in allowed}
