"""The status of a figure: achieved, planned, cumulative, previous."""

from __future__ import annotations

import bisect
import datetime as dt
import re
from collections.abc import Sequence

from pipeline.extract.numbers import Phrases
from pipeline.facts import Figure
from pipeline.resolve.figures.lexicon import WORD, Cue
from pipeline.resolve.figures.reading import (
    BESIDE,
    EDGE,
    MARK,
    NOTHING,
    REACH,
    STRONG,
    TRAIL_REACH,
    FigureContext,
    Frame,
    Paragraph,
    Places,
    Reading,
    State,
    is_noun,
)
from pipeline.rules import RuleSet
from pipeline.text import fold

_FOUR_DIGITS = re.compile(r"[12]\d{3}")
# a report of January to March still speaks of the year before as its own
_LAST_REPORT_MONTH = 3
# a time so long that opens a statement is one of report (days)
_REPORTED = 80
# days after an event in which it is reported
_WRITTEN_WITHIN = 31
# the words right before a figure (characters)
_LEAD = 24
# a person named so near behind the beginning of a sentence is what it tells of (characters)
_NAMED_WITHIN = 60
# a turn so near behind a figure belongs to it (characters)
_BESIDE_ITS_FIGURE = 1
_TURNS = frozenset(("turn", "present", "to_date", "turn_near", "asks"))


