"""Cells taken apart: the joined pieces mean what the cells meant."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.compiling.pieces import (
    instead_of,
    renumbered,
    with_last_look,
    without_step_lines,
)
from tests import drafts

STATEMENTS = st.lists(
    st.sampled_from(
        [
            "a = 1",
            "a = 1; b = 2",
            "a = 1  # why",
            "# alone",
            "",
            "if a:\n    # inside\n    b = 1\nelse:\n    b = 2",
            "@wraps(a)\ndef f(x):\n    '''Do.\n\n    # no comment\n    '''\n    return x",
            "s = '''\n# no comment\n  b\n'''",
            "t = (1,  # one\n     2)",
            "x = 1 \\\n    + 2",
            "for i in t: pass",
            "class A: n = 1",
            "f(a); g(b)  # both",
            "é = 'ü'; print(é)",
        ]
    ),
    min_size=1,
    max_size=6,
)


@given(STATEMENTS)
def test_joined_pieces_parse_to_the_same_tree(lines: list[str]) -> None:
    source = "\n".join(lines)
    found = drafts.read(f"# %%\n{source}\n# %%\nlast = 0")[0].pieces
    joined = "\n".join(piece.text for piece in found)
    assert ast.dump(ast.parse(joined)) == ast.dump(ast.parse(source))
    assert all(len(ast.parse(piece.text).body) == 1 for piece in found)


@given(STATEMENTS)
def test_a_text_in_the_place_of_a_piece_keeps_its_meaning(lines: list[str]) -> None:
    source = "\n".join(lines)
    piece = drafts.pieces("a = 1")[0]
    made = instead_of(piece, source)
    joined = "\n".join(one.text for one in made)
    assert ast.dump(ast.parse(joined)) == ast.dump(ast.parse(source))
    assert {(one.cell, one.number, one.line) for one in made} <= {(0, 0, 1)}


def test_comments_above_and_beside_belong_to_a_statement() -> None:
    source = "# the head\n\n# first\na = 1  # beside\n# second\nb = 2\n# behind"
    assert [(one.line, one.text) for one in drafts.pieces(f"# %%\n{source}")] == [
        (3, "# first\na = 1  # beside"),
        (5, "# second\nb = 2"),
    ]


def test_pieces_are_numbered_through_and_the_last_of_a_cell_is_marked() -> None:
    text = "# %%\na = 1\nb = 2\n# %% tags=skip-execution\nno = 0\n# %%\nc = 3"
    cells = drafts.read(text)
    assert [cell.index for cell in cells] == [0, 2]
    assert [(p.number, p.cell, p.last) for cell in cells for p in cell.pieces] == [
        (0, 0, False),
        (1, 0, True),
        (2, 2, True),
    ]
    fewer = renumbered([cells[1], cells[0]])
    assert [p.number for cell in fewer for p in cell.pieces] == [0, 1, 2]


def test_what_a_magic_stands_for_is_written_out() -> None:
    found = drafts.pieces("x = [1]\n%time y = [x]\n%matplotlib inline")
    assert [one.text for one in found[:2]] == ["x = [1]", "y = [x]"]
    assert found[2].text == "get_ipython().run_line_magic('matplotlib', 'inline')"


def test_no_python_is_told_with_its_line() -> None:
    (cell,) = drafts.read("# %%\nx = 1\ny = = 2")
    assert (cell.pieces, cell.error_line) == ((), 2)
    assert cell.error


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("%%step load\nx = 1", "# step: load\nx = 1"),
        ("\n%%step load\nx = 1", "\n# step: load\nx = 1"),
        ("%%step load", "# step: load"),
        ("%%step load\n%%time\nx = 1", "%%time\nx = 1"),
        ("%%step load\n\n%%time\nx = 1", "%%time\nx = 1"),
        ("%%steps load\nx = 1", "%%steps load\nx = 1"),
        ("x = '''\n%%step load\n'''", "x = '''\n%%step load\n'''"),
    ],
)
def test_step_lines_are_taken_off(source: str, plain: str) -> None:
    cells = without_step_lines(drafts.notebook(f"# %%\n{source.lstrip()}")).content["cells"]
    assert cells[0]["source"] == plain.lstrip()


def test_a_last_look_names_every_variable_and_does_nothing() -> None:
    made = with_last_look(drafts.notebook("a = 1\nfor b in c: pass\n# %%\nimport d"))
    look = made.content["cells"][-1]
    assert look["source"] == "# a last look at every variable\n# a b d"
    assert len(made.content["cells"]) == 3
