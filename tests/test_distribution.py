"""What the source distribution holds: all that its own tests read."""

from __future__ import annotations

from hatchling.builders.sdist import SdistBuilder

from tests.conftest import ROOT, SAMPLES


def test_the_source_distribution_brings_what_its_tests_read() -> None:
    held = {file.distribution_path for file in SdistBuilder(str(ROOT)).recurse_included_files()}
    folders = (*(ROOT / name for name in ("docs", "notebooks", "rules", "tests/gold", "tools", "benchmarks")), SAMPLES)
    read = [file for folder in folders for file in folder.rglob("*") if file.is_file() and file.suffix != ".pyc"]
    assert len(read) > 200
    files = {file.relative_to(ROOT).as_posix() for file in read} | {"Makefile", "README.md", "requirements.lock"}
    assert sorted(files - held) == []
