"""Rows of a window that were picked by their ids: few enough to fit a model on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class SampledRows(NamedTuple):
    """Rows, one entry each, in the order in which they were picked.

    Attributes:
        features: Shape (n, k): numbers, codes of categories from 0 on; NaN for a missing value.
        categorical: Shape (k,): which columns hold codes.
        scores: Shape (n,); NaN where the model did not answer.
        labels: Shape (n,); NaN where the truth is not known.
        versions: Shape (n,): of the release that answered.
    """

    features: NDArray[np.float64]
    categorical: NDArray[np.bool_]
    scores: NDArray[np.float64]
    labels: NDArray[np.float64]
    versions: NDArray[np.int64]
