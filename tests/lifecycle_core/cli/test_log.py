from __future__ import annotations

import json
from typing import TYPE_CHECKING

from lifecycle_core.adapters.prediction_log import open_prediction_log, read
from tests.command_line import nbrelease
from tests.fakes.predictions import prediction

if TYPE_CHECKING:
    from pathlib import Path


def test_a_person_is_forgotten_by_command(tmp_path: Path) -> None:
    home = tmp_path / ".nbrelease"
    with open_prediction_log(home / "log", wal=home / "wal" / "a") as log:
        log.append([prediction(1), prediction(2, key="7590-VHVEG")]).result(timeout=60)
    ended = nbrelease("log", "forget", "7590-VHVEG", "--json", "done.json", cwd=tmp_path)
    assert (ended.code, ended.messages) == (0, "")
    assert "No file holds a row of the key" in ended.answer
    done = json.loads((tmp_path / "done.json").read_text())
    assert (done["schema"], done["write_ahead_logs"]) == ("nbrelease/log-upkeep/1", 1)
    assert read(home / "log").column("id").to_pylist() == ["p-000001"]


def test_days_that_are_none_are_refused(tmp_path: Path) -> None:
    ended = nbrelease("log", "retain", "--days", "0", cwd=tmp_path)
    assert (ended.code, ended.answer) == (2, "")
    assert (
        ended.messages == "nbrelease: --days is 0, it must be 1 or more.\nHint: Try --days 400.\n"
    )
