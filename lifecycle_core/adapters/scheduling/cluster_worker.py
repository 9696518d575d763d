"""What runs inside a Dask worker: a pool of children for one run, and the hand-over to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from distributed import WorkerPlugin, get_worker  # noqa: TID253 - only a cluster loads this module

from lifecycle_core.adapters.scheduling.pool import Pool

if TYPE_CHECKING:
    from collections.abc import Callable


class StepPool(WorkerPlugin):  # type: ignore[misc] # distributed publishes no types
    """Keeps children beside a Dask worker for as long as a run lasts."""

    def setup(self, worker: Any) -> None:  # noqa: ANN401 - distributed's
        """Begin with as many children as the worker has threads; none starts yet."""
        self.pool = Pool(processes=worker.state.nthreads)

    def teardown(self, worker: Any) -> None:  # noqa: ANN401, ARG002 - as above
        """End them."""
        self.pool.close()


def on_worker(
    run: str,
    name: str,
    perform: Callable[..., Any],
    task: Any,  # noqa: ANN401 - the graph does not look inside
    upstream: list[Any],
) -> Any:  # noqa: ANN401 - as above
    """Perform a task in a child of the Dask worker that this is called in."""
    worker = get_worker()

    def started(why: tuple[str, ...]) -> None:
        worker.log_event(run, {"name": name, "why": list(why)})

    return worker.plugins[run].pool.call(perform, task, tuple(upstream), started=started)
