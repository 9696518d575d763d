"""The reproduction panel: progress cell by cell while it runs, then the record, to be looked into.

The panel holds no logic: it shows where the reproduction stands, and one button stops it.
"""
# mypy: allow-subclassing-any
# anywidget publishes no types that mypy --strict accepts.

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import traitlets

from nbext.widgets.panel import Panel, script, style

if TYPE_CHECKING:
    from lifecycle_core.schema.reproduction import Reproduction
    from lifecycle_core.verbs.attending import Standing
    from nbext.report import Report


class ReproductionPanel(Panel):
    """A reproduction as it goes on.

    Attributes:
        state: What is shown, as readable JSON: `notebook` and `how` it was found, `phase`,
            `activity`, `done` of `total` cells, `label`, `seconds` since the start, `html` of the
            record (escaped by the core, which runs nothing), `lost` (count and source), and `fact`
            and `hint` of an error.
    """

    _esm = script("reproduction.js")
    _css = style("reproduction.css")
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        self._begun = time.monotonic()
        self._named = {"notebook": report.located.path.name, "how": report.located.how}
        self.show(report)

    def __repr__(self) -> str:
        """Say which notebook the panel is about."""
        return f"ReproductionPanel({self._named['notebook']!r})"

    def show(self, work: Report) -> None:
        """Show where the reproduction stands now."""
        standing = work.standing
        error = standing.error
        self.state = {
            **self._named,
            "phase": standing.phase,
            "activity": standing.activity,
            "done": standing.done,
            "total": standing.total,
            "label": standing.label,
            "seconds": round(time.monotonic() - self._begun, 1),
            "html": _html(standing),
            "lost": _lost(standing),
            "fact": str(error or ""),
            "hint": error.hint if error else "",
        }
        self._answer_anywhere()


def _html(standing: Standing[Reproduction]) -> str:
    from lifecycle_core import verbs

    return verbs.to_html(standing.record) if standing.record else ""


def _lost(standing: Standing[Reproduction]) -> list[dict[str, Any]]:
    session = standing.record.session if standing.record else None
    lost = session.sources if session else ()
    return [{"count": found.count, "source": found.source} for found in lost]
