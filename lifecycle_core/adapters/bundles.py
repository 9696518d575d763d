"""Bundles on disk: written whole or not at all, verified byte for byte before anything is read.

    files -> folder beside the target -> manifest.json with every digest -> renamed into place

The manifest names every file but itself; its own SHA-256 is the digest of the bundle.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol, TypeVar

from pydantic import ValidationError

from lifecycle_core.adapters.files import digest_bytes, digest_file, replacing_folder
from lifecycle_core.errors import BundleInvalid
from lifecycle_core.schema.base import Record
from lifecycle_core.schema.bundle import Bundle, FileDigest, Manifest
from lifecycle_core.schema.checkpoint import Evidence, Rehearsal
from lifecycle_core.schema.contract import Contract, ContractReport
from lifecycle_core.schema.finalization import Finalization
from lifecycle_core.schema.release_file import ReleaseFile
from lifecycle_core.schema.reproduction import Reproduction

if TYPE_CHECKING:
    from collections.abc import Mapping

Written = TypeVar("Written", bound=Record)

MANIFEST = "manifest.json"
RELEASE = "release.json"
MODEL = "model/model.skops"
CONTRACT = "contract/contract.json"
REPRODUCTION = "evidence/reproduction.json"
FINALIZATION = "evidence/finalization.json"
CONTRACT_REPORT = "evidence/contract_report.json"
REHEARSAL = "evidence/rehearsal.json"
_LARGEST_MANIFEST = 10_000_000
_LARGEST_RECORD = 100_000_000
_CHANGED_HINT = "Do not use it. Download the release again, or release the notebook again."


class Bundles(Protocol):
    """Writes bundles."""

    def write(self, name: str, files: Mapping[str, bytes | Path], *, version: str) -> Bundle:
        """Write a bundle of these files and return it."""


@dataclass(frozen=True, slots=True)
class BundleFolder:
    """Bundles in one folder, each named after its release and digest.

    Attributes:
        path: The folder; it is made if need be.
    """

    path: Path

    def write(self, name: str, files: Mapping[str, bytes | Path], *, version: str) -> Bundle:
        """Write a bundle; one with the same files is there already and is kept.

        Args:
            name: Name of the release.
            files: Content, or a file to copy, by POSIX path within the bundle.
            version: Version of nbrelease that writes it.

        Raises:
            TargetUnwritable: The operating system refuses; nothing is left behind.
            BundleInvalid: A folder that is no such bundle stands in the way.
        """
        digests = {path: _digest_of(content) for path, content in sorted(files.items())}
        manifest = Manifest(name=name, nbrelease=version, files=digests)
        text = manifest.to_json().encode()
        digest = digest_bytes(text)
        target = self.path / f"{name}-{digest.removeprefix('sha256:')[:12]}"
        if target.exists():
            return verify_bundle(target, digest=digest)
        with replacing_folder(target) as folder:
            for path, content in {**files, MANIFEST: text}.items():
                file = folder / _inner(path, folder)
                file.parent.mkdir(parents=True, exist_ok=True)
                if isinstance(content, bytes):
                    file.write_bytes(content)
                else:
                    shutil.copyfile(content, file)
        return Bundle(name=name, path=str(target), digest=digest, manifest=manifest)


def verify_bundle(path: Path, *, digest: str | None = None) -> Bundle:
    """Compare every byte of a bundle with its manifest, and the manifest with a digest.

    Args:
        path: The bundle's folder.
        digest: What the registry recorded for it; without one only the inside is verified.

    Raises:
        BundleInvalid: A file is changed, missing, added, or no plain file; it is named.
    """
    manifest_path = path / MANIFEST
    if not manifest_path.is_file() or manifest_path.is_symlink():
        raise BundleInvalid(
            f"{path} is not a bundle: it has no {MANIFEST}.",
            path=str(path),
            hint="Name the folder that `nbrelease run` wrote, such as .nbrelease/bundles/NAME-...",
        )
    text = _read(manifest_path, limit=_LARGEST_MANIFEST)
    found = digest_bytes(text)
    if digest is not None and found != digest:
        raise _invalid(MANIFEST, path, f"has digest {found}, {digest} was registered")
    manifest = _parse(Manifest, text, MANIFEST, path)
    present = _files_of(path)
    for name in sorted(manifest.files.keys() - present.keys()):
        _inner(name, path)
        raise _invalid(name, path, "is missing")
    for name in sorted(present.keys() - manifest.files.keys() - {MANIFEST}):
        raise _invalid(name, path, "is not in the manifest: it was added")
    for name, wanted in manifest.files.items():
        size = present[name].stat().st_size
        if size != wanted.bytes:
            raise _invalid(name, path, f"has {size:,} bytes, the manifest says {wanted.bytes:,}")
        if digest_file(present[name]) != f"sha256:{wanted.sha256}":
            raise _invalid(name, path, "was changed: its SHA-256 is not the one in the manifest")
    return Bundle(name=manifest.name, path=str(path), digest=found, manifest=manifest)


def read_evidence(bundle: Bundle) -> Evidence:
    """Read from a verified bundle what the release is judged on.

    Raises:
        BundleInvalid: A record is not what its schema says.
    """
    folder = Path(bundle.path)
    kept = bundle.manifest.files

    def read(kind: type[Written], name: str) -> Written | None:
        if name not in kept:
            return None
        return _parse(kind, _read(folder / name, limit=_LARGEST_RECORD), name, folder)

    release = read(ReleaseFile, RELEASE)
    if release is None:
        raise _invalid(RELEASE, folder, "is missing")
    return Evidence(
        release_file=release,
        reproduction=read(Reproduction, REPRODUCTION),
        finalization=read(Finalization, FINALIZATION),
        contract=read(Contract, CONTRACT),
        contract_report=read(ContractReport, CONTRACT_REPORT),
        rehearsal=read(Rehearsal, REHEARSAL),
    )


def _files_of(folder: Path) -> dict[str, Path]:
    """Return the plain files of a folder by POSIX path; anything else is refused."""
    found: dict[str, Path] = {}
    for root, folders, files in os.walk(folder, followlinks=False):
        for name in (*folders, *files):
            path = Path(root) / name
            mode = path.lstat().st_mode
            if stat.S_ISREG(mode):
                found[path.relative_to(folder).as_posix()] = path
            elif not stat.S_ISDIR(mode):
                inner = path.relative_to(folder).as_posix()
                raise _invalid(inner, folder, "is a link or a device, it must be a plain file")
    return found


def _inner(name: str, folder: Path) -> PurePosixPath:
    """Return a path within the bundle; one that leaves it is refused."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise _invalid(name, folder, "would lie outside the bundle")
    return path


def _digest_of(content: bytes | Path) -> FileDigest:
    if isinstance(content, bytes):
        return FileDigest(sha256=hashlib.sha256(content).hexdigest(), bytes=len(content))
    digest = digest_file(content).removeprefix("sha256:")
    return FileDigest(sha256=digest, bytes=content.stat().st_size)


def _read(path: Path, *, limit: int) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise _invalid(path.name, path.parent, f"cannot be read: {error.strerror}") from error
    if len(content) > limit:
        raise _invalid(path.name, path.parent, f"has more than {limit:,} bytes")
    return content


def _parse(kind: type[Written], text: bytes, name: str, folder: Path) -> Written:
    try:
        return kind.from_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        spot = ".".join(str(part) for part in first["loc"]) or "the file"
        what = f"is no {kind.__name__} record: {spot}: {first['msg']}"
        raise _invalid(name, folder, what) from None


def _invalid(name: str, folder: Path, what: str) -> BundleInvalid:
    return BundleInvalid(
        f"{name} in bundle {folder.name} {what}.", path=str(folder / name), hint=_CHANGED_HINT
    )
