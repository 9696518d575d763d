"""Where the boxes of a layered graph lie, and which way its lines go.

The method is Sugiyama's: layers of at most so many boxes (Coffman and Graham), fewer crossings by
the mean place of neighbours, then places as near to the neighbours as the order in a layer allows.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lifecycle_core.adapters.rendering.graph.links import Link

BOX_WIDTH, BOX_HEIGHT = 210.0, 46.0
_GAP, _ROW = 20.0, 84.0
_LANE = 8.0
_MARGIN = 4.0
_WIDEST = 3
_SWEEPS = 6
_PULLS = 60

Item = tuple[str, ...]
"""A box as `(name,)`, or the place `(source, target, layer)` where a long line passes a layer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Places in a picture of `width` by `height` units.

    Attributes:
        boxes: By name, the left and the upper edge.
        routes: By source and target, the points that a line goes through, from top to bottom.
    """

    width: float
    height: float
    boxes: dict[str, tuple[float, float]]
    routes: dict[tuple[str, str], list[tuple[float, float]]]


def lay_out(names: Sequence[str], found: Sequence[Link]) -> Layout:
    """Lay a graph out from top to bottom, at most three boxes beside each other.

    Args:
        names: Of the boxes, in an order that respects every link.
        found: What connects them.
    """
    layer = _layers(names, found)
    chains = {(link.source, link.target): _chain(link, layer) for link in found}
    rows = _rows(names, layer, chains)
    near = _neighbours(chains)
    _uncross(rows, near)
    centres = _settle(rows, near)
    left = min((centres[i] - _width(i) / 2 for row in rows for i in row), default=0.0)
    right = max((centres[i] + _width(i) / 2 for row in rows for i in row), default=0.0)
    top = {item: _MARGIN + n * _ROW for n, row in enumerate(rows) for item in row}
    across = {item: round(centre - left + _MARGIN, 1) for item, centre in centres.items()}
    return Layout(
        width=round(right - left + 2 * _MARGIN),
        height=round((len(rows) - 1) * _ROW + BOX_HEIGHT + 2 * _MARGIN) if rows else 0,
        boxes={name: (round(across[name,] - BOX_WIDTH / 2, 1), top[name,]) for name in names},
        routes={pair: _points(chain, across, top) for pair, chain in chains.items()},
    )


def _layers(names: Sequence[str], found: Sequence[Link]) -> dict[str, int]:
    """Put each box below all that it hangs on, in the first layer that has room."""
    layer: dict[str, int] = {}
    full: dict[int, int] = {}
    for name in names:
        at = max((layer[link.source] + 1 for link in found if link.target == name), default=0)
        while full.get(at, 0) >= _WIDEST:
            at += 1
        layer[name] = at
        full[at] = full.get(at, 0) + 1
    return layer


def _chain(link: Link, layer: Mapping[str, int]) -> list[Item]:
    passed = range(layer[link.source] + 1, layer[link.target])
    return [
        (link.source,),
        *((link.source, link.target, str(number)) for number in passed),
        (link.target,),
    ]


def _rows(
    names: Sequence[str],
    layer: Mapping[str, int],
    chains: Mapping[tuple[str, str], list[Item]],
) -> list[list[Item]]:
    rows: list[list[Item]] = [[] for _ in range(max(layer.values(), default=-1) + 1)]
    for name in names:
        rows[layer[name]].append((name,))
    for chain in chains.values():
        for item in chain[1:-1]:
            rows[int(item[2])].append(item)
    return rows


def _neighbours(chains: Mapping[tuple[str, str], list[Item]]) -> dict[Item, list[Item]]:
    near: dict[Item, list[Item]] = {}
    for chain in chains.values():
        for above, below in pairwise(chain):
            near.setdefault(above, []).append(below)
            near.setdefault(below, []).append(above)
    return near


def _uncross(rows: list[list[Item]], near: Mapping[Item, list[Item]]) -> None:
    """Order each row by where its neighbours in the row before stand; down, then up, and again."""
    best, fewest = [list(row) for row in rows], _crossings(rows, near)
    for sweep in range(_SWEEPS):
        turned = rows if sweep % 2 == 0 else rows[::-1]
        for before, row in pairwise(turned):
            place = {item: float(n) for n, item in enumerate(before)}
            here = {item: float(n) for n, item in enumerate(row)}
            mean = {
                item: _mean([place[other] for other in near.get(item, ()) if other in place])
                for item in row
            }
            row.sort(
                key=lambda item: (here[item] if mean[item] is None else mean[item], here[item])
            )
        if (now := _crossings(rows, near)) < fewest:
            best, fewest = [list(row) for row in rows], now
    rows[:] = best


def _crossings(rows: Sequence[Sequence[Item]], near: Mapping[Item, list[Item]]) -> int:
    count = 0
    for above, below in pairwise(rows):
        place = {item: n for n, item in enumerate(below)}
        ends = [sorted(place[o] for o in near.get(item, ()) if o in place) for item in above]
        flat = [end for row in ends for end in row]
        count += sum(a > b for n, a in enumerate(flat) for b in flat[n + 1 :])
    return count


def _settle(rows: Sequence[Sequence[Item]], near: Mapping[Item, list[Item]]) -> dict[Item, float]:
    """Return centres: each as near to the mean of its neighbours as its row allows.

    No row reaches beyond the widest one, so that a long graph does not wander aside.
    """
    room = max((_needs(row) for row in rows), default=0.0)
    centres: dict[Item, float] = {}
    for row in rows:
        centres.update(zip(row, _spread(row, [0.0] * len(row), room), strict=True))
    for pull in range(_PULLS):
        for row in rows if pull % 2 else rows[::-1]:
            means = [_mean([centres[other] for other in near.get(item, ())]) for item in row]
            wanted = [
                centres[item] if mean is None else mean
                for item, mean in zip(row, means, strict=True)
            ]
            centres.update(zip(row, _spread(row, wanted, room), strict=True))
    return centres


def _spread(row: Sequence[Item], wanted: Sequence[float], room: float) -> list[float]:
    """Return the centres that are least off those wanted, in order and without overlap.

    Without the distances that they must keep this is a monotone regression: neighbours that
    would pass each other share their mean.
    """
    offsets = _offsets(row)
    pools: list[list[float]] = []  # sum and count
    for want, offset in zip(wanted, offsets, strict=True):
        pools.append([want - offset, 1.0])
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] > pools[-1][0] / pools[-1][1]:
            total, count = pools.pop()
            pools[-1][0] += total
            pools[-1][1] += count
    least = (_width(row[0]) - room) / 2
    most = (room - _width(row[-1])) / 2 - offsets[-1]
    places = [
        min(max(total / count, least), most) for total, count in pools for _ in range(int(count))
    ]
    return [place + offset for place, offset in zip(places, offsets, strict=True)]


def _offsets(row: Sequence[Item]) -> list[float]:
    """Return how far the centres of a row must at least be from the first."""
    offsets = [0.0]
    for one, other in pairwise(row):
        offsets.append(offsets[-1] + (_width(one) + _width(other)) / 2 + _GAP)
    return offsets


def _needs(row: Sequence[Item]) -> float:
    return _offsets(row)[-1] + (_width(row[0]) + _width(row[-1])) / 2


def _points(
    chain: Sequence[Item], across: Mapping[Item, float], top: Mapping[Item, float]
) -> list[tuple[float, float]]:
    points = [(across[chain[0]], top[chain[0]] + BOX_HEIGHT)]
    for item in chain[1:-1]:
        points += [(across[item], top[item]), (across[item], top[item] + BOX_HEIGHT)]
    return [*points, (across[chain[-1]], top[chain[-1]])]


def _width(item: Item) -> float:
    return BOX_WIDTH if len(item) == 1 else _LANE


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
