"""What a figure says: what it measures, topic, status, speaker, period, and whether it was stated before.

Pure functions of the text around the figure; every word list is in ``rules/figure_context``. Each paragraph that holds
a figure is read once: its cues, its speakers, then its figures in order, since a figure often says more of the one
before it (``mỗi suất``, ``đạt 95%``).
"""

from __future__ import annotations

import bisect
import datetime as dt
import functools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from pydantic import BaseModel, ConfigDict
from regex import Pattern

from pipeline.document import Block, Document
from pipeline.extract.numbers import Phrases
from pipeline.facts import Figure
from pipeline.rules import Rules
from pipeline.text import canonical, fold

_DIMENSION = "figure_context"
# a quotation longer than this is no longer "what it measures" (characters)
_LONGEST_ABOUT = 160
# from this size on two equal counts of one unit in an article are one fact; smaller numbers recur by chance
_TELLING = 20
# share of common words from which two figures are taken to measure the same
_ALIKE = 0.5
_ALIKE_HEADLINE = 0.2
# how far a rounded figure lies from its exact one at most
_ROUNDED = 0.06
# what a quotation neither begins nor ends with, and how far back a closing phrase is looked for
_EDGE = " ,;:.-(\"')"
_TRAIL_REACH = 30
_WORD = re.compile(r"\w+")
_LETTERS = re.compile(r"[^\W\d_]{3}|[^\W\d_]{1,2}\W+[^\W\d_]")
_HEADLINES = ("title", "lede", "caption")
_OTHER = "other"
# what parts the figures of a sentence: a comma, and the stronger marks
_MARK = re.compile(r"[,;:!?()](?=\s|$|[(\"])|[(]|[)]")
_STRONG = ";:!?"
_QUOTE = re.compile('"')
# two things with no more between them stand side by side (characters)
_BESIDE = 2
_FOUR_DIGITS = re.compile(r"[12]\d{3}")
_TWO_YEARS = re.compile(r"\d{4} ?- ?\d{4}")
_YEAR_WORD = re.compile(r"(?<![\d.-])(?<!- )(?:19|20)\d\d(?![\d.-])(?! -)")
# what no title between a name and its verb holds
_ENDS_TITLE = re.compile(r'[;:"!?]|[.](?=\s)')
# characters between a name and its verb of speech, and the length of a quotation that can hold a figure
_LONGEST_TITLE = 200
_SHORTEST_QUOTE = 12
# a report of January to March still speaks of the year before as its own
_LAST_REPORT_MONTH = 3
# how far around a figure its words are looked for, and how far back a short name's full one (characters)
_REACH = 500
_NAME_REACH = 10_000
# how many earlier figures of one value, and how many earlier places of a name, are tried
_TRIES = 16
# equal steps of the logarithm, so that a figure and its rounding lie in the same or in neighbouring ones
_STEPS = 10

# start, end in the article's text; first and last day, None where nothing fixes them
DateSpan = tuple[int, int, dt.date | None, dt.date | None]


class _Topic(BaseModel):
    model_config = ConfigDict(extra="forbid")
    topic: str
    weight: int
    words: list[str]
    # only where the word is the thing counted
    unit_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureContext:
    """What the text says of one figure. ``same_as`` is the index of the figure that stated the same fact first."""

    about: str | None = None
    topic: str = _OTHER
    status: str | None = None
    said_by: str | None = None
    period_start: dt.date | None = None
    period_end: dt.date | None = None
    same_as: int | None = None


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where a figure stands: its sentence, its clause, and the words that say what it measures."""

    sentence: tuple[int, int]
    clause: tuple[int, int]
    # the figure's own words: to the figures beside it, a comma or a bracket
    segment: tuple[int, int]
    about: tuple[int, int] | None


@dataclass(slots=True)
class _Entry:
    """What a phrase of the word lists stands for."""

    roles: set[str] = field(default_factory=set)
    topics: list[tuple[str, int, bool]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Cue:
    """A phrase of the word lists, where it stands."""

    start: int
    end: int
    roles: set[str]
    topics: list[tuple[str, int, bool]]


class _Lexicon:
    """All cue words in one table, so that a sentence is searched once: leftmost, longest."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}
        self._by_first: dict[str, re.Pattern[str]] = {}

    def entry(self, phrase: str) -> _Entry:
        """The entry of a phrase, made where there is none."""
        return self._entries.setdefault(fold(phrase), _Entry())

    def close(self) -> None:
        """Sorts the phrases by their first words, the longest first; none is added from here on."""
        firsts: dict[str, list[str]] = {}
        for phrase in self._entries:
            word = _WORD.match(phrase)
            firsts.setdefault(word.group() if word else "", []).append(phrase)
        for first, phrases in firsts.items():
            listed = "|".join(re.escape(p) for p in sorted(phrases, key=len, reverse=True))
            self._by_first[first] = re.compile(rf"(?:{listed})(?![^\W_])")

    def scan(self, key: str, low: str, start: int, end: int) -> list[_Cue]:
        """The cues of ``low[start:end]`` (lower case), in order."""
        found: list[_Cue] = []
        at = start
        by_first, entries = self._by_first, self._entries
        for word in _WORD.finditer(low, start, end):
            pattern = by_first.get(word.group())
            if pattern is None or word.start() < at:
                continue
            begin = word.start()
            match = pattern.match(low, begin, end)
            if match is None:
                continue
            phrase, stop = match.group(), match.end()
            entry = entries[phrase]
            # a syllable of a name (ông Lương Văn Đạt)
            named = key[begin].isupper() and key[stop + 1 : stop + 2].isupper() and " " not in phrase
            if named and "according" not in entry.roles:
                continue
            found.append(_Cue(begin, stop, entry.roles, entry.topics))
            at = stop
        return found


@dataclass(slots=True)
class _Said:
    """Somebody's words: from where to where."""

    start: int
    end: int
    name: str


class _Places:
    """Sorted places in the text, asked by bisection: an article may hold tens of thousands of figures."""

    __slots__ = ("at",)

    def __init__(self, places: Iterable[int]) -> None:
        self.at = sorted(places)

    def last(self, low: int, high: int) -> int | None:
        """The last place in ``[low, high)``."""
        index = bisect.bisect_left(self.at, high) - 1
        return self.at[index] if index >= 0 and self.at[index] >= low else None

    def first(self, low: int, high: int) -> int | None:
        """The first place in ``[low, high)``."""
        index = bisect.bisect_left(self.at, low)
        return self.at[index] if index < len(self.at) and self.at[index] < high else None

    def count(self, high: int) -> int:
        """How many places lie at or before ``high``."""
        return bisect.bisect_right(self.at, high)

    def inside(self, low: int, high: int) -> list[int]:
        """The places in ``[low, high)``."""
        return self.at[bisect.bisect_left(self.at, low) : bisect.bisect_left(self.at, high)]


_NOWHERE = _Places(())


