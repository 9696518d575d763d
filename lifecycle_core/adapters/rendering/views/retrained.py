"""A candidate that a pipeline's run was made into: the run, the release, and the champion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.plain import one_line
from lifecycle_core.adapters.rendering.rows import facts
from lifecycle_core.adapters.rendering.views import champion_comparison, packaged, pipeline_run

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.pipeline_run import PipelineRun
    from lifecycle_core.schema.retrained import Retrained
    from lifecycle_core.schema.retraining import Lineage


def values(record: Retrained) -> dict[str, Any]:
    """Add where it comes from, and what its parts' own views add."""
    return {
        **packaged.values(record.packaged),
        "origin": origin(record.lineage),
        "summary": pipeline_run.summary(record.run) if record.run else "",
        "afterwards": afterwards(record),
        "champion": champion_comparison.values(record.champion) if record.champion else None,
    }


def text(record: Retrained) -> list[RenderableType]:
    """Return where it comes from, the release, and how it stands beside the champion."""
    *release, last = packaged.text(record.packaged)
    said = facts(*((term, one_line(value)) for term, value in origin(record.lineage)))
    champion = champion_comparison.text(record.champion) if record.champion else []
    gap = [Text()] if champion else []
    ran = _ran(record.run) if record.run else []
    told = [Text(sentence) for sentence in afterwards(record)]
    return [*ran, *release[:1], said, *release[1:], *gap, *champion, *told, last]


def _ran(run: PipelineRun) -> list[RenderableType]:
    steps = Text(f"Pipeline {run.pipeline}: {pipeline_run.summary(run)}")
    other = pipeline_run.elsewhere(run)
    return [steps, *([Text(other, style="yellow")] if other else []), Text()]


def afterwards(record: Retrained) -> list[str]:
    """Return what became of the candidate, and where it proves itself."""
    aliases = " and ".join(record.promoted)
    moved = [f"Promoted to {aliases}: the release file says so."] if aliases else []
    return [*moved, *([record.trial] if record.trial else [])]


def changes(lineage: Lineage) -> list[str]:
    """Return what was set otherwise, such as `data=new.csv (was old.csv)`."""
    return [
        f"{name}={now}" + ("" if then is None else f" (was {then})")
        for name, (then, now) in lineage.changed.items()
    ]


def origin(lineage: Lineage) -> list[tuple[str, str]]:
    """Return terms and values of where a release comes from."""
    before = lineage.retrained_from
    alias = f" ({lineage.alias})" if lineage.alias else ""
    changed = changes(lineage)
    return [
        ("Retrained from", f"version {before}{alias}" if before else "none: it is the first"),
        ("Parameters", ", ".join(changed) or "the notebook's own"),
        *([("Run", lineage.run)] if lineage.run else []),
    ]
