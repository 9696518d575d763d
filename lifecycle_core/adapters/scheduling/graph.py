"""What a scheduler is given: nodes with a function each, and who hears how far they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lifecycle_core.adapters.stepping import Stepper


class Performing(Protocol):
    """Performs a node where it is sent; it is importable by name and raises nothing."""

    def __call__(
        self,
        task: Any,  # noqa: ANN401 - the graph does not look inside
        upstream: Any,  # noqa: ANN401 - as above
        *,
        stepper: Stepper,
        started: Callable[[tuple[str, ...]], None],
    ) -> Any:  # noqa: ANN401 - as above
        """Return the outcome, given those of the nodes before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A piece of work: a task for the performing function, once others have ended.

    Attributes:
        task: Can be pickled; small.
        after: Names of nodes, or of outcomes known already, in the order in which the function is
            given them.
    """

    task: Any
    after: tuple[str, ...]


class Listener(Protocol):
    """Hears of nodes, from several threads at once."""

    def started(self, name: str, why: tuple[str, ...]) -> None:
        """Hear that a node has to run, and why."""

    def ended(self, name: str, outcome: Any) -> None:  # noqa: ANN401 - the graph does not look inside
        """Hear that a node has ended."""


class Scheduler(Protocol):
    """Runs a graph."""

    @property
    def name(self) -> str:
        """`processes`, `threads`, or the address of a Dask scheduler."""

    def run(
        self,
        nodes: Mapping[str, Node],
        known: Mapping[str, Any],
        *,
        perform: Performing,
        died: Callable[[Any, Sequence[Any], str], Any],
        listener: Listener,
    ) -> dict[str, Any]:
        """Run every node and return the outcomes by name.

        Args:
            nodes: By name; they hold no cycle.
            known: Outcomes of nodes that are not to run.
            perform: What to do with a task.
            died: Gives the outcome of a task whose process died, given the outcomes before it,
                and how.
            listener: Hears as nodes start and end.
        """
