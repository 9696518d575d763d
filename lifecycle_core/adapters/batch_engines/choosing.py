"""Which engine people mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.adapters.batch_engines.cluster import Cluster
from lifecycle_core.adapters.batch_engines.processes import Processes
from lifecycle_core.adapters.batch_engines.spark import Spark
from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from lifecycle_core.adapters.batch_engines.base import BatchEngine, Engine


def engine_of(engine: Engine, *, jobs: int | None, scheduler: str | None) -> BatchEngine | None:
    """Return where batches are scored; None for threads of this process.

    Args:
        engine: `local`, `dask` or `spark`.
        jobs: Processes, or workers of a Dask or Spark of this machine; None leaves it open.
        scheduler: Address of a Dask scheduler or of a Spark master.

    Raises:
        InvalidCall: There are no such jobs or no such engine, or a scheduler nobody would ask.

    Example:
        >>> engine_of("local", jobs=4, scheduler=None)
        Processes(jobs=4)
    """
    if jobs is not None and jobs < 1:
        raise InvalidCall(f"--jobs is {jobs}, it must be 1 or more.", hint="Try --jobs 4.")
    if engine == "dask":
        return Cluster(scheduler, jobs)
    if engine == "spark":
        return Spark(scheduler, jobs)
    if engine != "local":
        raise InvalidCall(f"There is no engine {engine!r}.", hint="Name local, dask or spark.")
    if scheduler is not None:
        raise InvalidCall("--scheduler is of --engine dask or spark.", hint="Add one of them.")
    return None if jobs is None else Processes(jobs)
