"""The clean process in which a package is run for its proof."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_core.adapters.proof_program import pin
from lifecycle_core.recorder.digests import digest
from tests import drafts

if TYPE_CHECKING:
    from pathlib import Path


def asked(
    text: str, folder: Path, mode: str, portrayed: tuple[str, ...] = (), **parameters: object
) -> dict[str, Any]:
    """Write a draft and ask the program to run it."""
    made = drafts.attempt(text)
    package = folder / "pipelines" / "made"
    package.mkdir(parents=True)
    for name, module in made.draft.modules.items():
        (package / name).write_text(module)
    question, answer = folder / "question.json", folder / "answer.json"
    content = {
        "path": [str(folder)],
        "folder": str(folder),
        "project": str(folder),
        "store": str(folder / "store"),
        "package": "pipelines.made",
        "mode": mode,
        "portrayed": portrayed,
        "steps": [step.model_dump() for step in made.draft.pipeline.steps],
        "parameters": {name: repr(value) for name, value in parameters.items()},
    }
    question.write_text(json.dumps(content))
    program = "lifecycle_core.adapters.proof_program"
    subprocess.run([sys.executable, "-m", program, str(question), str(answer)], check=True)
    return dict(json.loads(answer.read_text()))


def test_every_output_of_every_step_is_digested(tmp_path: Path) -> None:
    text = (
        "# %% tags=parameters\nn = [1, 2]\n# %%\nx = [n]\n# %%\n%%step more\nx = [*x, 3]\ny = {1}"
    )
    said = asked(text, tmp_path, "steps", n=[4, 5])
    assert said["digests"] == {
        "prepare_x.x": digest([[4, 5]]).text,
        "more.x": digest([[4, 5], 3]).text,
        "more.y": digest({1}).text,
    }
    assert (said["stuck"], said["error"], said["step"]) == ({}, "", "")


def test_run_gives_digests_and_pins(tmp_path: Path) -> None:
    said = asked("x = [1]\n# %%\n%%step b\ny = [*x, 2.5]", tmp_path, "run")
    assert said["digests"] == {"x": digest([1]).text, "y": digest([1, 2.5]).text}
    assert said["pins"]["y"] == {"kind": "value", "value": "[1, 2.5]"}
    assert said["portraits"] == {}


def test_portraits_are_drawn_of_what_is_asked_for(tmp_path: Path) -> None:
    text = "x = [1.5]\n# %%\n%%step b\ny = [*x, 2.5]\nz = iter(y)"
    said = asked(text, tmp_path / "run", "run", ("y", "z", "w"))
    drawn = {"~list": [1.5, 2.5]}
    assert said["portraits"]["y"] == {"portrait": drawn}
    assert said["pins"]["y"] == {"kind": "near value", "value": "[1.5, 2.5]"}
    said = asked(text, tmp_path / "steps", "steps", ("y", "z"))
    assert said["portraits"]["b.y"] == {"portrait": drawn}
    assert said["portraits"]["b.z"] == {"refused": "an iterator is consumed by reading"}


def test_an_error_is_told_with_its_step(tmp_path: Path) -> None:
    text = "import sys\nx = [1]\n# %%\n%%step late\ny = [1 / ('pytest' in sys.modules)]"
    for mode, step in (("steps", "late"), ("run", "")):
        said = asked(text, tmp_path / mode, mode)
        assert said["error"] == "ZeroDivisionError: division by zero"
        assert (said["type"], said["step"]) == ("ZeroDivisionError", step)
        assert "late.py" in said["trace"]


@pytest.mark.parametrize(
    ("module", "sets", "reads", "values"),
    [
        ("decimal", "decimal.getcontext().prec = 3", "decimal.getcontext().prec", (28, 3)),
        ("numpy", "numpy.seterr(divide='raise')", "numpy.geterr()['divide']", ("warn", "raise")),
    ],
)
def test_what_a_step_sets_in_its_process_ends_with_it(
    tmp_path: Path, module: str, sets: str, reads: str, values: tuple[object, object]
) -> None:
    apart, together = values
    text = f"import sys, {module}\nx = [1]\nif 'pytest' not in sys.modules:\n    {sets}\n"
    text += f"# %%\n%%step between\nz = [3]\n# %%\n%%step late\ny = [{reads}]"
    said = asked(text, tmp_path / "steps", "steps")
    assert (said["stuck"], said["error"]) == ({}, "")
    assert said["digests"]["late.y"] == digest([apart]).text
    assert asked(text, tmp_path / "run", "run")["digests"]["y"] == digest([together]).text


@pytest.mark.parametrize("library", ["json", "polars"])  # polars holds threads: no fork has them
def test_generators_go_on_from_process_to_process(tmp_path: Path, library: str) -> None:
    text = f"import random, {library}\n# %%\nrandom.seed(3)\nx = [random.random()]\n# %%\n"
    text += f"%%step between\nz = [{library}.__name__]\n# %%\n%%step late\ny = [random.random()]"
    generator = random.Random(3)  # noqa: S311 - what the step draws from
    said = asked(text, tmp_path, "steps")
    found = [digest([generator.random()]).text for _ in range(2)]
    assert [said["digests"]["prepare_x.x"], said["digests"]["late.y"]] == found


def test_what_is_behind_a_value_that_cannot_be_handed_over_is_learnt_too(tmp_path: Path) -> None:
    text = "import threading\n# %%\nv = [threading.Lock()]\n# %%\n%%step b\nw = [len(v)]\n"
    text += "u = [threading.Lock()]\n# %%\n%%step c\ny = [*w, 2]"
    said = asked(text, tmp_path, "steps")
    assert set(said["stuck"]) == {"v", "u"}
    assert said["digests"]["c.y"] == digest([1, 2]).text


def test_a_process_that_dies_in_a_step_is_told_as_it_died(tmp_path: Path) -> None:
    for end, code in (("os._exit(3)", 3), ("os.kill(os.getpid(), 9)", -9)):
        text = "import os, sys\nx = [1]\n# %%\n%%step late\ny = [1]\n"
        text += f"if 'pytest' not in sys.modules:\n    {end}"
        with pytest.raises(subprocess.CalledProcessError) as raised:
            asked(text, tmp_path / str(code), "steps")
        assert raised.value.returncode == code


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("v = (i for i in [1])", "cannot pickle"),
        ("import threading\nv = threading.Lock()", "cannot pickle"),
        ("import sqlite3\nv = sqlite3.connect(':memory:')", "cannot pickle"),
    ],
)
def test_what_cannot_be_handed_over_is_told(tmp_path: Path, line: str, word: str) -> None:
    said = asked(f"x = [1]\n{line}", tmp_path, "steps")
    assert word in said["stuck"]["v"]
    assert "x" not in said["stuck"]


def test_a_lambda_can_be_handed_over(tmp_path: Path) -> None:
    said = asked("k = [1]\nf = [lambda x: x + 1]\n# %%\n%%step b\ny = f[0](1)", tmp_path, "steps")
    assert (said["stuck"], said["error"]) == ({}, "")


@pytest.mark.parametrize(
    ("value", "kind"),
    [(1, "value"), (None, "value"), ("x" * 400, "type"), (float("nan"), "type"),
     ([1, {2}], "value"),
     (object(), "type"), (range(3), "type"), (float("inf"), "type")],
)  # fmt: skip
def test_pins_are_literals_or_types(value: object, kind: str) -> None:
    assert pin(value)["kind"] == kind
