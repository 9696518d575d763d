"""What we ask of a registry: versions with tags, an append-only list of events, and aliases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.schema.bundle import Bundle
    from lifecycle_core.schema.release import LedgerEvent, Release, Status
    from lifecycle_core.schema.retraining import Lineage
    from lifecycle_core.schema.review_history import ReviewEvent


class Registry(Protocol):
    """Keeps bundles by name and version; every method may raise `RegistryUnavailable`."""

    @property
    def address(self) -> str:
        """The address without credentials, fit to be shown."""

    def require(self) -> None:
        """Look at once whether the registry can be worked with; nothing is made."""

    def create(self) -> None:
        """Make the registry ready; nothing happens if it is."""

    def register(
        self, bundle: Bundle, *, verdict: str, lineage: Lineage | None = None, standing: str = ""
    ) -> Release:
        """Keep a bundle's files byte for byte as the next version of its name."""

    def release(self, name: str, version: int) -> Release:
        """Return one release, without aliases; `ReleaseNotFound` if there is none."""

    def releases(self, name: str) -> tuple[Release, ...]:
        """Return all releases of a name by version, without aliases; none for an unknown name."""

    def status(self, name: str) -> Status:
        """Return all releases of a name and its aliases by the ledger."""

    def names(self) -> tuple[str, ...]:
        """Return the names that have releases, sorted."""

    def download(self, release: Release, into: Path) -> Path:
        """Copy a release's files into a new folder within `into` and return that folder."""

    def attach(self, release: Release, file: Path) -> None:
        """Put a file beside those of a release, in place of one of its name."""

    def append(self, event: LedgerEvent) -> int:
        """Add an event to the ledger of its release in one step; return its `seq`."""

    def events(self, name: str) -> tuple[LedgerEvent, ...]:
        """Return the readable events of a name's ledger, by `seq`."""

    def append_review(self, event: ReviewEvent) -> int:
        """Add an event to the reviews of its release in one step; return its `seq`."""

    def review_events(self, name: str) -> tuple[ReviewEvent, ...]:
        """Return the readable events of a name's reviews, by `seq`."""

    def aliases(self, name: str) -> dict[str, int]:
        """Return the registry's own aliases, which may lag behind the ledger."""

    def set_alias(self, name: str, alias: str, version: int) -> None:
        """Point the registry's own alias at a version."""
