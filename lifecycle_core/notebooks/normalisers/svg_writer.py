"""What an SVG holds beside the drawing: the date, the version and the comments of its writer.

Measured: matplotlib writes `dc:date` to the microsecond, and graphviz its version; `html_ids` takes
the random ids of clip paths and markers.
"""

from __future__ import annotations

import re

from lifecycle_core.notebooks.normalisers.base import Normaliser, display, on_data, settled

_BESIDE = re.compile(
    r"<metadata\b[^<>]*+>(?:[^<]++|<(?!/metadata>))*+</metadata>\s*+"
    r"|<!--(?:[^-]++|-(?!->))*+-->\s*+|<\?xml[^<>]*+>\s*+|<!DOCTYPE[^<>]*+>\s*+",
    re.IGNORECASE,
)


def drawing(svg: str) -> str:
    """Return an SVG without that.

    Example:
        >>> drawing('<svg><metadata><dc:date>2026</dc:date></metadata><g/></svg>')
        '<svg><g/></svg>'
    """
    return _BESIDE.sub("", svg)


def _inside_html(html: str) -> str:
    return drawing(html) if "<svg" in html else html


def _svg(date: str, path: str) -> str:
    return f'<svg><metadata><dc:date>{date}</dc:date></metadata><path d="{path}"/></svg>'


NORMALISER = Normaliser(
    name="svg_writer",
    normalise=on_data(("image/svg+xml", "text/html"), settled(_inside_html)),
    equal=(
        (display("image/svg+xml", _svg("2026-11-25T15:41:42", "M 0 1")),),
        (display("image/svg+xml", _svg("2026-11-25T15:42:05", "M 0 1")),),
    ),
    different=(
        (display("image/svg+xml", _svg("2026-11-25T15:41:42", "M 0 1")),),
        (display("image/svg+xml", _svg("2026-11-25T15:41:42", "M 0 2")),),
    ),
)
