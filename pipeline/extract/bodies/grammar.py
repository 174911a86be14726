"""Reads a body's name from its head to its end, and says whether what stands there names one."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence

import regex

from pipeline.document import NO_SPANS, Spans
from pipeline.extract.bodies import proper, styles
from pipeline.extract.bodies.heads import Heads
from pipeline.extract.bodies.levels import level
from pipeline.extract.bodies.lists import Lists
from pipeline.extract.bodies.parsed import HeadRow, Parsed, Part
from pipeline.extract.bodies.persons import Persons
from pipeline.extract.bodies.places import Places
from pipeline.extract.bodies.tail import Tail, Tools, Where
from pipeline.extract.bodies.words import GAP, Words
from pipeline.gazetteer import Gazetteer
from pipeline.rules import Rules, built
from pipeline.text import canonical, fold, lower

# bodies are nested in each other this deep
_MAX_DEPTH = 3

# how the tail of a name is read, by the style of its head
_STYLES: Mapping[str, Callable[[Tail], None]] = {
    "fixed": styles.fixed,
    "territory": styles.territory,
    "seat": styles.seat,
    "sector": styles.sector,
    "branch": styles.branch,
    "association": styles.association,
    "office": styles.office,
    "union": styles.union,
    "zone": styles.zone,
    "numbered": styles.numbered,
    "abroad": styles.abroad,
    "proper": proper.proper,
}
# parts that name a body, and do not only say what it does
_NAMING = frozenset(("name", "place", "body", "nation", "closer", "sector", "zone", "country"))

# ... and those of which no two bodies have the same
_OWN = frozenset(("name", "nation", "zone", "country"))

_ABBREVIATION = regex.compile(r"[ ]?\([\p{Lu}][\p{Lu}\p{N}.&-]{1,12}\)")
_NUMBER_BEFORE = regex.compile(r"(?:([\p{L}]+)[ ])?(?<![\p{N}./,-])(?:\d{1,4}/)?(\d{1,3})[ ]$")


class BodyGrammar:
    """Reads names of bodies. Build it with `body_grammar`, which keeps one per rules."""

    def __init__(self, rules: Rules) -> None:
        body = rules["body"]
        lexicon = body.lexicon
        self.rules = {rule.id.split(".", 1)[1]: rule for rule in body.rules}
        self._heads, self._lists, persons = Heads(rules), Lists(rules), Persons(rules)
        self._places = Places(rules, persons)
        self._tools = Tools(self._heads, self._lists, persons, self._places, self._parse)
        self.national_heads = frozenset(h.key for h in self._heads.rows.values() if h.group == "nation")
        self.places: Gazetteer = self._places.gazetteer
        self.place = self._places.at
        self.unit_places = self._places.units
        self._and = str(body.settings["joined_by"])
        self._telling = frozenset(fold(form) for form in lexicon["telling_forms"])
        self._states = frozenset(map(fold, lexicon["states"]))
        abroad = str(body.settings["abroad"])
        # a body of a state or party that another country's name follows is not the one of this country
        self._foreign = {
            h.key: h.model_copy(update={"key": f"{h.key} {abroad}", "group": "abroad"})
            for h in self._heads.rows.values()
            if h.group in ("nation", "party")
        }
        self.heads = {**self._heads.rows, **{h.key: h for h in self._foreign.values()}}
        self._plural = frozenset(lexicon["plural_words"])
        self._plural_after = Words.plain(lexicon["plural_after"])
        self._time = frozenset(lexicon["time_words"])
        self._contest_bodies = Words.plain(lexicon["contest_bodies"])
        self._no_bodies = Words.plain(lexicon["no_bodies"])
        excluded = (*lexicon["contest_bodies"], *lexicon["no_bodies"])
        self._excluded_openings = frozenset(canonical(w).lower().split(" ")[0] for w in excluded)
        # names come again and again in an article
        self.read_name = functools.lru_cache(maxsize=8192)(self._read_name)

    # reading

    def _read_name(self, name: str) -> Parsed | None:
        """A name that stands alone, canonical."""
        return self.parse(name, 0, whole=True)

    def scan(self, text: str, words: Sequence[tuple[int, int]] = ()) -> Iterator[Parsed]:
        """The bodies named in canonical ``text``, the longest reading of each, from left to right.

        ``words`` are spans of the segmenter's words: a name does not end within one.
        """
        spans = Spans.of(words)
        small = lower(text)
        position = 0
        while (start := self._heads.next(small, position)) is not None:
            position = start + 1
            parsed = self.parse(text, start, words=spans)
            if parsed is not None and not self._is_many(text, parsed):
                yield parsed
                position = parsed.end

    def parse(self, text: str, start: int, words: Spans = NO_SPANS, whole: bool = False) -> Parsed | None:
        """The body whose name begins at ``start``; None where none does.

        ``words`` are the segmenter's. With ``whole`` the text is a name and nothing else, small letters and persons'
        names in it as well.
        """
        return self._parse(Where(text, start, words=words, whole=whole), start)

    def _parse(self, where: Where, start: int, groups: Sequence[str] | None = None) -> Parsed | None:
        """The same, of one of ``groups``, for a name that may be nested in another."""
        text = where.text
        opening = self._heads.opening(text, start)
        if opening is None or where.depth > _MAX_DEPTH:
            return None
        if opening in self._excluded_openings and self._is_excluded(where, start):
            return None
        for head, end in self._heads.at(text, start, opening):
            if groups is None or head.group in groups:
                parsed = self._read(where, head, start, end)
                if parsed is not None:
                    return parsed
        return None

    def _is_excluded(self, where: Where, start: int) -> bool:
        """Whether words that begin like a body name none."""
        if self._no_bodies.at(where.text, start) is not None:
            return True
        contest = self._contest_bodies.at(where.text, start)
        if contest is None:
            return False
        # "Ban Tổ chức" of a contest is none, that of a party committee is
        gap = GAP.match(where.text, contest[0])
        inner = Where(where.text, start, where.depth + 1, where.words, where.whole)
        return gap is None or self._parse(inner, gap.end(), ("party", "union")) is None

    def _read(self, where: Where, head: HeadRow, start: int, end: int) -> Parsed | None:
        """The name whose head stands from ``start`` to ``end``; None where that with what follows is no name."""
        text = where.text
        if self.rules[head.style].match(text, end) is None:
            return None
        name = head.name
        if head.keep:
            name = canonical(text[start:end])
            name = next((f for f in head.forms if fold(f) == fold(name)), name)
        skipped = _ABBREVIATION.match(text, end)
        tail = Tail(self._tools, where, head, end if skipped is None else skipped.end())
        _STYLES[head.style](tail)
        if not self._is_name(where, head, tail.parts):
            return None
        if head.key in self._foreign:
            tail.end = tail.parts[-1].end if tail.parts else end
            if tail.country():
                head = self._foreign[head.key]
        return Parsed(head, name, start, tail.parts[-1].end if tail.parts else end, tuple(tail.parts))

    # what is a name

    def _tells(self, part: Part) -> bool:
        """Whether a part that is no name tells one house from others as a name does: Bệnh viện Sản - Nhi."""
        return part.kind == "form" and fold(part.text) in self._telling

    def _is_name(self, where: Where, head: HeadRow, parts: Sequence[Part]) -> bool:
        """Whether the head with its parts names one body, as far as the head needs parts for that."""
        if not (where.whole and head.style == "territory"):
            if not parts and not head.bare:
                return False
            if head.needs and not any(p.kind in _NAMING or self._tells(p) for p in parts):
                return False
        if head.least:
            syllables = sum(len(p.text.split()) for p in parts if p.kind in ("name", "sector", "form", "place"))
            if syllables < head.least:
                return False
        if head.needs_form and not any(p.kind in ("form", "sector") for p in parts):
            return False
        if head.style != "proper":
            return True
        if head.group in ("firm", "health", "school") and not any(
            p.kind in ("name", "place", "body", "nation")
            or self._tells(p)
            or (p.kind == "sector" and p.text[0] == where.text[p.start])
            for p in parts
        ):
            return False
        return not self._only_abroad(parts)

    def _only_abroad(self, parts: Sequence[Part]) -> bool:
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
        named = any(p.kind in _OWN or p.place or (p.body and p.body.parts) for p in parsed.parts)
        if named or parsed.head.style == "fixed":
            return False
        before = fold(text[max(0, parsed.start - 14) : parsed.start])
        if any(before.endswith(f" {w}") or before == w for w in self._plural):
            return True
        number = _NUMBER_BEFORE.search(text, max(0, parsed.start - 20), parsed.start)
        if number and (number[1] or "").lower() not in self._time:
            return True
        gap = GAP.match(text, parsed.end)
        return gap is not None and self._plural_after.at(text, gap.end()) is not None

    # what others ask

    def goes_on(self, text: str) -> bool:
        """Whether words after a name are still of it: none of them ends a name ("năm 2022")."""
        return self._lists.stops.at(text, 0) is None

    def says_many(self, text: str) -> bool:
        """Whether words after a head say that many bodies are meant ("các huyện")."""
        return self._plural_after.at(text, 0) is not None

    def is_head(self, word: str) -> bool:
        """Whether a word is a head's own abbreviation ("LĐLĐ", "CĐCS")."""
        return self._heads.is_short(word)

    def level(self, parsed: Parsed) -> str:
        """The level code of a body."""
        return level(parsed, self.places.unit_words)


def body_grammar(rules: Rules) -> BodyGrammar:
    """The grammar of these rules, built once per process."""
    return built(BodyGrammar, rules, "body", "place")
