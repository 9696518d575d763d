"""Named owners cover the full lifecycle: four owners, and four duties with a service level."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.promoting.checkpoints.base import Checkpoint, Finding, listed

if TYPE_CHECKING:
    from lifecycle_core.schema.checkpoint import Evidence

_OWNERS = ("product", "data", "engineering", "operations")
_DUTIES = ("release", "support", "escalation", "retirement")


def judge(evidence: Evidence) -> Finding:
    """Ask for all eight; that each is complete is checked when the release file is read."""
    section = evidence.release_file.owners
    owners = [name for name in _OWNERS if getattr(section, name) is None]
    duties = [name for name in _DUTIES if getattr(section, name) is None]
    if absent := owners + duties:
        lines = [f"`{name}: {{name: ..., contact: ...}}`" for name in owners]
        lines += [
            f"`{name}: {{name: ..., service_level: ..., escalation: ...}}`" for name in duties
        ]
        return Finding(
            "missing",
            f"{len(_OWNERS) - len(owners)} of 4 owners and {len(_DUTIES) - len(duties)} of 4 "
            f"duties are named; not yet: {listed(absent, most=8)}.",
            next=f"Add {', '.join(lines)} under `owners:` in the %%release cell or release.yaml.",
        )
    people = {getattr(section, name).name for name in (*_OWNERS, *_DUTIES)}
    return Finding(
        "pass",
        f"4 of 4 owners and 4 of 4 duties are named ({listed(sorted(people), most=4)}), each duty "
        "with a service level and an escalation path.",
    )


OWNERS = Checkpoint("owners", "Named owners cover the full lifecycle", judge)
