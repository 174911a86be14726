"""Words that name an event: its type, whether the text says that it was held, the number of a congress.

The extractor names candidates; `pipeline.resolve.events` decides which of them the article reports.
"""

from __future__ import annotations

import dataclasses

import regex

from pipeline.document import Passage, Taken
from pipeline.extract.anchors import anchors
from pipeline.facts import EventMention
from pipeline.gates import RuleIndex
from pipeline.rules import Rule, Rules

# how far before a name its verb, or the words that make it a mere reference, may stand (characters)
_BEFORE = 80
# ... and those who hold it, where they are many
_CLAUSE = 200
_ROMAN = {"i": 1, "v": 5, "x": 10}


def roman(text: str) -> int | None:
    """The value of a Roman numeral of congresses (I to XXXIX); None where the text is none."""
    total = 0
    for char, following in zip(text.lower(), [*text.lower()[1:], ""], strict=True):
        value = _ROMAN.get(char)
        if value is None:
            return None
        total += -value if _ROMAN.get(following, 0) > value else value
    return total or None


class EventExtractor:
    """Finds the names of events in a passage."""

    def __init__(self, rules: Rules) -> None:
        ruleset = rules["event"]
        self._rules = RuleIndex(ruleset.rules, anchors(rules))
        self._ruleset = ruleset
        self._verb = ruleset.pattern(
            r"(?r){B}(?<!{B}(?i:ban){sp})(?P<verb>{hold_verb})"
            r"(?:[ ]{1,3}(?:{hold_filler}|[\d.]{1,5}))*[ ]{0,3}[\"']?(?:{meeting}[ ])?[\"']?"
        )
        self._reference = ruleset.pattern(r"(?r){B}{reference_before}(?:{sp}{reference_filler})?{s}[\"']?")
        self._nominal = ruleset.pattern(r"(?r){B}{nominal_before}{s}")
        self._joined = ruleset.pattern(r"[^.;:\n]{0,70}?(?:,|{B}{joined_by}){sp}(?:{reference_filler}{sp})?\Z")
        self._future = ruleset.pattern(r"{B}{future}{E}")
        self._postponed = ruleset.pattern(r"{B}{postponed}{E}")
        self._several = ruleset.pattern(
            r"(?r)(?<!{B}{ordinal}{sp}|\d)(?!0?1[ ])\d[\d.]{0,6}{sp}(?P<counted>{counted_event}{sp})?"
        )
        # "Đại hội công đoàn cơ sở là …" explains what one is, and those "các cấp" are many
        self._explained = ruleset.pattern(
            r"(?:(?:{sp}\p{Ll}{1,8}){0,4}?{sp}{explained_by}|(?:{sp}\p{L}{1,8}){0,2}?{sp}{of_many}){E}"
        )
        # "45/60 DN đã tổ chức đối thoại": many of them, of which each held one
        self._many = ruleset.pattern(
            r"(?:{B}{many_hosts}{E}|(?:(?<!{day_word}{sp}|[\d/.-])\d[\d.]{0,6}/\d[\d.]{0,6}|\d[ ]?%){sp}"
            r"(?:\p{L}{1,8}{sp}){0,2}?{counted_host}{E})[^.;:,\n]{0,60}\Z"
        )
        # "Đại hội sẽ được tổ chức", "Hội nghị sẽ do Thủ tướng chủ trì": of this gathering, not of one named in between
        self._to_come = ruleset.pattern(
            r"(?:(?!{B}(?:{meeting}|{congress_word}|{meeting_head}){E})[^.;:,\n]){0,110}?{B}{future}{sp}"
            r"(?:{held_verb}|(?i:do{sp})[^.;:,\n]{2,90}?{B}{hold_verb}){E}"
        )
        # "sẽ làm lễ", "lên đường dự đại hội": nothing stands between but a word or two
        self._not_yet = ruleset.pattern(
            r"{B}(?:{future}{E}(?:{sp}(?!{future_past}{E})[\p{L}]{1,8}){0,3}?"
            r"|(?:{leaving}{E}[^.;:\n]{0,60}?|{future}{E}[^.;:,\n]{0,60}?){B}{attend_verb}(?:{sp}{meeting})?)(?:{sp}{reference_filler})?{s}[\"']?\Z"
        )
        self._put_off = ruleset.pattern(r"{B}{postponed}{E}(?:{sp}(?:{hold_filler}|{meeting}))?{sp}[\"']?\Z")
        self._is_put_off = ruleset.pattern(
            r"(?:(?!{B}(?:{meeting}|{congress_word}|{meeting_head}){E})[^.;:,\n]){0,60}?{B}{put_off}{sp}{postponed}{E}"
        )
        self._held_by_each = frozenset(ruleset.lexicon["held_by_each"])
        self._held = ruleset.pattern(r"[^.;:\n]{0,60}?{B}{held_verb}{E}")
        self._negated = ruleset.pattern(r"(?r){B}{negated}[ ]{1,3}")
        self._number = ruleset.pattern(
            r"\A[^.;:\n]{0,120}?{B}(?:{congress_ordinal}[ ]{1,3}(?P<number>[IVXivx]{1,7}|\d{1,2}|{number_word}){E}"
            r"|(?<={congress_word}[ ])(?P<bare>[IVX]{1,7}|\d{1,2})(?=[ ]{1,3}\p{L}))"
        )
        self._congress = ruleset.pattern(r"{B}{congress_word}{E}")
        self._name_end = ruleset.pattern(r"(?:[.;:](?=\s|\Z)|,[ ](?!{name_goes_on}{E})|{sp}{name_stops}{E}|\Z)")

    def __call__(self, passage: Passage, taken: Taken) -> list[EventMention]:
        """The events named, each with the span of its name."""
        key = passage.key
        found: list[EventMention] = []
        reference_ends: dict[str, int] = {}
        for rule, match in self._rules.finditer(key):
            mention = self._mention(rule, match, key)
            end = reference_ends.pop(rule.id, None)
            if end is not None and mention.verb_start is None and not mention.is_reference:
                # "chào mừng Đại hội A, Đại hội B": the second is referred to as the first is
                joined = self._joined.match(key, end, match.start()) is not None
                mention = dataclasses.replace(mention, is_reference=joined)
            if mention.is_reference:
                reference_ends[rule.id] = match.end()
            found.append(mention)
        return _longest(found)

    def _mention(self, rule: Rule, match: regex.Match[str], key: str) -> EventMention:
        before = key[max(0, match.start() - _BEFORE) : match.start()]
        offset = match.start() - len(before)
        verb = self._verb.match(before)
        nominal = verb is not None and self._nominal.match(before[: verb.start("verb")]) is not None
        name_end = self._end_of_name(key, match)
        status = "held"
        if verb is not None:
            clause = before[: verb.start("verb")].rsplit(".", 1)[-1]
            if self._postponed.search(clause):
                status = "postponed"
            elif self._future.search(clause):
                status = "announced"
        elif self._put_off.search(before) or self._is_put_off.match(key, match.end()):
            status = "postponed"
        elif self._to_come.match(key, match.end()) or self._not_yet.search(before):
            status = "announced"
        is_reference = verb is None and self._reference.match(before) is not None
        # "42 cuộc đối thoại" are a figure
        several = self._several.match(before) if verb is None else None
        counts = several is not None and (several["counted"] is not None or bool(rule.set.get("gathering")))
        is_reference = is_reference or nominal or counts
        if verb is None and rule.set.get("numbered") and self._explained.match(key, match.end()):
            is_reference = True
        if self._negated.match(before[: verb.start("verb")] if verb else before):
            is_reference = True
        kind = str(rule.set["event_type"])
        if kind in self._held_by_each and self._many.search(key, max(0, match.start() - _CLAUSE), match.start()):
            is_reference = True
        return EventMention(
            start=match.start(),
            end=name_end,
            rule_id=rule.id,
            event_type=kind,
            weight=float(rule.set["weight"]),
            is_gathering=bool(rule.set.get("gathering", False)),
            is_reference=is_reference,
            status=status,
            congress_no=self._congress_no(key, match) if rule.set.get("numbered") else None,
            verb_start=None if verb is None or nominal else offset + verb.start("verb"),
            verb_end=None if verb is None or nominal else offset + verb.end("verb"),
            is_held=bool(rule.set.get("gathering")) and self._held.match(key, match.end()) is not None,
        )

    def _end_of_name(self, key: str, match: regex.Match[str]) -> int:
        end = self._name_end.search(key, match.end(), min(len(key), match.end() + 220))
        stop = end.start() if end else match.end()
        return match.end() + len(key[match.end() : stop].rstrip(' "-'))

    def _congress_no(self, key: str, match: regex.Match[str]) -> int | None:
        end = min(len(key), match.start() + 160)
        # the number of a congress named further on is not this one's
        following = self._congress.search(key, match.end(), end)
        end = following.start() if following else end
        found = self._number.search(key[match.start() : end])
        if found is None:
            return None
        text = found["number"] or found["bare"]
        if text.isdigit():
            number = int(text)
            return number if 0 < number < 60 else None
        word = self._ruleset.value("number_word", text)
        return int(word) if word is not None else roman(text)


def _longest(found: list[EventMention]) -> list[EventMention]:
    """Of mentions that begin inside one another keep the one with more weight, and of equal ones the longer."""
    kept: list[EventMention] = []
    for mention in sorted(found, key=lambda m: (-m.weight, m.start, -m.end)):
        if not any(k.start <= mention.start < k.end and _head(k, mention) for k in kept):
            kept.append(mention)
    return sorted(kept, key=lambda m: m.start)


def _head(kept: EventMention, other: EventMention) -> bool:
    """Whether ``other`` is only a part of the name of ``kept``: what was done at a gathering does not rename it."""
    return kept.is_gathering or kept.start == other.start
