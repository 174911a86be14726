"""What a person reads at the end of a run: what was taken and refused, rows per table, the first events."""

from __future__ import annotations

import contextlib
import io
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pipeline.run import Report

# refused inputs that the summary names one by one; the rest are in the table
_NAMED_REJECTS = 10
_WIDTH = 150


@contextlib.contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on a terminal, a plain line per stage elsewhere."""
    if sys.stderr.isatty():
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description:8}"), BarColumn(), MofNCompleteColumn(), TextColumn("parts"))
        from rich.console import Console

        with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
            tasks: dict[str, Any] = {}

            def show(stage: str, done: int, of: int) -> None:
                if of:
                    if stage not in tasks:
                        tasks[stage] = bar.add_task(stage, total=of)
                    bar.update(tasks[stage], completed=done)

            yield show
    else:

        def say(stage: str, done: int, of: int) -> None:
            # a line for the start and for every tenth of the way
            if of and (done == of or done * 10 // of != (done - 1) * 10 // of):
                sys.stderr.write(f"{stage}: {done} of {of} parts\n")

        yield say


def summary(report: Report, first: int = 10) -> str:
    """The summary as text, `first` events in it."""
    out = Path(report.out)
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
    lines += ["", f"Tables: {out} (run {report.run_id}, {seconds:.1f} s; details in {out / 'run.json'})"]
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
