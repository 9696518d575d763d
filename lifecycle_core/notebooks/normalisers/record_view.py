"""Views of our own records: their markup changes with our version; the words in them count.

How long a step of a pipeline took is no result either; times stand in elements of their own class.

Measured: after each change of the views' look both example notebooks came out `different`, though
nothing that the notebooks computed had changed.
"""

from __future__ import annotations

import re

from lifecycle_core.notebooks.normalisers.base import HTML, Normaliser, display, on_data
from lifecycle_core.notebooks.normalisers.html import words

_TIME = re.compile(r'<(\w+) class="(?:[^"]* )?nbr-time"[^<>]*>[^<>]*</\1>')
_MARK = '<section class="nbr"'


def record_words(html: str) -> str:
    """Return the words of a record's view; other HTML as it is.

    Example:
        >>> record_words('<section class="nbr"><b>churn</b> is <i>passed</i></section>')
        'record: churn is passed'
    """
    if _MARK not in html:
        return html
    return "record: " + words(_TIME.sub("", html))


NORMALISER = Normaliser(
    name="record_view",
    normalise=on_data(HTML, record_words),
    equal=(
        (display("text/html", f"{_MARK}><b>cost</b> 300</section>"),),
        (
            display(
                "text/html",
                f"<style>b {{}}</style>{_MARK}><p>cost <i>300</i></p>"
                '<b class="nbr-time">3 s</b></section>',
            ),
        ),
    ),
    different=(
        (display("text/html", f"{_MARK}><b>cost</b> 300</section>"),),
        (display("text/html", f"{_MARK}><b>cost</b> 301</section>"),),
    ),
)
