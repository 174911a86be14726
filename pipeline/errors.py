"""Every error that a user can meet, and the codes of `rejects` and `issues`, in one place."""

from pathlib import Path

from pipeline.codes import Code


class UnionEventsError(Exception):
    """Base of the errors that end a command with exit code 2 and a message that says what to do."""


class RuleError(UnionEventsError):
    """A file under ``rules/`` is wrong; the message begins with ``file:line``."""


class InputError(UnionEventsError):
    """An argument or an input folder cannot be used."""


class DamagedPartError(InputError):
    """A file that the tool wrote does not hold what was written. A run makes it anew."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(path, why)
        self.path = path

    def __str__(self) -> str:
        return "{}: not a readable part: {}".format(*self.args)


class Reject(Code):
    """Why an input gave no article (column ``reason`` of ``rejects``)."""

    UNSUPPORTED = "unsupported_format", "a format that is not read, as Word, PDF or another archive"
    EMPTY = "empty", "nothing is in it"
    BINARY = "binary", "it is called a text and is none"
    ENCODING = "unreadable_encoding", "its letters cannot be read: lost, or in an old encoding that is not read"
    BROKEN_RECORD = "broken_record", "it is damaged, or not what its name says"
    MISSING_FIELD = "missing_field", "a record without a column for text or page"
    NOT_A_PAGE = "not_a_page", "a record of a web archive that holds no page"
    NOT_VIETNAMESE = "not_vietnamese", "another language, no diacritics, or a translation by machine"
    NO_TEXT = "no_article_text", "no article can be told from menus and lists"
    TOO_LARGE = "too_large", "more than an article can have"
    UNREADABLE = "unreadable_file", "the file cannot be opened or may not be: no permission, encrypted, a link out"
    REPLACED = "replaced", "a later member of its archive has the same name, and is read"
    FAILED = "failed", "a stage failed on it, or could not read it safely: please report it"
    TOO_SLOW = "too_slow", "it took longer than an article may take"
    CRASHED = "crashed", "it ended the process that read it, twice"


class Issue(Code):
    """What the tool refused to guess or wants a person to see (column ``code`` of ``issues``)."""

    DATE_WITHOUT_YEAR = "date_without_year", "nothing fixes the year of a date: it is null"
    IMPOSSIBLE_DATE = "impossible_date", "a date that the calendar lacks, not read"
    LUNAR_DATE = "lunar_date", "a date of the lunar calendar, not converted"
    IMPOSSIBLE_TERM = "impossible_term", "a term that ends before it begins or is too long, not read"
    DATE_CONFLICT = (
        "date_conflict",
        "a date is at odds with the weekday beside it, the date stamp, or the term that is opened",
    )
    NUMBER_AMBIGUOUS = "number_ambiguous", "a number that can be read in two ways, or is beyond all counting: not read"
    RATIO_REFUSED = "ratio_refused", "two numbers with a stroke that nothing makes a ratio or a date"
    CURRENCY_MISSING = "currency_missing", "an amount whose currency is not told, not read"
    ORG_UNRESOLVED = "org_unresolved", "an event's host is unknown, or its name lacks what it should bear"
    NAME_AMBIGUOUS = "name_ambiguous", "a short name or pronoun that more than one person named before may be"
    POSITION_WITHOUT_NAME = "position_without_name", "somebody acts whom the text names by title or short name alone"
    ENCODING_GUESSED = "encoding_guessed", "the encoding was guessed: look at the letters"
    STAMP_UNREAD = "stamp_unread", "a date stamp was given that cannot be read, or that the calendar lacks"
    NO_EVENT = "no_event", "no event is reported"
