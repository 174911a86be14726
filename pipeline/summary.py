"""What a person reads at the end of a run: what was taken and refused, rows per table, the first events."""

from __future__ import annotations

import contextlib
import io
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pipeline.run import Plan, Report
from pipeline.storage import location, tables_folder

# refused inputs that the summary names one by one; the rest are in the table
_NAMED_REJECTS = 10
_WIDTH = 150


@contextlib.contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar with articles a second and time left on a terminal, a line for every tenth of the way elsewhere."""
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            ProgressColumn,
            Task,
            TextColumn,
            TimeRemainingColumn,
        )
        from rich.text import Text

        class Rate(ProgressColumn):
            """Articles a second."""

            def render(self, task: Task) -> Text:
                return Text(f"{task.speed:,.0f} articles/s" if task.speed else "")

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
        # parts end seconds apart: the rate is that of the last minutes
        with Progress(*columns, console=Console(stderr=True), transient=True, speed_estimate_period=120) as bar:
            tasks: dict[str, Any] = {}

            def show(what: str, done: int, of: int) -> None:
                if of:
                    if what not in tasks:
                        tasks[what] = bar.add_task(what, total=of)
                    bar.update(tasks[what], completed=done)

            yield show
    else:
        started = time.monotonic()
        said = 0

        def say(what: str, done: int, of: int) -> None:
            nonlocal said
            if done * 10 // max(of, 1) > said or (done == of and of and said < 10):
                said = done * 10 // of
                rate = done / max(time.monotonic() - started, 0.001)
                left = "" if done == of else f", {_duration((of - done) / rate)} left"
                sys.stderr.write(f"{what}: {done:,} of {of:,} articles, {rate:,.0f} a second{left}\n")

        yield say


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def planned(plan: Plan) -> str:
    """What a run would do, as text."""
    lines = [
        f"{plan.raw} to {plan.out}: {_articles(plan.records)} ({plan.new:,} new or changed, {plan.gone:,} gone). "
        "Nothing is written."
    ]
    if plan.samples_left_out:
        lines.append(f"{_articles(plan.samples_left_out, 'sample article')} would be left out.")
    if plan.steps:
        lines += ["", "To do:"]
        width = max(len(s.stage) for s in plan.steps)
        for step in plan.steps:
            parts = f"{step.parts:,} part{'s' if step.parts != 1 else ''}"
            lines.append(f"  {step.stage:{width}}  {_articles(step.articles)} in {parts}: {'; '.join(step.why)}")
    lines += [
        "",
        "The tables would be written anew." if plan.tables else "Nothing to do: the tables stand as they are.",
    ]
    return "\n".join(lines)


def _articles(count: int, what: str = "article") -> str:
    return f"{count:,} {what}{'s' if count != 1 else ''}"


def summary(report: Report, first: int = 10) -> str:
    """The summary as text, `first` events in it."""
    out = tables_folder(location(report.out))
    lines = []
    refused = sum(report.rejects.values())
    taken = f"{report.articles} article{'s' if report.articles != 1 else ''} taken, {refused} refused"
    if report.new == 0 and report.gone == 0 and not report.redone_parts and not report.rewritten:
        lines.append(f"Nothing new: {taken} before; the tables stand as they were.")
    else:
        lines.append(f"{taken[0].upper()}{taken[1:]} ({report.new} new, {report.gone} gone since the last run).")
    if report.samples_left_out:
        samples = "sample article was" if report.samples_left_out == 1 else "sample articles were"
        lines.append(f"{report.samples_left_out} {samples} left out, since there are articles of your own.")
    if refused:
        lines += ["", "Refused:"]
        lines += _refused(pq.read_table(out / "rejects.parquet").to_pylist())
    if not report.articles and not refused:
        lines.append(f"There is no article below {report.raw}: put some there, or name another folder with RAW=.")
    lines += ["", "Rows per table:"]
    lines += [f"  {name:14} {count:8,}" for name, count in report.rows.items()]
    if first and report.rows["events"]:
        lines += ["", f"The first {min(first, report.rows['events'])} of {report.rows['events']:,} events:"]
        lines.append(_events(out, first))
    seconds = sum(report.seconds.values())
    details = location(report.out) / "run.json"
    lines += ["", f"Tables: {out} (run {report.run_id}, {seconds:.1f} s; details in {details})"]
    return "\n".join(lines)


def _refused(rows: list[dict[str, Any]]) -> list[str]:
    """Refused inputs by reason, so that one mistake made a thousand times is said once."""
    alike: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        alike.setdefault((row["reason"], row["detail"] or ""), []).append(row["source"])
    lines = []
    for (reason, detail), sources in list(alike.items())[:_NAMED_REJECTS]:
        more = f" and {len(sources) - 1:,} more" if len(sources) > 1 else ""
        lines += textwrap.wrap(
            f"{sources[0]}{more}: {reason}: {detail}", _WIDTH, initial_indent="  ", subsequent_indent="      "
        )
    if len(alike) > _NAMED_REJECTS:
        lines.append(f"  … and {len(alike) - _NAMED_REJECTS} more kinds, in rejects.parquet")
    return lines


def _events(out: Path, first: int) -> str:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="")
    for heading in ("date", "type", "no.", "who", "province", "source"):
        table.add_column(heading, overflow="ellipsis", no_wrap=True, max_width=60 if heading == "who" else 34)
    sources = dict(
        zip(*(pq.read_table(out / "articles.parquet", columns=[c])[c].to_pylist() for c in ("article_id", "source")),
            strict=True)
    )  # fmt: skip
    columns = ["article_id", "date_start", "event_type", "congress_no", "org", "province"]
    for event in pq.read_table(out / "events.parquet", columns=columns).slice(0, first).to_pylist():
        table.add_row(
            str(event["date_start"] or "–"),
            event["event_type"],
            str(event["congress_no"] or ""),
            event["org"] or "–",
            event["province"] or "–",
            sources[event["article_id"]],
        )
    text = io.StringIO()
    Console(file=text, width=_WIDTH, color_system=None).print(table)
    return "\n".join("  " + line.rstrip() for line in text.getvalue().rstrip("\n").split("\n"))
