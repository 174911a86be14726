"""Date stamps: as machines write them, in records and in the metadata of pages, and as pages show them in a line.

How Vietnamese pages write them, in figures and words, is in ``rules/furniture/stamps.yaml``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

import regex

from pipeline.cleaning.authors import Authors
from pipeline.cleaning.furniture import SEGMENT, Furniture, is_prose
from pipeline.rules import RuleSet
from pipeline.text import canonical, fold, nfc

# what is stated in another zone is told in Vietnam's, which has no summer time
VIETNAM = dt.timezone(dt.timedelta(hours=7))
_ZONE = r"\s*(Z|[+-]\d{2}:?\d{2})?\s*$"
_ISO = re.compile(r"^\s*(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?)?" + _ZONE)
_COMPACT = re.compile(r"^\s*((?:19|20)\d{2})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2})?)?" + _ZONE)
_EPOCH = re.compile(r"^\s*(\d{10})(?:\d{3})?(?:\.0+)?\s*$")
# the month in English, as RFC 2822, JavaScript and content management systems have it
_ENGLISH = re.compile(
    r"\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|january|february|march|april|august|september|october"
    r"|november|december)\b",
    re.IGNORECASE,
)
# a stamp in words is no longer than this (characters)
_LONGEST = 80
# the name of a zone behind its offset: "GMT+0700 (Indochina Time)"
_ZONE_NAME = re.compile(r"\s*\([^()]*\)\s*$")
# a line with a stamp is no longer than this (characters)
_LONGEST_LINE = 200
_YEAR = regex.compile(r"(?:19|20)\d\d|/\d\d[ ,|-]{1,4}\d{1,2}:\d\d")
# views and comments that a portal prints behind the stamp
_COUNTERS = regex.compile(r"^\d[\d.]{0,9}(?: \d[\d.]{0,9}){0,2}$")
_DAY_MONTH = regex.compile(r"(?<![\d/.-])(\d{1,2})[/.-](\d{1,2})(?![\d%])")


def parse_stamp(text: str) -> dt.datetime | None:
    """A stamp in ISO 8601 (also without signs between), in seconds since 1970, or with the month in English (RFC 2822).

    Local Vietnamese time without a zone, whole minutes; None where the text is none of these or no such day exists.
    """
    try:
        if found := _ISO.match(text) or _COMPACT.match(text):
            year, month, day, hour, minute = (int(g or 0) for g in found.groups()[:5])
            when = dt.datetime(year, month, day, hour, minute)
            zone = found[7]
            if zone is None:
                return when
            away = dt.timedelta(0)
            if zone != "Z":
                digits = zone.replace(":", "")
                away = dt.timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5])) * (1 if digits[0] == "+" else -1)
            return when - away + dt.timedelta(hours=7)
        if found := _EPOCH.match(text):
            return dt.datetime.fromtimestamp(int(found[1]), VIETNAM).replace(tzinfo=None, second=0)
    except (ValueError, OverflowError, OSError):
        return None
    if len(text) <= _LONGEST and _ENGLISH.search(text):
        return _english(_ZONE_NAME.sub("", text))
    return None


def _english(text: str) -> dt.datetime | None:
    import dateparser  # slow to load, and few stamps need it

    # a day without its year, or a month alone, is no stamp
    how = {"STRICT_PARSING": True, "DATE_ORDER": "DMY"}
    when: dt.datetime | None = dateparser.parse(text, languages=["en"], settings=how)
    if when is None:
        return None
    when = when if when.tzinfo is None else when.astimezone(VIETNAM).replace(tzinfo=None)
    return when.replace(second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date stamp; ``labelled`` where a word says that it is one, ``updated`` where that word tells of a change."""

    when: dt.datetime
    labelled: bool
    author: str | None = None
    updated: bool = False


