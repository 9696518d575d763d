"""The review panel: a window of a release, the windows around it, and what somebody has to act on.

The panel holds no logic: it shows the core's view of a `ReviewDashboard`, says which window was
chosen and what was written about which alert, and Python checks that against what it showed before
a verb of the core acts.
"""
# mypy: allow-subclassing-any
# anywidget publishes no types that mypy --strict accepts.

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import traitlets

from nbext.widgets.messages import REVIEW_CLICK, AlertClick, RefreshClick, WindowClick
from nbext.widgets.panel import QUIET, ActingPanel, script, style

if TYPE_CHECKING:
    from lifecycle_core.schema.base import Record
    from lifecycle_core.schema.review import Review
    from lifecycle_core.schema.review_dashboard import ReviewDashboard
    from lifecycle_core.schema.review_history import AlertStanding, ReviewHistory


class Verbs(Protocol):
    """The verbs of the core that the panel calls."""

    def review_dashboard(self, review: Review) -> ReviewDashboard:
        """Look at a review and what is around it."""

    def kept_review(self, name: str, *, window: str | None = None) -> Review:
        """Return the review of another window."""

    def acknowledge(
        self,
        name: str,
        rule: str,
        *,
        window: str | None = None,
        note: str = "",
        silence_until: str | None = None,
    ) -> ReviewHistory:
        """Take an alert on."""

    def to_html(self, record: Record) -> str:
        """Return a record as escaped HTML that runs nothing."""


class ReviewPanel(ActingPanel):
    """A review that a person can look into and act on.

    Attributes:
        html: The dashboard, escaped by the core, which runs nothing. The script makes buttons and
            tabs of what is marked with `data-`.
        state: `window` (the label of what is shown), `answers` (how many clicks were answered),
            `busy` (what is being done, else empty) and `message` (`kind` is empty, `done` or
            `error`; `text`; `hint`).
    """

    _esm = script("review.js")
    _css = style("review.css")
    clicks = REVIEW_CLICK
    html = traitlets.Unicode().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, dashboard: ReviewDashboard, verbs: Verbs) -> None:
        super().__init__()
        self._dashboard, self._verbs, self._answers = dashboard, verbs, 0
        self._show()
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        """Say which review the panel is about."""
        review = self._dashboard.review
        return f"ReviewPanel({review.release!r}, {review.window.label!r})"

    def _receive(self, _: object, content: object, buffers: object) -> None:
        self._answers += 1
        super()._receive(_, content, buffers)

    def _act(self, click: WindowClick | AlertClick | RefreshClick) -> None:
        if isinstance(click, AlertClick):
            self._take_on(click)
        elif isinstance(click, RefreshClick):
            self._show(busy="Looking at the registry ...")
            self._look(self._dashboard.review)
            self._show()
        else:
            self._show(busy=f"Looking at {click.window} ...")
            release = self._dashboard.review.release
            self._look(self._verbs.kept_review(release, window=click.window))
            self._show()

    def _take_on(self, click: AlertClick) -> None:
        shown = self._standing(click.key)
        if shown is None or shown.state == "acknowledged":
            self._look(self._dashboard.review)
            hint = "Look again, then decide."
            self._say("error", "That is not what the panel shows now; nothing was done.", hint)
            return
        alert = shown.alert
        self._show(busy=f"Taking on {alert.firing.rule} ...")
        self._verbs.acknowledge(
            self._dashboard.review.release,
            alert.firing.rule,
            window=alert.window,
            note=click.note,
            silence_until=click.until or None,
        )
        self._look(self._dashboard.review)
        self._report(click.key)

    def _report(self, key: str) -> None:
        """Say how the alert stands, by the registry."""
        found = self._standing(key)
        if found is None:
            self._say("error", "The alert is gone: its window was read again meanwhile.")
            return
        firing = found.alert.firing
        text = f"{found.alert.window}: {firing.rule} is {found.state}, by {found.by}."
        self._say("done", text)

    def _standing(self, key: str) -> AlertStanding | None:
        alerts = self._dashboard.history.alerts
        return next((each for each in alerts if each.alert.key == key), None)

    def _look(self, review: Review) -> None:
        self._dashboard = self._verbs.review_dashboard(review)

    def _show(self, *, busy: str = "", message: dict[str, str] | None = None) -> None:
        with self.hold_sync():
            self.html = self._verbs.to_html(self._dashboard)
            self.state = {
                "window": self._dashboard.review.window.label,
                "answers": self._answers,
                "busy": busy,
                "message": message or QUIET,
            }
