"""Runs the code blocks of README.md that say so, and compares what they print with what README.md shows.

A block runs where its info string says ``run``: ```` ```python run ````, ```` ```sh run ````, ```` ```sql run ````.
All blocks run one after the other in a folder that looks like a checkout after ``make extract`` on the samples:
``data/raw/samples`` and ``data/processed`` with the tables. Python blocks share their names, as in one notebook; a
block of shell stops at its first error and finds ``union-events`` and ``python``; a block of SQL is printed as DuckDB
shows it. Where a block ```` ```text output ```` follows, the output must be what it shows: ``...`` stands for
anything, spaces at the end of lines do not count.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, SampleRun

README = ROOT / "README.md"
_BLOCK = re.compile(r"^```(?P<info>[^`\n]*)\n(?P<code>.*?)^```[ \t]*$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A code block that is run, with the output that the text shows, if any."""

    language: str
    code: str
    line: int
    output: str | None = None


def blocks(text: str) -> list[Block]:
    """The blocks of a Markdown text that are to be run, in order."""
    found: list[Block] = []
    end_of_last = None
    for match in _BLOCK.finditer(text):
        words = match["info"].split()
        line = text.count("\n", 0, match.start()) + 1
        if words[1:] == ["run"]:
            assert words[0] in RUNNERS, f"line {line}: cannot run a block of {words[0]}"
            found.append(Block(words[0], match["code"], line))
            end_of_last = match.end()
            continue
        if words == ["text", "output"]:
            between = None if end_of_last is None else text[end_of_last : match.start()]
            assert between is not None, f"line {line}: output of no block"
            assert "```" not in between, f"line {line}: output of no block"
            last = found[-1]
            found[-1] = Block(last.language, last.code, last.line, match["code"])
        end_of_last = None
    return found


def run_python(code: str, names: dict[str, Any]) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "README.md", "exec"), names)
    return out.getvalue()


def run_sql(code: str, names: dict[str, Any]) -> str:
    import duckdb

    with duckdb.connect() as database:
        return str(database.sql(code))


def run_sh(code: str, names: dict[str, Any]) -> str:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "COLUMNS": "100"}
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", code], env=env, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


RUNNERS = {"python": run_python, "sql": run_sql, "sh": run_sh}


def same(wanted: str, got: str) -> bool:
    """Whether output is what is shown: ``...`` is anything, spaces at line ends and empty lines around are nothing."""
    wanted, got = ("\n".join(line.rstrip() for line in text.strip("\n").splitlines()) + "\n" for text in (wanted, got))
    return doctest.OutputChecker().check_output(wanted, got, doctest.ELLIPSIS | doctest.DONT_ACCEPT_BLANKLINE)


def run_all(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    names: dict[str, Any] = {"__name__": "readme"}
    for block in blocks(text):
        got = RUNNERS[block.language](block.code, names)
        if block.output is not None:
            assert same(block.output, got), f"line {block.line} prints:\n{got}\nand should print:\n{block.output}"


def test_readme(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    text = README.read_text(encoding="utf-8")
    if not blocks(text):
        pytest.skip("README.md has no block to run yet")
    sample_run: SampleRun = request.getfixturevalue("sample_run")
    run_all(text, sample_run.folder, monkeypatch)


def test_readme_names_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for match in _BLOCK.finditer(README.read_text(encoding="utf-8")):
        if match["info"].split()[:1] == ["sh"]:
            assert set(re.findall(r"^make ([a-z-]+)", match["code"], re.MULTILINE)) <= targets


EXAMPLE = """
```python run
number = 3_250
print("a \\n\\nb")
```

The same goes for:

```text output
a

...
```

```python run
print(number + 1)
```
```text output
3251
```
```sh run
pwd && python -c 'print(1)'
```
```text output
...
1
```
```sql run
select 42 as answer
```
```text output
...42...
```
```python
this is not run
```
"""


def test_blocks_are_run_and_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [(b.language, b.line) for b in blocks(EXAMPLE)] == [("python", 2), ("python", 15), ("sh", 21), ("sql", 28)]
    run_all(EXAMPLE, tmp_path, monkeypatch)


def test_other_output_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AssertionError, match=r"line 15 prints:\s+3251"):
        run_all(EXAMPLE.replace("\n3251\n", "\n3252\n"), tmp_path, monkeypatch)


def test_a_shell_error_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AssertionError, match="no-such-command"):
        run_all("```sh run\nno-such-command | cat\n```\n", tmp_path, monkeypatch)


@pytest.mark.parametrize("text", ["```text output\n1\n```\n", "```python\n1\n```\n\n```text output\n1\n```\n"])
def test_output_of_nothing_is_an_error(text: str) -> None:
    with pytest.raises(AssertionError, match="output of no block"):
        blocks(text)
