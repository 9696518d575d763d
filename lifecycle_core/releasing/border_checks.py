"""What is declared for tables at the borders of steps: contracts to keep, references to be near."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lifecycle_core.running import Checked

if TYPE_CHECKING:
    from lifecycle_core.contracting import Borders
    from lifecycle_core.monitoring import References


@dataclass(frozen=True, slots=True, kw_only=True)
class BorderChecks:
    """Implements `running.Checks` by contracts and references; it may cross processes."""

    borders: Borders
    references: References

    def declared(self, step: str, name: str) -> str | None:
        """Return the digest of the contract, an empty text where drift alone is looked at."""
        agreed = self.borders.agreed.get((step, name))
        if agreed is not None:
            return agreed.digest
        return "" if self.references.declared(step, name) else None

    def check(self, step: str, name: str, value: object) -> Checked:
        """Check a table against its contract, and compare it with its reference."""
        now = datetime.now(UTC)
        kept = self.borders.check(step, name, value, run="", pipeline="", now=now)
        moved = self.references.drift(step, name, value, run="", pipeline="", now=now)
        refused = ""
        if kept is not None and kept.stop:
            broken = "; ".join(kept.event.violations[:3])
            refused = f"{step}.{name} breaks the contract {kept.event.contract}: {broken}"
        events = ((kept.event,) if kept is not None else ()) + moved.events
        return Checked(events=events, problems=moved.problems, refused=refused)
