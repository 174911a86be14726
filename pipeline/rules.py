"""Loads and checks ``rules/``: one folder per dimension, patterns and word lists as data.

A dimension's folder holds ``*.yaml`` files of one shape (`_RuleFile`) that are read as one, and ``corpus.yaml``: lines
that must match, with their values, and lines that must not. Everything is checked when it is loaded, and an error
begins with ``file:line``.

Patterns are written for the ``regex`` module in verbose mode (spaces do not count, ``#`` starts a comment) and matched
on `pipeline.text.canonical` text. ``{name}`` stands for a word list of ``lexicon`` (any word of it, in any case, the
longest first) or for a named part of ``patterns``, of the same dimension or of ``rules/shared``. Built in are ``{B}``
and ``{E}`` (no letter or digit before, after), ``{s}`` (nothing or spaces) and ``{sp}`` (spaces).
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import regex
import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from regex import Match, Pattern

from pipeline.errors import InputError, Issue, RuleError
from pipeline.patterns import compile_pattern, keep_patterns
from pipeline.text import canonical, fold, lower, nfc
from pipeline.trees import spelled, spelled_backward, tree_of

RULES_VARIABLE = "UNION_EVENTS_RULES"
SHARED = "shared"
CORPUS = "corpus.yaml"
# the last guard against a hostile text; a pattern that needs it is a bug (seconds of wall clock for one search)
SEARCH_TIMEOUT = 5.0
# a clock costs a call 4 µs, several times a failing match: shorter texts than this go without
UNTIMED = 2000

_BUILT_IN = {
    "B": r"(?<![\p{L}\p{N}_])",
    "E": r"(?![\p{L}\p{N}_])",
    "s": r"[ ]{0,3}",
    "sp": r"[ ]{1,3}",
}
# how a pattern begins that is read from right to left
_BACKWARD = "(?r)"
_MACRO = regex.compile(r"(?<!\\[pP])\{([A-Za-z][A-Za-z_0-9]*)\}")

Scalar = str | int | float | bool | None


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _RuleEntry(_Strict):
    id: str
    pattern: str
    set: dict[str, Scalar | list[str]] = {}
    refuse: Issue | None = None
    why: str | None = None


class _RuleFile(_Strict):
    dimension: str
    about: str
    exact: list[str] = []
    lexicon: dict[str, list[str] | dict[str, Any]] = {}
    patterns: dict[str, str] = {}
    rules: list[_RuleEntry] = []
    tables: dict[str, list[dict[str, Any]]] = {}
    settings: dict[str, Any] = {}


class CorpusLine(_Strict):
    """A line of a corpus: ``facts`` are what it must give (every key given is compared), or none at all.

    ``rule`` names the rule that a line which must not match would tempt.
    """

    text: str
    facts: list[dict[str, Any]] = []
    rule: str | None = None
    why: str | None = None
    kind: str = "body"
    published: str | None = None


class _CorpusFile(_Strict):
    match: list[CorpusLine]
    reject: list[CorpusLine]


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled rule: ``set`` holds constants for what it finds, ``refuse`` the issue code of what it declines."""

    id: str
    regex: Pattern[str]
    set: Mapping[str, Any]
    refuse: str | None
    where: str

    def finditer(self, text: str, pos: int = 0, endpos: int | None = None) -> Iterator[Match[str]]:
        """All matches in ``text`` (canonical), leftmost first. Raises TimeoutError on a text that it cannot finish."""
        if len(text) <= UNTIMED:
            return self.regex.finditer(text, pos, endpos)
        return self.regex.finditer(text, pos, endpos, timeout=SEARCH_TIMEOUT)

    def search(self, text: str, pos: int = 0, endpos: int | None = None) -> Match[str] | None:
        """The first match in ``text`` (canonical). Raises TimeoutError on a text that it cannot finish."""
        if len(text) <= UNTIMED:
            return self.regex.search(text, pos, endpos)
        return self.regex.search(text, pos, endpos, timeout=SEARCH_TIMEOUT)

    def match(self, text: str, pos: int = 0, endpos: int | None = None) -> Match[str] | None:
        """A match that begins at ``pos``. Raises TimeoutError on a text that it cannot finish."""
        if len(text) <= UNTIMED:
            return self.regex.match(text, pos, endpos)
        return self.regex.match(text, pos, endpos, timeout=SEARCH_TIMEOUT)


