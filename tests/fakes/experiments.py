"""Plans, frozen experiments, and logs with an effect that is known."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from deltalake import write_deltalake

from lifecycle_core.adapters.bundles import verify_bundle
from lifecycle_core.adapters.files import digest_bytes
from lifecycle_core.adapters.prediction_log.entries import Kind
from lifecycle_core.adapters.prediction_log.rows import TABLES, table_schema
from lifecycle_core.adapters.registry import MlflowRegistry
from lifecycle_core.experimenting import (
    Baseline,
    all_columns,
    design,
    read,
    span_of,
    stages_from,
    stages_of,
)
from lifecycle_core.schema.experiment import (
    BalanceCheck,
    ExperimentPlan,
    Experiments,
    ExperimentStatus,
    FrozenExperiment,
    FrozenRelease,
)
from lifecycle_core.schema.prediction import Outcome, Prediction
from lifecycle_core.schema.release_file import CostsSection, WorkflowSection
from lifecycle_core.schema.unit_counts import ArmMoments, UnitCounts
from lifecycle_core.stats.assignment import arm_at, point_of, stretches
from tests.fakes.promoting import moved
from tests.fakes.scoring import make

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lifecycle_core.schema.experiment_design import ExperimentDesign
    from lifecycle_core.schema.readout import Readout

START = datetime(2026, 10, 5, tzinfo=UTC)  # a Monday
WEEK = timedelta(days=7)
VERSIONS = {"champion": 1, "holdout": 1, "challenger": 2, "candidate": 2}
COSTS = CostsSection(currency="EUR", false_positive=20, false_negative=400)


def plan(**fields: Any) -> ExperimentPlan:  # noqa: ANN401 - of the record
    """Return a plan of four weeks on money."""
    made: dict[str, Any] = {
        "name": "autumn",
        "release": "churn",
        "hypothesis": "The challenger's calls keep more customers.",
        "salt": "churn-autumn",
        "arms": {"challenger": 50},
        "periods": 4,
        "units": 1_200,
        "metric": {"name": "money", "of": "money"},
        "secondary": [
            {"name": "adoption", "of": "accepted", "kind": "ratio", "per": "answered"},
            {"name": "kept", "of": "label", "kind": "proportion"},
        ],
        "guardrails": [
            {"name": "latency", "of": "latency_ms", "kind": "ratio", "per": "rows",
             "better": "down", "margin": 0.1},
        ],
        "segments": ["plan", "tenure"],
        "rule": {"effect": 0.1},
    }  # fmt: skip
    return ExperimentPlan.model_validate(made | fields)


def frozen(of: ExperimentPlan | None = None, **fields: Any) -> FrozenExperiment:  # noqa: ANN401 - of the record
    """Return a plan as it was started on 5 October 2026."""
    stated = of or plan()
    return FrozenExperiment(
        plan=stated,
        plan_digest=digest_bytes(stated.to_json().encode()),
        file="churn.autumn.experiment.yaml",
        started="2026-10-05T00:00:00Z",
        control=FrozenRelease(version=1, bundle_digest=f"sha256:{1:064x}"),
        treatments={alias: FrozenRelease(version=2, bundle_digest=f"sha256:{2:064x}")
                    for alias in stated.arms},
        key=("customer",),
        costs=COSTS,
        balance=BalanceCheck(days=28, units={"champion": 601, "challenger": 599},
                             ratio_p=0.95, metric_p={"challenger": 0.4}),
    ).model_copy(update=fields)  # fmt: skip


def status(of: FrozenExperiment | None = None, **fields: Any) -> ExperimentStatus:  # noqa: ANN401 - of the record
    """Return an experiment that is running."""
    return ExperimentStatus(frozen=of or frozen(), state="running", by="ann").model_copy(
        update=fields
    )


def counts(
    of: ExperimentPlan | None = None,
    *,
    units: int = 1_000,
    effect: float = 0.5,
    lost: float = 0.0,
    slower: float = 0.0,
) -> UnitCounts:
    """Return counts of units whose money is about 10, half of its variance known from before.

    Args:
        of: The plan.
        units: Of each arm.
        effect: Of the treatment, on money.
        lost: Share of the treatment's units that are not there.
        slower: Relative change of the treatment's latency.
    """
    stated = of or plan()
    names, leading = all_columns(stated)
    before = (*(f"{name}_before" for name in names), "known_before")
    columns = (*names, *before)
    usual = {"money": 10.0, "accepted": 3.2, "answered": 4.0, "any_label": 0.6, "latency_ms": 5.2,
             "rows": 4.0, "known_before": 1.0}  # fmt: skip
    spread = {"money": 9.0, "accepted": 0.8, "answered": 0.2, "any_label": 0.24,
              "latency_ms": 0.6, "rows": 0.3, "known_before": 0.0}  # fmt: skip

    def arm(name: str, many: int, group: str = "", *, halves: bool = False) -> ArmMoments:
        chosen = [n for n in names[:leading] for _ in (0, 1)] if halves else list(names[:leading])
        wanted = list(columns) if not group and not halves else chosen
        treated = name in stated.arms
        means, size = [], len(wanted)
        matrix = np.zeros((size, size))
        for at, column in enumerate(wanted):
            base = column.removesuffix("_before")
            mean = usual[column] if column in usual else usual[base]
            now = not column.endswith("_before")
            if treated and base == "money" and now:
                mean += effect
            if treated and base == "latency_ms" and now:
                mean *= 1 + slower
            means.append(mean)
            matrix[at, at] = spread[column] if column in spread else spread[base]
            if f"{column}_before" in wanted:
                other = wanted.index(f"{column}_before")
                matrix[at, other] = matrix[other, at] = 0.7 * matrix[at, at]
        return ArmMoments(
            arm=name,
            group=group,
            units=many,
            means=tuple(means),
            covariance=tuple(tuple(float(value) for value in line) for line in matrix),
        )

    sizes = {"champion": units} | {alias: round(units * (1 - lost)) for alias in stated.arms}
    if not units:
        return UnitCounts(columns=columns, covariates=len(before))
    return UnitCounts(
        columns=columns,
        covariates=len(before),
        arms=tuple(arm(name, many) for name, many in sizes.items()),
        periods=tuple(
            arm(name, many, week) for week in ("2026-W41", "2026-W42") for name, many in
            sizes.items()
        ),
        segments={
            "plan": tuple(
                arm(name, many // 4, value) for value in "ab" for name, many in sizes.items()
            )
        },
        halves=tuple(arm(name, many, halves=True) for name, many in sizes.items()),
        rows={name: many * 4 for name, many in sizes.items()},
        versions={name: {str(VERSIONS[name]): many * 4} for name, many in sizes.items()},
        newest="2026-10-18T22:00:00.000000Z",
    )  # fmt: skip


def read_out(**of_counts: Any) -> Readout:  # noqa: ANN401 - see `counts`
    """Return the read-out after two of four weeks."""
    found = status()
    return read(found, counts(**of_counts), span_of(found, START + 2 * WEEK))


def weekly(*effects: float) -> Readout:
    """Return a read-out of weeks that have an effect each, on a money of 10 in the control."""
    found = status()
    periods = tuple(
        arm.model_copy(update={"group": f"2026-W{41 + at}"})
        for at, effect in enumerate(effects)
        for arm in counts(effect=effect).periods
        if arm.group == "2026-W41"
    )
    whole = counts(effect=sum(effects) / len(effects)).model_copy(update={"periods": periods})
    return read(found, whole, span_of(found, START + WEEK))


def designed() -> ExperimentDesign:
    """Return a design from history that reaches four weeks back."""
    history = [counts(units=units, effect=0.0) for units in (300, 520, 700, 850)]
    made = design(plan(rule={"effect": 0.05}), stages_of(plan(), history), of_history=56)
    return made.model_copy(update={"file": "churn.autumn.experiment.yaml"})


def designed_from_numbers() -> ExperimentDesign:
    """Return a design that no length is enough for."""
    stated = plan(rule={"effect": 0.001, "looks": 1}, secondary=[], guardrails=[])
    return design(stated, stages_from(stated, Baseline(10.0, 30.0, 200)))


def refused() -> ExperimentStatus:
    """Return an experiment that the A/A check refused."""
    found = BalanceCheck(days=28, units={"champion": 601, "challenger": 599}, passed=False,
                         ratio_p=0.95, metric_p={"challenger": 0.01},
                         note="By chance challenger was unlike the champion before: "
                              "take another salt.")  # fmt: skip
    return status(frozen(balance=found), state="refused", by="", reason=found.note)


def listed() -> Experiments:
    """Return two experiments, one of them stopped."""
    first = status(
        frozen(plan(name="summer", salt="churn-summer"), started="2026-06-01T00:00:00Z"),
        state="stopped",
        stopped="2026-07-01T00:00:00Z",
        reason="nothing to see",
    )
    return Experiments(release="churn", experiments=(first, status()))


def logged(
    folder: Path,
    of: ExperimentPlan,
    *,
    units: int = 600,
    weeks: int = 4,
    before: int = 4,
    effect: float = 2.0,
    seed: int = 1,
    currency: str = "EUR",
) -> Path:
    """Write a log in which each customer is scored each week, and return where it lies.

    A customer brings about ten euros a week, of which much is its own habit; the treatment adds
    `effect` euros a week.
    """
    draw = np.random.default_rng(seed)
    parts = stretches(of.arms.items(), holdout=of.holdout)
    habits = draw.normal(10, 3, units)
    rows = []
    for week in range(-before, weeks):
        for unit in range(units):
            belongs = arm_at(point_of(f"c{unit}", of.salt), parts)
            arm = belongs if week >= 0 else "champion"
            treated = arm in of.arms
            money = habits[unit] + draw.normal(0, 2) + (effect if treated else 0.0)
            rows.append(
                row(
                    f"{week + before:03d}-{unit:05d}",
                    unit,
                    START + week * WEEK + timedelta(seconds=unit),
                    arm,
                    money=float(money),
                    accepted=bool(draw.random() < 0.8),
                    label=bool(draw.random() < 0.2),
                    currency=currency,
                )
            )
    return write(folder / "log", rows)


def write(address: Path, rows: Sequence[tuple[Prediction, Outcome]]) -> Path:
    """Write both tables at once, as a log that was drained leaves them."""
    records: Sequence[Prediction | Outcome]
    for kind in Kind:
        records = [pair[0] if kind is Kind.PREDICTION else pair[1] for pair in rows]
        made = []
        for sequence, record in enumerate(records):
            fields = record.model_dump(exclude={"schema_"})
            time = datetime.fromisoformat(record.time)
            fields |= {"time": time, "day": time.date(), "sequence": sequence}
            if kind is Kind.PREDICTION:
                fields["features"] = json.dumps(fields["features"])
            for name in ("decision", "label"):
                if isinstance(fields.get(name), bool):
                    fields[name] = float(fields[name])
            made.append(fields)
        table = pa.Table.from_pylist(made, table_schema(kind))
        place = str(address / TABLES[kind])
        write_deltalake(place, table, partition_by=["release", "day"], mode="append")
    return address


def row(
    number: str,
    unit: int | None,
    at: datetime,
    arm: str,
    *,
    money: float,
    accepted: bool = True,
    label: bool = False,
    release: str = "churn",
    currency: str = "EUR",
) -> tuple[Prediction, Outcome]:
    """Return a prediction of a customer, and what came of it an hour later."""
    version = VERSIONS.get(arm, 1)
    given = Prediction(
        id=f"p-{number}",
        key=None if unit is None else f"c{unit}",
        time=_text(at),
        release=release,
        version=version,
        bundle_digest=f"sha256:{version:064x}",
        arm=arm,
        features={"plan": "abc"[(unit or 0) % 3], "tenure": (unit or 0) % 50},
        score=0.6,
        decision=True,
        latency_ms=1.0 + (unit or 0) % 7 / 10,
    )
    said = Outcome(
        id=f"o-{number}",
        prediction=given.id,
        time=_text(at + timedelta(hours=1)),
        who="desk",
        release=release,
        action="accepted" if accepted else "overridden",
        label=label,
        money=money,
        currency=currency,
    )
    return given, said


def _text(moment: datetime) -> str:
    return f"{moment.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def project(folder: Path) -> Path:
    """Register two versions of `churn`, the second the challenger of the first, in an own home."""
    home = folder / ".nbrelease"
    registry = MlflowRegistry(f"sqlite:///{home / 'registry.db'}", home / "artifacts")
    for name, threshold in (("first", 0.4), ("second", 0.6)):
        (folder / name).mkdir()
        declared = WorkflowSection(key=("customer",), next_step=f"call, as the {name} says")
        bundle = verify_bundle(make(folder / name, workflow=declared, threshold=threshold).bundle)
        registry.register(bundle, verdict="identical")
    moved(registry, 1, "champion")
    moved(registry, 2, "challenger")
    return folder
