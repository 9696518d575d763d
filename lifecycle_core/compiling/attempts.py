"""Attempts to compile a notebook: each a draft, drawn up from what the last trial taught."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lifecycle_core.compiling.cleaning import clean
from lifecycle_core.compiling.drafting import Draft, draft
from lifecycle_core.compiling.drawing import with_closing
from lifecycle_core.compiling.fusing import fusions
from lifecycle_core.compiling.grouping import fuse, propose
from lifecycle_core.compiling.outline import Outline, read_outline
from lifecycle_core.compiling.pieces import read_pieces
from lifecycle_core.compiling.program import Program
from lifecycle_core.compiling.showing import without_shown
from lifecycle_core.compiling.traffic import Traffic, traffic_of
from lifecycle_core.notebooks.cells import code_cells, release_cell
from lifecycle_core.schema.pipeline import Fusion, Refusal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from lifecycle_core.compiling.mending import Judged
    from lifecycle_core.notebooks.facts import Facts
    from lifecycle_core.notebooks.read import Notebook
    from lifecycle_core.schema.pipeline import Finalize, Pipeline


@dataclass(frozen=True)
class Attempt:
    """One way to compile a notebook.

    Attributes:
        program: The notebook.
        outline: Its prose.
        traffic: Files and generators.
        name: Of the pipeline.
        relative: Path of the notebook, relative to the package.
        source_digest: Of the notebook.
        finalize: Its `%finalize` line.
        refusals: Why it cannot be compiled at all.
        stuck: Variables that cannot be handed over, as trials showed, with the reason.
        kept_inside: Variables that no step can give.
        together: Cells to be put together, as trials showed.
    """

    program: Program
    outline: Outline
    traffic: Traffic
    name: str
    relative: str
    source_digest: str
    finalize: Finalize | None = None
    refusals: tuple[Refusal, ...] = ()
    stuck: Mapping[str, str] = field(default_factory=dict)
    kept_inside: frozenset[str] = frozenset()
    together: tuple[Fusion, ...] = ()

    @cached_property
    def draft(self) -> Draft:
        """The package as it would be written."""
        groups = propose(self.program, self.outline)
        groups = fuse(groups, (*fusions(self.program, self.stuck), *self.together))
        made = draft(
            self.program,
            groups,
            self.outline,
            self.traffic,
            name=self.name,
            notebook=self.relative,
            source_digest=self.source_digest,
            kept_inside=self.kept_inside,
        )
        return replace(made, pipeline=made.pipeline.model_copy(update={"finalize": self.finalize}))

    @property
    def pipeline(self) -> Pipeline | None:
        """Its record; None if there is nothing to draw up."""
        return None if self.refusals else self.draft.pipeline

    @property
    def defaults(self) -> Mapping[str, Any]:
        """The parameters' own values."""
        return {name: ast.literal_eval(value) for name, value in self.program.parameters.items()}


def first_attempt(
    notebook: Notebook,
    facts: Facts,
    *,
    folder: str,
    name: str,
    relative: str,
    keep: bool = True,
    drawing: Collection[int] = (),
) -> Attempt:
    """Read a notebook and propose its steps.

    Args:
        notebook: The source.
        facts: What the recorder saw of a clean run.
        folder: The notebook's folder in the copy in which that run took place.
        name: Of the pipeline.
        relative: Path of the notebook, relative to the package.
        keep: Keep what the notebook prints and draws.
        drawing: Indexes of the cells that showed figures.
    """
    kept = drawing if keep else ()
    cleaned = clean(with_closing(read_pieces(code_cells(notebook)), kept), facts, drawing=kept)
    cells = cleaned.cells if keep else without_shown(cleaned.cells)
    program = Program(cells, facts, len(notebook.content["cells"]))
    refusals = [*cleaned.refusals]
    if not refusals and not program.code:
        refusals.append(
            Refusal(reason="no cell computes anything", hint="Compile a notebook with code.")
        )
    finalize = cleaned.finalize
    stated = release_cell(notebook)
    if finalize and stated:
        finalize = finalize.model_copy(update={"release": stated[2], "release_name": stated[1]})
    return Attempt(
        program=program,
        outline=read_outline(notebook.content["cells"]),
        traffic=traffic_of(program, folder),
        name=name,
        relative=relative,
        source_digest=notebook.digest,
        finalize=finalize,
        refusals=tuple(refusals),
    )


def next_attempt(attempt: Attempt, judged: Judged) -> Attempt:
    """Return an attempt that heeds what a trial showed."""
    return replace(
        attempt,
        stuck={**attempt.stuck, **(judged.stuck or {})},
        kept_inside=attempt.kept_inside | judged.kept_inside,
        together=(*attempt.together, *judged.fusions),
    )
