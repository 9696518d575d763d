"""The pipeline record: the steps that a notebook was compiled into, and the proof of equality."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from lifecycle_core.schema.base import Record

Generator = Literal["random", "numpy", "torch"]


class Parameter(Record):
    """A value that `run(**parameters)` takes.

    Attributes:
        type: As written in the signature, such as `int`; `Any` where it is not known.
        default: The value in the notebook's `parameters` cell, as JSON holds it.
    """

    name: str
    type: str
    default: Any = None


class StepInput(Record):
    """A variable that a step takes from an earlier one.

    Attributes:
        name: The variable.
        step: Name of the step that made the version which is taken.
    """

    name: str
    step: str


class StepOutput(Record):
    """A variable that a step gives.

    Attributes:
        type: Qualified name of its type in the notebook's own clean run.
        digest: Of its value in that run after the step's last cell; None if it has none.
        note: Why there is no digest, or why it cannot be compared; empty if it was compared.
    """

    name: str
    type: str = ""
    digest: str | None = None
    note: str = ""


class Fusion(Record):
    """Why cells that could have been apart are one step.

    Attributes:
        cells: Indexes in the notebook, in order.
        names: The variables on account of which.
        reason: One sentence.
    """

    cells: tuple[int, ...]
    names: tuple[str, ...] = ()
    reason: str


class Step(Record):
    """One step: a module of the same name in the package, with a function of the same name.

    Attributes:
        name: A Python identifier.
        title: What people call it: the heading above its cells, or made from its name.
        cells: Indexes among all cells of the notebook, in order.
        parameters: Those of the pipeline's parameters that it takes, by keyword.
        inputs: In the order of the function's positional parameters.
        outputs: In the order of the fields of the named tuple that the function returns; an empty
            tuple if it returns None.
        after: Earlier steps that must have run before, though no variable is taken from them:
            state of a generator, or a file, comes from there.
        reads: Files below the notebook's folder that it read in the notebook's own run, POSIX paths
            relative to that folder; `..` where they lie beside it.
        writes: Files that it wrote, likewise.
        generators: Global random generators that it draws from or seeds.
        fused: Why some of its cells are not apart.
        lines: Where the module's statements come from: `12:4.1 13:4.2` says that line 12 of the
            module is line 1 of cell 4, and so on, by the first lines of statements.
    """

    name: str
    title: str = ""
    cells: tuple[int, ...] = ()
    parameters: tuple[str, ...] = ()
    inputs: tuple[StepInput, ...] = ()
    outputs: tuple[StepOutput, ...] = ()
    after: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    generators: tuple[Generator, ...] = ()
    fused: tuple[Fusion, ...] = ()
    lines: str = ""


class Finalize(Record):
    """The `%finalize` line of the notebook: which variables the final model is chosen from.

    Attributes:
        release: The release file's text, as the `%%release` cell held it; empty without one.
        release_name: The name on that cell's first line, or empty.
    """

    candidates: str
    X: str
    y: str
    holdout: tuple[str, str] | None = None
    folds: int = 5
    seed: int = 0
    release: str = ""
    release_name: str = ""


class Difference(Record):
    """How far a variable of the pipeline is from the notebook's, where they are not the same.

    Attributes:
        max_rel_error: Largest relative difference of two numbers.
        where: Of the numbers, such as `coef_[0][2]`; empty if the variable is one number.
    """

    max_rel_error: float = Field(ge=0)
    where: str = ""


class Proof(Record):
    """That the compiled pipeline gives what the notebook gives.

    Attributes:
        verdict: `identical`: every variable compared has the notebook's digest; `tolerance`: some
            numbers differ by at most `rtol`, relatively.
        within: By `STEP.VARIABLE`, those that do.
        compared: How many versions of variables were compared, over all steps.
        not_compared: Those with no digest, or that two clean runs of the notebook itself gave
            differently, with the reason.
        lock: Digest of the lock of what the notebook loaded.
        python: Version of Python it was proven with.
    """

    verdict: Literal["identical", "tolerance"]
    rtol: float = 0.0
    within: dict[str, Difference] = Field(default_factory=dict)
    compared: int = Field(ge=0)
    not_compared: dict[str, str] = Field(default_factory=dict)
    lock: str = ""
    python: str = ""

    @property
    def words(self) -> str:
        """What was proven, as a word or three."""
        return "identical" if self.verdict == "identical" else f"equal within {self.rtol:g}"


class Pipeline(Record):
    """A pipeline as `pipeline.yaml` in its package holds it.

    Attributes:
        name: Also the package's name below `pipelines`; a Python identifier.
        notebook: The notebook's path relative to the package's folder, POSIX.
        source_digest: Of the notebook, as in its reproduction record.
        steps: In the notebook's order, which is one that respects every input and `after`.
        exported: By variable, the step that makes its last version: what `run` returns.
        files: Digests of the generated regions of the package's files, by file name.
    """

    schema_: Literal["nbrelease/pipeline/1"] = Field(default="nbrelease/pipeline/1", alias="schema")
    name: str
    notebook: str
    source_digest: str
    parameters: tuple[Parameter, ...] = ()
    steps: tuple[Step, ...]
    exported: dict[str, str] = Field(default_factory=dict)
    finalize: Finalize | None = None
    files: dict[str, str] = Field(default_factory=dict)
    proof: Proof | None = None


class Refusal(Record):
    """Why a notebook was not compiled.

    Attributes:
        cells: Those concerned; empty if it is the notebook as a whole.
        line: In the first of them, from 1.
        reason: One sentence: what was met.
        hint: What to do about it.
        diff: Where a file was changed by hand: from what is there to what would be written.
    """

    cells: tuple[int, ...] = ()
    line: int | None = None
    names: tuple[str, ...] = ()
    reason: str
    hint: str = ""
    diff: str = ""


class Compilation(Record):
    """What came of compiling a notebook.

    Attributes:
        compiled: Whether the package was written and is proven equal.
        proposed: Steps are proposed only: nothing was proven or written.
        path: The package's folder, as the caller would name it; empty if refused.
        pipeline: The steps; of a refused notebook as far as they were found.
        refusals: Why not.
        written: Files written or changed, relative to the package's folder.
        next: What to do now.
    """

    schema_: Literal["nbrelease/compilation/1"] = Field(
        default="nbrelease/compilation/1", alias="schema"
    )
    notebook: str
    name: str
    compiled: bool
    proposed: bool = False
    path: str = ""
    pipeline: Pipeline | None = None
    refusals: tuple[Refusal, ...] = ()
    written: tuple[str, ...] = ()
    next: str = ""
