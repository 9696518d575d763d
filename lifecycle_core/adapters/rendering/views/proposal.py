"""One version, its checkpoints, and where the aliases may go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.rows import checkpoint_table, facts, mark, table, title
from lifecycle_core.adapters.rendering.words import short_digest

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.proposal import Proposal, Return


def values(record: Proposal) -> dict[str, Any]:
    """Add for each alias where it points and what may happen, as sentences."""
    name, version = record.release.name, record.release.version
    forth = {
        move.alias: _not_now(move.blocked)
        or f"`%promote {name} --to {move.alias} --version {version}`"
        for move in record.promotions
    }
    back = {move.alias: _back(move, name) for move in record.returns}
    aliases = list(dict.fromkeys([*record.heads, *forth, *back]))
    return {"moves": [(a, _place(record, a), forth.get(a, ""), back.get(a, "")) for a in aliases]}


def text(record: Proposal) -> list[RenderableType]:
    """Return the checkpoints and the moves."""
    made = table("Alias", "Points at")
    moves = []
    for alias, place, forth, back in values(record)["moves"]:
        made.add_row(alias, place)
        moves += [Text(f"Promote to {alias}: {forth}")] if forth else []
        moves += [Text(f"Roll {alias} back: {back}")] if back else []
    release = record.release
    pairs = [("Bundle", short_digest(release.bundle_digest))]
    verdict = [("Reproduction", mark(release.verdict))] if release.verdict else []
    head = title("Promotion", release.name, f"version {release.version}")
    checks = checkpoint_table(record.checkpoints.results)
    return [head, facts(*pairs, *verdict), Text(), checks, Text(), made, Text(), *moves]


def _place(record: Proposal, alias: str) -> str:
    head = record.heads.get(alias)
    return f"version {head.version} ({short_digest(head.bundle_digest)})" if head else "nowhere"


def _back(move: Return, name: str) -> str:
    command = f'`%rollback {name} --alias {move.alias} --reason "..."`'
    return _not_now(move.blocked) or f"to version {move.to_version}: {command}"


def _not_now(blocked: str) -> str:
    return f"not now: {blocked}" if blocked else ""
