"""A bundle that is what was registered, and what its release file says about the workflow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.errors import BundleInvalid
from lifecycle_core.schema.release_file import ReleaseFile, WorkflowSection

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.adapters.bundles import Bundles
    from lifecycle_core.schema.bundle import Bundle
    from lifecycle_core.schema.release import Release


def verified_bundle(bundle: Path, release: Release, bundles: Bundles) -> Bundle:
    """Return what a bundle's manifest says, once every byte is as the release was registered.

    Raises:
        BundleInvalid: It is not, or it is a bundle of another release.
    """
    verified = bundles.verify(bundle, digest=release.bundle_digest)
    if verified.name != release.name:
        raise BundleInvalid(
            f"The bundle is of {verified.name!r}, the release is {release.name!r}.",
            path=str(bundle),
            hint="Ask the registry for the release again.",
        )
    return verified


def declared_workflow(bundle: Path, bundles: Bundles) -> WorkflowSection:
    """Return what the release file of a verified bundle says about the workflow, if it has one."""
    if not (bundle / "release.json").is_file():
        return WorkflowSection()
    return ReleaseFile.from_json(bundles.read(bundle, "release.json")).workflow
