from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from importlib import resources

import jsonschema  # publishes no types
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecycle_core.adapters.tables.measurement import ColumnMeasure, Measurement
from lifecycle_core.contracting import check, from_odcs, infer, to_odcs, unfilled
from lifecycle_core.errors import ReleaseFileInvalid
from lifecycle_core.schema.contract import (
    ColumnProfile,
    Contract,
    ContractReport,
    Feature,
    TableProfile,
)

WORDS = st.text(
    alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20
)  # YAML holds every character but lone surrogates
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=64)
FEATURES = st.builds(
    Feature,
    name=WORDS,
    type=st.sampled_from(["integer", "number", "string", "boolean", "date", "timestamp"]),
    required=st.booleans(),
    categories=st.lists(WORDS, max_size=4, unique=True).map(tuple),
    minimum=st.none() | NUMBERS,
    maximum=st.none() | NUMBERS,
    meaning=st.just("") | WORDS,
    unit=st.just("") | WORDS,
    refresh=st.just("") | WORDS,
    owner=st.just("") | WORDS,
    storage=st.sampled_from(["", "category"]),
)
CONTRACTS = st.builds(
    Contract,
    name=WORDS,
    version=WORDS,
    status=st.sampled_from(["draft", "active"]),
    features=st.lists(FEATURES, max_size=4).map(tuple),
    freshness_column=st.none() | WORDS,
    freshness_hours=st.none() | st.floats(min_value=0.01, max_value=1e6),
)


@settings(deadline=None)  # the first run imports a YAML library
@given(CONTRACTS)
def test_a_contract_survives_its_file(contract: Contract) -> None:
    assert from_odcs(to_odcs(contract), "c.yaml") == contract


@settings(deadline=None, max_examples=20)  # to validate takes long
@given(st.lists(FEATURES, max_size=3, unique_by=lambda feature: feature.name))
def test_the_file_is_what_the_standard_says(features: list[Feature]) -> None:
    of_numbers = [
        feature.model_copy(update={"type": "number"}) for feature in features
    ]  # the standard gives bounds to numbers as numbers
    text = to_odcs(Contract(name="churn", features=tuple(of_numbers)))
    schema = json.loads(
        resources.files("open_data_contract_standard").joinpath("schema.json").read_text()
    )
    jsonschema.validators.validator_for(schema)(schema).validate(yaml.safe_load(text))


def test_infer_takes_what_was_counted_and_leaves_the_rest_to_people() -> None:
    plan = ColumnProfile(
        name="plan", type="string", nulls=2, distinct=2, categories=("a", "b"), storage="category"
    )
    contract = infer(TableProfile(rows=9, columns=(plan,)), name="churn")
    feature = contract.features[0]
    assert (contract.status, contract.name) == ("draft", "churn")
    assert (feature.required, feature.categories, feature.storage) == (
        False, ("a", "b"), "category",
    )  # fmt: skip
    assert unfilled(contract) == ("plan.meaning", "plan.unit", "plan.refresh", "plan.owner")
    text = to_odcs(contract)
    assert text.startswith("# The data contract")
    assert "unit          such as months" in text


ODD = """\
version: 1.0.0
kind: DataContract
apiVersion: v3.1.0
id: churn
status: active
schema:
- name: churn
  properties:
  - name: senior
    logicalType: string
    required: true
    enum:
    - value: No
    - value: 007
    - value: 1.50
    customProperties:
    - {property: unit, value: 5}
slaProperties:
- {property: freshness, value: 2, unit: d, element: as_of}
"""


def test_values_mean_what_is_written() -> None:
    contract = from_odcs(ODD, "c.yaml")
    assert contract.features[0].categories == ("No", "007", "1.50")
    assert contract.features[0].unit == "5"
    assert (contract.freshness_column, contract.freshness_hours) == ("as_of", 48)
    assert (contract.status, contract.name) == ("active", "churn")


