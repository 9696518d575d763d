"""Metadata of an output: hints for the screen that front ends add, such as an image's width."""

from __future__ import annotations

from lifecycle_core.notebooks.normalisers.base import Normaliser, Outputs, always, display


def _normalise(outputs: Outputs) -> Outputs:
    return tuple(
        {key: value for key, value in output.items() if key != "metadata"} for output in outputs
    )


NORMALISER = Normaliser(
    name="metadata",
    normalise=always(_normalise),
    equal=(
        ({**display("text/plain", "a"), "metadata": {"needs_background": "light"}},),
        (display("text/plain", "a"),),
    ),
    different=((display("text/plain", "a"),), (display("text/html", "a"),)),
)
