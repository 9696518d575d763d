"""The verbs of the prediction log, in the process of a caller."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import lifecycle_core
from lifecycle_core.adapters.prediction_log import open_prediction_log
from lifecycle_core.errors import InvalidCall
from lifecycle_core.settings import load_settings
from tests.fakes.predictions import outcome, prediction


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NBRELEASE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NBRELEASE_LOG", "logs")


def test_from_waiting_rows_to_a_review(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.log == str(tmp_path / "logs")
    wal = settings.write_ahead_logs / "service"
    with open_prediction_log(settings.log, wal=wal, drain_seconds=600) as log:
        log.append([prediction(1, day="2026-11-01"), prediction(2)]).result(timeout=60)
        log.append_outcomes([outcome(1, 2)]).result(timeout=60)
        assert lifecycle_core.drain_log().write_ahead_logs == 1
        found = lifecycle_core.read_log("churn", since=date(2026, 11, 1), columns=["key"])
        assert found.column("action").to_pylist() == [None, "accepted"]
    kept = lifecycle_core.retain_log(days=2, today=date(2026, 11, 29))
    assert [table.rows_after for table in kept.tables] == [1, 1, 0]  # predictions, outcomes, usage
    assert lifecycle_core.compact_log(keep_hours=0).action == "compact"
    damaged = wal / "000000000001-0badc0de.damaged"
    damaged.write_bytes(b"customer-000002")
    forgotten = lifecycle_core.forget_key("customer-000002")
    assert (forgotten.action, forgotten.damaged_removed) == ("forget", 1)
    assert not damaged.exists()
    assert lifecycle_core.read_log().num_rows == 0


def test_wrong_calls_are_refused() -> None:
    with pytest.raises(InvalidCall, match="must be 0 or more"):
        lifecycle_core.compact_log(keep_hours=-1)
    with pytest.raises(InvalidCall, match="must be 1 or more"):
        lifecycle_core.retain_log(days=0)
    with pytest.raises(InvalidCall, match="key is empty"):
        lifecycle_core.forget_key("")


def test_a_log_in_a_bucket_is_no_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBRELEASE_LOG", "s3://bucket/log")
    assert load_settings().log == "s3://bucket/log"


def test_the_configuration_names_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NBRELEASE_LOG")
    assert load_settings().log == str(tmp_path / "home" / "log")
    Path("nbrelease.toml").write_text('log = "elsewhere"\n')
    assert load_settings().log == str(tmp_path / "elsewhere")
