"""A service that starts knows what the model last said about each key, from its log."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from lifecycle_core.adapters.prediction_log import Identifiers, open_prediction_log
from lifecycle_core.delivering.last_scores import LastScore, LastScores
from lifecycle_core.schema.prediction import Lag, Prediction
from lifecycle_core.verbs.remembering import Remembering
from tests.fakes.serving import served

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.delivering.serving import Served

NEXT = Identifiers().next
FALLBACK = [{"use": "last_score", "max_age_hours": 48}]


def said(key: str | None, score: float, hours: float, **other: object) -> Prediction:
    moment = datetime.now(UTC) - timedelta(hours=hours)
    return Prediction.model_validate(
        {
            "id": NEXT(), "key": key, "time": f"{moment.replace(tzinfo=None).isoformat()}Z",
            "release": "churn", "version": 1, "bundle_digest": "sha256:" + "0" * 64,
            "arm": "champion", "score": score, "decision": score >= 0.5, **other,
        }
    )  # fmt: skip


def remembered(log: Path, last: LastScores, made: Served) -> None:
    remembering = Remembering(last, made, str(log), lambda: Lag(rows=0, bytes=0, oldest_seconds=0))
    remembering.start()
    for thread in threading.enumerate():
        if thread.name == "last-scores":
            thread.join(30)
    remembering.close()


def test_the_newest_of_each_key_comes_back_unless_it_is_too_old(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with open_prediction_log(log, wal=tmp_path / "wal") as kept:
        kept.append(
            [
                said("c1", 0.1, 30), said("c1", 0.6, 3), said("c2", 0.2, 60), said("c3", 0.3, 1),
                said("c4", 0.4, 1, fallback="deadline"), said("c5", 0.5, 1, arm="shadow"),
                said("c6", 0.6, 1, release="other"), said(None, 0.7, 1),
            ]
        ).result()  # fmt: skip
    last = LastScores()
    now = datetime.now(UTC).timestamp()
    last.remember("c3", LastScore(0.9, decision=True, time=now))
    remembered(log, last, served(fallback=FALLBACK))
    found = {key: last.recall(key, since=0.0) for key in ("c1", "c2", "c3", "c4", "c5", "c6")}
    assert {key: each[:2] for key, each in found.items() if each} == {
        "c1": (0.6, True), "c3": (0.9, True),
    }  # fmt: skip
    assert found["c1"] is not None
    assert abs(found["c1"].time - (now - 3 * 3600)) < 600


def test_what_there_is_no_room_for_is_not_read(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with open_prediction_log(log, wal=tmp_path / "wal") as kept:
        kept.append([said(f"c{at}", 0.1, 3 - at) for at in range(3)]).result()
    last = LastScores(most=2)
    remembered(log, last, served(fallback=FALLBACK))
    assert [bool(last.recall(f"c{at}", since=0.0)) for at in range(3)] == [False, True, True]


def test_without_the_fallback_or_a_log_nothing_is_read(tmp_path: Path) -> None:
    last = LastScores()
    remembered(tmp_path / "log", last, served())
    remembered(tmp_path / "none", last, served(fallback=FALLBACK))
    assert last.recall("c1", since=0.0) is None
