"""What a session ran, beside the saved notebook: what is lost, what is not saved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.notebooks.read import Notebook, parse_notebook
from lifecycle_core.notebooks.session import Session, best_match, text_of
from lifecycle_core.schema.session import Executed, LiveVariable, SessionJournal
from tests.notebook_files import PYTHON

SAVED = 1000.0
BEFORE, AFTER = SAVED - 1, SAVED + 1


def notebook(*sources: str) -> Notebook:
    """Return a notebook of code cells `c0`, `c1`, ... after one of text."""
    cells: list[dict[str, Any]] = [{"cell_type": "markdown", "metadata": {}, "source": "# Text"}]
    cells += [
        {
            "cell_type": "code",
            "id": f"c{index}",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": source,
        }
        for index, source in enumerate(sources)
    ]
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": PYTHON, "cells": cells}
    return parse_notebook(json.dumps(content).encode(), Path("a.ipynb"))


def ran(source: str, cell_id: str | None = None, count: int = 1, **more: Any) -> Executed:  # noqa: ANN401 - fields
    return Executed(source=source, cell_id=cell_id, count=count, **{"at": BEFORE, **more})


def session(*executed: Executed, live: str = "") -> Session:
    variables = {name: LiveVariable(type="int", digest=name) for name in live.split()}
    return Session(SessionJournal(executed=executed, variables=variables), SAVED)


def test_a_deleted_cell_stands_between_its_neighbours() -> None:
    kept = notebook("a = 1", "c = 3")
    (lost,) = session(
        ran("a = 1", "c0", 1), ran("b = 2", "gone", 2, defined=("b",)), ran("c = 3", "c1", 3),
        live="a b c",
    ).lost(kept)  # fmt: skip
    assert (lost.kind, lost.count, lost.source) == ("deleted", 2, "b = 2")
    assert (lost.after, lost.before, lost.at, lost.cell) == (1, 2, 2, None)
    assert lost.defined == ("b",)


def test_the_first_and_the_last_cell_have_one_neighbour() -> None:
    kept = notebook("a = 1")
    first, last = session(
        ran("x = 0", "gone", 1), ran("a = 1", "c0", 2), ran("y = 0", "also gone", 3)
    ).lost(kept)
    assert (first.after, first.before, first.at) == (None, 1, 1)
    assert (last.after, last.before, last.at) == (1, None, 2)


def test_an_edited_cell_is_known_by_its_id() -> None:
    (lost,) = session(ran("a = 1", "c0", 1, defined=("a",)), live="a").lost(notebook("a = 2"))
    assert (lost.kind, lost.cell, lost.at, lost.defined) == ("edited", 1, 1, ("a",))


def test_an_edited_cell_is_known_by_a_front_ends_own_address_too() -> None:
    address = "vscode-notebook-cell:/home/me/a.ipynb#W2sZmlsZQ%3D%3D"
    (lost,) = session(ran("a = 1", address, 1), ran("a = 2", address, 2)).lost(notebook("a = 2"))
    assert (lost.kind, lost.cell, lost.count) == ("edited", 1, 1)


def test_only_the_last_definition_counts() -> None:
    lost = session(
        ran("a = 1", "c0", 1, defined=("a",)), ran("a = 2", "c0", 2, defined=("a",)), live="a"
    ).lost(notebook("a = 2"))
    assert [(found.count, found.defined) for found in lost] == [(1, ())]


def test_code_that_ran_twice_is_lost_once_and_by_its_last_count() -> None:
    lost = session(ran("b = 2", "gone", 1), ran("b = 2", "gone", 2)).lost(notebook("a = 1"))
    assert [found.count for found in lost] == [2]


def test_a_moved_or_retyped_cell_is_not_lost() -> None:
    kept = notebook("b = 2  \n", "a = 1")
    assert session(ran("a = 1", "c0"), ran("b = 2", None)).lost(kept) == ()


def test_our_own_lines_are_not_lost() -> None:
    lines = ("%load_ext nbext", "report = %reproduce --wait", "# see below\n%promote churn")
    assert session(*(ran(line, "gone") for line in lines)).lost(notebook("a = 1")) == ()


def test_what_ran_after_the_file_was_saved_is_not_lost_but_not_saved() -> None:
    kept = notebook("a = 1", "b = 2")
    newer = session(
        ran("a = 5", "c0", 4, at=AFTER), ran("b = 2", "c1", 5, at=AFTER),
        ran("%reproduce", "new", 6, at=AFTER),
    )  # fmt: skip
    assert newer.lost(kept) == ()
    assert newer.unsaved(kept) == ((4,), (2,))
    assert not session(ran("a = 1", "c0")).unsaved(kept)


def test_the_cell_that_set_a_variable_last_is_known() -> None:
    kept = notebook("a = 1", "a = a + 1")
    live = session(
        ran("a = 1", "c0", 1, defined=("a",)), ran("a = a + 1", "c1", 2, defined=("a",)),
        ran("b = 1", "gone", 3, defined=("b",)), live="a b",
    )  # fmt: skip
    assert live.definers(kept) == {"a": 2}


def test_a_notebook_is_known_by_the_code_that_ran() -> None:
    executed = [ran("a = 1"), ran("b = 2"), ran("print(a)"), ran("print(b)"), ran("%reproduce")]
    mine, other = ["a = 1", "b = 2", "c = 3"], ["a = 1", "x = 1"]
    assert best_match(executed, {"mine": mine, "other": other}) == "mine"
    assert best_match(executed, {"mine": mine, "copy": mine}) is None
    assert best_match(executed, {"other": ["x", "y", "a = 1"]}) is None
    assert best_match([], {"mine": mine}) is None
    assert best_match(executed, {}) is None


CODE = st.sampled_from(["a = 1", "b = 2", "c = 3", "d = 4"])


@given(executed=st.lists(CODE), kept=st.lists(CODE, min_size=1))
def test_every_execution_is_either_in_the_file_or_lost(
    executed: list[str], kept: list[str]
) -> None:
    lost = session(*(ran(code, None, n) for n, code in enumerate(executed))).lost(notebook(*kept))
    assert {found.source for found in lost} == set(executed) - set(kept)
    assert len(lost) == len({text_of(found.source) for found in lost})
    assert all(0 <= found.at <= len(kept) + 1 for found in lost)
