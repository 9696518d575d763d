"""Figures are closed where a notebook closes them, so that none is drawn into another."""

from __future__ import annotations

from typing import Any

import pytest

from lifecycle_core.compiling.cleaning import clean
from lifecycle_core.compiling.drawing import drawing_cells, with_closing
from lifecycle_core.notebooks.execution import ExecutedCell
from lifecycle_core.notebooks.facts import CellFacts, Facts, Variable
from tests import drafts

PLT = "import matplotlib.pyplot as plt"


def closed(text: str, *drawing: int) -> list[str]:
    """Return the statements of all cells but the first, which is imports."""
    cells = with_closing(drafts.read(text), drawing)
    assert [p.number for cell in cells for p in cell.pieces] == list(
        range(sum(len(cell.pieces) for cell in cells))
    )
    return [piece.text for cell in cells[1:] for piece in cell.pieces]


@pytest.mark.parametrize(
    ("head", "cell", "wanted"),
    [
        (PLT, "plt.plot(x)", ["plt.plot(x)", "plt.close('all')"]),
        (
            f"{PLT} # %%",
            "plt.plot(x)\nplt.show()\nplt.plot(y)\nplt.show()",
            ["plt.plot(x)", "plt.close('all')", "plt.plot(y)", "plt.close('all')"],
        ),
        ("from matplotlib import pyplot", "draw(x)", ["draw(x)", "pyplot.close('all')"]),
        (
            "import pandas as pd",
            "x.plot()",
            ["import matplotlib.pyplot as plt", "x.plot()", "plt.close('all')"],
        ),
        # A name that may stand for something else is left alone.
        ("plt = 1", "x.plot()", ["x.plot()"]),
        (f"{PLT}\ndel plt", "x.plot()", ["x.plot()"]),
    ],
)
def test_figures_are_closed(head: str, cell: str, wanted: list[str]) -> None:
    assert closed(f"{head}\n# %%\n{cell}", 1) == wanted
    assert closed(f"{head}\n# %%\n{cell}") == cell.split("\n")


def test_only_cells_that_showed_a_figure_draw() -> None:
    figure: dict[str, Any] = {
        "output_type": "display_data",
        "data": {"text/plain": ["<Figure size 640x480 with 1 Axes>"], "image/png": "iVBO"},
    }
    picture = {**figure, "data": {"text/plain": "<IPython.core.display.Image object>"}}
    text = {"output_type": "stream", "name": "stdout", "text": "<Figure size"}
    cells = {n: ExecutedCell(outputs=(one,)) for n, one in enumerate([figure, picture, text])}
    assert drawing_cells(cells) == {0}


@pytest.mark.parametrize(
    "last",
    ["df.plot()", "df['a'].hist()", "plt.title('x')", "ax.legend()", "df.plot.bar()",
     "metrics.Display.from_predictions(y, p)", "draw(df)"],
)  # fmt: skip
def test_what_draws_is_kept_where_figures_were_shown(last: str) -> None:
    head = f"{PLT}\nfrom sklearn import metrics\ndf = 1\nax = 2\n# %%\n"
    digested = Variable(type="int", digest="1")
    facts = Facts(cells={0: CellFacts(variables={"df": digested}), 1: CellFacts()})
    read = drafts.read(f"{head}{last}")
    kept = [piece.text for piece in clean(read, facts, drawing={1}).cells[1].pieces]
    assert kept == [last]
    table = drafts.read(f"{head}df.head()")
    assert clean(table, facts, drawing={1}).cells[1].pieces == ()
