"""SQL of what a window of the logs is asked: the table of its rows, and the questions to it."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.adapters.prediction_log.engine import FOUND_ONCE, LATEST, ONCE, SKEW, last_said
from lifecycle_core.adapters.prediction_log.unit_rows import moments
from lifecycle_core.schema.window_counts import UNIT_SUMS
from lifecycle_core.stats.score_rounding import STEPS

if TYPE_CHECKING:
    from datetime import datetime

_SAID = last_said(
    f"last(time {LATEST}) FILTER (action IS NOT NULL) AS acted_at, "
    f"last(who {LATEST}) FILTER (action IS NOT NULL) AS who, min(time) AS first_said"
)
MADE = f"""
CREATE OR REPLACE TEMP TABLE asked AS
WITH found AS (
    SELECT id, time, version, arm, score, decision, latency_ms, fallback, sequence,
           {{unit}} AS unit, {{reasons}} AS reasons, {{parsed}} AS f, {{text}} AS features
    FROM predictions
    WHERE release = $release AND day BETWEEN $first AND $last
      AND time >= $start AND time < $end
),
once AS ({FOUND_ONCE}),
sayings AS (
    SELECT * FROM outcomes
    WHERE day BETWEEN $earliest AND $latest AND time <= $as_of
    {ONCE}
),
said AS ({_SAID}),
joined AS (
    SELECT once.* EXCLUDE (f) {{values}}, said.action, said.money, said.currency, said.acted_at,
           said.who, said.first_said, CASE WHEN isfinite(said.label) THEN said.label END AS label
    FROM once LEFT JOIN said ON said.prediction = once.id
)
SELECT *, {{if_positive}} AS if_positive, {{if_negative}} AS if_negative, {{cost}} AS cost,
       {{cost_if_nobody}} AS cost_if_nobody, {{cost_by_rule}} AS cost_by_rule
FROM joined
"""  # noqa: S608 - names of our own columns
TOTALS = """
SELECT count(*) AS rows, sum(times - 1)::BIGINT AS repeated, epoch(max(time)) AS newest,
       count(decision) AS decided,
       ifnull(count_if(decision = 1), 0) AS acted,
       ifnull(count_if(action = 'accepted'), 0) AS accepted,
       ifnull(count_if(action = 'overridden'), 0) AS overridden,
       ifnull(count_if(action = 'overridden' AND decision = 1), 0) AS overridden_actions,
       ifnull(count_if(action = 'overridden' AND label IS NOT NULL), 0) AS overridden_labelled,
       ifnull(count_if(action = 'overridden' AND (label >= 0.5) <> (decision = 1)), 0)
           AS overridden_rightly,
       ifnull(count_if(first_said < time), 0) AS answered_early,
       count(label) AS labelled
FROM {source}
"""
OF_ACTIONS = (
    "decided", "acted", "overridden_actions", "overridden_labelled", "overridden_rightly",
)  # fmt: skip
"""What says nothing of decisions that are amounts."""
BY_MODEL = "fallback = '' AND isfinite(score)"
_STEPS = " ".join(
    f"WHEN least(abs(score), abs(1 - score)) >= {least} THEN {many}" for least, many in STEPS
)
_ROUNDED = "floor(score * steps + 0.5) / steps"
_MONEY = "count({0}) AS {1}rows, sum({0}) AS {1}total, sum({0} * {0}) AS {1}squares"
GROUPS = f"""
SELECT version::VARCHAR AS version, {_ROUNDED} AS score,
       decision = 1 AS acted, count(*) AS rows, ifnull(count_if(label >= 0.5), 0) AS positives,
       ifnull(count_if(label < 0.5), 0) AS negatives,
       count(if_positive + if_negative) AS priced,
       sum(if_positive) FILTER (if_negative IS NOT NULL) AS if_positive,
       sum(if_negative) FILTER (if_positive IS NOT NULL) AS if_negative,
       sum(cost) FILTER (label >= 0.5) AS positive_cost,
       {_MONEY.format("cost", "cost_")}
FROM (SELECT *, CASE {_STEPS} END AS steps
      FROM {{source}} AND {BY_MODEL} AND decision IS NOT NULL)
GROUP BY ALL ORDER BY ALL
"""  # noqa: S608 - as above
ERRORS = """
SELECT count(*) AS rows, sum(abs(decision - label)) AS total,
       sum((decision - label) ** 2) AS squares,
       sum(greatest(decision - label, 0)) AS over, sum(greatest(label - decision, 0)) AS under
FROM {source} AND fallback = '' AND isfinite(decision) AND label IS NOT NULL
"""
SEGMENTS = f"""
SELECT {{value}} AS value, count(*) AS rows,
       count_if({BY_MODEL} AND label IS NOT NULL AND decision IS NOT NULL) AS labelled,
       count_if({BY_MODEL} AND (label >= 0.5) = (decision = 1)) AS right,
       ifnull(count_if(action = 'accepted'), 0) AS accepted,
       ifnull(count_if(action = 'overridden'), 0) AS overridden,
       {_MONEY.format(f"CASE WHEN {BY_MODEL} THEN cost END", "cost_")}
