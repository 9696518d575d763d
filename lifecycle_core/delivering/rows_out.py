"""What is written of a batch: a row for each of its rows, and one for each that has no score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from lifecycle_core.adapters.tables import Batch
    from lifecycle_core.delivering.arms import Assigned
    from lifecycle_core.delivering.deciding import Decisions, Numbers
    from lifecycle_core.schema.release import Release
    from lifecycle_core.schema.release_file import WorkflowSection

OURS = (
    "row", "score", "decision", "unscored", "release", "version", "next_step", "due", "run",
)  # fmt: skip
"""Names of the output's own columns."""
_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsOut:
    """Makes the rows of one run.

    Attributes:
        release: What scores.
        workflow: Says what is done with a row, and until when.
        acts: A decision is to act or not; else it is a number.
        run: Id of the run.
        began: When the run began first, with zone; None leaves `due` empty.
    """

    release: Release
    workflow: WorkflowSection
    acts: bool
    run: str
    began: datetime | None

    def scored(
        self,
        batch: Batch,
        scores: Numbers,
        decisions: Decisions,
        assigned: Assigned | None = None,
    ) -> Mapping[str, Any]:
        """Return the output of a batch: by name, arrays with a value for each of its rows.

        `next_step` is what is to be done with a row: the workflow's next step if it is acted on,
        what happens to a row that has no score if it has none, else null. `due` is until when.
        """
        import numpy as np
        import pyarrow as pa

        kind = pa.bool_() if self.acts else pa.float64()
        to_do = np.where(batch.scorable, 0, 1).astype(np.int8)
        idle = np.zeros(batch.rows, dtype=bool)
        if self.acts:
            idle[batch.scorable] = ~decisions
        return {
            "row": np.arange(batch.start, batch.start + batch.rows),
            **batch.kept,
            "score": _spread(scores, batch.scorable, pa.float64()),
            "decision": _spread(decisions, batch.scorable, kind),
            "unscored": batch.reasons,
            **self._of_the_run(to_do, idle),
            **(_of_arms(assigned) if assigned else {}),
        }

    def rejected(self, batch: Batch) -> Mapping[str, Any]:
        """Return a row for each row without a score: its key, its values, and the reason."""
        import numpy as np
        import pyarrow as pa

        left_out = pa.array(~batch.scorable)
        return self.rejects(
            batch.start + np.flatnonzero(~batch.scorable),
            {name: column.filter(left_out) for name, column in batch.kept.items()},
            batch.refused,
            batch.reasons.filter(left_out),
        )

    def rejects(
        self,
        positions: Any,  # noqa: ANN401 - numpy's or pyarrow's
        kept: Mapping[str, Any],
        values: Mapping[str, Any],
        reasons: Any,  # noqa: ANN401 - a pyarrow array
    ) -> Mapping[str, Any]:
        """Return rows without a score, of which all is known.

        Args:
            positions: In the table, from 0.
            kept: By name, what is carried along.
            values: By feature, the values.
            reasons: The rule that each row breaks.
        """
        import numpy as np

        # A name that the output needs itself gives way here.
        named = {f"feature_{name}" if name in OURS else name: each for name, each in values.items()}
        count = len(positions)
        return {
            "row": positions,
            **kept,
            **{name: column for name, column in named.items() if name not in kept},
            "unscored": reasons,
            **self._of_the_run(np.ones(count, dtype=np.int8), np.zeros(count, dtype=bool)),
        }

    def _of_the_run(self, to_do: Any, idle: Any) -> dict[str, Any]:  # noqa: ANN401 - arrays
        """Return the columns that repeat what the run and the release file say.

        Args:
            to_do: For each row, 0 for the next step, 1 for what happens to a row without a score.
            idle: For each row whether nothing is to be done.
        """
        import numpy as np
        import pyarrow as pa

        rows = len(to_do)
        said = (self.workflow.next_step, self.workflow.when_missing)
        unsaid = np.array([text is None for text in said])
        idle = idle | unsaid[to_do]
        due = self.due()
        return {
            "release": _repeated(self.release.name, rows),
            "version": np.full(rows, self.release.version, dtype=np.int64),
            "next_step": pa.DictionaryArray.from_arrays(
                pa.array(to_do, mask=idle), pa.array([text or "" for text in said])
            ),
            "due": pa.array(
                np.full(rows, due or 0),
                type=pa.timestamp("us", tz="UTC"),
                mask=idle | (due is None),
            ),
            "run": _repeated(self.run, rows),
        }

    def due(self) -> int | None:
        """Return until when, in microseconds since 1970; None if nothing says so."""
        after = self.workflow.next_step_seconds or self.workflow.deadline_seconds
        if after is None or self.began is None:
            return None
        return round((self.began.timestamp() + after) * _MICROSECONDS)


def _of_arms(assigned: Assigned) -> dict[str, Any]:
    """Return the arm of each row, and the version that scored it."""
    import pyarrow as pa

    return {
        "version": assigned.versions[assigned.codes],
        "arm": pa.DictionaryArray.from_arrays(
            pa.array(assigned.codes, type=pa.int8()), pa.array(assigned.names)
        ),
    }


def _repeated(text: str, rows: int) -> Any:  # noqa: ANN401 - a pyarrow array
    import numpy as np
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(np.zeros(rows, dtype=np.int8), pa.array([text]))


def _spread(values: Any, scorable: Any, kind: Any) -> Any:  # noqa: ANN401 - arrays
    """Return one value for each row of the batch: null for those without a score."""
    import numpy as np
    import pyarrow as pa

    if len(values) == len(scorable):
        return pa.array(values, type=kind)
    spread = np.zeros(len(scorable), dtype=values.dtype)
    spread[scorable] = values
    return pa.array(spread, type=kind, mask=~scorable)
