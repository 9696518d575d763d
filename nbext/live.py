"""A report as it shows: one display, wherever it stands, written anew as the report fills."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from IPython.core.getipython import get_ipython
from IPython.display import display, update_display

from nbext.presence import can_show_widgets
from nbext.progress import bar
from nbext.views import mime_bundle

if TYPE_CHECKING:
    from nbext.report import Report
    from nbext.widgets.reproduction import ReproductionPanel

_EVERY = 0.5
"""Seconds between two updates of a display that is no widget."""


def show(report: Report) -> None:
    """Show a report in the cell that runs now; it is the same display each time."""
    shown = next((known for known in report.listeners if isinstance(known, Live)), None)
    if shown is None:
        shown = Live(report)
        report.listeners.append(shown)
    display(shown.bundle(report), display_id=shown.display_id, raw=True)


class Live:
    """The display of one report. Progress goes to the panel, or where there is none, into HTML.

    The HTML is always there besides, for the saved notebook and for front ends without widgets.
    """

    def __init__(self, report: Report) -> None:
        self.display_id = uuid4().hex
        self._updated = 0.0
        self._panel: ReproductionPanel | None = None
        if can_show_widgets(get_ipython()):
            from nbext.widgets.reproduction import ReproductionPanel

            self._panel = ReproductionPanel(report)

    def __call__(self, report: Report) -> None:
        """Show a change."""
        now = time.monotonic()
        # Before the panel: it makes the front end draw the panel anew, and whoever had begun to
        # read the record there would lose the focus and what was opened.
        if report.done or (self._panel is None and now - self._updated > _EVERY):
            self._updated = now
            update_display(self.bundle(report), display_id=self.display_id, raw=True)
        if self._panel is not None:
            self._panel.show(report)

    def bundle(self, report: Report) -> dict[str, Any]:
        """Return the panel, if a person can see it, and text and HTML."""
        panel = {} if self._panel is None else self._panel.view()
        return {**panel, **_plain(report)}


def _plain(report: Report) -> dict[str, Any]:
    standing = report.standing
    if standing.record is not None:
        return mime_bundle(standing.record)
    if standing.error is not None:
        return {"text/plain": "\n".join(standing.error._render_traceback_())}
    cell = f"cell {standing.done + 1} of {standing.total}: {standing.label}"
    at = (cell, standing.done, standing.total) if standing.total else ()
    html = bar(standing.activity, *at)
    return {"text/plain": repr(report), "text/html": html}
