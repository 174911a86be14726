"""Which sentences tell of an event beside the main one: figures and officials in them are that event's."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.document import Document, Sentence
from pipeline.facts import EventMention
from pipeline.resolve.dates import ResolvedDate
from pipeline.rules import RuleSet

# a gathering is known again by so many first words of its name ("hội thi", "chương trình")
_HEAD_WORDS = 2


class ToldSentences:
    """Finds the sentences of an event; built once from ``rules/event``."""

    def __init__(self, rules: RuleSet) -> None:
        self._resumed = rules.pattern(r"\A[ ]{0,3}{resumed_by}{E}")
        self._at = rules.pattern(r"\A[ ]{0,3}(?:{resumed_at}{sp})?")

    def of(
        self,
        document: Document,
        mention: EventMention,
        main: EventMention,
        events: Sequence[EventMention],
        dates: Sequence[ResolvedDate],
    ) -> list[tuple[int, int]]:
        """The sentence that announces the event and those of its paragraph that go on about it, as spans.

        None where the first names another gathering or another day too: what it says may be of either. ``main`` names
        the main event, ``events`` are all mentions of events.
        """
        block = document.block_at(mention.start)
        own = document.sentence_span(mention.start)
        if block is None or self._is_mixed(own, mention, events, dates):
            return []
        key = document.key
        told = [own]
        heads = _heads(key, mention) - _heads(key, main)
        for sentence in document.sentences:
            if sentence.start < own[1] or sentence.start >= block.end:
                continue
            span = sentence.start, sentence.end
            if not self._goes_on(key, sentence, heads) or self._is_mixed(span, mention, events, dates):
                break
            told.append(span)
        return told

    def _is_mixed(
        self,
        span: tuple[int, int],
        mention: EventMention,
        events: Sequence[EventMention],
        dates: Sequence[ResolvedDate],
    ) -> bool:
        """Whether a sentence names a gathering of another kind, or two different days."""
        inside = [e for e in events if span[0] <= e.start < span[1] and e.is_gathering]
        days = [d for d in dates if span[0] <= d.mention.start < span[1] and d.precision == "day"]
        others = any(e.event_type != mention.event_type for e in inside)
        return others or len({(d.date_start, d.date_end) for d in days}) > 1

    def _goes_on(self, key: str, sentence: Sentence, heads: set[str]) -> bool:
        """Whether a sentence opens with words that go on about the event, or with the noun that it was given."""
        words = key[sentence.start : sentence.end]
        if self._resumed.match(words) is not None:
            return True
        at = self._at.match(words)
        return at is not None and _first(words[at.end() :]) in heads


def _heads(key: str, mention: EventMention) -> set[str]:
    """What an event may be called by: the first words of its name, and those between its verb and the name."""
    between = key[mention.verb_end : mention.start] if mention.verb_end is not None else ""
    return {_first(key[mention.start : mention.end]), _first(between)} - {""}


def _first(words: str) -> str:
    return " ".join(words.lower().replace(",", " ").split()[:_HEAD_WORDS])
