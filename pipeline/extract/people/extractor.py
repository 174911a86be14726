"""The way of a passage through the steps that find its people."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from pipeline.document import Passage, Taken
from pipeline.extract.anchors import CALL, EITHER, TITLE, anchors
from pipeline.extract.people.elections import Elections
from pipeline.extract.people.findings import Findings, Person
from pipeline.extract.people.holders import Holders
from pipeline.extract.people.lines import Lines
from pipeline.extract.people.links import Links
from pipeline.extract.people.names import Names
from pipeline.extract.people.roles import Roles
from pipeline.extract.positions import Chain, Reader, Seat
from pipeline.facts import PersonMention, Refusal
from pipeline.rules import Rules


class PeopleExtractor:
    """Finds people with positions in one block. Holds no state but its compiled rules."""

    def __init__(self, rules: Rules) -> None:
        own = rules["official"]
        self._anchors = anchors(rules)
        self._reader = Reader(rules)
        links = Links(rules)
        self._names = Names(rules, links)
        self._elections = Elections(rules, links, self._names)
        self._holders = Holders(rules, links, self._names, self._elections)
        self._roles = Roles(rules, links)
        self._lines = Lines(rules)
        self._stop = own.pattern(
            r"[.!?…]{1,3}[\"')]{0,2}[ ]{1,3}(?=[\p{Lu}\"'(\p{N}-])|(?<=\p{Ll}{3})\.(?=\p{Lu}\p{Ll}+[ ])"
        )
        self._abbreviation = own.pattern(r"(?r){B}(?:{abbreviation}|\p{Lu})")
        self._headed = own.pattern(r"(?r){B}(?:{unit_head}{sp}(?P<noun>{shared_noun})|(?P<team>{team}){sp}{unit_head})")
        self._plain_team = own.pattern(r"{plain_team}")

    def __call__(self, passage: Passage, taken: Taken) -> list[PersonMention | Refusal]:
        """People of the passage in reading order, those without a position too, for short mentions to join."""
        places = self._anchors.places(passage.key)
        either, only_titles = places.get(EITHER, ()), places.get(TITLE, ())
        titles = sorted({*either, *only_titles})
        # what may be a title is none of a plain honorific's places ("ông chủ")
        calls = sorted({*either, *set(places.get(CALL, ())).difference(only_titles)})
        if not titles and not calls and not self._names.opens(passage.key):
            return []
        reader = self._reader.on(passage.words)
        chains = reader.chains(passage.key, titles)
        found = Findings(passage, reader, self._sentences(passage.key), chains, calls)
        for chain in chains:
            self._name_units(found, chain)
        self._find(found)
        return [_mention(p, found.text) for p in found.people if _tells(p)]

    def in_passages(self, passages: Sequence[Passage]) -> list[list[PersonMention | Refusal]]:
        """The people of each of an article's passages, in order, with what the line above a list says of them."""
        return self._lines(passages, [self(passage, Taken()) for passage in passages])

    def _find(self, found: Findings) -> None:
        """Find the people, their positions and roles. Each step looks at what those before it found."""
        self._names.with_honorifics(found)
        free = [chain for chain in found.chains if not self._holders.beside(found, chain)]
        free = [chain for chain in free if not self._elections.elected(found, chain)]
        self._elections.committees(found)
        for person, end in found.reached:
            person.tail = max(person.tail, end)
        for chain in free:
            self._names.by_title(found, chain)
        self._names.bare_subjects(found)
        self._names.by_pronoun(found)
        self._elections.told_plainly(found)
        self._elections.replaced(found)
        self._roles.give(found)

    def _sentences(self, key: str) -> list[int]:
        """Where each sentence begins."""
        stops = self._stop.finditer(key)
        return [0, *(m.end() for m in stops if key[m.start()] != "." or not self._abbreviated(key, m.start()))]

    def _abbreviated(self, key: str, at: int) -> bool:
        """Whether the point at ``at`` only shortens the word before it ("TP.", "A.")."""
        return self._abbreviation.match(key, max(0, at - 12), at) is not None

    def _name_units(self, found: Findings, chain: Chain) -> None:
        """Give titles that only say "of it" the unit that the sentence names before them ("Ban A do bà B làm Trưởng
        ban").
        """
        for i, seat in enumerate(chain.seats):
            if seat.org_start is None and seat.implied is None:
                org = self._unit_before(found, chain, seat)
                if org is not None:
                    chain.seats[i] = dataclasses.replace(seat, org_start=org[0], org_end=org[1])

    def _unit_before(self, found: Findings, chain: Chain, seat: Seat) -> tuple[int, int] | None:
        """The last unit of the kind that the seat's title names, between the sentence's beginning and the chain."""
        key = found.key
        headed = self._headed.match(key, seat.title_start, seat.title_end)
        if headed is None:
            return None
        noun = (headed["noun"] or headed["team"]).lower()
        low = found.sentence(seat.start)[0]
        at = key.rfind(f"{noun[0].upper()}{noun[1:]} ", low, chain.start)
        if at < 0 and headed["team"]:
            at = key.rfind(f" {noun} ", low, chain.start) + 1
        org = found.reader.bodies.at(key, at) if at > 0 else None
        if org is None or org[1] <= at + len(noun) or self._plain_team.fullmatch(key, *org):
            return None
        return org


def _tells(person: Person) -> bool:
    """Whether a person is worth a mention: one without a full name only with a role or a position that tells of them.

    A title alone tells by itself only of a seat that is won or left.
    """
    if person.kind == "full" or person.roles:
        return True
    if person.kind == "title":
        return any(x.tenure != "current" for x in person.positions)
    return bool(person.positions)


def _mention(person: Person, text: str) -> PersonMention:
    return PersonMention(
        start=person.start,
        end=person.end,
        rule_id=person.rule_id,
        name=" ".join(text[person.start : person.end].split()),
        honorific=person.honorific,
        positions=tuple(person.positions),
        roles=tuple(sorted(person.roles)),
        is_short=person.kind != "full",
    )
