"""Repeats of articles: the same text again, word for word or nearly so, found without comparing all with all.

Every article gets a signature that depends on nothing but its text: a MinHash over its word shingles, hashed down to
bands, and its words, two bytes each. Articles that agree in a band are candidates. A candidate is a repeat where its
words were kept, give or take a fifth, and where the places that both share state the same facts: two congresses that
one template reported, with other figures and names in the same phrases, are no repeats.

Time grows with the number of articles, not with its square. Signatures are spooled to a temporary file; what stays in
memory is some 300 bytes an article, in arrays.
"""

from __future__ import annotations

import array
import collections
import hashlib
import re
import tempfile
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import IO, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.text import canonical, nfc

# Three syllables are one to two Vietnamese words: two would be shared by unrelated articles of one subject, and of four
# in a row too few outlive a change of every fifth word (0.8^4).
SHINGLE = 3
# Below so many words chance and set phrases decide; such a text only repeats one that is the same word for word.
MIN_WORDS = 40
# The signature holds so many words at most: what a book repeats is told by its beginning.
MAX_WORDS = 4096
# With every fifth word replaced 0.8^3 of the shingles stay, a Jaccard of 0.34. Bands of 3 find that with
# 1 - (1 - 0.34^3)^128 = 0.99, and a pair of unrelated articles (0.01) once in ten thousand times.
BAND_ROWS = 3
BANDS = 128
SEED = 20240229
# Share of the words of each text that stand in the other, in the same order near a shared shingle. With a fifth changed
# 0.79 is measured (deviation 0.01); other reports of one event, which take whole paragraphs over, lie at 0.4 to 0.75.
MIN_KEPT = 0.765
# A text that was only cut stands in the other whole; where that holds more than as much again, it tells another story.
CUT_KEPT = 0.97
MIN_KEPT_OF_CUT = 0.5
# A word that is changed takes three shingles with it: in the words of its reach, the others count as kept.
REACH = 12
# The share of common shingles below which no such share of words can be: 0.765^3 or half cut off, with room for chance.
MIN_SHARED = 0.3
# Facts that stand in the same words in both must be the same about as often as words are kept: a copy changes no more
# of its figures and names than of its words, while articles of one template share only what all of them state. Of 1,200
# copies the worst percent lay 0.05 (few words changed) to 0.13 (a fifth changed) below their share of kept words.
FACTS_BELOW_KEPT = 0.15
# Share of the shorter text's figures that the other holds anywhere. Lists of prices and results change their figures
# and little else, in places too much alike to be told apart. Of copies with exactly
# a fifth of the words replaced it costs 2.6 in a hundred (0.5 would cost 3.8), of others hardly any.
MIN_FIGURES = 0.4
MISSING_FIGURES = 3  # fewer that are missing say nothing
# In a text of fewer words one changed figure or name is another event told in the same template as often as a
# correction. A copy changes other words too: where figures and names are more than this share of what the shorter text
# has and the other lacks, it is no repeat. (Of copies of 50 to 95 words 0.93 are found so, 0.96 without.)
SHORT_WORDS = 100
FACTS_OF_TEMPLATE = 0.49
# Members of a crowded bucket are compared with so many before them and with its first, so no bucket costs a square.
NEIGHBOURS = 8
# Two articles that were both refused so often are not compared: thousands of one template would be, in every band.
MAX_REFUSED = 128

_CHUNK = 1 << 16  # rows read at a time
_PAIRS = 1 << 10  # pairs compared at a time
_BANDS_AT_ONCE = 16  # 4 bytes each an article in memory
_BAND_BYTES = 4 * BANDS
_KEPT = 1 << 16  # pieces of text whose codes are kept
# of a word in a signature, without its kind; of its place there
_WORD_BITS, _PLACE_BITS = 14, (MAX_WORDS - 1).bit_length()

_TOKEN = re.compile(r"[^\W\d_]{1,40}|\d{1,30}(?:[.,:/-]\d{1,12}){0,6}|\n|[^\w\s]|_")
_WORD, _FIGURE, _CAPITAL, _BREAK, _STOP, _LINE = range(6)
_STARTS = 3  # kind of a capital with which a name starts; _CAPITAL goes on with it

U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint16]
Keyed = tuple[str, str, bytes, bytes]


class ArticleKey(NamedTuple):
    """What the search for repeats needs of one article.

    ``text_sha``: 32 bytes, equal for texts that differ in case, spaces and spelling marks only. ``signature``:
    4 * `BANDS` bytes of bands, then 2 bytes a word; empty for a text of under `MIN_WORDS` words.
    """

    text_sha: bytes
    signature: bytes


