"""Names of persons that begin at a given place: behind a title, behind an honorific, or by themselves."""

from __future__ import annotations

import copy

import regex

from pipeline.extract.foreign import ForeignNames
from pipeline.extract.positions.seats import Chain
from pipeline.extract.positions.words import Words
from pipeline.gates import Guarded
from pipeline.rules import Rules


class NameReader:
    """Tells by its surname, or by syllables that Vietnamese has not, whether capitals are a person's name."""

    def __init__(self, rules: Rules, words: Words) -> None:
        own = rules["official"]
        self._own = own
        self._words = words
        self._run = own.pattern("{run}")
        self._syllable = own.pattern("{syl}")
        self._bad = Guarded(own.pattern("(?:{not_name}){E}"))
        self._hero = own.pattern("(?:{namesake}){E}")
        # "Moon Jae - in", "Miguel Diaz - Canel"
        self.hyphened = own.pattern(
            r"(?:[ ]-[ ](?!(?:{function_word}|{cue}|{filler}|{not_name}){E})"
            r"(?:[a-z]{1,6}{E}|{syl}(?:[ ]{syl}){0,3})){1,2}"
        )
        self._initial = own.pattern(r"(?<=[ ]\p{Lu})\.[ ]{syl}")
        self.foreign = ForeignNames(rules)

    def on(self, words: Words) -> NameReader:
        """The same reader for the text of these words."""
        one = copy.copy(self)
        one._words = words
        return one

    # behind a title

    def direct(self, key: str, at: int) -> tuple[int, int] | None:
        """A name right behind a title: "Thủ tướng Nguyễn Xuân Phúc"."""
        run = self._run_at(key, at)
        if run is None or self._own.has("place", run.group()):
            return None
        if (abroad := self._words.country.match(key, at)) is not None and " " in abroad.group():
            return None
        parts = run.group().split()
        if not 2 <= len(parts) <= 5 or not (self.is_surname(parts[0]) or self._own.has("foreign_ok", parts[0])):
            return None
        if (place := self._words.place.match(key, at)) is not None:
            behind = key[place.end() : run.end()].split()
            named = len(behind) > 1 and (self.is_surname(behind[0]) or self.foreign.is_name(behind))
            if len(parts) <= 3 or named:
                # "Chủ tịch Hà Nội Nguyễn Văn A"
                return None
        if self._bad.match(key, at) is not None and len(parts) < 3:
            return None
        if not self.written_alike(parts):
            return None
        return self.hyphen_on(key, *self._unmixed(key, *run.span()))

    def foreigner(self, key: str, at: int) -> tuple[int, int] | None:
        """A foreign name of two words or more at ``at`` ("Tổng thống Emmanuel Macron")."""
        run = self._run_at(key, at)
        if run is None or self._words.country.match(key, at) is not None or self._bad.match(key, at) is not None:
            return None
        return (
            self.hyphen_on(key, *self._unmixed(key, *run.span())) if self.foreign.is_name(run.group().split()) else None
        )

    def given_name_of(self, key: str, chain: Chain) -> tuple[int, int] | None:
        """The single syllable that was read as a title's body ("Bí thư Nhân nói")."""
        seat = chain.seats[-1]
        if seat.org_start is None or seat.org_end is None or " " in key[seat.org_start : seat.org_end]:
            return None
        if seat.org_start < seat.title_end or key[seat.org_start : seat.org_end].islower():
            return None
        return self.given_name(key, seat.title_end)

    def given_name(self, key: str, at: int) -> tuple[int, int] | None:
        """A single syllable behind a title, by which a person named before is meant ("Thứ trưởng Nhân")."""
        gap = self._words.gap.match(key, at)
        run = self._run_at(key, gap.end()) if gap is not None else None
        if run is None or " " in run.group() or run.group().isupper() or len(run.group()) < 2:
            return None
        if self._bad.match(key, run.start()) is not None or self._words.start.match(key, run.start()) is not None:
            return None
        if self._own.has("country", run.group()):
            return None
        return run.span()

    # anywhere

    def name_at(self, key: str, start: int, end: int, trusted: bool, certain: bool = False) -> tuple[int, int] | None:
        """The name that begins at ``start``; with an honorific before it (``trusted``) any capitals will do.

        ``certain``: a name that is a place's as well, too.
        """
        run = self._run.match(key, start, min(len(key), max(end, start)))
        if run is None or self._words.title.match(key, start) is not None:
            return None
        tokens = [(m.start(), m.end()) for m in self._syllable.finditer(key, run.start(), run.end())]
        first = key[tokens[0][0] : tokens[0][1]]
        upper = first.isupper() and len(first) > 1
        kept: list[tuple[int, int]] = []
        for a, b in tokens[:5]:
            word = key[a:b]
            if kept and (word.isupper() and len(word) > 1 and "'" not in word) != upper:
                break
            if kept and self._words.title.match(key, a) is not None:
                break
            kept.append((a, b))
        if not kept or (len(kept) == 1 and upper):
            return None
        whole = key[kept[0][0] : kept[-1][1]]
        if (
            self._own.has("country", whole)
            or (self._own.has("place", whole) and not (certain and len(kept) > 1))
            or (
                self._bad.match(key, start) is not None and not ((trusted or self.is_surname(first)) and len(kept) >= 3)
            )
        ):
            return None
        if not trusted and not self.is_surname(first):
            return None
        return self.hyphen_on(key, kept[0][0], kept[-1][1])

    def is_place(self, key: str, at: int) -> bool:
        """Whether a place's name begins at ``at``."""
        return self._words.place.match(key, at) is not None

    # what names are like

    def is_surname(self, word: str) -> bool:
        """Whether a person's name can begin with the word."""
        return self._own.has("surname", word) or (len(word) > 1 and word[1] == "'")

    def written_alike(self, parts: list[str]) -> bool:
        """Names are written alike: no "LĐLĐ" among words with small letters, no word that begins a body."""
        if parts[0].isupper() and len(parts[0]) > 1:
            return all(p.isupper() for p in parts)
        return not any(p.isupper() and len(p) > 1 and "'" not in p for p in parts)

    def is_of_history(self, key: str, start: int = 0, end: int | None = None) -> bool:
        """Whether the name ``start`` … ``end`` (all) is one that places and streets bear."""
        return self._hero.fullmatch(key, start, end) is not None

    def hyphen_on(self, key: str, start: int, end: int) -> tuple[int, int]:
        """The foreign name ``start`` … ``end`` with a last syllable set off by a dash ("Moon Jae - in") or a point."""
        words = key[start:end].split()
        strange = self._own.has("foreign_ok", words[0]) or self.foreign.is_name(words)
        if strange and (initial := self._initial.match(key, end)) is not None:
            # "George W. Bush"
            return start, initial.end()
        open_end = (len(words) == 2 and strange) or (len(words) > 1 and self._own.has("particle", words[-1]))
        joined = self.hyphened.match(key, end) if open_end else None
        return start, joined.end() if joined is not None else end

    def _unmixed(self, key: str, start: int, end: int) -> tuple[int, int]:
        """The capitals ``start`` … ``end`` without the words of Vietnamese around a foreign name.

        "(Tổng thống) Hàn Moon Jae", "Raul Castro Ruz Huân (chương)"
        """
        tokens = [m.span() for m in self._syllable.finditer(key, start, end)]
        last = tokens[-1]
        glued = len(tokens) > 2 and self._words.word_end(key, *last) > last[1]
        if glued and self.foreign.is_name([key[a:b] for a, b in tokens[:-1]]):
            tokens.pop()
        while len(tokens) > 2 and self.foreign.is_spelled_here(key[slice(*tokens[0])]):
            if not self.foreign.is_name([key[a:b] for a, b in tokens[1:]]):
                break
            del tokens[0]
        return tokens[0][0], tokens[-1][1]

    def _run_at(self, key: str, at: int) -> regex.Match[str] | None:
        """The capitalised words at ``at``."""
        return self._run.match(key, at) if key[at : at + 1].isupper() else None
