"""Furniture learnt from a site's own articles: a line that stands in most of its pages is the site's, not an article's.

What is learnt is rule data (``rules/furniture/learnt.yaml``), so that a person reads it before it takes lines away, and
so that an article's text depends on its page and the rules alone, never on what else lay in the folder that day.
"""

from __future__ import annotations

import collections
import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import regex
from pydantic import BaseModel, ConfigDict

from pipeline.rules import RuleSet
from pipeline.text import fold

TABLE = "learnt"
# fewer pages say little: a slogan of the season or a columnist's sign-off stands in several, too
MIN_PAGES = 20
MIN_SHARE = 0.6
# so many pages of a site are enough to tell, whatever it has
MAX_PAGES = 200
_LONGEST = 400
_NUMBER = regex.compile(r"\d+(?:[.,]\d+)*")


class SiteLines(BaseModel):
    """A site's lines: ``site`` is a host, or the folder or file of its articles below the raw folder."""

    model_config = ConfigDict(extra="forbid")
    site: str
    pages: int
    lines: list[str]


def line_key(text: str) -> str:
    """The key by which a line is known again: folded, every number as 0 (counters differ from page to page)."""
    return _NUMBER.sub("0", fold(text))


def site_of(source: str, url: str | None) -> str:
    """The site of a record: its address's host, else the folder of its file, else the file that holds many."""
    try:
        host = urlsplit(url).hostname if url else None
    except ValueError:
        host = None
    if host:
        return host.removeprefix("www.")
    name, many, _ = source.rpartition("#")
    return name if many else source.rpartition("/")[0] or "."


class LearntLines:
    """The learnt lines of the rules, by site."""

    def __init__(self, rules: RuleSet) -> None:
        rows = rules.table(TABLE, SiteLines)
        self._of = {row.site: frozenset(map(line_key, row.lines)) for row in rows}

    def of(self, source: str, url: str | None) -> frozenset[str]:
        """The keys of the lines that are furniture on the record's site."""
        return self._of.get(site_of(source, url), frozenset()) if self._of else frozenset()


@dataclass(slots=True)
class _Site:
    """A sample of a site's pages: those whose hashes are the least, so that order and addition change little."""

    pages: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)


class Learner:
    """Learns from pages given one by one; holds at most `MAX_PAGES` of each site.

    ``spared`` says of a line that it is to stay whatever it repeats: a date stamp, a byline, furniture by a rule.
    """

    def __init__(
        self,
        spared: Callable[[str], bool] = lambda _: False,
        min_pages: int = MIN_PAGES,
        min_share: float = MIN_SHARE,
    ) -> None:
        self._spared, self._min_pages, self._min_share = spared, min_pages, min_share
        self._sites: dict[str, _Site] = collections.defaultdict(_Site)
        self._known: dict[str, str] = {}

    def add(self, site: str, sha256: str, lines: Iterable[str]) -> None:
        """Take a page: its site, the hash of its bytes (hex digits) and its lines before any was taken away."""
        pages = self._sites[site].pages
        # a heap of the least hashes: the greatest of them on top, its digits turned round
        rank = sha256.translate(_TURNED)
        if len(pages) >= MAX_PAGES and rank <= pages[0][0]:
            return
        kept = tuple(self._known.setdefault(t, t) for t in dict.fromkeys(map(str.strip, lines)) if t)
        (heapq.heappushpop if len(pages) >= MAX_PAGES else heapq.heappush)(pages, (rank, kept))

    def learnt(self) -> list[SiteLines]:
        """The sites that showed any furniture of their own, in order of name; their lines as first seen."""
        found = [self._site(name, site) for name, site in sorted(self._sites.items())]
        return [site for site in found if site.lines]

    def _site(self, name: str, site: _Site) -> SiteLines:
        pages = [{line_key(t): t for t in lines if len(t) <= _LONGEST} for _, lines in sorted(site.pages)]
        pages = _apart(pages, self._frequent(pages))
        if len(pages) < self._min_pages:
            return SiteLines(site=name, pages=len(pages), lines=[])
        wording: dict[str, str] = {}
        for page in reversed(pages):
            wording |= page
        lines = [wording[key] for key in self._frequent(pages)]
        chosen = [t for t in lines if any(c.isalpha() for c in t) and not self._spared(t)]
        return SiteLines(site=name, pages=len(pages), lines=sorted(chosen))

    def _frequent(self, pages: Sequence[dict[str, str]]) -> set[str]:
        counts = collections.Counter(key for page in pages for key in page)
        return {key for key, n in counts.items() if n >= self._min_share * len(pages)}


def _apart(pages: Sequence[dict[str, str]], frequent: set[str]) -> list[dict[str, str]]:
    """One page of each article: copies of one text would make all its lines look like the site's.

    Pages are of one article where the longest line that is not frequent reads the same.
    """
    by_article: dict[str, dict[str, str]] = {}
    for page in pages:
        own = max((text for key, text in page.items() if key not in frequent), key=len, default="")
        by_article.setdefault(own, page)
    return list(by_article.values())


_TURNED = str.maketrans("0123456789abcdef", "fedcba9876543210")
