"""Random numbers that differ from run to run.

## What it does
Reports draws from a global generator nobody has seeded before (`numpy.random`, `random`, torch),
generators made without a seed, samples of tables without a seed, and sources that cannot
be seeded (`uuid4`, `secrets`, `os.urandom`). So are draws of scipy's distributions, and `$RANDOM`
and `shuf` of the shell.

## Why is this bad?
Every run gives other numbers, and all that is made of them.

## Examples
`rng = np.random.default_rng()`: write `np.random.default_rng(0)`. `np.random.rand(3)`: call
`np.random.seed(0)` before, or better use a generator of your own. `--fix` does both, where no
module that is not read here may have seeded before.

## References
- computationalmodelling/nbval#225, AllenInstitute/AllenSDK#2636: notebooks should use seeds.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from lifecycle_core.notebooks import randomness
from lifecycle_core.notebooks.dataflow.effects import dotted_name
from lifecycle_core.notebooks.dataflow.knowledge import SHELLS
from lifecycle_core.notebooks.dataflow.scopes import bound_by
from lifecycle_core.notebooks.rules import sampling
from lifecycle_core.notebooks.rules.base import Edit, Rule, Spot
from lifecycle_core.notebooks.rules.seeding import is_none, seedings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.calls import Call
    from lifecycle_core.notebooks.rules.seeding import Seeding
    from lifecycle_core.notebooks.rules.view import View

_RVS = 4
_FROZEN_RVS = 2
"""With so many arguments by position `rvs` may have been given its `random_state`."""
_SHELL_DRAWS = re.compile(r"\$\{?RANDOM\b\}?|\bshuf\b|\bsort (?:-\w+ )*(?:-R|--random-sort)\b")
_SHELL_SEEDS = re.compile(r"\bRANDOM=\d|--random-source")


def find(view: View) -> Iterator[Spot]:
    """Yield a spot for each call that draws."""
    told: set[str] = set()
    seeding = seedings(view)
    for call in view.calls:
        if view.runs_in(call) is None or call.spread:
            continue
        library = _global_draw(call)
        if library and not seeding.covers(library, call):
            first = library not in told and seeding.sure(call)
            yield seeding.hedged(_unseeded_global(call, library, first=first), call)
            told.add(library)
        elif call.name in randomness.GENERATORS and is_none(
            call.argument(0, "seed", "entropy", "x"), view
        ):
            yield _spot(
                call,
                f"`{call.written}()` without a seed gives other numbers in each run",
                f"Give it a seed: `{call.written}(0)`.",
                edits=_first_argument(call, "0"),
            )
        elif call.name in randomness.NEVER_SEEDED:
            yield _spot(
                call,
                f"`{call.written}()` gives another value in each run and cannot be seeded",
                "Use a value that is fixed, or a generator with a seed; or tag the cell "
                "`nondeterministic`.",
            )
        elif _draws_from_distribution(call, view) and not seeding.covers("numpy", call):
            yield seeding.hedged(
                _spot(
                    call,
                    f"`{call.written}()` draws from numpy's global generator, which nothing has "
                    "seeded",
                    "Add `random_state=0`.",
                ),
                call,
            )
        elif sampling.samples_table(call, view):
            spot = _unseeded_table(call, view, seeding)
            if spot:
                yield spot
    yield from _shell_draws(view)


def _global_draw(call: Call) -> str:
    for library, pattern in randomness.GLOBAL_DRAWS.items():
        if call.name.startswith(library) and pattern.fullmatch(call.name):
            own = call.keyword("generator", "rng", "seed")
            return "" if own is not None else library
    return ""


def _draws_from_distribution(call: Call, view: View) -> bool:
    """Tell whether a distribution of scipy draws without a seed, of its own or of the call."""
    if call.method != "rvs" or not (call.name or call.made_by).startswith("scipy.stats."):
        return False
    if call.keyword("random_state") is not None or view.sets_attribute("random_state"):
        return False
    made = view.value(call.node.func.value) if isinstance(call.node.func, ast.Attribute) else None
    own = isinstance(made, ast.Call) and any(one.arg == "seed" for one in made.keywords)
    given = len(call.node.args)
    return not own and given < (_RVS if call.name else _FROZEN_RVS)


def _shell_draws(view: View) -> Iterator[Spot]:
    for index, parsed in view.dataflow.parsed.items():
        for magic in parsed.magics:
            text = magic.text
            if magic.name in SHELLS and magic.whole_cell:
                text = view.cell[index].source
            elif magic.name not in {"!", "sx", "system"}:
                continue
            if (drawn := _SHELL_DRAWS.search(text)) and not _SHELL_SEEDS.search(text):
                yield Spot(
                    cell=index,
                    line=text.count("\n", 0, drawn.start()) + 1 if magic.whole_cell else magic.line,
                    kind="unseeded_random",
                    severity="warning",
                    names=(drawn[0],),
                    message=f"`{drawn[0]}` of the shell draws anew in each run",
                    hint="Draw in Python with a seed; bash takes one with `RANDOM=0`, "
                    "`shuf` with `--random-source=FILE`.",
                )


def _unseeded_global(call: Call, library: str, *, first: bool) -> Spot:
    module, _, _ = dotted_name(call.node.func).rpartition(".")
    seed = {"torch": "torch.manual_seed(0)", "tensorflow": "tensorflow.random.set_seed(0)"}.get(
        library, f"{module}.seed(0)" if module else f"{call.name.rpartition('.')[0]}.seed(0)"
    )
    statement = next((node for node in call.stack if isinstance(node, ast.stmt)), None)
    edits: tuple[Edit, ...] = ()
    plain = library in {"numpy", "random"} and module and not call.within
    if (
        first
        and plain
        and statement is not None
        and statement.col_offset == 0
        and not _binds(statement, module.partition(".")[0])
    ):
        edits = (Edit(call.cell, statement.lineno, None, seed),)
    return _spot(
        call,
        f"`{call.written}()` draws from a global generator that nothing has seeded",
        f"Call `{seed}` before it, or draw from a generator of your own with a seed.",
        edits=edits,
    )


def _binds(statement: ast.stmt, name: str) -> bool:
    """Tell whether a statement itself imports or defines a name, which is not there before it."""
    return any(name in bound_by(node) for node in ast.walk(statement))


def _unseeded_table(call: Call, view: View, seeding: Seeding) -> Spot | None:
    library = sampling.library(call, view)
    generators = {"": ("numpy", "polars"), "polars": ("polars",)}.get(library, ("numpy",))
    if any(seeding.covers(one, call) for one in generators):
        return None
    seed = f"{sampling.SEED_WORDS.get(library)}=0"
    sure = library and sampling.bare(call) and seeding.sure(call)
    return seeding.hedged(
        _spot(
            call,
            f"`{call.written}()` draws other rows in each run",
            f"Add `{seed}`."
            if library
            else "Give it a seed: `random_state=0` in pandas, `seed=0` in polars.",
            edits=last_argument(call, seed) if sure else (),
        ),
        call,
    )


def _spot(call: Call, message: str, hint: str, *, edits: tuple[Edit, ...] = ()) -> Spot:
    return Spot(
        cell=call.cell,
        line=call.line,
        column=call.node.col_offset + 1,
        kind="unseeded_random",
        severity="warning",
        names=(call.written,),
        message=message,
        hint=hint,
        edits=edits,
    )


def _first_argument(call: Call, text: str) -> tuple[Edit, ...]:
    return () if call.node.args or call.node.keywords else last_argument(call, text)


def last_argument(call: Call, text: str) -> tuple[Edit, ...]:
    """Return the edit that puts an argument before the closing bracket of a call."""
    node = call.node
    if node.end_lineno is None or node.end_col_offset is None or call.spread:
        return ()
    given = [*node.args, *(one.value for one in node.keywords)]
    if given and max(one.end_lineno or 0 for one in given) != node.end_lineno:
        return ()  # the bracket stands on a line of its own, maybe after a comma
    if any(isinstance(one, ast.GeneratorExp) for one in node.args):
        return ()
    comma = ", " if given else ""
    return (Edit(call.cell, node.end_lineno, node.end_col_offset - 1, comma + text),)


RULE = Rule("NB301", "unseeded-random", find)
