"""What happens to a run when its processes are killed, hang or are stopped; and that engines give the same bytes."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pyarrow.parquet as pq
import pytest

from pipeline import catalogue, rules, run
from pipeline.errors import InputError
from pipeline.storage import locked
from pipeline.write import write_folder
from tests.conftest import ROOT, SAMPLES

# loaded by every process of a run before the tool: some articles end or hang it, all are slow, parts are small
BEHAVIOUR = """
import os, re, time
from pipeline import catalogue
from pipeline.stages import Stage
catalogue.PART_SIZE = 4
real = Stage.__call__

def call(stage, batch, rules):
    if stage.name == "clean":
        for record in batch.to_pylist():
            text = record["raw"] or ""
            if "KILLS" in text:
                os.kill(os.getpid(), 9)
            if "FILLS" in text:
                raise MemoryError
            if "HANGS" in text:
                re.match("(a+)+$", "a" * 60 + "b")  # in C, with the interpreter's lock held
            time.sleep(float(os.environ.get("TEST_SECONDS", "0")))
    return real(stage, batch, rules)

Stage.__call__ = call
"""
# what runs in the background of a shell has Ctrl-C ignored, and so would its children: a terminal's has not
COMMAND = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from pipeline.cli import main
sys.exit(main())
"""
ARTICLE = (
    "Ngày {n}/3/2021, Liên đoàn Lao động tỉnh Hà Nam tổ chức hội nghị tổng kết công tác công đoàn năm 2020.\n"
    "Công đoàn đã hỗ trợ {n} đoàn viên với số tiền 25 triệu đồng. {word}\n"
)


