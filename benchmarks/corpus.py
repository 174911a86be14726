"""Articles to measure with: made up from the samples, any number, or those of a folder.

A made article takes paragraphs of several articles that ship with the project and varies them: figures, dates, names of
persons and places, and three words in ten. Equal phrases all over would flatter caches of words and flood the
search for repeats; how far that is avoided is measured by `fresh_share`, beside real news. Article ``n`` of a seed is
the same in every run, whatever others are made.
"""

from __future__ import annotations

import collections
import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline import rules as rules_module
from pipeline.crf_words import load_words
from pipeline.gazetteer import gazetteer
from pipeline.text import nfc

ROOT = Path(__file__).resolve().parent.parent
SOURCES = tuple(ROOT / folder for folder in ("data/raw/samples", "tests/gold/articles/dev", "tests/gold/articles/test"))
# bytes of UTF-8, as plain news of 2.5 KB on average
SMALLEST, LARGEST = 1_300, 3_300
# share of the words (numbers, names and what stands beside a number excepted) that are replaced by others
CHANGED_WORDS = 0.3
# a line as long as this is a paragraph; what stands before the first and after the last is a head and a tail
PARAGRAPH = 120
FILES_PER_FOLDER = 1_000

_NUMBER = re.compile(r"\d+")
_SYLLABLE = re.compile(r"[^\W\d_]+")
_LOWER = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)*")


class Piece(NamedTuple):
    """A part of a line: ``kind`` is number, person, province, unit, capital (a capitalised syllable), word or other."""

    kind: str
    text: str


Line = list[Piece]


class Lines(NamedTuple):
    """An article taken apart."""

    head: list[Line]
    paragraphs: list[Line]
    tail: list[Line]


class Generator:
    """Makes articles. Reads the sources once, some 2 s; an article then takes about a millisecond."""

    def __init__(self, folders: Sequence[Path] = SOURCES, seed: int = 1) -> None:
        self._seed = seed
        places = gazetteer(rules_module.load())
        settings = rules_module.load()["place"].settings
        self._provinces = sorted(places.provinces)
        self._families = sorted(name.capitalize() for name in places.family_names)
        listed = (
            names
            for level in ("districts", "communes")
            for kinds in settings[level].values()
            for names in kinds.values()
        )
        # places of one syllable are also words
        self._units = sorted({name for names in listed for name in names.split(", ") if " " in name})
        self._given = sorted({s for name in self._units for s in name.split() if s.isalpha() and s.istitle()})
        texts = [nfc(path.read_text(encoding="utf-8-sig")) for f in folders for path in sorted(f.glob("*.txt"))]
        written = collections.Counter(_SYLLABLE.findall("\n".join(texts)))
        # some family names are also words, how people are addressed among them
        families = [name for name in self._families if written[name] > written[name.lower()]]
        syllable = r"[^\W\d_a-zđ][^\W\d_]+"
        self._tokens = re.compile(
            rf"(?P<number>\d+)"
            rf"|(?P<province>\b(?:{_any(self._provinces)})\b)"
            rf"|(?P<unit>\b(?:{_any(self._units)})\b)"
            rf"|(?P<person>\b(?:{_any(families)})(?: {syllable}){{1,3}}\b)"
        )
        self._cut = load_words()[0].spans
        self._articles = [lines for lines in map(self._apart, texts) if lines.paragraphs]
        self._paragraphs = [p for article in self._articles for p in article.paragraphs]
        words = {piece.text for p in self._paragraphs for piece in p if piece.kind == "word"}
        self._words: dict[int, list[str]] = {}
        for word in sorted(words):
            self._words.setdefault(word.count(" "), []).append(word)

    def __call__(self, number: int) -> str:
        """Article ``number``, from 0."""
        chance = random.Random(f"{self._seed}-{number}")
        size = chance.randint(SMALLEST, LARGEST)
        varied = _Varied(self, chance)
        first, last = chance.choice(self._articles), chance.choice(self._articles)
        head = [varied.line(line) for line in first.head]
        tail = [varied.line(line) for line in last.tail]
        size -= sum(len(line.encode()) + 2 for line in head + tail)
        body: list[str] = []
        taken: set[int] = set()
        while (size > 0 or len(body) < 2) and len(taken) < len(self._paragraphs):
            at = chance.randrange(len(self._paragraphs))
            if at not in taken:
                taken.add(at)
                body.append(varied.line(self._paragraphs[at]))
                size -= len(body[-1].encode()) + 2
        return "\n\n".join([*head, *body, *tail]) + "\n"

    def _apart(self, text: str) -> Lines:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        long = [n for n, line in enumerate(lines) if len(line) >= PARAGRAPH]
        if not long:
            return Lines([], [], [])
        pieces = [self._pieces(line) for line in lines]
        return Lines(pieces[: long[0]], [pieces[n] for n in long], pieces[long[-1] + 1 :])

    def _pieces(self, line: str) -> Line:
        found: Line = []
        at = 0
        for match in self._tokens.finditer(line):
            found += self._prose(line[at : match.start()])
            found.append(Piece(str(match.lastgroup), match[0]))
            at = match.end()
        return found + self._prose(line[at:])

    def _prose(self, text: str) -> Line:
        found: Line = []
        at = 0
        for start, end in self._cut(text) if text.strip() else ():
            word = text[start:end]
            if start > at:
                found.append(Piece("other", text[at:start]))
            kind = "word" if _LOWER.fullmatch(word) and word.islower() else "capital" if word.istitle() else "other"
            found.append(Piece(kind, word))
            at = end
        return [*found, Piece("other", text[at:])] if at < len(text) else found


