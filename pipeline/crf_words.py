"""Words and sentences exactly as underthesea cuts them, many times faster, and as spans.

underthesea scores a syllable by handing some forty feature strings to its CRF. The model behind them is small: weights
of single syllables, of known pairs and of known triples, over two labels. `FastWords` reads underthesea's own model
file, sums the weights from look-ups and keeps what it found for syllables and chunks seen before. What a feature's
value is (lower case, title case, in the dictionary, beyond an edge), it asks underthesea's own featurizer.

Plain underthesea stays the reference: `load_words` and `load_sentences` compare both on `CHECK_LINES` and step aside
for it, with a warning, where they differ or the model cannot be read.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import pickle
import re
import struct
import unicodedata
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import compress, islice
from pathlib import Path
from typing import Any, Protocol

# which segmenter to use: "fast" (default) or "underthesea"; inherited by worker processes
SEGMENTER_VARIABLE = "UNION_EVENTS_SEGMENTER"

# sums of the same weights in another order differ by less (measured: 1e-14); strings of unknown signs do tie
_TIE = 1e-9

Spans = list[tuple[int, int]]
SentenceSplitter = Callable[[str], Spans]


class Words(Protocol):
    """A word tokenizer that also tells where its words stand."""

    def __call__(self, text: str) -> list[str]:
        """The words, as ``underthesea.word_tokenize(text, use_token_normalize=False)`` gives them."""
        ...

    def spans(self, text: str) -> Spans:
        """Where the words stand: ``align(text, words)``, with the words in NFC. Raises ValueError where it does."""
        ...


def align(text: str, pieces: Iterable[str]) -> Spans:
    """Spans of consecutive pieces in ``text``, compared on all characters but white space.

    Raises ValueError where the pieces are not the text's own characters in order.
    """
    spans = []
    at = 0
    for piece in pieces:
        start = end = -1
        for char in piece:
            if char.isspace():
                continue
            while at < len(text) and text[at].isspace():
                at += 1
            if at >= len(text) or text[at] != char:
                raise ValueError(f"piece {piece!r} is not in the text at {at}")
            if start < 0:
                start = at
            at += 1
            end = at
        if start >= 0:
            spans.append((start, end))
    if text[at:].strip():
        raise ValueError(f"the pieces end at {at}, before {text[at : at + 20]!r}")
    return spans


class PlainWords:
    """underthesea's own word segmentation, without its rewriting of tokens: the reference."""

    def __init__(self) -> None:
        from underthesea import word_tokenize

        self._tokenize = word_tokenize

    def __call__(self, text: str) -> list[str]:
        """The words of ``text``."""
        return list(self._tokenize(text, use_token_normalize=False))

    def spans(self, text: str) -> Spans:
        """Spans of the words; ValueError where underthesea changed characters."""
        return _aligned(text, self(text))


def _aligned(text: str, words: Iterable[str]) -> Spans:
    return align(text, [unicodedata.normalize("NFC", word) for word in words])


# --- underthesea's model ------------------------------------------------------------------------------------------


class _TieError(Exception):
    """Two ways to cut a text weigh the same."""


class ModelError(ValueError):
    """The model, or the code around it, is not of the kind that `FastWords` can score."""


@dataclass(frozen=True, slots=True)
class CrfModel:
    """A CRFsuite model of two labels: what each feature says for the second label against the first.

    ``transitions`` holds the weights first-first, first-second, second-first, second-second.
    """

    labels: tuple[str, str]
    weights: dict[str, float]
    transitions: tuple[float, float, float, float]


def _strings(data: bytes, base: int) -> list[str]:
    """The strings of a constant database (CQDB) inside a model file, in the order of their numbers."""
    magic, _, _, _, count, table = struct.unpack_from("<4s5I", data, base)
    if magic != b"CQDB":
        raise ModelError("no table of strings where the header says so")
    found = []
    for offset in struct.unpack_from(f"<{count}I", data, base + table):
        at = base + offset
        (size,) = struct.unpack_from("<I", data, at + 4)
        found.append(data[at + 8 : at + 7 + size].decode())  # a closing zero is counted in
    return found


