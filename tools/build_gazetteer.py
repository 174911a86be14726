"""Builds rules/place/districts.yaml and rules/place/communes.yaml from the address data that underthesea ships.

    python tools/build_gazetteer.py

The data (underthesea/address/data/mapping.json, Apache-2.0) map every ward of before 1 July 2025 to the unit that
covers it since. The two files hold only names: districts by province (as it was) and communes by province (as it is).
Run it again when underthesea's data change; provinces.yaml is kept by hand.
"""

from __future__ import annotations

import collections
import importlib.util
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent / "rules" / "place"
HEADER = """\
# Made by tools/build_gazetteer.py: do not edit, add to provinces.yaml instead.
# Source: underthesea {version}, address data (underthesea/address/data/mapping.json), licence Apache-2.0.
dimension: place
about: >-
  {about}

settings:
  {name}:
"""


def split(unit: str) -> tuple[str, str]:
    """Kind (lower case) and name of a unit: ("thị xã", "Sơn Tây")."""
    words = unit.split()
    size = 1 if words[0].lower() in ("huyện", "quận", "xã", "phường") else 2
    return " ".join(words[:size]).lower(), " ".join(words[size:])


def write(name: str, about: str, version: str, units: dict[str, dict[str, set[str]]]) -> None:
    """One file: province -> kind -> names, parted by commas, in one string (quick to load)."""
    lines = [HEADER.format(version=version, about=about, name=name)]
    for province in sorted(units):
        lines.append(f"    {province}:\n")
        for kind in sorted(units[province]):
            lines.append(f"      {kind}: >-\n")
            row = "       "
            for unit in (names := sorted(units[province][kind])):
                word = f" {unit}{',' if unit != names[-1] else ''}"
                if len(row) + len(word) > 118:
                    lines.append(row + "\n")
                    row = "       "
                row += word
            lines.append(row + "\n")
    (ROOT / f"{name}.yaml").write_text("".join(lines), encoding="utf-8")


def main() -> None:
    """Write both files."""
    spec = importlib.util.find_spec("underthesea")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("underthesea is not installed")
    package = Path(next(iter(spec.submodule_search_locations)))
    import underthesea

    data = json.loads((package / "address" / "data" / "mapping.json").read_text(encoding="utf-8"))
    old = {v["name"]: v["short"] for v in data["old_province_names"].values()}
    new = {v["name"]: v["short"] for v in data["province_names"].values()}
    districts: dict[str, dict[str, set[str]]] = collections.defaultdict(lambda: collections.defaultdict(set))
    communes: dict[str, dict[str, set[str]]] = collections.defaultdict(lambda: collections.defaultdict(set))
    for ward in data["ward_mapping"]:
        kind, name = split(ward["old_district"])
        districts[old[ward["old_province"]]][kind].add(name)
        if not ward["new_ward"]:
            continue
        kind, name = split(ward["new_ward"])
        communes[new[ward["new_province"]]][kind].add(name)
    version = underthesea.__version__
    write(
        "districts",
        "Districts, towns and provincial cities as they were on 30 June 2025, by province of before.",
        version,
        districts,
    )
    write("communes", "Wards, communes and special zones since 1 July 2025, by province of today.", version, communes)


if __name__ == "__main__":
    main()
