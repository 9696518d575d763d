"""Sizes at which quadratic work would take minutes; `pytest-timeout` ends what does."""

from __future__ import annotations

from typing import Any

import pytest

from lifecycle_core.notebooks.compare import Surroundings, compare_outputs
from lifecycle_core.notebooks.normalisers.base import Normaliser, display, stream
from lifecycle_core.notebooks.normalisers.table import NORMALISERS

pytestmark = pytest.mark.timeout(60)
KNOWN = Surroundings(clock_read=True, roots=(("/copy/a", "/home/me/project"),))
REPEATED = (
    "<", "<!--", "<style>", "</style", "<a ", "[", "[00:00<", "/a/", "\\", "tmp", "\b", "a\r",
    "\x1b[", "\x1b", "|", "\u2501 ", " ", "  \n", "took 1 ",
    "time a ", "0:00:", "1,000", "1m ", "1.",
    "a.py:1: UserWarning: x\n", "site-packages/", 'id="a', "<svg><metadata>", "at 0x", "<Thread(",
    "'fit_time': array([", 'Plotly.newPlot("a",[', "data:image/png;base64,A", "4855bc90-", "<td>",
    "1/1 - 1s", "a_per_second': 1", "15:04:05 a: ", "a 1 requires b, but you have ",
    "ERROR: pip's dependency resolver does not currently \n", "a%[", "draws total [t-SNE] a in ",
    "epoch|train_loss|time\n0|", "epoch  1 | a | ", "Auto-choosing -wise multi", "TT (Sec) 1 ",
)  # fmt: skip


@pytest.mark.parametrize("normaliser", NORMALISERS, ids=lambda item: item.name)
def test_a_repeated_piece_of_a_pattern_takes_linear_time(normaliser: Normaliser) -> None:
    for piece in REPEATED:
        text = piece * (20_000 // len(piece))
        outputs = (
            stream(text), stream(text, "stderr"), display("text/html", text),
            display("image/svg+xml", text), display("text/html", 'class="dataframe"' + text),
        )  # fmt: skip
        assert len(normaliser.normalise(outputs, KNOWN)) <= len(outputs)


def nested(value: object, depth: int) -> object:
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("kind", ["application/json", "application/vnd.plotly.v1+json"])
def test_json_of_any_depth_is_compared(kind: str) -> None:
    one, near, far = ([display(kind, nested(value, 20_000))] for value in (1.0, 1.0 + 1e-9, 2.0))
    assert compare_outputs(one, near, rtol=1e-6).status == "tolerance"
    found = compare_outputs(one, far, rtol=1e-6)
    assert found.status == "different"
    assert found.detail.startswith(f"{kind} at \u2026[0][0]")


def test_long_streams_that_share_most_lines_are_compared_where_they_do_not() -> None:
    lines = [f"step {number} loss 0.5\n" for number in range(200_000)]
    changed = [*lines[:150_000], "step 150000 loss 0.6\n", *lines[150_001:]]
    timed = [*lines[:150_000], "took 3 s\n", *lines[150_001:]]
    other = [*lines[:150_000], "took 4 s\n", *lines[150_001:]]
    found = compare_outputs([stream("".join(lines))], [stream("".join(changed))], rtol=1e-6)
    assert found.status == "different"
    assert found.detail.startswith("stdout, line 150001: stored")
    pair = [stream("".join(timed))], [stream("".join(other))]
    assert compare_outputs(*pair, rtol=1e-6, surroundings=KNOWN).normalisers == ("durations",)
    assert compare_outputs(*pair, rtol=1e-6).status == "different"


def test_ten_thousand_outputs_are_compared() -> None:
    one = [stream(f"{number}\n") for number in range(10_000)]
    whole = [stream("".join(output["text"] for output in one))]
    assert compare_outputs(one, whole, rtol=0.0).normalisers == ("stream_chunks",)
    assert compare_outputs(one, one[:-1], rtol=0.0).status == "different"


def test_outputs_as_broken_files_hold_them_are_compared() -> None:
    broken: list[Any] = [
        None, 3, "x", {}, {"output_type": "stream"}, {"output_type": "display_data", "data": None},
        {"output_type": "error", "traceback": None}, {"output_type": "stream", "text": 5},
        {"output_type": "display_data", "data": {"text/plain": {"a": 1}, "text/html": 5}},
        {"output_type": "display_data", "data": {"image/png": ["a", "b"], "text/html": ["<p>", 1]}},
    ]  # fmt: skip
    assert compare_outputs(broken, list(broken), rtol=0.0).status == "identical"
    assert compare_outputs(broken, [], rtol=0.0).status == "different"
    assert compare_outputs([], broken, rtol=0.0).status == "different"
    for output in broken:
        assert compare_outputs([output], [stream("a")], rtol=0.0).status == "different"


def test_numbers_too_large_for_a_float_must_be_the_same() -> None:
    long = "1" * 1_000
    assert (
        compare_outputs([stream(long + ".5")], [stream(long + ".6")], rtol=1e-6).status
        == "different"
    )
