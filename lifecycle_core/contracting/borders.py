"""Check the tables that pass between steps against the contracts that are declared for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from lifecycle_core.contracting.judging import check
from lifecycle_core.errors import TableInvalid
from lifecycle_core.schema.event import ContractChecked

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from lifecycle_core.adapters.tables.measurement import Measurement
    from lifecycle_core.schema.contract import Contract


class MeasuresFrames(Protocol):
    """Counts what breaks a contract in memory; `tables.measure_frame` is one."""

    def __call__(self, frame: object, contract: Contract, *, name: str) -> Measurement:
        """Return the counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedBorder:
    """A contract that a variable of a step must keep.

    Attributes:
        digest: Of the contract's text.
        stops: A broken rule stops the run; otherwise it is only told.
    """

    contract: Contract
    digest: str
    stops: bool


class BorderCheck(NamedTuple):
    """What came of one check.

    Attributes:
        event: To be told.
        stop: The step must not be taken as done, or not be run with this table.
    """

    event: ContractChecked
    stop: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Borders:
    """The declared borders of all steps; may cross processes.

    Attributes:
        agreed: By step and variable.
        measure: Counts in a frame.
    """

    agreed: Mapping[tuple[str, str], AgreedBorder]
    measure: MeasuresFrames

    def declared(self, step: str, name: str) -> bool:
        """Whether a contract is declared for a variable of a step."""
        return (step, name) in self.agreed

    def check(
        self, step: str, name: str, value: object, *, run: str, pipeline: str, now: datetime
    ) -> BorderCheck | None:
        """Check a variable that goes into a step or comes out of it.

        Args:
            step: The step.
            name: The variable.
            value: A frame; what is none breaks the contract.
            run: Identifier of the run.
            pipeline: Name of the pipeline.
            now: Time with zone: of the event, and that freshness is judged at.

        Returns:
            The event and the decision; None where nothing is declared.
        """
        border = self.agreed.get((step, name))
        if border is None:
            return None
        checks, violations = 1, tuple[str, ...]()
        try:
            counted = self.measure(value, border.contract, name=f"{step}.{name}")
        except TableInvalid as error:
            violations = (str(error),)
        else:
            report = check(border.contract, counted, digest=border.digest, agreed=True, now=now)
            checks = report.checks
            violations = tuple(violation.message for violation in report.violations)
        event = ContractChecked(
            run=run,
            pipeline=pipeline,
            at=now.isoformat(timespec="microseconds"),
            step=step,
            name=name,
            contract=border.contract.name,
            passed=not violations,
            checks=checks,
            violations=violations,
        )
        return BorderCheck(event, stop=bool(violations) and border.stops)