@dataclass(slots=True)
class _Paragraph:
    """A paragraph with figures, read once."""

    start: int
    end: int
    sentences: list[tuple[int, int]]
    cues: list[_Cue] = field(default_factory=list)
    marks: _Places = _NOWHERE
    strong: _Places = _NOWHERE
    quotes: _Places = _NOWHERE
    # who speaks on from where, and what is quoted; both in order, with their starts, and the ends of the quotations
    running: list[_Said] = field(default_factory=list)
    quoted: list[_Said] = field(default_factory=list)
    running_starts: list[int] = field(default_factory=list)
    quoted_starts: list[int] = field(default_factory=list)
    quoted_ends: _Places = _NOWHERE
    # the sentences that are plainly no longer a speaker's
    breaks: _Places = _NOWHERE
    # where closed terms and earlier years are named, and what governs in each sentence
    closed: _Places = _NOWHERE
    earlier: _Places = _NOWHERE
    # where a closed term may begin to govern, where another time is spoken of, where sentences change the scene
    carries: _Places = _NOWHERE
    turns: _Places = _NOWHERE
    scenes: _Places = _NOWHERE
    governed: dict[int, tuple[list[int], list[str | None]]] = field(default_factory=dict)
    starts: list[int] = field(default_factory=list)
    # where each topic is first named
    topics: dict[str, int] = field(default_factory=dict)

    def cues_in(self, low: int, high: int) -> list[_Cue]:
        """The cues that begin in ``[low, high)``."""
        return self.cues[bisect.bisect_left(self.starts, low) : bisect.bisect_left(self.starts, high)]

    def mark_before(self, at: int, low: int, strong: bool = False) -> int:
        """The place behind the nearest mark before ``at``, ``low`` where there is none."""
        place = (self.strong if strong else self.marks).last(low, at)
        return low if place is None else place + 1

    def mark_behind(self, at: int, high: int, strong: bool = False) -> int:
        """The nearest mark at or behind ``at``, ``high`` where there is none."""
        place = (self.strong if strong else self.marks).first(at, high)
        return high if place is None else place


class _Sweep:
    """What governs while a sentence is read from left to right."""

    def __init__(self, state: str | None) -> None:
        self.state = state
        self.places: list[int] = []
        self.states = [state]
        # where a word for an earlier time stood: it reaches to the comma behind its figure
        self.passing = 0
        self._kept: list[str | None] = []
        self._quoted: str | None = None
        # a weak word of planning stands: it reaches to the next mark
        self._near = False

    def note(self, at: int) -> None:
        """Keeps what governs behind ``at``."""
        self.places.append(at)
        self.states.append(self.state)

    def turn(self, state: str | None) -> None:
        """Another cue speaks."""
        if state != self.state:
            self.state, self._near = state, False

    def approach(self) -> None:
        """A weak word of planning: it speaks where nothing else does, so not behind what was done."""
        if self.state is None:
            self.state, self._near = "planned", True

    def settle(self) -> None:
        """A mark ends the reach of a weak word."""
        if self._near:
            self.state, self._near = None, False

    def pause(self, figure_passed: bool) -> None:
        """A comma."""
        self.settle()
        if self.passing and figure_passed:
            self.state, self.passing = (None if self.state == "previous" else self.state), 0

    def bracket(self, mark: str, opens: bool) -> None:
        """A bracket holds nothing beyond itself; what is planned in a quotation does not reach out of it."""
        if mark == "(":
            self._kept.append(self.state)
        elif mark == ")":
            self.state = self._kept.pop() if self._kept else self.state
        elif opens:
            self._quoted = self.state
        elif self.state == "planned":
            self.state, self._quoted = self._quoted, None


_ROLES = (
    "planned", "planned_near", "planned_here", "planned_behind", "done", "done_here", "done_head", "done_behind",
    "of_plan", "cumulative", "previous", "turn", "not_cue", "link", "share_of",
)  # fmt: skip


