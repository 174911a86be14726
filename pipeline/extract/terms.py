"""Finds terms of office and periods of years."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.errors import Issue
from pipeline.facts import Refusal, TermMention

if TYPE_CHECKING:
    import regex

    from pipeline.document import Passage, Taken
    from pipeline.rules import Rules

_LEFT = 110
# no term of office and no plan is longer; what is longer is a life or a jubilee
_LONGEST = 30


class TermExtractor:
    """Reads the rules of ``rules/term`` on one passage."""

    def __init__(self, rules: Rules) -> None:
        """Compile the rules and the words that say which kind a span of years is."""
        self._rules = rules["term"]
        compiled = self._rules.pattern
        self._gate = compiled("{gate}")
        self._beside = compiled("{term_beside}")
        self._term = compiled("{term_before}")
        self._period = compiled("{period_before}")
        self._jubilee = compiled("{jubilee_before}")
        self._counted = compiled("{counted_after}")

    def __call__(self, passage: Passage, taken: Taken) -> list[TermMention | Refusal]:
        """The terms and periods of a passage in reading order, and the impossible ones as refusals."""
        key = passage.key
        found: list[TermMention | Refusal] = []
        if self._gate.search(key) is None:
            return found
        claimed = bytearray(len(key))
        for rule in self._rules.rules:
            for match in rule.finditer(key):
                start, end = match.span()
                if 1 in claimed[start:end] or taken.overlaps(start, end):
                    continue
                claimed[start:end] = b"\1" * (end - start)
                mention = self._read(rule.id, match, key, found)
                if mention is not None:
                    found.append(mention)
        return sorted(found, key=lambda m: m.start)

    def _read(
        self, rule_id: str, match: regex.Match[str], key: str, found: list[TermMention | Refusal]
    ) -> TermMention | Refusal | None:
        start, end = match.span()
        first, last = int(match["a"]), int(match["b"])
        if last < 100:
            last += first - first % 100
            last += 100 * (last < first)
        before = key[max(0, start - _LEFT) : start]
        kind = self._kind(before, found, key, start)
        if kind is None and self._counted.match(key, end) is not None:
            return None
        if not 1 <= last - first <= _LONGEST:
            if kind is None or last == first:
                return None
            detail = match.group()
            return Refusal(start=start, end=end, rule_id=rule_id, code=Issue.IMPOSSIBLE_TERM.value, detail=detail)
        if kind is None and self._jubilee.search(before) is not None:
            return None
        return TermMention(start=start, end=end, rule_id=rule_id, first=first, last=last, kind=kind or "period")

    def _kind(self, before: str, found: list[TermMention | Refusal], key: str, start: int) -> str | None:
        if self._beside.search(before) is not None:
            return "term"
        term, period = self._term.search(before), self._period.search(before)
        if term is not None and (period is None or period.start() <= term.start()):
            return "term"
        if period is not None:
            return "period"
        for other in found[-1:]:  # "nhiệm kỳ 2015-2020 và 2020-2025": the second is what the first is
            if isinstance(other, TermMention) and 0 <= start - other.end <= 6 and key[other.end : start].strip(" ,"):
                return other.kind
        return None
