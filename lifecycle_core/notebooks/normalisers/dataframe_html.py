"""Tables of pandas: the HTML around the cells changes with its version; the cells count."""

from __future__ import annotations

from html.parser import HTMLParser

from lifecycle_core.notebooks.normalisers.base import Normaliser, Outputs, change_data, display


class _Rows(HTMLParser):
    """Collects the text of each table cell, and what stands outside the table."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._ignored = False
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.lines.append("")
        elif tag in {"td", "th"}:
            spans = "".join(f"[{key} {value}]" for key, value in attrs if key.endswith("span"))
            self._add("|" + spans)
            self._inside = True
        elif tag in {"style", "script"}:
            self._ignored = True

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"}:
            self._inside = False
        elif tag == "table":
            self.lines.append("")
        elif tag in {"style", "script"}:
            self._ignored = False

    def handle_data(self, data: str) -> None:
        if not self._ignored and (self._inside or data.strip()):
            self._add(" ".join(data.split()))

    def _add(self, text: str) -> None:
        if not self.lines:
            self.lines.append("")
        self.lines[-1] += text


def table_text(html: str) -> str:
    r"""Return a pandas table as text, one row a line; other HTML as it is.

    Example:
        >>> table_text('<table class="dataframe"><tr><th>a</th><td> 1 </td></tr></table>')
        'table:\n|a|1'
    """
    if 'class="dataframe"' not in html:
        return html
    rows = _Rows()
    rows.feed(html)
    rows.close()
    return "table:\n" + "\n".join(line for line in rows.lines if line)


def _normalise(outputs: Outputs) -> Outputs:
    return change_data(outputs, ("text/html",), table_text)


def _table(head: str, cell: str) -> str:
    return f'{head}<table border="1" class="dataframe"><tr><td>{cell}</td></tr></table>'


NORMALISER = Normaliser(
    name="dataframe_html",
    normalise=_normalise,
    equal=(
        (display("text/html", _table("<style>th {}</style>", "1.5")),),
        (display("text/html", _table("<div>", "1.5")),),
    ),
    different=(
        (display("text/html", _table("", "1.5")),),
        (display("text/html", _table("", "1.6")),),
    ),
)
