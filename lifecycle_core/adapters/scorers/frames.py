"""Score with the fitted scikit-learn model, on frames such as it was fitted on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.tables import pandas_column
from lifecycle_core.errors import TableInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from lifecycle_core.adapters.scorers.base import Column
    from lifecycle_core.adapters.scorers.output import Estimator
    from lifecycle_core.schema.contract import Contract, Feature


@dataclass(frozen=True, slots=True, eq=False)
class FrameScorer:
    """A fitted estimator that takes pandas frames.

    Attributes:
        compute: The estimator.
        contract: Names and types of the columns.
    """

    compute: Estimator
    contract: Contract

    @property
    def kind(self) -> str:
        """What computes."""
        return "scikit-learn"

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the columns that the model takes, in its order."""
        return tuple(feature.name for feature in self.contract.features)

    def score(self, row: Mapping[str, Any]) -> float:
        """Return the score of one row; see `Scorer.score`."""
        return float(self.scores({name: [value] for name, value in row.items()})[0])

    def scores(self, columns: Mapping[str, Column]) -> NDArray[np.float64]:
        """Return the scores of rows; see `Scorer.scores`."""
        return self.compute(frame_of(columns, self.contract))


def frame_of(columns: Mapping[str, Column], contract: Contract) -> pd.DataFrame:
    """Return columns as the frame that batch scoring gives to a model.

    Args:
        columns: By name, values of the contract's types; None for a missing one.
        contract: The columns wanted, in the model's order.

    Raises:
        TableInvalid: A column is absent, or cannot be read as its type.

    Example:
        >>> from lifecycle_core.schema.contract import Contract, Feature
        >>> contract = Contract(
        ...     name="c", features=(Feature(name="months", type="integer", required=False),)
        ... )
        >>> frame_of({"months": [3, None]}, contract)["months"].tolist()
        [3.0, nan]
    """
    import pandas as pd

    return pd.DataFrame(
        {feature.name: _column_of(columns, feature) for feature in contract.features}, copy=False
    )


def _column_of(columns: Mapping[str, Column], feature: Feature) -> Any:  # noqa: ANN401 - a pandas column
    import pyarrow as pa

    kinds = {
        "integer": pa.int64(), "number": pa.float64(), "string": pa.string(),
        "boolean": pa.bool_(), "date": pa.date32(), "timestamp": pa.timestamp("us"),
    }  # fmt: skip
    try:
        values = columns[feature.name]
    except KeyError:
        raise TableInvalid(
            f"There is no column {feature.name!r}.", hint="Give a value for each feature."
        ) from None
    try:
        array = pa.array(values, from_pandas=True)
        return pandas_column(array.cast(kinds[feature.type]), feature)
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        raise TableInvalid(
            f"Column {feature.name!r} must be of type {feature.type}: {error}",
            hint="Check the rows against the contract before they are scored.",
        ) from error
