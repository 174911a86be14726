"""Folders in object stores (``s3://bucket/folder``) beside those of this machine, behind the methods of `pathlib.Path`.

An object store renames nothing, but an object that is put there appears whole or not at all. So a file is made here and
put under its final name; and the tables, which belong together, go into a folder named by their content, with a small
object beside it that is put last and names that folder. What pyarrow's `FileSystem.from_uri` reads can be used; keys,
regions and endpoints come from the environment (``AWS_ENDPOINT_URL``, …) or from the address
(``s3://bucket/folder?endpoint_override=…``).
"""

from __future__ import annotations

import contextlib
import fnmatch
import functools
import hashlib
import io
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, NamedTuple, cast
from urllib.parse import quote, unquote, urlsplit

from pipeline.errors import InputError

# names the folder of the tables in an object store
POINTER = "tables.json"
_LOCAL = ("", "file")
_LOCK = ".lock"


class Listed(NamedTuple):
    """What a folder holds under a name."""

    name: str
    folder: bool
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Remote(os.PathLike[str]):
    """A place in an object store. Has those of `pathlib.Path`'s methods that the pipeline uses."""

    scheme: str
    key: str  # bucket and path
    query: str = ""

    def __fspath__(self) -> str:
        """Its address, which pyarrow opens."""
        return f"{self.scheme}://{quote(self.key)}{'?' * bool(self.query)}{self.query}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.key}"

    def __truediv__(self, name: str) -> Remote:
        return Remote(self.scheme, f"{self.key}/{str(name).strip('/')}" if name else self.key, self.query)

    @property
    def name(self) -> str:
        """The last part of its path."""
        return PurePosixPath(self.key).name

    @property
    def suffix(self) -> str:
        """The end of its name, with the dot."""
        return PurePosixPath(self.key).suffix

    @property
    def stem(self) -> str:
        """Its name without the suffix."""
        return PurePosixPath(self.key).stem

    @property
    def parent(self) -> Remote:
        """The folder that holds it."""
        return Remote(self.scheme, str(PurePosixPath(self.key).parent), self.query)

    @property
    def _files(self) -> Any:
        return _file_system(self.scheme, self.key.partition("/")[0], self.query)

    def _type(self) -> Any:
        return self._files.get_file_info(self.key).type

    def absolute(self) -> Remote:
        """Itself."""
        return self

    def resolve(self) -> Remote:
        """Itself."""
        return self

    def exists(self) -> bool:
        """Whether anything is there."""
        return bool(self._type().value != 0)

    def is_file(self) -> bool:
        """Whether an object is there."""
        return bool(self._type().value == 2)

    def is_dir(self) -> bool:
        """Whether objects are below it, or it is a marker of a folder."""
        return bool(self._type().value == 3)

    def mkdir(self, parents: bool = False, exist_ok: bool = False) -> None:
        """A folder of an object store needs no making; a bucket is not made."""

    def listed(self) -> Iterator[Listed]:
        """What it holds. Raises OSError."""
        from pyarrow import fs

        for info in self._files.get_file_info(fs.FileSelector(self.key)):
            folder = info.type == fs.FileType.Directory
            yield Listed(info.base_name, folder, info.size or 0, info.mtime_ns or 0)

    def iterdir(self) -> Iterator[Remote]:
        """The places in it."""
        return (self / entry.name for entry in self.listed())

    def glob(self, pattern: str) -> Iterator[Remote]:
        """The places below it that match a pattern of names with ``*``, parted by ``/``."""
        first, _, rest = pattern.partition("/")
        if "*" in first:
            found = [e for e in self.listed() if fnmatch.fnmatchcase(e.name, first)] if self.is_dir() else []
        else:
            found = [Listed(first, True, 0, 0)] if (self / first).exists() else []
        for entry in found:
            if not rest:
                yield self / entry.name
            elif entry.folder:
                yield from (self / entry.name).glob(rest)

    def open(self, mode: str = "rb", buffering: int = -1) -> BinaryIO:
        """The object's bytes, as a stream that can be sought in. Raises OSError."""
        return cast("BinaryIO", io.BufferedReader(cast("io.RawIOBase", _Raw(self._files.open_input_file(self.key)))))

    def read_bytes(self) -> bytes:
        """All of its bytes. Raises OSError."""
        with self._files.open_input_stream(self.key) as stream:
            return bytes(stream.read())

    def read_text(self, encoding: str = "utf-8") -> str:
        """All of its text. Raises OSError."""
        return self.read_bytes().decode(encoding)

    def write_text(self, text: str, encoding: str = "utf-8") -> None:
        """Put an object."""
        with self._files.open_output_stream(self.key) as stream:
            stream.write(text.encode(encoding))

    def put(self, file: Path) -> None:
        """Put a file of this machine here."""
        with file.open("rb") as source, self._files.open_output_stream(self.key) as target:
            shutil.copyfileobj(source, target, 1 << 22)

    def unlink(self, missing_ok: bool = False) -> None:
        """Remove the object."""
        with contextlib.suppress(*([FileNotFoundError] if missing_ok else [])):
            self._files.delete_file(self.key)

    def remove_tree(self) -> None:
        """Remove all below it."""
        self._files.delete_dir(self.key)


