"""What a body's name is taken apart into: its head and the parts that follow."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict


class HeadRow(BaseModel):
    """A row of the table ``heads``."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    key: str
    name: str
    group: str
    style: str
    level: str
    forms: list[str]
    case: str = "any"
    bare: bool = False
    needs: bool = False
    per: str | None = None
    of: str | None = None
    branch: str | None = None
    nests: list[str] = []
    keep: bool = False
    needs_form: bool = False
    wide: bool = False
    least: int = 0
    branch_first: bool = False
    small_words: bool = True
    not_after: list[str] = []


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a name after its head.

    ``kind``: sector, zone, form, name, nation, country (another than the nation), place, closer, body.

    ``text`` is as the full name bears it. Of a place: ``unit`` its kind's word, ``place`` its name (None where only
    the kind stands: "LĐLĐ tỉnh"), ``is_province``. ``body`` is the body nested in this one.
    """

    kind: str
    text: str
    start: int
    end: int
    unit: str | None = None
    place: str | None = None
    is_province: bool = False
    body: Parsed | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """A body's name taken apart; offsets into the text that was read."""

    head: HeadRow
    name: str
    start: int
    end: int
    parts: tuple[Part, ...]

    def text_of(self, text: str) -> str:
        """The words of ``text``, from which it was read, that are this name."""
        return text[self.start : self.end]

    def part(self, kind: str) -> Part | None:
        """The first part of that kind."""
        return next((p for p in self.parts if p.kind == kind), None)
