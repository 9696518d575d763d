"""A registry in memory that can be told to fail."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lifecycle_core.adapters.registry.review_tags import review_event_of, review_tags
from lifecycle_core.adapters.replay import status_of
from lifecycle_core.errors import RegistryUnavailable, ReleaseNotFound
from lifecycle_core.schema.release import LedgerEvent, Release, Status

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.schema.bundle import Bundle
    from lifecycle_core.schema.retraining import Lineage
    from lifecycle_core.schema.review_history import ReviewEvent


@dataclass
class RegistryInMemory:
    """Keeps releases and events in lists, by the rules of the real one.

    Attributes:
        failures: What the next calls of `append` do, one each: `before` fails and writes nothing,
            `after` writes and fails, as a server does whose answer is lost; empty works.
        aliases_fail: Setting an alias fails.
        before_append: Events of others that arrive just before our next one.
    """

    kept: dict[str, list[Release]] = field(default_factory=dict)
    log: dict[str, dict[int, LedgerEvent]] = field(default_factory=dict)
    shown: dict[str, dict[str, int]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    aliases_fail: bool = False
    before_append: list[LedgerEvent] = field(default_factory=list)
    appended: int = 0
    reviews: dict[str, list[ReviewEvent]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return "memory"

    def require(self) -> None:
        pass

    def create(self) -> None:
        pass

    def register(
        self, bundle: Bundle, *, verdict: str, lineage: Lineage | None = None, standing: str = ""
    ) -> Release:
        made = self.add(bundle.name, bundle.digest, verdict)
        before = lineage.retrained_from if lineage else None
        return made.model_copy(update={"retrained_from": before, "standing": standing})

    def add(self, name: str, digest: str = "", verdict: str = "identical") -> Release:
        """Register a release without a bundle."""
        versions = self.kept.setdefault(name, [])
        number = len(versions) + 1
        made = Release(
            name=name,
            version=number,
            bundle_digest=digest or f"sha256:{number:064x}",
            created="2026-01-01T00:00:00Z",
            verdict=verdict,
        )
        versions.append(made)
        return made

    def release(self, name: str, version: int) -> Release:
        for release in self.kept.get(name, []):
            if release.version == version:
                return release
        raise ReleaseNotFound(f"There is no {name}/{version}.", name=name)

    def releases(self, name: str) -> tuple[Release, ...]:
        return tuple(self.kept.get(name, []))

    def status(self, name: str) -> Status:
        if name not in self.kept:
            raise ReleaseNotFound(f"There is no release called {name}.", name=name)
        return status_of(name, self.kept[name], self.events(name))

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self.kept))

    def download(self, release: Release, into: Path) -> Path:
        target = into / f"{release.name}-{release.version}"
        target.mkdir(parents=True)
        return target

    def attach(self, release: Release, file: Path) -> None:
        pass  # it keeps no files

    def append(self, event: LedgerEvent) -> int:
        while self.before_append:
            self._write(self.before_append.pop(0))
        failure = self.failures.pop(0) if self.failures else ""
        if failure == "before":
            raise RegistryUnavailable("The connection was lost.", uri="memory")
        seq = self._write(event)
        if failure == "after":
            raise RegistryUnavailable("The answer was lost.", uri="memory")
        return seq

    def events(self, name: str) -> tuple[LedgerEvent, ...]:
        log = self.log.get(name, {})
        return tuple(log[seq] for seq in sorted(log))

    def append_review(self, event: ReviewEvent) -> int:
        failure = self.failures.pop(0) if self.failures else ""
        if failure == "before":
            raise RegistryUnavailable("The connection was lost.", uri="memory")
        log = self.reviews.setdefault(event.release, [])
        log.append(event.model_copy(update={"seq": len(log) + 1}))
        if failure == "after":
            raise RegistryUnavailable("The answer was lost.", uri="memory")
        return len(log)

    def review_events(self, name: str) -> tuple[ReviewEvent, ...]:
        read = (review_event_of(review_tags(each), each.seq) for each in self.reviews.get(name, ()))
        return tuple(each for each in read if each is not None)

    def aliases(self, name: str) -> dict[str, int]:
        return dict(self.shown.get(name, {}))

    def set_alias(self, name: str, alias: str, version: int) -> None:
        if self.aliases_fail:
            raise RegistryUnavailable("The alias was not set.", uri="memory")
        self.shown.setdefault(name, {})[alias] = version

    def _write(self, event: LedgerEvent) -> int:
        self.appended += 1
        self.log.setdefault(event.release, {})[self.appended] = event.model_copy(
            update={"seq": self.appended}
        )
        return self.appended
