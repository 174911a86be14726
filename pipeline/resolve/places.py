"""Which province an article is about, as named at that time.

Evidence is weighed: unions and offices that bear a province's name, provinces and districts named, each more in title
and first lines than further down, and the site. A national body that acts over several provinces leaves it null.
"""

from __future__ import annotations

import bisect
import datetime as dt
import functools
import itertools
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import regex
from pydantic import BaseModel, ConfigDict

from pipeline.document import Document
from pipeline.extract.bodies import BodyGrammar, Parsed, body_grammar
from pipeline.facts import BodyMention
from pipeline.gazetteer import Gazetteer, gazetteer
from pipeline.rules import Rules, built
from pipeline.text import canonical, fold, nfc, search_key

PROVINCE_INFERRED = "province_inferred"
PROVINCE_CONFLICT = "province_conflict"
# an article has one title, one lede; a broken page may have thousands of them
_MAX_FIRSTS = 8
# characters between the ends of a stretch of country
_REACH = 12
# unions of some place
_LOCAL = ("province", "industry", "district", "grassroots")
# votes of places that are named outside bodies
_PLACES = frozenset({"name", "unit", "ward", "landmark"})
# between the parts of an address
_GOES_ON = (",", "(", "-")
# a paper signs the first paragraph, behind a title, a stamp and an author at most
_SIGNED_BLOCKS = 5


@dataclass(frozen=True, slots=True)
class Place:
    """What an article is about. ``scope``: province, nation, unknown; ``province`` as named at the time.

    ``start``/``end`` are the strongest evidence in the text (None where it is the site). ``flags``:
    ``province_inferred`` (only from site, district or a place's name), ``province_conflict`` (a second one is close).
    """

    scope: str
    province: str | None = None
    province_now: str | None = None
    start: int | None = None
    end: int | None = None
    flags: tuple[str, ...] = ()


class _SignRow(BaseModel):
    model_config = ConfigDict(extra="forbid")
    province: str
    signs: list[str]


class _SiteRow(BaseModel):
    model_config = ConfigDict(extra="forbid")
    domain: str
    province: str | None = None


@dataclass(slots=True)
class _Vote:
    province: str
    weight: float
    start: int
    end: int
    kind: str


