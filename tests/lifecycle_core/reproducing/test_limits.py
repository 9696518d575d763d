from __future__ import annotations

import math
from typing import Any

import pytest

from lifecycle_core import verbs
from lifecycle_core.errors import InvalidCall
from lifecycle_core.reproducing import require_sensible

GOOD: list[dict[str, Any]] = [
    {}, {"rtol": 0.0}, {"rtol": 0.999}, {"cell_timeout": 0.1}, {"env": "locked"}, {"runs": 1},
    {"runs": 20},
]  # fmt: skip
BAD: list[dict[str, Any]] = [
    {"rtol": -1e-9}, {"rtol": 1.0}, {"rtol": math.nan}, {"rtol": math.inf}, {"cell_timeout": 0.0},
    {"cell_timeout": -1.0}, {"cell_timeout": math.nan}, {"cell_timeout": math.inf},
    {"env": "docker"}, {"env": ""}, {"runs": 0}, {"runs": 21}, {"runs": -2},
]  # fmt: skip


@pytest.mark.parametrize("asked", GOOD)
def test_sensible_values_pass(asked: dict[str, Any]) -> None:
    require_sensible(**asked)


@pytest.mark.parametrize("asked", BAD)
def test_other_values_are_refused_with_a_hint_before_anything_runs(asked: dict[str, Any]) -> None:
    with pytest.raises(InvalidCall, match=next(iter(asked))) as caught:
        verbs.reproduce("nowhere.ipynb", **asked)
    assert caught.value.hint


@pytest.mark.parametrize("asked", [{"rtol": 2.0}, {"cell_timeout": 0.0}])
def test_the_main_job_refuses_them_too(asked: dict[str, Any]) -> None:
    with pytest.raises(InvalidCall, match=next(iter(asked))):
        verbs.package("nowhere.ipynb", **asked)
