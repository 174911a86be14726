"""The records of a part as the `Document` that extractors and resolvers read, and its sentences as a column."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pyarrow as pa

from pipeline.arrow import filled, list_array, plain, whole
from pipeline.document import Block, Document, Sentence, Spans
from pipeline.offsets import OffsetMap, Run

_SCALARS = ("title", "byline", "url", "site", "credit", "source", "published", "published_basis", "stamp_unread")


def documents_of(batch: pa.Table) -> list[Document | None]:
    """The documents of segmented records; None for those that were rejected."""
    columns = [plain(whole(batch[name])) for name in ("article_id", "text")]
    columns += [blocks_of(batch), _sentences_of(batch), *(plain(whole(batch[name])) for name in _SCALARS)]
    return [Document(*row) if accepted else None for accepted, *row in zip(_accepted(batch), *columns, strict=True)]


def texts_of(batch: pa.Table) -> list[Document | None]:
    """The documents of segmented records with text, blocks and words alone; None for those that were rejected."""
    columns = (plain(whole(batch["text"])), blocks_of(batch), _words_of(batch))
    rows = zip(_accepted(batch), *columns, strict=True)
    return [Document("", text, blocks, words=words) if accepted else None for accepted, text, blocks, words in rows]


def _accepted(batch: pa.Table) -> list[bool]:
    return plain(whole(batch["reject_reason"].is_null()))


def blocks_of(batch: pa.Table) -> list[tuple[Block, ...]]:
    """The blocks of cleaned records; none for those that were rejected."""
    column = whole(batch["blocks"])
    kinds, starts, ends = (plain(values) for values in column.values.flatten())
    blocks = filled(Block, len(kinds), {"kind": kinds, "start": starts, "end": ends})
    return [tuple(blocks[start:end]) for start, end in _bounds(column)]


def _sentences_of(batch: pa.Table) -> list[tuple[Sentence, ...]]:
    column = whole(batch["sentences"])
    *scalars, word_starts, word_ends = column.values.flatten()
    starts, ends, kinds = map(plain, scalars)
    spans = tuple(zip(plain(word_starts.values), plain(word_ends.values), strict=True))
    words = [spans[a:b] for a, b in _bounds(word_starts)]
    sentences = filled(Sentence, len(starts), {"start": starts, "end": ends, "kind": kinds, "words": words})
    return [tuple(sentences[start:end]) for start, end in _bounds(column)]


def _words_of(batch: pa.Table) -> list[Spans]:
    """The words of segmented records, whatever sentences they stand in."""
    column = whole(batch["sentences"])
    *_, word_starts, word_ends = column.values.flatten()
    first = plain(word_starts.offsets)
    starts, ends = plain(word_starts.values), plain(word_ends.values)
    return [Spans(starts[first[a] : first[b]], ends[first[a] : first[b]]) for a, b in _bounds(column)]


def offset_maps_of(batch: pa.Table) -> list[OffsetMap | None]:
    """What leads from the clean texts back to the sources; None where a source is no plain text."""
    column = whole(batch["offsets"])
    runs = [Run(*values) for values in zip(*(plain(values) for values in column.values.flatten()), strict=True)]
    return [OffsetMap(tuple(runs[start:end])) if end > start else None for start, end in _bounds(column)]


def _bounds(lists: pa.ListArray) -> list[tuple[int, int]]:
    """Where each list stands in ``lists.values``."""
    return list(itertools.pairwise(plain(lists.offsets)))


def sentences_array(found: Sequence[Sequence[Sentence] | None], kind: pa.ListType) -> pa.ListArray:
    """The sentences of articles as a column of type ``kind``: lists of start, end, kind and the words' starts and ends.

    Null for rejected records.
    """
    flat = [sentence for sentences in found for sentence in sentences or ()]
    words = [word for sentence in flat for word in sentence.words]
    lengths = [len(sentence.words) for sentence in flat]
    fields = {field.name: field for field in kind.value_type}
    starts = pa.array([start for start, _ in words], pa.int32())
    ends = pa.array([end for _, end in words], pa.int32())
    arrays = [
        pa.array([s.start for s in flat], pa.int32()),
        pa.array([s.end for s in flat], pa.int32()),
        pa.array([s.kind for s in flat], pa.string()),
        list_array(lengths, starts, fields["word_starts"].type),
        list_array(lengths, ends, fields["word_ends"].type),
    ]
    structs = pa.StructArray.from_arrays(arrays, fields=list(kind.value_type))
    return list_array([None if sentences is None else len(sentences) for sentences in found], structs, kind)