def read_model(path: Path) -> CrfModel:
    """Read a CRFsuite model file with its full precision; raises ModelError where it is no such file of two labels.

    python-crfsuite's ``Tagger.info`` reads the same by way of a text with six decimals, in ten times the time.
    """
    data = path.read_bytes()
    try:
        magic, size, kind, version, _, _, _, features, labels, attributes = struct.unpack_from("<4sI4s7I", data)
        if (magic, size, kind, version) != (b"lCRF", len(data), b"FOMC", 100):
            raise ModelError(f"{path.name} is no CRFsuite model of a known kind")
        names = _strings(data, labels)
        if len(names) != 2:
            raise ModelError(f"{path.name} has {len(names)} labels, not two")
        attribute_names = _strings(data, attributes)
        chunk, _, count = struct.unpack_from("<4s2I", data, features)
        if chunk != b"FEAT":
            raise ModelError(f"{path.name} has no features where its header says so")
        weights = [0.0] * len(attribute_names)
        transitions = [0.0] * 4
        start = features + 12
        for what, source, target, weight in struct.iter_unpack("<3Id", data[start : start + count * 20]):
            if what == 0:
                weights[source] += weight if target else -weight
            else:
                transitions[2 * source + target] = weight
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise ModelError(f"{path.name} cannot be read as a CRFsuite model: {error}") from None
    first, second, third, fourth = transitions
    return CrfModel(
        (names[0], names[1]), dict(zip(attribute_names, weights, strict=True)), (first, second, third, fourth)
    )


_TEMPLATE = re.compile(r"T\[(-?\d+)(?:,(-?\d+))?\](?:\.(\w+))?")
# values of a single syllable may be any function's; of several only these, whose value for an unknown group is known
_GROUP_FUNCTIONS = frozenset({"", "lower", "istitle", "is_in_dict"})
_REACH = 2
# two made-up syllables that no dictionary holds
_UNKNOWN, _UNKNOWN_TITLE = "zzqwx", "Zzqwx"


@dataclass(frozen=True, slots=True)
class _Template:
    """A feature: a function of the syllables from ``low`` to ``high``, counted from the one that is scored."""

    low: int
    high: int
    function: str

    @property
    def size(self) -> int:
        return self.high - self.low + 1

    @property
    def name(self) -> str:
        return _name(self.low, self.high, self.function)

    @property
    def probe(self) -> str:
        """The same function of a group that begins at the syllable itself: what the featurizer is asked."""
        return _name(0, self.high - self.low, self.function)


def _name(low: int, high: int, function: str) -> str:
    place = f"T[{low}]" if low == high else f"T[{low},{high}]"
    return f"{place}.{function}" if function else place


def _templates(features: Sequence[str]) -> list[_Template]:
    found = []
    for feature in features:
        match = _TEMPLATE.fullmatch(feature)
        if match is None:
            raise ModelError(f"unknown feature {feature}")
        low = int(match[1])
        template = _Template(low, int(match[2] or low), match[3] or "")
        if not -_REACH <= template.low <= template.high <= _REACH or template.size > 3:
            raise ModelError(f"feature {feature} reaches too far")
        if template.size > 1 and template.function not in _GROUP_FUNCTIONS:
            raise ModelError(f"feature {feature} asks what is not known of a group")
        found.append(template)
    if {t.name for t in found} != set(features):
        raise ModelError("features are written in an unknown way")
    return found


_NONE: frozenset[str] = frozenset()
_NO_FOLLOWERS: dict[str, frozenset[str]] = {}


