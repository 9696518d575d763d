"""What windows of the logs hold, counted by DuckDB over the Delta files.

The predictions of a stretch of time become one temporary table, each id once, beside the last that
was said of each until the moment that is asked about. All windows in it are counted from there, so
that the features, which are most of the bytes, are read once. What does not fit in memory goes to a
folder that is removed afterwards. Counts are returned, and a few rows if they are asked for.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.prediction_log import asking
from lifecycle_core.adapters.prediction_log.answer_counting import count_answers, spread
from lifecycle_core.adapters.prediction_log.asking import BY_MODEL, Span
from lifecycle_core.adapters.prediction_log.baselines import priced_without_model
from lifecycle_core.adapters.prediction_log.column_counting import count_columns
from lifecycle_core.adapters.prediction_log.columns import (
    SAMPLED,
    Binning,
    binning_of,
    picked,
    read_as,
)
from lifecycle_core.adapters.prediction_log.engine import open_engine
from lifecycle_core.adapters.prediction_log.places import answering
from lifecycle_core.adapters.prediction_log.pricing import allowed, cost_of, costs_by_truth
from lifecycle_core.adapters.prediction_log.row_sample import pick
from lifecycle_core.adapters.prediction_log.rows import time_of
from lifecycle_core.adapters.prediction_log.sums import (
    by_currency,
    groups_of,
    money_of,
    rows_of,
    segment_in,
    segment_of,
)
from lifecycle_core.adapters.prediction_log.unit_rows import arm_in, unit_of
from lifecycle_core.adapters.prediction_log.usage_counting import count_usage
from lifecycle_core.schema.release_file import CostsSection
from lifecycle_core.schema.window_counts import (
    MOST_VALUES,
    UNIT_SUMS,
    Answers,
    ArmCounts,
    Baselines,
    Money,
    SegmentCounts,
    TeamCounts,
    WindowCounts,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import duckdb

    from lifecycle_core.adapters.prediction_log.baselines import Baseline
    from lifecycle_core.adapters.prediction_log.pricing import Bounds
    from lifecycle_core.schema.unit_counts import ArmMoments
    from lifecycle_core.stats.sampled import SampledRows

_SCORE = f"CASE WHEN {BY_MODEL} THEN score END"


class CountsWindows:
    """Counts the windows of one release.

    Args:
        address: Folder or URL of the log.
        release: Name of the release.
        acts: A decision is to act or not; else it is a number in the target's unit.
        costs: Money per row; features that it is proportional to have to be among `kinds`.
        kinds: Features that are read: by name, whether it is a number.
        unit: Column that names who is assigned to an arm; the whole business key if None.
        key: Columns of the business key.
        maturity: How long after a prediction its outcomes may still come.
        baseline: What would have decided without the model; what it looks at is among `kinds`.
        bounds: By feature, the numbers that its contract allows: no others price a row.
        memory: Most memory that the engine takes, such as `1GB`.

    Raises:
        MissingExtra: deltalake is not installed.
    """

    def __init__(
        self,
        address: Path | str,
        release: str,
        *,
        acts: bool,
        costs: CostsSection | None = None,
        kinds: Mapping[str, bool] | None = None,
        unit: str | None = None,
        key: Sequence[str] = (),
        maturity: timedelta = timedelta(),
        baseline: Baseline | None = None,
        bounds: Mapping[str, Bounds] | None = None,
        memory: str = "1GB",
    ) -> None:
        self._address, self._release = str(address), release
        self._acts, self._costs = acts, costs or CostsSection()
        self._kinds = dict(kinds or {})
        self._unit, self._key, self._maturity = unit, tuple(key), maturity
        self._baseline, self._bounds = baseline, dict(bounds or {})
        self._column = {name: f"f{at}" for at, name in enumerate(self._kinds)}
        self._folder = tempfile.mkdtemp(prefix="nbrelease-")
        self._engine = open_engine(self._address, memory_limit=memory, temp_directory=self._folder)

    def close(self) -> None:
        """Give memory and files back."""
        self._engine.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def read(self, span: Span, *, features: bool = True, text: bool = False) -> None:
        """Read a stretch of the logs; everything is counted in the last one that was read.

        Args:
            span: It covers the windows that are counted afterwards.
            features: They and the reasons are read, too.
            text: So is the JSON that features are.

        Raises:
            LogUnavailable: The store does not answer.
        """
        parsed, values = read_as(self._kinds if features else {})
        places = self._column if features else {}
        named = zip(values, places.values(), strict=True)
        # Without features costs that are proportional to one are unknown; each row is its own unit.
        costs = self._costs if features or not self._costs.amounts else CostsSection()
        unit, given = unit_of(self._unit, self._key)
        unit, given = (unit, given) if features or not given else ("NULL", {})
        amounts = allowed(places, self._bounds)
        if_positive, if_negative = costs_by_truth(costs if self._acts else CostsSection(), amounts)
        query = asking.MADE.format(
            unit=unit,
            reasons="list_transform(reasons, lambda r: {'feature': r.feature, 'effect': r.effect})"
            if features
            else "NULL::STRUCT(feature VARCHAR, effect DOUBLE)[]",
            parsed=parsed,
            text="features" if text else "NULL",
            values="".join(f", {value} AS {name}" for value, name in named),
            if_positive=if_positive,
            if_negative=if_negative,
            cost=cost_of(costs, amounts, acts=self._acts),
            **priced_without_model(
                costs, places if features else None, self._baseline, acts=self._acts
            ),
        )
        with answering(self._address):
            self._engine.execute(query, span.given(self._release) | given)

    def laid_out(self, span: Span) -> duckdb.DuckDBPyConnection:
        """Return the engine, with the rows of a window in its table `asked`, features as text.

        The table holds until something else is read.

        Raises:
            LogUnavailable: The store does not answer.
        """
        self.read(span, features=False, text=True)
        return self._engine

    def first_answer(self, version: int) -> datetime | None:
        """Return when a version first answered, in UTC; None if it never did.

        Raises:
            LogUnavailable: The store does not answer.
        """
        with answering(self._address):
            [(found,)] = self._engine.execute(
                "SELECT epoch(min(time)) FROM predictions WHERE release = $release "
                "AND version = $version AND arm <> 'shadow'",
                {"release": self._release, "version": version},
            ).fetchall()
        return None if found is None else datetime.fromtimestamp(found, UTC)

    def earned(self, span: Span) -> dict[str, Money]:
        """Return what predictions of a stretch of time earned, by currency; it need not be read.

        Only rows that earned something are looked up, so that a stretch may be all of the log.

        Raises:
            LogUnavailable: The store does not answer.
        """
        with answering(self._address):
            return by_currency(
                rows_of(self._engine.execute(asking.EARNED_SO_FAR, span.given(self._release)))
            )

    def binnings(self, span: Span, names: Sequence[str]) -> tuple[Binning, ...]:
        """Return how columns are divided, by the rows of a reference.

        Args:
            span: The reference.
            names: Features, or `score`.
        """
        source = span.source()
        values = ", ".join(f"{self._value(name)} AS x{at}" for at, name in enumerate(names))
        # Rows are picked once for all columns: the digests of their ids take longer than all else.
        self._engine.execute(
            f"CREATE OR REPLACE TEMP TABLE picked AS SELECT {values} FROM {source} "  # noqa: S608 - our own words
            f"AND {picked(self._rows(source), SAMPLED)}"
        )
        return tuple(
            binning_of(self._engine, name, f"x{at}", "picked", number=self._kinds.get(name, True))
            for at, name in enumerate(names)
        )

    def count(
        self,
        span: Span,
        columns: Sequence[Binning] = (),
        *,
        segments: Sequence[str] = (),
        quantiles: bool = True,
        units: bool = True,
    ) -> WindowCounts:
        """Return what a window holds.

        Args:
            span: The window.
            columns: Features that are counted by bin, and how scores are.
            segments: Features by whose values rows are counted; they are among `columns`.
            quantiles: Read them, too.
            units: Sum the money of mature rows to units, too.
        """
        ask, source = self._ask, span.source()
        totals = ask(asking.TOTALS, source)[0]
        newest = totals.pop("newest")
        if not self._acts:
            totals |= dict.fromkeys(asking.OF_ACTIONS, 0)
        errors = {} if self._acts else ask(asking.ERRORS, source)[0]
        features = [each for each in columns if each.name != "score"]
        earned = ask(asking.EARNED, source)
        units_of = self._units(span) if units else {}
        without = ask(asking.BASELINES, source)[0]
        costs = {each["fell_back"]: money_of(each) for each in ask(asking.COSTS, source)}
        return WindowCounts(
            **{name: count or 0 for name, count in totals.items()},
            newest="" if newest is None else time_of(newest),
            shadows=self._rows(f"{span.with_shadows()} AND arm = 'shadow'"),
            versions={str(each["version"]): each["rows"] for each in ask(asking.VERSIONS, source)},
            fallbacks={each["fallback"]: each["rows"] for each in ask(asking.FALLBACKS, source)},
            latency=spread(self._engine, "latency_ms", source),
            hours_to_action=spread(
                self._engine, "epoch(acted_at - time) / 3600", f"{source} AND acted_at >= time"
            ),
            groups=groups_of(ask(asking.GROUPS, source), own=bool(self._costs.amounts))
            if self._acts
            else (),
            absolute_error=money_of(errors),
            over=errors.get("over") or 0.0,
            under=errors.get("under") or 0.0,
            money=by_currency(earned),
            columns=count_columns(
                self._engine.sql(f"SELECT * FROM {source}"),  # noqa: S608 - our own words
                [(each, self._value(each.name)) for each in features],
                quantiles_from=picked(totals["rows"] or 0, SAMPLED) if quantiles else "",
            ),
            answers=self._answers(source, columns),
            segments=tuple(
                segment
                for each in features
                if each.name in segments
                for segment in self._segments(source, each)
            ),
            values={
                each.name: self._values(source, each) for each in features if each.name in segments
            },
            teams=tuple(TeamCounts(**each) for each in ask(asking.TEAMS, source)),
            arms=tuple(
                ArmCounts(
                    **arm,
                    money=by_currency([one for one in earned if one["arm"] == arm["arm"]]),
                    units=units_of.get(arm["arm"]),
                )
                for arm in ask(asking.ARMS, source)
            ),
            fallback_cost=costs.get(True, Money()),
            model_cost=costs.get(False, Money()),
            baselines=Baselines(
                **{name: money_of(without, f"{name}_") for name in Baselines.model_fields}
            ),
            importance={each["feature"]: each["effect"] for each in ask(asking.IMPORTANCE, source)},
            usage=count_usage(self._engine, self._release, span),
        )

    def compared(self, span: Span, columns: Sequence[Binning]) -> WindowCounts:
        """Return of a window, in bins of `columns`, what drift looks at, and rows with a label."""
        source = span.source()
        return WindowCounts(
            **self._ask(asking.LABELS, source)[0],
            versions={
                str(each["version"]): each["rows"] for each in self._ask(asking.VERSIONS, source)
            },
            columns=count_columns(
                self._engine.sql(f"SELECT * FROM {source}"),  # noqa: S608 - our own words
                [(each, self._value(each.name)) for each in columns if each.name != "score"],
            ),
            answers=self._answers(source, columns),
        )

    def sample(self, span: Span, columns: Sequence[Binning], rows: int) -> SampledRows:
        """Return at most so many rows of a window, picked by their ids; see `pick`."""
        source = span.source()
        return pick(
            self._engine,
            f"{source} AND {picked(self._rows(source), rows)}",
            [(each, self._value(each.name)) for each in columns if each.name != "score"],
            score=_SCORE,
            ripe=span.as_of - self._maturity,
            most=rows,
        )

    def _units(self, span: Span) -> dict[str, ArmMoments]:
        """Return money and rows of the units of each arm, of rows whose outcomes are all there."""
        found = self._engine.execute(
            asking.UNITS.format(source=span.source()),
            {"currency": self._costs.currency, "ripe": span.as_of - self._maturity},
        ).fetchall()
        return {arm.arm: arm for arm in (arm_in(row, len(UNIT_SUMS)) for row in found)}

    def _answers(self, source: str, columns: Sequence[Binning]) -> tuple[Answers, ...]:
        scores = next((each for each in columns if each.name == "score"), None)
        return () if scores is None else count_answers(self._engine, source, scores, self._acts)

    def _segments(self, source: str, binning: Binning) -> tuple[SegmentCounts, ...]:
        value = segment_of(self._value(binning.name), binning)
        query = asking.SEGMENTS.format(source=source, value=value)
        found = rows_of(self._engine.execute(query))
        return tuple(segment_in(each, binning.name, acts=self._acts) for each in found)

    def _values(self, source: str, binning: Binning) -> dict[str, int]:
        value = segment_of(self._value(binning.name), binning)
        query = asking.VALUES.format(source=source, value=value, most=MOST_VALUES)
        return dict(self._engine.execute(query).fetchall())

    def _value(self, name: str) -> str:
        return _SCORE if name == "score" else self._column[name]

    def _rows(self, source: str) -> int:
        return int(self._ask("SELECT count(*) AS rows FROM {source}", source)[0]["rows"])

    def _ask(self, query: str, source: str) -> list[dict[str, Any]]:
        return rows_of(self._engine.execute(query.format(source=source)))