class Sweep:
    """What governs while a sentence is read from left to right."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.places: list[int] = []
        self.states = [state]
        # where a word for an earlier time stood: it reaches to the comma behind its figure
        self.passing = -1
        # where a word of planning stood
        self.planned_at = 0
        self._kept: list[State] = []
        self._quoted = NOTHING
        # a weak word of planning stands: it reaches to the next mark
        self._near = False

    def note(self, at: int) -> None:
        """Keeps what governs behind ``at``."""
        self.places.append(at)
        self.states.append(self.state)

    def turn(self, state: State) -> None:
        """Another cue speaks."""
        if state != self.state:
            self.state, self._near = state, False

    def approach(self) -> None:
        """A weak word of planning: it speaks where nothing else does, so not behind what was done."""
        if self.state.frame is None and self.state.cue is None:
            self.state, self._near = self.state._replace(cue="planned"), True

    def settle(self) -> None:
        """A mark ends the reach of a weak word."""
        if self._near:
            self.state, self._near = self.state._replace(cue=None), False

    def pause(self, figure_passed: bool) -> None:
        """A comma."""
        self.settle()
        if self.passing >= 0 and figure_passed:
            if self.state.cue == "previous":
                self.state = self.state._replace(cue=None)
            self.passing = -1

    def bracket(self, mark: str, opens: bool) -> None:
        """A bracket holds nothing beyond itself; what is planned in a quotation does not reach out of it."""
        if mark == "(":
            self._kept.append(self.state)
        elif mark == ")":
            self.state = self._kept.pop() if self._kept else self.state
        elif opens:
            self._quoted = self.state
        elif self.state.status == "planned":
            self.state, self._quoted = self._quoted, NOTHING


class Statuses:
    """Says whether a figure was reached, is planned, sums up or is of an earlier time; built once from the rules."""

    def __init__(self, context: RuleSet) -> None:
        lists = context.lexicon
        self._change, self._from, self._to = (
            tuple(f" {fold(w)}" for w in lists[n]) for n in ("change", "change_from", "change_to")
        )
        self._instead_of = tuple(f" {fold(w)}" for w in lists["instead_of"])
        self._until = frozenset(fold(w) for w in lists["until"])
        self._beside = tuple(f" {fold(w)}" for w in lists["period_compared"])
        self._compared = tuple(fold(w) for w in lists["compared"])
        self._aside = tuple(f" {fold(w)}" for n in ("compared", "year_aside") for w in lists[n])
        self._up_to_now = tuple(fold(w) for w in lists["up_to_now"])
        self._result = tuple(f" {fold(w)}" for w in lists["result"])
        self._standing = tuple(f" {fold(w)}" for w in lists["standing"])
        self._rates, self._rated = (tuple(f" {fold(w)}" for w in lists[n]) for n in ("rate_behind", "rate_before"))
        self._vote = tuple(fold(w) for w in lists["vote"])
        self._new_subject, self._in_detail, self._own_subject, self._document = (
            Phrases(lists[n]) for n in ("new_subject", "in_detail", "own_subject", "document")
        )
        self._goes_on, self._scene = Phrases(lists["goes_on"]), Phrases(lists["scene"])
        self._chapter, self._leading = Phrases(lists["chapter"]), Phrases(lists["leads_time"])
        self._goals = tuple(fold(w) for w in lists["goals"])
        self._small = frozenset(fold(w) for w in lists["before_time"])
        self._terms = tuple(fold(w) for w in lists["agreement_terms"])
        self._agreement = tuple(fold(w) for w in lists["agreement"])
        rule = {r.id.split(".")[1]: r for r in context.rules}
        self._term, self._since, self._this_year, self._year, self._later = (
            rule[n] for n in ("closed_term", "since", "this_year", "earlier_year", "later_year")
        )
        self._told_of = context.pattern(r"[ ]?,|[ ]{told_of_term}{E}")

    def __call__(
        self, reading: Reading, paragraph: Paragraph, frame: Frame, index: int, before: FigureContext | None
    ) -> str | None:
        """The status that the cue gives in whose reach the figure stands."""
        figure, left = reading.figures[index], frame.segment[0]
        own = paragraph.cues_in(left, figure.start)
        here = {r for c in own for r in c.roles}
        lead = " " + reading.low[max(left, figure.start - _LEAD) : figure.start].rstrip(" (,:-")
        state = self._governing(reading, paragraph, figure.start)
        later = index > 0 and lead.endswith(self._to) and self._is_earlier_end(reading, index - 1, frame)
        if not later and self._only_measures(reading, frame, figure, here, lead, state):
            return None
        if self._is_past(reading, paragraph, frame, index, lead, state):
            return "previous"
        if state.status != "previous" and self._is_goal(reading, paragraph, frame, figure):
            return "planned"
        if self._is_to_do(reading, paragraph, frame, figure):
            return "planned"
        if before is not None and (told := self._told_with(reading, paragraph, frame, index, own, state)):
            return before.status if told == "same" or before.status != "previous" else state.status
        if state.status is not None:
            return state.status
        if state.barred == "asks":
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
        if state.status is not None and state != self._governing(reading, paragraph, earlier.start):
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

    @staticmethod
    def _is_to_do(reading: Reading, paragraph: Paragraph, frame: Frame, figure: Figure) -> bool:
        """Whether those counted open a clause and will do something: 7 trường hợp còn lại sẽ nhận trong tháng 9."""
        left, right = frame.segment
        if figure.kind == "money" or reading.key[left : figure.start].strip(EDGE):
            return False
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

    def _governing(self, reading: Reading, paragraph: Paragraph, at: int) -> State:
        """What the cues of the sentence before a place say, each as far as it reaches, and what reaches into it."""
        places, states = self._swept(reading, paragraph, paragraph.sentence_of(at)[0])
        return states[bisect.bisect_left(places, at)]

    def _swept(self, reading: Reading, paragraph: Paragraph, start: int) -> tuple[list[int], list[State]]:
        """The sweep of the sentence at ``start``; the sentences are read in order, each once."""
        while start not in paragraph.governed:
            sentence = paragraph.sentences[len(paragraph.governed)]
            paragraph.governed[sentence[0]] = self._sweep(reading, paragraph, sentence)
        return paragraph.governed[start]

    def _sweep(
        self, reading: Reading, paragraph: Paragraph, sentence: tuple[int, int]
    ) -> tuple[list[int], list[State]]:
        """A sentence from left to right: where what governs may change, and what governs before, between and behind."""
        start, end = sentence
        events: list[tuple[int, str, Cue | None]] = [
            (c.start, "cue", c) for c in paragraph.cues_in(start, end) if c.roles
        ]
        events += [(p, reading.key[p], None) for p in paragraph.marks.inside(start, end)]
        events += [(p, '"', None) for p in paragraph.quotes.inside(start, end)]
        events += [(at, what, None) for at, what in paragraph.times_in(start, end)]
        events.sort(key=lambda e: e[0])
        sweep = Sweep(self._entering(reading, paragraph, start))
        for at, what, cue in events:
            if what in '()"':
                sweep.bracket(what, paragraph.quotes.count(at) % 2 == 1)
            elif what == ",":
                sweep.pause(reading.ends_between(max(sweep.passing, 0), at))
                if sweep.state.cue == "achieved" and self._own_subject.end(reading.key, at + 2) is not None:
                    sweep.turn(sweep.state._replace(cue=None))
            elif what in STRONG:
                sweep.settle()
                sweep.state = self._behind_mark(reading, sweep.state, what, at, sentence)
            elif cue is None:
                sweep.settle()
                if what == "passing":
                    sweep.passing = at
                sweep.state = self._behind_time(sweep.state, what, reading.ends_between(sweep.planned_at, at))
            elif reading.within_figure(at) is None:
                if "previous" in cue.roles and sweep.state.status is None:
                    sweep.passing = at
                if "planned_near" in cue.roles:
                    sweep.approach()
                else:
                    if "planned" in cue.roles:
                        sweep.planned_at = at
                    sweep.turn(self._behind_cue(reading, paragraph, sweep.state, cue, start))
            sweep.note(at)
        return sweep.places, sweep.states

    @staticmethod
    def _behind_time(state: State, what: str, told: bool) -> State:
        """What governs behind a time (``what``, see `Paragraph.times`); ``told``: a planned figure stands before."""
        if what == "coming":
            return State("planned")
        if what == "cumulative":
            return State(what, state.cue if state.cue == "planned" else None)
        if state.frame == "cumulative" and what in ("earlier", "passing"):
            # a year of the term that is summed up
            return state
        if what == "earlier":
            return State("previous")
        if what == "report":
            return State(None, state.cue or "achieved")
        if what == "summed":
            return State(state.frame, state.cue if state.cue == "planned" else "cumulative")
        if what == "passing":
            return state if state.status else State(state.frame, "previous")
        # another time; up to a day something is told, not planned
        return State(None, None if state.cue == "planned" and told and what == "until" else state.cue)

    def _behind_mark(self, reading: Reading, state: State, what: str, at: int, sentence: tuple[int, int]) -> State:
        """What governs behind a strong mark; an agreement tells behind a colon what it gives."""
        start, end = max(sentence[0], at - REACH), sentence[1]
        if state.barred == "turn":
            state = state._replace(barred=None)
        before = reading.low[start:at] if what == ":" else ""
        if any(w in before for w in self._agreement) and any(w in before for w in self._terms):
            return State("planned")
        place = at + 1
        while place < end and reading.key[place] == " ":
            place += 1
        quoted = reading.key[place : place + 1] == '"'
        if state.cue == "achieved" and (quoted or self._new_subject.end(reading.key, place)):
            return state._replace(cue=None)
        return state._replace(cue=None) if state.cue == "previous" and what != ":" else state

    def _behind_cue(self, reading: Reading, paragraph: Paragraph, state: State, cue: Cue, start: int) -> State:
        """What governs behind a cue; a goal outweighs a term, a closed term outweighs what was done in it."""
        roles = cue.roles
        if "not_cue" in roles:
            return state
        if roles & _TURNS:
            return self._behind_turn(reading, paragraph, state, cue)
        if "resolves" in roles and self._of_goals(reading, cue):
            return State(state.frame, "planned")
        granted = "resolves" in roles and reading.key[cue.end : cue.end + 1] == ":"
        if granted and self._of_agreement(reading, cue.start):
            return State("planned")
        if "planned_head" in roles and self._heads(reading, start, cue):
            return State("planned")
        if "planned" in roles and not is_noun(reading, paragraph, cue) and not self._of_past(reading, cue):
            return State(state.frame, "planned")
        if "cumulative" in roles:
            return State("cumulative", state.cue if state.cue == "planned" else None)
        if "cumulative_here" in roles:
            return state._replace(cue="cumulative") if state.cue != "planned" else state
        if "previous" in roles and self._heads(reading, start, cue):
            return State(None, "previous")
        if "previous" in roles:
            against = reading.low[max(start, cue.start - TRAIL_REACH) : cue.start].rstrip().endswith(self._beside)
            return state if state.status or against else State(state.frame, "previous")
        if "done" in roles or ("done_head" in roles and self._heads(reading, start, cue)):
            summed = state.cue == "cumulative"
            return State(None if state.frame == "planned" else state.frame, "cumulative" if summed else "achieved")
        return state

    @staticmethod
    def _behind_turn(reading: Reading, paragraph: Paragraph, state: State, cue: Cue) -> State:
        """What governs behind a word that speaks of the present, of the contrary, or of what is asked for."""
        roles = cue.roles
        if "asks" in roles:
            return state if is_noun(reading, paragraph, cue) else State(state.frame, None, "asks")
        before = reading.key[max(0, cue.start - 3) : cue.start].rstrip(' "')
        if reading.key[cue.start].isupper() and before[-1:].isalnum():
            # within a name: quỹ Vì người nghèo
            return state
        if "turn_near" in roles:
            return state if state.status == "previous" else State(state.frame, None, "turn")
        if reading.ends_between(cue.start - _BESIDE_ITS_FIGURE, cue.start):
            # right behind a figure it belongs to it: thu đủ 163 triệu đồng còn lại
            return state
        if "to_date" in roles and state.frame == "cumulative":
            return state
        return NOTHING if roles & {"present", "to_date"} else State(state.frame, None, "turn")

    @staticmethod
    def _of_past(reading: Reading, cue: Cue) -> bool:
        """Whether a year that is over stands behind a word of planning: đến cuối năm 2012."""
        year = _FOUR_DIGITS.match(reading.key, cue.end + 1)
        return year is not None and reading.year is not None and int(year.group()) < reading.year

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

    def _entering(self, reading: Reading, paragraph: Paragraph, start: int) -> State:
        """What reaches into a sentence: a frame, until a sentence tells of another scene; a plan that goes on."""
        if self._in_detail.end(reading.key, start) is not None and self._of_agreement(reading, start):
            return State("planned")
        if start == paragraph.start:
            return paragraph.entry
        index = bisect.bisect_left(paragraph.sentences, (start, start))
        state = paragraph.governed[paragraph.sentences[index - 1][0]][1][-1]
        if state.status == "planned" and self._goes_on.end(reading.key, start) is not None:
            return State("planned" if state.frame == "planned" else None, "planned")
        if state.status == "achieved" and self._goes_on.end(reading.key, start) is not None:
            return State(None, "achieved")
        return state.carried if state.frame and self.may_go_on(reading, start) else NOTHING

    def opens_chapter(self, reading: Reading, start: int) -> bool:
        """Whether a paragraph begins as the next chapter of a report does: "Công tác chăm lo …", "Bên cạnh đó"."""
        return self._chapter.end(reading.key, start) is not None

    def may_go_on(self, reading: Reading, start: int) -> bool:
        """Whether a sentence may stand in the frame of the one before: not where it changes the scene."""
        if reading.key[start] == '"' or self._scene.end(reading.key, start) is not None:
            return False
        return reading.person_before(start + _NAMED_WITHIN, start) is None

    def of_list(self, reading: Reading, above: Paragraph) -> State:
        """What a line says of the lines of the list under it."""
        start, end = above.sentences[-1]
        state = self._swept(reading, above, start)[1][-1]
        if state.status is None and reading.ends_between(start, end - 1) is False:
            # a heading that names goals: "Một số chỉ tiêu đến năm 2030"
            cues = above.cues_in(start, end)
            if above.future.first(start, end) is not None or any("planned_here" in c.roles for c in cues):
                return NOTHING if any("not_cue" in c.roles for c in cues) else State("planned")
        return State("planned") if state.status == "planned" else state

    def leaves(self, reading: Reading, above: Paragraph) -> State:
        """The frame that a paragraph leaves to the one behind it."""
        return self._swept(reading, above, above.sentences[-1][0])[1][-1].carried

    def find_times(self, reading: Reading, paragraph: Paragraph) -> None:
        """Fills in where times are named: terms that are over, earlier years, times to come, and others."""
        low, high = paragraph.start, paragraph.end
        times: list[tuple[int, str]] = []
        # a span of time speaks at its end: what stands inside it (năm 2019, đến nay) is no time of its own
        if self._spans_up(reading, low, high):
            for span in self._since.finditer(reading.key, low, high):
                recent = self._within_year(reading, *span.span())
                times.append((span.end() - 1, "other" if recent else "cumulative"))
        future = self._years(reading, paragraph, times)
        if reading.today is not None:
            # where only the event's day is known the article may be some weeks younger
            after = reading.today + dt.timedelta(days=0 if reading.document.published else _WRITTEN_WITHIN)
            for at, _, first, last in reading.calendar.inside(low, high):
                if first is None or last is None:
                    continue
                if first > after or (first == reading.today and last > after):
                    future.append(at)
                elif (gap := self._gap(reading, paragraph, at)) is not None:
                    reported = (last - first).days >= _REPORTED and last <= reading.today
                    until = self._until.intersection(gap)
                    times.append((at, "until" if until else "report" if reported else "other"))
        times += [(at, "coming") for at in future if self._opens(reading, paragraph, at)]
        paragraph.times = sorted(dict(reversed(times)).items())
        paragraph.future = Places(future)

    def _years(self, reading: Reading, paragraph: Paragraph, times: list[tuple[int, str]]) -> list[int]:
        """Where years to come are named; adds closed and coming terms and earlier years to the times."""
        low, high, year = paragraph.start, paragraph.end, reading.year
        if not _FOUR_DIGITS.search(reading.key, low, high):
            return []
        for match in self._term.finditer(reading.key, low, high):
            at, last = match.start(), int(match["last"])
            # where the term is told in a bracket it governs behind it: nhiệm kỳ XI (2018 - 2023)
            end = match.end() - (reading.key[match.end() : match.end() + 1] != ")")
            if year is None or last <= year:
                if self._opens(reading, paragraph, at):
                    times.append((end, "cumulative"))
                elif year is not None and self._told_of.match(reading.key, match.end(), high):
                    times.append((end, "summed"))
            elif int(match["first"]) >= year and self._opens(reading, paragraph, at, strong=True):
                times.append((end, "coming"))
        if year is None:
            return []
        newest = year - (1 if 1 <= reading.month <= _LAST_REPORT_MONTH else 0)
        for match in self._year.finditer(reading.key, low, high):
            at = match.start()
            if int(match["year"]) < newest and not self._of_document(reading, paragraph, at):
                lead = " " + reading.low[max(low, at - TRAIL_REACH) : at].rstrip()
                opens = self._opens(reading, paragraph, at)
                if opens or not lead.endswith(self._aside):
                    times.append((at, "earlier" if opens else "passing"))
        return [m.start() for m in self._later.finditer(reading.key, low, high) if int(m["year"]) > year]

    def _of_document(self, reading: Reading, paragraph: Paragraph, at: int) -> bool:
        """Whether a year is that of a decree: "nghị định số 157 năm 2018"."""
        low = max(paragraph.mark_before(at, paragraph.sentence_of(at)[0]), at - 2 * TRAIL_REACH)
        return any(True for _ in self._document.finditer(reading.key, low, at))

    def _opens(self, reading: Reading, paragraph: Paragraph, at: int, strong: bool = False) -> bool:
        """Whether a time opens its sentence or clause, small words aside: "Phấn đấu đến năm 2030"."""
        return self._gap(reading, paragraph, at, strong) is not None

    def _gap(self, reading: Reading, paragraph: Paragraph, at: int, strong: bool = False) -> list[str] | None:
        """The words before a time in its clause, None where they are not all small ones."""
        low = paragraph.mark_before(at, paragraph.sentence_of(at)[0], strong)
        low = max([low, at - 2 * TRAIL_REACH, *(c.end for c in paragraph.cues_in(low, at) if "speech_sure" in c.roles)])
        words = WORD.findall(reading.low, low, at)
        # the other end of a span may stand before it: từ ngày 25/4 đến 31/5
        words = [w for w in words if not w.isdigit()]
        if self._small.issuperset(words):
            return words
        while low < at and reading.key[low] in EDGE:
            low += 1
        leads = self._leading.end(reading.key, low) is not None and not reading.ends_between(low, at)
        return words if leads else None

    def _spans_up(self, reading: Reading, low: int, high: int) -> bool:
        """Whether any word stands there without which no span of years up to now is named."""
        return any(reading.low.find(word, low, high) >= 0 for word in self._up_to_now)

    def _within_year(self, reading: Reading, start: int, end: int) -> bool:
        """Whether a span up to now began in the year of the article: what is told of it is no sum of years."""
        if self._this_year.match(reading.key, start, end) is None:
            return False
        years = _FOUR_DIGITS.findall(reading.key, start, end)
        return reading.year is None or all(int(year) >= reading.year for year in years)

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

    def _of_agreement(self, reading: Reading, start: int) -> bool:
        """Whether an agreement is named right before a sentence, which tells what it will give."""
        before = reading.low[max(0, start - 400) : start]
        return any(word in before for word in self._agreement)
