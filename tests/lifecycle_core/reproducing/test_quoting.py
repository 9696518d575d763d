from __future__ import annotations

import pytest

from lifecycle_core.notebooks.cells import code_cells
from lifecycle_core.reproducing.quoting import quoted
from lifecycle_core.schema.reproduction import Cause
from tests.fakes.notebooks import code, markdown, notebook


@pytest.mark.parametrize(
    ("cell", "line", "source"),
    [
        (1, 2, "b = 2"), (1, 1, "a = 1"), (1, 3, ""), (1, None, ""), (0, 1, ""), (None, 1, ""),
        (2, 1, "c" * 119 + "…"),
    ],
)  # fmt: skip
def test_a_cause_quotes_the_line_that_it_names(
    cell: int | None, line: int | None, source: str
) -> None:
    made = notebook(markdown("# Title"), code("a = 1\n  b = 2"), code("c" * 200))
    cause = Cause(
        kind="clock", cell=cell, line=line, evidence="", hint="", shown_by="static", confidence=1
    )
    assert quoted([cause], code_cells(made))[0].source == source
