"""The reproduction record: a clean run of a notebook compared with its stored outputs."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lifecycle_core.schema.base import Record

CellStatus = Literal[
    "identical", "cosmetic", "tolerance", "different", "failed", "not_run", "skipped"
]
Verdict = Literal["identical", "cosmetic", "tolerance", "different", "failed", "incomplete"]
RunExit = Literal["ok", "error", "killed", "timeout", "exited"]
CauseKind = Literal[
    "unseeded_random", "hash_order", "thread_order", "clock", "network", "undefined_name",
    "deleted_cell", "edited_after_run", "out_of_order", "missing_module", "environment_drift",
    "missing_data", "changed_data", "absolute_path", "self_modifying_input", "interactive_input",
    "kernel_died", "early_exit", "timeout", "unexplained",
]  # fmt: skip


class VariableResult(Record):
    """How one variable of a cell compares."""

    name: str
    status: CellStatus


class CellResult(Record):
    """How one code cell of the source notebook compares.

    Attributes:
        index: Position among all cells of the source file, from 0.
        label: The first line of code, cut to 60 characters.
        status: A step of the ladder, best first as in `CellStatus`.
        normalisers: Names of the normalisers that were needed, in the order of use.
        max_rel_error: Largest relative difference between two numbers; only for `tolerance`.
        seconds: Wall time of the cell in the clean run.
        detail: The first difference or the error, in one line of plain text.
        stored: The stored output's text where it differs, cut to 2,000 characters.
        fresh: The clean run's output's text where it differs, cut likewise.
    """

    index: int = Field(ge=0)
    label: str
    status: CellStatus
    normalisers: tuple[str, ...] = ()
    max_rel_error: float | None = None
    variables: tuple[VariableResult, ...] = ()
    seconds: float | None = Field(default=None, ge=0)
    detail: str = ""
    stored: str = ""
    fresh: str = ""


class Cause(Record):
    """Why a cell differs, and how that is known.

    Attributes:
        cell: Index of the cell the cause sits in, or None where it is outside the notebook.
        line: Line within that cell, from 1.
        confidence: In [0, 1].
    """

    kind: CauseKind
    cell: int | None = None
    line: int | None = None
    names: tuple[str, ...] = ()
    evidence: str
    hint: str
    shown_by: Literal["intervention", "observation", "static"]
    confidence: float = Field(ge=0, le=1)


class InputFile(Record):
    """A file that the notebook read.

    Attributes:
        path: Relative to the notebook's folder where the file lies in the project.
        digest: `sha256:` and 64 hexadecimal digits.
        cells: Indexes of the cells that read it.
    """

    path: str
    digest: str
    cells: tuple[int, ...] = ()


class EnvironmentFacts(Record):
    """Where the run took place. `lock` is the digest of the lock text."""

    python: str
    lock: str
    platform: str


class Run(Record):
    """One clean run.

    Attributes:
        seconds: Wall time, from the kernel's start to its end.
        hash_seed: PYTHONHASHSEED of the kernel.
        threads: Threads that numerical libraries were allowed.
        exit: How the run ended.
        stopped_at: Index of the cell at which it ended early, or None.
        message: The error in one line of plain text, or empty.
    """

    seconds: float = Field(ge=0)
    hash_seed: int
    threads: int
    exit: RunExit
    stopped_at: int | None = None
    message: str = ""


class Reproduction(Record):
    """The verdict on a notebook, cell by cell.

    `reproducible` holds for the first three verdicts.
    """

    schema_: Literal["nbrelease/reproduction/1"] = Field(
        default="nbrelease/reproduction/1", alias="schema"
    )
    notebook: str
    source_digest: str
    verdict: Verdict
    reproducible: bool
    rtol: float = Field(ge=0, lt=1)
    cells: tuple[CellResult, ...]
    causes: tuple[Cause, ...] = ()
    inputs: tuple[InputFile, ...] = ()
    environment: EnvironmentFacts
    runs: tuple[Run, ...]
