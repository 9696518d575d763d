"""A table checked against its contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.rows import mark, table, title

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.contract import ContractReport


def values(record: ContractReport) -> dict[str, Any]:  # noqa: ARG001 - the record says it all
    """Add nothing."""
    return {}


def text(record: ContractReport) -> list[RenderableType]:
    """Return the answer and the broken rules."""
    made = table("Rule", "Column", "Rows", "What was found", numbers=["Rows"])
    for broken in record.violations:
        made.add_row(
            broken.rule, Text(broken.column or ""), f"{broken.rows:,}", Text(broken.message)
        )
    counts = f"{record.rows:,} rows, {record.checks} checks"
    head = title(mark("fail" if record.violations else "pass"), record.contract, f"({counts})")
    unjudged = [Text(said) for said in record.not_judged]
    return [head, made, *unjudged] if record.violations else [head, *unjudged]
