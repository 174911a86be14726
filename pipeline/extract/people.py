"""Officials: people named with a position, and what they do in the clause that names them.

The way of a passage: titles are found and grown into chains ("Bí thư Đảng đoàn, Chủ tịch …", each with its body), names
are found beside honorifics and chains, chains are given to names (before, after, over a verb of election), and each
person gets the roles that the words around state. All words are data of ``rules/official``.
"""

from __future__ import annotations

import bisect
import dataclasses
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import regex

from pipeline.document import Passage, Taken
from pipeline.extract.positions import TITLE_WORDS, Chain, Reader, Seat, openings
from pipeline.facts import PersonMention, Position, Refusal
from pipeline.gates import Guarded
from pipeline.rules import Rules
from pipeline.text import lower

# a clause is searched this far (characters) for what a person does
_CLAUSE = 220
# an honorific and its space are at most this long (characters)
_LEAD = 14
# a name and the verb that elects its bearer stand at most this far apart (characters)
_SUBJECT = 90
# a title and the one whom a decision gives it stand at most this far apart (characters)
_GIVEN = 60
# within a sentence nothing further away than this is looked at (characters)
_SENTENCE = 700


@dataclass(slots=True)
class _Person:
    """A person under work: ``start``/``end`` cover the name, ``lead`` to ``tail`` honorific, name and positions."""

    start: int
    end: int
    lead: int
    tail: int
    rule_id: str
    honorific: str | None = None
    kind: str = "full"  # full, short (one syllable), title (title alone), pronoun
    plural: bool = False
    # the positions are the words of the mention itself, not beside it
    positions: list[Position] = field(default_factory=list)
    roles: set[str] = field(default_factory=set)
    # what stands before the first of a list and is said of all ("Có mặt từ sớm, ông A; bà B")
    led: set[str] = field(default_factory=set)


def _anchor(titles: frozenset[str], calls: frozenset[str]) -> re.Pattern[str]:
    """Finds in small letters where a title or an honorific may begin; its last group is title, call or both."""
    groups = {"both": titles & calls, "title": titles - calls, "call": calls - titles}
    parts = []
    for name, openings_ in groups.items():
        by_letter: dict[str, dict[str, set[str]]] = {}
        for opening in sorted(openings_):
            first, _, second = opening.lower().partition(" ")
            by_letter.setdefault(first[0], {}).setdefault(first[1:], set()).add(second)
        letters = []
        for letter, words in sorted(by_letter.items()):
            tails = [
                re.escape(word)
                + r"(?![^\W_])"
                + ("" if "" in seconds else rf"(?=[\W_]+(?:{'|'.join(map(re.escape, sorted(seconds)))})(?![^\W_]))")
                for word, seconds in words.items()
            ]
            letters.append(f"{letter}(?:{'|'.join(tails)})")
        if letters:
            parts.append(f"(?P<{name}>{'|'.join(letters)})")
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(parts)})")


