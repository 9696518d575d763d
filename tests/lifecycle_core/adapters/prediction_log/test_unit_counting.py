"""Units counted in real tables: with an effect that is known, and in logs that are hostile."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.experiment_counting import (
    Numbers,
    count_balance,
    count_experiment,
    count_history,
)
from lifecycle_core.adapters.prediction_log.unit_counting import CountsUnits, Stage
from lifecycle_core.delivering.routing import arm_of
from lifecycle_core.experimenting import (
    all_columns,
    balance,
    design,
    read,
    span_of,
    stages_of,
)
from lifecycle_core.monitoring.windows import BusinessCalendar
from lifecycle_core.schema.row_names import as_name
from lifecycle_core.schema.serving import Experiment
from tests.fakes.experiments import COSTS, START, WEEK, frozen, logged, plan, row, status, write

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.schema.experiment import ExperimentPlan
    from lifecycle_core.schema.readout import Readout
    from lifecycle_core.schema.unit_counts import UnitCounts

UNITS, EFFECT = 400, 2.0


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two weeks before the start, and two weeks of an effect of two euros a week."""
    folder = tmp_path_factory.mktemp("log")
    return logged(folder, plan(), units=UNITS, weeks=2, before=2, effect=EFFECT)


def counted(address: Path, of: ExperimentPlan | None = None, *, weeks: float = 2) -> UnitCounts:
    stated = of or plan()
    found = status(frozen(stated))
    span = span_of(found, START + weeks * WEEK)
    calendar = BusinessCalendar()
    first = calendar.window_at(START, "week")
    windows = (first, calendar.next(first))
    return count_experiment(address, found.frozen, span, Numbers(*all_columns(stated)), windows)


def read_of(address: Path, of: ExperimentPlan | None = None, *, weeks: float = 2) -> Readout:
    found = status(frozen(of or plan()))
    return read(found, counted(address, of, weeks=weeks), span_of(found, START + weeks * WEEK))


def test_an_effect_that_was_planted_is_found(log: Path) -> None:
    found = read_of(log)
    money = found.metrics[0]
    assert money.interval is not None
    assert money.interval.low < 2 * EFFECT < money.interval.high
    assert (found.decision, money.gain > 0.5) == ("ship", True)
    assert {each.finding for each in found.metrics if each.role == "secondary"} == {"open"}
    assert [each.group for each in found.periods] == ["2026-W41", "2026-W42"]
    assert all((each.relative or 0) > 0.1 for each in found.periods)
    assert [each.group for each in found.segments if each.by == "plan"] == ["a", "b", "c"]
    assert [each.group[0] for each in found.segments if each.by == "tenure"] == list("1234")
    assert not any(each.fades or each.grows for each in found.novelty)


def test_moments_are_those_of_the_units(log: Path) -> None:
    found = counted(log)
    for arm in found.arms:
        at = found.columns.index("answered")
        assert arm.means[at] == 2.0
        assert arm.means[found.columns.index("rows_before")] == 2.0
        assert arm.means[-1] == 1.0
        assert arm.covariance[at][at] == 0.0
        assert arm.covariance[0][1] == arm.covariance[1][0]
    assert sum(arm.units for arm in found.arms) == UNITS
    assert found.rows == {arm.arm: 2 * arm.units for arm in found.arms}
    assert (found.crossed, found.without_unit, found.repeated) == ({}, 0, 0)


def test_the_engine_assigns_as_the_service_does(log: Path) -> None:
    stated = plan(arms={"challenger": 33.3, "candidate": 12.5}, holdout=7.25, salt="other")
    experiment = Experiment(salt="other", arms=stated.arms, holdout=7.25)
    units = [f"c{at}" for at in range(UNITS)]
    wanted = dict.fromkeys(("champion", "challenger", "candidate", "holdout"), 0)
    for unit in units:
        wanted[arm_of(unit, experiment)] += 1
    found = counted(log, stated)
    assert {arm.arm: arm.units for arm in found.arms} == wanted
    assert sum(found.crossed.values()) > 100  # the log is of another experiment


def test_what_was_alike_before_is_told_from_the_very_salt(log: Path) -> None:
    numbers = Numbers(*all_columns(plan()))
    found = count_balance(log, frozen(), numbers, days=14, until=START)
    checked = balance(plan(), found, days=14)
    assert (checked.passed, sum(checked.units.values())) == (True, UNITS)
    assert checked.metric_p["challenger"] > 0.05


def test_history_gives_a_design(log: Path) -> None:
    stated = plan(history_days=7)
    history, days = count_history(
        log, stated, Numbers(*all_columns(stated)), key=("customer",), costs=COSTS, acts=True,
        as_of=START, period_days=7,
    )  # fmt: skip
    assert (len(history), days) == (2, 14)
    made = design(stated, stages_of(stated, history), of_history=days)
    assert made.rows[0].units == UNITS
    assert made.rows[0].gain == pytest.approx(0.48, abs=0.12)  # 9 / 13 squared


