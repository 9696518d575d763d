"""Style sheets inside HTML: how a thing looks, not what it says.

scikit-learn's diagrams and our own views carry one, and it changes with the library's version.
"""

from __future__ import annotations

import re

from lifecycle_core.notebooks.normalisers.base import Normaliser, Outputs, change_data, display

_STYLE = re.compile(r"<style\b[^>]*>.*?</style\s*>\s*", re.DOTALL | re.IGNORECASE)


def _normalise(outputs: Outputs) -> Outputs:
    return change_data(outputs, ("text/html",), lambda html: _STYLE.sub("", html))


NORMALISER = Normaliser(
    name="style_sheets",
    normalise=_normalise,
    equal=(
        (display("text/html", "<style>b {color: red}</style><b>1.5</b>"),),
        (display("text/html", "<style>b {color: blue}</style>\n<b>1.5</b>"),),
    ),
    different=(
        (display("text/html", "<style>b {color: red}</style><b>1.5</b>"),),
        (display("text/html", "<style>b {color: red}</style><b>1.6</b>"),),
    ),
)
