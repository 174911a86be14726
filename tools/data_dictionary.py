"""Writes docs/tables.md from the schema module: ``python -m tools.data_dictionary [--check]``."""

from __future__ import annotations

import sys
from pathlib import Path

from pipeline import schema
from pipeline.codes import Code
from pipeline.score.columns import measures

TARGET = Path(__file__).resolve().parent.parent / "docs" / "tables.md"


def text() -> str:
    """The data dictionary as Markdown."""
    lines = [
        "# The tables",
        "",
        "Written by `make dictionary` from `pipeline/schema.py` and `pipeline/codes.py`; a test holds them equal.",
        "Empty means unknown (null), never a default. Offsets count Python characters:",
        "`articles.text[span_start:span_end] == text`.",
        "",
        "The last column names the measures of `make score` in which a wrong value shows",
        "([evaluation.md](evaluation.md)). Where it has a dash no gold asks for the column, and nobody has counted how",
        "often it is right. Of events the main one of an article alone is scored.",
    ]
    for name, row in schema.TABLES.items():
        lines += [
            "",
            f"## {name}",
            "",
            (row.__doc__ or "").strip(),
            "",
            "| column | type | meaning | scored in |",
            "| --- | --- | --- | --- |",
        ]
        for column in schema.columns(row):
            meaning = column.metadata["about"].replace("|", "\\|")
            if (codes := column.metadata["codes"]) is not None:
                meaning += f" ([codes](#{anchor(codes)}))"
            scored = ", ".join(f"`{measure}`" for measure in measures(name, column.name)) or "–"
            lines.append(f"| {column.name} | {column.metadata['type']} | {meaning} | {scored} |")
    lines += [
        "",
        "## Codes",
        "",
        "The closed lists: a column that refers to one of them holds nothing else, or null where its meaning says so.",
    ]
    for codes, where in columns_by_codes().items():
        lines += ["", f"### {codes.__name__}", "", f"{(codes.__doc__ or '').strip()} In {', '.join(where)}.", ""]
        lines += ["| code | meaning |", "| --- | --- |"]
        lines += [f"| `{code.value}` | {code.about} |" for code in codes]
    return "\n".join(lines) + "\n"


def columns_by_codes() -> dict[type[Code], list[str]]:
    """The columns of every closed list."""
    found: dict[type[Code], list[str]] = {}
    for table in schema.TABLES:
        for column, codes in schema.codes_of(table).items():
            found.setdefault(codes, []).append(f"`{table}.{column}`")
    return found


def anchor(codes: type[Code]) -> str:
    """The place of a list in the file."""
    return codes.__name__.lower()


def main() -> int:
    """Write the file, or with ``--check`` say whether it is as it should be."""
    if "--check" in sys.argv[1:]:
        return int(TARGET.read_text(encoding="utf-8") != text())
    TARGET.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
