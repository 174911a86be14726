"""Every error that a user can meet, and the codes of `rejects` and `issues`, in one place."""

from enum import StrEnum


class UnionEventsError(Exception):
    """Base of the errors that end a command with exit code 2 and a message that says what to do."""


class RuleError(UnionEventsError):
    """A file under ``rules/`` is wrong; the message begins with ``file:line``."""


class InputError(UnionEventsError):
    """An argument or an input folder cannot be used."""


class Reject(StrEnum):
    """Why an input gave no article (column ``reason`` of ``rejects``)."""

    UNSUPPORTED = "unsupported_format"
    EMPTY = "empty"
    BINARY = "binary"
    ENCODING = "unreadable_encoding"
    BROKEN_RECORD = "broken_record"
    MISSING_FIELD = "missing_field"
    NOT_A_PAGE = "not_a_page"
    NOT_VIETNAMESE = "not_vietnamese"
    NO_TEXT = "no_article_text"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable_file"
    FAILED = "failed"
    TOO_SLOW = "too_slow"
    CRASHED = "crashed"


class Issue(StrEnum):
    """What the tool refused to guess or wants a person to see (column ``code`` of ``issues``)."""

    DATE_WITHOUT_YEAR = "date_without_year"
    IMPOSSIBLE_DATE = "impossible_date"
    LUNAR_DATE = "lunar_date"
    IMPOSSIBLE_TERM = "impossible_term"
    DATE_CONFLICT = "date_conflict"
    NUMBER_AMBIGUOUS = "number_ambiguous"
    RATIO_REFUSED = "ratio_refused"
    CURRENCY_MISSING = "currency_missing"
    ORG_UNRESOLVED = "org_unresolved"
    NAME_AMBIGUOUS = "name_ambiguous"
    POSITION_WITHOUT_NAME = "position_without_name"
    ENCODING_GUESSED = "encoding_guessed"
    NO_EVENT = "no_event"
