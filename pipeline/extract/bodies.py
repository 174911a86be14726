"""Organisations named in a text: what a body's name begins with, and where it ends (``rules/body``).

`BodyGrammar` reads a name into its parts; `BodyExtractor` gives the spans. What the parts come to (the full name, the
province) is decided in `pipeline.resolve.bodies`, with the whole article in view.
"""

from __future__ import annotations

import bisect
import dataclasses
import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex
from pydantic import BaseModel, ConfigDict

from pipeline.document import Passage, Taken
from pipeline.facts import BodyMention, PersonMention, Refusal
from pipeline.gazetteer import Gazetteer, gazetteer, words_pattern
from pipeline.patterns import compile_pattern
from pipeline.rules import Rules
from pipeline.text import canonical, fold, lower

# a name of more words than this is no name
MAX_TOKENS = 16
_MAX_DEPTH = 3
_MAX_UNKNOWN = 4

_TOKEN = regex.compile(r"[\p{L}\p{N}]+(?:[&'/.+\-][\p{L}\p{N}]+){0,6}")
# words, the fast way; the head "C.ty" begins with a letter and a dot
_WORD = re.compile(r"[^\W\d_](?:\.(?=[^\W\d_])|[^\W\d_])*")
_GAP = regex.compile(r"[ ]{1,2}")
_ABBREVIATION = regex.compile(r"[ ]?\([\p{Lu}][\p{Lu}\p{N}.&-]{1,12}\)")
_BEFORE = regex.compile(r"[\p{L}]+(?=[ ]{1,2}$)")
_NUMBER_BEFORE = regex.compile(r"(?:([\p{L}]+)[ ])?(?<![\p{N}./,-])(?:\d{1,4}/)?(\d{1,3})[ ]$")
_QUOTED = regex.compile(r"[\"']([^\"'\n]{2,60})[\"']")
_JOINTS = re.compile(r"[ ,&-]+")
_DIGITS = regex.compile(r"\d{1,3}(?![\p{L}\p{N}]|[.,/-]\p{N})")


class HeadRow(BaseModel):
    """A row of the table ``heads``."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    key: str
    name: str
    group: str
    style: str
    level: str
    forms: list[str]
    case: str = "any"
    bare: bool = False
    needs: bool = False
    per: str | None = None
    of: str | None = None
    branch: str | None = None
    nests: list[str] = []
    keep: bool = False
    needs_form: bool = False
    wide: bool = False
    least: int = 0
    branch_first: bool = False
    small_words: bool = True
    not_after: list[str] = []


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a name after its head. ``kind``: sector, zone, form, name, nation, place, closer, body.

    ``text`` is as the full name bears it. Of a place: ``unit`` its kind's word, ``place`` its name (None where only
    the kind stands: "LĐLĐ tỉnh"), ``is_province``. ``body`` is the body nested in this one.
    """

    kind: str
    text: str
    start: int
    end: int
    unit: str | None = None
    place: str | None = None
    is_province: bool = False
    body: Parsed | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """A body's name taken apart; offsets into the text that was read."""

    head: HeadRow
    name: str
    start: int
    end: int
    parts: tuple[Part, ...]

    def text_of(self, text: str) -> str:
        """The words of ``text``, from which it was read, that are this name."""
        return text[self.start : self.end]

    def part(self, kind: str) -> Part | None:
        """The first part of that kind."""
        return next((p for p in self.parts if p.kind == kind), None)


def _spaced(word: str) -> str:
    """A pattern for a word list's entry: any spaces, and one sign for "and" as good as another."""
    text = regex.escape(canonical(word), special_only=True, literal_spaces=True).replace(r"\-", "-").replace(r"\&", "&")
    text = regex.sub(r" ?- ?", " - ", text)
    text = text.replace(" - ", "[ ]?[-,]?[ ]?")
    return str(text).replace("[ ]", "\0").replace(" ", "[ ]{1,2}").replace("\0", "[ ]")


class Words:
    """A word list that is looked for at one place: the longest word of it, in any case."""

    def __init__(self, words: dict[str, str], joined: str | None = None) -> None:
        self._values: dict[str, str] = {}
        patterns = []
        for word in sorted(words, key=lambda w: (-len(w), w)):
            pattern = _spaced(word)
            if joined:
                pattern = pattern.replace(f"[ ]{{1,2}}{joined}[ ]{{1,2}}", f"[ ]{{0,2}}(?:{joined}|&|-|,)[ ]{{0,2}}")
            patterns.append(pattern)
            self._values[self._key(word)] = words[word]
        self._pattern = compile_pattern(rf"(?i:{'|'.join(patterns)})(?![\p{{L}}\p{{N}}])")
        self._list = [
            (compile_pattern(rf"(?i:{p})$"), words[w])
            for p, w in zip(patterns, sorted(words, key=lambda w: (-len(w), w)), strict=True)
        ]

    @staticmethod
    def _key(word: str) -> str:
        return _JOINTS.sub(" ", fold(word))

    def at(self, text: str, start: int) -> tuple[int, str] | None:
        """End and value of the word at ``start``."""
        match = self._pattern.match(text, start)
        if match is None:
            return None
        value = self._values.get(self._key(match.group()))
        if value is None:
            value = next((v for p, v in self._list if p.match(match.group())), match.group())
        return match.end(), str(value)


