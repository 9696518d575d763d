"""What retraining gives back: the run, and the candidate release that was made of it, if any."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lifecycle_core.schema.base import Record
from lifecycle_core.schema.packaged import Packaged
from lifecycle_core.schema.pipeline_run import PipelineRun
from lifecycle_core.schema.retraining import ChampionComparison, Lineage


class Retrained(Record):
    """A candidate release made by running a compiled pipeline, or its notebook, on other data.

    Attributes:
        run: The run that its model comes from; None if the notebook itself was run.
        champion: How it stands beside the release it is to replace; None if it is the first.
        promoted: Aliases that it got without anybody's doing, since the release file says so.
        trial: Where it proves itself on live rows, in sentences; empty if nobody asked.
    """

    schema_: Literal["nbrelease/retrained/1"] = Field(
        default="nbrelease/retrained/1", alias="schema"
    )
    run: PipelineRun | None = None
    packaged: Packaged
    lineage: Lineage
    champion: ChampionComparison | None = None
    promoted: tuple[str, ...] = ()
    trial: str = ""
