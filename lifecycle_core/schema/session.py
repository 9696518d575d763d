"""A live session: its journal, and what it holds that a clean run of the notebook does not give."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lifecycle_core.schema.base import Record

VariableState = Literal["same", "differs", "only_live", "only_clean", "unknown"]
LostKind = Literal["deleted", "edited"]
VS_CODE_CELL = "vscode-notebook-cell:"
"""How VS Code's own address of a cell begins, which holds the notebook's path."""


class Executed(Record):
    """Code that the session ran, as often as it ran.

    Attributes:
        source: The cell's text as it was sent.
        cell_id: As the front end names the cell: nbformat's id, or an address of its own; None
            where it does not say, and for what ran before the journal began.
        count: The number in `In [3]`; None if the code did not count.
        ok: It did not raise.
        at: When it ended, in seconds since 1970; None if that is not known.
        defined: Variables that it defined or changed, as far as was seen.
    """

    source: str
    cell_id: str | None = None
    count: int | None = None
    ok: bool = True
    at: float | None = None
    defined: tuple[str, ...] = ()


class LiveVariable(Record):
    """A variable of the session: its type, a digest of its value, and why there is none."""

    type: str
    digest: str | None = None
    note: str = ""


class SessionJournal(Record):
    """What a live session did, and what it holds. No values: digests and sources only.

    Attributes:
        executed: In the order of execution; code that ran again stands where it ran last too.
        variables: By name, at the moment the journal was written.
        forgotten: Executions that no longer fit into the journal, the oldest ones.
        notes: What went wrong while the journal was kept, each in one line.
    """

    schema_: Literal["nbrelease/session/1"] = Field(default="nbrelease/session/1", alias="schema")
    executed: tuple[Executed, ...] = ()
    variables: dict[str, LiveVariable] = Field(default_factory=dict)
    forgotten: int = Field(default=0, ge=0)
    notes: tuple[str, ...] = ()


class ComparedVariable(Record):
    """One variable of the session beside the same name at the end of the clean run.

    Attributes:
        status: `only_live` if a clean run does not have it, `only_clean` if the session does not,
            `unknown` if one of the two has no digest or its cell did not run.
        type: In the session, or in the clean run if it is only there.
        note: In one line, what can be said beyond the status.
        lost: The count of executed code that is no longer in the notebook and defined it; None if
            the notebook still holds its code.
    """

    name: str
    status: VariableState
    type: str = ""
    note: str = ""
    lost: int | None = None


class LostSource(Record):
    """Code that the session ran and that the saved notebook no longer holds.

    Attributes:
        kind: `deleted` if its cell is gone, `edited` if the cell now says something else.
        count: The number in `In [3]`, by which the report gives the source back.
        cell: Index in the file of the edited cell; None for a deleted one.
        after: Index of the cell that ran last before it, of those in the file; None if none did.
        before: Index of the cell that ran first after it, of those in the file.
        at: Index in the file at which the code would stand: an edited cell is replaced there, a
            deleted one inserted.
        defined: Live variables that stem from it: no code of the notebook set them afterwards.
        ok: It did not raise when it ran.
    """

    kind: LostKind
    source: str
    count: int | None = None
    cell: int | None = None
    after: int | None = None
    before: int | None = None
    at: int = Field(ge=0)
    defined: tuple[str, ...] = ()
    ok: bool = True


class SessionComparison(Record):
    """The live session beside a clean run.

    Attributes:
        variables: Those that are not the same, then the others, each by name.
        sources: Executed code that is no longer in the notebook, in the order of execution.
        unsaved: The session ran something that the saved file does not hold yet.
        note: What is not saved, or why something could not be compared; one or two sentences.
        forgotten: Executions the journal had no room for.
    """

    variables: tuple[ComparedVariable, ...] = ()
    sources: tuple[LostSource, ...] = ()
    unsaved: bool = False
    note: str = ""
    forgotten: int = Field(default=0, ge=0)