WRONG = {
    "not YAML": ("a: [1", "a: [1", "c.yaml", "is not valid YAML"),
    "not a mapping": (ODD, "[1, 2]", "c.yaml", "holds no mapping"),
    "unknown key": ("status: active", "statuss: active", "c.yaml:5", "Did you mean 'status'"),
    "a number for text": ("version: 1.0.0", "version: 1.0", "c.yaml:1", "needs quotes"),
    "unknown type": ("logicalType: string", "logicalType: strng", "c.yaml:10", "Did you mean 'st"),
    "no name": ("  - name: senior\n    logical", "  - logical", "c.yaml:9", "has no name"),
    "retired": ("status: active", "status: retired", "c.yaml:5", "must be draft, proposed or"),
    "freshness": ("unit: d", "unit: moons", "c.yaml:19", "number of hours or days"),
    "two tables": ("- name: churn", "- name: a\n- name: churn", "c.yaml:6", "exactly one"),
    "a bound in words": (
        "logicalType: string", "logicalType: number\n    logicalTypeOptions: {minimum: low}",
        "c.yaml:11", "it must be a finite number",
    ),
    "no bound at all": (
        "logicalType: string", "logicalType: number\n    logicalTypeOptions: {maximum: .inf}",
        "c.yaml:11", "it must be a finite number",
    ),
    "freshness of no time": ("value: 2,", "value: 0,", "c.yaml:19", "it must be more than 0"),
    "no such day": ("enum:", "examples: [2026-02-30]\n    enum:", "c.yaml", "not valid YAML"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_contract_file_is_refused_with_its_line(name: str) -> None:
    old, new, where, said = WRONG[name]
    with pytest.raises(ReleaseFileInvalid) as refused:
        from_odcs(ODD.replace(old, new) if old in ODD else new, "c.yaml")
    assert refused.value.where.startswith(where)
    assert said in f"{refused.value} {refused.value.hint}"


def test_yaml_that_refers_to_itself_is_refused() -> None:
    with pytest.raises(ReleaseFileInvalid):
        from_odcs("id: &a [*a]\nschema: *a\n", "c.yaml")


TENURE = Feature(name="tenure", type="integer", required=True, minimum=0, maximum=72)
PLAN = Feature(name="plan", type="string", required=False, categories=("basic", "plus"))
CONTRACT = Contract(name="churn", features=(TENURE, PLAN))


def counted(**measures: ColumnMeasure) -> Measurement:
    told = {"tenure": ColumnMeasure(), "plan": ColumnMeasure(), **measures}
    return Measurement(columns=("tenure", "plan"), rows=10, measures=told)


def test_a_table_that_keeps_every_rule_has_no_violation() -> None:
    report = check(CONTRACT, counted(plan=ColumnMeasure(nulls=3)), digest="sha256:x")
    assert report.violations == ()
    assert (report.rows, report.checks) == (10, 9)


def test_each_broken_rule_is_told_with_counts_and_examples() -> None:
    measurement = counted(
        tenure=ColumnMeasure(
            nulls=1, mistyped=2, outside=3, examples={"type": ("x",), "range": ("99",)}
        ),
        plan=ColumnMeasure(unknown=1, examples={"category": ("gold",)}),
    )
    said = [found.message for found in check(CONTRACT, measurement, digest="d").violations]
    assert said == [
        "Column 'tenure' has 2 rows that cannot be read as integer, such as 'x'.",
        "Column 'tenure' has 1 row without a value, it must have none.",
        "Column 'tenure' has 3 rows outside 0 to 72, such as '99'.",
        "Column 'plan' has 1 row with a value that is none of its 2 categories, such as 'gold'.",
    ]


def test_the_file_s_own_type_is_told_where_it_cannot_hold_the_agreed_one() -> None:
    measure = ColumnMeasure(physical="VARCHAR", readable=False, mistyped=10)
    found = check(CONTRACT, counted(tenure=measure), digest="d").violations
    assert [one.message for one in found] == ["Column 'tenure' is VARCHAR, it must be integer."]


def test_columns_are_compared_by_name() -> None:
    measurement = Measurement(columns=("Tenure", "plan", "id"), rows=0)
    report = check(CONTRACT, measurement, digest="d", keep=("id", "note"))
    assert [(found.rule, found.column) for found in report.violations] == [
        ("column", "tenure"), ("column", "note"), ("extra_column", "Tenure"), ("rows", None),
    ]  # fmt: skip
    assert report.violations[0].message.endswith("The table has 'Tenure'.")


@pytest.mark.parametrize(("age", "broken"), [(23, 0), (25, 1)])
def test_freshness_is_judged_at_a_given_time(age: int, broken: int) -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    newest = (now - timedelta(hours=age)).replace(tzinfo=None).isoformat()
    contract = CONTRACT.model_copy(update={"freshness_column": "as_of", "freshness_hours": 24.0})
    measurement = Measurement(
        columns=("tenure", "plan", "as_of"), rows=1, measures={}, newest=newest
    )
    found = check(contract, measurement, digest="d", now=now).violations
    assert len(found) == broken
    assert check(contract, measurement, digest="d").violations == ()


def test_a_freshness_column_without_a_date_is_told() -> None:
    contract = CONTRACT.model_copy(update={"freshness_column": "as_of", "freshness_hours": 24.0})
    found = check(contract, counted(), digest="d", now=datetime.now(UTC)).violations
    assert [one.message for one in found] == ["Column 'as_of' has no date to judge freshness by."]


def test_freshness_without_a_column_is_said_to_be_not_judged() -> None:
    text = ODD.replace(", element: as_of", "")
    contract = CONTRACT.model_copy(
        update={"freshness_hours": from_odcs(text, "c.yaml").freshness_hours}
    )
    report = check(contract, counted(), digest="d", now=datetime.now(UTC))
    (said,) = report.not_judged
    assert said.startswith("Freshness of at most 48 hours was not judged: the rule names no column")
    assert check(CONTRACT, counted(), digest="d", now=datetime.now(UTC)).not_judged == ()
    assert not ContractReport.model_validate(report.model_dump(exclude={"not_judged"})).not_judged
