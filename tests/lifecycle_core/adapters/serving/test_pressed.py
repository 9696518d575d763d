"""A service that is pressed: no request, and no rush of them, takes from others what is theirs."""

from __future__ import annotations

import asyncio
import io
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from lifecycle_core.adapters.explaining import Explainer
from lifecycle_core.adapters.serving.apart import Busy
from lifecycle_core.adapters.serving.bodies import ARROW, Unusable
from lifecycle_core.adapters.serving.intake import Intake
from lifecycle_core.adapters.serving.metrics import Metrics
from lifecycle_core.adapters.serving.scoring import Limits, Scoring
from lifecycle_core.delivering.row_checks import RowChecks
from lifecycle_core.schema.contract import Contract, Feature
from lifecycle_core.schema.explaining import ExplainerFacts, Factor
from lifecycle_core.schema.prediction import Prediction
from lifecycle_core.schema.release_file import ReasonsSection
from tests.fakes.serving import (
    CONSTANT,
    CONTRACT,
    ROW,
    FakeLedger,
    FakeScorer,
    KeptTogether,
    MemoryLog,
    running,
    served,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping, Sequence

    from numpy.typing import NDArray

    from lifecycle_core.adapters.serving.base import Reply
    from lifecycle_core.adapters.serving.intake import Receive
    from lifecycle_core.delivering.inquiring import Inquiry
    from lifecycle_core.delivering.replying import Desk
    from lifecycle_core.delivering.row_checks import Checked, Columns

JSON = {"content-type": "application/json"}
TIMED = Contract(
    name="churn",
    features=(*CONTRACT.features, Feature(name="since", type="timestamp", required=True)),
)


def arrow(**columns: pa.Array) -> bytes:
    whole = pa.table({name: pa.array([value]) for name, value in ROW.items()} | columns)
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, whole.schema) as writer:
        writer.write_table(whole)
    return sink.getvalue()


@pytest.mark.parametrize("kind", ["scikit-learn", "onnx"])
def test_moments_to_the_nanosecond_are_kept_as_any_other(kind: str) -> None:
    ledger = FakeLedger(
        lambda _: served(
            FakeScorer(kind=kind), contract=TIMED, deadline_ms=5000, fallback=[CONSTANT]
        )
    )
    log = MemoryLog()
    moment = pa.array([pd.Timestamp("2026-01-31T05:00:00.000001001")], pa.timestamp("ns"))
    never = pa.array([-(1 << 63)], pa.int64()).view(pa.timestamp("ns"))
    with running(ledger.following(), log) as address, httpx.Client(base_url=address) as client:
        head = {"content-type": ARROW}
        for _ in range(3):  # more than a lane has threads
            said = client.post("/score", content=arrow(since=moment), headers=head)
            assert said.status_code == 200, said.text
        assert client.post("/score", content=arrow(since=never), headers=head).status_code == 422
        said = client.post("/score", json={**ROW, "since": "2026-01-31"})
        assert said.json()["answered_by"] == "model"
    kept = [Prediction.from_json(row).features["since"] for row in log.rows]
    assert kept == ["2026-01-31T05:00:00.000001"] * 3 + ["2026-01-31T00:00:00"]


class FailingLog(MemoryLog):
    """Raises what no log should, at first."""

    left = 3

    def keep(self, predictions: Sequence[bytes], then: Callable[[Exception | None], None]) -> None:
        self.left -= 1
        if self.left >= 0:
            raise RuntimeError("patient 17")
        super().keep(predictions, then)


def test_no_error_ends_a_thread_that_others_need() -> None:
    ledger = FakeLedger(lambda _: served(deadline_ms=200, fallback=[CONSTANT]))
    with running(ledger.following(), FailingLog()) as address, httpx.Client() as client:
        said = [client.post(f"{address}/score", json=ROW).json() for _ in range(4)]
    assert [each.get("cause") for each in said[:3]] == ["log_late"] * 3
    assert said[3]["answered_by"] == "model"


class Effects:
    """Effects that are found at once, and said to take three quarters of a turn of the loop."""

    slots = 15_000.0

    def __call__(self, row: Mapping[str, Any]) -> NDArray[np.float64]:
        return np.array([row["tenure"] / 100])


def explained() -> Desk:
    facts = ExplainerFacts(
        method="sampling", factors=(Factor(name="tenure", features=("tenure",)),),
        base=0.0, baseline=0.0,
    )  # fmt: skip
    made = served(FakeScorer(kind="onnx"), deadline_ms=60_000, fallback=[CONSTANT])
    explainer = Explainer(facts, ReasonsSection(), Effects())
    return FakeLedger(lambda _: replace(made, explainer=explainer)).following().desk


def test_the_loop_finds_few_reasons_in_a_turn_and_none_for_who_waited_long() -> None:
    desk, log = explained(), KeptTogether()
    scoring = Scoring(desk, log, Metrics(), Limits(waiting=6), spare=False)

    async def several(*waited: float) -> list[Mapping[str, Any]]:
        now = time.perf_counter()
        replies = await asyncio.gather(*(scoring.reply(asked(desk), now - each) for each in waited))
        return [one for reply in replies if not isinstance(reply, str) for one in reply.answers]

    said = asyncio.run(several(0, 0, 40, 40, 40, 0, 0, 0))
    scoring.close()
    told = [("left out" if "reasons_left_out" in one else len(one["reasons"])) for one in said]
    assert told == [1, 1, "left out", "left out", "left out", 1, 0, 0]
    assert [one["fallback"] for one in said] == [""] * 6 + ["shed"] * 2
    # What is shed is kept by itself; then turns: each ends where another reason is to be found.
    assert log.groups == [1, 1, 1, 4, 1]


