"""Which values a caller may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from lifecycle_core.compiling.limits import require_kept, require_name
from lifecycle_core.errors import InvalidCall


@pytest.mark.parametrize(
    ("file", "name"),
    [("01 Telco-churn", "telco_churn"), ("TelcoChurn", "telco_churn"), ("test", "testing"),
     ("run", "run_step"), ("2024", "pipeline_step")],
)  # fmt: skip
def test_a_name_is_made_of_the_file(file: str, name: str) -> None:
    assert require_name(None, Path(f"{file}.ipynb")) == name


@pytest.mark.parametrize("name", ["", "a-b", "2nd", "class", "../x", "a.b", "shared", "test_x"])
def test_a_name_that_is_none_is_told_with_one_that_is(name: str) -> None:
    with pytest.raises(InvalidCall, match="cannot be called so") as error:
        require_name(name, Path("a.ipynb"))
    hint = error.value.hint.rstrip(".").rpartition(" ")[2]
    assert require_name(hint, Path("a.ipynb")) == hint


def test_outputs_are_kept_or_dropped() -> None:
    require_kept("keep")
    with pytest.raises(InvalidCall, match="want keep or drop"):
        require_kept("Keep")
