"""What extractors find in a text: mentions with exact character offsets, before anything is resolved.

Offsets count Python characters; ``text[start:end]`` are the characters of the mention. Extractors see one block of
an article (a paragraph, a title, a caption) and give offsets within it; the extract stage shifts them to the article.
"""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass
from typing import Any, Self, TypeVar

Fact = TypeVar("Fact")


@functools.cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


def _with(fact: Fact, **changes: Any) -> Fact:
    """What `dataclasses.replace` gives, for facts, which check nothing when they are made: in half the time."""
    kind: Any = type(fact)
    made: Fact = object.__new__(kind)
    for name in _names(kind):
        object.__setattr__(made, name, changes[name] if name in changes else getattr(fact, name))
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A span of text that a rule recognised."""

    start: int
    end: int
    rule_id: str

    def shifted(self, by: int) -> Self:
        """The same mention, ``by`` characters further on (every offset of it, nested ones included)."""
        return _with(self, start=self.start + by, end=self.end + by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure(Mention):
    """A stated figure. ``kind``: money, ratio, percent, count.

    ``low``/``high`` are in ``currency``, percent points or pieces, equal unless a range; a vague amount has ``high``
    None; a ratio has both None and ``numerator``/``denominator`` set. ``unit`` is the counted noun (ratio: the thing
    counted), None for money.
    """

    kind: str
    low: float | None = None
    high: float | None = None
    numerator: int | None = None
    denominator: int | None = None
    currency: str | None = None
    unit: str | None = None
    modifier: str = "exact"
    each: bool = False
    flags: tuple[str, ...] = ()


# flags of the two days that a span without a year runs from and to ("từ 28/6 đến 2/7"): each is a date of its own
SPAN_FROM, SPAN_UNTIL = "span_from", "span_until"


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMention(Mention):
    """An expression that names calendar time, with the parts that the text states.

    A span from (year, month, day) to (end_year, end_month, end_day); a part is None where the text does not state it
    and ``end_day`` 0 means the last day of that month. A single day has both ends equal; "quý III" is month 7 day 1
    to end_month 9 end_day 0, years None. ``relative`` holds words that only a date stamp fixes ("hôm qua"), as
    ``unit:offset`` (``day:-1``, ``month:-1``, ``year:0``, ``quarter:-1``, ``week:-1``).
    ``is_document`` marks the date of a decision, plan or law ("Kế hoạch số … ngày 26/7/2022").
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    end_year: int | None = None
    end_month: int | None = None
    end_day: int | None = None
    precision: str = "day"
    part_of_day: str | None = None
    relative: str | None = None
    is_document: bool = False
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TermMention(Mention):
    """A term of office or a period of years; ``kind`` is term (nhiệm kỳ, khóa) or period (giai đoạn)."""

    first: int
    last: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A position that the text gives a person: the title alone, and the body's words where they stand.

    ``org_text`` may be a longer body name rebuilt from the text (shared head); ``org_start``/``org_end`` are where its
    words stand, None where the text leaves the body out. ``tenure``: current, acting, elected, leaving, former.
    """

    title: str
    start: int
    end: int
    org_text: str | None = None
    org_start: int | None = None
    org_end: int | None = None
    tenure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonMention(Mention):
    """A person named in the text; ``start``/``end`` cover the name alone.

    ``positions`` are those that stand beside this mention (none for a short later mention such as "bà Nhiên", where
    ``is_short`` is true). ``roles``: attended, directed, spoke, elected, presented, as the words around say.
    """

    name: str
    honorific: str | None = None
    positions: tuple[Position, ...] = ()
    roles: tuple[str, ...] = ()
    is_short: bool = False

    def shifted(self, by: int) -> Self:
        """The same mention, ``by`` characters further on, its positions too."""
        positions = tuple(
            _with(
                p,
                start=p.start + by,
                end=p.end + by,
                org_start=None if p.org_start is None else p.org_start + by,
                org_end=None if p.org_end is None else p.org_end + by,
            )
            for p in self.positions
        )
        return _with(self, start=self.start + by, end=self.end + by, positions=positions)


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyMention(Mention):
    """An organisation named in the text; ``head`` is its kind ("liên đoàn lao động"), ``level`` the level code."""

    head: str
    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventMention(Mention):
    """Words that name an event ("hội nghị tổng kết công tác năm 2023"); the span is the name as far as it goes.

    ``weight`` says how strongly the words alone speak for ``event_type``; ``is_gathering`` whether they name what was
    held (hội nghị, lễ, lớp) rather than an act; ``verb_start``/``verb_end`` are the verb that holds it ("tổ chức")
    just before, None where there is none, and ``is_held`` that one stands behind it ("đã diễn ra"); ``is_reference``
    marks an event that is only talked about ("Nghị quyết Đại hội XIII"). ``status``: held, announced, postponed.
    """

    event_type: str
    weight: float = 1.0
    is_gathering: bool = False
    is_reference: bool = False
    status: str = "held"
    congress_no: int | None = None
    verb_start: int | None = None
    verb_end: int | None = None
    is_held: bool = False

    def shifted(self, by: int) -> Self:
        """The same mention, ``by`` characters further on, its verb too."""
        return _with(
            self,
            start=self.start + by,
            end=self.end + by,
            verb_start=None if self.verb_start is None else self.verb_start + by,
            verb_end=None if self.verb_end is None else self.verb_end + by,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal(Mention):
    """What a rule saw and refused to read; becomes a row of ``issues`` (``code`` is one of `pipeline.errors.Issue`)."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class NameMentions:
    """The names in one article and the words for events, each list in reading order."""

    people: tuple[PersonMention, ...] = ()
    bodies: tuple[BodyMention, ...] = ()
    events: tuple[EventMention, ...] = ()
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class FigureMentions:
    """The figures, dates and terms in one article, each list in reading order."""

    figures: tuple[Figure, ...] = ()
    dates: tuple[DateMention, ...] = ()
    terms: tuple[TermMention, ...] = ()
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Mentions:
    """All mentions of one article, each list in reading order."""

    figures: tuple[Figure, ...] = ()
    dates: tuple[DateMention, ...] = ()
    terms: tuple[TermMention, ...] = ()
    people: tuple[PersonMention, ...] = ()
    bodies: tuple[BodyMention, ...] = ()
    events: tuple[EventMention, ...] = ()
    refusals: tuple[Refusal, ...] = ()

    @classmethod
    def of(cls, names: NameMentions, figures: FigureMentions) -> Self:
        """All that was found of both kinds."""
        return cls(
            figures=figures.figures,
            dates=figures.dates,
            terms=figures.terms,
            people=names.people,
            bodies=names.bodies,
            events=names.events,
            refusals=tuple(sorted([*figures.refusals, *names.refusals], key=lambda r: (r.start, r.end))),
        )
