"""Days, months, quarters and years as spans of days, both ends inclusive."""

from __future__ import annotations

import calendar
import datetime as dt
import functools

from pipeline.facts import DateMention

Span = tuple[dt.date, dt.date]


def year_of(year: int) -> Span:
    """The days of a year."""
    return dt.date(year, 1, 1), dt.date(year, 12, 31)


def is_part(mention: DateMention) -> bool:
    """Whether a mention is of some months or a quarter: neither a day, nor one month, nor a whole year."""
    return mention.precision in ("month", "quarter") and mention.relative is None and mention.month != mention.end_month


def stated_span(mention: DateMention) -> Span | None:
    """The days of a mention that states its year; None of any other."""
    if mention.year is None or mention.relative is not None or mention.month is None:
        return None
    return in_year(mention, mention.year)


def in_year(mention: DateMention, year: int) -> Span | None:
    """The days of a mention whose first day lies in ``year``; None where the calendar has no such day."""
    month = mention.month or 1
    last_month = mention.end_month or month
    last_year = mention.end_year if mention.year is not None and mention.end_year else year + (last_month < month)
    day = mention.day or 1
    last_day = mention.end_day or calendar.monthrange(last_year, last_month)[1]
    try:
        first, last = dt.date(year, month, day), dt.date(last_year, last_month, last_day)
    except ValueError:
        return None
    return (first, last) if first <= last else None


def in_years_about(mention: DateMention, year: int) -> list[Span]:
    """The days of a mention in a year, in the one before it and in the one after it, where the calendar has them."""
    return [span for y in (year, year - 1, year + 1) if (span := in_year(mention, y)) is not None]


def told_day(words: str, stamp: dt.date, unit: str, offset: int) -> dt.date:
    """A day of the period that words name as seen from the stamp: as dateparser reads them, else by counting."""
    return by_dateparser(words, stamp) or counted(stamp, unit, offset)


def counted(stamp: dt.date, unit: str, offset: int) -> dt.date:
    """A day of the day, week, month or quarter that lies ``offset`` from the one that holds the stamp."""
    if unit in ("day", "week"):
        return stamp + dt.timedelta(days=offset if unit == "day" else 7 * offset)
    months = stamp.year * 12 + stamp.month - 1 + offset * (1 if unit == "month" else 3)
    return dt.date(months // 12, months % 12 + 1, 1)


@functools.lru_cache(maxsize=256)
def by_dateparser(words: str, stamp: dt.date) -> dt.date | None:
    """What dateparser makes of the words; None for most of the word list (parts of the day, quarters)."""
    import dateparser  # slow to load, and most articles need none of it

    base = dt.datetime.combine(stamp, dt.time())
    read = dateparser.parse(words, languages=["vi"], settings={"RELATIVE_BASE": base, "PARSERS": ["relative-time"]})
    return read.date() if read is not None else None


def period_of(day: dt.date, unit: str) -> Span:
    """The day, week (from Monday), month or quarter that holds a day."""
    if unit == "day":
        return day, day
    if unit == "week":
        monday = day - dt.timedelta(days=day.weekday())
        return monday, monday + dt.timedelta(days=6)
    size = 1 if unit == "month" else 3
    month = (day.month - 1) // size * size + 1
    last = month + size - 1
    return day.replace(month=month, day=1), dt.date(day.year, last, calendar.monthrange(day.year, last)[1])
