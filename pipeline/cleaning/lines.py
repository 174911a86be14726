"""Lines of a scraped article told apart: title, lede, body, captions, byline; date stamp and credit; furniture.

What a line is follows from its words (`pipeline.cleaning.looks`) and, here, from where it stands: before the title,
between title and prose, in the body, after it. Prose is never dropped but in a list that a heading of other stories
opened.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import regex

from pipeline.cleaning.authors import Author
from pipeline.cleaning.encodings import Line
from pipeline.cleaning.furniture import FULL_STOP, LONGEST_FURNITURE
from pipeline.cleaning.looks import LONGEST_CAPTION, Look, Looks
from pipeline.cleaning.site_lines import line_key
from pipeline.cleaning.stamps import agrees
from pipeline.rules import Rules
from pipeline.text import fold

# the rule of a stamp that has a month and no day
_MONTH_STAMP = "furniture.month_stamp"
_PERSON = regex.compile(r"\b\p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}*){1,4}\b")
# the share of its word pairs that a paragraph has in common with those before it: of the same report at least 0.06 in
# 19 of 20, of another report in 1 of 5 (measured on 2,600 pairs of news paragraphs)
_RESUMES, _FOREIGN = 0.06, 0.04
# an entry of a live ticker: the hour and a headline
_TICKER = regex.compile(r"^\W{0,3}\d{1,2}[:h]\d\d\W{0,3} ?\p{Lu}")
# furniture that stands inside articles too and ends none
_HARMLESS = {"furniture.picture", "furniture.dashes", "furniture.repeated", "furniture.more", "furniture.disclaimer"}


@dataclass(slots=True)
class Reading:
    """An article read from its lines. ``blocks`` are ``(kind, line)`` in order."""

    blocks: list[tuple[str, Line]] = field(default_factory=list)
    title: str | None = None
    byline: str | None = None
    credit: str | None = None
    site: str | None = None
    published: dt.datetime | None = None
    stamp_unread: str | None = None  # a stamp without its day


class _Told:
    """The pairs of words that an article has so far; made when they are first asked for, as most never are."""

    def __init__(self) -> None:
        self._lines: list[Look] = []
        self._pairs: set[tuple[str, str]] = set()

    def add(self, line: Look) -> None:
        """Takes a line as one of the article."""
        self._lines.append(line)

    def share(self, line: Look) -> float:
        """The share of a line's pairs of words that the article has."""
        for told in self._lines:
            self._pairs.update(itertools.pairwise(told.words))
        self._lines.clear()
        own = set(itertools.pairwise(line.words))
        return len(own & self._pairs) / len(own) if own else 0.0


def _may_run(look: Look) -> bool:
    return not (look.drop or look.stamp or look.heading or look.credit_caption or look.line.hint not in (None, "body"))


