"""Ids that libraries draw anew for each display, in HTML, SVG and the scripts beside them.

Measured on two runs: altair, plotly, bokeh, xarray and great-tables draw them at random, pandas
Styler and scikit-learn count, matplotlib's SVG takes a random salt, its animations a UUID.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lifecycle_core.notebooks.normalisers.base import Normaliser, Outputs, always, display
from lifecycle_core.notebooks.normalisers.html import HIDDEN

_KINDS = frozenset({
    "text/html", "application/javascript", "image/svg+xml",
    "application/vnd.bokehjs_load.v0+json", "application/vnd.bokehjs_exec.v0+json",
})  # fmt: skip
_DECLARED = re.compile(r"\b(?:id|for|data-root-id)=\\?[\"']([^\"'<>\s\\]{1,200})\\?[\"']")
_RANDOM = re.compile(
    r"(?<![0-9a-zA-Z])(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32})"
    r"(?![0-9a-zA-Z])|sk-(?:container|estimator)-id-\d{1,9}|(?<=[\"'])p\d{4,9}(?=[\"'])"
    r"|(?<=_anim_)[a-z_]{0,20}[0-9a-f]{32}|(?<=anim)[0-9a-f]{32}"
)
_WORD = re.compile(r"[\w-]{1,200}+")
_TAGS = re.compile(r"<[^<>]*+>")
_NUMBERED = re.compile(r"id-n\d{1,9}")


def numbered(text: str) -> str:
    """Number such ids by their first appearance, wherever they are referred to.

    Ids are looked for in tags, style sheets and scripts. In the text that a reader sees only what
    can be nothing but a random id is replaced.

    Example:
        >>> numbered('<div id="hltkufgjms"><style>#hltkufgjms td {}</style>hltkufgjms')
        '<div id="id-n1"><style>#id-n1 td {}</style>hltkufgjms'
    """
    names: dict[str, str] = {}
    for found in _DECLARED.finditer(text):
        _name(names, found[1])
    if names:
        text = _in_markup(text, names)
    return _RANDOM.sub(lambda found: _name(names, found[0]), text)


def _name(names: dict[str, str], found: str) -> str:
    if _NUMBERED.fullmatch(found):
        return names.setdefault(found, found)
    return names.setdefault(found, f"id-n{len(names) + 1}")


def _in_markup(text: str, names: Mapping[str, str]) -> str:
    """Replace declared ids in tags, and in what stands inside `<style>` and `<script>`."""

    def replace(part: str) -> str:
        return _WORD.sub(lambda word: names.get(word[0], word[0]), part)

    parts: list[str] = []
    at = 0
    hidden = ""
    for tag in _TAGS.finditer(text):
        between = text[at : tag.start()]
        parts += replace(between) if hidden else between, replace(tag[0])
        at = tag.end()
        name = _WORD.match(tag[0], 1)
        if hidden:
            hidden = "" if tag[0].lower().startswith(f"</{hidden}") else hidden
        elif name and name[0].lower() in HIDDEN:
            hidden = name[0].lower()
    rest = text[at:]
    return "".join([*parts, replace(rest) if hidden else rest])


def _deep(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return numbered(value)
    if isinstance(value, list):
        return [_deep(item) for item in value]
    return value


def _normalise(outputs: Outputs) -> Outputs:
    return tuple(
        {
            **output,
            "data": {
                kind: _deep(value) if kind in _KINDS else value
                for kind, value in output["data"].items()
            },
        }
        if isinstance(output.get("data"), Mapping) and not _KINDS.isdisjoint(output["data"])
        else output
        for output in outputs
    )


NORMALISER = Normaliser(
    name="html_ids",
    normalise=always(_normalise),
    equal=(
        (display("text/html", '<div id="hltkufgjms">Pipeline</div>'),),
        (display("text/html", '<div id="avfeinvxcf">Pipeline</div>'),),
    ),
    different=(
        (display("text/html", '<div id="accuracy">accuracy</div>'),),
        (display("text/html", '<div id="precision">precision</div>'),),
    ),
)