class _Ends:
    """The segmenter's words by where they begin; looked up only when a name asks."""

    __slots__ = ("_ends", "_spans")

    def __init__(self, spans: Sequence[tuple[int, int]] = ()) -> None:
        self._spans = spans
        self._ends: dict[int, int] | None = None

    def get(self, start: int, default: int) -> int:
        """The end of the word that begins at ``start``."""
        if self._ends is None:
            self._ends = {a: b for a, b in self._spans if b - a > 3}
        return self._ends.get(start, default)


_NO_ENDS = _Ends()


@dataclass(frozen=True, slots=True)
class _Where:
    """What one reading goes by: see `BodyGrammar.parse`."""

    text: str
    origin: int
    depth: int
    words: _Ends
    whole: bool


class BodyGrammar:
    """Reads names of bodies. Build it with `body_grammar`, which keeps one per rules."""

    def __init__(self, rules: Rules) -> None:
        body = rules["body"]
        self.places: Gazetteer = gazetteer(rules)
        self.heads = {row.key: row for row in body.table("heads", HeadRow)}
        lexicon = body.lexicon
        joined = self._and = str(body.settings["joined_by"])
        self._sectors = Words(dict(lexicon["sectors"]), joined)
        self._functions = Words({**lexicon["sectors"], **lexicon["functions"]}, joined)
        self._associations = Words(dict(lexicon["associations"]), joined)
        self._zones = Words(dict(lexicon["zones"]), joined)
        self._forms = Words(dict(lexicon["forms_of_firm"]), joined)
        self._closers = Words({w: w for w in lexicon["closers"]})
        self._inner = Words({w: w for w in lexicon["inner_words"]})
        self._stops = Words({w: w for w in lexicon["stop_words"]})
        self._countries = Words({w: w for w in lexicon["countries"]})
        abroad = "|".join(_spaced(w) for w in sorted(lexicon["states"], key=lambda w: (-len(w), w)))
        self._states = frozenset(map(fold, lexicon["states"]))
        parties = "|".join(_spaced(w) for w in lexicon["state_parties"])
        self._abroad = compile_pattern(
            rf"[ ](?:(?i:{parties})[ ])?(?=\p{{Lu}})(?i:{abroad})(?![\p{{L}}\p{{N}}])(?![ ]\p{{Lu}}\p{{Ll}})"
        )
        self._nation = Words(dict.fromkeys(lexicon["nation_words"], str(body.settings["nation"])))
        self._centre = Words(dict.fromkeys(lexicon["centre_words"], str(body.settings["centre"])))
        self.nation_name = str(body.settings["nation"])
        self._vietnam = self.nation_name.split(" ")[0]
        self.national_heads = frozenset(h.key for h in self.heads.values() if h.group == "nation")
        self._expanded = dict(lexicon["expanded"])
        self._joiners = frozenset(body.settings["joiners"])
        self._families = frozenset(lexicon["family_names"])
        self._common = frozenset(fold(w) for w in body.settings["common_family_names"])
        self._middles = frozenset(lexicon["middle_names"])
        self._honorifics = frozenset(lexicon["honorifics"])
        self._titles = tuple(lexicon["titles"])
        self._plural = frozenset(lexicon["plural_words"])
        self._plural_after = Words({w: w for w in lexicon["plural_after"]})
        self._time = frozenset(lexicon["time_words"])
        self.rules = {rule.id.split(".", 1)[1]: rule for rule in body.rules}
        self._contest_bodies = Words({w: w for w in lexicon["contest_bodies"]})
        self._no_bodies = Words({w: w for w in lexicon["no_bodies"]})
        self._positions_first = frozenset(
            canonical(w).lower().split(" ")[0] for w in (*lexicon["contest_bodies"], *lexicon["no_bodies"])
        )
        self._no_heads = frozenset(fold(w) for w in lexicon["no_heads"])
        self._numbered = frozenset(body.settings["numbered_units"])
        self._no_units = tuple(body.settings["no_units"])
        words = self.places.unit_words
        alternatives = "|".join(_spaced(w) for w in sorted(words, key=lambda w: (-len(w), w)))
        self._unit = compile_pattern(rf"(?i:({alternatives}))(?:(?<=\.)[ ]{{0,2}}|(?![\p{{L}}\p{{N}}.]))")
        self._unit_anywhere = words_pattern(words)
        self._unit_name = {fold(w): self._full_unit(w) for w in words}
        self._index: dict[str, list[tuple[regex.Pattern[str], HeadRow]]] = {}
        self._short_heads = frozenset(fold(f) for h in self.heads.values() for f in h.forms if f.isupper())
        self._compile_heads()
        # names come again and again in an article
        self.read_name = functools.lru_cache(maxsize=8192)(self._read_name)
        self.unit_places = functools.lru_cache(maxsize=2)(self._unit_places)

    def _full_unit(self, word: str) -> str:
        """The kind's word written out ("tp." -> "thành phố"): the longest word of the same first letter and code."""
        words = self.places.unit_words
        code = words[word]
        first = word[0]
        return max((w for w, c in words.items() if c == code and w[0] == first), key=len)

    def _compile_heads(self) -> None:
        any_case: set[str] = set()
        capital: set[str] = set()
        forms: list[tuple[str, HeadRow]] = []
        for head in self.heads.values():
            forms += [(form, head) for form in head.forms]
        for form, head in sorted(forms, key=lambda f: -len(f[0])):
            word = _WORD.match(canonical(form))
            first = word.group() if word else form
            pattern = _spaced(form)
            short = form.isupper() and " " not in form
            if short or head.case == "exact":
                compiled = compile_pattern(rf"{pattern}(?![\p{{L}}\p{{N}}])")
                capital.add(first)
            elif head.case == "first":
                compiled = compile_pattern(rf"{regex.escape(canonical(form)[0])}(?i:{pattern[1:]})(?![\p{{L}}\p{{N}}])")
                capital.add(first)
            else:
                compiled = compile_pattern(rf"(?i:{pattern})(?![\p{{L}}\p{{N}}])")
                any_case.add(first)
            self._index.setdefault(fold(first), []).append((compiled, head))
        spelled = {*any_case, *capital, *(w.upper() for w in (*any_case, *capital))}
        spelled |= {w.lower() for w in any_case} | {w[0].upper() + w[1:].lower() for w in any_case}
        self._starts = frozenset(spelled)
        self._any_head = words_pattern([*(lower(canonical(form)) for form, _ in forms), *self._no_heads])
        self._any_form = {
            first: compile_pattern("|".join(f"({pattern.pattern})" for pattern, _ in entries))
            for first, entries in self._index.items()
        }

    # --- reading

    def _read_name(self, name: str) -> Parsed | None:
        """A name that stands alone, canonical."""
        return self.parse(name, 0, whole=True)

    def scan(self, text: str, words: Sequence[tuple[int, int]] = ()) -> Iterator[Parsed]:
        """The bodies named in canonical ``text``, the longest reading of each, from left to right.

        ``words`` are spans of the segmenter's words: a name does not end within one.
        """
        ends = _Ends(words)
        small = lower(text)
        position = 0
        while (match := self._any_head.search(small, position)) is not None:
            position = match.start() + 1
            if match.group() in self._no_heads:
                continue
            parsed = self.parse(text, match.start(), words=ends)
            if parsed is not None and not self._is_many(text, parsed):
                yield parsed
                position = parsed.end

    def parse(
        self,
        text: str,
        start: int,
        groups: Sequence[str] | None = None,
        origin: int | None = None,
        depth: int = 0,
        words: _Ends = _NO_ENDS,
        whole: bool = False,
    ) -> Parsed | None:
        """The body whose name begins at ``start``, of one of ``groups``; None where none does.

        ``origin`` is where the name begins that this one is nested in; ``words`` are the segmenter's, by their
        starts. With ``whole`` the text is a name and nothing else, small letters and persons' names in it as well.
        """
        first = _WORD.match(text, start)
        if first is None or first.group() not in self._starts or depth > _MAX_DEPTH:
            return None
        key = first.group().lower()
        longest = self._any_form[key].match(text, start)
        if longest is None:
            return None
        if key in self._positions_first:
            if self._no_bodies.at(text, start) is not None:
                return None
            if (excluded := self._contest_bodies.at(text, start)) is not None:
                # "Ban Tổ chức" of a contest is none, that of a party committee is
                gap = _GAP.match(text, excluded[0])
                inner = gap and self.parse(text, gap.end(), ("party", "union"), start, depth + 1, words, whole)
                if inner is None:
                    return None
        previous: str | None = None
        for pattern, head in self._index[key][(longest.lastindex or 1) - 1 :]:
            if groups is not None and head.group not in groups:
                continue
            match = pattern.match(text, start)
            if match is None:
                continue
            if head.not_after:
                if previous is None:
                    before = _BEFORE.search(text, max(0, start - 12), start)
                    previous = before.group().lower() if before else ""
                if previous in head.not_after:
                    continue
            where = _Where(text, start if origin is None else origin, depth, words, whole)
            parsed = self._tail(where, head, start, match.end())
            if parsed is not None:
                return parsed
        return None

    def _tail(self, where: _Where, head: HeadRow, start: int, end: int) -> Parsed | None:
        text = where.text
        if self.rules[head.style].match(text, end) is None:
            return None
        name = head.name
        if head.keep:
            name = canonical(text[start:end])
            form = next((f for f in head.forms if fold(f) == fold(name)), None)
            name = form or name
        begin = end
        if (skipped := _ABBREVIATION.match(text, end)) is not None:
            begin = skipped.end()
        reader = _Reader(self, where, head, begin)
        parts = reader.read()
        if not parts and not head.bare and not (where.whole and head.style == "territory"):
            return None
        if (
            head.needs
            and not (where.whole and head.style == "territory")
            and not any(p.kind in ("name", "place", "body", "nation", "closer", "sector", "zone") for p in parts)
        ):
            return None
        syllables = sum(len(p.text.split()) for p in parts if p.kind in ("name", "sector", "form", "place"))
        if syllables < head.least:
            return None
        if head.needs_form and not any(p.kind in ("form", "sector") for p in parts):
            return None
        if (
            head.style == "proper"
            and head.group in ("firm", "health", "school")
            and not any(
                p.kind in ("name", "place", "body", "nation") or (p.kind == "sector" and p.text[0] == text[p.start])
                for p in parts
            )
        ):
            return None
        if head.style == "proper" and self._only_abroad(parts):
            return None
        close = parts[-1].end if parts else end
        if head.group in ("nation", "party") and self._abroad.match(text, close) is not None:
            # "Bộ Quốc phòng Hàn Quốc": another country's, no body of this one
            return None
        return Parsed(head, name, start, close, tuple(parts))

    def _only_abroad(self, parts: list[Part]) -> bool:
        """Whether a country is all that small words are of ("Tập đoàn công nghệ Trung Quốc"): no name of anybody."""
        if not parts or any(p.kind != "name" for p in parts):
            return False
        words = " ".join(p.text for p in parts).split()
        for n in (1, 2):
            last = fold(" ".join(words[-n:])) in self._states and not any(w[0].isupper() for w in words[:-n])
            # "Công ty Mỹ và tập đoàn …"
            first = fold(" ".join(words[:n])) in self._states and words[n : n + 1] == [self._and]
            if last or first:
                return True
        return False

    def _is_many(self, text: str, parsed: Parsed) -> bool:
        """Whether the words around say that the name stands for many bodies and names none."""
        named = any(p.kind in ("name", "nation", "zone") or p.place or (p.body and p.body.parts) for p in parsed.parts)
        before = fold(text[max(0, parsed.start - 14) : parsed.start])
        if parsed.head.style == "fixed":
            return False
        if not named:
            if any(before.endswith(f" {w}") or before == w for w in self._plural):
                return True
            number = _NUMBER_BEFORE.search(text, max(0, parsed.start - 20), parsed.start)
            if number and (number[1] or "").lower() not in self._time:
                return True
            gap = _GAP.match(text, parsed.end)
            if gap and self._plural_after.at(text, gap.end()):
                return True
        return False

    # --- parts

    def place(self, text: str, start: int, bare_name: bool = False, origin: int | None = None) -> Part | None:
        """A place at ``start``: a province, a kind's word with or without a name; a unit's bare name if asked for.

        ``origin`` is where the body's name begins that the place ends: a title before it makes a person of a name.
        """
        places = self.places
        province = places.match_province(text, start)
        if province is not None:
            end, name = province
            return Part("place", name, start, end, place=name, is_province=True)
        unit = self._unit.match(text, start)
        if unit is not None and not text.startswith(self._no_units, start):
            return self._unit_place(text, start, unit, start if origin is None else origin)
        if bare_name and text[start : start + 1].isupper() and (found := places.longest(text, start)) is not None:
            end, name = found
            run = self._run(text, start)
            if len(run) > len(name.split()) and fold(run[0]) in self._families and 3 <= len(run) <= 4:
                return None
            return Part("place", name, start, end, place=name)
        return None

    def _goes_further(self, text: str, start: int, end: int) -> bool:
        """Whether a name is a longer one's beginning ("Tân Lợi Đông"), and not followed by a person's."""
        rest = self._run(text, end + 1) if text[end : end + 1] == " " else []
        size = len(rest) + len(text[start:end].split())
        return bool(rest) and size <= _MAX_UNKNOWN and fold(rest[0]) not in self._families and not rest[0].isupper()

    def _unit_place(self, text: str, start: int, unit: regex.Match[str], origin: int) -> Part | None:
        word = self._unit_name[fold(unit.group(1))]
        code = self.places.unit_words[word]
        after = unit.end()
        gap = _GAP.match(text, after)
        position = gap.end() if gap else after
        if gap or text[after - 1] in ". ":
            province = self.places.match_province(text, position)
            if province is not None:
                end, name = province
                kind = self.places.provinces[name].kind
                if code == "province" or (code == "city" and kind == "city"):
                    return Part("place", f"{word} {name}", start, end, word, name, is_province=True)
                if code == "city" or self.places.unit(word, name):
                    return Part("place", f"{word} {name}", start, end, word, name)
            elif code != "province":
                found = self.places.longest(text, position) if text[position : position + 1].isupper() else None
                if found is not None and not self._goes_further(text, position, found[0]):
                    end, name = found
                    return Part("place", f"{word} {name}", start, end, word, name)
                if word in self._numbered and (number := _DIGITS.match(text, position)):
                    return Part("place", f"{word} {number.group()}", start, number.end(), word, number.group())
                run = self._run(text, position)
                person = len(run) > 2 and fold(run[0]) in self._families and self.is_titled(text, origin)
                if run and code != "city" and not person and len(run) <= _MAX_UNKNOWN:
                    end = self._run_end(text, position)
                    return Part("place", f"{word} {text[position:end]}", start, end, word, text[position:end])
        if "." in unit.group(1):
            return (
                None
                if unit.group(1)[0].lower() in "pqhx"
                else Part("place", word, start, start + len(unit.group(1).rstrip(".")), word)
            )
        return Part("place", word, start, unit.end(1), word)

    def _unit_places(self, text: str) -> tuple[Part, ...]:
        """Units below the province that canonical ``text`` names with their kind ("huyện Nga Sơn")."""
        found = []
        for match in self._unit_anywhere.finditer(lower(text)):
            after = text[match.end() : match.end() + 2].lstrip(" ")[:1]
            if after.isupper() or after.isdigit():
                part = self.place(text, match.start())
                if part is not None and part.unit and part.place and not part.is_province:
                    first, *rest = part.place.split()
                    if len(rest) < 2 or fold(first) not in self._families or self.places.unit(part.unit, part.place):
                        found.append(part)
        return tuple(found)

    def begins(self, text: str, start: int) -> bool:
        """Whether a head joined to a name by "and" stands at ``start``: another body, though its name be unreadable."""
        joiner = _BEFORE.search(text, max(0, start - 6), start)
        if joiner is None or joiner.group() != self._and:
            return False
        word = _WORD.match(text, start)
        if word is None or word.group() not in self._starts:
            return False
        found = self._any_form[word.group().lower()].match(text, start)
        return found is not None and " " in found.group()

    def goes_on(self, text: str) -> bool:
        """Whether words after a name are still of it: none of them ends a name ("năm 2022")."""
        return self._stops.at(text, 0) is None

    def says_many(self, text: str) -> bool:
        """Whether words after a head say that many bodies are meant ("các huyện")."""
        return self._plural_after.at(text, 0) is not None

    def is_head(self, word: str) -> bool:
        """Whether a word is a head's own abbreviation ("LĐLĐ", "CĐCS")."""
        return fold(word) in self._short_heads

    def _run(self, text: str, start: int) -> list[str]:
        """The capitalised words from ``start`` on."""
        words: list[str] = []
        position = start
        while len(words) < MAX_TOKENS and (token := _TOKEN.match(text, position)) and token.group()[0].isupper():
            if words and token.group() in self._honorifics:
                break
            words.append(token.group())
            gap = _GAP.match(text, token.end())
            if gap is None:
                break
            position = gap.end()
        return words

    def _run_end(self, text: str, start: int) -> int:
        end = start
        position = start
        while (token := _TOKEN.match(text, position)) and token.group()[0].isupper():
            if end > start and token.group() in self._honorifics:
                break
            end = token.end()
            gap = _GAP.match(text, end)
            if gap is None:
                break
            position = gap.end()
        return end

    def person_at(self, words: list[str], titled: bool) -> int | None:
        """Where in capitalised words a person's name begins that runs to their end; None where there is none."""
        best: tuple[int, int] | None = None
        for index, word in enumerate(words):
            size = len(words) - index
            if (
                not 2 <= size <= 4
                or fold(word) not in self._families
                or any(len(w) > 7 or w.isupper() != words[index].isupper() for w in words[index:])
            ):
                continue
            score = (
                2 * (fold(word) in self._common) + (size == 3) + (size > 2 and fold(words[index + 1]) in self._middles)
            )
            if score >= (1 if titled else 4) and (size > 2 or titled) and (best is None or score >= best[0]):
                best = (score, index)
        return best[1] if best else None

    def is_titled(self, text: str, start: int) -> bool:
        """Whether a title stands right before ``start``."""
        return fold(text[max(0, start - 32) : start]).endswith(self._titles)

    # --- what a name comes to

    def level(self, parsed: Parsed) -> str:
        """The level code of a body."""
        head = parsed.head
        nested = next((p.body for p in parsed.parts if p.body is not None), None)
        if head.level == "department":
            return self.level(nested) if nested is not None and nested.head.group == "union" else "other"
        of_nation = parsed.part("nation") is not None and parsed.part("zone") is None
        if head.group == "union" and head.level in ("territory", "union", "industry") and of_nation:
            return "national_industry"
        place = parsed.part("place")
        if head.level == "territory":
            return self._territory(place)
        if head.level == "union":
            if nested is not None:
                wide = nested.head.wide or nested.head.group == "nation"
                return "national_industry" if wide else "grassroots"
            if parsed.part("zone") or parsed.part("sector"):
                return "industry"
            if place is not None and parsed.parts[0] is place:
                return self._territory(place)
            return "grassroots"
        return head.level

    def _territory(self, place: Part | None) -> str:
        if place is None or place.is_province or place.unit is None:
            return "district" if place and not place.is_province else "province"
        code = self.places.unit_words[place.unit]
        if code == "province" or (code == "city" and place.place is None):
            return "province"
        return "district"


