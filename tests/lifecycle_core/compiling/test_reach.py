"""What a piece reaches, itself and through functions and texts."""

from __future__ import annotations

import ast

import pytest

from lifecycle_core.compiling.reach import Reach, reach_of
from lifecycle_core.compiling.roles import roles_of
from lifecycle_core.compiling.text_names import named_in_texts
from lifecycle_core.notebooks.facts import Facts
from tests import drafts


def reach(text: str, at: int = -1) -> Reach:
    """Return the reach of one piece of a text."""
    cells = drafts.read(text)
    pieces = [piece for cell in cells for piece in cell.pieces]
    known = {name for piece in pieces for name in piece.binds}
    return reach_of(pieces[at], roles_of(cells, Facts()), known)


def test_imports_constants_builtins_and_unknown_names_are_left_out() -> None:
    found = reach("import json\nN = 3\nx = [1]\ny = json.dumps([len(x), N, nowhere])")
    assert found == Reach(uses=("x",), defines=frozenset({"y"}))


def test_a_function_hands_on_what_it_reads() -> None:
    found = reach(
        "k = [1]\ndef inner():\n    return k\ndef outer():\n    return inner()\ny = outer()"
    )
    assert found.uses == ("k",)
    assert found.local == ("inner", "outer")


def test_functions_that_call_each_other_end() -> None:
    text = "k = [1]\ndef a():\n    return b() or k\ndef b():\n    return a()\ny = a()"
    assert set(reach(text).local) == {"a", "b"}


def test_a_function_that_binds_a_global_may_bind_it() -> None:
    found = reach("n = [0]\ndef f():\n    global n\n    n = [1]\nf()")
    assert found.maybe == {"n"}
    assert found.local == ("f",)


def test_the_definition_of_a_local_function_reaches_nothing_yet() -> None:
    assert reach("k = [1]\ndef f():\n    return k") == Reach()


def test_changes_and_deletions_are_told() -> None:
    assert reach("x = [1]\nx[0] += 1").mutates == {"x"}
    assert reach("x = [1]\ndel x").deletes == {"x"}
    assert reach("x = [1]\nif x:\n    y = 1").maybe == {"y"}
    assert reach("x = [1]\nif x:\n    y = 1").touched == {"x", "y"}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ('df.query("a > @limit")', ["limit"]),
        ('df.eval("c = a + @limit")', ["limit"]),
        ('duckdb.sql("select * from sales join limit on x")', ["sales", "limit"]),
        ('pd.read_sql("SELECT 1 FROM sales", db)', ["sales"]),
        ('smf.ols("y ~ scale(x)", df)', ["scale"]),
        ('eval("limit + 1")', ["limit"]),
        ('df.eval("limit + 1")', []),
        ('print("from sales @limit")', []),
        ('duckdb.sql(f"select {x} from sales")', ["sales"]),
    ],
)
def test_names_in_texts(source: str, names: list[str]) -> None:
    known = {"limit", "sales", "scale", "x"}
    assert [*named_in_texts(ast.parse(source), known)] == names
