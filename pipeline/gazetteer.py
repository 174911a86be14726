"""Vietnam's provinces and the units below them, then and now (``rules/place``).

63 provinces became 34 on 1 July 2025, and districts ended. A province is named here by its plain name ("Sóc Trăng",
"Hồ Chí Minh"), spelled as in ``rules/place/provinces.yaml``.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import regex
from pydantic import BaseModel, ConfigDict, Field

from pipeline.rules import Rules, built
from pipeline.text import canonical, fold
from pipeline.trees import Tree, spelled, tree_of

# a unit's name has at most this many syllables
MAX_SYLLABLES = 5
_SYLLABLE = regex.compile(r"[\p{L}\p{N}]+(?:['’][\p{L}]+)?")


@dataclass(frozen=True, slots=True)
class Province:
    """A province of 2008 to today. ``kind`` is province or city; ``valid_from``/``valid_to`` None = open.

    ``now`` is the province that covers it since 1 July 2025; ``formal`` how a body's name bears it.
    """

    name: str
    kind: str
    now: str
    formal: str
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit below the province. ``kind`` is the kind's word; more than one of ``provinces``: an ambiguous name."""

    kind: str
    name: str
    provinces: tuple[str, ...]


class _ProvinceRow(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    kind: str
    now: str | None = None
    formal: str | None = None
    since: str | None = Field(default=None, alias="from")
    to: str | None = None
    unsure: bool = False
    spellings: list[str] = []
    weak: list[str] = []


class _UnitRow(BaseModel):
    model_config = ConfigDict(extra="forbid")
    province: str
    kind: str
    names: str


class _LandmarkRow(BaseModel):
    model_config = ConfigDict(extra="forbid")
    province: str
    names: list[str]


_DOTS = regex.compile(r"[. ]+")
_DASH = regex.compile(r" ?- ?")


@functools.lru_cache(maxsize=4096)
def _key(text: str) -> str:
    return str(_DASH.sub("-", _DOTS.sub(" ", fold(text)).strip()))


_PIECE = re.compile(r" ?- ?| |.")


def words_pattern(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern that finds whole words of a list, the longest first, in one pass.

    One or two spaces are a space, and none is needed around a dash. The words are a tree, so that a character of the
    text is looked at once however long the list is; each branch begins with a letter, which lets the standard
    library's engine skip to where one may begin.
    """
    tree = tree_of([_spelling(piece) for piece in _PIECE.findall(canonical(word))] for word in words)

    def begin(first: str, node: Tree) -> str:
        # the second character rules out most places, so it goes before the look behind
        branches = []
        for piece in sorted(node, reverse=True):
            second = piece if len(piece) == 1 else ""
            branches.append(f"{second}(?<!\\w{first}{second}){'' if second else piece}{spelled(node[piece])}")
        return f"{first}(?:{'|'.join(branches)})"

    return re.compile("|".join(rf"{begin(first, rest)}(?!\w)" for first, rest in tree.items()))


def _spelling(piece: str) -> str:
    return " {1,2}" if piece == " " else " ?[-,]? ?" if "-" in piece else re.escape(piece)


class Gazetteer:
    """Names of places and what they are. Build it with `gazetteer`, which keeps one per rules."""

    def __init__(self, rules: Rules) -> None:
        place = rules["place"]
        self.merged_on = dt.date.fromisoformat(str(place.settings["merged_on"]))
        rows = place.table("provinces", _ProvinceRow)
        words = place.lexicon["unit_words"]
        kind_word = {code: next(w for w, c in words.items() if c == code) for code in ("province", "city")}
        self.provinces: dict[str, Province] = {}
        self._by_key: dict[str, str] = {}
        self._weak: set[str] = set()
        forms: dict[str, str] = {}
        for row in rows:
            self.provinces[row.name] = Province(
                row.name,
                row.kind,
                row.now or row.name,
                row.formal or f"{kind_word[row.kind]} {row.name}",
                dt.date.fromisoformat(row.since) if row.since else None,
                dt.date.fromisoformat(row.to) if row.to else None,
                row.unsure,
            )
            for spelling in (row.name, *row.spellings):
                self._by_key[self.key(spelling)] = row.name
                forms[canonical(spelling)] = row.name
            self._weak.update(self.key(w) for w in row.weak)
            if row.unsure and not row.weak:
                self._weak.add(self.key(row.name))
        self._units: dict[str, dict[str, list[str]]] = {}
        self._names: dict[str, str] = {}
        for setting in ("districts", "communes"):
            for province, kinds in place.settings[setting].items():
                for kind, names in kinds.items():
                    self._add(kind, names, province)
        for unit in place.table("former_units", _UnitRow):
            self._add(unit.kind, unit.names, unit.province)
        self.landmarks = {
            fold(name): row.province for row in place.table("landmarks", _LandmarkRow) for name in row.names
        }
        self._pattern = self._compile(forms)
        names = [n for row in place.table("landmarks", _LandmarkRow) for n in row.names]
        self._landmark_pattern = words_pattern(names)
        self._not_after = frozenset(place.lexicon["not_after"])
        self._not_after_words = tuple(f" {w}" for w in self._not_after)
        self._small_units = tuple(f" {w}" for w in place.lexicon["small_units"])
        # "thành phố" ends like a street
        self._city_words = tuple(f" {w}" for w, code in words.items() if code in ("city", "province"))
        self._not_before = tuple(place.lexicon["not_before"])
        self._leads = frozenset(place.lexicon["place_leads"])
        self._lead_words = tuple(f" {w}" if w[-1].isalpha() else w for w in self._leads)
        self.family_names = frozenset(place.lexicon["family_names"])
        self.unit_words: dict[str, str] = dict(words)
        self._predecessors: dict[str, tuple[str, ...]] = {}
        for name in self.provinces:
            self._predecessors[name] = tuple(
                p.name
                for p in self.provinces.values()
                if p.now == name
                and p.valid_from is None
                and (p.valid_to is None or p.valid_to.year >= self.merged_on.year - 1)
            )

    def _add(self, kind: str, names: str, province: str) -> None:
        for name in names.split(", "):
            where = self._units.setdefault(fold(name), {}).setdefault(kind, [])
            if province not in where:
                where.append(province)
            self._names.setdefault(fold(name), name)

    @staticmethod
    def _compile(forms: dict[str, str]) -> re.Pattern[str]:
        return words_pattern([*forms, *(f.upper() for f in forms)])

    @staticmethod
    def key(text: str) -> str:
        """The key of a province's spelling: folded, without dots and spaces around dashes."""
        return _key(text)

    def province(self, text: str) -> str | None:
        """The province that the whole of ``text`` names in any spelling, with or without its kind; else None."""
        key = self.key(text)
        if key in self._by_key:
            return self._by_key[key]
        for word in self.unit_words:
            if key.startswith(self.key(word) + " ") and (name := self._by_key.get(key[len(self.key(word)) + 1 :])):
                return name
        return None

    def now(self, province: str | None) -> str | None:
        """The province that covers it since 1 July 2025."""
        return self.provinces[province].now if province in self.provinces else None

    def at(self, province: str, date: dt.date | None) -> str:
        """The province that covers ``province`` on that day, as named then; the same where the day is unknown."""
        here = self.provinces[province]
        if date is None:
            return province
        if here.valid_to and date > here.valid_to:
            return self.at(here.now, date) if here.now != province else province
        if here.valid_from and date < here.valid_from:
            older = [
                p for p in self.provinces.values() if p.now == province and p.valid_to and p.valid_to < here.valid_from
            ]
            return older[0].name if older else province
        return province

    def predecessors(self, province: str) -> tuple[str, ...]:
        """The provinces of before that a province of today covers, its own name among them."""
        return self._predecessors.get(province, ())

    def changed(self, province: str) -> bool:
        """Whether the province of that name is another one since 1 July 2025, or ended then."""
        here = self.provinces[province]
        covers = [
            p
            for p in self.provinces.values()
            if p.now == here.now and p.valid_to and p.valid_to.year == self.merged_on.year
        ]
        return bool(covers)

    def unit(self, kind: str | None, name: str) -> Unit | None:
        """The unit of that name; of another kind where that kind has none (kinds change over the years)."""
        kinds = self._units.get(fold(name))
        if not kinds:
            return None
        if kind in kinds:
            return Unit(kind, self._names[fold(name)], tuple(kinds[kind]))
        if kind is not None and self.unit_words.get(kind) in ("district", "city"):
            # no ward was ever a district, though wards bear the names of districts that ended
            kinds = {k: where for k, where in kinds.items() if self.unit_words.get(k) != "ward"}
            if not kinds:
                return None
        everywhere = dict.fromkeys(p for where in kinds.values() for p in where)
        return Unit(kind or next(iter(kinds)), self._names[fold(name)], tuple(everywhere))

    def match_province(self, text: str, start: int) -> tuple[int, str] | None:
        """End and name of the province whose spelling stands at ``start`` of canonical ``text``."""
        match = self._pattern.match(text, start)
        return (match.end(), self._by_key[self.key(match.group())]) if match else None

    def longest(self, text: str, start: int) -> tuple[int, str] | None:
        """End and name of the longest unit or province whose name begins at ``start`` of canonical ``text``."""
        if (province := self.match_province(text, start)) is not None:
            return province
        ends: list[int] = []
        position = start
        while len(ends) < MAX_SYLLABLES and (syllable := _SYLLABLE.match(text, position)):
            ends.append(syllable.end())
            position = syllable.end()
            while position < len(text) and text[position] in " -" and position - syllable.end() < 3:
                position += 1
        for end in reversed(ends):
            if (name := self._names.get(fold(text[start:end]))) is not None:
                return end, name
        return None

    def find_landmarks(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Places known far and wide that canonical ``text`` names, as (start, end, province)."""
        for match in self._landmark_pattern.finditer(text):
            yield match.start(), match.end(), self.landmarks[fold(match.group())]

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Provinces named in canonical ``text`` as (start, end, province); no persons, streets, plain words."""
        for match in self._pattern.finditer(text):
            name = self._by_key[self.key(match.group())]
            before = text[max(0, match.start() - 40) : match.start()]
            if not self._refused(before, text[match.end() : match.end() + 12], match.group()):
                yield match.start(), match.end(), name

    def _refused(self, before: str, after: str, written: str) -> bool:
        """Whether the words around say that a name is not a province's."""
        if after.startswith(" ") and fold(after[1:]).startswith(self._not_before):
            return True
        words = before.split()
        folded = fold(before)
        if f" {folded}".endswith(self._small_units):
            return True
        streets = folded.endswith(self._not_after_words) or folded in self._not_after
        if streets and not f" {folded}".endswith(self._city_words):
            return True
        close = before.endswith(" ")
        if close and words and words[-1][0].isupper() and not words[-1].isupper() and words[-1][-1].isalpha():
            run = self._tail_run(words)
            number = words[-len(run) - 1] if len(words) > len(run) else ""
            if fold(run[0]) in self.family_names and len(run) <= 3 and not number.isdigit():
                # but a street's with its number: "số 8 Lê Lợi Hà Nội"
                return True
        if self.key(written) in self._weak:
            return bool(folded) and not folded.endswith(self._lead_words) and folded not in self._leads
        return False

    @staticmethod
    def _tail_run(words: list[str]) -> list[str]:
        """The capitalised words at the end of a list."""
        run: list[str] = []
        for word in reversed(words):
            if not (word[0].isupper() and word[-1].isalpha()):
                break
            run.insert(0, word)
        return run


def gazetteer(rules: Rules) -> Gazetteer:
    """The gazetteer of these rules, built once per process."""
    return built(Gazetteer, rules, "place")
