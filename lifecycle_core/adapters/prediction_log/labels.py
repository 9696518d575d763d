"""What a label may be: a class of the release however it is written, yes or no, or a number."""

from __future__ import annotations

from contextlib import suppress
from math import isfinite
from typing import NamedTuple

MEANT = {"false": False, "true": True, "0": False, "1": True, "0.0": False, "1.0": True}
"""What says only yes or no."""
NUMBER = "true, false, or a number"
_CLASS = (
    "a class of the model ({}), or true or false, or 1 or 0 where no class can be meant by that"
)


class Labels(NamedTuple):
    """What a label may be.

    Attributes:
        positive: The class whose label is 1; None where labels are numbers.
        classes: All of them, as text; empty where labels are numbers.
    """

    positive: str | None = None
    classes: tuple[str, ...] = ()

    @property
    def wanted(self) -> str:
        """What a label has to be, in words."""
        return _CLASS.format(", ".join(self.classes)) if self.classes else NUMBER

    @property
    def values(self) -> tuple[float | bool, ...]:
        """All that a label of JSON may be; empty where any number is one.

        Example:
            >>> Labels("yes", ("no", "yes")).values, Labels("2", ("1", "2")).values, Labels().values
            ((False, True, 0.0, 1.0), (False, True, 1.0, 2.0), ())
        """
        numbers = {0.0, 1.0}
        for each in self.classes:
            with suppress(ValueError):
                numbers.add(float(each))
        asked = (False, True, *sorted(filter(isfinite, numbers))) if self.classes else ()
        return tuple(each for each in asked if self.number(each) is not None)

    def number(self, said: float | None) -> float | None:
        """Return what the log has for a label of JSON; None for one that is none.

        The rules are those of tables, see `outcome_tables`.

        Example:
            >>> [Labels("2", ("1", "2")).number(said) for said in (2, 1, True, 3)]
            [1.0, 0.0, True, None]
            >>> Labels("yes", ("no", "yes")).number(0.7), Labels().number(0.7)
            (None, 0.7)
        """
        if said is None or self.positive is None or not self.classes:
            return said
        text = str(said).lower() if isinstance(said, bool) else str(float(said))
        named = {_written(each): each == self.positive for each in self.classes}
        if text in named and len(named) == len(self.classes):
            return said if said == named[text] else float(named[text])
        meant = {each: MEANT.get(each.lower()) for each in self.classes}
        agree = all(meant[each] == (each == self.positive) for each in self.classes)
        if isinstance(said, bool):
            return said if agree or None in meant.values() else None
        return said if said in {0, 1} and (agree or set(meant.values()) == {None}) else None


def _written(text: str) -> str:
    """Return a class as one text for 2 and 2.0, and for True and true."""
    if text.lower() in {"true", "false"}:
        return text.lower()
    try:
        return str(float(text))
    except ValueError:
        return text
