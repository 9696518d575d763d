from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.adapters.prediction_log.entries import Entry, Kind
from lifecycle_core.adapters.prediction_log.rows import checked, divided, stored_schema
from lifecycle_core.errors import InvalidCall
from tests.fakes.predictions import outcome, prediction

if TYPE_CHECKING:
    from datetime import datetime

    from lifecycle_core.schema.prediction import Outcome


LINE = prediction(0).model_dump_json()


def entry(sequence: int, record: bytes, kind: Kind = Kind.PREDICTION) -> Entry:
    return Entry(kind, sequence, record)


def test_a_record_and_its_json_are_kept_alike() -> None:
    record = prediction(1)
    written = checked(Kind.PREDICTION, record)
    assert checked(Kind.PREDICTION, written) is written
    assert type(record).from_json(written) == record


@pytest.mark.parametrize(
    ("kind", "record", "said"),
    [
        (Kind.PREDICTION, b"{", "A prediction is wrong at ``: Invalid JSON"),
        (Kind.PREDICTION, b"{}", "A prediction has no `id`"),
        (Kind.PREDICTION, LINE.replace('"version":3', '"version":0').encode(), "`version`"),
        (Kind.PREDICTION, LINE.replace("T07:30", " noon").encode(), "is no time in UTC"),
        (Kind.PREDICTION, LINE.replace("00000Z", "00000+01:00").encode(), "is no time in UTC"),
        (Kind.OUTCOME, outcome(1, 1, label_time="soon"), "'soon' is no time in UTC"),
    ],
)
def test_what_is_no_row_is_refused_at_the_door(
    kind: Kind, record: Outcome | bytes, said: str
) -> None:
    with pytest.raises(InvalidCall, match=said):
        checked(kind, record)


@pytest.mark.parametrize("field", ['"money":"3.5"', '"label":"yes"', '"money":true'])
def test_a_text_is_no_number(field: str) -> None:
    record = outcome(1, 1).model_dump_json(exclude={"money", "label"})
    with pytest.raises(InvalidCall, match=field.split('"')[1]):
        checked(Kind.OUTCOME, f"{record[:-1]},{field}}}".encode())


def test_a_number_may_be_longer_than_a_double_is_exact() -> None:
    record = outcome(1, 1).model_dump_json(exclude={"money"})
    row = checked(Kind.OUTCOME, f'{record[:-1]},"money":9007199254740993}}'.encode())
    (part,) = divided([entry(1, row, Kind.OUTCOME)])[Kind.OUTCOME]
    assert part.table()["money"].to_pylist() == [9007199254740992.0]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
TEXTS = st.text() | st.sampled_from(["\0", "\U0001f600", '"', "\\u0000"])


@given(
    features=st.dictionaries(TEXTS, VALUES, max_size=5),
    key=st.none() | TEXTS,
    release=TEXTS,
    version=st.integers(1, 2**31 - 1),
    score=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    moment=st.datetimes(),
)
def test_whatever_comes_in_can_be_drained(moment: datetime, **fields: object) -> None:
    record = prediction(1).model_copy(update={**fields, "time": moment.isoformat() + "Z"})
    row = checked(Kind.PREDICTION, checked(Kind.PREDICTION, record))
    (part,) = divided([entry(1, row)])[Kind.PREDICTION]
    (kept,) = part.table().to_pylist()
    assert (part.release or "", kept["key"], kept["score"]) == (
        fields["release"], fields["key"], fields["score"],
    )  # fmt: skip
    assert kept["time"].replace(tzinfo=None) == moment
    assert set(json.loads(kept["features"])) == set(record.features)


def test_rows_are_divided_by_release_and_day_and_typed() -> None:
    records = [
        prediction(1),
        prediction(2, day="2026-11-27"),
        prediction(3).model_copy(update={"decision": 12.5, "score": None, "key": None}),
        prediction(4).model_copy(update={"release": "claims"}),
    ]
    entries = [entry(n, checked(Kind.PREDICTION, each)) for n, each in enumerate(records, start=1)]
    parts = divided(entries)[Kind.PREDICTION]
    assert [(part.release, part.day, part.table().num_rows) for part in parts] == [
        ("churn", date(2026, 11, 27), 1),
        ("churn", date(2026, 11, 28), 2),
        ("claims", date(2026, 11, 28), 1),
    ]
    first, third = parts[1].table().to_pylist()
    assert parts[1].table().schema == stored_schema(Kind.PREDICTION)
    assert first["features"] == '{"tenure":1,"plan":"month-to-month","charges":29.85}'
    assert first["reasons"] == [
        {"feature": "tenure", "value": "1.0", "effect": 0.3, "text": "New customers leave."}
    ]
    assert (first["decision"], third["decision"], third["score"]) == (1.0, 12.5, None)
    assert [first["sequence"], third["sequence"]] == [1, 3]


def test_an_id_that_comes_twice_is_one_row() -> None:
    row = checked(Kind.PREDICTION, prediction(1))
    (part,) = divided([entry(1, row), entry(2, row)])[Kind.PREDICTION]
    assert part.table().column("sequence").to_pylist() == [1]


def test_an_outcome_need_not_know_its_release() -> None:
    said = outcome(1, 1, release="", label=True, label_time="2026-12-01", money=-3, currency="EUR")
    written = checked(Kind.OUTCOME, said)
    entries = [entry(1, written, Kind.OUTCOME), entry(2, checked(Kind.PREDICTION, prediction(1)))]
    (part,) = divided(entries)[Kind.OUTCOME]
    assert part.release is None
    (row,) = part.table().to_pylist()
    assert (row["label"], row["money"], row["label_time"].isoformat()) == (
        1.0, -3.0, "2026-12-01T00:00:00+00:00",
    )  # fmt: skip


def test_columns_are_those_of_the_records() -> None:
    for kind, record in ((Kind.PREDICTION, prediction(1)), (Kind.OUTCOME, outcome(1, 1))):
        fields = set(type(record).model_fields) - {"schema_", "release"}
        assert set(stored_schema(kind).names) == fields | {"sequence"}
    assert pa.types.is_timestamp(stored_schema(Kind.OUTCOME).field("time").type)
