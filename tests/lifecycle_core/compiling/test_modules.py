"""What means one thing in a notebook and another in a module."""

from __future__ import annotations

import ast

import pytest

from lifecycle_core.compiling.modules import as_main, with_builtins_back, with_print


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("if __name__ == '__main__':\n    f()\n    g()", "f()\ng()"),
        ("log = getLogger(__name__)", "log = getLogger('__main__')"),
        ("x = f'{__name__}'", "x = f'{'__main__'}'"),
        ("x = name", None),
        ("x = '__name__'", None),
    ],
)
def test_the_name_of_a_notebook_is_main(source: str, made: str | None) -> None:
    found = as_main(ast.parse(source).body[0])
    if made is None:
        assert found is None
    else:
        assert found is not None
        assert "__name__" not in found
        ast.parse(found)


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("del max", "import builtins\nmax = builtins.max"),
        ("del max, x", "del x\nimport builtins\nmax = builtins.max"),
        ("del x", None),
        ("del max.x", None),
        ("x = max", None),
    ],
)
def test_deleted_builtins_come_back(source: str, made: str | None) -> None:
    found = with_builtins_back(ast.parse(source).body[0])
    assert sorted((found or "").split("\n")) == sorted((made or "").split("\n"))


def test_what_is_displayed_is_printed() -> None:
    node = ast.parse("if x: display(x, y)").body[0]
    assert with_print(node) == "if x:\n    print(x, y)"
    assert with_print(ast.parse("print('display')").body[0]) is None
