"""What is no part of an article: menus, buttons, counters, notices, and the headings of lists of other stories."""

from __future__ import annotations

import functools

import regex

from pipeline.rules import RuleSet
from pipeline.text import canonical

# longer lines are prose and are not held against patterns of furniture
LONGEST_FURNITURE = 400
SEGMENT = regex.compile(r"[ \u00a0]*[|•·»›►▶\t]+[ \u00a0]*|[ \u00a0]{2,}|\u00a0+|[ ]+(?:/|>|-|–)[ ]+")
FULL_STOP = regex.compile(r"[.…][\"'”’)\]./ ]*$")
_END = regex.compile(r"[.…!?:;][\"'”’)\]./ ]*$")


def is_prose(key: str) -> bool:
    """Whether a line is running text: long, or shorter with a full stop at its end."""
    n = len(key)
    if n >= 200 or (n >= 140 and _END.search(key)):
        return True
    # what announces a list or a table is a sentence too
    if n >= 80 and key.endswith(":") and not key.isupper():
        return True
    # a title may trail off ("..."), a sentence of that length seldom does
    return n >= 60 and bool(FULL_STOP.search(key)) and not (n < 100 and key.endswith(".."))


class Furniture:
    """Tells furniture by the rules and word lists of ``rules/furniture``; built once from them."""

    def __init__(self, rules: RuleSet) -> None:
        self._rules = rules
        self._drops = rules.starting("furniture.")
        # the few that are sure enough to take running text away
        self._prose_drops = tuple(r for r in self._drops if r.set.get("prose"))
        # a line is asked about as a whole and as its own only part, and sites repeat their lines
        self._dropped = functools.lru_cache(maxsize=4096)(self._drop)
        self._comments = rules.rule("heading.comments")

    def rule_of(self, text: str, key: str) -> str | None:
        """The rule by which a line is furniture wherever it stands; None where it may be text."""
        if len(key) > LONGEST_FURNITURE:
            return None
        if is_prose(key):
            return next((rule.id for rule in self._prose_drops if rule.match(key)), None)
        return self._dropped(key) or ("furniture.menu" if self.is_menu(text) else None)

    def _drop(self, key: str) -> str | None:
        """The first rule of furniture that a line or a part of one fits."""
        return next((rule.id for rule in self._drops if rule.match(key)), None)

    def is_heading(self, text: str) -> bool:
        """Whether a line is the heading of a list of other stories, of comments or links."""
        if len(text) > 60:
            return False
        if self.opens_comments(text):
            return True
        bare = text.strip(" \u00a0:.-–*+•>»|()[]▶►").rstrip("0123456789() ")
        return self._rules.has("heading", bare)

    def opens_comments(self, text: str) -> bool:
        """Whether a line counts what readers say."""
        return self._comments.match(canonical(text.strip())) is not None

    def is_entry(self, text: str) -> bool:
        """Whether words are an entry of a menu or a button."""
        return self._rules.has("menu", text) or self._rules.has("tool", text)

    def is_menu(self, text: str) -> bool:
        """Whether every part of a line is a menu entry, a button or a counter."""
        parts = [p.strip(" \u00a0:>»-–*+•[]()/") for p in SEGMENT.split(text)]
        parts = [p for p in parts if p]
        if not parts or len(text) > LONGEST_FURNITURE:
            return False
        known = sum(map(self.is_entry, parts))
        if known == len(parts):
            return True
        rest = [p for p in parts if not self.is_entry(p)]
        if all(self.fits(p) for p in rest):
            return True
        # a menu with sections of the site's own: many short parts, some of them known
        many = len(parts) >= 4 and known >= 2 and known * 3 >= len(parts)
        return many and all(len(p) <= 30 and p[-1] not in ".!?" for p in parts)

    def fits(self, part: str) -> bool:
        """Whether a part of a line would be furniture on a line of its own."""
        key = canonical(part)
        return self._dropped(key) is not None or self.is_heading(part)
