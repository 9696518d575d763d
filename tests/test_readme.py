"""What README shows, typed in order into a copy of the example; `...` stands for what may vary."""

from __future__ import annotations

import doctest
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
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
    row = customers.drop(columns="churn").iloc[0].to_dict()
    (tmp_path / "customer.json").write_text(json.dumps(row))
    commands = [one for one in shown() if " pipeline " not in one[0]]
    assert len(commands) == 6
    type_in(commands[:3], tmp_path)
    serve_and_ask(commands[3], commands[4], tmp_path)
    type_in(commands[5:], tmp_path)
    scores = pd.read_parquet(tmp_path / "scores.parquet")
    assert len(scores) == 7043
    assert 250 < scores["decision"].sum() < 350
    assert scores["unscored"].notna().sum() == 11


def test_the_pipeline_gives_the_output_that_is_shown(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "example_notebooks", tmp_path / "example_notebooks")
    commands = [one for one in shown() if " pipeline " in one[0]]
    assert len(commands) == 3
    type_in(commands, tmp_path)


def serve_and_ask(serve: tuple[str, str], curl: tuple[str, str], folder: Path) -> None:
    """Start the service on a port that is free, ask it, and end it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command, answer = (text.replace("8080", port) for text in serve)
    words = shlex.split(command.removesuffix("&"))
    said = folder / "said"
    with said.open("wb") as stream:
        service = subprocess.Popen(
            [sys.executable, "-m", "lifecycle_core.cli", *words[1:]], cwd=folder, stdout=stream,
            env={**os.environ, "NBRELEASE_HOME": str(folder / ".nbrelease")},
        )  # fmt: skip
    try:
        while "curl -s" not in said.read_text():
            assert service.poll() is None
            time.sleep(0.05)
        assert doctest.OutputChecker().check_output(answer, said.read_text(), LENIENT)
        asked = subprocess.run(
            shlex.split(curl[0].replace("8080", port)), cwd=folder, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        wanted = curl[1].replace("\n", "")
        assert doctest.OutputChecker().check_output(wanted, asked.stdout, LENIENT), asked.stdout
    finally:
        service.terminate()
        service.wait(60)
    assert service.returncode == 0


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
