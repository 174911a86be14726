"""Repeats of articles: the same text again, word for word or nearly so, found without comparing all with all.

Every article gets a small key that depends on nothing but its text: a MinHash over its word shingles, and a sample of
its facts (figures and names) with the words around them. Articles whose MinHash agrees in some band are candidates;
a candidate is a repeat where enough shingles are shared and the shared places state the same facts. The second
test keeps apart what one template gave: two congresses reported in the same phrases with other figures and names.

Time grows with the number of articles, not with its square. Keys are spooled to a temporary file; what stays in memory
is some 250 bytes an article, in arrays.
"""

from __future__ import annotations

import array
import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import IO, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import regex

from pipeline.text import canonical, nfc

# Three syllables are one to two Vietnamese words: two would be shared by unrelated articles of one subject, and of four
# in a row too few outlive a change of every fifth word (0.8^4).
SHINGLE = 3
# Below so many words chance and set phrases decide; such a text only repeats one that is the same word for word.
MIN_WORDS = 40
# With every fifth word replaced 0.8^3 of the shingles stay, a Jaccard of 0.34. Bands of 3 find that with
# 1 - (1 - 0.34^3)^85 = 0.97, and a pair of unrelated articles (0.01) once in ten thousand times.
PERMUTATIONS = 256
BAND_ROWS = 3
BANDS = PERMUTATIONS // BAND_ROWS
SEED = 20240229
# Estimates have a deviation of 0.025 there: three of them below 0.34.
MIN_JACCARD = 0.26
# Share of the shorter text's shingles that the other holds: the same change leaves 0.51.
MIN_CONTAINMENT = 0.42
# Facts kept per article: an even sample (smallest hashes), enough for the share that agrees.
FACTS = 32
# Of the facts that stand in the same words in both, so many must be the same. Copies keep 0.8 with every fifth word
# replaced, and nearly all otherwise; articles of one template keep the few that all of them state.
MIN_AGREEMENT = 0.6
# Where half of the words between the facts differ too, a changed fact says less.
MIN_AGREEMENT_CHANGED = 0.5
CHANGED_BELOW = 0.65
# Members of a crowded bucket are compared with so many before them and with its first, so no bucket costs a square.
NEIGHBOURS = 8

_CHUNK = 1 << 16  # rows read, and pairs verified, at a time
_BANDS_AT_ONCE = 17  # 8 bytes each an article in memory

KEY = np.dtype([("minhash", "<u2", PERMUTATIONS), ("context", "<u4", FACTS), ("value", "<u2", FACTS)])

_NO_FACT = 0xFFFFFFFF
_TOKEN = regex.compile(r"\p{L}{1,40}|\d{1,30}(?:[.,:/-]\d{1,12}){0,6}|[.!?:\"\n]|[^\p{L}\d\s]")
_WORD, _CAPITAL, _FIGURE, _STOP, _BREAK = range(5)
_MASK = (1 << 64) - 1

U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]
Keyed = tuple[str, str, bytes, bytes, int]


class ArticleKey(NamedTuple):
    """What the search for repeats needs of one article.

    ``text_sha``: 32 bytes, equal for texts that differ in spelling marks, case and spaces only. ``signature``: the bytes
    of one `KEY`, or none for a text of under `MIN_WORDS` words. ``n_shingles``: number of different shingles.
    """

    text_sha: bytes
    signature: bytes
    n_shingles: int


def article_key(text: str) -> ArticleKey:
    """The key of an article's text; the same on every machine and in every process."""
    shown = canonical(nfc(text))
    # as `pipeline.text.fold` does; that one remembers what it folded, and whole articles are too much to remember
    sha = hashlib.sha256(" ".join(shown.lower().split()).encode()).digest()
    words, kinds = _tokens(shown)
    if len(words) < MIN_WORDS:
        return ArticleKey(sha, b"", 0)
    shingles = _shingles(words)
    key = np.zeros(1, KEY)
    key["minhash"] = _minhash(shingles)
    key["context"], key["value"] = _facts(words, kinds)
    return ArticleKey(sha, key.tobytes(), len(shingles))


