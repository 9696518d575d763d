"""Run a notebook's cells, or a compiled package, in this process and describe what it gives.

A program of its own: `python plain_run.py ROOT REQUEST ANSWER`, started in the notebook's folder by
`tests.pipelines.executing`. It knows nothing of nbrelease, and lets nobody import it.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import json
import os
import pickle
import random
import sys
import traceback
import types
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

BLOCKED = ("lifecycle_core", "nbext")
MACHINERY = {"In", "Out", "get_ipython", "exit", "quit", "open", "display"}


class Blocker:
    """Answers for modules that must not be imported."""

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> None:
        """Refuse what is ours.

        Raises:
            ModuleNotFoundError: It is.
        """
        if name.partition(".")[0] in BLOCKED:
            raise ModuleNotFoundError(f"No module named {name!r}: it is blocked here", name=name)


def run_package(name: str, root: str, portrait: Callable[[object], Any]) -> dict[str, Any]:
    """Call `run()` of a package below `root` as any user would."""
    sys.meta_path.insert(0, Blocker())
    sys.path[:0] = ["", root]
    package = importlib.import_module(name)
    values = package.run()
    loaded = [blocked for blocked in BLOCKED if blocked in sys.modules]
    return {
        "values": {key: portrait(value) for key, value in values.items()},
        "loaded": loaded,
    }


def run_cells(cells: Sequence[Mapping[str, Any]], tools: Any, *, trace: bool) -> dict[str, Any]:
    """Run cells in an IPython shell.

    Args:
        cells: Source and tags of each, in order; a cell of text has the source None.
        tools: The module that describes values.
        trace: Whether to describe everything after each cell.

    Returns:
        The values at the end, what pickles, and per cell the digests of everything.
    """
    from IPython.core.interactiveshell import InteractiveShell

    sys.path.insert(0, "")
    if trace:  # two runs that draw without a seed are compared: both begin alike
        random.seed(0)
        importlib.import_module("numpy").random.seed(0)
    InteractiveShell.enable_gui = _no_windows
    shell = InteractiveShell.instance()
    shell.register_magic_function(
        lambda _line, cell: _finished(shell.run_cell(cell)), "cell", "step"
    )
    before = set(shell.user_ns)
    cells_seen = []
    for index, cell in enumerate(cells):
        if cell["source"] is not None and "skip-execution" not in cell["tags"]:
            result = shell.run_cell(cell["source"], store_history=True)
            error = result.error_before_exec or result.error_in_exec
            if error is not None and "raises-exception" not in cell["tags"]:
                return {"failed": index, "error": f"{type(error).__name__}: {error}"}
        cells_seen.append(_state(shell.user_ns, before, tools) if trace else {})
    bound = _bound(shell.user_ns, before)
    return {
        "values": {name: tools.portrait(value) for name, value in bound.items()},
        "pickles": sorted(name for name, value in bound.items() if _pickles(value)),
        "plain": sorted(name for name, value in bound.items() if _is_data(value)),
        "trace": cells_seen,
    }


def _no_windows(_shell: object, _gui: str | None = None) -> None:
    """Answer `%matplotlib`: there is no event loop to start."""


def _finished(result: Any) -> None:
    """Let what failed in a step's body fail its cell."""
    if error := result.error_before_exec or result.error_in_exec:
        raise error


def _bound(namespace: Mapping[str, Any], before: set[str]) -> dict[str, Any]:
    """Return what the notebook's own code bound."""
    return {
        name: value
        for name, value in namespace.items()
        if name not in MACHINERY
        and not (name in before and name.startswith("_"))
        and not (name.startswith("_") and name.lstrip("_i").isdigit())
        and name not in {"_", "__", "___", "_i", "_ii", "_iii", "_exit_code"}
    }


def _is_data(value: Any) -> bool:
    """Whether a value is a result, as against code, a module or a picture."""
    code = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType, type)
    pictures = ("matplotlib.", "altair.", "plotly.", "typing", "logging", "types")
    return (
        not isinstance(value, code)
        and not type(value).__module__.startswith(pictures)
        and type(value).__name__ not in {"_lru_cache_wrapper", "GenericAlias", "ufunc", "_Feature"}
        and not _of_pictures(value)
    )


def _of_pictures(value: Any) -> bool:
    """Whether a container or an array holds axes of a plot."""
    if type(value).__name__ == "ndarray" and value.dtype == object:
        value = value.ravel().tolist()
    return (
        isinstance(value, list | tuple)
        and bool(value)
        and all(type(each).__module__.startswith("matplotlib.") for each in value)
    )


def _pickles(value: Any) -> bool:
    try:
        pickle.loads(pickle.dumps(value))  # noqa: S301 (what this process itself wrote)
    except Exception:  # noqa: BLE001 (whatever an object says when it cannot be pickled)
        return False
    return True


def _state(namespace: Mapping[str, Any], before: set[str], tools: Any) -> dict[str, str]:
    """Return digests of variables, generators and files as they are now."""
    bound = _bound(namespace, before)
    state = {
        name: tools.digest(tools.portrait(value))
        for name, value in bound.items()
        if not isinstance(value, types.ModuleType)
    }
    for name, value in bound.items():
        if isinstance(value, types.FunctionType):  # an edited body is an edited value
            code = value.__code__
            told = f"{code.co_code!r}{[c for c in code.co_consts if not hasattr(c, 'co_code')]}"
            state[name] = hashlib.sha256(f"{told}{code.co_names}".encode()).hexdigest()[:16]
    state["<random>"] = tools.digest(tools.portrait(random.getstate()))
    if numpy := sys.modules.get("numpy"):
        state["<numpy>"] = tools.digest(tools.portrait(numpy.random.get_state()))
    for path in sorted(Path().rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            state[f"<file {path}>"] = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    return state


def main() -> None:
    """Do what is asked in the request file and write the answer."""
    root, request_file, answer_file = sys.argv[1:]
    request = json.loads(Path(request_file).read_text(encoding="utf-8"))
    sys.path[0] = root
    tools = importlib.import_module("tests.pipelines.portrait")
    sys.path.pop(0)
    for name in [name for name in sys.modules if name.partition(".")[0] == "tests"]:
        del sys.modules[name]
    printed = io.StringIO()
    try:
        with redirect_stdout(printed):
            if "cells" in request:
                answer = run_cells(request["cells"], tools, trace=request["trace"])
            else:
                answer = run_package(request["package"], request["root"], tools.portrait)
    except BaseException as error:  # noqa: BLE001 (a package may end in any way)
        answer = {"error": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()}
    answer["printed"] = printed.getvalue()[-20_000:]
    with Path(answer_file).open("wb") as file:
        pickle.dump(answer, file)
    sys.stdout.flush()
    os._exit(0)  # a thread of the notebook's may still run


if __name__ == "__main__":
    main()
