"""What a run costs: beside other tools, by workers, by the number of articles, and what a second run costs.

    python -m benchmarks.speed [--folder F] [--sizes 1000,10000] [--only beside,workers,…] [--as jsonl]

`make bench` does the same. Articles are made up (`benchmarks.corpus`) or those of a folder of ``.txt`` files, which
become a second column. Every measurement runs in a process of its own; all figures are kept in ``results.json`` of the
working folder, so that parts of the bench can be repeated, and written to docs/performance.md with a chart beside it;
what follows from them for a hundred million articles to docs/scale.md.
"""

from __future__ import annotations

import argparse
import cProfile
import datetime as dt
import gc
import hashlib
import importlib.metadata
import json
import os
import platform
import pstats
import re
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.corpus import CHANGED_WORDS, Folder, Generator, fresh_share, write_articles

ROOT = Path(__file__).resolve().parent.parent
Results = dict[str, Any]
SECTIONS = ("start", "beside", "profile", "workers", "sizes")
MADE, GIVEN = "made", "folder"
OURS, PLAIN = "fast", "underthesea"
# way: (name for people, share of the articles that it gets: what is slow is measured on fewer)
WAYS = {
    "ner": ("underthesea.ner", 0.05),
    "search_dates": ("dateparser.search_dates", 0.1),
    "word_tokenize": ("underthesea.word_tokenize", 0.25),
    PLAIN: ("clean → write, underthesea's segmenter", 0.25),
    OURS: ("clean → write", 1.0),
}
WARM = 0.5  # of the articles of a way: so many others are read before, so that models are loaded and caches filled
SEGMENTER = "UNION_EVENTS_SEGMENTER"
RULES = "UNION_EVENTS_RULES"
NEW_RULE = ("  currency:\n", "  currency:\n    đồng tiền thử: VND\n")
PROFILED = 300


# ---------------------------------------------------------------- what a child does


def lines_of(folder: Path, start: int, count: int) -> list[list[str]]:
    paths = sorted(folder.rglob("*.txt"))[start : start + count]
    return [[s for s in p.read_text(encoding="utf-8").splitlines() if s.strip()] for p in paths]


def one_way(name: str) -> Callable[[str], Any]:
    """The function of a line of another tool, used as its documentation shows."""
    if name == "search_dates":
        from dateparser.search import search_dates

        return lambda line: search_dates(line, languages=["vi"])
    import underthesea

    way: Callable[[str], Any] = underthesea.ner if name == "ner" else underthesea.word_tokenize
    return way


def child_other(name: str, folder: Path, warm: int, count: int) -> Results:
    """CPU seconds of another tool over ``count`` articles, a line at a time, in a process as workers are set."""
    from pipeline.work import settle

    do = one_way(name)
    for line in (line for article in lines_of(folder, 0, warm) for line in article):
        do(line)
    settle()
    articles = lines_of(folder, warm, count)
    start = time.process_time()
    for article in articles:
        for line in article:
            do(line)
    return {"seconds": time.process_time() - start, "characters": sum(len(s) for a in articles for s in a)}


def child_ours(folder: Path, warm: int, count: int, work: Path) -> Results:
    """CPU seconds of every stage, its parts written, over ``count`` articles in parts of their own."""
    from pipeline import rules as rules_module
    from pipeline.ingest import RawInput, batches_of, ingest, scan
    from pipeline.parts import write_part
    from pipeline.stages import STAGES
    from pipeline.work import settle
    from pipeline.write import write_folder

    rules = rules_module.load()
    files = list(scan(folder))
    spent: dict[str, float] = {}

    def run(files: Sequence[RawInput], to: Path) -> None:
        at = time.process_time()

        def done(stage: str) -> None:
            nonlocal at
            now = time.process_time()
            spent[stage] = spent.get(stage, 0.0) + now - at
            at = now

        for number, batch in enumerate(batches_of(files)):
            table = ingest(batch)
            write_part(table, to / "ingest" / f"{number:05}.parquet")
            done("ingest")
            for stage in STAGES:
                table = stage(table, rules)
                write_part(table, to / stage.name / f"{number:05}.parquet")
                done(stage.name)
        write_folder(to / "resolve", to / "tables", rules.hash)
        done("write")

    run(files[:warm], work / "warm")
    settle()
    spent.clear()
    run(files[warm : warm + count], work / "measured")
    gc.unfreeze()  # what is left frozen at the end DuckDB reports as leaks
    characters = sum(len(s) for article in lines_of(folder, warm, count) for s in article)
    total = sum(seconds for stage, seconds in spent.items() if stage != "ingest")
    return {"seconds": total, "characters": characters, "stages": spent}