def article_key(text: str) -> ArticleKey:
    """The key of an article's text; the same on every machine and in every process."""
    codes = np.frombuffer(b"".join(map(_CODES.__getitem__, nfc(text).split(" "))), "<u8")
    kinds = (codes & np.uint64(7)).astype(np.int8)
    hashes = codes >> np.uint64(3)
    sha = hashlib.sha256(hashes[kinds != _LINE].astype("<u8").tobytes()).digest()
    words = np.flatnonzero(kinds <= _CAPITAL)
    if len(words) < MIN_WORDS:
        return ArticleKey(sha, b"")
    words, breaks, opens = words[:MAX_WORDS], np.cumsum(kinds >= _BREAK), np.cumsum(kinds >= _STOP)
    kind = kinds[words]
    # a capital after a full stop may only open the sentence; after another sign it starts a name, if one
    opening, after = _changes(opens[words]), _changes(breaks[words])
    follows = np.concatenate([[False], (kind[:-1] == _CAPITAL) & ~opening[:-1]]) & ~after
    kind = np.where((kind == _CAPITAL) & ~follows, _STARTS, kind)
    kind = np.where((kind == _STARTS) & opening, _WORD, kind)
    short = ((hashes[words] >> np.uint64(40)) << np.uint64(2) & np.uint64(0xFFFF)) | kind.astype(np.uint64)
    return ArticleKey(sha, _bands(_rows(hashes[words])) + short.astype("<u2").tobytes())


def signature(text: str) -> bytes:
    """The bytes by which near-repeats of a text are found; none for a text of under `MIN_WORDS` words."""
    return article_key(text).signature


def find_duplicates(keys: Iterable[Keyed]) -> dict[str, str]:
    """Article id of every repeat -> article id of what it repeats: the first in order of source of all that are alike.

    ``keys`` are ``(source, article_id, text_sha, signature)`` in any order; they are read once. Every repeat points at
    an article that is none itself. Raises ValueError where a signature cannot be one.
    """
    with tempfile.TemporaryFile() as bands, tempfile.TemporaryFile() as words:
        store = _Store.read(keys, bands, words)
        groups = _Groups(len(store))
        firsts = store.unite_equal_texts(groups)
        near = firsts[store.row[firsts] >= 0]
        for some in _slices(BANDS, _BANDS_AT_ONCE):
            for pairs in _candidates(store, near, some):
                store.unite_alike(groups, pairs)
        heads = groups.heads()
    repeats = np.flatnonzero(heads != np.arange(len(heads)))
    named = store.ids.take(pa.array(repeats)).to_pylist()
    return dict(zip(named, store.ids.take(pa.array(heads[repeats])).to_pylist(), strict=True))


# ---------------------------------------------------------------- the key of one article


class _Codes(dict[str, bytes]):
    """The codes of the tokens between two spaces, 8 bytes each; those of the pieces met before are kept."""

    def __missing__(self, piece: str) -> bytes:
        if len(self) >= _KEPT:
            self.clear()
        codes = self[piece] = b"".join(_code(token).to_bytes(8, "little") for token in _TOKEN.findall(piece))
        return codes


_CODES = _Codes()


@lru_cache(maxsize=1 << 16)
def _code(token: str) -> int:
    """Hash of a token without its case and its kind, as one number of 64 bits."""
    if token == "\n":  # noqa: S105 (no password)
        return _LINE
    key = canonical(token)
    if key[0].isalpha():
        kind = _CAPITAL if key[0].isupper() else _WORD
    elif key[0].isdigit():
        kind = _FIGURE
    else:
        kind = _STOP if key in '.!?:"' else _BREAK
    return int.from_bytes(hashlib.blake2b(key.lower().encode(), digest_size=8).digest(), "little") & ~7 | kind


