"""The review of one window: technical health and business effect, read together.

A figure that cannot be told has no value and says why: "not enough data" is an answer, not a
failure, and no rule fires on it.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from lifecycle_core.schema.base import Record
from lifecycle_core.schema.finalization import Interval

Grain = Literal["day", "week", "month", "quarter", "year"]
DriftState = Literal["drift", "no_material_drift", "not_enough_data"]
SectionName = Literal["technical", "data", "quality", "action", "business"]


class Window(Record):
    """One period of the business, in its own time zone.

    Attributes:
        label: Such as `2026-03-09`, `2026-W10`, `2026-03`, `2026-Q1`, `FY2026-Q1` or `2026`.
        first: First local day.
        after: First local day that no longer counts.
        zone: IANA name of the time zone in which days begin.
        start: The moment at which `first` begins, in UTC, ISO 8601.
        end: The moment at which `after` begins, likewise; it does not count.
    """

    label: str
    grain: Grain
    first: date
    after: date
    zone: str
    start: str
    end: str


class Figure(Record):
    """One number of a review.

    Attributes:
        name: As response rules call it, such as `adoption_rate`.
        value: In its unit; None where there is not enough data.
        interval: Of the value; None where it is a plain count or not known.
        unit: Such as `rows`, `ms`, `share`, `hours`, or a currency.
        rows: How many rows it was made of.
        final: No later label or outcome is expected to change it.
        target: What the release file wants of it, such as `at most 1,200`; empty if nothing.
        met: Whether it is so, with the whole interval; None where that is open.
        note: Why there is no value, or what to keep in mind.
    """

    name: str
    value: float | None = None
    interval: Interval | None = None
    unit: str = ""
    rows: int = Field(default=0, ge=0)
    final: bool = True
    target: str = ""
    met: bool | None = None
    note: str = ""


class Section(Record):
    """Figures that belong together."""

    name: SectionName
    figures: tuple[Figure, ...] = ()


class ColumnDrift(Record):
    """How far one column of a window is from the reference.

    Attributes:
        column: A feature, `score` or `decision`.
        what: `distribution`, `missing`, `new_values`, or the `share` acted on.
        value: Effect size less what noise adds; a distance or a change of a share, in [0, 1].
        low: Its one-sided lower bound.
        high: Its one-sided upper bound.
        tolerance: The largest bearable effect.
        adjusted: P-value corrected for the number of comparisons, in [0, 1].
        note: A change of unit, or why nothing can be said.
    """

    column: str
    what: Literal["distribution", "missing", "new_values", "share"]
    state: DriftState
    value: float | None = None
    low: float | None = None
    high: float | None = None
    tolerance: float
    adjusted: float = 1.0
    note: str = ""


class Seen(Record):
    """What a rule looked at in one window; None is not enough data."""

    window: str
    figures: dict[str, float | None]


class Firing(Record):
    """A response rule whose condition held, and who acts until when.

    Attributes:
        rule: As the release file has it.
        action: What is to be done, such as `escalate`.
        owner: Whose turn it is: the part of the release file's `owners`.
        name: The person or team; empty if the release file names none.
        contact: How to reach them.
        escalation: Who is asked when they do not answer.
        deadline: By when, in UTC, ISO 8601.
        evidence: What was seen, the newest window last.
    """

    rule: str
    action: str
    owner: str
    name: str = ""
    contact: str = ""
    escalation: str = ""
    deadline: str
    evidence: tuple[Seen, ...]


class Change(Record):
    """A figure that came out otherwise than when its window was read before.

    Attributes:
        final: The value of now is not expected to change any more.
    """

    name: str
    before: float | None = None
    after: float | None = None
    unit: str = ""
    final: bool = True


class Review(Record):
    """What a window says about a release.

    Attributes:
        as_of: Nothing said later was looked at; UTC, ISO 8601.
        complete: The window had ended by then.
        labels_final_from: From when on no more labels are expected, in UTC.
        labels_final: That was so.
        versions: Rows by version that answered.
        reference: Labels of the windows that drift is measured against, oldest first; or
            `training table`, where those have no rows.
        reference_rows: Rows in them.
        same_phase: Label of the window at the same phase of the last cycle.
        drift: Score and decision first, then features, the most moved first.
        history: Figures by name, of the windows that rules look back on, the newest last.
        firings: Rules whose conditions held.
        notes: What is odd about the log, a sentence each.
        read_before: The moment from which the kept review before this one looked back; empty if the
            window was not read before, or nothing has changed since.
        changes: Figures that changed since then.
    """

    schema_: Literal["nbrelease/review/1"] = Field(default="nbrelease/review/1", alias="schema")
    release: str
    window: Window
    as_of: str
    complete: bool
    labels_final_from: str
    labels_final: bool
    currency: str
    versions: dict[str, int] = {}
    reference: tuple[str, ...] = ()
    reference_rows: int = Field(default=0, ge=0)
    same_phase: str
    sections: tuple[Section, ...]
    drift: tuple[ColumnDrift, ...] = ()
    history: tuple[Seen, ...] = ()
    firings: tuple[Firing, ...] = ()
    notes: tuple[str, ...] = ()
    read_before: str = ""
    changes: tuple[Change, ...] = ()

    def figure(self, name: str) -> Figure:
        """Return the figure of that name; KeyError if there is none."""
        for section in self.sections:
            for figure in section.figures:
                if figure.name == name:
                    return figure
        raise KeyError(name)