class _Weigher:
    """The evidence of one article."""

    def __init__(self, document: Document, rules: Rules) -> None:
        self.places: Gazetteer = gazetteer(rules)
        self.grammar: BodyGrammar = body_grammar(rules)
        place = rules["place"]
        self.capital = str(place.settings["capital"])
        self.weights: dict[str, float] = {k: float(v) for k, v in place.settings["weights"].items()}
        self.bio = tuple(place.lexicon["biography_leads"])
        self.venues = tuple(f" {w} " for w in place.lexicon["venue_leads"])
        self.owners = tuple(f" {w} " for w in place.lexicon["owner_leads"])
        self.asker = place.pattern(r"{B}{asker}[ ]{1,2}(?:\p{Lu}[\p{L}.]{0,9}[ ]{1,2}){1,5}\([ ]?\Z")
        self.ship = place.pattern(r"{B}{ship}[ ]{1,2}\Z")
        self.ship_number = place.pattern(r"[ ]{1,2}\d{1,2}{E}")
        # "từ Nghệ An đến Phú Yên": all that lies between, and neither of the two
        self.reach = place.pattern(r"{B}{reach_from}[ ]{1,2}\Z")
        self.reach_on = place.pattern(r"[ ]{1,2}{reach_to}[ ]{1,2}\Z")
        self.abroad = rules["official"].pattern(r"(?:,|{sp}\(|{sp}{country_of})?{s}{country}{E}")
        self.document = document
        self.text = document.key
        self.votes: list[_Vote] = []
        self.firsts = self._first_lines()
        self.body_spans: list[tuple[int, int]] = []
        # where the units lie that the text names
        self.units: dict[str, set[str]] = defaultdict(set)

    def _first_lines(self) -> list[tuple[int, int, float]]:
        """Spans that weigh more: the title, and the first two paragraphs' first sentences."""
        spans = []
        body_seen = 0
        for block in self.document.blocks:
            if block.kind == "title":
                spans.append((block.start, block.end, self.weights["title"]))
            elif block.kind == "lede":
                spans.append((block.start, block.end, self.weights["lede"]))
            elif block.kind == "body" and body_seen < 2:
                body_seen += 1
                _, end = self.document.sentence_span(block.start) if self.document.sentences else (0, block.end)
                spans.append((block.start, min(end, block.end), self.weights["first_sentence"]))
        return spans[:_MAX_FIRSTS]

    def factor(self, start: int) -> float:
        """How much more a place counts that stands at ``start``."""
        return max((w for a, b, w in self.firsts if a <= start < b), default=1.0)

    def add(self, province: str, kind: str, start: int, end: int) -> None:
        """A vote for a province by a word or name of that kind."""
        weight = self.weights[kind] * self.factor(start)
        block = self.document.block_at(start)
        if kind == "name" and block is not None and block.kind == "caption":
            weight *= self.weights["caption"]
        self.votes.append(_Vote(province, weight, start, end, kind))

    def bodies(self, bodies: Sequence[BodyMention]) -> None:
        """Votes of the bodies that bear a province's name."""
        self.body_spans = sorted((b.start, b.end) for b in bodies)
        for mention in bodies:
            at = mention.start
            parsed = self.grammar.read_name(self.text[at : mention.end])
            if parsed is None:
                # a name of bodies in bodies that is not read through still says where
                for start, end, name in self.places.find(self.text[at : mention.end]):
                    self.add(name, "in_name", at + start, at + end)
                continue
            outer: Parsed | None = parsed
            local = False
            while parsed is not None:
                for part in parsed.parts:
                    if part.kind == "place" and part.is_province and part.place:
                        acting = {p.head.group for p in (outer, parsed) if p is not None}
                        level = "union" if acting & {"union", "party", "state"} else "body"
                        self.add(part.place, level, at + part.start, at + part.end)
                        local = True
                    elif part.kind == "place" and part.place:
                        self._unit(part.unit, part.place, at + part.start, at + part.end)
                        local = True
                parsed = next((p.body for p in parsed.parts if p.body is not None), None)
            if not local and outer is not None and outer.parts:
                # the head's own words ("Thanh niên Cộng sản Hồ Chí Minh") say nothing of where
                begin = at + outer.parts[0].start
                for start, end, name in self.places.find(self.text[begin : mention.end]):
                    self.add(name, "in_name", begin + start, begin + end)

    def _unit(self, kind: str | None, name: str, start: int, end: int) -> None:
        unit = self.places.unit(kind, name)
        if unit is not None:
            self.units[fold(name)].update(unit.provinces)
        if unit is not None and len(unit.provinces) == 1:
            is_ward = self.places.unit_words.get(unit.kind) == "ward"
            self.add(unit.provinces[0], "ward" if is_ward else "unit", start, end)

    def _in_body(self, offset: int) -> bool:
        index = bisect.bisect_right(self.body_spans, (offset, len(self.text))) - 1
        return index >= 0 and offset < self.body_spans[index][1]

    def names(self) -> None:
        """Votes of the provinces, units and landmarks named outside bodies."""
        found = [f for f in self.places.find(self.text) if not self._in_body(f[0])]
        elsewhere = self._elsewhere(found)
        for start, end, name in found:
            if name in elsewhere or start in elsewhere:
                continue
            before = fold(self.text[max(0, start - 24) : start])
            # whoever asks or writes names a home, not what the article is about
            if before.endswith(self.bio) or self.asker.search(self.text, max(0, start - 60), start):
                continue
            self.add(name, "name", start, end)
        for part in self.grammar.unit_places(self.text):
            if part.place and not self._in_body(part.start):
                self._unit(part.unit, part.place, part.start, part.end)
        for start, end, name in self.places.find_landmarks(self.text):
            # where a district elsewhere bears that name, an enterprise is named after the district
            if name not in self.units.get(fold(self.text[start:end]), (name,)):
                continue
            self.add(name, "landmark", start, end)

    def _elsewhere(self, found: Sequence[tuple[int, int, str]]) -> set[str | int]:
        """Names of another country's provinces, and where a name is a ship's or one end of a stretch of country."""
        passed: set[str | int] = set()
        for start, end, name in found:
            if name != self.capital and self.abroad.match(self.text, end):
                passed.add(name)
            is_ship = self.ship.search(self.text, max(0, start - 30), start) is not None
            if is_ship and self.ship_number.match(self.text, end):
                passed.add(start)
        for (first, end, _), (second, _, _) in itertools.pairwise(found):
            if second - end > _REACH or self.reach_on.fullmatch(self.text, end, second) is None:
                continue
            if self.reach.search(self.text, max(0, first - 6), first):
                passed |= {first, second}
        return passed

    def drop_venue(self, capital: str, *, told: bool) -> None:
        """Central bodies meet in the capital: its bare name says where, not what the article is about.

        What is the capital's own ("của Hà Nội") is no venue.
        ``told``: a central body is only told of, and the name must stand as a venue's.
        """
        own = [v for v in self.votes if v.province == capital]
        before = [f" {fold(self.text[max(0, v.start - 8) : v.start])} " for v in own]
        venue = not told or all(b.endswith(self.venues) for b in before)
        if venue and all(v.kind == "name" for v in own):
            told_of = [v for v, b in zip(own, before, strict=True) if b.endswith(self.owners)]
            self.votes = [v for v in self.votes if v.province != capital] + told_of

    def drop_within(self, start: int, end: int) -> None:
        """What names the venue says where, not what the article is about; a house named after a place stays."""
        words = tuple(self.places.unit_words)
        units = tuple(f" {w}" for w in words)
        kept = []
        for vote in sorted(self.votes, key=lambda v: v.start):
            if 0 <= vote.start - end <= 3 and self.text[end : vote.start].strip() in _GOES_ON:
                end = vote.end  # "tại Nhà thi đấu quận Sơn Hà, Hà Nội"
            before = f" {fold(self.text[max(start, vote.start - 12) : vote.start]).rstrip()}"
            is_place = before == " " or before.endswith((",", "(", *units))
            is_place = is_place or fold(self.text[vote.start : vote.end]).startswith(words)
            if vote.kind not in _PLACES or not start <= vote.start < end or not is_place:
                kept.append(vote)
        self.votes = kept


