"""Work that goes on, as it shows: one display, wherever it stands, written anew as it goes on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from IPython.core.getipython import get_ipython
from IPython.display import display, update_display

from nbext.pipeline_work import PipelineWork
from nbext.presence import can_show_widgets
from nbext.progress import bar, footnote
from nbext.report import Report
from nbext.views import mime_bundle

if TYPE_CHECKING:
    from nbext.attended import Attended
    from nbext.widgets.panel import Panel

_EVERY = 0.5
"""Seconds between two updates of a display that is no widget."""


def show(work: Attended[Any]) -> None:
    """Show work in the cell that runs now; it is the same display each time."""
    shown = next((known for known in work.listeners if isinstance(known, Live)), None)
    if shown is None:
        shown = Live(work)
        work.listeners.append(shown)
    display(shown.bundle(work), display_id=shown.display_id, raw=True)


class Live:
    """The display of one piece of work. Progress goes to its panel, or if it has none, into HTML.

    The HTML is always there besides, for the saved notebook and for front ends without widgets.
    """

    def __init__(self, work: Attended[Any]) -> None:
        self.display_id = uuid4().hex
        self._updated = 0.0
        self._panel = _panel(work) if can_show_widgets(get_ipython()) else None

    def __call__(self, work: Attended[Any]) -> None:
        """Show a change."""
        now = time.monotonic()
        # Before the panel: it makes the front end draw the panel anew, and whoever had begun to
        # read the record there would lose the focus and what was opened.
        if work.done or (self._panel is None and now - self._updated > _EVERY):
            self._updated = now
            update_display(self.bundle(work), display_id=self.display_id, raw=True)
        if self._panel is not None:
            self._panel.show(work)

    def bundle(self, work: Attended[Any]) -> dict[str, Any]:
        """Return the panel, if a person can see it, and text and HTML."""
        panel = {} if self._panel is None else self._panel.view()
        return {**panel, **_plain(work)}


def _panel(work: Attended[Any]) -> Panel | None:
    """Return the panel of work that has one; its module loads widgets."""
    if isinstance(work, Report):
        from nbext.widgets.reproduction import ReproductionPanel

        return ReproductionPanel(work)
    if isinstance(work, PipelineWork):
        from nbext.widgets.pipeline import PipelinePanel

        return PipelinePanel(work.overview, work)
    return None


def _plain(work: Attended[Any]) -> dict[str, Any]:
    standing = work.standing
    if work.shown is not None:
        return mime_bundle(work.shown)
    if standing.error is not None:
        return {"text/plain": "\n".join(standing.error._render_traceback_())}
    if work.done:
        what, magic, _ = work.named
        said = f"The {what} was stopped. {magic} starts it again."
        return {"text/plain": said, "text/html": footnote(said)}
    done, total = standing.done, standing.total
    cell = f"cell {done + 1} of {total}: {standing.label}" if done < total else f"{total} cells"
    at = (cell, done, total) if total else ()
    html = bar(standing.activity, *at) + footnote(
        f"{work.located.path.name} as last saved, {work.located.how}. You can go on meanwhile; "
        f"{work.named[2]} ends it."
    )
    return {"text/plain": repr(work), "text/html": html}
