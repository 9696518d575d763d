"""Processes that a notebook started and that left its process group: found by their environment.

Every run has a folder for its evidence, whose path is in the environment of its kernel and of all
that the kernel starts. Where the system does not show environments, nothing is found.
"""

from __future__ import annotations

import os
import signal

MARK = "NBRELEASE_EVIDENCE"
"""The variable whose value belongs to one run."""


def end_escaped(evidence: str) -> int:
    """Kill what still runs with this evidence folder in its environment, but for this process.

    Args:
        evidence: The value of `MARK`.

    Returns:
        How many were killed.
    """
    wanted = f"{MARK}={evidence}".encode()
    killed = 0
    try:
        names = os.listdir("/proc")
    except OSError:
        return 0
    for name in names:
        if not name.isdigit() or int(name) == os.getpid():
            continue
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                if wanted not in file.read().split(b"\0"):
                    continue
            os.kill(int(name), signal.SIGKILL)
        except OSError:
            continue  # it ended this moment, or belongs to somebody else
        killed += 1
    return killed
