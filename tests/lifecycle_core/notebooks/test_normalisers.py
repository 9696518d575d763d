from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.notebooks import normalisers
from lifecycle_core.notebooks.normalisers.base import Normaliser, Outputs, display, stream
from lifecycle_core.notebooks.normalisers.overwritten import visible
from lifecycle_core.notebooks.normalisers.plot_json import figure
from lifecycle_core.notebooks.normalisers.table import NORMALISERS
from lifecycle_core.notebooks.surroundings import Surroundings

each = pytest.mark.parametrize("normaliser", NORMALISERS, ids=lambda item: item.name)
KNOWN = Surroundings(clock_read=True, roots=(("/copy/a", "/home/me/project"),))
FRAGMENTS = (
    "a",
    "b",
    " ",
    "  ",
    "\n",
    "\r",
    "\x08",
    "\x1b[1m",
    "\x1b",
    "[",
    "]",
    "<",
    ">",
    '"',
    "'",
    ":",
    "/",
    ",",
    ".",
    "-",
    "=",
    "|",
    "(",
    ")",
    "0",
    "1",
    "42",
    "0.91",
    "1e-3",
    "100%",
    "5/5",
    "[00:03<00:00, 1.61it/s]",
    "it/s",
    "█",
    "━━━",
    "0:00:03.25",
    "2026-11-25 15:38:02",
    ",700 INFO ",
    "took ",
    "time",
    " s",
    " ms",
    "Elapsed: ",
    "min",
    "Wall time: 3 ms",
    "at 0x7f3a91c0d040",
    "<Thread(Thread-5, started 1402)>",
    "/tmp/tmpr9ndw59a",
    "/tmp/ipykernel_12/34.py",
    "/lib/site-packages/numpy",
    "/copy/a",
    "/home/me/project",
    "/x.py:3: UserWarning: few\n",
    "  f(x)\n",
    "Collecting pandas\n",
    "total time= 0.3s",
    "<div id='x-1'>",
    "</div>",
    "<style>",
    "</style>",
    "#x-1",
    '<table class="dataframe">',
    "<tr>",
    "<td>",
    "</td>",
    "</table>",
    "<!--",
    "-->",
    "<svg",
    "<metadata>",
    "</metadata>",
    "fit_time",
    "T_a1b2c",
    'Plotly.newPlot("7f", [{"y": [1.5]}])',
    "<Figure size 640x480 with 1 Axes>",
    "<Axes: >",
    "4855bc90-5405-4383-8d81-553a0399f92a",
    "Date:   Wed, 25 Nov 2026",
    "No. Observations:",
    "<Axes",
    "AxesSubplot:",
    "data:image/png;base64,iVBORw0KGgo=",
    "fit: ",
    "ETA: 3s",
    "/step",
    "15:04:05 - a - INFO - ",
    "9/9 - 3s - ",
    "'a_runtime': 3.1",
    " AIC=1.5, Time=0.12 sec",
    "[t-SNE] a in 0.1s ",
    "0|1|00:12\n",
    "epoch|train_loss|time\n",
    "TT (Sec)",
    "a_samples_per_second = 3.1",
)
texts = st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join)
KINDS = ["text/plain", "text/html", "image/png", "image/svg+xml", "application/pdf", "text/latex"]
errors = st.builds(
    lambda text: {"output_type": "error", "ename": "E", "evalue": text, "traceback": [text]}, texts
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["uid", "x", "bdata", "dtype", "config"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)
plots = st.builds(
    display,
    st.sampled_from(["application/vnd.plotly.v1+json", "application/vnd.vegalite.v5+json"]),
    json_values,
)
some_outputs = st.lists(
    st.builds(stream, texts, st.sampled_from(["stdout", "stderr"]))
    | st.builds(display, st.sampled_from(KINDS), texts)
    | plots
    | errors,
    max_size=4,
).map(tuple)


@each
def test_a_cosmetic_difference_is_forgotten(normaliser: Normaliser) -> None:
    one, other = (
        normaliser.normalise(outputs, normaliser.surroundings) for outputs in normaliser.equal
    )
    assert normaliser.equal[0] != normaliser.equal[1]
    assert one == other


@each
def test_a_real_difference_stays(normaliser: Normaliser) -> None:
    one, other = (
        normaliser.normalise(outputs, normaliser.surroundings) for outputs in normaliser.different
    )
    assert one != other


@each
@given(outputs=some_outputs)
def test_twice_is_once(normaliser: Normaliser, outputs: Outputs) -> None:
    for given_outputs in (outputs, *normaliser.equal, *normaliser.different):
        once = normaliser.normalise(given_outputs, KNOWN)
        assert repr(normaliser.normalise(once, KNOWN)) == repr(once)


def test_names_are_unique_and_every_file_is_in_the_table() -> None:
    names = [item.name for item in NORMALISERS]
    assert len(set(names)) == len(names)
    folder = Path(str(normalisers.__file__)).parent
    no_normalisers = {"__init__", "base", "table", "html", "timed_columns"}
    files = {file.stem for file in folder.glob("*.py")} - no_normalisers
    assert files == set(names)


def test_the_order_is_the_one_that_is_stated() -> None:
    names = [item.name for item in NORMALISERS]
    for first, then in [
        ("stream_chunks", "ansi"), ("ansi", "overwritten"), ("overwritten", "warnings_text"),
        ("overwritten", "progress_bars"), ("progress_bars", "stream_order"),
        ("library_path", "project_path"), ("project_path", "temporary_files"),
        ("plot_json", "html_ids"), ("dataframe_html", "style_sheets"), ("style_sheets", "html_ids"),
        ("dataframe_html", "durations"), ("dataframe_html", "library_times"),
        ("dataframe_html", "fitting_times"),
    ]:  # fmt: skip
        assert names.index(first) < names.index(then)
    assert names[-1] == "whitespace"


@given(text=st.text(alphabet="abc \n", max_size=30))
def test_text_without_marks_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [("10%\r100%\n", "100%\n"), ("abc\rx", "xbc"), ("a\r\nb", "a\nb"), ("ab\b\b\bc", "cb")],
)
def test_what_was_overwritten_is_gone(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_steps_up_are_followed_as_nested_bars_make_them() -> None:
    inner = "\n\rinner 0/9\x1b[A\n\rinner 9/9\x1b[A"
    drawn = f"\router 0/2{inner}\router 1/2\n\r         \x1b[A\router 2/2\n"
    assert visible(drawn).split() == ["outer", "2/2"]
    assert visible("a\nb\x1b[A") == "a\nb"


def test_a_column_of_data_that_is_called_like_a_part_of_a_figure_counts() -> None:
    for name in ("uid", "config", "template"):
        one, other = (
            figure({"$schema": "v6", "datasets": {"d": [{name: value}]}}) for value in (1, 2)
        )
        assert one != other


def canonical(outputs: Outputs) -> Outputs:
    for normaliser in NORMALISERS:
        outputs = normaliser.normalise(outputs, KNOWN)
    return outputs


@given(pieces=st.lists(st.sampled_from(FRAGMENTS[:6] + FRAGMENTS[20:]), max_size=8))
def test_twice_through_the_table_is_once(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    once = canonical((stream(text), stream(text, "stderr"), display("text/html", text)))
    assert repr(canonical(once)) == repr(once)
