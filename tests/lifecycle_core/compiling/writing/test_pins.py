"""The test that goes with a package."""

from __future__ import annotations

import ast
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_core.adapters.formatting import formatted
from lifecycle_core.adapters.proof_program import near_pin, pin
from lifecycle_core.compiling.writing.pins import pin_test

if TYPE_CHECKING:
    from pathlib import Path

RUN = """\
import numpy as np
import pandas as pd


def run():
    return {"n": 1, "x": 0.1 + 0.2, "s": "it's", "none": None, "words": ["a"], "nan": float("nan"),
            "b": np.float64(2.5), "a": np.arange(3), "f": pd.DataFrame({"a": [1, None]}),
            "o": object(), "d": {"a": (1, 2)}, "r": pd.Series(["x"])}
"""


def pinned(values: dict[str, Any], folder: Path) -> str:
    """Write a test for values; return its path."""
    text = pin_test("made", "../..", {name: pin(value) for name, value in values.items()})
    path = folder / "pipelines" / "made" / "tests" / "test_made.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    (path.parents[1] / "__init__.py").write_text(RUN)
    path.write_text(formatted({"test_made.py": text})["test_made.py"])
    return str(path)


def passes(path: str) -> bool:
    words = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        "/dev/null",
        path,
    ]
    return subprocess.run(words, check=False, capture_output=True).returncode == 0


def test_it_passes_while_the_values_are_the_same_and_fails_when_one_is_not(tmp_path: Path) -> None:
    space: dict[str, Any] = {}
    exec(RUN, space)  # noqa: S102
    path = pinned(space["run"](), tmp_path)
    assert passes(path)
    assert not passes(pinned({**space["run"](), "a": space["np"].arange(4)}, tmp_path))


def test_a_pipeline_without_values_has_a_test_too() -> None:
    text = formatted({"test_made.py": pin_test("made", ".", {})})["test_made.py"]
    assert "assert isinstance(values, dict)" in text
    assert "hashlib" not in text
    ast.parse(text)


@pytest.mark.parametrize("folder", ["..", "../it's", 'a"b', "a\\b", "{x}"])
def test_any_folder_can_be_named(folder: str) -> None:
    assert repr(folder) in pin_test("made", folder, {})


NEAR = """\
import numpy as np
import pandas as pd


def run(share=1.0, count=3):
    numbers = np.array([[0.1, 1e9], [-3.0, 2.5]]) * share
    return {"x": 0.3 * share, "d": {"a": [1, 0.5 * share], "b": (2,)}, "a": numbers,
            "f": pd.DataFrame(numbers, columns=["u", "v"]).assign(k="a", n=count),
            "s": pd.Series([0.5 * share, None], name="s"), "i": np.arange(count)}
"""
HELD = """\
import functools, runpy, sys
path = sys.argv[1]
module = runpy.run_path(path)
test, run = module["test_results"], module["run"]
for share, count in [(1.0, 3), (1 + 1e-8, 3), (1 + 1e-4, 3), (1.0, 4)]:
    test.__globals__["run"] = functools.partial(run, share, count)
    try:
        test()
    except AssertionError:
        print("differs")
    else:
        print("agrees")
"""


def test_what_is_near_is_held_to_the_tolerance(tmp_path: Path) -> None:
    space: dict[str, Any] = {}
    exec(NEAR, space)  # noqa: S102
    pins = {name: near_pin(value) for name, value in space["run"]().items()}
    assert {name: pin["kind"] for name, pin in pins.items()} == {
        "x": "near value", "d": "near value", "a": "near array", "f": "near table",
        "s": "near table", "i": "array",
    }  # fmt: skip
    path = tmp_path / "pipelines" / "made" / "tests" / "test_made.py"
    path.parent.mkdir(parents=True)
    (path.parents[1] / "__init__.py").write_text(NEAR)
    text = pin_test("made", "../..", pins, rtol=1e-6)
    path.write_text(formatted({"test_made.py": text})["test_made.py"])
    words = [sys.executable, "-c", HELD, str(path)]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["agrees", "agrees", "differs", "differs"]
