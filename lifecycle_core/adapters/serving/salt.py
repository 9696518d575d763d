"""The secret that values are hashed with before they go to a log: made once, or given."""

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
from lifecycle_core.errors import InvalidCall

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


def given_hasher(path: Path) -> Callable[[str, str], str]:
    """Return the same by a secret that others have too, so that one value has one hash.

    Args:
        path: File of the secret, which is never made here; each of its bytes counts.

    Raises:
        InvalidCall: It cannot be read, others than its owner can read it, or it is short.
    """
    try:
        mode, salt = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        raise InvalidCall(
            f"The salt file {path} cannot be read: {error.strerror}.",
            hint="Check `salt_file` and NBRELEASE_SALT_FILE, and who may read the file.",
        ) from None
    if mode & 0o007:
        raise InvalidCall(
            f"Everybody on this machine can read the salt file {path}.", hint=f"chmod 600 {path}"
        )
    if len(salt) < _BYTES:
        raise InvalidCall(
            f"The salt file {path} has {len(salt)} bytes, want at least {_BYTES}.",
            hint="`python -c 'import secrets; print(secrets.token_urlsafe(32))'` makes one.",
        )
    return partial(_hashed, salt)


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
