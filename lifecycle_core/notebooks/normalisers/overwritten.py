r"""Text that was overwritten on the screen by `\r` or `\b`: what remains visible counts."""

from __future__ import annotations

from lifecycle_core.notebooks.normalisers.base import Normaliser, Outputs, change_text, stream


def visible(text: str) -> str:
    r"""Return what a terminal would show.

    Example:
        >>> visible("epoch 1\repoch 2\nab\bc")
        'epoch 2\nac'
    """
    if "\r" not in text and "\b" not in text:
        return text
    return "\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    if "\r" not in line and "\b" not in line:
        return line
    shown: list[str] = []
    at = 0
    for mark in line:
        if mark == "\r":
            at = 0
        elif mark == "\b":
            at = max(at - 1, 0)
        else:
            shown[at : at + 1] = [mark]
            at += 1
    return "".join(shown)


def _normalise(outputs: Outputs) -> Outputs:
    return change_text(outputs, visible)


NORMALISER = Normaliser(
    name="overwritten",
    normalise=_normalise,
    equal=((stream("step 1\rstep 2\rstep 9\n"),), (stream("step 1\rstep 9\n"),)),
    different=((stream("step 1\rstep 9\n"),), (stream("step 1\rstep 8\n"),)),
)
