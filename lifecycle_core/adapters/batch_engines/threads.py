"""Score batches in threads of this process."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.bundles import BundleFolders
from lifecycle_core.adapters.models import SkopsModels
from lifecycle_core.adapters.scorers import open_scorer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from concurrent.futures import Future
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from lifecycle_core.adapters.bundles import Bundles
    from lifecycle_core.adapters.models import Models
    from lifecycle_core.adapters.scorers import Scorer

_WIDTH = 2


@dataclass(frozen=True, slots=True)
class Threads:
    """Two threads: while one is in Python, the other computes.

    Attributes:
        models: Loads the model under the policy of trust.
        bundles: Reads the bundle.
    """

    models: Models = SkopsModels()  # noqa: RUF009 - it holds no state
    bundles: Bundles = BundleFolders()  # noqa: RUF009 - as above

    @contextmanager
    def open(self, bundle: Path) -> Iterator[OpenThreads]:
        """Load the model; see `BatchEngine.open`."""
        from threadpoolctl import threadpool_limits

        scorer = open_scorer(bundle, models=self.models, bundles=self.bundles)
        # They share the processors: an estimator with threads of its own would otherwise start as
        # many in each, and those wait for one another at every step. OpenMP's limit holds for the
        # calling thread alone, so the process keeps its own.
        each = max(1, (os.cpu_count() or 1) // _WIDTH)
        with ThreadPoolExecutor(
            _WIDTH, initializer=threadpool_limits, initargs=(each, "openmp")
        ) as threads:
            yield OpenThreads(scorer, threads)


@dataclass(frozen=True, slots=True)
class OpenThreads:
    """Threads with a model.

    Attributes:
        scorer: The model.
        threads: What it computes in.
    """

    scorer: Scorer
    threads: ThreadPoolExecutor

    @property
    def width(self) -> int:
        """How many batches are worked on at the same time."""
        return _WIDTH

    def submit(self, columns: Mapping[str, Any]) -> Future[NDArray[np.float64]]:
        """Begin to score a batch; see `OpenEngine.submit`."""
        return self.threads.submit(self.scorer.scores, columns)
