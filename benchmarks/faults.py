"""What callers of a service see while one thing goes wrong, and what its log kept of it.

For each fault a service with a real log is started, asked by 8 connections at a steady rate, and
killed with SIGKILL while it is asked. Then its log is drained, and every reply with an id is looked
for.

    python benchmarks/faults.py [--seconds 5] [--rate 200]

Aim: no status but 200 and 503, and 503 only where the log cannot be written in time; no reply later
than the deadline and 5 ms; no acknowledged row lost, none twice.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from asking import reply, request
from faulty_service import DEADLINE_MS, FAULTS

from lifecycle_core.adapters.prediction_log import flush, read

CONNECTIONS = 8
ROW = {"tenure": 36, "charges": 50.5, "plan": "plus"}
GRACE_MS = 5.0


@dataclass
class Seen:
    """What callers saw.

    Attributes:
        said: How often each status and cause came.
        late: Milliseconds of each reply after its deadline; negative if before.
        ids: Of the rows that were acknowledged.
    """

    said: collections.Counter[str] = field(default_factory=collections.Counter)
    late: list[float] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)


async def call(address: tuple[str, int], rate: float, until: float, seen: Seen) -> None:
    """Ask at a steady rate, whether or not the replies are quick, until the service is gone."""
    content = request("/score", json.dumps(ROW).encode())
    try:
        reader, writer = await asyncio.open_connection(*address)
        due = time.perf_counter()
        while due < until:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            due = max(due + 1 / rate, time.perf_counter())
            began = time.perf_counter()
            status, content_back = await reply(reader, writer, content)
            seen.late.append((time.perf_counter() - began) * 1000 - DEADLINE_MS)
            body = json.loads(content_back)
            seen.said[f"{status} {body.get('fallback', body.get('cause', ''))}".strip()] += 1
            if status == "200":
                seen.ids.append(body["id"])
    except (asyncio.IncompleteReadError, ConnectionError):
        return


def tried(fault: str, folder: Path, *, seconds: float, rate: float) -> Seen:
    """Ask a faulty service, kill it, and drain its log."""
    program = str(Path(__file__).with_name("faulty_service.py"))
    process = subprocess.Popen(
        [sys.executable, program, str(folder), fault], stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    if process.stdout is None:
        raise RuntimeError("The service cannot be heard.")
    host, _, port = process.stdout.readline().strip().rpartition("/")[2].partition(":")
    seen = Seen()

    async def load() -> None:
        until = time.perf_counter() + seconds
        callers = [
            call((host, int(port)), rate / CONNECTIONS, until + 1, seen) for _ in range(CONNECTIONS)
        ]
        asyncio.get_running_loop().call_later(seconds, process.kill)
        await asyncio.gather(*callers)

    asyncio.run(load())
    process.kill()
    process.wait()
    process.stdout.close()
    if fault == "store away":
        (folder / "log").unlink()
    flush(str(folder / "log"), folder)
    return seen


def main() -> None:
    """Print a line for each fault."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rate", type=float, default=200.0, help="requests a second")
    options = parser.parse_args()
    print(f"deadline {DEADLINE_MS} ms, {options.rate:g} requests a second")
    print(
        f"{'fault':14}{'requests':>9}{'latest':>10}{'over 5 ms':>11}{'lost':>6}{'twice':>7}  said"
    )
    for fault in FAULTS:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            seen = tried(fault, folder, seconds=options.seconds, rate=options.rate)
            rows = read(str(folder / "log"), columns=["id"]).column("id").to_pylist()
        kept = collections.Counter(rows)
        lost = len(set(seen.ids) - set(kept))
        twice = sum(times > 1 for times in kept.values())
        over = sum(late > GRACE_MS for late in seen.late)
        said = ", ".join(f"{what}: {times}" for what, times in sorted(seen.said.items()))
        print(
            f"{fault:14}{len(seen.late):9,}{max(seen.late):+7.1f} ms{over:11}{lost:6}{twice:7}  "
            f"{said}"
        )


if __name__ == "__main__":
    main()
