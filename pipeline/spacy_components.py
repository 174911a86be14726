"""spaCy adapters: a Vietnamese `Language` whose tokenizer is underthesea, and a component per kind of mention.

``nlp = load()`` gives docs with the span groups ``dates``, ``terms``, ``figures``, ``bodies``, ``officials`` and
``events``. A token may be longer than a figure, so a span covers whole tokens; ``span._.fact`` has the mention's own
values and exact characters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from confection import Config
from spacy import util
from spacy.language import BaseDefaults, Language
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from pipeline import rules as rules_module
from pipeline.document import Block, Document, Passage, Sentence, Taken
from pipeline.extract.bodies import BodyExtractor
from pipeline.extract.counts import CountExtractor
from pipeline.extract.dates import DateExtractor
from pipeline.extract.events import EventExtractor
from pipeline.extract.money import MoneyExtractor
from pipeline.extract.people import PeopleExtractor
from pipeline.extract.percents import PercentExtractor
from pipeline.extract.ratios import RatioExtractor
from pipeline.extract.terms import TermExtractor
from pipeline.facts import Mention, Refusal
from pipeline.rules import Rules, built
from pipeline.segment import Segmenter
from pipeline.text import nfc

Extractor = Callable[[Passage, Taken], Sequence[Mention]]

# span groups whose characters belong to one mention only, in the order in which they may claim them
_SHARED = ("dates", "terms", "figures")
_EXTRACTORS: dict[str, tuple[Callable[[Rules], Any], ...]] = {
    "dates": (DateExtractor,),
    "terms": (TermExtractor,),
    "figures": (MoneyExtractor, PercentExtractor, RatioExtractor, CountExtractor),
    "bodies": (BodyExtractor,),
    "officials": (PeopleExtractor,),
    "events": (EventExtractor,),
}
GROUPS = tuple(_EXTRACTORS)


class Fact:
    """What a span states: the mention's attributes, ``start`` and ``end`` in the doc's text, and its exact ``text``."""

    __slots__ = ("mention", "text")

    def __init__(self, mention: Mention, text: str) -> None:
        self.mention = mention
        self.text = text

    def __getattr__(self, name: str) -> Any:
        if name in Fact.__slots__:
            raise AttributeError(name)
        return getattr(self.mention, name)

    def __repr__(self) -> str:
        return f"Fact({self.text!r}, {self.mention!r})"


def _fact(span: Span) -> Fact | None:
    """The getter of ``span._.fact``: spans of equal tokens are told apart by their id."""
    facts: dict[str, Fact] = span.doc.user_data.get("union_events.facts", {})
    return facts.get(span.id_)


def _register() -> None:
    if not Span.has_extension("fact"):
        Span.set_extension("fact", getter=_fact)


class UndertheseaTokenizer:
    """Words and sentences by underthesea; ``doc.text`` is the NFC of the text, character by character."""

    def __init__(self, vocab: Vocab, segmenter: Segmenter | None = None) -> None:
        self.vocab = vocab
        self._segmenter = segmenter or Segmenter(rules_module.load()["segment"])

    def __call__(self, text: str) -> Doc:
        """A doc of the text's words, with sentence starts."""
        text = nfc(text)
        sentences = self._segmenter.sentences(text, blocks_of(text))
        words: list[str] = []
        spaces: list[bool] = []
        starts: list[bool | int | None] = []
        at = 0

        def gap(end: int) -> None:
            """Characters between words are tokens of their own, but for the single space that a word may own."""
            nonlocal at
            if at < end and words and not spaces[-1] and text[at] == " ":
                spaces[-1] = True
                at += 1
            if at < end:
                words.append(text[at:end])
                spaces.append(False)
                starts.append(False)
                at = end

        for sentence in sentences:
            first = True
            for start, end in sentence.words:
                gap(start)
                words.append(text[start:end])
                spaces.append(False)
                starts.append(first)
                first = False
                at = end
        gap(len(text))
        return Doc(self.vocab, words=words, spaces=spaces, sent_starts=starts or None)

    def to_bytes(self, **_: Any) -> bytes:
        """Nothing: the tokenizer is made of the installed rules and underthesea."""
        return b""

    def from_bytes(self, _data: bytes, **_: Any) -> UndertheseaTokenizer:
        """Itself."""
        return self

    def to_disk(self, _path: Any, **_: Any) -> None:
        """Write nothing."""

    def from_disk(self, _path: Any, **_: Any) -> UndertheseaTokenizer:
        """Itself."""
        return self


