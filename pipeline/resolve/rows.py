"""From the mentions of an article to rows of the tables: every row typed, keyed and with its spans."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pyarrow as pa

from pipeline import schema
from pipeline.arrow import items_of, list_array, rows_array
from pipeline.document import Document
from pipeline.duplicates import ArticleKey, article_key
from pipeline.errors import Issue
from pipeline.extract.bodies import body_grammar
from pipeline.facts import FigureMentions, Mentions, NameMentions, Refusal
from pipeline.gazetteer import gazetteer
from pipeline.offsets import OffsetMap
from pipeline.parts import attempt, stored, with_columns
from pipeline.records import documents_of, offset_maps_of
from pipeline.resolve.bodies import ArticleBodies, BodyContext, BodyResolver, ResolvedBody
from pipeline.resolve.dates import resolve_dates
from pipeline.resolve.events import Event, EventResolver
from pipeline.resolve.figures import EventContext, FigureDescriber
from pipeline.resolve.hosts import Host
from pipeline.resolve.offices import OfficeRules, Offices
from pipeline.resolve.officials import Official, merge_officials, one_per_seat
from pipeline.resolve.places import Place, article_place, province_named
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
# characters of a stamp that cannot be read which an issue shows
_STAMP_SHOWN = 80


def row_id(prefix: str, *parts: object) -> str:
    """A stable id: ``prefix`` and 16 hex digits of the hash of its parts."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()
    return prefix + digest[:16]


class _Tools(NamedTuple):
    """What is made of the rules once, for all articles."""

    rules: Rules
    events: EventResolver
    bodies: BodyResolver
    describe: FigureDescriber
    offices: OfficeRules


class ArticleResolver:
    """Turns the mentions of one article into its rows; built once from the rules, holds no state between articles."""

    def __init__(self, rules: Rules) -> None:
        self._tools = _Tools(
            rules, EventResolver(rules), BodyResolver(rules), FigureDescriber(rules), OfficeRules(rules)
        )

    def rows(
        self, document: Document, mentions: Mentions, offsets: OffsetMap | None = None, **known: Any
    ) -> ArticleRows:
        """The rows of an article. ``offsets`` leads to the source file; ``known`` are further columns of it."""
        return _Assembly(self._tools, document, mentions, offsets, known).rows