class FigureDescriber:
    """Describes the figures of an article from the words around them; built once from the rules, stateless."""

    def __init__(self, rules: Rules) -> None:
        context = rules[_DIMENSION]
        lists = context.lexicon
        self._lead = Phrases(lists["lead_in"])
        self._trail_words = frozenset(fold(w).split()[-1] for w in lists["trail_out"])
        self._measured = Phrases(lists["measured_before"])
        self._trail = Phrases(lists["trail_out"])
        self._lexicon = _Lexicon()
        for role in _ROLES:
            for word in lists[role]:
                self._lexicon.entry(word).roles.add(role)
        for role, name in (("speech", "speech_verb"), ("according", "according"), ("floor", "takes_floor")):
            for word in lists[name]:
                self._lexicon.entry(word).roles.add(role)
        for row in context.table("topics", _Topic):
            for word in row.words:
                self._lexicon.entry(word).topics.append((row.topic, row.weight, row.unit_only))
        self._lexicon.close()
        self._change, self._from, self._to = (
            tuple(f" {fold(w)}" for w in lists[n]) for n in ("change", "change_from", "change_to")
        )
        self._compared = tuple(fold(w) for w in lists["compared"])
        self._up_to_now = tuple(fold(w) for w in lists["up_to_now"])
        self._vote = tuple(fold(w) for w in lists["vote"])
        self._new_subject, self._ends, self._in_detail, self._adverb, self._pronoun = (
            Phrases(lists[n]) for n in ("new_subject", "speech_ends", "in_detail", "adverb", "pronoun")
        )
        self._fillers, self._compares, self._bounds = (
            Phrases(lists[n]) for n in ("period_filler", "period_compared", "period_bound")
        )
        self._anniversary, self._document, self._period_names, self._other_time = (
            Phrases(lists[n]) for n in ("anniversary", "document", "period_names", "other_time")
        )
        self._belonging = Phrases(lists["belongs_to"])
        self._agreement = tuple(fold(w) for w in lists["agreement"])
        self._within: dict[str, str] = {str(k): str(v) for k, v in lists["topic_within"].items()}
        self._no_money = frozenset(str(t) for t in lists["no_money"])
        self._surnames = frozenset(rules["official"].lexicon["surname"])
        rule = {r.id.split(".")[1]: r for r in context.rules}
        self._named, self._according, self._source, self._floor, self._after = (
            rule[n]
            for n in ("speaker_named", "speaker_according", "source_according", "speaker_takes_floor", "speaker_after")
        )
        self._term, self._since, self._year = (rule[n] for n in ("closed_term", "since", "earlier_year"))
        self._name_before = context.pattern(r"(?r){name}[ ]")
        self._names = context.pattern(r"{honorific}{sp}(?<name>{name})")
        number = {n: int(v) for n, v in context.settings.items()}
        self._weights = tuple(number[n] for n in ("in_segment", "in_clause", "before", "behind"))
        self._least, self._least_linked, self._least_money, self._title = (
            number[n] for n in ("least", "least_linked", "least_money", "in_title")
        )

    def __call__(self, document: Document, figures: Sequence[Figure], dates: Sequence[DateSpan]) -> list[FigureContext]:
        """One context per figure. ``figures`` in reading order, offsets into ``document.text``.

        ``dates`` are the article's resolved dates as (start, end, first day, last day).
        """
        if not figures:
            return []
        key = canonical(document.text)
        low = key.lower()
        if len(low) != len(key):  # a capital of another length in lower case: letters one by one
            low = "".join(c.lower() if len(c.lower()) == 1 else c for c in key)
        reading = _Reading(
            document,
            key,
            low,
            figures,
            [_value(f) for f in figures],
            [f.start for f in figures],
            sorted(f.end for f in figures),
            [b.start for b in document.blocks],
        )
        titled = self._best(((c, self._title) for c in reading.title(self._lexicon)), None)
        out: list[FigureContext] = []
        frames: list[_Frame] = []
        paragraph = _Paragraph(-1, -1, [])
        index_of = _Repeats()
        calendar = _Calendar(dates)
        for index, figure in enumerate(figures):
            if not paragraph.start <= figure.start < paragraph.end:
                paragraph = self._paragraph(reading, figure)
            frame = self._frame(reading, paragraph, index)
            frames.append(frame)
            same = index > 0 and frames[index - 1].sentence == frame.sentence
            near = out[index - 1] if index and figures[index - 1].start >= paragraph.start else None
            first, last = self._period(reading, paragraph, frame, figure, calendar)
            described = FigureContext(
                about=document.text[frame.about[0] : frame.about[1]] if frame.about else None,
                topic=self._topic_of(reading, paragraph, frame, index, near if same else None, titled),
                status=self._status_of(reading, paragraph, frame, index, near),
                said_by=self._speaker(reading, paragraph, frame, figure),
                period_start=first,
                period_end=last,
            )
            out.append(described)
            earlier = self._same_as(reading, frames, out, index, index_of)
            index_of.add(index, reading, described.about)
            if earlier is not None:
                topic = described.topic if described.topic != _OTHER else out[earlier].topic
                out[index] = replace(described, same_as=earlier, topic=topic)
        return out

    # ---------------------------------------------------------------- the paragraph

    def _paragraph(self, reading: _Reading, figure: Figure) -> _Paragraph:
        """The block of a figure (its line, where there are no blocks): its sentences, cues, marks and speakers."""
        document, key, low = reading.document, reading.key, reading.low
        block = reading.block_at(figure.start)
        if block is not None:
            start, end = block.start, max(block.end, figure.end)
        else:
            start = key.rfind("\n", 0, figure.start) + 1
            stop = key.find("\n", figure.end)
            end = stop if stop >= 0 else len(key)
        sentences: list[tuple[int, int]] = []
        at = start
        while at < end:
            first, last = document.sentence_span(at)
            if last <= at:
                at += 1
                continue
            sentences.append((max(first, start), min(last, end)))
            at = last
        if not sentences:
            sentences = [(start, end)]
        paragraph = _Paragraph(start, end, sentences)
        paragraph.cues = self._lexicon.scan(key, low, start, end)
        paragraph.starts = [c.start for c in paragraph.cues]
        for cue in paragraph.cues:
            for topic, _, _ in cue.topics:
                paragraph.topics.setdefault(topic, cue.start)
        paragraph.closed = _Places(self._closed(reading, start, end))
        paragraph.earlier = _Places(self._earlier_year(reading, start, end))
        cumulative = [c.start for c in paragraph.cues if "cumulative" in c.roles]
        paragraph.carries = _Places([*paragraph.closed.at, *cumulative])
        paragraph.turns = _Places(
            c.start for c in paragraph.cues if c.roles & {"planned", "turn"} and "cumulative" not in c.roles
        )
        if paragraph.carries.at:
            paragraph.scenes = _Places(s for s, _ in sentences if self._ends.end(key, s) is not None)
        paragraph.quotes = _Places(m.start() for m in _QUOTE.finditer(key, start, end))
        marks = [(m.start(), m.group()) for m in _MARK.finditer(key, start, end)]
        paragraph.marks = _Places(place for place, _ in marks)
        paragraph.strong = _Places(place for place, mark in marks if mark in _STRONG)
        self._find_speakers(reading, paragraph)
        return paragraph

    def _frame(self, reading: _Reading, paragraph: _Paragraph, index: int) -> _Frame:
        key, figures = reading.key, reading.figures
        figure = figures[index]
        at = max(0, bisect.bisect_right(paragraph.sentences, (figure.start, len(key))) - 1)
        low, high = paragraph.sentences[at]
        high = max(high, figure.end)
        left = max(paragraph.mark_before(figure.start, low, strong=True), figure.start - _REACH)
        right = min(paragraph.mark_behind(figure.end, high, strong=True), figure.end + _REACH)
        segment = self._segment(reading, paragraph, (low, high), index)
        return _Frame((low, high), (left, right), segment, self._about(key, figures, index, left, right))

    def _about(self, key: str, figures: Sequence[Figure], index: int, left: int, right: int) -> tuple[int, int] | None:
        """The words of the clause that say what the figure measures.

        Before an amount (with the things counted in it), behind a share, around a count.
        """
        figure = figures[index]
        near = [f for f in figures[max(0, index - 4) : index] if f.end > left]
        before = max([left, *(f.end for f in near)])
        after = min([right, *(f.start for f in figures[index + 1 : index + 2])])
        unit_start = figure.start
        if figure.unit and (at := key.find(_key_of(figure.unit), figure.start, figure.end)) >= 0:
            unit_start = at
        # (start, end, whether its end is kept where it is too long), the best first
        ahead = [(before, figure.start, True), (left, figure.start, True)]
        if figure.kind == "money":
            # what was counted belongs to what was paid for it: "trao quà cho 338 đoàn viên"
            amounts = max([left, *(f.end for f in near if f.kind in ("money", "percent"))])
            return self._telling(key, [(amounts, figure.start, True), *ahead, (figure.end, after, False)])
        if figure.kind == "count":
            behind = self._trim(key, unit_start, after)
            if behind is not None and behind[1] > figure.end + 1:
                return behind
            return self._trim(key, before, max(figure.end, unit_start), keep_end=True) or behind
        follows = (unit_start if figure.kind == "ratio" else figure.end, after, False)
        if figure.kind == "percent" and self._ends_before(key, figure.start):
            return self._telling(key, [*ahead, follows])
        return self._telling(key, [follows, *ahead])

    def _telling(self, key: str, spans: Sequence[tuple[int, int, bool]]) -> tuple[int, int] | None:
        """The first of the spans that says something: of two words at least, else the first that has any."""
        first: tuple[int, int] | None = None
        for start, end, keep_end in spans:
            trimmed = self._trim(key, start, end, keep_end)
            if trimmed is not None and " " in key[trimmed[0] : trimmed[1]].strip():
                return trimmed
            first = first or trimmed
        return first

    def _ends_before(self, key: str, start: int) -> bool:
        """Whether the words before ``start`` say that what was measured stands before them (nữ chiếm 65%)."""
        end = start
        while end and key[end - 1] == " ":
            end -= 1
        words = [m.start() for m in _WORD.finditer(key, max(0, end - _TRAIL_REACH), end)]
        return any(self._measured.end(key, w) == end for w in words)

    def _trim(self, key: str, start: int, end: int, keep_end: bool = False) -> tuple[int, int] | None:
        """The span without the words that only lead in or out; cut to a quotation's length at a comma or space."""
        for _ in range(4):
            while start < end and key[start] in _EDGE:
                start += 1
            lead = self._lead.end(key, start)
            if lead is None or lead > end:
                break
            start = lead
        for _ in range(4):
            while end > start and key[end - 1] in _EDGE:
                end -= 1
            last = end
            while last > start and key[last - 1].isalnum():
                last -= 1
            if key[last:end].lower() not in self._trail_words:
                break
            # the earliest of the last few words that begins a phrase which ends here
            starts = [m.start() for m in _WORD.finditer(key, max(start, end - _TRAIL_REACH), end)]
            tail = next((w for w in starts if self._trail.end(key, w) == end), None)
            if tail is None:
                break
            end = tail
        while start < end and key[start] in _EDGE:
            start += 1
        if end - start > _LONGEST_ABOUT:
            if keep_end:
                cut = key.find(",", end - _LONGEST_ABOUT, end - 40)
                start = cut + 1 if cut > 0 else key.find(" ", end - _LONGEST_ABOUT, end) + 1
                while start < end and key[start] in _EDGE:
                    start += 1
            else:
                cut = key.rfind(",", start + 40, start + _LONGEST_ABOUT)
                end = cut if cut > 0 else key.rfind(" ", start, start + _LONGEST_ABOUT)
        return (start, end) if end > start and _LETTERS.search(key, start, end) else None

    # ---------------------------------------------------------------- topic

    def _best(
        self, weighed: Iterable[tuple[_Cue, int]], unit: tuple[int, int] | None, but: frozenset[str] = frozenset()
    ) -> tuple[str, int]:
        """The topic that weighs most, and its weight; the nearer one of two that weigh the same stands first."""
        scores: dict[str, int] = {}
        for cue, place in weighed:
            for topic, weight, unit_only in cue.topics:
                if topic in but or (unit_only and not (unit and unit[0] <= cue.start < unit[1])):
                    continue
                scores[topic] = max(scores.get(topic, 0), weight * place)
        best = max(scores, key=lambda t: scores[t], default=_OTHER)
        return best, scores.get(best, 0)

    def _topic_of(
        self,
        reading: _Reading,
        paragraph: _Paragraph,
        frame: _Frame,
        index: int,
        before: FigureContext | None,
        titled: tuple[str, int],
    ) -> str:
        figure = reading.figures[index]
        left, right = frame.segment
        low, high = frame.sentence
        low, high = max(low, figure.start - _REACH), min(high, figure.end + _REACH)
        within_other = reading.within_figure
        weighed: list[tuple[_Cue, int]] = []
        segment, clause, behind, ahead = self._weights
        for cue in paragraph.cues_in(low, high):
            if not cue.topics:
                continue
            if left <= cue.start < right:
                weighed.append((cue, segment))
            elif within_other(cue.start) not in (None, index):
                continue
            elif frame.clause[0] <= cue.start < frame.clause[1]:
                weighed.append((cue, clause))
            else:
                weighed.append((cue, behind if cue.start < figure.start else ahead))
        topic, weight = self._best(weighed, (figure.start, figure.end))
        linked = before is not None and self._is_linked(reading, paragraph, frame, index)
        if before is not None and weight < (self._least_linked if linked else self._least):
            topic = before.topic
        elif weight < self._least:
            # the heading speaks for the amounts of an article, not for everything counted in it
            topic = titled[0] if titled[1] and figure.kind == "money" else _OTHER
        if figure.kind == "money" and topic in self._no_money:
            # money is no attendance and no membership: another word of the sentence says what it is for, or the title
            topic, weight = self._best(weighed, (figure.start, figure.end), self._no_money)
            if weight < self._least_money:
                topic = titled[0] if titled[1] and titled[0] not in self._no_money else _OTHER
        within = self._within.get(topic)
        named = paragraph.topics.get(within) if within is not None else None
        if within is not None and (
            (named is not None and named < frame.sentence[1]) or within in reading.title_topics(self._lexicon)
        ):
            return within
        return topic

    def _segment(
        self, reading: _Reading, paragraph: _Paragraph, sentence: tuple[int, int], index: int
    ) -> tuple[int, int]:
        """The words of a figure's own: to the figures beside it, a comma or a bracket."""
        figure, figures = reading.figures[index], reading.figures
        left = paragraph.mark_before(figure.start, sentence[0])
        if index and figures[index - 1].end > left:
            left = min(figures[index - 1].end, figure.start)
        right = paragraph.mark_behind(figure.end, sentence[1])
        if index + 1 < len(figures) and figures[index + 1].start < right:
            right = max(figures[index + 1].start, figure.end)
        return left, right

    def _is_linked(self, reading: _Reading, paragraph: _Paragraph, frame: _Frame, index: int) -> bool:
        """Whether a figure says more of the one before it: mỗi suất, gồm, đạt, or in brackets."""
        figure = reading.figures[index]
        left = frame.segment[0]
        if figure.each or reading.low[left - 1 : left] == "(":
            return True
        return any(
            "share_of" in c.roles or ("link" in c.roles and figure.kind == "percent")
            for c in paragraph.cues_in(left, figure.end)
        )

    # ---------------------------------------------------------------- status

    def _status_of(
        self, reading: _Reading, paragraph: _Paragraph, frame: _Frame, index: int, before: FigureContext | None
    ) -> str | None:
        """The status that the cue gives in whose reach the figure stands."""
        figure, low = reading.figures[index], reading.low
        left, right = frame.segment
        own = paragraph.cues_in(left, figure.start)
        here = {r for c in own for r in c.roles}
        lead = " " + low[max(left, figure.start - 24) : figure.start].rstrip(" (,:-")
        behind = low[figure.end : min(frame.clause[1], figure.end + 120)]
        if figure.unit and low[figure.start : figure.end].endswith(self._vote):
            return "achieved" if "done_here" in here else None
        if self._is_earlier_end(reading, index, frame):
            return "previous"
        governing = self._governing(reading, paragraph, frame, figure)
        if lead.endswith(self._change) and not (governing == "planned" and any("planned" in c.roles for c in own)):
            compared = any(word in behind for word in self._compared) or any(
                word in low[frame.clause[0] : figure.start] for word in self._compared
            )
            if compared and governing != "cumulative":
                return None
        if governing is None and index and lead.endswith(self._to) and self._is_earlier_end(reading, index - 1, frame):
            return "achieved"
        if governing is None and any("previous" in c.roles for c in paragraph.cues_in(figure.end, right)):
            return "previous"
        if self._is_goal(reading, paragraph, frame, figure):
            return "planned"
        linked = any("link" in c.roles and "done_here" not in c.roles for c in own)
        bracketed = low[left - 1 : left] == "(" and not own
        in_sentence = index > 0 and reading.figures[index - 1].start >= frame.sentence[0]
        if before is not None and in_sentence and (bracketed or linked) and "turn" not in here:
            return before.status
        if governing is not None:
            return governing
        if "done_here" in here:
            return "achieved"
        return self._told_behind(reading, paragraph, frame, figure)

    @staticmethod
    def _is_goal(reading: _Reading, paragraph: _Paragraph, frame: _Frame, figure: Figure) -> bool:
        """Whether a figure stands right behind a word for a goal, or in brackets behind one: chỉ tiêu (90%)."""
        left = frame.segment[0]
        bracketed = reading.low[left - 1 : left] == "("
        low, high = (max(frame.sentence[0], left - 24), left) if bracketed else (left, figure.start)
        reach = left - 1 if bracketed else figure.start
        return any("planned_here" in c.roles and c.end >= reach - _BESIDE for c in paragraph.cues_in(low, high))

    def _told_behind(self, reading: _Reading, paragraph: _Paragraph, frame: _Frame, figure: Figure) -> str | None:
        """The status that the words behind a figure give (125 người đã được …), or the agreement it stands under."""
        reach = min(paragraph.mark_behind(figure.end, frame.sentence[1]), figure.end + _REACH)
        for cue in paragraph.cues_in(figure.end, reach):
            beside = cue.start - figure.end <= _BESIDE
            if "planned_behind" in cue.roles and beside and figure.kind != "money":
                return "planned"
            if "done_behind" in cue.roles or ("of_plan" in cue.roles and figure.kind == "percent" and beside):
                return "achieved"
        return "planned" if self._lead_of_agreement(reading, paragraph, frame) else None

    def _governing(self, reading: _Reading, paragraph: _Paragraph, frame: _Frame, figure: Figure) -> str | None:
        """What the cues of the sentence before the figure say, each as far as it reaches."""
        start = frame.sentence[0]
        if start not in paragraph.governed:
            paragraph.governed[start] = self._sweep(reading, paragraph, frame.sentence)
        places, states = paragraph.governed[start]
        return states[bisect.bisect_left(places, figure.start)]

    def _sweep(
        self, reading: _Reading, paragraph: _Paragraph, sentence: tuple[int, int]
    ) -> tuple[list[int], list[str | None]]:
        """A sentence from left to right: where what governs may change, and what governs before, between and behind."""
        start, end = sentence
        events: list[tuple[int, str, _Cue | None]] = [
            (c.start, "cue", c) for c in paragraph.cues_in(start, end) if c.roles
        ]
        events += [(p, reading.key[p], None) for p in paragraph.marks.inside(start, end)]
        events += [(p, '"', None) for p in paragraph.quotes.inside(start, end)]
        events += [(p, "cumulative", None) for p in paragraph.closed.inside(start, end)]
        events += [(p, "previous", None) for p in paragraph.earlier.inside(start, end)]
        events.sort(key=lambda e: e[0])
        sweep = _Sweep(self._carried(reading, paragraph, start))
        for at, what, cue in events:
            if what in '()"':
                sweep.bracket(what, paragraph.quotes.count(at) % 2 == 1)
            elif what == ",":
                sweep.pause(reading.ends_between(sweep.passing, at))
            elif cue is None:
                sweep.settle()
                sweep.state = self._behind_mark(reading, sweep.state, what, at, end)
            elif reading.within_figure(at) is None:
                if "previous" in cue.roles and sweep.state is None:
                    sweep.passing = at
                if "planned_near" in cue.roles:
                    sweep.approach()
                else:
                    sweep.turn(self._behind_cue(reading, paragraph, sweep.state, cue, start))
            sweep.note(at)
        return sweep.places, sweep.states

    def _behind_mark(self, reading: _Reading, state: str | None, what: str, at: int, end: int) -> str | None:
        """What governs behind a time (``what`` is its status) or a strong mark."""
        if what == "cumulative":
            return state if state == "planned" else what
        if what == "previous":
            return state or what
        place = at + 1
        while place < end and reading.key[place] == " ":
            place += 1
        quoted = reading.key[place : place + 1] == '"'
        if state == "achieved" and (quoted or self._new_subject.end(reading.key, place)):
            return None
        return None if state == "previous" else state

    def _behind_cue(
        self, reading: _Reading, paragraph: _Paragraph, state: str | None, cue: _Cue, start: int
    ) -> str | None:
        """What governs behind a cue; a goal outweighs a term, a closed term outweighs what was done in it."""
        roles = cue.roles
        if "not_cue" in roles:
            return state
        if "turn" in roles:
            return None
        if "planned" in roles and not self._is_noun(reading, paragraph, cue):
            return "planned"
        if "cumulative" in roles:
            return state if state == "planned" else "cumulative"
        if "previous" in roles:
            return state or "previous"
        if "done" in roles or ("done_head" in roles and self._heads(reading, start, cue)):
            return state if state == "cumulative" else "achieved"
        return state

    @staticmethod
    def _heads(reading: _Reading, start: int, cue: _Cue) -> bool:
        """Whether a cue opens its sentence, or stands alone before a colon."""
        opens = cue.start - start < _TRAIL_REACH and not reading.key[start : cue.start].strip(_EDGE)
        return opens or reading.key[cue.end : cue.end + 1] == ":"

    @staticmethod
    def _is_noun(reading: _Reading, paragraph: _Paragraph, cue: _Cue) -> bool:
        """Whether a verb of planning is a noun here: it begins a sentence or is counted (5/6 yêu cầu)."""
        if "speech" not in cue.roles:
            return False
        before = reading.key[max(paragraph.start, cue.start - 2) : cue.start].strip()
        return not before or before[-1].isdigit() or before[-1] == "."

    def _carried(self, reading: _Reading, paragraph: _Paragraph, start: int) -> str | None:
        """A closed term named in the sentences before governs on, until a sentence that speaks of another time."""
        if start == paragraph.start:
            return None
        last = paragraph.carries.last(paragraph.start, start)
        if last is None or paragraph.turns.first(last + 1, start) is not None:
            return None
        return "cumulative" if paragraph.scenes.first(last + 1, start + 1) is None else None

    def _closed(self, reading: _Reading, low: int, high: int) -> list[int]:
        """Where terms that are over, or spans of years up to now, are named."""
        found = (
            [m.start() for m in self._since.finditer(reading.key, low, high)]
            if self._spans_up(reading, low, high)
            else []
        )
        if _TWO_YEARS.search(reading.key, low, high):
            terms = self._term.finditer(reading.key, low, high)
            found += [m.start() for m in terms if reading.year is None or int(m["last"]) <= reading.year]
        return found

    def _spans_up(self, reading: _Reading, low: int, high: int) -> bool:
        """Whether any word stands there without which no span of years up to now is named."""
        return any(reading.low.find(word, low, high) >= 0 for word in self._up_to_now)

    def _earlier_year(self, reading: _Reading, low: int, high: int) -> list[int]:
        """Where a year before the one that the article reports on opens a statement."""
        if reading.year is None:
            return []
        if not _FOUR_DIGITS.search(reading.key, low, high):
            return []
        newest = reading.year - (1 if 1 <= reading.month <= _LAST_REPORT_MONTH else 0)
        return [m.start() for m in self._year.finditer(reading.key, low, high) if int(m["year"]) < newest]

    def _is_earlier_end(self, reading: _Reading, index: int, frame: _Frame) -> bool:
        """Whether a figure is the earlier end of a change and the next one the later: từ 25 lên 30 nghìn đồng."""
        figures = reading.figures
        lead = " " + reading.low[max(0, figures[index].start - 24) : figures[index].start].rstrip()
        if not lead.endswith(self._from):
            return False
        if index + 1 >= len(figures) or figures[index + 1].start > frame.sentence[1]:
            return False
        between = " " + reading.low[figures[index].end : figures[index + 1].start].strip()
        return len(between) < 60 and (
            between.endswith(self._to) or f"{between} ".startswith(tuple(f"{w} " for w in self._to))
        )

    def _lead_of_agreement(self, reading: _Reading, paragraph: _Paragraph, frame: _Frame) -> bool:
        """Whether the sentence tells what an agreement of the sentence or paragraph before will give."""
        start = frame.sentence[0]
        if self._in_detail.end(reading.key, start) is None:
            return False
        before = reading.low[max(0, start - 400) : start]
        return any(word in before for word in self._agreement)

    # ---------------------------------------------------------------- speaker

    def _find_speakers(self, reading: _Reading, paragraph: _Paragraph) -> None:
        """Fills in who speaks where in a paragraph."""
        key = reading.key
        roles = {r for c in paragraph.cues for r in c.roles}
        if not roles & {"speech", "according", "floor"}:
            return
        for start, end in paragraph.sentences:
            self._speakers_of(reading, paragraph, start, end)
        running = sorted(paragraph.running, key=lambda s: s.start)
        # a verb of speech behind a quotation speaks for the quotation, not for what follows
        taken: list[tuple[int, int]] = []
        for start, end in _quotes(key, paragraph.start, paragraph.end):
            match = self._after.match(key, end, paragraph.end)
            if match is not None:
                name = self._full_name(reading, match.span("name"))
                taken.append((end, match.end()))
                if name:
                    paragraph.quoted.append(_Said(start, end, name))
        ends = [end for end, _ in taken]
        paragraph.running = [s for s in running if not _covered(taken, ends, s.start)]
        paragraph.running_starts = [s.start for s in paragraph.running]
        paragraph.quoted_starts = [s.start for s in paragraph.quoted]
        paragraph.quoted_ends = _Places(s.end for s in paragraph.quoted)
        if paragraph.running:
            paragraph.breaks = _Places(s[0] for s in paragraph.sentences if self._breaks(reading, s))

    def _speakers_of(self, reading: _Reading, paragraph: _Paragraph, start: int, end: int) -> None:
        key = reading.key
        cues = paragraph.cues_in(start, end)
        roles = {r for c in cues for r in c.roles}
        match = self._floor.search(key, start, end) if "floor" in roles else None
        if match is not None and (name := self._full_name(reading, match.span("name"))):
            paragraph.running.append(_Said(match.end(), end, name))
        if "according" in roles:
            for rule in (self._according, self._source):
                for match in rule.finditer(key, start, end):
                    span = match.span("name")
                    named = self._full_name(reading, span) if span[0] >= 0 else self._last_named(reading, match.start())
                    if rule is self._source:
                        named = key[span[0] : span[1]]
                    behind = key[match.end() : match.end() + _TRAIL_REACH].lstrip()[:1]
                    trailing = key[max(start, match.start() - 2) : match.start()] == ", " and behind in (".", "")
                    if named:
                        paragraph.running.append(_Said(start if trailing else match.start(), end, named))
        for cue in cues:
            if (
                "speech" in cue.roles
                and not self._is_noun(reading, paragraph, cue)
                and (name := self._subject(reading, paragraph, start, cue))
            ):
                paragraph.running.append(_Said(cue.end, end, name))

    def _subject(self, reading: _Reading, paragraph: _Paragraph, start: int, cue: _Cue) -> str | None:
        """The person who is the subject of a verb of speech: right before it, or with a title between."""
        key = reading.key
        at = cue.start
        words = [m.start() for m in _WORD.finditer(key, max(start, at - 12), at)]
        for word in reversed(words):
            if self._adverb.end(key, word) == at - 1:
                at = word
        stop = at
        while stop > start and key[stop - 1] in " ,)-":
            stop -= 1
        found: tuple[int, int] | None = None
        for match in self._named.finditer(key, max(start, at - _LONGEST_TITLE), at):
            found = match.span("name")
        if found is not None:
            between = key[found[1] : at]
            bare = not between.strip(" ,-")
            if bare or (between.lstrip()[:1] in ",(-" and not _ENDS_TITLE.search(between)):
                return self._full_name(reading, found)
        if stop != at - 1:
            return None
        # a pronoun at the head of the sentence: Ông cho biết
        head = self._pronoun.end(key, start)
        if head is not None and head >= stop:
            earlier = next((s for s in reversed(paragraph.running) if s.start < start), None)
            return earlier.name if earlier else self._last_named(reading, start)
        alone = self._name_before.match(key, 0, at)
        if alone is not None and alone.start() >= start:
            return self._without_place(key[alone.start() : at - 1])
        return None

    def _full_name(self, reading: _Reading, span: tuple[int, int]) -> str | None:
        """The name, a short one (ông Phử) replaced by the full name that ends with it and stood before."""
        text = reading.document.text
        name = text[span[0] : span[1]]
        if " " in name:
            return name
        full = reading.full_names(self._names).get(name)
        if full is not None and full[0] < span[0]:
            return full[1]
        floor = max(0, span[0] - _NAME_REACH)
        at = reading.key.rfind(f" {name}", floor, span[0])
        for _ in range(_TRIES):
            if at <= 0:
                break
            stop = at + 1 + len(name)
            if not reading.key[stop : stop + 1].isalnum():
                run = _run_before(reading.key, stop)
                if run and " " in run:
                    return self._without_place(run)
            at = reading.key.rfind(f" {name}", floor, at)
        return name

    def _without_place(self, run: str) -> str | None:
        """A name without the place before it (Hà Nội Phùng Thị Thu Hà); None where it is no personal name."""
        words = run.split(" ")
        for cut in range(max(0, len(words) - 5), len(words) - 1):
            rest = words[cut:]
            if rest[0].lower() in self._surnames and (
                len(rest) <= 4 or not any(w.lower() in self._surnames for w in rest[1:3])
            ):
                return " ".join(rest)
        return None

    def _last_named(self, reading: _Reading, before: int) -> str | None:
        """The person named last before a pronoun."""
        names = reading.names(self._names)
        at = bisect.bisect_left(names, (before,)) - 1
        if at < 0:
            return None
        start, _, name = names[at]
        return name if " " in name else self._full_name(reading, (start, start + len(name)))

    def _speaker(self, reading: _Reading, paragraph: _Paragraph, frame: _Frame, figure: Figure) -> str | None:
        """Whose words the figure stands in."""
        at = bisect.bisect_right(paragraph.quoted_starts, figure.start) - 1
        if at >= 0 and figure.start < paragraph.quoted[at].end:
            return paragraph.quoted[at].name
        at = bisect.bisect_right(paragraph.running_starts, figure.start) - 1
        if at < 0:
            return None
        last = paragraph.running[at]
        if figure.start < last.end:
            return last.name
        quoted = paragraph.quoted_ends.last(last.end + 1, figure.start + 1)
        if quoted is not None or paragraph.breaks.first(last.end, figure.start + 1) is not None:
            return None
        return last.name

    def _breaks(self, reading: _Reading, sentence: tuple[int, int]) -> bool:
        """Whether a sentence is plainly no longer the speaker's: another scene, or somebody else does something."""
        start = sentence[0]
        if self._ends.end(reading.key, start) is not None:
            return True
        named = self._names.match(reading.key, start, sentence[1])
        return named is not None

    def _period(
        self, reading: _Reading, paragraph: _Paragraph, frame: _Frame, figure: Figure, calendar: _Calendar
    ) -> tuple[dt.date | None, dt.date | None]:
        """First and last day of what a figure is told for; (None, None) unless a date plainly governs it.

        A date governs from before the figure: in its own words, at the head of its clause, or at the head of the
        sentence and of the list that follows. A single day speaks for the deed told of it, not for what stands there
        in brackets. A date that only bounds or compares (since, until, than in) gives none.
        """
        none = (None, None)
        low = frame.sentence[0]
        left, right = frame.segment
        if reading.low[left - 1 : left] == "(" or self._another_time(reading, frame, figure):
            return none
        behind = calendar.first(figure.end, right)
        if behind is not None and self._use_of_date(reading, paragraph, behind, left) == "bounds":
            return none
        for date in calendar.before(max(low, figure.start - 2 * _REACH), figure.start):
            leads = self._leads(reading, paragraph, date, low)
            # "sơ kết 6 tháng đầu năm 2021: …" heads what stands behind the colon
            heads = reading.key[date[1] : date[1] + 1] == ":" or leads == "sentence"
            if not heads and date[0] < frame.clause[0]:
                continue
            use = self._use_of_date(reading, paragraph, date, low)
            if use == "bounds":
                return none
            if use == "other" or (use == "names" and reading.key[date[1] : date[1] + 1] != ":"):
                continue
            if date[2] == date[3] and (date[0] < frame.clause[0] or self._belongs(reading, frame, figure)):
                continue
            if leads or heads or date[0] >= paragraph.mark_before(figure.start, low):
                return none if self._told_between(reading, date[1], figure.start) else (date[2], date[3])
        return none

    def _belongs(self, reading: _Reading, frame: _Frame, figure: Figure) -> bool:
        """Whether a figure only says whose the one before it is: 120 đại biểu của 28 tổ."""
        left = frame.segment[0]
        if reading.within_figure(left - 1) is None:
            return False
        words = [m.start() for m in _WORD.finditer(reading.key, max(left, figure.start - _TRAIL_REACH), figure.start)]
        return any(self._belonging.end(reading.key, w) == figure.start - 1 for w in words)

    def _told_between(self, reading: _Reading, low: int, high: int) -> bool:
        """Whether another time is spoken of between a date and its figure."""
        return any(True for _ in self._other_time.finditer(reading.key, max(low, high - 2 * _REACH), high))

    def _another_time(self, reading: _Reading, frame: _Frame, figure: Figure) -> bool:
        """Whether the figure's clause speaks of no date but of a habit or a longer time: each year, since the start."""
        low, high = (
            max(frame.clause[0], figure.start - _TRAIL_REACH * 2),
            min(frame.clause[1], figure.end + _TRAIL_REACH),
        )
        return any(True for _ in self._other_time.finditer(reading.key, low, min(high, frame.segment[1])))

    def _leads(self, reading: _Reading, paragraph: _Paragraph, date: DateSpan, low: int) -> str | None:
        """Whether a date opens its "sentence" or its "clause" (behind a comma, or behind a verb of speech)."""
        start = self._before_fillers(reading, max(low, date[0] - _TRAIL_REACH), date[0])
        if start - low < _TRAIL_REACH and not reading.key[low:start].strip(_EDGE):
            return "sentence"
        mark = paragraph.mark_before(start, low)
        if start - mark <= _BESIDE:
            return "clause"
        said = [c for c in paragraph.cues_in(max(low, start - _TRAIL_REACH), start) if c.end >= start - _BESIDE]
        return "clause" if any("speech" in c.roles for c in said) else None

    def _before_fillers(self, reading: _Reading, low: int, at: int) -> int:
        """Where the small words begin that belong to a date: "trong", "chiều", "ngày"."""
        for word in reversed([m.start() for m in _WORD.finditer(reading.key, low, at)]):
            end = self._fillers.end(reading.key, word)
            if end is None or not at - _BESIDE <= end <= at:
                break
            at = word
        return at

    def _use_of_date(self, reading: _Reading, paragraph: _Paragraph, date: DateSpan, low: int) -> str:
        """What a date does where it stands: it "governs", "bounds" a time, "names" a thing, or is "other"."""
        key = reading.key
        opened, closed = key.rfind("(", max(low, date[0] - 2 * _TRAIL_REACH), date[0]), -1
        if opened >= 0:
            closed = key.find(")", opened, date[0])
        if opened > closed:
            return "other"
        segment = max(paragraph.mark_before(date[0], low), date[0] - 2 * _TRAIL_REACH)
        at = self._before_fillers(reading, segment, date[0])
        # the small words may hide the telling one: "từ đầu năm", "tính đến hết ngày"
        words = [m.start() for m in _WORD.finditer(key, max(segment, at - _TRAIL_REACH), date[0])]
        for use, phrases in (("other", self._compares), ("bounds", self._bounds)):
            if any((end := phrases.end(key, w)) is not None and at - _BESIDE <= end <= date[0] for w in words):
                return use
        inside = self._bounds.end(key, date[0])
        if inside is not None and inside < date[1]:
            return "bounds"
        if any(True for _ in self._anniversary.finditer(key, segment, date[0])):
            return "other"
        if any(True for _ in self._document.finditer(key, segment, date[0])):
            return "other"
        return "names" if any(True for _ in self._period_names.finditer(key, segment, date[0])) else "governs"

    def _same_as(
        self,
        reading: _Reading,
        frames: Sequence[_Frame],
        contexts: Sequence[FigureContext],
        index: int,
        index_of: _Repeats,
    ) -> int | None:
        """The first earlier figure of the article that states the same fact (value, unit, and what it measures)."""
        figures, values = reading.figures, reading.values
        figure, here = figures[index], frames[index]
        words = _words_of(contexts[index].about)
        telling = figure.kind in ("money", "count") and (figure.low or 0) >= _TELLING and not figure.each
        for earlier in index_of.candidates(index, reading):
            other = figures[earlier]
            if frames[earlier].sentence == here.sentence:
                continue
            equal = values[earlier] == values[index]
            headline = reading.headline(index) or reading.headline(earlier)
            if not equal and not (headline and _is_rounded(other, figure)):
                continue
            alike = _likeness(index_of.words[earlier], words)
            if alike >= (_ALIKE_HEADLINE if headline else _ALIKE) or (telling and (figure.kind == "count" or headline)):
                first = contexts[earlier].same_as
                return earlier if first is None else first
        return None