class PeopleExtractor:
    """Finds people with positions in one block. Holds no state but its compiled rules."""

    def __init__(self, rules: Rules) -> None:
        own = rules["official"]
        self._reader = Reader(rules)
        self._named = own.rule("official.named")
        self._pronoun = own.rule("official.pronoun")
        self._committee = own.rule("official.committee")
        self._rules = own
        self._titles = openings(w for name in TITLE_WORDS for w in own.lexicon[name])
        self._initials = {w[0] for w in own.lexicon["pronoun"]}
        self._calls = openings(w for name in ("honorific", "plural", "degree") for w in own.lexicon[name])
        self._anchor = _anchor(self._titles, self._calls)
        self._of_ends = tuple(own.lexicon["of_person"])
        self._together_ends = tuple(own.lexicon["together"])
        self._welcome_ends = tuple(own.lexicon["welcome"])
        self._welcome = own.pattern("{B}{welcome}{sp}$")
        self._between = own.pattern(
            r"{aside}?{s}(?:[,(:-]{s})?(?:(?:{filler}{sp}){0,2}(?:{holds}){sp})?(?:{degrees}{0,3},?{s})?"
        )
        self._before = own.pattern(r"(?r){B}(?P<run>{run}){aside}?{s}[,(:-]{s}")
        self._pair = own.pattern(r"(?r){B}(?P<run>{run}){sp}(?:{list_and}){sp}")
        self._lists = own.pattern(
            r"{s}[,;]?{s}(?:(?:{list_and}){sp})?(?:{plural}{s}:?{sp})?(?:(?P<honorific>{honorific}){sp})?(?:{degrees}{0,3})"
        )
        self._join = own.pattern(
            r"{s}[,;]?{s}(?:(?:{list_and}){sp})?(?:{plural}{s}:?{s})?(?:{honorific}{sp})?(?:{degrees}{0,3})"
        )
        self._and_join = own.pattern(r"{s}[,;]?{s}{and_word}{sp}")
        self._colleague = own.pattern(r"(?:{colleague}){E}|{degrees}")
        self._several = own.pattern(r"{several_hold}{E}")
        self._item_begins = own.pattern(r"(?r)(?:;|{B}(?:{frame_end})(?:{s}:)?){s}")
        self._until_verb = own.pattern(r"{s},?{s}(?:{filler}{sp}){1,3}")
        self._given = own.pattern(r"\p{Lu}[\p{Ll}]{1,7}(?=,|[ ]\p{Ll})")
        self._quoted_before = own.pattern(r"\"[^\"]{40,400}\"{s},{s}$")
        self._verb_first = own.pattern(r"[.;:]?{s}(?:{filler}{sp}){0,2}(?P<cue>{cue}){sp}(?:[\p{Ll} ]{2,40}[ ])?")
        self._along = own.pattern(r"{B}(?P<cue>{cue})(?:{sp}[^,.;:]{0,30})?,{s}{together}{sp}$")
        self._degrees_end = own.pattern(r"(?r){B}{degrees}{1,3}")
        self._negated = own.pattern(r"(?r){B}(?:{negation}){sp}")
        self._span_of_time = own.pattern(
            r"{B}(?:{time_from}){sp}(?:{time_unit}{sp})?\d[\d/.-]{0,9}{sp}(?:{time_to}){sp}(?:{time_unit}{sp}){0,2}\d"
        )
        self._is_called = own.pattern(r"{s}{are}{s}:?{s}")
        self._in_turn = own.pattern(r"{B}(?:{in_turn}){E}")
        self._in_turn_are = own.pattern(r"{s}(?:{in_turn}){sp}(?:{are}){s}:?{s}")
        self._next_listed = own.pattern(r"[^.:\n]{0,60};{s}(?:{list_and}{sp})?(?:{degrees}{0,3})")
        self._headed = own.pattern(r"(?r){B}(?:{unit_head}{sp}(?P<noun>{shared_noun})|(?P<team>{team}){sp}{unit_head})")
        self._plain_team = own.pattern(r"{plain_team}")
        self._link = own.pattern(r"(?r){B}(?P<link>{link}){sp}(?:{acting}{sp})?")
        self._doing = own.pattern("{B}(?:{agent}){sp}(?:[^,.;]{0,80}{sp})?$")
        self._takes = own.pattern("{s}(?:{takes}){E}")
        self._of = own.pattern(r"{s}{of_person}{sp}$")
        self._given_to = own.pattern(r"(?:{of_term}|,){0,3}{s}(?:(?P<said>{said_of})|{given_to}){sp}$")
        self._kin = own.pattern(r"(?r){B}{kin}{sp}(?:{of_person}{sp})?")
        self._elect = own.pattern(r"{B}(?P<verb>{elected_verb}){E}")
        self._elect_at = own.pattern(r"(?r){B}(?:{elected_verb}){sp}")
        self._passive = own.pattern(r"{B}(?:{passive}){E}")
        self._leave = own.pattern(r"{B}(?:{leave_verb}){E}")
        self._retires = own.pattern(r"{aside}?,?{s}(?:(?:{filler}{sp}){0,2})(?:{retire_verb}){E}")
        self._ad_hoc = own.pattern(r"(?:{ad_hoc}){E}")
        self._more = own.pattern(r"{s}(?:,|{and_word}{E}){s}(?P<committee>{committee}){E}")
        self._held = own.pattern(
            r"{s},?{s}(?:{and_word}{sp})?(?:(?:{filler}|{elected_verb}){sp}){0,2}(?:{acting}{sp})?(?:{link}|{leave_verb}){sp}(?:{acting}{sp})?"
        )
        self._named_body = own.pattern(r"{B}(?:{named_body}|{enterprise}){E}")
        self._ends_in_place = own.pattern(r"{B}{place_word}$")
        self._former = own.pattern(r"{B}(?:{former_verb}){E}")
        self._replace = own.pattern(r"(?r){B}(?:{replace}){sp}")
        self._many = own.pattern(r"(?r){B}(?:{many}|\d{1,4}){sp}")
        self._colon = own.pattern(r"{s}:{s}")
        self._cue = Guarded(own.pattern(r"(?!(?:{not_cue}){E})(?P<cue>{cue}){E}"))
        self._skip = own.pattern(
            r"(?:{aside}|{of_term}|{of_place}|[ ,\")-]){0,6}"
            r"(?:(?:{filler}{E}[ ,]{0,2}){0,2}"
            r"(?:{on_behalf}|{list_and}{sp}(?:(?:{honorific}{sp})?{companions}|[\d/.]{1,8}))"
            r"{sp}[^,.;:\"]{2,70}?[ ](?:{filler}{sp}){0,3}(?=(?!(?:{not_cue}){E}){cue}{E})"
            r"|(?:{filler}{E}[ ,]{0,2}){0,5})"
        )
        self._quote = own.pattern(r"(?:{s},)?{s}(?:-{s})?(?:{manner}{s})?:{s}\"")
        self._and_then = own.pattern(r"{s}(?:,|;|-|{list_and}{E})")
        self._next = own.pattern(r"{s}(?:,|;|-)?{s}(?:{filler}{sp}){0,4}(?!(?:{not_cue}){E})(?={cue}{E})")
        self._coordinate = own.pattern(
            r"(?:[,;]|{B}(?:{list_and}){E}){s}(?:{filler}{sp}){0,4}(?!(?:{not_cue}){E})(?={cue}{E})"
        )
        self._frame = own.pattern(
            r"(?:\G{s}|[.,;:\"“-]{s}|{B}(?:{frame_head}){sp})(?:{filler}{sp}){0,3}(?!(?:{not_cue}){E})(?P<cue>{cue}){E}(?P<rest>[^;]{0,140}?)"
            r"(?P<end>(?:{B}(?:{frame_end}){E}|:){s}:?)"
        )
        self._participle = own.pattern(
            r"(?:^{s}|[.;,:\"-]{s})(?:{filler}{sp}){0,3}(?P<cue>{cue}){E}(?:(?!{others_act})[^;:\"]){0,160}?,{s}$"
        )
        self._presence = own.pattern(
            r"{B}(?:{presence}){sp}(?P<cue>{cue}|{presence_cue})(?:{sp}[^,.;]{0,40})?{sp}(?:{of_person}){sp}$"
        )
        self._side = own.pattern(
            r"{B}(?:{delegation}{s}:|(?:(?P<about>{side_of})|{side})(?!{sp}{there}{E}){sp}(?P<org>[^.;:]{2,90}?){B}(?:{frame_end}){E}{s}:?)"
        )
        self._union = own.pattern("(?:{union_body}){E}")
        self._theo = own.pattern(r"(?r){B}(?:{according}){sp}")
        self._stop = own.pattern(r"[.!?…]{1,3}[\"')]{0,2}(?=[ ]{1,3}[\p{Lu}\"'(\p{N}-])")
        self._abbreviation = own.pattern(r"(?r){B}(?:{abbreviation}|\p{Lu})")
        self._alone = own.pattern(r"(?r)(?:^|[.,;:!?\"(-]{s}|{B}(?:{alone_after}){sp})")
        self._honorific_before = own.pattern(r"(?r){B}(?P<honorific>{honorific}){sp}(?:{degrees}{0,3})")

    def __call__(self, passage: Passage, taken: Taken) -> list[PersonMention | Refusal]:
        """People of the passage in reading order, those without a position too, for short mentions to join."""
        titles, calls = [], []
        for m in self._anchor.finditer(lower(passage.key)):
            if m.lastgroup != "call":
                titles.append(m.start())
            if m.lastgroup != "title":
                calls.append(m.start())
        if not titles and not calls:
            return []
        return list(_Work(self, passage, titles, calls).run())


