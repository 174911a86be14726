"""``python -m pipeline.ingest RAW OUT``."""

from pipeline.ingest.table import ingest_folder
from pipeline.stages import parts_written, stage_main

stage_main("ingest", "Files as records.", lambda raw, out: parts_written(ingest_folder(raw, out), out))
