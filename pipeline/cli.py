"""The command line: ``union-events``. Exit codes: 0 done, 1 done but not all taken (--strict), 2 cannot run."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import __version__
from pipeline.errors import InputError, UnionEventsError
from pipeline.storage import location

if TYPE_CHECKING:
    from pipeline.run import Report

DONE, REFUSED, FAILED = 0, 1, 2
_STAGES = {
    "clean": ("clean", "furniture off; title, lede, body, captions, byline and date stamp found"),
    "segment": ("segment", "sentences and words"),
    "mentions": ("extract", "figures, dates, terms, people, bodies and events with their spans (the stage 'extract')"),
    "resolve": ("resolve", "mentions to rows"),
}


def parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of all commands, for the words of a command line: others' options are not loaded."""
    main_parser = argparse.ArgumentParser(
        prog="union-events", description="Facts from Vietnamese trade-union news: articles in, Parquet tables out."
    )
    main_parser.add_argument("--version", action="version", version=f"union-events {__version__}")
    commands = main_parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    extract = commands.add_parser("extract", help="articles of a folder to tables, doing only what is new")
    extract.add_argument("raw", metavar="RAW", type=location, help="folder of articles, or address as s3://…")
    extract.add_argument("out", metavar="OUT", type=location, help="folder for the tables, or address as s3://…")
    _add_map(extract)
    extract.add_argument("--interim", type=location, help="folder for intermediate files (default OUT/_interim)")
    extract.add_argument("--dry-run", action="store_true", help="say what would be done and why; nothing is written")
    extract.add_argument("--workers", type=_positive, help="processes (default: one per core; ray: all of the cluster)")
    extract.add_argument(
        "--engine",
        choices=("pool", "inline", "ray"),
        default="pool",
        help="pool (default): processes of this machine; inline: this process alone; ray: a cluster",
    )
    extract.add_argument("--address", help="ray: address of the cluster, as host:6379 (default: that of this machine)")
    extract.add_argument(
        "--article-seconds",
        type=_count,
        default=120,
        metavar="N",
        help="an article that takes longer is refused (default 120; 0: none is)",
    )
    extract.add_argument(
        "--segmenter",
        choices=("fast", "underthesea"),
        help="what cuts words (fast, the default, cuts the same)",
    )
    extract.add_argument("--strict", action="store_true", help="exit with 1 where an input was refused")
    extract.add_argument("--first", type=_count, default=10, help="events shown in the summary (default 10)")
    _add_rules(extract)

    ingest = commands.add_parser("ingest", help="one stage alone: files to records")
    ingest.add_argument("source", metavar="RAW", type=Path, help="folder of articles, searched through")
    ingest.add_argument("target", metavar="OUT", type=Path, help="folder for this stage's parts")
    _add_map(ingest)
    _add_rules(ingest)
    for name, (_, about) in _STAGES.items():
        stage = commands.add_parser(name, help=f"one stage alone: {about}")
        stage.add_argument("source", metavar="IN", type=Path, help="folder of parts that the stage before wrote")
        stage.add_argument("target", metavar="OUT", type=Path, help="folder for this stage's parts")
        _add_rules(stage)
    write = commands.add_parser("write", help="one stage alone: rows to tables")
    write.add_argument("source", metavar="IN", type=Path, help="folder of parts that the stage 'resolve' wrote")
    write.add_argument("target", metavar="OUT", type=Path, help="folder for the tables")
    _add_rules(write)

    for name, about in (
        ("score", "score tables against gold annotations"),
        ("export", "the tables as one Excel file and as CSV"),
        ("show", "a row of the tables beside the sentence it was read from, its event and its article"),
    ):
        sub = commands.add_parser(name, help=about)
        # pyarrow and openpyxl are loaded only for the command that needs them
        if name in words[:1]:
            _module(name).add_arguments(sub)
        if name == "score":
            _add_rules(sub)
    rules = commands.add_parser("rules", help="check the rules and say what there is, or copy them to edit them")
    rules.add_argument("--copy", type=Path, metavar="DIR", help="copy the rules into a new folder, for --rules")
    _add_rules(rules)
    learn = commands.add_parser("learn", help="learn the furniture of sites from their articles, as rules to be read")
    learn.add_argument("raw", metavar="RAW", type=Path, help="folder of articles, searched through")
    learn.add_argument("--out", type=Path, help="file to write (default furniture/learnt.yaml of the rules)")
    _add_map(learn)
    _add_rules(learn)
    return main_parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; its exit code."""
    words = sys.argv[1:] if argv is None else argv
    args = parser(words).parse_args(words)
    try:
        return _run(args)
    except UnionEventsError as error:
        print(f"union-events: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("union-events: stopped; what was done is kept, the next run goes on from there", file=sys.stderr)
        return 130


def _run(args: argparse.Namespace) -> int:
    if getattr(args, "rules", None) is not None:
        from pipeline.rules import use_rules

        use_rules(args.rules)
    if args.command == "extract":
        return _extract(args)
    if args.command in ("score", "export", "show"):
        return int(_module(args.command).run(args))
    if args.command == "rules":
        return _rules(args)
    if args.command == "learn":
        return _learn(args)
    from pipeline.stages import parts_written, run_step

    if args.command == "ingest":
        from pipeline.ingest import ingest_folder

        done = parts_written(ingest_folder(args.source, args.target, _mapping(args.map)), args.target)
    elif args.command == "write":
        from pipeline.write import write_stage

        done = write_stage(args.source, args.target)
    else:
        done = parts_written(run_step(_STAGES[args.command][0], args.source, args.target), args.target)
    print(f"{args.command}: {done}")
    return DONE


def _extract(args: argparse.Namespace) -> int:
    from pipeline import summary
    from pipeline.arrow import leave_pandas_out
    from pipeline.crf_words import SEGMENTER_VARIABLE
    from pipeline.run import extract, plan

    leave_pandas_out()
    if args.segmenter:
        os.environ[SEGMENTER_VARIABLE] = args.segmenter
    if args.dry_run:
        print(summary.planned(plan(args.raw, args.out, mapping=_mapping(args.map), interim=args.interim)))
        return DONE
    with summary.progress() as progress:
        report: Report = extract(
            args.raw,
            args.out,
            mapping=_mapping(args.map),
            interim=args.interim,
            workers=args.workers,
            engine_name=args.engine,
            address=args.address,
            article_seconds=float(args.article_seconds),
            progress=progress,
        )
    print(summary.summary(report, first=args.first))
    return REFUSED if args.strict and report.rejects else DONE


def _rules(args: argparse.Namespace) -> int:
    from pipeline import rules

    if args.copy:
        rules.copy_rules(args.copy)
        print(f"copied to {args.copy}: edit them there, and name them with --rules {args.copy}")
        return DONE
    loaded = rules.load()
    for name, ruleset in loaded.dimensions.items():
        words = sum(len(words) for words in ruleset.lexicon.values())
        print(f"{name:16} {len(ruleset.rules):4} rules  {words:6} words")
    print(f"all good; rules {loaded.hash} in {loaded.root}")
    return DONE


def _learn(args: argparse.Namespace) -> int:
    from pipeline.learn import learn, learnt_file, save

    path = args.out or learnt_file()
    found = learn(args.raw, _mapping(args.map))
    for site in found:
        print(f"{site.site}: {len(site.lines)} lines stand in most of {site.pages} articles")
    if not found:
        print(
            "nothing learnt: no site has 20 different articles here that share a line which the rules do not know yet"
        )
        return DONE
    save(found, path)
    print(f"written to {path}: read it, take out what is an article's, then extract again")
    return DONE


def _module(name: str) -> Any:
    import importlib

    return importlib.import_module(f"pipeline.{name}")


def _add_map(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="FIELD=COLUMN",
        help="records: the column that holds a field (text, html, url, title, published), as text=noi_dung; repeatable",
    )


def _add_rules(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--rules",
        type=Path,
        metavar="DIR",
        help="folder of rules (default: UNION_EVENTS_RULES, else those that the program came with)",
    )


def _mapping(pairs: Sequence[str]) -> dict[str, str]:
    from pipeline.ingest import FIELDS

    mapping = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not equals or field not in FIELDS or not column:
            raise InputError(f"--map {pair}: write FIELD=COLUMN with a field of {', '.join(FIELDS)}")
        mapping[field] = column
    return mapping


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("0 or more")
    return number


if __name__ == "__main__":
    raise SystemExit(main())
