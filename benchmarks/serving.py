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

Before anything is timed, every customer of the data set is scored by the service, one row a request
and many rows a request, and compared with scikit-learn's `predict_proba`.

The client is one process on uvloop that keeps 1 or 8 connections busy: what it takes itself, which
is in the figures of all sides, is small. Only ratios within one run count.

    make .venv-vetiver/.made
    python benchmarks/serving.py [--requests 2000] [--rounds 3] [--home FOLDER]

`--home` is an `.nbrelease` folder that holds the release `churn` already; without one it is made.

Aim: at least 15 times MLflow's requests a second at 1 and at 8 connections, a p99 of at most a
tenth of its, and at least half of the echo's requests; reasons cost at most 3 ms at p99; scores
differ by at most 1e-6 from scikit-learn's.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import uvloop
from asking import Side, ask, load, request
from servers import echo, mlflow, ours, released_home, vetiver
from telco import customers

CONNECTIONS = (1, 8)


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
        home = released_home(folder, options.home)
        with (
            ours(folder, home) as (served, row),
            echo(folder, "h11", "asyncio") as echo_port,
            echo(folder, "httptools", "uvloop") as tuned_port,
            mlflow(folder, home) as mlflow_port,
            vetiver(folder, home, row) as vetiver_port,
        ):
            print(uvloop.run(_parity(served, home)))
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
                        uvloop.run(load(side, connections, count, keep=round_ > 0))
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


def _split(row: dict[str, Any]) -> bytes:
    whole = {"columns": list(row), "data": [list(row.values())]}
    return json.dumps({"dataframe_split": whole}).encode()


async def _parity(address: tuple[str, int], home: Path) -> str:
    """Return how far the service's scores are from scikit-learn's, over the whole data set."""
    from lifecycle_core.adapters.models import load_model

    model = load_model(next((home / "bundles").glob("churn-*/model/model.skops")))
    frame, _ = customers()
    wanted = model.predict_proba(frame)[:, 1]
    rows = json.loads(frame.to_json(orient="records"))
    found: dict[str, list[float]] = {"one": [], "many": []}
    reader, writer = await asyncio.open_connection(*address)
    path = "/score?reasons=false"
    for row in rows:
        said = await ask(reader, writer, request(path, json.dumps(row).encode()))
        found["one"].append(json.loads(said)["score"])
    for start in range(0, len(rows), 1000):
        body = json.dumps(rows[start : start + 1000]).encode()
        said = await ask(reader, writer, request(path, body))
        found["many"] += [each["score"] for each in json.loads(said)]
    writer.close()
    furthest = {
        how: max(abs(a - b) for a, b in zip(scores, wanted, strict=True))
        for how, scores in found.items()
    }
    return (
        f"{len(rows):,} rows beside scikit-learn: largest difference {furthest['one']:.1e} one a "
        f"request, {furthest['many']:.1e} many a request (aim: at most 1e-6)"
    )


if __name__ == "__main__":
    main()
