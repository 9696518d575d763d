"""NB1xx: what must be found, and what must not."""

from __future__ import annotations

import pytest

from tests.lifecycle_core.notebooks.rules.reading import cell, findings, found

NAME_ERROR = ({"output_type": "error", "ename": "NameError", "evalue": "", "traceback": []},)


def test_a_name_that_only_a_later_cell_defines() -> None:
    assert found("NB102", "print(1)\nprint(x)", "x = 1") == [(0, 2, "error")]


def test_a_name_that_a_function_needs_when_it_is_called_too_early() -> None:
    assert found("NB102", "def f():\n    return k", "f()", "k = 1") == [(0, 2, "warning")]


def test_a_name_that_is_deleted_before_its_use() -> None:
    (finding,) = findings("x = 1", "del x", "x")
    assert (finding.code, finding.cell) == ("NB102", 2)
    assert "cell 1 deletes it" in finding.message


@pytest.mark.parametrize(
    "cells",
    [
        ("x = 1", "x"),
        ("def f():\n    return k", "k = 1", "f()"),
        ("class C:\n    def m(self):\n        return k", "k = 1", "C().m()"),
        ("try:\n    x\nexcept NameError:\n    x = 0", "x = 1"),
        ("if 'x' not in globals():\n    x = 0\nx", "x = 1"),
        ("from os.path import *", "join('a')", "join = 1"),
        ("for i in range(3):\n    last = i\nlast", "last = 0"),
        ("import pandas as pd\npd.DataFrame().apply(lambda row: row + 1)", "row = 1"),
        ("[y for y in range(3)]", "y = 1"),
        ("def save(fig):\n    plt.savefig(fig)", "import matplotlib.pyplot as plt\nsave('a')"),
        ("%%timeit\ny = 1\ny", "y = 2"),
        ("button = object()\nbutton.on_click(lambda b: update(b))", "def update(b): ..."),
    ],
)
def test_names_that_are_defined_in_time(cells: tuple[str, ...]) -> None:
    assert found("NB102", *cells) == []
    assert found("NB103", *cells) == []


def test_a_name_that_no_cell_defines() -> None:
    (finding,) = findings("y = clf.predict(1)")
    assert (finding.code, finding.kind, finding.severity) == ("NB103", "undefined_name", "error")
    assert finding.names == ("clf",)


def test_a_comprehension_does_not_see_the_names_of_its_class() -> None:
    assert found("NB103", "class A:\n    b = 1\n    c = [b for _ in range(3)]") == [(0, 3, "error")]


def test_a_name_whose_cell_was_deleted() -> None:
    finding = next(one for one in findings(cell("a = 1", 1), cell("a + gone", 3)) if one.names)
    assert (finding.code, finding.kind, finding.cell) == ("NB103", "deleted_cell", 1)


def test_a_name_that_was_edited_away() -> None:
    finding = next(one for one in findings(cell("a = 1", 1), cell("a + gone", 2)) if one.names)
    assert finding.kind == "undefined_name"


def test_a_cell_that_stored_the_error_was_never_better() -> None:
    cells = (cell("a = 1", 1), cell("gone", 3, outputs=NAME_ERROR))
    assert next(one.kind for one in findings(*cells) if one.names) == "undefined_name"


@pytest.mark.parametrize(
    "source",
    [
        "print(len([]), display, get_ipython(), In, Out, _, __, _3, exit)",
        "__name__",
        "%store -r data\ndata",
        "%%capture out\nprint(1)\nout",
        "%pylab inline\nplot(arange(3))",
        "result = !ls\nresult",
        "x: int\nfrom typing import Any\nprint(Any)",
        "def f(a, *b, c=1, **d): return a, b, c, d\nf(1)",
        "import os.path as p\np",
        "try:\n    import json5 as json\nexcept ImportError:\n    import json\njson",
        "with open('f', 'w') as h:\n    h.write('')",
        "for a, (b, *c) in []:\n    a, b, c",
        "lambda q: q",
        "class A:\n    b = [1]\n    c = [x for x in b]",
        "global g\ng = 1\ng",
    ],
)
def test_names_that_are_there(source: str) -> None:
    assert found("NB103", source) == []


def test_raises_exception_cells_may_fail() -> None:
    tags = frozenset({"raises-exception"})
    assert findings(cell("nowhere", tags=tags), cell("x = = 1", tags=tags)) == ()


def test_counts_that_fall() -> None:
    cells = (cell("a = 1", 1), cell("b = 2", 4), cell("c = 3", 2))
    assert found("NB104", *cells) == [(2, None, "warning")]
    assert found("NB104", cell("a = 1", 1), cell(""), cell("b = 1", 3)) == []


def test_counts_with_gaps_are_a_note() -> None:
    assert found("NB105", cell("a = 1", 1), cell("b = 2", 5)) == [(1, None, "info")]
    assert found("NB105", cell("a = 1", 1), cell("b = 2", 2)) == []
    assert found("NB105", cell("a = 1"), cell("b = 2")) == []


def test_a_cell_that_was_left_out() -> None:
    assert found("NB106", cell("a = 1", 1), cell("b = 2")) == [(1, None, "warning")]
    skip = frozenset({"skip-execution"})
    left = (cell("a = 1", 1), cell("# note"), cell("  "), cell("b = 2", tags=skip))
    assert found("NB106", *left) == []
    assert found("NB106", cell("a = 1"), cell("b = 2")) == []
    assert found("NB106", cell("a = 1", 1), cell("%reproduce")) == []


def test_output_that_is_gone() -> None:
    assert found("NB107", cell("print(1)", 1)) == [(0, 1, "info")]
    shown = ({"output_type": "stream", "name": "stdout", "text": "1\n"},)
    assert found("NB107", cell("print(1)", 1, outputs=shown)) == []
    assert found("NB107", cell("if a:\n    print(1)", 1), cell("a = 0", 2)) == []
    assert found("NB107", cell("print(1)")) == []


def test_a_cell_that_is_no_python() -> None:
    assert found("NB101", 'print "a"') == [(0, 1, "error")]
    assert found("NB101", "a = 1", cell("x = = 1", 2)) == [(1, 1, "warning")]


@pytest.mark.parametrize(
    "source",
    ["%%bash\nls -l", "!ls $x", "x?", "%%html\n<b>", "await f()", "files = !ls", "  a = 1"],
)
def test_cells_that_are_read_all_the_same(source: str) -> None:
    assert found("NB101", source) == []
