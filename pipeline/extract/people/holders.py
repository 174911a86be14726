"""Whose a title is that stands beside a name: before it, behind it, or shared by a list of names."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from pipeline.extract.people.elections import Elections
from pipeline.extract.people.findings import Findings, Person
from pipeline.extract.people.links import Links
from pipeline.extract.people.names import Names, spaced
from pipeline.extract.positions import Chain, Seat
from pipeline.rules import Rules

# a title and the one whom it calls, named behind it, stand at most this far apart (characters)
_CALLED = 70


class Holders:
    """Compiled patterns of ``rules/official`` for titles beside names. The people get the seats."""

    def __init__(self, rules: Rules, links: Links, names: Names, elections: Elections) -> None:
        own = rules["official"]
        self._links, self._names, self._elections = links, names, elections
        self._retires = own.pattern(r"{aside}?,?{s}(?:(?:{filler}{sp}){0,2})(?:{retire_verb}){E}")
        self._again = own.pattern(
            r"{aside}?{s},?{s}\(?(?:{again_lead}{sp}){0,2}(?:{again_verb}){E}"
            r"(?={s}(?:[.,;:!?)]|\Z|(?:{again_end}){E}))"
        )
        self._ends_in_place = own.pattern(r"{B}{place_word}$")
        self._named_body = own.pattern(r"{B}(?:{named_body}|{enterprise}){E}")
        self._colon = own.pattern(r"{s}:{s}")
        self._dash = own.pattern(r"[ ]{0,2}-[ ]{0,2}")
        self._set_off = own.pattern(r"(?:{sp}{in_charge}{sp}[^,.;:\"]{2,40})?,[ ]?")
        self._is_called = own.pattern(r"{s}{are}{s}:?{s}")
        self._in_turn_are = own.pattern(r"{s}(?:{in_turn}){sp}(?:{are}){s}:?{s}")
        self._colleague = own.pattern(r"(?:{colleague}){E}|{degrees}")
        self._several = own.pattern(r"{several_hold}{E}")
        self._many = own.pattern(r"{B}(?:{many}){sp}")
        self._item_ends = own.pattern(r"(?:{of_term})?{s}(?:;{s}|[.]|\Z)")
        self._item_begins = own.pattern(r"(?r)(?:;|{B}(?:{frame_end})(?:{s}:)?){s}")

    def beside(self, found: Findings, chain: Chain) -> bool:
        """Give a chain to the name before or after it. False where neither stands there."""
        seats = list(chain.seats)
        before, after = self._names.before(found, chain), None
        if chain.name is not None:
            known = next(iter(found.among(chain.name[0], chain.name[0] + 1)), None)
            after = known or Person(*chain.name, chain.start, chain.name[1], "official.title")
        if before is not None and after is not None and self._owns_name(found, before, seats):
            # "ông A, Giám đốc Công ty B C": what looks like a second name ends the body's own
            seats[-1] = dataclasses.replace(seats[-1], end=after.end, org_end=after.end)
            after = None
        if before is None and after is None:
            return self._behind(found, chain)
        if after is None and before is not None:
            # "Bí thư A, Phó Chủ tịch B": in a list of titles with names behind them this one's name is not read
            if not self._in_titled_list(found, before, chain):
                self._give_before(found, before, seats, chain)
        elif after is not None:
            if before is not None and len(seats) > 1 and not _is_led(before):
                # where the list has its titles before the names, all of them are the next one's
                before.hold(seats[:-1], found.text)
                before.tail = max(before.tail, seats[-2].end)
                seats = seats[-1:]
            self._give_after(found, after, seats, chain)
        return True

    # a name before the title

    def _in_titled_list(self, found: Findings, person: Person, chain: Chain) -> bool:
        """Whether the person stands in a list in which each title has its name behind it, and before ``chain``."""
        if not person.positions or person.lead >= person.start or person.tail > person.end:
            return False
        if found.key[person.end : chain.start].strip() != ",":
            return False
        previous = found.before(person.lead)
        return (
            previous is not None
            and _is_led(previous)
            and previous.positions[0].start < previous.start
            and found.key[previous.tail : person.lead].strip() == ","
        )

    def _owns_name(self, found: Findings, person: Person, seats: Sequence[Seat]) -> bool:
        """Whether the last seat's body may bear a name like a person's, its holder being named before."""
        key = found.key
        start, end = seats[-1].org_start, seats[-1].org_end
        if start is None or end is None or person.positions:
            return False
        if self._links.is_kin(key, person.lead):
            # "cháu rể của ông A, chủ tịch Tập đoàn B C": the name behind is the holder's
            return False
        if self._ends_in_place.search(key, start, end) is not None:
            return True
        return person.rule_id == self._names.named.id and self._named_body.search(key, start, end) is not None

    def _give_before(self, found: Findings, person: Person, seats: list[Seat], chain: Chain) -> None:
        """Give a chain to the name before it, and to the names that share it."""
        if (left := self._retires.match(found.key, chain.end)) is not None:
            # "ông A, Phó Chủ tịch LĐLĐ tỉnh (cũ) nghỉ hưu": the seat nearest to the verb is left
            seats[-1] = dataclasses.replace(seats[-1], tenure="leaving")
            chain.end = left.end()
        self._won_again(found, person, seats, chain.end)
        if self._elections.is_over(found, person, chain.start):
            seats = [dataclasses.replace(x, tenure="former") if x.tenure == "current" else x for x in seats]
        person.hold(seats, found.text)
        person.tail = max(person.tail, chain.end)
        if person.plural:
            self._share(found, person)
        else:
            self._share_with_one(found, person)

    def _won_again(self, found: Findings, person: Person, seats: list[Seat], at: int) -> None:
        """Make the last seat one that is won anew, where a verb at ``at`` says so ("…, Chủ tịch X tái đắc cử.")."""
        if self._again.match(found.key, at) is not None:
            seats[-1] = dataclasses.replace(seats[-1], tenure="elected")
            person.roles.add("elected")

    def _share(self, found: Findings, person: Person) -> None:
        """One title for many: names joined before the one that bears it, under a plural honorific."""
        current = person
        while True:
            previous = found.before(current.start)
            if previous is None or previous is current or previous.positions or not previous.plural:
                return
            joined = found.key[previous.tail : current.start]
            if ";" in joined or not self._links.join.fullmatch(joined):
                return
            previous.positions.extend(person.positions)
            current = previous

    def _share_with_one(self, found: Findings, person: Person) -> None:
        """A seat that several hold is also that of who is joined before ("bà A và ông B, Phó Chủ tịch LĐLĐ tỉnh")."""
        key = found.key
        previous = found.before(person.lead)
        if previous is None or previous.positions or previous.kind != "full" or previous.plural:
            return
        alike = self._colleague.match(key, previous.lead) and self._colleague.match(key, person.lead)
        if len(person.positions) > 1 or not alike:
            return
        joined = key[previous.tail : person.lead]
        listed = joined == ", " and self._item_begins.match(key, max(0, previous.lead - 12), previous.lead) is not None
        if (listed or self._links.and_join.fullmatch(joined)) and self._several.match(key, person.positions[0].start):
            previous.positions.extend(person.positions)

    # a name behind the title

    def _give_after(self, found: Findings, person: Person, seats: list[Seat], chain: Chain) -> None:
        """Give a chain to the name right behind it, and to the names listed with that under one title."""
        person.lead = min(person.lead, seats[0].start)
        self._won_again(found, person, seats, person.end)
        person.hold(seats, found.text)
        if person not in found.people:
            found.add(person)
        h = self._links.honorific(found.key, seats[0].start)
        if h is not None and person.honorific is None:
            person.honorific, person.lead = spaced(h["honorific"]), h.start()
        if self._links.is_many(found.key, chain.start):
            for p in self._names.listed(found, person.end, person.honorific):
                p.hold(seats, found.text)

    def _behind(self, found: Findings, chain: Chain) -> bool:
        """Give a chain to the names listed behind it, or to the one set off by a comma or a verb of naming."""
        key, seats = found.key, chain.seats
        if (same := self._listed_more(found, chain)) is not None:
            same.hold(seats, found.text)
            same.tail = chain.end
            return True
        # "Phó Chủ tịch LĐLĐ tỉnh: A, B và C"
        colon = self._colon.match(key, chain.end)
        if colon is not None and len(seats) == 1 and (group := self._names.listed_at(found, colon.end())):
            for p in group:
                if not p.positions:
                    p.hold(seats, found.text)
            return True
        if (called := self._called_behind(found, chain)) is not None:
            tenure = "elected" if self._elections.elects(found, chain) else None
            group = self._names.listed_from(found, called.lead) if self._links.is_many(key, chain.start) else [called]
            called.lead = seats[0].start
            for p in group:
                if not p.positions:
                    p.hold(seats, found.text, tenure)
            return True
        dash = self._dash.match(key, chain.end)
        if dash is not None and self._names.is_alone(key, chain.start):
            known = found.among(dash.end(), dash.end() + _CALLED)[:1]
            # "Giám đốc Học viện A - Phó Giáo sư, Tiến sĩ B"
            ranked = known and known[0].lead == dash.end() and not known[0].positions
            person = known[0] if ranked else self._names.set_off(found, dash.end())
            if person is not None:
                self._give_after(found, person, seats, chain)
                return True
        in_turn = self._in_turn_are.match(key, chain.end)
        if in_turn is not None and len(seats) > 1:
            group = self._names.listed_from(found, in_turn.end())
            if len(group) == len(seats):
                for p, x in zip(group, seats, strict=True):
                    p.hold([x], found.text)
            return True
        # "thôi chức Chủ tịch của ông A"
        return self._elections.given(found, chain)

    def _listed_more(self, found: Findings, chain: Chain) -> Person | None:
        """Whose seats go on behind a semicolon, where a name follows ("ông A - Bí thư X; Chủ tịch Y; bà B - …")."""
        key = found.key
        person = found.before(chain.start)
        if person is None or not person.positions or key[person.tail : chain.start].strip() != ";":
            return None
        ends = self._item_ends.match(key, chain.end)
        own = person.positions[0].start > person.end and found.sentence(person.start) == found.sentence(chain.start)
        one = key[chain.start].isupper() and self._many.search(key, max(0, chain.start - 8), chain.end) is None
        if ends is None or not own or not one:
            return None
        named = found.at(ends.end()) or found.reader.names.name_at(key, ends.end(), ends.end() + _CALLED, trusted=False)
        return person if named is not None or key[chain.end : ends.end()].strip() != ";" else None

    def _called_behind(self, found: Findings, chain: Chain) -> Person | None:
        """Whom an honorific or a rank calls behind the chain ("Chủ tịch Hội bà A", "Trưởng Công an, Thượng tá A")."""
        key = found.key
        first = found.sentence(chain.start)[0] == chain.start or key[chain.start - 2 : chain.start] == "; "
        opens = first or self._links.is_quoted(key, chain.start)
        for p in found.among(chain.end, chain.end + _CALLED):
            if p.positions or not (p.honorific or p.lead < p.start):
                continue
            gap = key[chain.end : p.lead]
            called = p.honorific and (gap == " " or self._is_called.fullmatch(gap) is not None)
            # "Ngày 8/10, Bộ trưởng Y tế, ông A, yêu cầu", where no title of his own stands behind the name
            own = found.chain_from(p.end)
            clause = (
                key[chain.start - 2 : chain.start] == ", "
                and p.honorific
                and (own is None or not self._links.between.fullmatch(key[p.end : own.start]))
            )
            if called or ((opens or clause) and not p.plural and self._set_off.fullmatch(gap)):
                return p
        return None


def _is_led(person: Person) -> bool:
    """Whether the person's titles stand before the name, and none behind it."""
    return bool(person.positions) and person.lead < person.start and person.tail == person.end
