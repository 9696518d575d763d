"""What a window of the logs holds, counted by DuckDB over the Delta files: no row is returned.

The predictions of a window become one temporary table, each id once, beside the last that was said
of each until the moment that is asked about. Everything else is counted in it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from lifecycle_core.adapters.prediction_log.columns import count_column
from lifecycle_core.adapters.prediction_log.entries import Kind
from lifecycle_core.adapters.prediction_log.places import answering
from lifecycle_core.adapters.prediction_log.rows import table_schema, time_of
from lifecycle_core.adapters.prediction_log.tables import LogTable
from lifecycle_core.schema.window_counts import Money, ScoreGroup, Spread, WindowCounts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

    from lifecycle_core.adapters.prediction_log.columns import Binning

_SKEW = timedelta(days=7)  # outcomes of a clock that is that far behind are still found
_LAST = ", ".join(
    f"last({name} ORDER BY sequence) FILTER ({name} IS NOT NULL) AS {name}"
    for name in ("action", "label", "money", "currency")
)
_MADE = f"""
CREATE OR REPLACE TEMP TABLE asked AS
WITH found AS (
    SELECT id, time, version, arm, score, decision, latency_ms, fallback, sequence,
           {{features}} AS features
    FROM predictions
    WHERE release = $release AND day BETWEEN $first AND $last
      AND time >= $start AND time < $end
),
once AS (
    SELECT *, count(*) OVER (PARTITION BY id) AS times FROM found
    QUALIFY row_number() OVER (PARTITION BY id ORDER BY sequence) = 1
),
sayings AS (
    SELECT * FROM outcomes
    WHERE day BETWEEN $earliest AND $latest AND time <= $as_of
    QUALIFY row_number() OVER (PARTITION BY id ORDER BY sequence) = 1
),
said AS (
    SELECT prediction, {_LAST},
           last(time ORDER BY sequence) FILTER (action IS NOT NULL) AS acted_at,
           min(time) AS first_said
    FROM sayings GROUP BY prediction
)
SELECT once.*, said.action, said.label, said.money, said.currency, said.acted_at, said.first_said
FROM once LEFT JOIN said ON said.prediction = once.id
"""  # noqa: S608 - names of our own columns
_TOTALS = """
SELECT count(*) AS rows, sum(times - 1)::BIGINT AS repeated, epoch(max(time)) AS newest,
       count(*) FILTER (decision IS NOT NULL) AS decided,
       count(*) FILTER (decision = 1) AS acted,
       count(*) FILTER (action = 'accepted') AS accepted,
       count(*) FILTER (action = 'overridden') AS overridden,
       count(*) FILTER (action = 'overridden' AND decision = 1) AS overridden_actions,
       count(*) FILTER (action = 'overridden' AND isfinite(label)) AS overridden_labelled,
       count(*) FILTER (action = 'overridden' AND (label >= 0.5) <> (decision = 1))
           AS overridden_rightly,
       count(*) FILTER (first_said < time) AS answered_early,
       count(*) FILTER (isfinite(label)) AS labelled
FROM asked WHERE arm <> 'shadow'
"""
_OF_ACTIONS = (
    "decided", "acted", "overridden_actions", "overridden_labelled", "overridden_rightly",
)  # fmt: skip
"""What says nothing of decisions that are amounts."""
_OF_MODEL = "arm <> 'shadow' AND fallback = ''"
_GROUPS = f"""
SELECT round(score, 3) AS score, decision = 1 AS acted, count(*) AS rows,
       count(*) FILTER (label >= 0.5) AS positives, count(*) FILTER (label < 0.5) AS negatives
FROM asked WHERE {_OF_MODEL} AND isfinite(score) AND decision IS NOT NULL
GROUP BY ALL ORDER BY ALL
"""  # noqa: S608 - as above
_ERRORS = """
SELECT count(*) AS rows, sum(abs(decision - label)) AS total,
       sum((decision - label) ** 2) AS squares,
       sum(greatest(decision - label, 0)) AS over, sum(greatest(label - decision, 0)) AS under
FROM asked WHERE arm <> 'shadow' AND isfinite(decision) AND isfinite(label)
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


