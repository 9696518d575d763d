"""The first difference between two outputs: in one line, and both where they differ."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from lifecycle_core.notebooks.equality import first_difference, parting, same
from lifecycle_core.notebooks.images import image_difference, kept

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecycle_core.notebooks.normalisers.base import Output, Outputs

_SHOWN = 2_000
_LINE = 80
_BEFORE = 200
_CONTEXT = 30
_DEEPEST = 12
_PNG = "image/png"
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where two outputs of a cell part; fields as in `schema.reproduction.CellResult`."""

    detail: str
    stored: str = ""
    fresh: str = ""
    stored_png: str | None = None
    fresh_png: str | None = None


def difference(
    stored: Outputs, fresh: Outputs, *, originals: tuple[Outputs, Outputs]
) -> Difference:
    """Tell the first difference between canonical outputs.

    Args:
        stored: What normalisers made of the stored outputs.
        fresh: What they made of the clean run's.
        originals: Both before that; images are taken from them.
    """
    at, ours, theirs = next(
        (at, a, b)
        for at, (a, b) in enumerate(zip_longest(stored, fresh))
        if a is None or b is None or not same(a, b)
    )
    if ours is None or theirs is None:
        return _one_sided(stored, fresh, at, originals)
    before = sum(_PNG in _data(output) for output in stored[:at])
    pngs = [_nth_png(outputs, before) for outputs in originals] if _has_png(ours, theirs) else []
    name, a, b = _pair(ours, theirs)
    if name == _PNG and len(pngs) > 1 and (told := image_difference(pngs[0], pngs[1])):
        shown = Difference(detail=told)
    elif isinstance(a, str) and isinstance(b, str):
        shown = _of_table(a, b) if a.startswith("table:") else _of_text(name, a, b)
    else:
        shown = _of_json(name, a, b)
    images = [kept(png) for png in pngs] if pngs and pngs[0] != pngs[1] else [None, None]
    return Difference(
        detail=shown.detail,
        stored=shown.stored,
        fresh=shown.fresh,
        stored_png=images[0],
        fresh_png=images[1],
    )


def _one_sided(
    stored: Outputs, fresh: Outputs, at: int, originals: tuple[Outputs, Outputs]
) -> Difference:
    """Tell of the first output that only one side has."""
    ours = len(stored) > at
    outputs, original = (stored, originals[0]) if ours else (fresh, originals[1])
    side = "stored" if ours else "clean run"
    text, kind = _cut(_text(outputs[at]), _SHOWN), _kind(outputs[at])
    png = None
    if _PNG in _data(outputs[at]):
        png = kept(_nth_png(original, sum(_PNG in _data(output) for output in outputs[:at])))
        text = str(_data(outputs[at]).get("text/plain", ""))
    counts = f"stored {_many(len(stored), 'output')}, clean run {_many(len(fresh), 'output')}"
    return Difference(
        detail=f"{counts}; only {side} has {kind}"
        + (f": {_one_line(text)}" if text.strip() else ""),
        stored=text if ours else "",
        fresh="" if ours else text,
        stored_png=png if ours else None,
        fresh_png=None if ours else png,
    )


def _many(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _data(output: Output) -> Mapping[str, Any]:
    return output.get("data") or _NOTHING


def _has_png(stored: Output, fresh: Output) -> bool:
    return isinstance(_data(stored).get(_PNG), str) and isinstance(_data(fresh).get(_PNG), str)


def _nth_png(outputs: Outputs, number: int) -> str:
    return str([_data(output)[_PNG] for output in outputs if _PNG in _data(output)][number])


def _pair(stored: Output, fresh: Output) -> tuple[str, Any, Any]:
    """Return a name for the part in which two outputs differ, and that part of both.

    A table is told before the text beside it, because it has rows and columns.
    """
    kinds = [_kind(stored), _kind(fresh)]
    if kinds[0] != kinds[1]:
        return "output", f"{kinds[0]}: {_text(stored)}", f"{kinds[1]}: {_text(fresh)}"
    ours, theirs = _data(stored), _data(fresh)
    parts = [kind for kind in ours if not same(ours[kind], theirs.get(kind))]
    parts.sort(
        key=lambda kind: not str(ours[kind]).startswith("table:") if kind == "text/html" else 1
    )
    if parts:
        return parts[0], ours[parts[0]], theirs.get(parts[0])
    if stored.get("output_type") == fresh.get("output_type"):
        return kinds[0], _text(stored), _text(fresh)
    return "output", str(stored.get("output_type")), str(fresh.get("output_type"))


def _kind(output: Output) -> str:
    if output.get("output_type") == "stream":
        return str(output.get("name"))
    if output.get("output_type") == "error":
        return "error"
    return ", ".join(sorted(_data(output))) or str(output.get("output_type"))


def _text(output: Output) -> str:
    if output.get("output_type") == "error":
        return f"{output.get('ename')}: {output.get('evalue')}"
    data = _data(output)
    return as_text(output.get("text", data.get("text/plain", data)))


def as_text(value: object) -> str:
    """Return text as it is, and JSON as text."""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, sort_keys=True, default=str)
    except (RecursionError, TypeError, ValueError):
        return "(JSON that is nested too deeply to be shown)"


