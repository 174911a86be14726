"""What each kind of file is read as, alone, compressed or inside an archive; and the records of a whole folder.

Nothing is unpacked onto the disk under a name that an archive gives, and no more comes out of an archive than texts can
hold (`Allowance`). A member of ``pages.zip`` is named ``pages.zip/its/own/path.txt``.
"""

from __future__ import annotations

import contextlib
import dataclasses
import posixpath
import re
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from pipeline.cleaning.encodings import BinaryDataError, UnknownEncodingError
from pipeline.errors import Reject
from pipeline.ingest import records as formats
from pipeline.ingest.files import (
    CHUNK,
    MAX_RECORD_BYTES,
    Allowance,
    DamagedError,
    Gunzip,
    RawInput,
    damage_of,
    is_input,
    scan,
    storable,
    stream_of,
)
from pipeline.ingest.records import COLUMNS, HTML, LINES, OBJECTS, TABLE, TEXT, WEB, Entry, RecordRef, too_large
from pipeline.ingest.web_archives import web_records

_FORMATS = {
    ".txt": TEXT, ".text": TEXT, ".html": HTML, ".htm": HTML, ".xhtml": HTML,
    ".jsonl": LINES, ".ndjson": LINES, ".json": OBJECTS, ".csv": TABLE, ".tsv": TABLE, ".parquet": COLUMNS,
    ".warc": WEB, ".wet": WEB,
}  # fmt: skip
_ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz")
SUFFIXES = (*_FORMATS, ".gz", *_ARCHIVES[:2])
_READERS: dict[str, Callable[[Entry], Iterator[RecordRef]]] = {
    LINES: formats.json_lines,
    OBJECTS: formats.json_objects,
    TABLE: formats.table_rows,
    COLUMNS: formats.parquet_rows,
}
# what to do with kinds of file that people do drop in
_ADVICE = {
    ".pdf": "save its text as .txt", ".doc": "save it as .txt", ".docx": "save it as .txt", ".rtf": "save it as .txt",
    ".xls": "save its sheet as .csv", ".xlsx": "save its sheet as .csv", ".xlsm": "save its sheet as .csv",
    ".ods": "save its sheet as .csv", ".mhtml": "save the page as .html", ".mht": "save the page as .html",
    ".7z": "unpack it, or pack it as .zip", ".rar": "unpack it, or pack it as .zip",
    ".bz2": "unpack it, or pack it as .gz", ".xz": "unpack it, or pack it as .gz",
    ".zst": "unpack it, or pack it as .gz", ".br": "unpack it, or pack it as .gz",
    ".arc": "turn it into WARC (warcio recompress)", ".wat": "it holds what is said of pages, not the pages",
    ".wacz": "take the .warc.gz files out of it",
}  # fmt: skip
_BATCH_BYTES = 64 * 2**20
_DRIVE = re.compile(r"[A-Za-z]:")


def batches(raw: Path, size: int = 200, without: Sequence[Path] = ()) -> Iterator[list[RecordRef]]:
    """All records below ``raw`` in lists of at most ``size``, in the order of `scan`, which says what is left out."""
    return batches_of(scan(raw, without), size)


def batches_of(files: Iterable[RawInput], size: int = 200) -> Iterator[list[RecordRef]]:
    """The records of files in lists of at most ``size``, fewer where they are large."""
    batch: list[RecordRef] = []
    held = 0
    for file in files:
        for ref in records(file):
            batch.append(ref)
            held += len(ref.data or b"")
            if len(batch) == size or held > _BATCH_BYTES:
                yield batch
                batch, held = [], 0
    if batch:
        yield batch


def records(file: RawInput) -> Iterator[RecordRef]:
    """The records of a file in order: one for a text or page, many for a file of many; one with its problem else."""
    if file.size < 0:
        what = "folder cannot be read" if file.source.endswith("/") else "file cannot be read: it is a link to nothing"
        yield _refused(file, Reject.UNREADABLE, f"the {what}")
        return
    kind, suffix, packed = kind_of(file.source)
    if kind is None:
        yield _refused(file, Reject.UNSUPPORTED, _unsupported(suffix))
    elif file.size == 0:
        yield _refused(file, Reject.EMPTY, "the file is empty")
    elif kind in (TEXT, HTML) and not packed:
        if file.size > MAX_RECORD_BYTES:
            yield _refused(file, Reject.TOO_LARGE, too_large(file.size))
        else:
            yield RecordRef(file, file.source, kind)
    else:
        last = 0
        try:
            with file.open() as stream:
                for ref in _entry_records(Entry(file, file.source, stream, file.size), Allowance(file.size)):
                    last = ref.number or last
                    yield ref
        except OSError as error:
            detail = f"the file cannot be read: {error.strerror or error}"
            yield Entry(file, file.source, stream_of(())).refused(
                Reject.BROKEN_RECORD, detail, last + 1 if last else None
            )


