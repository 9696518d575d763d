"""Elliptic-curve keys in files, made anew for a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

if TYPE_CHECKING:
    from pathlib import Path


class Keys(NamedTuple):
    """A private key and its public half, as PEM files."""

    private: Path
    public: Path


def keys_in(folder: Path, name: str = "release", *, key: Any = None, password: str = "") -> Keys:  # noqa: ANN401 - any kind of key
    """Write a pair of keys; on P-256, and not encrypted, if not said otherwise."""
    made = key or ec.generate_private_key(ec.SECP256R1())
    pair = Keys(folder / f"{name}.pem", folder / f"{name}.pub")
    hidden = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    pair.private.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, hidden))
    pair.private.chmod(0o600)
    public = made.public_key()
    pair.public.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return pair
