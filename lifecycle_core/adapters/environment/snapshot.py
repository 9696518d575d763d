"""Has a folder of code changed? Names, sizes and times of all files tell, in a tenth of a second.

Bytecode does not count: kernels write it, and Python makes it again when its source differs.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import os
from pathlib import Path

from lifecycle_core.errors import EnvironmentUnavailable


def snapshot(folder: Path) -> str:
    """Return a digest of the names, sizes, times and link targets of all files of a folder."""
    seen = []
    waiting = [str(folder)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name != "__pycache__":
                        waiting.append(entry.path)
                    continue
                info = entry.stat(follow_symlinks=False)
                target = Path(entry.path).readlink() if entry.is_symlink() else ""
                seen.append(f"{entry.path}\0{info.st_size}\0{info.st_mtime_ns}\0{target}\n")
    hasher = hashlib.sha256()
    for line in sorted(seen):
        hasher.update(os.fsencode(line))
    return "sha256:" + hasher.hexdigest()


def require_as_recorded(place: Path) -> None:
    """Compare the installed files of an environment with the digests in their packages' records.

    Raises:
        EnvironmentUnavailable: A file differs; uv copied it from its cache like that.
    """
    for record in sorted(place.glob("lib/*/site-packages/*.dist-info/RECORD")):
        with record.open(newline="", encoding="utf-8") as lines:
            for name, stated, *_ in csv.reader(lines):
                algorithm, _, value = stated.partition("=")
                file = record.parents[1] / name
                if algorithm != "sha256" or ".." in Path(name).parts or not file.is_file():
                    continue
                found = base64.urlsafe_b64encode(hashlib.sha256(file.read_bytes()).digest())
                if found.decode().rstrip("=") != value:
                    package = record.parent.name.removesuffix(".dist-info").replace("-", "==", 1)
                    raise EnvironmentUnavailable(
                        f"uv's cache holds a changed file of {package}: {name}.",
                        package=package,
                        reason="hash_mismatch",
                        hint=f"Run `uv cache clean {package.partition('==')[0]}`, then run again.",
                    )
