"""Scores the tables of a run against gold annotations: precision, recall, F1 per kind of fact, accuracy per field.

A gold file has one JSON object per line and article. A line belongs to the article whose ``source`` ends in its
``file`` (default ``<id>.txt``; the n-th record of a file of many is ``name.jsonl#n``). In gold strings `` | `` parts
spellings of which any is right; an event type may be a list. How names are folded before they are compared is data:
``rules/score/fold.yaml``.
"""

from __future__ import annotations

import argparse
import collections
import dataclasses
import datetime as dt
import functools
import json
import re
import sys
import unicodedata
from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.errors import InputError, RuleError, UnionEventsError

FIGURES = {
    "money": "money",
    "ratio": "ratios",
    "percent": "percents",
    "count": "counts",
}  # kind: key in the gold
OFFICIALS = ("official_name", "official_position", "official_full", "official_roles")
KINDS = (*FIGURES, "date", "term", *OFFICIALS)
ATTRIBUTES = (
    "money_modifier", "money_each", "percent_modifier", "count_modifier", "count_unit", "figure_at", "org_province",
)  # fmt: skip
EVENT = ("type", "date_start", "date_end", "org", "org_level", "congress_no", "term", "province", "no_event")
CONTEXT = ("topic", "status", "said_by", "same_as", "tenure")
GOLD_KEYS = {"id", "event", "province", "officials", "terms", "dates", *FIGURES.values()}
DEFAULT_GOLD = Path("tests/gold")

Row = Mapping[str, Any]
Difference = tuple[Any, ...]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Abbreviation(_Strict):
    pattern: str
    full: str


class _ToneMarks(_Strict):
    not_after: str
    pairs: dict[str, str]


class _Provinces(_Strict):
    province_word: str
    city_word: str
    cities: frozenset[str]


class _Examples(_Strict):
    same: list[tuple[str, str]]
    different: list[tuple[str, str]]


class _Tables(_Strict):
    abbreviations: list[_Abbreviation]


class _Settings(_Strict):
    letters: dict[str, str]
    tone_marks: _ToneMarks
    provinces: _Provinces
    examples: _Examples


class FoldFile(_Strict):
    """The shape of ``rules/score/fold.yaml``."""

    dimension: str
    about: str
    tables: _Tables
    settings: _Settings


class Folding:
    """Brings names to the string by which they are compared."""

    def __init__(self, file: FoldFile) -> None:
        tones = file.settings.tone_marks
        self.examples = file.settings.examples
        self._letters = str.maketrans(file.settings.letters)
        self._tones = tones.pairs
        # only an open syllable has two spellings, and "qu" is a consonant
        self._open = re.compile(rf"(?<!{re.escape(tones.not_after)})({'|'.join(tones.pairs)})(?!\w)")
        self._abbreviations = [(re.compile(a.pattern), a.full) for a in file.tables.abbreviations]
        self._provinces = file.settings.provinces

    @classmethod
    def load(cls, path: Path | None = None) -> Folding:
        """Read the file of rules (default: the project's own). Raises RuleError where it is missing or wrong."""
        if path is None:
            from pipeline.rules import rules_root

            path = rules_root() / "score" / "fold.yaml"
        try:
            return cls(FoldFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))))
        except OSError as error:
            raise RuleError(f"{path}: {error.strerror}") from None
        except (yaml.YAMLError, ValidationError, re.error) as error:
            raise RuleError(f"{path}: {error}") from None

    def fold(self, text: object) -> str:
        """NFC, lower case, one place of the tone mark, abbreviations written out, no punctuation."""
        folded = unicodedata.normalize("NFC", str(text)).translate(self._letters).lower()
        folded = self._open.sub(lambda m: self._tones[m.group()], folded)
        for pattern, full in self._abbreviations:
            folded = pattern.sub(full, folded)
        return " ".join(re.sub(r"[\"“”'‘’().,;:&–—-]", " ", folded).split())

    def fold_or_none(self, text: object | None) -> str | None:
        """`fold`, and None for None."""
        return None if text is None else self.fold(text)

    def org_key(self, text: str | None, province: str | None) -> str:
        """Fold a body's name without the (folded) province that it bears, so that both ways of naming it are one."""
        words = self._provinces
        key = f" {self.fold(text) if text is not None else ''} "
        if province and province in words.cities:
            key = key.replace(f" {words.city_word} {province} ", " ").replace(f" {words.city_word} ", " ")
        if province:
            key = key.replace(f" {words.province_word} {province} ", " ").replace(f" {province} ", " ")
        return " ".join(key.replace(f" {words.province_word} ", " ").split())


