"""Promotion: point an alias at a version, if its verified bundle passes what the alias needs.

    history -> which version -> download and verify -> judge -> event -> ledger

The history is read first. Whoever moves the alias while we verify and judge, wins; we are told.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from lifecycle_core.errors import (
    BundleInvalid,
    CheckpointFailed,
    ConcurrentPromotion,
    InvalidCall,
)
from lifecycle_core.promoting.judging import evaluate
from lifecycle_core.schema.release import ALIASES, Entry

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifecycle_core.adapters.identity import Actor
    from lifecycle_core.adapters.ledger import Ledger
    from lifecycle_core.schema.checkpoint import Checkpoints, Evidence
    from lifecycle_core.schema.release import History, Release

_NOMINATIONS = 10  # as many simultaneous registrations of one name as we wait out


@dataclass(frozen=True, slots=True)
class Verified:
    """What a downloaded bundle holds, after its manifest was verified.

    Attributes:
        digest: Of the bundle that was verified, `sha256:` and 64 hexadecimal digits.
        evidence: Read from that bundle.
    """

    digest: str
    evidence: Evidence


def promote(
    name: str,
    *,
    to: str,
    version: int | None = None,
    instead_of: int | None = None,
    ledger: Ledger,
    verify: Callable[[Release], Verified],
    actor: Actor,
    reason: str = "",
) -> Entry:
    """Point alias `to` at a version whose bundle passes the checkpoints that the alias needs.

    Args:
        name: Name of the release.
        to: `candidate`, `challenger` or `champion`.
        version: None means where `challenger` points for the champion, else where `candidate`
            does.
        instead_of: The version that the alias points at, as far as the caller knows; None if it
            may be any.
        ledger: Of the registry that holds the release.
        verify: Downloads a release, verifies every digest and reads its evidence.
        actor: Who wants it.
        reason: Why; kept in the ledger.

    Returns:
        The new entry of the ledger; the present one if the alias points there already.

    Raises:
        InvalidCall: There is no such alias.
        ReleaseNotFound: There is no such version.
        BundleInvalid: The bundle is not what was registered.
        CheckpointFailed: A checkpoint that the alias needs is not passed.
        ConcurrentPromotion: Somebody else moved the alias meanwhile, or it does not point at
            `instead_of`.
    """
    require_alias(to)
    history = ledger.history(name)
    source = "challenger" if to == "champion" else "candidate"
    release = ledger.resolve(f"{name}/{version}" if version is not None else f"{name}@{source}")
    head = history.heads.get(to)
    if head and head.version == release.version and to not in history.broken:
        return present(history, to)
    if instead_of is not None and (head is None or head.version != instead_of):
        now = "nothing" if head is None else f"version {head.version}"
        raise ConcurrentPromotion(
            f"{name}@{to} points at {now}, and was to be moved from version {instead_of}: "
            "somebody else moved it.",
            head=head,
            hint=f"Compare version {release.version} with the one in place first.",
        )
    verified = verify(release)
    require_same(release, verified.digest)
    if (found := verified.evidence.release_file.model.name) != name:
        raise BundleInvalid(
            f"The bundle of {name}/{release.version} says that it is of {found}.",
            path=f"{name}/{release.version}",
            hint="Do not use it; release the notebook again.",
        )
    judged = evaluate(verified.evidence, bundle_digest=verified.digest)
    require_checkpoints(judged, release, to)
    return ledger.commit(
        ledger.propose(
            history,
            action="promote",
            alias=to,
            target=release,
            actor=actor,
            reason=reason,
            evidence_digest=_digest(judged),
        )
    )


def nominate(release: Release, *, ledger: Ledger, actor: Actor, reason: str = "") -> Entry:
    """Point alias `candidate` at a release that was just registered; nothing else is asked.

    When two are registered at once, the higher version ends as the candidate.

    Returns:
        The new entry, or that of a higher version that came first.
    """
    for attempt in range(_NOMINATIONS):
        history = ledger.history(release.name)
        head = history.heads.get("candidate")
        if head and head.version >= release.version and "candidate" not in history.broken:
            return present(history, "candidate")
        event = ledger.propose(
            history,
            action="promote",
            alias="candidate",
            target=release,
            actor=actor,
            reason=reason or "registered",
        )
        try:
            return ledger.commit(event)
        except ConcurrentPromotion:
            if attempt == _NOMINATIONS - 1:
                raise
    raise AssertionError  # the last attempt returns or raises


def require_alias(alias: str) -> None:
    """Raise `InvalidCall` for an alias that there is not."""
    if alias not in ALIASES:
        near = get_close_matches(alias, ALIASES, n=1)
        raise InvalidCall(
            f"{alias!r} is no alias, it must be one of {', '.join(ALIASES)}.",
            hint=f"Did you mean {near[0]}?" if near else "Write `--to challenger`, for example.",
        )


def require_same(release: Release, digest: str) -> None:
    """Raise `BundleInvalid` unless the verified bundle is the one that was registered."""
    if digest != release.bundle_digest:
        raise BundleInvalid(
            f"The bundle of {release.name}/{release.version} has digest {digest[:19]}, "
            f"{release.bundle_digest[:19]} was registered.",
            path=f"{release.name}/{release.version}",
            hint="Its files were changed. Do not use it; release the notebook again.",
        )


def require_checkpoints(judged: Checkpoints, release: Release, alias: str) -> None:
    """Raise `CheckpointFailed` unless everything that `alias` needs is passed or waived.

    The candidate needs nothing unless the policy says so: it is what is being worked on.
    """
    if alias == "candidate" and alias not in judged.required:
        return
    if blocking := judged.blocking(alias):
        names = ", ".join(f"{result.id} ({result.result})" for result in blocking)
        version = f"{release.name}/{release.version}"
        if len(blocking) > 1:
            what = f"{len(blocking)} checkpoints that {alias} needs are not passed"
            hint = f"`nbrelease checkpoints {version}` says for each what to do."
        else:
            what = f"1 checkpoint that {alias} needs is not passed"
            hint = blocking[0].next
        raise CheckpointFailed(
            f"{version} cannot become {alias}: {what}: {names}.", results=blocking, hint=hint
        )


def present(history: History, alias: str) -> Entry:
    """Return the entry that put an alias where it is."""
    seq = history.heads[alias].seq
    return next(entry for entry in history.entries if entry.event.seq == seq)


def _digest(judged: Checkpoints) -> str:
    return "sha256:" + hashlib.sha256(judged.to_json().encode()).hexdigest()
