"""The default engine: a pool of processes on this machine.

Every worker holds one end of a pipe and ends when the other is closed: by this process where it is interrupted, by the
system where it was killed. So none outlives it.
"""

from __future__ import annotations

import concurrent.futures
import multiprocessing
from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import Connection
from typing import Self

from pipeline.arrow import leave_pandas_out
from pipeline.work import Setting, Task, do_part_as_worker, end_with


class Pool:
    """See `pipeline.engines.Engine`. A worker that is killed breaks the pool: its tasks are over, a new one begins."""

    tries = 2

    def __init__(self, setting: Setting, workers: int) -> None:
        self._setting, self._workers = setting, workers
        self._context = multiprocessing.get_context("spawn")
        self._theirs, self._ours = self._context.Pipe(duplex=False)
        self._pool: concurrent.futures.ProcessPoolExecutor | None = None
        self._tasks: dict[concurrent.futures.Future[None], tuple[Task, object]] = {}

    @property
    def full(self) -> bool:
        """A task waits for every worker beside the one that it does."""
        return len(self._tasks) >= 2 * self._workers

    def submit(self, task: Task) -> None:
        """Begin a task."""
        for _ in range(2):
            if self._pool is None:
                self._pool = concurrent.futures.ProcessPoolExecutor(
                    self._workers, self._context, initializer=_begin, initargs=(self._theirs,)
                )
            try:
                self._tasks[self._pool.submit(do_part_as_worker, self._setting, task)] = task, self._pool
            except BrokenProcessPool:
                # it broke since the last `wait`, which will say what that ended
                self._pool = None
            else:
                return
        raise BrokenProcessPool

    def wait(self) -> Sequence[tuple[Task, bool]]:
        """The next tasks that are over."""
        over = []
        for future in concurrent.futures.wait(self._tasks, return_when=concurrent.futures.FIRST_COMPLETED).done:
            task, pool = self._tasks.pop(future)
            try:
                future.result()
                over.append((task, True))
            except BrokenProcessPool:
                over.append((task, False))
                if self._pool is pool:
                    self._pool = None
        return over

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """End all workers; after an error at once, not after their parts."""
        if error is not None:
            self._ours.close()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        self._ours.close()
        self._theirs.close()


def _begin(alive: Connection) -> None:
    end_with(alive)
    leave_pandas_out()
