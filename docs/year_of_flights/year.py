"""The replay: score a month, let the desk act, keep it, review it, decide; then the next month."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

import lifecycle_core
from docs.year_of_flights import desk
from docs.year_of_flights.deciding import Verdict, pays, read_out, trial
from docs.year_of_flights.flights import KEY, Flights, Month
from docs.year_of_flights.keeping import keep
from docs.year_of_flights.money import by_rule, costs_of, mean_by_days
from docs.year_of_flights.results import Amount, Happening, MonthResult, Saved, Year
from lifecycle_core.delivering.routing import arm_of
from lifecycle_core.errors import CheckpointFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from lifecycle_core.schema.release import Release
    from lifecycle_core.schema.release_file import CostsSection
    from lifecycle_core.schema.retrained import Retrained
    from lifecycle_core.schema.retraining_decision import RetrainingDecision
    from lifecycle_core.schema.review import DriftState, Review

NAME = "flights"
_WORST: tuple[DriftState, ...] = ("no_material_drift", "not_enough_data", "drift")


class Means(NamedTuple):
    """What a replay works with.

    Attributes:
        flights: Gives months.
        costs: Of the release file.
        log: Folder of the prediction log.
        decide: Tells at a moment whether retraining pays.
        retrain: Gives a candidate that was trained on the three months until the named one.
        tell: Takes a line of progress.
    """

    flights: Flights
    costs: CostsSection
    log: Path
    decide: Callable[[datetime], RetrainingDecision]
    retrain: Callable[[str], Retrained]
    tell: Callable[[str], None]


@dataclass(slots=True)
class Replay:
    """A year under way.

    Attributes:
        champion: Version that answers.
        challenger: Version that is tried in an experiment; None if none is.
        spent: On retraining, money.
    """

    means: Means
    champion: int
    first: int = field(init=False)
    challenger: int | None = None
    spent: float = 0.0
    months: list[MonthResult] = field(default_factory=list)
    happened: list[Happening] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    _costs: list[tuple[str, dict[str, NDArray[np.float64]], NDArray[np.int64]]] = field(
        default_factory=list
    )

    def __post_init__(self) -> None:
        """Remember the version that the year begins with."""
        self.first = self.champion

    def month(self, label: str) -> MonthResult:
        """Replay one month, and decide what follows from it."""
        tell = self.means.tell
        month = self.means.flights.month(label)
        tell(f"{label}: {len(month.table):,} flights are scored")
        versions = sorted({self.first, self.champion, self.challenger or self.champion})
        scored = {version: self._scored(month, version) for version in versions}
        given = self._given(month, scored)
        decided = given["decision"].to_numpy(dtype=bool)
        handled = desk.handle(month.table[KEY], decided, month.table["visib"])
        table = {name: month.table[name].to_numpy(dtype=np.float64)
                 for name in ("hour", "precip", "visib")}  # fmt: skip
        acts = {
            "cost": decided,
            "nothing": np.zeros(len(decided), dtype=bool),
            "rule": by_rule(table),
            "first": scored[self.first]["decision"].to_numpy(dtype=bool),
            "done": handled.acted,
        }
        costs = {
            name: costs_of(acted, month.late, self.means.costs) for name, acted in acts.items()
        }
        days = month.days()
        self._costs.append((label, costs, days))
        keep(self.means.log, month, given, _releases(), handled=handled, paid=costs["done"])
        tell(f"{label}: it is kept, and reviewed")
        review = _review(label)
        self.reviews.append(review)
        found = _told(review, month, given, costs, days)
        self.months.append(found)
        tell(_line(found))
        if self.challenger is not None:
            self._read(label, given, costs["cost"])
        elif any(firing.action == "retrain" for firing in review.firings):
            self._retrain(label)
        for firing in review.firings:
            note = next((each.said for each in self.happened if each.month == label), "seen")
            lifecycle_core.acknowledge(NAME, firing.rule, by=firing.name, note=note, window=label)
        return found

    def result(self) -> Year:
        """Return what the year came to."""
        together = {
            name: np.concatenate([costs[name] for _, costs, _ in self._costs])
            for name in ("cost", "nothing", "rule", "first", "done")
        }
        days = np.concatenate([32 * at + days for at, (_, _, days) in enumerate(self._costs)])
        arrived = int((~np.isnan(together["cost"])).sum())
        saved = []
        for than in ("nothing", "rule", "first", "done"):
            value, interval = mean_by_days(together[than] - together["cost"], days)
            scaled = {"low": interval.low * arrived, "high": interval.high * arrived}
            saved.append(
                Saved(than=than, total=value * arrived, interval=interval.model_copy(update=scaled))
            )
        return Year(
            currency=self.means.costs.currency,
            months=tuple(self.months),
            happened=tuple(self.happened),
            arrived=arrived,
            saved=tuple(saved),
            retraining_cost=self.spent,
        )

    def _scored(self, month: Month, version: int) -> pd.DataFrame:
        """Score a month with the batch verb; the rule of before has rows that it cannot score."""
        source, target = Path(f"{month.label}.parquet"), Path(f"{month.label}-{version}.parquet")
        month.table.to_parquet(source, index=False)
        lifecycle_core.score(f"{NAME}/{version}", source=source, target=target)
        out = pd.read_parquet(target)
        table = {name: month.table[name].to_numpy(dtype=np.float64)
                 for name in ("hour", "precip", "visib")}  # fmt: skip
        unscored = out["unscored"].notna().to_numpy()
        decision = out["decision"].astype("Float64").to_numpy(dtype=np.float64, na_value=0.0) > 0
        return pd.DataFrame(
            {
                "score": out["score"].to_numpy(dtype=np.float64),
                "decision": np.where(unscored, by_rule(table), decision),
                "fallback": np.where(unscored, "bad_input", ""),
                "version": version,
                "arm": "champion",
            }
        )

    def _given(self, month: Month, scored: dict[int, pd.DataFrame]) -> pd.DataFrame:
        """Return what each flight was answered: by the champion, or in an experiment by its arm."""
        given = scored[self.champion]
        if self.challenger is None:
            return given
        plan = trial(month.label)
        arm = np.array([arm_of(key, plan) for key in month.table[KEY]])
        other = scored[self.challenger].assign(arm="challenger")
        return given.where(pd.Series(arm == "champion"), other)

    def _read(self, label: str, given: pd.DataFrame, costs: NDArray[np.float64]) -> None:
        """End the experiment of a month."""
        version, self.challenger = self.challenger, None
        if version is None:
            return
        verdict = read_out(costs, (given["arm"] == "challenger").to_numpy())
        if verdict.yes:
            lifecycle_core.promote(NAME, to="champion", version=version, reason=verdict.said)
            self.champion = version
        self._happened(
            Happening(
                month=label,
                what="promoted" if verdict.yes else "stopped",
                version=version,
                said=f"the experiment of {label}: {verdict.said}",
            )
        )

    def _retrain(self, label: str) -> None:
        """Retrain on the last three months, if that pays."""
        self.means.tell(f"{label}: does retraining pay?")
        decision = self.means.decide(_reviewed_at(label))
        verdict = pays(decision)
        if not verdict.yes:
            what = Happening(month=label, what="kept", version=self.champion, said=verdict.said)
            self._happened(what)
            return
        self.means.tell(f"{label}: it is {verdict.said}; retraining")
        version = self.means.retrain(label).packaged.release.version
        self.spent += decision.one_off
        verdict = _nominated(version, verdict)
        self.challenger = version if verdict.yes else None
        self._happened(
            Happening(
                month=label,
                what="retrained" if verdict.yes else "refused",
                version=version,
                said=verdict.said,
            )
        )

    def _happened(self, what: Happening) -> None:
        self.happened.append(what)
        self.means.tell(f"{what.month}: version {what.version} {what.what}, {what.said}")


def replay(means: Means, labels: Sequence[str], *, champion: int) -> tuple[Year, list[Review]]:
    """Replay months in order, and return what they came to, with the reviews."""
    going = Replay(means=means, champion=champion)
    for label in labels:
        going.month(label)
    return going.result(), going.reviews


def _nominated(version: int, verdict: Verdict) -> Verdict:
    """Make a version the challenger, if its checkpoints let it."""
    try:
        lifecycle_core.promote(NAME, to="challenger", version=version, reason=verdict.said)
    except CheckpointFailed as error:
        return Verdict(yes=False, said=f"{verdict.said}; but {error}")
    return verdict


def _releases() -> dict[int, Release]:
    return {each.version: each for each in lifecycle_core.status(NAME).releases}


def _review(label: str) -> Review:
    return lifecycle_core.review(NAME, window=label, as_of=_reviewed_at(label))


def _reviewed_at(label: str) -> datetime:
    """Return when a month is reviewed: on the fourth of the next, at noon in UTC."""
    after = (pd.Period(label, freq="M") + 1).to_timestamp().to_pydatetime()
    return (after + timedelta(days=3, hours=12)).replace(tzinfo=UTC)


def _told(
    review: Review,
    month: Month,
    given: pd.DataFrame,
    costs: dict[str, NDArray[np.float64]],
    days: NDArray[np.int64],
) -> MonthResult:
    amounts = {}
    for name, paid in costs.items():
        value, interval = mean_by_days(paid, days)
        amounts[name] = Amount(value=value, interval=interval)
    drift: dict[str, DriftState] = {}
    for each in review.drift:
        states = (drift.get(each.column, _WORST[0]), each.state)
        drift[each.column] = max(states, key=_WORST.index)
    arrived = ~np.isnan(month.late)
    area = review.figure("auc")
    return MonthResult(
        month=month.label,
        flights=len(month.table),
        versions=dict(Counter(str(each) for each in given["version"])),
        late=float(month.late[arrived].mean()),
        expected_late=float(given["score"].to_numpy()[arrived].mean()),
        auc=area.value,
        auc_interval=area.interval,
        calibration_error=review.figure("calibration_error").value,
        drift=drift,
        drifted=sum(each.state == "drift" for each in review.drift),
        adoption=review.figure("adoption_rate").value,
        fired=tuple((each.rule, f"{each.action} {each.name}") for each in review.firings),
        **amounts,
    )


def _line(found: MonthResult) -> str:
    return (
        f"{found.month}: {found.late:.1%} late, {found.expected_late:.1%} expected; "
        f"{found.cost.value:.2f} USD a flight, {found.nothing.value:.2f} had nobody acted; "
        f"{found.drifted} comparisons drifted; "
        + ("; ".join(f"{rule} ({who})" for rule, who in found.fired) or "no rule fired")
    )
