"""Describes the figures of an article: reads each paragraph once and asks the modules of the columns."""

from __future__ import annotations

import bisect
from collections.abc import Sequence

from pipeline.document import Block, Document
from pipeline.extract.numbers import Phrases
from pipeline.facts import Figure
from pipeline.resolve.figures.about import About
from pipeline.resolve.figures.actors import Actors
from pipeline.resolve.figures.governing import Governing
from pipeline.resolve.figures.lexicon import Lexicon, Says, TopicRow
from pipeline.resolve.figures.period import Periods
from pipeline.resolve.figures.reading import (
    BESIDE,
    MARK,
    NOTHING,
    OTHER,
    QUOTE,
    REACH,
    STRONG,
    Calendar,
    DateSpan,
    EventContext,
    FigureContext,
    Frame,
    Paragraph,
    Places,
    Reading,
    State,
    size_of,
    value_of,
)
from pipeline.resolve.figures.repeats import Repeats, same_as, words_of
from pipeline.resolve.figures.speakers import Speakers
from pipeline.resolve.figures.status import Statuses
from pipeline.resolve.figures.times import Times
from pipeline.resolve.figures.topic import Topics
from pipeline.rules import Rules

_DIMENSION = "figure_context"
_ROLES = (
    "no_name", "speech_colon", "speech_sure", "speech_of_persons",
    "planned", "planned_near", "planned_here", "planned_behind",
    "done", "done_here", "done_head", "reports", "done_behind", "of_plan",
    "planned_head", "resolves", "turn_near", "asks", "demands", "befallen",
    "cumulative", "cumulative_here", "previous", "previous_scene", "turn", "concedes", "present", "to_date", "not_cue",
    "link", "share", "as_much", "share_of", "part_of",
)  # fmt: skip


