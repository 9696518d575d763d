"""Score batches in several processes, each with the model loaded once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.kernel_environment import numeric_variables, processors
from lifecycle_core.adapters.scorers import open_scorer
from lifecycle_core.adapters.worker import WorkerDied, open_worker
from lifecycle_core.errors import NoAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from concurrent.futures import Future

    import numpy as np
    from numpy.typing import NDArray

    from lifecycle_core.adapters.scorers import Scorer
    from lifecycle_core.adapters.worker import Worker

_EACH = 2  # batches of each child: one that it works on, and one that waits


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
            for each in [worker.start(load, str(bundle)) for worker in workers]:
                each.result()
            asking = open_.enter_context(ThreadPoolExecutor(_EACH * self.jobs))
            yield OpenProcesses(str(bundle), workers, asking)


@dataclass(slots=True)
class OpenProcesses:
    """Children with a model.

    Attributes:
        bundle: The model's.
        workers: The children; batches go to them in turn.
        asking: What waits for their answers.
    """

    bundle: str
    workers: list[Worker]
    asking: ThreadPoolExecutor
    _turns: Iterator[Worker] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with the first child."""
        self._turns = cycle(self.workers)

    @property
    def width(self) -> int:
        """How many batches are worked on, or wait for a child, at the same time."""
        return _EACH * len(self.workers)

    def submit(self, columns: Mapping[str, Any]) -> Future[NDArray[np.float64]]:
        """Begin to score a batch; see `OpenEngine.submit`."""
        return self.asking.submit(self._ask, next(self._turns), dict(columns))

    def _ask(self, worker: Worker, columns: dict[str, Any]) -> NDArray[np.float64]:
        try:
            return worker.run(scores_of, self.bundle, columns)
        except WorkerDied as died:
            raise NoAnswer(
                "A process that scores was killed; most often the memory did not suffice.",
                hint="Run the same command again, with fewer --jobs: it goes on where it stopped.",
            ) from died


def load(bundle: str) -> None:
    """Load a model, in the child."""
    _scorer(bundle)


def scores_of(bundle: str, columns: Mapping[str, Any]) -> NDArray[np.float64]:
    """Return the scores of rows, in the child."""
    return _scorer(bundle).scores(columns)


@lru_cache(maxsize=1)  # a child has one model for as long as it lives
def _scorer(bundle: str) -> Scorer:
    return open_scorer(Path(bundle))
