"""The review of one window: counts come in, and a record goes out; rules look back on windows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from lifecycle_core.errors import InvalidCall
from lifecycle_core.monitoring.distributions import distributions_of
from lifecycle_core.monitoring.figures import FALLBACK_CAUSES, Around
from lifecycle_core.monitoring.reading import Beside, read
from lifecycle_core.monitoring.response_rules import compile_rule
from lifecycle_core.monitoring.sums import added
from lifecycle_core.monitoring.sureness import sure_of, unsure, whole
from lifecycle_core.monitoring.telling_apart import told_apart
from lifecycle_core.monitoring.windows import calendar_of, label_moments
from lifecycle_core.schema.canonical import utc_text
from lifecycle_core.schema.review import Firing, Review, Seen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.monitoring.response_rules import Figures, ResponseRule
    from lifecycle_core.schema.release_file import Duty, Owner, ReleaseFile, ReviewSection
    from lifecycle_core.schema.review import ColumnDrift, Impact, Window
    from lifecycle_core.schema.window_counts import WindowCounts
    from lifecycle_core.stats.sampled import SampledRows

TRAINING = "training table"
_DRAWS = 200  # of intervals; of windows that no rule looks at none is shown
_MOST_UNRIPE = 60  # windows before whose labels may still come
FIGURES = (
    "rows", "volume_ratio", "volume_ratio_same_phase", "latency_p50_ms", "latency_p95_ms",
    "latency_p99_ms", "fallback_share",
    *(f"fallback_share_{cause}" for cause in FALLBACK_CAUSES),
    "hours_since_newest", "refused_share", "error_share", "cpu_seconds_per_1000_rows",
    "peak_memory_mib", "drifted", "drifted_lastingly", "undecided", "drifted_since_release",
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What was counted, all with the same bins.

    Attributes:
        window: Of the window.
        before: Of `Plan.before`.
        reference: Of the last windows before together, with quantiles; of the training table
            where they have no rows.
        same_phase: Of that window.
        running: Of everything until the window's end: what it earned.
        rows_before: Rows of the reference that were picked by their ids.
        rows_now: Likewise, of the window.
        released: What the release keeps of its training table and its held-out rows.
        since: The last `Plan.looks_back` windows in the bins of that; empty without it.
    """

    window: WindowCounts
    before: tuple[WindowCounts, ...]
    reference: WindowCounts
    same_phase: WindowCounts
    running: WindowCounts | None = None
    rows_before: SampledRows | None = None
    rows_now: SampledRows | None = None
    released: WindowCounts | None = None
    since: tuple[WindowCounts, ...] = ()


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


def review(
    release: str,
    stated: ReleaseFile,
    plan: Plan,
    counted: Counted,
    *,
    as_of: datetime,
    registered: Sequence[int] = (),
) -> Review:
    """Return what a window says about a release.

    Args:
        release: Its name.
        stated: Its release file.
        plan: The windows.
        counted: What was counted in them.
        as_of: Nothing that was said later was counted; with a zone.
        registered: Versions that the registry knows; none are checked if empty.

    Returns:
        Figures without enough data have no value and say why. An empty log gives a review, too.
    """
    windows = [*plan.before, plan.window]
    counts = [*counted.before, counted.window]
    last = len(windows) - 1
    seen: list[Seen] = []
    drifts: list[tuple[ColumnDrift, ...]] = []
    rules = rules_of(stated.review)
    asked = max((rule.of for rule in rules), default=1)
    final = [
        whole(count) or _around(stated.review, one, (), as_of).final
        for one, count in zip(windows, counts, strict=True)
    ]
    surely: list[Figures] = []
    for at in range(last + 1 - plan.looks_back, last + 1):
        earlier = counts[max(0, at - plan.reference) : at]
        ripe = [counts[place] for place in range(at) if final[place]][-plan.reference :]
        beside = Beside(
            added(earlier),
            _around(stated.review, windows[at], earlier, as_of),
            labelled=added(ripe),
            released=counted.released,
            since=counted.since[at - last - 1] if counted.since else None,
            draws=_DRAWS if last - at < asked else 1,
        )
        if at == last:
            beside = beside._replace(
                reference=counted.reference,
                around=beside.around._replace(
                    same_phase=counted.same_phase, running=counted.running
                ),
                domain=told_apart(counted.rows_before, counted.rows_now),
            )
        found = read(stated, counts[at], beside._replace(drift=tuple(drifts)))
        drifts.append(found.drift)
        figures = [each for section in found.sections for each in section.figures]
        seen.append(
            Seen(window=windows[at].label, figures={each.name: each.value for each in figures})
        )
        surely.append(sure_of(figures, counts[at]))
    end, last_label = label_moments(plan.window, maturity_days=stated.review.label_maturity_days)
    return Review(
        release=release,
        window=plan.window,
        as_of=utc_text(as_of),
        complete=end <= as_of,
        labels_final_from=utc_text(last_label),
        labels_final=last_label <= as_of,
        currency=stated.costs.currency,
        versions=counted.window.versions,
        reference=_compared_with(plan, counted),
        reference_rows=counted.reference.rows,
        same_phase=plan.same_phase.label,
        sections=found.sections,
        drift=found.drift,
        distributions=distributions_of(counted.reference, counted.window),
        contract=found.contract,
        refused=found.refused,
        reconciled=found.reconciled,
        segments=found.segments,
        overriding=found.overriding,
        new_segments=tuple(f"{each.column} = {each.value}" for each in found.fresh),
        history=tuple(seen),
        firings=_firings(
            stated, [rule for rule in rules if rule.fires(surely)], seen, found.impact, as_of
        ),
        notes=(
            *_notes(stated, counted.window, registered, complete=end <= as_of),
            *unsure(rules, seen, surely),
        ),
    )


