"""The status of a figure: achieved, planned, cumulative, previous."""

from __future__ import annotations

import bisect
import datetime as dt
import re

from pipeline.extract.numbers import Phrases
from pipeline.facts import Figure
from pipeline.resolve.figures.lexicon import WORD, Cue
from pipeline.resolve.figures.reading import (
    BESIDE,
    EDGE,
    MARK,
    REACH,
    TRAIL_REACH,
    FigureContext,
    Frame,
    Paragraph,
    Places,
    Reading,
    is_noun,
)
from pipeline.rules import RuleSet
from pipeline.text import fold

_FOUR_DIGITS = re.compile(r"[12]\d{3}")
# a report of January to March still speaks of the year before as its own
_LAST_REPORT_MONTH = 3
# days after an event in which it is reported
_WRITTEN_WITHIN = 31
# a turn so near behind a figure belongs to it (characters)
_BESIDE_ITS_FIGURE = 1


class Sweep:
    """What governs while a sentence is read from left to right."""

    def __init__(self, state: str | None) -> None:
        self.state = state
        self.places: list[int] = []
        self.states = [state]
        # where a word for an earlier time stood: it reaches to the comma behind its figure
        self.passing = -1
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
        if self.passing >= 0 and figure_passed:
            self.state, self.passing = (None if self.state == "previous" else self.state), -1

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

    def __init__(self, context: RuleSet, ends: Phrases) -> None:
        lists = context.lexicon
        self._change, self._from, self._to = (
            tuple(f" {fold(w)}" for w in lists[n]) for n in ("change", "change_from", "change_to")
        )
        self._compared = tuple(fold(w) for w in lists["compared"])
        self._up_to_now = tuple(fold(w) for w in lists["up_to_now"])
        self._reached = tuple(f" {fold(w)}" for w in lists["reached"])
        self._vote = tuple(fold(w) for w in lists["vote"])
        self._ends = ends
        self._new_subject, self._in_detail, self._own_subject, self._document = (
            Phrases(lists[n]) for n in ("new_subject", "in_detail", "own_subject", "document")
        )
        self._goes_on = Phrases(lists["goes_on"])
        self._goals = tuple(fold(w) for w in lists["goals"])
        self._small = frozenset(fold(w) for w in lists["before_time"])
        self._agreement = tuple(fold(w) for w in lists["agreement"])
        rule = {r.id.split(".")[1]: r for r in context.rules}
        self._term, self._since, self._year, self._later = (
            rule[n] for n in ("closed_term", "since", "earlier_year", "later_year")
        )
        self._told_of = context.pattern(r"[ ]?,|[ ]{told_of_term}{E}")

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
        if lead.endswith(self._change):
            compared = any(word in behind for word in self._compared) or any(
                word in low[frame.clause[0] : figure.start] for word in self._compared
            )
            if compared and governing not in ("cumulative", "planned"):
                return None
        if governing is None and index and lead.endswith(self._to) and self._is_earlier_end(reading, index - 1, frame):
            return "achieved"
        if governing is None and any("previous" in c.roles for c in paragraph.cues_in(figure.end, right)):
            return "previous"
        if self._is_goal(reading, paragraph, frame, figure):
            return "planned"
        if low[left - 1 : left] == "(" and self._compares(reading, paragraph, frame, left - 1):
            return "previous"
        linked = any("link" in c.roles and "done_here" not in c.roles for c in own)
        bracketed = low[left - 1 : left] == "(" and not own
        in_sentence = index > 0 and reading.figures[index - 1].start >= frame.sentence[0]
        if before is not None and in_sentence and (bracketed or linked) and "turn" not in here:
            return before.status if bracketed or before.status != "previous" else governing
        if governing is not None:
            return governing
        if "done_here" in here or ("gathers" in here and lead.endswith(self._reached)):
            return "achieved"
        return self._told_behind(reading, paragraph, frame, figure)

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
        if paragraph.future.first(figure.end, max(figure.end, frame.segment[1])) is not None:
            return "planned"
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
        events += [(p, "coming", None) for p in paragraph.coming.inside(start, end)]
        events.sort(key=lambda e: e[0])
        sweep = Sweep(self._carried(reading, paragraph, start))
        for at, what, cue in events:
            if what in '()"':
                sweep.bracket(what, paragraph.quotes.count(at) % 2 == 1)
            elif what == ",":
                sweep.pause(reading.ends_between(max(sweep.passing, 0), at))
                if sweep.state == "achieved" and self._own_subject.end(reading.key, at + 2) is not None:
                    sweep.turn(None)
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
        if what == "coming":
            return "planned"
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
        return None if state == "previous" and what != ":" else state

    def _behind_cue(
        self, reading: Reading, paragraph: Paragraph, state: str | None, cue: Cue, start: int
    ) -> str | None:
        """What governs behind a cue; a goal outweighs a term, a closed term outweighs what was done in it."""
        roles = cue.roles
        if "not_cue" in roles:
            return state
        if "turn" in roles:
            # right behind a figure it belongs to it: thu đủ 163 triệu đồng còn lại
            return state if reading.ends_between(cue.start - _BESIDE_ITS_FIGURE, cue.start) else None
        if "turn_near" in roles:
            return state if state == "previous" else None
        if "resolves" in roles and self._of_goals(reading, cue):
            return "planned"
        if "planned_head" in roles and self._heads(reading, start, cue):
            return "planned"
        if "planned" in roles and not is_noun(reading, paragraph, cue):
            return "planned"
        if "cumulative" in roles:
            return state if state == "planned" else "cumulative"
        if "previous" in roles:
            return state or "previous"
        if "done" in roles or ("done_head" in roles and self._heads(reading, start, cue)):
            return state if state == "cumulative" else "achieved"
        return state

    def _of_goals(self, reading: Reading, cue: Cue) -> bool:
        """Whether what is resolved are goals: "thông qua 12 chỉ tiêu"."""
        behind = reading.low[cue.end : cue.end + 2 * TRAIL_REACH]
        mark = MARK.search(behind)
        return any(word in (behind[: mark.start()] if mark else behind) for word in self._goals)

    @staticmethod
    def _heads(reading: Reading, start: int, cue: Cue) -> bool:
        """Whether a cue opens its sentence, or stands alone before a colon."""
        opens = cue.start - start < TRAIL_REACH and not reading.key[start : cue.start].strip(EDGE)
        return opens or reading.key[cue.end : cue.end + 1] == ":"

    def _carried(self, reading: Reading, paragraph: Paragraph, start: int) -> str | None:
        """A closed term named in the sentences before governs on, until a sentence that speaks of another time."""
        if start == paragraph.start:
            return paragraph.opening
        if self._goes_on.end(reading.key, start) is not None:
            before = paragraph.sentence_of(start - 1)
            swept = before[0] in paragraph.governed
            if before[0] < start and (swept or self._goes_on.end(reading.key, before[0]) is None):
                if not swept:
                    paragraph.governed[before[0]] = self._sweep(reading, paragraph, before)
                if paragraph.governed[before[0]][1][-1] == "planned":
                    return "planned"
        last = paragraph.carries.last(paragraph.start, start)
        if last is None or paragraph.turns.first(last + 1, start) is not None:
            return None
        return "cumulative" if paragraph.scenes.first(last + 1, start + 1) is None else None

    def of_list(self, reading: Reading, above: Paragraph) -> str | None:
        """What a line says of the lines of the list under it."""
        start, end = above.sentences[-1]
        _, states = self._sweep(reading, above, (start, end))
        if states[-1] is None and reading.ends_between(start, end - 1) is False:
            # a heading that names goals: "Một số chỉ tiêu đến năm 2030"
            cues = above.cues_in(start, end)
            if above.future.first(start, end) is not None or any("planned_here" in c.roles for c in cues):
                return None if any("not_cue" in c.roles for c in cues) else "planned"
        return states[-1]

    def find_times(self, reading: Reading, paragraph: Paragraph) -> None:
        """Fills in where other times are named: terms that are over, earlier years, times to come."""
        low, high = paragraph.start, paragraph.end
        closed: list[int] = []
        coming: list[int] = []
        if self._spans_up(reading, low, high):
            closed = [m.start() for m in self._since.finditer(reading.key, low, high)]
        earlier, future = self._years(reading, paragraph, closed, coming)
        if reading.today is not None:
            # where only the event's day is known the article may be some weeks younger
            after = reading.today + dt.timedelta(days=0 if reading.document.published else _WRITTEN_WITHIN)
            future += [d[0] for d in reading.calendar.inside(low, high) if d[2] is not None and d[2] > after]
        coming += [at for at in future if self._opens(reading, paragraph, at)]
        paragraph.closed, paragraph.earlier = Places(closed), Places(earlier)
        paragraph.coming, paragraph.future = Places(coming), Places(future)
        paragraph.carries = Places([*closed, *(c.start for c in paragraph.cues if "cumulative" in c.roles)])
        paragraph.turns = Places(
            [
                *coming,
                *(c.start for c in paragraph.cues if c.roles & {"planned", "turn"} and "cumulative" not in c.roles),
            ]
        )
        if paragraph.carries.at:
            paragraph.scenes = Places(
                s for s, _ in paragraph.sentences if self._ends.end(reading.key, s) is not None or reading.key[s] == '"'
            )

    def _years(
        self, reading: Reading, paragraph: Paragraph, closed: list[int], coming: list[int]
    ) -> tuple[list[int], list[int]]:
        """Where years before the one reported on, and years to come, are named; fills in closed and coming terms."""
        low, high, year = paragraph.start, paragraph.end, reading.year
        if not _FOUR_DIGITS.search(reading.key, low, high):
            return [], []
        for match in self._term.finditer(reading.key, low, high):
            at, last = match.start(), int(match["last"])
            if year is None or last <= year:
                if self._opens(reading, paragraph, at) or self._told_of.match(reading.key, match.end(), high):
                    closed.append(at)
            elif int(match["first"]) >= year and self._opens(reading, paragraph, at, strong=True):
                coming.append(at)
        if year is None:
            return [], []
        newest = year - (1 if 1 <= reading.month <= _LAST_REPORT_MONTH else 0)
        earlier = [
            m.start()
            for m in self._year.finditer(reading.key, low, high)
            if int(m["year"]) < newest and not self._of_document(reading, paragraph, m.start())
        ]
        return earlier, [m.start() for m in self._later.finditer(reading.key, low, high) if int(m["year"]) > year]

    def _of_document(self, reading: Reading, paragraph: Paragraph, at: int) -> bool:
        """Whether a year is that of a decree: "nghị định số 157 năm 2018"."""
        low = max(paragraph.mark_before(at, paragraph.sentence_of(at)[0]), at - 2 * TRAIL_REACH)
        return any(True for _ in self._document.finditer(reading.key, low, at))

    def _opens(self, reading: Reading, paragraph: Paragraph, at: int, strong: bool = False) -> bool:
        """Whether a time opens its sentence or clause, small words aside: "Phấn đấu đến năm 2030"."""
        low = paragraph.sentence_of(at)[0]
        gap = reading.low[max(paragraph.mark_before(at, low, strong), at - 2 * TRAIL_REACH) : at]
        return all(word in self._small for word in WORD.findall(gap))

    def _spans_up(self, reading: Reading, low: int, high: int) -> bool:
        """Whether any word stands there without which no span of years up to now is named."""
        return any(reading.low.find(word, low, high) >= 0 for word in self._up_to_now)

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