def child_profile(folder: Path, count: int) -> Results:
    """For every stage its seconds under the profiler and its twelve dearest functions, by their own time."""
    from pipeline import rules as rules_module
    from pipeline.ingest import batches_of, ingest, scan
    from pipeline.stages import STAGES

    rules = rules_module.load()
    files = list(scan(folder))
    found: Results = {}
    for profiled in (False, True):
        tables = [ingest(batch) for batch in batches_of(files[:count] if profiled else files[count:])]
        for stage in STAGES:
            profile = cProfile.Profile()
            if profiled:
                profile.enable()
            tables = [stage(table, rules) for table in tables]
            profile.disable()
            if profiled:
                found[stage.name] = _dearest(profile)
    return found


def _dearest(profile: cProfile.Profile) -> Results:
    stats = pstats.Stats(profile)
    total: float = stats.total_tt  # type: ignore[attr-defined]
    rows = []
    entries: dict[tuple[str, int, str], tuple[int, int, float, float, Any]] = stats.stats  # type: ignore[attr-defined]
    for key, (_, calls, own, with_called, _) in entries.items():
        rows.append((own / total, with_called / total, calls, function_name(key[0], key[2])))
    rows.sort(reverse=True)
    return {"seconds": total, "functions": rows[:12]}


def function_name(file: str, name: str) -> str:
    """A function as a reader finds it: module and name, nothing of this machine."""
    if file == "~":
        method = re.fullmatch(r"<method '(\w+)' of '([\w.]+)' objects>", name)
        return f"{method[2].lstrip('_')}.{method[1]}" if method else name.strip("<>").removeprefix("built-in method ")
    path = Path(file)
    if path.is_relative_to(ROOT / "pipeline"):
        return f"{path.relative_to(ROOT).as_posix()}: {name}"
    return f"{path.parent.name}/{path.name}: {name}"


def child_workers(folder: Path, out: Path, workers: int) -> Results:
    """Articles a second between the first finished part (of every worker) and the last; CPU seconds of the workers."""
    from pipeline.run import extract

    finished: list[tuple[float, int]] = []

    def progress(*told: Any) -> None:
        _, done, _ = told
        if done:
            finished.append((time.perf_counter(), done))

    extract(folder, out, workers=workers, progress=progress)
    (begin, before), (end, done) = finished[workers - 1], finished[-1]
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"rate": (done - before) / (end - begin), "cpu": used.ru_utime + used.ru_stime, "tables": digest(out)}


def digest(out: Path) -> str:
    """Of the bytes of all tables."""
    whole = hashlib.sha256()
    for path in sorted(out.glob("*.parquet")):
        whole.update(path.name.encode() + path.read_bytes())
    return whole.hexdigest()


# ---------------------------------------------------------------- sections


def child(name: str, *args: Any, environment: dict[str, str] | None = None, core: int | None = None) -> Results:
    """What ``child_<name>`` of this module gives in a fresh process, kept to one core where it is given."""
    code = f"import json, sys; from benchmarks import speed; speed.answer({name!r}, json.loads(sys.argv[1]), {core!r})"
    given = json.dumps([str(a) if isinstance(a, Path) else a for a in args])
    done = subprocess.run(
        [sys.executable, "-c", code, given],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    found: Results = json.loads(done.stdout.splitlines()[-1])
    return found


def answer(name: str, args: list[Any], core: int | None) -> None:
    """In the child: do it and print what it gives."""
    if core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})
    jobs: dict[str, Callable[..., Results]] = {
        "other": child_other,
        "ours": child_ours,
        "profile": child_profile,
        "workers": child_workers,
    }
    paths = [Path(a) if isinstance(a, str) and "/" in a else a for a in args]
    print(json.dumps(jobs[name](*paths)))