Model = TypeVar("Model", bound=BaseModel)


class _Named(dict[str, Any]):
    """What a dimension's files name; asking for what they lack says which folder lacks it."""

    def __init__(self, what: str, content: Mapping[str, Any]) -> None:
        super().__init__(content)
        self._what = what

    def __missing__(self, name: str) -> Any:
        raise RuleError(f"{self._what} '{name}' is missing")


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules of one dimension."""

    dimension: str
    rules: tuple[Rule, ...]
    lexicon: Mapping[str, Mapping[str, Any]]
    settings: Mapping[str, Any]
    folder: Path
    _tables: Mapping[str, list[dict[str, Any]]] = field(repr=False)
    _pattern: Callable[[str], Pattern[str]] = field(repr=False)

    def rule(self, rule_id: str) -> Rule:
        """The rule of that id; KeyError where there is none."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)

    def starting(self, prefix: str) -> tuple[Rule, ...]:
        """The rules whose id begins with ``prefix`` (a family of one mechanism), in the order of the file."""
        return tuple(r for r in self.rules if r.id.startswith(prefix))

    def value(self, lexicon: str, word: str) -> Any:
        """What a word of a word list stands for (True for a plain list); None where the word is not in it."""
        return self.lexicon[lexicon].get(fold(word))

    def has(self, lexicon: str, word: str) -> bool:
        """Whether a word list holds the word, in any case and spelling."""
        return fold(word) in self.lexicon[lexicon]

    def pattern(self, text: str) -> Pattern[str]:
        """A pattern of the code's own, with the macros of this dimension: for mechanisms, never for word lists."""
        return self._pattern(text)

    def table(self, name: str, model: type[Model]) -> list[Model]:
        """A table of records, checked by ``model``; RuleError where a record does not fit."""
        rows = []
        for row in self._tables.get(name, []):
            line = row.get("__line__", "?")
            try:
                rows.append(model.model_validate({k: v for k, v in row.items() if k != "__line__"}))
            except ValidationError as error:
                first = error.errors()[0]
                where = ".".join(str(p) for p in first["loc"])
                raise RuleError(f"{line}: table {name}: {where}: {first['msg']}") from None
        return rows


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules. ``hash`` identifies their content; a run's tables bear it. ``hashes`` are those of the dimensions."""

    root: Path
    hash: str
    hashes: Mapping[str, str]
    dimensions: Mapping[str, RuleSet]

    def only(self, dimensions: Iterable[str]) -> Rules:
        """These rules without all other dimensions: asking for another is an error."""
        return dataclasses.replace(self, dimensions={name: self[name] for name in dimensions})

    def __getitem__(self, dimension: str) -> RuleSet:
        try:
            return self.dimensions[dimension]
        except KeyError:
            raise RuleError(f"{self.root}: no rules of the dimension '{dimension}' here") from None


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe YAML that remembers the line of every mapping and refuses a key given twice."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    loader.flatten_mapping(node)
    out: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if isinstance(key, str):
            key = nfc(key)
        if key in out:
            raise yaml.constructor.ConstructorError(None, None, f"'{key}' stands twice", key_node.start_mark)
        out[key] = loader.construct_object(value_node, deep=True)
    return out


def _text(loader: _Loader, node: yaml.ScalarNode) -> str:
    return nfc(str(loader.construct_scalar(node)))


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:str", _text)
# "no", "on" and dates stay the words that they are
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":bool"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", regex.compile("^(?:true|false)$"), list("tf"))


@dataclass(frozen=True, slots=True)
class _Source:
    """A parsed file and the line of each of its nodes."""

    path: Path
    name: str
    data: Any
    lines: Mapping[tuple[Any, ...], int]

    def at(self, *loc: Any) -> str:
        """``file:line`` of the deepest known node on the way to ``loc``."""
        for cut in range(len(loc), -1, -1):
            if loc[:cut] in self.lines:
                return f"{self.name}:{self.lines[loc[:cut]]}"
        return self.name


