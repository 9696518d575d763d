"""The periods of a business: days, weeks, months, quarters and years, in its own time zone.

A day begins when its local date does, so that it has 23 or 25 hours where clocks change. The end of
a window is the beginning of the next one by the same function: windows neither overlap nor gape.
Weeks are those of ISO 8601, unless the business's year is of whole weeks (`fiscal_weeks.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lifecycle_core.errors import InvalidCall
from lifecycle_core.monitoring.fiscal_weeks import year_named, year_of
from lifecycle_core.schema.canonical import utc_text
from lifecycle_core.schema.review import Window

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifecycle_core.monitoring.fiscal_weeks import FiscalYear
    from lifecycle_core.schema.fiscal_weeks import FiscalWeeks
    from lifecycle_core.schema.release_file import ReviewSection
    from lifecycle_core.schema.review import Grain

_MONTHS = 12
_LABEL = re.compile(
    r"(?P<fiscal>FY)?(?P<year>\d{4})"
    r"(?:-W(?P<week>\d\d)|-P(?P<period>\d\d)|-Q(?P<quarter>[1-4])|-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?"
)
_EXAMPLES = "Try 2026-03-09, 2026-W10, 2026-03, 2026-Q1, 2026, or of a fiscal year FY2026-P02."


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessCalendar:
    """How a business divides time.

    Attributes:
        zone: IANA name of the time zone in which its days begin.
        year_starts: Month in which its fiscal year begins, in [1, 12]. With another month than
            January, quarters and years are called `FY`, by the year in which they end.
        weeks: How its year is divided where it is of whole weeks; weeks and periods are called `FY`
            then, too.

    Raises:
        InvalidCall: There is no such zone or month.

    Example:
        >>> april = BusinessCalendar(zone="Europe/London", year_starts=4)
        >>> april.window("FY2027-Q1").first.isoformat()
        '2026-04-01'
    """

    zone: str = "UTC"
    year_starts: int = 1
    weeks: FiscalWeeks | None = None

    def __post_init__(self) -> None:
        """Check both."""
        if not 1 <= self.year_starts <= _MONTHS:
            raise InvalidCall(f"The fiscal year starts in month {self.year_starts}, want 1 to 12.")
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise InvalidCall(
                f"{self.zone!r} is no time zone.", hint="Write one as Europe/Berlin or UTC."
            ) from None

    def window(self, label: str) -> Window:
        """Return the window of a label.

        Args:
            label: As `Window.label` has it.

        Raises:
            InvalidCall: It is none, there is no such week or day, or this calendar calls it
                otherwise.

        Example:
            >>> found = BusinessCalendar(zone="Europe/Berlin").window("2026-W13")
            >>> found.start, found.end
            ('2026-03-22T23:00:00Z', '2026-03-29T22:00:00Z')
        """
        parts = _LABEL.fullmatch(label)
        if parts is None:
            raise InvalidCall(f"--window is {label!r}, which is no window.", hint=_EXAMPLES)
        try:
            first, grain = self._first_of(parts)
            found = self.window_on(first, grain)
        except (ValueError, OverflowError):
            raise InvalidCall(
                f"--window is {label!r}, and there is no such day, week or month.", hint=_EXAMPLES
            ) from None
        if found.label != label:
            raise InvalidCall(
                f"--window is {label!r}; by the calendar of this release it is {found.label!r}.",
                hint="A fiscal year that is no calendar year has FY; others have none.",
            )
        return found

    def window_at(self, moment: datetime, grain: Grain) -> Window:
        """Return the window in which a moment lies.

        Args:
            moment: With a time zone.
            grain: How long the window is.

        Raises:
            InvalidCall: A period is asked for, and the year is not of whole weeks.
        """
        return self.window_on(moment.astimezone(ZoneInfo(self.zone)).date(), grain)

    def last_complete(self, moment: datetime, grain: Grain) -> Window:
        """Return the last window that had ended at a moment.

        Example:
            >>> noon = datetime(2026, 3, 9, 12, tzinfo=UTC)
            >>> BusinessCalendar().last_complete(noon, "week").label
            '2026-W10'
        """
        return self.previous(self.window_at(moment, grain))

    def previous(self, window: Window) -> Window:
        """Return the window before."""
        return self.window_on(window.first - timedelta(days=1), window.grain)

    def next(self, window: Window) -> Window:
        """Return the window after."""
        return self.window_on(window.after, window.grain)

    def same_phase(self, window: Window) -> Window:
        """Return the window at the same phase of the last cycle.

        Of a day it is the same weekday a week before; of a week the one of that number a year
        before, week 52 where that year has no week 53; of the others the one a year before. In
        years of whole weeks numbers decide, too: after a year of 53 weeks nothing is shifted.

        Example:
            >>> calendar = BusinessCalendar()
            >>> [calendar.same_phase(calendar.window(one)).label for one in ("2026-W53", "2026-02")]
            ['2025-W52', '2025-02']
        """
        if window.grain == "day":
            return self.window_on(window.first - timedelta(days=7), "day")
        if self.weeks is not None and window.grain != "month":
            return self.window_on(self._year_before(window, self.weeks), window.grain)
        if window.grain == "week":
            year, week, _ = window.first.isocalendar()
            last = date(year - 1, 12, 28).isocalendar().week  # always in the last week
            return self.window_on(date.fromisocalendar(year - 1, min(week, last), 1), "week")
        return self.window_on(window.first.replace(year=window.first.year - 1), window.grain)

    def window_on(self, day: date, grain: Grain) -> Window:
        """Return the window in which a local day lies.

        Raises:
            ValueError: The window would reach beyond the years 1 to 9999.
            OverflowError: Likewise.
        """
        first, after, label = _SPANS[grain](self, day)
        return Window(
            label=label,
            grain=grain,
            first=first,
            after=after,
            zone=self.zone,
            start=utc_text(self._midnight(first)),
            end=utc_text(self._midnight(after)),
        )

    def _midnight(self, day: date) -> datetime:
        """Return when a local day begins; where clocks skip midnight, the moment they do."""
        return datetime.combine(day, time(), ZoneInfo(self.zone)).astimezone(UTC)

    def _first_of(self, parts: re.Match[str]) -> tuple[date, Grain]:
        year = int(parts["year"])
        if parts["day"]:
            return date(year, int(parts["month"]), int(parts["day"])), "day"
        if parts["month"]:
            return date(year, int(parts["month"]), 1), "month"
        if self.weeks is not None:
            return _first_in_weeks(year_named(self.weeks, year), parts)
        if parts["period"]:
            raise _no_periods()
        if parts["week"]:
            return date.fromisocalendar(year, int(parts["week"]), 1), "week"
        begins = date(year - bool(parts["fiscal"] and self.year_starts > 1), self.year_starts, 1)
        if parts["quarter"]:
            return _later(begins, 3 * (int(parts["quarter"]) - 1)), "quarter"
        return begins, "year"

    def _year_before(self, window: Window, stated: FiscalWeeks) -> date:
        """Return a day in the window of the same number a year before."""
        year = year_of(stated, window.first)
        before = year_of(stated, year.first - timedelta(days=1))
        match window.grain:
            case "week":
                return before.week(min(year.week_of(window.first), before.weeks))[0]
            case "period":
                return before.period(year.period_of(window.first))[0]
            case "quarter":
                return before.quarter(year.quarter_of(window.first))[0]
        return before.first

    def _fiscal(self, day: date) -> tuple[date, str]:
        """Return the first day of a day's fiscal year, and what that year is called."""
        begins = date(day.year - (day.month < self.year_starts), self.year_starts, 1)
        if self.year_starts == 1:
            return begins, f"{begins.year:04d}"
        return begins, f"FY{begins.year + 1:04d}"


