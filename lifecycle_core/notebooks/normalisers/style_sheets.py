"""Style sheets inside HTML: how a thing looks, not what it says.

scikit-learn's diagrams and our own views carry one, and it changes with the library's version. The
style sheet of a pandas Styler stays: which cell it marks is what it says.
"""

from __future__ import annotations

import re

from lifecycle_core.notebooks.normalisers.base import (
    HTML,
    Normaliser,
    display,
    on_data,
    settled,
)

_STYLE = re.compile(r"<style\b[^<>]*+>((?:[^<]++|<(?!/style))*+)</style\s*+>\s*+", re.IGNORECASE)
_STYLER = re.compile(r"#T_\w{1,40}_row")


def unstyled(html: str) -> str:
    """Return HTML without style sheets that are only looks.

    Example:
        >>> unstyled("<style>b {color: red}</style><b>1.5</b>")
        '<b>1.5</b>'
    """
    return _STYLE.sub(lambda found: found[0] if _STYLER.search(found[1]) else "", html)


NORMALISER = Normaliser(
    name="style_sheets",
    normalise=on_data(HTML, settled(unstyled)),
    equal=(
        (display("text/html", "<style>b {color: red}</style><b>1.5</b>"),),
        (display("text/html", "<style>b {color: blue}</style>\n<b>1.5</b>"),),
    ),
    different=(
        (display("text/html", "<style>#T_a1b2c_row0_col1 {color: red}</style><b>1.5</b>"),),
        (display("text/html", "<style>#T_a1b2c_row1_col1 {color: red}</style><b>1.5</b>"),),
    ),
)
