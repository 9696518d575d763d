"""What README shows, typed in order into a copy of the example; `...` stands for what may vary."""

from __future__ import annotations

import doctest
import re
import shlex
import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests.command_line import nbrelease

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
LENIENT = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def shown() -> list[tuple[str, str]]:
    """Return the commands of the console blocks and the answers below them."""
    block = "".join(re.findall(r"```console\n(.*?)```", README.read_text(), re.DOTALL))
    parts = re.split(r"^\$ (.*)$", block, flags=re.MULTILINE)[1:]
    return list(zip(parts[::2], parts[1::2], strict=True))


def test_the_example_gives_the_output_that_is_shown(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "example_notebooks", tmp_path / "example_notebooks")
    customers = pd.read_csv(ROOT / "example_notebooks" / "data" / "telco_churn.csv")
    customers.drop(columns="churn").to_csv(tmp_path / "customers.csv", index=False)
    commands = [one for one in shown() if " pipeline " not in one[0]]
    assert len(commands) == 4
    type_in(commands, tmp_path)
    scores = pd.read_parquet(tmp_path / "scores.parquet")
    assert len(scores) == 7043
    assert 250 < scores["decision"].sum() < 350
    assert scores["unscored"].notna().sum() == 11


def test_the_pipeline_gives_the_output_that_is_shown(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "example_notebooks", tmp_path / "example_notebooks")
    commands = [one for one in shown() if " pipeline " in one[0]]
    assert len(commands) == 3
    type_in(commands, tmp_path)


def type_in(commands: list[tuple[str, str]], folder: Path) -> None:
    """Type commands in order, and compare what they answer."""
    for command, answer in commands:
        program, *words = shlex.split(command)
        assert program == "nbrelease"
        ended = nbrelease(*words, cwd=folder)
        assert ended.code == 0, ended.messages
        assert doctest.OutputChecker().check_output(answer, ended.answer, LENIENT), ended.answer


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)h][^)]*)\)", README.read_text()))
def test_what_it_points_to_is_there(path: str) -> None:
    assert (ROOT / path).is_file()


def test_the_magics_that_it_names_are_declared() -> None:
    declared = (ROOT / "nbext" / "ipython.py").read_text()
    named = set(re.findall(r"%%?([a-z]+)", README.read_text())) - {"load"}
    assert {name for name in named if f'"{name}"' not in declared} == set()
