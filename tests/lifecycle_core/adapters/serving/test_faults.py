"""A service under load, broken on purpose; `make faults` does it often, the tests a few times."""

from __future__ import annotations

import collections
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lifecycle_core.adapters.prediction_log import flush, read
from lifecycle_core.adapters.serving.bodies import ARROW
from lifecycle_core.schema.serving import Roles
from tests.fakes.serving import NOW, ROW, FakeLedger, MemoryLog, a_release, running, served

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS = int(os.environ.get("NBRELEASE_FAULTS", "1"))
ROOT = Path(__file__).parents[4]
KILLED = "tests.lifecycle_core.adapters.serving.killed_service"
CONSTANT = {"use": "constant", "decision": False}
FIRST_OR_LAST_YEAR = re.compile(r'"(?:0001|9999)-')
"""A moment there may have no year in UTC, and is refused then; a JSON schema cannot say so."""


def test_every_reply_names_a_release_that_was_champion_at_that_moment() -> None:
    ledger = FakeLedger(lambda version: served(version=version))
    following = ledger.following()
    moves: list[tuple[float, float, int]] = [(0.0, 0.0, 1)]
    said: list[tuple[float, float, int]] = []
    over = threading.Event()

    def ask(address: str) -> None:
        with httpx.Client() as client:
            while not over.is_set():
                sent = time.perf_counter()
                answer = client.post(f"{address}/score", json=ROW)
                said.append((sent, time.perf_counter(), answer.json()["version"]))

    with running(following, MemoryLog()) as address:
        threads = [threading.Thread(target=ask, args=(address,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for number in range(10 + 2 * ROUNDS):
            before = len(said)
            version = number % 2 + 2 if number % 3 else 1
            ledger.roles = Roles(champion=a_release(version), alias="champion")
            began = time.perf_counter()
            following.step(NOW)
            moves.append((began, time.perf_counter(), version))
            while len(said) < before + 8:  # every release is asked
                assert any(thread.is_alive() for thread in threads)
                time.sleep(0.001)
        over.set()
        for thread in threads:
            thread.join()
    ends = [*(end for _, end, _ in moves[1:]), float("inf")]
    for sent, received, version in said:
        assert any(
            began <= received and end >= sent and version == champion
            for (began, _, champion), end in zip(moves, ends, strict=True)
        )
    assert {version for *_, version in said} == {1, 2, 3}


def test_no_acknowledged_row_is_lost_or_kept_twice_by_a_kill(tmp_path: Path) -> None:
    acknowledged: list[str] = []
    for _ in range(ROUNDS):
        process = subprocess.Popen(
            [sys.executable, "-m", KILLED, tmp_path],
            stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        threads = [
            threading.Thread(target=ask_until_gone, args=(address, acknowledged)) for _ in range(3)
        ]
        try:
            before = len(acknowledged)
            for thread in threads:
                thread.start()
            while len(acknowledged) < before + 40:
                assert any(thread.is_alive() for thread in threads)
                time.sleep(0.005)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
            process.stdout.close()
        for thread in threads:
            thread.join()
    flush(str(tmp_path / "log"), tmp_path)
    kept = collections.Counter(read(str(tmp_path / "log"), columns=["id"]).column("id").to_pylist())
    assert set(acknowledged) <= set(kept)
    assert set(kept.values()) == {1}


def ask_until_gone(address: str, acknowledged: list[str]) -> None:
    with httpx.Client() as client:
        while True:
            try:
                answer = client.post(f"{address}/score", json=ROW)
            except httpx.HTTPError:
                return
            if answer.status_code == 200:  # 503 where the machine or its disk is too slow
                acknowledged.append(answer.json()["id"])


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    ledger = FakeLedger(lambda _: served(fallback=[CONSTANT], deadline_ms=5000))
    with running(ledger.following(), MemoryLog()) as found:
        yield found


def often(count: int) -> settings:
    return settings(
        max_examples=count * ROUNDS, deadline=None, derandomize=ROUNDS == 1, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/score"), ("POST", "/outcomes"), ("GET", "/release"), ("GET", "/health/ready")],
)
def test_what_the_document_says_holds_for_whatever_is_sent(
    address: str, method: str, path: str
) -> None:
    operation = schemathesis.openapi.from_url(f"{address}/openapi.json")[path][method]

    @given(case=operation.as_strategy())
    @often(15 if method == "POST" else 2)
    def check(case: Any) -> None:  # noqa: ANN401 - schemathesis types it by what it called
        assume(not FIRST_OR_LAST_YEAR.search(json.dumps(case.body, default=str)))
        case.call_and_validate(timeout=30)

    check()


def test_no_bytes_are_answered_with_an_error_of_ours(address: str) -> None:
    good = json.dumps(ROW).encode()
    cut = st.integers(0, len(good)).map(lambda at: good[:at])
    kinds = st.sampled_from(["application/json", ARROW, "text/plain", "application/x-pickle"])

    with httpx.Client() as client:

        @given(content=st.binary(max_size=300) | cut, kind=kinds)
        @often(40)
        def check(content: bytes, kind: str) -> None:
            headers = {"content-type": kind}
            for path in ("/score", "/outcomes"):
                answer = client.post(f"{address}{path}", content=content, headers=headers)
                assert answer.status_code < 500, answer.text

        check()
        assert client.post(f"{address}/score", content=good, headers=JSON).status_code == 200


JSON = {"content-type": "application/json"}
