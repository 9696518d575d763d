"""The most resident memory that this process has had: only Linux tells it, and can begin anew."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

_RESET_PEAK = "5"


def forget_peak() -> None:
    """Begin anew, where the system can."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text(_RESET_PEAK, encoding="ascii")


def peak_bytes() -> int | None:
    """Return it in bytes, since `forget_peak` or the process's start; None if it is not known."""
    with suppress(OSError, ValueError, StopIteration):
        status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        line = next(line for line in status if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    return None
