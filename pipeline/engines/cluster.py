"""The parts as tasks of a Ray cluster. Raw folder and parts lie where every node finds them under the same name.

The package and the rules are sent along, so that the nodes need only Ray and the libraries, in the driver's versions.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from pipeline.crf_words import SEGMENTER_VARIABLE
from pipeline.errors import InputError
from pipeline.rules import RULES_VARIABLE, rules_root
from pipeline.versions import code_hash, library_versions
from pipeline.work import Setting, Task, do_part_as_worker

# how often Ray gives a task to another process when the one that had it is gone
_RETRIES = 2


class Cluster:
    """See `pipeline.engines.Engine`. Ray itself repeats a task whose process or node is gone, never one that raised."""

    tries = 1

    def __init__(self, setting: Setting, workers: int | None, address: str | None) -> None:
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # nothing is reported to anyone
        try:
            import ray
        except ImportError:
            raise InputError("the engine 'ray' needs Ray: pip install 'union-events[cluster]'") from None
        self._ray, self._workers, self._address = ray, workers, address or "auto"
        # the package brings the rules along
        self._setting = dataclasses.replace(setting, rules=None)
        self._tasks: dict[Any, Task] = {}

    @property
    def full(self) -> bool:
        """As many tasks as ``workers``, or two for every core of the cluster."""
        return len(self._tasks) >= self._limit

    def submit(self, task: Task) -> None:
        """Begin a task."""
        self._tasks[self._remote.remote(self._shared, task)] = task

    def wait(self) -> Sequence[tuple[Task, bool]]:
        """The next tasks that are over."""
        errors = self._ray.exceptions
        over = []
        ready, _ = self._ray.wait(list(self._tasks))
        for ref in ready:
            task = self._tasks.pop(ref)
            try:
                self._ray.get(ref)
                over.append((task, True))
            except (errors.WorkerCrashedError, errors.OutOfMemoryError, errors.NodeDiedError):
                over.append((task, False))
            except errors.RayTaskError as error:
                raise (error.cause or error) from None
        return over

    def __enter__(self) -> Self:
        ray = self._ray
        with tempfile.TemporaryDirectory() as folder:
            package = _packed(Path(folder))
            environment = {RULES_VARIABLE: "", SEGMENTER_VARIABLE: os.environ.get(SEGMENTER_VARIABLE, "fast")}
            try:
                ray.init(
                    self._address,
                    runtime_env={"py_modules": [str(package)], "env_vars": environment},
                    log_to_driver=False,
                    logging_level="ERROR",
                )
            except (ConnectionError, ValueError, RuntimeError, ray.exceptions.RayError) as error:
                raise InputError(f"no Ray cluster at '{self._address}': {str(error).splitlines()[0]}") from None
        self._limit = self._workers or 2 * max(1, int(ray.cluster_resources().get("CPU", 1)))
        self._shared = ray.put((self._setting, code_hash(), library_versions()))
        self._remote = ray.remote(num_cpus=1, max_retries=_RETRIES, retry_exceptions=False)(_do)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Leave the cluster, which ends what is left of the work there."""
        self._ray.shutdown()


def _packed(folder: Path) -> Path:
    """A copy of the package with the rules in it, as an installed one has them."""
    package = folder / "pipeline"
    shutil.copytree(Path(__file__).parent.parent, package, ignore=shutil.ignore_patterns("__pycache__", "_rules"))
    shutil.copytree(rules_root(), package / "_rules")
    return package


def _do(shared: tuple[Setting, str, dict[str, str]], task: Task) -> None:
    """`do_part` on a node. Raises InputError where it has other code or libraries than the driver."""
    setting, code, libraries = shared
    if code_hash() != code:
        raise InputError("a node of the cluster runs other code than this one")
    here = library_versions()
    for name, version in libraries.items():
        if here.get(name) != version:
            raise InputError(
                f"a node of the cluster has {name} {here.get(name)}, not {version}: its tables would differ"
            )
    do_part_as_worker(setting, task)