class _Work:
    """One passage on its way through the extractor."""

    def __init__(self, owner: PeopleExtractor, passage: Passage, titles: list[int], calls: list[int]) -> None:
        self.o = owner
        self.titles, self.calls = titles, calls
        self.text, self.key = passage.text, passage.key
        self.reader = owner._reader.on(passage.words)
        self.people: list[_Person] = []  # always in the order of the text
        self.sentences = self._sentences()
        # people and the end of the title to which they were elected: what they do stands behind it
        self.reached: list[tuple[_Person, int]] = []
        self.frames: dict[int, list[tuple[int, set[str]]]] = {}
        self.sides: dict[int, list[regex.Match[str]]] = {}

    def run(self) -> Iterator[PersonMention]:
        self.chains = [self._named_unit(c) for c in self.reader.chains(self.key, self.titles)]
        self.chain_starts = [c.start for c in self.chains]
        self._find_named()
        free = [c for c in self.chains if not self._beside(c)]
        free = [c for c in free if not self._elected(c)]
        self._committees()
        for person, end in self.reached:
            person.tail = max(person.tail, end)
        for chain in free:
            if (
                given := self.reader.given_name_of(self.key, chain) or self.reader.given_name(self.key, chain.end)
            ) is not None:
                self._add(_Person(*given, chain.start, given[1], "official.title", kind="short"))
                continue
            self._alone(chain)
        self._pronouns()
        self._replaced()
        self._roles()
        for p in self.people:
            told = any(s.tenure != "current" for s in p.positions) if p.kind == "title" else bool(p.positions)
            if p.kind != "full" and not p.roles and not told:
                continue
            yield PersonMention(
                start=p.start,
                end=p.end,
                rule_id=p.rule_id,
                name=" ".join(self.text[p.start : p.end].split()),
                honorific=p.honorific,
                positions=tuple(p.positions),
                roles=tuple(sorted(p.roles)),
                is_short=p.kind != "full",
            )

    def _named_unit(self, chain: Chain) -> Chain:
        """The unit that the sentence names before a title that only says "of it" ("Ban A do bà B làm Trưởng ban")."""
        for i, seat in enumerate(chain.seats):
            if seat.org_start is not None or seat.implied is not None:
                continue
            headed = self.o._headed.match(self.key, seat.title_start, seat.title_end)
            if headed is None:
                continue
            noun = (headed["noun"] or headed["team"]).lower()
            low = self._sentence(seat.start)[0]
            at = self.key.rfind(f"{noun[0].upper()}{noun[1:]} ", low, chain.start)
            if at < 0 and headed["team"]:
                at = self.key.rfind(f" {noun} ", low, chain.start) + 1
            org = self.reader.body(self.key, at) if at > 0 else None
            if org is not None and org[1] > at + len(noun) and not self.o._plain_team.fullmatch(self.key, *org):
                chain.seats[i] = dataclasses.replace(seat, org_start=org[0], org_end=org[1])
        return chain

    # people in order

    def _add(self, person: _Person) -> None:
        bisect.insort(self.people, person, key=lambda p: p.start)

    def _at(self, start: int) -> int:
        """The index of the first person whose name begins at ``start`` or later."""
        return bisect.bisect_left(self.people, start, key=lambda p: p.start)

    def _among(self, low: int, high: int) -> list[_Person]:
        """The people whose names begin in ``[low, high)``."""
        return self.people[self._at(low) : self._at(high)]

    def _chain_over(self, at: int) -> Chain | None:
        i = bisect.bisect_right(self.chain_starts, at) - 1
        return self.chains[i] if i >= 0 and at < self.chains[i].end else None

    # sentences

    def _sentences(self) -> list[int]:
        starts = [0]
        for m in self.o._stop.finditer(self.key):
            if self.key[m.start()] == "." and self.o._abbreviation.match(self.key, max(0, m.start() - 12), m.start()):
                continue
            starts.append(m.end())
        return starts

    def _sentence(self, at: int) -> tuple[int, int]:
        i = bisect.bisect_right(self.sentences, at) - 1
        end = self.sentences[i + 1] if i + 1 < len(self.sentences) else len(self.key)
        return self.sentences[i], end

    # names

    def _find_named(self) -> None:
        o, key = self.o, self.key
        at = 0
        for call in self.calls:
            if call < at or (m := o._named.match(key, call)) is None:
                continue
            certain = bool(m["honorific"]) and o._rules.has("certain", m["honorific"])
            span = self.reader.name_at(key, *m.span("run"), trusted=True, certain=certain)
            if span is None and m["honorific"] and o._given.match(key, m.start("run")) is not None:
                # "ông Quyền", "bà Lễ": a given name that is a common word as well
                span = m.span("run")
            if span is None:
                continue
            start, end = span
            at = end
            if self._chain_over(start) is not None:
                continue
            honorific = m["honorific"] or m["plural"]
            short = " " not in key[start:end]
            if short and not (m["honorific"] and o._rules.has("short_honorific", m["honorific"])):
                continue
            self._add(
                _Person(
                    start,
                    end,
                    m.start(),
                    end,
                    o._named.id,
                    honorific and self._said(honorific),
                    "short" if short else "full",
                    bool(m["plural"]),
                )
            )
            if m["plural"]:
                self._list_names(end, honorific and self._said(honorific))

    def _said(self, honorific: str) -> str:
        return " ".join(honorific.split())

    def _list_names(self, at: int, honorific: str | None) -> list[_Person]:
        """Bare names that go on a list begun under a plural honorific or title ("A, B và C")."""
        found: list[_Person] = []
        for _ in range(40):
            m = self.o._lists.match(self.key, at)
            if m is None or m.end() == at or m["honorific"]:
                break
            span = self.reader.name_at(self.key, m.end(), min(len(self.key), m.end() + 60), trusted=False)
            if span is None or " " not in self.key[span[0] : span[1]]:
                break
            found.append(_Person(span[0], span[1], span[0], span[1], "official.bare", honorific, plural=True))
            self._add(found[-1])
            at = span[1]
        return found

    def _person_before(self, at: int) -> _Person | None:
        i = self._at(at)
        for p in reversed(self.people[max(0, i - 4) : i]):
            if p.tail <= at:
                return p
        return None

    # chains to people

    def _beside(self, chain: Chain) -> bool:
        """Give a chain to the name before or after it. False where neither stands there."""
        o, key = self.o, self.key
        seats = list(chain.seats)
        done = False
        before = self._name_before(chain)
        after = None
        if chain.name is not None:
            after = _Person(*chain.name, chain.start, chain.name[1], "official.title")
            known = next(iter(self._among(chain.name[0], chain.name[0] + 1)), None)
            if known is not None:
                after = known
        if before is not None and after is not None and self._owns_name(before, seats):
            # "ông A, Giám đốc Công ty B C": what looks like a second name ends the body's own
            seats[-1] = dataclasses.replace(seats[-1], end=after.end, org_end=after.end)
            after = None
        if before is not None and after is not None:
            # where the list has its titles before the names, all of them are the next one's
            led = before.positions and before.lead < before.start and before.tail == before.end
            mine, seats = (seats[:-1], seats[-1:]) if len(seats) > 1 and not led else ([], seats)
            if mine:
                self._give(before, mine, mine[-1].end)
            done = True
        elif before is not None and self._in_titled_list(before, chain):
            # "Bí thư A, Phó Chủ tịch B": in a list of titles with names behind them this one's name is not read
            return True
        elif before is not None:
            if (left := o._retires.match(key, chain.end)) is not None:
                # "ông A, Phó Chủ tịch LĐLĐ tỉnh (cũ) nghỉ hưu": the seat nearest to the verb is left
                seats[-1] = dataclasses.replace(seats[-1], tenure="leaving")
                chain.end = left.end()
            once = o._former.search(key, before.tail, chain.start) is not None
            if once or (chain.start - before.tail > 2 and self._long_ago(self._sentence(before.lead)[0], before.lead)):
                # "Từ năm 2000 đến năm 2006, ông A là …", "ông A khi còn là …"
                seats = [dataclasses.replace(x, tenure="former") if x.tenure == "current" else x for x in seats]
            self._give(before, seats, chain.end)
            self._share(before)
            return True
        if after is not None:
            self._give_after(after, seats, chain)
            return True
        return self._behind(chain) or done

    def _in_titled_list(self, person: _Person, chain: Chain) -> bool:
        """Whether the person stands in a list in which each title has its name behind it, and before ``chain``."""
        if not person.positions or person.lead >= person.start or person.tail > person.end:
            return False
        if self.key[person.end : chain.start].strip() != ",":
            return False
        previous = self._person_before(person.lead)
        return (
            previous is not None
            and bool(previous.positions)
            and previous.lead < previous.start
            and previous.tail == previous.end
            and previous.positions[0].start < previous.start
            and self.key[previous.tail : person.lead].strip() == ","
        )

    def _owns_name(self, person: _Person, seats: Sequence[Seat]) -> bool:
        """Whether the last seat's body may bear a name like a person's, its holder being named before."""
        start, end = seats[-1].org_start, seats[-1].org_end
        if start is None or end is None or person.positions:
            return False
        if self.o._kin.match(self.key, max(0, person.lead - 24), person.lead) is not None:
            # "cháu rể của ông A, chủ tịch Tập đoàn B C": the name behind is the holder's
            return False
        if self.o._ends_in_place.search(self.key, start, end) is not None:
            return True
        return person.rule_id == self.o._named.id and self.o._named_body.search(self.key, start, end) is not None

    def _give_after(self, person: _Person, seats: Sequence[Seat], chain: Chain) -> None:
        """Give a chain to the name right behind it, and to the names listed with that under one title."""
        o, key = self.o, self.key
        person.lead = min(person.lead, seats[0].start)
        person.positions.extend(s.position(self.text) for s in seats)
        if person not in self.people:
            self._add(person)
        h = o._honorific_before.match(key, max(0, seats[0].start - 24), seats[0].start)
        if h is not None and person.honorific is None:
            person.honorific, person.lead = self._said(h["honorific"]), h.start()
        if o._many.match(key, max(0, chain.start - 24), chain.start):
            for p in self._list_names(person.end, person.honorific):
                p.positions.extend(s.position(self.text) for s in seats)

    def _behind(self, chain: Chain) -> bool:
        """Give a chain to the names listed behind it, or to the one set off by a comma or "của"."""
        o, key, seats = self.o, self.key, chain.seats
        # "Phó Chủ tịch LĐLĐ tỉnh: A, B và C", "thôi chức Chủ tịch của ông A"
        colon = o._colon.match(key, chain.end)
        if colon is not None and len(seats) == 1:
            named = next(
                (p for p in self._among(colon.end(), colon.end() + 40) if colon.end() in (p.lead, p.start)), None
            )
            group = [named] if named is not None else self._list_names_at(colon.end())
            for p in group:
                if not p.positions:
                    p.positions.extend(s.position(self.text) for s in seats)
            if group:
                return True
        if (called := self._called_behind(chain)) is not None:
            called.lead = seats[0].start
            called.positions.extend(x.position(self.text) for x in seats)
            return True
        in_turn = o._in_turn_are.match(key, chain.end)
        if in_turn is not None and len(seats) > 1:
            if len(group := self._names_from(in_turn.end())) == len(seats):
                for p, x in zip(group, seats, strict=True):
                    p.positions.append(x.position(self.text))
            return True
        return self._given(chain)

    def _given(self, chain: Chain) -> bool:
        """Give a chain to the one of whom it is said behind it ("của ông A", "đối với ông A")."""
        o, key, seats = self.o, self.key, chain.seats
        last = seats[-1]
        aide = o._rules.has("aide", key[last.title_start : last.title_end])
        for p in () if aide else self._among(chain.end, chain.end + _GIVEN):
            gap = key[chain.end : p.lead]
            s, _ = self._sentence(chain.start)
            leaves = o._leave.search(key, max(s, chain.start - 40), chain.start) is not None
            given = o._given_to.fullmatch(gap) if p.honorific else None
            tenure: str | None
            if chain.end < p.lead <= chain.end + 12 and o._of.fullmatch(gap):
                tenure = "leaving" if leaves else None
            elif given is not None and (leaves or o._elect.search(key, s, chain.start) is not None):
                # "quyết định chỉ định, giữ chức Chủ tịch … đối với ông A"
                tenure = "leaving" if leaves else "elected"
            elif given is not None and given["said"]:
                tenure = None
            else:
                continue
            p.positions.extend(x.position(self.text, tenure) for x in seats)
            if tenure == "elected":
                p.roles.add("elected")
            return True
        return False

    def _called_behind(self, chain: Chain) -> _Person | None:
        """Whom an honorific or a rank calls behind the chain ("Chủ tịch Hội bà A", "Trưởng Công an, Thượng tá A")."""
        key = self.key
        first = self._sentence(chain.start)[0] == chain.start or key[chain.start - 2 : chain.start] == "; "
        opens = first or self.o._theo.match(key, max(0, chain.start - 12), chain.start) is not None
        for p in self._among(chain.end, chain.end + 40):
            if p.positions or not (p.honorific or p.lead < p.start):
                continue
            gap = key[chain.end : p.lead]
            called = p.honorific and (gap == " " or self.o._is_called.fullmatch(gap) is not None)
            if called or (opens and not p.plural and gap in (", ", ",")):
                return p
        return None

    def _names_from(self, at: int) -> list[_Person]:
        """The people listed from ``at`` on, with honorifics or without."""
        first = next((p for p in self._among(at, at + 40) if at in (p.lead, p.start)), None)
        group = [first] if first is not None else self._list_names_at(at)
        while group:
            near = self._among(group[-1].end, group[-1].end + 60)
            if not near or self.o._join.fullmatch(self.key[group[-1].end : near[0].start]) is None:
                break
            group.append(near[0])
        return group

    def _list_names_at(self, at: int) -> list[_Person]:
        span = self.reader.name_at(self.key, at, min(len(self.key), at + 60), trusted=False)
        if span is None or " " not in self.key[span[0] : span[1]]:
            return []
        first = _Person(span[0], span[1], span[0], span[1], "official.bare", plural=True)
        self._add(first)
        return [first, *self._list_names(span[1], None)]

    def _give(self, person: _Person, seats: Sequence[Seat], end: int) -> None:
        person.positions.extend(s.position(self.text) for s in seats)
        person.tail = max(person.tail, end)

    def _share(self, person: _Person) -> None:
        """One title for many: names joined before the one that bears it, under a plural honorific."""
        if not person.plural:
            self._share_with_one(person)
            return
        seats = list(person.positions)
        current = person
        while True:
            previous = self._person_before(current.start)
            if previous is None or previous is current or previous.positions or not previous.plural:
                return
            if (
                not self.o._join.fullmatch(self.key[previous.tail : current.start])
                or ";" in self.key[previous.tail : current.start]
            ):
                return
            previous.positions.extend(seats)
            current = previous

    def _share_with_one(self, person: _Person) -> None:
        """A seat that several hold is also that of who is joined before ("bà A và ông B, Phó Chủ tịch LĐLĐ tỉnh")."""
        o, key = self.o, self.key
        previous = self._person_before(person.lead)
        if previous is None or previous.positions or previous.kind != "full" or previous.plural:
            return
        alike = o._colleague.match(key, previous.lead) and o._colleague.match(key, person.lead)
        if len(person.positions) > 1 or not alike:
            return
        joined = key[previous.tail : person.lead]
        listed = joined == ", " and o._item_begins.match(key, max(0, previous.lead - 12), previous.lead) is not None
        if (listed or o._and_join.fullmatch(joined)) and o._several.match(key, person.positions[0].start):
            previous.positions.extend(person.positions)

    def _name_before(self, chain: Chain) -> _Person | None:
        key = self.key
        person = self._person_before(chain.start)
        if person is not None and chain.start - person.tail <= 90:
            gap = key[person.tail : chain.start]
            if (
                self.o._between.fullmatch(gap)
                and (gap.strip() or chain.seats[0].tenure == "former")
                and not (person.positions and "," not in gap and "-" not in gap)
            ):
                return person
            if person.tail > chain.start - 60 and not self.o._before.match(key, person.tail, chain.start):
                return None
        low = max(0, chain.start - 120, 0 if person is None else person.tail)
        m = self.o._before.match(key, low, chain.start)
        if m is None:
            return None
        if self._chain_over(m.start("run")) is not None:
            return None
        # in a list of people ("…; Cà Thị Bun, Phó Chủ tịch …") any capitals will do
        run = m.span("run")
        listed = (
            person is not None
            and bool(person.positions)
            and key.count(" ", *run) in (2, 3)
            and self.o._next_listed.fullmatch(key, person.tail, run[0]) is not None
        )
        span = self.reader.name_at(key, *run, trusted=listed)
        if span is None or span[1] != m.end("run") or " " not in key[span[0] : span[1]]:
            return None
        if not self._alone_at(span[0]):
            return None
        found = _Person(span[0], span[1], span[0], span[1], "official.bare")
        self._add(found)
        self._joined_before(found, low)
        return found

    def _joined_before(self, person: _Person, low: int) -> None:
        """The bare name joined to a bare name ("…; A và B, Phó Chủ tịch"): both hold what stands behind them."""
        m = self.o._pair.match(self.key, low, person.start)
        if m is None or self._chain_over(m.start("run")) is not None:
            return
        span = self.reader.name_at(self.key, m.start("run"), m.end("run"), trusted=False)
        if span is None or span[1] != m.end("run") or " " not in self.key[span[0] : span[1]]:
            return
        if self._alone_at(self._degrees_before(span[0])):
            person.plural = True
            self._add(_Person(span[0], span[1], span[0], span[1], "official.bare", plural=True))

    def _alone_at(self, at: int) -> bool:
        return at == 0 or self.o._alone.match(self.key, max(0, at - 30), at) is not None

    def _degrees_before(self, at: int) -> int:
        """Where the degrees begin that stand right before a name at ``at``; ``at`` where there are none."""
        m = self.o._degrees_end.match(self.key, max(0, at - 40), at)
        return m.start() if m is not None else at

    # elections

    def _elected(self, chain: Chain) -> bool:
        """Give a chain after a verb of election, leaving or holding to the people whom the sentence names."""
        o, key = self.o, self.key
        s = max(self._sentence(chain.start)[0], chain.start - _SENTENCE)
        link = o._link.match(key, max(s, chain.start - 30), chain.start)
        direct = o._elect_at.match(key, max(s, chain.start - 30), chain.start)
        if link is None and direct is None:
            return False
        seat = chain.seats[0]
        if link is not None and o._negated.match(key, max(s, link.start() - 16), link.start()) is not None:
            return True
        if link is not None and len(chain.seats) == 1 and seat.org_start is None and o._ad_hoc.match(key, chain.start):
            # "làm trưởng đoàn" for a visit is no office
            return True
        at = link.start() if link is not None else chain.start
        i = bisect.bisect_left(self.chain_starts, chain.start)
        low = max([s, *(c.end for c in self.chains[max(0, i - 12) : i] if s < c.end and c.used)])
        tenure, subjects = self._subjects(low, at, s)
        if not subjects:
            return False
        shared = [chain.seats] * len(subjects)
        if len(chain.seats) > 1 and o._in_turn.search(key, min(s, chain.start), chain.start) is not None:
            # "A, B lần lượt giữ chức X, Y": each to each, and to nobody where their numbers differ
            if len(subjects) != len(chain.seats):
                return True
            shared = [[x] for x in chain.seats]
        for p, seats in zip(subjects, shared, strict=True):
            p.positions.extend(x.position(self.text, tenure) for x in seats)
            if tenure == "elected":
                p.roles.add("elected")
        last = subjects[-1]
        if tenure == "elected" and last.tail <= at and not self._among(last.end, chain.start):
            self.reached.append((last, chain.end))
        chain.used = True
        return True

    def _subjects(self, low: int, at: int, sentence: int) -> tuple[str | None, list[_Person]]:
        o, key = self.o, self.key
        apart = key.rfind(";", low, at)
        others = low > sentence and bool(self._among(apart, apart + _LEAD))
        if apart > 0 and (others or o._elect.search(key, apart, at) is not None):
            # what stands behind a semicolon with a verb of its own is told of others
            low = sentence = apart + 1
        left = list(o._leave.finditer(key, low, at + 12))
        if left and left[-1].start() <= at:
            verb, tenure = left[-1], "leaving"
        elif (was := list(o._former.finditer(key, low, at + 14))) and was[-1].start() <= at:
            verb, tenure = was[-1], "former"
        elif found := [m for m in o._elect.finditer(key, sentence, min(len(key), at + 24)) if m.start() <= at]:
            verb, tenure = found[-1], "elected"
            for m in found:  # the verb that governs all names up to the title stands before them
                if any(m.end() <= p.lead for p in self._among(low, at)):
                    verb = m
                    break
        else:
            return self._holders(low, at, sentence)
        inside = [p for p in self._among(low, at) if max(verb.end(), low) <= p.lead and p.end <= at]
        if not inside and tenure == "elected":
            # the same people get a second seat: "… thôi giữ chức A để giữ chức B"
            inside = [p for p in self._among(verb.end(), at) if verb.end() <= p.lead and p.end <= at][-1:]
        if not inside and tenure == "elected" and (object_ := self._pronoun_before(verb.end(), at)) is not None:
            inside = [object_]
        if inside:
            return tenure, inside
        p = self._person_before(verb.start())
        if p is not None and self._owns(p):
            # "ông A, một đồng minh của ông B, được bầu"
            p = self._person_before(p.lead)
        if p is None or p.tail < sentence or verb.start() - p.tail > _SUBJECT:
            pronoun = self._pronoun_before(sentence, verb.start())
            return (tenure, [pronoun]) if pronoun is not None else (None, [])
        gap = key[p.tail : max(at, verb.end())]
        if tenure == "elected" and not o._passive.search(gap):
            return None, []
        if regex.search(r"[.;:\"]", key[p.tail : verb.start()]):
            return None, []
        return tenure, self._group(p, titled=True)

    def _holders(self, low: int, at: int, sentence: int) -> tuple[str | None, list[_Person]]:
        """Who stands right before a verb of holding ("ông A làm Chủ tịch"), where no verb of change governs it."""
        o, key = self.o, self.key
        p = self._person_before(at)
        gap = key[p.tail : at] if p is not None and p.tail >= max(low, sentence) else "."
        if p is not None and (o._between.fullmatch(gap) or o._until_verb.fullmatch(gap)):
            if self._long_ago(sentence, p.lead):
                return "former", self._group(p)
            # "ông A làm Chủ tịch" tells of a change, "ông A là Chủ tịch" does not
            takes = o._takes.match(key, at) and not o._doing.search(key, max(0, p.lead - 90), p.lead)
            return ("elected" if takes else None), self._group(p)
        pronoun = self._pronoun_before(max(low, sentence), at)
        if pronoun is not None and o._between.fullmatch(key[pronoun.tail : at]) is not None:
            return "former" if self._long_ago(sentence, pronoun.lead) else None, [pronoun]
        return None, []

    def _long_ago(self, low: int, high: int) -> bool:
        """Whether a span of years that is over opens the clause ("Từ năm 2000 đến năm 2006, …")."""
        return self.o._span_of_time.search(self.key, low, high) is not None

    def _pronoun_before(self, low: int, at: int) -> _Person | None:
        found = [
            m
            for m in self.o._pronoun.finditer(self.key, low, at + 1)
            if not self.o._many.match(self.key, max(0, m.start() - 16), m.start())
        ]
        if not found or at - found[-1].end() > 40:
            return None
        m = found[-1]
        known = self._among(m.start(), m.start() + 1)
        if known:
            return known[0]
        p = _Person(
            m.start("honorific"),
            m.end("honorific"),
            m.start(),
            m.end("honorific"),
            self.o._pronoun.id,
            self._said(m["honorific"]),
            "pronoun",
        )
        self._add(p)
        return p

    def _group(self, person: _Person, titled: bool = False) -> list[_Person]:
        """The person and those joined before it ("A, B và C được bầu").

        ``titled``: all of them may bear titles of their own ("A, Trưởng phòng X, và B, Trưởng phòng Y được bầu").
        """
        group = [person]
        through = False
        while True:
            first = group[0]
            previous = self._person_before(first.lead)
            if previous is None or self._quoted(previous) or self._owns(previous):
                return group
            joined = self.key[previous.tail : first.start]
            if not self.o._join.fullmatch(joined):
                return group
            if previous.positions or first.positions:
                through = through or self.o._and_join.match(joined) is not None
                if not (titled and through and previous.positions and first.positions):
                    return group
            group.insert(0, previous)

    def _owns(self, person: _Person) -> bool:
        """Whether the person stands behind a word of belonging ("theo đề nghị của ông A, …"): no subject."""
        return self.o._of.search(self.key, max(0, person.lead - 8), person.lead) is not None

    def _quoted(self, person: _Person) -> bool:
        """Whether the sentence only reports what the person says ("Theo ông A, …")."""
        return self.o._theo.match(self.key, max(0, person.lead - 16), person.lead) is not None

    def _committees(self) -> None:
        o, key = self.o, self.key
        if not self.people:
            return
        for m in o._committee.finditer(key):
            s = max(self._sentence(m.start())[0], m.start() - _SENTENCE)
            left = o._leave.search(key, max(s, m.start() - 16), m.start() + 1)
            if left is not None and key[left.end() : m.start()].strip() == "":
                p = self._person_before(left.start())
                group = self._group(p) if p is not None and p.tail >= s and left.start() - p.tail < 24 else []
                self._seat(m, group, "leaving")
                continue
            if o._elect.search(key, s, m.end("committee")) is None:
                continue
            used = [p.end for q in self._among(s, m.start()) for p in q.positions if s < p.end <= m.start()]
            self._bare_between(s, m.start())
            tenure, people = self._subjects(max([s, *used]), m.start(), s)
            if tenure == "elected":
                self._seat(m, people, "elected")

    def _seat(self, m: regex.Match[str], people: list[_Person], tenure: str) -> None:
        """Make the people members of the committees listed from ``m`` on, all of one body."""
        o, key = self.o, self.key
        named = [m]
        while len(named) < 4 and (more := o._more.match(key, named[-1].end("committee"))) is not None:
            named.append(more)
        seats = []
        for x in named:
            title = str(o._rules.value("committee", x["committee"]))
            seats.append(self.reader.seat(key, x.start("committee"), x.end("committee"), title, tenure))
        body = seats[-1]
        if body.org_start is None:
            # "vào Ban Chấp hành và giữ chức Chủ tịch LĐLĐ tỉnh": the body stands behind the last title
            i = bisect.bisect_left(self.chain_starts, body.end)
            if i < len(self.chains) and o._held.fullmatch(key[body.end : self.chains[i].start]):
                body = self.chains[i].seats[0]
        if body.org_start is not None:
            seats = [
                dataclasses.replace(x, org_start=body.org_start, org_end=body.org_end, dropped=body.dropped)
                if x.org_start is None
                else x
                for x in seats
            ]
        for p in people:
            if not p.positions:
                p.rule_id = o._committee.id
            p.positions.extend(x.position(self.text) for x in seats)
            if tenure == "elected":
                p.roles.add("elected")

    def _bare_between(self, low: int, high: int) -> None:
        """Names of a list in which only the first bears an honorific ("các đồng chí A, B; C")."""
        for p in self._among(low, high):
            at = p.tail
            for _ in range(60):
                m = self.o._lists.match(self.key, at)
                if m is None or m.end() == at or m.end() >= high:
                    break
                if self._among(m.end(), m.end() + 1):
                    break
                span = self.reader.name_at(self.key, m.end(), min(high, m.end() + 60), trusted=False)
                if span is None or " " not in self.key[span[0] : span[1]]:
                    break
                self._add(_Person(span[0], span[1], m.end(), span[1], "official.bare"))
                at = span[1]

    def _replaced(self) -> None:
        """Who is replaced ("thay ông A") leaves the position that the sentence gives another."""
        for p in self.people:
            if p.positions or p.kind == "pronoun" or not self.o._replace.match(self.key, max(0, p.lead - 16), p.lead):
                continue
            s, e = self._sentence(p.start)
            for q in self._among(max(s, p.start - _SENTENCE), min(e, p.start + _SENTENCE)):
                if q is not p:
                    gained = [x for x in q.positions if x.tenure == "elected" and not self._is_committee(x)]
                    if gained:
                        p.positions = [dataclasses.replace(x, tenure="leaving") for x in gained]
                        break

    def _is_committee(self, position: Position) -> bool:
        return self.o._rules.has("committee", self.key[position.start : position.end])

    # those without a name

    def _alone(self, chain: Chain) -> None:
        """A title that acts without a name: "đồng chí Chủ tịch Công đoàn ngành nhấn mạnh"."""
        o, key = self.o, self.key
        h = o._honorific_before.match(key, max(0, chain.start - 24), chain.start)
        if h is None and not self._alone_at(chain.start):
            return
        if o._many.match(key, max(0, chain.start - 24), chain.start):
            return
        bare = all(x.org_start is None and x.implied is None for x in chain.seats)
        if h is None and bare and chain.start != self._sentence(chain.start)[0]:
            return
        lead = h.start() if h is not None else chain.start
        self._add(
            _Person(
                chain.start,
                chain.end,
                lead,
                chain.end,
                "official.title",
                self._said(h["honorific"]) if h is not None else None,
                "title",
                positions=[x.position(self.text) for x in chain.seats],
            )
        )

    def _pronouns(self) -> None:
        for call in self.calls:
            if self.key[call].lower() not in self.o._initials or (m := self.o._pronoun.match(self.key, call)) is None:
                continue
            if self.o._many.match(self.key, max(0, m.start() - 16), m.start()):
                continue
            i = self._at(m.start() + 1)
            if any(p.lead <= m.start() < p.tail for p in self.people[max(0, i - 2) : i + 1]):
                continue
            self._add(
                _Person(
                    m.start(), m.end(), m.start(), m.end(), self.o._pronoun.id, self._said(m["honorific"]), "pronoun"
                )
            )

    # roles

    def _roles(self) -> None:
        people, key = self.people, self.key
        for i, p in enumerate(people):
            limit = people[i + 1].lead if i + 1 < len(people) else len(self.key)
            _, end = self._sentence(max(p.start, p.tail - 1))
            p.roles |= self._forward(p.tail, min(limit, end, p.tail + _CLAUSE))
            s, _ = self._sentence(p.start)
            previous = people[i - 1] if i and people[i - 1].tail > s else None
            if p.kind in ("full", "short"):
                p.roles |= self._backward(s, p, previous)
        # what the last of a list does, all of it do; what the frame says of the first, too
        for i in range(len(people) - 1, 0, -1):
            a, b = people[i - 1], people[i]
            if b.kind == "pronoun" or self._quoted(a) or self._sentence(a.start) != self._sentence(b.start):
                continue
            if (
                a.tail <= b.lead
                and self.o._join.fullmatch(self.key[a.tail : b.start if b.lead == b.start else b.lead]) is not None
            ):
                a.roles |= b.roles - {"elected"}
        for a, b in itertools.pairwise(people):
            if "attended" in a.roles and not b.roles and b.positions and self._goes_on(a, b):
                b.roles.add("attended")
            if a.led and b.kind in ("full", "short") and self._sentence(a.start) == self._sentence(b.start):
                joined = key[a.tail : b.start if b.lead == b.start else b.lead] if a.tail <= b.lead else "."
                if self.o._join.fullmatch(joined) is not None:
                    b.led = a.led
                    b.roles |= a.led

    def _goes_on(self, a: _Person, b: _Person) -> bool:
        """Whether ``b`` and the titles fill a sentence by themselves, right behind ``a``: a list set in full stops."""
        begin, end = self._sentence(b.start)
        return (
            begin == b.lead
            and a.tail <= begin
            and not self.key[a.tail : begin].strip(" .;")
            and not self.key[b.tail : end].strip(" .;…")
        )

    def _forward(self, at: int, limit: int) -> set[str]:
        o, key = self.o, self.key
        roles: set[str] = set()
        if o._quote.match(key, at, limit) is not None:
            roles.add("spoke")
        m = o._skip.match(key, at, limit)
        if m is not None:
            at = m.end()
        for _ in range(6):
            cue = o._cue.match(key, at, min(limit, len(key)))
            if cue is None:
                break
            value = str(o._rules.value("cue", cue["cue"]))
            roles |= {"spoke" if v == "says" else v for v in value.split()}
            step = o._next.match(key, cue.end(), limit) if cue.end() < limit else None
            if step is not None and value == "says" and not o._and_then.match(key, cue.end()):
                # "cam kết bàn giao": what is promised is not done
                break
            if step is not None and step.end() > cue.end():
                at = step.end()
                continue
            if "says" in value.split():
                break
            # what a report holds is not the speaker's doing
            colon = key.find(":", cue.end(), limit) if "spoke" in value else -1
            later = o._coordinate.search(key, cue.end(), limit if colon < 0 else colon)
            if later is None:
                break
            at = later.end()
        return roles

    def _backward(self, sentence: int, person: _Person, previous: _Person | None) -> set[str]:
        o, key = self.o, self.key
        roles: set[str] = set()

        def add(cue: str) -> None:
            roles.update("spoke" if v == "says" else v for v in str(o._rules.value("cue", cue)).split())

        lead = key[max(sentence, person.lead - 160) : person.lead]
        clause = max(0, *(lead.rfind(sign) for sign in ".;:")) if person.honorific else len(lead)
        if (verb := o._verb_first.fullmatch(lead, clause)) is not None:
            # "…; chủ trì hội nghị đ/c A"
            add(verb["cue"])
            if roles & {"directed", "attended"}:
                return roles
            roles.clear()
        frames, sides = self._frames(sentence)
        frame = bisect.bisect_right(frames, person.lead, key=lambda f: f[0]) - 1
        i = bisect.bisect_right(sides, person.lead, key=lambda m: m.end()) - 1
        side = sides[i] if i >= 0 else None
        if frame >= 0:
            roles |= frames[frame][1]
        elif side is not None:
            roles.add("attended")
        if side is not None and side["about"]:
            self._take_side(person, side.start("org"))
        said = lead.rstrip(" ,").endswith('"') and o._quoted_before.search(key, max(0, person.lead - 500), person.lead)
        if said or o._theo.match(lead):
            roles.add("spoke")
        person.led = self._present(lead)
        roles |= person.led
        low = sentence if previous is None else previous.tail
        part = key[max(low, person.lead - _CLAUSE) : person.lead]
        if part.rstrip().endswith(",") and (participle := o._participle.search(part)) is not None:
            add(participle["cue"])
            person.led = person.led | (roles & {"attended", "directed", "presented"})
            extra = o._next.match(part, participle.end("cue"))
            if extra is not None and (cue := o._cue.match(part, extra.end())) is not None:
                add(cue["cue"])
        return roles

    def _present(self, lead: str) -> set[str]:
        """What words that end in "của" or "cùng" say of all whom they list ("có sự tham dự của", "đến dự, cùng")."""
        o = self.o
        end = lead.rstrip().lower()
        if end.endswith(o._of_ends) and (presence := o._presence.search(lead)) is not None:
            value = o._rules.value("cue", presence["cue"]) if o._rules.has("cue", presence["cue"]) else "attended"
            return {"spoke" if v == "says" else v for v in str(value).split()}
        if end.endswith(o._welcome_ends) and o._welcome.search(lead) is not None:
            return {"attended"}
        if end.endswith(o._together_ends) and (along := o._along.search(lead)) is not None:
            return {"attended"} if o._rules.value("cue", along["cue"]) == "attended" else set()
        return set()

    def _take_side(self, person: _Person, at: int) -> None:
        """Give titles without a body that of the side ("Về phía Công ty A có ông B, Phó Giám đốc")."""
        org = self.reader.body(self.key, at)
        if org is None:
            return
        words = " ".join(self.text[org[0] : org[1]].split())
        for i, x in enumerate(person.positions):
            if x.org_text is None:
                person.positions[i] = dataclasses.replace(x, org_text=words, org_start=org[0], org_end=org[1])
            elif self.o._rules.has("bare_party", x.org_text) and not self.o._union.match(words):
                person.positions[i] = dataclasses.replace(x, org_text=f"{x.org_text} {words}")

    def _frames(self, sentence: int) -> tuple[list[tuple[int, set[str]]], list[regex.Match[str]]]:
        """What a sentence says of all whom it then lists ("Dự có …"), and its sides ("Về phía Sở có …"), in order."""
        if sentence not in self.frames:
            o = self.o
            # what stands behind the last person of the sentence frames nobody
            _, end = self._sentence(sentence)
            part = self.key[: self.people[self._at(end) - 1].lead]
            found: list[tuple[int, set[str]]] = []
            for m in o._frame.finditer(part, sentence):
                cues = [m["cue"]]
                more = (o._cue.match(part, x.end()) for x in o._coordinate.finditer(part, m.start(), m.end()))
                cues.extend(cue["cue"] for cue in more if cue is not None)
                values = {v for c in cues for v in str(o._rules.value("cue", c)).split()}
                found.append((m.end(), {"spoke" if v == "says" else v for v in values}))
            self.frames[sentence] = found
            self.sides[sentence] = list(o._side.finditer(part, sentence))
        return self.frames[sentence], self.sides[sentence]
