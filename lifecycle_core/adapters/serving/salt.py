"""The secret that values are hashed with before they go to a log: made once, kept beside it."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.adapters.files import place_first, sync, writing

if TYPE_CHECKING:
    from collections.abc import Callable

_BYTES = 32


def hasher(path: Path) -> Callable[[str, str], str]:
    """Return what turns the name and the value of a feature into a salted hash.

    Args:
        path: File of the secret; made if it is not there, for its owner alone.

    Raises:
        TargetUnwritable: It cannot be made or read.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     first, second = (hasher(Path(folder) / "salt") for _ in range(2))
        ...     first("plan", "basic") == second("plan", "basic") != first("plan", "plus")
        True
    """
    with writing(path):
        if not path.exists():
            _make(path)
        return partial(_hashed, path.read_bytes())


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # its owner's alone
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
        sync(temporary)
        place_first(temporary, path)
        sync(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _hashed(salt: bytes, name: str, value: str) -> str:
    digest = hmac.new(salt, f"{name}\0{value}".encode(), hashlib.sha256)
    return f"sha256:{digest.hexdigest()}"
