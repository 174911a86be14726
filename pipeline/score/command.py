"""``union-events score``: scores printed, as JSON, or held against floors."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import InputError, UnionEventsError
from pipeline.score.facts import Hits, Prf, Scores, Told, score

DEFAULT_GOLD = Path("tests/gold")


def format_scores(scores: Scores, errors: bool = False) -> str:
    """The scores as lines of text; with ``errors``, every missed and every wrong fact after them."""
    lines = [
        f"articles {scores.wanted}, absent {scores.absent or 'none'}; "
        f"mentions {scores.mentions}, ungrounded {scores.ungrounded}",
        f"{'fact':20} {'precision':>9} {'recall':>9} {'f1':>9} {'wanted':>7} {'found':>7} {'right':>7}",
    ]
    lines += [_figures(kind, row) for kind, row in scores.facts.items()]
    for title, cells in (("attributes", scores.attributes), ("event", scores.event), ("context", scores.context)):
        if title == "context" and not cells:
            continue
        lines.append(f"-- {title}")
        lines += [f"{name:20} {cell.right} of {cell.of}{_told(cell)}" for name, cell in cells.items()]
    if scores.text:
        lines += ["-- cleaning, in letters of the text", _figures("text", scores.text)]
        lines += [f"{name:20} {cell.right} of {cell.of}" for name, cell in scores.cleaning.items()]
    if errors:
        for kind, items in scores.errors.items():
            lines.append(f"== {kind}")
            lines += [" ".join(map(str, ("  ", *item))) for item in items]
    return "\n".join(lines)


def _figures(name: str, row: Prf) -> str:
    return f"{name:20} {row.precision:9.3f} {row.recall:9.3f} {row.f1:9.3f} {row.wanted:7} {row.found:7} {row.right:7}"


def _told(cell: Hits) -> str:
    """What accuracy does not say of a column that mostly holds one value."""
    if not isinstance(cell, Told):
        return ""
    precision, recall = ("–" if v is None else f"{v:.3f}" for v in (cell.precision, cell.recall))
    return f" ({cell.commonest:.3f} by always the same; of {cell.wanted} others precision {precision}, recall {recall})"


def _measures(scores: Scores) -> dict[str, float | None]:
    """Every figure that a floor may name: ``money.f1``, ``attributes.figure_at.accuracy``, ``event.type.right`` …"""
    figures = scores.as_dict()
    flat: dict[str, float | None] = {}
    for kind, row in figures["facts"].items():
        flat |= {f"{kind}.{name}": value for name, value in row.items()}
    for group in ("attributes", "event", "context", "cleaning"):
        for kind, row in figures[group].items():
            flat |= {f"{group}.{kind}.{name}": value for name, value in row.items()}
    flat |= {f"text.{name}": value for name, value in (figures["text"] or {}).items()}
    return flat | {"absent": len(scores.absent), "mentions": scores.mentions, "ungrounded": scores.ungrounded}


CEILINGS = ("absent", "ungrounded")  # the measures of which less is better


def check_floors(scores: Scores, floors: Mapping[str, float]) -> list[str]:
    """One line (measure, floor, found) per measure that fell below its floor, or above it for `CEILINGS`.

    A measure that was not asked by any gold article fails too: nothing shows that it holds. Raises InputError on a
    measure that does not exist.
    """
    measures = _measures(scores)
    if unknown := sorted(set(floors) - set(measures)):
        raise InputError(f"no such measure in the floors: {', '.join(unknown)}")
    fallen = []
    for name, floor in floors.items():
        found = measures[name]
        held = found is not None and (found <= floor if name in CEILINGS else found >= floor)
        if not held:
            fallen.append(f"{name:32} {floor:>9g} {'nothing' if found is None else format(found, 'g'):>9}")
    return fallen


def load_floors(path: Path, name: str | None = None) -> dict[str, float]:
    """The floors of the gold set ``name`` from a JSON file ``{set: {measure: floor}}``; the only one without a name.

    Raises InputError where the file cannot be read or has no such set.
    """
    try:
        sets = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read the floors {path}: {error}") from None
    if not isinstance(sets, dict) or not all(isinstance(floors, dict) for floors in sets.values()):
        raise InputError(f"{path} holds no floors: it should be {{set: {{measure: floor}}}}")
    chosen = next(iter(sets)) if name is None and len(sets) == 1 else name
    if chosen not in sets:
        wanted = name or "a set without name (--floor-set)"
        raise InputError(f"{path} has no floors for {wanted}; it has {', '.join(sets)}")
    return {str(measure): float(floor) for measure, floor in sets[chosen].items()}


def default_gold() -> list[Path]:
    """The gold files beside the tests."""
    found = sorted(DEFAULT_GOLD.glob("samples*.jsonl"))
    if not found:
        raise InputError(f"no gold file {DEFAULT_GOLD}/samples*.jsonl here: name some with --gold")
    return found


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``union-events score``."""
    parser.add_argument("--tables", type=Path, default=Path("data/processed"), help="folder of the tables to score")
    parser.add_argument("--gold", type=Path, nargs="+", metavar="FILE", help="gold files (tests/gold/samples*.jsonl)")
    parser.add_argument("--raw", type=Path, help="folder of the articles, for gold that marks their furniture")
    parser.add_argument("--errors", action="store_true", help="list every missed and every wrong fact")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--floors", type=Path, metavar="FILE", help="exit 1 if a measure is below its floor in FILE")
    parser.add_argument("--floor-set", metavar="NAME", help="which set of floors in FILE")


def run(args: argparse.Namespace) -> int:
    """Run ``union-events score``: 0 when done, 1 where a floor is not held, 2 when it cannot run."""
    try:
        floors = load_floors(args.floors, args.floor_set) if args.floors else {}
        scores = score(args.tables, args.gold or default_gold(), args.raw)
        fallen = check_floors(scores, floors)
    except UnionEventsError as error:
        print(f"union-events score: {error}", file=sys.stderr)
        return 2
    print(json.dumps(scores.as_dict(), ensure_ascii=False) if args.json else format_scores(scores, args.errors))
    if fallen:
        print(f"below the floors of {args.floors}:", file=sys.stderr)
        print("\n".join([f"{'measure':32} {'floor':>9} {'found':>9}", *fallen]), file=sys.stderr)
    return 1 if fallen else 0


def main() -> int:
    """Run ``python -m pipeline.score``."""
    parser = argparse.ArgumentParser(prog="union-events score", description="Score tables against gold annotations.")
    add_arguments(parser)
    return run(parser.parse_args())
