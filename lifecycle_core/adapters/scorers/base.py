"""What scores rows: columns of plain values in, one score a row out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Column = Sequence[Any] | NDArray[Any]  # pyarrow's arrays too, which have no types


class Scorer(Protocol):
    """Scores rows with one released model; `open_scorer` returns one.

    Values are what JSON and Arrow give: numbers, text, booleans, dates as `datetime` or in ISO
    form, None for a missing one. They are of the contract's types; whoever calls has checked that.
    A scorer holds no state that changes, so several threads may use it at the same time.
    """

    @property
    def kind(self) -> str:
        """What computes: `onnx` or `scikit-learn`."""

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the columns that the model takes, in its order."""

    def score(self, row: Mapping[str, Any]) -> float:
        """Return the score of one row.

        Args:
            row: A value for each feature; other names are ignored.

        Returns:
            The positive class's probability, or the prediction in the target's unit.

        Raises:
            TableInvalid: A feature is absent, or the model refuses the row.
        """

    def scores(self, columns: Mapping[str, Column]) -> NDArray[np.float64]:
        """Return the scores of rows.

        Args:
            columns: By name, the values of each feature, all of length n; the fastest are Arrow's.

        Returns:
            Shape (n,): as in `score`, each the same as if its row were scored alone.

        Raises:
            TableInvalid: A feature is absent, or the model refuses a row.
        """
