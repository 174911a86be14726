"""What is loaded before anything is done: heavy libraries wait for the work that needs them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT

HEAVY = (
    "pandas",
    "numpy",
    "pyarrow",
    "pydantic",
    "regex",
    "yaml",
    "spacy",
    "underthesea",
    "lxml",
    "duckdb",
    "ray",
    "rich",
)


def loaded(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "code",
    [
        "import pipeline",
        "from pipeline.cli import parser; parser([]).format_help()",
        "from pipeline.cli import parser; parser(['extract']).parse_args(['extract', 'a', 'b'])",
    ],
)
def test_nothing_heavy_is_loaded_for_a_name_or_for_help(code: str) -> None:
    assert loaded(code).isdisjoint(HEAVY)


def test_a_run_loads_no_model_and_no_cluster() -> None:
    """Its workers do; the process that plans stays small."""
    assert loaded("import pipeline.run").isdisjoint(
        {"spacy", "underthesea", "dateparser", "trafilatura", "ray", "rich"}
    )


def test_pyarrow_is_kept_from_loading_pandas() -> None:
    use = "import pyarrow as pa; assert pa.array([1, None]).to_pylist() == [1, None]"
    assert "pandas" in loaded(use)
    assert "pandas" not in loaded(f"from pipeline.arrow import leave_pandas_out; leave_pandas_out(); {use}")
    assert "pandas" in loaded("from pipeline.arrow import leave_pandas_out; leave_pandas_out(); import pandas")


def test_the_guard_sees_what_is_loaded() -> None:
    assert {"pandas", "numpy"} <= loaded("import pandas")
