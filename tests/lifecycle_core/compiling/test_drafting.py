"""Drafts as a whole: what is written gives what the cells gave."""

from __future__ import annotations

import ast
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecycle_core.compiling import next_attempt
from lifecycle_core.compiling.mending import Judged
from lifecycle_core.notebooks.cells import code_cells
from lifecycle_core.notebooks.facts import Facts
from lifecycle_core.schema.pipeline import Fusion
from tests import drafts

HEAD = """\
# %% tags=parameters
seed = 7
names = ["a"]
# %%
import math
from collections import Counter as Tally
LIMIT = 3
n, rows, table = 0, [0], {"k": [1]}
# %%
def add(x):
    rows.append(x)
    return len(rows)
def half(x):
    return x / 2 + LIMIT
def bump():
    global n
    n += 1
# %%
"""
CELLS = st.lists(
    st.sampled_from(
        [
            "add(seed)",
            "last = add(n)",
            "bump()",
            "bump(); bump()",
            "n = n * 2 + seed",
            "rows = [*rows, n]",
            "alias = rows",
            "alias = table['k']",
            "table['k'].append(n)",
            "rows[0] += 1",
            "del_me = 1\ndel del_me",
            "for i in range(LIMIT):\n    n += i\n    if i > 1:\n        late = [i]",
            "halves = [half(x) for x in rows]",
            "tally = Tally(str(rows))\ncommon = tally.most_common(1)",
            "text = '''a\n  global n\n'''\ntext += f'{n}'",
            "if n > 3:\n    branch = [math.floor(n / 2)]\nelse:\n    branch = []",
            "add, kept = add, [n]",
            "names.append(str(n))",
            "max = 3\nbig = [max]\ndel max",
            "seed = seed + 1",
            "def late_one(x=LIMIT):\n    return x + n\ngot = late_one()",
            "class Box:\n    def __init__(self, x):\n        self.x = x\nbox = Box(n).x",
            "print(n)",
            "rows",
            "try:\n    ratio = 1 / n\nexcept ZeroDivisionError:\n    ratio = None",
            "while n > 50:\n    n //= 2",
            "pair = low, high = n, n + 1",
            "import math\nroot = math.sqrt(n)",
            "import math\nfrom math import ceil\nup = ceil(math.pi)",
            "walrus = [y := n, y + 1]",
        ]
    ),
    min_size=1,
    max_size=7,
)
DATA = (int, float, str, list, dict, tuple, bool, type(None))


def truth(text: str) -> dict[str, str]:
    """Run the cells plainly and return the data that is there at the end."""
    space: dict[str, Any] = {"__name__": "__main__"}
    for cell in code_cells(drafts.notebook(text)):
        exec(cell.source, space)  # noqa: S102
    return {
        name: repr(value)
        for name, value in space.items()
        if type(value) in DATA and not name.startswith("__")
    }


@settings(max_examples=60)
@given(CELLS)
def test_what_is_written_gives_what_the_cells_gave(cells: list[str]) -> None:
    text = HEAD + "\n# %%\n".join(cells)
    made = drafts.attempt(text)
    assert not made.refusals
    with tempfile.TemporaryDirectory() as folder:
        given_values = drafts.values(made.draft.modules, Path(folder))
    wanted = truth(text)
    assert {name: given_values.get(name) for name in wanted} == wanted


def test_written_text_is_clean(tmp_path: Path) -> None:
    text = """\
# %% [markdown]
# Title
# %%
%matplotlib inline
import math, json
x = [1]
x
# %% [markdown]
## Work on it
# %%
def area(r: "float") -> "float":
    return math.pi * r ** 2
y = [area(a) for a in x]
# %%
print(json.dumps(y))
"""
    modules = drafts.modules(drafts.attempt(text))
    package = tmp_path / "pipelines" / "made"
    package.mkdir(parents=True)
    for name, module in modules.items():
        names = {one.id for one in ast.walk(ast.parse(module)) if isinstance(one, ast.Name)}
        assert names.isdisjoint({"get_ipython", "In", "Out", "_", "display"})
        (package / name).write_text(module)
    for line in ("ruff check --isolated", "mypy --config-file= --explicit-package-bases"):
        done = subprocess.run(
            [sys.executable, "-m", *line.split(), "pipelines"],
            cwd=tmp_path,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout


def test_the_record_tells_what_the_modules_do() -> None:
    text = HEAD + "total = [seed, *rows]\n# %%\n%%step next\nmore = [*total, *names]"
    pipeline = drafts.attempt(text).pipeline
    assert pipeline is not None
    assert [(one.name, one.type, one.default) for one in pipeline.parameters] == [
        ("seed", "int", 7),
        ("names", "list[str]", ["a"]),
    ]
    last = pipeline.steps[-1]
    assert (last.name, last.parameters) == ("next", ("names",))
    assert [one.name for one in last.inputs] == ["total"]
    assert pipeline.exported["more"] == "next"
    assert all(step.outputs for step in pipeline.steps)


@pytest.mark.parametrize("text", ["# %% tags=parameters\nn = 1", "import json", "x"])
def test_a_notebook_that_computes_nothing_is_refused(text: str) -> None:
    made = drafts.attempt(text, Facts())
    assert made.pipeline is None
    assert made.refusals[0].reason == "no cell computes anything"


def test_the_next_attempt_heeds_what_a_trial_showed() -> None:
    first = drafts.attempt("x = [1]\n# %%\n%%step b\ny = [*x]\n# %%\n%%step c\nz = [*y]")
    assert len(first.draft.pipeline.steps) == 3
    fusion = Fusion(cells=(0, 1), reason="because")
    second = next_attempt(first, Judged(fusions=(fusion,), kept_inside=frozenset({"z"})))
    steps = second.draft.pipeline.steps
    assert [(step.cells, step.fused) for step in steps] == [((0, 1), (fusion,)), ((2,), ())]
    assert steps[1].outputs == ()
    third = next_attempt(second, Judged(stuck={"y": "it is shy"}))
    assert [step.cells for step in third.draft.pipeline.steps] == [(0, 1, 2)]
