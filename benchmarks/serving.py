"""Requests a second and latency of `nbrelease serve`, beside MLflow's server and a bare echo.

The release is the Telco example's. In one run, on loopback, one worker each, one row a request,
in turns:

- ours: `nbrelease serve`, every row synced to the prediction log before its reply, without and with
  reasons;
- `mlflow models serve` of the same fitted pipeline;
- vetiver's API of the same fitted pipeline, in an environment of its own, with the same versions of
  what both use; it gives classes, and keeps no log;
- a bare FastAPI application that gives the same body back, on uvicorn as it installs (h11,
  asyncio), and with the parser and the loop that ours has (httptools, uvloop).

Beside them stands how long this disk takes to sync 800 bytes: at one connection no durable service
can be faster than that, however little it does besides.

The client is one process that keeps 1 or 8 connections busy. Only ratios within one run count.

    make .venv-vetiver/.made
    python benchmarks/serving.py [--requests 2000] [--rounds 3] [--home FOLDER]

`--home` is an `.nbrelease` folder that holds the release `churn` already; without one it is made.

Aim: at least 15 times MLflow's requests a second at 1 and at 8 connections, a p99 of at most a
tenth of its, and at least half of the echo's requests; reasons cost at most 3 ms at p99.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "example_notebooks"
VETIVER = ROOT / ".venv-vetiver" / "bin" / "python"
CONNECTIONS = (1, 8)
START_SECONDS = 180
LOG = "servers.log"
ECHO = """
import sys, uvicorn
from fastapi import FastAPI
app = FastAPI()

@app.post("/echo")
async def echo(body: dict) -> dict:
    return body

