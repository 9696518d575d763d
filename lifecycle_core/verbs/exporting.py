"""What is done with a compiled pipeline for engines that others run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lifecycle_core.schema.export import Export


def export_pipeline(
    name: str, *, to: str, out: Path | str | None = None, image: str | None = None
) -> Export:
    """Write a compiled pipeline as files that another engine runs; nothing is run.

    Args:
        name: Of the pipeline, or the path of its package.
        to: `airflow`, `kubeflow`, `argo` or `papermill`.
        out: Folder for the files; `exports/NAME/TARGET` beside `pipelines` if None.
        image: Of the containers, for Kubeflow and Argo; NAME:latest if None.

    Raises:
        InvalidCall: There is no such pipeline or engine, an image is given to an engine that
            starts no containers, or a file stands in the way that no export wrote.
        TargetUnwritable: The operating system refuses.
    """
    from lifecycle_core.adapters.exports import write_export
    from lifecycle_core.adapters.pipeline_packages import find_package

    package = find_package(name)
    beside = package.folder.parents[1]
    folder = Path(out) if out else beside / "exports" / package.folder.name / to
    return write_export(package, to, folder, image=image)
