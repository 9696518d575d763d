"""The clean process in which a compiled package is run for its proof.

It is asked by a JSON file and answers by another, because the package prints what it likes. Every
variable that goes from step to step is kept in a store and taken out again, as it is when steps
run in processes of their own.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import json
import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

from lifecycle_core.adapters.store import open_store
from lifecycle_core.recorder.digests import digest, is_temporary, placed
from lifecycle_core.recorder.digests.parts import Refused, Value
from lifecycle_core.recorder.digests.portrait import portrait

_LONGEST = 4_000
_PINNED = 300
"""Characters of a value that is written out in a test, and of a reason."""


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
        said["error"] = f"{type(error).__name__}: {error}"[:_LONGEST]
        said["type"] = type(error).__name__
        said["trace"] = "".join(traceback.format_exception(error))[-_LONGEST:]
    sys.stdout.flush()
    part = Path(f"{answer}.part")
    with part.open("w", encoding="utf-8") as file:
        json.dump(said, file)
    part.replace(answer)
    os._exit(0)  # threads that the package left running end here


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
    importlib.import_module(asked["package"])
    objects = open_store(asked["store"]).objects
    kept: dict[tuple[str, str], str] = {}
    live: dict[tuple[str, str], Any] = {}
    for step in asked["steps"]:
        name = said["step"] = step["name"]
        function = getattr(importlib.import_module(f"{asked['package']}.{name}"), name)
        taken = [
            objects.value(kept[key]) if key in kept else live[key]
            for key in ((one["name"], one["step"]) for one in step["inputs"])
        ]
        words = {key: asked["parameters"][key] for key in step["parameters"]}
        given = function(*taken, **words)
        for output, value in zip(step["outputs"], given or (), strict=True):
            key = (output["name"], name)
            if output["name"] in asked["portrayed"]:
                said["portraits"][f"{name}.{output['name']}"] = _portrait(value)
            before = said["digests"][f"{name}.{output['name']}"] = _digest(value, asked)
            try:
                kept[key], _ = objects.put_value(value)
                after = _digest(objects.value(kept[key]), asked)
            except Exception as error:  # noqa: BLE001 - values refuse as they like
                reason = f"{type(error).__name__}: {error}"[:_PINNED]
            else:
                if before in {None, after}:
                    continue
                reason = "it is another value after it was saved and loaded"
            kept.pop(key, None)
            live[key] = value
            said["stuck"][output["name"]] = reason
    said["step"] = ""


if __name__ == "__main__":
    main(*sys.argv[1:])
