"""The status of a figure: achieved, planned, cumulative, previous."""

from __future__ import annotations

import bisect
import re

from pipeline.extract.numbers import Phrases
from pipeline.facts import Figure
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
    is_noun,
)
from pipeline.rules import RuleSet
from pipeline.text import fold

_FOUR_DIGITS = re.compile(r"[12]\d{3}")
_TWO_YEARS = re.compile(r"\d{4} ?- ?\d{4}")
# a report of January to March still speaks of the year before as its own
_LAST_REPORT_MONTH = 3


class Sweep:
    """What governs while a sentence is read from left to right."""

    def __init__(self, state: str | None) -> None:
        self.state = state
        self.places: list[int] = []
        self.states = [state]
        # where a word for an earlier time stood: it reaches to the comma behind its figure
        self.passing = 0
        self._kept: list[str | None] = []
        self._quoted: str | None = None
        # a weak word of planning stands: it reaches to the next mark
        self._near = False

    def note(self, at: int) -> None:
        """Keeps what governs behind ``at``."""
        self.places.append(at)
        self.states.append(self.state)

    def turn(self, state: str | None) -> None:
        """Another cue speaks."""
        if state != self.state:
            self.state, self._near = state, False

    def approach(self) -> None:
        """A weak word of planning: it speaks where nothing else does, so not behind what was done."""
        if self.state is None:
            self.state, self._near = "planned", True

    def settle(self) -> None:
        """A mark ends the reach of a weak word."""
        if self._near:
            self.state, self._near = None, False

    def pause(self, figure_passed: bool) -> None:
        """A comma."""
        self.settle()
        if self.passing and figure_passed:
            self.state, self.passing = (None if self.state == "previous" else self.state), 0

    def bracket(self, mark: str, opens: bool) -> None:
        """A bracket holds nothing beyond itself; what is planned in a quotation does not reach out of it."""
        if mark == "(":
            self._kept.append(self.state)
        elif mark == ")":
            self.state = self._kept.pop() if self._kept else self.state
        elif opens:
            self._quoted = self.state
        elif self.state == "planned":
            self.state, self._quoted = self._quoted, None


