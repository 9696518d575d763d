from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.delivering.readers import naming
from lifecycle_core.delivering.row_checks import Checked, RowChecks
from lifecycle_core.delivering.serving import example_row
from lifecycle_core.schema.contract import Contract, Feature

NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)
CONTRACT = Contract(
    name="churn",
    features=(
        Feature(name="tenure", type="integer", required=True, minimum=0, maximum=72),
        Feature(name="charges", type="number", required=False, minimum=0),
        Feature(name="plan", type="string", required=True, categories=("basic", "plus")),
        Feature(name="partner", type="boolean", required=False),
        Feature(name="since", type="date", required=False),
        Feature(name="seen", type="timestamp", required=False),
    ),
    freshness_column="seen",
    freshness_hours=24,
)
CHECKS = RowChecks(CONTRACT, beside=("customer",))
GOOD = example_row(CONTRACT, now=NOW)


def checked(*rows: dict[str, Any]) -> Checked:
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: [row.get(name) for row in rows] for name in names}
    return CHECKS.check(columns, len(rows), now=NOW.timestamp())


def test_good_rows_come_out_as_agreed_types() -> None:
    row = {**GOOD, "tenure": 3.0, "charges": 7, "since": "2026-01-31", "customer": 17}
    found = checked(row, {**GOOD, "partner": None})
    assert found.refusals == ()
    assert found.columns["tenure"][0] == 3
    assert type(found.columns["tenure"][0]) is int
    assert type(found.columns["charges"][0]) is float
    assert found.columns["partner"] == [True, None]
    assert found.columns["since"][0] == date(2026, 1, 31)
    assert found.columns["seen"][0] == NOW.replace(tzinfo=None)
    assert "customer" not in found.columns


@pytest.mark.parametrize(
    ("field", "value", "rule", "want"),
    [
        ("tenure", None, "null", "a value: integer, 0 to 72"),
        ("tenure", "3", "type", "integer, 0 to 72"),
        ("tenure", 3.5, "type", "integer, 0 to 72"),
        ("tenure", True, "type", "integer, 0 to 72"),
        ("tenure", 73, "range", "0 to 72"),
        ("charges", -0.5, "range", "0 to inf"),
        ("charges", float("inf"), "range", "0 to inf"),
        ("charges", 10**400, "range", "0 to inf"),
        ("charges", [1], "type", "number, 0 to inf"),
        ("plan", "gold", "category", "one of 'basic', 'plus'"),
        ("plan", 1, "type", "one of 'basic', 'plus'"),
        ("partner", 1, "type", "true or false"),
        ("since", "31.1.2026", "type", "an ISO 8601 date such as '2026-01-31'"),
        ("since", "2026-01-31T00:00:00", "type", "an ISO 8601 date such as '2026-01-31'"),
        ("seen", "yesterday", "type", "an ISO 8601 moment such as '2026-01-31T06:00:00'"),
        ("customer", [1], "type", "text of at most 200 characters, or a whole number"),
        ("customer", "x" * 201, "type", "text of at most 200 characters, or a whole number"),
        ("tenur", 3, "extra_column", "no such field"),
    ],
)
def test_a_bad_field_is_named_with_what_it_got_and_what_it_wants(
    field: str, value: object, rule: str, want: str
) -> None:
    found = checked(GOOD, {**GOOD, field: value})
    first = found.refusals[0]
    assert (first.row, first.field, first.rule, first.want) == (1, field, rule, want)
    assert found.bad == {1}
    assert found.columns["tenure"][0] == GOOD["tenure"]


def test_the_ends_of_a_range_are_told_to_the_last_digit() -> None:
    most = 1007122.4650285597
    income = Feature(name="income", type="number", required=True, minimum=969.039, maximum=most)
    age = Feature(name="age", type="integer", required=True, minimum=0, maximum=12345678)
    checks = RowChecks(Contract(name="loans", features=(income, age)))
    found = checks.check({"income": [1007125.0, most], "age": [12345679, 12345678]}, 2, now=0)
    assert [each.want for each in found.refusals] == [
        "969.039 to 1007122.4650285597", "0 to 12345678",
    ]  # fmt: skip
    assert found.bad == {0}


@pytest.mark.parametrize("rows", [1, 40])  # many rows are read at once where they are good
@pytest.mark.parametrize(
    ("field", "value", "logged"),
    [
        ("tenure", 7_300.0, 7_300),
        ("tenure", 10**400, None),  # no number of the log's
        ("tenure", "3", None),
        ("tenure", None, None),
        ("charges", -50, -50.0),
        ("charges", float("inf"), None),
        ("plan", "gold", "gold"),
        ("plan", "x" * 200, "x" * 200),
        ("plan", "x" * 201, "x" * 197 + "..."),
        ("plan", "half \ud83d", "half ?"),
        ("plan", 1, None),
        ("since", "31.1.2026", None),
    ],
)
def test_the_log_has_bad_values_of_the_agreed_type_and_nothing_else_does(
    field: str, value: object, logged: object, rows: int
) -> None:
    found = checked(*[GOOD] * rows, {**GOOD, field: value})
    assert found.columns[field][rows] is None
    assert found.logged(field, rows) == logged
    assert type(found.logged(field, rows)) is type(logged)
    assert found.logged(field, 0) == found.columns[field][0] is not None


