"""Where a retrained release comes from, and how it stands beside the one it was retrained from."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from lifecycle_core.schema.base import Record
from lifecycle_core.schema.finalization import DecisionRule, Interval

Standing = Literal["better", "worse", "undecided", "not_comparable"]


class Lineage(Record):
    """Which release a release was retrained from, and by which run of which pipeline.

    Attributes:
        retrained_from: Version of the release that it was retrained from; None for the first.
        bundle_digest: Of that version.
        alias: Why that version: `champion`, or empty where it was the newest there was.
        pipeline: Name of the compiled pipeline; empty where the notebook itself was run.
        source_digest: Of the notebook, or of the one that the pipeline was compiled from.
        run: Id of the pipeline's run; empty likewise.
        parameters: All parameters of the run.
        changed: By parameter, the notebook's value and the one of this run, where they differ; of
            a notebook's run its own value is not known and None.
        inputs: Digests of the files that the run read and the notebook's own run did not, by path
            relative to the notebook's folder.
    """

    schema_: Literal["nbrelease/lineage/1"] = Field(default="nbrelease/lineage/1", alias="schema")
    release: str
    retrained_from: int | None = Field(default=None, ge=1)
    bundle_digest: str = ""
    alias: str = ""
    pipeline: str = ""
    source_digest: str
    run: str = ""
    parameters: dict[str, Any] = Field(default_factory=dict)
    changed: dict[str, tuple[Any, Any]] = Field(default_factory=dict)
    inputs: dict[str, str] = Field(default_factory=dict)


class Contender(Record):
    """What one of two releases costs on the rows that both were scored on.

    Attributes:
        candidate: The user's name for the model.
        rule: The decision rule that it was released with.
        cost_per_run: Money, at the new release's costs.
        cost_interval: Bootstrap interval of `cost_per_run`.
        actions_per_run: Rows acted on in one scoring run; None for regression.
        metrics: Standard metrics by scikit-learn's names.
        broken_limits: The business limits that it does not keep on these rows, a sentence each.
    """

    candidate: str
    rule: DecisionRule
    cost_per_run: float
    cost_interval: Interval
    actions_per_run: float | None = None
    metrics: dict[str, float] = Field(default_factory=dict)
    broken_limits: tuple[str, ...] = ()


class ChampionComparison(Record):
    """A new candidate and the release it is to replace, scored on the same rows.

    Attributes:
        version: Of the other release.
        alias: `champion`, or empty if no champion was there and it is the newest before this one.
        standing: Of the new candidate: `better` or `worse` if the whole interval of the difference
            lies below or above zero; `undecided` if zero is in it; `not_comparable` if the other
            model cannot score these rows.
        rows: Rows that both were scored on.
        scored_on: `holdout`: rows that took no part in the new choice; `cross_validation`: the
            training rows, the new model out of fold.
        rows_per_run: Rows of one scoring run.
        champion: The other release; None if it cannot score these rows.
        candidate: The new one; None likewise.
        difference: Its cost per run minus the other's: below zero it is cheaper.
        interval: Of the difference, by paired bootstrap over the rows.
        reason: What this says and what it does not, a sentence each.
    """

    schema_: Literal["nbrelease/champion-comparison/1"] = Field(
        default="nbrelease/champion-comparison/1", alias="schema"
    )
    release: str
    version: int = Field(ge=1)
    alias: str = ""
    standing: Standing
    rows: int = Field(ge=0)
    scored_on: Literal["holdout", "cross_validation"]
    rows_per_run: int = Field(gt=0)
    currency: str
    champion: Contender | None = None
    candidate: Contender | None = None
    difference: float | None = None
    interval: Interval | None = None
    reason: tuple[str, ...] = ()
