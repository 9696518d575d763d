from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from lifecycle_core.adapters.prediction_log.entries import Entry, Kind
from lifecycle_core.adapters.prediction_log.rows import checked, divided, stored_schema
from lifecycle_core.errors import InvalidCall
from tests.fakes.predictions import outcome, prediction


def entry(sequence: int, record: bytes, kind: Kind = Kind.PREDICTION) -> Entry:
    return Entry(kind, sequence, record)


def test_a_record_and_its_json_are_kept_alike() -> None:
    record = prediction(1)
    written = checked(Kind.PREDICTION, record)
    assert checked(Kind.PREDICTION, written) is written
    assert type(record).from_json(written) == record


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (b"{", "A prediction is wrong at ``: Invalid JSON"),
        (b"{}", "A prediction has no `id`"),
        (prediction(1).to_json().replace('"version": 3', '"version": 0').encode(), "`version`"),
        (prediction(1).to_json().replace("T07:30", " noon").encode(), "is no time in UTC"),
        (prediction(1).model_copy(update={"time": "2026-11-28T07:30:00+01:00"}), "no time in UTC"),
        (outcome(1, 1).model_copy(update={"label_time": "soon"}), "'soon' is no time in UTC"),
    ],
)
def test_what_is_no_row_is_refused_at_the_door(record: bytes, said: str) -> None:
    kind = Kind.PREDICTION if isinstance(record, bytes) or hasattr(record, "arm") else Kind.OUTCOME
    with pytest.raises(InvalidCall, match=said):
        checked(kind, record)


def test_rows_are_divided_by_release_and_day_and_typed() -> None:
    records = [
        prediction(1),
        prediction(2, day="2026-11-27"),
        prediction(3).model_copy(update={"decision": 12.5, "score": None, "key": None}),
        prediction(4).model_copy(update={"release": "claims"}),
    ]
    entries = [entry(n, checked(Kind.PREDICTION, each)) for n, each in enumerate(records, start=1)]
    parts = divided(Kind.PREDICTION, entries)
    assert [(part.release, part.day, part.table.num_rows) for part in parts] == [
        ("churn", date(2026, 11, 27), 1),
        ("churn", date(2026, 11, 28), 2),
        ("claims", date(2026, 11, 28), 1),
    ]
    first, third = parts[1].table.to_pylist()
    assert parts[1].table.schema == stored_schema(Kind.PREDICTION)
    assert first["features"] == '{"tenure":1,"plan":"month-to-month","charges":29.85}'
    assert first["reasons"] == [
        {"feature": "tenure", "value": "1.0", "effect": 0.3, "text": "New customers leave."}
    ]
    assert (first["decision"], third["decision"], third["score"]) == (1.0, 12.5, None)
    assert [first["sequence"], third["sequence"]] == [1, 3]


def test_an_id_that_comes_twice_is_one_row() -> None:
    row = checked(Kind.PREDICTION, prediction(1))
    (part,) = divided(Kind.PREDICTION, [entry(1, row), entry(2, row)])
    assert part.table.column("sequence").to_pylist() == [1]


def test_an_outcome_need_not_know_its_release() -> None:
    said = outcome(1, 1, release="", label=True, label_time="2026-12-01", money=-3, currency="EUR")
    written = checked(Kind.OUTCOME, said)
    entries = [entry(1, written, Kind.OUTCOME), entry(2, checked(Kind.PREDICTION, prediction(1)))]
    (part,) = divided(Kind.OUTCOME, entries)
    assert part.release is None
    (row,) = part.table.to_pylist()
    assert (row["label"], row["money"], row["label_time"].isoformat()) == (
        1.0, -3.0, "2026-12-01T00:00:00+00:00",
    )  # fmt: skip


def test_columns_are_those_of_the_records() -> None:
    for kind, record in ((Kind.PREDICTION, prediction(1)), (Kind.OUTCOME, outcome(1, 1))):
        fields = set(type(record).model_fields) - {"schema_", "release"}
        assert set(stored_schema(kind).names) == fields | {"sequence"}
    assert pa.types.is_timestamp(stored_schema(Kind.OUTCOME).field("time").type)
