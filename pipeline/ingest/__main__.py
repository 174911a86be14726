"""``python -m pipeline.ingest RAW OUT``."""

from pipeline.ingest.table import main

main()