FROM {{source}} GROUP BY 1 ORDER BY rows DESC, value LIMIT 50
"""  # noqa: S608 - as above
VALUES = """
SELECT {value} AS value, count(*) AS rows
FROM {source} GROUP BY 1 ORDER BY rows DESC, value LIMIT {most}
"""
SPREAD = """
SELECT count(x) AS rows, quantile_cont(x, [0.5, 0.95, 0.99]) AS q
FROM (SELECT {what} AS x FROM {source}) WHERE isfinite(x)
"""
TEAMS = """
SELECT who, ifnull(count_if(action = 'accepted'), 0) AS accepted,
       ifnull(count_if(action = 'overridden'), 0) AS overridden
FROM {source} AND action IS NOT NULL GROUP BY who ORDER BY count(*) DESC, who LIMIT 50
"""
ARMS = "SELECT arm, count(*) AS rows FROM {source} GROUP BY arm ORDER BY arm"
EARNED = f"""
SELECT arm, coalesce(currency, '') AS currency, {_MONEY.format("money", "")}
FROM {{source}} AND isfinite(money) GROUP BY ALL ORDER BY ALL
"""  # noqa: S608 - as above
UNITS = f"""
SELECT arm, '' AS part, {moments(UNIT_SUMS)}
FROM (SELECT arm, coalesce(nullif(unit, ''), id), count(*) AS rows, count(decision) AS decided,
             ifnull(count_if(decision = 1), 0) AS acted, count(action) AS answered,
             ifnull(count_if(action = 'accepted'), 0) AS accepted,
             sum(CASE WHEN isfinite(money) AND currency = $currency THEN money ELSE 0 END) AS money
      FROM {{source}} AND time <= $ripe GROUP BY ALL)
GROUP BY arm ORDER BY arm
"""  # noqa: S608 - as above
"""A row of which nobody reported an amount earned nothing, and rows of one unit are not several."""
EARNED_SO_FAR = f"""
WITH sayings AS (
    SELECT id, prediction, time, action, label, money, currency, sequence FROM outcomes
    WHERE day BETWEEN $earliest AND $latest AND time <= $as_of
      AND (money IS NOT NULL OR currency IS NOT NULL)
    {ONCE}
),
said AS ({last_said()}),
found AS (
    SELECT id, arm, sequence FROM predictions SEMI JOIN said ON said.prediction = predictions.id
    WHERE release = $release AND day BETWEEN $first AND $last
      AND time >= $start AND time < $end
),
once AS ({FOUND_ONCE})
SELECT coalesce(currency, '') AS currency, {_MONEY.format("money", "")}
FROM once JOIN said ON said.prediction = once.id
WHERE arm <> 'shadow' AND isfinite(money) GROUP BY 1 ORDER BY 1
"""  # noqa: S608 - as above
LABELS = "SELECT count(*) AS rows, count(label) AS labelled FROM {source}"
VERSIONS = "SELECT version, count(*) AS rows FROM {source} GROUP BY version ORDER BY version"
ANSWERS = f"""
SELECT version, count(decision) AS decided, ifnull(count_if(decision = 1), 0) AS acted
FROM {{source}} AND {BY_MODEL} GROUP BY version ORDER BY version
"""  # noqa: S608 - as above
FALLBACKS = """
SELECT fallback, count(*) AS rows FROM {source} AND fallback <> ''
GROUP BY fallback ORDER BY fallback
"""
COSTS = f"""
SELECT fallback <> '' AS fell_back, {_MONEY.format("cost", "")}
FROM {{source}} GROUP BY ALL ORDER BY ALL
"""  # noqa: S608 - as above
BASELINES = f"""
SELECT {_MONEY.format("cost_if_nobody", "nobody_")},
       {_MONEY.format("(cost_if_nobody - cost)", "nobody_saved_")},
       {_MONEY.format("cost_by_rule", "rule_")},
       {_MONEY.format("(cost_by_rule - cost)", "rule_saved_")}
FROM {{source}} AND {BY_MODEL} AND cost IS NOT NULL
"""  # noqa: S608 - as above
IMPORTANCE = """
SELECT reason.feature AS feature, sum(abs(reason.effect)) AS effect
FROM (SELECT unnest(reasons) AS reason FROM {source}) WHERE isfinite(reason.effect)
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 200
"""


class Span(NamedTuple):
    """What is counted.

    Attributes:
        start: First moment that counts, with a zone.
        end: First moment that does not.
        as_of: Nothing that was said later counts.
    """

    start: datetime
    end: datetime
    as_of: datetime

    def given(self, release: str) -> dict[str, object]:
        """Return what `MADE` wants to know."""
        return {
            "release": release,
            "start": self.start,
            "end": min(self.end, self.as_of + timedelta(microseconds=1)),
            "first": self.start.astimezone(UTC).date(),
            "last": self.end.astimezone(UTC).date(),
            "earliest": (self.start - SKEW).astimezone(UTC).date(),
            "latest": self.as_of.astimezone(UTC).date(),
            "as_of": self.as_of,
        }

    def source(self) -> str:
        """Return the rows of it in the table `asked`, without those that a shadow scored."""
        return f"{self.with_shadows()} AND arm <> 'shadow'"

    def with_shadows(self) -> str:
        """Return the rows of it in the table `asked`."""
        start, end = (moment.astimezone(UTC).isoformat() for moment in (self.start, self.end))
        return f"asked WHERE time >= '{start}'::TIMESTAMPTZ AND time < '{end}'::TIMESTAMPTZ"
