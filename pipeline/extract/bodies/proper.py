"""How a name goes on that is a body's own: of an enterprise, a school, a hospital, a newspaper, a grassroots union."""

from __future__ import annotations

import regex

from pipeline.extract.bodies.parsed import Part
from pipeline.extract.bodies.persons import MAX_TOKENS
from pipeline.extract.bodies.tail import Tail
from pipeline.extract.bodies.words import GAP, TOKEN

_QUOTED = regex.compile(r"[\"']([^\"'\n]{2,60})[\"']")
# a number within a name has at most so many digits
_MAX_DIGITS = 3


def proper(tail: Tail) -> None:
    """The body of which it is one; else legal forms, sectors, names, and a place or the nation at the end."""
    group = tail.head.group
    if tail.body():
        return
    if group in ("union", "party") and tail.closer():
        return
    if group == "party" and tail.place():
        return
    if group == "media" and (at := tail.next()) is not None and tail.begins_body(at):
        return
    if tail.head.branch_first:
        tail.word(tail.lists.sectors, "sector")
    while len(tail.parts) < MAX_TOKENS and (at := tail.next()) is not None:
        if tail.text[at] == "-":
            if _dashed(tail):
                continue
            break
        if (quoted := _QUOTED.match(tail.text, at)) is not None and tail.text[quoted.start(1)].isupper():
            tail.add(Part("name", quoted[1], at, quoted.end()))
            break
        if not _one(tail, at):
            break
    _last_small_words(tail)


def _dashed(tail: Tail) -> bool:
    """A dash between two parts of a name ("Lọc - Hóa dầu"): only before words that stand in names."""
    text, lists = tail.text, tail.lists
    at = tail.end + 3
    if text[tail.end : at] != " - " or not tail.parts or tail.parts[-1].kind != "name":
        return False
    found = lists.countries.at(text, at) if lists.ends_in_nation(tail.parts[-1].text) else None
    if found is None:
        found = lists.inner.at(text, at) or lists.sectors.at(text, at)
        if found is None or " " not in text[at : found[0]] or not text[at].isupper():
            return False
    tail.add(Part("name", "- " + text[at : found[0]], tail.end + 1, found[0]))
    return True


def _one(tail: Tail, at: int) -> bool:
    """Reads one more part of a proper name; False where it ends."""
    text, lists = tail.text, tail.lists
    nation = lists.nation.at(text, at) or (lists.centre.at(text, at) if tail.parts else None)
    if nation is not None:
        return _nation(tail, at, nation)
    place = tail.places.at(text, at, origin=tail.where.origin)
    if place is not None:
        if place.unit is not None or tail.places.has_unit(text, at):
            tail.add(place)
            return False
        # "Tổng Công ty Xây dựng Sài Gòn" is not named after the city's later name; "HCM" is spelled out
        written = text[at : place.end]
        tail.add(Part("name", place.text if written.isupper() else written, at, place.end))
        return True
    small = text[at].islower()
    if (form := lists.forms.at(text, at)) is not None and not (len(form[1]) < 3 and small):
        tail.add(Part("form", form[1], at, form[0]))
        return True
    if not small and (sector := lists.sectors.at(text, at)) is not None:
        tail.add(Part("sector", sector[1], at, sector[0]))
        return True
    return _word(tail, at)


def _nation(tail: Tail, at: int, found: tuple[int, str]) -> bool:
    """The nation ends a name, but for a central body's seat ("… Trung ương Hải Dương")."""
    end, name = found
    gap = GAP.match(tail.text, end)
    centre = name != tail.lists.nation_name
    seated = bool(gap and centre and tail.places.gazetteer.match_province(tail.text, gap.end()))
    tail.add(Part("name" if seated else "nation", name, at, end))
    return seated


