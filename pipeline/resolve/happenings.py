"""What an article reports where no words name an event of a type: an accident, an arrest, a ruling, a statement.

A verb of the head (title, lede, first sentences of the text) reports a happening where something says that it took
place: a day beside it, a word for the time just past ("sáng nay", "vừa"), a verb that is told as done. Comment, law
explained and interviews report none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from regex import Pattern

from pipeline.document import Document, Sentence
from pipeline.facts import EventMention
from pipeline.resolve.dates import ResolvedDate
from pipeline.rules import Rules, RuleSet

# the flag and the rule of an event that only a verb tells of
HAPPENING = "event_inferred"
_RULE = "event.happening"
# an interview shows in its first questions (characters)
_HEAD = 4000
# words may stand so far before a verb and govern it (characters)
_BEFORE = 60
# ... and the case of which it tells so far (characters)
_CASE = 150
# a day so many days from the report is not the day of news
_RECENT = 45
# and a quotation may go on so far behind (characters)
_QUOTE = 1500
# what it is called ends behind so many characters at the latest
_LONGEST = 160


@dataclass(frozen=True, slots=True)
class _Found:
    weight: float
    start: int
    end: int


def background(ruleset: RuleSet) -> Pattern[str]:
    """What stands before a day that bounds, orders or precedes what is told (its group ``earlier``: precedes)."""
    return ruleset.pattern(
        r"{B}(?:(?<!{B}{compound_first}{sp}){background_day}|(?P<earlier>{earlier_day}){s},?){s}"
        r"(?:{day_word}{sp}){0,2}\Z"
    )


class HappeningFinder:
    """Finds the happening that the head of an article reports; built once from the rules."""

    def __init__(self, rules: Rules) -> None:
        ruleset = rules["event"]
        self._sentences = int(ruleset.settings["happening_sentences"])
        self._weights: dict[str, float] = ruleset.settings["happening_weight"]
        self._verb = ruleset.pattern(
            r"{B}(?:(?P<occurrence>{occurrence_verb})|(?P<act>{act_verb})|(?P<statement>{statement_verb})){E}"
        )
        self._untold = ruleset.pattern(r"{B}(?:{untold_before}{E}(?:{sp}[\p{L}\d]{1,12}){0,2}|{noun_before}){sp}\Z")
        self._told = ruleset.pattern(r"{B}{told_before}{E}(?:{sp}[\p{L}\d]{1,12}){0,4}{sp}\Z")
        # "sau vụ sạt lở", "sau vụ sạt lở ở B, làm 6 người thiệt mạng"
        self._past_case = ruleset.pattern(
            r"{B}{past_case}{E}(?:(?:{sp}\p{Ll}{1,8}){0,2}{sp}|[^.;\n]{0,90}?{B}{case_did}{sp}[^.;,\n]{0,30})\Z"
        )
        self._background = background(ruleset)
        self._recent = ruleset.pattern(r"{B}{recent_word}{E}")
        self._law = ruleset.pattern(r"{B}{law_cue}{E}")
        self._quoted = ruleset.pattern(r"""["“][^"“”\n]{1,1500}["”]|(?<![\p{L}\d])'[^'\n]{1,200}'(?![\p{L}\d])""")
        self._asks = ruleset.pattern(r"{B}{question_word}{E}|\?{s}\Z|\A{s}[\"'“‘][^\"'“”‘’\n]{1,300}[\"'”’]{s}\Z")
        self._comment = ruleset.pattern(r"{B}{comment_cue}{E}")
        self._rubric = ruleset.pattern(r"{s}{rubric}{s}:?{s}\Z")
        self._author = ruleset.pattern(r"{B}{author_word}{E}")
        self._interview = ruleset.pattern(r"(?:^|\s)(?:\*{s}|{interviewer}{s}:)[^\n*]{5,400}?\?")
        self._stop = ruleset.pattern(r"[.;:\n](?=\s|\Z)|,[ ]|{sp}{name_stops}{E}|\Z")

    def is_comment(self, document: Document) -> bool:
        """Whether an article comments, explains, answers or interviews: it asks, or its author speaks."""
        key = document.key
        title = next((b for b in document.blocks if b.kind == "title"), None)
        if title is not None and self._asks.search(key[title.start : title.end]):
            return True
        running = document.running()[: self._sentences]
        told = self._unquoted(key, running)
        spoken = [told[s.start : s.end] for s in running]
        if any(self._author.search(t) or self._comment.search(t) or self._rubric.match(t) for t in spoken):
            return True
        for some in (self._comment, self._rubric):
            if title is not None and some.search(key, title.start, title.end):
                return True
        return self._interview.search(key, 0, min(len(key), _HEAD)) is not None

    def find(self, document: Document, dates: Sequence[ResolvedDate]) -> EventMention | None:
        """The happening that the article reports, its name from its verb on; None where it reports none."""
        if self.is_comment(document):
            return None
        key = document.key
        running = document.running()[: self._sentences]
        titles = [s for s in document.sentences if s.kind == "title"][:1]
        head = [*titles, *running]
        dated_at = [self._is_dated(document, key, s, dates) for s in head]
        news = any(dated_at[len(titles) :])
        unquoted = self._unquoted(key, head)
        found: list[_Found] = []
        for number, (sentence, dated) in enumerate(zip(head, dated_at, strict=True)):
            text = unquoted[sentence.start : sentence.end]
            first = sentence in titles or sentence in running[:1]
            is_law = self._law.search(text) is not None
            for match in self._verb.finditer(text):
                before = text[max(0, match.start() - _BEFORE) : match.start()]
                if self._untold.search(before):
                    continue
                if self._past_case.search(text, max(0, match.start() - _CASE), match.start()):
                    continue
                kind = str(match.lastgroup)
                told = self._told.search(before) is not None and not is_law
                if kind == "statement":
                    grounded = number <= 3 and self._has_day(document, key, sentence, dates)
                else:
                    grounded = dated or (news and first) or (first and told)
                    grounded = grounded or (kind == "occurrence" and first and not is_law)
                if grounded:
                    weight = self._weights[kind] * (2.0 if dated else 1.0) * (0.9**number)
                    start = sentence.start + match.start()
                    found.append(_Found(weight, start, self._end(key, sentence, start + len(match[0]))))
        if not found:
            return None
        best = max(found, key=lambda f: (f.weight, -f.start))
        return EventMention(start=best.start, end=best.end, rule_id=_RULE, event_type="other", weight=best.weight)

    def _unquoted(self, key: str, sentences: Sequence[Sentence]) -> str:
        """The text to the end of those sentences, blanks for what it quotes: words of others report nothing here."""
        end = max((s.end for s in sentences), default=0)
        # a quotation that goes on is blank as far as it goes
        head = key[: end + _QUOTE]
        return self._quoted.sub(lambda m: " " * len(m[0]), head)[:end]

    def _is_dated(self, document: Document, key: str, sentence: Sentence, dates: Sequence[ResolvedDate]) -> bool:
        """Whether a sentence speaks of the time of the report: a day of it, or a word for the time just past."""
        return self._recent.search(key, sentence.start, sentence.end) is not None or self._has_day(
            document, key, sentence, dates
        )

    def _has_day(self, document: Document, key: str, sentence: Sentence, dates: Sequence[ResolvedDate]) -> bool:
        """Whether a sentence names a day near the report, none that bounds or precedes what is told."""
        published = document.published.date() if document.published else None
        days = [d for d in dates if sentence.start <= d.mention.start < sentence.end and not d.mention.is_document]
        days = [d for d in days if d.mention.precision == "day"]
        days = [d for d in days if not self._background.search(key, max(0, d.mention.start - _BEFORE), d.mention.start)]
        return any(d.date_start is None or published is None or _is_near(d.date_start, published) for d in days)

    def _end(self, key: str, sentence: Sentence, behind: int) -> int:
        limit = min(sentence.end, behind + _LONGEST)
        stop = self._stop.search(key, behind, limit)
        end = stop.start() if stop else limit
        return behind + len(key[behind:end].rstrip(" \"'-"))


def _is_near(day: dt.date, published: dt.date) -> bool:
    return -_RECENT <= (day - published).days <= 1
