"""What a body's words come to: the full name, level, province and validity, with the whole article in view.

"LĐLĐ tỉnh" in an article about Sóc Trăng is "Liên đoàn Lao động tỉnh Sóc Trăng". A body that exists once per province
bears its province's name; where the province is needed and unknown, the name stays short and says ``org_unresolved``.
Provinces, and with them the bodies that bear their names, are others since 1 July 2025 although the name may be the
same.
"""

from __future__ import annotations

import bisect
import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import regex

from pipeline.document import Document
from pipeline.extract.bodies import BodyGrammar, HeadRow, Parsed, Part, Words, body_grammar
from pipeline.facts import BodyMention
from pipeline.resolve.places import Place
from pipeline.rules import Rules
from pipeline.text import canonical, fold, nfc

UNRESOLVED = "org_unresolved"
VALIDITY_UNKNOWN = "validity_unknown"
_ALIAS = regex.compile(r"[ ]?\(([^()\n]{2,40})\)")
_ACRONYM = regex.compile(r"(?<![\p{L}\p{N}])\p{Lu}[\p{Lu}\p{N}.&-]{1,14}(?![\p{L}\p{N}])")
# an acronym of several words ("PV GAS")
_ACRONYMS = regex.compile(r"\p{Lu}[\p{Lu}\p{N}.&-]{1,14}(?:[ ]\p{Lu}[\p{Lu}\p{N}.&-]{1,14}){1,2}")
_WORD = regex.compile(r"[^ ]+")
# a place's name and kind are at most this many words
_MAX_PLACE = 6
# more bodies than an article names; keeps a hostile text linear
_MAX_NAMED = 200
# a unit written by so many capitals and nothing else
_MAX_INITIALS = 4
# styles of names that may go on in words that the grammar does not know
_OPEN_STYLES = ("proper", "sector", "office", "association")
_PUBLIC = ("union", "party", "state", "mass")


@dataclass(frozen=True, slots=True)
class BodyContext:
    """What the article says that a short name may lean on.

    ``province`` is as named at the time (None: nation-wide or unknown); ``date`` the day of the article or its event;
    ``named`` the bodies named in it, as written, in reading order; ``definitions`` short names that the text explains,
    folded, with what they stand for; ``units`` (kind's word, name, mentions) of units below the province, the most
    named first; ``starts`` where each of ``named`` stands; ``local`` the state's and the party's bodies that bear a
    province, as (where it stands, province); ``sentences`` where each sentence begins.
    """

    province: str | None = None
    date: dt.date | None = None
    site: str | None = None
    named: tuple[str, ...] = ()
    definitions: Mapping[str, str] = field(default_factory=dict)
    units: tuple[tuple[str, str, int], ...] = ()
    starts: tuple[int, ...] = ()
    local: tuple[tuple[int, str], ...] = ()
    sentences: tuple[int, ...] = ()
    _seen: dict[int, BodyContext] = field(default_factory=dict, init=False, compare=False, repr=False)

    def seen_from(self, at: int) -> BodyContext:
        """The same with the bodies in the order in which a place of the text calls them to mind, each once.

        The nearest before it first, then those after it.
        """
        before = bisect.bisect_left(self.starts, at)
        seen = self._seen.get(before)
        if seen is None:
            named = dict.fromkeys((*reversed(self.named[:before]), *self.named[before:]))
            seen = self._seen[before] = replace(self, named=tuple(named), starts=())
        return seen


@dataclass(frozen=True, slots=True)
class ResolvedBody:
    """A body. ``name`` is canonical; ``province`` as named at the time; ``successor_of`` names of the bodies before it.

    ``flags``: ``org_unresolved`` where the name lacks a province or office that it should bear, ``validity_unknown``
    where only a date would tell the body of before 1 July 2025 from the one since.
    """

    org_id: str
    name: str
    level: str
    province: str | None = None
    province_now: str | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    successor_of: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(slots=True)
class _Draft:
    """A name in the making."""

    words: list[str]
    level: str
    province: str | None = None
    is_provincial: bool = False
    unit_kind: str | None = None
    group: str = "other"
    flags: list[str] = field(default_factory=list)
    # another first word by which the same body goes
    alias: str | None = None

    @property
    def name(self) -> str:
        return " ".join(w for w in self.words if w)


