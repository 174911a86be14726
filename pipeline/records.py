"""A record of a part as the `Document` that extractors and resolvers read."""

from __future__ import annotations

from pipeline.document import Block, Document, Sentence
from pipeline.parts import Record


def document_of(record: Record) -> Document:
    """The document of a segmented record."""
    return Document(
        article_id=record["article_id"],
        text=record["text"],
        blocks=tuple(Block(b["kind"], b["start"], b["end"]) for b in record["blocks"]),
        sentences=tuple(
            Sentence(s["start"], s["end"], s["kind"], tuple(zip(s["word_starts"], s["word_ends"], strict=True)))
            for s in record["sentences"]
        ),
        title=record["title"],
        byline=record["byline"],
        url=record["url"],
        site=record["site"],
        credit=record["credit"],
        source=record["source"],
        published=record["published"],
        published_basis=record["published_basis"],
    )
