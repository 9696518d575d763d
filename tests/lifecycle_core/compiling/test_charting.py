"""Charts that are only shown get names, and nothing else of a notebook changes."""

from __future__ import annotations

from typing import Any

import pytest

from lifecycle_core.compiling.charting import with_named_charts
from lifecycle_core.compiling.cleaning import clean
from lifecycle_core.notebooks.cells import code_cells
from lifecycle_core.notebooks.execution import ExecutedCell
from lifecycle_core.notebooks.facts import CellFacts, Facts, Variable
from tests import drafts

PLOTLY: dict[str, Any] = {"application/vnd.plotly.v1+json": {}, "text/html": "<div>"}
ALTAIR = {"text/html": "<div>", "text/plain": "alt.LayerChart(...)"}
VEGA: dict[str, Any] = {"application/vnd.vegalite.v6+json": {}}
TABLE = {"text/plain": "   a", "text/html": "<table>"}


def shown(data: dict[str, Any]) -> dict[str, Any]:
    return {"output_type": "display_data", "data": data, "metadata": {}}


def result(data: dict[str, Any]) -> dict[str, Any]:
    return {"output_type": "execute_result", "data": data, "metadata": {}}


def named(text: str, *outputs: dict[str, Any]) -> list[str]:
    """Return the sources of all cells; the first one has the outputs."""
    notebook = with_named_charts(drafts.notebook(text), {0: ExecutedCell(outputs=outputs)})
    again = with_named_charts(notebook, {0: ExecutedCell(outputs=outputs)})
    assert again is notebook
    return [cell.source for cell in code_cells(notebook)]


@pytest.mark.parametrize(
    ("source", "outputs", "wanted"),
    [
        ("bars + rule", [result(ALTAIR)], "chart = bars + rule\nchart"),
        ("(bars  # first\n + rule)", [result(VEGA)], "chart = (bars  # first\n + rule)\nchart"),
        ("%%time\npx.bar(df)", [result(PLOTLY)], "%%time\nchart = px.bar(df)\nchart"),
        (
            "display(\n  bars + 1)\nx = 1",
            [shown(VEGA)],
            "chart = (bars + 1); display(chart)\n\nx = 1",
        ),
        (
            "px.bar(df).show(width=3)\npx.line(df).show()",
            [shown(PLOTLY), shown(PLOTLY)],
            "chart = (px.bar(df)); chart.show(width=3)\nchart_2 = (px.line(df)); chart_2.show()",
        ),
        # One of two is a table.
        (
            "display(df)\ndisplay(a | b)\na + b",
            [shown(TABLE), shown(VEGA), result(ALTAIR)],
            "display(df)\nchart = (a | b); display(chart)\nchart_2 = a + b\nchart_2",
        ),
        ("naïve + bars", [result(ALTAIR)], "chart = naïve + bars\nchart"),
        ("chart = 1\nbars + rule", [result(ALTAIR)], "chart = 1\nchart_2 = bars + rule\nchart_2"),
    ],
)
def test_charts_get_names(source: str, outputs: list[dict[str, Any]], wanted: str) -> None:
    assert named(source, *outputs) == [wanted]


@pytest.mark.parametrize(
    ("source", "outputs"),
    [
        ("df.head()", [result(TABLE)]),
        ("fig = px.bar(df)\nfig.show()", [shown(PLOTLY)]),  # it has one
        ("fig", [result(PLOTLY)]),
        ("x = 1; bars + rule", [result(ALTAIR)]),  # statements that share a line stay
        ("show()\ndisplay(bars)", [shown(VEGA), shown(VEGA)]),  # which is which?
        ("for one in charts:\n    display(one)", [shown(VEGA), shown(VEGA)]),
        ("display(*charts)", [shown(VEGA)]),
        ("!cat a\nx = (", [result(ALTAIR)]),
        ("# nothing\nx", [result(TABLE)]),
    ],
)
def test_all_else_stays(source: str, outputs: list[dict[str, Any]]) -> None:
    assert named(source, *outputs) == [source]


@pytest.mark.parametrize("later", ["fig = 2", "x = 1\nfig, ax = both()"])
def test_a_variable_that_is_bound_again_gets_another_name(later: str) -> None:
    cells = named(f"fig = px.bar(df)\nfig.show()\n# %%\n{later}", shown(PLOTLY))
    assert cells == ["fig = px.bar(df)\nchart = (fig); chart.show()", later]


def test_saved_outputs_are_read_where_nothing_ran() -> None:
    notebook = drafts.notebook("bars + rule")
    assert with_named_charts(notebook) is notebook
    notebook.content["cells"][0]["outputs"] = [result(ALTAIR)]
    made = with_named_charts(notebook)
    assert made.content["cells"][0]["source"] == "chart = bars + rule\nchart"
    assert made.digest == notebook.digest


@pytest.mark.parametrize("last", ["fig.show()", "fig.show(renderer='png')", "display(fig)", "fig"])
def test_a_package_opens_no_browser(last: str) -> None:
    chart = Variable(type="plotly.graph_objs._figure.Figure", digest="1")
    facts = Facts(cells={0: CellFacts(variables={"fig": chart})})
    read = drafts.read(f"fig = draw()\n{last}")
    assert [piece.text for piece in clean(read, facts).cells[0].pieces] == ["fig = draw()"]
