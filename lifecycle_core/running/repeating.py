"""Two runs of one pipeline compared: the evidence that a retrained model can be rebuilt.

There are no stored outputs to compare with, as a notebook has: the second run begins with nothing
of the first, in an empty store and with another hash seed, and every variable that a step gives
must have the same digest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.schema.reproduction import (
    CellResult,
    CellStatus,
    InputFile,
    Reproduction,
    Run,
    RunExit,
    VariableResult,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lifecycle_core.schema.pipeline import Pipeline, Step, StepOutput
    from lifecycle_core.schema.pipeline_run import PipelineRun, StepRun
    from lifecycle_core.schema.reproduction import EnvironmentFacts


def compare_runs(
    pipeline: Pipeline,
    runs: Sequence[tuple[PipelineRun, int]],
    *,
    read: Mapping[str, Mapping[str, str]],
    labels: Mapping[int, str],
    environment: EnvironmentFacts,
    threads: int,
    final: CellResult | None = None,
) -> Reproduction:
    """Return what two runs say about each other, over the notebook's cells.

    Args:
        pipeline: That was run.
        runs: Two runs, each with the hash seed of its processes.
        read: By step, the digests of the files that the first run read.
        labels: First line of each code cell, by its index; may be empty.
        environment: Where they took place.
        threads: Threads that numerical libraries were allowed.
        final: What a second finalization says about the first.

    Returns:
        A record in which each cell of a step has the step's result, its last one the variables.
        The verdict is `identical`, `different`, or `failed` where the second run did not end.
    """
    (first, _), (second, _) = runs
    again = {step.name: step for step in second.steps}
    cells = [
        cell
        for step, made in zip(pipeline.steps, first.steps, strict=True)
        for cell in _cells(step, made, again[step.name], labels)
    ]
    cells = sorted([*cells, *([final] if final else [])], key=lambda cell: cell.index)
    statuses = {cell.status for cell in cells}
    failed = bool(statuses & {"failed", "not_run"})
    same = not failed and "different" not in statuses
    return Reproduction(
        notebook=pipeline.notebook.rpartition("/")[2],
        source_digest=pipeline.source_digest,
        verdict="identical" if same else "failed" if failed else "different",
        reproducible=same,
        rtol=0.0,
        cells=tuple(cells),
        inputs=_inputs(pipeline, read),
        environment=environment,
        runs=tuple(_run(run, seed, threads) for run, seed in runs),
    )


def _cells(
    step: Step, first: StepRun, second: StepRun, labels: Mapping[int, str]
) -> Iterator[CellResult]:
    variables = tuple(_variables(first, second))
    status: CellStatus = "identical"
    detail = ""
    if second.status in {"failed", "not_run"}:
        status = "failed" if second.status == "failed" else "not_run"
        detail = second.error
    elif differing := [one.name for one in variables if one.status == "different"]:
        status = "different"
        detail = f"the second run gives {', '.join(differing)} otherwise"
    for index in step.cells:
        last = index == step.cells[-1]
        yield CellResult(
            index=index,
            label=labels.get(index, f"step {step.name}"),
            status=status,
            agree=status == "identical",
            variables=variables if last else (),
            detail=detail if last else "",
        )


def _variables(first: StepRun, second: StepRun) -> Iterator[VariableResult]:
    again = {output.name: output for output in second.outputs}
    for output in first.outputs:
        status, note = _same(output, again.get(output.name))
        yield VariableResult(
            name=output.name, status=status, type=output.type, digest=output.digest, note=note
        )


def _same(one: StepOutput, other: StepOutput | None) -> tuple[CellStatus, str]:
    if other is None:
        return "not_run", ""
    if one.digest is None or other.digest is None:
        return "skipped", one.note or other.note
    if one.digest == other.digest:
        return "identical", one.note
    return "different", f"{one.digest[:19]} and {other.digest[:19]}"


def _inputs(pipeline: Pipeline, read: Mapping[str, Mapping[str, str]]) -> tuple[InputFile, ...]:
    cells = {step.name: step.cells for step in pipeline.steps}
    found: dict[str, tuple[str, list[int]]] = {}
    for step, files in read.items():
        for path, digest in files.items():
            found.setdefault(path, (digest, []))[1].extend(cells[step])
    return tuple(
        InputFile(path=path, digest=digest, cells=tuple(sorted(set(by))))
        for path, (digest, by) in sorted(found.items())
    )


def _run(run: PipelineRun, seed: int, threads: int) -> Run:
    failed = next((step for step in run.steps if step.status == "failed"), None)
    ended: RunExit = "error" if failed else "ok"
    return Run(
        seconds=run.seconds,
        hash_seed=seed,
        threads=threads,
        exit=ended,
        stopped_at=failed.cell if failed else None,
        message=failed.error if failed else "",
    )
