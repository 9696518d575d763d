"""Signs of what was otherwise when a notebook was saved; each weighs less than a trial.

The first sign that is there counts: they are in the order of how seldom they mislead.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from lifecycle_core.reproducing import confidence
from lifecycle_core.reproducing.case import sites_in
from lifecycle_core.reproducing.saying import HINTS
from lifecycle_core.reproducing.settings_read import variable_read, zone_read
from lifecycle_core.reproducing.suspicions import program_in
from lifecycle_core.schema.reproduction import Cause

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifecycle_core.notebooks.circumstances import Pin
    from lifecycle_core.reproducing.case import Case
    from lifecycle_core.schema.reproduction import CauseKind

_NAMED = 3


def signs(case: Case, cell: int) -> Cause | None:
    """Weigh what can be seen from outside why a cell differs; no sign, no cause."""
    found = next((cause for sign in _SIGNS if (cause := sign(case, cell))), None)
    return found and found.model_copy(update={"explains": cell})


def not_stored(case: Case, cell: int) -> Cause | None:
    """Say of a cell that nothing is stored of it: it was never run, or its output was cleared."""
    saved = case.cells[cell]
    if saved.outputs:
        return None
    sure = confidence.CERTAIN
    evidence = f"Cell {cell} was not run before the notebook was saved: no count, no output."
    if saved.execution_count is not None:
        sure = confidence.INSTEAD
        evidence = (
            f"Cell {cell} ran as [{saved.execution_count}], clean runs give an output, and none is "
            "stored: it was cleared, or the code was edited afterwards."
        )
    said = _cause("edited_after_run", cell, evidence, confidence.EDITED)
    return said.model_copy(update={"explains": cell, "confidence": sure})


def other_sign(case: Case, cell: int, sign: Cause) -> Cause | None:
    """Return what else it may be, where times of files are all there is and they say little."""
    if sign.kind != "changed_data" or not case.circumstances.burst:
        return None
    others = (read(case, cell) for read in _SIGNS if read is not _data)
    other = next((cause for cause in others if cause), None)
    return other and _doubted(other, confidence.INSTEAD).model_copy(update={"explains": cell})


def _doubted(cause: Cause, most: float) -> Cause:
    return cause.model_copy(update={"confidence": min(cause.confidence, most)})


def reader(case: Case, cell: int, paths: frozenset[str]) -> int | None:
    """Return the first cell upstream that read one of these input files (of any, if empty)."""
    near = case.upstream(cell)
    readers = [
        at
        for item in case.first.inputs
        if not paths or item.path in paths
        for at in item.cells
        if at in near
    ]
    return min(readers, default=None)


def asked_for(pins: tuple[Pin, ...]) -> str:
    """Return in words which versions are asked for and which are here."""
    said = (
        f"{pin.said_by} asks for {pin.name}{pin.wanted}, here is {pin.here}"
        for pin in pins[:_NAMED]
    )
    return "; ".join(said) + "."


def _data(case: Case, cell: int) -> Cause | None:
    newer = case.circumstances.newer
    at = reader(case, cell, newer) if newer else None
    if at is None:
        return None
    names = tuple(sorted(newer))
    evidence = (
        f"{', '.join(names[:_NAMED])} changed later than the notebook can have read it, and cell "
        f"{cell}, which depends on it, comes out different."
    )
    cause = _cause("changed_data", at, evidence, confidence.FILE_NEWER, names)
    return _doubted(cause, confidence.AT_ONCE) if case.circumstances.burst else cause


def _folder(case: Case, cell: int) -> Cause | None:
    """Blame files that are gone from a folder whose other files are read."""
    emptied = case.circumstances.emptied
    inside = frozenset(
        item.path for item in case.first.inputs if item.path.rpartition("/")[0] in emptied
    )
    at = reader(case, cell, inside) if inside else None
    names = tuple(sorted(emptied))
    if at is None:  # a cell that only lists the folder reads none of its files
        listing = (one for one in sorted(case.upstream(cell)) if _names_folder(case, one, names))
        at = next(listing, None)
    if at is None:
        return None
    evidence = (
        f"Files were taken from {', '.join(names[:_NAMED])} later than the notebook can have read "
        f"it, and cell {cell}, which depends on it, comes out different."
    )
    return _cause("missing_data", at, evidence, confidence.FOLDER_CHANGED, names)


def _names_folder(case: Case, at: int, folders: tuple[str, ...]) -> bool:
    """Tell whether a cell's source holds the name of one of these folders as a text."""
    named = [folder for folder in folders if folder.strip("./")]
    return at in case.cells and any(
        re.search(rf"['\"](?:\./)?{re.escape(folder)}['\"/\\]", case.cells[at].source)
        for folder in named
    )


def _absent(case: Case, cell: int) -> Cause | None:
    """Blame a folder that is not there: a search in it finds nothing and raises nothing."""
    made = [site.path for site in case.first.facts.writes]
    sites = [
        site
        for site in sites_in(case.first.facts.absent, case.upstream(cell))
        if not any(path == site.path or path.startswith(f"{site.path}/") for path in made)
    ]
    if not sites:
        return None
    folder = PurePath(sites[0].path).name
    evidence = (
        f"Cell {sites[0].cell} searches for files in {folder}, which is not there, and cell {cell} "
        "depends on it."
    )
    said = _cause("missing_data", sites[0].cell, evidence, confidence.FOLDER_ABSENT, (folder,))
    return said.model_copy(update={"line": sites[0].line})


