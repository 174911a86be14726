"""The status of a figure: achieved, planned, cumulative, previous."""

from __future__ import annotations

import bisect
from collections.abc import Sequence

from pipeline.codes import Modifier
from pipeline.facts import Figure
from pipeline.resolve.figures.governing import Governing
from pipeline.resolve.figures.lexicon import Cue
from pipeline.resolve.figures.reading import (
    BESIDE,
    EDGE,
    REACH,
    TRAIL_REACH,
    FigureContext,
    Frame,
    Paragraph,
    Reading,
    State,
)
from pipeline.rules import RuleSet
from pipeline.text import fold

# modifiers of a goal, and a share that is all
_BOUNDS, _BOUNDS_OF_SHARES, _ALL = (Modifier.AT_LEAST, Modifier.AT_MOST), (Modifier.OVER, Modifier.UNDER), 100
# the words right before a figure (characters)
_LEAD = 24


class Statuses:
    """Says whether a figure was reached, is planned, sums up or is of an earlier time; built once from the rules."""

    def __init__(self, context: RuleSet, governing: Governing) -> None:
        lists = context.lexicon
        self._governing = governing
        self._change, self._from, self._to, self._instead_of, self._beside, self._result, self._standing = (
            tuple(f" {fold(w)}" for w in lists[n])
            for n in ("change", "change_from", "change_to", "instead_of", "period_compared", "result", "standing")
        )
        self._left = tuple(f" {fold(w)}" for w in lists["left_behind"])
        self._as_much = tuple(f" {fold(w)}" for w in lists["as_much"])
        self._rates, self._rated = (tuple(f" {fold(w)}" for w in lists[n]) for n in ("rate_behind", "rate_before"))
        self._compared, self._vote = (tuple(fold(w) for w in lists[n]) for n in ("compared", "vote"))

    def __call__(
        self, reading: Reading, paragraph: Paragraph, frame: Frame, index: int, before: FigureContext | None
    ) -> str | None:
        """The status that the cue gives in whose reach the figure stands."""
        figure, left = reading.figures[index], frame.segment[0]
        own = paragraph.cues_in(left, figure.start)
        here = {r for c in own for r in c.roles}
        lead = " " + reading.low[max(left, figure.start - _LEAD) : figure.start].rstrip(" (,:-")
        state = self._governing.at(reading, paragraph, figure.start)
        later = index > 0 and lead.endswith(self._to) and self._is_earlier_end(reading, index - 1, frame)
        if later and state.cue == "previous":
            state = state._replace(cue=None)
        if not later and self._only_measures(reading, frame, figure, here, lead, state):
            return None
        if self._is_past(reading, paragraph, frame, index, lead, state):
            return "previous"
        if state.status != "previous" and self._is_goal(reading, paragraph, frame, figure):
            return "planned"
        if self._is_to_do(reading, paragraph, frame, figure):
            return "planned"
        if state.status not in ("planned", "previous") and self._is_left(reading, frame, figure):
            return None
        if before is not None and (told := self._told_with(reading, paragraph, frame, index, own, state)):
            return before.status if told == "same" or before.status != "previous" else state.status
        if state.status is not None:
            befell = not state.told and any("befallen" in c.roles for c in paragraph.cues_in(*frame.segment))
            return None if befell else state.status
        if state.barred == "demands" and self._is_bounded(paragraph, frame, figure):
            return "planned"
        if state.barred in ("asks", "demands"):
            return None
        if "done_here" in here or lead.endswith(self._result):
            return state.frame or "achieved"
        return self._told_behind(reading, paragraph, frame, figure, here, lead)

    def _only_measures(
        self, reading: Reading, frame: Frame, figure: Figure, here: set[str], lead: str, state: State
    ) -> bool:
        """Whether a figure tells of nothing done or planned: a vote, a share, a change against another time."""
        low = reading.low
        if figure.unit and low[figure.start : figure.end].endswith(self._vote):
            return "done_here" not in here
        if figure.kind == "percent" and (lead.endswith(self._rates) or low.startswith(self._rated, figure.end)):
            return True
        if figure.kind == "percent" and lead.endswith(self._as_much) and not state.told:
            return True
        if figure.kind == "percent" and "share" in here:
            return state.status != "planned"
        if lead.endswith(self._standing):
            return state.status not in ("planned", "previous")
        if not lead.endswith(self._change) or here & {"planned", "planned_near"}:
            return False
        behind = low[figure.end : min(frame.segment[1], figure.end + 120)]
        return any(word in behind or word in low[frame.clause[0] : figure.start] for word in self._compared)

    def _is_past(
        self, reading: Reading, paragraph: Paragraph, frame: Frame, index: int, lead: str, state: State
    ) -> bool:
        """Whether a figure is the earlier one of two, or of an earlier time named right behind it."""
        if self._is_earlier_end(reading, index, frame) or lead.endswith(self._instead_of):
            return True
        figure, (left, right) = reading.figures[index], frame.segment
        if reading.low[left - 1 : left] == "(" and self._compares(reading, paragraph, frame, left - 1):
            return True
        if state.status is not None or lead.endswith(self._beside):
            return False
        return any("previous" in c.roles for c in paragraph.cues_in(figure.end, right))

    def _told_with(
        self, reading: Reading, paragraph: Paragraph, frame: Frame, index: int, own: Sequence[Cue], state: State
    ) -> str | None:
        """Whether a figure says the "same" as the one before it (in brackets, beside it), or "more" of it."""
        earlier, figure, left = reading.figures[index - 1], reading.figures[index], frame.segment[0]
        if earlier.start < frame.clause[0]:
            return None
        if figure.kind == "percent" and not reading.low[earlier.end : figure.start].strip(EDGE):
            return "same"
        roles = {r for c in own for r in c.roles}
        bracketed = not own and reading.low[left - 1 : left] == "("
        linked = "turn" not in roles and any("link" in c.roles and "done_here" not in c.roles for c in own)
        if not bracketed and not linked:
            return None
        if state.status is not None and state != self._governing.at(reading, paragraph, earlier.start):
            return None
        return "same" if bracketed else "more"

    def _compares(self, reading: Reading, paragraph: Paragraph, frame: Frame, bracket: int) -> bool:
        """Whether a bracket holds the other side of a comparison: tăng 9% so với năm trước (28 tỷ đồng)."""
        low = max(paragraph.mark_before(bracket, frame.sentence[0]), bracket - 2 * TRAIL_REACH)
        index = bisect.bisect_left(reading.ends, low + 1)
        while index < len(reading.ends) and reading.ends[index] <= bracket:
            low, index = reading.ends[index], index + 1
        return any(word in reading.low[low:bracket] for word in self._compared)

    @staticmethod
    def _is_goal(reading: Reading, paragraph: Paragraph, frame: Frame, figure: Figure) -> bool:
        """Whether a figure stands right behind a word for a goal, or in brackets behind one: chỉ tiêu (90%)."""
        left = frame.segment[0]
        bracketed = reading.low[left - 1 : left] == "("
        low, high = (max(frame.sentence[0], left - _LEAD), left) if bracketed else (left, figure.start)
        reach = left - 1 if bracketed else figure.start
        return any("planned_here" in c.roles and c.end >= reach - BESIDE for c in paragraph.cues_in(low, high))

    def _is_left(self, reading: Reading, frame: Frame, figure: Figure) -> bool:
        """Whether those counted open a clause and are left or lack something: 4 nội dung còn lại vướng về đất đai."""
        opens = not reading.key[frame.segment[0] : figure.start].strip(EDGE)
        return opens and reading.low.startswith(self._left, figure.end)

    @staticmethod
    def _is_bounded(paragraph: Paragraph, frame: Frame, figure: Figure) -> bool:
        """Whether a figure is demanded as a goal is: as a bound, of all, or up to a day."""
        if figure.modifier in _BOUNDS:
            return True
        if figure.kind == "percent" and (figure.modifier in _BOUNDS_OF_SHARES or figure.low == _ALL):
            return True
        return paragraph.future.first(*frame.clause) is not None

    @staticmethod
    def _is_to_do(reading: Reading, paragraph: Paragraph, frame: Frame, figure: Figure) -> bool:
        """Whether those counted open a clause and will do something: 7 trường hợp còn lại sẽ nhận trong tháng 9."""
        left, right = frame.segment
        if figure.kind == "money" or reading.key[left : figure.start].strip(EDGE):
            return False
        if paragraph.future.first(figure.end, right) is not None:
            return True
        for cue in paragraph.cues_in(figure.end, right):
            if cue.roles & {"planned", "done", "planned_behind"}:
                return "planned_behind" in cue.roles and "planned" in cue.roles
        return False

    def _told_behind(
        self, reading: Reading, paragraph: Paragraph, frame: Frame, figure: Figure, here: set[str], lead: str
    ) -> str | None:
        """The status that the words behind a figure give (125 người đã được …), or a time to come."""
        low = reading.low
        reach = min(paragraph.mark_behind(figure.end, frame.sentence[1]), figure.end + REACH)
        changed = lead.endswith(self._change)
        of_plan = figure.kind == "percent" and "as_much" not in here
        for cue in paragraph.cues_in(figure.end, reach):
            beside = cue.start - figure.end <= BESIDE
            if "planned_behind" in cue.roles and beside and figure.kind != "money":
                return "planned"
            if ("done_behind" in cue.roles and not changed) or (of_plan and beside and "of_plan" in cue.roles):
                return "achieved"
        for at, what in paragraph.times_in(figure.end, min(reach, figure.end + TRAIL_REACH)):
            if what == "passing" and ". " not in low[figure.end : at]:
                return "previous"
        future = paragraph.future.first(figure.end, max(figure.end, frame.segment[1]))
        return "planned" if future is not None else None

    @staticmethod
    def _lead(reading: Reading, index: int) -> str:
        """The words right before a figure, with a space before the first."""
        at = reading.figures[index].start
        return " " + reading.low[max(0, at - _LEAD) : at].rstrip()

    def _is_earlier_end(self, reading: Reading, index: int, frame: Frame) -> bool:
        """Whether a figure is the earlier end of a change: từ 25 lên 30 nghìn đồng, còn 2% từ mức 12%."""
        figures = reading.figures
        if not self._lead(reading, index).endswith(self._from):
            return False
        near = index > 0 and figures[index].start - figures[index - 1].end < TRAIL_REACH
        if near and self._lead(reading, index - 1).endswith(self._to):
            return True
        if index + 1 >= len(figures) or figures[index + 1].start > frame.sentence[1]:
            return False
        between = " " + reading.low[figures[index].end : figures[index + 1].start].strip()
        return len(between) < 60 and (
            between.endswith(self._to) or f"{between} ".startswith(tuple(f"{w} " for w in self._to))
        )
