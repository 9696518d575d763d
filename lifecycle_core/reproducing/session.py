"""The live session beside the end of a clean run: which variables agree, which code is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.schema.session import ComparedVariable, SessionComparison

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.notebooks.facts import CellFacts, Variable
    from lifecycle_core.notebooks.read import Notebook
    from lifecycle_core.notebooks.session import Session, Unsaved

_ORDER = ("differs", "only_live", "unknown", "only_clean", "same")


def compare_session(
    session: Session, notebook: Notebook, execution: Execution
) -> SessionComparison:
    """Compare a live session with the state in which a clean run ended.

    Args:
        session: What ran and what lives.
        notebook: The saved notebook.
        execution: Its clean run.

    Returns:
        Every name of either side. Without facts of the run no variable can be compared, and the
        note says so.
    """
    sources = session.lost(notebook)
    lost = {name: source.count for source in sources for name in source.defined}
    facts = execution.facts.cells
    clean = final_variables(facts)
    unsaved = session.unsaved(notebook)
    notes = [*_sentences(unsaved)]
    notes += [f"The journal may be incomplete: {note}." for note in session.journal.notes[:1]]
    found: list[ComparedVariable] = []
    if any(cell.variables for cell in facts.values()):
        definers = session.definers(notebook)
        for name, live in session.variables.items():
            ended = definers.get(name, -1) in facts or name not in definers
            found.append(_compared(name, live, clean.get(name), lost=lost, ended=ended))
        found += [
            ComparedVariable(name=name, status="only_clean", type=clean[name].type)
            for name in clean
            if name not in session.variables
        ]
    elif facts:
        notes.append("The clean run ended before a cell of it made a variable.")
    else:
        notes.append("The clean run's variables were not observed, so none could be compared.")
    return SessionComparison(
        variables=tuple(sorted(found, key=lambda item: (_ORDER.index(item.status), item.name))),
        sources=sources,
        unsaved=bool(unsaved),
        note=" ".join(notes),
        forgotten=session.journal.forgotten,
    )


def final_variables(cells: Mapping[int, CellFacts]) -> dict[str, Variable]:
    """Return what the namespace held after the last cell: each cell's changes on those before.

    Example:
        >>> from lifecycle_core.notebooks.facts import CellFacts, Variable
        >>> one = CellFacts(variables={"x": Variable(type="int", digest="1")})
        >>> sorted(final_variables({0: one, 2: CellFacts(deleted=("x",))}))
        []
    """
    held: dict[str, Variable] = {}
    for index in sorted(cells):
        held.update(cells[index].variables)
        for name in cells[index].deleted:
            held.pop(name, None)
    return {name: value for name, value in held.items() if not name.startswith("_")}


def _compared(
    name: str,
    live: Variable,
    clean: Variable | None,
    *,
    lost: Mapping[str, int | None],
    ended: bool,
) -> ComparedVariable:
    stem = lost.get(name)
    if clean is None and not ended:
        note = "the clean run did not come to the cell that makes it"
        return ComparedVariable(name=name, status="unknown", type=live.type, note=note)
    if clean is None:
        return ComparedVariable(name=name, status="only_live", type=live.type, lost=stem)
    if live.type != clean.type:
        note = f"{live.type} here, {clean.type} in the clean run"
        return ComparedVariable(name=name, status="differs", type=live.type, note=note, lost=stem)
    if live.digest is None or clean.digest is None:
        note = live.note or clean.note
        return ComparedVariable(name=name, status="unknown", type=live.type, note=note, lost=stem)
    same = live.digest == clean.digest
    return ComparedVariable(
        name=name,
        status="same" if same else "differs",
        type=live.type,
        lost=None if same else stem,
    )


def _sentences(unsaved: Unsaved) -> Iterator[str]:
    if unsaved.sources:
        counts = ", ".join(f"[{count}]" for count in unsaved.sources if count is not None)
        yield f"The saved file does not hold all that ran{counts and f': {counts} is missing'}."
    elif unsaved.outputs:
        several = len(unsaved.outputs) > 1
        cells = ", ".join(map(str, unsaved.outputs))
        yield (
            f"Cell{'s' * several} {cells} ran after the file was saved, so it holds older outputs."
        )