@util.registry.tokenizers("union_events.Underthesea.v1")  # type: ignore[untyped-decorator]
def _make_tokenizer() -> Callable[[Language], UndertheseaTokenizer]:
    return lambda nlp: UndertheseaTokenizer(nlp.vocab)


@util.registry.languages("vi_union")
class UnionVietnamese(Language):
    """Vietnamese with underthesea's words (spaCy's own ``vi`` wants pyvi)."""

    lang = "vi_union"

    class Defaults(BaseDefaults):
        """The tokenizer of this language."""

        config = Config({"nlp": {"tokenizer": {"@tokenizers": "union_events.Underthesea.v1"}}})


class MentionComponent:
    """Adds one group of spans; a thin adapter over the extractors of that group."""

    def __init__(self, group: str, extractors: Iterable[Extractor]) -> None:
        self.group = group
        self._extractors = tuple(extractors)

    def __call__(self, doc: Doc) -> Doc:
        """The doc with ``doc.spans[group]`` set."""
        _register()
        facts: dict[str, Fact] = doc.user_data.setdefault("union_events.facts", {})
        document = document_of_doc(doc)
        claimed = [
            (f.start, f.end)
            for group in (_SHARED if self.group in _SHARED else ())
            for f in (s._.fact for s in doc.spans.get(group, ()))
        ]
        found: list[Mention] = []
        for start, passage in document.passages():
            end = start + len(passage.text)
            taken = Taken(tuple((a - start, b - start) for a, b in claimed if start <= a and b <= end))
            for extractor in self._extractors:
                mentions = [m for m in extractor(passage, taken) if not isinstance(m, Refusal)]
                for mention in mentions:
                    taken.add(mention.start, mention.end)
                found += [m.shifted(start) for m in mentions]
        spans = []
        for number, mention in enumerate(sorted(found, key=lambda m: (m.start, m.end))):
            span = doc.char_span(mention.start, mention.end, alignment_mode="expand")
            if span is None:
                continue
            label = getattr(mention, "kind", None) or self.group
            key = f"{self.group}:{number}"
            spans.append(Span(doc, span.start, span.end, label=label, span_id=key))
            facts[key] = Fact(mention, doc.text[mention.start : mention.end])
        doc.spans[self.group] = spans
        return doc


def _factory(group: str) -> Callable[[Language, str], MentionComponent]:
    def make(nlp: Language, name: str) -> MentionComponent:  # noqa: ARG001 (spaCy's signature)
        loaded = rules_module.load()
        return MentionComponent(group, [extractor(loaded) for extractor in _EXTRACTORS[group]])

    return make


for _group in GROUPS:
    Language.factory(f"union_{_group}", assigns=["doc.spans"], func=_factory(_group))


def blocks_of(text: str) -> tuple[Block, ...]:
    """Every line with anything in it as a block of the body."""
    blocks = []
    at = 0
    for line in text.split("\n"):
        if line.strip():
            blocks.append(Block("body", at, at + len(line)))
        at += len(line) + 1
    return tuple(blocks)


def document_of_doc(doc: Doc) -> Document:
    """The doc as the `Document` that extractors read: its lines as blocks, its tokens as words."""
    sentences = tuple(
        Sentence(
            sent.start_char,
            sent.end_char,
            "body",
            tuple((t.idx, t.idx + len(t)) for t in sent if not t.is_space),
        )
        for sent in doc.sents
    )
    return Document(article_id="", text=doc.text, blocks=blocks_of(doc.text), sentences=sentences)


def load() -> Language:
    """A spaCy pipeline with underthesea's words and a component for every group of mentions.

    ``doc.spans["figures"][0]._.fact`` is the first figure with its values; the groups are `GROUPS`. It is made
    anew where the rules were edited.
    """
    return built(_language, rules_module.load())


def _language(_rules: Rules) -> Language:
    _register()
    nlp = UnionVietnamese()
    for group in GROUPS:
        nlp.add_pipe(f"union_{group}")
    return nlp
