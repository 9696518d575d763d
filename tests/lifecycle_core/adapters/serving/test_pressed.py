"""A service that is pressed: no request, and no rush of them, takes from others what is theirs."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import httpx
import pandas as pd
import pyarrow as pa
import pytest

from lifecycle_core.adapters.serving.bodies import ARROW
from lifecycle_core.schema.contract import Contract, Feature
from lifecycle_core.schema.prediction import Prediction
from tests.fakes.serving import CONTRACT, ROW, FakeLedger, FakeScorer, MemoryLog, running, served

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CONSTANT = {"use": "constant", "decision": False, "score": 0.125}
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
