"""The year of flights: a sample of it replayed, and what is shown of the whole of it."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from docs.year_of_flights.deciding import found_by, pays
from docs.year_of_flights.desk import WHO, handle
from docs.year_of_flights.flights import Flights
from docs.year_of_flights.money import mean_by_days
from docs.year_of_flights.telling import ARRIVALS, shown
from docs.year_of_flights.year import NAME, Means, replay
from lifecycle_core import verbs
from tests.fakes import flights as fake
from tests.fakes.experiments import read_out

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.schema.retrained import Retrained

DATA = fake.EXAMPLES / "data" / "flights"


def test_two_months_of_few_flights_are_replayed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBRELEASE_HOME", str(tmp_path / "home"))
    flights = Flights(DATA, fake.join, most=400)
    said: list[str] = []
    taken_on: list[str] = []
    with contextlib.chdir(tmp_path):
        champion = fake.project(tmp_path, flights)

        def retrain(last: str) -> Retrained:
            taken_on.extend(each.state for each in verbs.reviews(NAME).alerts)
            return fake.retrained_as(fake.register(tmp_path, flights.month(last), threshold=0.2))

        means = Means(
            flights=flights,
            costs=fake.stated().costs,
            decide=fake.worth_it,
            retrain=retrain,
            tell=said.append,
        )
        found, reviews = replay(means, ("2013-04", "2013-05"), champion=champion)
        log = verbs.read_log(NAME, columns=["time", "version", "arm", "release"]).to_pandas()
        assert verbs.status(NAME).heads["challenger"].version == 2
        assert {each.state for each in verbs.reviews(NAME).alerts} == {"acknowledged"}
        series = verbs.review_series(NAME, window="2013-05", as_of="2013-06-04")
    assert [each.window.label for each in series.reviews] == ["2013-04", "2013-05"]
    assert [review.window.label for review in reviews] == ["2013-04", "2013-05"]
    assert reviews[0].reference == ("training table",)
    assert found.happened[0].what == "retrained"
    assert set(taken_on) == {"acknowledged"}  # a promotion waits for what nobody has taken on
    assert found.happened[1].what in {"promoted", "stopped"}
    assert "Experiment after_2013_04_" in found.readouts[0]
    assert "the experiment says" in found.happened[1].said
    assert found.readouts[0].strip() in shown(found)
    april, may = found.months
    assert april.versions == {"1": 400}
    assert set(may.versions) == {"1", "2"}
    assert april.fired[0][1] == "retrain Samuel Okoro"
    assert len(log) == 800
    early = log["time"] < pd.Timestamp("2013-05-04T12:00", tz="UTC")
    assert set(log.loc[early, "arm"]) == {"champion"}
    assert log["who"].notna().any()
    assert log["time"].min() >= pd.Timestamp("2013-04-01", tz="UTC")
    assert log["time"].max() < pd.Timestamp("2013-06-02", tz="UTC")
    assert set(log["arm"]) == {"champion", "challenger"}
    assert {saved.than for saved in found.saved} == {"nothing", "rule", "first", "done"}
    assert said


def test_what_is_simulated_says_so_and_hangs_on_the_flight_alone() -> None:
    keys = pd.Series([f"flight {number}" for number in range(4_000)])
    decided = np.arange(4_000) % 2 == 0
    sight = pd.Series(np.full(4_000, 10.0))
    whole = handle(keys, decided, sight)
    part = handle(keys[1_000:1_500], decided[1_000:1_500], sight[1_000:1_500])
    assert (whole.acted[1_000:1_500] == part.acted).all()
    assert 0.87 < whole.acted[decided].mean() < 0.93
    assert whole.acted[~decided].mean() < 0.01
    assert "simulated" in WHO
    assert "simulated" not in ARRIVALS


def test_flights_of_one_day_count_as_what_they_are() -> None:
    days = np.repeat(np.arange(30), 100)
    storms = np.where(days % 5 == 0, 500.0, 100.0)
    mean, interval = mean_by_days(storms, days)
    assert mean == pytest.approx(180.0)
    assert 100 < interval.high - interval.low < 150


def test_what_is_tried_is_promoted_if_its_experiment_says_so() -> None:
    shipped = read_out()
    assert shipped.decision == "ship"
    assert found_by(shipped).yes
    assert not found_by(shipped.model_copy(update={"decision": "stop"})).yes
    untrusted = shipped.model_copy(update={"decision": "no_conclusion", "metrics": ()})
    assert not found_by(untrusted).yes
    assert untrusted.reason in found_by(untrusted).said


def test_what_is_not_known_to_pay_is_not_done() -> None:
    asked = datetime(2013, 5, 4, tzinfo=UTC)
    assert pays(fake.worth_it(asked)).yes
    keep = fake.worth_it(asked).model_copy(update={"answer": "keep"})
    unknown = keep.model_copy(update={"worth": None})
    assert not pays(keep).yes
    assert pays(unknown).said == "It was asked for."