class _Calendar:
    """The dates of an article in order, asked by place."""

    def __init__(self, dates: Sequence[DateSpan]) -> None:
        self._dates = sorted((d for d in dates if d[2] is not None and d[3] is not None), key=lambda d: d[:2])
        self._starts = [d[0] for d in self._dates]

    def first(self, low: int, high: int) -> DateSpan | None:
        """The first date in ``[low, high)``."""
        at = bisect.bisect_left(self._starts, low)
        return self._dates[at] if at < len(self._dates) and self._dates[at][1] <= high else None

    def before(self, low: int, high: int) -> Iterator[DateSpan]:
        """The dates in ``[low, high)``, the nearest to ``high`` first, a few at most."""
        at = bisect.bisect_left(self._starts, high) - 1
        for index in range(at, max(-1, at - _TRIES), -1):
            if self._dates[index][0] < low:
                return
            if self._dates[index][1] <= high:
                yield self._dates[index]


class _Repeats:
    """The earlier figures of an article by value and by size, so that a repeat is looked up, not searched for."""

    def __init__(self) -> None:
        self._equal: dict[tuple[object, ...], list[int]] = {}
        # all, and those of the headlines, by size
        self._sized: dict[tuple[object, ...], list[int]] = {}
        self._headlined: dict[tuple[object, ...], list[int]] = {}
        self.words: list[set[str]] = []

    def add(self, index: int, reading: _Reading, about: str | None) -> None:
        """Notes a figure; of one value or size the first few only."""
        self.words.append(_words_of(about))
        tables = [(self._equal, reading.values[index])]
        if (size := reading.size(index)) is not None:
            tables.append((self._sized, size))
            if reading.headline(index):
                tables.append((self._headlined, size))
        for table, place in tables:
            noted = table.setdefault(place, [])
            if len(noted) < _TRIES:
                noted.append(index)

    def candidates(self, index: int, reading: _Reading) -> list[int]:
        """The figures that may state the same, in reading order: those of its value, and rounded ones of headlines."""
        found = self._equal.get(reading.values[index], [])
        size = reading.size(index)
        if size is None:
            return found
        table = self._sized if reading.headline(index) else self._headlined
        *rest, step = size
        near = [i for s in (-1, 0, 1) for i in table.get((*rest, int(str(step)) + s), ())]
        return sorted({*found, *near}) if near else found


