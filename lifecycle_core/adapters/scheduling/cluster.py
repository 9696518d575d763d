"""A Dask cluster: its workers order and place the graph, a child of each worker does the work.

The child fixes hash seed and threads before it starts, keeps steps of different pipelines apart,
and is gone with the run.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lifecycle_core.errors import SchedulerUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lifecycle_core.adapters.scheduling.graph import Listener, Node, Performing

_TIMEOUT = "10s"


@dataclass(frozen=True, slots=True)
class ClusterScheduler:
    """Runs a graph on the workers of a Dask scheduler; nbrelease must be installed there.

    Attributes:
        address: Such as `tcp://host:8786`.
    """

    address: str

    @property
    def name(self) -> str:
        """The address."""
        return self.address

    def run(
        self,
        nodes: Mapping[str, Node],
        known: Mapping[str, Any],
        *,
        perform: Performing,
        died: Callable[[Any, Sequence[Any], str], Any],
        listener: Listener,
    ) -> dict[str, Any]:
        """Run every node; see `Scheduler.run`.

        Raises:
            SchedulerUnavailable: It does not answer, or has no worker.
        """
        from distributed import Client, as_completed

        from lifecycle_core.adapters.scheduling.cluster_worker import StepPool, on_worker

        run = f"nbrelease-{uuid.uuid4().hex[:12]}"
        try:
            client = Client(self.address, timeout=_TIMEOUT, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise self._away(f"does not answer: {error}") from error
        with client:
            try:
                client.wait_for_workers(1, timeout=_TIMEOUT)
            except TimeoutError as error:
                raise self._away("has no worker") from error
            client.subscribe_topic(run, lambda told: _hear(told, listener))
            client.register_plugin(StepPool(), name=run)
            try:
                found = dict(known)
                futures: dict[str, Any] = {}
                for name in _ordered(nodes):
                    node = nodes[name]
                    upstream = [futures.get(each, known.get(each)) for each in node.after]
                    futures[name] = client.submit(
                        on_worker, run, name, perform, node.task, upstream,
                        key=f"{run}-{name}", pure=False, retries=0,
                    )  # fmt: skip
                names = {future.key: name for name, future in futures.items()}
                for future in as_completed(futures.values(), loop=client.loop):
                    name = names[future.key]
                    if future.exception() is None:
                        found[name] = future.result()
                        listener.ended(name, found[name])
                for name in _ordered(nodes):
                    if name not in found:  # its worker died, or one before it
                        how = _how(futures[name].exception())
                        upstream = [found[each] for each in nodes[name].after]
                        found[name] = died(nodes[name].task, upstream, how)
                        listener.ended(name, found[name])
            finally:
                client.cancel(list(futures.values()), force=True)
                client.unregister_worker_plugin(run)
                client.unsubscribe_topic(run)
        return {name: found[name] for name in nodes}

    def _away(self, what: str) -> SchedulerUnavailable:
        return SchedulerUnavailable(
            f"The Dask scheduler {self.address} {what}.",
            address=self.address,
            hint="Start one: dask scheduler, then dask worker ADDRESS; or run without --scheduler.",
        )


def _how(error: BaseException | None) -> str:
    said = str(error)
    return said if type(error).__name__ == "ChildDied" else f"{type(error).__name__}: {said}"


def _hear(told: Any, listener: Listener) -> None:  # noqa: ANN401 - a pair of moment and message
    _, message = told
    listener.started(message["name"], tuple(message["why"]))


def _ordered(nodes: Mapping[str, Node]) -> list[str]:
    from graphlib import TopologicalSorter

    graph = {name: [each for each in node.after if each in nodes] for name, node in nodes.items()}
    return list(TopologicalSorter(graph).static_order())