def _of_text(name: str, stored: str, fresh: str) -> Difference:
    at = first_difference(stored, fresh)
    line = stored.count("\n", 0, at)
    start = stored.rfind("\n", 0, at) + 1
    shown_from = max(at - start - _CONTEXT, 0) + start
    cut = [_cut(text[shown_from:].split("\n", 1)[0][:_SHOWN], _LINE) for text in (stored, fresh)]
    several = "\n" in stored.strip("\n") or "\n" in fresh.strip("\n")
    where = f"{name}, line {line + 1}" if several else name
    return Difference(
        detail=f"{where}: stored {cut[0] or 'nothing'}, clean run {cut[1] or 'nothing'}",
        stored=_excerpt(stored, max(start - _BEFORE, 0)),
        fresh=_excerpt(fresh, max(start - _BEFORE, 0)),
    )


def _of_table(stored: str, fresh: str) -> Difference:
    """Tell the row and the column; both texts are one row a line, each cell after a bar."""
    plain = _of_text("table", stored, fresh)
    at = first_difference(stored, fresh)
    number = stored.count("\n", 0, at)
    header = stored.split("\n", 2)[1:2]
    rows = [_row(text, at) for text in (stored, fresh)]
    if rows[0] == rows[1]:  # one is the beginning of the other
        counts = [_many(max(text.count("\n") - 1, 0), "row") for text in (stored, fresh)]
        return replace(plain, detail=f"table: stored {counts[0]}, clean run {counts[1]}")
    names = header[0].split("|") if header else []
    if not number or not (len(rows[0]) == len(rows[1]) == len(names)):
        return plain
    column = next(at for at, (a, b) in enumerate(zip(*rows, strict=True)) if a != b)
    named = f'column "{names[column]}"' if names[column] and number > 1 else f"column {column}"
    row = f'row "{rows[0][1]}"' if column > 1 else f"row {number - 1}"
    a, b = (_cut(row[column], _LINE) or "nothing" for row in rows)
    return Difference(
        detail=f"table, {row}, {named}: stored {a}, clean run {b}",
        stored=plain.stored,
        fresh=plain.fresh,
    )


def _row(text: str, at: int) -> list[str]:
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    return text[start : end if end >= 0 else len(text)].split("|")


def _of_json(name: str, stored: object, fresh: object) -> Difference:
    path, a, b = parting(stored, fresh)
    told = "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}" for part in path[-_DEEPEST:]
    )
    told = ("…" if len(path) > _DEEPEST else "") + told.removeprefix(".")
    texts = [as_text(value) for value in (stored, fresh)]
    offset = max(first_difference(*texts) - _BEFORE, 0)
    return Difference(
        detail=f"{name}{f' at {told}' if told else ''}: stored {_one_line(_brief(a))}, "
        f"clean run {_one_line(_brief(b))}",
        stored=_excerpt(texts[0], offset),
        fresh=_excerpt(texts[1], offset),
    )


def _brief(value: object) -> str:
    if isinstance(value, list | dict) and len(value) > _CONTEXT:
        return f"{len(value)} values"
    return as_text(value)


def _excerpt(text: str, offset: int) -> str:
    """Return a text that is short whole, and one that is long from `offset` on."""
    return _cut(
        f"…{text[offset : offset + _SHOWN]}" if offset and len(text) > _SHOWN else text, _SHOWN
    )


def _one_line(text: str) -> str:
    return _cut(" ".join(text[: 4 * _LINE].split()), _LINE)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
