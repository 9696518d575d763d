"""The append-only ledger of one registry: who pointed which alias where, when and why.

    history --propose--> event --append (the commit point)--> replay --> Entry --> MLflow alias

The ledger is the authority. MLflow's alias is its projection for other readers: it is written after
the commit, and whoever reads the ledger next mends it if the writer died in between.
"""

from __future__ import annotations

import re
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lifecycle_core.adapters.replay import replay, sealed
from lifecycle_core.errors import (
    BundleInvalid,
    ConcurrentPromotion,
    InvalidCall,
    LedgerBroken,
    LifecycleError,
    RegistryUnavailable,
    ReleaseNotFound,
    TargetUnwritable,
)
from lifecycle_core.schema.release import ALIASES, EXPERIMENT, Entry, History, LedgerEvent

if TYPE_CHECKING:
    from lifecycle_core.adapters.identity import Actor
    from lifecycle_core.adapters.registry.base import Registry
    from lifecycle_core.schema.release import Action, Release

_SPEC = re.compile(
    r"(?P<name>[a-z][a-z0-9_]{0,62})(?:@(?P<alias>[a-z]+)|/(?P<version>[1-9][0-9]{0,8}))?"
)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Reads and writes the ledgers of a registry."""

    registry: Registry

    def history(self, name: str) -> History:
        """Return the replayed ledger of a release name, and mend lagging MLflow aliases.

        Raises:
            ReleaseNotFound: There is no such release.
            RegistryUnavailable: The registry does not answer.
        """
        events = self.registry.events(name)
        if not events and not self.registry.releases(name):
            self.registry.status(name)  # says which names there are
        history = replay(name, events)
        with suppress(RegistryUnavailable, TargetUnwritable):  # the alias is a courtesy to others
            self._project(history)
        return history

    def propose(
        self,
        history: History,
        *,
        action: Action,
        alias: str,
        target: Release,
        actor: Actor,
        reason: str = "",
        evidence_digest: str = "",
        record: str = "",
    ) -> LedgerEvent:
        """Return the event that moves `alias` from where `history` saw it to `target`.

        With `EXPERIMENT` for an alias it starts or stops an experiment, and `record` is the plan.
        """
        head = history.experiment if alias == EXPERIMENT else history.heads.get(alias)
        return sealed(
            LedgerEvent(
                event_id=uuid.uuid4().hex,
                action=action,
                release=history.release,
                alias=alias,
                expected_seq=head.seq if head else 0,
                seen_seq=max((entry.event.seq for entry in history.entries), default=0),
                target_version=target.version,
                bundle_digest=target.bundle_digest,
                evidence_digest=evidence_digest,
                actor=actor.name,
                actor_proof=actor.proof,
                reason=reason,
                record=record,
                at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                prev_hash=head.hash if head else "",
            )
        )

    def commit(self, event: LedgerEvent) -> Entry:
        """Append an event and say what became of it.

        If the registry fails during the call, the event may have arrived all the same: it is
        looked up by its `event_id`, and sent again only if it is not there.

        Raises:
            ConcurrentPromotion: Somebody else moved the alias first; `.head` is where it points.
            LedgerBroken: The ledger was changed, and this event cannot build on it.
            RegistryUnavailable: The registry does not answer.
        """
        self._append_once(event)
        history = replay(event.release, self.registry.events(event.release))
        entry = _pick(history, event)
        if entry is None:
            raise LedgerBroken(
                f"The event that moves {event.alias} was written and is gone again.",
                alias=event.alias,
                hint=f"Look at `nbrelease history {event.release}`, then try again.",
            )
        if not entry.valid:
            raise _refusal(history, entry)
        try:
            self._project(history)
        except (RegistryUnavailable, TargetUnwritable) as error:
            note = f"It counts, but the MLflow alias lags behind until the next command: {error}"
            return entry.model_copy(update={"note": note})
        return entry

    def resolve(self, spec: str) -> Release:
        """Return the release that `churn`, `churn@champion` or `churn/3` means.

        A name alone means its champion, else its challenger, else its candidate. The digest is the
        one that the ledger recorded, so a bundle exchanged afterwards fails its verification.

        Raises:
            InvalidCall: The text is no such thing.
            ReleaseNotFound: There is no such release, or nothing is where the alias is.
            LedgerBroken: The alias cannot be trusted.
            BundleInvalid: The registry's digest is not the one in the ledger.
        """
        parts = _SPEC.fullmatch(spec)
        if parts is None:
            raise InvalidCall(
                f"{spec!r} names no release.",
                hint="Write NAME, NAME@ALIAS or NAME/VERSION, such as churn@champion or churn/3.",
            )
        name, alias, version = parts["name"], parts["alias"], parts["version"]
        history = self.history(name)
        number = int(version) if version else _pointed(history, alias)
        release = self.registry.release(name, number)
        for entry in history.entries:
            event = entry.event
            if (
                entry.valid
                and event.target_version == number
                and event.bundle_digest != release.bundle_digest
            ):
                raise BundleInvalid(
                    f"{name}/{number} is registered with digest {release.bundle_digest[:19]}, "
                    f"the ledger recorded {event.bundle_digest[:19]} (event {event.seq}).",
                    path=f"{name}/{number}",
                    hint="Its entry in the registry was changed. Do not use it; release again.",
                )
        aliases = tuple(a for a, head in history.heads.items() if head.version == number)
        return release.model_copy(update={"aliases": aliases})

    def _project(self, history: History) -> None:
        """Point MLflow's aliases where the ledger says, until both agree."""
        heads = {a: h.version for a, h in history.heads.items() if a not in history.broken}
        if not heads:
            return
        known = self.registry.aliases(history.release)
        if all(known.get(alias) == version for alias, version in heads.items()):
            return
        for alias, version in heads.items():
            if known.get(alias) != version:
                self.registry.set_alias(history.release, alias, version)
        # Somebody may have moved on meanwhile, and our write may have come after theirs.
        now = replay(history.release, self.registry.events(history.release))
        if now.heads != history.heads:
            self._project(now)

    def _append_once(self, event: LedgerEvent) -> None:
        try:
            self.registry.append(event)
        except RegistryUnavailable as failed:
            try:
                arrived = self.registry.events(event.release)
            except RegistryUnavailable:
                failed.hint = (
                    "It is not known whether the move arrived. When the registry answers again, "
                    f"look at `nbrelease history {event.release}` first."
                )
                raise failed from None
            if event.event_id not in {found.event_id for found in arrived}:
                self.registry.append(event)


