"""Date stamps as machines write them, in records and in the metadata of pages.

How Vietnamese pages write them, in figures and words, is in ``rules/furniture/stamps.yaml``:
`pipeline.cleaning.lines.LineReader.when` reads both.
"""

from __future__ import annotations

import datetime as dt
import re

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
