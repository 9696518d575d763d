from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import to_json

from lifecycle_core.adapters.prediction_log.dividing import divided
from lifecycle_core.adapters.prediction_log.entries import Entry, Kind
from lifecycle_core.adapters.prediction_log.rows import checked, stored_schema
from tests.fakes.predictions import outcome, prediction, usage

LINE = prediction(1).model_dump_json()


def entry(sequence: int, record: bytes, kind: Kind = Kind.PREDICTION) -> Entry:
    return Entry(kind, sequence, record)


def refused(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def test_a_number_may_be_longer_than_a_double_is_exact() -> None:
    record = outcome(1, 1).model_dump_json(exclude={"money"})
    row = checked(Kind.OUTCOME, f'{record[:-1]},"money":9007199254740993}}'.encode())
    (part,) = divided([entry(1, row, Kind.OUTCOME)])[Kind.OUTCOME]
    assert part.table["money"].to_pylist() == [9007199254740992.0]


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
    (kept,) = part.table.to_pylist()
    assert (part.release or "", kept["key"], kept["score"]) == (
        fields["release"], fields["key"], fields["score"],
    )  # fmt: skip
    assert kept["time"].replace(tzinfo=None) == moment
    assert json.loads(kept["features"], parse_constant=refused) == json.loads(
        to_json(record.features, inf_nan_mode="null")
    )


def test_rows_are_divided_by_release_and_day_and_typed() -> None:
    records = [
        prediction(1),
        prediction(2, day="2026-11-27"),
        prediction(3).model_copy(update={"decision": 12.5, "score": None, "key": None}),
        prediction(4).model_copy(update={"release": "claims"}),
    ]
    entries = [entry(n, checked(Kind.PREDICTION, each)) for n, each in enumerate(records, start=1)]
    parts = divided(entries)[Kind.PREDICTION]
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
    (part,) = divided([entry(1, row), entry(2, row)])[Kind.PREDICTION]
    assert part.table.column("sequence").to_pylist() == [1]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-28T07:30:00.000001Z", (7, 30, 0, 1)),
        ("2026-11-28T07:30:00.1234567+00:00", (7, 30, 0, 123456)),
        ("20261128T073000Z", (7, 30, 0, 0)),
        ("2026-W48-6T07", (7, 0, 0, 0)),
        ("2026-11-28T07:30:00,25Z", (7, 30, 0, 250000)),
        ("2026-11-28", (0, 0, 0, 0)),
    ],
)
def test_a_moment_may_be_written_in_several_ways(
    written: str, meant: tuple[int, int, int, int]
) -> None:
    rows = [prediction(1), prediction(2).model_copy(update={"time": written})]
    entries = [entry(n, checked(Kind.PREDICTION, each)) for n, each in enumerate(rows)]
    (part,) = divided(entries)[Kind.PREDICTION]
    found = part.table["time"].to_pylist()[1]
    assert found == datetime(2026, 11, 28, *meant, tzinfo=UTC)


def test_numbers_that_are_none_are_null_in_features_and_the_texts_that_look_like_them_stay() -> (
    None
):
    record = LINE.replace('"tenure":1', '"tenure":NaN,"a":[-Infinity,"NaN"]').encode()
    other = checked(Kind.PREDICTION, prediction(2))
    (part,) = divided([entry(1, checked(Kind.PREDICTION, record)), entry(2, other)])[
        Kind.PREDICTION
    ]
    first, second = part.table["features"].to_pylist()
    assert json.loads(first)["a"] == [None, "NaN"]
    assert json.loads(first, parse_constant=refused)["tenure"] is None
    assert json.loads(second)["tenure"] == 2


def test_counts_of_usage_come_by_cause() -> None:
    said = usage(1, refused={"rate": 2, "contract": 5}, errors={}, cpu_seconds=None)
    (part,) = divided([entry(1, checked(Kind.USAGE, said), Kind.USAGE)])[Kind.USAGE]
    (row,) = part.table.to_pylist()
    assert row["refused"] == [{"cause": "contract", "rows": 5}, {"cause": "rate", "rows": 2}]
    assert (row["errors"], row["cpu_seconds"], row["version"]) == ([], None, said.version)


def test_nothing_is_nothing() -> None:
    assert divided([]) == {}


def test_an_outcome_need_not_know_its_release() -> None:
    said = outcome(1, 1, release="", label=True, label_time="2026-12-01", money=-3, currency="EUR")
    written = checked(Kind.OUTCOME, said)
    entries = [entry(1, written, Kind.OUTCOME), entry(2, checked(Kind.PREDICTION, prediction(1)))]
    (part,) = divided(entries)[Kind.OUTCOME]
    assert part.release is None
    (row,) = part.table.to_pylist()
    assert (row["label"], row["money"], row["label_time"].isoformat()) == (
        1.0, -3.0, "2026-12-01T00:00:00+00:00",
    )  # fmt: skip