def cores() -> list[int]:
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(os.cpu_count() or 1))


def fresh(folder: Path) -> Path:
    """An empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def start(args: argparse.Namespace) -> Results:
    """CPU seconds beyond Python's own start, medians."""
    commands = {
        "python": ["-c", ""],
        "import pipeline": ["-c", "import pipeline"],
        "union-events --help": ["-m", "pipeline.cli", "--help"],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(3 * args.rounds):
        for name, command in commands.items():
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, *command], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            times[name].append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    medians = {name: statistics.median(found) for name, found in times.items()}
    base = medians.pop("python")
    return {"python": base, **{name: seconds - base for name, seconds in medians.items()}}


def beside(args: argparse.Namespace, articles: Generator | Folder) -> Results:
    """Every way on the same articles, rounds interleaved: milliseconds an article of mean length."""
    folder = fresh(args.work / "beside")
    most = args.articles
    write_articles(articles, range(int(most * (1 + WARM))), folder)
    costs: dict[str, list[float]] = {name: [] for name in WAYS}
    stages: list[dict[str, float]] = []
    characters = 0
    counts = {name: max(2, int(most * share)) for name, (_, share) in WAYS.items()}
    for number in range(args.rounds):
        core = cores()[number % len(cores())]
        for name, count in counts.items():
            warm = max(1, int(count * WARM))
            if name in (PLAIN, OURS):
                out = fresh(args.work / "beside-out")
                found = child("ours", folder, warm, count, out, environment={SEGMENTER: name}, core=core)
            else:
                found = child("other", name, folder, warm, count, core=core)
            costs[name].append(1e3 * found["seconds"] / found["characters"])
            if name == OURS:
                stages.append({stage: 1e3 * seconds / count for stage, seconds in found["stages"].items()})
                characters = found["characters"] / count
            say(f"{name}: {costs[name][-1] * (characters or 2000):.2f} ms an article")
    bytes_of = [path.stat().st_size for path in folder.rglob("*.txt")]
    return {
        "ms": {name: statistics.median(found) * characters for name, found in costs.items()},
        "low": {name: min(found) * characters for name, found in costs.items()},
        "high": {name: max(found) * characters for name, found in costs.items()},
        "stages": {stage: statistics.median(s[stage] for s in stages) for stage in stages[0]},
        "counts": counts,
        "characters": characters,
        "bytes": statistics.mean(bytes_of),
        "fresh": fresh_share(articles),
        "rounds": args.rounds,
    }


