"""Compiled patterns, kept from process to process in the user's cache folder.

To compile all patterns of the rules takes the `regex` module a second and a half, in every worker anew; to read what it
made of them takes a fiftieth of that. The file belongs to the user (``~/.cache/union-events``; the environment variable
names another folder, or none where it is empty), may be deleted at any time, and is done without where it cannot be
written or read.
"""

from __future__ import annotations

import contextlib
import functools
import os
import pickle
import sys
from pathlib import Path

import regex
from regex import Pattern

CACHE_VARIABLE = "UNION_EVENTS_CACHE"
# rules that are being edited leave old patterns behind, some 0.1 MB of memory each: with more than these (the rules
# have 1,500), only those in use are kept
_MOST = 2_000

_Key = tuple[str, int]


class PatternStore:
    """Compiles patterns, and keeps them in the file ``path`` (None: nowhere)."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._kept = self._read()
        self._used: dict[_Key, Pattern[str]] = {}
        self._is_new = False

    def _read(self) -> dict[_Key, Pattern[str]]:
        try:
            kept = pickle.loads(self._path.read_bytes()) if self._path else {}  # noqa: S301 - the user's own file
        except Exception:  # noqa: BLE001 - missing, cut off, or of another kind: it is made anew
            return {}
        return kept if isinstance(kept, dict) else {}

    def compiled(self, pattern: str, flags: int = 0) -> Pattern[str]:
        """``regex.compile(pattern, flags)``. Raises regex.error."""
        key = (pattern, int(flags))
        found = self._used.get(key) or self._kept.get(key)
        if found is None:
            found = regex.compile(pattern, flags)
            self._is_new = True
        self._used[key] = found
        return found

    def keep(self) -> None:
        """Write the file where anything was compiled since it was read."""
        if self._path is None or not self._is_new:
            return
        self._is_new = False
        together = self._kept | self._used
        # processes that begin together write the same: the last one's file stays, whole
        temporary = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            temporary.write_bytes(pickle.dumps(together if len(together) <= _MOST else self._used))
            temporary.replace(self._path)
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink()


def file() -> Path | None:
    """Where patterns are kept; None where nothing can be."""
    named = os.environ.get(CACHE_VARIABLE)
    if named == "":
        return None
    try:
        folder = Path(named) if named else _user_folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # no home, or none that can be written to
        return None
    return folder / f"patterns-{sys.implementation.cache_tag}-regex-{regex.__version__}.pickle"


def _user_folder() -> Path:
    """Where programs of this user keep what they can make anew."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "union-events" / "Cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "union-events"


@functools.cache
def _store() -> PatternStore:
    return PatternStore(file())


def compile_pattern(pattern: str, flags: int = 0) -> Pattern[str]:
    """``regex.compile(pattern, flags)``, or what an earlier process made of it. Raises regex.error."""
    return _store().compiled(pattern, flags)


def keep_patterns() -> None:
    """Keep what was compiled for the processes that come."""
    _store().keep()
