"""What a worker does for retraining: finalize from a run's values, and ask the champion.

The values live in the store of the pipeline and their classes in its package, so the worker is one
for this alone: it enters the package, and what the notebook sets for all cells holds there too.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.evidence import MODEL, RECORD, EvidenceFolder, EvidenceInMemory
from lifecycle_core.adapters.files import digest_file
from lifecycle_core.adapters.models import SkopsModels
from lifecycle_core.adapters.pipeline_packages import enter
from lifecycle_core.finalizing import Other, compare_with, finalize
from lifecycle_core.running import results
from lifecycle_core.schema.finalization import Finalization
from lifecycle_core.schema.reproduction import CellResult

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.adapters.pipeline_packages import PackagePlace
    from lifecycle_core.adapters.store import Store
    from lifecycle_core.schema.pipeline import Finalize
    from lifecycle_core.schema.pipeline_run import PipelineRun
    from lifecycle_core.schema.release import Release
    from lifecycle_core.schema.release_file import ReleaseFile
    from lifecycle_core.schema.retraining import ChampionComparison


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A run whose values can be finalized.

    Attributes:
        store: That the run used.
        stated: Which variables the final model is chosen from.
        release: What people decided.
    """

    run: PipelineRun
    place: PackagePlace
    store: Store
    stated: Finalize
    release: ReleaseFile

    def values(self) -> dict[str, Any]:
        """Return what finalization takes, by the names of its own arguments."""
        enter(self.place)
        stated = self.stated
        names = [stated.candidates, stated.X, stated.y, *(stated.holdout or ())]
        found = results(self.run, list(dict.fromkeys(names)), store=self.store)
        holdout = tuple(found[name] for name in stated.holdout) if stated.holdout else None
        return {
            "candidates": found[stated.candidates],
            "X": found[stated.X],
            "y": found[stated.y],
            "holdout": holdout,
        }


def finalize_run(made: Made, folder: Path) -> tuple[Finalization, frozenset[str]]:
    """Finalize from a run's values and keep the evidence in a folder.

    Returns:
        The record, and the modules that are loaded then.
    """
    record = finalize(
        **made.values(),
        release=made.release,
        folds=made.stated.folds,
        seed=made.stated.seed,
        evidence=EvidenceFolder(folder, SkopsModels()),
    )
    return record, frozenset(sys.modules)


def price_run(made: Made) -> Finalization:
    """Finalize from a run's values and keep nothing but the record."""
    return finalize(
        **made.values(),
        release=made.release,
        folds=made.stated.folds,
        seed=made.stated.seed,
        evidence=EvidenceInMemory(),
    )


def same_choice(
    one: Finalization, other: Finalization, *, rows: tuple[Path, Path], index: int, label: str
) -> CellResult:
    """Return what a second finalization says about the first, as the result of its cell.

    The records must agree but for timings, and so must the scores and decisions that the fitted
    models give for the rehearsal rows.

    Args:
        one: The finalization whose model is released.
        other: The second one.
        rows: The tables of both with scores and decisions.
        index: Of the cell.
        label: Its first line.
    """
    detail = ""
    if _without_timings(one) != _without_timings(other):
        detail = "the second finalization chooses or prices otherwise"
    elif digest_file(rows[0]) != digest_file(rows[1]):
        detail = "the second model scores otherwise"
    return CellResult(
        index=index,
        label=label,
        status="different" if detail else "identical",
        agree=not detail,
        detail=detail,
    )


def _without_timings(record: Finalization) -> Finalization:
    bare = {"fit_seconds": 0.0, "predict_ms_per_row": 0.0}
    return record.model_copy(
        update={
            "candidates": tuple(each.model_copy(update=bare) for each in record.candidates),
            "model_digest": "",
        }
    )


def ask_champion(
    made: Made, folder: Path, other: Release, alias: str, bundle: Path
) -> ChampionComparison:
    """Score the model of a verified bundle and the new one on the new run's rows.

    Args:
        made: The run.
        folder: The evidence of its finalization.
        other: The release that is to be replaced.
        alias: That it has: `champion` or none.
        bundle: Folder of its verified bundle.

    Raises:
        UntrustedModel: Its model would run foreign code; it was not loaded.
    """
    models = SkopsModels()
    model = models.load(bundle / "model" / MODEL)
    return compare_with(
        Other(
            model=model,
            finalization=Finalization.from_json(
                (bundle / "evidence" / "finalization.json").read_bytes()
            ),
            version=other.version,
            alias=alias,
        ),
        **made.values(),
        model=models.load(folder / MODEL),
        finalization=Finalization.from_json((folder / RECORD).read_bytes()),
        release=made.release,
    )
