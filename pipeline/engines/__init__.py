"""What does the work of a run: this process, a pool of processes, or a Ray cluster. All do the same parts."""

from __future__ import annotations

import importlib
import os
from collections.abc import Sequence
from typing import Protocol, Self

from pipeline.work import Setting, Task

ENGINES = ("pool", "inline", "ray")


class Engine(Protocol):
    """Takes tasks while it is not `full`, and tells which are over. Left with an error, it stops all work at once."""

    # how often a task that dies is given to it before it is done carefully
    tries: int

    @property
    def full(self) -> bool:
        """Whether it has as many tasks as it can use."""

    def submit(self, task: Task) -> None:
        """Begin a task."""

    def wait(self) -> Sequence[tuple[Task, bool]]:
        """The next tasks that are over, each with whether it was done: False where its process died."""

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None: ...


def engine(name: str, setting: Setting, workers: int | None, tasks: int, address: str | None = None) -> Engine:
    """The engine of that name for so many tasks. ``workers`` None: one per core that this process may use."""
    module = importlib.import_module(f"pipeline.engines.{'cluster' if name == 'ray' else name}")
    if name == "ray":
        made: Engine = module.Cluster(setting, workers, address)
    else:
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        made = module.Pool(setting, max(1, min(workers or cores, tasks))) if name == "pool" else module.Inline(setting)
    return made
