"""Locks written by hand, and what their environments hold."""

from __future__ import annotations

import platform
import subprocess
from typing import TYPE_CHECKING

from lifecycle_core.adapters.files import digest_bytes
from lifecycle_core.schema.bundle import Lock

if TYPE_CHECKING:
    from pathlib import Path


def lock_of(text: str, python: str | None = None) -> Lock:
    """Return the lock of a text in which every package has its hashes."""
    return Lock(
        python=python or platform.python_version(),
        platform=platform.platform(),
        text=text,
        digest=digest_bytes(text.encode()),
        packages=text.count("--hash"),
        hashed=True,
    )


def value(python: Path, module: str) -> str:
    """Return what an interpreter says that `VALUE` of a module is."""
    code = f"import {module}; print({module}.VALUE)"
    ran = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True)
    return ran.stdout.strip()
