"""Digests of what a pipeline gives, by the same code in every engine's environment.

python -m tests.engines.digests PROJECT [PARAMETERS]
"""

from __future__ import annotations

import importlib
import json
import os
import pickle
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle_core.recorder.digests import digest

if TYPE_CHECKING:
    from collections.abc import Mapping


def digests_of(values: Mapping[str, Any]) -> dict[str, str | None]:
    """Return the digest of each value, as the recorder makes it."""
    return {name: digest(value).text for name, value in values.items()}


def of_files(folders: Mapping[str, Path], exported: Mapping[str, str]) -> dict[str, str | None]:
    """Return the digests of what steps left in their folders.

    Args:
        folders: By step.
        exported: By variable, the step that made its last version.
    """
    read = {
        step: pickle.loads((folder / "outputs.pkl").read_bytes())  # noqa: S301 - made just now
        for step, folder in folders.items()
    }
    return digests_of({name: read[step][name] for name, step in exported.items()})


def of_plain_run(project: Path, name: str = "churn", **parameters: Any) -> dict[str, str | None]:  # noqa: ANN401
    """Return the digests of what `run` gives in this process, in the notebook's folder."""
    sys.path[:0] = [str(project), str(project / "notebooks")]
    os.chdir(project / "notebooks")
    return digests_of(importlib.import_module(f"pipelines.{name}").run(**parameters))


if __name__ == "__main__":
    given = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
    sys.stdout.write(json.dumps(of_plain_run(Path(sys.argv[1]), **given)) + "\n")
