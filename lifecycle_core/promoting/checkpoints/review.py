"""Technical health and business effect are reviewed together, with a response for each."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from lifecycle_core.promoting.checkpoints.base import Checkpoint, Finding, declare, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.schema.checkpoint import Evidence
    from lifecycle_core.schema.review_history import ReviewedWindow, ReviewHistory

_WHEN = ("schedule", "business_cycle")
_RESPONSES = (
    "latency", "errors", "drift", "resources", "adoption", "override", "cost", "revenue",
)  # fmt: skip


def judge(evidence: Evidence) -> Finding:
    """Ask for one schedule, its business cycle and the eight responses; then if it is kept."""
    review = evidence.release_file.review
    when = [name for name in _WHEN if not (getattr(review, name) or "").strip()]
    responses = [name for name in _RESPONSES if getattr(review, name) is None]
    if absent := when + responses:
        steps = [declare(when, "review")] if when else []
        if responses:
            lines = ", ".join(f"`{name}: {{limit: ..., response: ...}}`" for name in responses)
            steps.append(f"Add {lines} under `review:`.")
        return Finding(
            "missing",
            f"{len(_WHEN) - len(when)} of 2 dates and {len(_RESPONSES) - len(responses)} of 8 "
            f"responses are declared; not yet: {listed(absent, most=10)}.",
            next=" ".join(steps),
        )
    said = (
        f"Reviewed {review.schedule}, by the business cycle {review.business_cycle}, with limits "
        "and responses for all 8 figures"
    )
    reviews = evidence.reviews
    due = [each for each in reviews.windows if each.due_by] if reviews else []
    if reviews is None or not (due or any(each.state == "kept" for each in reviews.windows)):
        return Finding("pass", f"{said}.")
    return _lived(reviews, due, said)


def _lived(reviews: ReviewHistory, due: Sequence[ReviewedWindow], said: str) -> Finding:
    """Ask whether the schedule is kept, and whether somebody answers what fires.

    Args:
        reviews: Of the release so far.
        due: Windows that should have been reviewed, the newest first. Where the calendar has
            changed none of them may be kept yet: what fired in the last one before counts then.
        said: What is declared.
    """
    name = reviews.release
    last = next((each for each in due if each.state == "kept"), None)
    late = next((each for each in due if each.state == "missed"), None)
    make = f"Run `nbrelease review --due {name}`."
    if last is None:
        last = next((each for each in reviews.windows if each.state == "kept"), None)
        if late is not None:
            since = f" since that of {last.window}" if last else ""
            why = f"No review is kept{since}; that of {late.window} was due by {late.due_by}."
            return Finding("missing", why, next=make)
    if last is None:  # the first window has ended, and its review may still take
        return Finding("pass", f"{said}; the first review is due by {due[0].due_by}.")
    if late is not None and late.end > last.end:
        why = f"The last review is of {last.window}; that of {late.window} was due by {late.due_by}"
        return Finding("fail", f"{why}.", next=make)
    waiting = [each.alert.firing.rule for each in last.alerts if each.state == "open"]
    if waiting:
        plural = len(waiting) > 1
        return Finding(
            "fail",
            f"{len(waiting)} rule{'s' if plural else ''} fired in {last.window}, and nobody has "
            f"acknowledged {'them' if plural else 'it'}: {listed(waiting)}.",
            next=f"Run `nbrelease acknowledge {name} {quote(waiting[0])} --by WHO --note WHY`.",
        )
    answered = sorted({each.by for each in last.alerts if each.by})
    fired = "no rule fired"
    if last.alerts:
        rules = "rules" if len(last.alerts) > 1 else "rule"
        fired = f"{len(last.alerts)} {rules} fired, answered by {listed(answered)}"
    return Finding("pass", f"{said}; last {last.window}: {fired}.")


REVIEW = Checkpoint("review", "Technical health and business effect are reviewed together", judge)
