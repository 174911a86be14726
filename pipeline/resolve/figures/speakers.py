"""Who says a figure."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence

from regex import Match

from pipeline.extract.numbers import Phrases
from pipeline.facts import Figure
from pipeline.resolve.figures.lexicon import WORD, Cue
from pipeline.resolve.figures.reading import EDGE, TRAIL_REACH, TRIES, Paragraph, Places, Reading, Said, is_noun
from pipeline.rules import RuleSet
from pipeline.text import fold

# what no title between a name and its verb holds
_ENDS_TITLE = re.compile(r'[;:"!?]|[.](?=\s)')
# characters between a name and its verb of speech, and the length of a quotation that can hold a figure
_LONGEST_TITLE = 200
_SHORTEST_QUOTE = 12
# what may stand between a verb of speech and its colon
_BEFORE_COLON = re.compile(r"[^.:;!?\"()]{0,60}")
# how far back a short name's full one is looked for (characters)
_NAME_REACH = 10_000


class Speakers:
    """Finds who speaks where in a paragraph; built once from the rules, stateless."""

    def __init__(self, context: RuleSet, ends: Phrases, surnames: frozenset[str]) -> None:
        lists = context.lexicon
        self._ends, self._surnames = ends, surnames
        self._title_start = frozenset(fold(w) for w in lists["title_start"])
        self._no_person = frozenset(fold(w) for w in lists["before_no_person"])
        self._adverb, self._pronoun, self._on_behalf = (Phrases(lists[n]) for n in ("adverb", "pronoun", "on_behalf"))
        rule = {r.id.split(".")[1]: r for r in context.rules}
        self._named, self._according, self._source, self._speaks, self._floor, self._after = (
            rule[n]
            for n in (
                "speaker_named", "speaker_according", "source_according", "source_speaks", "speaker_takes_floor",
                "speaker_after",
            )
        )  # fmt: skip
        self._close = context.pattern(
            r"[ ]?[,-][ ](?:(?<honorific>{honorific}){sp}(?<name>{name})|(?<name>{full_name}))"
        )
        self._name_before = context.pattern(r"(?r){name}[ ]")
        self._names = context.pattern(r"{honorific}{sp}(?<name>{name})")
        self._read_by = context.pattern(r"(?r){B}{read_by}[ ]")

    def find(self, reading: Reading, paragraph: Paragraph) -> None:
        """Fills in who speaks where in a paragraph."""
        key = reading.key
        roles = {r for c in paragraph.cues for r in c.roles}
        if (
            not roles & {"speech", "speech_colon", "according", "floor"}
            and paragraph.quotes.last(0, paragraph.end) is None
        ):
            return
        for start, end in paragraph.sentences:
            self._speakers_of(reading, paragraph, start, end)
        running = sorted(paragraph.running, key=lambda s: s.start)
        # a verb of speech behind a quotation speaks for the quotation, not for what follows
        taken: list[tuple[int, int]] = []
        for start, end in _quotes(key, paragraph.start, paragraph.end):
            match = self._after.match(key, end, paragraph.end)
            if match is None and start == paragraph.sentence_of(start)[0]:
                match = self._after_speech(key, end, paragraph.end)
            if match is not None:
                name = self._full_name(reading, match.span("name"))
                taken.append((end, max(match.end(), paragraph.sentence_of(end)[1])))
                if name:
                    paragraph.quoted.append(Said(start, end, name))
        ends = [end for end, _ in taken]
        paragraph.running = [s for s in running if not _covered(taken, ends, s.start)]
        paragraph.running_starts = [s.start for s in paragraph.running]
        paragraph.quoted_starts = [s.start for s in paragraph.quoted]
        paragraph.quoted_ends = Places(s.end for s in paragraph.quoted)
        if paragraph.running:
            paragraph.breaks = Places(
                [*paragraph.others, *(s[0] for s in paragraph.sentences if self._breaks(reading, s))]
            )

    def _speakers_of(self, reading: Reading, paragraph: Paragraph, start: int, end: int) -> None:
        key = reading.key
        cues = paragraph.cues_in(start, end)
        roles = {r for c in cues for r in c.roles}
        match = self._floor.search(key, start, end) if "floor" in roles else None
        if match is not None and (name := self._full_name(reading, match.span("name"))):
            paragraph.running.append(Said(match.end(), end, name))
        if "according" in roles:
            for rule in (self._according, self._source):
                for match in rule.finditer(key, start, end):
                    span = match.span("name")
                    named = self._full_name(reading, span) if span[0] >= 0 else self._last_named(reading, match.start())
                    if rule is self._source:
                        named = key[span[0] : span[1]]
                    behind = key[match.end() : match.end() + TRAIL_REACH].lstrip()[:1]
                    trailing = key[max(start, match.start() - 2) : match.start()] == ", " and behind in (".", "")
                    if named:
                        paragraph.running.append(Said(start if trailing else match.start(), end, named))
        spoken, unnamed = False, False
        for cue in cues:
            speaks = "speech" in cue.roles or ("speech_colon" in cue.roles and self._colon_behind(key, cue.end, end))
            if speaks and not is_noun(reading, paragraph, cue):
                at = self._before_adverbs(key, start, cue)
                subject, body = self._subject(reading, paragraph, start, at), self._body(reading, start, at, cue)
                if body is not None and (subject is None or subject[0] > body[0]):
                    # what looks like a person's name is part of the body's
                    subject = body
                if subject is None and "speech_sure" in cue.roles:
                    unnamed = True
                elif subject is not None:
                    begin, name = subject
                    # "…, ông A cho biết." closes what it says
                    closes = not key[cue.end : end].strip(EDGE) and key[max(start, begin - 2) : begin] == ", "
                    paragraph.running.append(Said(start if closes else cue.end, end, name, closes))
                    spoken = True
        if unnamed and not spoken:
            # somebody else speaks, whoever it is
            paragraph.others.append(start)
        if not spoken and (opened := key.find(': "', start, end)) >= 0:
            person = self._person_in(reading, start, opened)
            if person is not None and (name := self._full_name(reading, person)):
                paragraph.running.append(Said(opened, end, name))

    @staticmethod
    def _colon_behind(key: str, at: int, end: int) -> bool:
        """Whether a colon follows before any other mark."""
        mark = _BEFORE_COLON.match(key, at, end)
        return mark is not None and key[mark.end() : mark.end() + 1] == ":"

    def _after_speech(self, key: str, at: int, end: int) -> Match[str] | None:
        """Who is named right behind a quotation that stands for itself: "…", chị A cười."""
        match = self._close.match(key, at, end)
        if match is None or match["honorific"] is not None:
            return match
        return match if match["name"].split(" ")[0].lower() in self._surnames else None

    def _person_in(self, reading: Reading, start: int, end: int) -> tuple[int, int] | None:
        """The person named last in a clause that leads to what is said."""
        found = None
        for match in self._honoured(reading, max(start, end - _LONGEST_TITLE), end):
            found = match
        return found or reading.person_before(end, max(start, end - _LONGEST_TITLE))

    def _honoured(self, reading: Reading, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The names with an honorific; "Anh" may also be a syllable of the name (Đoàn Thục Anh Vũ)."""
        for match in self._names.finditer(reading.key, start, end):
            if not self._is_syllable(reading.key, match.start()):
                yield match.span("name")

    @staticmethod
    def _is_syllable(key: str, at: int) -> bool:
        """Whether a capitalised honorific goes on from a capitalised word, and so is part of a name."""
        before = key[max(0, at - 12) : at].split(" ")
        return key[at].isupper() and len(before) > 1 and before[-2][:1].isupper() and before[-2][-1:].isalpha()

    def _before_adverbs(self, key: str, start: int, cue: Cue) -> int:
        """Where a verb of speech begins, with the adverbs before it."""
        at = cue.start
        for word in reversed(_words_before(key, start, at)):
            if self._adverb.end(key, word) == at - 1:
                at = word
        return at

    def _subject(self, reading: Reading, paragraph: Paragraph, start: int, at: int) -> tuple[int, str] | None:
        """The subject of the verb of speech at a place, right before it or with a title between: begin, and name."""
        key = reading.key
        stop = at
        while stop > start and key[stop - 1] in " ,)-":
            stop -= 1
        found: tuple[int, int] | None = None
        for match in self._named.finditer(key, max(start, at - _LONGEST_TITLE), at):
            if not self._is_syllable(key, match.start()):
                found = match.span("name")
        person = reading.person_before(at, max(start, at - _LONGEST_TITLE))
        if person is not None and (found is None or person[0] > found[1]):
            found = person
        if found is not None:
            between = key[found[1] : at]
            bare = not between.strip(" ,-")
            titled = between.lstrip()[:1] in ",(-" or self._on_behalf.end(key, found[1] + 1) is not None
            if bare or (titled and not _ENDS_TITLE.search(between)):
                name, begin = self._full_name(reading, found), self._with_honorific(key, found[0])
                read_out = self._read_by.match(key, start, begin) is not None
                return None if name is None or read_out else (begin, name)
        if stop != at - 1:
            return None
        # a pronoun at the head of the sentence or of a clause: Ông cho biết; về nhà ở, ông cho biết
        heads = [
            w
            for w in (start, *_words_before(key, start, at))
            if self._pronoun.end(key, w) == stop and self._opens(key, start, w)
        ]
        if heads:
            earlier = next((s for s in reversed(paragraph.running) if s.start < start), None)
            name = earlier.name if earlier else self._last_named(reading, start)
            return None if name is None else (heads[0], name)
        alone = self._name_before.match(key, 0, at)
        if alone is not None and alone.start() >= start:
            run = key[alone.start() : at - 1]
            leading = key[max(0, alone.start() - 12) : alone.start()].rstrip().rsplit(" ", 1)[-1].lower()
            name = None if leading in self._no_person and run.count(" ") == 1 else self._without_place(run)
            return None if name is None else (alone.start(), name)
        return None

    def _body(self, reading: Reading, start: int, at: int, cue: Cue) -> tuple[int, str] | None:
        """The body, or its nameless representative, that says something: where it begins, and its name."""
        if "speech_of_persons" in cue.roles:
            return None
        body = reading.body_named_before(at, max(start, at - _LONGEST_TITLE))
        if body is None or not _capitalised(reading.key[body[1] : at]):
            return None
        opens = self._speaks.match(reading.key, start, body[0])
        return None if opens is None else (opens.start(), reading.document.text[body[0] : at].rstrip())

    @staticmethod
    def _opens(key: str, start: int, at: int) -> bool:
        """Whether a word opens its sentence, or its clause behind a comma."""
        return at == start or key[at - 2 : at] == ", "

    def _with_honorific(self, key: str, at: int) -> int:
        """Where a name begins with the honorific before it."""
        for word in WORD.finditer(key, max(0, at - 12), at):
            if self._pronoun.end(key, word.start()) == at - 1:
                return word.start()
        return at

    def _full_name(self, reading: Reading, span: tuple[int, int]) -> str | None:
        """The name, a short one (ông Phử) replaced by the full name that ends with it and stood before."""
        text = reading.document.text
        name = text[span[0] : span[1]]
        if " " in name:
            return None if name.split(" ")[0].lower() in self._title_start else name
        full = reading.full_names(self._names).get(name)
        if full is not None and full[0] < span[0]:
            return full[1]
        floor = max(0, span[0] - _NAME_REACH)
        at = reading.key.rfind(f" {name}", floor, span[0])
        for _ in range(TRIES):
            if at <= 0:
                break
            stop = at + 1 + len(name)
            if not reading.key[stop : stop + 1].isalnum():
                run = _run_before(reading.key, stop)
                if run and " " in run:
                    return self._without_place(run)
            at = reading.key.rfind(f" {name}", floor, at)
        return name

    def _without_place(self, run: str) -> str | None:
        """A name without the place before it (Hà Nội Phùng Thị Thu Hà); None where it is no personal name."""
        words = run.split(" ")
        for cut in range(max(0, len(words) - 5), len(words) - 1):
            rest = words[cut:]
            if rest[0].lower() in self._surnames and (
                len(rest) <= 4 or not any(w.lower() in self._surnames for w in rest[1:3])
            ):
                return " ".join(rest)
        return None

    def _last_named(self, reading: Reading, before: int) -> str | None:
        """The person named last before a pronoun."""
        names = reading.names(self._names)
        at = bisect.bisect_left(names, (before,)) - 1
        if at < 0:
            return None
        start, _, name = names[at]
        return name if " " in name else self._full_name(reading, (start, start + len(name)))

    def __call__(self, reading: Reading, paragraph: Paragraph, figure: Figure) -> str | None:
        """Whose words the figure stands in."""
        at = bisect.bisect_right(paragraph.quoted_starts, figure.start) - 1
        if at >= 0 and figure.start < paragraph.quoted[at].end:
            return paragraph.quoted[at].name
        at = bisect.bisect_right(paragraph.running_starts, figure.start) - 1
        if at < 0:
            return None
        last = paragraph.running[at]
        if figure.start < last.end or last.closed:
            return last.name if figure.start < last.end else None
        quoted = paragraph.quoted_ends.last(last.end + 1, figure.start + 1)
        if quoted is not None or paragraph.breaks.first(last.end, figure.start + 1) is not None:
            return None
        return last.name

    def _breaks(self, reading: Reading, sentence: tuple[int, int]) -> bool:
        """Whether a sentence is plainly no longer the speaker's: another scene, or somebody else does something."""
        start = sentence[0]
        if self._ends.end(reading.key, start) is not None:
            return True
        named = self._names.match(reading.key, start, sentence[1])
        return named is not None


