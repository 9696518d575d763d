"""Read a table in batches, each value as its agreed type, each row with the rule it breaks.

The types come from the contract and never from the rows at hand, so no batch can read a column
differently from the one before. One scan does all: a batch with a mistyped value says so.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.tables.expressions import (
    NO_MOMENT,
    NO_VALUE,
    OUTSIDE,
    UNKNOWN,
    moment,
    rules,
)
from lifecycle_core.adapters.tables.source import open_source, quoted, reading
from lifecycle_core.errors import TableInvalid

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    import numpy as np
    import pandas as pd

    from lifecycle_core.adapters.tables.source import Source
    from lifecycle_core.schema.contract import Contract, Feature

BATCH_ROWS = 65_536
_MICROSECONDS_AN_HOUR = 3_600_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedAt:
    """The moment at which rows must be as fresh as the contract says.

    Attributes:
        moment: With zone.
        column: Where each row has a moment of its own, the column that it stands in.
    """

    moment: datetime
    column: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Batch:
    """Some consecutive rows of a table.

    Attributes:
        start: Position of the first row in the table, from 0.
        rows: Number of rows.
        features: The contract's, in its order.
        columns: By feature, the values of the rows that can be scored; pyarrow arrays.
        scorable: For each row whether it is in `columns`, shape (rows,).
        reasons: For each row the rule it breaks, null where none; a pyarrow array of strings.
        kept: By name, the columns carried along unchanged; pyarrow arrays.
        refused: By feature, the values of the rows that cannot be scored; pyarrow arrays.
        mistyped: Some value cannot be read as its agreed type.
        others: What `reasons` would be under each of the other contracts that were asked about.
    """

    start: int
    rows: int
    features: tuple[Feature, ...]
    columns: dict[str, Any]
    scorable: np.ndarray[tuple[int], np.dtype[np.bool_]]
    reasons: Any
    kept: dict[str, Any]
    refused: dict[str, Any]
    mistyped: bool
    others: tuple[Any, ...] = ()

    @property
    def frame(self) -> pd.DataFrame:
        """The rows that can be scored, as the model was fitted on them; made anew each time."""
        import pandas as pd

        columns = {
            each.name: pandas_column(self.columns[each.name], each) for each in self.features
        }
        rows = int(self.scorable.sum())
        return pd.DataFrame(columns, index=pd.RangeIndex(rows), copy=False)


@contextmanager
def stream(
    path: Path,
    contract: Contract,
    *,
    keep: Collection[str] = (),
    batch_rows: int = BATCH_ROWS,
    judged_at: JudgedAt | None = None,
    others: Sequence[Contract] = (),
) -> Iterator[Iterator[Batch]]:
    """Yield the batches of a table, in its order; it has the contract's columns and `keep`.

    Args:
        path: A CSV or parquet file.
        contract: Says which columns the model eats, and which rows it may.
        keep: Columns that are carried along unchanged.
        batch_rows: Rows of one batch at most; memory grows with it.
        judged_at: When rows must be as fresh as the contract says; without it they need not.
        others: Contracts with the same columns, also that of freshness, that rows are judged by
            too.

    Raises:
        TableInvalid: There is no such table, a column is absent, or it breaks off further down.
    """
    agreed = [feature for each in (contract, *others) for feature in each.features]
    with open_source(path, agreed=agreed) as source:
        needed = [*_needed(contract, keep), *_dates(contract, judged_at)]
        absent = [name for name in needed if name not in source.names]
        if absent:
            raise TableInvalid(
                f"{path.name} has no column {absent[0]!r}.", hint="Check the names of its columns."
            )
        yield _batches(
            source, contract, tuple(keep), batch_rows, judged_at=judged_at, others=others
        )


def _needed(contract: Contract, keep: Collection[str]) -> Iterator[str]:
    yield from (feature.name for feature in contract.features)
    yield from keep


def _dates(contract: Contract, judged_at: JudgedAt | None) -> Iterator[str]:
    if judged_at and contract.freshness_column and contract.freshness_hours:
        yield contract.freshness_column
        if judged_at.column is not None:
            yield judged_at.column


def _batches(
    source: Source,
    contract: Contract,
    keep: tuple[str, ...],
    batch_rows: int,
    *,
    judged_at: JudgedAt | None,
    others: Sequence[Contract],
) -> Iterator[Batch]:
    asked = [rules(source, feature) for feature in contract.features]
    mistyped = " OR ".join(rule.mistyped for rule in asked) or "false"
    expressions = [
        *(f"{rule.value} AS v{at}" for at, rule in enumerate(asked)),
        *(f"{source.column(name)} AS k{at}" for at, name in enumerate(keep)),
        f"{_reason(source, contract, judged_at)} AS reason",
        f"({mistyped}) AS mistyped",
        *(f"{_reason(source, each, judged_at)} AS o{at}" for at, each in enumerate(others)),
    ]
    start = 0
    with reading(source.path):
        for part in source.select(expressions).to_arrow_reader(batch_rows):
            yield _batch(part, contract, keep, start, len(others))
            start += part.num_rows


def _stale(
    source: Source, contract: Contract, judged_at: JudgedAt | None
) -> Iterator[tuple[str, str]]:
    """Yield the conditions on which a row is not fresh, and what is then said."""
    column, hours = contract.freshness_column, contract.freshness_hours
    if judged_at is None or column is None or hours is None:
        return
    at = f"TIMESTAMP {quoted(judged_at.moment.astimezone(UTC).replace(tzinfo=None).isoformat())}"
    if judged_at.column is not None:
        at = moment(source, judged_at.column)
    oldest = f"({at} - to_microseconds({round(hours * _MICROSECONDS_AN_HOUR)}))"
    value = moment(source, column)
    yield f"({value}) IS NULL", f"{column} {NO_MOMENT}"
    yield f"({value} >= {oldest}) IS NOT TRUE", f"{column} is more than {hours:g} hours old"


def _reason(source: Source, contract: Contract, judged_at: JudgedAt | None) -> str:
    cases = []
    for rule in (rules(source, feature) for feature in contract.features):
        name = rule.feature.name
        if rule.feature.required:
            cases.append((rule.null, f"{name} {NO_VALUE}"))
        if rule.unknown != "false":
            cases.append((rule.unknown, f"{name} {UNKNOWN}"))
        if rule.outside != "false":
            cases.append((rule.outside, f"{name} {OUTSIDE}"))
    cases.extend(_stale(source, contract, judged_at))
    if not cases:
        return "NULL::VARCHAR"
    whens = " ".join(f"WHEN {condition} THEN {quoted(text)}" for condition, text in cases)
    return f"CASE {whens} END"


def _batch(
    part: Any,  # noqa: ANN401 - a pyarrow RecordBatch
    contract: Contract,
    keep: tuple[str, ...],
    start: int,
    others: int,
) -> Batch:
    import pyarrow.compute

    reasons = part.column("reason")
    scorable = pyarrow.compute.is_null(reasons)
    if reasons.null_count == part.num_rows:
        usable, left = part, part.slice(0, 0)
    else:
        usable, left = part.filter(scorable), part.filter(pyarrow.compute.invert(scorable))
    names = [feature.name for feature in contract.features]
    return Batch(
        start=start,
        rows=part.num_rows,
        features=contract.features,
        columns={name: usable.column(at) for at, name in enumerate(names)},
        scorable=scorable.to_numpy(zero_copy_only=False),
        reasons=reasons,
        kept={name: part.column(f"k{at}") for at, name in enumerate(keep)},
        refused={name: left.column(at) for at, name in enumerate(names)},
        mistyped=bool(pyarrow.compute.any(part.column("mistyped")).as_py()),
        others=tuple(part.column(f"o{at}") for at in range(others)),
    )


def pandas_column(values: Any, feature: Feature) -> Any:  # noqa: ANN401 - a pyarrow array to a pandas one
    """Return a column as the model was fitted on it, whatever rows it holds.

    Args:
        values: A pyarrow array of the feature's agreed type.
        feature: Its rules in the contract.
    """
    import pandas as pd

    if feature.storage == "category":
        return pd.Categorical(values.to_pandas(), categories=list(feature.levels) or None)
    if feature.type == "string":
        # Equal texts become one Python object, which encoders look up in half the time. Nulls
        # need pandas' own type: encoders take None and NaN for two values.
        if values.null_count:
            return pd.Series(values.to_numpy(zero_copy_only=False), dtype="str")
        encoded = values.dictionary_encode()
        texts = encoded.dictionary.to_numpy(zero_copy_only=False)
        return pd.Series(texts.take(encoded.indices.to_numpy()), dtype=object)
    return values.to_pandas(date_as_object=False)