def _absolute(case: Case, cell: int) -> Cause | None:
    """Blame a path of one machine of which a clean run got nothing."""
    near = case.upstream(cell)
    refused = sites_in(case.first.facts.refused, near)
    said = [item for item in case.found("absolute_path", near) if item.severity != "info"]
    if not refused and not said:
        return None
    at, line, names = (
        (refused[0].cell, refused[0].line, (refused[0].path,))
        if refused
        else (said[0].cell, said[0].line, said[0].names)
    )
    path = next(iter(names), "a path")
    evidence = f"{path} lies outside the project, and cell {cell} depends on cell {at}."
    said_by = _cause("absolute_path", at, evidence, confidence.OUTSIDE, names)
    return said_by.model_copy(update={"line": line})


def _network(case: Case, cell: int) -> Cause | None:
    """Blame an answer that came from the network, or did not come."""
    sites = sites_in(case.first.facts.network, case.upstream(cell))
    if not sites:
        return None
    asked = tuple(dict.fromkeys(site.what for site in sites))
    evidence = f"Cell {sites[0].cell} asks the network ({asked[0]}), and cell {cell} depends on it."
    said = _cause("network", sites[0].cell, evidence, confidence.ASKED_NETWORK, asked[:_NAMED])
    return said.model_copy(update={"line": sites[0].line})


def _versions(case: Case, cell: int) -> Cause | None:
    pins = case.circumstances.pins
    if not pins:
        return None
    names = tuple(pin.name for pin in pins[:_NAMED])
    return _cause("environment_drift", cell, asked_for(pins), confidence.OTHER_VERSIONS, names)


def _order(case: Case, cell: int) -> Cause | None:
    pair = case.falling()
    if pair is None:
        return None
    earlier, later = pair
    evidence = (
        f"The stored notebook ran cell {later.index} as [{later.execution_count}], before cell "
        f"{earlier.index} as [{earlier.execution_count}]."
    )
    return _cause("out_of_order", cell, evidence, confidence.FALLING_COUNTS)


def _gap(case: Case, cell: int) -> Cause | None:
    gap = next(iter(case.gaps(cell)), None)
    if gap is None or not _agreed(case):
        return None
    before, skipped = gap
    evidence = (
        f"Clean runs agree and differ from what is stored; the counts skip {skipped} before cell "
        f"{before.index}: code ran there that is gone, or a cell was run again."
    )
    return _cause("deleted_cell", cell, evidence, confidence.SKIPPED_COUNTS)


def _agreed(case: Case) -> bool:
    """Tell whether more than one run speaks: one alone may differ from itself the next time."""
    return len(case.executions) > 1


def _python(case: Case, cell: int) -> Cause | None:
    saved, here = case.circumstances.saved_python, case.circumstances.python
    if not saved or not here or saved.split(".")[:2] == here.split(".")[:2]:
        return None
    evidence = f"The notebook was saved under Python {saved}, and this is {here}."
    return _cause("environment_drift", cell, evidence, confidence.OTHER_PYTHON)


def _edit(case: Case, cell: int) -> Cause | None:
    counts = [one.execution_count for one in case.counted()]
    if not counts or counts != list(range(1, len(counts) + 1)) or not _agreed(case):
        return None
    may_be = _edited(case, cell)
    seen = cell
    if case.results[cell].status == "failed":
        # An error alone may as well come of other data or packages; a result above it that is
        # another one, and that the same edit explains, is more than the error says.
        above = (one for one in case.stale() if one < cell and may_be & case.upstream(one))
        if (first := next(above, None)) is None:
            return None
        seen = first
    at = cell if cell in may_be or not may_be else max(may_be)
    others = sorted(may_be - {at})
    evidence = (
        "All cells had run once, in order, and clean runs agree on another result of cell "
        f"{seen} than the one that is stored."
    )
    if seen != cell:
        evidence += f" In cell {cell}, which depends on it, they raise an error."
    if others:
        evidence += f" Instead of cell {at} it may be {', '.join(map(str, others[:_NAMED]))}."
    said = _cause("edited_after_run", at, evidence, confidence.EDITED)
    started = program_in(case, case.upstream(cell))
    if started is None:
        return said
    doubt = (
        f" Or the program that cell {started} starts said something else then: what it "
        "reads and whether it asks a clock is not seen."
    )
    return _doubted(said.model_copy(update={"evidence": evidence + doubt}), confidence.INSTEAD)


def _edited(case: Case, cell: int) -> frozenset[int]:
    """Return the cells of which an edit explains every cell that differs, and none that does not.

    All that differs depends on the edited cell; what shows the same as before does not.
    """
    wrong = {"different", "failed"}
    may_be = case.upstream(cell)
    for index, result in case.results.items():
        if result.status in wrong:
            may_be &= case.upstream(index)
    for index, result in case.results.items():
        if result.status in {"identical", "cosmetic", "tolerance"} and case.cells[index].outputs:
            may_be -= case.upstream(index)
    return may_be


_SIGNS: tuple[Callable[[Case, int], Cause | None], ...] = (
    _data, _absent, _folder, _absolute, _network, _order, _gap, _versions, _python, variable_read,
    zone_read, _edit,
)  # fmt: skip


def _cause(
    kind: CauseKind, cell: int, evidence: str, way: confidence.Way, names: tuple[str, ...] = ()
) -> Cause:
    return Cause(
        kind=kind,
        cell=cell,
        names=names,
        evidence=evidence,
        hint=HINTS[kind],
        shown_by="observation",
        confidence=way.confidence,
    )