class BodyResolver:
    """Resolves bodies' names. Has no state but the rules."""

    def __init__(self, rules: Rules) -> None:
        body = rules["body"]
        self.grammar: BodyGrammar = body_grammar(rules)
        self.places = self.grammar.places
        self._closers: dict[str, str] = dict(body.lexicon["closers"])
        self._acronyms = {fold(k): str(v) for k, v in body.settings["acronyms"].items()}
        self._bare_words: dict[str, str] = dict(body.lexicon["bare_words"])
        self._organs = Words(dict.fromkeys(body.lexicon["organs"], ""))
        settings = body.settings
        self._exact = frozenset(fold(w) for w in settings["exact_words"])
        self._everyday = str(settings["everyday_head"])
        self._grassroots = str(settings["grassroots_head"])
        self.union_word = self.grammar.heads[self._everyday].name
        # how the letters of a union begin
        self._union_letters = tuple(
            fold(form)
            for head in self.grammar.heads.values()
            if head.group == "union"
            for form in head.forms
            if form.isupper() and " " not in form
        )
        self._unmeant = frozenset(settings["unmeant_heads"])
        self._federation: HeadRow = self.grammar.heads[str(settings["federation_head"])]
        self._federation_of = frozenset(settings["federation_of"])
        self._of_provinces = frozenset(settings["forms_of_provinces"])
        self._branch = str(settings["branch_head"])

    # --- the article

    def context(
        self,
        document: Document,
        bodies: Sequence[BodyMention],
        place: Place | str | None = None,
        date: dt.date | None = None,
    ) -> BodyContext:
        """What the article offers. ``bodies`` have offsets into ``document.text``; ``date`` falls back to its stamp."""
        province = place.province if isinstance(place, Place) else place
        text = document.key
        named: list[tuple[int, str]] = []
        distinct: set[str] = set()
        definitions: dict[str, str] = {}
        units: dict[tuple[str, str], int] = {}
        local: list[tuple[int, str]] = []
        for mention in bodies:
            written = text[mention.start : mention.end]
            if len(distinct) < _MAX_NAMED and len(named) < 4 * _MAX_NAMED:
                distinct.add(written)
                named.append((mention.start, written))
            if len(local) < _MAX_NAMED and (province_named := self._bears(written)) is not None:
                local.append((mention.start, province_named))
            alias = _ALIAS.match(text, mention.end)
            for short in self._shorts(alias[1]) if alias else ():
                # "Công ty Cơ khí PTSC (PTSC M&C)": what is a word of the name itself does not stand for it
                if not self.grammar.is_head(short) and fold(short) not in fold(written).split():
                    definitions.setdefault(fold(short), self._stands_for(short, written))
        for part in self.grammar.unit_places(text):
            if part.unit and part.place:
                key = (part.unit, part.place)
                units[key] = units.get(key, 0) + 1
        for written in distinct:
            # a unit named like a person is one where a body bears it
            for key in self._places_in(written):
                units.setdefault(key, 1)
        units = {u: n for u, n in units.items() if not self._is_initials(*u)}
        ordered = sorted(units, key=lambda u: (-units[u], u))
        day = date or (document.published.date() if document.published else None)
        return BodyContext(
            province,
            day,
            document.site,
            tuple(w for _, w in named),
            definitions,
            tuple((*u, units[u]) for u in ordered),
            tuple(a for a, _ in named),
            tuple(local),
            tuple(s.start for s in document.sentences),
        )

    def _shorts(self, alias: str) -> list[str]:
        """The short names in a bracket: acronyms, one of several words ("PV GAS"), a known one in small letters too."""
        if _ACRONYMS.fullmatch(alias) is not None or fold(alias) in self._acronyms:
            return [alias]
        return _ACRONYM.findall(alias)

    def _stands_for(self, short: str, written: str) -> str:
        """What a short name behind a body stands for: of a house's union the house, unless it begins like a union's."""
        parsed = self.grammar.read_name(written)
        house = parsed.part("body") if parsed is not None and parsed.head.group == "union" else None
        of_union = fold(short).startswith(self._union_letters)
        return written if house is None or house.body is None or of_union else house.body.text_of(written)

    def _is_initials(self, kind: str, name: str) -> bool:
        """Whether letters stand for a unit's name ("huyện TB"): no other body is named in full by them."""
        return len(name) <= _MAX_INITIALS and name.isalpha() and name.isupper() and not self.places.unit(kind, name)

    def _places_in(self, written: str) -> list[tuple[str, str]]:
        """The units below the province in a body's name, as (kind's word, name): "Huyện ủy Nga Sơn" is of a huyện."""
        parsed = self.grammar.read_name(written)
        found: list[tuple[str, str]] = []
        while parsed is not None:
            kind = parsed.head.of if parsed.head.style == "seat" else None
            places = [p for p in parsed.parts if p.place and not p.is_province]
            found += [(u, p.place) for p in places if p.place and (u := p.unit or kind)]
            parsed = next((p.body for p in parsed.parts if p.body is not None), None)
        return found

    def _bears(self, written: str) -> str | None:
        """The province in the name of a body of state or party; None of any other body."""
        parsed = self.grammar.read_name(written)
        if parsed is None or parsed.head.group not in ("state", "party"):
            return None
        return next((p.place for p in parsed.parts if p.kind == "place" and p.is_province), None)

    def _named_at(self, written: str, at: int, context: BodyContext) -> str | None:
        """The body named at that place where its name is longer or shorter than what a title was read with."""
        index = bisect.bisect_right(context.starts, at) - 1
        if index >= 0 and context.starts[index] < at:
            # a part of a longer name ("Ban Tuyên giáo Đảng ủy Khối …")
            inner = context.named[index][at - context.starts[index] :]
            parsed = self.grammar.read_name(inner) if inner.startswith(f"{written} ") else None
            return inner if parsed is not None and parsed.end == len(inner) else None
        if index >= 0:
            named = context.named[index]
            if named.startswith(f"{written} "):
                return named
            if written.startswith(f"{named} ") and written[len(named) + 1 :].islower():
                # a clause follows ("… cảm ơn"); a place's kind would be of the name
                parsed = self.grammar.read_name(named)
                return named if parsed is not None and parsed.part("name") and parsed.head.style == "proper" else None
        return None

    def _beside(self, written: str, at: int, context: BodyContext) -> str | None:
        """The one province of the state's bodies before it in its sentence, for an office that names none."""
        parsed = self.grammar.read_name(written)
        if parsed is None or parsed.head.group != "state" or parsed.head.per != "province" or parsed.part("place"):
            return None
        index = bisect.bisect_right(context.sentences, at) - 1
        begin = context.sentences[index] if index >= 0 else at
        provinces = {p for a, p in context.local if begin <= a < at}
        return provinces.pop() if len(provinces) == 1 else None

    # --- one body

    def resolve(
        self,
        text: str,
        context: BodyContext,
        serves_in: str | Sequence[str] | None = None,
        at: int | None = None,
    ) -> ResolvedBody:
        """The body that ``text`` names in this article.

        ``at`` is where it stands in the article: a bare "công ty" is then the one named last before it.

        ``serves_in`` is the office or enterprise that the person serves in, as written, or all the bodies that he or
        she holds positions in: a bare party committee takes the first that can have one.
        """
        written = canonical(nfc(text)).strip(" .,;:-")
        doubled, _, rest = written.partition(" ")
        again = self.grammar.read_name(rest) if rest else None
        if again is not None and f"{fold(again.name)} ".startswith(f"{fold(doubled)} "):
            # "Phó Trưởng ban Ban Quản lý …": the first word is the title's
            written, at = rest, at + len(doubled) + 1 if at is not None else None
        if at is not None and (named := self._named_at(written, at, context)) is not None:
            written = named
        if at is not None and context.local and (beside := self._beside(written, at, context)) is not None:
            context = replace(context, province=beside)
        if at is not None and len(context.starts) == len(context.named):
            context = context.seen_from(at)
        offices = (serves_in,) if isinstance(serves_in, str) else tuple(serves_in or ())
        draft = self._draft(written, context, offices, 0)
        return self._finished(draft, context)

    def _draft(self, written: str, context: BodyContext, serves_in: tuple[str, ...], depth: int) -> _Draft:
        key = fold(written)
        known = context.definitions.get(key) or self._acronyms.get(key)
        if known and depth < 3 and fold(known) != key:
            return self._draft(canonical(nfc(known)), context, serves_in, depth + 1)
        parsed = self.grammar.read_name(written) or self.grammar.read_name(written[:1].upper() + written[1:])
        if parsed is None and (organ := self._organs.at(written, 0)) is not None and depth < 3:
            # "Ban Thường vụ LĐLĐ tỉnh": the organ belongs to the position
            inner = written[organ[0] :].strip()
            if self.grammar.read_name(inner) is not None:
                return self._draft(inner, context, serves_in, depth + 1)
        if parsed is None:
            return self._headless(written, context, depth)
        rest = written[parsed.end :].strip()
        if not parsed.parts and rest and self.grammar.says_many(rest):
            # "LĐLĐ các huyện" is many bodies, and none of them in particular
            return _Draft([parsed.name, rest], self.grammar.level(parsed), flags=[UNRESOLVED])
        if parsed.head.style == "seat" and not parsed.parts and rest[:1].isupper():
            # the seat of a place that the gazetteer does not know is not the one of the article's own
            return _Draft([parsed.name, rest], self.grammar.level(parsed))
        draft = self._render(parsed, context, serves_in, depth)
        if rest and rest[0].isalnum() and parsed.head.style in _OPEN_STYLES and self.grammar.goes_on(rest):
            self._ending(rest, draft, context, depth)
        elif rest.startswith(("- ", ", ")):
            # "Phòng Tài chính - Kế toán Bệnh viện …"
            if rest[0] == ",":
                draft.words[-1] += ","
            self._ending(rest.removeprefix(", "), draft, context, depth)
        return draft

    def _ending(self, words: str, draft: _Draft, context: BodyContext, depth: int) -> None:
        """Adds words that no head begins; a body that they end in is written out as it would be alone."""
        last = next((p for p in self.grammar.scan(words) if p.end == len(words)), None) if depth < 3 else None
        if last is None or not last.parts:
            starts = [m.start() for m in _WORD.finditer(words)][-_MAX_PLACE:]
            places = (self.grammar.place(words, at) for at in starts)
            place = next((p for p in places if p is not None and p.end == len(words)), None)
            draft.words.append(words[: place.start].rstrip() if place is not None else words)
            if place is not None:
                self._place(place, self._federation, draft, context)
            return
        inner = self._render(last, context, (), depth + 1)
        draft.words += [words[: last.start].rstrip(), inner.name]
        draft.province, draft.is_provincial, draft.unit_kind = inner.province, inner.is_provincial, inner.unit_kind
        draft.flags += inner.flags

    def _headless(self, written: str, context: BodyContext, depth: int) -> _Draft:
        """A name that begins with no head: a kind's bare word stands for the one body of that kind in the article."""
        word = fold(written)
        group = self._closers.get(word) or self._bare_words.get(word)
        if group is not None:
            found = self._of_group(group, word, context, depth, strict=word in self._bare_words)
            if found is not None:
                return found
            return _Draft([written[:1].upper() + written[1:]], "other", flags=[UNRESOLVED])
        draft = _Draft([], "other")
        self._ending(written, draft, context, depth)
        return draft

    def _of_group(self, group: str, word: str, context: BodyContext, depth: int, strict: bool = False) -> _Draft | None:
        """The first body of that group that the article names in full: of that word if there is one (or ``strict``)."""
        if depth > 2:
            return None
        hits: list[Parsed] = []
        for other in context.named:
            parsed = self.grammar.read_name(other)
            while parsed is not None:
                if parsed.head.group == group and parsed.part("closer") is None:
                    hits.append(parsed)
                    break
                parsed = next((p.body for p in parsed.parts if p.body is not None), None)
        same = [
            p
            for p in hits
            if f"{fold(p.name)} ".startswith(f"{word} ") or (not p.head.keep and word in map(fold, p.head.forms))
        ]
        if not strict and word not in self._exact:
            same = same or [p for p in hits if p.head.key not in self._unmeant]
        return self._render(same[0], context, (), depth + 1) if same else None

    # --- rendering

    def _render(self, parsed: Parsed, context: BodyContext, serves_in: tuple[str, ...], depth: int) -> _Draft:
        head, name = parsed.head, parsed.name
        level = self.grammar.level(parsed)
        first = parsed.parts[0] if parsed.parts else None
        if head.key == self._everyday and first is not None and first.kind == "place" and self._is_federation(first):
            head, name = self._federation, self._federation.name
        if head.key == self._branch and parsed.part("nation") is not None:
            # of the nation there is no "ngành" in the name
            name = self.grammar.heads[self._everyday].name
        fuller = self._fuller(parsed, context, depth)
        if fuller is not None:
            return fuller
        draft = _Draft([name], level, group=head.group)
        # "CĐCS Công ty A" is "Công đoàn Công ty A"
        plain = head.key == self._grassroots and first is not None and not self._needs_word(first)
        draft.alias = self.union_word if plain else None
        for part in _explained(parsed.parts, context):
            self._part(part, head, draft, context, depth)
        self._complete(parsed, head, draft, context, serves_in, depth)
        return draft

    def _needs_word(self, first: Part) -> bool:
        """Whether a grassroots union without the word would be another: of a commune, or of a whole corporation."""
        return first.kind not in ("body", "name") or (first.body is not None and first.body.head.wide)

    def _is_federation(self, place: Part) -> bool:
        return place.unit is None or self.places.unit_words[place.unit] in self._federation_of

    def _part(self, part: Part, head: HeadRow, draft: _Draft, context: BodyContext, depth: int) -> None:
        if part.body is not None:
            nested = self._render(part.body, context, (), depth + 1) if depth < 3 else _Draft([part.body.name], "other")
            draft.words.append(nested.name)
            draft.flags += nested.flags
            draft.province, draft.is_provincial = nested.province, nested.is_provincial
            draft.unit_kind = nested.unit_kind
        elif part.kind == "closer":
            group = self._closers[fold(part.text)]
            nested_or_none = self._of_group(group, fold(part.text), context, depth)
            if nested_or_none is None:
                draft.words.append(part.text)
                draft.flags.append(UNRESOLVED)
            else:
                draft.words.append(nested_or_none.name)
        elif part.kind == "place":
            self._place(part, head, draft, context)
        elif (
            head.group == "union"
            and len(draft.words) < 2
            and fold(part.text) not in context.definitions
            and (full := self._acronyms.get(fold(part.text)))
        ):
            # "Công đoàn EVN"
            known = self.grammar.read_name(full)
            draft.words.append(full)
            if known is not None and known.head.wide:
                draft.level = "national_industry"
        elif part.kind == "name" and fold(part.text) in context.definitions and depth < 3:
            draft.words.append(
                self._draft(canonical(nfc(context.definitions[fold(part.text)])), context, (), depth + 1).name
            )
        else:
            draft.words.append(part.text)

    def _place(self, part: Part, head: HeadRow, draft: _Draft, context: BodyContext) -> None:
        places = self.places
        code = places.unit_words[part.unit] if part.unit else None
        if part.place is not None and part.is_province:
            since = places.provinces[part.place].valid_from
            if since is None or context.date is None or context.date >= since:
                self._provincial(part.place, head, draft)
            else:
                # a city of a province then, a province of its own since
                draft.unit_kind = part.unit
                draft.level = "district" if draft.level == "province" else draft.level
                draft.words.append(part.text)
                draft.province = places.at(part.place, context.date)
            return
        if part.place is not None:
            kind = part.unit or head.of
            draft.unit_kind = kind
            unit = places.unit(kind, part.place)
            draft.words.append(part.place if head.style == "seat" or part.unit is None else f"{part.unit} {part.place}")
            draft.province = self._province_of(kind, unit.provinces if unit else (), context)
            return
        if code == "province" or (code == "city" and self._is_city(context.province)):
            if context.province is None or (code == "province" and self._is_city(context.province)):
                draft.words.append(part.text)
                draft.flags.append(UNRESOLVED)
            else:
                self._provincial(context.province, head, draft)
            return
        self._unit(part.unit or part.text, head, draft, context)

    def _unit(self, kind: str, head: HeadRow, draft: _Draft, context: BodyContext) -> None:
        """A unit below the province that only its kind names: the one of that kind that the article names."""
        draft.unit_kind = kind
        found = self._main_unit(kind, context)
        if draft.level == "province":
            draft.level = "district"
        if found is None:
            if head.style != "seat":
                draft.words.append(kind)
            draft.flags.append(UNRESOLVED)
            return
        draft.words.append(found if head.style == "seat" else f"{kind} {found}")
        unit = self.places.unit(kind, found)
        draft.province = self._province_of(kind, unit.provinces if unit else (), context)

    def _main_unit(self, kind: str, context: BodyContext) -> str | None:
        """The one unit of that kind that the article is about; None where it names several alike."""
        units = [(n, name) for k, name, n in context.units if k == kind and not self._is_city_name(name)]
        if not units or 2 * units[0][0] < sum(n for n, _ in units):
            return None
        return units[0][1] if len(units) == 1 or units[0][0] > units[1][0] else None

    def _is_city(self, province: str | None) -> bool:
        return province in self.places.provinces and self.places.provinces[province].kind == "city"

    def _is_city_name(self, name: str) -> bool:
        return self._is_city(self.places.province(name))

    def _provincial(self, province: str, head: HeadRow, draft: _Draft) -> None:
        here = self.places.provinces[province]
        plain = here.formal if not here.formal.islower() and here.formal[0].isupper() else here.name
        draft.words.append(plain if head.style == "seat" else here.formal)
        draft.province, draft.is_provincial = province, True

    def _province_of(self, kind: str | None, provinces: Sequence[str], context: BodyContext) -> str | None:
        """The province of a unit, as named at the time; the article's own where the name is ambiguous.

        The gazetteer knows few wards of the many of one name: a ward is of the article's province where it has one.
        """
        if context.province is not None and kind is not None and self.places.unit_words.get(fold(kind)) == "ward":
            return context.province
        at_the_time = {self.places.at(p, context.date) for p in provinces}
        if len(at_the_time) == 1:
            return at_the_time.pop()
        return context.province if not provinces or context.province in at_the_time else None

    def _complete(
        self, parsed: Parsed, head: HeadRow, draft: _Draft, context: BodyContext, serves_in: tuple[str, ...], depth: int
    ) -> None:
        """What the words leave out: the province that the body must bear, the office of a party committee."""
        if head.needs and not parsed.parts:
            draft.flags.append(UNRESOLVED)
            return
        if head.per in ("office", "any_office") and not parsed.parts:
            found = (self._office(one, head.per == "any_office", context, depth) for one in serves_in)
            office = next((o for o in found if o is not None), None)
            if office is None:
                draft.flags.append(UNRESOLVED)
            else:
                draft.words.append(office.name)
                draft.province = office.province
            return
        if head.per == "named":
            if not parsed.parts:
                named = self._of_group(head.nests[0], "", context, depth)
                if named is None:
                    draft.flags.append(UNRESOLVED)
                else:
                    draft.words.append(named.name)
            return
        kinds = {p.kind for p in parsed.parts}
        if kinds & {"place", "nation", "body", "country"} or {"zone", "name"} <= kinds or head.style == "fixed":
            return
        of_bloc = any(p.text in self._of_provinces for p in parsed.parts)
        industry = head.level == "union" and draft.level == "industry"
        local = head.per in ("place", "province") or of_bloc or industry
        if head.per == "district" or (head.per == "city" and not self._is_city(context.province)):
            self._unit(head.of or "", head, draft, context)
        elif local or head.per == "city":
            if context.province is None:
                draft.flags.append(UNRESOLVED)
            else:
                self._provincial(context.province, head, draft)

    def _office(self, serves_in: str, with_unions: bool, context: BodyContext, depth: int) -> _Draft | None:
        """The office that a party committee belongs to: of a works' union the works, never a union itself."""
        parsed = self.grammar.read_name(canonical(nfc(serves_in)))
        place = parsed.part("place") if parsed is not None and parsed.head.group in ("state", "mass") else None
        if parsed is not None and parsed.head.style == "territory" and place is not None and not place.is_province:
            # the committee of a ward is "Đảng ủy phường …", not of its people's committee
            local = _Draft([], "other", group="state")
            self._place(place, parsed.head, local, context)
            return local
        draft = self._draft(canonical(nfc(serves_in)), context, (), depth + 1)
        if draft.group != "union" or with_unions:
            return None if draft.group == "party" else draft
        parsed = self.grammar.read_name(draft.name)
        nested = next((p.body for p in parsed.parts if p.body is not None), None) if parsed else None
        return self._render(nested, context, (), depth + 1) if nested is not None else None

    # --- the same body in other words

    def _fuller(self, parsed: Parsed, context: BodyContext, depth: int) -> _Draft | None:
        """The fuller name that the article gives the same body elsewhere; None where there is none."""
        if depth > 1 or not context.named:
            return None
        head = parsed.head
        if head.key == self._branch and not parsed.parts:
            return self._longer(parsed, context, lambda other: other.part("sector") is not None, depth)
        if head.level == "industry" and head.style == "sector" and not parsed.parts:
            return self._longer(parsed, context, lambda other: other.head.key == head.key and other.parts != (), depth)
        if head.key == self._federation.key and not parsed.parts:
            # "Ban Thường vụ Liên đoàn Lao động" where the article names one federation
            others = (self.grammar.read_name(other) for other in context.named)
            of = (o.part("place") for o in others if o is not None and o.head.key == head.key and o.parts)
            if len({(p.unit, fold(p.place or p.text)) if p else None for p in of}) != 1:
                return None
            return self._longer(parsed, context, lambda o: o.head.key == head.key and o.parts != (), depth)
        kinds = [p.kind for p in parsed.parts]
        if head.group == "union" and head.style in ("union", "branch") and kinds[:1] == ["sector"]:
            sector = parsed.parts[0].text
            if head.style == "branch" and "nation" not in kinds and self._is_branch(sector, context):
                # "CĐGD tỉnh" where the article says "Công đoàn ngành Giáo dục"
                branch = self.grammar.heads[self._branch]
                return self._render(replace(parsed, head=branch, name=branch.name), context, (), depth + 1)
            if kinds == ["sector"]:
                return self._longer(
                    parsed,
                    context,
                    lambda o: any(p.kind == "sector" and p.text == sector for p in o.parts) and len(o.parts) > 1,
                    depth,
                )
        if head.group in ("firm", "health", "school") or (head.group == "union" and head.style == "proper"):
            core, has_form = _core(parsed), parsed.part("form") is not None
            if not core:
                return None
            return self._longer(
                parsed,
                context,
                lambda o: (
                    o.head.group == head.group
                    and o.head.style == "proper"
                    and (head.group != "union" or o.head.key == head.key)
                    and _core(o)[: len(core)] == core
                    and (len(_core(o)) > len(core) or (o.part("form") is not None or len(o.name) > len(parsed.name)))
                    and (not has_form or len(core) == 1)
                ),
                depth,
            )
        if head.style == "association" and len(parsed.parts) == 1:
            sector = fold(parsed.parts[0].text)
            return self._longer(
                parsed,
                context,
                lambda o: (
                    o.head.key == head.key
                    and fold(o.name) == fold(parsed.name)
                    and len(o.parts) > 1
                    and fold(o.parts[0].text) == sector
                ),
                depth,
            )
        return None

    def _is_branch(self, sector: str, context: BodyContext) -> bool:
        """Whether the article calls the union of that branch one of the "ngành"."""
        named = (self.grammar.read_name(other) for other in context.named)
        return any(
            p is not None and p.head.key == self._branch and p.parts[:1] and p.parts[0].text == sector for p in named
        )

    def _longer(self, parsed: Parsed, context: BodyContext, fits: object, depth: int) -> _Draft | None:
        assert callable(fits)
        for other in context.named:
            candidate = self.grammar.read_name(other)
            while candidate is not None:
                if candidate.head.group == parsed.head.group and fits(candidate) and candidate != parsed:
                    fuller = self._render(candidate, replace(context, named=()), (), depth + 1)
                    if not fuller.is_provincial or context.province in (None, fuller.province):
                        return fuller
                candidate = next((p.body for p in candidate.parts if p.body is not None), None)
        return None

    # --- time

    def _finished(self, draft: _Draft, context: BodyContext) -> ResolvedBody:
        name = " ".join(draft.name.split())
        valid_from, valid_to, successors = self._validity(name, draft, context)
        flags = list(dict.fromkeys(draft.flags))
        if successors is None:
            flags.append(VALIDITY_UNKNOWN)
        # one id for both names of a grassroots union
        known_as = " ".join([draft.alias, *draft.words[1:]]) if draft.alias else name
        raw = f"{fold(known_as)}|{draft.level}|{valid_from or ''}|{valid_to or ''}"
        province = None if draft.level in ("national", "national_industry") else draft.province
        return ResolvedBody(
            hashlib.sha256(raw.encode()).hexdigest()[:16],
            name,
            draft.level,
            province,
            self.places.now(province),
            valid_from,
            valid_to,
            successors or (),
            tuple(flags),
        )

    def _validity(
        self, name: str, draft: _Draft, context: BodyContext
    ) -> tuple[dt.date | None, dt.date | None, tuple[str, ...] | None]:
        """First and last day, and the bodies before it (None: they depend on a date that is not known)."""
        places, break_day = self.places, self.places.merged_on
        last = break_day - dt.timedelta(days=1)
        # a hospital's or works' union goes on, whatever province or district it lies in
        if draft.group not in _PUBLIC or draft.level == "grassroots":
            return None, None, ()
        if draft.is_provincial and draft.province is not None:
            here = places.provinces[draft.province]
            if here.valid_to is not None:
                return here.valid_from, here.valid_to, ()
            if not places.changed(draft.province):
                return (
                    here.valid_from,
                    None,
                    tuple(
                        self._renamed(name, draft.province, p)
                        for p in places.predecessors(draft.province)
                        if p != draft.province
                    ),
                )
            if context.date is None:
                return None, None, None
            if context.date < break_day:
                return here.valid_from, last, ()
            return (
                break_day,
                None,
                tuple(self._renamed(name, draft.province, p) for p in places.predecessors(draft.province)),
            )
        code = places.unit_words.get(draft.unit_kind or "")
        if code in ("district", "city"):
            return None, last, ()
        if code == "ward" and draft.group == "union" and context.date is not None and context.date >= break_day:
            return break_day, None, ()
        return None, None, ()

    def _renamed(self, name: str, province: str, before: str) -> str:
        new, old = self.places.provinces[province], self.places.provinces[before]
        if new.formal in name:
            return name.replace(new.formal, old.formal)
        return name.replace(new.name, old.name)