def _words_before(key: str, start: int, at: int) -> list[int]:
    """Where the words right before a place begin."""
    return [m.start() for m in WORD.finditer(key, max(start, at - 12), at)]


def _capitalised(words: str) -> bool:
    """Whether all these words are written with a capital, as the rest of a name is."""
    return all(word[0].isupper() for word in words.split())


def _run_before(key: str, stop: int) -> str:
    """The run of capitalised words that ends at ``stop``, at most seven."""
    words: list[str] = []
    for word in reversed(key[max(0, stop - 60) : stop].split(" ")):
        plain = word.replace("'", "")
        if len(words) == 7 or not plain.isalpha() or not word[0].isupper() or (len(word) > 1 and word.isupper()):
            break
        words.append(word)
    return " ".join(reversed(words))


def _quotes(key: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The quotations of a paragraph that are long enough to say something, as spans with their marks."""
    opened = -1
    at = key.find('"', start, end)
    while at >= 0:
        if opened < 0:
            opened = at
        else:
            if at - opened > _SHORTEST_QUOTE:
                yield opened, at + 1
            opened = -1
        at = key.find('"', at + 1, end)


def _covered(spans: Sequence[tuple[int, int]], starts: Sequence[int], at: int) -> bool:
    """Whether one of the sorted spans holds the place ``at``, its end included."""
    index = bisect.bisect_right(starts, at) - 1
    return index >= 0 and at <= spans[index][1]
