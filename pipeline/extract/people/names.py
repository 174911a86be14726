"""Finds whom a passage names: by a name beside an honorific or a title, in a list, by a title alone, by a pronoun."""

from __future__ import annotations

from pipeline.extract.people.findings import Findings, Person
from pipeline.extract.people.links import Links
from pipeline.extract.positions import Chain
from pipeline.rules import Rules

# a bare name is at most this long (characters)
_NAME = 60
# a syllable of a name, and a space, are at most this long (characters)
_SYLLABLE = 32
# at most this many bare names go on a list, and stand between the people and the title of an election
_LISTED = 40
_ELECTED = 60
# a name and the title that stands behind it are at most this far apart (characters)
_APART = 90


class Names:
    """Compiled patterns of ``rules/official`` for those who are named. Whom it finds it adds to the findings."""

    def __init__(self, rules: Rules, links: Links) -> None:
        own = rules["official"]
        self._rules = own
        self._links = links
        self.named = own.rule("official.named")
        self._pronoun = own.rule("official.pronoun")
        self._initials = {w[0] for w in own.lexicon["pronoun"]}
        self._given = own.pattern(r"\p{Lu}[\p{Ll}]{1,7}(?=,|[ ]\p{Ll})")
        self._lists = own.pattern(
            r"{s}[,;]?{s}(?:(?:{list_and}){sp})?(?:{plural}{s}:?{sp})?(?:(?P<honorific>{honorific}){sp})?(?:{degrees}{0,3})"
        )
        self._run = own.pattern(r"(?r){B}(?P<run>{run}){aside}?{s}[,(:-]{s}")
        self._particles = frozenset(own.lexicon["particle"])
        self._pair = own.pattern(r"(?r){B}(?P<run>{run}){sp}(?:{list_and}){sp}")
        self._next_listed = own.pattern(r"[^.:\n]{0,60};{s}(?:{list_and}{sp})?(?:{degrees}{0,3})")
        self._degrees = own.pattern(r"(?r){B}{degrees}{1,3}")
        self._opening = own.pattern(r"{run}{aside}?{sp}(?:{filler}{sp}){0,3}(?!(?:{not_cue}){E})(?:{cue}){E}")
        self._alone = own.pattern(r"(?r)(?:^|[.,;:!?\"(-]{s}|{B}(?:{alone_after}){sp})")

    # names with an honorific

    def with_honorifics(self, found: Findings) -> None:
        """Find the names behind honorifics, and those listed behind a plural one."""
        key, rules = found.key, self._rules
        at = 0
        for call in found.calls:
            if call < at or (m := self.named.match(key, call)) is None:
                continue
            certain = bool(m["honorific"]) and rules.has("certain", m["honorific"])
            span = found.reader.names.name_at(key, *m.span("run"), trusted=True, certain=certain)
            if span is None and m["honorific"] and self._given.match(key, m.start("run")) is not None:
                # "ông Quyền", "bà Lễ": a given name that is a common word as well
                span = m.span("run")
            if span is None:
                continue
            start, end = span
            at = end
            if found.chain_over(start) is not None:
                continue
            # "K'Bril" is a whole name
            marked = key[start + 1 : start + 2] == "'" and rules.has("surname", key[start : start + 2])
            short = " " not in key[start:end] and not marked
            if short and not (m["honorific"] and rules.has("short_honorific", m["honorific"])):
                continue
            honorific = spaced(m["honorific"] or m["plural"])
            kind = "short" if short else "full"
            found.add(Person(start, end, m.start(), end, self.named.id, honorific, kind, bool(m["plural"])))
            if m["plural"]:
                self.listed(found, end, honorific)

    # bare names

    def _bare(self, found: Findings, at: int, high: int | None = None) -> tuple[int, int] | None:
        """The name of two syllables or more that begins at ``at``, a surname first."""
        span = found.reader.names.name_at(found.key, at, min(high or len(found.key), at + _NAME), trusted=False)
        return span if span is not None and " " in found.key[span[0] : span[1]] else None

    def listed(self, found: Findings, at: int, honorific: str | None) -> list[Person]:
        """Bare names that go on a list begun under a plural honorific or title ("A, B và C")."""
        people: list[Person] = []
        while len(people) < _LISTED:
            m = self._lists.match(found.key, at)
            if m is None or m.end() == at or m["honorific"] or (span := self._bare(found, m.end())) is None:
                break
            people.append(Person.bare(span, honorific, plural=True))
            found.add(people[-1])
            at = span[1]
        return people

    def bare_between(self, found: Findings, low: int, high: int) -> None:
        """Names of a list in which only the first bears an honorific ("các đồng chí A, B; C")."""
        for p in found.among(low, high):
            at = p.tail
            for _ in range(_ELECTED):
                m = self._lists.match(found.key, at)
                if m is None or m.end() == at or m.end() >= high or found.among(m.end(), m.end() + 1):
                    break
                span = self._bare(found, m.end(), high)
                if span is None:
                    break
                found.add(Person.bare(span))
                at = span[1]

    def set_off(self, found: Findings, at: int) -> Person | None:
        """The bare name at ``at`` where no title of its own stands behind it ("Chủ tịch LĐLĐ tỉnh - Lê A trao quà")."""
        span = self._bare(found, at)
        if span is None or found.among(at, span[1]) or found.reader.names.is_place(found.key, at):
            return None
        own = found.chain_from(span[1])
        if own is not None and self._links.between.fullmatch(found.key[span[1] : own.start]) is not None:
            return None
        person = Person.bare(span)
        found.add(person)
        return person

    def listed_at(self, found: Findings, at: int) -> list[Person]:
        """The person at ``at``, known or bare; a bare one with the bare names listed behind."""
        known = found.at(at)
        if known is not None:
            return [known]
        span = self._bare(found, at)
        if span is None:
            return []
        first = Person.bare(span, plural=True)
        found.add(first)
        return [first, *self.listed(found, span[1], None)]

    def listed_from(self, found: Findings, at: int) -> list[Person]:
        """The people listed from ``at`` on, with honorifics or without."""
        group = self.listed_at(found, at)
        while group:
            near = found.among(group[-1].end, group[-1].end + _NAME)
            if not near or self._links.join.fullmatch(found.key[group[-1].end : near[0].start]) is None:
                break
            group.append(near[0])
        return group

    # names without anything

    def opens(self, key: str, at: int = 0) -> bool:
        """Whether a name of two syllables or more and what its bearer does open a sentence ("Lê Văn A trao quà")."""
        return self._may_be_name(key, at) and self._opening.match(key, at) is not None

    def _may_be_name(self, key: str, at: int) -> bool:
        """Whether two words at ``at`` begin with capitals, but for a particle between them: few sentences open so."""
        if not key[at : at + 1].isupper():
            return False
        space = key.find(" ", at, at + _SYLLABLE)
        following = key[space + 1 : space + _SYLLABLE].lstrip(" ")
        return space > 0 and (following[:1].isupper() or following.partition(" ")[0].lower() in self._particles)

    def bare_subjects(self, found: Findings) -> None:
        """The names that open a sentence and act, as below pictures: what they hold is said elsewhere."""
        for at in found.sentences:
            if self.opens(found.key, at) and found.chain_over(at) is None:
                span = self._bare(found, at)
                if span is not None and not found.among(at, span[1]):
                    found.add(Person.bare(span))

    # names before a title

    def before(self, found: Findings, chain: Chain) -> Person | None:
        """The one whose name stands before a chain and is set off from it ("ông A, Chủ tịch …")."""
        key = found.key
        person = found.before(chain.start)
        if person is not None and chain.start - person.tail <= _APART:
            gap = key[person.tail : chain.start]
            if (
                self._links.between.fullmatch(gap)
                and (gap.strip() or chain.seats[0].tenure == "former" or self._unset(key, person, chain))
                and not (person.positions and "," not in gap and "-" not in gap)
            ):
                return person
            set_off = _is_set_off(key, chain.start)
            if person.tail > chain.start - 60 and not (set_off and self._run.match(key, person.tail, chain.start)):
                return None
        low = max(0, chain.start - 120, 0 if person is None else person.tail)
        m = self._run.match(key, low, chain.start) if _is_set_off(key, chain.start) else None
        if m is None or found.chain_over(m.start("run")) is not None:
            return None
        # in a list of people ("…; Cà Thị Bun, Phó Chủ tịch …") any capitals will do
        run = m.span("run")
        listed = (
            person is not None
            and bool(person.positions)
            and key.count(" ", *run) in (2, 3)
            and self._next_listed.fullmatch(key, person.tail, run[0]) is not None
        )
        span = self._filling(found, run, listed)
        if span is None and chain.name is None:
            span = self._foreign(found, run)
        if span is None or not self.is_alone(key, span[0]):
            return None
        bare = Person.bare(span)
        found.add(bare)
        self._joined_before(found, bare, low)
        return bare

    def _unset(self, key: str, person: Person, chain: Chain) -> bool:
        """Whether a title stands right behind a name as if a comma were between ("ông Lê A Phó Chủ tịch LĐLĐ tỉnh")."""
        return (
            person.honorific is not None
            and person.kind == "full"
            and not person.positions
            and chain.name is None
            and key[chain.seats[0].title_start].isupper()
            and not key[person.start : person.end].isupper()
        )

    def _filling(self, found: Findings, run: tuple[int, int], trusted: bool = False) -> tuple[int, int] | None:
        """The name of two syllables or more that is all of these capitals."""
        span = found.reader.names.name_at(found.key, *run, trusted=trusted)
        return span if span is not None and span[1] == run[1] and " " in found.key[span[0] : span[1]] else None

    def _foreign(self, found: Findings, run: tuple[int, int]) -> tuple[int, int] | None:
        """These capitals where all of them are a foreigner's name, not the source of the news ("theo X Y, …")."""
        words = found.key[slice(*run)].split()
        return (
            run if found.reader.names.foreign.is_name(words) and not self._links.is_quoted(found.key, run[0]) else None
        )

    def _joined_before(self, found: Findings, person: Person, low: int) -> None:
        """The bare name joined to a bare name ("…; A và B, Phó Chủ tịch"): both hold what stands behind them."""
        m = self._pair.match(found.key, low, person.start)
        if m is None or found.chain_over(m.start("run")) is not None:
            return
        span = self._filling(found, m.span("run"))
        if span is not None and self.is_alone(found.key, self._before_degrees(found.key, span[0])):
            person.plural = True
            found.add(Person.bare(span, plural=True))

    def is_alone(self, key: str, at: int) -> bool:
        """Whether what begins at ``at`` goes on nothing: a sign or a word like "và" stands before it."""
        return at == 0 or self._alone.match(key, max(0, at - 30), at) is not None

    def _before_degrees(self, key: str, at: int) -> int:
        """Where the degrees begin that stand right before a name at ``at``; ``at`` where there are none."""
        m = self._degrees.match(key, max(0, at - 40), at)
        return m.start() if m is not None else at

    # those without a name

    def by_title(self, found: Findings, chain: Chain) -> None:
        """A title with a given name, or one that acts alone: "đồng chí Chủ tịch Công đoàn ngành nhấn mạnh"."""
        key, names = found.key, found.reader.names
        if (given := names.given_name_of(key, chain) or names.given_name(key, chain.end)) is not None:
            found.add(Person(*given, chain.start, given[1], "official.title", kind="short"))
            return
        h = self._links.honorific(key, chain.start)
        if (h is None and not self.is_alone(key, chain.start)) or self._links.is_many(key, chain.start):
            return
        nameless = all(x.org_start is None and x.implied is None for x in chain.seats)
        if h is None and nameless and chain.start != found.sentence(chain.start)[0]:
            return
        lead, honorific = (h.start(), spaced(h["honorific"])) if h is not None else (chain.start, None)
        person = Person(chain.start, chain.end, lead, chain.end, "official.title", honorific, "title")
        person.hold(chain.seats, found.text)
        found.add(person)

    def by_pronoun(self, found: Findings) -> None:
        """Find the pronouns that mean a person named before ("ông", "bà ấy")."""
        key = found.key
        for call in found.calls:
            if key[call].lower() not in self._initials or (m := self._pronoun.match(key, call)) is None:
                continue
            if self._links.is_many(key, m.start()):
                continue
            i = found.index(m.start() + 1)
            if any(p.lead <= m.start() < p.tail for p in found.people[max(0, i - 2) : i + 1]):
                continue
            self._add_pronoun(found, m.span(), m["honorific"])

    def pronoun_before(self, found: Findings, low: int, at: int) -> Person | None:
        """The last pronoun between ``low`` and ``at``, close before ``at``."""
        key = found.key
        last = None
        for m in self._pronoun.finditer(key, low, at + 1):
            if not self._links.is_many(key, m.start()):
                last = m
        if last is None or at - last.end() > 40:
            return None
        known = found.among(last.start(), last.start() + 1)
        return known[0] if known else self._add_pronoun(found, last.span("honorific"), last["honorific"])

    def _add_pronoun(self, found: Findings, span: tuple[int, int], word: str) -> Person:
        person = Person(*span, *span, self._pronoun.id, spaced(word), "pronoun")
        found.add(person)
        return person


def _is_set_off(key: str, at: int) -> bool:
    """Whether a sign stands right before ``at`` that may set a title off from the name before it."""
    return key[max(0, at - 4) : at].rstrip(" ").endswith((",", "(", ":", "-"))


def spaced(words: str | None) -> str | None:
    """Words with one space between them; None and nothing stay what they are."""
    return words and " ".join(words.split())
