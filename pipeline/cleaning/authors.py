"""Whom a line names as author of an article, and the paper that it credits."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from pipeline.cleaning.furniture import Furniture
from pipeline.rules import RuleSet
from pipeline.text import canonical, fold


@dataclass(frozen=True, slots=True)
class Author:
    """Whom a line names as author, the paper that it credits, and how surely it is an author's line.

    ``sure``: a label, a position or a credit says so; ``labelled``: a label does ("Tin, ảnh: …").
    """

    name: str
    credit: str | None
    sure: bool
    labelled: bool


class Authors:
    """Reads authors' lines by the rules of ``rules/furniture``; built once from them."""

    def __init__(self, rules: RuleSet, furniture: Furniture) -> None:
        self._rules, self._furniture = rules, furniture
        self._bylines = rules.starting("byline.")

    def of(self, text: str, key: str | None = None) -> Author | None:
        """The author whom a line names, the paper it credits, and whether a label or a position says that it does."""
        key = canonical(text) if key is None else key
        if not 2 <= len(key) <= 140 or self._furniture.is_entry(text):
            return None
        for rule in self._bylines:
            match = rule.match(key)
            if not match:
                continue
            start, end = match.span("name")
            name = text[start:end].strip()
            low = fold(name)
            if self._rules.has("no_name", name) or any(low.startswith(w + " ") for w in self._rules.lexicon["no_name"]):
                return None
            groups = match.groupdict()
            credit = None
            if groups.get("credit"):
                credit = text[match.start("credit") : match.end("credit")]
            labelled = rule.id == "byline.labelled"
            return Author(name, tidy(credit), rule.id != "byline.plain", labelled)
        return None


def tidy(credit: str | None) -> str | None:
    """A credit without brackets, and a site's address as its name alone."""
    if credit is None:
        return None
    credit = regex.sub(r"^https?://(?:www\.)?", "", credit.strip(" .()"))
    return credit.split("/")[0] if regex.match(r"[\w-]+(?:\.[\w-]+)+/", credit) else credit or None