def kind_of(name: str) -> tuple[str | None, str, bool]:
    """How a file of that name is read (None: not at all), its suffix, and whether it is a .gz file."""
    name = name.lower()
    for archive in _ARCHIVES:
        if name.endswith(archive):
            return archive, archive, archive.endswith("gz")
    stem, suffix = posixpath.splitext(posixpath.basename(name))
    if suffix == ".gz":
        inner = posixpath.splitext(stem)[1]
        return _FORMATS.get(inner), f"{inner}.gz", True
    return _FORMATS.get(suffix), suffix, False


def _unsupported(suffix: str) -> str:
    known = "this tool reads " + ", ".join(SUFFIXES)
    if suffix == ".gz":
        return "a .gz file whose name does not say what is in it: name it .jsonl.gz, .warc.gz or the like"
    named = f"a {suffix} file" if suffix else "a file without a suffix"
    return f"{named} is no article that can be read: {_ADVICE.get(suffix.removesuffix('.gz'), known)}"


def _refused(file: RawInput, reason: Reject, detail: str, number: int | None = None) -> RecordRef:
    return RecordRef(file, file.source, "none", number, problem=(reason.value, detail))


def _entry_records(entry: Entry, allowance: Allowance, inside: bool = False) -> Iterator[RecordRef]:
    """The records of a file or of a member of an archive, unpacked where it is packed."""
    kind, suffix, packed = kind_of(entry.name)
    resume = None
    if kind is None:
        yield entry.refused(Reject.UNSUPPORTED, _unsupported(suffix))
        return
    if entry.size == 0:
        yield entry.refused(Reject.EMPTY, "the file is empty")
        return
    if kind in _ARCHIVES and inside:
        yield entry.refused(Reject.UNSUPPORTED, "an archive inside an archive is not read: unpack the outer one")
        return
    if packed:
        members = Gunzip(entry.stream, allowance.spend)
        entry, resume = dataclasses.replace(entry, stream=stream_of(members, entry.stream)), members.resume
    try:
        if kind in _ARCHIVES:
            found = _zip_records(entry) if kind == ".zip" else _tar_records(entry, allowance)
        elif kind == WEB:
            found = web_records(entry, resume)
        elif kind in (TEXT, HTML):
            found = _whole(entry, kind)
        else:
            found = _READERS[kind](entry)
        for ref in found:
            if ref.data is not None and len(ref.data) > MAX_RECORD_BYTES and ref.problem is None:
                ref = entry.refused(Reject.TOO_LARGE, too_large(len(ref.data)), ref.number)
            yield ref
    except (BinaryDataError, UnknownEncodingError) as error:
        reason = Reject.BINARY if isinstance(error, BinaryDataError) else Reject.ENCODING
        why = damage_of(entry.stream) or error
        yield entry.refused(
            Reject.BROKEN_RECORD if why is not error else reason, f"the file is not readable text: {why}"
        )


def _whole(entry: Entry, kind: str) -> Iterator[RecordRef]:
    """A packed text or page."""
    data = entry.stream.read(MAX_RECORD_BYTES + 1)
    if damage := damage_of(entry.stream):
        yield entry.refused(Reject.BROKEN_RECORD, f"the file cannot be unpacked whole: {damage}")
    elif not data:
        yield entry.refused(Reject.EMPTY, "the file is empty")
    elif len(data) > MAX_RECORD_BYTES:
        yield entry.refused(Reject.TOO_LARGE, too_large(entry.size or len(data)))
    else:
        yield entry.ref(kind, None, data)


# ---------------------------------------------------------------- archives


def _inner_name(name: str) -> str | None:
    """The path of a member below its archive; None where it leads out of it."""
    name = name.replace("\\", "/")
    if name.startswith("/") or _DRIVE.match(name) or ".." in name.split("/"):
        return None
    name = posixpath.normpath(name)
    return None if name in (".", "") else name


def _is_input(name: str) -> bool:
    """Hidden files, also what macOS adds, are no input."""
    parts = (part for part in name.replace("\\", "/").split("/") if part not in ("", ".", ".."))
    return all(is_input(part) and part != "__MACOSX" for part in parts)


class _Copies:
    """Members of an archive that have a later one of their name, which replaces them wherever it is unpacked."""

    def __init__(self, names: Iterable[str]) -> None:
        # an archive may have millions of members
        hashes, counts = np.unique(np.fromiter(map(_identity, names), np.int64), return_counts=True)
        self._left = dict(zip(hashes[counts > 1].tolist(), counts[counts > 1].tolist(), strict=True))
        self._seen: Counter[int] = Counter()

    def replaced(self, name: str) -> int | None:
        """Which copy the next member of that name is, from 1; None for the last one, which counts."""
        key = _identity(name)
        self._seen[key] += key in self._left
        return self._seen[key] if self._seen[key] < self._left.get(key, 0) else None


