"""The main program of a kernel in a clean run: watch, then become an ordinary ipykernel.

A script, run by the notebook's interpreter, which may hold nothing of ours: it needs Python 3.9,
the standard library and ipykernel. Called as `launcher.py CONFIG -f CONNECTION_FILE ...`, where
CONFIG is a JSON file that `settings.py` describes, or holds `{}` so that nothing is watched.
"""

from __future__ import annotations

import builtins
import importlib.util
import inspect
import json
import os
import signal
import sys
import threading
import time
from importlib import import_module
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

_PACKAGE = "_nbrelease_recorder"
"""Not our public name: `import lifecycle_core` must mean to the notebook what it always does."""
_POLL = 0.5


def main() -> None:
    """Start to watch, then run the kernel until it is told to stop."""
    config = json.loads(Path(sys.argv.pop(1)).read_text(encoding="utf-8"))
    del sys.path[0]  # this script's folder; a notebook must not import our modules by accident
    parent = int(os.environ.pop("JPY_PARENT_PID", "0")) or os.getppid()
    package = _load()
    if config:
        # Before there is a second thread, which would be left out.
        settings = package.settings.Settings.read(config)
        package.confinement.confine(settings, os.path.dirname(_connection_file()))
    threading.Thread(target=_end_with, args=(parent, package), daemon=True).start()
    recorder = None
    if config:
        recorder = package.recording.Recorder(config)
        recorder.start()
    _application(recorder).launch_instance()


def _connection_file() -> str:
    return sys.argv[sys.argv.index("-f") + 1]


def _load() -> Any:  # noqa: ANN401 - a module that only the run knows by this name
    """Import the package that this script belongs to, from its folder, under a private name."""
    folder = Path(__file__).resolve().parent
    spec = importlib.util.spec_from_file_location(
        _PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{folder} cannot be loaded")
    sys.meta_path.insert(0, _OwnBuiltins())
    package = importlib.util.module_from_spec(spec)
    sys.modules[_PACKAGE] = package
    spec.loader.exec_module(package)
    for module in ("confinement", "escaped", "recording"):
        import_module(f"{_PACKAGE}.{module}")
    return package


class _OwnBuiltins:
    """A finder that gives our modules built-in names of their own, which nobody can delete."""

    def __init__(self) -> None:
        self._names = dict(vars(builtins))

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:  # noqa: ANN401 - importlib's
        """Answer the import system."""
        if not name.startswith(f"{_PACKAGE}."):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return None
        run = spec.loader.exec_module

        def exec_module(module: Any) -> None:  # noqa: ANN401 - a module
            vars(module)["__builtins__"] = self._names
            run(module)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]  # the same, prepared
        return spec


def _application(recorder: Any) -> Any:  # noqa: ANN401 - ipykernel is not followed by mypy
    """Return ipykernel's application, with a kernel that tells the recorder about its cells."""
    from ipykernel.iostream import OutStream
    from ipykernel.ipkernel import IPythonKernel
    from ipykernel.kernelapp import IPKernelApp

    if recorder is not None:
        recorder.streams.bound(OutStream)

    class WatchedKernel(IPythonKernel):  # type: ignore[misc]  # ipykernel is not followed by mypy
        # Around the request and not IPython's events, which a notebook can clear.
        async def do_execute(self, code: str, *words: Any, **flags: Any) -> Any:  # noqa: ANN401 - ipykernel's own
            if recorder is None:
                return await super().do_execute(code, *words, **flags)
            recorder.begin(self.shell, code)
            try:
                answer = super().do_execute(code, *words, **flags)
                return await answer if inspect.isawaitable(answer) else answer
            finally:
                recorder.end()

    class QuietApp(IPKernelApp):  # type: ignore[misc]  # as above
        kernel_class = WatchedKernel

        def init_iopub(self, context: Any) -> None:  # noqa: ANN401 - pyzmq's context
            """Never drop an output: by default the thousandth that waits is the last."""
            context.sndhwm = 0
            super().init_iopub(context)

        def log_connection_info(self) -> None:
            """Invite nobody: what the process writes past Jupyter is kept for its last words."""

    return QuietApp


def _end_with(parent: int, package: Any) -> None:  # noqa: ANN401 - a module
    """Kill the kernel and all it started once the program that started it is gone."""
    sleep, ask = time.sleep, os.getppid  # the notebook may replace them
    end, evidence = package.escaped.end_escaped, os.environ.get(package.escaped.MARK, "")
    while ask() == parent:
        sleep(_POLL)
    if evidence:
        end(evidence)
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main()
