"""The bodies that a passage names, as spans with their level."""

from __future__ import annotations

import bisect
import dataclasses
from collections.abc import Sequence

from pipeline.document import Passage, Taken
from pipeline.extract.bodies.grammar import body_grammar
from pipeline.facts import BodyMention, PersonMention, Refusal
from pipeline.rules import Rules


class BodyExtractor:
    """Finds the bodies that a passage names."""

    def __init__(self, rules: Rules) -> None:
        self.grammar = body_grammar(rules)

    def __call__(self, passage: Passage, taken: Taken) -> list[BodyMention | Refusal]:
        """The bodies named in ``passage``, in order, not overlapping each other nor what is ``taken``."""
        return [
            BodyMention(
                start=p.start,
                end=p.end,
                rule_id=self.grammar.rules[p.head.style].id,
                head=p.head.key,
                level=self.grammar.level(p),
            )
            for p in self.grammar.scan(passage.key, passage.words)
            if not taken.overlaps(p.start, p.end) and not _in_number(passage.key, p.start)
        ]

    def without(
        self, bodies: Sequence[BodyMention | Refusal], people: Sequence[PersonMention], key: str
    ) -> list[BodyMention | Refusal]:
        """The bodies, none running on into the name of a person who holds a position ("công ty Trần Văn A")."""
        starts = [p.start for p in people]
        kept: list[BodyMention | Refusal] = []
        for body in bodies:
            i = bisect.bisect_right(starts, body.start)
            if i == len(starts) or starts[i] >= body.end or not isinstance(body, BodyMention):
                kept.append(body)
                continue
            name = key[body.start : starts[i]].rstrip()
            parsed = self.grammar.read_name(name)
            if parsed is not None and parsed.end == len(name) and (parsed.parts or parsed.head.bare):
                end = body.start + len(name)
                kept.append(dataclasses.replace(body, end=end, level=self.grammar.level(parsed)))
        return kept


def _in_number(key: str, start: int) -> bool:
    """Whether what begins at ``start`` is the tail of a document's number ("37/KH-LĐLĐ"), which names no body here."""
    return start > 1 and key[start - 1] in "-/" and key[start - 2].isalnum()
