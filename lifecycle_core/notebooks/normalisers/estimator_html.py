"""Diagrams of scikit-learn and views of xarray: their markup follows the version; the words count.

Measured: two displays in one kernel differ in `sk-container-id-1`, and between versions in all of
their style sheet, which is longer than what they say.
"""

from __future__ import annotations

from lifecycle_core.notebooks.normalisers.base import HTML, Normaliser, display, on_data
from lifecycle_core.notebooks.normalisers.html import words

_MARKS = ('class="sk-top-container"', "class='xr-wrap'", 'class="xr-wrap"')


def said(html: str) -> str:
    """Return the words of such a view; other HTML as it is.

    Example:
        >>> said('<div id="sk-container-id-7" class="sk-top-container"><b>Ridge</b></div>')
        'view: Ridge'
    """
    return f"view: {words(html)}" if any(mark in html for mark in _MARKS) else html


def _diagram(number: int, name: str) -> str:
    return f'<div id="sk-container-id-{number}" class="sk-top-container"><b>{name}</b></div>'


NORMALISER = Normaliser(
    name="estimator_html",
    normalise=on_data(HTML, said),
    equal=(
        (display("text/html", _diagram(1, "Ridge")),),
        (display("text/html", "<style>b {}</style>" + _diagram(4, "Ridge")),),
    ),
    different=(
        (display("text/html", _diagram(1, "Ridge")),),
        (display("text/html", _diagram(1, "Lasso")),),
    ),
)
