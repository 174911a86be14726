"""From characters of the clean text back to characters of the source file."""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


class Run(NamedTuple):
    """``length`` clean characters from ``start`` stand for ``raw_length`` raw ones from ``raw_start``.

    A run with equal lengths maps character by character; any other stands for its raw characters as a whole
    (``é`` for ``e`` + accent).
    """

    start: int
    length: int
    raw_start: int
    raw_length: int


@dataclass(frozen=True, slots=True)
class OffsetMap:
    """Runs in order of ``start``; clean characters in no run (a line end that cleaning added) have no raw place."""

    runs: tuple[Run, ...]

    @classmethod
    def of(cls, runs: Iterable[tuple[int, int, int, int]]) -> OffsetMap:
        """A map from plain tuples, neighbours that continue one another joined."""
        joined: list[Run] = []
        for run in (Run(*r) for r in runs):
            last = joined[-1] if joined else None
            if (
                last is not None
                and last.length == last.raw_length
                and run.length == run.raw_length
                and last.start + last.length == run.start
                and last.raw_start + last.raw_length == run.raw_start
            ):
                joined[-1] = Run(last.start, last.length + run.length, last.raw_start, last.raw_length + run.raw_length)
            else:
                joined.append(run)
        return cls(tuple(joined))

    def raw_span(self, start: int, end: int) -> tuple[int, int] | None:
        """The raw ``[start, end)`` of the clean ``[start, end)``; None where its ends have no raw place."""
        if start >= end:
            return None
        first, last = self._place(start), self._place(end - 1)
        if first is None or last is None:
            return None
        return first[0], last[1]

    def _place(self, offset: int) -> tuple[int, int] | None:
        index = bisect.bisect_right(self.runs, offset, key=lambda r: r.start) - 1
        if index < 0:
            return None
        run = self.runs[index]
        if offset >= run.start + run.length:
            return None
        if run.length == run.raw_length:
            at = run.raw_start + offset - run.start
            return at, at + 1
        return run.raw_start, run.raw_start + run.raw_length
