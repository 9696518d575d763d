"""Which scheduler people mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.adapters.scheduling.local import LocalScheduler
from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from lifecycle_core.adapters.scheduling.graph import Scheduler


def scheduler_at(name: str) -> Scheduler:
    """Return the scheduler of a name.

    Args:
        name: `processes`, `threads`, or the address of a Dask scheduler, such as `tcp://host:8786`.

    Raises:
        InvalidCall: It is none of these.
    """
    if name in ("processes", "threads"):
        return LocalScheduler("threads" if name == "threads" else "processes")
    if "://" in name:
        from lifecycle_core.adapters.scheduling.cluster import ClusterScheduler

        return ClusterScheduler(name)
    raise InvalidCall(
        f"There is no scheduler {name!r}.",
        hint="Name processes, threads, or an address such as tcp://host:8786.",
    )
