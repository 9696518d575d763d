"""What the logs keep: a row for each score that was given, and rows for what came of it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from lifecycle_core.schema.base import Record

Fallback = Literal["", "deadline", "model_error", "bad_input", "shed", "log_full"]


class Reason(Record):
    """One factor of a score.

    Attributes:
        feature: Name of the column, or of the group of columns that is explained as one.
        value: What it was for this row; None if it was missing, or may not be kept.
        effect: How far it moved the score away from the baseline, in the score's unit.
        text: What the owner says about it in words; empty if there is no text.
    """

    feature: str
    value: str | float | None = None
    effect: float
    text: str = ""


class Prediction(Record):
    """One score that was given, as the prediction log keeps it.

    Attributes:
        id: UUID in lower case with hyphens. A service makes one of version 7, which sorts by the
            time it was made; a row of a table has one of version 8, made of run and position.
        key: Business key of the row, such as the customer's number; None if there is none.
        time: When the answer was made, in UTC, ISO 8601 with microseconds.
        release: Name of the release that was asked for.
        version: Version that answered, from 1; below 2**31.
        bundle_digest: Digest of the bundle that answered, `sha256:` and 64 hexadecimal digits.
        arm: `champion`, `shadow`, or the arm of an experiment.
        features: What went in, as the contract's policy says: a value, a salted hash
            (`sha256:...`), or nothing for a column that may not be kept.
        score: The model's score in its own unit; None where there is none.
        decision: What was decided on it: to act or not, or a quantity; None where nothing was.
        reasons: The factors that moved the score most, strongest first.
        latency_ms: Milliseconds from the request's arrival to the answer; None for a row of a
            table, which nobody has waited for by itself.
        fallback: Why the fallback answered, or empty if the model did.
        explainer: Name and version of what computed the reasons; empty without reasons.

    Example:
        >>> Prediction(
        ...     id="019f3f0e-7c00-7000-8000-000000000001", key="7590-VHVEG",
        ...     time="2026-11-28T07:30:00.000000Z", release="churn", version=3,
        ...     bundle_digest="sha256:" + "0" * 64, arm="champion",
        ...     features={"tenure": 1}, score=0.62, decision=True, latency_ms=0.8,
        ... ).fallback
        ''
    """

    schema_: Literal["nbrelease/prediction/1"] = Field(
        default="nbrelease/prediction/1", alias="schema"
    )
    id: str
    key: str | None = None
    time: str
    release: str
    version: int = Field(ge=1, lt=1 << 31)
    bundle_digest: str
    arm: str
    features: dict[str, Any] = Field(default_factory=dict)
    score: float | None = None
    decision: bool | float | None = None
    reasons: tuple[Reason, ...] = ()
    latency_ms: float | None = Field(default=None, ge=0)
    fallback: Fallback = ""
    explainer: str = ""


class Outcome(Record):
    """What became of one prediction: who acted on it, and, maybe later, the truth.

    Several may follow each other; of each field, the last one that says something counts.

    Attributes:
        id: UUID in lower case with hyphens.
        prediction: The prediction's `id`.
        time: When this was said, in UTC, ISO 8601 with microseconds.
        who: Who acted, or which system said so.
        release: Name of the release that the prediction is of; the table is divided by it. Empty if
            it is not known.
        action: Whether the decision was followed; None if only the truth came in.
        label: The truth, once it is known: a class, or a quantity.
        label_time: When it became true, in UTC, ISO 8601.
        money: What it earned; a cost is below 0.
        currency: ISO 4217 code of `money`, such as EUR.
    """

    schema_: Literal["nbrelease/outcome/1"] = Field(default="nbrelease/outcome/1", alias="schema")
    id: str
    prediction: str
    time: str
    who: str
    release: str = ""
    action: Literal["accepted", "overridden"] | None = None
    label: bool | float | None = None
    label_time: str | None = None
    money: float | None = None
    currency: str | None = None


class OutcomesTold(Record):
    """What came of a table of outcomes.

    Attributes:
        release: Name of the release that they are of.
        rows: Of the table.
        added: Outcomes that are in the log now and were not before.
        known: Rows that said what was in it already.
        empty: Rows that say nothing yet.
        by: What rows name predictions by: their ids, or the business key.
        log: Folder or URL of the log.
    """

    schema_: Literal["nbrelease/outcomes/1"] = Field(default="nbrelease/outcomes/1", alias="schema")
    release: str
    rows: int = Field(ge=0)
    added: int = Field(ge=0)
    known: int = Field(default=0, ge=0)
    empty: int = Field(default=0, ge=0)
    by: Literal["prediction", "key"]
    log: str


class LogPolicy(Record):
    """What a log promises, and what it does when it has no room left.

    Attributes:
        mode: `strict`: an append is done when it is on the disk; `relaxed`: when the operating
            system has it, so that a power failure may take the last second with it.
        max_bytes: Most bytes that may wait on the local disk to be drained.
        when_full: What the service does when the log takes no more: `refuse` the request, or
            answer with the `fall_back`, which then is not logged. The log itself always refuses.
    """

    mode: Literal["strict", "relaxed"] = "strict"
    max_bytes: int = Field(default=1 << 30, ge=1 << 16)
    when_full: Literal["refuse", "fall_back"] = "refuse"


class Lag(Record):
    """What is not in the tables yet.

    Attributes:
        rows: How many rows wait.
        bytes: How many bytes of disk they hold.
        oldest_seconds: How long the oldest waits, by this process's own clock; 0 if none does.
        error: Why the tables could not be written at the last try; empty if they could.
    """

    rows: int = Field(ge=0)
    bytes: int = Field(ge=0)
    oldest_seconds: float = Field(ge=0)
    error: str = ""


class TableUpkeep(Record):
    """What upkeep did to one table.

    Attributes:
        table: `predictions`, `outcomes` or `usage`.
        rows_before: Rows of the version that it began with.
        rows_after: Rows of the newest version, with those that came meanwhile.
        files_removed: Files that are no longer on the disk.
    """

    table: str
    rows_before: int = Field(ge=0)
    rows_after: int = Field(ge=0)
    files_before: int = Field(ge=0)
    files_after: int = Field(ge=0)
    files_removed: int = Field(ge=0)


class LogUpkeep(Record):
    """What was done with the tables of a log.

    Attributes:
        address: Folder or URL of the log.
        action: `drain` brings waiting rows to the tables, `compact` merges small files, `retain`
            removes old days, `forget` removes the rows of one business key.
        write_ahead_logs: How many write-ahead logs were drained before.
        damaged_removed: How many files were removed that kept what the disk had damaged of them.
    """

    schema_: Literal["nbrelease/log-upkeep/1"] = Field(
        default="nbrelease/log-upkeep/1", alias="schema"
    )
    address: str
    action: Literal["drain", "compact", "retain", "forget"]
    write_ahead_logs: int = Field(default=0, ge=0)
    damaged_removed: int = Field(default=0, ge=0)
    tables: tuple[TableUpkeep, ...] = ()
