from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.sinks.json_lines import JsonLines, JsonLinesOptions
from lifecycle_core.errors import TargetUnwritable
from tests.fakes.events import good_run, metric

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.adapters.sinks import Surroundings

WRITER = """
import sys
from pathlib import Path
from lifecycle_core.adapters.sinks.json_lines import JsonLines
from lifecycle_core.schema.event import Metric
sink, count = JsonLines(Path(sys.argv[1])), int(sys.argv[2])
for number in range(count):
    sink.take(Metric(run=sys.argv[3], pipeline="churn", at="", name="x" * 5_000, value=number))
    print(number, flush=True)
"""


def writer(path: Path, count: int, name: str) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", WRITER, str(path), str(count), name]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def test_a_line_for_each_event(around: Surroundings) -> None:
    sink = JsonLinesOptions(kind="jsonl").sink(around)
    for event in good_run():
        sink.take(event)
    sink.close()
    lines = (around.home / "events.jsonl").read_text().splitlines()
    assert [json.loads(line)["kind"] for line in lines] == [event.kind for event in good_run()]
    assert json.loads(lines[0])["schema"] == "nbrelease/event/1"


def test_many_writers_do_not_mix_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    writers = [writer(path, 100, f"writer-{number}") for number in range(3)]
    for each in writers:
        each.communicate()
        assert each.returncode == 0
    told = [json.loads(line) for line in path.read_text().splitlines()]
    for number in range(3):
        own = [event["value"] for event in told if event["run"] == f"writer-{number}"]
        assert own == list(range(100))


@pytest.mark.parametrize("after", [1, 7, 40])
def test_a_killed_writer_loses_nothing_that_was_acknowledged(tmp_path: Path, after: int) -> None:
    path = tmp_path / "events.jsonl"
    with writer(path, 100_000, "killed") as process:
        assert process.stdout is not None
        for _ in range(after):
            process.stdout.readline()
        process.kill()
        acknowledged = after + len(process.stdout.read().splitlines())
    JsonLines(path).take(metric())
    told = [json.loads(line) for line in path.read_text().splitlines()]
    assert [event["value"] for event in told[:-1]][:acknowledged] == list(range(acknowledged))
    assert len(told) - 1 - acknowledged in {0, 1}  # written, and killed before it could say so


@pytest.mark.parametrize("tail", [b'{"kind": "met', b"\xff" * 200_000, b"{"])
def test_half_a_line_of_a_killed_writer_is_taken_away(tmp_path: Path, tail: bytes) -> None:
    path = tmp_path / "events.jsonl"
    JsonLines(path).take(metric(1))
    with path.open("ab") as file:
        file.write(tail)
    JsonLines(path).take(metric(2))
    assert [json.loads(line)["value"] for line in path.read_text().splitlines()] == [1, 2]


def test_a_whole_line_without_an_end_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text('{"by": "hand"}')
    JsonLines(path).take(metric())
    assert json.loads(path.read_text().splitlines()[0]) == {"by": "hand"}
    assert len(path.read_text().splitlines()) == 2


def test_a_file_that_was_rotated_away_is_made_anew(tmp_path: Path) -> None:
    sink = JsonLines(tmp_path / "events.jsonl")
    sink.take(metric(1))
    (tmp_path / "events.jsonl").rename(tmp_path / "events.1")
    sink.take(metric(2))
    assert json.loads((tmp_path / "events.jsonl").read_text())["value"] == 2


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TargetUnwritable, match=r"a part of the path is a file|something else"):
        JsonLines(tmp_path / "file" / "events.jsonl").take(metric())