class _Group:
    """All features of one, two or three syllables in a row: what such a group adds to the scores around it."""

    def __init__(
        self, size: int, templates: Sequence[_Template], weights: dict[str, float], dictionary: set[str]
    ) -> None:
        from underthesea_core import CRFFeaturizer

        mine = [t for t in templates if t.size == size]
        probes = sorted({t.probe for t in mine} | {_name(0, size - 1, "lower"), _name(0, size - 1, "istitle")})
        self._low, self._title = (probes.index(_name(0, size - 1, f)) for f in ("lower", "istitle"))
        self._width = 2 * _REACH + 2 - size
        self._skip = [len(probe) for probe in probes]
        # where the value stands among the answers, where its weight goes, the feature's name
        self._features = [(probes.index(t.probe), t.low + _REACH, t.name) for t in mine]
        self._weights = weights
        self._probe = CRFFeaturizer(probes, dictionary)

    def __call__(self, *syllables: str) -> tuple[list[float], str, bool]:
        """What a group that begins at ``j`` adds to the scores of syllables ``j + 2``, ``j + 1``, … downwards.

        And what the featurizer calls its lower case, and whether it calls it title case.
        """
        answers: list[str] = self._probe.process([[[s] for s in syllables]])[0][0]
        values = [answer[skip:] for answer, skip in zip(answers, self._skip, strict=True)]  # each begins with "="
        added = [0.0] * self._width
        weight = self._weights.get
        for answer, place, name in self._features:
            added[place] += weight(name + values[answer], 0.0)
        return added, values[self._low][1:], values[self._title] == "=True"


def _over(row: Sequence[float], base: Sequence[float]) -> list[float]:
    return [a - b for a, b in zip(row, base, strict=True)]


def _unpickled(path: Path) -> Any:
    # joblib, with which underthesea reads it, does the same in Python, which takes ten times as long
    return pickle.loads(path.read_bytes())  # noqa: S301 - a file of the installed package, not of the user


class _Weights:
    """What syllables, pairs and triples add to the scores of the syllables around them."""

    def __init__(self, folder: Path) -> None:
        features: list[str] = _unpickled(folder / "features.bin")
        dictionary: set[str] = _unpickled(folder / "dictionary.bin")
        self.model = read_model(folder / "models.bin")
        templates = _templates(features)
        # lower-case first syllable -> what follows it in a pair or triple that the dictionary or the model knows
        self._followers: dict[str, set[str]] = {}
        entries = self._by_size(dictionary)
        for attribute in self.model.weights:
            first, space, rest = attribute.partition(" ")
            if space:
                self._followers.setdefault(first.partition("=")[2].lower(), set()).add(rest.lower())
        self.one, pair, triple = (_Group(n, templates, self.model.weights, entries[n - 1]) for n in (1, 2, 3))
        self._known: dict[str, dict[str, frozenset[str]]] = {}
        unknown2, unknown3 = pair(*[_UNKNOWN] * 2)[0], triple(*[_UNKNOWN] * 3)[0]
        # every syllable is scored as if all groups around it were unknown ones; others then add their difference
        self.constant = sum(unknown2) + sum(unknown3)
        self.pair: Callable[[str, str], list[float]] = lambda a, b: _over(pair(a, b)[0], unknown2)
        self.triple: Callable[[str, str, str], list[float]] = lambda a, b, c: _over(triple(a, b, c)[0], unknown3)
        self.titled2 = self.pair(*[_UNKNOWN_TITLE] * 2)
        self.titled3 = self.triple(*[_UNKNOWN_TITLE] * 3)
        self.edges = [self._edges(features, templates, n, (unknown2, unknown3)) for n in range(2 * _REACH + 1)]

    def _by_size(self, dictionary: Iterable[str]) -> tuple[set[str], set[str], set[str]]:
        """The entries of one, two, three and more syllables, apart, as no syllable holds a space."""
        one: set[str] = set()
        two: set[str] = set()
        three: set[str] = set()
        follow = self._followers.setdefault
        for entry in dictionary:
            first, space, rest = entry.partition(" ")
            if not space:
                one.add(entry)
                continue
            (three if " " in rest else two).add(entry)
            follow(first, set()).add(rest)
        return one, two, three

    def followers(self, low: str) -> dict[str, frozenset[str]]:
        """For a lower-case syllable: each second one of a known pair or triple -> all third ones of known triples."""
        known = self._known.get(low)
        if known is None:
            rests = self._followers.get(low)
            if rests is None:
                return _NO_FOLLOWERS
            known = {rest: _NONE for rest in rests if " " not in rest}
            for second, third in (rest.split(" ", 1) for rest in rests if " " in rest):
                known[second] = known.get(second, _NONE) | {third}
            self._known[low] = known
        return known

    def _edges(
        self, features: list[str], templates: Sequence[_Template], n: int, unknown: Sequence[Sequence[float]]
    ) -> list[float]:
        """What the edges add to each of ``n`` syllables, less what the groups beyond them would have added."""
        from underthesea_core import CRFFeaturizer

        found = []
        for i, answers in enumerate(CRFFeaturizer(features, set()).process([[[_UNKNOWN]] * n])[0]):
            total = 0.0
            for template, answer in zip(templates, answers, strict=True):
                if i + template.low < 0 or i + template.high >= n:
                    total += self.model.weights.get(answer, 0.0)
            for size, row in enumerate(unknown, 2):
                for k, weight in enumerate(row):
                    start = i + k - _REACH
                    if start < 0 or start + size > n:
                        total -= weight
            found.append(total)
        return found


