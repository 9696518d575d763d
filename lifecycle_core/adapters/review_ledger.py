"""The append-only history of reviews of one registry: kept, told, acknowledged, silenced.

It stands beside the ledger of promotions and is written likewise: an event is one call of the
registry, whole or not at all, so that whoever is killed has written it or has not. Unlike there
nothing is won or lost here: two who keep the same review, or acknowledge the same alert, agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.errors import RegistryUnavailable
from lifecycle_core.schema.canonical import canonical_digest

if TYPE_CHECKING:
    from lifecycle_core.adapters.registry.base import Registry
    from lifecycle_core.schema.review_history import ReviewEvent


_UNHASHED = {"seq", "hash"}


class KeptEvents(NamedTuple):
    """What a registry holds of a release's reviews.

    Attributes:
        events: Those that are as they were written, by `seq`, each once.
        notes: What is wrong with the others, a sentence each.
    """

    events: tuple[ReviewEvent, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewLedger:
    """Reads and writes the histories of reviews of a registry."""

    registry: Registry

    def read(self, name: str) -> KeptEvents:
        """Return the events of a release name; none for an unknown name.

        Raises:
            RegistryUnavailable: The registry does not answer.
        """
        events: dict[str, ReviewEvent] = {}
        edited, seen = [], 0
        gone: list[int] = []
        for event in self.registry.review_events(name):
            gone.extend(range(seen + 1, event.seq))
            seen = event.seq
            if event.release != name or event.hash != _hash_as_written(event):
                edited.append(event.seq)
            else:
                events.setdefault(event.event_id, event)
        told = {
            f"Events {_listed(edited)} of the reviews were edited, and do not count.": edited,
            f"Events {_listed(gone)} of the reviews are gone, or cannot be read.": gone,
        }
        return KeptEvents(tuple(events.values()), tuple(text for text, of in told.items() if of))

    def append(self, event: ReviewEvent) -> None:
        """Write an event.

        If the registry fails during the call, the event may have arrived all the same: it is looked
        up by its `event_id`, and sent again only if it is not there.

        Raises:
            RegistryUnavailable: The registry does not answer.
            TargetUnwritable: It is a file that cannot be written.
        """
        sealed = event.model_copy(update={"hash": hash_of(event)})
        try:
            self.registry.append_review(sealed)
        except RegistryUnavailable:
            arrived = self.registry.review_events(event.release)
            if event.event_id not in {found.event_id for found in arrived}:
                self.registry.append_review(sealed)


def hash_of(event: ReviewEvent) -> str:
    """Return `sha256:` and the SHA-256 of an event's canonical JSON without `seq` and `hash`."""
    return canonical_digest(event.model_dump(mode="json", exclude=_UNHASHED))


def _hash_as_written(event: ReviewEvent) -> str:
    """Return the same of an event that was read: of the fields that it was written with.

    Records gain fields from version to version; an event of before must not look edited for that.
    """
    return canonical_digest(event.model_dump(mode="json", exclude=_UNHASHED, exclude_unset=True))


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))