@functools.cache
def folding() -> Folding:
    """The project's own folding, read once."""
    return Folding.load()


@dataclasses.dataclass(frozen=True, slots=True)
class Prf:
    """Precision, recall and F1 (0 to 1, four places) of a kind of fact, and the numbers behind them."""

    precision: float
    recall: float
    f1: float
    wanted: int
    found: int
    right: int


@dataclasses.dataclass(frozen=True, slots=True)
class Hits:
    """How often a value was the wanted one; ``accuracy`` (0 to 1, four places) is None where nothing was asked."""

    accuracy: float | None
    of: int
    right: int


@dataclasses.dataclass(frozen=True, slots=True)
class Scores:
    """What a run scored. ``errors`` holds every missed and every wrong fact, by kind."""

    wanted: int
    absent: list[str]
    mentions: int
    ungrounded: int
    facts: dict[str, Prf]
    attributes: dict[str, Hits]
    event: dict[str, Hits]
    context: dict[str, Hits]
    errors: dict[str, list[Difference]]

    def as_dict(self) -> dict[str, Any]:
        """The figures, without the errors, for JSON."""
        return {
            "articles": {"wanted": self.wanted, "absent": self.absent},
            "grounding": {"mentions": self.mentions, "ungrounded": self.ungrounded},
            "facts": {kind: dataclasses.asdict(row) for kind, row in self.facts.items()},
            "attributes": {name: dataclasses.asdict(row) for name, row in self.attributes.items()},
            "event": {name: dataclasses.asdict(row) for name, row in self.event.items()},
            "context": {name: dataclasses.asdict(row) for name, row in self.context.items()},
        }


class _Tally:
    """Counts right, found and wanted facts and keeps the differences."""

    def __init__(self) -> None:
        self.right = self.found = self.wanted = 0
        self.missed: list[tuple[str, Hashable]] = []
        self.wrong: list[tuple[str, Hashable]] = []

    def add(self, article: str, gold: Iterable[Hashable], predicted: Iterable[Hashable]) -> None:
        wanted, found = collections.Counter(_ordered(gold)), collections.Counter(_ordered(predicted))
        both = wanted & found
        self.right += both.total()
        self.found += found.total()
        self.wanted += wanted.total()
        self.missed += [(article, key) for key in (wanted - both).elements()]
        self.wrong += [(article, key) for key in (found - both).elements()]

    def row(self) -> Prf:
        precision = self.right / self.found if self.found else float(not self.wanted)
        recall = self.right / self.wanted if self.wanted else 1.0
        both = precision + recall
        f1 = 2 * precision * recall / both if both else 0.0
        return Prf(round(precision, 4), round(recall, 4), round(f1, 4), self.wanted, self.found, self.right)

    def differences(self) -> list[Difference]:
        return [("missed", *m) for m in self.missed] + [("wrong", *w) for w in self.wrong]


class _Accuracy:
    """Counts how often a value is the wanted one and keeps the differences."""

    def __init__(self) -> None:
        self.right = self.of = 0
        self.differ: list[Difference] = []

    def add(self, article: str, where: str, wanted: object, found: object) -> None:
        self.of += 1
        if found in (wanted if isinstance(wanted, list) else [wanted]):
            self.right += 1
        else:
            self.differ.append((article, where, "wanted", wanted, "found", found))

    def row(self) -> Hits:
        return Hits(round(self.right / self.of, 4) if self.of else None, self.of, self.right)


