"""How names are folded before they are compared: data in ``rules/score/fold.yaml``, the way here."""

from __future__ import annotations

import functools
import re
import unicodedata
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.errors import RuleError


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Abbreviation(_Strict):
    pattern: str
    full: str


class _ToneMarks(_Strict):
    not_after: str
    pairs: dict[str, str]


class _Provinces(_Strict):
    province_word: str
    city_word: str
    cities: frozenset[str]


class _Examples(_Strict):
    same: list[tuple[str, str]]
    different: list[tuple[str, str]]


class _Tables(_Strict):
    abbreviations: list[_Abbreviation]


class _Settings(_Strict):
    letters: dict[str, str]
    tone_marks: _ToneMarks
    provinces: _Provinces
    examples: _Examples


class FoldFile(_Strict):
    """The shape of ``rules/score/fold.yaml``."""

    dimension: str
    about: str
    tables: _Tables
    settings: _Settings


class Folding:
    """Brings names to the string by which they are compared."""

    def __init__(self, file: FoldFile) -> None:
        tones = file.settings.tone_marks
        self.examples = file.settings.examples
        self._letters = str.maketrans(file.settings.letters)
        self._tones = tones.pairs
        # only an open syllable has two spellings, and "qu" is a consonant
        self._open = re.compile(rf"(?<!{re.escape(tones.not_after)})({'|'.join(tones.pairs)})(?!\w)")
        self._abbreviations = [(re.compile(a.pattern), a.full) for a in file.tables.abbreviations]
        self._provinces = file.settings.provinces

    @classmethod
    def load(cls, path: Path | None = None) -> Folding:
        """Read the file of rules (default: the project's own). Raises RuleError where it is missing or wrong."""
        if path is None:
            from pipeline.rules import rules_root

            path = rules_root() / "score" / "fold.yaml"
        try:
            return cls(FoldFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))))
        except OSError as error:
            raise RuleError(f"{path}: {error.strerror}") from None
        except (yaml.YAMLError, ValidationError, re.error) as error:
            raise RuleError(f"{path}: {error}") from None

    def fold(self, text: object) -> str:
        """NFC, lower case, one place of the tone mark, abbreviations written out, no punctuation."""
        folded = unicodedata.normalize("NFC", str(text)).translate(self._letters).lower()
        folded = self._open.sub(lambda m: self._tones[m.group()], folded)
        for pattern, full in self._abbreviations:
            folded = pattern.sub(full, folded)
        return " ".join(re.sub(r"[\"“”'‘’().,;:&–—-]", " ", folded).split())

    def fold_or_none(self, text: object | None) -> str | None:
        """`fold`, and None for None."""
        return None if text is None else self.fold(text)

    def org_key(self, text: str | None, province: str | None) -> str:
        """Fold a body's name without the (folded) province that it bears, so that both ways of naming it are one."""
        words = self._provinces
        key = f" {self.fold(text) if text is not None else ''} "
        if province and province in words.cities:
            key = key.replace(f" {words.city_word} {province} ", " ").replace(f" {words.city_word} ", " ")
        if province:
            key = key.replace(f" {words.province_word} {province} ", " ").replace(f" {province} ", " ")
        return " ".join(key.replace(f" {words.province_word} ", " ").split())


@functools.cache
def folding() -> Folding:
    """The project's own folding, read once."""
    return Folding.load()
