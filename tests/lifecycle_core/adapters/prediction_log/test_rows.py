from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from lifecycle_core.adapters.prediction_log.entries import Kind
from lifecycle_core.adapters.prediction_log.rows import checked, stored_schema
from lifecycle_core.errors import InvalidCall
from tests.fakes.predictions import outcome, prediction

if TYPE_CHECKING:
    from lifecycle_core.schema.prediction import Outcome


LINE = prediction(0).model_dump_json()


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


def test_columns_are_those_of_the_records() -> None:
    for kind, record in ((Kind.PREDICTION, prediction(1)), (Kind.OUTCOME, outcome(1, 1))):
        fields = set(type(record).model_fields) - {"schema_", "release"}
        assert set(stored_schema(kind).names) == fields | {"sequence"}
    assert pa.types.is_timestamp(stored_schema(Kind.OUTCOME).field("time").type)
