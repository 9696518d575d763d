"""Bundles on disk: written whole or not at all, and verified to the last byte.

    files --write--> folder + manifest.json (SHA-256 of each) --verify--> the same, or BundleInvalid

Nothing in a bundle is loaded or run here. The digest of a bundle is the digest of its manifest.
Where keys are configured, a bundle is attested when it is written and must be when it is verified.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol

from pydantic import ValidationError

from lifecycle_core.adapters.attestation import ATTESTATION, UNSIGNED, Attestations
from lifecycle_core.adapters.files import digest_bytes, digest_file, replacing_folder
from lifecycle_core.errors import BundleInvalid, TargetUnwritable
from lifecycle_core.schema.bundle import Bundle, FileDigest, Manifest

if TYPE_CHECKING:
    from collections.abc import Mapping

MANIFEST = "manifest.json"
_MAX_MANIFEST = 16 << 20
_HINT = "Do not use this copy. Fetch the release again, or build it again from its notebook."


class Bundles(Protocol):
    """Writes, verifies and reads bundles."""

    def require(self) -> None:
        """Look at once whether a bundle could be attested as configured; nothing is made."""

    def write(self, name: str, files: Mapping[str, bytes | Path], into: Path) -> Bundle:
        """Write a bundle below a folder."""

    def verify(self, path: Path, *, digest: str | None = None) -> Bundle:
        """Return the bundle if every byte is as its manifest says."""

    def read(self, path: Path, name: str) -> bytes:
        """Return the content of one of a bundle's files."""


@dataclass(frozen=True, slots=True)
class BundleFolders:
    """Bundles as folders of this machine.

    Attributes:
        attestations: Made of what is written, and demanded of what is verified.
    """

    attestations: Attestations = Attestations()  # noqa: RUF009 - it is frozen

    def require(self) -> None:
        """Look whether the configured keys can be used.

        Raises:
            InvalidCall: A key's file cannot be read, or is no such key.
            MissingExtra: model-signing is not installed.
        """
        self.attestations.require()

    def write(self, name: str, files: Mapping[str, bytes | Path], into: Path) -> Bundle:
        """Write a bundle, and attest it if there is a key to do so with; see `write_bundle`."""
        return self.attestations.attest(write_bundle(name, files, into))

    def verify(self, path: Path, *, digest: str | None = None) -> Bundle:
        """Verify a bundle, and its attestation if one is demanded; see `verify_bundle`."""
        return self.attestations.check(verify_bundle(path, digest=digest))

    def read(self, path: Path, name: str) -> bytes:
        """Return the content of one of a bundle's files.

        Raises:
            BundleInvalid: There is no such file in the manifest, or it was changed meanwhile.
        """
        recorded = _manifest(path)[0].files.get(name)
        content = _read(path, name)
        if recorded is None or digest_bytes(content) != f"sha256:{recorded.sha256}":
            raise _changed(path, name, "it was changed after the bundle was written")
        return content


def write_bundle(name: str, files: Mapping[str, bytes | Path], into: Path) -> Bundle:
    """Write a bundle as the folder `into/name-<12 digits of its digest>`.

    Args:
        name: The release's name.
        files: By POSIX path within the bundle: the content, or a file to copy.
        into: Folder that holds bundles.

    Returns:
        The bundle. One with the same content that is there already is verified and returned.

    Raises:
        ValueError: A path within the bundle is absolute, leaves it, or is the manifest's or the
            attestation's.
        TargetUnwritable: The operating system refuses; nothing is left behind.
        BundleInvalid: A bundle with this digest is there already, and was changed.
    """
    for inner in files:
        if not _is_inner(inner) or inner in {MANIFEST, ATTESTATION}:
            raise ValueError(f"{inner!r} is no path of a file within a bundle.")
    manifest = Manifest(
        name=name,
        nbrelease=version("nbrelease"),
        files={inner: _digest(files[inner]) for inner in sorted(files)},
    )
    text = manifest.to_json().encode()
    digest = digest_bytes(text)
    path = into / f"{name}-{digest.removeprefix('sha256:')[:12]}"
    if path.exists():
        return verify_bundle(path, digest=digest)
    try:
        with replacing_folder(path) as temporary:
            for inner, content in files.items():
                target = temporary / inner
                target.parent.mkdir(parents=True, exist_ok=True)
                if isinstance(content, bytes):
                    target.write_bytes(content)
                else:
                    shutil.copyfile(content, target)
            (temporary / MANIFEST).write_bytes(text)
    except TargetUnwritable:
        if path.is_dir():  # somebody else wrote the same bundle in the meantime
            return verify_bundle(path, digest=digest)
        raise
    return Bundle(name=name, path=str(path), digest=digest, manifest=manifest)


