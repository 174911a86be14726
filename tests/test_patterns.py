"""Compiled patterns kept from process to process."""

from __future__ import annotations

from pathlib import Path

import pytest
import regex

from pipeline import patterns
from pipeline.patterns import CACHE_VARIABLE, PatternStore


def _no_compiling(monkeypatch: pytest.MonkeyPatch) -> None:
    def compile_(pattern: str, flags: int = 0) -> None:
        raise AssertionError(f"{pattern} is compiled anew")

    monkeypatch.setattr(regex, "compile", compile_)


def test_what_one_process_compiled_the_next_one_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "patterns.pickle"
    first = PatternStore(path)
    pattern = first.compiled(r"(?P<sum> \d+ ) [ ] (?i: triệu ) # a comment", regex.VERBOSE)
    first.keep()
    _no_compiling(monkeypatch)
    again = PatternStore(path).compiled(pattern.pattern, regex.VERBOSE)
    assert (again.pattern, again.flags, again.groupindex) == (pattern.pattern, pattern.flags, pattern.groupindex)
    found = again.search("hỗ trợ 50 TRIỆU đồng")
    assert found is not None
    assert (found.span(), found["sum"]) == ((7, 15), "50")


def test_flags_part_patterns() -> None:
    store = PatternStore(None)
    assert store.compiled("a b").search("ab") is None
    assert store.compiled("a b", regex.VERBOSE).search("ab") is not None


def test_a_damaged_file_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "patterns.pickle"
    for damaged in (b"", b"no pickle", b"\x80\x04]."):
        path.write_bytes(damaged)
        store = PatternStore(path)
        assert store.compiled("công đoàn").search("công đoàn cơ sở") is not None
        store.keep()
    _no_compiling(monkeypatch)
    assert PatternStore(path).compiled("công đoàn").search("một công đoàn") is not None
    assert [p.name for p in tmp_path.iterdir()] == ["patterns.pickle"]


def test_patterns_are_compiled_where_nothing_can_be_kept(tmp_path: Path) -> None:
    store = PatternStore(tmp_path / "gone" / "patterns.pickle")
    assert store.compiled("lương").search("tiền lương") is not None
    store.keep()
    assert not list(tmp_path.iterdir())


def test_old_patterns_go_when_there_are_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "_MOST", 2)
    path = tmp_path / "patterns.pickle"
    for word in ("một", "hai", "ba"):
        store = PatternStore(path)
        store.compiled(word)
        store.keep()
    _no_compiling(monkeypatch)
    assert PatternStore(path).compiled("ba").search("thứ ba") is not None
    with pytest.raises(AssertionError, match="một is compiled anew"):
        PatternStore(path).compiled("một")


def test_the_folder_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    named = patterns.file()
    assert named is not None
    assert named.parent == tmp_path / "cache"
    monkeypatch.setenv(CACHE_VARIABLE, "")
    assert patterns.file() is None
