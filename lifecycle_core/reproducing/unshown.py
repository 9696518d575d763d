"""What clean runs left otherwise though every output agrees: variables, files, and where it began.

The verdict is on outputs. A model that another run would write otherwise, and of which nothing is
printed, is none of them; whoever reads the verdict is to know of it all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.reproducing.clocks import clock_sites, measures
from lifecycle_core.reproducing.instability import KINDS, may_differ, sites_of
from lifecycle_core.schema.reproduction import Unshown

if TYPE_CHECKING:
    from lifecycle_core.notebooks.facts import Site
    from lifecycle_core.reproducing.case import Case
    from lifecycle_core.schema.reproduction import CauseKind

_NUMBERS = frozenset({"float", "int"})
"""Types of what a difference of two readings of a clock gives."""


def unshown(case: Case) -> tuple[Unshown, ...]:
    """Return by cell what the clean runs left otherwise in cells that were compared.

    Durations, which no two runs share, are left out.
    """
    names = {
        index: tuple(name for name in case.changed_names(index) if not _times(case, index, name))
        for index, result in case.results.items()
        if result.status != "skipped"
    }
    files = _files(case)
    cells = sorted({*(at for at in names if names[at]), *(at for at in files if at is not None)})
    return tuple(
        _entry(case, cell, () if cell is None else names.get(cell, ()), files)
        for cell in (*cells, *(at for at in files if at is None))
    )


def _entry(
    case: Case, cell: int | None, names: tuple[str, ...], files: dict[int | None, list[str]]
) -> Unshown:
    begun = None if cell is None else _begun(case, cell)
    kind, site = begun or (None, None)
    return Unshown(
        cell=cell,
        names=names,
        files=tuple(files.get(cell, ())),
        kind=kind,
        what=site.what if site else "",
        at=site.cell if site else None,
        line=site.line if site else None,
    )


def _files(case: Case) -> dict[int | None, list[str]]:
    """Return the files that the runs did not leave alike, by the last cell that wrote them."""
    digests = [{item.path: item.digest for item in run.written} for run in case.executions]
    wrote = {item.path: item.cells for run in case.executions for item in run.written}
    unlike: dict[int | None, list[str]] = {}
    for path in sorted(wrote):
        if len({by_path.get(path) for by_path in digests}) > 1:
            unlike.setdefault(max(wrote[path], default=None), []).append(path)
    return unlike


def _begun(case: Case, cell: int) -> tuple[CauseKind, Site] | None:
    """Return what the recorder saw that may be why, if that is of one kind only."""
    near = case.upstream(cell)
    seen: dict[CauseKind, Site] = {}
    for factor, kind in KINDS.items():
        sites = [
            site
            for site in sites_of(case, factor, near)
            if site.cell == cell or may_differ(case, site.cell)
        ]
        if factor == "clock":
            sites = [site for site in sites if not measures(case, site)]
        if sites:
            seen[kind] = min(sites, key=lambda site: site.cell)
    return next(iter(seen.items())) if len(seen) == 1 else None


def _times(case: Case, cell: int, name: str) -> bool:
    """Tell whether a variable is a number that clocks give which only measure durations."""
    types = {found.name: found.type for found in case.results[cell].variables}
    near = case.upstream(cell)
    sites = clock_sites(case, near)
    return (
        types.get(name) in _NUMBERS
        and bool(sites)
        and all(measures(case, site) for site in sites)
        and not any(sites_of(case, factor, near) for factor in KINDS if factor != "clock")
    )