class _Varied:
    """The changes of one article: who or what is named twice is named alike both times."""

    def __init__(self, made_by: Generator, chance: random.Random) -> None:
        self._by, self._chance = made_by, chance
        self._names: dict[str, str] = {}
        self._years = chance.randint(-8, 4)

    def line(self, line: Line) -> str:
        chance, names = self._chance, self._names
        out = []
        for at, (kind, text) in enumerate(line):
            if kind == "number":
                text = self._number(text)
            elif kind in ("person", "province", "unit"):
                text = names.get(text) or self._name(kind, text)
            elif kind == "capital":
                text = names.get(text, text)
            elif kind == "word" and chance.random() < CHANGED_WORDS:
                beside = line[max(at - 2, 0) : at + 3]
                if all(piece.kind != "number" for piece in beside):
                    text = chance.choice(self._by._words[text.count(" ")])
            out.append(text)
        return "".join(out)

    def _name(self, kind: str, text: str) -> str:
        chance = self._chance
        if kind == "person":
            given = [chance.choice(self._by._given) for _ in range(text.count(" "))]
            new = " ".join([chance.choice(self._by._families), *given])
            # called by the last part of the name from then on
            self._names[text.rsplit(" ", 1)[1]] = given[-1]
        else:
            new = chance.choice(self._by._provinces if kind == "province" else self._by._units)
        self._names[text] = new
        return new

    def _number(self, text: str) -> str:
        """A number of the same length and, where it may be a day, a month or a year, the same kind."""
        chance, value = self._chance, int(text)
        if len(text) == 4 and 1990 <= value <= 2030:
            return str(min(max(value + self._years, 1990), 2030))
        if value == 0:
            return text
        if value <= 12 and len(text) <= 2:
            return (
                f"{chance.randint(1, 9) if len(text) == 1 or text[0] == '0' else chance.randint(10, 12):0{len(text)}}"
            )
        if value <= 31 and len(text) == 2:
            return str(chance.randint(13, 28))
        return "".join(str(chance.randint(not n, 9)) for n in range(len(text)))


def _any(names: Iterable[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=lambda n: (-len(n), n)))


class Folder:
    """The articles of a folder, in an order that chance gives once and for all."""

    def __init__(self, folder: Path) -> None:
        self._paths = sorted(folder.rglob("*.txt"))
        random.Random(1).shuffle(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    def __call__(self, number: int) -> str:
        """Article ``number``, from 0. Raises IndexError where there are not so many."""
        return self._paths[number].read_text(encoding="utf-8", errors="replace")


def write_articles(articles: Generator | Folder, numbers: Iterable[int], folder: Path, how: str = "files") -> int:
    """Write articles into ``folder``, ``how`` files (one each) or jsonl (1,000 records a file); their characters."""
    characters = 0
    for number in numbers:
        text = articles(number)
        characters += len(text)
        group = f"{number // FILES_PER_FOLDER:05}"
        if how == "files":
            path = folder / group / f"{number:08}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        else:
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / f"{group}.jsonl").open("a", encoding="utf-8", newline="\n") as file:
                file.write(json.dumps({"id": number, "text": text}, ensure_ascii=False) + "\n")
    return characters


def fresh_share(articles: Generator | Folder, count: int = 200, before: int = 3_000) -> float:
    """Share of the syllables of ``count`` articles that end a run of three which none of ``before`` others holds."""

    def runs(number: int) -> Iterator[tuple[str, ...]]:
        words = _NUMBER.sub("0", articles(number).lower()).split()
        return zip(words, words[1:], words[2:], strict=False)

    seen = {hash(run) for number in range(before) for run in runs(number)}
    found = [hash(run) in seen for number in range(before, before + count) for run in runs(number)]
    return found.count(False) / max(len(found), 1)
