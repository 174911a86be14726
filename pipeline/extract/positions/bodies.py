"""The body's name behind a title, and where the name of the person who holds the title begins in it."""

from __future__ import annotations

import copy

from pipeline.extract.positions.endings import EndingReader
from pipeline.extract.positions.names import NameReader
from pipeline.extract.positions.words import Words
from pipeline.gates import Guarded, word_at
from pipeline.rules import Rules

# a body's name is at most this long (words); a longer one is a sentence that ran on
_LONGEST = 24


class BodyReader:
    """Reads a body word by word, for as long as each may go on its name."""

    def __init__(self, rules: Rules, words: Words, names: NameReader, endings: EndingReader) -> None:
        own = rules["official"]
        self._own = own
        self._words, self._names, self._endings = words, names, endings
        self._token = own.pattern("{token}")
        self._phrase = Guarded(own.pattern("{org_phrase}{E}"))
        self._compound = own.pattern(r"\p{Lu}\p{L}{0,8}[ ]{1,3}\p{Ll}")
        self._field = Guarded(own.pattern("{org_field}{E}"))
        self._head = own.pattern("(?:{org_head}){E}")
        self._and = own.pattern("(?:{org_link}){sp}")
        self._of = own.pattern("{of_body}{sp}")
        self._bracket = own.pattern(r"[ ]{1,2}\([\p{Lu}][^()]{0,30}\)")
        self._quoted = own.pattern(r"\"[^\"\n]{2,60}\"")
        self._closed = own.pattern(r"[,.;)]|[ ]-[ ]|[ ](?:{parent}){E}")
        self._dash = own.pattern(r"-[ ](?=\p{Lu})")
        self._degrees = own.pattern("{degrees}")
        self._second_field = own.pattern(
            r"(?<={org_field}[ ])-[ ](?P<last>(?=\p{Ll}){org_field})(?=[,.;:)]|$|{sp}(?:{parent}){E}|[ ]-[ ])"
        )
        # capitals that only a bracket, a comma or another dash ends
        self._run_closed = own.pattern(r"{syl}(?:[ ]{syl}){1,2}(?=[ ](?:\(|-[ ]\p{Ll})|,[ ])")
        self._term = own.pattern("{of_term}")
        self._capital_soon = own.pattern(
            r"(?:(?!(?:{function_word}|(?!(?:{not_cue}){E})(?:{cue})|{link}|{filler}){E})[\p{Ll}]{1,8}[ ]){1,3}"
            r"\p{Lu}[\p{Ll}]"
        )
        self._about = own.pattern("(?:{about}){sp}(?={country}{E})")
        # small words that only end at a comma, a bracket or the words of a place belong to what they follow
        self._runs_on = own.pattern(
            r"(?!(?:{run_verb}){E})"
            r"(?:(?!(?:{run_stop}|{place_word}){E})\p{Ll}{1,8}(?:[ ]|(?=[,.;:()\"-]|$))"
            r"|(?:{run_link})[ ](?!(?:{run_stop}){E})(?=\p{L})){1,10}"
            r"(?:(?<=[ ])(?=[\p{Lu}(]|[-][ ]|{place_word}{E}|(?:{run_end}){E})|(?=[ ]?[,.;:()\"]|$))"
        )

    def on(self, words: Words, names: NameReader, endings: EndingReader) -> BodyReader:
        """The same reader for the text of these words."""
        one = copy.copy(self)
        one._words, one._names, one._endings = words, names, endings
        return one

    def at(self, key: str, at: int) -> tuple[int, int] | None:
        """The span of a body's name that begins at ``at``."""
        return self.behind(key, at - 1)[0] if at else None

    def behind(
        self, key: str, at: int, unit: tuple[int, int] | None = None, glued: bool = False, state: bool = False
    ) -> tuple[tuple[int, int] | None, tuple[tuple[int, int], ...], tuple[int, int] | None]:
        """The body's name from ``at`` on, the brackets in it, and the person's name that follows it.

        ``state``: the title is a state's, so that foreign capitals right behind it are its holder.
        """
        gap = self._words.gap.match(key, at)
        if (gap is None and not glued) or self._term.match(key, at) is not None:
            # also "Đại biểu Quốc hội Khóa XIV"
            return None, (), None
        at = gap.end() if gap is not None else at + 1
        direct = self._names.direct(key, at) or (self._names.foreigner(key, at) if state else None)
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
            gap = self._words.gap.match(key, at)
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
        name = self._endings.name_in(key, tokens)
        linked = self._linked(key, tokens)
        before = self._endings.name_in(key, tokens[:linked]) if linked > given else None
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
        if dash is None or self._words.title.match(key, dash.end()) is not None or self._head.match(key, dash.end()):
            return None
        if self._degrees.match(key, dash.end()) is not None:
            # "Giám đốc Bảo tàng A - Tiến sĩ B"
            return None
        token = self._token.match(key, dash.end())
        end = token.end() if token is not None else dash.end()
        further = self._words.word_end(key, dash.end(), end)
        known = max(self._known(key, dash.end()), further if further > end else dash.end())
        if known > dash.end() and key[dash.end() + 1].islower():
            return dash.end(), known
        run = self._run_closed.match(key, dash.end())
        if (
            run is None
            or self._names.is_surname(run.group().split()[0])
            or self._words.start.match(key, dash.end()) is not None
        ):
            return None
        return dash.end(), run.end()

    def _end_before(self, key: str, tokens: list[tuple[int, int]], name: int) -> int:
        """Where the body ends before the person's name at ``name``, and before one joined to that."""
        last = next((i for i, t in enumerate(tokens) if t[0] >= name), len(tokens)) - 1
        if last < 1 or not self._own.has("org_link", key[tokens[last][0] : tokens[last][1]]):
            return len(key[:name].rstrip())
        # "… Công ty A Trần B và Lê C": two names
        other = self._endings.name_in(key, tokens[:last])
        inside = other is not None and other[0] > tokens[0][0]
        return len(key[: other[0]].rstrip()) if other is not None and inside else tokens[last - 1][1]

    def _step(self, key: str, at: int, before: list[tuple[int, int]]) -> int | None:
        """The end of the word or known phrase at ``at`` that may go on (or begin) a body's name."""
        first = word_at(key, at)
        if before and self._words.title.begins[first] and self._words.title.match(key, at) is not None:
            own_unit = len(before) == 1 and self._own.has("shared_noun", key[before[0][0] : before[0][1]])
            if not own_unit:
                return None
        if self._phrase.begins[first] and (m := self._phrase.match(key, at)) is not None:
            return m.end()
        if not before and (m := self._words.start.match(key, at)) is not None:
            # "Phó Giám đốc báo cáo": a verb that begins like a body
            speaks = key[at].islower() and self._words.function.match(key, at) is not None
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
                and self._words.function.match(key, at) is not None
            ):
                return None
            return self._words.word_end(key, at, token.end())
        if not before:
            return None
        if word[0].isdigit():
            last = key[before[-1][0] : before[-1][1]].strip()
            named = last[0].isupper() or any(self._own.has(kind, last) for kind in ("place_word", "number_word"))
            # "Khoa Nội 4, Bệnh viện tỉnh"
            closed = len(word) < 3 and self._closed.match(key, token.end()) is not None
            headed = self._own.has("field_head", last) and not self._own.has("org_link", last)
            return token.end() if named or headed or closed else None
        if self._words.word.begins[first] and (m := self._words.word.match(key, at)) is not None:
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
        runs = self._words.function.match(key, at) is None and self._runs_on.match(key, at) is not None
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
        for known in (self._words.word, self._field, self._words.start):
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
        return self._capital_soon.match(key, at) is not None and self._words.function.match(key, at) is None
