"""Keep the built environments from filling the disk.

The rule, applied after each build: those not used for 30 days go, and beyond the 10 used last all
others go, but never one that was used within the last day: a run may be in it.
"""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

from lifecycle_core.adapters.environment.cache import held

if TYPE_CHECKING:
    from pathlib import Path

_DAY = 24 * 3600.0
_AGE = 30 * _DAY
_MOST = 10


def prune(environments: Path, *, keep: str = "", now: float | None = None) -> tuple[str, ...]:
    """Remove environments that nobody uses any more.

    Args:
        environments: The folder of all.
        keep: Key of one that stays.
        now: Seconds since 1970; the clock's if None.

    Returns:
        Keys and tokens of what was removed.
    """
    now = time.time() if now is None else now
    used = sorted(
        ((_last_use(place), place) for place in environments.glob("*/*") if place.is_dir()),
        reverse=True,
    )
    removed = []
    for rank, (last, place) in enumerate(used):
        idle = now - last
        if idle < _DAY or (idle < _AGE and rank < _MOST) or place.parent.name == keep:
            continue
        if held(place.parent.with_suffix(".lock")):
            continue
        shutil.rmtree(place, ignore_errors=True)
        removed.append(f"{place.parent.name}/{place.name}")
    return tuple(removed)


def _last_use(place: Path) -> float:
    complete = place / "complete"
    return (complete if complete.is_file() else place).stat().st_mtime
