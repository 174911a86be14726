"""Organisations named in a text: what a body's name begins with, and where it ends (``rules/body``).

A name is read from its head ("LĐLĐ", ``heads``) on: the head's style says what may follow (``styles``, ``proper``), be
it words of the lists (``lists``), a place (``places``) or another body; ``tail`` holds what was read of it so far, and
``persons`` tells where a person's name begins instead. `BodyGrammar` (``grammar``) gives a name taken apart
(``parsed``), ``levels`` its level, `BodyExtractor` (``extractor``) the spans. What the parts come to (the full name,
the province) is decided in `pipeline.resolve.bodies`, with the whole article in view.
"""

from pipeline.extract.bodies.extractor import BodyExtractor
from pipeline.extract.bodies.grammar import BodyGrammar, body_grammar
from pipeline.extract.bodies.parsed import HeadRow, Parsed, Part
from pipeline.extract.bodies.words import Words

__all__ = ["BodyExtractor", "BodyGrammar", "HeadRow", "Parsed", "Part", "Words", "body_grammar"]
