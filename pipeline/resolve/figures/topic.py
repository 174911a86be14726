"""The topic of a figure."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.resolve.figures.lexicon import Cue, Lexicon
from pipeline.resolve.figures.reading import OTHER, REACH, FigureContext, Frame, Paragraph, Reading
from pipeline.rules import RuleSet


class Topics:
    """Says what a figure is about, from the cues around it; built once from the rules, stateless."""

    def __init__(self, context: RuleSet, lexicon: Lexicon) -> None:
        lists = context.lexicon
        self._lexicon = lexicon
        self._within: dict[str, str] = {str(k): str(v) for k, v in lists["topic_within"].items()}
        self._no_money = frozenset(str(t) for t in lists["no_money"])
        number = {n: int(v) for n, v in context.settings.items()}
        self._weights = tuple(number[n] for n in ("in_segment", "in_clause", "before", "behind"))
        self._least, self._least_linked, self._least_money, self._title = (
            number[n] for n in ("least", "least_linked", "least_money", "in_title")
        )

    def titled(self, reading: Reading) -> tuple[str, int]:
        """The topic of the title, and its weight."""
        return self._best(((c, self._title) for c in reading.title(self._lexicon)), None)

    def _best(
        self, weighed: Iterable[tuple[Cue, int]], unit: tuple[int, int] | None, but: frozenset[str] = frozenset()
    ) -> tuple[str, int]:
        """The topic that weighs most, and its weight; the nearer one of two that weigh the same stands first."""
        scores: dict[str, int] = {}
        for cue, place in weighed:
            for topic, weight, unit_only in cue.topics:
                if topic in but or (unit_only and not (unit and unit[0] <= cue.start < unit[1])):
                    continue
                scores[topic] = max(scores.get(topic, 0), weight * place)
        best = max(scores, key=lambda t: scores[t], default=OTHER)
        return best, scores.get(best, 0)

    def __call__(
        self,
        reading: Reading,
        paragraph: Paragraph,
        frame: Frame,
        index: int,
        before: FigureContext | None,
        titled: tuple[str, int],
    ) -> str:
        """The topic: of the cue that weighs most, else of the figure before, else of the title."""
        figure = reading.figures[index]
        left, right = frame.segment
        low, high = frame.sentence
        low, high = max(low, figure.start - REACH), min(high, figure.end + REACH)
        within_other = reading.within_figure
        weighed: list[tuple[Cue, int]] = []
        segment, clause, behind, ahead = self._weights
        for cue in paragraph.cues_in(low, high):
            if not cue.topics:
                continue
            if left <= cue.start < right:
                weighed.append((cue, segment))
            elif within_other(cue.start) not in (None, index):
                continue
            elif frame.clause[0] <= cue.start < frame.clause[1]:
                weighed.append((cue, clause))
            else:
                weighed.append((cue, behind if cue.start < figure.start else ahead))
        topic, weight = self._best(weighed, (figure.start, figure.end))
        linked = before is not None and self._is_linked(reading, paragraph, frame, index)
        if before is not None and weight < (self._least_linked if linked else self._least):
            topic = before.topic
        elif weight < self._least:
            # the heading speaks for the amounts of an article, not for everything counted in it
            topic = titled[0] if titled[1] and figure.kind == "money" else OTHER
        if figure.kind == "money" and topic in self._no_money:
            # money is no attendance and no membership: another word of the sentence says what it is for, or the title
            topic, weight = self._best(weighed, (figure.start, figure.end), self._no_money)
            if weight < self._least_money:
                topic = titled[0] if titled[1] and titled[0] not in self._no_money else OTHER
        within = self._within.get(topic)
        named = paragraph.topics.get(within) if within is not None else None
        if within is not None and (
            (named is not None and named < frame.sentence[1]) or within in reading.title_topics(self._lexicon)
        ):
            return within
        return topic

    def _is_linked(self, reading: Reading, paragraph: Paragraph, frame: Frame, index: int) -> bool:
        """Whether a figure says more of the one before it: mỗi suất, gồm, đạt, or in brackets."""
        figure = reading.figures[index]
        left = frame.segment[0]
        if figure.each or reading.low[left - 1 : left] == "(":
            return True
        return any(
            "share_of" in c.roles or ("link" in c.roles and figure.kind == "percent")
            for c in paragraph.cues_in(left, figure.end)
        )
