"""Write a compiled package for an engine: all files are made before the first is written."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, cast

from lifecycle_core.adapters.exports.table import exporter_of
from lifecycle_core.adapters.exports.tasks import tasks_of
from lifecycle_core.adapters.files import read_text, write_atomically
from lifecycle_core.errors import InvalidCall
from lifecycle_core.schema.export import Export, Target

if TYPE_CHECKING:
    from lifecycle_core.adapters.pipeline_packages import Package

_MARK = "nbrelease pipeline export"
_IMAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:@-]*")


def write_export(
    package: Package, target: str, folder: Path, *, image: str | None = None
) -> Export:
    """Write a compiled package as files that an engine runs.

    What an earlier export wrote is replaced; other files are not.

    Args:
        package: In a folder `pipelines`.
        target: One of `TARGETS`.
        folder: Where the files go; it is made if need be.
        image: Of the containers, for the engines that start some; NAME:latest if None.

    Raises:
        InvalidCall: The target is unknown or starts no containers and an image is given, or a file
            stands in the way that no export wrote.
        TargetUnwritable: The operating system refuses.
    """
    exporter = exporter_of(target)
    if image is not None:
        _check_image(image, target, takes=exporter.TAKES_IMAGE)
    tasks = tasks_of(package.pipeline)
    project = _way(folder.resolve(), package.folder.resolve().parents[1])
    chosen = image or f"{tasks.name.lower()}:latest"
    files = exporter.files(tasks, project=project, image=chosen)
    for name in files:
        _check_place(folder / name)
    for name in reversed(files):  # the one to start with comes last, when all it needs is there
        write_atomically(folder / name, files[name])
    return Export(
        pipeline=tasks.name,
        target=cast("Target", target),
        steps=len(tasks.tasks),
        folder=str(folder),
        files=tuple(files),
        next=exporter.advice(tasks),
    )


def _way(start: Path, end: Path) -> str:
    return PurePath(os.path.relpath(end, start)).as_posix()


def _check_image(image: str, target: str, *, takes: bool) -> None:
    if not takes:
        raise InvalidCall(
            f"--image is given, and {target} starts no containers.", hint="Leave --image out."
        )
    if not _IMAGE.fullmatch(image):
        raise InvalidCall(
            f"--image is {image!r}, which is no name of an image.", hint="Try --image churn:1."
        )


def _check_place(path: Path) -> None:
    if path.exists() and _MARK not in read_text(path):
        raise InvalidCall(
            f"{path} exists, and no export wrote it.", hint="Name another folder with --out."
        )