def _ordered(keys: Iterable[Hashable]) -> Iterable[Hashable]:
    """A set has no order of its own: give it one, so that two runs list the same errors alike."""
    return sorted(keys, key=repr) if isinstance(keys, (set, frozenset)) else keys


def _iso(value: object) -> object:
    return value.isoformat()[:10] if isinstance(value, (dt.date, dt.datetime)) else value


def _number(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)


def _spellings(text: str | None) -> list[str | None]:
    return [*text.split(" | ")] if isinstance(text, str) else [text]


def _first_word(text: str | None) -> str | None:
    return next(iter((text or "").split()), None)


def _figure_key(kind: str, row: Row) -> Hashable:
    """The value of a figure of the tables or of the gold, as compared."""
    if kind == "money":
        return (_number(row["low"]), _number(row["high"]), row.get("currency") or "VND")
    if kind == "ratio":
        return (row.get("num", row.get("numerator")), row.get("den", row.get("denominator")))
    return _number(row.get("value", row.get("low")))


def _stands_at(row: Row, entry: Row) -> bool:
    """Does a row overlap the characters of the source file that a gold entry names?"""
    start = row.get("raw_start")
    return start is not None and start < entry["at"] + len(entry["text"]) and entry["at"] < row["raw_end"]


def _rows(tables: Path, name: str) -> list[dict[str, Any]]:
    import pyarrow.dataset as ds

    for candidate in (tables / f"{name}.parquet", tables / name):
        if candidate.exists():
            rows: list[dict[str, Any]] = ds.dataset(candidate, format="parquet").to_table().to_pylist()
            return rows
    print(f"score: no table {name} under {tables}", file=sys.stderr)
    return []


def _gold_lines(paths: Sequence[Path]) -> list[dict[str, Any]]:
    lines = []
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot read the gold file {path}: {error}") from None
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip():
                continue
            try:
                entry = json.loads(line)
            except json.JSONDecodeError as error:
                raise InputError(f"{path}:{number}: not a JSON object: {error}") from None
            if missing := sorted(GOLD_KEYS - set(entry if isinstance(entry, dict) else ())):
                raise InputError(f"{path}:{number}: a gold article lacks {', '.join(missing)}")
            lines.append(entry)
    return lines


