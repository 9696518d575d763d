"""Pieces as they stand in functions: moved, and with the meaning that they had in a cell."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.compiling.writing.texts import as_closure, docstring, indented
from lifecycle_core.notebooks.facts import CellFacts, Facts, Variable
from tests import drafts

LINES = st.lists(st.sampled_from(["a", "  b", "", "#", "{c}", "'", '"', "\\", "global x"]))
STRINGS = LINES.map("\n".join)


@given(STRINGS, st.sampled_from(["", "f", "rb", "b"]), st.sampled_from([4, 8]))
def test_strings_keep_their_content_when_code_moves(text: str, kind: str, by: int) -> None:
    quoted = text.replace("\\", "").replace('"', "") if kind else text
    source = f'c = 1\nx = {kind}"""{quoted}"""' if kind else f"c = 1\nx = {text!r}"
    moved = "def f():\n" + indented(source, by)
    assert ast.dump(ast.parse(moved).body[0].body[1]) == ast.dump(ast.parse(source).body[1])  # type: ignore[attr-defined]


@given(STRINGS)
def test_what_has_moved_may_move_again(text: str) -> None:
    plain = text.replace("\\", "").replace('"', "")
    source = f'x = """{plain}"""\nif x:\n    y = """{plain}"""'
    moved = "def f():\n    def g():\n" + indented(indented(source))
    inner = ast.parse(moved).body[0].body[0].body  # type: ignore[attr-defined]
    assert [*map(ast.dump, inner)] == [*map(ast.dump, ast.parse(source).body)]


@pytest.mark.parametrize(
    ("text", "closure"),
    [
        ("def f():\n    global n, m\n    n = 1", "def f():\n    nonlocal n, m\n    n = 1"),
        ("def f(): global n; n = 1", "def f(): nonlocal n; n = 1"),
        ("def f():\n    é = 'é'; global n", "def f():\n    é = 'é'; nonlocal n"),
        ("def f():\n    if n:\n        global m", "def f():\n    if n:\n        nonlocal m"),
        ("class A:\n  def f(s):\n    global n", "class A:\n  def f(s):\n    nonlocal n"),
        ("if x:\n    def f():\n        global n", "if x:\n    def f():\n        nonlocal n"),
        ("def f():\n    '''x\n    global y\n    '''", "def f():\n    '''x\n    global y\n    '''"),
        ("s = '''\nglobal warming\n'''", "s = '''\nglobal warming\n'''"),
        ("def f():\n    def g():\n        global n", "def f():\n    def g():\n        nonlocal n"),
    ],
)  # fmt: skip
def test_functions_in_functions_bind_what_was_global(text: str, closure: str) -> None:
    assert as_closure(text) == closure


@given(st.text(), st.lists(st.text(), max_size=3))
def test_a_docstring_is_one_string_whatever_it_says(title: str, paragraphs: list[str]) -> None:
    text = docstring(title.replace("\0", ""), [one.replace("\0", "") for one in paragraphs])
    tree = ast.parse(text)
    assert len(tree.body) == 1
    assert ast.get_docstring(tree) is not None


def test_a_docstring_wraps_prose_and_keeps_lists() -> None:
    text = docstring("The data?", ["word " * 30, "- one\n- two"])
    assert text.startswith('"""The data?\n\nword word')
    assert max(map(len, text.split("\n"))) <= 96
    assert text.endswith('\n\n- one\n- two\n"""')


def test_await_and_long_strings_get_along() -> None:
    text = "import asyncio\nasync def f():\n    return 'a'\n# %%\nx = await f()\ny = '''a\nb'''"
    seen = {"x": Variable(type="str", digest="1"), "y": Variable(type="str", digest="2")}
    made = drafts.attempt(text, Facts(cells={0: CellFacts(), 1: CellFacts(variables=seen)}))
    (step,) = (each for name, each in drafts.modules(made).items() if name.startswith("prepare"))
    assert 'y = """a\nb"""' in step
    assert "asyncio.run(cells())" in step