def _site(document: Document, rules: Rules) -> str | None:
    """The province whose paper or portal the site is; None for a national one and an unknown one."""
    host = (urlsplit(document.url).hostname or "") if document.url else ""
    name = document.site or ""
    return _province_of_site(host, name, rules) if host or name else _signed(document, rules)


def _signed(document: Document, rules: Rules) -> str | None:
    """The province whose paper signs one of the first lines with its initials or its site's name."""
    pattern, provinces = built(_signs, rules, "place")
    for block in document.blocks[:_SIGNED_BLOCKS]:
        found = pattern.match(canonical(document.text[block.start : min(block.end, block.start + 60)]))
        if found is None:
            continue
        if found["sign"] is not None:
            return provinces[found["sign"].upper()]
        return _province_of_site(found["site"].lower(), "", rules)
    return None


def _signs(rules: Rules) -> tuple[regex.Pattern[str], dict[str, str]]:
    """How papers sign their first lines, and the province of each sign (in capitals)."""
    provinces = {s.upper(): r.province for r in rules["place"].table("datelines", _SignRow) for s in r.signs}
    words = "|".join(regex.escape(s) for s in sorted(provinces, key=len, reverse=True))
    ends = r"(?:[)\]]?[ ]{0,2}[.]?[-:,]|[)\]]|(?=\p{Lu}\p{Ll}))"
    site = r"[\w-]{3,40}(?:\.[a-z]{2,4}){1,3}"
    return regex.compile(rf"[(\[]?[ ]?(?:(?P<sign>{words})|(?P<site>(?i:{site}))){ends}"), provinces


def _province_of_site(host: str, name: str, rules: Rules) -> str | None:
    places = gazetteer(rules)
    for domain, province in built(_site_table, rules, "place"):
        if host == domain or host.endswith("." + domain) or name == domain:
            return province
    found = [p for _, _, p in places.find(canonical(nfc(name)))]
    if found:
        return found[0]
    labels = search_key(host or name).replace("-", "")
    for key, province in _plain_names(rules):
        if key in labels:
            return province
    return None


def _site_table(rules: Rules) -> tuple[tuple[str, str | None], ...]:
    return tuple((r.domain, r.province) for r in rules["place"].table("sites", _SiteRow))


def _plain_names(rules: Rules) -> list[tuple[str, str]]:
    return _plain(tuple(gazetteer(rules).provinces))


