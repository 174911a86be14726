"""From the mentions of an article to rows of the tables: every row typed, keyed and with its spans."""

from __future__ import annotations

import functools
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from pipeline import schema
from pipeline.arrow import items_of, list_array, rows_array
from pipeline.document import Document
from pipeline.duplicates import ArticleKey, article_key
from pipeline.errors import Issue
from pipeline.facts import FigureMentions, Mentions, NameMentions, Refusal
from pipeline.offsets import OffsetMap
from pipeline.parts import attempt, with_columns
from pipeline.records import documents_of, offset_maps_of
from pipeline.resolve.bodies import UNRESOLVED, BodyContext, BodyResolver, ResolvedBody
from pipeline.resolve.dates import resolve_dates
from pipeline.resolve.events import Event, EventResolver
from pipeline.resolve.figures import EventContext, FigureDescriber
from pipeline.resolve.officials import Official, merge_officials
from pipeline.resolve.places import Place, article_place
from pipeline.rules import Rules, built
from pipeline.text import canonical, fold

NESTED = ("segments", "events", "officials", "figures", "dates", "terms", "bodies", "issues")
RESOLVED = pa.schema(
    [
        pa.field("source", pa.string()),
        pa.field("sha256", pa.string()),
        pa.field("reject_reason", pa.string()),
        pa.field("reject_detail", pa.string()),
        pa.field("article", schema.struct_type("articles")),
        pa.field("text_sha", pa.binary()),
        pa.field("signature", pa.binary()),
        *[pa.field(name, pa.list_(schema.struct_type(name))) for name in NESTED],
    ]
)


@dataclass(slots=True)
class ArticleRows:
    """The rows of one article, by table."""

    article: schema.ArticleRow
    segments: list[schema.SegmentRow] = field(default_factory=list)
    events: list[schema.EventRow] = field(default_factory=list)
    officials: list[schema.OfficialRow] = field(default_factory=list)
    figures: list[schema.FigureRow] = field(default_factory=list)
    dates: list[schema.DateRow] = field(default_factory=list)
    terms: list[schema.TermRow] = field(default_factory=list)
    bodies: list[schema.BodyRow] = field(default_factory=list)
    issues: list[schema.IssueRow] = field(default_factory=list)


Resolved = tuple[ArticleRows, ArticleKey]


def row_id(prefix: str, *parts: object) -> str:
    """A stable id: ``prefix`` and 16 hex digits of the hash of its parts."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()
    return prefix + digest[:16]


@functools.lru_cache(maxsize=65536)
def _joined(word: str) -> str:
    return "_".join(word.split())


class ArticleResolver:
    """Turns the mentions of one article into its rows; built once from the rules, holds no state between articles."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._events = EventResolver(rules)
        self._bodies = BodyResolver(rules)
        self._describe = FigureDescriber(rules)

    def rows(
        self, document: Document, mentions: Mentions, offsets: OffsetMap | None = None, **known: Any
    ) -> ArticleRows:
        """The rows of an article. ``offsets`` leads to the source file; ``known`` are further columns of it."""
        tools = (self._rules, self._events, self._bodies, self._describe)
        return _Assembly(*tools, document, mentions, offsets, known).rows