class Statuses:
    """Says whether a figure was reached, is planned, sums up or is of an earlier time; built once from the rules."""

    def __init__(self, context: RuleSet) -> None:
        lists = context.lexicon
        self._change, self._from, self._to = (
            tuple(f" {fold(w)}" for w in lists[n]) for n in ("change", "change_from", "change_to")
        )
        self._compared = tuple(fold(w) for w in lists["compared"])
        self._up_to_now = tuple(fold(w) for w in lists["up_to_now"])
        self._vote = tuple(fold(w) for w in lists["vote"])
        self._new_subject, self._in_detail = (Phrases(lists[n]) for n in ("new_subject", "in_detail"))
        self._agreement = tuple(fold(w) for w in lists["agreement"])
        rule = {r.id.split(".")[1]: r for r in context.rules}
        self._term, self._since, self._year = (rule[n] for n in ("closed_term", "since", "earlier_year"))

    def __call__(
        self, reading: Reading, paragraph: Paragraph, frame: Frame, index: int, before: FigureContext | None
    ) -> str | None:
        """The status that the cue gives in whose reach the figure stands."""
        figure, low = reading.figures[index], reading.low
        left, right = frame.segment
        own = paragraph.cues_in(left, figure.start)
        here = {r for c in own for r in c.roles}
        lead = " " + low[max(left, figure.start - 24) : figure.start].rstrip(" (,:-")
        behind = low[figure.end : min(frame.clause[1], figure.end + 120)]
        if figure.unit and low[figure.start : figure.end].endswith(self._vote):
            return "achieved" if "done_here" in here else None
        if self._is_earlier_end(reading, index, frame):
            return "previous"
        governing = self._governing(reading, paragraph, frame, figure)
        if lead.endswith(self._change) and not (governing == "planned" and any("planned" in c.roles for c in own)):
            compared = any(word in behind for word in self._compared) or any(
                word in low[frame.clause[0] : figure.start] for word in self._compared
            )
            if compared and governing != "cumulative":
                return None
        if governing is None and index and lead.endswith(self._to) and self._is_earlier_end(reading, index - 1, frame):
            return "achieved"
        if governing is None and any("previous" in c.roles for c in paragraph.cues_in(figure.end, right)):
            return "previous"
        if self._is_goal(reading, paragraph, frame, figure):
            return "planned"
        linked = any("link" in c.roles and "done_here" not in c.roles for c in own)
        bracketed = low[left - 1 : left] == "(" and not own
        in_sentence = index > 0 and reading.figures[index - 1].start >= frame.sentence[0]
        if before is not None and in_sentence and (bracketed or linked) and "turn" not in here:
            return before.status
        if governing is not None:
            return governing
        if "done_here" in here:
            return "achieved"
        return self._told_behind(reading, paragraph, frame, figure)

    @staticmethod
    def _is_goal(reading: Reading, paragraph: Paragraph, frame: Frame, figure: Figure) -> bool:
        """Whether a figure stands right behind a word for a goal, or in brackets behind one: chỉ tiêu (90%)."""
        left = frame.segment[0]
        bracketed = reading.low[left - 1 : left] == "("
        low, high = (max(frame.sentence[0], left - 24), left) if bracketed else (left, figure.start)
        reach = left - 1 if bracketed else figure.start
        return any("planned_here" in c.roles and c.end >= reach - BESIDE for c in paragraph.cues_in(low, high))

    def _told_behind(self, reading: Reading, paragraph: Paragraph, frame: Frame, figure: Figure) -> str | None:
        """The status that the words behind a figure give (125 người đã được …), or the agreement it stands under."""
        reach = min(paragraph.mark_behind(figure.end, frame.sentence[1]), figure.end + REACH)
        for cue in paragraph.cues_in(figure.end, reach):
            beside = cue.start - figure.end <= BESIDE
            if "planned_behind" in cue.roles and beside and figure.kind != "money":
                return "planned"
            if "done_behind" in cue.roles or ("of_plan" in cue.roles and figure.kind == "percent" and beside):
                return "achieved"
        return "planned" if self._lead_of_agreement(reading, paragraph, frame) else None

    def _governing(self, reading: Reading, paragraph: Paragraph, frame: Frame, figure: Figure) -> str | None:
        """What the cues of the sentence before the figure say, each as far as it reaches."""
        start = frame.sentence[0]
        if start not in paragraph.governed:
            paragraph.governed[start] = self._sweep(reading, paragraph, frame.sentence)
        places, states = paragraph.governed[start]
        return states[bisect.bisect_left(places, figure.start)]

    def _sweep(
        self, reading: Reading, paragraph: Paragraph, sentence: tuple[int, int]
    ) -> tuple[list[int], list[str | None]]:
        """A sentence from left to right: where what governs may change, and what governs before, between and behind."""
        start, end = sentence
        events: list[tuple[int, str, Cue | None]] = [
            (c.start, "cue", c) for c in paragraph.cues_in(start, end) if c.roles
        ]
        events += [(p, reading.key[p], None) for p in paragraph.marks.inside(start, end)]
        events += [(p, '"', None) for p in paragraph.quotes.inside(start, end)]
        events += [(p, "cumulative", None) for p in paragraph.closed.inside(start, end)]
        events += [(p, "previous", None) for p in paragraph.earlier.inside(start, end)]
        events.sort(key=lambda e: e[0])
        sweep = Sweep(self._carried(reading, paragraph, start))
        for at, what, cue in events:
            if what in '()"':
                sweep.bracket(what, paragraph.quotes.count(at) % 2 == 1)
            elif what == ",":
                sweep.pause(reading.ends_between(sweep.passing, at))
            elif cue is None:
                sweep.settle()
                sweep.state = self._behind_mark(reading, sweep.state, what, at, end)
            elif reading.within_figure(at) is None:
                if "previous" in cue.roles and sweep.state is None:
                    sweep.passing = at
                if "planned_near" in cue.roles:
                    sweep.approach()
                else:
                    sweep.turn(self._behind_cue(reading, paragraph, sweep.state, cue, start))
            sweep.note(at)
        return sweep.places, sweep.states

    def _behind_mark(self, reading: Reading, state: str | None, what: str, at: int, end: int) -> str | None:
        """What governs behind a time (``what`` is its status) or a strong mark."""
        if what == "cumulative":
            return state if state == "planned" else what
        if what == "previous":
            return state or what
        place = at + 1
        while place < end and reading.key[place] == " ":
            place += 1
        quoted = reading.key[place : place + 1] == '"'
        if state == "achieved" and (quoted or self._new_subject.end(reading.key, place)):
            return None
        return None if state == "previous" else state

    def _behind_cue(
        self, reading: Reading, paragraph: Paragraph, state: str | None, cue: Cue, start: int
    ) -> str | None:
        """What governs behind a cue; a goal outweighs a term, a closed term outweighs what was done in it."""
        roles = cue.roles
        if "not_cue" in roles:
            return state
        if "turn" in roles:
            return None
        if "planned" in roles and not is_noun(reading, paragraph, cue):
            return "planned"
        if "cumulative" in roles:
            return state if state == "planned" else "cumulative"
        if "previous" in roles:
            return state or "previous"
        if "done" in roles or ("done_head" in roles and self._heads(reading, start, cue)):
            return state if state == "cumulative" else "achieved"
        return state

    @staticmethod
    def _heads(reading: Reading, start: int, cue: Cue) -> bool:
        """Whether a cue opens its sentence, or stands alone before a colon."""
        opens = cue.start - start < TRAIL_REACH and not reading.key[start : cue.start].strip(EDGE)
        return opens or reading.key[cue.end : cue.end + 1] == ":"

    def _carried(self, reading: Reading, paragraph: Paragraph, start: int) -> str | None:
        """A closed term named in the sentences before governs on, until a sentence that speaks of another time."""
        if start == paragraph.start:
            return None
        last = paragraph.carries.last(paragraph.start, start)
        if last is None or paragraph.turns.first(last + 1, start) is not None:
            return None
        return "cumulative" if paragraph.scenes.first(last + 1, start + 1) is None else None

    def closed(self, reading: Reading, low: int, high: int) -> list[int]:
        """Where terms that are over, or spans of years up to now, are named."""
        found = (
            [m.start() for m in self._since.finditer(reading.key, low, high)]
            if self._spans_up(reading, low, high)
            else []
        )
        if _TWO_YEARS.search(reading.key, low, high):
            terms = self._term.finditer(reading.key, low, high)
            found += [m.start() for m in terms if reading.year is None or int(m["last"]) <= reading.year]
        return found

    def _spans_up(self, reading: Reading, low: int, high: int) -> bool:
        """Whether any word stands there without which no span of years up to now is named."""
        return any(reading.low.find(word, low, high) >= 0 for word in self._up_to_now)

    def earlier_year(self, reading: Reading, low: int, high: int) -> list[int]:
        """Where a year before the one that the article reports on opens a statement."""
        if reading.year is None:
            return []
        if not _FOUR_DIGITS.search(reading.key, low, high):
            return []
        newest = reading.year - (1 if 1 <= reading.month <= _LAST_REPORT_MONTH else 0)
        return [m.start() for m in self._year.finditer(reading.key, low, high) if int(m["year"]) < newest]

    def _is_earlier_end(self, reading: Reading, index: int, frame: Frame) -> bool:
        """Whether a figure is the earlier end of a change and the next one the later: từ 25 lên 30 nghìn đồng."""
        figures = reading.figures
        lead = " " + reading.low[max(0, figures[index].start - 24) : figures[index].start].rstrip()
        if not lead.endswith(self._from):
            return False
        if index + 1 >= len(figures) or figures[index + 1].start > frame.sentence[1]:
            return False
        between = " " + reading.low[figures[index].end : figures[index + 1].start].strip()
        return len(between) < 60 and (
            between.endswith(self._to) or f"{between} ".startswith(tuple(f"{w} " for w in self._to))
        )

    def _lead_of_agreement(self, reading: Reading, paragraph: Paragraph, frame: Frame) -> bool:
        """Whether the sentence tells what an agreement of the sentence or paragraph before will give."""
        start = frame.sentence[0]
        if self._in_detail.end(reading.key, start) is None:
            return False
        before = reading.low[max(0, start - 400) : start]
        return any(word in before for word in self._agreement)