def _changes(counts: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Where a count is another than the one before it; the first is."""
    changed = np.ones(len(counts), np.bool_)
    np.not_equal(counts[1:], counts[:-1], out=changed[1:])
    return changed


def _mixed(values: U64) -> U64:
    """A bijection that spreads every bit over all others (the finaliser of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _rows(hashes: npt.NDArray[Any]) -> U64:
    """The hashes of `SHINGLE` words in a row, at every word that has so many after it."""
    hashes = hashes.astype(np.uint64)
    count = len(hashes) - SHINGLE + 1
    total = np.zeros(count, np.uint64)
    for at in range(SHINGLE):
        added: U64 = hashes[at : at + count] * np.uint64(2 * at + 1)
        total = _mixed(total + added)
    return total


def _bands(shingles: U64) -> bytes:
    """A MinHash, every `BAND_ROWS` values of it hashed into one of 4 bytes; a shingle twice is as good as once."""
    import rensa

    ends = np.array([0, len(shingles)], np.uint64)
    rows = rensa.RMinHash.digest_matrix_from_flat_token_hashes(shingles, ends, BANDS * BAND_ROWS, SEED).to_rows()
    values = np.array(rows[0], np.uint64).reshape(BANDS, BAND_ROWS)
    total = np.zeros(BANDS, np.uint64)
    for at in range(BAND_ROWS):
        total = _mixed(total + values[:, at])
    return (total >> np.uint64(32)).astype("<u4").tobytes()


# ---------------------------------------------------------------- two articles


class _Read:
    """The words of a signature, made ready to be compared.

    ``shingles``: those of the text, in order of value; ``at``: where each stands, equal ones in order of place.
    """

    __slots__ = ("at", "hashes", "shingles", "stated", "words")

    def __init__(self, words: Words) -> None:
        self.words = words
        self.hashes = words >> 2
        # three words of 14 bits and a place of 12: one number each, so that a plain sort brings them into order
        wide = self.hashes.astype(np.int64)
        count = len(wide) - SHINGLE + 1
        packed = np.arange(count)
        for at in range(SHINGLE):
            packed += wide[at : at + count] << _PLACE_BITS + _WORD_BITS * at
        packed.sort()
        self.shingles, self.at = packed >> _PLACE_BITS, packed & (1 << _PLACE_BITS) - 1
        self.stated: dict[tuple[int, ...], tuple[int, ...]] | None = None

    def facts(self) -> dict[tuple[int, ...], tuple[int, ...]]:
        """Figures, and names of two words or more, by the two words before and the one after.

        A neighbour that is a fact itself counts by its kind only. A place that is not unique says nothing.
        """
        if self.stated is None:
            self.stated = _facts(self.words.tolist())
        return self.stated


def _facts(words: list[int]) -> dict[tuple[int, ...], tuple[int, ...]]:
    shown: list[int] = []  # the words with every fact as its kind
    found: list[tuple[int, tuple[int, ...]]] = []  # place in `shown`, the fact
    at = 0
    while at < len(words):
        kind = words[at] & 3
        end = at + 1
        if kind == _STARTS:
            while end < len(words) and words[end] & 3 == _CAPITAL:
                end += 1
        if kind == _FIGURE or end - at > 1:
            found.append((len(shown), tuple(word >> 2 for word in words[at:end])))
            shown.append(-kind)
        else:
            shown.append(words[at] >> 2)
        at = end
    stated: dict[tuple[int, ...], tuple[int, ...]] = {}
    unclear = set()
    shown = [0, 0, *shown, 0]
    for place, fact in found:
        context = (*shown[place : place + 3], shown[place + 3])
        if stated.setdefault(context, fact) != fact:
            unclear.add(context)
    return {context: fact for context, fact in stated.items() if context not in unclear}


def _kept(one: _Read, other: _Read) -> float:
    """Share of the words of one text that stand in the other in the same order, within `REACH` of a shared shingle.

    A text that stands twice in one page has its words in the other both times.
    """
    place = np.minimum(np.searchsorted(other.shingles, one.shingles), len(other.shingles) - 1)
    shared = other.shingles[place] == one.shingles
    if np.count_nonzero(shared) < MIN_SHARED * len(one.shingles):
        return 0.0
    here, there = one.at[shared], other.at[place[shared]]
    kept = np.zeros(len(one.hashes), bool)
    for off in range(-REACH, REACH + SHINGLE):
        a, b = here + off, there + off
        inside = (a >= 0) & (b >= 0) & (a < len(kept)) & (b < len(other.hashes))
        a, b = a[inside], b[inside]
        kept[a[one.hashes[a] == other.hashes[b]]] = True
    return float(kept.mean())


def _agreement(one: _Read, other: _Read) -> tuple[int, int]:
    """Facts that agree, and facts that stand in the same words in both."""
    a, b = one.facts(), other.facts()
    both = a.keys() & b.keys()
    return sum(a[context] == b[context] for context in both), len(both)


def _figures_missing(shorter: _Read, longer: _Read) -> bool:
    """Whether too many figures of a text are nowhere in the other."""
    figures = shorter.words[shorter.words & 3 == _FIGURE]
    missing = len(figures) - int(np.isin(figures, longer.words).sum())
    return missing >= MISSING_FIGURES and missing > (1 - MIN_FIGURES) * len(figures)


def _of_a_template(shorter: _Read, longer: _Read) -> bool:
    """Whether what a text has that the other lacks are mostly figures and names: another event, told in its words."""
    there = collections.Counter(longer.hashes.tolist())
    lacking = (collections.Counter(shorter.hashes.tolist()) - there).total()
    facts = collections.Counter(shorter.hashes[shorter.words & 3 != _WORD].tolist())
    return (facts - there).total() > FACTS_OF_TEMPLATE * lacking


def _same_story(one: _Read, other: _Read) -> bool:
    shorter, longer = sorted((one, other), key=lambda read: len(read.words))
    first = _kept(shorter, longer)
    if first < MIN_KEPT_OF_CUT:
        return False
    less, more = sorted((first, _kept(longer, shorter)))
    if less < MIN_KEPT and (more < CUT_KEPT or less < MIN_KEPT_OF_CUT):
        return False
    if _figures_missing(shorter, longer):
        return False
    agreed, both = _agreement(one, other)
    if less < MIN_KEPT:
        return agreed == both
    if len(shorter.words) < SHORT_WORDS and _of_a_template(shorter, longer):
        return False
    if both - agreed == 1 and agreed > 1:
        return True  # a correction
    return agreed >= (less - FACTS_BELOW_KEPT) * both


# ---------------------------------------------------------------- all articles


def _slices(count: int, size: int) -> Iterator[range]:
    for start in range(0, count, size):
        yield range(start, min(start + size, count))


class _Store:
    """The keys of all articles, numbered in order of source; signatures in files, the rest in arrays.

    ``ids``: article ids. ``sha``: (articles, 2). ``row``: place in the files, -1 for none. ``ends``: where the words of
    every row end in their file, with a 0 before.
    """

    def __init__(self, ids: Any, sha: U64, row: I64, ends: I64, bands: IO[bytes], words: IO[bytes]) -> None:
        self.ids, self.sha, self.row, self._ends, self._bands, self._words = ids, sha, row, ends, bands, words
        self._article = np.flatnonzero(row >= 0)  # the article of every row of the files
        self._article = self._article[np.argsort(row[self._article])]
        self._refused = np.zeros(0, np.int64)  # pairs compared in vain, each as one number, in order
        self._often = array.array("q", bytes(8 * len(row)))  # how often each article was

    def __len__(self) -> int:
        return len(self.row)

    @classmethod
    def read(cls, keys: Iterable[Keyed], bands: IO[bytes], words: IO[bytes]) -> _Store:
        """Spool the signatures and bring the rest into order."""
        sources, ids, shas, lengths = [], [], [], []
        source = iter(keys)
        while chunk := list(islice(source, _CHUNK // 16)):
            sources.append(pa.array([k[0] for k in chunk], pa.large_string()))
            ids.append(pa.array([k[1] for k in chunk], pa.large_string()))
            shas.append(np.frombuffer(b"".join(k[2][:16].ljust(16, b"\0") for k in chunk), "<u8").reshape(-1, 2))
            length = np.array([len(k[3]) for k in chunk], np.int64)
            known = (
                (length >= _BAND_BYTES + 2 * MIN_WORDS) & (length <= _BAND_BYTES + 2 * MAX_WORDS) & (length % 2 == 0)
            )
            if (~known & (length > 0)).any():
                raise ValueError("a signature is too short, too long or odd: it was not made by article_key")
            lengths.append(length)
            bands.writelines(k[3][:_BAND_BYTES] for k in chunk)
            words.writelines(k[3][_BAND_BYTES:] for k in chunk)
        if not lengths:
            none = np.zeros(0, np.int64)
            return cls(pa.array([], pa.string()), np.zeros((0, 2), np.uint64), none, none, bands, words)
        size = np.concatenate(lengths)
        row = np.where(size > 0, np.cumsum(size > 0) - 1, -1)
        ends = np.concatenate([[0], np.cumsum(size[size > 0] - _BAND_BYTES)])
        table = pa.table({"source": pa.chunked_array(sources), "id": pa.chunked_array(ids)})
        order = pc.sort_indices(table, sort_keys=[("source", "ascending"), ("id", "ascending")]).to_numpy()
        named = table["id"].combine_chunks().take(pa.array(order))
        return cls(named, np.concatenate(shas)[order], row[order], ends, bands, words)

    def unite_equal_texts(self, groups: _Groups) -> I64:
        """Unite the articles of equal texts; the first of each text, in order."""
        order = np.lexsort((self.sha[:, 1], self.sha[:, 0]))  # stable: within a text by source
        if not len(order):
            return order
        same = np.zeros(len(order), bool)
        same[1:] = (self.sha[order[1:]] == self.sha[order[:-1]]).all(axis=1)
        later = np.flatnonzero(same)
        groups.unite(np.stack([order[later - 1], order[later]], axis=1))
        return np.sort(order[~same])

    def bands(self, bands: range) -> npt.NDArray[np.uint32]:
        """Some bands of all articles with a signature: (bands, articles)."""
        values = np.zeros((len(bands), len(self)), np.uint32)
        self._bands.seek(0)
        for rows in _slices(len(self._article), _CHUNK):
            read = np.frombuffer(self._bands.read(len(rows) * _BAND_BYTES), "<u4").reshape(-1, BANDS)
            values[:, self._article[rows.start : rows.stop]] = read[:, bands.start : bands.stop].T
        return values

    def _reads(self, articles: I64) -> dict[int, _Read]:
        """The words of some articles, read in the order of the file."""
        reads = {}
        for article in articles[np.argsort(self.row[articles])].tolist():
            row = self.row[article]
            start, end = int(self._ends[row]), int(self._ends[row + 1])
            self._words.seek(start)
            reads[article] = _Read(np.frombuffer(self._words.read(end - start), "<u2"))
        return reads

    def unite_alike(self, groups: _Groups, pairs: I64) -> None:
        """Unite those of the pairs, shape (n, 2), that are repeats of each other."""
        pairs = groups.apart(pairs)
        codes = pairs[:, 0] * len(self) + pairs[:, 1]
        if len(self._refused):
            place = np.minimum(np.searchsorted(self._refused, codes), len(self._refused) - 1)
            pairs = pairs[self._refused[place] != codes]
        refused = []
        for part in _slices(len(pairs), _PAIRS):
            chunk = pairs[part.start : part.stop]
            reads = self._reads(np.unique(chunk))
            for one, other in chunk.tolist():
                if groups.head(one) == groups.head(other):
                    continue
                if self._often[one] >= MAX_REFUSED and self._often[other] >= MAX_REFUSED:
                    continue
                if _same_story(reads[one], reads[other]):
                    groups.unite_pair(one, other)
                else:
                    refused.append(one * len(self) + other)
                    self._often[one] += 1
                    self._often[other] += 1
        self._refused = np.sort(np.concatenate([self._refused, np.array(refused, np.int64)]))


def _candidates(store: _Store, articles: I64, bands: range) -> Iterator[I64]:
    """Pairs of articles that agree in a band, shape (n, 2), the earlier first; band by band."""
    if len(articles) < 2:
        return
    for values in store.bands(bands):
        value = values[articles]
        order = np.argsort(value, kind="stable")
        value, member = value[order], articles[order]
        starts = np.ones(len(value), bool)
        starts[1:] = value[1:] != value[:-1]
        first = np.maximum.accumulate(np.where(starts, np.arange(len(value)), 0))
        pairs = []
        for back in range(1, min(NEIGHBOURS, len(value) - 1) + 1):
            hit = np.flatnonzero(value[back:] == value[:-back])
            if not len(hit):
                break
            pairs.append(np.stack([member[hit], member[hit + back]], axis=1))
        far = np.flatnonzero(np.arange(len(value)) - first > NEIGHBOURS)
        pairs.append(np.stack([member[first[far]], member[far]], axis=1))
        yield np.concatenate(pairs)


class _Groups:
    """Union-find over article numbers; the head of a group is its smallest number."""

    def __init__(self, count: int) -> None:
        self._parent = array.array("q", range(count))

    def head(self, of: int) -> int:
        parent = self._parent
        while parent[of] != of:
            parent[of] = parent[parent[of]]
            of = parent[of]
        return of

    def unite_pair(self, one: int, other: int) -> None:
        one, other = self.head(one), self.head(other)
        if one != other:
            self._parent[max(one, other)] = min(one, other)

    def unite(self, pairs: I64) -> None:
        for one, other in pairs.tolist():
            self.unite_pair(one, other)

    def heads(self) -> I64:
        """The head of every number."""
        heads = np.array(self._parent, np.int64)
        while (heads[heads] != heads).any():
            heads = heads[heads]
        return heads

    def apart(self, pairs: I64) -> I64:
        """Those of the pairs that are not yet in one group."""
        heads = self.heads()
        apart: I64 = pairs[heads[pairs[:, 0]] != heads[pairs[:, 1]]]
        return apart
