"""Years of 52 or 53 whole weeks, with their periods and quarters.

A year ends on one weekday, at the end of one month or nearest to it. The next one begins the day
after, so years tile time, and so do weeks, periods and quarters within them.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lifecycle_core.schema.fiscal_weeks import FiscalWeeks

_DAYS = 7
_HALF = 3
_PERIODS_OF_QUARTER = 3
_DECEMBER = 12


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """One year.

    Attributes:
        stated: Its calendar.
        name: Of the calendar year that it is called by.
        first: First day.
        after: First day of the next one.

    Example:
        >>> from lifecycle_core.schema.fiscal_weeks import FiscalWeeks
        >>> retail = FiscalWeeks(
        ...     pattern="4-5-4", year_ends="the Saturday nearest the end of January",
        ...     named_by="start",
        ... )
        >>> year = year_named(retail, 2023)
        >>> year.first.isoformat(), year.after.isoformat(), year.weeks
        ('2023-01-29', '2024-02-04', 53)
    """

    stated: FiscalWeeks
    name: int
    first: date
    after: date

    @property
    def weeks(self) -> int:
        """52 or 53."""
        return (self.after - self.first).days // _DAYS

    def week(self, number: int) -> tuple[date, date]:
        """Return the first day of a week, and that of the next one.

        Raises:
            ValueError: The year has no such week.
        """
        if not 1 <= number <= self.weeks:
            raise ValueError(number)
        first = self.first + timedelta(days=_DAYS * (number - 1))
        return first, first + timedelta(days=_DAYS)

    def period(self, number: int) -> tuple[date, date]:
        """Return the first day of a period, and that of the next one.

        Raises:
            ValueError: The year has no such period.
        """
        return self._between(number, number)

    def quarter(self, number: int) -> tuple[date, date]:
        """Return the first day of a quarter, and that of the next one.

        Raises:
            ValueError: The year has no such quarter.
        """
        last = _PERIODS_OF_QUARTER * number
        return self._between(last - _PERIODS_OF_QUARTER + 1, last)

    def week_of(self, day: date) -> int:
        """Return the number of the week in which a day of this year lies."""
        return (day - self.first).days // _DAYS + 1

    def period_of(self, day: date) -> int:
        """Return the number of the period in which a day of this year lies."""
        return next(n for n in range(1, _DECEMBER + 1) if day < self.period(n)[1])

    def quarter_of(self, day: date) -> int:
        """Return the number of the quarter in which a day of this year lies."""
        return (self.period_of(day) - 1) // _PERIODS_OF_QUARTER + 1

    def _between(self, first: int, last: int) -> tuple[date, date]:
        begins = (0, *accumulate(self.stated.weeks))
        if not 1 <= first <= last <= _DECEMBER:
            raise ValueError(first)
        start = self.first + timedelta(days=_DAYS * begins[first - 1])
        if last == _DECEMBER:  # with the 53rd week
            return start, self.after
        return start, self.first + timedelta(days=_DAYS * begins[last])


def year_named(stated: FiscalWeeks, name: int) -> FiscalYear:
    """Return a year by its name.

    Raises:
        ValueError: It would reach beyond the years 1 to 9999.
        OverflowError: Likewise.
    """
    return _ending_in(stated, name + _later(stated))


def year_of(stated: FiscalWeeks, day: date) -> FiscalYear:
    """Return the year in which a day lies.

    Raises:
        ValueError: It would reach beyond the years 1 to 9999.
        OverflowError: Likewise.
    """
    # Its last month ends in the day's own calendar year or in the next, give or take some days.
    found = _ending_in(stated, day.year)
    while day >= found.after:
        found = _ending_in(stated, found.name + _later(stated) + 1)
    if day < found.first:
        found = _ending_in(stated, found.name + _later(stated) - 1)
    return found


def _ending_in(stated: FiscalWeeks, year: int) -> FiscalYear:
    """Return the year whose last month is of that calendar year."""
    day = timedelta(days=1)
    return FiscalYear(
        stated,
        year - _later(stated),
        _last_day(stated, year - 1) + day,
        _last_day(stated, year) + day,
    )


def _later(stated: FiscalWeeks) -> int:
    """Return how many calendar years after its name a year's last month ends."""
    return int(stated.named_by == "start" and stated.month < _DECEMBER)


def _last_day(stated: FiscalWeeks, year: int) -> date:
    end = date(year, stated.month, monthrange(year, stated.month)[1])
    back = (end.weekday() - stated.weekday) % _DAYS
    if stated.nearest and back > _HALF:
        back -= _DAYS
    return end - timedelta(days=back)
