"""Check that every distribution that the lock file pins has a licence that goes with MIT.

    python tools/check_licences.py [requirements.lock]

Reads the metadata of what is installed here. Exits 1 with one line per offender: a licence that is not allowed, one
that nothing states, a version that is not the pinned one, or a distribution that is missing.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from importlib import metadata
from pathlib import Path
from typing import cast

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

# SPDX ids. MPL-2.0 asks only that changes to its own files are published; it is used, not changed or copied.
ALLOWED = frozenset(
    {
        "0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CNRI-Python", "ISC", "MIT", "MIT-0",
        "MIT-CMU", "MPL-1.1", "MPL-2.0", "PSF-2.0", "Python-2.0", "Unlicense", "Zlib",
    }
)  # fmt: skip

# What the metadata say in other words. A classifier that names no version is read as the family.
NAMES = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "Apache Software License 2.0": "Apache-2.0",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD 3-Clause License": "BSD-3-Clause",
    "BSD License": "BSD",
    "BSD-3": "BSD-3-Clause",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "ISC License": "ISC",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 1.1 (MPL 1.1)": "MPL-1.1",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The MIT License": "MIT",
    "The Unlicense (Unlicense)": "Unlicense",
    "zlib/libpng License": "Zlib",
}


@dataclass(frozen=True)
class Reviewed:
    """A licence that a person looked up, for the version named (a new version is looked at again)."""

    version: str
    licence: str
    reason: str


# Distributions whose metadata state no licence, or not in words that a program can read.
REVIEWED: dict[str, Reviewed] = {}

_WORD = re.compile(r"\(|\)|[^\s()]+")


def pins(lock: str) -> Iterator[Requirement]:
    """The requirements of a lock file, without their hashes."""
    for line in lock.splitlines():
        if line and not line[0].isspace() and line[0] not in "#-":
            try:
                yield Requirement(line.rstrip("\\ "))
            except InvalidRequirement as error:
                raise ValueError(f"cannot read the line {line!r} of the lock file: {error}") from None


def allowed(expression: str) -> bool:
    """Whether an SPDX expression can be met with allowed licences: any side of an OR, both sides of an AND.

    Raises ValueError where it is no SPDX expression.
    """
    words = _WORD.findall(expression)

    def one() -> bool:
        word = words.pop(0) if words else ""
        if word == "(":
            value = either()
            if not words or words.pop(0) != ")":
                raise ValueError(expression)
            return value
        if not re.fullmatch(r"[A-Za-z0-9.+-]+", word) or word.upper() in ("AND", "OR", "WITH"):
            raise ValueError(expression)
        if words and words[0].upper() == "WITH":  # an exception only ever adds permissions
            del words[:2]
        return word in ALLOWED

    def both() -> bool:
        value = one()
        while words and words[0].upper() == "AND":
            words.pop(0)
            value = one() and value
        return value

    def either() -> bool:
        value = both()
        while words and words[0].upper() == "OR":
            words.pop(0)
            value = both() or value
        return value

    value = either()
    if words:
        raise ValueError(expression)
    return value


def stated(found: Message) -> str | None:
    """The licence that a distribution's metadata state, as an SPDX expression where it can be had.

    The expression field goes before the classifiers and these before the free-text field. Several classifiers are
    all asked for: whether they are a choice only a person can tell.
    """
    if expression := found.get("License-Expression"):
        return str(expression)
    classifiers = [str(c).split(" :: ")[-1] for c in found.get_all("Classifier", []) if str(c).startswith("License ::")]
    named = sorted({NAMES.get(c, c) for c in classifiers} - {"OSI Approved"})
    if "BSD" in named and any(n.startswith("BSD-") for n in named):
        named.remove("BSD")
    if named:
        return " AND ".join(named)
    free = str(found.get("License") or "").strip()
    first = free.splitlines()[0].strip() if free else ""
    return NAMES.get(first, first) or None


def complaint(name: str, version: str, found: Message | None) -> str | None:
    """What is wrong with one pinned distribution, or None."""
    if found is None:
        return "is not installed here: run `make setup`"
    if found["Version"] != version:
        return f"is installed as {found['Version']}: run `make setup`"
    reviewed = REVIEWED.get(name)
    if reviewed and reviewed.version == version:
        licence: str | None = reviewed.licence
    else:
        licence = stated(found)
    if not licence:
        return "states no licence: look it up and enter it in REVIEWED"
    try:
        good = allowed(licence)
    except ValueError:
        return f"states its licence in words of its own ({licence[:60]!r}): look it up and enter it in REVIEWED"
    return None if good else f"is under {licence}, which is not among the licences that go with MIT"


def installed(name: str) -> Message | None:
    """The metadata of an installed distribution, None where it is not installed."""
    try:
        return cast("Message", metadata.metadata(name))
    except metadata.PackageNotFoundError:
        return None


def check(lock: str) -> tuple[int, list[str]]:
    """How many distributions were looked at, and one line per offender. What is not for this machine is left out."""
    looked, offenders = 0, []
    for pin in pins(lock):
        if pin.marker and not pin.marker.evaluate():
            continue
        name = canonicalize_name(pin.name)
        version = str(pin.specifier).removeprefix("==")
        looked += 1
        if wrong := complaint(name, version, installed(name)):
            offenders.append(f"{name} {version} {wrong}")
    return looked, offenders


def main(words: list[str]) -> int:
    """Check the lock file named (default ``requirements.lock``)."""
    lock = Path(words[0] if words else "requirements.lock").read_text(encoding="utf-8")
    looked, offenders = check(lock)
    for line in offenders:
        print(f"licence: {line}", file=sys.stderr)
    print(f"licences: {looked} distributions, {len(offenders)} of them to look at")
    return 1 if offenders or not looked else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
