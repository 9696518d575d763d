"""The servers that `serving.py` compares, each in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "example_notebooks"
VETIVER = ROOT / ".venv-vetiver" / "bin" / "python"
START_SECONDS = 180
LOG = "servers.log"
ECHO = """
import sys, uvicorn
from fastapi import FastAPI
app = FastAPI()

@app.post("/echo")
async def echo(body: dict) -> dict:
    return body

uvicorn.run(
    app, port=int(sys.argv[1]), http=sys.argv[2], loop=sys.argv[3], log_level="warning",
    access_log=False,
)
"""


def released_home(folder: Path, given: Path | None) -> Path:
    """Return an `.nbrelease` folder with the release, as a copy that may be written to."""
    home = folder / "project" / ".nbrelease"
    if given:
        shutil.copytree(given, home)
        return home
    shutil.copytree(EXAMPLE, folder / "project" / "example_notebooks")
    _run(folder, "nbrelease run", "run", "example_notebooks/telco_churn.ipynb")
    return home


def _run(folder: Path, what: str, *words: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "lifecycle_core.cli", *words],
        cwd=folder / "project", env=_environ(folder), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if ended.returncode:
        raise RuntimeError(f"{what} ended with {ended.returncode}: {ended.stderr}")


def _environ(folder: Path) -> dict[str, str]:
    return {**os.environ, "NBRELEASE_HOME": str(folder / "project" / ".nbrelease")}


@contextmanager
def ours(folder: Path, home: Path) -> Iterator[tuple[tuple[str, int], dict[str, Any]]]:
    """Serve the release as a user does, every row synced to its log before the reply."""
    record = folder / "service.json"
    command = [
        sys.executable, "-m", "lifecycle_core.cli", "serve", "churn", "--port", "0",
        "--deadline", "1000", "--json", str(record),
    ]  # fmt: skip
    with _process(command, folder, cwd=home.parent, environ=_environ(folder)) as process:
        _wait(record.is_file, process, folder / LOG)
        said = json.loads(record.read_text())
        row = json.loads(said["curl"].partition("-d '")[2].rpartition("'")[0])
        port = int(said["address"].rpartition(":")[2])
        yield ("127.0.0.1", port), row


@contextmanager
def echo(folder: Path, parser: str, loop: str) -> Iterator[int]:
    """Give a body back, with FastAPI and nothing else."""
    port = _free_port()
    command = [sys.executable, "-c", ECHO, str(port), parser, loop]
    with _process(command, folder) as process:
        _wait(lambda: _listens(port), process, folder / LOG)
        yield port


@contextmanager
def mlflow(folder: Path, home: Path) -> Iterator[int]:
    """Serve the model of the release's own bundle with MLflow."""
    import mlflow.sklearn

    from lifecycle_core.adapters.models import load_model

    path = next((home / "bundles").glob("churn-*/model/model.skops"))
    mlflow.sklearn.save_model(
        load_model(path), folder / "mlflow", serialization_format="cloudpickle",
        pyfunc_predict_fn="predict_proba", pip_requirements=[],
    )  # fmt: skip
    port = _free_port()
    command = [
        sys.executable, "-m", "mlflow", "models", "serve", "-m", str(folder / "mlflow"),
        "--env-manager", "local", "--port", str(port), "--workers", "1",
    ]  # fmt: skip
    here = str(Path(sys.executable).parent)  # it starts uvicorn by name
    environ = {**os.environ, "PATH": f"{here}{os.pathsep}{os.environ['PATH']}"}
    with _process(command, folder, environ=environ) as process:
        _wait(lambda: _listens(port), process, folder / LOG)
        yield port


@contextmanager
def vetiver(folder: Path, home: Path, row: dict[str, Any]) -> Iterator[int]:
    """Serve the same model with vetiver."""
    import joblib

    from lifecycle_core.adapters.models import load_model

    if not VETIVER.is_file():
        raise SystemExit("vetiver is not there. Make its environment: make .venv-vetiver/.made")
    model, example = folder / "model.joblib", folder / "row.json"
    joblib.dump(load_model(next((home / "bundles").glob("churn-*/model/model.skops"))), model)
    example.write_text(json.dumps(row), encoding="utf-8")
    port = _free_port()
    program = str(ROOT / "benchmarks" / "in_vetiver.py")
    command = [str(VETIVER), program, str(model), str(example), str(port)]
    with _process(command, folder) as process:
        _wait(lambda: _listens(port), process, folder / LOG)
        yield port


@contextmanager
def _process(
    command: list[str], folder: Path, *, cwd: Path | None = None,
    environ: dict[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:  # fmt: skip
    with (folder / LOG).open("ab") as log:
        process = subprocess.Popen(
            command, cwd=cwd, env=environ, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def _wait(there: Any, process: subprocess.Popen[bytes], log: Path) -> None:  # noqa: ANN401 - a function
    until = time.monotonic() + START_SECONDS
    while not there():
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"{process.args!r} did not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.2)


def _listens(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
