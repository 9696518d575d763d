"""The release can be rebuilt from versioned inputs in a clean, locked environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.promoting.checkpoints.base import Checkpoint, Finding, listed

if TYPE_CHECKING:
    from lifecycle_core.schema.checkpoint import Evidence
    from lifecycle_core.schema.reproduction import Reproduction

_REPRODUCTION = "evidence/reproduction.json"
_ENVIRONMENT = "environment/environment.json"
_LOCK = "environment/lock.txt"
_PIPELINE = "pipeline/pipeline.yaml"
_BAD = {"different", "failed", "not_run"}


def judge(evidence: Evidence) -> Finding:
    """Look at the verdict first, then at the lock and the digests of what was read."""
    if (reproduction := evidence.reproduction) is None:
        why = "The notebook was not run clean and compared."
        return Finding("missing", why, (), "Run `nbrelease run NOTEBOOK`.")
    if not reproduction.reproducible:
        return _refused(reproduction)
    shown = (_REPRODUCTION, _ENVIRONMENT)
    if not reproduction.environment.lock:
        why = f"The verdict is {reproduction.verdict}, but the environment was not locked."
        return Finding("missing", why, shown, "Run `nbrelease run NOTEBOOK` again.")
    if loose := [found.path for found in reproduction.inputs if not found.digest]:
        why = f"{len(loose)} of {len(reproduction.inputs)} inputs have no digest: {listed(loose)}."
        return Finding("missing", why, shown, "Keep these inputs as files beside the notebook.")
    inputs, place = len(reproduction.inputs), reproduction.environment
    skipped = sum(cell.status == "skipped" for cell in reproduction.cells)
    left_out = f" that were compared ({skipped} were not)" if skipped else ""
    again = evidence.lineage is not None
    by_pipeline = evidence.lineage is not None and evidence.lineage.pipeline
    what = "second run of the pipeline" if by_pipeline else "second run" if again else "clean run"
    proven, record = _compiled(evidence)
    return Finding(
        "pass",
        f"The {what} is {reproduction.verdict} in all {len(reproduction.cells) - skipped} "
        f"code cells{left_out}, with {inputs} input file{'' if inputs == 1 else 's'} by digest, "
        f"on Python {place.python} ({place.platform}), lock {place.lock[:19]}{proven}.",
        (*shown, _LOCK, *record),
    )


def _compiled(evidence: Evidence) -> tuple[str, tuple[str, ...]]:
    """Return what the compiled pipeline adds, and where its record is."""
    pipeline = evidence.pipeline
    if pipeline is None or pipeline.proof is None:
        return "", ()
    proof = pipeline.proof
    said = f"; pipeline {pipeline.name} is proven {proof.words} in {proof.compared} variables"
    return said, (_PIPELINE,)


def _refused(reproduction: Reproduction) -> Finding:
    bad = [cell for cell in reproduction.cells if cell.status in _BAD]
    why = f"The clean run is {reproduction.verdict}"
    if bad:
        first = bad[0]
        why += f": {len(bad)} of {len(reproduction.cells)} code cells, first cell {first.index}"
        why += f" `{first.label}` ({first.status.replace('_', ' ')})"
    elif error := next((run.message for run in reproduction.runs[-1:] if run.exit != "ok"), ""):
        why += f": {error.rstrip('.')}"
    cause = reproduction.causes[0] if reproduction.causes else None
    if cause:
        why += f"; cause: {cause.kind.replace('_', ' ')}"
    then = "Run `nbrelease reproduce NOTEBOOK`, then run all cells from the top and save."
    return Finding("fail", f"{why}.", (_REPRODUCTION,), cause.hint if cause else then)


REPRODUCIBLE = Checkpoint("reproducible", "The release can be rebuilt without hidden steps", judge)
