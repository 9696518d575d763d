"""Queries that make units of an experiment of the logs' rows: one place for the SQL.

A unit is whom the experiment assigns. Its arm is worked out anew from the salt, as the service and
batch scoring do it, so that rows that another arm has answered are seen and not believed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.prediction_log.engine import FOUND_ONCE, ONCE, last_said, pointer
from lifecycle_core.adapters.prediction_log.pricing import amounts_of, cost_of
from lifecycle_core.schema.unit_counts import ANY, ArmMoments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.schema.release_file import CostsSection
    from lifecycle_core.stats.assignment import Stretch

_SETTLED = "isfinite(label) AND isfinite(decision)"
_MOST_VALUES = 12  # of a feature, each a segment of its own
# Who is assigned was called 12, see `as_name`; the log keeps 12.0 of a feature that is a number.
_OF_FEATURE = "regexp_replace(json_extract_string(features, $unit), '^(-?[0-9]+)[.]0+$', '\\1')"
_FOUND = """
CREATE OR REPLACE TEMP TABLE found AS
SELECT id, time, version, arm, score, decision, latency_ms, fallback, features, sequence,
       {unit} AS unit
FROM predictions
WHERE release = $release AND day BETWEEN $first AND $last AND time >= $start AND time < $end
  AND arm <> 'shadow'
"""
_PREDICTED = f"""
CREATE OR REPLACE TEMP TABLE predicted AS
WITH once AS ({FOUND_ONCE}),
placed AS (
    SELECT *, ('0x' || sha256($salt || unit)[1:16])::UBIGINT::DOUBLE
              / 18446744073709551616.0 * 100 AS point
    FROM once
)
SELECT *, {{belongs}} AS belongs FROM placed
"""  # noqa: S608 - names of our own columns
_SAYINGS = f"""
CREATE OR REPLACE TEMP TABLE sayings AS
SELECT id, prediction, time, sequence, action, label, money, currency
FROM outcomes
WHERE day BETWEEN $earliest AND $latest AND time <= $told
  AND prediction IN (SELECT id FROM predicted)
{ONCE}
"""  # noqa: S608 - as above
_MEASURED = f"""
SELECT predicted.* EXCLUDE (latency_ms), {{measures}}, {{unpriced}} AS unpriced
FROM predicted LEFT JOIN ({last_said(condition="time <= $as_of")}) AS said
    ON said.prediction = predicted.id
WHERE unit IS NOT NULL AND predicted.time >= $start AND predicted.time < $end
"""  # noqa: S608 - names of our own columns


def found_rows(unit: str | None, key: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Return the query of the rows of a release, and what it has to be given for the unit.

    Args:
        unit: Column that names it: one of `key`, or a feature; the whole key if None.
        key: Columns of the business key.
    """
    value, given = unit_of(unit, key)
    return _FOUND.format(unit=value), given


