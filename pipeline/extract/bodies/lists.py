"""The word lists of ``rules/body`` in which a name goes on after its head, or ends."""

from __future__ import annotations

from pipeline.extract.bodies.words import Words, any_of
from pipeline.patterns import compile_pattern
from pipeline.rules import Rules
from pipeline.text import fold


class Lists:
    """Each list as `Words`, which give the end of the word at a place and what it stands for."""

    def __init__(self, rules: Rules) -> None:
        lexicon, settings = rules["body"].lexicon, rules["body"].settings
        joined = str(settings["joined_by"])
        self.sectors = Words(dict(lexicon["sectors"]), joined)
        self.functions = Words({**lexicon["sectors"], **lexicon["functions"]}, joined)
        self.associations = Words(dict(lexicon["associations"]), joined)
        self.zones = Words(dict(lexicon["zones"]), joined)
        self.forms = Words(dict(lexicon["forms_of_firm"]), joined)
        self.closers = Words.plain(lexicon["closers"])
        self.inner = Words.plain(lexicon["inner_words"])
        self.stops = Words.plain(lexicon["stop_words"])
        self.countries = Words.plain(lexicon["countries"])
        self.nation_name = str(settings["nation"])
        self.nation = Words(dict.fromkeys(lexicon["nation_words"], self.nation_name))
        self.centre = Words(dict.fromkeys(lexicon["centre_words"], str(settings["centre"])))
        self.joiners = frozenset(settings["joiners"])
        self.owners = Words.plain(lexicon["owner_words"])
        numbers = any_of(lexicon["number_words"])
        self.number = compile_pattern(rf"(?:(?i:{numbers})[ ])?(?:\d{{1,2}}|[IVX]{{1,5}})(?![\p{{L}}\p{{N}}])")
        short = [w for w in lexicon["states"] if " " not in w]
        long = [w for w in lexicon["states"] if " " in w]
        # a country of one syllable is a person's name where another follows ("Anh Tuấn")
        self.country = compile_pattern(
            rf"(?:(?i:{any_of(lexicon['state_parties'])})[ ])?(?=\p{{Lu}})"
            rf"(?:(?i:{any_of(long)})|(?i:{any_of(short)})(?![ ]\p{{Lu}}\p{{Ll}}))(?![\p{{L}}\p{{N}}])"
        )
        self._vietnam = self.nation_name.split(" ")[0]
        self._expanded = dict(lexicon["expanded"])

    def ends_in_nation(self, words: str) -> bool:
        """Whether the nation's own name ends the words."""
        return words.endswith(self._vietnam)

    def expanded(self, word: str) -> str:
        """A word of a name in full: a short form in capitals written out, others as they are."""
        return self._expanded.get(fold(word), word) if word.isupper() else word
