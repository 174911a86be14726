"""For notebooks: the resolved rows of one text, without any file."""

from __future__ import annotations

import dataclasses
import datetime as dt

from pipeline import rules, schema
from pipeline.cleaning.encodings import lines, plain
from pipeline.cleaning.lines import LineReader, Reading
from pipeline.document import Block, Document
from pipeline.extract.mentions import MentionFinder
from pipeline.resolve.rows import ArticleResolver
from pipeline.rules import Rules, built
from pipeline.segment import Segmenter
from pipeline.spacy_components import blocks_of
from pipeline.text import nfc


@dataclasses.dataclass(frozen=True, slots=True)
class Facts:
    """The rows of one text, each with the columns of its table as attributes. Offsets count into ``text``."""

    text: str
    article: schema.ArticleRow
    segments: list[schema.SegmentRow]
    events: list[schema.EventRow]
    officials: list[schema.OfficialRow]
    figures: list[schema.FigureRow]
    dates: list[schema.DateRow]
    terms: list[schema.TermRow]
    bodies: list[schema.BodyRow]
    issues: list[schema.IssueRow]


def _tools(loaded: Rules) -> tuple[LineReader, Segmenter, MentionFinder, ArticleResolver]:
    return LineReader(loaded), Segmenter(loaded["segment"]), MentionFinder(loaded), ArticleResolver(loaded)


def _laid_out(text: str, title: str | None, reading: Reading) -> tuple[str, tuple[Block, ...]]:
    """The text, with its title, and its lines, each of the kind that cleaning gives it; what it drops is body."""
    kinds = {line.runs[0][2]: kind for kind, line in reading.blocks if line.runs}
    before: tuple[Block, ...] = ()
    if title and "title" not in kinds.values():
        text, before = f"{title}\n{text}", (Block("title", 0, len(title)),)
        kinds = {start + len(title) + 1: kind for start, kind in kinds.items()}
    own = blocks_of(text)[len(before) :]
    told = ((b, next((kinds[at] for at in range(b.start, b.end) if at in kinds), "body")) for b in own)
    return text, (*before, *(Block(kind, block.start, block.end) for block, kind in told))


def extract(
    text: str,
    published: dt.date | dt.datetime | None = None,
    *,
    title: str | None = None,
    site: str | None = None,
    url: str | None = None,
) -> Facts:
    """The facts of an article's clean text, resolved as a run would.

    ``text`` is taken as it stands (NFC; lines are paragraphs, told apart as title, lede, body, caption and byline; none
    is taken for furniture). ``published`` is the article's date stamp, which fixes dates without a year; ``title`` is
    put before the text where it is not in it already. Rules that were edited since the last call are read anew.
    """
    reader, segmenter, finder, resolver = built(_tools, rules.load())
    title = None if title is None else plain(title) or None
    text = nfc(text)
    reading = reader.read(lines(text), title)
    text, blocks = _laid_out(text, title, reading)
    if isinstance(published, dt.date) and not isinstance(published, dt.datetime):
        published = dt.datetime.combine(published, dt.time())
    document = Document(
        article_id="",
        text=text,
        blocks=blocks,
        sentences=segmenter.sentences(text, blocks),
        title=reading.title,
        byline=reading.byline,
        credit=reading.credit,
        site=site,
        url=url,
        published=published,
        published_basis="record" if published else "none",
    )
    rows = resolver.rows(document, finder(document))
    return Facts(text, **{field.name: getattr(rows, field.name) for field in dataclasses.fields(Facts)[1:]})