def _compared_with(plan: Plan, counted: Counted) -> tuple[str, ...]:
    """Return the windows before, or that the training table stands in for them."""
    if counted.reference.rows and not any(each.rows for each in counted.before[-plan.reference :]):
        return (TRAINING,)
    return tuple(each.label for each in plan.before[-plan.reference :])


def _around(
    stated: ReviewSection, window: Window, earlier: Sequence[WindowCounts], as_of: datetime
) -> Around:
    end, ripe = label_moments(window, maturity_days=stated.label_maturity_days)
    used = [each.rows for each in earlier if each.rows]
    return Around(
        expected_rows=stated.expected_rows or (sum(used) / len(used) if used else None),
        same_phase=None,
        until=min(end, as_of),
        final=ripe <= as_of,
    )


def _firings(
    stated: ReleaseFile,
    rules: Sequence[ResponseRule],
    seen: Sequence[Seen],
    found: Impact,
    as_of: datetime,
) -> tuple[Firing, ...]:
    fired = []
    for rule in rules:
        who: Owner | Duty | None = getattr(stated.owners, rule.owner)
        asked = stated.owners.escalation
        fired.append(
            Firing(
                rule=rule.text,
                action=rule.action,
                owner=rule.owner,
                name=who.name if who else "",
                contact=getattr(who, "contact", ""),
                escalation=getattr(who, "escalation", "") or (asked.escalation if asked else ""),
                deadline=utc_text(as_of + timedelta(hours=rule.within_hours)),
                evidence=tuple(
                    Seen(
                        window=each.window,
                        figures={name: each.figures.get(name) for name in rule.figures},
                    )
                    for each in seen[-rule.of :]
                ),
                impact=found,
            )
        )
    return tuple(fired)


def _notes(
    stated: ReleaseFile, window: WindowCounts, registered: Sequence[int], *, complete: bool
) -> tuple[str, ...]:
    currency = stated.costs.currency
    foreign = sorted(name or "no currency" for name in window.money if name != currency)
    unknown = [name for name in window.versions if registered and int(name) not in registered]
    said = {
        "The window has not ended: all figures may change.": not complete,
        f"{window.repeated:,} rows are in the log more than once, and count once.": window.repeated,
        f"{window.answered_early:,} rows have an outcome that is older than their prediction: a "
        "clock is wrong. Their time to action is left out.": window.answered_early,
        f"Amounts in {', '.join(foreign)} are left out: costs are in {currency}.": foreign,
        f"Versions {', '.join(unknown)} are in the log and not in the registry.": unknown,
        f"{window.shadows:,} rows that a shadow scored are left out.": window.shadows,
    }
    return tuple(sentence for sentence, holds in said.items() if holds)
