"""A notebook to compile, and what must be true of the package that comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tests.corpus.case import parse, position, swapped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.corpus.case import Cell

Expect = Literal["compile", "refuse", "either"]


@dataclass(frozen=True, slots=True)
class Refuse:
    """How a refusal reads that helps its reader.

    Attributes:
        at: Snippets; each names a cell that a fair judge accepts as the place. Empty if the
            notebook as a whole is refused.
        words: The reason, the hint or the names hold one of them, whatever the case.
    """

    at: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mutation:
    """One edit of one cell, of which the consequences are found by execution.

    Attributes:
        old: A snippet of the one cell that is edited.
        new: What stands there afterwards.
        kind: What is edited.
    """

    old: str
    new: str
    kind: Literal["constant", "hyper-parameter", "filter", "column", "function", "comment"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What holds of good steps, beyond equal values. A cell is named by a snippet of its source.

    Attributes:
        steps: At least and at most so many.
        named: Names that steps must have.
        together: Groups of cells that must be in one step.
        apart: Pairs of cells in two steps of which neither needs the other.
        takes: By cell, variables that its step must take from others.
        gives: By cell, variables that its step must give.
        parameters: Names that `run` must take.
    """

    steps: tuple[int, int] = (1, 99)
    named: tuple[str, ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    apart: tuple[tuple[str, str], ...] = ()
    takes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    gives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One notebook.

    Attributes:
        construct: What of Python, of notebooks or of libraries it is about; one word or two.
        why: The trap, in a sentence.
        cells: In percent format; `# %% tags=a,b` gives tags.
        files: What lies beside the notebook: a text, or `example:NAME` for a file of
            `example_notebooks/data`.
        expect: `compile` by itself; `refuse`; `either`: refused with a reason, or right.
        refuse: Of one that is or may be refused.
        exports: Some names that must be among what is exported, as the author of the case sees
            it; execution finds them all.
        hidden: Names that must not be: they are deleted, or never bound.
        loose: Names whose values may differ between two runs of the notebook itself.
        unstable: Whether two plain runs differ, or the plain run fails, and that is the point.
        heavy: Whether it needs much time or memory; run only when asked for.
        tutorial: Whether it is in the style of a public tutorial, on real data.
    """

    name: str
    construct: str
    why: str
    cells: str
    files: Mapping[str, str] = field(default_factory=dict)
    expect: Expect = "compile"
    refuse: Refuse = field(default_factory=Refuse)
    exports: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()
    unstable: bool = False
    heavy: bool = False
    tutorial: bool = False
    facts: Facts = field(default_factory=Facts)
    mutation: Mutation | None = None

    def parsed(self) -> list[Cell]:
        """Return the cells of the notebook."""
        return parse(self.cells)

    def mutated(self) -> list[Cell]:
        """Return the cells after the edit.

        Raises:
            ValueError: The case has no mutation, or it does not name one cell.
        """
        if self.mutation is None:
            raise ValueError(f"{self.name} has no mutation.")
        return swapped(self.parsed(), {self.mutation.old: self.mutation.new})

    def cell(self, snippet: str) -> int:
        """Return the index of the one cell that holds a snippet."""
        return position([cell.source for cell in self.parsed()], snippet)

    def snippets(self) -> list[str]:
        """Return every snippet that the case's facts name a cell by."""
        facts = self.facts
        return [
            *self.refuse.at,
            *(each for group in (*facts.together, *facts.apart) for each in group),
            *facts.takes,
            *facts.gives,
        ]
