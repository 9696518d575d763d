"""Whose a table is and what its `sample` takes; what NB301 knows of tables."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.rules.seeding import is_none

if TYPE_CHECKING:
    from lifecycle_core.notebooks.calls import Call
    from lifecycle_core.notebooks.rules.view import View

SEED_WORDS = {
    "pandas": "random_state",
    "geopandas": "random_state",
    "modin": "random_state",
    "dask": "random_state",
    "polars": "seed",
}
"""By library of tables: the keyword with which `sample` takes a seed."""
_GIVEN = ("random_state", "seed", "random_seed")
_SEED_AT = 4  # in pandas, after n, frac, replace and weights
_ROWS = frozenset({"n", "frac", "replace", "weights", "axis", "fraction"})
_NO_TABLE = ("random.", "torch.", "numpyro", "pymc", "tensorflow", "scipy.", "secrets.", "gym")


def samples_table(call: Call, view: View) -> bool:
    """Tell whether a call draws rows of a table and has no seed."""
    top = call.made_by.partition(".")[0]
    if call.name or not is_none(_seed(call), view):
        return False
    if call.method == "shuffle":
        return top == "polars"
    if call.method != "sample":
        return False
    if top in SEED_WORDS or call.keyword(*_GIVEN) is not None:
        number = call.argument(0, "n")
        return not (isinstance(number, ast.Constant) and number.value == 0)
    if call.made_by.startswith(_NO_TABLE) or "pandas" not in view.imported or _own(call, view):
        return False
    words = {one.arg for one in call.node.keywords}
    literal = call.node.args[:1] and isinstance(call.node.args[0], ast.Constant)
    known = "." not in call.made_by and "pyspark" not in view.imported
    return known and bool(words & _ROWS or literal)


def library(call: Call, view: View) -> str:
    """Return the library whose table a call samples; empty if it may be another's.

    A variable that any other library, a loop or a function's parameter may give a value is not
    followed.
    """
    top = call.made_by.partition(".")[0]
    if top not in SEED_WORDS:
        return ""
    root: ast.AST = call.node.func
    while isinstance(root, ast.Attribute | ast.Subscript | ast.Call):
        root = root.func if isinstance(root, ast.Call) else root.value
    if not isinstance(root, ast.Name) or view.resolve(root).partition(".")[0] == top:
        return top
    makers = {view.maker(value).partition(".")[0] for _, value in view.values(root.id)}
    return "" if call.within or root.id in view.rebound or makers != {top} else top


def bare(call: Call) -> bool:
    """Tell whether no argument is given as a seed, not even None."""
    return call.keyword(*_GIVEN) is None and _seed(call) is None


def _seed(call: Call) -> ast.expr | None:
    at = 0 if call.method == "shuffle" else _SEED_AT
    return call.argument(at, *_GIVEN)


def _own(call: Call, view: View) -> bool:
    """Tell whether it is a method of a class that the notebook defines."""
    receiver = call.node.func.value if isinstance(call.node.func, ast.Attribute) else None
    match view.value(receiver):
        case ast.Call(func=ast.Name(id=name)):
            return name in view.classes
        case _:
            return False
