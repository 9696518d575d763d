"""Views of our own records: their markup changes with our version; the words in them count.

Measured: after each change of the views' look both example notebooks came out `different`, though
nothing that the notebooks computed had changed.
"""

from __future__ import annotations

from html.parser import HTMLParser

from lifecycle_core.notebooks.normalisers.base import Normaliser, Outputs, change_data, display

_MARK = '<section class="nbr"'


class _Words(HTMLParser):
    """Collects the words that a reader sees."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in {"style", "script"}

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"style", "script"}

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.extend(data.split())


def record_words(html: str) -> str:
    """Return the words of a record's view; other HTML as it is.

    Example:
        >>> record_words('<section class="nbr"><b>churn</b> is <i>passed</i></section>')
        'record: churn is passed'
    """
    if _MARK not in html:
        return html
    reader = _Words()
    reader.feed(html)
    reader.close()
    return "record: " + " ".join(reader.words)


def _normalise(outputs: Outputs) -> Outputs:
    return change_data(outputs, ("text/html",), record_words)


NORMALISER = Normaliser(
    name="record_view",
    normalise=_normalise,
    equal=(
        (display("text/html", f"{_MARK}><b>cost</b> 300</section>"),),
        (display("text/html", f"<style>b {{}}</style>{_MARK}><p>cost <i>300</i></p></section>"),),
    ),
    different=(
        (display("text/html", f"{_MARK}><b>cost</b> 300</section>"),),
        (display("text/html", f"{_MARK}><b>cost</b> 301</section>"),),
    ),
)
