"""Windows that were replayed, with losses that are known by hand, and decisions on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.retraining import Known, Said, decide
from lifecycle_core.schema.finalization import Interval
from lifecycle_core.schema.replayed_window import PricedRows, ReplayedWindow
from lifecycle_core.schema.retraining_decision import ExpectedLoss
from lifecycle_core.schema.retraining_terms import RetrainingSection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.schema.retraining_decision import RetrainingDecision

TERMS = RetrainingSection.model_validate(
    {
        "policy": "on_proof",
        "costs": {"compute": 50, "labels": 150, "validation": 300},
        "horizon": 6,
    }
)


def window(
    label: str,
    costs: Sequence[float],
    *,
    rows: int = 1_000,
    noise: float = 0.0,
    stake: float = 0.0,
) -> ReplayedWindow:
    """Return a window from what a row costs with the released version and then each model.

    Every row of a model costs the same; a saving has a standard error of `noise`. Deciding a row
    otherwise costs `stake` more or less.
    """
    fresh = costs[-1]

    def priced(cost: float) -> PricedRows:
        behind = cost - fresh
        doubt = 0.0 if cost == fresh else noise * noise * (rows - 1)
        return PricedRows(
            total=rows * cost,
            squares=rows * cost * cost,
            behind=rows * behind,
            behind_squares=rows * (behind * behind + doubt),
        )

    return ReplayedWindow(
        window=label,
        rows=rows,
        labelled=rows,
        stakes=rows * stake * stake,
        released=priced(costs[0]),
        models=tuple(priced(cost) for cost in costs[1:]),
    )


def months(
    released: Sequence[float], fresh: Sequence[float], **fields: float
) -> list[ReplayedWindow]:
    """Return months in which a model, once trained, costs what the released one does or less.

    Args:
        released: What a row costs with the released version, month by month.
        fresh: With a model trained just before the month; those trained earlier cost the same.
        **fields: As for `window`.
    """
    return [
        window(f"2026-{at + 1:02d}", [released[at], *[fresh[at]] * (at + 1)], **fields)  # type: ignore[arg-type]
        for at in range(len(released))
    ]


def decided(
    replayed: Sequence[ReplayedWindow],
    *,
    terms: RetrainingSection = TERMS,
    **fields: object,
) -> RetrainingDecision:
    """Return the decision on these windows."""
    known: dict[str, object] = {
        "release": "churn", "version": 3, "as_of": "2026-11-01T00:00:00Z", "grain": "month",
        "currency": "EUR", "rows": 1_000.0, "age": len(replayed), "replayed": tuple(replayed),
        "said": (Said({"drifted": 0.0}, {}, {}),) * len(replayed),
        "recent": (Said({"drifted": 0.0}, {}, {}),) * len(replayed),
    }  # fmt: skip
    return decide(Known(**(known | fields)), terms)  # type: ignore[arg-type]


def that_pays() -> RetrainingDecision:
    """Return a decision to retrain: the world turned three months ago."""
    replayed = months([1.0, 1.0, 1.0, 2.0, 2.0, 2.0], [1.0] * 6, noise=0.05)
    said = tuple(Said({"drifted": float(at == 3)}, {}, {}) for at in range(6))
    return decided(replayed, said=said)


def without_labels() -> RetrainingDecision:
    """Return a decision of which nothing is known but what the newest window may cost."""
    expected = ExpectedLoss(
        value=1.5, interval=Interval(low=1.2, high=1.8), basis="estimated", window="2026-10"
    )
    why = "No window has final labels of rows that the released version answered."
    return decided([], why=why, estimated=expected, notes=("<b>odd</b>",))
