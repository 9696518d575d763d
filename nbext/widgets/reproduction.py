"""The reproduction panel: progress cell by cell while it runs, then the record, to be looked into.

The panel holds no logic: it shows where the reproduction stands, and one button stops it.
"""
# mypy: allow-subclassing-any
# anywidget publishes no types that mypy --strict accepts.

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget  # noqa: TID253 - this module loads when the first panel shows
import traitlets

if TYPE_CHECKING:
    from lifecycle_core.verbs.attending import Standing
    from nbext.report import Report

_HERE = Path(__file__).parent


class ReproductionPanel(anywidget.AnyWidget):
    """A reproduction as it goes on.

    Attributes:
        state: What is shown, as readable JSON: `notebook` and `how` it was found, `phase`,
            `activity`, `done` of `total` cells, `label`, `seconds` since the start, `html` of the
            record (escaped by the core, which runs nothing), `lost` (count and source), and `fact`
            and `hint` of an error.
    """

    _esm = _HERE / "reproduction.js"
    _css = _HERE / "reproduction.css"
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, report: Report) -> None:
        super().__init__()
        self._begun = time.monotonic()
        self._named = {"notebook": report.located.path.name, "how": report.located.how}
        self._stop = report.stop
        self.show(report)
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        """Say which notebook the panel is about."""
        return f"ReproductionPanel({self._named['notebook']!r})"

    def show(self, report: Report) -> None:
        """Show where the reproduction stands now."""
        standing = report.standing
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
        # ipykernel >= 7.4 answers a click in the shell that sent last, here the main one, where the
        # button would wait for the user's running cell. Without this mark the front end chooses.
        self.comm.__dict__.pop("_reply_subshell_id", None)

    def view(self) -> dict[str, Any]:
        """Return what makes a front end show this panel."""
        bundle, _ = self._repr_mimebundle_()
        return {kind: data for kind, data in bundle.items() if "widget" in kind}

    def _receive(self, _: object, content: object, buffers: object) -> None:  # noqa: ARG002 - as ipywidgets calls
        if content == {"act": "stop"}:
            self._stop()


def _html(standing: Standing) -> str:
    from lifecycle_core import verbs

    return verbs.to_html(standing.record) if standing.record else ""


def _lost(standing: Standing) -> list[dict[str, Any]]:
    session = standing.record.session if standing.record else None
    lost = session.sources if session else ()
    return [{"count": found.count, "source": found.source} for found in lost]
