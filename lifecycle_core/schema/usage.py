"""What answering took, and what was not answered: one row for each interval and version."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lifecycle_core.schema.base import Record


class RefusedField(Record):
    """How often one rule of the contract was broken by one field.

    Attributes:
        field: Name of the column; empty for names that the contract does not know, since a client
            chooses those.
        rule: The contract's rule.
        fields: How many fields of refused rows broke it.
    """

    field: str
    rule: str
    fields: int = Field(ge=0)


class Usage(Record):
    """What one version did in an interval of a service, or in a run of batch scoring.

    It holds counts and no value of any row, so it says nothing of a person.

    Attributes:
        id: UUID version 7, in lower case with hyphens; of a run a digest of the run's id, so that
            one that is done again counts once.
        time: When the interval ended, in UTC, ISO 8601 with microseconds.
        since: When it began, likewise.
        release: Name of the release.
        version: Version that answered, from 1. What several versions of one process spent is shared
            out by their rows.
        source: What answered.
        who: Id of the service, new with each start, or of the run.
        answered: Rows that got a decision, also from a fallback.
        refused: Rows without an answer because of what was sent, by cause: `contract` (in a run all
            rows without a score, also where the declared fallback decides), or
            `unreadable`, `too_large`, `wrong_kind`, `rate`, `unauthorized`, where a request counts
            as one row, since its rows are not known.
        refused_fields: What broke the contract.
        errors: Rows without an answer for another reason, by cause.
        cpu_seconds: Processor time; None where the work was done on other machines.
        peak_bytes: Most resident memory of the process in the interval; None where the system does
            not tell, or the work was done on other machines.
        wall_seconds: How long the interval was.
    """

    schema_: Literal["nbrelease/usage/1"] = Field(default="nbrelease/usage/1", alias="schema")
    id: str
    time: str
    since: str
    release: str
    version: int = Field(ge=1, lt=1 << 31)
    source: Literal["service", "batch"]
    who: str
    answered: int = Field(default=0, ge=0)
    refused: dict[str, int] = {}
    refused_fields: tuple[RefusedField, ...] = ()
    errors: dict[str, int] = {}
    cpu_seconds: float | None = Field(default=None, ge=0)
    peak_bytes: int | None = Field(default=None, ge=0)
    wall_seconds: float = Field(ge=0)
