"""git's own program, asked about a folder; what it says never depends on the caller's settings."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def git(folder: Path, *words: str) -> bytes | None:
    """Return what git answers, or None if it refuses or is not there.

    Neither a hook of the repository nor the caller's GIT_DIR may steer this.
    """
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    command = ["git", "-c", "core.fsmonitor=false", "-C", str(folder), *words]
    try:
        return subprocess.run(command, capture_output=True, check=True, env=environment).stdout
    except (OSError, subprocess.CalledProcessError):
        return None


def top_of(folder: Path) -> Path | None:
    """Return the top folder of the work tree that a folder lies in, or None."""
    said = git(folder, "rev-parse", "--show-toplevel")
    return Path(os.fsdecode(said.removesuffix(b"\n"))).resolve() if said else None


def project_files(top: Path) -> list[Path] | None:
    """Return the files that git tracks and the new ones it does not ignore; None if it refuses."""
    names = git(top, "ls-files", "-co", "--exclude-standard", "-z")
    if names is None:
        return None
    return sorted({top / os.fsdecode(name) for name in names.split(b"\0") if name})