class _Raw(io.RawIOBase):
    """A file of pyarrow as one of Python's."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        return int(self._file.tell())

    def readinto(self, buffer: Any) -> int:
        return int(self._file.readinto(buffer))

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


@functools.cache
def _file_system(scheme: str, bucket: str, query: str) -> Any:
    from pyarrow import ArrowException, fs

    try:
        return fs.FileSystem.from_uri(f"{scheme}://{bucket}{'?' * bool(query)}{query}")[0]
    except (ArrowException, OSError) as error:
        raise InputError(f"{scheme}://{bucket}: cannot be reached: {str(error).splitlines()[0]}") from None


def location(text: str) -> Path:
    """A folder that a user names: a path, or an address as ``s3://bucket/folder``, which then has a path's methods."""
    scheme, mark, _ = text.partition("://")
    if not mark:
        return Path(text)
    parts = urlsplit(text)
    if scheme in _LOCAL:
        return Path(unquote(parts.path))
    key = f"{parts.netloc}{unquote(parts.path)}".rstrip("/")
    return cast("Path", Remote(scheme, key, parts.query))


def remote(path: object) -> Remote | None:
    """The place in an object store that a path stands for; None for one of this machine."""
    return path if isinstance(path, Remote) else None


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary name that becomes ``path`` when the block ends well, and vanishes otherwise.

    On this machine it stands beside ``path`` and is renamed; for an object store it is put there whole.
    """
    elsewhere = remote(path)
    if elsewhere is None:
        path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(
        prefix=f".{path.name}.", suffix=".tmp", dir=path.parent if elsewhere is None else None
    )
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        if elsewhere is None:
            temporary.chmod(0o644)
            temporary.replace(path)
        else:
            elsewhere.put(temporary)
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other commands from writing to a folder, which is made where it is not there.

    The lock ends with the process that holds it; an object store has none. Raises InputError where another holds it, or
    where the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = None if sys.platform == "win32" or remote(folder) else (folder / _LOCK).open("w", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{folder}: cannot be written to: {error.strerror}") from None
    if file is None:
        yield
        return
    import fcntl

    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(f"{folder}: another command is writing there; wait for its end") from None
        yield


def remove_tree(folder: Path) -> None:
    """Remove a folder and all below it."""
    elsewhere = remote(folder)
    if elsewhere is None:
        shutil.rmtree(folder)
    else:
        elsewhere.remove_tree()


def tables_folder(out: Path) -> Path:
    """Where the tables of an output folder are: there, or in an object store in the folder that was last put whole."""
    if remote(out) is None:
        return out
    try:
        return out / str(json.loads((out / POINTER).read_text(encoding="utf-8"))["folder"])
    except (OSError, ValueError, KeyError):
        return out


@contextlib.contextmanager
def making(out: Path) -> Iterator[Path]:
    """A folder of this machine for what is to be in ``out``: that folder itself, or one whose files are put there.

    They are put as a set: all under new names, and then the object that names these. The set before stays, for those
    who are reading it; older ones are removed.
    """
    store = remote(out)
    if store is None:
        yield out
        return
    with tempfile.TemporaryDirectory(prefix="union-events-") as name:
        here = Path(name)
        yield here
        files = sorted(file for file in here.iterdir() if not file.name.startswith("."))
        digest = hashlib.sha256()
        for file in files:
            with file.open("rb") as stream:
                digest.update(file.name.encode() + b"\0" + hashlib.file_digest(stream, "sha256").digest())
        folder, before = f"tables-{digest.hexdigest()[:16]}", tables_folder(out).name
        for file in files:
            (store / folder / file.name).put(file)
        (store / POINTER).write_text(json.dumps({"folder": folder}) + "\n")
        for old in store.glob("tables-*"):
            if old.name not in (folder, before):
                old.remove_tree()


@contextlib.contextmanager
def at_hand(folder: Path, names: Iterable[str]) -> Iterator[Path]:
    """A folder of this machine with some files of ``folder``: that folder itself, or copies from an object store."""
    store = remote(folder)
    if store is None:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="union-events-") as name:
        for file in names:
            with (store / file).open() as source, (Path(name) / file).open("wb") as target:
                shutil.copyfileobj(source, target, 1 << 22)
        yield Path(name)
