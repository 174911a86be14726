"""Places within bodies' names: provinces, and units below them with their kind's word or without."""

from __future__ import annotations

import functools

import regex

from pipeline.extract.bodies.parsed import Part
from pipeline.extract.bodies.persons import Persons
from pipeline.extract.bodies.words import GAP, any_of
from pipeline.gazetteer import Gazetteer, gazetteer, words_pattern
from pipeline.patterns import compile_pattern
from pipeline.rules import Rules
from pipeline.text import fold, lower

# a place that the gazetteer does not know has at most this many words
_MAX_UNKNOWN = 4
_DIGITS = regex.compile(r"\d{1,3}(?![\p{L}\p{N}]|[.,/-]\p{N})")


class Places:
    """Reads places by the gazetteer, and by their kind's word where that does not know them."""

    def __init__(self, rules: Rules, persons: Persons) -> None:
        settings = rules["body"].settings
        self.gazetteer: Gazetteer = gazetteer(rules)
        self._persons = persons
        self._numbered = frozenset(settings["numbered_units"])
        self._no_units = tuple(settings["no_units"])
        words = self.gazetteer.unit_words
        self._unit = compile_pattern(rf"(?i:({any_of(words)}))(?:(?<=\.)[ ]{{0,2}}|(?![\p{{L}}\p{{N}}.]))")
        self._unit_anywhere = words_pattern(words)
        self._unit_name = {fold(w): self._full_unit(w) for w in words}
        # texts come again within an article
        self.units = functools.lru_cache(maxsize=2)(self._units)

    def _full_unit(self, word: str) -> str:
        """The kind's word written out ("tp." -> "thành phố"): the longest word of the same first letter and code."""
        words = self.gazetteer.unit_words
        code = words[word]
        first = word[0]
        return max((w for w, c in words.items() if c == code and w[0] == first), key=len)

    def at(self, text: str, start: int, bare_name: bool = False, origin: int | None = None) -> Part | None:
        """A place at ``start``: a province, a kind's word with or without a name; a unit's bare name if asked for.

        ``origin`` is where the body's name begins that the place ends: a title before it makes a person of a name.
        """
        province = self.gazetteer.match_province(text, start)
        if province is not None:
            end, name = province
            return Part("place", name, start, end, place=name, is_province=True)
        unit = self._unit.match(text, start)
        if unit is not None and not text.startswith(self._no_units, start):
            return self._with_unit(text, start, unit, start if origin is None else origin)
        if bare_name and text[start : start + 1].isupper() and (found := self.gazetteer.longest(text, start)):
            end, name = found
            words, _ = self._persons.run(text, start)
            if len(words) > len(name.split()) and self._persons.is_family(words[0]) and 3 <= len(words) <= 4:
                return None
            return Part("place", name, start, end, place=name)
        return None

    def has_unit(self, text: str, start: int) -> bool:
        """Whether a unit's kind stands at ``start``."""
        return self._unit.match(text, start) is not None

    def is_named_at(self, text: str, start: int) -> bool:
        """Whether a province, or a unit with its kind and name, begins at ``start``."""
        place = self.at(text, start)
        return place is not None and (place.is_province or place.place is not None)

    def _with_unit(self, text: str, start: int, unit: regex.Match[str], origin: int) -> Part | None:
        """The place whose kind's word is ``unit``: with its name where one follows."""
        word = self._unit_name[fold(unit.group(1))]
        after = unit.end()
        gap = GAP.match(text, after)
        if gap or text[after - 1] in ". ":
            named = self._named(text, start, word, gap.end() if gap else after, origin)
            if named is not None:
                return named
        if "." not in unit.group(1):
            return Part("place", word, start, unit.end(1), word)
        if unit.group(1)[0].lower() in "pqhx":
            return None
        return Part("place", word, start, start + len(unit.group(1).rstrip(".")), word)

    def _named(self, text: str, start: int, word: str, position: int, origin: int) -> Part | None:
        """The place of the kind ``word`` whose name begins at ``position``."""
        places = self.gazetteer
        code = places.unit_words[word]
        province = places.match_province(text, position)
        if province is not None:
            end, name = province
            kind = places.provinces[name].kind
            if code == "province" or (code == "city" and kind == "city"):
                return Part("place", f"{word} {name}", start, end, word, name, is_province=True)
            if code == "city" or places.unit(word, name):
                return Part("place", f"{word} {name}", start, end, word, name)
            return None
        if code == "province":
            return None
        found = places.longest(text, position) if text[position : position + 1].isupper() else None
        if found is not None and not self._goes_further(text, position, found[0]):
            end, name = found
            return Part("place", f"{word} {name}", start, end, word, name)
        if word in self._numbered and (number := _DIGITS.match(text, position)):
            return Part("place", f"{word} {number.group()}", start, number.end(), word, number.group())
        words, end = self._persons.run(text, position)
        person = len(words) > 2 and self._persons.is_family(words[0]) and self._persons.is_titled(text, origin)
        if words and code != "city" and not person and len(words) <= _MAX_UNKNOWN:
            return Part("place", f"{word} {text[position:end]}", start, end, word, text[position:end])
        return None

    def _goes_further(self, text: str, start: int, end: int) -> bool:
        """Whether a name is a longer one's beginning ("Tân Lợi Đông"), and not followed by a person's."""
        rest = self._persons.run(text, end + 1)[0] if text[end : end + 1] == " " else []
        size = len(rest) + len(text[start:end].split())
        return bool(rest) and size <= _MAX_UNKNOWN and not self._persons.is_family(rest[0]) and not rest[0].isupper()

    def _units(self, text: str) -> tuple[Part, ...]:
        """Units below the province that canonical ``text`` names with their kind ("huyện Nga Sơn")."""
        found = []
        for match in self._unit_anywhere.finditer(lower(text)):
            after = text[match.end() : match.end() + 2].lstrip(" ")[:1]
            if after.isupper() or after.isdigit():
                part = self.at(text, match.start())
                if part is not None and part.unit and part.place and not part.is_province:
                    first, *rest = part.place.split()
                    known = len(rest) < 2 or not self._persons.is_family(first)
                    if known or self.gazetteer.unit(part.unit, part.place):
                        found.append(part)
        return tuple(found)
