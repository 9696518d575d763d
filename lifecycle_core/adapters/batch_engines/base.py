"""What an engine is: it is opened on a bundle, takes batches, and gives their scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Future
    from contextlib import AbstractContextManager
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

Engine = Literal["local", "dask", "spark"]
"""What people may name."""


class OpenEngine(Protocol):
    """Scores batches with one model, several at once."""

    @property
    def width(self) -> int:
        """How many batches are worked on at the same time."""

    def submit(self, columns: Mapping[str, Any]) -> Future[NDArray[np.float64]]:
        """Begin to score a batch.

        Args:
            columns: By feature, pyarrow arrays of n values, of the contract's types.

        Returns:
            What will be the scores, shape (n,): the same numbers whatever the engine.
        """


class BatchEngine(Protocol):
    """A place where batches can be scored; nothing runs there before it is opened."""

    def open(self, bundle: Path) -> AbstractContextManager[OpenEngine]:
        """Load the model of a verified bundle, for as long as the block lasts.

        Raises:
            UntrustedModel: The model would run foreign code; it was not loaded.
            BundleInvalid: The bundle is not what its manifest says.
        """
