"""Stored outputs of a cell against fresh ones: the ladder, best step first.

identical    the same
cosmetic     the same after named normalisers; only those that were needed are named
tolerance    as cosmetic, but numbers differ by no more than `rtol`, relatively
different    anything else
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from lifecycle_core.notebooks.normalisers.table import NORMALISERS
from lifecycle_core.notebooks.tolerance import largest_relative_error

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lifecycle_core.notebooks.normalisers.base import Normaliser, Outputs

_SHOWN = 2_000
_LINE = 80
_BEFORE = 200
_SMALL = 5_000_000
"""Characters up to which it is worked out which normalisers were needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How the outputs of one cell compare; fields as in `schema.reproduction.CellResult`."""

    status: Literal["identical", "cosmetic", "tolerance", "different"]
    normalisers: tuple[str, ...] = ()
    max_rel_error: float | None = None
    detail: str = ""
    stored: str = ""
    fresh: str = ""
    stored_png: str | None = None
    fresh_png: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a comparison must know about the run."""

    clock_read: bool = False
    roots: tuple[tuple[str, str], ...] = ()


_NOTHING = Surroundings()


def compare_outputs(
    stored: Sequence[Mapping[str, Any]],
    fresh: Sequence[Mapping[str, Any]],
    *,
    rtol: float,
    surroundings: Surroundings = _NOTHING,
) -> Comparison:
    r"""Compare nbformat outputs, whose text is in one piece as `parse_notebook` leaves it.

    Args:
        stored: What the notebook file holds.
        fresh: What the clean run gave.
        rtol: Relative difference of two numbers that still counts as equal, in [0, 1).

    Example:
        >>> a = [{"output_type": "stream", "name": "stdout", "text": "loss 0.50000000\n"}]
        >>> b = [{"output_type": "stream", "name": "stdout", "text": "loss 0.50000001\n"}]
        >>> compare_outputs(a, b, rtol=1e-6).status
        'tolerance'
    """
    ours, theirs = tuple(stored), tuple(fresh)
    if ours == theirs:
        return Comparison(status="identical")
    used, plain_ours, plain_theirs = _canonical(ours, theirs)
    if plain_ours == plain_theirs:
        return Comparison(status="cosmetic", normalisers=_needed(used, ours, theirs, rtol=None))
    error = largest_relative_error(plain_ours, plain_theirs)
    if error is not None and error <= rtol:
        return replace(
            _difference(plain_ours, plain_theirs),
            status="tolerance",
            normalisers=_needed(used, ours, theirs, rtol=rtol),
            max_rel_error=error,
        )
    return _difference(plain_ours, plain_theirs)


def _canonical(stored: Outputs, fresh: Outputs) -> tuple[list[Normaliser], Outputs, Outputs]:
    """Return the normalisers that had something to do, and what they made of both."""
    used = []
    for step in NORMALISERS:
        ours, theirs = step.normalise(stored), step.normalise(fresh)
        if ours != stored or theirs != fresh:
            used.append(step)
        stored, fresh = ours, theirs
    return used, stored, fresh


def _needed(
    used: list[Normaliser], stored: Outputs, fresh: Outputs, *, rtol: float | None
) -> tuple[str, ...]:
    """Return the names of those normalisers without which the outputs would not agree."""
    if len(repr(stored)) + len(repr(fresh)) <= _SMALL:  # else name all that had something to do
        for step in list(used):
            others = [other for other in used if other is not step]
            if _agree(_apply(others, stored), _apply(others, fresh), rtol):
                used = others
    return tuple(step.name for step in used)


def _agree(stored: Outputs, fresh: Outputs, rtol: float | None) -> bool:
    if rtol is None:
        return stored == fresh
    error = largest_relative_error(stored, fresh)
    return error is not None and error <= rtol


def _apply(steps: Sequence[Normaliser], outputs: Outputs) -> Outputs:
    for step in steps:
        outputs = step.normalise(outputs)
    return outputs


def _difference(stored: Outputs, fresh: Outputs) -> Comparison:
    """Return the first difference in one line, and the two outputs it lies in."""
    for ours, theirs in zip(stored, fresh, strict=False):
        if ours != theirs:
            name, a, b = _pair(ours, theirs)
            return _shown(name, a, b)
    detail = f"stored {_many(stored)}, clean run {_many(fresh)}"
    at = min(len(stored), len(fresh))
    texts = [_text(outputs[at]) if len(outputs) > at else "" for outputs in (stored, fresh)]
    return Comparison(
        status="different",
        detail=detail,
        stored=_cut(texts[0], _SHOWN),
        fresh=_cut(texts[1], _SHOWN),
    )


def _many(outputs: Outputs) -> str:
    return "1 output" if len(outputs) == 1 else f"{len(outputs)} outputs"


def _pair(stored: Mapping[str, Any], fresh: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return a name for the part in which two outputs differ, and that part of both as text."""
    kinds = [_kind(stored), _kind(fresh)]
    if kinds[0] != kinds[1]:
        return "output", f"{kinds[0]}: {_text(stored)}", f"{kinds[1]}: {_text(fresh)}"
    for kind, value in stored.get("data", {}).items():
        other = fresh.get("data", {}).get(kind)
        if value != other:
            return kind, _as_text(value), _as_text(other)
    return kinds[0], _text(stored), _text(fresh)


def _kind(output: Mapping[str, Any]) -> str:
    if output.get("output_type") == "stream":
        return str(output.get("name"))
    if output.get("output_type") == "error":
        return "error"
    return ", ".join(sorted(output.get("data", {}))) or str(output.get("output_type"))


def _text(output: Mapping[str, Any]) -> str:
    if output.get("output_type") == "error":
        return f"{output.get('ename')}: {output.get('evalue')}"
    data = output.get("data", {})
    return _as_text(output.get("text", data.get("text/plain", data)))


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)


def _shown(name: str, stored: str, fresh: str) -> Comparison:
    ours, theirs = stored.splitlines(), fresh.splitlines()
    pairs = zip(ours, theirs, strict=False)
    line = next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(ours), len(theirs)))
    a, b = (lines[line] if len(lines) > line else "" for lines in (ours, theirs))
    start = max(next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), 0) - 30, 0)
    cut = [_cut(text[start:], _LINE) or "nothing" for text in (a, b)]
    where = f"{name}, line {line + 1}" if max(len(ours), len(theirs)) > 1 else name
    offset = max(sum(len(text) + 1 for text in ours[:line]) - _BEFORE, 0)
    return Comparison(
        status="different",
        detail=f"{where}: stored {cut[0]}, clean run {cut[1]}",
        stored=_excerpt(stored, offset),
        fresh=_excerpt(fresh, offset),
    )


def _excerpt(text: str, offset: int) -> str:
    """Return a text that is short whole, and one that is long from shortly before `offset`."""
    return _cut(f"…{text[offset:]}" if offset and len(text) > _SHOWN else text, _SHOWN)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
