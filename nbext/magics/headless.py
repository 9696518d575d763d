"""What a magic does where no person is there: it records the request and starts no run.

In a clean run of our own (`NBRELEASE_RUN`) the one who started it carries out what is asked; under
papermill or nbclient nobody does, and the line says which command would.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_COMMANDS = {
    "reproduce": "nbrelease reproduce NOTEBOOK",
    "package": "nbrelease run NOTEBOOK",
    "promote": "nbrelease promote",
    "rollback": "nbrelease rollback",
    "releases": "nbrelease status",
}


def inside_clean_run() -> bool:
    """Say whether this kernel belongs to a clean run of ours."""
    return bool(os.environ.get("NBRELEASE_RUN"))


def somebody_is_there(shell: InteractiveShell) -> bool:
    """Say whether a person can answer: papermill and nbclient run cells without input.

    A shell without messages is a terminal.
    """
    if inside_clean_run():
        return False
    parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
    return bool(parent.get("content", {}).get("allow_stdin", True))


def left_for_later(shell: InteractiveShell, verb: str, line: str) -> bool:
    """Record a request and say so, if no person is there; else return False."""
    if somebody_is_there(shell):
        return False
    _record(verb, line)
    command = _COMMANDS[verb] + ("" if "NOTEBOOK" in _COMMANDS[verb] else f" {line.strip()}")
    sys.stdout.write(
        f"%{verb} is recorded, not done: nobody is there to answer. `{command.strip()}` does it.\n"
    )
    return True


def _record(verb: str, line: str) -> None:
    if folder := os.environ.get("NBRELEASE_EVIDENCE"):
        path = Path(folder) / "requests.json"
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
        known.append({"verb": verb, "arguments": line.strip()})
        path.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
