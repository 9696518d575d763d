"""The review of one window: technical health and business effect, read together.

A figure that cannot be told has no value and says why: "not enough data" is an answer, not a
failure, and no rule fires on it.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from lifecycle_core.schema.base import Record
from lifecycle_core.schema.distribution import Distribution
from lifecycle_core.schema.finalization import Interval

Grain = Literal["day", "week", "month", "period", "quarter", "year"]
DriftState = Literal["drift", "no_material_drift", "not_enough_data"]
SectionName = Literal["technical", "data", "quality", "action", "business"]


class Window(Record):
    """One period of the business, in its own time zone.

    Attributes:
        label: Such as `2026-03-09`, `2026-W10`, `2026-03`, `2026-Q1`, `2026`; in a fiscal year
            `FY2026-Q1`, and where that is of whole weeks `FY2026-W05`, `FY2026-P02`.
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
        against: What it is compared with: the windows `before`, which drift may move along with,
            what the `release` keeps of training and held-out rows, or the last `same_phase`.
        value: Effect size less what noise adds; a distance or a change of a share, in [0, 1].
        low: Its one-sided lower bound.
        high: Its one-sided upper bound.
        tolerance: The largest bearable effect.
        adjusted: P-value corrected for the number of comparisons, in [0, 1].
        lasting: What the last windows say together, as many as the release file names.
        importance: How far the column moves scores, as a share of all that move them; None where
            the log has no reasons.
        cost: Money per row: its part of the change of the cost; None if that is not known, or if
            it has not drifted.
        note: A change of unit, or why nothing can be said.
    """

    column: str
    what: Literal["distribution", "missing", "new_values", "share"]
    against: Literal["before", "release", "same_phase"] = "before"
    state: DriftState
    value: float | None = None
    low: float | None = None
    high: float | None = None
    tolerance: float
    adjusted: float = 1.0
    lasting: DriftState = "not_enough_data"
    importance: float | None = None
    cost: float | None = None
    note: str = ""


class Broken(Record):
    """A rule of the contract that rows of a window break.

    Attributes:
        rule: `null`, `range` or `category`.
        share: Of the window's rows, in (0, 1].
        usual: Of the rows of the windows before; None without rows.
    """

    column: str
    rule: str
    rows: int = Field(ge=0)
    share: float
    usual: float | None = None


class RefusedInput(Record):
    """Why rows of a window got no answer.

    Attributes:
        cause: `contract`, `unreadable`, `deadline`, ...: of a refusal, or of an error.
        field: What broke the contract; empty where a line is of the whole cause.
        rule: Which of its rules.
        count: Rows; of a field, how often it broke the rule.
        share: Of all rows that were asked for; None for what is in no share.
    """

    cause: str
    field: str = ""
    rule: str = ""
    count: int = Field(ge=0)
    share: float | None = None


class Reconciled(Record):
    """What was expected of the rows whose labels have come, beside what was seen of them.

    Attributes:
        name: Such as `accuracy`.
        expected: What they were expected to show while no label was known.
        interval: In which it was expected.
        realised: What they showed.
        difference: `realised` less `expected`.
        held: It lies in the interval.
    """

    name: str
    unit: str
    rows: int = Field(ge=0)
    expected: float
    interval: Interval
    realised: float
    difference: float
    held: bool


class SegmentQuality(Record):
    """How one segment of a window fares, beside all other rows.

    Attributes:
        column: A feature that the release file names.
        value: Its value, or between which numbers it lies; empty where it is missing.
        rows: Rows with a label that the model answered.
        metric: `cost_per_row` where costs are declared, else `error_rate`.
        figure: Of the segment.
        elsewhere: Of all other rows.
        interval: Of the difference, one by one.
        adjusted: P-value of no difference, corrected for the number of segments.
        worse: It is worse with that, and the difference is above 0.
    """

    column: str
    value: str
    rows: int = Field(ge=0)
    metric: str
    figure: float
    elsewhere: float
    interval: Interval
    adjusted: float
    worse: bool


class Overriding(Record):
    """How often one team, or the people of one segment, decide otherwise.

    Attributes:
        of: `team`, or the feature that the segment is of.
        value: Who, or the segment.
        told: Decisions of which is known what was done.
        interval: Of the share, wide enough for all groups together.
        state: `too_low` or `too_high` by the bounds of the release file, with the whole interval.
    """

    of: str
    value: str
    told: int = Field(ge=0)
    overridden: int = Field(ge=0)
    share: float
    interval: Interval
    state: Literal["too_low", "within", "too_high", "not_enough_data"]


class Seen(Record):
    """What a rule looked at in one window; None is not enough data."""

    window: str
    figures: dict[str, float | None]


class Impact(Record):
    """Where a window is odd and what that costs, for whoever has to act on a rule.

    Attributes:
        columns: Comparisons that have drifted, the ones that matter most first; features before
            the score and the decision, which move because they do.
        segment: The worst of those that are shown to be worse than all other rows; None if none is.
        cost_per_row: Money: what a row costs; None if that is not known.
        expected: It is expected, since too few labels are there.
        cost_change: Money per row by which it has moved since the windows before; None likewise.
        cost_of_change: Money: what that makes of the rows of this window.
        currency: Of the money.
    """

    columns: tuple[ColumnDrift, ...] = ()
    segment: SegmentQuality | None = None
    cost_per_row: float | None = None
    expected: bool = False
    cost_change: float | None = None
    cost_of_change: float | None = None
    currency: str = ""


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
        impact: Where, and what it costs; None in what was kept before there were any.
    """

    rule: str
    action: str
    owner: str
    name: str = ""
    contact: str = ""
    escalation: str = ""
    deadline: str
    evidence: tuple[Seen, ...]
    impact: Impact | None = None


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
        drift: Score and decision first, then features, the most moved first; where the log has
            reasons, those first that may cost most.
        distributions: Of what was compared, in any order; empty in reviews that were kept before
            these were.
        contract: Rules that rows break, the most broken first.
        refused: Why rows got no answer: causes, then fields, the most frequent first.
        reconciled: What was expected of rows without labels, beside what was seen.
        segments: The worst first.
        overriding: Of teams and segments, those outside of their bounds first.
        new_segments: Such as `plan = yearly`: they are in no window before.
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
    distributions: tuple[Distribution, ...] = ()
    contract: tuple[Broken, ...] = ()
    refused: tuple[RefusedInput, ...] = ()
    reconciled: tuple[Reconciled, ...] = ()
    segments: tuple[SegmentQuality, ...] = ()
    overriding: tuple[Overriding, ...] = ()
    new_segments: tuple[str, ...] = ()
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