@dataclass(slots=True)
class _Reading:
    """An article while its figures are described."""

    document: Document
    key: str
    low: str
    figures: Sequence[Figure]
    values: list[tuple[object, ...]]
    starts: list[int]
    ends: list[int]
    block_starts: list[int]
    _names: list[tuple[int, int, str]] | None = None
    _full: dict[str, tuple[int, str]] | None = None
    _title: list[_Cue] | None = None
    _title_topics: set[str] | None = None

    @property
    def year(self) -> int | None:
        """The year in which the article appeared, where that is known."""
        if self.document.published:
            return self.document.published.year
        years = _YEAR_WORD.findall(self.document.title or "")
        return int(years[-1]) if years else None

    @property
    def month(self) -> int:
        """The month in which it appeared; 0 where that is not known."""
        return self.document.published.month if self.document.published else 0

    def block_at(self, offset: int) -> Block | None:
        """The block that holds the character at ``offset``."""
        at = bisect.bisect_right(self.block_starts, offset) - 1
        block = self.document.blocks[at] if at >= 0 else None
        return block if block is not None and offset < block.end else None

    def headline(self, index: int) -> bool:
        """Whether a figure stands in the title, the lede or a caption."""
        block = self.block_at(self.figures[index].start)
        return block is not None and block.kind in _HEADLINES

    def size(self, index: int) -> tuple[object, ...] | None:
        """Kind, currency, unit and the step of the logarithm, for figures that may be rounded."""
        figure = self.figures[index]
        if figure.kind not in ("money", "count") or not figure.low or figure.low <= 0:
            return None
        return (figure.kind, figure.currency, self.values[index][-1], math.floor(math.log(figure.low) * _STEPS))

    def within_figure(self, at: int) -> int | None:
        """The figure that holds a place of the text."""
        index = bisect.bisect_right(self.starts, at) - 1
        return index if index >= 0 and at < self.figures[index].end else None

    def ends_between(self, low: int, high: int) -> bool:
        """Whether a figure ends in ``[low, high]``."""
        return bisect.bisect_left(self.ends, low) < bisect.bisect_right(self.ends, high)

    def title_topics(self, lexicon: _Lexicon) -> set[str]:
        """The topics that the title names."""
        if self._title_topics is None:
            self._title_topics = {topic for cue in self.title(lexicon) for topic, _, _ in cue.topics}
        return self._title_topics

    def full_names(self, pattern: Pattern[str]) -> dict[str, tuple[int, str]]:
        """Where each full name first stands, by its last word."""
        if self._full is None:
            self._full = {}
            for start, _, name in self.names(pattern):
                if " " in name:
                    self._full.setdefault(name.rsplit(" ", 1)[1], (start, name))
        return self._full

    def names(self, pattern: Pattern[str]) -> list[tuple[int, int, str]]:
        """The persons named with an honorific, in order; searched for when first asked for."""
        if self._names is None:
            self._names = [(*m.span("name"), m["name"]) for m in pattern.finditer(self.key)]
        return self._names

    def title(self, lexicon: _Lexicon) -> list[_Cue]:
        """The cues of the title."""
        if self._title is None:
            end = self.key.find("\n")
            self._title = lexicon.scan(self.key, self.low, 0, end) if self.document.title and end > 0 else []
        return self._title


