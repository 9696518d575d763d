"""How a release answers single requests: what people declare, and what a running service says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, StrictBool, field_validator, model_validator

from lifecycle_core.schema.base import Record
from lifecycle_core.schema.contract import Rule
from lifecycle_core.schema.release import CHAMPION, Alias, Release

FallbackKind = Literal["constant", "rule", "last_score", "previous_release"]
Cause = Literal["deadline", "model_error", "bad_input", "shed", "log_full"]

CONTROL: str = CHAMPION
HOLDOUT = "holdout"
"""Arms of an experiment beside the treatments: the champion's, which they are compared with, and
that of the units who stay with the champion and out of the comparison."""
SHADOW = "shadow"
"""The arm of what a shadow scores, for the log alone."""
PREVIOUS = "previous"
"""No arm, but older rows of the log have it as theirs: the release before answered as a fallback.
Whose unit it was is not told there; by now such rows have the arm of their unit."""


class Fallback(Record):
    """What answers when the model does not.

    Attributes:
        use: `constant`: `decision` and `score` as they stand here. `rule`: `decision` and `score`
            are expressions over the row, such as `tenure < 6 and contract == 'Month-to-month'`.
            `last_score`: what the model last said about this business key. `previous_release`: the
            release that the alias pointed at before.
        decision: For `constant` a value, for `rule` an expression; the others have none.
        score: Likewise; it may be left out.
        max_age_hours: How old a last score may be.
    """

    use: FallbackKind
    decision: StrictBool | float | str | None = None
    score: float | str | None = None
    max_age_hours: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        given = self.decision is not None, self.score is not None
        texts = isinstance(self.decision, str), isinstance(self.score, str)
        if self.use == "constant" and (not given[0] or any(texts)):
            raise ValueError("a constant has a `decision` that is true, false or a number")
        if self.use == "rule" and texts != given:
            raise ValueError("the `decision` and the `score` of a rule are expressions in quotes")
        if self.use == "rule" and not given[0]:
            raise ValueError("a rule has a `decision`")
        if self.use in {"last_score", "previous_release"} and any(given):
            raise ValueError(f"`{self.use}` has neither `decision` nor `score`")
        if self.use != "last_score" and self.max_age_hours is not None:
            raise ValueError("only `last_score` has `max_age_hours`")
        return self


class Experiment(Record):
    """Units that other releases answer for, always the same ones.

    Attributes:
        unit: The column that names the unit, such as the customer's number; the key by default.
        salt: Changes who is in which arm; keep it for the length of an experiment.
        arms: Alias to the percentage of units that it answers for. The champion is none: it
            answers for the units that no arm has.
        holdout: Percentage of units that are out of the comparison: the champion answers for them,
            and the log calls their arm `holdout`.
    """

    unit: str | None = None
    salt: str = Field(min_length=1)
    arms: dict[Alias, float] = Field(min_length=1)
    holdout: float = Field(default=0.0, ge=0, le=100)

    @field_validator("arms")
    @classmethod
    def _parts_of_a_whole(cls, arms: dict[Alias, float]) -> dict[Alias, float]:
        if CONTROL in arms:
            raise ValueError("an arm is not `champion`: the champion has the units that no arm has")
        shares = arms.values()
        if any(share <= 0 for share in shares) or sum(shares) > 100:  # noqa: PLR2004 - percent
            raise ValueError("arms are percentages above 0 that sum up to at most 100")
        return arms

    @model_validator(mode="after")
    def _leaves_room(self) -> Self:
        if sum(self.arms.values()) + self.holdout > 100:  # noqa: PLR2004 - percent
            raise ValueError("`arms` and `holdout` sum up to at most 100 percent")
        return self


class ServingSection(Record):
    """How single requests are answered.

    Attributes:
        deadline_ms: Milliseconds from a request's arrival to its answer, kept by the fallback.
        fallback: Tried in order until one can answer; without any the service says that it cannot,
            and the checkpoint `workflow` asks for one where this section says anything.
        bad_input: A row that breaks the contract is refused, or gets the fallback.
        shadow: Alias of a release that scores each row too, after the reply, for the log alone.
        experiment: Other releases that answer for a part of the units.
    """

    deadline_ms: float = Field(default=100.0, gt=0)
    fallback: tuple[Fallback, ...] = ()
    bad_input: Literal["refuse", "fall_back"] = "refuse"
    shadow: Alias | None = None
    experiment: Experiment | None = None


class Refusal(Record):
    """One field of one row that breaks the contract.

    Attributes:
        row: Position in the request, from 0.
        field: Name of the field; empty where the row itself is wrong.
        rule: The contract's rule that it breaks.
        got: The value as JSON shows it, cut short.
        want: What the contract wants.
    """

    row: int = Field(ge=0)
    field: str
    rule: Rule
    got: str
    want: str


class ReportedOutcome(Record):
    """What a client says about a prediction that it was given; the service adds what is left out.

    Attributes:
        id: A UUID that the client made, so that it may say the same again; made here if left out.
        prediction: The prediction's `id`.
        time: When somebody acted or said so, with its zone; when it arrives, if left out.
        who: Who acted, or which system says so.
        action: Whether the decision was followed; left out if only the truth came in.
        label: The truth, once it is known: a class, or a quantity.
        label_time: When it became true, in ISO 8601.
        money: What it earned; a cost is below 0.
        currency: ISO 4217 code of `money`, such as EUR.
    """

    id: UUID | None = None
    prediction: UUID
    time: AwareDatetime | None = None
    who: str = Field(min_length=1, max_length=200)
    action: Literal["accepted", "overridden"] | None = None
    label: StrictBool | float | None = None
    label_time: AwareDatetime | None = None
    money: float | None = None
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")

    @field_validator("time", "label_time")
    @classmethod
    def _in_utc(cls, moment: datetime | None) -> datetime | None:
        try:
            return None if moment is None else moment.astimezone(UTC)
        except OverflowError:
            raise ValueError("a moment between the years 1 and 9999 in UTC") from None


class KeptOutcomes(Record):
    """The ids of outcomes that are in the log now."""

    ids: tuple[str, ...]


class Roles(Record):
    """Which release has which role, by the ledger.

    Attributes:
        champion: The one that answers: where the alias points that the service follows.
        alias: That alias; empty where a version was named.
        previous: Where a rollback would take the alias.
        aliases: Where the other aliases point that the champion's release file names.
        experiment: The one that was started in the ledger; it counts in place of the release
            file's.
        arms: Of that experiment, the releases that answer for its arms and its holdout: those of
            its start, wherever aliases point now.
    """

    champion: Release
    alias: str = ""
    previous: Release | None = None
    aliases: dict[Alias, Release] = {}
    experiment: Experiment | None = None
    arms: dict[str, Release] = {}


class RefusedRelease(Record):
    """A release that was to answer and was not let.

    Attributes:
        role: What it was to be: `champion`, `previous`, `shadow`, or the alias of an arm.
        reason: Why it was refused; the one before goes on.
    """

    role: str
    version: int = Field(ge=1)
    reason: str
    since: str


class Readiness(Record):
    """Whether the service answers, and with what.

    Attributes:
        roles: `champion`, `previous`, `shadow` and arms, each with the version that has it.
        refused: Releases that were to answer and were not let.
        ledger: Why the ledger could not be asked last time; empty if it could.
    """

    ready: bool
    release: str
    version: int = Field(ge=1)
    roles: dict[str, int] = {}
    refused: tuple[RefusedRelease, ...] = ()
    ledger: str = ""


class ServedRelease(Record):
    """The release that answers.

    Attributes:
        scorer: What computes: `onnx` or `scikit-learn`.
        acts: A decision is to act or not; else it is a number in the target's unit.
    """

    release: Release
    scorer: str
    acts: bool
    serving: ServingSection
    features: tuple[str, ...]


class Service(Record):
    """A service that answers.

    Attributes:
        address: Where, such as `http://127.0.0.1:8080`.
        version: Of the release that answered when it started; the alias may move on.
        curl: A command that scores an example row.
        process: Its process on this machine.
        log: Folder or address of the prediction log; empty without one.
    """

    schema_: Literal["nbrelease/service/1"] = Field(default="nbrelease/service/1", alias="schema")
    address: str
    release: str
    version: int = Field(ge=1)
    alias: str = ""
    deadline_ms: float
    curl: str
    process: int
    log: str = ""
