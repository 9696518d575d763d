"""A release brought here from the registry for as long as it is looked at."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.settings import bundles_of, registry_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lifecycle_core.promoting import Verified
    from lifecycle_core.schema.release import Release
    from lifecycle_core.settings import Settings


@contextmanager
def downloaded(settings: Settings, release: Release) -> Iterator[Path]:
    """Bring a release's bundle into a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="nbrelease-bundle-") as folder:
        yield registry_of(settings).download(release, Path(folder))


def verifier_of(settings: Settings) -> Callable[[Release], Verified]:
    """Return what downloads a release, verifies every digest and reads its evidence."""
    from lifecycle_core.adapters.bundled_evidence import read_evidence
    from lifecycle_core.promoting import Verified

    bundles = bundles_of(settings)

    def verified(release: Release) -> Verified:
        with downloaded(settings, release) as folder:
            bundle = bundles.verify(folder, digest=release.bundle_digest)
            return Verified(bundle.digest, read_evidence(bundle, folder, bundles=bundles))

    return verified