def test_an_experiment_is_read_as_it_was_then(log: Path) -> None:
    early = read_of(log, weeks=1)
    assert (early.arms[0].rows + early.arms[1].rows, early.days) == (UNITS, 7.0)
    assert read_of(log, weeks=0).decision == "keep_running"
    nothing = read_of(log, plan(release="claims"))
    assert (nothing.units, nothing.decision) == (0, "keep_running")


def test_outcomes_that_are_told_after_a_look_do_not_count_in_it(tmp_path: Path) -> None:
    """They made each later reading a look of its own."""
    stated = plan(rule={"effect": 0.1, "looks": 2}, segments=[], history_days=0, maturity_days=2)
    parts = Experiment(salt=stated.salt, arms=stated.arms)
    rows = []
    for at in range(120):
        arm = arm_of(f"c{at}", parts)
        given, said = row(f"{at:03d}", at, START, arm, money=10.0 + at % 7)
        if at % 6 == 0:  # told a day after it was due
            told = {"time": "2026-10-22T00:00:00.000000Z", "money": 100.0}
            said = said.model_copy(update=told)
        rows.append((given, said))
    address = write(tmp_path / "log", rows)
    due, later = (read_of(address, stated, weeks=weeks) for weeks in (2 + 2 / 7, 3.5))
    assert due.as_of == later.as_of == "2026-10-21T00:00:00Z"
    assert due.until == later.until
    for one, other in zip(due.metrics, later.metrics, strict=True):
        assert one.control == pytest.approx(other.control)
        assert one.treatment == pytest.approx(other.treatment)
    note = "20 outcomes were told after 2026-10-21 00:00 UTC, when this look was due, and do not"
    assert [any(each.startswith(note) for each in one.notes) for one in (due, later)] == [
        False,
        True,
    ]
    replayed = status(frozen(stated, declared="2026-12-01T00:00:00Z"))
    assert span_of(replayed, START + 10 * WEEK).as_of == START + 10 * WEEK


def test_a_log_that_is_not_there_has_no_units(tmp_path: Path) -> None:
    found = counted(tmp_path / "nowhere")
    assert (found.arms, found.newest) == ((), "")
    stated = plan()
    assert count_history(
        tmp_path / "nowhere", stated, Numbers(*all_columns(stated)), key=(), costs=COSTS,
        acts=True, as_of=START, period_days=7,
    ) == ((), 0)  # fmt: skip


def test_hostile_rows_count_for_what_they_are(tmp_path: Path) -> None:
    noon = START + timedelta(hours=12)
    rows = [
        row("1", 1, noon, "champion", money=1.0),  # c1 belongs to the challenger
        row("2", 1, noon, "challenger", money=2.0),
        row("2", 1, noon, "challenger", money=2.0),  # sent twice
        row("3", None, noon, "champion", money=5.0),
        row("4", 2, START - timedelta(days=40), "challenger", money=9.0),  # before the start
        row("5", 3, noon, "shadow", money=9.0),
        row("6", 4, noon, "champion", money=0.0),
        row("7", 5, noon, "champion", money=9.0, release="claims"),
    ]
    address = write(tmp_path / "log", rows)
    stated = plan(secondary=[], guardrails=[], segments=[], history_days=0)
    with closing(CountsUnits(address, stated, key=("customer",), costs=COSTS, acts=True)) as counts:
        counts.load(START, START + WEEK, START + WEEK)
        found = counts.count(Stage(START, START + WEEK, START + WEEK), ("money",))
    belongs = {u: arm_of(u, Experiment(salt=stated.salt, arms=stated.arms)) for u in ("c1", "c4")}
    assert {arm.arm for arm in found.arms} == set(belongs.values())
    assert sum(arm.units for arm in found.arms) == 2
    assert sum(arm.means[0] * arm.units for arm in found.arms) == 3.0
    assert sum(found.crossed.values()) >= 1
    assert (found.repeated, found.without_unit) == (1, 1)


def test_units_whose_row_the_release_before_answered_are_of_no_other_arm(tmp_path: Path) -> None:
    noon = START + timedelta(hours=12)
    rows = [row(f"{at}", at, noon, "previous", money=1.0) for at in range(20)]
    found = counted(write(tmp_path / "log", rows), weeks=1)
    assert (found.crossed, sum(found.rows.values())) == ({}, 20)


