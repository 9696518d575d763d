"""An estimator, a split or a data set that draws at random and has no `random_state`.

## What it does
Reports classes and functions of scikit-learn, imbalanced-learn and UMAP that draw with the
arguments they are given, while `random_state` is absent or None and `np.random.seed` was not
called before: without `random_state` they draw from numpy's global generator.

## Why is this bad?
The split, the model and every figure after it differ from run to run.

## Examples
`train_test_split(X, y)`: write `train_test_split(X, y, random_state=0)`. `--fix` does it.

## References
- https://scikit-learn.org/stable/common_pitfalls.html#controlling-randomness
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.notebooks import randomness
from lifecycle_core.notebooks.rules.base import Edit, Rule, Spot
from lifecycle_core.notebooks.rules.seeding import is_none, seedings
from lifecycle_core.notebooks.rules.unseeded_random import last_argument

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.rules.view import View

_TAKES_MANY = frozenset({"sklearn.model_selection.train_test_split", "sklearn.utils.shuffle"})
"""Where `*arrays` is ordinary, and says nothing about keywords."""
_SEED_AT = {"sklearn.utils.random.sample_without_replacement": 3, "sklearn.covariance.fast_mcd": 3}
"""Those that take `random_state` by position too, and where."""
_NEVER = 1_000


def find(view: View) -> Iterator[Spot]:
    """Yield a spot for each call that draws."""
    if view.sets_random_state:
        return
    seeding = seedings(view)
    for call in view.calls:
        if call.spread and call.name not in _TAKES_MANY:
            continue
        if not randomness.draws(call.name, call.node) or view.runs_in(call) is None:
            continue
        given = call.argument(_SEED_AT.get(call.name, _NEVER), "random_state")
        if not is_none(given, view) or seeding.covers("numpy", call):
            continue
        edits: tuple[Edit, ...] = ()
        if given is None and seeding.sure(call):
            edits = last_argument(call, "random_state=0")
        spot = Spot(
            cell=call.cell,
            line=call.line,
            column=call.node.col_offset + 1,
            kind="unseeded_random",
            severity="warning",
            names=(call.written,),
            message=f"`{call.written}` draws at random and has no `random_state`",
            hint="Add `random_state=0`." if given is None else "Write `random_state=0`, not None.",
            edits=edits,
        )
        yield seeding.hedged(spot, call)


RULE = Rule("NB302", "unseeded-estimator", find)
