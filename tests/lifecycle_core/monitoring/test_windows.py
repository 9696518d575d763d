from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.errors import InvalidCall
from lifecycle_core.monitoring.windows import BusinessCalendar, label_moments
from lifecycle_core.schema.fiscal_weeks import MONTHS, WEEKDAYS, FiscalWeeks
from lifecycle_core.schema.review import Grain

# Half an hour, midnight skipped, midnight twice, a whole day skipped, the other hemisphere.
ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo",
    "America/Havana", "Pacific/Apia", "Asia/Kathmandu",
)  # fmt: skip
zones = st.sampled_from(ZONES)
by_month = st.builds(BusinessCalendar, zone=zones, year_starts=st.integers(1, 12))
rules = st.builds(
    "the {0[0]}{1} {0[1]}of {2}".format,
    st.sampled_from([("last ", ""), ("", "nearest the end ")]),
    st.sampled_from(WEEKDAYS),
    st.sampled_from(MONTHS),
)
weeks = st.builds(
    FiscalWeeks,
    pattern=st.sampled_from(["4-4-5", "4-5-4", "5-4-4"]),
    year_ends=rules,
    named_by=st.sampled_from(["start", "end"]),
)
calendars = by_month | st.builds(BusinessCalendar, zone=zones, weeks=weeks)
days = st.dates(date(1970, 1, 2), date(2060, 1, 1))
moments = st.datetimes(datetime(1970, 1, 2), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is given


def grains(calendar: BusinessCalendar) -> st.SearchStrategy[Grain]:
    """The lengths that windows of a calendar may have."""
    known: tuple[Grain, ...] = get_args(Grain)
    return st.sampled_from([each for each in known if each != "period" or calendar.weeks])


@given(st.data(), calendars, days)
def test_windows_tile_time(data: st.DataObject, calendar: BusinessCalendar, day: date) -> None:
    grain = data.draw(grains(calendar))
    window = calendar.window_on(day, grain)
    assert window.first <= day < window.after
    assert calendar.previous(window).end == window.start
    assert calendar.next(window).start == window.end
    assert calendar.window(window.label) == window


@given(st.data(), calendars, moments)
def test_a_moment_lies_in_its_window_alone(
    data: st.DataObject, calendar: BusinessCalendar, moment: datetime
) -> None:
    grain = data.draw(grains(calendar))
    window = calendar.window_at(moment, grain)
    assert datetime.fromisoformat(window.start) <= moment < datetime.fromisoformat(window.end)
    assert datetime.fromisoformat(calendar.last_complete(moment, grain).end) <= moment


@given(st.data(), calendars, days)
def test_the_same_phase_is_earlier_and_as_long(
    data: st.DataObject, calendar: BusinessCalendar, day: date
) -> None:
    window = calendar.window_on(day, data.draw(grains(calendar)))
    before = calendar.same_phase(window)
    assert before.after <= window.first
    most = timedelta(days=7 if calendar.weeks else 1)  # one of the two years may have a week more
    assert abs((before.after - before.first) - (window.after - window.first)) <= most


@pytest.mark.parametrize(
    ("label", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)]
)
def test_a_day_has_the_hours_that_clocks_show(label: str, hours: int) -> None:
    window = BusinessCalendar(zone="Europe/Berlin").window(label)
    span = datetime.fromisoformat(window.end) - datetime.fromisoformat(window.start)
    assert span == timedelta(hours=hours)


@pytest.mark.parametrize(
    "label",
    ["", "March", "2026-W54", "2025-W53", "2026-02-30", "2026-13", "2026-Q5", "FY2026", "9999",
     "0000-W01", "2026-W1", "2026-W10; DROP"],
)  # fmt: skip
def test_what_is_no_window_is_refused(label: str) -> None:
    with pytest.raises(InvalidCall, match="--window is"):
        BusinessCalendar().window(label)


def test_fiscal_quarters_are_called_by_the_year_they_end_in() -> None:
    october = BusinessCalendar(year_starts=10)
    assert october.window_on(date(2025, 10, 1), "quarter").label == "FY2026-Q1"
    assert october.window_on(date(2026, 9, 30), "year").label == "FY2026"
    with pytest.raises(InvalidCall, match="it is 'FY"):
        october.window("2026-Q1")


def test_wrong_calendars_are_refused() -> None:
    with pytest.raises(InvalidCall, match="no time zone"):
        BusinessCalendar(zone="../etc/passwd")
    with pytest.raises(InvalidCall, match="month 13"):
        BusinessCalendar(year_starts=13)


def test_labels_are_final_when_they_are_ripe() -> None:
    end, ripe = label_moments(BusinessCalendar().window("2026-W10"), maturity_days=1.5)
    assert ripe - end == timedelta(hours=36)
