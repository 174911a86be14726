"""An article while its figures are described: places, paragraphs read once, and what stands where."""

from __future__ import annotations

import bisect
import datetime as dt
import functools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from regex import Pattern

from pipeline.document import Block, Document
from pipeline.facts import Figure
from pipeline.resolve.figures.lexicon import Cue, Lexicon, Listed
from pipeline.text import canonical, fold

# what a quotation neither begins nor ends with, and how far back a closing phrase is looked for (characters)
EDGE = " ,;:.-(\"')"
TRAIL_REACH = 30
# how far around a figure its words are looked for (characters)
REACH = 500
# how many earlier figures of one value, and how many earlier places of a name or date, are tried
TRIES = 16
# two things with no more between them stand side by side (characters)
BESIDE = 2
# what parts the figures of a sentence: a comma, and the stronger marks
MARK = re.compile(r"[,;:!?()](?=\s|$|[(\"])|[(]|[)]")
# what a line of a list begins with
BULLET = re.compile(r"[-+*•●▪◦·] ?\w|\d{1,2}[.)/] ?\D|[a-hđ][.)] ?\w")
STRONG = ";:!?"
QUOTE = re.compile('"')
OTHER = "other"
_HEADLINES = ("title", "lede", "caption")
_YEAR_WORD = re.compile(r"(?<![\d.-])(?<!- )(?:19|20)\d\d(?![\d.-])(?! -)")
# equal steps of the logarithm, so that a figure and its rounding lie in the same or in neighbouring ones
_STEPS = 10

# start, end in the article's text; first and last day, None where nothing fixes them
DateSpan = tuple[int, int, dt.date | None, dt.date | None]


class FigureContext(NamedTuple):
    """What the text says of one figure. ``same_as`` is the index of the figure that stated the same fact first."""

    about: str | None = None
    topic: str = OTHER
    status: str | None = None
    said_by: str | None = None
    period_start: dt.date | None = None
    period_end: dt.date | None = None
    same_as: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventContext:
    """What is known of the article's main event: its code, and its first day."""

    type: str | None = None
    day: dt.date | None = None


class Frame(NamedTuple):
    """Where a figure stands: its sentence, its clause, and the words that say what it measures."""

    sentence: tuple[int, int]
    clause: tuple[int, int]
    # the figure's own words: to the figures beside it, a comma or a bracket
    segment: tuple[int, int]
    about: tuple[int, int] | None


@dataclass(slots=True)
class Said:
    """Somebody's words: from where to where."""

    start: int
    end: int
    name: str
    # nothing goes on behind it: "…, ông A cho biết."
    closed: bool = False


class State(NamedTuple):
    """What governs at a place of the text."""

    # the time or the plan that was opened; it reaches over sentences until another time or scene closes it
    frame: str | None = None
    # what the cue before says, to the end of its sentence
    cue: str | None = None
    # a turn or a demand stands between: the frame says nothing, until something is told as done or planned
    barred: str | None = None

    @property
    def status(self) -> str | None:
        """The status of a figure at this place that has no cue of its own."""
        if self.cue == "planned":
            return self.cue
        if self.barred:
            return None
        if self.cue == "previous":
            return self.cue
        return self.cue or self.frame if self.yields else self.frame or self.cue

    @property
    def yields(self) -> bool:
        """Whether what governs gives way to any other time: nothing does, or a time of report."""
        return self.frame in (None, "achieved")

    @property
    def told(self) -> bool:
        """Whether anything but a time of report governs."""
        return self.status is not None and not (self.frame == "achieved" and self.cue is None)

    @property
    def carried(self) -> State:
        """What reaches over the end of a sentence: the time or plan that was opened, but no earlier year."""
        return NOTHING if self.frame == "previous" else State(self.frame)


NOTHING = State()


class Places:
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


_NOWHERE = Places(())


