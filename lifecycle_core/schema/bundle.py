"""The bundle of one release: a directory of files and the manifest of their digests."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lifecycle_core.schema.base import Record


class FileDigest(Record):
    """One file of a bundle: SHA-256 in hexadecimal, and its size in bytes."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(ge=0)


class Manifest(Record):
    """Every file of a bundle but the manifest itself.

    The digest of a bundle is `sha256:` and the SHA-256 of its `manifest.json`.

    Attributes:
        files: POSIX paths relative to the bundle, sorted.
    """

    schema_: Literal["nbrelease/manifest/1"] = Field(default="nbrelease/manifest/1", alias="schema")
    name: str
    nbrelease: str
    files: dict[str, FileDigest]


class Bundle(Record):
    """A complete bundle on this machine.

    Attributes:
        path: Where it lies.
        digest: `sha256:` and 64 hexadecimal digits.
        attested: There is an attestation with it.
        attested_by: The fingerprint of the key that it was checked with; empty if it was not.
    """

    name: str
    path: str
    digest: str
    manifest: Manifest
    attested: bool = False
    attested_by: str = ""


class ModelFacts(Record):
    """What a saved model's file holds, read without loading it.

    Attributes:
        format: Always `skops`; anything else is refused.
        digest: `sha256:` digest of the file.
        types: Every type the file would construct, sorted.
        untrusted: Those of them that our policy does not trust.
        versions: Versions of the libraries it was saved with, such as `{"sklearn": "1.9.1"}`.
    """

    schema_: Literal["nbrelease/model/1"] = Field(default="nbrelease/model/1", alias="schema")
    format: Literal["skops"] = "skops"
    digest: str
    bytes: int = Field(ge=0)
    types: tuple[str, ...]
    untrusted: tuple[str, ...] = ()
    versions: dict[str, str] = {}


class Lock(Record):
    """The exact packages of an environment.

    Attributes:
        text: One `name==version` a line, with `--hash=` where the index could be asked.
        digest: `sha256:` digest of `text`.
        hashed: Every package has its hashes.
        note: Why hashes are absent, else empty.
    """

    python: str
    platform: str
    text: str
    digest: str
    packages: int = Field(ge=0)
    hashed: bool
    note: str = ""
