"""Compiling with a real kernel: what is written runs alone, and what people wrote stays."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from lifecycle_core import verbs
from lifecycle_core.adapters.pipeline_packages import find_package
from lifecycle_core.schema.pipeline_run import PipelineRun
from tests.command_line import nbrelease
from tests.notebook_files import write_notebook

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.schema.pipeline import Compilation

ALONE = """\
import sys
sys.modules["lifecycle_core"] = sys.modules["nbext"] = None
sys.path[:0] = sys.argv[1:]
from pipelines.made import run
print(repr(run()["kinds"]), run()["total"])
"""
KINDS = {
    "whole": -3,
    "part": 1.5,
    "large": 1e100,
    "word": 'it\'s "so"\n',
    "on": True,
    "nothing": None,
    "raw": b"\x00a",
    "imaginary": 2j,
    "sizes": (8, 4),
    "one": (1,),
    "empty": (),
    "rows": [[1], []],
    "table": {1: (2, 3), "a": None},
    "names": {"a"},
}
CELLS = (
    "%load_ext nbext",
    "\n".join(f"{name} = {value!r}" for name, value in KINDS.items()),
    """\
%%step load
%%time
from pathlib import Path
from rules import doubled
numbers = [int(n) for n in Path('data/n.txt').read_text().split()]""",
    "%%step sum\n# add up\ntotal = sum(doubled(numbers)) + whole\nprint(total)\ntotal",
    f"%%step sum\nkinds = [{', '.join(KINDS)}]",
)


def project(folder: Path, cells: tuple[str, ...] = CELLS) -> Path:
    """Write a notebook in a folder below the project's, with data and a module beside it."""
    place = folder / "work"
    (place / "data").mkdir(parents=True)
    (place / "data" / "n.txt").write_text("1 2 3")
    (place / "rules.py").write_text("def doubled(numbers):\n    return [2 * n for n in numbers]\n")
    path = write_notebook(place / "nb.ipynb", *cells)
    text = path.read_text()
    return path if text.count('"metadata": {}') < 2 else _tagged(path, text)


def _tagged(path: Path, text: str) -> Path:
    at = [found.start() for found in re.finditer(re.escape('"metadata": {}'), text)][1]
    tags = '"metadata": {"tags": ["parameters"]}'
    path.write_text(text[:at] + tags + text[at + len('"metadata": {}') :])
    return path


