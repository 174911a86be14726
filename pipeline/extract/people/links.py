"""The words before and between names that several steps ask about: what joins a list, counts, quotes or owns."""

from __future__ import annotations

import regex

from pipeline.extract.people.findings import Findings, Person
from pipeline.rules import Rules


class Links:
    """Compiled patterns of ``rules/official`` for what stands before and between names.

    ``join`` is what may stand between two of a list and ``and_join`` where "and" is all of it; ``between`` is what may
    stand between a name and its title.
    """

    def __init__(self, rules: Rules) -> None:
        own = rules["official"]
        self.join = own.pattern(
            r"(?:[ ]?\([^()\n]{1,30}\))?"
            r"{s}[,;]?{s}(?:(?:{list_and}){sp})?(?:{plural}{s}:?{s})?(?:{honorific}{sp})?(?:{degrees}{0,3})"
        )
        self.and_join = own.pattern(r"{s}[,;]?{s}{and_word}{sp}")
        self.between = own.pattern(
            r"{aside}?{s}(?:[,(:-]{s})?(?:(?:{filler}{sp}){0,2}(?:{holds}){sp})?(?:{degrees}{0,3},?{s})?"
        )
        self.of = own.pattern(r"{s}{of_person}{sp}$")
        self._according = own.pattern(r"(?r){B}(?:{according}){sp}")
        self._kin = own.pattern(r"(?r){B}{kin}{sp}(?:{of_person}{sp})?")
        self._many = own.pattern(r"(?r){B}(?:{many}|\d{1,4}){sp}")
        self._honorific = own.pattern(r"(?r){B}(?P<honorific>{honorific}){sp}(?:{degrees}{0,3})")

    def is_quoted(self, key: str, at: int) -> bool:
        """Whether the sentence only reports what the one named at ``at`` says ("Theo ông A, …")."""
        return self._according.match(key, max(0, at - 16), at) is not None

    def is_owner(self, key: str, at: int) -> bool:
        """Whether a word of belonging stands before ``at`` ("theo đề nghị của ông A, …"): no subject."""
        return self.of.search(key, max(0, at - 8), at) is not None

    def is_kin(self, key: str, at: int) -> bool:
        """Whether the one named at ``at`` only tells whose kin another is ("con trai ông A làm …")."""
        return self._kin.match(key, max(0, at - 24), at) is not None

    def is_many(self, key: str, at: int) -> bool:
        """Whether a word or number before ``at`` says that many are meant ("các", "3")."""
        return self._many.match(key, max(0, at - 24), at) is not None

    def honorific(self, key: str, at: int) -> regex.Match[str] | None:
        """The honorific right before ``at`` (group ``honorific``), with the degrees behind it."""
        return self._honorific.match(key, max(0, at - 24), at)

    def group(self, found: Findings, person: Person, titled: bool = False) -> list[Person]:
        """The person and those joined before it ("A, B và C được bầu").

        ``titled``: all of them may bear titles of their own ("A, Trưởng phòng X, và B, Trưởng phòng Y được bầu").
        """
        key = found.key
        group = [person]
        through = False
        while True:
            first = group[0]
            previous = found.before(first.lead)
            if previous is None or self.is_quoted(key, previous.lead) or self.is_owner(key, previous.lead):
                return group
            joined = key[previous.tail : first.start]
            if not self.join.fullmatch(joined):
                return group
            if previous.positions or first.positions:
                through = through or self.and_join.match(joined) is not None
                if not (titled and through and previous.positions and first.positions):
                    return group
            group.insert(0, previous)
