"""Logs that nobody would want: each is a release of its own in one log."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_core.adapters.prediction_log import open_prediction_log
from lifecycle_core.adapters.prediction_log.counting import CountsWindows
from lifecycle_core.adapters.window_counting import count_windows
from lifecycle_core.monitoring import Counted, plan_of, review
from lifecycle_core.schema.contract import Feature
from lifecycle_core.schema.release_file import Amount
from tests.fakes.predictions import outcome, prediction
from tests.fakes.windows import stated

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lifecycle_core.adapters.prediction_log.asking import Span
    from lifecycle_core.adapters.window_counting import Found
    from lifecycle_core.schema.prediction import Outcome, Prediction
    from lifecycle_core.schema.release_file import ReleaseFile
    from lifecycle_core.schema.review import Review
    from lifecycle_core.schema.window_counts import WindowCounts

    Asks = Callable[[str], tuple[Found, Review]]

SUNDAY = date(2026, 3, 29)  # Berlin's clocks skip an hour
AS_OF = datetime(2026, 4, 2, tzinfo=UTC)
PHASE = date(2026, 3, 22)  # of the same weekday
FEATURES = (
    Feature(name="tenure", type="number", required=True, minimum=0, maximum=50),
    Feature(name="plan", type="string", required=False, categories=("a", "b")),
)
RULE = "when drifted > 0 or drifted_lastingly > 0 or unit_changes > 0 then stop data"


def release_file(**review: object) -> ReleaseFile:
    return stated(
        window="day", rules=[RULE], time_zone="Europe/Berlin", segments=["plan"],
        segment_rows=30, **review,
    )  # fmt: skip


def at(day: date, hour: float) -> str:
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour)
    return f"{moment.replace(tzinfo=None).isoformat()}Z"


def days(release: str, *, each: int = 40, seed: int = 0) -> tuple[list[Prediction], list[Outcome]]:
    """Return five days of rows that are alike, with their labels."""
    rng, rows, said = Random(seed), [], []  # noqa: S311 - numbers, no secrets
    for back in range(5):
        for number in range(each):
            score = round(rng.random(), 3)
            made = prediction(number).model_copy(
                update={
                    "id": f"{release}-{back}-{number:04d}", "release": release, "score": score,
                    "time": at(SUNDAY - timedelta(days=back), rng.uniform(1, 20)),
                    "decision": score > 0.5,
                    "features": {"tenure": rng.randint(1, 60), "plan": rng.choice("ab")},
                }
            )  # fmt: skip
            rows.append(made)
            label = {"label": rng.random() < score, "release": release, "time": at(SUNDAY, 40)}
            told = outcome(number, number, **label)
            said.append(told.model_copy(update={"id": f"o-{made.id}", "prediction": made.id}))
    return rows, said


def changed(rows: list[Prediction], **fields: Any) -> list[Prediction]:  # noqa: ANN401 - of the record
    return [each.model_copy(update=fields) for each in rows]


def _logs() -> dict[str, tuple[list[Prediction], list[Outcome]]]:
    """Return rows and outcomes by the release that they are of."""
    found = {name: days(name) for name in (
        "usual", "nulls", "unlabelled", "early", "again", "skewed", "unknown", "promoted",
        "cycle",
    )}  # fmt: skip
    Random(1).shuffle(found["again"][0])  # noqa: S311 - an order, no secret
    found["one"] = ([days("one")[0][0]], [])
    rows, said = found["nulls"]
    nothing = {"features": {"tenure": None}, "score": None, "decision": None}
    found["nulls"] = (changed(rows, **nothing), said)
    found["unlabelled"] = (found["unlabelled"][0], [])
    rows, said = found["early"]
    early = [each.model_copy(update={"time": at(SUNDAY, -150)}) for each in said]
    found["early"] = (rows, early)
    rows, said = found["skewed"]
    ahead, behind = (
        changed(rows[:5], time=at(SUNDAY, 999)),
        changed(rows[5:9], time=at(SUNDAY, -9e4)),
    )
    found["skewed"] = ([*ahead, *behind, *rows[9:]], said)
    found["unknown"] = (changed(found["unknown"][0], version=77), found["unknown"][1])
    rows, said = found["promoted"]
    found["promoted"] = (
        [*changed(rows[:40], version=4, decision=True, score=0.9), *rows[40:]],
        said,
    )
    before = PHASE - SUNDAY
    found["cycle"][0].extend(
        each.model_copy(update={"id": f"before-{each.id}", "time": at(SUNDAY + before, 5)})
        for each in days("cycle")[0][:40]
    )
    return found


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    with open_prediction_log(folder / "log", wal=folder / "wal") as log:
        for rows, said in _logs().values():
            log.append(rows)
            log.append_outcomes(said)
        log.append([prediction(0)]).result(timeout=60)
    with open_prediction_log(folder / "log", wal=folder / "wal") as log:
        rows, said = _logs()["again"]  # a caller who was in doubt sends all of it again
        log.append(rows[::-1])
        log.append_outcomes(said[::-1]).result(timeout=60)
    return folder / "log"


def asked(log: Path, release: str, of: ReleaseFile | None = None) -> tuple[Found, Review]:
    used = of or release_file()
    plan = plan_of(used.review, label=SUNDAY.isoformat(), as_of=AS_OF)
    found = count_windows(plan, log, release=release, stated=used, features=FEATURES, as_of=AS_OF)
    seen = review(release, used, plan, Counted(**found._asdict()), as_of=AS_OF, registered=(3, 4))
    return found, seen


@pytest.fixture(scope="module")
def once(log: Path) -> Asks:
    """Return what asks about a release, each only once."""
    return cache(lambda release: asked(log, release))


@pytest.mark.parametrize("release", [*_logs(), "nobody"])
def test_nothing_odd_is_an_alarm(once: Asks, release: str) -> None:
    _, seen = once(release)
    assert not seen.firings
    assert not [each for each in seen.drift if each.state == "drift"]


def test_a_day_has_the_hours_that_its_clocks_have(
    once: Asks,
) -> None:
    found, seen = once("usual")
    assert (seen.window.start, seen.window.end) == ("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")
    assert (found.window.rows, found.reference.rows) == (40, 160)
    assert sum(each.rows for each in found.before) == 160
    assert seen.figure("labelled_share").value == 1
    assert seen.figure("domain_auc").note == "160 rows before and 40 now are too few."
    assert {each.column for each in found.window.segments} == {"plan"}
    assert [each.who for each in found.window.teams] == ["agent"]
    assert {each.arm: each.rows for each in found.window.arms} == {"champion": 40}
    assert found.window.importance == {"tenure": pytest.approx(12.0)}
    range_, category = (each.broken for each in found.window.columns)
    assert range_["null"] == 0
    assert 0 < range_["range"] < 40
    assert category == {"category": 0}


def test_rows_that_come_again_in_another_order_change_nothing(
    once: Asks,
) -> None:
    usual, again = (once(name)[0] for name in ("usual", "again"))
    assert again.window.repeated == 40
    same = {"repeated": 0, "importance": {}}
    assert again.window.model_copy(update=same) == usual.window.model_copy(update=same)
    assert again.rows_now.features.shape == usual.rows_now.features.shape


def test_the_same_phase_is_counted_in_the_bins_of_the_reference(once: Asks) -> None:
    found, seen = once("cycle")
    assert seen.same_phase == PHASE.isoformat()
    assert found.same_phase.rows == 40
    then, now = (
        {each.name: each for each in one.columns} for one in (found.same_phase, found.window)
    )
    assert then == {
        name: each.model_copy(update={"quantiles": then[name].quantiles})
        for name, each in now.items()
    }
    assert seen.figure("volume_ratio_same_phase").value == 1
    told = {each.column for each in seen.drift if each.against == "same_phase"}
    assert told == {"decision", "plan", "score", "tenure"}


def test_what_is_odd_is_said(once: Asks) -> None:
    notes = {name: " ".join(once(name)[1].notes) for name in ("early", "unknown", "skewed")}
    assert "a clock is wrong" in notes["early"]
    assert "Versions 77 are in the log and not in the registry." in notes["unknown"]
    assert once("skewed")[0].window.rows == 31
    _, promoted = once("promoted")
    assert promoted.drift[0].note.endswith("the version changed.")


def test_rows_have_costs_of_their_own(log: Path) -> None:
    usual = release_file()
    own = usual.costs.model_copy(
        update={"amounts": {"false_negative": Amount(column="tenure", usual=30)}}
    )
    found, seen = asked(log, "usual", usual.model_copy(update={"costs": own}))
    left = [each for each in found.window.groups if not each.acted]
    assert all(each.priced == each.rows and each.if_negative == 0 for each in left)
    tenures = {each.id: each.features["tenure"] for each in days("usual")[0]}
    labels = {each.prediction: each.label for each in days("usual")[1]}
    missed = [
        tenures[each.id] * 400 / 30
        for each in days("usual")[0][:40]
        if labels[each.id] and not each.decision
    ]
    assert seen.figure("cost_of_misses").value == pytest.approx(sum(missed))
    alarms = sum(20 for each in days("usual")[0][:40] if each.decision and not labels[each.id])
    total = (seen.figure("cost_per_row").value or 0) * 40
    assert total == pytest.approx(sum(missed) + alarms)


def test_of_windows_with_labels_to_come_only_what_is_learned_from_is_counted(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = release_file(label_maturity_days=20)
    plan = plan_of(used.review, label=SUNDAY.isoformat(), as_of=AS_OF)
    near = used.review.reference_windows + plan.looks_back - 1
    asked_for: list[str] = []
    count = CountsWindows.count

    def noted(self: CountsWindows, span: Span, *words: Any, **named: Any) -> WindowCounts:  # noqa: ANN401 - as it takes
        asked_for.append(str(span.start))
        return count(self, span, *words, **named)

    monkeypatch.setattr(CountsWindows, "count", noted)
    found, seen = asked(log, "usual", used)
    assert len(plan.before) > near + used.review.reference_windows
    # The near ones, those that are learned from, the reference, the window, the same phase.
    assert len(asked_for) <= near + used.review.reference_windows + 3
    # What is said is what is said where all of them are counted.
    monkeypatch.setattr(
        CountsWindows, "compared", lambda self, span, _=(): count(self, span, units=False)
    )
    again, all_seen = asked(log, "usual", used)
    assert [each.labelled for each in again.before] == [each.labelled for each in found.before]
    assert all_seen == seen