def test_rows_of_tables_have_no_latency_to_count(tmp_path: Path) -> None:
    """They counted as rows that were answered at once, and made both arms look fast."""
    noon = START + timedelta(hours=12)
    asked, said = row("1", 1, noon, "champion", money=0.0)
    of_a_table = asked.model_copy(update={"id": "p-2", "latency_ms": None})
    address = write(tmp_path / "log", [(asked, said), (of_a_table, said)])
    stated = plan(secondary=[], guardrails=[], segments=[], history_days=0)
    names = ("latency_ms", "rows", "timed")
    with closing(CountsUnits(address, stated, key=("customer",), costs=COSTS, acts=True)) as counts:
        counts.load(START, START + WEEK, START + WEEK)
        (arm,) = counts.count(Stage(START, START + WEEK, START + WEEK), names).arms
    assert arm.means == (asked.latency_ms, 2.0, 1.0)


def test_one_arm_that_is_empty_is_a_mismatch(tmp_path: Path) -> None:
    stated = plan(secondary=[], guardrails=[], segments=[])
    experiment = Experiment(salt=stated.salt, arms=stated.arms)
    rows = [
        row(f"{at}", at, START + timedelta(minutes=at), "champion", money=10.0)
        for at in range(120)
        if arm_of(f"c{at}", experiment) == "champion"
    ]
    found = read_of(write(tmp_path / "log", rows), stated, weeks=1)
    assert (found.decision, found.checks[0].passed) == ("no_conclusion", False)
    assert {arm.arm: arm.units > 0 for arm in found.arms} == {"champion": True, "challenger": False}


def test_no_outcomes_are_no_effect_and_no_crash(tmp_path: Path) -> None:
    stated = plan(segments=[])
    parts = Experiment(salt=stated.salt, arms=stated.arms)
    rows = [
        row(f"{at}", at, START + timedelta(minutes=at), arm_of(f"c{at}", parts), money=0.0)[0]
        for at in range(200)
    ]
    silent = row("x", 1, START, "champion", money=0.0, release="claims")[1]
    address = write(tmp_path / "log", [(each, silent) for each in rows])
    found = read_of(address, stated, weeks=1)
    assert found.decision == "keep_running"
    by_name = {each.metric: each for each in found.metrics}
    assert (by_name["money"].effect, by_name["adoption"].finding) == (0.0, "not_enough_data")


def test_units_may_be_a_part_of_the_key_or_a_feature(tmp_path: Path) -> None:
    noon = START + timedelta(hours=12)
    rows = []
    for at in range(60):
        given, said = row(f"{at}", at, noon, "champion", money=1.0)
        given = given.model_copy(update={"key": f'["shop{at % 6}", "c{at}"]'})
        rows.append((given, said))
    address = write(tmp_path / "log", rows)
    for unit, key, units in (("shop", ("shop", "customer"), 6), ("tenure", ("customer",), 50)):
        stated = plan(unit=unit, secondary=[], guardrails=[], segments=[], history_days=0)
        with closing(CountsUnits(address, stated, key=key, costs=COSTS, acts=True)) as counts:
            counts.load(START, START + WEEK, START + WEEK)
            found = counts.count(Stage(START, START + WEEK, START + WEEK), ("money", "rows"))
        assert sum(arm.units for arm in found.arms) == units
        assert sum(arm.units * arm.means[1] for arm in found.arms) == pytest.approx(60)


def test_a_unit_that_is_a_number_is_in_the_arm_that_it_was_assigned_to(tmp_path: Path) -> None:
    stated = plan(unit="shop", history_days=0)
    parts = Experiment(salt=stated.salt, arms=stated.arms)
    rows = []
    for at, shop in enumerate((0.0, 1.0, 12.0, 12.5, 1e6, 1e20, -3.0, "12.0", *range(40, 60))):
        given, said = row(f"{at}", at, START, arm_of(as_name(shop), parts), money=1.0)
        rows.append((given.model_copy(update={"features": {"shop": shop}}), said))
    found = counted(write(tmp_path / "log", rows), stated, weeks=1)
    twice = 1  # 12.0 and "12.0"
    assert (found.crossed, sum(arm.units for arm in found.arms)) == ({}, len(rows) - twice)


def test_rare_values_are_one_segment(tmp_path: Path) -> None:
    rows = []
    for at in range(60):
        given, said = row(f"{at}", at, START, "champion", money=1.0)
        features = {"plan": f"p{at % 20:02d}" if at < 50 else "p00"}
        rows.append((given.model_copy(update={"features": features}), said))
    stated = plan(segments=["plan", "gone"], secondary=[], guardrails=[])
    found = counted(write(tmp_path / "log", rows), stated, weeks=1)
    groups = {each.group for each in found.segments["plan"]}
    assert len(groups) == 13
    assert {"p00", "all others"} <= groups
    assert {each.group for each in found.segments["gone"]} == {"missing"}
