"""Tables of pandas and polars: the HTML around the cells changes with its version; the cells count.

3,931 (9 %) of the public notebooks that differed only cosmetically differed in this.
"""

from __future__ import annotations

import re
from html import unescape

from lifecycle_core.notebooks.normalisers.base import HTML, Normaliser, display, on_data
from lifecycle_core.notebooks.normalisers.html import HIDDEN, pieces

_SPAN = re.compile(r"\b(rowspan|colspan)=[\"']?(\d{1,9})")


def table_text(html: str) -> str:
    r"""Return a table as text, one row a line, each cell after a bar; other HTML as it is.

    Example:
        >>> table_text('<table class="dataframe"><tr><th>a</th><td> 1 </td></tr></table>')
        'table:\n|a|1'
    """
    if 'class="dataframe"' not in html:
        return html
    lines = [[""]]
    inside = False
    for tag, attributes, text in pieces(html):
        if tag in {"tr", "/table"}:
            lines.append([])
        elif tag in {"td", "th"}:
            inside = True
            spans = "".join(f"[{name} {count}]" for name, count in _SPAN.findall(attributes))
            lines[-1].append("|" + spans)
        elif tag in {"/td", "/th"}:
            inside = False
        if tag not in HIDDEN and (inside or text.strip()):
            lines[-1].append(" ".join(unescape(text).split()))
    return "table:\n" + "\n".join(filter(None, map("".join, lines)))


def _table(head: str, cell: str) -> str:
    return f'{head}<table border="1" class="dataframe"><tr><td>{cell}</td></tr></table>'


NORMALISER = Normaliser(
    name="dataframe_html",
    normalise=on_data(HTML, table_text),
    equal=(
        (display("text/html", _table("<style>th {}</style>", "1.5")),),
        (display("text/html", _table("<div>", "1.5")),),
    ),
    different=(
        (display("text/html", _table("", "1.5")),),
        (display("text/html", _table("", "1.6")),),
    ),
)
