"""Progress in a notebook: one line with a bar, updated in place, gone when the record shows."""

from __future__ import annotations

from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from IPython.display import display, update_display

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.verbs.attending import Standing

_BAR = (
    '<div style="display:flex;flex-wrap:wrap;align-items:center;gap:4px 10px;'
    'font:13px/1.6 var(--jp-ui-font-family,system-ui,sans-serif)">'
    '<progress max="{total}"{value} style="width:180px" aria-label="{activity}"></progress>'
    "<span>{activity}</span>"
    '<span style="{soft}">{note}</span></div>'
)
_SOFT = "color:var(--vscode-descriptionForeground,var(--jp-ui-font-color2,gray))"
_FOOTNOTE = (
    '<div style="font:13px/1.6 var(--jp-ui-font-family,system-ui,sans-serif);{soft}">{note}</div>'
)


@contextmanager
def shown_progress() -> Iterator[NotebookProgress]:
    """Yield a progress that shows in the running cell, and clear it when the block ends."""
    progress = NotebookProgress()
    try:
        yield progress
    finally:
        progress.clear()


class NotebookProgress:
    """The core's progress, as one display that is written anew."""

    def __init__(self) -> None:
        self._display = ""
        self._activity = ""

    def begin(self, activity: str) -> None:
        """Show that an activity starts."""
        self._activity = activity
        self._show(f"{activity} ...", bar(activity))

    def cell(self, done: int, total: int, label: str) -> None:
        """Show which cell starts."""
        note = f"cell {done + 1} of {total}: {label}" if done < total else f"{total} cells"
        self._show(f"{self._activity}: {note}", bar(self._activity, note, done, total))

    def end(self, activity: str, note: str = "") -> None:
        """Show that an activity is over."""
        self._show(f"{activity}: {note or 'done'}", bar(activity, note or "done", 1, 1))

    def show(self, standing: Standing[Any]) -> None:
        """Show where work in the background stands."""
        self._activity = standing.activity
        if standing.total:
            self.cell(standing.done, standing.total, standing.label)
        else:
            self.begin(standing.activity)

    def clear(self) -> None:
        """Leave nothing behind."""
        if self._display:
            self._show("", "")

    def _show(self, text: str, html: str) -> None:
        bundle = {"text/plain": text, "text/html": html}
        if self._display:
            update_display(bundle, display_id=self._display, raw=True)
        else:
            self._display = uuid4().hex
            display(bundle, display_id=self._display, raw=True)


def bar(activity: str, note: str = "", done: int | None = None, total: int = 1) -> str:
    """Return a bar with its activity and a note; it pulses if it is not known how much is done."""
    value = "" if done is None else f' value="{done}"'
    return _BAR.format(
        activity=escape(activity), note=escape(note), value=value, total=total, soft=_SOFT
    )


def footnote(note: str) -> str:
    """Return what is good to know below a bar."""
    return _FOOTNOTE.format(note=escape(note), soft=_SOFT)