class _Reader:
    """Reads what follows one head. Holds the state of one reading only."""

    def __init__(self, grammar: BodyGrammar, where: _Where, head: HeadRow, start: int) -> None:
        self.g = grammar
        self.where = where
        self.text = where.text
        self.head = head
        self.end = start
        self.parts: list[Part] = []
        self._cut = False

    def read(self) -> list[Part]:
        """The parts, none where nothing that belongs to the name follows."""
        style = self.head.style
        if style != "fixed":
            getattr(self, f"_{style}")()
        return self.parts

    def _next(self) -> int | None:
        gap = _GAP.match(self.text, self.end)
        return gap.end() if gap and gap.end() < len(self.text) else None

    def _add(self, part: Part) -> None:
        self.parts.append(part)
        self.end = part.end

    def _words(self, words: Words, kind: str) -> bool:
        at = self._next()
        if at is not None and (found := words.at(self.text, at)) is not None:
            self._add(Part(kind, found[1], at, found[0]))
            return True
        return False

    def _place(self, bare_name: bool = False) -> bool:
        at = self._next()
        if at is not None and (part := self.g.place(self.text, at, bare_name, self.where.origin)) is not None:
            self._add(part)
            return True
        return False

    def _body(self) -> bool:
        at = self._next()
        if at is None or not self.head.nests:
            return False
        where = self.where
        parsed = self.g.parse(self.text, at, self.head.nests, where.origin, where.depth + 1, where.words, where.whole)
        if parsed is None:
            return False
        self._add(Part("body", "", at, parsed.end, body=parsed))
        return True

    def _closer(self) -> bool:
        """A kind's bare word ("công ty"); with the body itself after it ("cơ quan LĐLĐ tỉnh") a part of its name."""
        if not self._words(self.g._closers, "closer"):
            return False
        at = self._next()
        where = self.where
        parsed = (
            self.g.parse(self.text, at, None, where.origin, where.depth + 1, where.words, where.whole) if at else None
        )
        if parsed is not None and at is not None:
            word = self.parts.pop()
            self._add(Part("name", word.text, word.start, word.end))
            self._add(Part("body", "", at, parsed.end, body=parsed))
        return True

    def _nation(self) -> bool:
        return self._words(self.g._nation, "nation") or self._words(self.g._centre, "nation")

    def _territory(self) -> None:
        if not (self._place(bare_name=True) or self._nation()):
            self._body()

    def _seat(self) -> None:
        self._place(bare_name=True)

    def _sector(self) -> None:
        if not self._words(self.g._sectors, "sector") and self.head.group == "nation":
            return
        if not self._nation() and not self._body():
            self._place(bare_name=bool(self.parts))

    def _branch(self) -> None:
        begin = self.end
        self._add(Part("sector", self.head.branch or "", begin, begin))
        if not self._nation():
            self._place(bare_name=True)

    def _association(self) -> None:
        if self._words(self.g._associations, "sector") and not self._body() and not self._nation():
            self._place()

    def _office(self) -> None:
        if not self._words(self.g._functions, "sector") and not self.head.keep and not self._body():
            self._names(4)
        if self.parts or self.head.keep:
            if self.parts and self.parts[-1].body is not None:
                return
            if not self._body() and not self._nation():
                self.parts = [] if self.head.group == "office" and not self._place() else self.parts

    def _zone(self) -> None:
        for _ in range(4):
            if not self._one_zone():
                return
            if self._place():
                return
            at = self._next()
            if at is not None and self.text[at].isupper() and self.g._zones.at(self.text, at) is None:
                self._names(3)
                if self.parts[-1].kind == "name" and self._place():
                    return

    def _one_zone(self) -> bool:
        """A zone's kind, joined to one before it by a dash, comma or small word."""
        grammar = self.g
        at = self._next()
        dash = None
        if self.parts:
            follows = self.text[self.end : self.end + 1]
            if at is None and follows in ("-", ",", "&"):
                dash = self.end
            elif at is not None and self.text[at : at + 2] in ("- ", "& "):
                dash = at
            if dash is not None:
                at = dash + 1 + (self.text[dash + 1 : dash + 2] == " ")
        if at is None:
            return False
        begin = at
        for _ in range(2):
            token = _TOKEN.match(self.text, at) if self.parts else None
            if (
                token is None
                or token.group() not in grammar._joiners
                or self.text[token.end() : token.end() + 1] != " "
            ):
                break
            at = token.end() + 1
        found = grammar._zones.at(self.text, at)
        if found is None:
            return False
        between = ("- " if dash is not None else "") + self.text[begin:at]
        self._add(Part("zone", between + found[1], at, found[0]))
        return True

    def _union(self) -> None:
        at = self._next()
        if at is not None and (sector := self.g._sectors.at(self.text, at)) is not None:
            gap = _GAP.match(self.text, sector[0])
            if gap and self.g._nation.at(self.text, gap.end()):
                # a central union, though the branch begins like an enterprise ("Ngân hàng", "Điện lực")
                self._add(Part("sector", sector[1], at, sector[0]))
                self._nation()
                return
        if self._body() or self._place() or self._closer():
            return
        at = self._next()
        if at is not None and self._words(self.g._sectors, "sector"):
            if self._nation() or self._place(bare_name=True):
                return
            if self.text[at].isupper():
                return
            self.parts = []
            return
        if at is not None and self.text[at].isupper() and self.text[self.where.origin].isupper():
            self._names(8)
            if self.parts and not self._cut:
                self._place()

    def _names(self, most: int) -> None:
        """Capitalised words in a row, as one part each way; a person's name at their end is left out."""
        start = self._next()
        if start is None:
            return
        tokens: list[tuple[int, int]] = []
        position: int | None = start
        while position is not None and len(tokens) < most:
            if tokens and (nation := self.g._nation.at(self.text, position)):
                self._commit(tokens)
                self._add(Part("nation", nation[1], position, nation[0]))
                return
            if tokens and self._place_stands(position):
                break
            token = _TOKEN.match(self.text, position)
            if token is None or not (token.group()[0].isupper() or (tokens and token.group().isdigit())):
                break
            if token.group() in self.g._honorifics and tokens:
                break
            if (tokens or self.parts) and token.group().isupper() and self.g._stops.at(self.text, position) is not None:
                # a line in capitals
                break
            end = max(token.end(), self._word_end(token.start(), token.end()))
            if tokens and (centre := self.g._centre.at(self.text, position)):
                end = centre[0]
            tokens.append((token.start(), end))
            gap = _GAP.match(self.text, end)
            position = gap.end() if gap else None
        self._commit(tokens)

    def _word_end(self, start: int, end: int) -> int:
        """The end of the word that begins at ``start`` and goes on in small letters ("Dịch vụ")."""
        word_end = self.where.words.get(start, end)
        rest = self.text[end:word_end]
        if rest != rest.lower() or rest[:1] != " " or self.g._stops.at(self.text, end + 1) is not None:
            return end
        return word_end

    def _place_stands(self, position: int) -> bool:
        """Whether a province, or a unit with its kind, begins at ``position``."""
        place = self.g.place(self.text, position)
        return place is not None and (place.is_province or place.place is not None)

    def _commit(self, tokens: list[tuple[int, int]]) -> None:
        """Adds capitalised words, but for a person's name at their end."""
        words = [self.text[a:b] for a, b in tokens]
        cut = None if self.where.whole else self.g.person_at(words, self.g.is_titled(self.text, self.where.origin))
        if (
            cut is None
            and not self.where.whole
            and len(words) in (3, 4)
            and not self.parts
            and self.head.style == "union"
            and fold(words[0]) in self.g._families
        ):
            cut = 0
        if (
            cut == 0
            and self.head.group in ("firm", "health", "school")
            and not any(p.kind in ("name", "place", "sector", "body") for p in self.parts)
        ):
            cut = None
        for a, b in tokens[: len(tokens) if cut is None else cut]:
            word = self.text[a:b]
            self._add(Part("name", self.g._expanded.get(fold(word), word) if word.isupper() else word, a, b))
        self._cut = cut is not None

    def _proper(self) -> None:
        grammar = self.g
        if self._body():
            return
        if self.head.group in ("union", "party") and self._closer():
            return
        if self.head.group == "party" and self._place():
            return
        if self.head.group == "media" and (at := self._next()) is not None and grammar.parse(self.text, at) is not None:
            return
        if self.head.branch_first:
            self._words(grammar._sectors, "sector")
        while len(self.parts) < MAX_TOKENS:
            at = self._next()
            if at is None:
                break
            if self.text[at] == "-":
                if self._dashed():
                    continue
                break
            if (quoted := _QUOTED.match(self.text, at)) is not None and self.text[quoted.start(1)].isupper():
                self._add(Part("name", quoted[1], at, quoted.end()))
                break
            if not self._one(at):
                break
        self._tail_of_small_words()

    def _dashed(self) -> bool:
        """A dash between two parts of a name ("Lọc - Hóa dầu"): only before words that stand in names."""
        at = self.end + 3
        if self.text[self.end : at] != " - " or not self.parts or self.parts[-1].kind != "name":
            return False
        found = self.g._countries.at(self.text, at) if self.parts[-1].text.endswith(self.g._vietnam) else None
        if found is None:
            found = self.g._inner.at(self.text, at) or self.g._sectors.at(self.text, at)
            if found is None or " " not in self.text[at : found[0]] or not self.text[at].isupper():
                return False
        self._add(Part("name", "- " + self.text[at : found[0]], self.end + 1, found[0]))
        return True

    def _one(self, at: int) -> bool:
        """Reads one more part of a proper name; False where it ends."""
        grammar = self.g
        nation = grammar._nation.at(self.text, at) or (grammar._centre.at(self.text, at) if self.parts else None)
        if nation is not None:
            gap = _GAP.match(self.text, nation[0])
            if gap and nation[1] != grammar.nation_name and grammar.places.match_province(self.text, gap.end()):
                # the seat of a central school or hospital ("… Trung ương Hải Dương")
                self._add(Part("name", nation[1], at, nation[0]))
                return True
            self._add(Part("nation", nation[1], at, nation[0]))
            return False
        place = grammar.place(self.text, at, origin=self.where.origin)
        if place is not None and (place.unit is not None or grammar._unit.match(self.text, at) is not None):
            self._add(place)
            return False
        if place is not None:
            # "Tổng Công ty Xây dựng Sài Gòn" is not named after the city's later name; "HCM" is spelled out
            written = self.text[at : place.end]
            self._add(Part("name", place.text if written.isupper() else written, at, place.end))
            return True
        if (form := grammar._forms.at(self.text, at)) is not None and not (
            len(form[1]) < 3 and self.text[at].islower()
        ):
            self._add(Part("form", form[1], at, form[0]))
            return True
        small = self.text[at].islower()
        if (sector := grammar._sectors.at(self.text, at)) is not None and not small:
            self._add(Part("sector", sector[1], at, sector[0]))
            return True
        token = _TOKEN.match(self.text, at)
        if token is None:
            return False
        if token.group()[0].isupper():
            if (
                (inner := grammar._inner.at(self.text, at)) is not None
                and " " in inner[1]
                and self.text[at + 1].islower()
            ):
                self._add(Part("name", self.text[at : inner[0]], at, inner[0]))
                return True
            if (
                token.group() in grammar._honorifics
                and self.parts
                and self.parts[-1].kind == "name"
                and not grammar.places.longest(self.text, at)
            ):
                return False
            before = len(self.parts)
            self._names(10)
            return len(self.parts) > before and not self._cut and self.parts[-1].kind != "nation"
        if token.group().isdigit():
            if self.parts and len(token.group()) <= 3 and self.parts[-1].kind in ("name", "form", "sector"):
                self._add(Part("name", token.group(), *token.span()))
                return True
            return False
        if self._small(at):
            return True
        if self.where.whole and self.parts and token.group().isalpha() and grammar._stops.at(self.text, at) is None:
            self._add(Part("name", token.group(), *token.span()))
            return True
        return False

    def _small(self, at: int) -> bool:
        """Words in small letters that the name goes on after."""
        grammar = self.g
        if not self.parts and not self.head.small_words:
            return False
        position = at
        for _ in range(5):
            found = grammar._inner.at(self.text, position) or grammar._sectors.at(self.text, position)
            if found is None or self.text[position].isupper():
                break
            gap = _GAP.match(self.text, found[0])
            if gap is None:
                return False
            position = gap.end()
        if position > at and self.parts and self._place_stands(position):
            self._add(Part("name", self.text[at:position].rstrip(), at, position - 1))
            return True
        if position == at or self.head.branch_first:
            further = self._legal_form_goes_on(position)
            if further == position == at:
                return False
            position = further
        token = _TOKEN.match(self.text, position)
        if token is None or not token.group()[0].isupper() or token.group() in grammar._honorifics:
            return False
        # "của", "cho" and the like never link a name to a person's
        if grammar.person_at(grammar._run(self.text, position), True) == 0:
            return False
        if grammar.begins(self.text, position) or (self.parts and grammar.parse(self.text, position) is not None):
            return False
        self._add(Part("name", self.text[at:position].rstrip(), at, position - 1))
        return True

    def _legal_form_goes_on(self, at: int) -> int:
        """Where a name begins after a few unknown small words that follow a legal form; ``at`` where none does."""
        head = self.head
        formal = self.parts[-1].kind == "form" if self.parts else " " in head.name
        most = 3 if formal and head.group == "firm" else 5 if head.branch_first else 0
        if not most or not (self.where.whole or self.text[self.where.origin].isupper()):
            return at
        position = at
        for _ in range(most + 1):
            token = _TOKEN.match(self.text, position)
            if token is None or self.g._stops.at(self.text, position) is not None:
                return at
            if token.group()[0].isupper():
                return position
            gap = _GAP.match(self.text, token.end())
            if gap is None:
                return at
            position = gap.end()
        return at

    def _tail_of_small_words(self) -> None:
        """Up to three words in small letters before a bracket belong to an enterprise's name ("… sao sáng (KCN …")."""
        if not self.parts or self.head.group != "firm" or self.parts[-1].kind != "name" or self._cut:
            return
        position = self.end
        for index in range(3):
            gap = _GAP.match(self.text, position)
            token = _TOKEN.match(self.text, gap.end()) if gap else None
            if (
                token is None
                or not token.group().islower()
                or (not index and self.g._stops.at(self.text, token.start()))
            ):
                return
            position = token.end()
            if self.text[position : position + 2] == " (":
                self._add(Part("name", self.text[self.end + 1 : position], self.end + 1, position))
                return


