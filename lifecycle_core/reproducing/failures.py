"""Why a clean run did not reach the end: what its error, its process and its files say."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.rules.missing_module import PLATFORMS
from lifecycle_core.reproducing import confidence
from lifecycle_core.reproducing.case import sites_in
from lifecycle_core.reproducing.other_python import other_python
from lifecycle_core.reproducing.saying import HINTS
from lifecycle_core.reproducing.signs import asked_for
from lifecycle_core.reproducing.stops import once_worked, stopped_by

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.reproducing.case import Case
    from lifecycle_core.schema.reproduction import Cause, CauseKind

_NAME = re.compile(r"^(?:NameError|UnboundLocalError): .*?name '([^']+)' is not defined")
_TABLE = re.compile(r"Table with name (\w+) does not exist")
"""DuckDB's word for a name that is no table and no frame."""
_MODULE = re.compile(r"No module named '([^'.]+)")
_SUBMODULE = re.compile(r"No module named '(([^'.]+)\.[^']+)'")
_OPTIONAL = re.compile(
    r"Missing optional dependency '([^']+)'|`Import ([\w.]+)` failed"
    r"|[Pp]lease (?:`)?pip install ([\w-]+)|[Uu]se pip or conda to install ([\w-]+)"
)
_IMPORT = re.compile(r"cannot import name '([^']+)' from '([^']+)'")
_FILE = re.compile(
    r"(?:No such file or directory|does not exist|not found|No files found|unable to open"
    r"|cannot find|Failed to open|Unable to open|FileNotFoundError).*?['\"`]([^'\"`\n]+)['\"`]",
    re.IGNORECASE,
)
_QUOTED_FIRST = re.compile(
    r"['\"]?([^\s'\"]+\.\w{1,8})['\"]? (?:not found|does not exist|doesn't exist)", re.IGNORECASE
)
_MISSING = re.compile(
    r"FileNotFoundError|NotADirectoryError|No such file|unable to open database|no such table"
    r"|No files found|does not exist",
)
_FORBIDDEN = re.compile(
    r"unable to open database: (?P<bare>/\S+)|^PermissionError: .*?'(?P<quoted>/[^'\n]+)'"
    r"|['\"](?P<before>/[^'\"\n]+)['\"]: Permission denied"
)
_ABSOLUTE = re.compile(r"^(?:/|~|[A-Za-z]:[\\/]|\\\\|file://)")
_NETWORK = re.compile(
    r"URLError|HTTPError|ConnectionError|ConnectionRefused|ConnectionReset|gaierror|NameResolution"
    r"|TimeoutError|ConnectTimeout|ReadTimeout|RemoteDisconnected|SSLError|MaxRetryError"
    r"|Name or service not known|Temporary failure in name resolution|Network is unreachable",
)
_DRIFT = re.compile(
    r"module '[^']+' has no attribute"
    r"|object has no attribute"
    r"|type object '[^']+' has no attribute"
    r"|unexpected keyword argument"
    r"|got some positional-only|takes \d+ positional argument|takes from \d+ to \d+ positional"
    r"|was (?:removed|deprecated)|has been removed|is no longer supported|no longer"
    r"|keyword argument repeated|missing \d+ required (?:positional|keyword-only) argument"
    r"|Invalid frequency|is deprecated"
)
_SPEAKS_OF = re.compile(
    r"^\w+: (?:type object )?'(\w+)'(?: object)? has no attribute"
    r"|^\w+: (\w+|<lambda>)(?:\.\w+)*\(\) (?:takes|missing|got)"
)
_PYTHONS_OWN = frozenset({
    "NoneType", "bool", "bytes", "dict", "float", "function", "generator", "int", "list",
    "<lambda>", "method", "set", "str", "tuple",
})  # fmt: skip
_SAID_BY_RUN: dict[str, tuple[CauseKind, str]] = {
    "killed": (
        "kernel_died",
        "Give the kernel more memory or less data, or look at what the cell calls in native code.",
    ),
    "timeout": (
        "timeout",
        "Make the cell faster, or allow more time with --cell-timeout or policy.cell_timeout.",
    ),
    "exited": (
        "early_exit",
        "Remove the call that ends the notebook, such as sys.exit() or quit(); all cells must run.",
    ),
}


