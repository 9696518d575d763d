"""Say whether a strict reader would call two executions of a notebook different.

Independent of the product's comparison, and simpler: what a case declares as noise is taken out
of both sides, numbers may differ by a billionth, images are compared by pixel.
"""

from __future__ import annotations

import base64
import io
import json
import math
import re
from typing import TYPE_CHECKING, Any

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nbformat import NotebookNode

ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
NUMBER = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?")
HTML_ID = re.compile(r'(?:id|for|class|headers)="[^"]*"|#T_[0-9a-f]+\S*|#sk-\S*|sk-[a-z0-9-]+')
TAG = re.compile(r"<style.*?</style>|<script.*?</script>|<[^>]+>", re.DOTALL)
SVG_NOISE = re.compile(r"<dc:date>.*?</dc:date>|#[A-Za-z0-9_-]+|id=\"[^\"]*\"")


def differences(
    stored: NotebookNode, fresh: NotebookNode, noise: Sequence[str] = ()
) -> list[tuple[int, str]]:
    """Return the index of each code cell that differs, and how, in file order."""
    found = []
    for index, (old, new) in enumerate(zip(stored.cells, fresh.cells, strict=True)):
        tags = set(old.metadata.get("tags", ()))
        if old.cell_type != "code" or tags & {"nondeterministic", "skip-execution"}:
            continue
        if (old.execution_count is None) != (new.execution_count is None) and old.source.strip():
            found.append((index, f"counts {old.execution_count} and {new.execution_count}"))
            continue
        before, after = _seen(old.outputs, noise), _seen(new.outputs, noise)
        for key in sorted(before.keys() | after.keys()):
            if not _equal(before.get(key), after.get(key)):
                found.append((index, f"{key}: {before.get(key)!r:.150} {after.get(key)!r:.150}"))
                break
    return found


def _seen(outputs: Sequence[Any], noise: Sequence[str]) -> dict[str, Any]:
    """Return what a reader sees, by place: the standard output as one, displays in order."""
    seen: dict[str, Any] = {}
    shown = 0
    for output in outputs:
        if output.output_type == "stream":
            if output.name == "stdout":
                seen["stdout"] = seen.get("stdout", "") + output.text
        elif output.output_type == "error":
            seen["error"] = f"{output.ename}: {_clean(output.evalue, noise)}"
        else:
            kind, value = _best(output.data, noise)
            if kind:
                seen[f"display {shown}"] = value
                shown += 1
    if "stdout" in seen:
        seen["stdout"] = _clean(seen["stdout"], noise)
    return seen


def _best(data: Mapping[str, Any], noise: Sequence[str]) -> tuple[str, Any]:
    """Return the richest form that a reader would compare."""
    if any("widget-view" in kind for kind in data):
        return "", None
    if "image/png" in data:
        with Image.open(io.BytesIO(base64.b64decode(data["image/png"]))) as image:
            return "png", (image.size, image.convert("RGBA").tobytes())
    if "image/svg+xml" in data:
        return "svg", SVG_NOISE.sub("", data["image/svg+xml"])
    for kind, value in data.items():
        if kind.endswith("json") and not isinstance(value, str):
            return kind, json.dumps(value, sort_keys=True)
    if "text/html" in data:
        text = TAG.sub(" ", HTML_ID.sub("", data["text/html"]))
        return "html", _clean(text, noise)
    return "text", _clean(data.get("text/plain", str(dict(data))), noise)


def _clean(text: str, noise: Sequence[str]) -> str:
    text = ADDRESS.sub("0xADDRESS", ANSI.sub("", text))
    lines = []
    for line in text.split("\n"):
        shown = ""  # A carriage return goes back and what follows overwrites.
        for part in line.split("\r"):
            shown = part + shown[len(part) :]
        lines.append(shown.rstrip())
    text = "\n".join(lines).strip()
    for pattern in noise:
        text = re.sub(pattern, "NOISE", text)
    return text


def _equal(old: object, new: object) -> bool:
    if old == new:
        return True
    if not (isinstance(old, str) and isinstance(new, str)):
        return False
    if NUMBER.sub("#", old) != NUMBER.sub("#", new):
        return False
    pairs = zip(NUMBER.findall(old), NUMBER.findall(new), strict=True)
    return all(a == b or math.isclose(float(a), float(b), rel_tol=1e-9) for a, b in pairs)