class LineReader:
    """Reads the lines of an article with the rules of ``rules/furniture``; ``looks`` tells what each is by itself."""

    def __init__(self, rules: Rules) -> None:
        self.looks = Looks(rules)
        own = rules["furniture"]
        self._site = own.rule("site.source")
        self._no_author = own.lexicon["no_author"]

    def read(self, lines: Sequence[Line], title: str | None = None, learnt: frozenset[str] = frozenset()) -> Reading:
        """The article that the lines hold.

        ``title`` is what record or page call it, None where they do not say; ``learnt`` are the keys
        (`pipeline.cleaning.site_lines.line_key`) of lines that are furniture on its site.
        """
        looks = [self.looks.of(line) for whole in lines for line in self.looks.unglued(whole)]
        if learnt:
            for look in looks:
                if look.stamp is None and look.line.hint != "title" and line_key(look.line.text) in learnt:
                    look.drop, look.prose = look.drop or "furniture.learnt", False
        self._unstopped(looks)
        reading = Reading()
        self._note_site(looks, reading)
        self._drop_repeats(looks)
        first = self._first_prose(looks)
        head = self._title(looks, first, title)
        self._before(looks, head, first)
        self._body(looks, head, first)
        self._published(looks, head, first, reading)
        self._finish(looks, head, reading)
        if reading.title is None:
            reading.title = title
        return reading

    def _unstopped(self, looks: list[Look]) -> None:
        """In an article whose paragraphs end without a full stop, long lines are running text."""
        end = next((i for i, k in enumerate(looks) if k.heading), len(looks))
        eligible = [i for i in range(end) if _may_run(looks[i])]
        prose = sum(looks[i].prose for i in eligible)
        loose = [i for i in eligible if not looks[i].prose and looks[i].length >= 70]
        if len(loose) < 3 or len(loose) <= prose:
            return
        stamps = [i for i, k in enumerate(looks[:end]) if k.stamp]
        above = [i for i in stamps if i < loose[-2]]
        # the first long line may be the title: it is the one above the stamp, or the first of all
        start = above[-1] if above and above[-1] < loose[min(2, len(loose) - 1)] else loose[0]
        for i in loose:
            looks[i].prose = looks[i].prose or i > start

    def _note_site(self, looks: list[Look], reading: Reading) -> None:
        for look in looks:
            if look.length <= LONGEST_FURNITURE and look.drop:
                match = self._site.search(look.key)
                if match:
                    reading.site = look.line.text[match.start("site") : match.end("site")].strip()
                    return

    def _drop_repeats(self, looks: list[Look]) -> None:
        """A repeated line says nothing new: the first copy stays, a marked title before all."""
        seen: set[str] = set()
        for look in sorted(looks, key=lambda k: k.line.hint != "title"):
            if look.length < 30:
                continue
            key = fold(look.line.text).rstrip(" .")
            if key in seen and look.drop is None:
                look.drop, look.prose = "furniture.repeated", False
            seen.add(key)

    def _first_prose(self, looks: list[Look]) -> int:
        """Index of the first line of running text; the number of lines where there is none."""
        for i, look in enumerate(looks):
            if look.line.hint == "title" or not look.prose or look.credit_caption or look.line.hint == "caption":
                continue
            return i
        return len(looks)

    def _title(self, looks: list[Look], first: int, known: str | None) -> int | None:
        hinted = next((i for i, k in enumerate(looks) if k.line.hint == "title"), None)
        if hinted is not None:
            return hinted
        if known:
            wanted = fold(known).rstrip(" .")
            for i, look in enumerate(looks[: first + 2]):
                if fold(look.line.text).rstrip(" .") == wanted:
                    return i
            return None
        body = {w for k in looks[first : first + 3] for w in k.words}
        copies: dict[str, int] = {}
        for look in looks:
            name = fold(look.line.text).rstrip(" .")
            copies[name] = copies.get(name, 0) + 1
        best: tuple[float, int] | None = None
        for i, look in enumerate(looks[:first]):
            if look.drop or look.stamp or look.heading or look.author or look.credit_caption or look.length > 300:
                continue
            if _TICKER.match(look.key) and look.line.hint is None:
                continue
            words = look.words
            if len(words) < 3:
                continue
            score = 2.0 if 28 <= look.length <= 200 else -2.0 if look.length < 18 else 0.0
            score += 4.0 * (copies[fold(look.line.text).rstrip(" .")] > 1)
            score += 3.0 * sum(w in body for w in words) / len(words)
            nearby = looks[i + 1 : i + 3]
            score += 2.0 * any(k.stamp is not None for k in nearby)
            score -= 1.5 * (look.line.text.isupper() and first - i > 1)
            score -= 1.0 * bool(FULL_STOP.search(look.key))
            score -= 0.5 * (look.caption and i > 0)
            # the page's own title ("… - Cổng thông tin") is longer than the article's
            score -= 2.0 * any(25 <= k.length < look.length and look.key.startswith(k.key) for k in looks[:first])
            # a summary without a full stop stands below the title and is longer
            score -= 1.0 * (look.length > 110 and i > 0)
            if best is None or score > best[0] + 1e-9:
                best = (score, i)
        return best[1] if best and best[0] >= 1.0 else None

    def _before(self, looks: list[Look], head: int | None, first: int) -> None:
        """Lines before the title are the page's; those between title and prose are kept where they say something."""
        for i in range(first if head is None else head):
            look = looks[i]
            if look.line.hint in ("lede", "caption", "byline") and not look.drop:
                look.kind = self._hinted(look)
            elif head is None and i < first and self._may_be_text(look):
                look.kind = "body"
            else:
                look.kind = "furniture"
        if head is None:
            return
        looks[head].kind = "title"
        looks[head].drop = None
        last_copy = max(
            (i for i in range(head + 1, first) if fold(looks[i].line.text) == fold(looks[head].line.text)), default=head
        )
        for i in range(head + 1, first):
            look = looks[i]
            if look.drop or look.stamp or look.heading:
                look.kind = "furniture"
            elif look.author and (look.author.sure or look.length <= 40):
                look.kind = "byline"
            elif look.credit:
                look.kind = "furniture"
            elif look.line.hint:
                look.kind = self._hinted(look)
            elif i < last_copy or not self._may_be_text(look):
                look.kind = "furniture"
            elif look.caption or self._by_picture(looks, i):
                look.kind = "caption"
            else:
                look.kind = "lede"

    def _hinted(self, look: Look) -> str:
        """The kind that the page's markup gives a line, if the line bears it out."""
        kind = look.line.hint or "body"
        if kind != "byline":
            return kind
        words = fold(look.line.text).split()
        if words and words[-1] in self._no_author:
            return "furniture"
        return "byline" if look.length <= 120 else "body"

    def _may_be_text(self, look: Look) -> bool:
        return not (look.drop or look.stamp or look.heading) and len(look.words) >= 7

    def _by_picture(self, looks: list[Look], i: int) -> bool:
        """Whether a picture's file name stands right before the line, or after it where none stands before."""
        if i > 0 and looks[i - 1].drop == "furniture.picture":
            taken = i > 1 and looks[i - 2].credit_caption and not looks[i].credit_caption
            told = FULL_STOP.search(looks[i].key) and self.looks.told.search(looks[i].key)
            return looks[i].length <= LONGEST_CAPTION and not taken and not told
        after = i + 1 < len(looks) and looks[i + 1].drop == "furniture.picture"
        return after and looks[i].caption

    def _body(self, looks: list[Look], head: int | None, first: int) -> None:
        lede = first
        listed, signed = False, False
        told = _Told()
        size = 0
        if first < len(looks):
            looks[first].kind = "lede"
            told.add(looks[first])
            size = looks[first].length
        if head is not None:
            told.add(looks[head])
        pending: list[int] = []
        closed = False
        for i in range(lede + 1, len(looks)):
            look = looks[i]
            if look.heading:
                # a count of comments below the lede is a button, below the article it opens their list
                listed = listed or signed or size > 400 or not self.looks.furniture.opens_comments(look.line.text)
                look.kind = "furniture"
            elif look.drop or look.stamp:
                look.kind = "furniture"
                closed = closed or (size > 400 and look.drop not in _HARMLESS)
            elif look.line.hint in ("caption", "byline", "lede") and not listed:
                look.kind = "body" if look.line.hint == "lede" else self._hinted(look)
            elif look.prose and not look.credit_caption and not (look.caption and look.length <= 200):
                share = told.share(look) if listed or signed else 1.0
                # after the lede alone there is little to have in common
                asked = 0.3 if look.length < 150 else _RESUMES if size >= 600 else 0.0
                resumes = not signed and share >= asked
                foreign = signed and look.length >= 150 and share < _FOREIGN and not look.caption
                if ((listed or (closed and signed)) and not resumes) or foreign:
                    look.kind = "furniture"
                    continue
                listed = closed = False
                # what stood before running text stands in the body
                for j in pending:
                    self._middle(looks, j)
                pending = []
                look.kind = "caption" if self._by_picture(looks, i) and look.length <= 200 else "body"
                told.add(look)
                size += look.length
            elif listed:
                look.kind = "furniture"
            else:
                pending.append(i)
                signed = signed or (size > 300 and self._may_sign(look) and not self._goes_on(looks, i))
        self._tail(looks, pending, told)

    def _may_sign(self, look: Look) -> bool:
        """Whether a line names an author. Four words and more in capitals, with no label, are the name of a section."""
        shouted = look.line.text.isupper() and len(look.line.text.split()) >= 4
        return look.author is not None and (look.author.sure or not shouted)

    def _goes_on(self, looks: list[Look], i: int) -> bool:
        """Whether running text follows the line at once: then a name is a heading, not a signature."""
        for look in looks[i + 1 : i + 2]:
            return look.prose and not look.caption and look.length >= 150
        return False

    def _middle(self, looks: list[Look], i: int) -> None:
        look = looks[i]
        if look.caption or self._by_picture(looks, i):
            look.kind = "caption"
        elif look.author and not self._goes_on(looks, i) and self._signs(looks, i, look.author):
            look.kind = "byline"
        else:
            look.kind = "body"

    def _signs(self, looks: list[Look], i: int, author: Author) -> bool:
        """Whether a name before more prose is a signature: a label or credit says so, or captions alone follow."""
        if author.labelled or author.credit:
            return True
        alone = not any(k.author for k in (*looks[max(0, i - 1) : i], *looks[i + 1 : i + 2]))
        return alone and all(k.length <= LONGEST_CAPTION for k in looks[i + 1 :] if k.drop is None)

    def _tail(self, looks: list[Look], pending: list[int], told: _Told) -> None:
        """Lines after the last prose: author, captions, and headlines of other stories."""
        signed = closed = headed = False
        people: set[str] = set()
        for look in looks:
            if look.kind in ("body", "lede", "title"):
                people.update(_PERSON.findall(look.line.text))
        waiting = set(pending)
        start = pending[0] if pending else len(looks)
        headlines: list[int] = []
        prose = max((i for i, k in enumerate(looks[:start]) if k.kind in ("body", "lede")), default=start)
        # buttons and the like have ended the article before these lines
        shut = any(k.drop is not None and k.drop not in _HARMLESS for k in looks[prose + 1 : start])
        for i in range(start, len(looks)):
            look = looks[i]
            if i not in waiting:
                closed = closed or look.heading or (look.drop is not None and look.drop not in _HARMLESS)
                closed = closed or (look.stamp is not None and signed)
                headed = headed or look.heading
                continue
            known = (
                look.line.hint == "body"
                or told.share(look) >= 0.35
                or any(p in people for p in _PERSON.findall(look.line.text))
            )
            if closed and not headed and look.author and look.author.sure and not signed:
                look.kind, signed = "byline", True
            elif closed:
                look.kind = "caption" if look.credit_caption and known else "furniture"
            elif look.author and (look.author.sure or not signed):
                look.kind, signed = "byline", True
            elif look.credit:
                look.kind = "furniture"
            elif look.credit_caption:
                look.kind = "caption"
            elif shut and look.length < 60 and not (look.caption or FULL_STOP.search(look.key)):
                look.kind = "furniture"
            elif self._by_picture(looks, i) or look.caption or FULL_STOP.search(look.key) or known:
                bodily = not signed or look.line.hint == "body"
                look.kind = "caption" if look.caption or self._by_picture(looks, i) or not bodily else "body"
            else:
                headlines.append(i)
                look.kind = "body"
        # a lone line at the end may say something, and what stands before the signature is the article's; a list of
        # lines at the end, or a line after the signature, is other stories
        last_signed = max((i for i in waiting if looks[i].kind == "byline"), default=-1)
        loose = [i for i in headlines if i > last_signed and not self._continues_list(looks, i)]
        if last_signed >= 0 or len(loose) > 1 or closed:
            for i in loose:
                looks[i].kind = "furniture"

    def _continues_list(self, looks: list[Look], i: int) -> bool:
        """Whether the line is an item of a list that a colon opened."""
        before = next((k for k in reversed(looks[:i]) if k.drop is None), None)
        return before is not None and before.kind == "body" and before.key.endswith((":", ";", ","))

    # ------------------------------------------------------------ what the page says of itself

    def _published(self, looks: list[Look], head: int | None, first: int, reading: Reading) -> None:
        top = head if head is not None else 0
        after = [k.stamp for k in looks[top : first + 2] if k.stamp]
        before = [k.stamp for k in looks[:top] if k.stamp]
        tail = [k.stamp for k in looks[first + 2 :] if k.stamp and k.stamp.labelled]
        labelled = [s for s in (*after, *before) if s.labelled]
        # the day of an update stands in only where nothing else is stamped
        told = [s for s in labelled if not s.updated] or [s for s in after if not s.updated] or labelled
        chosen = next(iter(told or after), None)
        if chosen is None and len(tail) == 1:
            chosen = tail[0]
        if chosen is None and before and agrees(before[-1].when, [k.key for k in looks[first : first + 3]]):
            chosen = before[-1]
        months = (k.line.text.strip() for k in looks[:first] if k.drop == _MONTH_STAMP)
        reading.stamp_unread = next(months, None)
        if chosen:
            reading.published = chosen.when
            reading.byline = chosen.author

    def _finish(self, looks: list[Look], head: int | None, reading: Reading) -> None:
        signed: str | None = None
        for i, look in enumerate(looks):
            if look.credit and look.kind == "furniture":
                reading.credit = reading.credit or look.credit
            line = look.line
            if look.stamp and look.stamp.author and head is not None and i > head and signed is None:
                at = line.text.find(look.stamp.author)
                if at >= 0:
                    reading.blocks.append(("byline", line.cut(at, at + len(look.stamp.author))))
                    continue
            if look.kind in (None, "furniture"):
                continue
            if look.kind == "byline" and look.author:
                name, credit = look.author.name, look.author.credit
                signed = name
                reading.credit = reading.credit or credit
                if credit:
                    at = line.text.find(name)
                    line = line.cut(at, at + len(name))
                line = line.cut(0, len(line.text.rstrip(" \u00a0|;-–")))
            reading.blocks.append((look.kind or "body", line))
        reading.byline = signed or reading.byline
        if head is not None:
            reading.title = looks[head].line.text
