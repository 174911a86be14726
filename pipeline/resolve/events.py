"""Which event an article reports: its type, date, host, congress number and term.

Every mention of an event gets a weight: from its words, from where it stands (title, opening, body), from a verb that
holds it, from a day beside it. The type with the most weight wins, and its best mention is the main event.
"""

from __future__ import annotations

import bisect
import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pipeline.document import Document, Sentence, Taken
from pipeline.errors import Issue
from pipeline.facts import SPAN_FROM, SPAN_UNTIL, EventMention, Mentions, TermMention
from pipeline.resolve.dates import DATE_CONFLICT, ResolvedDate
from pipeline.resolve.happenings import HAPPENING, HappeningFinder, background
from pipeline.resolve.hosts import Host, HostFinder
from pipeline.resolve.told import ToldSentences
from pipeline.rules import Rules

# how far behind the name of an event its venue may begin (characters)
_VENUE_NEAR = 120
# words that tell an act as done stand so far before it at most (characters)
_TOLD_NEAR = 50
# days that an event may last, from its first
_GOES_ON = 31
# characters from a day to its anniversary beside it
_PAIR = 20
# characters from "today" to the figures of the same day
_BESIDE = 4
# a day so many days before the report is no day of what it reports
_LONG_AGO = 400


@dataclass(slots=True)
class Event:
    """An event that the article reports, its host not yet resolved to a body.

    ``told`` are the spans of the sentences that tell of a further event; those of the main one are all the rest.
    """

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
    place_at: int | None = None
    told: list[tuple[int, int]] = field(default_factory=list)
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
        self._lead_within = int(settings["lead_within"])
        self._held = float(settings["held_factor"])
        self._unheld = float(settings["unheld_factor"])
        self._dated = float(settings["dated_factor"])
        self._reference = float(settings["reference_factor"])
        self._threshold = float(settings["threshold"])
        self._told = int(settings["told_sentences"])
        self._span_types, self._lasting_types, self._period_types, self._own_term, self._told_term = (
            frozenset(settings[name])
            for name in ("span_types", "lasting_types", "period_types", "own_term_types", "told_term_types")
        )
        self._befalling = frozenset(settings["befalling_rules"])
        self._says = ruleset.pattern(r"{B}{say_verb}{E}")
        self._formal = frozenset(settings["formal_rules"])
        self._background = background(ruleset)
        self._ending = ruleset.pattern(r"{B}{ending_day}{sp}(?:{day_word}{sp}){0,2}\Z")
        self._ahead = ruleset.pattern(r"{B}{ahead_day}{E}[^.;]{0,40}\Z")
        self._lasts = ruleset.pattern(r"{B}{lasting}{E}[^.;]{0,70}\Z")
        self._until = ruleset.pattern(r"{B}{until_word}{sp}(?:{day_word}{sp}){0,2}\Z")
        self._joined = ruleset.pattern(r"{joined_act}[ ]{0,2}\Z")
        self._at_gathering = ruleset.pattern("{at_gathering}")
        self._work_told = ruleset.pattern("{work_told}")
        self._past_work = float(settings["past_work_factor"])
        self._spoken_there = ruleset.pattern("{spoken_there}")
        self._work_of = ruleset.pattern(r"{B}{work_of}{E}[^.;,]{0,50}\Z")
        self._done = ruleset.pattern(r"{B}{told_before}{E}(?:{sp}[\p{L}\d]{1,12}){0,3}{sp}\Z")
        self._hosts = HostFinder(rules)
        self._happenings = HappeningFinder(rules)
        self._told_sentences = ToldSentences(ruleset)
        self._venue = ruleset.pattern(
            r"{B}{venue_before}[ ]{1,2}(?!{no_venue}{E})(?P<place>(?:\p{Lu}|\d{1,2}[ ]|{venue_word}{E})"
            r"(?:(?!{sp}{venue_stop}{E})(?:[^,.;:()\n]|\.(?=\p{L})|(?<={place_short})\.|\([^()\n]{0,40}\))){1,90})"
        )

    def resolve(
        self, document: Document, mentions: Mentions, dates: Sequence[ResolvedDate]
    ) -> tuple[list[Event], list[str]]:
        """The events of an article, the main one first; and codes of `Issue` for what could not be decided."""
        days = sorted(d.mention.start for d in dates if _is_day(d))
        lead = self._lead(document, days)
        held = lead is not None or self._is_spoken_there(document)
        weighed = [(self._weight(document, m, days, lead, held=held), m) for m in mentions.events]
        weighed = [(w, m) for w, m in weighed if w > 0]
        if max((w for w, m in weighed if self._is_told_first(document, m, lead)), default=0.0) < self._threshold:
            return self._happening(document, mentions, dates)
        by_type: dict[str, list[tuple[float, EventMention]]] = defaultdict(list)
        for weight, mention in weighed:
            by_type[mention.event_type].append((weight, mention))
        by_best = {kind: max(w for w, _ in weighted) for kind, weighted in by_type.items()}
        totals = {}
        for kind, weighted in by_type.items():
            ordered = sorted((w for w, _ in weighted), reverse=True)
            totals[kind] = ordered[0] + 0.25 * sum(ordered[1:5])
        # what only a later paragraph tells is background
        first = {m.event_type for w, m in weighed if w >= self._threshold and self._is_told_first(document, m, lead)}
        formal = {m.event_type for w, m in weighed if m.rule_id in self._formal and w == by_best[m.event_type]}
        # what a gathering was for decides, where anything tells
        first = first - formal or first
        kind = max(first, key=lambda k: (totals[k], k))
        best_weight, best = max(by_type[kind], key=lambda wm: (wm[0], -wm[1].start))
        # of what befell people the day may be told anywhere
        least = 0.0 if best.rule_id in self._befalling else best_weight * 0.3
        members = [m for w, m in by_type[kind] if w >= least and not m.is_reference]
        told = any(m.verb_start is not None or _is_dated(document, m, days) for m in members or [best])
        if not told and self._happenings.is_comment(document):
            return [], [Issue.NO_EVENT]
        status = self._status(document, best, [m for _, m in by_type[kind]], lead)
        best = self._named_by_title(document, best, mentions.events)
        event = Event(best, True, best_weight, status)
        event.congress_no = next((m.congress_no for m in [best, *members] if m.congress_no), None)
        event.host = self._hosts.find(document, best, members, mentions)
        self._set_date(document, event, members, dates)
        if event.host is None and event.date is None and not held and best.verb_start is None:
            # nobody holds it and no day is named: such a thing is explained, not reported
            return [], [Issue.NO_EVENT]
        self._complete(document, event, members, mentions)
        return [event, *self._further(document, event, weighed, mentions, dates)], []

    def _happening(
        self, document: Document, mentions: Mentions, dates: Sequence[ResolvedDate]
    ) -> tuple[list[Event], list[str]]:
        """Where no words name an event: what the head of the article reports as having happened."""
        mention = self._happenings.find(document, dates)
        if mention is None:
            return [], [Issue.NO_EVENT]
        event = Event(mention, True, mention.weight, mention.status, flags=[HAPPENING])
        event.host = self._hosts.of_happening(document, mention, mentions)
        self._set_date(document, event, [mention], dates)
        self._complete(document, event, [mention], mentions)
        return [event], []

    def _complete(
        self,
        document: Document,
        event: Event,
        members: Sequence[EventMention],
        mentions: Mentions,
    ) -> None:
        """The term and place of a main event, and what its host lacks."""
        event.term = self._term(document, event, members, mentions)
        event.place, event.place_at = self._place(document, event)
        if event.host is None:
            event.flags.append("org_unresolved")

    def _status(
        self, document: Document, best: EventMention, members: Sequence[EventMention], lead: Sentence | None
    ) -> str:
        """Whether the event was held: of a gathering in a headline the report's first mention of it tells."""
        block = document.block_at(best.start)
        if best.status != "held" or not best.is_gathering or block is None or block.kind != "title":
            return best.status
        noun = _noun(document, best)
        for mention in sorted(members, key=lambda m: m.start):
            block = document.block_at(mention.start)
            told = block is not None and block.kind in ("lede", "body") and not mention.is_reference
            if told and _noun(document, mention) == noun and self._is_told_first(document, mention, lead):
                return mention.status
        return best.status

    def _named_by_title(self, document: Document, best: EventMention, events: Sequence[EventMention]) -> EventMention:
        """Of two events joined under one head ("lễ phát động … và tuyên dương …") the one that the title names."""
        blocks = [document.block_at(m.start) for m in events]
        titled = [m for m, block in zip(events, blocks, strict=True) if block is not None and block.kind == "title"]
        if not best.is_gathering or any(m.event_type == best.event_type for m in titled):
            return best
        key = document.key
        name = key[best.start : best.end].lower()
        for mention in titled:
            act = " ".join(key[mention.start : mention.end].lower().split()[:2])
            at = name.find(act)
            held = mention.is_gathering and mention.verb_start is not None
            if at > 0 and (held or self._joined.search(name[:at].rstrip()) is not None):
                return replace(best, event_type=mention.event_type)
        return best

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
            low, high = sorted((days[0].mention.start, mention.start))
            if ";" in document.text[low:high]:
                continue  # a day of another clause
            event.date, event.date_start, event.date_end = days[0], days[0].date_start, days[0].date_end
            event.congress_no = mention.congress_no
            event.term = self._term(document, event, [mention], mentions)
            event.host = self._hosts.of_sentence(document, mention, mentions)
            event.place, event.place_at = self._place(document, event)
            event.told = self._told_sentences.of(document, mention, main.mention, mentions.events, dates)
            event.flags += _year_flags(days[0])
            if event.host is None:
                event.flags.append("org_unresolved")
            published = document.published
            if published and event.date_start and event.date_start > published.date() and event.status == "held":
                event.status = "announced"
            found.append(event)
        return found

    def _weight(
        self,
        document: Document,
        mention: EventMention,
        days: Sequence[int],
        lead: Sentence | None,
        *,
        held: bool,
    ) -> float:
        block = document.block_at(mention.start)
        kind = block.kind if block else "body"
        place = self._place_weight[kind]
        start, _ = document.sentence_span(mention.start)
        if kind == "body":
            place = max(place, self._opening_weight_at(document, start, lead))
        weight = mention.weight * place
        if mention.verb_start is not None or mention.is_held:
            weight *= self._held
        elif not held and kind != "title" and not self._is_told(document, mention):
            weight *= self._unheld
        dated = _is_dated(document, mention, days)
        if dated:
            weight *= self._dated
        if mention.is_reference:
            weight *= self._reference
        if not dated and block is not None:
            # the work of the past year or term
            told = self._work_told.match(document.key[block.start : block.end])
            weight *= self._past_work if told else 1.0
        return weight

    def _is_spoken_there(self, document: Document) -> bool:
        """Whether one of the first sentences tells who came to a gathering or spoke at it."""
        key = document.key
        return any(self._spoken_there.match(key[s.start : s.end]) for s in document.running()[: self._lead_within])

    def _is_told(self, document: Document, mention: EventMention) -> bool:
        """Whether the words before an act tell it as done ("vừa ký", "đã bầu")."""
        key = document.key
        return self._done.search(key, max(0, mention.start - _TOLD_NEAR), mention.start) is not None

    def _lead(self, document: Document, days: Sequence[int]) -> Sentence | None:
        """The sentence that reports: the first of the running text that names a day, near its beginning.

        Where none does, it is the first that tells what was done at a gathering.
        """
        running = document.running()[: self._lead_within]
        dated = (s for s in running if any(s.start <= day < s.end for day in days))
        key = document.key
        told = (s for s in running if self._at_gathering.match(key[s.start : s.end]))
        return next(dated, None) or next(told, None)

    def _opening_weight_at(self, document: Document, start: int, lead: Sentence | None) -> float:
        """The first sentences of the running text say what is reported, each a little less than the one before."""
        if lead is not None and lead.start == start:
            return self._opening_weight
        running = [s.start for s in document.running()[: self._opening]]
        if start not in running:
            return 0.0
        return float(self._opening_weight * self._opening_decay ** running.index(start))

    def _is_told_first(self, document: Document, mention: EventMention, lead: Sentence | None) -> bool:
        """Whether a mention stands in the title, the lede or the first sentences of the text."""
        block = document.block_at(mention.start)
        if block is not None and block.kind in ("title", "lede"):
            return True
        start, _ = document.sentence_span(mention.start)
        return self._opening_weight_at(document, start, lead) > 0.0

    def _set_date(
        self, document: Document, event: Event, members: Sequence[EventMention], dates: Sequence[ResolvedDate]
    ) -> None:
        key = document.key
        told = [s for s in document.sentences if s.kind in ("title", "lede", "body")][: self._lead_within + 2]
        # each sentence once: one may name thousands of gifts
        spans = list(dict.fromkeys(document.sentence_span(m.start) for m in [event.mention, *members]))
        days = self._days(document, key, dates, spans) or self._days(
            document, key, dates, [(s.start, s.end) for s in told[: self._told]]
        )
        days = days or self._last_days(key, event, dates, spans)
        if event.status == "held":
            days = [d for d in days if not self._ahead.search(key, max(0, d.mention.start - 60), d.mention.start)]
        elif event.status == "announced":
            # the day on which somebody says that it is to come is none of it
            days = self._apart_from_saying(key, event, members, days)
        if event.mention.event_type in self._span_types:
            self._set_span(document, key, event, days, dates, told, spans)
        elif days:
            chosen = _told(self._befalling_days(key, event, members, days) or days)
            event.date, event.date_start, event.date_end = chosen, chosen.date_start, chosen.date_end
            self._set_end(key, event, dates, told)
        is_named = HAPPENING not in event.flags
        if event.date is None and is_named and event.mention.event_type not in self._period_types:
            early = [(a, b) for a, b in spans if told and a < told[min(self._told, len(told)) - 1].end]
            self._set_coarse(key, event, members, dates, early)
        if event.date is None:
            event.flags.append("date_missing")
        else:
            event.flags += _year_flags(event.date)
        published = document.published
        if published and event.date_start and event.date_start > published.date() and event.status == "held":
            event.status = "announced"

    def _days(
        self, document: Document, key: str, dates: Sequence[ResolvedDate], spans: Sequence[tuple[int, int]]
    ) -> list[ResolvedDate]:
        """Days in the spans, in their order: those that date what is told there, none of its background."""
        jubilees = _jubilees(dates)
        inside = [d for start, end in spans for d in dates if start <= d.mention.start < end and _is_day(d)]
        inside = [d for d in inside if d.mention.start not in jubilees and not _is_long_ago(document, d)]
        return [d for d in inside if not self._is_background(document, key, d)]

    def _befalling_days(
        self, key: str, event: Event, members: Sequence[EventMention], days: Sequence[ResolvedDate]
    ) -> list[ResolvedDate]:
        """Of something that befell people the days on which it did, not those on which somebody told of it."""
        if event.mention.rule_id not in self._befalling:
            return []
        return self._apart_from_saying(key, event, members, days)

    def _apart_from_saying(
        self, key: str, event: Event, members: Sequence[EventMention], days: Sequence[ResolvedDate]
    ) -> list[ResolvedDate]:
        """Days in a name of the event, and those between which and the next one nobody says anything."""
        names = sorted((m.start, m.end) for m in [event.mention, *members])
        behind = [(d, next((m for m in names if m[1] > d.mention.end), None)) for d in days]
        return [d for d, m in behind if m is None or self._says.search(key, d.mention.end, m[0]) is None]

    def _last_days(
        self, key: str, event: Event, dates: Sequence[ResolvedDate], spans: Sequence[tuple[int, int]]
    ) -> list[ResolvedDate]:
        """Days to which what is held went on ("đến chiều 29/10, … bế giảng lớp"), where no other day is told."""
        if event.mention.verb_start is None:
            return []
        own = [d for start, end in spans for d in dates if start <= d.mention.start < end and _is_day(d)]
        own = [d for d in own if d.mention.start < event.mention.start]
        before = [(d, key[max(0, d.mention.start - 40) : d.mention.start]) for d in own]
        found = [(d, text, self._background.search(text)) for d, text in before]
        return [d for d, text, m in found if m is not None and self._ending.match(text, m.start()) is not None]

    def _is_background(self, document: Document, key: str, date: ResolvedDate, *, earlier: bool = True) -> bool:
        """Whether the words before a day say that it bounds, orders or precedes what is told."""
        if date.mention.flags or date.date_start != date.date_end:
            return False  # a span, or an end of one
        start, _ = document.sentence_span(date.mention.start)
        found = self._background.search(key, max(start, date.mention.start - 60), date.mention.start)
        return found is not None and (earlier or found["earlier"] is None)

    def _set_span(
        self,
        document: Document,
        key: str,
        event: Event,
        days: Sequence[ResolvedDate],
        dates: Sequence[ResolvedDate],
        told: Sequence[Sentence],
        spans: Sequence[tuple[int, int]],
    ) -> None:
        """From the first to the last of the days that the report names for it (a strike goes on)."""
        within = [*told, *[Sentence(*span, "body") for span in spans]]
        more = [d for d in dates if _is_day(d) and any(s.start <= d.mention.start < s.end for s in within)]
        own = {d.mention.start for d in more if any(start <= d.mention.start < end for start, end in spans)}
        more = [d for d in more if d.mention.start in own or not self._is_background(document, key, d, earlier=False)]
        ahead = {
            d.mention.start for d in more if self._ahead.search(key, max(0, d.mention.start - 60), d.mention.start)
        }
        published = document.published.date() if document.published else None
        known = [d for d in [*days, *more] if d.date_start is not None and d.mention.start not in ahead]
        known = [d for d in known if published is None or d.date_start is None or d.date_start <= published]
        if not known:
            event.date = days[0] if days else None
            return
        event.date = known[0]
        near = [d for d in known if d.date_start and abs((d.date_start - _start(known[0])).days) <= _GOES_ON]
        event.date_start = min(d.date_start for d in near if d.date_start)
        event.date_end = max(d.date_end for d in near if d.date_end)

    def _set_end(self, key: str, event: Event, dates: Sequence[ResolvedDate], told: Sequence[Sentence]) -> None:
        """The last day, where the report gives it apart from the first."""
        chosen = event.date
        if chosen is None or chosen.date_start is None or event.date_end is None:
            return
        order = list(dates)
        following = order[order.index(chosen) + 1 :]
        if SPAN_FROM in chosen.mention.flags and following and SPAN_UNTIL in following[0].mention.flags:
            event.date_end = following[0].date_end
            return
        if chosen.date_start != chosen.date_end or event.mention.event_type not in self._lasting_types:
            return
        longest = chosen.date_start + dt.timedelta(days=_GOES_ON)
        for first, date in zip([None, *order], order, strict=False):
            if date.date_start is None or date.date_end is None or not _is_day(date):
                continue
            if not any(s.start <= date.mention.start < s.end for s in told):
                continue
            start = date.date_start
            if SPAN_UNTIL in date.mention.flags and first is not None and first.date_start is not None:
                start = first.date_start
            lasts = start < date.date_end and start <= chosen.date_start <= date.date_end <= longest
            lasts = lasts and (date.date_end - start).days <= _GOES_ON
            at = first.mention.start if first is not None and SPAN_FROM in first.mention.flags else date.mention.start
            if lasts and self._lasts.search(key, max(0, at - 80), at):
                event.date_start, event.date_end = start, date.date_end
                return
            until = chosen.date_start < date.date_end <= longest
            if until and self._until.search(key, max(0, date.mention.start - 60), date.mention.start):
                event.date_end = date.date_end
                return

    def _set_coarse(
        self,
        key: str,
        event: Event,
        members: Sequence[EventMention],
        dates: Sequence[ResolvedDate],
        spans: Sequence[tuple[int, int]],
    ) -> None:
        """A month, quarter or year that is all that the report says of the time."""
        usable = [d for d in dates if not d.mention.is_document]
        beside = [d for s, e in spans for d in usable if s <= d.mention.start < e]
        coarse = [d for d in beside if d.date_start is not None and d.precision in ("month", "quarter", "year")]
        coarse = [d for d in coarse if not self._work_of.search(key, max(0, d.mention.start - 60), d.mention.start)]
        if not coarse:
            return
        # a date in the event's own name says more than a narrower one beside it
        names = Taken((m.start, m.end) for m in [event.mention, *members])
        named = (d for d in coarse if names.overlaps(d.mention.start, d.mention.start + 1))
        chosen = next(named, coarse[0])
        event.date, event.date_start, event.date_end = chosen, chosen.date_start, chosen.date_end
        event.flags.append("date_coarse")

    def _term(
        self, document: Document, event: Event, members: Sequence[EventMention], mentions: Mentions
    ) -> TermMention | None:
        # the term of a congress that is only referred to is not that of the event
        others = [m for m in mentions.events if m.is_reference]
        offices = [t for t in mentions.terms if t.kind == "term"]
        offices = [t for t in offices if not any(m.start < t.start < m.end for m in others)]
        if event.mention.event_type in self._own_term:
            for mention in [event.mention, *members]:
                _, end = document.sentence_span(mention.start)
                for term in offices:
                    if mention.start < term.start < min(end, mention.end + 40):
                        return term
        if event.mention.event_type in self._told_term:
            running = [s for s in document.sentences if s.kind in ("title", "lede", "body")][: self._told]
            first = [t for t in offices if any(s.start <= t.start < s.end for s in running)]
            for some in (first, offices):
                if len({(t.first, t.last) for t in some}) == 1:
                    return some[0]
        return None

    def _place(self, document: Document, event: Event) -> tuple[str | None, int | None]:
        """The venue in its words, and where they begin."""
        key = document.key
        start, end = document.sentence_span(event.mention.start)
        # a venue stands beside the name of what is held or the day, not where the sentence tells something else
        found = self._venue.search(key, event.mention.start, min(end, event.mention.end + _VENUE_NEAR))
        found = found or self._venue.search(key, start, event.mention.start)
        if found is None:
            return None, None
        return document.text[found.start("place") : found.end("place")].strip(), found.start("place")


