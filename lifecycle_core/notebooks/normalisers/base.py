"""What a normaliser is: a canonical form of outputs that forgets one named, cosmetic thing.

Laws, tested for each, in the surroundings it names:
    normalise(normalise(x)) == normalise(x)
    normalise(equal[0]) == normalise(equal[1]), though equal[0] != equal[1]
    normalise(different[0]) != normalise(different[1])
Their order counts; `table` states it and says why. To add one, write a file with a `NORMALISER`
and put it into the table; the tests follow it. Patterns must take linear time on any text: no two
repeats beside each other may match the same characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lifecycle_core.notebooks.surroundings import UNKNOWN, Surroundings

Output = Mapping[str, Any]
Outputs = tuple[Output, ...]
Normalise = Callable[[Outputs, Surroundings], Outputs]
Change = Callable[[str], str]
PLAIN = ("text/plain",)
HTML = ("text/html",)
_RUN = re.compile(r"[ \t]{2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Normaliser:
    """One normaliser.

    Attributes:
        name: As it stands in records.
        normalise: Outputs of one cell in, canonical outputs out.
        equal: Two outputs that must become equal.
        different: Two outputs that must stay different: a real change that it must not hide.
        surroundings: Those in which both pairs are meant.
    """

    name: str
    normalise: Normalise
    equal: tuple[Outputs, Outputs]
    different: tuple[Outputs, Outputs]
    surroundings: Surroundings = UNKNOWN


def stream(text: str, name: str = "stdout") -> Output:
    """Return a stream output."""
    return {"output_type": "stream", "name": name, "text": text}


def display(kind: str, value: object) -> Output:
    """Return a display output that holds one MIME type."""
    return {"output_type": "display_data", "data": {kind: value}, "metadata": {}}


def always(change: Callable[[Outputs], Outputs]) -> Normalise:
    """Return a normaliser's function that does the same in all surroundings."""
    return lambda outputs, _surroundings: change(outputs)


def on_text(change: Change, *, kinds: tuple[str, ...] = PLAIN) -> Normalise:
    """Return one that changes the text of streams and errors, and of the MIME types in `kinds`."""
    return always(lambda outputs: change_text(outputs, change, kinds=kinds))


def on_data(kinds: tuple[str, ...], change: Callable[[str], object]) -> Normalise:
    """Return one that changes data of the MIME types in `kinds` only, where it is text."""
    return always(lambda outputs: change_data(outputs, kinds, change))


def change_text(outputs: Outputs, change: Change, *, kinds: tuple[str, ...] = PLAIN) -> Outputs:
    """Apply `change` to the text of streams and errors, and of the MIME types in `kinds`."""
    return tuple(_changed(output, change, kinds) for output in outputs)


def change_data(
    outputs: Outputs, kinds: tuple[str, ...], change: Callable[[str], object]
) -> Outputs:
    """Apply `change` to data of the MIME types in `kinds` only, where it is text."""
    return tuple(
        {
            **output,
            "data": {
                kind: change(value) if kind in kinds and isinstance(value, str) else value
                for kind, value in output["data"].items()
            },
        }
        if isinstance(output.get("data"), Mapping) and not set(kinds).isdisjoint(output["data"])
        else output
        for output in outputs
    )


def change_streams(outputs: Outputs, change: Change, *names: str) -> Outputs:
    """Apply `change` to the text of streams called so; a stream it leaves empty is dropped."""
    kept = []
    for output in outputs:
        text = output.get("text")
        if isinstance(text, str) and is_stream(output) and output.get("name") in names:
            new = change(text)
            if not new:
                continue
            kept.append({**output, "text": new} if new != text else output)
        else:
            kept.append(output)
    return tuple(kept)


def is_stream(output: Output, name: object = None) -> bool:
    """Tell whether an output is a stream, and of that name if one is given."""
    return output.get("output_type") == "stream" and name in {None, output.get("name")}


def whole_name(pattern: str) -> re.Pattern[str]:
    r"""Return the pattern of a folder where its name does not go on, before or behind.

    Example:
        >>> [whole_name("/run/r1").search(text) is not None for text in ("/run/r1/a", "/run/r12")]
        [True, False]
    """
    return re.compile(rf"(?<![\w.)])(?:{pattern})(?![\w-]|\.\w)")


def realigned(change: Change) -> Change:
    """Return `change`, with runs of blanks made one where it changes a text.

    Columns follow the width of what stands in them; where a word got another length, so did they.
    """

    def both(text: str) -> str:
        new = change(text)
        return text if new == text else _RUN.sub(" ", new)

    return both


def settled(change: Change) -> Change:
    """Return `change`, repeated until it finds nothing more; each time it must shorten the text."""

    def repeated(text: str) -> str:
        while len(shorter := change(text)) < len(text):
            text = shorter
        return text

    return repeated


def _changed(output: Output, change: Change, kinds: tuple[str, ...]) -> Output:
    if isinstance(text := output.get("text"), str):
        return {**output, "text": change(text)}
    if output.get("output_type") == "error":
        lines = output.get("traceback", [])
        return {
            **output,
            "evalue": change(str(output.get("evalue", ""))),
            "traceback": [change(str(line)) for line in lines] if isinstance(lines, list) else [],
        }
    return change_data((output,), kinds, change)[0]
