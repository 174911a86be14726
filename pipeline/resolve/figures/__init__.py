"""What a figure says: what it measures, topic, status, speaker, period, and whether it was stated before.

Pure functions of the text around the figure; every word list is in ``rules/figure_context``. Each paragraph that holds
a figure is read once (``reading``): its cues, its speakers, then its figures in order, since a figure often says more
of the one before it (``mỗi suất``, ``đạt 95%``). Each column has a module of its own.
"""

from pipeline.resolve.figures.describer import FigureDescriber
from pipeline.resolve.figures.reading import DateSpan, EventContext, FigureContext

__all__ = ["DateSpan", "EventContext", "FigureContext", "FigureDescriber"]
