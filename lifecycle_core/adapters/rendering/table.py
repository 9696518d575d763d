"""Which view shows which record type. A new type is a line here, a view and a template.

A view is a module with `values(record) -> dict`, what its template needs beyond the record, and
`text(record)`, the rich renderables of its text form, from top to bottom.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType

    from lifecycle_core.schema.base import Record

VIEWS = {
    "Backtest": "backtest",
    "Bundle": "bundle",
    "CellResult": "cell_result",
    "ChampionComparison": "champion_comparison",
    "Checkpoints": "checkpoints",
    "Compilation": "compilation",
    "Contract": "contract",
    "ContractReport": "contract_report",
    "Entry": "entry",
    "ExperimentDesign": "experiment_design",
    "ExperimentStatus": "experiment_status",
    "Experiments": "experiments",
    "Export": "export",
    "Finalization": "finalization",
    "History": "history",
    "LintReport": "lint_report",
    "LogUpkeep": "log_upkeep",
    "OutcomesTold": "outcomes_told",
    "Packaged": "packaged",
    "PipelineOverview": "pipeline_overview",
    "PipelineRun": "pipeline_run",
    "PipelineRuns": "pipeline_runs",
    "PipelineState": "pipeline_state",
    "Proposal": "proposal",
    "Readout": "readout",
    "ReasonsCheck": "reasons_check",
    "Release": "release",
    "ReleaseFile": "release_file",
    "Releases": "releases",
    "Reproduction": "reproduction",
    "Reproductions": "reproductions",
    "Retrained": "retrained",
    "RetrainingDecision": "retraining_decision",
    "Review": "review",
    "ReviewDashboard": "review_dashboard",
    "ReviewHistory": "review_history",
    "ReviewRun": "review_run",
    "ReviewSeries": "review_series",
    "ScoreSummary": "score_summary",
    "Service": "service",
    "Status": "status",
}


class View(Protocol):
    """How one record type is shown."""

    def values(self, record: Any) -> dict[str, Any]:  # noqa: ANN401 - each view has its own type
        """Return what the template needs beyond the record itself."""

    def text(self, record: Any) -> Iterable[RenderableType]:  # noqa: ANN401 - as above
        """Return the text form, from top to bottom."""


def view_of(record: Record) -> tuple[str, View]:
    """Return the stem of a record's template and its view.

    Raises:
        TypeError: No view is known for the type; a defect of ours.
    """
    stem = VIEWS.get(type(record).__name__)
    if stem is None:
        raise TypeError(f"No view for {type(record).__name__}; known: {', '.join(VIEWS)}.")
    return stem, cast("View", import_module(f"lifecycle_core.adapters.rendering.views.{stem}"))
