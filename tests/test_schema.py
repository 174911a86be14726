"""The schema names every column once, and the data dictionary says what it says."""

from __future__ import annotations

import datetime as dt

from pipeline import schema
from tools.data_dictionary import TARGET, text


def test_the_data_dictionary_is_up_to_date() -> None:
    assert TARGET.read_text(encoding="utf-8") == text(), "run `make dictionary`"


def test_columns_keep_names_types_and_order() -> None:
    events = schema.arrow_schema("events")
    assert events.names[:5] == ["event_id", "article_id", "is_main", "story_id", "event_type"]
    assert events.names[-5:] == ["span_start", "span_end", "raw_start", "raw_end", "sentence_no"]
    assert str(events.field("date_start").type) == "date32[day]"
    assert str(events.field("congress_no").type) == "int16"
    assert str(schema.arrow_schema("articles").field("published").type) == "timestamp[ms]"
    assert str(schema.arrow_schema("officials").field("roles").type) == "list<item: string>"
    for table in schema.TABLES:
        fields = schema.arrow_schema(table)
        assert len(set(fields.names)) == len(fields.names)
        assert all(f.metadata[b"description"] for f in fields)


def test_a_row_is_a_dict_in_column_order() -> None:
    row = schema.DateRow(date_id="d", date_start=dt.date(2024, 1, 1), span_start=3)
    assert list(schema.as_dict(row)) == schema.arrow_schema("dates").names
    assert schema.as_dict(row)["span_start"] == 3
    assert schema.as_dict(schema.FigureRow())["modifier"] == "exact"
