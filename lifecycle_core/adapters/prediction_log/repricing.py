"""The labelled rows of a window, given out to be scored again, and priced by DuckDB afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from lifecycle_core.adapters.prediction_log.engine import pointer
from lifecycle_core.adapters.prediction_log.sums import rows_of
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
_TYPES = {
    "integer": "BIGINT", "number": "DOUBLE", "string": "VARCHAR", "boolean": "BOOLEAN",
    "date": "DATE", "timestamp": "TIMESTAMP",
}  # fmt: skip
_ANSWERED = "version = $version AND arm <> 'shadow'"
_LABELLED = f"{_ANSWERED} AND fallback = '' AND isfinite(label) AND isfinite(decision)"


class Drawn(NamedTuple):
    """Rows of a window.

    Attributes:
        rows: All predictions of the version in it.
        labelled: Those that the model answered and whose label is known.
        table: Columns `id` and the features, of those that can be scored again: the log keeps a
            value, or that there is none, of each feature.
    """

    rows: int
    labelled: int
    table: pa.Table


@dataclass(frozen=True, slots=True)
class Repricing:
    """One window of the log, laid out in the engine.

    Attributes:
        engine: With its rows in the table `asked`.
        version: That answered them.
    """

    engine: duckdb.DuckDBPyConnection
    version: int

    def draw(self, features: Sequence[Feature], *, most: int = MOST) -> Drawn:
        """Return the rows that can be scored again, in a fixed order.

        Args:
            features: Names and types, as the model takes them.
            most: Rows at most; of more, those are taken whose ids have the smallest digests.
        """
        given: dict[str, Any] = {"version": self.version}
        columns, kept = [], [_LABELLED]
        for place, feature in enumerate(features):
            given[f"path{place}"] = pointer(feature.name)
            text = f"json_extract_string(features, $path{place})"
            columns.append(f"TRY_CAST({text} AS {_TYPES[feature.type]}) AS f{place}")
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

    def price(
        self,
        ids: pa.ChunkedArray,
        decisions: Sequence[NDArray[Any]],
        costs: CostsSection,
        *,
        acts: bool,
    ) -> list[PricedRows]:
        """Return what these rows cost as they were decided, and by each model's decisions.

        Args:
            ids: Of the rows, length n.
            decisions: Of each model, shape (n,); the last model is what `behind` compares with.
            costs: Money per row; all that the task needs is declared.
            acts: A decision is to act or not; else it is a number in the target's unit.
        """
        import numpy as np
        import pyarrow as pa

        table = pa.table(
            {"id": ids}
            | {f"d{at}": np.asarray(each, dtype=np.float64) for at, each in enumerate(decisions)}
        )
        self.engine.register("decided", table)
        names = ["asked.decision", *(f"decided.d{at}" for at in range(len(decisions)))]
        cost = _matrix_cost if acts else _linear_cost
        priced = ", ".join(f"{cost(name, costs)} AS c{at}" for at, name in enumerate(names))
        last = f"c{len(names) - 1}"
        sums = ", ".join(
            f"sum(c{at}) AS t{at}, sum(c{at} * c{at}) AS s{at}, sum(c{at} - {last}) AS b{at}, "
            f"sum((c{at} - {last}) * (c{at} - {last})) AS q{at}"
            for at in range(len(names))
        )
        try:
            found = rows_of(
                self.engine.execute(
                    f"SELECT {sums} FROM (SELECT {priced} FROM decided JOIN asked USING (id))"  # noqa: S608 - as above
                )
            )[0]
        finally:
            self.engine.unregister("decided")
        return [
            PricedRows(
                total=found[f"t{at}"] or 0.0,
                squares=found[f"s{at}"] or 0.0,
                behind=found[f"b{at}"] or 0.0,
                behind_squares=found[f"q{at}"] or 0.0,
            )
            for at in range(len(names))
        ]


def lay_out(counts: CountsWindows, span: Span, version: int) -> Repricing:
    """Return a window, ready to be drawn from and priced.

    Raises:
        LogUnavailable: The store does not answer.
    """
    return Repricing(counts.laid_out(span), version)


def _matrix_cost(decision: str, costs: CostsSection) -> str:
    return (
        f"CASE WHEN {decision} = 1 "
        f"THEN CASE WHEN label >= 0.5 THEN {_literal(costs.true_positive)} "
        f"ELSE {_literal(costs.false_positive)} END "
        f"ELSE CASE WHEN label >= 0.5 THEN {_literal(costs.false_negative)} "
        f"ELSE {_literal(costs.true_negative)} END END"
    )


def _linear_cost(decision: str, costs: CostsSection) -> str:
    return (
        f"{_literal(costs.over)} * greatest({decision} - label, 0) "
        f"+ {_literal(costs.under)} * greatest(label - {decision}, 0)"
    )


def _literal(money: float | None) -> str:
    return f"{float(money or 0.0)!r}::DOUBLE"
