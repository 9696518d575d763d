"""Dask on this machine: its threaded scheduler orders the graph, children of ours do the work.

Dask's own process scheduler gives up the whole graph when a worker dies, starts workers that
import the caller's main script, and fixes no hash seed before they start. Here a thread of Dask's
waits for a child, and a child that dies is one step's failure.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from lifecycle_core.adapters.kernel_environment import processors
from lifecycle_core.adapters.scheduling.pool import ChildDied, Pool

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lifecycle_core.adapters.scheduling.graph import Listener, Node, Performing


@dataclass(frozen=True, slots=True)
class LocalScheduler:
    """Runs a graph in processes, or in the threads of one.

    Attributes:
        kind: What steps run in.
        workers: Steps at once; None means as many as there are processors.
        hash_seed: PYTHONHASHSEED of the children, from 0 to 4294967295.
    """

    kind: Literal["processes", "threads"] = "processes"
    workers: int | None = None
    hash_seed: int = 0

    @property
    def name(self) -> str:
        """The kind."""
        return self.kind

    def run(
        self,
        nodes: Mapping[str, Node],
        known: Mapping[str, Any],
        *,
        perform: Performing,
        died: Callable[[Any, Sequence[Any], str], Any],
        listener: Listener,
    ) -> dict[str, Any]:
        """Run every node; see `Scheduler.run`."""
        from dask.threaded import get

        width = min(self.workers or processors(), len(nodes)) or 1
        apart = self.kind == "processes"

        def one(name: str, task: Any, upstream: Sequence[Any]) -> Any:  # noqa: ANN401 - the graph's
            try:
                outcome = pool.call(
                    perform, task, tuple(upstream), started=partial(listener.started, name)
                )
            except ChildDied as gone:
                if pool.closed:  # the run was stopped; this is no failure of the step's
                    raise
                outcome = died(task, upstream, str(gone))
            listener.ended(name, outcome)
            return outcome

        graph: dict[str, Any] = dict(known)
        for name, node in nodes.items():
            graph[name] = (partial(one, name), node.task, list(node.after))
        with (
            Pool(
                processes=width if apart else 1,
                threads=1 if apart else width,
                hash_seed=self.hash_seed,
            ) as pool,
            ThreadPoolExecutor(width) as threads,
        ):
            try:
                found = get(graph, list(nodes), pool=threads)
            except BaseException:
                pool.close()  # first, so that no thread goes on waiting for a child
                threads.shutdown(cancel_futures=True)
                raise
        return dict(zip(nodes, found, strict=True))
