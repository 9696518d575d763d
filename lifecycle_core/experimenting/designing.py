"""How long an experiment has to run: what it can see after each length, from history or numbers.

History says more than a formula: units come back, and so there are fewer new ones each week while
each of them brings more. So each length is looked at as the last so many periods really were.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.errors import InvalidCall
from lifecycle_core.experimenting.metrics import gain_of, sample_of, together
from lifecycle_core.schema.experiment_design import DesignRow, ExperimentDesign
from lifecycle_core.stats.looks import spending_bounds
from lifecycle_core.stats.moments import Sample
from lifecycle_core.stats.power import Design, Metric, clustered, minimal_effect, power_of
from lifecycle_core.stats.sequential import multiplier, smallest_always_valid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lifecycle_core.schema.experiment import ExperimentMetric, ExperimentPlan
    from lifecycle_core.schema.unit_counts import UnitCounts

LONGEST = 52
"""Periods beyond which no experiment is planned."""
_FEWEST = 30


class Baseline(NamedTuple):
    """What is known of a metric where there is no history to read.

    Attributes:
        mean: Of a unit, over the experiment; of a proportion its share.
        deviation: Standard deviation of a unit; not used for a proportion.
        units: New units that each period brings, all arms together.
        gain: Share of the units that adjustment will save, in [0, 1).
        cluster_size: Units that are assigned together, such as the customers of a shop; then
            clusters are what counts.
        alike: How alike the units of a cluster are: the intraclass correlation, in [0, 1].
    """

    mean: float
    deviation: float
    units: int
    gain: float = 0.0
    cluster_size: float = 1.0
    alike: float = 0.0


class Stage(NamedTuple):
    """What units are like after so many periods.

    Attributes:
        units: All that were met, whatever arm they are in.
        sample: The primary metric.
        gain: What adjustment saves.
        guardrails: By name.
        foreign: Amounts in another currency than that of the release.
    """

    units: int
    sample: Sample
    gain: float
    guardrails: Mapping[str, Sample]
    foreign: int = 0


def stages_of(plan: ExperimentPlan, history: Sequence[UnitCounts]) -> tuple[Stage, ...]:
    """Return what units were like over the last period, the last two, and so on.

    Where the log does not reach back far enough to know what units were like before, adjustment
    saves as much as at the last length where it does: an experiment will have that history.
    """
    found, gain = list[Stage](), 0.0
    for counts in history:
        units = together(counts.arms, len(counts.columns))
        gain = gain_of(plan.metric, units, counts.columns) if counts.covariates else gain
        found.append(
            Stage(
                units.n,
                sample_of(plan.metric, units, counts.columns),
                gain,
                {each.name: sample_of(each, units, counts.columns) for each in plan.guardrails},
                counts.foreign,
            )
        )
    return tuple(found)


def stages_from(plan: ExperimentPlan, baseline: Baseline) -> tuple[Stage, ...]:
    """Return the same from numbers: units are new in each period, and alike in all.

    Raises:
        InvalidCall: A number cannot be.
    """
    share = plan.metric.kind == "proportion"
    variance = baseline.mean * (1 - baseline.mean) if share else baseline.deviation**2
    wrong = {
        "--baseline is the share of units, want more than 0 and less than 1": variance <= 0
        and share,
        "--deviation must be above 0": variance <= 0 and not share,
        "--baseline must not be 0": not baseline.mean,
        "--units-per-period must be at least 4": baseline.units < 4,  # noqa: PLR2004 - two in an arm
        "--gain must be in [0, 1)": not 0 <= baseline.gain < 1,
        "--cluster-size must be at least 1": baseline.cluster_size < 1,
        "--alike must be in [0, 1]": not 0 <= baseline.alike <= 1,
    }
    if said := [text for text, holds in wrong.items() if holds]:
        raise InvalidCall(f"{said[0]}.", hint="Nothing was written.")
    metric = Metric(variance, variance)
    units = baseline.units
    if baseline.cluster_size > 1:
        metric = clustered(metric, size=baseline.cluster_size, alike=baseline.alike)
        units = max(1, round(units / baseline.cluster_size))
    return tuple(
        Stage(units * at, Sample(units * at, baseline.mean, metric.control), baseline.gain, {})
        for at in range(1, LONGEST + 1)
    )


def design(
    plan: ExperimentPlan,
    stages: Sequence[Stage],
    *,
    of_history: int = 0,
    currency: str = "",
) -> ExperimentDesign:
    """Return what each length can see, and the plan with the first one that sees the effect.

    Args:
        plan: Its length and number of units are replaced.
        stages: What units are like after one period, two, and so on.
        of_history: Days of history that they were read from; 0 if numbers were given.
        currency: That the release counts in, for messages.

    Raises:
        InvalidCall: History has too few units, or a metric that is 0.
    """
    known = len(stages)
    if not stages or stages[-1].units < _FEWEST:
        raise InvalidCall(
            f"The log has {stages[-1].units if stages else 0} units of {plan.release}: too few to "
            "design an experiment from.",
            hint="Say what is known: --baseline, --deviation and --units-per-period.",
        )
    last = stages[-1].sample
    if not last.mean or not math.isfinite(last.mean) or not last.variance:
        raise InvalidCall(
            f"`{plan.metric.name}` is {last.mean:g} for every unit in the log.",
            hint=f"{stages[-1].foreign:,} amounts are in another currency than {currency}, which "
            "the release counts in."
            if stages[-1].foreign
            else "Choose a metric that the logs hold something of.",
        )
    rows = list[DesignRow]()
    for periods in range(1, LONGEST + 1):
        stage = stages[periods - 1] if periods <= known else _extended(stages, periods)
        rows.append(_row(plan, stage, periods))
        if periods >= known and _sees(plan, rows[-1]):
            break
    chosen = next((each for each in rows if _sees(plan, each)), rows[-1])
    shown = rows[: max(chosen.periods + 2, min(known, 8))]
    planned = plan.model_copy(update={"periods": chosen.periods, "units": max(4, chosen.units)})
    return ExperimentDesign(
        plan=planned,
        control=_at(stages, chosen.periods).sample.mean,
        spread=math.sqrt(_at(stages, chosen.periods).sample.variance),
        rows=tuple(shown),
        extended=known + 1 if len(shown) > known else None,
        chosen=chosen.periods,
        sees=_sees(plan, chosen),
        of_history=of_history,
        notes=tuple(_notes(planned, chosen, sees=_sees(plan, chosen))),
    )


def _row(plan: ExperimentPlan, stage: Stage, periods: int) -> DesignRow:
    """Return what one length can see, for the smallest arm."""
    arm = min(plan.arms.values())
    compared = arm + plan.control_share
    units = int(stage.units * compared / 100)
    level = 1 - (1 - plan.rule.level) / len(plan.arms)
    wanted = Design(level=level, power=plan.rule.power, share=arm / compared)
    metric = Metric(stage.sample.variance, stage.sample.variance, stage.gain)
    scale = abs(stage.sample.mean)

    def share_of(effect: float | None) -> float | None:
        return effect / scale if effect is not None and scale else None

    plain = metric._replace(gain=0.0)
    return DesignRow(
        periods=periods,
        units=units,
        smallest=share_of(_smallest(plan, units, metric, wanted)),
        unadjusted=share_of(_smallest(plan, units, plain, wanted)),
        once=share_of(_fixed(units, metric, wanted)),
        gain=stage.gain,
        guardrails={
            each.name: _kept(plan, each, stage.guardrails[each.name], units, wanted)
            for each in plan.guardrails
            if each.name in stage.guardrails
        },
    )


def _smallest(plan: ExperimentPlan, units: int, metric: Metric, wanted: Design) -> float | None:
    """Return the smallest effect that is seen, by the looks of the plan."""
    looks = plan.rule.looks
    if looks == "always":
        return smallest_always_valid(units, metric, wanted) if units > 1 else None
    if looks > 1:
        bound = spending_bounds(looks, level=wanted.level)[-1]
        wanted = wanted._replace(level=2 * NormalDist().cdf(bound) - 1)
    return _fixed(units, metric, wanted)


def _fixed(units: int, metric: Metric, wanted: Design) -> float | None:
    return minimal_effect(units, metric, wanted) if metric.control > 0 else None


def _kept(
    plan: ExperimentPlan, metric: ExperimentMetric, sample: Sample, units: int, wanted: Design
) -> float:
    """Return how often a guardrail that does not move is shown to keep its margin."""
    room = (metric.margin or 0.0) * abs(sample.mean)
    if not sample.variance:
        return 1.0
    both = Metric(sample.variance, sample.variance)
    if plan.rule.looks != "always":
        return power_of(room, units, both, wanted._replace(one_sided=True))
    if not units:
        return 0.0
    error = math.sqrt(sample.variance / units / wanted.share / (1 - wanted.share))
    bound = multiplier(units, tuned_at=units, level=2 * wanted.level - 1)
    return NormalDist().cdf(room / error - bound)


def _sees(plan: ExperimentPlan, row: DesignRow) -> bool:
    return row.smallest is not None and row.smallest <= plan.rule.effect


def _at(stages: Sequence[Stage], periods: int) -> Stage:
    return stages[min(periods, len(stages)) - 1]


def _extended(stages: Sequence[Stage], periods: int) -> Stage:
    """Return a stage beyond history: as many new units in each period as in its last one."""
    last = stages[-1]
    before = stages[-2].units if len(stages) > 1 else 0
    units = last.units + max(0, last.units - before) * (periods - len(stages))
    return last._replace(units=units)


def _notes(plan: ExperimentPlan, chosen: DesignRow, *, sees: bool) -> list[str]:
    weak = [name for name, kept in chosen.guardrails.items() if kept < plan.rule.power]
    gained = chosen.gain > 0.01  # noqa: PLR2004 - less is not worth a sentence
    said = {
        f"No length up to {chosen.periods} periods sees an effect of {plan.rule.effect:.1%}: plan "
        "for a larger one, give the arms more units, or choose a metric that varies less.": (
            not sees
        ),
        f"What units did in the {plan.history_days} days before saves {chosen.gain:.0%} of the "
        "units.": gained,
        f"Guardrails that may stay open by then though nothing is wrong: {', '.join(weak)}. A "
        "wider margin or a longer experiment helps.": weak,
    }
    return [sentence for sentence, holds in said.items() if holds]
