"""A chart's digest says what it draws."""

from __future__ import annotations

import pickle

import pandas as pd
import plotly.express as px
import plotly.graph_objects as go

from lifecycle_core.recorder.digests import digest

TABLE = pd.DataFrame({"month": [1, 2, 3], "rows": [3.0, 1.0, 2.0]})


def test_a_figure_keeps_its_digest_when_it_is_saved() -> None:
    for figure in (px.line(TABLE, x="month", y="rows", title="Rows"), go.Figure()):
        text = digest(figure).text
        assert text is not None
        assert digest(pickle.loads(pickle.dumps(figure))).text == text  # noqa: S301 - our own


def test_every_change_of_a_figure_shows() -> None:
    def found(**layout: object) -> str | None:
        return digest(px.bar(TABLE, x="month", y="rows").update_layout(**layout)).text

    assert found() == found()
    other = TABLE.assign(rows=[3.0, 1.0, 2.5])
    texts = {found(), found(title="a"), digest(px.bar(other, x="month", y="rows")).text}
    assert len(texts) == 3


def test_of_a_class_of_the_notebook_nothing_is_called() -> None:
    class Mine(go.Figure):  # type: ignore[misc]  # it has no types
        def to_dict(self) -> dict[str, object]:
            raise AssertionError

    Mine.__module__ = "__main__"
    found = digest(Mine())
    assert (found.text, found.note) == (None, "a chart of a class from the notebook")
