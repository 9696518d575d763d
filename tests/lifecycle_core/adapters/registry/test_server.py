"""The same registry on a real MLflow server: one that a team would share."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from lifecycle_core.adapters.ledger import Ledger
from lifecycle_core.adapters.registry import MlflowRegistry
from tests.fakes.promoting import moved, registered

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


# The server's job runners are many processes that nothing here needs.
QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an MLflow server on the loopback, with a database of its own."""
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--backend-store-uri", f"sqlite:///{folder / 'server.db'}",
        "--artifacts-destination", str(folder / "artifacts"),
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **QUIET},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            wait_for(f"http://127.0.0.1:{port}", process, folder / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            with suppress(ProcessLookupError):  # it may have ended by itself
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            with urlopen(f"{address}/health", timeout=5):  # noqa: S310 - our own loopback address
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError(f"The MLflow server did not start:\n{log.read_text()[-2000:]}")


def test_a_server_keeps_releases_and_their_ledger(server: str, tmp_path: Path) -> None:
    registry = MlflowRegistry(server, tmp_path / "unused")
    registry.require()
    registered(registry, tmp_path, 2)
    first, second = registry.releases("churn")
    moved(registry, 1)
    entry = moved(registry, 2)

    assert (entry.valid, entry.event.seq) == (True, 2)
    assert registry.aliases("churn") == {"champion": 2}
    assert Ledger(registry).resolve("churn@champion").version == second.version
    folder = registry.download(first, tmp_path / "fetched")
    assert (folder / "manifest.json").read_bytes() == b"0"
    assert not (tmp_path / "unused").exists()
