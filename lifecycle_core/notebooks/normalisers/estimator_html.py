"""Diagrams of scikit-learn and views of xarray: their markup follows the version; the words count.

Measured: two displays in one kernel differ in `sk-container-id-1`, and between versions in all of
their style sheet, which is longer than what they say. The fitted attributes of a search show how
long its fits took.
"""

from __future__ import annotations

import re

from lifecycle_core.notebooks.normalisers.base import HTML, Normaliser, display, on_data
from lifecycle_core.notebooks.normalisers.html import words

_MARKS = ('class="sk-top-container', "class='xr-wrap'", 'class="xr-wrap"')
_TIMED = re.compile(
    r"(\b(?:cv_results_|refit_time_): [^\0]{0,8000}?class=\"fitted-att-type\">[^<]{0,80}</td>"
    r"\s{0,80}<td>)[^<]{0,2000}"
)
"""The row of a duration, or of the table whose first columns are durations."""
_ADDRESS = re.compile(r"(?<=\.\.\.)0?x[0-9a-fA-F]{9,14}\b")
"""What is left of an address where the table of parameters cuts a value to 30 characters."""


def said(html: str) -> str:
    """Return the words of such a view; other HTML as it is.

    Example:
        >>> said('<div id="sk-container-id-7" class="sk-top-container"><b>Ridge</b></div>')
        'view: Ridge'
    """
    if not any(mark in html for mark in _MARKS):
        return html
    timeless = _TIMED.sub(r"\1(…)", html) if "fitted-att-type" in html else html
    return f"view: {words(_ADDRESS.sub('', timeless))}"


def _diagram(number: int, name: str) -> str:
    return f'<div id="sk-container-id-{number}" class="sk-top-container"><b>{name}</b></div>'


NORMALISER = Normaliser(
    name="estimator_html",
    normalise=on_data(HTML, said),
    equal=(
        (display("text/html", _diagram(1, "Ridge(M...0x7FC9DF32D740")),),
        (display("text/html", "<style>b {}</style>" + _diagram(4, "Ridge(M...0x7F12AF32D0E0")),),
    ),
    different=(
        (display("text/html", _diagram(1, "Ridge")),),
        (display("text/html", _diagram(1, "Lasso")),),
    ),
)
