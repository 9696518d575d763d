from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.notebooks.circumstances import Circumstances
from lifecycle_core.reproducing.case import case_of
from lifecycle_core.reproducing.failures import failure
from tests.fakes.engine import run
from tests.fakes.notebooks import code, notebook
from tests.fakes.runs import left

if TYPE_CHECKING:
    from lifecycle_core.schema.reproduction import Cause

PRINT = (
    "SyntaxError: Missing parentheses in call to 'print'. Did you mean print(...)? (1.py, line 1)"
)


def said(message: str, saved: str = "", count: int | None = 1) -> Cause | None:
    stored = notebook(code("print x", count=count))
    execution = left(stored, {}, ended=run("error", stopped_at=0, message=message))
    case = case_of(stored, (execution,), rtol=1e-6)
    known = Circumstances(saved_python=saved, python="3.11.7")
    return failure(replace(case, circumstances=known), execution)


@pytest.mark.parametrize(
    ("message", "saved"),
    [
        (PRINT, ""),
        ("SyntaxError: multiple exception types must be parenthesized (1.py, line 3)", ""),
        ("NameError: name 'xrange' is not defined", ""),
        ("ModuleNotFoundError: No module named 'urllib2'", ""),
        ("ImportError: cannot import name 'izip' from 'itertools' (unknown location)", ""),
        ("AttributeError: 'dict' object has no attribute 'iteritems'", ""),
        ("SyntaxError: invalid syntax (1.py, line 1)", "2.7.13"),
        ("NameError: name 'reduce' is not defined", "2.7.13"),
        ("TypeError: 'zip' object is not subscriptable", "2.7.13"),
        ("SyntaxError: invalid syntax (1.py, line 1)", "3.13.1"),
    ],
)
def test_an_older_or_newer_python_is_told_by_its_errors(message: str, saved: str) -> None:
    cause = said(message, saved)
    assert cause is not None
    assert (cause.kind, cause.cell, cause.explains) == ("environment_drift", 0, 0)
    assert saved in cause.evidence


@pytest.mark.parametrize(
    ("message", "saved"),
    [
        ("SyntaxError: invalid syntax (1.py, line 1)", ""),
        ("SyntaxError: invalid syntax (1.py, line 1)", "3.8.2"),
        ("TypeError: 'zip' object is not subscriptable", "3.8.2"),
        ("ValueError: no rows", "2.7.13"),
    ],
)
def test_other_errors_are_left_to_others(message: str, saved: str) -> None:
    assert said(message, saved) is None


def test_a_cell_that_never_ran_was_written_for_no_other_python() -> None:
    assert said(PRINT, count=None) is None


def test_a_notebook_of_python_2_is_surely_one() -> None:
    sure, likely = said(PRINT, "2.7.13"), said(PRINT)
    assert sure is not None
    assert likely is not None
    assert sure.confidence == 1 > likely.confidence
