"""What the logs hold about the units of an experiment, counted by DuckDB: no row is returned.

Rows are summed to units first, so that several rows of one customer count as the one observation
that they are. What comes back is, for each arm, the number of units and the means and covariances
of their sums: enough for every comparison.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from lifecycle_core.adapters.prediction_log.engine import SKEW, open_engine, pointer
from lifecycle_core.adapters.prediction_log.places import answering
from lifecycle_core.adapters.prediction_log.rows import time_of
from lifecycle_core.adapters.prediction_log.unit_rows import (
    arm_in,
    found_rows,
    kind_shown,
    measured,
    moments,
    predicted_rows,
    sayings,
    summed,
)
from lifecycle_core.schema.serving import PREVIOUS
from lifecycle_core.schema.unit_counts import ANY, BEFORE, KNOWN, UnitCounts
from lifecycle_core.stats.assignment import stretches

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lifecycle_core.schema.experiment import ExperimentPlan
    from lifecycle_core.schema.release_file import CostsSection
    from lifecycle_core.schema.review import Window
    from lifecycle_core.schema.unit_counts import ArmMoments

_QUARTERS = (0.25, 0.5, 0.75)


class Stage(NamedTuple):
    """The time that is looked at.

    Attributes:
        start: First moment that counts, with a zone.
        end: First moment that does not.
        as_of: Nothing that was said later counts.
        before: From when on rows tell what a unit was like before `start`; None looks at none.
    """

    start: datetime
    end: datetime
    as_of: datetime
    before: datetime | None = None


class CountsUnits:
    """Counts the units of one experiment.

    Args:
        address: Folder or URL of the log.
        plan: Says who is assigned where, by what.
        key: Columns of the business key.
        costs: Of decisions, and the currency of amounts.
        acts: A decision is to act or not.

    Raises:
        MissingExtra: deltalake is not installed.
    """

    def __init__(
        self,
        address: Path | str,
        plan: ExperimentPlan,
        *,
        key: Sequence[str],
        costs: CostsSection,
        acts: bool,
    ) -> None:
        self._address = str(address)
        self._plan, self._key, self._costs, self._acts = plan, tuple(key), costs, acts
        self._parts = stretches(plan.arms.items(), holdout=plan.holdout)
        self._engine = open_engine(self._address)

    def close(self) -> None:
        """Give memory and files back."""
        self._engine.close()

    def load(self, first: datetime, end: datetime, as_of: datetime) -> None:
        """Read the rows of a span, and what was said of them; `count` looks at parts of it.

        Raises:
            LogUnavailable: The store does not answer.
        """
        query, given = found_rows(self._plan.unit, self._key)
        stop = min(end, as_of + timedelta(microseconds=1))
        span = {
            "release": self._plan.release,
            "start": first,
            "end": stop,
            "first": first.astimezone(UTC).date(),
            "last": stop.astimezone(UTC).date(),
        }
        with answering(self._address):
            self._engine.execute(query, given | span)
            self._engine.execute(predicted_rows(self._parts), {"salt": f"{self._plan.salt}\0"})
            self._engine.execute(
                sayings(),
                {
                    "earliest": (first - SKEW).astimezone(UTC).date(),
                    "latest": as_of.astimezone(UTC).date(),
                    "told": as_of,
                },
            )

    def oldest(self) -> datetime | None:
        """Return when the first row that was loaded was made; None without any."""
        found = self._ask("SELECT epoch(min(time)) FROM predicted")[0][0]
        return None if found is None else datetime.fromtimestamp(found, tz=UTC)

    def count(
        self,
        stage: Stage,
        columns: Sequence[str],
        *,
        windows: Sequence[Window] = (),
        segments: Sequence[str] = (),
        middle: datetime | None = None,
        leading: int = 0,
    ) -> UnitCounts:
        """Return what the units of a span hold.

        Args:
            stage: Within what was loaded.
            columns: Names of measures, with `any_` before those of which it only counts whether
                they are above 0.
            windows: Periods that are told apart.
            segments: Features whose values are told apart.
            middle: Where the span is halved; None does not.
            leading: How many of `columns` are told apart by periods, segments and halves.

        Raises:
            LogUnavailable: The store does not answer.
        """
        with answering(self._address):
            covariates = self._make(stage, columns)
            names = (*columns, *covariates)
            first = columns[:leading]
            return UnitCounts(
                columns=names,
                covariates=len(covariates),
                arms=self._moments(names, "SELECT belongs, '' AS part, * FROM units"),
                periods=self._by_period(first, windows) if windows else (),
                segments={name: self._by_segment(first, name) for name in segments},
                halves=self._by_half(first, middle) if middle else (),
                **self._totals(stage.as_of),
            )

    def _make(self, stage: Stage, columns: Sequence[str]) -> tuple[str, ...]:
        """Make the tables `measured` and `units`; return the names of the covariates."""
        measures = tuple(dict.fromkeys(name.removeprefix(ANY) for name in columns))
        given: dict[str, Any] = {"start": stage.start, "end": stage.end, "as_of": stage.as_of}
        rows = measured(measures, self._costs, acts=self._acts)
        if "money" in measures:
            given["currency"] = self._costs.currency
        self._engine.execute(
            f"CREATE OR REPLACE TEMP TABLE measured AS {rows}",
            given,
        )
        of_unit = (
            f"SELECT unit, any_value(belongs) AS belongs, min(time) AS met, {summed(columns)} "  # noqa: S608 - as above
            "FROM measured GROUP BY unit"
        )
        if stage.before is None:
            self._engine.execute(f"CREATE OR REPLACE TEMP TABLE units AS {of_unit}")
            return ()
        given |= {"start": stage.before, "end": stage.start, "as_of": stage.start}
        names = tuple(f"{name}{BEFORE}" for name in columns)
        renamed = ", ".join(f"{name} AS {name}{BEFORE}" for name in columns)
        filled = ", ".join(f"coalesce({name}, 0) AS {name}" for name in names)
        self._engine.execute(
            f"CREATE OR REPLACE TEMP TABLE units AS "  # noqa: S608 - as above
            f"WITH earlier AS ({rows}), "
            f"were AS (SELECT unit, {renamed} FROM "
            f"(SELECT unit, {summed(columns)} FROM earlier GROUP BY unit)) "
            f"SELECT now.*, {filled}, (were.unit IS NOT NULL)::DOUBLE AS {KNOWN} "
            f"FROM ({of_unit}) AS now LEFT JOIN were ON were.unit = now.unit",
            given,
        )
        return (*names, KNOWN)

    def _totals(self, as_of: datetime) -> dict[str, Any]:
        versions: dict[str, dict[str, int]] = {}
        for arm, version, rows in self._ask(
            "SELECT belongs, version, count(*) FROM measured GROUP BY ALL ORDER BY ALL"
        ):
            versions.setdefault(arm, {})[str(version)] = rows
        crossed = self._ask(
            "SELECT belongs, count(DISTINCT unit) FROM measured WHERE arm <> belongs "  # noqa: S608 - a name of our own
            f"AND arm <> '{PREVIOUS}' GROUP BY ALL ORDER BY ALL"
        )
        repeated, newest = self._ask(
            "SELECT coalesce(sum(times - 1), 0)::BIGINT, epoch(max(time)) FROM measured"
        )[0]
        foreign, late = self._engine.execute(
            "SELECT count(*) FILTER (time <= $as_of AND isfinite(money) "
            "                        AND currency IS DISTINCT FROM $currency), "
            "count(*) FILTER (time > $as_of) "
            "FROM sayings SEMI JOIN measured ON measured.id = sayings.prediction",
            {"currency": self._costs.currency, "as_of": as_of},
        ).fetchall()[0]
        return {
            "foreign": foreign,
            "late": late,
            "unpriced": self._ask("SELECT count(*) FROM measured WHERE unpriced")[0][0],
            "versions": versions,
            "rows": {arm: sum(found.values()) for arm, found in versions.items()},
            "crossed": dict(crossed),
            "without_unit": self._ask("SELECT count(*) FROM predicted WHERE unit IS NULL")[0][0],
            "repeated": repeated,
            "newest": "" if newest is None else time_of(newest),
        }

    def _by_period(
        self, columns: Sequence[str], windows: Sequence[Window]
    ) -> tuple[ArmMoments, ...]:
        values = ", ".join(
            f"('{each.label}', TIMESTAMPTZ '{each.start}', TIMESTAMPTZ '{each.end}')"
            for each in windows
        )
        return self._moments(
            columns,
            f"SELECT any_value(belongs) AS belongs, part, {summed(columns)} "  # noqa: S608 - labels of our own
            f"FROM measured JOIN (VALUES {values}) AS periods(part, since, until) "
            "ON time >= since AND time < until GROUP BY part, unit",
        )

    def _by_segment(self, columns: Sequence[str], feature: str) -> tuple[ArmMoments, ...]:
        """Tell units apart by what they were when they were first met: numbers by quarters."""
        self._engine.execute(
            "CREATE OR REPLACE TEMP TABLE kinds AS "
            "SELECT unit, arg_min(json_extract_string(features, $path), time) AS kind "
            "FROM measured GROUP BY unit",
            {"path": pointer(feature)},
        )
        many, numbers, quarters = self._ask(
            "SELECT count(DISTINCT kind), count(TRY_CAST(kind AS DOUBLE)) = count(kind), "  # noqa: S608 - numbers of our own
            f"quantile_disc(TRY_CAST(kind AS DOUBLE), {list(_QUARTERS)}) FROM kinds"
        )[0]
        part = kind_shown(many, quarters if numbers else None)
        return self._moments(
            columns,
            f"SELECT units.*, part FROM units JOIN (SELECT unit, {part} AS part FROM kinds) "  # noqa: S608 - as above
            "AS parted ON parted.unit = units.unit",
        )

    def _by_half(self, columns: Sequence[str], middle: datetime) -> tuple[ArmMoments, ...]:
        """Tell what units that were met in the first half did in it, and in the second."""
        names = [f"{name}_{half}" for half in ("first", "second") for name in columns]
        sums = [
            f"sum({name.removeprefix(ANY)}) FILTER (time {sign} $middle)"
            for sign in ("<", ">=")
            for name in columns
        ]
        made = ", ".join(
            f"coalesce({total} > 0, false)::DOUBLE AS {name}"
            if column.startswith(ANY)
            else f"coalesce({total}, 0) AS {name}"
            for total, name, column in zip(sums, names, [*columns, *columns], strict=True)
        )
        self._engine.execute(
            f"CREATE OR REPLACE TEMP TABLE halves AS "  # noqa: S608 - as above
            f"SELECT any_value(belongs) AS belongs, '' AS part, {made} FROM measured "
            "GROUP BY unit HAVING min(time) < $middle",
            {"middle": middle},
        )
        return self._moments(names, "SELECT * FROM halves")

    def _moments(self, columns: Sequence[str], units: str) -> tuple[ArmMoments, ...]:
        rows = self._ask(
            f"SELECT belongs, part, {moments(columns)} FROM ({units}) "  # noqa: S608 - as above
            "GROUP BY belongs, part ORDER BY part, belongs"
        )
        return tuple(arm_in(row, len(columns)) for row in rows)

    def _ask(self, query: str) -> list[Any]:
        return self._engine.execute(query).fetchall()
