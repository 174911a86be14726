"""Every line of every corpus under rules/: what it must give, and what it must not."""

from __future__ import annotations

import dataclasses
import functools
from collections import defaultdict
from typing import Any

import pytest

from pipeline import rules
from pipeline.document import Passage
from pipeline.extract.mentions import MentionFinder
from pipeline.facts import (
    BodyMention,
    DateMention,
    EventMention,
    Figure,
    Mention,
    PersonMention,
    Position,
    Refusal,
    TermMention,
)
from pipeline.rules import CorpusLine
from pipeline.segment import Segmenter
from pipeline.text import nfc

FIGURES = ("money", "percent", "ratio", "count")
KINDS: dict[str, type] = {
    **dict.fromkeys(FIGURES, Figure),
    "date": DateMention,
    "term": TermMention,
    "official": PersonMention,
    "body": BodyMention,
    "event": EventMention,
}


@functools.cache
def finder() -> MentionFinder:
    return MentionFinder(rules.load())


@functools.cache
def segmenter() -> Segmenter:
    return Segmenter(rules.load()["segment"])


def passage_of(line: CorpusLine) -> Passage:
    text = nfc(line.text)
    return Passage.of(text, line.kind, tuple(segmenter().words(text, 0, len(text))))


def mentions(dimension: str, line: CorpusLine) -> list[Mention]:
    """All mentions of a dimension in a line, found as a run finds them: in the company of all other extractors."""
    found = [m for m in finder().in_passage(passage_of(line)) if type(m) is KINDS[dimension]]
    if dimension in FIGURES:
        found = [m for m in found if getattr(m, "kind", None) == dimension]
    return sorted(found, key=lambda m: (m.start, m.end))


def lines(part: int) -> list[Any]:
    out = []
    for dimension in KINDS:
        for number, line in enumerate(rules.load_corpus(dimension)[part]):
            out.append(pytest.param(dimension, line, id=f"{dimension}-{number}-{line.text[:40]}"))
    return out


def value(mention: Mention, name: str, text: str) -> Any:
    if name == "text":
        return text[mention.start : mention.end]
    found = getattr(mention, name)
    if isinstance(found, tuple):
        return [dataclasses.asdict(f) if isinstance(f, Position) else f for f in found]
    return found


def as_wanted(found: Any, wanted: Any) -> Any:
    """Of nested records only the keys that the corpus names are compared."""
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        return [{k: f[k] for k in w} if isinstance(w, dict) else f for f, w in zip(found, wanted, strict=True)]
    return found


@pytest.mark.parametrize(("dimension", "line"), lines(0))
def test_line_that_must_match(dimension: str, line: CorpusLine) -> None:
    text = nfc(line.text)
    found = mentions(dimension, line)
    assert [text[m.start : m.end] for m in found] == [f["text"] for f in line.facts]
    for mention, wanted in zip(found, line.facts, strict=True):
        got = {name: as_wanted(value(mention, name, text), expected) for name, expected in wanted.items()}
        assert got == wanted


@pytest.mark.parametrize(("dimension", "line"), lines(1))
def test_line_that_must_not_match(dimension: str, line: CorpusLine) -> None:
    text = nfc(line.text)
    assert [text[m.start : m.end] for m in mentions(dimension, line)] == []


@pytest.mark.parametrize("dimension", KINDS)
def test_every_rule_is_exercised(dimension: str) -> None:
    """Each rule makes at least one fact or refusal of the corpus, and each is tempted by a line that must not match."""
    match, reject = rules.load_corpus(dimension)
    made: dict[str, int] = defaultdict(int)
    for line in [*match, *reject]:
        for mention in finder().in_passage(passage_of(line)):
            if isinstance(mention, Refusal | KINDS[dimension]):
                made[mention.rule_id] += 1
    ids = {rule.id for rule in rules.load()[dimension].rules if "part" not in rule.set}
    assert sorted(i for i in ids if not made[i]) == []
    tempted = {line.rule for line in reject if line.rule}
    assert tempted <= {rule.id for rule in rules.load()[dimension].rules}
    assert sorted(ids - tempted) == []