def failure(case: Case, execution: Execution) -> Cause | None:
    """Return the cause that a run's end speaks of by itself, or None if it speaks of none."""
    run = execution.run
    if run.exit == "ok":
        return None
    if run.exit in _SAID_BY_RUN:
        kind, hint = _SAID_BY_RUN[run.exit]
        return stopped_by(execution, kind, hint)
    readings: tuple[Callable[[Case, Execution], Cause | None], ...] = (
        _interactive, other_python, _module, _refused, _forbidden, _missing_file, _network, _name,
        _drift,
    )  # fmt: skip
    return next((cause for read in readings if (cause := read(case, execution))), None)


def _absolute_path(execution: Execution, path: str, evidence: str = "") -> Cause:
    return stopped_by(
        execution,
        "absolute_path",
        HINTS["absolute_path"],
        names=(path,),
        way=confidence.PATH_NOT_FOUND,
        evidence=evidence,
    )


def _interactive(_case: Case, execution: Execution) -> Cause | None:
    if not execution.run.message.startswith("StdinNotImplementedError"):
        return None
    hint = "Replace input() by a value in a cell tagged `parameters`, set with --param."
    return stopped_by(execution, "interactive_input", hint)


def _module(_case: Case, execution: Execution) -> Cause | None:
    message = execution.run.message
    if (match := _IMPORT.search(message)) and not _of_project(execution, message):
        return _moved(execution, f"{match[2]}.{match[1]}")
    if (match := _SUBMODULE.search(message)) and _installed(execution, match[2]):
        evidence = f"{message}. {match[2]} is installed, and no longer holds it."
        return _moved(execution, match[1], evidence)
    match = _MODULE.search(message) or _OPTIONAL.search(message)
    if not match:
        return None
    name = next(group for group in match.groups() if group)
    only = next((where for module, where in PLATFORMS.items() if f"'{module}" in message), "")
    hint = (
        f"It is there on {only} only: remove it, or import it in `try: ... except ImportError:`."
        if only
        else f"Install the package that holds {name} in the environment of nbrelease, or, if "
        f"{name} is a file of yours, put it beside the notebook."
    )
    return stopped_by(execution, "missing_module", hint, names=(name,))


def _moved(execution: Execution, name: str, evidence: str = "") -> Cause:
    """Blame the environment for a name that a package no longer has where it is imported from."""
    return stopped_by(
        execution,
        "environment_drift",
        f"Import it from where it is now, or {_lower(HINTS['environment_drift'])}",
        names=(name,),
        way=confidence.API_GONE,
        evidence=evidence,
    )


def _of_project(execution: Execution, message: str) -> bool:
    """Tell whether an error names a file of the project's copy."""
    return any(f"({copy}/" in message for copy, _ in execution.roots)


def _installed(execution: Execution, package: str) -> bool:
    """Tell whether a package was imported, and not from the project."""
    own = (f"{package}.py", f"{package}/")
    loaded = any(one.partition(".")[0] == package for one in execution.modules)
    return loaded and not any(item.path.startswith(own) for item in execution.inputs)


def _refused(_case: Case, execution: Execution) -> Cause | None:
    """Blame a path outside the project that a clean run does not have."""
    sites = sites_in(execution.facts.refused, frozenset({execution.run.stopped_at or 0}))
    if not sites:
        return None
    site = sites[-1]
    cause = stopped_by(
        execution,
        "absolute_path",
        HINTS["absolute_path"],
        names=(site.path,),
        evidence=f"{site.path} lies outside the project; on another machine it is not there.",
    )
    return cause.model_copy(update={"line": site.line or cause.line})


def _forbidden(_case: Case, execution: Execution) -> Cause | None:
    """Blame a path where a clean run may not write, which the system refused, not the recorder."""
    match = _FORBIDDEN.search(execution.run.message)
    path = next(filter(None, match.groups()), "") if match else ""
    if not path or any(path.startswith(copy) for copy, _ in execution.roots):
        return None
    evidence = (
        f"{path} could not be written: a clean run changes no file outside its copy of the "
        f"project. {execution.run.message}"
    )
    return _absolute_path(execution, path, evidence)


