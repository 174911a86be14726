"""Mentions as columns and back, with nothing lost."""

from __future__ import annotations

import pyarrow as pa

from pipeline import schema
from pipeline.arrow import array_of, items_of, rows_array, struct_of
from pipeline.facts import DateMention, EventMention, Figure, Mentions, PersonMention, Position
from pipeline.records import sentences_array
from pipeline.segment import SENTENCES

FULL = Mentions(
    figures=(
        Figure(start=3, end=9, rule_id="money.amount", kind="money", low=5e6, high=None, each=True, flags=("a", "b")),
        Figure(start=12, end=17, rule_id="ratio.slash", kind="ratio", numerator=11, denominator=22),
    ),
    dates=(DateMention(start=0, end=4, rule_id="date.year", year=2024, precision="year"),),
    people=(
        PersonMention(
            start=1, end=5, rule_id="official.title", name="Trần Thị Mơ", honorific=None,
            positions=(
                Position(title="Chủ tịch", start=0, end=8),
                Position(title="Phó Ban", start=9, end=12, org_text="Ban A", org_start=13, org_end=18),
            ),
            roles=("spoke",),
        ),
    ),
    events=(EventMention(start=2, end=4, rule_id="event.launch", event_type="launch", verb_start=None),),
)  # fmt: skip
FEW = Mentions(dates=(DateMention(start=7, end=9, rule_id="date.month", month=3),))


def test_mentions_come_back_as_they_went() -> None:
    items = [None, FULL, Mentions(), None, FEW]
    array = array_of(Mentions, items)
    assert array.type == struct_of(Mentions)
    assert array.null_count == 2
    assert items_of(Mentions, array) == items
    assert items_of(Mentions, array.slice(2)) == items[2:], "a part of a column"
    assert items_of(Mentions, pa.chunked_array([array.slice(0, 2), array.slice(2)])) == items
    assert items_of(Mentions, array.slice(0, 0)) == []


def test_rows_are_what_their_dicts_would_be() -> None:
    rows = [
        schema.FigureRow(figure_id="f1", low=2.0, flags=["x"], span_start=4, numerator=None),
        None,
        schema.FigureRow(figure_id="f2", numerator=7, each=True),
    ]
    kind = schema.struct_type("figures")
    array = rows_array(rows, kind)
    assert array.equals(pa.array([row and schema.as_dict(row) for row in rows], kind))


def test_a_rejected_record_has_no_sentences_and_an_empty_one_an_empty_list() -> None:
    assert sentences_array([None, (), None], SENTENCES).to_pylist() == [None, [], None]
