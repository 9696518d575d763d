"""What a release keeps of its training table: counts by bin, and no row of it.

It is what windows are compared with, and all that the first ones are, until the log has windows
before them. Scores and decisions in it are those that rows got in finalization while they were held
out: on rows that a model was fitted on they are better than they will be. With the labels of those
rows they tell what scores mean, until labels come.
"""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.prediction_log.column_counting import count_columns
from lifecycle_core.adapters.prediction_log.columns import (
    SAMPLED,
    Binning,
    binning_of,
    picked,
    read_as,
)
from lifecycle_core.schema.window_counts import Answers, ScoreGroup, WindowCounts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

    from lifecycle_core.schema.contract import Feature

_GROUPS = 100  # of scores, about equally many rows in each
_NUMBERS = ("integer", "number")


def number_by_name(features: Sequence[Feature]) -> dict[str, bool]:
    """Return of each feature that the log keeps whether it is counted as a number.

    Example:
        >>> from lifecycle_core.schema.contract import Feature
        >>> tenure = Feature(name="tenure", type="integer", required=True)
        >>> hidden = Feature(name="salary", type="number", required=True, log="hash")
        >>> number_by_name([tenure, hidden])
        {'tenure': True, 'salary': False}
    """
    return {
        each.name: each.type in _NUMBERS and each.log == "value"
        for each in features
        if each.log != "none" and each.name != "score"
    }


def profile_table(
    path: Path, features: Sequence[Feature], *, held_out: Path | None = None, acts: bool = True
) -> WindowCounts:
    """Return the counts of a training table.

    Args:
        path: A Parquet file.
        features: Of the contract. Of those that the log keeps as a hash nothing is counted, as
            hashes are not to be found in the table.
        held_out: A Parquet file with `score`, `decision` and `label` of rows that were held out;
            None, or no such file, has none.
        acts: A decision is to act or not; else it is a number, and of labels nothing is kept.
    """
    import duckdb

    kinds = number_by_name([each for each in features if each.log == "value"])
    parsed, values = read_as(kinds)
    named = [f"{value} AS f{at}" for at, value in enumerate(values)]
    with closing(duckdb.connect()) as engine:
        # By way of JSON, so that values are written as in the log.
        engine.execute(
            f"CREATE TEMP TABLE asked AS SELECT {', '.join(['id', *named])} FROM "  # noqa: S608 - names of our own
            f"(SELECT id, {parsed} AS f FROM (SELECT file_row_number::VARCHAR AS id, "
            "to_json(rows) AS features FROM read_parquet($path, file_row_number = true) AS rows))",
            {"path": str(path)},
        )
        [(rows,)] = engine.execute("SELECT count(*) FROM asked").fetchall()
        picking = picked(rows, SAMPLED)
        engine.execute(f"CREATE TEMP TABLE picked AS FROM asked WHERE {picking}")
        divided = [
            binning_of(engine, name, f"f{at}", "picked", number=number)
            for at, (name, number) in enumerate(kinds.items())
        ]
        columns = [(each, f"f{at}") for at, each in enumerate(divided)]
        counts = WindowCounts(
            rows=rows,
            columns=count_columns(engine.table("asked"), columns, quantiles_from=picking),
        )
        if held_out is None or not held_out.is_file():
            return counts
        return counts.model_copy(update=_held_out(engine, held_out, acts=acts))


def _held_out(engine: duckdb.DuckDBPyConnection, path: Path, *, acts: bool) -> dict[str, Any]:
    """Return the scores of rows that were held out, as a version's that is not named yet."""
    engine.execute(
        "CREATE TEMP TABLE held AS SELECT score, decision, label, "  # noqa: S608 - our own words
        f"(rank() OVER (ORDER BY score) - 1) * {_GROUPS} // count(*) OVER () AS part "
        "FROM read_parquet($path)",
        {"path": str(path)},
    )
    binning = binning_of(engine, "score", "score", "held", number=True)
    (score,) = count_columns(engine.table("held"), [(binning, "score")])
    [(rows, acted)] = engine.execute("SELECT count(*), count_if(decision = 1) FROM held").fetchall()
    groups = engine.execute(
        "SELECT round(avg(score), 6), decision = 1 AS acts, count(*), count_if(label >= 0.5), "
        "count_if(label < 0.5) FROM held GROUP BY part, acts ORDER BY part, acts"
    ).fetchall()
    decided = {"decided": rows, "acted": acted} if acts else {}
    return {
        "answers": (Answers(version="", score=score, **decided),),
        "groups": tuple(
            ScoreGroup(score=score, acted=acts, rows=many, positives=positives, negatives=negatives)
            for score, acts, many, positives, negatives in groups
        )
        if acts
        else (),
    }


def binnings_of(profile: WindowCounts) -> tuple[Binning, ...]:
    """Return how the columns of a profile are divided, and its scores if it has any."""
    kept = (*(each.score for each in profile.answers[:1]), *profile.columns)
    return tuple(
        Binning(each.name, bool(each.counts), each.edges, tuple(each.categories)) for each in kept
    )


def of_version(profile: WindowCounts, version: int) -> WindowCounts:
    """Return a profile whose scores are of a version: a bundle does not know its own yet.

    Example:
        >>> from lifecycle_core.schema.window_counts import ScoreGroup
        >>> kept = WindowCounts(groups=(ScoreGroup(score=0.2, acted=False, rows=9),))
        >>> of_version(kept, 4).groups[0].version
        '4'
    """
    named = {"version": str(version)}
    return profile.model_copy(
        update={
            "groups": tuple(each.model_copy(update=named) for each in profile.groups),
            "answers": tuple(each.model_copy(update=named) for each in profile.answers),
        }
    )


def with_rules(binnings: Sequence[Binning], features: Sequence[Feature]) -> tuple[Binning, ...]:
    """Return them with what the contract says of the columns; hashes are only asked to be there.

    Example:
        >>> from lifecycle_core.schema.contract import Feature
        >>> tenure = Feature(name="tenure", type="integer", required=True, minimum=0)
        >>> with_rules([Binning("tenure", True)], [tenure])[0].minimum
        0.0
    """
    rules = {each.name: each for each in features}
    found = []
    for each in binnings:
        rule = rules.get(each.name)
        if rule is not None:
            each = each._replace(required=rule.required)  # noqa: PLW2901 - the same with more
            if rule.log == "value":
                each = each._replace(  # noqa: PLW2901 - as above
                    minimum=rule.minimum, maximum=rule.maximum, allowed=_as_logged(rule)
                )
        found.append(each)
    return tuple(found)


def _as_logged(rule: Feature) -> tuple[str, ...]:
    """Return the categories as the log has them: JSON's truths, dates of ISO 8601."""
    if rule.type == "boolean":
        return tuple(str(level).lower() for level in rule.levels) or rule.categories
    if rule.type in {"date", "timestamp"}:
        found = (each.isoformat() for each in rule.levels if isinstance(each, date))
        return tuple(found) or rule.categories
    return rule.categories
