"""Two lists of outputs made ready to be compared: in one form, and without what they share."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.equality import first_difference, shared_end
from lifecycle_core.notebooks.normalisers.base import is_stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.notebooks.normalisers.base import Output, Outputs

_LONGEST_REPR = 2_000
_LARGE = 1_000
"""Characters from which data that both sides share is set aside unread."""
_LONG = 100_000
"""Characters from which the lines that two streams share at both ends are set aside unread."""
_CONTEXT = 200
"""Lines of them that stay: a bar or a warning takes several."""


def in_one_form(outputs: Sequence[object]) -> Outputs:
    """Return outputs in one form, however a file spells them: lines joined, None for no text."""
    return tuple(
        _output(output)
        if isinstance(output, Mapping)
        else {"output_type": "unknown", "data": {"text/plain": repr(output)[:_LONGEST_REPR]}}
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


def set_aside(stored: Outputs, fresh: Outputs) -> tuple[Outputs, Outputs]:
    """Replace large data that both sides hold in the same place by a digest, so it costs nothing.

    No normaliser moves displays past each other. Those that it drops hold no result (messages of a
    front end, plotly's script) and stand in the same place on both sides or on one alone, so what
    is the same stays the same.
    """
    if len(stored) == len(fresh):
        both = [_trimmed(*pair) for pair in zip(stored, fresh, strict=True)]
        stored, fresh = tuple(a for a, _ in both), tuple(b for _, b in both)
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


def _trimmed(stored: Output, fresh: Output) -> tuple[Output, Output]:
    """Return two long streams without the lines they share, but for some beside the difference.

    An empty line stands for each at the front, so that lines keep their numbers.
    """
    if not (is_stream(stored) and is_stream(fresh, stored.get("name"))):
        return stored, fresh
    ours, theirs = stored["text"], fresh["text"]
    if min(len(ours), len(theirs)) < _LONG:
        return stored, fresh
    start = first_difference(ours, theirs)
    for _ in range(_CONTEXT):
        start = max(ours.rfind("\n", 0, start), 0)
    empty = "\n" * ours.count("\n", 0, start)
    ours, theirs = ours[start:], theirs[start:]
    end = len(ours) - shared_end(ours, theirs)
    for _ in range(_CONTEXT):
        end = ours.find("\n", end) + 1 or len(ours)
    shared = len(ours) - end
    return (
        {**stored, "text": empty + ours[: len(ours) - shared]},
        {**fresh, "text": empty + theirs[: len(theirs) - shared]},
    )
