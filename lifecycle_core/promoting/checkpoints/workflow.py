"""The output fits daily work: declared, and rehearsed with the saved model in another process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.promoting.checkpoints.base import RELEASE, Checkpoint, Finding, declare, listed
from lifecycle_core.schema.serving import ServingSection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.schema.checkpoint import Evidence, Rehearsal

_REHEARSAL = "evidence/rehearsal.json"
_DECLARED = (
    "destination", "next_step", "recipient", "schedule", "rows_per_run", "deadline_seconds",
    "when_late", "when_missing",
)  # fmt: skip


def judge(evidence: Evidence) -> Finding:
    """Ask for the declarations first, those of the service too, then for a rehearsal of them."""
    workflow = evidence.release_file.workflow
    absent = [name for name in _DECLARED if _blank(getattr(workflow, name))]
    if absent:
        why = (
            f"{len(absent)} of {len(_DECLARED)} fields are not declared: {listed(absent, most=8)}."
        )
        return Finding("missing", why, next=declare(absent, "workflow"))
    serving = evidence.release_file.serving
    if serving != ServingSection() and not serving.fallback:
        why = "`serving` declares how single requests are answered, and no fallback."
        return Finding("missing", why, next=declare(["fallback"], "serving"))
    if (rehearsal := evidence.rehearsal) is None:
        return Finding(
            "missing",
            "All 8 fields are declared, but scoring was not rehearsed.",
            next="Run `nbrelease run NOTEBOOK`; it rehearses with the rows that %finalize kept.",
        )
    uses = [fallback.use for fallback in serving.fallback]
    return _judge_rehearsal(rehearsal, uses, deadline=workflow.deadline_seconds or 0.0)


def _judge_rehearsal(rehearsal: Rehearsal, uses: Sequence[str], *, deadline: float) -> Finding:
    shown = (RELEASE, _REHEARSAL)
    if rehearsal.rows == 0:
        why = "The rehearsal scored no rows, so it shows nothing."
        return Finding("fail", why, shown, "Give %finalize a training frame with rows.")
    if rehearsal.mismatches:
        return Finding(
            "fail",
            f"{rehearsal.mismatches:,} of {rehearsal.rows:,} rehearsed rows were decided otherwise "
            "than in the notebook.",
            shown,
            "Look for state outside the model (global variables, a random step in predict), then "
            "run `nbrelease run NOTEBOOK` again.",
        )
    if rehearsal.projected_seconds > deadline:
        return Finding(
            "fail",
            f"A run of {rehearsal.rows_per_run:,} rows takes {rehearsal.projected_seconds:,.1f} s "
            f"by the rehearsal, the deadline is {deadline:,.1f} s.",
            shown,
            "Raise `deadline_seconds` under `workflow:`, or finalize a faster model.",
        )
    if not rehearsal.fallback_ok:
        return Finding(
            "fail",
            f"Not every one of {rehearsal.fallback_rows:,} rows without usable features was named "
            "as unscored.",
            shown,
            "Make the features it needs required in the contract, then run again.",
        )
    singly = f"; fallbacks of single requests: {', '.join(uses)}" if uses else ""
    return Finding(
        "pass",
        f"8 of 8 fields are declared; {rehearsal.rows:,} rehearsed rows gave 0 mismatches, a run "
        f"of {rehearsal.rows_per_run:,} rows takes {rehearsal.projected_seconds:,.1f} of "
        f"{deadline:,.1f} s, and {rehearsal.fallback_rows:,} unusable rows were named as unscored"
        f"{singly}.",
        shown,
    )


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


WORKFLOW = Checkpoint("workflow", "The output fits daily work", judge)
