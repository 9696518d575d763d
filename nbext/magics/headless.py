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

from nbext.presence import somebody_is_there

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_COMMANDS = {
    "reproduce": "nbrelease reproduce NOTEBOOK",
    "package": "nbrelease run NOTEBOOK",
    "pipeline": "nbrelease pipeline show NAME",
    "pipeline compile": "nbrelease pipeline compile NOTEBOOK",
    "pipeline run": "nbrelease pipeline run NAME",
    "serve": "nbrelease serve",
    "promote": "nbrelease promote",
    "rollback": "nbrelease rollback",
    "releases": "nbrelease status",
    "review": "nbrelease review",
    "reviews": "nbrelease reviews",
    "acknowledge": "nbrelease acknowledge",
    "outcomes": "nbrelease outcomes",
    "retrain": "nbrelease retrain --decide",
    "experiment": "nbrelease experiment",
}


def left_for_later(shell: InteractiveShell, verb: str, line: str) -> bool:
    """Record a request and say so, if no person is there; else return False."""
    if somebody_is_there(shell):
        return False
    _record(verb, line)
    command = _COMMANDS.get(" ".join([verb, *line.split()[:1]]), _COMMANDS[verb])
    command += "" if "NOTEBOOK" in command or "NAME" in command else f" {line.strip()}"
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
