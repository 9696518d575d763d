"""A fiscal calendar of whole weeks, as retail and finance use it: 4-4-5, 4-5-4 or 5-4-4."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import field_validator

from lifecycle_core.schema.base import Record

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_YEAR_ENDS = re.compile(
    rf"(?:the )?(?P<last>last )?(?P<weekday>{'|'.join(WEEKDAYS)}) "
    rf"(?P<nearest>nearest the end )?of (?P<month>{'|'.join(MONTHS)})"
)


class FiscalWeeks(Record):
    """How a business divides its year into weeks, periods and quarters.

    Attributes:
        pattern: Weeks of the three periods of a quarter. A year of 53 weeks has the last one in its
            last period.
        year_ends: `the Saturday nearest the end of January`, or `the last Saturday of January`.
        named_by: A year is called by the calendar year in which its first month begins (`start`) or
            its last month ends (`end`); retail's own calendar says `start`.

    Example:
        >>> retail = FiscalWeeks(
        ...     pattern="4-5-4", year_ends="the Saturday nearest the end of January",
        ...     named_by="start",
        ... )
        >>> retail.weekday, retail.month, retail.nearest
        (5, 1, True)
    """

    pattern: Literal["4-4-5", "4-5-4", "5-4-4"]
    year_ends: str
    named_by: Literal["start", "end"] = "end"

    @field_validator("year_ends")
    @classmethod
    def _is_a_rule(cls, text: str) -> str:
        said = " ".join(text.lower().split())
        found = _YEAR_ENDS.fullmatch(said)
        if found is None or bool(found["last"]) == bool(found["nearest"]):
            raise ValueError(
                "want `the Saturday nearest the end of January` or `the last Saturday of January`, "
                "with the weekday and the month of your year's end"
            )
        return said

    @property
    def weekday(self) -> int:
        """The weekday on which years end, from 0 for Monday."""
        return WEEKDAYS.index(self._part("weekday"))

    @property
    def month(self) -> int:
        """The month at whose end years end, in [1, 12]."""
        return MONTHS.index(self._part("month")) + 1

    @property
    def nearest(self) -> bool:
        """Whether years may end a few days into the next month."""
        return "nearest" in self.year_ends

    @property
    def weeks(self) -> tuple[int, ...]:
        """Weeks of each of the 12 periods in a year of 52."""
        return tuple(int(each) for each in self.pattern.split("-")) * 4

    def _part(self, name: str) -> str:
        found = _YEAR_ENDS.fullmatch(self.year_ends)
        return found[name] if found else ""
