"""The review of one window: counts come in, and a record goes out; rules look back on windows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.monitoring.distributions import distributions_of
from lifecycle_core.monitoring.figures import Around
from lifecycle_core.monitoring.planning import rules_of
from lifecycle_core.monitoring.reading import Beside, read
from lifecycle_core.monitoring.sums import added
from lifecycle_core.monitoring.sureness import sure_of, unsure, whole
from lifecycle_core.monitoring.telling_apart import told_apart
from lifecycle_core.monitoring.windows import label_moments
from lifecycle_core.schema.canonical import utc_text
from lifecycle_core.schema.review import Firing, Review, Seen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.monitoring.planning import Plan
    from lifecycle_core.monitoring.response_rules import Figures, ResponseRule
    from lifecycle_core.schema.release_file import Duty, Owner, ReleaseFile, ReviewSection
    from lifecycle_core.schema.review import ColumnDrift, Impact, Window
    from lifecycle_core.schema.window_counts import WindowCounts
    from lifecycle_core.stats.sampled import SampledRows

TRAINING = "training table"
_DRAWS = 200  # of intervals; of windows that no rule looks at none is shown


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


class Reviewed(NamedTuple):
    """A review, and what is not kept of it.

    Attributes:
        review: The record.
        surely: What rules may conclude from, of each window of its history.
    """

    review: Review
    surely: tuple[Figures, ...]


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
    return reviewed(release, stated, plan, counted, as_of=as_of, registered=registered).review


def reviewed(
    release: str,
    stated: ReleaseFile,
    plan: Plan,
    counted: Counted,
    *,
    as_of: datetime,
    registered: Sequence[int] = (),
    asked: int = 1,
) -> Reviewed:
    """Return what a window says about a release, and what is sure of it and of those before.

    Args:
        release: As for `review`.
        stated: As for `review`.
        plan: As for `review`.
        counted: As for `review`.
        as_of: As for `review`.
        registered: As for `review`.
        asked: Of how many of the last windows a rule is asked that the release file does not have
            among those of its reviews.
    """
    windows = [*plan.before, plan.window]
    counts = [*counted.before, counted.window]
    last = len(windows) - 1
    seen: list[Seen] = []
    drifts: list[tuple[ColumnDrift, ...]] = []
    rules = rules_of(stated.review)
    asked = max([asked, *(rule.of for rule in rules)])
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
        surely.append(sure_of(figures, counts[at], expected=found.impact.expected))
    end, last_label = label_moments(plan.window, maturity_days=stated.review.label_maturity_days)
    told = Review(
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
    return Reviewed(told, tuple(surely))


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
    untimed = max(0, window.accepted + window.overridden - window.hours_to_action.rows)
    left_out = f" The time to action of {untimed:,} of them is left out." if untimed else ""
    said = {
        "The window has not ended: all figures may change.": not complete,
        f"{window.repeated:,} rows are in the log more than once, and count once.": window.repeated,
        f"{window.answered_early:,} rows have an outcome that is older than their prediction: a "
        f"clock is wrong.{left_out}": window.answered_early,
        f"Amounts in {', '.join(foreign)} are left out: costs are in {currency}.": foreign,
        f"Versions {', '.join(unknown)} are in the log and not in the registry.": unknown,
        f"{window.shadows:,} rows that a shadow scored are left out.": window.shadows,
    }
    return tuple(sentence for sentence, holds in said.items() if holds)
