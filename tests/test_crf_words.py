"""The fast segmenter gives what underthesea gives, on every text, or steps aside for it and says so."""

from __future__ import annotations

import copy
import os
import random
import threading
import unicodedata
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import crf_words
from pipeline.crf_words import (
    CHECK_LINES,
    RECORDED_ANSWERS,
    FastSentences,
    FastWords,
    ModelError,
    PlainWords,
    Words,
    align,
    answers_hash,
    load_sentences,
    load_words,
    plain_sentence_spans,
    read_model,
)
from pipeline.text import nfc

ROOT = Path(__file__).resolve().parent.parent
REAL_TEXT = "UNION_EVENTS_REAL_TEXT"
REAL_LINES = 12_000

plain = PlainWords()
fast = FastWords()
fast_sentences = FastSentences()


def outcome(what: Callable[[str], Any], text: str) -> Any:
    """What a function gives, or the class of what it raises."""
    try:
        return what(text)
    except Exception as error:  # noqa: BLE001 - whatever one raises, the other must
        return type(error)


def assert_same(text: str, words: FastWords = fast) -> None:
    expected = outcome(plain, text)
    assert outcome(words, text) == expected
    if isinstance(expected, list):
        expected = outcome(lambda text: align(text, map(nfc, expected)), text)
    assert outcome(words.spans, text) == expected
    assert outcome(fast_sentences, text) == outcome(plain_sentence_spans, text)


def sample_lines() -> set[str]:
    # of pages and records too: markup and JSON are lines like others
    files = [path for path in (ROOT / "data" / "raw" / "samples").rglob("*") if path.is_file()]
    return {line for path in files for line in path.read_text(encoding="utf-8", errors="replace").splitlines()}


def made_lines(count: int) -> Iterator[str]:
    """Lines that shuffle the pieces of `CHECK_LINES`: known words in unknown company, cases and spaces."""
    chance = random.Random(20251)
    pieces = [piece for line in CHECK_LINES for piece in line.split()]
    spaces = [" "] * 12 + ["", "  ", "\t", "\u00a0", "\n", ", ", ". ", "."]
    cases = [str] * 6 + [str.upper, str.title, str.lower, lambda s: unicodedata.normalize("NFD", s)]
    for _ in range(count):
        line = ""
        for _ in range(chance.choice((1, 2, 3, 4, 5, 8, 20, 60))):
            line += chance.choice(cases)(chance.choice(pieces)) + chance.choice(spaces)
        yield line


@pytest.mark.parametrize("line", CHECK_LINES)
def test_check_lines(line: str) -> None:
    assert_same(line)
    assert outcome(fast.spans, line) == outcome(plain.spans, line)


def test_samples() -> None:
    for line in sample_lines():
        assert_same(line)
        if nfc(line) != line:
            assert_same(nfc(line))


def test_made_lines() -> None:
    for line in made_lines(1500):
        assert_same(line)


def test_real_lines() -> None:
    named = os.environ.get(REAL_TEXT)
    if not named:
        pytest.skip(f"{REAL_TEXT} is not set: no folder of real articles (.txt) to compare on")
    lines: list[str] = []
    for path in sorted(Path(named).rglob("*.txt")):
        lines += nfc(path.read_text(encoding="utf-8", errors="replace")).splitlines()
        if len(lines) >= REAL_LINES:
            break
    for line in lines:
        assert_same(line)
    print(f"{len(lines)} real lines: all the same")


VIETNAMESE = st.text(
    alphabet="aàáảãạăằâđeèêiìoôơuưy bcghklmnpqrstvx ABCĐGHNTƯƠ 0123456789 .,;:?!…()“”\"'’/-–%&@_=><+*°\t\n\u00a0ðÐ"
    "\u0301\u0309",
    max_size=80,
)
SYLLABLES = st.lists(
    st.one_of(
        st.sampled_from([piece for line in CHECK_LINES for piece in line.split()]),
        st.sampled_from(["BOS", "EOS", "T.Ư", "...", "..", ".", "a.b", "A.", ":D", "v.v.", "(", ")", "1.5", "x@y.vn"]),
        st.text(max_size=4),
    ),
    max_size=30,
)


@settings(max_examples=400, deadline=None)
@given(VIETNAMESE)
def test_any_vietnamese(text: str) -> None:
    assert_same(text)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.characters(), max_size=60))
def test_any_text(text: str) -> None:
    assert_same(text)


@settings(max_examples=300, deadline=None)
@given(SYLLABLES, st.sampled_from([" ", "", "  ", "\n"]))
def test_any_syllables(pieces: list[str], space: str) -> None:
    assert_same(space.join(pieces))


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet="aB1 .?!…\n\té", max_size=30))
def test_any_marks(text: str) -> None:
    assert fast_sentences(text) == align(text, _sent_tokenize(text))


def _sent_tokenize(text: str) -> list[str]:
    from underthesea import sent_tokenize

    return list(sent_tokenize(text))


def test_surrogates_raise_as_they_do_in_underthesea() -> None:
    text = "công \ud800 đoàn"
    assert isinstance(outcome(plain, text), type)
    assert_same(text)


@pytest.mark.parametrize("text", ["$\x1b\x1b\x1b\x1b\x08\x080", "☺•●♥★●•  0", "'##\\#\\~ \\#*@`~'", "\\~#^~$*0"])
def test_where_two_ways_weigh_the_same_underthesea_decides(text: str) -> None:
    assert_same(text)


def test_small_caches_are_bounded_and_change_nothing() -> None:
    small = FastWords(limit=50)
    for line in [*CHECK_LINES, *made_lines(100)]:
        assert_same(line, small)
        assert small._caches.size() <= 50
    for length in range(100, 300):  # long chunks are not kept, nor do their tokens pile up
        small("đ" * length + f",x{length}" * 40)
        assert small._caches.size() <= 50


