"""Rules are checked when they are loaded, with the file and the line of what is wrong."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import regex
from pydantic import BaseModel

from pipeline import rules
from pipeline.errors import RuleError
from pipeline.rules import RULES_VARIABLE
from tests.conftest import ROOT, union_events

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
    before = rules.load(root)
    write(tmp_path, "match: []\nreject: []\n", name="corpus.yaml")
    assert rules.load(root).hash == before.hash
    write(tmp_path, GOOD.replace("tỷ", "tỉ"))
    after = rules.load(root)
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


def test_rules_are_read_again_where_they_were_edited(tmp_path: Path) -> None:
    root = write(tmp_path, GOOD)
    first = rules.load(root)
    assert rules.load(root) is first
    (root / "money" / "corpus.yaml").write_text("match: []\nreject: []\n", encoding="utf-8")
    assert rules.load(root).hash == first.hash, "a corpus is no rule"
    write(tmp_path, GOOD + "# an edit\n")
    second = rules.load(root)
    assert second.hash != first.hash
    made = [rules.built(own_list, loaded) for loaded in (first, first, second, second)]
    assert [made[0] is made[1], made[1] is made[2], made[2] is made[3]] == [True, False, True]


def own_list(loaded: rules.Rules) -> list[str]:
    return [loaded.hash]


def test_stages_with_other_dimensions_share_what_is_made_of_those_that_both_have() -> None:
    loaded = rules.load()
    one, two = loaded.only(["money", "shared"]), loaded.only(["money", "date"])
    assert rules.built(own_list, one, "money") is rules.built(own_list, two, "money")
    with pytest.raises(RuleError, match="no rules of the dimension 'shared' here"):
        rules.built(own_list, two, "shared")


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


def test_a_copy_of_the_rules_is_taken_where_it_is_named(tmp_path: Path) -> None:
    copy, raw = tmp_path / "my rules", tmp_path / "raw"
    done = union_events("rules", "--copy", copy)
    assert (done.returncode, done.stderr) == (0, "")
    money = copy / "money" / "rules.yaml"
    text = money.read_text(encoding="utf-8")
    assert "\n  currency:\n" in text
    money.write_text(text.replace("\n  currency:\n", "\n  currency:\n    xèng: VND\n"), encoding="utf-8")
    raw.mkdir()
    (raw / "a.txt").write_text(
        "Ngày 4/3/2021, Liên đoàn Lao động tỉnh Hà Nam tổ chức hội nghị tổng kết công tác công đoàn năm 2020.\n"
        "Dịp này, công đoàn các cấp đã hỗ trợ 25 triệu xèng cho đoàn viên có hoàn cảnh khó khăn trong tỉnh.\n",
        encoding="utf-8",
    )
    for name, option, amounts in (("mine", ("--rules", copy), [25e6]), ("own", (), [])):
        out = tmp_path / name
        done = union_events("extract", raw, out, "--engine", "inline", *option)
        assert done.returncode == 0, done.stderr
        figures = pq.read_table(out / "figures.parquet").to_pylist()
        assert [f["low"] for f in figures if f["kind"] == "money"] == amounts
    done = union_events("rules", "--rules", copy)
    assert done.stdout.splitlines()[-1].endswith(f"in {copy}")
    for words, told in (
        (("rules", "--copy", copy), "is there already"),
        (("rules", "--rules", tmp_path / "none"), "no such folder of rules"),
    ):
        done = union_events(*words)
        assert done.returncode == 2
        assert told in done.stderr


def test_an_installed_package_is_not_written_to(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "pipeline", tmp_path / "site" / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "rules", tmp_path / "site" / "pipeline" / "_rules")
    (tmp_path / "raw").mkdir()

    def command(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "import sys; from pipeline.cli import main; sys.exit(main())", *words],
            cwd=tmp_path / "site",
            env={k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", RULES_VARIABLE)},
            capture_output=True,
            encoding="utf-8",
        )

    refused = command("learn", str(tmp_path / "raw"))
    assert refused.returncode == 2, refused.stdout + refused.stderr
    assert "not written to" in refused.stderr
    assert "rules --copy DIR" in refused.stderr
    assert command("rules", "--copy", str(tmp_path / "mine")).returncode == 0
    done = command("learn", str(tmp_path / "raw"), "--rules", str(tmp_path / "mine"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "nothing learnt" in done.stdout


@pytest.mark.parametrize("path", sorted((ROOT / "rules").rglob("*.yaml")), ids=lambda p: f"{p.parent.name}/{p.name}")
def test_rules_can_be_read_line_by_line(path: Path) -> None:
    """A list longer than a line has an entry a line, so that a word has its place for a reason and a change is seen."""
    long = {n: len(line) for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if len(line) > 160}
    assert long == {}
