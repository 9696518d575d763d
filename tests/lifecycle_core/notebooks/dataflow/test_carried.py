"""Values followed by names, from the line that made them to a cell that may show them."""

from __future__ import annotations

import pytest

from lifecycle_core.notebooks.dataflow import carried, dataflow_of


@pytest.mark.parametrize(
    "sources",
    [
        ("import time, random\nstart = time.time()", "print('mean time:', random.random())"),
        ("import time, pandas as pd\nt0 = time.time()", "x = pd.Series([1])", "x.mean()"),
        ("import time\nt0 = time.time()", "t0 = 5", "print(t0)"),
        ("import time, math\nt0 = time.time()", "def f(x):\n    return math.pi * x", "print(f(2))"),
    ],
)
def test_a_reading_that_does_not_reach_a_cell(sources: tuple[str, ...]) -> None:
    assert not carried(dataflow_of(sources), [(0, 2)], len(sources) - 1)


@pytest.mark.parametrize(
    "sources",
    [
        ("import time\nt0 = time.time()", "print(time.time() - t0)"),
        ("import time\nt0 = time.time()", "took = 1 - t0\nresult = {'s': took}", "result"),
        ("import time\nt0 = time.time()", "def since():\n    return t0", "print(since())"),
        ("import time\nt0 = time.time()", "times = []", "times.append(t0)", "print(times)"),
        ("history = {}\nhistory['s'] = now()", "history"),
        ("rows = []\nfor x in y:\n    rows.append(now())", "print(rows)"),
        ("x = 1\nrun()", "def run():\n    global x\n    x = now()", "print(x)"),
        ("x = 1\nt = now()", "exec(code)", "print(x)"),
    ],
)
def test_a_reading_that_may_reach_a_cell(sources: tuple[str, ...]) -> None:
    assert carried(dataflow_of(sources), [(0, 2)], len(sources) - 1)


def test_a_reading_whose_line_is_not_known_is_all_that_its_cell_makes() -> None:
    flow = dataflow_of(["a = now()\nb = 2", "print(b)"])
    assert carried(flow, [(0, None)], 1)
    assert not carried(flow, [(0, 1)], 1)
