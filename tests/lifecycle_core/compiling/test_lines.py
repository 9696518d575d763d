"""Which line of a module is which line of which cell."""

from __future__ import annotations

from lifecycle_core.compiling import with_lines
from tests import drafts


def placed(text: str) -> dict[str, str]:
    """Return, by line of a module's text, the line of its cell."""
    made = drafts.attempt(text)
    modules = drafts.modules(made)
    told: dict[str, str] = {}
    cells = drafts.notebook(text).content["cells"]
    for step in with_lines(made.draft, modules).steps:
        lines = modules[f"{step.name}.py"].split("\n")
        for pair in step.lines.split():
            here, _, there = pair.partition(":")
            cell, _, line = there.partition(".")
            told[lines[int(here) - 1].strip()] = (
                cells[int(cell)]["source"].split("\n")[int(line) - 1].strip()
            )
    return told


def test_every_line_is_found_again() -> None:
    text = """\
# above
x = [1]  # beside


for i in x:
    y = [i,
         2]
    z = [y]
# %%
with open("/dev/null") as f:
    w = [*x]
"""
    found = placed(text)
    assert len(found) == 6
    assert found["x = [1]  # beside"] == "x = [1]  # beside"
    assert found["y = [i, 2]"] == "y = [i,"
    assert all(here.split(" ")[0] == there.split(" ")[0] for here, there in found.items())


def test_functions_brought_along_keep_their_place() -> None:
    text = "k = [1]\ndef f():\n    return k\n# %%\n%%step use\ny = f()"
    found = placed(text)
    assert found["return k"] == "return k"
    assert found["y = f()"] == "y = f()"


def test_a_cell_that_may_fail_and_the_users_own_suppress() -> None:
    text = """\
from contextlib import suppress
with suppress(KeyError):
    x = [1]
# %% tags=raises-exception
y = [2]
"""
    found = placed(text)
    assert found["with suppress(KeyError):"] == "with suppress(KeyError):"
    assert found["x = [1]"] == "x = [1]"
    assert found["y = [2]"] == "y = [2]"