def test_a_listed_number_or_date_that_is_not_listed_is_logged() -> None:
    listed = Contract(
        name="a",
        features=(
            Feature(name="level", type="integer", required=True, categories=("1", "2")),
            Feature(name="rate", type="number", required=True, categories=("0.5", "1.0")),
            Feature(name="day", type="date", required=True, categories=("2026-01-31",)),
            Feature(name="always", type="boolean", required=True, categories=("true",)),
        ),
    )
    row: dict[str, list[Any]] = {
        "level": [3],
        "rate": [2],
        "day": ["2026-02-01"],
        "always": [False],
    }
    found = RowChecks(listed).check(row, 1, now=0.0)
    assert {rule for _, rule in found.broken} == {"category"}
    assert [found.logged(name, 0) for name in row] == [3, 2.0, date(2026, 2, 1), False]


@pytest.mark.parametrize(
    ("key", "kept"),
    [
        (7.0, 7),
        (date(2026, 1, 31), "2026-01-31"),
        (datetime(2026, 1, 31, 6, tzinfo=UTC), "2026-01-31 06:00:00+00:00"),
        (Decimal("7.00"), "7.00"),
    ],
)
def test_what_tables_of_arrow_have_names_a_row(key: object, kept: object) -> None:
    assert naming(key) == kept


def test_a_misspelt_field_is_told_the_name_it_should_have() -> None:
    misspelt = {("tenur" if name == "tenure" else name): value for name, value in GOOD.items()}
    said = {refusal.field: refusal.want for refusal in checked(misspelt).refusals}
    assert said["tenur"] == "no such field; did you mean 'tenure'?"
    assert said["tenure"] == "a value: integer, 0 to 72"


@pytest.mark.parametrize(
    ("age", "good"), [(timedelta(hours=23), True), (timedelta(hours=25), False)]
)
def test_a_stale_row_is_refused(age: timedelta, good: bool) -> None:  # noqa: FBT001 - a case
    found = checked({**GOOD, "seen": (NOW - age).isoformat()})
    assert [refusal.rule for refusal in found.refusals] == ([] if good else ["freshness"])


def test_a_moment_with_a_zone_is_the_same_moment() -> None:
    zoned = checked({**GOOD, "seen": "2026-11-28T10:00:00+02:00"})
    assert zoned.columns["seen"] == [datetime(2026, 11, 28, 8)]  # noqa: DTZ001 - as contracts have it


ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)


@given(st.dictionaries(st.sampled_from([*GOOD, "x"]), ANYTHING | st.lists(ANYTHING, max_size=2)))
def test_whatever_comes_is_read_or_refused(row: dict[str, Any]) -> None:
    found = checked({**GOOD, **row})
    assert bool(found.refusals) == bool(found.bad)
    assert list(found.columns) == [feature.name for feature in CONTRACT.features]


LIKELY = {
    "tenure": st.integers(-1, 73) | st.none(),
    "charges": st.floats(width=32) | st.integers(-1, 9) | st.just(1 << 2000) | st.none(),
    "plan": st.sampled_from(["basic", "plus", "gold", None]),
    "partner": st.booleans() | st.none(),
    "since": st.dates(date(2026, 1, 1), date(2026, 1, 9)) | st.none() | st.just("2026-01-31"),
    "seen": st.just(NOW.isoformat()),
}


@given(
    st.lists(st.fixed_dictionaries(LIKELY), min_size=32, max_size=40)
    | st.lists(st.fixed_dictionaries({}, optional=LIKELY), min_size=32, max_size=40)
    | st.builds(lambda row, odd: [GOOD] * 40 + [{**GOOD, **row}, odd], *[
        st.fixed_dictionaries({}, optional=LIKELY)] * 2)
)  # fmt: skip
def test_many_rows_are_read_as_each_by_itself(rows: list[dict[str, Any]]) -> None:
    together, each = checked(*rows), [checked(row) for row in rows]
    for name in together.columns:
        alone = [one.columns[name][0] for one in each]
        assert together.columns[name] == alone
        assert [*map(type, together.columns[name])] == [*map(type, alone)]
    assert together.bad == {row for row, one in enumerate(each) if one.bad}
    told = [(row, r.field, r.rule) for row, one in enumerate(each) for r in one.refusals]
    assert sorted((r.row, r.field, r.rule) for r in together.refusals) == sorted(told[:100])
    assert sum(together.broken.values()) == len(told)


def test_a_field_that_all_of_very_many_rows_lack_is_not_looked_at_row_by_row() -> None:
    found = checked(*[{**GOOD, "tenure": None}] * 150)
    absent = [{name: value for name, value in GOOD.items() if name != "tenure"}] * 150
    assert checked(*absent) == found
    assert (len(found.refusals), len(found.bad), found.broken) == (
        100,
        150,
        {("tenure", "null"): 150},
    )
