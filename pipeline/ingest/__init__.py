"""Any file below the raw folder as records: one row per text, page or record of a file of many, or a reason why not.

`scan` lists the files, `records` reads one of them as `RecordRef`, in order and with bounded memory, `batches` cuts the
records of a folder into lists, and `ingest` turns such a list into a table of `INGESTED`. A record of a file of many or
of an archive carries its bytes, so that every file is read once from its beginning to its end, and its fingerprint is
that of its bytes: a record appended to a file makes none of the others new.
"""

from pipeline.ingest.containers import SUFFIXES, batches, batches_of, records
from pipeline.ingest.files import MAX_RECORD_BYTES, RawInput, scan
from pipeline.ingest.records import RecordRef
from pipeline.ingest.table import FIELDS, INGESTED, ingest, ingest_folder

__all__ = [
    "FIELDS",
    "INGESTED",
    "MAX_RECORD_BYTES",
    "SUFFIXES",
    "RawInput",
    "RecordRef",
    "batches",
    "batches_of",
    "ingest",
    "ingest_folder",
    "records",
    "scan",
]