class CountsWindows:
    """Counts the windows of one release.

    Args:
        address: Folder or URL of the log.
        release: Name of the release.
        acts: A decision is to act or not; else it is a number in the target's unit.

    Raises:
        MissingExtra: deltalake is not installed.
    """

    def __init__(self, address: Path | str, release: str, *, acts: bool) -> None:
        import duckdb

        self._address = str(address)
        self._release = release
        self._acts = acts
        self._engine = duckdb.connect(config={"preserve_insertion_order": "false"})
        self._engine.execute("SET TimeZone = 'UTC'")
        with answering(self._address):
            for kind, name in ((Kind.PREDICTION, "predictions"), (Kind.OUTCOME, "outcomes")):
                table = LogTable(self._address, kind)
                empty = table_schema(kind).empty_table()
                self._engine.register(name, table.dataset() if table.exists() else empty)

    def close(self) -> None:
        """Give memory and files back."""
        self._engine.close()

    def count(self, span: Span, columns: Sequence[Binning] = ()) -> WindowCounts:
        """Return what a window holds.

        Args:
            span: The window.
            columns: Features, and `score`, that are counted by bin; none reads no features.

        Raises:
            LogUnavailable: The store does not answer.
        """
        with answering(self._address):
            self._make(span, features=bool(columns))
            return self._counted(columns)

    def binnings(self, span: Span, kinds: dict[str, bool]) -> tuple[Binning, ...]:
        """Return how columns are divided, by the rows of a reference.

        Args:
            span: The reference.
            kinds: By feature, or `score`: whether it is a number.

        Raises:
            LogUnavailable: The store does not answer.
        """
        from lifecycle_core.adapters.prediction_log.columns import binning_of

        with answering(self._address):
            self._make(span, features=True)
            return tuple(binning_of(self._engine, name, kinds[name]) for name in kinds)

    def laid_out(self, span: Span) -> duckdb.DuckDBPyConnection:
        """Return the engine, with the rows of a window in its table `asked`, features too.

        The table holds until the next window is counted or laid out.

        Raises:
            LogUnavailable: The store does not answer.
        """
        with answering(self._address):
            self._make(span, features=True)
        return self._engine

    def first_answer(self, version: int) -> datetime | None:
        """Return when a version first answered, in UTC; None if it never did.

        Raises:
            LogUnavailable: The store does not answer.
        """
        with answering(self._address):
            (found,) = self._engine.execute(
                "SELECT epoch(min(time)) FROM predictions WHERE release = $release "
                "AND version = $version AND arm <> 'shadow'",
                {"release": self._release, "version": version},
            ).fetchone() or (None,)
        return None if found is None else datetime.fromtimestamp(found, UTC)

    def _make(self, span: Span, *, features: bool) -> None:
        # Features are most of the bytes.
        self._engine.execute(
            _MADE.format(features="features" if features else "NULL"),
            {
                "release": self._release,
                "start": span.start,
                "end": min(span.end, span.as_of + timedelta(microseconds=1)),
                "first": span.start.astimezone(UTC).date(),
                "last": span.end.astimezone(UTC).date(),
                "earliest": (span.start - _SKEW).astimezone(UTC).date(),
                "latest": span.as_of.astimezone(UTC).date(),
                "as_of": span.as_of,
            },
        )

    def _counted(self, columns: Sequence[Binning]) -> WindowCounts:
        ask = self._ask
        totals = ask(_TOTALS)[0]
        newest = totals.pop("newest")
        if not self._acts:
            totals |= dict.fromkeys(_OF_ACTIONS, 0)
        errors = {} if self._acts else ask(_ERRORS)[0]
        by_version = ask(
            "SELECT version, count(*) AS rows FROM asked WHERE arm <> 'shadow' "
            "GROUP BY version ORDER BY version"
        )
        fallbacks = ask(
            "SELECT fallback, count(*) AS rows FROM asked WHERE arm <> 'shadow' AND fallback <> '' "
            "GROUP BY fallback ORDER BY fallback"
        )
        money = ask(
            "SELECT coalesce(currency, '') AS currency, count(*) AS rows, sum(money) AS total, "
            "sum(money * money) AS squares FROM asked "
            "WHERE arm <> 'shadow' AND isfinite(money) GROUP BY ALL ORDER BY ALL"
        )
        return WindowCounts(
            **{name: count or 0 for name, count in totals.items()},
            newest="" if newest is None else time_of(newest),
            shadows=ask("SELECT count(*) AS rows FROM asked WHERE arm = 'shadow'")[0]["rows"],
            versions={str(each["version"]): each["rows"] for each in by_version},
            fallbacks={each["fallback"]: each["rows"] for each in fallbacks},
            latency=self._spread("latency_ms", "arm <> 'shadow'"),
            hours_to_action=self._spread(
                "epoch(acted_at - time) / 3600", "arm <> 'shadow' AND acted_at >= time"
            ),
            groups=tuple(ScoreGroup(**each) for each in ask(_GROUPS)) if self._acts else (),
            absolute_error=Money(
                rows=errors.get("rows", 0),
                total=errors.get("total") or 0.0,
                squares=errors.get("squares") or 0.0,
            ),
            over=errors.get("over") or 0.0,
            under=errors.get("under") or 0.0,
            money={each.pop("currency"): Money(**each) for each in money},
            columns=tuple(count_column(self._engine, binning) for binning in columns),
        )

    def _spread(self, what: str, where: str) -> Spread:
        found = self._ask(
            f"SELECT count(x) AS rows, quantile_cont(x, [0.5, 0.95, 0.99]) AS q "  # noqa: S608 - our own words
            f"FROM (SELECT {what} AS x FROM asked WHERE {where}) WHERE isfinite(x)"
        )[0]
        middle, high, highest = found["q"] or (None, None, None)
        return Spread(rows=found["rows"], p50=middle, p95=high, p99=highest)

    def _ask(self, query: str) -> list[dict[str, Any]]:
        return rows_of(self._engine.execute(query))


def rows_of(answer: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return the rows of an answer by column."""
    names = [each[0] for each in answer.description or ()]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
