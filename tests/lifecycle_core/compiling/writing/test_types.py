"""Types in signatures."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.compiling.writing.types import annotation, of_literal

LITERALS: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(),
              st.complex_numbers()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=3), inner, max_size=3), st.sets(st.integers(), max_size=3),
    ),
    max_leaves=6,
)  # fmt: skip


@given(LITERALS)
def test_every_literal_has_an_annotation_that_is_an_expression(value: object) -> None:
    text = of_literal(value)
    names = {n.id for n in ast.walk(ast.parse(text, mode="eval")) if isinstance(n, ast.Name)}
    assert names <= {"Any", "bool", "int", "float", "str", "bytes", "complex", "list", "tuple",
                     "dict", "set"}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "bool"), ([], "list[Any]"), ((), "tuple[Any, ...]"), ((1, 2), "tuple[int, ...]"),
     ({"a": None}, "dict[str, Any]"), ([1, 2.0], "list[Any]"), ([[1], [2]], "list[list[int]]"),
     (set(), "set[Any]"), (b"", "bytes"), (1j, "complex")],
)  # fmt: skip
def test_literals(value: object, text: str) -> None:
    assert of_literal(value) == text


@pytest.mark.parametrize(
    ("name", "text", "needs"),
    [
        ("pandas.Series", "pd.Series", "import pandas as pd"),
        ("sklearn.svm.SVC", "SVC", "from sklearn.svm import SVC"),
        ("int", "int", ""),
        ("NoneType", "None", ""),
        ("pathlib.PosixPath", "Path", "from pathlib import Path"),
        ("__main__.f.<locals>.A", "Any", "from typing import Any"),
        ("?", "Any", "from typing import Any"),
        ("", "Any", "from typing import Any"),
    ],
)
def test_types_of_values(name: str, text: str, needs: str) -> None:
    assert annotation(name, ()) == (text, needs)
    assert annotation("__main__.A", {"A"}).text == "A"
