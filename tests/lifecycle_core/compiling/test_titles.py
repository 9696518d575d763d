"""What steps are called, from marks, headings and results."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import drafts

if TYPE_CHECKING:
    from pathlib import Path

HEADINGS = """\
# %% [markdown]
## Load the data
# %%
rows = [3, 1, 2]
# %% [markdown]
## Order
# %%
ordered = sorted(rows)
"""


def names(text: str) -> list[str]:
    made = drafts.attempt(text).pipeline
    assert made is not None
    return [step.name for step in made.steps]


def test_a_heading_names_its_step_and_gives_its_title() -> None:
    made = drafts.attempt(HEADINGS).pipeline
    assert made is not None
    assert [(step.name, step.title) for step in made.steps] == [
        ("load_data", "Load the data"),
        ("order", "Order"),
    ]


@pytest.mark.parametrize(
    ("mark", "name"), [("fit", "fit"), ("Fit it!", "fit_it"), ("class", "class_step")]
)
def test_a_mark_wins_over_a_heading(mark: str, name: str) -> None:
    assert names(f"# %% [markdown]\n## Load\n# %%\n%%step {mark}\nrows = [1]") == [name]
    assert names(f"# %% tags=step:{mark.replace(' ', '_')}\nrows = [1]") == [name]


def test_a_step_is_not_called_as_the_notebook_calls_something_else() -> None:
    text = "def train_step():\n    return 1\n# %%\n%%step train\ntrain = [train_step()]"
    assert names(text) == ["train_step_2"]


def test_without_heading_the_work_and_its_result_name_it() -> None:
    text = """\
import pandas as pd
# %%
rows = pd.DataFrame({"a": [1, 2]})
rows["b"] = rows["a"] * 2
"""
    assert names(text) == ["prepare_rows"]


def test_two_steps_of_one_mark_apart_are_numbered(tmp_path: Path) -> None:
    text = """\
%%step a
x = [1]
# %%
y = [*x, 2]
# %%
%%step a
z = [*y, 3]
"""
    assert names(text)[::2] == ["a", "a_2"]
    assert drafts.values(drafts.modules(drafts.attempt(text)), tmp_path)["z"] == "[1, 2, 3]"
