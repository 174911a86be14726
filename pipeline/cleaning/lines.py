"""Lines of a scraped article told apart: title, lede, body, captions, byline; date stamp and credit; furniture.

What a line is follows from its words (``rules/furniture``) and from where it stands: before the title, between title
and prose, in the body, after it. Prose is never dropped but in a list that a heading of other stories opened.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import regex

from pipeline.cleaning.encodings import Line
from pipeline.cleaning.site_lines import line_key
from pipeline.cleaning.stamps import parse_stamp
from pipeline.rules import Rules
from pipeline.text import canonical, fold, nfc

# the rule of a stamp that has a month and no day
_MONTH_STAMP = "furniture.month_stamp"
# longer lines are prose and are not held against patterns of furniture
_LONGEST_FURNITURE = 400
_LONGEST_CAPTION = 260
_LONGEST_STAMP = 200
_SEGMENT = regex.compile(r"[ \u00a0]*[|•·»›►▶\t]+[ \u00a0]*|[ \u00a0]{2,}|\u00a0+|[ ]+(?:/|>|-|–)[ ]+")
_WORD = regex.compile(r"\w+")
_DIGIT = regex.compile(r"\d")
_END = regex.compile(r"[.…!?:;][\"'”’)\]./ ]*$")
_FULL_STOP = regex.compile(r"[.…][\"'”’)\]./ ]*$")
_PERSON = regex.compile(r"\b\p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}*){1,4}\b")
# the share of its word pairs that a paragraph has in common with those before it: of the same report at least 0.06 in
# 19 of 20, of another report in 1 of 5 (measured on 2,600 pairs of news paragraphs)
_RESUMES, _FOREIGN = 0.06, 0.04
_YEAR = regex.compile(r"(?:19|20)\d\d|/\d\d[ ,|-]{1,4}\d{1,2}:\d\d")
# views and comments that a portal prints behind the stamp
_COUNTERS = regex.compile(r"^\d[\d.]{0,9}(?: \d[\d.]{0,9}){0,2}$")
# an entry of a live ticker: the hour and a headline
_TICKER = regex.compile(r"^\W{0,3}\d{1,2}[:h]\d\d\W{0,3} ?\p{Lu}")
_DAY_MONTH = regex.compile(r"(?<![\d/.-])(\d{1,2})[/.-](\d{1,2})(?![\d%])")


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date stamp; ``labelled`` where a word says that it is one, ``updated`` where that word tells of a change."""

    when: dt.datetime
    labelled: bool
    author: str | None = None
    updated: bool = False


@dataclass(frozen=True, slots=True)
class Author:
    """Whom a line names as author, the paper that it credits, and how surely it is an author's line.

    ``sure``: a label, a position or a credit says so; ``labelled``: a label does ("Tin, ảnh: …").
    """

    name: str
    credit: str | None
    sure: bool
    labelled: bool


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


@dataclass(slots=True)
class _Look:
    """What one line looks like by itself."""

    line: Line
    key: str
    drop: str | None = None  # rule or mechanism that calls it furniture
    heading: bool = False
    stamp: Stamp | None = None
    credit_caption: bool = False
    caption: bool = False
    prose: bool = False
    author: Author | None = None
    credit: str | None = None
    kind: str | None = None  # decided at last: a block kind or "furniture"
    length: int = 0
    _words: list[str] | None = None

    def __post_init__(self) -> None:
        self.length = len(self.key)

    @property
    def words(self) -> list[str]:
        """The words of the line in small letters."""
        if self._words is None:
            self._words = _WORD.findall(self.key.lower())
        return self._words


class _Told:
    """The pairs of words that an article has so far; made when they are first asked for, as most never are."""

    def __init__(self) -> None:
        self._lines: list[_Look] = []
        self._pairs: set[tuple[str, str]] = set()

    def add(self, line: _Look) -> None:
        """Takes a line as one of the article."""
        self._lines.append(line)

    def share(self, line: _Look) -> float:
        """The share of a line's pairs of words that the article has."""
        for told in self._lines:
            self._pairs.update(itertools.pairwise(told.words))
        self._lines.clear()
        own = set(itertools.pairwise(line.words))
        return len(own & self._pairs) / len(own) if own else 0.0


