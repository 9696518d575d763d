"""Score the rows of a table by the arms of the experiment that runs, each with its own release.

Rows are assigned by the same hash as the service assigns requests, so a unit is in one arm wherever
it is scored.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from lifecycle_core.delivering.deciding import judged
from lifecycle_core.delivering.naming_rows import names_of
from lifecycle_core.errors import InvalidCall
from lifecycle_core.schema.contract import Contract
from lifecycle_core.schema.finalization import Finalization
from lifecycle_core.schema.serving import CONTROL
from lifecycle_core.stats.assignment import arm_at, point_of, stretches

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from lifecycle_core.adapters.batch_engines import BatchEngine, OpenEngine
    from lifecycle_core.adapters.bundles import Bundles
    from lifecycle_core.adapters.tables import Batch
    from lifecycle_core.delivering.deciding import Decisions, Numbers
    from lifecycle_core.schema.contract import LogicalType
    from lifecycle_core.schema.release import Release
    from lifecycle_core.schema.serving import Experiment

COLUMN = "arm"
"""Name of the output's column that says in which arm a row is."""


class Coming(Protocol):
    """Scores that are being computed."""

    def result(self) -> Numbers:
        """Return them, once they are there."""


class ArmRelease(NamedTuple):
    """Who scores the rows of an arm.

    Attributes:
        bundle: Folder of its bundle on this machine.
    """

    release: Release
    bundle: Path


class Assigned(NamedTuple):
    """The arms of a batch's rows.

    Attributes:
        names: Of the arms.
        versions: That score them.
        codes: For each row the place of its arm in `names`.
    """

    names: tuple[str, ...]
    versions: NDArray[np.int64]
    codes: NDArray[np.int64]


class Begun(NamedTuple):
    """A batch that is being scored.

    Attributes:
        assigned: The arms of its rows, while an experiment runs.
        known: Its scores are those of an earlier start.
    """

    batch: Batch
    assigned: Assigned | None
    coming: Coming
    known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Arms:
    """The experiment that runs, for a table.

    Attributes:
        experiment: Who is in which arm.
        key: Columns of the business key, which name the unit unless the experiment names another.
        releases: By arm, the champion's among them.
        mark: Digest of the plan: a run under another plan is another run.
    """

    experiment: Experiment
    key: tuple[str, ...]
    releases: Mapping[str, ArmRelease]
    mark: str

    def require(self, columns: Collection[str], kept: Collection[str]) -> None:
        """Refuse a table whose rows cannot be assigned, or told apart afterwards.

        Raises:
            InvalidCall: It lacks the unit, or a column that is kept has the output's name.
        """
        lost = [name for name in self._unit() if name not in columns]
        if lost:
            raise InvalidCall(
                f"An experiment runs, and the table has no column {lost[0]!r} to assign rows by.",
                hint="Add it, or name a version, such as churn/3, to score without the experiment.",
            )
        if COLUMN in kept:
            raise InvalidCall(
                f"Column {COLUMN!r} cannot be kept while an experiment runs: the output has one.",
                hint="Rename it in the table.",
            )

    def of(self, batch: Batch) -> Assigned:
        """Return the arms of a batch's rows; a row without a unit is the champion's."""
        import numpy as np

        names = tuple(self.releases)
        parts = stretches(self.experiment.arms.items(), holdout=self.experiment.holdout)
        places = {name: at for at, name in enumerate(names)}
        codes = np.full(batch.rows, places[CONTROL], dtype=np.int64)
        for row, unit in enumerate(names_of(batch, self._unit())):
            if unit is not None:
                codes[row] = places[arm_at(point_of(unit, self.experiment.salt), parts)]
        versions = [each.release.version for each in self.releases.values()]
        return Assigned(names, np.array(versions, dtype=np.int64), codes)

    def _unit(self) -> tuple[str, ...]:
        return (self.experiment.unit,) if self.experiment.unit else self.key

    @contextmanager
    def open(self, engine: BatchEngine, bundles: Bundles) -> Iterator[OpenArms]:
        """Verify and load the releases of all arms, for as long as the block lasts.

        Raises:
            BundleInvalid: One is not what was registered.
            UntrustedModel: One would run foreign code.
            InvalidCall: One wants other columns than the champion, also that of freshness.
        """
        contracts, rules = {}, {}
        for arm, (release, bundle) in self.releases.items():
            bundles.verify(bundle, digest=release.bundle_digest)
            contracts[arm] = Contract.from_json(bundles.read(bundle, "contract/contract.json"))
            finalization = bundles.read(bundle, "evidence/finalization.json")
            rules[arm] = Finalization.from_json(finalization).rule
        types, dated = _columns_of(contracts[CONTROL])
        for arm, contract in contracts.items():
            wanted, fresh = _columns_of(contract)
            if wanted != types or fresh not in {dated, None}:
                raise InvalidCall(
                    f"The release of the arm {arm} takes other columns than the champion: one "
                    "table cannot be scored by both.",
                    hint="Score each by itself, such as churn@challenger, on the rows of its arm.",
                )
        with ExitStack() as stack:
            opened: dict[Path, OpenEngine] = {}
            for each in self.releases.values():
                if each.bundle not in opened:
                    opened[each.bundle] = stack.enter_context(engine.open(each.bundle))
            engines = tuple(opened[each.bundle] for each in self.releases.values())
            values = [rules[arm].value for arm in self.releases]
            acts = rules[CONTROL].kind == "threshold"
            yield OpenArms(engines, values, [contracts[arm] for arm in self.releases], acts=acts)


