"""Views of our own records: their markup changes with our version; the words in them count.

Measured: after each change of the views' look both example notebooks came out `different`, though
nothing that the notebooks computed had changed.
"""

from __future__ import annotations

from lifecycle_core.notebooks.normalisers.base import HTML, Normaliser, display, on_data
from lifecycle_core.notebooks.normalisers.html import words

_MARK = '<section class="nbr"'


def record_words(html: str) -> str:
    """Return the words of a record's view; other HTML as it is.

    Example:
        >>> record_words('<section class="nbr"><b>churn</b> is <i>passed</i></section>')
        'record: churn is passed'
    """
    if _MARK not in html:
        return html
    return "record: " + words(html)


NORMALISER = Normaliser(
    name="record_view",
    normalise=on_data(HTML, record_words),
    equal=(
        (display("text/html", f"{_MARK}><b>cost</b> 300</section>"),),
        (display("text/html", f"<style>b {{}}</style>{_MARK}><p>cost <i>300</i></p></section>"),),
    ),
    different=(
        (display("text/html", f"{_MARK}><b>cost</b> 300</section>"),),
        (display("text/html", f"{_MARK}><b>cost</b> 301</section>"),),
    ),
)
