"""For notebooks: the resolved rows of one text, without any file."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools

from pipeline import rules, schema
from pipeline.document import Document
from pipeline.extract.mentions import MentionFinder
from pipeline.resolve.rows import ArticleResolver
from pipeline.segment import Segmenter
from pipeline.spacy_components import blocks_of
from pipeline.text import nfc


@dataclasses.dataclass(frozen=True, slots=True)
class Facts:
    """The rows of one text, each with the columns of its table as attributes. Offsets count into ``text``."""

    text: str
    events: list[schema.EventRow]
    officials: list[schema.OfficialRow]
    figures: list[schema.FigureRow]
    dates: list[schema.DateRow]
    terms: list[schema.TermRow]
    bodies: list[schema.BodyRow]
    issues: list[schema.IssueRow]


@functools.lru_cache(maxsize=1)
def _tools() -> tuple[Segmenter, MentionFinder, ArticleResolver]:
    loaded = rules.load()
    return Segmenter(loaded["segment"]), MentionFinder(loaded), ArticleResolver(loaded)


def extract(
    text: str,
    published: dt.date | dt.datetime | None = None,
    *,
    title: str | None = None,
    site: str | None = None,
    url: str | None = None,
) -> Facts:
    """The facts of an article's clean text, resolved as a run would.

    ``text`` is taken as it stands (NFC; lines are paragraphs; nothing is taken for furniture). ``published`` is the
    article's date stamp, which fixes dates without a year; ``title`` is put before the text where given.
    """
    segmenter, finder, resolver = _tools()
    text = nfc(text if title is None else f"{title}\n{text}")
    blocks = blocks_of(text)
    if title is not None and blocks:
        blocks = (dataclasses.replace(blocks[0], kind="title"), *blocks[1:])
    if isinstance(published, dt.date) and not isinstance(published, dt.datetime):
        published = dt.datetime.combine(published, dt.time())
    document = Document(
        article_id="",
        text=text,
        blocks=blocks,
        sentences=segmenter.sentences(text, blocks),
        title=title,
        site=site,
        url=url,
        published=published,
        published_basis="record" if published else "none",
    )
    rows = resolver.rows(document, finder(document))
    return Facts(text, rows.events, rows.officials, rows.figures, rows.dates, rows.terms, rows.bodies, rows.issues)