# --- words --------------------------------------------------------------------------------------------------------

# a known pair: what it adds (`_Weights.pair`), the third syllables of known triples, rows of such triples
_Pair = tuple[float, float, float, float, frozenset[str], dict[str, list[float]]]
# a syllable, its lower case, whether it is in title case, what it adds to the scores of the second after it, the first
# after it, itself, the one before and the second before; rows of known pairs by their second syllable; those syllables
# in lower case, each with the third ones
_Syllable = tuple[str, str, bool, float, float, float, float, float, dict[str, _Pair], dict[str, frozenset[str]]]
_NO_ROWS: dict[str, _Pair] = {}
# a chunk between white space: its syllables, and their starts and ends within it
_Chunk = tuple[tuple[_Syllable, ...], tuple[int, ...], tuple[int, ...]]

# underthesea's token pattern for which it is known that no token holds white space and that what stands beyond white
# space does not matter; with another pattern, every text is searched as a whole
_CHUNK_PATTERN = "a6e004acc213328eb14e43b3ba544fc6f47a1abfb35ce3162ce2611079b6a544"
# longer chunks and tokens (addresses, running text without spaces) are not kept
_LONGEST = 64


class _Caches:
    """What was found so far: syllables, chunks that are one token, other chunks, chunks that end a text."""

    def __init__(self) -> None:
        self.syllables: dict[str, _Syllable] = {}
        self.whole: dict[str, _Syllable] = {}
        self.inner: dict[str, _Chunk] = {}
        self.final: dict[str, _Chunk] = {}

    def size(self) -> int:
        return len(self.syllables) + len(self.whole) + len(self.inner) + len(self.final)


