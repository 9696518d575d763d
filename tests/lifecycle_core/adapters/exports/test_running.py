"""Exports that need no engine of their own are run, to the digests of a plain run."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from lifecycle_core.adapters.exports import write_export
from lifecycle_core.adapters.pipeline_packages import find_package
from tests.engines.digests import of_files
from tests.fakes import compiled, pipelines

pytestmark = pytest.mark.timeout(900)  # ten processes, each of which loads scikit-learn
ROOT = Path(__file__).parents[4]
CHANGED = {"seed": 8, "note": 'another "one"\n', "limit": 3}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    compiled.write(folder)
    return folder


def start(*words: object, cwd: Path) -> str:
    """Run Python in a process of its own and return what it printed."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        cwd=cwd,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def plain(project: Path, **parameters: object) -> object:
    answer = start("-m", "tests.engines.digests", project, json.dumps(parameters), cwd=project)
    return json.loads(answer.splitlines()[-1])


def test_the_papermill_chain_gives_what_a_plain_run_gives(project: Path, tmp_path: Path) -> None:
    chain, run = tmp_path / "chain", tmp_path / "run"
    export = write_export(find_package(project / "pipelines" / "churn"), "papermill", chain)
    words = [word for name, value in CHANGED.items() for word in ("-p", name, str(value))]
    start(chain / "run.py", "--run-folder", run, *words, cwd=tmp_path)
    folders = {step: run / step for step in compiled.EXPORTED.values()}
    assert of_files(folders, compiled.EXPORTED) == plain(project, **CHANGED)
    executed = {path.name for path in run.glob("*.ipynb")}
    assert executed == set(export.files) - {"run.py"}


@pytest.mark.long
def test_containers_that_share_nothing_give_what_a_plain_run_gives(
    project: Path, tmp_path: Path
) -> None:
    run_containers(project, "churn", tmp_path)
    steps = compiled.EXPORTED.values()
    folders = {step: tmp_path / "store" / step.replace("_", "-") for step in steps}
    assert of_files(folders, compiled.EXPORTED) == plain(project)


def test_folders_and_variables_with_an_underscore_travel_between_containers(
    tmp_path: Path,
) -> None:
    steps = (
        pipelines.MadeStep(
            name="make",
            imports="import os",
            body="os.makedirs('out/deep')\n_n = 3",
            outputs=("_n",),
            writes=("out", "out/deep"),
        ),
        pipelines.MadeStep(
            name="write",
            inputs={"_n": "make"},
            body="open('out/deep/n.txt', 'w').write(str(_n))",
            writes=("out/deep/n.txt",),
        ),
        pipelines.MadeStep(
            name="read",
            body="_n = int(open('out/deep/n.txt').read())",
            outputs=("_n",),
            reads=("out/deep/n.txt",),
        ),
    )
    project, work = tmp_path / "project", tmp_path / "work"
    pipelines.write_package(project, "folders", steps)
    run_containers(project, "folders", work)
    assert pickle.loads((work / "store" / "read" / "outputs.pkl").read_bytes()) == {"_n": 3}  # noqa: S301 - made just now


def run_containers(project: Path, pipeline: str, tmp_path: Path) -> None:
    """Run an export to Argo, each step in a copy of the project, its results below `store`."""
    write_export(find_package(project / "pipelines" / pipeline), "argo", tmp_path)
    text = (tmp_path / f"{pipeline}_argo.yaml").read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)["spec"]
    values = {
        one["name"]: one["value"] for one in workflow.get("arguments", {}).get("parameters", ())
    }
    for template in workflow["templates"][1:]:
        name = template["name"].removeprefix("run-")
        image = tmp_path / "images" / name
        shutil.copytree(project, image, ignore=shutil.ignore_patterns("made", "__pycache__"))
        script, *words = template["container"]["args"]
        start("-c", script, *(placed(word, name, tmp_path, values) for word in words), cwd=image)


def placed(word: str, name: str, work: Path, values: dict[str, str]) -> str:
    """Return a word of a container as Argo would hand it over, its artefacts below `work`."""
    if word == "/tmp/outputs":
        return str(work / "store" / name)
    if word.startswith("/tmp/earlier/"):
        return str(work / "store" / word.removeprefix("/tmp/earlier/"))
    return values[word.removeprefix("{{inputs.parameters.").removesuffix("}}")]