class _Scorer:
    """Compares gold articles, one by one, with the rows of a run."""

    def __init__(self, tables: Path) -> None:
        self.names = folding()
        self.by_file: dict[str, dict[str, Any]] = {}
        for article in _rows(tables, "articles"):
            last = PurePosixPath(article["source"] or "").name
            self.by_file[last] = article
            self.by_file.setdefault(last.split("#")[0], article)
        self.tables: dict[str, dict[str | None, list[dict[str, Any]]]] = {}
        for name in ("events", "officials", "figures", "dates", "terms"):
            grouped = self.tables[name] = collections.defaultdict(list)
            for row in _rows(tables, name):
                grouped[row["article_id"]].append(row)
        self.tally = {kind: _Tally() for kind in KINDS}
        self.attributes = {name: _Accuracy() for name in ATTRIBUTES}
        self.event = {field: _Accuracy() for field in EVENT}
        # asked only where the gold has the key
        self.context = {name: _Accuracy() for name in CONTEXT}
        self.articles = self.mentions = self.ungrounded = 0
        self.absent: list[str] = []

    def of(self, table: str, article_id: str | None) -> list[dict[str, Any]]:
        return self.tables[table].get(article_id, [])

    def add(self, gold: Row) -> None:
        """Score one gold article."""
        name = gold.get("file") or f"{gold['id']}.txt"
        article = self.by_file.get(name)
        self.articles += 1
        if article is None:
            self.absent.append(name)
        aid = article["article_id"] if article else None
        province = self.names.fold_or_none(gold.get("province"))
        if article is not None:
            self._grounding(article)
        self._figures(name, gold, self.of("figures", aid))
        self._dates_and_terms(name, gold, self.of("dates", aid), self.of("terms", aid))
        self._officials(name, gold["officials"], self.of("officials", aid), province)
        found_province = self.names.fold_or_none(article["province"]) if article else None
        self.event["province"].add(name, "province", province, found_province)
        main = next((e for e in self.of("events", aid) if e["is_main"]), None)
        self._event(name, gold["event"], main, province)

    def _grounding(self, article: Row) -> None:
        for table in ("figures", "dates", "terms", "officials"):
            for row in self.of(table, article["article_id"]):
                if row.get("span_start") is not None:
                    self.mentions += 1
                    self.ungrounded += article["text"][row["span_start"] : row["span_end"]] != row["text"]

    def _figures(self, name: str, gold: Row, figures: Sequence[Row]) -> None:
        for kind, plural in FIGURES.items():
            of_kind = [f for f in figures if f["kind"] == kind]
            self.tally[kind].add(
                name, [_figure_key(kind, e) for e in gold[plural]], [_figure_key(kind, f) for f in of_kind]
            )
            for entry in gold[plural]:
                same = [f for f in of_kind if _figure_key(kind, f) == _figure_key(kind, entry)]
                if same:
                    self._figure_attributes(name, kind, entry, same)
                    self._figure_context(name, entry, self._nearest(same, entry), figures)

    def _nearest(self, same: Sequence[Row], entry: Row) -> Row:
        """Of figures with the stated value, the one that stands where the entry stands, or reads most like it."""

        def distance(figure: Row) -> tuple[int, bool]:
            start = figure.get("raw_start")
            away = abs(start - entry["at"]) if "at" in entry and start is not None else 0
            return away, self.names.fold_or_none(figure["text"]) != self.names.fold_or_none(entry["text"])

        return min(same, key=distance)

    def _figure_attributes(self, name: str, kind: str, entry: Row, same: Sequence[Row]) -> None:
        text, match = entry["text"], self._nearest(same, entry)
        if "at" in entry and any(f.get("raw_start") is not None for f in same):
            self.attributes["figure_at"].add(name, text, True, any(_stands_at(f, entry) for f in same))
        if kind != "ratio":
            wanted, found = entry.get("modifier", "exact"), match["modifier"] or "exact"
            self.attributes[f"{kind}_modifier"].add(name, text, wanted, found)
        if kind == "money":
            self.attributes["money_each"].add(name, text, bool(entry.get("each")), bool(match["each"]))
        if kind == "count":
            unit = self.names.fold_or_none(match["unit"])
            wanted = self.names.fold(entry["unit"]).split()[0]
            self.attributes["count_unit"].add(name, text, wanted, _first_word(unit))

    def _figure_context(self, name: str, entry: Row, match: Row, figures: Sequence[Row]) -> None:
        """What a figure says: only what the gold entry annotates is asked."""
        text = entry["text"]
        for field in ("topic", "status"):
            if field in entry:
                self.context[field].add(name, text, entry[field], match[field])
        if "said_by" in entry:
            wanted, found = self.names.fold_or_none(entry["said_by"]), self.names.fold_or_none(match["said_by"])
            # a speaker may be named with or without his title
            same = wanted == found or (
                bool(wanted and found) and (str(found) in str(wanted) or str(wanted) in str(found))
            )
            self.context["said_by"].add(name, text, wanted, wanted if same else found)
        if "same_as" in entry:
            first = next((f for f in figures if f["figure_id"] == match["same_as"]), None)
            at = entry["same_as"]
            same = first is None if at is None else first is not None and _stands_at(first, {"at": at, "text": text})
            self.context["same_as"].add(name, text, at, at if same else (first and first["raw_start"]))

    def _dates_and_terms(self, name: str, gold: Row, dates: Sequence[Row], terms: Sequence[Row]) -> None:
        # a date that nothing in the text fixes is null in the gold: it is not asked for, and a guess at it is wrong
        self.tally["date"].add(
            name,
            [(d["start"], d["end"]) for d in gold["dates"] if d["start"]],
            [(_iso(d["date_start"]), _iso(d["date_end"])) for d in dates if d["date_start"]],
        )
        self.tally["term"].add(
            name,
            {(t["start"], t["end"], t["kind"]) for t in gold["terms"]},
            {(t["term_start"], t["term_end"], t["kind"]) for t in terms},
        )

    def _officials(self, name: str, gold: Sequence[Row], rows: Sequence[Row], province: str | None) -> None:
        """Compare officials; a row that fits any spelling of a gold entry takes that entry's key."""
        fold = self.names.fold_or_none
        wanted: dict[str, set[Hashable]] = {kind: set() for kind in OFFICIALS}
        entries = []
        for entry in gold:
            names = {fold(n) for n in _spellings(entry["name"])}
            positions = {fold(p) for p in _spellings(entry["position"])}
            orgs = {self.names.org_key(o, province) for o in _spellings(entry["org"])}
            entries.append((entry, names, positions, orgs))
            person, position, org = min(names, key=str), min(positions, key=str), min(orgs)
            wanted["official_name"].add(person)
            wanted["official_position"].add((person, position))
            wanted["official_full"].add((person, position, org))
            wanted["official_roles"] |= {(person, r) for r in entry.get("roles", []) if r != "mentioned"}

        found: dict[str, set[Hashable]] = {kind: set() for kind in OFFICIALS}
        for row in rows:
            person, position = fold(row["name"]), fold(row["position"])
            org = self.names.org_key(row["org"], province)
            same_person = [e for e in entries if person in e[1]]
            same_position = [e for e in same_person if position in e[2]]
            same_all = [e for e in same_position if org in e[3]]
            if same_person:
                person = min(same_person[0][1], key=str)
            if same_position:
                position = min((same_all or same_position)[0][2], key=str)
            if same_all:
                entry, org = same_all[0][0], min(same_all[0][3])
                if "tenure" in entry:
                    self.context["tenure"].add(name, entry["name"], entry["tenure"], row["tenure"])
                if province and all(province in (fold(o) or "") for o in _spellings(entry["org"])):
                    borne = province in (fold(row["org"]) or "")
                    self.attributes["org_province"].add(name, entry["org"], True, borne)
            found["official_name"].add(person)
            found["official_position"].add((person, position))
            found["official_full"].add((person, position, org))
            found["official_roles"] |= {(person, role) for role in (row["roles"] or []) if role != "mentioned"}
        for kind in OFFICIALS:
            self.tally[kind].add(name, wanted[kind], found[kind])

    def _event(self, name: str, want: Row | None, main: Row | None, province: str | None) -> None:
        if want is None:
            self.event["no_event"].add(name, "event", None, main and main["event_type"])
            return
        if main is None:
            for field in EVENT[:-2]:
                self.event[field].add(name, field, want.get(field), "no main event")
            return
        got = {
            "type": main["event_type"],
            "date_start": _iso(main["date_start"]),
            "date_end": _iso(main["date_end"]),
            "org": self.names.org_key(main["org"], province),
            "org_level": main["org_level"],
            "congress_no": main["congress_no"],
            "term": f"{main['term_start']}-{main['term_end']}" if main["term_start"] else None,
        }
        for field, found in got.items():
            wanted: object = want.get(field)
            if field == "org":
                wanted = [self.names.org_key(o, province) for o in _spellings(want.get("org"))]
            self.event[field].add(name, field, wanted, found)

    def scores(self) -> Scores:
        errors = {kind: tally.differences() for kind, tally in self.tally.items()}
        errors |= {f"attribute {name}": accuracy.differ for name, accuracy in self.attributes.items()}
        errors |= {f"event {name}": accuracy.differ for name, accuracy in self.event.items()}
        asked = {name: accuracy for name, accuracy in self.context.items() if accuracy.of}
        errors |= {f"context {name}": accuracy.differ for name, accuracy in asked.items()}
        return Scores(
            wanted=self.articles,
            absent=self.absent,
            mentions=self.mentions,
            ungrounded=self.ungrounded,
            facts={kind: tally.row() for kind, tally in self.tally.items()},
            attributes={name: accuracy.row() for name, accuracy in self.attributes.items()},
            event={name: accuracy.row() for name, accuracy in self.event.items()},
            context={name: accuracy.row() for name, accuracy in asked.items()},
            errors=errors,
        )