class FastWords:
    """The words of ``underthesea.word_tokenize(text, use_token_normalize=False)`` by look-ups.

    A callable ``text -> words``. May be used from several threads. About ``limit`` chunks and syllables are kept (100
    bytes to 1 kB each); then all are forgotten and found anew. Raises ModelError where the installed underthesea has a
    model of another kind. Agreement with underthesea is for the caller to check: `load_words` does.
    """

    def __init__(self, limit: int = 100_000) -> None:
        import underthesea.pipeline.word_tokenize as package
        from underthesea.pipeline.text_normalize.character_normalize import normalize_characters_in_text

        tokens = importlib.import_module(f"{package.__name__}.regex_tokenize")
        folders = [p.parent for p in (Path(str(package.__file__)).parent / "models").glob("*/models.bin")]
        if len(folders) != 1:
            raise ModelError(f"{len(folders)} models of words instead of one")
        self._normal: Callable[[str], str] = normalize_characters_in_text
        self._pattern: re.Pattern[str] = tokens.patterns
        digest = hashlib.sha256(f"{self._pattern.flags} {self._pattern.pattern}".encode()).hexdigest()
        self._in_chunks = digest == _CHUNK_PATTERN
        self._weights = _Weights(folders[0])
        if self._weights.model.labels != ("B-W", "I-W"):
            raise ModelError(f"labels {self._weights.model.labels}")
        bb, bi, ib, ii = self._weights.model.transitions
        # with d = score(I) - score(B): above `_inside` the best way on comes from I to both labels, up to `_outside`
        # from B to both; between them each label is best reached from the other
        self._inside, self._outside = bi - ii, bb - ib
        if self._outside > self._inside:
            raise ModelError("transitions that favour the same label")
        self._from_inside, self._from_outside, self._turn = ii - ib, bi - bb, bi - ib
        self._limit = limit
        self._caches = _Caches()
        self._plain = PlainWords()

    def __reduce__(self) -> tuple[type[FastWords], tuple[int]]:
        return FastWords, (self._limit,)  # a copy in another process reads the model itself

    def __call__(self, text: str) -> list[str]:
        """The words of ``text``, their syllables joined by single spaces."""
        syllables = self._read(self._normal(text))[0]
        try:
            begin = self._begin(syllables)
        except _TieError:
            return self._plain(text)
        words: list[str] = []
        for syllable, begins in zip(syllables, begin, strict=True):
            if begins:
                words.append(syllable[0])
            else:
                words[-1] += " " + syllable[0]
        return words

    def spans(self, text: str) -> Spans:
        """Where the words of ``text`` stand; ValueError where its characters are not those of the words."""
        normal = self._normal(text)
        if normal != text:
            return _aligned(text, self(text))
        syllables, starts, ends = self._read(text)
        if not syllables:
            return []
        try:
            begins = self._begin(syllables)
        except _TieError:
            return self._plain.spans(text)
        heads = compress(starts, begins)
        begins.append(True)
        tails = compress(ends, islice(begins, 1, None))
        return list(zip(heads, tails, strict=True))

    def decides(self, text: str) -> bool:
        """Whether it cuts ``text`` by itself; where two ways weigh the same, underthesea is asked."""
        try:
            self._begin(self._read(self._normal(text))[0])
        except _TieError:
            return False
        return True

    # -- from text to syllables

    def _read(self, text: str) -> tuple[list[_Syllable], list[int], list[int]]:
        """The tokens of a text in underthesea's characters, and where they start and end."""
        syllables: list[_Syllable] = []
        starts: list[int] = []
        ends: list[int] = []
        if not self._in_chunks:
            for match in self._pattern.finditer(text):
                syllables.append(self._syllable(match.group()))
                starts.append(match.start())
                ends.append(match.end())
            return syllables, starts, ends
        chunks = text.split()
        if not chunks:
            return syllables, starts, ends
        # with one character of white space between any two, places need not be searched for
        regular = sum(map(len, chunks)) + len(chunks) - 1 == len(text)
        caches = self._caches
        whole, inner = caches.whole, caches.inner
        add, start, end = syllables.append, starts.append, ends.append
        at = 0
        last = chunks.pop()
        for chunk in chunks:
            if not regular:
                at = text.index(chunk, at)
            if chunk in whole:
                add(whole[chunk])
                start(at)
                at += len(chunk)
                end(at)
                at += 1
                continue
            found = inner.get(chunk) or self._chunk(chunk)
            syllables += found[0]
            starts += [at + place for place in found[1]]
            ends += [at + place for place in found[2]]
            at += len(chunk) + 1
        at = text.index(last, at)
        after = text[at + len(last) :]
        found = (None if after else caches.final.get(last)) or self._chunk(last, after)
        syllables += found[0]
        starts += [at + place for place in found[1]]
        ends += [at + place for place in found[2]]
        return syllables, starts, ends

    def _chunk(self, chunk: str, after: str | None = None) -> _Chunk:
        """The tokens of a chunk; of the last one in a text with the white space ``after`` it."""
        matches = list(self._pattern.finditer(chunk + (" " if after is None else after)))
        found = (
            tuple(self._syllable(m.group()) for m in matches),
            tuple(m.start() for m in matches),
            tuple(m.end() for m in matches),
        )
        if len(chunk) <= _LONGEST:
            caches = self._caches
            if after is None and found[2] == (len(chunk),):
                caches.whole[chunk] = found[0][0]
            elif after is None:
                caches.inner[chunk] = found
            elif not after:
                caches.final[chunk] = found
            self._bound()
        return found

    def _bound(self) -> None:
        if self._caches.size() > self._limit:
            self._caches = _Caches()  # another thread may be reading the old ones: they are let go, not emptied

    def _syllable(self, token: str) -> _Syllable:
        found = self._caches.syllables.get(token)
        if found is None:
            (after2, after1, itself, before1, before2), low, title = self._weights.one(token)
            itself += self._weights.constant
            near = self._weights.followers(low)
            rows: dict[str, _Pair] = {} if near else _NO_ROWS
            found = (token, low, title, after2, after1, itself, before1, before2, rows, near)
            if len(token) <= _LONGEST:
                self._caches.syllables[token] = found
                self._bound()
        return found

    # -- from syllables to labels

    def _begin(self, syllables: Sequence[_Syllable]) -> list[bool]:
        """Whether each syllable begins a word: the best path through the two labels (Viterbi).

        Raises _TieError where two paths weigh the same but for rounding: only underthesea knows which it takes.
        """
        scores = self._scores(syllables)
        if not scores:
            return []
        turn, from_inside, from_outside = self._turn, self._from_inside, self._from_outside
        inside, inside_low = self._inside + _TIE, self._inside - _TIE
        outside, outside_high = self._outside - _TIE, self._outside + _TIE
        begins: list[bool] = []
        add = begins.append
        open_: list[int] = []
        d = scores[0]
        for score in islice(scores, 1, None):
            if d > inside:
                add(False)
                d = from_inside + score
            elif d < outside:
                add(True)
                d = from_outside + score
            elif outside_high < d < inside_low:
                open_.append(len(begins))
                add(False)
                d = turn - d + score
            else:
                raise _TieError
        if -_TIE <= d <= _TIE:
            raise _TieError
        add(d < 0)
        for i in reversed(open_):
            begins[i] = not begins[i + 1]
        begins[0] = True  # whatever its label
        return begins

    def _scores(self, syllables: Sequence[_Syllable]) -> list[float]:
        """For each syllable, how much more "goes on" weighs than "begins", without the transitions."""
        pair0, pair1, pair2, pair3 = self._weights.titled2
        triple0, triple1, triple2 = self._weights.titled3
        scores: list[float] = []
        add = scores.append
        # sums so far for the syllable before the one that is read, for itself, the next and the one after it
        c0 = c1 = c2 = c3 = 0.0
        first = second = ""
        was_title = were_titles = False
        rows: dict[str, _Pair] = {}
        near: dict[str, frozenset[str]] = {}
        thirds: frozenset[str] = frozenset()
        triples: dict[str, list[float]] = {}
        for token, low, title, after2, after1, itself, before1, before2, next_rows, next_near in syllables:
            score = c0 + before2
            c0 = c1 + before1
            c1 = c2 + itself
            c2 = c3 + after1
            c3 = after2
            if low in thirds:
                if token not in triples:
                    triples[token] = self._weights.triple(first, second, token)
                weight1, weight2, weight3 = triples[token]
                c1 += weight1
                c0 += weight2
                score += weight3
            elif title and were_titles:
                c1 += triple0
                c0 += triple1
                score += triple2
            were_titles = title and was_title
            if low in near:
                if token not in rows:
                    weight0, weight1, weight2, weight3 = self._weights.pair(second, token)
                    rows[token] = (weight0, weight1, weight2, weight3, near[low], {})
                weight0, weight1, weight2, weight3, thirds, triples = rows[token]
                c2 += weight0
                c1 += weight1
                c0 += weight2
                score += weight3
            else:
                thirds = _NONE
                if were_titles:
                    c2 += pair0
                    c1 += pair1
                    c0 += pair2
                    score += pair3
            add(score)
            rows, near, was_title = next_rows, next_near, title
            first, second = second, token
        # the first two sums belong to places before the text
        scores = [*scores[2:], c0, c1][-len(syllables) :] if syllables else []
        edges = self._weights.edges
        if len(scores) < len(edges):
            return [score + edge for score, edge in zip(scores, edges[len(scores)], strict=True)]
        start0, start1, end1, end0 = edges[-1]
        scores[0] += start0
        scores[1] += start1
        scores[-2] += end1
        scores[-1] += end0
        return scores


