"""Ids that libraries draw anew for each display: scikit-learn, altair, pandas Styler, plotly."""

from __future__ import annotations

import re

from lifecycle_core.notebooks.normalisers.base import Normaliser, Outputs, change_data, display

_ID = re.compile(
    r"sk-(?:container|estimator)-id-(?:\d+|n\d+)"
    r"|altair-viz-(?:[0-9a-f]{32}|n\d+)"
    r"|\bT_(?:[0-9a-f]{5}(?![0-9a-f])|n\d+)"
    r"|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"
)


def numbered(html: str) -> str:
    """Number such ids by their first appearance.

    Example:
        >>> numbered('<div id="sk-container-id-7"><a href="#sk-container-id-7">')
        '<div id="sk-container-id-n1"><a href="#sk-container-id-n1">'
    """
    names: dict[str, str] = {}

    def name(match: re.Match[str]) -> str:
        found = match[0]
        if found not in names:
            stem = re.match(r"sk-\w+-id-|altair-viz-|T_", found)
            names[found] = f"{stem[0] if stem else 'uuid-'}n{len(names) + 1}"
        return names[found]

    return _ID.sub(name, html)


def _normalise(outputs: Outputs) -> Outputs:
    return change_data(outputs, ("text/html", "application/javascript"), numbered)


NORMALISER = Normaliser(
    name="html_ids",
    normalise=_normalise,
    equal=(
        (display("text/html", '<div id="sk-container-id-1">Pipeline</div>'),),
        (display("text/html", '<div id="sk-container-id-4">Pipeline</div>'),),
    ),
    different=(
        (display("text/html", '<div id="sk-container-id-1">Pipeline</div>'),),
        (display("text/html", '<div id="sk-container-id-1">Ridge</div>'),),
    ),
)
