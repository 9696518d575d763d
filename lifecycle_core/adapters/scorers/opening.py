"""Open the scorer of a bundle: the fast one where the bundle holds proof that it is the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.adapters.bundles import BundleFolders
from lifecycle_core.adapters.models import SkopsModels
from lifecycle_core.adapters.scorers.frames import FrameScorer
from lifecycle_core.adapters.scorers.output import score_column
from lifecycle_core.schema.contract import Contract
from lifecycle_core.schema.finalization import Finalization

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.adapters.bundles import Bundles
    from lifecycle_core.adapters.models import Models
    from lifecycle_core.adapters.scorers.base import Scorer


def open_scorer(
    bundle: Path,
    *,
    models: Models = SkopsModels(),  # noqa: B008 - it holds no state
    bundles: Bundles = BundleFolders(),  # noqa: B008 - as above
) -> Scorer:
    """Return what scores rows with the model of a bundle.

    Args:
        bundle: Folder of a bundle that was verified.
        models: Loads a model under the policy of trust.
        bundles: Reads the bundle's records.

    Raises:
        BundleInvalid: The bundle is not what its manifest says.
        UntrustedModel: The model would run foreign code; it was not loaded.
    """
    contract = Contract.from_json(bundles.read(bundle, "contract/contract.json"))
    finalization = Finalization.from_json(bundles.read(bundle, "evidence/finalization.json"))
    model = models.load(bundle / "model" / "model.skops")
    return FrameScorer(model, contract, score_column(model, finalization))
