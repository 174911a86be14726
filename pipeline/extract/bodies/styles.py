"""How a name goes on after a head of each style but the proper names: one function a style.

Each takes what it finds from the `Tail` that it is given; a tail without parts says that nothing there belongs to the
name.
"""

from __future__ import annotations

from pipeline.extract.bodies.parsed import Part
from pipeline.extract.bodies.tail import Tail
from pipeline.extract.bodies.words import GAP, TOKEN


def fixed(tail: Tail) -> None:
    """Nothing follows: the head is the name."""


def territory(tail: Tail) -> None:
    """A place, the nation, or the body of a place ("LĐLĐ tỉnh A")."""
    if not (tail.place(bare_name=True) or tail.nation()):
        tail.body()


def abroad(tail: Tail) -> None:
    """Another country ("Chính phủ Nhật Bản")."""
    tail.country()


def numbered(tail: Tail) -> None:
    """A number, and the union of which it is one part ("Cụm thi đua số 4 LĐLĐ tỉnh A")."""
    if tail.number():
        tail.owner()


def seat(tail: Tail) -> None:
    """A place alone ("UBND tỉnh A")."""
    tail.place(bare_name=True)


def sector(tail: Tail) -> None:
    """A sector, and of what it is that one ("Công đoàn ngành Y tế tỉnh A")."""
    if not tail.word(tail.lists.sectors, "sector") and tail.head.group == "nation":
        return
    if not tail.nation() and not tail.body():
        tail.place(bare_name=bool(tail.parts))


def branch(tail: Tail) -> None:
    """The sector that the head has in itself ("CĐGD"), and the nation or a place."""
    tail.add(Part("sector", tail.head.branch or "", tail.end, tail.end))
    if not tail.nation():
        tail.place(bare_name=True)


def association(tail: Tail) -> None:
    """Whose association it is, and where ("Hội Phụ nữ tỉnh A")."""
    if tail.word(tail.lists.associations, "sector") and not tail.body() and not tail.nation():
        tail.place()


def office(tail: Tail) -> None:
    """What the office does, and the body or place of which it is one ("Ban Tổ chức LĐLĐ tỉnh A")."""
    if not tail.word(tail.lists.functions, "sector") and not tail.head.keep and not tail.body():
        tail.names(4)
    if (tail.parts and tail.parts[-1].body is not None) or not (tail.parts or tail.head.keep):
        return
    if not tail.body() and not tail.nation() and tail.head.group == "office" and not tail.place():
        tail.parts = []


def union(tail: Tail) -> None:
    """The body whose union it is, a sector, a place, or a name ("Công đoàn Công ty A")."""
    at = tail.next()
    if at is not None and (found := tail.lists.sectors.at(tail.text, at)) is not None:
        gap = GAP.match(tail.text, found[0])
        if gap and tail.lists.nation.at(tail.text, gap.end()):
            # a central union, though the branch begins like an enterprise ("Ngân hàng", "Điện lực")
            tail.add(Part("sector", found[1], at, found[0]))
            tail.nation()
            return
    if tail.body() or tail.place() or tail.closer():
        return
    at = tail.next()
    if at is not None and tail.word(tail.lists.sectors, "sector"):
        if not tail.nation() and not tail.place(bare_name=True) and not tail.text[at].isupper():
            tail.parts = []
        return
    if at is not None and tail.text[at].isupper() and tail.text[tail.where.origin].isupper():
        tail.names(8)
        if tail.parts and not tail.is_cut:
            tail.place()


def zone(tail: Tail) -> None:
    """Zones with their names, and the place ("Công đoàn các khu công nghiệp và chế xuất tỉnh A")."""
    for _ in range(4):
        if not _one_zone(tail) or tail.place():
            return
        at = tail.next()
        if at is not None and tail.text[at].isupper() and tail.lists.zones.at(tail.text, at) is None:
            tail.names(3)
            if tail.parts[-1].kind == "name" and tail.place():
                return


def _one_zone(tail: Tail) -> bool:
    """A zone's kind, joined to one before it by a dash, comma or small word."""
    text = tail.text
    at = tail.next()
    dash = None
    if tail.parts:
        if at is None and text[tail.end : tail.end + 1] in ("-", ",", "&"):
            dash = tail.end
        elif at is not None and text[at : at + 2] in ("- ", "& "):
            dash = at
        if dash is not None:
            at = dash + 1 + (text[dash + 1 : dash + 2] == " ")
    if at is None:
        return False
    begin = at
    for _ in range(2):
        token = TOKEN.match(text, at) if tail.parts else None
        if token is None or token.group() not in tail.lists.joiners or text[token.end() : token.end() + 1] != " ":
            break
        at = token.end() + 1
    found = tail.lists.zones.at(text, at)
    if found is None:
        return False
    between = ("- " if dash is not None else "") + text[begin:at]
    tail.add(Part("zone", between + found[1], at, found[0]))
    return True
