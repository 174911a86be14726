"""Which measures a column's values count in: what gold holds the tables against, and what it leaves unasked."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline import schema

_FIGURES = ("money", "ratio", "percent", "count")
_AMOUNTS = ("money", "percent", "count")
_NAMED = ("official_name", "official_position", "official_full", "official_roles")

# the names that `make score` prints; of events the main one alone
SCORED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "articles": {
        "title": ("cleaning.title",),
        "published": ("cleaning.stamp",),
        "byline": ("cleaning.byline",),
        "site": ("cleaning.site",),
        "province": ("event.province",),
        "text": ("text",),
    },
    "events": {
        "is_main": ("event.no_event",),
        "event_type": ("event.type",),
        "date_start": ("event.date_start",),
        "date_end": ("event.date_end",),
        "org": ("event.org",),
        "org_level": ("event.org_level",),
        "congress_no": ("event.congress_no",),
        "term_start": ("event.term",),
        "term_end": ("event.term",),
    },
    "officials": {
        "name": _NAMED,
        "position": ("official_position", "official_full"),
        "org": ("official_full", "attributes.org_province"),
        "tenure": ("context.tenure",),
        "roles": ("official_roles",),
    },
    "figures": {
        "kind": _FIGURES,
        "low": _AMOUNTS,
        "high": ("money",),
        "numerator": ("ratio",),
        "denominator": ("ratio",),
        "currency": ("money",),
        "unit": ("attributes.count_unit",),
        "modifier": tuple(f"attributes.{kind}_modifier" for kind in _AMOUNTS),
        "each": ("attributes.money_each",),
        "status": ("context.status",),
        "topic": ("context.topic",),
        "said_by": ("context.said_by",),
        "same_as": ("context.same_as",),
        "raw_start": ("attributes.figure_at",),
        "raw_end": ("attributes.figure_at",),
    },
    "dates": {"date_start": ("date",), "date_end": ("date",)},
    "terms": {"term_start": ("term",), "term_end": ("term",), "kind": ("term",)},
}
# of a row with a span it is asked whether these are its words
GROUNDED = ("text", "span_start", "span_end")
_GROUNDED_TABLES = ("officials", "figures", "dates", "terms")


def measures(table: str, column: str) -> tuple[str, ...]:
    """The measures that a wrong value in the column can lower; none where no gold asks for it."""
    if table in _GROUNDED_TABLES and column in GROUNDED:
        return ("ungrounded",)
    return SCORED.get(table, {}).get(column, ())


def unscored() -> dict[str, list[str]]:
    """The columns of every table that no measure asks for; keys and places are not among them."""
    places = {"raw_start", "raw_end", "span_start", "span_end", "sentence_no", "rule_id", "text"}
    left = {
        table: [
            column.name
            for column in schema.columns(row)
            if not measures(table, column.name) and column.name not in places and not column.name.endswith("_id")
        ]
        for table, row in schema.TABLES.items()
    }
    return {table: columns for table, columns in left.items() if columns}
