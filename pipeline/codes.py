"""The closed lists of codes, each code with its meaning; `pipeline.schema` says which column holds which.

Those of ``rejects`` and ``issues`` are in `pipeline.errors`. What a run writes is one of these or null; docs/tables.md
lists them all.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Code(StrEnum):
    """A code, and in ``about`` one line on what it means."""

    about: str

    def __new__(cls, value: str, about: str) -> Self:
        """The code ``value``, which means ``about``."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.about = about
        return member


class StampBasis(Code):
    """Where an article's date stamp was read."""

    METADATA = "metadata", "what the page says of itself beside its text"
    RECORD = "record", "a field of the record"
    TEXT = "text", "a line of the text that holds a stamp"
    FILENAME = "filename", "the name of the file"
    NONE = "none", "nowhere: `published` is null"


class Scope(Code):
    """How far an article reaches."""

    PROVINCE = "province", "one province"
    NATION = "nation", "the whole country, or many provinces"
    UNKNOWN = "unknown", "the text does not tell"


class SegmentKind(Code):
    """What a line of an article is."""

    TITLE = "title", "the title"
    LEDE = "lede", "the opening paragraph, or what stands between title and text"
    BODY = "body", "the text"
    CAPTION = "caption", "the words below a picture"
    BYLINE = "byline", "who wrote it"


class EventType(Code):
    """What kind of event; the gathering that was held decides, not what was done at it."""

    CONGRESS = "congress", "a union's congress (đại hội), extraordinary ones too"
    REVIEW_CONFERENCE = "review_conference", "a conference that looks back on a time (sơ kết, tổng kết)"
    COMMITTEE_MEETING = "committee_meeting", "a session of a committee (Ban Chấp hành, Ban Thường vụ, Ủy ban Kiểm tra)"
    WORKERS_CONFERENCE = (
        "workers_conference",
        "the conference of an office's or enterprise's staff (hội nghị người lao động)",
    )
    STUDY_CONFERENCE = "study_conference", "a conference on a resolution or directive (học tập, quán triệt, triển khai)"
    TRAINING = "training", "a course (tập huấn, bồi dưỡng)"
    LAUNCH = "launch", "the beginning of a campaign or building (phát động, ra quân, khởi công)"
    SUPPORT = "support", "care: visits to those in need, gifts, houses handed over, loans"
    AWARD = "award", "honours and prizes (khen thưởng, tôn vinh, biểu dương)"
    DIALOGUE = "dialogue", "a dialogue, meeting with workers, or bargaining"
    AGREEMENT = "agreement", "a collective agreement or programme of cooperation signed"
    FOUNDING = "founding", "a union founded, or members admitted"
    PERSONNEL = "personnel", "an appointment, transfer, decision on persons, or discipline"
    CONTEST = "contest", "a contest, sports day or festival"
    VISIT = "visit", "leaders visit, work with, inspect or supervise a place"
    STRIKE = "strike", "a strike"
    OTHER = "other", "none of these"


class EventStatus(Code):
    """Whether an event has taken place."""

    HELD = "held", "it is told as having taken place"
    ANNOUNCED = "announced", "it is to come, from where the article stands"
    POSTPONED = "postponed", "it was put off or called off"


class DatePrecision(Code):
    """How long a date's span is."""

    DAY = "day", "a day, or a span of named days"
    MONTH = "month", "whole months"
    QUARTER = "quarter", "whole quarters"
    YEAR = "year", "whole years, or the part of a year that its months name"


class DateBasis(Code):
    """What fixes the year of a date."""

    EXPLICIT = "explicit", "the text states it"
    PUBLISHED = "year_from_published", "the article's date stamp"
    TERM = "year_from_term", "the term that is opened"
    CONTEXT = "year_from_context", "the year reviewed or planned, that of a campaign, or of a full date nearby"
    RELATIVE = "relative", "the stamp: the text counts from it (hôm qua, sáng nay)"
    NONE = "none", "nothing: the date is null"


class PartOfDay(Code):
    """Part of a day."""

    MORNING = "morning", "before noon (sáng)"
    AFTERNOON = "afternoon", "afternoon (chiều)"
    EVENING = "evening", "evening or night (tối, đêm)"


class OrgLevel(Code):
    """Where a body stands among the unions."""

    NATIONAL = "national", "the Vietnam General Confederation of Labour and its committees"
    NATIONAL_INDUSTRY = "national_industry", "a union of an industry or corporation in the whole country"
    PROVINCE = "province", "the federation of labour of a province or city"
    INDUSTRY = "industry", "a union within a province: of an industry, its officials, its industrial parks"
    DISTRICT = "district", "a union of a district, commune, ward or cluster"
    GRASSROOTS = "grassroots", "the union of an enterprise, office, school or hospital"
    OTHER = "other", "no union body"


class OrgBasis(Code):
    """What names the body that an official serves in."""

    TEXT = "text", "the text"
    EVENT = "event", "the text leaves it out; taken to be the event's host"
    NONE = "none", "nothing: `org` is null"


class Tenure(Code):
    """How a person stands to a position."""

    CURRENT = "current", "holds it"
    ACTING = "acting", "holds it for the time being (quyền, phụ trách)"
    ELECTED = "elected", "comes to it: is elected, appointed or designated, or is elected again"
    LEAVING = "leaving", "leaves it"
    FORMER = "former", "held it once (nguyên)"