def unit_of(unit: str | None, key: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Return SQL of the unit of a row of the log, and what it has to be given; see `found_rows`.

    Example:
        >>> unit_of(None, ["customer"]), unit_of("shop", ["customer"])[1]
        (('key', {}), {'unit': '/shop'})
    """
    if unit is None or (unit in key and len(key) == 1):
        return "key", {}
    if unit in key:
        place = (
            f"CASE WHEN json_valid(key) THEN json_extract_string(key, '$[{key.index(unit)}]') END"
        )
        return place, {}
    return _OF_FEATURE, {"unit": pointer(unit)}


def predicted_rows(parts: Sequence[Stretch]) -> str:
    """Return the query that gives each row once, with the arm that its unit belongs to.

    It is given the salt with a null byte behind it.
    """
    arms = " ".join(f"WHEN point < {part.end!r} THEN '{part.arm}'" for part in parts[:-1])
    belongs = f"CASE {arms} ELSE '{parts[-1].arm}' END" if arms else f"'{parts[-1].arm}'"
    return _PREDICTED.format(belongs=f"CASE WHEN unit IS NOT NULL THEN {belongs} END")


def sayings() -> str:
    """Return the query of what was said of those rows until the moment `told`."""
    return _SAYINGS


def measured(measures: Sequence[str], costs: CostsSection, *, acts: bool) -> str:
    """Return the query of the rows of a span, each with its measures.

    It is given `start` and `end` of the span, and `as_of`, until when outcomes count.

    Args:
        measures: Which ones; `money` has to be given the `currency`.
        costs: Of decisions.
        acts: A decision is to act or not.
    """
    cost = cost_of(costs, amounts_of(costs), acts=acts)
    made = _measures(cost)
    chosen = ", ".join(f"({made[name]})::DOUBLE AS {name}" for name in measures)
    told = "cost" in measures and costs.amounts
    unpriced = f"{_SETTLED} AND ({cost}) IS NULL" if told else "false"
    return _MEASURED.format(measures=chosen, unpriced=f"coalesce({unpriced}, false)")


def summed(columns: Sequence[str]) -> str:
    """Return the sums of columns over the rows of a unit; `any_` is whether a sum is above 0."""
    return ", ".join(
        f"(sum({name.removeprefix(ANY)}) > 0)::DOUBLE AS {name}"
        if name.startswith(ANY)
        else f"sum({name}) AS {name}"
        for name in columns
    )


def moments(columns: Sequence[str]) -> str:
    """Return how many, means and covariances: the upper half, row by row."""
    pairs = [
        f"coalesce(covar_samp({one}, {other}), 0)"
        for at, one in enumerate(columns)
        for other in columns[at:]
    ]
    means = [f"avg({name})" for name in columns]
    return ", ".join(("count(*)", *means, *pairs))


def arm_in(row: Sequence[Any], size: int) -> ArmMoments:
    """Return the aggregates of one arm from a row of numbers."""
    arm, group, units, *numbers = row
    means, upper = tuple(numbers[:size]), iter(numbers[size:])
    halves = [[next(upper) for _ in range(size - at)] for at in range(size)]
    covariance = tuple(
        tuple(
            halves[one][other - one] if other >= one else halves[other][one - other]
            for other in range(size)
        )
        for one in range(size)
    )
    return ArmMoments(arm=arm, group=group, units=units, means=means, covariance=covariance)


def kind_shown(many: int, quarters: Sequence[float] | None) -> str:
    """Return the expression of a unit's segment, by its value in the column `kind`.

    Args:
        many: How many values there are; with few each is a segment.
        quarters: Of numbers, which are told apart by quarters where they are many.
    """
    if many <= _MOST_VALUES:
        return "coalesce(kind, 'missing')"
    if quarters:
        edges = sorted(set(quarters))
        steps = " ".join(
            f"WHEN TRY_CAST(kind AS DOUBLE) <= {edge!r} THEN '{at}: up to {edge:.6g}'"
            for at, edge in enumerate(edges, 1)
        )
        last = f"'{len(edges) + 1}: above {edges[-1]:.6g}'"
        return f"CASE WHEN kind IS NULL THEN 'missing' {steps} ELSE {last} END"
    frequent = (
        f"SELECT kind FROM kinds GROUP BY kind ORDER BY count(*) DESC, kind LIMIT {_MOST_VALUES}"  # noqa: S608 - a number of our own
    )
    return (
        f"CASE WHEN kind IS NULL THEN 'missing' WHEN kind IN ({frequent}) THEN kind "
        "ELSE 'all others' END"
    )


def _measures(cost: str) -> dict[str, str]:
    return {
        "rows": "1",
        "money": "CASE WHEN isfinite(money) AND currency = $currency THEN money ELSE 0 END",
        "cost": f"coalesce({cost}, 0)",
        "label": "CASE WHEN isfinite(label) THEN label ELSE 0 END",
        "labelled": "coalesce(isfinite(label), false)",
        "decided": "decision IS NOT NULL",
        "acted": "coalesce(decision = 1, false)",
        "answered": "action IS NOT NULL",
        "accepted": "coalesce(action = 'accepted', false)",
        "overridden": "coalesce(action = 'overridden', false)",
        "fallbacks": "fallback <> ''",
        "latency_ms": "CASE WHEN isfinite(latency_ms) THEN latency_ms ELSE 0 END",
        "timed": "coalesce(isfinite(latency_ms), false)",
    }