def signature(text: str) -> bytes:
    """The bytes by which near-repeats of a text are found (`KEY`); none for a text of under `MIN_WORDS` words."""
    return article_key(text).signature


def find_duplicates(keys: Iterable[Keyed]) -> dict[str, str]:
    """Article id of every repeat -> article id of what it repeats: the first in order of source of all that are alike.

    ``keys`` are ``(source, article_id, text_sha, signature, n_shingles)`` in any order; they are read once. Every repeat
    points at an article that is none itself. Raises ValueError where a signature is of another size.
    """
    with tempfile.TemporaryFile() as spool:
        store = _Store.read(keys, spool)
        groups = _Groups(len(store))
        firsts = store.unite_equal_texts(groups)
        near = firsts[store.row[firsts] >= 0]
        for bands in _slices(BANDS, _BANDS_AT_ONCE):
            for pairs in _candidates(store, near, bands):
                for found in store.alike(groups.apart(pairs)):
                    groups.unite(found)
        heads = groups.heads()
    repeats = np.flatnonzero(heads != np.arange(len(heads)))
    named = store.ids.take(pa.array(repeats)).to_pylist()
    return dict(zip(named, store.ids.take(pa.array(heads[repeats])).to_pylist(), strict=True))


# ---------------------------------------------------------------- the key of one article


@lru_cache(maxsize=1 << 16)
def _token(token: str) -> tuple[int, int]:
    """Hash of a token without its case, and what it is."""
    if token[0].isalpha():
        kind = _CAPITAL if token[0].isupper() else _WORD
    elif token[0].isdigit():
        kind = _FIGURE
    else:
        kind = _STOP if token in '.!?:"\n' else _BREAK
    return int.from_bytes(hashlib.blake2b(token.lower().encode(), digest_size=8).digest(), "little"), kind


def _tokens(text: str) -> tuple[list[int], list[int]]:
    """Hashes and kinds of the words and figures; a capital that only opens a sentence makes no name.

    A break between two words is told by a negative kind of the second.
    """
    words, kinds = [], []
    opens, breaks = True, True
    for token in _TOKEN.findall(text):
        value, kind = _token(token)
        if kind >= _STOP:
            opens, breaks = opens or kind == _STOP, True
            continue
        if kind == _CAPITAL and opens:
            kind = _WORD
        words.append(value)
        kinds.append(~kind if breaks else kind)
        opens = breaks = False
    return words, kinds


