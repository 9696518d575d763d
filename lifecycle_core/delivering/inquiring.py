"""A request under the line-up of its moment: who answers which of its rows, and what is wrong.

columns --route by unit--> parts --check each by its own contract--> Inquiry
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifecycle_core.delivering.routing import arm_of
from lifecycle_core.delivering.row_checks import MOST_REFUSALS
from lifecycle_core.schema.row_names import as_name
from lifecycle_core.schema.serving import CONTROL, HOLDOUT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lifecycle_core.delivering.last_scores import LastScores
    from lifecycle_core.delivering.row_checks import Checked, Columns
    from lifecycle_core.delivering.serving import Served
    from lifecycle_core.schema.contract import Rule
    from lifecycle_core.schema.serving import Experiment, Refusal, ServingSection

_FEW = 8
_EXPLAINED = 64
"""Rows of a request that reasons are found for: they are found row by row."""
_QUICK_SLOTS = 20_000
"""Slots of trees, times rows, whose reasons are found in about four milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineup:
    """The releases that answer at one moment. Whoever holds one is not touched by a promotion.

    Attributes:
        champion: Answers.
        arms: By alias, those that answer for a part of the units.
        experiment: Which part that is.
        shadow: Scores too, for the log alone.
        previous: The one before the champion, for its fallback.
        last: What was said before, by key.
    """

    champion: Served
    arms: dict[str, Served]
    experiment: Experiment | None
    shadow: Served | None
    previous: Served | None
    last: LastScores

    def told(self, served: Served, columns: Columns) -> Columns:
        """Return columns without those that name rows for the champion or the experiment alone.

        A release that was registered before they were declared would take them for strangers.

        Args:
            served: Who is to check them.
            columns: By name, the values of some rows.
        """
        unit = self.experiment.unit if self.experiment else None
        names = self.champion.naming if unit is None else (*self.champion.naming, unit)
        strange = {name for name in names if name in columns and not served.knows(name)}
        if not strange:
            return columns
        return {name: values for name, values in columns.items() if name not in strange}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The rows of a request that one release answers for.

    Attributes:
        rows: Their positions in the request.
        checked: What its contract says about them, in the order of `rows`.
        good: Which of them can be scored, counted within the part.
        scorable: The columns of those, as agreed.
    """

    served: Served
    arm: str
    rows: Sequence[int]
    checked: Checked
    good: Sequence[int]
    scorable: Columns

    @classmethod
    def of(
        cls, served: Served, arm: str, columns: Columns, rows: Sequence[int], *, now: float
    ) -> Part:
        """Check rows by the contract of the release that answers for them.

        Args:
            served: The release.
            arm: Under which it answers.
            columns: By name, the values of these rows.
            rows: Their positions in the request.
            now: Seconds since 1970.
        """
        checked = served.checks.check(columns, len(rows), now=now)
        good: Sequence[int] = range(len(rows))
        scorable: Columns = checked.columns
        if checked.bad:
            good = [at for at in good if at not in checked.bad]
            scorable = only(checked.columns, good)
        return cls(served=served, arm=arm, rows=rows, checked=checked, good=good, scorable=scorable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """One request under the line-up of its moment.

    Attributes:
        columns: As the request has them.
        rows: Their number.
        keys: Business key of each row.
        now: When it came, in seconds since 1970.
        refusals: What is wrong with its rows; of very many bad fields the first.
        refused: For that it is refused as a whole; else a fallback answers for bad rows.
        explained: Scores are given with their reasons.
        effort: What these take, as a part of what they may take while others wait; 0 for none.
    """

    lineup: Lineup
    columns: Columns
    rows: int
    keys: Sequence[str | None]
    now: float
    parts: tuple[Part, ...]
    refusals: tuple[Refusal, ...]
    refused: bool
    explained: bool
    effort: float

    @property
    def serving(self) -> ServingSection:
        """What is declared for the release that answers."""
        return self.lineup.champion.serving

    @property
    def asked(self) -> dict[int, list[int]]:
        """By version that answers, the positions of its rows."""
        found: dict[int, list[int]] = {}
        for part in self.parts:
            found.setdefault(part.served.release.version, []).extend(part.rows)
        return found

    @property
    def shadowed(self) -> bool:
        """Whether a shadow scores it too."""
        return self.lineup.shadow is not None

    @property
    def broken(self) -> dict[int, dict[tuple[str, Rule], int]]:
        """By version that answers, how many fields break its contract, by field and rule."""
        found: dict[int, dict[tuple[str, Rule], int]] = {}
        for part in self.parts:
            counts = found.setdefault(part.served.release.version, {})
            for key, many in part.checked.broken.items():
                counts[key] = counts.get(key, 0) + many
        return found

    @property
    def quick(self) -> bool:
        """Whether compiled code alone answers, which takes a bounded, short time."""
        return (
            self.rows <= _FEW
            and all(part.served.compiled and not part.checked.bad for part in self.parts)
            and not self.slow_reasons
        )

    @property
    def slow_reasons(self) -> bool:
        """Whether its reasons may take long, so that its scores cannot wait for them."""
        return self.effort > 1


def inquire(
    lineup: Lineup, columns: Columns, rows: int, *, now: float, explained: bool = True
) -> Inquiry:
    """Route and check the rows of a request.

    Args:
        lineup: Who answers.
        columns: By name, `rows` values each.
        rows: How many, at least 1.
        now: Seconds since 1970.
        explained: Reasons are wanted; a request of very many rows gets none.
    """
    champion = lineup.champion
    keys = champion.keys(columns, rows)
    parts: list[Part] = []
    refusals: list[Refusal] = []
    refused = False
    for served, arm, positions in _routes(lineup, columns, keys, rows):
        some = columns if len(positions) == rows else only(columns, positions)
        part = Part.of(served, arm, lineup.told(served, some), positions, now=now)
        parts.append(part)
        if part.checked.bad:
            refused |= served.serving.bad_input == "refuse"
            refusals += [
                refusal.model_copy(update={"row": positions[refusal.row]})
                for refusal in part.checked.refusals
            ]
    if len(parts) > 1:
        refusals = sorted(refusals, key=lambda refusal: refusal.row)[:MOST_REFUSALS]
    explained = explained and rows <= _EXPLAINED
    slots = sum(part.served.slots * len(part.good) for part in parts if part.good)
    return Inquiry(
        lineup=lineup, columns=columns, rows=rows, keys=keys, now=now, parts=tuple(parts),
        refusals=tuple(refusals), refused=refused, explained=explained,
        effort=slots / _QUICK_SLOTS if explained else 0.0,
    )  # fmt: skip


def _routes(
    lineup: Lineup, columns: Columns, keys: Sequence[str | None], rows: int
) -> Iterator[tuple[Served, str, Sequence[int]]]:
    champion, experiment = lineup.champion, lineup.experiment
    if experiment is None or not lineup.arms:
        yield champion, CONTROL, range(rows)
        return
    units = keys
    if experiment.unit is not None:
        values = columns.get(experiment.unit, [None] * rows)
        units = [as_name(value) for value in values]
    routed: dict[str, list[int]] = {}
    for row, unit in enumerate(units):
        arm = arm_of(unit, experiment)
        answered = arm in lineup.arms or arm == HOLDOUT
        routed.setdefault(arm if answered else CONTROL, []).append(row)
    for arm, positions in routed.items():
        yield lineup.arms.get(arm, champion), arm, positions


def only(columns: Columns, positions: Sequence[int]) -> Columns:
    """Return some of the rows, by position."""
    return {name: [values[at] for at in positions] for name, values in columns.items()}
