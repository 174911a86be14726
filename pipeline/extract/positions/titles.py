"""One title with what belongs to it: its tenure, its line of work, the body behind it and its holder's name."""

from __future__ import annotations

import copy

import regex

from pipeline.extract.positions.bodies import BodyReader
from pipeline.extract.positions.names import NameReader
from pipeline.extract.positions.seats import Seat
from pipeline.extract.positions.words import Words
from pipeline.rules import Rules


class TitleReader:
    """Makes a seat of a title."""

    def __init__(self, rules: Rules, words: Words, names: NameReader, bodies: BodyReader) -> None:
        own = rules["official"]
        self._own = own
        self._words, self._names, self._bodies = words, names, bodies
        # a party committee in three letters or fewer, right behind a title's own or after a blank
        self._party_letters = own.pattern(r"[ ]{0,2}(?=\p{Lu}\p{L}{0,2}(?-i:U){E})(?P<party>{party_letters}){E}")
        self._shared = own.pattern("(?r){B}{unit_head}{sp}(?P<noun>{shared_noun})")
        self._department = own.pattern("(?:{department}){E}")
        self._trailing = own.pattern("(?r){sp}(?:{trailing_mod})")
        self._sector = own.pattern("(?:{org_word}){E}(?<!{B}(?:{parent}|{department}|{org_head}))")
        self._directs = own.pattern("{director}{E}")
        self._post = own.pattern("{sp}{envoy_at}{sp}(?:{country}|{place}){E}{sp}")
        self._charge = own.pattern(r"\p{L}{sp}(?:{charge}){E}(?={sp}(?:{of_body}{sp})?{parent}{E}|{s}[,.;:)-]|$)")
        self._team_work = own.pattern(r"(?:{sp}(?:-{sp})?(?!(?:{run_stop}){E})\p{Ll}{1,8}){1,4}(?={sp}(?:{parent}){E})")
        self._line = own.pattern(
            r"(?:{sp}(?!(?:{run_stop}|{parent}|{org_head}){E})\p{Ll}{1,9}){1,5}{sp}{of_line}(?={sp}(?:\p{Lu}|(?:{parent}){E}))"
        )
        self._parent = own.pattern(r",[ ]?(?=(?:{parent}){E})")
        self._ministry = own.pattern("(?:{ministry}){E}")

    def on(self, words: Words, names: NameReader, bodies: BodyReader) -> TitleReader:
        """The same reader for the text of these words."""
        one = copy.copy(self)
        one._words, one._names, one._bodies = words, names, bodies
        return one

    def read(self, key: str, m: regex.Match[str]) -> tuple[Seat, tuple[int, int] | None]:
        """The seat of the title ``m``, and the name that follows it."""
        names = self._names
        tenure = "former" if m["former"] or m["gone"] else "acting" if m["acting"] else "current"
        tenure = "elected" if m["elect"] and tenure == "current" else tenure
        start, end = m.span("title")
        shared = self._shared.match(key, start, end)
        unit = shared.span("noun") if shared is not None else None
        letters = self._party_letters.match(key, end)
        if letters is not None and m.end() == end:
            # "UVBTVTU", "BT ĐU"
            party = str(self._own.value("party_letters", letters["party"]))
            seat = Seat(m.start(), letters.end(), start, end, tenure, implied=party)
            return seat, names.direct(key, letters.end() + 1)
        org, dropped, name = self._bodies.behind(key, m.end(), unit, state=self._own.has("state_title", key[start:end]))
        extra: tuple[int, int] | None = None
        if org is not None:
            org = (unit[0], org[1]) if unit is not None else org
            # "Phó Khoa Nội, Bệnh viện tỉnh": the parent of a department may stand behind a comma
            department = unit is not None or self._department.match(key, org[0]) is not None
            parent = self._parent.match(key, org[1]) if department and name is None else None
            if parent is not None and self._words.title.match(key, parent.end()) is None:
                extra, _, name = self._bodies.behind(key, parent.end() - 1, None, glued=True)
        stop = m.end()
        if org is None and name is not None and tenure == "current" and names.is_of_history(key, *name):
            # "Chủ tịch Tôn Đức Thắng": of history
            name = None
        if org is not None and name is None and self._own.has("envoy", key[start:end]):
            at_post = self._post.match(key, org[1])
            name = None if at_post is None else names.direct(key, at_post.end()) or names.foreigner(key, at_post.end())
        line = self._line_of_work(key, start, end, org is not None) if name is None else None
        if line is not None:
            # "Phó Giám đốc phụ trách tài chính của Công ty A", "tổ trưởng bảo trì Công ty A"
            end, at = line
            org, dropped, name = self._bodies.behind(key, at)
            if org is not None and self._own.has("place", key[slice(*org)]):
                # "giám đốc bán hàng tại Việt Nam"
                org = None
            extra = None
        if org is None and name is None and (mod := self._trailing.match(key, start, end)) is not None:
            # "Phó Giám đốc phụ trách kỹ thuật": what he has charge of is not his title
            charge = key[end : end + 2].strip()[:1].islower()
            end, stop = (mod.start(), mod.start()) if charge else (end, stop)
        if extra is not None and org is not None:
            dropped = (*dropped, (org[1], extra[0]))
            org = (org[0], extra[1])
        implied, prefix = None, ""
        if org is None:
            implied = self._own.value("implied_org", key[start:end])
            words = key[slice(*name)].split() if name is not None else []
            if words and (not names.is_surname(words[0]) or names.foreign.is_name(words)):
                # a foreigner holds it elsewhere
                implied = None if implied is None else ""
        elif self._ministry.match(key, org[0]) is not None:
            prefix = str(self._own.value("ministry_title", key[start:end]) or "")
        elif self._sector.match(key, org[0]) is not None:
            prefix = str(self._own.value("sector_title", key[start:end]) or "")
        return Seat(
            m.start(), org[1] if org else stop, start, end, tenure,
            org[0] if org else None, org[1] if org else None, dropped, None, implied, prefix,
        ), name  # fmt: skip

    def _line_of_work(self, key: str, start: int, end: int, headed: bool) -> tuple[int, int] | None:
        """Where the title ``start`` … ``end`` ends, and the small words that only say of what line it is.

        ``headed``: something like a body's name stands behind the title. None where the title says of no line.
        """
        inner = None
        if headed:
            mod = self._trailing.match(key, start, end)
            inner = self._charge.match(key, end - 1) if mod is not None else None
            end = mod.start() if mod is not None and inner is not None else end
        elif self._own.has("team_head", " ".join(key[start:end].split())):
            inner = self._team_work.match(key, end)
        if inner is None and self._directs.match(key, start, end) is not None:
            inner = self._line.match(key, end)
        return (end, inner.end()) if inner is not None else None

    def seat(self, key: str, start: int, end: int, title: str, tenure: str) -> Seat:
        """A seat whose title is not that of the text (a committee that someone is elected into), its body read."""
        org, dropped, _ = self._bodies.behind(key, end)
        return Seat(
            start,
            org[1] if org else end,
            start,
            end,
            tenure,
            org[0] if org else None,
            org[1] if org else None,
            dropped,
            title,
        )