def test_another_token_pattern_is_searched_as_a_whole() -> None:
    whole = FastWords()
    whole._in_chunks = False
    for line in CHECK_LINES:
        assert_same(line, whole)


def test_threads_share_one() -> None:
    shared = FastWords(limit=200)
    lines = list(made_lines(150))
    expected = [plain(line) for line in lines]
    wrong: list[str] = []

    def run() -> None:
        wrong.extend(line for line, words in zip(lines, expected, strict=True) if shared(line) != words)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_copies_read_the_model_again() -> None:
    assert copy.copy(fast)("Công đoàn cơ sở") == fast("Công đoàn cơ sở")


def _model_file() -> Path:
    import underthesea

    (path,) = (Path(str(underthesea.__file__)).parent / "pipeline" / "word_tokenize" / "models").glob("*/models.bin")
    return path


def test_model_is_read_as_crfsuite_reads_it() -> None:
    pycrfsuite = pytest.importorskip("pycrfsuite")
    tagger = pycrfsuite.Tagger()
    tagger.open(str(_model_file()))
    info = tagger.info()
    model = read_model(_model_file())
    first, second = model.labels
    assert info.labels == {first: "0", second: "1"}
    assert list(info.transitions.values()) == pytest.approx(list(model.transitions), abs=1e-6)
    expected: dict[str, float] = {}
    for (attribute, label), weight in info.state_features.items():
        expected[attribute] = expected.get(attribute, 0.0) + (weight if label == second else -weight)
    assert expected == pytest.approx(model.weights, abs=2e-6)


def test_other_files_are_no_models(tmp_path: Path) -> None:
    data = _model_file().read_bytes()
    broken = {
        "empty": b"",
        "text": b"not a model at all, but long enough to hold a header of one",
        "cut": data[: len(data) // 2],
        "no_features": data[:28] + bytes(4) + data[32:],
        "no_labels": data[:32] + (48).to_bytes(4, "little") + data[36:],
    }
    for name, content in broken.items():
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(ModelError):
            read_model(path)


def test_load() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        words, name = load_words()
        sentences, sentence_name = load_sentences()
        unchecked, unchecked_name = load_words(check=False)
    assert (name, sentence_name, unchecked_name) == ("fast", "fast", "fast")
    assert words("Công đoàn cơ sở") == unchecked("Công đoàn cơ sở") == ["Công đoàn", "cơ sở"]
    assert sentences("Xong. Về.") == [(0, 5), (6, 9)]


def test_what_is_on_record_is_what_underthesea_answers() -> None:
    fast = FastWords()
    assert len([line for line in CHECK_LINES if not fast.decides(line)]) <= 3
    assert answers_hash(PlainWords(), fast) == RECORDED_ANSWERS[version("underthesea")]


def test_underthesea_is_asked_where_its_answers_are_not_on_record(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def other(self: PlainWords, text: str) -> list[str]:
        asked.append(text)
        return ["another"]

    monkeypatch.setattr(PlainWords, "__call__", other)
    assert load_words()[1] == "fast"
    assert asked == []
    monkeypatch.setattr(crf_words, "RECORDED_ANSWERS", {})
    _steps_aside("its words of .* are others")
    assert asked == [CHECK_LINES[0]]


def test_load_underthesea() -> None:
    words, name = load_words("underthesea")
    assert isinstance(words, PlainWords)
    assert name == "underthesea"
    assert load_sentences("underthesea") == (plain_sentence_spans, "underthesea")
    for load in (load_words, load_sentences):
        with pytest.raises(ValueError, match="no segmenter 'slow'"):
            load("slow")


def _steps_aside(match: str) -> Words:
    with pytest.warns(RuntimeWarning, match=rf"underthesea \d[\d.]+: .*{match}"):
        words, name = load_words()
    assert name == "underthesea"
    assert isinstance(words, PlainWords)
    return words


def test_steps_aside_for_another_model(monkeypatch: pytest.MonkeyPatch) -> None:
    def other(path: Path) -> crf_words.CrfModel:
        raise ModelError("of another kind")

    monkeypatch.setattr(crf_words, "read_model", other)
    assert _steps_aside("cannot be read .*of another kind")("Công đoàn") == ["Công đoàn"]


@pytest.mark.parametrize("feature", ["T[-3]", "T[0,1].isdigit", "T[-2,1]", "word", "T[00]"])
def test_steps_aside_for_other_features(monkeypatch: pytest.MonkeyPatch, feature: str) -> None:
    def other(path: Path) -> Any:
        return [feature] if path.name == "features.bin" else {"công đoàn"}

    monkeypatch.setattr(crf_words, "_unpickled", other)
    _steps_aside("cannot be read")


@pytest.mark.parametrize(
    "model",
    [
        crf_words.CrfModel(("B-W", "I-W"), {}, (0.0, 0.9, 0.3, 0.1)),  # other weights
        crf_words.CrfModel(("B-W", "I-W"), {}, (0.5, 0.0, 0.0, 0.5)),  # transitions of another sort
        crf_words.CrfModel(("I-W", "B-W"), {}, (0.0, 0.5, 0.5, 0.0)),
    ],
)
def test_steps_aside_for_other_weights(monkeypatch: pytest.MonkeyPatch, model: crf_words.CrfModel) -> None:
    monkeypatch.setattr(crf_words, "read_model", lambda path: model)
    _steps_aside("")


def test_steps_aside_for_other_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    import underthesea

    monkeypatch.setattr(underthesea, "sent_tokenize", lambda text: [text])
    with pytest.warns(RuntimeWarning, match="sentences of .* are others"):
        splitter, name = load_sentences()
    assert (splitter, name) == (plain_sentence_spans, "underthesea")
