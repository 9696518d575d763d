"""The journal stays small, whatever a session does."""

from __future__ import annotations

import pytest

from lifecycle_core.recorder import journal as module
from lifecycle_core.recorder.journal import Journal


def ran(journal: Journal, source: str, count: int) -> None:
    journal.begin(source)
    journal.end(source, cell_id="c", count=count, ok=True)


def counts(journal: Journal) -> list[int]:
    return [run["count"] for run in journal.content()["executed"]]


def test_of_code_that_ran_again_the_first_and_the_last_time_are_kept() -> None:
    journal = Journal({})
    for count in range(1, 101):
        ran(journal, "step()" if count % 2 else "look()", count)
    assert counts(journal) == [1, 2, 99, 100]


def test_the_oldest_code_is_dropped_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_EXECUTIONS", 3)
    journal = Journal({})
    for count in range(1, 6):
        ran(journal, f"x = {count}", count)
    ran(journal, "x = 1", 6)
    assert (counts(journal), journal.content()["forgotten"]) == ([4, 5, 6], 3)


def test_long_code_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CHARACTERS", 100)
    journal = Journal({})
    ran(journal, "#" * 60, 1)
    ran(journal, "#" * 61, 2)
    assert counts(journal) == [2]


def test_no_value_is_in_it_and_none_is_kept_alive() -> None:
    names = {"secret": "hunter2"}
    journal = Journal(names)
    ran(journal, "secret = input()", 1)
    assert "hunter2" not in str(journal.content())


def test_what_cannot_be_read_in_time_is_said_to_be_so() -> None:
    ticks = iter(range(0, 10_000, 10))  # each look at this clock is ten seconds later
    journal = Journal({"big": [1]}, clock=lambda: next(ticks))
    found = journal.content()["variables"]["big"]
    assert (found["digest"], found["note"]) == (None, "there was no time to read it")


@pytest.mark.parametrize("hidden", [["x"], ["x", "y"]])
def test_hidden_names_are_left_out(hidden: list[str]) -> None:
    journal = Journal({"x": 1, "y": 2, "_z": 3})
    assert list(journal.content(hidden=hidden)["variables"]) == [n for n in "xy" if n not in hidden]
