"""Facts from Vietnamese trade-union news: scraped articles in, Parquet tables out.

For a notebook::

    import pipeline

    nlp = pipeline.load()                      # a spaCy Language
    doc = nlp("Công đoàn hỗ trợ gần 884 triệu đồng.")
    doc.spans["figures"][0]._.fact             # the exact figure

    facts = pipeline.extract(text, published=date(2024, 1, 12))
    facts.figures[0].low                       # rows with the columns of the tables

`pipeline.extract` is the stage's package and may be called (see `pipeline.extract`). Both names are loaded on first
use, so that ``import pipeline`` stays cheap.
"""

from typing import Any

__version__ = "0.1.0"
__all__ = ["__version__", "extract", "load"]


def __getattr__(name: str) -> Any:
    import importlib

    if name == "load":
        return importlib.import_module("pipeline.spacy_components").load
    if name == "extract":
        return importlib.import_module("pipeline.extract")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
