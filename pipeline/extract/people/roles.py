"""What a person does, as the words around the name say: attended, directed, spoke, presented.

They stand behind the name ("ông A phát biểu"), before it ("Theo ông A", "do ông A chủ trì"), or frame a whole list
("Dự hội nghị có …", "Về phía Sở có …").
"""

from __future__ import annotations

import bisect
import dataclasses
import itertools
from dataclasses import dataclass

import regex

from pipeline.extract.people.findings import Findings, Person
from pipeline.extract.people.links import Links
from pipeline.gates import Guarded, word_at
from pipeline.rules import Rules

# a clause is searched this far (characters) for what a person does
_CLAUSE = 220
# words that lead up to a name are looked at this far before it (characters)
_LEAD = 160
# what is said before the one who says it, in quotes, is at most this long (characters)
_QUOTED = 500
# what may stand between a name and the words that tell of its bearer
_SIGNS = ' ,;.)("-'
# at most this many verbs are said of one person in one clause
_VERBS = 6


@dataclass(frozen=True, slots=True)
class _Frames:
    """What a sentence says of all whom it then lists, in order.

    ``said``: where a frame ("Dự có …") ends, and the roles that it gives; ``sides``: matches of "Về phía Sở có …".
    """

    said: list[tuple[int, set[str]]]
    sides: list[regex.Match[str]]

    def over(self, at: int) -> tuple[set[str] | None, regex.Match[str] | None]:
        """The roles of the last frame before ``at``, and the last side."""
        frame = bisect.bisect_right(self.said, at, key=lambda f: f[0]) - 1
        side = bisect.bisect_right(self.sides, at, key=lambda m: m.end()) - 1
        return self.said[frame][1] if frame >= 0 else None, self.sides[side] if side >= 0 else None


