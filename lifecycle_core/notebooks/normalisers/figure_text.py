"""The text beside a figure: `<Figure size 640x480 with 1 Axes>` follows matplotlib's version.

The size on a line of its own changed with matplotlib-inline, and the name of axes with matplotlib
3.7; the image itself is compared by its pixels. The number of axes stays.
"""

from __future__ import annotations

import re

from lifecycle_core.notebooks.normalisers.base import Normaliser, display, on_text

_FIGURE = re.compile(
    r"<(?:matplotlib\.figure\.)?Figure(?: size [\d.]{1,12}x[\d.]{1,12})?(?: with (\d{1,6}) Axes)?"
    r"(?: at 0x[\w…]{1,16})?>"
)
_AXES = re.compile(
    r"<(?:matplotlib\.axes\._subplots\.)?AxesSubplot(?::|(?= at 0x[\w…]{1,16}>))|<Axes: ?"
)


def undecorated(text: str) -> str:
    """Return text with figures and axes as any version names them.

    Example:
        >>> undecorated("<Figure size 640x480 with 1 Axes>")
        '<Figure with 1 Axes>'
    """
    if "<" not in text:
        return text
    text = _FIGURE.sub(lambda found: f"<Figure with {found[1] or 0} Axes>", text)
    return re.sub(r"<Axes: ?(?: at 0x[\w…]{1,16})?", "<Axes:", _AXES.sub("<Axes:", text))


NORMALISER = Normaliser(
    name="figure_text",
    normalise=on_text(undecorated),
    equal=(
        (display("text/plain", "<Figure size 432x288 with 1 Axes>"),),
        (display("text/plain", "<Figure size 640x480 with 1 Axes>"),),
    ),
    different=(
        (display("text/plain", "<Figure size 640x480 with 1 Axes>"),),
        (display("text/plain", "<Figure size 640x480 with 2 Axes>"),),
    ),
)
