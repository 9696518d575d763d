"""What a front end stores beside a result, for its own views: a clean run has no front end.

Seen in public notebooks: Colab writes a type or a summary beside the text, and its own HTML for
series and functions, for which pandas and Python have none; Data Wrangler of VS Code and Deepnote
write a table's first rows once more. The text or the HTML beside it is compared. Displays that are
a message of the front end are dropped: Colab's about packages to reload, Fabric's of a statement.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lifecycle_core.notebooks.normalisers.base import Normaliser, Outputs, always, display

if TYPE_CHECKING:
    from lifecycle_core.notebooks.normalisers.base import Output

_BESIDE = re.compile(
    r"application/vnd\.(?:google\.colaboratory|microsoft\.datawrangler|deepnote)\."
    r"[\w.+-]{1,100}"
)
_MESSAGES = frozenset({
    "application/vnd.colab-display-data+json", "application/vnd.livy.statement-meta+json",
})  # fmt: skip
_COLAB_HTML = re.compile(
    r"\s{0,80}<div style=\"max-width:800px; border: 1px solid var\(--colab-border-color\);"
)
_COLAB_SERIES = re.compile(r"</div><br><label><b>dtype:</b> [^<>]{1,200}</label>\s{0,80}\Z")
_TAIL = 400
"""Characters at the end of HTML that may tell that it is Colab's view of a series."""


def _kept(output: Output) -> Output | None:
    data = output.get("data")
    if not isinstance(data, Mapping):
        return output
    if not _MESSAGES.isdisjoint(data):
        return None
    left = {kind: value for kind, value in data.items() if not _BESIDE.fullmatch(kind)}
    if "text/plain" in left and _of_colab(left.get("text/html")):
        del left["text/html"]
    # What nothing else tells is the result itself, whoever wrote it.
    return {**output, "data": left} if left and len(left) < len(data) else output


def _of_colab(html: Any) -> bool:  # noqa: ANN401 - JSON
    """Tell whether HTML is one that Colab makes of what has none elsewhere."""
    return isinstance(html, str) and (
        _COLAB_HTML.match(html) is not None or _COLAB_SERIES.search(html[-_TAIL:]) is not None
    )


def _normalise(outputs: Outputs) -> Outputs:
    return tuple(kept for output in outputs if (kept := _kept(output)) is not None)


_KIND = "application/vnd.google.colaboratory.intrinsic+json"


def _stored(text: str) -> Outputs:
    shown = display("text/plain", text)
    return ({**shown, "data": {**shown["data"], _KIND: {"type": "string"}}},)


NORMALISER = Normaliser(
    name="front_end_data",
    normalise=always(_normalise),
    equal=(_stored("'auc 0.91'"), (display("text/plain", "'auc 0.91'"),)),
    different=(_stored("'auc 0.91'"), (display("text/plain", "'auc 0.92'"),)),
)
