"""Locks written by hand."""

from __future__ import annotations

import platform

from lifecycle_core.adapters.files import digest_bytes
from lifecycle_core.schema.bundle import Lock


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