def _missing_file(case: Case, execution: Execution) -> Cause | None:
    message = execution.run.message
    if not _MISSING.search(message) or _TABLE.search(message):
        return None
    match = _FILE.search(message) or _QUOTED_FIRST.search(message)
    path = match[1] if match else ""
    if _ABSOLUTE.match(path) and not any(path.startswith(copy) for copy, _ in execution.roots):
        return _absolute_path(execution, path)
    hint = (
        "It lies in your folder, but git ignores it: a clean copy does not have it. Track it, or "
        "say in the notebook how to get it."
        if path in case.circumstances.left_out
        else "Add the file to the project, relative to the notebook's folder; files that git "
        "ignores are not part of a clean copy."
    )
    names = (path,) if path else ()
    return stopped_by(execution, "missing_data", hint, names=names, way=confidence.FILE_NOT_FOUND)


def _network(_case: Case, execution: Execution) -> Cause | None:
    run = execution.run
    asked = sites_in(execution.facts.network, frozenset({run.stopped_at or 0}))
    if not asked or not _NETWORK.search(run.message):
        return None
    said = stopped_by(
        execution,
        "network",
        HINTS["network"],
        names=tuple(dict.fromkeys(site.what for site in asked)),
        evidence=f"The cell asked the network ({asked[0].what}) and failed: {run.message}",
    )
    return said.model_copy(update={"line": said.line or asked[0].line})


def _name(case: Case, execution: Execution) -> Cause | None:
    """Tell a name that never was from one whose cell is gone."""
    run, stopped = execution.run, execution.run.stopped_at or 0
    match = _NAME.search(run.message) or _TABLE.search(run.message)
    if not match:
        return None
    name = match[1]
    later = [at for at in case.flow.binders.get(name, ()) if at > stopped]
    if later:
        hint = f"Cell {later[0]} defines {name}; move it above cell {stopped}."
        return stopped_by(execution, "undefined_name", hint, names=(name,))
    gap = next(iter(case.gaps(stopped)), None)
    if gap and once_worked(case, stopped):
        cell, skipped = gap
        evidence = (
            f"{run.message}. No cell defines it, yet cell {stopped} once ran; the counts skip "
            f"{skipped} before cell {cell.index}: a cell was deleted there."
        )
        hint = f"Put the code back that defined {name}, above cell {stopped}."
        return stopped_by(
            execution,
            "deleted_cell",
            hint,
            names=(name,),
            evidence=evidence,
            way=confidence.DELETED_NAME,
        )
    near = get_close_matches(name, case.flow.binders, n=1, cutoff=0.8)
    hint = f"No cell before it defines {name}: " + (
        f"did you mean {near[0]}?" if near else "restore the cell that did, or import it."
    )
    return stopped_by(execution, "undefined_name", hint, names=(name,))


def _drift(case: Case, execution: Execution) -> Cause | None:
    """Blame the environment where a library no longer has what the cell once got from it."""
    run = execution.run
    if not _DRIFT.search(run.message) or not once_worked(case, run.stopped_at or 0):
        return None
    if _of_notebook(case, run.message):
        return None
    pins = case.circumstances.pins
    asked = f" {asked_for(pins)}" if pins else ""
    return stopped_by(
        execution,
        "environment_drift",
        HINTS["environment_drift"],
        names=tuple(pin.name for pin in pins[:3]),
        evidence=f"{run.message}. The cell once ran, so that the library had it then.{asked}",
        way=confidence.API_GONE,
    )


def _of_notebook(case: Case, message: str) -> bool:
    """Tell whether an error speaks of a function or class of the notebook's own, or of Python's."""
    match = _SPEAKS_OF.search(message)
    name = next(filter(None, match.groups()), "") if match else ""
    if name in _PYTHONS_OWN:
        return True
    bound = re.compile(rf"^\s*(?:async +)?(?:def|class) +{re.escape(name)}\b", re.MULTILINE)
    return bool(name) and any(bound.search(cell.source) for cell in case.cells.values())


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]