def verify_bundle(path: Path, *, digest: str | None = None) -> Bundle:
    """Compare every byte of a bundle with its manifest; load nothing.

    Args:
        path: The bundle's folder.
        digest: What the whole bundle must be, `sha256:` and 64 hexadecimal digits; without it
            only the bundle's own manifest vouches for it.

    Raises:
        BundleInvalid: A file is missing, changed, too many, or no plain file; or the manifest is
            not what was registered. The message names the file and what it should be.
    """
    manifest, found = _manifest(path)
    if digest is not None and found != digest:
        raise _changed(
            path, MANIFEST, f"its digest is {_short(found)}, the registered one {_short(digest)}"
        )
    present = set(_walk(path))
    for inner, recorded in manifest.files.items():
        if not _is_inner(inner):
            raise _changed(path, MANIFEST, f"it names {inner!r}, which lies outside the bundle")
        if inner not in present:
            raise _changed(path, inner, "it is missing")
        try:
            size, is_now = (path / inner).stat().st_size, digest_file(path / inner)
        except OSError as error:
            raise _unreadable(path, inner, error) from error
        if is_now != f"sha256:{recorded.sha256}":
            raise _changed(
                path,
                inner,
                f"it has {size:,} bytes with digest {_short(is_now)}, it must have "
                f"{recorded.bytes:,} bytes with digest {_short('sha256:' + recorded.sha256)}",
            )
    if extra := sorted(present - set(manifest.files) - {MANIFEST} - UNSIGNED):
        raise _changed(path, extra[0], "it is not in the manifest, and must not be there")
    return Bundle(
        name=manifest.name,
        path=str(path),
        digest=found,
        manifest=manifest,
        attested=ATTESTATION in present,
    )


def _manifest(path: Path) -> tuple[Manifest, str]:
    if not path.is_dir():
        raise BundleInvalid(
            f"There is no bundle at {path}.", path=str(path), hint="Check the path."
        )
    text = _read(path, MANIFEST)
    try:
        return Manifest.from_json(text), digest_bytes(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise _changed(path, MANIFEST, f"it is no manifest: {place}: {first['msg']}") from error


def _read(path: Path, name: str) -> bytes:
    file = path / name
    if file.is_symlink() or not file.is_file():
        raise _changed(path, name, "it is missing, or no plain file")
    if name == MANIFEST and file.stat().st_size > _MAX_MANIFEST:
        raise _changed(path, name, f"it is larger than {_MAX_MANIFEST:,} bytes")
    try:
        return file.read_bytes()
    except OSError as error:
        raise _unreadable(path, name, error) from error


def _walk(path: Path) -> list[str]:
    """Return every file below a folder; a link or a device is refused, not followed."""
    found = []

    def refuse(error: OSError) -> None:
        raise _unreadable(path, str(error.filename), error) from error

    for folder, folders, files in os.walk(path, followlinks=False, onerror=refuse):
        for name in (*folders, *files):
            entry = Path(folder, name)
            inner = entry.relative_to(path).as_posix()
            if entry.is_symlink() or not (entry.is_file() or entry.is_dir()):
                raise _changed(path, inner, "it is a link or a device, it must be a plain file")
            if entry.is_file():
                found.append(inner)
    return found


def _digest(content: bytes | Path) -> FileDigest:
    if isinstance(content, bytes):
        return FileDigest(sha256=digest_bytes(content)[7:], bytes=len(content))
    return FileDigest(sha256=digest_file(content)[7:], bytes=content.stat().st_size)


def _is_inner(inner: str) -> bool:
    pure = PurePosixPath(inner)
    plain = "\\" not in inner and "\0" not in inner and pure.as_posix() == inner
    return bool(inner) and plain and not pure.is_absolute() and ".." not in pure.parts


def _short(digest: str) -> str:
    return digest[:19]


def _changed(path: Path, inner: str, why: str) -> BundleInvalid:
    return BundleInvalid(f"{path.name}: {inner}: {why}.", path=str(path / inner), hint=_HINT)


def _unreadable(path: Path, inner: str, error: OSError) -> BundleInvalid:
    return _changed(path, inner, f"it cannot be read: {error.strerror}")