def _lines(node: yaml.Node | None, loc: tuple[Any, ...], out: dict[tuple[Any, ...], int]) -> None:
    if node is None:
        return
    out.setdefault(loc, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            out[(*loc, nfc(str(key.value)))] = key.start_mark.line + 1
            _lines(value, (*loc, nfc(str(key.value))), out)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _lines(value, (*loc, index), out)


def _parse(path: Path, root: Path) -> _Source:
    name = str(Path(root.name) / path.relative_to(root))
    try:
        text = path.read_text(encoding="utf-8")
        loader = _Loader(text)
        lines: dict[tuple[Any, ...], int] = {}
        node = loader.get_single_node()
        _lines(node, (), lines)
        data = loader.construct_document(node) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise RuleError(f"{name}:{mark.line + 1 if mark else '?'}: not valid YAML: {error.problem}") from None
    except UnicodeDecodeError as error:
        raise RuleError(f"{name}: not UTF-8: {error.reason}") from None
    return _Source(path, name, data, lines)


def _validated(source: _Source, model: type[Model]) -> Model:
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        first = error.errors()[0]
        loc = tuple(nfc(p) if isinstance(p, str) else p for p in first["loc"])
        where = ".".join(str(p) for p in loc)
        what = "unknown key" if first["type"] == "extra_forbidden" else first["msg"]
        raise RuleError(f"{source.at(*loc)}: {where}: {what}") from None


class Spelling:
    """A part of a pattern, spelled when a pattern first needs it: most word lists stand in none.

    ``spell`` is told whether the pattern reads from right to left (``(?r)``).
    """

    def __init__(self, spell: Callable[[bool], str]) -> None:
        self._spell = spell

    @functools.cached_property
    def forward(self) -> str:
        """As it stands."""
        return self._spell(False)

    @functools.cached_property
    def backward(self) -> str:
        """As a pattern needs it that reads from right to left."""
        return self._spell(True)


# the regex module's function is many times slower than a look-up, and words have some hundred different characters
_escaped = functools.cache(functools.partial(regex.escape, special_only=False))


def alternation(words: Iterable[str], exact: bool = False) -> Spelling:
    """A pattern for any of the words, the longest first, a space in a word standing for any run of spaces."""
    listed = tuple(words)

    def spell(backward: bool) -> str:
        spellings = {canonical(w) if exact else lower(canonical(w)) for w in listed}
        pieces = [[r"[ ]{1,3}" if c == " " else _escaped(c) for c in w] for w in spellings]
        tree = spelled_backward(tree_of(map(reversed, pieces))) if backward else spelled(tree_of(pieces))
        return f"{'(?:' if exact else '(?i:'}{tree})"

    return Spelling(spell)


class _Dimension:
    """A dimension on its way from files to a `RuleSet`."""

    def __init__(self, folder: Path, root: Path, shared: Mapping[str, Spelling]) -> None:
        self.folder, self.root, self.shared = folder, root, shared
        self.lexicon: dict[str, dict[str, Any]] = {}
        self.macros: dict[str, Spelling] = {}
        self.parts: dict[str, tuple[str, str]] = {}
        self.entries: list[tuple[_RuleEntry, str]] = []
        self.tables: dict[str, list[dict[str, Any]]] = {}
        self.settings: dict[str, Any] = {}
        self.compiled = functools.cache(self._compile)
        for path in sorted(folder.glob("*.yaml")):
            if path.name != CORPUS:
                self._add(_parse(path, root))

    def _add(self, source: _Source) -> None:
        file = _validated(source, _RuleFile)
        if file.dimension != self.folder.name:
            where = source.at("dimension")
            raise RuleError(f"{where}: dimension is '{file.dimension}', its folder is '{self.folder.name}'")
        for name in file.exact:
            if name not in file.lexicon:
                raise RuleError(f"{source.at('exact')}: 'exact' names '{name}', which is no word list of this file")
        for name, words in file.lexicon.items():
            self._claim(name, source.at("lexicon", name))
            self._add_words(name, words, name in file.exact, source)
        for name, pattern in file.patterns.items():
            self._claim(name, source.at("patterns", name))
            self.parts[name] = (canonical(pattern), source.at("patterns", name))
        self.entries += [(rule, source.at("rules", i, "id")) for i, rule in enumerate(file.rules)]
        for name, rows in file.tables.items():
            placed = [{**row, "__line__": source.at("tables", name, i)} for i, row in enumerate(rows)]
            self.tables.setdefault(name, []).extend(placed)
        self.settings.update(file.settings)

    def _claim(self, name: str, where: str) -> None:
        if name in self.lexicon or name in self.parts:
            raise RuleError(f"{where}: '{name}' is already a word list or pattern")

    def _add_words(self, name: str, words: list[str] | dict[str, Any], exact: bool, source: _Source) -> None:
        if not words:
            raise RuleError(f"{source.at('lexicon', name)}: word list '{name}' is empty")
        pairs = words.items() if isinstance(words, dict) else ((w, True) for w in words)
        known = self.lexicon[name] = {}
        for word, value in pairs:
            key = canonical(str(word)) if exact else fold(str(word))
            if key in known:
                raise RuleError(f"{source.at('lexicon', name, word)}: '{word}' stands twice in '{name}'")
            known[key] = value
        self.macros[name] = alternation(map(str, words), exact)

    def expand(self, pattern: str, where: str, backward: bool, seen: tuple[str, ...] = ()) -> str:
        """The pattern with every ``{name}`` replaced; ``backward`` for one that is read from right to left."""

        def one(match: Match[str]) -> str:
            name = match[1]
            if name in seen:
                raise RuleError(f"{where}: pattern '{name}' uses itself")
            if name in self.parts:
                part, at = self.parts[name]
                return f"(?:{self.expand(part, at, backward, (*seen, name))})"
            for known in (self.macros, self.shared):
                if name in known:
                    return known[name].backward if backward else known[name].forward
            if name in _BUILT_IN:
                return _BUILT_IN[name]
            raise RuleError(f"{where}: there is no word list or pattern '{name}'")

        return str(_MACRO.sub(one, pattern))

    def _compile(self, pattern: str, where: str) -> Pattern[str]:
        try:
            expanded = self.expand(canonical(nfc(pattern)), where, pattern.startswith(_BACKWARD))
            return compile_pattern(expanded, regex.VERBOSE)
        except regex.error as error:
            raise RuleError(f"{where}: pattern cannot be read: {error}") from None

    def ruleset(self) -> RuleSet:
        """The dimension, every rule compiled."""
        ids: dict[str, str] = {}
        rules = []
        for entry, where in self.entries:
            if entry.id in ids:
                raise RuleError(f"{where}: rule '{entry.id}' stands already at {ids[entry.id]}")
            ids[entry.id] = where
            refuse = entry.refuse.value if entry.refuse else None
            rules.append(Rule(entry.id, self.compiled(entry.pattern, where), entry.set, refuse, where))
        named = f"{self.root.name}/{self.folder.name}"
        words = _Named(f"{named}: word list", self.lexicon)
        values = _Named(f"{named}: setting", self.settings)
        own = functools.cache(functools.partial(self.compiled, where=f"{self.folder.name} (code)"))
        return RuleSet(self.folder.name, tuple(rules), words, values, self.folder, self.tables, own)

    def borrowed(self) -> dict[str, str]:
        """What its patterns take from the shared rules, by name."""
        patterns = [*(part for part, _ in self.parts.values()), *(entry.pattern for entry, _ in self.entries)]
        named = (
            {name for pattern in patterns for name in _MACRO.findall(pattern)} - self.macros.keys() - self.parts.keys()
        )
        return {name: self.shared[name].forward for name in sorted(named) if name in self.shared}

    def exported(self) -> dict[str, Spelling]:
        """Its word lists and patterns, for other dimensions."""

        def spelling(name: str, part: str, at: str) -> Spelling:
            made = Spelling(lambda backward: f"(?:{self.expand(part, at, backward, (name,))})")
            assert made.forward  # what is wrong with a pattern shows when the rules are loaded
            return made

        return {**self.macros, **{name: spelling(name, part, at) for name, (part, at) in self.parts.items()}}


PACKAGED = Path(__file__).resolve().parent / "_rules"


def rules_root() -> Path:
    """The folder of the rules: the environment variable, else beside the package, else inside the installed package."""
    if named := os.environ.get(RULES_VARIABLE):
        return Path(named)
    beside = PACKAGED.parent.parent / "rules"
    return beside if beside.is_dir() else PACKAGED


def use_rules(root: Path) -> None:
    """Take the rules of this process, and of those that it starts, from a folder. Raises InputError where none is."""
    if not root.is_dir():
        raise InputError(f"{root}: no such folder of rules; `union-events rules --copy {root}` makes one")
    os.environ[RULES_VARIABLE] = str(root.resolve())


def copy_rules(target: Path) -> None:
    """Copy the rules into a new folder, to be edited there. Raises InputError where it cannot be made."""
    if target.exists():
        raise InputError(f"{target} is there already: name a folder to be made")
    try:
        shutil.copytree(rules_root(), target)
    except OSError as error:
        raise InputError(f"{target}: the rules cannot be copied: {error}") from None


def load(root: Path | None = None) -> Rules:
    """All rules below ``root`` (default `rules_root`), checked. Raises RuleError with ``file:line``.

    They are read once, and again when a file of theirs is another one than it was.
    """
    folder = root or rules_root()
    return _load(str(folder), tuple(_files(folder)))


def _files(root: Path) -> Iterator[tuple[str, int, int, int, int]]:
    """What tells whether rules are as they were: every file's name, size, times and inode."""
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        if folder.is_dir():
            for path in sorted(p for p in folder.glob("*.yaml") if p.name != CORPUS):
                stat = path.stat()
                yield str(path), stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino


@functools.lru_cache(maxsize=4)
def _load(root_name: str, files: tuple[tuple[str, int, int, int, int], ...]) -> Rules:  # noqa: ARG001 (a part of the key)
    root = Path(root_name)
    if not root.is_dir():
        raise RuleError(f"{root}: no such folder of rules")
    exported: dict[str, Spelling] = {}
    dimensions: dict[str, RuleSet] = {}
    hashes: dict[str, str] = {}
    folders = sorted((p for p in root.iterdir() if p.is_dir()), key=lambda p: (p.name != SHARED, p.name))
    for folder in folders:
        if not any(folder.glob("*.yaml")):
            continue
        dimension = _Dimension(folder, root, exported)
        dimensions[folder.name] = dimension.ruleset()
        hashes[folder.name] = _hash(folder, dimension.borrowed())
        if folder.name == SHARED:
            exported = dimension.exported()
    keep_patterns()
    whole = hashlib.sha256("".join(f"{name}\0{value}\0" for name, value in sorted(hashes.items())).encode())
    return Rules(root, whole.hexdigest()[:16], hashes, dimensions)


Built = TypeVar("Built")
_built: dict[tuple[object, str, str, frozenset[str]], Any] = {}


def built(make: Callable[[Rules], Built], rules: Rules, *dimensions: str) -> Built:
    """What ``make`` makes of these rules, made once a process: the next part of articles finds it ready.

    ``dimensions`` are those that it reads, where it is made for stages that are given different ones: it is given no
    others then, so that all of them share what it makes. Raises RuleError where one of them is not given.
    """
    if dimensions:
        rules = rules.only(dimensions)
    key = (make, rules.hash, str(rules.root), frozenset(rules.dimensions))
    if key not in _built:
        # tests and notebooks load other rules: what was made of the old ones is let go
        for old in [k for k in _built if k[0] is make]:
            del _built[old]
        _built[key] = make(rules)
        keep_patterns()
    made: Built = _built[key]
    return made


def _hash(folder: Path, borrowed: Mapping[str, str]) -> str:
    """Of the rules alone, with what they take from the shared ones: a line added to a corpus changes no table."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.iterdir() if p.is_file() and p.name != CORPUS):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    digest.update("".join(f"{name}\0{pattern}\0" for name, pattern in borrowed.items()).encode())
    return digest.hexdigest()[:16]


def load_corpus(dimension: str, root: Path | None = None) -> tuple[list[CorpusLine], list[CorpusLine]]:
    """The lines of a dimension that must match and those that must not."""
    base = root or rules_root()
    file = _validated(_parse(base / dimension / CORPUS, base), _CorpusFile)
    return file.match, file.reject
