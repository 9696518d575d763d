"""A scorer in a process of its own: what it computes takes no time from who asks.

A shadow's model may hold the interpreter for milliseconds a row; in the service's own process
every request would wait for it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.scorers.opening import is_compiled, open_scorer
from lifecycle_core.adapters.worker import LastingWorker

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from lifecycle_core.adapters.scorers.base import Column, Scorer

_LOWER = 10
"""By how much its process stands back when the processors are busy."""


def open_elsewhere(bundle: Path) -> Scorer:
    """Return a scorer that does not hold this process's interpreter.

    That of compiled code is opened here: it computes without the interpreter, and is done before
    another process could be asked.

    Args:
        bundle: Folder of a bundle that was verified.

    Raises:
        BundleInvalid: The bundle is not what its manifest says.
        UntrustedModel: The model would run foreign code; it was not loaded.
        WorkerDied: The process ended while it loaded the model.
    """
    return open_scorer(bundle) if is_compiled(bundle) else ScorerElsewhere(bundle)


class ScorerElsewhere:
    """A bundle's scorer in another process, which ends with this object; see `Scorer`.

    The bundle is copied, so that a process which died can be followed by another.

    Attributes:
        kind: What computes.
        features: Names of the columns that the model takes, in its order.
    """

    def __init__(self, bundle: Path) -> None:
        """Start the process and load the model there; see `open_elsewhere`."""
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="nbrelease-shadow-"))
            self._bundle = Path(shutil.copytree(bundle, Path(folder) / "bundle"))
            self._worker = stack.enter_context(LastingWorker())
            self.kind, self.features = self._worker.run(_described, self._bundle)
            weakref.finalize(self, stack.pop_all().close)

    def score(self, row: Mapping[str, Any]) -> float:
        """Return the score of one row; see `Scorer`."""
        return self._worker.run(_score, self._bundle, row)

    def scores(self, columns: Mapping[str, Column]) -> NDArray[np.float64]:
        """Return the scores of rows; see `Scorer`."""
        return self._worker.run(_scores, self._bundle, columns)


@lru_cache(maxsize=1)
def _opened(bundle: Path) -> Scorer:
    """Return the scorer of this process; its first call is the first of the process."""
    from threadpoolctl import threadpool_limits

    scorer = open_scorer(bundle)
    threadpool_limits(1)
    os.nice(_LOWER)
    return scorer


def _described(bundle: Path) -> tuple[str, tuple[str, ...]]:
    scorer = _opened(bundle)
    return scorer.kind, scorer.features


def _score(bundle: Path, row: Mapping[str, Any]) -> float:
    return _opened(bundle).score(row)


def _scores(bundle: Path, columns: Mapping[str, Column]) -> NDArray[np.float64]:
    return _opened(bundle).scores(columns)
