"""The same result as Colab, VS Code, Deepnote and Fabric store it, against a clean run's."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import plotly.io as pio
import pytest

from lifecycle_core.notebooks.compare import compare_outputs, same_outputs
from lifecycle_core.notebooks.normalisers.base import stream

PLOTLY = "application/vnd.plotly.v1+json"
COLAB = "application/vnd.google.colaboratory.intrinsic+json"
WRANGLER = "application/vnd.microsoft.datawrangler.viewer.v0+json"
DEEPNOTE = "application/vnd.deepnote.dataframe.v3+json"
LOADING = {"text/html": "<script>window.PlotlyConfig = {MathJaxConfig: 'local'};</script>"}
SERIES = (
    '<div><style scoped>th {}</style><table border="1" class="dataframe"><tr><th>a</th>'
    "<td>1</td></tr></table></div><br><label><b>dtype:</b> int64</label>"
)
FUNCTION = (
    '<div style="max-width:800px; border: 1px solid var(--colab-border-color);"><pre><b>f</b>'
    "<br/>def f()</pre><pre>/content/&lt;ipython-input-1&gt;</pre></div>"
)


def shown(data: dict[str, Any]) -> dict[str, Any]:
    return {"output_type": "display_data", "data": data, "metadata": {}}


def compared(one: list[Any], other: list[Any]) -> tuple[str, tuple[str, ...]]:
    found = compare_outputs(one, other, rtol=1e-6)
    assert compare_outputs(other, one, rtol=1e-6).status == found.status
    assert same_outputs(one, other, rtol=1e-6) == (found.status != "different")
    return found.status, found.normalisers


@pytest.mark.parametrize(
    "added",
    [
        {COLAB: {"type": "string"}},
        {WRANGLER: {"columns": [{"name": "index"}], "rows": [["0"]]}},
        {DEEPNOTE: {"row_count": 1, "rows": [{"a": 1}]}},
        {"text/html": SERIES},
        {"text/html": FUNCTION},
    ],
)
def test_what_a_front_end_adds_to_a_text_is_cosmetic(added: dict[str, Any]) -> None:
    stored = [shown({"text/plain": "auc 0.91", **added})]
    assert compared(stored, [shown({"text/plain": "auc 0.91"})]) == (
        "cosmetic", ("front_end_data",)
    )  # fmt: skip
    assert compared(stored, [shown({"text/plain": "auc 0.92"})])[0] == "different"
    assert compared([shown(added)], [shown({"text/plain": "auc 0.91"})])[0] == "different"
    assert compared([shown(added)], [])[0] == "different"


def test_html_that_a_library_makes_stays() -> None:
    plain = {"text/plain": "auc 0.91"}
    assert (
        compared([shown({**plain, "text/html": "<b>0.91</b>"})], [shown(plain)])[0] == "different"
    )


@pytest.mark.parametrize(
    "message",
    [
        {"application/vnd.colab-display-data+json": {"pip_warning": {"packages": ["numpy"]}}},
        {
            "application/vnd.livy.statement-meta+json": {"state": "finished"},
            "text/plain": "StatementMeta(, 1, Finished, Available)",
        },
    ],
)
def test_a_message_of_the_front_end_is_no_output(message: dict[str, Any]) -> None:
    result = [stream("auc 0.91\n")]
    assert compared([shown(message), *result], result) == ("cosmetic", ("front_end_data",))
    assert compared([shown(message), *result], [stream("auc 0.92\n")])[0] == "different"


def forms(height: float) -> list[list[Any]]:
    """Return one figure as VS Code, Colab and a clean run store it; it has two frames."""
    chart = go.Figure(
        go.Scatter(y=[1.0, float("nan"), 2.5]),
        frames=[go.Frame(data=[go.Scatter(y=[height])], name=name) for name in "ab"],
    ).to_dict()
    json_only = pio.renderers["plotly_mimetype"].to_mimebundle(chart)
    html_only = pio.renderers["colab"].to_mimebundle(chart)
    notebook = pio.renderers["notebook"].to_mimebundle(chart)
    return [
        [shown(json_only)],
        [shown(html_only)],
        [shown(LOADING), shown({**json_only, **notebook})],
    ]


def test_a_figure_of_plotly_is_one_whatever_carries_it() -> None:
    here, there = forms(3.0), forms(3.5)
    for at, one in enumerate(here):
        for other in here[:at]:
            assert compared(one, other) == ("cosmetic", ("plot_json",))
        for other in there:
            assert compared(one, other)[0] == "different"


def test_words_and_another_figure_beside_a_figure_count() -> None:
    (json_only,), (html_only,), _ = forms(3.0)
    html = html_only["data"]["text/html"]
    assert compared([json_only], [shown({"text/html": "<p>auc 0.9</p>" + html})])[0] == "different"
    other = forms(3.5)[1][0]["data"]
    assert compared([json_only], [shown({**json_only["data"], **other})])[0] == "different"
