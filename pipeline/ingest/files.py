"""Files below the raw folder and streams over what they hold, packed or not, with bounds on what unpacking may cost."""

from __future__ import annotations

import io
import os
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from pipeline.errors import InputError
from pipeline.storage import Remote, remote

# an article has some ten thousand characters, a page with pictures in it some megabytes; more is no article
MAX_RECORD_BYTES = 8 * 2**20
# Texts shrink to a fifth or a tenth, lists of records to a fiftieth at best: what grows more than this was made to fill
# the machine, unless it is small
MAX_GROWTH = 200
SMALL = 256 * 2**20
CHUNK = 1 << 17
_BYTE = re.compile(rb"\\x([89a-f][0-9a-f]|5c)")
# says what a folder holds, and is no article of it
_NO_ARTICLE = "README.md"


@dataclass(frozen=True, slots=True)
class RawInput:
    """A file below the raw folder; ``source`` is its path below it, with ``/``.

    A file whose size, times and inode are as they were is taken to hold what it held. A ``size`` of -1 is a file or
    folder that cannot be reached.
    """

    path: Path
    source: str
    size: int
    mtime_ns: int
    ctime_ns: int = 0
    inode: int = 0

    def open(self) -> BinaryIO:
        """The file's bytes, from the beginning. Raises OSError."""
        return self.path.open("rb", buffering=CHUNK)


def storable(name: str) -> str:
    """A name of a file as it can be stored: it may hold bytes that are no characters. No two names become one."""
    data = _BYTE.sub(rb"\\x5cx\1", name.encode("utf-8", "surrogateescape"))
    return data.decode("utf-8", "backslashreplace")


def path_of(raw: Path, source: str) -> Path:
    """The file that a source (`storable`) names below the raw folder."""
    if "\\x" not in source:
        return raw / source
    return raw / os.fsdecode(_BYTE.sub(lambda m: bytes([int(m[1], 16)]), os.fsencode(source)))


def is_input(name: str) -> bool:
    """Whether a file of that name (without folders) is meant to be read: hidden files and ``README.md`` are not."""
    return not name.startswith(".") and name != _NO_ARTICLE


def scan(raw: Path, without: Sequence[Path] = ()) -> Iterator[RawInput]:
    """Every file below ``raw`` in the order of its path, links followed; hidden ones and ``README.md`` left out.

    ``without`` are folders below ``raw`` that hold no articles: the tables that earlier runs wrote there. Raises
    InputError where ``raw`` is no folder.
    """
    if not raw.exists():
        raise InputError(f"{raw}: no such folder; put articles there or name another with RAW=")
    if not raw.is_dir():
        raise InputError(f"{raw}: is a file; name the folder that holds it")
    if store := remote(raw):
        yield from _walk_store(store, "", [str(path) for path in without])
        return
    left_out = {_identity(path) for path in without if path.exists()}
    yield from _walk(str(raw), left_out)


def _walk_store(folder: Remote, below: str, without: Sequence[str]) -> Iterator[RawInput]:
    """`_walk` in an object store, which has neither links nor inodes."""
    kept = [e for e in folder.listed() if not e.name.startswith(".") and (e.folder or is_input(e.name))]
    for entry in sorted(kept, key=lambda e: e.name + "/" * e.folder):
        path = folder / entry.name
        if not entry.folder:
            yield RawInput(cast("Path", path), storable(below + entry.name), entry.size, entry.mtime_ns)
        elif str(path) not in without:
            yield from _walk_store(path, f"{below}{entry.name}/", without)


def _identity(folder: Path | str) -> tuple[int, int]:
    stat = os.stat(folder)  # noqa: PTH116 (some ten thousand times a second)
    return stat.st_dev, stat.st_ino


def _walk(root: str, entered: set[tuple[int, int]]) -> Iterator[RawInput]:
    """Files of a folder in the order of their whole path, the names of one folder and of those above it in memory."""
    entered.add(_identity(root))
    left = [_names(root, "")]  # of every folder on the way down, the last name first
    while left:
        if not left[-1]:
            left.pop()
            continue
        below = left[-1].pop()
        path = f"{root}/{below}"
        try:
            if not below.endswith("/"):
                stat = os.stat(path)  # noqa: PTH116
                times = (stat.st_mtime_ns, stat.st_ctime_ns)
                yield RawInput(Path(path), storable(below), stat.st_size, *times, stat.st_ino)
            elif (identity := _identity(path)) not in entered:
                # a link that leads back up is entered once
                entered.add(identity)
                left.append(_names(root, below))
        except OSError:  # a link to nothing, a folder that may not be read: reading it says so
            yield RawInput(Path(path), storable(below), -1, 0)


def _names(root: str, below: str) -> list[str]:
    """What a folder holds, as paths below the root, in reverse order. Raises OSError."""
    with os.scandir(f"{root}/{below}") as entries:
        # "a/" sorts among its neighbours as the paths below it do
        kept = [(e.name, _is_folder(e)) for e in entries if not e.name.startswith(".")]
        names = [name + "/" * folder for name, folder in kept if folder or is_input(name)]
    return [below + name for name in sorted(names, key=storable, reverse=True)]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


