"""A fitted pipeline as SQL, by orbital.

Nothing is promised about the query: whether it scores as the model does is found out row by row.
"""

from __future__ import annotations

import warnings
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.adapters.converting import turns_at_infinity
from lifecycle_core.errors import InvalidCall, MissingExtra

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.adapters.model_parts import Fitted
    from lifecycle_core.schema.contract import Contract

HINT = "Score without --in-database: the rows then come here, and the result goes back."
DIALECTS = {"postgresql": "postgres", "sqlite": "sqlite"}
"""What SQLAlchemy and sqlglot call the databases that can be written to."""


class ModelQuery(NamedTuple):
    """A model as a query.

    Attributes:
        text: Reads the table it was made for; the columns of `passed` come out as they are.
        score: Name of the column with the score.
    """

    text: str
    score: str


def query_of(
    model: Fitted,
    contract: Contract,
    *,
    table: str,
    passed: Sequence[str],
    column: int | None,
    dialect: str,
) -> ModelQuery:
    """Convert a fitted model to a query.

    Args:
        model: A pipeline.
        contract: Names and types of its columns; all that is no text is a double in the
            query's table.
        table: Name of the table that the query reads.
        passed: Columns of it that come out beside the score.
        column: Which of the probabilities is the score; None for a prediction.
        dialect: SQLAlchemy's name of the database.

    Raises:
        MissingExtra: orbital is not installed.
        InvalidCall: The model does not become SQL.
    """
    if find_spec("orbital") is None:
        raise MissingExtra("orbital is not installed.", extra="in-database")
    import orbital
    import orbital.types

    if turns_at_infinity(model):  # its converter looks for the number next to infinity for ever
        raise _refused(model, "a tree asks whether a value is missing")

    # Of one kind: a step that takes two kinds of numbers does not convert.
    kinds = {
        "integer": orbital.types.DoubleColumnType, "boolean": orbital.types.DoubleColumnType,
        "number": orbital.types.DoubleColumnType, "string": orbital.types.StringColumnType,
    }  # fmt: skip
    for feature in contract.features:
        if feature.type not in kinds:
            raise _refused(model, f"{feature.name} is a {feature.type}")
    features = {each.name: kinds[each.type]() for each in contract.features}
    features |= {name: orbital.types.StringColumnType(passthrough=True) for name in passed}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is lost is found out row by row
            text = orbital.export_sql(
                table,
                orbital.parse_pipeline(model, features=features),
                dialect=DIALECTS[dialect],
                projection=orbital.ResultsProjection(list(passed)),
            )
        return _narrowed(text, passed, column, DIALECTS[dialect])
    except Exception as error:
        # A foreign converter raises whatever it meets, and may print all it knows of the model.
        first = str(error.__cause__ or error).strip().partition("\n")[0]
        raise _refused(model, f"{first:.200}") from error


def _narrowed(text: str, passed: Sequence[str], column: int | None, dialect: str) -> ModelQuery:
    """Return a query without what is not asked for, such as the label, which few databases know."""
    import sqlglot
    from sqlglot.optimizer.pushdown_projections import pushdown_projections

    query = sqlglot.parse_one(text, dialect=dialect)
    found = [name for name in query.named_selects if name not in passed]
    if column is not None:
        found = [name for name in found if name.startswith("output_probability")][column:]
    if not found:
        raise ValueError("the query has no score")
    wanted = {*passed, found[0]}
    query.set("expressions", [each for each in query.selects if each.alias_or_name in wanted])
    return ModelQuery(pushdown_projections(query).sql(dialect=dialect), str(found[0]))


def _refused(model: Fitted, why: str) -> InvalidCall:
    last = model.steps[-1][1] if hasattr(model, "steps") else model
    return InvalidCall(f"{type(last).__name__} does not become SQL here: {why}", hint=HINT)
