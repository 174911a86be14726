"""What is read: a seat is a title and the body behind it, a chain the seats of one person."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.facts import Position


@dataclass(frozen=True, slots=True)
class Seat:
    """A title and the body behind it, as spans of the key. ``dropped`` are spans of brackets within the body."""

    start: int
    end: int
    title_start: int
    title_end: int
    tenure: str
    org_start: int | None = None
    org_end: int | None = None
    dropped: tuple[tuple[int, int], ...] = ()
    title: str | None = None
    implied: str | None = None
    # the body's first word where the title stands for it ("Thứ trưởng Ngoại giao" of the ministry)
    prefix: str = ""

    def position(self, text: str, tenure: str | None = None) -> Position:
        """The position, with the words of ``text`` (same offsets as the key)."""
        org = None
        if self.org_start is not None and self.org_end is not None:
            at, parts = self.org_start, []
            for start, end in self.dropped:
                parts.append(text[at:start] + " ")
                at = end
            parts.append(text[at : self.org_end])
            org = " ".join("".join([self.prefix + " ", *parts]).split())
        stated = self.tenure if self.tenure != "current" or tenure is None else tenure
        return Position(
            title=self.title or " ".join(text[self.title_start : self.title_end].split()),
            start=self.title_start,
            end=self.title_end,
            org_text=org or self.implied or None,
            org_start=self.org_start,
            org_end=self.org_end,
            tenure=stated,
        )


@dataclass(slots=True)
class Chain:
    """Titles joined by commas, "kiêm" or dashes, and the name that follows them where one does."""

    start: int
    end: int
    seats: list[Seat] = field(default_factory=list)
    name: tuple[int, int] | None = None
    used: bool = False