@dataclass(slots=True)
class Paragraph:
    """A paragraph with figures, read once."""

    start: int
    end: int
    sentences: list[tuple[int, int]]
    cues: list[Cue] = field(default_factory=list)
    marks: Places = _NOWHERE
    strong: Places = _NOWHERE
    quotes: Places = _NOWHERE
    # who speaks on from where, and what is quoted; both in order, with their starts, and the ends of the quotations
    running: list[Said] = field(default_factory=list)
    quoted: list[Said] = field(default_factory=list)
    # the sentences in which somebody speaks whom nothing names
    others: list[int] = field(default_factory=list)
    running_starts: list[int] = field(default_factory=list)
    quoted_starts: list[int] = field(default_factory=list)
    quoted_ends: Places = _NOWHERE
    # the sentences that are plainly no longer a speaker's
    breaks: Places = _NOWHERE
    # the times named, in order: "cumulative" (a term that is over), "summed" (one named in passing), "earlier" and
    # "passing" (an earlier year that opens a statement, or stands in one), "coming" (a time to come that opens one),
    # "until" and "other" (another that does)
    times: list[tuple[int, str]] = field(default_factory=list)
    # where a time to come is named at all
    future: Places = _NOWHERE
    # what governs where it begins, and in each sentence read so far: the places of change, and what governs around them
    entry: State = NOTHING
    governed: dict[int, tuple[list[int], list[State]]] = field(default_factory=dict)
    starts: list[int] = field(default_factory=list)
    # where each topic is first named
    topics: dict[str, int] = field(default_factory=dict)
    _listed: dict[Listed, list[tuple[int, int]]] = field(default_factory=dict)

    def names_any(self, phrases: Listed, reading: Reading, low: int, high: int) -> bool:
        """Whether a phrase of a list stands in ``[low, high)``; what begins there with a word's rest counts too."""
        places = self._listed.get(phrases)
        if places is None:
            places = self._listed[phrases] = phrases.places(reading.key, reading.low, self.start, self.end)
        begun = places[bisect.bisect_left(places, (low,)) : bisect.bisect_left(places, (high,))]
        if any(end <= high for _, end in begun):
            return True
        rest = phrases.end(reading.key, low)
        return rest is not None and rest <= high

    def cues_in(self, low: int, high: int) -> list[Cue]:
        """The cues that begin in ``[low, high)``."""
        return self.cues[bisect.bisect_left(self.starts, low) : bisect.bisect_left(self.starts, high)]

    def times_in(self, low: int, high: int) -> list[tuple[int, str]]:
        """The times named in ``[low, high)``."""
        return self.times[bisect.bisect_left(self.times, (low,)) : bisect.bisect_left(self.times, (high,))]

    def sentence_of(self, at: int) -> tuple[int, int]:
        """The sentence that holds the place ``at``."""
        return self.sentences[max(0, bisect.bisect_right(self.sentences, at, key=lambda s: s[0]) - 1)]

    def mark_before(self, at: int, low: int, strong: bool = False) -> int:
        """The place behind the nearest mark before ``at``, ``low`` where there is none."""
        place = (self.strong if strong else self.marks).last(low, at)
        return low if place is None else place + 1

    def mark_behind(self, at: int, high: int, strong: bool = False) -> int:
        """The nearest mark at or behind ``at``, ``high`` where there is none."""
        place = (self.strong if strong else self.marks).first(at, high)
        return high if place is None else place


class Calendar:
    """The dates of an article in order, asked by place."""

    def __init__(self, dates: Sequence[DateSpan]) -> None:
        self._dates = sorted((d for d in dates if d[2] is not None and d[3] is not None), key=lambda d: d[:2])
        self._starts = [d[0] for d in self._dates]

    def inside(self, low: int, high: int) -> list[DateSpan]:
        """The dates in ``[low, high)``."""
        return self._dates[bisect.bisect_left(self._starts, low) : bisect.bisect_left(self._starts, high)]

    def first(self, low: int, high: int) -> DateSpan | None:
        """The first date in ``[low, high)``."""
        at = bisect.bisect_left(self._starts, low)
        return self._dates[at] if at < len(self._dates) and self._dates[at][1] <= high else None

    def before(self, low: int, high: int) -> Iterator[DateSpan]:
        """The dates in ``[low, high)``, the nearest to ``high`` first, a few at most."""
        at = bisect.bisect_left(self._starts, high) - 1
        for index in range(at, max(-1, at - TRIES), -1):
            if self._dates[index][0] < low:
                return
            if self._dates[index][1] <= high:
                yield self._dates[index]


