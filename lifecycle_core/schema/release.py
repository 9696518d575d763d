"""Releases and the ledger of what happened to them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lifecycle_core.schema.base import Record

Alias = Literal["candidate", "challenger", "champion"]
ALIASES: tuple[Alias, ...] = ("candidate", "challenger", "champion")
CHAMPION: Alias = "champion"
Action = Literal["promote", "rollback", "start", "stop"]
EXPERIMENT = "experiment"
"""The chain of events that start and stop experiments stands beside those of the aliases."""


class Release(Record):
    """A registered bundle.

    Attributes:
        version: Number given by the registry, from 1, never used twice.
        bundle_digest: What was registered, `sha256:` and 64 hexadecimal digits.
        created: ISO 8601 in UTC.
        aliases: The aliases that point at it, by the ledger.
        retrained_from: Version that it was retrained from; None if a notebook was released.
        standing: How it stood beside that version; empty if it was not compared.
    """

    schema_: Literal["nbrelease/release/1"] = Field(default="nbrelease/release/1", alias="schema")
    name: str
    version: int = Field(ge=1)
    bundle_digest: str
    created: str
    verdict: str = ""
    aliases: tuple[str, ...] = ()
    retrained_from: int | None = Field(default=None, ge=1)
    standing: str = ""


class LedgerEvent(Record):
    """One line of the ledger.

    Attributes:
        seq: Position in the ledger, from 1, given by the registry.
        event_id: Made by the writer before the call, so that an unknown outcome can be looked up.
        expected_seq: `seq` of the last valid event for this alias as the writer saw it; 0 if none.
        seen_seq: The newest `seq` in the whole ledger as the writer saw it; 0 if none.
        alias: Whose chain it belongs to: an alias, or `experiment`.
        target_version: The release version that the alias shall point at, or that is tried out.
        evidence_digest: Digest of the checkpoint results that it was decided on, or of an
            experiment's plan.
        record: What was frozen with it, as JSON; empty for a move of an alias.
        actor_proof: How the actor is known, such as `os-user` (self-declared).
        at: ISO 8601 in UTC.
        prev_hash: Hash of the event at `expected_seq`; empty if none.
        hash: Digest of all the other fields but `seq`, as the writer made it.
    """

    schema_: Literal["nbrelease/ledger-event/1"] = Field(
        default="nbrelease/ledger-event/1", alias="schema"
    )
    seq: int = Field(default=0, ge=0)
    event_id: str
    action: Action
    release: str
    alias: str
    expected_seq: int = Field(ge=0)
    seen_seq: int = Field(default=0, ge=0)
    target_version: int = Field(ge=1)
    bundle_digest: str
    evidence_digest: str = ""
    actor: str
    actor_proof: str
    reason: str = ""
    record: str = ""
    at: str
    prev_hash: str = ""
    hash: str = ""


class Entry(Record):
    """An event and what replay made of it.

    Attributes:
        valid: It counted; False for the loser of a race and for a broken chain.
        note: Why it did not count, else empty.
    """

    event: LedgerEvent
    valid: bool
    note: str = ""


class Head(Record):
    """Where an alias points: the last valid event for it."""

    alias: str
    seq: int
    version: int
    bundle_digest: str
    hash: str


class History(Record):
    """The replayed ledger of one release name.

    Attributes:
        heads: Where each alias points.
        experiment: The last event that started or stopped an experiment; None if there was none.
        notes: What is wrong with the ledger as a whole, such as events that are gone.
        broken: By alias, why its newest events do not count though they lost no race: the ledger
            was changed. The alias is not to be trusted until it is promoted or rolled back again.
    """

    schema_: Literal["nbrelease/history/1"] = Field(default="nbrelease/history/1", alias="schema")
    release: str
    entries: tuple[Entry, ...] = ()
    heads: dict[str, Head] = {}
    experiment: Head | None = None
    notes: tuple[str, ...] = ()
    broken: dict[str, str] = {}


class Status(Record):
    """All versions of one release name and where its aliases point."""

    schema_: Literal["nbrelease/status/1"] = Field(default="nbrelease/status/1", alias="schema")
    name: str
    releases: tuple[Release, ...] = ()
    heads: dict[str, Head] = {}


class Releases(Record):
    """Every release name in a registry."""

    schema_: Literal["nbrelease/releases/1"] = Field(default="nbrelease/releases/1", alias="schema")
    registry: str
    names: tuple[Status, ...] = ()


class ScoreSummary(Record):
    """What a scoring run wrote.

    Attributes:
        rows: Rows scored; `acted_on` of them were decided to be acted on.
        unscored: Rows without a score, for which the fallback applies: they broke a rule of the
            contract, or their score was no number.
        output: The table that was written: a path or an address, without a password.
        rejects: Path of the table of the rows without a score, each with the reason; empty if none
            was written.
        run: Id of the run: the same table scored by the same release into the same place is the
            same run, unless somebody named it.
        resumed: Rows whose score was known from an earlier start of the same run.
        dead_letters: Path of the table of rows that the receiver refused; empty if it took all.
        refused: How many those are.
        logged: Rows of the run in the prediction log; None if they were not to be there.
    """

    schema_: Literal["nbrelease/score/1"] = Field(default="nbrelease/score/1", alias="schema")
    release: str
    version: int = Field(ge=1)
    bundle_digest: str
    rows: int = Field(ge=0)
    acted_on: int | None = None
    unscored: int = Field(default=0, ge=0)
    seconds: float = Field(ge=0)
    output: str
    rejects: str = ""
    run: str = ""
    resumed: int = Field(default=0, ge=0)
    dead_letters: str = ""
    refused: int = Field(default=0, ge=0)
    logged: int | None = None
