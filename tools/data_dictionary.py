"""Writes docs/tables.md from the schema module: ``python -m tools.data_dictionary [--check]``."""

from __future__ import annotations

import sys
from pathlib import Path

from pipeline import schema
from pipeline.errors import Issue, Reject

TARGET = Path(__file__).resolve().parent.parent / "docs" / "tables.md"


def text() -> str:
    """The data dictionary as Markdown."""
    lines = [
        "# The tables",
        "",
        "Written by `make dictionary` from `pipeline/schema.py`; a test holds them equal. Empty means unknown (null),",
        "never a default. Offsets count Python characters: `articles.text[span_start:span_end] == text`.",
    ]
    for name, row in schema.TABLES.items():
        lines += [
            "",
            f"## {name}",
            "",
            (row.__doc__ or "").strip(),
            "",
            "| column | type | meaning |",
            "| --- | --- | --- |",
        ]
        for column in schema.columns(row):
            meaning = column.metadata["about"].replace("|", "\\|")
            lines.append(f"| {column.name} | {column.metadata['type']} | {meaning} |")
    lines += ["", "## Codes", "", f"`rejects.reason`: {', '.join(f'`{r.value}`' for r in Reject)}.", ""]
    lines.append(f"`issues.code`: {', '.join(f'`{i.value}`' for i in Issue)}.")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the file, or with ``--check`` say whether it is as it should be."""
    if "--check" in sys.argv[1:]:
        return int(TARGET.read_text(encoding="utf-8") != text())
    TARGET.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
