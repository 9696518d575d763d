"""The clean process in which a compiled package is run for its proof.

It is asked by a JSON file and answers by another, because the package prints what it likes. Every
step runs in a process of its own, and every variable that goes from step to step is kept in a store
and taken out again, as it is when the pipeline runs.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import json
import os
import sys
import tempfile
import threading
import traceback
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.stepping import generators
from lifecycle_core.adapters.store import open_store
from lifecycle_core.recorder.digests import digest, is_temporary, placed
from lifecycle_core.recorder.digests.parts import Refused, Value
from lifecycle_core.recorder.digests.portrait import portrait

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifecycle_core.schema.pipeline import Generator

_LONGEST = 4_000
_PINNED = 300
"""Characters of a value that is written out in a test, and of a reason."""
_UNSAFE = frozenset({"cupy", "jax", "mxnet", "polars", "pyspark", "ray", "tensorflow", "torch"})
"""Libraries that may hold threads or a device as soon as they are imported: forks lack both."""


def main(question: str, answer: str) -> None:
    """Run a package and write what came of it.

    Args:
        question: Path of a JSON file: `path`, folders for `sys.path`; `folder` to work in;
            `project`, whose place is no part of a value; `package`; `mode`, `steps` or `run`;
            `steps` as in the record; `store`, a folder for what they hand on; `parameters`, a
            literal for each; `portrayed`, variables whose numbers are wanted.
        answer: Path of the JSON file to write.
    """
    asked = json.loads(Path(question).read_text(encoding="utf-8"))
    asked["parameters"] = {
        name: ast.literal_eval(value) for name, value in asked["parameters"].items()
    }
    sys.path[:0] = asked["path"]
    os.chdir(asked["folder"])
    said: dict[str, Any] = {"digests": {}, "stuck": {}, "error": "", "step": "", "trace": "",
                            "type": "", "pins": {}, "portraits": {}}  # fmt: skip
    try:
        if asked["mode"] == "run":
            _run(asked, said)
        else:
            _steps(asked, said)
    except BaseException as error:  # noqa: BLE001 - the package's own; it is told, not raised
        _tell_error(said, error)
    sys.stdout.flush()
    part = Path(f"{answer}.part")
    with part.open("w", encoding="utf-8") as file:
        json.dump(said, file)
    part.replace(answer)
    os._exit(0)  # threads that the package left running end here


def _tell_error(said: dict[str, Any], error: BaseException) -> None:
    """Write down what was raised."""
    said["error"] = f"{type(error).__name__}: {error}"[:_LONGEST]
    said["type"] = type(error).__name__
    said["trace"] = "".join(traceback.format_exception(error))[-_LONGEST:]


def _run(asked: dict[str, Any], said: dict[str, Any]) -> None:
    values = importlib.import_module(asked["package"]).run(**asked["parameters"])
    said["digests"] = {name: _digest(value, asked) for name, value in values.items()}
    portrayed = {name: values[name] for name in asked["portrayed"] if name in values}
    said["pins"] = {
        name: near_pin(value) if name in portrayed else _pin_here(value, asked)
        for name, value in values.items()
    }
    said["portraits"] = {name: _portrait(value) for name, value in portrayed.items()}


def _digest(value: Value, asked: dict[str, Any]) -> str | None:
    return digest(placed(value, asked["project"])).text


def _pin_here(value: Value, asked: dict[str, Any]) -> dict[str, Any]:
    elsewhere = placed(value, asked["project"]) is not value or (
        is_temporary(value, tempfile.gettempdir())
    )
    return _of_type(value) if elsewhere else pin(value)


def _portrait(value: Value) -> dict[str, Any]:
    try:
        return {"portrait": portrait(value)}
    except Refused as refused:
        return {"refused": str(refused)}


def pin(value: Value) -> dict[str, Any]:
    """Return what a test can hold a variable to without us."""
    kind = type(value)
    module, name = kind.__module__.partition(".")[0], kind.__name__
    try:
        if module == "pandas" and name in {"DataFrame", "Series"}:
            import pandas as pd

            hashes = pd.util.hash_pandas_object(value, index=True).to_numpy()
            return {"kind": "table", "shape": value.shape, "digest": _short(hashes.tobytes())}
        if module == "numpy" and name == "ndarray" and not value.dtype.hasobject:
            return {"kind": "array", "shape": value.shape, "digest": _short(value.tobytes())}
        if module == "numpy" and not hasattr(value, "__len__"):
            value = value.item()
        text = repr(value)
        if (
            type(value).__module__ == "builtins"
            and len(text) <= _PINNED
            and ast.literal_eval(text) == value
        ):
            return {"kind": "value", "value": text}
    except Exception:  # noqa: BLE001 - values refuse as they like; their type is pinned then
        return _of_type(value)
    return _of_type(value)


def _of_type(value: Value) -> dict[str, Any]:
    return {"kind": "type", "type": type(value).__name__}


def near_pin(value: Value) -> dict[str, Any]:
    """Return what a test can hold a variable to whose numbers may differ a little.

    Where each number of an array differs by at most a share, so does the sum of their sizes.
    """
    found = pin(value)
    try:
        if found["kind"] == "table":
            return {"kind": "near table", "shape": value.shape, **_near_columns(value)}
        if found["kind"] == "array" and value.dtype.kind == "f":
            return {"kind": "near array", "shape": value.shape, "sum": repr(_size_of(value))}
    except Exception:  # noqa: BLE001 - as above
        return found
    return {"kind": "near value", "value": found["value"]} if found["kind"] == "value" else found


def _near_columns(table: Value) -> dict[str, Any]:
    import pandas as pd

    frame = table.to_frame() if table.ndim == 1 else table
    numbers, others = frame.select_dtypes("floating"), frame.select_dtypes(exclude="floating")
    hashes = pd.util.hash_pandas_object(others if others.shape[1] else frame.index).to_numpy()
    sums = [_size_of(column.to_numpy()) for _, column in numbers.items()]
    return {"sums": repr(sums), "digest": _short(hashes.tobytes())}


def _size_of(numbers: Value) -> float:
    return float(abs(numbers).sum())


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _steps(asked: dict[str, Any], said: dict[str, Any]) -> None:
    """Run each step in a process of its own, as runs do: what it sets in its process ends there.

    Importing the package takes longer than most steps. So one fork of this process imports it and
    is forked for each step, unless that is not safe; then the process of each step imports it.
    """
    trial = _Trial(asked, said)
    for place in range(len(asked["steps"])):
        if trial.take(_forked(trial, place, _with_import)):
            return


def _with_import(trial: _Trial, place: int) -> bool:
    """Import the package and run one step, or all if this process can be forked for them."""
    importlib.import_module(trial.asked["package"])
    if _unsafe_to_fork():
        return _without_import(trial, place)
    for each in range(place, len(trial.asked["steps"])):
        if trial.take(_forked(trial, each, _without_import)):
            break
    return True


def _without_import(trial: _Trial, place: int) -> bool:
    """Run one step; where a value cannot leave this process, the others, too."""
    trial.run(place)
    if trial.live:  # this draft is lost; what else can be learnt from it?
        for other in range(place + 1, len(trial.asked["steps"])):
            trial.run(other)
    return bool(trial.live)


def _forked(trial: _Trial, place: int, work: Callable[[_Trial, int], bool]) -> dict[str, Any]:
    """Do some work in a fork of this process and return what it gave; `work` tells if all is done.

    A fork that dies takes this process with it, so that whoever started it sees how.
    """
    sys.stdout.flush()
    folder = Path(trial.asked["store"]).parent
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of threads: see `_unsafe_to_fork`
        process = os.fork()
    if not process:
        try:
            over = work(trial, place)
        except BaseException as error:  # noqa: BLE001 - the package's own; it is told, not raised
            _tell_error(trial.said, error)
            over = True
        sys.stdout.flush()
        answer = folder / f"step-{os.getpid()}.json"
        answer.write_text(json.dumps(trial.given(over=over)), encoding="utf-8")
        os._exit(0)
    _, ended = os.waitpid(process, 0)
    answer = folder / f"step-{process}.json"
    if not answer.is_file():
        if os.WIFSIGNALED(ended):
            os.kill(os.getpid(), os.WTERMSIG(ended))
        os._exit(os.waitstatus_to_exitcode(ended))
    given = json.loads(answer.read_text(encoding="utf-8"))
    answer.unlink()  # numbers of processes come again
    return dict(given)


def _unsafe_to_fork() -> bool:
    busy = not _UNSAFE.isdisjoint(sys.modules) or threading.active_count() > 1
    return busy or sys.platform == "darwin"


class _Trial:
    """What steps gave until now: all that goes from one process to the next.

    Attributes:
        live: Values that could not be handed over; they are in this process only.
    """

    def __init__(self, asked: dict[str, Any], said: dict[str, Any]) -> None:
        self.asked, self.said = asked, said
        self.live: dict[str, Any] = {}
        self._kept: dict[str, str] = {}
        self._states: dict[Generator, str] = {}
        self._objects = open_store(asked["store"]).objects

    def run(self, place: int) -> None:
        """Run a step in this process."""
        asked, said, objects = self.asked, self.said, self._objects
        step = asked["steps"][place]
        name = said["step"] = step["name"]
        function = getattr(importlib.import_module(f"{asked['package']}.{name}"), name)
        taken = [
            objects.value(self._kept[key]) if key in self._kept else self.live[key]
            for key in (f"{one['step']}.{one['name']}" for one in step["inputs"])
        ]
        words = {key: asked["parameters"][key] for key in step["parameters"]}
        if not self.live:
            generators.restore(
                {
                    each: objects.value(self._states[each])
                    for each in step["generators"]
                    if each in self._states
                }
            )
        given = function(*taken, **words)
        for each, state in generators.states(step["generators"]).items():
            self._states[each], _ = objects.put_value(state)
        for output, value in zip(step["outputs"], given or (), strict=True):
            self._keep(name, output["name"], value)
        said["step"] = ""

    def _keep(self, step: str, name: str, value: Value) -> None:
        asked, said, objects, key = self.asked, self.said, self._objects, f"{step}.{name}"
        if name in asked["portrayed"]:
            said["portraits"][key] = _portrait(value)
        before = said["digests"][key] = _digest(value, asked)
        try:
            self._kept[key], _ = objects.put_value(value)
            after = _digest(objects.value(self._kept[key]), asked)
        except Exception as error:  # noqa: BLE001 - values refuse as they like
            reason = f"{type(error).__name__}: {error}"[:_PINNED]
        else:
            if before in {None, after}:
                return
            reason = "it is another value after it was saved and loaded"
        self._kept.pop(key, None)
        self.live[key] = value
        said["stuck"][name] = reason

    def given(self, *, over: bool) -> dict[str, Any]:
        """Return what the next process has to know."""
        return {"said": self.said, "kept": self._kept, "states": self._states, "over": over}

    def take(self, given: dict[str, Any]) -> bool:
        """Take what the process of a step gave; tell whether the trial is over."""
        self.said.update(given["said"])
        self._kept, self._states = given["kept"], given["states"]
        return bool(given["over"])


if __name__ == "__main__":
    main(*sys.argv[1:])
