"""Further clean runs that change one thing, and what they showed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.execution import ExecutedCell
from lifecycle_core.notebooks.factors import Conditions, Factors
from lifecycle_core.notebooks.plan import Plan
from lifecycle_core.notebooks.variants import Variant, cut_after
from lifecycle_core.schema.reproduction import Trial

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.notebooks.plan import Runs
    from lifecycle_core.reproducing.case import Case
    from lifecycle_core.schema.reproduction import Factor

SEED = 20_240_229
STANDING = 1_709_164_800.0
"""A moment that no notebook was written at: 2024-02-29, a leap day, at midnight UTC."""
HASH_SEEDS = (1, 2)
"""Of the two clean runs. Not 0, which switches hashing of strings off rather than fixing it."""
OTHER_HASH_SEEDS = (3, 4)


class Trials:
    """Makes trials on one case and remembers them.

    Attributes:
        done: One record each, in the order in which they were made.
        base: How the clean runs were started.
    """

    def __init__(self, case: Case, runs: Runs, base: Conditions) -> None:
        self._case, self._runs = case, runs
        self.base = base
        self.done: list[Trial] = []

    def on(self, case: Case) -> Trials:
        """Go on with what is known now; what was done stays done."""
        further = Trials(case, self._runs, self.base)
        further.done = self.done
        return further

    def holding(
        self, held: Iterable[frozenset[Factor]], upto: int, hash_seeds: Sequence[int]
    ) -> list[Execution]:
        """Run the notebook up to a cell, once for each set of factors that are held still.

        Args:
            held: The sets.
            upto: Index of the last cell to run.
            hash_seeds: One for each run.
        """
        cut = cut_after(self._case.notebook, upto).notebook
        plans = [
            Plan(notebook=cut, conditions=self._conditions(factors, seed))
            for factors, seed in zip(held, hash_seeds, strict=True)
        ]
        return list(self._runs.together(plans, "Looking for the cause"))

    def otherwise(self, plans: Sequence[Plan]) -> list[Execution]:
        """Run other shapes of the notebook or of its folder, under the first run's conditions."""
        conditions = self._conditions(frozenset(), HASH_SEEDS[0])
        alike = [replace(plan, conditions=conditions) for plan in plans]
        return list(self._runs.together(alike, "Looking for the cause"))

    def note(
        self,
        factors: Iterable[Factor],
        cell: int,
        *,
        agrees: bool,
        against: str,
        executions: Sequence[Execution],
    ) -> int:
        """Remember a trial, and return its position among those that were made."""
        self.done.append(
            Trial.model_validate(
                {
                    "factors": tuple(sorted(factors)),
                    "cell": cell,
                    "agrees": agrees,
                    "against": against,
                    "seconds": max(execution.run.seconds for execution in executions),
                }
            )
        )
        return len(self.done) - 1

    def _conditions(self, held: frozenset[Factor], hash_seed: int) -> Conditions:
        factors = Factors(
            seed=SEED if "seed" in held else None,
            clock=STANDING if "clock" in held else None,
            network="network" not in held,
            one_thread="threads" in held,
            delays=hash_seed if "schedule" in held else None,
        )
        threads = 1 if "threads" in held else self.base.threads
        return replace(self.base, factors=factors, hash_seed=hash_seed, threads=threads)


def left_at(variant: Variant, index: int, execution: Execution) -> ExecutedCell:
    """Return what a run of a variant left in a cell of the source."""
    at = variant.position(index)
    return ExecutedCell() if at is None else execution.cells.get(at, ExecutedCell())