def articles(folder: Path, count: int = 10, **words: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(1, count + 1):
        (folder / f"bai-{n:02}.txt").write_text(ARTICLE.format(n=n, word=words.get(f"n{n}", "")), encoding="utf-8")
    return folder


def tables(out: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(out.glob("*.parquet"))}


def sources(out: Path) -> list[str]:
    return sorted(pq.read_table(out / "articles.parquet")["source"].to_pylist())


def rejects(out: Path) -> dict[str, tuple[str, str]]:
    rows = pq.read_table(out / "rejects.parquet").to_pylist()
    return {r["source"]: (r["reason"], r["detail"]) for r in rows}


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a run with the behaviour above, in a process group of its own; whatever is left of it is ended."""
    (tmp_path / "behaviour").mkdir()
    (tmp_path / "behaviour" / "sitecustomize.py").write_text(BEHAVIOUR, encoding="utf-8")
    started: list[subprocess.Popen[str]] = []

    def begin(*words: str | Path, seconds: float = 0) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, *map(str, words)],
            env={**os.environ, "PYTHONPATH": f"{tmp_path / 'behaviour'}:{ROOT}", "TEST_SECONDS": str(seconds)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.05)


def workers(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """The processes that do parts."""
    found = []
    for child in psutil.Process(process.pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if "spawn_main" in " ".join(child.cmdline()):
                found.append(child)
    return found


def parts_done(out: Path) -> int:
    return len(list(out.glob("_interim/resolve-*/part-*.parquet")))


def test_an_article_that_ends_or_hangs_its_process_is_refused_and_all_others_are_kept(
    tmp_path: Path, start: Start
) -> None:
    raw, out = articles(tmp_path / "raw", 4, n2="KILLS", n3="HANGS"), tmp_path / "out"
    code, _, err = finish(start("extract", raw, out, "--article-seconds", "4"))
    assert code == 0, err
    found = rejects(out)
    assert {name: reason for name, (reason, _) in found.items()} == {"bai-02.txt": "crashed", "bai-03.txt": "too_slow"}
    assert "was ended by SIGKILL, twice (stage clean)" in found["bai-02.txt"][1]
    assert "took more than 4 s (stage clean)" in found["bai-03.txt"][1]
    assert sources(out) == ["bai-01.txt", "bai-04.txt"]

    # the same bytes under another name, in a part of their own, are known; nothing dies again
    (raw / "again.txt").write_bytes((raw / "bai-03.txt").read_bytes())
    code, _, err = finish(start("extract", raw, out, "--article-seconds", "0"))
    assert code == 0, err
    assert rejects(out) == {**found, "again.txt": found["bai-03.txt"]}


def test_a_refused_article_is_tried_again_when_the_rules_of_its_stage_change(
    tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw, out = articles(tmp_path / "raw", 3, n2="FILLS"), tmp_path / "out"
    shutil.copytree(rules.rules_root(), tmp_path / "rules")
    monkeypatch.setenv("UNION_EVENTS_RULES", str(tmp_path / "rules"))
    assert finish(start("extract", raw, out))[0] == 0
    assert list(rejects(out)) == ["bai-02.txt"]
    assert "ran out of memory, twice (stage clean)" in rejects(out)["bai-02.txt"][1]
    path = next((tmp_path / "rules" / "language").glob("[!c]*.yaml"))
    path.write_text(path.read_text(encoding="utf-8") + "# an edit\n", encoding="utf-8")
    # without the behaviour: the cause is gone
    run.extract(raw, out, engine_name="inline")
    assert rejects(out) == {}
    assert len(sources(out)) == 3


def test_a_killed_worker_costs_nothing(tmp_path: Path, start: Start) -> None:
    raw = articles(tmp_path / "raw", 16)
    process = start("extract", raw, tmp_path / "out", "--workers", "2", seconds=0.3)
    until(lambda: parts_done(tmp_path / "out"))
    workers(process)[0].kill()
    code, _, err = finish(process)
    assert code == 0, err
    assert len(sources(tmp_path / "out")) == 16
    assert rejects(tmp_path / "out") == {}
    run.extract(raw, tmp_path / "other", engine_name="inline")
    assert tables(tmp_path / "out") == tables(tmp_path / "other")


def test_no_worker_outlives_a_killed_run_and_the_next_goes_on(tmp_path: Path, start: Start) -> None:
    raw, out = articles(tmp_path / "raw", 16), tmp_path / "out"
    process = start("extract", raw, out, "--workers", "2", seconds=0.3)
    until(lambda: parts_done(out))
    left = workers(process)
    assert left
    process.kill()
    _, alive = psutil.wait_procs(left, timeout=10)
    assert alive == []
    done = parts_done(out)
    assert 0 < done < 4
    code, said, err = finish(start("extract", raw, out, "--workers", "2"))
    assert code == 0, err
    assert said.startswith("16 articles taken, 0 refused")
    assert f" of {16 - 4 * done:,} articles" in err, "only what was left is done"
    assert parts_done(out) == 4


def test_ctrl_c_stops_at_once(tmp_path: Path, start: Start) -> None:
    raw, out = articles(tmp_path / "raw", 16), tmp_path / "out"
    process = start("extract", raw, out, "--workers", "2", seconds=0.3)
    until(lambda: parts_done(out))
    left = workers(process)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    code, said, err = finish(process)
    assert (code, said) == (130, "")
    assert err.splitlines()[-1] == ("union-events: stopped; what was done is kept, the next run goes on from there"), (
        err
    )
    assert "Traceback" not in err
    assert not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in left)
    assert not (out / "articles.parquet").exists()


def test_two_runs_into_one_folder_do_not_meet(tmp_path: Path) -> None:
    raw, out, interim = articles(tmp_path / "raw", 1), tmp_path / "out", tmp_path / "interim"
    for held in (out, interim):
        busy = f"{held}: another command is writing there; wait for its end"
        with locked(held), pytest.raises(InputError, match=f"^{re.escape(busy)}$"):
            run.extract(raw, out, engine_name="inline", interim=interim)
    assert run.extract(raw, out, engine_name="inline", interim=interim).articles == 1
    (resolved,) = interim.glob("resolve-*")
    with locked(out), pytest.raises(InputError, match="out: another command is writing there"):
        write_folder(resolved, out, "rules")
    assert write_folder(resolved, out, "rules")["articles"] == 1


def test_segmenters_workers_and_engines_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "PART_SIZE", 7)
    run.extract(SAMPLES, tmp_path / "inline", engine_name="inline")
    expected = tables(tmp_path / "inline")
    assert len(expected) == 12
    for count in (1, 2, 3):
        run.extract(SAMPLES, tmp_path / str(count), workers=count)
        assert tables(tmp_path / str(count)) == expected, count
    monkeypatch.setenv("UNION_EVENTS_SEGMENTER", "underthesea")
    run.extract(SAMPLES, tmp_path / "underthesea", engine_name="inline")
    assert tables(tmp_path / "underthesea") == expected
