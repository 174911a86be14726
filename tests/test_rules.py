"""Rules are checked when they are loaded, with the file and the line of what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
import regex
from pydantic import BaseModel

from pipeline import rules
from pipeline.errors import RuleError

GOOD = """\
dimension: money
about: amounts
lexicon:
  scale: {triệu: 1000000, tỷ: 1000000000}
  currency: [đồng, đồng Việt Nam]
patterns:
  number: '\\d+'
rules:
  - id: money.amount
    pattern: '{B}(?P<low>{number}) {s} (?P<scale>{scale}) {s} {currency}'
    set: {kind: money}
"""


def write(root: Path, text: str, folder: str = "money", name: str = "rules.yaml") -> Path:
    path = root / "rules" / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return root / "rules"


def test_patterns_take_words_in_any_case_and_tone_place_the_longest_first(tmp_path: Path) -> None:
    money = rules.load(write(tmp_path, GOOD))["money"]
    match = money.rule("money.amount").search("gần 12 TRIỆU đồng Việt  Nam")
    assert match is not None
    assert (match["low"], match["scale"], match.group()) == ("12", "TRIỆU", "12 TRIỆU đồng Việt  Nam")
    assert money.value("scale", "Tỷ") == 1_000_000_000
    assert money.value("scale", "tạ") is None
    assert money.has("currency", "ĐỒNG")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("about: amounts", "abuot: amounts", r"rules/money/rules.yaml:\d+: a?b?u?out: "),
        ("{number}", "{nummer}", "rules/money/rules.yaml:9: there is no word list or pattern 'nummer'"),
        ("'\\d+'", "'(\\d+'", "rules/money/rules.yaml:9: pattern cannot be read"),
        ("dimension: money", "dimension: mony", "rules/money/rules.yaml:1: dimension is 'mony'"),
        ("  currency:", "  scale:", "rules/money/rules.yaml:5: not valid YAML: 'scale' stands twice"),
        ("[đồng, đồng Việt Nam]", "[đồng, Đồng]", "'Đồng' stands twice in 'currency'"),
        ("set: {kind: money}", "sets: {kind: money}", "rules/money/rules.yaml:11: rules.0.sets: unknown key"),
        ("set: {kind: money}", "refuse: no_such_code", "rules/money/rules.yaml:11: rules.0.refuse: "),
        ("patterns:\n  number: '\\d+'", "patterns:\n  number: '{number}'", "pattern 'number' uses itself"),
        ("dimension: money", "dimension: [money", "rules/money/rules.yaml:2: not valid YAML"),
    ],
)
def test_a_mistake_names_file_and_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(RuleError, match=message):
        rules.load(write(tmp_path, GOOD.replace(old, new, 1)))


def test_one_id_for_two_rules_is_refused(tmp_path: Path) -> None:
    twice = GOOD + "  - {id: money.amount, pattern: a}\n"
    with pytest.raises(
        RuleError, match=r"rules.yaml:12: rule 'money.amount' stands already at rules/money/rules.yaml:9"
    ):
        rules.load(write(tmp_path, twice))


def test_words_of_the_shared_folder_serve_every_dimension(tmp_path: Path) -> None:
    write(tmp_path, "dimension: shared\nabout: words\nlexicon: {over: [trên, hơn]}\n", "shared")
    loaded = rules.load(write(tmp_path, GOOD.replace("{B}(?P", "{over}[ ](?P")))
    assert loaded["money"].rule("money.amount").search("Hơn 2 tỷ đồng")


def test_the_hash_changes_with_a_rule_and_not_with_a_corpus(tmp_path: Path) -> None:
    root = write(tmp_path, GOOD)
    before = rules._load.__wrapped__(str(root))
    write(tmp_path, "match: []\nreject: []\n", name="corpus.yaml")
    assert rules._load.__wrapped__(str(root)).hash == before.hash
    write(tmp_path, GOOD.replace("tỷ", "tỉ"))
    after = rules._load.__wrapped__(str(root))
    assert after.hash != before.hash
    assert after.hashes["money"] != before.hashes["money"]


def test_a_record_of_a_table_that_does_not_fit_is_named(tmp_path: Path) -> None:
    class Place(BaseModel):
        name: str
        since: int

    root = write(
        tmp_path, GOOD + "tables:\n  places:\n    - {name: Hà Nam, since: 1997}\n    - {name: Hà Tây, since: x}\n"
    )
    with pytest.raises(RuleError, match=r"rules/money/rules.yaml:15: table places: since: "):
        rules.load(root)["money"].table("places", Place)


def test_a_stage_is_given_only_the_dimensions_that_it_declares() -> None:
    few = rules.load().only(["money", "shared"])
    assert few["money"] is rules.load()["money"]
    with pytest.raises(RuleError, match="no rules of the dimension 'date' here"):
        few["date"]


def test_what_a_dimension_takes_from_the_shared_rules_is_part_of_it(tmp_path: Path) -> None:
    def hashes(words: str) -> dict[str, str]:
        folders = {
            "shared": f"lexicon:\n  few: [{words}]\n  far: [xa]\n",
            "date": "lexicon:\n  day: [ngày]\npatterns:\n  some: '{few}[ ]{day}'\n",
            "money": "lexicon:\n  coin: [đồng]\nrules:\n  - {id: money.a, pattern: '{coin}'}\n",
        }
        root = tmp_path / words / "rules"
        for name, content in folders.items():
            (root / name).mkdir(parents=True)
            (root / name / "rules.yaml").write_text(f"dimension: {name}\nabout: x\n{content}", encoding="utf-8")
        return dict(rules.load(root).hashes)

    one, two = hashes("vài"), hashes("mấy")
    assert {name for name, found in one.items() if found != two[name]} == {"shared", "date"}


def test_no_folder_of_rules(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="no such folder of rules"):
        rules.load(tmp_path / "none")


def test_the_rules_of_the_project_are_good() -> None:
    assert {"money", "percent", "ratio", "count", "date", "term", "official", "body", "event"} <= set(
        rules.load().dimensions
    )


def test_of_words_at_one_place_the_longest_is_read_in_either_direction() -> None:
    words = rules.alternation(["quá", "không quá", "quá nửa", "Qua"])
    ahead = regex.compile(words.forward + r"(?!\w)", regex.VERBOSE)
    back = regex.compile(rf"(?r)(?<!\w){words.backward}", regex.VERBOSE)
    assert [m.group() for m in ahead.finditer("QUÁ  Nửa, quán, qua, không quá")] == ["QUÁ  Nửa", "qua", "không quá"]
    assert [m.group() for m in back.finditer("không  quá, chưa quá, quá nửa")] == ["quá nửa", "quá", "không  quá"]


def test_words_of_an_exact_list_keep_their_case() -> None:
    words = rules.alternation(["TP", "tp."], exact=True)
    assert [m.group() for m in regex.finditer(words.forward, "TP tp. Tp tp")] == ["TP", "tp."]
