"""What the events of a ledger amount to: a pure replay in the order of their sequence numbers.

    events --sort by seq--> [own hash fits? built on the alias's head?] --> heads, and an Entry each

An event names the event it builds on: `expected_seq` and its hash. It counts only if that is the
last valid event for its alias, so of several writers who saw the same head exactly one wins, and
the others stay in the log as losers. An event that was edited, or that builds on one that is gone,
does not count either, and neither does anything that builds on it: `History.broken` says so.

What a replay cannot see: the newest event deleted, or edited together with its hash, by somebody
who may write to the registry. Only a head's hash kept elsewhere (a card, a CI log) shows that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.schema.canonical import canonical_digest
from lifecycle_core.schema.release import EXPERIMENT, Entry, Head, History, LedgerEvent, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lifecycle_core.schema.release import Release


def hash_of(event: LedgerEvent) -> str:
    """Return `sha256:` and the SHA-256 of an event's canonical JSON without `seq` and `hash`.

    An empty `record` is left out: events that were written before there were any keep their hash.

    Example:
        >>> event = LedgerEvent(
        ...     event_id="a", action="promote", release="churn", alias="champion", expected_seq=0,
        ...     target_version=1, bundle_digest="sha256:0", actor="ann", actor_proof="os-user",
        ...     at="2026-01-01T00:00:00Z",
        ... )
        >>> hash_of(event) == hash_of(event.model_copy(update={"seq": 7}))
        True
        >>> hash_of(event) == hash_of(event.model_copy(update={"reason": "because"}))
        False
    """
    fields = event.model_dump(mode="json", exclude={"seq", "hash"})
    if not event.record:
        del fields["record"]
    return canonical_digest(fields)


def sealed(event: LedgerEvent) -> LedgerEvent:
    """Return the event with its hash filled in."""
    return event.model_copy(update={"hash": hash_of(event)})


def replay(release: str, events: Iterable[LedgerEvent]) -> History:
    """Return what the events amount to.

    Laws: the result depends on the events' `seq` only, not on the order they are handed in; of the
    events for one alias that name the same head at most one is valid; the valid events of an alias
    form one chain.

    Args:
        release: Name of the release that the ledger belongs to.
        events: As the registry gave them, each with its `seq`.
    """
    state = _State(release)
    entries = [state.take(event) for event in sorted(events, key=lambda event: event.seq)]
    return History(
        release=release,
        entries=tuple(entries),
        heads={alias: head for alias, head in state.heads.items() if alias != EXPERIMENT},
        experiment=state.heads.get(EXPERIMENT),
        notes=_gaps(state.missing),
        broken=state.broken,
    )


def status_of(name: str, releases: Iterable[Release], events: Iterable[LedgerEvent]) -> Status:
    """Return all releases of a name, by version, with the aliases that the ledger gives them."""
    heads = replay(name, events).heads
    return Status(
        name=name,
        releases=tuple(
            release.model_copy(
                update={
                    "aliases": tuple(a for a, h in heads.items() if h.version == release.version)
                }
            )
            for release in sorted(releases, key=lambda found: found.version)
        ),
        heads=heads,
    )


class _State:
    """What is known after the events taken so far."""

    def __init__(self, release: str) -> None:
        self.release = release
        self.heads: dict[str, Head] = {}
        self.broken: dict[str, str] = {}
        self.missing: list[int] = []
        self._last = 0
        self._counted: set[tuple[str, int]] = set()
        self._changed: dict[str, int] = {}

    def take(self, event: LedgerEvent) -> Entry:
        """Judge the next event, in the order of `seq`."""
        self.missing.extend(range(self._last + 1, event.seq))
        self._last = event.seq
        note, lost = self._objection(event)
        if not note:
            self.heads[event.alias] = _head(event)
            self._counted.add((event.alias, event.seq))
            self.broken.pop(event.alias, None)
        elif not lost:
            why = f"event {event.seq} does not count, because {note}"
            self.broken.setdefault(event.alias, why)  # the first is the cause of the others
            self._changed[event.alias] = event.seq
        return Entry(event=event, valid=not note, note=note)

    def _objection(self, event: LedgerEvent) -> tuple[str, bool]:
        """Return why an event does not count (empty if it does), and if it merely lost a race."""
        alias, seq, head = event.alias, event.expected_seq, self.heads.get(event.alias)
        at = head.seq if head else 0
        # A loser must not win afterwards, because the event it lost to was taken away.
        gone = max(self.missing[-1] if self.missing else 0, self._changed.get(alias, 0))
        note, lost = "", False
        if event.hash != hash_of(event):
            note = "it does not fit its own hash: it was edited after it was written."
        elif event.release != self.release:
            note = f"it speaks of {event.release}, not of {self.release}."
        elif seq < at and (seq == 0 or (alias, seq) in self._counted):
            seen, lost = f"event {seq}" if seq else "no event", True
            note = f"it was decided when {seen} was the last for {alias}; event {at} won."
        elif seq != at:
            note = f"it builds on event {seq}, which is gone or does not count."
        elif event.prev_hash != (head.hash if head else ""):
            note = f"its previous hash is not the hash of event {seq}."
        elif gone > event.seen_seq:
            note = f"it may have lost to event {gone}, which is gone or was changed."
        return note, lost


def _head(event: LedgerEvent) -> Head:
    return Head(
        alias=event.alias,
        seq=event.seq,
        version=event.target_version,
        bundle_digest=event.bundle_digest,
        hash=event.hash,
    )


def _gaps(missing: list[int]) -> tuple[str, ...]:
    if not missing:
        return ()
    which = f"Event {missing[0]} is" if len(missing) == 1 else f"Events {_listed(missing)} are"
    return (f"{which} missing from the ledger, or cannot be read.",)


def _listed(numbers: list[int]) -> str:
    return ", ".join(str(number) for number in numbers)
