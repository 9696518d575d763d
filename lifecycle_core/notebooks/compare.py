"""Stored outputs of a cell against fresh ones: the ladder, best step first.

identical    the same
cosmetic     the same after named normalisers; only those that were needed are named
tolerance    as cosmetic, but numbers differ by no more than `rtol`, relatively
different    anything else
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from lifecycle_core.notebooks.differences import difference
from lifecycle_core.notebooks.equality import same, size
from lifecycle_core.notebooks.normalisers.project_path import author_folders
from lifecycle_core.notebooks.normalisers.table import NORMALISERS
from lifecycle_core.notebooks.pairs import in_one_form, set_aside
from lifecycle_core.notebooks.surroundings import UNKNOWN, Surroundings
from lifecycle_core.notebooks.tolerance import RelativeError, largest_relative_error

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lifecycle_core.notebooks.normalisers.base import Normaliser, Outputs

__all__ = ["Comparison", "Surroundings", "compare_outputs", "same_outputs"]

_MOMENT = re.compile(r"(?<![\d.])(?:1[5-9]|20)\d{8}(?:\.\d+)?(?![\d.])")
_SMALL = 2_000_000
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
    ours, theirs = in_one_form(stored), in_one_form(fresh)
    if same(ours, theirs):
        return Comparison(status="identical")
    originals = ours, theirs
    folders = author_folders(ours, theirs, surroundings)
    surroundings = replace(surroundings, elsewhere=folders)
    ours, theirs = set_aside(ours, theirs)
    used, plain_ours, plain_theirs = _canonical(ours, theirs, surroundings)
    if same(plain_ours, plain_theirs):
        needed = _needed(used, ours, theirs, surroundings, rtol=None)
        return Comparison(status="cosmetic", normalisers=needed)
    found = difference(plain_ours, plain_theirs, originals=originals)
    error = _error(plain_ours, plain_theirs)
    other_moment = surroundings.clock_read and _moments(plain_ours) != _moments(plain_theirs)
    if error is None or error.size > rtol or other_moment:
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
    ours, theirs = set_aside(in_one_form(one), in_one_form(other))
    _, ours, theirs = _canonical(ours, theirs, surroundings)
    if surroundings.clock_read and _moments(ours) != _moments(theirs):
        return False
    return _agree(ours, theirs, rtol)


def _moments(outputs: Outputs) -> list[str]:
    """Return the numbers that may be seconds since 1970, between 2017 and 2036.

    Two days are a ten-thousandth of such a number apart, two runs much less than any tolerance.
    """
    return _MOMENT.findall(json.dumps(outputs, default=str))


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
    if not used:
        return ()
    before = [(stored, fresh)]  # what each step was given
    for step in used[:-1]:
        before.append(_both(step, before[-1], surroundings))
    needed: list[Normaliser] = []
    for step, pair in zip(reversed(used), reversed(before), strict=True):
        # From the last on, so that what is special, such as a bar, is named before what is general.
        for other in needed:
            pair = _both(other, pair, surroundings)  # noqa: PLW2901 - what it becomes without `step`
        agree = same(*pair) if rtol is None else _agree(*pair, rtol)
        if not agree:
            needed.insert(0, step)
    return tuple(step.name for step in needed)


def _both(
    step: Normaliser, pair: tuple[Outputs, Outputs], surroundings: Surroundings
) -> tuple[Outputs, Outputs]:
    return step.normalise(pair[0], surroundings), step.normalise(pair[1], surroundings)


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