def _is_prose(key: str) -> bool:
    """Whether a line is running text: long, or shorter with a full stop at its end."""
    n = len(key)
    if n >= 200 or (n >= 140 and _END.search(key)):
        return True
    # what announces a list or a table is a sentence too
    if n >= 80 and key.endswith(":") and not key.isupper():
        return True
    # a title may trail off ("..."), a sentence of that length seldom does
    return n >= 60 and bool(_FULL_STOP.search(key)) and not (n < 100 and key.endswith(".."))


def _may_run(look: _Look) -> bool:
    return not (look.drop or look.stamp or look.heading or look.credit_caption or look.line.hint not in (None, "body"))


class LineReader:
    """Reads the lines of an article with the rules of ``rules/furniture``."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules["furniture"]
        self._drops = self._rules.starting("furniture.")
        # the few that are sure enough to take running text away
        self._prose_drops = tuple(r for r in self._drops if r.set.get("prose"))
        # a line is asked about as a whole and as its own only part, and sites repeat their lines
        self._dropped = functools.lru_cache(maxsize=4096)(self._drop)
        self._stamps = self._rules.starting("stamp.")
        self._bylines = self._rules.starting("byline.")
        self._caption_credit = self._rules.rule("caption.credit")
        self._captions = (self._rules.rule("caption.scene"), self._rules.rule("caption.shown"))
        self._told = self._rules.rule("caption.told")
        self._credit = self._rules.rule("credit.line")
        self._site = self._rules.rule("site.source")
        self._glued = self._rules.rule("glued.byline")
        self._glued_stamp = self._rules.rule("glued.stamp")
        self._leading_stamp = self._rules.rule("glued.leading_stamp")
        self._comments = self._rules.rule("heading.comments")

    # ------------------------------------------------------------ one line

    def furniture(self, text: str, key: str | None = None) -> str | None:
        """The rule by which a line is furniture wherever it stands; None where it may be text."""
        key = canonical(text) if key is None else key
        if len(key) > _LONGEST_FURNITURE:
            return None
        if _is_prose(key):
            return next((rule.id for rule in self._prose_drops if rule.match(key)), None)
        return self._dropped(key) or ("furniture.menu" if self.is_menu(text) else None)

    def _drop(self, key: str) -> str | None:
        """The first rule of furniture that a line or a part of one fits."""
        return next((rule.id for rule in self._drops if rule.match(key)), None)

    def is_heading(self, text: str) -> bool:
        """Whether a line is the heading of a list of other stories, of comments or links."""
        if len(text) > 60:
            return False
        if self._opens_comments(text):
            return True
        bare = text.strip(" \u00a0:.-–*+•>»|()[]▶►").rstrip("0123456789() ")
        return self._rules.has("heading", bare)

    def _opens_comments(self, text: str) -> bool:
        """Whether a line counts what readers say."""
        return self._comments.match(canonical(text.strip())) is not None

    def is_menu(self, text: str) -> bool:
        """Whether every part of a line is a menu entry, a button or a counter."""
        parts = [p.strip(" \u00a0:>»-–*+•[]()/") for p in _SEGMENT.split(text)]
        parts = [p for p in parts if p]
        if not parts or len(text) > _LONGEST_FURNITURE:
            return False
        known = sum(self._rules.has("menu", p) or self._rules.has("tool", p) for p in parts)
        if known == len(parts):
            return True
        rest = [p for p in parts if not (self._rules.has("menu", p) or self._rules.has("tool", p))]
        if all(self._plain_furniture(p) for p in rest):
            return True
        # a menu with sections of the site's own: many short parts, some of them known
        many = len(parts) >= 4 and known >= 2 and known * 3 >= len(parts)
        return many and all(len(p) <= 30 and p[-1] not in ".!?" for p in parts)

    def _plain_furniture(self, part: str) -> bool:
        key = canonical(part)
        return self._dropped(key) is not None or self.is_heading(part)

    def stamp(self, text: str, key: str | None = None) -> Stamp | None:
        """The date stamp that a line is; None where it is none, or more than one."""
        if len(text) > _LONGEST_STAMP or not _YEAR.search(text):
            return None
        key = canonical(text) if key is None else key
        if _is_prose(key):
            return None
        match = self._date_in(key)
        when = self._when(match) if match else None
        if match is None or when is None:
            return None
        start, end = match.span()
        rest = [text[:start], text[end:]]
        # published and updated may stand in one line
        for i, other in enumerate(rest):
            second = self._date_in(canonical(other))
            if second is None or not (second["label"] or self._of_update(match)):
                continue
            rest[i] = other[: second.start()] + "  |  " + other[second.end() :]
            if self._of_update(match) and not self._of_update(second):
                match, when = second, self._when(second) or when
        author = None
        for part in _SEGMENT.split("  |  ".join(rest)):
            part = part.strip(" \u00a0,;:()[]-–|")
            if not part or _COUNTERS.match(part):
                continue
            found = self._author(canonical(part), part)
            if found and not self._rules.has("clock_word", part):
                author = author or found.name
            elif not self.is_menu(part) and not self._plain_furniture(part) and not self._says_only_label(part):
                return None
        return Stamp(when, bool(match["label"]), author, self._of_update(match))

    def when(self, text: str) -> dt.datetime | None:
        """The time that a field of a record or page states, as machines or Vietnamese pages write it; None: no time."""
        if (when := parse_stamp(text)) is not None:
            return when
        match = self._date_in(canonical(nfc(text[:_LONGEST_STAMP])))
        return None if match is None else self._when(match)

    def _when(self, match: regex.Match[str]) -> dt.datetime | None:
        """The time that a stamp's pattern found; None where the calendar has no such day."""
        groups = match.groupdict()
        hour, minute = int(groups.get("hour") or 0), int(groups.get("minute") or 0)
        half = self._rules.value("half_day", groups.get("half") or "")
        if half == "second" and hour < 12:
            hour += 12
        elif half == "first" and hour == 12:
            hour = 0
        try:
            year = int(match["year"])
            month = int(self._rules.value("month_word", match["month"]) or match["month"])
            return dt.datetime(year + 2000 if year < 100 else year, month, int(match["day"]), hour, minute)
        except ValueError:
            return None

    def _date_in(self, key: str) -> regex.Match[str] | None:
        """The longest date that a stamp's pattern finds in a line."""
        found = [m for rule in self._stamps if (m := rule.search(key))]
        return max(found, key=lambda m: m.end() - m.start(), default=None)

    def _of_update(self, match: regex.Match[str]) -> bool:
        return bool(self._rules.value("stamp_label", match["label"] or "") == "updated")

    def _says_only_label(self, part: str) -> bool:
        return any(self._rules.has(name, part) for name in ("stamp_label", "weak_label", "weekday"))

    def is_clock(self, text: str) -> bool:
        """Whether a line with a date in it is a clock of the page."""
        low = fold(text)
        return "°c" in low or any(word in low for word in self._rules.lexicon["clock_word"])

    def author(self, text: str) -> Author | None:
        """The author whom a line names, the paper it credits, and whether a label or a position says that it does."""
        return self._author(canonical(text), text)

    def _author(self, key: str, text: str) -> Author | None:
        if not 2 <= len(key) <= 140 or self._rules.has("menu", text) or self._rules.has("tool", text):
            return None
        for rule in self._bylines:
            match = rule.match(key)
            if not match:
                continue
            start, end = match.span("name")
            name = text[start:end].strip()
            low = fold(name)
            if self._rules.has("no_name", name) or any(low.startswith(w + " ") for w in self._rules.lexicon["no_name"]):
                return None
            groups = match.groupdict()
            credit = None
            if groups.get("credit"):
                credit = text[match.start("credit") : match.end("credit")]
            labelled = rule.id == "byline.labelled"
            return Author(name, _tidy(credit), rule.id != "byline.plain", labelled)
        return None

    def is_told(self, text: str) -> bool:
        """Whether a line by itself is told to be furniture, or a stamp, byline, credit or heading to be read."""
        look = self._look(Line(text))
        author = look.author is not None and look.author.sure
        return bool(look.drop or look.stamp or look.heading or look.credit or look.credit_caption or author)

    def _look(self, line: Line) -> _Look:
        look = _Look(line, canonical(line.text))
        n = look.length
        look.prose = _is_prose(look.key)
        if n > _LONGEST_FURNITURE:
            return look
        look.heading = self.is_heading(line.text)
        look.stamp = self.stamp(line.text, look.key)
        if look.stamp is not None and self.is_clock(line.text) and not look.stamp.labelled:
            look.stamp, look.drop = None, "furniture.clock"
        if look.drop is None and look.stamp is None:
            look.drop = self.furniture(line.text, look.key)
            dated = n <= 120 and not look.prose and _YEAR.search(look.key)
            if look.drop is None and dated and self._is_clock_line(look):
                look.drop = "furniture.clock"
        if look.drop or look.stamp or look.heading:
            look.prose = False
            return look
        if n <= _LONGEST_CAPTION:
            look.credit_caption = bool(self._caption_credit.search(look.key))
            look.caption = look.credit_caption or (
                any(r.match(look.key) for r in self._captions) and not self._told.search(look.key)
            )
            look.author = None if look.credit_caption and n > 40 else self._author(look.key, line.text)
            credit = self._credit.match(look.key)
            if credit:
                look.credit = _tidy(line.text[credit.start("credit") : credit.end("credit")])
        return look

    def _is_clock_line(self, look: _Look) -> bool:
        """A line with a date of its own beside words of a clock."""
        return any(rule.search(look.key) for rule in self._stamps) and self.is_clock(look.key)

    # ------------------------------------------------------------ the article

    def read(self, lines: Sequence[Line], title: str | None = None, learnt: frozenset[str] = frozenset()) -> Reading:
        """The article that the lines hold.

        ``title`` is what record or page call it, None where they do not say; ``learnt`` are the keys
        (`pipeline.cleaning.site_lines.line_key`) of lines that are furniture on its site.
        """
        looks = [self._look(line) for whole in lines for line in self._unglued(whole)]
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

    def _unglued(self, line: Line) -> tuple[Line, ...]:
        """A line, and the signature that a scraper set behind its last sentence as a line of its own."""
        # a stamp has figures
        start = line.text[:40]
        if _DIGIT.search(start) and (lead := self._leading_stamp.search(canonical(start))):
            return line.cut(0, lead.end()), line.cut(lead.end(), len(line.text))
        if 12 <= len(line.text) <= 300 and (found := self._glued_stamp.search(canonical(line.text))):
            return line.cut(0, found.start()), line.cut(found.start(), len(line.text))
        tail = line.text[-160:]
        if len(line.text) < 60 or not any(mark in tail for mark in (":", "/.")):
            return (line,)
        match = self._glued.search(canonical(tail))
        if match is None:
            return (line,)
        at = len(line.text) - len(tail) + match.start("sign")
        return line.cut(0, at), line.cut(at, len(line.text))

    def _unstopped(self, looks: list[_Look]) -> None:
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

    def _note_site(self, looks: list[_Look], reading: Reading) -> None:
        for look in looks:
            if look.length <= _LONGEST_FURNITURE and look.drop:
                match = self._site.search(look.key)
                if match:
                    reading.site = look.line.text[match.start("site") : match.end("site")].strip()
                    return

    def _drop_repeats(self, looks: list[_Look]) -> None:
        """A repeated line says nothing new: the first copy stays, a marked title before all."""
        seen: set[str] = set()
        for look in sorted(looks, key=lambda k: k.line.hint != "title"):
            if look.length < 30:
                continue
            key = fold(look.line.text).rstrip(" .")
            if key in seen and look.drop is None:
                look.drop, look.prose = "furniture.repeated", False
            seen.add(key)

    def _first_prose(self, looks: list[_Look]) -> int:
        """Index of the first line of running text; the number of lines where there is none."""
        for i, look in enumerate(looks):
            if look.line.hint == "title" or not look.prose or look.credit_caption or look.line.hint == "caption":
                continue
            return i
        return len(looks)

    def _title(self, looks: list[_Look], first: int, known: str | None) -> int | None:
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
            score -= 1.0 * bool(_FULL_STOP.search(look.key))
            score -= 0.5 * (look.caption and i > 0)
            # the page's own title ("… - Cổng thông tin") is longer than the article's
            score -= 2.0 * any(25 <= k.length < look.length and look.key.startswith(k.key) for k in looks[:first])
            # a summary without a full stop stands below the title and is longer
            score -= 1.0 * (look.length > 110 and i > 0)
            if best is None or score > best[0] + 1e-9:
                best = (score, i)
        return best[1] if best and best[0] >= 1.0 else None

    def _before(self, looks: list[_Look], head: int | None, first: int) -> None:
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

    def _hinted(self, look: _Look) -> str:
        """The kind that the page's markup gives a line, if the line bears it out."""
        kind = look.line.hint or "body"
        if kind != "byline":
            return kind
        words = fold(look.line.text).split()
        if words and words[-1] in self._rules.lexicon["no_author"]:
            return "furniture"
        return "byline" if look.length <= 120 else "body"

    def _may_be_text(self, look: _Look) -> bool:
        return not (look.drop or look.stamp or look.heading) and len(look.words) >= 7

    def _by_picture(self, looks: list[_Look], i: int) -> bool:
        """Whether a picture's file name stands right before the line, or after it where none stands before."""
        if i > 0 and looks[i - 1].drop == "furniture.picture":
            taken = i > 1 and looks[i - 2].credit_caption and not looks[i].credit_caption
            told = _FULL_STOP.search(looks[i].key) and self._told.search(looks[i].key)
            return looks[i].length <= _LONGEST_CAPTION and not taken and not told
        after = i + 1 < len(looks) and looks[i + 1].drop == "furniture.picture"
        return after and looks[i].caption

    def _body(self, looks: list[_Look], head: int | None, first: int) -> None:
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
                listed = listed or signed or size > 400 or not self._opens_comments(look.line.text)
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

    def _may_sign(self, look: _Look) -> bool:
        """Whether a line names an author. Four words and more in capitals, with no label, are the name of a section."""
        shouted = look.line.text.isupper() and len(look.line.text.split()) >= 4
        return look.author is not None and (look.author.sure or not shouted)

    def _goes_on(self, looks: list[_Look], i: int) -> bool:
        """Whether running text follows the line at once: then a name is a heading, not a signature."""
        for look in looks[i + 1 : i + 2]:
            return look.prose and not look.caption and look.length >= 150
        return False

    def _middle(self, looks: list[_Look], i: int) -> None:
        look = looks[i]
        if look.caption or self._by_picture(looks, i):
            look.kind = "caption"
        elif look.author and not self._goes_on(looks, i) and self._signs(looks, i, look.author):
            look.kind = "byline"
        else:
            look.kind = "body"

    def _signs(self, looks: list[_Look], i: int, author: Author) -> bool:
        """Whether a name before more prose is a signature: a label or credit says so, or captions alone follow."""
        if author.labelled or author.credit:
            return True
        alone = not any(k.author for k in (*looks[max(0, i - 1) : i], *looks[i + 1 : i + 2]))
        return alone and all(k.length <= _LONGEST_CAPTION for k in looks[i + 1 :] if k.drop is None)

    def _tail(self, looks: list[_Look], pending: list[int], told: _Told) -> None:
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
            elif shut and look.length < 60 and not (look.caption or _FULL_STOP.search(look.key)):
                look.kind = "furniture"
            elif self._by_picture(looks, i) or look.caption or _FULL_STOP.search(look.key) or known:
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

    def _continues_list(self, looks: list[_Look], i: int) -> bool:
        """Whether the line is an item of a list that a colon opened."""
        before = next((k for k in reversed(looks[:i]) if k.drop is None), None)
        return before is not None and before.kind == "body" and before.key.endswith((":", ";", ","))

    # ------------------------------------------------------------ what the page says of itself

    def _published(self, looks: list[_Look], head: int | None, first: int, reading: Reading) -> None:
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

    def _finish(self, looks: list[_Look], head: int | None, reading: Reading) -> None:
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


# furniture that stands inside articles too and ends none
_HARMLESS = {"furniture.picture", "furniture.dashes", "furniture.repeated", "furniture.more", "furniture.disclaimer"}


def _tidy(credit: str | None) -> str | None:
    if credit is None:
        return None
    credit = regex.sub(r"^https?://(?:www\.)?", "", credit.strip(" .()"))
    return credit.split("/")[0] if regex.match(r"[\w-]+(?:\.[\w-]+)+/", credit) else credit or None


def agrees(when: dt.datetime, keys: Sequence[str]) -> bool:
    """Whether the text tells of a day in the fortnight before the stamp: a clock of the page would not fit so."""
    for key in keys:
        for found in _DAY_MONTH.finditer(key[:2000]):
            for year in (when.year, when.year - 1):
                try:
                    gap = (when.date() - dt.date(year, int(found[2]), int(found[1]))).days
                except ValueError:
                    continue
                if 0 <= gap <= 14:
                    return True
    return False
