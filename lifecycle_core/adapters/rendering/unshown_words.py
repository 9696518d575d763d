"""What clean runs left otherwise though no output shows it, in a sentence or two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.adapters.rendering.cause_words import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.schema.reproduction import Reproduction, Unshown

_LISTED = 5


def unshown_notice(record: Reproduction) -> str:
    """Return what the clean runs left otherwise, where, and what is likely why; or nothing.

    Example:
        >>> from types import SimpleNamespace
        >>> from lifecycle_core.schema.reproduction import Unshown
        >>> one = Unshown(cell=2, names=("w",), files=("model.json",), kind="unseeded_random",
        ...               what="numpy.random.random", at=1, line=3)
        >>> print(unshown_notice(SimpleNamespace(unshown=(one,))))
        No output shows it, but the clean runs did not leave the same: cell 2: variable w, file \
model.json. Likely why: random numbers without a seed (numpy.random.random in cell 1, line 3).
    """
    if not record.unshown:
        return ""
    said = "; ".join(map(_left, record.unshown[:_LISTED]))
    more = len(record.unshown) - _LISTED
    also = f"; and {more} more cells" if more > 0 else ""
    likely = next((one for one in record.unshown if one.kind), None)
    why = f" Likely why: {_why(likely)}." if likely else ""
    return f"No output shows it, but the clean runs did not leave the same: {said}{also}.{why}"


def _left(one: Unshown) -> str:
    parts = [_listed("variable", one.names), _listed("file", one.files)]
    where = "no known cell" if one.cell is None else f"cell {one.cell}"
    return f"{where}: {', '.join(filter(None, parts))}"


def _listed(word: str, names: Sequence[str]) -> str:
    if not names:
        return ""
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return f"{word}{'s' if len(names) > 1 else ''} {', '.join(names[:_LISTED])}{more}"


def _why(one: Unshown) -> str:
    name = KINDS[one.kind or "unexplained"]
    line = f", line {one.line}" if one.line else ""
    return f"{name[0].lower()}{name[1:]} ({one.what} in cell {one.at}{line})"