def calendar_of(stated: ReviewSection) -> BusinessCalendar:
    """Return the calendar of a release.

    Args:
        stated: Section `review` of its release file.

    Raises:
        InvalidCall: It has a time zone that is none.
    """
    return BusinessCalendar(
        zone=stated.time_zone, year_starts=stated.fiscal_year_starts, weeks=stated.fiscal_weeks
    )


def label_moments(window: Window, *, maturity_days: float) -> tuple[datetime, datetime]:
    """Return when a window ends, and from when on no more labels are expected.

    Args:
        window: The window.
        maturity_days: How long after a prediction its label may still come, at least 0.

    Example:
        >>> march = BusinessCalendar().window("2026-03")
        >>> label_moments(march, maturity_days=30)[1].isoformat()
        '2026-05-01T00:00:00+00:00'
    """
    end = datetime.fromisoformat(window.end)
    return end, end + timedelta(days=maturity_days)


def _day(_: BusinessCalendar, day: date) -> tuple[date, date, str]:
    return day, day + timedelta(days=1), day.isoformat()


def _first_in_weeks(year: FiscalYear, parts: re.Match[str]) -> tuple[date, Grain]:
    if parts["week"]:
        return year.week(int(parts["week"]))[0], "week"
    if parts["period"]:
        return year.period(int(parts["period"]))[0], "period"
    if parts["quarter"]:
        return year.quarter(int(parts["quarter"]))[0], "quarter"
    return year.first, "year"


