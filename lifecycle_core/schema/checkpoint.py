"""The six checkpoints and what they were judged on."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lifecycle_core.schema.base import Record
from lifecycle_core.schema.contract import Contract, ContractReport
from lifecycle_core.schema.finalization import Finalization
from lifecycle_core.schema.pipeline import Pipeline
from lifecycle_core.schema.release_file import CheckpointId, ReleaseFile
from lifecycle_core.schema.reproduction import Reproduction
from lifecycle_core.schema.retraining import ChampionComparison, Lineage
from lifecycle_core.schema.review_history import ReviewHistory
from lifecycle_core.schema.window_counts import WindowCounts

Outcome = Literal["pass", "fail", "missing", "waived"]


class Rehearsal(Record):
    """One scoring run done for practice, from the saved model in another process.

    Attributes:
        rows: Rows that were scored.
        seconds: Wall time for them, model loading included.
        rows_per_run: Rows that a real run has.
        projected_seconds: Expected wall time of a real run.
        mismatches: Rows whose decision differs from the one that the notebook's model gave.
        fallback_rows: Rows sent without a usable feature, which must get the declared fallback.
        fallback_ok: Every one of those rows was named as unscored.
    """

    schema_: Literal["nbrelease/rehearsal/1"] = Field(
        default="nbrelease/rehearsal/1", alias="schema"
    )
    rows: int = Field(ge=0)
    seconds: float = Field(ge=0)
    rows_per_run: int = Field(gt=0)
    projected_seconds: float = Field(ge=0)
    mismatches: int = Field(ge=0)
    fallback_rows: int = Field(ge=0)
    fallback_ok: bool


class Evidence(Record):
    """Everything a release is judged on; a part that does not exist yet is None.

    Attributes:
        pipeline: Compiled from exactly the notebook's source, and proven equal.
        lineage: Of a release that was retrained by running the pipeline.
        champion: How such a release stands beside the one that it was retrained from.
        reference: Counts of the training table and of held-out scores, for reviews.
        reviews: Of the release so far; no part of the bundle, as it goes on after it.
    """

    release_file: ReleaseFile
    reproduction: Reproduction | None = None
    finalization: Finalization | None = None
    contract: Contract | None = None
    contract_report: ContractReport | None = None
    rehearsal: Rehearsal | None = None
    pipeline: Pipeline | None = None
    lineage: Lineage | None = None
    champion: ChampionComparison | None = None
    reference: WindowCounts | None = None
    reviews: ReviewHistory | None = None


class CheckpointResult(Record):
    """What one checkpoint says.

    Attributes:
        result: `pass`, `fail` (looked at, and wrong), `missing` (not there to look at) or `waived`.
        why: One sentence with the figures it was judged on.
        evidence: Paths of the records within the bundle that show it.
        next: What to type or write next; empty when passed.
    """

    id: CheckpointId
    title: str
    result: Outcome
    why: str
    evidence: tuple[str, ...] = ()
    next: str = ""


class Checkpoints(Record):
    """The six, in their fixed order.

    Attributes:
        bundle_digest: The bundle they speak of; empty before there is one.
        required: From the release file's policy: for each alias, the checkpoints it needs. An
            alias that is not named needs all six.
    """

    schema_: Literal["nbrelease/checkpoints/1"] = Field(
        default="nbrelease/checkpoints/1", alias="schema"
    )
    release: str
    bundle_digest: str = ""
    results: tuple[CheckpointResult, ...]
    required: dict[str, tuple[CheckpointId, ...]] = {}

    def blocking(self, alias: str) -> tuple[CheckpointResult, ...]:
        """Return the results that keep this release from being promoted to `alias`."""
        needed = self.required.get(alias)
        return tuple(
            result
            for result in self.results
            if result.result in {"fail", "missing"} and (needed is None or result.id in needed)
        )

    @property
    def passed(self) -> bool:
        """Whether every checkpoint is passed or waived."""
        return all(result.result in {"pass", "waived"} for result in self.results)
