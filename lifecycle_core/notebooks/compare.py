"""Stored outputs of a cell against fresh ones: the ladder, best step first.

identical    the same
cosmetic     the same after named normalisers; only those that were needed are named
tolerance    as cosmetic, but numbers differ by no more than `rtol`, relatively
different    anything else
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from lifecycle_core.notebooks.differences import difference
from lifecycle_core.notebooks.equality import same, size
from lifecycle_core.notebooks.normalisers.table import NORMALISERS
from lifecycle_core.notebooks.surroundings import UNKNOWN, Surroundings
from lifecycle_core.notebooks.tolerance import RelativeError, largest_relative_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.notebooks.normalisers.base import Normaliser, Output, Outputs

__all__ = ["Comparison", "Surroundings", "compare_outputs", "same_outputs"]

_SMALL = 2_000_000
"""Characters up to which it is worked out which normalisers were needed."""
_LARGE = 1_000
"""Characters from which data that both sides share is set aside unread."""


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


def compare_outputs(
    stored: Sequence[Mapping[str, Any]],
    fresh: Sequence[Mapping[str, Any]],
    *,
    rtol: float,
    surroundings: Surroundings = UNKNOWN,
) -> Comparison:
    r"""Compare nbformat outputs; text in a list of lines is the same as in one piece.

    Args:
        stored: What the notebook file holds, or what another clean run gave.
        fresh: What the clean run gave.
        rtol: Relative difference of two numbers that still counts as equal, in [0, 1).
        surroundings: What is known of both runs; it decides what counts as cosmetic.

    Example:
        >>> a = [{"output_type": "stream", "name": "stdout", "text": "loss 0.50000000\n"}]
        >>> b = [{"output_type": "stream", "name": "stdout", "text": "loss 0.50000001\n"}]
        >>> compare_outputs(a, b, rtol=1e-6).status
        'tolerance'
    """
    if same(stored, fresh):
        return Comparison(status="identical")
    ours, theirs = _read(stored), _read(fresh)
    if same(ours, theirs):
        return Comparison(status="identical")
    originals = ours, theirs
    ours, theirs = _set_aside(ours, theirs)
    used, plain_ours, plain_theirs = _canonical(ours, theirs, surroundings)
    if same(plain_ours, plain_theirs):
        needed = _needed(used, ours, theirs, surroundings, rtol=None)
        return Comparison(status="cosmetic", normalisers=needed)
    found = difference(plain_ours, plain_theirs, originals=originals)
    error = _error(plain_ours, plain_theirs)
    if error is None or error.size > rtol:
        return Comparison(
            status="different",
            detail=found.detail,
            stored=found.stored,
            fresh=found.fresh,
            stored_png=found.stored_png,
            fresh_png=found.fresh_png,
        )
    return Comparison(
        status="tolerance",
        normalisers=_needed(used, ours, theirs, surroundings, rtol=rtol),
        max_rel_error=error.size,
        detail=f"largest relative difference {error.size:.2g} at {error.where}: "
        f"stored {error.stored}, clean run {error.fresh}"
        if error.where
        else "the same numbers, written differently",
        stored=found.stored,
        fresh=found.fresh,
    )


def same_outputs(
    one: Sequence[Mapping[str, Any]],
    other: Sequence[Mapping[str, Any]],
    *,
    rtol: float,
    surroundings: Surroundings = UNKNOWN,
) -> bool:
    """Tell whether two clean runs gave the same, up to the step `tolerance`, at less cost.

    `same_outputs(a, b)` holds just if `compare_outputs(a, b).status` is not `different`.

    Example:
        >>> same_outputs([], [{"output_type": "stream", "name": "stdout", "text": "a"}], rtol=0.0)
        False
    """
    if same(one, other):
        return True
    ours, theirs = _set_aside(_read(one), _read(other))
    _, ours, theirs = _canonical(ours, theirs, surroundings)
    return _agree(ours, theirs, rtol)


def _read(outputs: Sequence[object]) -> Outputs:
    """Return outputs in one form, however a file spells them: lines joined, None for no text."""
    return tuple(
        _output(output)
        if isinstance(output, Mapping)
        else {"output_type": "unknown", "data": {"text/plain": repr(output)[:_SMALL]}}
        for output in outputs
    )


def _output(output: Output) -> Output:
    result = dict(output)
    if output.get("output_type") == "stream":
        result["text"] = _joined(output.get("text"), text=True)
        result["name"] = str(output.get("name", "stdout"))
    elif output.get("output_type") == "error":
        result["evalue"] = _joined(output.get("evalue"), text=True)
    else:
        data = output.get("data")
        result["data"] = {
            str(kind): _joined(value, text=not str(kind).endswith("json"))
            for kind, value in (data.items() if isinstance(data, Mapping) else ())
        }
    return result


def _joined(value: object, *, text: bool) -> object:
    if not text or isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return "" if value is None else value if isinstance(value, Mapping) else str(value)


def _set_aside(stored: Outputs, fresh: Outputs) -> tuple[Outputs, Outputs]:
    """Replace large data that both sides hold in the same place by a digest, so it costs nothing.

    No normaliser moves displays past each other or drops one, so what is the same stays the same.
    """
    ours = [at for at, output in enumerate(stored) if "data" in output]
    theirs = [at for at, output in enumerate(fresh) if "data" in output]
    if len(ours) != len(theirs):
        return stored, fresh
    new_stored, new_fresh = list(stored), list(fresh)
    for at, other in zip(ours, theirs, strict=True):
        one, two = stored[at]["data"], fresh[other]["data"]
        shared = {
            kind: "same " + hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
            for kind, value in one.items()
            if isinstance(value, str) and len(value) >= _LARGE and value == two.get(kind)
        }
        if shared:
            new_stored[at] = {**stored[at], "data": {**one, **shared}}
            new_fresh[other] = {**fresh[other], "data": {**two, **shared}}
    return tuple(new_stored), tuple(new_fresh)


def _canonical(
    stored: Outputs, fresh: Outputs, surroundings: Surroundings
) -> tuple[list[Normaliser], Outputs, Outputs]:
    """Return the normalisers that had something to do, and what they made of both."""
    used = []
    for step in NORMALISERS:
        ours, theirs = (step.normalise(outputs, surroundings) for outputs in (stored, fresh))
        if not (same(ours, stored) and same(theirs, fresh)):
            used.append(step)
            stored, fresh = ours, theirs
    return used, stored, fresh


def _needed(
    used: list[Normaliser],
    stored: Outputs,
    fresh: Outputs,
    surroundings: Surroundings,
    *,
    rtol: float | None,
) -> tuple[str, ...]:
    """Return the names of those normalisers without which the outputs would not agree."""
    if size((stored, fresh), limit=_SMALL) > _SMALL:  # then name all that had something to do
        return tuple(step.name for step in used)
    needed = []
    for at, step in enumerate(used):
        ours, theirs = stored, fresh
        for other in used[at + 1 :]:
            ours, theirs = (other.normalise(outputs, surroundings) for outputs in (ours, theirs))
        agree = same(ours, theirs) if rtol is None else _agree(ours, theirs, rtol)
        if not agree:
            needed.append(step.name)
            stored, fresh = (step.normalise(outputs, surroundings) for outputs in (stored, fresh))
    return tuple(needed)


def _agree(stored: Outputs, fresh: Outputs, rtol: float) -> bool:
    error = _error(stored, fresh)
    return error is not None and error.size <= rtol


def _error(stored: Outputs, fresh: Outputs) -> RelativeError | None:
    """Return how far the numbers of two outputs are apart, and where; None if more differs."""
    largest = RelativeError()
    if len(stored) != len(fresh):
        return None
    for at, (ours, theirs) in enumerate(zip(stored, fresh, strict=True), start=1):
        error = largest_relative_error(ours, theirs)
        if error is None:
            return None
        if error.size > largest.size:
            where = error.where.removeprefix("data.")
            if where.startswith("text, "):
                where = where.replace("text", str(ours.get("name")), 1)
            place = f"output {at}, {where}" if len(stored) > 1 else where
            largest = RelativeError(error.size, place, error.stored, error.fresh)
    return largest
