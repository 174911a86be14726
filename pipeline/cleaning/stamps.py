"""Date stamps as records and page metadata give them."""

from __future__ import annotations

import datetime as dt
import re

# what is stated in another zone is told in Vietnam's, which has no summer time
VIETNAM = dt.timezone(dt.timedelta(hours=7))
_ISO = re.compile(
    r"^\s*(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?)?\s*(Z|[+-]\d{2}:?\d{2})?\s*$"
)
_EPOCH = re.compile(r"^\s*(\d{10})(?:\d{3})?(?:\.0+)?\s*$")
_DAY_FIRST = re.compile(r"^\D{0,40}(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)(?:\D{1,5}(\d{1,2})[:hg](\d{2}))?")
_TIME_FIRST = re.compile(r"^\D{0,20}(\d{1,2})[:hg](\d{2})(?::\d{2})?\D{1,20}(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)")


def parse_stamp(text: str) -> dt.datetime | None:
    """A stamp in ISO 8601, in seconds since 1970, or day first as Vietnamese pages write it.

    Local Vietnamese time without a zone, whole minutes; None where the text is none of these or no such day exists.
    """
    try:
        if found := _ISO.match(text):
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
        if found := _DAY_FIRST.match(text):
            day, month, year, hour, minute = (int(g or 0) for g in found.groups())
            return dt.datetime(year, month, day, hour, minute)
        if found := _TIME_FIRST.match(text):
            hour, minute, day, month, year = (int(g) for g in found.groups())
            return dt.datetime(year, month, day, hour, minute)
    except (ValueError, OverflowError, OSError):
        return None
    return None
