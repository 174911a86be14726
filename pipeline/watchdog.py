"""Ends this process where one article keeps it busy for too long, whatever library it hangs in.

`faulthandler` counts the time in a thread of its own that needs no interpreter lock, so that even a hang in C ends. A
process that is ended so has the exit code 1.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import time
from collections.abc import Iterator

_limit = 0.0
_armed = 0.0
_nowhere: int | None = None


@contextlib.contextmanager
def watching(seconds: float) -> Iterator[None]:
    """End the process where `alive` is not called for so many ``seconds`` within the block; 0: never."""
    global _limit  # noqa: PLW0603 (the process has one clock)
    _limit = seconds
    if seconds:
        _arm()
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        _limit = 0.0


def alive() -> None:
    """Say that another article begins. Cheap enough to be called for each."""
    if _limit and time.monotonic() - _armed > _limit / 8:
        _arm()


def _arm() -> None:
    global _armed, _nowhere  # noqa: PLW0603
    if _nowhere is None:
        # where it hangs is no news to a person who runs the tool
        _nowhere = os.open(os.devnull, os.O_WRONLY)
    _armed = time.monotonic()
    faulthandler.dump_traceback_later(_limit, exit=True, file=_nowhere)
