"""The secret that values are hashed with before they go to a log: made once, kept beside it."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from functools import partial
from typing import TYPE_CHECKING

from lifecycle_core.adapters.files import writing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)  # the first one stays, whoever else tries at the same time
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
        return partial(_hashed, path.read_bytes())


def _hashed(salt: bytes, name: str, value: str) -> str:
    digest = hmac.new(salt, f"{name}\0{value}".encode(), hashlib.sha256)
    return f"sha256:{digest.hexdigest()}"