@dataclass(frozen=True, slots=True)
class OpenArms:
    """The models of all arms.

    Attributes:
        engines: In the order of the arms.
        values: Of their decision rules.
        contracts: By which their rows are judged.
        acts: A decision is to act or not.
    """

    engines: tuple[OpenEngine, ...]
    values: list[float]
    contracts: list[Contract]
    acts: bool

    def judged(self, batch: Batch, assigned: Assigned) -> Batch:
        """Return a batch in which each row is judged by the contract of its arm.

        Args:
            batch: It was judged by all `contracts`.
            assigned: The arms of its rows.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        reasons = batch.reasons
        for at, found in enumerate(batch.others):
            reasons = pc.if_else(pa.array(assigned.codes == at), found, reasons)
        return judged(batch, reasons)

    def submit(self, batch: Batch, assigned: Assigned) -> Coming:
        """Begin to score a batch, each row by the model of its arm."""
        import numpy as np

        codes = assigned.codes[batch.scorable]
        parts: list[tuple[NDArray[np.int64], Coming]] = []
        for at, engine in enumerate(self.engines):
            positions = np.flatnonzero(codes == at)
            if len(positions):
                columns = {name: values.take(positions) for name, values in batch.columns.items()}
                parts.append((positions, engine.submit(columns)))
        return _Together(parts, len(codes))

    def decided(self, scores: Numbers, batch: Batch, assigned: Assigned) -> Decisions:
        """Return what is decided on scores, by the rule of each row's arm."""
        import numpy as np

        values = np.array(self.values)[assigned.codes[batch.scorable]]
        return scores >= values if self.acts else scores + values


def _columns_of(contract: Contract) -> tuple[dict[str, LogicalType], str | None]:
    """Return what a contract wants of a table: its columns' types, and where freshness stands."""
    fresh = contract.freshness_column if contract.freshness_hours else None
    return {each.name: each.type for each in contract.features}, fresh


@dataclass(frozen=True, slots=True)
class _Together:
    """Scores of the rows of several arms, in the order of the rows."""

    parts: Sequence[tuple[NDArray[np.int64], Coming]]
    rows: int

    def result(self) -> Numbers:
        import numpy as np

        scores = np.zeros(self.rows)
        for positions, coming in self.parts:
            scores[positions] = coming.result()
        return scores