def profile(args: argparse.Namespace, articles: Generator | Folder) -> Results:
    """See `child_profile`."""
    folder = fresh(args.work / "profile")
    write_articles(articles, range(PROFILED + PROFILED // 3), folder)
    return {"articles": PROFILED, "stages": child("profile", folder, PROFILED)}


def workers(args: argparse.Namespace, articles: Generator | Folder) -> Results:
    """Rates of 1 and 2 workers, rounds interleaved, and whether the tables are the same bytes."""
    folder = fresh(args.work / "workers")
    write_articles(articles, range(args.workers_articles), folder, args.written_as)
    found: dict[str, list[Results]] = {"1": [], "2": []}
    for _ in range(args.workers_rounds):
        for count in (1, 2):
            out = fresh(args.work / "workers-out")
            one = child("workers", folder, out, count)
            found[str(count)].append(one)
            say(f"{count} workers: {one['rate']:.0f} articles/s, {one['cpu']:.0f} s of CPU")
    return {
        "articles": args.workers_articles,
        "rate": {n: statistics.median(r["rate"] for r in runs) for n, runs in found.items()},
        "cpu": {n: statistics.median(r["cpu"] for r in runs) for n, runs in found.items()},
        "same": len({r["tables"] for runs in found.values() for r in runs}) == 1,
        "rounds": args.workers_rounds,
    }


def sizes(args: argparse.Namespace, articles: Generator | Folder) -> Iterator[tuple[str, Results]]:
    """For every size: the first run, one with nothing new, one with 1 % new articles, one after an edited rule.

    A size is given again after each, so that a bench that is stopped keeps what it has.
    """
    from pipeline.versions import code_hash

    for size in args.sizes:
        if isinstance(articles, Folder) and len(articles) < size * 1.01:
            say(f"{size} articles are more than the folder holds: left out")
            continue
        raw, out = fresh(args.work / "sizes" / "raw"), fresh(args.work / "sizes" / "out")
        rules = args.work / "sizes" / "rules"
        write_articles(articles, range(size), raw, args.written_as)
        found: Results = {"load": os.getloadavg()[0], "as": args.written_as, "code": code_hash()}
        found["first"] = run(raw, out)
        found["storage"] = storage(raw, out)
        found["facts"], found["repeats"] = contents(out)
        yield str(size), found
        found["second"] = run(raw, out)
        yield str(size), found
        write_articles(articles, range(size, size + size // 100), raw, args.written_as)
        found["new"] = run(raw, out)
        yield str(size), found
        edited_rules(rules)
        found["rule"] = run(raw, out, rules)
        yield str(size), found
        shutil.rmtree(args.work / "sizes")


def edited_rules(target: Path) -> None:
    """A copy of the rules with one more word of money."""
    from pipeline.rules import rules_root

    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(rules_root(), target)
    path = target / "money" / "rules.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(NEW_RULE[0]) == 1
    path.write_text(text.replace(*NEW_RULE), encoding="utf-8")


def run(raw: Path, out: Path, rules: Path | None = None) -> Results:
    """A run of the command line: elapsed and CPU seconds and the peak of the memory of all its processes together."""
    import psutil

    environment = {**os.environ, **({RULES: str(rules)} if rules else {})}
    begin = time.perf_counter()
    process = subprocess.Popen(  # waited for below, by what tells its use of the CPU
        [sys.executable, "-m", "pipeline.cli", "extract", str(raw), str(out)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    watched = psutil.Process(process.pid)
    peak = 0
    while True:
        pid, status, used = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        peak = max(peak, memory(watched))
        time.sleep(0.2)
    elapsed = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.stderr is not None
    words = process.stderr.read()
    process.stderr.close()
    if process.returncode:
        raise SystemExit(f"bench: union-events ended with {process.returncode}: {words}")
    told = json.loads((out / "run.json").read_text(encoding="utf-8"))
    found = {
        "elapsed": elapsed,
        "cpu": used.ru_utime + used.ru_stime,
        "peak": peak,
        "articles": told["articles"],
        "parts": told["parts_done"],
        "seconds": told["seconds"],
    }
    say(f"{told['articles']} articles: {elapsed:.1f} s, {found['cpu']:.1f} s of CPU, peak {peak / 2**20:.0f} MB")
    return found


def memory(process: Any) -> int:
    """Resident bytes of a process and all below it; what they share counts once for each."""
    import psutil

    whole = 0
    try:
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    for member in family:
        try:
            whole += member.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return whole


def storage(raw: Path, out: Path) -> dict[str, int]:
    """Bytes of the articles, of every stage's parts and of the tables."""
    found = {"raw": _bytes(raw.rglob("*")), "tables": _bytes(out.glob("*.parquet"))}
    for folder in sorted((out / "_interim").glob("*-*")):
        found[folder.name.rpartition("-")[0]] = _bytes(folder.rglob("*"))
    found["catalogue"] = _bytes((out / "_interim").glob("*.parquet"))
    return found


def _bytes(paths: Iterator[Path]) -> int:
    return sum(path.stat().st_size for path in paths if path.is_file())


def contents(out: Path) -> tuple[dict[str, int], int]:
    """Rows per table, and how many articles repeat another."""
    import pyarrow.parquet as pq

    rows = {path.stem: pq.read_metadata(path).num_rows for path in sorted(out.glob("*.parquet"))}
    column = pq.read_table(out / "articles.parquet", columns=["duplicate_of"])["duplicate_of"]
    return rows, len(column) - column.null_count


def say(words: str) -> None:
    sys.stderr.write(f"bench: {words}\n")
    sys.stderr.flush()


# ---------------------------------------------------------------- the command


def machine() -> Results:
    """What the figures were measured with; nothing that names the machine."""
    with Path("/proc/meminfo").open(encoding="utf-8") as file:
        memory_kb = int(next(line for line in file if line.startswith("MemTotal")).split()[1])
    libraries = ("underthesea", "dateparser", "regex", "duckdb", "pyarrow", "trafilatura", "union-events")
    return {
        "date": dt.date.today().isoformat(),
        "cores": len(cores()),
        "memory_gb": round(memory_kb / 2**20),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "libraries": {name: importlib.metadata.version(name) for name in libraries},
    }


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m benchmarks.speed", description="Measures what a run costs.")
    made.add_argument("--folder", type=Path, help="folder of .txt articles (default: articles made from the samples)")
    made.add_argument("--about", default="articles of a folder", help="what the folder holds, for the document")
    made.add_argument("--as", dest="written_as", choices=("files", "jsonl"), default="files", help="a file an article")
    made.add_argument("--sizes", type=_numbers, default=(1_000, 10_000), help="articles, as 1000,10000 (the default)")
    made.add_argument("--articles", type=int, default=800, help="of our way beside others (800); slow ways get fewer")
    made.add_argument("--rounds", type=int, default=3, help="of the ways beside each other (3)")
    made.add_argument("--workers-articles", type=int, default=4_000, help="for 1 and 2 workers (4,000)")
    made.add_argument("--workers-rounds", type=int, default=1)
    made.add_argument("--only", type=_sections, default=SECTIONS, help=f"of {','.join(SECTIONS)}; others stay as known")
    made.add_argument("--work", type=Path, default=ROOT / "data/interim/bench", help="for articles, tables and figures")
    made.add_argument("--out", type=Path, default=ROOT / "docs/performance.md", help="document; the chart goes beside")
    made.add_argument("--render", action="store_true", help="measure nothing, write the document from known figures")
    return made


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(sorted(int(n) for n in text.split(",")))


def _sections(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    if unknown := set(names) - set(SECTIONS):
        raise argparse.ArgumentTypeError(f"no section {', '.join(sorted(unknown))}")
    return names


def measure(args: argparse.Namespace, results: Results, keep: Callable[[], None]) -> None:
    """The sections asked for into ``results``; ``keep`` is called after each."""
    results["machine"] = machine()
    which = GIVEN if args.folder else MADE
    column: Results = results.setdefault(which, {})
    articles = Folder(args.folder) if args.folder else Generator()
    column["about"] = (
        args.about if args.folder else f"made from the samples, {CHANGED_WORDS:.0%} of their words changed"
    )
    jobs: dict[str, Callable[[], Results]] = {
        "beside": lambda: beside(args, articles),
        "profile": lambda: profile(args, articles),
        "workers": lambda: workers(args, articles),
    }
    if "start" in args.only:
        results["start"] = start(args)
    for name, job in jobs.items():
        if name in args.only:
            load = os.getloadavg()[0]
            column[name] = {**job(), "load": load}
            keep()
    if "sizes" in args.only:
        column.setdefault("sizes", {})
        for size, found in sizes(args, articles):
            column["sizes"][size] = found
            keep()


def main() -> None:
    args = parser().parse_args()
    args.work = args.work.absolute()
    args.work.mkdir(parents=True, exist_ok=True)
    path = args.work / "results.json"
    results: Results = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def keep() -> None:
        path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")

    if not args.render:
        measure(args, results, keep)
        keep()
    from benchmarks.scale import write_scale
    from benchmarks.speed_report import write_report

    write_report(results, args.out)
    write_scale(results, args.out.with_name("scale.md"))
    say(f"written to {args.out}")


if __name__ == "__main__":
    main()
