"""What a figure measures: the words of its clause that say so, as a quotation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.extract.numbers import Phrases
from pipeline.facts import Figure
from pipeline.resolve.figures.lexicon import WORD
from pipeline.resolve.figures.reading import EDGE, TRAIL_REACH, key_of
from pipeline.rules import RuleSet
from pipeline.text import fold

# a quotation longer than this is no longer "what it measures" (characters)
_LONGEST_ABOUT = 160
_LETTERS = re.compile(r"[^\W\d_]{3}|[^\W\d_]{1,2}\W+[^\W\d_]")


class About:
    """Finds the words that say what a figure measures; built once from the rules, stateless."""

    def __init__(self, context: RuleSet) -> None:
        lists = context.lexicon
        self._lead = Phrases(lists["lead_in"])
        self._trail_words = frozenset(fold(w).split()[-1] for w in lists["trail_out"])
        self._measured = Phrases(lists["measured_before"])
        self._trail, self._whole = Phrases(lists["trail_out"]), Phrases(lists["trail_kept"])

    def __call__(
        self, key: str, figures: Sequence[Figure], index: int, left: int, right: int
    ) -> tuple[int, int] | None:
        """The words of the clause that say what the figure measures.

        Before an amount (with the things counted in it), behind a share, around a count.
        """
        figure = figures[index]
        near = [f for f in figures[max(0, index - 4) : index] if f.end > left]
        before = max([left, *(f.end for f in near)])
        after = min([right, *(f.start for f in figures[index + 1 : index + 2])])
        closing = key.find(")", figure.end, after)
        if closing >= 0 and key.find("(", figure.end, closing) < 0:
            after = closing
        unit_start = figure.start
        if figure.unit and (at := key.find(key_of(figure.unit), figure.start, figure.end)) >= 0:
            unit_start = at
        # (start, end, whether its end is kept where it is too long), the best first
        ahead = [(before, figure.start, True), (left, figure.start, True)]
        if figure.kind == "money":
            # what was counted belongs to what was paid for it: "trao quà cho 338 đoàn viên"
            amounts = max([left, *(f.end for f in near if f.kind in ("money", "percent"))])
            return self._telling(key, [(amounts, figure.start, True), *ahead, (figure.end, after, False)])
        if figure.kind == "count":
            behind = self._trim(key, unit_start, after)
            if behind is not None and behind[1] > figure.end + 1:
                return behind
            return self._trim(key, before, max(figure.end, unit_start), keep_end=True) or behind
        follows = (unit_start if figure.kind == "ratio" else figure.end, after, False)
        if figure.kind == "percent" and self._ends_before(key, figure.start):
            return self._telling(key, [*ahead, follows])
        return self._telling(key, [follows, *ahead])

    def _telling(self, key: str, spans: Sequence[tuple[int, int, bool]]) -> tuple[int, int] | None:
        """The first of the spans that says something: of two words at least, else the first that has any."""
        first: tuple[int, int] | None = None
        for start, end, keep_end in spans:
            trimmed = self._trim(key, start, end, keep_end)
            if trimmed is not None and " " in key[trimmed[0] : trimmed[1]].strip():
                return trimmed
            first = first or trimmed
        return first

    def _ends_before(self, key: str, start: int) -> bool:
        """Whether the words before ``start`` say that what was measured stands before them (nữ chiếm 65%)."""
        end = start
        while end and key[end - 1] == " ":
            end -= 1
        words = [m.start() for m in WORD.finditer(key, max(0, end - TRAIL_REACH), end)]
        return any(self._measured.end(key, w) == end for w in words)

    def _trim(self, key: str, start: int, end: int, keep_end: bool = False) -> tuple[int, int] | None:
        """The span without the words that only lead in or out; cut to a quotation's length at a comma or space."""
        for _ in range(4):
            while start < end and key[start] in EDGE:
                start += 1
            lead = self._lead.end(key, start)
            if lead is None or lead > end:
                break
            start = lead
        for _ in range(4):
            while end > start and key[end - 1] in EDGE:
                end -= 1
            last = end
            while last > start and key[last - 1].isalnum():
                last -= 1
            if key[last:end].lower() not in self._trail_words:
                break
            # the earliest of the last few words that begins a phrase which ends here
            starts = [m.start() for m in WORD.finditer(key, max(start, end - TRAIL_REACH), end)]
            tail = next((w for w in starts if self._trail.end(key, w) == end), None)
            if tail is None or any(self._whole.end(key, w) == end for w in starts):
                break
            end = tail
        while start < end and key[start] in EDGE:
            start += 1
        if end - start > _LONGEST_ABOUT:
            if keep_end:
                cut = key.find(",", end - _LONGEST_ABOUT, end - 40)
                start = cut + 1 if cut > 0 else key.find(" ", end - _LONGEST_ABOUT, end) + 1
                while start < end and key[start] in EDGE:
                    start += 1
            else:
                cut = key.rfind(",", start + 40, start + _LONGEST_ABOUT)
                end = cut if cut > 0 else key.rfind(" ", start, start + _LONGEST_ABOUT)
        return (start, end) if end > start and _LETTERS.search(key, start, end) else None
