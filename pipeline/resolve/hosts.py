"""Who holds an event: the body, or the person's body, that the clause of the event names as its subject.

Grounds in order: named as holding it ("do … tổ chức"); the subject before its verb; a body right before its name or in
it; the body of the title; the first body of the opening.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.document import Document
from pipeline.extract.bodies import body_grammar
from pipeline.facts import BodyMention, EventMention, Mentions, PersonMention
from pipeline.rules import Rules
from pipeline.text import canonical

# how far before the name of a gathering its host may end where no verb stands between, and how far into the name it may
# begin (characters)
_BESIDE, _IN_NAME = 30, 60
# hosts that are named one after another stand this near
_NEXT = 60
# the words before a host that say what it is are no longer than this (characters)
_LEAD = 60
# of its sentence no more is read on either side of what is held: some never end (characters)
_FAR = 2000


@dataclass(frozen=True, slots=True)
class Host:
    """Who holds an event: its name as written (or as a title implies it: "Thủ tướng"), and where that stands."""

    text: str
    start: int | None = None
    end: int | None = None


class HostFinder:
    """Finds the hosts of events; built once from the rules."""

    def __init__(self, rules: Rules) -> None:
        ruleset = rules["event"]
        self._opening = int(ruleset.settings["host_sentences"])
        self._struck = frozenset(ruleset.settings["span_types"])
        self._employers = frozenset(ruleset.settings["struck_groups"])
        self._befalling = frozenset(ruleset.settings["befalling_rules"])
        self._with = ruleset.pattern(r"{B}{acted_with}{sp}\Z")
        self._names = body_grammar(rules)
        self._heads = self._names.heads
        self._countries = rules["official"]
        self._by_person = frozenset(ruleset.settings["person_host_types"])
        self._tellers = frozenset(ruleset.settings["telling_groups"])
        self._unnamed = frozenset(ruleset.settings["speaker_host_never"])
        self._of_unions = frozenset(ruleset.settings["union_types"])
        self._of_others = frozenset(ruleset.settings["person_object_types"])
        self._not_host = ruleset.pattern(r"{B}{host_not_after}(?:{sp}{host_filler})?[ ]{0,2}\Z")
        self._by = ruleset.pattern(r"{B}{host_by}(?:{sp}{host_filler})?[ ]{1,2}\Z")
        self._holds = ruleset.pattern(r"[^.;:\n]{0,150}?{B}{hold_verb}{E}")
        self._verb = ruleset.pattern(r"(?<!{B}(?i:ban){sp}){B}{hold_verb}{E}(?=[^.;\n]{0,90}\Z)")
        self._held = ruleset.pattern(r"(?<!{B}(?i:ban){sp}){B}{hold_verb}{E}")
        # what stands between two hosts: an abbreviation, commas, words that join them
        self._joint = ruleset.pattern(
            r"(?:{sp}\([^()\n]{1,80}\)|{sp}(?:{host_joined}){E}|,|{sp}\p{Lu}[\p{L}-]{0,12}|{sp}(?:{host_filler_between})){0,6}{s}\Z"
        )
        # "LĐLĐ tỉnh phối hợp với …": what follows up to the verb are partners, read or not
        self._partnered = ruleset.pattern(
            r"(?:{sp}\([^()\n]{1,80}\))?(?:{sp}{host_filler_between})?{sp}{partner_word}{sp}[^.;:\n]{0,200}\Z"
        )
        self._says = ruleset.pattern(r"{B}{say_verb}{E}")
        self._attends = ruleset.pattern(r"{B}{attend_verb}(?:{sp}{reference_filler})?{sp}[\"']?\Z")
        # "do báo A tổ chức": what holds it is named, whether or not a body is read there
        self._named_by = ruleset.pattern(r"[^.;:\n]{0,160}?{B}{host_by}{sp}[^.;:,\n]{2,90}?{B}{hold_verb}{E}")
        self._visit_of = ruleset.pattern(r"[^.;:,\n]{0,80}?{B}{visit_of}{sp}(?P<person>{person_word}{E})?")
        self._owned = ruleset.pattern(r"{B}{sent_by}{E}|,")
        self._visits = ruleset.pattern(r"{B}{visit_verb}{E}[^.;:,\n]{0,40}?{sp}")
        self._chaired = ruleset.pattern(r"{chair_verb}{E}")
        self._meets_press = ruleset.pattern(r"{press_meeting}{E}")
        self._own_act = ruleset.pattern(r"{sp}{own_act}{E}")
        self._member = ruleset.pattern(r"{member_title}{E}")
        self._delegation = ruleset.pattern(r"{delegation}{E}")
        # a unit that a body sends or runs acts for it: "Tổ công tác số 4 thuộc LĐLĐ tỉnh"
        self._unit = ruleset.pattern(r"{B}(?:{delegation}|{acting_unit}){E}[^.;:,\n]{0,60}?[ ]{sent_by}{sp}\Z")
        self._at = ruleset.pattern(r"{B}{venue_before}{sp}\Z")
        self._receives = ruleset.pattern(r"{B}{receive_verb}(?:{sp}{host_filler})?{sp}\Z")
        self._sent = ruleset.pattern(r"{B}{sent_by}{sp}\Z")

    def find(
        self, document: Document, main: EventMention, members: Sequence[EventMention], mentions: Mentions
    ) -> Host | None:
        """Who holds the event that ``main`` and ``members`` name; None where the text does not say."""
        bodies = _hosts(mentions)
        key = document.key
        host = self._find(document, key, main, members, bodies, mentions)
        if host is not None and main.event_type == "visit" and self._is_visited(key, host, [main, *members]):
            return None
        if host is None or main.event_type not in self._of_unions:
            return host
        return self._union_of(document, host, [main, *members], bodies)

    def _is_visited(self, key: str, host: Host, names: Sequence[EventMention]) -> bool:
        """Whether a name of a visit says that it is paid to the host ("chuyến thăm Trung Quốc")."""
        called = canonical(host.text)
        for name in names:
            visits = self._visits.search(key, name.start, name.end)
            at = key.find(called, visits.end(), name.end) if visits is not None else -1
            if visits is not None and at >= 0 and self._owned.search(key, visits.end() - 1, at) is None:
                return True
        return False

    def _union_of(
        self, document: Document, host: Host, names: Sequence[EventMention], bodies: Sequence[BodyMention]
    ) -> Host:
        """The union that a congress is of, where the house that it is in is named as its host."""
        if not any(b.start == host.start and b.level == "other" for b in bodies):
            return host
        for name in names:
            for body in bodies:
                shouted = document.text[body.start : body.end].isupper()
                if name.start < body.start < name.end and body.level == "grassroots" and not shouted:
                    return _host_at(document, body)
        return host

    def _find(
        self,
        document: Document,
        key: str,
        main: EventMention,
        members: Sequence[EventMention],
        bodies: Sequence[BodyMention],
        mentions: Mentions,
    ) -> Host | None:
        ordered = sorted([main, *members], key=lambda m: (m is not main, m.verb_start is None, m.start))
        if main.event_type in self._struck:
            near = [b for m in ordered for b in _within(document, m, bodies)]
            struck = [b for b in [*near, *bodies] if self._heads[b.head].group in self._employers]
            return _host_at(document, struck[0]) if struck else None
        if main.rule_id in self._befalling and (house := self._befallen(document, main, bodies)) is not None:
            return house
        for mention in ordered:
            found = self._of_mention(document, key, mention, bodies, mentions.people)
            if found is not None:
                return found
        visitor, is_named = self._visitor(key, ordered, bodies, mentions.people)
        if is_named:
            return visitor
        for mention in ordered:
            for body in bodies:
                if not mention.start < body.start < mention.end or body.start - mention.start >= _IN_NAME:
                    continue
                # whom an act names is no host: it is visited, helped
                acting = not mention.is_gathering or mention.event_type in self._by_person
                if not acting or self._sent.search(key, mention.start, body.start):
                    return _host_at(document, body)
        if any(self._named_by.match(key, m.start) for m in ordered):
            return next(self._of_chair(document, key, ordered, mentions.people), None)
        found = self._of_opening(document, key, main, members, bodies, mentions.people)
        if found is not None:
            return found
        # a picture's line may say what the text has told before it begins
        same = (m for m in mentions.events if m.event_type == main.event_type and not m.is_reference)
        for mention in same:
            host = self._of_mention(document, key, mention, bodies, mentions.people)
            is_open = main.event_type not in self._unnamed or all(
                self._meets_press.match(key, m.start) is not None for m in (main, mention)
            )
            if host is not None and (is_open or any(b.start == host.start for b in bodies)):
                return host
        return None

    def _befallen(self, document: Document, main: EventMention, bodies: Sequence[BodyMention]) -> Host | None:
        """The house that something befell: the first one that its sentence or the head of the article names."""
        running = [s for s in document.sentences if s.kind in ("title", "lede", "body")][: self._opening + 2]
        spans = [document.sentence_span(main.start), *[(s.start, s.end) for s in running]]
        houses = [b for b in bodies if self._heads[b.head].group in self._employers]
        return next((_host_at(document, b) for start, end in spans for b in houses if start <= b.start < end), None)

    def of_happening(self, document: Document, mention: EventMention, mentions: Mentions) -> Host | None:
        """Who acts, or where it happens: the subject of the verb, else the first body that the head names."""
        bodies = _hosts(mentions)
        found = self._of_mention(document, document.key, mention, bodies, mentions.people)
        if found is not None:
            return found
        running = [s for s in document.sentences if s.kind in ("title", "lede", "body")][: self._opening + 2]
        spans = [document.sentence_span(mention.start), *[(s.start, s.end) for s in running]]
        key = document.key
        acting = [b for b in bodies if not self._with.search(key, max(0, b.start - 12), b.start)]
        acting = [b for b in acting if self._heads[b.head].group not in self._tellers]
        found = next((_host_at(document, b) for start, end in spans for b in acting if start <= b.start < end), None)
        if found is not None:
            return found
        within = [p for start, end in spans for p in mentions.people if start <= p.start < end]
        return next(self._houses(within, mentions.people), None)

    def of_sentence(self, document: Document, mention: EventMention, mentions: Mentions) -> Host | None:
        """The host that the sentence of a mention names; None where it names none."""
        key = document.key
        return self._of_mention(document, key, mention, _hosts(mentions), mentions.people)

    def _of_mention(
        self,
        document: Document,
        key: str,
        mention: EventMention,
        bodies: Sequence[BodyMention],
        people: Sequence[PersonMention],
    ) -> Host | None:
        start, end = _around(document, mention)
        is_own = False
        for said in self._says.finditer(key, start, mention.start):
            if key[max(0, said.start() - 1) : said.start()] in ('"', "'"):
                continue
            is_own = self._own_act.match(key, said.end()) is not None
            start = start if is_own else said.end()
        for body in bodies:
            if mention.start <= body.start < end and self._by.search(key, start, body.start):
                return _host_at(document, self._union_beside(key, body, bodies, end))
        if mention.event_type in self._by_person and self._receives.search(key, start, mention.start):
            sender = next((b for b in bodies if mention.start < b.start < end), None)
            if sender is not None and self._unit.search(key, mention.start, sender.start):
                return _host_at(document, sender)
        if mention.verb_start is None and self._attends.search(key, start, mention.start):
            return None
        limit, is_clause = self._subject_end(key, start, mention)
        is_clause = is_clause or is_own
        before = [b for b in bodies if start <= b.start and b.end <= limit]
        if not is_clause:
            # without a verb of holding only a body right before the name is its host
            before = [b for b in before if limit - b.end <= _BESIDE]
        persons = [p for p in people if start <= p.start and p.end <= limit and (is_clause or limit - p.end <= _BESIDE)]
        if mention.event_type in self._of_others and not mention.is_gathering:
            persons = []
        meets_press = self._meets_press.match(key, mention.start) is not None
        if mention.is_gathering and mention.event_type in self._unnamed and not is_clause and not meets_press:
            # at such a gathering others than its host speak too
            persons = [p for p in persons if self._serves_union(p)]
        hosts = self._subject(key, start, before)
        if persons and mention.event_type in self._by_person and not any(b.start < persons[0].start for b in hosts):
            found = next(self._offices(persons, people), None)
            if found is not None:
                return found
        if hosts:
            first = hosts[0]
            union = [b for b in before if b.level != "other" and b.start > first.start]
            # hosts are named one after another; a union body is named before others even where it stands second
            if first.level == "other" and union and union[0].start - first.end < _NEXT:
                first = union[0]
            return _host_at(document, first)
        return next(self._offices(persons, people), None)

    def _visitor(
        self, key: str, names: Sequence[EventMention], bodies: Sequence[BodyMention], people: Sequence[PersonMention]
    ) -> tuple[Host | None, bool]:
        """The office of the person whose visit it is ("chuyến thăm của Thủ tướng A"); and whether one is named."""
        for mention in names:
            owner = self._visit_of.match(key, mention.start, mention.end) if mention.event_type == "visit" else None
            if owner is None:
                continue
            behind = owner.end()
            who = next((p for p in people if behind <= p.start <= mention.end), None)
            if who is None and owner["person"] is None:
                continue
            if any(behind <= b.start < (mention.end if who is None else who.start) for b in bodies):
                continue
            return (None if who is None else next(self._offices([who], people), None)), True
        return None, False

    def _serves_union(self, person: PersonMention) -> bool:
        """Whether a person holds an office in a union."""
        offices = (canonical(p.org_text) for p in person.positions if p.org_text is not None)
        return any((name := self._names.read_name(o)) is not None and name.head.group == "union" for o in offices)

    def _union_beside(self, key: str, first: BodyMention, bodies: Sequence[BodyMention], end: int) -> BodyMention:
        """Of the hosts that are named one after another from ``first`` on the first union, else ``first``."""
        last = first
        for body in bodies if first.level == "other" else ():
            if not last.end <= body.start < end:
                continue
            if self._joint.match(key, last.end, body.start) is None:
                break
            if body.level != "other":
                return body
            last = body
        return first

    def _subject(self, key: str, start: int, before: Sequence[BodyMention]) -> list[BodyMention]:
        """Of the bodies before a verb those that hold the event: the last one, and those joined to it."""
        joined: list[BodyMention] = []
        for index in reversed(range(len(before))):
            body = before[index]
            if key[body.start - 1 : body.start] == "(":
                continue  # the body that the one before it belongs to
            if joined and self._joint.match(key, body.end, joined[0].start) is None:
                break
            is_sender = not joined and self._unit.search(key, start, body.start) is not None
            if self._not_host.search(key, start, body.start) and not is_sender:
                # "LĐLĐ tỉnh phối hợp với A, B": A is no subject, and leads on to the one that is
                if joined and index and self._joint.match(key, before[index - 1].end, body.start) is not None:
                    joined.insert(0, body)
                    continue
                if joined:
                    break
                continue
            joined.insert(0, body)
        leads = [b for b in before if joined and b.end <= joined[0].start]
        leads = [b for b in leads if self._partnered.match(key, b.end, joined[0].start)]
        return [*leads[-1:], *joined]

    def _subject_end(self, key: str, start: int, mention: EventMention) -> tuple[int, bool]:
        """Where the subject of a mention's clause must end, and whether a verb shows that there is one."""
        if mention.verb_start is not None:
            return mention.verb_start, True
        verb = self._verb.search(key, start, mention.start)
        if verb is not None:
            return verb.start(), True
        return mention.start, not mention.is_gathering

    def _of_opening(
        self,
        document: Document,
        key: str,
        main: EventMention,
        members: Sequence[EventMention],
        bodies: Sequence[BodyMention],
        people: Sequence[PersonMention],
    ) -> Host | None:
        running = document.running()
        for body in bodies:
            held = self._by.search(key, max(0, body.start - _LEAD), body.start) and self._holds.match(key, body.end)
            if held and any(s.start <= body.start < s.end for s in running[: self._opening + 2]):
                return _host_at(document, body)
        for sentence in running[: self._opening]:
            verb = self._held.search(key, sentence.start, sentence.end)
            inside = [b for b in bodies if verb and sentence.start <= b.start and b.end <= verb.start()]
            near = [max(sentence.start, b.start - _LEAD) for b in inside]
            inside = [b for b, at in zip(inside, near, strict=True) if not self._not_host.search(key, at, b.start)]
            if inside:
                return _host_at(document, inside[0])
        acting = main.event_type in self._by_person
        free = [b for b in bodies if not (acting and self._not_host.search(key, max(0, b.start - _LEAD), b.start))]
        free = [b for b in free if self._heads[b.head].group not in self._tellers]
        # who comes to a gathering does not hold it: only a union is then near enough
        is_attended = any(self._is_attended(document, key, m) for m in [main, *members])
        free = [b for b in free if not is_attended or b.level != "other"]
        # nor the house in which it is held, unless nobody else is named
        free.sort(key=lambda b: (key[b.start - 1 : b.start] == "(", self._is_venue(key, b)))
        title = next((b for b in document.blocks if b.kind == "title"), None)
        if title is not None:
            for body in free:
                if title.start <= body.start < title.end:
                    return _host_at(document, body)
        opening = running[: self._opening]
        for sentence in opening:
            inside = [b for b in free if sentence.start <= b.start < sentence.end]
            inside.sort(key=lambda b: b.level == "other")
            if inside:
                return _host_at(document, inside[0])
        if main.is_gathering and (is_attended or main.event_type in self._unnamed):
            return next(self._of_chair(document, key, [main, *members], people), None)
        spans = [(s.start, s.end) for s in opening] + [document.sentence_span(main.start)]
        spans += [(title.start, title.end)] if title is not None else []
        within = [p for start, end in spans for p in people if start <= p.start < end]
        return next(self._houses(within, people), None)

    def _is_attended(self, document: Document, key: str, mention: EventMention) -> bool:
        """Whether somebody is said to come to what a mention names."""
        start, _ = _around(document, mention)
        return mention.is_gathering and self._attends.search(key, start, mention.start) is not None

    def _of_chair(
        self, document: Document, key: str, names: Sequence[EventMention], people: Sequence[PersonMention]
    ) -> Iterator[Host]:
        """The offices of who chairs a gathering, or of who meets the press: others only speak there."""
        for mention in names:
            start, end = _around(document, mention)
            if self._meets_press.match(key, mention.start):
                end = mention.start
            elif mention.verb_start is None or self._chaired.match(key, mention.verb_start) is None:
                continue
            yield from self._houses([p for p in people if start <= p.start < end], people)

    def _is_venue(self, key: str, body: BodyMention) -> bool:
        """Whether a body that is no union stands right behind a word for where: "tại Trường Chính trị tỉnh"."""
        return body.level == "other" and self._at.search(key, max(0, body.start - 8), body.start) is not None

    def _houses(self, persons: Sequence[PersonMention], people: Sequence[PersonMention]) -> Iterator[Host]:
        """The offices of persons who are only named near by: no country, nor what is another country's."""
        for host in self._offices(persons, people):
            words = canonical(host.text).split()
            if not any(self._countries.has("country", " ".join(words[-n:])) for n in (1, 2) if len(words) >= n):
                yield host

    def _offices(self, persons: Sequence[PersonMention], people: Sequence[PersonMention]) -> Iterator[Host]:
        """The bodies that persons serve in, where they stand or where the article names them in full."""
        for person in persons:
            elsewhere = [p for p in people if p is not person and p.name == person.name]
            for one in [person, *elsewhere]:
                # who chairs one body and is a member of another acts for the first
                for position in sorted(one.positions, key=lambda p: self._member.match(canonical(p.title)) is not None):
                    if position.org_text is not None and not self._delegation.match(canonical(position.org_text)):
                        yield Host(position.org_text, position.org_start, position.org_end)


def _within(document: Document, mention: EventMention, bodies: Sequence[BodyMention]) -> list[BodyMention]:
    start, end = _around(document, mention)
    return [b for b in bodies if start <= b.start < end]


def _around(document: Document, mention: EventMention) -> tuple[int, int]:
    """The sentence of a mention, so far as it is read."""
    start, end = document.sentence_span(mention.start)
    return max(start, mention.start - _FAR), min(end, mention.start + _FAR)


def _host_at(document: Document, body: BodyMention) -> Host:
    return Host(document.text[body.start : body.end], body.start, body.end)


def _hosts(mentions: Mentions) -> list[BodyMention]:
    """Bodies that may hold an event, in reading order: in no other body's name, and not where a person serves."""
    served = [
        (position.start, position.end if position.org_end is None else max(position.end, position.org_end))
        for person in mentions.people
        for position in person.positions
    ]
    # the body of a congress that is only referred to holds nothing here
    served += [(m.start, m.end) for m in mentions.events if m.is_reference]
    kept: list[BodyMention] = []
    for body in sorted(mentions.bodies, key=lambda b: (b.start, -b.end)):
        if kept and body.start < kept[-1].end:
            continue
        if not any(a <= body.start < b for a, b in served):
            kept.append(body)
    return kept
