"""From mentions of people to officials: who holds which position, joined over the article.

Later short mentions ("bà Nhiên"), titles that act alone ("Chủ tịch Công đoàn ngành nhấn mạnh") and pronouns are given
to the person whom they can only mean; where two fit, none gets it and an issue says so.
"""

from __future__ import annotations

import bisect
import dataclasses
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.errors import Issue
from pipeline.facts import PersonMention, Position, Refusal
from pipeline.rules import Rules, RuleSet
from pipeline.schema import OfficialRow
from pipeline.text import fold

ROLES = ("attended", "directed", "spoke", "elected", "presented")
_GONE = ("former", "leaving")
# an abbreviation in brackets behind the words that it stands for ("Chủ tịch Hội đồng quản trị (HĐQT)")
_BRACKET = re.compile(r"[ ]\([^\W\d_]{2,6}\)")
_WORD = re.compile(r"[^\W_]+")
_WEIGHT = {"elected": 4, "leaving": 3, "acting": 2, "former": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Official:
    """One person in one position of one article.

    ``start``/``end`` cover the name where it first stands with this position, ``span_start``/``span_end`` name, title
    and body together. ``org_text`` is the body as written (None: the text leaves it out, the event's may be meant),
    ``org_start``/``org_end`` where it stands. ``roles`` are in the order of `ROLES`, or ``("mentioned",)``.
    ``term_at`` is the offset behind an election's words, where its term ("nhiệm kỳ …") would stand; None elsewhere.
    """

    name: str
    honorific: str | None
    position: str
    org_text: str | None
    org_start: int | None
    org_end: int | None
    tenure: str
    roles: tuple[str, ...]
    start: int
    end: int
    span_start: int
    span_end: int
    title_start: int
    title_end: int
    term_at: int | None
    rule_id: str


@dataclass(slots=True)
class _Held:
    position: Position
    mention: PersonMention


@dataclass(slots=True)
class _Someone:
    name: str
    key: str
    genders: set[str] = field(default_factory=set)
    honorific: str | None = None
    held: list[_Held] = field(default_factory=list)
    roles: set[str] = field(default_factory=set)
    mentions: list[PersonMention] = field(default_factory=list)


def merge_officials(
    people: Sequence[PersonMention], rules: Rules, foreigners: Collection[str] = ()
) -> tuple[list[Official], list[Refusal]]:
    """Distinct (name, position, body) of one article, in the order of the text, and what could not be joined.

    ``people`` are all mentions of the article with offsets into its text. People without any position are dropped.
    ``foreigners`` are names whose bearers hold nothing in this country: what their titles imply is left open.
    """
    own = rules["official"]

    def gender(honorific: str | None) -> str:
        value = own.value("honorific", honorific) if honorific else None
        return value if value in ("m", "f") else ""

    ordered = [_in_full(p, own) for p in sorted(people, key=lambda p: (p.start, p.end))]
    someone: dict[str, _Someone] = {}
    for p in ordered:
        if p.is_short:
            continue
        key = _key(p.name, someone)
        one = someone.setdefault(key, _Someone(p.name, key))
        if one.name.isupper() and not p.name.isupper():
            one.name = p.name
        one.genders |= {gender(p.honorific)} - {""}
        one.honorific = one.honorific or p.honorific
        _take(one, p)

    refusals: list[Refusal] = []
    last: _Someone | None = None
    acted: list[PersonMention] = []
    for p in ordered:
        if not p.is_short:
            # a pronoun means who acts, not who is spoken of ("đánh giá cao đóng góp của ông A. Ông cho rằng …")
            if last is None or p.roles or any(x.tenure not in _GONE for x in p.positions):
                last = someone[_key(p.name, someone)]
            continue
        found, doubt = _meant(p, list(someone.values()), last, gender(p.honorific))
        if found is not None:
            _take(found, p)
            last = found
        elif doubt:
            last = None
            refusals.append(
                Refusal(
                    start=p.start, end=p.end, rule_id=p.rule_id, code=Issue.NAME_AMBIGUOUS, detail=" | ".join(doubt)
                )
            )
        elif not _is_title(p) and not _is_pronoun(p):
            # a pronoun behind somebody whom nothing tells of means nobody whom the text has named before
            last = None
        elif p.positions and p.roles and fold(p.name) != fold(p.honorific or ""):
            acted.append(p)
    refusals.extend(
        Refusal(start=p.start, end=p.end, rule_id=p.rule_id, code=Issue.POSITION_WITHOUT_NAME, detail=p.name)
        for p in acted
    )

    starts = [p.start for p in ordered if not p.is_short]
    for one in someone.values():
        if own_seats := [h for h in one.held if not _borrowed(h, starts, own)]:
            one.held = own_seats
        if one.name in foreigners or any(_abroad(h.position, own) for h in one.held):
            one.held = [_Held(_unfilled(h.position), h.mention) for h in one.held]
    officials = [o for one in someone.values() for o in _officials(one)]
    officials.sort(key=lambda o: (o.span_start, o.title_start))
    return officials, refusals


def _in_full(p: PersonMention, own: RuleSet) -> PersonMention:
    """The mention with its abbreviated titles written out ("PCT TT" is "Phó Chủ tịch Thường trực")."""
    if not p.positions:
        return p
    positions = tuple(dataclasses.replace(x, title=_title_in_full(x.title, own)) for x in p.positions)
    return p if positions == p.positions else dataclasses.replace(p, positions=positions)


def _title_in_full(title: str, own: RuleSet) -> str:
    """A title without what it repeats in brackets, its abbreviations written out."""
    plain = " ".join(_BRACKET.sub("", title).replace(".", " ").split())
    return _WORD.sub(lambda m: str(own.value("full_title", m.group()) or m.group()), plain)


def _key(name: str, known: Mapping[str, _Someone]) -> str:
    """Under what a person is known: the name, or its two words the other way round ("Sato Hana", "Hana Sato")."""
    words = fold(name).split()
    turned = " ".join(reversed(words))
    return turned if len(words) == 2 and turned in known else fold(name)


def _abroad(position: Position, own: RuleSet) -> bool:
    """Whether the body is another country's, or the country itself."""
    words = (position.org_text or "").split()
    return any(own.has("country", " ".join(words[-n:])) for n in (1, 2) if len(words) >= n)


def _borrowed(held: _Held, starts: Sequence[int], own: RuleSet) -> bool:
    """Whether the title stands behind another's name ("bà A và ông B, Phó Chủ tịch"): hers only if she has no other."""
    mention = held.mention
    if mention.honorific is not None and own.has("plural", mention.honorific):
        return False
    i = bisect.bisect_left(starts, mention.end)
    stands = held.position.tenure in (None, "current")
    return stands and i < len(starts) and starts[i] < held.position.start


def _unfilled(position: Position) -> Position:
    """Without the body that a title implies in this country."""
    return position if position.org_start is not None else dataclasses.replace(position, org_text=None)


def _take(one: _Someone, p: PersonMention) -> None:
    one.mentions.append(p)
    one.roles.update(p.roles)
    if not _is_title(p):
        one.held.extend(_Held(position, p) for position in p.positions)


def _is_title(p: PersonMention) -> bool:
    """Whether the mention is a title without a name: its first position stands where the mention begins."""
    return p.is_short and bool(p.positions) and p.positions[0].start <= p.start < p.positions[0].end


def _is_pronoun(p: PersonMention) -> bool:
    return p.is_short and p.honorific is not None and fold(p.name) == fold(p.honorific)


def _meant(
    p: PersonMention, everyone: list[_Someone], last: _Someone | None, gender: str
) -> tuple[_Someone | None, list[str]]:
    """The person whom a short mention means, or the names between which the text leaves it open."""
    before = [s for s in everyone if s.mentions and s.mentions[0].start < p.start]
    if _is_pronoun(p):
        if last is None or (gender and last.genders and gender not in last.genders):
            return None, []
        return last, []
    if _is_title(p):
        fits = [s for s in everyone if any(_same_seat(p.positions[0], h.position) for h in s.held)]
        earlier = [s for s in fits if s in before]
        fits = earlier or fits
        if len(fits) > 1:
            exact = [s for s in fits if any(_same_org(p.positions[0], h.position) for h in s.held)]
            fits = exact or fits
        if len(fits) > 1 and last in fits:
            return last, []
        return (fits[0], []) if len(fits) == 1 else (None, sorted(s.name for s in fits))
    tail = fold(p.name).split()
    fits = [s for s in everyone if s.key.split()[-len(tail) :] == tail]
    if gender:
        fits = [s for s in fits if not s.genders or gender in s.genders]
    fits = [s for s in fits if s in before] or fits
    held = [s for s in fits if s.held]
    if len(fits) > 1 and last in fits:
        return last, []
    if len(fits) == 1:
        return fits[0], []
    return None, sorted(s.name for s in fits) if held else []


def _same_seat(a: Position, b: Position) -> bool:
    x, y = fold(a.title), fold(b.title)
    if x != y:
        # "Phó Chủ tịch Thường trực" is "Phó Chủ tịch" later on, in the same body
        return _within(x, y) and _same_org(a, b)
    if a.org_text is None or b.org_text is None:
        return True
    return _same_org(a, b) or _within(a.org_text, b.org_text)


def _same_org(a: Position, b: Position) -> bool:
    return a.org_text is not None and b.org_text is not None and fold(a.org_text) == fold(b.org_text)


def _within(a: str, b: str) -> bool:
    """Whether one body's words are the beginning of the other's ("Tổng liên đoàn", "Tổng liên đoàn Lao động")."""
    x, y = fold(a).split(), fold(b).split()
    short, long = sorted((x, y), key=len)
    return long[: len(short)] == short


def _officials(one: _Someone) -> list[Official]:
    merged: list[list[_Held]] = []
    for h in sorted(one.held, key=lambda h: (h.mention.start, h.position.start)):
        for group in merged:
            if any((_same(h.position, g.position) and not _two_seats(h, g)) or _shortened(h, g) for g in group):
                group.append(h)
                break
        else:
            merged.append([h])
    # an election is stated of some seats only; what else a person does is the person's
    electing = any(h.position.tenure == "elected" for h in one.held)
    out = []
    for group in merged:
        tenure = max((h.position.tenure or "current" for h in group), key=lambda t: _WEIGHT.get(t, 0))
        best = max(
            group, key=lambda h: (h.position.org_start is not None, len(h.position.org_text or ""), -h.mention.start)
        )
        first = group[0]
        title = max((h.position.title for h in group), key=lambda t: len(t.split()))
        roles = {r for r in one.roles if r != "elected" or tenure == "elected" or not electing}
        position = best.position
        elected = next((h for h in group if h.position.tenure == "elected"), None)
        spans = [first.mention.start, first.mention.end, first.position.start, first.position.end]
        if (
            first.position.org_start is not None
            and first.position.org_end is not None
            and (
                max(
                    abs(first.position.org_start - first.position.end),
                    abs(first.position.org_end - first.position.start),
                )
                < 300
            )
        ):
            spans += [first.position.org_start, first.position.org_end]
        named = next((h.mention for h in group if not h.mention.is_short), first.mention)
        out.append(
            Official(
                name=one.name,
                honorific=one.honorific,
                position=title,
                org_text=position.org_text,
                org_start=position.org_start,
                org_end=position.org_end,
                tenure=tenure,
                roles=tuple(r for r in ROLES if r in roles) or ("mentioned",),
                start=named.start,
                end=named.end,
                span_start=min(spans),
                span_end=max(spans),
                title_start=first.position.start,
                title_end=first.position.end,
                term_at=(elected.position.org_end or elected.position.end) if elected is not None else None,
                rule_id=first.mention.rule_id,
            )
        )
    return out


def one_per_seat(rows: Sequence[OfficialRow]) -> list[OfficialRow]:
    """The rows without those that tell of a seat once more, in other words for its body ("LĐLĐ TP", "LĐLĐ TP.HCM").

    The first of each seat stays, with the roles of all and how the strongest of them says that it is held.
    """
    kept: dict[tuple[str | None, ...], OfficialRow] = {}
    out: list[OfficialRow] = []
    for row in rows:
        gone = "gone" if row.tenure in _GONE else None
        seat = (row.event_id, row.person_id, fold(row.position or ""), row.org_id, gone)
        first = kept.setdefault(seat, row) if row.org_id is not None else row
        if first is row:
            out.append(row)
            continue
        roles = {*(first.roles or ()), *(row.roles or ())}
        first.roles = [r for r in ROLES if r in roles] or ["mentioned"]
        if _WEIGHT.get(row.tenure or "", 0) > _WEIGHT.get(first.tenure or "", 0):
            first.tenure = row.tenure
        if first.term_start is None:
            first.term_start, first.term_end = row.term_start, row.term_end
    return out


def _two_seats(a: _Held, b: _Held) -> bool:
    """Whether one mention tells of two seats by one title ("Chủ tịch UBMT xã, được bầu giữ chức Chủ tịch")."""
    x, y = a.position, b.position
    return a.mention is b.mention and x.tenure != y.tenure and (x.org_text is None) != (y.org_text is None)


def _shortened(a: _Held, b: _Held) -> bool:
    """Whether one of two mentions only calls the other's seat by its first words ("Chủ tịch" of the Chủ tịch nước)."""
    short, long = sorted((a, b), key=lambda h: len(h.position.title))
    return (
        a.mention is not b.mention
        and short.position.org_text is None
        and short.position.tenure == long.position.tenure
        and fold(long.position.title).startswith(f"{fold(short.position.title)} ")
    )


def _same(a: Position, b: Position) -> bool:
    """The same seat of one person: equal titles, and bodies equal, left out, or one the short form of the other."""
    if fold(a.title) != fold(b.title):
        return False
    if (a.tenure in _GONE) != (b.tenure in _GONE) and "former" in (a.tenure, b.tenure):
        return False
    return a.org_text is None or b.org_text is None or _within(a.org_text, b.org_text)
