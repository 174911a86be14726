"""``python -m pipeline.resolve IN OUT``."""

from pipeline.stages import stage_main

stage_main("resolve", "Resolve: the mentions of every article as rows of the tables.")