class FigureDescriber:
    """Describes the figures of an article from the words around them; built once from the rules, stateless."""

    def __init__(self, rules: Rules) -> None:
        context = rules[_DIMENSION]
        lists = context.lexicon
        self._lexicon = Lexicon()
        for role in _ROLES:
            for word in lists[role]:
                self._lexicon.entry(word).roles.add(role)
        for word in lists["previous_scene"]:
            self._lexicon.entry(word).roles.add("previous")
        for role, name in (("speech", "speech_verb"), ("according", "according"), ("floor", "takes_floor")):
            for word in lists[name]:
                self._lexicon.entry(word).roles.add(role)
        for row in context.table("topics", TopicRow):
            for word in row.words:
                self._lexicon.entry(word).topics.append(Says(row.topic, row.weight, row.where))
        self._lexicon.close()
        # what begins a sentence that is plainly another scene
        self._ends = Phrases(lists["speech_ends"])
        self._about = About(context)
        self._actors = Actors(context)
        self._topic = Topics(context, self._lexicon)
        self._times, self._governing = Times(context), Governing(context)
        self._status = Statuses(context, self._governing)
        self._speaker = Speakers(context, self._ends, frozenset(rules["official"].lexicon["surname"]))
        self._period = Periods(context)

    def __call__(
        self,
        document: Document,
        figures: Sequence[Figure],
        dates: Sequence[DateSpan],
        event: EventContext | None = None,
        people: Sequence[tuple[int, int]] = (),
        bodies: Sequence[tuple[int, int]] = (),
    ) -> list[FigureContext]:
        """One context per figure. ``figures`` in reading order, offsets into ``document.text``.

        ``dates`` are the article's resolved dates as (start, end, first day, last day), ``event`` its main event,
        ``people`` and ``bodies`` the places of their names in order.
        """
        if not figures:
            return []
        key = document.key
        low = key.lower()
        if len(low) != len(key):  # a capital of another length in lower case: letters one by one
            low = "".join(c.lower() if len(c.lower()) == 1 else c for c in key)
        values = [value_of(f) for f in figures]
        reading = Reading(
            document,
            key,
            low,
            figures,
            values,
            [size_of(f, value) for f, value in zip(figures, values, strict=True)],
            [f.start for f in figures],
            sorted(f.end for f in figures),
            [b.start for b in document.blocks],
            Calendar(dates),
            event or EventContext(),
            people,
            bodies,
        )
        titled = self._topic.titled(reading)
        out: list[FigureContext] = []
        frames: list[Frame] = []
        paragraph = Paragraph(-1, -1, [])
        index_of = Repeats()
        for index, figure in enumerate(figures):
            if not paragraph.start <= figure.start < paragraph.end:
                paragraph = self._paragraph_of(reading, figure)
            frame = self._frame(reading, paragraph, index)
            frames.append(frame)
            same = index > 0 and (frames[index - 1].sentence == frame.sentence or self._leads_on(paragraph, frame))
            near = out[index - 1] if index and figures[index - 1].start >= paragraph.start else None
            first, last = self._period(reading, paragraph, frame, figure)
            described = FigureContext(
                about=document.text[frame.about[0] : frame.about[1]] if frame.about else None,
                topic=self._topic(reading, paragraph, frame, index, near if same else None, titled),
                status=self._status(reading, paragraph, frame, index, near),
                said_by=self._speaker(reading, paragraph, figure),
                period_start=first,
                period_end=last,
            )
            out.append(described)
            index_of.words.append(words_of(described.about))
            earlier = same_as(reading, frames, out, index, index_of, self._actors)
            index_of.add(index, reading)
            if earlier is not None:
                topic = described.topic if described.topic != OTHER else out[earlier].topic
                out[index] = described._replace(same_as=earlier, topic=topic)
        return out

    @staticmethod
    def _leads_on(paragraph: Paragraph, frame: Frame) -> bool:
        """Whether a sentence says more of the one before it: "Mỗi suất trị giá …"."""
        low = frame.sentence[0]
        return any(c.roles & {"share_of", "part_of"} for c in paragraph.cues_in(low, low + BESIDE))

    def _paragraph_of(self, reading: Reading, figure: Figure) -> Paragraph:
        """The block of a figure (its line, where there are no blocks), under the line that heads it in a list."""
        key = reading.key
        block = reading.block_at(figure.start)
        if block is not None:
            start, end = block.start, max(block.end, figure.end)
        else:
            start = key.rfind("\n", 0, figure.start) + 1
            stop = key.find("\n", figure.end)
            end = stop if stop >= 0 else len(key)
        paragraph = self._paragraph(reading, start, end)
        if block is not None:
            if (head := reading.head_of(block.start)) is not None:
                paragraph.entry = self._governing.of_list(reading, self._paragraph(reading, head.start, head.end))
            else:
                left = self._left_to(reading, block)
                if self._governing.opens_chapter(reading, start) or self._governing.goes_on_reporting(
                    reading, start, left
                ):
                    paragraph.entry = left
            reading.last = paragraph
        self._speaker.find(reading, paragraph)
        return paragraph

    def _left_to(self, reading: Reading, block: Block) -> State:
        """What the paragraph of the body before a block leaves to it."""
        above = reading.body_before(block.start)
        if above is None:
            return NOTHING
        if reading.last is None or reading.last.start != above.start:
            reading.last = self._paragraph(reading, above.start, above.end)
        return self._governing.leaves(reading, reading.last)

    def _paragraph(self, reading: Reading, start: int, end: int) -> Paragraph:
        """A paragraph with its sentences, cues and marks."""
        document, key, low = reading.document, reading.key, reading.low
        sentences: list[tuple[int, int]] = []
        at = start
        while at < end:
            first, last = document.sentence_span(at)
            if last <= at:
                at += 1
                continue
            sentences.append((max(first, start), min(last, end)))
            at = last
        if not sentences:
            sentences = [(start, end)]
        paragraph = Paragraph(start, end, sentences)
        paragraph.cues = self._lexicon.scan(key, low, start, end)
        paragraph.starts = [c.start for c in paragraph.cues]
        for cue in paragraph.cues:
            for says in cue.topics:
                paragraph.topics.setdefault(says.topic, cue.start)
        paragraph.quotes = Places(m.start() for m in QUOTE.finditer(key, start, end))
        marks = [(m.start(), m.group()) for m in MARK.finditer(key, start, end)]
        paragraph.marks = Places(place for place, _ in marks)
        paragraph.strong = Places(place for place, mark in marks if mark in STRONG)
        self._times.find(reading, paragraph)
        return paragraph

    def _frame(self, reading: Reading, paragraph: Paragraph, index: int) -> Frame:
        key, figures = reading.key, reading.figures
        figure = figures[index]
        at = max(0, bisect.bisect_right(paragraph.sentences, (figure.start, len(key))) - 1)
        low, high = paragraph.sentences[at]
        high = max(high, figure.end)
        left = max(paragraph.mark_before(figure.start, low, strong=True), figure.start - REACH)
        right = min(paragraph.mark_behind(figure.end, high, strong=True), figure.end + REACH)
        segment = self._segment(reading, paragraph, (low, high), index)
        return Frame((low, high), (left, right), segment, self._about(key, figures, index, left, right))

    def _segment(
        self, reading: Reading, paragraph: Paragraph, sentence: tuple[int, int], index: int
    ) -> tuple[int, int]:
        """The words of a figure's own: to the figures beside it, a comma or a bracket."""
        figure, figures = reading.figures[index], reading.figures
        left = paragraph.mark_before(figure.start, sentence[0])
        if index and figures[index - 1].end > left:
            left = min(figures[index - 1].end, figure.start)
        right = paragraph.mark_behind(figure.end, sentence[1])
        if index + 1 < len(figures) and figures[index + 1].start < right:
            right = max(figures[index + 1].start, figure.end)
        return left, right
