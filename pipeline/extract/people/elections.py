"""Who comes to a seat, holds it or leaves it, as a verb says: elections, appointments, retirements, committees."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import regex

from pipeline.extract.people.findings import Findings, Person
from pipeline.extract.people.links import Links
from pipeline.extract.people.names import Names
from pipeline.extract.positions import Chain, Seat
from pipeline.facts import Position
from pipeline.rules import Rules

# an honorific and its space are at most this long (characters)
_LEAD = 14
# a name and the verb that elects its bearer stand at most this far apart (characters)
_SUBJECT = 90
# a title and the one whom a decision gives it stand at most this far apart (characters)
_GIVEN = 60
# what is elected stands right behind the verb, at most this far (characters)
_RIGHT_BEFORE = 24
# a sentence elects into at most this many committees at once
_COMMITTEES = 4


class Elections:
    """Compiled patterns of ``rules/official`` for verbs of change and holding. The people it finds get the seats."""

    def __init__(self, rules: Rules, links: Links, names: Names) -> None:
        own = rules["official"]
        self._rules = own
        self._links, self._names = links, names
        self._elect = own.pattern(r"{B}(?P<verb>{elected_verb}){E}")
        self._elect_at = own.pattern(r"(?r){B}(?:{elected_verb}){sp}")
        self._leave = own.pattern(r"{B}(?:{leave_verb}){E}")
        self._former = own.pattern(r"{B}(?:{former_verb}){E}")
        # "từng là Giám đốc A trước khi được bầu làm Chủ tịch B": only the first is over
        self._before_then = own.pattern(r"{B}(?:{before_then}){E}")
        self._passive = own.pattern(r"{B}(?:{passive}){E}")
        self._link = own.pattern(r"(?r){B}(?P<link>{link})(?:{sp}|(?<={seat_word}),[ ])(?:{acting}{sp})?")
        self._negated = own.pattern(r"(?r){B}(?:{negation}){sp}")
        self._formed = own.pattern("{B}{committee}{E}")
        # "do ông A, nhân viên cảng cá làm Chủ tịch"
        self._agent = own.pattern("(?r){B}(?:{agent}){sp}")
        self._set_off = own.pattern(r"{s}[,-]{sp}[^,;.:\"-]{3,60}?(?:{s},|[ ]-)?{sp}")
        self._not_yet = own.pattern(r"(?r){B}(?:{not_yet}){sp}(?:(?:{filler}|{passive}){sp}){0,3}")
        self._ad_hoc = own.pattern(r"(?:{ad_hoc}){E}")
        self._in_turn = own.pattern(r"{B}(?:{in_turn}){E}")
        self._until_verb = own.pattern(r"{s},?{s}(?:{filler}{sp}){1,3}")
        self._takes = own.pattern("{s}(?:{takes}){E}")
        self._doing = own.pattern("{B}(?:{agent}){sp}(?:[^,.;]{0,80}{sp})?$")
        self._span_of_time = own.pattern(
            r"{B}(?:{time_from}){sp}(?:{time_unit}{sp})?\d[\d/.-]{0,9}{sp}(?:{time_to}){sp}(?:{time_unit}{sp}){0,2}\d"
        )
        self._given_to = own.pattern(r"(?:{of_term}|,){0,3}{s}(?:(?P<said>{said_of})|{given_to}){sp}$")
        self._committee = own.rule("official.committee")
        self._more = own.pattern(r"{s}(?:,|{and_word}{E}){s}(?P<committee>{committee}){E}")
        self._held = own.pattern(
            r"{s},?{s}(?:{and_word}{sp})?(?:(?:{filler}|{elected_verb}){sp}){0,2}(?:{acting}{sp})?(?:{link}|{leave_verb}){sp}(?:{acting}{sp})?"
        )
        self._plainly = own.pattern("{aside}?{s}(?:{plainly}){sp}")
        self._formed_of = own.pattern(r"{B}{committee}{E}[^;]{0,160}?{B}(?:{frame_end}){sp}\d{1,3}{sp}{members}{E}")
        self._replace = own.pattern(r"(?r){B}(?:{replace}){sp}")
        self._clause_end = regex.compile(r"[.;:\"]")

    def is_over(self, found: Findings, person: Person, at: int) -> bool:
        """Whether the person held long ago what stands at ``at`` ("Từ năm 2000 đến năm 2006, ông A là …")."""
        if self._former.search(found.key, person.tail, at) is not None:
            # "ông A khi còn là …"
            return True
        return at - person.tail > 2 and self._long_ago(found.key, found.sentence(person.lead)[0], person.lead)

    def _long_ago(self, key: str, low: int, high: int) -> bool:
        """Whether a span of years that is over opens the clause ("Từ năm 2000 đến năm 2006, …")."""
        return self._span_of_time.search(key, low, high) is not None

    # titles behind a verb

    def given(self, found: Findings, chain: Chain) -> bool:
        """Give a chain to the one of whom it is said behind it ("của ông A", "đối với ông A"). False where none is."""
        key, last = found.key, chain.seats[-1]
        if self._rules.has("aide", key[last.title_start : last.title_end]):
            return False
        people = found.among(chain.end, chain.end + _GIVEN)
        if not people:
            return False
        low = found.sentence(chain.start)[0]
        leaves = self._leave.search(key, max(low, chain.start - 40), chain.start) is not None
        for p in people:
            gap = key[chain.end : p.lead]
            to = self._given_to.fullmatch(gap) if p.honorific else None
            tenure: str | None
            if chain.end < p.lead <= chain.end + 12 and self._links.of.fullmatch(gap):
                tenure = "leaving" if leaves else None
            elif to is not None and (leaves or self._elect.search(key, low, chain.start) is not None):
                # "quyết định chỉ định, giữ chức Chủ tịch … đối với ông A"
                tenure = "leaving" if leaves else "elected"
            elif to is not None and to["said"]:
                tenure = None
            else:
                continue
            p.hold(chain.seats, found.text, tenure)
            return True
        return False

    def elects(self, found: Findings, chain: Chain) -> bool:
        """Whether a verb of election stands right before a chain ("bầu bổ sung 2 Ủy viên Ban Chấp hành")."""
        low = max(found.sentence(chain.start)[0], chain.start - _RIGHT_BEFORE)
        verbs = list(self._elect.finditer(found.key, low, chain.start))
        return bool(verbs) and not self._clause_end.search(found.key, verbs[-1].end(), chain.start)

    def elected(self, found: Findings, chain: Chain) -> bool:
        """Give a chain after a verb of election, leaving or holding to the people whom the sentence names."""
        key = found.key
        low = found.near(chain.start)[0]
        link = self._link.match(key, max(low, chain.start - 30), chain.start)
        direct = self._elect_at.match(key, max(low, chain.start - 30), chain.start)
        if link is None and direct is None:
            return False
        if link is not None and self._is_none(key, chain, link, low):
            return True
        at = link.start() if link is not None else chain.start
        used = [c.end for c in found.chains_before(chain.start) if low < c.end and c.used]
        tenure, subjects = self._subjects(found, max([low, *used]), at, low)
        if not subjects:
            return False
        shared = [chain.seats] * len(subjects)
        if len(chain.seats) > 1 and self._in_turn.search(key, low, chain.start) is not None:
            # "A, B lần lượt giữ chức X, Y": each to each, and to nobody where their numbers differ
            if len(subjects) != len(chain.seats):
                return True
            shared = [[x] for x in chain.seats]
        for p, seats in zip(subjects, shared, strict=True):
            p.hold(seats, found.text, tenure)
        last = subjects[-1]
        if tenure == "elected" and last.tail <= at and not found.among(last.end, chain.start):
            found.reached.append((last, chain.end))
        chain.used = True
        return True

    def _is_none(self, key: str, chain: Chain, link: regex.Match[str], low: int) -> bool:
        """Whether a title behind a verb of holding gives nobody a seat."""
        if self._negated.match(key, max(low, link.start() - 16), link.start()) is not None:
            return True
        # "làm trưởng đoàn" for a visit is no office, also where the text names the delegation
        org = chain.seats[0].org_start
        only = len(chain.seats) == 1 and (org is None or org < chain.start)
        return only and self._ad_hoc.match(key, chain.start) is not None

    # whom the verb means

    def _subjects(self, found: Findings, low: int, at: int, sentence: int) -> tuple[str | None, list[Person]]:
        """Of whom a title at ``at`` is said between ``low`` and there, and how they hold it (None: they hold it)."""
        key = found.key
        apart = key.rfind(";", low, at)
        others = low > sentence and bool(found.among(apart, apart + _LEAD))
        if apart > 0 and (others or self._elect.search(key, apart, at) is not None):
            # what stands behind a semicolon with a verb of its own is told of others
            low = sentence = apart + 1
        governing = self._verb(found, low, at, sentence)
        if governing is None:
            return self._holders(found, low, at, sentence)
        verb, tenure = governing
        if objects := self._objects(found, verb, tenure, low, at):
            return tenure, objects
        p = found.before(verb.start())
        if p is not None and self._links.is_owner(key, p.lead):
            # "ông A, một đồng minh của ông B, được bầu"
            p = found.before(p.lead)
        if p is None or p.tail < sentence or verb.start() - p.tail > _SUBJECT:
            pronoun = self._names.pronoun_before(found, sentence, verb.start())
            return (tenure, [pronoun]) if pronoun is not None else (None, [])
        if tenure == "elected" and (
            self._is_future(key, verb, sentence) or self._other_between(found, p, verb.start())
        ):
            return None, []
        if tenure == "elected" and not self._passive.search(key[p.tail : max(at, verb.end())]):
            return None, []
        if self._clause_end.search(key[p.tail : verb.start()]):
            return None, []
        return tenure, self._links.group(found, p, titled=True)

    def _is_future(self, key: str, verb: regex.Match[str], sentence: int) -> bool:
        """Whether the verb tells of what will or may be ("sẽ được bầu làm")."""
        return self._not_yet.match(key, max(sentence, verb.start() - 40), verb.start()) is not None

    def _other_between(self, found: Findings, person: Person, at: int) -> bool:
        """Whether a title with a given name, of somebody else, stands between a person and ``at``."""
        names = found.reader.names
        return any(
            person.tail <= c.start and (names.given_name_of(found.key, c) or names.given_name(found.key, c.end))
            for c in found.chains_before(at)
            if not c.used
        )

    def _verb(self, found: Findings, low: int, at: int, sentence: int) -> tuple[regex.Match[str], str] | None:
        """The verb that governs a title at ``at``, and how it says the title is held."""
        key = found.key
        left = list(self._leave.finditer(key, low, at + 12))
        if left and left[-1].start() <= at:
            return left[-1], "leaving"
        was = list(self._former.finditer(key, low, at + 14))
        if was and was[-1].start() <= at and self._before_then.search(key, was[-1].end(), at) is None:
            return was[-1], "former"
        elects = [m for m in self._elect.finditer(key, sentence, min(len(key), at + 24)) if m.start() <= at]
        if not elects:
            return None
        # the verb that governs all names up to the title stands before them
        first = (m for m in elects if any(m.end() <= p.lead for p in found.among(low, at)))
        return next(first, elects[-1]), "elected"

    def _objects(self, found: Findings, verb: regex.Match[str], tenure: str, low: int, at: int) -> list[Person]:
        """Whom the sentence names between the verb and the title ("bầu ông A làm Chủ tịch")."""
        inside = [p for p in found.among(low, at) if max(verb.end(), low) <= p.lead and p.end <= at]
        if inside or tenure != "elected":
            return inside
        # the same people get a second seat: "… thôi giữ chức A để giữ chức B"
        second = [p for p in found.among(verb.end(), at) if verb.end() <= p.lead and p.end <= at]
        if second:
            return second[-1:]
        pronoun = self._names.pronoun_before(found, verb.end(), at)
        return [pronoun] if pronoun is not None else []

    def _holders(self, found: Findings, low: int, at: int, sentence: int) -> tuple[str | None, list[Person]]:
        """Who stands right before a verb of holding ("ông A làm Chủ tịch"), where no verb of change governs it."""
        key, between = found.key, self._links.between
        p = found.before(at)
        gap = key[p.tail : at] if p is not None and p.tail >= max(low, sentence) else "."
        if p is not None and self._links.is_kin(key, p.lead):
            return None, []
        set_off = p is not None and self._set_off.fullmatch(gap) and self._agent.match(key, max(0, p.lead - 8), p.lead)
        if p is not None and (set_off or between.fullmatch(gap) or self._until_verb.fullmatch(gap)):
            if self._long_ago(key, sentence, p.lead):
                return "former", self._links.group(found, p)
            # "ông A làm Chủ tịch" tells of a change, "ông A là Chủ tịch" does not
            doing = self._doing.search(key, max(0, p.lead - 90), p.lead)
            # "Ban Chấp hành lâm thời gồm 5 người, do ông A làm Chủ tịch" tells of those who come into it
            takes = self._takes.match(key, at) and (not doing or self._formed.search(key, sentence, p.lead))
            return ("elected" if takes else None), self._links.group(found, p)
        pronoun = self._names.pronoun_before(found, max(low, sentence), at)
        if pronoun is not None and between.fullmatch(key[pronoun.tail : at]) is not None:
            return "former" if self._long_ago(key, sentence, pronoun.lead) else None, [pronoun]
        return None, []

    # seats told with no word of change

    def told_plainly(self, found: Findings) -> None:
        """Those who "are" what others are elected to, or in a committee that is formed, are elected, too."""
        formed: dict[tuple[int, int], int] = {}
        for p in found.people:
            seats = [x for x in p.positions if x.start > p.end]
            if not seats or any(x.tenure != "current" for x in seats):
                continue
            if self._plainly.fullmatch(found.key, p.end, seats[0].start) is None:
                continue
            sentence = found.sentence(p.lead)
            if sentence not in formed:
                committee = self._formed_of.search(found.key, *sentence)
                formed[sentence] = len(found.key) if committee is None else committee.end()
            if formed[sentence] > p.lead and not self._with_elected(found, p, sentence[0]):
                continue
            p.positions = [dataclasses.replace(x, tenure="elected") if x in seats else x for x in p.positions]
            p.roles.add("elected")

    def _with_elected(self, found: Findings, person: Person, sentence: int) -> bool:
        """Whether the one named goes on an election of the sentence ("A làm Chủ tịch; B là Phó Chủ tịch")."""
        key = found.key
        if self._elect_at.match(key, max(sentence, person.lead - 30), person.lead) is not None:
            # "công nhận bà A là Chủ tịch"
            return True
        previous = found.before(person.lead)
        ends = [x.org_end or x.end for x in previous.positions if x.tenure == "elected"] if previous is not None else []
        end = max(ends, default=-1)
        return sentence <= end <= person.lead and self._links.join.fullmatch(key, end, person.lead) is not None

    # committees

    def committees(self, found: Findings) -> None:
        """Give the seats of committees to those whom a sentence elects into them or who leave them."""
        key = found.key
        if not found.people:
            return
        for m in self._committee.finditer(key):
            low = found.near(m.start())[0]
            left = self._leave.search(key, max(low, m.start() - 16), m.start() + 1)
            if left is not None and key[left.end() : m.start()].strip() == "":
                p = found.before(left.start())
                leaves = p is not None and p.tail >= low and left.start() - p.tail < 24
                self._seat(found, m, self._links.group(found, p) if p is not None and leaves else [], "leaving")
                continue
            if self._elect.search(key, low, m.end("committee")) is None:
                continue
            # what stands behind an election that is told already is another
            used = [
                p.end
                for q in found.among(low, m.start())
                for p in q.positions
                if low < p.end <= m.start() and (p.tenure != "current" or p.end < q.start)
            ]
            self._names.bare_between(found, low, m.start())
            tenure, people = self._subjects(found, max([low, *used]), m.start(), low)
            if tenure == "elected":
                self._seat(found, m, people, tenure)

    def _seat(self, found: Findings, first: regex.Match[str], people: Sequence[Person], tenure: str) -> None:
        """Make the people members of the committees listed from ``first`` on, all of one body."""
        if not people:
            return
        seats = self._listed_seats(found, first, tenure)
        body = seats[-1]
        if body.org_start is None:
            # "vào Ban Chấp hành và giữ chức Chủ tịch LĐLĐ tỉnh": the body stands behind the last title
            chain = found.chain_from(body.end)
            if chain is not None and self._held.fullmatch(found.key[body.end : chain.start]):
                body = chain.seats[0]
        if body.org_start is not None:
            seats = [
                dataclasses.replace(x, org_start=body.org_start, org_end=body.org_end, dropped=body.dropped)
                if x.org_start is None
                else x
                for x in seats
            ]
        for p in people:
            if not p.positions:
                p.rule_id = self._committee.id
            p.hold(seats, found.text, tenure)

    def _listed_seats(self, found: Findings, first: regex.Match[str], tenure: str) -> list[Seat]:
        """A seat for each of the committees listed from ``first`` on, with the body behind it."""
        key, titles = found.key, found.reader.titles
        named = [first]
        while len(named) < _COMMITTEES and (more := self._more.match(key, named[-1].end("committee"))) is not None:
            named.append(more)
        return [
            titles.seat(key, *m.span("committee"), str(self._rules.value("committee", m["committee"])), tenure)
            for m in named
        ]

    def _is_committee(self, found: Findings, position: Position) -> bool:
        return self._rules.has("committee", found.key[position.start : position.end])

    # who is replaced

    def replaced(self, found: Findings) -> None:
        """Who is replaced ("thay ông A") leaves the position that the sentence gives another."""
        key = found.key
        for p in found.people:
            if p.positions or p.kind == "pronoun" or not self._replace.match(key, max(0, p.lead - 16), p.lead):
                continue
            for q in found.among(*found.near(p.start)):
                gained = [x for x in q.positions if x.tenure == "elected" and not self._is_committee(found, x)]
                if gained:
                    p.positions = [dataclasses.replace(x, tenure="leaving") for x in gained]
                    break
