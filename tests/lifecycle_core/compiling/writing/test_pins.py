"""The test that goes with a package."""

from __future__ import annotations

import ast
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_core.adapters.formatting import formatted
from lifecycle_core.adapters.proof_program import pin
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
