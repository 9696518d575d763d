"""Score batches in several processes, each with the model loaded once."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.kernel_environment import numeric_variables, processors
from lifecycle_core.adapters.scorers import open_scorer
from lifecycle_core.adapters.worker import open_worker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from concurrent.futures import Future

    import numpy as np
    from numpy.typing import NDArray

    from lifecycle_core.adapters.scorers import Scorer
    from lifecycle_core.adapters.worker import Worker


@dataclass(frozen=True, slots=True)
class Processes:
    """Children that share the processors among them.

    Attributes:
        jobs: How many, from 1.
    """

    jobs: int

    @contextmanager
    def open(self, bundle: Path) -> Iterator[OpenProcesses]:
        """Start the children, and load the model in each; see `BatchEngine.open`."""
        threads = max(1, processors() // self.jobs)
        variables = numeric_variables(hash_seed=0, threads=threads)
        with ExitStack() as open_:
            workers = [
                open_.enter_context(open_worker(variables=variables)) for _ in range(self.jobs)
            ]
            loading = [worker.start(load, str(bundle)) for worker in workers]
            for each in loading:
                each.result()
            yield OpenProcesses(str(bundle), workers)


@dataclass(slots=True)
class OpenProcesses:
    """Children with a model.

    Attributes:
        bundle: The model's.
        workers: The children; batches go to them in turn.
    """

    bundle: str
    workers: list[Worker]
    _turns: Iterator[Worker] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with the first child."""
        self._turns = cycle(self.workers)

    @property
    def width(self) -> int:
        """How many batches are worked on at the same time; one more waits for each child."""
        return 2 * len(self.workers)

    def submit(self, columns: Mapping[str, Any]) -> Future[NDArray[np.float64]]:
        """Begin to score a batch; see `OpenEngine.submit`."""
        return next(self._turns).start(scores_of, self.bundle, dict(columns))


def load(bundle: str) -> None:
    """Load a model, in the child."""
    _scorer(bundle)


def scores_of(bundle: str, columns: Mapping[str, Any]) -> NDArray[np.float64]:
    """Return the scores of rows, in the child."""
    return _scorer(bundle).scores(columns)


@lru_cache(maxsize=1)  # a child has one model for as long as it lives
def _scorer(bundle: str) -> Scorer:
    return open_scorer(Path(bundle))
