"""An experiment as it was frozen: who is compared, by which rule, and how it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.rows import facts, mark, title
from lifecycle_core.adapters.rendering.words import moment, plan_facts, short_digest

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.experiment import BalanceCheck, ExperimentStatus


def values(record: ExperimentStatus) -> dict[str, Any]:
    """Add its state, the plan and the check before the start in words."""
    frozen = record.frozen
    versions = ", ".join(
        f"{arm} version {found.version}"
        for arm, found in {"champion": frozen.control, **frozen.treatments}.items()
    )
    return {
        "state": record.state,
        "summary": [
            *plan_facts(frozen.plan),
            ("Answer", versions),
            ("Plan", f"{short_digest(frozen.plan_digest)}, frozen"
                     + (f" from {frozen.file}" if frozen.file else "")),
            ("Alike before", _balance(frozen.balance)),
            *([("Started", f"{moment(frozen.started)} by {record.by}")]
              if record.state != "refused" else []),
            *([("Stopped", f"{moment(record.stopped)}: {record.reason}")]
              if record.stopped else []),
        ],
    }  # fmt: skip


def text(record: ExperimentStatus) -> list[RenderableType]:
    """Return the same."""
    found = values(record)
    plan = record.frozen.plan
    refused = [Text(f"Not started: {record.reason}", style="red")] * (record.state == "refused")
    return [
        title(f"Experiment {plan.name} of {plan.release}:", mark(found["state"])),
        *refused,
        facts(*found["summary"]),
        *(Text(f"The plan's file was changed: {each}.", style="yellow") for each in record.changes),
    ]


def _balance(found: BalanceCheck) -> str:
    if not found.metric_p:
        return found.note or "not looked at"
    units = ", ".join(f"{arm} {many:,}" for arm, many in found.units.items())
    said = ", ".join(f"{arm} p = {p:.2g}" for arm, p in found.metric_p.items())
    return f"{found.days} days, {units}; {said}" + (f". {found.note}" if found.note else "")
