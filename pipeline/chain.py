"""The folders of parts of one setting of code, libraries, rules and field names, and what told them from others.

A folder's name holds the hash of all that shapes its parts: an edited rule gives the stages that read it, and those
after them, new folders, and leaves those before them alone.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.crf_words import SEGMENTER_VARIABLE
from pipeline.ingest.table import DIMENSION
from pipeline.reuse import Older
from pipeline.rules import Rules
from pipeline.stages import STAGES
from pipeline.storage import replacing
from pipeline.versions import code_hash, library_versions

INGEST = "ingest"
_MADE_BY = "made_by.json"
_RULES, _FOLDERS = "rules", "folders"
_FOLDER = re.compile(rf"(?:{INGEST}|{'|'.join(s.name for s in STAGES)})-[0-9a-f]{{12}}")


@dataclass(frozen=True, slots=True)
class Chain:
    """The folders of parts, one per stage, in order; ``made_by`` is what shapes them."""

    ingested: Path
    stages: tuple[Path, ...]
    made_by: dict[str, Any]

    @property
    def resolved(self) -> Path:
        """The last stage's folder: what the tables are made of."""
        return self.stages[-1]

    @property
    def folders(self) -> tuple[Path, ...]:
        """All of them."""
        return (self.ingested, *self.stages)

    def changed(self, interim: Path) -> dict[str, list[str]]:
        """What changed since a run was last finished, in words, by the stage from which on it matters."""
        before, now = _remembered(interim), self.made_by
        if before is None:
            return {}
        found: dict[str, list[str]] = {INGEST: []}
        if before["code"] != now["code"]:
            found[INGEST].append("the code of this tool changed")
        for name in sorted(before["libraries"] | now["libraries"]):
            old, new = before["libraries"].get(name), now["libraries"].get(name)
            if old != new:
                found[INGEST].append(f"{name} {old or 'none'} became {new or 'none'}")
        if before["mapping"] != now["mapping"]:
            found[INGEST].append("the names of fields (--map) changed")
        if before["segmenter"] != now["segmenter"]:
            found[INGEST].append(f"the segmenter {before['segmenter']} became {now['segmenter']}")
        for stage, dimensions in ((INGEST, (DIMENSION,)), *((s.name, s.dimensions) for s in STAGES)):
            edited = [d for d in dimensions if before["rules"].get(d) != now["rules"].get(d)]
            found.setdefault(stage, []).extend([f"rules changed: {', '.join(edited)}"] if edited else [])
        return found

    def older(self, interim: Path) -> tuple[Older | None, ...]:
        """For every stage its folder of the run last finished, where only what it was given differs from now."""
        before, now = _remembered(interim), self.made_by
        if before is None or any(before.get(what) != now[what] for what in now if what not in (_RULES, _FOLDERS)):
            return (None,) * len(STAGES)
        found = []
        for stage, (given, made), folder in zip(STAGES, itertools.pairwise(before[_FOLDERS]), self.stages, strict=True):
            as_now = all(before[_RULES].get(d) == now[_RULES].get(d) for d in stage.dimensions)
            found.append(Older(interim / given, interim / made) if as_now and made != folder.name else None)
        return tuple(found)

    def remember(self, interim: Path) -> None:
        """Note what made the parts, for the next `changed` and `older`."""
        with replacing(interim / _MADE_BY) as temporary:
            temporary.write_text(json.dumps(self.made_by, indent=2) + "\n", encoding="utf-8")

    def others(self, interim: Path) -> list[Path]:
        """The folders of parts that other code, libraries, rules and field names made."""
        return [f for f in interim.iterdir() if _FOLDER.fullmatch(f.name) and f not in self.folders]


def _remembered(interim: Path) -> dict[str, Any] | None:
    """What made the parts of the run last finished."""
    try:
        before: dict[str, Any] = json.loads((interim / _MADE_BY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return before


def chain_of(interim: Path, rules: Rules, mapping: Mapping[str, str]) -> Chain:
    """The chain of the present code, libraries and rules below ``interim``."""
    made_by: dict[str, Any] = {
        "code": code_hash(),
        "libraries": library_versions(),
        "mapping": dict(sorted(mapping.items())),
        "segmenter": os.environ.get(SEGMENTER_VARIABLE, "fast"),
    }
    key = hashlib.sha256(json.dumps([made_by, rules.hashes.get(DIMENSION, "")]).encode()).hexdigest()
    folders = [interim / f"{INGEST}-{key[:12]}"]
    for stage in STAGES:
        shaped = [key, stage.name, [rules.hashes.get(d, "") for d in stage.dimensions]]
        key = hashlib.sha256(json.dumps(shaped).encode()).hexdigest()
        folders.append(interim / f"{stage.name}-{key[:12]}")
    made_by |= {_RULES: dict(rules.hashes), _FOLDERS: [folder.name for folder in folders]}
    return Chain(folders[0], tuple(folders[1:]), made_by)
