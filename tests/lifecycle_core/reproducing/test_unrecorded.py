"""What a run did beyond what is recorded is said in the record, and only then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters import recorded
from lifecycle_core.notebooks.facts import Facts
from lifecycle_core.reproducing import reproduce
from lifecycle_core.reproducing.unrecorded import told_run, unrecorded
from lifecycle_core.schema.reproduction import EnvironmentFacts
from tests.fakes.clean_runs import clean_run
from tests.fakes.engine import run
from tests.fakes.notebooks import code, notebook, printed
from tests.fakes.runs import left

if TYPE_CHECKING:
    from pathlib import Path

HERE = EnvironmentFacts(python="3.11.7", lock="sha256:0", platform="linux")
STORED = notebook(code("print(1)", count=1, outputs=(printed("1\n"),)))
MUCH = Facts(beyond={"reads": (0,)})
BUSY = "import time\n" + "time.time()\n" * 302


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (MUCH, "recorded: cell 0 read files more often than is kept of one cell. "),
        (
            Facts(beyond={"clock": (1, 2), "writes": tuple(range(8))}),
            (
                "recorded: cells 0, 1, 2, 3, 4 and 3 more wrote files more often than is kept of "
                "one cell; cells 1, 2 read the clock more often than is kept of one cell. "
            ),
        ),
        (Facts(beyond={"refused": (-1,)}), "recorded: the start of the kernel asked for files "),
        (Facts(beyond={"reads": (-1, 3)}), "recorded: the start of the kernel and cell 3 read "),
        (Facts(cut_in=7), "recorded: only a part is known from cell 7 on, "),
        (Facts(cut_in=-1), "recorded: only a part is known from the start on, "),
    ],
)
def test_what_is_missing_is_said_with_its_place(facts: Facts, words: str) -> None:
    said = unrecorded(facts)
    assert words in said
    assert said.endswith("Files and causes may be missing from this record.")


def test_every_kind_of_fact_has_words() -> None:
    for kind in recorded._SITES:
        assert unrecorded(Facts(beyond={kind: (1,)}))


def test_nothing_is_said_of_a_run_that_is_recorded_whole() -> None:
    whole = left(STORED, {0: "1\n"})
    assert unrecorded(Facts()) == ""
    assert told_run(whole) == whole.run


def test_the_record_says_so_and_the_verdict_stays() -> None:
    record = reproduce(STORED, [left(STORED, {0: "1\n"}, facts=MUCH)], rtol=0, environment=HERE)
    assert record.verdict == "identical"
    assert record.runs[0].message == unrecorded(MUCH)


def test_an_error_has_the_message_to_itself() -> None:
    ended = run("error", stopped_at=0, message="ValueError: no")
    assert told_run(left(STORED, {}, ended=ended, facts=MUCH)).message == "ValueError: no"


def test_a_real_run_that_did_more_than_is_kept_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    execution = clean_run(tmp_path, "1", BUSY, "2")
    assert execution.facts.beyond == {"clock": (1,)}
    assert len(execution.facts.clock) == 300
    assert execution.facts.cut_in is None
    assert "cell 1 read the clock more often" in told_run(execution).message

    # As many as this run told until the last cell began: the recorder told of cell 1 by then.
    monkeypatch.setattr(recorded, "_MOST_LINES", len(execution.modules) + 200)
    again = clean_run(tmp_path, "1", BUSY, "2")
    assert again.facts.cut_in == 1
    assert "only a part is known from cell 1 on" in told_run(again).message
