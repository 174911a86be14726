"""The level code of a body, from its head and the parts of its name."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.extract.bodies.parsed import Parsed, Part


def level(parsed: Parsed, unit_words: Mapping[str, str]) -> str:
    """The level code of a body; ``unit_words`` are the codes of the words for kinds of places."""
    head = parsed.head
    nested = next((p.body for p in parsed.parts if p.body is not None), None)
    if head.level == "department":
        return level(nested, unit_words) if nested is not None and nested.head.group == "union" else "other"
    of_nation = parsed.part("nation") is not None and parsed.part("zone") is None
    if head.group == "union" and head.level in ("territory", "union", "industry") and of_nation:
        return "national_industry"
    place = parsed.part("place")
    if head.level == "territory":
        return _of_territory(place, unit_words)
    if head.level == "union":
        if nested is not None:
            wide = nested.head.wide or nested.head.group == "nation"
            return "national_industry" if wide else "grassroots"
        if parsed.part("zone") or parsed.part("sector"):
            return "industry"
        if place is not None and parsed.parts[0] is place:
            return _of_territory(place, unit_words)
        return "grassroots"
    return head.level


def _of_territory(place: Part | None, unit_words: Mapping[str, str]) -> str:
    if place is None or place.is_province:
        return "province"
    if place.unit is None:
        return "district"
    code = unit_words[place.unit]
    return "province" if code == "province" or (code == "city" and place.place is None) else "district"