def _pick(history: History, event: LedgerEvent) -> Entry | None:
    """Return what became of an event; of two arrivals of the same one, the one that counts."""
    arrived = [entry for entry in history.entries if entry.event.event_id == event.event_id]
    return next((entry for entry in arrived if entry.valid), arrived[0] if arrived else None)


def _refusal(history: History, entry: Entry) -> LifecycleError:
    event, head = entry.event, history.heads.get(entry.event.alias)
    look = f"Look at `nbrelease history {event.release}`, then run the same command again."
    if event.alias in history.broken:
        return LedgerBroken(
            f"{event.release}@{event.alias} was not moved: {entry.note}",
            alias=event.alias,
            hint=look,
        )
    if event.alias == EXPERIMENT:
        return ConcurrentPromotion(
            f"Somebody else started or stopped an experiment of {event.release} first.",
            head=history.experiment,
            hint=f"Look at `nbrelease experiment list {event.release}`.",
        )
    where = f"it points at {event.release}/{head.version} now" if head else "it points nowhere"
    return ConcurrentPromotion(
        f"Somebody else moved {event.release}@{event.alias} first: {where}.", head=head, hint=look
    )


def _pointed(history: History, alias: str | None) -> int:
    """Return the version that an alias points at; without one, that of the strongest alias."""
    name = history.release
    if alias is None:
        alias = next((a for a in reversed(ALIASES) if a in history.heads), None)
        if alias is None:
            raise ReleaseNotFound(
                f"No alias of {name} points anywhere.",
                name=name,
                hint=f"Name a version, such as {name}/1; `nbrelease status {name}` lists them.",
            )
    if alias in history.broken:
        raise LedgerBroken(
            f"{name}@{alias} cannot be trusted: {history.broken[alias]}",
            alias=alias,
            hint=f"Look at `nbrelease history {name}`, then promote or roll back again.",
        )
    if (head := history.heads.get(alias)) is None:
        known = ", ".join(f"{a} ({h.version})" for a, h in history.heads.items()) or "none"
        raise ReleaseNotFound(
            f"{name} has no {alias}.",
            name=name,
            hint=f"Aliases that point somewhere: {known}. Promote first: "
            f"`nbrelease promote {name} --to {alias}`."
            if alias in ALIASES
            else f"Aliases are {', '.join(ALIASES)}; those that point somewhere: {known}.",
        )
    return head.version
