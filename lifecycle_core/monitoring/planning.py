"""What has to be counted for a review: its windows, and the rules that look back on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from lifecycle_core.errors import InvalidCall
from lifecycle_core.monitoring.figures import FALLBACK_CAUSES
from lifecycle_core.monitoring.response_rules import compile_rule
from lifecycle_core.monitoring.windows import calendar_of, label_moments
from lifecycle_core.schema.canonical import utc_text

if TYPE_CHECKING:
    from lifecycle_core.monitoring.response_rules import ResponseRule
    from lifecycle_core.schema.release_file import ReviewSection
    from lifecycle_core.schema.review import Window

_MOST_UNRIPE = 400  # windows before whose labels may still come: of days, more than a year
FIGURES = (
    "rows", "volume_ratio", "volume_ratio_same_phase", "latency_p50_ms", "latency_p95_ms",
    "latency_p99_ms", "fallback_share",
    *(f"fallback_share_{cause}" for cause in FALLBACK_CAUSES),
    "hours_since_newest", "refused_share", "error_share", "cpu_seconds_per_1000_rows",
    "peak_memory_mib", "drifted", "drifted_lastingly", "undecided", "drifted_since_release",
    "drifted_since_same_phase",
    "score_shift",
    "decision_shift", "decision_shift_same_phase", "domain_auc", "unit_changes", "meaning_changes",
    "new_segments", "contract_break_share",
    "labelled_share", "accuracy", "precision", "recall", "auc", "calibration_error",
    "calibration_growth", "mean_absolute_error", "cost_per_row",
    *(
        f"{kind}_{name}"
        for kind in ("expected", "weighted")
        for name in ("accuracy", "auc", "cost_per_row")
    ),
    "worse_segments", "action_share",
    "answered_share", "adoption_rate", "override_rate", "override_share_of_actions",
    "override_correctness", "time_to_action_p50_hours", "time_to_action_p95_hours",
    "time_to_action_p99_hours", "override_outliers", "uplift_per_row", "uplift_total",
    "action_share_uplift", "adoption_rate_uplift",
    "cost_of_false_alarms", "cost_of_misses", "cost_of_fallbacks",
    "cost_if_nobody_acts", "saved_against_nobody", "cost_by_fallback_rule",
    "saved_against_fallback_rule", "money_total", "money_per_row",
    "money_cumulated", "cost_per_run", "actions_per_run",
)  # fmt: skip
"""Names of all figures, which response rules may use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which windows have to be counted for a review.

    Attributes:
        window: The one that is reviewed.
        before: Those before it, oldest first: as many as drift and rules look back on, and as it
            takes to have enough windows whose labels are final.
        same_phase: The one at the same phase of the last cycle.
        reference: How many before each window are its reference.
        looks_back: How many windows rules and lasting drift look at, with the one that is
            reviewed.
    """

    window: Window
    before: tuple[Window, ...]
    same_phase: Window
    reference: int
    looks_back: int


def plan_of(stated: ReviewSection, *, label: str | None, as_of: datetime) -> Plan:
    """Return which windows a review needs.

    Args:
        stated: Section `review` of the release file.
        label: Of the window; the last complete one if None.
        as_of: The moment from which is looked back, with a zone.

    Raises:
        InvalidCall: The label is no window, or begins later than that moment; the section has a
            zone or a rule that is none.

    Example:
        >>> from lifecycle_core.schema.release_file import ReviewSection
        >>> from datetime import UTC
        >>> plan = plan_of(ReviewSection(), label=None, as_of=datetime(2026, 3, 9, tzinfo=UTC))
        >>> plan.window.label, plan.before[0].label, plan.same_phase.label
        ('2026-02', '2025-10', '2025-02')
    """
    calendar = calendar_of(stated)
    window = (
        calendar.last_complete(as_of, stated.window) if label is None else calendar.window(label)
    )
    if datetime.fromisoformat(window.start) >= as_of:
        raise InvalidCall(
            f"Window {window.label} begins after {utc_text(as_of)}.",
            hint="Name an earlier window, or a later --as-of.",
        )
    looks_back = max([stated.drift_windows_of, *(rule.of for rule in rules_of(stated))])
    before = [window]
    unripe = 0
    while len(before) <= stated.reference_windows + max(looks_back - 1, unripe):
        before.append(calendar.previous(before[-1]))
        _, ripe = label_moments(before[-1], maturity_days=stated.label_maturity_days)
        unripe += ripe > as_of and unripe < _MOST_UNRIPE
    return Plan(
        window=window,
        before=tuple(reversed(before[1:])),
        same_phase=calendar.same_phase(window),
        reference=stated.reference_windows,
        looks_back=looks_back,
    )


def require_review(stated: ReviewSection) -> None:
    """Check what a release file says about reviews, before anything is released by it.

    Raises:
        InvalidCall: A rule or the time zone is none.
    """
    calendar_of(stated)
    rules_of(stated)


def rules_of(stated: ReviewSection) -> tuple[ResponseRule, ...]:
    """Return the compiled rules of a release file.

    Raises:
        InvalidCall: One of them is none.
    """
    return tuple(compile_rule(text, FIGURES) for text in stated.rules)
