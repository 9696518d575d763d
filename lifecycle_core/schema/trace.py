"""What the store keeps about a step that ran: what its key was made of, and what it gave."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lifecycle_core.schema.base import Record
from lifecycle_core.schema.figure import Drawn
from lifecycle_core.schema.pipeline import Generator


class StoredValue(Record):
    """A value in the store.

    Attributes:
        name: The variable.
        identity: Equal for equal values: the digest of the value, or of its object's bytes where
            the value has none.
        digest: Of the value, as in a reproduction record; None if it has none.
        object: Name of the object that holds it: `sha256-` and 64 hexadecimal digits.
        type: Qualified name of its type.
        bytes: Size of the object.
        note: Why there is no digest, or what it leaves out.
        rows: Of a table; None for anything else.
        columns: Likewise.
        number: The value itself, if it is an int or a float.
    """

    name: str
    identity: str
    digest: str | None = None
    object: str
    type: str = ""
    bytes: int = Field(ge=0)
    note: str = ""
    rows: int | None = None
    columns: int | None = None
    number: float | None = None


class WrittenFile(Record):
    """A file that a step wrote; its content is an object in the store.

    Attributes:
        object: Name of the object; also the digest of the file's bytes. None if the step took the
            file away.
    """

    object: str | None
    bytes: int = 0


class Statement(Record):
    """One statement of a piece of code, without what stands inside its block.

    Attributes:
        digest: Of its normalised syntax and how deep it stands.
        line: In its file, from 1.
    """

    digest: str
    line: int


FOLDER = "."
"""Among the files of a trace: the notebook's folder, of which a result names the place."""


class Ingredients(Record):
    """What a step's key is made of, part by part, so that a change can be named.

    Attributes:
        code: By piece, such as `train` or `shared.clean`, its statements in order.
        inputs: By variable, its identity.
        sources: By variable, the step that it was taken from.
        parameters: By name, the value in words and its digest.
        generators: By global generator, the identity of the state it is in before the step.
        lock: Digest of the lock that the pipeline was proven with.
        policy: What the surroundings fix: Python, hash seed, seeds.
        checks: By variable, the digest of the contract that it must keep.
    """

    code: dict[str, tuple[Statement, ...]] = Field(default_factory=dict)
    inputs: dict[str, str] = Field(default_factory=dict)
    sources: dict[str, str] = Field(default_factory=dict)
    parameters: dict[str, tuple[str, str]] = Field(default_factory=dict)
    generators: dict[Generator, str] = Field(default_factory=dict)
    lock: str = ""
    policy: str = ""
    checks: dict[str, str] = Field(default_factory=dict)


class StepTrace(Record):
    """What a step read and gave when it ran with a key.

    It counts as long as every file in `files` and `loaded` has the same digest.

    Attributes:
        files: By path, the digest of a file that it read; `absent` if it was not there. The path
            is relative to the notebook's folder, POSIX, or absolute if it lies elsewhere. A path
            that ends in a slash is a folder that was listed, and the digest that of its names; `.`
            stands with the path of the notebook's folder, if an output names that.
        loaded: By path likewise, what its code read when it was loaded: files that modules read
            then, and modules that are not among the code of its key.
        outputs: In the order of the step's outputs.
        written: By path, the files that it left.
        generators: States of the global generators after it.
        printed: What it printed, cut.
        drawn: What it drew; pictures are in the store only.
        seconds: Wall time.
        cpu_seconds: Processor time of the process meanwhile.
        peak_bytes: Most memory that the process held meanwhile; None if not known.
        at: When it ended, UTC, ISO 8601.
    """

    schema_: Literal["nbrelease/step-trace/1"] = Field(
        default="nbrelease/step-trace/1", alias="schema"
    )
    step: str
    key: str
    files: dict[str, str] = Field(default_factory=dict)
    loaded: dict[str, str] = Field(default_factory=dict)
    outputs: tuple[StoredValue, ...] = ()
    written: dict[str, WrittenFile] = Field(default_factory=dict)
    generators: dict[Generator, StoredValue] = Field(default_factory=dict)
    printed: str = ""
    drawn: Drawn = Drawn()
    seconds: float = Field(default=0.0, ge=0)
    cpu_seconds: float = Field(default=0.0, ge=0)
    peak_bytes: int | None = None
    at: str = ""

    @property
    def seen(self) -> dict[str, str]:
        """All that it read, by path."""
        return {**self.loaded, **self.files}

    @property
    def bytes(self) -> int:
        """Size of its outputs in the store."""
        return sum(value.bytes for value in self.outputs)


class LastRun(Record):
    """How a step last ran, whatever its key was: what a stale step is compared with.

    Attributes:
        files: All that its trace says it read.
        written: Paths of the files that it left.
        left: By such a path, the digest of the file; `absent` if the step took it away.
    """

    schema_: Literal["nbrelease/last-run/1"] = Field(default="nbrelease/last-run/1", alias="schema")
    key: str
    ingredients: Ingredients
    files: dict[str, str] = Field(default_factory=dict)
    written: tuple[str, ...] = ()
    left: dict[str, str] = Field(default_factory=dict)
    seconds: float = Field(default=0.0, ge=0)
    bytes: int = Field(default=0, ge=0)
