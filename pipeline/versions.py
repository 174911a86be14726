"""What shaped a result beside its input: the package's own source and the libraries that find things."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
from pathlib import Path

# libraries whose version shapes what the stages find
_LIBRARIES = (
    "charset-normalizer",
    "dateparser",
    "ftfy",
    "htmldate",
    "lxml",
    "regex",
    "rensa",
    "trafilatura",
    "underthesea",
)


@functools.cache
def code_hash() -> str:
    """Of the package's own source and data: a part that older code made is never taken for a new one."""
    digest = hashlib.sha256()
    package = Path(__file__).resolve().parent
    for path in sorted([*package.rglob("*.py"), *package.rglob("*.json")]):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def library_versions() -> dict[str, str]:
    """The installed versions of the libraries that shape results."""
    return {name: importlib.metadata.version(name) for name in _LIBRARIES}
