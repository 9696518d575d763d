"""Which variables a library looks up by a text, and how a query in a function is given them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.compiling.text_names import with_names_given
from tests import drafts

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = {"limit", "low", "np", "FLOOR"}
ELSEWHERE = {"np", "FLOOR"}
GIVEN = "local_dict={'limit': limit}"


def given(source: str) -> str | None:
    return with_names_given(ast.parse(source).body[0], KNOWN, ELSEWHERE)


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("f = lambda g: g.query('x > @limit')", f"f = lambda g: g.query('x > @limit', {GIVEN})"),
        ("n = [d.eval('x + @limit') for d in a]",
         f"n = [d.eval('x + @limit', {GIVEN}) for d in a]"),
        ("def f(d):\n    return d.query(f'{c} > @limit')",
         f"def f(d):\n    return d.query(f'{{c}} > @limit', {GIVEN})"),
        ("f = lambda d, low: d.query('@low < @limit')",
         "f = lambda d, low: d.query('@low < @limit', local_dict={'low': low, 'limit': limit})"),
        ("b = d.query('x > @np.mean(@limit)')",
         "b = d.query('x > @np.mean(@limit)', local_dict={'np': np, 'limit': limit})"),
        ("b = d.query('x > @FLOOR')", "b = d.query('x > @FLOOR', local_dict={'FLOOR': FLOOR})"),
    ],
)  # fmt: skip
def test_a_query_is_given_what_it_would_not_find_in_a_step(source: str, made: str) -> None:
    assert given(source) == made
    assert given(made) is None


@pytest.mark.parametrize(
    "source",
    [
        "b = d.query('x > @limit')",
        "b = [r for r in d.query('x > @limit')]",
        "f = lambda d, limit: d.query('x > @limit')",
        "f = lambda d: d.query('x > @other')",
        "f = lambda d: d.query('x > @limit', **words)",
        "f = lambda d: d.query('x > @limit', local_dict=own)",
        "f = lambda d: other('x > @limit')",
        # The query in the lambda sees the notebook's `limit`; we would give it the function's.
        "def f(limit):\n    return a.apply(lambda d: d.query('x > @limit'))",
    ],
)
def test_a_query_that_finds_all_or_cannot_be_told_is_left_alone(source: str) -> None:
    assert given(source) is None


QUERIES = """\
import numpy as np
import pandas as pd
FLOOR = 1
low, high = 2, 8
def between(frame, low):
    return frame.query("@low <= v <= @high")
# %%
frame = pd.DataFrame({"v": range(10), "g": [0, 1] * 5})
many = len(frame.query("v > @FLOOR and v < @np.max([4, 6])"))
# %%
few = len(between(frame, 6))
# %%
high = 7
fewer = len(between(frame, 6))
counts = [len(each.query("v > @low")) for _, each in frame.groupby("g")]
largest = frame[["v"]].groupby(frame.g).apply(lambda d: d.query("v < @high").v.max()).tolist()
"""


def test_queries_in_functions_find_the_variables_of_their_step(tmp_path: Path) -> None:
    found = drafts.values(drafts.modules(drafts.attempt(QUERIES)), tmp_path)
    assert {name: found[name] for name in ("many", "few", "fewer", "counts", "largest")} == {
        "many": "4", "few": "3", "fewer": "2", "counts": "[3, 4]", "largest": "[6, 5]",
    }  # fmt: skip
