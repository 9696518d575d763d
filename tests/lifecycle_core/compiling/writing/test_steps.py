"""A step's module: signature, what it gives, and its body."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.compiling.writing.steps import awaits, field_of
from lifecycle_core.notebooks.facts import CellFacts, Facts, Variable
from tests import drafts

if TYPE_CHECKING:
    from pathlib import Path

LIST = Variable(type="list", digest="1")
SEEN = Facts(
    cells={
        0: CellFacts(variables={"_tmp": LIST, "tmp_": LIST, "_1": LIST}),
        1: CellFacts(variables={"x": LIST}),
    }
)


def module(text: str, name: str, facts: Facts | None = None) -> str:
    return drafts.modules(drafts.attempt(text, facts))[f"{name}.py"]


def test_inputs_stand_first_and_parameters_by_keyword() -> None:
    text = (
        "# %% tags=parameters\nn = 1\nsizes = [1]\n# %%\nx = [n]\n# %%\n%%step b\ny = [x, n, sizes]"
    )
    assert "def b(x: list[Any], *, n: int = 1, sizes: list[int]) -> BOutputs:" in module(text, "b")


def test_a_step_that_gives_nothing_returns_none() -> None:
    text = "x = [1]\n# %%\n%%step b\nprint(x)"
    found = module(text, "b")
    assert "def b(x: list[Any]) -> None:" in found
    assert "NamedTuple" not in found


def test_what_only_annotations_need_is_imported_for_them_alone() -> None:
    text = "import pandas as pd\ndf = pd.DataFrame({'a': [1]})\n# %%\n%%step b\nn = [len(df)]"
    assert "if TYPE_CHECKING:\n    import pandas as pd\n" in module(text, "b")


def test_fields_may_not_begin_with_an_underscore(tmp_path: Path) -> None:
    text = "%%step b\n_tmp = [1]\ntmp_ = [2]\n_1 = [3]\n# %%\n%%step c\nx = [*_tmp, *tmp_, *_1]"
    texts = drafts.modules(drafts.attempt(text, SEEN))
    assert "return BOutputs(tmp__=_tmp, tmp_=tmp_, value_1=_1)" in texts["b.py"]
    assert drafts.values(texts, tmp_path)["x"] == "[1, 2, 3]"


@pytest.mark.parametrize(
    ("name", "taken", "field"),
    [("x", (), "x"), ("_x", (), "x_"), ("_x", ("x_",), "x__"), ("_", (), "value_"),
     ("_1", ("value_1",), "value_1_")],
)  # fmt: skip
def test_fields(name: str, taken: tuple[str, ...], field: str) -> None:
    found = field_of(name, taken)
    assert found == field
    assert found.isidentifier()


def test_a_cell_that_may_fail_may_fail_in_the_step_too() -> None:
    text = "x = [1]\n# %% tags=raises-exception\nx.append(2)\nx[9]\nx.append(3)"
    seen = Variable(type="list", digest="1")
    facts = Facts(cells={0: CellFacts(variables={"x": seen}), 1: CellFacts(variables={"x": seen})})
    (name,) = (step.name for step in drafts.attempt(text, facts).draft.pipeline.steps)
    assert "    with suppress(Exception):\n        x.append(2)\n" in module(text, name, facts)


def test_a_builtin_that_is_bound_late_is_there_before() -> None:
    text = "%%step b\nx = [max(1, 2)]\nmax = [3]\ny = [max]"
    assert "    max = builtins.max\n" in module(text, "b")


def test_variables_that_only_functions_bind_are_declared() -> None:
    text = "%%step b\ndef f():\n    global made\n    made = [1]\nf()\nx = [made]"
    found = module(text, "b")
    assert "    made: object\n" in found
    assert "        nonlocal made\n" in found


@pytest.mark.parametrize(
    ("source", "waits"),
    [
        ("x = await f()", True),
        ("async for x in f(): pass", True),
        ("[x async for x in f()]", True),
        ("async def f():\n    await g()", False),
        ("f = lambda: 1", False),
    ],
)
def test_awaits(source: str, waits: bool) -> None:  # noqa: FBT001
    assert awaits(ast.parse(source).body[0]) is waits