def _mixed(values: U64) -> U64:
    """A bijection that spreads every bit over all others (the finaliser of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _shingles(words: list[int]) -> U64:
    """The different hashes of `SHINGLE` words in a row."""
    hashes = np.array(words, np.uint64)
    count = len(words) - SHINGLE + 1
    total = np.zeros(count, np.uint64)
    for at in range(SHINGLE):
        total = _mixed(total + hashes[at : at + count] * np.uint64(2 * at + 1))
    return np.unique(total)


def _minhash(shingles: U64) -> npt.NDArray[np.uint16]:
    import rensa

    ends = np.array([0, len(shingles)], np.uint64)
    rows = rensa.RMinHash.digest_matrix_from_flat_token_hashes(shingles, ends, PERMUTATIONS, SEED).to_rows()
    # the lower half of a value is as good as the whole: two differ in it but once in 65,536
    return (np.array(rows[0], np.uint32) & np.uint32(0xFFFF)).astype(np.uint16)


def _facts(words: list[int], kinds: list[int]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint16]]:
    """Figures, and names of two words or more, each with a hash of two words before it and one after it.

    Words around it that are facts themselves count by their kind only. A place that is not unique says nothing and is
    left out. Shapes (FACTS,), ordered by context and filled with `_NO_FACT`.
    """
    shown: list[int] = []  # the text with its facts taken out
    found: list[tuple[int, int]] = []  # place in `shown`, value
    at = 0
    while at < len(words):
        kind = kinds[at] if kinds[at] >= 0 else ~kinds[at]
        end = at + 1
        if kind == _CAPITAL:
            while end < len(words) and kinds[end] == _CAPITAL:
                end += 1
        if kind == _FIGURE or end - at > 1:
            value = 0
            for word in words[at:end]:
                value = (value * 31 + word) & _MASK
            found.append((len(shown), value))
            shown.append(kind)
        else:
            shown.append(words[at])
        at = end
    stated: dict[int, int] = {}
    unclear = set()
    size = len(shown)
    for place, value in found:
        before = (shown[place - 1] if place else 0) + 3 * (shown[place - 2] if place > 1 else 0)
        after = shown[place + 1] if place + 1 < size else 0
        context = ((before + 7 * after + shown[place]) & _MASK) * 0x9E3779B97F4A7C15 & _MASK
        context = min(context >> 32, _NO_FACT - 1)
        value = (value * 0x9E3779B97F4A7C15 & _MASK) >> 48
        if stated.setdefault(context, value) != value:
            unclear.add(context)
    kept = sorted(context for context in stated if context not in unclear)[:FACTS]
    contexts = np.full(FACTS, _NO_FACT, np.uint32)
    values = np.zeros(FACTS, np.uint16)
    contexts[: len(kept)] = kept
    values[: len(kept)] = [stated[context] for context in kept]
    return contexts, values


# ---------------------------------------------------------------- all articles


def _slices(count: int, size: int) -> Iterator[range]:
    for start in range(0, count, size):
        yield range(start, min(start + size, count))


class _Store:
    """The keys of all articles, numbered in order of source; signatures in a file, the rest in arrays.

    ``ids``: article ids. ``sha``: (articles, 2). ``size``: shingles. ``row``: place in the file, -1 for none.
    """

    def __init__(self, ids: Any, sha: U64, size: I64, row: I64, spool: IO[bytes]) -> None:
        self.ids, self.sha, self.size, self.row, self._spool = ids, sha, size, row, spool
        self._article = np.flatnonzero(row >= 0)  # the article of every row of the file
        self._article = self._article[np.argsort(row[self._article])]

    def __len__(self) -> int:
        return len(self.row)

    @classmethod
    def read(cls, keys: Iterable[Keyed], spool: IO[bytes]) -> _Store:
        """Spool the signatures and bring the rest into order."""
        sources, ids, shas, sizes, rows = [], [], [], [], []
        spooled = 0
        source = iter(keys)
        while chunk := list(islice(source, _CHUNK)):
            sources.append(pa.array([k[0] for k in chunk], pa.large_string()))
            ids.append(pa.array([k[1] for k in chunk], pa.large_string()))
            shas.append(np.frombuffer(b"".join(k[2][:16].ljust(16, b"\0") for k in chunk), "<u8").reshape(-1, 2))
            sizes.append(np.array([k[4] for k in chunk], np.int64))
            held = np.array([bool(k[3]) for k in chunk])
            if any(len(k[3]) not in (0, KEY.itemsize) for k in chunk):
                raise ValueError(f"signatures must have {KEY.itemsize} bytes or none: they are of another version")
            rows.append(np.where(held, spooled + np.cumsum(held) - 1, -1))
            spooled += int(held.sum())
            spool.writelines(k[3] for k in chunk)
        spool.flush()
        if not rows:
            return cls(pa.array([], pa.string()), np.zeros((0, 2), np.uint64), *([np.zeros(0, np.int64)] * 2), spool)
        table = pa.table({"source": pa.chunked_array(sources), "id": pa.chunked_array(ids)})
        order = pc.sort_indices(table, sort_keys=[("source", "ascending"), ("id", "ascending")]).to_numpy()
        named = table["id"].combine_chunks().take(pa.array(order))
        return cls(named, np.concatenate(shas)[order], np.concatenate(sizes)[order], np.concatenate(rows)[order], spool)

    def unite_equal_texts(self, groups: _Groups) -> I64:
        """Unite the articles of equal texts; the first of each text, in order."""
        order = np.lexsort((self.sha[:, 1], self.sha[:, 0]))  # stable: within a text by source
        if not len(order):
            return order
        same = np.zeros(len(order), bool)
        same[1:] = (self.sha[order[1:]] == self.sha[order[:-1]]).all(axis=1)
        groups.unite(np.stack([order[:-1][same[1:]], order[1:][same[1:]]], axis=1))
        return np.sort(order[~same])

    def bands(self, bands: range) -> U64:
        """The values of some bands, each as one number, of all articles with a signature: (bands, articles)."""
        values = np.zeros((len(bands), len(self)), np.uint64)
        first, last = bands[0] * BAND_ROWS, (bands[-1] + 1) * BAND_ROWS
        self._spool.seek(0)
        for rows in _slices(len(self._article), _CHUNK):
            keys = np.frombuffer(self._spool.read(len(rows) * KEY.itemsize), KEY)
            columns = keys["minhash"][:, first:last].astype(np.uint64).reshape(len(rows), len(bands), BAND_ROWS)
            value = columns[:, :, 0]
            for at in range(1, BAND_ROWS):
                value = (value << np.uint64(16)) | columns[:, :, at]
            values[:, self._article[rows.start : rows.stop]] = value.T
        return values

    def _keys(self, articles: I64) -> Any:
        """The keys of some articles, read in the order of the file."""
        keys = np.empty(len(articles), KEY)
        into = memoryview(keys.view(np.uint8))
        for at in np.argsort(self.row[articles], kind="stable").tolist():
            self._spool.seek(int(self.row[articles[at]]) * KEY.itemsize)
            into[at * KEY.itemsize : (at + 1) * KEY.itemsize] = self._spool.read(KEY.itemsize)
        return keys

    def alike(self, pairs: I64) -> Iterator[I64]:
        """Those of the pairs, shape (n, 2), that are repeats of each other, a chunk at a time."""
        for part in _slices(len(pairs), _CHUNK // 4):
            chunk = pairs[part.start : part.stop]
            articles, at = np.unique(chunk, return_inverse=True)
            at = at.reshape(chunk.shape)
            keys = self._keys(articles)
            yield chunk[same_story(keys[at[:, 0]], keys[at[:, 1]], self.size[chunk[:, 0]], self.size[chunk[:, 1]])]


def same_story(one: Any, other: Any, n_one: I64, n_other: I64) -> npt.NDArray[np.bool_]:
    """Whether keys (`KEY`, shape (n,)) are of repeats of each other, given their numbers of shingles."""
    jaccard = (one["minhash"] == other["minhash"]).mean(axis=1)
    shared = jaccard / (1 + jaccard) * (n_one + n_other)
    containment = np.minimum(shared / np.maximum(np.minimum(n_one, n_other), 1), 1.0)
    passed = (jaccard >= MIN_JACCARD) & (containment >= MIN_CONTAINMENT)
    some = np.flatnonzero(passed)
    agreed, both = _agreement(one[some], other[some])
    least = np.where(containment[some] < CHANGED_BELOW, MIN_AGREEMENT_CHANGED, MIN_AGREEMENT)
    # one fact that differs is a correction or chance
    passed[some] = (both - agreed < 2) | (agreed >= least * both)
    return passed


def _agreement(one: Any, other: Any) -> tuple[I64, I64]:
    """Facts that agree, and facts that stand in the same words in both; shapes (n,)."""
    agreed = np.zeros(len(one), np.int64)
    both = np.zeros(len(one), np.int64)
    for at in range(FACTS):  # a row of contexts at a time keeps the comparison small
        context = one["context"][:, at : at + 1]
        same = (other["context"] == context) & (context != _NO_FACT)
        both += same.any(axis=1)
        agreed += (same & (other["value"] == one["value"][:, at : at + 1])).any(axis=1)
    return agreed, both


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

    def _head(self, of: int) -> int:
        parent = self._parent
        while parent[of] != of:
            parent[of] = parent[parent[of]]
            of = parent[of]
        return of

    def unite(self, pairs: I64) -> None:
        for one, other in pairs.tolist():
            one, other = self._head(one), self._head(other)
            if one != other:
                self._parent[max(one, other)] = min(one, other)

    def heads(self) -> I64:
        """The head of every number."""
        heads = np.array(self._parent, np.int64)
        while (heads[heads] != heads).any():
            heads = heads[heads]
        return heads

    def apart(self, pairs: I64) -> I64:
        """Those of the pairs that are not yet in one group."""
        heads = self.heads()
        return pairs[heads[pairs[:, 0]] != heads[pairs[:, 1]]]
