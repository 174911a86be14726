"""What several tests share: one run on the samples, and gold of one's own where the environment names it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "data" / "raw" / "samples"
GOLD_ARTICLES = "UNION_EVENTS_GOLD_ARTICLES"
GOLD_FILES = "UNION_EVENTS_GOLD_FILES"


def union_events(*words: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user would, with this Python and this checkout; output is text."""
    return subprocess.run(
        [sys.executable, "-c", "import sys; from pipeline.cli import main; sys.exit(main())", *map(str, words)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def grows_linearly(read: Callable[[str], object], piece: str, size: int = 8000) -> bool:
    """Whether a text of four times as many ``piece`` takes some four times as long to be read.

    Work that grows with the square takes sixteen times as long: eight is as far from one as from the other. It is CPU
    time, the least of some goes, each with a text of its own: neither a busy machine nor a memory of texts decides.
    """
    count = max(1, size // len(piece))

    def least(times: int, go: int) -> float:
        found = []
        for further in (2 * go, 2 * go + 1):
            text = piece * (times * count + further)
            started = time.process_time()
            read(text)
            found.append(time.process_time() - started)
        return min(found)

    read(piece * 20)
    # some milliseconds are nothing that a clock could tell
    return any(least(4, go) <= 8 * least(1, go) + 0.005 for go in range(3))


@dataclass(frozen=True)
class SampleRun:
    """A finished run on the samples. ``folder`` looks like a checkout: data/raw/samples and data/processed in it."""

    folder: Path
    raw: Path
    tables: Path
    stdout: str


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> SampleRun:
    """The samples, extracted once per test session; not to be written to."""
    folder = tmp_path_factory.mktemp("checkout")
    raw, tables = folder / "data" / "raw", folder / "data" / "processed"
    raw.mkdir(parents=True)
    shutil.copytree(SAMPLES, raw / "samples")
    done = union_events("extract", "data/raw", "data/processed", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return SampleRun(folder, raw, tables, done.stdout)


def _named_folder(variable: str) -> Path:
    named = os.environ.get(variable)
    if not named:
        pytest.skip(f"{variable} is not set: no gold of one's own to score against")
    folder = Path(named)
    assert folder.is_dir(), f"{variable} names {folder}, which is no folder"
    return folder


@pytest.fixture(scope="session")
def gold_articles() -> Path:
    """The folder of real articles that UNION_EVENTS_GOLD_ARTICLES names; skips where it is not set."""
    return _named_folder(GOLD_ARTICLES)


@pytest.fixture(scope="session")
def gold_files() -> list[Path]:
    """The gold files in the folder that UNION_EVENTS_GOLD_FILES names; skips where it is not set."""
    return sorted(_named_folder(GOLD_FILES).glob("*.jsonl"))


@pytest.fixture(scope="session")
def gold_tables(gold_articles: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of a run on the real articles, made once per test session; skips where there are none."""
    tables = tmp_path_factory.mktemp("gold") / "processed"
    done = union_events("extract", gold_articles, tables)
    assert done.returncode == 0, done.stdout + done.stderr
    return tables
