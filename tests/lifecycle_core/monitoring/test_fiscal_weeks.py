"""Fiscal years of whole weeks: retail's own calendar, what companies publish, and pandas."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

import pytest
from pydantic import ValidationError

from lifecycle_core.errors import InvalidCall
from lifecycle_core.monitoring.fiscal_weeks import year_named, year_of
from lifecycle_core.monitoring.planning import plan_of
from lifecycle_core.monitoring.windows import BusinessCalendar
from lifecycle_core.schema.fiscal_weeks import MONTHS, WEEKDAYS, FiscalWeeks
from lifecycle_core.schema.release_file import ReviewSection
from tests.fakes.windows import AS_OF

NRF = FiscalWeeks(
    pattern="4-5-4", year_ends="the Saturday nearest the end of January", named_by="start"
)
RETAIL = BusinessCalendar(zone="America/New_York", weeks=NRF)


def test_years_of_53_weeks_are_those_that_retail_publishes() -> None:
    long = [name for name in range(2005, 2025) if year_named(NRF, name).weeks == 53]
    assert long == [2006, 2012, 2017, 2023]
    year = year_named(NRF, 2023)
    assert (year.first, year.after) == (date(2023, 1, 29), date(2024, 2, 4))


def test_periods_of_a_long_year_are_those_that_retail_publishes() -> None:
    firsts = [RETAIL.window(f"FY2023-P{number:02d}").first.isoformat() for number in range(1, 13)]
    assert firsts == [
        "2023-01-29", "2023-02-26", "2023-04-02", "2023-04-30", "2023-05-28", "2023-07-02",
        "2023-07-30", "2023-08-27", "2023-10-01", "2023-10-29", "2023-11-26", "2023-12-31",
    ]  # fmt: skip
    last = RETAIL.window("FY2023-P12")
    assert (last.after - last.first).days == 5 * 7
    assert RETAIL.window("FY2023-Q4").after == RETAIL.window("FY2023").after == last.after
    assert RETAIL.window("FY2023-W53").label == RETAIL.window_on(last.after - DAY, "week").label
    assert last.start == "2023-12-31T05:00:00Z"


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("pattern", "weeks"), [("4-4-5", (4, 4, 5)), ("4-5-4", (4, 5, 4)), ("5-4-4", (5, 4, 4))]
)
def test_a_quarter_has_the_pattern(
    pattern: Literal["4-4-5", "4-5-4", "5-4-4"], weeks: tuple[int, ...]
) -> None:
    year = year_named(NRF.model_copy(update={"pattern": pattern}), 2024)
    periods = [year.period(number) for number in range(1, 13)]
    assert [(after - first).days // 7 for first, after in periods] == [*weeks * 4]
    assert [(year.quarter(n)[1] - year.quarter(n)[0]).days for n in range(1, 5)] == [91] * 4


def test_a_year_is_called_by_its_last_month_or_its_first() -> None:
    autumn = FiscalWeeks(pattern="4-4-5", year_ends="the last Saturday of September")
    year = year_named(autumn, 2023)  # of 53 weeks, as its company reported
    assert (year.first, year.after - DAY, year.weeks) == (
        date(2022, 9, 25), date(2023, 9, 30), 53,
    )  # fmt: skip
    assert year_of(autumn.model_copy(update={"named_by": "start"}), year.first).name == 2022
    december = "the Saturday nearest the end of December"
    for named_by in ("start", "end"):  # the nominal months decide, not some days around them
        of = FiscalWeeks(pattern="4-4-5", year_ends=december, named_by=named_by)
        assert [year_of(of, day).name for day in (date(2025, 1, 4), date(2026, 1, 3))] == [
            2025, 2025,
        ]  # fmt: skip
        assert year_of(of, date(2024, 12, 29)).name == 2025


def test_years_end_where_pandas_has_them_end() -> None:
    from pandas import Timestamp
    from pandas.tseries.offsets import FY5253

    for at, weekday in enumerate(WEEKDAYS):
        for month, name in enumerate(MONTHS, start=1):
            for variation, words in (("nearest", "{} nearest the end of"), ("last", "last {} of")):
                stated = FiscalWeeks(
                    pattern="4-4-5", year_ends=f"the {words.format(weekday)} {name}"
                )
                offset = FY5253(weekday=at, startingMonth=month, variation=variation)
                end = Timestamp(2019, 6, 15)
                for _ in range(3):
                    end = offset.rollforward(end)
                    assert year_of(stated, end.date()).after - DAY == end.date()
                    end += Timestamp(2020, 1, 2) - Timestamp(2020, 1, 1)


def test_the_same_phase_has_the_same_number_and_week_53_has_52() -> None:
    found = {
        label: RETAIL.same_phase(RETAIL.window(label)).label
        for label in ("FY2024", "FY2024-Q1", "FY2024-P01", "FY2024-W01", "FY2023-W53", "2024-02",
                      "2024-02-05")
    }  # fmt: skip
    assert found == {
        "FY2024": "FY2023", "FY2024-Q1": "FY2023-Q1", "FY2024-P01": "FY2023-P01",
        "FY2024-W01": "FY2023-W01", "FY2023-W53": "FY2022-W52", "2024-02": "2023-02",
        "2024-02-05": "2024-01-29",
    }  # fmt: skip


@pytest.mark.parametrize("label", ["FY2024-W53", "FY2024-P13", "FY2024-P00", "FY0001", "FY9999"])
def test_what_such_a_year_does_not_have_is_refused(label: str) -> None:
    with pytest.raises(InvalidCall, match="there is no such"):
        RETAIL.window(label)


def test_labels_are_those_of_the_calendar() -> None:
    with pytest.raises(InvalidCall, match="it is 'FY2023-W05'"):
        RETAIL.window("2023-W05")
    with pytest.raises(InvalidCall, match="declares no year of whole weeks"):
        BusinessCalendar().window("FY2023-P05")


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ({"window": "period"}, "needs `fiscal_weeks`"),
        (
            {"fiscal_year_starts": 2, "fiscal_weeks": NRF.model_dump()},
            "not `fiscal_year_starts`",
        ),
        (
            {"fiscal_weeks": {"pattern": "4-5-4", "year_ends": "the Saturday of January"}},
            "want `the Saturday nearest",
        ),
        (
            {
                "fiscal_weeks": {
                    "pattern": "4-5-4",
                    "year_ends": "the last Saturday nearest the end of January",
                }
            },
            "want `the Saturday nearest",
        ),
    ],
)
def test_a_release_file_says_it_once_and_whole(said: dict[str, object], fact: str) -> None:
    with pytest.raises(ValidationError, match=fact):
        ReviewSection.model_validate(said)


def test_a_review_looks_at_a_period_and_the_same_one_a_year_before() -> None:
    stated = ReviewSection(window="period", fiscal_weeks=NRF, reference_windows=2)
    plan = plan_of(stated, label=None, as_of=AS_OF)
    assert plan.window.label == "FY2026-P01"
    assert [each.label for each in plan.before] == ["FY2025-P11", "FY2025-P12"]
    assert plan.same_phase.label == "FY2025-P01"
