"""Files that a step changes where they lie, such as a log: each run finds them as they were.

Else a step would find what it left there itself. It would never be fresh, and each run would append
the same once more.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from lifecycle_core.adapters.stepping import ABSENT, state_of
from lifecycle_core.errors import LifecycleError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from lifecycle_core.adapters.store import Store
    from lifecycle_core.running.outcomes import Task


def found_by(task: Task, path: str) -> str:
    """Return the digest of a file that a step read and wrote, as the step would find it.

    What the step or a later one left there last does not count: it finds what was there before.

    Args:
        task: The step.
        path: As a trace names it.
    """
    now = state_of(path, task.place.home)
    last = task.store.last(task.pipeline, task.step.name)
    if last is None or path not in last.files or path not in last.left:
        return now
    if now == last.left[path]:
        return last.files[path]
    others = (task.store.last(task.pipeline, step) for step in task.later)
    return last.files[path] if any(x and x.left.get(path) == now for x in others) else now


def rewind(task: Task, earlier: Collection[str]) -> None:
    """Give such files back the content that the step found there first.

    Args:
        task: The step, which is about to run.
        earlier: Paths of files that steps before it left; they are put back as those left them.

    Raises:
        ObjectBroken: The content in the store is not what it was.
    """
    last = task.store.last(task.pipeline, task.step.name)
    if last is None:
        return
    for path in last.left.keys() & last.files.keys() - set(earlier):
        before = found_by(task, path)
        place = task.place.home / path
        if before == state_of(path, task.place.home):
            continue
        if before == ABSENT:
            place.unlink(missing_ok=True)
        elif task.store.objects.has(before):
            task.store.objects.restore_file(before, place)


def keeping(store: Store) -> Callable[[Path], None]:
    """Return what keeps a file that a step is about to change."""

    def keep(path: Path) -> None:
        # In the middle of a call of the step's. It finds its own work again if this fails.
        with suppress(LifecycleError, OSError):
            store.objects.put_file(path)

    return keep
