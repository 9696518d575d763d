"""The reproduction record: a clean run of a notebook compared with its stored outputs."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lifecycle_core.schema.base import Record
from lifecycle_core.schema.session import SessionComparison

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


Factor = Literal[
    "seed", "hash_seed", "threads", "clock", "network", "order", "repetition", "history", "data",
    "environment", "same_folder", "schedule", "own_files",
]  # fmt: skip


class VariableResult(Record):
    """How one variable, which a cell defined or changed, compares between two clean runs.

    In a record made from a live session the second side is the session's own variable.

    Attributes:
        status: `identical`, `different`, or `skipped` if it has no digest.
        type: Its type, such as `pandas.DataFrame`.
        digest: Of its value after the cell in the first clean run; None if it has none.
        note: Why it has no digest, or in which way it differs, in one line.
    """

    name: str
    status: CellStatus
    type: str = ""
    digest: str | None = None
    note: str = ""


class GeneratorResult(Record):
    """How a cell moved a random generator that all code shares, in two clean runs.

    Attributes:
        name: Of its library: `random`, `numpy` or `torch`.
        status: `different` if the cell left it at another state in the second run, which seeding
            it would have prevented; else `identical`.
        before: Digest of its state before the cell in the first clean run that moved it.
        after: Digest of its state after the cell, likewise.
        note: In which way it differs, in one line, or empty.
    """

    name: str
    status: Literal["identical", "different"]
    before: str
    after: str
    note: str = ""


class CellResult(Record):
    """How one code cell of the source notebook compares.

    Attributes:
        index: Position among all cells of the source file, from 0.
        label: The first line of code, cut to 60 characters.
        status: A step of the ladder, best first as in `CellStatus`.
        normalisers: Names of the normalisers that were needed, in the order of use.
        max_rel_error: Largest relative difference between two numbers; only for `tolerance`.
        seconds: Wall time of the cell in the clean run.
        agree: Whether all clean runs gave the same outputs; None if there was only one.
        variables: Those that the cell defined or changed.
        generators: The shared random generators that it moved.
        detail: The first difference or the error, in one line of plain text.
        stored: The stored output's text where it differs, cut to 2,000 characters.
        fresh: The clean run's output's text where it differs, cut likewise.
        stored_png: The stored image in base64, where it is images that differ and neither is
            larger than 200,000 characters.
        fresh_png: The clean run's image, likewise.
    """

    index: int = Field(ge=0)
    label: str
    status: CellStatus
    normalisers: tuple[str, ...] = ()
    max_rel_error: float | None = None
    agree: bool | None = None
    variables: tuple[VariableResult, ...] = ()
    generators: tuple[GeneratorResult, ...] = ()
    seconds: float | None = Field(default=None, ge=0)
    detail: str = ""
    stored: str = ""
    fresh: str = ""
    stored_png: str | None = None
    fresh_png: str | None = None


class Cause(Record):
    """Why a cell differs, and how that is known.

    Attributes:
        cell: Index of the cell the cause sits in, or None where it is outside the notebook.
        line: Line within that cell, from 1.
        source: The source line, cut to 120 characters, or empty.
        explains: Index of the cell that it was found to spoil, which often stands below the one it
            sits in; None if that is no cell, or the record is older than this field.
        trial: Position in the record's trials of the one that shows it, or None.
        confidence: In [0, 1].
    """

    kind: CauseKind
    cell: int | None = None
    line: int | None = None
    source: str = ""
    names: tuple[str, ...] = ()
    evidence: str
    hint: str
    shown_by: Literal["intervention", "observation", "static"]
    confidence: float = Field(ge=0, le=1)
    explains: int | None = None
    trial: int | None = Field(default=None, ge=0)


class Trial(Record):
    """A further clean run in which one thing or several were held still, to see what they do.

    Attributes:
        factors: What was changed: `seed` all random numbers, `hash_seed` strings hash as in
            the run it is compared with, `threads` one thread, `clock` a clock that stands,
            `network` refused, `order` cells in the order of their stored counts, `repetition` a
            cell run again, `history` deleted or edited source put back, `data` or `environment`
            as recorded, `same_folder` the folder as an earlier run left it, `schedule` threads
            held up at random, `own_files` the folder without files that the notebook writes.
        cell: Index of the cell that was looked at.
        agrees: Whether that made the cell agree.
        against: What it was compared with.
    """

    factors: tuple[Factor, ...]
    cell: int
    agrees: bool
    against: Literal["stored", "clean_run", "trial"]
    seconds: float = Field(ge=0)


class Unshown(Record):
    """What clean runs left otherwise in one cell though its outputs agree.

    Attributes:
        cell: Index of the cell; None for files of which no cell is known to have written them.
        names: Its variables that differ.
        files: The files that it wrote last and whose bytes differ, relative as in `InputFile`.
        kind: What the recorder saw that may be why, if it saw one such thing only.
        what: That in words of the code, such as `numpy.random.default_rng`; `at` is the cell and
            `line` the line, from 1.
    """

    cell: int | None = None
    names: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    kind: CauseKind | None = None
    what: str = ""
    at: int | None = None
    line: int | None = None


class InputFile(Record):
    """A file that the notebook read or wrote.

    Attributes:
        path: Relative to the notebook's folder where the file lies in the project.
        digest: `sha256:` and 64 hexadecimal digits.
        cells: Indexes of the cells that read or wrote it.
    """

    path: str
    digest: str
    cells: tuple[int, ...] = ()


class EnvironmentFacts(Record):
    """Where the run took place.

    Attributes:
        lock: Digest of the lock's text.
        kind: `current`, that of nbrelease itself, or `locked`, one made from the lock.
    """

    python: str
    lock: str
    platform: str
    kind: Literal["current", "locked"] = "current"


class Run(Record):
    """One clean run.

    Attributes:
        seconds: Wall time, from the kernel's start to its end.
        hash_seed: PYTHONHASHSEED of the kernel.
        threads: Threads that numerical libraries were allowed.
        exit: How the run ended.
        stopped_at: Index of the cell at which it ended early, or None.
        message: The error in one line of plain text; of a run that ended well, what of it could
            not be recorded; or empty.
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

    Attributes:
        inputs: Files of the project that the notebook read before it wrote them.
        written: Files of the project that the notebook wrote, as the first run left them.
        runs: The clean runs that were compared.
        trials: Further runs that looked for the cause.
        unshown: What the clean runs left otherwise though all outputs agree; the verdict is on
            outputs and does not count it.
        reference: What the clean runs were compared with: what is `stored`, or the first of them,
            where the notebook was saved without outputs.
        session: The live session beside the clean run, if one asked.
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
    written: tuple[InputFile, ...] = ()
    environment: EnvironmentFacts
    runs: tuple[Run, ...]
    trials: tuple[Trial, ...] = ()
    unshown: tuple[Unshown, ...] = ()
    reference: Literal["stored", "clean_run"] = "stored"
    session: SessionComparison | None = None
