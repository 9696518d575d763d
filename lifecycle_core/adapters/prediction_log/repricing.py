"""The labelled rows of a window, given out to be scored again, and priced by DuckDB afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from lifecycle_core.adapters.prediction_log.engine import pointer
from lifecycle_core.adapters.prediction_log.pricing import amounts_of, cost_of, priced
from lifecycle_core.adapters.prediction_log.sums import rows_of
from lifecycle_core.adapters.tables.expressions import SQL_TYPES
from lifecycle_core.schema.replayed_window import PricedRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb
    import pyarrow as pa
    from numpy.typing import NDArray

    from lifecycle_core.adapters.prediction_log.asking import Span
    from lifecycle_core.adapters.prediction_log.counting import CountsWindows
    from lifecycle_core.schema.contract import Feature
    from lifecycle_core.schema.release_file import CostsSection

MOST = 200_000
"""Labelled rows of a window that are scored again; of more, as many are drawn."""
_ANSWERED = "version = $version AND arm <> 'shadow' AND fallback = ''"
_LABELLED = f"{_ANSWERED} AND isfinite(label) AND isfinite(decision)"


class Drawn(NamedTuple):
    """Rows of a window.

    Attributes:
        rows: Those that the version's model answered: the fallback decides as it does, whatever the
            model.
        labelled: Those of them whose label is known.
        table: Columns `id` and the features, of those that can be scored again and priced: the log
            keeps a value, or that there is none, of each feature, and a number of each that costs
            are proportional to.
    """

    rows: int
    labelled: int
    table: pa.Table


class Priced(NamedTuple):
    """What rows cost.

    Attributes:
        models: As they were decided, and by each model's decisions.
        stakes: Sum of the squares of what each row would cost more or less if it were decided
            otherwise; where decisions are numbers, of what it cost.
    """

    models: list[PricedRows]
    stakes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Repricing:
    """One window of the log, laid out in the engine.

    Attributes:
        engine: With its rows in the table `asked`.
        version: That answered them.
        costs: Money per row; all that the task needs is declared.
        acts: A decision is to act or not; else it is a number in the target's unit.
    """

    engine: duckdb.DuckDBPyConnection
    version: int
    costs: CostsSection
    acts: bool

    def draw(self, features: Sequence[Feature], *, most: int = MOST) -> Drawn:
        """Return the rows that can be scored again, in a fixed order.

        Args:
            features: Names and types, as the model takes them.
            most: Rows at most; of more, those are taken whose ids have the smallest digests.
        """
        given: dict[str, Any] = {"version": self.version}
        columns, kept = [], [_LABELLED, *self._priced()]
        for place, feature in enumerate(features):
            given[f"path{place}"] = pointer(feature.name)
            text = f"json_extract_string(features, $path{place})"
            columns.append(f"TRY_CAST({text} AS {SQL_TYPES[feature.type]}) AS f{place}")
            kept.append(f"json_type(features, $path{place}) IS NOT NULL")
            kept.append(f"coalesce({text}, '') NOT LIKE 'sha256:%'")
        found: pa.Table = self.engine.sql(
            f"SELECT {', '.join(['id', *columns])} FROM asked WHERE {' AND '.join(kept)} "  # noqa: S608 - names of our own
            f"ORDER BY md5(id), id LIMIT {most}",
            params=given,
        ).to_arrow_table()
        totals = rows_of(
            self.engine.execute(
                f"SELECT count(*) FILTER ({_ANSWERED}) AS rows, "  # noqa: S608 - as above
                f"count(*) FILTER ({_LABELLED}) AS labelled FROM asked",
                {"version": self.version},
            )
        )[0]
        names = ["id", *(feature.name for feature in features)]
        return Drawn(totals["rows"], totals["labelled"], found.rename_columns(names))

    def price(self, ids: pa.ChunkedArray, decisions: Sequence[NDArray[Any]]) -> Priced:
        """Return what these rows cost as they were decided, and by each model's decisions.

        Args:
            ids: Of the rows, length n.
            decisions: Of each model, shape (n,); the last model is what `behind` compares with.
        """
        import numpy as np
        import pyarrow as pa

        table = pa.table(
            {"id": ids}
            | {f"d{at}": np.asarray(each, dtype=np.float64) for at, each in enumerate(decisions)}
        )
        self.engine.register("decided", table)
        names = ["asked.decision", *(f"decided.d{at}" for at in range(len(decisions)))]
        costs = ", ".join(f"{self._cost(name)} AS c{at}" for at, name in enumerate(names))
        stake = f"{self._cost('1')} - {self._cost('0')}" if self.acts else self._cost(names[0])
        last = f"c{len(names) - 1}"
        sums = ", ".join(
            f"sum(c{at}) AS t{at}, sum(c{at} * c{at}) AS s{at}, sum(c{at} - {last}) AS b{at}, "
            f"sum((c{at} - {last}) * (c{at} - {last})) AS q{at}"
            for at in range(len(names))
        )
        try:
            found = rows_of(
                self.engine.execute(
                    f"SELECT {sums}, sum(stake * stake) AS stakes FROM "  # noqa: S608 - as above
                    f"(SELECT {costs}, {stake} AS stake FROM decided JOIN asked USING (id))"
                )
            )[0]
        finally:
            self.engine.unregister("decided")
        models = [
            PricedRows(
                total=found[f"t{at}"] or 0.0,
                squares=found[f"s{at}"] or 0.0,
                behind=found[f"b{at}"] or 0.0,
                behind_squares=found[f"q{at}"] or 0.0,
            )
            for at in range(len(names))
        ]
        return Priced(models, found["stakes"] or 0.0)

    def _cost(self, decision: str) -> str:
        return cost_of(self.costs, amounts_of(self.costs), acts=self.acts, decision=decision)

    def _priced(self) -> list[str]:
        return [priced(amounts_of(self.costs))] if self.acts else []


def lay_out(
    counts: CountsWindows, span: Span, version: int, *, costs: CostsSection, acts: bool
) -> Repricing:
    """Return a window, ready to be drawn from and priced.

    Raises:
        LogUnavailable: The store does not answer.
    """
    return Repricing(engine=counts.laid_out(span), version=version, costs=costs, acts=acts)
