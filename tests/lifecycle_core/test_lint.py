"""`lifecycle_core.lint` and `nbrelease lint`, from files to exit codes."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

import lifecycle_core
from lifecycle_core.errors import InvalidCall
from tests.command_line import nbrelease
from tests.fakes.notebooks import code, write

ROOT = Path(__file__).parents[2]
SEEDLESS = "import numpy as np\nprint(np.random.default_rng().random())"


def test_a_clean_notebook(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb", code("x = 1"))
    report = lifecycle_core.lint(path)
    assert [(one.path, one.findings, one.error) for one in report.notebooks] == [
        (str(path), (), "")
    ]


def test_a_folder_and_what_tools_left_in_it(tmp_path: Path) -> None:
    write(tmp_path / "b" / "two.ipynb", code("x = 1"))
    write(tmp_path / "one.ipynb", code("x = 1"))
    write(tmp_path / ".ipynb_checkpoints" / "one-checkpoint.ipynb", code("x = 1"))
    named = [Path(one.path).name for one in lifecycle_core.lint([tmp_path]).notebooks]
    assert named == ["two.ipynb", "one.ipynb"]  # sorted by path, as `reproduce` does


def test_a_notebook_that_cannot_be_read_is_told_beside_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_bytes(b"\x00\xff")
    write(tmp_path / "b.ipynb", code(SEEDLESS))
    bad, good = lifecycle_core.lint(tmp_path).notebooks
    assert "not UTF-8" in bad.error
    assert [finding.code for finding in good.findings] == ["NB301"]


def test_names_that_lead_to_nothing(tmp_path: Path) -> None:
    with pytest.raises(InvalidCall, match="does not exist"):
        lifecycle_core.lint(tmp_path / "no.ipynb")
    with pytest.raises(InvalidCall, match="holds no notebook"):
        lifecycle_core.lint(tmp_path)
    with pytest.raises(InvalidCall, match="NB999 is no rule"):
        lifecycle_core.lint(write(tmp_path / "a.ipynb", code("x = 1")), waived={"NB999"})


def test_a_rule_can_be_left_out(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb", code(SEEDLESS))
    assert lifecycle_core.lint(path, waived={"NB301"}).notebooks[0].findings == ()


def test_fix_mends_the_file_in_place_and_keeps_its_mode(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb", code(SEEDLESS))
    path.chmod(0o600)
    (linted,) = lifecycle_core.lint(path, fix=True).notebooks
    assert (linted.fixed, linted.findings) == (1, ())
    assert "default_rng(0)" in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["a.ipynb"]


def test_a_file_that_git_ignores_is_not_in_a_clean_copy(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)  # noqa: S607
    (tmp_path / ".gitignore").write_text("raw.csv\n")
    (tmp_path / "raw.csv").write_text("a\n1\n")
    (tmp_path / "kept.csv").write_text("a\n1\n")
    path = write(tmp_path / "n" / "a.ipynb", code("open('../kept.csv')\nopen('../raw.csv')"))
    (linted,) = lifecycle_core.lint(path).notebooks
    assert [(one.code, one.names) for one in linted.findings] == [("NB203", ("../raw.csv",))]


def test_modules_beside_the_notebook_are_found(tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text("x = 1\n")
    path = write(tmp_path / "a.ipynb", code("import beside, numpy\nimport nowhere_at_all"))
    (linted,) = lifecycle_core.lint(path).notebooks
    assert [one.names for one in linted.findings] == [("nowhere_at_all",)]


def test_the_command_says_it_on_one_line_each_and_by_exit_code(tmp_path: Path) -> None:
    write(tmp_path / "good.ipynb", code("x = 1"))
    write(tmp_path / "bad.ipynb", code(SEEDLESS))
    (tmp_path / "broken.ipynb").write_text("{")
    assert nbrelease("lint", "good.ipynb", cwd=tmp_path).code == 0
    ended = nbrelease("lint", "bad.ipynb", "good.ipynb", "--json", "r.json", cwd=tmp_path)
    assert ended.code == 1
    assert ended.answer.startswith("bad.ipynb:cell 0:2: NB301 warning `np.random.default_rng()` ")
    assert ended.answer.endswith("2 notebooks: 1 warning; --fix can mend 1.\n")
    assert json.loads((tmp_path / "r.json").read_text())["schema"] == "nbrelease/lint/1"
    assert nbrelease("lint", "broken.ipynb", "good.ipynb", cwd=tmp_path).code == 2
    assert nbrelease("lint", "absent.ipynb", cwd=tmp_path).code == 2


def test_annotations_name_the_line_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "bad.ipynb", code("x = 1"), code(SEEDLESS))
    cells = json.loads(path.read_text())
    cells["cells"][1]["source"] = SEEDLESS.splitlines(keepends=True)
    path.write_text(json.dumps(cells, indent=1))
    ended = nbrelease("lint", "bad.ipynb", "--github", cwd=tmp_path)
    (line,) = [one for one in ended.answer.splitlines() if one.startswith("::")]
    number = int(line.partition("line=")[2].partition(",")[0])
    assert "default_rng" in path.read_text().splitlines()[number - 1]
    assert line.startswith("::warning file=bad.ipynb,line=")


def test_the_pre_commit_hook_runs_on_a_notebook(tmp_path: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hook["id"] == "nbrelease-lint"
    program, *words = shlex.split(hook["entry"])
    assert program == "nbrelease"
    write(tmp_path / "good.ipynb", code("x = 1"))
    write(tmp_path / "bad.ipynb", code(SEEDLESS))
    assert nbrelease(*words, "good.ipynb", cwd=tmp_path).code == 0
    assert nbrelease(*words, "bad.ipynb", "good.ipynb", cwd=tmp_path).code == 1
