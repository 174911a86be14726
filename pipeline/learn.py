"""``union-events learn``: the furniture of sites, learnt from a folder of articles, as rules for a person to read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from pipeline import rules
from pipeline.clean import RawRecord, cleaner_for
from pipeline.cleaning.site_lines import MIN_PAGES, MIN_SHARE, TABLE, Learner, SiteLines, site_of
from pipeline.errors import InputError
from pipeline.ingest import batches, ingest

_ABOUT = (
    "Lines that stand in most pages of a site, learnt by `union-events learn`: read them, and take out what is an "
    "article's. Numbers in them stand for any number. `site` is a host, or the folder or file of its articles."
)


def learnt_file() -> Path:
    """Where what is learnt belongs among the rules. Raises InputError where these are the installed package's own."""
    root = rules.rules_root()
    if root.resolve() == rules.PACKAGED:
        raise InputError(
            "the rules in use are those of the installed package, which are not written to: make a copy with "
            "`union-events rules --copy DIR` and name it with --rules DIR, or name a file with --out"
        )
    return root / "furniture" / "learnt.yaml"


def learn(
    raw: Path, mapping: Mapping[str, str] | None = None, min_pages: int = MIN_PAGES, min_share: float = MIN_SHARE
) -> list[SiteLines]:
    """What the articles below ``raw`` teach of their sites' furniture, beyond what the rules know already.

    A line counts that stands in at least ``min_share`` of the different articles of a site that has ``min_pages`` of
    them. Raises InputError, RuleError.
    """
    cleaner = cleaner_for(rules.load())
    learner = Learner(cleaner.reader.looks.is_told, min_pages, min_share)
    for batch in batches(raw):
        for row in ingest(batch, mapping).to_pylist():
            if row["raw"] is not None:
                record = RawRecord(row["raw"], row["format"], row["whole_file"], row["source"], row["url"])
                url, lines = cleaner.lines_of(record)
                learner.add(site_of(row["source"], url), row["sha256"], lines)
    return learner.learnt()


def save(found: list[SiteLines], path: Path) -> None:
    """Write what was learnt; sites of an earlier file that were not seen now stay. Raises InputError."""
    try:
        before: Any = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None
        known = [SiteLines.model_validate(row) for row in (before or {}).get("tables", {}).get(TABLE, [])]
        sites = {site.site: site for site in [*known, *found]}
        rows = [sites[name].model_dump() for name in sorted(sites)]
        data = {"dimension": "furniture", "about": _ABOUT, "tables": {TABLE: rows}}
        text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120)
        path.write_text(text, encoding="utf-8")
    except (OSError, yaml.YAMLError, ValueError, AttributeError) as error:
        raise InputError(f"{path}: what was learnt cannot be kept here: {error}") from None
