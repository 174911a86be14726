"""Scores the tables of a run against gold annotations: precision, recall, F1 per kind of fact, accuracy per field.

A gold file has one JSON object per line and article. A line belongs to the article whose ``source`` ends in its
``file`` (default ``<id>.txt``; the n-th record of a file of many is ``name.jsonl#n``). In gold strings `` | `` parts
spellings of which any is right; an event type may be a list. A line that marks its text (``keep`` or ``furniture``) is
asked for the cleaning too (`pipeline.score.kept_text`), one that marks its text alone for nothing else.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import json
import sys
from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from pipeline.errors import InputError
from pipeline.score.folding import folding
from pipeline.score.kept_text import Cleaned, CleanTally, clean_gold, compare, marks_text
from pipeline.write import refuse_mixed

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
# and the value of each that says least: the others are what it is for
CONTEXT = {"topic": "other", "status": None, "said_by": None, "same_as": None, "tenure": "current"}
GOLD_KEYS = {"id", "event", "province", "officials", "terms", "dates", *FIGURES.values()}

Row = Mapping[str, Any]
Difference = tuple[Any, ...]


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
class Told(Hits):
    """The same of a column that mostly holds one value (`CONTEXT`), where accuracy alone says little.

    ``commonest`` is the accuracy of always answering with the commonest wanted value; ``precision`` and ``recall``
    (None where there is nothing to tell) are those of the values that are not the column's empty one, ``wanted`` and
    ``found`` how many of these there are.
    """

    commonest: float
    precision: float | None
    recall: float | None
    wanted: int
    found: int


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
    context: dict[str, Told]
    text: Prf | None  # letters of the articles' text; None where no gold marks it
    cleaning: dict[str, Hits]
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
            "text": dataclasses.asdict(self.text) if self.text else None,
            "cleaning": {name: dataclasses.asdict(row) for name, row in self.cleaning.items()},
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


class _Telling(_Accuracy):
    """The same, and how often another value than the column's empty one was told, and rightly."""

    def __init__(self, empty: str | None) -> None:
        super().__init__()
        self.empty = empty
        self.wanted: collections.Counter[str] = collections.Counter()
        self.told = self.told_right = 0

    def add(self, article: str, where: str, wanted: object, found: object) -> None:
        before = self.right
        super().add(article, where, wanted, found)
        self.wanted[str(wanted)] += 1
        if found != self.empty:
            self.told += 1
            self.told_right += self.right - before

    def row(self) -> Told:
        asked = self.of - self.wanted[str(self.empty)]
        return Told(
            **dataclasses.asdict(super().row()),
            commonest=round(max(self.wanted.values(), default=0) / max(self.of, 1), 4),
            precision=round(self.told_right / self.told, 4) if self.told else None,
            recall=round(self.told_right / asked, 4) if asked else None,
            wanted=asked,
            found=self.told,
        )


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
            keys = set(entry) if isinstance(entry, dict) else set()
            if (missing := sorted(GOLD_KEYS - keys)) and not keys >= {"file", "keep"}:
                raise InputError(f"{path}:{number}: a gold article lacks {', '.join(missing)}")
            lines.append(entry)
    return lines


class _Scorer:
    """Compares gold articles, one by one, with the rows of a run."""

    def __init__(self, tables: Path, raw: Path | None) -> None:
        self.names = folding()
        self.raw = raw
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
        self.context = {name: _Telling(empty) for name, empty in CONTEXT.items()}
        self.cleaning = CleanTally()
        self.unclean: list[Difference] = []
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
        if marks_text(gold):
            self._cleaning(name, gold, article)
        if not set(gold) >= GOLD_KEYS:
            return
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

    def _cleaning(self, name: str, gold: Row, article: Row | None) -> None:
        source = None
        if "keep" not in gold:
            if article is None or self.raw is None or not (at := self.raw / article["source"]).is_file():
                print(f"score: {name} is not in the raw folder, so its cleaning is not scored", file=sys.stderr)
                return
            source = at.read_bytes().decode("utf-8-sig", errors="replace")
        wanted = clean_gold(gold, source)
        found = Cleaned()
        if article is not None:
            published = article.get("published")
            stamp = published.date().isoformat() if published else None
            found = Cleaned(article["text"], article.get("title"), stamp, article.get("byline"), article.get("site"))
        tally = compare(wanted, found)
        self.cleaning.add(tally)
        if tally.f1 < 1:
            self.unclean.append((name, "text", f"kept {tally.kept}, wanted {tally.wanted}, right {tally.hit} letters"))
        for field in wanted.asked:
            if not tally.right[field]:
                self.unclean.append((name, field, "wanted", wanted.asked[field], "found", getattr(found, field)))

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
            spellings = {self.names.fold_or_none(name) for name in _spellings(entry["said_by"])}
            found = self.names.fold_or_none(match["said_by"])
            wanted = self.names.fold_or_none(entry["said_by"])
            self.context["said_by"].add(name, text, wanted, wanted if found in spellings else found)
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
        text = self.cleaning
        if text.articles:
            errors["cleaning"] = self.unclean
        return Scores(
            wanted=self.articles,
            absent=self.absent,
            mentions=self.mentions,
            ungrounded=self.ungrounded,
            facts={kind: tally.row() for kind, tally in self.tally.items()},
            attributes={name: accuracy.row() for name, accuracy in self.attributes.items()},
            event={name: accuracy.row() for name, accuracy in self.event.items()},
            context={name: accuracy.row() for name, accuracy in asked.items()},
            text=Prf(
                round(text.precision, 4), round(text.recall, 4), round(text.f1, 4), text.wanted, text.kept, text.hit
            )
            if text.articles
            else None,
            cleaning={
                name: Hits(round(text.share(name), 4), of, text.right[name]) for name, of in text.of.items() if of
            },
            errors=errors,
        )


def score(tables: Path, gold: Sequence[Path], raw: Path | None = None) -> Scores:
    """Score the Parquet tables in the folder ``tables`` against the gold files.

    ``raw`` is the folder of articles that they were made from, by default the one that the run names: gold that marks
    furniture by spans of the source needs it. A table that is missing counts as empty, with a line on standard error.

    Raises InputError where the folder or a gold file is missing, the tables are of several runs or a gold line is no
    annotated article, RuleError where the folding rules are wrong.
    """
    if not tables.is_dir():
        raise InputError(f"no folder of tables at {tables}: run `make extract` first, or name it with --tables")
    refuse_mixed(tables)
    lines = _gold_lines(gold)
    scorer = _Scorer(tables, raw or _raw_folder(tables))
    for line in lines:
        scorer.add(line)
    if len(scorer.absent) == len(lines) > 0:
        raise InputError(f"none of the {len(lines)} gold articles is in {tables}: name their gold with --gold")
    return scorer.scores()


def _raw_folder(tables: Path) -> Path | None:
    """The folder of articles that a run's tables were made from, as its ``run.json`` names it."""
    try:
        told = json.loads((tables / "run.json").read_text(encoding="utf-8"))["raw"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Path(told) if isinstance(told, str) else None
