from __future__ import annotations

import pytest

from lifecycle_core.errors import NotebookInvalid
from lifecycle_core.notebooks.cells import (
    calls_finalize,
    code_cells,
    parameter_names,
    release_cell,
)
from tests.fakes.notebooks import code, markdown, notebook


def test_code_cells_keep_the_index_of_the_file() -> None:
    cells = code_cells(
        notebook(
            markdown("# Title"),
            code("# Load\nframe = load()", tags=("parameters",), count=4),
            code("%matplotlib inline\nx = 1\n%timeit x"),
            code("%%time\nfit()"),
            code("# only a comment"),
            code(f"{'a' * 80}"),
        )
    )
    assert [cell.index for cell in cells] == [1, 2, 3, 4, 5]
    assert [cell.label for cell in cells[:4]] == [
        "frame = load()",
        "%matplotlib inline",
        "%%time",
        "# only a comment",
    ]
    assert len(cells[4].label) == 60
    assert cells[0].tags == {"parameters"}
    assert cells[0].execution_count == 4
    assert cells[1].line_magics == ("matplotlib", "timeit")
    assert cells[2].cell_magic == "time"


def test_the_release_cell_is_found_with_its_name_and_text() -> None:
    found = release_cell(notebook(code("a = 1"), code("\n%%release churn \nmodel:\n  task: x\n")))
    assert found == (1, "churn", "model:\n  task: x\n")
    assert release_cell(notebook(code("print('%%release churn')"))) is None


def test_two_release_cells_are_refused() -> None:
    with pytest.raises(NotebookInvalid, match=r"2 %%release cells \(0 and 1\)"):
        release_cell(notebook(code("%%release a\n"), code("%%release b\n")))


@pytest.mark.parametrize(
    ("source", "calls"),
    [
        ("%finalize models X y", True),
        ("chosen = %finalize models X y", True),
        ("import lifecycle_core as nb\nnb.finalize(models, X, y)", True),
        ("%%time\n%finalize models X y", True),
        ("# %finalize models", False),
        ("text = '%finalize models'", False),
        ("%%markdown\nThen %finalize it.", False),
        ("finalize = 3", False),
        ("def broken(:\n  finalize(", False),
    ],
)
def test_finalization_is_seen_without_running(source: str, *, calls: bool) -> None:
    assert calls_finalize(notebook(code("1"), code(source))) is calls


def test_parameter_names_are_what_the_tagged_cell_sets() -> None:
    cell = code("alpha: float = 0.1\na, b = 1, 2\nc = d = 3\nobject.x = 1", tags=("parameters",))
    assert parameter_names(notebook(code("z = 1"), cell)) == frozenset("abcd") | {"alpha"}
    assert parameter_names(notebook(code("z = 1"))) is None