def _identity(name: str) -> int:
    return hash(_inner_name(name) or name)


def _member(entry: Entry, name: str, stream: BinaryIO, size: int, copies: _Copies) -> Entry | RecordRef:
    """A member as something to read, or why it is none."""
    inner, copy = _inner_name(name), copies.replaced(name)
    member = Entry(entry.file, f"{entry.name}/{storable(inner or name)}", stream, size)
    if copy is not None:
        detail = "a later member of this archive has the same name and replaces it"
        return dataclasses.replace(member, name=f"{member.name} ({copy})").refused(Reject.REPLACED, detail)
    if inner is None:
        return member.refused(Reject.UNREADABLE, "the name of this member leads out of its archive")
    return member


def _zip_records(entry: Entry) -> Iterator[RecordRef]:
    """The records of all files of a .zip, in its own order."""
    allowance = Allowance(entry.file.size)
    try:
        archive = zipfile.ZipFile(entry.stream)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as error:
        detail = f"the archive cannot be opened ({error}): its list of contents stands at its end, so nothing is found"
        yield entry.refused(Reject.BROKEN_RECORD, detail)
        return
    with archive:
        infos = [i for i in archive.infolist() if not i.is_dir() and _is_input(i.filename)]
        if not infos:
            yield entry.refused(Reject.EMPTY, "the archive holds no file")
        copies = _Copies(info.filename for info in infos)
        for info in infos:
            stream = stream_of(_zip_chunks(archive, info, allowance))
            member = _member(entry, info.filename, stream, info.file_size, copies)
            if isinstance(member, RecordRef):
                yield member
            elif info.flag_bits & 1:
                yield member.refused(Reject.UNREADABLE, "it is encrypted: unpack it with its password")
            else:
                yield from _entry_records(member, allowance, inside=True)


def _zip_chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo, allowance: Allowance) -> Iterator[bytes]:
    try:
        with archive.open(info) as stream:
            while data := stream.read(CHUNK):
                allowance.spend(len(data))
                yield data
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        raise DamagedError(f"its packed data are damaged or of an unknown kind ({error})") from None


def _tar_records(entry: Entry, allowance: Allowance) -> Iterator[RecordRef]:
    """The records of all files of a .tar, read as a stream: once for its names, and once for its files."""
    found = False
    copies = _Copies(_tar_names(entry))
    try:
        for archive, info in _tar_members(entry.stream):
            found = True
            content = archive.extractfile(info) if info.isreg() else None
            stream = stream_of(_tar_chunks(content, allowance))
            member = _member(entry, info.name, stream, info.size, copies)
            if isinstance(member, RecordRef):
                yield member
            elif content is None:
                yield member.refused(Reject.UNREADABLE, "it is a link or a device, not a file")
            else:
                yield from _entry_records(member, allowance, inside=True)
        damage = damage_of(entry.stream)
    except (tarfile.TarError, EOFError, OSError) as error:
        damage = damage_of(entry.stream) or str(error)
    if damage:
        detail = f"the archive breaks off here: {damage}; what stood behind it is lost"
        yield entry.refused(Reject.BROKEN_RECORD, detail)
    elif not found:
        yield entry.refused(Reject.EMPTY, "the archive holds no file")


def _tar_members(stream: BinaryIO) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
    """The files of a .tar with what they are read from. Raises TarError, EOFError, OSError where it breaks off."""
    with tarfile.open(fileobj=stream, mode="r|", bufsize=CHUNK) as archive:
        for info in archive:
            archive.members.clear()  # type: ignore[attr-defined]  # it would remember them all
            if not info.isdir() and _is_input(info.name):
                yield archive, info


def _tar_names(entry: Entry) -> Iterator[str]:
    """The names of the files of a .tar, as far as it can be read."""
    with entry.file.open() as stream, contextlib.suppress(tarfile.TarError, EOFError, OSError):
        if kind_of(entry.name)[2]:
            stream = stream_of(Gunzip(stream, Allowance(entry.file.size).spend))
        for _, info in _tar_members(stream):
            yield info.name


def _tar_chunks(content: object, allowance: Allowance) -> Iterator[bytes]:
    if content is None:
        return
    try:
        while data := content.read(CHUNK):  # type: ignore[attr-defined]
            allowance.spend(len(data))
            yield data
    except (tarfile.TarError, EOFError, OSError) as error:
        raise DamagedError(f"the archive breaks off in it ({error})") from None
