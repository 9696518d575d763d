"""What a replay found, as a record: aggregates of months, and what happened between them."""

from __future__ import annotations

from typing import Literal

from lifecycle_core.schema.base import Record
from lifecycle_core.schema.finalization import Interval
from lifecycle_core.schema.review import DriftState


class Amount(Record):
    """Money a flight, with an interval over days."""

    value: float
    interval: Interval


class MonthResult(Record):
    """One month as its review and the flights tell it.

    Attributes:
        versions: Flights by the version that answered.
        late: Share over 30 minutes late, of those that arrived.
        expected_late: What scores promised, on average.
        auc: How well scores order flights, from the review.
        calibration_error: From the review; None where it could not be told.
        drift: By column, the worst state of its comparisons, from the review.
        drifted: Comparisons that are drift.
        adoption: Simulated: share of decisions that were followed.
        cost: As decided.
        nothing: Had nobody acted.
        rule: By the rule of before.
        first: Had the first version gone on.
        done: As done by the simulated desk.
        fired: Response rules that fired, with whose turn it is.
    """

    month: str
    flights: int
    versions: dict[str, int]
    late: float
    expected_late: float
    auc: float | None
    auc_interval: Interval | None
    calibration_error: float | None
    drift: dict[str, DriftState]
    drifted: int
    adoption: float | None
    cost: Amount
    nothing: Amount
    rule: Amount
    first: Amount
    done: Amount
    fired: tuple[tuple[str, str], ...] = ()


class Happening(Record):
    """What happened to the release.

    Attributes:
        month: The last that was known then.
        what: `kept` (retraining does not pay), `retrained`, `refused` (a checkpoint bars the
            retrained release), `promoted` or `stopped` (an experiment's challenger was not better).
        version: Of the release that it is about.
        said: In a sentence.
    """

    month: str
    what: Literal["kept", "retrained", "refused", "promoted", "stopped"]
    version: int
    said: str


class Saved(Record):
    """What the year cost less than something else, money in all.

    Attributes:
        than: `nothing`, `rule`, `first` or `done`.
    """

    than: str
    total: float
    interval: Interval


class Year(Record):
    """A replay.

    Attributes:
        arrived: Flights with a known outcome.
        saved: Of the decisions, against other ways.
        retraining_cost: What retraining cost in all, in `currency`.
        decisions: Whether retraining paid, each time that a rule had asked for it: as it was shown.
        readouts: Of the experiments, as they were shown.
    """

    schema_: Literal["nbrelease-docs/year/1"] = "nbrelease-docs/year/1"
    currency: str
    months: tuple[MonthResult, ...]
    happened: tuple[Happening, ...]
    arrived: int
    saved: tuple[Saved, ...]
    retraining_cost: float
    decisions: tuple[str, ...] = ()
    readouts: tuple[str, ...] = ()
