"""Rollback: point an alias back at a version that it pointed at before.

An alias is a stack of versions: a promotion puts one on top, a rollback takes off what lies above
its target. So rolling back twice goes two versions back, never forward to the one that was bad.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.errors import InvalidCall, ReleaseNotFound
from lifecycle_core.promoting.moving import require_alias, require_same

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifecycle_core.adapters.identity import Actor
    from lifecycle_core.adapters.ledger import Ledger
    from lifecycle_core.promoting.moving import Verified
    from lifecycle_core.schema.release import Entry, History, LedgerEvent, Release


def rollback(
    name: str,
    *,
    reason: str,
    to: str | int = "previous",
    alias: str | None = None,
    ledger: Ledger,
    verify: Callable[[Release], Verified],
    actor: Actor,
) -> Entry:
    """Point an alias back at an earlier version; checkpoints are skipped, integrity is not.

    Args:
        name: Name of the release.
        reason: Why; it must not be empty.
        to: `previous`, or the number of a version that the alias pointed at before.
        alias: None means the champion if there is one, else the challenger.
        ledger: Of the registry that holds the release.
        verify: Downloads a release and verifies every digest.
        actor: Who wants it.

    Raises:
        InvalidCall: The reason is empty, or the alias or target is no such thing.
        ReleaseNotFound: There is nothing to go back to.
        BundleInvalid: The bundle is not what was registered.
        ConcurrentPromotion: Somebody else moved the alias meanwhile.
    """
    if not reason.strip():
        raise InvalidCall(
            "A rollback needs a reason; it got none.",
            hint='Say why: `--reason "complaints doubled"`. It is kept in the ledger.',
        )
    if alias is not None:
        require_alias(alias)
    history = ledger.history(name)
    chosen = alias or ("champion" if "champion" in history.heads else "challenger")
    target = _target(history, chosen, to)
    release = ledger.resolve(f"{name}/{target.target_version}")
    require_same(release, verify(release).digest)
    return ledger.commit(
        ledger.propose(
            history, action="rollback", alias=chosen, target=release, actor=actor, reason=reason
        )
    )


def previous(history: History, alias: str) -> LedgerEvent | None:
    """Return the event that put the alias where a rollback would take it; None if there is none."""
    stack = _stack(history, alias)
    return stack[-2] if len(stack) > 1 else None


def _stack(history: History, alias: str) -> list[LedgerEvent]:
    """Return the versions that the alias stands on, oldest first, one event each."""
    stack: list[LedgerEvent] = []
    for entry in history.entries:
        event = entry.event
        if not entry.valid or event.alias != alias:
            continue
        if event.action == "rollback":
            below = [e for e in stack if e.target_version == event.target_version]
            if below:
                del stack[stack.index(below[-1]) + 1 :]
                continue
        if not stack or stack[-1].target_version != event.target_version:
            stack.append(event)
    return stack


def _target(history: History, alias: str, to: str | int) -> LedgerEvent:
    name, head = history.release, history.heads.get(alias)
    look = f"`nbrelease history {name}` shows where it pointed."
    if head is None:
        raise ReleaseNotFound(
            f"{name} has no {alias}, so there is nothing to roll back.", name=name, hint=look
        )
    if to == "previous":
        if (found := previous(history, alias)) is None:
            raise ReleaseNotFound(
                f"{name}@{alias} has no version before {name}/{head.version}.",
                name=name,
                hint=f"Promote a better one: `nbrelease promote {name} --to {alias}`.",
            )
        return found
    if not str(to).isdecimal():
        raise InvalidCall(
            f"A rollback goes to {to!r}, it must be `previous` or a version.",
            hint="Write `--to previous` or `--to 3`.",
        )
    was = {
        e.event.target_version: e.event
        for e in history.entries
        if e.valid and e.event.alias == alias
    }
    if int(to) == head.version:
        raise InvalidCall(f"{name}@{alias} points at {name}/{to} already.", hint=look)
    if (event := was.get(int(to))) is None:
        known = ", ".join(str(version) for version in sorted(was) if version != head.version)
        raise ReleaseNotFound(
            f"{name}@{alias} never pointed at {name}/{to}.",
            name=name,
            hint=f"It pointed at {known or 'nothing else'}; a new one must be promoted.",
        )
    return event
