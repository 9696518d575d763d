"""From the cells of a notebook to their flows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.notebooks.dataflow import magics as magic_effects
from lifecycle_core.notebooks.dataflow.effects import is_history
from lifecycle_core.notebooks.dataflow.flow import FILES, Flow
from lifecycle_core.notebooks.dataflow.walk import Walk

if TYPE_CHECKING:
    from lifecycle_core.notebooks.dataflow.flow import Use
    from lifecycle_core.notebooks.parsing import Parsed


def read_flow(index: int, parsed: Parsed, modules: dict[str, str]) -> Flow:
    """Return what a cell does with names.

    Args:
        index: The cell's, among all cells of the file.
        parsed: Its tree and magics.
        modules: What variables stand for imports so far, such as `{"np": "numpy"}`; updated with
            those of this cell.
    """
    walk = Walk(modules)
    opaque = magic_effects.unreadable(parsed.magics)
    if parsed.error:
        opaque = "code that is no Python"
    elif parsed.tree is not None:
        walk.effects.asked_only(parsed.tree)
        try:
            for statement in parsed.tree.body:
                walk.visit(statement)
        except RecursionError:
            opaque = "code too deeply nested to read"
    opaque = opaque or walk.effects.opaque
    if any(one.name == "*" and not one.guarded for one in walk.imports):
        opaque = opaque or "import *"
    timed = any(magic.name == "timeit" and magic.whole_cell for magic in parsed.magics)
    maybe = dict(walk.maybe)
    if not timed:  # what %%timeit binds does not stay
        for name, line in magic_effects.names_bound(parsed.magics):
            maybe.setdefault(name, line)
    shell = tuple((one.text, one.line) for one in parsed.magics if one.name == "!")
    return Flow(
        index=index,
        defines={} if timed else walk.defines,
        maybe=maybe,
        uses=_resolved(walk),
        deletes=walk.deletes,
        mutates=frozenset(walk.effects.mutates),
        may_mutate=frozenset(walk.effects.may_mutate) | magic_effects.changed(parsed.magics),
        mentions=frozenset(walk.effects.mentions)
        | magic_effects.mentioned(parsed.magics)
        | (frozenset({FILES}) if shell else frozenset()),
        imports=tuple(walk.imports),
        shares=frozenset(walk.shares),
        made_from=walk.made_from,
        opaque=opaque,
        needs_all=bool(opaque) or any(is_history(use.name) for use in walk.uses),
        shell=shell,
    )


def _resolved(walk: Walk) -> tuple[Use, ...]:
    """Drop what functions need and the cell itself binds, and repetitions."""
    kept: dict[tuple[str, bool, str], Use] = {}
    for use in walk.uses:
        if use.deferred and use.name in walk.defines:
            continue
        key = (use.name, use.deferred, use.within)
        earlier = kept.get(key)
        if earlier is None or (use.certain and not use.guarded and not earlier.certain):
            kept[key] = use
    return tuple(kept.values())
