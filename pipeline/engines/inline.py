"""Everything in this process, for debuggers and profilers: an article that ends it ends the run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from pipeline.work import Setting, Task, do_part


class Inline:
    """See `pipeline.engines.Engine`."""

    tries = 1

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._done: list[tuple[Task, bool]] = []

    @property
    def full(self) -> bool:
        """One task at a time."""
        return bool(self._done)

    def submit(self, task: Task) -> None:
        """Do a task."""
        do_part(self._setting, task)
        self._done.append((task, True))

    def wait(self) -> Sequence[tuple[Task, bool]]:
        """The task that was done."""
        done, self._done = self._done, []
        return done

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Nothing is left."""
