"""The main job's answer: a registered candidate and what it was judged on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.rows import checkpoint_table, facts, mark, title
from lifecycle_core.adapters.rendering.words import number, rule_sentence, short_digest

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.packaged import Packaged


def values(record: Packaged) -> dict[str, Any]:
    """Add the final model's rule and cost in words."""
    final = record.finalization
    cost = number(final.candidate(final.chosen).cost_per_run)
    return {
        "rule": rule_sentence(final.rule),
        "cost": f"{cost} {final.currency} for {final.rows_per_run:,} rows",
    }


def text(record: Packaged) -> list[RenderableType]:
    """Return the facts, the checkpoints and what to type next."""
    said, release = values(record), record.release
    made = facts(
        ("Bundle", short_digest(release.bundle_digest)),
        ("Reproduction", mark(record.reproduction.verdict)),
        ("Final model", f"{record.finalization.chosen}, {said['rule']}"),
        ("Cost per run", said["cost"]),
        ("Folder", record.bundle_path),
        ("Model card", record.card_path),
    )
    version = f"version {release.version}"
    aliases = f"({', '.join(release.aliases)})" if release.aliases else ""
    head = title("Release", release.name, version, aliases)
    checks = checkpoint_table(record.checkpoints.results)
    return [head, made, Text(), checks, *([Text(f"\nNext: {record.next}")] if record.next else [])]
