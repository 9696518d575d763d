"""Score batches on a Dask cluster; the bundle goes to its workers, which verify it themselves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.batch_engines.sent_bundles import SentBundle, scores_of
from lifecycle_core.errors import SchedulerUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from concurrent.futures import Future
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray


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
    def open(self, bundle: Path) -> Iterator[OpenCluster]:
        """Connect, and send the bundle; see `BatchEngine.open`.

        Raises:
            SchedulerUnavailable: The scheduler does not answer, or has no worker.
        """
        sent = SentBundle.of(bundle)
        with self._client() as client:
            width = sum(client.nthreads().values())
            with ThreadPoolExecutor(width) as threads:
                yield OpenCluster(client, client.scatter(sent, broadcast=True), width, threads)

    @contextmanager
    def _client(self) -> Iterator[Any]:
        from distributed import Client, LocalCluster

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
            client = Client(self.address, timeout=self.timeout, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise self._away(f"does not answer: {error}") from error
        with client:
            try:
                client.wait_for_workers(1, timeout=self.timeout)
            except TimeoutError as error:
                raise self._away("has no worker") from error
            yield client

    def _away(self, what: str) -> SchedulerUnavailable:
        return SchedulerUnavailable(
            f"The Dask scheduler {self.address} {what}.",
            address=str(self.address),
            hint="Start one: dask scheduler, then dask worker ADDRESS; or leave --scheduler out.",
        )


@dataclass(frozen=True, slots=True)
class OpenCluster:
    """A cluster with a model.

    Attributes:
        client: The connection.
        sent: The bundle, where the workers have it.
        workers: How many batches are worked on at the same time.
        threads: What waits for the answers.
    """

    client: Any
    sent: Any
    workers: int
    threads: ThreadPoolExecutor

    @property
    def width(self) -> int:
        """How many batches are worked on, or wait, at the same time."""
        return 2 * self.workers

    def submit(self, columns: Mapping[str, Any]) -> Future[NDArray[np.float64]]:
        """Begin to score a batch; see `OpenEngine.submit`."""
        return self.threads.submit(self._ask, dict(columns))

    def _ask(self, columns: dict[str, Any]) -> NDArray[np.float64]:
        # Lost workers are Dask's matter: scores are the same wherever they are computed again.
        found, error = self.client.submit(scores_of, self.sent, columns, pure=False).result()
        if error is not None:
            raise error
        scores: NDArray[np.float64] = found
        return scores