class _Assembly:
    """One article on its way to rows."""

    def __init__(
        self,
        rules: Rules,
        events: EventResolver,
        bodies: BodyResolver,
        describe: FigureDescriber,
        document: Document,
        mentions: Mentions,
        offsets: OffsetMap | None,
        known: dict[str, Any],
    ) -> None:
        self.rules, self.resolver, self.describe = rules, bodies, describe
        own = rules["official"]
        self._union_seat = own.pattern(r"{union_seat}(?:{sp}{mod})?{s}\Z")
        self._committee_seat = own.pattern(r"{committee_seat}{s}\Z")
        self._house_seat = own.pattern(r"{house_seat}{E}")
        self._house_unit = own.pattern(r"{house_unit}{E}")
        self._bare_party = own.pattern(r"{bare_party}{s}\Z")
        self._contest_staff = own.pattern(r"(?:{deputy}{s})?{unit_head}{sp}{staff}{E}")
        self._contest = own.pattern(r"{contest}{s}\Z")
        self._edition = own.pattern(r"{s}{edition}{E}.*")
        self._desk = own.pattern(r"(?:{deputy}{s})?{desk}{s}\Z")
        self._minister = own.pattern(r"{minister}{s}\Z")
        self._abroad = own.pattern("{B}{country}{E}")
        self._inner_body = own.pattern("[ ]{unit_of}{E}")
        self._bare_union = own.pattern(r"{bare_union}{s}\Z")
        self.document, self.mentions, self.offsets = document, mentions, offsets
        self.dates = resolve_dates(document, mentions.dates, mentions.terms, rules)
        self.place: Place = article_place(document, mentions.bodies, rules)
        self.named: Counter[str] = Counter()
        self.known_bodies: dict[str, ResolvedBody] = {}
        self.found, codes = events.resolve(document, mentions, self.dates)
        self.context = self._context()
        self.rows = ArticleRows(self._article(known))
        self._segments()
        for event in self.found:
            self.rows.events.append(self._event(event))
        self._officials()
        self._figures()
        self._dates()
        self._terms()
        self._count_bodies()
        self._issues(codes)

    # ---------------------------------------------------------------- shared

    def _context(self) -> BodyContext:
        day = next((e.date_start for e in self.found if e.date_start), None)
        if day is None and self.document.published:
            day = self.document.published.date()
        return self.resolver.context(self.document, self.mentions.bodies, self.place.province, day)

    def _spans(self, start: int, end: int) -> dict[str, Any]:
        raw = self.offsets.raw_span(start, end) if self.offsets else None
        return {
            "span_start": start,
            "span_end": end,
            "raw_start": raw[0] if raw else None,
            "raw_end": raw[1] if raw else None,
            "sentence_no": self.document.sentence_no(start),
        }

    def _text(self, start: int, end: int) -> str:
        return self.document.text[start:end]

    def _id(self, prefix: str, kind: str, start: int, end: int, *more: object) -> str:
        return row_id(prefix, self.document.article_id, kind, start, end, *more)

    def _body(
        self, text: str | None, at: int | None = None, serves_in: Sequence[str] | None = None
    ) -> ResolvedBody | None:
        if not text:
            return None
        body = self.resolver.resolve(text, self.context, serves_in=serves_in, at=at)
        self.known_bodies.setdefault(body.org_id, body)
        return body

    @property
    def main(self) -> schema.EventRow | None:
        """The row of the main event."""
        return next((e for e in self.rows.events if e.is_main), None)

    # ---------------------------------------------------------------- tables

    def _article(self, known: dict[str, Any]) -> schema.ArticleRow:
        document = self.document
        return schema.ArticleRow(
            article_id=document.article_id,
            source=document.source or "",
            url=document.url,
            site=document.site,
            credit=document.credit,
            title=document.title,
            byline=document.byline,
            published=document.published,
            published_basis=document.published_basis,
            scope=self.place.scope,
            province=self.place.province,
            province_now=self.place.province_now,
            text=document.text,
            n_sentences=len(document.sentences),
            n_tokens=sum(len(s.words) for s in document.sentences),
            **known,
        )

    def _segments(self) -> None:
        text = self.document.text
        for number, sentence in enumerate(self.document.sentences):
            self.rows.segments.append(
                schema.SegmentRow(
                    article_id=self.document.article_id,
                    sentence_no=number,
                    span_start=sentence.start,
                    span_end=sentence.end,
                    kind=sentence.kind,
                    text=self._text(sentence.start, sentence.end),
                    words=[_joined(text[a:b]) for a, b in sentence.words],
                )
            )

    def _event(self, event: Event) -> schema.EventRow:
        mention = event.mention
        host = event.host
        org_text = host.text if host else None
        body = self._body(org_text, host.start if host else None)
        return schema.EventRow(
            event_id=self._id("e", "event", mention.start, mention.end),
            article_id=self.document.article_id,
            is_main=event.is_main,
            story_id=self._id("s", "story", mention.start, mention.end),
            event_type=mention.event_type,
            event_status=event.status,
            event_name=self._text(mention.start, mention.end),
            text=self._text(mention.start, mention.end),
            date_start=event.date_start,
            date_end=event.date_end,
            date_precision=event.date.precision if event.date and event.date_start else None,
            date_basis=event.date.basis if event.date and event.date_start else "none",
            date_text=self._text(event.date.mention.start, event.date.mention.end) if event.date else None,
            part_of_day=event.date.mention.part_of_day if event.date else None,
            org_id=body.org_id if body else None,
            org=body.name if body else None,
            org_text=org_text,
            org_level=body.level if body else None,
            place=event.place,
            province=self.place.province,
            province_now=self.place.province_now,
            congress_no=event.congress_no if mention.event_type == "congress" else None,
            term_start=event.term.first if event.term else None,
            term_end=event.term.last if event.term else None,
            flags=sorted({*event.flags, *(body.flags if body else ())}),
            rule_id=mention.rule_id,
            **self._spans(mention.start, mention.end),
        )

    def _officials(self) -> None:
        officials, refusals = merge_officials(self.mentions.people, self.rules, self._foreigners())
        self.refused: list[Refusal] = list(refusals)
        main = self.main
        for official in officials:
            body, basis = self._office(official, officials)
            term = self._term_after(official)
            self.rows.officials.append(
                schema.OfficialRow(
                    official_id=self._id(
                        "o", "official", official.start, official.end, official.position, official.title_start
                    ),
                    event_id=main.event_id if main else None,
                    article_id=self.document.article_id,
                    person_id=row_id("p", self.document.article_id, official.name.lower()),
                    name=official.name,
                    honorific=official.honorific,
                    position=official.position,
                    org_id=body.org_id if body else None,
                    org=body.name if body else None,
                    org_text=official.org_text,
                    org_level=body.level if body else None,
                    org_basis=basis,
                    tenure=official.tenure,
                    roles=list(official.roles),
                    term_start=term[0] if term else None,
                    term_end=term[1] if term else None,
                    text=self._text(official.span_start, official.span_end),
                    rule_id=official.rule_id,
                    **self._spans(official.span_start, official.span_end),
                )
            )

    def _foreigners(self) -> frozenset[str]:
        """Those with a title that implies a body of this country, whom the text once names behind another's name."""
        own = self.rules["official"]
        implied = {p.name for p in self.mentions.people if any(x.org_text and x.org_start is None for x in p.positions)}
        found = set()
        for name in implied:
            for m in re.finditer(re.escape(name), self.document.text):
                words = canonical(self.document.text[max(0, m.start() - 40) : m.start()]).split()
                if any(own.has("country", " ".join(words[-n:])) for n in (1, 2)):
                    found.add(name)
                    break
        for p in self.mentions.people:
            if any(x.tenure == "elected" and x.org_text and x.org_start is None for x in p.positions):
                # "Quốc hội Trung Quốc thông qua đề cử ông A làm Phó Thủ tướng"
                start, _ = self.document.sentence_span(p.start)
                if self._abroad.search(canonical(self.document.text[start : p.start])) is not None:
                    found.add(p.name)
        return frozenset(found)

    def _office(self, official: Official, officials: Sequence[Official]) -> tuple[ResolvedBody | None, str]:
        """The body that a position is held in, and on what ground; none where it would be a guess."""
        sentence = self.document.sentence_span(official.title_start)
        beside = [o for o in officials if o is not official and sentence[0] <= o.title_start < sentence[1]]
        own = [o for o in beside if o.name == official.name and o.org_text]
        if official.org_text:
            return self._stated(official, own)
        title = canonical(official.position)
        if (contest := self._contest_body(title)) is not None:
            return contest, "event"
        if self._minister.match(title):
            return self._only_ministry(official), "text"
        if self._desk.match(title) and (union := self._own_union(official, own)) is not None:
            return self._body(union.org_text, union.org_start), "text"
        if self._house_seat.match(title):
            return self._house_office(official, sentence)
        committee = official.tenure in ("elected", "leaving") and self._committee_seat.match(title)
        if not committee and not self._union_seat.match(title):
            return None, "none"
        if official.tenure == "elected" and (shared := self._elected_beside(official, beside)) is not None:
            return shared, "text"
        main = self.main
        if main is None or main.org_id is None or main.org_level == "other":
            return None, "none"
        if main.event_type == "founding" and official.tenure == "elected":
            # whoever holds the founding, its first officers are those of the union founded
            founded = self._founded(main)
            return founded, "event" if founded is not None else "none"
        return self.known_bodies.get(main.org_id), "event"

    def _stated(self, official: Official, own: Sequence[Official]) -> tuple[ResolvedBody | None, str]:
        """The body that the text names, with the house that it belongs to where it leaves that out."""
        text = canonical(official.org_text or "")
        serves_in = [o.org_text for o in own if o.org_text and not self._house_unit.match(canonical(o.org_text))]
        main = self.main
        host = self._house(main.org) if main is not None else None
        if self._contest.match(text) and (contest := self._contest_body(canonical(official.position))) is not None:
            return contest, "event"
        if (unit := self._unit_beside(official, own)) is not None:
            return self._body(f"{official.org_text} {unit}"), "text"
        if self._bare_party.match(text):
            if not serves_in and host is not None:
                return self._body(official.org_text, official.org_start, [host]), "event"
            body = self._body(official.org_text, official.org_start, serves_in or None)
            if serves_in and body is not None and len(body.name) == len(text):
                # "bí thư chi bộ, hạt trưởng Hạt Kiểm lâm": the cell of the office
                return self._body(f"{official.org_text} {self._next_office(official, own)}"), "text"
            return body, "text"
        if self._bare_union.match(text):
            body = self._body(official.org_text, official.org_start)
            if body is not None and UNRESOLVED in body.flags and host is not None and main is not None:
                union = main.org if main.org_level == "grassroots" else f"{self.resolver.union_word} {host}"
                return self._body(union), "event"
            return body, "text"
        if self._house_unit.match(text) and self._is_unit(text):
            houses = [h for h in map(self._house, serves_in) if h is not None]
            if houses or host is not None:
                return self._body(f"{official.org_text} {houses[0] if houses else host}"), "text" if houses else "event"
            if (house := self._only_house()) is not None:
                return self._body(f"{official.org_text} {house}"), "text"
        elif self._union_seat.match(f"{canonical(official.position)} {text.partition(' ')[2]}") and self._is_unit(text):
            # "Trưởng Ban Nữ công": of the union in which the person has another seat, or that holds the event
            if (seat := self._own_union(official, own)) is not None:
                return self._body(f"{official.org_text} {seat.org_text}"), "text"
            if main is not None and main.org_level in ("province", "industry", "national", "national_industry"):
                return self._body(f"{official.org_text} {main.org}"), "event"
        return self._body(official.org_text, official.org_start, serves_in or None), "text"

    def _is_unit(self, text: str) -> bool:
        """Whether a department's name says of no house and no place that it is theirs."""
        if next(self.resolver.grammar.scan(text.partition(" ")[2]), None) is not None:
            # "Khoa Nội 4 Bệnh viện tỉnh"
            return False
        if self._inner_body.search(text) is not None:
            return False
        parsed = self.resolver.grammar.read_name(text[:1].upper() + text[1:])
        return parsed is None or not any(p.kind in ("body", "place", "nation", "closer") for p in parsed.parts)

    def _contest_body(self, title: str) -> ResolvedBody | None:
        """The contest that the article reports, for the head of its staff; None where it reports another event."""
        main = self.main
        if main is None or main.event_type != "contest" or not main.event_name or not self._contest_staff.match(title):
            return None
        return self._body(self._edition.sub("", main.event_name))

    def _only_ministry(self, official: Official) -> ResolvedBody | None:
        """The one ministry that the article names; None where it names two or the person is foreign."""
        if not self.rules["official"].has("surname", official.name.partition(" ")[0]):
            return None
        named = {}
        for mention in self.mentions.bodies:
            text = canonical(self._text(mention.start, mention.end))
            parsed = self.resolver.grammar.read_name(text)
            if parsed is not None and self.rules["official"].has("ministry_head", parsed.head.name):
                body = self._body(text, mention.start)
                if body is not None:
                    named[body.name] = body
        return next(iter(named.values())) if len(named) == 1 else None

    def _only_house(self) -> str | None:
        """The one enterprise, hospital or school that the article names."""
        named: dict[str, str] = {}
        for mention in self.mentions.bodies:
            house = self._house(self._text(mention.start, mention.end))
            body = self._body(house) if house is not None else None
            if body is not None and house is not None:
                named.setdefault(body.name, house)
        return next(iter(named.values())) if len(named) == 1 else None

    def _own_union(self, official: Official, own: Sequence[Official]) -> Official | None:
        """The seat in a union above the grassroots that the text gives the person right before this one."""
        before = [o for o in own if o.title_start < official.title_start]
        parsed = self.resolver.grammar.read_name(canonical(before[-1].org_text or "")) if before else None
        if parsed is None or parsed.head.group != "union" or parsed.head.level == "grassroots":
            return None
        return before[-1] if not any(p.kind == "body" for p in parsed.parts) else None

    def _next_office(self, official: Official, own: Sequence[Official]) -> str:
        """The body of the person's next seat, else of the one before."""
        later = [o for o in own if o.title_start > official.title_start]
        return (later[0] if later else own[-1]).org_text or ""

    def _unit_beside(self, official: Official, own: Sequence[Official]) -> str | None:
        """The place of a body that only a unit's kind names ("Huyện ủy"), where the person's other seats name one."""
        kind = self._unit_kind(canonical(official.org_text or ""))
        if kind is None:
            return None
        found = set()
        for other in own:
            if other.tenure in ("former", "leaving"):
                continue
            parsed = self.resolver.grammar.read_name(canonical(other.org_text or ""))
            place = parsed.part("place") if parsed is not None else None
            if place is not None and place.place is not None and place.unit is not None and fold(place.unit) == kind:
                found.add(place.place)
        return found.pop() if len(found) == 1 else None

    def _unit_kind(self, text: str) -> str | None:
        """The kind of unit that alone names the body ("huyện" of "Huyện ủy" or "UBND huyện"); None of any other."""
        parsed = self.resolver.grammar.read_name(text)
        if parsed is None or parsed.end != len(text):
            return None
        if parsed.head.style == "seat":
            return fold(parsed.head.of or "") or None if not parsed.parts else None
        place = parsed.parts[0] if len(parsed.parts) == 1 else None
        if place is None or place.kind != "place" or place.place is not None or place.unit is None:
            return None
        return fold(place.unit)

    def _house(self, name: str | None) -> str | None:
        """The enterprise, hospital or school that a body is or, a union, is of; None of any other."""
        parsed = self.resolver.grammar.read_name(canonical(name)) if name else None
        while parsed is not None:
            if parsed.head.group in ("firm", "health", "school"):
                return parsed.text_of(canonical(name or "")) if parsed.parts else None
            parsed = next((p.body for p in parsed.parts if p.body is not None), None)
        return None

    def _house_office(self, official: Official, sentence: tuple[int, int]) -> tuple[ResolvedBody | None, str]:
        """A manager without a body serves in the house that holds the event, else in the one its sentence names."""
        main = self.main
        host = self._house(main.org) if main is not None else None
        if host is not None:
            return self._body(host), "event"
        named = {
            body.name: body
            for m in self.mentions.bodies
            if sentence[0] <= m.start < official.start
            and (house := self._house(self._text(m.start, m.end))) is not None
            and (body := self._body(house)) is not None
        }
        return (next(iter(named.values())), "text") if len(named) == 1 else (None, "none")

    def _elected_beside(self, official: Official, beside: Sequence[Official]) -> ResolvedBody | None:
        """The union into which the same sentence elects others ("A làm Chủ tịch LĐLĐ tỉnh; B … Phó Chủ tịch")."""
        found = [
            o
            for o in beside
            if o.org_text
            and o.tenure == "elected"
            and (self._union_seat.match(canonical(o.position)) or self._committee_seat.match(canonical(o.position)))
        ]
        before = [o for o in found if o.title_start < official.title_start]
        nearest = before[-1] if before else found[0] if found else None
        return self._body(nearest.org_text, nearest.org_start) if nearest is not None else None

    def _founded(self, main: schema.EventRow) -> ResolvedBody | None:
        """The grassroots union that a founding founds: the first one that the article names from the event on."""
        if main.org_level == "grassroots":
            return self.known_bodies.get(main.org_id or "")
        low = self.document.sentence_span(main.span_start or 0)[0]
        first = next((m for m in self.mentions.bodies if m.level == "grassroots" and m.start >= low), None)
        return self._body(self._text(first.start, first.end), first.start) if first is not None else None

    def _term_after(self, official: Official) -> tuple[int, int] | None:
        if official.term_at is None:
            return None
        _, end = self.document.sentence_span(official.term_at)
        for term in self.mentions.terms:
            if term.kind == "term" and official.term_at <= term.start < min(end, official.term_at + 80):
                return term.first, term.last
        return None

    def _figures(self) -> None:
        main = self.main
        spans = [
            (d.mention.start, d.mention.end, d.date_start, d.date_end)
            for d in self.dates
            # the day of a decree or plan is no time that a figure speaks of
            if d.date_start is not None and d.date_end is not None and not d.mention.is_document
        ]
        figures = self.mentions.figures
        ids = [self._id("f", f.kind, f.start, f.end) for f in figures]
        event = EventContext(type=main.event_type, day=main.date_start) if main else None
        people = sorted((p.start, p.end) for p in self.mentions.people if not p.is_short)
        contexts = self.describe(self.document, figures, spans, event, people)
        for figure, own_id, context in zip(figures, ids, contexts, strict=True):
            self.rows.figures.append(
                schema.FigureRow(
                    figure_id=own_id,
                    event_id=main.event_id if main else None,
                    article_id=self.document.article_id,
                    kind=figure.kind,
                    text=self._text(figure.start, figure.end),
                    low=figure.low,
                    high=figure.high,
                    numerator=figure.numerator,
                    denominator=figure.denominator,
                    currency=figure.currency,
                    unit=figure.unit,
                    modifier=figure.modifier,
                    each=figure.each,
                    status=context.status,
                    about=context.about,
                    topic=context.topic,
                    period_start=context.period_start,
                    period_end=context.period_end,
                    said_by=context.said_by,
                    same_as=None if context.same_as is None else ids[context.same_as],
                    flags=list(figure.flags),
                    rule_id=figure.rule_id,
                    **self._spans(figure.start, figure.end),
                )
            )

    def _dates(self) -> None:
        dated = {(e.date.mention.start, e.date.mention.end): i for i, e in enumerate(self.found) if e.date}
        for date in self.dates:
            mention = date.mention
            event = dated.get((mention.start, mention.end))
            self.rows.dates.append(
                schema.DateRow(
                    date_id=self._id("d", "date", mention.start, mention.end),
                    article_id=self.document.article_id,
                    event_id=None if event is None else self.rows.events[event].event_id,
                    text=self._text(mention.start, mention.end),
                    date_start=date.date_start,
                    date_end=date.date_end,
                    date_precision=date.precision,
                    date_basis=date.basis,
                    rule_id=mention.rule_id,
                    **self._spans(mention.start, mention.end),
                )
            )

    def _terms(self) -> None:
        used = {(e.term.start, e.term.end): i for i, e in enumerate(self.found) if e.term}
        for term in self.mentions.terms:
            event = used.get((term.start, term.end))
            self.rows.terms.append(
                schema.TermRow(
                    term_id=self._id("t", term.kind, term.start, term.end),
                    article_id=self.document.article_id,
                    event_id=None if event is None else self.rows.events[event].event_id,
                    term_start=term.first,
                    term_end=term.last,
                    kind=term.kind,
                    org=None if event is None else self.rows.events[event].org,
                    text=self._text(term.start, term.end),
                    rule_id=term.rule_id,
                    **self._spans(term.start, term.end),
                )
            )

    def _count_bodies(self) -> None:
        for mention in self.mentions.bodies:
            body = self._body(self._text(mention.start, mention.end), mention.start)
            if body is not None:
                self.named[body.org_id] += 1
        for org_id, body in self.known_bodies.items():
            self.rows.bodies.append(
                schema.BodyRow(
                    org_id=org_id,
                    name=body.name,
                    level=body.level,
                    province=body.province,
                    valid_from=body.valid_from,
                    valid_to=body.valid_to,
                    successor_of=list(body.successor_of),
                    n_mentions=max(1, self.named[org_id]),
                )
            )

    def _issues(self, codes: Iterable[str]) -> None:
        for code in codes:
            self._issue("events", None, code, None, None, None)
        encoding = self.rows.article.encoding or "utf-8"
        if not encoding.startswith("utf") or " " in encoding:
            self._issue("articles", self.document.article_id, Issue.ENCODING_GUESSED, f"read as {encoding}", None, None)
        for refusal in sorted([*self.mentions.refusals, *self.refused], key=lambda r: (r.start, r.end)):
            self._issue(None, None, refusal.code, refusal.detail, (refusal.start, refusal.end), refusal.rule_id)
        for date, row in zip(self.dates, self.rows.dates, strict=True):
            where = (date.mention.start, date.mention.end)
            if date.date_start is None:
                self._issue("dates", row.date_id, Issue.DATE_WITHOUT_YEAR, "nothing fixes it", where, row.rule_id)
            elif "date_conflict" in date.flags:
                self._issue("dates", row.date_id, Issue.DATE_CONFLICT, None, where, row.rule_id)
        for event in self.rows.events:
            if event.org is None or "org_unresolved" in event.flags:
                span = (event.span_start or 0, event.span_end or 0)
                self._issue("events", event.event_id, Issue.ORG_UNRESOLVED, event.org_text, span, event.rule_id)

    def _issue(
        self,
        table: str | None,
        own_id: str | None,
        code: str,
        detail: str | None,
        span: tuple[int, int] | None,
        rule_id: str | None,
    ) -> None:
        self.rows.issues.append(
            schema.IssueRow(
                article_id=self.document.article_id,
                table=table,
                row_id=own_id,
                code=str(code),
                detail=detail,
                text=self._text(*span) if span else None,
                rule_id=rule_id,
                **(self._spans(*span) if span else {}),
            )
        )


