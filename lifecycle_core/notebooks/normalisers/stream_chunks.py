"""Pieces of a stream: one loop of `print` was measured to give six outputs, by timing alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.notebooks.normalisers.base import Normaliser, Outputs, display, stream

if TYPE_CHECKING:
    from lifecycle_core.notebooks.normalisers.base import Output


def _normalise(outputs: Outputs) -> Outputs:
    merged: list[Output] = []
    pieces: list[str] = []
    for output in outputs:
        if merged and _is_stream(output) and _is_stream(merged[-1], output["name"]):
            pieces.append(output["text"])
            continue
        _close(merged, pieces)
        merged.append(output)
        pieces = [output["text"]] if _is_stream(output) else []
    _close(merged, pieces)
    return tuple(merged)


def _close(merged: list[Output], pieces: list[str]) -> None:
    if pieces:
        merged[-1] = {**merged[-1], "text": "".join(pieces)}


def _is_stream(output: Output, name: str | None = None) -> bool:
    return output.get("output_type") == "stream" and name in {None, output.get("name")}


NORMALISER = Normaliser(
    name="stream_chunks",
    normalise=_normalise,
    equal=((stream("1\n"), stream("2\n")), (stream("1\n2\n"),)),
    different=(
        (stream("1\n"), display("text/plain", "x"), stream("2\n")),
        (stream("1\n2\n"), display("text/plain", "x")),
    ),
)
