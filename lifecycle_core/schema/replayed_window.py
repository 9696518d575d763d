"""A window of the log, priced again: what was decided in it beside what other models would have."""

from __future__ import annotations

from pydantic import Field

from lifecycle_core.schema.base import Record


class PricedRows(Record):
    """Sums over the labelled rows of a window, for one model.

    Attributes:
        total: Of the costs, money.
        squares: Of their squares.
        behind: Of what each row costs more than with the model trained last before the window.
        behind_squares: Of the squares of that.
    """

    total: float
    squares: float = Field(ge=0)
    behind: float
    behind_squares: float = Field(ge=0)


class ReplayedWindow(Record):
    """One window.

    Attributes:
        window: Its label.
        rows: Those that the released version's model answered; of the fallback's no model changes
            what they cost.
        labelled: Those of them that all models were priced on.
        skipped: Labelled rows that could not be scored again or priced, since the log does not keep
            a value of every feature, or no number of one that costs are proportional to; the model
            that is in place answered them all the same.
        stakes: Sum of the squares of what each of those rows would cost more or less if it were
            decided otherwise; where decisions are numbers, of what it cost. Money squared.
        released: What was decided by the version that is in place.
        models: What the models decide that are trained at the beginning of each window, the
            oldest first; the last one is of this window.
    """

    window: str
    rows: int = Field(ge=0)
    labelled: int = Field(ge=0)
    skipped: int = Field(default=0, ge=0)
    stakes: float = Field(default=0.0, ge=0)
    released: PricedRows
    models: tuple[PricedRows, ...]
