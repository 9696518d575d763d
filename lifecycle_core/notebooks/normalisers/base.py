"""What a normaliser is: a canonical form of outputs that forgets one named, cosmetic thing.

Laws, tested for each:
    normalise(normalise(x)) == normalise(x)
    normalise(equal[0]) == normalise(equal[1]), though equal[0] != equal[1]
    normalise(different[0]) != normalise(different[1])
Their order in the table counts: text is in one piece and free of escape codes before others read
it. To add one, write a file with a `NORMALISER` and put it into the table; the tests follow it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Output = Mapping[str, Any]
Outputs = tuple[Output, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Normaliser:
    """One normaliser.

    Attributes:
        name: As it stands in records.
        normalise: Outputs of one cell in, canonical outputs out.
        equal: Two outputs that must become equal.
        different: Two outputs that must stay different: a real change that it must not hide.
    """

    name: str
    normalise: Callable[[Outputs], Outputs]
    equal: tuple[Outputs, Outputs]
    different: tuple[Outputs, Outputs]


def stream(text: str, name: str = "stdout") -> Output:
    """Return a stream output."""
    return {"output_type": "stream", "name": name, "text": text}


def display(kind: str, value: object) -> Output:
    """Return a display output that holds one MIME type."""
    return {"output_type": "display_data", "data": {kind: value}, "metadata": {}}


def change_text(
    outputs: Outputs, change: Callable[[str], str], *, kinds: tuple[str, ...] = ("text/plain",)
) -> Outputs:
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


def _changed(output: Output, change: Callable[[str], str], kinds: tuple[str, ...]) -> Output:
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
