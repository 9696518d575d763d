"""Section by section, what the main job says to a notebook that it cannot take."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.command_line import nbrelease
from tests.notebook_files import SMALL_RELEASE, write_notebook, write_small_release

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

R_KERNEL = {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}


def misspelt(path: Path) -> object:
    release = SMALL_RELEASE.replace("false_negative", "false_negatve")
    return write_notebook(path, "x = 1", release, FINALIZE)


FINALIZE = "%finalize candidates X y"
WRITERS: dict[str, Callable[[Path], object]] = {
    "missing": lambda path: path,
    "text": lambda path: path.write_text("hello, this is no notebook"),
    "list": lambda path: path.write_text("[1, 2]"),
    "broken": lambda path: path.write_text('{\n "cells": [,]\n}'),
    "binary": lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe"),
    "old": lambda path: path.write_text(json.dumps({"nbformat": 3, "worksheets": []})),
    "other kernel": lambda path: write_notebook(path, "x <- 1", metadata=R_KERNEL),
    "no cells": write_notebook,
    "blank cells": lambda path: write_notebook(path, "", "   \n"),
    "no finalize": lambda path: write_notebook(path, "x = 1", SMALL_RELEASE),
    "no release": lambda path: write_notebook(path, FINALIZE),
    "unknown key": misspelt,
}


@pytest.mark.parametrize(
    ("name", "fact", "hint"),
    [
        ("missing", "nb.ipynb does not exist", "Check the name"),
        ("text", "nb.ipynb is not valid JSON at line 1, column 1", ""),
        ("list", "nb.ipynb is JSON but not a notebook", ""),
        ("broken", "nb.ipynb is not valid JSON at line 2, column 12", ""),
        ("binary", "nb.ipynb is not a notebook: byte 0 is not UTF-8 text", ""),
        ("old", "nbformat 3", ""),
        ("other kernel", "R", "Python kernel"),
        ("no cells", "nb.ipynb has no code", ""),
        ("blank cells", "nb.ipynb has no code", ""),
        ("no finalize", "nb.ipynb has no %finalize", "%finalize candidates X_train y_train"),
        ("no release", "nb.ipynb has no %%release", "%%release NAME"),
        (
            "unknown key",
            "cell 1, line 3: unknown key `costs.false_negatve`",
            "Did you mean `false_negative`?",
        ),
    ],
)
def test_a_notebook_that_cannot_be_taken(tmp_path: Path, name: str, fact: str, hint: str) -> None:
    path = tmp_path / "nb.ipynb"
    WRITERS[name](path)
    before = sorted(tmp_path.rglob("*"))
    ended = nbrelease("run", path.name, cwd=tmp_path)
    assert ended.code == 2, ended.messages
    assert fact in ended.messages
    assert hint in ended.messages
    assert "Traceback" not in ended.messages
    assert ended.answer == ""
    assert sorted(tmp_path.rglob("*")) == before


def test_an_unknown_key_in_a_release_file_beside_the_notebook(tmp_path: Path) -> None:
    write_notebook(tmp_path / "nb.ipynb", "%finalize candidates X y")
    (tmp_path / "release.yaml").write_text("model: {name: churn}\n\nownrs: {}\n")
    ended = nbrelease("run", "nb.ipynb", cwd=tmp_path)
    assert ended.code == 2
    assert "release.yaml, line 3: unknown key `ownrs`" in ended.messages
    assert "Did you mean `owners`?" in ended.messages
    assert not (tmp_path / ".nbrelease").exists()


def test_a_contract_file_that_is_not_there(tmp_path: Path) -> None:
    release = SMALL_RELEASE + "\ncontract: {file: flowers.contract.yaml}"
    write_notebook(tmp_path / "nb.ipynb", release, "%finalize candidates X y")
    ended = nbrelease("run", "nb.ipynb", cwd=tmp_path)
    assert ended.code == 2
    assert "flowers.contract.yaml" in ended.messages
    assert not (tmp_path / ".nbrelease").exists()


def test_a_parameter_without_a_parameters_cell(tmp_path: Path) -> None:
    write_small_release(tmp_path / "nb.ipynb")
    ended = nbrelease("run", "nb.ipynb", "--param", "alpha=9", cwd=tmp_path)
    assert ended.code == 2
    assert "parameters" in ended.messages
    assert not (tmp_path / ".nbrelease").exists()


def test_a_parameter_that_is_no_pair(tmp_path: Path) -> None:
    write_small_release(tmp_path / "nb.ipynb")
    ended = nbrelease("run", "nb.ipynb", "--param", "alpha", cwd=tmp_path)
    assert ended.code == 2
    assert "--param is 'alpha', want name=value" in ended.messages


def test_a_cell_that_raises(tmp_path: Path) -> None:
    write_small_release(tmp_path / "nb.ipynb", "first = 1\n1 / 0")
    ended = nbrelease("run", "nb.ipynb", cwd=tmp_path)
    assert ended.code == 2, ended.messages
    assert "cell 2" in ended.messages
    assert "ZeroDivisionError" in ended.messages
    assert not list(tmp_path.glob(".nbrelease/bundles/*"))


def test_a_kernel_that_is_killed(tmp_path: Path) -> None:
    write_small_release(tmp_path / "nb.ipynb", "import os\nos.kill(os.getpid(), 9)")
    ended = nbrelease("run", "nb.ipynb", cwd=tmp_path)
    assert ended.code == 3, ended.messages
    assert "cell 2" in ended.messages
    assert "SIGKILL" in ended.messages
    assert not list(tmp_path.glob(".nbrelease/bundles/*"))


def test_a_kernel_that_leaves_early(tmp_path: Path) -> None:
    write_small_release(tmp_path / "nb.ipynb", "import sys\nsys.exit(0)")
    ended = nbrelease("run", "nb.ipynb", cwd=tmp_path)
    assert ended.code == 3, ended.messages
    assert "cell 2" in ended.messages


def test_a_finalization_that_never_happens(tmp_path: Path) -> None:
    write_notebook(tmp_path / "nb.ipynb", "if False:\n    finalize()")
    (tmp_path / "release.yaml").write_text("model: {name: churn}\n")
    ended = nbrelease("run", "nb.ipynb", cwd=tmp_path)
    assert ended.code == 2, ended.messages
    assert "no finalization took place" in ended.messages
