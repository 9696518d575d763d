"""The modules that are no step: `run`, what steps share, settings of libraries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests import drafts

if TYPE_CHECKING:
    from pathlib import Path


def test_run_is_not_upset_by_variables_of_any_name(tmp_path: Path) -> None:
    text = """\
# %% tags=parameters
values = 3
given = 4
# %%
def scaled(x):
    return x * run_count
run_count = 2
_x = scaled(values)
# %%
%%step next
y = [_x, values, given]
"""
    found = drafts.values(drafts.modules(drafts.attempt(text)), tmp_path, given=5)
    assert found == {"values": "3", "given": "5", "run_count": "2", "_x": "6", "y": "[6, 3, 5]"}


def test_a_constant_may_be_called_values(tmp_path: Path) -> None:
    text = "values = 3\ndef f(x):\n    return x + values\n# %%\ny = f(1)"
    assert drafts.values(drafts.modules(drafts.attempt(text)), tmp_path) == {
        "values": "3",
        "y": "4",
    }


def test_mutable_defaults_are_made_anew_at_each_call() -> None:
    text = "# %% tags=parameters\nsizes = [1]\n# %%\nsizes.append(2)\ntotal = sum(sizes)"
    front = drafts.modules(drafts.attempt(text))["__init__.py"]
    assert "def run(*, sizes: list[int] | None = None) -> dict[str, Any]:" in front
    assert "    if sizes is None:\n        sizes = [1]\n" in front


def test_the_notebooks_title_and_prose_introduce_the_package() -> None:
    text = "# %% [markdown]\n# Churn\nWho leaves, and *why*.\n# %%\nx = [1]"
    front = drafts.modules(drafts.attempt(text))["__init__.py"]
    assert front.startswith('"""Churn.\n\nWho leaves, and why.\n"""\n')
    assert front.index("__all__") < front.index("def run")
