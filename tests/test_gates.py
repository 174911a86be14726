"""The first words of patterns, and families of rules searched for by them."""

from __future__ import annotations

import pytest

from pipeline import rules
from pipeline.gates import Guarded, RuleIndex, first_words
from pipeline.text import canonical, nfc

B, E = r"(?<![\p{L}\p{N}_])", r"(?![\p{L}\p{N}_])"


def lines() -> list[str]:
    """Every line of every corpus, as written, in capitals or with doubled spaces."""
    found = []
    for dimension in rules.load().dimensions:
        if (rules.rules_root() / dimension / rules.CORPUS).exists():
            match, reject = rules.load_corpus(dimension)
            found += [canonical(nfc(line.text)) for line in (*match, *reject)]
    return [*found, *(line.upper() for line in found[::5]), *(line.replace(" ", "  ") for line in found[1::5])]


@pytest.mark.parametrize(
    ("pattern", "word", "following", "admitted"),
    [
        (rf"{B}(?i:hội[ ]{{1,3}}nghị){E}", "hội", "nghị", True),
        (rf"{B}(?i:hội[ ]{{1,3}}nghị){E}", "hội", "thi", False),
        (rf"{B}(?i:hội[ ]{{1,3}}nghị){E}", "hội", "", False),
        (rf"{B}(?i:HỘI){E}", "hội", "thi", True),
        (rf"{B}(?:lễ|họp)", "họpbáo", "", True),
        (rf"{B}(?:lễ|họp){E}", "họpbáo", "", False),
        (rf"{B}(?:đã[ ])?thăm,?[ ]", "thăm", "nhà", True),
        (rf"{B}(?:đã[ ])?thăm,?[ ]", "đã", "thăm", True),
        (rf"{B}(?:đã[ ])?thăm,?[ ]", "đã", "về", False),
        (rf"{B}\d{{1,2}}[ ]tháng", "00", "tháng", True),
        (rf"{B}(?!xin)x\p{{L}}+", "xe", "", True),
        (rf"{B}(?!xin)x\p{{L}}+", "ye", "", False),
        (rf"{B}[qQ]u[ýy][ ]", "quý", "iii", True),
        (rf"{B}(?:ab)+c", "ababc", "", True),
    ],
)
def test_first_words(pattern: str, word: str, following: str, admitted: bool) -> None:
    first = first_words(pattern)
    assert first is not None
    assert first.admits(word, following) is admitted


@pytest.mark.parametrize(
    "pattern",
    [
        "(?i:hội)[ ]nghị",  # may begin within a word
        rf"{B}[\"']lễ",
        rf"{B}(?:lễ)?[ ]?nghị",
        rf"{B}\p{{Lu}}\p{{L}}+",
        rf"{B}(?:lễ|.)",
        r"(?r){B}lễ",
        rf"{B}(?P<a>lễ)(?P=a)|\Z",
    ],
)
def test_patterns_that_may_begin_with_anything_have_no_first_words(pattern: str) -> None:
    assert first_words(pattern) is None


@pytest.mark.parametrize("dimension", sorted(rules.load().dimensions))
def test_an_index_finds_what_every_rule_finds(dimension: str) -> None:
    # those that are searched for everywhere are not what is tried here
    family = [rule for rule in rules.load()[dimension].rules if first_words(rule.regex.pattern) is not None]
    index = RuleIndex(family)
    for line in lines():
        found = [(rule.id, match.span()) for rule, match in index.finditer(line)]
        assert found == [(rule.id, match.span()) for rule in family for match in rule.finditer(line)], line


def test_rules_that_may_begin_with_anything_keep_their_place() -> None:
    loaded = rules.load()
    family = [loaded["event"].rule("event.congress"), *loaded["percent"].rules, loaded["event"].rule("event.launch")]
    line = "Lễ phát động và đại hội: 95% đoàn viên dự đại hội, 5% vắng"
    found = [(rule.id, match.span()) for rule, match in RuleIndex(family).finditer(line)]
    assert found == [(rule.id, match.span()) for rule in family for match in rule.finditer(line)]
    assert {"event.congress", "percent.sign", "event.launch"} <= {rule_id for rule_id, _ in found}


def test_an_index_of_event_rules_searches_for_none_of_them_everywhere() -> None:
    assert all(first_words(rule.regex.pattern) is not None for rule in rules.load()["event"].rules)


def test_a_guarded_pattern_matches_as_it_does_without_its_guard() -> None:
    own = rules.load()["official"]
    for pattern in (own.pattern(r"(?P<cue>{cue}){E}"), own.pattern(r"{s}(?P<cue>{cue}){E}")):
        guarded = Guarded(pattern)
        for line in lines()[::20]:
            for at in range(0, len(line) + 1, 3):
                for end in (None, at + 9):
                    plain = pattern.match(line, at, end)
                    found = guarded.match(line, at, end)
                    assert (found and found.span()) == (plain and plain.span()), (line, at)
