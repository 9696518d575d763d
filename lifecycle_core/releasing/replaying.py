"""Replay a window of the log in a worker: what newer models decide on the rows that it holds."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.evidence import MODEL, RECORD
from lifecycle_core.adapters.models import SkopsModels
from lifecycle_core.adapters.prediction_log.asking import Span
from lifecycle_core.adapters.prediction_log.counting import CountsWindows
from lifecycle_core.adapters.prediction_log.repricing import Priced, lay_out
from lifecycle_core.adapters.scorers.frames import frame_of
from lifecycle_core.delivering.deciding import Decider
from lifecycle_core.errors import TableInvalid
from lifecycle_core.schema.finalization import Finalization
from lifecycle_core.schema.replayed_window import PricedRows, ReplayedWindow

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

    from lifecycle_core.schema.contract import Contract
    from lifecycle_core.schema.release_file import CostsSection
    from lifecycle_core.schema.review import Window

_NOTHING = PricedRows(total=0.0, squares=0.0, behind=0.0, behind_squares=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What is replayed.

    Attributes:
        address: Folder or URL of the log.
        release: Name of the release.
        version: That is in place.
        window: The window.
        as_of: Nothing that was said later counts.
        folders: Evidence of each model, the oldest first; the last was trained just before.
        contract: Names and types of what the log keeps.
        costs: Money per row; all that the task needs is declared.
        acts: A decision is to act or not; else it is a number in the target's unit.
    """

    address: str
    release: str
    version: int
    window: Window
    as_of: datetime
    folders: tuple[Path, ...]
    contract: Contract
    costs: CostsSection
    acts: bool


def replay(task: Replay) -> ReplayedWindow:
    """Return what the released version and each model cost on the labelled rows of a window.

    Raises:
        LogUnavailable: The store does not answer.
        TableInvalid: A model needs a feature that the released one had not, or refuses the rows.
        UntrustedModel: A model would run foreign code; it was not loaded.
    """
    records = [Finalization.from_json((each / RECORD).read_bytes()) for each in task.folders]
    wanted = {name for record in records for name in record.features}
    known = {feature.name: feature for feature in task.contract.features}
    if strange := sorted(wanted - set(known)):
        raise TableInvalid(
            f"The new model takes {', '.join(strange[:5])}, which the log does not hold.",
            hint="Try it in a shadow or an experiment instead.",
        )
    features = [known[name] for name in known if name in wanted]
    span = Span(
        datetime.fromisoformat(task.window.start),
        datetime.fromisoformat(task.window.end),
        task.as_of,
    )
    with closing(CountsWindows(task.address, task.release, acts=task.acts)) as counts:
        window = lay_out(counts, span, task.version, costs=task.costs, acts=task.acts)
        drawn = window.draw(features)
        rows = drawn.table.num_rows
        if not rows:
            found = Priced([_NOTHING] * (len(records) + 1), 0.0)
        else:
            frame = drawn.table.drop_columns(["id"])
            decisions = [
                _decisions(folder, record, frame, task.contract)
                for folder, record in zip(task.folders, records, strict=True)
            ]
            found = window.price(drawn.table.column("id"), decisions)
    return ReplayedWindow(
        window=task.window.label,
        rows=drawn.rows,
        labelled=rows,
        skipped=drawn.labelled - rows,
        stakes=found.stakes,
        released=found.models[0],
        models=tuple(found.models[1:]),
    )


def _decisions(
    folder: Path, record: Finalization, table: pa.Table, contract: Contract
) -> NDArray[Any]:
    """Return what a model decides on rows, shape (n,)."""
    by_name = {feature.name: feature for feature in contract.features}
    own = contract.model_copy(update={"features": tuple(by_name[n] for n in record.features)})
    columns = {name: table.column(name) for name in record.features}
    model = SkopsModels().load(folder / MODEL)
    _, decided = Decider(model, record).decide(frame_of(columns, own))
    return decided