class ArticleBodies:
    """The bodies of one article, as its text names them. ``known`` keeps by its id every body that was asked for."""

    def __init__(self, resolver: BodyResolver, context: BodyContext) -> None:
        self.known: dict[str, ResolvedBody] = {}
        self.grammar, self.union_word = resolver.grammar, resolver.union_word
        self._resolver, self._context = resolver, context
        self._asked: dict[tuple[str, int | None, tuple[str, ...] | None], ResolvedBody] = {}

    def named(
        self, text: str | None, at: int | None = None, serves_in: Sequence[str] | None = None
    ) -> ResolvedBody | None:
        """The body of that name, see `BodyResolver.resolve`; None without a name."""
        if not text:
            return None
        asked = text, at, None if serves_in is None else tuple(serves_in)
        body = self._asked.get(asked)
        if body is None:
            body = self._asked[asked] = self._resolver.resolve(text, self._context, serves_in=serves_in, at=at)
            self.known.setdefault(body.org_id, body)
        return body


def _explained(parts: Sequence[Part], context: BodyContext) -> list[Part]:
    """The parts, words in a row that the article explains together made one ("PV", "GAS")."""
    out: list[Part] = []
    for part in parts:
        last = out[-1] if out else None
        joined = f"{last.text} {part.text}" if last is not None and last.kind == part.kind == "name" else ""
        if last is not None and fold(joined) in context.definitions:
            out[-1] = replace(last, text=joined, end=part.end)
        else:
            out.append(part)
    return out


def _core(parsed: Parsed) -> list[str]:
    """The folded words of an enterprise's own name, without its legal form."""
    return [w for p in parsed.parts if p.kind in ("name", "nation", "sector") for w in fold(p.text).split()]
