"""What a table of scored rows holds, counted where the table is: one expression for every engine.

DuckDB, Polars, pandas, PyArrow, Dask and PySpark give the same counts, by way of narwhals. The
table has one row a prediction, each once, with what became of it beside it and its features as
columns. Only counts come back, and a bounded number of rows that are picked by their ids.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.prediction_log.columns import (
    MOST_CATEGORIES,
    SAMPLED,
    TAILS,
    Binning,
    finite_in,
    numbers_in,
    quantiles_of,
)
from lifecycle_core.adapters.table_questions import (
    PICKED,
    codes_of,
    column_of,
    column_of_values,
    columns_of,
    many,
    number_of,
    rounded_score,
    rows_of,
    values_of,
)
from lifecycle_core.schema.window_counts import Answers, ScoreGroup, WindowCounts
from lifecycle_core.stats.sampled import SampledRows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import narwhals as nw

    from lifecycle_core.schema.window_counts import ColumnCounts

_ENDS = 16**3  # of ids, as three hexadecimals
_OF_ROWS = ("id", "time", "version", "arm", "score", "decision", "fallback", "action", "label")


class CountedTable:
    """A table of predictions in any engine.

    Args:
        table: A frame, lazy or not, that narwhals takes. `score` it has to have; `id`, `time`,
            `version`, `arm`, `decision`, `fallback`, `action` and `label` it may. Decisions and
            labels are 0 or 1.
        kinds: Features: by name, whether it is a number.

    Example:
        >>> import pyarrow as pa
        >>> rows = pa.table({"score": [0.2, 0.9], "decision": [0, 1], "tenure": [3, None]})
        >>> table = CountedTable(rows, {"tenure": True})
        >>> counts = table.count(table.binnings(["score", "tenure"]))
        >>> counts.rows, counts.acted, counts.columns[0].missing
        (2, 1, 1)
    """

    def __init__(self, table: object, kinds: Mapping[str, bool]) -> None:
        import narwhals as nw

        frame: nw.LazyFrame[Any] = nw.from_native(table).lazy()  # type: ignore[call-overload]  # of any engine
        schema = frame.collect_schema()
        absent = [name for name in _OF_ROWS if name not in schema]
        empty = [nw.lit("" if name == "fallback" else None).alias(name) for name in absent]
        frame = frame.with_columns(*empty) if empty else frame
        # Features that are stored as floats stay as they are: who counts them leaves out what is
        # not finite, and most bytes of a table need not be changed for that.
        stored = {name for name in kinds if schema[name] in {nw.Float32(), nw.Float64()}}
        numbers = {"score": True, "decision": True, "label": True, **kinds}
        self._frame = frame.with_columns(
            *(
                number_of(name, schema.get(name))
                for name, number in numbers.items()
                if number and name not in stored
            ),
            *(nw.col(name).cast(nw.String) for name, number in kinds.items() if not number),
            nw.col("version").cast(nw.String).fill_null(""),
            nw.col("arm").cast(nw.String).fill_null(""),
            nw.col("fallback").cast(nw.String).fill_null(""),
        ).filter(nw.col("arm") != "shadow")
        self._kinds = dict(kinds)
        self._absent = frozenset(absent)
        self._quantiles: dict[str, tuple[float, ...]] = {}
        self._rows: dict[str, dict[str, int]] = {}  # by value, of features with few values

    def between(self, start: object, end: object) -> CountedTable:
        """Return the rows of one window.

        Args:
            start: First moment that counts, as the column `time` has it.
            end: First moment that does not.
        """
        import narwhals as nw

        found = object.__new__(CountedTable)
        found._frame = self._frame.filter(nw.col("time") >= start, nw.col("time") < end)
        found._kinds, found._absent = self._kinds, self._absent
        found._quantiles, found._rows = {}, {}
        return found

    def binnings(self, names: Sequence[str]) -> tuple[Binning, ...]:
        """Return how columns are divided, by the rows of this table, which is the reference.

        Args:
            names: Features, or `score`.
        """
        import numpy as np

        numbers = [name for name in names if self._kinds.get(name, True)]
        picked = {
            name: finite_in(values)
            for name, values in values_of(self._marked(SAMPLED), numbers).items()
        }
        self._quantiles = {name: quantiles_of(values) for name, values in picked.items()}
        found = []
        for name in names:
            if name in numbers:
                values = picked[name]
                edges = (
                    np.unique(np.quantile(values, TAILS, method="inverted_cdf"))
                    if values.size
                    else ()
                )
                found.append(Binning(name, number=True, edges=tuple(float(each) for each in edges)))
                continue
            rows = self._by(name)
            if len(rows) <= MOST_CATEGORIES:
                self._rows[name] = rows
            frequent = sorted(rows, key=lambda value: (-rows[value], value))
            known = tuple(frequent[:MOST_CATEGORIES])
            found.append(Binning(name, number=False, categories=known))
        return tuple(found)

    def count(self, columns: Sequence[Binning], *, quantiles: bool = True) -> WindowCounts:
        """Return what the table holds.

        Args:
            columns: Features that are counted by bin, and how scores are.
            quantiles: Read them, too; they come from rows that are picked by their ids.
        """
        features = [each for each in columns if each.name != "score"]
        counts = self._totals
        return WindowCounts(
            rows=counts["rows"],
            decided=counts["decided"],
            acted=counts["acted"],
            labelled=counts["labelled"],
            accepted=counts.get("accepted", 0),
            overridden=counts.get("overridden", 0),
            versions=self._by("version"),
            fallbacks={name: rows for name, rows in self._by("fallback").items() if name},
            groups=self._groups(),
            columns=self._columns(features, quantiles=quantiles),
            answers=self._answers([each for each in columns if each.name == "score"]),
        )

    def compared(self, columns: Sequence[Binning]) -> WindowCounts:
        """Return of the table what drift looks at, and nothing else.

        Args:
            columns: Features that are counted by bin, and how scores are.
        """
        return WindowCounts(
            rows=self._totals["rows"],
            versions=self._by("version"),
            columns=self._columns([x for x in columns if x.name != "score"], quantiles=False),
            answers=self._answers([x for x in columns if x.name == "score"]),
        )

    def _columns(self, features: Sequence[Binning], *, quantiles: bool) -> tuple[ColumnCounts, ...]:
        """Return the counts of features; what was read to divide them is not read again."""
        asked = [each for each in features if each.name not in self._rows]
        unread = quantiles and any(x.number and x.name not in self._quantiles for x in asked)
        frame = self._marked(SAMPLED) if unread else self._frame
        found = {each.name: each for each in columns_of(frame, asked, quantiles=unread)}
        for each in features:
            if each.name in self._rows:
                rows = self._rows[each.name]
                found[each.name] = column_of_values(each, rows, of=self._totals["rows"])
            elif quantiles and each.name in self._quantiles:
                read = {"quantiles": self._quantiles[each.name]}
                found[each.name] = found[each.name].model_copy(update=read)
        return tuple(found[each.name] for each in features)

    @cached_property
    def _totals(self) -> dict[str, int]:
        import narwhals as nw

        spark, condition = self._frame.implementation.is_spark_like(), nw.col("decision") == 1
        (whole,) = rows_of(
            self._frame.select(
                nw.len().alias("rows"),
                nw.col("decision").count().alias("decided"),
                nw.col("label").count().alias("labelled"),
                many(condition, spark=spark).alias("acted"),
                *(
                    many(nw.col("action") == said, spark=spark).alias(said)
                    for said in ("accepted", "overridden")
                    if "action" not in self._absent
                ),
            )
        )
        return {name: int(value or 0) for name, value in whole.items()}

    def sample(self, columns: Sequence[Binning], rows: int, *, ripe: object = None) -> SampledRows:
        """Return rows that are picked by their ids: at most so many.

        Args:
            columns: Features, with the categories whose places are their codes.
            rows: How many are picked at most.
            ripe: Labels of later rows are left out, as the column `time` has it; all count if None.
        """
        import narwhals as nw
        import numpy as np

        features = [each for each in columns if each.name != "score"]
        names = ["version", "score", "label", *(each.name for each in features)]
        frame = self._marked(rows)
        if ripe is not None and not self._absent & {"time", "label"}:
            frame = frame.with_columns(nw.when(nw.col("time") <= ripe).then(nw.col("label")))
        picked = {name: values[:rows] for name, values in values_of(frame, names).items()}
        matrix = [codes_of(picked[each.name], each) for each in features]
        scores = numbers_in(picked["score"])
        return SampledRows(
            features=np.column_stack(matrix) if matrix else np.empty((scores.size, 0)),
            categorical=np.array([not each.number for each in features], dtype=bool),
            scores=scores,
            labels=numbers_in(picked["label"]),
            versions=np.array(
                [int(x) if x.isdigit() else 0 for x in picked["version"].to_pylist()],
                dtype=np.int64,
            ),
        )

    def _by(self, name: str) -> dict[str, int]:
        import narwhals as nw

        rows = self._totals["rows"]
        if name in self._absent:
            return {"": rows} if rows else {}
        frame = self._frame.filter(~nw.col(name).is_null())
        found = rows_of(frame.group_by(name).agg(rows=nw.len()))
        return {each[name]: each["rows"] for each in sorted(found, key=lambda each: each[name])}

    def _of_model(self) -> nw.LazyFrame[Any]:
        import narwhals as nw

        return self._frame.filter(nw.col("fallback") == "", ~nw.col("score").is_null())

    def _groups(self) -> tuple[ScoreGroup, ...]:
        import narwhals as nw

        label = nw.col("label")
        found = rows_of(
            self._of_model()
            .filter(~nw.col("decision").is_null())
            .select(
                "version",
                rounded_score().alias("rounded"),
                (nw.col("decision") == 1).alias("acted"),
                (label >= 0.5).fill_null(value=False).cast(nw.Int64).alias("positive"),  # noqa: PLR2004 - as labels are kept
                (label < 0.5).fill_null(value=False).cast(nw.Int64).alias("negative"),  # noqa: PLR2004 - as above
            )
            .group_by("version", "rounded", "acted")
            .agg(
                rows=nw.len(),
                positives=nw.col("positive").sum(),
                negatives=nw.col("negative").sum(),
            )
        )
        groups = [
            ScoreGroup(
                version=each["version"],
                score=each["rounded"],
                acted=bool(each["acted"]),
                rows=each["rows"],
                positives=int(each["positives"]),
                negatives=int(each["negatives"]),
            )
            for each in found
        ]
        return tuple(sorted(groups, key=lambda each: (each.version, each.score, each.acted)))

    def _answers(self, scores: Sequence[Binning]) -> tuple[Answers, ...]:
        import narwhals as nw

        if not scores:
            return ()
        # No rule of the contract is about scores.
        binning = scores[0]._replace(minimum=None, maximum=None)
        score = nw.col("score")
        sides = [score <= edge for edge in binning.edges]
        if binning.edges:
            least, most = binning.far
            sides += [score < least, score > most]
        found = rows_of(
            self._of_model()
            .select(
                "version",
                "decision",
                (nw.col("decision") == 1).fill_null(value=False).cast(nw.Int64).alias("acted"),
                *(side.cast(nw.Int64).alias(f"side_{at}") for at, side in enumerate(sides)),
            )
            .group_by("version")
            .agg(
                nw.len().alias("rows"),
                nw.col("decision").count().alias("decided"),
                nw.col("acted").sum(),
                *(nw.col(f"side_{at}").sum() for at in range(len(sides))),
            )
        )
        return tuple(
            Answers(
                version=each["version"],
                decided=each["decided"],
                acted=each["acted"],
                score=column_of(
                    binning,
                    [0, each["rows"], *(int(each[f"side_{at}"]) for at in range(len(sides)))],
                    {},
                ),
            )
            for each in sorted(found, key=lambda each: each["version"])
        )

    def _marked(self, wanted: int) -> nw.LazyFrame[Any]:
        """Return the table with rows picked by the end of their ids, which is random hexadecimals.

        All are if there are few, or if they have no ids.
        """
        import narwhals as nw

        rows = self._totals["rows"]
        if rows <= 2 * wanted or "id" in self._absent:
            return self._frame.with_columns(nw.lit(value=True).alias(PICKED))
        end = max(1, _ENDS * wanted // rows)
        return self._frame.with_columns((nw.col("id").str.tail(3) < f"{end:03x}").alias(PICKED))
