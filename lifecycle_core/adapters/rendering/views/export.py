"""What an export wrote, and what to do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.rows import facts, title
from lifecycle_core.adapters.rendering.words import how_many

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.export import Export

_ENGINES = {
    "airflow": "Airflow",
    "kubeflow": "Kubeflow Pipelines",
    "argo": "Argo Workflows",
    "papermill": "papermill",
}


def values(record: Export) -> dict[str, Any]:
    """Add the engine as it calls itself."""
    return {"engine": _ENGINES.get(record.target, record.target)}


def text(record: Export) -> list[RenderableType]:
    """Return the files, and what to do with them."""
    pairs = [("Folder", record.folder), ("Files", "\n".join(record.files))]
    head = title("Pipeline", record.pipeline, "for", _ENGINES.get(record.target, record.target))
    return [
        head,
        facts(("Tasks", how_many(record.steps, "task")), *pairs),
        Text(f"\nNext: {record.next}"),
    ]
