"""In which body an official serves, where the text leaves that out or names only a part of it.

A position may stand without its body ("Phó Chủ tịch"), with a unit of it ("Trưởng Ban Nữ công") or with its kind alone
("Huyện ủy"). What the rest of the sentence, the person's other seats or the event of the article tell fills it in, and
the ground is named with it; where two bodies would do there is none.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from pipeline import schema
from pipeline.document import Document
from pipeline.extract.foreign import ForeignNames
from pipeline.facts import Mentions
from pipeline.resolve.bodies import UNRESOLVED, ArticleBodies, ResolvedBody
from pipeline.resolve.officials import Official
from pipeline.rules import Rules
from pipeline.text import canonical, fold

# the words before a name in which another country stands (characters)
_BEFORE_NAME = 40
# groups of bodies that employ people
_HOUSES = ("firm", "health", "school")


class OfficeRules:
    """The words of `rules/official` by which a body that is left out is told."""

    def __init__(self, rules: Rules) -> None:
        own = rules["official"]
        self.official = own
        self.union_seat = own.pattern(r"{union_seat}(?:{sp}{mod})?{s}\Z")
        self.committee_seat = own.pattern(r"{committee_seat}{s}\Z")
        self.house_seat = own.pattern(r"{house_seat}{E}")
        self.party_seat = own.pattern(r"{party_seat}(?:{sp}{mod})?{s}\Z")
        self.houses = frozenset(
            fold(word) for word, group in rules["body"].lexicon["closers"].items() if group in _HOUSES
        )
        self.house_unit = own.pattern(r"{house_unit}{E}")
        self.bare_party = own.pattern(r"{bare_party}{s}\Z")
        # "Đảng ủy xã": communes have no other name for their committee
        self.bare_commune = own.pattern(r"{bare_party}{sp}\p{Ll}")
        self.bare_union = own.pattern(r"{bare_union}{s}\Z")
        self.contest_staff = own.pattern(r"(?:{deputy}{s})?{unit_head}{sp}{staff}{E}")
        self.contest = own.pattern(r"{contest}{s}\Z")
        self.edition = own.pattern(r"{s}{edition}{E}.*")
        self.desk = own.pattern(r"(?:{deputy}{s})?{desk}{s}\Z")
        self.minister = own.pattern(r"{minister}{s}\Z")
        self.abroad = own.pattern("{B}{country}{E}")
        self.state_abroad = own.pattern(r"{B}{elector}(?:{sp}\p{L}+){0,3}?{sp}{country}{E}")
        self.home = own.pattern("{B}{home}{E}")
        self.foreign = ForeignNames(rules)
        self.state_body = own.pattern(r"{state_body}{E}")
        # a country within a sentence, not a word that is written alike ("Anh cho biết", "Pháp luật")
        self.country_named = own.pattern(r"(?<=\p{Ll}[ ]){country}{E}(?![ ]\p{Lu}\p{Ll})")
        self.inner_body = own.pattern("[ ]{unit_of}{E}")


class Offices:
    """The offices of one article. ``main`` is the row of the event that they are named with, if there is one."""

    def __init__(
        self,
        words: OfficeRules,
        bodies: ArticleBodies,
        document: Document,
        mentions: Mentions,
        main: schema.EventRow | None,
    ) -> None:
        self._words, self._bodies, self._document = words, bodies, document
        self._mentions, self._main = mentions, main

    def foreigners(self) -> frozenset[str]:
        """Those with a title that implies a body of this country, whom the text once names behind another's name."""
        own, people = self._words.official, self._mentions.people
        implied = {p.name for p in people if any(x.org_text and x.org_start is None for x in p.positions)}
        if implied and not self._words.home.search(self._document.key) and len(self._countries) > 1:
            # news of other countries that never speaks of this one ("Thủ tướng Lý A tiếp khách Mỹ")
            return frozenset(implied)
        found = {name for name in implied if self._words.foreign.is_name(name.split())}
        for name in implied - found:
            at = self._document.text.find(name)
            while at >= 0 and name not in found:
                words = canonical(self._document.text[max(0, at - _BEFORE_NAME) : at]).split()
                if any(own.has("country", " ".join(words[-n:])) for n in (1, 2)):
                    found.add(name)
                at = self._document.text.find(name, at + max(1, len(name)))
        for p in people:
            if any(x.tenure == "elected" and x.org_text and x.org_start is None for x in p.positions):
                # "Quốc hội Trung Quốc thông qua đề cử ông A làm Phó Thủ tướng"
                start, _ = self._document.sentence_span(p.start)
                if self._words.state_abroad.search(canonical(self._document.text[start : p.start])) is not None:
                    found.add(p.name)
        return frozenset(found)

    def office(self, official: Official, officials: Sequence[Official]) -> tuple[ResolvedBody | None, str]:
        """The body that a position is held in, and on what ground; none where it would be a guess."""
        sentence = self._document.sentence_span(official.title_start)
        beside = [o for o in officials if o is not official and sentence[0] <= o.title_start < sentence[1]]
        own = [o for o in beside if o.name == official.name and o.org_text]
        if (abroad := self._abroad(official, officials)) is not None:
            return self._bodies.named(abroad), "text"
        if official.org_text:
            return self._stated(official, own)
        title = canonical(official.position)
        if (contest := self._contest_body(title)) is not None:
            return contest, "event"
        if self._words.minister.match(title):
            return self._only_ministry(official), "text"
        if self._words.desk.match(title) and (union := self._own_union(official, own)) is not None:
            return self._bodies.named(union.org_text, union.org_start), "text"
        if self._words.party_seat.match(title):
            return self._party_beside(official, own), "text"
        if self._words.house_seat.match(title):
            return self._house_office(official, sentence)
        committee = self._words.committee_seat.match(title) and (
            official.tenure in ("elected", "leaving")
            # "Ủy viên Ban Thường vụ, Chủ nhiệm UBKT" sits in the same union
            or any(
                o.name == official.name and not o.org_text and self._words.union_seat.match(canonical(o.position))
                for o in beside
            )
        )
        if not committee and not self._words.union_seat.match(title):
            return None, "none"
        if official.tenure == "elected" and (shared := self._elected_beside(official, beside)) is not None:
            return shared, "text"
        main = self._main
        if main is None or main.org_id is None or main.org_level == "other":
            return None, "none"
        if main.event_type == "founding" and official.tenure == "elected":
            # whoever holds the founding, its first officers are those of the union founded
            founded = self._founded(main)
            return founded, "event" if founded is not None else "none"
        return self._bodies.known.get(main.org_id), "event"

    def _abroad(self, official: Official, officials: Sequence[Official]) -> str | None:
        """Another country's seat or body that the text calls without the country ("Tổng thống Emmanuel Macron").

        The country is the one of which the article speaks of that seat, or the only one that it names at all.
        """
        own, title = self._words.official, official.position
        if official.org_text:
            state = self._words.state_body.match(canonical(official.org_text)) is not None
        else:
            state = official.org_text is None and own.has("state_title", title)
        if not state or not self._words.foreign.is_name(official.name.split()):
            return None
        if official.org_text and self._words.abroad.search(canonical(official.org_text)) is not None:
            return None
        named = {fold(o.org_text) for o in officials if o.name != official.name and o.org_text}
        spoken_of = {
            fold(x.org_text): x.org_text
            for p in self._mentions.people
            for x in p.positions[:1]
            if p.is_short and fold(x.title) == fold(title) and x.org_text and own.has("country", x.org_text)
        }
        countries = {key: words for key, words in spoken_of.items() if key not in named}
        if not countries:
            countries = {fold(word): word for word in self._countries}
        if len(countries) != 1:
            return None
        country = next(iter(countries.values()))
        return f"{official.org_text} {country}" if official.org_text else country

    @functools.cached_property
    def _countries(self) -> list[str]:
        """The other countries that the article names in the middle of a sentence, each as often as it does."""
        return [word for word in self._words.country_named.findall(self._document.key) if word[0].isupper()]

    def _stated(self, official: Official, own: Sequence[Official]) -> tuple[ResolvedBody | None, str]:
        """The body that the text names, with the house that it belongs to where it leaves that out."""
        text = canonical(official.org_text or "")
        # a body that a title only implies ("Đại biểu Quốc hội") is no office that he sits in
        seated = [o.org_text for o in own if o.org_text and o.org_start is not None]
        serves_in = [org for org in seated if not self._words.house_unit.match(canonical(org))]
        main = self._main
        host = self._house(main.org) if main is not None else None
        title = canonical(official.position)
        if self._words.contest.match(text) and (contest := self._contest_body(title)) is not None:
            return contest, "event"
        if (unit := self._unit_beside(official, own)) is not None:
            return self._bodies.named(f"{official.org_text} {unit}"), "text"
        if self._words.bare_party.match(text):
            return self._bare_party(official, own, serves_in, host)
        if self._words.bare_union.match(text):
            body = self._bodies.named(official.org_text, official.org_start)
            if body is not None and UNRESOLVED in body.flags and host is not None and main is not None:
                union = main.org if main.org_level == "grassroots" else f"{self._bodies.union_word} {host}"
                return self._bodies.named(union), "event"
            return body, "text"
        if self._words.house_unit.match(text) and self._is_unit(text):
            houses = [h for h in map(self._house, serves_in) if h is not None]
            if not houses and host is not None and (other := self._other_kind(serves_in, host)) is not None:
                return self._bodies.named(f"{official.org_text} {other}"), "text"
            if not houses and host is not None:
                return self._bodies.named(f"{official.org_text} {host}"), "event"
            if house := houses[0] if houses else self._only_house():
                return self._bodies.named(f"{official.org_text} {house}"), "text"
        elif self._words.union_seat.match(f"{title} {text.partition(' ')[2]}") and self._is_unit(text):
            # "Trưởng Ban Nữ công": of the union in which the person has another seat, or that holds the event
            if (seat := self._own_union(official, own)) is not None:
                return self._bodies.named(f"{official.org_text} {seat.org_text}"), "text"
            if main is not None and main.org_level in ("province", "industry", "national", "national_industry"):
                return self._bodies.named(f"{official.org_text} {main.org}"), "event"
        return self._bodies.named(official.org_text, official.org_start, serves_in or None), "text"

    def _is_unit(self, text: str) -> bool:
        """Whether a department's name says of no house and no place that it is theirs."""
        if next(self._bodies.grammar.scan(text.partition(" ")[2]), None) is not None:
            # "Khoa Nội 4 Bệnh viện tỉnh"
            return False
        if self._words.inner_body.search(text) is not None:
            return False
        parsed = self._bodies.grammar.read_name(text[:1].upper() + text[1:])
        return parsed is None or not any(p.kind in ("body", "place", "nation", "closer") for p in parsed.parts)

    def _contest_body(self, title: str) -> ResolvedBody | None:
        """The contest that the article reports, for the head of its staff; None where it reports another event."""
        main = self._main
        if (
            main is None
            or main.event_type != "contest"
            or not main.event_name
            or not self._words.contest_staff.match(title)
        ):
            return None
        return self._bodies.named(self._words.edition.sub("", main.event_name))

    def _only_ministry(self, official: Official) -> ResolvedBody | None:
        """The one ministry that the article names; None where it names two or the person is foreign."""
        if not self._words.official.has("surname", official.name.partition(" ")[0]):
            return None
        named = {}
        for mention in self._mentions.bodies:
            text = canonical(self._document.text[mention.start : mention.end])
            parsed = self._bodies.grammar.read_name(text)
            if parsed is not None and self._words.official.has("ministry_head", parsed.head.name):
                body = self._bodies.named(text, mention.start)
                if body is not None:
                    named[body.name] = body
        return next(iter(named.values())) if len(named) == 1 else None

    def _only_house(self) -> str | None:
        """The one enterprise, hospital or school that the article names."""
        named: dict[str, str] = {}
        for mention in self._mentions.bodies:
            house = self._house(self._document.text[mention.start : mention.end])
            body = self._bodies.named(house) if house is not None else None
            if body is not None and house is not None:
                named.setdefault(body.name, house)
        return next(iter(named.values())) if len(named) == 1 else None

    def _own_union(self, official: Official, own: Sequence[Official]) -> Official | None:
        """The seat in a union above the grassroots that the text gives the person right before this one."""
        before = [o for o in own if o.title_start < official.title_start]
        parsed = self._bodies.grammar.read_name(canonical(before[-1].org_text or "")) if before else None
        if parsed is None or parsed.head.group != "union" or parsed.head.level == "grassroots":
            return None
        return before[-1] if not any(p.kind == "body" for p in parsed.parts) else None

    def _party_beside(self, official: Official, own: Sequence[Official]) -> ResolvedBody | None:
        """The party committee of the unit in whose administration the person has the next seat; None of any other."""
        seat = next((o for o in own if o.title_start > official.title_start), None)
        parsed = self._bodies.grammar.read_name(canonical(seat.org_text or "")) if seat is not None else None
        if seat is None or parsed is None or parsed.head.group not in ("state", "mass"):
            return None
        place = parsed.part("place")
        party = self._words.official.value("unit_party", place.unit) if place is not None and place.unit else None
        if place is None or party is None:
            return None
        words = f"{party} {place.place or ''}".strip()
        return self._bodies.named(words, None if place.place else seat.org_start)

    def _bare_party(
        self, official: Official, own: Sequence[Official], serves_in: Sequence[str], host: str | None
    ) -> tuple[ResolvedBody | None, str]:
        """The party committee of the office that the person serves in, else of the house or commune of the event."""
        if not serves_in and host is not None:
            return self._bodies.named(official.org_text, official.org_start, [host]), "event"
        if not serves_in and (party := self._party_of_commune()) is not None:
            return self._bodies.named(party), "event"
        # "Bí thư chi bộ Hiệu trưởng nhà trường": what stands right behind is a title, no name
        at = official.org_start if all(o.title_start - 1 != official.org_end for o in own) else None
        body = self._bodies.named(official.org_text, at, serves_in or None)
        if serves_in and body is not None and len(body.name) == len(canonical(official.org_text or "")):
            # "bí thư chi bộ, hạt trưởng Hạt Kiểm lâm": the cell of the office
            return self._bodies.named(f"{official.org_text} {self._next_office(official, own)}"), "text"
        return body, "text"

    def _party_of_commune(self) -> str | None:
        """The party committee of the commune whose union holds the event; None of any other union."""
        union = self._main.org if self._main is not None else None
        parsed = self._bodies.grammar.read_name(canonical(union or ""))
        place = parsed.part("place") if parsed is not None and parsed.head.group == "union" else None
        if place is None or not place.unit or not place.place:
            return None
        party = str(self._words.official.value("unit_party", place.unit) or "")
        return f"{party} {place.place}" if self._words.bare_commune.match(canonical(party)) else None

    def _next_office(self, official: Official, own: Sequence[Official]) -> str:
        """The body of the person's next seat, else of the one before."""
        later = [o for o in own if o.title_start > official.title_start]
        return (later[0] if later else own[-1]).org_text or ""

    def _unit_beside(self, official: Official, own: Sequence[Official]) -> str | None:
        """The place of a body that only a unit's kind names ("Huyện ủy"), where the person's other seats name one."""
        kind = self._unit_kind(canonical(official.org_text or "")) if own else None
        if kind is None:
            return None
        found = set()
        for other in own:
            if other.tenure in ("former", "leaving"):
                continue
            parsed = self._bodies.grammar.read_name(canonical(other.org_text or ""))
            place = parsed.part("place") if parsed is not None else None
            if place is not None and place.place is not None and place.unit is not None and fold(place.unit) == kind:
                found.add(place.place)
        return found.pop() if len(found) == 1 else None

    def _unit_kind(self, text: str) -> str | None:
        """The kind of unit that alone names the body ("huyện" of "Huyện ủy" or "UBND huyện"); None of any other."""
        parsed = self._bodies.grammar.read_name(text)
        if parsed is None or parsed.end != len(text):
            return None
        if parsed.head.style == "seat":
            return fold(parsed.head.of or "") or None if not parsed.parts else None
        place = parsed.parts[0] if len(parsed.parts) == 1 else None
        if place is None or place.kind != "place" or place.place is not None or place.unit is None:
            return None
        return fold(place.unit)

    def _other_kind(self, serves_in: Sequence[str], host: str) -> str | None:
        """The kind of house that alone names a body's ("Công đoàn Tổng công ty") where the host is of another kind."""
        for name in serves_in:
            parsed = self._bodies.grammar.read_name(canonical(name))
            closer = parsed.part("closer") if parsed is not None else None
            if closer is not None and fold(closer.text) in self._words.houses:
                return None if fold(host).startswith(fold(closer.text)) else closer.text
        return None

    def _house(self, name: str | None) -> str | None:
        """The enterprise, hospital or school that a body is or, a union, is of; None of any other."""
        parsed = self._bodies.grammar.read_name(canonical(name)) if name else None
        while parsed is not None:
            if parsed.head.group in _HOUSES:
                return parsed.text_of(canonical(name or "")) if parsed.parts else None
            parsed = next((p.body for p in parsed.parts if p.body is not None), None)
        return None

    def _house_office(self, official: Official, sentence: tuple[int, int]) -> tuple[ResolvedBody | None, str]:
        """A manager without a body serves in the house that holds the event, else in the one its sentence names."""
        main = self._main
        host = self._house(main.org) if main is not None else None
        if host is not None:
            return self._bodies.named(host), "event"
        named = {
            body.name: body
            for m in self._mentions.bodies
            if sentence[0] <= m.start < official.start
            and (house := self._house(self._document.text[m.start : m.end])) is not None
            and (body := self._bodies.named(house)) is not None
        }
        return (next(iter(named.values())), "text") if len(named) == 1 else (None, "none")

    def _elected_beside(self, official: Official, beside: Sequence[Official]) -> ResolvedBody | None:
        """The union into which the same sentence elects others ("A làm Chủ tịch LĐLĐ tỉnh; B … Phó Chủ tịch")."""
        found = [
            o
            for o in beside
            if o.org_text
            and o.tenure == "elected"
            and (
                self._words.union_seat.match(canonical(o.position))
                or self._words.committee_seat.match(canonical(o.position))
            )
        ]
        before = [o for o in found if o.title_start < official.title_start]
        nearest = before[-1] if before else found[0] if found else None
        return self._bodies.named(nearest.org_text, nearest.org_start) if nearest is not None else None

    def _founded(self, main: schema.EventRow) -> ResolvedBody | None:
        """The grassroots union that a founding founds: the first one that the article names from the event on."""
        if main.org_level == "grassroots":
            return self._bodies.known.get(main.org_id or "")
        low = self._document.sentence_span(main.span_start or 0)[0]
        first = next((m for m in self._mentions.bodies if m.level == "grassroots" and m.start >= low), None)
        return (
            self._bodies.named(self._document.text[first.start : first.end], first.start) if first is not None else None
        )
