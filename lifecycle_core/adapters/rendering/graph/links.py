"""Which step of a pipeline hangs on which, and by which variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.schema.pipeline import StepInput


class Linked(Protocol):
    """A step of any record."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def inputs(self) -> tuple[StepInput, ...]:
        """Variables that it takes."""

    @property
    def after(self) -> tuple[str, ...]:
        """Steps that must have run before, though nothing is taken from them."""


@dataclass(frozen=True, slots=True)
class Link:
    """One step before another.

    Attributes:
        source: The step before.
        target: The step behind.
        names: Variables that go from one to the other; empty if it is only an order.
    """

    source: str
    target: str
    names: tuple[str, ...] = ()


def links(steps: Sequence[Linked]) -> list[Link]:
    """Return what connects steps, in their order; a step that is not among them connects nothing.

    Example:
        >>> from lifecycle_core.schema.pipeline import Step, StepInput
        >>> load = Step(name="load")
        >>> train = Step(name="train", inputs=(StepInput(name="X", step="load"),), after=("load",))
        >>> links([load, train])
        [Link(source='load', target='train', names=('X',))]
    """
    before: set[str] = set()
    found: list[Link] = []
    for step in steps:
        names: dict[str, list[str]] = {}
        for each in step.inputs:
            names.setdefault(each.step, []).append(each.name)
        for name in step.after:
            names.setdefault(name, [])
        found += [Link(s, step.name, tuple(names[s])) for s in names if s in before]
        before.add(step.name)
    return found


def taken(step: Linked) -> str:
    """Return in words what a step takes from where.

    Example:
        >>> from lifecycle_core.schema.pipeline import Step, StepInput
        >>> inputs = (StepInput(name="X", step="load"), StepInput(name="y", step="load"))
        >>> taken(Step(name="train", inputs=inputs, after=("seed",)))
        'X, y from load; after seed'
    """
    names: dict[str, list[str]] = {}
    for each in step.inputs:
        names.setdefault(each.step, []).append(each.name)
    parts = [f"{', '.join(given)} from {source}" for source, given in names.items()]
    later = [name for name in step.after if name not in names]
    return "; ".join([*parts, *([f"after {', '.join(later)}"] if later else [])])
