"""Choose how the scores of a fitted model are shared out: exactly where its form allows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lifecycle_core.adapters.converting import has_trees, trees_of
from lifecycle_core.adapters.explaining.games import game_of
from lifecycle_core.adapters.explaining.links import to_score
from lifecycle_core.adapters.explaining.opening import players_of
from lifecycle_core.schema.explaining import ExplainerFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from lifecycle_core.adapters.model_parts import Fitted
    from lifecycle_core.schema.encoding import Encoding
    from lifecycle_core.schema.explaining import Factor, Scale
    from lifecycle_core.stats.shapley import TreeGame

    Numbers = NDArray[np.float64]

_MOST_SLOTS = 400_000  # one explanation walks all of them
_STRAIGHT = 1e-9  # how far a linear model may be from a straight line, relatively


class Choice(NamedTuple):
    """How scores are shared out.

    Attributes:
        facts: The record of it.
        game: The trees, if there are some.
    """

    facts: ExplainerFacts
    game: TreeGame | None


def exact(
    rest: Fitted,
    encoding: Encoding,
    sample: Numbers,
    *,
    factors: Sequence[Factor],
    column: int | None,
) -> Choice | None:
    """Return how a model's scores are shared out exactly; None if its form does not allow it.

    Args:
        rest: The fitted estimator that takes encoded rows.
        encoding: Makes them.
        sample: Encoded rows of the training data, shape (n, width).
        factors: What is explained as one.
        column: Which column of its probabilities is the score; None for a prediction.
    """
    if has_trees(rest):
        return _trees(rest, players_of(factors, encoding), column, factors)
    return _linear(rest, sample, column, factors)


def _trees(
    rest: Fitted,
    players: list[int],
    column: int | None,
    factors: Sequence[Factor],
) -> Choice | None:
    try:
        trees = trees_of(rest)
    except ValueError:
        return None
    scales: dict[str, Scale] = {
        "identity": "score", "complement": "score", "logistic": "log-odds",
        "exponential": "logarithm",
    }  # fmt: skip
    if trees.link not in scales:
        return None
    # Of two classes there is one sum, the second one's; of more there is one for each.
    several = trees.targets > 1
    target = column if several and column is not None else 0
    first = column == 0 and not several
    game = game_of(trees, players, count=len(factors), target=target)
    if len(game.slot_start) > _MOST_SLOTS:
        return None
    base = game.expected
    if first:
        base = 1.0 - base if trees.link == "complement" else -base
    scale = scales[trees.link]
    facts = ExplainerFacts(
        method="trees",
        factors=tuple(factors),
        scale=scale,
        base=base,
        baseline=to_score(base, scale),
        sign=-1 if first else 1,
        single_precision=trees.single_precision,
    )
    return Choice(facts, game)


def _linear(
    rest: Fitted,
    sample: Numbers,
    column: int | None,
    factors: Sequence[Factor],
) -> Choice | None:
    """Ask a model what each number does; it is linear if that says all about the sample."""
    if np.isnan(sample).any():
        return None
    for scale, total in _totals(rest, column):
        means = sample.mean(axis=0)
        steps = np.where(np.ptp(sample, axis=0) > 0, sample.std(axis=0), 1.0)
        with np.errstate(all="ignore"):
            given = total(np.vstack([means, means + np.diag(steps), sample]))
        base, moved, wanted = given[0], given[1 : len(means) + 1], given[len(means) + 1 :]
        weights = (moved - base) / steps
        straight = base + (sample - means) @ weights
        if np.abs(straight - wanted).max() <= _STRAIGHT * max(1.0, np.abs(wanted).max()):
            facts = ExplainerFacts(
                method="linear",
                factors=tuple(factors),
                scale=scale,
                base=float(base),
                baseline=to_score(float(base), scale),
                weights=tuple(float(weight) for weight in weights),
                means=tuple(float(mean) for mean in means),
            )
            return Choice(facts, None)
    return None


def _totals(
    rest: Fitted,
    column: int | None,
) -> list[tuple[Scale, Callable[[Numbers], Numbers]]]:
    """Return the scales on which a score may be a sum, each with what gives it there."""
    if column is None:
        return [
            ("score", lambda rows: np.asarray(rest.predict(rows), dtype=np.float64)),
            ("logarithm", lambda rows: np.log(np.asarray(rest.predict(rows), dtype=np.float64))),
        ]
    if len(rest.classes_) == 2 and hasattr(rest, "decision_function"):  # noqa: PLR2004 - two classes
        sign = -1.0 if column == 0 else 1.0
        return [("log-odds", lambda rows: sign * np.asarray(rest.decision_function(rows)))]
    return []
