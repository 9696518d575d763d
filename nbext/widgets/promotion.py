"""The promotion panel: the checkpoints as lights, where the aliases point, and two buttons.

The panel holds no logic: it shows a `Proposal`, says what was clicked and confirmed, and Python
checks that against what it showed before a verb of the core acts.
"""
# mypy: allow-subclassing-any
# anywidget publishes no types that mypy --strict accepts.

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import traitlets

from lifecycle_core.errors import LifecycleError
from nbext.widgets.messages import CLICK, PromoteClick, RefreshClick, RollbackClick
from nbext.widgets.panel import QUIET, ActingPanel, script, style

if TYPE_CHECKING:
    from lifecycle_core.schema.proposal import Proposal
    from lifecycle_core.schema.release import Entry


class Verbs(Protocol):
    """The verbs of the core that the panel calls."""

    def propose(self, name: str, *, version: int | None = None) -> Proposal:
        """Look at a version again."""

    def promote(self, name: str, *, to: str, version: int | None = None, reason: str = "") -> Entry:
        """Point an alias at a version."""

    def rollback(self, name: str, *, to: str, alias: str, reason: str) -> Entry:
        """Point an alias back."""


class PromotionPanel(ActingPanel):
    """A proposal that a person can act on.

    Attributes:
        state: What is shown, as readable JSON: `proposal` (the record), `busy` (what is being
            done, else empty) and `message` (`kind` is empty, `done` or `error`; `text`; `hint`).
    """

    _esm = script("promotion.js")
    _css = style("promotion.css")
    clicks = CLICK
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, proposal: Proposal, verbs: Verbs) -> None:
        super().__init__()
        self._proposal, self._verbs = proposal, verbs
        self._show()
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        """Say which version the panel is about."""
        release = self._proposal.release
        return f"PromotionPanel({release.name!r}, version {release.version})"

    def _act(self, click: PromoteClick | RollbackClick | RefreshClick) -> None:
        if isinstance(click, RefreshClick):
            self._show(busy="Looking at the registry ...")
            self._refresh()
            self._show()
        elif not self._was_shown(click):
            self._refresh()
            hint = "Look again, then decide."
            self._say("error", "That is not what the panel shows now; nothing was done.", hint)
        else:
            self._show(busy=f"{click.alias} is being moved to version {click.version} ...")
            entry = self._moved(click)
            self._refresh()
            self._report(entry)

    def _moved(self, click: PromoteClick | RollbackClick) -> Entry:
        name = self._proposal.release.name
        if isinstance(click, PromoteClick):
            return self._verbs.promote(
                name, to=click.alias, version=click.version, reason=click.reason
            )
        return self._verbs.rollback(
            name, to=str(click.version), alias=click.alias, reason=click.reason
        )

    def _was_shown(self, click: PromoteClick | RollbackClick) -> bool:
        """Say whether the click is about what the panel offers; the core judges it again."""
        if isinstance(click, PromoteClick):
            release = self._proposal.release
            offers = {(release.version, release.bundle_digest)}
        else:
            returns = [back for back in self._proposal.returns if back.alias == click.alias]
            offers = {(back.to_version or 0, back.bundle_digest) for back in returns}
        return (click.version, click.digest) in offers

    def _refresh(self) -> None:
        release = self._proposal.release
        try:
            self._proposal = self._verbs.propose(release.name, version=release.version)
        except LifecycleError as error:
            self._say("error", str(error), error.hint)

    def _report(self, entry: Entry) -> None:
        event = entry.event
        if not entry.valid:
            self._say("error", f"Nothing was moved: {entry.note}")
            return
        moved = f"{event.alias} points at version {event.target_version}"
        self._say("done", f"{moved}: entry {event.seq} of the ledger.", entry.note)

    def _refused(self, error: LifecycleError) -> None:
        self._refresh()
        super()._refused(error)

    def _show(self, *, busy: str = "", message: dict[str, str] | None = None) -> None:
        proposal = self._proposal.model_dump(mode="json")
        self.state = {"proposal": proposal, "busy": busy, "message": message or QUIET}
