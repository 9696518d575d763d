"""A seed that is another one in each run.

## What it does
Reports seeds that come from a clock, a process number, `hash` of a text, or are None.

## Why is this bad?
The code looks seeded and is not.

## Examples
`np.random.seed(int(time.time()))`: write a number, `np.random.seed(0)`.

## References
- https://docs.python.org/3/using/cmdline.html#envvar-PYTHONHASHSEED
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.notebooks import randomness
from lifecycle_core.notebooks.rules.base import Rule, Spot
from lifecycle_core.notebooks.rules.seeding import seed_calls, unstable

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from lifecycle_core.notebooks.calls import Call
    from lifecycle_core.notebooks.rules.view import View

_SEED_WORDS = ("random_state", "seed", "random_seed", "random_number_seed")


def find(view: View) -> Iterator[Spot]:
    """Yield a spot for each seed that is none."""
    for call, seed in _given(view):
        if view.runs_in(call) is None:
            continue
        cause = "None" if seed is None else unstable(seed, view)
        if not cause:
            continue
        yield Spot(
            cell=call.cell,
            line=call.line,
            column=call.node.col_offset + 1,
            kind="hash_order" if cause == "hash" else "unseeded_random",
            severity="warning",
            names=(call.written,),
            message=f"the seed of `{call.written}` is another one in each run: it comes from "
            f"`{cause}`",
            hint="Use a fixed number, such as 0.",
        )


def _given(view: View) -> Iterator[tuple[Call, ast.expr | None]]:
    yield from seed_calls(view)
    for call in view.calls:
        if call.name in randomness.SEEDS:
            continue
        seed = call.keyword(*_SEED_WORDS)
        if seed is None and call.name in randomness.GENERATORS and call.node.args:
            seed = call.node.args[0]
        if seed is not None and unstable(seed, view) != "None":
            yield call, seed


RULE = Rule("NB303", "unstable-seed", find)
