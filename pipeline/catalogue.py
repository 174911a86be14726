"""The catalogue: every record below the raw folder, and the row of the part that holds it.

One Parquet file in the order of the files, read and written as a stream beside the listing of the raw folder, so that
memory does not grow with the number of articles. A file whose size, times and inode are as they were is not opened. The
records of any other are compared by the hash of their bytes: what was only touched or copied, and what stands before a
record that was appended, is not done again.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import itertools
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import DamagedPartError, InputError
from pipeline.ingest import RawInput, RecordRef, records
from pipeline.ingest.files import path_of
from pipeline.parts import WRITTEN, is_part, part_batches, read_part
from pipeline.storage import replacing

PART_SIZE = 200
# a part of large records holds fewer: its bytes are in memory at once
PART_BYTES = 64 * 2**20
_CHUNK = 20_000
_SCHEMA = pa.schema(
    [
        pa.field("file", pa.string()),
        pa.field("place", pa.int64()),  # of the record in its file, from 0
        pa.field("size", pa.int64()),
        pa.field("mtime_ns", pa.int64()),
        pa.field("ctime_ns", pa.int64()),
        pa.field("inode", pa.uint64()),
        pa.field("source", pa.string()),
        pa.field("mark", pa.string()),  # tells its content; empty where the whole file is the record
        pa.field("part", pa.string()),
        pa.field("row", pa.int32()),
    ]
)
_RAW = b"raw"


class Entry(NamedTuple):
    """A record of the catalogue: the file that holds it, as it was, what it is, and its part and row."""

    file: str
    place: int
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    source: str
    mark: str
    part: str = ""
    row: int = 0


@dataclass(slots=True)
class Part:
    """The records of a part that are still in the raw folder: bit n of ``live`` is its n-th row."""

    live: int = 0
    fresh: bool = False  # not there yet: its records are to be read from the raw folder

    @property
    def articles(self) -> int:
        """Live records."""
        return self.live.bit_count()

    def mask(self, rows: int) -> pa.BooleanArray | None:
        """Which of the part's rows are live; None where all are."""
        if self.live == (1 << rows) - 1:
            return None
        return pa.array([bool(self.live >> n & 1) for n in range(rows)])


@dataclass(slots=True)
class Changes:
    """What a listing found: counts of records, and the parts by name, in the order of their first records."""

    new: int = 0
    gone: int = 0
    again: int = 0  # known, but in no part that the present code and libraries made
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def records(self) -> int:
        """All records below the raw folder."""
        return sum(part.articles for part in self.parts.values())


def _is_whole(ref: RecordRef) -> bool:
    return ref.problem is None and ref.data is None


def _mark(ref: RecordRef) -> str:
    return "" if _is_whole(ref) else hashlib.sha256(ref.fingerprint.encode(errors="replace")).hexdigest()[:32]


class _Old:
    """The entries of the catalogue as it was, in order, the next one in view."""

    def __init__(self, entries: Iterator[Entry]) -> None:
        self._entries = entries
        self.next = next(entries, None)

    def take(self) -> Entry:
        taken = self.next
        assert taken is not None
        self.next = next(self._entries, None)
        return taken

    def before(self, file: str | None) -> Iterator[Entry]:
        """The entries of files before ``file``; all that are left without one."""
        while self.next is not None and (file is None or self.next.file < file):
            yield self.take()

    def of(self, file: str) -> Iterator[Entry]:
        """The entries of a file that stands next."""
        while self.next is not None and self.next.file == file:
            yield self.take()


class _New:
    """Takes the entries of the catalogue as it will be; those without a part are put into new parts, in order."""

    def __init__(self, changes: Changes, file: pq.ParquetWriter | None) -> None:
        self._changes, self._file = changes, file
        self._names = (f"part-{time.time_ns():x}-{number:06}.parquet" for number in itertools.count())
        self._open, self._bytes = "", 0
        self._entries: list[Entry] = []

    def keep(self, entry: Entry) -> None:
        part = self._changes.parts.setdefault(entry.part, Part())
        part.live |= 1 << entry.row
        self._entries.append(entry)
        if len(self._entries) == _CHUNK:
            self.flush()

    def put(self, entry: Entry, size: int) -> None:
        part = self._changes.parts.get(self._open)
        if part is None or part.articles == PART_SIZE or self._bytes > PART_BYTES:
            self._open, self._bytes = next(self._names), 0
            part = self._changes.parts[self._open] = Part(fresh=True)
        self._bytes += size
        self.keep(entry._replace(part=self._open, row=part.articles))

    def flush(self) -> None:
        if self._file is not None and self._entries:
            columns = zip(*self._entries, strict=True)
            arrays = [pa.array(column, kind.type) for column, kind in zip(columns, _SCHEMA, strict=True)]
            self._file.write_table(pa.Table.from_arrays(arrays, schema=_SCHEMA))
        self._entries.clear()


