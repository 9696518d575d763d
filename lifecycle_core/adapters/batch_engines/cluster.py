"""Score batches on a Dask cluster; the bundle goes to its workers, which verify it themselves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.batch_engines.sent_bundles import OpenWorkers, SentBundle, scores_of
from lifecycle_core.errors import SchedulerUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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
                    return client.submit(scores_of, there, columns, pure=False).result()

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
            _, place = parse_address(self.address)  # a client that cannot is half made, and noisy
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

    def _away(self, what: str) -> SchedulerUnavailable:
        return SchedulerUnavailable(
            f"The Dask scheduler {self.address} {what}.",
            address=str(self.address),
            hint="Start one: dask scheduler, then dask worker ADDRESS; or leave --scheduler out.",
        )