class Roles:
    """Compiled patterns of ``rules/official`` for what people do. The people get the roles."""

    def __init__(self, rules: Rules, links: Links) -> None:
        own = rules["official"]
        self._rules = own
        self._links = links
        self._of_ends = tuple(own.lexicon["of_person"])
        self._together_ends = tuple(own.lexicon["together"])
        self._welcome_ends = tuple(own.lexicon["welcome"])
        self._cue = Guarded(own.pattern(r"(?!(?:{not_cue}){E})(?P<cue>{cue}){E}"))
        self._skip = own.pattern(
            r"(?:{aside}|{of_term}|{of_place}|[ ,\")-]){0,6}"
            r"(?:(?:{filler}{E}[ ,]{0,2}){0,2}"
            r"(?:{on_behalf}|{list_and}{sp}(?:(?:{honorific}{sp})?{companions}|[\d/.]{1,8}))"
            r"{sp}[^,.;:\"]{2,70}?[ ](?:{filler}{sp}){0,3}(?=(?!(?:{not_cue}){E}){cue}{E})"
            r"|(?:{filler}{E}[ ,]{0,2}){0,5})"
        )
        # "ông A; các đồng chí lãnh đạo sở và 40 đại biểu dự đại hội"
        self._guests = own.pattern(
            r"{s}[,;]?{s}(?:{list_and}{sp})?(?:(?:{plural}|{companions}){E}|\d[\d.]{0,5}{sp})"
            r"[^.:\"]{2,200}?[ ]{guest_verb}{E}"
        )
        # with what those begin who are named in no other way
        self._guest_words = Guarded(own.pattern(r"{list_and}|{plural}|{companions}|\d")).begins
        self._quote = own.pattern(r"(?:{s},)?{s}(?:-{s})?(?:{manner}{s})?:{s}(?:\"|{first_person}{E})")
        self._and_then = own.pattern(r"{s}(?:,|;|-|{list_and}{E})")
        self._next = own.pattern(r"{s}(?:,|;|-)?{s}(?:{filler}{sp}){0,4}(?!(?:{not_cue}){E})(?={cue}{E})")
        self._coordinate = own.pattern(
            r"(?:[,;]|{B}(?:{list_and}){E}){s}(?:{filler}{sp}){0,4}(?!(?:{not_cue}){E})(?={cue}{E})"
        )
        self._quoted_before = own.pattern(r"\"[^\"]{40,400}\"{s},{s}$")
        self._verb_first = own.pattern(r"[.;:]?{s}(?:{filler}{sp}){0,2}(?P<cue>{cue}){sp}(?:[\p{Ll} ]{2,40}[ ])?")
        self._participle = own.pattern(
            r"(?:^{s}|[.;,:\"-]{s})(?:{filler}{sp}){0,3}(?!(?:{not_cue}){E})(?P<cue>{cue}){E}(?:(?!{others_act})[^;:\"]){0,160}?,{s}$"
        )
        self._welcome = own.pattern("{B}{welcome}{sp}$")
        # "Tại buổi làm việc có đồng chí A"
        self._at_gathering = own.pattern(
            r"(?:^|[.;:]{s}){at_place}{sp}(?:{gathering}){E}[^,.;:\"]{0,80}?{B}(?:{side_end}){E}(?:{s}:)?{s}$"
        )
        self._along = own.pattern(r"{B}(?P<cue>{cue})(?:{sp}[^,.;:]{0,30})?,{s}{together}{sp}$")
        self._presence = own.pattern(
            r"{B}(?:{presence}){sp}(?P<cue>{cue}|{presence_cue})(?:{sp}[^,.;]{0,130})?{sp}(?:{of_person}){sp}$"
        )
        self._frame = own.pattern(
            r"(?:\G{s}|[.,;:\"“-]{s}|{B}(?:{frame_head}){sp})(?:{filler}{sp}){0,3}(?!(?:{not_cue}){E})"
            r"(?P<cue>{cue}|{presence_cue}(?!{sp}{committee})){E}(?P<rest>[^;]{0,140}?)"
            r"(?P<end>(?:{B}(?:{frame_end}){E}|:){s}:?)"
        )
        self._side = own.pattern(
            r"{B}(?:{delegation}{s}:|(?:(?P<about>{side_of})|{side})(?!{sp}{there}{E}){sp}(?P<org>[^.;:]{2,90}?){B}(?:{side_end}){E}{s}:?)"
        )
        self._frame_ends = (":", *own.lexicon["frame_end"], *own.lexicon["side_end"])
        self._side_words = tuple(w for name in ("delegation", "side_of", "side") for w in own.lexicon[name])
        # "Bốn Phó Chủ tịch được bầu gồm: ông A …"
        self._elected_are = own.pattern(r"{B}(?:{passive}){sp}(?:{elected_verb}){E}[^.;:]{0,80}?{B}(?:{are}){s}:{s}")
        self._elects = own.pattern("{B}(?:{elected_verb}){E}")
        self._party_seat = own.pattern("{party_seat}(?:{sp}{mod})?")
        self._party = own.pattern("{party_body}{E}")
        self._union = own.pattern("(?:{union_body}){E}")

    def give(self, found: Findings) -> None:
        """Give the people of a passage their roles. Titles of a side ("Về phía Công ty A có …") get its body, too."""
        people = found.people
        frames: dict[int, _Frames] = {}
        for i, p in enumerate(people):
            limit = people[i + 1].lead if i + 1 < len(people) else len(found.key)
            _, end = found.sentence(max(p.start, p.tail - 1))
            p.roles |= self._behind(found.key, p.tail, min(limit, end, p.tail + _CLAUSE))
            if p.kind in ("full", "short"):
                sentence, _ = found.sentence(p.start)
                if sentence not in frames:
                    frames[sentence] = self._frames(found, sentence)
                previous = people[i - 1] if i and people[i - 1].tail > sentence else None
                p.roles |= self._before(found, p, frames[sentence], sentence, previous)
        self._share(found)

    def _said_by(self, cue: str) -> set[str]:
        """The roles that a cue gives; who "says" something spoke."""
        return {"spoke" if v == "says" else v for v in str(self._rules.value("cue", cue)).split()}

    def _shown_by(self, cue: str) -> set[str]:
        """The roles that a cue gives, or a word that only tells of somebody's presence."""
        return self._said_by(cue) if self._rules.has("cue", cue) else {"attended"}

    # lists

    def _share(self, found: Findings) -> None:
        """What the last of a list does, all of it do; what the frame says of the first, too."""
        pairs = list(itertools.pairwise(found.people))
        for a, b in reversed(pairs):
            if b.kind != "pronoun" and not self._links.is_quoted(found.key, a.lead) and self._listed(found, a, b):
                a.roles |= b.roles - {"elected"}
        for a, b in pairs:
            if "attended" in a.roles and not b.roles and b.positions and _goes_on(found, a, b):
                b.roles.add("attended")
            if a.led and b.kind in ("full", "short") and self._listed(found, a, b):
                b.led = a.led
                b.roles |= a.led

    def _listed(self, found: Findings, a: Person, b: Person) -> bool:
        """Whether two people, one right behind the other, are joined in one list of one sentence."""
        return (
            a.tail <= b.lead
            and found.sentence(a.start) == found.sentence(b.start)
            and self._links.join.fullmatch(found.key[a.tail : b.lead]) is not None
        )

    # words behind a name

    def _behind(self, key: str, at: int, limit: int) -> set[str]:
        """The roles that the clause from ``at`` to ``limit`` gives to the one named before it."""
        roles: set[str] = set()
        words = key[at:limit].lstrip(_SIGNS)
        if not words:
            return roles
        if ":" in words and self._quote.match(key, at, limit) is not None:
            roles.add("spoke")
        guests = self._guests.match(key, at, limit) if self._guest_words[word_at(words, 0)] else None
        if guests is not None and self._elects.search(guests.group()) is None:
            # not "ông A làm Chủ tịch; bầu 27 đại biểu đi dự đại hội"
            roles.add("attended")
        if (m := self._skip.match(key, at, limit)) is not None:
            at = m.end()
        for _ in range(_VERBS):
            cue = self._cue.match(key, at, limit)
            if cue is None:
                break
            value = str(self._rules.value("cue", cue["cue"]))
            roles |= self._said_by(cue["cue"])
            step = self._next.match(key, cue.end(), limit) if cue.end() < limit else None
            if step is not None and value == "says" and not self._and_then.match(key, cue.end()):
                # "cam kết bàn giao": what is promised is not done
                break
            if step is not None and step.end() > cue.end():
                at = step.end()
                continue
            if "says" in value.split():
                break
            # what a report holds is not the speaker's doing
            colon = key.find(":", cue.end(), limit) if "spoke" in value else -1
            later = self._coordinate.search(key, cue.end(), limit if colon < 0 else colon)
            if later is None:
                break
            at = later.end()
        return roles

    # words before a name

    def _before(
        self, found: Findings, person: Person, frames: _Frames, sentence: int, previous: Person | None
    ) -> set[str]:
        """The roles that the sentence from ``sentence`` on gives to one named in it, ``previous`` named before."""
        key = found.key
        lead = key[max(sentence, person.lead - _LEAD) : person.lead]
        roles = self._verb_before(lead, person)
        if roles:
            return roles
        framed, side = frames.over(person.lead)
        if framed is not None:
            roles |= framed
        elif side is not None and not (side["org"] and self._elects.search(side["org"])):
            roles.add("attended")
        if side is not None and side["about"]:
            self._take_side(found, person, side.start("org"))
        if self._speaks(key, person, lead):
            roles.add("spoke")
        person.led = self._present(lead)
        roles |= person.led
        low = sentence if previous is None else previous.tail
        part = key[max(low, person.lead - _CLAUSE) : person.lead]
        if part.rstrip().endswith(",") and (participle := self._participle.search(part)) is not None:
            roles |= self._said_by(participle["cue"])
            person.led = person.led | (roles & {"attended", "directed", "presented"})
            extra = self._next.match(part, participle.end("cue"))
            if extra is not None and (cue := self._cue.match(part, extra.end())) is not None:
                roles |= self._said_by(cue["cue"])
        return roles

    def _verb_before(self, lead: str, person: Person) -> set[str]:
        """The roles that a verb gives which alone opens the clause before a name ("…; chủ trì hội nghị đ/c A")."""
        if not person.honorific:
            return set()
        clause = max(0, *(lead.rfind(sign) for sign in ".;:"))
        verb = self._verb_first.fullmatch(lead, clause)
        roles = self._said_by(verb["cue"]) | self._joined(lead, verb.start(), verb.end()) if verb is not None else set()
        return roles if roles & {"directed", "attended"} else set()

    def _joined(self, key: str, low: int, high: int) -> set[str]:
        """The roles that verbs joined to one before them give ("dự và chỉ đạo đại hội")."""
        roles: set[str] = set()
        for more in self._coordinate.finditer(key, low, high):
            if (cue := self._cue.match(key, more.end())) is not None:
                roles |= self._said_by(cue["cue"])
        return roles

    def _speaks(self, key: str, person: Person, lead: str) -> bool:
        """Whether words before a name report what its bearer says ("“…”, ông A", "Theo ông A")."""
        if lead.rstrip(" ,").endswith('"') and self._quoted_before.search(
            key, max(0, person.lead - _QUOTED), person.lead
        ):
            return True
        return self._links.is_quoted(key, person.lead)

    def _present(self, lead: str) -> set[str]:
        """What words that end in "của" or "cùng" say of all whom they list ("có sự tham dự của", "đến dự, cùng")."""
        end = lead.rstrip().lower()
        if end.endswith(self._of_ends) and (presence := self._presence.search(lead)) is not None:
            return self._shown_by(presence["cue"])
        if self._at_gathering.search(lead) is not None:
            return {"attended"}
        if end.endswith(self._welcome_ends) and self._welcome.search(lead) is not None:
            return {"attended"}
        if end.endswith(self._together_ends) and (along := self._along.search(lead)) is not None:
            return {"attended"} if self._rules.value("cue", along["cue"]) == "attended" else set()
        return set()

    # frames

    def _frames(self, found: Findings, sentence: int) -> _Frames:
        """The frames and sides of the sentence that begins at ``sentence``."""
        # what stands behind the last person of the sentence frames nobody
        _, end = found.sentence(sentence)
        part = found.key[: found.people[found.index(end) - 1].lead]
        words = part[sentence:].lower()
        if not any(w in words for w in self._frame_ends):
            return _Frames([], [])
        said = [
            (m.end(), self._shown_by(m["cue"]) | self._joined(part, *m.span()))
            for m in self._frame.finditer(part, sentence)
        ]
        if (elected := self._elected_are.search(part, sentence)) is not None:
            bisect.insort(said, (elected.end(), {"elected"}), key=lambda f: f[0])
        sided = any(w in words for w in self._side_words)
        return _Frames(said, list(self._side.finditer(part, sentence)) if sided else [])

    def _take_side(self, found: Findings, person: Person, at: int) -> None:
        """Give titles without a body that of the side ("Về phía Công ty A có ông B, Phó Giám đốc")."""
        org = found.reader.bodies.at(found.key, at)
        if org is None:
            return
        words = " ".join(found.text[org[0] : org[1]].split())
        for i, x in enumerate(person.positions):
            if x.org_text is None:
                if self._party_seat.fullmatch(found.key, x.start, x.end) and not self._party.match(found.key, org[0]):
                    # "Về phía huyện A có ông B, Phó Bí thư": of its party committee
                    continue
                person.positions[i] = dataclasses.replace(x, org_text=words, org_start=org[0], org_end=org[1])
            elif (
                self._rules.has("bare_party", x.org_text) or self._rules.has("bare_union", x.org_text)
            ) and not self._union.match(words):
                person.positions[i] = dataclasses.replace(x, org_text=f"{x.org_text} {words}")


def _goes_on(found: Findings, a: Person, b: Person) -> bool:
    """Whether ``b`` and the titles fill a sentence by themselves, right behind ``a``: a list set in full stops."""
    begin, end = found.sentence(b.start)
    return (
        begin == b.lead
        and a.tail <= begin
        and not found.key[a.tail : begin].strip(" .;")
        and not found.key[b.tail : end].strip(" .;…")
    )