@functools.lru_cache(maxsize=4)
def _plain(names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Provinces' names as they stand in domains, the longest first; very short ones left out."""
    plain = [(regex.sub(r"[^a-z]", "", search_key(name)), name) for name in names]
    return sorted((p for p in plain if len(p[0]) >= 5), key=lambda p: -len(p[0]))


def province_named(text: str, rules: Rules) -> str | None:
    """The one province in which a place lies that some words name; None where they name none or two."""
    places, key = gazetteer(rules), canonical(nfc(text))
    named = {name for _, _, name in places.find(key)}
    if not named:
        parts = [p for p in body_grammar(rules).unit_places(key) if p.place]
        units = [unit for p in parts if (unit := places.unit(p.unit, p.place or "")) is not None]
        named = {province for unit in units for province in unit.provinces}
    return named.pop() if len(named) == 1 else None


def article_place(
    document: Document,
    bodies: Sequence[BodyMention],
    rules: Rules,
    date: dt.date | None = None,
    venue: tuple[int, int] | None = None,
) -> Place:
    """The province that the article is about. ``bodies`` have offsets into ``document.text``.

    ``venue`` spans the place of a gathering of a body of the whole country, which does not count.
    """
    weigher = _Weigher(document, rules)
    places, weights = weigher.places, weigher.weights
    weigher.bodies(bodies)
    weigher.names()
    day = date or (document.published.date() if document.published else None)
    site = _site(document, rules)
    national = _nation_acts(bodies, weigher, ("national",), frozenset())
    wide = national or _nation_acts(bodies, weigher, ("national", "national_industry"), weigher.grammar.national_heads)
    if venue is not None:
        weigher.drop_within(*venue)
        wide = True
    if wide or any(b.level == "national" for b in bodies):
        weigher.drop_venue(weigher.capital, told=not wide)
    totals: dict[str, float] = defaultdict(float)
    seen: Counter[tuple[str, str]] = Counter()
    for vote in weigher.votes:
        key = (vote.province, fold(weigher.text[vote.start : vote.end]) + vote.kind)
        # the same words again say little more
        totals[places.at(vote.province, day)] += vote.weight / (1 + seen[key])
        seen[key] += 1
    if site is not None:
        totals[places.at(site, day)] += weights["site"]
    if day is None:
        _merge(totals, weigher, places)
    if not totals:
        return Place("nation" if wide else "unknown")
    here = places.at(site, day) if site is not None else None
    (best, top), *rest = sorted(totals.items(), key=lambda t: (-t[1], t[0] != here))[:2]
    second = rest[0][1] if rest else 0.0
    strong = [v for v in weigher.votes if places.at(v.province, day) == best or places.now(v.province) == best]
    firsts = [v for v in strong if weigher.factor(v.start) > 1]
    if (national or venue is not None) and site != best and (not firsts or second > top * weights["national_rival"]):
        return Place("nation")
    if top < weights["least"] or (not site and second >= top * weights["rival"] and not firsts):
        return Place("nation" if wide else "unknown", flags=(PROVINCE_CONFLICT,) if second else ())
    in_passing = len(strong) == 1 and strong[0].kind == "name" and not firsts
    if in_passing and site is None and not any(b.level in _LOCAL for b in bodies):
        return Place("nation" if wide else "unknown")
    flags = []
    if second >= top * weights["close"]:
        flags.append(PROVINCE_CONFLICT)
    if not any(v.kind in ("union", "body", "name") for v in strong):
        flags.append(PROVINCE_INFERRED)
    evidence = max(strong, key=lambda v: v.weight, default=None)
    return Place(
        "province",
        best,
        places.now(best),
        evidence.start if evidence else None,
        evidence.end if evidence else None,
        tuple(flags),
    )


def _merge(totals: dict[str, float], weigher: _Weigher, places: Gazetteer) -> None:
    """Votes for a province that ended go to the one that covers it, where only that one's offices act."""
    acting = {v.province for v in weigher.votes if v.kind == "union"}
    for province in list(totals):
        now = places.now(province)
        if now != province and now in acting and province not in acting and now is not None:
            totals[now] += totals.pop(province)


def _nation_acts(
    bodies: Sequence[BodyMention], weigher: _Weigher, levels: tuple[str, ...], heads: frozenset[str]
) -> bool:
    """Whether a body of those levels or heads stands in title or first lines, and no local union does."""
    early = [b for b in bodies if weigher.factor(b.start) > 1]
    if any(b.level in _LOCAL for b in early):
        return False
    return any(b.level in levels or b.head in heads for b in early)
