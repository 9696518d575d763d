"""Judge what was counted in a table against its contract."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING

from lifecycle_core.schema.contract import ContractReport, Violation

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from lifecycle_core.adapters.tables.measurement import ColumnMeasure, Measurement
    from lifecycle_core.schema.contract import Contract, Feature

_PEOPLE_FILL_IN = ("meaning", "unit", "refresh", "owner")


def check(
    contract: Contract,
    measurement: Measurement,
    *,
    digest: str,
    agreed: bool = False,
    keep: Collection[str] = (),
    now: datetime | None = None,
) -> ContractReport:
    """Judge a table against a contract from counts alone.

    Args:
        contract: The rules.
        measurement: What `DuckTables.measure` counted in the table.
        digest: Digest of the contract's YAML text.
        agreed: The contract came from a file of the user's, not from inference.
        keep: Columns that the table may have besides the contract's.
        now: Time with zone that freshness is judged at; without it freshness is not judged.

    Returns:
        A report with one violation for each broken rule; none is good.
    """
    rules = _count_rules(contract, judged_at=now)
    violations = [
        *_table_violations(contract, measurement, keep),
        *(
            violation
            for feature in contract.features
            if feature.name in measurement.measures
            for violation in _column_violations(feature, measurement.measures[feature.name])
        ),
        *(_freshness_violations(contract, measurement, now) if now else ()),
    ]
    return ContractReport(
        contract=contract.name,
        contract_digest=digest,
        rows=measurement.rows,
        checks=rules,
        violations=tuple(violations),
        unfilled=unfilled(contract),
        agreed=agreed,
        not_judged=tuple(_not_judged(contract)),
    )


def unfilled(contract: Contract) -> tuple[str, ...]:
    """Return `column.field` for each field that a person has yet to fill in.

    Example:
        >>> from lifecycle_core.schema.contract import Contract, Feature
        >>> tenure = Feature(
        ...     name="tenure", type="integer", required=True, meaning="Months as a customer"
        ... )
        >>> unfilled(Contract(name="churn", features=(tenure,)))
        ('tenure.unit', 'tenure.refresh', 'tenure.owner')
    """
    return tuple(
        f"{feature.name}.{field}"
        for feature in contract.features
        for field in _PEOPLE_FILL_IN
        if not getattr(feature, field).strip()
    )


def _count_rules(contract: Contract, *, judged_at: datetime | None) -> int:
    of_columns = sum(
        2  # the column is there, and has its type
        + feature.required
        + bool(feature.categories)
        + (feature.minimum is not None or feature.maximum is not None)
        for feature in contract.features
    )
    fresh = bool(contract.freshness_column and contract.freshness_hours and judged_at)
    return of_columns + 2 + fresh  # and the table has rows, and no other columns


def _table_violations(
    contract: Contract, measurement: Measurement, keep: Collection[str]
) -> Iterator[Violation]:
    wanted = {feature.name for feature in contract.features}
    allowed = {*wanted, *keep, contract.freshness_column}
    present = set(measurement.columns)
    extra = [name for name in measurement.columns if name not in allowed]
    for name in sorted(wanted - present):
        close = get_close_matches(name, extra, n=1)
        near = f" The table has {close[0]!r}." if close else ""
        yield Violation(
            rule="column", column=name, message=f"Column {name!r} is not in the table.{near}"
        )
    for name in sorted(set(keep) - present - wanted):
        yield Violation(
            rule="column", column=name, message=f"Column {name!r}, to be kept, is not in the table."
        )
    for name in extra:
        yield Violation(
            rule="extra_column",
            column=name,
            message=f"Column {name!r} is in the table, but not in the contract.",
        )
    if measurement.rows == 0:
        yield Violation(rule="rows", message="The table has no rows, it must have at least one.")


def _column_violations(feature: Feature, measure: ColumnMeasure) -> Iterator[Violation]:
    counted: dict[str, tuple[int, str]] = {
        "type": (
            measure.mistyped,
            f"is {measure.physical}, it must be {feature.type}"
            if measure.mistyped and not measure.readable
            else f"has {{rows}} that cannot be read as {feature.type}",
        ),
        "null": (
            measure.nulls if feature.required else 0,
            "has {rows} without a value, it must have none",
        ),
        "range": (measure.outside, f"has {{rows}} outside {feature.range_shown}"),
        "category": (
            measure.unknown,
            f"has {{rows}} with a value that is none of its {len(feature.categories)} categories",
        ),
    }
    for rule, (rows, sentence) in counted.items():
        if not rows:
            continue
        examples = measure.examples.get(rule, ())
        said = sentence.format(rows=f"{rows:,} row{'s' if rows > 1 else ''}")
        such_as = f", such as {', '.join(map(repr, examples))}" if examples else ""
        yield Violation.model_validate(
            {
                "rule": rule,
                "column": feature.name,
                "rows": rows,
                "examples": examples,
                "message": f"Column {feature.name!r} {said}{such_as}.",
            }
        )


def _not_judged(contract: Contract) -> Iterator[str]:
    if contract.freshness_hours is not None and contract.freshness_column is None:
        yield (
            f"Freshness of at most {contract.freshness_hours:g} hours was not judged: the rule "
            "names no column; write the one with the date as its `element:`."
        )


def _freshness_violations(
    contract: Contract, measurement: Measurement, now: datetime
) -> Iterator[Violation]:
    column, hours = contract.freshness_column, contract.freshness_hours
    if column is None or hours is None:
        return
    if measurement.newest is None:
        yield Violation(
            rule="freshness",
            column=column,
            message=f"Column {column!r} has no date to judge freshness by.",
        )
        return
    newest = datetime.fromisoformat(measurement.newest)
    newest = newest if newest.tzinfo else newest.replace(tzinfo=UTC)
    age = (now - newest) / timedelta(hours=1)
    if age > hours:
        yield Violation(
            rule="freshness",
            column=column,
            examples=(measurement.newest,),
            message=f"The newest {column!r} is {age:,.0f} hours old, "
            f"it must be at most {hours:g} hours.",
        )
