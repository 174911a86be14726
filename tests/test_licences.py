"""The licence check: what it reads, what it refuses, and that the environment passes it."""

from __future__ import annotations

from email.message import Message
from pathlib import Path

import pytest

from tools import check_licences as tool

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"


def metadata(*fields: tuple[str, str]) -> Message:
    message = Message()
    for name, value in (("Version", "1.0"), *fields):
        message[name] = value
    return message


@pytest.mark.parametrize(
    ("expression", "good"),
    [
        ("MIT", True),
        ("MIT AND Apache-2.0", True),
        ("MIT AND GPL-3.0-only", False),
        ("MPL-1.1 OR GPL-2.0-only OR LGPL-2.1-or-later", True),
        ("GPL-2.0-only OR MIT AND ISC", True),
        ("(GPL-2.0-only OR MIT) AND LGPL-3.0-only", False),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("AGPL-3.0-or-later", False),
    ],
)
def test_expressions(expression: str, good: bool) -> None:
    assert tool.allowed(expression) is good


@pytest.mark.parametrize("words", ["", "MIT or so, see the file", "MIT AND", "(MIT", "MIT)", "see LICENSE.txt!"])
def test_words_that_are_no_expression(words: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (the expression itself is the message)
        tool.allowed(words)


def test_the_expression_goes_before_the_classifiers() -> None:
    classifier = ("Classifier", "License :: OSI Approved :: GNU General Public License v3 (GPLv3)")
    assert tool.stated(metadata(classifier)) == "GPL-3.0-only"
    assert tool.stated(metadata(("License-Expression", "MIT"), classifier)) == "MIT"
    both = ("Classifier", "License :: OSI Approved :: MIT License")
    assert tool.stated(metadata(classifier, both, ("License", "MIT"))) == "GPL-3.0-only AND MIT"
    assert tool.stated(metadata(("License", "BSD License\n\nCopyright …"))) == "BSD"
    assert tool.stated(metadata()) is None


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (metadata(("License", "MIT")), None),
        (metadata(("License", "GPL-3.0-only")), "is under GPL-3.0-only"),
        (metadata(("License", "free for all, have fun")), "in words of its own"),
        (metadata(), "states no licence"),
        (None, "not installed"),
    ],
)
def test_complaints(found: Message | None, says: str | None) -> None:
    line = tool.complaint("any", "1.0", found)
    assert line is None if says is None else says in str(line)


def test_another_version_than_the_pinned_one() -> None:
    assert "installed as 1.0" in str(tool.complaint("any", "2.0", metadata(("License", "MIT"))))


def test_a_reviewed_licence_holds_for_its_version_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tool.REVIEWED, "any", tool.Reviewed("1.0", "MIT", "the file in the archive says so"))
    assert tool.complaint("any", "1.0", metadata()) is None
    monkeypatch.setitem(tool.REVIEWED, "any", tool.Reviewed("0.9", "MIT", "the file in the archive says so"))
    assert "states no licence" in str(tool.complaint("any", "1.0", metadata()))


def test_pins_are_read_without_their_hashes() -> None:
    hashes = "    --hash=sha256:00 \\\n    --hash=sha256:01\n    # via b\n"
    lock = f"# head\na==1 \\\n{hashes}b==2 ; sys_platform == 'win32' \\\n{hashes}"
    assert [(pin.name, str(pin.specifier), bool(pin.marker)) for pin in tool.pins(lock)] == [
        ("a", "==1", False),
        ("b", "==2", True),
    ]
    with pytest.raises(ValueError, match="cannot read the line"):
        list(tool.pins("??? nothing\n"))


def test_every_pinned_distribution_has_a_good_licence() -> None:
    _, offenders = tool.check(LOCK.read_text(encoding="utf-8"))
    if any("make setup" in line for line in offenders):
        pytest.skip("this environment was not made from requirements.lock (make setup)")
    assert offenders == []


def test_the_lock_names_no_place_and_every_pin_has_hashes() -> None:
    text = LOCK.read_text(encoding="utf-8")
    for place in ("://", "file:", " @ ", "--index-url", "--find-links"):
        assert place not in text
    blocks = text.split("\n")
    for number, line in enumerate(blocks):
        if line and line[0].isalnum():
            assert line.endswith("\\"), line
            assert blocks[number + 1].lstrip().startswith("--hash=sha256:"), line
