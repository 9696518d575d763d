"""Run notebooks and packages in clean processes, each in a copy of the notebook's folder."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.corpus.case import Cell

ROOT = Path(__file__).parents[2]
LIMIT = 300  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a run gave.

    Attributes:
        values: Descriptions by name.
        data: Names of values that are results, not code or pictures, and that pickle.
        trace: Per cell, digests of everything after it.
        error: Empty if it ended well.
        failed: The cell that failed.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    data: tuple[str, ...] = ()
    trace: tuple[Mapping[str, str], ...] = ()
    error: str = ""
    failed: int | None = None
    printed: str = ""


def run_notebook(
    cells: Sequence[Cell], folder: Path, *, hash_seed: int = 0, trace: bool = False
) -> Ran:
    """Run cells in order, in a clean process and a copy of the folder."""
    asked = [
        {"source": cell.source if cell.kind == "code" else None, "tags": list(cell.tags)}
        for cell in cells
    ]
    return _ran(_run({"cells": asked, "trace": trace}, folder, hash_seed))


def run_package(package: Path, folder: Path, *, hash_seed: int = 0) -> Ran:
    """Run `run()` of a package, nbrelease blocked, in a copy of the notebook's folder.

    Args:
        package: `.../pipelines/NAME`, imported as `pipelines.NAME`.
        folder: Where the notebook lies.
        hash_seed: Of the process.
    """
    root, *_ = package.resolve().parents[1:]
    asked = {"package": f"{package.parent.name}.{package.name}", "root": str(root)}
    return _ran(_run(asked, folder, hash_seed))


def _ran(answer: Mapping[str, Any]) -> Ran:
    error = answer.get("error", "")
    if answer.get("loaded"):
        error = f"it imports {', '.join(answer['loaded'])}"
    if error and isinstance(answer.get("trace"), str):
        error = f"{error}\n{answer['trace'][-1500:]}"
    plain, pickles = answer.get("plain", ()), set(answer.get("pickles", ()))
    return Ran(
        values=answer.get("values", {}),
        data=tuple(name for name in plain if name in pickles),
        trace=() if error else tuple(answer.get("trace", ())),
        error=error,
        failed=answer.get("failed"),
        printed=answer.get("printed", ""),
    )


def _run(request: Mapping[str, Any], folder: Path, hash_seed: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="plain") as place:
        there = Path(place)
        ignore = shutil.ignore_patterns("pipelines", ".nbrelease", "__pycache__")
        copy = Path(shutil.copytree(folder, there / "work", ignore=ignore))
        (there / "request.json").write_text(json.dumps(request), encoding="utf-8")
        program = Path(__file__).with_name("plain_run.py")
        words = [str(ROOT), str(there / "request.json"), str(there / "answer.pickle")]
        try:
            done = subprocess.run(
                [sys.executable, str(program), *words],
                cwd=copy,
                env=_environment(there, hash_seed),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                timeout=LIMIT,
            )
        except subprocess.TimeoutExpired:
            return {"error": f"stopped after {LIMIT} s"}
        if not (there / "answer.pickle").exists():
            return {"error": f"died with {done.returncode}: {done.stderr[-500:]}"}
        with (there / "answer.pickle").open("rb") as file:
            return dict(pickle.load(file))  # noqa: S301 (written by our own program just now)


def _environment(home: Path, hash_seed: int) -> dict[str, str]:
    """Return an environment without what the caller's Python was told, and with an empty home."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {
        **environ,
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "MPLCONFIGDIR": str(Path(tempfile.gettempdir()) / "corpus-matplotlib"),
        "MPLBACKEND": "Agg",
        "PYTHONHASHSEED": str(hash_seed),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}",
    }
