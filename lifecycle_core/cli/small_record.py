"""The check of one notebook among many, in a process of its own; its record is kept small."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.adapters.progress import Progress
    from lifecycle_core.schema.reproduction import Reproduction

_IMAGES = 3


def reproduce_small(notebook: Path, *, progress: Progress, **flags: Any) -> Reproduction:  # noqa: ANN401 - those of the verb
    """Check a notebook as `verbs.reproduce` does, and keep the first three pairs of images."""
    from lifecycle_core import verbs

    return without_many_images(verbs.reproduce(notebook, progress=progress, **flags))


def without_many_images(record: Reproduction) -> Reproduction:
    """Return a record with no more than the first three pairs of images that differ.

    The parent holds the records of all notebooks until the reports are written; an image takes up
    to 200,000 characters.
    """
    shown = 0
    cells = []
    for cell in record.cells:
        with_images = bool(cell.stored_png or cell.fresh_png)
        shown += with_images
        bare = with_images and shown > _IMAGES
        cells.append(
            cell.model_copy(update={"stored_png": None, "fresh_png": None}) if bare else cell
        )
    return record.model_copy(update={"cells": tuple(cells)})
