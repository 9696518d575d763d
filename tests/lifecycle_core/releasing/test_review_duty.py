"""Reviews that are due, kept and told of: each at its moment, each once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from lifecycle_core.adapters.notifying import Channel
from lifecycle_core.adapters.review_ledger import ReviewLedger
from lifecycle_core.errors import InvalidCall
from lifecycle_core.schema.canonical import canonical_digest
from lifecycle_core.schema.review_history import ReviewEvent, ReviewHistory, ReviewKept
from tests.fakes import windows
from tests.fakes.kept_reviews import LIVE, LOW, SLOW, Remembering, Weeks, on
from tests.fakes.registry import RegistryInMemory


def read(weeks: Weeks, day: int, **when: int) -> list[tuple[str, bool]]:
    """Do what is due on a day; return which windows were read, and which of them again."""
    done = weeks.perform(on(day, **when)).releases[0]
    return [(each.window, each.again) for each in done.read]


def states(history: ReviewHistory) -> dict[str, str]:
    return {each.window: each.state for each in history.windows}


def alert_states(history: ReviewHistory) -> dict[str, str]:
    return {each.alert.window: each.state for each in history.alerts}


def test_a_window_is_read_when_it_has_ended_and_again_when_its_labels_are_final() -> None:
    weeks = Weeks()
    assert read(weeks, 8) == []  # week 10 ends with this day
    assert read(weeks, 9, hour=0) == [("2026-W10", False)]
    assert read(weeks, 9) == []
    assert read(weeks, 15) == []  # labels mature for 7 days
    assert read(weeks, 16) == [("2026-W10", True), ("2026-W11", False)]
    assert read(weeks, 17) == []


def test_a_release_that_was_never_live_owes_no_review() -> None:
    weeks = Weeks(since=None)
    done = weeks.perform(on(27)).releases[0]
    assert (done.read, done.missed, done.told) == ((), (), ())


def test_a_clock_that_is_behind_the_ledger_owes_no_review() -> None:
    assert read(Weeks(since=on(4, month=6)), 27) == []


def test_years_without_a_schedule_do_not_come_back_at_once() -> None:
    weeks = Weeks(since=LIVE - timedelta(days=2000))
    assert len(read(weeks, 27)) == 12


def test_the_same_window_said_twice_is_kept_once() -> None:
    weeks = Weeks()
    first = weeks.review("2026-W10", on(10))
    for now in (on(10), on(11), on(11)):
        weeks.duty(now).keep(first.model_copy(update={"as_of": now.isoformat()}))
    (window,) = weeks.duty(on(11)).history().windows
    assert (window.readings, window.as_of) == (1, on(10).isoformat())
    assert len(weeks.registry.review_events("churn")) == 1


def test_what_changed_since_a_window_was_read_is_told_and_what_is_final() -> None:
    weeks = Weeks()
    weeks.perform(on(10))
    weeks.adopted = {"2026-W10": 0.7}
    weeks.perform(on(17))
    events = ReviewLedger(weeks.registry).read("churn").events
    kept = [event.review for event in events if isinstance(event, ReviewKept)][1]
    assert kept.window.label == "2026-W10"
    assert kept.read_before == "2026-03-10T06:00:00Z"
    changes = {each.name: each for each in kept.changes}
    assert set(changes) == {"adoption_rate", "override_rate"}
    adoption = changes["adoption_rate"]
    assert (adoption.before, adoption.after, adoption.final) == (0.5, 0.7, True)
    assert alert_states(weeks.duty(on(17)).history()) == {"2026-W11": "open"}  # it fires no more


def test_a_firing_is_told_once_to_each_channel() -> None:
    weeks, mail = Weeks(), Remembering()
    both = (Channel(name="team", sender=weeks.channel), Channel(name="mail", sender=mail))
    for day in (10, 10, 11, 17):
        weeks.perform(on(day), *both)
    assert weeks.channel.rules == mail.rules == [("2026-W10", LOW), ("2026-W11", LOW)]
    first = weeks.channel.told[0]
    assert (first.release, first.version, first.told_before) == ("churn", 3, False)
    assert first.alert.firing.name == "Retention desk"
    assert first.alert.firing.deadline == "2026-03-12T06:00:00Z"


def test_a_firing_that_saw_something_else_is_told_again_and_says_so() -> None:
    weeks = Weeks()
    weeks.perform(on(10))
    weeks.duty(on(10)).acknowledge("adoption", window=None)
    weeks.adopted = {"2026-W10": 0.55}
    weeks.perform(on(16))
    again = [each for each in weeks.channel.told if each.alert.window == "2026-W10"]
    assert [each.told_before for each in again] == [False, True]
    assert len({each.alert.key for each in again}) == 2
    assert alert_states(weeks.duty(on(16)).history())["2026-W10"] == "open"


def test_the_deadline_of_a_firing_stays_when_its_window_is_read_again() -> None:
    weeks = Weeks()
    weeks.perform(on(10))
    weeks.perform(on(17))
    oldest = weeks.duty(on(17)).history().alerts[0]
    assert (oldest.alert.window, oldest.alert.firing.deadline) == (
        "2026-W10",
        "2026-03-12T06:00:00Z",
    )


def test_a_notification_that_fails_is_noted_once_and_tried_until_it_is_taken() -> None:
    weeks = Weeks()
    weeks.channel.refuses = ["team answered 400"] * 2
    for hour in (6, 7):
        run = weeks.perform(on(10, hour))
        assert [each.error for each in run.releases[0].failed] == ["team answered 400"]
        assert run.exit_code == 1
    kinds = [event.kind for event in weeks.registry.review_events("churn")]
    assert kinds == ["kept", "not_told"]
    done = weeks.perform(on(10, 8)).releases[0]
    assert ([each.window for each in done.told], done.failed) == (["2026-W10"], ())
    assert weeks.perform(on(10, 9)).exit_code == 0
    assert len(weeks.channel.told) == 1


def test_who_does_not_answer_is_asked_once_a_run_and_who_refuses_one_gets_the_others() -> None:
    weeks = Weeks(stated=windows.stated(rules=(LOW, SLOW)))
    weeks.channel.refuses = ["team did not answer in 5 tries"]
    assert len(weeks.perform(on(10)).releases[0].failed) == 2
    assert (weeks.channel.refuses, weeks.channel.told) == ([], [])
    weeks.channel.refuses = ["team answered 400"]
    weeks.perform(on(11))
    assert weeks.channel.rules == [("2026-W10", SLOW)]


def test_a_channel_is_told_what_it_is_for() -> None:
    weeks = Weeks(stated=windows.stated(rules=(LOW, SLOW), notify=("desk",)))
    desk, other = Remembering(), Remembering()
    done = weeks.perform(
        on(10),
        Channel(name="desk", sender=desk, owners=frozenset({"operations"})),
        Channel(name="other", sender=other),
    ).releases[0]
    assert (desk.rules, other.rules, done.note) == ([("2026-W10", LOW)], [], "")


def test_a_channel_that_is_not_there_is_told_of() -> None:
    weeks = Weeks(stated=windows.stated(rules=(LOW,), notify=("pager",)))
    note = "review.notify names pager, and the settings have no such channel."
    assert weeks.perform(on(10)).releases[0].note == note


def test_an_acknowledged_alert_says_by_whom_and_is_told_nobody() -> None:
    weeks = Weeks()
    weeks.channel.refuses = ["team answered 400"]
    weeks.perform(on(10))
    weeks.duty(on(10, 9)).acknowledge("adoption_rate", window="2026-W10", note="training")
    assert weeks.perform(on(11)).releases[0].told == ()
    (alert,) = weeks.duty(on(11)).history().alerts
    assert (alert.state, alert.by, alert.note) == ("acknowledged", "ann", "training")
    assert weeks.duty(on(11)).history().calm
    last = weeks.duty(on(11)).history().events[-1]
    assert (last.kind, last.actor, last.at, last.window) == (
        "acknowledged",
        "ann",
        "2026-03-10T09:00:00Z",
        "2026-W10",
    )


def test_only_what_is_meant_is_acknowledged() -> None:
    weeks = Weeks(stated=windows.stated(rules=(LOW, SLOW)))
    weeks.perform(on(10))
    duty = weeks.duty(on(10))
    with pytest.raises(InvalidCall, match="2 rules of churn have the words 'when'") as several:
        duty.acknowledge("when", window=None)
    assert LOW in several.value.hint
    for words, window in (("drifted", None), ("adoption_rate", "2026-W09"), (" ", None)):
        with pytest.raises(InvalidCall, match="nobody has acknowledged is of a rule with"):
            duty.acknowledge(words, window=window)
    duty.acknowledge(f"  {LOW}\n", window=None)
    with pytest.raises(InvalidCall) as done:
        duty.acknowledge("adoption_rate", window=None)
    assert done.value.hint == f"Rules that wait: {SLOW}."


def test_a_silence_holds_until_its_day_and_then_the_newest_alert_is_told() -> None:
    weeks = Weeks()
    weeks.perform(on(10))
    weeks.duty(on(10)).acknowledge("adoption_rate", window=None, until=on(25, hour=0))
    for day in (16, 23, 24):
        assert weeks.perform(on(day)).releases[0].told == ()
    assert alert_states(weeks.duty(on(24)).history()) == {
        "2026-W10": "acknowledged",
        "2026-W11": "silenced",
        "2026-W12": "silenced",
    }
    done = weeks.perform(on(25, hour=0)).releases[0]
    assert [each.window for each in done.told] == ["2026-W12"]
    assert alert_states(weeks.duty(on(25)).history())["2026-W11"] == "passed"
    assert weeks.perform(on(25, hour=1)).releases[0].told == ()


def test_a_silence_can_be_ended_by_a_new_one_but_not_be_in_the_past() -> None:
    weeks = Weeks()
    weeks.perform(on(10))
    with pytest.raises(InvalidCall, match="2026-03-10T06:00:00Z, which has passed"):
        weeks.duty(on(10)).acknowledge("adoption_rate", window=None, until=on(10))
    assert alert_states(weeks.duty(on(10)).history()) == {"2026-W10": "open"}  # nothing was done


def test_a_review_that_is_missing_too_long_is_an_alert_of_its_own() -> None:
    weeks = Weeks(away={"2026-W10"})
    run = weeks.perform(on(10))
    assert (run.exit_code, run.releases[0].error) == (3, "The log does not answer.")
    assert (run.releases[0].missed, weeks.channel.told) == ((), [])  # 3 days of grace
    assert states(weeks.duty(on(10)).history()) == {"2026-W10": "due"}
    for day in (12, 13):
        assert weeks.perform(on(day)).releases[0].missed == ("2026-W10",)
    assert weeks.channel.rules == [("2026-W10", "review missed")]
    firing = weeks.channel.told[0].alert.firing
    assert (firing.owner, firing.name, firing.escalation, firing.deadline) == (
        "operations",
        "Retention desk",
        "The board",
        "2026-03-13T00:00:00Z",
    )
    weeks.away = set()
    assert read(weeks, 14) == [("2026-W10", False)]
    assert alert_states(weeks.duty(on(14)).history()) == {"2026-W10": "open"}
    assert weeks.channel.rules[-1] == ("2026-W10", LOW)


def test_weeks_that_months_have_covered_are_neither_due_nor_missed() -> None:
    """The next version is reviewed by the week; the week that reaches into March is not covered."""
    weeks = Weeks(stated=windows.stated(window="month"), since=on(1, month=1))
    for month in (2, 3):
        weeks.perform(on(1, month=month))
    weeks.stated = windows.stated()
    assert states(weeks.duty(on(3)).history()) == {
        "2026-W09": "due",
        "2026-02": "kept",
        "2026-01": "kept",
    }
    weeks.away = {f"2026-W{number:02d}" for number in range(1, 11)}
    assert weeks.perform(on(6)).releases[0].missed == ("2026-W09",)
    assert weeks.channel.rules == [("2026-W09", "review missed")]


def test_a_month_that_weeks_have_covered_is_not_due() -> None:
    weeks = Weeks(since=on(4, month=2))
    for day in (9, 16, 23):
        weeks.perform(on(day, month=2))
    weeks.perform(on(2))
    weeks.stated = windows.stated(window="month")
    assert "2026-02" not in states(weeks.duty(on(8)).history())
    holes = Weeks(since=on(4, month=2))
    holes.away = {"2026-W08"}
    holes.perform(on(16, month=2))
    holes.stated = windows.stated(window="month")
    assert states(holes.duty(on(8)).history())["2026-02"] == "missed"


@pytest.mark.parametrize("year_starts", [1, 4])
def test_a_window_of_another_fiscal_year_is_not_read_again_and_stops_nothing(
    year_starts: int,
) -> None:
    """By the year that starts in April, FY2026-Q4 is January to March, not November to January."""
    by = {"window": "quarter", "label_maturity_days": 60, "rules": ()}
    weeks = Weeks(stated=windows.stated(fiscal_year_starts=2, **by), since=on(1, month=1))
    assert read(weeks, 2, month=2) == [("FY2026-Q4", False)]
    kept = weeks.duty(on(2, month=2)).history().windows[0]
    weeks.stated = windows.stated(fiscal_year_starts=year_starts, **by)
    done = weeks.perform(on(20, month=8)).releases[0]
    assert done.error == ""
    assert "FY2026-Q4" not in [each.window for each in done.read]
    assert kept.end in [each.end for each in weeks.duty(on(20, month=8)).history().windows]


def test_a_review_from_the_future_does_not_stand_for_its_window_yet() -> None:
    weeks = Weeks()
    weeks.perform(on(10, month=6))  # a machine whose clock is three months ahead
    history = weeks.duty(on(11)).history()
    assert states(history) == {"2026-W10": "due"}
    assert "a clock is wrong" in history.notes[0]
    assert read(weeks, 11) == [("2026-W10", False)]
    assert weeks.duty(on(11)).history().windows[0].as_of == "2026-03-11T06:00:00Z"


def test_a_clock_that_goes_back_does_not_put_an_older_reading_first() -> None:
    weeks = Weeks()
    weeks.duty(on(12)).keep(weeks.review("2026-W10", on(12)))
    weeks.adopted = {"2026-W10": 0.7}
    weeks.duty(on(12)).keep(weeks.review("2026-W10", on(11)))
    assert weeks.duty(on(13)).history().windows[0].as_of == "2026-03-12T06:00:00Z"


@pytest.mark.parametrize("failure", ["before", "after"])
def test_an_event_whose_outcome_is_not_known_is_there_once(failure: str) -> None:
    registry = RegistryInMemory(failures=[failure])
    weeks = Weeks(registry=registry)
    weeks.perform(on(10))
    assert [event.kind for event in registry.review_events("churn")] == ["kept", "told"]


def test_an_edited_event_does_not_count_and_a_deleted_one_is_missed() -> None:
    registry = RegistryInMemory()
    weeks = Weeks(registry=registry)
    weeks.perform(on(10))
    weeks.duty(on(10)).acknowledge("adoption_rate", window=None)
    log = registry.reviews["churn"]
    log[2] = log[2].model_copy(update={"actor": "eve"})
    history = weeks.duty(on(10)).history()
    assert alert_states(history) == {"2026-W10": "open"}
    assert history.notes == ("Events 3 of the reviews were edited, and do not count.",)
    del log[1]
    assert weeks.duty(on(10)).history().notes[1] == (
        "Events 2 of the reviews are gone, or cannot be read."
    )


def test_what_does_not_change_but_for_the_last_digits_is_the_same() -> None:
    weeks = Weeks()
    weeks.perform(on(10))
    weeks.adopted = {}
    made = weeks.review("2026-W10", on(11))
    section = made.sections[3]
    figures = tuple(
        replaced.model_copy(update={"value": replaced.value * (1 + 1e-13)})
        if replaced.value
        else replaced
        for replaced in section.figures
    )
    shaken = section.model_copy(update={"figures": figures})
    sections = (*made.sections[:3], shaken, *made.sections[4:])
    weeks.duty(on(11)).keep(made.model_copy(update={"sections": sections}))
    assert weeks.duty(on(11)).history().windows[0].readings == 1


def test_an_event_has_the_time_of_the_clock_also_where_one_looks_back() -> None:
    weeks = Weeks()
    looking_back = replace(weeks.duty(on(10)), at=on(4, month=11))
    looking_back.keep(weeks.review("2026-W10", on(10)))
    (window,) = weeks.duty(on(10)).history().windows
    (event,) = weeks.duty(on(10)).history().events
    assert (window.as_of, event.at) == ("2026-03-10T06:00:00Z", "2026-11-04T06:00:00Z")


def test_the_duty_does_not_change_by_being_looked_at() -> None:
    weeks = Weeks()
    weeks.perform(on(10))
    duty = weeks.duty(on(10))
    assert duty.history() == replace(duty).history()
    assert len(weeks.registry.review_events("churn")) == 2


def test_a_deadline_that_passes_without_an_answer_is_told_once_more() -> None:
    weeks, mail = Weeks(), Remembering()
    both = (Channel(name="team", sender=weeks.channel), Channel(name="mail", sender=mail))
    weeks.perform(on(10), *both)  # to be answered within 2 days
    assert weeks.perform(on(12, hour=5), *both).releases[0].told == ()
    late = weeks.perform(on(12), *both)
    assert [(each.channel, each.reminder) for each in late.releases[0].told] == [
        ("team", True), ("mail", True),
    ]  # fmt: skip
    assert late.exit_code == 1
    assert weeks.perform(on(13), *both).exit_code == 0
    assert weeks.channel.reminded == mail.reminded == [("2026-W10", LOW)]
    first, again = weeks.channel.told
    assert (first.escalation_contact, again.escalation_contact) == ("", "The board")
    assert again.key != first.key
    (alert,) = weeks.duty(on(13)).history().alerts
    assert (alert.state, alert.told, alert.reminded) == ("open", ("team", "mail"), ("team", "mail"))


def test_nobody_is_reminded_of_what_was_taken_on_or_is_silent() -> None:
    taken, silent = Weeks(), Weeks()
    for weeks in (taken, silent):
        weeks.perform(on(10))
    taken.duty(on(11)).acknowledge("adoption_rate", window=None)
    silent.duty(on(11)).acknowledge("adoption_rate", window=None, until=on(15, hour=0))
    assert [weeks.perform(on(14)).releases[0].told for weeks in (taken, silent)] == [(), ()]
    unanswered = Weeks(away={"2026-W11"})
    unanswered.perform(on(10))
    unanswered.adopted = {"2026-W10": 0.9}  # labels came: it fires no more
    unanswered.duty(on(11)).keep(unanswered.review("2026-W10", on(11)))
    assert unanswered.perform(on(14)).releases[0].told == ()


def test_a_review_that_stays_missing_is_told_once_more() -> None:
    weeks = Weeks(away={"2026-W10", "2026-W11"})
    for day in (12, 12, 13, 14):  # missed from the 12th on; its deadline is a day later
        weeks.perform(on(day))
    assert weeks.channel.rules == weeks.channel.reminded == [("2026-W10", "review missed")]


def test_whoever_comes_next_has_a_channel_of_their_own() -> None:
    weeks, board, data = Weeks(), Remembering(), Remembering()
    channels = (
        Channel(name="board", sender=board, owners=frozenset({"escalation"})),
        Channel(name="data", sender=data, owners=frozenset({"data"})),
        Channel(name="team", sender=weeks.channel, owners=frozenset({"operations"})),
    )
    for day in (10, 11, 12, 13):
        weeks.perform(on(day), *channels)
    assert (board.rules, board.reminded, data.told) == ([], [("2026-W10", LOW)], [])
    assert len(weeks.channel.told) == 2
    alone = Weeks()
    for day in (10, 12):
        alone.perform(on(day), Channel(name="b", sender=board, owners=frozenset({"escalation"})))
    assert len(board.reminded) == 2


def test_a_reminder_that_fails_is_tried_until_it_is_taken() -> None:
    weeks = Weeks()
    weeks.perform(on(10))
    weeks.channel.refuses = ["team answered 400"] * 2
    for day in (12, 13):
        (failed,) = weeks.perform(on(day)).releases[0].failed
        assert (failed.reminder, failed.error) == (True, "team answered 400")
    assert [each.reminder for each in weeks.perform(on(14)).releases[0].told] == [True]
    kinds = [event.kind for event in weeks.registry.review_events("churn")]
    assert kinds == ["kept", "told", "not_told", "reminded"]


def test_an_event_of_before_a_record_had_a_field_is_not_an_edited_one() -> None:
    registry = RegistryInMemory()
    weeks = Weeks(registry=registry)
    weeks.perform(on(10))
    kept = registry.reviews["churn"][0]
    said = kept.model_dump(mode="json", exclude={"seq", "hash"})
    del said["review"]["refused"]
    del said["review"]["firings"][0]["impact"]
    said["hash"] = canonical_digest(said)
    before = ReviewKept.model_validate_json(json.dumps(said)).model_copy(update={"seq": 1})
    old = ReviewLedger(OldRegistry(before)).read("churn")
    assert (len(old.events), old.notes) == (1, ())


class OldRegistry(RegistryInMemory):
    """Holds one event, as it was written before."""

    def __init__(self, event: ReviewKept) -> None:
        super().__init__()
        self.event = event

    def review_events(self, name: str) -> tuple[ReviewEvent, ...]:
        return (self.event,) if name == self.event.release else ()
