"""Which cells must be one step, and why."""

from __future__ import annotations

import pytest

from lifecycle_core.compiling.fusing import fusions
from lifecycle_core.compiling.program import Program
from lifecycle_core.notebooks.facts import CellFacts, Facts, Variable
from lifecycle_core.recorder.digests import TEMPORARY
from tests import drafts


def fused(text: str, **stuck: str) -> list[tuple[tuple[int, ...], tuple[str, ...]]]:
    program = Program(drafts.read(text), drafts.recorded(text), 99)
    return [(one.cells, one.names) for one in fusions(program, stuck)]


@pytest.mark.parametrize(
    ("text", "cells", "names"),
    [
        ("a = b = [1]\n# %%\nc = [3]\n# %%\na.append(2)", (0, 1, 2), ("b", "a")),
        ("a = [1]\n# %%\nb = [a]\n# %%\na.append(2)", (1, 2), ("b",)),
        ("n = [0]\ndef f():\n  n[0] += 1\n# %%\nf()\n# %%\ng = f\n# %%\ng()", (0, 1, 2, 3), ("n",)),
        ("g = (i for i in [1, 2])\n# %%\nx = [1]\n# %%\ny = [*g]", (0, 1, 2), ("g",)),
        ("h = open('/dev/null')\n# %%\nt = h.read()\nh.close()", (0, 1), ("h",)),
        ("import os\nx = [1]\n# %%\nos.chdir('.')\n# %%\ny = [2]", (1, 2), ()),
        ("class A:\n    n = [0]\n# %%\nA.n = [1]\n# %%\na = A()\n# %%\nb = [1]", (0, 1, 2), ("A",)),
    ],
)  # fmt: skip
def test_what_a_border_would_change_is_fused(
    text: str, cells: tuple[int, ...], names: tuple[str, ...]
) -> None:
    assert (cells, names) in fused(text)


@pytest.mark.parametrize(
    "text",
    [
        "a = [1]\n# %%\nb = [*a]\n# %%\na.append(2)",
        "a = 'x'\nb = a\n# %%\na = 'y'",
        "def f(x):\n    return [x]\n# %%\ny = f(1)",
        "class A:\n    pass\n# %%\na = A()",
        "k = [1]\ndef f():\n    return k\n# %%\ny = f()",
        "g = (i for i in [1])\nx = [*g]\n# %%\ny = [*x]",
    ],
)
def test_what_a_border_leaves_alone_is_not(text: str) -> None:
    assert fused(text) == []


def test_what_a_trial_could_not_hand_over_is_fused_up_to_its_last_use() -> None:
    text = "x = [1]\n# %%\ny = [*x]\n# %%\nx = [2]\n# %%\nz = [*x]"
    assert fused(text) == []
    assert fused(text, x="it is shy") == [((0, 1), ("x",)), ((2, 3), ("x",))]


def test_the_name_of_a_temporary_folder_stays_in_the_step_that_made_it() -> None:
    text = "import tempfile\nplace = tempfile.mkdtemp()\n# %%\nx = [place]\n# %%\ny = [1]"
    made = CellFacts(variables={"place": Variable(type="str", note=TEMPORARY)})
    program = Program(drafts.read(text), Facts(cells={0: made}), 99)
    assert [(one.cells, one.names) for one in fusions(program, {})] == [((0, 1), ("place",))]
