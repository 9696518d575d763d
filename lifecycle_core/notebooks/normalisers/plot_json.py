"""Figures of plotly, altair and vega by what they draw: their JSON, also where HTML carries it.

Measured: altair names a chart's data by its digest and its parameters by a counter of the kernel;
both put a random id and the address of their script, with its version, around the same figure.
plotly packs arrays as base64, which hides how near two numbers are. Which of JSON and HTML carries
its figure, or both, and whether a display that only loads its script goes before, follows the front
end: Colab stores the HTML alone, VS Code the JSON alone.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import struct
from collections.abc import Mapping
from typing import Any

from lifecycle_core.notebooks.equality import same
from lifecycle_core.notebooks.normalisers.base import (
    HTML,
    Normaliser,
    Output,
    Outputs,
    always,
    display,
)
from lifecycle_core.notebooks.normalisers.html import words

_PLOTLY = "application/vnd.plotly.v1+json"
_VEGA = re.compile(r"application/vnd\.vega(?:lite)?\.v\d{1,3}(?:\.\d{1,3})?\+json")
_NEW_PLOT = re.compile(r"Plotly\.(?:newPlot|react)\(\s{0,80}[\"'][^\"'<>]{1,100}[\"'],\s{0,80}")
_FRAMES = re.compile(r"Plotly\.addFrames\(\s{0,80}[\"'][^\"'<>]{1,100}[\"'],\s{0,80}")
_EMBED = re.compile(r"\}\)\((?=\{)|\bvar spec = (?=\{)")
_NEXT = re.compile(r"\s{0,80},\s{0,80}")
_COUNTED = re.compile(r"\b(param_|view_|selector|concat_|layer_)(\d{1,9})\b")
_DATASET = re.compile(r"data-[0-9a-f]{32}")
_ARRAYS = {
    "f8": "d", "f4": "f", "i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I",
}  # fmt: skip
_LOADS = "window.PlotlyConfig"
_LARGEST = 20_000_000
"""Characters of HTML that are searched for a figure."""


def figure(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a figure's JSON without names that change by themselves, arrays unpacked.

    A trace's `uid`, the theme (`layout.template`) and how to show the whole (`config`) of plotly,
    and the version (`$schema`) of vega are left out where they stand, and only there.

    Example:
        >>> figure({"data": [{"uid": "7f", "x": {"dtype": "f8", "bdata": "AAAAAAAA8D8="}}]})
        {'data': [{'x': [1.0]}]}
    """
    try:
        text = json.dumps(_bare(_unpacked(value)))
    except (RecursionError, ValueError, TypeError):
        return value
    for pattern, stem in ((_DATASET, "data-n"), (_COUNTED, None)):
        names: dict[str, str] = {}
        text = pattern.sub(
            lambda found, stem=stem, names=names: names.setdefault(  # type: ignore[misc]
                found[0], f"{stem or found[1]}{len(names) + 1}"
            ),
            text,
        )
    return json.loads(text)


def _bare(value: Any) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(value, dict):
        return value
    if not isinstance(value.get("data"), list):  # vega's is an object, or stands deeper
        return _without(value, "$schema")
    bare = _without(value, "config")
    bare["data"] = [_without(trace, "uid") for trace in value["data"]]
    if "layout" in value:
        bare["layout"] = _without(value["layout"], "template")
    return bare


def _without(value: Any, name: str) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(value, dict):
        return value
    return {key: item for key, item in value.items() if key != name}


def _unpacked(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, Mapping):
        if isinstance(value.get("bdata"), str) and value.get("dtype") in _ARRAYS:
            return _array(value)
        return {key: _unpacked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_unpacked(item) for item in value]
    return value


def _array(value: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
    code = _ARRAYS[value["dtype"]]
    try:
        data = base64.b64decode(value["bdata"], validate=True)
        numbers = list(struct.unpack(f"<{len(data) // struct.calcsize(code)}{code}", data))
    except (binascii.Error, struct.error, ValueError):
        return dict(value)
    return {"shape": value["shape"], "array": numbers} if "shape" in value else numbers


def figures(html: str) -> Any:  # noqa: ANN401 - JSON
    """Return the figures that HTML holds as JSON, or the HTML if it holds none.

    Example:
        >>> figures('<script>Plotly.newPlot("7f-2", [{"y": [3]}], {"title": "a"})</script>')
        {'figures': [{'data': [{'y': [3]}], 'layout': {'title': 'a'}}]}
    """
    if len(html) > _LARGEST:
        return html
    if "Plotly." in html:
        given = [_arguments(html, match.end()) for match in _NEW_PLOT.finditer(html)]
        found = [dict(zip(("data", "layout"), values, strict=False)) for values in given]
        if len(found) == 1 and (moving := _FRAMES.search(html)):
            found[0] |= dict(zip(("frames",), _arguments(html, moving.end()), strict=False))
    elif "vegaEmbed" in html:
        match = _EMBED.search(html)
        found = _arguments(html, match.end())[:1] if match else []
    else:
        return html
    return {"figures": [figure(value) for value in found]} if any(found) else html


def _arguments(text: str, at: int) -> list[Any]:
    """Return up to two JSON values, parted by commas, that begin at `at`."""
    decoder = json.JSONDecoder()
    values: list[Any] = []
    try:
        while len(values) < 2:  # noqa: PLR2004 - data and layout; what follows is how to show them
            value, at = decoder.raw_decode(text, at)
            values.append(value)
            following = _NEXT.match(text, at)
            if following is None:
                break
            at = following.end()
    except (ValueError, RecursionError):
        pass
    return values


def _content(kind: str, value: Any) -> Any:  # noqa: ANN401 - JSON
    if kind == _PLOTLY or _VEGA.fullmatch(kind):
        return figure(value) if isinstance(value, Mapping) else value
    return figures(value) if kind == "text/html" and isinstance(value, str) else value


def _drawn(output: Output) -> Output | None:
    """Return an output with its figures as JSON; None if it does nothing but load plotly."""
    data = output.get("data")
    if not isinstance(data, Mapping):
        return output
    new = {kind: _content(kind, item) for kind, item in data.items()}
    html = data.get("text/html")
    if isinstance(html, str) and "Plotly" in html and len(html) <= _LARGEST and not words(html):
        shown = new["text/html"]
        if set(new) == set(HTML) and shown == html and _LOADS in html:
            return None
        if isinstance(shown, Mapping) and len(shown["figures"]) == 1:
            value = shown["figures"][0]
            if same(new.setdefault(_PLOTLY, value), value):
                del new["text/html"]
    return {**output, "data": new}


def _normalise(outputs: Outputs) -> Outputs:
    return tuple(kept for output in outputs if (kept := _drawn(output)) is not None)


def _chart(name: str, value: float) -> Outputs:
    spec = {"data": {"name": name}, "datasets": {name: [{"x": value}]}}
    return (display("application/vnd.vegalite.v6+json", spec),)


NORMALISER = Normaliser(
    name="plot_json",
    normalise=always(_normalise),
    equal=(
        (display(_PLOTLY, {"data": [{"uid": "a", "y": {"dtype": "i1", "bdata": "AQI="}}]}),),
        (display(_PLOTLY, {"data": [{"uid": "b", "y": [1, 2]}]}),),
    ),
    different=(_chart("data-" + "0" * 32, 1.5), _chart("data-" + "0" * 32, 1.6)),
)
