"""Counts of several windows added up: they are all made with the same bins, so sums are exact."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, TypeVar

from lifecycle_core.schema.base import Record
from lifecycle_core.schema.window_counts import (
    Answers,
    ArmCounts,
    Baselines,
    ColumnCounts,
    Money,
    ScoreGroup,
    SegmentCounts,
    TeamCounts,
    WindowCounts,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

One = TypeVar("One", bound=Record)


def added(windows: Sequence[WindowCounts]) -> WindowCounts:
    """Return what windows hold together.

    What cannot be added, such as quantiles and units, is left out.

    Example:
        >>> two = added([WindowCounts(rows=3, decided=3, acted=1), WindowCounts(rows=2)])
        >>> two.rows, two.decided, two.acted
        (5, 3, 1)
    """
    return WindowCounts(
        **_summed(
            windows,
            "rows", "repeated", "shadows", "acted", "decided", "accepted", "overridden",
            "overridden_actions", "overridden_labelled", "overridden_rightly", "answered_early",
            "labelled", "over", "under",
        ),
        newest=max((window.newest for window in windows), default=""),
        versions=_by_name(window.versions for window in windows),
        fallbacks=_by_name(window.fallbacks for window in windows),
        groups=_joined(
            (each for window in windows for each in window.groups),
            ("version", "score", "acted"), _group,
        ),
        absolute_error=money_added(window.absolute_error for window in windows),
        money=_purses(window.money for window in windows),
        columns=_columns([each for window in windows for each in window.columns]),
        answers=_joined(
            (each for window in windows for each in window.answers), ("version",), _answers
        ),
        segments=_joined(
            (each for window in windows for each in window.segments), ("column", "value"), _segment
        ),
        values=_values([window.values for window in windows]),
        teams=_joined((each for window in windows for each in window.teams), ("who",), _team),
        arms=_joined((each for window in windows for each in window.arms), ("arm",), _arm),
        fallback_cost=money_added(window.fallback_cost for window in windows),
        model_cost=money_added(window.model_cost for window in windows),
        baselines=Baselines(
            **{
                name: money_added(getattr(window.baselines, name) for window in windows)
                for name in Baselines.model_fields
            }
        ),
        importance=_by_name(window.importance for window in windows),
    )  # fmt: skip


def money_added(parts: Iterable[Money]) -> Money:
    """Return sums over all parts.

    Example:
        >>> money_added([Money(rows=1, total=2.0, squares=4.0)] * 2).total
        4.0
    """
    return Money(**_summed(list(parts), "rows", "total", "squares"))


def columns_added(parts: Sequence[ColumnCounts]) -> ColumnCounts:
    """Return one column of several windows, whose bins are the same.

    Args:
        parts: At least one.
    """
    return ColumnCounts(
        name=parts[0].name,
        edges=parts[0].edges,
        counts=tuple(sum(bins) for bins in zip(*(part.counts for part in parts), strict=True)),
        categories=_by_name(part.categories for part in parts),
        broken=_by_name(part.broken for part in parts),
        far=_far([part.far for part in parts]),
        **_summed(parts, "missing", "other"),
    )


def _far(parts: Sequence[tuple[int, int] | None]) -> tuple[int, int] | None:
    known = [each for each in parts if each is not None]
    if len(known) < len(parts):
        return None
    return sum(each[0] for each in known), sum(each[1] for each in known)


def _columns(parts: Sequence[ColumnCounts]) -> tuple[ColumnCounts, ...]:
    names = dict.fromkeys(each.name for each in parts)
    return tuple(columns_added([each for each in parts if each.name == name]) for name in names)


def _summed(parts: Sequence[Any], *names: str) -> dict[str, Any]:
    return {name: sum(getattr(part, name) for part in parts) for name in names}


def _by_name(parts: Iterable[dict[str, Any]]) -> dict[str, Any]:
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part)
    return dict(total)


def _values(parts: Sequence[dict[str, dict[str, int]]]) -> dict[str, dict[str, int]]:
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: _by_name(part.get(name, {}) for part in parts) for name in names}


def _purses(parts: Iterable[dict[str, Money]]) -> dict[str, Money]:
    held = list(parts)
    names = dict.fromkeys(name for part in held for name in part)
    return {name: money_added(part[name] for part in held if name in part) for name in names}


def _joined(parts: Iterable[One], keys: tuple[str, ...], add: Any) -> tuple[One, ...]:  # noqa: ANN401 - of the parts' own type
    held: dict[tuple[Any, ...], list[One]] = {}
    for part in parts:
        held.setdefault(tuple(getattr(part, key) for key in keys), []).append(part)
    return tuple(add(same, dict(zip(keys, key, strict=True))) for key, same in sorted(held.items()))


def _group(parts: Sequence[ScoreGroup], keys: dict[str, Any]) -> ScoreGroup:
    if len(parts) == 1:
        return parts[0]
    sums = _summed(
        parts,
        "rows", "positives", "negatives", "priced", "if_positive", "if_negative", "positive_cost",
    )  # fmt: skip
    return ScoreGroup(**keys, **sums, cost=money_added(part.cost for part in parts))


def _answers(parts: Sequence[Answers], keys: dict[str, Any]) -> Answers:
    score = columns_added([part.score for part in parts])
    return Answers(**keys, **_summed(parts, "decided", "acted"), score=score)


def _segment(parts: Sequence[SegmentCounts], keys: dict[str, Any]) -> SegmentCounts:
    sums = _summed(parts, "rows", "labelled", "right", "accepted", "overridden")
    return SegmentCounts(**keys, **sums, cost=money_added(part.cost for part in parts))


def _team(parts: Sequence[TeamCounts], keys: dict[str, Any]) -> TeamCounts:
    return TeamCounts(**keys, **_summed(parts, "accepted", "overridden"))


def _arm(parts: Sequence[ArmCounts], keys: dict[str, Any]) -> ArmCounts:
    return ArmCounts(**keys, **_summed(parts, "rows"), money=_purses(part.money for part in parts))
