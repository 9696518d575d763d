"""Charts that steps give are drawn where that can be done, and what is not drawn is said."""

from __future__ import annotations

import json
import subprocess
import sys

import altair as alt
import pandas as pd
import plotly.graph_objects as go
import pytest

from lifecycle_core.adapters.stepping.charts import sheets_of

TABLE = pd.DataFrame({"month": [1, 2, 3], "rows": [3, 1, 2]})
BARS = alt.Chart(TABLE).mark_bar().encode(x="month:O", y="rows")


def test_charts_of_altair_are_drawn_and_nothing_else() -> None:
    titled = BARS.properties(title=alt.Title(text=["Rows", "by month"]))
    given = {"bars": BARS, "both": titled + titled, "table": TABLE, "pick": alt.selection_point()}
    sheets = sheets_of(given)
    assert [sheet.title for sheet in sheets.kept] == ["bars", "both"]
    assert all(sheet.png.startswith(b"\x89PNG") for sheet in sheets.kept)
    assert sheets.note == ""
    assert sheets_of({"titled": titled}).kept[0].title == "Rows by month"


@pytest.mark.parametrize(
    ("chart", "why"),
    [
        (go.Figure(), "only charts of altair are drawn"),
        (alt.Chart("http://127.0.0.1:9/rows.json").mark_bar(), "data url not allowed"),
        (alt.Chart(pd.DataFrame({"a": range(6_000)})).mark_bar(), "MaxRowsError"),
    ],
)
def test_what_cannot_be_drawn_is_said(chart: object, why: str) -> None:
    sheets = sheets_of({"found": chart})
    assert sheets.kept == ()
    assert sheets.note.startswith("The chart `found` is kept as a value, without a picture: ")
    assert why in sheets.note


def test_of_very_many_some_are_drawn() -> None:
    sheets = sheets_of({f"bars_{n}": go.Figure() for n in range(22)})
    assert sheets.note.endswith("It gave 2 charts more than the 20 that are drawn.")


def test_no_browser_is_opened_by_a_step() -> None:
    program = """
import json, os, sys, webbrowser
from lifecycle_core.adapters.stepping.drawing import Drawing
from lifecycle_core.recorder.imports import Imports
opened = []
class Browser(webbrowser.GenericBrowser):
    def open(self, url, *words, **flags):
        opened.append(url)
webbrowser.register("none", None, Browser("none"), preferred=True)
imports = Imports()
drawing = Drawing(imports)
imports.start()
import plotly.graph_objects as go
import plotly.io
drawing.begin()
go.Figure().show(renderer="browser")
note = drawing.end().note
seen = []
plotly.io.renderers["seen"] = type("Seen", (plotly.io.base_renderers.ExternalRenderer,), {
    "render": lambda self, figure: seen.append(figure)})()
go.Figure().show(renderer="seen")
print(json.dumps([opened, note, len(seen)]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    opened, note, outside = json.loads(done.stdout)
    assert opened == []
    assert note == "A chart of plotly that a function showed is not kept."
    assert outside == 1  # what runs outside of steps shows as ever
