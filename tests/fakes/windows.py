"""Counts of windows, and a review of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lifecycle_core.monitoring.planning import plan_of
from lifecycle_core.monitoring.reviewing import Counted, review
from lifecycle_core.schema.release_file import (
    CostsSection,
    Duty,
    Metric,
    ModelSection,
    Owner,
    OwnersSection,
    ReleaseFile,
    ReviewSection,
    ValueSection,
    WorkflowSection,
)
from lifecycle_core.schema.window_counts import (
    Answers,
    ColumnCounts,
    Money,
    ScoreGroup,
    SegmentCounts,
    Spread,
    TeamCounts,
    UsageCounts,
    WindowCounts,
)

if TYPE_CHECKING:
    from lifecycle_core.schema.review import Review

AS_OF = datetime(2026, 3, 10, tzinfo=UTC)
EDGES = (10.0, 20.0, 30.0)
QUANTILES = tuple(float(value) for value in range(2, 40, 2))


def stated(**review: object) -> ReleaseFile:
    """Return a release file that is reviewed by the week."""
    return ReleaseFile(
        model=ModelSection(name="churn", positive_class="yes"),
        workflow=WorkflowSection(rows_per_run=1_000),
        value=ValueSection(
            operating_metric=Metric(name="actions_per_run", at_most=500),
            financial_metric=Metric(name="cost_per_run", at_most=10_000),
        ),
        costs=CostsSection(currency="EUR", false_positive=20, false_negative=400),
        owners=OwnersSection(
            operations=Owner(name="Retention desk", contact="desk@example.org"),
            escalation=Duty(name="Ida", service_level="within a day", escalation="The board"),
        ),
        review=ReviewSection.model_validate({"window": "week", "label_maturity_days": 7} | review),
    )


def counts(
    rows: int = 1_000, *, acted: float = 0.3, adopted: float = 0.9, version: str = "3"
) -> WindowCounts:
    """Return a window in which a share was acted on, and a share of what was said was adopted.

    Labels come true as often as the scores say.
    """
    many, told = round(rows * acted), rows // 2
    return WindowCounts(
        rows=rows,
        newest="2026-03-08T22:00:00.000000Z",
        versions={version: rows},
        latency=Spread(rows=rows, p50=1.0, p95=2.0, p99=3.0),
        fallbacks={"deadline": rows // 100},
        acted=many,
        decided=rows,
        accepted=round(told * adopted),
        overridden=told - round(told * adopted),
        labelled=rows,
        groups=(
            ScoreGroup(
                version=version,
                score=0.1,
                acted=False,
                rows=rows - many,
                positives=(rows - many) // 10,
                negatives=rows - many - (rows - many) // 10,
            ),
            ScoreGroup(
                version=version,
                score=0.8,
                acted=True,
                rows=many,
                positives=many * 8 // 10,
                negatives=many - many * 8 // 10,
            ),
        ),
        hours_to_action=Spread(rows=told, p50=4.0, p95=20.0, p99=30.0),
        money={"EUR": Money(rows=told, total=5.0 * told, squares=40.0 * told)},
        columns=(
            ColumnCounts(name="tenure", edges=EDGES, counts=(rows // 4,) * 4, quantiles=QUANTILES),
            ColumnCounts(name="plan", categories={"a": rows - rows // 5, "b": rows // 5}),
        ),
        answers=(
            Answers(
                version=version,
                decided=rows,
                acted=many,
                score=ColumnCounts(name="score", edges=(0.5,), counts=(rows - many, many)),
            ),
        ),
    )


def unlabelled(window: WindowCounts) -> WindowCounts:
    """Return the same window before its labels came."""
    return window.model_copy(
        update={
            "labelled": 0,
            "groups": tuple(
                each.model_copy(update={"positives": 0, "negatives": 0}) for each in window.groups
            ),
        }
    )


def segment(value: str, rows: int, *, wrong: int) -> SegmentCounts:
    """Return a segment of the plan, of which so many rows were decided wrongly."""
    return SegmentCounts(column="plan", value=value, rows=rows, labelled=rows, right=rows - wrong)


def reviewed(
    *windows: WindowCounts,
    of: ReleaseFile | None = None,
    reference: WindowCounts | None = None,
    released: WindowCounts | None = None,
    since: WindowCounts | None = None,
    same_phase: WindowCounts | None = None,
) -> Review:
    """Return the review of the last of these windows; those before it that lack are empty.

    What the release keeps is counted in the same bins, unless the window is given in others.
    """
    release = of or stated()
    plan = plan_of(release.review, label="2026-W10", as_of=AS_OF)
    empty = WindowCounts()
    known = [*[empty] * (len(plan.before) + 1 - len(windows)), *windows]
    before = tuple(known[:-1])
    if reference is None:
        reference = counts(4_000) if any(each.rows for each in before[-4:]) else empty
    return review(
        "churn",
        release,
        plan,
        Counted(
            window=known[-1],
            before=before,
            reference=reference,
            same_phase=same_phase or empty,
            released=released,
            since=() if released is None else (*before, since or known[-1])[-plan.looks_back :],
        ),
        as_of=AS_OF,
        registered=(3,),
    )


def review_that_fired() -> Review:
    """Return a review with drift, without labels, that calls somebody and tells what is odd."""
    rules = (
        "when adoption_rate < 0.6 for 2 windows then escalate operations within 2 days",
        "when drifted > 0 then notify data",
    )
    low = unlabelled(counts(adopted=0.5, acted=0.6))
    tenure, plan = low.columns
    odd = low.model_copy(
        update={
            "versions": {"3": 900, "99": 100},
            "shadows": 7,
            "columns": (
                tenure.model_copy(update={"counts": (700, 100, 100, 100), "broken": {"range": 40}}),
                plan,
            ),
            "importance": {"tenure": 3.0, "plan": 1.0},
            "segments": (segment("a", 800, wrong=80), segment("<b>", 200, wrong=80)),
            "values": {"plan": {"a": 800, "<b>": 200}},
            "teams": (TeamCounts(who="Desk & co", accepted=100, overridden=100),),
            "usage": UsageCounts(
                intervals=60,
                answered=990,
                refused={"contract": 8},
                errors={"deadline": 2},
                fields={"tenure": {"range": 8}},
                cpu_seconds=1.5,
                cpu_rows=990,
                peak_bytes=300 << 20,
            ),
        }
    )
    usual = counts(4_000).model_copy(
        update={
            "segments": (segment("a", 4_000, wrong=400),),
            "values": {"plan": {"a": 4_000}},
            "model_cost": Money(rows=4_000, total=80_000.0),
        }
    )
    release = stated(rules=rules, override_at_most=0.3, drift_windows=2, drift_windows_of=3)
    labelled = counts().model_copy(update={"groups": counts(acted=0.6).groups})
    priced = counts().model_copy(update={"model_cost": Money(rows=1_000, total=20_000.0)})
    return reviewed(
        *[priced] * 4, low, odd.model_copy(update={"groups": labelled.groups}), of=release,
        reference=usual,
    )  # fmt: skip
