"""When two reviews say the same, what changed between them, and which alerts a review raises."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from lifecycle_core.errors import InvalidCall
from lifecycle_core.schema.canonical import canonical_digest, utc_text
from lifecycle_core.schema.review import Change, Firing
from lifecycle_core.schema.review_history import MISSED, Alert

if TYPE_CHECKING:
    from datetime import datetime

    from lifecycle_core.monitoring.schedule import DueWindow
    from lifecycle_core.schema.release_file import ReleaseFile
    from lifecycle_core.schema.review import Review

_DIGITS = 9  # engines add in any order, so the last digits of a sum are not the same twice
# What lies behind drift is left out, so that reviews that were kept without it are still the same.
_NOT_SAID = {"as_of", "read_before", "changes", "distributions"}


def content_digest(review: Review) -> str:
    """Return a digest of what a review says, the same whenever that is said.

    Example:
        >>> from lifecycle_core.monitoring.windows import BusinessCalendar
        >>> from lifecycle_core.schema.review import Review
        >>> window = BusinessCalendar().window("2026-W10")
        >>> now = Review(release="churn", window=window, as_of="2026-03-10T00:00:00Z",
        ...     complete=True, labels_final_from="2026-03-09T00:00:00Z", labels_final=True,
        ...     currency="EUR", same_phase="2025-W10", sections=())
        >>> later = now.model_copy(update={"as_of": "2026-03-11T00:00:00Z"})
        >>> content_digest(now) == content_digest(later)
        True
    """
    said = review.model_dump(mode="json", exclude=_NOT_SAID)
    for firing in said["firings"]:
        del firing["deadline"]
    return _digest(said)


def with_changes(review: Review, before: Review | None) -> Review:
    """Return a review that tells which figures came out otherwise than before.

    Args:
        review: Of now.
        before: The one of the same window that was kept last; None if there is none.
    """
    if before is None:
        return review
    known = {figure.name: figure for section in before.sections for figure in section.figures}
    changes = tuple(
        Change(
            name=figure.name,
            before=known[figure.name].value if figure.name in known else None,
            after=figure.value,
            unit=figure.unit,
            final=figure.final,
        )
        for section in review.sections
        for figure in section.figures
        if not _same(known[figure.name].value if figure.name in known else None, figure.value)
    )
    return review.model_copy(update={"read_before": before.as_of, "changes": changes})


def alerts_of(review: Review) -> tuple[Alert, ...]:
    """Return an alert for each rule that fired."""
    label = review.window.label
    return tuple(
        Alert(key=_key(review.release, label, firing), window=label, firing=firing)
        for firing in review.firings
    )


def missed_review(release: str, stated: ReleaseFile, due: DueWindow) -> Alert:
    """Return the alert that a window was not reviewed in time.

    Whoever operates the release acts, as they do for a rule that names `operations`.
    """
    who, asked = stated.owners.operations, stated.owners.escalation
    firing = Firing(
        rule=MISSED,
        action="escalate",
        owner="operations",
        name=who.name if who else "",
        contact=who.contact if who else "",
        escalation=asked.escalation if asked else "",
        deadline=utc_text(due.due_by + timedelta(days=1)),
        evidence=(),
    )
    label = due.window.label
    return Alert(key=_key(release, label, firing), window=label, firing=firing)


def require_until(until: datetime, *, now: datetime) -> None:
    """Check until when a rule is to be silent.

    Raises:
        InvalidCall: That moment has passed.
    """
    if until <= now:
        raise InvalidCall(
            f"--silence-until is {utc_text(until)}, which has passed.", hint="Name a later day."
        )


def _key(release: str, window: str, firing: Firing) -> str:
    """Return what is the same for the same rule, window and evidence."""
    evidence = [each.model_dump(mode="json") for each in firing.evidence]
    digest = _digest([release, window, firing.rule, evidence])
    return f"alert_{digest.removeprefix('sha256:')[:32]}"


def _digest(said: Any) -> str:  # noqa: ANN401 - plain JSON
    return canonical_digest(_rounded(said))


def _rounded(said: Any) -> Any:  # noqa: ANN401 - as above
    if isinstance(said, dict):
        return {name: _rounded(value) for name, value in said.items()}
    if isinstance(said, list):
        return [_rounded(value) for value in said]
    return f"{said:.{_DIGITS}g}" if isinstance(said, float) else said


def _same(before: float | None, after: float | None) -> bool:
    if before is None or after is None:
        return before is after
    return math.isclose(before, after, rel_tol=10.0**-_DIGITS, abs_tol=1e-12)