# --- sentences ----------------------------------------------------------------------------------------------------


def plain_sentence_spans(text: str) -> Spans:
    """Where the sentences of ``underthesea.sent_tokenize`` stand: the reference."""
    from underthesea import sent_tokenize

    return align(text, sent_tokenize(text))


class FastSentences:
    """The spans of ``underthesea.sent_tokenize(text)``, looking only at the characters that may end a sentence."""

    def __init__(self) -> None:
        module = importlib.import_module("underthesea.pipeline.sent_tokenize")
        module.sent_tokenize("")  # it loads its abbreviations at its first use
        self._abbreviations: frozenset[str] = frozenset(module.sentence_tokenizer.abbrev_types)
        self._longest = max(map(len, self._abbreviations), default=0)
        marks: frozenset[str] = module.sentence_tokenizer.SENT_END_CHARS
        if marks != {".", "?", "!"}:
            raise ModelError("other characters end a sentence")
        self._marks = re.compile(r"[.?!]+")

    def __call__(self, text: str) -> Spans:
        """Spans of the sentences of ``text``, without the white space around them."""
        spans: Spans = []
        start = 0
        for match in self._marks.finditer(text):
            for end in self._ends(text, match.start(), match.end()):
                self._add(spans, text, start, end)
                start = end
        self._add(spans, text, start, len(text))
        return spans

    @staticmethod
    def _add(spans: Spans, text: str, start: int, end: int) -> None:
        piece = text[start:end]
        left = piece.lstrip()
        if left:
            spans.append((end - len(left), start + len(piece.rstrip())))

    def _ends(self, text: str, start: int, end: int) -> Iterable[int]:
        """The places within or after a run of marks where a sentence ends."""
        at = start
        while at < end:
            if text[at] == ".":
                dots = at + 1
                while dots < end and text[dots] == ".":
                    dots += 1
                if dots - at >= 3:
                    after = dots
                    while after < len(text) and text[after] in " \t":
                        after += 1
                    if after == len(text) or text[after].isupper():
                        yield dots
                    at = dots
                    continue
                if self._inside(text, at):
                    at += 1
                    continue
            # the marks that follow belong to the same sentence
            yield end
            return

    def _inside(self, text: str, at: int) -> bool:
        """Whether a full stop stands in a number or after an abbreviation."""
        if at and text[at - 1].isdigit() and text[at + 1 : at + 2].isdigit():
            return True
        start = at
        while start and at - start <= self._longest and (text[start - 1].isalnum() or text[start - 1] == "."):
            start -= 1
        return text[start:at].lower() in self._abbreviations if start < at else False