class Catalogue:
    """The catalogue in the file ``path``; ``ingested`` is the folder of the parts that hold its records."""

    def __init__(self, path: Path, ingested: Path) -> None:
        self._path = path
        self._held = functools.cache(lambda part: is_part(ingested / part))
        # parts are asked for in the order of their sources, more or less
        self._hashes = functools.lru_cache(16)(lambda part: _hashes(ingested / part))

    def update(self, raw: Path, files: Iterable[RawInput], *, keep: bool = True) -> Changes:
        """Bring the catalogue in line with ``files``, sorted by source; with ``keep`` False only say what would change.

        Records that are new, changed, or in no part that is there are put into new parts, which are not there yet.
        Raises DamagedPartError where the catalogue itself is damaged.
        """
        changes = Changes()
        self._held.cache_clear()
        self._hashes.cache_clear()
        if not keep:
            self._merge(raw, files, changes, _New(changes, None))
            return changes
        schema = _SCHEMA.with_metadata({_RAW: str(raw)})
        with replacing(self._path) as temporary, pq.ParquetWriter(temporary, schema, **WRITTEN) as writer:
            new = _New(changes, writer)
            self._merge(raw, files, changes, new)
            new.flush()
        return changes

    def fresh(self, raw: Path, parts: Iterable[str]) -> Iterator[tuple[str, tuple[RecordRef, ...]]]:
        """New parts with their records, one part after the other; every file is read once from its beginning.

        Raises InputError where a file of many was changed since `update`.
        """
        wanted = set(parts)
        if not wanted:
            return
        # a new part's records follow each other among those of all new parts
        new = (entry for entry in self._entries() if entry.part in wanted)
        by_file = itertools.groupby(new, key=lambda entry: entry.file)
        found = itertools.chain.from_iterable(_read(raw, entries) for _, entries in by_file)
        for part, members in itertools.groupby(found, key=lambda member: member[0].part):
            yield part, tuple(ref for _, ref in members)

    def _entries(self) -> Iterator[Entry]:
        if is_part(self._path):
            for batch in part_batches(self._path, _CHUNK):
                yield from map(Entry._make, zip(*(column.to_pylist() for column in batch.columns), strict=True))

    def _merge(self, raw: Path, files: Iterable[RawInput], changes: Changes, new: _New) -> None:
        old = _Old(self._entries())
        elsewhere = old.next is not None and (pq.read_schema(self._path).metadata or {}).get(_RAW) != str(raw).encode()
        for file in files:
            changes.gone += sum(1 for _ in old.before(file.source))
            was = old.next
            if was is None or elsewhere or was[2:6] != _stamp(file) or was.file != file.source:
                self._list(file, old, changes, new)
                continue
            for entry in old.of(file.source):
                if self._held(entry.part):
                    new.keep(entry)
                else:
                    changes.again += 1
                    new.put(entry, 0 if entry.mark else file.size)
        changes.gone += sum(1 for _ in old.before(None))

    def _list(self, file: RawInput, old: _Old, changes: Changes, new: _New) -> None:
        """The records of a new or changed file."""
        strays: dict[str, Entry] = {}
        for place, ref in enumerate(records(file)):
            entry = Entry(file.source, place, *_stamp(file), ref.source, _mark(ref))
            was = next(old.of(file.source), None)
            if was is not None and was.source != ref.source:
                # an archive that was packed anew holds its members in another order
                strays = {e.source: e for e in itertools.chain([was], old.of(file.source))}
                was = None
            was = was or strays.pop(ref.source, None)
            if was is not None and self._same(was, entry, ref):
                new.keep(entry._replace(part=was.part, row=was.row))
                continue
            changes.gone += was is not None
            changes.new += 1
            new.put(entry, _size(ref))
        changes.gone += len(strays) + sum(1 for _ in old.of(file.source))

    def _same(self, was: Entry, entry: Entry, ref: RecordRef) -> bool:
        if was.mark != entry.mark or not self._held(was.part):
            return False
        with contextlib.suppress(DamagedPartError):
            return bool(entry.mark or self._hashes(was.part)[was.row] == content_hash(ref))
        return False


def _hashes(part: Path) -> list[str | None]:
    return list(read_part(part, ["sha256"])["sha256"].to_pylist())


def _stamp(file: RawInput) -> tuple[int, int, int, int]:
    return file.size, file.mtime_ns, file.ctime_ns, file.inode


def _size(ref: RecordRef) -> int:
    return ref.file.size if _is_whole(ref) else len(ref.data or b"")


def content_hash(ref: RecordRef) -> str | None:
    """SHA-256 of a record's bytes, as in the column ``sha256``; None where they cannot be read."""
    if not _is_whole(ref):
        return None if ref.data is None else hashlib.sha256(ref.data).hexdigest()
    try:
        with ref.file.open() as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:
        return None


def _read(raw: Path, entries: Iterator[Entry]) -> Iterator[tuple[Entry, RecordRef]]:
    """Entries of one file, in order, with their records."""
    found: Iterator[RecordRef] | None = None
    at = -1
    for entry in entries:
        if found is None:
            found = records(RawInput(path_of(raw, entry.file), entry.file, *entry[2:6]))
        ref = next(itertools.islice(found, entry.place - at - 1, None), None)
        if ref is None or ref.source != entry.source:
            raise InputError(f"{raw / entry.file}: was changed while it was being read; run the command again")
        at = entry.place
        yield entry, ref