def files(folder: Path) -> dict[str, bytes]:
    """Return the content of every file of a package."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*.*") if p.is_file()}


def small(folder: Path, value: int = 1) -> Path:
    folder.mkdir(exist_ok=True)
    return write_notebook(folder / "small.ipynb", f"%%step first\nx = [{value}]", "y = [*x, 2]")


def compiled(path: Path, **options: object) -> Compilation:
    return verbs.compile_pipeline(path, name="made", **options)  # type: ignore[arg-type]


def test_a_package_is_equal_and_runs_alone(tmp_path: Path) -> None:
    path = project(tmp_path)
    made = compiled(path, out=tmp_path / "pipelines")
    package = tmp_path / "pipelines" / "made"
    assert made.refusals == ()
    assert (made.compiled, made.path) == (True, str(package))
    assert made.pipeline is not None
    assert made.pipeline.proof is not None
    assert made.pipeline.proof.verdict == "identical"
    assert [step.name for step in made.pipeline.steps] == ["prepare_raw", "load", "sum_step"]
    assert "data/n.txt" in made.pipeline.steps[1].reads
    assert find_package(package).pipeline == made.pipeline.model_copy(
        update={"files": find_package(package).pipeline.files}
    )
    words = [sys.executable, "-c", ALONE, str(tmp_path), str(path.parent)]
    done = subprocess.run(words, cwd=path.parent, check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == f"{[*KINDS.values()]!r} 9"
    taken = [one.name for one in made.pipeline.parameters]
    assert taken == ["whole", "part", "large", "word", "on", "nothing", "rows"]
    run = verbs.run_pipeline(package, store=str(tmp_path / "store"))
    assert isinstance(run, PipelineRun)
    (kinds,) = verbs.pipeline_results(run, ["kinds"], store=str(tmp_path / "store")).values()
    assert repr(kinds) == repr([*KINDS.values()])
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(package)]
    assert subprocess.run(words, cwd="/", check=False, capture_output=True).returncode == 0
    written = "".join(p.read_text() for p in package.rglob("*.py"))
    assert re.search(r"get_ipython|\bIn\[|\bOut\[|%%|nbext", written) is None


def test_edits_outside_are_kept_and_inside_refused(tmp_path: Path) -> None:
    path = small(tmp_path)
    assert compiled(path, out=tmp_path).written
    step = tmp_path / "pipelines" / "made" / "first.py"
    step.write_text(f"{step.read_text()}\n\ndef mine():\n    return 1\n")
    small(tmp_path, 5)
    made = compiled(path, out=tmp_path)
    assert made.compiled
    assert step.read_text().endswith("\n\ndef mine():\n    return 1\n")
    assert "x = [5]" in step.read_text()
    step.write_text(step.read_text().replace("x = [5]", "x = [6]"))
    before = files(step.parent)
    small(tmp_path, 7)
    ended = nbrelease("pipeline", "compile", path, "--name", "made", cwd=tmp_path)
    assert ended.code == 1
    assert "first.py was changed by hand" in ended.answer
    assert "-    x = [6]" in ended.answer
    assert files(step.parent) == before
    assert compiled(path, out=tmp_path, force=True).compiled
    assert "x = [7]" in step.read_text()
    assert step.read_text().endswith("\n\ndef mine():\n    return 1\n")


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("exec('z = 1')", "exec"),
        ("import random\nz = random.random()\nz", "random"),
        ("1 / 0", "ZeroDivisionError"),
    ],
)
def test_a_refusal_says_where_and_why_and_writes_nothing(
    tmp_path: Path, cell: str, words: str
) -> None:
    path = write_notebook(tmp_path / "small.ipynb", "x = [1]", cell)
    ended = nbrelease("pipeline", "compile", path, cwd=tmp_path)
    assert ended.code == 1, ended.messages
    assert "ell 1" in ended.answer
    assert words in ended.answer
    assert not (tmp_path / "pipelines").exists()


@pytest.mark.parametrize("name", ["a-b", "class", "../x", "2nd"])
def test_a_bad_name_ends_with_2(tmp_path: Path, name: str) -> None:
    ended = nbrelease("pipeline", "compile", small(tmp_path), "--name", name, cwd=tmp_path)
    assert ended.code == 2
    assert "a package cannot be called so" in ended.messages
    assert not (tmp_path / "pipelines").exists()


def test_a_projects_own_pipelines_do_not_hide_the_draft(tmp_path: Path) -> None:
    path = small(tmp_path)
    old = tmp_path / "pipelines" / "made"
    old.mkdir(parents=True)
    (old.parent / "__init__.py").touch()
    (old / "__init__.py").write_text("raise RuntimeError('old')\n")
    made = compiled(path, out=tmp_path, force=True)
    assert made.compiled, made.refusals


@pytest.mark.parametrize("word", ["Running the notebook", "Proving"])
def test_killed_it_leaves_the_old_package_whole(tmp_path: Path, word: str) -> None:
    path = small(tmp_path)
    assert compiled(path, out=tmp_path).compiled
    package = tmp_path / "pipelines" / "made"
    before = files(package)
    small(tmp_path, 9)
    words = [sys.executable, "-m", "lifecycle_core.cli", "pipeline", "compile", str(path)]
    with subprocess.Popen(
        [*words, "--name", "made"], cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as running:
        assert running.stderr is not None
        for line in running.stderr:
            if word in line.decode():
                break
        time.sleep(0.2)
        os.kill(running.pid, signal.SIGKILL)
    assert files(package) == before
    assert compiled(path, out=tmp_path).compiled
    assert "x = [9]" in (package / "first.py").read_text()


UNSTEADY = (
    "weights = {f'k{n}': 0.1 * n for n in range(40)}",
    "%%step add\norder = list(set(weights))\ntotal = sum(weights[k] for k in order)\ndel order",
    "%%step tell\nreport = {'total': total, 'rows': 40}",
)


def test_a_stated_tolerance_lets_numbers_pass_that_nearly_agree(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "sums.ipynb", *UNSTEADY)
    made = compiled(path, out=tmp_path, rtol=1e-9)
    assert made.pipeline is not None
    assert made.pipeline.proof is not None
    proof = made.pipeline.proof
    assert (proof.verdict, proof.rtol, proof.compared) == ("tolerance", 1e-9, 3)
    assert {"add.total", "tell.report"} == set(proof.within)
    assert proof.within["tell.report"].where == "total"
    assert 0 < proof.within["add.total"].max_rel_error < 1e-14
    text = (tmp_path / "pipelines" / "made" / "tests" / "test_made.py").read_text()
    assert "rel_tol=1e-09" in text
    assert 'near(values["total"]' in text
