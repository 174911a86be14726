"""Reads titles, the bodies behind them, and the names that follow: the parts of which `people` makes officials."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field

import regex

from pipeline.document import NO_SPANS, Spans
from pipeline.extract.foreign import ForeignNames
from pipeline.facts import Position
from pipeline.gates import Guarded, word_at
from pipeline.gazetteer import gazetteer
from pipeline.rules import Rules, RuleSet
from pipeline.text import fold

# a body's name is at most this long (words); a longer one is a sentence that ran on
_LONGEST = 24
_SCORE = 1.5
# a segmented word of two syllables is longer than this (characters)
_SHORTEST = 4
# a country's name has at most this many syllables ("Ả Rập Xê Út")
_COUNTRY = 4
# of this weight on, a name behind the word is never a person's
_SURE = 6.0


@dataclass(frozen=True, slots=True)
class Seat:
    """A title and the body behind it, as spans of the key. ``dropped`` are spans of brackets within the body."""

    start: int
    end: int
    title_start: int
    title_end: int
    tenure: str
    org_start: int | None = None
    org_end: int | None = None
    dropped: tuple[tuple[int, int], ...] = ()
    title: str | None = None
    implied: str | None = None
    # the body's first word where the title stands for it ("Thứ trưởng Ngoại giao" of the ministry)
    prefix: str = ""

    def position(self, text: str, tenure: str | None = None) -> Position:
        """The position, with the words of ``text`` (same offsets as the key)."""
        org = None
        if self.org_start is not None and self.org_end is not None:
            at, parts = self.org_start, []
            for start, end in self.dropped:
                parts.append(text[at:start] + " ")
                at = end
            parts.append(text[at : self.org_end])
            org = " ".join("".join([self.prefix + " ", *parts]).split())
        stated = self.tenure if self.tenure != "current" or tenure is None else tenure
        return Position(
            title=self.title or " ".join(text[self.title_start : self.title_end].split()),
            start=self.title_start,
            end=self.title_end,
            org_text=org or self.implied or None,
            org_start=self.org_start,
            org_end=self.org_end,
            tenure=stated,
        )


@dataclass(slots=True)
class Chain:
    """Titles joined by commas, "kiêm" or dashes, and the name that follows them where one does."""

    start: int
    end: int
    seats: list[Seat] = field(default_factory=list)
    name: tuple[int, int] | None = None
    used: bool = False


class Reader:
    """Compiled patterns of ``rules/official`` for titles, bodies and names."""

    def __init__(self, rules: Rules) -> None:
        own: RuleSet = rules["official"]
        self._own = own
        self._places = gazetteer(rules)
        self._words = NO_SPANS

        self._title = Guarded(own.rule("official.title").regex)
        self._token = own.pattern("{token}")
        self._phrase = Guarded(own.pattern("{org_phrase}{E}"))
        self._start = Guarded(own.pattern("{org_start}{E}"))
        self._word = Guarded(own.pattern("{org_word}{E}"))
        self._compound = own.pattern(r"\p{Lu}\p{L}{0,8}[ ]{1,3}\p{Ll}")
        self._field = Guarded(own.pattern("{org_field}{E}"))
        self._head = own.pattern("(?:{org_head}){E}")
        self._and = own.pattern("(?:{org_link}){sp}")
        self._of = own.pattern("{of_body}{sp}")
        self._bracket = own.pattern(r"[ ]{1,2}\([\p{Lu}][^()]{0,30}\)")
        self._quoted = own.pattern(r"\"[^\"\n]{2,60}\"")
        self._in_turn = own.pattern("{B}(?:{in_turn}){E}")
        self._gap = own.pattern("[ ]{1,3}")
        self._closed = own.pattern(r"[,.;)]|[ ]-[ ]|[ ](?:{parent}){E}")
        self._dash = own.pattern(r"-[ ](?=\p{Lu})")
        self._degrees = own.pattern("{degrees}")
        self._second_field = own.pattern(
            r"(?<={org_field}[ ])-[ ](?P<last>(?=\p{Ll}){org_field})(?=[,.;:)]|$|{sp}(?:{parent}){E}|[ ]-[ ])"
        )
        # capitals that only a bracket, a comma or another dash ends
        self._run_closed = own.pattern(r"{syl}(?:[ ]{syl}){1,2}(?=[ ](?:\(|-[ ]\p{Ll})|,[ ])")
        self._connect = own.pattern(
            r"(?P<bracket>{bracket_title})"
            r"|{s}(?:,{s}(?:{also}{sp})?|;?{s}(?:{also}){sp}|[ ]?-[ ]?|{aside}?,{s}|[ ](?={former}{sp}))"
        )
        self._term = own.pattern("{of_term}")
        self._semicolon = own.pattern("(?:{of_term})?{s};{s}")
        self._seat_ends = own.pattern(r"(?:{of_term})?{s}(?:[;.,]|$)")
        self._syllable = own.pattern("{syl}")
        self._run = own.pattern("{run}")
        # a party committee in three letters or fewer, right behind a title's own or after a blank
        self._party_letters = own.pattern(r"[ ]{0,2}(?=\p{Lu}\p{L}{0,2}(?-i:U){E})(?P<party>{party_letters}){E}")
        self._party_seat = own.pattern("{party_seat}(?:{sp}{mod})?")
        self._party = own.pattern("{party_body}{E}")
        self._shared = own.pattern("(?r){B}{unit_head}{sp}(?P<noun>{shared_noun})")
        self._owner = own.pattern(
            "{B}(?<!{not_owner_before}[ ])(?:{parent}|{party_owner}){E}(?!{sp}(?:{federation}){E})"
        )
        self._named_as = own.pattern("(?r){B}{are}{sp}")
        self._office = own.pattern("(?:{deputy}{s})?(?:{office_title}){E}")
        self._union = own.pattern("(?:{union_body})(?:{sp}{grassroots})?{sp}(?=(?:{org_start}){E})")
        self._bare_party = own.pattern("{bare_party}")
        self._bare_union = own.pattern("(?:{union_body})(?:{sp}{grassroots})?")
        self._hero = own.pattern("(?:{namesake}){E}")
        self._department = own.pattern("(?:{department}){E}")
        self._trailing = own.pattern("(?r){sp}(?:{trailing_mod})")
        self._served = own.pattern("{served}{E}")
        self._sector = own.pattern("(?:{org_word}){E}(?<!{B}(?:{parent}|{department}|{org_head}))")
        self._directs = own.pattern("{director}{E}")
        self._post = own.pattern("{sp}{envoy_at}{sp}(?:{country}|{place}){E}{sp}")
        self._charge = own.pattern(r"\p{L}{sp}(?:{charge}){E}(?={sp}(?:{of_body}{sp})?{parent}{E}|{s}[,.;:)-]|$)")
        self._team_work = own.pattern(r"(?:{sp}(?:-{sp})?(?!(?:{run_stop}){E})\p{Ll}{1,8}){1,4}(?={sp}(?:{parent}){E})")
        self._line = own.pattern(
            r"(?:{sp}(?!(?:{run_stop}|{parent}|{org_head}){E})\p{Ll}{1,9}){1,5}{sp}{of_line}(?={sp}(?:\p{Lu}|(?:{parent}){E}))"
        )
        self._within = own.pattern("(?r){B}(?:{not_before}){sp}")
        self._parent = own.pattern(r",[ ]?(?=(?:{parent}){E})")
        self._place = Guarded(own.pattern("(?:{place}){E}"))
        self._bad = Guarded(own.pattern("(?:{not_name}){E}"))
        self._capital_soon = own.pattern(
            r"(?:(?!(?:{function_word}|(?!(?:{not_cue}){E})(?:{cue})|{link}|{filler}){E})[\p{Ll}]{1,8}[ ]){1,3}"
            r"\p{Lu}[\p{Ll}]"
        )
        self._function = Guarded(
            own.pattern("(?:{function_word}|(?!(?:{not_cue}){E})(?:{cue})|{link}|{filler}|{elected_verb}){E}")
        )
        self._part = own.pattern("(?:{part_body}){E}")
        self._ministry = own.pattern("(?:{ministry}){E}")
        self._country = Guarded(own.pattern("(?:{country}){E}"))
        self._country_ends = frozenset(country.rpartition(" ")[2] for country in own.lexicon["country"])
        self._about = own.pattern("(?:{about}){sp}(?={country}{E})")
        # "Moon Jae - in", "Miguel Diaz - Canel"
        self._hyphened = own.pattern(
            r"(?:[ ]-[ ](?!(?:{function_word}|{cue}|{filler}|{not_name}){E})"
            r"(?:[a-z]{1,6}{E}|{syl}(?:[ ]{syl}){0,3})){1,2}"
        )
        self._initial = own.pattern(r"(?<=[ ]\p{Lu})\.[ ]{syl}")
        self.foreign = ForeignNames(rules)
        self._counted = own.pattern(r"(?r)\d{sp}")
        self._charged_by = own.pattern("(?r){B}{charged_by}{sp}")
        self._foreign = own.pattern("{B}(?:{country}){E}")
        # small words that only end at a comma, a bracket or the words of a place belong to what they follow
        self._runs_on = own.pattern(
            r"(?!(?:{run_verb}){E})"
            r"(?:(?!(?:{run_stop}|{place_word}){E})\p{Ll}{1,8}(?:[ ]|(?=[,.;:()\"-]|$))"
            r"|(?:{run_link})[ ](?!(?:{run_stop}){E})(?=\p{L})){1,10}"
            r"(?:(?<=[ ])(?=[\p{Lu}(]|[-][ ]|{place_word}{E}|(?:{run_end}){E})|(?=[ ]?[,.;:()\"]|$))"
        )

    # titles

    def on(self, words: Sequence[tuple[int, int]]) -> Reader:
        """The same reader for one text, whose segmented words (spans) tell where a word goes on in small letters."""
        one = object.__new__(Reader)
        one.__dict__.update(self.__dict__, _words=Spans.of(words))
        return one

    def _word_end(self, key: str, start: int, end: int) -> int:
        """The end of the segmenter's word that begins with the capitals ``start`` … ``end`` ("Lâm sản")."""
        if end - start > 1 and key[start:end].isupper():
            return end
        stop = self._words.end_at(start)
        if stop is None or stop - start <= _SHORTEST:
            return end
        rest = key[end:stop]
        if rest[:1] != " " or not rest.islower() or self._function.match(key, end + 1) is not None:
            return end
        return stop

    def chains(self, key: str, starts: Sequence[int]) -> list[Chain]:
        """All chains of titles in the text, in order, none inside another; ``starts`` are where one may begin."""
        found: list[Chain] = []
        at = 0
        for start in starts:
            if start < at or (m := self._title.match(key, start)) is None:
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
            seat, name = self._read(key, m)
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
            m = self._title.match(key, connect.end())
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
        title = self._title.match(key, sign.end())
        if title is None:
            return None
        seat, name = self._read(key, title)
        return sign if name is None and self._seat_ends.match(key, seat.end) is not None else None

    def _run_together(self, key: str, seat: Seat) -> regex.Match[str] | None:
        """The blank between a bare party committee and the next title ("Bí thư chi bộ Hiệu trưởng nhà trường")."""
        if seat.org_start is None or seat.org_end is None or not key[seat.org_end + 1 : seat.org_end + 2].isupper():
            return None
        bare = self._bare_party.fullmatch(key, seat.org_start, seat.org_end)
        return self._gap.match(key, seat.org_end) if bare is not None else None

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

    def _read(self, key: str, m: regex.Match[str]) -> tuple[Seat, tuple[int, int] | None]:
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
            return seat, self._direct(key, letters.end() + 1)
        org, dropped, name = self._body(key, m.end(), unit, state=self._own.has("state_title", key[start:end]))
        extra: tuple[int, int] | None = None
        if org is not None:
            org = (unit[0], org[1]) if unit is not None else org
            # "Phó Khoa Nội, Bệnh viện tỉnh": the parent of a department may stand behind a comma
            department = unit is not None or self._department.match(key, org[0]) is not None
            parent = self._parent.match(key, org[1]) if department and name is None else None
            if parent is not None and self._title.match(key, parent.end()) is None:
                extra, _, name = self._body(key, parent.end() - 1, None, glued=True)
        stop = m.end()
        if org is None and name is not None and tenure == "current" and self._hero.fullmatch(key, *name) is not None:
            # "Chủ tịch Tôn Đức Thắng": of history
            name = None
        if org is not None and name is None and self._own.has("envoy", key[start:end]):
            at_post = self._post.match(key, org[1])
            name = self._direct(key, at_post.end()) or self._foreigner(key, at_post.end()) if at_post else None
        line = self._line_of_work(key, start, end, org is not None) if name is None else None
        if line is not None:
            # "Phó Giám đốc phụ trách tài chính của Công ty A", "tổ trưởng bảo trì Công ty A"
            end, at = line
            org, dropped, name = self._body(key, at)
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
            if words and (not self._surname(words[0]) or self.foreign.is_name(words)):
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
        org, dropped, _ = self._body(key, end)
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

    # bodies

    def body(self, key: str, at: int) -> tuple[int, int] | None:
        """The span of a body's name that begins at ``at``."""
        return self._body(key, at - 1)[0] if at else None

    def _body(
        self, key: str, at: int, unit: tuple[int, int] | None = None, glued: bool = False, state: bool = False
    ) -> tuple[tuple[int, int] | None, tuple[tuple[int, int], ...], tuple[int, int] | None]:
        """The body's name from ``at`` on, the brackets in it, and the person's name that follows it.

        ``state``: the title is a state's, so that foreign capitals right behind it are its holder.
        """
        gap = self._gap.match(key, at)
        if (gap is None and not glued) or self._term.match(key, at) is not None:
            # also "Đại biểu Quốc hội Khóa XIV"
            return None, (), None
        at = gap.end() if gap is not None else at + 1
        direct = self._direct(key, at) or (self._foreigner(key, at) if state else None)
        if direct is not None:
            return None, (), direct
        if (of := self._of.match(key, at)) is not None:
            at = of.end()
        first = at
        # one entry per step; capitals one by one
        tokens: list[tuple[int, int]] = [] if unit is None else [unit]
        given = len(tokens)
        dropped: list[tuple[int, int]] = []
        end = at
        step = self._step(key, at, tokens)
        while len(tokens) < _LONGEST:
            if step is None and len(tokens) > 1 and (joined := self._dashed(key, at)) is not None:
                at, step = joined
            if step is None:
                break
            tokens.append((at, step))
            end = at = step
            if (bracket := self._bracket.match(key, at)) is not None and self._step(key, bracket.end() + 1, tokens):
                dropped.append((bracket.start(), bracket.end()))
                at = bracket.end()
            gap = self._gap.match(key, at)
            if gap is not None:
                at = gap.end()
            elif key[at - 1] not in ". ":
                break
            step = self._step(key, at, tokens)
            linked = self._and.match(key, at) if step is None else None
            if linked is not None and (
                self._head.match(key, linked.end()) is None or self._more_zones(key, tokens, linked.end())
            ):
                if self._step(key, linked.end(), [*tokens, (at, linked.end())]) is None:
                    break
                at = linked.end()
                step = self._step(key, at, tokens)
        if len(tokens) == given:
            return None, (), None
        name, tokens = self._holder_in(key, tokens, given)
        end = tokens[-1][1]
        if name is not None:
            if name[0] == first:
                return None, (), name
            end = self._end_before(key, tokens, name[0])
        return (first, end), tuple(d for d in dropped if d[1] < end), name

    def _holder_in(
        self, key: str, tokens: list[tuple[int, int]], given: int
    ) -> tuple[tuple[int, int] | None, list[tuple[int, int]]]:
        """The holder's name at the end of the words, and the words without whom "and" joins to the holder."""
        name = self._name_in(key, tokens)
        linked = self._linked(key, tokens)
        before = self._name_in(key, tokens[:linked]) if linked > given else None
        if before is not None or (name is not None and linked > given and name[0] == tokens[linked][0]):
            # "Chủ tịch Công ty A Dương Khánh B và Anh hùng Lao động C": who stands behind "and" is another
            return before, tokens[:linked]
        return name, tokens

    def _linked(self, key: str, tokens: list[tuple[int, int]]) -> int:
        """The index of the last word that "and" joins to those before it; 0 where there is none."""
        pairs = zip(range(len(tokens) - 1, 0, -1), reversed(tokens[1:]), reversed(tokens[:-1]), strict=True)
        return next((i for i, b, a in pairs if self._and.fullmatch(key[a[1] : b[0]].lstrip()) is not None), 0)

    def _more_zones(self, key: str, before: list[tuple[int, int]], at: int) -> bool:
        """Whether a body of one zone goes on with others at ``at`` ("Công đoàn KKT A và các KCN")."""
        phrase = self._phrase.match(key, at)
        return phrase is not None and any(
            self._own.has("zone", word) for a, b in before for word in (key[a:b], key[a:b].rpartition(" ")[2])
        )

    def _dashed(self, key: str, at: int) -> tuple[int, int] | None:
        """The word behind a dash that goes on a body's name ("Tài chính - Kế toán", "BOT Trung Lương - Mỹ Thuận (")."""
        field = self._second_field.match(key, at)
        if field is not None and self._own.has("org_field", key[field.start("last") : field.end("last")]):
            # "phòng kế hoạch - kinh doanh"
            return field.start("last"), field.end("last")
        dash = self._dash.match(key, at)
        if dash is None or self._title.match(key, dash.end()) is not None or self._head.match(key, dash.end()):
            return None
        if self._degrees.match(key, dash.end()) is not None:
            # "Giám đốc Bảo tàng A - Tiến sĩ B"
            return None
        token = self._token.match(key, dash.end())
        end = token.end() if token is not None else dash.end()
        further = self._word_end(key, dash.end(), end)
        known = max(self._known(key, dash.end()), further if further > end else dash.end())
        if known > dash.end() and key[dash.end() + 1].islower():
            return dash.end(), known
        run = self._run_closed.match(key, dash.end())
        if run is None or self._surname(run.group().split()[0]) or self._start.match(key, dash.end()) is not None:
            return None
        return dash.end(), run.end()

    def _end_before(self, key: str, tokens: list[tuple[int, int]], name: int) -> int:
        """Where the body ends before the person's name at ``name``, and before one joined to that."""
        last = next((i for i, t in enumerate(tokens) if t[0] >= name), len(tokens)) - 1
        if last < 1 or not self._own.has("org_link", key[tokens[last][0] : tokens[last][1]]):
            return len(key[:name].rstrip())
        # "… Công ty A Trần B và Lê C": two names
        other = self._name_in(key, tokens[:last])
        inside = other is not None and other[0] > tokens[0][0]
        return len(key[: other[0]].rstrip()) if other is not None and inside else tokens[last - 1][1]

    def _step(self, key: str, at: int, before: list[tuple[int, int]]) -> int | None:
        """The end of the word or known phrase at ``at`` that may go on (or begin) a body's name."""
        first = word_at(key, at)
        if before and self._title.begins[first] and self._title.match(key, at) is not None:
            own_unit = len(before) == 1 and self._own.has("shared_noun", key[before[0][0] : before[0][1]])
            if not own_unit:
                return None
        if self._phrase.begins[first] and (m := self._phrase.match(key, at)) is not None:
            return m.end()
        if not before and (m := self._start.match(key, at)) is not None:
            # "Phó Giám đốc báo cáo": a verb that begins like a body
            speaks = key[at].islower() and self._function.match(key, at) is not None
            token = self._token.match(key, at)
            dotted = token.end() if token is not None and "." in token.group() else at
            return None if speaks else max(m.end(), self._known(key, at), dotted)
        # a known word whose second syllable is small: "Lao động", "Y tế"; "Trung Tâm" may be a name's end
        if self._compound.match(key, at) is not None and (known := self._known(key, at)) > at:
            return known
        token = self._token.match(key, at)
        if token is None:
            quoted = self._quoted.match(key, at) if before else None
            return quoted.end() if quoted is not None else None
        word = token.group()
        if word[0].isupper():
            # in a headline all in capitals only the words themselves tell where the name ends
            if (
                word.isupper()
                and len(word) > 1
                and self._shouted(key, before)
                and self._function.match(key, at) is not None
            ):
                return None
            return self._word_end(key, at, token.end())
        if not before:
            return None
        if word[0].isdigit():
            last = key[before[-1][0] : before[-1][1]].strip()
            named = last[0].isupper() or any(self._own.has(kind, last) for kind in ("place_word", "number_word"))
            # "Khoa Nội 4, Bệnh viện tỉnh"
            closed = len(word) < 3 and self._closed.match(key, token.end()) is not None
            headed = self._own.has("field_head", last) and not self._own.has("org_link", last)
            return token.end() if named or headed or closed else None
        if self._word.begins[first] and (m := self._word.match(key, at)) is not None:
            return m.end()
        if self._invented(key, at, before):
            return token.end()
        if self._field.begins[first] and (m := self._field.match(key, at)) is not None:
            last = key[before[-1][0] : before[-1][1]].strip()
            field = self._own.has("org_field", last) and (last.islower() or " " in last)
            if self._own.has("field_head", last) or field or self._own.has("org_link", last):
                return m.end()
        return self._run_on(key, at, token.end(), before)

    def _run_on(self, key: str, at: int, end: int, before: list[tuple[int, int]]) -> int | None:
        """The end of the small word ``at`` … ``end`` where a body that has no name yet goes on over it."""
        if not self._open(key, before):
            return None
        if (m := self._about.match(key, at)) is not None:
            return m.end() - 1
        runs = self._function.match(key, at) is None and self._runs_on.match(key, at) is not None
        return end if runs else None

    def _open(self, key: str, before: list[tuple[int, int]]) -> bool:
        """Whether nothing yet names the body but its kind and words in small letters ("Ban", "Viện nghiên cứu")."""
        if not self._own.has("open_head", key[before[0][0] : before[0][1]]):
            return False
        rest = before[1:]
        # "Chương trình An ninh": one capital that begins a word
        small = [key[a].islower() for a, _ in rest]
        return all(small[1:])

    def _known(self, key: str, at: int) -> int:
        """The end of the longest known word at ``at``; ``at`` where there is none."""
        word, longest = word_at(key, at), at
        for known in (self._word, self._field, self._start):
            if known.begins[word] and (m := known.match(key, at)) is not None:
                longest = max(longest, m.end())
        return longest

    def _shouted(self, key: str, before: list[tuple[int, int]]) -> bool:
        return len(before) > 1 and all(key[a:b].isupper() for a, b in before)

    def _invented(self, key: str, at: int, before: list[tuple[int, int]]) -> bool:
        """Small words of an enterprise's own name, between its capitals ("Công ty Cổ phần Lọc hóa dầu Bình Sơn")."""
        if not key[before[-1][0]].isupper() and not self._own.has("field_head", key[before[-1][0] : before[-1][1]]):
            small = [b for b in before[-3:] if key[b[0]].islower()]
            if len(small) >= 3:
                return False
        if not any(self._own.has("enterprise", key[a:b]) for a, b in before):
            return False
        return self._capital_soon.match(key, at) is not None and self._function.match(key, at) is None

    # names

    def _run_at(self, key: str, at: int) -> regex.Match[str] | None:
        """The capitalised words at ``at``."""
        return self._run.match(key, at) if key[at : at + 1].isupper() else None

    def _direct(self, key: str, at: int) -> tuple[int, int] | None:
        """A name right behind a title: "Thủ tướng Nguyễn Xuân Phúc"."""
        run = self._run_at(key, at)
        if run is None or self._own.has("place", run.group()):
            return None
        if (abroad := self._country.match(key, at)) is not None and " " in abroad.group():
            return None
        parts = run.group().split()
        if not 2 <= len(parts) <= 5 or not (self._surname(parts[0]) or self._own.has("foreign_ok", parts[0])):
            return None
        if (place := self._place.match(key, at)) is not None:
            behind = key[place.end() : run.end()].split()
            named = len(behind) > 1 and (self._surname(behind[0]) or self.foreign.is_name(behind))
            if len(parts) <= 3 or named:
                # "Chủ tịch Hà Nội Nguyễn Văn A"
                return None
        if self._bad.match(key, at) is not None and len(parts) < 3:
            return None
        if not self._syllables(parts):
            return None
        return self._hyphen_on(key, *self._unmixed(key, *run.span()))

    def _unmixed(self, key: str, start: int, end: int) -> tuple[int, int]:
        """The capitals ``start`` … ``end`` without the words of Vietnamese around a foreign name.

        "(Tổng thống) Hàn Moon Jae", "Raul Castro Ruz Huân (chương)"
        """
        tokens = [m.span() for m in self._syllable.finditer(key, start, end)]
        last = tokens[-1]
        glued = len(tokens) > 2 and self._word_end(key, *last) > last[1]
        if glued and self.foreign.is_name([key[a:b] for a, b in tokens[:-1]]):
            tokens.pop()
        while len(tokens) > 2 and self.foreign.is_spelled_here(key[slice(*tokens[0])]):
            if not self.foreign.is_name([key[a:b] for a, b in tokens[1:]]):
                break
            del tokens[0]
        return tokens[0][0], tokens[-1][1]

    def _hyphen_on(self, key: str, start: int, end: int) -> tuple[int, int]:
        """The foreign name ``start`` … ``end`` with a last syllable set off by a dash ("Moon Jae - in") or a point."""
        words = key[start:end].split()
        strange = self._own.has("foreign_ok", words[0]) or self.foreign.is_name(words)
        if strange and (initial := self._initial.match(key, end)) is not None:
            # "George W. Bush"
            return start, initial.end()
        open_end = (len(words) == 2 and strange) or (len(words) > 1 and self._own.has("particle", words[-1]))
        joined = self._hyphened.match(key, end) if open_end else None
        return start, joined.end() if joined is not None else end

    def _foreigner(self, key: str, at: int) -> tuple[int, int] | None:
        """A foreign name of two words or more at ``at`` ("Tổng thống Emmanuel Macron")."""
        run = self._run_at(key, at)
        if run is None or self._country.match(key, at) is not None or self._bad.match(key, at) is not None:
            return None
        return (
            self._hyphen_on(key, *self._unmixed(key, *run.span()))
            if self.foreign.is_name(run.group().split())
            else None
        )

    def given_name_of(self, key: str, chain: Chain) -> tuple[int, int] | None:
        """The single syllable that was read as a title's body ("Bí thư Nhân nói")."""
        seat = chain.seats[-1]
        if seat.org_start is None or seat.org_end is None or " " in key[seat.org_start : seat.org_end]:
            return None
        if seat.org_start < seat.title_end or key[seat.org_start : seat.org_end].islower():
            return None
        return self.given_name(key, seat.title_end)

    def given_name(self, key: str, at: int) -> tuple[int, int] | None:
        """A single syllable behind a title, by which a person named before is meant ("Thứ trưởng Nhân")."""
        gap = self._gap.match(key, at)
        run = self._run_at(key, gap.end()) if gap is not None else None
        if run is None or " " in run.group() or run.group().isupper() or len(run.group()) < 2:
            return None
        if self._bad.match(key, run.start()) is not None or self._start.match(key, run.start()) is not None:
            return None
        if self._own.has("country", run.group()):
            return None
        return run.span()

    def _surname(self, word: str) -> bool:
        return self._own.has("surname", word) or (len(word) > 1 and word[1] == "'")

    def _syllables(self, parts: list[str]) -> bool:
        """Names are written alike: no "LĐLĐ" among words with small letters, no word that begins a body."""
        if parts[0].isupper() and len(parts[0]) > 1:
            return all(p.isupper() for p in parts)
        return not any(p.isupper() and len(p) > 1 and "'" not in p for p in parts)

    def is_place(self, key: str, at: int) -> bool:
        """Whether a place's name begins at ``at``."""
        return self._place.match(key, at) is not None

    def name_at(self, key: str, start: int, end: int, trusted: bool, certain: bool = False) -> tuple[int, int] | None:
        """The name that begins at ``start``; with an honorific before it (``trusted``) any capitals will do.

        ``certain``: a name that is a place's as well, too.
        """
        run = self._run.match(key, start, min(len(key), max(end, start)))
        if run is None or self._title.match(key, start) is not None:
            return None
        tokens = [(m.start(), m.end()) for m in self._syllable.finditer(key, run.start(), run.end())]
        first = key[tokens[0][0] : tokens[0][1]]
        upper = first.isupper() and len(first) > 1
        kept: list[tuple[int, int]] = []
        for a, b in tokens[:5]:
            word = key[a:b]
            if kept and (word.isupper() and len(word) > 1 and "'" not in word) != upper:
                break
            if kept and self._title.match(key, a) is not None:
                break
            kept.append((a, b))
        if not kept or (len(kept) == 1 and upper):
            return None
        whole = key[kept[0][0] : kept[-1][1]]
        if (
            self._own.has("country", whole)
            or (self._own.has("place", whole) and not (certain and len(kept) > 1))
            or (self._bad.match(key, start) is not None and not ((trusted or self._surname(first)) and len(kept) >= 3))
        ):
            return None
        if not trusted and not self._surname(first):
            return None
        return self._hyphen_on(key, kept[0][0], kept[-1][1])

    def _name_in(self, key: str, tokens: list[tuple[int, int]]) -> tuple[int, int] | None:
        """The person's name at the end of the words behind a title, told from the body's own capitals."""
        last = len(tokens)
        first = last
        while first > 0 and last - first < 8:
            a, b = tokens[first - 1]
            word = key[a:b]
            if not word[0].isupper() or " " in word or (first < last and key[b : tokens[first][0]].strip()):
                break
            first -= 1
        own = self._own
        if (abroad := self._name_abroad(key, tokens, first)) is not None:
            return abroad
        best: tuple[float, int] | None = None
        for i in range(first, last - 1):
            words = [key[a:b] for a, b in tokens[i:last]]
            # before "Thị" stands the surname, a rare one too
            marked = len(words) > 2 and own.has("after_surname", words[1])
            if not 2 <= len(words) <= 5 or not (marked or self._surname(words[0])) or not self._syllables(words):
                continue
            if self._place.match(key, tokens[i][0]) is not None or self._hero.fullmatch(" ".join(words)):
                continue
            if self._of_country(words) or any(self._own.has("country", " ".join(words[:n])) for n in (2, 3)):
                continue
            score = self._score(key, tokens, first, i, words)
            if best is None or score > best[0]:
                best = (score, i)
        if best is None or best[0] < _SCORE:
            return self._name_foreign(key, tokens, first)
        return tokens[best[1]][0], tokens[-1][1]

    def _name_foreign(self, key: str, tokens: list[tuple[int, int]], first: int) -> tuple[int, int] | None:
        """The foreign name behind a state's body in words of Vietnamese ("Chủ tịch Hạ viện Nancy Pelosi")."""
        if not self._own.has("closed_head", key[tokens[0][0] : tokens[0][1]]):
            return None
        strange = (i for i in range(max(first, 1), len(tokens)) if not self.foreign.is_native(key[slice(*tokens[i])]))
        i = next(strange, len(tokens))
        if i - 1 >= max(first, 1) and self._own.has("foreign_ok", key[slice(*tokens[i - 1])]):
            i -= 1
        words = [key[a:b] for a, b in tokens[i:]]
        return self._hyphen_on(key, tokens[i][0], tokens[-1][1]) if self.foreign.is_name(words) else None

    def _of_country(self, words: list[str]) -> bool:
        """Whether a country's name ends the words ("An Trung Quốc"): no person bears it."""
        return self._own.has("country", " ".join(words[-2:]))

    def _name_abroad(self, key: str, tokens: list[tuple[int, int]], first: int) -> tuple[int, int] | None:
        """The name behind a country, whatever its syllables are ("Bộ trưởng Quốc phòng Mỹ John Doe")."""
        for i in range(max(first, 1), len(tokens)):
            a, b = tokens[i - 1]
            if fold(key[a:b]).rpartition(" ")[2] not in self._country_ends:
                continue
            for n in range(1, min(i, _COUNTRY) + 1):
                if not self._own.has("country", " ".join(key[a:b] for a, b in tokens[i - n : i])):
                    continue
                a, b = tokens[i - 2] if n == 1 and i > 1 else tokens[0]
                place = self._place.match(key, tokens[i - n][0])
                if (n == 1 and i > 1 and key[a].isupper() and " " not in key[a:b]) or (
                    place is not None and place.end() > tokens[i - 1][1]
                ):
                    # "Lê Thị Mỹ Hạnh", "Lào Cai"
                    continue
                words = [key[a:b] for a, b in tokens[i:]]
                joined = self._hyphened.match(key, tokens[-1][1]) if words else None
                lone = len(words) == 1 and self.foreign.is_native(words[0])
                if joined is not None and not lone and words[0][0].isupper() and not words[0].isupper():
                    return tokens[i][0], joined.end()
                # "Viện Hàn lâm Campuchia Sok Touch" is a person, "Công ty Nhật Bản Fuji Seiko" a firm
                kinds = ("enterprise",) if self.foreign.is_name(words) else ("enterprise", "named_body")
                named = any(self._own.has(kind, key[a:b]) for a, b in tokens[:i] for kind in kinds)
                if (
                    named
                    or not 2 <= len(words) <= 4
                    or any((w.isupper() and len(w) > 1) or not w[0].isupper() or " " in w for w in words)
                    or self._start.match(key, tokens[i][0]) is not None
                    or self._place.match(key, tokens[i][0]) is not None
                    or self._country.match(key, tokens[i][0]) is not None
                    or self._word.match(key, tokens[i][0]) is not None
                ):
                    return None
                return self._hyphen_on(key, tokens[i][0], tokens[-1][1])
        return None

    def _score(self, key: str, tokens: list[tuple[int, int]], first: int, i: int, words: list[str]) -> float:
        own = self._own
        score = {2: 0.5, 3: 2.0, 4: 1.5, 5: 0.0}[len(words)]
        score += 1.0 if own.has("common_surname", words[0]) else 0.0
        score -= 2.0 if len(words) > 3 and own.has("after_surname", words[2]) else 0.0
        score += 1.5 if len(words) > 2 and own.has("middle", words[1]) else 0.0
        before = [key[a:b] for a, b in tokens[first:i]]
        previous = key[tokens[i - 1][0] : tokens[i - 1][1]] if i else ""
        if not i:
            return score
        if own.has("place_word", previous):
            # "LĐLĐ tỉnh Mai Bá Nam": places are known, but for old wards, and wards bear people's names
            weight = float(own.value("place_word", previous))
            known = self._places.longest(key, tokens[i][0])
            stranger = len(words) > 2 and (known is None or known[0] < tokens[i + 2][1])
            return score - (min(weight, 0.5) if stranger else weight)
        if own.has("named_body", previous):
            # "Trường THPT Nguyễn Huệ": the name is the school's; "Bệnh viện Lê Văn A" is not sure; "công ty" that is
            # no part of a name is the one named before
            weight = float(own.value("named_body", previous))
            plain = len(words) > 2 and previous.islower() and weight < _SURE
            return score - (min(weight, 0.5) if plain else weight)
        joined = " ".join(before)
        for n in (3, 2):
            if len(before) >= n and own.has("place", " ".join(before[-n:])):
                return score + 2.0
        if len(before) == 1 and i >= 2 and own.has("place_word", key[tokens[i - 2][0] : tokens[i - 2][1]]):
            score -= 1.5
        if len(words) == 2 and joined and not (len(previous) > 2 and previous.isupper() and not words[0].isupper()):
            # behind capitals ("Bộ GTVT Nguyễn Na") a name of two syllables is as sure as one of three
            score -= 1.0
        return score