def _noun(document: Document, mention: EventMention) -> list[str]:
    """The first two words of an event's name."""
    return document.key[mention.start : mention.end].lower().split()[:2]


def _year_flags(date: ResolvedDate) -> list[str]:
    """What a checker should look at in the year of an event's date."""
    if date.date_start is None:
        return ["year_missing"]
    inferred = date.basis not in ("explicit", "none")
    return ["year_inferred"] * inferred + [DATE_CONFLICT] * (DATE_CONFLICT in date.flags)


def _told(days: Sequence[ResolvedDate]) -> ResolvedDate:
    """The first of some days; the figures beside a "today" that no stamp fixes, in its place."""
    first, following = days[0], days[1] if len(days) > 1 else None
    if first.mention.relative is None or first.date_start is not None or following is None:
        return first
    return following if 0 <= following.mention.start - first.mention.end <= _BESIDE else first


def _start(date: ResolvedDate) -> dt.date:
    if date.date_start is None:
        raise ValueError("a date without days")
    return date.date_start


def _jubilees(dates: Sequence[ResolvedDate]) -> set[int]:
    """Where the days stand that are named beside the same day of another year ("(28/7/1929 - 28/7/2024)")."""
    found: set[int] = set()
    for a, b in itertools.pairwise(d.mention for d in dates):
        both = a.precision == b.precision == "day" and a.year is not None and b.year is not None and a.year != b.year
        if both and (a.day, a.month) == (b.day, b.month) and b.start - a.start < _PAIR:
            found |= {a.start, b.start}
    return found


def _is_long_ago(document: Document, date: ResolvedDate) -> bool:
    published = document.published
    if published is None or date.date_end is None:
        return False
    return (published.date() - date.date_end).days > _LONG_AGO


def _is_dated(document: Document, mention: EventMention, days: Sequence[int]) -> bool:
    """Whether the sentence of a mention names a day; ``days`` are where those of the article stand, in order."""
    start, end = document.sentence_span(mention.start)
    at = bisect.bisect_left(days, start)
    return at < len(days) and days[at] < end


def _is_day(date: ResolvedDate) -> bool:
    return date.mention.precision == "day" and not date.mention.is_document