def resolve_part(batch: pa.Table, rules: Rules) -> pa.Table:
    """Records with their ``names`` and ``figures`` as rows of the tables (`RESOLVED`)."""
    resolver = built(ArticleResolver, rules)
    columns = (documents_of(batch), _mentions_of(batch), offset_maps_of(batch))
    known = (batch["sha256"].to_pylist(), batch["encoding"].to_pylist(), batch["crawled"].to_pylist())
    articles = [row if row[0] is not None else None for row in zip(*columns, *known, strict=True)]

    def one(article: tuple[Any, ...]) -> Resolved:
        document, mentions, offsets, sha256, encoding, crawled = article
        rows = resolver.rows(document, mentions, offsets, sha256=sha256, encoding=encoding, crawled=crawled)
        for name in NESTED:
            getattr(rows, name).sort(key=lambda row: getattr(row, "span_start", 0) or 0)
        return rows, article_key(document.text)

    done, refused = attempt(articles, one)
    resolved = {
        "article": rows_array([r and r[0].article for r in done], schema.struct_type("articles")),
        "text_sha": pa.array([r and r[1].text_sha for r in done], pa.binary()),
        "signature": pa.array([r and r[1].signature for r in done], pa.binary()),
    }
    for name in NESTED:
        tables = [r and getattr(r[0], name) for r in done]
        flat = rows_array([row for table in tables for row in table or ()], schema.struct_type(name))
        lengths = [None if table is None else len(table) for table in tables]
        resolved[name] = list_array(lengths, flat, RESOLVED.field(name).type)
    return with_columns(batch, resolved, refused).cast(RESOLVED)


def _mentions_of(batch: pa.Table) -> list[Mentions | None]:
    found = zip(items_of(NameMentions, batch["names"]), items_of(FigureMentions, batch["figures"]), strict=True)
    return [None if names is None or figures is None else Mentions.of(names, figures) for names, figures in found]
