"""An alert in words: a line, and the few lines below it."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from lifecycle_core.adapters.rendering.impact import told
from lifecycle_core.adapters.rendering.plain import one_line
from lifecycle_core.adapters.rendering.words import moment, number
from lifecycle_core.schema.review_history import MISSED

if TYPE_CHECKING:
    from lifecycle_core.schema.review_history import Notification


def subject_of(notification: Notification) -> str:
    """Return what has happened, in one line."""
    alert = notification.alert
    late = "Reminder: " if notification.reminder else ""
    if alert.firing.rule == MISSED:
        return one_line(f"{late}{notification.release}: the review of {alert.window} is missing")
    again = " (with other figures than before)" if notification.told_before else ""
    return one_line(f"{late}{notification.release} {alert.window}: {alert.firing.rule}{again}")


def message_of(notification: Notification) -> str:
    """Return who acts until when, what was seen, where, what it costs, and what to type."""
    alert, firing = notification.alert, notification.alert.firing
    who = firing.name or f"nobody is named as owners.{firing.owner}"
    lines = [
        subject_of(notification),
        "",
        *_overdue(notification),
        f"To do: {firing.action} {firing.owner} by {moment(firing.deadline)}",
        f"Who: {who}" + (f", {firing.contact}" if firing.contact else ""),
        *([f"Else: {firing.escalation}"] if firing.escalation else []),
        *(
            f"Seen in {seen.window}: "
            + ", ".join(
                f"{name} {'not known' if value is None else number(value)}"
                for name, value in seen.figures.items()
            )
            for seen in firing.evidence
        ),
        *(f"{name}: {said}" for name, said in told(firing.impact)),
        "",
        f"Look: nbrelease review {notification.release} --window {alert.window}"
        + ("" if firing.rule == MISSED else " --kept"),
        f"Take it on: nbrelease acknowledge {notification.release} {quote(firing.rule)} --by YOU",
    ]
    return "\n".join(one_line(line) if line else line for line in lines) + "\n"


def _overdue(notification: Notification) -> list[str]:
    """Return that nobody has acknowledged it in time, and who comes next."""
    if not notification.reminder:
        return []
    contact = notification.escalation_contact or "nobody: the release file names no escalation"
    return ["Late: its deadline has passed, and nobody has taken it on.", f"Now: {contact}"]
