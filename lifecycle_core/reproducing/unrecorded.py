"""What a clean run did that is not recorded, in a sentence: the recorder tells only so much.

Silence would look like completeness: files and causes are found among what is recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.notebooks.facts import Facts
    from lifecycle_core.schema.reproduction import Run

_DID = {
    "reads": "read files",
    "writes": "wrote files",
    "refused": "asked for files outside the project",
    "absent": "searched in folders that are not there",
    "random": "used random numbers without a seed",
    "clock": "read the clock",
    "network": "used the network",
    "processes": "started programs",
    "threads": "started threads",
    "warnings": "showed warnings",
}
_LISTED = 5


def told_run(execution: Execution) -> Run:
    """Return how a run ended; if it ended well, its message says what could not be recorded.

    An error has the message to itself: it is what has to be mended first.
    """
    run = execution.run
    said = unrecorded(execution.facts)
    return run.model_copy(update={"message": said}) if said and run.exit == "ok" else run


def unrecorded(facts: Facts) -> str:
    """Return in two sentences what is missing from the facts of a run; empty if nothing is.

    Example:
        >>> from lifecycle_core.notebooks.facts import Facts
        >>> print(unrecorded(Facts(beyond={"reads": (3, 4)})))
        Not all that the clean run did is recorded: cells 3, 4 read files more often than is kept \
of one cell. Files and causes may be missing from this record.
    """
    parts = [
        f"{_cells(facts.beyond[kind])} {did} more often than is kept of one cell"
        for kind, did in _DID.items()
        if kind in facts.beyond
    ]
    if facts.cut_in is not None:
        since = "the start" if facts.cut_in < 0 else f"cell {facts.cut_in}"
        parts.append(f"only a part is known from {since} on, because the run did so much")
    if not parts:
        return ""
    return (
        f"Not all that the clean run did is recorded: {'; '.join(parts)}. "
        "Files and causes may be missing from this record."
    )


def _cells(indexes: Sequence[int]) -> str:
    inside = [index for index in indexes if index >= 0]
    said = ["the start of the kernel"] if len(inside) < len(indexes) else []
    if inside:
        more = f" and {len(inside) - _LISTED} more" if len(inside) > _LISTED else ""
        listed = ", ".join(map(str, inside[:_LISTED]))
        said.append(f"cell{'s' if len(inside) > 1 else ''} {listed}{more}")
    return " and ".join(said)
