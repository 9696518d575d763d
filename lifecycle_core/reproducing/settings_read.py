"""Settings of a machine that a notebook reads: its environment variables and its time zone.

A clean run has neither those of the author nor a way to know them, so that they are only signs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lifecycle_core.reproducing import confidence
from lifecycle_core.schema.reproduction import Cause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.reproducing.case import Case

_VARIABLE = re.compile(
    r"\b(?:environ(?:\.get\(|\.setdefault\(|\[)|getenv\()\s*['\"](?P<name>\w+)['\"]"
    r"(?!\s*\]\s*=[^=])"
)
_SET = re.compile(
    r"\benviron\[\s*['\"](\w+)['\"]\s*\]\s*=[^=]|%(?:set_)?env\s+(\w+)[ =]"
    r"|\benviron\.setdefault\(\s*['\"](\w+)"
)
_LOCAL = re.compile(
    r"\bfromtimestamp\(\s*[^,()]*\)|\b(?:localtime|mktime|ctime|tzlocal)\(|\bastimezone\(\)"
    r"|\btime\.tzname\b"
)
"""Readings of a moment in the zone of the machine; with a zone as a further argument it is none."""


def variable_read(case: Case, cell: int) -> Cause | None:
    """Blame an environment variable that a cell upstream reads and no cell sets."""
    texts = " ".join(one.source for one in case.cells.values())
    own = {name for found in _SET.findall(texts) for name in found if name}
    for at, line, match in _found(case, cell, _VARIABLE):
        name = match["name"]
        if name in own:
            continue
        evidence = (
            f"Cell {at} reads the environment variable {name}, which may have been another where "
            f"the notebook was saved, and cell {cell} depends on it."
        )
        hint = (
            f"Make {name} a parameter: a value in a cell tagged `parameters`, set with --param; or "
            "set it where the notebook is run."
        )
        said = _cause(at, line, cell, evidence, hint=hint, way=confidence.VARIABLE_READ)
        return said.model_copy(update={"names": (name,)})
    return None


def zone_read(case: Case, cell: int) -> Cause | None:
    """Blame the machine's time zone where a cell upstream tells a moment in it."""
    for at, line, _ in _found(case, cell, _LOCAL):
        evidence = (
            f"Cell {at} tells a moment in the time zone of the machine, which may have been "
            f"another where the notebook was saved, and cell {cell} depends on it."
        )
        hint = "Name the zone: `datetime.fromtimestamp(x, tz=timezone.utc)` or `time.gmtime(x)`."
        return _cause(at, line, cell, evidence, hint=hint, way=confidence.ZONE_READ)
    return None


def _found(
    case: Case, cell: int, pattern: re.Pattern[str]
) -> Iterator[tuple[int, int, re.Match[str]]]:
    for at in sorted(case.upstream(cell)):
        if at not in case.cells:
            continue
        for number, line in enumerate(case.cells[at].source.splitlines(), 1):
            for match in pattern.finditer(line.partition(" #")[0]):
                yield at, number, match


def _cause(
    at: int, line: int, cell: int, evidence: str, *, hint: str, way: confidence.Way
) -> Cause:
    return Cause(
        kind="environment_drift",
        cell=at,
        line=line,
        evidence=evidence,
        hint=hint,
        shown_by="observation",
        confidence=way.confidence,
        explains=cell,
    )