_built: dict[str, BodyGrammar] = {}


def body_grammar(rules: Rules) -> BodyGrammar:
    """The grammar of these rules, built once per process."""
    if rules.hash not in _built:
        _built.clear()
        _built[rules.hash] = BodyGrammar(rules)
    return _built[rules.hash]


class BodyExtractor:
    """Finds the bodies that a passage names."""

    def __init__(self, rules: Rules) -> None:
        self.grammar = body_grammar(rules)

    def __call__(self, passage: Passage, taken: Taken) -> list[BodyMention | Refusal]:
        """The bodies named in ``passage``, in order, not overlapping each other nor what is ``taken``."""
        return [
            BodyMention(
                start=p.start,
                end=p.end,
                rule_id=self.grammar.rules[p.head.style].id,
                head=p.head.key,
                level=self.grammar.level(p),
            )
            for p in self.grammar.scan(passage.key, passage.words)
            if not taken.overlaps(p.start, p.end) and not _in_number(passage.key, p.start)
        ]

    def without(
        self, bodies: Sequence[BodyMention | Refusal], people: Sequence[PersonMention], key: str
    ) -> list[BodyMention | Refusal]:
        """The bodies, none running on into the name of a person who holds a position ("công ty Trần Văn A")."""
        starts = [p.start for p in people]
        kept: list[BodyMention | Refusal] = []
        for body in bodies:
            i = bisect.bisect_right(starts, body.start)
            if i == len(starts) or starts[i] >= body.end or not isinstance(body, BodyMention):
                kept.append(body)
                continue
            name = key[body.start : starts[i]].rstrip()
            parsed = self.grammar.read_name(name)
            if parsed is not None and parsed.end == len(name) and (parsed.parts or parsed.head.bare):
                end = body.start + len(name)
                kept.append(dataclasses.replace(body, end=end, level=self.grammar.level(parsed)))
        return kept


def _in_number(key: str, start: int) -> bool:
    """Whether what begins at ``start`` is the tail of a document's number ("37/KH-LĐLĐ"), which names no body here."""
    return start > 1 and key[start - 1] in "-/" and key[start - 2].isalnum()