# --- loading ------------------------------------------------------------------------------------------------------

# invented lines on which both ways must agree before the fast one is used
CHECK_LINES: tuple[str, ...] = tuple(
    json.loads(Path(__file__).with_name("crf_words_lines.json").read_text(encoding="utf-8"))
)


# a hash of what underthesea makes of those that the fast one decides (`answers_hash`), by underthesea's version: where
# the fast one makes the same of them, underthesea need not be asked
RECORDED_ANSWERS = {"9.5.0": "37ccfb8947835ebb"}


def _spans_or_none(spans: Callable[[str], Spans], text: str) -> Spans | None:
    try:
        return spans(text)
    except ValueError:
        return None


def answers_hash(words: Words, fast: FastWords) -> str:
    """A hash of the words and their spans in those of `CHECK_LINES` that ``fast`` decides by itself."""
    answers = [(words(line), _spans_or_none(words.spans, line)) for line in CHECK_LINES if fast.decides(line)]
    return hashlib.sha256(json.dumps(answers).encode()).hexdigest()[:16]


def _step_aside(what: str, why: str) -> None:
    warnings.warn(
        f"underthesea {version('underthesea')}: {what} are cut by underthesea itself, which is slower: {why}",
        RuntimeWarning,
        stacklevel=3,
    )


