"""Runs on a real Ray cluster of two nodes on this machine: killed workers and drivers, and still the same bytes."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.conftest import ROOT, SAMPLES, union_events
from tests.test_engines import tables, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray, the extra [cluster], is not installed"),
]

# two nodes of a core each, until its input ends
CLUSTER = """
import sys
from ray.cluster_utils import Cluster
cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
cluster.add_node(num_cpus=1)
print(cluster.address, flush=True)
sys.stdin.read()
cluster.shutdown()
"""


class Nodes:
    """A cluster: its address, its process, and the variables with the token that it asks for."""

    def __init__(self) -> None:
        token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "a-token-of-this-test-and-no-other"}
        self.environment = {**os.environ, **token, "RAY_USAGE_STATS_ENABLED": "0"}
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            [sys.executable, "-c", CLUSTER],
            env=self.environment,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            encoding="utf-8",
        )
        assert self._process.stdout
        self.address = self._process.stdout.readline().strip()

    def processes(self) -> list[psutil.Process]:
        return psutil.Process(self._process.pid).children(recursive=True)

    def at_work(self) -> list[psutil.Process]:
        """Those that do a part."""
        found = []
        for process in self.processes():
            with contextlib.suppress(psutil.Error):
                if "ray::_do" in " ".join(process.cmdline()):
                    found.append(process)
        return found

    def end(self) -> list[psutil.Process]:
        """End it; what of it is left."""
        mine = self.processes()
        self._process.communicate(timeout=60)
        left = psutil.wait_procs(mine, timeout=20)[1]
        for process in left:
            process.kill()
        return left


@pytest.fixture(scope="module")
def nodes() -> Iterator[Nodes]:
    made = Nodes()
    try:
        assert made.address
        yield made
    finally:
        assert made.end() == []


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout that differs from the one that is installed: nodes that have it were sent it. Its parts are small."""
    folder = tmp_path_factory.mktemp("code")
    for name in ("pipeline", "rules"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / "pipeline" / "catalogue.py"
    path.write_text(path.read_text(encoding="utf-8") + "\nPART_SIZE = 4\n", encoding="utf-8")
    return folder


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(code: Path, nodes: Nodes) -> Iterator[Start]:
    """Starts a run of that code on the samples."""
    started: list[subprocess.Popen[str]] = []

    def begin(out: Path, *words: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", "import sys; from pipeline.cli import main; sys.exit(main())",
             "extract", str(SAMPLES), str(out), *words],
            env={**nodes.environment, "PYTHONPATH": str(code)},
            cwd=code, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        )  # fmt: skip
        started.append(process)
        return process

    yield begin
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        process.communicate()


def parts(out: Path) -> int:
    return len(list(out.glob("_interim/resolve-*/part-*.parquet")))


def test_killed_workers_and_drivers_cost_nothing(tmp_path: Path, nodes: Nodes, start: Start) -> None:
    out, ray = tmp_path / "out", ("--engine", "ray", "--address", nodes.address)
    driver = start(out, *ray)
    until(lambda: len(nodes.at_work()) == 2 or driver.poll() is not None)
    assert driver.poll() is None, driver.communicate()
    nodes.at_work()[0].kill()
    until(lambda: parts(out) >= 2)
    driver.kill()
    driver.wait()
    assert parts(out) < 7, "some are left"
    until(lambda: not nodes.at_work())
    for folder, words in ((out, ray), (tmp_path / "inline", ("--engine", "inline"))):
        again = start(folder, *words)
        said, err = again.communicate(timeout=200)
        assert again.returncode == 0, err
        assert "articles taken, 0 refused" in said
    assert tables(out) == tables(tmp_path / "inline")


def test_what_is_no_cluster_is_said(tmp_path: Path) -> None:
    done = union_events("extract", SAMPLES, tmp_path / "out", "--engine", "ray", "--address", "no-address")
    assert (done.returncode, done.stdout) == (2, "")
    assert "union-events: no Ray cluster at 'no-address': " in done.stderr
    assert "Traceback" not in done.stderr
