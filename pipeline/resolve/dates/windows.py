"""Where the day of a report lies, by what in the text tells it: the table of ``rules/date_context``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from pipeline.codes import DateBasis
from pipeline.errors import RuleError
from pipeline.resolve.dates.days import Span, year_of
from pipeline.rules import Rules

# what `grounds` finds; the table must have a window for each
GROUNDS = frozenset(
    {
        "year_of_name", "year_pointed_at", "wage_talked_over",
        "same_day", "term_opened", "year_so_far", "year_reviewed", "months_reviewed", "year_planned", "months_planned",
        "year_of_event", "year_of_award", "year_of_turn", "in_force_beside", "in_force", "spring_named", "may_campaign",
        "school_year_reviewed", "school_year_planned", "spring_told", "period_signed", "rest_of_year", "day_nearby",
        "document_nearby", "day_announced", "plan_carried_out", "anniversary",
        "month_stamped", "periods_meet",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Window:
    """Days between which the main event must lie, both inclusive, and on what ground."""

    first: dt.date
    last: dt.date
    basis: str


class _Bound(BaseModel):
    model_config = ConfigDict(extra="forbid")
    at: Literal["first", "last"]
    years: int = 0
    on: (
        Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8]|30)$|^(0[13578]|1[02])-31$")]
        | None
    ) = None
    days: int = 0

    def of(self, span: Span) -> dt.date:
        day = span[0] if self.at == "first" else span[1]
        if self.on is not None:
            month, number = map(int, self.on.split("-"))
            day = dt.date(day.year + self.years, month, number)
        return day + dt.timedelta(days=self.days)


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")
    ground: str
    begins: _Bound
    ends: _Bound
    basis: DateBasis = DateBasis.CONTEXT
    why: str | None = None


class Windows:
    """The table, and the settings beside it; built once from the rules. Raises RuleError where a ground is missing."""

    def __init__(self, rules: Rules) -> None:
        context = rules["date_context"]
        self.settings: Mapping[str, int] = context.settings
        self._rows = {row.ground: row for row in context.table("windows", _Row)}
        if wrong := GROUNDS ^ set(self._rows):
            known = "is missing" if min(wrong) in GROUNDS else "is none that is looked for"
            raise RuleError(f"{context.folder}: table windows: the ground '{min(wrong)}' {known}")

    def about(self, ground: str, span: Span) -> Window:
        """The window that a ground opens about the days that it found."""
        row = self._rows[ground]
        return Window(row.begins.of(span), row.ends.of(span), row.basis.value)

    def in_year(self, ground: str, year: int) -> Window:
        """The window that a ground opens about a year."""
        return self.about(ground, year_of(year))
