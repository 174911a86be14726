"""Which event an article reports: its type, date, host, congress number and term.

Every mention of an event gets a weight: from its words, from where it stands (title, opening, body), from a verb that
holds it, from a day beside it. The type with the most weight wins, and its best mention is the main event.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.document import Document
from pipeline.errors import Issue
from pipeline.facts import BodyMention, EventMention, Mentions, PersonMention, TermMention
from pipeline.resolve.dates import ResolvedDate
from pipeline.rules import Rules
from pipeline.text import canonical

# types whose term of office the article states beside the event, not in its name
_TERM_TYPES = ("committee_meeting", "personnel")
# how far before the name of an event its host may end where no verb stands between (characters)
_BESIDE = 30


@dataclass(frozen=True, slots=True)
class Host:
    """Who holds an event: its name as written (or as a title implies it: "Thủ tướng"), and where that stands."""

    text: str
    start: int | None = None
    end: int | None = None


@dataclass(slots=True)
class Event:
    """An event that the article reports, its host not yet resolved to a body."""

    mention: EventMention
    is_main: bool
    weight: float
    status: str
    date: ResolvedDate | None = None
    date_start: dt.date | None = None
    date_end: dt.date | None = None
    host: Host | None = None
    congress_no: int | None = None
    term: TermMention | None = None
    place: str | None = None
    flags: list[str] = field(default_factory=list)


class EventResolver:
    """Chooses the events of an article; built once from the rules."""

    def __init__(self, rules: Rules) -> None:
        ruleset = rules["event"]
        settings = ruleset.settings
        self._place_weight: dict[str, float] = settings["place_weight"]
        self._opening = int(settings["opening_sentences"])
        self._opening_weight = float(settings["opening_weight"])
        self._opening_decay = float(settings["opening_decay"])
        self._held = float(settings["held_factor"])
        self._dated = float(settings["dated_factor"])
        self._reference = float(settings["reference_factor"])
        self._threshold = float(settings["threshold"])
        self._strike_types = frozenset(settings["span_types"])
        self._by_person = frozenset(settings["person_host_types"])
        self._not_host = ruleset.pattern(r"{B}{host_not_after}(?:{sp}{host_filler})?[ ]{0,2}\Z")
        self._by = ruleset.pattern(r"{B}{host_by}[ ]{1,2}\Z")
        self._holds = ruleset.pattern(r"[^.;:\n]{0,150}?{B}{hold_verb}{E}")
        self._venue = ruleset.pattern(r"{B}{venue_before}[ ]{1,2}(?P<place>(?:[^,.;:()\n]|\([^()\n]{0,40}\)){3,90})")

    def resolve(
        self, document: Document, mentions: Mentions, dates: Sequence[ResolvedDate]
    ) -> tuple[list[Event], list[str]]:
        """The events of an article, the main one first; and codes of `Issue` for what could not be decided."""
        weighed = [(self._weight(document, m, dates), m) for m in mentions.events]
        weighed = [(w, m) for w, m in weighed if w > 0]
        if max((w for w, _ in weighed), default=0.0) < self._threshold:
            return [], [Issue.NO_EVENT]
        by_type: dict[str, list[tuple[float, EventMention]]] = defaultdict(list)
        for weight, mention in weighed:
            by_type[mention.event_type].append((weight, mention))
        totals = {}
        for kind, weighted in by_type.items():
            ordered = sorted((w for w, _ in weighted), reverse=True)
            totals[kind] = ordered[0] + 0.25 * sum(ordered[1:5])
        kind = max(totals, key=lambda k: totals[k])
        best_weight, best = max(by_type[kind], key=lambda wm: (wm[0], -wm[1].start))
        members = [m for w, m in by_type[kind] if w >= best_weight * 0.3]
        event = Event(best, True, best_weight, best.status)
        self._set_date(document, event, members, dates)
        event.congress_no = next((m.congress_no for m in [best, *members] if m.congress_no), None)
        event.term = self._term(document, event, members, mentions.terms)
        event.host = self._host(document, event, members, mentions)
        event.place = self._place(document, event)
        if event.host is None:
            event.flags.append("org_unresolved")
        return [event, *self._further(document, event, weighed, mentions, dates)], []

    def _further(
        self,
        document: Document,
        main: Event,
        weighed: Sequence[tuple[float, EventMention]],
        mentions: Mentions,
        dates: Sequence[ResolvedDate],
    ) -> list[Event]:
        """Other gatherings that the article dates: held on another day, or announced."""
        found: list[Event] = []
        for weight, mention in weighed:
            if not mention.is_gathering or mention.is_reference or mention.verb_start is None:
                continue
            if mention.event_type == main.mention.event_type or weight < self._threshold:
                continue
            event = Event(mention, False, weight, mention.status)
            start, end = document.sentence_span(mention.start)
            days = [d for d in dates if _is_day(d) and start <= d.mention.start < end and d.date_start]
            if not days or (days[0].date_start, days[0].date_end) == (main.date_start, main.date_end):
                continue
            if any(f.date is days[0] for f in found):
                continue
            event.date, event.date_start, event.date_end = days[0], days[0].date_start, days[0].date_end
            event.congress_no = mention.congress_no
            event.term = self._term(document, event, [mention], mentions.terms)
            event.host = self._before_verb(
                document, canonical(document.text), mention, _hosts(mentions), mentions.people, event
            )
            event.place = self._place(document, event)
            if event.host is None:
                event.flags.append("org_unresolved")
            published = document.published
            if published and event.date_start and event.date_start > published.date() and event.status == "held":
                event.status = "announced"
            found.append(event)
        return found

    def _weight(self, document: Document, mention: EventMention, dates: Sequence[ResolvedDate]) -> float:
        block = document.block_at(mention.start)
        kind = block.kind if block else "body"
        place = self._place_weight[kind]
        start, end = document.sentence_span(mention.start)
        if kind == "body":
            place = max(place, self._opening_weight_at(document, start))
        weight = mention.weight * place
        if mention.verb_start is not None:
            weight *= self._held
        if any(_is_day(d) and start <= d.mention.start < end for d in dates):
            weight *= self._dated
        if mention.is_reference:
            weight *= self._reference
        return weight

    def _opening_weight_at(self, document: Document, start: int) -> float:
        """The first sentences of the running text say what is reported, each a little less than the one before."""
        running = [s.start for s in document.sentences if s.kind in ("lede", "body")][: self._opening]
        if start not in running:
            return 0.0
        return float(self._opening_weight * self._opening_decay ** running.index(start))

    def _set_date(
        self, document: Document, event: Event, members: Sequence[EventMention], dates: Sequence[ResolvedDate]
    ) -> None:
        usable = [d for d in dates if not d.mention.is_document]
        spans = [document.sentence_span(m.start) for m in [event.mention, *members]]
        beside = [d for s, e in spans for d in usable if s <= d.mention.start < e]
        days = [d for d in beside if _is_day(d)]
        if not days:
            opening = [s for s in document.sentences if s.kind in ("title", "lede", "body")][: self._opening + 2]
            days = [d for s in opening for d in usable if s.start <= d.mention.start < s.end and _is_day(d)]
        if days:
            chosen = days[0]
            event.date, event.date_start, event.date_end = chosen, chosen.date_start, chosen.date_end
            if event.mention.event_type in self._strike_types:
                known = [d for d in days if d.date_start is not None and d.date_end is not None]
                if known:
                    event.date_start = min(d.date_start for d in known if d.date_start)
                    event.date_end = max(d.date_end for d in known if d.date_end)
        else:
            coarse = [d for d in beside if d.date_start is not None and d.precision in ("month", "quarter", "year")]
            if coarse:
                # a date in the event's own name says more than a narrower one beside it
                names = [(m.start, m.end) for m in [event.mention, *members]]
                named = [d for d in coarse if any(a <= d.mention.start < b for a, b in names)]
                chosen = named[0] if named else coarse[0]
                event.date, event.date_start, event.date_end = chosen, chosen.date_start, chosen.date_end
                event.flags.append("date_coarse")
        if event.date is None:
            event.flags.append("date_missing")
        elif event.date_start is None:
            event.flags.append("year_missing")
        elif event.date.basis not in ("explicit", "none"):
            event.flags.append("year_inferred")
        published = document.published
        if published and event.date_start and event.date_start > published.date() and event.status == "held":
            event.status = "announced"

    def _term(
        self, document: Document, event: Event, members: Sequence[EventMention], terms: Sequence[TermMention]
    ) -> TermMention | None:
        offices = [t for t in terms if t.kind == "term"]
        if event.mention.event_type == "congress":
            for mention in [event.mention, *members]:
                _, end = document.sentence_span(mention.start)
                for term in offices:
                    if mention.start < term.start < min(end, mention.end + 40):
                        return term
            return None
        if event.mention.event_type in _TERM_TYPES and len({(t.first, t.last) for t in offices}) == 1:
            return offices[0]
        return None

    def _host(
        self, document: Document, event: Event, members: Sequence[EventMention], mentions: Mentions
    ) -> Host | None:
        bodies = _hosts(mentions)
        key = canonical(document.text)
        main = event.mention
        ordered = sorted([main, *members], key=lambda m: (m is not main, m.verb_start is None, m.start))
        if event.mention.event_type in self._strike_types:
            near = [b for m in ordered for b in self._in_sentence(document, m, bodies)]
            struck = [b for b in [*near, *bodies] if b.level == "other"]
            return _host_at(document, struck[0]) if struck else None
        for mention in ordered:
            found = self._before_verb(document, key, mention, bodies, mentions.people, event)
            if found is not None:
                return found
        for mention in ordered:
            for body in bodies:
                if mention.start < body.start < mention.end and body.start - mention.start < 60:
                    return _host_at(document, body)
        opening = [s for s in document.sentences if s.kind in ("lede", "body")][: self._opening + 2]
        for body in bodies:
            held = self._by.search(key, 0, body.start) and self._holds.match(key, body.end)
            if held and any(s.start <= body.start < s.end for s in opening):
                return _host_at(document, body)
        title = next((b for b in document.blocks if b.kind == "title"), None)
        if title is not None:
            for body in bodies:
                if title.start <= body.start < title.end:
                    return _host_at(document, body)
        opening = opening[: self._opening]
        for sentence in opening:
            inside = [b for b in bodies if sentence.start <= b.start < sentence.end]
            inside.sort(key=lambda b: b.level == "other")
            if inside:
                return _host_at(document, inside[0])
        return next(
            (
                Host(position.org_text, position.org_start, position.org_end)
                for sentence in opening
                for person in mentions.people
                if sentence.start <= person.start < sentence.end
                for position in person.positions
                if position.org_text is not None
            ),
            None,
        )

    def _before_verb(
        self,
        document: Document,
        key: str,
        mention: EventMention,
        bodies: Sequence[BodyMention],
        people: Sequence[PersonMention],
        event: Event,
    ) -> Host | None:
        start, end = document.sentence_span(mention.start)
        after = [b for b in bodies if mention.start <= b.start < end and self._by.search(key, start, b.start)]
        if after:
            return _host_at(document, after[0])
        limit = mention.verb_start if mention.verb_start is not None else mention.start
        before = [b for b in bodies if start <= b.start and b.end <= limit]
        if mention.verb_start is None:
            # without a verb of holding only a body right before the name is its host
            before = [b for b in before if limit - b.end <= _BESIDE]
        persons = [p for p in people if start <= p.start < limit]
        if event.mention.event_type in self._by_person and persons:
            for person in persons:
                for position in person.positions:
                    if position.org_text is not None:
                        return Host(position.org_text, position.org_start, position.org_end)
        hosts = [b for b in before if not self._not_host.search(key, start, b.start)]
        if not hosts:
            return None
        first = hosts[0]
        union = [b for b in before if b.level != "other" and b.start > first.start]
        # hosts are named one after another; a union body is named before others even where it stands second
        if first.level == "other" and union and union[0].start - first.end < 60:
            first = union[0]
        return _host_at(document, first)

    def _in_sentence(
        self, document: Document, mention: EventMention, bodies: Sequence[BodyMention]
    ) -> list[BodyMention]:
        start, end = document.sentence_span(mention.start)
        return [b for b in bodies if start <= b.start < end]

    def _place(self, document: Document, event: Event) -> str | None:
        start, end = document.sentence_span(event.mention.start)
        found = self._venue.search(canonical(document.text), event.mention.start, end)
        found = found or self._venue.search(canonical(document.text), start, event.mention.start)
        return document.text[found.start("place") : found.end("place")].strip() if found else None


def _is_day(date: ResolvedDate) -> bool:
    return date.mention.precision == "day" and not date.mention.is_document


def _host_at(document: Document, body: BodyMention) -> Host:
    return Host(document.text[body.start : body.end], body.start, body.end)


def _hosts(mentions: Mentions) -> list[BodyMention]:
    """Bodies that may hold an event, in reading order: in no other body's name, and not where a person serves."""
    served = [
        (position.start, position.end if position.org_end is None else max(position.end, position.org_end))
        for person in mentions.people
        for position in person.positions
    ]
    kept: list[BodyMention] = []
    for body in sorted(mentions.bodies, key=lambda b: (b.start, -b.end)):
        if kept and body.start < kept[-1].end:
            continue
        if not any(a <= body.start < b for a, b in served):
            kept.append(body)
    return kept
