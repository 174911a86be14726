"""``python -m pipeline.extract IN OUT``."""

from pipeline.stages import stage_main

stage_main("extract", "Extract: the mentions of every article, each with its exact characters.")