class _Assembly:
    """One article on its way to rows."""

    def __init__(
        self,
        tools: _Tools,
        document: Document,
        mentions: Mentions,
        offsets: OffsetMap | None,
        known: dict[str, Any],
    ) -> None:
        self.tools = tools
        self.document, self.mentions, self.offsets = document, mentions, offsets
        self.dates = resolve_dates(document, mentions.dates, mentions.terms, tools.rules)
        self.places = gazetteer(tools.rules)
        self.named: Counter[str] = Counter()
        self.found, codes = tools.events.resolve(document, mentions, self.dates)
        self.place: Place = article_place(document, mentions.bodies, tools.rules, venue=self._venue())
        self.bodies = ArticleBodies(tools.bodies, self._context())
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

    def _venue(self) -> tuple[int, int] | None:
        """Where a body of the whole country held the gathering: the article is not about that place."""
        main = next((e for e in self.found if e.is_main), None)
        if main is None or main.place is None or main.place_at is None or main.host is None:
            return None
        types = self.tools.rules["place"].settings["venue_types"]
        if main.mention.event_type not in types or not self._is_wide(main.host):
            return None
        return main.place_at, main.place_at + len(main.place)

    def _is_wide(self, host: Host) -> bool:
        """Whether a host is a body of the whole country: a national union, a corporation that bears its name."""
        body = next((b for b in self.mentions.bodies if b.start == host.start), None)
        if body is None or body.level in ("national", "national_industry"):
            return body is not None
        parsed = body_grammar(self.tools.rules).read_name(canonical(self.document.text[body.start : body.end]))
        return parsed is not None and parsed.head.wide and parsed.part("nation") is not None

    def _context(self) -> BodyContext:
        day = next((e.date_start for e in self.found if e.date_start), None)
        if day is None and self.document.published:
            day = self.document.published.date()
        return self.tools.bodies.context(self.document, self.mentions.bodies, self.place.province, day)

    def _spans(self, start: int, end: int) -> dict[str, Any]:
        raw = self.offsets.raw_span(start, end) if self.offsets else None
        return {
            "span_start": start,
            "span_end": end,
            "raw_start": raw[0] if raw else None,
            "raw_end": raw[1] if raw else None,
            "sentence_no": self.document.sentence_no(start),
        }

    def _id(self, prefix: str, kind: str, start: int, end: int, *more: object) -> str:
        return row_id(prefix, self.document.article_id, kind, start, end, *more)

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
        # where all blanks are single spaces, as they nearly always are, all words are joined at once
        line = text.replace("\n", " ")
        joined = line.replace(" ", "_") if line.isprintable() and "  " not in line else None
        for number, sentence in enumerate(self.document.sentences):
            self.rows.segments.append(
                schema.SegmentRow(
                    article_id=self.document.article_id,
                    sentence_no=number,
                    span_start=sentence.start,
                    span_end=sentence.end,
                    kind=sentence.kind,
                    text=text[sentence.start : sentence.end],
                    words=[joined[a:b] for a, b in sentence.words]
                    if joined is not None
                    else ["_".join(text[a:b].split()) for a, b in sentence.words],
                )
            )

    def _event(self, event: Event) -> schema.EventRow:
        mention = event.mention
        host = event.host
        org_text = host.text if host else None
        body = self.bodies.named(org_text, host.start if host else None)
        province = self.place.province if event.is_main else self._where(event, body)
        flags = {*event.flags, *(body.flags if body else ()), *(self.place.flags if event.is_main else ())}
        return schema.EventRow(
            event_id=self._id("e", "event", mention.start, mention.end),
            article_id=self.document.article_id,
            is_main=event.is_main,
            story_id=self._id("s", "story", mention.start, mention.end),
            event_type=mention.event_type,
            event_status=event.status,
            event_name=self.document.text[mention.start : mention.end],
            text=self.document.text[mention.start : mention.end],
            date_start=event.date_start,
            date_end=event.date_end,
            date_precision=event.date.precision if event.date and event.date_start else None,
            date_basis=event.date.basis if event.date and event.date_start else "none",
            date_text=self.document.text[event.date.mention.start : event.date.mention.end] if event.date else None,
            part_of_day=event.date.mention.part_of_day if event.date else None,
            org_id=body.org_id if body else None,
            org=body.name if body else None,
            org_text=org_text,
            org_level=body.level if body else None,
            place=event.place,
            province=province,
            province_now=self.places.now(province),
            congress_no=event.congress_no if mention.event_type == "congress" else None,
            term_start=event.term.first if event.term else None,
            term_end=event.term.last if event.term else None,
            flags=sorted(flags),
            rule_id=mention.rule_id,
            **self._spans(mention.start, mention.end),
        )

    def _where(self, event: Event, body: ResolvedBody | None) -> str | None:
        """The province of a further event: of its venue, else of its host; None where neither says."""
        named = province_named(event.place, self.tools.rules) if event.place else None
        named = named or (body.province if body else None)
        return self.places.at(named, event.date_start) if named else None

    def _event_at(self, *offsets: int) -> schema.EventRow | None:
        """The further event whose sentences hold all of the offsets, else the main one."""
        for event, row in zip(self.found, self.rows.events, strict=True):
            if event.told and all(any(a <= at < b for a, b in event.told) for at in offsets):
                return row
        return self.main

    def _offices(self, event: schema.EventRow | None) -> Offices:
        """What says in which body those serve who are named with an event."""
        return Offices(self.tools.offices, self.bodies, self.document, self.mentions, event)

    def _named_at(self, official: Official) -> list[int]:
        """Where the article names the person, also for short."""
        name = fold(official.name)
        return [
            p.start
            for p in self.mentions.people
            if fold(p.name) == name or (p.is_short and name.endswith(f" {fold(p.name)}"))
        ] or [official.start]

    def _officials(self) -> None:
        main = self.main
        offices = {main.event_id if main else None: self._offices(main)}
        foreigners = next(iter(offices.values())).foreigners()
        officials, refusals = merge_officials(self.mentions.people, self.tools.rules, foreigners)
        self.refused: list[Refusal] = list(refusals)
        found: list[schema.OfficialRow] = []
        for official in officials:
            event = self._event_at(*self._named_at(official))
            event_id = event.event_id if event else None
            serving = offices.get(event_id) or offices.setdefault(event_id, self._offices(event))
            body, basis = serving.office(official, officials)
            term = self._term_after(official)
            found.append(
                schema.OfficialRow(
                    official_id=self._id(
                        "o", "official", official.start, official.end, official.position, official.title_start
                    ),
                    event_id=event_id,
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
                    text=self.document.text[official.span_start : official.span_end],
                    rule_id=official.rule_id,
                    **self._spans(official.span_start, official.span_end),
                )
            )
        self.rows.officials += one_per_seat(found)

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
        told = EventContext(type=main.event_type, day=main.date_start) if main else None
        people = sorted((p.start, p.end) for p in self.mentions.people if not p.is_short)
        bodies = [(b.start, b.end) for b in self.mentions.bodies]
        contexts = self.tools.describe(self.document, figures, spans, told, people, bodies)
        for figure, own_id, context in zip(figures, ids, contexts, strict=True):
            event = self._event_at(figure.start)
            self.rows.figures.append(
                schema.FigureRow(
                    figure_id=own_id,
                    event_id=event.event_id if event else None,
                    article_id=self.document.article_id,
                    kind=figure.kind,
                    text=self.document.text[figure.start : figure.end],
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
                    text=self.document.text[mention.start : mention.end],
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
                    text=self.document.text[term.start : term.end],
                    rule_id=term.rule_id,
                    **self._spans(term.start, term.end),
                )
            )

    def _count_bodies(self) -> None:
        for mention in self.mentions.bodies:
            body = self.bodies.named(self.document.text[mention.start : mention.end], mention.start)
            if body is not None:
                self.named[body.org_id] += 1
        for org_id, body in self.bodies.known.items():
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
        if (given := self.document.stamp_unread) is not None:
            detail = f"given as {given[:_STAMP_SHOWN]!r}"
            self._issue("articles", self.document.article_id, Issue.STAMP_UNREAD, detail, None, None)
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
                text=self.document.text[span[0] : span[1]] if span else None,
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

    def one(article: tuple[Any, ...]) -> ArticleRows:
        document, mentions, offsets, sha256, encoding, crawled = article
        rows = resolver.rows(document, mentions, offsets, sha256=sha256, encoding=encoding, crawled=crawled)
        for name in NESTED:
            getattr(rows, name).sort(key=lambda row: getattr(row, "span_start", 0) or 0)
        return rows

    done, refused = attempt(articles, one)
    # one after another, since this looks up every word: what the processor keeps at hand of them serves the next
    texts = [None if rows is None else rows.article.text for rows in done]
    keys, unkeyed = attempt(texts, article_key)
    both = [None if rows is None or key is None else (rows, key) for rows, key in zip(done, keys, strict=True)]
    resolved, refused = stored(both, {**refused, **unkeyed}, _columns)
    return with_columns(batch, resolved, refused).cast(RESOLVED)


def _columns(done: Sequence[Resolved | None]) -> dict[str, pa.Array]:
    """The rows of articles as the columns of `RESOLVED`."""
    columns = {
        "article": rows_array([r and r[0].article for r in done], schema.struct_type("articles")),
        "text_sha": pa.array([r and r[1].text_sha for r in done], pa.binary()),
        "signature": pa.array([r and r[1].signature for r in done], pa.binary()),
    }
    for name in NESTED:
        tables = [r and getattr(r[0], name) for r in done]
        flat = rows_array([row for table in tables for row in table or ()], schema.struct_type(name))
        lengths = [None if table is None else len(table) for table in tables]
        columns[name] = list_array(lengths, flat, RESOLVED.field(name).type)
    return columns


def _mentions_of(batch: pa.Table) -> list[Mentions | None]:
    found = zip(items_of(NameMentions, batch["names"]), items_of(FigureMentions, batch["figures"]), strict=True)
    return [None if names is None or figures is None else Mentions.of(names, figures) for names, figures in found]