def _word(tail: Tail, at: int) -> bool:
    """Reads a part that no list but those of inner words knows; False where the name ends."""
    text, lists = tail.text, tail.lists
    token = TOKEN.match(text, at)
    if token is None:
        return False
    word = token.group()
    follows_name = bool(tail.parts) and tail.parts[-1].kind == "name"
    if word[0].isupper():
        inner = lists.inner.at(text, at)
        if inner is not None and " " in inner[1] and text[at + 1].islower():
            tail.add(Part("name", text[at : inner[0]], at, inner[0]))
            return True
        if word in tail.persons.honorifics and follows_name and not tail.places.gazetteer.longest(text, at):
            return False
        before = len(tail.parts)
        tail.names(10)
        return len(tail.parts) > before and not tail.is_cut and tail.parts[-1].kind != "nation"
    if word.isdigit():
        numbered = bool(tail.parts) and tail.parts[-1].kind in ("name", "form", "sector")
        if numbered and len(word) <= _MAX_DIGITS:
            tail.add(Part("name", word, *token.span()))
            return True
        return False
    if _small(tail, at):
        return True
    if tail.where.whole and tail.parts and word.isalpha() and lists.stops.at(text, at) is None:
        tail.add(Part("name", word, *token.span()))
        return True
    return False


def _small(tail: Tail, at: int) -> bool:
    """Words in small letters that the name goes on after."""
    text, persons = tail.text, tail.persons
    if not tail.parts and not tail.head.small_words:
        return False
    position = _after_known_words(tail, at)
    if position is None:
        return False
    if position > at and tail.parts and tail.places.is_named_at(text, position):
        tail.add(Part("name", text[at:position].rstrip(), at, position - 1))
        return True
    if position == at or tail.head.branch_first:
        further = _after_legal_form(tail, position)
        if further == position == at:
            return False
        position = further
    token = TOKEN.match(text, position)
    if token is None or not token.group()[0].isupper() or token.group() in persons.honorifics:
        return False
    # "của", "cho" and the like never link a name to a person's
    if persons.at(persons.run(text, position)[0], True) == 0:
        return False
    if tail.heads.joined_at(text, position) or (tail.parts and tail.begins_body(position)):
        return False
    tail.add(Part("name", text[at:position].rstrip(), at, position - 1))
    return True


def _after_known_words(tail: Tail, at: int) -> int | None:
    """Where the words in small letters end that stand in names, from ``at`` on; None where the text does not go on."""
    position = at
    for _ in range(5):
        found = tail.lists.inner.at(tail.text, position) or tail.lists.sectors.at(tail.text, position)
        if found is None or tail.text[position].isupper():
            break
        gap = GAP.match(tail.text, found[0])
        if gap is None:
            return None
        position = gap.end()
    return position


def _after_legal_form(tail: Tail, at: int) -> int:
    """Where a name begins after a few unknown small words that follow a legal form; ``at`` where none does."""
    head = tail.head
    formal = tail.parts[-1].kind == "form" if tail.parts else " " in head.name
    most = 3 if formal and head.group == "firm" else 5 if head.branch_first else 0
    if not most or not (tail.where.whole or tail.text[tail.where.origin].isupper()):
        return at
    position = at
    for _ in range(most + 1):
        token = TOKEN.match(tail.text, position)
        if token is None or tail.lists.stops.at(tail.text, position) is not None:
            return at
        if token.group()[0].isupper():
            return position
        gap = GAP.match(tail.text, token.end())
        if gap is None:
            return at
        position = gap.end()
    return at


def _last_small_words(tail: Tail) -> None:
    """Up to three words in small letters before a bracket belong to an enterprise's name ("… sao sáng (KCN …")."""
    if not tail.parts or tail.head.group != "firm" or tail.parts[-1].kind != "name" or tail.is_cut:
        return
    position = tail.end
    for index in range(3):
        gap = GAP.match(tail.text, position)
        token = TOKEN.match(tail.text, gap.end()) if gap else None
        if (
            token is None
            or not token.group().islower()
            or (not index and tail.lists.stops.at(tail.text, token.start()) is not None)
        ):
            return
        position = token.end()
        if tail.text[position : position + 2] == " (":
            tail.add(Part("name", tail.text[tail.end + 1 : position], tail.end + 1, position))
            return
