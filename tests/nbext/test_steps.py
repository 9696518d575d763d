"""`%%step` says which step a cell belongs to, and the cell runs as it would without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifecycle_core.compiling.pieces import without_step_lines
from nbext.steps import without_step
from tests import drafts

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

CELLS = [
    ("%%step load\nx = 1", "# step: load\nx = 1"),
    ("%%step load data\nx = 1", "# step: load data\nx = 1"),
    ("\n%%step load\nx = 1", "\n# step: load\nx = 1"),
    ("%%step load\n%%time\nx = 1", "%%time\nx = 1"),
    ("%%step\nx = 1", "%%step\nx = 1"),
    ("%%stepping a\nx = 1", "%%stepping a\nx = 1"),
    ("x = 1\n%%step load", "x = 1\n%%step load"),
    ("", ""),
]


@pytest.mark.parametrize(("source", "plain"), CELLS)
def test_lines_without_the_magic(source: str, plain: str) -> None:
    assert "".join(without_step(source.splitlines(keepends=True))) == plain


@pytest.mark.parametrize(("source", "plain"), [cell for cell in CELLS if cell[0].strip()])
def test_the_compiler_takes_it_off_in_the_same_way(source: str, plain: str) -> None:
    cells = without_step_lines(drafts.notebook(f"# %%\n{source}")).content["cells"]
    assert cells[0]["source"] == plain.strip("\n")


@pytest.mark.parametrize(
    "source",
    ["%%step load\nx = 1 + 1\nx", "%%step load\n%%time\nx = 2\nx"],
)
def test_a_marked_cell_runs_as_it_would_without(shell: InteractiveShell, source: str) -> None:
    ran = shell.run_cell(source)
    assert ran.success
    assert shell.user_ns["x"] == 2
    if "%%time" not in source:
        assert ran.result == 2


def test_an_error_has_the_line_that_it_has_in_the_cell(shell: InteractiveShell) -> None:
    ran = shell.run_cell("%%step load\nx = 1\n1 / 0")
    trace = getattr(ran.error_in_exec, "__traceback__", None)
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    assert trace is not None
    assert trace.tb_lineno == 3