def asked(desk: Desk) -> Inquiry:
    return desk.inquire({name: [v] for name, v in ROW.items()}, 1, now=0.0, explained=True)


def test_who_is_late_before_the_model_is_asked_gets_the_fallback() -> None:
    made = served(FakeScorer(seconds=0.3), deadline_ms=100, fallback=[CONSTANT])
    desk = FakeLedger(lambda _: made).following().desk
    scoring = Scoring(desk, MemoryLog(), Metrics(), Limits(), spare=False)

    async def stalled() -> Reply | str:
        return await scoring.reply(asked(desk), time.perf_counter() - 1)

    said = asyncio.run(stalled())
    scoring.close()
    assert not isinstance(said, str), said
    assert said.answers[0]["fallback"] == "deadline"


class HeldChecks(RowChecks):
    """The checks of a contract; those of many rows wait until somebody lets them."""

    def __init__(self) -> None:
        super().__init__(CONTRACT)
        self.let, self.began = threading.Event(), threading.Event()

    def check(self, columns: Columns, rows: int, *, now: float) -> Checked:
        if rows > Limits().few:
            self.began.set()
            assert self.let.wait(10)
        return super().check(columns, rows, now=now)


@pytest.mark.parametrize(
    "many",
    [[ROW] * 5_000, [ROW] * 1_000, [{}] * 5_400],
    ids=lambda rows: f"{len(rows)} rows",
)
def test_a_request_of_many_rows_keeps_no_small_one(many: list[object]) -> None:
    made = served(deadline_ms=5_000)
    held = HeldChecks()
    following = FakeLedger(lambda _: replace(made, checks=held)).following()
    with (
        running(following, MemoryLog()) as address,
        httpx.Client(base_url=address, timeout=30) as client,
        ThreadPoolExecutor(1) as another,
    ):
        large = another.submit(httpx.post, f"{address}/score", json=many, timeout=30)
        try:
            assert held.began.wait(10)
            small = [
                client.post("/score", json=ROW),
                client.post("/score", content=arrow(), headers={"content-type": ARROW}),
                client.post("/score", content=json.dumps(ROW) + " " * (16 << 10), headers=JSON),
            ]
            assert [each.status_code for each in small] == [200] * 3
            assert not large.done()
        finally:
            held.let.set()
        assert large.result().status_code == (200 if many[0] else 422)


@pytest.mark.parametrize(
    ("content", "status", "told"),
    [
        (b"[" + b",".join([b"{}"] * 35_000) + b"]", 413, 0),
        (json.dumps([{}] * 1_000).encode(), 422, 100),
        (json.dumps({f"field {at}": 1 for at in range(20_000)}).encode(), 422, 100),
        (b"1", 422, 1),
        (b"{", 422, 1),
    ],
    ids=["very many", "many", "many fields", "none", "no JSON"],
)
def test_of_wrong_outcomes_no_more_is_said_than_anybody_reads(
    content: bytes, status: int, told: int
) -> None:
    with running(FakeLedger(lambda _: served()).following(), MemoryLog()) as address:
        said = httpx.post(f"{address}/outcomes", content=content, headers=JSON)
        plain = httpx.post(
            f"{address}/outcomes", content=b"{}", headers={"content-type": "text/plain"}
        )
    assert (said.status_code, len(said.json().get("refusals", []))) == (status, told), said.text
    assert plain.status_code == 422  # which any page may have a browser send


def slowly(*parts: bytes, then: float = 0.0) -> Receive:
    """Return what receives parts of a body, and a rest that comes after some seconds."""
    waiting = list(parts)

    async def receive() -> MutableMapping[str, Any]:
        await asyncio.sleep(0 if waiting else then)
        return {
            "type": "http.request", "body": waiting.pop(0) if waiting else b"",
            "more_body": bool(waiting) or then > 0,
        }  # fmt: skip

    return receive


def test_bodies_that_come_slowly_hold_a_bounded_part_of_the_memory_for_a_bounded_time() -> None:
    intake = Intake(most_held=100, seconds=0.05)

    async def read(*bodies: Receive) -> list[bytes | BaseException]:
        return await asyncio.gather(*(intake.read(b, 60) for b in bodies), return_exceptions=True)

    stuck, refused = asyncio.run(read(slowly(b"x" * 60, then=60), slowly(b"y" * 30, b"z" * 30)))
    assert isinstance(stuck, Unusable)
    assert (stuck.status, str(stuck)) == (408, "The body did not come within 0.05 seconds.")
    assert isinstance(refused, Busy)
    # What they held is free again.
    good, large = asyncio.run(read(slowly(b"y" * 30, b"z" * 30), slowly(b"y" * 30, b"z" * 31)))
    assert good == b"y" * 30 + b"z" * 30
    assert isinstance(large, Unusable)
    assert large.status == 413
