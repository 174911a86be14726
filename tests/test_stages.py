"""The table of stages: a stage sees the columns and rules that it declares, and hands on what it has not made."""

from __future__ import annotations

import dataclasses

import pyarrow as pa
import pytest

from pipeline import rules
from pipeline.errors import Reject, RuleError
from pipeline.parts import IDENTITY, Refusals, with_columns
from pipeline.rules import Rules
from pipeline.stages import STAGES, Stage

STAGE = Stage("loud", "loud", "tests.test_stages:loud", ("money",), ("text",), ("loud",))


def loud(batch: pa.Table, _rules: Rules) -> pa.Table:
    """Texts in capitals; one that is a number is refused."""
    texts = batch["text"].to_pylist()
    refused: Refusals = {n: (Reject.FAILED, "a number") for n, text in enumerate(texts) if text == "7"}
    found = [None if n in refused else text and text.upper() for n, text in enumerate(texts)]
    return with_columns(batch, {"loud": pa.array(found, pa.string())}, refused)


def batch(*texts: str | None) -> pa.Table:
    kinds = [None if text else "empty" for text in texts]
    names = [f"{number}.txt" for number in range(len(texts))]
    columns = (names, names, kinds, kinds, texts, [text and "x" for text in texts])
    return pa.table(dict(zip((*IDENTITY, "text", "site"), (pa.array(c, pa.string()) for c in columns), strict=True)))


def test_what_a_stage_makes_stands_beside_what_there_was() -> None:
    done = STAGE(batch("a", "7", None), rules.load())
    assert done.drop_columns(["source", "sha256"]).to_pylist() == [
        {"reject_reason": None, "reject_detail": None, "text": "a", "site": "x", "loud": "A"},
        {"reject_reason": "failed", "reject_detail": "a number", "text": None, "site": None, "loud": None},
        {"reject_reason": "empty", "reject_detail": "empty", "text": None, "site": None, "loud": None},
    ]
    assert done["source"].to_pylist() == ["0.txt", "1.txt", "2.txt"]
    alone = dataclasses.replace(STAGE, adds=())(batch("a"), rules.load())
    assert alone.schema.names == [*IDENTITY, "loud"]


def nosy(batch: pa.Table, rules: Rules) -> pa.Table:
    """Looks for what its stage does not declare."""
    return batch.select(["site"]) if "site" in batch.schema.names else rules["date"]


def test_a_stage_is_given_what_it_declares_and_nothing_else() -> None:
    entry = "tests.test_stages:nosy"
    with pytest.raises(RuleError, match="no rules of the dimension 'date' here"):
        dataclasses.replace(STAGE, entry=entry)(batch("a"), rules.load())
    with pytest.raises(KeyError, match="place"):
        dataclasses.replace(STAGE, reads=("place",))(batch("a"), rules.load())


def test_stages_have_names_of_their_own_and_those_of_a_step_follow_each_other() -> None:
    assert len({stage.name for stage in STAGES}) == len(STAGES)
    steps = [stage.step for stage in STAGES]
    assert steps == sorted(steps, key=steps.index)
