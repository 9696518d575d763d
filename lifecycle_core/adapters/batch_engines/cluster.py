"""Score batches on a Dask cluster; the bundle goes to its workers, which verify it themselves."""

from __future__ import annotations

from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.batch_engines.sent_bundles import OpenWorkers, SentBundle, scores_of
from lifecycle_core.errors import NoAnswer, SchedulerUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_LOOK_SECONDS = 1.0
_OVER = frozenset({"closing", "closed"})


@dataclass(frozen=True, slots=True)
class Cluster:
    """Workers of a Dask scheduler; nbrelease must be installed there.

    Attributes:
        address: Such as `tcp://host:8786`; None for a scheduler and workers in threads of this
            process.
        jobs: Workers of the latter; None for as many as there are processors.
        timeout: How long the scheduler has to answer, as Dask reads it.
    """

    address: str | None = None
    jobs: int | None = None
    timeout: str = "10s"

    @contextmanager
    def open(self, bundle: Path) -> Iterator[OpenWorkers]:
        """Connect, and send the bundle; see `BatchEngine.open`.

        Raises:
            SchedulerUnavailable: The scheduler does not answer, or has no worker.
        """
        sent = SentBundle.of(bundle)
        with self._client() as client:
            width = sum(client.nthreads().values())
            with ThreadPoolExecutor(width) as threads:
                there = client.scatter(sent, broadcast=True)

                def ask(columns: dict[str, Any]) -> Any:  # noqa: ANN401 - Dask's result
                    return self._answer(
                        client, client.submit(scores_of, there, columns, pure=False)
                    )

                yield OpenWorkers(ask, width, threads)

    @contextmanager
    def _client(self) -> Iterator[Any]:
        from distributed import Client, LocalCluster
        from distributed.comm.addressing import parse_address, parse_host_port

        if self.address is None:
            with (
                # Without an address it would want port 8787, which another cluster may have.
                LocalCluster(
                    n_workers=self.jobs or None, threads_per_worker=1, processes=False,
                    dashboard_address="127.0.0.1:0",
                ) as cluster,
                Client(cluster, set_as_default=False) as client,
            ):  # fmt: skip
                yield client
            return
        try:
            scheme, place = parse_address(self.address)
            if scheme in {"tcp", "tls"}:  # a client that is half made by then makes noise at exit
                parse_host_port(place)
            client = Client(self.address, timeout=self.timeout, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise self._away(f"does not answer: {error}") from error
        with client:
            try:
                client.wait_for_workers(1, timeout=self.timeout)
            except TimeoutError as error:
                raise self._away("has no worker") from error
            yield client

    def _answer(self, client: Any, future: Any) -> Any:  # noqa: ANN401 - Dask's, loaded late
        """Wait for scores; a future of a scheduler that is gone would be waited for without end."""
        from distributed.comm import CommClosedError
        from distributed.scheduler import KilledWorker

        try:
            while not future.done():
                if client.status in _OVER:
                    raise self._lost("the scheduler is gone")
                with suppress(TimeoutError):
                    return future.result(timeout=_LOOK_SECONDS)
            return future.result()
        except (CancelledError, CommClosedError, KilledWorker) as error:
            raise self._lost(f"a worker is gone ({type(error).__name__})") from error

    def _lost(self, what: str) -> NoAnswer:
        return NoAnswer(
            f"Dask gives no scores any more: {what}.",
            hint="Run the same command again: it goes on where it stopped.",
        )

    def _away(self, what: str) -> SchedulerUnavailable:
        return SchedulerUnavailable(
            f"The Dask scheduler {self.address} {what}.",
            address=str(self.address),
            hint="Start one: dask scheduler, then dask worker ADDRESS; or leave --scheduler out.",
        )
