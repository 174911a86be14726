"""The person's name at the end of the words behind a title, told from the capitals of the body before it."""

from __future__ import annotations

import copy

from pipeline.extract.positions.names import NameReader
from pipeline.extract.positions.words import Words
from pipeline.gazetteer import gazetteer
from pipeline.rules import Rules
from pipeline.text import fold

# what a name must weigh
_SCORE = 1.5
# of this weight on, a name behind the word is never a person's
_SURE = 6.0
# a country's name has at most this many syllables ("Ả Rập Xê Út")
_COUNTRY = 4


class EndingReader:
    """Weighs every place at which the name may begin. ``tokens`` are the spans of the words behind a title."""

    def __init__(self, rules: Rules, words: Words, names: NameReader) -> None:
        own = rules["official"]
        self._own = own
        self._words, self._names = words, names
        self._places = gazetteer(rules)
        self._country_ends = frozenset(country.rpartition(" ")[2] for country in own.lexicon["country"])

    def on(self, words: Words, names: NameReader) -> EndingReader:
        """The same reader for the text of these words."""
        one = copy.copy(self)
        one._words, one._names = words, names
        return one

    def name_in(self, key: str, tokens: list[tuple[int, int]]) -> tuple[int, int] | None:
        """The person's name at the end of the words behind a title, told from the body's own capitals."""
        last = len(tokens)
        first = last
        while first > 0 and last - first < 8:
            a, b = tokens[first - 1]
            word = key[a:b]
            if not word[0].isupper() or " " in word or (first < last and key[b : tokens[first][0]].strip()):
                break
            first -= 1
        own, names = self._own, self._names
        if (abroad := self._name_abroad(key, tokens, first)) is not None:
            return abroad
        best: tuple[float, int] | None = None
        for i in range(first, last - 1):
            words = [key[a:b] for a, b in tokens[i:last]]
            # before "Thị" stands the surname, a rare one too
            marked = len(words) > 2 and own.has("after_surname", words[1])
            if not 2 <= len(words) <= 5 or not (marked or names.is_surname(words[0])) or not names.written_alike(words):
                continue
            if self._words.place.match(key, tokens[i][0]) is not None or names.is_of_history(" ".join(words)):
                continue
            if self._of_country(words) or any(self._own.has("country", " ".join(words[:n])) for n in (2, 3)):
                continue
            score = self._score(key, tokens, first, i, words)
            if best is None or score > best[0]:
                best = (score, i)
        if best is None or best[0] < _SCORE:
            return self._name_foreign(key, tokens, first)
        return tokens[best[1]][0], tokens[-1][1]

    def _name_foreign(self, key: str, tokens: list[tuple[int, int]], first: int) -> tuple[int, int] | None:
        """The foreign name behind a state's body in words of Vietnamese ("Chủ tịch Hạ viện Nancy Pelosi")."""
        if not self._own.has("closed_head", key[tokens[0][0] : tokens[0][1]]):
            return None
        foreign = self._names.foreign
        strange = (i for i in range(max(first, 1), len(tokens)) if not foreign.is_native(key[slice(*tokens[i])]))
        i = next(strange, len(tokens))
        if i - 1 >= max(first, 1) and self._own.has("foreign_ok", key[slice(*tokens[i - 1])]):
            i -= 1
        words = [key[a:b] for a, b in tokens[i:]]
        return self._names.hyphen_on(key, tokens[i][0], tokens[-1][1]) if foreign.is_name(words) else None

    def _of_country(self, words: list[str]) -> bool:
        """Whether a country's name ends the words ("An Trung Quốc"): no person bears it."""
        return self._own.has("country", " ".join(words[-2:]))

    def _name_abroad(self, key: str, tokens: list[tuple[int, int]], first: int) -> tuple[int, int] | None:
        """The name behind a country, whatever its syllables are ("Bộ trưởng Quốc phòng Mỹ John Doe")."""
        for i in range(max(first, 1), len(tokens)):
            a, b = tokens[i - 1]
            if fold(key[a:b]).rpartition(" ")[2] not in self._country_ends:
                continue
            for n in range(1, min(i, _COUNTRY) + 1):
                if not self._own.has("country", " ".join(key[a:b] for a, b in tokens[i - n : i])):
                    continue
                a, b = tokens[i - 2] if n == 1 and i > 1 else tokens[0]
                place = self._words.place.match(key, tokens[i - n][0])
                if (n == 1 and i > 1 and key[a].isupper() and " " not in key[a:b]) or (
                    place is not None and place.end() > tokens[i - 1][1]
                ):
                    # "Lê Thị Mỹ Hạnh", "Lào Cai"
                    continue
                words = [key[a:b] for a, b in tokens[i:]]
                joined = self._names.hyphened.match(key, tokens[-1][1]) if words else None
                lone = len(words) == 1 and self._names.foreign.is_native(words[0])
                if joined is not None and not lone and words[0][0].isupper() and not words[0].isupper():
                    return tokens[i][0], joined.end()
                # "Viện Hàn lâm Campuchia Sok Touch" is a person, "Công ty Nhật Bản Fuji Seiko" a firm
                kinds = ("enterprise",) if self._names.foreign.is_name(words) else ("enterprise", "named_body")
                named = any(self._own.has(kind, key[a:b]) for a, b in tokens[:i] for kind in kinds)
                if (
                    named
                    or not 2 <= len(words) <= 4
                    or any((w.isupper() and len(w) > 1) or not w[0].isupper() or " " in w for w in words)
                    or self._words.start.match(key, tokens[i][0]) is not None
                    or self._words.place.match(key, tokens[i][0]) is not None
                    or self._words.country.match(key, tokens[i][0]) is not None
                    or self._words.word.match(key, tokens[i][0]) is not None
                ):
                    return None
                return self._names.hyphen_on(key, tokens[i][0], tokens[-1][1])
        return None

    def _score(self, key: str, tokens: list[tuple[int, int]], first: int, i: int, words: list[str]) -> float:
        own = self._own
        score = {2: 0.5, 3: 2.0, 4: 1.5, 5: 0.0}[len(words)]
        score += 1.0 if own.has("common_surname", words[0]) else 0.0
        score -= 2.0 if len(words) > 3 and own.has("after_surname", words[2]) else 0.0
        score += 1.5 if len(words) > 2 and own.has("middle", words[1]) else 0.0
        before = [key[a:b] for a, b in tokens[first:i]]
        previous = key[tokens[i - 1][0] : tokens[i - 1][1]] if i else ""
        if not i:
            return score
        if own.has("place_word", previous):
            # "LĐLĐ tỉnh Mai Bá Nam": places are known, but for old wards, and wards bear people's names
            weight = float(own.value("place_word", previous))
            known = self._places.longest(key, tokens[i][0])
            stranger = len(words) > 2 and (known is None or known[0] < tokens[i + 2][1])
            return score - (min(weight, 0.5) if stranger else weight)
        if own.has("named_body", previous):
            # "Trường THPT Nguyễn Huệ": the name is the school's; "Bệnh viện Lê Văn A" is not sure; "công ty" that is
            # no part of a name is the one named before
            weight = float(own.value("named_body", previous))
            plain = len(words) > 2 and previous.islower() and weight < _SURE
            return score - (min(weight, 0.5) if plain else weight)
        joined = " ".join(before)
        for n in (3, 2):
            if len(before) >= n and own.has("place", " ".join(before[-n:])):
                return score + 2.0
        if len(before) == 1 and i >= 2 and own.has("place_word", key[tokens[i - 2][0] : tokens[i - 2][1]]):
            score -= 1.5
        if len(words) == 2 and joined and not (len(previous) > 2 and previous.isupper() and not words[0].isupper()):
            # behind capitals ("Bộ GTVT Nguyễn Na") a name of two syllables is as sure as one of three
            score -= 1.0
        return score