class Role(Code):
    """What a person did; the same on each of his or her rows of an event."""

    ATTENDED = "attended", "was present"
    DIRECTED = "directed", "presided or gave directions (chủ trì, chỉ đạo)"
    SPOKE = "spoke", "spoke, reported or opened, or is quoted"
    ELECTED = "elected", "was elected or appointed"
    PRESENTED = "presented", "gave or visited"
    MENTIONED = "mentioned", "none of these"


class FigureKind(Code):
    """What kind of figure."""

    MONEY = "money", "an amount with a currency"
    RATIO = "ratio", "a of b of one kind of thing"
    PERCENT = "percent", "a number of percent"
    COUNT = "count", "a number of things or people"


class Modifier(Code):
    """How a figure is qualified."""

    EXACT = "exact", "not at all"
    ABOUT = "about", "about so much (khoảng, xấp xỉ)"
    NEARLY = "nearly", "a little less (gần)"
    OVER = "over", "more (trên, hơn)"
    AT_LEAST = "at_least", "so much or more (ít nhất, trở lên)"
    UNDER = "under", "less (dưới)"
    AT_MOST = "at_most", "so much or less (tối đa, không quá)"
    VAGUE = "vague", "an order of size (hàng trăm, vài): `low` is the least that it can mean, `high` is null"


class FigureStatus(Code):
    """Whether what a figure says has come about."""

    ACHIEVED = "achieved", "it was reached or done"
    PLANNED = "planned", "it is a plan, target or promise"
    CUMULATIVE = "cumulative", "it sums up a longer time, as a term"
    PREVIOUS = "previous", "it is of an earlier time, set beside another"


class Topic(Code):
    """What a figure is about."""

    TET_GIFTS = "tet_gifts", "gifts, meals and journeys for Tết"
    HOUSING = "housing", "houses and flats (Mái ấm Công đoàn), rents"
    LOANS = "loans", "loans, and funds that lend"
    FUNDS = "funds", "union dues, budgets and funds"
    INSURANCE = "insurance", "social, health and unemployment insurance"
    SAVINGS = "savings", "what was saved"
    WAGES = "wages", "pay: wages, bonuses, allowances, meals"
    MEMBERSHIP = "membership", "members and unions: how many there are, joined or were founded"
    PARTICIPATION = "participation", "who met, learnt, competed, voted or was asked"
    AWARDS = "awards", "honours and prizes"
    DONATIONS = "donations", "gifts outside Tết, collections, help to those in need"
    OTHER = "other", "none of these"


class TermKind(Code):
    """Of office or not."""

    TERM = "term", "a term of office (nhiệm kỳ, khóa)"
    PERIOD = "period", "another span of years (giai đoạn)"


class CheckKind(Code):
    """How figures are held against each other."""

    SAME_FIGURE = "same_figure", "two reports of one figure"
    RATIO_VS_PERCENT = "ratio_vs_percent", "a ratio and the percentage stated for it"
    UNIT_PRICE_TIMES_COUNT = "unit_price_times_count", "so many at so much each, and the total"
    PARTS_VS_TOTAL = "parts_vs_total", "parts and the total stated"
    TERM_VS_DATE = "term_vs_date", "a term and the day of the congress that opens it"


class Verdict(Code):
    """What came of a check."""

    AGREE = "agree", "they are the same"
    CONSISTENT = "consistent", "both can be true"
    CONFLICT = "conflict", "both cannot be true"


class EventFlag(Code):
    """What a checker should look at in an event."""

    DATE_MISSING = "date_missing", "the text gives it no date"
    YEAR_MISSING = "year_missing", "it has a date in the text, whose year nothing fixes"
    YEAR_INFERRED = "year_inferred", "its year is not stated; `date_basis` says what fixed it"
    DATE_COARSE = "date_coarse", "known to the month, quarter or year only"
    DATE_CONFLICT = (
        "date_conflict",
        "its date is at odds with the weekday beside it, the date stamp, or the term that is opened",
    )
    EVENT_INFERRED = "event_inferred", "no words name it: what is told as done was taken for it"
    ORG_UNRESOLVED = "org_unresolved", "its host is unknown, or lacks the province or office that its name should bear"
    VALIDITY_UNKNOWN = (
        "validity_unknown",
        "only a date would tell whether its host is the body of before 1 July 2025 or the one since",
    )
    PROVINCE_INFERRED = "province_inferred", "its province follows from site, district or a place's name alone"
    PROVINCE_CONFLICT = "province_conflict", "another province has nearly as much for it"


class FigureFlag(Code):
    """What a checker should look at in a figure."""

    CURRENCY_ELIDED = "currency_elided", "the text leaves the currency out; đồng was read"
    CURRENCY_MISSPELT = "currency_misspelt", "a word with one letter wrong or missing was read as đồng"
    ENGLISH_SEPARATORS = (
        "english_separators",
        "comma and dot were read the English way (1,200.5), which alone makes sense",
    )
    SPACED_THOUSANDS = "spaced_thousands", "groups of digits parted by spaces were read as one number (1 200 000)"
    SCALE_INFERRED = (
        "scale_inferred",
        "a part bears no scale, and the number it stands with tells it (500 - 1 triệu, 2 tỷ 3)",
    )
