"""Scores the tables of a run against gold annotations.

``facts``: precision, recall and F1 per kind of fact, accuracy per field. ``kept_text``: how well articles were cleaned,
where the gold marks their text. ``columns``: which measure asks for which column. ``folding``: how names are folded
before they are compared. ``command``: what ``union-events score`` prints, and the floors.
"""

from pipeline.score.command import add_arguments, check_floors, format_scores, load_floors, main, run
from pipeline.score.facts import CONTEXT, Hits, Prf, Scores, Told, score
from pipeline.score.folding import Folding, folding

__all__ = [
    "CONTEXT", "Folding", "Hits", "Prf", "Scores", "Told", "add_arguments", "check_floors", "folding", "format_scores",
    "load_floors", "main", "run", "score",
]  # fmt: skip
