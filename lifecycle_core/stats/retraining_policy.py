"""When to retrain: what a policy costs on a history, and the cheapest there could have been.

`losses[s, t]` is what a model that was trained at the start of period s costs in period t. A policy
is the set of periods in which it retrained. The oracle knows all losses beforehand and finds the
cheapest set by dynamic programming (as the baseline of Mahadevan and Mathioudakis 2024); no policy
that learns of a period only after it has passed can be cheaper.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lifecycle_core.stats.net_value import NetValue, Saving, net_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray


_BEYOND_DOUBT = 3.09  # one-sided, at 99.9%


class Plan(NamedTuple):
    """When models were trained, and what came of it.

    Attributes:
        retrained: Periods at whose start a new model was trained, rising; the model that was there
            at the start, of period 0, is not among them.
        cost: Losses and retraining, money.
    """

    retrained: tuple[int, ...]
    cost: float


def cost_of(retrained: Iterable[int], losses: NDArray[np.float64], *, once: float) -> Plan:
    """Return what retraining in these periods costs.

    Args:
        retrained: Periods from 1 to T - 1.
        losses: Shape (T, T): row s, column t; only t >= s is read.
        once: Of one retraining, money.

    Example:
        >>> losses = np.array([[1.0, 1.0, 9.0], [0.0, 1.0, 9.0], [0.0, 0.0, 1.0]])
        >>> cost_of([2], losses, once=3.0)
        Plan(retrained=(2,), cost=6.0)
    """
    periods = sorted(set(retrained))
    starts = [0, *periods]
    ends = [*periods, len(losses)]
    total = sum(float(losses[s, s:e].sum()) for s, e in zip(starts, ends, strict=True))
    return Plan(tuple(periods), total + once * len(periods))


def cheapest_plan(losses: NDArray[np.float64], *, once: float) -> Plan:
    """Return the cheapest set of periods in which to retrain, knowing all losses: O(T squared).

    Args:
        losses: Shape (T, T): row s, column t; only t >= s is read. T at least 1.
        once: Of one retraining, money.

    Example:
        >>> losses = np.array([[1.0, 1.0, 9.0], [0.0, 1.0, 9.0], [0.0, 0.0, 1.0]])
        >>> cheapest_plan(losses, once=3.0)
        Plan(retrained=(2,), cost=6.0)
        >>> cheapest_plan(losses, once=20.0).retrained
        ()
    """
    horizon = len(losses)
    kept = np.cumsum(np.triu(losses), axis=1)  # row s: of keeping the model of s to the end of t
    best = np.zeros(horizon + 1)  # of all from period s on, with a model trained at s
    follows = np.full(horizon, horizon)
    for start in range(horizon - 1, -1, -1):
        ends = np.arange(start + 1, horizon + 1)
        costs = kept[start, start:] + np.where(ends < horizon, once, 0.0) + best[start + 1 :]
        place = len(costs) - 1 - int(np.argmin(costs[::-1]))  # of equal ones the longest
        best[start], follows[start] = costs[place], ends[place]
    periods, at = [], int(follows[0])
    while at < horizon:
        periods.append(at)
        at = int(follows[at])
    return Plan(tuple(periods), float(best[0]))


def on_schedule(horizon: int, every: int) -> tuple[int, ...]:
    """Return the periods of a fixed schedule.

    Args:
        horizon: Periods in all, T.
        every: Periods between two retrainings, at least 1; T or more is never.

    Example:
        >>> on_schedule(10, 4)
        (4, 8)
    """
    return tuple(range(every, horizon, every))


def best_schedule(losses: NDArray[np.float64], *, once: float) -> tuple[int, Plan]:
    """Return the fixed schedule that would have been cheapest, and what it costs.

    Args:
        losses: As for `cheapest_plan`.
        once: Of one retraining, money.

    Returns:
        Periods between two retrainings; T means never.

    Example:
        >>> best_schedule(np.full((4, 4), 2.0), once=1.0)
        (4, Plan(retrained=(), cost=8.0))
    """
    horizon = len(losses)
    plans = {
        every: cost_of(on_schedule(horizon, every), losses, once=once)
        for every in range(horizon, 0, -1)
    }
    every = min(plans, key=lambda each: plans[each].cost)
    return every, plans[every]


def on_trigger(horizon: int, fires: Callable[[int, int], bool]) -> tuple[int, ...]:
    """Return the periods in which something that is looked at after each period made one retrain.

    Args:
        horizon: Periods in all, T.
        fires: Asked with the period at whose start the present model was trained and the period
            that has just passed; true if a new model shall be trained for the next one.

    Example:
        >>> on_trigger(10, lambda trained, passed: passed - trained == 3)
        (4, 8)
    """
    periods: list[int] = []
    trained = 0
    for passed in range(horizon - 1):
        if fires(trained, passed):
            trained = passed + 1
            periods.append(trained)
    return tuple(periods)


def value_today(
    history: Sequence[Saving],
    *,
    rows: float,
    once: float,
    longest: int = 52,
    earlier: int = 0,
    discount: float = 0.0,
) -> NetValue:
    """Return what retraining is worth now, without knowing how long the next model will last.

    The next model is expected to last as long as the present one has, and to age as it did. What a
    retrained model would have saved or lost beyond doubt in the very first period is no ageing: the
    present model was behind, or ahead, when it began. Of periods before those of the history
    nothing is known; there the lead is taken to have shrunk evenly, and not to have grown: a model
    that is surely ahead after them was so before.

    So the value is a weighted sum of the means m[1], ..., m[k] of the history. With w[t] the rows
    of period t of the horizon, discounted, and W their sum, it is W m[k] - sum of w[t] a[t] - once,
    where a[t] is m[t], less m[1] if the model began behind or ahead. Its variance is the sum of the
    squared weights times the squared errors, as periods have rows of their own: the newest mean
    counts W, less what it says of ageing. To that comes the variance of the rows to come, which is
    the squared spread of a row times the rows, discounted twice: the interval is of the value as it
    will be seen, given that the next model ages so. After one period all of the first kind cancels.

    Args:
        history: What a retrained model would have saved in each period since the present one was
            trained, the newest last, at least one: from a backtest on the rows of that period.
        rows: Expected a period, at least 0.
        once: Of one retraining, money, at least 0.
        longest: Periods of the horizon at most, at least 1.
        earlier: Periods of the present model before those of the history, at least 0.
        discount: Interest per period, above -1.

    Raises:
        ValueError: The history is empty.

    Example:
        >>> lead = [Saving(0.0, 0.001)] * 8 + [Saving(0.05, 0.001)] * 2
        >>> round(value_today(lead, rows=10_000, once=2_000).value)
        2000
        >>> behind = [Saving(0.05, 0.0)] * 4
        >>> round(value_today(behind, rows=10_000, once=1_500).value)
        500
    """
    if not history:
        raise ValueError("history is empty, at least one period must have been looked at.")
    first = history[0]
    doubt = _BEYOND_DOUBT * first.error
    apart = first.mean < -doubt or (not earlier and first.mean > doubt)
    begun = first.mean if apart else 0.0
    shares = [at / earlier if first.mean > 0 else 0.0 for at in range(earlier)]
    ageing = [share * first.mean for share in shares]
    ageing += [each.mean - begun for each in history]
    horizon = min(len(ageing), longest)
    factors = [(1 + discount) ** -(at + 1) for at in range(horizon)]
    weights = [rows * factor for factor in factors]
    # How much each period's mean counts in the value: the newest in all periods of the horizon,
    # less what it and the others say of how the next model ages.
    counts = [0.0] * len(history)
    counts[-1] += math.fsum(weights)
    counts[0] += math.fsum(weights[earlier:]) if apart else 0.0
    for at, weight in enumerate(weights):
        if at < earlier:
            counts[0] -= weight * shares[at]
        else:
            counts[at - earlier] -= weight
    found = math.fsum(
        (count * each.error) ** 2 for count, each in zip(counts, history, strict=True)
    )
    seen = rows * math.fsum(factor**2 for factor in factors) * history[-1].spread ** 2
    return net_value(
        history[-1],
        rows=[rows] * horizon,
        once=once,
        ageing=ageing[:horizon],
        discount=discount,
        error=math.sqrt(found + seen),
    )


def worth_retraining(
    history: Sequence[Saving],
    *,
    rows: float,
    once: float,
    level: float = 0.95,
    windows: int = 2,
    longest: int = 52,
    earlier: int = 0,
    discount: float = 0.0,
) -> bool:
    """Decide in money after each period: is it surely worth it, judged by each of the last ones?

    Over the horizon of `value_today` retraining has to pay with a probability of `level`, judged by
    each of the last `windows` periods, whose rows differ. Where a lead shrinks steadily this is the
    rule of optimal replacement: go on while the next period costs less than the average of the
    cycle so far.

    Args:
        history: As for `value_today`; it may be empty.
        rows: As for `value_today`.
        once: As for `value_today`.
        level: Probability that the net present value is above 0 from which it is done, in (0, 1).
        windows: Periods in a row that have to say so, at least 1.
        longest: As for `value_today`.
        earlier: As for `value_today`.
        discount: As for `value_today`.

    Example:
        >>> lead = [Saving(0.0, 0.001)] * 8 + [Saving(0.05, 0.001)] * 2
        >>> worth_retraining(lead, rows=10_000, once=2_000)
        True
        >>> worth_retraining(lead[:-1], rows=10_000, once=2_000)
        False
    """
    ages = range(len(history) - windows + 1, len(history) + 1)
    return ages[0] > 0 and all(
        value_today(
            history[:age], rows=rows, once=once, longest=longest, earlier=earlier, discount=discount
        ).probability
        >= level
        for age in ages
    )