uvicorn.run(
    app, port=int(sys.argv[1]), http=sys.argv[2], loop=sys.argv[3], log_level="warning",
    access_log=False,
)
"""


@dataclass
class Side:
    """One server and what was measured of it.

    Attributes:
        address: Host and port.
        path: Of the requests.
        body: Of each request.
        seconds: Of each request, by number of connections.
        rates: Requests a second of each round, by number of connections.
    """

    name: str
    address: tuple[str, int]
    path: str
    body: bytes
    seconds: dict[int, list[float]] = field(default_factory=dict)
    rates: dict[int, list[float]] = field(default_factory=dict)

    def rate(self, connections: int) -> float:
        """Return requests a second."""
        return statistics.median(self.rates[connections])

    def percentile(self, connections: int, percent: float) -> float:
        """Return milliseconds."""
        sorted_ = sorted(self.seconds[connections])
        return sorted_[min(len(sorted_) - 1, int(len(sorted_) * percent / 100))] * 1000


def main() -> None:
    """Print requests a second, latencies, and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--requests", type=int, default=2000, help="of a round; MLflow and vetiver get a tenth"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--home", type=Path, help="an .nbrelease folder with the release churn")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home = _home(folder, options.home)
        with (
            _ours(folder, home) as (served, row),
            _echo(folder, "h11", "asyncio") as echo_port,
            _echo(folder, "httptools", "uvloop") as tuned_port,
            _mlflow(folder, home) as mlflow_port,
            _vetiver(folder, home, row) as vetiver_port,
        ):
            body = json.dumps(row).encode()
            sides = [
                Side("nbrelease serve", served, "/score?reasons=false", body),
                Side("  with reasons", served, "/score", body),
                Side("bare FastAPI echo", ("127.0.0.1", echo_port), "/echo", body),
                Side("  with our parser", ("127.0.0.1", tuned_port), "/echo", body),
                Side(
                    "mlflow models serve", ("127.0.0.1", mlflow_port), "/invocations", _split(row)
                ),
                Side(
                    "vetiver", ("127.0.0.1", vetiver_port), "/predict", json.dumps([row]).encode()
                ),
            ]
            for connections in CONNECTIONS:
                for round_ in range(options.rounds + 1):
                    for side in sides:
                        slow = side.path in {"/invocations", "/predict"}
                        count = max(options.requests // (10 if slow else 1), 4 * connections)
                        asyncio.run(_load(side, connections, count, keep=round_ > 0))
        print(f"fdatasync of 800 bytes: p50 {_sync_milliseconds(folder):.2f} ms")
    _print(sides)


def _print(sides: list[Side]) -> None:
    ours, reasons, echo, tuned, mlflow, vetiver = sides
    for connections in CONNECTIONS:
        print(f"{connections} connection{'s' if connections > 1 else ''}, one row a request")
        for side in sides:
            print(
                f"  {side.name:22} {side.rate(connections):8,.0f} requests/s   "
                f"p50 {side.percentile(connections, 50):7.2f} ms   "
                f"p99 {side.percentile(connections, 99):7.2f} ms"
            )
        faster = ours.rate(connections) / mlflow.rate(connections)
        later = ours.percentile(connections, 99) / mlflow.percentile(connections, 99)
        than_vetiver = ours.rate(connections) / vetiver.rate(connections)
        part = ours.rate(connections) / echo.rate(connections)
        of_tuned = ours.rate(connections) / tuned.rate(connections)
        more = reasons.percentile(connections, 99) - ours.percentile(connections, 99)
        print(f"  requests beside MLflow {faster:8.1f}   (aim: at least 15)")
        print(f"  p99 beside MLflow      {later:8.3f}   (aim: at most 0.1)")
        print(f"  requests beside vetiver {than_vetiver:7.1f}")
        print(f"  requests beside echo   {part:8.2f}   (aim: at least 0.5)")
        print(f"  beside the faster echo {of_tuned:8.2f}")
        print(f"  reasons at p99         {more:+8.2f} ms (aim: at most 3)")


def _sync_milliseconds(folder: Path) -> float:
    """Return the median time of a small synced append, as the prediction log makes them."""
    taken = []
    with (folder / "synced").open("ab", buffering=0) as file:
        for _ in range(200):
            began = time.perf_counter()
            file.write(b"x" * 800)
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1000


def _home(folder: Path, given: Path | None) -> Path:
    """Return an `.nbrelease` folder with the release, as a copy that may be written to."""
    home = folder / "project" / ".nbrelease"
    if given:
        shutil.copytree(given, home)
        return home
    shutil.copytree(EXAMPLE, folder / "project" / "example_notebooks")
    _run(folder, "nbrelease run", "run", "example_notebooks/telco_churn.ipynb")
    return home


def _run(folder: Path, what: str, *words: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "lifecycle_core.cli", *words],
        cwd=folder / "project", env=_environ(folder), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if ended.returncode:
        raise RuntimeError(f"{what} ended with {ended.returncode}: {ended.stderr}")


def _environ(folder: Path) -> dict[str, str]:
    return {**os.environ, "NBRELEASE_HOME": str(folder / "project" / ".nbrelease")}


@contextmanager
def _ours(folder: Path, home: Path) -> Iterator[tuple[tuple[str, int], dict[str, Any]]]:
    record = folder / "service.json"
    command = [
        sys.executable, "-m", "lifecycle_core.cli", "serve", "churn", "--port", "0",
        "--deadline", "1000", "--json", str(record),
    ]  # fmt: skip
    with _process(command, folder, cwd=home.parent, environ=_environ(folder)) as process:
        _wait(record.is_file, process, folder / LOG)
        said = json.loads(record.read_text())
        row = json.loads(said["curl"].partition("-d '")[2].rpartition("'")[0])
        port = int(said["address"].rpartition(":")[2])
        yield ("127.0.0.1", port), row


@contextmanager
def _echo(folder: Path, parser: str, loop: str) -> Iterator[int]:
    port = _free_port()
    command = [sys.executable, "-c", ECHO, str(port), parser, loop]
    with _process(command, folder) as process:
        _wait(lambda: _listens(port), process, folder / LOG)
        yield port


@contextmanager
def _mlflow(folder: Path, home: Path) -> Iterator[int]:
    """Serve the model of the release's own bundle with MLflow."""
    import mlflow.sklearn

    from lifecycle_core.adapters.models import load_model

    path = next((home / "bundles").glob("churn-*/model/model.skops"))
    mlflow.sklearn.save_model(
        load_model(path), folder / "mlflow", serialization_format="cloudpickle",
        pyfunc_predict_fn="predict_proba", pip_requirements=[],
    )  # fmt: skip
    port = _free_port()
    command = [
        sys.executable, "-m", "mlflow", "models", "serve", "-m", str(folder / "mlflow"),
        "--env-manager", "local", "--port", str(port), "--workers", "1",
    ]  # fmt: skip
    here = str(Path(sys.executable).parent)  # it starts uvicorn by name
    environ = {**os.environ, "PATH": f"{here}{os.pathsep}{os.environ['PATH']}"}
    with _process(command, folder, environ=environ) as process:
        _wait(lambda: _listens(port), process, folder / LOG)
        yield port


@contextmanager
def _vetiver(folder: Path, home: Path, row: dict[str, Any]) -> Iterator[int]:
    """Serve the same model with vetiver."""
    import joblib

    from lifecycle_core.adapters.models import load_model

    if not VETIVER.is_file():
        raise SystemExit("vetiver is not there. Make its environment: make .venv-vetiver/.made")
    model, example = folder / "model.joblib", folder / "row.json"
    joblib.dump(load_model(next((home / "bundles").glob("churn-*/model/model.skops"))), model)
    example.write_text(json.dumps(row), encoding="utf-8")
    port = _free_port()
    program = str(ROOT / "benchmarks" / "in_vetiver.py")
    command = [str(VETIVER), program, str(model), str(example), str(port)]
    with _process(command, folder) as process:
        _wait(lambda: _listens(port), process, folder / LOG)
        yield port


@contextmanager
def _process(
    command: list[str], folder: Path, *, cwd: Path | None = None,
    environ: dict[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:  # fmt: skip
    with (folder / LOG).open("ab") as log:
        process = subprocess.Popen(
            command, cwd=cwd, env=environ, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def _wait(there: Any, process: subprocess.Popen[bytes], log: Path) -> None:  # noqa: ANN401 - a function
    until = time.monotonic() + START_SECONDS
    while not there():
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"{process.args!r} did not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.2)


def _listens(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _split(row: dict[str, Any]) -> bytes:
    whole = {"columns": list(row), "data": [list(row.values())]}
    return json.dumps({"dataframe_split": whole}).encode()


async def _load(side: Side, connections: int, requests: int, *, keep: bool) -> None:
    """Keep connections busy, and note how long each request took."""
    request = (
        f"POST {side.path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        f"content-length: {len(side.body)}\r\n\r\n"
    ).encode() + side.body
    left = iter(range(requests))
    taken: list[float] = []

    async def ask() -> None:
        reader, writer = await asyncio.open_connection(*side.address)
        for _ in left:
            began = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            status = head.split(b" ", 2)[1]
            length = next(
                int(line.split(b":")[1])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length")
            )
            body = await reader.readexactly(length)
            if status != b"200":
                raise RuntimeError(f"{side.name} answered {status!r}: {body[:300]!r}")
            taken.append(time.perf_counter() - began)
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(ask() for _ in range(connections)))
    ended = time.perf_counter()
    if keep:
        side.seconds.setdefault(connections, []).extend(taken)
        side.rates.setdefault(connections, []).append(requests / (ended - began))


if __name__ == "__main__":
    main()
