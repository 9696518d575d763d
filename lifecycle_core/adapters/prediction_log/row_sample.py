"""A few rows of a window, picked by their ids: what models are fitted on to tell windows apart."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from lifecycle_core.adapters.prediction_log.sums import coded
from lifecycle_core.stats.sampled import SampledRows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import duckdb
    import numpy as np
    from numpy.typing import NDArray

    from lifecycle_core.adapters.prediction_log.columns import Binning


def pick(
    engine: duckdb.DuckDBPyConnection,
    source: str,
    columns: Sequence[tuple[Binning, str]],
    *,
    score: str,
    ripe: datetime,
    most: int,
) -> SampledRows:
    """Return rows, the first by the digests of their ids.

    Args:
        engine: Where the table is.
        source: SQL of the table, with a condition.
        columns: Features, with the categories whose places are their codes, and SQL of each.
        score: SQL of the score.
        ripe: Of later rows labels are left out: those that are there already are not as those that
            will come. With a zone.
        most: How many rows.
    """
    import numpy as np

    values = [f"{coded(value, binning)} AS x{at}" for at, (binning, value) in enumerate(columns)]
    label = (
        f"CASE WHEN time <= '{ripe.astimezone(UTC).isoformat()}'::TIMESTAMPTZ THEN label END "
        "AS label"
    )
    found = engine.execute(
        f"SELECT {', '.join([*values, f'{score} AS score', label, 'version'])} "  # noqa: S608 - our own words
        f"FROM {source} ORDER BY md5_number_lower(id), id LIMIT {most}"
    ).fetchnumpy()

    def numbers(name: str) -> NDArray[np.float64]:
        return np.ma.filled(np.ma.asarray(found[name]).astype(np.float64), np.nan)

    matrix = [numbers(f"x{at}") for at in range(len(columns))]
    scores = numbers("score")
    return SampledRows(
        features=np.column_stack(matrix) if matrix else np.empty((scores.size, 0)),
        categorical=np.array([not binning.number for binning, _ in columns], dtype=bool),
        scores=scores,
        labels=numbers("label"),
        versions=np.ma.filled(found["version"], 0).astype(np.int64),
    )
