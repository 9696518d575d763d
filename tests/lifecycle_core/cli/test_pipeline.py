"""`nbrelease pipeline`: what people type, what they are answered, and exit codes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.command_line import nbrelease
from tests.fakes import pipelines

if TYPE_CHECKING:
    from pathlib import Path


def test_a_pipeline_is_run_shown_and_fanned_out(tmp_path: Path) -> None:
    pipelines.drawing(tmp_path)
    below = tmp_path / "below"
    below.mkdir()
    first = nbrelease("pipeline", "run", "drawing", "--json", "run.json", cwd=below, home=tmp_path)
    assert first.code == 0
    assert "3 steps: 3 ran." in first.answer
    assert "seeded ..." in first.messages
    record = json.loads((below / "run.json").read_text())
    assert record["schema"] == "nbrelease/pipeline-run/1"
    assert (tmp_path / "store" / "objects").is_dir()

    shown = nbrelease("pipeline", "show", "drawing", "--param", "seed=8", cwd=below, home=tmp_path)
    assert shown.code == 0
    assert "parameter seed: 7 -> 8" in shown.answer

    (below / "table.csv").write_text("seed\n7\n8\n")
    both = nbrelease(
        "pipeline", "run", "drawing", "--for-each-in", "table.csv", cwd=below, home=tmp_path
    )
    assert both.code == 0
    assert "2 runs: 2 done." in both.answer
    again = nbrelease(
        "pipeline", "run", str(tmp_path / "pipelines" / "drawing"), "--for-each", "seed=7,8",
        "--scheduler", "threads", cwd=below, home=tmp_path,
    )  # fmt: skip
    assert "3 steps: 3 fresh." in again.answer


def test_a_failed_step_is_exit_1_with_cell_and_line(tmp_path: Path) -> None:
    pipelines.failing(tmp_path)
    (tmp_path / "bad").write_text("no")
    ended = nbrelease("pipeline", "run", "failing", cwd=tmp_path)
    assert ended.code == 1
    assert "Step breaks failed in cell 2, line 4." in ended.answer
    assert "breaks: failed in cell 2, line 4" in ended.messages


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "nothing"], "There is no pipeline nothing"),
        (["run", "drawing", "--param", "sed=1"], "Did you mean `seed`?"),
        (["show", "drawing", "--param", "sed=1"], "Did you mean `seed`?"),
        (["run", "drawing", "--for-each", "seed"], "want name=value,value"),
        (["run", "drawing", "--for-each", "seed=1", "--for-each-in", "a.csv"], "together"),
        (["run", "drawing", "--for-each-in", "ragged.csv"], "line 3"),
        (["run", "drawing", "--scheduler", "slurm"], "There is no scheduler 'slurm'"),
    ],
)
def test_a_call_that_is_wrong_is_exit_2_and_nothing_is_run(
    tmp_path: Path, words: list[str], said: str
) -> None:
    pipelines.drawing(tmp_path)
    (tmp_path / "ragged.csv").write_text("seed,size\n1,2\n1\n")
    ended = nbrelease("pipeline", *words, cwd=tmp_path)
    assert ended.code == 2
    assert said in ended.messages
    assert ended.answer == ""
    assert not (tmp_path / ".nbrelease").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--store", "nosuchscheme://bucket"], "The store nosuchscheme://bucket does not answer"),
        (["--scheduler", "tcp://127.0.0.1:9"], "tcp://127.0.0.1:9 does not answer"),
    ],
)
def test_a_store_or_scheduler_that_is_away_is_exit_3(
    tmp_path: Path, words: list[str], said: str
) -> None:
    pipelines.drawing(tmp_path)
    ended = nbrelease("pipeline", "run", "drawing", *words, cwd=tmp_path)
    assert ended.code == 3
    assert said in ended.messages
    assert "Traceback" not in ended.messages


def test_a_record_that_is_no_pipeline_names_the_field(tmp_path: Path) -> None:
    folder = pipelines.drawing(tmp_path)
    path = folder / "pipeline.yaml"
    path.write_text(path.read_text().replace("name: seeded", "nam: seeded"))
    ended = nbrelease("pipeline", "show", "drawing", cwd=tmp_path)
    assert ended.code == 2
    assert "steps.0.name" in ended.messages
