"""What governs at a place of the text: the time or plan that was opened, and the cue that spoke last."""

from __future__ import annotations

import bisect

from pipeline.extract.numbers import Phrases
from pipeline.resolve.figures.lexicon import Cue
from pipeline.resolve.figures.reading import (
    EDGE,
    MARK,
    NOTHING,
    REACH,
    STRONG,
    TRAIL_REACH,
    Paragraph,
    Reading,
    State,
    is_noun,
)
from pipeline.resolve.figures.times import FOUR_DIGITS
from pipeline.rules import RuleSet
from pipeline.text import fold

# a person named so near behind the beginning of a sentence is what it tells of (characters)
_NAMED_WITHIN = 60
# a turn so near behind a figure belongs to it (characters)
_BESIDE_ITS_FIGURE = 1
_TURNS = frozenset(("turn", "concedes", "present", "to_date", "turn_near", "asks", "demands"))


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
        if self.state.barred == "concedes":
            self.state = self.state._replace(barred=None)
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


class Governing:
    """Reads sentences from left to right and says what governs where; built once from the rules."""

    def __init__(self, context: RuleSet) -> None:
        lists = context.lexicon
        self._beside = tuple(f" {fold(w)}" for w in lists["period_compared"])
        self._new_subject, self._in_detail, self._own_subject = (
            Phrases(lists[n]) for n in ("new_subject", "in_detail", "own_subject")
        )
        self._goes_on, self._scene, self._chapter = (Phrases(lists[n]) for n in ("goes_on", "scene", "chapter"))
        self._person = context.pattern(r"{honorific}{sp}{name}")
        self._reporting = frozenset(lists["reporting_events"])
        self._goals = tuple(fold(w) for w in lists["goals"])
        self._terms = tuple(fold(w) for w in lists["agreement_terms"])
        self._agreement = tuple(fold(w) for w in lists["agreement"])

    def at(self, reading: Reading, paragraph: Paragraph, at: int) -> State:
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
                if "previous" in cue.roles and not sweep.state.told:
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
        if state.barred == "turn" and what in ("earlier", "passing"):
            # the other side of a comparison: trong khi năm 2017 chỉ là 500.000 đồng
            return State(state.frame, "previous")
        if state.frame == "cumulative" and what in ("earlier", "passing"):
            # a year of the term that is summed up
            return state
        if what == "earlier":
            return State("previous")
        if what == "report":
            return State("achieved", state.cue if state.cue == "planned" else None)
        if what == "summed":
            return State(state.frame, state.cue if state.cue == "planned" else "cumulative")
        if what == "reviewed":
            return state if state.status else State("achieved", None, "turn")
        if what == "passing":
            return state if state.told else State(state.frame, "previous")
        # another time; up to a day something is told, not planned
        return State(None, None if state.cue == "planned" and told and what == "until" else state.cue)

    def _behind_mark(self, reading: Reading, state: State, what: str, at: int, sentence: tuple[int, int]) -> State:
        """What governs behind a strong mark; an agreement tells behind a colon what it gives."""
        start, end = max(sentence[0], at - REACH), sentence[1]
        if state.barred in ("turn", "concedes"):
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
        if "resolves" in roles and self._of_goals(reading, cue.end, cue.end + 2 * TRAIL_REACH):
            return State(state.frame, "planned")
        granted = "resolves" in roles and reading.key[cue.end : cue.end + 1] == ":"
        if granted and self._of_agreement(reading, cue.start):
            return State("planned")
        if "planned_head" in roles and self._heads(reading, start, cue):
            return State("planned", "planned")
        if "planned" in roles and not is_noun(reading, paragraph, cue) and not self._of_past(reading, cue):
            if self._of_goals(reading, cue.start, cue.end) and self._is_met(paragraph, cue):
                return State(state.frame, "achieved")
            return State(state.frame, "planned")
        if "cumulative" in roles:
            return State("cumulative", state.cue if state.cue == "planned" else None)
        if "cumulative_here" in roles:
            return state._replace(cue="cumulative") if state.cue != "planned" else state
        if "previous" in roles and self._heads(reading, start, cue):
            return State("previous" if "previous_scene" in roles else None, "previous")
        if "previous" in roles:
            against = reading.low[max(start, cue.start - TRAIL_REACH) : cue.start].rstrip().endswith(self._beside)
            return state if state.told or against else State(state.frame, "previous")
        if "reports" in roles and self._heads(reading, start, cue) and not state.told:
            return State("achieved")
        if "done" in roles or ("done_head" in roles and self._heads(reading, start, cue)):
            summed = state.cue == "cumulative"
            return State(None if state.frame == "planned" else state.frame, "cumulative" if summed else "achieved")
        return state

    @staticmethod
    def _behind_turn(reading: Reading, paragraph: Paragraph, state: State, cue: Cue) -> State:
        """What governs behind a word that speaks of the present, of the contrary, or of what is asked for."""
        roles = cue.roles
        asks = next((role for role in ("asks", "demands") if role in roles), None)
        if asks is not None:
            # one more of what was done or is planned: đã kiểm tra 5 CĐCS, kiến nghị truy thu
            listed = asks == "asks" and state.cue is not None and reading.key[cue.start - 2 : cue.start] in (", ", "; ")
            return state if listed or is_noun(reading, paragraph, cue) else State(state.frame, None, asks)
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
        if "concedes" in roles:
            return state._replace(barred="concedes")
        return NOTHING if roles & {"present", "to_date"} else State(state.frame, None, "turn")

    @staticmethod
    def _of_past(reading: Reading, cue: Cue) -> bool:
        """Whether a year that is over stands behind a word of planning: đến cuối năm 2012."""
        year = FOUR_DIGITS.match(reading.key, cue.end + 1)
        return year is not None and reading.year is not None and int(year.group()) < reading.year

    def _of_goals(self, reading: Reading, low: int, high: int) -> bool:
        """Whether goals are named there, before any mark: "thông qua 12 chỉ tiêu"."""
        words = reading.low[low:high]
        mark = MARK.search(words)
        return any(word in (words[: mark.start()] if mark else words) for word in self._goals)

    @staticmethod
    def _is_met(paragraph: Paragraph, cue: Cue) -> bool:
        """Whether goals were reached: "hoàn thành cơ bản các chỉ tiêu"."""
        low = max(paragraph.mark_before(cue.start, paragraph.sentence_of(cue.start)[0]), cue.start - TRAIL_REACH)
        return any("done_here" in c.roles for c in paragraph.cues_in(low, cue.start))

    @staticmethod
    def _heads(reading: Reading, start: int, cue: Cue) -> bool:
        """Whether a cue opens its sentence, or stands alone before a colon."""
        opens = cue.start - start < TRAIL_REACH and not reading.key[start : cue.start].strip(EDGE)
        return opens or reading.key[cue.end : cue.end + 1] == ":"

    def _entering(self, reading: Reading, paragraph: Paragraph, start: int) -> State:
        """What reaches into a sentence: a frame, until a sentence tells of another scene; a plan that goes on."""
        if self._in_detail.end(reading.key, start) is not None and self._of_agreement(reading, start):
            return State("planned")
        index = bisect.bisect_left(paragraph.sentences, (start, start))
        if index == 0:
            return paragraph.entry
        state = paragraph.governed[paragraph.sentences[index - 1][0]][1][-1]
        if state.status == "planned" and self._goes_on.end(reading.key, start) is not None:
            return State("planned" if state.frame == "planned" else None, "planned")
        if state.status == "achieved" and self._goes_on.end(reading.key, start) is not None:
            return State(state.frame, "achieved")
        return state.carried if state.frame and self.may_go_on(reading, start) else NOTHING

    def opens_chapter(self, reading: Reading, start: int) -> bool:
        """Whether a paragraph begins as the next chapter of a report does: "Công tác chăm lo …", "Bên cạnh đó"."""
        return self._chapter.end(reading.key, start) is not None

    def goes_on_reporting(self, reading: Reading, start: int, left: State) -> bool:
        """Whether a paragraph tells what was done in the time of report that the one before ``left`` to it."""
        reports = reading.event.type in self._reporting and left.frame == "achieved"
        return reports and self.may_go_on(reading, start)

    def may_go_on(self, reading: Reading, start: int) -> bool:
        """Whether a sentence may stand in the frame of the one before: not where it changes the scene."""
        if reading.key[start] == '"' or self._scene.end(reading.key, start) is not None:
            return False
        if self._person.match(reading.key, start) is not None:
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

    def _of_agreement(self, reading: Reading, start: int) -> bool:
        """Whether an agreement is named right before a sentence, which tells what it will give."""
        before = reading.low[max(0, start - 400) : start]
        return any(word in before for word in self._agreement)