@dataclass(slots=True)
class Reading:
    """An article while its figures are described."""

    document: Document
    key: str
    low: str
    figures: Sequence[Figure]
    values: list[tuple[object, ...]]
    sizes: list[tuple[object, ...] | None]
    starts: list[int]
    ends: list[int]
    block_starts: list[int]
    calendar: Calendar
    event: EventContext
    # the names of the persons found in the article, in order
    people: Sequence[tuple[int, int]]
    # those of the bodies' names, in order
    bodies: Sequence[tuple[int, int]]
    # the paragraph read last
    last: Paragraph | None = None
    _heads: list[int] | None = None
    _names: list[tuple[int, int, str]] | None = None
    _full: dict[str, tuple[int, str]] | None = None
    _title: list[Cue] | None = None
    _title_topics: set[str] | None = None

    @property
    def year(self) -> int | None:
        """The year in which the article appeared, where that is known."""
        if self.today:
            return self.today.year
        years = _YEAR_WORD.findall(self.document.title or "")
        return int(years[-1]) if years else None

    @property
    def month(self) -> int:
        """The month in which it appeared; 0 where that is not known."""
        return self.today.month if self.today else 0

    @property
    def today(self) -> dt.date | None:
        """The day of the article, else the first day of its event."""
        return self.document.published.date() if self.document.published else self.event.day

    def head_of(self, offset: int) -> Block | None:
        """The line above the list in which the line at ``offset`` stands."""
        if self._heads is None:
            self._heads = []
            for index, block in enumerate(self.document.blocks):
                above = self.document.blocks[index - 1] if index else None
                listed = above is not None and (
                    BULLET.match(self.key, block.start, block.end) or self.key[above.end - 1 : above.end] in (":", ";")
                )
                self._heads.append(-1 if not listed else self._heads[-1] if self._heads[-1] >= 0 else index - 1)
        at = bisect.bisect_right(self.block_starts, offset) - 1
        head = self._heads[at] if at >= 0 else -1
        return self.document.blocks[head] if head >= 0 else None

    def body_before(self, offset: int) -> Block | None:
        """The paragraph of the body before the block at ``offset``, past captions."""
        at = bisect.bisect_right(self.block_starts, offset) - 2
        while at >= 0 and self.document.blocks[at].kind == "caption":
            at -= 1
        block = self.document.blocks[at] if at >= 0 else None
        return block if block is not None and block.kind == "body" else None

    def block_at(self, offset: int) -> Block | None:
        """The block that holds the character at ``offset``."""
        at = bisect.bisect_right(self.block_starts, offset) - 1
        block = self.document.blocks[at] if at >= 0 else None
        return block if block is not None and offset < block.end else None

    def headline(self, index: int) -> bool:
        """Whether a figure stands in the title, the lede or a caption."""
        block = self.block_at(self.starts[index])
        return block is not None and block.kind in _HEADLINES

    def within_figure(self, at: int) -> int | None:
        """The figure that holds a place of the text."""
        index = bisect.bisect_right(self.starts, at) - 1
        return index if index >= 0 and at < self.figures[index].end else None

    def ends_between(self, low: int, high: int) -> bool:
        """Whether a figure ends in ``[low, high]``."""
        return bisect.bisect_left(self.ends, low) < bisect.bisect_right(self.ends, high)

    def title_topics(self, lexicon: Lexicon) -> set[str]:
        """The topics that the title names."""
        if self._title_topics is None:
            self._title_topics = {says.topic for cue in self.title(lexicon) for says in cue.topics}
        return self._title_topics

    def full_names(self, pattern: Pattern[str]) -> dict[str, tuple[int, str]]:
        """Where each full name first stands, by its last word."""
        if self._full is None:
            self._full = {}
            for start, end in self.people:
                name = self.document.text[start:end]
                if " " in name:
                    self._full.setdefault(name.rsplit(" ", 1)[1], (start, name))
            for start, _, name in self.names(pattern):
                if " " in name:
                    self._full.setdefault(name.rsplit(" ", 1)[1], (start, name))
        return self._full

    def person_before(self, at: int, low: int) -> tuple[int, int] | None:
        """The person named last in ``[low, at)``."""
        index = bisect.bisect_left(self.people, (at,)) - 1
        return self.people[index] if index >= 0 and self.people[index][0] >= low else None

    def body_named_before(self, at: int, low: int) -> tuple[int, int] | None:
        """The body named last in ``[low, at)``."""
        index = bisect.bisect_left(self.bodies, (at,)) - 1
        return self.bodies[index] if index >= 0 and self.bodies[index][0] >= low else None

    def is_person(self, at: int) -> bool:
        """Whether a person's name stands at a place of the text."""
        index = bisect.bisect_right(self.people, (at, len(self.key))) - 1
        return index >= 0 and at < self.people[index][1]

    def names(self, pattern: Pattern[str]) -> list[tuple[int, int, str]]:
        """The persons named with an honorific, in order; searched for when first asked for."""
        if self._names is None:
            self._names = [(*m.span("name"), m["name"]) for m in pattern.finditer(self.key)]
        return self._names

    def title(self, lexicon: Lexicon) -> list[Cue]:
        """The cues of the title."""
        if self._title is None:
            end = self.key.find("\n")
            self._title = lexicon.scan(self.key, self.low, 0, end) if self.document.title and end > 0 else []
        return self._title


@functools.lru_cache(maxsize=4096)
def key_of(unit: str) -> str:
    """The unit as it stands in the key."""
    return canonical(unit)


def value_of(figure: Figure) -> tuple[object, ...]:
    """What two figures that state the same have in common."""
    unit = fold(figure.unit).split(" ")[0] if figure.unit else None
    return (figure.kind, figure.low, figure.high, figure.numerator, figure.denominator, figure.currency, unit)


def size_of(figure: Figure, value: tuple[object, ...]) -> tuple[object, ...] | None:
    """Kind, currency, unit and the step of the logarithm, for a figure of that `value_of` that may be rounded."""
    if figure.kind not in ("money", "count") or not figure.low or figure.low <= 0:
        return None
    return (figure.kind, figure.currency, value[-1], math.floor(math.log(figure.low) * _STEPS))


def is_noun(reading: Reading, paragraph: Paragraph, cue: Cue) -> bool:
    """Whether a verb of planning is a noun here: it begins a sentence or is counted (5/6 yêu cầu)."""
    if "speech" not in cue.roles:
        return False
    before = reading.key[max(paragraph.start, cue.start - 2) : cue.start].strip()
    return not before or before[-1].isdigit() or before[-1] == "."