def _wanted(prefer: str) -> bool:
    if prefer not in ("fast", "underthesea"):
        raise ValueError(f"there is no segmenter {prefer!r}: fast or underthesea")
    return prefer == "fast"


def _as_recorded(fast: FastWords) -> bool:
    try:
        return answers_hash(fast, fast) == RECORDED_ANSWERS.get(version("underthesea"))
    except Exception:  # noqa: BLE001 - whatever another model makes of it, the lines are compared one by one then
        return False


def load_words(prefer: str = "fast", *, check: bool = True) -> tuple[Words, str]:
    """The word tokenizer to use, and its name: ``fast``, or ``underthesea`` where that is preferred or must step in.

    With ``check`` both are compared on `CHECK_LINES`; underthesea's own model is loaded for it only where its version's
    answers are not on record, or the fast one gives others. Warns (RuntimeWarning) where the fast one steps aside.
    Raises ValueError for another ``prefer``.
    """
    if not _wanted(prefer):
        return PlainWords(), "underthesea"
    try:
        fast = FastWords()
    except Exception as error:  # noqa: BLE001 - whatever another version changed, its own function still works
        _step_aside("words", f"its model cannot be read ({type(error).__name__}: {error})")
        return PlainWords(), "underthesea"
    plain = PlainWords()
    for line in CHECK_LINES if check and not _as_recorded(fast) else ():
        try:
            same = plain(line) == fast(line) and _spans_or_none(plain.spans, line) == _spans_or_none(fast.spans, line)
        except Exception:  # noqa: BLE001 - as above
            same = False
        if not same:
            _step_aside("words", f"its words of {line!r} are others")
            return plain, "underthesea"
    return fast, "fast"


def load_sentences(prefer: str = "fast", *, check: bool = True) -> tuple[SentenceSplitter, str]:
    """The sentence splitter to use, and its name, as `load_words` does for words."""
    if not _wanted(prefer):
        return plain_sentence_spans, "underthesea"
    try:
        fast = FastSentences()
        other = next((line for line in CHECK_LINES if check and plain_sentence_spans(line) != fast(line)), None)
    except Exception as error:  # noqa: BLE001 - as above
        _step_aside("sentences", f"its abbreviations cannot be read ({type(error).__name__}: {error})")
        return plain_sentence_spans, "underthesea"
    if other is not None:
        _step_aside("sentences", f"its sentences of {other!r} are others")
        return plain_sentence_spans, "underthesea"
    return fast, "fast"