def _no_periods() -> InvalidCall:
    return InvalidCall(
        "A period of a fiscal year is asked for, and the release declares no year of whole weeks.",
        hint="Declare `review.fiscal_weeks`, or name a month.",
    )


def _week(calendar: BusinessCalendar, day: date) -> tuple[date, date, str]:
    if calendar.weeks is not None:
        fiscal = year_of(calendar.weeks, day)
        number = fiscal.week_of(day)
        return *fiscal.week(number), f"FY{fiscal.name:04d}-W{number:02d}"
    year, week, weekday = day.isocalendar()
    first = day - timedelta(days=weekday - 1)
    return first, first + timedelta(days=7), f"{year:04d}-W{week:02d}"


def _month(_: BusinessCalendar, day: date) -> tuple[date, date, str]:
    first = day.replace(day=1)
    return first, _later(first, 1), f"{first.year:04d}-{first.month:02d}"


def _period(calendar: BusinessCalendar, day: date) -> tuple[date, date, str]:
    if calendar.weeks is None:
        raise _no_periods()
    year = year_of(calendar.weeks, day)
    number = year.period_of(day)
    return *year.period(number), f"FY{year.name:04d}-P{number:02d}"


def _quarter(calendar: BusinessCalendar, day: date) -> tuple[date, date, str]:
    if calendar.weeks is not None:
        year = year_of(calendar.weeks, day)
        number = year.quarter_of(day)
        return *year.quarter(number), f"FY{year.name:04d}-Q{number}"
    begins, name = calendar._fiscal(day)  # noqa: SLF001 - of this module
    number = ((day.year - begins.year) * _MONTHS + day.month - begins.month) // 3
    first = _later(begins, 3 * number)
    return first, _later(first, 3), f"{name}-Q{number + 1}"


def _year(calendar: BusinessCalendar, day: date) -> tuple[date, date, str]:
    if calendar.weeks is not None:
        year = year_of(calendar.weeks, day)
        return year.first, year.after, f"FY{year.name:04d}"
    begins, name = calendar._fiscal(day)  # noqa: SLF001 - of this module
    return begins, _later(begins, _MONTHS), name


_SPANS: dict[Grain, Callable[[BusinessCalendar, date], tuple[date, date, str]]] = {
    "day": _day, "week": _week, "month": _month, "period": _period, "quarter": _quarter,
    "year": _year,
}  # fmt: skip


def _later(first: date, months: int) -> date:
    """Return the first day of a month so many months later."""
    count = first.month - 1 + months
    return date(first.year + count // _MONTHS, count % _MONTHS + 1, 1)
