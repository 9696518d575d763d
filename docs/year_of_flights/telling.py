"""What is told: outcomes to the log, and the year's review in money as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from docs.year_of_flights.desk import WHO

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from docs.year_of_flights.desk import Handled
    from docs.year_of_flights.flights import Month
    from docs.year_of_flights.results import Year

ARRIVALS = "arrivals"

_HEAD = "month    flights   late  promised  drift    AUC  USD a flight  nobody acts  rule  first"
_THAN = {
    "nothing": "had nobody acted",
    "rule": "by the rule of before",
    "first": "with the first model all year",
    "done": "as the desk did it (simulated)",
}


def outcomes(
    month: Month, predictions: pd.Series[str], *, handled: Handled, paid: NDArray[np.float64]
) -> pd.DataFrame:
    """Return what became of flights, as a table for `nbrelease outcomes`.

    Args:
        month: The flights.
        predictions: The id of each, as scores come with it.
        handled: What the desk did; it says so minutes after the decision.
        paid: What each cost, NaN where it is not known; known a day after, as is the delay.
    """
    known = month.decided + pd.Timedelta(days=1)
    done = pd.DataFrame(
        {
            "prediction": predictions,
            "time": month.decided + pd.to_timedelta(np.round(60 * handled.minutes), unit="s"),
            "who": WHO,
            "action": np.where(handled.followed, "accepted", "overridden"),
        }
    )[handled.said]
    arrived = ~np.isnan(month.late)
    true = pd.DataFrame(
        {
            "prediction": predictions,
            "time": known,
            "who": ARRIVALS,
            "label": month.late,
            "label_time": known,
            "money": -paid,
            "currency": "USD",
        }
    )[arrived]
    return pd.concat([done, true], ignore_index=True)


def summary(year: Year) -> str:
    """Return the table of the months, what happened, and what it came to."""
    lines = [_HEAD]
    for each in year.months:
        area = "     -" if each.auc is None else f"{each.auc:6.3f}"
        lines.append(
            f"{each.month}  {each.flights:7,}  {each.late:5.1%}  {each.expected_late:8.1%}  "
            f"{each.drifted:5}  {area}  {each.cost.value:12.2f}  "
            f"{each.nothing.value:11.2f}  {each.rule.value:4.0f}  {each.first.value:5.0f}"
        )
    lines.append("")
    lines.extend(
        f"{each.month}  version {each.version} {each.what}: {each.said}" for each in year.happened
    )
    lines.append("")
    lines.append(f"{year.arrived:,} flights with a known end. What the decisions cost less than")
    for saved in year.saved:
        low, high = saved.interval.low / 1e6, saved.interval.high / 1e6
        lines.append(
            f"  {_THAN[saved.than]:32}{saved.total / 1e6:6.2f} million {year.currency}  "
            f"({low:.2f} to {high:.2f})"
        )
    lines.append(f"Retraining cost {year.retraining_cost:,.0f} {year.currency}.")
    return "\n".join(lines) + "\n"


def shown(year: Year) -> str:
    """Return the first decision to retrain, and the read-out of the experiment that it led to."""
    made = next((text for text in year.decisions if _says_retrain(text)), "")
    return "\n\n".join(text.strip() for text in (made, *year.readouts[:1]) if text)


def _says_retrain(text: str) -> bool:
    return text.partition("\n")[0].endswith("retrain")