class DamagedError(Exception):
    """What is packed cannot be unpacked any further; the message says why."""


class Allowance:
    """How many bytes may come out of a packed file of ``size`` bytes, over all that it holds."""

    def __init__(self, size: int) -> None:
        self._most = self._left = max(SMALL, MAX_GROWTH * size)

    def spend(self, amount: int) -> None:
        """Take from what is left. Raises DamagedError where that is not enough."""
        self._left -= amount
        if self._left < 0:
            raise DamagedError(f"it unpacks to more than {self._most / 2**20:,.0f} MiB, as no texts do: a zip bomb")


class Chunks(io.RawIOBase):
    """A stream over chunks of bytes that ends where they end, or break: then ``damage`` says why."""

    def __init__(self, chunks: Iterable[bytes], below: BinaryIO | None = None) -> None:
        self._chunks, self._left, self._below = iter(chunks), memoryview(b""), below
        self.damage: str | None = None

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill ``buffer`` as far as the next chunk goes; 0 at the end or at damage."""
        target = memoryview(cast("bytearray", buffer)).cast("B")
        while not self._left:
            if self.damage:
                return 0
            try:
                self._left = memoryview(next(self._chunks))
            except StopIteration:
                # a stream that is read through this one broke
                self.damage = None if self._below is None else damage_of(self._below)
                return 0
            except DamagedError as error:
                self.damage = str(error)
                return 0
        count = min(len(target), len(self._left))
        target[:count] = self._left[:count]
        self._left = self._left[count:]
        return count

    def mended(self) -> None:
        """Forget the damage: the chunks go on behind it."""
        self.damage = None


def stream_of(chunks: Iterable[bytes], below: BinaryIO | None = None) -> BinaryIO:
    """A buffered stream over chunks; ``below`` is the stream that they come from, whose damage counts as its own."""
    return cast("BinaryIO", io.BufferedReader(Chunks(chunks, below), CHUNK))


def damage_of(stream: BinaryIO) -> str | None:
    """Why a stream of this module ended before its time; None where it did not."""
    damage = getattr(getattr(stream, "raw", None), "damage", None)
    return None if damage is None else str(damage)


def with_head(stream: BinaryIO, size: int = 2**20) -> tuple[bytes, BinaryIO]:
    """The first bytes of a stream, and a stream that still begins with them."""
    head = stream.read(size)

    def chunks() -> Iterator[bytes]:
        yield head
        while data := stream.read(CHUNK):
            yield data

    return head, stream_of(chunks(), stream)


class Gunzip:
    """The bytes of a gzip file, all its members in a row. Iterating raises DamagedError where it breaks off.

    `resume` then finds the next member that can be read, so that what stands behind a damaged one is not lost.
    """

    def __init__(self, packed: BinaryIO, spend: Callable[[int], None]) -> None:
        self._packed, self._spend = packed, spend
        self._inflate = zlib.decompressobj(31)
        self._data, self._begun, self._members = b"", False, 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        while True:
            if not self._data and not (self._read() or self._begun):
                raise StopIteration
            if not self._begun:
                self._data = self._data.lstrip(b"\0")  # padding of tapes
                if not self._data:
                    continue
                if self._members and not self._data.startswith(b"\x1f"):
                    raise StopIteration  # what other programs wrote behind the last member
            try:
                ended = not self._data
                out = self._inflate.flush() if ended else self._inflate.decompress(self._data, CHUNK)
            except zlib.error as error:
                raise DamagedError(f"its compressed data are damaged ({error})") from None
            if self._inflate.eof:
                self._data, self._begun = self._inflate.unused_data, False
                self._inflate, self._members = zlib.decompressobj(31), self._members + 1
            elif ended and not out:
                self._begun = False
                raise DamagedError("it ends in the middle of its compressed data")
            else:
                self._data, self._begun = self._inflate.unconsumed_tail, True
            if out:
                self._spend(len(out))
                return out

    def _read(self) -> bool:
        self._data = self._packed.read(CHUNK)
        return bool(self._data)

    def resume(self, begins: bytes) -> bool:
        """Go on with the next member whose content begins so; False where there is none."""
        while True:
            at = self._data.find(b"\x1f\x8b\x08", 1)
            if at < 0:
                last = self._data[-2:]
                if not self._read():
                    return False
                self._data = b"\0" + last + self._data
                continue
            self._data = self._data[at:]
            if len(self._data) < 1024:
                self._data += self._packed.read(CHUNK)
            try:
                found = zlib.decompressobj(31).decompress(self._data[: CHUNK // 2], len(begins)) == begins
            except zlib.error:
                found = False
            if found:
                self._inflate, self._begun = zlib.decompressobj(31), False
                return True
