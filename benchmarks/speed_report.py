"""Writes docs/performance.md and its chart from the figures of `benchmarks.speed`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.scale import PARTED, wrapped

Results = dict[str, Any]
COLUMNS = ("made", "folder")
WAYS = {
    "ner": "`underthesea.ner`",
    "search_dates": "`dateparser.search_dates`",
    "word_tokenize": "`underthesea.word_tokenize`",
    "underthesea": "clean → write, underthesea's own segmenter",
    "fast": "**clean → write**",
}
STAGES = (*PARTED, "write")
FINDING = ("names", "figures", "resolve")
LATER = {"second": "nothing new", "new": "1 % new articles", "rule": "one money rule changed"}
MOST_MEMORY = 1.5 * 2**30
MEANT_FOR, MEANT_FOR_WORKERS = 100_000, 20_000
HEAD = """\
# What a run costs

Written by `make bench` on {date}: Python {python}, {system}, {cores} cores, {memory_gb} GB of memory;
{libraries}.

Ratios travel to other machines, seconds do not. {shared}
Milliseconds are of CPU time, so that other work on the machine shows in them as little as it can; caches that cores
share still make all of them larger at such times.

{about}

"""


class Target(NamedTuple):
    """What was to be reached, what was measured (None: not in this run), and whether lower or higher is better."""

    what: str
    wanted: float
    found: float | None
    unit: str = "×"
    at_most: bool = True

    @property
    def met(self) -> bool | None:
        if self.found is None:
            return None
        return self.found <= self.wanted if self.at_most else self.found >= self.wanted


def targets(results: Results) -> list[Target]:
    """The project's targets, beside the figures of the made articles."""
    made: Results = results.get("made") or results.get("folder") or {}
    ms: Results = made.get("beside", {}).get("ms", {})
    sizes: Results = made.get("sizes", {})
    large, small = largest(sizes), None
    if large and str(int(large) // 10) in sizes:
        small = str(int(large) // 10)
    workers: Results = made.get("workers", {})
    start: Results = results.get("start", {})

    def ratio(one: Any, other: Any) -> float | None:
        return one / other if one is not None and other else None

    def at(size: str | None, job: str, what: str) -> float | None:
        return float(sizes[size][job][what]) if size and job in sizes[size] else None

    def grown(what: str) -> float | None:
        per = (int(large or 1) / int(small or 1)) if what == "cpu" else 1.0
        found = ratio(at(large, "first", what), at(small, "first", what)) if small else None
        return found / per if found else None

    rates: Results = workers.get("rate", {})
    of = f"{int(large or 0):,} articles"
    pair = f"{int(large or 0):,} beside {int(small):,} articles" if small else "ten times as many articles"
    rows = [
        Target("clean → write beside bare `word_tokenize`", 0.35, ratio(ms.get("fast"), ms.get("word_tokenize"))),
        Target("`ner` beside clean → write", 40, ratio(ms.get("ner"), ms.get("fast")), at_most=False),
        Target("`search_dates` beside clean → write", 10, ratio(ms.get("search_dates"), ms.get("fast")), at_most=False),
        Target("2 workers beside 1, articles a second", 1.7, ratio(rates.get("2"), rates.get("1")), at_most=False),
        Target(f"CPU time an article, {pair}", 1.2, grown("cpu")),
        Target(f"peak memory, {pair}", 1.2, grown("peak")),
        Target(f"peak memory, {of}", MOST_MEMORY / 2**30, _gb(at(large, "first", "peak")), "GB"),
    ]
    for job, wanted in (("second", 2), ("new", 4), ("rule", 40)):
        share = ratio(at(large, job, "cpu"), at(large, "first", "cpu"))
        rows.append(Target(f"{LATER[job]}, {of}, CPU beside the first run", wanted, share and 100 * share, "%"))
    rows += [
        Target("`import pipeline`, CPU beyond Python's start", 0.3, start.get("import pipeline"), "s"),
        Target("`union-events --help`, CPU beyond Python's start", 0.4, start.get("union-events --help"), "s"),
    ]
    return rows


def _gb(size: float | None) -> float | None:
    return size / 2**30 if size is not None else None


def largest(sizes: Iterable[str]) -> str | None:
    return max(sizes, key=int, default=None)


def table(head: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> str:
    """A Markdown table; the first ``words`` columns are text, the others figures."""
    marks = ["---" if n < words else "---:" for n in range(len(head))]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, marks, *rows]) + "\n"


def number(value: float | None) -> str:
    """Three figures that matter; a dash for what was not measured."""
    if value is None:
        return "–"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def document(results: Results, chart: str) -> str:
    """The whole of docs/performance.md."""
    columns = {name: results[name] for name in COLUMNS if name in results}
    parts = [_head(results, columns), f"![Chart of the tables below]({chart})\n"]
    parts.append("## Targets\n\n" + _targets(results))
    for title, section in (
        ("One core, beside other tools", _beside),
        ("By stage", _stages),
        ("One name, three figures", _meanings),
        ("Workers", _workers),
        ("By number of articles", _sizes),
        ("Where the time goes", _profile),
    ):
        text = section(columns)
        if text:
            parts.append(f"## {title}\n\n{text}")
    return wrapped("\n".join(parts))


def _head(results: Results, columns: Results) -> str:
    machine: Results = results["machine"]
    loads = [
        float(part["load"])
        for column in columns.values()
        for part in (
            *(column[name] for name in ("beside", "profile", "workers") if name in column),
            *column.get("sizes", {}).values(),
        )
    ]
    busy = max(loads, default=0.0) > machine["cores"] * 0.75
    shared = (
        f"The machine was shared with other work (load {min(loads):.1f} to {max(loads):.1f} on {machine['cores']} "
        "cores as the sections began): elapsed times and rates are those of such a machine. "
        if busy
        else ""
    )
    libraries = ", ".join(f"{name} {version}" for name, version in sorted(machine["libraries"].items()))
    about = []
    for name, column in columns.items():
        beside: Results = column.get("beside", {})
        words = f"- **{_title(name)}**: {column['about']}"
        if beside:
            words += (
                f"; {beside['bytes']:,.0f} bytes of UTF-8 an article ({beside['characters']:,.0f} characters); "
                f"{beside['fresh']:.0%} of the runs of three syllables stand in none of 3,000 articles before"
            )
        for size, found in _last(column.get("sizes", {})):
            rows = found["facts"]
            facts = sum(rows[t] for t in ("figures", "dates", "terms", "officials"))
            words += (
                f"; of {int(size):,} articles {found['repeats']:,} repeat another; {facts / int(size):.1f} figures, "
                "dates, terms and officials an article"
            )
        about.append(words + ".")
    return (
        HEAD.format(**{**machine, "libraries": libraries, "shared": shared, "about": "\n".join(about)}).rstrip() + "\n"
    )


def _last(sizes: Results) -> list[tuple[str, Results]]:
    size = largest(sizes)
    return [(size, sizes[size])] if size else []


def _title(column: str) -> str:
    return "made articles" if column == "made" else "articles of a folder"


def _targets(results: Results) -> str:
    def row(target: Target) -> tuple[str, ...]:
        said = {True: "yes", False: "**no**", None: "not measured"}[target.met]
        wanted = f"{'≤' if target.at_most else '≥'} {target.wanted:g} {target.unit}"
        return target.what, wanted, f"{number(target.found)} {target.unit}" if target.found is not None else "–", said

    text = table(("what", "target", "measured", "met"), map(row, targets(results)))
    said = ["Measured on the made articles, medians; each is explained below."]
    made: Results = results.get("made") or results.get("folder") or {}
    if "beside" in made:
        ms, stages = made["beside"]["ms"], made["beside"]["stages"]
        said.append(
            f"Cutting words and sentences takes {stages['segment'] / ms['word_tokenize']:.2f} of bare `word_tokenize`, "
            f"finding and resolving facts {sum(stages[s] for s in FINDING) / ms['word_tokenize']:.2f}."
        )
    size = largest(made.get("sizes", {}))
    if size and int(size) < MEANT_FOR:
        said.append(f"The targets by size are meant for {MEANT_FOR:,} articles; this run went as far as {int(size):,}.")
    tried = made.get("workers", {}).get("articles", 0)
    if 0 < tried < MEANT_FOR_WORKERS:
        said.append(
            f"That of workers is meant for {MEANT_FOR_WORKERS:,} on a machine of their own; these were {tried:,}."
        )
    return text + "\n" + " ".join(said) + "\n"


def _beside(columns: Results) -> str:
    known = {name: column["beside"] for name, column in columns.items() if "beside" in column}
    if not known:
        return ""
    head = ["way"]
    for name in known:
        head += [f"{_title(name)}: ms an article", "lowest to highest", "beside clean → write", "articles"]
    rows = []
    for way, words in WAYS.items():
        cells = [words]
        for found in known.values():
            ms = found["ms"]
            cells += [
                number(ms[way]),
                f"{number(found['low'][way])} to {number(found['high'][way])}",
                f"{ms[way] / ms['fast']:.2f} ×",
                str(found["counts"][way]),
            ]
        rows.append(cells)
    rounds = " and ".join(str(found["rounds"]) for found in known.values())
    return (
        "Every way in a fresh process kept to one core, on the same articles (slow ways on the first of them, scaled "
        f"by characters), after others that load models and fill caches; {rounds} rounds, ways in turn, medians. The "
        "other tools get the text line by line and do what their one function does; clean → write is everything from "
        "the record to the tables on disk, parts between the stages written too.\n\n" + table(head, rows)
    )


def _stages(columns: Results) -> str:
    known = {name: column["beside"]["stages"] for name, column in columns.items() if "beside" in column}
    if not known:
        return ""
    rows = [[stage, *(number(found[stage]) for found in known.values())] for stage in STAGES]
    head = ["stage", *(f"{_title(name)}: ms an article" for name in known)]
    return "With the writing of the stage's part; medians as above.\n\n" + table(head, rows)


def _meanings(columns: Results) -> str:
    """What the figures of our own way in the several tables hold, and how far apart they are."""
    rows = []
    for name, column in columns.items():
        beside, tried, sizes = column.get("beside"), column.get("workers"), column.get("sizes", {})
        if beside:
            low, high = (number(beside[end]["fast"]) for end in ("low", "high"))
            words = "one process with everything loaded: clean to write; not ingest, no start of a process"
            rows.append([_title(name), "beside other tools", words, f"{beside['counts']['fast']:,}",
                         number(beside["ms"]["fast"]), f"{low} to {high} in {beside['rounds']} rounds"])  # fmt: skip
        if tried:
            each = [1e3 * tried["cpu"][count] / tried["articles"] for count in ("1", "2")]
            words = "all workers, their start and ingest in it; not the listing of files nor the writing of the tables"
            rows.append([_title(name), "workers", words, f"{tried['articles']:,}", number(each[0]),
                         f"{number(min(each))} to {number(max(each))} with 1 and 2 workers"])  # fmt: skip
        if sizes:
            each = [1e3 * found["first"]["cpu"] / int(size) for size, found in sizes.items()]
            size = largest(sizes) or "0"
            words = "all processes of a command: their start, listing, ingest, the stages, repeats, writing"
            rows.append([_title(name), "number of articles", words, f"{int(size):,}",
                         number(1e3 * sizes[size]["first"]["cpu"] / int(size)),
                         f"{number(min(each))} to {number(max(each))} by size, one run each"])  # fmt: skip
    if not rows:
        return ""
    head = ["articles", "table", "what is in it", "number", "ms of CPU an article", "lowest to highest"]
    marks = ["---", "---", "---", "---:", "---:", "---:"]
    text = "\n".join("| " + " | ".join(row) + " |" for row in [head, marks, *rows]) + "\n"
    return (
        "CPU time an article stands in three tables, of different work on different numbers of articles. What is done "
        "once a process (loading, some seconds) weighs the less the more articles there are, and how busy the machine "
        "is moves all of them: where two figures differ by less than the spread of either, they say the same.\n\n"
        + text
    )


def _workers(columns: Results) -> str:
    known = {name: column["workers"] for name, column in columns.items() if "workers" in column}
    if not known:
        return ""
    rows = []
    for name, found in known.items():
        for count in ("1", "2"):
            cpu = 1e3 * found["cpu"][count] / found["articles"]
            same = "yes" if found["same"] else "**no**"
            ratio = found["rate"][count] / found["rate"]["1"]
            rows.append([_title(name), count, f"{found['articles']:,}", number(found["rate"][count]),
                         f"{ratio:.2f} ×", number(cpu), same])  # fmt: skip
    head = ["articles", "workers", "number", "articles a second", "beside 1", "ms of CPU an article", "same bytes"]
    return (
        "Elapsed time between the first finished part and the last, so without the start of processes; the CPU time is "
        "that of all workers with their start. Where other work takes its share of the cores, the rate of two workers "
        "suffers more than that of one.\n\n" + table(head, rows)
    )


def _sizes(columns: Results) -> str:
    head = ["articles", "run", "elapsed s", "CPU s", "ms of CPU an article", "elapsed beside the first",
            "CPU beside the first", "peak memory, MB"]  # fmt: skip
    texts = []
    for name, column in columns.items():
        sizes: Results = column.get("sizes", {})
        rows = []
        for size in sorted(sizes, key=int):
            first = sizes[size]["first"]
            for job, words in {"first": "first", **LATER}.items():
                if job not in sizes[size]:
                    continue
                found = sizes[size][job]
                rows.append([
                    f"{int(size):,}", words, number(found["elapsed"]), number(found["cpu"]),
                    number(1e3 * found["cpu"] / int(size)), f"{found['elapsed'] / first['elapsed']:.1%}",
                    f"{found['cpu'] / first['cpu']:.1%}", number(found["peak"] / 2**20),
                ])  # fmt: skip
        if rows:
            kept = "\n".join(_storage(size, sizes[size]) for size in sorted(sizes, key=int)[-1:])
            texts.append(f"{_title(name).capitalize()}:\n\n{table(head, rows, 2)}\n{kept}{_states(sizes)}")
    if not texts:
        return ""
    return (
        "`union-events extract` with one worker a core, from an empty folder, an article a file; then again; then with "
        "1 % new articles; then with one more word in `rules/money`, which redoes figures and what comes of them, not "
        "what stands before. Memory: the sum of the resident memory of all processes of the run, looked at five "
        "times a second; pages that processes share count once for each of them.\n\n" + "\n".join(texts)
    )


def _states(sizes: Results) -> str:
    """Which sizes were measured on other code than the largest one; nothing where it is all the same."""
    codes: dict[str | None, list[str]] = {}
    for size in sorted(sizes, key=int):
        codes.setdefault(sizes[size].get("code"), []).append(f"{int(size):,}")
    if len(codes) < 2:
        return ""
    groups = "; ".join(" and ".join(group) for group in codes.values())
    return f"\nNot all sizes were measured on one state of the code. Beside each other stand: {groups} articles.\n"


def _storage(size: str, found: Results) -> str:
    each = {name: amount / int(size) / 1024 for name, amount in found["storage"].items()}
    kept = ", ".join(f"{name} {each[name]:.1f}" for name in (*STAGES[:-1], "catalogue") if name in each)
    return (
        f"On disk after the first run of {int(size):,}, KB an article: articles {each['raw']:.1f}, tables "
        f"{each['tables']:.1f}; parts: {kept}.\n"
    )


def _profile(columns: Results) -> str:
    known = [column["profile"] for column in columns.values() if "profile" in column]
    if not known:
        return ""
    found = known[0]
    text = (
        f"cProfile over {found['articles']} made articles, after others; the share of a stage's time that a function "
        "takes itself, and with what it calls. The profiler makes small functions look dearer than they are.\n"
    )
    for stage, profile in found["stages"].items():
        rows = [
            [f"`{name}`", f"{own:.1%}", f"{within:.1%}", f"{calls / found['articles']:,.0f}"]
            for own, within, calls, name in profile["functions"]
        ]
        text += f"\n**{stage}**\n\n" + table(("function", "itself", "with calls", "calls an article"), rows)
    return text


# ---------------------------------------------------------------- the chart

INK, GREY, ACCENT, SECOND = "#333333", "#9aa5b1", "#1f6f8b", "#d08c3a"


def draw(results: Results, path: Path) -> None:
    """The chart: ways, stages, time an article and memory by number of articles. Equal figures give equal bytes."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt
    from matplotlib.layout_engine import ConstrainedLayoutEngine
    from matplotlib.patches import Rectangle

    settings: Any = {
        "svg.hashsalt": "union-events",
        "font.family": "DejaVu Sans",
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": GREY,
        "axes.titleweight": "bold",
        "axes.titlesize": 10,
        "axes.titlelocation": "left",
        "text.color": INK,
    }
    with mpl.rc_context(settings):
        layout = ConstrainedLayoutEngine(hspace=0.08, wspace=0.05)
        figure, axes = plt.subplots(2, 2, figsize=(10, 6.6), layout=layout)
        columns = {name: results[name] for name in COLUMNS if name in results}
        colours = dict(zip(columns, (ACCENT, SECOND), strict=False))
        beside = {name: column["beside"] for name, column in columns.items() if "beside" in column}
        ways = list(reversed(WAYS))
        plain = {way: words.strip("*").replace("`", "").replace(", under", ",\nunder") for way, words in WAYS.items()}
        bars(axes[0, 0], [plain[w] for w in ways], {n: [b["ms"][w] for w in ways] for n, b in beside.items()}, colours)
        axes[0, 0].set_title("Milliseconds of CPU an article, one core")
        stages = list(reversed(STAGES))
        bars(axes[0, 1], stages, {n: [b["stages"][s] for s in stages] for n, b in beside.items()}, colours)
        axes[0, 1].set_title("Clean → write by stage, and ingest before it")
        lines(axes[1, 0], columns, colours, lambda size, found: 1e3 * found["first"]["cpu"] / size)
        axes[1, 0].set_title("First run: ms of CPU an article")
        most = MOST_MEMORY / 2**20
        lines(axes[1, 1], columns, colours, lambda size, found: found["first"]["peak"] / 2**20, most)
        axes[1, 1].set_title("First run: peak memory of all processes, MB")
        axes[1, 1].axhline(most, color=GREY, linestyle="--", linewidth=1)
        axes[1, 1].annotate("target: at most 1.5 GB", (1, most), xycoords=("axes fraction", "data"), ha="right",
                            va="bottom", color=INK, fontsize=8)  # fmt: skip
        if len(columns) > 1:
            handles = [Rectangle((0, 0), 1, 1, color=colours[name]) for name in columns]
            figure.legend(
                handles, [_title(name) for name in columns], loc="outside lower center", ncols=2, frameon=False
            )
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
        plt.close(figure)
    # matplotlib ends lines of paths with blanks
    text = path.read_text(encoding="utf-8")
    path.write_text("\n".join(line.rstrip() for line in text.splitlines()) + "\n", encoding="utf-8")


def bars(axis: Any, names: Sequence[str], values: dict[str, list[float]], colours: dict[str, str]) -> None:
    """Horizontal bars, each with its figure."""
    axis.set_visible(bool(values))
    height = 0.8 / max(len(values), 1)
    for at, (column, found) in enumerate(values.items()):
        places = [n - height * at + height * (len(values) - 1) / 2 for n in range(len(names))]
        drawn = axis.barh(places, found, height * 0.9, color=colours[column])
        axis.bar_label(drawn, [number(v) for v in found], padding=3, fontsize=8)
    axis.set_yticks(range(len(names)), names)
    axis.tick_params(axis="y", length=0)
    axis.set_xticks([])
    axis.spines["bottom"].set_visible(False)
    axis.margins(x=0.12)


def lines(
    axis: Any, columns: Results, colours: dict[str, str], value: Callable[[int, Results], float], top: float = 0.0
) -> None:
    """A line a column over the number of articles; the axis begins at 0 and shows ``top``."""
    marks: set[int] = set()
    for name, column in columns.items():
        sizes: Results = column.get("sizes", {})
        points = [(int(size), value(int(size), sizes[size])) for size in sorted(sizes, key=int)]
        if points:
            marks |= {size for size, _ in points}
            top = max(top, *(y for _, y in points))
            axis.plot(*zip(*points, strict=True), marker="o", color=colours[name])
            for point in points:
                axis.annotate(
                    number(point[1]), point, xytext=(0, 7), textcoords="offset points", ha="center", fontsize=8
                )
    if marks:
        axis.set_xscale("log")
        axis.set_xlim(min(marks) / 2, max(marks) * 2)
        axis.set_xticks(sorted(marks), [f"{m:,}" for m in sorted(marks)])
        axis.minorticks_off()
    axis.set_visible(bool(marks))
    axis.set_ylim(0, 1.2 * top or 1)
    axis.set_xlabel("articles")


def write_report(results: Results, path: Path) -> None:
    """The document and, beside it, the chart."""
    path.parent.mkdir(parents=True, exist_ok=True)
    chart = path.with_suffix(".svg")
    draw(results, chart)
    path.write_text(document(results, chart.name), encoding="utf-8", newline="\n")
