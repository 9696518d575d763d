"""The replay: score, let the desk act, tell what came of it; on the fourth day review and decide.

What is decided on the review of a month holds from its moment on: the flights of the first three
days of the next month are still answered as before.
"""

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
from docs.year_of_flights.deciding import Verdict, found_by, pays
from docs.year_of_flights.flights import KEY, Flights, Month
from docs.year_of_flights.money import by_rule, costs_of, mean_by_days
from docs.year_of_flights.results import Amount, Happening, MonthResult, Saved, Year
from docs.year_of_flights.telling import outcomes
from docs.year_of_flights.trying import begin
from lifecycle_core.errors import CheckpointFailed
from lifecycle_core.schema.recent_drift import recent
from lifecycle_core.verbs import to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

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
        decide: Tells at a moment whether retraining pays.
        retrain: Gives a candidate that was trained on the three months until the named one.
        tell: Takes a line of progress.
    """

    flights: Flights
    costs: CostsSection
    decide: Callable[[datetime], RetrainingDecision]
    retrain: Callable[[str], Retrained]
    tell: Callable[[str], None]


class Played(NamedTuple):
    """A month whose flights were answered, and not reviewed yet.

    Attributes:
        given: What each flight was answered.
        costs: Of each flight, by the way in which it is decided.
    """

    month: Month
    given: pd.DataFrame
    costs: dict[str, NDArray[np.float64]]


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
    played: Played | None = None
    months: list[MonthResult] = field(default_factory=list)
    happened: list[Happening] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)
    readouts: list[str] = field(default_factory=list)
    _costs: list[tuple[str, dict[str, NDArray[np.float64]], NDArray[np.int64]]] = field(
        default_factory=list
    )

    def __post_init__(self) -> None:
        """Remember the version that the year begins with."""
        self.first = self.champion

    def month(self, label: str) -> None:
        """Replay the flights of a month, and in its first days the review of the month before."""
        month = self.means.flights.month(label)
        self.means.tell(f"{label}: {len(month.table):,} flights are scored")
        before = np.zeros(len(month.table), dtype=bool)
        if self.played is not None:
            reviewed = _reviewed_at(self.played.month.label)
            before = (month.decided < reviewed).to_numpy(dtype=bool)
        parts = [self._answered(month.part(before), f"{label}-first")] if before.any() else []
        self.conclude()
        parts.append(self._answered(month.part(~before), label))
        given = pd.concat(parts).set_axis(
            np.concatenate([np.flatnonzero(before), np.flatnonzero(~before)])
        )
        given = given.sort_index()
        acts = {
            "cost": given["decision"].to_numpy(dtype=bool),
            "nothing": np.zeros(len(given), dtype=bool),
            "rule": by_rule(_weather(month)),
            "first": self._of_first(month, given),
            "done": given["acted"].to_numpy(dtype=bool),
        }
        costs = {
            name: costs_of(acted, month.late, self.means.costs) for name, acted in acts.items()
        }
        self._costs.append((label, costs, month.days()))
        self.played = Played(month, given, costs)

    def conclude(self) -> None:
        """Review the month that was played last, and decide what follows from it."""
        played, self.played = self.played, None
        if played is None:
            return
        label = played.month.label
        review = lifecycle_core.review(NAME, window=label, as_of=_reviewed_at(label))
        self.reviews.append(review)
        found = _told(review, played)
        self.months.append(found)
        self.means.tell(_line(found))
        asked = any(firing.action == "retrain" for firing in review.firings)
        note = "what retraining is worth is worked out" if asked else "seen"
        if self.challenger is not None:
            note = f"the experiment on version {self.challenger} is read"
        # First of all: what nobody has taken on keeps every promotion waiting.
        for firing in review.firings:
            lifecycle_core.acknowledge(NAME, firing.rule, by=firing.name, note=note, window=label)
        if self.challenger is not None:
            self._read(label)
        elif asked:
            self._retrain(label)

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
            decisions=tuple(self.decisions),
            readouts=tuple(self.readouts),
        )

    def _answered(self, month: Month, name: str) -> pd.DataFrame:
        """Score flights under the moments at which they were decided, and tell what came of them.

        While an experiment runs, scoring shares them out among its arms.
        """
        source, target = Path(f"{name}.parquet"), Path(f"{name}-scores.parquet")
        month.table.assign(decided=month.decided).to_parquet(source, index=False)
        lifecycle_core.score(NAME, source=source, target=target, log=True, time="decided")
        given = pd.read_parquet(target)
        if "arm" not in given:
            given["arm"] = "champion"
        decided = given["decision"].to_numpy(dtype=bool)
        handled = desk.handle(month.table[KEY], decided, month.table["visib"])
        given["acted"] = handled.acted
        paid = costs_of(handled.acted, month.late, self.means.costs)
        told = Path(f"{name}-outcomes.parquet")
        outcomes(month, given["prediction"], handled=handled, paid=paid).to_parquet(told)
        lifecycle_core.tell_outcomes(NAME, source=told)
        return given[["score", "decision", "version", "arm", "acted"]]

    def _of_first(self, month: Month, given: pd.DataFrame) -> NDArray[np.bool_]:
        """Return what the first version would have decided; the log knows nothing of it."""
        if set(given["version"]) == {self.first}:
            return given["decision"].to_numpy(dtype=bool)
        source, target = Path("whole.parquet"), Path(f"{month.label}-{self.first}.parquet")
        month.table.to_parquet(source, index=False)
        lifecycle_core.score(f"{NAME}/{self.first}", source=source, target=target)
        out = pd.read_parquet(target)
        acted = out["decision"].astype("Float64").to_numpy(dtype=np.float64, na_value=0.0) > 0
        return np.where(out["unscored"].notna().to_numpy(), by_rule(_weather(month)), acted)

    def _read(self, label: str) -> None:
        """Read the experiment at the review of its month, and do what its rule says."""
        version, self.challenger = self.challenger, None
        if version is None:
            return
        read = lifecycle_core.read_experiment(NAME, as_of=_reviewed_at(label))
        self.readouts.append(to_text(read))
        verdict = found_by(read)
        lifecycle_core.stop_experiment(NAME, reason=verdict.said)
        if verdict.yes:
            lifecycle_core.promote(NAME, to="champion", version=version, reason=verdict.said)
            self.champion = version
        self._happened(
            Happening(
                month=label,
                what="promoted" if verdict.yes else "stopped",
                version=version,
                said=verdict.said,
            )
        )

    def _retrain(self, label: str) -> None:
        """Retrain on the last three months, if that pays."""
        self.means.tell(f"{label}: does retraining pay?")
        decision = self.means.decide(_reviewed_at(label))
        self.decisions.append(to_text(decision))
        verdict = pays(decision)
        if not verdict.yes:
            what = Happening(month=label, what="kept", version=self.champion, said=verdict.said)
            self._happened(what)
            return
        self.means.tell(f"{label}: it is {verdict.said}; retraining")
        version = self.means.retrain(label).packaged.release.version
        self.spent += decision.one_off
        verdict = _nominated(version, verdict)
        if verdict.yes:
            begin(NAME, label, since=_reviewed_at(label))
            self.challenger = version
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
    going.conclude()
    return going.result(), going.reviews


def _nominated(version: int, verdict: Verdict) -> Verdict:
    """Make a version the challenger, if its checkpoints let it."""
    try:
        lifecycle_core.promote(NAME, to="challenger", version=version, reason=verdict.said)
    except CheckpointFailed as error:
        return Verdict(yes=False, said=f"{verdict.said}; but {error}")
    return verdict


def _reviewed_at(label: str) -> datetime:
    """Return when a month is reviewed: on the fourth of the next, at noon in UTC."""
    after = (pd.Period(label, freq="M") + 1).to_timestamp().to_pydatetime()
    return (after + timedelta(days=3, hours=12)).replace(tzinfo=UTC)


def _weather(month: Month) -> dict[str, NDArray[np.float64]]:
    """Return what the rule of before looks at."""
    return {
        name: month.table[name].to_numpy(dtype=np.float64) for name in ("hour", "precip", "visib")
    }


def _told(review: Review, played: Played) -> MonthResult:
    month, given = played.month, played.given
    days = month.days()
    amounts = {}
    for name, paid in played.costs.items():
        value, interval = mean_by_days(paid, days)
        amounts[name] = Amount(value=value, interval=interval)
    drift: dict[str, DriftState] = {}
    for each in recent(review.drift):
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
        drifted=sum(each.state == "drift" for each in recent(review.drift)),
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
