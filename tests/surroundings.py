"""Make the world hostile to one child process: call these between its fork and its exec."""

from __future__ import annotations

import ctypes
import os
import resource

_DROP_FROM_BOUNDING_SET = 24  # PR_CAPBSET_DROP
_OVERRIDE_PERMISSIONS = (1, 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


def heed_permissions() -> None:
    """Let root obey the permission bits of files, as everybody else does."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        for capability in _OVERRIDE_PERMISSIONS:
            if libc.prctl(_DROP_FROM_BOUNDING_SET, capability, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "prctl")


def write_at_most(size: int) -> None:
    """Refuse any file to grow beyond `size` bytes, as a full disk would."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