@functools.lru_cache(maxsize=4096)
def _key_of(unit: str) -> str:
    return canonical(unit)


def _run_before(key: str, stop: int) -> str:
    """The run of capitalised words that ends at ``stop``, at most seven."""
    words: list[str] = []
    for word in reversed(key[max(0, stop - 60) : stop].split(" ")):
        plain = word.replace("'", "")
        if len(words) == 7 or not plain.isalpha() or not word[0].isupper() or (len(word) > 1 and word.isupper()):
            break
        words.append(word)
    return " ".join(reversed(words))


def _quotes(key: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The quotations of a paragraph that are long enough to say something, as spans with their marks."""
    opened = -1
    at = key.find('"', start, end)
    while at >= 0:
        if opened < 0:
            opened = at
        else:
            if at - opened > _SHORTEST_QUOTE:
                yield opened, at + 1
            opened = -1
        at = key.find('"', at + 1, end)


def _is_rounded(rough: Figure, exact: Figure) -> bool:
    """Whether one figure is the other, rounded (gần 12.000 / 11.864)."""
    if exact.modifier != "exact":
        rough, exact = exact, rough
    if exact.modifier != "exact" or rough.modifier not in ("nearly", "over", "about") or not rough.low or not exact.low:
        return False
    if rough.kind not in ("money", "count") or rough.currency != exact.currency or exact.low < _TELLING:
        return False
    if _value(rough)[-1] != _value(exact)[-1] or exact.low != exact.high:
        return False
    by = (exact.low - rough.low) / rough.low
    return abs(by) <= _ROUNDED and by != 0 and (rough.modifier == "about" or (by < 0) == (rough.modifier == "nearly"))


def _value(figure: Figure) -> tuple[object, ...]:
    unit = fold(figure.unit).split(" ")[0] if figure.unit else None
    return (figure.kind, figure.low, figure.high, figure.numerator, figure.denominator, figure.currency, unit)


def _words_of(about: str | None) -> set[str]:
    return set(fold(about or "").split())


def _likeness(left: set[str], right: set[str]) -> float:
    """The share of the shorter text's words that stand in the longer one too."""
    return len(left & right) / min(len(left), len(right)) if left and right else 0.0


def _covered(spans: Sequence[tuple[int, int]], starts: Sequence[int], at: int) -> bool:
    """Whether one of the sorted spans holds the place ``at``, its end included."""
    index = bisect.bisect_right(starts, at) - 1
    return index >= 0 and at <= spans[index][1]
