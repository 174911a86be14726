"""The topic of a figure."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from pipeline.facts import Figure
from pipeline.resolve.figures.lexicon import Lexicon
from pipeline.resolve.figures.reading import BESIDE, OTHER, REACH, FigureContext, Frame, Paragraph, Reading
from pipeline.rules import RuleSet

# a share behind one of these says more of the figure before it
_MORE_OF = frozenset(("link", "share", "as_much"))
_SHARES = frozenset(("ratio", "percent"))
_PARTS = frozenset(("share_of", "part_of"))


class _Kind(BaseModel):
    """A heading of the word table that is one topic under another and a second one elsewhere: gifts for Tết."""

    model_config = ConfigDict(extra="forbid")
    kind: str
    # the topic that makes it its own, whether only the title may name that one, and the topic elsewhere
    within: str
    title_only: bool = False
    otherwise: str
    # the events of which it always is its own
    events: list[str] = []


class Topics:
    """Says what a figure is about, from the cues around it; built once from the rules, stateless."""

    def __init__(self, context: RuleSet, lexicon: Lexicon) -> None:
        lists = context.lexicon
        self._lexicon = lexicon
        self._kinds = {k.kind: k for k in context.table("topic_kinds", _Kind)}
        self._no_money = frozenset(str(t) for t in lists["no_money"])
        self._of_event = {str(k): str(v) for k, v in lists["topic_of_event"].items()}
        number = {n: int(v) for n, v in context.settings.items()}
        self._in_unit, self._in_segment, self._between, self._in_clause, self._around, self._gathering = (
            number[n] for n in ("in_unit", "in_segment", "in_between", "in_clause", "in_sentence", "gathering")
        )
        self._least, self._least_part, self._least_linked, self._least_money = (
            number[n] for n in ("least", "least_part", "least_linked", "least_money")
        )

    def titled(self, reading: Reading) -> str | None:
        """The topic of the title, None where it names none."""
        scores: dict[str, int] = {}
        for cue in reading.title(self._lexicon):
            for says in cue.topics:
                if says.where != "unit":
                    scores[says.topic] = max(scores.get(says.topic, 0), says.weight)
        best = max(scores, key=lambda t: scores[t], default=None)
        kind = self._kinds.get(best) if best is not None else None
        return best if kind is None else kind.within if kind.within in scores else kind.otherwise

    def __call__(
        self,
        reading: Reading,
        paragraph: Paragraph,
        frame: Frame,
        index: int,
        before: FigureContext | None,
        titled: str | None,
    ) -> str:
        """The topic: of the cue that weighs most, else of the figure before, else of the title or the event.

        What is counted weighs most, then the figure's own words, those up to its neighbours, its clause, its sentence.
        """
        figure = reading.figures[index]
        scores = self._scores(reading, paragraph, frame, index)
        topic, weight = self._best(scores)
        if before is not None and weight < self._least_own(reading, paragraph, frame, index):
            topic = before.topic
        elif weight < self._least:
            # the heading speaks for the amounts of an article, not for everything counted in it
            topic = OTHER
            if figure.kind == "money":
                topic = titled or OTHER
            elif figure.kind == "count":
                topic = self._of_event.get(reading.event.type or "", OTHER)
        if figure.kind == "money" and topic in self._no_money:
            # money is no attendance and no membership: another word of the sentence says what it is for, or the title
            topic, weight = self._best({t: s for t, s in scores.items() if t not in self._no_money})
            if weight < self._least_money:
                topic = titled if titled and titled not in self._no_money else OTHER
        kind = self._kinds.get(topic)
        if kind is None:
            return topic
        named = None if kind.title_only else paragraph.topics.get(kind.within)
        inside = named is not None and named < frame.sentence[1]
        inside = inside or reading.event.type in kind.events or kind.within in reading.title_topics(self._lexicon)
        return kind.within if inside else kind.otherwise

    @staticmethod
    def _best(scores: dict[str, int]) -> tuple[str, int]:
        best = max(scores, key=lambda t: scores[t], default=OTHER)
        return best, scores.get(best, 0)

    def _scores(self, reading: Reading, paragraph: Paragraph, frame: Frame, index: int) -> dict[str, int]:
        """What each topic weighs; of two that weigh the same the one named first stands first."""
        figures, figure = reading.figures, reading.figures[index]
        low, high = max(frame.sentence[0], figure.start - REACH), min(frame.sentence[1], figure.end + REACH)
        left, right = frame.segment
        # the words up to the figures beside it, within the clause
        first = max(frame.clause[0], figures[index - 1].end if index else 0)
        last = min(frame.clause[1], figures[index + 1].start if index + 1 < len(figures) else high)
        if reading.key[left - 1 : left] == "(" and first < left - 1:
            # a figure in brackets measures what stands before them: phát triển đoàn viên (đạt 88%)
            left = max(first, paragraph.mark_before(left - 1, low))
        clause_end = frame.clause[1]
        scores: dict[str, int] = {}
        for cue in paragraph.cues_in(low, high):
            at = cue.start
            if at >= figure.end and cue.roles & _PARTS:
                # "…, trong đó bảo hiểm chiếm 81%" speaks of the next
                last, clause_end = min(last, at), min(clause_end, at)
            if not cue.topics:
                continue
            inside = figure.start <= at < figure.end
            if inside or left <= at < right:
                place = self._in_segment
            elif reading.within_figure(at) is not None:
                continue
            elif first <= at < last:
                place = self._between
            else:
                place = self._in_clause if frame.clause[0] <= at < clause_end else self._around
            for topic, weight, where in cue.topics:
                if where == "number" and figure.kind in _SHARES:
                    continue
                spoken = place if inside or not where else self._spoken(paragraph, figure, where, at, place)
                score = weight * (self._in_unit if inside and where in ("unit", "thing") else spoken)
                if score > scores.get(topic, 0):
                    scores.pop(topic, None)
                    scores[topic] = score
        return scores

    def _spoken(self, paragraph: Paragraph, figure: Figure, where: str, at: int, place: int) -> int:
        """The weight of the place of words that speak for a figure only under a condition (see `TopicRow`)."""
        if where == "unit":
            return 0
        if where == "ahead":
            # in one breath: no mark between them
            near = at < figure.start and at >= paragraph.mark_before(figure.start, at)
            return self._between if near else 0
        if where == "gathering" and at < figure.start and figure.kind != "money":
            return max(place, self._gathering)
        return place

    def _least_own(self, reading: Reading, paragraph: Paragraph, frame: Frame, index: int) -> int:
        """What a figure's own words must weigh against the topic of the one before it.

        Most where it says more of that one (mỗi suất, đạt, in brackets), less where it tells a part of it (trong đó).
        """
        figure = reading.figures[index]
        left = frame.segment[0]
        roles = {r for c in paragraph.cues_in(left, figure.end) for r in c.roles}
        bracketed = reading.low[left - 1 : left] == "("
        start = frame.sentence[0]
        opening = paragraph.cues_in(start, start + BESIDE) if reading.figures[index - 1].start < start else ()
        if any("part_of" in c.roles for c in opening):
            # a sentence that tells the parts of the one before: "Trong đó, …"
            return self._least_linked
        if reading.figures[index - 1].start < frame.clause[0] and not bracketed:
            # behind a semicolon another matter begins, unless it has no words of its own
            return self._least
        if figure.each or bracketed or "share_of" in roles or (figure.kind == "percent" and roles & _MORE_OF):
            return self._least_linked
        return self._least_part if "part_of" in roles else self._least
