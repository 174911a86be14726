"""Titles in a row: which of them are one person's, and whose body is whose."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Sequence

import regex

from pipeline.extract.positions.seats import Chain, Seat
from pipeline.extract.positions.titles import TitleReader
from pipeline.extract.positions.words import Words
from pipeline.rules import Rules


class ChainReader:
    """Joins titles into chains, and lets the seats of a chain share a body."""

    def __init__(self, rules: Rules, words: Words, titles: TitleReader) -> None:
        own = rules["official"]
        self._own = own
        self._words, self._titles = words, titles
        self._in_turn = own.pattern("{B}(?:{in_turn}){E}")
        self._connect = own.pattern(
            r"(?P<bracket>{bracket_title})"
            r"|{s}(?:,{s}(?:{also}{sp})?|;?{s}(?:{also}){sp}|[ ]?-[ ]?|{aside}?,{s}|[ ](?={former}{sp}))"
        )
        self._semicolon = own.pattern("(?:{of_term})?{s};{s}")
        self._seat_ends = own.pattern(r"(?:{of_term})?{s}(?:[;.,]|$)")
        self._party_seat = own.pattern("{party_seat}(?:{sp}{mod})?")
        self._party = own.pattern("{party_body}{E}")
        self._owner = own.pattern(
            "{B}(?<!{not_owner_before}[ ])(?:{parent}|{party_owner}){E}(?!{sp}(?:{federation}){E})"
        )
        self._named_as = own.pattern("(?r){B}{are}{sp}")
        self._office = own.pattern("(?:{deputy}{s})?(?:{office_title}){E}")
        self._union = own.pattern("(?:{union_body})(?:{sp}{grassroots})?{sp}(?=(?:{org_start}){E})")
        self._bare_party = own.pattern("{bare_party}")
        self._bare_union = own.pattern("(?:{union_body})(?:{sp}{grassroots})?")
        self._served = own.pattern("{served}{E}")
        self._within = own.pattern("(?r){B}(?:{not_before}){sp}")
        self._part = own.pattern("(?:{part_body}){E}")
        self._counted = own.pattern(r"(?r)\d{sp}")
        self._charged_by = own.pattern("(?r){B}{charged_by}{sp}")
        self._foreign = own.pattern("{B}(?:{country}){E}")

    def on(self, words: Words, titles: TitleReader) -> ChainReader:
        """The same reader for the text of these words."""
        one = copy.copy(self)
        one._words, one._titles = words, titles
        return one

    def read(self, key: str, starts: Sequence[int]) -> list[Chain]:
        """All chains of titles in the text, in order, none inside another; ``starts`` are where one may begin."""
        found: list[Chain] = []
        at = 0
        for start in starts:
            if start < at or (m := self._words.title.match(key, start)) is None:
                continue
            if self._within.match(key, max(0, m.start() - 20), m.start()) is not None:
                at = m.end()
                continue
            chain = self._chain(key, m)
            at = max(chain.end, m.end())
            if not self._needs_body(key, chain.seats[0]):
                found.append(chain)
        return found

    def _chain(self, key: str, first: regex.Match[str]) -> Chain:
        chain = Chain(first.start(), first.end())
        m: regex.Match[str] | None = first
        in_bracket = at_once = False
        for _ in range(12):
            assert m is not None
            seat, name = self._titles.read(key, m)
            if in_bracket and (name is not None or key[seat.end : seat.end + 1] not in ("", ")", ",", ";")):
                # "(Giám đốc là ông B)": the bracket tells of somebody else
                break
            if at_once and chain.seats[-1].tenure == "former" and seat.tenure == "current":
                # "nguyên chủ tịch kiêm giám đốc"
                seat = dataclasses.replace(seat, tenure="former")
            chain.seats.append(seat)
            chain.end = seat.end
            if name is not None and self._serves(key, seat):
                chain.end = name[1]
                break
            if name is not None:
                chain.name = name
                chain.end = max(chain.end, name[1])
                break
            connect = (
                self._connect.match(key, chain.end)
                or self._listed_seat(key, chain)
                or self._run_together(key, chain.seats[-1])
            )
            if connect is None:
                break
            m = self._words.title.match(key, connect.end())
            if m is None:
                break
            at_once = self._own.has("at_once", key[connect.start() : connect.end()].strip())
            in_bracket = in_bracket or key[connect.start() : connect.end()].endswith("(")
        if len(chain.seats) > 1 and self._needs_body(key, chain.seats[0]):
            # "báo cáo viên, Giám đốc Học viện A"
            del chain.seats[0]
            chain.start = chain.seats[0].start
        others = len(chain.seats) > 1 and (
            self._counted.match(key, max(0, chain.start - 12), chain.start) is not None
            or self._charged_by.match(key, max(0, chain.start - 30), chain.start) is not None
        )
        if others:
            # "… của 40 đại biểu Quốc hội, Chủ tịch … A", "thừa ủy nhiệm Chủ tịch nước, Phó Chủ tịch … A"
            del chain.seats[0]
            chain.start = chain.seats[0].start
        self._ranks(key, chain)
        self._spread(key, chain)
        return chain

    def _listed_seat(self, key: str, chain: Chain) -> regex.Match[str] | None:
        """The semicolon behind which a person has one more seat ("Ông A là Bí thư X; Chủ tịch Y; Ủy viên Z.")."""
        sign = self._semicolon.match(key, chain.end)
        if sign is None or self._named_as.match(key, max(0, chain.start - 12), chain.start) is None:
            return None
        title = self._words.title.match(key, sign.end())
        if title is None:
            return None
        seat, name = self._titles.read(key, title)
        return sign if name is None and self._seat_ends.match(key, seat.end) is not None else None

    def _run_together(self, key: str, seat: Seat) -> regex.Match[str] | None:
        """The blank between a bare party committee and the next title ("Bí thư chi bộ Hiệu trưởng nhà trường")."""
        if seat.org_start is None or seat.org_end is None or not key[seat.org_end + 1 : seat.org_end + 2].isupper():
            return None
        bare = self._bare_party.fullmatch(key, seat.org_start, seat.org_end)
        return self._words.gap.match(key, seat.org_end) if bare is not None else None

    def _ranks(self, key: str, chain: Chain) -> None:
        """Nobody is head and deputy of one body: "bộ trưởng, thứ trưởng Bộ A" are two people, the name the second's."""
        seats = chain.seats
        if len(seats) > 1 and self._in_turn.search(key, max(0, chain.start - 60), chain.end + 10) is not None:
            return
        for i in range(len(seats) - 1, 0, -1):
            a, b = seats[i - 1], seats[i]
            if a.tenure != b.tenure or (a.org_start is None) == (b.org_start is None):
                continue
            head, deputy = (" ".join(key[x.title_start : x.title_end].lower().split()) for x in (a, b))
            ranked = self._own.value("deputy_of", deputy) == head or any(
                deputy == f"{d} {head}" for d in self._own.lexicon["deputy"]
            )
            if ranked and key[a.end : b.start].strip() == ",":
                chain.seats = seats[i:]
                chain.start = seats[i].start
                return

    def _spread(self, key: str, chain: Chain) -> None:
        """A title without a body shares that of the next ("Chủ tịch HĐQT, Tổng Giám đốc Công ty A")."""
        following: Seat | None = None
        for i in range(len(chain.seats) - 1, -1, -1):
            seat = chain.seats[i]
            if self._own.has("unshared", key[seat.title_start : seat.title_end]):
                continue
            if (
                seat.org_start is None
                and seat.implied is None
                and self._same_unit(key, seat, chain.seats[i + 1 : i + 2])
            ):
                # "phó ban kiêm chánh thư ký Ban trị sự"
                following = chain.seats[i + 1]
            if seat.org_start is None and seat.implied is None and following is not None:
                at = following.org_start
                if self._of_party(key, seat) and (at is None or self._party.match(key, at) is None):
                    # "Phó Bí thư, Chủ tịch UBND huyện": no seat of the administration
                    continue
                if at is not None and self._office.match(key, seat.title_start) is not None:
                    # a union has no director: "Phó Giám đốc, Chủ tịch Công đoàn Bệnh viện"
                    union = self._union.match(key, at)
                    at = union.end() if union is not None else at
                    if self._bare_union.fullmatch(key, at, following.org_end or at) is not None:
                        # nor has the house's union that bears no name: "Phó Tổng Giám đốc, Chủ tịch Công đoàn"
                        continue
                chain.seats[i] = Seat(
                    seat.start, seat.end, seat.title_start, seat.title_end, seat.tenure,
                    at, following.org_end, following.dropped, seat.title, None, following.prefix,
                )  # fmt: skip
            elif seat.org_start is not None and seat.org_end is not None:
                if self._foreign.search(key, seat.org_start, seat.org_end) is not None:
                    # "Tổng bí thư, Chủ tịch nước" of another country: its body is not the one of this country
                    chain.seats[:i] = [
                        x if x.implied is None else dataclasses.replace(x, implied="") for x in chain.seats[:i]
                    ]
                following = seat
                if self._part.match(key, seat.org_start):
                    # of a department only the parent can be another title's body ("UV BTV, Trưởng Ban A LĐLĐ tỉnh")
                    parent = self._owner.search(key, seat.org_start + 1, seat.org_end)
                    following = dataclasses.replace(seat, org_start=parent.start(), dropped=()) if parent else None

    def _needs_body(self, key: str, seat: Seat) -> bool:
        """Whether the title is an office only with a body, and has none."""
        return seat.org_start is None and self._own.has("bodied", key[seat.title_start : seat.title_end])

    def _of_party(self, key: str, seat: Seat) -> bool:
        """Whether the title is that of a party committee's secretary."""
        return self._party_seat.fullmatch(key, seat.title_start, seat.title_end) is not None

    def _serves(self, key: str, seat: Seat) -> bool:
        """Whether the seat is an aide's and its body a person's office ("người phát ngôn của Tổng thống Mỹ")."""
        return (
            seat.org_start is not None
            and self._own.has("aide", key[seat.title_start : seat.title_end])
            and self._served.match(key, seat.org_start) is not None
        )

    def _same_unit(self, key: str, seat: Seat, following: Sequence[Seat]) -> bool:
        """Whether the title ends in the unit's kind with which the next seat's body begins."""
        if not following or following[0].org_start is None:
            return False
        noun = key[seat.title_start : seat.title_end].lower().rpartition(" ")[2]
        begin = following[0].org_start
        return self._own.has("shared_noun", noun) and key[begin : begin + len(noun) + 1].lower() == f"{noun} "