class Stamps:
    """Reads the stamps of lines and fields by the rules of ``rules/furniture``; built once from them."""

    def __init__(self, rules: RuleSet, furniture: Furniture, authors: Authors) -> None:
        self._rules, self._furniture, self._authors = rules, furniture, authors
        self._stamps = rules.starting("stamp.")

    def of(self, text: str, key: str | None = None) -> Stamp | None:
        """The date stamp that a line is; None where it is none, or more than one."""
        if len(text) > _LONGEST_LINE or not _YEAR.search(text):
            return None
        key = canonical(text) if key is None else key
        if is_prose(key):
            return None
        match = self._date_in(key)
        when = self._when(match) if match else None
        if match is None or when is None:
            return None
        start, end = match.span()
        rest = [text[:start], text[end:]]
        # published and updated may stand in one line
        for i, other in enumerate(rest):
            second = self._date_in(canonical(other))
            if second is None or not (second["label"] or self._of_update(match)):
                continue
            rest[i] = other[: second.start()] + "  |  " + other[second.end() :]
            if self._of_update(match) and not self._of_update(second):
                match, when = second, self._when(second) or when
        author = None
        for part in SEGMENT.split("  |  ".join(rest)):
            part = part.strip(" \u00a0,;:()[]-–|")
            if not part or _COUNTERS.match(part):
                continue
            found = self._authors.of(part)
            if found and not self._rules.has("clock_word", part):
                author = author or found.name
            elif not (self._furniture.is_menu(part) or self._furniture.fits(part) or self._says_only_label(part)):
                return None
        return Stamp(when, bool(match["label"]), author, self._of_update(match))

    def when(self, text: str) -> dt.datetime | None:
        """The time that a field of a record or page states, as machines or Vietnamese pages write it; None: no time."""
        if (when := parse_stamp(text)) is not None:
            return when
        match = self._date_in(canonical(nfc(text[:_LONGEST_LINE])))
        return None if match is None else self._when(match)

    def _when(self, match: regex.Match[str]) -> dt.datetime | None:
        """The time that a stamp's pattern found; None where the calendar has no such day."""
        groups = match.groupdict()
        hour, minute = int(groups.get("hour") or 0), int(groups.get("minute") or 0)
        half = self._rules.value("half_day", groups.get("half") or "")
        if half == "second" and hour < 12:
            hour += 12
        elif half == "first" and hour == 12:
            hour = 0
        try:
            year = int(match["year"])
            month = int(self._rules.value("month_word", match["month"]) or match["month"])
            return dt.datetime(year + 2000 if year < 100 else year, month, int(match["day"]), hour, minute)
        except ValueError:
            return None

    def _date_in(self, key: str) -> regex.Match[str] | None:
        """The longest date that a stamp's pattern finds in a line."""
        found = [m for rule in self._stamps if (m := rule.search(key))]
        return max(found, key=lambda m: m.end() - m.start(), default=None)

    def _of_update(self, match: regex.Match[str]) -> bool:
        return bool(self._rules.value("stamp_label", match["label"] or "") == "updated")

    def _says_only_label(self, part: str) -> bool:
        return any(self._rules.has(name, part) for name in ("stamp_label", "weak_label", "weekday"))

    def is_clock(self, text: str) -> bool:
        """Whether a line with a date in it is a clock of the page."""
        low = fold(text)
        return "°c" in low or any(word in low for word in self._rules.lexicon["clock_word"])

    def is_clock_line(self, key: str) -> bool:
        """Whether a line has a date of its own beside words of a clock."""
        if _YEAR.search(key) is None:
            return False
        return any(rule.search(key) for rule in self._stamps) and self.is_clock(key)


def agrees(when: dt.datetime, keys: Sequence[str]) -> bool:
    """Whether the text tells of a day in the fortnight before the stamp: a clock of the page would not fit so."""
    for key in keys:
        for found in _DAY_MONTH.finditer(key[:2000]):
            for year in (when.year, when.year - 1):
                try:
                    gap = (when.date() - dt.date(year, int(found[2]), int(found[1]))).days
                except ValueError:
                    continue
                if 0 <= gap <= 14:
                    return True
    return False