def score(tables: Path, gold: Sequence[Path]) -> Scores:
    """Score the Parquet tables in the folder ``tables`` against the gold files.

    A table that is missing counts as empty, with a line on standard error. Raises InputError where the folder or a
    gold file is missing or a gold line is no annotated article, RuleError where the folding rules are wrong.
    """
    if not tables.is_dir():
        raise InputError(f"no folder of tables at {tables}: run `make extract` first, or name it with --tables")
    lines = _gold_lines(gold)
    scorer = _Scorer(tables)
    for line in lines:
        scorer.add(line)
    if len(scorer.absent) == len(lines) > 0:
        raise InputError(f"none of the {len(lines)} gold articles is in {tables}: name their gold with --gold")
    return scorer.scores()


def format_scores(scores: Scores, errors: bool = False) -> str:
    """The scores as lines of text; with ``errors``, every missed and every wrong fact after them."""
    lines = [
        f"articles {scores.wanted}, absent {scores.absent or 'none'}; "
        f"mentions {scores.mentions}, ungrounded {scores.ungrounded}",
        f"{'fact':20} {'precision':>9} {'recall':>9} {'f1':>9} {'wanted':>7} {'found':>7} {'right':>7}",
    ]
    lines += [
        f"{kind:20} {row.precision:9.3f} {row.recall:9.3f} {row.f1:9.3f} {row.wanted:7} {row.found:7} {row.right:7}"
        for kind, row in scores.facts.items()
    ]
    for title, cells in (("attributes", scores.attributes), ("event", scores.event), ("context", scores.context)):
        if title == "context" and not cells:
            continue
        lines.append(f"-- {title}")
        lines += [f"{name:20} {cell.right} of {cell.of}" for name, cell in cells.items()]
    if errors:
        for kind, items in scores.errors.items():
            lines.append(f"== {kind}")
            lines += [" ".join(map(str, ("  ", *item))) for item in items]
    return "\n".join(lines)


def _measures(scores: Scores) -> dict[str, float | None]:
    """Every figure that a floor may name: ``money.f1``, ``attributes.figure_at.accuracy``, ``event.type.right`` …"""
    figures = scores.as_dict()
    flat: dict[str, float | None] = {}
    for kind, row in figures["facts"].items():
        flat |= {f"{kind}.{name}": value for name, value in row.items()}
    for group in ("attributes", "event", "context"):
        for kind, row in figures[group].items():
            flat |= {f"{group}.{kind}.{name}": value for name, value in row.items()}
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
    parser.add_argument("--errors", action="store_true", help="list every missed and every wrong fact")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--floors", type=Path, metavar="FILE", help="exit 1 if a measure is below its floor in FILE")
    parser.add_argument("--floor-set", metavar="NAME", help="which set of floors in FILE")


def run(args: argparse.Namespace) -> int:
    """Run ``union-events score``: 0 when done, 1 where a floor is not held, 2 when it cannot run."""
    try:
        floors = load_floors(args.floors, args.floor_set) if args.floors else {}
        scores = score(args.tables, args.gold or default_gold())
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
    parser = argparse.ArgumentParser(prog="union-events score", description=__doc__)
    add_arguments(parser)
    return run(parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
