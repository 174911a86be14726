"""What bodies' names begin with: the table ``heads`` of ``rules/body``, found by the forms that each head has."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from pipeline.extract.bodies.parsed import HeadRow
from pipeline.extract.bodies.words import BEFORE, WORD, spaced
from pipeline.gazetteer import words_pattern
from pipeline.patterns import compile_pattern
from pipeline.rules import Rules
from pipeline.text import canonical, fold, lower


class Heads:
    """The heads by their forms; ``rows`` has them by their keys."""

    def __init__(self, rules: Rules) -> None:
        body = rules["body"]
        self.rows = {row.key: row for row in body.table("heads", HeadRow)}
        self._and = str(body.settings["joined_by"])
        self._no_heads = frozenset(fold(w) for w in body.lexicon["no_heads"])
        self._short = frozenset(fold(f) for h in self.rows.values() for f in h.forms if f.isupper())
        forms = [(form, head) for head in self.rows.values() for form in head.forms]
        forms.sort(key=lambda f: -len(f[0]))
        self._any_head = words_pattern([*(lower(canonical(form)) for form, _ in forms), *self._no_heads])
        # the forms by their first word, folded; and the words with which one may begin, as they are spelled
        self._index: dict[str, list[tuple[regex.Pattern[str], HeadRow]]] = {}
        any_case: set[str] = set()
        capital: set[str] = set()
        for form, head in forms:
            word = WORD.match(canonical(form))
            first = word.group() if word else form
            exact = head.case == "exact" or (form.isupper() and " " not in form)
            (capital if exact or head.case == "first" else any_case).add(first)
            self._index.setdefault(fold(first), []).append((_pattern(form, head, exact), head))
        spelled = {*any_case, *capital, *(w.upper() for w in (*any_case, *capital))}
        spelled |= {w.lower() for w in any_case} | {w[0].upper() + w[1:].lower() for w in any_case}
        self._starts = frozenset(spelled)
        self._any_form = {
            first: compile_pattern("|".join(f"({pattern.pattern})" for pattern, _ in entries))
            for first, entries in self._index.items()
        }

    def next(self, small: str, position: int) -> int | None:
        """Where the next head may begin in a text in small letters, at ``position`` or later."""
        while (match := self._any_head.search(small, position)) is not None:
            if match.group() not in self._no_heads:
                return match.start()
            position = match.start() + 1
        return None

    def opening(self, text: str, start: int) -> str | None:
        """The first word of a head that may begin at ``start``, in small letters."""
        first = WORD.match(text, start)
        return first.group().lower() if first is not None and first.group() in self._starts else None

    def at(self, text: str, start: int, opening: str) -> Iterator[tuple[HeadRow, int]]:
        """The heads at ``start``, which begin with the word ``opening``, and their ends; the longest first."""
        longest = self._any_form[opening].match(text, start)
        if longest is None:
            return
        previous: str | None = None
        for pattern, head in self._index[opening][(longest.lastindex or 1) - 1 :]:
            match = pattern.match(text, start)
            if match is None:
                continue
            if head.not_after:
                if previous is None:
                    before = BEFORE.search(text, max(0, start - 12), start)
                    previous = before.group().lower() if before else ""
                if previous in head.not_after:
                    continue
            yield head, match.end()

    def joined_at(self, text: str, start: int) -> bool:
        """Whether a head joined to a name by "and" stands at ``start``: another body, though its name be unreadable."""
        joiner = BEFORE.search(text, max(0, start - 6), start)
        if joiner is None or joiner.group() != self._and or (opening := self.opening(text, start)) is None:
            return False
        found = self._any_form[opening].match(text, start)
        return found is not None and " " in found.group()

    def is_short(self, word: str) -> bool:
        """Whether a word is a head's own abbreviation ("LĐLĐ", "CĐCS")."""
        return fold(word) in self._short


def _pattern(form: str, head: HeadRow, exact: bool) -> regex.Pattern[str]:
    """The form of a head, its first letter or all of it as written where its case matters."""
    pattern = spaced(form)
    if exact:
        return compile_pattern(rf"{pattern}(?![\p{{L}}\p{{N}}])")
    if head.case == "first":
        return compile_pattern(rf"{regex.escape(canonical(form)[0])}(?i:{pattern[1:]})(?![\p{{L}}\p{{N}}])")
    return compile_pattern(rf"(?i:{pattern})(?![\p{{L}}\p{{N}}])")
