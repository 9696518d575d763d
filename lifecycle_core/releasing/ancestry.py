"""Which release a new one is to replace, champion or newest, and how it stands beside it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.errors import BundleInvalid, TableInvalid, UntrustedModel
from lifecycle_core.releasing.refinalizing import ask_champion
from lifecycle_core.schema.retraining import ChampionComparison

if TYPE_CHECKING:
    from lifecycle_core.adapters.ledger import Ledger
    from lifecycle_core.adapters.worker import Apart
    from lifecycle_core.releasing.outside import Outside
    from lifecycle_core.releasing.refinalizing import Made
    from lifecycle_core.schema.finalization import Finalization
    from lifecycle_core.schema.release import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Ancestor:
    """A release that is to be replaced.

    Attributes:
        alias: `champion`, or empty where there is none and it is the newest.
    """

    release: Release
    alias: str = ""

    @property
    def words(self) -> str:
        """Such as `the champion, version 3`."""
        version = f"version {self.release.version}"
        return f"the {self.alias}, {version}" if self.alias else version


def ancestor_of(name: str, ledger: Ledger) -> Ancestor | None:
    """Return what a new release of a name is to replace; None if it is the first.

    Raises:
        LedgerBroken: The ledger was changed, so that the champion cannot be trusted.
        RegistryUnavailable: The registry does not answer.
    """
    releases = ledger.registry.releases(name)
    if not releases:
        return None
    if "champion" in ledger.history(name).heads:
        return Ancestor(release=ledger.resolve(f"{name}@champion"), alias="champion")
    return Ancestor(release=releases[-1])


def compared(
    ancestor: Ancestor,
    made: Made,
    folder: Path,
    finalization: Finalization,
    *,
    outside: Outside,
    alone: Apart,
) -> ChampionComparison:
    """Return how a new model stands beside the release it is to replace.

    A bundle that is not what was registered, or a model that is not to be loaded here, is no
    reason to have no new candidate: the record says so and claims nothing.

    Args:
        ancestor: The release that is to be replaced.
        made: The run of the new one.
        folder: The evidence of its finalization.
        finalization: Its record.
        outside: Brings and verifies the bundle.
        alone: A worker that has entered the pipeline's package.
    """
    release = ancestor.release
    with tempfile.TemporaryDirectory(prefix="nbrelease-champion-") as into:
        try:
            bundle = outside.apart.run(outside.registry.download, release, Path(into))
            outside.bundles.verify(bundle, digest=release.bundle_digest)
            return alone.run(ask_champion, made, folder, release, ancestor.alias, bundle)
        except (BundleInvalid, UntrustedModel, TableInvalid) as error:
            return ChampionComparison(
                release=release.name,
                version=release.version,
                alias=ancestor.alias,
                standing="not_comparable",
                rows=0,
                scored_on="holdout" if made.stated.holdout else "cross_validation",
                rows_per_run=finalization.rows_per_run,
                currency=finalization.currency,
                reason=(f"The other release cannot be asked: {error}",),
            )
