"""A report on the reviews of a release: a template notebook, run with papermill, as one page.

    reviews --templates/reports/review.ipynb, papermill--> outputs --nbconvert--> HTML

The page works without script and without a network, in light and in dark.
"""

from __future__ import annotations

import base64
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.adapters.progress import Progress, Silent, told
from lifecycle_core.adapters.templates import template_path
from lifecycle_core.adapters.workspace import open_workspace, read_notebook
from lifecycle_core.errors import CellFailed

if TYPE_CHECKING:
    from lifecycle_core.adapters.engine import Engine
    from lifecycle_core.schema.review_series import ReviewSeries

NOTEBOOK = "reports/review.ipynb"
_PAGE = "reports/review.html.j2"
_PATIENCE = 300.0  # seconds for a cell
_SILENT = Silent()


def review_page(
    series: ReviewSeries,
    *,
    engine: Engine,
    notebook: Path | None = None,
    progress: Progress = _SILENT,
) -> str:
    """Return the page.

    Args:
        series: The reviews.
        engine: Runs the notebook.
        notebook: Another one than ours, with a cell tagged `parameters` that sets `series`.
        progress: Is told of its cells.

    Raises:
        CellFailed: A cell of the notebook raised, or its kernel ended.
        NotebookInvalid: There is no such notebook.
        InvalidCall: It takes no parameter `series`.
    """
    source = notebook or template_path(NOTEBOOK)
    with tempfile.TemporaryDirectory(prefix="nbrelease-report-") as folder:
        place = Path(folder) / "review.ipynb"
        place.write_bytes(source.read_bytes() if notebook is None else _bytes(notebook))
        (place.parent / "series.json").write_text(series.to_json())
        with (
            told(progress, "Making the report") as answer,
            open_workspace(place) as workspace,
        ):
            done = engine.run(
                read_notebook(place),
                workspace=workspace,
                parameters={"series": "series.json"},
                cell_timeout=_PATIENCE,
                progress=progress,
            )
            answer(done.run.exit)
    if done.run.exit != "ok":
        raise CellFailed(
            f"{source.name}: cell {done.run.stopped_at} ended the report: {done.run.message}",
            cell=done.run.stopped_at or 0,
            hint="Run the notebook by hand on a file of reviews: nbrelease review NAME --json.",
        )
    return _exported(dict(done.notebook), title=f"Reviews of {series.release}")


def _bytes(path: Path) -> bytes:
    read_notebook(path)  # a file that is none is told
    return path.read_bytes()


def _exported(executed: dict[str, object], *, title: str) -> str:
    import nbformat
    from nbconvert import HTMLExporter

    notebook = nbformat.from_dict(executed)
    notebook.metadata["title"] = title
    exporter = HTMLExporter(raw_template=template_path(_PAGE).read_text(encoding="utf-8"))
    exporter.register_filter("text_base64", _base64)
    page, _ = exporter.from_notebook_node(notebook)
    return str(page)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
