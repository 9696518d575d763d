"""Refuse a table that does not fit the contract as a whole, and say what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from lifecycle_core.delivering.rows_out import OURS
from lifecycle_core.errors import InvalidCall, TableInvalid

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from lifecycle_core.adapters.tables import Measurement
    from lifecycle_core.schema.contract import Contract, ContractReport, Violation
    from lifecycle_core.schema.release import Release

# Rules about the table as a whole. A row that breaks one of the others gets no score.
_OF_THE_TABLE = frozenset({"column", "extra_column", "type", "rows"})


class Judge(Protocol):
    """Judges counts against a contract; `contracting.check` is one."""

    def __call__(
        self,
        contract: Contract,
        measurement: Measurement,
        *,
        digest: str,
        keep: Collection[str] = (),
    ) -> ContractReport:
        """Return the report."""


def require_fit(name: str, report: ContractReport, release: Release) -> None:
    """Look whether a table can be scored, whatever its single rows hold.

    Args:
        name: What messages call the table.
        report: What the judge says of it.
        release: What shall score it.

    Raises:
        TableInvalid: It lacks a column, has one too many, holds a wrong type, or no rows.
    """
    broken = tuple(found for found in report.violations if found.rule in _OF_THE_TABLE)
    if broken:
        more = f" ({len(broken) - 3} more.)" if len(broken) > 3 else ""  # noqa: PLR2004 - three fit a line
        raise TableInvalid(
            f"{name} does not fit the contract of {release.name}/{release.version}: "
            f"{' '.join(found.message for found in broken[:3])}{more}",
            violations=broken,
            hint=f"{_hint(broken[0])} Nothing was written.",
        )


def _hint(violation: Violation) -> str:
    column = violation.column
    return {
        "column": f"Add a column {column!r}; the model cannot score without it.",
        "extra_column": f"Drop it, or carry it along to the output with --keep {column}.",
        "type": f"Mend the values of {column!r}, or correct the contract and release again.",
        "rows": "Check how the table was made.",
    }[violation.rule]


def require_places_apart(source: Path, target: Path, rejects: Path | None) -> None:
    """Refuse to write scores or rejects over each other, or over the table that is read."""
    places = {"to be scored": source, "of the scores": target}
    for what, place in places.items():
        if rejects and rejects.resolve() == place.resolve():
            raise InvalidCall(
                f"{rejects} is the table {what}.", hint="Name another file for the rejects."
            )
    if source.resolve() == target.resolve():
        raise InvalidCall(
            f"{target} is the table to be scored.", hint="Name another file for the scores."
        )


def require_keys(name: str, lacking: Mapping[str, int]) -> None:
    """Refuse rows that a database could not find again, before there are any scores.

    Args:
        name: What messages call the table.
        lacking: For each column of the business key, the rows that have no value there.

    Raises:
        TableInvalid: There are some.
    """
    for column, rows in lacking.items():
        if rows:
            raise TableInvalid(
                f"Column {column!r} of {name} has no value in {rows:,} "
                f"{'row' if rows == 1 else 'rows'}, and a database finds rows again by their "
                "business key.",
                hint="Give each row its key, leave those rows out, or write the scores to a file. "
                "Nothing was written.",
            )


def kept_columns(
    key: Collection[str], columns: Collection[str], keep: Collection[str]
) -> tuple[str, ...]:
    """Return which columns are carried along: of the business key those there are, and `keep`.

    Raises:
        InvalidCall: One has a name of the output's.
    """
    kept = (*(name for name in key if name in columns and name not in keep), *keep)
    if taken := sorted(set(kept) & set(OURS)):
        raise InvalidCall(
            f"Column {taken[0]!r} cannot be kept: the output has one of that name itself.",
            hint="Rename it in the table.",
        )
    return kept


def with_moments(
    kept: tuple[str, ...], columns: Collection[str], contract: Contract, time: str | None
) -> tuple[str, ...]:
    """Return which columns are carried along, with that of each row's moment.

    Raises:
        InvalidCall: The table does not have it.
    """
    if time is None or time in kept:
        return kept
    if time not in columns:
        raise InvalidCall(
            f"The table has no column {time!r} to take the moments from.",
            hint="Name one that it has, or leave --time out: the start of the run then counts.",
        )
    return kept if time in {feature.name for feature in contract.features} else (*kept, time)
