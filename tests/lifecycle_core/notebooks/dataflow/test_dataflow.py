"""Where a name comes from, and which cells a cell depends on."""

from __future__ import annotations

import pytest

from lifecycle_core.notebooks.dataflow import dataflow_of


def where(*sources: str, name: str, cell: int | None = None) -> list[str]:
    flow = dataflow_of(sources)
    at = len(sources) - 1 if cell is None else cell
    return [flow.where(use, at) for use in flow.by_index[at].uses if use.name == name]


def test_where_a_name_is_bound() -> None:
    assert where("x = 1", "x", name="x") == ["before"]
    assert where("x", "x = 1", name="x", cell=0) == ["later"]
    assert where("x", "y = 1", name="x", cell=0) == ["nowhere"]
    assert where("exec(t)", "x", name="x") == ["unknown"]
    assert where("len, __, _3", name="len") == ["builtin"]
    assert where("x = 1", "del x", "x", name="x") == ["later"]
    assert where("x = 1", "del x", "x = 2", "x", name="x") == ["before"]


def test_what_a_function_needs_counts_when_it_is_called() -> None:
    define = "def f():\n    return k"
    assert where(define, "k = 1", "f()", name="k", cell=0) == ["before"]
    assert where(define, "f()", "k = 1", name="k", cell=0) == ["later"]
    assert where(define, "def g():\n    return f()", "g()", "k = 1", name="k", cell=0) == ["later"]
    assert where(define, "def g():\n    return f()", "k = 1", "g()", name="k", cell=0) == ["before"]


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (["a = 1", "b = 2", "c = a", "c"], [0, 2]),
        (["a = 1", "a = 2", "a"], [1]),
        (["a = []", "a.append(1)", "a"], [0, 1]),
        (["a = []", "b = a", "b.append(1)", "a"], [0, 1, 2]),
        (["a = []", "def f(x): x.append(1)", "f(a)", "a"], [0, 1, 2]),
        (["a = {}", "a['k'] = 1", "print(a)"], [0, 1]),
        (["a = 1", "if a:\n    a = 2", "a"], [0, 1]),
        (["k = 1", "def f(): return k", "z = 0", "f()"], [0, 1]),
        (["def f(): return k", "k = 1", "z = 0", "f()"], [0, 1]),
        (["class C:\n    def m(self): return k", "k = 1", "c = C()", "z = 0", "c.m()"], [0, 1, 2]),
        (["import numpy as np", "a = np.zeros(3)", "b = np.ones(3)", "a"], [0, 1]),
        (["import numpy as np", "np.random.seed(0)", "np.random.rand()"], [0, 1]),
        (["import pandas as pd", "pd.set_option('x', 1)", "2"], [0, 1]),
        (["df.to_csv('a.csv')", "z = 1", "open('a.csv').read()"], [0]),
        (["exec(t)", "z = 1", "1"], [0]),
        (["a = 1", "b = 2", "_"], [0, 1]),
        (["a = 1", "b = 2", "globals()['c']"], []),
        (["a = 1", "z = 2", "!echo {a}"], [0]),
        (["a = 1", "%time b = a", "b"], [0, 1]),
        (["df = 1", "df.head()", "df.describe()"], [0]),
    ],
)
def test_ancestors_of_the_last_cell(sources: list[str], expected: list[int]) -> None:
    assert sorted(dataflow_of(sources).ancestors(len(sources) - 1)) == expected


def test_the_first_cell_has_no_ancestors() -> None:
    assert dataflow_of(["x"]).ancestors(0) == frozenset()
