"""Lists set in lines: what the line above them says of all whom they name ("Đến dự có:", "Đại hội bầu BCH gồm:")."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from pipeline.document import Passage
from pipeline.facts import PersonMention, Refusal
from pipeline.rules import Rules

# a line above a list, and a line of it, are at most this long (characters)
_HEAD = 400
_ITEM = 300
_GIVEN = frozenset(("attended", "directed"))

Found = list[PersonMention | Refusal]


class Lines:
    """Compiled patterns of ``rules/official`` for lists in lines."""

    def __init__(self, rules: Rules) -> None:
        own = rules["official"]
        self._rules = own
        begins = r"(?:^|[.;,:]{s})(?:(?:{list_head}|{filler}){sp}){0,3}"
        last = r"(?P<rest>[^.;:]{0,140}?)(?:{B}(?:{frame_end}){E}[^.;:]{0,20})?:{s}$"
        self._guests = own.pattern(begins + r"(?!(?:{not_cue}){E})(?P<cue>{cue}){E}" + last)
        self._elected = own.pattern(r"{B}(?:{elected_verb}){E}[^.;:]{0,160}{B}(?:{are}){E}[^.;:]{0,30}:{s}$")
        self._and_cue = own.pattern(r"{B}(?:{list_and}){sp}(?!(?:{not_cue}){E})(?P<cue>{cue}){E}")
        self._side = own.pattern(r"[-+*•]?{s}(?:{side_of}){sp}[^.;:]{2,90}:?{s}$")
        self._item = own.pattern(r"(?:[-+*•]|\d{1,2}[.)])?{s}(?:{honorific}{s}:?{s})?{degrees}{0,3}")

    def __call__(self, passages: Sequence[Passage], people: Sequence[Found]) -> list[Found]:
        """The people of an article's passages, in order; those of lists with what the line above says of them."""
        said: frozenset[str] = frozenset()
        out: list[Found] = []
        for passage, found in zip(passages, people, strict=True):
            if said and self._is_item(passage.key, found):
                found = [self._told(m, said) for m in found]
            elif not said or self._side.match(passage.key) is None:
                said = self._opens(passage.key)
            out.append(found)
        return out

    def _opens(self, key: str) -> frozenset[str]:
        """What a line that ends in a colon says of those listed below it; nothing where it is no such line."""
        if not key.rstrip().endswith(":"):
            return frozenset()
        low = max(0, len(key) - _HEAD)
        if self._elected.search(key, low) is not None:
            return frozenset(("elected",))
        guests = self._guests.search(key, low)
        if guests is None:
            return frozenset()
        cues = [guests["cue"], *(m["cue"] for m in self._and_cue.finditer(key, guests.end("cue")))]
        return _GIVEN.intersection(*[{role for cue in cues for role in str(self._rules.value("cue", cue)).split()}])

    def _is_item(self, key: str, found: Found) -> bool:
        """Whether a line names one with a position at its beginning."""
        first = next((m for m in found if isinstance(m, PersonMention)), None)
        if first is None or not first.positions or first.is_short or len(key) > _ITEM:
            return False
        return self._item.fullmatch(key, 0, first.start) is not None

    def _told(self, mention: PersonMention | Refusal, said: frozenset[str]) -> PersonMention | Refusal:
        if not isinstance(mention, PersonMention) or not mention.positions:
            return mention
        positions = mention.positions
        if "elected" in said:
            # a seat without a body is one of those that were voted on
            positions = tuple(
                dataclasses.replace(x, tenure="elected") if x.org_text is None and x.tenure == "current" else x
                for x in positions
            )
        return dataclasses.replace(mention, positions=positions, roles=tuple(sorted({*mention.roles, *said})))
