"""Export the sample to every engine, let the engines read and run it, and compare digests.

make exports
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from lifecycle_core.adapters.exports import write_export
from lifecycle_core.adapters.pipeline_packages import find_package
from tests.fakes import compiled

_ROOT = Path(__file__).parents[2]
_EXPORTED = json.dumps(compiled.EXPORTED)


def main(work: Path) -> int:
    """Return 1 if an engine refused its files or gave something else than a plain run."""
    project = work / "project"
    package = compiled.write(project)
    for target in ("airflow", "kubeflow", "argo"):
        write_export(find_package(package), target, work / target)
    plain = _answer("plain", [sys.executable, "-m", "tests.engines.digests", project])
    said = {
        "airflow": _in_airflow(work, project),
        "kubeflow": _in_kubeflow(work, project),
        "argo": _answer(
            "argo", [_python("kubeflow"), "-m", "tests.engines.in_argo", work / "argo"]
        ),
    }
    good = True
    for engine, answer in said.items():
        digests = answer.pop("digests", None)
        same = digests == plain
        good &= same or (engine == "argo" and answer["same"])
        _say(f"{engine}: {json.dumps(answer)}")
        if digests is not None:
            count = sum(digests[name] == plain[name] for name in plain)
            _say(f"{engine}: {count} of {len(plain)} digests as in a plain run")
    return 0 if good else 1


def _in_airflow(work: Path, project: Path) -> dict[str, Any]:
    home = work / "home"
    environ = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(work / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "CHURN_PROJECT": str(project),
        "CHURN_RUNS": (work / "runs").as_uri(),
    }
    python = _python("airflow")
    _start("airflow", [python, "-m", "airflow", "db", "migrate"], environ)
    program = [python, "-m", "tests.engines.in_airflow", work / "airflow", work / "runs", _EXPORTED]
    return _answer("airflow", program, environ)


def _in_kubeflow(work: Path, project: Path) -> dict[str, Any]:
    shutil.rmtree(project / "notebooks" / "made", ignore_errors=True)
    pipeline = work / "kubeflow" / "churn_kubeflow.yaml"
    words = [pipeline, project, work / "artefacts", _EXPORTED]
    return _answer("kubeflow", [_python("kubeflow"), "-m", "tests.engines.in_kubeflow", *words])


def _python(engine: str) -> Path:
    return _ROOT / f".venv-{engine}" / "bin" / "python"


def _answer(name: str, program: list[Any], environ: dict[str, str] | None = None) -> dict[str, Any]:
    """Run a program and return the JSON on its last line."""
    answer = json.loads(_start(name, program, environ).splitlines()[-1])
    assert isinstance(answer, dict)
    return answer


def _start(name: str, program: list[Any], environ: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [str(word) for word in program],
        env={**os.environ, "PYTHONPATH": str(_ROOT), **(environ or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        _say(done.stdout + done.stderr)
        raise SystemExit(f"{name} ended with {done.returncode}")
    return done.stdout


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(main(Path(folder)))
