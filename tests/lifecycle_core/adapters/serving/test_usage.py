"""What a service spent and was asked, as it comes to the log."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import httpx

from lifecycle_core.adapters.prediction_log import Identifiers
from lifecycle_core.adapters.serving.guard import Tokens
from lifecycle_core.adapters.serving.tally import Counts, Tally
from lifecycle_core.adapters.serving.usage_log import UsageLog
from lifecycle_core.delivering.inquiring import Lineup, inquire
from lifecycle_core.delivering.last_scores import LastScores
from lifecycle_core.schema.serving import Experiment
from tests.fakes.serving import (
    NOW,
    ROW,
    FakeLedger,
    FakeScorer,
    MemoryLog,
    a_release,
    running,
    served,
)

if TYPE_CHECKING:
    from lifecycle_core.schema.usage import Usage

TOKEN = "a-token-of-some-length"


def metering(
    tally: Tally, log: MemoryLog, *, seconds: float = 60.0, idle_seconds: float = 3600.0
) -> UsageLog:
    return UsageLog(
        tally, log, lambda: a_release(2), identify=Identifiers().next,
        seconds=seconds, idle_seconds=idle_seconds,
    )  # fmt: skip


def kept(tally: Tally, log: MemoryLog) -> list[Usage]:
    """What a service writes when it ends."""
    meter = metering(tally, log)
    meter.start()
    meter.close()
    return log.usage


def post(address: str, content: object, *, token: str = TOKEN, kind: str = "json") -> int:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    headers = {"content-type": f"application/{kind}", "authorization": f"Bearer {token}"}
    return httpx.post(f"{address}/score", content=body, headers=headers).status_code


def test_what_was_answered_and_what_was_not_is_counted_without_any_value() -> None:
    log, tally = MemoryLog(), Tally()
    following = FakeLedger(lambda version: served(version=version)).following()
    with running(following, log, tally=tally, tokens=Tokens.of([TOKEN])) as address:
        statuses = [
            post(address, [ROW, ROW]),
            post(address, [ROW, ROW | {"tenure": 99, "plan": "gold"}]),
            post(address, ROW | {"ann@example.org": "Ann's secret"}),
            post(address, b"{"),
            post(address, b"{}", kind="xml"),
            post(address, b'"' + b"x" * (1 << 20) + b'"'),
            post(address, ROW, token="another-token-of-some-length"),
        ]
    assert statuses == [200, 422, 422, 400, 415, 413, 401]
    one, other = sorted(kept(tally, log), key=lambda each: each.version)
    assert (one.release, one.version, one.source, one.answered) == ("churn", 1, "service", 2)
    assert one.refused == {"contract": 3}
    assert [(each.field, each.rule, each.fields) for each in one.refused_fields] == [
        ("", "extra_column", 1), ("plan", "category", 1), ("tenure", "range", 1),
    ]  # fmt: skip
    unread = {"unreadable": 1, "wrong_kind": 1, "too_large": 1, "unauthorized": 1}
    assert (other.version, other.answered, other.refused) == (2, 0, unread)
    assert one.cpu_seconds is not None
    assert other.cpu_seconds is not None
    assert 0 <= one.cpu_seconds <= one.wall_seconds * 64
    assert one.peak_bytes is None or one.peak_bytes > 1 << 20
    said = "".join(each.model_dump_json() for each in log.usage)
    assert "Ann" not in said
    assert "ann@" not in said
    assert one.who == other.who


def test_rows_that_nobody_could_answer_are_errors() -> None:
    log, tally = MemoryLog(), Tally()
    model = FakeScorer(raises=None)
    following = FakeLedger(lambda version: served(model, version=version)).following()
    with running(following, log, tally=tally) as address:
        model.raises = RuntimeError("no")
        assert post(address, [ROW, ROW, ROW]) == 503
        model.raises, log.full = None, True
        assert post(address, ROW) == 503
    log.full = False
    (found,) = kept(tally, log)
    assert (found.answered, found.errors) == (0, {"model_error": 3, "log_full": 1})


def test_a_version_has_its_rows_and_its_part_of_the_time() -> None:
    experiment = Experiment(unit="customer", salt="s", arms={"challenger": 50.0})
    lineup = Lineup(
        champion=served(version=1), arms={"challenger": served(version=2)},
        experiment=experiment, shadow=None, previous=None, last=LastScores(),
    )  # fmt: skip
    columns = {name: [value] * 40 for name, value in (ROW | {"tenure": 99}).items()}
    columns["customer"] = [f"c{at}" for at in range(40)]
    inquiry = inquire(lineup, columns, 40, now=NOW.timestamp())
    log, tally = MemoryLog(), Tally()
    tally.refused(inquiry)
    tally.unanswered(inquiry, "log_late")
    found = {each.version: each for each in kept(tally, log)}
    asked = {version: len(rows) for version, rows in inquiry.asked.items()}
    assert {version: each.refused["contract"] for version, each in found.items()} == asked
    assert {version: each.errors["log_late"] for version, each in found.items()} == asked
    assert {v: sum(f.fields for f in each.refused_fields) for v, each in found.items()} == asked
    assert all(asked.values())
    assert sum(asked.values()) == 40
    first, second = (found[version].cpu_seconds or 0.0 for version in (1, 2))
    assert first * asked[2] == second * asked[1] or abs(first / second - asked[1] / asked[2]) < 1e-6


def test_what_the_log_does_not_take_goes_into_the_next_interval() -> None:
    log, tally = MemoryLog(broken=True), Tally()
    tally.give_back({1: Counts(answered=7)})
    assert kept(tally, log) == []
    log.broken, log.full = False, True
    assert kept(tally, log) == []
    log.full = False
    assert [each.answered for each in kept(tally, log)] == [7]


def test_an_idle_service_writes_no_row_a_minute() -> None:
    log, tally = MemoryLog(), Tally()
    quiet = metering(tally, log, seconds=0.001, idle_seconds=3600.0)
    quiet.start()
    quiet.close()
    assert [each.answered for each in log.usage] == [0]  # the last one, as it ends
    talking = metering(tally, log, seconds=0.001, idle_seconds=0.002)
    talking.start()
    while len(log.usage) < 4:
        time.sleep(0.001)
    talking.close()
